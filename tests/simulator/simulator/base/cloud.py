"""What a cloud module implements, and what it is given."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from simulator.base.clock import Clock
from simulator.base.ids import Ids
from simulator.base.messages import Operation, Reply, Request


class ControlError(Exception):
    """A control request that makes no sense: unknown target, knob or action."""


@dataclass
class Context:
    """What the core gives a cloud. A reset makes new ids and knobs and a new cloud object."""

    clock: Clock
    ids: Ids
    url: str  # where this cloud listens, without a final slash: scheme://host:port
    knobs: dict[str, Any] = field(default_factory=dict)


@dataclass
class Shown:
    """An endpoint for people to look at: no secret in it."""

    target: str  # as operations and control routes name it
    state: str
    machine: str
    model: str


class Cloud(ABC):
    """One simulated cloud.

    All methods run on one event loop: state needs no lock as long as a method does not await
    in the middle of a change.
    """

    NAME: ClassVar[str]
    # Every knob with its first value. A knob whose first value is a map is merged by key when
    # set (null removes a key); any other is replaced. Unknown knobs are refused.
    KNOBS: ClassVar[dict[str, Any]] = {}
    # The attributes (dots lead further in) that hold what is stored, each a dictionary or a list,
    # with their types: what a snapshot takes.
    STORED: ClassVar[dict[str, Any]] = {}
    # Those of them that snapshots of older simulators lack: they are empty then.
    STORED_LATER: ClassVar[frozenset[str]] = frozenset()
    # What a client has to find in its environment to come here, in the words of the cloud's own
    # tools; "{url}" is where it listens. The credentials are those of the first knobs.
    ENVIRONMENT: ClassVar[dict[str, str]] = {}

    def __init__(self, context: Context) -> None:
        self.context = context
        self.clock = context.clock
        self.ids = context.ids
        self.knobs = context.knobs

    @classmethod
    def first_knobs(cls) -> dict[str, Any]:
        return copy.deepcopy(cls.KNOBS)

    @classmethod
    def environment(cls, url: str) -> dict[str, str]:
        """The variables for a cloud that listens there."""
        return {name: value.replace("{url}", url) for name, value in cls.ENVIRONMENT.items()}

    def claims(self, request: Request) -> bool:
        """Whether a request is this cloud's when several clouds share one port."""
        return self.identify(request).name != "unknown"

    @abstractmethod
    def identify(self, request: Request) -> Operation:
        """Name the operation and its target from method, path, query (and body). No effects."""

    def guard(self, request: Request) -> Reply | None:
        """Refuse (or let pass with None) before any fault rule is asked: authentication."""
        return None

    @abstractmethod
    def handle(self, request: Request) -> Reply | Awaitable[Reply]:
        """Carry out the operation. An exception is a bug of the simulator and fails the test."""

    @abstractmethod
    def error(self, status: int, code: str | None = None, message: str | None = None) -> Reply:
        """An error in this cloud's shape: used for fault rules that give no body."""

    def finish(self, request: Request, reply: Reply) -> None:  # noqa: B027
        """Last touch on every reply, faults included (request id, date)."""

    def overview(self) -> list[Shown]:
        """The endpoints there are now. To look here is no poll: it moves nothing on."""
        return []

    # Test-only routes.

    def state(self) -> Any:
        """Everything stored, as JSON, secrets included."""
        return {}

    def mutate(self, target: str, patch: Any, assign: dict[str, Any]) -> Any:
        """Change a stored endpoint behind the client's back and return it."""
        raise ControlError(f"{self.NAME} cannot mutate {target!r}")

    def delete(self, target: str) -> None:
        """Remove a stored endpoint at once behind the client's back."""
        raise ControlError(f"{self.NAME} cannot delete {target!r}")

    def control(self, action: str, arguments: dict[str, Any]) -> Any:
        """Anything else a test may ask of this cloud alone."""
        raise ControlError(f"{self.NAME} has no control action {action!r}")


def set_knobs(cloud: Cloud, values: dict[str, Any]) -> None:
    """Change knobs in place; nothing changes when one of the names is unknown."""
    unknown = set(values) - set(cloud.KNOBS)
    if unknown:
        raise ControlError(f"{cloud.NAME} has no knob {', '.join(sorted(unknown))}")
    for name, value in values.items():
        first = cloud.KNOBS[name]
        if isinstance(first, dict) and isinstance(value, dict):
            for key, member in value.items():
                if member is None:
                    cloud.knobs[name].pop(key, None)
                else:
                    cloud.knobs[name][key] = copy.deepcopy(member)
        else:
            cloud.knobs[name] = copy.deepcopy(value)
