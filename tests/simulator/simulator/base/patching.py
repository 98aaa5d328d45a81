"""Changing JSON documents from outside: merge patches and JSON pointers."""

from __future__ import annotations

import copy
from typing import Any


def merge(document: Any, patch: Any) -> Any:
    """RFC 7396 merge patch: null removes, objects merge, the rest replaces."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    result = dict(document) if isinstance(document, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge(result.get(key), value)
    return result


def _steps(pointer: str) -> list[str]:
    if not pointer.startswith("/"):
        raise ValueError(f"a JSON pointer starts with '/': {pointer!r}")
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]


def set_pointer(document: Any, pointer: str, value: Any) -> None:
    """Set (null included) what an RFC 6901 pointer names; missing objects are made."""
    *parents, last = _steps(pointer)
    node = document
    for step in parents:
        node = node[int(step)] if isinstance(node, list) else node.setdefault(step, {})
    if isinstance(node, list):
        if last == "-":
            node.append(value)
        else:
            node[int(last)] = value
    else:
        node[last] = value


def remove_pointer(document: Any, pointer: str) -> None:
    """Remove what the pointer names; nothing happens when it is not there."""
    *parents, last = _steps(pointer)
    node = document
    for step in parents:
        if isinstance(node, list):
            node = node[int(step)] if int(step) < len(node) else None
        else:
            node = node.get(step) if isinstance(node, dict) else None
        if node is None:
            return
    if isinstance(node, list):
        if int(last) < len(node):
            del node[int(last)]
    elif isinstance(node, dict):
        node.pop(last, None)


def apply_changes(document: Any, patch: Any = None, assign: dict[str, Any] | None = None) -> Any:
    """A copy of the document with a merge patch and then pointer assignments applied."""
    result = copy.deepcopy(document)
    if patch is not None:
        result = merge(result, patch)
    for pointer, value in (assign or {}).items():
        set_pointer(result, pointer, copy.deepcopy(value))
    return result
