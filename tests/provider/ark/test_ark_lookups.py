"""Functions: which endpoints there are, whoever made them."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from support.drivers.ark import REGION, SECRET_KEY, Driver, Failure, Simulator

pytestmark = pytest.mark.one_call

PROD = [{"key": "env", "value": "prod"}]


@pytest.fixture
def made(driver: Driver, ark: Simulator) -> dict[str, str]:
    """Ids by name."""
    ark.knobs("ark", batch_only="batch")
    ids = {
        "chat": driver.made(name="chat", tags=PROD)[0],
        "batch": driver.made(name="batch")[0],
        "night": driver.made(name="night", desiredState="paused")[0],
    }
    ark.clear("ark")
    return ids


def requests(ark: Simulator) -> list[tuple[str, Any]]:
    return [(told.operation, told.json) for told in ark.requests(cloud="ark")]


def names(found: dict[str, Any]) -> list[str]:
    return sorted(endpoint["name"] for endpoint in found["endpoints"])


def test_one_endpoint(driver: Driver, ark: Simulator, made: dict[str, str]) -> None:
    found = driver.function("getEndpoint", id=made["chat"])
    assert found.pop("createdAt").endswith("Z")
    assert found == {
        "id": made["chat"],
        "name": "chat",
        "region": REGION,
        "projectName": "default",
        "state": "Running",
        "model": "seed-1-6",
        "modelVersion": "250615",
        "tags": PROD,
        "target": {
            "baseUrl": "https://ark.ap-southeast.bytepluses.com/api/v3",
            "model": made["chat"],
        },
        "consoleUrl": f"https://console.byteplus.com/ark/region:ark+{REGION}/endpoint",
    }
    assert requests(ark)[0] == ("endpoint.get", {"Id": made["chat"]})
    assert driver.function("getEndpoint", id=f"{REGION}/{made['chat']}")["name"] == "chat"


def test_all_endpoints(driver: Driver, ark: Simulator, made: dict[str, str]) -> None:
    """Lists lack what the address depends on: each is read by itself (docs/apis/ark.md 7.6)."""
    found = driver.function("getEndpoints")
    assert {e["name"]: e["target"]["baseUrl"].rpartition("/")[2] for e in found["endpoints"]} == {
        "chat": "v3",
        "batch": "batch",
        "night": "v3",
    }
    page = {"PageNumber": 1, "PageSize": 100, "ProjectName": "default"}
    assert requests(ark)[0] == ("endpoint.list", page)
    assert sorted(requests(ark)[1:], key=str) == sorted(
        (("endpoint.get", {"Id": id}) for id in made.values()), key=str
    )
    assert "costs" not in found


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"tag": "env=prod"}, ["chat"]),
        ({"tag": "env"}, ["chat"]),
        ({"tag": "env=dev"}, []),
        ({"state": "stopped"}, ["night"]),
        ({"model": "seed-*", "name": "?a*"}, ["batch"]),
    ],
)
def test_filters(
    driver: Driver,
    ark: Simulator,
    made: dict[str, str],
    filters: dict[str, str],
    expected: list[str],
) -> None:
    assert names(driver.function("getEndpoints", **filters)) == expected
    # only what fits is read
    assert [operation for operation, _ in requests(ark)].count("endpoint.get") == len(expected)


def test_by_name(driver: Driver, ark: Simulator, made: dict[str, str]) -> None:
    assert driver.function("getEndpoint", name="night")["id"] == made["night"]
    assert [operation for operation, _ in requests(ark)] == ["endpoint.list", "endpoint.get"]


def test_names_need_not_be_unique(driver: Driver, made: dict[str, str]) -> None:
    other = driver.made(name="chat")[0]
    with pytest.raises(Failure) as raised:
        driver.function("getEndpoint", name="chat")
    assert raised.value.code == grpc.StatusCode.INVALID_ARGUMENT
    assert other in raised.value.message and made["chat"] in raised.value.message


@pytest.mark.parametrize(
    "which",
    [
        {"name": "nobody"},
        {"id": "ep-20250101000000-aaaaa"},
        {"name": "chat", "projectName": "none"},
        {"name": "chat", "region": "eu-west-1"},
    ],
)
def test_one_that_is_not_there(driver: Driver, made: dict[str, str], which: dict[str, str]) -> None:
    with pytest.raises(Failure) as raised:
        driver.function("getEndpoint", **which)
    assert raised.value.code == grpc.StatusCode.NOT_FOUND
    assert raised.value.message == (
        f'BytePlus ModelArk: there is no endpoint "{next(iter(which.values()))}" in region '
        f"{which.get('region', REGION)}, projectName {which.get('projectName', 'default')}; "
        "inference:ark:getEndpoints lists those there are"
    )


def test_a_key_in_the_place_of_a_name(driver: Driver) -> None:
    with pytest.raises(Failure) as raised:
        driver.function("getEndpoint", name=SECRET_KEY)
    assert raised.value.message == (
        f'BytePlus ModelArk: there is no endpoint "[secret]" in region {REGION}, projectName '
        "default; inference:ark:getEndpoints lists those there are"
    )


def test_all_pages(driver: Driver, ark: Simulator) -> None:
    for number in range(101):
        driver.made(name=f"e-{number}", desiredState="paused")
    ark.clear("ark")
    assert len(driver.function("getEndpoints")["endpoints"]) == 101
    pages = [body["PageNumber"] for name, body in requests(ark) if name == "endpoint.list"]
    assert pages == [1, 2]
