"""Fixtures: the simulated MaaS, and providers that are configured for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from simulator.client import Simulator
from support.drivers.maas import KEYS, PROJECT, MaasDriver


@pytest.fixture(scope="session")
def maas_process() -> Iterator[Simulator]:
    with Simulator("maas") as simulator:
        yield simulator


@pytest.fixture
def maas(maas_process: Simulator) -> Iterator[Simulator]:
    """As at its start."""
    maas_process.reset()
    yield maas_process
    assert maas_process.bugs() == []


@pytest.fixture
def start(binary: Path) -> Iterator[Callable[..., MaasDriver]]:
    """Starts providers that end with the test."""
    running: list[MaasDriver] = []

    def make(**environment: str) -> MaasDriver:
        running.append(MaasDriver(binary, environment))
        return running[-1]

    yield make
    for one in running:
        one.stop()


@pytest.fixture
def addresses(maas: Simulator) -> dict[str, str]:
    """Where the simulator's planes are."""
    url = maas.url("maas")
    return {"maasEndpoint": url, "maasIamEndpoint": url, "maasDataPlaneEndpoint": url}


@pytest.fixture
def configure(
    addresses: dict[str, str], start: Callable[..., MaasDriver]
) -> Callable[..., MaasDriver]:
    """Starts a provider with the simulator's address and what the test adds."""

    def make(**config: Any) -> MaasDriver:
        driver = start()
        driver.configure(**{**addresses, **config})
        return driver

    return make


@pytest.fixture
def driver(configure: Callable[..., MaasDriver]) -> MaasDriver:
    """With an access key and a project, so that nothing has to be looked up."""
    return configure(**KEYS, maasProjectId=PROJECT)


@pytest.fixture
def later(configure: Callable[..., MaasDriver]) -> Callable[[], MaasDriver]:
    """The next run: a process that has no list in its memory."""
    return lambda: configure(**KEYS, maasProjectId=PROJECT)
