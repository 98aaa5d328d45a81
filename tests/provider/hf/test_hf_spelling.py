"""What can be said in two ways: the measure, also as in 2025, and the cache switch, also as an
experimental feature (docs/apis/hf.md 4.3)."""

from __future__ import annotations

from typing import Any

import pytest
from support.drivers.hf import WARNING, Driver, Failure, Simulator, inputs, kinds, plain, sent, told

pytestmark = pytest.mark.one_call

Json = dict[str, Any]


def scaling(**members: Any) -> Json:
    return {"compute": {"scaling": members}}


def features(**members: Any) -> Json:
    return {"experimentalFeatures": members}


def warnings(driver: Driver) -> list[str]:
    """But for those of the former spelling itself."""
    return [text for text in driver.log(WARNING) if "is deprecated" not in text]


TWO = {"pendingRequests": 2}
USAGE = scaling(measure={"hardwareUsage": 70})
SAME = [
    pytest.param(scaling(measure=TWO), scaling(metric="pendingRequests", threshold=2), id="metric"),
    pytest.param(
        scaling(measure=TWO),
        scaling(metric="pendingRequests", threshold=2, measure=TWO),
        id="metric beside measure",
    ),
    pytest.param(
        scaling(measure={"pendingRequests": 1.5}),
        scaling(metric="pendingRequests"),
        id="metric with its usual number",
    ),
    pytest.param({}, scaling(metric="hardwareUsage"), id="the usual metric"),
    pytest.param({}, scaling(metric="hardwareUsage", threshold=80), id="the usual threshold"),
    pytest.param({}, scaling(measure={"hardwareUsage": 80}), id="the usual measure"),
    pytest.param(
        features(cacheHttpResponses=True), {"cacheHttpResponses": True}, id="cacheHttpResponses"
    ),
    pytest.param(
        features(cacheHttpResponses=True, loadBalancer="sticky"),
        {"cacheHttpResponses": True, **features(loadBalancer="sticky")},
        id="cacheHttpResponses beside features",
    ),
    pytest.param(
        features(cacheHttpResponses=True),
        {"cacheHttpResponses": True, **features(cacheHttpResponses=True)},
        id="cacheHttpResponses, both",
    ),
]


@pytest.mark.parametrize(("made", "said"), SAME)
def test_an_import_is_said_in_the_other_way(
    driver: Driver, hf: Simulator, made: Json, said: Json
) -> None:
    driver.create(driver.checked(inputs(**made)))
    read = driver.read("me/demo")
    old, outputs = plain(read.inputs), plain(read.properties)
    news = driver.checked(inputs(**said), olds=old)
    hf.clear()
    assert kinds(driver.diff(old, news, olds=outputs)) == {}
    driver.update(old, news, olds=outputs)
    assert sent(hf, "endpoint.update") == []
    assert warnings(driver) == []


@pytest.mark.parametrize(("made", "said"), [row for row in SAME if row.values[0] != {}])
def test_a_program_may_change_its_spelling(
    driver: Driver, hf: Simulator, made: Json, said: Json
) -> None:
    for before, after in ((made, said), (said, made)):
        old = driver.checked(inputs(**before))
        _, outputs = driver.create(old)
        news = driver.checked(inputs(**after), olds=old)
        hf.clear()
        assert kinds(driver.diff(old, news, olds=outputs)) == {}
        assert sent(hf, "endpoint.update") == []
        read = driver.read("me/demo", outputs, news)
        assert plain(read.inputs) == news
        driver.delete("me/demo", outputs, old)


@pytest.mark.parametrize(
    ("before", "after", "body"),
    [
        (
            scaling(measure=TWO),
            scaling(metric="pendingRequests", threshold=3),
            scaling(measure={"pendingRequests": 3}),
        ),
        (
            scaling(measure=TWO),
            scaling(metric="pendingRequests"),
            scaling(measure={"pendingRequests": None}),
        ),
        (scaling(), scaling(metric="hardwareUsage", threshold=70), USAGE),
        (scaling(metric="pendingRequests", threshold=2), USAGE, USAGE),
        (
            features(cacheHttpResponses=True),
            {"cacheHttpResponses": False},
            features(cacheHttpResponses=False),
        ),
    ],
)
def test_another_value_in_the_other_spelling_is_sent(
    driver: Driver, hf: Simulator, before: Json, after: Json, body: Json
) -> None:
    old = driver.checked(inputs(**before))
    _, outputs = driver.create(old)
    news = driver.checked(inputs(**after), olds=old)
    hf.clear()
    assert kinds(driver.diff(old, news, olds=outputs)) != {}
    driver.update(old, news, olds=outputs)
    assert sent(hf, "endpoint.update") == [body]


OVERLOOKED = [
    pytest.param(
        {"cacheHttpResponses": True, **scaling(metric="pendingRequests", threshold=2)},
        scaling(metric="pendingRequests", threshold=3),
        "compute.scaling.threshold, cacheHttpResponses",
        id="another threshold, and no cache",
    ),
    pytest.param(
        {},
        scaling(metric="pendingRequests", threshold=2),
        "compute.scaling.metric, compute.scaling.threshold",
        id="metric and threshold",
    ),
]


@pytest.mark.parametrize(("before", "after", "paths"), OVERLOOKED)
def test_what_the_service_overlooks_is_an_error(
    driver: Driver, hf: Simulator, before: Json, after: Json, paths: str
) -> None:
    old = driver.checked(inputs(**before))
    _, outputs = driver.create(old)
    hf.knobs("hf", drop_update_fields=["compute.scaling.measure", "experimentalFeatures"])
    news = driver.checked(inputs(**after), olds=old)
    with pytest.raises(Failure) as caught:
        driver.update(old, news, olds=outputs)
    assert f"did not apply: {paths}." in caught.value.reasons[0]
    hf.knobs("hf", drop_update_fields=[])
    read = driver.read("me/demo", caught.value.properties, old)
    assert plain(read.inputs) == old
    after_mend = driver.update(plain(read.inputs), news, olds=plain(read.properties))
    assert plain(driver.read("me/demo", after_mend, news).inputs) == news


@pytest.mark.parametrize("word", ["metric", "threshold"])
def test_what_is_taken_out_and_stays_is_told(driver: Driver, hf: Simulator, word: str) -> None:
    old = driver.checked(inputs(**scaling(metric="pendingRequests", threshold=2)))
    _, outputs = driver.create(old)
    news = driver.checked(inputs(), olds=old)
    hf.clear()
    driver.update(old, news, olds=outputs)
    assert sent(hf, "endpoint.update") == [scaling(measure=None)]
    assert told(hf) == ["endpoint.get", "endpoint.update", "endpoint.get"]
    driver.logged(f"compute.scaling.{word} was taken out of the program, but the service shows it")


def test_a_metric_without_a_number_takes_any(driver: Driver, hf: Simulator) -> None:
    """The service picks it (docs/apis/hf.md 2.1)."""
    old = driver.checked(inputs())
    _, outputs = driver.create(old)
    news = driver.checked(inputs(**scaling(metric="pendingRequests")))
    shown = {"compute": {"scaling": {"measure": {"hardwareUsage": None, "pendingRequests": 7}}}}
    hf.fault("hf", "*", kind="rewrite", merge=shown, count=0)
    outputs = driver.update(old, news, olds=outputs)
    assert sent(hf, "endpoint.update") == [scaling(measure={"pendingRequests": None})]
    assert plain(driver.read("me/demo", outputs, news).inputs) == news
    assert warnings(driver) == []
