"""Every way to change in place, with its actions and their whole bodies, played by a few runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from simulator.client import Simulator
from support.clouds import tir
from support.clouds.description import Json
from support.plays import Changes, play_changes, slug
from support.stacks import Stack, Toolchain
from tirs import calls_among, endpoint

PARTS = 3
ALL = range(len(tir.CHANGES))
LEGACY = "legacy"


def one_of_each() -> list[int]:
    """Rows that call for different actions: the first of each kind."""
    found: dict[tuple[str, ...], int] = {}
    for index, row in enumerate(tir.CHANGES):
        found.setdefault(tuple(operation for operation, _ in row.calls), index)
    return list(found.values())


# What differs between the layouts is the address: all rows in one, all actions in the other.
PLAYS: dict[str, list[int]] = {
    **{f"service-{part}": [i for i in ALL if i % PARTS == part] for part in range(PARTS)},
    LEGACY: one_of_each(),
}


def grouped(play: str, *values: object, id: str) -> object:
    """Tests that share one long run of the CLI stay on one worker."""
    return pytest.param(play, *values, id=id, marks=pytest.mark.xdist_group(f"tir-changes-{play}"))


def program(play: str, after: bool) -> Json:
    rows = {slug(index): tir.CHANGES[index] for index in PLAYS[play]}
    return {
        name: endpoint({"name": name, **(row.after if after else row.before)})
        for name, row in rows.items()
    }


def run(play: str, sim: Simulator, tools: Toolchain, folder: Path) -> Changes:
    legacy = play == LEGACY
    sim.reset()
    sim.knobs("tir", tir.QUICK)
    sim.knobs("tir", layouts={"legacy": True, "service": not legacy})
    stack = Stack(folder / "stack", tools, sim)
    stack.configure(tir.config(sim.url("tir"), tir.TEAM if legacy else ""))
    return play_changes(stack, sim, lambda after: program(play, after))


@pytest.fixture(scope="module")
def played(
    tir_process: Simulator, tools: Toolchain, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Changes]:
    done: dict[str, Changes] = {}

    def once(play: str) -> Changes:
        if play not in done:
            folder = tmp_path_factory.mktemp(f"tir-changes-{play}")
            done[play] = run(play, tir_process, tools, folder)
        return done[play]

    return once


@pytest.mark.parametrize(
    ("play", "index"),
    [
        grouped(play, index, id=f"{play}-{tir.CHANGES[index].id}")
        for play, indices in PLAYS.items()
        for index in indices
    ],
)
def test_row(play: str, index: int, played: Callable[[str], Changes]) -> None:
    row, name, done = tir.CHANGES[index], slug(index), played(play)
    id = done.before[name]["id"]
    create = tir.call(tir.CREATE, {"name": name, **row.before})
    assert calls_among(done.create_requests, name) == [create]
    assert done.changed.diff(name) == row.diff
    assert done.changed.ops(name) == (["update"] if row.diff else ["same"])
    assert calls_among(done.change_requests, id) == tir.expected_calls(row, name)
    assert done.after[name]["id"] == id
    assert "initErrors" not in done.after[name]


@pytest.mark.parametrize("play", [grouped(play, id=play) for play in PLAYS])
def test_nothing_is_left_over(play: str, played: Callable[[str], Changes]) -> None:
    done = played(play)
    done.assert_nothing_else(updated=sum(1 for i in PLAYS[play] if tir.CHANGES[i].diff))
    assert calls_among(done.settle_requests + done.refresh_requests) == []
