"""An update is done when the service shows it, and what is busy is waited for."""

from __future__ import annotations

import json
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

pytestmark = pytest.mark.one_call

OLD = {"data": {"path": "old"}}
TRANSITION = "Action is not allowed while the endpoint is waiting"
NEW = {"modelPath": "new"}
TAKEN = json.dumps({"code": 200, "message": "Success", "errors": {}, "data": {}})
PAUSED = {"desiredState": "paused"}


def refusal(status: int, **errors: list[str]) -> dict[str, Any]:
    body = {"code": status, "message": TRANSITION, "errors": errors, "data": {}}
    return {"kind": "error", "status": status, "body": json.dumps(body)}


def shown(status: str, count: int) -> dict[str, Any]:
    return {"kind": "rewrite", "merge": {"data": {"status": status}}, "count": count}


@pytest.mark.parametrize(("operation", "patch"), [("patch", NEW), ("stop", PAUSED)])
@pytest.mark.parametrize("status", [400, 409, 412, 422])
def test_a_change_that_is_refused_while_it_starts_waits(
    tir: Simulator, driver: TirDriver, operation: str, patch: dict[str, Any], status: int
) -> None:
    id, checked, outputs = made(driver)
    tir.clear()
    tir.fault("tir", f"endpoint.{operation}", **refusal(status))
    tir.fault("tir", "endpoint.get", **shown("waiting", 3))
    driver.update(checked, {**checked, **patch}, olds=outputs, id=id)
    assert operations(writes(tir)) == [f"endpoint.{operation}"] * 2


@pytest.mark.parametrize("status", [409, 412, 422])
def test_a_change_that_is_refused_at_rest_is_an_error_at_once(
    tir: Simulator, driver: TirDriver, status: int
) -> None:
    """What was refused changed nothing: that a look shows the time from before is no stale read."""
    id, checked, outputs = made(driver)
    tir.clear()
    tir.fault("tir", "endpoint.patch", kind="error", status=status, message="No.", count=0)
    failure = failing(driver.update, checked, {**checked, **NEW}, olds=outputs, id=id)
    assert operations(writes(tir)) == ["endpoint.patch"]
    assert "still changing" not in failure.message
    assert "The change was of modelPath" in failure.message


@pytest.mark.parametrize("status", [400, 409, 412, 422])
def test_a_delete_that_is_refused_while_it_starts_waits(
    tir: Simulator, driver: TirDriver, status: int
) -> None:
    id, checked, outputs = made(driver)
    tir.clear()
    tir.fault("tir", "endpoint.delete", **refusal(status))
    tir.fault("tir", "endpoint.get", **shown("waiting", 2))
    driver.delete(id, outputs, checked)
    assert operations(writes(tir)) == ["endpoint.delete"] * 2


def test_a_pause_that_was_cut_off_and_is_taken_back(tir: Simulator, driver: TirDriver) -> None:
    """It is still terminating when the program wants it to run again: nobody else paused it."""
    id, checked, outputs = made(driver)
    paused = {**checked, **PAUSED}
    tir.knobs("tir", polls={**AT_ONCE, "terminating": 3})
    failure = failing(driver.update, checked, paused, olds=outputs, id=id, timeout=1)
    tir.clear()
    after = driver.update(paused, checked, olds=failure.properties, id=id)
    assert operations(writes(tir)) == ["endpoint.start"]
    assert after["status"] == "running"


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_read_that_lags_is_waited_for(tir: Simulator, driver: TirDriver, count: int) -> None:
    id, checked, outputs = made(driver)
    tir.clear()
    tir.fault("tir", "endpoint.get", kind="rewrite", merge=OLD, count=count)
    after = driver.update(checked, {**checked, **NEW}, olds=outputs, id=id)
    assert (operations(writes(tir)), after["modelPath"]) == (["endpoint.patch"], "new")


