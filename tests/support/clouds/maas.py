"""Huawei Cloud MaaS (docs/apis/maas.md 3, 4): what changes in place, what replaces, what drifts.

Ids are made by the service, names can never be used twice: its tests are in a folder of their own.
Bodies of edits are without the name that each of them carries.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.client import Simulator

from support.clouds.building import MISSING, Changes
from support.clouds.description import Call, Change, Drift, Json, Refusal, Replacement, patched

TOKEN = "inference:maas:Endpoint"
ACCESS_KEY = "MAASEXAMPLEAK0000001"
SECRET_KEY = "maasExampleSecretKey00000000000000000001"
USER, PASSWORD, ACCOUNT = "simulator-user", "simulator-password", "simulator-account"
REGION, CHINA = "ap-southeast-1", "cn-southwest-2"
PROJECT = "0123456789abcdef0123456789abcdef"
CHINA_PROJECT = "c0123456789abcdef0123456789abcde"
AGREEMENT = "4dd6b9f8-7e97-4f1c-8816-000000000001"
CREATE, EDIT, DELETE = "endpoint.create", "endpoint.edit", "endpoint.delete"
CONTROL, LIST = "endpoint.control", "endpoint.list"
ACTIVATE: Call = (CONTROL, {"action": "activate"})
DEACTIVATE: Call = (CONTROL, {"action": "deactivate"})
BASE: Json = {"modelName": "DeepSeek-V3"}
GUARD_OFF: Json = {"moderation": False, "agreementId": AGREEMENT}
MAAS, MODELARTS = "custom_from_maas", "custom_from_modelarts_v2"
# Two regions with two services each that an endpoint can stand for.
ONE, TWO = "5a1f0c52-0000-4000-8000-000000000001", "5a1f0c52-0000-4000-8000-000000000003"
ELSEWHERE = "cn-north-4"
KNOBS: Json = {
    "quota": 1000,
    "services": {
        CHINA: {ONE: {"name": "one"}, TWO: {"name": "three"}},
        ELSEWHERE: {ONE: {"name": "one"}, TWO: {"name": "three"}},
    },
}
SERVED: Json = {
    "region": CHINA,
    "source": MODELARTS,
    "modelName": None,
    "modelRegion": CHINA,
    "inferServiceId": ONE,
}


def config(url: str) -> Json:
    """Keys that are good for every project of their account, and no project."""
    return {
        "inference:maasEndpoint": url,
        "inference:maasIamEndpoint": url,
        "inference:maasDataPlaneEndpoint": url,
        "inference:maasAccessKey": ACCESS_KEY,
        "inference:maasSecretKey": SECRET_KEY,
    }


WIRE = {
    "name": "endpoint_name",
    "description": "remark",
    "source": "source",
    "modelName": "model_name",
    "modelRegion": "region",
    "inferServiceId": "infer_service_id",
    "rpm": "rpm",
    "tpm": "tpm",
    "moderation": "moderation",
    "agreementId": "agreement_id",
}


def create_body(inputs: Json) -> Json:
    """Every input that is set, and the source."""
    body = {wire: inputs[name] for name, wire in WIRE.items() if name in inputs}
    return {"source": MAAS, **body}


def edit(**more: Any) -> Json:
    """Everything, whatever changed, but no limit that the program neither sets nor takes out."""
    return {"remark": "", "moderation": True, **more}


OFF: Json = {"moderation": False, "agreement_id": AGREEMENT}


def _changes() -> tuple[Change, ...]:
    rows = Changes(BASE, EDIT, lambda path, value: edit(**{WIRE[path]: value}))
    for path, old, new, unset in (
        ("description", "first", "zweite é 描述", ""),
        ("rpm", 60, 61, 0),
        ("tpm", 1000, 2000, 0),
    ):
        rows.value(path, old, new)
        rows.value(path, MISSING, new)
        rows.value(path, old, MISSING, body=edit(**{WIRE[path]: unset}))
    rows.add(
        "beside what stays",
        {"description": "kept", "rpm": 60, "tpm": 1000},
        {"description": "kept", "rpm": 30, "tpm": 1000},
        {"rpm": "update"},
        edit(remark="kept", rpm=30, tpm=1000),
    )
    rows.add(
        "several at once",
        {"description": "first", "rpm": 60},
        {"description": "second", "rpm": None, "tpm": 5},
        {"description": "update", "rpm": "delete", "tpm": "add"},
        edit(remark="second", rpm=0, tpm=5),
    )
    _guard(rows)
    _states(rows)
    rows.nothing("description of nothing", {}, {"description": ""})
    rows.nothing("no limits", {}, {"rpm": 0, "tpm": 0})
    rows.nothing("moderation said", {}, {"moderation": True})
    rows.nothing("source said", {}, {"source": MAAS})
    rows.nothing("region said", {}, {"region": REGION})
    rows.nothing("projectId said", {}, {"projectId": PROJECT})
    rows.nothing("projectId left out", {"projectId": PROJECT}, {})
    rows.nothing("checkCatalogue", {}, {"checkCatalogue": False})
    answers = {"readiness": "answers", "readinessKey": "a-caller"}
    rows.nothing("what is asked after", {}, answers)
    rows.nothing("waitForReady", {}, {"waitForReady": False})
    rows.nothing("adoptExisting", {}, {"adoptExisting": True})
    limits = {"create": 60, "update": 60, "delete": 60}
    rows.nothing("how long to wait", {}, {"timeouts": limits})
    return tuple(rows.rows)


def _guard(rows: Changes) -> None:
    rows.add(
        "guard off",
        {},
        GUARD_OFF,
        {"moderation": "add", "agreementId": "add"},
        edit(**OFF),
    )
    rows.add(
        "guard on, with the agreement kept",
        GUARD_OFF,
        {**GUARD_OFF, "moderation": True},
        {"moderation": "update"},
        edit(agreement_id=AGREEMENT),
    )
    # An agreement that is taken out cannot be sent back: taking it out is no difference by itself.
    rows.add("guard left out", GUARD_OFF, {}, {"moderation": "delete"}, edit())
    rows.add(
        "a limit with the guard off",
        GUARD_OFF,
        {**GUARD_OFF, "rpm": 5},
        {"rpm": "add"},
        edit(**OFF, rpm=5),
    )
    rows.add(
        "an agreement with the guard on",
        {},
        {"agreementId": AGREEMENT},
        {"agreementId": "add"},
        calls=(),
    )
    rows.add(
        "another agreement with the guard on",
        {"agreementId": "old"},
        {"agreementId": "new"},
        {"agreementId": "update"},
        calls=(),
    )
    rows.nothing("an agreement taken out", {"agreementId": "old"}, {})


def _states(rows: Changes) -> None:
    paused: Json = {"desiredState": "paused"}
    rows.add("to paused", {}, paused, {"desiredState": "add"}, calls=[DEACTIVATE])
    rows.add(
        "to running",
        paused,
        {"desiredState": "running"},
        {"desiredState": "update"},
        calls=[ACTIVATE],
    )
    rows.add("paused taken out", paused, {}, {"desiredState": "delete"}, calls=[ACTIVATE])
    rows.add("a change of a paused one", paused, {**paused, "rpm": 5}, {"rpm": "add"}, edit(rpm=5))
    rows.add(
        "a change and a pause, in that order",
        {"rpm": 5},
        {**paused, "rpm": 6},
        {"rpm": "update", "desiredState": "add"},
        calls=[(EDIT, edit(rpm=6)), DEACTIVATE],
    )
    rows.nothing("running said", {}, {"desiredState": "running"})


CHANGES = _changes()


def _replacements() -> tuple[Replacement, ...]:
    rows: list[Replacement] = []

    def add(id: str, before: Json, after: Json, diff: dict[str, str]) -> None:
        rows.append(Replacement(id, patched(BASE, before), patched(BASE, after), diff, False))

    add("modelName", {}, {"modelName": "DeepSeek-R1"}, {"modelName": "update-replace"})
    add("region", {}, {"region": CHINA}, {"region": "update-replace"})
    add(
        "projectId",
        {"region": CHINA, "projectId": CHINA_PROJECT},
        {"region": CHINA, "projectId": PROJECT},
        {"projectId": "update-replace"},
    )
    add(
        "source",
        {"region": CHINA},
        SERVED,
        {"source": "add-replace", "modelName": "delete-replace"},
    )
    add(
        "modelRegion",
        SERVED,
        {**SERVED, "modelRegion": ELSEWHERE},
        {"modelRegion": "update-replace"},
    )
    add(
        "inferServiceId",
        SERVED,
        {**SERVED, "inferServiceId": TWO},
        {"inferServiceId": "update-replace"},
    )
    add(
        "with a change beside it",
        {"rpm": 5},
        {"rpm": 6, "modelName": "Qwen3-32B"},
        {"modelName": "update-replace", "rpm": "update"},
    )
    return tuple(rows)


REPLACEMENTS = _replacements()
# Inputs that differ in nothing that the service would see.
WITHOUT_EFFECT = (
    "name",  # changed in the tests of edits
    "checkCatalogue",
    "readiness",
    "readinessKey",
    "waitForReady",
    "adoptExisting",
    "timeouts.create",
    "timeouts.update",
    "timeouts.delete",
)


def _drifts() -> tuple[Drift, ...]:
    rows: list[Drift] = []

    def add(id: str, inputs: Json, assign: Json, diff: dict[str, str], *calls: Call) -> None:
        rows.append(Drift(id, patched(BASE, inputs), _assign(assign), diff, calls))

    add(
        "description",
        {"description": "a"},
        {"remark": "b"},
        {"description": "update"},
        (EDIT, edit(remark="a")),
    )
    add("description from nothing", {}, {"remark": "b"}, {"description": "add"}, (EDIT, edit()))
    add(
        "description gone",
        {"description": "a"},
        {"remark": None},
        {"description": "delete"},
        (EDIT, edit(remark="a")),
    )
    add("rpm", {"rpm": 60}, {"rpm": 5}, {"rpm": "update"}, (EDIT, edit(rpm=60)))
    add("rpm gone", {"rpm": 60}, {"rpm": None}, {"rpm": "delete"}, (EDIT, edit(rpm=60)))
    add("tpm from nothing", {}, {"tpm": 5}, {"tpm": "add"}, (EDIT, edit(tpm=0)))
    add("guard off by hand", {}, {"moderation": False}, {"moderation": "add"}, (EDIT, edit()))
    add(
        "guard on by hand",
        GUARD_OFF,
        {"moderation": True},
        {"moderation": "update"},
        (EDIT, edit(**OFF)),
    )
    add("paused by hand", {}, {"status": "suspended"}, {"desiredState": "add"}, ACTIVATE)
    add(
        "resumed by hand",
        {"desiredState": "paused"},
        {"status": "normal"},
        {"desiredState": "update"},
        DEACTIVATE,
    )
    return tuple(rows)


def _assign(members: Json) -> Callable[[Simulator, str], None]:
    assign = {f"/{key}": value for key, value in members.items()}
    return lambda sim, target: sim.mutate("maas", target, assign=assign)


DRIFTS = _drifts()


def _refusals() -> tuple[Refusal, ...]:
    """What YAML's own type check lets through."""
    rows: list[Refusal] = []

    def add(id: str, patch: Json, failures: dict[str, str]) -> None:
        rows.append(Refusal(id, patched(BASE, patch), failures))

    add("a long name", {"name": "x" * 65}, {"name": "at most 64"})
    add("a name that begins with a digit", {"name": "1x"}, {"name": "must start with a letter"})
    add("Chinese letters abroad", {"name": "端点"}, {"name": "must start with a letter"})
    add("a long description", {"description": "x" * 257}, {"description": "at most 256"})
    add("half a request", {"rpm": 1.5, "tpm": 0.5}, {"rpm": "whole", "tpm": "whole"})
    add("no model", {"modelName": None}, {"modelName": "is required with source"})
    add("a service abroad", {"inferServiceId": "x"}, {"inferServiceId": "does not go with source"})
    add(
        "no service",
        {"source": MODELARTS, "modelName": None},
        {"modelRegion": "is required", "inferServiceId": "is required"},
    )
    add(
        "guard off without a word",
        {"moderation": False},
        {"agreementId": "inference:maas:getAgreement"},
    )
    return tuple(rows)


REFUSALS = _refusals()
