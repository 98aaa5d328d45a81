"""What can go wrong on the way, as a client of this cloud sees it."""

from __future__ import annotations

import http.client
from typing import Any

import pytest
from tir_tools import TirApi, body, envelope_of

pytest_plugins = ("tir_fixtures",)

COLLECTION = "serving/inference/"


def test_too_many_requests(tir: TirApi) -> None:
    tir.sim.knobs("tir", ratelimit_reset_seconds=7)
    tir.sim.fault("tir", "endpoint.create", status=429)
    answer = tir.create()
    assert envelope_of(answer) == (429, 429, "Too Many Requests")
    names = ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset")
    assert [answer.headers[name] for name in names] == ["1200", "0", "7"]
    assert "Retry-After" not in answer.headers
    assert tir.made()["id"] == 3001


def test_too_many_requests_with_other_headers(tir: TirApi) -> None:
    headers = {"Retry-After": "3", "ratelimit-reset": "90"}
    tir.sim.fault("tir", "endpoint.get", status=429, headers=headers)
    answer = tir.read()
    assert (answer.headers["Retry-After"], answer.headers["ratelimit-reset"]) == ("3", "90")


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (500, "Internal Server Error"),
        (502, "Bad Gateway"),
        (503, "Service Unavailable"),
        (412, "Precondition Failed"),
    ],
)
def test_errors_of_the_service(tir: TirApi, status: int, text: str) -> None:
    tir.made()
    tir.sim.fault("tir", "endpoint.patch", status=status, count=2)
    for _ in range(2):
        assert envelope_of(tir.act("patch", **body(path="x"))) == (status, status, text)
    assert tir.get()["path"] == ""
    assert tir.acted("patch", **body(path="x"))["path"] == "x"


def test_a_failure_inside_200(tir: TirApi) -> None:
    tir.made()
    tir.sim.fault("tir", "endpoint.stop", status=200, code="400", message="VPC attach is running")
    answer = tir.act("stop")
    assert envelope_of(answer) == (200, 400, "VPC attach is running")
    assert (answer.json["data"], answer.json["errors"]) == ({}, {})
    assert tir.status() == "running"


@pytest.mark.parametrize(
    ("status", "sent"),
    [
        (403, {"detail": "You do not have permission to perform this action."}),
        (200, {"status_code": 409, "message": "busy"}),
        (200, {"errors": True, "message": "no"}),
        (400, {"code": 400, "errors": {"sku": None, "n": [1, True]}, "message": ""}),
    ],
)
def test_any_body(tir: TirApi, status: int, sent: Any) -> None:
    tir.sim.fault("tir", "endpoint.list", status=status, body=sent)
    answer = tir.legacy("GET", COLLECTION)
    assert (answer.status, answer.json) == (status, sent)


def test_html_from_a_gateway(tir: TirApi) -> None:
    tir.sim.fault("tir", "endpoint.create", kind="html", status=502, apply=False)
    answer = tir.create()
    assert (answer.status, answer.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
    assert answer.body.startswith(b"<!DOCTYPE html>")
    tir.sim.fault("tir", "endpoint.create", kind="html")
    assert tir.create().status == 201
    assert tir.get()["name"] == "demo"


def test_an_empty_body(tir: TirApi) -> None:
    tir.made()
    tir.sim.fault("tir", "endpoint.stop", kind="empty")
    answer = tir.act("stop")
    assert (answer.status, answer.body) == (200, b"")
    assert tir.status() == "stopped"


def test_a_connection_lost_after_the_post_was_applied(tir: TirApi) -> None:
    tir.sim.fault("tir", "endpoint.create", kind="close", apply=True)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        tir.create()
    tir.close()
    (row,) = tir.legacy("GET", COLLECTION).json["data"]
    assert (row["id"], row["name"], row["framework"]) == (3001, "demo", "vllm")
    assert row["created_at"] == "2026-10-02T12:41:53.000500Z"


def test_a_connection_lost_before_anything(tir: TirApi) -> None:
    tir.sim.fault("tir", "endpoint.create", kind="close")
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        tir.create()
    tir.close()
    assert tir.legacy("GET", COLLECTION).json["data"] == []


def test_one_answer_with_another_status_word(tir: TirApi) -> None:
    tir.made()
    tir.sim.fault("tir", "endpoint.get", kind="rewrite", assign={"/data/status": "Reconciling"})
    assert [tir.status(), tir.status()] == ["Reconciling", "running"]


def test_a_slow_answer(tir: TirApi) -> None:
    tir.sim.fault("tir", "endpoint.create", kind="delay", delay_reply_ms=1)
    assert tir.create().status == 201
    (rule,) = tir.sim.faults()
    assert (rule["hits"], rule["seen"]) == (1, 1)


def test_a_fault_for_one_endpoint(tir: TirApi) -> None:
    tir.made()
    tir.made(body(name="two"))
    tir.sim.fault("tir", "endpoint.delete", target="501/3002", status=503)
    assert tir.delete(3001).status == 200
    assert tir.delete(3002).status == 503
    assert tir.get(3002)["name"] == "two"


def test_refused_callers_use_up_no_fault(tir: TirApi) -> None:
    tir.sim.fault("tir", "endpoint.list", status=500)
    assert tir.legacy("GET", COLLECTION, token="wrong").status == 401
    assert tir.legacy("GET", COLLECTION).status == 500
    assert tir.legacy("GET", COLLECTION).status == 200
