"""Reading request bodies member by member.

Null means absent. Members nobody asked for are ignored by the service; their paths are kept so
that a test sees them.
"""

from __future__ import annotations

import json
from typing import Any

from simulator.ark.errors import ApiError, invalid, missing

INT32_MAX = 2**31 - 1


def parse(body: bytes) -> dict[str, Any]:
    """The JSON object a body is: UTF-8, no member twice, no NaN."""
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ApiError(400, "InvalidParameter", "The request body is not a JSON object.")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a member twice")
    return result


def _no_constant(name: str) -> Any:
    raise ValueError(name)


class Fields:
    """One object of a body."""

    def __init__(self, value: dict[str, Any], path: str = "") -> None:
        self._value = value
        self._path = path
        self._asked: set[str] = set()
        self._children: list[Fields] = []

    def name_of(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def has(self, name: str) -> bool:
        self._asked.add(name)
        return self._value.get(name) is not None

    def ignored(self) -> list[str]:
        """Paths of what was sent and not read, deepest last."""
        here = [self.name_of(key) for key in self._value if key not in self._asked]
        return here + [path for child in self._children for path in child.ignored()]

    def text(self, name: str, default: str = "") -> str:
        return str(self._typed(name, str, "a string", default))

    def required_text(self, name: str) -> str:
        if not self.has(name):
            raise missing(self.name_of(name))
        value = self.text(name)
        if not value:
            raise invalid(self.name_of(name), "it must not be empty")
        return value

    def boolean(self, name: str) -> bool:
        return bool(self._typed(name, bool, "a boolean", False))

    def integer(self, name: str, least: int, most: int = INT32_MAX) -> int | None:
        if not self.has(name):
            return None
        value = self._value[name]
        if isinstance(value, bool) or not isinstance(value, int):
            raise invalid(self.name_of(name), "it must be an integer")
        if not least <= value <= most:
            raise invalid(self.name_of(name), f"it must be from {least} to {most}")
        return value

    def choice(self, name: str, values: tuple[str, ...] | list[str], default: str) -> str:
        value = self.text(name, default)
        if value not in values:
            raise invalid(self.name_of(name), f"it must be one of {', '.join(values)}")
        return value

    def object(self, name: str) -> Fields | None:
        value = self._typed(name, dict, "an object", None)
        return None if value is None else self._child(name, value)

    def objects(self, name: str) -> list[Fields]:
        value = self._typed(name, list, "an array", [])
        if not all(isinstance(item, dict) for item in value):
            raise invalid(self.name_of(name), "its items must be objects")
        return [self._child(name, item) for item in value]

    def texts(self, name: str) -> list[str]:
        value = self._typed(name, list, "an array", [])
        if not all(isinstance(item, str) for item in value):
            raise invalid(self.name_of(name), "its items must be strings")
        return list(value)

    def _child(self, name: str, value: dict[str, Any]) -> Fields:
        child = Fields(value, self.name_of(name))
        self._children.append(child)
        return child

    def _typed(self, name: str, kind: type, expected: str, default: Any) -> Any:
        if not self.has(name):
            return default
        value = self._value[name]
        if not isinstance(value, kind):
            raise invalid(self.name_of(name), f"it must be {expected}")
        return value
