"""Every fault a client of ModelArk has to live with, by action and count."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest
from ark_tools import ArkApi, body, error_of, plane_error


def test_status_and_code(ark: ArkApi) -> None:
    ark.sim.fault(
        "ark", "endpoint.list", status=403, code="OperationDenied.ServiceOverdue", message="pay"
    )
    answer = ark("ListEndpoints")
    metadata = answer.json["ResponseMetadata"]
    request_id = metadata.pop("RequestId")
    assert answer.status == 403
    assert answer.headers["X-Tt-Logid"] == request_id
    assert metadata == {
        "Action": "ListEndpoints",
        "Version": "2024-01-01",
        "Service": "ark",
        "Region": "ap-southeast-1",
        "Error": {"Code": "OperationDenied.ServiceOverdue", "Message": "pay"},
    }
    assert ark("ListEndpoints").status == 200


@pytest.mark.parametrize(
    ("status", "code", "number"),
    [
        (403, "AccessDenied", 100013),
        (429, "FlowLimitExceeded", 100018),
        (500, "InternalError", 100014),
        (502, "FailToConnect", 100015),
        (503, "ServiceUnavailableTemp", 100019),
        (504, "InternalServiceTimeout", 100016),
    ],
)
def test_status_alone_has_its_code_and_number(
    ark: ArkApi, status: int, code: str, number: int
) -> None:
    ark.sim.fault("ark", "endpoint.create", status=status, count=2)
    for _ in range(2):
        answer = ark("CreateEndpoint", body())
        assert error_of(answer) == (status, code)
        assert answer.json["ResponseMetadata"]["Error"]["CodeN"] == number
    assert ark.sim.state("ark")["endpoints"] == {}
    ark.create()


def test_retry_after(ark: ArkApi) -> None:
    ark.sim.fault("ark", status=429, headers={"Retry-After": "7"})
    answer = ark("ListEndpoints")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "7")


def test_error_in_a_success(ark: ArkApi) -> None:
    ark.sim.fault("ark", "endpoint.get", status=200, code="InternalError")
    answer = ark("GetEndpoint", {"Id": ark.create()})
    assert error_of(answer) == (200, "InternalError")


def test_gateway_shape_without_a_frame(ark: ArkApi) -> None:
    shape = {"HTTPCode": 502, "errorcode": "BadGateway", "message": "upstream"}
    ark.sim.fault("ark", status=502, body=shape)
    answer = ark("ListEndpoints")
    assert (answer.status, answer.json) == (502, shape)


@pytest.mark.parametrize("apply", [False, True])
def test_close_before_and_after_the_commit(ark: ArkApi, apply: bool) -> None:
    ark.sim.fault("ark", "endpoint.create", kind="close", apply=apply)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        ark("CreateEndpoint", body())
    assert ark.listed() == (["demo"] if apply else [])


def test_error_after_the_commit(ark: ArkApi) -> None:
    ark.sim.fault("ark", "endpoint.create", status=504, apply=True)
    assert error_of(ark("CreateEndpoint", body())) == (504, "InternalServiceTimeout")
    assert ark.listed() == ["demo"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [("malformed", b'{"broken": [1, 2'), ("empty", b""), ("html", b"<!DOCTYPE html>")],
)
def test_no_json(ark: ArkApi, kind: str, text: bytes) -> None:
    ark.sim.fault("ark", "endpoint.create", kind=kind)
    answer = ark("CreateEndpoint", body())
    assert answer.body[: len(text)] == text
    assert (answer.body == b"") is (text == b"")
    assert ark.listed() == ["demo"]


def test_missing_result(ark: ArkApi) -> None:
    ark.sim.fault("ark", "endpoint.create", kind="rewrite", remove=["/Result"])
    answer = ark("CreateEndpoint", body())
    assert set(answer.json) == {"ResponseMetadata"}
    assert ark.listed() == ["demo"]


def test_nested_result_once(ark: ArkApi) -> None:
    identifier = ark.create()
    flat = ark.get(identifier)
    ark.sim.fault("ark", "endpoint.get", kind="rewrite", assign={"/Result": {"Endpoint": flat}})
    assert ark.get(identifier) == {"Endpoint": flat}
    assert ark.get(identifier) == flat


def test_unknown_members(ark: ArkApi) -> None:
    identifier = ark.create()
    flat = ark.get(identifier)
    more: Any = {"Result": {"Ipm": 5, "ContentGeneration": {"Queue": [1]}}, "Extra": True}
    ark.sim.fault("ark", "endpoint.get", kind="rewrite", merge=more)
    answer = ark("GetEndpoint", {"Id": identifier})
    assert answer.json["Result"] == {**flat, **more["Result"]}
    assert answer.json["Extra"] is True


def test_rule_for_one_endpoint(ark: ArkApi) -> None:
    slow, quick = ark.create(), ark.create()
    ark.sim.fault("ark", "endpoint.get", target=slow, kind="delay", delay_ms=1)
    ark.get(quick)
    ark.get(slow)
    (rule,) = ark.sim.faults()
    assert (rule["seen"], rule["hits"]) == (1, 1)


def test_refused_requests_use_no_rule_up(ark: ArkApi) -> None:
    ark.sim.fault("ark", "endpoint.list", status=500)
    assert ark.post("Action=ListEndpoints&Version=2024-01-01", b"{}", {}).status == 401
    assert ark.chat("ep-1", key="none").status == 401
    assert error_of(ark("ListEndpoints")) == (500, "InternalError")


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (429, None, "ServerOverloaded"),
        (500, None, "InternalServiceError"),
        (403, "AccountOverdueError", "AccountOverdueError"),
        (404, None, "InvalidEndpointOrModel.NotFound"),
    ],
)
def test_faults_of_the_data_plane_have_its_shape(
    ark: ArkApi, status: int, code: str | None, expected: str
) -> None:
    identifier = ark.create()
    ark.sim.fault("ark", "dataplane.chat", target=identifier, status=status, code=code)
    assert plane_error(ark.chat(identifier)) == (status, expected, "")
    assert ark.chat(identifier).status == 200


def test_knobs_and_faults_end_with_a_reset(ark: ArkApi) -> None:
    ark.sim.knobs("ark", unique_names=True)
    ark.sim.fault("ark", status=500)
    ark.sim.reset("ark")
    assert ark.sim.knobs("ark")["unique_names"] is False
    assert json.loads(ark("ListEndpoints").body)["Result"]["TotalCount"] == 0
