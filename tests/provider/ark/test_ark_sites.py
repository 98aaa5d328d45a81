"""Volcengine's site of ModelArk: its hosts, its names in the environment, and no way across."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from support.drivers.ark import (
    ACCESS_KEY,
    SECRET_KEY,
    Driver,
    Failure,
    Simulator,
    inputs,
    stored,
    told,
)

pytestmark = pytest.mark.one_call

ACCESS, SECRET = "AKLTVOLCEXAMPLE00001", "SKVOLCexampleSecretKey0123456789=="
TRN = "trn:iam::3100000001:role/deploy"
BYTEPLUS = {"BYTEPLUS_ACCESS_KEY": ACCESS_KEY, "BYTEPLUS_SECRET_KEY": SECRET_KEY}
VOLCENGINE = {"VOLCENGINE_ACCESS_KEY": ACCESS, "VOLCENGINE_SECRET_KEY": SECRET}
FOREIGN = (
    '"cn-beijing" is of Volcengine, and this provider\'s credentials are of BytePlus '
    '(inference:arkRegion is "ap-southeast-1"): use an explicit provider that is configured for it'
)


def signer(ark: Simulator) -> str:
    """Access key and scope of the last create."""
    request = ark.requests(cloud="ark", operation="endpoint.create")[-1]
    return (request.header("Authorization") or "").partition("Credential=")[2].partition(",")[0]


def test_both_sites_have_their_own_names(start: Callable[..., Driver], ark: Simulator) -> None:
    places = {f"{word}_ARK_ENDPOINT": ark.url("ark") for word in ("BYTEPLUS", "VOLCENGINE")}
    driver = start(**BYTEPLUS, **VOLCENGINE, **places)
    for region, key in (("cn-beijing", ACCESS), ("ap-southeast-1", ACCESS_KEY)):
        driver.configure(arkRegion=region)
        id, _, outputs = driver.made(name=region)
        assert signer(ark).startswith(f"{key}/") and f"/{region}/ark/request" in signer(ark)
        assert stored(ark)[id]["region"] == outputs["region"] == region


@pytest.mark.parametrize(
    ("region", "environment", "place"),
    [
        ("cn-beijing", BYTEPLUS, "VOLCENGINE_ACCESS_KEY"),
        ("ap-southeast-1", VOLCENGINE, "BYTEPLUS_ACCESS_KEY"),
    ],
)
def test_keys_of_the_other_site_are_none(
    start: Callable[..., Driver],
    ark: Simulator,
    region: str,
    environment: dict[str, str],
    place: str,
) -> None:
    driver = start(**environment)
    driver.configure(arkRegion=region, arkEndpoint=ark.url("ark"))
    with pytest.raises(Failure) as caught:
        driver.made()
    words = f"no credentials. Looked at inference:arkAccessKey, the environment: {place}, "
    assert words in caught.value.message
    assert told(ark) == []


def test_what_callers_need(start: Callable[..., Driver], ark: Simulator) -> None:
    driver = start(**VOLCENGINE, VOLCENGINE_ARK_ENDPOINT=ark.url("ark"))
    driver.configure(arkRegion="cn-beijing")
    id, _, outputs = driver.made()
    assert outputs["target"] == {
        "baseUrl": "https://ark.cn-beijing.volces.com/api/v3",
        "model": id,
    }


def test_profiles_are_its_own(start: Callable[..., Driver], ark: Simulator, tmp_path: Path) -> None:
    keys = {"access-key": ACCESS, "secret-key": SECRET}
    for name, profile in ((".volcengine", keys), (".byteplus", {"access-key": "AKwrong"})):
        file = tmp_path / name / "config.json"
        file.parent.mkdir()
        file.write_text(json.dumps({"profiles": {"default": profile}}), encoding="utf-8")
    driver = start(HOME=str(tmp_path))
    driver.configure(arkRegion="cn-beijing", arkEndpoint=ark.url("ark"))
    id, _, _ = driver.made()
    assert stored(ark)[id]["account"] == "3100000001"


def test_roles_are_its_own(start: Callable[..., Driver], ark: Simulator) -> None:
    url = ark.url("ark")
    driver = start(
        **VOLCENGINE,
        VOLCENGINE_ARK_ENDPOINT=url,
        VOLCENGINE_STS_ENDPOINT=url,
        VOLCENGINE_ASSUME_ROLE_TRN=TRN,
        BYTEPLUS_ASSUME_ROLE_TRN="trn:iam::2100000001:role/none",
    )
    driver.configure(arkRegion="cn-beijing")
    driver.made()
    (request,) = ark.requests(cloud="ark", operation="role.assume")
    assert ("RoleTrn", TRN) in request.parameters
    assert "/cn-beijing/sts/request" in (request.header("Authorization") or "")


def test_a_region_of_another_site_fails_in_check(driver: Driver, ark: Simulator) -> None:
    failures = driver.check(inputs(region="cn-beijing")).failures
    assert [(f.property, f.reason) for f in failures] == [("region", FOREIGN)]
    assert told(ark) == []


def test_the_other_way_round(configure: Callable[..., Driver]) -> None:
    driver = configure(arkRegion="cn-beijing")
    failures = driver.check(inputs(region="eu-west-1")).failures
    assert [f.property for f in failures] == ["region"]
    assert failures[0].reason.startswith(
        '"eu-west-1" is of BytePlus, and this provider\'s credentials are of Volcengine '
    )
    assert list(driver.check(inputs(region="cn-beijing")).failures) == []


def test_an_import_does_not_cross(driver: Driver, ark: Simulator) -> None:
    with pytest.raises(Failure) as caught:
        driver.read("cn-beijing/ep-20260101000000-aaaaa")
    assert caught.value.message == f"BytePlus ModelArk: region: {FOREIGN}"
    assert told(ark) == []


@pytest.mark.parametrize("code", ["InvalidActionOrVersion", "NotFound.Action"])
def test_an_action_that_is_not_offered_is_no_missing_endpoint(
    driver: Driver, ark: Simulator, code: str
) -> None:
    id, checked, outputs = driver.made()
    ark.fault("ark", "endpoint.get", status=404, code=code)
    with pytest.raises(Failure) as caught:
        driver.read(id, outputs, checked)
    assert (
        "The service at this address does not offer this action: not every site and region does "
        "(inference:arkRegion, inference:arkEndpoint)." in caught.value.message
    )


def test_secrets_of_the_site_are_masked(start: Callable[..., Driver], ark: Simulator) -> None:
    driver = start(**VOLCENGINE)
    driver.configure(arkRegion="cn-beijing", arkEndpoint=ark.url("ark"))
    ark.fault("ark", "endpoint.create", status=403, code="AccessDenied", message=f"no {SECRET}")
    with pytest.raises(Failure) as caught:
        driver.made()
    assert "no [secret]" in caught.value.message
