"""Four clouds in one program and one provider: two endpoints each."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import four_clouds
import pytest
import yaml
from four_clouds import CLOUDS, EXAMPLES, config, environment, look_up
from simulator.client import Simulator
from support.clouds import ark, hf, tir
from support.stacks import Stack, Toolchain

SAME = {"same": 9}
WRITES = (
    "endpoint.create",
    "endpoint.update",
    "endpoint.edit",
    "endpoint.delete",
    "endpoint.patch",
)


@pytest.fixture(scope="session")
def clouds_process() -> Iterator[Simulator]:
    with Simulator(*CLOUDS) as simulator:
        yield simulator


@pytest.fixture
def sim(clouds_process: Simulator) -> Simulator:
    clouds_process.reset()
    for name, knobs in (("hf", hf.QUICK), ("ark", ark.QUICK), ("tir", tir.QUICK)):
        clouds_process.knobs(name, knobs)
    return clouds_process


def counts(sim: Simulator) -> dict[str, int]:
    """Endpoints of each cloud."""
    return {name: len(sim.state(name)["endpoints"]) for name in CLOUDS}


def changed(sim: Simulator) -> list[str]:
    found = [f"{r.cloud} {r.operation}" for r in sim.requests() if r.operation in WRITES]
    return sorted(found)


@pytest.fixture
def stack(sim: Simulator, tools: Toolchain, tmp_path: Path) -> Stack:
    return four_clouds.example_stack(tmp_path / "stack", tools, sim)


def test_the_example(stack: Stack, sim: Simulator) -> None:
    assert stack.up().counts == {"create": 9}
    assert counts(sim) == dict.fromkeys(CLOUDS, 2)
    assert changed(sim) == sorted(f"{name} endpoint.create" for name in CLOUDS for _ in "12")
    ids = stack.ids()
    targets = stack.outputs()["targets"]
    assert sorted(targets) == sorted(ids)
    assert all(target["baseUrl"].startswith("http") for target in targets.values())
    assert targets["tir-chat"]["model"] == "google/gemma-2b"
    assert targets["ark-chat"]["model"] == ids["ark-chat"]
    sim.clear()
    assert stack.up().counts == SAME
    assert stack.refresh().counts == SAME
    assert changed(sim) == []
    assert stack.destroy().counts == {"delete": 9}
    assert counts(sim) == dict.fromkeys(CLOUDS, 0)
    assert stack.resources() == {}


def test_one_cloud_that_refuses_leaves_the_others_alone(stack: Stack, sim: Simulator) -> None:
    sim.fault("tir", "endpoint.create", kind="error", status=402, message="no credit", count=0)
    run = stack.up("--continue-on-error", expect=-1)
    assert "E2E Networks TIR: creating the endpoint: no credit" in run.errors
    assert counts(sim) == {"hf": 2, "ark": 2, "maas": 2, "tir": 0}
    sim.clear_faults("tir")
    sim.clear()
    assert stack.up().counts == {"same": 7, "create": 2}
    assert changed(sim) == ["tir endpoint.create"] * 2
    assert stack.destroy().counts == {"delete": 9}


def test_a_key_of_another_cloud_touches_nothing(stack: Stack, sim: Simulator) -> None:
    """One provider holds four accounts: a changed setting of one is no change of the rest."""
    stack.up()
    sim.clear()
    stack.configure({**config(sim), "inference:tirTeamId": tir.TEAM, "inference:maxRetries": 2})
    assert stack.up().counts.get("same", 0) >= 8
    assert changed(sim) == []
    stack.destroy()


def test_importing_a_fleet(stack: Stack, sim: Simulator, tools: Toolchain, tmp_path: Path) -> None:
    """examples/import: what another stack made is listed, and comes under this one unchanged."""
    stack.up()
    before = {name: sim.state(name)["endpoints"] for name in CLOUDS}
    sim.clear()
    new = Stack(tmp_path / "new", tools, sim)
    new.environment |= environment(sim)
    fleet = new.root / "fleet.json"
    with fleet.open("w") as file:
        script = [sys.executable, EXAMPLES / "import" / "fleet.py", *CLOUDS]
        subprocess.run(script, check=True, env=new.environment, cwd=new.project, stdout=file)
    written = new.root / "endpoints.yaml"
    new.run("import", "--yes", "--file", str(fleet), "--out", str(written))
    assert sorted(new.ids().values()) == sorted(stack.ids().values())
    new.write(yaml.safe_load(written.read_text())["resources"])
    run = new.up(expect=None)
    assert run.counts == SAME, run.text
    assert changed(sim) == []
    assert {name: sim.state(name)["endpoints"] for name in CLOUDS} == before


RUNNING = {"hf": "running", "ark": "Running", "maas": "normal", "tir": "running"}


def test_functions_without_a_program(stack: Stack, sim: Simulator) -> None:
    stack.up()
    ids = stack.ids()
    for cloud, state in RUNNING.items():
        asked = ("--name", "*", "--state", state.upper())
        found = look_up(stack, f"inference:{cloud}:getEndpoints", *asked)
        assert {endpoint["state"] for endpoint in found["endpoints"]} == {state}
        mine = [id for name, id in ids.items() if name.startswith(f"{cloud}-")]
        assert sorted(endpoint["id"] for endpoint in found["endpoints"]) == sorted(mine)
    asked = ("--framework", "VLLM", "--currency", "USD")
    plans = look_up(stack, "inference:tir:getPlans", *asked)["plans"]
    assert {plan["currency"] for plan in plans} == {"USD"}
    stack.destroy()
