"""States that pass with the clock, with the number of polls, or both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass
class Stage:
    """A state and how long it is held: left once both the polls and the seconds have passed."""

    state: str
    polls: int = 0
    seconds: float = 0.0


class Timeline:
    """A row of stages walked one after the other; the last one stays.

    `settle` moves on as far as the clock allows. `poll` is one look from outside: the state it
    leaves in place is what that look sees, so a stage of N polls is seen exactly N times.
    """

    def __init__(self, now: float, stages: Iterable[Stage]) -> None:
        self._stages = list(stages)
        if not self._stages:
            raise ValueError("a timeline needs at least one stage")
        self._entered = now
        self._polls = 0
        self.settle(now)

    @property
    def state(self) -> str:
        return self._stages[0].state

    @property
    def entered(self) -> float:
        """When the present state began, on the simulated clock."""
        return self._entered

    @property
    def finished(self) -> bool:
        return len(self._stages) == 1

    def settle(self, now: float) -> str:
        while len(self._stages) > 1:
            stage = self._stages[0]
            due = self._entered + stage.seconds
            if self._polls < stage.polls or now < due:
                break
            self._stages.pop(0)
            # Held by polls: the next stage starts now. Held by time: when the time was up.
            self._entered = now if stage.polls else due
            self._polls = 0
        return self.state

    def poll(self, now: float) -> str:
        state = self.settle(now)
        self._polls += 1
        return state


def stages(
    states: Iterable[str], polls: Mapping[str, float], seconds: Mapping[str, float], last: str
) -> list[Stage]:
    """Stages for passing states, held as two maps by state say, then a state that stays."""
    row = [Stage(name, int(polls.get(name, 0)), float(seconds.get(name, 0))) for name in states]
    return [*row, Stage(last)]
