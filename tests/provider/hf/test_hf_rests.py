"""What a rest reset, and what changed during it, is sent when it is over, whoever ended it."""

from __future__ import annotations

from typing import Any

import pytest
from support.drivers.hf import (
    NO_WAIT,
    UNKNOWN,
    WARNING,
    Driver,
    Failure,
    Simulator,
    bare,
    inputs,
    kinds,
    plain,
    secret,
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


NOTE = "__postponed"
NAPPED = {"minReplica": 0, "maxReplica": 1}
OUT = [
    pytest.param(MEASURE, {}, {"measure": None}, id="measure"),
    pytest.param(FORMER, {}, {"measure": None}, id="metric"),
    pytest.param(
        MEASURE, {"measure": {"hardwareUsage": 50}}, {"measure": {"hardwareUsage": 50}}, id="other"
    ),
    pytest.param(FORMER, MEASURE, None, id="said in another way"),
]


def refreshed(
    driver: Driver, olds: dict[str, Any], outputs: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    read = driver.read("me/demo", outputs, olds)
    return plain(read.inputs), plain(read.properties)


@pytest.mark.parametrize("looks", [False, True], ids=["at once", "after refreshes"])
@pytest.mark.parametrize(("said", "left", "request_"), OUT)
def test_what_is_taken_out_during_the_rest_is_taken_out_by_a_later_resume(
    driver: Driver,
    hf: Simulator,
    said: dict[str, Any],
    left: dict[str, Any],
    request_: dict[str, Any] | None,
    looks: bool,
) -> None:
    hf.knobs("hf", null_clears=True)
    olds, outputs = rested(driver, said)
    hf.clear()
    for patch in ({}, {"type": "public"}, {"type": "private"}):
        news = wish(driver, olds, "paused", compute={"scaling": left}, **patch)
        outputs = driver.update(olds, news, olds=outputs)
        olds = news
        if looks:
            olds, outputs = refreshed(driver, olds, outputs)
            assert olds == news
            assert kinds(driver.diff(olds, news, olds=outputs)) == {}
    hf.clear()
    news = wish(driver, olds, compute={"scaling": left}, type="private")
    outputs = driver.update(olds, news, olds=outputs)
    scaling = [] if request_ is None else [{"compute": {"scaling": request_}}]
    assert sent(hf, "endpoint.update") == scaling
    assert scaling_of(hf).get("measure") == left.get("measure")
    assert NOTE not in outputs
    assert [line for line in driver.log(WARNING) if "deprecated" not in line] == []


def test_a_timeout_that_is_taken_out_during_the_rest(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", pause_resets_replicas=False)
    olds, outputs = rested(driver, NAPPED | {"scaleToZeroTimeout": 30})
    for patch in ({}, {"type": "public"}):
        news = wish(driver, olds, "paused", compute={"scaling": NAPPED}, **patch)
        outputs = driver.update(olds, news, olds=outputs)
        olds = news
    assert outputs[NOTE] == {"compute": {"scaling": {"scaleToZeroTimeout": 30}}}
    hf.clear()
    news = wish(driver, olds, compute={"scaling": NAPPED}, type="public")
    outputs = driver.update(olds, news, olds=outputs)
    assert sent(hf, "endpoint.update") == [{"compute": {"scaling": {"scaleToZeroTimeout": None}}}]
    assert NOTE not in outputs


def test_what_stays_though_it_was_taken_out_is_told(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", null_clears=False)
    olds, outputs = rested(driver, MEASURE)
    still = wish(driver, olds, "paused")
    outputs = driver.update(olds, still, olds=outputs)
    driver.update(still, wish(driver, still), olds=outputs)
    assert driver.log(WARNING) == [
        "Hugging Face: compute.scaling.measure was taken out of the program, but the service shows "
        "it as it was; for another value, say which"
    ]


def without_measure(driver: Driver) -> tuple[dict[str, Any], dict[str, Any]]:
    """At rest, and no longer said by the program; the service has it."""
    olds, outputs = rested(driver, MEASURE)
    still = wish(driver, olds, "paused")
    outputs = driver.update(olds, still, olds=outputs)
    assert outputs[NOTE] == {"compute": {"scaling": MEASURE}}
    return still, outputs


def test_what_is_said_again_during_the_rest_stays(driver: Driver, hf: Simulator) -> None:
    olds, outputs = without_measure(driver)
    hf.clear()
    again = wish(driver, olds, "paused", compute={"scaling": MEASURE})
    outputs = driver.update(olds, again, olds=outputs)
    assert NOTE not in outputs
    news = wish(driver, again, compute={"scaling": MEASURE})
    outputs = driver.update(again, news, olds=outputs)
    assert sent(hf, "endpoint.update") == []
    assert scaling_of(hf)["measure"] == MEASURE["measure"]


@pytest.mark.parametrize("state", ["running", "paused"])
def test_somebody_ends_the_rest_and_a_refresh_sees_it(
    driver: Driver, hf: Simulator, state: str
) -> None:
    """What was taken out is a difference then, as anything else that the program does not say."""
    olds, outputs = without_measure(driver)
    hf.mutate("hf", "me/demo", RUNS | {"compute": {"scaling": RESET}})
    shown, outputs = refreshed(driver, olds, outputs)
    assert shown == {**olds, "desiredState": "running", "compute": shown["compute"]}
    assert shown["compute"]["scaling"] == MEASURE
    assert NOTE not in outputs
    news = wish(driver, olds, state)
    assert "compute.scaling" in str(driver.diff(shown, news, olds=outputs))
    hf.clear()
    driver.update(shown, news, olds=outputs)
    assert sent(hf, "endpoint.update") == [{"compute": {"scaling": {"measure": None}}}]


def test_somebody_ends_the_rest_and_nobody_looks(driver: Driver, hf: Simulator) -> None:
    olds, outputs = without_measure(driver)
    hf.mutate("hf", "me/demo", RUNS | {"compute": {"scaling": RESET}})
    hf.clear()
    driver.update(olds, wish(driver, olds), olds=outputs)
    assert sent(hf, "endpoint.update") == [{"compute": {"scaling": {"measure": None}}}]


def test_a_resume_that_fails_keeps_what_waits(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", null_clears=True)
    olds, outputs = without_measure(driver)
    hf.fault("hf", "endpoint.resume", kind="error", status=400, message="not now", count=0)
    with pytest.raises(Failure) as caught:
        driver.update(olds, wish(driver, olds, type="public"), olds=outputs)
    hf.clear_faults()
    outputs = caught.value.properties
    assert outputs[NOTE] == {"compute": {"scaling": MEASURE}}
    shown, outputs = refreshed(driver, olds, outputs)
    hf.clear()
    outputs = driver.update(shown, wish(driver, shown, type="public"), olds=outputs)
    assert {"compute": {"scaling": {"measure": None}}} in sent(hf, "endpoint.update")
    assert "measure" not in scaling_of(hf)
    assert NOTE not in outputs


def test_a_resume_that_was_cut_off_takes_it_out_in_the_next_run(
    driver: Driver, hf: Simulator
) -> None:
    olds, outputs = without_measure(driver)
    hf.knobs("hf", polls=NO_WAIT | {"initializing": 1000})
    with pytest.raises(Failure) as caught:
        driver.update(olds, wish(driver, olds), olds=outputs, timeout=1)
    hf.mutate("hf", "me/demo", RUNS)
    hf.clear()
    outputs = driver.update(olds, wish(driver, olds), olds=caught.value.properties)
    assert sent(hf, "endpoint.update") == [{"compute": {"scaling": {"measure": None}}}]
    assert NOTE not in outputs


def test_an_ignored_path_is_left_as_the_service_has_it(driver: Driver, hf: Simulator) -> None:
    olds, outputs = without_measure(driver)
    hf.clear()
    news = wish(driver, olds)
    outputs = driver.update(olds, news, olds=outputs, ignore=("compute.scaling.measure",))
    assert sent(hf, "endpoint.update") == []
    hf.clear()
    outputs = driver.update(news, wish(driver, news, type="public"), olds=outputs)
    assert sent(hf, "endpoint.update") == [
        {"type": "public", "compute": {"scaling": {"measure": None}}}
    ]
    assert NOTE not in outputs


@pytest.mark.parametrize("of", ["number", "whole"])
def test_what_waits_is_as_secret_as_it_was(driver: Driver, hf: Simulator, of: str) -> None:
    said = {"measure": {"pendingRequests": secret(2)}} if of == "number" else secret(MEASURE)
    olds, outputs = rested(driver, said)
    waits = (
        {"compute": {"scaling": {"measure": {"pendingRequests": secret(2)}}}}
        if of == "number"
        else {"compute": {"scaling": secret(MEASURE)}}
    )
    others: list[dict[str, Any]] = [
        {},
        {"compute": {"scaling": SCALING}},
        {"compute": {"scaling": SCALING}, "type": "public"},
    ]
    for other in others:
        news = wish(driver, olds, "paused", **other)
        outputs = driver.update(olds, news, olds=outputs)
        assert bare(outputs[NOTE]) == {"compute": {"scaling": MEASURE}}
        assert outputs[NOTE] == waits
        olds = news


def test_an_update_without_a_difference_leaves_it_waiting(driver: Driver, hf: Simulator) -> None:
    """As after a failed one, when the program is taken back."""
    hf.knobs("hf", null_clears=True)
    olds, outputs = without_measure(driver)
    outputs = driver.update(olds, olds, olds=outputs)
    assert outputs[NOTE] == {"compute": {"scaling": MEASURE}}
    driver.update(olds, wish(driver, olds), olds=outputs)
    assert "measure" not in scaling_of(hf)


def test_from_rest_to_sleep_what_was_taken_out_is_taken_out_before(
    driver: Driver, hf: Simulator
) -> None:
    hf.knobs("hf", null_clears=True)
    olds, outputs = rested(driver, NAPS | MEASURE)
    still = wish(driver, olds, "paused", compute={"scaling": NAPS})
    outputs = driver.update(olds, still, olds=outputs)
    hf.clear()
    news = wish(driver, still, "scaledToZero", compute={"scaling": NAPS})
    outputs = driver.update(still, news, olds=outputs)
    assert [one for one in told(hf) if one != "endpoint.get"] == [
        "endpoint.update",
        "endpoint.scaleToZero",
    ]
    assert sent(hf, "endpoint.update")[0]["compute"]["scaling"]["measure"] is None
    assert scaling_of(hf) == NAPS
    assert NOTE not in outputs


def test_more_is_taken_out_from_run_to_run(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", null_clears=True, pause_resets_replicas=False)
    said = NAPPED | {"maxReplica": 3, "scaleToZeroTimeout": 30} | MEASURE
    olds, outputs = rested(driver, said)
    for out in ("measure", "maxReplica", "scaleToZeroTimeout"):
        said = {key: value for key, value in said.items() if key != out}
        news = wish(driver, olds, "paused", compute={"scaling": said})
        outputs = driver.update(olds, news, olds=outputs)
        olds = news
    assert outputs[NOTE] == {
        "compute": {"scaling": {"maxReplica": 3, "scaleToZeroTimeout": 30} | MEASURE}
    }
    hf.clear()
    outputs = driver.update(olds, wish(driver, olds, compute={"scaling": said}), olds=outputs)
    assert sent(hf, "endpoint.update") == [
        {"compute": {"scaling": {"maxReplica": 1, "scaleToZeroTimeout": None, "measure": None}}}
    ]
    assert NOTE not in outputs


@pytest.mark.parametrize("rests_on", [False, True], ids=["at once", "a run later"])
@pytest.mark.parametrize("before", [{}, {"metric": "hardwareUsage"}], ids=["new", "another"])
def test_a_metric_without_a_number_is_sent_after_the_rest(
    driver: Driver, hf: Simulator, before: dict[str, Any], rests_on: bool
) -> None:
    said = {"scaling": {"metric": "pendingRequests"}}
    olds, outputs = rested(driver, before)
    if rests_on:
        still = wish(driver, olds, "paused", compute=said)
        outputs = driver.update(olds, still, olds=outputs)
        olds = still
    hf.clear()
    driver.update(olds, wish(driver, olds, compute=said), olds=outputs)
    assert sent(hf, "endpoint.update") == [
        {"compute": {"scaling": {"measure": {"pendingRequests": None}}}}
    ]


@pytest.mark.parametrize("is_resumed", [False, True], ids=["rests on", "resumed"])
def test_with_a_state_that_is_ignored_it_waits_for_whoever_ends_the_rest(
    driver: Driver, hf: Simulator, is_resumed: bool
) -> None:
    olds, outputs = without_measure(driver)
    if is_resumed:
        hf.mutate("hf", "me/demo", RUNS | {"compute": {"scaling": RESET}})
    hf.clear()
    news = wish(driver, olds, type="public")
    outputs = driver.update(olds, news, olds=outputs, ignore=("desiredState",))
    scaling = {"compute": {"scaling": {"measure": None}}} if is_resumed else {}
    assert sent(hf, "endpoint.update") == [{"type": "public", **scaling}]
    assert (NOTE in outputs) != is_resumed


def test_without_waiting_it_is_taken_out_though_the_answers_lag(
    driver: Driver, hf: Simulator
) -> None:
    hf.knobs("hf", null_clears=True)
    olds, outputs = rested(driver, MEASURE, waitForReady=False)
    still = wish(driver, olds, "paused", waitForReady=False)
    outputs = driver.update(olds, still, olds=outputs)
    lags = {"kind": "rewrite", "merge": {"status": {"state": "paused"}}}
    hf.fault("hf", "endpoint.resume", **lags)
    hf.fault("hf", "endpoint.get", **lags, count=2)
    hf.clear()
    outputs = driver.update(still, wish(driver, still, waitForReady=False), olds=outputs)
    assert sent(hf, "endpoint.update") == [{"compute": {"scaling": {"measure": None}}}]
    assert "measure" not in scaling_of(hf)
    assert NOTE not in outputs


def test_a_change_that_is_refused_at_rest_loses_nothing(driver: Driver, hf: Simulator) -> None:
    said = SCALING | MEASURE
    olds, outputs = rested(driver, said)
    news = wish(driver, olds, "paused", compute={"scaling": SCALING})
    outputs = driver.update(olds, news, olds=outputs)
    hf.fault("hf", "endpoint.update", kind="error", status=400, message="no", count=0)
    worse = wish(driver, news, "paused", compute={"scaling": said}, type="public")
    with pytest.raises(Failure) as caught:
        driver.update(news, worse, olds=outputs)
    assert caught.value.partial is None  # the state stays as it is
    hf.clear_faults()
    hf.clear()
    driver.update(news, wish(driver, news, compute={"scaling": SCALING}), olds=outputs)
    assert sent(hf, "endpoint.update") == [{"compute": {"scaling": SCALING | {"measure": None}}}]


@pytest.mark.parametrize(("state", "scaling"), [("paused", None), ("running", UNKNOWN)])
def test_the_preview_knows_what_the_update_leaves(
    driver: Driver, hf: Simulator, state: str, scaling: str | None
) -> None:
    hf.knobs("hf", null_clears=True)
    olds, outputs = without_measure(driver)
    news = wish(driver, olds, state, type="public")
    foreseen = driver.update(olds, news, olds=outputs, preview=True)
    after = driver.update(olds, news, olds=outputs)
    assert foreseen["compute"].get("scaling") == scaling
    assert (NOTE in after) == (state == "paused")
    assert after["compute"].get("scaling", {}).get("measure") != MEASURE["measure"]
