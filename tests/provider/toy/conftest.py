"""Fixtures: the toy cloud, and the provider that is made of its YAML alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.drivers.hf import Driver, Simulator, secret

TOKEN = "toy_simulator"


class ToyDriver(Driver):
    type = "inference:toy:Endpoint"
    variables = ("TOY_",)


@pytest.fixture(scope="session")
def toy_binary(binary: Path) -> Path:
    default = binary.parents[1] / "tests/provider/toy/pulumi-resource-inference-toy"
    return Path(os.environ.get("INFERENCE_TOY_BINARY", default)).resolve()


@pytest.fixture(scope="session")
def toy_process() -> Iterator[Simulator]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parent))
        with Simulator("toy", arguments=["--extra", "toy=toy_simulator:Toy"]) as simulator:
            yield simulator


@pytest.fixture
def toy(toy_process: Simulator) -> Iterator[Simulator]:
    toy_process.reset()
    yield toy_process
    assert toy_process.bugs() == []


@pytest.fixture
def driver(toy_binary: Path, toy: Simulator) -> Iterator[ToyDriver]:
    running = ToyDriver(toy_binary)
    running.configure(toyEndpoint=toy.url("toy"), toyToken=secret(TOKEN), toySpace="lab")
    yield running
    running.stop()
