"""Creates whose reply is lost, and what earlier runs left behind: nothing doubled or taken."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from support.drivers.ark import (
    MODEL,
    REGION,
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
from support.marks import CREATE_TAG, tags_without_mark

LOST: list[dict[str, Any]] = [
    {"kind": "close"},
    {"kind": "close", "reset": True},
    {"kind": "error", "status": 500},
    {"kind": "error", "status": 502, "body": {"HTTPCode": 502, "errorcode": "x", "message": "y"}},
    {"kind": "error", "status": 504, "code": "InternalServiceTimeout"},
    {"kind": "error", "status": 503, "body": "<html>"},
    {"kind": "error", "status": 200, "code": "InternalError"},
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


@pytest.mark.uninstrumented
@pytest.mark.one_call
@pytest.mark.parametrize("fault", [LOST[1], LOST[5]], ids=short)
def test_a_lost_request_is_sent_again(
    driver: Driver, ark: Simulator, fault: dict[str, Any]
) -> None:
    """The create did not happen: once more, but only after looks at 0, 1, 2, 4 and 8 s."""
    ark.fault("ark", "endpoint.create", **fault, apply=False)
    start = time.monotonic()
    id, _, _ = driver.made()
    assert time.monotonic() - start >= 8
    assert list(stored(ark)) == [id]
    looks = ["endpoint.list"] * 5
    assert told(ark)[:8] == ["endpoint.list", "endpoint.create", *looks, "endpoint.create"]
    first, second = create_tags(ark)
    assert first == second


@pytest.mark.one_call
def test_lost_for_ever(driver: Driver, ark: Simulator) -> None:
    ark.fault("ark", "endpoint.create", kind="close", apply=False, count=0)
    with pytest.raises(Failure) as caught:
        driver.made()
    assert caught.value.partial is None
    assert caught.value.code == grpc.StatusCode.UNAVAILABLE
    tag = create_tags(ark)[0]
    assert caught.value.message.endswith(
        f'It was looked for: the endpoint "demo" (with the label {CREATE_TAG}={tag}) does not '
        "exist, nothing was made"
    )
    assert changes(ark) == ["endpoint.create"] * 2
    assert stored(ark) == {}


@pytest.mark.one_call
def test_a_second_lost_reply_is_found_as_well(driver: Driver, ark: Simulator) -> None:
    ark.fault("ark", "endpoint.create", kind="close", apply=False)
    ark.fault("ark", "endpoint.create", kind="close", apply=True)
    id, _, _ = driver.made()
    assert list(stored(ark)) == [id]
    assert changes(ark) == ["endpoint.create"] * 2


def hide(ark: Simulator, **when: int) -> None:
    """Lists show nothing."""
    empty = {"Items": [], "TotalCount": 0, "PageNumber": 1, "PageSize": 100}
    ark.fault("ark", "endpoint.list", kind="rewrite", assign={"/Result": empty}, **when)


def test_a_late_list_is_waited_for(driver: Driver, ark: Simulator) -> None:
    ark.fault("ark", "endpoint.create", kind="close", apply=True)
    hide(ark, count=4)
    id, _, _ = driver.made()
    assert list(stored(ark)) == [id]
    assert changes(ark) == ["endpoint.create"]


@pytest.mark.one_call
def test_the_second_of_two_that_were_made_is_deleted(driver: Driver, ark: Simulator) -> None:
    """The list showed the first one only after the second create: both have our nonce."""
    ark.fault("ark", "endpoint.create", kind="close", apply=True)
    hide(ark, count=6)
    id, _, outputs = driver.made()
    assert list(stored(ark)) == [id] == [outputs["endpointId"]]
    (gone,) = {request["Id"] for request in sent(ark, "endpoint.delete")}
    record = driver.logged("carried out twice")
    assert gone != id and f"the second endpoint, {gone}, was deleted" in record.message


@pytest.mark.one_call
def test_a_second_one_that_cannot_be_deleted_is_told(driver: Driver, ark: Simulator) -> None:
    ark.fault("ark", "endpoint.create", kind="close", apply=True)
    ark.fault("ark", "endpoint.delete", status=403, code="AccessDenied", count=0)
    hide(ark, count=6)
    id, _, _ = driver.made()
    (twin,) = set(stored(ark)) - {id}
    record = driver.logged("carried out twice")
    command = f"pulumi do inference:ark:Endpoint delete {REGION}/{twin} --stateless"
    assert command in record.message


@pytest.mark.parametrize("kind", ["malformed", "html", "empty", "truncated"])
def test_a_useless_reply(driver: Driver, ark: Simulator, kind: str) -> None:
    ark.fault("ark", "endpoint.create", kind=kind)
    id, _, _ = driver.made()
    assert list(stored(ark)) == [id]
    assert changes(ark) == ["endpoint.create"]


NO_IDS: list[dict[str, Any]] = [
    {"/Result": {}},
    {"/Result": None},
    {"/Result": {"Id": ""}},
    {"/Result": {"Id": 0}},
    {"/Result": {"Id": "0"}},
    {"/Result": {"Id": ["ep-1"]}},
]


@pytest.mark.parametrize("assign", NO_IDS, ids=str)
def test_a_reply_without_an_id(driver: Driver, ark: Simulator, assign: dict[str, Any]) -> None:
    """It was made, so it has to be found."""
    ark.fault("ark", "endpoint.create", kind="rewrite", assign=assign)
    id, _, outputs = driver.made()
    assert list(stored(ark)) == [id] == [outputs["endpointId"]]
    assert changes(ark) == ["endpoint.create"]


@pytest.mark.parametrize("nowhere", ["ep-20990101000000-zzzzz", "undefined", "a/b", " "])
def test_an_id_that_leads_nowhere_is_not_believed(
    driver: Driver, ark: Simulator, nowhere: str
) -> None:
    """What was made carries our mark: it is ours, and nobody's twin."""
    ark.fault("ark", "endpoint.create", kind="rewrite", assign={"/Result": {"Id": nowhere}})
    id, _, outputs = driver.made()
    assert list(stored(ark)) == [id] == [outputs["endpointId"]]
    assert changes(ark) == ["endpoint.create"]


