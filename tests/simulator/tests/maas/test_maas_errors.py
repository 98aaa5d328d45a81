"""Every documented error on demand, in every shape a client must understand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from maas_tools import NOBODY, MaasApi, base, code_of, error_of, password_body

IAM_TEXT = "Incorrect IAM authentication information: "
SERVICE_ERRORS = [
    (400, "ModelArts.0104"),
    (400, "ModelArts.6271"),
    (400, "ModelArts.6274"),
    (400, "ModelArts.6291"),
    (400, "ModelArts.6297"),
    (400, "ModelArts.6299"),
    (400, "ModelArts.6613"),
    (401, "ModelArts.8503"),
    (400, "ModelArts.2115"),
    (404, "ModelArts.6291"),
]
GATEWAY_ERRORS = [
    (401, "0301"),
    (401, "0307"),
    (401, "0303"),
    (403, "0303"),
    (429, "0308"),
    (404, "0101"),
    (504, "0203"),
    (500, "0203"),
    (502, "0203"),
    (503, "0203"),
]
TEXTS_OF_0301 = [
    "decrypt token fail",
    "x-auth-token not found",
    "token expires",
    "verify aksk signature fail",
    "AK access failed to reach the limit,forbidden",
    "Get secretKey failed",
]
OPERATIONS = [
    ("endpoint.create", "POST", f"{base()}/endpoint"),
    ("endpoint.list", "GET", f"{base()}/endpoint"),
    ("endpoint.edit", "PUT", f"{base()}/endpoint/{NOBODY}"),
    ("endpoint.delete", "DELETE", f"{base()}/endpoint/{NOBODY}"),
    ("endpoint.control", "PUT", f"{base()}/control/{NOBODY}"),
]


@pytest.mark.parametrize(("status", "code"), SERVICE_ERRORS)
def test_errors_of_the_service(maas: MaasApi, status: int, code: str) -> None:
    for name, method, path in OPERATIONS:
        maas.sim.fault("maas", name, status=status, code=code)
        answer = maas(method, path, {})
        assert code_of(answer) == (status, code)
        assert set(answer.json) == {"error_msg", "error_code"}
        assert answer.json["error_msg"] != ""
        assert len(answer.headers["X-Request-Id"]) == 32


@pytest.mark.parametrize("prefix", ["APIG", "APIGW"])
@pytest.mark.parametrize(("status", "number"), GATEWAY_ERRORS)
def test_errors_of_the_gateway(maas: MaasApi, status: int, number: str, prefix: str) -> None:
    maas.sim.knobs("maas", gateway_prefix=prefix)
    for name, method, path in OPERATIONS:
        maas.sim.fault("maas", name, status=status, code=number, headers={"Retry-After": "3"})
        answer = maas(method, path, {})
        assert code_of(answer) == (status, f"{prefix}.{number}")
        assert answer.json["request_id"] == answer.headers["X-Request-Id"]
        assert answer.headers["Retry-After"] == "3"
        maas.sim.fault("maas", name, status=status, code=f"APIG.{number}")
        assert code_of(maas(method, path, {})) == (status, f"APIG.{number}")


@pytest.mark.parametrize("text", TEXTS_OF_0301)
def test_every_text_of_0301(maas: MaasApi, text: str) -> None:
    maas.sim.fault("maas", "endpoint.list", status=401, code="0301", message=IAM_TEXT + text)
    answer = maas("GET", f"{base()}/endpoint")
    assert error_of(answer) == (401, "APIGW.0301", IAM_TEXT + text)


def test_real_refusals_bear_the_chosen_prefix(maas: MaasApi) -> None:
    maas.sim.knobs("maas", gateway_prefix="APIG")
    answer = maas("GET", f"{base()}/endpoint", token="stale")
    assert error_of(answer) == (401, "APIG.0301", IAM_TEXT + "decrypt token fail")
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
    assert code_of(maas("GET", "/nowhere")) == (404, "APIG.0101")


@pytest.mark.parametrize("status", [400, 404])
def test_a_refusal_that_speaks_of_a_token(maas: MaasApi, status: int) -> None:
    identifier = maas.made()
    for name in ("endpoint.list", "endpoint.edit", "endpoint.delete", "endpoint.control"):
        code = "ModelArts.0104"
        maas.sim.fault("maas", name, status=status, code=code, message="Invalid token.")
    wanted = (status, "ModelArts.0104", "Invalid token.")
    assert error_of(maas.delete(identifier)) == wanted
    assert error_of(maas.edit(identifier)) == wanted
    assert error_of(maas.act(identifier, "activate")) == wanted
    assert error_of(maas("GET", f"{base()}/endpoint")) == wanted
    assert maas.names() == ["demo"]


CODE, TEXT = "ModelArts.6297", "The number of custom endpoints exceeds the quota."


@pytest.mark.parametrize(
    ("shape", "wanted"),
    [
        ("snake", {"error_msg": TEXT, "error_code": CODE}),
        ("camel", {"errorMsg": TEXT, "errorCode": CODE}),
        ("plain", {"message": TEXT, "code": CODE}),
        ("nested", {"error": {"message": TEXT, "code": CODE}}),
    ],
)
def test_shapes(maas: MaasApi, shape: str, wanted: Any) -> None:
    maas.sim.knobs("maas", error_shape=shape, quota=0)
    answer = maas.create()
    assert (answer.status, answer.json) == (400, wanted)


def test_an_error_as_text(maas: MaasApi) -> None:
    maas.sim.knobs("maas", error_shape="text", quota=0)
    answer = maas.create()
    assert (answer.status, answer.body.decode()) == (400, f"{CODE}: {TEXT}")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("shape", "member"), [("snake", "error_code"), ("camel", "errorCode"), ("plain", "code")]
)
def test_request_ids_in_every_flat_shape(maas: MaasApi, shape: str, member: str) -> None:
    maas.sim.knobs("maas", error_shape=shape)
    answer = maas("GET", "/nowhere")
    assert answer.json[member] == "APIGW.0101"
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_faults_without_a_code(maas: MaasApi) -> None:
    for status, code in ((400, "ModelArts.0104"), (503, "APIGW.0203")):
        maas.sim.fault("maas", "endpoint.list", status=status)
        assert code_of(maas("GET", f"{base()}/endpoint")) == (status, code)
    maas.sim.fault("maas", "endpoint.list", status=418, code="ModelArts.9999")
    wanted = (418, "ModelArts.9999", "Error 418")
    assert error_of(maas("GET", f"{base()}/endpoint")) == wanted


def test_faults_of_iam(maas: MaasApi) -> None:
    sent = {"error": {"code": 500, "message": "x", "title": "Internal Server Error"}}
    maas.sim.fault("maas", "iam.token", target="simulator-user", status=500, body=sent)
    answer = maas.new_token(password_body())
    assert (answer.status, json.loads(answer.body)) == (500, sent)
    maas.sim.fault("maas", "iam.projects", status=429, code="0308")
    answer = maas.signed("GET", "/v3/projects")
    assert code_of(answer) == (429, "APIGW.0308")
    assert answer.headers["X-IAM-Trace-Id"] == answer.headers["X-Request-Id"]


def test_a_create_whose_answer_is_lost(maas: MaasApi) -> None:
    maas.sim.fault("maas", "endpoint.create", status=504, code="0203", apply=True)
    assert code_of(maas.create()) == (504, "APIGW.0203")
    assert maas.names() == ["demo"]
    assert code_of(maas.create()) == (400, "ModelArts.6271")


def test_refused_requests_use_up_no_fault(maas: MaasApi) -> None:
    maas.sim.fault("maas", "endpoint.list", status=429, code="0308")
    assert maas("GET", f"{base()}/endpoint", token="stale").status == 401
    assert maas("GET", f"{base()}/endpoint").status == 429
    assert maas("GET", f"{base()}/endpoint").status == 200
