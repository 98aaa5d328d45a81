"""Every way to change in place, with its actions and their whole bodies: one run for all rows."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import pytest
from clouds import tir
from clouds.description import Call, Json
from runs import Run
from simulator.client import Simulator
from stacks import Stack, Toolchain
from tirs import calls, endpoint, names

ROWS = list(enumerate(tir.CHANGES))


def slug(index: int) -> str:
    return f"row-{index:02d}"


@dataclass
class Played:
    """What came of all rows."""

    creates: dict[str, list[Call]]
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


@pytest.fixture(scope="module", params=["service", "legacy"])
def played(
    request: pytest.FixtureRequest,
    tir_process: Simulator,
    tools: Toolchain,
    tmp_path_factory: pytest.TempPathFactory,
) -> Played:
    sim, layout = tir_process, request.param
    sim.reset()
    sim.knobs("tir", tir.QUICK)
    other = "legacy" if layout == "service" else "service"
    sim.knobs("tir", layouts={layout: True, other: layout == "service"})
    stack = Stack(tmp_path_factory.mktemp("tir-changes") / "stack", tools, sim)
    stack.configure(tir.config(sim.url("tir"), tir.TEAM if layout == "legacy" else ""))
    stack.write(program(after=False))
    stack.up()
    ids = names(sim)
    creates = {name: calls(sim, name) for name in ids}
    before = copy.deepcopy(stack.resources())
    sim.clear()
    assert stack.up().counts == {"same": len(ROWS) + 1}
    assert sim.requests() == []
    stack.write(program(after=True))
    changed = stack.up(expect=None)
    made = {name: calls(sim, id) for name, id in ids.items()}
    sim.clear()
    after = stack.resources()
    settled = stack.up(expect=None)
    refreshed = stack.refresh(expect=None)
    return Played(creates, changed, made, before, after, settled, refreshed, calls(sim))


@pytest.mark.parametrize("index", range(len(ROWS)), ids=[row.id for _, row in ROWS])
def test_row(index: int, played: Played) -> None:
    row, name = tir.CHANGES[index], slug(index)
    create = tir.call(tir.CREATE, {"name": name, **row.before})
    assert played.creates[name] == [create]
    assert played.changed.diff(name) == row.diff
    assert played.changed.ops(name) == (["update"] if row.diff else ["same"])
    assert played.calls[name] == tir.expected_calls(row, name)
    assert played.after[name]["id"] == played.before[name]["id"]
    assert "initErrors" not in played.after[name]


def test_nothing_is_left_over(played: Played) -> None:
    count = len(ROWS) + 1
    assert played.settled.counts == {"same": count}
    assert played.refreshed.counts == {"same": count}
    assert played.settle_calls == []
