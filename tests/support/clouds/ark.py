"""BytePlus ModelArk (docs/apis/ark.md 6 to 9): what changes in place, what replaces, what drifts.

Ids are made by the service and names need not be unique, so its tests are in a folder of their own.
Bodies of updates are without the `Id` that each of them carries.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.client import Simulator

from support.clouds.building import MISSING, Changes
from support.clouds.description import Call, Change, Drift, Json, Refusal, Replacement, patched

TOKEN = "inference:ark:Endpoint"
ACCESS_KEY = "AKTESTEXAMPLE0000001"
SECRET_KEY = "SKTESTexampleSecretKey0123456789=="
# Of Volcengine's site, which knows no other keys.
VOLCENGINE_ACCESS_KEY = "AKLTVOLCEXAMPLE00001"
VOLCENGINE_SECRET_KEY = "SKVOLCexampleSecretKey0123456789=="
REGION, ELSEWHERE, VOLCENGINE_REGION = "ap-southeast-1", "eu-west-1", "cn-beijing"
# Updates take tags and moderation, as the sister service's page says (docs/apis/ark.md 7.3).
QUICK: Json = {
    "polls": {"scheduling": 0, "starting": 0, "stopping": 0, "deleting": 0},
    "update_other_fields": "apply",
    "rolling_look_seconds": 3600,
    "rolling_revert_seconds": 0,
}
SLOW: Json = {"polls": {"scheduling": 1, "starting": 1, "stopping": 1, "deleting": 1}}
ENDLESS: Json = {"polls": {"scheduling": 100000, "starting": 100000}}
CREATE, UPDATE, DELETE = "endpoint.create", "endpoint.update", "endpoint.delete"
START, STOP = "endpoint.start", "endpoint.stop"
ROLL, CANCEL = "rolling.create", "rolling.cancel"
LOOKS = ("endpoint.get", "endpoint.list", "endpoint.certificate", "account.get", "rolling.get")
BASE: Json = {"modelReference": {"foundationModel": {"name": "seed-1-6", "modelVersion": "250615"}}}
CUSTOM: Json = {"modelReference": {"customModelId": "cm-1", "foundationModel": None}}
LIMITS: Json = {"rateLimit": {"rpm": 600, "tpm": 100000}}
# What the service gives an endpoint that asks for none.
USUAL_RPM, USUAL_TPM = 30000, 5000000


def config(url: str) -> Json:
    return {
        "inference:arkEndpoint": url,
        "inference:arkAccessKey": ACCESS_KEY,
        "inference:arkSecretKey": SECRET_KEY,
    }


def create_body(inputs: Json) -> Json:
    """What a create of these inputs sends, beside its proof."""
    model = inputs["modelReference"]
    if "customModelId" in model:
        reference: Json = {"CustomModelId": model["customModelId"]}
    else:
        foundation = model["foundationModel"]
        reference = {
            "FoundationModel": {
                "Name": foundation["name"],
                "ModelVersion": foundation["modelVersion"],
            }
        }
    body: Json = {
        "Name": inputs["name"],
        "ProjectName": inputs.get("projectName", "default"),
        "ModelReference": reference,
    }
    if "description" in inputs:
        body["Description"] = inputs["description"]
    if "modelUnitId" in inputs:
        body["ModelUnitId"] = inputs["modelUnitId"]
    if "moderation" in inputs:
        body["Moderation"] = {"Strategy": inputs["moderation"]["strategy"]}
    if "rateLimit" in inputs:
        body["RateLimit"] = {key.capitalize(): n for key, n in inputs["rateLimit"].items()}
    if inputs.get("tags"):
        body["Tags"] = [wire_tag(tag) for tag in inputs["tags"]]
    return body


# In place.


def limit(rpm: int, tpm: int) -> Json:
    return {"RateLimit": {"Rpm": rpm, "Tpm": tpm}}


def wire(path: str, value: Any) -> Json:
    return {path.capitalize(): value}


def wire_tag(tag: Json) -> Json:
    return {key.capitalize(): value for key, value in tag.items()}


def model(name: str, version: str) -> Json:
    """A foundation model as the service spells it."""
    return {"FoundationModel": {"Name": name, "ModelVersion": version}}


def rolled(name: str, version: str, **more: Any) -> list[Call]:
    """A switch of the model: first as a dry run. Without the endpoint's id and the mark."""
    body = {"ModelReference": model(name, version), **more}
    return [(ROLL, {**body, "DryRun": True}), (ROLL, body)]