def test_an_endpoint_that_nobody_has_seen_has_no_twin(driver: Driver, ark: Simulator) -> None:
    """The list shows what was made only once the id that leads nowhere is believed."""
    nowhere = "ep-20990101000000-zzzzz"
    ark.fault("ark", "endpoint.create", kind="rewrite", assign={"/Result": {"Id": nowhere}})
    hide(ark, count=2)
    with pytest.raises(Failure) as caught:
        driver.create(driver.checked(inputs()), timeout=2)
    assert caught.value.id == nowhere
    assert len(stored(ark)) == 1 and changes(ark) == ["endpoint.create"]


def test_the_id_of_another_endpoint_is_not_believed(driver: Driver, ark: Simulator) -> None:
    """Its mark is another one: it is neither taken, nor ours deleted as its twin."""
    other, _, _ = driver.made(name="other")
    ark.fault("ark", "endpoint.create", kind="rewrite", assign={"/Result": {"Id": other}})
    id, _, outputs = driver.made()
    assert id != other and outputs["name"] == "demo"
    assert set(stored(ark)) == {id, other}
    assert changes(ark) == ["endpoint.create"] * 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_throttled_create_is_looked_for_before_it_is_repeated(
    driver: Driver, ark: Simulator, status: int
) -> None:
    ark.fault("ark", "endpoint.create", status=status, count=2)
    driver.made()
    assert told(ark)[:6] == ["endpoint.list", "endpoint.create"] * 3
    assert len(stored(ark)) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_throttled_create_that_was_carried_out_is_found(
    driver: Driver, ark: Simulator, status: int
) -> None:
    ark.fault("ark", "endpoint.create", status=status, apply=True)
    id, _, _ = driver.made()
    assert list(stored(ark)) == [id]
    assert changes(ark) == ["endpoint.create"]


