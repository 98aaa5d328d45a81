"""Fixtures: the simulated Hugging Face, and providers that are configured for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.drivers.hf import NO_WAIT, TOKEN, Driver, Simulator, secret


@pytest.fixture(scope="session")
def hf_process() -> Iterator[Simulator]:
    with Simulator("hf") as simulator:
        yield simulator


@pytest.fixture
def hf(hf_process: Simulator) -> Iterator[Simulator]:
    """Empty, and every change is done at once: a test that is about waiting sets `polls` itself."""
    hf_process.reset()
    hf_process.knobs("hf", polls=NO_WAIT)
    yield hf_process
    assert hf_process.bugs() == []


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
def configure(hf: Simulator, start: Callable[..., Driver]) -> Callable[..., Driver]:
    """Starts a provider with the simulator's address, a token, and what the test adds."""

    def make(**config: Any) -> Driver:
        driver = start()
        driver.configure(**({"hfEndpoint": hf.url("hf"), "hfToken": secret(TOKEN)} | config))
        return driver

    return make


@pytest.fixture
def driver(configure: Callable[..., Driver]) -> Driver:
    return configure()
