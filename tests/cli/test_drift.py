"""Changes behind the provider's back: what a refresh shows, and what the next `up` puts right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from simulator.client import Recorded, Simulator
from support import clouds
from support.clouds.description import Cloud, Json
from support.programs import READS, call_of
from support.runs import Run
from support.stacks import Stack, Toolchain

LISTED = ("hf", "tir")
SINGLE_READS = 8  # before a list is read


def slug(index: int) -> str:
    return f"row-{index:02d}"


@dataclass
class Played:
    refreshed: Run
    refresh_requests: list[Recorded]
    mended: Run
    mend_requests: list[Recorded]
    settled: Run
    calm: Run


def program(cloud: Cloud) -> Json:
    return {
        slug(index): {"type": cloud.token, "properties": {"name": slug(index), **row.inputs}}
        for index, row in enumerate(cloud.drifts)
    }


def play(cloud: Cloud, stack: Stack, sim: Simulator) -> Played:
    stack.write(program(cloud))
    stack.up()
    calm = stack.refresh()
    for index, row in enumerate(cloud.drifts):
        row.mutate(sim, cloud.target(slug(index)))
    sim.clear()
    refreshed = stack.refresh()
    refresh_requests = sim.requests()
    sim.clear()
    mended = stack.up(expect=None)
    mend_requests = sim.requests()
    settled = stack.refresh(expect=None)
    return Played(refreshed, refresh_requests, mended, mend_requests, settled, calm)


@pytest.fixture(scope="module")
def plays(
    simulators: Callable[[str], Simulator],
    tools: Toolchain,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Cloud], Played]:
    done: dict[str, Played] = {}

    def played(cloud: Cloud) -> Played:
        if cloud.name not in done:
            sim = simulators(cloud.name)
            sim.reset()
            sim.knobs(cloud.name, cloud.quick)
            stack = Stack(tmp_path_factory.mktemp("drift") / "stack", tools, sim)
            stack.configure(cloud.config(sim.url(cloud.name)))
            done[cloud.name] = play(cloud, stack, sim)
        return done[cloud.name]

    return played


def is_listed(cloud: Cloud, played: Played) -> bool:
    singles = sum(r.operation == cloud.read for r in played.refresh_requests)
    lists = [r for r in played.refresh_requests if r.operation == "endpoint.list"]
    return cloud.name in LISTED and singles > SINGLE_READS and len(lists) == 1


by_row = pytest.mark.parametrize(
    ("cloud", "index"),
    [
        pytest.param(
            cloud,
            index,
            id=f"{cloud.name}-{row.id}",
            marks=pytest.mark.xdist_group(f"drift-{cloud.name}"),
        )
        for cloud in clouds.ALL
        for index, row in enumerate(cloud.drifts)
    ],
)


@by_row
def test_row(cloud: Cloud, index: int, plays: Callable[[Cloud], Played]) -> None:
    row, name, played = cloud.drifts[index], slug(index), plays(cloud)
    target = cloud.target(name)
    assert played.calm.diff(name) == {}
    assert played.refreshed.diff(name) == row.diff
    reads = [(r.operation, r.status) for r in played.refresh_requests if r.target == target]
    # Of many one list may answer for those that come last (docs/decisions.md 15).
    assert reads == [(cloud.read, 200)] or (reads == [] and is_listed(cloud, played))
    sent = [r for r in played.mend_requests if r.target == target and r.method not in READS]
    assert [call_of(request) for request in sent] == list(row.calls)
    assert played.mended.ops(name) == ["update"]
    assert played.settled.diff(name) == {}


@pytest.mark.parametrize(
    "cloud",
    [
        pytest.param(cloud, id=cloud.name, marks=pytest.mark.xdist_group(f"drift-{cloud.name}"))
        for cloud in clouds.ALL
    ],
)
def test_all_of_them(cloud: Cloud, plays: Callable[[Cloud], Played]) -> None:
    played, count = plays(cloud), len(cloud.drifts)
    assert played.calm.counts == {"same": count + 1}
    assert played.refreshed.counts == {"update": count, "same": 1}
    assert played.mended.counts == {"update": count, "same": 1}
    assert played.settled.counts == {"same": count + 1}