def test_where_nothing_can_be_found_out(driver: Driver, ark: Simulator) -> None:
    """The list fails as well: the tag to look for is told."""
    ark.fault("ark", "endpoint.create", kind="close", apply=True)
    ark.fault("ark", "endpoint.list", status=403, code="AccessDenied", skip=1, count=0)
    with pytest.raises(Failure) as caught:
        driver.made()
    (tag,) = create_tags(ark)
    assert f"{CREATE_TAG}={tag}" in caught.value.message
    assert caught.value.properties["__unconfirmed"]["mark"] == tag


@pytest.mark.one_call
def test_a_namesake_is_not_ours(driver: Driver, ark: Simulator) -> None:
    """Names are not unique: another endpoint of the same name neither hinders nor is taken."""
    theirs, _, _ = driver.made(name="shared")
    document = stored(ark)[theirs]
    tags = tags_without_mark(document["Tags"])
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


def test_an_orphan_is_told_and_the_endpoint_is_made(
    driver: Driver, ark: Simulator, orphan: str
) -> None:
    id, _, _ = driver.made(description="d")
    assert sorted(stored(ark)) == sorted([orphan, id])
    record = driver.logged("may be left over")
    assert record.severity == 2
    for words in (
        f"endpoint {orphan}, made 0 min ago, may be left over",
        f"pulumi import inference:ark:Endpoint demo {orphan}",
        f"pulumi do inference:ark:Endpoint delete {REGION}/{orphan} --stateless",
    ):
        assert words in record.message
    assert changes(ark) == ["endpoint.create"]


def test_whoever_wants_it_gets_a_failure_instead(
    configure: Callable[..., Driver], ark: Simulator, orphan: str
) -> None:
    with pytest.raises(Failure) as caught:
        configure(leftOvers="fail").made(description="d")
    assert caught.value.code == grpc.StatusCode.ALREADY_EXISTS
    assert caught.value.partial is None
    assert f"pulumi import inference:ark:Endpoint demo {orphan}" in caught.value.message
    assert changes(ark) == []
    assert list(stored(ark)) == [orphan]


def test_a_list_that_is_refused_hinders_no_create(driver: Driver, ark: Simulator) -> None:
    ark.fault("ark", "endpoint.list", status=403, code="AccessDenied", count=0)
    id, _, _ = driver.made()
    assert list(stored(ark)) == [id]
    assert "AccessDenied" in driver.logged("could not be found out").message


def test_who_cannot_be_reached_gets_no_create(
    configure: Callable[..., Driver], ark: Simulator
) -> None:
    """What became of it could not be looked for."""
    ark.fault("ark", "endpoint.list", kind="close", count=0)
    with pytest.raises(Failure) as caught:
        configure(maxRetries=1).made()
    assert (caught.value.code, caught.value.partial) == (grpc.StatusCode.UNAVAILABLE, None)
    assert caught.value.message.endswith(
        "Nothing was made: a create now could be lost without a trace"
    )
    assert changes(ark) == [] and stored(ark) == {}


def test_of_two_orphans_none_is_adopted(
    configure: Callable[..., Driver], driver: Driver, ark: Simulator, orphan: str
) -> None:
    second, _, _ = configure().made(description="d")
    ark.clear()
    id, _, _ = driver.made(description="d", adoptExisting=True)
    assert sorted(stored(ark)) == sorted([orphan, second, id])
    assert changes(ark) == ["endpoint.create"]
    for one in (orphan, second):
        assert driver.logged(f"endpoint {one}, made").severity == 2


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
    assert orphan in driver.logged("may be left over").message


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
    driver.made(description="d")
    assert orphan in driver.logged("may be left over").message
    pages = [r.json["PageNumber"] for r in ark.requests(cloud="ark", operation="endpoint.list")]
    assert pages[:2] == [1, 2]


def test_creates_at_once_share_a_list(driver: Driver, ark: Simulator) -> None:
    """Who comes while a list is read waits for the next one, with all others that came: before a
    create for what an earlier run left behind, after it for a twin."""
    checked = [driver.checked(inputs(name=f"n{i}")) for i in range(12)]
    ark.fault("ark", "endpoint.list", kind="delay", delay_ms=500, count=0)
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(driver.create, checked))
    assert len(stored(ark)) == 12
    assert len(ark.requests(cloud="ark", operation="endpoint.list")) in range(3, 7)
