"""Who runs out of time is told what was still missing and what gives more time."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.drivers.ark import Driver, Failure, Simulator, inputs
from support.limits import of_option

pytestmark = pytest.mark.uninstrumented

AT_ONCE = {"scheduling": 0, "starting": 0, "stopping": 0, "deleting": 0}
NEVER = 1000
KEPT = "It is kept in the state; pulumi up goes on waiting for it."


def said(call: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(Failure) as caught:
        call(*arguments, **named, timeout=2)
    message = caught.value.message
    if caught.value.partial is not None:
        assert caught.value.reasons == [message]
    return re.sub(r"after \d+ s", "after N s", message)


def test_a_create(driver: Driver, ark: Simulator) -> None:
    ark.knobs("ark", polls={**AT_ONCE, "scheduling": NEVER})
    message = said(driver.create, driver.checked(inputs()))
    assert message.endswith(
        "was still Scheduling after N s when the time given for it ran out. "
        f"{KEPT} {of_option('create', 2)}."
    )


@pytest.mark.parametrize(
    ("before", "after", "polls", "word"),
    [
        ("running", "paused", "stopping", "Stopping"),
        ("paused", "running", "starting", "Scheduling"),
    ],
)
def test_pause_and_resume(
    driver: Driver, ark: Simulator, before: str, after: str, polls: str, word: str
) -> None:
    id, checked, outputs = driver.made(desiredState=before)
    ark.knobs("ark", polls={**AT_ONCE, polls: NEVER})
    news = {**checked, "desiredState": after}
    assert said(driver.update, checked, news, olds=outputs, id=id) == (
        f"BytePlus ModelArk: endpoint {id} was still {word} after N s when the time given for it "
        f"ran out. {KEPT} {of_option('update', 2)}."
    )


def test_a_delete(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made()
    ark.knobs("ark", polls={**AT_ONCE, "deleting": NEVER})
    assert said(driver.delete, id, outputs, checked) == (
        f"BytePlus ModelArk: endpoint {id} was still there (Deleting) after N s when the time "
        "given for it ran out. It is kept in the state; the next run deletes it again. "
        f"{of_option('delete', 2)}."
    )


def test_a_delete_that_waits_for_a_stop_goes_on_to_delete(driver: Driver, ark: Simulator) -> None:
    """Nobody waits on: the stop was for the delete."""
    id, checked, outputs = driver.made()
    ark.knobs("ark", polls={**AT_ONCE, "stopping": NEVER}, strict_delete=True)
    assert said(driver.delete, id, outputs, checked) == (
        f"BytePlus ModelArk: endpoint {id} was still Stopping after N s when the time given for it "
        "ran out. It is kept in the state; the next run deletes it again. "
        f"{of_option('delete', 2)}."
    )


def test_a_change_that_is_refused_as_long_as_it_is_busy(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made()
    ark.fault("ark", "endpoint.update", kind="error", status=409, message="Busy..", count=0)
    ark.fault(
        "ark", "endpoint.get", kind="rewrite", merge={"Result": {"Status": "Scheduling"}}, count=0
    )
    news = {**checked, "description": "x"}
    message = said(driver.update, checked, news, olds=outputs, id=id)
    assert message.startswith("BytePlus ModelArk: updating the endpoint: Busy (HTTP 409")
    assert message.endswith(
        "Something else may be changing it: run it again when that is over. It was still changing "
        f"when the time given ran out. {of_option('update', 2)}. The change was of description."
    )


def test_a_refresh_of_a_failed_endpoint_says_what_to_do(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made()
    wrong = {"Result": {"Status": "Abnormal", "StatusReason": "Out of memory..."}}
    ark.fault("ark", "endpoint.get", kind="rewrite", merge=wrong, count=0)
    with pytest.raises(Failure) as caught:
        driver.read(id, outputs, checked)
    assert caught.value.reasons == [
        f"BytePlus ModelArk: endpoint {id} is Abnormal: Out of memory. Mend its inputs and run "
        "pulumi up again, or destroy it: it stays in the state until then."
    ]