@pytest.mark.uninstrumented
@pytest.mark.parametrize("seconds", [1, 2, 5])
@pytest.mark.parametrize("answers", [True, False])
def test_a_short_time_ends_with_what_does_not_show_too(
    tir: Simulator, driver: TirDriver, answers: bool, seconds: int
) -> None:
    """A look that shows the time from before may be an old one for 10 s, which are not there."""
    id, checked, outputs = made(driver)
    before = {"data": {"path": "old", "updated_at": view(tir)["updated_at"]}}
    if answers:
        tir.fault("tir", "endpoint.patch", kind="rewrite", merge=before, count=0)
        tir.fault("tir", "endpoint.get", kind="rewrite", merge=before, count=0)
    else:
        tir.fault("tir", "endpoint.patch", kind="error", status=200, body=TAKEN)
    news = {**checked, **NEW}
    failure = failing(driver.update, checked, news, olds=outputs, id=id, timeout=seconds)
    assert f"took the change of endpoint {id} but did not apply: modelPath. " in failure.message
    assert failure.partial is not None and failure.partial.refresh_before_update
    tir.clear_faults("tir")
    tir.clear()
    kept, outputs = refreshed(driver, id, failure.properties, checked)
    after = driver.update(kept, news, olds=outputs, id=id)
    assert operations(writes(tir)) == ([] if answers else ["endpoint.patch"])
    assert after["modelPath"] == "new"


@pytest.mark.uninstrumented
def test_a_restart_that_does_not_show_in_a_short_time_is_told(
    tir: Simulator, driver: TirDriver
) -> None:
    id, checked, outputs = made(driver)
    tir.fault("tir", "endpoint.restart", kind="error", status=200, body=TAKEN)
    news = driver.checked({**checked, **RESTARTED}, olds=checked)
    failure = failing(driver.update, checked, news, olds=outputs, id=id, timeout=2)
    assert f"endpoint {id} did not yet show the change and was running after " in failure.message


def test_without_waiting_it_is_a_warning(tir: Simulator, driver: TirDriver) -> None:
    id, checked, outputs = made(driver, waitForReady=False)
    tir.fault("tir", "endpoint.get", kind="rewrite", merge=OLD, count=0)
    after = driver.update(checked, {**checked, **NEW}, olds=outputs, id=id)
    assert after["modelPath"] == "old"
    driver.logged("the service answers another value for modelPath than was asked")


def test_a_half_done_update_is_taken_back(tir: Simulator, driver: TirDriver) -> None:
    """The form is taken, the stop refused, the program as before."""
    id, checked, outputs = made(driver)
    tir.fault("tir", "endpoint.stop", **refusal(400, action=["No."]), count=0)
    news = {**checked, **NEW, **PAUSED}
    failure = failing(driver.update, checked, news, olds=outputs, id=id)
    assert failure.partial is not None and failure.partial.refresh_before_update
    assert failure.properties["modelPath"] == "new"
    tir.clear_faults("tir")
    assert refreshed(driver, id, failure.properties, checked)[0]["modelPath"] == "new"
    tir.clear()
    after = driver.update(checked, checked, olds=failure.properties, id=id)
    assert operations(writes(tir)) == ["endpoint.patch"]
    assert after.get("modelPath", "") == ""


@pytest.mark.parametrize("patch", [{}, PAUSED, {"replica": 2}, {"restartTrigger": "2"}])
def test_a_change_that_was_refused_while_it_stopped_takes_the_action_of_a_stopped_one(
    tir: Simulator, driver: TirDriver, patch: dict[str, Any]
) -> None:
    """A pause of our own or of somebody else: `patch` is for what runs, `update` for the rest."""
    id, checked, outputs = made(driver)
    tir.mutate("tir", f"501/{id}", patch={"status": "stopped"})
    tir.fault("tir", "endpoint.get", **shown("terminating", 3))
    tir.clear()
    news = driver.checked({**checked, **NEW, **patch}, olds=checked)
    after = driver.update(checked, news, olds=outputs, id=id)
    calls = [name for name in operations(writes(tir)) if name != "endpoint.patch"]
    start = [] if patch == PAUSED else ["endpoint.start"]
    assert calls == ["endpoint.update", *start]
    assert after["modelPath"] == "new"
    assert after["status"] == ("stopped" if patch == PAUSED else "running")
    assert refreshed(driver, id, after, news)[0] == news


