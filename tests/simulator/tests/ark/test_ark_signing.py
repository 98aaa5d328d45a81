"""Signatures: the published vectors, stage by stage and over the wire, and every refusal."""

from __future__ import annotations

import datetime as real_datetime
import hashlib
from typing import Any

import pytest
from ark_tools import (
    AK,
    OTHER_REGION,
    REGION,
    SK,
    TEMPORARY_AK,
    TEMPORARY_SK,
    TOKEN,
    X_DATE,
    ArkApi,
    Signer,
    error_of,
)
from byteplussdkcore import signv4
from http_tools import ask, connect

from simulator.ark import signature
from simulator.base.messages import Request

ARK_HOST = "ark.ap-southeast-1.byteplusapi.com"
CREATE = (
    b'{"Name":"demo-endpoint","ModelReference":{"FoundationModel":{"Name":"seed-1-6",'
    b'"ModelVersion":"250615"}},"RateLimit":{"Rpm":10,"Tpm":5000},"ProjectName":"default"}'
)
CREATE_CANONICAL = """POST
/
Action=CreateEndpoint&Version=2024-01-01
content-type:application/json; charset=utf-8
host:ark.ap-southeast-1.byteplusapi.com
x-content-sha256:e39c9e8122577b22646f44131661808377dbfec83392aa1e7ec59a2b6e50edcd
x-date:20260115T083000Z

content-type;host;x-content-sha256;x-date
e39c9e8122577b22646f44131661808377dbfec83392aa1e7ec59a2b6e50edcd"""
CREATE_HASH = "7b65fa47c867a2f824cc2738b4b8b0cf6dad390050d5a998fc9605069cf231e0"
UTF8_TYPE = {"Content-Type": "application/json; charset=utf-8"}
# Action, host, body, headers, hash of the canonical request, signature.
VECTORS: dict[str, tuple[str, str, bytes, dict[str, str], str, str]] = {
    "create": (
        "CreateEndpoint",
        ARK_HOST,
        CREATE,
        UTF8_TYPE,
        CREATE_HASH,
        "0c4012e597c505d8ebd564505502bb6a31d8f9a713404ac74314fc05e24c6937",
    ),
    "session-token": (
        "CreateEndpoint",
        ARK_HOST,
        CREATE,
        {**UTF8_TYPE, "X-Security-Token": TOKEN},
        "c4ae24ce1caeb2361ee8a45b0a9662e186ed9dc5cd009dddbc80b3b249c51244",
        "2907f1239a800391e8d68aec910b6e6a176ea2abefe096c236c52271ac3d30c3",
    ),
    "three-headers": (
        "GetEndpoint",
        ARK_HOST,
        b'{"Id":"ep-20260115083000-abcde"}',
        {},
        "769479bed66d5e287af76efa5ec1029c4eaf332b647a7f9f98f1a67cf3055e75",
        "839f7091437f9a5dc32208b7d8434a0b59e1d13930e82b495be3c0b1ca428453",
    ),
    "local-port": (
        "ListEndpoints",
        "127.0.0.1:18080",
        b"{}",
        {"Content-Type": "application/json"},
        "ecb5aaa35f54cc394bd7302a1a12db284af9ed48a2049002a6f98ba585f6c306",
        "157acc711f88bc07f4d4249d09cca9c851169ffa85c72a5d99123f9326f0149c",
    ),
}
ALL = pytest.mark.parametrize("name", VECTORS)


def received(name: str) -> tuple[Request, str]:
    """The request of a vector as it would arrive, with its published signature."""
    action, host, body, headers, _, signed = VECTORS[name]
    sent = {
        **headers,
        "Host": host,
        "X-Date": X_DATE,
        "X-Content-Sha256": hashlib.sha256(body).hexdigest(),
    }
    names = ";".join(sorted(key.lower() for key in sent))
    sent["Authorization"] = (
        f"HMAC-SHA256 Credential={AK}/20260115/{REGION}/ark/request, "
        f"SignedHeaders={names}, Signature={signed}"
    )
    query = f"Action={action}&Version=2024-01-01"
    return Request("POST", "/", query, list(sent.items()), body, 0.0), names


def test_derived_keys() -> None:
    assert [key.hex() for key in signature.derived_keys(SK, "20260115", REGION, "ark")] == [
        "40d3081deac344d564ae73fd7328abc2b03eea890bebeaa6054eaafefc1d98c8",
        "de929e2dfe23134c97f8016dd522861edbb71d0bce680edc73eadcc211ab2e1f",
        "2cdfde2628bf9df0e3cc85933ba5c00b88736f1e8f1ba987691e6c887770efec",
        "3678203db73447d9805858e2a5b8afe1e99aca32c2ec50343a20d36366b99ece",
    ]


