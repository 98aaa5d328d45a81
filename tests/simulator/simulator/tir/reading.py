"""Reading a JSON body member by member: what is wrong is gathered, what is unknown noted."""

from __future__ import annotations

import ast
import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from typing import Any

from simulator.tir.errors import Errors, bad_request

INTEGER = re.compile(r"-?[0-9]+")
INVALID_INTEGER = "A valid integer is required."
REQUIRED = "This field is required."


@dataclass
class Findings:
    """What one body has shown so far."""

    errors: Errors = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)

    def add(self, path: str, text: str) -> None:
        self.errors.setdefault(path, []).append(text)


class Reader:
    """One object of the body."""

    def __init__(self, value: Any, findings: Findings, path: str = "") -> None:
        self.findings = findings
        self.path = path
        self._read: set[str] = set()
        if value is None:
            value = {}
        if not isinstance(value, dict):
            self.findings.add(path or "non_field_errors", "Invalid data. Expected an object.")
            value = {}
        self._value: dict[str, Any] = value

    def where(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def complain(self, name: str, text: str) -> None:
        self.findings.add(self.where(name), text)

    def has(self, name: str) -> bool:
        """Whether a member is there and not null."""
        return self._value.get(name) is not None

    def raw(self, name: str) -> Any:
        self._read.add(name)
        return self._value.get(name)

    def text(
        self,
        name: str,
        default: str = "",
        choices: tuple[str, ...] | list[str] | None = None,
        required: bool = False,
    ) -> str:
        """A string; null, and "" where there are choices, mean the default."""
        value = self.raw(name)
        if value is None or (value == "" and (required or choices)):
            if required:
                self.complain(name, REQUIRED)
            return default
        if not isinstance(value, str):
            self.complain(name, "Not a valid string.")
            return default
        if choices and value not in choices:
            self.complain(name, f'"{value}" is not a valid choice. Allowed: {", ".join(choices)}')
            return default
        return value

    def integer(
        self,
        name: str,
        default: int | None = None,
        least: int | None = None,
        most: int | None = None,
        required: bool = False,
    ) -> int | None:
        """An integer or a text of digits."""
        value = self.raw(name)
        if value is None:
            if required:
                self.complain(name, REQUIRED)
            return default
        if isinstance(value, str) and INTEGER.fullmatch(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            self.complain(name, INVALID_INTEGER)
            return default
        if least is not None and value < least:
            self.complain(name, f"Ensure this value is greater than or equal to {least}.")
        if most is not None and value > most:
            self.complain(name, f"Ensure this value is less than or equal to {most}.")
        return value

    def number(self, name: str, default: int, least: int | None = None) -> int:
        """An integer that always has a value."""
        value = self.integer(name, default, least)
        return default if value is None else value

    def flag(self, name: str, default: bool) -> bool:
        """A boolean, or its name as text, as E2E's Python client sends it."""
        value = self.raw(name)
        if value is None:
            return default
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if not isinstance(value, bool):
            self.complain(name, "Must be a valid boolean.")
            return default
        return value

    def child(self, name: str) -> Reader:
        return Reader(self.raw(name), self.findings, self.where(name))

    def children(self, name: str) -> list[Reader]:
        value = self.raw(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.complain(name, "Expected a list of items.")
            return []
        return [
            Reader(item, self.findings, f"{self.where(name)}.{index}")
            for index, item in enumerate(value)
        ]

    def mapping(self, name: str) -> dict[str, Any]:
        value = self.raw(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.complain(name, "Expected a dictionary of items.")
            return {}
        return dict(value)

    def done(self) -> None:
        """Note the members that nobody read."""
        self.findings.ignored += [
            self.where(name) for name in self._value if name not in self._read
        ]


def parse(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise bad_request(f"JSON parse error - {error}") from None
    if not isinstance(value, dict):
        raise bad_request("Invalid data. Expected an object.")
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def words_of(text: str, form: str) -> list[str] | None:
    """The words in base64 of a list's text (JSON, or as Python prints it); None when wrong."""
    if text == "":
        return []
    try:
        plain = base64.b64decode(text, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None
    if plain == "":
        return []
    for name, read in (("json", json.loads), ("python", ast.literal_eval)):
        if form not in ("any", name):
            continue
        try:
            value = read(plain)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return value
    return None
