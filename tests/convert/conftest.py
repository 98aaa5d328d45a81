"""Terraform programs through `pulumi convert` of the real CLI, then against the simulators.

PULUMI_CLI and INFERENCE_BINARY say what is tested, INFERENCE_CONVERTER is the converter plugin.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conversions import Conversion
from simulator.client import Simulator
from support.clouds import ark, hf, tir
from support.stacks import Stack, Toolchain

CONFIGS = {"ark": ark.config, "hf": hf.config, "tir": tir.config}


@pytest.fixture(scope="session")
def tools() -> Toolchain:
    pulumi = os.environ.get("PULUMI_CLI") or shutil.which("pulumi")
    provider = os.environ.get("INFERENCE_BINARY")
    if not pulumi or not provider:
        pytest.fail("PULUMI_CLI (or PATH) and INFERENCE_BINARY must name the programs to test")
    binary = Path(provider).resolve()
    printed = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True)
    version = re.search(r"\d+\.\d+\.\d+\S*", printed.stdout)
    assert version, printed.stdout
    return Toolchain(Path(pulumi).resolve(), binary, version[0])


@pytest.fixture(scope="session")
def simulators() -> Iterator[Callable[[str], Simulator]]:
    """One process for each cloud that is asked for."""
    running: dict[str, Simulator] = {}

    def simulator(cloud: str) -> Simulator:
        if cloud not in running:
            running[cloud] = Simulator(cloud).start()
        return running[cloud]

    yield simulator
    bugs = [bug for sim in running.values() for bug in sim.bugs()]
    for sim in running.values():
        sim.stop()
    assert bugs == []


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
