"""From nothing to nothing: create, drift, import, get, destroy, and what the options do."""

from __future__ import annotations

import pytest
import yaml
from maases import bare, calls, endpoint, full_id, named, operations, stored, writes
from simulator.client import Simulator
from support.clouds import maas, maas_foreign
from support.clouds.description import Json
from support.plays import play_refusals, slug
from support.stacks import Stack

MANY = 100


def test_create_keep_destroy(stack: Stack, sim: Simulator) -> None:
    outputs = {"id": "${chat.endpointId}", "target": "${chat.target}"}
    stack.write({"chat": named("chat")}, outputs=outputs)
    assert stack.preview().counts == {"create": 2}
    assert stack.up().counts == {"create": 2}
    (id,) = stored(sim)
    assert operations(sim) == ["iam.projects", maas.CREATE, maas.LIST]
    assert calls(sim) == [(maas.CREATE, maas.create_body({"name": "chat", **maas.BASE}))]
    assert stack.outputs() == {
        "id": id,
        "target": {"baseUrl": f"{sim.url('maas')}/v2", "model": "chat"},
    }
    state = stack.state("chat")
    assert (state["id"], state["outputs"]["status"]) == (full_id(sim, "chat"), "normal")
    assert "initErrors" not in state

    sim.clear()
    assert stack.preview().counts == {"same": 2}
    assert stack.up().counts == {"same": 2}
    assert sim.requests() == []

    assert stack.destroy().counts == {"delete": 2}
    assert [(w.operation, w.target) for w in writes(sim)] == [(maas.DELETE, id)]
    assert (stored(sim), stack.resources()) == ({}, {})


# A name can never be used again.


def test_create_destroy_create_with_autonames(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": endpoint()})
    names = []
    for _ in range(3):
        stack.up()
        names.append(stack.state("chat")["inputs"]["name"])
        stack.destroy()
    assert len(set(names)) == 3
    assert all(name.startswith("chat-") and len(name) == 12 for name in names)
    assert sim.state("maas")["burnt_names"][maas.ACCOUNT] == sorted(names)


def test_create_destroy_create_with_a_name(stack: Stack, sim: Simulator) -> None:
    """Nobody can know it offline; the error says what happened and what to do."""
    stack.write({"chat": named("chat")})
    stack.up()
    stack.destroy()
    assert stack.preview().counts == {"create": 2}
    sim.clear()
    run = stack.up(expect=-1)
    for words in (
        "Huawei Cloud MaaS",
        "creating the endpoint",
        "A name can never be used again in this account, not even after its endpoint was deleted",
        "Leave name out for a fresh one, or choose another",
        "ModelArts.6271",
    ):
        assert words in run.errors
    assert [operation for operation, _ in calls(sim)] == [maas.CREATE]
    assert stack.resources() == {}
    stack.write({"chat": named("chat-2")})
    assert stack.up().ops("chat") == ["create"]


def test_a_name_of_somebody_elses(stack: Stack, sim: Simulator) -> None:
    maas_foreign.SHAPES["limited"](sim.url("maas"), "taken")
    before = stored(sim)
    sim.clear()
    stack.write({"chat": named("taken")})
    run = stack.up(expect=-1)
    assert f"pulumi import {maas.TOKEN} chat {full_id(sim, 'taken')}" in run.errors
    assert "choose another name (deleting does not free one)" in run.errors
    assert "adoptExisting: true" in run.errors
    assert [operation for operation, _ in calls(sim)] == [maas.CREATE]
    assert (stack.resources(), stored(sim)) == ({}, before)
    stack.write({"chat": named("taken", {"adoptExisting": True})})
    sim.clear()
    stack.up()
    assert calls(sim)[1:] == [(maas.EDIT, maas.edit(rpm=0, tpm=0))]  # its limits are taken out
    assert stack.ids() == {"chat": full_id(sim, "taken")}
    assert stack.up().counts == {"same": 2}
    assert stack.refresh().counts == {"same": 2}


# What is gone.


def test_destroy_of_what_is_gone(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named("chat")})
    stack.up()
    sim.delete("maas", "chat")
    assert stack.destroy().counts == {"delete": 2}
    assert stack.resources() == {}


