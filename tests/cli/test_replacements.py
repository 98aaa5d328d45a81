"""Every change that makes a new endpoint, with an explicit name and with an autoname."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from simulator.client import Recorded, Simulator
from support import clouds
from support.clouds.description import Cloud, Json, Replacement
from support.marks import without_mark
from support.plays import CREATE_FIRST, DELETE_FIRST, Replacements, play_replacements, slug
from support.stacks import Stack, Toolchain


def stored_ids(cloud: Cloud) -> Callable[[Simulator], Iterable[str]]:
    return lambda sim: sim.state(cloud.name)["endpoints"]


def program(cloud: Cloud, explicit: bool, after: bool) -> Json:
    resources: Json = {}
    for index, row in enumerate(cloud.replacements):
        properties = dict(row.after if after else row.before)
        if explicit:
            properties["name"] = slug(index)
        resources[slug(index)] = {"type": cloud.token, "properties": properties}
    return resources


@pytest.fixture(scope="module")
def plays(
    simulators: Callable[[str], Simulator],
    tools: Toolchain,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Cloud, bool], Replacements]:
    done: dict[tuple[str, bool], Replacements] = {}

    def played(cloud: Cloud, explicit: bool) -> Replacements:
        key = (cloud.name, explicit)
        if key not in done:
            sim = simulators(cloud.name)
            sim.reset()
            sim.knobs(cloud.name, cloud.quick)
            stack = Stack(tmp_path_factory.mktemp("replacements") / "stack", tools, sim)
            stack.configure(cloud.config(sim.url(cloud.name)))
            done[key] = play_replacements(
                stack, sim, lambda after: program(cloud, explicit, after), stored_ids(cloud)
            )
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
    cloud: Cloud, index: int, explicit: bool, plays: Callable[[Cloud, bool], Replacements]
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
    assert without_mark(post.json) == without_mark(cloud.create_body(inputs))
    updates = [r for r in played.requests if r.operation == cloud.update]
    assert updates == []
    assert new["id"] in played.left
    assert (old["id"] in played.left) == (old["id"] == new["id"])
    assert played.settled.ops(name) == ["same"]
