"""The real CLI against the simulated ModelArk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from simulator.client import Simulator
from support.clouds import ark
from support.stacks import Stack, Toolchain


@pytest.fixture(scope="session")
def ark_process() -> Iterator[Simulator]:
    with Simulator("ark") as simulator:
        yield simulator


@pytest.fixture
def sim(ark_process: Simulator) -> Simulator:
    """The cloud as at its start, with states that do not take long."""
    ark_process.reset()
    ark_process.knobs("ark", ark.QUICK)
    return ark_process


@pytest.fixture
def stack(sim: Simulator, tools: Toolchain, tmp_path: Path) -> Stack:
    """An empty stack that is configured for the simulator."""
    result = Stack(tmp_path / "stack", tools, sim)
    result.configure(ark.config(sim.url("ark")))
    return result