def test_refresh_of_what_is_gone(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": endpoint()})
    stack.up()
    stack.age()
    sim.delete("maas", bare(stack.ids()["chat"]))
    assert stack.refresh().ops("chat") == ["delete"]
    sim.clear()
    assert stack.up().ops("chat") == ["create"]


def test_update_of_what_is_gone(stack: Stack, sim: Simulator) -> None:
    """Made anew under a fresh name; under a name of one's own only with another one."""
    stack.write({"chat": endpoint(), "named": named("one")})
    stack.up()
    stack.age()
    old = stack.ids()
    for id in old.values():
        sim.delete("maas", bare(id))
    stack.write({"chat": endpoint({**maas.BASE, "rpm": 5}), "named": named("two")})
    assert "pulumi refresh" in stack.up(expect=-1).errors
    assert stack.ids() == old
    run = stack.up("--refresh")
    assert (run.ops("chat")[-1], run.ops("named")[-1]) == ("create", "create")
    assert sorted(bare(id) for id in stack.ids().values()) == sorted(stored(sim))


# Drift.


def test_drift(stack: Stack, sim: Simulator) -> None:
    """A refresh shows exactly what was changed elsewhere, the next run puts exactly that right."""
    rows = list(enumerate(maas.DRIFTS))
    stack.write({slug(i): endpoint({"name": slug(i), **row.inputs}) for i, row in rows})
    stack.up()
    sim.clear()
    assert stack.refresh().counts == {"same": len(rows) + 1}
    assert operations(sim) == [maas.LIST]
    ids = {name: bare(id) for name, id in stack.ids().items()}
    for index, row in rows:
        row.mutate(sim, ids[slug(index)])
    sim.clear()
    refreshed = stack.refresh()
    assert {slug(i): refreshed.diff(slug(i)) for i, _ in rows} == {
        slug(i): dict(row.diff) for i, row in rows
    }
    assert refreshed.counts == {"update": len(rows), "same": 1}
    assert operations(sim) == [maas.LIST]
    sim.clear()
    assert stack.up().counts == {"update": len(rows), "same": 1}
    for index, row in rows:
        assert calls(sim, ids[slug(index)]) == list(row.calls), row.id
    assert {name: bare(id) for name, id in stack.ids().items()} == ids
    assert stack.refresh().counts == {"same": len(rows) + 1}


def test_what_the_service_does_by_itself_is_no_drift(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named("chat")})
    stack.up()
    patch = {"status": "frozen_ARREAR", "cbc_status": "frozen", "model_version_id": "v2"}
    sim.mutate("maas", "chat", patch)
    run = stack.refresh()
    assert "says frozen_ARREAR of endpoint" in run.warnings
    outputs = stack.state("chat")["outputs"]
    assert (outputs["status"], outputs["cbcStatus"]) == ("frozen_ARREAR", "frozen")
    sim.clear()
    assert stack.up().counts == {"same": 2}
    assert calls(sim) == []


@pytest.mark.parametrize("page_size", [0, 30])
def test_a_refresh_of_a_hundred_is_one_sweep(stack: Stack, sim: Simulator, page_size: int) -> None:
    """All pages once, and no more."""
    sim.knobs("maas", page_size=page_size)
    names = [f"many-{number:03d}" for number in range(MANY)]
    stack.write({name: named(name) for name in names})
    assert stack.up("--parallel", "32").counts == {"create": MANY + 1}
    assert [operation for operation, _ in calls(sim)] == [maas.CREATE] * MANY
    assert operations(sim).count("iam.projects") == 1
    sim.clear()
    assert stack.refresh("--parallel", "32").counts == {"same": MANY + 1}
    assert operations(sim) == [maas.LIST] * (1 if page_size == 0 else 4)
    print(f"REFRESH of {MANY}: {len(operations(sim))} list requests")
    assert stack.destroy("--parallel", "32").counts == {"delete": MANY + 1}
    assert stored(sim) == {}


