"""The real CLI against the simulated ModelArk."""

from __future__ import annotations

from pathlib import Path

import pytest
from simulator.client import Simulator
from support.clouds import ark
from support.fixtures import simulated
from support.stacks import Stack, Toolchain

# With states that do not take long.
ark_process, sim = simulated("ark", "sim", **ark.QUICK)


@pytest.fixture
def stack(sim: Simulator, tools: Toolchain, tmp_path: Path) -> Stack:
    """An empty stack that is configured for the simulator."""
    result = Stack(tmp_path / "stack", tools, sim)
    result.configure(ark.config(sim.url("ark")))
    return result
