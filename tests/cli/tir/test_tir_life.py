"""From nothing to nothing: create, drift, import, failures, look-ups, destroy."""

from __future__ import annotations

import pytest
import yaml
from simulator.client import Simulator
from support.clouds import tir, tir_foreign
from support.clouds.description import Json
from support.stacks import PROJECT, STACK, Stack, secret_paths
from tirs import calls, endpoint, named, operations, stored, writes


@pytest.mark.parametrize("team", ["", tir.TEAM], ids=["service", "legacy"])
def test_create_keep_destroy(stack: Stack, sim: Simulator, team: str) -> None:
    stack.configure(tir.config(sim.url("tir"), team))
    outputs = {"id": "${chat.endpointId}", "target": "${chat.target}", "url": "${chat.url}"}
    stack.write({"chat": named("chat")}, outputs=outputs)
    assert stack.preview().counts == {"create": 2}
    assert stack.up().counts == {"create": 2}
    assert calls(sim) == [tir.call(tir.CREATE, {"name": "chat", **tir.BASE})]
    url = tir.URL.format(id="3001")
    assert stack.outputs() == {
        "id": "3001",
        "url": url,
        "target": {"baseUrl": f"{url}v1", "model": "google/gemma-2b"},
    }
    state = stack.state("chat")
    assert (state["id"], state["outputs"]["status"]) == ("3001", "running")
    assert "initErrors" not in state
    sim.clear()
    assert stack.preview().counts == {"same": 2}
    assert stack.up().counts == {"same": 2}
    assert sim.requests() == []
    assert stack.destroy().counts == {"delete": 2}
    assert [(w.operation, w.body) for w in writes(sim)] == [(tir.DELETE, b"")]
    assert (stored(sim), stack.resources()) == ({}, {})


def test_waits_until_it_serves(stack: Stack, sim: Simulator) -> None:
    sim.knobs("tir", tir.SLOW)
    stack.write({"chat": named("chat")})
    run = stack.up()
    assert stack.state("chat")["outputs"]["status"] == "running"
    assert any(line.startswith("waiting, ") for line in run.progress), run.progress
    assert stack.destroy().counts == {"delete": 2}


def test_autonames_are_legal(stack: Stack, sim: Simulator) -> None:
    stack.write({"My_Chat--Model_" + "x" * 60: endpoint()})
    stack.up()
    (view,) = stored(sim).values()
    assert len(view["name"]) <= 50
    assert view["name"].startswith("my-chat-model-xxx")


def test_refresh_of_what_is_gone(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named("chat")})
    stack.up()
    stack.age()
    sim.delete("tir", "501/3001")
    assert stack.refresh().ops("chat") == ["delete"]
    sim.clear()
    assert stack.up().ops("chat") == ["create"]
    assert [operation for operation, _ in calls(sim)] == [tir.CREATE]


def test_update_of_what_is_gone(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named("chat")})
    stack.up()
    stack.age()
    sim.delete("tir", "501/3001")
    stack.write({"chat": named("chat", {"modelPath": "b"})})
    assert "pulumi refresh" in stack.up(expect=-1).errors
    assert stack.up("--refresh").ops("chat")[-1] == "create"
    assert stack.ids() == {"chat": "3002"}


def test_drift(stack: Stack, sim: Simulator) -> None:
    """A refresh shows exactly what was changed elsewhere, the next run puts exactly that right."""
    rows = list(enumerate(tir.DRIFTS))
    stack.write({f"row-{i}": endpoint({"name": f"row-{i}", **row.inputs}) for i, row in rows})
    stack.up()
    assert stack.refresh().counts == {"same": len(rows) + 1}
    ids = stack.ids()
    for index, row in rows:
        row.mutate(sim, f"501/{ids[f'row-{index}']}")
    sim.clear()
    refreshed = stack.refresh()
    assert {i: refreshed.diff(f"row-{i}") for i, _ in rows} == {
        i: dict(row.diff) for i, row in rows
    }
    assert refreshed.counts == {"update": len(rows), "same": 1}
    # The first eight are asked for by themselves, the rest is taken from the list.
    assert set(operations(sim)) == {tir.GET, tir.LIST, *tir.ATTACHED}
    sim.clear()
    assert stack.up().counts == {"update": len(rows), "same": 1}
    for index, row in rows:
        inputs = {"name": f"row-{index}", **row.inputs}
        wanted = [tir.call(operation, inputs) for operation, _ in row.calls]
        assert calls(sim, ids[f"row-{index}"]) == wanted, row.id
    assert stack.ids() == ids
    assert stack.refresh().counts == {"same": len(rows) + 1}