def test_text_of_the_canonical_request_and_of_the_string_to_sign() -> None:
    request, names = received("create")
    canonical = signature.canonical_request(request, tuple(names.split(";")))
    assert canonical == CREATE_CANONICAL
    scope = f"20260115/{REGION}/ark/request"
    expected = f"HMAC-SHA256\n{X_DATE}\n{scope}\n{CREATE_HASH}"
    assert signature.string_to_sign(X_DATE, scope, CREATE_CANONICAL) == expected


@ALL
def test_vector(name: str) -> None:
    request, names = received(name)
    canonical = signature.canonical_request(request, tuple(names.split(";")))
    assert canonical is not None
    assert hashlib.sha256(canonical.encode()).hexdigest() == VECTORS[name][4]
    given = signature.parse_authorization(request.header("Authorization") or "")
    assert signature.signature(SK, given, X_DATE, canonical) == VECTORS[name][5]
    assert signature.matches(request, given, SK)
    assert not signature.matches(request, given, SK[:-1])


@ALL
def test_vector_over_the_wire(ark: ArkApi, name: str) -> None:
    """The whole published request is let in, and one letter of its body keeps it out."""
    request, _ = received(name)
    if name == "session-token":
        row = {"secret": SK, "account": "1", "identity": "x", "token": TOKEN}
        ark.sim.knobs("ark", access_keys={AK: row})
    headers = dict(request.headers)
    answer = ark.post(request.raw_query, request.body, headers)
    if name == "three-headers":
        assert error_of(answer) == (404, "NotFound.Endpoint")
    else:
        assert answer.status == 200
    changed = request.body.replace(b"d", b"D") if len(request.body) > 2 else b"[]"
    answer = ark.post(request.raw_query, changed, headers)
    assert error_of(answer) == (401, "SignatureDoesNotMatch")


class FrozenDatetime(real_datetime.datetime):
    @classmethod
    def utcnow(cls) -> FrozenDatetime:
        return cls(2026, 1, 15, 8, 30)


@pytest.mark.parametrize("name", ["create", "session-token", "local-port"])
def test_official_signer_agrees(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    action, host, body, given, _, expected = VECTORS[name]
    monkeypatch.setattr(signv4.datetime, "datetime", FrozenDatetime)
    headers: dict[str, Any] = {"Content-Type": given["Content-Type"], "Host": host}
    query = {"Action": action, "Version": "2024-01-01"}
    token = given.get("X-Security-Token")
    signv4.SignerV4.sign(
        "/", "POST", headers, body.decode(), {}, query, AK, SK, REGION, "ark", token
    )
    assert headers["Authorization"].endswith(f"Signature={expected}")
    request = Request(
        "POST", "/", f"Action={action}&Version=2024-01-01", list(headers.items()), body, 0.0
    )
    parsed = signature.parse_authorization(headers["Authorization"])
    assert signature.matches(request, parsed, SK)


def test_official_signer_agrees_about_odd_queries_and_ports() -> None:
    """Coding, order and the ports that are left out."""
    for host in ("a.example:80", "a.example:443", "a.example:8443", "a.example"):
        headers: dict[str, Any] = {"Content-Type": "application/json", "Host": host}
        query = {"b c": "ü/~", "Action": "x+y", "Version": "a&b=*"}
        signv4.SignerV4.sign("/", "POST", headers, "{}", {}, query, AK, SK, REGION, "ark")
        raw = "b+c=%C3%BC%2F~&Action=x%2By&Version=a%26b%3D*"
        request = Request("POST", "/", raw, list(headers.items()), b"{}", 0.0)
        parsed = signature.parse_authorization(headers["Authorization"])
        assert signature.matches(request, parsed, SK), host


def test_canonical_host() -> None:
    assert [signature.canonical_host(h) for h in ("a", "a:80", "a:443", "a:8080")] == [
        "a",
        "a",
        "a",
        "a:8080",
    ]


# Refusals.


def refused(ark: ArkApi, signer: Signer, action: str = "ListEndpoints") -> tuple[int, str, int]:
    answer = ark(action, {}, signer)
    number = answer.json["ResponseMetadata"]["Error"]["CodeN"]
    return (*error_of(answer), number)


def with_header(ark: ArkApi, name: str, value: str | None) -> Any:
    """The answer to a good request of which one header is made another, or left out."""
    query, data = "Action=ListEndpoints&Version=2024-01-01", b"{}"
    headers = Signer().headers(ark.host, query, data)
    if value is None:
        del headers[name]
    else:
        headers[name] = value
    return error_of(ark.post(query, data, headers))


def test_method_comes_first(ark: ArkApi) -> None:
    connection = connect(ark.url)
    answer = ask(connection, "GET", "/")
    connection.close()
    assert error_of(answer) == (405, "MethodNotAllowed")
    metadata = answer.json["ResponseMetadata"]
    assert metadata["Error"]["CodeN"] == 100020
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    "query", ["", "Action=GetEndpoint", "Version=2024-01-01", "Action=&Version=1"]
)
def test_action_and_version_come_before_the_signature(ark: ArkApi, query: str) -> None:
    assert error_of(ark.post(query, b"{}", {})) == (400, "MissingParameter")


