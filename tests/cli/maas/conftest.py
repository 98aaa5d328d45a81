"""The real CLI against the simulated MaaS."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from simulator.client import Simulator
from support.clouds import maas
from support.fixtures import simulated
from support.stacks import Stack, Toolchain

# With room for many endpoints.
maas_process, sim = simulated("maas", "sim", **maas.KNOBS)


@pytest.fixture
def new_stack(sim: Simulator, tools: Toolchain, tmp_path: Path) -> Callable[[str], Stack]:
    """Makes empty stacks that are configured for the simulator."""

    def make(name: str) -> Stack:
        result = Stack(tmp_path / name, tools, sim)
        result.configure(maas.config(sim.url("maas")))
        return result

    return make


@pytest.fixture
def stack(new_stack: Callable[[str], Stack]) -> Stack:
    return new_stack("stack")
