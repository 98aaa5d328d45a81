"""Every property that can change in place, and every way to take one out: one run for all rows."""

from __future__ import annotations

import pytest
from maases import bare, calls, calls_among, endpoint, full_id, named, stored, writes, writes_among
from simulator.client import Simulator
from support.clouds import maas
from support.clouds.description import Json
from support.plays import Changes, inputs_of_schema, inputs_that_change, play_changes, slug
from support.stacks import Stack, Toolchain

pytestmark = pytest.mark.xdist_group("maas-changes")
ROWS = list(enumerate(maas.CHANGES))


def program(after: bool) -> Json:
    return {
        slug(index): endpoint({"name": slug(index), **(row.after if after else row.before)})
        for index, row in ROWS
    }


@pytest.fixture(scope="module")
def played(
    maas_process: Simulator, tools: Toolchain, tmp_path_factory: pytest.TempPathFactory
) -> Changes:
    sim = maas_process
    sim.reset()
    sim.knobs("maas", maas.KNOBS)
    stack = Stack(tmp_path_factory.mktemp("maas-changes") / "stack", tools, sim)
    stack.configure(maas.config(sim.url("maas")))
    return play_changes(stack, sim, program)


@pytest.mark.parametrize("index", range(len(ROWS)), ids=[row.id for _, row in ROWS])
def test_row(index: int, played: Changes) -> None:
    """Exactly the calls of the row: an update in place keeps the id and makes nothing new."""
    row, name = maas.CHANGES[index], slug(index)
    create = (maas.CREATE, maas.create_body({"name": name, **row.before}))
    paused = [maas.DEACTIVATE] if row.before.get("desiredState") == "paused" else []
    before, after = played.before[name], played.after[name]
    target = bare(before["id"])
    assert calls_among(played.create_requests, name, target) == [create, *paused]
    assert played.created.ops(name) == ["create"]
    assert played.again.ops(name) == ["same"]

    assert played.changed.diff(name) == row.diff
    assert played.changed.ops(name) == (["update"] if row.diff else ["same"])
    whole = [
        (operation, {"endpoint_name": name, **(body or {})} if operation == maas.EDIT else body)
        for operation, body in row.calls
    ]
    sent = writes_among(played.change_requests, name, target)
    assert [(request.operation, request.json) for request in sent] == whole
    assert played.settled.ops(name) == ["same"]
    assert played.refreshed.diff(name) == {}

    assert after["id"] == before["id"]
    assert after["outputs"]["target"] == before["outputs"]["target"]


def test_nothing_else(played: Changes) -> None:
    """A refresh of all is one list."""
    played.assert_nothing_else(updated=sum(1 for _, row in ROWS if row.diff))
    assert calls_among(played.settle_requests) == []
    assert [request.operation for request in played.refresh_requests] == ["endpoint.list"]


def test_the_name(stack: Stack, sim: Simulator) -> None:
    """In place, and callers have to use the new one."""
    stack.write({"chat": named("one")})
    stack.up()
    id = stack.ids()["chat"]
    sim.clear()
    stack.write({"chat": named("two")})
    run = stack.up()
    assert (run.diff("chat"), run.ops("chat")) == ({"name": "update"}, ["update"])
    assert [(r.operation, r.json) for r in writes(sim)] == [
        (maas.EDIT, {"endpoint_name": "two", **maas.edit()})
    ]
    assert full_id(sim, "two") == id == stack.ids()["chat"]
    assert stack.state("chat")["outputs"]["target"]["model"] == "two"
    assert stack.up().counts == {"same": 2}
    # The way back is barred.
    stack.write({"chat": named("one")})
    assert "never be used again" in stack.up(expect=-1).errors
    assert len(stored(sim)) == 1


def test_the_name_taken_out(stack: Stack, sim: Simulator) -> None:
    """The first name stays: a fresh one would be a loss."""
    stack.write({"chat": named("one")})
    stack.up()
    sim.clear()
    stack.write({"chat": endpoint()})
    assert stack.up().ops("chat") == ["same"]
    assert calls(sim) == []


def test_no_input_is_left_out(tools: Toolchain) -> None:
    """Each input of the schema changes in some row, here or among the replacements."""
    changed = inputs_that_change([*maas.CHANGES, *maas.REPLACEMENTS])
    assert inputs_of_schema(tools, maas.TOKEN) == changed | {"name"}
