"""An update is done when the service shows it, and what is busy is waited for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.drivers.ark import (
    Driver,
    Failure,
    Simulator,
    changes,
    inputs,
    kinds,
    plain,
    sent,
    stored,
)
from support.drivers.hf import WARNING

pytestmark = pytest.mark.one_call

AT_ONCE = {"scheduling": 0, "starting": 0, "stopping": 0, "deleting": 0}
OLD = {"Result": {"Description": "old"}}


def refusal(status: int, code: str) -> dict[str, Any]:
    error = {"Code": code, "Message": "Not now."}
    body = {"ResponseMetadata": {"RequestId": "R", "Error": error}}
    return {"kind": "error", "status": status, "body": json.dumps(body)}


def shown(status: str) -> dict[str, Any]:
    return {"kind": "rewrite", "merge": {"Result": {"Status": status}}}


@pytest.mark.parametrize("looks", [False, True], ids=["at once", "after a refresh"])
def test_a_pause_that_was_cut_off_and_is_taken_back(
    driver: Driver, ark: Simulator, looks: bool
) -> None:
    """It is still stopping when the program wants it to run again: nobody else paused it. The
    engine has kept the old inputs, which want the same."""
    id, checked, outputs = driver.made()
    paused = {**checked, "desiredState": "paused"}
    ark.knobs("ark", polls={**AT_ONCE, "stopping": 3})
    with pytest.raises(Failure) as caught:
        driver.update(checked, paused, olds=outputs, id=id, timeout=1)
    shown, outputs = checked, caught.value.properties
    if looks:
        read = driver.read(id, outputs, checked)
        shown, outputs = plain(read.inputs), plain(read.properties)
    ark.clear()
    after = driver.update(shown, checked, olds=outputs, id=id)
    assert changes(ark) == ["endpoint.start"]
    assert after["status"] == "Running"


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_read_that_lags_is_waited_for(driver: Driver, ark: Simulator, count: int) -> None:
    id, checked, outputs = driver.made()
    ark.clear()
    ark.fault("ark", "endpoint.get", kind="rewrite", merge=OLD, count=count)
    after = driver.update(checked, {**checked, "description": "new"}, olds=outputs, id=id)
    assert (changes(ark), after["description"]) == (["endpoint.update"], "new")


def test_without_waiting_it_is_a_warning(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made(waitForReady=False)
    ark.fault("ark", "endpoint.get", kind="rewrite", merge=OLD, count=0)
    after = driver.update(checked, {**checked, "description": "new"}, olds=outputs, id=id)
    assert after["description"] == "old"
    driver.logged("the service answers another value for description than was asked")


BUSY = [
    (403, "OperationDenied.EndpointStatus"),
    (403, "OperationDenied.UnsupportedPhase"),
    (409, "Conflict"),
]


@pytest.mark.parametrize(("status", "code"), BUSY)
@pytest.mark.parametrize(
    ("operation", "patch"), [("update", {"description": "x"}), ("stop", {"desiredState": "paused"})]
)
def test_a_change_that_is_refused_while_it_starts_waits(
    driver: Driver, ark: Simulator, operation: str, patch: dict[str, Any], status: int, code: str
) -> None:
    id, checked, outputs = driver.made()
    ark.clear()
    ark.fault("ark", f"endpoint.{operation}", **refusal(status, code))
    ark.fault("ark", "endpoint.get", **shown("Scheduling"), count=3)
    driver.update(checked, {**checked, **patch}, olds=outputs, id=id)
    assert changes(ark) == [f"endpoint.{operation}"] * 2


@pytest.mark.parametrize(("status", "code"), [BUSY[1], BUSY[2]])
def test_a_delete_that_is_refused_while_it_starts_waits(
    driver: Driver, ark: Simulator, status: int, code: str
) -> None:
    id, checked, outputs = driver.made()
    ark.clear()
    ark.fault("ark", "endpoint.delete", **refusal(status, code))
    ark.fault("ark", "endpoint.get", **shown("Scheduling"), count=2)
    driver.delete(id, outputs, checked)
    assert changes(ark) == ["endpoint.delete"] * 2


@pytest.mark.parametrize(("status", "code"), BUSY)
def test_the_stop_before_a_delete_that_is_refused_while_it_changes_waits(
    driver: Driver, ark: Simulator, status: int, code: str
) -> None:
    """What runs may have to be stopped first (docs/apis/ark.md 9)."""
    id, checked, outputs = driver.made()
    ark.clear()
    ark.knobs("ark", strict_delete=True)
    ark.fault("ark", "endpoint.stop", **refusal(status, code))
    ark.fault("ark", "endpoint.get", **shown("Updating"), skip=1, count=2)
    driver.delete(id, outputs, checked)
    assert changes(ark) == ["endpoint.delete", *["endpoint.stop"] * 2, "endpoint.delete"]
    assert stored(ark) == {}


@pytest.mark.parametrize("how", ["stopped", "gone"])
def test_a_stop_before_a_delete_that_somebody_else_has_made_needless_is_none(
    driver: Driver, ark: Simulator, how: str
) -> None:
    id, checked, outputs = driver.made()
    ark.clear()
    ark.fault("ark", "endpoint.delete", **refusal(403, "OperationDenied.EndpointStatus"))
    if how == "stopped":
        ark.fault("ark", "endpoint.stop", **refusal(403, "OperationDenied.EndpointStatus"))
        ark.fault("ark", "endpoint.get", **shown("Stopped"), skip=1, count=1)
    else:
        ark.fault("ark", "endpoint.stop", **refusal(404, "NotFound.Endpoint"))
    driver.delete(id, outputs, checked)
    assert changes(ark) == ["endpoint.delete", "endpoint.stop", "endpoint.delete"]
    assert stored(ark) == {}


def test_a_half_done_update_is_taken_back(driver: Driver, ark: Simulator) -> None:
    """UpdateEndpoint is taken, StopEndpoint refused, the program as before."""
    id, checked, outputs = driver.made()
    ark.fault("ark", "endpoint.stop", **refusal(400, "InvalidParameter"), count=0)
    news = {**checked, "description": "new", "desiredState": "paused"}
    with pytest.raises(Failure) as caught:
        driver.update(checked, news, olds=outputs, id=id)
    failure = caught.value
    assert failure.partial is not None and failure.partial.refresh_before_update
    assert failure.properties["description"] == "new"
    ark.clear_faults("ark")
    read = driver.read(id, failure.properties, checked)
    assert plain(read.inputs)["description"] == "new"
    ark.clear()
    after = driver.update(checked, checked, olds=failure.properties, id=id)
    assert changes(ark) == ["endpoint.update"]
    assert after.get("description", "") == ""


IGNORED = ("desiredState",)


@pytest.mark.parametrize(
    ("desired", "seen", "rest"),
    [
        ("running", "Stopping", "Stopped"),
        ("paused", "Scheduling", "Running"),
        ("paused", "Scheduling", "Stopped"),
    ],
)
@pytest.mark.parametrize("waits", [True, False])
def test_an_ignored_state_on_its_way_is_left_wherever_it_leads(
    driver: Driver, ark: Simulator, desired: str, seen: str, rest: str, waits: bool
) -> None:
    """Somebody has just stopped it, or started it: no error, and no action of ours."""
    id, checked, outputs = driver.made(desiredState=desired, waitForReady=waits)
    ark.mutate("ark", id, {"Status": rest})
    ark.fault("ark", "endpoint.get", **shown(seen), count=3)
    ark.clear()
    news = {**checked, "description": "x"}
    after = driver.update(checked, news, olds=outputs, id=id, ignore=IGNORED)
    assert changes(ark) == ["endpoint.update"]
    assert after["status"] == (rest if waits else seen)


def test_an_ignored_limit_keeps_its_live_value(driver: Driver, ark: Simulator) -> None:
    """Both limits are sent whenever one changes (docs/apis/ark.md 7.3)."""
    id, checked, outputs = driver.made(rateLimit={"rpm": 10, "tpm": 100})
    ark.mutate("ark", id, {"RateLimit": {"Rpm": 77}})
    news = driver.checked(inputs(rateLimit={"rpm": 10, "tpm": 200}), olds=checked)
    ark.clear()
    driver.update(checked, news, olds=outputs, id=id, ignore=("rateLimit.rpm",))
    assert sent(ark, "endpoint.update") == [{"Id": id, "RateLimit": {"Rpm": 77, "Tpm": 200}}]
    assert driver.log(WARNING) == []


def test_an_item_of_a_set_has_no_place_to_be_ignored_at(driver: Driver, ark: Simulator) -> None:
    """The service shows tags in any order: the first one there is another than here."""
    ark.knobs("ark", update_other_fields="apply")
    tags = [{"key": "b", "value": "1"}, {"key": "a", "value": "1"}]
    id, checked, outputs = driver.made(tags=tags)
    news = driver.checked(inputs(tags=[tags[0], {"key": "a", "value": "2"}]), olds=checked)
    ark.clear()
    driver.update(checked, news, olds=outputs, id=id, ignore=("tags[0].value",))
    (body,) = sent(ark, "endpoint.update")
    assert body["Tags"] == [{"Key": "b", "Value": "1"}, {"Key": "a", "Value": "2"}]


def test_what_a_tag_has_beside_its_value_goes_with_it(driver: Driver, ark: Simulator) -> None:
    """A member that is newer than this provider; of a tag that is taken out nothing stays."""
    ark.knobs("ark", update_other_fields="apply")
    tags = [{"key": "a", "value": "1"}, {"key": "b", "value": "1"}, {"key": "c", "value": "1"}]
    id, checked, outputs = driver.made(tags=tags)
    shown = [{"Key": key, "Value": "1", "Scope": f"of {key}"} for key in ("c", "b", "a", "sys:x")]
    ark.mutate("ark", id, {"Tags": shown})
    ark.clear()
    wanted = [tags[0], {"key": "b", "value": "2"}, {"key": "d", "value": "1"}]
    driver.update(checked, driver.checked(inputs(tags=wanted), olds=checked), olds=outputs, id=id)
    (body,) = sent(ark, "endpoint.update")
    assert body["Tags"] == [
        {"Key": "a", "Value": "1", "Scope": "of a"},
        {"Key": "b", "Value": "2", "Scope": "of b"},
        {"Key": "d", "Value": "1"},
    ]


def test_a_part_that_is_taken_back_after_a_wait_that_was_cut_off_is_sent_back(
    driver: Driver, ark: Simulator
) -> None:
    """Engines keep the old inputs then, in which the part that is taken back is no difference."""
    limits = {"rpm": 10, "tpm": 100}
    id, checked, outputs = driver.made(description="old", rateLimit=limits)
    ark.fault("ark", "endpoint.get", **shown("Scheduling"), count=0)
    more = {"rateLimit": limits | {"rpm": 20}}
    news = driver.checked(inputs(description="new", **more), olds=checked)
    with pytest.raises(Failure) as caught:
        driver.update(checked, news, olds=outputs, id=id, timeout=1)
    failure = caught.value
    assert failure.partial is not None and not failure.partial.refresh_before_update
    ark.clear_faults("ark")
    ark.clear()
    part = driver.checked(inputs(description="old", **more), olds=checked)
    assert kinds(driver.diff(checked, part, olds=failure.properties, id=id)) == {
        "description": "UPDATE",
        "rateLimit.rpm": "UPDATE",
    }
    after = driver.update(checked, part, olds=failure.properties, id=id)
    assert sent(ark, "endpoint.update") == [
        {"Id": id, "Description": "old", "RateLimit": {"Rpm": 20, "Tpm": 100}}
    ]
    assert "__sent" not in after
    assert kinds(driver.diff(part, part, olds=after, id=id)) == {}


@pytest.mark.parametrize("taken_back", [True, False])
def test_after_a_wait_that_was_cut_off_the_next_run_goes_on(
    driver: Driver, ark: Simulator, taken_back: bool
) -> None:
    id, checked, outputs = driver.made(description="old")
    ark.fault("ark", "endpoint.get", **shown("Scheduling"), count=0)
    news = driver.checked(inputs(description="new"), olds=checked)
    with pytest.raises(Failure) as caught:
        driver.update(checked, news, olds=outputs, id=id, timeout=1)
    ark.clear_faults("ark")
    ark.fault("ark", "endpoint.get", **shown("Scheduling"), count=2)
    ark.clear()
    wanted = checked if taken_back else news
    after = driver.update(checked, wanted, olds=caught.value.properties, id=id)
    assert sent(ark, "endpoint.update") == [{"Id": id, "Description": wanted["description"]}]
    assert (after["status"], after["description"]) == ("Running", wanted["description"])


def test_without_waiting_a_resume_while_it_still_stops_is_no_lost_wish(
    driver: Driver, ark: Simulator
) -> None:
    id, checked, outputs = driver.made(waitForReady=False)
    ark.knobs("ark", polls={**AT_ONCE, "stopping": 4})
    paused = {**checked, "desiredState": "paused"}
    outputs = driver.update(checked, paused, olds=outputs, id=id)
    assert outputs["status"] == "Stopping"
    ark.clear()
    driver.update(paused, checked, olds=outputs, id=id)
    assert changes(ark) == ["endpoint.start"]
    assert ark.state("ark")["endpoints"][id]["Status"] == "Running"