# The tags are a set: a difference names the item, whichever member differs.
TAG_MEMBERS: dict[str, Json] = {"key": {"key": "c"}, "value": {"value": "2"}}


def _changes() -> tuple[Change, ...]:
    rows = Changes(BASE, UPDATE, wire)
    rows.value("description", "first", "second")
    rows.value("description", MISSING, "second")
    rows.value("description", "first", MISSING, body={"Description": ""})
    rows.value("rateLimit.rpm", 600, 900, {"rateLimit": {"tpm": 1000}}, limit(900, 1000))
    rows.value("rateLimit.tpm", 1000, 2000, {"rateLimit": {"rpm": 600}}, limit(600, 2000))
    rows.value("rateLimit", MISSING, {"rpm": 600, "tpm": 1000}, body=limit(600, 1000))
    rows.value("rateLimit", MISSING, {"rpm": 600}, body=limit(600, USUAL_TPM))
    rows.value("rateLimit", MISSING, {"tpm": 1000}, body=limit(USUAL_RPM, 1000))
    rows.value("rateLimit.rpm", MISSING, 600, {"rateLimit": {"tpm": 1000}}, limit(600, 1000))
    rows.value("rateLimit.tpm", MISSING, 1000, {"rateLimit": {"rpm": 600}}, limit(600, 1000))
    strategies = {word: {"Moderation": {"Strategy": word}} for word in ("Basic", "Skip", "Default")}
    basic = {"strategy": "Basic"}
    rows.value("moderation.strategy", "Basic", "Skip", body=strategies["Skip"])
    rows.value("moderation", MISSING, basic, body=strategies["Basic"])
    rows.value("moderation", basic, MISSING, body=strategies["Default"])
    one, two = {"key": "a", "value": "1"}, {"key": "b", "value": "2"}
    for name, patch in TAG_MEMBERS.items():
        new = {**one, **patch}
        rows.add(
            f"a tag's {name}",
            {"tags": [one]},
            {"tags": [new]},
            {"tags[0]": "update"},
            {"Tags": [wire_tag(new)]},
        )
    rows.add("tags put in", {}, {"tags": [one]}, {"tags": "add"}, {"Tags": [wire_tag(one)]})
    rows.add("tags taken out", {"tags": [one]}, {}, {"tags": "delete"}, {"Tags": []})
    rows.add(
        "one more tag",
        {"tags": [one]},
        {"tags": [one, two]},
        {"tags[1]": "add"},
        {"Tags": [wire_tag(one), wire_tag(two)]},
    )
    rows.add(
        "several at once",
        {"description": "first", **LIMITS},
        {"description": "second", "rateLimit": {"rpm": 1, "tpm": 2}},
        {"description": "update", "rateLimit.rpm": "update", "rateLimit.tpm": "update"},
        {"Description": "second", **limit(1, 2)},
    )
    rows.add(
        "desiredState to paused",
        {},
        {"desiredState": "paused"},
        {"desiredState": "add"},
        calls=[(STOP, {})],
    )
    rows.add(
        "desiredState to running",
        {"desiredState": "paused"},
        {"desiredState": "running"},
        {"desiredState": "update"},
        calls=[(START, {})],
    )
    rows.add(
        "desiredState taken out",
        {"desiredState": "paused"},
        {},
        {"desiredState": "delete"},
        calls=[(START, {})],
    )
    rows.add(
        "a change of a paused one",
        {"desiredState": "paused"},
        {"desiredState": "paused", "description": "b"},
        {"description": "add"},
        {"Description": "b"},
    )
    rows.add(
        "a change and a pause",
        {"description": "a"},
        {"desiredState": "paused", "description": "b"},
        {"description": "update", "desiredState": "add"},
        calls=[(UPDATE, {"Description": "b"}), (STOP, {})],
    )
    foundation = "modelReference.foundationModel"
    version = {"modelReference": {"foundationModel": {"modelVersion": "250915"}}}
    rows.add(
        "modelVersion",
        {},
        version,
        {f"{foundation}.modelVersion": "update"},
        calls=rolled("seed-1-6", "250915"),
    )
    rows.add(
        "a switch and a change beside it",
        {"description": "a"},
        {**version, "description": "b", "switchStrategy": {"step": 10, "minutes": 5}},
        {f"{foundation}.modelVersion": "update", "description": "update"},
        calls=[
            *rolled("seed-1-6", "250915", RollingStrategy={"Step": 10, "WaitDuration": 5})[:1],
            (UPDATE, {"Description": "b"}),
            *rolled("seed-1-6", "250915", RollingStrategy={"Step": 10, "WaitDuration": 5})[1:],
        ],
    )
    other = {"modelReference": {"foundationModel": {"name": "seed-2"}}}
    rows.add("model", {}, other, {f"{foundation}.name": "update"}, calls=rolled("seed-2", "250615"))
    # A limit can be changed, but there is no way to take it away.
    rows.nothing("rateLimit taken out", LIMITS, {})
    rows.nothing("rateLimit.tpm taken out", LIMITS, {"rateLimit": {"rpm": 600}})
    rows.nothing("rateLimit.rpm taken out", LIMITS, {"rateLimit": {"tpm": 100000}})
    rows.nothing("description of nothing", {}, {"description": ""})
    rows.nothing("desiredState said", {}, {"desiredState": "running"})
    rows.nothing("moderation said", {}, {"moderation": {"strategy": "Default"}})
    rows.nothing("moderation left out", {"moderation": {"strategy": "Default"}}, {})
    rows.nothing("projectName said", {}, {"projectName": "default"})
    rows.nothing("region said", {}, {"region": REGION})
    rows.nothing("no tags", {}, {"tags": []})
    both: list[Json] = [{"key": "a", "value": "1"}, {"key": "b", "value": ""}]
    rows.nothing("tags in another order", {"tags": both}, {"tags": both[::-1]})
    rows.nothing("tags without value", {"tags": both}, {"tags": [both[0], {"key": "b"}]})
    rows.nothing("waitForReady", {}, {"waitForReady": False})
    rows.nothing("adoptExisting", {}, {"adoptExisting": True})
    rows.nothing("checkCatalogue", {}, {"checkCatalogue": False})
    rows.nothing("modelSwitch", {}, {"modelSwitch": "replace"})
    rows.nothing("switchStrategy", {}, {"switchStrategy": {"step": 10}})
    limits = {"create": 60, "update": 60, "delete": 60}
    rows.nothing("how long to wait", {}, {"timeouts": limits})
    return tuple(rows.rows)


