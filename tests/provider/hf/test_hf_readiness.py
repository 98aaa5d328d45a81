"""`readiness: answers`: an endpoint that runs is asked for its own health route."""

from __future__ import annotations

import time
from typing import Any

import pytest
from simulator.client import Recorded
from support.drivers.hf import TOKEN, WARNING, Driver, Simulator, inputs, secret, told

pytestmark = pytest.mark.uninstrumented

READER = "hf_simulator_read"
ANSWERS = {"readiness": "answers", "type": "public"}


def asked(hf: Simulator) -> list[Recorded]:
    return hf.requests(cloud="hf", operation="dataplane")


def warned(driver: Driver) -> list[str]:
    return driver.log(WARNING)


def test_by_default_nobody_asks(driver: Driver, hf: Simulator) -> None:
    driver.create(driver.checked(inputs(type="public")))
    driver.create(driver.checked(inputs(name="two", readiness="state"), name="two"))
    assert asked(hf) == []


def test_one_request_without_a_credential(driver: Driver, hf: Simulator) -> None:
    _, outputs = driver.create(driver.checked(inputs(**ANSWERS)))
    (request,) = asked(hf)
    assert (request.method, request.query, request.body) == ("GET", "", b"")
    assert outputs["url"].endswith(request.path.removesuffix(outputs["healthRoute"]))
    assert request.header("Authorization") is None
    assert (told(hf)[-1], warned(driver)) == ("dataplane", [])


def test_with_the_key_that_was_given_for_it(driver: Driver, hf: Simulator) -> None:
    news = inputs(readiness="answers", readinessKey=secret(READER))
    driver.create(driver.checked(news))
    (request,) = asked(hf)
    assert request.header("Authorization") == f"Bearer {READER}"
    assert warned(driver) == []


def test_the_account_s_token_never_goes_there(driver: Driver, hf: Simulator) -> None:
    """Not even where the endpoint asks for one."""
    driver.create(driver.checked(inputs(readiness="answers")))
    (request,) = asked(hf)
    assert TOKEN not in str(request.headers) + request.path + request.query
    (text,) = warned(driver)
    assert text.startswith("readiness: endpoint me/demo runs, but http")
    assert "does not answer without a key (readinessKey): " in text


def test_a_wrong_key(driver: Driver, hf: Simulator) -> None:
    news = inputs(readiness="answers", readinessKey=secret("hf_nobody-knows-this"))
    driver.create(driver.checked(news))
    (text,) = warned(driver)
    assert "does not answer to readinessKey: " in text
    assert (len(asked(hf)), "nobody-knows" in text) == (1, False)
    assert "hfToken" not in text  # which was not asked with


def test_it_is_asked_until_it_answers(driver: Driver, hf: Simulator) -> None:
    hf.fault("hf", "dataplane", kind="error", status=503, count=2)
    driver.create(driver.checked(inputs(**ANSWERS)))
    assert (len(asked(hf)), warned(driver)) == (3, [])


def test_a_change_asks_again_and_nothing_else_does(driver: Driver, hf: Simulator) -> None:
    olds = driver.checked(inputs(**ANSWERS))
    _, outputs = driver.create(olds)
    hf.clear("hf")
    driver.update(olds, {**olds, "readiness": "answers"}, olds=outputs)
    driver.read("me/demo", outputs, olds)
    assert asked(hf) == []
    driver.update(olds, {**olds, "tags": ["a"]}, olds=outputs)
    assert len(asked(hf)) == 1


NEVER = [
    {"desiredState": "paused"},
    {"compute": {"scaling": {"minReplica": 0, "scaleToZeroTimeout": 15}}},
    {"type": "private"},
    {"privateService": {"accountId": "123456789012"}, "type": "private"},
    {"network": {"cidrBlock": True, "cidrList": ["10.0.0.0/8"]}},
    {"waitForReady": False},
]


@pytest.mark.parametrize("patch", NEVER, ids=str)
def test_who_is_never_asked(driver: Driver, hf: Simulator, patch: dict[str, Any]) -> None:
    driver.create(driver.checked(inputs(**{**ANSWERS, **patch})))
    assert asked(hf) == []


def test_a_failure_has_no_answer_to_ask_for(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", fail_next_create=1)
    with pytest.raises(Exception, match="failed"):
        driver.create(driver.checked(inputs(**ANSWERS)))
    assert asked(hf) == []


def test_the_deadline_of_the_operation_counts_too(driver: Driver, hf: Simulator) -> None:
    hf.fault("hf", "dataplane", kind="error", status=503, count=0)
    started = time.monotonic()
    id, outputs = driver.create(driver.checked(inputs(**ANSWERS)), timeout=3)
    assert (id, outputs["status"]["state"]) == ("me/demo", "running")
    assert time.monotonic() - started < 20
    (text,) = warned(driver)
    assert "does not answer within " in text
