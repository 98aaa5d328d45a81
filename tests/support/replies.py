"""Replies that no service should give, made of those that it gives."""

from __future__ import annotations

from typing import Any

from support.drivers.hf import Driver, Failure, plain

LOST = "\ufffd"  # what stands for text that is none
Outcome = dict[str, Any] | str
DEEP = "[" * 5000 + "]" * 5000
MANY = "[" + "0," * 500000 + "0]"


def put(text: str, member: str, value: str) -> str:
    """The reply with one more member first in its outermost object, as text."""
    assert text.startswith("{")
    return f'{{"{member}":{value},{text[1:]}'


def changed(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, f"{old} stands {text.count(old)} times in {text}"
    return text.replace(old, new)


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """What is not a map, by its dotted path."""
    if not isinstance(value, dict):
        return {path: value}
    found: dict[str, Any] = {}
    for key, member in value.items():
        found |= leaves(member, f"{path}.{key}" if path else key)
    return found


def outcome(driver: Driver, id: str, outputs: Any, checked: Any) -> Outcome:
    """What a refresh changes in the outputs, by dotted path; the message when it fails."""
    try:
        read = driver.read(id, outputs, checked)
    except Failure as failure:
        return failure.message
    assert read.id == id
    before, after = leaves(outputs), leaves(plain(read.properties))
    paths = sorted({*before, *after})
    return {path: after.get(path) for path in paths if after.get(path) != before.get(path)}
