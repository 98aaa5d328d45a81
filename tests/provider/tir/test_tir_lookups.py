"""Functions: which endpoints there are, whoever made them, and what they cost."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from simulator.tir.sample import KEY, MOUNT, TOKEN
from support.drivers.hf import WARNING, secret
from support.drivers.tir import COMMITTED, Failure, Simulator, TirDriver, made

pytestmark = pytest.mark.one_call

MADE: dict[str, dict[str, Any]] = {
    "chat": {},
    "dollars": {"currency": "USD", "replica": 2},
    "night": {"desiredState": "paused"},
    "year": COMMITTED,
}
IN_RUPEES, IN_DOLLARS = 49, 0.6125


@pytest.fixture
def ids(driver: TirDriver, tir: Simulator) -> dict[str, str]:
    """By name."""
    found = {name: made(driver, name=name, **patch)[0] for name, patch in MADE.items()}
    tir.clear("tir")
    return found


def requests(tir: Simulator) -> list[str]:
    return [told.operation for told in tir.requests(cloud="tir")]


def names(found: dict[str, Any]) -> list[str]:
    return sorted(endpoint["name"] for endpoint in found["endpoints"])


def test_one_endpoint(driver: TirDriver, tir: Simulator, ids: dict[str, str]) -> None:
    found = driver.function("getEndpoint", id=ids["chat"])
    assert found.pop("createdAt").endswith("Z")
    number = ids["chat"].rpartition("/")[2]
    assert found == {
        "id": ids["chat"],
        "endpointId": number,
        "name": "chat",
        "projectId": "501",
        "location": "Delhi",
        "state": "running",
        "framework": "vllm",
        "skuName": "L4.1",
        "skuType": "hourly",
        "replicas": 1,
        "model": "google/gemma-2b",
        "target": {
            "baseUrl": f"https://infer.e2enetworks.net/project/p-501/endpoint/is-{number}/v1",
            "model": "google/gemma-2b",
        },
        "consoleUrl": "https://gpu-notebooks.e2enetworks.com/projects/501/model-endpoints",
        "pricePerHour": IN_RUPEES,
        "currency": "INR",
        "costPerHour": IN_RUPEES,
    }
    assert requests(tir) == ["endpoint.get", "sku.list"]
    assert driver.function("getEndpoint", name="chat")["id"] == ids["chat"]


def test_all_endpoints_and_their_sums(
    driver: TirDriver, tir: Simulator, ids: dict[str, str]
) -> None:
    found = driver.function("getEndpoints")
    assert {e["name"]: (e["state"], e.get("costPerHour")) for e in found["endpoints"]} == {
        "chat": ("running", IN_RUPEES),
        "dollars": ("running", 2 * IN_DOLLARS),
        "night": ("stopped", 0),
        "year": ("running", None),  # paid for its whole time
    }
    assert found["costs"] == [
        {"currency": "INR", "perHour": IN_RUPEES},
        {"currency": "USD", "perHour": 2 * IN_DOLLARS},
    ]
    assert sorted(set(requests(tir))) == ["endpoint.list", "sku.list"]
    plans = [told for told in tir.requests(cloud="tir") if told.operation == "sku.list"]
    assert len(plans) == 1 and "framework=vllm" in plans[0].query


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"name": "*a*"}, ["chat", "dollars", "year"]),
        ({"state": "Stopped"}, ["night"]),
        ({"model": "google/*", "name": "ch*"}, ["chat"]),
        ({"model": "meta/*"}, []),
    ],
)
def test_filters(
    driver: TirDriver, ids: dict[str, str], filters: dict[str, str], expected: list[str]
) -> None:
    assert names(driver.function("getEndpoints", **filters)) == expected


def test_all_pages(driver: TirDriver, tir: Simulator, ids: dict[str, str]) -> None:
    tir.knobs("tir", list_per_page_max=3)
    assert names(driver.function("getEndpoints")) == sorted(MADE)


def test_without_prices_it_says_so(driver: TirDriver, tir: Simulator, ids: dict[str, str]) -> None:
    tir.fault("tir", "sku.list", status=403, count=9)
    found = driver.function("getEndpoints")
    assert names(found) == sorted(MADE)
    assert found["costs"] == []
    driver.logged("prices are left out")
    assert len([text for text in driver.log(WARNING) if "prices" in text]) == 1


def test_one_that_is_not_there(driver: TirDriver, ids: dict[str, str]) -> None:
    for which in ({"name": "nobody"}, {"id": "999"}):
        with pytest.raises(Failure) as raised:
            driver.function("getEndpoint", **which)
        assert raised.value.code == grpc.StatusCode.NOT_FOUND
        assert raised.value.message == (
            f'E2E Networks TIR: there is no endpoint "{next(iter(which.values()))}" in projectId '
            "501, location Delhi; inference:tir:getEndpoints lists those there are"
        )


def test_a_project_is_needed(driver: TirDriver, tir: Simulator) -> None:
    driver.configure(tirEndpoint=tir.url("tir"), tirApiKey="k", tirAuthToken="t")
    with pytest.raises(Failure) as raised:
        driver.function("getEndpoints", location="Delhi")
    assert "no project is known" in raised.value.message


# What inputs take.

LISTS: dict[str, tuple[str, str, list[dict[str, Any]]]] = {
    "getFileSystems": (
        "fileSystems",
        "/distributed_jobs/sfs/",
        [{"sfsId": "71", "name": "shared-71", "status": "active", "diskSize": 500}],
    ),
    "getPrivateClouds": (
        "privateClouds",
        "/private-cluster/",
        [
            {"privateCloudId": "81", "name": "own-81", "status": "active", "nodes": 2},
            {"privateCloudId": "82", "name": "own-82", "status": "active", "nodes": 2},
        ],
    ),
    "getRegistryNamespaces": (
        "registryNamespaces",
        "/container_registry/",
        [{"registryNamespaceId": "61", "name": "team-images-61"}],
    ),
    "getSecurityGroups": (
        "securityGroups",
        "/security_groups/",
        [
            {
                "securityGroupId": "7245",
                "name": "group-7245",
                "description": "",
                "isDefault": True,
            },
            {
                "securityGroupId": "7246",
                "name": "group-7246",
                "description": "",
                "isDefault": False,
            },
        ],
    ),
    "getReservedIps": (
        "reservedIps",
        "/reserved_ips/",
        [
            *(
                {
                    "reservedIpId": str(1174 + index),
                    "ipAddress": f"10.8.220.{7 + index}",
                    "status": "Available",
                }
                for index in range(6)
            ),
            {
                "reservedIpId": "1199",
                "ipAddress": "10.8.220.99",
                "status": "Unavailable",
                "serviceType": "notebook",
                "serviceId": "1",
                "serviceName": "notes",
                "connectionStatus": "Connected",
            },
        ],
    ),
}


PAGED = ("getPrivateClouds", "getReservedIps")  # only an empty page is the last for certain


@pytest.mark.parametrize("function", LISTS)
def test_numbers_that_inputs_take(driver: TirDriver, tir: Simulator, function: str) -> None:
    output, path, rows = LISTS[function]
    assert driver.function(function) == {output: rows}
    asked = tir.requests(cloud="tir")
    assert len(asked) == (2 if function in PAGED else 1)
    for number, request in enumerate(asked, 1):
        assert request.path.endswith(f"/gpu{path}")
        assert ["project_id", "501"] in [list(pair) for pair in request.parameters]
        page = f"&page_no={number}&per_page=100"
        assert request.query.endswith(page) == (function in PAGED)


def test_datasets_come_without_their_keys(driver: TirDriver, tir: Simulator) -> None:
    (found,) = driver.function("getDatasets")["datasets"]
    assert found == {
        "createdAt": "2026-04-05T06:07:08.000009Z",
        "datasetId": "1301",
        "name": "training-1301",
        "status": "ready",
        "storageType": "managed",
        "bucketName": "training-1301",
    }
    first, last = tir.requests(cloud="tir")
    assert first.query.endswith("&page_no=1&per_page=100")
    assert last.query.endswith("&page_no=2&per_page=100")


def test_datasets_of_all_pages(driver: TirDriver, tir: Simulator) -> None:
    def page(first: int, count: int) -> dict[str, Any]:
        rows = [{"id": number, "name": "d"} for number in range(first, first + count)]
        return {"code": 200, "data": rows, "errors": {}, "message": "Success"}

    tir.fault("tir", "dataset.list", status=200, body=page(1, 100))
    tir.fault("tir", "dataset.list", status=200, body=page(101, 7))
    assert len(driver.function("getDatasets")["datasets"]) == 107
    # one that knows no pages shows the same once more
    tir.fault("tir", "dataset.list", status=200, body=page(1, 100), count=2)
    assert len(driver.function("getDatasets")["datasets"]) == 100


@pytest.mark.parametrize("data", [5, "none", True, {"datasets": []}])
def test_a_reply_without_a_list_is_not_none(driver: TirDriver, tir: Simulator, data: Any) -> None:
    tir.fault("tir", "dataset.list", status=200, body={"code": 200, "data": data})
    with pytest.raises(Failure) as failure:
        driver.function("getDatasets")
    assert failure.value.message == (
        "E2E Networks TIR: listing the datasets: the reply is not the service's: it holds no list. "
        "Check the configured address and any proxy on the way."
    )


@pytest.mark.parametrize("data", [[], {}, [None, 5, "a"]])
def test_what_is_no_object_is_no_framework(driver: TirDriver, tir: Simulator, data: Any) -> None:
    tir.fault("tir", "framework.list", status=200, body={"code": 200, "data": data})
    assert driver.function("getFrameworks") == {"frameworks": []}


def test_accounts_need_no_project(driver: TirDriver, tir: Simulator) -> None:
    tir.knobs("tir", iam_accounts=[17, 18])
    driver.configure(
        tirEndpoint=tir.url("tir") + MOUNT, tirApiKey=secret(KEY), tirAuthToken=secret(TOKEN)
    )
    assert driver.function("getIamAccounts") == {
        "iamAccounts": [
            {"activeIam": "17", "email": "iam17@example.com"},
            {"activeIam": "18", "email": "iam18@example.com"},
        ]
    }
    (request,) = tir.requests(cloud="tir")
    assert (request.operation, request.query) == ("iam.list", f"apikey={KEY}")
    with pytest.raises(Failure) as raised:
        driver.function("getDatasets", location="Delhi")
    assert "no project is known" in raised.value.message


def test_logs(driver: TirDriver, tir: Simulator, ids: dict[str, str]) -> None:
    for number in range(5):
        tir.call("tir", "log", target="501/3001", line=f"line {number}")
    assert driver.function("getLogs", id=ids["chat"], lines=2) == {"lines": ["line 3", "line 4"]}
    assert requests(tir) == ["endpoint.logs"]
    by_name = driver.function("getLogs", name="chat")["lines"]
    assert by_name == ["starting chat", *(f"line {number}" for number in range(5))]
    assert driver.function_refused("getLogs") == {"id": "give either this or name"}


def test_numbers_may_be_numbers(driver: TirDriver, tir: Simulator, ids: dict[str, str]) -> None:
    """Of another project: the configured one has them."""
    assert driver.function("getEndpoints", projectId=502)["endpoints"] == []
    assert driver.function("getLogs", id=ids["chat"], projectId=501)["lines"] != []


def test_an_import_of_none_says_where_it_was_looked_for(driver: TirDriver) -> None:
    assert driver.read("999").id == ""
    assert driver.logged("there is no endpoint").message == (
        "E2E Networks TIR: there is no endpoint 999 in projectId 501, location Delhi; pulumi do "
        "inference:tir:Endpoint list --all shows those there are"
    )


def test_an_id_may_be_a_number(driver: TirDriver, ids: dict[str, str]) -> None:
    """As every other id of TIR may."""
    assert driver.function("getEndpoint", id=int(ids["chat"]))["name"] == "chat"
    assert driver.function("getLogs", id=int(ids["chat"]), lines=1)["lines"] != []