GOOD = f"HMAC-SHA256 Credential={AK}/20260115/{REGION}/ark/request, SignedHeaders=host;x-date, "


@pytest.mark.parametrize(
    ("value", "status", "code"),
    [
        (None, 401, "MissingAuthenticationToken"),
        ("Bearer ark-simulator-key", 400, "InvalidAuthorization"),
        ("HMAC-SHA256 SignedHeaders=host, Signature=00", 400, "InvalidAuthorization"),
        (GOOD.replace("SignedHeaders=host;x-date, ", "Signature=0"), 400, "InvalidAuthorization"),
        (GOOD.replace("/ark/request", "/ark") + "Signature=00", 400, "InvalidCredential"),
        (GOOD.replace("/request", "/aws4") + "Signature=00", 400, "InvalidCredential"),
        (GOOD.replace(f"/{REGION}", "/") + "Signature=00", 400, "InvalidCredential"),
        (GOOD.replace(AK, "AKNOBODY"), 401, "MissingSignature"),
        (GOOD.replace(AK, "AKNOBODY") + "Signature=00", 401, "InvalidAccessKey"),
        (GOOD + "Signature=00", 401, "SignatureDoesNotMatch"),
    ],
)
def test_authorization(ark: ArkApi, value: str | None, status: int, code: str) -> None:
    assert with_header(ark, "Authorization", value) == (status, code)


def test_date_is_needed(ark: ArkApi) -> None:
    assert with_header(ark, "X-Date", None) == (400, "MissingRequestInfo")


def test_body_hash_is_needed_and_compared(ark: ArkApi) -> None:
    assert with_header(ark, "X-Content-Sha256", None) == (401, "SignatureDoesNotMatch")
    assert with_header(ark, "X-Content-Sha256", "0" * 64) == (401, "SignatureDoesNotMatch")


def test_body_hash_is_compared_even_if_it_is_not_signed(ark: ArkApi) -> None:
    query = "Action=ListEndpoints&Version=2024-01-01"
    headers = Signer(names=["host", "x-date"]).headers(ark.host, query, b"{}")
    assert ark.post(query, b"{}", headers).status == 200
    headers["X-Content-Sha256"] = "0" * 64
    assert error_of(ark.post(query, b"{}", headers)) == (401, "SignatureDoesNotMatch")


def test_signed_headers_may_not_change(ark: ArkApi) -> None:
    assert with_header(ark, "Content-Type", "text/plain") == (401, "SignatureDoesNotMatch")
    assert with_header(ark, "Host", "other.example") == (401, "SignatureDoesNotMatch")


@pytest.mark.parametrize(
    ("date", "scope_date", "accepted"),
    [
        ("20260115T081500Z", None, True),  # 900 s
        ("20260115T081459Z", None, False),
        ("20260115T084500Z", None, True),
        ("20260115T084501Z", None, False),
        (X_DATE, "20260114", False),
        ("2026-01-15T08:30:00Z", "20260115", False),
        ("20261315T083000Z", None, False),
    ],
)
def test_clock(ark: ArkApi, date: str, scope_date: str | None, accepted: bool) -> None:
    signer = Signer(date=date, scope_date=scope_date)
    if accepted:
        assert ark("ListEndpoints", {}, signer).status == 200
    else:
        assert refused(ark, signer) == (400, "InvalidTimestamp", 100006)


def test_validity_may_be_asked_for(ark: ArkApi) -> None:
    query = "Action=ListEndpoints&Version=2024-01-01&X-Expires={}"
    for seconds, status in (("60", 400), ("3600", 200)):
        signer = Signer(date="20260115T082500Z")
        headers = signer.headers(ark.host, query.format(seconds), b"{}")
        assert ark.post(query.format(seconds), b"{}", headers).status == status