@pytest.mark.parametrize("row", tir.REFUSALS, ids=lambda row: row.id)
def test_refusals(stack: Stack, sim: Simulator, row: tir.Refusal) -> None:
    stack.write({"chat": endpoint(row.inputs)})
    run = stack.preview(expect=-1)
    for path, words in row.failures.items():
        assert path in run.text
        assert words in run.text
    assert sim.requests() == []


SHAPES = {
    "plain": {},
    "scaled": tir.SCALED,
    "committed": tir.COMMITTED,
    "stopped": {"desiredState": "paused"},
    "server": {
        "framework": "PYTORCH",
        "modelId": "2102",
        "modelLoadIntegrationId": None,
        "detailedInfo": {"huggingFaceId": None, "serverVersion": "v0.9.0"},
    },
    "container": {
        "framework": "CUSTOM",
        "containerImage": "nginx:1",
        "modelLoadIntegrationId": None,
        "detailedInfo": {"huggingFaceId": None, "args": ["--a", "it's $odd "]},
    },
}


def test_import(stack: Stack, sim: Simulator) -> None:
    """Generated programs are complete: the next run changes nothing."""
    stack.write({name: named(name, patch) for name, patch in SHAPES.items()})
    stack.up()
    ids = stack.ids()
    for resource in stack.resources().values():
        stack.run("state", "delete", resource["urn"], "--yes", "--stack", "dev")
    stack.write({})
    sim.clear()
    program = stack.import_all(tir.TOKEN, {name: f"501/Delhi/{id}" for name, id in ids.items()})
    assert stack.ids() == ids
    stack.write(yaml.safe_load(program)["resources"])
    assert stack.up().counts == {"same": len(SHAPES) + 1}
    assert calls(sim) == []


def test_failure_is_kept_and_mended(stack: Stack, sim: Simulator) -> None:
    sim.knobs("tir", fail_next_create=1, failure_message="no such model")
    stack.write({"chat": named("chat")})
    run = stack.up(expect=-1)
    assert "endpoint 3001 is failed: no such model" in run.errors
    assert stack.ids() == {"chat": "3001"}
    sim.clear()
    stack.write({"chat": named("chat", {"modelPath": "b"})})
    assert stack.up().ops("chat") == ["update"]
    assert calls(sim) == [tir.call(tir.PATCH, {"name": "chat", **tir.BASE, "modelPath": "b"})]
    assert stack.up().counts == {"same": 2}


def test_half_a_change_is_finished_by_the_next_run(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named("chat")})
    stack.up()
    after = {"name": "chat", **tir.BASE, "modelPath": "b", "replica": 2}
    stack.write({"chat": endpoint(after)})
    sim.fault("tir", tir.FIX, kind="error", status=400, message="not now")
    sim.clear()
    assert "not now" in stack.up(expect=-1).errors
    assert calls(sim) == [tir.call(tir.PATCH, after), tir.call(tir.FIX, after)]
    sim.clear()
    stack.up()
    assert tir.call(tir.FIX, after) in calls(sim)
    assert next(iter(stored(sim).values()))["replica"] == 2
    assert stack.up().counts == {"same": 2}
    assert stack.refresh().counts == {"same": 2}


