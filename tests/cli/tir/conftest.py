"""The real CLI against the simulated TIR."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from simulator.client import Simulator
from support.clouds import tir
from support.stacks import Stack, Toolchain


@pytest.fixture(scope="session")
def tir_process() -> Iterator[Simulator]:
    with Simulator("tir") as simulator:
        yield simulator


@pytest.fixture
def sim(tir_process: Simulator) -> Simulator:
    """The cloud as at its start, with states that do not take long."""
    tir_process.reset()
    tir_process.knobs("tir", tir.QUICK)
    return tir_process


@pytest.fixture
def stack(sim: Simulator, tools: Toolchain, tmp_path: Path) -> Stack:
    """An empty stack that is configured for the simulator."""
    result = Stack(tmp_path / "stack", tools, sim)
    result.configure(tir.config(sim.url("tir")))
    return result
