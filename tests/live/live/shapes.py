"""What is kept of a message: its keys and types, never a value but the words of states and codes.

A shape is a map from path to the types that were seen there: `status.state` is a member of an
object, `items[]` an element of a list, and the empty path the whole message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Shape = dict[str, list[str]]
# Members whose own members are the user's to name.
OPEN = frozenset({"env", "envs", "secrets", "environment_variables", "labels"})
# Members whose values are words of the service, where they look like one.
WORDS = frozenset({"state", "stage", "status", "code", "error_code"})
WORD = re.compile(r"[A-Za-z][\w. -]{0,39}")
TYPES = {bool: "boolean", int: "number", float: "number", str: "string", type(None): "null"}


def _places(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, value
    if isinstance(value, list):
        for item in value:
            yield from _places(item, f"{path}[]")
    elif isinstance(value, dict) and path.rpartition(".")[2] not in OPEN:
        for key, item in value.items():
            yield from _places(item, f"{path}.{key}" if path else key)


def _type(value: Any) -> str:
    if isinstance(value, dict | list):
        return "object" if isinstance(value, dict) else "list"
    return TYPES[type(value)]


def shape_of(value: Any) -> Shape:
    found: dict[str, set[str]] = {}
    for path, item in _places(value, ""):
        found.setdefault(path, set()).add(_type(item))
    return {path: sorted(types) for path, types in found.items()}


def words_of(value: Any) -> Shape:
    """The states and codes that a reply says, by path."""
    found: dict[str, set[str]] = {}
    for path, item in _places(value, ""):
        named = path.rpartition(".")[2].lower() in WORDS
        if named and isinstance(item, str) and WORD.fullmatch(item):
            found.setdefault(path, set()).add(item)
    return {path: sorted(words) for path, words in found.items()}


def merged(one: Shape, other: Shape) -> Shape:
    return {path: sorted({*one.get(path, ()), *other.get(path, ())}) for path in {**one, **other}}


def _is_shown(shape: Shape, path: str) -> bool:
    """Whether the place that holds `path` is open to the eye: an object that is there."""
    return not path.endswith("[]") and "object" in shape.get(path.rpartition(".")[0], ())


def differences(service: Shape, simulator: Shape) -> Iterator[str]:
    """Null says nothing of a type, and an empty list nothing of its elements."""
    for path in sorted({*service, *simulator}):
        here, there = service.get(path, []), simulator.get(path, [])
        types, simulated = set(here) - {"null"}, set(there) - {"null"}
        if not here and _is_shown(service, path):
            yield f"{path}: only the simulator shows it"
        elif not there and _is_shown(simulator, path):
            yield f"{path}: only the service shows it"
        elif types and simulated and types != simulated:
            yield f"{path}: {' or '.join(here)}, of the simulator {' or '.join(there)}"


Operations = Mapping[str, Mapping[str, Any]]


def compared(service: Operations, simulator: Operations) -> tuple[list[str], list[str]]:
    """Differences of what both were asked; and what only one was asked, or answered otherwise."""
    wrong, open_ = [], []
    for name in sorted({*service, *simulator}):
        if name not in service or name not in simulator:
            other = "simulator" if name not in service else "service"
            open_.append(f"{name}: only the {other} was asked")
            continue
        here, there = service[name]["replies"], simulator[name]["replies"]
        open_ += [f"{name}: {status} only of the service" for status in here if status not in there]
        for status in sorted({*here} & {*there}):
            wrong += [
                f"{name} {status} {line}" for line in differences(here[status], there[status])
            ]
    return wrong, open_
