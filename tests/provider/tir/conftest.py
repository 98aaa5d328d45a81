"""Fixtures: the simulated TIR, and providers that are configured for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from simulator.client import Simulator
from simulator.tir.sample import AT_ONCE, KEY, LOCATION, MOUNT, PROJECT, TOKEN
from support.drivers.hf import secret
from support.drivers.tir import TirDriver


@pytest.fixture(scope="session")
def tir_process() -> Iterator[Simulator]:
    with Simulator("tir") as simulator:
        yield simulator


@pytest.fixture
def tir(tir_process: Simulator) -> Iterator[Simulator]:
    """Empty, and every change is done at once: a test that is about waiting sets `polls` itself."""
    tir_process.reset()
    tir_process.knobs("tir", polls=AT_ONCE)
    yield tir_process
    assert tir_process.bugs() == []


@pytest.fixture
def start(binary: Path) -> Iterator[Callable[..., TirDriver]]:
    """Starts providers that end with the test."""
    running: list[TirDriver] = []

    def make(**environment: str) -> TirDriver:
        running.append(TirDriver(binary, environment))
        return running[-1]

    yield make
    for one in running:
        one.stop()


@pytest.fixture
def configure(tir: Simulator, start: Callable[..., TirDriver]) -> Callable[..., TirDriver]:
    """Starts a provider with the simulator's address, credentials, scope, and what a test adds."""

    def make(**config: Any) -> TirDriver:
        driver = start()
        usual = {
            "tirEndpoint": tir.url("tir") + MOUNT,
            "tirApiKey": secret(KEY),
            "tirAuthToken": secret(TOKEN),
            "tirProjectId": PROJECT,
            "tirLocation": LOCATION,
        }
        chosen = {key: value for key, value in (usual | config).items() if value is not None}
        driver.configure(**chosen)
        return driver

    return make


@pytest.fixture
def driver(configure: Callable[..., TirDriver]) -> TirDriver:
    return configure()
