"""Every property that can change in place, and every way to take one out: one run for all rows."""

from __future__ import annotations

import copy
import json
import subprocess
from dataclasses import dataclass

import pytest
from arks import calls, endpoint, names
from clouds import ark
from clouds.description import Call, Json
from runs import Run
from simulator.client import Simulator
from stacks import Stack, Toolchain

pytestmark = pytest.mark.xdist_group("ark-changes")
ROWS = list(enumerate(ark.CHANGES))


def slug(index: int) -> str:
    return f"row-{index:02d}"


@dataclass
class Played:
    """What came of all rows."""

    created: Run
    creates: dict[str, list[Call]]
    again: Run
    changed: Run
    calls: dict[str, list[Call]]
    before: dict[str, Json]
    after: dict[str, Json]
    settled: Run
    refreshed: Run
    settle_calls: list[Call]


def program(after: bool) -> Json:
    return {
        slug(index): endpoint({"name": slug(index), **(row.after if after else row.before)})
        for index, row in ROWS
    }


@pytest.fixture(scope="module")
def played(
    ark_process: Simulator, tools: Toolchain, tmp_path_factory: pytest.TempPathFactory
) -> Played:
    sim = ark_process
    sim.reset()
    sim.knobs("ark", ark.QUICK)
    stack = Stack(tmp_path_factory.mktemp("ark-changes") / "stack", tools, sim)
    stack.configure(ark.config(sim.url("ark")))
    stack.write(program(after=False))
    created = stack.up()
    ids = names(sim)
    creates = {name: calls(sim, name, id) for name, id in ids.items()}
    before = copy.deepcopy(stack.resources())
    sim.clear()
    again = stack.up()
    assert sim.requests() == []
    stack.write(program(after=True))
    changed = stack.up(expect=None)
    made = {name: calls(sim, name, id) for name, id in ids.items()}
    sim.clear()
    after = stack.resources()
    settled = stack.up(expect=None)
    refreshed = stack.refresh(expect=None)
    return Played(
        created, creates, again, changed, made, before, after, settled, refreshed, calls(sim)
    )


@pytest.mark.parametrize("index", range(len(ROWS)), ids=[row.id for _, row in ROWS])
def test_row(index: int, played: Played) -> None:
    """Exactly the calls of the row: an update in place keeps the id and makes nothing new."""
    row, name = ark.CHANGES[index], slug(index)
    create = (ark.CREATE, ark.create_body({"name": name, **row.before}))
    paused = [(ark.STOP, {})] if row.before.get("desiredState") == "paused" else []
    assert played.creates[name] == [create, *paused]
    assert played.created.ops(name) == ["create"]
    assert played.again.ops(name) == ["same"]

    assert played.calls[name] == list(row.calls)
    assert played.changed.diff(name) == row.diff
    assert played.changed.ops(name) == (["update"] if row.diff else ["same"])
    assert played.settled.ops(name) == ["same"]
    assert played.refreshed.diff(name) == {}

    before, after = played.before[name], played.after[name]
    assert after["id"] == before["id"] == after["outputs"]["endpointId"]
    assert after["outputs"]["target"] == before["outputs"]["target"]


def test_nothing_else(played: Played) -> None:
    updated = sum(1 for _, row in ROWS if row.diff)
    assert played.created.counts == {"create": len(ROWS) + 1}
    assert played.again.counts == {"same": len(ROWS) + 1}
    assert played.changed.counts == {"update": updated, "same": len(ROWS) - updated + 1}
    assert played.settled.counts == {"same": len(ROWS) + 1}
    assert played.refreshed.counts == {"same": len(ROWS) + 1}
    assert played.settle_calls == []


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
    printed = subprocess.run([tools.provider, "--schema"], capture_output=True, check=True)
    schema = json.loads(printed.stdout)["resources"][ark.TOKEN]
    touched = {"name"}
    for row in [*ark.CHANGES, *ark.REPLACEMENTS]:
        for key in {*row.before, *row.after}:
            if row.before.get(key) != row.after.get(key):
                touched.add(key)
    assert set(schema["inputProperties"]) == touched
