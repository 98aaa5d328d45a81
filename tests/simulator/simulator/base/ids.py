"""Identifiers that look random but repeat for the same seed."""

from __future__ import annotations

import random
import uuid
from typing import Any

LOWER_ALNUM = "abcdefghijklmnopqrstuvwxyz0123456789"
HEX = "0123456789abcdef"


class Ids:
    """One stream of identifiers; each cloud has its own, so clouds do not disturb each other."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._generation = 0
        self._random = random.Random(seed)
        self._numbers: dict[str, int] = {}

    def snapshot(self) -> dict[str, Any]:
        return {"generation": self._generation, "numbers": dict(self._numbers)}

    def restore(self, generation: int, numbers: dict[str, int]) -> None:
        """Go on after a snapshot: numbers from there, texts from a stream that was not used yet."""
        self._generation = generation + 1
        self._random = random.Random(f"{self._seed}/{self._generation}")
        self._numbers = dict(numbers)

    def text(self, length: int, alphabet: str = LOWER_ALNUM) -> str:
        return "".join(self._random.choice(alphabet) for _ in range(length))

    def hex(self, length: int) -> str:
        return self.text(length, HEX)

    def uuid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def number(self, series: str, first: int = 1) -> int:
        """The next number of a named series."""
        value = self._numbers.get(series, first - 1) + 1
        self._numbers[series] = value
        return value