def test_secrets(stack: Stack, sim: Simulator) -> None:
    """Values of variables and both keys are nowhere to be read."""
    canary = "canary-of-this-test"
    stack.secret_config("inference:tirApiKey", tir.KEY)
    stack.secret_config("inference:tirAuthToken", tir.BEARER)
    variable = {"key": "HF_TOKEN", "value": canary}
    stack.write({"chat": named("chat", {"resourceDetails": {"envVariables": [variable]}})})
    texts = [stack.up("--logtostderr", "-v=9").text, stack.export(), stack.refresh().text]
    resources = stack.resources()
    assert "inputs.resourceDetails.envVariables.0.value" in set(secret_paths(resources["chat"]))
    for text in texts[1:]:
        assert canary not in text
    for text in texts:
        assert f"apikey={tir.KEY}" not in text
    (request,) = [r for r in sim.requests("tir") if r.operation == tir.CREATE]
    details = request.json["custom_endpoint_details"]["resource_details"]
    assert details["env_variables"][0]["value"] == canary


def test_look_ups_in_a_program(stack: Stack, sim: Simulator) -> None:
    def call(name: str, **arguments: str) -> dict[str, object]:
        return {"fn::invoke": {"function": f"inference:tir:{name}", "arguments": arguments}}

    stack.write(
        {
            "chat": named(
                "chat", {"modelLoadIntegrationId": "${found.integrations[0].integrationId}"}
            )
        },
        variables={
            "found": call("getIntegrations"),
            "plans": call("getPlans", framework="VLLM", currency="INR"),
            "projects": call("getProjects"),
            "models": call("getModels"),
            "frameworks": call("getFrameworks"),
        },
        outputs={
            "plan": "${plans.plans[4].skuName}",
            "project": "${projects.projects[0].projectId}",
            "model": "${models.models[0].modelId}",
            "framework": "${frameworks.frameworks[0].framework}",
        },
    )
    stack.up()
    assert stack.outputs() == {
        "plan": "L4.1",
        "project": "501",
        "model": "2101",
        "framework": "TRITON",
    }
    assert calls(sim) == [tir.call(tir.CREATE, {"name": "chat", **tir.BASE})]


# Endpoints that others made, and the engine's options.


@pytest.mark.parametrize("shape", tir_foreign.SHAPES)
def test_import_of_what_the_client_made(stack: Stack, sim: Simulator, shape: str) -> None:
    """By number alone, then with the generated program: no change, and no request."""
    tir_foreign.SHAPES[shape](sim.url("tir"), "theirs")
    before = stored(sim)
    sim.clear()
    program = stack.import_all(tir.TOKEN, {"theirs": "3001"})
    stack.write(yaml.safe_load(program)["resources"])
    assert stack.up().counts == {"same": 2}
    assert stack.refresh().counts == {"same": 2}
    assert (calls(sim), stored(sim)) == ([], before)
    assert stack.destroy().counts == {"delete": 2}


@pytest.mark.parametrize("id", ["7/501/Delhi/3001", "501/Delhi/3001", "Delhi/3001", "3001"])
def test_import_by_every_form_of_an_id(stack: Stack, sim: Simulator, id: str) -> None:
    tir_foreign.SHAPES["plain"](sim.url("tir"), "theirs")
    stack.import_one(tir.TOKEN, "theirs", id)
    assert stack.ids() == {"theirs": "3001"}


@pytest.mark.parametrize("id", ["3002", "502/Delhi/3001", "Chennai/3001"])
def test_import_of_what_is_not_there(stack: Stack, sim: Simulator, id: str) -> None:
    tir_foreign.SHAPES["plain"](sim.url("tir"), "theirs")
    assert "does not exist" in stack.import_one(tir.TOKEN, "no", id, expect=-1).text


def test_get_reads_and_never_changes(stack: Stack, sim: Simulator) -> None:
    tir_foreign.SHAPES["scaled"](sim.url("tir"), "theirs")
    before = stored(sim)
    sim.clear()
    stack.write(
        {"theirs": {"type": tir.TOKEN, "get": {"id": "501/Delhi/3001"}}},
        outputs={"id": "${theirs.endpointId}", "url": "${theirs.url}", "name": "${theirs.name}"},
    )
    stack.up()
    assert stack.outputs() == {"id": "3001", "url": tir.URL.format(id="3001"), "name": "theirs"}
    assert stack.up().counts == {"same": 1}
    stack.destroy()
    assert (calls(sim), stored(sim)) == ([], before)


