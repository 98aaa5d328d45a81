"""A switch of the model of which the service tells in another way, or not what is hoped for."""

from __future__ import annotations

from typing import Any

import pytest
from support.drivers.ark import MODEL, Driver, Failure, Simulator, changes, told
from test_ark_rolling import HALF, NEW, OLD, OTHER, begun, console, rollings, serves, with_model

EMPTY = '{"ResponseMetadata": {"RequestId": "r"}, "Result": {}}'
SHORT = 3.0  # seconds: what is looked for is given up
ASKED = ["endpoint.get", "rolling.create", "endpoint.get", "endpoint.certificate", "endpoint.get"]


@pytest.fixture
def quick(ark: Simulator) -> Simulator:
    """Each look at a switch makes it 24 minutes older."""
    ark.knobs("ark", rolling_look_seconds=HALF, rolling_revert_seconds=1)
    return ark


def says(sim: Simulator, **info: Any) -> dict[str, Any]:
    """What makes GetEndpointRolling say something else, from the third reply on."""
    merged = {"Result": {"RollingInfo": info}}
    return {"kind": "rewrite", "merge": merged, "skip": 2, "count": 0}


@pytest.mark.parametrize("word", ["Failed", "Canceled", "cancelled", "RolledBack", "Terminated"])
def test_one_that_has_ended_by_another_word_is_in_nobodys_way(
    driver: Driver, ark: Simulator, word: str
) -> None:
    ark.knobs("ark", rolling_id_after="keep", rolling_revert_seconds=0)
    ark.knobs("ark", rolling_statuses={
        "running": "Running", "reverting": "Reverting", "reverted": word, "done": "Finished",
    })  # fmt: skip
    id, checked, outputs = driver.made(waitForReady=False)
    ark.call("ark", "console", doing="cancel", target=console(ark, id, OTHER))
    ark.clear()
    after = driver.update(checked, with_model(checked, NEW), olds=outputs, id=id)
    assert changes(ark) == ["rolling.create", "rolling.create"]
    assert after["rolling"]["to"] == "seed-1-6-260628"


@pytest.mark.parametrize("word", ["Failed", "Aborted"])
def test_one_that_fails_is_not_waited_for(driver: Driver, ark: Simulator, word: str) -> None:
    id, checked, outputs = driver.made()
    ark.fault("ark", "rolling.get", **says(ark, Status=word, RollingGray=40))
    with pytest.raises(Failure, match=f"260628 ended as {word} before all had moved; pulumi up"):
        driver.update(checked, with_model(checked, NEW), olds=outputs, id=id)


@pytest.mark.parametrize(
    "info",
    [{"RollingGray": None}, {"Status": "Finished", "RollingGray": 0}, {"Status": None}],
    ids=["no share", "another word", "no word"],
)
def test_the_endpoint_decides(driver: Driver, ark: Simulator, info: dict[str, Any]) -> None:
    """Whatever the switch says of itself, the model that serves is the proof."""
    id, checked, outputs = driver.made()
    ark.fault("ark", "rolling.get", **says(ark, **info))
    moved = {"Result": {"ModelReference": {"FoundationModel": NEW}}}
    ark.fault("ark", "endpoint.get", kind="rewrite", merge=moved, skip=4, count=0)
    ark.clear()
    news = with_model(checked, NEW)
    after = driver.update(checked, news, olds=outputs, id=id)
    assert after["modelReference"] == news["modelReference"]
    looks = ["rolling.get", "endpoint.get"]
    assert told(ark)[: len(ASKED) + 6] == [
        *ASKED,
        "rolling.create",
        "rolling.get",
        "rolling.get",
        *looks,
        "rolling.get",
    ]


@pytest.mark.parametrize("told_number", [0, -1, 1e300, None, "2"])
def test_a_pace_that_is_none(driver: Driver, ark: Simulator, told_number: Any) -> None:
    strategy = {"Step": told_number, "WaitDuration": told_number}
    merged = {"Result": {"RollingInfo": {"RollingStrategy": strategy}}}
    ark.fault("ark", "rolling.get", kind="rewrite", merge=merged, count=0)
    id, checked, outputs = driver.made()
    with pytest.raises(Failure, match="The switch goes on by itself"):
        driver.update(checked, with_model(checked, NEW), olds=outputs, id=id, timeout=2)
    driver.logged("rolling 2 %, about 49 minutes left")


