"""Every property that can change in place, and every way to take one out.

All rows are resources of a few stacks, so that a few runs of the CLI play them all.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from simulator.client import Recorded, Simulator
from support import clouds
from support.clouds.description import Change, Cloud, Json
from support.marks import without_mark
from support.plays import Changes, play_changes, slug
from support.programs import call_of
from support.stacks import Stack, Toolchain

PARTS = 4
READS = ("GET", "HEAD")


def part_of(cloud: Cloud, part: int) -> list[tuple[int, Change]]:
    return [row for row in enumerate(cloud.changes) if row[0] % PARTS == part]


def program(cloud: Cloud, rows: list[tuple[int, Change]], after: bool) -> Json:
    return {
        slug(index): {
            "type": cloud.token,
            "properties": {"name": slug(index), **(row.after if after else row.before)},
        }
        for index, row in rows
    }


def play(cloud: Cloud, part: int, sim: Simulator, tools: Toolchain, folder: Path) -> Changes:
    sim.reset()
    sim.knobs(cloud.name, cloud.quick)
    stack = Stack(folder / "stack", tools, sim)
    stack.configure(cloud.config(sim.url(cloud.name)))
    rows = part_of(cloud, part)
    return play_changes(stack, sim, lambda after: program(cloud, rows, after))


@pytest.fixture(scope="module")
def plays(
    simulators: Callable[[str], Simulator],
    tools: Toolchain,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Cloud, int], Changes]:
    done: dict[tuple[str, int], Changes] = {}

    def played(cloud: Cloud, part: int) -> Changes:
        key = (cloud.name, part)
        if key not in done:
            folder = tmp_path_factory.mktemp(f"changes-{cloud.name}-{part}")
            done[key] = play(cloud, part, simulators(cloud.name), tools, folder)
        return done[key]

    return played


ROWS = [
    pytest.param(
        cloud,
        index,
        id=f"{cloud.name}-{row.id}",
        marks=pytest.mark.xdist_group(f"changes-{cloud.name}-{index % PARTS}"),
    )
    for cloud in clouds.ALL
    for index, row in enumerate(cloud.changes)
]
by_row = pytest.mark.parametrize(("cloud", "index"), ROWS)


def about(requests: list[Recorded], target: str) -> list[Recorded]:
    return [request for request in requests if request.target == target]


@by_row
def test_row(cloud: Cloud, index: int, plays: Callable[[Cloud, int], Changes]) -> None:
    row, name, played = cloud.changes[index], slug(index), plays(cloud, index % PARTS)
    target = cloud.target(name)
    posts = [r for r in about(played.create_requests, target) if r.operation == cloud.create]
    body = without_mark(cloud.create_body({"name": name, **row.before}))
    assert [without_mark(post.json) for post in posts] == [body]
    assert played.created.ops(name) == ["create"]
    assert played.again.ops(name) == ["same"]

    assert played.changed.errors == "" or name not in played.changed.failed, played.changed.errors
    sent = [r for r in about(played.change_requests, target) if r.method not in READS]
    assert [call_of(request) for request in sent] == list(row.calls)
    assert played.changed.diff(name) == row.diff
    assert played.changed.ops(name) == (["update"] if row.diff else ["same"])
    assert played.settled.ops(name) == ["same"]
    assert played.refreshed.diff(name) == {}

    before, after = played.before[name], played.after[name]
    assert after["id"] == before["id"] == cloud.id(name)
    if row.calls:
        assert after["outputs"]["url"] == before["outputs"]["url"]


@pytest.mark.parametrize(
    ("cloud", "part"),
    [
        pytest.param(
            cloud,
            part,
            id=f"{cloud.name}-{part}",
            marks=pytest.mark.xdist_group(f"changes-{cloud.name}-{part}"),
        )
        for cloud in clouds.ALL
        for part in range(PARTS)
    ],
)
def test_nothing_else(cloud: Cloud, part: int, plays: Callable[[Cloud, int], Changes]) -> None:
    """No row makes a second endpoint, an error, or a change that shows later."""
    rows = part_of(cloud, part)
    plays(cloud, part).assert_nothing_else(updated=sum(1 for _, row in rows if row.diff))
