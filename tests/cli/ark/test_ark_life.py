"""From nothing to nothing: create, drift, import, get, destroy, and what the options do."""

from __future__ import annotations

import copy
import json

import pytest
import yaml
from arks import call_of, calls, endpoint, named, names, operations, stored, writes
from simulator.client import Simulator
from support.clouds import ark
from support.clouds.description import Json
from support.marks import tags_without_mark
from support.plays import play_refusals, slug
from support.stacks import Stack


def test_create_keep_destroy(stack: Stack, sim: Simulator) -> None:
    outputs = {"id": "${chat.endpointId}", "target": "${chat.target}"}
    stack.write({"chat": named("chat")}, outputs=outputs)
    assert stack.preview().counts == {"create": 2}
    assert stack.up().counts == {"create": 2}
    (id,) = stored(sim)
    assert calls(sim) == [(ark.CREATE, ark.create_body({"name": "chat", **ark.BASE}))]
    assert stack.outputs() == {
        "id": id,
        "target": {
            "baseUrl": "https://ark.ap-southeast.bytepluses.com/api/v3",
            "model": id,
            "portkeyProvider": "byteplus",
            "portkeyModel": f"@byteplus/{id}",
            "portkeyRegion": ark.REGION,
        },
    }
    state = stack.state("chat")
    assert (state["id"], state["outputs"]["status"]) == (id, "Running")
    assert "initErrors" not in state

    sim.clear()
    assert stack.preview().counts == {"same": 2}
    assert stack.up().counts == {"same": 2}
    assert sim.requests() == []

    assert stack.destroy().counts == {"delete": 2}
    assert [(w.operation, w.json) for w in writes(sim)] == [(ark.DELETE, {"Id": id})]
    assert (stored(sim), stack.resources()) == ({}, {})


@pytest.mark.parametrize("strict", [False, True])
def test_destroy(stack: Stack, sim: Simulator, strict: bool) -> None:
    """Stopped first where the service insists on it."""
    sim.knobs("ark", strict_delete=strict, polls={"stopping": 1, "deleting": 1})
    stack.write({"chat": named("chat")})
    stack.up()
    sim.clear()
    stack.destroy()
    tried = [(ark.DELETE, 403), (ark.STOP, 200), (ark.DELETE, 200)]
    assert [(w.operation, w.status) for w in writes(sim)] == (tried if strict else tried[2:])
    assert stored(sim) == {}


def test_waits_until_it_serves(stack: Stack, sim: Simulator) -> None:
    sim.knobs("ark", ark.SLOW)
    stack.write({"chat": named("chat")})
    run = stack.up()
    assert stack.state("chat")["outputs"]["status"] == "Running"
    assert any(line.startswith("Scheduling, ") for line in run.progress), run.progress


def test_destroy_of_what_is_gone(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named("chat")})
    stack.up()
    sim.delete("ark", stack.ids()["chat"])
    assert stack.destroy().counts == {"delete": 2}
    assert stack.resources() == {}


def test_refresh_of_what_is_gone(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named("chat")})
    stack.up()
    sim.delete("ark", stack.ids()["chat"])
    assert stack.refresh().ops("chat") == ["delete"]
    sim.clear()
    assert stack.up().ops("chat") == ["create"]
    assert [operation for operation, _ in calls(sim)] == [ark.CREATE]


def test_update_of_what_is_gone(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named("chat")})
    stack.up()
    old = stack.ids()
    sim.delete("ark", old["chat"])
    stack.write({"chat": named("chat", {"description": "b"})})
    assert "pulumi refresh" in stack.up(expect=-1).errors
    assert stack.ids() == old
    assert stack.up("--refresh").ops("chat")[-1] == "create"
    assert stack.ids() == {"chat": next(iter(stored(sim)))}


# Drift.


