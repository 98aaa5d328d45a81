"""inference:desiredState: one line of configuration pauses what a whole stack runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from simulator.client import Simulator
from support.drivers import tir as tir_support
from support.drivers.hf import UNKNOWN, WARNING, Driver, Failure, kinds, plain
from support.drivers.kinds import KINDS, Json

pytestmark = pytest.mark.one_call

# An operation, and what tells it from others of that name.
Call = tuple[str, Json]
STARTS = (
    "inference:desiredState is paused: a new endpoint starts its machine first, "
    "and is paused as soon as it runs"
)


CONTROL = "endpoint.control"
PAUSE_RESUME: dict[str, tuple[Call, Call]] = {
    "ark": (("endpoint.stop", {}), ("endpoint.start", {})),
    "hf": (("endpoint.pause", {}), ("endpoint.resume", {})),
    "maas": ((CONTROL, {"action": "deactivate"}), (CONTROL, {"action": "activate"})),
    "tir": (("endpoint.stop", {}), ("endpoint.start", {})),
}


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(*KINDS) as running:
        yield running
        assert running.bugs() == []


class Cloud:
    """One cloud, and a provider for each configuration."""

    def __init__(self, name: str, simulator: Simulator, binary: Path) -> None:
        self.name, self.kind, self._simulator, self._binary = name, KINDS[name], simulator, binary
        self.pause, self.resume = PAUSE_RESUME[name]
        self.drivers: list[Driver] = []

    def run(self, desired: str | None) -> Driver:
        driver = self.kind.driver(self._binary)
        self.drivers.append(driver)
        more = {} if desired is None else {"desiredState": desired}
        driver.configure(**self.kind.config(self._simulator), **more)
        return driver

    def calls(self) -> list[Call]:
        """The state changes since the last look."""
        found = self._simulator.requests(cloud=self.name)
        self._simulator.clear(self.name)
        names = (self.pause[0], self.resume[0])
        return [
            (one.operation, one.json if one.operation == CONTROL else {})
            for one in found
            if one.operation in names
        ]


@pytest.fixture(params=sorted(KINDS))
def cloud(request: pytest.FixtureRequest, simulator: Simulator, binary: Path) -> Iterator[Cloud]:
    simulator.reset()
    for kind in KINDS.values():
        simulator.knobs(kind.cloud, kind.knobs)
    one = Cloud(request.param, simulator, binary)
    yield one
    for driver in one.drivers:
        driver.stop()


def defaults(inputs: Json) -> list[str]:
    return list(inputs.get("__defaults", []))


def test_the_evening_and_the_morning(cloud: Cloud) -> None:
    day = cloud.run(None)
    program = cloud.kind.inputs()
    inputs = day.checked(program)
    assert "desiredState" not in inputs
    id, state = day.create(inputs)

    night = cloud.run("paused")
    paused = night.checked(program, olds=inputs)
    assert paused == {
        **inputs,
        "desiredState": "paused",
        "__defaults": [*defaults(inputs), "desiredState"],
    }
    assert kinds(night.diff(inputs, paused, state, id=id)) == {"desiredState": "ADD"}
    asleep = night.update(inputs, paused, state, id=id)
    assert cloud.calls() == [cloud.pause]
    again = night.checked(program, olds=paused)
    assert again == paused
    assert kinds(night.diff(paused, again, asleep, id=id)) == {}

    read = night.read(id, asleep, paused)
    assert plain(read.inputs) == paused

    morning = cloud.run(None)
    awake = morning.checked(program, olds=paused)
    assert awake == inputs
    assert kinds(morning.diff(paused, awake, asleep, id=id)) == {"desiredState": "DELETE"}
    state = morning.update(paused, awake, asleep, id=id)
    assert cloud.calls() == [cloud.resume]
    morning.delete(id, state, awake)


def test_the_outputs_always_tell_it(cloud: Cloud) -> None:
    """Also where nobody sets it: when made, previewed, changed, refreshed and imported."""
    driver = cloud.run(None)
    inputs = driver.checked(cloud.kind.inputs())
    assert "desiredState" not in inputs
    _, preview = driver.create(inputs, preview=True)
    assert preview["desiredState"] == "running"
    id, state = driver.create(inputs)
    assert state["desiredState"] == "running"
    assert plain(driver.read(id, None, None).properties)["desiredState"] == "running"
    asleep = driver.checked(cloud.kind.inputs(desiredState="paused"), olds=inputs)
    assert driver.update(inputs, asleep, state, id=id, preview=True)["desiredState"] == "paused"
    state = driver.update(inputs, asleep, state, id=id)
    assert state["desiredState"] == "paused"
    awake = driver.checked(cloud.kind.inputs(), olds=asleep)
    assert driver.update(asleep, awake, state, id=id, preview=True)["desiredState"] == "running"
    state = driver.update(asleep, awake, state, id=id)
    assert state["desiredState"] == "running"
    cloud.calls()

    older = {key: value for key, value in state.items() if key != "desiredState"}
    assert kinds(driver.diff(awake, awake, older, id=id)) == {}
    read = driver.read(id, older, awake)
    assert plain(read.inputs) == awake
    assert plain(read.properties)["desiredState"] == "running"
    assert kinds(driver.diff(awake, awake, plain(read.properties), id=id)) == {}
    assert driver.update(awake, awake, older, id=id)["desiredState"] == "running"
    assert cloud.calls() == []
    driver.delete(id, state, awake)


def test_the_former_spelling_shows_as_the_present_one(simulator: Simulator, binary: Path) -> None:
    cloud = Cloud("tir", simulator, binary)
    driver = cloud.run(None)
    inputs = driver.checked(
        tir_support.inputs(stopInference="stop"), olds=tir_support.inputs(name="demo")
    )
    olds = driver.checked(tir_support.inputs(name="demo"))
    state = driver.update(olds, inputs, {**olds, "endpointId": "3001"}, id="3001", preview=True)
    assert (state["desiredState"], state["stopInference"]) == ("paused", "stop")
    unknown = {**olds, "stopInference": UNKNOWN}
    state = driver.update(olds, unknown, {**olds, "endpointId": "3001"}, id="3001", preview=True)
    assert state["desiredState"] == UNKNOWN
    driver.stop()


def test_the_program_takes_precedence(cloud: Cloud) -> None:
    driver = cloud.run("paused")
    inputs = driver.checked(cloud.kind.inputs(desiredState="running"))
    assert inputs["desiredState"] == "running"
    assert "desiredState" not in defaults(inputs)
    driver = cloud.run("running")
    inputs = driver.checked(cloud.kind.inputs(desiredState="paused"))
    assert inputs["desiredState"] == "paused"
    assert "desiredState" not in defaults(inputs)


def test_ignored_changes_take_precedence(cloud: Cloud) -> None:
    day = cloud.run(None)
    inputs = day.checked(cloud.kind.inputs())
    id, state = day.create(inputs)
    night = cloud.run("paused")
    news = night.checked(cloud.kind.inputs(), olds=inputs)
    ignored = ("desiredState",)
    assert kinds(night.diff(inputs, news, state, id=id, ignore=ignored)) == {}
    night.update(inputs, news, state, id=id, ignore=ignored)
    assert cloud.calls() == []
    day.delete(id, state, inputs)


@pytest.mark.parametrize("preview", [True, False])
def test_a_create_says_that_the_machine_starts_first(cloud: Cloud, preview: bool) -> None:
    driver = cloud.run("paused")
    inputs = driver.checked(cloud.kind.inputs())
    id, state = driver.create(inputs, preview=preview)
    assert driver.logged("inference:desiredState").severity == WARNING
    assert driver.log(WARNING) == [STARTS]
    if not preview:
        assert cloud.calls() == [cloud.pause]
        driver.delete(id, state, inputs)


def test_a_program_that_pauses_needs_no_warning(cloud: Cloud) -> None:
    driver = cloud.run("paused")
    driver.create(driver.checked(cloud.kind.inputs(desiredState="paused")), preview=True)
    driver.stop()
    cloud.drivers.remove(driver)
    assert driver.log(WARNING) == []


def test_an_import_compares_with_it(cloud: Cloud) -> None:
    day = cloud.run(None)
    inputs = day.checked(cloud.kind.inputs())
    id, state = day.create(inputs)
    night = cloud.run("paused")
    running = plain(night.read(id, None, None).inputs)
    assert running["desiredState"] == "running"
    news = night.checked(cloud.kind.inputs(), olds=running)
    assert kinds(night.diff(running, news, state, id=id))["desiredState"] == "UPDATE"
    assert "desiredState" not in plain(day.read(id, None, None).inputs)

    paused = night.checked(cloud.kind.inputs(), olds=inputs)
    state = night.update(inputs, paused, state, id=id)
    asleep = plain(night.read(id, None, None).inputs)
    assert asleep["desiredState"] == "paused"
    news = night.checked(cloud.kind.inputs(), olds=asleep)
    assert "desiredState" not in kinds(night.diff(asleep, news, state, id=id))
    night.delete(id, state, paused)


def test_only_two_words_are_known(cloud: Cloud) -> None:
    with pytest.raises(Failure) as caught:
        cloud.run("scaledToZero")
    assert "desiredState" in str(caught.value)


def test_a_committed_plan_of_tir_is_passed_over(simulator: Simulator, binary: Path) -> None:
    cloud = Cloud("tir", simulator, binary)
    driver = cloud.run("paused")
    inputs = driver.checked(tir_support.inputs(**tir_support.COMMITTED))
    former = driver.checked(
        tir_support.inputs(stopInference="start"), olds=tir_support.inputs(name="demo")
    )
    driver.stop()
    for one in (inputs, former):
        assert "desiredState" not in one
        assert "desiredState" not in defaults(one)