def test_a_change_that_was_refused_while_it_started_takes_the_action_of_a_running_one(
    tir: Simulator, driver: TirDriver
) -> None:
    """It rested when it was looked at, and somebody has started it since."""
    id, checked, outputs = made(driver, **PAUSED)
    tir.mutate("tir", f"501/{id}", patch={"status": "running"})
    tir.fault("tir", "endpoint.get", **shown("stopped", 2))
    tir.clear()
    news = driver.checked({**checked, **NEW}, olds=checked)
    after = driver.update(checked, news, olds=outputs, id=id)
    assert [name for name in operations(writes(tir)) if name != "endpoint.update"] == [
        "endpoint.patch",
        "endpoint.stop",
    ]
    assert (after["modelPath"], after["status"]) == ("new", "stopped")


@pytest.mark.parametrize("waits", [True, False])
def test_a_pause_that_was_refused_is_asked_for_again_with_an_unknown_word(
    tir: Simulator, driver: TirDriver, waits: bool
) -> None:
    tir.fault("tir", "endpoint.stop", kind="error", status=403, message="No.", count=0)
    tir.fault("tir", "endpoint.get", **shown("done", 0))
    checked = driver.checked(inputs(waitForReady=waits, **PAUSED))
    failure = failing(driver.create, checked)
    tir.clear_faults("tir")
    tir.fault("tir", "endpoint.get", **shown("done", 1))
    tir.clear()
    driver.update(checked, checked, olds=failure.properties, id=failure.id)
    assert operations(writes(tir)) == ["endpoint.stop"]


RESTARTED = {"restartTrigger": "1"}


@pytest.mark.parametrize("status", [400, 409, 412, 422, 423])
def test_a_restart_that_is_refused_while_it_changes_waits(
    tir: Simulator, driver: TirDriver, status: int
) -> None:
    """A refusal restarted nothing: it is no second restart."""
    id, checked, outputs = made(driver)
    tir.clear()
    tir.fault("tir", "endpoint.restart", **refusal(status))
    tir.fault("tir", "endpoint.get", **shown("waiting", 2), skip=1)
    news = driver.checked({**checked, **RESTARTED}, olds=checked)
    after = driver.update(checked, news, olds=outputs, id=id)
    assert operations(writes(tir)) == ["endpoint.restart"] * 2
    assert (after["restartTrigger"], after["status"]) == ("1", "running")


def test_without_waiting_a_resume_while_it_still_stops_is_no_lost_wish(
    tir: Simulator, driver: TirDriver
) -> None:
    id, checked, outputs = made(driver, waitForReady=False)
    tir.knobs("tir", polls={**AT_ONCE, "terminating": 4})
    paused = {**checked, **PAUSED}
    outputs = driver.update(checked, paused, olds=outputs, id=id)
    assert outputs["status"] == "terminating"
    tir.clear()
    after = driver.update(paused, checked, olds=outputs, id=id)
    assert operations(writes(tir)) == ["endpoint.start"]
    assert after["status"] == "running"


def test_a_part_that_is_taken_back_after_a_wait_that_was_cut_off_is_sent_back(
    tir: Simulator, driver: TirDriver
) -> None:
    id, checked, outputs = made(driver, modelPath="old", diskPath="/old")
    for operation in ("patch", "get"):
        tir.fault("tir", f"endpoint.{operation}", **shown("waiting", 0))
    news = driver.checked({**checked, **NEW, "diskPath": "/new"}, olds=checked)
    failure = failing(driver.update, checked, news, olds=outputs, id=id, timeout=1)
    tir.clear_faults("tir")
    tir.clear()
    part = driver.checked({**checked, "diskPath": "/new"}, olds=checked)
    after = driver.update(checked, part, olds=failure.properties, id=id)
    assert operations(writes(tir)) == ["endpoint.patch"]
    assert (after["modelPath"], after["diskPath"]) == ("old", "/new")
    assert refreshed(driver, id, after, part)[0] == part
