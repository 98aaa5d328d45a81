"""Random endpoints of every cloud: an import and a refresh of what others made show no change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from simulator.client import Simulator
from support import fleets
from support.drivers.hf import Driver, failures, kinds, plain
from support.fleets.fleet import Fleet

SEED = "1"
COUNT = 100
# In the way the service usually shows them, and in every other.
ROWS = [
    pytest.param(fleet, knobs, id=f"{fleet.name}-{name}")
    for fleet in fleets.ALL
    for name, knobs in {"usual": {}, **fleet.spellings}.items()
]


class FleetDriver(Driver):
    variables = ("HF_", "HUGGING_FACE_", "BYTEPLUS_", "HW_", "OS_", "HUAWEICLOUD_", "E2E_")


@pytest.fixture(scope="module")
def clouds() -> Iterator[Simulator]:
    with Simulator(*(fleet.name for fleet in fleets.ALL)) as simulator:
        yield simulator


@pytest.fixture
def driven(binary: Path, clouds: Simulator) -> Iterator[Callable[[Fleet], Driver]]:
    running: list[Driver] = []

    def start(fleet: Fleet) -> Driver:
        driver = FleetDriver(binary)
        running.append(driver)
        driver.type = fleet.token
        config = fleet.config(clouds.url(fleet.name))
        driver.configure(**{key.removeprefix("inference:"): config[key] for key in config})
        return driver

    yield start
    for driver in running:
        driver.stop()


def changes(driver: Driver, id: str) -> dict[str, Any]:
    """What an import of that endpoint, and a refresh after it, show that should not be there."""
    read = driver.read(id)
    inputs, outputs = plain(read.inputs), plain(read.properties)
    checked = driver.check(inputs, olds=inputs)
    if failures(checked):
        return failures(checked)
    shown = kinds(driver.diff(inputs, plain(checked.inputs), olds=outputs, id=read.id))
    again = driver.read(read.id, outputs, inputs)
    refreshed = driver.diff(inputs, plain(again.inputs), olds=outputs, id=read.id)
    return {**shown, **{f"refreshed {path}": kind for path, kind in kinds(refreshed).items()}}


@pytest.mark.parametrize(("fleet", "spelling"), ROWS)
def test_an_import_shows_no_change(
    driven: Callable[[Fleet], Driver], clouds: Simulator, fleet: Fleet, spelling: dict[str, Any]
) -> None:
    clouds.reset(fleet.name)
    clouds.knobs(fleet.name, fleet.knobs)
    ids = fleet.place(clouds, SEED, COUNT)
    if spelling:
        clouds.knobs(fleet.name, spelling)
    driver = driven(fleet)
    clouds.clear(fleet.name)
    shown = {name: changes(driver, id) for name, id in ids.items()}
    assert {name: found for name, found in shown.items() if found} == {}
    assert {request.operation for request in clouds.requests(fleet.name)} <= set(fleet.reads)
