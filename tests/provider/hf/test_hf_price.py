"""What an endpoint costs: written by Create and Update, carried over by Read, never a change."""

from __future__ import annotations

import time
from typing import Any

import pytest
from support.drivers.hf import (
    ASK_PRICES,
    TOKEN,
    WARNING,
    Driver,
    Simulator,
    inputs,
    kinds,
    merge,
    plain,
)

CPU_PRICE, GPU_PRICE = 0.033, 3.2
GPU = {"accelerator": "gpu", "instanceType": "nvidia-l4", "instanceSize": "x4"}
INFO = 1


def operations(sim: Simulator) -> list[str]:
    return [request.operation for request in sim.requests(cloud="hf")]


def price(outputs: dict[str, Any]) -> tuple[Any, bool]:
    """The price, and whether it says since when."""
    return outputs.get("price"), "pricedAt" in outputs


def usd(amount: float) -> tuple[dict[str, Any], bool]:
    return {"amount": amount, "currency": "USD"}, True


def test_a_create_writes_it(driver: Driver, hf: Simulator) -> None:
    before = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    _, outputs = driver.create(driver.checked(inputs()))
    assert price(outputs) == usd(CPU_PRICE)
    assert before <= outputs["pricedAt"] <= time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    assert operations(hf).count(ASK_PRICES) == 1
    assert driver.logged("it costs 0.033 USD an hour for each replica").ephemeral


def test_once_for_all(driver: Driver, hf: Simulator) -> None:
    """Whatever machine they run on: one reply has them all."""
    for name, compute in (("a", {}), ("b", GPU), ("c", GPU)):
        _, outputs = driver.create(driver.checked(inputs(name=name, compute=compute)))
        assert price(outputs) == usd(GPU_PRICE if compute else CPU_PRICE)
    assert operations(hf).count(ASK_PRICES) == 1


def test_a_look_up_of_this_process_is_enough(driver: Driver, hf: Simulator) -> None:
    driver.function("getMachines", namespace="me", vendor="aws")
    _, outputs = driver.create(driver.checked(inputs()))
    assert price(outputs) == usd(CPU_PRICE)
    assert operations(hf).count(ASK_PRICES) == 1


def test_an_update_writes_todays(driver: Driver, hf: Simulator) -> None:
    checked = driver.checked(inputs())
    _, outputs = driver.create(checked)
    news = driver.checked(inputs(compute=GPU), olds=checked)
    updated = driver.update(checked, news, outputs)
    assert price(updated) == usd(GPU_PRICE)


def test_a_new_price_is_no_change(driver: Driver, hf: Simulator) -> None:
    """A refresh does not ask, and a state of an older release shows no difference."""
    checked = driver.checked(inputs())
    _, outputs = driver.create(checked)
    hf.clear("hf")
    state = merge(outputs, {"price": {"amount": 9.5}, "pricedAt": "2025-01-02T03:04:05Z"})
    read = plain(driver.read("me/demo", state, checked).properties)
    assert (read["price"], read["pricedAt"]) == (state["price"], state["pricedAt"])
    assert kinds(driver.diff(checked, checked, read)) == {}
    bare = {key: value for key, value in outputs.items() if key not in ("price", "pricedAt")}
    assert price(plain(driver.read("me/demo", bare, checked).properties)) == (None, False)
    assert kinds(driver.diff(checked, checked, bare)) == {}
    assert price(plain(driver.read("me/demo").properties)) == (None, False)  # an import
    assert ASK_PRICES not in operations(hf)


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 403},
        {"status": 503},
        {"status": 429, "headers": {"Retry-After": "30"}},
        {"kind": "close"},
        {"kind": "rewrite", "assign": {"/vendors": []}},
    ],
    ids=["refused", "down", "throttled", "lost", "empty"],
)
def test_without_an_answer_it_is_left_out(
    driver: Driver, hf: Simulator, fault: dict[str, Any]
) -> None:
    hf.fault("hf", ASK_PRICES, count=9, **fault)
    checked = driver.checked(inputs())
    _, outputs = driver.create(checked)
    assert price(outputs) == (None, False)
    assert operations(hf).count(ASK_PRICES) == 1  # one try
    assert [text for text in driver.log(WARNING) if "price" in text] == []
    state = merge(outputs, {"price": {"amount": 9.5, "currency": "USD"}})
    state["pricedAt"] = "2025-01-02T03:04:05Z"
    news = driver.checked(inputs(tags=["x"]), olds=checked)
    assert price(driver.update(checked, news, state)) == (None, False)