CHANGES = _changes()


# Replacements: always the new one first, for two may share a name.


def _replacements() -> tuple[Replacement, ...]:
    rows: list[Replacement] = []

    def add(id: str, before: Json, after: Json, diff: dict[str, str]) -> None:
        rows.append(Replacement(id, patched(BASE, before), patched(BASE, after), diff, False))

    def foundation(**patch: str) -> Json:
        return {"modelSwitch": "replace", "modelReference": {"foundationModel": patch}}

    model = "modelReference.foundationModel"
    newer = foundation(modelVersion="250915")
    add("modelVersion", {}, newer, {f"{model}.modelVersion": "update-replace"})
    add("model", {}, foundation(name="seed-2"), {f"{model}.name": "update-replace"})
    add(
        "custom model",
        CUSTOM,
        patched(CUSTOM, {"modelReference": {"customModelId": "cm-2"}}),
        {"modelReference.customModelId": "update-replace"},
    )
    add(
        "to a custom model",
        {},
        CUSTOM,
        {model: "delete-replace", "modelReference.customModelId": "add-replace"},
    )
    unit = "modelUnitId"
    add("modelUnitId", {unit: "mu-1"}, {unit: "mu-2"}, {unit: "update-replace"})
    add("modelUnitId put in", {}, {unit: "mu-1"}, {unit: "add-replace"})
    add("modelUnitId taken out", {unit: "mu-1"}, {}, {unit: "delete-replace"})
    add("projectName", {}, {"projectName": "shop"}, {"projectName": "update-replace"})
    add("region", {}, {"region": ELSEWHERE}, {"region": "update-replace"})
    add(
        "with a change beside it",
        {"description": "a"},
        {"description": "b", unit: "mu-1"},
        {"description": "update", unit: "add-replace"},
    )
    return tuple(rows)


