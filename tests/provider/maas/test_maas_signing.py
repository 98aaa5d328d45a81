"""Our signatures against the vendor's own signer, over exactly the headers that we signed."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from pulumi.runtime.proto import provider_pb2
from support.drivers.hf import struct
from support.drivers.maas import (
    ACCOUNT,
    AGREEMENT,
    AK,
    CHINA,
    CHINA_PROJECT,
    KEYS,
    SERVICE,
    SK,
    TEMPORARY_AK,
    TEMPORARY_SK,
    MaasDriver,
    Recorded,
    Simulator,
    full_id,
    inputs,
    only_id,
    requests,
    secret,
)

pytestmark = pytest.mark.one_call

ODD_PROJECT = "项目 é+/&=?%~*'()"
SECRETS = {AK: SK, TEMPORARY_AK: TEMPORARY_SK}


def parts(authorization: str) -> tuple[str, list[str]]:
    """Access key and signed headers."""
    members = dict(part.split("=", 1) for part in authorization.split(" ", 1)[1].split(", "))
    return members["Access"], members["SignedHeaders"].split(";")


def official(request: Recorded) -> str:
    """What the vendor's signer makes of the same request."""
    access_key, names = parts(request.header("Authorization") or "")
    sent = SdkRequest(
        method=request.method,
        schema="http",
        host=request.header("Host"),
        resource_path=request.path,
        uri=request.path,
        query_params=parse_qsl(request.query, keep_blank_values=True),
        header_params={name: request.header(name) for name in names},
        body=request.body,
    )
    signer = Signer(SimpleNamespace(ak=access_key, sk=SECRETS[access_key]))
    result: str = signer.sign(sent).header_params["Authorization"]
    return result


def invoke(driver: MaasDriver, function: str, **args: Any) -> None:
    driver.call(
        "Invoke",
        provider_pb2.InvokeRequest(tok=f"inference:maas:{function}", args=struct(args)),
    )


def live(driver: MaasDriver, sim: Simulator) -> None:
    """One of every operation: bodies and none, queries and none, letters of every kind."""
    sim.knobs("maas", page_size=1)
    patch = {"name": "端点-1", "description": '描述 é \U0001f600 "\\ \n'}
    checked = driver.checked(inputs(**patch))
    id, outputs = driver.create(checked)
    driver.create(driver.checked(inputs(name="second")))
    guard = {"moderation": False, "agreementId": AGREEMENT, "description": ""}
    news = {**checked, **guard}
    outputs = driver.update(checked, news, olds=outputs, id=id)
    paused = {**news, "desiredState": "paused"}
    outputs = driver.update(news, paused, olds=outputs, id=id)
    driver.update(paused, news, olds=outputs, id=id)
    invoke(driver, "getAgreement", lang="zh")
    invoke(driver, "getRegions")
    invoke(driver, "getWorkspaces", modelRegion=CHINA)
    invoke(driver, "getServices", modelRegion=CHINA)
    driver.delete(id, outputs, news)


OPERATIONS = {
    "iam.projects",
    "endpoint.create",
    "endpoint.list",
    "endpoint.edit",
    "endpoint.control",
    "endpoint.delete",
    "agreement.get",
    "region.list",
    "workspace.list",
    "service.list",
}
CREDENTIALS: dict[str, dict[str, Any]] = {
    "keys": KEYS,
    "temporary keys": {
        "maasAccessKey": TEMPORARY_AK,
        "maasSecretKey": secret(TEMPORARY_SK),
        "maasSecurityToken": secret("EXAMPLESECURITYTOKEN"),
    },
}


@pytest.mark.parametrize("kind", CREDENTIALS)
def test_ours_is_theirs(configure: Callable[..., MaasDriver], maas: Simulator, kind: str) -> None:
    maas.knobs("maas", projects={"9" * 32: {"account": ACCOUNT, "name": ODD_PROJECT}})
    driver = configure(**CREDENTIALS[kind], maasRegion=CHINA, maasProjectName=ODD_PROJECT)
    # The odd project is found by its name alone; its endpoints live in one that has services.
    invoke(driver, "getRegions")
    live(configure(**CREDENTIALS[kind], maasRegion=CHINA, maasProjectId=CHINA_PROJECT), maas)
    signed = requests(maas)
    assert {request.operation for request in signed} == OPERATIONS
    assert len(signed) >= 20
    for request in signed:
        assert request.header("Authorization") == official(request), request.operation
        assert request.notes["auth"]["right"] is True
    expected = ["content-type", "host", "x-project-id", "x-sdk-date"]
    if kind == "temporary keys":
        expected.append("x-security-token")
    for request in signed:
        names = sorted(parts(request.header("Authorization") or "")[1])
        without_project = [name for name in expected if name != "x-project-id"]
        asks_iam = request.operation == "iam.projects"
        assert names == sorted(without_project if asks_iam else expected)
    # What makes these requests worth comparing.
    assert any(not request.body and request.query for request in signed)
    assert any(not request.body and not request.query for request in signed)
    assert any(b"\xe7\xab\xaf" in request.body for request in signed)
    assert requests(maas, "iam.projects")[0].target == ODD_PROJECT
    assert [r.query for r in requests(maas, "service.list")] == ["workspace_id=0"]


def test_a_service_of_modelarts_is_signed_as_well(
    configure: Callable[..., MaasDriver], maas: Simulator
) -> None:
    driver = configure(**KEYS, maasRegion=CHINA, maasProjectId=CHINA_PROJECT)
    service = {"source": "custom_from_modelarts_v2", "modelRegion": CHINA}
    checked = driver.checked({"name": "端点", "inferServiceId": SERVICE, **service})
    id, _ = driver.create(checked)
    assert id == full_id(only_id(maas), CHINA_PROJECT, CHINA)
    for request in requests(maas):
        assert request.header("Authorization") == official(request)
