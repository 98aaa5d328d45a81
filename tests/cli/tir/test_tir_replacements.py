"""What replaces: under an explicit name the old endpoint goes first, under an autoname last."""

from __future__ import annotations

import pytest
from simulator.client import Simulator
from support.clouds import tir
from support.clouds.description import Json
from support.plays import CREATE_FIRST, DELETE_FIRST, Replacements, play_replacements, slug
from support.stacks import Stack, Toolchain
from tirs import calls, endpoint, named, stored

ROWS = list(enumerate(tir.REPLACEMENTS))


def program(explicit: bool, after: bool) -> Json:
    resources: Json = {}
    for index, row in ROWS:
        properties = dict(row.after if after else row.before)
        if explicit:
            properties["name"] = slug(index)
        resources[slug(index)] = endpoint(properties)
    return resources


@pytest.fixture(scope="module", params=[True, False], ids=["explicit", "auto"])
def played(
    request: pytest.FixtureRequest,
    tir_process: Simulator,
    tools: Toolchain,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[bool, Replacements]:
    sim = tir_process
    sim.reset()
    sim.knobs("tir", tir.QUICK)
    stack = Stack(tmp_path_factory.mktemp("tir-replacements") / "stack", tools, sim)
    stack.configure(tir.config(sim.url("tir")))
    return request.param, play_replacements(
        stack, sim, lambda after: program(request.param, after), stored
    )


@pytest.mark.parametrize("index", range(len(ROWS)), ids=[row.id for _, row in ROWS])
def test_row(index: int, played: tuple[bool, Replacements]) -> None:
    explicit, done = played
    row, name = tir.REPLACEMENTS[index], slug(index)
    old, new = done.before[name], done.after[name]
    first = explicit and row.delete_first
    assert done.changed.ops(name) == (DELETE_FIRST if first else CREATE_FIRST)
    assert done.changed.diff(name) == row.diff
    assert new["id"] != old["id"]
    same_name = new["inputs"]["name"] == old["inputs"]["name"]
    assert same_name is explicit
    creates = [
        r
        for r in done.requests
        if r.operation == tir.CREATE and r.json["name"] == new["inputs"]["name"]
    ]
    deletes = [
        r
        for r in done.requests
        if r.operation == tir.DELETE and r.target.split("/")[1] == old["id"]
    ]
    assert (len(creates), len(deletes)) == (1, 1)
    assert (deletes[0].id < creates[0].id) is first
    body = tir.form({**row.after, "name": new["inputs"]["name"]})
    assert creates[0].json == body
    assert new["id"] in done.left and old["id"] not in done.left
    assert done.settled.ops(name) == ["same"]


@pytest.mark.parametrize("patch", [{"currency": "USD"}, {"skuName": "L4.2"}, {"name": "b"}])
def test_a_paid_endpoint_stays(stack: Stack, sim: Simulator, patch: Json) -> None:
    """The preview refuses what would lose the money; destroying it is up to the user."""
    stack.write({"chat": named("a", tir.COMMITTED)})
    stack.up()
    sim.clear()
    stack.write({"chat": named("a", {**tir.COMMITTED, **patch})})
    run = stack.preview(expect=-1)
    assert "committed plan" in run.errors
    assert stack.up(expect=-1).ops("chat") == []
    assert calls(sim) == []
    stack.write({"chat": named("a", tir.COMMITTED)})
    assert stack.destroy().counts == {"delete": 2}
    assert stored(sim) == {}