@pytest.mark.uninstrumented
def test_nobody_waits_for_it(driver: Driver, hf: Simulator) -> None:
    hf.fault("hf", ASK_PRICES, kind="hold", count=9)
    began = time.monotonic()
    _, outputs = driver.create(driver.checked(inputs()))
    assert price(outputs) == (None, False)
    assert 4 < time.monotonic() - began < 12


def test_a_preview_sums_what_is_known(driver: Driver, hf: Simulator) -> None:
    checked = driver.checked(inputs())
    driver.create(checked, preview=True)
    assert operations(hf) == []  # nobody told, and a preview does not ask
    assert [text for text in driver.log(INFO) if "USD" in text] == []
    driver.function("getMachines", namespace="me", vendor="aws")
    hf.clear("hf")
    _, planned = driver.create(checked, preview=True)
    assert "amount" not in str(planned.get("price"))  # not known before it is asked
    driver.logged("it will cost 0.033 USD an hour (1 of 0.033, the price of ")
    driver.logged("what this run creates here, 0.033 USD so far")
    two = {**GPU, "scaling": {"minReplica": 2, "maxReplica": 3}}
    driver.create(driver.checked(inputs(name="two", compute=two)), preview=True, name="two")
    driver.logged("it will cost 6.4 USD an hour (2 of 3.2, the price of ")
    driver.logged("what this run creates here, 6.433 USD so far")
    assert operations(hf) == []


def test_a_catalogue_that_is_checked_has_the_prices(driver: Driver, hf: Simulator) -> None:
    settings = {"hfToken": TOKEN, "hfEndpoint": hf.url("hf"), "checkCatalogue": "true"}
    driver.configure(**settings)
    checked = driver.checked(inputs())
    driver.create(checked, preview=True)
    driver.logged("what this run creates here, 0.033 USD so far")
    assert operations(hf) == [ASK_PRICES]


def test_a_preview_knows_the_prices_of_the_state(driver: Driver, hf: Simulator) -> None:
    checked = driver.checked(inputs())
    state = {**checked, "price": {"amount": 0.04, "currency": "USD"}}
    driver.diff(checked, checked, {**state, "pricedAt": "2026-01-02T03:04:05Z"})
    more = driver.checked(inputs(name="more"))
    driver.create(more, preview=True, name="more")
    driver.logged("it will cost 0.04 USD an hour (1 of 0.04, the price of 2026-01-02T03:04:05Z)")
    driver.create({**more, "desiredState": "paused"}, preview=True, name="more")
    assert len([text for text in driver.log(INFO) if "USD" in text]) == 1
    _, outputs = driver.create(more, name="more")
    assert price(outputs) == usd(CPU_PRICE)  # too old to write
    assert operations(hf).count(ASK_PRICES) == 1


def test_other_runs_begin_a_sum_of_their_own(driver: Driver, hf: Simulator) -> None:
    settings = {"hfToken": TOKEN, "hfEndpoint": hf.url("hf")}
    for _ in range(2):
        driver.configure(**settings)
        driver.function("getMachines", namespace="me", vendor="aws")
        driver.create(driver.checked(inputs()), preview=True)
        driver.logged("0.033 USD so far")
    assert [text for text in driver.log(INFO) if "0.066 USD" in text] == []
