"""Replies that no service should give: what is readable is read, and nothing else is believed."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf import json_format
from pulumi.runtime.proto import provider_pb2
from support.drivers.hf import struct
from support.drivers.tir import (
    Simulator,
    TirDriver,
    failing,
    inputs,
    made,
    requests,
    stored,
    told,
)
from support.replies import DEEP, LOST, MANY, Outcome, changed, outcome, put

pytestmark = pytest.mark.one_call

Configure = Callable[..., TirDriver]
GET = "endpoint.get"
NOT_SHOWN = "E2E Networks TIR: the reply to reading the endpoint does not show it"
NOBODYS = "E2E Networks TIR: reading the endpoint: the reply is not the service's: "

PATH, REPLICA, STATUS = '"path":"d"', '"replica":2', '"status":"running"'
# Old text, new text, and what a refresh then changes in the outputs.
ROWS: list[tuple[str, str, Outcome]] = [
    (PATH, '"path":"a\\ud800b"', {"modelPath": f"a{LOST}b"}),
    (PATH, '"path":7', {"modelPath": "7"}),
    (PATH, '"path":["d"]', {}),  # what is missing keeps what was
    (PATH, '"path":"x","path":"d"', {}),
    (REPLICA, '"replica":NaN', {}),
    (REPLICA, '"replica":1e400', {}),
    (REPLICA, '"replica":"2"', {}),
    (REPLICA, '"replica":{}', {}),
    (STATUS, '"status":7', {"status": "7"}),
    (STATUS, '"status":{}', {"status": None}),
    (STATUS, '"status":null', NOT_SHOWN),
    ('"env_variables":[]', '"env_variables":[7,null,"x",{}]', {}),
    ('"data":{"id":3001', '"data":{"id":3002', NOT_SHOWN),
    ('"data":{"id":3001', '"data":{"id":"3001"', {}),
    ('"data":{"id":3001', '"data":{"id":{}', NOT_SHOWN),
]


@pytest.fixture
def once(configure: Configure) -> TirDriver:
    """Tries once."""
    return configure(maxRetries=0)


def text_of(tir: Simulator) -> str:
    return tir.requests(cloud="tir", operation=GET)[-1].reply_body.decode()


def test_odd_values_hide_nothing_else(once: TirDriver, tir: Simulator) -> None:
    id, checked, outputs = made(once, modelPath="d", replica=2)
    assert outcome(once, id, outputs, checked) == {}
    text = text_of(tir)
    for old, new, wanted in ROWS:
        tir.fault("tir", GET, kind="malformed", body=changed(text, old, new))
        assert outcome(once, id, outputs, checked) == wanted, new
    assert outcome(once, id, outputs, checked) == {}


PROBES = {"imagePullPolicy", "isLivenessProbeEnabled", "isReadinessProbeEnabled"}
PROBES |= {"livenessProbe", "readinessProbe"}
CONTAINER = {"containerImage", "containerName", "containerType"}
REST = {"metricPort", "publicIp", "resourceDetails", "servicePort"}
# Objects, what stands in their place, and the outputs that a refresh then has no word for.
PARTS: list[tuple[str, str, set[str]]] = [
    ("advance_config", '"x"', PROBES),
    ("container", "7", PROBES | CONTAINER),
    ("custom_endpoint_details", "[]", PROBES | CONTAINER | REST),
    ("detailed_info", '"x"', {"detailedInfo"}),
]


@pytest.mark.parametrize(("member", "value", "lost"), PARTS)
def test_parts_that_are_no_objects_are_not_there(
    once: TirDriver, tir: Simulator, member: str, value: str, lost: set[str]
) -> None:
    id, checked, outputs = made(once, modelPath="d", replica=2)
    assert outcome(once, id, outputs, checked) == {}
    text = changed(text_of(tir), f'"{member}":{{', f'"{member}":{value},"old":{{')
    tir.fault("tir", GET, kind="malformed", body=text)
    found = outcome(once, id, outputs, checked)
    assert isinstance(found, dict)
    # What stands under another name now is a member that no document tells.
    assert found.pop("__unknown", ["old"]) == ["old"]
    assert {path.split(".")[0] for path in found} == lost
    assert set(found.values()) == {None}


def test_texts_that_are_no_reply(once: TirDriver, tir: Simulator) -> None:
    """Nor is the endpoint gone for their sake."""
    id, checked, outputs = made(once)
    assert outcome(once, id, outputs, checked) == {}
    text = text_of(tir)
    rows: list[tuple[str, str]] = [
        (put(text, "New", DEEP), NOBODYS),
        (put(text, "New", MANY), NOBODYS),
        (text[:-1], NOBODYS),
        (text + text, NOBODYS),
        (f"[{text}]", NOT_SHOWN),
        ('"x"', NOT_SHOWN),
        ("null", NOT_SHOWN),
        ("", NOT_SHOWN),
        ('{"data":[]}', NOT_SHOWN),
        ('{"data":"x"}', NOT_SHOWN),
    ]
    for body, wanted in rows:
        tir.fault("tir", GET, kind="malformed", body=body)
        message = outcome(once, id, outputs, checked)
        assert isinstance(message, str) and message.startswith(wanted), body[:80]
    tir.fault("tir", GET, kind="malformed", body=f"\ufeff{text}")
    assert outcome(once, id, outputs, checked) == {}
    assert len(stored(tir)) == 1


# Inputs without a type of their own.


@pytest.mark.parametrize(
    ("value", "path", "reason"),
    [
        (math.nan, "x", "must be a finite number"),
        (math.inf, "x", "must be a finite number"),
        ([1, -math.inf], "x[1]", "must be a finite number"),
        ({"y": [{"z": math.nan}]}, "x.y[0].z", "must be a finite number"),
        ("a\0b", "x", "must not contain a NUL character"),
    ],
)
def test_what_json_cannot_say_is_refused_in_a_preview(
    driver: TirDriver, value: Any, path: str, reason: str
) -> None:
    details = {"huggingFaceId": "google/gemma-2b", "engineArgs": {"x": value}}
    assert driver.refused(inputs(detailedInfo=details)) == {
        f"detailedInfo.engineArgs.{path}": reason
    }


ASSET = {"4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", "text": "x"}
ARCHIVE = {"4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7", "path": "."}


@pytest.mark.parametrize(("value", "what"), [(ASSET, "an asset"), (ARCHIVE, "an archive")])
def test_assets_are_refused_in_a_preview(
    driver: TirDriver, value: dict[str, str], what: str
) -> None:
    for place, path in (({"x": value}, "x"), ({"x": {"y": [value]}}, "x.y[0]")):
        details = {"huggingFaceId": "google/gemma-2b", "engineArgs": place}
        assert driver.refused(inputs(detailedInfo=details)) == {
            f"detailedInfo.engineArgs.{path}": f"must not be {what}"
        }


# Look-ups.


def invoke(driver: TirDriver, name: str, **arguments: Any) -> dict[str, Any]:
    request = provider_pb2.InvokeRequest(tok=f"inference:tir:{name}", args=struct(arguments))
    answer: dict[str, Any] = json_format.MessageToDict(
        getattr(driver.call("Invoke", request), "return")
    )
    return answer


LOOK_UPS = {
    "getFrameworks": "framework.list",
    "getIntegrations": "integration.list",
    "getModels": "model.list",
    "getPlans": "sku.list",
    "getProjects": "team.list",
    "getDatasets": "dataset.list",
    "getFileSystems": "fileSystem.list",
    "getPrivateClouds": "privateCluster.list",
    "getRegistryNamespaces": "registry.list",
    "getSecurityGroups": "securityGroup.list",
    "getIamAccounts": "iam.list",
}


@pytest.mark.parametrize("name", LOOK_UPS)
def test_an_empty_answer_to_a_look_up_is_not_an_empty_list(
    configure: Configure, tir: Simulator, name: str
) -> None:
    driver = configure(maxRetries=1)
    whole = invoke(driver, name)
    for body in ("", "{}", "[]", "null"):
        tir.fault("tir", LOOK_UPS[name], kind="malformed", body=body)
        assert invoke(driver, name) == whole
        tir.fault("tir", LOOK_UPS[name], kind="malformed", body=body, count=2)
        failure = failing(invoke, driver, name)
        assert failure.code.name == "UNAVAILABLE"
        assert 'the reply is not the service\'s: it lacks "data"' in failure.message


@pytest.mark.parametrize("name", LOOK_UPS)
@pytest.mark.parametrize("items", ["{}", '[7,null,"x",[]]'])
def test_items_that_are_no_objects_do_no_harm(
    once: TirDriver, tir: Simulator, name: str, items: str
) -> None:
    tir.fault("tir", LOOK_UPS[name], kind="malformed", body=f'{{"data":{items}}}')
    (answer,) = invoke(once, name).values()
    assert [item for item in answer if item.get("frameworkId") or item.get("skuName")] == []
    assert once.process.is_alive()


@pytest.mark.parametrize("name", LOOK_UPS)
@pytest.mark.parametrize("items", ["7", '"x"'])
def test_what_is_no_list_is_no_answer(
    once: TirDriver, tir: Simulator, name: str, items: str
) -> None:
    tir.fault("tir", LOOK_UPS[name], kind="malformed", body=f'{{"data":{items}}}')
    failure = failing(invoke, once, name)
    assert failure.code.name == "UNAVAILABLE"
    assert "the reply is not the service's: it holds no list" in failure.message


def pages(tir: Simulator, names: list[int]) -> None:
    """Full pages of the list of integrations, of other items each."""
    for name in names:
        items = [{"id": 100 * name + number} for number in range(100)]
        tir.fault("tir", "integration.list", kind="malformed", body=json.dumps({"data": items}))


def test_a_list_that_goes_round_is_shown_once(once: TirDriver, tir: Simulator) -> None:
    """A service that takes no pages shows one that it has shown before."""
    pages(tir, [1, 2, 1, 2])
    shown = invoke(once, "getIntegrations")["integrations"]
    assert [int(row["integrationId"]) for row in shown] == list(range(100, 300))
    assert len(requests(tir, "integration.list")) == 3


PAGED = {
    "getDatasets": "dataset.list",
    "getPrivateClouds": "privateCluster.list",
    "getReservedIps": "reservedIp.list",
}


@pytest.mark.parametrize("knobs", [{}, {"list_paging": False}, {"list_past_end": "not_found"}])
@pytest.mark.parametrize("most", [1, 2, 4])
@pytest.mark.parametrize("name", PAGED)
def test_pages_smaller_than_asked_drop_nothing(
    once: TirDriver, tir: Simulator, name: str, most: int, knobs: dict[str, Any]
) -> None:
    """Only a page that shows nothing new is the last one."""
    whole = invoke(once, name)
    tir.knobs("tir", list_per_page_max=most, **knobs)
    assert invoke(once, name) == whole


@pytest.mark.parametrize("body", ["<html>Not found</html>", "", "{}"])
def test_a_page_that_something_on_the_way_does_not_find_is_not_past_the_end(
    once: TirDriver, tir: Simulator, body: str
) -> None:
    for name, operation in PAGED.items():
        tir.fault("tir", operation, kind="error", status=404, body=body, skip=1)
        failure = failing(invoke, once, name)
        assert "(HTTP 404" in failure.message


def test_an_item_that_moves_to_the_next_page_is_shown_once(once: TirDriver, tir: Simulator) -> None:
    for names in ([1, 2], [2, 3], []):
        items = [{"id": number} for number in names]
        tir.fault("tir", "dataset.list", kind="malformed", body=json.dumps({"data": items}))
    shown = invoke(once, "getDatasets")["datasets"]
    assert [row["datasetId"] for row in shown] == ["1", "2", "3"]


def test_a_list_without_an_end_is_no_list(once: TirDriver, tir: Simulator) -> None:
    """What it has shown so far may lack what was asked for."""
    pages(tir, list(range(110)))
    failure = failing(invoke, once, "getIntegrations")
    assert failure.code.name == "UNAVAILABLE"
    assert failure.message.endswith("the list does not end: it was read up to 10000 items")
    assert len(requests(tir, "integration.list")) == 100


@pytest.mark.parametrize("data", ["{}", '{"reserved_ips":7}', '{"reserved_ips":"x"}'])
def test_reserved_addresses_that_are_no_list(once: TirDriver, tir: Simulator, data: str) -> None:
    """They stand one level deeper than the other lists."""
    tir.fault("tir", "reservedIp.list", kind="malformed", body=f'{{"data":{data}}}')
    failure = failing(invoke, once, "getReservedIps")
    assert failure.code.name == "UNAVAILABLE"
    assert "listing the reserved addresses: the reply is not the service's" in failure.message


def test_reserved_addresses_that_are_no_objects_do_no_harm(once: TirDriver, tir: Simulator) -> None:
    body = '{"data":{"reserved_ips":[7,null,"x",[]]}}'
    tir.fault("tir", "reservedIp.list", kind="malformed", body=body)
    assert invoke(once, "getReservedIps") == {"reservedIps": []}


def test_projects_that_are_no_objects_do_no_harm(once: TirDriver, tir: Simulator) -> None:
    """Beside them, the others are shown."""
    projects = invoke(once, "getProjects")["projects"]
    document = tir.requests(cloud="tir", operation="project.list")[-1].reply_json
    document["data"] = [7, None, "x", [], *document["data"]]
    tir.fault("tir", "project.list", kind="malformed", body=json.dumps(document), skip=1)
    shown = invoke(once, "getProjects")["projects"]
    assert [one for one in shown if "projectId" in one] == projects
    assert told(tir)[-1] == "project.list"
