"""What a program writes in a wrong place, by another name or in a wrong type is told where it
belongs."""

from __future__ import annotations

from typing import Any

import pytest
from support.drivers.tir import TirDriver, inputs

MEANT = [
    ({"region": "Delhi"}, "region", '"location"'),
    ({"namespace": "5"}, "namespace", '"projectId"'),
    ({"tirProjectId": "5"}, "tirProjectId", '"projectId"'),
    ({"instance_type": "x"}, "instance_type", '"skuName"'),
    ({"image": "x"}, "image", '"containerImage"'),
    ({"path": "x"}, "path", '"modelPath"'),
    ({"env": {}}, "env", '"resourceDetails.envVariables"'),
    ({"hfId": "x"}, "hfId", '"detailedInfo.huggingFaceId"'),
    ({"model": "x"}, "model", '"detailedInfo.huggingFaceId"'),
    ({"modelName": "x"}, "modelName", '"detailedInfo.huggingFaceId"'),
    ({"maxReplica": 3}, "maxReplica", '"autoScalePolicy.maxReplicas"'),
    ({"server_version": "x"}, "server_version", '"detailedInfo.serverVersion"'),
    ({"detailedInfo": {"modelId": "5"}}, "detailedInfo.modelId", '"modelId" at the top'),
    (
        {"resourceDetails": {"envVariables": [{"name": "A", "value": "a"}]}},
        "resourceDetails.envVariables[0].name",
        '"key"',
    ),
]


@pytest.mark.parametrize(("patch", "path", "places"), MEANT)
def test_a_key_that_is_none_is_met_with_what_was_meant(
    driver: TirDriver, patch: dict[str, Any], path: str, places: str
) -> None:
    here = " here" if "." in places.split(", ")[-1] or "top" in places else ""
    reason = f"unknown property{here}; did you mean {places}?"
    assert driver.refused(inputs(**patch)) == {path: reason}


SETTINGS = [
    ("apiKey", "tirApiKey", True, ""),
    ("auth_token", "tirAuthToken", True, ""),
    ("token", "tirAuthToken", True, "; and tirApiKey the same way"),
    ("tirApiLayout", "tirApiLayout", False, ""),
    ("endpoint", "tirEndpoint", False, ""),
    ("accessKey", "tirAuthToken", True, "; and tirApiKey the same way"),
]


@pytest.mark.parametrize(("key", "setting", "secret", "more"), SETTINGS)
def test_a_setting_of_the_provider_is_no_input(
    driver: TirDriver, key: str, setting: str, secret: bool, more: str
) -> None:
    assert driver.refused(inputs(**{key: "x"})) == {
        key: "is no input but a setting of the provider: run pulumi config set "
        f"inference:{setting} <value>{' --secret' if secret else ''}, or set {setting} in the "
        f"program's provider resource{more}"
    }


OPTIONS = ["customTimeouts", "dependsOn", "ignore_changes", "protect", "retainOnDelete"]


@pytest.mark.parametrize("key", OPTIONS)
def test_an_option_of_the_resource_is_no_input(driver: TirDriver, key: str) -> None:
    reason = "is no input but a resource option: set it with the resource's options"
    assert driver.refused(inputs(**{key: []})) == {key: reason}


TYPES = [
    ({"modelId": "abc"}, "modelId", 'must be a number without sign or leading zeros; is "abc"'),
    ({"modelId": -1}, "modelId", 'must be a number without sign or leading zeros; is "-1"'),
    ({"datasetId": 7.5}, "datasetId", "must be a whole number, or text of one, not a number (7.5)"),
    (
        {"datasetId": 1e20},
        "datasetId",
        "must be a string, not a number (1e+20): put it into quotes",
    ),
    ({"sfsId": True}, "sfsId", "must be a whole number, or text of one, not a boolean (true)"),
    (
        {"committedDays": "30"},
        "committedDays",
        'must be a whole number, not a string ("30"): take the quotes off',
    ),
    ({"committedDays": 1.5}, "committedDays", "must be a whole number, is 1.5"),
    (
        {"isAutoScaleEnabled": "true"},
        "isAutoScaleEnabled",
        'must be true or false, not a string ("true"): take the quotes off',
    ),
    (
        {"livenessProbe": {"port": "80", "path": "/"}},
        "livenessProbe.port",
        'must be a whole number, not a string ("80"): take the quotes off',
    ),
    (
        {"livenessProbe": {"path": 5}},
        "livenessProbe.path",
        "must be a string, not a number (5): put it into quotes",
    ),
    (
        {"resourceDetails": {"envVariables": {"A": "b"}}},
        "resourceDetails.envVariables",
        "must be a list, not an object",
    ),
    (
        {"detailedInfo": {"serverVersion": 24.02}},
        "detailedInfo.serverVersion",
        "must be a string, not a number (24.02): put it into quotes",
    ),
]


@pytest.mark.parametrize(("patch", "path", "reason"), TYPES)
def test_a_wrong_type_is_told_once(
    driver: TirDriver, patch: dict[str, Any], path: str, reason: str
) -> None:
    """Rules across properties skip what is wrong by itself."""
    assert driver.refused(inputs(**patch)) == {path: reason}
