"""What a rest reset, and what changed during it, is sent when it is over, whoever ended it."""

from __future__ import annotations

from typing import Any

import pytest
from support.drivers.hf import (
    NO_WAIT,
    WARNING,
    Driver,
    Failure,
    Simulator,
    inputs,
    sent,
    told,
)

pytestmark = pytest.mark.one_call

SCALING = {"minReplica": 2, "maxReplica": 4}
RESET = {"minReplica": 1, "maxReplica": 1}
INFO = 1
RUNS = {"status": {"state": "running"}}


def rested(
    driver: Driver, scaling: dict[str, Any], **patch: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    checked = driver.checked(inputs(compute={"scaling": scaling}, desiredState="paused", **patch))
    return checked, driver.create(checked)[1]


def wish(driver: Driver, olds: dict[str, Any], state: str = "running", **patch: Any) -> Any:
    return driver.checked(inputs(desiredState=state, **patch), olds=olds)


def scaling_of(hf: Simulator) -> dict[str, Any]:
    spec = hf.state("hf")["endpoints"]["me/demo"]["spec"]
    scaling: dict[str, Any] = spec["compute"]["scaling"]
    return scaling


@pytest.mark.parametrize("waits", [True, False])
def test_one_that_somebody_resumed_gets_its_replicas(
    driver: Driver, hf: Simulator, waits: bool
) -> None:
    checked, outputs = rested(driver, SCALING, waitForReady=waits)
    hf.mutate("hf", "me/demo", RUNS | {"compute": {"scaling": RESET}})
    hf.clear()
    news = wish(driver, checked, compute={"scaling": SCALING}, waitForReady=waits)
    driver.update(checked, news, olds=outputs)
    assert sent(hf, "endpoint.update") == [{"compute": {"scaling": SCALING}}]
    assert "endpoint.resume" not in told(hf)
    assert scaling_of(hf) | SCALING == scaling_of(hf)
    assert driver.log(WARNING) == []


def test_what_changed_during_the_rest_is_sent_though_somebody_ended_it(
    driver: Driver, hf: Simulator
) -> None:
    checked, outputs = rested(driver, SCALING)
    more = {"scaling": SCALING | {"maxReplica": 5}}
    still = wish(driver, checked, "paused", compute=more)
    outputs = driver.update(checked, still, olds=outputs)
    assert sent(hf, "endpoint.update") == []
    hf.mutate("hf", "me/demo", RUNS | {"compute": {"scaling": SCALING}})
    driver.update(still, wish(driver, still, compute=more), olds=outputs)
    assert sent(hf, "endpoint.update") == [{"compute": {"scaling": {"maxReplica": 5}}}]


def test_a_resume_that_was_cut_off_gives_the_replicas_back_in_the_next_run(
    driver: Driver, hf: Simulator
) -> None:
    checked, outputs = rested(driver, SCALING)
    news = wish(driver, checked, compute={"scaling": SCALING})
    hf.knobs("hf", polls=NO_WAIT | {"initializing": 1000})
    with pytest.raises(Failure) as caught:
        driver.update(checked, news, olds=outputs, timeout=1)
    assert sent(hf, "endpoint.update") == []
    hf.mutate("hf", "me/demo", RUNS)
    driver.update(checked, news, olds=caught.value.properties)
    assert sent(hf, "endpoint.update") == [{"compute": {"scaling": SCALING}}]
    assert scaling_of(hf) | SCALING == scaling_of(hf)


def test_without_waiting_it_is_sent_though_the_answers_lag(driver: Driver, hf: Simulator) -> None:
    checked, outputs = rested(driver, SCALING, waitForReady=False)
    lags = {"kind": "rewrite", "merge": {"status": {"state": "paused"}}}
    hf.fault("hf", "endpoint.resume", **lags)
    hf.fault("hf", "endpoint.get", **lags, count=2)
    hf.clear()
    news = wish(driver, checked, compute={"scaling": SCALING}, waitForReady=False)
    driver.update(checked, news, olds=outputs)
    assert sent(hf, "endpoint.update") == [{"compute": {"scaling": SCALING}}]
    assert scaling_of(hf) | SCALING == scaling_of(hf)
    assert driver.log(WARNING) == []


def test_from_rest_to_sleep_the_replicas_are_sent_before(driver: Driver, hf: Simulator) -> None:
    """Afterwards they would wake it."""
    hf.knobs("hf", scaling_wakes=True)
    sleepy = {"minReplica": 0, "maxReplica": 2, "scaleToZeroTimeout": 30}
    checked, outputs = rested(driver, sleepy)
    hf.clear()
    news = wish(driver, checked, "scaledToZero", compute={"scaling": sleepy})
    after = driver.update(checked, news, olds=outputs)
    assert sent(hf, "endpoint.update") == [{"compute": {"scaling": {"maxReplica": 2}}}]
    assert [one for one in told(hf) if one != "endpoint.get"] == [
        "endpoint.update",
        "endpoint.scaleToZero",
    ]
    assert after["status"]["state"] == "scaledToZero"
    assert scaling_of(hf) | sleepy == scaling_of(hf)
    assert driver.log(WARNING) == []


@pytest.mark.parametrize("waits", [True, False])
def test_an_ignored_state_on_its_way_is_left(driver: Driver, hf: Simulator, waits: bool) -> None:
    """The program paused it once; somebody has just resumed it."""
    checked, outputs = rested(driver, SCALING, waitForReady=waits)
    hf.knobs("hf", polls=NO_WAIT | {"updating": 2})
    hf.mutate("hf", "me/demo", RUNS | {"compute": {"scaling": SCALING}})
    hf.clear()
    news = {**checked, "type": "public"}
    driver.update(checked, news, olds=outputs, ignore=("desiredState",))
    assert [one for one in told(hf) if one != "endpoint.get"] == ["endpoint.update"]


@pytest.mark.parametrize("state", ["running", "scaledToZero"])
@pytest.mark.parametrize("waits", [True, False])
def test_one_that_still_comes_to_rest_is_woken_all_the_same(
    driver: Driver, hf: Simulator, waits: bool, state: str
) -> None:
    """A pause that was cut off: it shows that it is on its way, and nobody else paused it."""
    sleepy = {"minReplica": 0, "maxReplica": 2, "scaleToZeroTimeout": 30}
    checked, outputs = rested(driver, sleepy, waitForReady=waits)
    updating = {"status": {"state": "updating"}}
    hf.fault("hf", "endpoint.get", kind="rewrite", merge=updating, count=2)
    hf.clear()
    news = wish(driver, checked, state, compute={"scaling": sleepy}, waitForReady=waits)
    after = driver.update(checked, news, olds=outputs)
    assert after["status"]["state"] == state
    assert scaling_of(hf) | sleepy == scaling_of(hf)


WAITS = (
    "Hugging Face: endpoint me/demo stays paused: the change of {} is kept, and is sent when the "
    "endpoint is resumed"
)


def waiting(driver: Driver) -> list[str]:
    return [line for line in driver.log(INFO) if "stays paused" in line]


@pytest.mark.parametrize(
    ("before", "after", "paths"),
    [
        (SCALING, {"minReplica": 2, "maxReplica": 5}, "maxReplica"),
        (SCALING, {"minReplica": 1, "maxReplica": 5}, "maxReplica, {0}.minReplica"),
        (SCALING, {**SCALING, "measure": {"pendingRequests": 3}}, "measure"),
        (
            {"minReplica": 0, "scaleToZeroTimeout": 15},
            {"minReplica": 0},
            "scaleToZeroTimeout",
        ),
    ],
)
def test_the_preview_tells_what_waits_for_the_resume(
    driver: Driver, before: dict[str, Any], after: dict[str, Any], paths: str
) -> None:
    checked, outputs = rested(driver, before)
    news = wish(driver, checked, "paused", compute={"scaling": after}, type="public")
    driver.diff(checked, news, outputs)
    assert waiting(driver) == [WAITS.format("compute.scaling." + paths.format("compute.scaling"))]
    driver.update(checked, news, olds=outputs)
    assert len(waiting(driver)) == 1


@pytest.mark.parametrize(
    ("states", "patch", "ignored"),
    [
        (("running", "running"), {}, ()),
        (("running", "paused"), {}, ()),
        (("paused", "running"), {}, ()),
        (("paused", "paused"), {"compute": {"scaling": SCALING}, "type": "public"}, ()),
        (("paused", "paused"), {}, ("compute.scaling",)),
        (("paused", "paused"), {"cloudProvider": {"region": "eu-west-1"}}, ()),
    ],
    ids=["runs", "is paused", "is resumed", "no scaling", "ignored", "replaced"],
)
def test_nothing_waits(
    driver: Driver, states: tuple[str, str], patch: dict[str, Any], ignored: tuple[str, ...]
) -> None:
    old = driver.checked(inputs(compute={"scaling": SCALING}, desiredState=states[0]))
    changed = {"compute": {"scaling": {"maxReplica": 9}}, **patch}
    driver.diff(old, wish(driver, old, states[1], **changed), ignore=ignored)
    assert waiting(driver) == []


def test_a_state_that_is_ignored_goes_on_resting(driver: Driver) -> None:
    checked, outputs = rested(driver, SCALING)
    news = wish(driver, checked, compute={"scaling": {**SCALING, "maxReplica": 5}})
    driver.diff(checked, news, outputs, ignore=("desiredState",))
    assert waiting(driver) == [WAITS.format("compute.scaling.maxReplica")]


GROWN = SCALING | {"minReplica": 3}
NAPS = {"minReplica": 0, "maxReplica": 4, "scaleToZeroTimeout": 30}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(SCALING, GROWN, id="more"),
        pytest.param(NAPS, NAPS | {"scaleToZeroTimeout": 60}, id="another timeout"),
        pytest.param(NAPS, SCALING, id="no sleep any more"),
    ],
)
def test_replicas_that_change_with_a_resume_that_somebody_made_before(
    driver: Driver, hf: Simulator, before: dict[str, Any], after: dict[str, Any]
) -> None:
    """The resume reset them: what the program leaves as it was is to be sent as well."""
    checked, outputs = rested(driver, before)
    scaling = {**RESET, "scaleToZeroTimeout": None}
    hf.mutate("hf", "me/demo", RUNS | {"compute": {"scaling": scaling}})
    hf.clear()
    news = wish(driver, checked, compute={"scaling": after}, type="public")
    driver.update(checked, news, olds=outputs)
    assert sent(hf, "endpoint.update") == [{"type": "public"}, {"compute": {"scaling": after}}]
    assert scaling_of(hf) | after == scaling_of(hf)
    assert driver.log(WARNING) == []


