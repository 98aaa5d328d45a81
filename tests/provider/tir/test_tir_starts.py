"""Every way in which an endpoint starts while an update waits, and what is told when it fails or
takes too long."""

from __future__ import annotations

import re
from typing import Any

import pytest
from simulator.client import Simulator
from simulator.tir.sample import AT_ONCE
from support.drivers.tir import (
    TirDriver,
    failing,
    inputs,
    made,
    operations,
    refreshed,
    view,
    writes,
)
from support.limits import of_option

pytestmark = pytest.mark.one_call

Json = dict[str, Any]
PAUSED = {"desiredState": "paused"}
LOG = "Last log lines:\nstarting demo"
# What starts it, and the knob with which that start fails; what the run after it sends.
STARTS: list[tuple[str, Json, Json, str]] = [
    ("endpoint.start", PAUSED, {}, "fail_next_start"),
    ("endpoint.restart", {}, {"restartTrigger": "1"}, "fail_next_start"),
    ("endpoint.patch", {}, {"modelPath": "new"}, "fail_next_patch"),
]
IDS = [start[0].removeprefix("endpoint.") for start in STARTS]
each = pytest.mark.parametrize(("operation", "before", "after", "knob"), STARTS, ids=IDS)


@each
def test_a_start_that_fails_is_told_with_its_log_and_begun_anew_by_the_next_run(
    tir: Simulator, driver: TirDriver, operation: str, before: Json, after: Json, knob: str
) -> None:
    """A failed endpoint cannot be started: its form, sent once more, starts it."""
    id, olds, outputs = made(driver, **before)
    news = driver.checked(inputs(**after), olds=olds)
    tir.knobs("tir", {knob: 1, "failure_message": "Out of memory."})
    tir.clear()
    failure = failing(driver.update, olds, news, olds=outputs, id=id)
    assert operations(writes(tir)) == [operation]
    assert failure.reasons == [
        "E2E Networks TIR: endpoint 3001 is failed: Out of memory. Mend its inputs and run pulumi "
        f"up again, or destroy it: it stays in the state until then. {LOG}"
    ]
    assert (failure.id, failure.properties["statusMessage"]) == (id, "Out of memory.")
    tir.clear()
    mended = driver.update(news, news, olds=failure.properties, id=id)
    assert operations(writes(tir)) == ["endpoint.patch"]
    assert (mended["status"], view(tir)["status"]) == ("running", "running")
    assert refreshed(driver, id, mended, news)[0] == news


@each
def test_a_start_that_takes_too_long_is_told_with_its_log_and_the_services_words(
    tir: Simulator, driver: TirDriver, operation: str, before: Json, after: Json, knob: str
) -> None:
    id, olds, outputs = made(driver, **before)
    news = driver.checked(inputs(**after), olds=olds)
    tir.knobs("tir", polls={**AT_ONCE, "waiting": 1000})
    words = {"data": {"message": "Pulling the image"}}
    tir.fault("tir", "endpoint.get", kind="rewrite", merge=words, count=0)
    tir.clear()
    failure = failing(driver.update, olds, news, olds=outputs, id=id, timeout=2)
    assert operations(writes(tir)) == [operation]
    assert re.sub(r"after \d+ s", "after N s", failure.reasons[0]) == (
        "E2E Networks TIR: endpoint 3001 was still waiting: Pulling the image after N s when the "
        "time given for it ran out. It is kept in the state; pulumi up goes on waiting for it. "
        f"{of_option('update', 2)}. {LOG}"
    )
    tir.mutate("tir", f"501/{id}", patch={"status": "running"})
    tir.clear_faults("tir")
    tir.clear()
    mended = driver.update(news, news, olds=failure.properties, id=id)
    assert operations(writes(tir)) == []
    assert mended["status"] == "running"
    assert refreshed(driver, id, mended, news)[0] == news


def test_a_stop_that_takes_too_long_is_told_and_gone_on_with(
    tir: Simulator, driver: TirDriver
) -> None:
    id, olds, outputs = made(driver)
    news = driver.checked(inputs(**PAUSED), olds=olds)
    tir.knobs("tir", polls={**AT_ONCE, "terminating": 1000})
    failure = failing(driver.update, olds, news, olds=outputs, id=id, timeout=2)
    assert re.sub(r"after \d+ s", "after N s", failure.reasons[0]) == (
        "E2E Networks TIR: endpoint 3001 was still terminating after N s when the time given for "
        "it ran out. It is kept in the state; pulumi up goes on waiting for it. "
        f"{of_option('update', 2)}. {LOG}"
    )
    tir.knobs("tir", polls={**AT_ONCE, "terminating": 0})
    tir.mutate("tir", f"501/{id}", patch={"status": "stopped"})
    tir.clear()
    mended = driver.update(news, news, olds=failure.properties, id=id)
    assert operations(writes(tir)) == []
    assert mended["status"] == "stopped"