# Import and get.


def test_import_of_every_shape(stack: Stack, sim: Simulator) -> None:
    """Made by the vendor's own library; the generated program changes nothing."""
    stack.configure({**stack.config, "inference:maasProjectId": maas.PROJECT})
    for name, make in maas_foreign.SHAPES.items():
        make(sim.url("maas"), name)
    before = stored(sim)
    ids = {name: full_id(sim, name) for name in maas_foreign.SHAPES}
    sim.clear()
    text = stack.import_all(maas.TOKEN, ids)
    assert stack.ids() == ids
    resources = yaml.safe_load(text)["resources"]
    shown = {name: resource["properties"] for name, resource in resources.items()}
    assert shown == {name: {"name": name, **rest} for name, rest in maas_foreign.GENERATED.items()}
    stack.write(resources)
    assert stack.up().counts == {"same": len(ids) + 1}
    assert stack.refresh().counts == {"same": len(ids) + 1}
    assert (calls(sim), stored(sim)) == ([], before)


@pytest.mark.parametrize("configured", [False, True], ids=["looked-up", "configured"])
@pytest.mark.parametrize("form", ["{region}/{project}/{id}", "{project}/{id}", "{id}"])
def test_import_by_every_form_of_an_id(
    stack: Stack, sim: Simulator, form: str, configured: bool
) -> None:
    if configured:
        stack.configure({**stack.config, "inference:maasProjectId": maas.PROJECT})
    id = maas_foreign.SHAPES["plain"](sim.url("maas"), "theirs")
    sim.clear()
    given = form.format(region=maas.REGION, project=maas.PROJECT, id=id)
    run = stack.import_one(maas.TOKEN, "mine", given)
    assert stack.ids() == {"mine": full_id(sim, "theirs")}
    looked_up = not configured and form == "{id}"
    assert set(operations(sim)) == {maas.LIST, *(["iam.projects"] if looked_up else [])}
    assert "cannot be read back" not in run.warnings
    # With the project in the program, and without it.
    for more in ({"projectId": maas.PROJECT}, {}):
        stack.write({"mine": named("theirs", more)})
        assert stack.up().counts == {"same": 2}
    assert calls(sim) == []


def test_import_without_the_guard(stack: Stack, sim: Simulator) -> None:
    """The agreement cannot be read back: the first change asks for it, and sends it in one edit."""
    maas_foreign.UNGUARDED(sim.url("maas"), "theirs")
    stack.import_one(maas.TOKEN, "mine", full_id(sim, "theirs"))
    assert stack.ids() == {"mine": full_id(sim, "theirs")}
    sim.clear()
    stack.write({"mine": named("theirs", {"moderation": False})})
    assert stack.up().counts == {"same": 2}
    stack.write({"mine": named("theirs", {"moderation": False, "rpm": 5})})
    assert "agreementId" in stack.preview(expect=-1).text
    assert calls(sim) == []
    stack.write({"mine": named("theirs", maas.GUARD_OFF)})
    stack.up()
    assert calls(sim) == [(maas.EDIT, maas.edit(**maas.OFF))]
    assert stack.up().counts == {"same": 2}


def test_import_option(stack: Stack, sim: Simulator) -> None:
    maas_foreign.SHAPES["plain"](sim.url("maas"), "theirs")
    sim.clear()
    stack.write({"mine": named("theirs", **{"import": full_id(sim, "theirs")})})
    assert stack.up().ops("mine") == ["import"]
    stack.write({"mine": named("theirs", {"rpm": 5})})
    stack.up()
    assert calls(sim) == [(maas.EDIT, maas.edit(rpm=5))]


