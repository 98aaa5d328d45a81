"""What proves that a delete was carried out: an answer in the documented shape, or a look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from simulator.client import Simulator
from support.drivers.hf import Driver, Failure
from support.drivers.kinds import KINDS

pytestmark = pytest.mark.one_call

CLOUDS = ("hf", "tir")  # where a 404 of no known shape may be the service's
# Successes of something on the way.
NO_ANSWERS: list[Any] = ["", "ok", "[]", "null", "1"]


@pytest.fixture(scope="module")
def processes() -> Iterator[Simulator]:
    with Simulator(*CLOUDS) as simulator:
        yield simulator


@pytest.fixture(params=CLOUDS)
def cloud(request: pytest.FixtureRequest, processes: Simulator, binary: Path) -> Iterator[Any]:
    kind = KINDS[request.param]
    processes.reset()
    processes.knobs(kind.cloud, kind.knobs)
    driver: Driver = kind.driver(binary)
    driver.configure(**kind.config(processes))
    inputs = driver.checked(kind.inputs())
    id, outputs = driver.create(inputs)
    processes.clear()
    yield kind.cloud, driver, (id, outputs, inputs)
    driver.stop()
    assert processes.bugs() == []


@pytest.mark.parametrize("body", NO_ANSWERS, ids=repr)
def test_a_success_that_shows_nothing_proves_nothing(
    cloud: Any, processes: Simulator, body: str
) -> None:
    """Nor does the 404 behind it, as long as the list shows the endpoint."""
    name, driver, entry = cloud
    processes.fault(name, "endpoint.delete", kind="error", status=200, body=body, count=0)
    processes.fault(name, "endpoint.get", kind="error", status=404, body="<html>", count=0)
    with pytest.raises(Failure) as caught:
        driver.delete(*entry, timeout=3)
    assert "was still there" in caught.value.message
    assert len(processes.state(name)["endpoints"]) == 1


@pytest.mark.parametrize("body", NO_ANSWERS, ids=repr)
def test_a_delete_that_was_carried_out_all_the_same_is_seen_in_the_list(
    cloud: Any, processes: Simulator, body: str
) -> None:
    name, driver, entry = cloud
    processes.fault(name, "endpoint.delete", kind="error", status=200, body=body, apply=True)
    driver.delete(*entry)
    assert processes.state(name)["endpoints"] == {}
    told = [one.operation for one in processes.requests(cloud=name)]
    assert told[:3] == ["endpoint.delete", "endpoint.get", "endpoint.list"]
