"""Every way to change in place, with its actions and their whole bodies: one run for all rows."""

from __future__ import annotations

import pytest
from clouds import tir
from clouds.description import Json
from plays import Changes, play_changes, slug
from simulator.client import Simulator
from stacks import Stack, Toolchain
from tirs import calls_among, endpoint

ROWS = list(enumerate(tir.CHANGES))


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
) -> Changes:
    sim, layout = tir_process, request.param
    sim.reset()
    sim.knobs("tir", tir.QUICK)
    other = "legacy" if layout == "service" else "service"
    sim.knobs("tir", layouts={layout: True, other: layout == "service"})
    stack = Stack(tmp_path_factory.mktemp("tir-changes") / "stack", tools, sim)
    stack.configure(tir.config(sim.url("tir"), tir.TEAM if layout == "legacy" else ""))
    return play_changes(stack, sim, program)


@pytest.mark.parametrize("index", range(len(ROWS)), ids=[row.id for _, row in ROWS])
def test_row(index: int, played: Changes) -> None:
    row, name = tir.CHANGES[index], slug(index)
    create = tir.call(tir.CREATE, {"name": name, **row.before})
    id = played.before[name]["id"]
    assert calls_among(played.create_requests, name) == [create]
    assert played.changed.diff(name) == row.diff
    assert played.changed.ops(name) == (["update"] if row.diff else ["same"])
    assert calls_among(played.change_requests, id) == tir.expected_calls(row, name)
    assert played.after[name]["id"] == id
    assert "initErrors" not in played.after[name]


def test_nothing_is_left_over(played: Changes) -> None:
    played.assert_nothing_else(updated=sum(1 for _, row in ROWS if row.diff))
    assert calls_among(played.settle_requests + played.refresh_requests) == []
