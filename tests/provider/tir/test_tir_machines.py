"""Asking whether a plan exists before it is taken, and asking again while no machine is free."""

from __future__ import annotations

import time
from typing import Any

import pytest
from support.drivers.tir import (
    COMMITTED,
    FIRST,
    Simulator,
    TirDriver,
    failing,
    form,
    made,
    operations,
    requests,
    stored,
    told,
    writes,
)

pytestmark = pytest.mark.uninstrumented

CREATE, PATCH, START = "endpoint.create", "endpoint.patch", "endpoint.start"
PLANS = "sku.list"
NONE_FREE = {"kind": "error", "status": 409, "message": "SKU inventory temporarily unavailable"}
CLOUD = {"skuName": None, "skuType": None, "privateCloudId": "9001", "customSku": {"cpu": 4}}


@pytest.mark.parametrize("patch", [{}, COMMITTED], ids=["hourly", "committed"])
def test_a_plan_that_is_there(tir: Simulator, driver: TirDriver, patch: dict[str, Any]) -> None:
    made(driver, verifySku=True, **patch)
    assert told(tir) == [PLANS, CREATE]
    (look,) = requests(tir, PLANS)
    assert ["framework", "vllm"] in look.notes["parameters"]


@pytest.mark.parametrize(
    ("patch", "code", "words"),
    [
        (
            {"skuName": "L4.9"},
            "INVALID_ARGUMENT",
            "the plan L4.9 hourly in INR does not exist. Plans in this currency: C3.4 hourly, ",
        ),
        (
            {**COMMITTED, "committedDays": 31},
            "INVALID_ARGUMENT",
            "the plan L4.1 committed for 31 days in INR does not exist",
        ),
        (
            {"skuName": "H200.1"},
            "RESOURCE_EXHAUSTED",
            "the plan H200.1 hourly in INR has no machine free now",
        ),
    ],
    ids=["name", "days", "inventory"],
)
def test_a_plan_that_is_not(
    tir: Simulator, driver: TirDriver, patch: dict[str, Any], code: str, words: str
) -> None:
    failure = failing(made, driver, verifySku=True, **patch)
    assert (failure.code.name, failure.partial) == (code, None)
    assert failure.message.startswith(f"E2E Networks TIR: {words}"), failure.message
    assert told(tir) == [PLANS]


def test_a_private_cloud_has_no_plans(tir: Simulator, driver: TirDriver) -> None:
    made(driver, verifySku=True, **CLOUD)
    assert told(tir) == [CREATE]


def test_another_machine_is_looked_up_first(tir: Simulator, driver: TirDriver) -> None:
    """And nothing else is: a plan that one has already may have been sold out since."""
    id, olds, outputs = made(driver, verifySku=True)
    tir.knobs("tir", sku_inventory={"L4.1": False})
    tir.clear()
    news = {**olds, "modelPath": "a"}
    outputs = driver.update(olds, news, olds=outputs, id=id)
    assert PLANS not in told(tir)
    tir.clear()
    failure = failing(driver.update, news, {**news, "skuName": "H200.1"}, olds=outputs, id=id)
    assert "the plan H200.1 hourly in INR has no machine free now" in failure.message
    assert (told(tir), failure.partial) == ([PLANS], None)
    driver.update(news, {**news, "skuName": "L4.2"}, olds=outputs, id=id)
    assert told(tir)[1:4] == [PLANS, "endpoint.get", PATCH]


def test_another_framework_is_looked_up_first(tir: Simulator, driver: TirDriver) -> None:
    """Each has plans of its own."""
    id, olds, outputs = made(driver, verifySku=True)
    tir.clear()
    driver.update(olds, {**olds, "framework": "SGLANG"}, olds=outputs, id=id)
    assert told(tir)[:3] == [PLANS, "endpoint.get", PATCH]
    (look,) = requests(tir, PLANS)
    assert ["framework", "sglang"] in look.notes["parameters"]


