"""Outputs: shapes, targets of each region, tags without the platform's, certificates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.drivers.ark import (
    MODEL,
    Driver,
    Failure,
    Simulator,
    inputs,
    kinds,
    plain,
    stored,
    told,
)
from support.drivers.hf import UNKNOWN, unmarked

pytestmark = pytest.mark.one_call

PLANES = [
    ("ap-southeast-1", "https://ark.ap-southeast.bytepluses.com/api/v3"),
    ("eu-west-1", "https://ark.eu-west.bytepluses.com/api/v3"),
    ("ap-southeast-12", "https://ark.ap-southeast.bytepluses.com/api/v3"),
]


def test_all_outputs_of_a_create(driver: Driver, ark: Simulator) -> None:
    id, _, outputs = driver.made(description="d", tags=[{"key": "env", "value": "prod"}])
    document = stored(ark)[id]
    assert unmarked(outputs) == {
        "name": "demo",
        "description": "d",
        "region": "ap-southeast-1",
        "projectName": "default",
        "modelReference": MODEL,
        "moderation": {"strategy": "Default"},
        "rateLimit": {"rpm": 30000, "tpm": 5000000},
        "tags": [{"key": "env", "value": "prod"}],
        "desiredState": "running",
        "endpointId": id,
        "endpointModelType": "FoundationModel",
        "status": "Running",
        "batchOnly": False,
        "supportRolling": True,
        "supportScaleTier": False,
        "accountId": "2100000001",
        "createTime": document["CreateTime"],
        "updateTime": document["UpdateTime"],
        "target": {
            "baseUrl": PLANES[0][1],
            "model": id,
            "portkeyProvider": "byteplus",
            "portkeyModel": f"@byteplus/{id}",
            "portkeyRegion": "ap-southeast-1",
        },
    }


@pytest.mark.parametrize(("region", "plane"), PLANES)
def test_the_target_of_a_region(driver: Driver, ark: Simulator, region: str, plane: str) -> None:
    id, _, outputs = driver.made(region=region)
    assert outputs["target"] == {
        "baseUrl": plane,
        "model": id,
        "portkeyProvider": "byteplus",
        "portkeyModel": f"@byteplus/{id}",
        "portkeyRegion": region,
    }
    assert stored(ark)[id]["region"] == region
    for request in ark.requests(cloud="ark"):
        authorization = request.header("Authorization") or ""
        service = "sts" if request.operation == "account.get" else "ark"
        assert f"/{region}/{service}/request, SignedHeaders=" in authorization


@pytest.mark.parametrize("slash", ["", "/", "//"])
def test_a_target_of_ones_own(configure: Callable[..., Driver], ark: Simulator, slash: str) -> None:
    ark.knobs("ark", batch_only="batch.*")
    driver = configure(arkDataPlaneEndpoint=f"https://x.example/v3{slash}", portkeyProvider="prod")
    id, _, outputs = driver.made(name="online")
    assert outputs["target"]["baseUrl"] == "https://x.example/v3"
    assert outputs["target"]["portkeyProvider"] == "prod"
    assert outputs["target"]["portkeyModel"] == f"@prod/{id}"
    _, _, outputs = driver.made(name="batch-1")
    assert outputs["target"]["baseUrl"] == "https://x.example/v3/batch"


def test_a_batch_only_endpoint(driver: Driver, ark: Simulator) -> None:
    ark.knobs("ark", batch_only="demo")
    _, _, outputs = driver.made()
    assert outputs["batchOnly"] is True
    assert outputs["target"]["baseUrl"] == f"{PLANES[0][1]}/batch"


def test_a_preview_tells_what_is_certain(driver: Driver, ark: Simulator) -> None:
    _, preview = driver.create(driver.checked(inputs()), preview=True)
    assert told(ark) == []
    assert preview["endpointId"] == preview["status"] == preview["batchOnly"] == UNKNOWN
    assert preview["target"] == {
        "baseUrl": UNKNOWN,  # a batch-only endpoint has another one
        "model": UNKNOWN,
        "portkeyProvider": "byteplus",
        "portkeyModel": UNKNOWN,
        "portkeyRegion": "ap-southeast-1",
    }


def test_a_previewed_update_keeps_the_id(driver: Driver, ark: Simulator) -> None:
    id, olds, outputs = driver.made()
    ark.clear()
    news = driver.checked(inputs(description="b", name="other"), olds=olds)
    preview = driver.update(olds, news, olds=outputs, preview=True, id=id)
    assert told(ark) == []
    assert preview["endpointId"] == id
    assert preview["target"] == outputs["target"]


def test_tags_are_a_set_without_the_platforms(driver: Driver, ark: Simulator) -> None:
    wanted = [{"key": key, "value": key.upper()} for key in ("c", "a", "b")]
    id, checked, outputs = driver.made(tags=wanted)
    assert outputs["tags"] == wanted
    platform = [{"Key": "volc:x", "Value": "1"}, {"Key": "sys:y", "Value": "2"}]
    tags = stored(ark)[id]["Tags"]
    assert {tag["Key"] for tag in tags} == {"a", "b", "c", "sys:ark:createdBy", "pulumi:create"}
    ark.mutate("ark", id, {"Tags": platform + tags[::-1]})
    read = driver.read(id, outputs, checked)
    assert plain(read.properties)["tags"] == wanted
    assert plain(read.inputs) == checked


def test_drift_of_the_tags(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made(tags=[{"key": "a", "value": "1"}])
    tags = stored(ark)[id]["Tags"]
    ark.mutate("ark", id, {"Tags": [*tags, {"Key": "b", "Value": "2"}]})
    read = driver.read(id, outputs, checked)
    assert sorted(tag["key"] for tag in plain(read.inputs)["tags"]) == ["a", "b"]
    response = driver.diff(plain(read.inputs), checked)
    assert (list(response.diffs), list(response.replaces)) == (["tags"], [])


CERTIFICATES: list[tuple[str, bool]] = [
    ("not_found", False),
    ("empty", False),
    ("blank", False),
    ("null", False),
    ("error", False),
    ("pem", True),
]


@pytest.mark.parametrize(("how", "has"), CERTIFICATES)
def test_certificates(driver: Driver, ark: Simulator, how: str, has: bool) -> None:
    """Whatever else is answered means none, and fails nothing."""
    ark.knobs("ark", certificate=how)
    id, checked, outputs = driver.made()
    read = plain(driver.read(id, outputs, checked).properties)
    assert ("certificate" in outputs, "certificate" in read) == (has, has)
    assert told(ark).count("endpoint.certificate") == 2, "one a look, never repeated"
    if has:
        (request, _) = ark.requests(cloud="ark", operation="endpoint.certificate")
        wire = request.reply_json["Result"]
        assert outputs["certificate"] == read["certificate"]
        assert outputs["certificate"] == {
            "pcaName": wire["PCAName"],
            "pcaHost": wire["PCAHost"],
            "pcaInstanceCertificate": wire["PCAInstanceCertificate"],
            "pcaSubCaCertificate": wire["PCASubCACertificate"],
            "pcaRootCaCertificate": wire["PCARootCACertificate"],
            "notBefore": wire["NotBefore"],
            "notAfter": wire["NotAfter"],
        }
        assert outputs["certificate"]["pcaHost"] == "ark.example"


SWITCHES: list[dict[str, Any]] = [
    {"result_shape": "nested"},
    {"empty_members": "omit"},
    {"tag_order": "kept"},
    {"default_rate_limit": None},
    {"statuses": {"running": "Healthy"}},
    {"statuses": {"running": "ACTIVE", "scheduling": "Queueing"}},
    {"scale_tier": "st-1"},
    {"list_name_match": "exact"},
    {"list_without_project": "all"},
]


@pytest.mark.parametrize("knobs", SWITCHES, ids=str)
def test_no_difference_whatever_the_service_does(
    driver: Driver, ark: Simulator, knobs: dict[str, Any]
) -> None:
    ark.knobs("ark", {"polls": {"scheduling": 1}, **knobs})
    id, checked, outputs = driver.made(description="d", tags=[{"key": "a"}])
    assert outputs["endpointId"] == id
    read = driver.read(id, outputs, checked)
    assert plain(read.inputs) == checked
    assert kinds(driver.diff(plain(read.inputs), checked)) == {}
    assert plain(read.properties).get("scaleTierId") == knobs.get("scale_tier")


def test_an_endpoint_that_fails(driver: Driver, ark: Simulator) -> None:
    ark.knobs("ark", fail_next_create=1, failure_reason="no such hardware")
    with pytest.raises(Failure) as caught:
        driver.create(driver.checked(inputs()))
    (id,) = stored(ark)
    assert caught.value.id == id
    assert f"endpoint {id} is Abnormal: no such hardware" in caught.value.reasons[0]
    assert caught.value.properties["statusReason"] == "no such hardware"


def test_an_endpoint_that_is_invisible_at_first(driver: Driver, ark: Simulator) -> None:
    """404 right after a create is a service that has not caught up."""
    ark.knobs("ark", invisible_polls=2)
    id, _, outputs = driver.made()
    assert (outputs["endpointId"], outputs["status"]) == (id, "Running")
    assert told(ark).count("endpoint.create") == 1