def test_drift(stack: Stack, sim: Simulator) -> None:
    """A refresh shows exactly what was changed elsewhere, the next run puts exactly that right."""
    rows = list(enumerate(ark.DRIFTS))
    stack.write({slug(i): endpoint({"name": slug(i), **row.inputs}) for i, row in rows})
    stack.up()
    assert stack.refresh().counts == {"same": len(rows) + 1}
    ids = stack.ids()
    for index, row in rows:
        row.mutate(sim, ids[slug(index)])
    sim.clear()
    refreshed = stack.refresh()
    assert {slug(i): refreshed.diff(slug(i)) for i, _ in rows} == {
        slug(i): dict(row.diff) for i, row in rows
    }
    assert refreshed.counts == {"update": len(rows), "same": 1}
    assert set(operations(sim)) == {"endpoint.get", "endpoint.certificate"}
    sim.clear()
    assert stack.up().counts == {"update": len(rows), "same": 1}
    for index, row in rows:
        assert calls(sim, ids[slug(index)]) == list(row.calls), row.id
    assert stack.ids() == ids
    assert stack.refresh().counts == {"same": len(rows) + 1}


def test_what_changes_by_itself_is_no_drift(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named("chat", {"tags": [{"key": "a", "value": "1"}]})})
    stack.up()
    id = stack.ids()["chat"]
    tags = [*stored(sim)[id]["Tags"], {"Key": "sys:x", "Value": "1"}, {"Key": "volc:y"}]
    patch = {"RollingId": "r-1", "ScaleTierId": "st-1", "SupportScaleTier": True, "Tags": tags}
    sim.mutate("ark", id, patch)
    refreshed = stack.refresh()
    assert [path for path in refreshed.diff("chat") if path in ("tags", "name")] == []
    assert stack.up().counts == {"same": 2}
    outputs = stack.state("chat")["outputs"]
    assert (outputs["rollingId"], outputs["scaleTierId"]) == ("r-1", "st-1")
    assert outputs["tags"] == [{"key": "a", "value": "1"}]


def test_drift_of_tags_is_taken_back(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named("chat", {"tags": [{"key": "a", "value": "1"}]})})
    stack.up()
    id = stack.ids()["chat"]
    tags = [tag for tag in stored(sim)[id]["Tags"] if tag["Key"] != "a"]
    sim.mutate("ark", id, {"Tags": tags})
    assert list(stack.refresh().diff("chat")) == ["tags[0]"]
    assert stack.up().ops("chat") == ["update"]
    (tag,) = [tag for tag in stored(sim)[id]["Tags"] if tag["Key"] == "a"]
    assert tag == {"Key": "a", "Value": "1"}


# Import and get.


def theirs(stack: Stack, sim: Simulator, inputs: Json) -> str:
    """An endpoint that is in no state: made by this program, and then forgotten."""
    stack.write({"theirs": endpoint(inputs)})
    stack.up()
    (id,) = stack.ids().values()
    tags = tags_without_mark(stored(sim)[id]["Tags"])
    sim.mutate("ark", id, {"Tags": tags})
    urn = next(iter(stack.resources().values()))["urn"]
    stack.run("state", "delete", urn, "--yes", "--stack", "dev")
    stack.write({})
    sim.clear()
    return id


FULL: Json = {
    "name": "theirs",
    "description": 'it\'s "odd"\n',
    "rateLimit": {"rpm": 10, "tpm": 20},
    "tags": [{"key": "env", "value": "prod"}],
    "moderation": {"strategy": "Basic"},
    "modelUnitId": "mu-1",
    **ark.BASE,
}
IMPORTS: list[tuple[str, Json, Json]] = [
    ("plain", {"name": "theirs", **ark.BASE}, {}),
    ("full", FULL, {}),
    ("paused", {"name": "theirs", "desiredState": "paused", **ark.BASE}, {}),
    ("project", {"name": "theirs", "projectName": "shop", **ark.BASE}, {}),
    (
        "custom",
        {"name": "theirs", "modelReference": {"customModelId": "cm-1"}},
        {},
    ),
    ("region", {"name": "theirs", "region": ark.ELSEWHERE, **ark.BASE}, {}),
]