REPLACEMENTS = _replacements()
# Inputs that differ in nothing that the service would see.
WITHOUT_EFFECT = (
    "name",  # changed in the tests of bodies
    "waitForReady",
    "adoptExisting",
    "checkCatalogue",
    "modelSwitch",
    "switchStrategy.step",
    "switchStrategy.minutes",
    "timeouts.create",
    "timeouts.update",
    "timeouts.delete",
)


# Drift.


def _patch(patch: Json) -> Callable[[Simulator, str], None]:
    return lambda sim, target: sim.mutate("ark", target, patch)


def _stop(sim: Simulator, target: str) -> None:
    sim.mutate("ark", target, {"Status": "Stopped"})


def _drifts() -> tuple[Drift, ...]:
    rows: list[Drift] = []

    def add(id: str, inputs: Json, patch: Json, diff: dict[str, str], *calls: Call) -> None:
        rows.append(Drift(id, patched(BASE, inputs), _patch(patch), diff, calls))

    add(
        "description",
        {"description": "ours"},
        {"Description": "theirs"},
        {"description": "update"},
        (UPDATE, {"Description": "ours"}),
    )
    add(
        "description from nothing",
        {},
        {"Description": "theirs"},
        {"description": "add"},
        (UPDATE, {"Description": ""}),
    )
    add(
        "description gone",
        {"description": "ours"},
        {"Description": ""},
        {"description": "delete"},
        (UPDATE, {"Description": "ours"}),
    )
    add(
        "rate limit",
        LIMITS,
        {"RateLimit": {"Rpm": 1}},
        {"rateLimit.rpm": "update"},
        (UPDATE, limit(600, 100000)),
    )
    rows.append(
        Drift(
            "stopped by hand",
            patched(BASE, {}),
            _stop,
            {"desiredState": "add"},
            [(START, {})],
        )
    )
    return tuple(rows)


DRIFTS = _drifts()


def _refusals() -> tuple[Refusal, ...]:
    """What YAML's own type check lets through."""
    rows: list[Refusal] = []

    def add(id: str, patch: Json, failures: dict[str, str]) -> None:
        rows.append(Refusal(id, patched(BASE, patch), failures))

    model = "modelReference.foundationModel"
    upper = {"modelReference": {"foundationModel": {"name": "Seed-1-6"}}}
    add("a model with capitals", upper, {f"{model}.name": "seed-1-6"})
    both = {"modelReference": {"customModelId": "cm-1"}}
    add("two models", both, {"modelReference": "one of"})
    add("no requests", {"rateLimit": {"rpm": 0}}, {"rateLimit.rpm": "at least 1"})
    sys_tag = {"tags": [{"key": "sys:a", "value": "1"}]}
    add("a key of the platform", sys_tag, {"tags[0].key": "reserved"})
    twice = {"tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]}
    add("a key twice", twice, {"tags[1].key": "twice"})
    return tuple(rows)


REFUSALS = _refusals()
