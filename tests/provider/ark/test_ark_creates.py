"""Creates whose reply is lost, and what earlier runs left behind: nothing doubled or taken."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from ark_support import (
    CREATE_TAG,
    MODEL,
    Driver,
    Failure,
    Simulator,
    changes,
    create_tags,
    inputs,
    sent,
    stored,
    told,
)

LOST: list[dict[str, Any]] = [
    {"kind": "close"},
    {"kind": "close", "reset": True},
    {"kind": "error", "status": 500},
    {"kind": "error", "status": 502, "body": {"HTTPCode": 502, "errorcode": "x", "message": "y"}},
    {"kind": "error", "status": 504, "code": "InternalServiceTimeout"},
    {"kind": "error", "status": 503, "body": "<html>"},
]


def short(fault: dict[str, Any]) -> str:
    return "-".join(str(fault[key]) for key in ("kind", "status", "reset") if key in fault)


@pytest.mark.parametrize("fault", LOST, ids=short)
def test_a_lost_reply_is_found_again(driver: Driver, ark: Simulator, fault: dict[str, Any]) -> None:
    """The create happened: it is known by its nonce, and not repeated."""
    ark.fault("ark", "endpoint.create", **fault, apply=True)
    id, _, outputs = driver.made()
    assert list(stored(ark)) == [id]
    assert outputs["status"] == "Running"
    assert told(ark)[:4] == ["endpoint.list", "endpoint.create", "endpoint.list", "endpoint.get"]
    assert changes(ark) == ["endpoint.create"]


@pytest.mark.parametrize("fault", LOST, ids=short)
def test_a_lost_request_is_sent_again(
    driver: Driver, ark: Simulator, fault: dict[str, Any]
) -> None:
    """The create did not happen: once more, but only after a look."""
    ark.fault("ark", "endpoint.create", **fault, apply=False)
    id, _, _ = driver.made()
    assert list(stored(ark)) == [id]
    calls = ["endpoint.list", "endpoint.create", "endpoint.list", "endpoint.create"]
    assert told(ark)[:4] == calls
    first, second = create_tags(ark)
    assert first == second


def test_lost_for_ever(driver: Driver, ark: Simulator) -> None:
    ark.fault("ark", "endpoint.create", kind="close", apply=False, count=0)
    with pytest.raises(Failure) as caught:
        driver.made()
    assert caught.value.partial is None
    assert changes(ark) == ["endpoint.create"] * 2
    assert stored(ark) == {}


@pytest.mark.parametrize("kind", ["malformed", "html", "empty", "truncated"])
def test_a_useless_reply(driver: Driver, ark: Simulator, kind: str) -> None:
    ark.fault("ark", "endpoint.create", kind=kind)
    id, _, _ = driver.made()
    assert list(stored(ark)) == [id]
    assert changes(ark) == ["endpoint.create"]


@pytest.mark.parametrize("assign", [{"/Result": {}}, {"/Result": None}, {"/Result": {"Id": ""}}])
def test_a_reply_without_an_id(driver: Driver, ark: Simulator, assign: dict[str, Any]) -> None:
    """It was made, so it has to be found."""
    ark.fault("ark", "endpoint.create", kind="rewrite", assign=assign)
    id, _, outputs = driver.made()
    assert list(stored(ark)) == [id] == [outputs["endpointId"]]
    assert changes(ark) == ["endpoint.create"]


@pytest.mark.parametrize("status", [429, 503])
def test_throttled_creates_are_repeated_without_a_look(
    driver: Driver, ark: Simulator, status: int
) -> None:
    ark.fault("ark", "endpoint.create", status=status, count=2)
    driver.made()
    assert told(ark)[:4] == ["endpoint.list"] + ["endpoint.create"] * 3
    assert len(stored(ark)) == 1


def test_where_nothing_can_be_found_out(driver: Driver, ark: Simulator) -> None:
    """The list fails as well: the tag to look for is told."""
    ark.fault("ark", "endpoint.create", kind="close", apply=True)
    ark.fault("ark", "endpoint.list", status=403, code="AccessDenied", skip=1, count=0)
    with pytest.raises(Failure) as caught:
        driver.made()
    (tag,) = create_tags(ark)
    assert f"{CREATE_TAG}={tag}" in caught.value.message
    assert caught.value.partial is None


def test_a_namesake_is_not_ours(driver: Driver, ark: Simulator) -> None:
    """Names are not unique: another endpoint of the same name neither hinders nor is taken."""
    theirs, _, _ = driver.made(name="shared")
    document = stored(ark)[theirs]
    tags = [tag for tag in document["Tags"] if tag["Key"] != CREATE_TAG]
    ark.mutate("ark", theirs, {"Tags": tags})
    ark.fault("ark", "endpoint.create", kind="close", apply=False)
    ours, _, _ = driver.made(name="shared")
    assert sorted(stored(ark)) == sorted([theirs, ours])


@pytest.mark.parametrize("knobs", [{"unique_names": True}])
def test_where_names_are_unique_after_all(
    driver: Driver, ark: Simulator, knobs: dict[str, Any]
) -> None:
    ark.knobs("ark", knobs)
    theirs, _, _ = driver.made(name="taken")
    ark.mutate("ark", theirs, {"Tags": []})
    with pytest.raises(Failure) as caught:
        driver.made(name="taken")
    assert "AlreadyExists" in caught.value.message
    assert "deleteBeforeReplace" in caught.value.message
    assert list(stored(ark)) == [theirs]


# What a killed run left behind.


@pytest.fixture
def orphan(configure: Callable[..., Driver], ark: Simulator) -> str:
    """Made by another process of the same stack that wrote no state."""
    id, _, _ = configure().made(description="d")
    ark.clear()
    return id


def test_an_orphan_is_named_with_three_ways_out(
    driver: Driver, ark: Simulator, orphan: str
) -> None:
    with pytest.raises(Failure) as caught:
        driver.made(description="d")
    for words in (
        f"pulumi import inference:ark:Endpoint demo {orphan}",
        "delete it",
        "adoptExisting: true",
    ):
        assert words in caught.value.message
    assert caught.value.partial is None
    assert changes(ark) == []
    assert list(stored(ark)) == [orphan]


def test_an_orphan_can_be_adopted(driver: Driver, ark: Simulator, orphan: str) -> None:
    id, _, outputs = driver.made(description="d", adoptExisting=True)
    assert (id, outputs["endpointId"]) == (orphan, orphan)
    assert changes(ark) == []


def test_an_autonamed_orphan_is_adopted_with_its_name_changed(
    configure: Callable[..., Driver], ark: Simulator
) -> None:
    """The run that was killed had chosen another name."""
    first = configure()
    id, _ = first.create(first.checked({"modelReference": MODEL}))
    ark.clear()
    second = configure()
    news = second.checked({"modelReference": MODEL, "adoptExisting": True}, seed=b"t" * 32)
    adopted, outputs = second.create(news)
    assert (adopted, outputs["name"]) == (id, news["name"])
    assert sent(ark, "endpoint.update") == [{"Id": id, "Name": news["name"]}]


def test_an_orphan_that_was_deleted(driver: Driver, ark: Simulator, orphan: str) -> None:
    ark.delete("ark", orphan)
    id, _, _ = driver.made(description="d")
    assert list(stored(ark)) == [id]


def test_another_declaration_is_made_and_the_orphan_named(
    driver: Driver, ark: Simulator, orphan: str
) -> None:
    id, _, _ = driver.made(description="other")
    assert sorted(stored(ark)) == sorted([orphan, id])
    assert orphan in driver.logged("by another run with other inputs").message


def test_the_orphan_of_several_that_fits(
    configure: Callable[..., Driver], driver: Driver, ark: Simulator, orphan: str
) -> None:
    configure().made(description="newer")
    ark.clear()
    with pytest.raises(Failure) as caught:
        driver.made(description="d")
    assert orphan in caught.value.message
    assert changes(ark) == []


def test_what_is_replaced_is_no_orphan(driver: Driver, ark: Simulator) -> None:
    """The new endpoint is made first; the old one has the same hash, but it is in the state."""
    id, checked, outputs = driver.made()
    news = driver.checked(inputs(modelUnitId="mu-1"), olds=checked)
    driver.diff(checked, news, olds=outputs, id=id)
    new, _ = driver.create(news)
    assert sorted(stored(ark)) == sorted([id, new])


def test_orphans_of_other_resources_are_let_be(driver: Driver, ark: Simulator, orphan: str) -> None:
    checked = driver.checked(inputs(description="d"), name="another")
    id, _ = driver.create(checked, name="another")
    assert sorted(stored(ark)) == sorted([orphan, id])
    assert re.search(rf"\b{orphan}\b", str(driver.log(2))) is None


def test_an_orphan_behind_a_full_page(
    configure: Callable[..., Driver], driver: Driver, ark: Simulator, orphan: str
) -> None:
    """The list is read to its end."""
    rows = [{"Id": f"ep-{n}", "Name": "x"} for n in range(100)]
    result = {"Items": rows, "TotalCount": 101, "PageNumber": 1, "PageSize": 100}
    ark.fault("ark", "endpoint.list", kind="rewrite", assign={"/Result": result})
    item = stored(ark)[orphan]
    result = {"Items": [item], "TotalCount": 101, "PageNumber": 2, "PageSize": 100}
    ark.fault("ark", "endpoint.list", kind="rewrite", assign={"/Result": result})
    with pytest.raises(Failure) as caught:
        driver.made(description="d")
    assert orphan in caught.value.message
    pages = [r.json["PageNumber"] for r in ark.requests(cloud="ark", operation="endpoint.list")]
    assert pages == [1, 2]


def test_an_orphan_that_a_deletion_hides_between_two_pages(
    driver: Driver, ark: Simulator, orphan: str
) -> None:
    """The list is read again: it was not the same all the while."""
    rows = [{"Id": f"ep-{n}", "Name": "x"} for n in range(100)]
    item = stored(ark)[orphan]
    for items, total in ((rows, 101), ([], 100), ([*rows[1:], item], 100), ([], 100)):
        result = {"Items": items, "TotalCount": total, "PageNumber": 1, "PageSize": 100}
        ark.fault("ark", "endpoint.list", kind="rewrite", assign={"/Result": result})
    with pytest.raises(Failure) as caught:
        driver.made(description="d")
    assert orphan in caught.value.message
    pages = [r.json["PageNumber"] for r in ark.requests(cloud="ark", operation="endpoint.list")]
    assert pages == [1, 2, 1, 2]
    assert changes(ark) == []
