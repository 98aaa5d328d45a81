"""Terraform programs through `pulumi convert` of the real CLI, then against the simulators.

PULUMI_CLI and INFERENCE_BINARY say what is tested, INFERENCE_CONVERTER is the converter plugin.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conversions import Conversion
from simulator.client import Simulator
from support.clouds import ark, hf, tir
from support.fixtures import simulators, tools
from support.stacks import Stack, Toolchain

__all__ = ["simulators", "tools"]

CONFIGS = {"ark": ark.config, "hf": hf.config, "tir": tir.config}


@pytest.fixture
def conversion(
    request: pytest.FixtureRequest,
    simulators: Callable[[str], Simulator],
    tools: Toolchain,
    tmp_path: Path,
) -> Conversion:
    """For the cloud that the test is parametrized with."""
    cloud = request.getfixturevalue("cloud")
    simulator = simulators(cloud)
    simulator.reset()
    stack = Stack(tmp_path / "stack", tools, simulator)
    stack.configure(CONFIGS[cloud](simulator.url(cloud)))
    return Conversion(stack)
