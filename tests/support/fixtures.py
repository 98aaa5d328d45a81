"""Fixtures that several conftest.py share: each imports what it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from simulator.client import Simulator

from support.drivers.hf import Driver
from support.stacks import Toolchain


@pytest.fixture(scope="session")
def tools() -> Toolchain:
    """PULUMI_CLI and INFERENCE_BINARY say what is tested."""
    return Toolchain.from_environment()


@pytest.fixture(scope="session")
def simulators() -> Iterator[Callable[[str], Simulator]]:
    """One process for each cloud that is asked for."""
    running: dict[str, Simulator] = {}

    def simulator(cloud: str) -> Simulator:
        if cloud not in running:
            running[cloud] = Simulator(cloud).start()
        return running[cloud]

    yield simulator
    bugs = [bug for sim in running.values() for bug in sim.bugs()]
    for sim in running.values():
        sim.stop()
    assert bugs == []


def simulated(cloud: str, name: str = "", **knobs: Any) -> tuple[Any, Any]:
    """The simulator's process, and the same as at its start with these knobs: `ark_process` and
    `ark`, or the name that is given."""

    @pytest.fixture(scope="session", name=f"{cloud}_process")
    def process() -> Iterator[Simulator]:
        with Simulator(cloud) as simulator:
            yield simulator

    @pytest.fixture(name=name or cloud)
    def fresh(request: pytest.FixtureRequest) -> Iterator[Simulator]:
        simulator = request.getfixturevalue(f"{cloud}_process")
        simulator.reset()
        simulator.knobs(cloud, **knobs)
        yield simulator
        assert simulator.bugs() == []

    return process, fresh


def started(kind: type[Driver]) -> Any:
    """`start` starts providers that end with the test."""

    @pytest.fixture(name="start")
    def start(binary: Path) -> Iterator[Callable[..., Driver]]:
        running: list[Driver] = []

        def make(**environment: str) -> Driver:
            running.append(kind(binary, environment))
            return running[-1]

        yield make
        for one in running:
            one.stop()

    return start


@pytest.fixture
def configure(usual: dict[str, Any], start: Callable[..., Driver]) -> Callable[..., Driver]:
    """Starts a provider with what is `usual` for the cloud and what the test adds;
    None takes out."""

    def make(**config: Any) -> Driver:
        driver = start()
        chosen = usual | config
        driver.configure(**{key: value for key, value in chosen.items() if value is not None})
        return driver

    return make


@pytest.fixture
def driver(configure: Callable[..., Driver]) -> Driver:
    return configure()
