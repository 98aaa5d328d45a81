"""What a program writes in a wrong place, by another name or in a wrong type is told where it
belongs."""

from __future__ import annotations

from typing import Any

import pytest
from support.drivers.maas import MaasDriver, inputs

MEANT = [
    ({"model": "x"}, "model", '"modelName"'),
    ({"remark": "x"}, "remark", '"description"'),
    ({"endpoint_name": "x"}, "endpoint_name", '"name"'),
    ({"namespace": "p"}, "namespace", '"projectId"'),
    ({"maasRegion": "r"}, "maasRegion", '"region"'),
    ({"location": "r"}, "location", '"region"'),
    ({"project": "p"}, "project", '"projectId"'),
    ({"rateLimit": {"rpm": 5}}, "rateLimit", '"rpm"'),
    ({"service_id": "x"}, "service_id", '"inferServiceId"'),
    ({"infer_service_id": "x"}, "infer_service_id", '"inferServiceId"'),
]


@pytest.mark.parametrize(("patch", "path", "places"), MEANT)
def test_a_key_that_is_none_is_met_with_what_was_meant(
    driver: MaasDriver, patch: dict[str, Any], path: str, places: str
) -> None:
    here = " here" if "." in places.split(", ")[-1] or "top" in places else ""
    reason = f"unknown property{here}; did you mean {places}?"
    assert driver.refused(inputs(**patch)) == {path: reason}


SETTINGS = [
    ("apiKey", "maasApiKey", True, ""),
    ("token", "maasToken", True, ""),
    ("access_key", "maasAccessKey", True, ""),
    ("password", "maasPassword", True, ""),
    ("domainName", "maasDomainName", False, ""),
    ("projectName", "maasProjectName", False, ""),
    ("iamEndpoint", "maasIamEndpoint", False, ""),
]


@pytest.mark.parametrize(("key", "setting", "secret", "more"), SETTINGS)
def test_a_setting_of_the_provider_is_no_input(
    driver: MaasDriver, key: str, setting: str, secret: bool, more: str
) -> None:
    assert driver.refused(inputs(**{key: "x"})) == {
        key: "is no input but a setting of the provider: run pulumi config set "
        f"inference:{setting} <value>{' --secret' if secret else ''}, or set {setting} in the "
        f"program's provider resource{more}"
    }


OPTIONS = ["customTimeouts", "dependsOn", "ignore_changes", "protect", "retainOnDelete"]


@pytest.mark.parametrize("key", OPTIONS)
def test_an_option_of_the_resource_is_no_input(driver: MaasDriver, key: str) -> None:
    reason = "is no input but a resource option: set it with the resource's options"
    assert driver.refused(inputs(**{key: []})) == {key: reason}


TYPES = [
    ({"rpm": "5"}, "rpm", 'must be a whole number, not a string ("5"): take the quotes off'),
    ({"tpm": 2.5}, "tpm", "must be a whole number, is 2.5"),
    (
        {"moderation": "true"},
        "moderation",
        'must be true or false, not a string ("true"): take the quotes off',
    ),
    ({"moderation": {"strategy": "Skip"}}, "moderation", "must be true or false, not an object"),
    ({"source": 5}, "source", "must be a string, not a number (5): put it into quotes"),
    ({"modelName": 5}, "modelName", "must be a string, not a number (5): put it into quotes"),
    ({"agreementId": 5}, "agreementId", "must be a string, not a number (5): put it into quotes"),
]


@pytest.mark.parametrize(("patch", "path", "reason"), TYPES)
def test_a_wrong_type_is_told_once(
    driver: MaasDriver, patch: dict[str, Any], path: str, reason: str
) -> None:
    """Rules across properties skip what is wrong by itself."""
    assert driver.refused(inputs(**patch)) == {path: reason}
