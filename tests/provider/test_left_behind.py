"""What a killed run left behind, and no create names: a delete, and a refresh that reads a list.

Where an endpoint carries the mark of its resource, or a name that was made up for it. Each
process here is a run of the CLI."""

from __future__ import annotations

import hashlib
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
MARKED = "carries the mark of this resource"
NAMED = "has a name that was made up for this resource, as its digits show"
TITLES = {
    "ark": "BytePlus ModelArk",
    "hf": "Hugging Face",
    "maas": "Huawei Cloud MaaS",
    "tir": "E2E Networks TIR",
}
WORDS = {"ark": MARKED, "hf": MARKED, "maas": NAMED, "tir": NAMED}
BESIDE = ("ark", "hf", "tir")  # MaaS's proof is the list itself, after one request at a time
WITHOUT_MARK = ("maas", "tir")
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

    @property
    def proof(self) -> str:
        """How a delete sees that its endpoint is gone."""
        return LIST if self.name == "maas" else GET

    @property
    def looks(self) -> list[str]:
        """MaaS's proof is the list, which shows what is left, too."""
        return [LIST] if self.name == "maas" else [GET, LIST]

    def run(self, **config: Any) -> Driver:
        """A process of its own; what was asked before is forgotten."""
        driver: Driver = self.kind.driver(self.binary)
        self.drivers.append(driver)
        driver.configure(**self.kind.config(self.sim), **config)
        self.sim.clear()
        return driver

    def made(
        self,
        driver: Driver | None = None,
        name: str = "demo",
        chosen: str | None = None,
        **patch: Any,
    ) -> Made:
        """By a process of its own, if none is given, under an autoname, if none is chosen."""
        driver = driver or self.run()
        seed = str(len(self.drivers)).encode() * 32
        given = self.kind.inputs(**{"name": chosen, **patch})
        inputs = driver.checked(given, name=name, seed=seed)
        return Made(*self._created(driver, inputs, name), name)

    @staticmethod
    def _created(driver: Driver, inputs: Json, name: str) -> tuple[str, Json, Json]:
        id, outputs = driver.create(inputs, name=name)
        return id, inputs, outputs

    def told(self) -> list[str]:
        """But for what is asked beside the endpoints: the account, a certificate, prices; and the
        further pages of a list."""
        requests = self.sim.requests(cloud=self.name)
        operations = [one.operation for one in requests if "page_no=2" not in one.query]
        return [one for one in operations if one in (CREATE, GET, LIST, DELETE)]

    def living(self) -> list[str]:
        return sorted(last(key) for key in self.sim.state(self.name)["endpoints"])


def last(id: str) -> str:
    return id.split("/")[-1]


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


@pytest.fixture(params=KINDS)
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
    record = driver.logged(WORDS[cloud.name])
    title, type = TITLES[cloud.name], driver.type
    places = {"ark": f"{REGION}/", "tir": "501/Delhi/"}
    whole = places.get(cloud.name, "") + orphan.id
    age = "at an unknown time" if cloud.name == "maas" else "0 min ago"
    assert record.message == (
        f"{title}: endpoint {orphan.id}, made {age}, {WORDS[cloud.name]}, and "
        "no state that this run has seen holds it. It may be left over from a run that was cut "
        f"off, and may be billed: bring it in (pulumi import {type} <name> {orphan.id}) or delete "
        f"it (pulumi do {type} delete {whole} --stateless). Leave it alone if another entry of "
        "this stack holds it, such as one that waits to be deleted, or another stack of the same "
        "name"
    )
    assert (record.severity, record.urn) == (WARNING, urn("demo", type))
    assert cloud.told() == [DELETE, *cloud.looks]
    assert cloud.living() == [last(orphan.id)]
    assert len(warnings(driver)) == 1


def test_a_delete_that_meets_none_says_nothing(cloud: Cloud, old: Made) -> None:
    driver = cloud.run()
    delete(driver, old)
    assert cloud.told() == [DELETE, *cloud.looks]
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
    # The first of two deletes cannot know of the second, nor of two reads that read a list.
    named = [old.id] if by == "delete" or (by, cloud.name) == ("read", "maas") else []
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
    assert cloud.told() == [DELETE, cloud.proof]
    assert [text for text in warnings(driver) if caught.value.id in text] == []


@pytest.mark.parametrize("cloud", BESIDE, indirect=True)
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
    assert cloud.told() == [DELETE, cloud.proof]


