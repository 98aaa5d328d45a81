"""Other people's clients call endpoints that `pulumi up` made, knowing only the stack's outputs.

PULUMI_CLI and INFERENCE_BINARY say what is tested, INFERENCE_GATEWAY where npm put the gateway.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from ark_targets import Target, put_up
from gateway import Gateway
from simulator.client import Simulator
from support.fixtures import tools
from support.stacks import Stack, Toolchain

__all__ = ["tools"]


@pytest.fixture(scope="session", autouse=True)
def no_proxies() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            patch.delenv(name, raising=False)
            patch.delenv(name.lower(), raising=False)
        yield


@pytest.fixture(scope="session")
def ark() -> Iterator[Simulator]:
    with Simulator("ark") as simulator:
        yield simulator


@pytest.fixture(scope="session")
def ark_stack(
    ark: Simulator, tools: Toolchain, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """An empty stack; what a test module puts up goes away at the end."""
    stack = Stack(tmp_path_factory.mktemp("ark") / "stack", tools, ark)
    yield stack
    stack.destroy()
    assert ark.state("ark")["endpoints"] == {}


@pytest.fixture(scope="session")
def targets(ark_stack: Stack, ark: Simulator) -> dict[str, Target]:
    return put_up(ark_stack, ark)


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder = os.environ.get("INFERENCE_GATEWAY")
    if not folder:
        pytest.fail("INFERENCE_GATEWAY must name the folder that npm installed the gateway in")
    with Gateway(Path(folder), tmp_path_factory.mktemp("gateway") / "log") as running:
        yield running
