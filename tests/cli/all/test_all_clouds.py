"""Four clouds in one program and one provider: two endpoints each."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from simulator.client import Simulator
from support.clouds import ark, hf, tir
from support.clouds.description import Json
from support.stacks import Stack, Toolchain

EXAMPLES = Path(__file__).parents[3] / "examples"
EXAMPLE = EXAMPLES / "all/yaml/Pulumi.yaml"
CLOUDS = ("hf", "ark", "maas", "tir")
MAAS_KEYS = {
    "inference:maasAccessKey": "MAASEXAMPLEAK0000001",
    "inference:maasSecretKey": "maasExampleSecretKey00000000000000000001",
}
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


def config(sim: Simulator) -> Json:
    address = sim.url("maas")
    return {
        **hf.config(sim.url("hf")),
        **ark.config(sim.url("ark")),
        **tir.config(sim.url("tir")),
        "inference:maasEndpoint": address,
        "inference:maasIamEndpoint": address,
        **MAAS_KEYS,
    }


def environment(sim: Simulator) -> dict[str, str]:
    """The same settings where the vendors' own tools look for them."""
    maas = sim.url("maas")
    return {
        "HF_INFERENCE_ENDPOINTS_URL": sim.url("hf"),
        "HF_NAMESPACE": hf.NAMESPACE,
        "HF_TOKEN": hf.TOKEN,
        "BYTEPLUS_ARK_ENDPOINT": sim.url("ark"),
        "BYTEPLUS_ACCESS_KEY": ark.ACCESS_KEY,
        "BYTEPLUS_SECRET_KEY": ark.SECRET_KEY,
        "HUAWEICLOUD_SDK_REGION_MODELARTS_AP_SOUTHEAST_1": maas,
        "HUAWEICLOUD_SDK_IAM_ENDPOINT": maas,
        "HW_ACCESS_KEY": MAAS_KEYS["inference:maasAccessKey"],
        "HW_SECRET_KEY": MAAS_KEYS["inference:maasSecretKey"],
        "E2E_TIR_BASE_URL": sim.url("tir") + tir.MOUNT,
        "E2E_TIR_API_KEY": tir.KEY,
        "E2E_TIR_ACCESS_TOKEN": tir.BEARER,
        "E2E_TIR_PROJECT_ID": tir.PROJECT,
        "E2E_TIR_LOCATION": tir.LOCATION,
    }


def counts(sim: Simulator) -> dict[str, int]:
    """Endpoints of each cloud."""
    return {name: len(sim.state(name)["endpoints"]) for name in CLOUDS}


def changed(sim: Simulator) -> list[str]:
    found = [f"{r.cloud} {r.operation}" for r in sim.requests() if r.operation in WRITES]
    return sorted(found)


@pytest.fixture
def stack(sim: Simulator, tools: Toolchain, tmp_path: Path) -> Stack:
    result = Stack(tmp_path / "stack", tools, sim)
    shutil.copy(EXAMPLE, result.project / "Pulumi.yaml")
    text = (result.project / "Pulumi.yaml").read_text()
    text = text.replace("name: chat-on-four-clouds", "name: demo", 1)
    (result.project / "Pulumi.yaml").write_text(text)
    result.configure(config(sim))
    return result


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


def done(stack: Stack, sim: Simulator, function: str, **flags: str) -> Json:
    """What `pulumi do` prints: every argument is a flag."""
    words = [word for name, value in flags.items() for word in (f"--{name}", value)]
    run = subprocess.run(
        ["pulumi", "do", f"inference:{function}", *words],
        env=stack.environment | environment(sim),
        cwd=stack.root,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    found: Json = json.loads(run.stdout)
    return found


RUNNING = {"hf": "running", "ark": "Running", "maas": "normal", "tir": "running"}


def test_functions_without_a_program(stack: Stack, sim: Simulator) -> None:
    stack.up()
    ids = stack.ids()
    for cloud, state in RUNNING.items():
        found = done(stack, sim, f"{cloud}:getEndpoints", name="*", state=state.upper())
        assert {endpoint["state"] for endpoint in found["endpoints"]} == {state}
        mine = [id for name, id in ids.items() if name.startswith(f"{cloud}-")]
        assert sorted(endpoint["id"] for endpoint in found["endpoints"]) == sorted(mine)
    plans = done(stack, sim, "tir:getPlans", framework="VLLM", currency="USD")["plans"]
    assert {plan["currency"] for plan in plans} == {"USD"}
    stack.destroy()
