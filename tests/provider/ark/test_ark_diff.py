"""Diff: which change is which, sets of tags, and states that another package wrote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2
from support.drivers.ark import ID, MODEL, Driver, inputs, kinds, struct

pytestmark = pytest.mark.one_call

A, B = {"key": "a", "value": "1"}, {"key": "b", "value": "2"}
BASE: dict[str, Any] = {
    "description": "first",
    "region": "ap-southeast-1",
    "projectName": "default",
    "rateLimit": {"rpm": 600, "tpm": 100000},
    "tags": [A, B],
}


def base(**patch: Any) -> dict[str, Any]:
    return inputs(**{**BASE, **patch})


ROWS: list[tuple[dict[str, Any], dict[str, Any], dict[str, str]]] = [
    ({}, {}, {}),
    ({}, {"name": "other"}, {"name": "UPDATE"}),
    ({}, {"description": "second"}, {"description": "UPDATE"}),
    ({}, {"description": None}, {"description": "DELETE"}),
    ({"description": None}, {"description": ""}, {}),
    ({}, {"rateLimit": {"rpm": 1, "tpm": 100000}}, {"rateLimit.rpm": "UPDATE"}),
    ({}, {"rateLimit": {"rpm": 600, "tpm": 1}}, {"rateLimit.tpm": "UPDATE"}),
    ({"rateLimit": None}, {}, {"rateLimit": "ADD"}),
    ({}, {"rateLimit": None}, {}),  # a limit can be changed but not taken away
    ({}, {"rateLimit": {"rpm": 600}}, {}),
    ({}, {"desiredState": "paused"}, {"desiredState": "ADD"}),
    ({}, {"desiredState": "running"}, {}),
    ({}, {"region": "eu-west-1"}, {"region": "UPDATE_REPLACE"}),
    ({"region": None}, {}, {}),  # absent means the configured one
    ({}, {"projectName": "shop"}, {"projectName": "UPDATE_REPLACE"}),
    (
        {},
        {"modelReference": {"foundationModel": {"name": "seed-1-6", "modelVersion": "250915"}}},
        {"modelReference.foundationModel.modelVersion": "UPDATE"},
    ),
    (
        {},
        {"modelReference": {"foundationModel": {"name": "seed-2", "modelVersion": "250615"}}},
        {"modelReference.foundationModel.name": "UPDATE"},
    ),
    ({}, {"modelUnitId": "mu-1"}, {"modelUnitId": "ADD_REPLACE"}),
    ({"modelUnitId": "mu-1"}, {}, {"modelUnitId": "DELETE_REPLACE"}),
    ({"modelUnitId": "mu-1"}, {"modelUnitId": "mu-2"}, {"modelUnitId": "UPDATE_REPLACE"}),
    ({}, {"moderation": {"strategy": "Basic"}}, {"moderation": "ADD"}),
    ({}, {"moderation": {"strategy": "Default"}}, {}),
    ({"moderation": {"strategy": "Default"}}, {}, {}),
    (
        {"moderation": {"strategy": "Basic"}},
        {"moderation": {"strategy": "Default"}},
        {"moderation.strategy": "UPDATE"},
    ),
    ({}, {"tags": [B, A]}, {}),
    ({"tags": [{"key": "a"}]}, {"tags": [{"key": "a", "value": ""}]}, {}),
    ({"tags": None}, {"tags": []}, {}),
    ({}, {"waitForReady": False, "adoptExisting": True}, {}),
    ({}, {"modelSwitch": "replace", "switchStrategy": {"step": 10}}, {}),
]


@pytest.mark.parametrize(("old", "new", "diff"), ROWS, ids=[str(row[:2])[:80] for row in ROWS])
def test_each_change(
    driver: Driver, old: dict[str, Any], new: dict[str, Any], diff: dict[str, str]
) -> None:
    found = kinds(driver.diff(base(**old), base(**new)))
    assert found == diff


@pytest.mark.parametrize(
    "tags", [[A], [A, B, {"key": "c"}], [A, {"key": "b", "value": "3"}], None], ids=str
)
def test_a_real_change_of_the_tags_is_one_in_place(driver: Driver, tags: Any) -> None:
    response = driver.diff(base(), base(tags=tags))
    assert (list(response.diffs), list(response.replaces)) == (["tags"], [])
    assert not response.deleteBeforeReplace, "names need not be unique"


def test_the_model_to_another_kind(driver: Driver) -> None:
    news = {**base(), "modelReference": {"customModelId": "cm-1"}}
    response = driver.diff(base(), news)
    assert list(response.replaces) == ["modelReference"]
    assert not response.deleteBeforeReplace


def test_what_an_update_cannot_change(driver: Driver) -> None:
    response = driver.diff(base(), base(description="b"))
    assert set(response.stables) >= {"endpointId", "createTime", "endpointModelType", "batchOnly"}


def foreign() -> tuple[dict[str, Any], dict[str, Any]]:
    """Inputs and outputs as the other package leaves them in a state."""
    old_inputs: dict[str, Any] = {
        "__defaults": [],
        "name": "demo",
        "description": "first",
        "modelReference": {
            "__defaults": [],
            "foundationModel": {"__defaults": [], **MODEL["foundationModel"]},
        },
        "rateLimit": {"__defaults": [], "rpm": 600, "tpm": 100000},
        "tags": [{"__defaults": [], **A}, {"__defaults": [], **B}],
        "projectName": "default",
    }
    outputs = {
        **{key: value for key, value in old_inputs.items() if key != "__defaults"},
        "__meta": '{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":0,"delete":0}}',
        "endpointId": ID,
        "id": ID,
        "status": "Running",
        "moderation": {"strategy": "Default"},
    }
    return old_inputs, outputs


def test_a_state_of_another_package_is_updated_once(driver: Driver) -> None:
    old_inputs, outputs = foreign()
    assert kinds(driver.diff(old_inputs, base(), olds=outputs)) == {"desiredState": "ADD"}
    ours = {**outputs, "target": {"model": ID}}
    assert kinds(driver.diff(old_inputs, base(), olds=ours)) == {}


def test_a_change_beside_the_move_is_that_change(driver: Driver) -> None:
    old_inputs, outputs = foreign()
    response = driver.diff(old_inputs, base(description="b"), olds=outputs)
    assert kinds(response) == {"description": "UPDATE"}


def test_another_packages_configuration_replaces_nothing(configure: Callable[..., Driver]) -> None:
    driver = configure()
    news = {"arkRegion": "ap-southeast-1", "arkAccessKey": "a"}
    olds = {
        "accessKey": "x",
        "secretKey": "y",
        "region": "eu-west-1",
        "endpoints": '{"cloudcontrolapi":"x"}',
        "version": "0.0.25",
    }
    response = driver.call(
        "DiffConfig",
        provider_pb2.DiffRequest(
            urn="urn:pulumi:dev::shop::pulumi:providers:inference::default",
            olds=struct(olds),
            old_inputs=struct(olds),
            news=struct(news),
        ),
    )
    assert list(response.replaces) == []
