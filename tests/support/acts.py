"""One request of an update, and what a service may do to it: for the `test_*_acts.py` of the
clouds."""

from __future__ import annotations

from typing import Any, Protocol

import pytest
from simulator.client import Simulator

from support.drivers.hf import Driver, Failure, kinds

Json = dict[str, Any]
LOST: dict[str, Json] = {
    "dropped": {"kind": "close", "apply": True},
    "502, carried out": {"kind": "error", "status": 502, "apply": True},
    "502, not carried out": {"kind": "error", "status": 502},
}


class Act(Protocol):
    """A change that needs one request."""

    @property
    def operation(self) -> str: ...
    @property
    def before(self) -> Json: ...
    @property
    def after(self) -> Json: ...
    @property
    def told(self) -> str:
        """What an error says that finds it undone; `{}` is the id."""


class Play:
    """An endpoint before the act; `run` is the update."""

    def __init__(self, sim: Simulator, driver: Driver, act: Act) -> None:
        self.sim, self.driver, self.act = sim, driver, act
        self.id, self.olds, self.outputs = self.made(**act.before)
        self.news = driver.checked(self.inputs(**act.after), olds=self.olds)
        self.shown = self.record()
        sim.clear()

    # What each cloud has its own way of.

    def made(self, **patch: Any) -> tuple[str, Json, Json]:
        raise NotImplementedError

    def inputs(self, **patch: Any) -> Json:
        raise NotImplementedError

    def record(self) -> Json:
        """What the service holds."""
        raise NotImplementedError

    def sent(self) -> list[str]:
        """The requests that change something."""
        raise NotImplementedError

    def refreshed(self, outputs: Json) -> tuple[Json, Json]:
        raise NotImplementedError

    # What they share.

    def run(self, **limit: Any) -> Json:
        news, outputs = self.news, self.outputs
        return self.driver.update(self.olds, news, olds=outputs, id=self.id, **limit)

    def fails(self) -> Failure:
        with pytest.raises(Failure) as caught:
            self.run(timeout=2)
        return caught.value

    def assert_done(self, outputs: Json) -> None:
        """The state, the service and the program agree, and nothing is left to do."""
        assert self.refreshed(outputs)[0] == self.news
        self.sim.clear()
        self.driver.update(self.news, self.news, olds=outputs, id=self.id)
        assert self.sent() == []

    def assert_takes(self, times: int) -> None:
        outputs = self.run()
        assert self.sent() == [self.act.operation] * times
        self.assert_done(outputs)

    def assert_404_proves_nothing(self, words: str) -> None:
        """It is refused as it is told, and the next run does it."""
        failure = self.fails()
        assert self.sent() == [self.act.operation]
        assert words in failure.message
        is_of_input = "In the program: " in failure.message  # what it names may be missing
        is_there = "A look shows that the endpoint is there." in failure.message
        assert is_there != is_of_input, failure.message
        assert "deleted by hand" not in failure.message
        assert (failure.code.name, failure.partial) == ("NOT_FOUND", None)
        assert self.record() == self.shown
        self.sim.clear()
        self.assert_takes(1)

    def assert_undone(self, idle: Json | None = None) -> None:
        """It was taken and not done: the state is as before, but for `idle`, and the next run does
        it."""
        failure = self.fails()
        assert self.sent() == [self.act.operation]
        assert self.act.told.format(self.id) in " ".join([failure.message, *failure.reasons])
        assert failure.partial is not None and failure.id == self.id
        self.sim.clear_faults()
        kept, outputs = self.refreshed(failure.properties)
        assert kinds(self.driver.diff(kept, self.olds, outputs, id=self.id)) == (idle or {})
        self.sim.clear()
        after = self.driver.update(kept, self.news, olds=outputs, id=self.id)
        assert self.sent() == [self.act.operation]
        self.assert_done(after)