def test_a_clash_names_three_ways_out(stack: Stack, sim: Simulator) -> None:
    tir_foreign.SHAPES["plain"](sim.url("tir"), "taken")
    before = stored(sim)
    sim.clear()
    stack.write({"chat": named("taken")})
    run = stack.up(expect=-1)
    assert f"pulumi import {tir.TOKEN} chat 3001" in run.errors
    assert "or delete it" in run.errors
    assert "adoptExisting: true" in run.errors
    assert [operation for operation, _ in calls(sim)] == [tir.CREATE]
    assert (stack.resources(), stored(sim)) == ({}, before)


def test_adopt_existing_takes_over(stack: Stack, sim: Simulator) -> None:
    """In place: the endpoint stays, and its form is made what the program says."""
    tir_foreign.SHAPES["plain"](sim.url("tir"), "taken")
    sim.clear()
    after = {"name": "taken", **tir.BASE, "modelPath": "b", "replica": 2}
    stack.write({"chat": endpoint({**after, "adoptExisting": True})})
    stack.up()
    assert calls(sim)[1:] == [tir.call(tir.PATCH, after), tir.call(tir.FIX, after)]
    assert stack.ids() == {"chat": "3001"}
    assert stack.up().counts == {"same": 2}
    assert stack.refresh().counts == {"same": 2}


def test_adoption_never_replaces(stack: Stack, sim: Simulator) -> None:
    tir_foreign.SHAPES["plain"](sim.url("tir"), "taken")
    sim.clear()
    stack.write({"chat": named("taken", {"currency": "USD", "adoptExisting": True})})
    run = stack.up(expect=-1)
    assert "cannot be adopted: its currency differs" in run.errors
    assert len(calls(sim)) == 1


def test_destroy_of_what_is_gone(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named("chat")})
    stack.up()
    sim.delete("tir", "501/3001")
    assert stack.destroy().counts == {"delete": 2}
    assert stack.resources() == {}


def test_ignored_beside_a_change(stack: Stack, sim: Simulator) -> None:
    """The form says for it what it said before."""
    stack.write({"chat": named("chat", {"modelPath": "a", "datasetPath": "a"})})
    stack.up()
    sim.clear()
    changed = {"modelPath": "b", "datasetPath": "b"}
    stack.write({"chat": named("chat", changed, ignoreChanges=["datasetPath"])})
    run = stack.up()
    assert run.diff("chat") == {"modelPath": "update"}
    told = {"name": "chat", **tir.BASE, "modelPath": "b", "datasetPath": "a"}
    assert calls(sim) == [tir.call(tir.PATCH, told)]


def test_replace_on_changes(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": endpoint({**tir.BASE, "modelPath": "a"})})
    stack.up()
    new = endpoint({**tir.BASE, "modelPath": "b"}, replaceOnChanges=["modelPath"])
    stack.write({"chat": new})
    assert stack.up().ops("chat") == ["create-replacement", "replace", "delete-replaced"]
    assert list(stored(sim)) == ["3002"]


def test_protect(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named("chat", protect=True)})
    stack.up()
    sim.clear()
    assert "protected" in stack.destroy(expect=-1).text
    assert (sim.requests(), list(stored(sim))) == ([], ["3001"])


def test_an_overlooked_field_is_an_error(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named("chat", {"modelPath": "a"})})
    stack.up()
    sim.knobs("tir", drop_update_fields=["path"])
    stack.write({"chat": named("chat", {"modelPath": "b"})})
    assert "did not apply: modelPath. " in stack.up(expect=-1).errors
    sim.knobs("tir", drop_update_fields=[])
    stack.up()
    assert stack.up().counts == {"same": 2}
    assert stack.refresh().counts == {"same": 2}


