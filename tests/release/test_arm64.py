"""The arm64 binary, emulated by qemu, with the C library of Debian 12 and nothing else."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import Archive
from pulumi.runtime.proto import provider_pb2
from simulator.client import Simulator
from support.drivers.hf import TOKEN, Driver, inputs

SCHEMA = Path(__file__).parents[2] / "schema.json"


@pytest.fixture
def emulator(arm64_libraries: Path) -> list[str]:
    return ["qemu-aarch64-static", "-L", str(arm64_libraries)]


def printed(*line: str | Path) -> str:
    run = subprocess.run(line, capture_output=True, text=True, timeout=60, check=True)
    return run.stdout


def test_version(emulator: list[str], archives: dict[str, Archive]) -> None:
    said = printed(*emulator, archives["arm64"].binary, "--version")
    assert said.split() == [archives["arm64"].version]
    assert said == printed(archives["amd64"].binary, "--version")


def test_schema_is_the_same(emulator: list[str], archives: dict[str, Archive]) -> None:
    said = printed(*emulator, archives["arm64"].binary, "--schema")
    assert said == printed(archives["amd64"].binary, "--schema")
    assert json.loads(said) == json.loads(SCHEMA.read_text())


@pytest.fixture
def driver(
    emulator: list[str],
    archives: dict[str, Archive],
    hf: Simulator,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Driver]:
    monkeypatch.setenv("INFERENCE_WRAPPER", " ".join(emulator))
    running = Driver(archives["arm64"].binary)
    yield running
    running.stop()


def test_session(driver: Driver, hf: Simulator) -> None:
    """What an engine does from the schema to the deletion of an endpoint, over TLS."""
    answer = driver.call("GetSchema", provider_pb2.GetSchemaRequest(version=0))
    assert json.loads(answer.schema) == json.loads(SCHEMA.read_text())
    driver.configure(hfToken=TOKEN, hfEndpoint=hf.url("hf"), caFile=str(hf.ca_path))
    checked = driver.checked(inputs())
    id, state = driver.create(checked)
    assert id == "me/demo"
    assert list(hf.state("hf")["endpoints"]) == ["me/demo"]
    changed = driver.checked(inputs(compute={"instanceSize": "x2"}), olds=checked)
    assert list(driver.diff(checked, checked, olds=state).detailedDiff) == []
    difference = driver.diff(checked, changed, olds=state)
    assert list(difference.detailedDiff) == ["compute.instanceSize"]
    driver.delete(id, state, checked)
    assert list(hf.state("hf")["endpoints"]) == []