@pytest.mark.parametrize(("shape", "inputs", "more"), IMPORTS, ids=[row[0] for row in IMPORTS])
def test_import(stack: Stack, sim: Simulator, shape: str, inputs: Json, more: Json) -> None:
    """By the id alone (another region before it), then run the generated code: nothing changes."""
    id = theirs(stack, sim, inputs)
    before = stored(sim)
    given = f"{ark.ELSEWHERE}/{id}" if "region" in inputs else id
    text = stack.import_all(ark.TOKEN, {"chat": given})
    assert stack.ids() == {"chat": id}
    resource = yaml.safe_load(text)["resources"]["chat"]
    shown = copy.deepcopy(resource["properties"])
    if "rateLimit" not in inputs:  # what the service gives by itself may be said as well
        shown.pop("rateLimit", None)
    assert shown == inputs
    stack.write({"chat": resource})
    assert stack.up().counts == {"same": 2}
    assert stack.refresh().counts == {"same": 2}
    assert calls(sim) == []
    assert stored(sim) == before


def test_import_of_a_preset(stack: Stack, sim: Simulator) -> None:
    run = stack.import_one(ark.TOKEN, "mine", "ep-m-20260101000000-aaaaa", expect=-1)
    assert "is a preset endpoint that the platform made" in run.errors
    assert stack.resources() == {}


def test_import_of_what_is_not_there(stack: Stack) -> None:
    run = stack.import_one(ark.TOKEN, "mine", "ep-20260101000000-aaaaa", expect=-1)
    assert "does not exist" in run.errors


def test_get_reads_and_never_changes(stack: Stack, sim: Simulator) -> None:
    id = theirs(stack, sim, FULL)
    before = stored(sim)
    stack.write(
        {"mine": {"type": ark.TOKEN, "get": {"id": id}}},
        outputs={"model": "${mine.target.model}", "name": "${mine.name}"},
    )
    stack.up()
    assert stack.outputs() == {"model": id, "name": "theirs"}
    assert stack.up().counts == {"same": 1}
    stack.destroy()
    assert calls(sim) == []
    assert stored(sim) == before


# The engine's options and the program's mistakes.


def test_ignore_changes(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named("chat", ark.LIMITS)})
    stack.up()
    sim.clear()
    changed = {"rateLimit": {"rpm": 1, "tpm": 2}, "description": "b"}
    stack.write({"chat": named("chat", changed, ignoreChanges=["rateLimit"])})
    stack.up()
    assert calls(sim) == [(ark.UPDATE, {"Description": "b"})]


def test_refusals(stack: Stack, sim: Simulator) -> None:
    play_refusals(stack, sim, ark.REFUSALS, lambda row: endpoint({"name": "chat", **row}))


def test_the_published_samples_spelling(stack: Stack, sim: Simulator) -> None:
    foundation = {"name": "seed-1-6", "modelVersion": "250615"}
    reference = {"foundation_model": foundation}
    stack.write({"chat": endpoint({"name": "chat", "modelReference": reference})})
    assert "foundationModel" in stack.preview(expect=-1).text
    assert sim.requests() == []


def test_many_at_once(stack: Stack, sim: Simulator) -> None:
    wanted = [f"many-{number:02d}" for number in range(24)]
    sim.knobs("ark", ark.SLOW)
    stack.write({name: named(name) for name in wanted})
    assert stack.up("--parallel", "32").counts == {"create": 25}
    assert stack.ids() == names(sim)
    assert [operation for operation, _ in calls(sim)] == [ark.CREATE] * 24
    assert stack.destroy("--parallel", "32").counts == {"delete": 25}
    assert stored(sim) == {}


def test_secrets_stay_out_of_the_state(stack: Stack, sim: Simulator) -> None:
    config = {k: v for k, v in stack.config.items() if "Key" not in k}
    stack.configure(config)
    for key, value in (("Access", ark.ACCESS_KEY), ("Secret", ark.SECRET_KEY)):
        stack.secret_config(f"inference:ark{key}Key", value)
    stack.write({"chat": named("chat")})
    runs = [stack.up("-v=9", "--logtostderr"), stack.refresh("--debug"), stack.preview("--diff")]
    for run in runs:
        assert ark.SECRET_KEY not in json.dumps(run.events)
        assert ark.SECRET_KEY not in run.stdout
    assert ark.SECRET_KEY not in stack.export()
    (create,) = [w for w in writes(sim) if w.operation == ark.CREATE]
    assert call_of(create)[1]["Name"] == "chat"