def test_no_patience_unless_asked(tir: Simulator, driver: TirDriver) -> None:
    tir.fault("tir", CREATE, **NONE_FREE)
    failure = failing(made, driver)
    assert "To keep asking set capacityRetryTimeout." in failure.message
    assert operations(writes(tir)) == [CREATE]


def test_a_create_waits_for_a_machine(tir: Simulator, driver: TirDriver) -> None:
    tir.fault("tir", CREATE, **NONE_FREE, count=2)
    id, _, outputs = made(driver, capacityRetryTimeout=60)
    assert (id, outputs["status"]) == (FIRST, "running")
    assert writes(tir) == [(CREATE, form())] * 3
    first, second, third = requests(tir, CREATE)
    assert second.started_monotonic - first.started_monotonic >= 1.0
    assert third.started_monotonic - second.started_monotonic >= 1.5
    driver.logged("no machine of that kind is free; trying again in 1 s")


def test_patience_has_an_end(tir: Simulator, driver: TirDriver) -> None:
    """The service's own words are what is told then, with the plans there are."""
    began = time.monotonic()
    failure = failing(made, driver, skuName="H200.1", capacityRetryTimeout=2)
    assert 1.0 <= time.monotonic() - began < 10.0
    assert failure.code.name == "RESOURCE_EXHAUSTED"
    assert "SKU inventory is temporarily unavailable" in failure.message
    assert "H200.1 hourly (none free now)" in failure.message
    assert operations(writes(tir)) == [CREATE, CREATE]


def test_patience_ends_with_the_operation(tir: Simulator, driver: TirDriver) -> None:
    began = time.monotonic()
    wait = {"capacityRetryTimeout": 3600, "timeouts": {"create": 2}}
    failure = failing(made, driver, skuName="H200.1", **wait)
    assert "SKU inventory is temporarily unavailable" in failure.message
    assert time.monotonic() - began < 10.0
    assert stored(tir) == {}


def test_patience_goes_on_after_a_look_at_the_plans(tir: Simulator, driver: TirDriver) -> None:
    """Sold out at the look, but not for ever: only the create can tell."""
    tir.knobs("tir", sku_inventory={"L4.1": False})
    failure = failing(made, driver, verifySku=True, capacityRetryTimeout=2)
    assert "SKU inventory is temporarily unavailable" in failure.message
    assert told(tir)[:3] == [PLANS, CREATE, CREATE]
    failure = failing(made, driver, verifySku=True, capacityRetryTimeout=2, skuName="L4.9")
    assert "does not exist" in failure.message


def test_a_start_waits_for_a_machine(tir: Simulator, driver: TirDriver) -> None:
    id, olds, outputs = made(driver, desiredState="paused", capacityRetryTimeout=60)
    tir.fault("tir", START, **NONE_FREE, count=1)
    tir.clear()
    result = driver.update(olds, {**olds, "desiredState": "running"}, olds=outputs, id=id)
    assert writes(tir) == [(START, {"action": "start"})] * 2
    assert result["status"] == "running"


def test_another_machine_waits_for_one(tir: Simulator, driver: TirDriver) -> None:
    id, olds, outputs = made(driver, capacityRetryTimeout=60)
    tir.fault("tir", PATCH, **NONE_FREE, count=1)
    tir.clear()
    driver.update(olds, {**olds, "skuName": "L4.2"}, olds=outputs, id=id)
    assert writes(tir) == [(PATCH, form({"sku_name": "L4.2"}, "patch"))] * 2


def test_patience_makes_no_other_request(tir: Simulator, driver: TirDriver) -> None:
    """Neither input is sent, and neither is a change."""
    id, olds, outputs = made(driver)
    tir.clear()
    news = driver.checked({**olds, "verifySku": True, "capacityRetryTimeout": 5}, olds=olds)
    assert driver.diff(olds, news, outputs).changes == driver.diff(olds, olds, outputs).changes
    driver.update(olds, news, olds=outputs, id=id)
    assert writes(tir) == []
