"""What goes over the wire: bodies of create and update, for every input."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.drivers.ark import (
    WIRE_MODEL,
    Driver,
    Failure,
    Simulator,
    changes,
    create_tags,
    inputs,
    kinds,
    plain,
    sent,
    stored,
    told,
)
from support.drivers.hf import urn
from support.marks import CREATE_TAG

pytestmark = pytest.mark.one_call

SMALLEST = {"Name": "demo", "ModelReference": WIRE_MODEL, "ProjectName": "default"}
CREATES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"description": "for the shop"}, {"Description": "for the shop"}),
    (
        {"modelReference": {"foundationModel": None, "customModelId": "cm-1"}},
        {"ModelReference": {"CustomModelId": "cm-1"}},
    ),
    ({"modelUnitId": "mu-1"}, {"ModelUnitId": "mu-1"}),
    ({"moderation": {"strategy": "Basic"}}, {"Moderation": {"Strategy": "Basic"}}),
    ({"projectName": "shop"}, {"ProjectName": "shop"}),
    ({"rateLimit": {"rpm": 600, "tpm": 100000}}, {"RateLimit": {"Rpm": 600, "Tpm": 100000}}),
    ({"rateLimit": {"rpm": 600}}, {"RateLimit": {"Rpm": 600}}),
    ({"rateLimit": {"tpm": 2147483647}}, {"RateLimit": {"Tpm": 2147483647}}),
    (
        {"tags": [{"key": "env", "value": "prod"}, {"key": "team", "value": ""}]},
        {"Tags": [{"Key": "env", "Value": "prod"}, {"Key": "team", "Value": ""}]},
    ),
    ({"tags": [{"key": "alone"}]}, {"Tags": [{"Key": "alone"}]}),
    ({"waitForReady": False, "adoptExisting": True}, {}),
    ({"region": "eu-west-1"}, {}),
]


@pytest.mark.parametrize(("patch", "body"), CREATES, ids=[str(row[0]) for row in CREATES])
def test_a_create_sends_what_is_set(
    driver: Driver, ark: Simulator, patch: dict[str, Any], body: dict[str, Any]
) -> None:
    driver.made(**patch)
    assert sent(ark) == [{**SMALLEST, **body}]
    assert ark.call("ark", "ignored") == []


@pytest.mark.valgrind_smoke
def test_the_requests_of_a_create(driver: Driver, ark: Simulator) -> None:
    """A look for what an earlier run left, the create, a look at the result and its certificate,
    and a look for a second endpoint that the same request made."""
    id, _, _ = driver.made()
    assert told(ark) == [
        "endpoint.list",
        "endpoint.create",
        "endpoint.get",
        "endpoint.certificate",
        "endpoint.list",
    ]
    listing, create, get, certificate, again = [
        request for request in ark.requests(cloud="ark") if request.operation != "account.get"
    ]
    assert (
        listing.json == again.json == {"PageNumber": 1, "PageSize": 100, "ProjectName": "default"}
    )
    assert (get.json, certificate.json) == ({"Id": id}, {"Id": id})
    actions = ["ListEndpoints", "CreateEndpoint", "GetEndpoint", "GetEndpointCertificate"]
    for request, action in zip((listing, create, get, certificate), actions, strict=True):
        assert (request.method, request.path) == ("POST", "/")
        assert request.query == f"Action={action}&Version=2024-01-01"
        assert request.header("Content-Type").startswith("application/json")
        assert request.header("Accept") == "application/json"


def test_numbers_are_integers_on_the_wire(driver: Driver, ark: Simulator) -> None:
    driver.made(rateLimit={"rpm": 10, "tpm": 5000})
    (create,) = ark.requests(cloud="ark", operation="endpoint.create")
    assert b'"Rpm":10,"Tpm":5000' in create.body.replace(b" ", b"")


def test_a_create_carries_its_proof(driver: Driver, ark: Simulator) -> None:
    """The same hash for the same resource, another nonce for each create; in no output."""
    outputs = [driver.made(name=name)[2] for name in ("one", "two")]
    first, second = create_tags(ark)
    assert re.fullmatch(r"[0-9a-f]{16}\.[0-9a-f]{16}", first)
    assert first.split(".")[0] == second.split(".")[0]
    assert first != second
    assert CREATE_TAG not in str(outputs)


UPDATES: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any] | None]] = [
    ({}, {"name": "other"}, {"Name": "other"}),
    ({}, {"description": "a"}, {"Description": "a"}),
    ({"description": "a"}, {"description": "b"}, {"Description": "b"}),
    ({"description": "a"}, {}, {"Description": ""}),
    ({}, {"rateLimit": {"rpm": 1, "tpm": 2}}, {"RateLimit": {"Rpm": 1, "Tpm": 2}}),
    (
        {"rateLimit": {"rpm": 1, "tpm": 2}},
        {"rateLimit": {"rpm": 3, "tpm": 2}},
        {"RateLimit": {"Rpm": 3, "Tpm": 2}},
    ),
    (
        {"rateLimit": {"rpm": 1, "tpm": 2}},
        {"rateLimit": {"rpm": 1, "tpm": 4}},
        {"RateLimit": {"Rpm": 1, "Tpm": 4}},
    ),
    # The number that is not in the program stays as it is at the service.
    ({}, {"rateLimit": {"rpm": 7}}, {"RateLimit": {"Rpm": 7, "Tpm": 5000000}}),
    ({}, {"rateLimit": {"tpm": 7}}, {"RateLimit": {"Rpm": 30000, "Tpm": 7}}),
    (
        {"rateLimit": {"rpm": 1, "tpm": 2}},
        {"rateLimit": {"rpm": 3}},
        {"RateLimit": {"Rpm": 3, "Tpm": 2}},
    ),
    ({"rateLimit": {"rpm": 1, "tpm": 2}}, {"rateLimit": {"rpm": 1}}, None),
    ({"rateLimit": {"rpm": 1, "tpm": 2}}, {}, None),
    (
        {"rateLimit": {"rpm": 1, "tpm": 2}, "description": "a"},
        {"rateLimit": {"rpm": 9, "tpm": 2}, "description": "b", "name": "other"},
        {"Name": "other", "Description": "b", "RateLimit": {"Rpm": 9, "Tpm": 2}},
    ),
    ({"moderation": {"strategy": "Default"}}, {}, None),
    ({"tags": [{"key": "a"}]}, {"tags": [{"key": "a", "value": ""}]}, None),
    ({}, {"waitForReady": False, "adoptExisting": True}, None),
]


def test_a_limit_that_no_row_knows_goes_along(driver: Driver, ark: Simulator) -> None:
    """Images per minute (docs/apis/ark.md 7.3): limits are taken together, or lost."""
    id, olds, outputs = driver.made(rateLimit={"rpm": 1, "tpm": 2})
    limits = {"Result": {"RateLimit": {"Ipm": 9}}}
    ark.fault("ark", "endpoint.get", kind="rewrite", merge=limits, count=0)
    news = driver.checked(inputs(rateLimit={"rpm": 3, "tpm": 2}), olds=olds)
    ark.clear()
    driver.update(olds, news, olds=outputs, id=id)
    assert sent(ark, "endpoint.update") == [{"Id": id, "RateLimit": {"Rpm": 3, "Tpm": 2, "Ipm": 9}}]


@pytest.mark.parametrize(
    ("news", "strategy"),
    [({"moderation": {"strategy": "Skip"}}, "Skip"), ({}, "Default")],
    ids=["changed", "taken out"],
)
def test_so_does_what_no_row_knows_of_the_moderation(
    driver: Driver, ark: Simulator, news: dict[str, Any], strategy: str
) -> None:
    ark.knobs("ark", update_other_fields="apply")
    id, olds, outputs = driver.made(moderation={"strategy": "Basic"})
    shown = {"Result": {"Moderation": {"Level": "high"}}}
    ark.fault("ark", "endpoint.get", kind="rewrite", merge=shown, count=0)
    ark.clear()
    driver.update(olds, driver.checked(inputs(**news), olds=olds), olds=outputs, id=id)
    assert sent(ark, "endpoint.update") == [
        {"Id": id, "Moderation": {"Strategy": strategy, "Level": "high"}}
    ]


@pytest.mark.parametrize(("old", "new", "body"), UPDATES, ids=[str(row[:2]) for row in UPDATES])
def test_an_update_sends_only_what_changed(
    driver: Driver,
    ark: Simulator,
    old: dict[str, Any],
    new: dict[str, Any],
    body: dict[str, Any] | None,
) -> None:
    id, olds, outputs = driver.made(**old)
    news = driver.checked(inputs(**new), olds=olds)
    ark.clear()
    after = driver.update(olds, news, olds=outputs, id=id)
    assert sent(ark, "endpoint.update") == ([] if body is None else [{"Id": id, **body}])
    assert changes(ark) == ([] if body is None else ["endpoint.update"])
    assert after["endpointId"] == id
    assert list(stored(ark)) == [id]

    read = driver.read(id, after, news)
    assert kinds(driver.diff(plain(read.inputs), news)) == {}


def test_what_the_service_ignores_is_told(driver: Driver, ark: Simulator) -> None:
    """An update that changed nothing is an error that names what."""
    id, olds, outputs = driver.made(description="a")
    ark.fault("ark", "endpoint.get", kind="rewrite", assign={"/Result/Description": "a"}, count=0)
    with pytest.raises(Failure) as caught:
        driver.update(olds, inputs(description="b"), olds=outputs, id=id)
    assert caught.value.id == id
    assert "did not apply: description." in caught.value.reasons[0]


def test_replaced_properties_are_in_no_update(driver: Driver, ark: Simulator) -> None:
    """Whoever asks for one is told so."""
    id, olds, outputs = driver.made()
    ark.clear()
    news = inputs(
        modelUnitId="mu-1",
        moderation={"strategy": "Basic"},
        tags=[{"key": "a", "value": "b"}],
        modelReference={"foundationModel": {"modelVersion": "250915"}},
    )
    with pytest.raises(Failure) as caught:
        driver.update(olds, news, olds=outputs, id=id)
    assert "cannot be changed in place" in caught.value.message
    assert changes(ark) == []


STATES = [
    ("running", "paused", ["endpoint.stop"]),
    ("paused", "running", ["endpoint.start"]),
    ("running", None, []),
    ("paused", None, ["endpoint.start"]),
]


@pytest.mark.parametrize(("old", "new", "calls"), STATES)
def test_desired_state_starts_and_stops(
    driver: Driver, ark: Simulator, old: str, new: str | None, calls: list[str]
) -> None:
    id, olds, outputs = driver.made(desiredState=old)
    assert outputs["status"] == ("Stopped" if old == "paused" else "Running")
    news = driver.checked(inputs(desiredState=new), olds=olds)
    ark.clear()
    after = driver.update(olds, news, olds=outputs, id=id)
    assert changes(ark) == calls
    assert after["status"] == ("Stopped" if new == "paused" else "Running")
    for request in ark.requests(cloud="ark", operation=calls[0]) if calls else []:
        assert request.json == {"Id": id}


def test_a_state_changes_after_everything_else(driver: Driver, ark: Simulator) -> None:
    id, olds, outputs = driver.made()
    ark.clear()
    driver.update(olds, inputs(description="b", desiredState="paused"), olds=outputs, id=id)
    assert changes(ark) == ["endpoint.update", "endpoint.stop"]


def test_a_new_endpoint_can_be_paused(driver: Driver, ark: Simulator) -> None:
    ark.knobs("ark", polls={"scheduling": 1, "stopping": 1})
    id, _, outputs = driver.made(desiredState="paused")
    assert changes(ark) == ["endpoint.create", "endpoint.stop"]
    assert (outputs["status"], outputs["desiredState"]) == ("Stopped", "paused")
    assert list(stored(ark)) == [id]


A, B = {"key": "a", "value": "1"}, {"key": "b", "value": "2"}
UNSET: dict[str, Any] = {"tags": [], "moderation": {"strategy": "Default"}}
BASIC, SKIP = ({"strategy": word} for word in ("Basic", "Skip"))
# docs/apis/ark.md 7.3: second hand.
OTHERS: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    (
        {"tags": [A]},
        {"tags": [A, B]},
        {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]},
    ),
    ({"tags": [A]}, {}, {"Tags": []}),
    ({}, {"tags": [A]}, {"Tags": [{"Key": "a", "Value": "1"}]}),
    ({"moderation": BASIC}, {"moderation": SKIP}, {"Moderation": {"Strategy": "Skip"}}),
    ({"moderation": BASIC}, {}, {"Moderation": {"Strategy": "Default"}}),
    ({}, {"moderation": BASIC}, {"Moderation": {"Strategy": "Basic"}}),
]
EACH_OTHER = pytest.mark.parametrize(
    ("old", "new", "body"), OTHERS, ids=[str(row[:2]) for row in OTHERS]
)


def others(driver: Driver, old: dict[str, Any], new: dict[str, Any]) -> tuple[Any, ...]:
    id, olds, outputs = driver.made(**old)
    news = driver.checked(inputs(**new), olds=olds)
    assert list(driver.diff(olds, news, outputs, id=id).replaces) == []
    return id, olds, news, outputs


@EACH_OTHER
def test_tags_and_moderation_change_in_place(
    driver: Driver, ark: Simulator, old: dict[str, Any], new: dict[str, Any], body: dict[str, Any]
) -> None:
    ark.knobs("ark", update_other_fields="apply")
    id, olds, news, outputs = others(driver, old, new)
    ark.mutate("ark", id, {"Tags": [*stored(ark)[id]["Tags"], {"Key": "volc:a", "Value": "x"}]})
    ark.clear()
    after = driver.update(olds, news, olds=outputs, id=id)
    assert sent(ark, "endpoint.update") == [{"Id": id, **body}]
    assert {key: after[key] for key in UNSET} == {key: news.get(key, UNSET[key]) for key in UNSET}
    read = driver.read(id, after, news)
    assert kinds(driver.diff(plain(read.inputs), news)) == {}


def test_new_tags_carry_the_proof_and_not_those_of_the_platform(
    driver: Driver, ark: Simulator
) -> None:
    ark.knobs("ark", update_other_fields="apply")
    id, olds, news, outputs = others(driver, {"tags": [A]}, {"tags": [B]})
    (before,) = create_tags(ark)
    ark.clear()
    driver.update(olds, news, olds=outputs, id=id)
    (request,) = ark.requests(cloud="ark", operation="endpoint.update")
    keys = [tag["Key"] for tag in request.json["Tags"]]
    assert keys == ["b", CREATE_TAG]
    assert request.json["Tags"][1]["Value"].split(".")[0] == before.split(".")[0]
    assert "sys:ark:createdBy" in {tag["Key"] for tag in stored(ark)[id]["Tags"]}


@pytest.mark.parametrize(
    ("name", "old", "new"), [("tags", [A], [B]), ("moderation", BASIC, None)], ids=str
)
def test_what_a_service_does_not_apply_names_the_option_that_replaces(
    driver: Driver, ark: Simulator, name: str, old: Any, new: Any
) -> None:
    ark.knobs("ark", update_other_fields="ignore")
    id, olds, news, outputs = others(driver, {name: old}, {name: new})
    with pytest.raises(Failure) as caught:
        driver.update(olds, news, olds=outputs, id=id)
    assert f"the resource option replaceOnChanges: [{name}]" in caught.value.reasons[0]
    assert caught.value.properties[name] == olds.get(name, UNSET[name]), (
        "the state says what serves"
    )


def test_what_a_service_refuses_names_the_option_that_replaces(
    driver: Driver, ark: Simulator
) -> None:
    ark.knobs("ark", update_other_fields="refuse")
    id, olds, news, outputs = others(driver, {"tags": [A]}, {"tags": [B]})
    with pytest.raises(Failure) as caught:
        driver.update(olds, news, olds=outputs, id=id)
    assert (
        f"The change was of tags[0]; what cannot be changed in place takes pulumi up --replace "
        f"'{urn('demo', driver.type)}'; for all later changes set the resource option "
        "replaceOnChanges: [tags]" in str(caught.value)
    )
    assert stored(ark)[id]["Tags"][0] == {"Key": "a", "Value": "1"}
