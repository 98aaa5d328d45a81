"""Whatever a program takes out is taken out, or an update says that it is not: also what somebody
changed at the service between the preview and `up`, so that it is not as the program had it.

The rows follow from the changes of each cloud (tests/support/clouds/taken_out.py), and each input
is either in a row or in the list of what no program takes out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from simulator.client import Simulator, SimulatorError
from support.clouds import taken_out
from support.clouds.taken_out import MISSING, value_at
from support.drivers.hf import WARNING, Driver, Failure, bare, failures, kinds, plain
from support.drivers.kinds import KINDS, Json
from support.process import wait_until
from support.schema_paths import SCHEMA, members

pytestmark = pytest.mark.one_call

PATHS = [(cloud, path) for cloud in taken_out.CLOUDS for path in taken_out.paths(cloud)]
NAMES = count(1)
# The services as they are hoped to be: null clears (docs/apis/hf.md 6).
OBEYS: dict[str, Json] = {"hf": {"null_clears": True}}


@pytest.fixture(scope="module")
def clouds() -> Iterator[Simulator]:
    with Simulator(*KINDS) as simulator:
        for kind in KINDS.values():
            simulator.knobs(kind.cloud, {**kind.knobs, **OBEYS.get(kind.cloud, {})})
        yield simulator
        assert simulator.bugs() == []


@pytest.fixture(scope="module")
def account(binary: Path, clouds: Simulator) -> Iterator[Callable[[str], Account]]:
    """One provider for each cloud."""
    accounts: dict[str, Account] = {}

    def start(cloud: str) -> Driver:
        kind = KINDS[cloud]
        driver = kind.driver(binary)
        driver.configure(**kind.config(clouds))
        return driver

    def account(cloud: str) -> Account:
        if cloud not in accounts:
            accounts[cloud] = Account(cloud, clouds, start)
        return accounts[cloud]

    yield account
    for one in accounts.values():
        one.driver.stop()


class Endpoint:
    """One that a row is played on."""

    def __init__(self, driver: Driver, inputs: Json) -> None:
        self.driver = driver
        self.inputs = self.checked(inputs)
        self.id, self.outputs = driver.create(self.inputs, name=self.inputs["name"])

    def checked(self, inputs: Json, olds: Json | None = None) -> Json:
        name = olds["name"] if olds else f"demo-{next(NAMES)}"
        return self.driver.checked({**inputs, "name": name}, name=name, olds=olds)

    def told(self, path: str) -> Any:
        """What the last answer had there."""
        return value_at(bare(self.outputs), path)

    def take_out(self, news: Json) -> str:
        """What an update says that did something and fails, else nothing."""
        try:
            self.outputs = self.driver.update(self.inputs, news, olds=self.outputs, id=self.id)
        except Failure as failure:
            if failure.partial is None:
                raise
            self.outputs = failure.properties
            return failure.reasons[0]
        return ""


def why_it_stays(driver: Driver, before: Json, after: Json) -> str:
    """Empty: the program can take it out, in place."""
    name = f"demo-{next(NAMES)}"
    old = driver.check({**before, "name": name}, name=name)
    if failures(old):
        return "no program"
    olds = plain(old.inputs)
    new = driver.check({**after, "name": name}, name=name, olds=olds)
    if failures(new):
        return "needed"
    found = kinds(driver.diff(olds, plain(new.inputs), {**olds, "target": {}}))
    if any(kind.endswith("REPLACE") for kind in found.values()):
        return "replaces"
    return "" if found else "kept"


class Account:
    """One cloud, as the tests see it."""

    def __init__(self, cloud: str, clouds: Simulator, start: Callable[[str], Driver]) -> None:
        self.cloud = cloud
        self.clouds = clouds
        self.driver = start(cloud)
        self._start = start

    def _by_hand(self, one: Endpoint, path: str, hand: Json) -> Any:
        """What the service shows there after somebody's change; as before when it cannot be.
        Whoever has just read a list answers a refresh from it, so another one asks."""
        try:
            target = taken_out.CLOUDS[self.cloud].target(one.id)
            self.clouds.mutate(self.cloud, target, hand)
        except SimulatorError:
            return one.told(path)
        reader = self._start(self.cloud) if self.cloud == "maas" else self.driver
        read = reader.read(one.id, one.outputs, one.inputs)
        if reader is not self.driver:
            reader.stop()
        return value_at(bare(plain(read.properties)), path)

    def changed(self, path: str) -> tuple[Endpoint, Json, Any]:
        """An endpoint that somebody changed there by hand, to what a new one would not have; what
        the program says then; and what that hand wrote."""
        cloud = self.cloud
        for before, after in taken_out.programs(cloud, path):
            if why_it_stays(self.driver, before, after) != "":
                continue
            usual = Endpoint(self.driver, after).told(path)
            for hand in taken_out.hands(cloud, path, before):
                one = Endpoint(self.driver, before)
                was = one.told(path)
                if taken_out.means_nothing(cloud, path, was):
                    break
                now = self._by_hand(one, path, hand)
                if now not in (was, usual) and not taken_out.means_nothing(cloud, path, now):
                    return one, one.checked(after, one.inputs), now
        pytest.fail(f"no row of {cloud} has another value of {path}: support/clouds has to say one")


def warned(driver: Driver, path: str) -> list[str]:
    """What says that it is not as the program asks."""
    words = ("was taken out of the program, but", "answers another value")
    texts = [text for text in driver.log(WARNING) if any(word in text for word in words)]
    return [text for text in texts if path in text]


def is_listed(cloud: str, path: str) -> bool:
    told = taken_out.CLOUDS[cloud]
    return path in told.alike or any(path in names for names in told.stays.values())


LISTED = [one for one in PATHS if is_listed(*one)]
PLAYED = [one for one in PATHS if not is_listed(*one)]
Accounts = Callable[[str], Account]


@pytest.mark.parametrize(("cloud", "path"), LISTED)
def test_what_stays_is_told_why(account: Accounts, cloud: str, path: str) -> None:
    told = taken_out.CLOUDS[cloud]
    driver = account(cloud).driver
    found = {why_it_stays(driver, *both) for both in taken_out.programs(cloud, path)}
    if path in told.alike:
        assert "" in found
        return
    (why,) = [why for why, names in told.stays.items() if path in names]
    may_be = {"needed": {"replaces"}, "replaces": {"kept"}, "scope": {"replaces", "kept"}}
    assert found - {"no program", "needed"} <= may_be.get(why, set()) | {why}


@pytest.mark.parametrize(("cloud", "path"), PLAYED)
def test_a_service_that_takes_it_out(account: Accounts, cloud: str, path: str) -> None:
    one, news, written = account(cloud).changed(path)
    one.driver.engine.records.clear()
    try:
        assert one.take_out(news) == ""
    except Failure as refused:  # it does not go with what that hand wrote
        assert path in refused.message
        return
    assert one.told(path) != written
    assert warned(one.driver, path) == []


@pytest.mark.parametrize(("cloud", "path"), PLAYED)
def test_a_service_that_does_not(
    clouds: Simulator, account: Accounts, cloud: str, path: str
) -> None:
    """It answers that it took the change, and shows what that hand wrote all the same."""
    one, news, _ = account(cloud).changed(path)
    was = one.told(path)
    one.driver.engine.records.clear()
    for operation, body in taken_out.CLOUDS[cloud].accepted.items():
        clouds.fault(cloud, operation, kind="error", status=200, body=body, count=0)
    waits = {"waitForReady": False}  # which makes an error of it a warning
    one.inputs, news = {**one.inputs, **waits}, {**news, **waits}
    said = one.take_out(news)
    clouds.clear_faults(cloud)
    assert said == ""
    assert one.told(path) not in (MISSING, was)
    wait_until(lambda: warned(one.driver, path))


# What is said where nothing goes back to a default; an object's text holds for what is in it.
TOLD = re.compile(r"taken out|Default: |setting it has no effect|has dropped", re.IGNORECASE)
KEPT = [
    (cloud, path) for cloud in taken_out.CLOUDS for path in taken_out.CLOUDS[cloud].stays["kept"]
]


@pytest.mark.parametrize(("cloud", "path"), KEPT)
def test_the_schema_says_what_stays(cloud: str, path: str) -> None:
    properties = SCHEMA["resources"][taken_out.CLOUDS[cloud].token]["inputProperties"]
    texts = []
    for name in path.split("."):
        texts.append(properties[name]["description"])
        properties = members(properties[name])
    dropped = len(texts) > 1 and "has dropped" in texts[-2]
    assert TOLD.search(texts[-1]) or dropped, texts[-1]
