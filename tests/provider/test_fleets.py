"""Random endpoints of every cloud: an import and a refresh of what others made show no change, and
a refresh of many reads a list instead of each."""

from __future__ import annotations

from collections import Counter
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
SINGLE_READS = 8  # before a list is read for the others
# In the way the service usually shows them, and in every other.
ROWS = [
    pytest.param(fleet, knobs, id=f"{fleet.name}-{name}")
    for fleet in fleets.ALL
    for name, knobs in {"usual": {}, **fleet.spellings}.items()
]

GET, LIST = "endpoint.get", "endpoint.list"
# In how many places the fleet lives, and how many pages show that a list has one.
SWEPT = [
    pytest.param(fleet, lists, pages, id=fleet.name)
    for name, lists, pages in [("hf", 2, 1), ("tir", 4, 2)]
    for fleet in fleets.ALL
    if fleet.name == name
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
    assert set(told(clouds, fleet)) <= {*fleet.reads, *fleet.lists}


def read_all(driver: Driver, ids: dict[str, str]) -> dict[str, Any]:
    return {id: driver.read(id) for id in ids.values()}


def refreshed(driver: Driver, imported: dict[str, Any]) -> dict[str, Any]:
    return {
        id: driver.read(id, plain(read.properties), plain(read.inputs))
        for id, read in imported.items()
    }


def lasting(reads: dict[str, Any]) -> dict[str, Any]:
    """Without what time changes: an endpoint may fall asleep in the meantime."""
    return {
        id: (plain(read.inputs), {**plain(read.properties), "status": None})
        for id, read in reads.items()
    }


def told(clouds: Simulator, fleet: Fleet) -> Counter[str]:
    return Counter(request.operation for request in clouds.requests(fleet.name))


def imported(driven: Callable[[Fleet], Driver], clouds: Simulator, fleet: Fleet) -> dict[str, Any]:
    """What a first process read of a fleet that was just made, one by one."""
    clouds.reset(fleet.name)
    clouds.knobs(fleet.name, fleet.knobs)
    ids = fleet.place(clouds, SEED, COUNT)
    read = read_all(driven(fleet), ids)
    assert told(clouds, fleet)[GET] >= COUNT
    clouds.clear(fleet.name)
    return read


@pytest.mark.parametrize(("fleet", "lists", "pages"), SWEPT)
def test_a_refresh_of_many_reads_the_list(
    driven: Callable[[Fleet], Driver], clouds: Simulator, fleet: Fleet, lists: int, pages: int
) -> None:
    read = imported(driven, clouds, fleet)
    assert lasting(refreshed(driven(fleet), read)) == lasting(read)
    assert told(clouds, fleet) == {GET: SINGLE_READS + lists, LIST: pages * lists}


@pytest.mark.parametrize(("fleet", "lists", "pages"), SWEPT)
def test_what_the_list_lacks_is_asked_for_by_itself(
    driven: Callable[[Fleet], Driver], clouds: Simulator, fleet: Fleet, lists: int, pages: int
) -> None:
    read = imported(driven, clouds, fleet)
    clouds.fault(fleet.name, LIST, kind="error", status=403, message="no", count=0)
    assert lasting(refreshed(driven(fleet), read)) == lasting(read)
    assert told(clouds, fleet) == {GET: COUNT, LIST: lists}


@pytest.mark.parametrize(("fleet", "lists", "pages"), SWEPT)
def test_an_answer_that_shows_nothing_does_not_make_a_list_whole(
    driven: Callable[[Fleet], Driver], clouds: Simulator, fleet: Fleet, lists: int, pages: int
) -> None:
    """It has no member that the list could lack: the next endpoint of the place is compared."""
    read = imported(driven, clouds, fleet)
    odd = {"status": 200, "body": '{"data":{}}' if fleet.name == "tir" else "{}"}
    clouds.fault(fleet.name, GET, kind="error", skip=SINGLE_READS, **odd)
    assert lasting(refreshed(driven(fleet), read)) == lasting(read)
    assert told(clouds, fleet) == {GET: SINGLE_READS + 2 + lists, LIST: pages * lists}


def test_what_this_process_has_changed_is_asked_for_by_itself(
    driven: Callable[[Fleet], Driver], clouds: Simulator
) -> None:
    """A list that was read before says nothing of it."""
    (fleet,) = (fleet for fleet in fleets.ALL if fleet.name == "hf")
    clouds.reset(fleet.name)
    clouds.knobs(fleet.name, fleet.knobs)
    ids = fleet.place(clouds, SEED, COUNT)
    imported = read_all(driven(fleet), ids)
    driver = driven(fleet)
    assert lasting(refreshed(driver, imported)) == lasting(imported)
    id, read = next((id, read) for id, read in imported.items() if id.startswith("acme/"))
    news = {**plain(read.inputs), "tags": ["new"]}
    outputs = driver.update(plain(read.inputs), news, plain(read.properties), id=id)
    clouds.clear(fleet.name)
    again = driver.read(id, outputs, news)
    assert plain(again.properties)["tags"] == ["new"]
    assert told(clouds, fleet) == {"endpoint.get": 1}
