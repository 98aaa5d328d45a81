"""Tokens, rights, paths and methods."""

from __future__ import annotations

from typing import Any

import pytest
from hf_tools import FREE, NONE, OTHER, READ, WRITE, HfApi, body, error_of


def test_every_reply_has_a_request_id_of_its_own(hf: HfApi) -> None:
    first, second = hf("GET", "/v2/provider"), hf("GET", "/nowhere")
    assert first.headers["X-Request-Id"] == "Root=1-00000001"
    assert second.headers["X-Request-Id"] == "Root=1-00000002"


@pytest.mark.parametrize("token", [None, "hf_wrong", ""])
def test_a_missing_or_unknown_token_is_401(hf: HfApi, token: str | None) -> None:
    answer = hf("GET", "/v2/endpoint/me", token=token)
    assert error_of(answer) == (401, "UNAUTHORIZED", "Unauthorized")
    assert hf("GET", "/api/whoami-v2", token=token).status == 401
    assert hf("GET", "/v2/provider", token=token).status == 200


@pytest.mark.parametrize(
    ("token", "read", "write"), [(WRITE, 200, 200), (READ, 200, 403), (NONE, 403, 403)]
)
def test_rights(hf: HfApi, token: str, read: int, write: int) -> None:
    assert hf("GET", "/v2/endpoint/me", token=token).status == read
    assert hf("POST", "/v2/endpoint/me", body(), token).status == write
    assert len(hf.sim.state("hf")["endpoints"]) == (1 if write == 200 else 0)


def test_namespaces_are_the_users_own_and_its_organisations(hf: HfApi) -> None:
    hf.made(namespace="acme")
    assert hf("GET", "/v2/endpoint/acme").json["totalItems"] == 1
    assert hf("GET", "/v2/endpoint/me").json["totalItems"] == 0
    assert error_of(hf("GET", "/v2/endpoint/acme", token=OTHER))[0] == 401
    assert hf("GET", "/v2/endpoint/other", token=OTHER).status == 200


def test_tokens_are_a_knob(hf: HfApi) -> None:
    new = {"name": "root", "rights": "write", "orgs": ["me"]}
    hf.sim.knobs("hf", tokens={"hf_new": new, WRITE: None})
    assert hf("GET", "/v2/endpoint/me", token="hf_new").status == 200
    assert hf("GET", "/v2/endpoint/me", token=WRITE).status == 401


def test_a_plan_is_needed_for_domains_and_audit_logs(hf: HfApi) -> None:
    for path in ("/v2/network/domain/freebie", "/v2/audit-logs/freebie"):
        assert error_of(hf("GET", path, token=FREE)) == (403, "FORBIDDEN", "Forbidden")
    assert hf("GET", "/v2/network/cidr-list/freebie", token=FREE).status == 200


def test_an_unpaid_account_creates_and_resumes_nothing(hf: HfApi) -> None:
    hf.made()
    hf.act("pause")
    hf.sim.knobs("hf", unpaid_namespaces=["me"])
    wanted = (402, "PAYMENT_REQUIRED", "Payment required")
    assert error_of(hf.create(body(name="two"))) == wanted
    assert error_of(hf.act("resume")) == wanted
    assert hf.state() == "paused"


def test_unknown_endpoints_paths_and_methods(hf: HfApi) -> None:
    wanted = (404, "NOT_FOUND", "Endpoint not found")
    assert error_of(hf("GET", "/v2/endpoint/me/nobody")) == wanted
    assert error_of(hf("PUT", "/v2/endpoint/me/nobody", {})) == wanted
    assert error_of(hf("DELETE", "/v2/endpoint/me/nobody")) == wanted
    assert error_of(hf.act("pause", "nobody")) == wanted
    assert hf("GET", "/v2/nothing").status == 404
    assert hf("PATCH", "/v2/endpoint/me/nobody", {}).status == 405


def test_segments_are_decoded_one_by_one(hf: HfApi) -> None:
    hf.made()
    assert hf("GET", "/v2/endpoint/me/%64emo").json["name"] == "demo"
    assert hf("GET", "/v2/endpoint/me/demo%2Fpause").status == 404
    assert hf("POST", "/v2/endpoint/me/demo%2Fpause").status == 405
    assert hf("GET", "/v2/endpoint/me%2Fdemo").status == 401


def test_operations_and_targets_in_the_record(hf: HfApi) -> None:
    hf.made()
    hf.get()
    hf.put({"tags": ["x"]})
    hf("GET", "/v2/endpoint/me")
    hf("DELETE", "/v2/endpoint/me/demo")
    assert [(r.operation, r.target) for r in hf.sim.requests()] == [
        ("endpoint.create", "me/demo"),
        ("endpoint.get", "me/demo"),
        ("endpoint.update", "me/demo"),
        ("endpoint.list", "me"),
        ("endpoint.delete", "me/demo"),
    ]


def test_whoami(hf: HfApi) -> None:
    me: Any = hf("GET", "/api/whoami-v2", token=NONE).json
    assert (me["type"], me["name"]) == ("user", "me")
    assert [org["name"] for org in me["orgs"]] == ["acme"]


def test_faults_use_the_services_error_shape(hf: HfApi) -> None:
    hf.sim.fault(
        "hf", "endpoint.create", target="me/demo", status=429, headers={"Retry-After": "3"}
    )
    answer = hf.create()
    assert error_of(answer) == (429, "TOO_MANY_REQUESTS", "Too many requests")
    assert answer.headers["Retry-After"] == "3"
    assert answer.headers["X-Request-Id"]
    assert hf.create().status == 200
