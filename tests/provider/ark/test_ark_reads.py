"""Read, List and Delete: ids in every form, what is gone and what only looks so."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from support.drivers.ark import (
    MODEL,
    WIRE_MODEL,
    Driver,
    Failure,
    Simulator,
    changes,
    plain,
    stored,
    struct,
    told,
)

PRESET = "ep-m-20260101000000-aaaaa"


def test_import_by_the_id_alone(driver: Driver, ark: Simulator) -> None:
    id, _, _ = driver.made(description="d", rateLimit={"rpm": 1, "tpm": 2})
    read = driver.read(id)
    assert read.id == id
    assert plain(read.inputs) == {
        "name": "demo",
        "description": "d",
        "modelReference": MODEL,
        "rateLimit": {"rpm": 1, "tpm": 2},
    }


def test_import_from_another_region(driver: Driver, ark: Simulator) -> None:
    id, _, outputs = driver.made(region="eu-west-1")
    read = driver.read(f"eu-west-1/{id}")
    assert read.id == id
    assert plain(read.inputs)["region"] == "eu-west-1"
    assert plain(read.properties)["target"] == outputs["target"]
    assert driver.read(id).id == "", "it is not in the configured region"


def test_import_of_the_configured_region(configure: Callable[..., Driver]) -> None:
    driver = configure(arkRegion="eu-west-1")
    id, _, _ = driver.made()
    assert "region" not in plain(driver.read(id).inputs)
    assert "region" not in plain(driver.read(f"eu-west-1/{id}").inputs)


def test_import_of_a_stopped_endpoint(driver: Driver, ark: Simulator) -> None:
    id, _, _ = driver.made(desiredState="paused")
    assert plain(driver.read(id).inputs)["desiredState"] == "paused"


def test_import_from_another_project(driver: Driver) -> None:
    id, _, _ = driver.made(projectName="shop")
    assert plain(driver.read(id).inputs)["projectName"] == "shop"


@pytest.mark.parametrize("id", [PRESET, f"eu-west-1/{PRESET}"])
def test_preset_endpoints_are_explained(driver: Driver, id: str) -> None:
    with pytest.raises(Failure) as caught:
        driver.read(id)
    assert f"{PRESET} is a preset endpoint that the platform made" in caught.value.message


def test_nonsense_is_explained(driver: Driver, ark: Simulator) -> None:
    for id in ("a/b/c", "/", "eu-west-1/"):
        with pytest.raises(Failure) as caught:
            driver.read(id)
        assert "expected ep-… or region/ep-…" in caught.value.message
    assert told(ark) == []


GONE: list[dict[str, Any]] = [
    {"status": 404, "code": "NotFound.Endpoint"},
    {"status": 404, "code": "NotFound.Whatever"},
    {"status": 404, "code": "InvalidEndpointOrModel.NotFound"},
    {"status": 404, "code": "ResourceNotFound"},
]
NOT_GONE: list[dict[str, Any]] = [
    {"status": 404, "code": "InvalidActionOrVersion"},
    {"status": 404, "code": "ServiceNotFound"},
    {"status": 404, "code": "ModelNotOpen"},
    {"status": 404, "code": "PathNotFound"},
    {"status": 403, "code": "AccessDenied"},
    {"status": 400, "code": "NotFound.Endpoint"},
]


@pytest.mark.parametrize("fault", GONE, ids=lambda row: row["code"])
def test_what_is_gone(driver: Driver, ark: Simulator, fault: dict[str, Any]) -> None:
    id, checked, outputs = driver.made()
    ark.fault("ark", "endpoint.get", kind="error", count=0, **fault)
    assert driver.read(id, outputs, checked).id == ""


@pytest.mark.parametrize("fault", NOT_GONE, ids=lambda row: f"{row['status']}-{row['code']}")
def test_what_only_looks_gone(driver: Driver, ark: Simulator, fault: dict[str, Any]) -> None:
    id, checked, outputs = driver.made()
    ark.fault("ark", "endpoint.get", kind="error", count=0, **fault)
    with pytest.raises(Failure) as caught:
        driver.read(id, outputs, checked)
    assert str(fault["code"]) in caught.value.message


def test_a_failure_inside_a_success(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made()
    ark.fault("ark", "endpoint.get", kind="error", status=200, code="AccessDenied", count=0)
    with pytest.raises(Failure) as caught:
        driver.read(id, outputs, checked)
    assert caught.value.code == grpc.StatusCode.PERMISSION_DENIED


def test_an_error_tells_all(driver: Driver, ark: Simulator) -> None:
    ark.knobs("ark", endpoint_quota=0)
    with pytest.raises(Failure) as caught:
        driver.made()
    (create,) = ark.requests(cloud="ark", operation="endpoint.create")
    for word in (
        "BytePlus ModelArk",
        "creating the endpoint",
        "HTTP 429",
        "QuotaExceeded",
        create.notes["request_id"],
        "more quota",
    ):
        assert word in caught.value.message
    assert caught.value.code == grpc.StatusCode.RESOURCE_EXHAUSTED


def test_a_failed_endpoint_stays_in_the_state(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made()
    ark.call("ark", "fail", target=id, reason="hardware fault")
    with pytest.raises(Failure) as caught:
        driver.read(id, outputs, checked)
    assert caught.value.id == id
    assert "hardware fault" in caught.value.reasons[0]


# Delete.


@pytest.mark.parametrize("strict", [False, True])
def test_delete(driver: Driver, ark: Simulator, strict: bool) -> None:
    """Straight away where that is allowed, else stopped first."""
    ark.knobs("ark", strict_delete=strict, polls={"stopping": 1, "deleting": 1})
    id, checked, outputs = driver.made()
    ark.clear()
    driver.delete(id, outputs, checked)
    stopped = ["endpoint.delete", "endpoint.stop", "endpoint.delete"]
    assert changes(ark) == (stopped if strict else ["endpoint.delete"])
    assert stored(ark) == {}


def test_delete_of_what_goes_on_showing_itself(driver: Driver, ark: Simulator) -> None:
    ark.knobs("ark", after_delete="deleted")
    id, checked, outputs = driver.made()
    driver.delete(id, outputs, checked)
    assert driver.read(id, outputs, checked).id == ""


def test_delete_of_what_is_gone(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made()
    ark.delete("ark", id)
    driver.delete(id, outputs, checked)


@pytest.mark.parametrize(
    "code", ["OperationDenied.ServiceOverdue", "OperationDenied.PermissionDenied"]
)
def test_a_refused_delete_stops_nothing(driver: Driver, ark: Simulator, code: str) -> None:
    id, checked, outputs = driver.made()
    ark.fault("ark", "endpoint.delete", kind="error", status=403, code=code, count=0)
    ark.clear()
    with pytest.raises(Failure) as caught:
        driver.delete(id, outputs, checked)
    assert code in caught.value.message
    assert changes(ark) == ["endpoint.delete"]
    assert stored(ark)[id]["Status"] == "Running"


# List.


def many(ark: Simulator, driver: Driver, count: int) -> list[str]:
    """Ids, newest first, as the service lists them."""
    first, _, _ = driver.made(name="n-0")
    made = [first]
    made += [driver.made(name=f"n-{number}")[0] for number in range(1, count)]
    return made[::-1]


def pages(driver: Driver, **request: Any) -> tuple[list[tuple[str, str]], list[str]]:
    """Everything that is given page by page, and the tokens in between."""
    found: list[tuple[str, str]] = []
    tokens = [""]
    while True:
        answers = list(driver.list(continuation_token=tokens[-1], **request))
        found += [(a.result.id, a.result.name) for a in answers if a.HasField("result")]
        token = answers[-1].continuation.continuation_token
        if not token:
            return found, tokens
        assert token not in tokens
        tokens.append(token)


@pytest.mark.parametrize("limit", [0, 1, 2, 3, 5, 100])
def test_list(driver: Driver, ark: Simulator, limit: int) -> None:
    ids = many(ark, driver, 5)
    found, _ = pages(driver, limit=limit)
    assert sorted(id for id, _ in found) == sorted(ids)
    assert {name for _, name in found} == {f"n-{number}" for number in range(5)}
    for id, _ in found:
        assert driver.read(id).id == id


def post(ark: Simulator, action: str, body: dict[str, Any]) -> None:
    """A request that nobody signed."""
    url = f"{ark.url('ark')}/?Action={action}&Version=2024-01-01"
    request = urllib.request.Request(url, json.dumps(body).encode(), method="POST")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as reply:
        assert reply.status == 200


def test_list_over_pages_that_the_service_makes_smaller(driver: Driver, ark: Simulator) -> None:
    """What a page of 100 is asked for and has fewer is not the end, in no call of several."""
    ids = many(ark, driver, 7)
    ark.knobs("ark", list_page_most=3)
    for limit in (0, 1, 2, 3, 4, 5, 100):
        found, _ = pages(driver, limit=limit)
        assert [id for id, _ in found] == ids


def test_list_over_pages(driver: Driver, ark: Simulator) -> None:
    """A limit may end in the middle of a page of the service."""
    ark.knobs("ark", auth=False)
    for number in range(230):
        post(ark, "CreateEndpoint", {"Name": f"n-{number}", "ModelReference": WIRE_MODEL})
    for limit, pages_given in ((0, 3), (70, 4), (100, 3), (150, 2), (230, 1), (300, 1)):
        found, tokens = pages(driver, limit=limit)
        assert sorted(name for _, name in found) == sorted(f"n-{n}" for n in range(230))
        assert len(tokens) == pages_given


def test_list_of_a_project_and_a_region(driver: Driver, ark: Simulator) -> None:
    driver.made()
    shop, _, _ = driver.made(projectName="shop", name="shop")
    west, _, _ = driver.made(region="eu-west-1", name="west")
    found = list(driver.list(query=struct({"projectName": "shop"})))
    assert [a.result.id for a in found if a.HasField("result")] == [shop]
    found = list(driver.list(query=struct({"region": "eu-west-1"})))
    assert [a.result.id for a in found if a.HasField("result")] == [west]


# Lists that move, do not end, or are none.


def answer(ark: Simulator, result: Any, **members: Any) -> None:
    """The next list request is answered so; a text stands for the whole reply."""
    body = result if isinstance(result, str) else {"ResponseMetadata": {}, "Result": result}
    ark.fault("ark", "endpoint.list", kind="error", status=200, body=body, **members)


def page(ids: list[str], total: int) -> dict[str, Any]:
    items = [{"Id": id, "Name": f"name-of-{id}"} for id in ids]
    return {"Items": items, "TotalCount": total, "PageNumber": 1, "PageSize": 100}


def rows(first: int, last: int) -> list[str]:
    return [f"ep-{number:03}" for number in range(first, last)]


def asked(ark: Simulator) -> list[dict[str, Any]]:
    return [request.json for request in ark.requests(cloud="ark", operation="endpoint.list")]


def listed(driver: Driver, **request: Any) -> list[str]:
    return [a.result.id for a in driver.list(**request) if a.HasField("result")]


NO_LISTS: list[Any] = [
    "",
    "{}",
    "null",
    '{"Result": null}',
    '{"Result": []}',
    {},
    {"TotalCount": 0},
    {"Items": None, "TotalCount": 0},
    {"Items": {}, "TotalCount": 0},
    {"Items": []},
    {"Items": [], "TotalCount": None},
]


@pytest.mark.parametrize("result", NO_LISTS, ids=str)
def test_a_reply_that_is_no_list_is_an_error(driver: Driver, ark: Simulator, result: Any) -> None:
    """It does not say that there is nothing. A create goes on, and says what it could not see."""
    answer(ark, result, count=0)
    with pytest.raises(Failure) as caught:
        listed(driver)
    assert caught.value.code.name == "UNAVAILABLE"
    assert caught.value.message.startswith("BytePlus ModelArk: listing the endpoints: ")
    driver.made()
    message = driver.logged("an earlier run left").message
    assert "could not be found out: BytePlus ModelArk: listing the endpoints: " in message
    assert changes(ark) == ["endpoint.create"]


@pytest.mark.parametrize("item", [None, 7, "ep-1", [], {}, {"Id": ""}, {"Name": "x"}], ids=str)
def test_an_item_that_is_no_endpoint_is_an_error(driver: Driver, ark: Simulator, item: Any) -> None:
    answer(ark, {**page(["ep-1"], 2), "Items": [{"Id": "ep-1", "Name": "x"}, item]})
    with pytest.raises(Failure) as caught:
        listed(driver)
    assert caught.value.code.name == "UNAVAILABLE"
    assert "something that is no endpoint" in caught.value.message


def test_a_page_that_does_not_advance_is_an_error(driver: Driver, ark: Simulator) -> None:
    answer(ark, page(rows(0, 100), 1000), count=0)
    with pytest.raises(Failure) as caught:
        listed(driver, limit=300)
    assert caught.value.code.name == "UNAVAILABLE"
    assert caught.value.message.startswith(
        "BytePlus ModelArk: listing the endpoints: the list does not advance"
    )
    assert [body["PageNumber"] for body in asked(ark)] == [1, 2]


def test_what_is_inserted_between_two_pages_ends_nothing(driver: Driver, ark: Simulator) -> None:
    """The total of the first page is full, and one more has come: the last moved to page two."""
    answer(ark, page(rows(0, 100), 100))
    answer(ark, page(["ep-099"], 101))
    answer(ark, page(["ep-new", *rows(0, 99)], 101))
    answer(ark, page(["ep-099"], 101))
    assert listed(driver, limit=1000) == [*rows(0, 100), "ep-new"]
    assert asked(ark) == [
        {"PageNumber": number, "PageSize": 100, "ProjectName": "default"} for number in (1, 2, 1, 2)
    ]


def test_what_a_deletion_between_two_pages_hides_is_found(driver: Driver, ark: Simulator) -> None:
    """It has moved up to the page that was read already."""
    answer(ark, page(rows(0, 100), 101))
    answer(ark, page([], 100))
    answer(ark, page(rows(1, 101), 100))
    answer(ark, page([], 100))
    assert listed(driver, limit=1000) == rows(0, 101)
    assert [body["PageNumber"] for body in asked(ark)] == [1, 2, 1, 2]
