"""Every property that can change in place, and every way to take one out: one run for all rows."""

from __future__ import annotations

import pytest
from arks import calls, calls_among, endpoint, names
from simulator.client import Simulator
from support.clouds import ark
from support.clouds.description import Json
from support.plays import Changes, inputs_of_schema, inputs_that_change, play_changes, slug
from support.stacks import Stack, Toolchain

pytestmark = pytest.mark.xdist_group("ark-changes")
ROWS = list(enumerate(ark.CHANGES))


def program(after: bool) -> Json:
    return {
        slug(index): endpoint({"name": slug(index), **(row.after if after else row.before)})
        for index, row in ROWS
    }


@pytest.fixture(scope="module")
def played(
    ark_process: Simulator, tools: Toolchain, tmp_path_factory: pytest.TempPathFactory
) -> Changes:
    sim = ark_process
    sim.reset()
    sim.knobs("ark", ark.QUICK)
    stack = Stack(tmp_path_factory.mktemp("ark-changes") / "stack", tools, sim)
    stack.configure(ark.config(sim.url("ark")))
    return play_changes(stack, sim, program)


@pytest.mark.parametrize("index", range(len(ROWS)), ids=[row.id for _, row in ROWS])
def test_row(index: int, played: Changes) -> None:
    """Exactly the calls of the row: an update in place keeps the id and makes nothing new."""
    row, name = ark.CHANGES[index], slug(index)
    create = (ark.CREATE, ark.create_body({"name": name, **row.before}))
    paused = [(ark.STOP, {})] if row.before.get("desiredState") == "paused" else []
    before, after = played.before[name], played.after[name]
    assert calls_among(played.create_requests, name, before["id"]) == [create, *paused]
    assert played.created.ops(name) == ["create"]
    assert played.again.ops(name) == ["same"]

    assert calls_among(played.change_requests, name, before["id"]) == list(row.calls)
    assert played.changed.diff(name) == row.diff
    assert played.changed.ops(name) == (["update"] if row.diff else ["same"])
    assert played.settled.ops(name) == ["same"]
    assert played.refreshed.diff(name) == {}

    assert after["id"] == before["id"] == after["outputs"]["endpointId"]
    assert after["outputs"]["target"] == before["outputs"]["target"]


def test_nothing_else(played: Changes) -> None:
    played.assert_nothing_else(updated=sum(1 for _, row in ROWS if row.diff))
    assert calls_among(played.settle_requests + played.refresh_requests) == []


def test_the_name(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": endpoint({"name": "one", **ark.BASE})})
    stack.up()
    id = stack.ids()["chat"]
    sim.clear()
    stack.write({"chat": endpoint({"name": "two", **ark.BASE})})
    run = stack.up()
    assert (run.diff("chat"), run.ops("chat")) == ({"name": "update"}, ["update"])
    assert calls(sim) == [(ark.UPDATE, {"Name": "two"})]
    assert names(sim) == {"two": id}
    assert stack.ids() == {"chat": id}
    assert stack.up().counts == {"same": 2}


def test_the_name_taken_out(stack: Stack, sim: Simulator) -> None:
    """The first name stays: nothing depends on it."""
    stack.write({"chat": endpoint({"name": "one", **ark.BASE})})
    stack.up()
    sim.clear()
    stack.write({"chat": endpoint()})
    stack.up()
    assert calls(sim) == []
    assert list(names(sim)) == ["one"]
    assert stack.up().counts == {"same": 2}


def test_no_input_is_left_out(tools: Toolchain) -> None:
    """Each input of the schema changes in some row, here or among the replacements."""
    changed = inputs_that_change([*ark.CHANGES, *ark.REPLACEMENTS])
    assert inputs_of_schema(tools, ark.TOKEN) == changed | {"name"}
