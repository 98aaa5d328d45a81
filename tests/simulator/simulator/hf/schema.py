"""Shapes of request bodies, and the errors a strict JSON reader makes of wrong ones.

A shape checks and copies a value. Members it does not know are left out of the copy and their
paths collected, as the service ignores them silently.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

from simulator.hf.errors import ApiError, invalid

PARSE_PREFIX = "Failed to parse the request body as JSON"
INT32_MAX = 2**31 - 1
Path = tuple[str, ...]


def dotted(path: Path) -> str:
    return ".".join(path)


@dataclass
class Reading:
    """One body being read: its text for positions, and what was ignored."""

    text: str
    ignored: list[str] = field(default_factory=list)

    def null(self, path: Path) -> ApiError:
        position = locate(self.text, path)
        line = self.text.count("\n", 0, position) + 1
        column = position - (self.text.rfind("\n", 0, position) + 1) + 1
        return ApiError(
            400, f"{PARSE_PREFIX}: {dotted(path)}: expected value at line {line} column {column}"
        )


def wrong_type(path: Path, value: Any, expected: str) -> ApiError:
    where = f"{dotted(path)}: " if path else ""
    return ApiError(422, f"{where}invalid type: {_describe(value)}, expected {expected}")


def unknown_variant(path: Path, value: str, variants: list[str]) -> ApiError:
    listing = ", ".join(f"`{name}`" for name in variants)
    return ApiError(422, f"{dotted(path)}: unknown variant `{value}`, expected one of {listing}")


def _describe(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"boolean `{str(value).lower()}`"
    if isinstance(value, int):
        return f"integer `{value}`"
    if isinstance(value, float):
        return f"floating point `{value}`"
    if isinstance(value, str):
        return f"string {json.dumps(value)}"
    return "sequence" if isinstance(value, list) else "map"


class Shape(ABC):
    @abstractmethod
    def read(self, value: Any, path: Path, reading: Reading) -> Any:
        """A checked copy, or ApiError."""


@dataclass(frozen=True)
class Text(Shape):
    def read(self, value: Any, path: Path, reading: Reading) -> Any:
        if not isinstance(value, str):
            raise wrong_type(path, value, "a string")
        return value


@dataclass(frozen=True)
class Choice(Shape):
    values: tuple[str, ...]

    def read(self, value: Any, path: Path, reading: Reading) -> Any:
        if not isinstance(value, str):
            raise wrong_type(path, value, "a string")
        if value not in self.values:
            raise unknown_variant(path, value, list(self.values))
        return value


@dataclass(frozen=True)
class Integer(Shape):
    least: int = 0

    def read(self, value: Any, path: Path, reading: Reading) -> Any:
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong_type(path, value, "an integer")
        if not self.least <= value <= INT32_MAX:
            raise ApiError(422, f"{dotted(path)}: invalid value: integer `{value}`, expected int32")
        return value


@dataclass(frozen=True)
class Number(Shape):
    def read(self, value: Any, path: Path, reading: Reading) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong_type(path, value, "a number")
        return float(value)


@dataclass(frozen=True)
class Boolean(Shape):
    def read(self, value: Any, path: Path, reading: Reading) -> Any:
        if not isinstance(value, bool):
            raise wrong_type(path, value, "a boolean")
        return value


@dataclass(frozen=True)
class ListOf(Shape):
    item: Shape

    def read(self, value: Any, path: Path, reading: Reading) -> Any:
        if not isinstance(value, list):
            raise wrong_type(path, value, "a sequence")
        result = []
        for index, member in enumerate(value):
            where = (*path, str(index))
            if member is None:
                raise reading.null(where)
            result.append(self.item.read(member, where, reading))
        return result


@dataclass(frozen=True)
class MapOf(Shape):
    item: Shape
    nullable: bool = False

    def read(self, value: Any, path: Path, reading: Reading) -> Any:
        if not isinstance(value, dict):
            raise wrong_type(path, value, "a map")
        result = {}
        for key, member in value.items():
            where = (*path, key)
            if member is None and not self.nullable:
                raise reading.null(where)
            result[key] = None if member is None else self.item.read(member, where, reading)
        return result


@dataclass(frozen=True)
class Member:
    """One member of an object."""

    shape: Shape
    required: bool = False
    nullable: bool = False


@dataclass(frozen=True)
class Struct(Shape):
    members: dict[str, Member]
    # Known to the specification, but of no effect: recorded like unknown ones.
    inert: tuple[str, ...] = ()

    def read(self, value: Any, path: Path, reading: Reading) -> Any:
        if not isinstance(value, dict):
            raise wrong_type(path, value, "a map")
        result: dict[str, Any] = {}
        for key, member in value.items():
            where = (*path, key)
            known = self.members.get(key)
            if known is None:
                reading.ignored.append(dotted(where))
            elif member is None and not known.nullable:
                raise reading.null(where)
            else:
                if key in self.inert:
                    reading.ignored.append(dotted(where))
                result[key] = None if member is None else known.shape.read(member, where, reading)
        for key, known in self.members.items():
            if known.required and key not in value:
                prefix = f"{dotted(path)}: " if path else ""
                raise invalid(f"{prefix}missing field `{key}`")
        return {key: member for key, member in result.items() if key not in self.inert}


@dataclass(frozen=True)
class OneKey(Shape):
    """An object with exactly one key, which says what its value is."""

    variants: dict[str, Shape]
    nullable: bool = False

    def read(self, value: Any, path: Path, reading: Reading) -> Any:
        if not isinstance(value, dict):
            raise wrong_type(path, value, "a map")
        if len(value) != 1:
            raise ApiError(
                422,
                f"{dotted(path)}: invalid value: map with {len(value)} keys, expected a single key",
            )
        ((key, member),) = value.items()
        if key not in self.variants:
            raise unknown_variant(path, key, list(self.variants))
        where = (*path, key)
        if member is None:
            if not self.nullable:
                raise reading.null(where)
            return {key: None}
        return {key: self.variants[key].read(member, where, reading)}


def read_body(body: bytes, shape: Shape) -> tuple[Any, list[str]]:
    """The checked copy of a JSON body and the paths ignored in it."""
    value, text = parse(body)
    reading = Reading(text)
    return shape.read(value, (), reading), reading.ignored


def parse(body: bytes) -> tuple[Any, str]:
    """JSON as a strict reader takes it: UTF-8, no NaN, no member twice, nothing behind it."""
    try:
        text = body.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
        return value, text
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise ApiError(400, f"{PARSE_PREFIX}: expected value at {where}") from None
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise ApiError(400, f"{PARSE_PREFIX}: {error}") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise ValueError(f"duplicate field `{key}`")
        result[key] = value
    return result


def _no_constant(name: str) -> Any:
    raise ValueError(f"expected value, not {name}")


def locate(text: str, steps: Path) -> int:
    """Where in a JSON text (known to be valid) the value at a path begins."""
    decoder = json.JSONDecoder()
    position = _skip(text, 0)
    for step in steps:
        inside_list = text[position] == "["
        position = _skip(text, position + 1)
        index = 0
        while True:
            if inside_list:
                key = str(index)
            else:
                key, position = decoder.raw_decode(text, position)
                position = _skip(text, _skip(text, position) + 1)
            if key == step:
                break
            _, position = decoder.raw_decode(text, position)
            position = _skip(text, _skip(text, position) + 1)
            index += 1
    return position


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position
