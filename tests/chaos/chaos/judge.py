"""What is left when the faults are over, in one word."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from chaos.engine import Heard, Stack
from chaos.targets import Live, Target, named_in

# From good to bad. `told` and `lost` differ in what the user could read.
ORDER = ("ok", "told", "stuck", "dropped", "lost", "doubled", "hung", "leaked")
ADVICE = re.compile(r"import|delete|adoptExisting|console", re.IGNORECASE)


def is_worse(outcome: str, than: str) -> bool:
    return ORDER.index(outcome) > ORDER.index(than)


def is_managed(live: Live, stacks: Sequence[Stack]) -> bool:
    """Is it in a state? Ids there may begin with where the endpoint lives."""
    ids = [id for stack in stacks for id in stack.ids]
    return any(id == live.id or id.endswith(f"/{live.id}") for id in ids)


def is_told(live: Live, heard: Heard) -> bool:
    return any(named_in(live, text) and ADVICE.search(text) for text in heard.messages)


def leaked(target: Target, heard: Heard, stacks: Sequence[Stack]) -> bool:
    """A planted secret in anything that a person or a file gets."""
    texts = [*heard.messages, *(out.decode(errors="replace") for out in heard.output)]
    texts += [json.dumps(entry, default=str) for stack in stacks for entry in stack.text()]
    return any(word in text for word in target.secrets for text in texts)


def unmanaged(
    target: Target, live: Sequence[Live], stacks: Sequence[Stack], heard: Heard, wanted: int
) -> str:
    """The word for endpoints that live and are in no state."""
    stray = [one for one in live if not is_managed(one, stacks)]
    if not stray:
        return "ok"
    if all(is_told(one, heard) for one in stray):
        return "told"
    return "doubled" if len(live) > wanted else "lost"
