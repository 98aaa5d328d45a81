"""Which fault strikes which request: `reset-after@create#1`, several joined by `+`, or a storm.

reset-after@create#1       the first request of that kind
404-gateway@read#*         every one
calm                       none: what was done before is the fault
502-html-before@any#2      the second request of the act, whatever it is
storm-20                   one request in five, drawn from the case's seed
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from chaos.faults import FAULTS, WEATHER, Fault

STRIKE = re.compile(r"(?P<fault>[\w-]+)@(?P<phase>\w+)#(?P<number>\d+|\*)$")
CALM = "calm"
STORM = re.compile(r"storm-(\d+)$")


@dataclass(frozen=True)
class Strike:
    fault: Fault
    phase: str
    number: int | None  # None: every one

    def hits(self, phase: str, number: int, overall: int) -> bool:
        if self.phase == "any":
            return self.number is None or self.number == overall
        return self.phase == phase and (self.number is None or self.number == number)


class Plan:
    """The weather of one act. Counts the requests it is asked about."""

    def __init__(self, text: str, seed: int) -> None:
        self._strikes: list[Strike] = []
        self._storm = 0
        self._random = random.Random(f"{text}/{seed}")
        self._seen: dict[str, int] = {}
        self.struck = 0
        for part in text.split("+"):
            self._add(part)

    def _add(self, part: str) -> None:
        if part == CALM:
            return
        if storm := STORM.match(part):
            self._storm = int(storm[1])
            return
        strike = STRIKE.match(part)
        if strike is None or strike["fault"] not in FAULTS:
            raise ValueError(f"no such fault: {part}")
        number = None if strike["number"] == "*" else int(strike["number"])
        self._strikes.append(Strike(FAULTS[strike["fault"]], strike["phase"], number))

    def draw(self, phase: str) -> Fault | None:
        """The fault for the next request, which is of that phase."""
        number = self._seen[phase] = self._seen.get(phase, 0) + 1
        overall = sum(self._seen.values())
        fault = next((s.fault for s in self._strikes if s.hits(phase, number, overall)), None)
        if fault is None and self._random.randrange(100) < self._storm:
            fault = FAULTS[self._random.choice(WEATHER)]
        self.struck += fault is not None
        return fault
