"""Fixtures: the simulated BytePlus ModelArk, and providers that are configured for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.drivers.ark import ACCESS_KEY, SECRET_KEY, Driver, Simulator, secret

NO_WAIT = {"scheduling": 0, "starting": 0, "stopping": 0, "deleting": 0}


@pytest.fixture(scope="session")
def ark_process() -> Iterator[Simulator]:
    with Simulator("ark") as simulator:
        yield simulator


@pytest.fixture
def ark(ark_process: Simulator) -> Iterator[Simulator]:
    """Empty, and every change is done at once: a test that is about waiting sets `polls` itself."""
    ark_process.reset()
    ark_process.knobs("ark", polls=NO_WAIT)
    yield ark_process
    assert ark_process.bugs() == []


@pytest.fixture
def start(binary: Path) -> Iterator[Callable[..., Driver]]:
    """Starts providers that end with the test."""
    running: list[Driver] = []

    def make(**environment: str) -> Driver:
        running.append(Driver(binary, environment))
        return running[-1]

    yield make
    for one in running:
        one.stop()


@pytest.fixture
def configure(ark: Simulator, start: Callable[..., Driver]) -> Callable[..., Driver]:
    """Starts a provider with the simulator's address, a key pair, and what the test adds."""

    def make(**config: Any) -> Driver:
        driver = start()
        usual = {
            "arkEndpoint": ark.url("ark"),
            "arkAccessKey": secret(ACCESS_KEY),
            "arkSecretKey": secret(SECRET_KEY),
        }
        driver.configure(**(usual | config))
        return driver

    return make


@pytest.fixture
def driver(configure: Callable[..., Driver]) -> Driver:
    return configure()
