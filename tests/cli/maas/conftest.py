"""The real CLI against the simulated MaaS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from simulator.client import Simulator
from support.clouds import maas
from support.stacks import Stack, Toolchain


@pytest.fixture(scope="session")
def maas_process() -> Iterator[Simulator]:
    with Simulator("maas") as simulator:
        yield simulator


@pytest.fixture
def sim(maas_process: Simulator) -> Simulator:
    """The cloud as at its start, with room for many endpoints."""
    maas_process.reset()
    maas_process.knobs("maas", maas.KNOBS)
    return maas_process


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
