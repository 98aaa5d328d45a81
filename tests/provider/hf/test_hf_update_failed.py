"""`updateFailed`: what was there before still serves, whatever specification the service shows. So
a program that still asks for the change has it sent again."""

from __future__ import annotations

from typing import Any

import pytest
from support.drivers.hf import (
    Driver,
    Failure,
    Simulator,
    inputs,
    kinds,
    made,
    plain,
    refused_update,
    secret,
    sent,
    told,
)

pytestmark = pytest.mark.one_call

Json = dict[str, Any]
WAITS = {"updating": 1}
CHANGE = {"model": {"env": {"BAD": "1"}}}
NOTE = "__serving"


def failed(driver: Driver, hf: Simulator, times: int, **change: Any) -> tuple[Json, Json, Failure]:
    """The checked inputs before and after a change that the service took and could not apply."""
    checked, outputs = made(driver)
    news = driver.checked(inputs(**change))
    hf.knobs("hf", fail_next_update=times, polls=WAITS)
    failure = refused_update(driver, checked, news, olds=outputs)
    assert "updateFailed" in failure.reasons[0]
    hf.clear()
    return checked, news, failure


def looked(driver: Driver, outputs: Json, old_inputs: Json) -> tuple[Json, Json]:
    """Inputs and outputs after a refresh that finds the endpoint unhealthy."""
    with pytest.raises(Failure) as caught:
        driver.read("me/demo", outputs, old_inputs)
    assert "updateFailed" in caught.value.reasons[0]
    return caught.value.inputs, caught.value.properties


def test_the_same_program_has_the_change_sent_again(driver: Driver, hf: Simulator) -> None:
    checked, news, failure = failed(driver, hf, 1, **CHANGE)
    shown, outputs = looked(driver, failure.properties, checked)
    assert shown == news
    assert kinds(driver.diff(shown, news, olds=outputs)) == {}
    hf.clear()
    after = driver.update(shown, news, olds=outputs)
    assert sent(hf, "endpoint.update") == [CHANGE]
    assert after["status"]["state"] == "running"
    assert NOTE not in after


def test_it_fails_as_often_as_the_service_fails(driver: Driver, hf: Simulator) -> None:
    checked, news, failure = failed(driver, hf, 3, **CHANGE)
    shown, outputs = looked(driver, failure.properties, checked)
    for _ in range(2):
        hf.clear()
        again = refused_update(driver, shown, news, olds=outputs)
        assert sent(hf, "endpoint.update") == [CHANGE]
        assert "updateFailed" in again.reasons[0]
        shown, outputs = looked(driver, again.properties, shown)
        shown, outputs = looked(driver, outputs, shown)
    hf.clear()
    after = driver.update(shown, news, olds=outputs)
    assert sent(hf, "endpoint.update") == [CHANGE]
    assert after["status"]["state"] == "running"


def test_a_program_taken_back_is_sent_as_it_was(driver: Driver, hf: Simulator) -> None:
    checked, _, failure = failed(driver, hf, 1, **CHANGE)
    shown, outputs = looked(driver, failure.properties, checked)
    hf.clear()
    after = driver.update(shown, checked, olds=outputs)
    assert sent(hf, "endpoint.update") == [{"model": {"env": {}}}]
    assert NOTE not in after


def test_the_old_one_that_serves_and_shows_is_accepted(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", failed_update_keeps="old")
    checked, _, failure = failed(driver, hf, 1, **CHANGE)
    shown, outputs = looked(driver, failure.properties, checked)
    assert shown == checked
    hf.clear()
    driver.update(shown, checked, olds=outputs)
    assert told(hf) == ["endpoint.get"]
    driver.logged("an earlier change of endpoint me/demo did not apply; it serves as the program")


def test_one_that_was_not_waited_for(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver, waitForReady=False)
    news = driver.checked(inputs(waitForReady=False, **CHANGE))
    hf.knobs("hf", fail_next_update=1, polls={"updating": 3})
    outputs = driver.update(checked, news, olds=outputs)
    assert outputs["status"]["state"] == "updating"
    read = driver.read("me/demo", outputs, news)
    shown, outputs = plain(read.inputs), plain(read.properties)
    assert outputs["status"]["state"] == "updating"
    hf.mutate("hf", "me/demo", {"status": {"state": "updateFailed"}})
    shown, outputs = looked(driver, outputs, shown)
    hf.clear()
    driver.update(shown, news, olds=outputs)
    assert sent(hf, "endpoint.update") == [CHANGE]


def test_one_whose_wait_was_cut_off(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver)
    news = driver.checked(inputs(**CHANGE))
    hf.knobs("hf", fail_next_update=1, polls={"updating": 100})
    failure = refused_update(driver, checked, news, olds=outputs, timeout=2)
    hf.knobs("hf", polls=WAITS)
    hf.mutate("hf", "me/demo", {"status": {"state": "updateFailed"}})
    shown, outputs = looked(driver, failure.properties, checked)
    hf.clear()
    driver.update(shown, news, olds=outputs)
    assert sent(hf, "endpoint.update") == [CHANGE]


def test_one_that_serves_again_is_asked_for_nothing(driver: Driver, hf: Simulator) -> None:
    """Somebody mended it: what it shows is what serves."""
    checked, news, failure = failed(driver, hf, 1, **CHANGE)
    hf.mutate("hf", "me/demo", {"status": {"state": "running"}})
    read = driver.read("me/demo", failure.properties, checked)
    assert NOTE not in plain(read.properties)
    hf.clear()
    driver.update(plain(read.inputs), news, olds=plain(read.properties))
    assert told(hf) == ["endpoint.get"]


def test_what_serves_is_as_secret_as_it_was(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver, model={"secrets": {"A": "old"}})
    news = driver.checked(inputs(model={"secrets": {"A": "new"}}))
    hf.knobs("hf", fail_next_update=1, polls=WAITS)
    failure = refused_update(driver, checked, news, olds=outputs)
    assert failure.properties[NOTE]["model"]["secrets"] == secret({"A": "old"})
    shown, outputs = looked(driver, failure.properties, checked)
    hf.clear()
    driver.update(shown, news, olds=outputs)
    assert sent(hf, "endpoint.update") == [{"model": {"secrets": {"A": "new"}}}]
