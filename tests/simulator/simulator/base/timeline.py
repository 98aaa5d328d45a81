"""States that pass with the clock, with the number of polls, or both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile


@dataclass
class Stage:
    """A state and how long it is held: left once both the polls and the seconds have passed."""

    state: str
    polls: int = 0
    seconds: float = 0.0


@dataclass
class Timeline:
    """A row of stages walked one after the other; the last one stays.

    `settle` moves on as far as the clock allows. `poll` is one look from outside: the state it
    leaves in place is what that look sees, so a stage of N polls is seen exactly N times.
    `entered` is when the present state began, on the simulated clock; `polls` are the looks since.
    """

    entered: float
    stages: Sequence[Stage]
    polls: int = 0

    def __post_init__(self) -> None:
        if not self.stages:
            raise ValueError("a timeline needs at least one stage")
        passed = takewhile(lambda stage: not stage.polls and not stage.seconds, self.stages[:-1])
        self.stages = list(self.stages[len(list(passed)) :])

    @property
    def state(self) -> str:
        return self.stages[0].state

    @property
    def finished(self) -> bool:
        return len(self.stages) == 1

    def settle(self, now: float) -> str:
        while len(self.stages) > 1:
            stage = self.stages[0]
            due = self.entered + stage.seconds
            if self.polls < stage.polls or now < due:
                break
            self.stages = self.stages[1:]
            # Held by polls: the next stage starts now. Held by time: when the time was up.
            self.entered = now if stage.polls else due
            self.polls = 0
        return self.state

    def poll(self, now: float) -> str:
        state = self.settle(now)
        self.polls += 1
        return state


def stages(
    states: Iterable[str], polls: Mapping[str, float], seconds: Mapping[str, float], last: str
) -> list[Stage]:
    """Stages for passing states, held as two maps by state say, then a state that stays."""
    row = [Stage(name, int(polls.get(name, 0)), float(seconds.get(name, 0))) for name in states]
    return [*row, Stage(last)]
