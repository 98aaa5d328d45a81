"""Credentials in every spelling, addresses in every form, and secrets that nobody may see."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from ark_support import (
    ACCESS_KEY,
    SECRET_KEY,
    SESSION_TOKEN,
    TEMPORARY_ACCESS_KEY,
    TEMPORARY_SECRET_KEY,
    Driver,
    Failure,
    Simulator,
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
    assert told(ark) == ["endpoint.list"], "it is not tried again"


def test_a_clock_that_is_off(driver: Driver, ark: Simulator) -> None:
    ark.advance(1200)
    with pytest.raises(Failure) as caught:
        driver.made()
    assert "InvalidTimestamp" in caught.value.message and "clock" in caught.value.message


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


def test_no_useless_reply_tells_a_secret(planted: Driver, ark: Simulator) -> None:
    ark.fault("ark", "endpoint.list", body=f"<html>{' '.join(CANARIES)}", status=500, count=0)
    planted.made()
    hidden(planted, planted.logged("could not be found out").message)
