"""examples/policy under the real CLI: what it refuses is refused before any request."""

from __future__ import annotations

import copy
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from example_rows import ARK, EXAMPLES, HF, TIR
from program_stacks import Languages
from simulator.client import Simulator
from support.runs import Run, name_of
from support.stacks import Stack, Toolchain

LIMIT_SECONDS = 240.0
CLOUDS = (HF, ARK, TIR)
HF_BASE: dict[str, Any] = {
    "cloudProvider": {"vendor": "aws", "region": "us-east-1"},
    "compute": {"accelerator": "cpu", "instanceType": "intel-spr", "instanceSize": "x1"},
    "model": {"repository": "openai-community/gpt2", "framework": "pytorch"},
}
ARK_BASE: dict[str, Any] = {
    "modelReference": {"foundationModel": {"name": "seed-1-6", "modelVersion": "250615"}}
}
TIR_BASE: dict[str, Any] = {
    "framework": "VLLM",
    "skuName": "L4.1",
    "skuType": "hourly",
    "currency": "INR",
    "modelLoadIntegrationId": "41",
    "detailedInfo": {"huggingFaceId": "google/gemma-2b"},
}


def endpoint(cloud: str, properties: dict[str, Any]) -> dict[str, Any]:
    """Shares nothing with others: YAML would write an anchor."""
    return {"type": f"inference:{cloud}:Endpoint", "properties": copy.deepcopy(properties)}


def hf(most: int = 4, **more: Any) -> dict[str, Any]:
    compute = {**HF_BASE["compute"], "scaling": {"maxReplica": most}}
    given = {**HF_BASE, "tags": ["team:shop"], "compute": compute, **more}
    return endpoint("hf", given)


def ark(*keys: str) -> dict[str, Any]:
    tags = [{"key": key, "value": "x"} for key in keys]
    return endpoint("ark", {**ARK_BASE, "tags": tags})


def tir(**more: Any) -> dict[str, Any]:
    return endpoint("tir", {**TIR_BASE, **more})


def scaling(most: int) -> dict[str, Any]:
    rules = [{"metric": "concurrency", "value": 12}]
    policy = {"minReplicas": 1, "maxReplicas": most, "rules": rules}
    return {"isAutoScaleEnabled": True, "autoScalePolicy": policy}


GOOD = {
    "small": hf(),
    "tagged": ark("team"),
    "scaled": tir(**scaling(4)),
}
# The words that are in the report, after the resource and the policy.
BAD = {
    "big": (hf(5), "max-replicas", "5 replicas, but 4 are the most"),
    "many": (tir(replica=5), "max-replicas", "5 replicas, but 4 are the most"),
    "growing": (tir(**scaling(6)), "max-replicas", "6 replicas, but 4 are the most"),
    "open": (hf(type="public"), "no-public-endpoint", 'type is "public"'),
    "addressed": (tir(publicIp="yes"), "no-public-endpoint", 'publicIp is "yes"'),
    "bare": (hf(tags=["shop"]), "tags-required", 'no tag "team"'),
    "mute": (ark("owner"), "tags-required", 'no tag "team"'),
}


@pytest.fixture(scope="module")
def sim() -> Iterator[Simulator]:
    with Simulator(*(example.cloud for example in CLOUDS)) as simulator:
        for example in CLOUDS:
            simulator.knobs(example.cloud, example.knobs)
        yield simulator


@pytest.fixture
def stack(tools: Toolchain, languages: Languages, sim: Simulator, tmp_path: Path) -> Stack:
    """The CLI finds what runs the pack on PATH, and no host for TypeScript beside it."""
    made = Stack(tmp_path / "stack", tools, sim)
    path = made.environment["PATH"]
    made.environment["PATH"] = f"{languages.generators / 'policy'}:{path}"
    del made.environment["PULUMI_IGNORE_AMBIENT_PLUGINS"]
    for example in CLOUDS:
        made.set_config(example.settings(sim), example.secrets)
    sim.clear()
    return made


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """As after `npm ci`."""
    folder = tmp_path / "policy"
    folder.mkdir()
    for file in (EXAMPLES / "policy").iterdir():
        if file.is_file():
            shutil.copy(file, folder)
    (folder / "node_modules").symlink_to(os.environ["INFERENCE_POLICY"])
    return folder


