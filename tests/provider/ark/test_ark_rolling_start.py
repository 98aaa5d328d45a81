"""An endpoint that rests is started, and runs, before its model is switched: all in one `up`."""

from __future__ import annotations

from typing import Any

import pytest
from support.drivers.ark import MODEL, Driver, Failure, Simulator, changes, kinds, plain, told
from test_ark_rolling import NEW, VERSION, bodies, console, rollings, serves, with_model

pytestmark = pytest.mark.one_call

STOPPED = {"desiredState": "paused"}
BOTH = {VERSION: "UPDATE", "desiredState": "UPDATE"}
STARTED = "The endpoint was started and serves the model it had"


@pytest.fixture
def quick(ark: Simulator) -> Simulator:
    """All has moved when a switch is looked at for the first time."""
    ark.knobs("ark", rolling_look_seconds=3600)
    return ark


def stopped(driver: Driver, sim: Simulator, **more: Any) -> tuple[str, Any, Any, Any]:
    """Id, inputs and outputs of one that is paused, and a program that lets it run with another
    model."""
    id, checked, outputs = driver.made(**STOPPED, **more)
    sim.clear()
    return id, checked, with_model(checked, NEW, desiredState="running"), outputs


def failed(driver: Driver, *arguments: Any, **named: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        driver.update(*arguments, **named)
    return caught.value


def status(sim: Simulator, id: str) -> Any:
    return sim.state("ark")["endpoints"][id]["Status"]


def test_it_is_started_waited_for_and_switched(driver: Driver, quick: Simulator) -> None:
    quick.knobs("ark", polls={"starting": 2})
    id, checked, news, outputs = stopped(driver, quick)
    news["description"] = "beside"
    after = driver.update(checked, news, olds=outputs, id=id)
    wanted = {"EndpointId": id, "ModelReference": {"FoundationModel": NEW}}
    assert bodies(quick, "rolling.create") == [{**wanted, "DryRun": True}, wanted]
    assert changes(quick) == [
        "endpoint.start",
        "rolling.create",  # would it be taken?
        "endpoint.update",
        "rolling.create",
    ]
    between = told(quick)[1 : told(quick).index("rolling.create")]
    assert between[:1] == ["endpoint.start"] and between.count("endpoint.get") >= 2
    assert serves(quick, id) == NEW
    assert (after["status"], after["desiredState"]) == ("Running", "running")
    assert after["modelReference"] == news["modelReference"]
    assert kinds(driver.diff(news, news, after, id=id)) == {}


def test_one_that_somebody_stopped_is_started_too(driver: Driver, quick: Simulator) -> None:
    id, checked, outputs = driver.made()
    quick.mutate("ark", id, {"Status": "Stopped"})
    quick.clear()
    driver.update(checked, with_model(checked, NEW), olds=outputs, id=id)
    assert changes(quick) == ["endpoint.start", "rolling.create", "rolling.create"]
    assert (status(quick, id), serves(quick, id)) == ("Running", NEW)


def test_the_preview_says_both(driver: Driver, ark: Simulator) -> None:
    id, checked, news, outputs = stopped(driver, ark)
    assert kinds(driver.diff(checked, news, outputs, id=id)) == BOTH
    driver.logged(
        f"endpoint {id}: it is started first and waited for, then traffic moves to 260628 by 2 % a "
        "minute, and its id stays"
    )
    shown = driver.update(checked, news, olds=outputs, preview=True, id=id)
    assert shown["modelReference"] == news["modelReference"]
    assert shown["desiredState"] == "running"
    assert told(ark) == []


def test_without_waiting_its_start_is_waited_for_and_the_switch_is_not(
    driver: Driver, ark: Simulator
) -> None:
    """A switch can begin only when it runs."""
    ark.knobs("ark", polls={"starting": 2})
    id, checked, news, outputs = stopped(driver, ark, waitForReady=False)
    after = driver.update(checked, news, olds=outputs, id=id)
    assert changes(ark) == ["endpoint.start", "rolling.create", "rolling.create"]
    assert (after["status"], after["rolling"]["to"]) == ("Running", "seed-1-6-260628")
    assert serves(ark, id) != NEW


def test_one_that_is_to_stay_stopped_is_not_switched(driver: Driver, ark: Simulator) -> None:
    """What refuses is the rehearsal; nothing else is sent. A look tells that nothing is under way
    that could be waited for. Who pauses it wants to pay nothing."""
    id, checked, outputs = driver.made(**STOPPED)
    ark.clear()
    news = with_model(checked, NEW)
    assert kinds(driver.diff(checked, news, outputs, id=id)) == {VERSION: "UPDATE"}
    driver.logged("pulumi up refuses this as long as desiredState is paused")
    with pytest.raises(Failure, match="set desiredState: running, with which pulumi up starts it"):
        driver.update(checked, news, olds=outputs, id=id)
    look = ["endpoint.get", "endpoint.certificate"]
    assert told(ark) == ["endpoint.get", "rolling.create", *look]
    assert bodies(ark, "rolling.create")[0]["DryRun"] is True


def test_one_whose_state_is_ignored_is_not_started(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made()
    ark.mutate("ark", id, {"Status": "Stopped"})
    news = with_model(checked, NEW)
    failure = failed(driver, checked, news, olds=outputs, id=id, ignore=("desiredState",))
    assert "A model is switched in place while its endpoint runs" in failure.message
    assert "endpoint.start" not in told(ark)


def test_one_that_cannot_switch_is_not_started(driver: Driver, ark: Simulator) -> None:
    id, checked, news, outputs = stopped(driver, ark)
    ark.mutate("ark", id, {"SupportRolling": False})
    failure = failed(driver, checked, news, olds=outputs, id=id)
    assert "supportRolling is false); nothing was changed" in failure.message
    assert told(ark) == ["endpoint.get"]


def test_one_that_serves_it_already_is_started_and_that_is_all(
    driver: Driver, ark: Simulator
) -> None:
    id, checked, news, outputs = stopped(driver, ark)
    ark.mutate("ark", id, {"ModelReference": {"FoundationModel": NEW}})
    driver.update(checked, news, olds=outputs, id=id)
    assert changes(ark) == ["endpoint.start"]


# What can happen in between.


def test_a_start_that_is_refused(driver: Driver, ark: Simulator) -> None:
    id, checked, news, outputs = stopped(driver, ark)
    ark.fault(
        "ark", "endpoint.start", status=403, code="AccountOverdue", message="pay first", count=0
    )
    failure = failed(driver, checked, news, olds=outputs, id=id)
    assert "pay first" in failure.message and failure.partial is None
    assert changes(ark) == ["endpoint.start"]
    assert status(ark, id) == "Stopped"


def test_a_start_whose_reply_is_lost(driver: Driver, quick: Simulator) -> None:
    id, checked, news, outputs = stopped(driver, quick)
    quick.fault("ark", "endpoint.start", kind="close", apply=True)
    driver.update(checked, news, olds=outputs, id=id)
    assert changes(quick)[-2:] == ["rolling.create", "rolling.create"]
    assert (status(quick, id), serves(quick, id)) == ("Running", NEW)


def goes_on(driver: Driver, sim: Simulator, id: str, news: Any, failure: Failure) -> list[str]:
    """What the next `up` does: it looks first, as the failure asks, and shows the difference."""
    assert failure.partial is not None and failure.partial.refresh_before_update
    assert failure.id == id
    read = driver.read(id, failure.properties, news)
    inputs, outputs = plain(read.inputs), plain(read.properties)
    assert kinds(driver.diff(inputs, news, outputs, id=id)) == {VERSION: "UPDATE"}
    sim.clear()
    after = driver.update(inputs, news, olds=outputs, id=id)
    assert (after["status"], serves(sim, id)) == ("Running", NEW)
    assert after["modelReference"] == news["modelReference"]
    return changes(sim)


def test_the_time_runs_out_between_the_two(driver: Driver, quick: Simulator) -> None:
    """It is on its way when the next run comes, which waits for it and starts it no second time."""
    quick.knobs("ark", polls={"starting": 100000})
    id, checked, news, outputs = stopped(driver, quick)
    failure = failed(driver, checked, news, olds=outputs, id=id, timeout=2)
    assert "was still Scheduling after" in failure.reasons[0]
    assert failure.properties["modelReference"] == MODEL
    assert changes(quick) == ["endpoint.start"]
    quick.mutate("ark", id, {"Status": "Running"})
    assert goes_on(driver, quick, id, news, failure) == ["rolling.create", "rolling.create"]


def test_the_next_run_waits_for_one_that_is_still_on_its_way(
    driver: Driver, quick: Simulator
) -> None:
    quick.knobs("ark", polls={"starting": 8})
    id, checked, news, outputs = stopped(driver, quick)
    failure = failed(driver, checked, news, olds=outputs, id=id, timeout=2)
    assert goes_on(driver, quick, id, news, failure) == ["rolling.create", "rolling.create"]


def test_one_that_does_not_start(driver: Driver, ark: Simulator) -> None:
    id, checked, news, outputs = stopped(driver, ark)
    ark.fault(
        "ark", "endpoint.get", kind="rewrite", skip=1, count=0,
        merge={"Result": {"Status": "Abnormal"}},
    )  # fmt: skip
    failure = failed(driver, checked, news, olds=outputs, id=id)
    assert "is Abnormal" in failure.reasons[0]
    assert changes(ark) == ["endpoint.start"]
    assert failure.properties["modelReference"] == MODEL


REFUSED = {"status": 403, "code": "OperationDenied.RollingLimit", "message": "not this model"}


def test_a_switch_that_is_refused_once_it_runs(driver: Driver, quick: Simulator) -> None:
    """At the rehearsal: what else differs is not sent, and it runs with the model it had."""
    id, checked, news, outputs = stopped(driver, quick)
    news["description"] = "beside"
    rule = quick.fault("ark", "rolling.create", **REFUSED, count=0)
    failure = failed(driver, checked, news, olds=outputs, id=id)
    assert rule and "not this model" in failure.reasons[0]
    assert STARTED in failure.reasons[0] and "modelSwitch: replace" in failure.reasons[0]
    assert "Nothing was changed" not in failure.reasons[0]
    assert changes(quick) == ["endpoint.start", "rolling.create"]
    assert failure.properties["modelReference"] == MODEL
    assert failure.properties["status"] == "Running"
    quick.clear_faults()
    del news["description"]
    assert goes_on(driver, quick, id, news, failure) == ["rolling.create", "rolling.create"]


def test_a_switch_that_is_refused_after_its_rehearsal(driver: Driver, quick: Simulator) -> None:
    id, checked, news, outputs = stopped(driver, quick)
    quick.fault("ark", "rolling.create", **REFUSED, skip=1)
    failure = failed(driver, checked, news, olds=outputs, id=id)
    assert "not this model" in failure.reasons[0]
    assert failure.properties["modelReference"] == MODEL
    assert failure.properties["status"] == "Running"
    assert goes_on(driver, quick, id, news, failure) == ["rolling.create", "rolling.create"]


def test_somebody_begins_another_while_it_starts(driver: Driver, ark: Simulator) -> None:
    """One to the same model is waited for: nothing is begun twice."""
    ark.knobs("ark", rolling_look_seconds=3600)
    id, checked, news, outputs = stopped(driver, ark)
    ark.mutate("ark", id, {"Status": "Running"})
    console(ark, id, NEW)
    ark.clear()
    driver.update(checked, news, olds=outputs, id=id)
    assert "rolling.create" not in told(ark)
    assert len(rollings(ark)) == 1 and serves(ark, id) == NEW