def test_one_that_does_not_say_where_it_goes(driver: Driver, quick: Simulator) -> None:
    id, checked, outputs = driver.made()
    nothing = {"Result": {"RollingInfo": {"RollingIn": None, "RollingOut": None}}}
    quick.fault("ark", "rolling.get", kind="rewrite", merge=nothing, count=0)
    driver.update(checked, with_model(checked, NEW), olds=outputs, id=id)
    assert (serves(quick, id), len(rollings(quick))) == (NEW, 1)


@pytest.mark.parametrize("times", [1, 3])
def test_one_that_is_not_found_at_once(driver: Driver, quick: Simulator, times: int) -> None:
    id, checked, outputs = driver.made()
    missing = "NotFound.EndpointRolling"
    quick.fault("ark", "rolling.get", kind="error", status=404, code=missing, count=times)
    driver.update(checked, with_model(checked, NEW), olds=outputs, id=id)
    assert (serves(quick, id), len(rollings(quick))) == (NEW, 1)


def test_one_that_the_service_has_forgotten(driver: Driver, ark: Simulator) -> None:
    """The endpoint still shows its id."""
    ark.knobs("ark", rolling_id_after="keep", rolling_revert_seconds=0)
    id, checked, outputs = driver.made(waitForReady=False)
    ark.call("ark", "console", doing="cancel", target=console(ark, id, OTHER))
    missing = "NotFound.EndpointRolling"
    ark.fault("ark", "rolling.get", kind="error", status=404, code=missing, count=2)
    ark.clear()
    driver.update(checked, with_model(checked, NEW), olds=outputs, id=id)
    assert changes(ark) == ["rolling.create", "rolling.create"]


def test_without_waiting_nobody_needs_to_see_it(driver: Driver, ark: Simulator) -> None:
    """Who may begin a switch may not be allowed to read it."""
    id, checked, outputs = driver.made(waitForReady=False)
    ark.fault("ark", "rolling.get", kind="error", status=403, code="AccessDenied", count=0)
    driver.update(checked, with_model(checked, NEW), olds=outputs, id=id)
    assert len(rollings(ark)) == 1


