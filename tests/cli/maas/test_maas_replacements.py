"""Every property that replaces. A name can never be used again, in whatever order."""

from __future__ import annotations

import pytest
from maases import bare, call_of, endpoint, named, stored
from simulator.client import Simulator
from support.clouds import maas
from support.clouds.description import Json
from support.plays import CREATE_FIRST, Replacements, play_replacements, slug
from support.stacks import Stack, Toolchain

ROWS = list(enumerate(maas.REPLACEMENTS))
WAYS = ("autonamed", "renamed")


def program(way: str, after: bool) -> Json:
    resources: Json = {}
    for index, row in ROWS:
        properties = dict(row.after if after else row.before)
        if way == "renamed":
            properties["name"] = f"{slug(index)}-{'new' if after else 'old'}"
        resources[slug(index)] = endpoint(properties)
    return resources


PLAYED: dict[str, Replacements] = {}


@pytest.fixture
def played(
    way: str, maas_process: Simulator, tools: Toolchain, tmp_path_factory: pytest.TempPathFactory
) -> Replacements:
    if way not in PLAYED:
        sim = maas_process
        sim.reset()
        sim.knobs("maas", maas.KNOBS)
        stack = Stack(tmp_path_factory.mktemp("maas-replacements") / "stack", tools, sim)
        stack.configure(maas.config(sim.url("maas")))
        PLAYED[way] = play_replacements(stack, sim, lambda after: program(way, after), stored)
    return PLAYED[way]


@pytest.mark.parametrize(
    ("way", "index"),
    [
        pytest.param(
            way,
            index,
            id=f"{row.id}-{way}",
            marks=pytest.mark.xdist_group(f"maas-replacements-{way}"),
        )
        for way in WAYS
        for index, row in ROWS
    ],
)
def test_row(way: str, index: int, played: Replacements) -> None:
    """The new one first, under a name that has never been used; then the old one goes."""
    row, name = maas.REPLACEMENTS[index], slug(index)
    old, new = played.before[name], played.after[name]
    assert played.changed.ops(name) == CREATE_FIRST
    renamed = {"name": "update"} if way == "renamed" else {}
    assert played.changed.diff(name) == {**row.diff, **renamed}
    assert new["inputs"]["name"] != old["inputs"]["name"]
    assert new["outputs"]["target"]["model"] == new["inputs"]["name"]
    target = new["inputs"]["name"]
    deletes = [
        r for r in played.requests if (r.operation, r.target) == (maas.DELETE, bare(old["id"]))
    ]
    creates = [r for r in played.requests if (r.operation, r.target) == (maas.CREATE, target)]
    assert (len(deletes), len(creates)) == (1, 1)
    assert creates[0].id < deletes[0].id
    body = maas.create_body({**row.after, "name": target})
    assert call_of(creates[0]) == (maas.CREATE, body)
    assert [r for r in played.requests if r.operation == maas.EDIT] == []
    assert bare(new["id"]) in played.left and bare(old["id"]) not in played.left
    assert played.settled.ops(name) == ["same"]


@pytest.mark.parametrize("row", maas.REPLACEMENTS, ids=lambda row: row.id)
def test_an_unchanged_name_fails_in_the_preview(stack: Stack, sim: Simulator, row: object) -> None:
    """Nothing is asked of the service, and the words say what to do."""
    assert isinstance(row, maas.Replacement)
    stack.write({"chat": endpoint({"name": "chat", **row.before})})
    stack.up()
    before = stored(sim)
    stack.write({"chat": endpoint({"name": "chat", **row.after})})
    for run in (stack.preview(expect=-1), stack.up(expect=-1)):
        said = "\n".join(run.said_of("chat"))
        assert "property name " in said
        path = next(path for path, kind in row.diff.items() if kind.endswith("replace"))
        for words in (
            f"{path} replaces the endpoint" if len(row.diff) == 1 else " replaces the endpoint",
            "a name can never be used again, not even after its endpoint was deleted",
            "Choose another name, or leave it out to get a fresh one with every replacement",
        ):
            assert words in said
    assert stored(sim) == before
    stack.write({"chat": endpoint({"name": "chat-2", **row.after})})
    assert stack.up().ops("chat") == CREATE_FIRST


def test_replace_on_changes_of_an_autonamed_one(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": endpoint({**maas.BASE, "rpm": 1})})
    stack.up()
    old = stack.ids()["chat"]
    stack.write({"chat": endpoint({**maas.BASE, "rpm": 2}, replaceOnChanges=["rpm"])})
    assert stack.up().ops("chat") == CREATE_FIRST
    assert stack.ids()["chat"] != old
    assert list(stored(sim)) == [bare(stack.ids()["chat"])]


def test_a_forced_replacement_of_a_named_one(stack: Stack, sim: Simulator) -> None:
    """What only the engine asks for cannot be told in a preview: the service's words, explained."""
    stack.write({"chat": named("chat")})
    stack.up()
    urn = next(r["urn"] for r in stack.resources().values())
    run = stack.up("--replace", urn, expect=-1)
    assert "can never be used again" in run.errors or "choose another name" in run.errors
