"""A start that fails, or takes too long, while an update waits for it."""

from __future__ import annotations

import re

import pytest
from support.drivers.ark import Driver, Failure, Simulator, changes, inputs, kinds, plain, stored
from support.limits import of_option

pytestmark = pytest.mark.one_call

AT_ONCE = {"scheduling": 0, "starting": 0, "stopping": 0, "deleting": 0}


def test_a_start_that_fails_is_asked_for_again_by_the_next_run(
    driver: Driver, ark: Simulator
) -> None:
    id, olds, outputs = driver.made(desiredState="paused")
    news = driver.checked(inputs(), olds=olds)
    ark.knobs("ark", fail_next_start=1, failure_reason="no such hardware")
    ark.clear()
    with pytest.raises(Failure) as caught:
        driver.update(olds, news, olds=outputs, id=id)
    assert changes(ark) == ["endpoint.start"]
    assert caught.value.reasons == [
        f"BytePlus ModelArk: endpoint {id} is Abnormal: no such hardware. Mend its inputs and run "
        "pulumi up again, or destroy it: it stays in the state until then."
    ]
    assert caught.value.properties["statusReason"] == "no such hardware"
    ark.clear()
    with pytest.raises(Failure) as again:
        driver.update(news, news, olds=caught.value.properties, id=id)
    assert changes(ark) == ["endpoint.start"]
    assert again.value.reasons == caught.value.reasons
    ark.mutate("ark", id, {"Status": "Stopped"})  # what was broken behind it is whole again
    ark.clear()
    mended = driver.update(news, news, olds=again.value.properties, id=id)
    assert changes(ark) == ["endpoint.start"]
    assert (mended["status"], stored(ark)[id]["Status"]) == ("Running", "Running")
    read = driver.read(id, mended, news)
    assert kinds(driver.diff(plain(read.inputs), news, plain(read.properties), id=id)) == {}


def test_a_start_that_takes_too_long_is_told_with_the_services_words(
    driver: Driver, ark: Simulator
) -> None:
    id, olds, outputs = driver.made(desiredState="paused")
    news = driver.checked(inputs(), olds=olds)
    ark.knobs("ark", polls={**AT_ONCE, "starting": 1000})
    words = {"Result": {"StatusReason": "Waiting for machines."}}
    ark.fault("ark", "endpoint.get", kind="rewrite", merge=words, count=0)
    with pytest.raises(Failure) as caught:
        driver.update(olds, news, olds=outputs, id=id, timeout=2)
    assert re.sub(r"after \d+ s", "after N s", caught.value.reasons[0]) == (
        f"BytePlus ModelArk: endpoint {id} was still Scheduling: Waiting for machines after N s "
        "when the time given for it ran out. It is kept in the state; pulumi up goes on waiting "
        f"for it. {of_option('update', 2)}."
    )
    ark.mutate("ark", id, {"Status": "Running"})
    ark.clear_faults("ark")
    ark.clear()
    mended = driver.update(news, news, olds=caught.value.properties, id=id)
    assert changes(ark) == []
    assert mended["status"] == "Running"
