"""Every property that can change in place, and every way to take one out: one run for all rows."""

from __future__ import annotations

import copy
import json
import subprocess
from dataclasses import dataclass

import pytest
from clouds import maas
from clouds.description import Call, Json
from maases import bare, calls, endpoint, full_id, named, operations, stored, writes
from runs import Run
from simulator.client import Recorded, Simulator
from stacks import Stack, Toolchain

pytestmark = pytest.mark.xdist_group("maas-changes")
ROWS = list(enumerate(maas.CHANGES))


def slug(index: int) -> str:
    return f"row-{index:02d}"


@dataclass
class Played:
    """What came of all rows."""

    created: Run
    creates: dict[str, list[Call]]
    again: Run
    changed: Run
    calls: dict[str, list[Recorded]]
    before: dict[str, Json]
    after: dict[str, Json]
    settled: Run
    refreshed: Run
    settle_calls: list[Call]
    refresh_operations: list[str]


def program(after: bool) -> Json:
    return {
        slug(index): endpoint({"name": slug(index), **(row.after if after else row.before)})
        for index, row in ROWS
    }


@pytest.fixture(scope="module")
def played(
    maas_process: Simulator, tools: Toolchain, tmp_path_factory: pytest.TempPathFactory
) -> Played:
    sim = maas_process
    sim.reset()
    sim.knobs("maas", maas.KNOBS)
    stack = Stack(tmp_path_factory.mktemp("maas-changes") / "stack", tools, sim)
    stack.configure(maas.config(sim.url("maas")))
    stack.write(program(after=False))
    created = stack.up()
    ids = {name: bare(id) for name, id in stack.ids().items()}
    creates = {name: calls(sim, name, id) for name, id in ids.items()}
    before = copy.deepcopy(stack.resources())
    sim.clear()
    again = stack.up()
    assert sim.requests() == []
    stack.write(program(after=True))
    changed = stack.up(expect=None)
    made = {name: writes(sim, name, id) for name, id in ids.items()}
    after = stack.resources()
    sim.clear()
    settled = stack.up(expect=None)
    settle_calls = calls(sim)
    sim.clear()
    refreshed = stack.refresh(expect=None)
    return Played(
        created,
        creates,
        again,
        changed,
        made,
        before,
        after,
        settled,
        refreshed,
        settle_calls,
        operations(sim),
    )


@pytest.mark.parametrize("index", range(len(ROWS)), ids=[row.id for _, row in ROWS])
def test_row(index: int, played: Played) -> None:
    """Exactly the calls of the row: an update in place keeps the id and makes nothing new."""
    row, name = maas.CHANGES[index], slug(index)
    create = (maas.CREATE, maas.create_body({"name": name, **row.before}))
    paused = [maas.DEACTIVATE] if row.before.get("desiredState") == "paused" else []
    assert played.creates[name] == [create, *paused]
    assert played.created.ops(name) == ["create"]
    assert played.again.ops(name) == ["same"]

    assert played.changed.diff(name) == row.diff
    assert played.changed.ops(name) == (["update"] if row.diff else ["same"])
    whole = [
        (operation, {"endpoint_name": name, **(body or {})} if operation == maas.EDIT else body)
        for operation, body in row.calls
    ]
    assert [(request.operation, request.json) for request in played.calls[name]] == whole
    assert played.settled.ops(name) == ["same"]
    assert played.refreshed.diff(name) == {}

    before, after = played.before[name], played.after[name]
    assert after["id"] == before["id"]
    assert after["outputs"]["target"] == before["outputs"]["target"]


def test_nothing_else(played: Played) -> None:
    """No second endpoint, no error, no change that shows later; a refresh is one list."""
    updated = sum(1 for _, row in ROWS if row.diff)
    assert played.created.counts == {"create": len(ROWS) + 1}
    assert played.again.counts == {"same": len(ROWS) + 1}
    assert played.changed.counts == {"update": updated, "same": len(ROWS) - updated + 1}
    assert played.settled.counts == {"same": len(ROWS) + 1}
    assert played.refreshed.counts == {"same": len(ROWS) + 1}
    assert played.settle_calls == []
    assert played.refresh_operations == ["endpoint.list"]


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
    printed = subprocess.run([tools.provider, "--schema"], capture_output=True, check=True)
    schema = json.loads(printed.stdout)["resources"][maas.TOKEN]
    touched = {"name"}
    for row in [*maas.CHANGES, *maas.REPLACEMENTS]:
        for key in {*row.before, *row.after}:
            if row.before.get(key) != row.after.get(key):
                touched.add(key)
    assert set(schema["inputProperties"]) == touched
