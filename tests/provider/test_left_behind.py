"""What a killed run left behind, and no create names: a delete, and a refresh that reads a list.

Where an endpoint carries the mark of its resource. Each process here is a run of the CLI."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from simulator.client import Simulator
from support.drivers.ark import REGION
from support.drivers.hf import WARNING, Driver, Failure, plain, urn
from support.drivers.kinds import KINDS
from support.process import wait_until

CREATE, GET, LIST, DELETE = (f"endpoint.{word}" for word in ("create", "get", "list", "delete"))
WORDS = "carries the mark of this resource"
MARKED = ("ark", "hf")
SINGLE_READS = 8  # of a refresh, before a list is read for the others
Json = dict[str, Any]


@dataclass
class Made:
    """An entry of the state."""

    id: str
    inputs: Json
    outputs: Json
    name: str = "demo"


@dataclass
class Cloud:
    name: str
    sim: Simulator
    binary: Path
    drivers: list[Driver] = field(default_factory=list)

    @property
    def kind(self) -> Any:
        return KINDS[self.name]

    def run(self, **config: Any) -> Driver:
        """A process of its own; what was asked before is forgotten."""
        driver: Driver = self.kind.driver(self.binary)
        self.drivers.append(driver)
        driver.configure(**self.kind.config(self.sim), **config)
        self.sim.clear()
        return driver

    def made(self, driver: Driver | None = None, name: str = "demo", **patch: Any) -> Made:
        """By a process of its own, if none is given, under an autoname."""
        driver = driver or self.run()
        seed = str(len(self.drivers)).encode() * 32
        inputs = driver.checked(self.kind.inputs(**{"name": None, **patch}), name=name, seed=seed)
        return Made(*self._created(driver, inputs, name), name)

    @staticmethod
    def _created(driver: Driver, inputs: Json, name: str) -> tuple[str, Json, Json]:
        id, outputs = driver.create(inputs, name=name)
        return id, inputs, outputs

    def told(self) -> list[str]:
        """But for what is asked beside the endpoints: the account, a certificate, prices."""
        operations = [one.operation for one in self.sim.requests(cloud=self.name)]
        return [one for one in operations if one in (CREATE, GET, LIST, DELETE)]

    def living(self) -> list[str]:
        return sorted(self.sim.state(self.name)["endpoints"])


def delete(driver: Driver, one: Made, **more: Any) -> None:
    driver.delete(one.id, one.outputs, one.inputs, name=one.name, **more)


def warnings(driver: Driver) -> list[str]:
    """Of left-overs, of a process, which ends with them."""
    driver.process.interrupt()
    driver.process.wait()
    return [text for text in driver.log(WARNING) if "left over" in text]


@pytest.fixture(scope="module")
def processes() -> Iterator[Simulator]:
    with Simulator("ark", "hf", "maas", "tir") as simulator:
        yield simulator


@pytest.fixture
def playing(processes: Simulator, binary: Path) -> Iterator[Any]:
    clouds: list[Cloud] = []

    def start(name: str) -> Cloud:
        processes.reset()
        processes.knobs(name, KINDS[name].knobs)
        clouds.append(Cloud(name, processes, binary))
        return clouds[-1]

    yield start
    for cloud in clouds:
        for driver in cloud.drivers:
            driver.stop()
    assert processes.bugs() == []


@pytest.fixture(params=MARKED)
def cloud(request: pytest.FixtureRequest, playing: Any) -> Cloud:
    return playing(request.param)  # type: ignore[no-any-return]


@pytest.fixture
def old(cloud: Cloud) -> Made:
    """In the state."""
    return cloud.made()


@pytest.fixture
def orphan(cloud: Cloud, old: Made) -> Made:
    """Its replacement: the run that made it was killed, and the program went back."""
    driver = cloud.run()
    driver.diff(old.inputs, old.inputs, old.outputs, id=old.id)
    return cloud.made(driver)


# A delete.


def test_a_delete_names_it(cloud: Cloud, old: Made, orphan: Made) -> None:
    driver = cloud.run()
    delete(driver, old)
    record = driver.logged(WORDS)
    title, type = {"ark": "BytePlus ModelArk", "hf": "Hugging Face"}[cloud.name], driver.type
    whole = {"ark": f"{REGION}/{orphan.id}", "hf": orphan.id}[cloud.name]
    assert record.message == (
        f"{title}: endpoint {orphan.id}, made 0 min ago, carries the mark of this resource, and "
        "no state that this run has seen holds it. It may be left over from a run that was cut "
        f"off, and may be billed: bring it in (pulumi import {type} <name> {orphan.id}) or delete "
        f"it (pulumi do {type} delete {whole} --stateless). Leave it alone if another entry of "
        "this stack holds it, such as one that waits to be deleted, or another stack of the same "
        "name"
    )
    assert (record.severity, record.urn) == (WARNING, urn("demo", type))
    assert cloud.told() == [DELETE, GET, LIST]
    assert cloud.living() == [orphan.id]
    assert len(warnings(driver)) == 1


def test_a_delete_that_meets_none_says_nothing(cloud: Cloud, old: Made) -> None:
    driver = cloud.run()
    delete(driver, old)
    assert cloud.told() == [DELETE, GET, LIST]
    assert warnings(driver) == []


def test_a_delete_fails_on_no_setting(cloud: Cloud, old: Made, orphan: Made) -> None:
    driver = cloud.run(leftOvers="fail")
    delete(driver, old)
    assert len(warnings(driver)) == 1


def test_those_of_other_resources_are_let_be(cloud: Cloud, old: Made) -> None:
    cloud.made(name="other")
    driver = cloud.run()
    delete(driver, old)
    assert warnings(driver) == []


def test_what_is_on_its_way_out_is_not_named(playing: Any) -> None:
    cloud = playing("ark")
    old = cloud.made()
    cloud.made()
    driver = cloud.run()
    on_its_way = {"/Result/Items/0/Status": "Deleting"}
    cloud.sim.fault("ark", LIST, kind="rewrite", assign=on_its_way)
    delete(driver, old)
    assert warnings(driver) == []


@pytest.mark.parametrize("by", ["read", "diff", "create", "delete"])
def test_what_this_run_has_seen_is_not_named(cloud: Cloud, old: Made, by: str) -> None:
    driver = cloud.run()
    if by == "create":
        driver.diff(old.inputs, old.inputs, old.outputs, id=old.id)
        cloud.made(driver)
    else:
        new = cloud.made()
        driver = cloud.run()
        call = {"read": driver.read, "delete": driver.delete}
        if by == "diff":
            driver.diff(new.inputs, new.inputs, new.outputs, id=new.id)
        else:
            call[by](new.id, new.outputs, new.inputs)
    delete(driver, old)
    # The first of two deletes cannot know of the second.
    named = [old.id] if by == "delete" else []
    assert [text.split()[text.split().index("endpoint") + 1] for text in warnings(driver)] == [
        f"{id}," for id in named
    ]


def test_what_this_run_made_and_could_not_look_at_is_not_named(playing: Any) -> None:
    cloud = playing("ark")
    old = cloud.made()
    driver = cloud.run()
    cloud.sim.fault("ark", GET, kind="error", status=403, code="AccessDenied")
    with pytest.raises(Failure) as caught:
        cloud.made(driver)
    assert caught.value.id in cloud.living()
    cloud.made(driver, name="other")  # reads the list anew
    cloud.sim.clear()
    delete(driver, old)
    assert cloud.told() == [DELETE, GET]
    assert [text for text in warnings(driver) if caught.value.id in text] == []


def test_of_two_that_go_at_once_none_is_named(cloud: Cloud, old: Made) -> None:
    """A replaced endpoint that waits for its end, and the one in its place."""
    new = cloud.made()
    driver = cloud.run()
    cloud.sim.fault(cloud.name, DELETE, kind="hold", count=2)
    with ThreadPoolExecutor(2) as pool:
        going = [pool.submit(delete, driver, one) for one in (old, new)]
        wait_until(lambda: cloud.told().count(DELETE) == 2)
        cloud.sim.release()
        for one in going:
            one.result()
    assert warnings(driver) == []


def test_it_is_named_once(cloud: Cloud, old: Made, orphan: Made) -> None:
    """Though two entries of its resource are deleted, and though a create names it."""
    third = cloud.made()
    driver = cloud.run()
    for one in (old, third):
        driver.diff(one.inputs, one.inputs, one.outputs, id=one.id)
    cloud.made(driver)
    for one in (old, third):
        delete(driver, one)
    told = warnings(driver)
    assert len(told) == 1 and orphan.id in told[0]


def test_a_list_that_was_read_for_a_create_will_do(cloud: Cloud, old: Made) -> None:
    driver = cloud.run()
    driver.diff(old.inputs, old.inputs, old.outputs, id=old.id)
    cloud.made(driver)
    cloud.sim.clear()
    delete(driver, old)
    assert cloud.told() == [DELETE, GET]


def test_deletes_at_once_look_once(cloud: Cloud) -> None:
    driver = cloud.run()
    all = [cloud.made(driver, name=f"n-{number}") for number in range(12)]
    for one in all:
        cloud.made(name=one.name)
    driver = cloud.run()
    cloud.sim.fault(cloud.name, LIST, kind="delay", delay_ms=500, count=0)
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda one: delete(driver, one), all))
    assert cloud.told().count(LIST) == 1
    assert len(warnings(driver)) == 12


REFUSED: dict[str, Json] = {
    "no right": {"kind": "error", "status": 403, "code": "AccessDenied"},
    "slow down": {"kind": "error", "status": 429, "headers": {"Retry-After": "300"}},
    "no list": {"kind": "empty"},
    "no answer": {"kind": "error", "status": 502, "body": "<html>"},
}


@pytest.mark.parametrize("why", REFUSED)
def test_no_list_is_no_failure_and_is_not_asked_for_again(
    cloud: Cloud, old: Made, orphan: Made, why: str
) -> None:
    other = cloud.made(name="other")
    driver = cloud.run(maxRetries=0)
    cloud.sim.fault(cloud.name, LIST, count=0, **REFUSED[why])
    for one in (old, other):
        delete(driver, one)
    assert cloud.told() == [DELETE, GET, LIST, DELETE, GET]
    assert cloud.living() == [orphan.id]
    assert driver.log(WARNING) == []
    assert warnings(driver) == []


@pytest.mark.uninstrumented
def test_a_list_that_never_comes_ends_with_the_time_for_it(playing: Any) -> None:
    cloud = playing("hf")
    old = cloud.made()
    driver = cloud.run()
    cloud.sim.fault("hf", LIST, kind="delay", delay_ms=60000)
    began = time.monotonic()
    delete(driver, old)
    assert 9 < time.monotonic() - began < 20
    assert cloud.living() == []


@pytest.mark.uninstrumented
def test_a_cancel_ends_the_look_and_not_the_delete(cloud: Cloud, old: Made) -> None:
    driver = cloud.run()
    cloud.sim.fault(cloud.name, LIST, kind="hold")
    with ThreadPoolExecutor(1) as pool:
        going = pool.submit(delete, driver, old)
        wait_until(lambda: LIST in cloud.told())
        began = time.monotonic()
        driver.cancel()
        going.result()
        assert time.monotonic() - began < 2
    cloud.sim.release()
    assert cloud.living() == []


def test_who_deletes_by_an_id_alone_is_told_nothing(cloud: Cloud, old: Made, orphan: Made) -> None:
    """`pulumi do`: no resource stands behind it."""
    driver = cloud.run()
    driver.delete(old.id, None, None)
    assert cloud.told() == [DELETE, GET]
    assert warnings(driver) == []


@pytest.mark.parametrize("name", sorted({*KINDS} - {*MARKED}))
def test_where_there_is_no_mark_a_delete_does_not_guess(playing: Any, name: str) -> None:
    cloud = playing(name)
    old = cloud.made()
    cloud.made()
    driver = cloud.run()
    delete(driver, old)
    looks = {"maas": [LIST], "tir": [GET]}[name]
    assert cloud.told() == [DELETE, *looks]
    assert warnings(driver) == []


# A refresh.


def test_a_refresh_that_reads_a_list_names_it(playing: Any) -> None:
    cloud = playing("hf")
    driver = cloud.run()
    all = [cloud.made(driver, name=f"n-{number}") for number in range(SINGLE_READS + 2)]
    orphan = cloud.made(name=all[-1].name)
    driver = cloud.run()
    for one in all:
        driver.read(one.id, one.outputs, one.inputs, name=one.name)
    # One more is asked for by itself: it shows whether the list is whole.
    assert cloud.told() == [GET] * SINGLE_READS + [LIST, GET]
    told = warnings(driver)
    assert len(told) == 1 and f"endpoint {orphan.id}, made 0 min ago, {WORDS}" in told[0]


def test_a_refresh_of_few_reads_no_list(cloud: Cloud, old: Made, orphan: Made) -> None:
    driver = cloud.run()
    read = driver.read(old.id, old.outputs, old.inputs)
    assert plain(read.properties) == old.outputs
    assert cloud.told() == [GET]
    assert warnings(driver) == []
