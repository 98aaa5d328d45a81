"""A create makes the endpoint and fails at its pause. Whatever a user does next, the endpoint is in
the end as the program says, and it is there once.
"""

from __future__ import annotations

from typing import Any

import pytest
from support.drivers.kinds import KINDS, PAUSES, Kind
from support.stacks import Stack

Json = dict[str, Any]


class Case:
    """A stack whose only endpoint runs, though the program wants it to rest."""

    def __init__(self, kind: Kind, stack: Stack) -> None:
        self.kind, self.sim, self.stack = kind, stack.sim, stack
        self.sim.fault(
            kind.cloud, PAUSES[kind.cloud], kind="error", status=400, message="not now", count=0
        )
        self.write()
        assert "not now" in stack.up(expect=-1).errors
        assert "initErrors" in stack.state("chat")
        (self.id,) = stack.ids().values()

    def write(self, name: str = "chat", **options: Any) -> None:
        properties = self.kind.inputs(desiredState="paused")
        resource = {"type": self.kind.driver.type, "properties": properties}
        self.stack.write({name: {**resource, "options": options}})

    def import_as(self, name: str) -> None:
        self.stack.import_one(self.kind.driver.type, name, self.id)

    def assert_settled(self, name: str = "chat") -> None:
        """It rests, under one entry, and nothing is left to do."""
        state = self.stack.state(name)
        assert self.stack.ids() == {name: self.id}
        assert ("initErrors" in state, state["outputs"]["desiredState"]) == (False, "paused")
        assert len(self.sim.state(self.kind.cloud)["endpoints"]) == 1
        assert self.stack.up("--refresh").counts == {"same": 2}


@pytest.fixture
def case(kind: Kind, kind_stack: Stack) -> Case:
    return Case(kind, kind_stack)


every_cloud = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@every_cloud
def test_one_that_is_protected_since_goes_on(case: Case) -> None:
    """In place; the engine notes the protection with the first update that succeeds."""
    case.write(protect=True)
    assert "not now" in case.stack.up(expect=-1).errors
    assert case.stack.ids() == {"chat": case.id}
    case.sim.clear_faults()
    assert case.stack.up().ops("chat") == ["update"]
    assert "protect" in case.stack.destroy(expect=-1).errors
    case.assert_settled()


@every_cloud
def test_a_refresh_shows_it_as_it_is(case: Case) -> None:
    """It runs, as nobody who looks at it would take for a failure."""
    case.stack.refresh()
    state = case.stack.state("chat")
    assert (state["id"], state["outputs"]["desiredState"]) == (case.id, "running")
    case.sim.clear_faults()
    assert case.stack.up().ops("chat") == ["update"]
    case.assert_settled()


@every_cloud
def test_an_import_under_another_name(case: Case) -> None:
    """The entry of the failed create goes, the endpoint stays."""
    case.sim.clear_faults()
    case.import_as("talk")
    case.write("talk")
    case.stack.up()
    case.assert_settled("talk")


@every_cloud
def test_an_import_after_its_entry_was_taken_out_of_the_state(case: Case) -> None:
    case.sim.clear_faults()
    case.stack.run("state", "delete", case.stack.resources()["chat"]["urn"], "--yes")
    assert case.stack.ids() == {}
    case.import_as("chat")
    case.write()
    assert case.stack.up().ops("chat") == ["update"]
    case.assert_settled()