@pytest.mark.parametrize("id", ["c4513589-df2e-4d58-ab0c-d5a6f2000001", "x", f"{maas.PROJECT}/x"])
def test_import_of_what_is_not_there(stack: Stack, id: str) -> None:
    assert "does not exist" in stack.import_one(maas.TOKEN, "mine", id, expect=-1).errors
    assert stack.resources() == {}


def test_import_of_nonsense(stack: Stack, sim: Simulator) -> None:
    run = stack.import_one(maas.TOKEN, "mine", "a/b/c/d", expect=-1)
    assert "region/projectId/endpointId" in run.errors
    assert sim.requests() == []


def test_get_reads_and_never_changes(stack: Stack, sim: Simulator) -> None:
    id = maas_foreign.SHAPES["limited"](sim.url("maas"), "theirs")
    before = stored(sim)
    sim.clear()
    stack.write(
        {"mine": {"type": maas.TOKEN, "get": {"id": id}}},
        outputs={"model": "${mine.target.model}", "rpm": "${mine.rpm}"},
    )
    stack.up()
    assert stack.outputs() == {"model": "theirs", "rpm": 60}
    assert stack.up().counts == {"same": 1}
    stack.destroy()
    assert (calls(sim), stored(sim)) == ([], before)


# Functions in programs.


def test_the_agreement_by_the_function(stack: Stack, sim: Simulator) -> None:
    """Read and accepted in the program itself."""
    agreement = {"fn::invoke": {"function": "inference:maas:getAgreement", "arguments": {}}}
    guard = {"moderation": False, "agreementId": "${agreement.agreementId}"}
    stack.write(
        {"chat": named("chat", guard)},
        outputs={"text": "${agreement.agreementData}"},
        variables={"agreement": agreement},
    )
    stack.up()
    (body,) = [body for operation, body in calls(sim) if operation == maas.CREATE]
    assert body is not None and body["agreement_id"] == maas.AGREEMENT
    assert stack.outputs() == {"text": "Disclaimer of content guard"}
    assert stack.up().counts == {"same": 2}


def test_the_models_by_the_function(stack: Stack, sim: Simulator) -> None:
    stack.secret_config("inference:maasApiKey", "simulator-api-key")
    models = {"fn::invoke": {"function": "inference:maas:getModels", "arguments": {}}}
    model = {"modelName": "${models.models[1].id}"}
    stack.write({"chat": endpoint(model)}, variables={"models": models})
    stack.up()
    assert stack.state("chat")["inputs"]["modelName"] == "DeepSeek-R1"


# The engine's options and the program's mistakes.


def test_ignore_changes(stack: Stack, sim: Simulator) -> None:
    """What is ignored is sent as it was: edits are whole."""
    stack.write({"chat": named("chat", {"rpm": 5, "description": "a"})})
    stack.up()
    sim.clear()
    changed = {"rpm": 6, "description": "b"}
    stack.write({"chat": named("chat", changed, ignoreChanges=["rpm"])})
    stack.up()
    assert calls(sim) == [(maas.EDIT, maas.edit(rpm=5, remark="b"))]


def test_protect(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named("chat", protect=True)})
    stack.up()
    sim.clear()
    assert "protected" in stack.destroy(expect=-1).text
    assert (sim.requests(), len(stored(sim))) == ([], 1)


def test_refusals(stack: Stack, sim: Simulator) -> None:
    play_refusals(stack, sim, maas.REFUSALS, lambda row: endpoint({"name": "chat", **row}))


def test_a_full_account(stack: Stack, sim: Simulator) -> None:
    sim.knobs("maas", quota=1)
    stack.write({"one": named("one")})
    stack.up()
    both: Json = {"one": named("one"), "two": named("two")}
    stack.write(both)
    run = stack.up(expect=-1)
    assert "1 of 1 endpoints" in run.errors
    assert list(stack.ids()) == ["one"]
