"""Credentials in every spelling, addresses in every form, and secrets that nobody may see."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest
from support.clocks import told_off
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
    kinds,
    secret,
    stored,
    told,
)

ACCESS_NAMES = ("BYTEPLUS_ACCESS_KEY", "BYTEPLUS_ACCESS_KEY_ID", "BYTEPLUS_ACCESSKEY")
SECRET_NAMES = ("BYTEPLUS_SECRET_KEY", "BYTEPLUS_SECRET_ACCESS_KEY", "BYTEPLUS_SECRETKEY")


@pytest.mark.parametrize(
    ("access", "key"), list(itertools.product(ACCESS_NAMES, SECRET_NAMES)), ids="-".join
)
def test_credentials_of_the_environment(
    start: Callable[..., Driver], ark: Simulator, access: str, key: str
) -> None:
    driver = start(**{access: ACCESS_KEY, key: SECRET_KEY, "BYTEPLUS_ARK_ENDPOINT": ark.url("ark")})
    driver.configure()
    id, _, _ = driver.made()
    assert stored(ark)[id]["account"] == "2100000001"


def test_all_of_it_from_the_environment(start: Callable[..., Driver], ark: Simulator) -> None:
    driver = start(
        BYTEPLUS_ACCESS_KEY=TEMPORARY_ACCESS_KEY,
        BYTEPLUS_SECRET_KEY=TEMPORARY_SECRET_KEY,
        BYTEPLUS_SESSION_TOKEN=SESSION_TOKEN,
        BYTEPLUS_REGION="eu-west-1",
        BYTEPLUS_ARK_ENDPOINT=ark.url("ark"),
    )
    driver.configure()
    id, checked, _ = driver.made()
    assert (stored(ark)[id]["region"], checked["region"]) == ("eu-west-1", "eu-west-1")
    (create,) = ark.requests(cloud="ark", operation="endpoint.create")
    assert create.header("X-Security-Token") == SESSION_TOKEN
    assert "x-security-token" in (create.header("Authorization") or "")


def test_configuration_comes_before_the_environment(
    start: Callable[..., Driver], ark: Simulator
) -> None:
    driver = start(BYTEPLUS_ACCESS_KEY="wrong", BYTEPLUS_SECRET_KEY="wrong", BYTEPLUS_REGION="xx-1")
    driver.configure(
        arkEndpoint=ark.url("ark"),
        arkAccessKey=secret(ACCESS_KEY),
        arkSecretKey=secret(SECRET_KEY),
        arkRegion="eu-west-1",
    )
    id, _, _ = driver.made()
    assert stored(ark)[id]["region"] == "eu-west-1"


@pytest.mark.parametrize(
    ("config", "set", "missing"),
    [
        ({"arkAccessKey": ACCESS_KEY}, "arkAccessKey", "arkSecretKey"),
        ({"arkSecretKey": SECRET_KEY}, "arkSecretKey", "arkAccessKey"),
    ],
)
def test_half_a_pair(
    start: Callable[..., Driver], ark: Simulator, config: dict[str, Any], set: str, missing: str
) -> None:
    driver = start()
    driver.configure(arkEndpoint=ark.url("ark"), **config)
    with pytest.raises(Failure) as caught:
        driver.made()
    words = f"inference:{set} is set (by inference:{set}) but inference:{missing} is not"
    assert words in caught.value.message
    assert told(ark) == []


def test_no_credentials(start: Callable[..., Driver], ark: Simulator) -> None:
    driver = start()
    driver.configure(arkEndpoint=ark.url("ark"))
    with pytest.raises(Failure) as caught:
        driver.made()
    assert caught.value.code == grpc.StatusCode.UNAUTHENTICATED
    for place in ("inference:arkAccessKey", "inference:arkSecretKey", *ACCESS_NAMES, *SECRET_NAMES):
        assert place in caught.value.message
    assert told(ark) == []


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"arkSecretKey": secret("wrong")}, "SignatureDoesNotMatch", "arkSecretKey"),
    ({"arkAccessKey": secret("AKNOBODY")}, "InvalidAccessKey", "arkAccessKey"),
    ({"arkSessionToken": secret("odd")}, "InvalidSecretToken", "arkSessionToken"),
    (
        {
            "arkAccessKey": secret(TEMPORARY_ACCESS_KEY),
            "arkSecretKey": secret(TEMPORARY_SECRET_KEY),
        },
        "InvalidSecretToken",
        "arkSessionToken",
    ),
]


@pytest.mark.parametrize(("config", "code", "key"), REFUSED, ids=str)
def test_refused_credentials(
    configure: Callable[..., Driver], ark: Simulator, config: dict[str, Any], code: str, key: str
) -> None:
    with pytest.raises(Failure) as caught:
        configure(**config).made()
    assert caught.value.code == grpc.StatusCode.UNAUTHENTICATED
    assert f"code {code}" in caught.value.message and key in caught.value.message
    assert caught.value.message.endswith(
        " The credential came from inference:arkAccessKey and inference:arkSecretKey; asked was "
        "region ap-southeast-1, projectName default."
    )
    assert told(ark) == ["endpoint.list"], "it is not tried again"


def signing_offsets(ark: Simulator) -> list[int]:
    """Seconds between the service's clock and each request's signature, by ten."""
    times = [
        datetime.strptime(request.header("X-Date") or "", "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        for request in ark.requests(cloud="ark")
    ]
    return [round((ark.now() - time.timestamp()) / 10) * 10 for time in times]


@pytest.mark.parametrize("seconds", [1200, -1200], ids=["behind", "ahead"])
def test_a_clock_that_is_off_is_corrected_once(
    driver: Driver, ark: Simulator, seconds: int
) -> None:
    """By the first reply that says so: the next calls are right from the start."""
    ark.advance(seconds)
    id, checked, outputs = driver.made()
    assert told(ark)[:3] == ["endpoint.list", "endpoint.list", "endpoint.create"]
    assert [r.status for r in ark.requests(cloud="ark")][:3] == [400, 200, 200]
    assert signing_offsets(ark)[:3] == [seconds, 0, 0]
    told_off(driver, "BytePlus ModelArk", seconds)
    ark.clear()
    driver.read(id, outputs, checked)
    driver.delete(id, outputs, checked)
    assert {r.status for r in ark.requests(cloud="ark")} <= {200, 404}
    assert set(signing_offsets(ark)) == {0}
    assert stored(ark) == {}


def test_a_clock_is_not_corrected_again(driver: Driver, ark: Simulator) -> None:
    ark.advance(1200)
    driver.made()
    ark.advance(1200)
    ark.clear()
    with pytest.raises(Failure) as caught:
        driver.made(name="other")
    assert "InvalidTimestamp" in caught.value.message
    assert "This machine's clock differs too much from the service's." in caught.value.message
    assert told(ark) == ["endpoint.list"]


def test_a_clock_is_corrected_for_the_services_word_alone(driver: Driver, ark: Simulator) -> None:
    """Another refusal says nothing of the time, whatever its date."""
    ark.advance(600)  # within what the service takes
    ark.fault("ark", "endpoint.list", status=401, code="SignatureDoesNotMatch")
    with pytest.raises(Failure) as caught:
        driver.made()
    assert "SignatureDoesNotMatch" in caught.value.message
    driver.made()
    assert set(signing_offsets(ark)) == {600}


# A service that asks to slow down.


def test_throttling_costs_time_and_no_tries(driver: Driver, ark: Simulator) -> None:
    """Nine times, where five tries are usual; a read waits as well."""
    headers = {"Retry-After": "1"}
    ark.fault("ark", "endpoint.create", status=429, headers=headers, count=5)
    id, checked, outputs = driver.made()
    assert told(ark).count("endpoint.create") == 6
    ark.clear()
    ark.fault("ark", "endpoint.get", status=429, count=6)
    driver.read(id, outputs, checked)
    assert told(ark).count("endpoint.get") == 7


def test_retries_that_are_configured_rule(configure: Callable[..., Driver], ark: Simulator) -> None:
    ark.fault("ark", "endpoint.create", status=429, count=0)
    with pytest.raises(Failure) as caught:
        configure(maxRetries=2).made()
    assert caught.value.code == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "It does not say when to come back" in caught.value.message
    assert told(ark).count("endpoint.create") == 3


def test_who_gives_up_says_when_to_come_back(driver: Driver, ark: Simulator) -> None:
    """A create is given its time-out, a read two minutes."""
    id, checked, outputs = driver.made()
    ark.clear()
    for operation, seconds in (("endpoint.get", 121), ("endpoint.create", 31)):
        ark.fault("ark", operation, status=429, headers={"Retry-After": str(seconds)})
    with pytest.raises(Failure) as caught:
        driver.read(id, outputs, checked)
    assert re.search(
        r"\. Come back in 121 s, at 20\d\d-\d\d-\d\d [\d:]{8} UTC\.$", caught.value.message
    )
    with pytest.raises(Failure) as caught:
        driver.create(driver.checked(inputs(name="other")), timeout=30)
    # A busy service may have carried the create out: it is looked for before anything is said.
    assert re.search(
        r"\. Come back in 31 s, at 20\d\d-\d\d-\d\d [\d:]{8} UTC\b.* nothing was made$",
        caught.value.message,
    )
    assert caught.value.code == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert told(ark)[:3] == ["endpoint.get", "endpoint.list", "endpoint.create"]
    assert set(told(ark)[3:]) == {"endpoint.list"}
    assert len(stored(ark)) == 1


def test_signatures_of_odd_text(driver: Driver, ark: Simulator) -> None:
    """What is signed is what is sent, byte by byte."""
    text = 'žluťoučký kůň \U0001f40e "quoted" \\ / \t\n & = + % \' é\u2028'
    id, _, outputs = driver.made(name="kůň & co", description=text)
    assert outputs["description"] == text
    document = stored(ark)[id]
    assert (document["Name"], document["Description"]) == ("kůň & co", text)


@pytest.mark.parametrize("form", ["http://{}", "http://{}/"])
def test_forms_of_the_address(configure: Callable[..., Driver], ark: Simulator, form: str) -> None:
    host = ark.url("ark").removeprefix("http://")
    configure(arkEndpoint=form.format(host)).made()
    (create,) = ark.requests(cloud="ark", operation="endpoint.create")
    assert create.header("Host") == host


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Simulator]:
    with Simulator("ark", tls=True, ca_path=tmp_path / "ca.pem") as simulator:
        yield simulator


@pytest.mark.parametrize("form", ["{}", "{}/", "https://{}", "https://{}/"])
def test_a_bare_host_is_reached_by_https(
    start: Callable[..., Driver], secure: Simulator, form: str
) -> None:
    host = secure.url("ark").removeprefix("https://")
    driver = start(SSL_CERT_FILE=str(secure.ca_path))
    driver.configure(
        arkEndpoint=form.format(host),
        arkAccessKey=secret(ACCESS_KEY),
        arkSecretKey=secret(SECRET_KEY),
    )
    driver.made()
    (create,) = secure.requests(cloud="ark", operation="endpoint.create")
    assert create.header("Host") == host


@pytest.mark.parametrize("address", ["http://ark.example", "ftp://ark.example", "http://"])
def test_addresses_that_are_refused(configure: Callable[..., Driver], address: str) -> None:
    with pytest.raises(Failure) as caught:
        configure(arkEndpoint=address).made()
    assert "SKTEST" not in caught.value.message


# Canaries.

CANARIES = ("AKcanary-6b1f7a", "SKcanary-6b1f7a/+==", "STcanary-6b1f7a/+==")


@pytest.fixture
def planted(configure: Callable[..., Driver], ark: Simulator) -> Driver:
    access, key, token = CANARIES
    known = {"secret": key, "account": "1", "identity": "x", "token": token}
    ark.knobs("ark", access_keys={access: known})
    return configure(
        arkAccessKey=secret(access), arkSecretKey=secret(key), arkSessionToken=secret(token)
    )


def hidden(driver: Driver, *values: Any) -> None:
    """No canary in these values or in any log."""
    texts = [json.dumps(value, default=str) for value in values]
    texts += [record.message for record in list(driver.engine.records)]
    for canary in CANARIES:
        assert [text for text in texts if canary in text] == []


def test_a_whole_life_tells_no_secret(planted: Driver, ark: Simulator) -> None:
    id, checked, outputs = planted.made()
    after = planted.update(checked, {**checked, "description": "b"}, olds=outputs, id=id)
    read = planted.read(id, after, checked)
    planted.delete(id, after, checked)
    (create,) = ark.requests(cloud="ark", operation="endpoint.create")
    assert create.header("X-Security-Token") == CANARIES[2]
    assert CANARIES[1] not in str(create.headers)
    hidden(planted, checked, outputs, after, str(read))


@pytest.mark.one_call
@pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 503])
def test_no_error_tells_a_secret(planted: Driver, ark: Simulator, status: int) -> None:
    """Even when the service repeats what it was told."""
    told = " ".join(CANARIES)
    ark.fault("ark", "endpoint.create", status=status, message=f"no: {told}", count=0)
    planted.checked({"modelReference": {"customModelId": "cm-1"}})
    with pytest.raises(Failure) as caught:
        planted.made()
    assert "no: " in caught.value.message
    hidden(planted, caught.value.message)


@pytest.mark.one_call
def test_no_useless_reply_tells_a_secret(planted: Driver, ark: Simulator) -> None:
    ark.fault("ark", "endpoint.list", body=f"<html>{' '.join(CANARIES)}", status=500, count=0)
    planted.made()
    hidden(planted, planted.logged("could not be found out").message)


# What got around a value on its way: a line break from `echo`, blanks from a paste.


def test_line_breaks_around_the_credentials(
    start: Callable[..., Driver], configure: Callable[..., Driver], ark: Simulator
) -> None:
    """From the configuration and from the environment alike; the signature is the same."""
    configure(
        arkAccessKey=secret(f"{ACCESS_KEY}\n"),
        arkSecretKey=secret(f" {SECRET_KEY}\r\n"),
        arkRegion="eu-west-1\n",
        arkEndpoint=f"{ark.url('ark')}/\n",
    ).made()
    driver = start(
        BYTEPLUS_ACCESS_KEY=f"{TEMPORARY_ACCESS_KEY}\n",
        BYTEPLUS_SECRET_KEY=f"{TEMPORARY_SECRET_KEY}\n",
        BYTEPLUS_SESSION_TOKEN=f"{SESSION_TOKEN} \n",
        BYTEPLUS_REGION="eu-west-1\n",
        BYTEPLUS_ARK_ENDPOINT=f"{ark.url('ark')}\n",
    )
    driver.configure()
    assert driver.made(name="other")[1]["region"] == "eu-west-1"
    assert {one["region"] for one in stored(ark).values()} == {"eu-west-1"}
    assert told(ark).count("endpoint.create") == 2


@pytest.mark.parametrize(
    ("name", "value", "key", "wrong"),
    [
        ("BYTEPLUS_SECRET_KEY", "sk-a\nsk-b", "arkSecretKey", "has a line break inside"),
        ("BYTEPLUS_SECRETKEY", "sk-a\rsk-b", "arkSecretKey", "has a line break inside"),
        ("BYTEPLUS_SESSION_TOKEN", "sk-a\n sk-b", "arkSessionToken", "has a line break inside"),
        (
            "BYTEPLUS_ACCESS_KEY_ID",
            "sk-a\x01sk-b",
            "arkAccessKey",
            "has a control character inside",
        ),
    ],
)
def test_one_inside_names_the_variable(
    start: Callable[..., Driver], ark: Simulator, name: str, value: str, key: str, wrong: str
) -> None:
    driver = start(**{name: value, "BYTEPLUS_ARK_ENDPOINT": ark.url("ark")})
    driver.configure()
    with pytest.raises(Failure) as caught:
        driver.made()
    assert caught.value.message == (
        f"BytePlus ModelArk: the environment variable {name}, which gives inference:{key}, "
        f"{wrong}: mend it, or set inference:{key}, which takes precedence"
    )
    assert told(ark) == []


def test_one_inside_a_configured_value_is_refused(start: Callable[..., Driver]) -> None:
    with pytest.raises(Failure) as caught:
        start().configure(arkSecretKey=secret("sk-a\nsk-b"))
    assert caught.value.message == "inference:arkSecretKey has a line break inside"


def test_a_region_out_of_a_file_is_a_region(driver: Driver, ark: Simulator) -> None:
    """What a program reads from a file ends in a line break; the next run has no difference."""
    id, checked, outputs = driver.made(region="eu-west-1\n", projectName=" default \n")
    assert (checked["region"], checked["projectName"]) == ("eu-west-1", "default")
    assert stored(ark)[id]["region"] == "eu-west-1"
    again = driver.checked(inputs(region="eu-west-1\n", projectName=" default \n"), olds=checked)
    assert again == checked
    assert kinds(driver.diff(checked, again, outputs, id=id)) == {}
    assert driver.refused(inputs(region="eu-west-1\neu-west-2")) == {
        "region": "has a line break inside"
    }


@pytest.mark.parametrize("region", ["evil.example/", "a@evil.example", "a:1", "a?b", "a#b"])
def test_a_region_cannot_lead_elsewhere(
    start: Callable[..., Driver], ark: Simulator, region: str
) -> None:
    driver = start()
    driver.configure(arkAccessKey=secret(ACCESS_KEY), arkSecretKey=secret(SECRET_KEY))
    with pytest.raises(Failure) as caught:
        driver.create(inputs(region=region, projectName="default"))  # Check refuses some
    assert caught.value.message == (
        f'BytePlus ModelArk: "https://ark.{region}.byteplusapi.com", made of the region, is no '
        "address"
    )


def test_an_address_with_a_login_is_refused_wherever_it_comes_from(
    start: Callable[..., Driver], ark: Simulator
) -> None:
    address = ark.url("ark").replace("://", "://me:pw-1234@")
    driver = start(BYTEPLUS_ARK_ENDPOINT=address)
    driver.configure(arkAccessKey=secret(ACCESS_KEY), arkSecretKey=secret(SECRET_KEY))
    with pytest.raises(Failure) as caught:
        driver.made()
    assert caught.value.message == (
        "BytePlus ModelArk: the environment variable BYTEPLUS_ARK_ENDPOINT, which gives "
        "inference:arkEndpoint, must be a URL (https://host, or http:// for this machine) without "
        "a user name or a query: mend it, or set inference:arkEndpoint, which takes precedence"
    )
    assert told(ark) == []
