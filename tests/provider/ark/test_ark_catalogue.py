"""`checkCatalogue`: what a program names is looked up in Check, before anything is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.drivers.ark import Driver, Simulator, inputs, told
from support.drivers.hf import UNKNOWN, WARNING

LISTS = ["model.list", "activation.list", "limit.list"]
VERSIONS = ["model.list", "model.versions"]
NAME = "modelReference.foundationModel.name"
VERSION = "modelReference.foundationModel.modelVersion"


def model(name: str, version: str | None = "250615") -> dict[str, Any]:
    return {"modelReference": {"foundationModel": {"name": name, "modelVersion": version}}}


def checked(driver: Driver, **patch: Any) -> None:
    driver.checked(inputs(checkCatalogue=True, **patch))


def warned(driver: Driver) -> list[str]:
    """All warnings so far: records arrive in order."""
    driver.checked(inputs(name="x" * 129), name="last")
    driver.logged("as far as is known")
    return [text for text in driver.log(WARNING) if not text.startswith("name: ")]


def test_a_model_that_is_there(driver: Driver, ark: Simulator) -> None:
    checked(driver, rateLimit={"rpm": 60000, "tpm": 100})
    assert (told(ark), warned(driver)) == (LISTS + VERSIONS, [])
    sent = [request.json for request in ark.requests(cloud="ark")]
    page = {"PageNumber": 1, "PageSize": 100}
    assert sent == [
        {**page, "ProjectName": "default"},
        {
            **page,
            "Filter": {"IncludeDeprecatedModels": True},
            "WithPrice": False,
            "WithFreeUsage": False,
        },
        {},
        {**page, "ProjectName": "default", "Filter": {"Names": ["seed-1-6"]}},
        {**page, "ProjectName": "default", "FoundationModelName": "seed-1-6"},
    ]


def test_each_catalogue_is_asked_once(driver: Driver, ark: Simulator) -> None:
    for number in range(5):
        checked(driver, name=f"e-{number}")
    checked(driver, **model("seed-1-6-lite", "251015"))
    assert told(ark) == LISTS + VERSIONS + VERSIONS


def test_nothing_is_asked_unless_wanted(driver: Driver, ark: Simulator) -> None:
    driver.checked(inputs(**model("seed-9")))
    assert told(ark) == []


def test_a_model_that_is_not(driver: Driver, ark: Simulator) -> None:
    checked(driver, **model("seed-1-6-mini"))
    assert warned(driver) == [
        f'{NAME}: "seed-1-6-mini" is not in the catalogue of BytePlus ModelArk; there are: '
        "seed-1-6-lite, seed-1-6 (inference:ark:getModels lists them)"
    ]


def test_a_version_that_is_not(driver: Driver, ark: Simulator) -> None:
    checked(driver, **model("seed-1-6", "250616"))
    assert warned(driver) == [
        f'{VERSION}: "250616" is not in the catalogue of BytePlus ModelArk with "seed-1-6"; '
        "there are: 250615, 250428, 260628 (inference:ark:getModels lists them)"
    ]


def test_a_custom_model_that_is_not(driver: Driver, ark: Simulator) -> None:
    checked(driver, modelReference={"foundationModel": None, "customModelId": "cm-1"})
    assert warned(driver) == [
        'modelReference.customModelId: "cm-1" is not in the catalogue of BytePlus ModelArk; '
        "there are: cm-20260101000000-abcde (inference:ark:getCustomModels lists them)"
    ]
    assert told(ark) == ["customModel.list"]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("Retiring", "is being retired"),
        ("retiring", "is being retired"),
        ("Unpublished", "is not published"),
        ("Retired", "is out of service"),
        ("Offline", "is out of service"),
    ],
)
def test_the_state_of_a_version(driver: Driver, ark: Simulator, status: str, words: str) -> None:
    ark.fault("ark", "model.versions", kind="rewrite", assign={"/Result/Items/1/Status": status})
    checked(driver)
    (text,) = warned(driver)
    assert text.startswith(f"{VERSION}: this version ") and words in text


@pytest.mark.parametrize(
    ("region", "page"),
    [
        ("eu-west-1", "console.byteplus.com/ark/region:ark+eu-west-1/openManagement"),
        ("cn-beijing", "console.volcengine.com/ark/region:cn-beijing/openManagement"),
    ],
)
def test_a_model_that_is_not_activated(
    configure: Callable[..., Driver], ark: Simulator, region: str, page: str
) -> None:
    ark.knobs("ark", auth=False)  # the keys are of one site
    driver = configure(arkRegion=region)
    checked(driver, **model("seed-1-6-lite", "251015"))
    assert warned(driver) == [
        f"{NAME}: the account has not activated this model: once its free quota is used up, "
        f"callers get ModelNotOpen (404). Activate it on https://{page} "
        "(inference:ark:getModels)"
    ]


def test_unpaid_bills_and_a_deprecated_model(driver: Driver, ark: Simulator) -> None:
    ark.fault(
        "ark",
        "activation.list",
        kind="rewrite",
        assign={"/Result/Items/0/IsOverdue": True, "/Result/Items/0/IsDeprecated": True},
    )
    checked(driver)
    deprecated, overdue = warned(driver)
    assert deprecated.startswith(f"{NAME}: the service advises against this model")
    assert overdue.startswith(f"{NAME}: the account has unpaid bills")


def test_a_limit_above_the_accounts(driver: Driver, ark: Simulator) -> None:
    checked(driver, rateLimit={"rpm": 60001, "tpm": 5000001})
    rpm, tpm = warned(driver)
    assert rpm.startswith("rateLimit.rpm: above the account's own limit for the model, 60000, ")
    assert tpm.startswith("rateLimit.tpm: above the account's own limit for the model, 5000000, ")


def test_a_limit_of_zero_says_nothing(driver: Driver, ark: Simulator) -> None:
    """What 0 means is not documented (docs/apis/ark.md 20)."""
    ark.fault(
        "ark",
        "limit.list",
        kind="rewrite",
        assign={"/Result/Items/0/CurrentRateLimit": {"Rpm": 0, "Tpm": None}},
    )
    checked(driver, rateLimit={"rpm": 10, "tpm": 10})
    assert warned(driver) == []


@pytest.mark.parametrize("member", ["name", "modelVersion"])
def test_what_is_not_known_is_not_asked_for(driver: Driver, ark: Simulator, member: str) -> None:
    reference = {"foundationModel": {member: UNKNOWN}}
    checked(driver, modelReference=reference)
    assert warned(driver) == []
    assert "model.versions" not in told(ark) or member == "modelVersion"


def test_one_that_does_not_answer_is_told_once(driver: Driver, ark: Simulator) -> None:
    ark.fault("ark", "model.list", status=403, code="AccessDenied", count=10)
    checked(driver)
    (first, second) = warned(driver)
    assert "whether there is what the program names is not known" in first
    checked(driver, name="other")
    assert warned(driver) == [first, second]


def test_what_is_not_offered_is_not_missed(driver: Driver, ark: Simulator) -> None:
    ark.knobs("ark", not_offered=["ListModelActivations", "ListModelRateLimit"])
    checked(driver, rateLimit={"rpm": 99999, "tpm": 1})
    checked(driver, name="other", rateLimit={"rpm": 99999, "tpm": 1})
    first, second = warned(driver)
    assert "asking which models are activated: the service does not offer this" in first
    assert "asking for the account's limits: the service does not offer this" in second


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("seed-1.6", "names have dashes where the name for readers has dots"),
        ("seed-1-6-250615", 'name "seed-1-6", modelVersion "250615"'),
        ("seed-250615", 'name "seed", modelVersion "250615"'),
    ],
)
def test_spellings_are_told_without_asking(
    driver: Driver, ark: Simulator, name: str, words: str
) -> None:
    driver.checked(inputs(**model(name)))
    (text,) = warned(driver)
    assert text.startswith(f"{NAME}: ") and words in text
    assert told(ark) == []


@pytest.mark.parametrize("name", ["seed-1-6", "250615", "-250615", "seed-1-6-25061", "seed250615"])
def test_spellings_that_are_right(driver: Driver, name: str) -> None:
    driver.checked(inputs(**model(name)))
    assert warned(driver) == []
