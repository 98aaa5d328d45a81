"""examples/recipes: each program in the place of the one before, with the requests that its README
tells.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from simulator.client import Simulator
from support.clouds import hf
from support.clouds.description import Cloud
from support.programs import calls, writes
from support.stacks import Stack, Toolchain

RECIPES = Path(__file__).parents[3] / "examples" / "recipes"
HF = pytest.mark.parametrize("cloud", [hf.CLOUD], ids=["hf"])
# Of the simulator, for a while only.
SECRET, TOKEN = "SKTPTESTtemporarySecret0123456789==", "STStoken/EXAMPLE+abc=="
CREATE, UPDATE, DELETE = "endpoint.create", "endpoint.update", "endpoint.delete"


@pytest.fixture
def play(stack: Stack, sim: Simulator) -> Callable[..., Any]:
    """Puts a program of a recipe in place and runs `up`, with only its own requests recorded."""

    def one(path: str, **options: Any) -> Any:
        program = yaml.safe_load((RECIPES / path).read_text())
        config = {"config": program["config"]} if "config" in program else {}
        stack.write(program["resources"], program["outputs"], **config)
        sim.clear()
        return stack.up(**options)

    return one


def done(sim: Simulator) -> list[str]:
    return [request.operation for request in writes(sim)]


@HF
def test_a_bigger_gpu(cloud: Cloud, stack: Stack, sim: Simulator, play: Callable[..., Any]) -> None:
    play("bigger-gpu/1-small.yaml")
    small = stack.outputs()["target"]
    play("bigger-gpu/2-both.yaml")
    assert done(sim) == [CREATE]
    assert stack.outputs()["target"] == small
    assert stack.state("chatBig")["outputs"]["status"]["state"] == "running", "it was waited for"
    play("bigger-gpu/3-switched.yaml")
    assert done(sim) == []
    big = stack.outputs()["target"]
    assert big["baseUrl"] != small["baseUrl"]
    play("bigger-gpu/4-big.yaml")
    assert done(sim) == [DELETE]
    assert stack.outputs()["target"] == big


@HF
def test_a_new_commit_and_a_restart(
    cloud: Cloud, stack: Stack, sim: Simulator, play: Callable[..., Any]
) -> None:
    play("new-commit/1-old.yaml")
    ids = stack.ids()
    run = play("new-commit/2-new.yaml")
    assert run.diff("chat") == {"model.revision": "update"}
    commit = yaml.safe_load((RECIPES / "new-commit/2-new.yaml").read_text())
    commit = commit["resources"]["chat"]["properties"]["model"]["revision"]
    assert calls(sim) == [(UPDATE, {"model": {"revision": commit}})]
    run = play("new-commit/3-again.yaml")
    assert run.diff("chat") == {"model.env": "add"}
    again = {"env": {"RESTARTED": "2026-11-28"}, "revision": commit}  # docs/apis/hf.md 2.4
    assert calls(sim) == [(UPDATE, {"model": again})]
    assert stack.ids() == ids


@HF
def test_an_endpoint_that_failed(
    cloud: Cloud, stack: Stack, sim: Simulator, play: Callable[..., Any]
) -> None:
    sim.knobs("hf", fail_next_create=1, failure_kind="configuration")
    run = play("failed/1-wrong.yaml", expect=-1)
    assert "Container exited with code 1" in run.errors
    ids = stack.ids()
    play("failed/2-mended.yaml")
    image = {"vLLM": {"url": "vllm/vllm-openai:v0.10.2"}}
    assert calls(sim) == [(UPDATE, {"model": {"image": image}})]
    assert stack.ids() == ids
    assert stack.state("chat")["outputs"]["status"]["state"] == "running"


@HF
def test_many_teams(cloud: Cloud, stack: Stack, sim: Simulator, play: Callable[..., Any]) -> None:
    stack.configure({})
    stack.environment["HF_INFERENCE_ENDPOINTS_URL"] = sim.url("hf")
    for team in ("search", "support"):
        stack.secret_config(f"{team}Token", hf.TOKEN)
    play("teams/Pulumi.yaml")
    made = {request.target: request.json["tags"] for request in writes(sim)}
    assert {target: tags[0] for target, tags in made.items()} == {
        "acme/search-chat": "search",
        "me/support-chat": "support",
    }
    assert stack.ids()["searchChat"] == "acme/search-chat"
    assert stack.ids()["supportChat"] == "me/support-chat"


def test_temporary_credentials(
    simulators: Callable[[str], Simulator], tools: Toolchain, tmp_path: Path
) -> None:
    sim = simulators("ark")
    sim.reset()
    stack = Stack(tmp_path / "stack", tools, sim)
    stack.configure({"inference:arkEndpoint": sim.url("ark")})
    stack.environment |= {
        "BYTEPLUS_ACCESS_KEY": "AKTPTESTEXAMPLE00001",
        "BYTEPLUS_SECRET_KEY": SECRET,
        "BYTEPLUS_SESSION_TOKEN": TOKEN,
    }
    program = yaml.safe_load((RECIPES / "temporary-credentials/Pulumi.yaml").read_text())
    stack.write(program["resources"], program["outputs"])
    stack.up()
    changed = [it for it in sim.requests() if it.operation == CREATE]
    assert [it.header("X-Security-Token") for it in changed] == [TOKEN]
    held = stack.export(secrets=True)
    assert [text for text in (TOKEN, SECRET) if text in held] == []
