"""SDK-HMAC-SHA256: published and own vectors, and what the gateway takes and refuses."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from http_tools import Answer
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from maas_tools import (
    JSON_HEADERS,
    KEYS,
    NOBODY,
    OTHER,
    OTHER_PROJECT,
    PROJECT,
    TEMPORARY,
    WRONG,
    Keys,
    MaasApi,
    base,
    body,
    code_of,
    error_of,
)

from simulator.base.messages import Request
from simulator.maas import signing

IAM_TEXT = "Incorrect IAM authentication information: "
BAD = (401, "APIGW.0301", IAM_TEXT + "verify aksk signature fail")
LOCKED = (401, "APIGW.0301", IAM_TEXT + "AK access failed to reach the limit,forbidden")
NO_SECRET = (401, "APIGW.0301", IAM_TEXT + "Get secretKey failed")
LIST = f"{base()}/endpoint"
CLOUD_HOST = "modelarts.ap-southeast-1.myhuaweicloud.com"
COMMON = ("content-type", "host", "x-project-id", "x-sdk-date")
V1_BODY = (
    '{"endpoint_name":"DeepSeek-Test","remark":"DeepSeek endpoint test","moderation":false,'
    '"agreement_id":"af247c14-2bee-4d78-a5e8-a419ea62b6c6","rpm":0,"tpm":0}'
)


@dataclass(frozen=True)
class Vector:
    name: str
    method: str
    path: str
    signature: str
    canonical: str = ""
    query: str = ""
    body: bytes = b""
    signed: tuple[str, ...] = COMMON
    headers: dict[str, str] = field(default_factory=dict)
    secret: str = KEYS.sk

    def request(self) -> Request:
        headers = {
            "Content-Type": "application/json",
            "Host": CLOUD_HOST,
            "X-Project-Id": PROJECT,
            "X-Sdk-Date": "20260226T080000Z",
            **self.headers,
        }
        pairs = list(headers.items())
        return Request(self.method, self.path, self.query, pairs, self.body, 0.0)


VECTORS = [
    Vector(
        "V1",
        "PUT",
        f"{LIST}/{NOBODY}",
        "1bd7878c5a01fb04a15e0046ea4418d0d12cbd07e461457d7e30432306701133",
        "2703d06a9122fab299e889cad1902a25d4ce73767aec335758a266334213ad0f",
        body=V1_BODY.encode(),
    ),
    Vector(
        "V2",
        "GET",
        LIST,
        "192a0e2d1861945661f3688805fe97f60800b039b760f57a06d6c92f05979550",
        "516490b511a672a210c86957759d1394690d961386c88a9e600464f74142a7ed",
    ),
    Vector(
        "V3",
        "GET",
        f"/v1/{PROJECT}/maas/compliance/agreements",
        "2035f8edd4170bf9037a1c03c8eef8fbbe18c9313cef1fc28d578a80034c0e64",
        "095b2f2fa161debc25ca26ec67150f823ed4ac7ee62a7c2d14cc168717287204",
        query="lang=en",
    ),
    Vector(
        "V4",
        "DELETE",
        f"{LIST}/{NOBODY}",
        "61df298dccb920b9cfdc94826a734b8d2ebf6436990141e6761dedaa818c2265",
        "100151bab75052dda14fbaced500f6dfc073ef1c973e93699a1ce349b4d42429",
        signed=(*COMMON, "x-security-token"),
        headers={"X-Security-Token": "EXAMPLESECURITYTOKEN"},
    ),
    Vector(
        "V5",
        "GET",
        "/v1/a%20b/c~d",
        "d12e1f0b65244b94825e7fcd58c3057163681d766cbccae767ec5214831ae701",
        "c9c616dd3caf16a79baf37832c4d879a956b8c69f396713a2bc3763e92777713",
        query="z=1&a=x%20y%2F%2B%2A&a=%C3%A9",
        signed=("host", "x-sdk-date"),
    ),
    Vector(
        "V6",
        "PUT",
        f"{LIST}/{NOBODY}",
        "0f05663f5f3bafdd8d04c6cfab3d0ae3b7dddc776d4ae95098f52e9a9f8799d6",
        "0ad8e3d92282af97fdbab595ddc1fdbc181bc26ed5a236be17622980da4ce492",
        body='{"remark":"描述 é"}'.encode(),
    ),
    Vector(
        "V7",
        "GET",
        LIST,
        "7910b3bdc0c0fd2633b31e78880138427ce75e219d2a8c44b8d535eb79f597c9",
        "07845ad7504c7ab1f4870a68fef3e93eb53632f773ee9e43d96c41f8125a44f7",
        headers={"Host": "127.0.0.1:18080"},
    ),
    Vector(
        "P1",
        "GET",
        "/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs",
        "7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe",
        "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a",
        query="limit=2&marker=13551d6b-755d-4757-b956-536f674975c0",
        signed=("content-type", "host", "x-sdk-date"),
        headers={"Host": "service.region.example.com", "X-Sdk-Date": "20191115T033655Z"},
        secret="MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc",
    ),
    Vector(
        "P2",
        "GET",
        "/path",
        "5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624",
        query="limit=1",
        signed=("x-sdk-date",),
        headers={"X-Sdk-Date": "20060102T150405Z"},
        secret="SecretKey",
    ),
    Vector(
        "P3",
        "POST",
        "/path",
        "cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59",
        query="key=value",
        body=b'{"Name":"test","Id":1}\n',
        signed=("x-sdk-date",),
        headers={"X-Sdk-Date": "20060102T150405Z"},
        secret="SecretKey",
    ),
]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_vectors(vector: Vector) -> None:
    request = vector.request()
    canonical = signing.canonical_request(request, vector.signed)
    assert canonical is not None
    if vector.canonical:
        assert hashlib.sha256(canonical).hexdigest() == vector.canonical
    text = signing.string_to_sign(request, canonical)
    assert signing.signature(vector.secret, text) == vector.signature


def test_the_canonical_request_of_v1_line_by_line() -> None:
    assert len(V1_BODY) == 156
    canonical = signing.canonical_request(VECTORS[0].request(), COMMON)
    assert canonical is not None
    assert canonical.decode().split("\n") == [
        "PUT",
        f"{LIST}/{NOBODY}/",
        "",
        "content-type:application/json",
        f"host:{CLOUD_HOST}",
        f"x-project-id:{PROJECT}",
        "x-sdk-date:20260226T080000Z",
        "",
        "content-type;host;x-project-id;x-sdk-date",
        "68c8e5ac7c3adbf8e3b5f02420f0fb3ef889a4dd342fcd1b7af3ba9252bf213a",
    ]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("V1", (400, "ModelArts.6291")),
        ("V2", 200),
        ("V3", 200),
        ("V4", (404, "ModelArts.6291")),
        ("V6", (400, "ModelArts.6291")),
        ("V7", 200),
    ],
)
def test_vectors_on_the_wire(maas: MaasApi, name: str, wanted: Any) -> None:
    vector = next(v for v in VECTORS if v.name == name)
    key = {"secret": vector.secret, "user": "simulator-user"}
    key["security_token"] = vector.headers.get("X-Security-Token", "")
    if key["security_token"]:
        maas.sim.knobs("maas", access_keys={KEYS.ak: key})
    request = vector.request()
    headers = dict(request.headers)
    headers["Authorization"] = (
        f"SDK-HMAC-SHA256 Access={KEYS.ak}, SignedHeaders={';'.join(vector.signed)}, "
        f"Signature={vector.signature}"
    )
    path = vector.path + (f"?{vector.query}" if vector.query else "")
    answer = maas.send(vector.method, path, vector.body or None, headers)
    assert (answer.status if wanted == 200 else code_of(answer)) == wanted
    assert maas.sim.requests()[-1].notes["auth"] == {
        "method": "signature",
        "access_key": KEYS.ak,
        "signed_headers": list(vector.signed),
        "right": True,
    }


# What is taken.


class DateOnly(Signer):  # type: ignore[misc]
    """Signs nothing but the date, as other official clients may."""

    @classmethod
    def _process_signed_headers(cls, request: SdkRequest) -> list[str]:
        return ["x-sdk-date"]


class WithoutDate(Signer):  # type: ignore[misc]
    @classmethod
    def _process_signed_headers(cls, request: SdkRequest) -> list[str]:
        return ["content-type", "host"]


@pytest.mark.parametrize(
    ("signer", "headers", "signed"),
    [
        (DateOnly, JSON_HEADERS, ["x-sdk-date"]),
        (Signer, {}, ["host", "x-sdk-date"]),
        (
            Signer,
            {**JSON_HEADERS, "X-Project-Id": PROJECT, "User-Agent": "any/1  two"},
            ["content-type", "host", "user-agent", "x-project-id", "x-sdk-date"],
        ),
        (Signer, {"X-Odd": "  Grüße 端点  "}, ["host", "x-odd", "x-sdk-date"]),
        (Signer, {"x_not_signed": "1"}, ["host", "x-sdk-date"]),
    ],
)
def test_any_set_of_headers_with_the_date(
    maas: MaasApi, signer: type[Signer], headers: dict[str, str], signed: list[str]
) -> None:
    assert maas.signed("GET", LIST, headers=dict(headers), signer=signer).status == 200
    assert maas.sim.requests()[-1].notes["auth"]["signed_headers"] == signed


def test_the_date_must_be_signed(maas: MaasApi) -> None:
    assert error_of(maas.signed("GET", LIST, signer=WithoutDate)) == BAD


def test_queries_are_sorted_decoded(maas: MaasApi) -> None:
    odd = [("lang", "en"), ("z", "a b/+*"), ("é", "端点"), ("a", ""), ("B", "~-_."), ("a", "%")]
    path = f"/v1/{PROJECT}/maas/compliance/agreements"
    request = maas.sign("GET", path, query=odd)
    pieces = request.uri.partition("?")[2].split("&")
    backwards = f"{path}?{'&'.join(reversed(pieces))}"
    assert maas.send("GET", backwards, None, request.header_params).status == 200
    assert maas.sim.requests()[-1].query == "&".join(reversed(pieces))


def test_the_path_is_signed_with_a_slash_and_sent_without(maas: MaasApi) -> None:
    request = maas.sign("GET", LIST)
    answer = maas.send("GET", f"{LIST}/", None, request.header_params)
    assert code_of(answer) == (404, "APIGW.0101")
    assert maas.send("GET", LIST, None, request.header_params).status == 200


def test_percent_encoded_paths(maas: MaasApi) -> None:
    request = maas.sign("GET", LIST)
    encoded = LIST.replace("endpoint", "%65ndpoint")
    assert maas.send("GET", encoded, None, request.header_params).status == 200
    request = maas.sign("DELETE", f"{LIST}/a b é")
    answer = maas.send("DELETE", f"{LIST}/a%20b%20%C3%A9", None, request.header_params)
    assert code_of(answer) == (404, "ModelArts.6291")
    assert maas.sim.requests()[-1].target == "a b é"


@pytest.mark.parametrize("value", ["UNSIGNED-PAYLOAD", "0" * 64])
def test_a_content_hash_that_is_sent_stands_for_the_body(maas: MaasApi, value: str) -> None:
    headers = {**JSON_HEADERS, "X-Sdk-Content-Sha256": value}
    request = maas.sign("POST", LIST, body(), headers=headers)
    changed = json.dumps(body(endpoint_name="changed")).encode()
    assert maas.send("POST", LIST, changed, request.header_params).status == 200
    assert maas.names() == ["changed"]
    assert maas.signed("GET", LIST, headers={"X-Sdk-Content-Sha256": value}).status == 200


# What is refused.


def test_every_part_is_covered_by_the_signature(maas: MaasApi) -> None:
    maas.sim.knobs("maas", key_lock_after=100)
    request = maas.sign("POST", LIST, body(), query=[("a", "1")])
    uri, sent, headers = request.uri, request.body, request.header_params

    def tampered(method: str = "POST", path: str = uri, data: Any = sent, **more: str) -> Answer:
        changed = {**headers, **{name.replace("_", "-"): value for name, value in more.items()}}
        return maas.send(method, path, data, changed)

    assert error_of(tampered(method="PUT", path=f"{LIST}/{NOBODY}?a=1")) == BAD
    assert error_of(tampered(path=f"{LIST}?a=2")) == BAD
    assert error_of(tampered(path=LIST)) == BAD
    assert error_of(tampered(data=sent + b" ")) == BAD
    assert error_of(tampered(Host=CLOUD_HOST)) == BAD
    assert error_of(tampered(Host=maas.host.partition(":")[0])) == BAD
    assert error_of(tampered(Content_Type="application/json;charset=utf8")) == BAD
    assert error_of(tampered(X_Sdk_Date="20260226T080001Z")) == BAD
    assert maas.sim.state("maas")["endpoints"] == {}
    assert tampered().status == 200


def test_a_header_said_to_be_signed_must_be_there(maas: MaasApi) -> None:
    request = maas.sign("GET", LIST, headers={"X-More": "1"})
    request.header_params.pop("X-More")
    assert error_of(maas.send("GET", LIST, None, request.header_params)) == BAD


@pytest.mark.parametrize(
    "change",
    [
        ("SDK-HMAC-SHA256 ", "SDK-HMAC-SHA256 Credential=1, "),
        ("Signature=", "Signature=zz"),
        ("SDK-HMAC-SHA256", "SDK-HMAC-SHA256X"),
    ],
)
def test_a_misformed_authorization(maas: MaasApi, change: tuple[str, str]) -> None:
    headers = maas.sign("GET", LIST).header_params
    headers["Authorization"] = headers["Authorization"].replace(*change)
    assert error_of(maas.send("GET", LIST, None, headers)) == BAD


@pytest.mark.parametrize(
    ("seconds", "right"), [(900, True), (-900, True), (901, False), (-901, False)]
)
def test_fifteen_minutes_of_skew(maas: MaasApi, seconds: int, right: bool) -> None:
    maas.sim.advance(seconds)
    answer = maas.signed("GET", LIST)
    assert (answer.status == 200) is right
    if not right:
        status, code, text = error_of(answer)
        signed = maas.sim.requests()[-1].header("X-Sdk-Date")
        now = datetime.fromtimestamp(maas.sim.now(), UTC).strftime("%Y%m%dT%H%M")
        expired = "calc aksk signature fail:signature expired, signature time:"
        assert (status, code) == (401, "APIGW.0301")
        assert f"{expired}{signed},server time:{now}" in text
        assert parsedate_to_datetime(answer.headers["Date"]).timestamp() == pytest.approx(
            maas.sim.now(), abs=5
        )
        maas.sim.knobs("maas", skew_seconds=None)
        assert maas.signed("GET", LIST).status == 200


@pytest.mark.parametrize("date", ["", "20260226T08:00:00Z", "2026-02-26T08:00:00Z"])
def test_a_misformed_date(maas: MaasApi, date: str) -> None:
    maas.sim.knobs("maas", skew_seconds=None)
    headers = {**maas.sign("GET", LIST).header_params, "X-Sdk-Date": date}
    assert error_of(maas.send("GET", LIST, None, headers)) == BAD


def test_five_bad_signatures_lock_the_key_for_five_minutes(maas: MaasApi) -> None:
    for _ in range(5):
        assert error_of(maas.signed("GET", LIST, keys=WRONG)) == BAD
    assert error_of(maas.signed("GET", LIST, keys=WRONG)) == LOCKED
    assert error_of(maas.signed("GET", LIST)) == LOCKED
    assert maas.sim.state("maas")["keys"][KEYS.ak] == {
        "bad_in_a_row": 0,
        "bad": 5,
        "locked_until": maas.sim.now() + 300,
    }
    assert maas.signed("GET", f"{base(OTHER_PROJECT)}/endpoint", keys=OTHER).status == 200
    maas.sim.advance(299.5)
    assert error_of(maas.signed("GET", LIST)) == LOCKED
    maas.sim.advance(0.5)
    assert maas.signed("GET", LIST).status == 200


def test_a_right_signature_starts_the_count_anew(maas: MaasApi) -> None:
    for _ in range(3):
        for _ in range(4):
            assert error_of(maas.signed("GET", LIST, keys=WRONG)) == BAD
        assert maas.signed("GET", LIST).status == 200
    assert maas.sim.state("maas")["keys"][KEYS.ak]["bad"] == 12


def test_the_lock_counts_per_key_and_covers_iam(maas: MaasApi) -> None:
    maas.sim.knobs("maas", key_lock_after=2, key_lock_seconds=10)
    for _ in range(2):
        assert error_of(maas.signed("GET", "/v3/projects", keys=WRONG)) == BAD
    assert error_of(maas.signed("GET", "/v3/projects")) == LOCKED
    assert maas.signed("GET", "/v3/projects", keys=OTHER).status == 200
    maas.sim.advance(10)
    assert maas.signed("GET", "/v3/projects").status == 200


def test_an_unknown_key(maas: MaasApi) -> None:
    for _ in range(7):
        assert error_of(maas.signed("GET", LIST, keys=Keys("NOBODY", "x"))) == NO_SECRET


def test_temporary_keys_need_their_security_token(maas: MaasApi) -> None:
    right = {"X-Security-Token": "EXAMPLESECURITYTOKEN"}
    assert maas.signed("GET", LIST, keys=TEMPORARY, headers=right).status == 200
    assert error_of(maas.signed("GET", LIST, keys=TEMPORARY)) == NO_SECRET
    wrong = {"X-Security-Token": "stale"}
    refused = (401, "APIGW.0301", IAM_TEXT + "decrypt token fail")
    assert error_of(maas.signed("GET", LIST, keys=TEMPORARY, headers=wrong)) == refused
    assert error_of(maas.signed("GET", LIST, headers=right)) == refused


def test_a_gateway_that_takes_no_signatures(maas: MaasApi) -> None:
    maas.sim.knobs("maas", signing_accepted=False)
    refused = (401, "APIGW.0301", IAM_TEXT + "x-auth-token not found")
    assert error_of(maas.signed("GET", LIST)) == refused
    assert maas.signed("GET", "/v3/projects").status == 200
    assert maas.names() == []
