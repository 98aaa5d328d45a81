"""What an endpoint costs: written by Create and Update, carried over by Read, never a change."""

from __future__ import annotations

from typing import Any

from support.drivers.hf import kinds, merge, plain
from support.drivers.tir import COMMITTED, Simulator, TirDriver, inputs, made, told

ASK = "sku.list"
IN_RUPEES, IN_DOLLARS = 49, 0.6125
INFO = 1


def price(outputs: dict[str, Any]) -> tuple[Any, bool]:
    """The price, and whether it says since when."""
    return outputs.get("price"), "pricedAt" in outputs


def known(amount: float, currency: str) -> tuple[dict[str, Any], bool]:
    return {"amount": amount, "currency": currency}, True


def test_a_create_writes_it(driver: TirDriver, tir: Simulator) -> None:
    _, _, outputs = made(driver)
    assert price(outputs) == known(IN_RUPEES, "INR")
    asked = [request for request in tir.requests(cloud="tir") if request.operation == ASK]
    assert len(asked) == 1 and "framework=vllm" in asked[0].query
    _, _, outputs = made(driver, name="dollars", currency="USD")
    assert price(outputs) == known(IN_DOLLARS, "USD")
    assert told(tir).count(ASK) == 1


def test_what_is_not_paid_by_the_hour_has_none(driver: TirDriver, tir: Simulator) -> None:
    _, _, outputs = made(driver, **COMMITTED)
    assert price(outputs) == (None, False)
    assert ASK not in told(tir)


def test_an_update_writes_todays(driver: TirDriver, tir: Simulator) -> None:
    id, checked, outputs = made(driver)
    state = merge(outputs, {"price": {"amount": 9}, "pricedAt": "2026-01-02T03:04:05Z"})
    news = driver.checked(inputs(replica=2), olds=checked)
    assert price(driver.update(checked, news, state, id=id)) == known(IN_RUPEES, "INR")


def test_a_new_price_is_no_change(driver: TirDriver, tir: Simulator) -> None:
    id, checked, outputs = made(driver)
    tir.clear("tir")
    state = merge(outputs, {"price": {"amount": 9}, "pricedAt": "2026-01-02T03:04:05Z"})
    read = plain(driver.read(id, state, checked).properties)
    assert (read["price"], read["pricedAt"]) == (state["price"], state["pricedAt"])
    assert kinds(driver.diff(checked, checked, read, id=id)) == {}
    assert price(plain(driver.read(id).properties)) == (None, False)  # an import
    assert ASK not in told(tir)


def test_without_an_answer_it_is_left_out(driver: TirDriver, tir: Simulator) -> None:
    tir.fault("tir", ASK, status=503, count=9)
    _, _, outputs = made(driver)
    assert price(outputs) == (None, False)
    assert told(tir).count(ASK) == 1  # one try


def test_a_preview_sums_what_is_known(driver: TirDriver, tir: Simulator) -> None:
    checked = driver.checked(inputs(replica=2))
    driver.create(checked, preview=True)
    assert told(tir) == []
    driver.function("getPlans", framework="VLLM")
    driver.create(checked, preview=True)
    driver.logged("it will cost 98 INR an hour (2 of 49, the price of ")
    driver.create(driver.checked(inputs(name="more", currency="USD")), preview=True, name="more")
    driver.logged("what this run creates here, 0.6125 USD so far")
    driver.create(driver.checked(inputs(name="third")), preview=True, name="third")
    driver.logged("what this run creates here, 147 INR so far")
    assert set(told(tir)) == {ASK}
