"""Check: what is let through, what is refused and how, what is warned about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.drivers.ark import MODEL, Driver, Simulator, inputs, told
from support.drivers.hf import UNKNOWN, WARNING

pytestmark = pytest.mark.one_call


@pytest.mark.valgrind_smoke
def test_inputs_come_back_with_their_scope(driver: Driver, ark: Simulator) -> None:
    checked = driver.checked(inputs())
    assert checked == inputs(region="ap-southeast-1", projectName="default")
    assert told(ark) == []


def test_the_configured_scope(configure: Callable[..., Driver]) -> None:
    driver = configure(arkRegion="eu-west-1", arkProjectName="shop")
    assert driver.checked(inputs()) == inputs(region="eu-west-1", projectName="shop")
    own = inputs(region="ap-southeast-1", projectName="other")
    assert driver.checked(own) == own


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"name": ""}, "name", "must not be empty"),
    ({"modelReference": None}, "modelReference", "is required"),
    ({"modelReference": {"foundationModel": None}}, "modelReference", "one of"),
    ({"modelReference": {"customModelId": "cm-1"}}, "modelReference", "one of"),
    (
        {"modelReference": {"foundationModel": {"name": None}}},
        "modelReference.foundationModel.name",
        "is required",
    ),
    (
        {"modelReference": {"foundationModel": {"name": "Seed-1-6"}}},
        "modelReference.foundationModel.name",
        'lower case: "seed-1-6"',
    ),
    ({"rateLimit": {"rpm": 0}}, "rateLimit.rpm", "at least 1"),
    ({"rateLimit": {"tpm": -1}}, "rateLimit.tpm", "at least 1"),
    ({"rateLimit": {"tpm": 2147483648}}, "rateLimit.tpm", "at most 2147483647"),
    ({"rateLimit": {"rpm": 1.5}}, "rateLimit.rpm", "whole number"),
    ({"rateLimit": {"rpm": "10"}}, "rateLimit.rpm", "a whole number of requests per minute, not a"),
    ({"tags": [{"value": "v"}]}, "tags[0].key", "is required"),
    ({"tags": [{"key": "a"}, {"key": "a"}]}, "tags[1].key", "used twice"),
    ({"tags": [{"key": "sys:x"}]}, "tags[0].key", "reserved"),
    ({"tags": [{"key": "volc:x"}]}, "tags[0].key", "reserved"),
    ({"tags": [{"key": "pulumi:create"}]}, "tags[0].key", "reserved"),
    ({"desiredState": "stopped"}, "desiredState", "paused"),
    ({"moderation": {"strategy": 3}}, "moderation.strategy", "must be a string"),
]


@pytest.mark.parametrize(("patch", "path", "words"), WRONG, ids=[str(row[0])[:60] for row in WRONG])
def test_refusals(driver: Driver, patch: dict[str, Any], path: str, words: str) -> None:
    (refused,) = driver.refused(inputs(**patch)).items()
    assert refused[0] == path
    assert words in refused[1]


SPELLINGS: list[tuple[dict[str, Any], str, str]] = [
    (
        {"foundation_model": {"name": "seed-1-6", "model_version": "250615"}},
        "modelReference.foundation_model",
        "foundationModel",
    ),
    ({"custom_model_id": "cm-1"}, "modelReference.custom_model_id", "customModelId"),
    (
        {"foundationModel": {"name": "seed-1-6", "model_version": "250615"}},
        "modelReference.foundationModel.model_version",
        "modelVersion",
    ),
]


@pytest.mark.parametrize(("reference", "path", "meant"), SPELLINGS, ids=str)
def test_snake_case_is_understood(
    driver: Driver, reference: dict[str, Any], path: str, meant: str
) -> None:
    """A published sample of the older package writes it so."""
    refused = driver.refused({"name": "demo", "modelReference": reference})
    assert f'did you mean "{meant}"?' in refused[path]


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("model_reference", "modelReference"),
        ("rate_limit", "rateLimit"),
        ("project_name", "projectName"),
        ("model_unit_id", "modelUnitId"),
        ("desired_state", "desiredState"),
    ],
)
def test_snake_case_of_inputs(driver: Driver, key: str, meant: str) -> None:
    assert f'did you mean "{meant}"?' in driver.refused(inputs(**{key: {}}))[key]


def test_all_failures_at_once(driver: Driver) -> None:
    news = inputs(rateLimit={"rpm": 0, "tpm": 0}, tags=[{"key": "sys:a"}], projekt="x")
    assert set(driver.refused(news)) == {
        "rateLimit.rpm",
        "rateLimit.tpm",
        "tags[0].key",
        "projekt",
    }


def test_unknown_values_skip_their_rules(driver: Driver) -> None:
    for patch in (
        {"name": UNKNOWN},
        {"modelReference": UNKNOWN},
        {"modelReference": {"foundationModel": UNKNOWN}},
        {"modelReference": {"foundationModel": {"name": UNKNOWN}}},
        {"tags": UNKNOWN},
        {"tags": [{"key": UNKNOWN}, {"key": UNKNOWN}]},
        {"rateLimit": {"rpm": UNKNOWN}},
        {"region": UNKNOWN},
    ):
        news = inputs(**patch)
        checked = driver.checked(news)
        assert {key: checked[key] for key in news} == news


def test_new_words_of_the_service_pass_with_a_warning(driver: Driver) -> None:
    checked = driver.checked(inputs(moderation={"strategy": "Strict"}))
    assert checked["moderation"] == {"strategy": "Strict"}
    assert driver.logged("moderation.strategy").severity == WARNING


UNKNOWN_REGION = (
    "is not among the values known to this version (ap-southeast-1, eu-west-1, cn-beijing); it is "
    "passed on as it is"
)


def test_unknown_regions_pass_with_a_warning(driver: Driver) -> None:
    assert driver.checked(inputs(region="me-central-1"))["region"] == "me-central-1"
    assert driver.logged("is not among").message == f'region: "me-central-1" {UNKNOWN_REGION}'
    assert driver.logged("is not among").severity == WARNING


def test_an_unknown_region_of_the_configuration_names_its_place(
    configure: Callable[..., Driver],
) -> None:
    driver = configure(arkRegion="me-central-1")
    assert driver.checked(inputs(region=None))["region"] == "me-central-1"
    assert driver.logged("is not among").message == (
        f'region: "me-central-1" (from inference:arkRegion) {UNKNOWN_REGION}'
    )


@pytest.mark.parametrize("region", ["ap-southeast-1", "eu-west-1", UNKNOWN])
def test_known_regions_pass_without_a_word(driver: Driver, region: str) -> None:
    driver.checked(inputs(region=region))
    driver.checked(inputs(region="elsewhere"))
    driver.logged('"elsewhere"')  # records arrive in order
    assert len(driver.log(WARNING)) == 1


def test_a_name_is_made_and_kept(driver: Driver) -> None:
    first = driver.checked({"modelReference": MODEL}, name="My_Chat.1")
    assert first["name"].startswith("My_Chat.1-")
    assert first["__defaults"] == ["name"]
    again = driver.checked({"modelReference": MODEL}, olds=first, name="My_Chat.1", seed=b"t" * 32)
    assert again["name"] == first["name"]


ASSUMED: list[tuple[dict[str, Any], str]] = [
    ({"name": "x" * 129}, "name: may have at most 128 characters, has 129"),
    ({"description": "x" * 513}, "description: may have at most 512 characters, has 513"),
    ({"tags": [{"key": f"k{n}"} for n in range(101)]}, "tags: may have at most 100 items, has 101"),
    ({"tags": [{"key": "k" * 129}]}, "tags[0].key: may have at most 128 characters, has 129"),
    (
        {"tags": [{"key": "k", "value": "v" * 257}]},
        "tags[0].value: may have at most 256 characters, has 257",
    ),
    (
        {"modelReference": {"foundationModel": {"modelVersion": None}}},
        "modelReference.foundationModel.modelVersion: the service needs it",
    ),
]


@pytest.mark.parametrize(("patch", "words"), ASSUMED, ids=[row[1][:30] for row in ASSUMED])
def test_limits_without_a_source_warn(driver: Driver, patch: dict[str, Any], words: str) -> None:
    checked = driver.checked(inputs(**patch))
    assert checked == {**inputs(**patch), "region": "ap-southeast-1", "projectName": "default"}
    record = driver.logged(words)
    assert (record.severity, "assumed" in record.message) == (WARNING, True)
