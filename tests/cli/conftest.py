"""The real CLI against the simulator. PULUMI_CLI and INFERENCE_BINARY say what is tested."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from simulator.client import Simulator
from support import clouds
from support.clouds.description import Cloud
from support.drivers.kinds import Kind
from support.fixtures import simulators, tools
from support.stacks import Stack, Toolchain

__all__ = ["simulators", "tools"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that takes a `cloud` runs once for each."""
    if "cloud" in metafunc.fixturenames and not any(
        "cloud" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")
    ):
        metafunc.parametrize("cloud", clouds.ALL, ids=lambda cloud: cloud.name, scope="session")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A long run of the CLI that tests share must not be made once for each worker."""
    distributed = getattr(item.config.option, "loadgroup", False)
    if distributed and item.get_closest_marker("xdist_group") and "@" not in item.nodeid:
        pytest.fail("pytest-xdist does not see which tests belong together")


@pytest.fixture
def sim(cloud: Cloud, simulators: Callable[[str], Simulator]) -> Simulator:
    """The cloud as at its start, with states that do not take long."""
    simulator = simulators(cloud.name)
    simulator.reset()
    simulator.knobs(cloud.name, cloud.quick)
    return simulator


@pytest.fixture
def stack(cloud: Cloud, sim: Simulator, tools: Toolchain, tmp_path: Path) -> Stack:
    """An empty stack that is configured for the simulator."""
    result = Stack(tmp_path / "stack", tools, sim)
    result.configure(cloud.config(sim.url(cloud.name)))
    return result


@pytest.fixture
def second_stack(cloud: Cloud, sim: Simulator, tools: Toolchain, tmp_path: Path) -> Stack:
    """Another one, with a state of its own."""
    result = Stack(tmp_path / "second", tools, sim)
    result.configure(cloud.config(sim.url(cloud.name)))
    return result


@pytest.fixture
def kind_stack(
    kind: Kind, simulators: Callable[[str], Simulator], tools: Toolchain, tmp_path: Path
) -> Stack:
    """As `stack`, of the test's own `kind`."""
    simulator = simulators(kind.cloud)
    simulator.reset()
    simulator.knobs(kind.cloud, kind.knobs)
    result = Stack(tmp_path / "stack", tools, simulator)
    result.configure(kind.stack_config(simulator.url(kind.cloud)))
    return result