def test_money_is_not_lost(stack: Stack, sim: Simulator) -> None:
    """What would lose a plan that is paid is refused in the preview; deleting it warns."""
    stack.write({"chat": named("chat", tir.COMMITTED)})
    stack.up()
    sim.clear()
    for patch, path in (
        ({"skuName": "L4.2"}, "skuName"),
        ({"currency": "USD"}, "currency"),
        ({"desiredState": "paused"}, "desiredState"),
    ):
        stack.write({"chat": named("chat", {**tir.COMMITTED, **patch})})
        assert path in "\n".join(stack.preview(expect=-1).said_of("chat"))
    assert sim.requests() == []
    stack.write({})
    assert "its money is not refunded" in stack.up().warnings


@pytest.mark.parametrize("how", ["ignore", "refuse"])
def test_a_framework_that_does_not_change_in_place(stack: Stack, sim: Simulator, how: str) -> None:
    """The error names the option, and the option does it: the next `up` replaces."""
    sim.knobs("tir", framework_change=how)
    stack.write({"chat": named("chat")})
    stack.up()
    old = stack.ids()["chat"]
    stack.write({"chat": named("chat", {"framework": "SGLANG"})})
    assert "replaceOnChanges: [framework]" in stack.up(expect=-1).errors
    assert stack.ids() == {"chat": old}
    sim.clear()
    options = {"replaceOnChanges": ["framework"], "deleteBeforeReplace": True}
    stack.write({"chat": {**named("chat", {"framework": "SGLANG"}), "options": options}})
    stack.up()
    assert [operation for operation, _ in calls(sim)] == [tir.DELETE, tir.CREATE]
    assert stack.ids()["chat"] != old
    assert stack.up().counts == {"same": 2}


@pytest.mark.parametrize(
    ("patch", "options"),
    [
        ({"skuName": "L4.9"}, {"replaceOnChanges": ["skuName"]}),
        ({"framework": "SGLANG", "skuName": "L4.9"}, {"replaceOnChanges": ["framework"]}),
    ],
)
def test_an_option_that_replaces_deletes_nothing_for_a_plan_that_does_not_exist(
    stack: Stack, sim: Simulator, patch: Json, options: Json
) -> None:
    """The engine deletes first under a name of the program's own, and tells nobody before."""
    stack.write({"chat": named("chat")})
    stack.up()
    old = stack.ids()["chat"]
    sim.clear()
    stack.write({"chat": named("chat", patch, **options)})
    run = stack.up(expect=-1)
    assert "the plan L4.9 hourly in INR does not exist" in run.errors
    assert f"Endpoint {old} was not deleted" in run.errors
    assert (calls(sim), list(stored(sim)), stack.ids()) == ([], [old], {"chat": old})
    stack.write({"chat": named("chat", {**patch, "skuName": "L4.2"}, **options)})
    stack.up()
    assert [operation for operation, _ in calls(sim)] == [tir.DELETE, tir.CREATE]
    assert stack.up().counts == {"same": 2}


def test_a_plan_that_does_not_exist_keeps_what_is_replaced_by_hand(
    stack: Stack, sim: Simulator
) -> None:
    """As errors advise it: --replace with deleteBeforeReplace. Engines ask no Diff for it."""
    stack.write({"chat": named("chat")})
    stack.up()
    old = stack.ids()["chat"]
    sim.clear()
    patch = {"framework": "SGLANG", "skuName": "L4.9"}
    stack.write({"chat": named("chat", patch, deleteBeforeReplace=True)})
    urn = f"urn:pulumi:{STACK}::{PROJECT}::inference:tir:Endpoint::chat"
    run = stack.up("--replace", urn, expect=-1)
    assert "the plan L4.9 hourly in INR does not exist" in run.errors
    assert f"Endpoint {old} was not deleted" in run.errors
    assert (calls(sim), list(stored(sim)), stack.ids()) == ([], [old], {"chat": old})
    patch["skuName"] = "L4.2"
    stack.write({"chat": named("chat", patch, deleteBeforeReplace=True)})
    stack.up("--replace", urn)
    assert [operation for operation, _ in calls(sim)] == [tir.DELETE, tir.CREATE]
    stack.destroy()
    assert stored(sim) == {}
