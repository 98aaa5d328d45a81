"""Functions: which endpoints there are, whoever made them."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from support.drivers.maas import (
    PROJECT,
    REGION,
    Failure,
    MaasDriver,
    Simulator,
    full_id,
    made,
    requests,
)

pytestmark = pytest.mark.one_call


@pytest.fixture
def ids(driver: MaasDriver, maas: Simulator) -> dict[str, str]:
    """By name."""
    found = {
        "chat": made(driver, name="chat", rpm=60)[0],
        "night": made(driver, name="night", modelName="Qwen3-32B", desiredState="paused")[0],
    }
    maas.clear("maas")
    return found


def names(found: dict[str, Any]) -> list[str]:
    return sorted(endpoint["name"] for endpoint in found["endpoints"])


def test_one_endpoint(driver: MaasDriver, maas: Simulator, ids: dict[str, str]) -> None:
    found = driver.function("getEndpoint", id=ids["chat"])
    number = ids["chat"].rpartition("/")[2]
    assert found.pop("target")["model"] == "chat"
    assert found == {
        "id": full_id(number),
        "endpointId": number,
        "name": "chat",
        "region": REGION,
        "projectId": PROJECT,
        "state": "normal",
        "source": "custom_from_maas",
        "model": "DeepSeek-V3",
        "rpm": 60,
        "moderation": True,
    }
    assert [(told.operation, told.query) for told in requests(maas)] == [("endpoint.list", "")]
    assert driver.function("getEndpoint", name="chat")["id"] == ids["chat"]


def test_all_endpoints(driver: MaasDriver, maas: Simulator, ids: dict[str, str]) -> None:
    found = driver.function("getEndpoints")
    assert {e["name"]: (e["id"], e["state"]) for e in found["endpoints"]} == {
        "chat": (ids["chat"], "normal"),
        "night": (ids["night"], "suspended"),
    }
    assert [(told.operation, told.query) for told in requests(maas)] == [("endpoint.list", "")]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"name": "c*"}, ["chat"]),
        ({"state": "Suspended"}, ["night"]),
        ({"model": "qwen3-*"}, ["night"]),
        ({"model": "Llama*"}, []),
    ],
)
def test_filters(
    driver: MaasDriver, ids: dict[str, str], filters: dict[str, str], expected: list[str]
) -> None:
    assert names(driver.function("getEndpoints", **filters)) == expected


def test_all_pages(driver: MaasDriver, maas: Simulator, ids: dict[str, str]) -> None:
    maas.knobs("maas", page_size=1)
    assert names(driver.function("getEndpoints")) == ["chat", "night"]


@pytest.mark.parametrize("which", [{"name": "nobody"}, {"id": "00000000-0000-0000-0000-00000000"}])
def test_one_that_is_not_there(
    driver: MaasDriver, ids: dict[str, str], which: dict[str, str]
) -> None:
    with pytest.raises(Failure) as raised:
        driver.function("getEndpoint", **which)
    assert raised.value.code == grpc.StatusCode.NOT_FOUND
    scope = f"region {REGION}, projectId {PROJECT}"
    words = {
        "name": f'"nobody" in {scope}',
        "id": f'"{full_id(which.get("id", ""))}"',  # says it itself
    }
    assert raised.value.message == (
        f"Huawei Cloud MaaS: there is no endpoint {words[next(iter(which))]}; "
        "inference:maas:getEndpoints lists those there are"
    )


def test_quota(driver: MaasDriver, maas: Simulator, ids: dict[str, str]) -> None:
    assert driver.function("getQuota") == {"quota": 10, "quotaUsed": 2, "quotaLeft": 8}
    assert [(told.operation, told.query) for told in requests(maas)] == [("endpoint.list", "")]


def test_a_list_that_tells_no_quota(
    driver: MaasDriver, maas: Simulator, ids: dict[str, str]
) -> None:
    maas.fault("maas", "endpoint.list", kind="rewrite", remove=["/quantity_limit"])
    assert driver.function("getQuota") == {"quotaUsed": 2}