def test_order_of_the_checks(ark: ArkApi) -> None:
    """Each request has the faults of all that follow it, too."""
    late = "20260115T060000Z"
    wrong = Signer("AKNOBODY", "x", "no", service="iam", date=late)
    assert refused(ark, wrong, "Nothing") == (401, "InvalidAccessKey", 100009)
    wrong.access_key = AK
    assert refused(ark, wrong, "Nothing") == (400, "InvalidTimestamp", 100006)
    assert ark("Nothing", {}, wrong).json["ResponseMetadata"]["Region"] == REGION
    wrong.date = X_DATE
    assert refused(ark, wrong, "Nothing") == (404, "ServiceNotFound", 100007)
    wrong.service = "ark"
    assert refused(ark, wrong, "Nothing") == (401, "InvalidSecretToken", 100026)
    wrong.token = None
    assert refused(ark, wrong, "Nothing") == (401, "SignatureDoesNotMatch", 100010)
    wrong.secret = SK
    assert refused(ark, wrong, "Nothing") == (404, "InvalidActionOrVersion", 100008)
    ark.sim.fault("ark", status=503)
    assert error_of(ark("Nothing", {}, wrong)) == (404, "InvalidActionOrVersion")
    assert error_of(ark("GetEndpoint", b"no JSON")) == (503, "ServiceUnavailableTemp")
    assert error_of(ark("GetEndpoint", b"no JSON")) == (400, "InvalidParameter")
    assert error_of(ark("GetEndpoint", {})) == (400, "MissingParameter.Id")


@pytest.mark.parametrize("data", [b"", b"[]", b"1", b'{"Id":1,"Id":2}', b'{"Id":NaN}', b"\xff"])
def test_body_must_be_an_object(ark: ArkApi, data: bytes) -> None:
    assert error_of(ark("GetEndpoint", data)) == (400, "InvalidParameter")


def test_version_and_path(ark: ArkApi) -> None:
    query = "Action=ListEndpoints&Version=2025-06-01"
    answer = ark.post(query, b"{}", Signer().headers(ark.host, query, b"{}"))
    assert error_of(answer) == (404, "InvalidActionOrVersion")
    assert "ListEndpoints" in answer.json["ResponseMetadata"]["Error"]["Message"]


def test_temporary_credentials(ark: ArkApi) -> None:
    signer = Signer(TEMPORARY_AK, TEMPORARY_SK, TOKEN)
    assert ark("ListEndpoints", {}, signer).status == 200
    row = {**ark.sim.knobs("ark")["access_keys"][TEMPORARY_AK], "expires": ark.sim.now() + 10}
    ark.sim.knobs("ark", access_keys={TEMPORARY_AK: row})
    assert ark("ListEndpoints", {}, signer).status == 200
    ark.sim.advance(10)
    assert refused(ark, signer) == (401, "InvalidSecretToken", 100026)


@pytest.mark.parametrize("token", [None, "another"])
def test_temporary_credentials_need_their_token(ark: ArkApi, token: str | None) -> None:
    signer = Signer(TEMPORARY_AK, TEMPORARY_SK, token)
    assert refused(ark, signer) == (401, "InvalidSecretToken", 100026)


@pytest.mark.parametrize(
    ("names", "accepted"),
    [
        (["host", "x-content-sha256", "x-date"], True),
        (["host", "x-date"], True),
        (["host"], False),
        (["x-date"], False),
        (["x-date", "host"], False),  # not in order
        (["host", "host", "x-date"], False),
    ],
)
def test_signed_header_lists(ark: ArkApi, names: list[str], accepted: bool) -> None:
    status = ark("ListEndpoints", {}, Signer(names=names)).status
    assert status == (200 if accepted else 401)


def test_further_headers_are_signed_when_listed(ark: ArkApi) -> None:
    signer = Signer(extra={"X-Sdk-Request": "attempt=1; max=4"})
    assert ark("ListEndpoints", {}, signer).status == 200
    query = "Action=ListEndpoints&Version=2024-01-01"
    headers = signer.headers(ark.host, query, b"{}")
    headers["X-Sdk-Request"] = "attempt=2; max=4"
    assert error_of(ark.post(query, b"{}", headers)) == (401, "SignatureDoesNotMatch")
    del headers["X-Sdk-Request"]
    assert error_of(ark.post(query, b"{}", headers)) == (401, "SignatureDoesNotMatch")


def test_the_same_request_twice_is_no_fault(ark: ArkApi) -> None:
    query = "Action=ListEndpoints&Version=2024-01-01"
    headers = Signer().headers(ark.host, query, b"{}")
    assert [ark.post(query, b"{}", headers).status for _ in range(2)] == [200, 200]


def test_no_authentication(ark: ArkApi) -> None:
    ark.sim.knobs("ark", auth=False)
    answer = ark.post("Action=ListEndpoints&Version=2024-01-01", b"{}", {})
    assert answer.json["ResponseMetadata"]["Region"] == REGION
    signer = Signer("anybody", "x", region=OTHER_REGION)
    answer = ark("ListEndpoints", {}, signer)
    assert answer.json["ResponseMetadata"]["Region"] == OTHER_REGION


def test_rate_limit_of_the_account(ark: ArkApi) -> None:
    ark.sim.knobs("ark", requests_per_second=2)
    assert [ark("ListEndpoints").status for _ in range(3)] == [200, 200, 429]
    assert error_of(ark("ListEndpoints")) == (429, "FlowLimitExceeded")
    ark.sim.advance(1)
    assert ark("ListEndpoints").status == 200
