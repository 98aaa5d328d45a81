"""Every change that makes a new endpoint, with an explicit name and with an autoname."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import clouds
import pytest
from clouds.description import Cloud, Json, Replacement
from runs import Run
from simulator.client import Recorded, Simulator
from stacks import Stack, Toolchain

CREATE_FIRST = ["create-replacement", "replace", "delete-replaced"]
DELETE_FIRST = ["delete-replaced", "replace", "create-replacement"]


def slug(index: int) -> str:
    return f"row-{index:02d}"


@dataclass
class Played:
    changed: Run
    requests: list[Recorded]
    before: dict[str, Json]
    after: dict[str, Json]
    settled: Run


def program(cloud: Cloud, explicit: bool, after: bool) -> Json:
    resources: Json = {}
    for index, row in enumerate(cloud.replacements):
        properties = dict(row.after if after else row.before)
        if explicit:
            properties["name"] = slug(index)
        resources[slug(index)] = {"type": cloud.token, "properties": properties}
    return resources


def play(cloud: Cloud, explicit: bool, stack: Stack, sim: Simulator) -> Played:
    stack.write(program(cloud, explicit, after=False))
    stack.up()
    before = stack.resources()
    sim.clear()
    stack.write(program(cloud, explicit, after=True))
    changed = stack.up(expect=None)
    requests = sim.requests()
    return Played(changed, requests, before, stack.resources(), stack.up(expect=None))


@pytest.fixture(scope="module")
def plays(
    simulators: Callable[[Cloud], Simulator],
    tools: Toolchain,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Cloud, bool], Played]:
    done: dict[tuple[str, bool], Played] = {}

    def played(cloud: Cloud, explicit: bool) -> Played:
        key = (cloud.name, explicit)
        if key not in done:
            sim = simulators(cloud)
            sim.reset()
            sim.knobs(cloud.name, cloud.quick)
            stack = Stack(tmp_path_factory.mktemp("replacements") / "stack", tools, sim)
            stack.configure(cloud.config(sim.url(cloud.name)))
            done[key] = play(cloud, explicit, stack, sim)
        return done[key]

    return played


by_row = pytest.mark.parametrize(
    ("cloud", "index", "explicit"),
    [
        pytest.param(
            cloud,
            index,
            explicit,
            id=f"{cloud.name}-{row.id}-{'explicit' if explicit else 'auto'}",
            marks=pytest.mark.xdist_group(f"replacements-{cloud.name}-{explicit}"),
        )
        for cloud in clouds.ALL
        for explicit in (True, False)
        for index, row in enumerate(cloud.replacements)
    ],
)


def moments(requests: list[Recorded], operation: str, target: str) -> list[int]:
    return [r.id for r in requests if (r.operation, r.target) == (operation, target)]


@by_row
def test_row(
    cloud: Cloud, index: int, explicit: bool, plays: Callable[[Cloud, bool], Played]
) -> None:
    row: Replacement = cloud.replacements[index]
    played, name = plays(cloud, explicit), slug(index)
    old, new = played.before[name], played.after[name]
    delete_first = explicit and row.delete_first
    assert played.changed.ops(name) == (DELETE_FIRST if delete_first else CREATE_FIRST)
    replaced = {path: kind for path, kind in played.changed.diff(name).items()}
    assert replaced == row.diff
    if explicit:
        assert new["inputs"]["name"] == old["inputs"]["name"] == name
    else:
        assert new["inputs"]["name"] != old["inputs"]["name"]
    deleted = moments(played.requests, cloud.delete, old["id"])
    created = moments(played.requests, cloud.create, new["id"])
    assert (len(deleted), len(created)) == (1, 1)
    assert (deleted < created) == delete_first
    (post,) = [request for request in played.requests if request.id == created[0]]
    inputs = {"name": new["inputs"]["name"], **row.after}
    assert post.json == cloud.create_body(inputs)
    updates = [r for r in played.requests if r.operation == cloud.update]
    assert updates == []
    assert played.settled.ops(name) == ["same"]
