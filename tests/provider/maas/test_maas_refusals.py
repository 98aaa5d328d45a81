"""What the service refuses is told by the inputs' names, with what lists their values."""

from __future__ import annotations

from typing import Any

import pytest
from simulator.client import Simulator
from support.drivers.maas import MaasDriver, failing, inputs, made, requests

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


@pytest.mark.parametrize("id", ["abc", "ap-southeast-1/p/abc"])
def test_an_import_of_what_is_no_id(driver: MaasDriver, maas: Simulator, id: str) -> None:
    assert failing(driver.read, id).message == (
        f'"{id}" is not an id of inference:maas:Endpoint, so it does not exist; expected '
        "region/projectId/endpointId (leading parts that are configured may be left out), such as "
        "ap-southeast-1/"
        "0123456789abcdef0123456789abcdef/0b1f5c2e-6a3d-4c8e-9f70-2d1a4b5c6d7e"
    )
    assert requests(maas) == []
