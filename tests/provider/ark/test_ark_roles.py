"""Requests in a role: who assumes it, how often, what signs then, and what a refusal says."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from support.drivers.ark import (
    ACCESS_KEY,
    SECRET_KEY,
    SESSION_TOKEN,
    TEMPORARY_ACCESS_KEY,
    TEMPORARY_SECRET_KEY,
    Driver,
    Failure,
    Simulator,
    inputs,
    secret,
    stored,
    told,
)

TRN = "trn:iam::2100000001:role/deploy"
SHARED_TRN = "trn:iam::2100000002:role/shared"


def assumed(ark: Simulator) -> list[Any]:
    return ark.requests(cloud="ark", operation="role.assume")


def signers(ark: Simulator) -> list[str]:
    """The access keys of the requests, in their order."""
    found = []
    for request in ark.requests(cloud="ark"):
        credential = (request.header("Authorization") or "").partition("Credential=")[2]
        found.append(credential.partition("/")[0])
    return found


@pytest.fixture
def in_role(configure: Callable[..., Driver], ark: Simulator) -> Callable[..., Driver]:
    def configured(**more: Any) -> Driver:
        return configure(**{"arkAssumeRoleTrn": TRN, "arkStsEndpoint": ark.url("ark")} | more)

    return configured


def test_a_life_in_a_role(in_role: Callable[..., Driver], ark: Simulator) -> None:
    driver = in_role()
    id, checked, outputs = driver.made()
    after = driver.update(checked, {**checked, "description": "b"}, olds=outputs, id=id)
    driver.delete(id, after, checked)
    (request,) = assumed(ark)
    assert request.method == "GET"
    assert request.parameters == [
        ("Action", "AssumeRole"),
        ("Version", "2018-01-01"),
        ("RoleTrn", TRN),
        ("RoleSessionName", "pulumi-inference"),
    ]
    assert "/ap-southeast-1/sts/request" in (request.header("Authorization") or "")
    first, *others = signers(ark)
    assert first == ACCESS_KEY
    assert len(set(others)) == 1 and others[0].startswith("AKTP")
    assert outputs["accountId"] == "2100000001"
    assert stored(ark) == {}


def test_what_the_role_is_asked_with(in_role: Callable[..., Driver], ark: Simulator) -> None:
    policy = '{"Statement":[{"Effect":"Allow","Action":["ark:*"],"Resource":["*"]}]}'
    in_role(arkAssumeRoleDurationSeconds=900, arkAssumeRolePolicy=policy).made()
    (request,) = assumed(ark)
    assert request.parameters[4:] == [("DurationSeconds", "900"), ("Policy", policy)]


@pytest.mark.parametrize("text", ["3600.0", "3.6e3", "+3600", "03600"])
def test_a_duration_is_sent_in_plain_digits(
    start: Callable[..., Driver], usual: dict[str, Any], ark: Simulator, text: str
) -> None:
    driver = start(BYTEPLUS_ASSUME_ROLE_DURATION_SECONDS=text)
    driver.configure(**usual, arkAssumeRoleTrn=TRN, arkStsEndpoint=ark.url("ark"))
    driver.made()
    (request,) = assumed(ark)
    assert request.parameters[4:] == [("DurationSeconds", "3600")]


def test_all_of_it_from_the_environment(start: Callable[..., Driver], ark: Simulator) -> None:
    driver = start(
        BYTEPLUS_ACCESS_KEY=TEMPORARY_ACCESS_KEY,
        BYTEPLUS_SECRET_KEY=TEMPORARY_SECRET_KEY,
        BYTEPLUS_SESSION_TOKEN=SESSION_TOKEN,
        BYTEPLUS_ARK_ENDPOINT=ark.url("ark"),
        BYTEPLUS_STS_ENDPOINT=ark.url("ark"),
        BYTEPLUS_ASSUME_ROLE_TRN=f" {TRN}\n",
        BYTEPLUS_ASSUME_ROLE_DURATION_SECONDS="1800\n",
        BYTEPLUS_ASSUME_ROLE_POLICY="{}",
    )
    driver.configure()
    driver.made()
    (request,) = assumed(ark)
    assert request.header("X-Security-Token") == SESSION_TOKEN
    assert request.parameters[2:] == [
        ("RoleTrn", TRN),
        ("RoleSessionName", "pulumi-inference"),
        ("DurationSeconds", "1800"),
        ("Policy", "{}"),
    ]


def test_the_account_is_the_roles(in_role: Callable[..., Driver], ark: Simulator) -> None:
    id, _, outputs = in_role(arkAssumeRoleTrn=SHARED_TRN).made()
    assert outputs["accountId"] == stored(ark)[id]["account"] == "2100000002"


def test_calls_at_once_assume_it_once(in_role: Callable[..., Driver], ark: Simulator) -> None:
    driver = in_role()
    checked = [driver.checked(inputs(name=f"n{i}")) for i in range(8)]
    ark.fault("ark", "role.assume", kind="delay", delay_ms=300)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(driver.create, checked))
    assert len(assumed(ark)) == 1
    assert len(stored(ark)) == 8


def test_a_long_wait_renews_in_its_middle(in_role: Callable[..., Driver], ark: Simulator) -> None:
    """Keys that last two seconds, and an endpoint that needs six."""
    ark.knobs("ark", role_seconds=2, seconds={"scheduling": 6})
    driver = in_role()
    id, _, outputs = driver.made()
    assert outputs["status"] == "Running"
    assert len(assumed(ark)) >= 3
    looks = ark.requests(cloud="ark", operation="endpoint.get", target=id)
    assert {request.status for request in looks} == {200}
    assert len(set(signers(ark))) == len(assumed(ark)) + 1
    assert told(ark).count("endpoint.create") == 1


def test_keys_that_are_refused_are_got_anew(in_role: Callable[..., Driver], ark: Simulator) -> None:
    driver = in_role()
    id, checked, outputs = driver.made()
    ark.clear()
    ark.fault("ark", "endpoint.get", status=401, code="InvalidSecretToken")
    driver.read(id, outputs, checked)
    assert told(ark)[:3] == ["endpoint.get", "role.assume", "endpoint.get"]
    assert signers(ark)[0] != signers(ark)[2]


REFUSED = [
    (
        {"arkSecretKey": secret("wrong")},
        "SignatureDoesNotMatch",
        f"The credential came from inference:arkAccessKey and inference:arkSecretKey; the role is "
        f"{TRN}, from inference:arkAssumeRoleTrn; asked was region ap-southeast-1, projectName "
        "default.",
    ),
    (
        {"arkAssumeRoleTrn": "trn:iam::2100000001:role/none"},
        "AccessDenied",
        "The credential came from inference:arkAccessKey and inference:arkSecretKey; the role is "
        "trn:iam::2100000001:role/none, from inference:arkAssumeRoleTrn; asked was region "
        "ap-southeast-1, projectName default.",
    ),
    (
        {"arkAssumeRolePolicy": "no JSON"},
        "InvalidParameter.Policy",  # the keys are not in question
        f"The role is {TRN}, from inference:arkAssumeRoleTrn.",
    ),
]


@pytest.mark.parametrize(("config", "code", "end"), REFUSED, ids=[row[1] for row in REFUSED])
def test_a_refused_role(
    in_role: Callable[..., Driver], ark: Simulator, config: dict[str, Any], code: str, end: str
) -> None:
    with pytest.raises(Failure) as caught:
        in_role(**config).made()
    message = caught.value.message
    assert "BytePlus ModelArk: assuming the role" in message and f"code {code}" in message
    assert message.endswith(end) and message.count(end) == 1
    assert set(told(ark)) == {"role.assume"}, "nothing else is asked"


def test_a_refusal_in_the_role_names_it(in_role: Callable[..., Driver], ark: Simulator) -> None:
    ark.fault("ark", "endpoint.create", status=403, code="AccessDenied")
    with pytest.raises(Failure) as caught:
        in_role().made()
    assert caught.value.code == grpc.StatusCode.PERMISSION_DENIED
    assert f"; the role is {TRN}, from inference:arkAssumeRoleTrn; asked" in caught.value.message


def test_an_answer_without_keys_is_none(in_role: Callable[..., Driver], ark: Simulator) -> None:
    ark.fault("ark", "role.assume", kind="rewrite", remove=["/Result/Credentials"], count=0)
    with pytest.raises(Failure) as caught:
        in_role(maxRetries=1).read("ep-x", {}, {})
    assert 'it lacks "Result.Credentials.SessionToken"' in caught.value.message
    assert f"The role is {TRN}, from inference:arkAssumeRoleTrn." in caught.value.message
    assert told(ark) == ["role.assume", "role.assume"]


LIMITS = [
    ("899", "must be at least 900 (seconds)"),
    ("43201", "must be at most 43200 (seconds)"),
    ("900.5", "must be a whole number of seconds"),
    ("an hour", "must be a number of seconds"),
    ("1h", "must be a number of seconds (write 3600)"),
]


@pytest.mark.parametrize(("text", "words"), LIMITS, ids=[row[0] for row in LIMITS])
def test_durations_of_the_environment(
    start: Callable[..., Driver], usual: dict[str, Any], ark: Simulator, text: str, words: str
) -> None:
    driver = start(BYTEPLUS_ASSUME_ROLE_DURATION_SECONDS=text)
    driver.configure(**usual)
    with pytest.raises(Failure) as caught:
        driver.made()
    assert (
        "the environment variable BYTEPLUS_ASSUME_ROLE_DURATION_SECONDS, which gives "
        f'inference:arkAssumeRoleDurationSeconds, {words}; is "{text}": mend it'
    ) in caught.value.message
    assert told(ark) == []


def test_nobody_sees_the_keys(in_role: Callable[..., Driver], ark: Simulator) -> None:
    """Not even when the service repeats them."""
    driver = in_role()
    id, checked, outputs = driver.made()
    used = ark.requests(cloud="ark", operation="endpoint.create")[0]
    token = used.header("X-Security-Token")
    assert token
    ark.fault("ark", "endpoint.get", status=403, code="AccessDenied", message=f"no: {token}")
    with pytest.raises(Failure) as caught:
        driver.read(id, outputs, checked)
    texts = [caught.value.message, str(outputs), *(r.message for r in driver.engine.records)]
    assert [text for text in texts if token in text or SECRET_KEY in text] == []