def test_deletes_at_once_look_once(cloud: Cloud) -> None:
    driver = cloud.run()
    all = [cloud.made(driver, name=f"n-{number}") for number in range(12)]
    for one in all:
        cloud.made(name=one.name)
    driver = cloud.run()
    cloud.sim.fault(cloud.name, LIST, kind="delay", delay_ms=500, count=0)
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda one: delete(driver, one), all))
    # What proves a deletion is younger than that (MaaS), or is read for many at once (TIR).
    most = 2 if cloud.name in WITHOUT_MARK else 1
    assert 1 <= cloud.told().count(LIST) <= most
    assert len(warnings(driver)) == 12


REFUSED: dict[str, Json] = {
    "no right": {"kind": "error", "status": 403, "code": "AccessDenied"},
    "slow down": {"kind": "error", "status": 429, "headers": {"Retry-After": "300"}},
    "no list": {"kind": "empty"},
    "no answer": {"kind": "error", "status": 502, "body": "<html>"},
}


@pytest.mark.parametrize("cloud", BESIDE, indirect=True)
@pytest.mark.parametrize("why", REFUSED)
def test_no_list_is_no_failure_and_is_not_asked_for_again(
    cloud: Cloud, old: Made, orphan: Made, why: str
) -> None:
    other = cloud.made(name="other")
    driver = cloud.run(maxRetries=0)
    cloud.sim.fault(cloud.name, LIST, count=0, **REFUSED[why])
    for one in (old, other):
        delete(driver, one)
    assert cloud.told() == [DELETE, cloud.proof, LIST, DELETE, cloud.proof]
    assert cloud.living() == [last(orphan.id)]
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


@pytest.mark.parametrize("cloud", BESIDE, indirect=True)
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
    assert cloud.told() == [DELETE, cloud.proof]
    assert warnings(driver) == []


# By a name.

OTHER: dict[str, Json] = {"maas": {"description": "another"}, "tir": {"replica": 2}}


@pytest.fixture(params=WITHOUT_MARK)
def unmarked(request: pytest.FixtureRequest, playing: Any) -> Cloud:
    return playing(request.param)  # type: ignore[no-any-return]


def test_a_replacement_of_another_declaration_is_known_by_its_name(unmarked: Cloud) -> None:
    old = unmarked.made()
    driver = unmarked.run()
    driver.diff(old.inputs, old.inputs, old.outputs, id=old.id)
    orphan = unmarked.made(driver, **OTHER[unmarked.name])
    driver = unmarked.run()
    delete(driver, old)
    told = warnings(driver)
    assert len(told) == 1 and f"endpoint {orphan.id}, made" in told[0]


def test_a_delete_does_not_guess(unmarked: Cloud) -> None:
    """The same program in another stack made the same endpoint, whose name has other digits."""
    old = unmarked.made()
    driver = unmarked.run()
    own = urn("demo", driver.type)
    digits = hashlib.sha256(f"{own.replace('dev', 'prod')}\n01234".encode()).hexdigest()[:2]
    assert digits != hashlib.sha256(f"{own}\n01234".encode()).hexdigest()[:2]
    unmarked.made(driver, chosen=f"demo-01234{digits}")
    driver = unmarked.run()
    delete(driver, old)
    assert unmarked.told() == [DELETE, *unmarked.looks]
    assert warnings(driver) == []


def test_a_name_that_the_program_chose_asks_for_no_list(unmarked: Cloud) -> None:
    old = unmarked.made(chosen="demo-0123456")
    unmarked.made()
    driver = unmarked.run()
    delete(driver, old)
    assert unmarked.told() == [DELETE, unmarked.proof]
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
    assert len(told) == 1 and f"endpoint {orphan.id}, made 0 min ago, {MARKED}" in told[0]


def test_a_refresh_by_the_list_alone_names_it(playing: Any) -> None:
    cloud = playing("maas")
    old, orphan = cloud.made(), cloud.made()
    driver = cloud.run()
    driver.read(old.id, old.outputs, old.inputs)
    assert cloud.told() == [LIST]
    told = warnings(driver)
    assert len(told) == 1 and f"endpoint {orphan.id}, made" in told[0]


@pytest.mark.parametrize("cloud", BESIDE, indirect=True)
def test_a_refresh_of_few_reads_no_list(cloud: Cloud, old: Made, orphan: Made) -> None:
    driver = cloud.run()
    read = driver.read(old.id, old.outputs, old.inputs)
    assert plain(read.properties) == old.outputs
    assert cloud.told() == [cloud.proof]
    assert warnings(driver) == []
