"""What the tests need to know of a cloud; the tests themselves know none by name.

A description is written from the cloud's documentation, not from the provider's tables, so that a
wrong row there shows here.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator.client import Simulator

Json = dict[str, Any]
# Operation of the simulator's record, and the body (None: without).
Call = tuple[str, Json | None]


def patched(document: Mapping[str, Any], patch: Mapping[str, Any]) -> Json:
    """RFC 7396: objects merge, null removes."""
    result = copy.deepcopy(dict(document))
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping):
            old = result.get(key)
            result[key] = patched(old if isinstance(old, Mapping) else {}, value)
        else:
            result[key] = copy.deepcopy(value)
    return result


def at(path: str, value: Any) -> Json:
    """{"a": {"b": value}} for "a.b"."""
    for key in reversed(path.split(".")):
        value = {key: value}
    return dict(value)


@dataclass(frozen=True)
class Change:
    """One change of a program, and all it may cause.

    `before` and `after` are complete inputs but for the name; `diff` is path -> kind; `calls` are
    the requests that change something, in order. An empty `diff` means nothing happens at all.
    """

    id: str
    before: Json
    after: Json
    diff: Mapping[str, str]
    calls: Sequence[Call]
    outputs: Mapping[str, Any] = field(default_factory=dict)  # path -> value afterwards


@dataclass(frozen=True)
class Replacement:
    """One change that makes a new endpoint.

    `delete_first` is what holds for an explicit name that stays; with an autoname the new
    one always comes first.
    """

    id: str
    before: Json
    after: Json
    diff: Mapping[str, str]
    delete_first: bool = True


@dataclass(frozen=True)
class Drift:
    """A change behind the provider's back, what a refresh shows, and what the next `up` sends."""

    id: str
    inputs: Json
    mutate: Callable[[Simulator, str], None]  # simulator, target
    diff: Mapping[str, str]
    calls: Sequence[Call]


@dataclass(frozen=True)
class Refusal:
    """Inputs that Check refuses: where, and words of the reason."""

    id: str
    inputs: Json
    failures: Mapping[str, str]


@dataclass(frozen=True, repr=False)
class Cloud:
    name: str
    title: str  # as messages call it
    token: str
    # Knobs that make every passing state last no look at all, one look each, or for ever.
    quick: Json
    slow: Json
    endless: Json
    passing: Sequence[str]  # states of a new endpoint on its way
    serving: str  # and where it arrives
    # Inputs of a small endpoint, without a name.
    base: Json
    config: Callable[[str], Json]  # URL of the simulator -> stack configuration
    credentials: Mapping[str, str]  # environment variables instead of configured credentials
    secret_keys: Sequence[str]  # configuration keys of credentials
    # Operations of the simulator's record.
    create: str
    read: str
    update: str
    delete: str
    listing: str
    prices: str  # asked once by what creates or updates
    # The simulator's name and the provider's id of an endpoint with that name.
    target: Callable[[str], str]
    id: Callable[[str], str]
    create_body: Callable[[Json], Json]  # what a create of these inputs sends
    changes: Sequence[Change]
    without_effect: Sequence[str]  # inputs whose change is no difference
    replacements: Sequence[Replacement]
    drifts: Sequence[Drift]
    refusals: Sequence[Refusal]
    # Ends the passing state of an endpoint at once.
    finish: Callable[[Simulator, str], None]
    # Lets the next create fail, saying these words; a change of the base that mends it.
    fail_create: Callable[[Simulator], None]
    fail_words: str
    mend: Change
    # Knobs by which a change is overlooked, and the path that is missed then.
    overlook: Json
    overlooked: Change
    overlooked_path: str
    # A change in place of the base that keeps running, for tests about something else.
    touch: Change
    # From the first foreign shape to other inputs, by adoption.
    adopted: Change
    name_length: int
    # A change in place beside which a change of the named path is ignored.
    ignored_member: tuple[str, Change]
    # Inputs that hold each kind of secret: path in inputs -> how to set a value there.
    secrets: Callable[[str], Json]  # one canary -> patch of the base with it in every secret place
    secret_paths: Sequence[str]  # where those are in the inputs
    # Makes the service accept credentials with the canary in them: configuration key -> value.
    secret_config: Callable[[Simulator, str], Json]
    # Lets the next create fail with these words of the service.
    fail_create_saying: Callable[[Simulator, str], None]
    # Configuration: the scope; another scope; (key, output that is not known before an endpoint is
    # made, patch of the base that makes this output a good value of that key).
    url_key: str  # the base URL
    scope_config: Mapping[str, str]
    other_scope: Mapping[str, str]
    late_config: tuple[str, str, Json]
    # The secret ones among `credentials`; files with them: (variable that names it or "", path
    # below the home, text).
    secret_credentials: Sequence[str]
    credential_files: Sequence[tuple[str, str, str]]
    credential_places: Sequence[str]  # what the error about missing ones has to name
    # shape -> makes an endpoint with another client, at the simulator's URL and by a name.
    foreign: Mapping[str, Callable[[str, str], None]]
    # Shapes whose generated code is known: all inputs but the name.
    generated: Mapping[str, Json]
    # Shapes with secrets, and the warning of their import; an import of another warns of none.
    write_only_warnings: Mapping[str, str]