def test_one_that_nobody_sees_goes_on(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made()
    ark.fault("ark", "rolling.get", kind="error", status=403, code="AccessDenied", skip=2, count=0)
    with pytest.raises(Failure, match=r"AccessDenied.*The switch goes on by itself; pulumi up"):
        driver.update(checked, with_model(checked, NEW), olds=outputs, id=id)


def test_an_endpoint_that_goes_while_it_is_waited_for(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made()
    missing = {"kind": "error", "status": 404, "count": 0}
    ark.fault("ark", "rolling.get", code="NotFound.EndpointRolling", skip=2, **missing)
    ark.fault("ark", "endpoint.get", code="NotFound.Endpoint", skip=3, **missing)
    with pytest.raises(Failure, match=f"endpoint {id} is gone; run pulumi refresh"):
        driver.update(checked, with_model(checked, NEW), olds=outputs, id=id)


# Begun at the same time, or not at all.


@pytest.mark.parametrize("wait", [True, False])
def test_a_success_that_began_nothing_is_none(driver: Driver, ark: Simulator, wait: bool) -> None:
    id, checked, outputs = driver.made(waitForReady=wait)
    nothing = {"kind": "malformed", "status": 200, "body": EMPTY, "apply": False}
    ark.fault("ark", "rolling.create", skip=1, **nothing)
    with pytest.raises(Failure, match="to seed-1-6-260628, but the endpoint shows none: run") as e:
        driver.update(checked, with_model(checked, NEW), olds=outputs, id=id, timeout=SHORT)
    assert e.value.partial is not None and e.value.partial.refresh_before_update
    assert e.value.properties["modelReference"] == MODEL


def test_a_dry_run_that_made_one_is_looked_for(driver: Driver, ark: Simulator) -> None:
    """Nothing else is sent until it shows: a second one would be in its way."""
    id, checked, outputs = driver.made(waitForReady=False)
    made = EMPTY.replace("{}", '{"Id": "eprol-x"}')
    real = {"kind": "malformed", "status": 200, "body": made, "apply": False}
    ark.fault("ark", "rolling.create", **real)
    ark.clear()
    with pytest.raises(Failure, match="but the endpoint shows none"):
        news = with_model(checked, NEW, description="new")
        driver.update(checked, news, olds=outputs, id=id, timeout=SHORT)
    assert changes(ark) == ["rolling.create"]


def hide_switch(sim: Simulator, looks: int) -> None:
    """One that the console begins after so many looks at the endpoint, and after the dry run."""
    sim.fault("ark", "rolling.create", kind="error", status=400, code="DryRunOperation")
    hidden = {"Result": {"RollingId": ""}}
    sim.fault("ark", "endpoint.get", kind="rewrite", merge=hidden, count=looks)
    sim.clear()


def test_the_console_begins_the_same_just_before(driver: Driver, quick: Simulator) -> None:
    id, checked, outputs = driver.made()
    console(quick, id, NEW)
    hide_switch(quick, 3)
    driver.update(checked, with_model(checked, NEW), olds=outputs, id=id)
    assert told(quick)[:8] == [*ASKED, "rolling.create", "endpoint.get", "rolling.get"]
    assert (serves(quick, id), len(rollings(quick))) == (NEW, 1)


def test_the_console_begins_another_just_before(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made()
    switch = console(ark, id, OTHER)
    hide_switch(ark, 3)
    with pytest.raises(Failure, match=f"{switch}, Running, 2 %.*; nothing was sent. Wait"):
        driver.update(checked, with_model(checked, NEW), olds=outputs, id=id)
    assert told(ark) == [*ASKED, "rolling.create", "endpoint.get", "rolling.get"]


def test_what_was_changed_before_is_told(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made()
    console(ark, id, OTHER)
    hide_switch(ark, 1)
    news = with_model(checked, NEW, description="new")
    with pytest.raises(Failure, match=r"it was left alone, what else differed was changed\. Wait"):
        driver.update(checked, news, olds=outputs, id=id)
    assert changes(ark) == ["rolling.create", "endpoint.update"]


# Taking one back.

REFUSED = {"kind": "error", "status": 403, "code": "OperationDenied.RollingStatus", "count": 0}


def test_a_cancel_that_is_refused(driver: Driver, ark: Simulator) -> None:
    id, checked, news, outputs = begun(driver, ark)
    ark.fault("ark", "rolling.cancel", **REFUSED)
    (switch,) = rollings(ark)
    words = f"RollingStatus.*Switch {switch['Id']} to seed-1-6-260628 goes on: take it back in"
    with pytest.raises(Failure, match=words) as caught:
        driver.update(news, {**checked, "waitForReady": True}, olds=outputs, id=id)
    assert caught.value.partial is None
    assert changes(ark) == ["rolling.cancel"]


def test_a_cancel_that_is_refused_since_it_is_over(driver: Driver, ark: Simulator) -> None:
    """Somebody took it back since the last look."""
    id, checked, news, outputs = begun(driver, ark)
    ark.fault("ark", "rolling.cancel", **REFUSED)
    over = {"Result": {"RollingInfo": {"Status": "Reverted", "RollingGray": 0}}}
    ark.fault("ark", "rolling.get", kind="rewrite", merge=over, skip=3, count=0)
    after = driver.update(news, {**checked, "waitForReady": True}, olds=outputs, id=id)
    assert changes(ark) == ["rolling.cancel"]
    assert (serves(ark, id), after["modelReference"]) == (OLD, MODEL)


# Busy is waited for.


@pytest.mark.parametrize(
    ("status", "code"), [(403, "OperationDenied.EndpointStatus"), (409, "Conflict")]
)
@pytest.mark.parametrize("skip", [0, 1], ids=["rehearsal", "begin"])
def test_a_switch_that_is_refused_while_the_endpoint_changes_waits(
    driver: Driver, ark: Simulator, status: int, code: str, skip: int
) -> None:
    ark.knobs("ark", rolling_look_seconds=3600)
    id, checked, outputs = driver.made()
    ark.fault("ark", "rolling.create", kind="error", status=status, code=code, skip=skip)
    pending = {"Result": {"Status": "Scheduling"}}
    looks = 1 + 2 * skip  # before the request that is refused
    ark.fault("ark", "endpoint.get", kind="rewrite", merge=pending, skip=looks, count=4)
    ark.clear()
    driver.update(checked, with_model(checked, NEW), olds=outputs, id=id)
    assert changes(ark) == ["rolling.create"] * 3
    assert (len(rollings(ark)), serves(ark, id)) == (1, NEW)
