"""What the service refuses is told by the inputs' names, with what lists their values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from simulator.client import Simulator
from support.drivers.maas import NOBODY, MaasDriver, failing, inputs, made, requests

pytestmark = pytest.mark.one_call

URN = "urn:pulumi:dev::shop::inference:maas:Endpoint::demo"
REFUSED = [
    (
        {"modelName": "nope"},
        "CreateCustomEndpointReq.model_name is invalid",
        "modelName (inference:maas:getModels lists its values)",
    ),
    ({"rpm": 10_000_000}, "rpm must not exceed 300", "rpm"),
]


def request_id(maas: Simulator) -> str:
    headers = {name.lower(): value for name, value in requests(maas)[-1].reply_headers}
    return headers["x-request-id"]


@pytest.mark.parametrize(("patch", "said", "fields"), REFUSED)
def test_a_field_is_told_by_its_input(
    driver: MaasDriver, maas: Simulator, patch: dict[str, Any], said: str, fields: str
) -> None:
    failure = failing(driver.create, driver.checked(inputs(**patch)))
    assert failure.message == (
        f"Huawei Cloud MaaS: creating the endpoint: {said} (HTTP 400, code ModelArts.0104, request "
        f"id {request_id(maas)}). In the program: {fields}."
    )


def test_a_refused_update_tells_what_was_to_change(driver: MaasDriver, maas: Simulator) -> None:
    """Its name is gone with it: a new endpoint takes another."""
    id, checked, outputs = made(driver)
    news = driver.checked(inputs(rpm=10_000_000, description="x"), olds=checked)
    failure = failing(driver.update, checked, news, olds=outputs, id=id)
    assert failure.message == (
        "Huawei Cloud MaaS: changing the endpoint: rpm must not exceed 300 (HTTP 400, code "
        f"ModelArts.0104, request id {request_id(maas)}). In the program: rpm. The change was of "
        "description, rpm; what cannot be changed in place takes pulumi up --replace "
        f"'{URN}' (with another name)"
    )


ASKED = "Asked was region ap-southeast-1, projectId 0123456789abcdef0123456789abcdef."
CODES = [
    (400, "ModelArts.6274", "In the program: name."),
    (
        400,
        "ModelArts.6613",
        'Switch "mount to MaaS gateway" on for the service, or its authentication off. In the '
        "program: inferServiceId (inference:maas:getServices lists its values).",
    ),
    (404, "ModelArts.6291", ASKED),
    (404, "ModelArts.1", ASKED),
]


def refuse(maas: Simulator, operation: str, status: int, code: str) -> None:
    body = json.dumps({"error_code": code, "error_msg": "It is refused."})
    maas.fault("maas", operation, kind="error", status=status, body=body, count=0)


@pytest.mark.parametrize(("status", "code", "advice"), CODES)
def test_a_code_tells_the_input(
    driver: MaasDriver, maas: Simulator, status: int, code: str, advice: str
) -> None:
    refuse(maas, "endpoint.create", status, code)
    assert failing(driver.create, driver.checked(inputs())).message == (
        f"Huawei Cloud MaaS: creating the endpoint: It is refused (HTTP {status}, code {code}). "
        f"{advice}"
    )


CREDENTIAL = (
    "The credential came from inference:maasAccessKey and inference:maasSecretKey; asked was "
    "region ap-southeast-1, projectId 0123456789abcdef0123456789abcdef."
)
EDITS = [
    (
        404,
        "ModelArts.6291",
        "A look shows that the endpoint is there. The change was of rpm. If the reason does not "
        "help, ask the service's support.",
    ),
    (
        404,
        "APIG.0101",
        "The address does not serve this API: check maasRegion and maasEndpoint. The change was of "
        "rpm.",
    ),
    (
        403,
        "APIG.0303",
        "The user's policies do not allow this, or the project is another one's. "
        f"{CREDENTIAL} The change was of rpm.",
    ),
    (
        409,
        "ModelArts.1",
        "Something else may be changing it: run it again when that is over. The change was of rpm.",
    ),
]


@pytest.mark.parametrize(("status", "code", "advice"), EDITS)
def test_the_advice_fits_the_refusal_of_an_edit(
    driver: MaasDriver, maas: Simulator, status: int, code: str, advice: str
) -> None:
    id, checked, outputs = made(driver)
    refuse(maas, "endpoint.edit", status, code)
    failure = failing(driver.update, checked, {**checked, "rpm": 5}, olds=outputs, id=id)
    assert failure.message == (
        f"Huawei Cloud MaaS: changing the endpoint: It is refused (HTTP {status}, code {code}). "
        f"{advice}"
    )


HOLDS = "0123456789abcdef0123456789abcdef"
PARTS = [
    (f"cn-southwest-2/{NOBODY}", "cn-southwest-2", "projectId"),
    (f"{HOLDS}/ap-southeast-1/{NOBODY}", HOLDS, "region"),
]


@pytest.mark.parametrize(("id", "part", "place"), PARTS)
def test_a_part_of_an_id_in_the_wrong_place(
    driver: MaasDriver, maas: Simulator, id: str, part: str, place: str
) -> None:
    """No project is asked for by the name of a region."""
    for ask in (driver.read, lambda id: driver.function("getEndpoint", id=id)):
        assert failing(ask, id).message == (
            f'"{id}" is not an id of inference:maas:Endpoint: "{part}" is no {place}; expected '
            "region/projectId/endpointId (leading parts that are configured may be left out), such "
            "as ap-southeast-1/"
            "0123456789abcdef0123456789abcdef/0b1f5c2e-6a3d-4c8e-9f70-2d1a4b5c6d7e"
        )
    assert requests(maas) == []


@pytest.mark.parametrize("id", ["abc", "ap-southeast-1/p/abc"])
def test_an_import_of_what_is_no_id(driver: MaasDriver, maas: Simulator, id: str) -> None:
    assert failing(driver.read, id).message == (
        f'"{id}" is not an id of inference:maas:Endpoint, so it does not exist; expected '
        "region/projectId/endpointId (leading parts that are configured may be left out), such as "
        "ap-southeast-1/"
        "0123456789abcdef0123456789abcdef/0b1f5c2e-6a3d-4c8e-9f70-2d1a4b5c6d7e"
    )
    assert requests(maas) == []
