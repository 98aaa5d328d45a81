"""`checkCatalogue`: what a program names is looked up in Check, before anything is changed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.drivers.hf import WARNING
from support.drivers.tir import COMMITTED, Simulator, TirDriver, inputs, made, requests, told

PLANS, INTEGRATIONS = "sku.list", "integration.list"
TITLE = "E2E Networks TIR"


def warned(driver: TirDriver) -> list[str]:
    return driver.log(WARNING)


def test_a_plan_that_is_there(tir: Simulator, driver: TirDriver) -> None:
    driver.checked({**inputs(), "checkCatalogue": True})
    assert (told(tir), warned(driver)) == ([PLANS, INTEGRATIONS], [])
    (look,) = requests(tir, PLANS)
    assert ["framework", "vllm"] in look.notes["parameters"]


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        (
            {"skuName": "L4.9"},
            f'skuName: "L4.9" is not in the catalogue of {TITLE} with "INR"; there are: L4.1, ',
        ),
        (
            {**COMMITTED, "committedDays": 31},
            f'committedDays: 31 is not in the catalogue of {TITLE} with "INR", "L4.1", '
            '"committed"; there are: ',
        ),
    ],
    ids=["machine", "days"],
)
def test_a_plan_that_is_not(
    tir: Simulator, driver: TirDriver, patch: dict[str, Any], words: str
) -> None:
    driver.checked({**inputs(), "checkCatalogue": True, **patch})
    (text,) = warned(driver)
    assert text.startswith(words) and text.endswith("(inference:tir:getPlans lists them)"), text
    assert told(tir) == [PLANS, INTEGRATIONS]


NUMBERS = [
    ("modelLoadIntegrationId", [PLANS, INTEGRATIONS], "getIntegrations"),
    ("datasetId", [PLANS, INTEGRATIONS, *["dataset.list"] * 2], "getDatasets"),
]


@pytest.mark.parametrize(("name", "asked", "function"), NUMBERS, ids=[r[0] for r in NUMBERS])
def test_a_number_that_nothing_has(
    tir: Simulator, driver: TirDriver, name: str, asked: list[str], function: str
) -> None:
    driver.checked({**inputs(), "checkCatalogue": True, name: "999999"})
    (text,) = [text for text in warned(driver) if text.startswith(f"{name}: ")]
    assert text.startswith(f'{name}: "999999" is not in the catalogue of {TITLE}; there are: ')
    assert text.endswith(f"(inference:tir:{function} lists them)")
    assert told(tir) == asked


def test_verify_sku_makes_failures_of_it(tir: Simulator, driver: TirDriver) -> None:
    news = {**inputs(), "skuName": "L4.9", "verifySku": True}
    assert driver.checked(news)["skuName"] == "L4.9"  # as before: asked when it is made
    assert told(tir) == []
    reasons = driver.refused({**news, "checkCatalogue": True})
    assert list(reasons) == ["skuName"]
    assert driver.logged("verifySku is deprecated").severity == WARNING


def test_a_replacement_that_deletes_first_fails_in_check(tir: Simulator, driver: TirDriver) -> None:
    news = {**inputs(), "checkCatalogue": True, "currency": "USD", "skuName": "L4.9"}
    assert list(driver.refused(news, olds=driver.checked(inputs()))) == ["skuName"]
    assert told(tir) == [PLANS, INTEGRATIONS]


def empty(tir: Simulator, operation: str, data: Any) -> None:
    body = json.dumps({"code": 200, "data": data, "errors": {}, "message": "Success"})
    tir.fault("tir", operation, kind="error", status=200, body=body, count=0)


@pytest.mark.parametrize(
    ("operation", "data", "function"),
    [(PLANS, {"GPU": []}, "getPlans"), (INTEGRATIONS, [], "getIntegrations")],
    ids=["plans", "integrations"],
)
def test_an_empty_list_proves_nothing(
    tir: Simulator, driver: TirDriver, operation: str, data: Any, function: str
) -> None:
    empty(tir, operation, data)
    driver.checked({**inputs(), "checkCatalogue": True})
    assert warned(driver) == [
        f"{TITLE}: whether there is what the program names is not known "
        f"(inference:tir:{function}): the list is empty"
    ]


def test_no_plans_at_all_stop_no_create(tir: Simulator, driver: TirDriver) -> None:
    empty(tir, PLANS, {"GPU": []})
    made(driver, verifySku=True)
    assert warned(driver)[-1] == (
        f"{TITLE}: whether there is the plan L4.1 hourly is not known: the service lists no plans"
    )
    assert told(tir) == [PLANS, "endpoint.create", PLANS]  # the last one is about its price
