"""An update fails half-way: the change is taken, the pause is refused. Whatever a user does next,
the endpoint is in the end as the program says, and it is there once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.drivers.kinds import KINDS, PAUSES, Kind
from support.stacks import Stack

Json = dict[str, Any]
# The input, and where the simulator keeps it.
TOLD: dict[str, tuple[str, Callable[[Json], Any]]] = {
    "hf": ("type", lambda record: record["view"]["type"]),
    "ark": ("description", lambda record: record["Description"]),
    "maas": ("description", lambda record: record["remark"]),
    "tir": ("modelPath", lambda record: record["body"]["path"]),
}
VALUES = {"hf": ("authenticated", "public")}


class Case:
    """A stack whose only endpoint is as it was asked to be, but for its state."""

    def __init__(self, kind: Kind, stack: Stack) -> None:
        self.kind, self.sim, self.stack = kind, stack.sim, stack
        self.input, self._read = TOLD[kind.cloud]
        self.before, self.after = VALUES.get(kind.cloud, ("one", "two"))
        self.write(self.before)
        stack.up()
        self.sim.fault(
            kind.cloud, PAUSES[kind.cloud], kind="error", status=400, message="not now", count=0
        )
        self.write(self.after, desiredState="paused")
        stack.up(expect=-1)
        self.sim.clear_faults()
        assert self.live() == self.after

    def write(
        self, value: str, name: str = "chat", options: Json | None = None, **more: Any
    ) -> None:
        properties = self.kind.inputs(**{self.input: value}, **more)
        resource = {"type": self.kind.driver.type, "properties": properties}
        self.stack.write({name: {**resource, "options": options or {}}})

    def live(self) -> Any:
        (record,) = self.sim.state(self.kind.cloud)["endpoints"].values()
        return self._read(record)

    def assert_settled(self, name: str) -> None:
        """It is as it was before, under one entry, and nothing is left to do."""
        assert self.live() == self.before
        assert self.stack.ids().keys() == {name}
        assert "initErrors" not in self.stack.state(name)
        assert not {"__held", "__sent"} & self.stack.state(name)["outputs"].keys()
        assert self.stack.up("--refresh").counts == {"same": 2}


@pytest.fixture
def case(kind: Kind, kind_stack: Stack) -> Case:
    return Case(kind, kind_stack)


every_cloud = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@every_cloud
def test_an_up_that_is_told_not_to_look_looks_all_the_same(case: Case) -> None:
    """The engine does, because the failure asked for it (docs/protocol/pulumi-provider.md 5.8);
    otherwise the program taken back would be no difference."""
    case.write(case.before)
    run = case.stack.up("--refresh=false", "--target", case.stack.resources()["chat"]["urn"])
    assert set(run.diff("chat")) == {case.input}
    case.assert_settled("chat")


@every_cloud
def test_an_import_under_another_name(case: Case) -> None:
    """The entry of the failed update goes, the endpoint stays."""
    case.stack.import_one(case.kind.driver.type, "talk", case.stack.ids()["chat"])
    case.write(case.before, "talk")
    case.stack.up()
    case.assert_settled("talk")


@pytest.mark.parametrize("kind", [KINDS["ark"]], ids=["ark"])
def test_an_import_by_another_spelling_of_its_id(case: Case) -> None:
    """Which makes a replacement of it for the engine."""
    id = case.stack.ids()["chat"]
    case.write(case.before, options={"import": f"ap-southeast-1/{id}"})
    run = case.stack.up()
    assert f"endpoint {id} is not deleted" in run.warnings
    case.write(case.before)
    case.stack.up()
    case.assert_settled("chat")


@pytest.mark.parametrize("kind", [KINDS["hf"]], ids=["hf"])
def test_a_rename_with_an_alias(case: Case) -> None:
    case.write(case.before, "talk", {"aliases": [{"name": "chat"}]})
    assert case.stack.up().diff("talk") == {"type": "update"}
    case.assert_settled("talk")