def reported(run: Run) -> dict[str, tuple[str, str]]:
    """Resource -> (policy, message)."""
    found = (event["policyEvent"] for event in run.events if "policyEvent" in event)
    return {name_of(e["resourceUrn"]): (e["policyName"], e["message"]) for e in found}


def test_a_program_that_keeps_the_rules(stack: Stack, pack: Path, sim: Simulator) -> None:
    stack.write(GOOD)
    run = stack.up("--policy-pack", str(pack), seconds=LIMIT_SECONDS)
    assert (run.counts, reported(run)) == ({"create": len(GOOD) + 1}, {})
    stack.destroy()


def test_programs_that_break_them(stack: Stack, pack: Path, sim: Simulator) -> None:
    """All at once: each is reported, and the good ones are not made either."""
    bad = {name: row[0] for name, row in BAD.items()}
    stack.write({**GOOD, **bad})
    options = ["--yes", "--policy-pack", str(pack)]
    run = stack.run("up", *options, expect=-1, seconds=LIMIT_SECONDS)
    found = reported(run)
    assert sorted(found) == sorted(BAD), run.text
    for name, (_, policy, words) in BAD.items():
        assert found[name][0] == policy
        assert words in found[name][1]
    assert sim.requests() == []
    assert stack.resources() == {}


def limits(folder: Path, **rule: Any) -> list[str]:
    """The options that run the pack with this limit on the price."""
    rules = folder / "rules.json"
    rules.write_text(json.dumps({"max-hourly-price": rule}))
    return ["--policy-pack-config", str(rules)]


def told(run: Run) -> list[tuple[str, str]]:
    """Policy and message, of whatever they are about."""
    found = (event["policyEvent"] for event in run.events if "policyEvent" in event)
    return [(event["policyName"], event["message"]) for event in found]


def test_a_price_that_is_known_is_limited_in_the_preview(
    stack: Stack, pack: Path, sim: Simulator, tmp_path: Path
) -> None:
    """A machine that the rules know stops a new endpoint before any request."""
    stack.write({"small": hf(), "rupees": tir(replica=2)})
    prices = {"intel-spr x1": 0.033, "L4.1": 49}
    run = stack.run(
        "up",
        *("--yes", "--policy-pack", str(pack)),
        *limits(tmp_path, maximum={"USD": 0.1, "INR": 98}, prices=prices),
        expect=-1,
        seconds=LIMIT_SECONDS,
    )
    ((policy, message),) = told(run)
    assert policy == "max-hourly-price"
    assert "up to 0.132 USD an hour, but 0.1 are the most" in message
    assert sim.requests() == []


def test_a_price_that_was_told_is_limited(stack: Stack, pack: Path, tmp_path: Path) -> None:
    """The output of an endpoint that is there counts, and a paused one is free."""
    stack.write({"small": hf()})
    stack.up("--policy-pack", str(pack), seconds=LIMIT_SECONDS)
    options = ["--policy-pack", str(pack), *limits(tmp_path, maximum={"USD": 0.1})]
    run = stack.preview(*options, expect=-1, seconds=LIMIT_SECONDS)
    ((policy, message),) = told(run)
    assert policy == "max-hourly-price"
    assert "up to 0.132 USD an hour, but 0.1 are the most" in message
    stack.write({"small": hf(desiredState="paused")})
    assert told(stack.preview(*options, seconds=LIMIT_SECONDS)) == []
    stack.destroy()


def test_other_limits(stack: Stack, pack: Path, tmp_path: Path) -> None:
    stack.write({name: BAD[name][0] for name in ("big", "mute")})
    rules = tmp_path / "rules.json"
    rules.write_text(
        json.dumps({"max-replicas": {"maximum": 8}, "tags-required": {"keys": ["owner"]}})
    )
    options = ["--policy-pack", str(pack), "--policy-pack-config", str(rules)]
    run = stack.preview(*options, expect=-1, seconds=LIMIT_SECONDS)
    assert {name: policy for name, (policy, _) in reported(run).items()} == {"big": "tags-required"}
