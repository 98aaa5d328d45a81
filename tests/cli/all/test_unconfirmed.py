"""A create that nobody could tell of has no id until it is found.

Hugging Face is in tests/cli/test_faults.py.
"""

from __future__ import annotations

import pytest
from support.drivers.kinds import KINDS, Kind
from support.stacks import Stack

CREATE = "endpoint.create"


class Case:
    """A stack whose only create got no answer, nor did the look for what became of it."""

    def __init__(self, kind: Kind, stack: Stack, made: bool) -> None:
        self.kind, self.sim, self.stack = kind, stack.sim, stack
        self.sim.fault(kind.cloud, CREATE, kind="close", apply=made, count=0)
        self.sim.fault(kind.cloud, "endpoint.list", kind="error", status=403, message="no", count=0)
        self.stack.write({"chat": {"type": kind.driver.type, "properties": kind.inputs()}})
        run = stack.up(expect=-1)
        assert "The state keeps it as unconfirmed" in run.errors
        assert stack.ids() == {"chat": "unconfirmed:demo"}
        assert len(self.living()) == made
        self.sim.clear_faults()
        self.sim.clear()
        if not made:
            stack.age()

    def living(self) -> list[str]:
        """By the service's own ids."""
        return [name.split("/")[-1] for name in self.sim.state(self.kind.cloud)["endpoints"]]

    def creates(self) -> int:
        return len(self.sim.requests(cloud=self.kind.cloud, operation=CREATE))


@pytest.fixture(params=["ark", "maas", "tir"])
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


@pytest.fixture(params=[True, False], ids=["made", "not-made"])
def case(request: pytest.FixtureRequest, kind: Kind, kind_stack: Stack) -> Case:
    return Case(kind, kind_stack, request.param)


def test_the_next_up_finds_its_id(case: Case) -> None:
    made = len(case.living())
    case.stack.up()
    (own,) = case.living()
    assert case.stack.ids()["chat"].split("/")[-1] == own
    assert case.creates() == 1 - made
    outputs = case.stack.state("chat")["outputs"]
    assert outputs["endpointId"] == own and "__unconfirmed" not in outputs
    assert "initErrors" not in case.stack.state("chat")
    assert case.stack.up().counts == {"same": 2}
    assert case.stack.refresh().counts == {"same": 2}
    case.stack.destroy()
    assert (case.living(), case.stack.resources()) == ([], {})


def test_a_preview_looks_and_changes_nothing(case: Case) -> None:
    made = len(case.living())
    case.stack.run("preview")
    assert case.stack.ids() == {"chat": "unconfirmed:demo"}
    assert (case.creates(), len(case.living())) == (0, made)


def test_a_destroy_finds_it(case: Case) -> None:
    case.stack.destroy()
    assert (case.living(), case.stack.resources()) == ([], {})
