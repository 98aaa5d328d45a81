"""The same requests from the provider and from BytePlus' own SDK, as the service sees them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import byteplussdkcore
import pytest
from byteplussdkcore.universal import UniversalApi, UniversalInfo
from support.drivers.ark import (
    ACCESS_KEY,
    SECRET_KEY,
    SESSION_TOKEN,
    TEMPORARY_ACCESS_KEY,
    TEMPORARY_SECRET_KEY,
    Driver,
    Simulator,
    inputs,
    secret,
)

pytestmark = pytest.mark.one_call

Record = Any
# The SDK's own telemetry, which no service needs.
TELEMETRY = ("x-sdk-invocation-id", "x-sdk-request")
AUTHORIZATION = re.compile(
    r"HMAC-SHA256 Credential=(?P<credential>[^,]+), "
    r"SignedHeaders=(?P<signed>[^,]+), Signature=(?P<signature>[0-9a-f]{64})"
)


def sdk_call(ark: Simulator, action: str, body: Any, region: str, temporary: bool) -> None:
    configuration = byteplussdkcore.Configuration()
    configuration.ak = TEMPORARY_ACCESS_KEY if temporary else ACCESS_KEY
    configuration.sk = TEMPORARY_SECRET_KEY if temporary else SECRET_KEY
    configuration.session_token = SESSION_TOKEN if temporary else None
    configuration.region = region
    configuration.scheme, configuration.host = "http", ark.url("ark").removeprefix("http://")
    info = UniversalInfo(
        method="POST",
        service="ark",
        version="2024-01-01",
        action=action,
        content_type="application/json",
    )
    UniversalApi(byteplussdkcore.ApiClient(configuration)).do_call(info, body)


def seen(request: Record) -> dict[str, Any]:
    """All that the service looks at. Dates and signatures are valid, and not the same."""
    found = AUTHORIZATION.fullmatch(request.header("Authorization"))
    assert found, request.header("Authorization")
    access_key, date, *scope = found["credential"].split("/")
    moment = request.header("X-Date")
    assert re.fullmatch(r"\d{8}T\d{6}Z", moment)
    assert date == moment[:8]
    digest = hashlib.sha256(request.body).hexdigest()
    assert request.header("X-Content-Sha256") == digest
    signed = [name for name in found["signed"].split(";") if name not in TELEMETRY]
    assert signed == sorted(signed)
    return {
        "method": request.method,
        "path": request.path,
        "query": request.parameters,
        "host": request.header("Host"),
        "type": request.header("Content-Type").split(";")[0],
        "accept": request.header("Accept"),
        "encoding": request.header("Transfer-Encoding"),
        "token": request.header("X-Security-Token"),
        "access key": access_key,
        "scope": scope,
        "signed": signed,
        "body": request.json,
        "status": request.status,
    }


@dataclass
class Scene:
    """A provider with what it may do before and for the request in question."""

    driver: Driver
    ark: Simulator

    def create(self, **patch: Any) -> None:
        self.driver.made(**patch)

    def update(self, olds: dict[str, Any], news: dict[str, Any]) -> None:
        id, checked, outputs = self.driver.made(**olds)
        self.driver.update(checked, self.driver.checked(inputs(**news)), olds=outputs, id=id)

    def read(self) -> None:
        id, checked, outputs = self.driver.made()
        self.driver.read(id, outputs, checked)

    def delete(self) -> None:
        id, checked, outputs = self.driver.made()
        self.driver.delete(id, outputs, checked)

    def list(self) -> None:
        list(self.driver.list())

    def key(self, lifetime: int) -> None:
        id, checked, _ = self.driver.made()
        self.driver.type = "inference:ark:ApiKey"
        region = checked["region"]
        self.driver.create({"region": region, "endpoints": [id], "lifetime": lifetime})


FULL: dict[str, Any] = {
    "name": "chat & co — ü",
    "description": 'line\nbreak "quoted" \\ 日本',
    "modelUnitId": "mu-1",
    "moderation": {"strategy": "Basic"},
    "projectName": "shop",
    "rateLimit": {"rpm": 10, "tpm": 5000},
    "tags": [{"key": "env", "value": "prod"}],
}
LIMIT = {"rateLimit": {"rpm": 10, "tpm": 5000}}
Act = Callable[[Scene], None]
# name, action, what the provider does, region, temporary credentials
ROWS: list[tuple[str, str, Act, str, bool]] = [
    ("create", "CreateEndpoint", lambda s: s.create(), "ap-southeast-1", False),
    ("create in full", "CreateEndpoint", lambda s: s.create(**FULL), "ap-southeast-1", False),
    ("create elsewhere", "CreateEndpoint", lambda s: s.create(), "eu-west-1", True),
    ("get", "GetEndpoint", lambda s: s.read(), "ap-southeast-1", False),
    ("certificate", "GetEndpointCertificate", lambda s: s.read(), "eu-west-1", False),
    ("key", "GetApiKey", lambda s: s.key(600), "eu-west-1", True),
    ("list", "ListEndpoints", lambda s: s.list(), "ap-southeast-1", True),
    (
        "update",
        "UpdateEndpoint",
        lambda s: s.update({}, {**LIMIT, "name": "n", "description": "d"}),
        "ap-southeast-1",
        False,
    ),
    (
        "clear",
        "UpdateEndpoint",
        lambda s: s.update({"description": "d"}, {}),
        "eu-west-1",
        True,
    ),
    (
        "stop",
        "StopEndpoint",
        lambda s: s.update({}, {"desiredState": "paused"}),
        "ap-southeast-1",
        False,
    ),
    (
        "start",
        "StartEndpoint",
        lambda s: s.update({"desiredState": "paused"}, {}),
        "ap-southeast-1",
        True,
    ),
    ("delete", "DeleteEndpoint", lambda s: s.delete(), "ap-southeast-1", False),
]


NAMES = [row[0] for row in ROWS]


@pytest.mark.parametrize(("action", "act", "region", "temporary"), [r[1:] for r in ROWS], ids=NAMES)
def test_the_wire_form_is_the_sdks(
    configure: Callable[..., Driver],
    ark: Simulator,
    action: str,
    act: Act,
    region: str,
    temporary: bool,
) -> None:
    more: dict[str, Any] = {"arkRegion": region}
    if temporary:
        more["arkAccessKey"] = secret(TEMPORARY_ACCESS_KEY)
        more["arkSecretKey"] = secret(TEMPORARY_SECRET_KEY)
        more["arkSessionToken"] = secret(SESSION_TOKEN)
    ark.knobs("ark", certificate="pem")
    act(Scene(configure(**more), ark))

    ours = [r for r in ark.requests(cloud="ark") if ("Action", action) in r.parameters][-1]
    if action == "DeleteEndpoint":  # what is to be deleted again has to be there
        reply = {"ResponseMetadata": {"RequestId": "1"}, "Result": {}}
        ark.fault("ark", "endpoint.delete", kind="error", status=200, body=reply)
    ark.clear()
    sdk_call(ark, action, ours.json, region, temporary)
    (theirs,) = ark.requests(cloud="ark")
    assert seen(ours) == seen(theirs)
    assert seen(ours)["status"] == 200
    assert seen(ours)["query"] == [("Action", action), ("Version", "2024-01-01")]
