"""The real CLI against the simulated TIR."""

from __future__ import annotations

from pathlib import Path

import pytest
from simulator.client import Simulator
from support.clouds import tir
from support.fixtures import simulated
from support.stacks import Stack, Toolchain

# With states that do not take long.
tir_process, sim = simulated("tir", "sim", **tir.QUICK)


@pytest.fixture
def stack(sim: Simulator, tools: Toolchain, tmp_path: Path) -> Stack:
    """An empty stack that is configured for the simulator."""
    result = Stack(tmp_path / "stack", tools, sim)
    result.configure(tir.config(sim.url("tir")))
    return result
