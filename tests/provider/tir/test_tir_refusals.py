"""What the service refuses is told by the inputs' names, with what lists their values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from simulator.client import Simulator
from support.drivers.hf import secret
from support.drivers.tir import TirDriver, failing, inputs, made
from support.limits import of_input

pytestmark = pytest.mark.one_call

SAID = "E2E Networks TIR: creating the endpoint: Validation failed: "
COMMAND = (
    "pulumi up --replace 'urn:pulumi:dev::shop::inference:tir:Endpoint::demo' (with the resource "
    "option deleteBeforeReplace)"
)


def refuse(tir: Simulator, operation: str, status: int = 400, **body: Any) -> None:
    text = json.dumps({"code": status, "data": {}, "errors": {}, **body})
    tir.fault("tir", operation, kind="error", status=status, body=text, count=0)


SENT = (
    "The service names no input. Sent were location, name, framework, skuName, skuType, currency, "
    "modelLoadIntegrationId, detailedInfo; checkCatalogue: true compares them with what there is "
    "before anything is sent."
)
FIELDS = [
    (
        {"model_load_integration_id": ["Unknown."]},
        "model_load_integration_id: Unknown (HTTP 400). In the program: modelLoadIntegrationId "
        "(inference:tir:getIntegrations lists its values).",
    ),
    (
        {"detailed_info": {"server_version": ["Old."]}, "path": ["No."]},
        "detailed_info: server_version: Old; path: No (HTTP 400). In the program: "
        "detailedInfo.serverVersion (inference:tir:getFrameworks lists its values), modelPath.",
    ),
    (
        {"env_variables": ["Too many."]},
        "env_variables: Too many (HTTP 400). In the program: resourceDetails.envVariables.",
    ),
    (
        {"path": ["No such path..", "Again."], "model_id": "Unknown.."},
        "model_id: Unknown; path: No such path, Again (HTTP 400). In the program: modelId "
        "(inference:tir:getModels lists its values), modelPath.",
    ),
    ({"tea": ["None left."]}, f"tea: None left (HTTP 400). {SENT}"),
    (
        {"resource_details.env_variables.0.key": ["No name."]},
        "resource_details.env_variables.0.key: No name (HTTP 400). In the program: "
        "resourceDetails.envVariables[0].key.",
    ),
    (
        {"env_variables": {"1": {"key": ["No name."]}}},
        "env_variables: 1: key: No name (HTTP 400). In the program: "
        "resourceDetails.envVariables[1].key.",
    ),
    (
        {"env_variables": {"key": ["No name."]}},
        "env_variables: key: No name (HTTP 400). In the program: "
        "resourceDetails.envVariables[].key.",
    ),
    (
        {"env_variables": [{}, {"key": ["No name."]}]},
        "env_variables: key: No name (HTTP 400). In the program: "
        "resourceDetails.envVariables[1].key.",
    ),
]


@pytest.mark.parametrize(("errors", "words"), FIELDS)
def test_a_field_is_told_by_its_input(
    tir: Simulator, driver: TirDriver, errors: dict[str, Any], words: str
) -> None:
    refuse(tir, "endpoint.create", message="Validation failed", errors=errors)
    assert failing(driver.create, driver.checked(inputs())).message == SAID + words


def test_a_project_that_is_not_there(tir: Simulator, driver: TirDriver) -> None:
    message = failing(driver.create, driver.checked(inputs(projectId="999"))).message
    assert message == (
        "E2E Networks TIR: creating the endpoint: Project not found (HTTP 404). "
        "inference:tir:getProjects lists the projects and their teams. Asked was projectId 999, "
        "location Delhi."
    )


def test_a_refused_update_tells_what_was_to_change(tir: Simulator, driver: TirDriver) -> None:
    id, checked, outputs = made(driver)
    news = driver.checked(inputs(modelPath="a/b", diskPath="/models"), olds=checked)
    refuse(tir, "endpoint.patch", message="Validation failed", errors={"path": ["No such path."]})
    failure = failing(driver.update, checked, news, olds=outputs, id=id)
    assert failure.message == (
        "E2E Networks TIR: changing the endpoint: Validation failed: path: No such path (HTTP "
        "400). In the program: modelPath. The change was of modelPath, diskPath; what cannot be "
        f"changed in place takes {COMMAND}"
    )


PLACE = "Asked was projectId 501, location Delhi."
BUSY = "Something else may be changing it: run it again when that is over."
STATE = "Its state may not allow this now: pulumi refresh shows the state."
PATCHED = {"modelPath": "x"}
THERE = "A look shows that the endpoint is there."
CHANGE = "The change was of modelPath."
SUPPORT = "If the reason does not help, ask the service's support."
PAUSED = {"desiredState": "paused"}
MORE = [
    ("patch", PATCHED, 404, f"{THERE} {CHANGE} {SUPPORT}", "changing"),
    ("patch", PATCHED, 405, f"{CHANGE} {SUPPORT}", "changing"),
    ("patch", PATCHED, 409, f"{BUSY} {CHANGE}", "changing"),
    ("patch", PATCHED, 402, f"Charge up the account. {CHANGE}", "changing"),
    ("stop", PAUSED, 404, f"{THERE} {SUPPORT}", "stopping"),
    ("stop", PAUSED, 409, BUSY, "stopping"),
    ("stop", PAUSED, 400, STATE, "stopping"),
]


@pytest.mark.parametrize(("operation", "patch", "status", "advice", "doing"), MORE)
def test_the_advice_fits_the_refusal_of_a_change(
    tir: Simulator,
    driver: TirDriver,
    operation: str,
    patch: dict[str, Any],
    status: int,
    advice: str,
    doing: str,
) -> None:
    id, checked, outputs = made(driver)
    refuse(tir, f"endpoint.{operation}", status, message="No..")
    failure = failing(driver.update, checked, {**checked, **patch}, olds=outputs, id=id)
    assert failure.message == (
        f"E2E Networks TIR: {doing} the endpoint: No (HTTP {status}). {advice}"
    )


def test_a_place_that_is_none_is_told(tir: Simulator, driver: TirDriver) -> None:
    refuse(tir, "endpoint.create", 404, message="No project.")
    assert failing(driver.create, driver.checked(inputs())).message == (
        "E2E Networks TIR: creating the endpoint: No project (HTTP 404). "
        f"inference:tir:getProjects lists the projects and their teams. {PLACE}"
    )


def variable(value: str) -> dict[str, Any]:
    return {"resourceDetails": {"envVariables": [{"key": "A", "value": value}]}}


def test_a_secret_that_is_a_word_of_the_message(tir: Simulator, driver: TirDriver) -> None:
    """It is masked in what the service says, and left in what the provider says."""
    id, checked, outputs = made(driver, **variable("endpoint"))
    news = driver.checked(inputs(**variable("endpoint"), modelPath="a"), olds=checked)
    refuse(tir, "endpoint.patch", 403, message="No endpoint for you.")
    failure = failing(driver.update, checked, news, olds=outputs, id=id)
    assert failure.message.startswith(
        "E2E Networks TIR: changing the endpoint: No [secret] for you (HTTP 403). The account "
        "lacks the policy for inference, "
    )


def test_a_secret_that_is_a_word_of_a_reason(driver: TirDriver) -> None:
    patch = {**variable("must"), "diskPath": "must"}
    marked = {**patch["resourceDetails"]["envVariables"][0], "value": secret("must")}
    news = inputs(**{**patch, "resourceDetails": {"envVariables": [marked]}})
    assert driver.refused(news) == {"diskPath": 'must be an absolute path; is "[secret]"'}


PLANS = "inference:tir:getPlans"
ADVICE = [
    ({}, "To keep asking set capacityRetryTimeout. "),
    (
        {"capacityRetryTimeout": 1},
        "It was asked for again and again, as long as capacityRetryTimeout says (1 s). ",
    ),
    (
        {"capacityRetryTimeout": 60, "timeouts": {"create": 3}},
        "It was asked for again and again until the operation's time ran out, before that of "
        f"capacityRetryTimeout (60 s). {of_input('create', 3)}",
    ),
]


@pytest.mark.parametrize(("patch", "advice"), ADVICE)
def test_no_machine_is_free(
    tir: Simulator, driver: TirDriver, patch: dict[str, Any], advice: str
) -> None:
    """Nobody is told to set what is set."""
    refuse(tir, "endpoint.create", message="Inventory not available.")
    assert failing(driver.create, driver.checked(inputs(**patch))).message == (
        "E2E Networks TIR: creating the endpoint: Inventory not available (HTTP 400). There is no "
        f"such machine free now: choose another ({PLANS}), or try again later. {advice}".rstrip()
    )


@pytest.mark.parametrize("id", ["abc", "0", "-1", "1.5", "Delhi/abc", "7/501/Delhi/x"])
def test_an_import_of_what_is_no_number(tir: Simulator, driver: TirDriver, id: str) -> None:
    assert failing(driver.read, id).message == (
        f'"{id}" is not an id of inference:tir:Endpoint, so it does not exist; expected number, '
        "location/number, projectId/location/number or teamId/projectId/location/number, such as "
        "7/501/Delhi/1234"
    )
    assert tir.requests(cloud="tir") == []
