"""What is left when the faults are over, in one word."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from support.values import SECRET, SIGNATURE

from chaos.engine import Heard, Stack
from chaos.targets import Live, Target, mentions

# From good to bad. `told` and `lost` differ in what the user could read.
ORDER = ("ok", "told", "stuck", "dropped", "lost", "doubled", "hung", "leaked")
ADVICE = re.compile(r"\bimport\b|\bdelete it\b|\badoptExisting\b|\bconsole\b", re.IGNORECASE)


def is_worse(outcome: str, than: str) -> bool:
    return ORDER.index(outcome) > ORDER.index(than)


def is_managed(live: Live, stacks: Sequence[Stack]) -> bool:
    return is_among(live, [id for stack in stacks for id in stack.ids])


def is_among(live: Live, ids: Sequence[str]) -> bool:
    """Ids in a state may begin with where the endpoint lives."""
    return any(id == live.id or id.endswith(f"/{live.id}") for id in ids)


def is_dropped(live: Live, stacks: Sequence[Stack]) -> bool:
    """It was in a state, and lived already when that let it go."""
    let_go = [id for stack in stacks for id, moment in stack.let_go if live.born < moment]
    return is_among(live, let_go) and not is_managed(live, stacks)


def is_told(live: Live, all_live: Sequence[Live], heard: Heard) -> bool:
    """A message names it, and only it, and says what to do."""
    namesakes = [one for one in all_live if one.name == live.name]
    words = (live.id,) if len(namesakes) > 1 else (live.id, live.name)
    return any(mentions(words, text) and ADVICE.search(text) for text in heard.messages)


def readable(value: Any) -> Any:
    """The part of a state that is written in plain: the engine encrypts what is marked secret."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return None
        return {key: readable(item) for key, item in value.items()}
    return [readable(item) for item in value] if isinstance(value, list) else value


def leaked(words: Sequence[str], heard: Heard, stacks: Sequence[Stack]) -> bool:
    """A secret in anything that a person or a file gets."""
    texts = [*heard.messages, *(out.decode(errors="replace") for out in heard.output)]
    texts += [json.dumps(readable(entry)) for stack in stacks for entry in stack.text()]
    return any(word in text for word in words for text in texts)


def strays(live: Sequence[Live], stacks: Sequence[Stack]) -> list[Live]:
    """Those that are in no state."""
    return [one for one in live if not is_managed(one, stacks)]


def unmanaged(
    target: Target, live: Sequence[Live], stacks: Sequence[Stack], heard: Heard, wanted: int
) -> str:
    """The word for endpoints that live and are in no state."""
    found = strays(live, stacks)
    if not found:
        return "ok"
    if all(is_told(one, live, heard) for one in found):
        return "told"
    return "doubled" if len(live) > max(wanted, 1) else "lost"
