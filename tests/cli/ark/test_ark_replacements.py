"""Every property that replaces; the new endpoint comes first, even under the same name."""

from __future__ import annotations

import pytest
from arks import call_of, endpoint, stored
from simulator.client import Simulator
from support.clouds import ark
from support.clouds.description import Json
from support.plays import CREATE_FIRST, DELETE_FIRST, Replacements, play_replacements, slug
from support.stacks import Stack, Toolchain

ROWS = list(enumerate(ark.REPLACEMENTS))


def program(explicit: bool, after: bool) -> Json:
    resources: Json = {}
    for index, row in ROWS:
        properties = dict(row.after if after else row.before)
        if explicit:
            properties["name"] = slug(index)
        resources[slug(index)] = endpoint(properties)
    return resources


PLAYED: dict[bool, Replacements] = {}


@pytest.fixture
def played(
    explicit: bool,
    ark_process: Simulator,
    tools: Toolchain,
    tmp_path_factory: pytest.TempPathFactory,
) -> Replacements:
    if explicit not in PLAYED:
        sim = ark_process
        sim.reset()
        sim.knobs("ark", ark.QUICK)
        stack = Stack(tmp_path_factory.mktemp("ark-replacements") / "stack", tools, sim)
        stack.configure(ark.config(sim.url("ark")))
        PLAYED[explicit] = play_replacements(
            stack, sim, lambda after: program(explicit, after), stored
        )
    return PLAYED[explicit]


@pytest.mark.parametrize(
    ("explicit", "index"),
    [
        pytest.param(
            explicit,
            index,
            id=f"{row.id}-{'explicit' if explicit else 'auto'}",
            marks=pytest.mark.xdist_group(f"ark-replacements-{explicit}"),
        )
        for explicit in (True, False)
        for index, row in ROWS
    ],
)
def test_row(explicit: bool, index: int, played: Replacements) -> None:
    row, name = ark.REPLACEMENTS[index], slug(index)
    old, new = played.before[name], played.after[name]
    assert played.changed.ops(name) == CREATE_FIRST
    assert played.changed.diff(name) == row.diff
    assert new["id"] != old["id"]
    assert new["outputs"]["target"]["model"] == new["id"]
    if explicit:
        assert new["inputs"]["name"] == old["inputs"]["name"] == name
    else:
        assert new["inputs"]["name"] != old["inputs"]["name"]
    deletes = [r for r in played.requests if (r.operation, r.target) == (ark.DELETE, old["id"])]
    target = new["inputs"]["name"]
    creates = [r for r in played.requests if (r.operation, r.target) == (ark.CREATE, target)]
    assert (len(deletes), len(creates)) == (1, 1)
    assert creates[0].id < deletes[0].id
    body = ark.create_body({**row.after, "name": target})
    assert call_of(creates[0]) == (ark.CREATE, body)
    assert [r for r in played.requests if r.operation == ark.UPDATE] == []
    assert new["id"] in played.left and old["id"] not in played.left
    assert played.settled.ops(name) == ["same"]


def test_delete_before_replace(stack: Stack, sim: Simulator) -> None:
    """Only when the program says so."""
    row = ark.REPLACEMENTS[0]
    options = {"deleteBeforeReplace": True}
    stack.write({"chat": endpoint({"name": "chat", **row.before}, **options)})
    stack.up()
    stack.write({"chat": endpoint({"name": "chat", **row.after}, **options)})
    assert stack.up().ops("chat") == DELETE_FIRST
    assert len(stored(sim)) == 1