def test_replicas_that_change_after_a_resume_that_was_cut_off(
    driver: Driver, hf: Simulator
) -> None:
    checked, outputs = rested(driver, SCALING)
    news = wish(driver, checked, compute={"scaling": SCALING})
    hf.knobs("hf", polls=NO_WAIT | {"initializing": 1000})
    with pytest.raises(Failure) as caught:
        driver.update(checked, news, olds=outputs, timeout=1)
    hf.knobs("hf", polls=NO_WAIT)
    hf.mutate("hf", "me/demo", RUNS)
    hf.clear()
    more = wish(driver, checked, compute={"scaling": GROWN})
    driver.update(checked, more, olds=caught.value.properties)
    assert sent(hf, "endpoint.update") == [{"compute": {"scaling": GROWN}}]


MEASURE = {"measure": {"pendingRequests": 2}}
FORMER = {"metric": "pendingRequests", "threshold": 2}


@pytest.mark.parametrize("clears", [True, False], ids=["cleared", "kept"])
@pytest.mark.parametrize("is_resumed", [False, True], ids=["resumed here", "resumed before"])
@pytest.mark.parametrize("said", [MEASURE, FORMER], ids=["measure", "metric"])
def test_what_is_taken_out_with_a_resume_is_taken_out_or_told(
    driver: Driver, hf: Simulator, clears: bool, is_resumed: bool, said: dict[str, Any]
) -> None:
    hf.knobs("hf", null_clears=clears)
    checked, outputs = rested(driver, said)
    if is_resumed:
        hf.mutate("hf", "me/demo", RUNS | {"compute": {"scaling": RESET}})
    hf.clear()
    driver.update(checked, wish(driver, checked), olds=outputs)
    assert sent(hf, "endpoint.update") == [{"compute": {"scaling": {"measure": None}}}]
    assert ("measure" in scaling_of(hf)) != clears
    told_of = [line for line in driver.log(WARNING) if "was taken out of the program" in line]
    assert len(told_of) == (0 if clears else len(said))
