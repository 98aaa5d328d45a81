"""Planted credentials and secret inputs must show up nowhere but encrypted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from simulator.client import Simulator
from support.clouds.description import Cloud, patched
from support.programs import endpoint, writes
from support.runs import Run
from support.stacks import SECRET_KEY, Stack, secret_paths

CANARY = "canary-6b1f7a"
VERBOSE = ("-v=11", "--logtostderr", "--logflow")
# The CLI writes down every value it packs or unpacks, secret or not.
ENGINE_LINE = re.compile(
    r'\{"time":"[^"]+","level":"INFO","msg":"(Unm|M)arshaling property for RPC\['
)


@pytest.fixture
def planted(cloud: Cloud, stack: Stack, sim: Simulator) -> Stack:
    """A stack whose credentials hold the canary."""
    secrets = cloud.secret_config(sim, CANARY)
    stack.configure({k: v for k, v in stack.config.items() if k not in secrets})
    for key, value in secrets.items():
        stack.secret_config(key, value)
    return stack


def program(cloud: Cloud, canary: str, **more: Any) -> dict[str, Any]:
    inputs = patched(cloud.base, cloud.secrets(canary))
    return {"chat": endpoint(cloud, {"name": "chat", **patched(inputs, more)})}


def clean(run: Run) -> None:
    assert CANARY not in run.text
    assert [event for event in run.events if CANARY in json.dumps(event)] == []


def test_no_output_tells(cloud: Cloud, planted: Stack, sim: Simulator) -> None:
    """The whole life, the values in plain in the program: the schema says what is secret."""
    planted.write(program(cloud, f"{CANARY}-1"))
    clean(planted.preview())
    clean(planted.up())
    clean(planted.up("--refresh", "--diff"))
    planted.write(program(cloud, f"{CANARY}-2"))
    clean(planted.preview("--diff"))
    clean(planted.up("--diff"))
    sent = json.dumps([request.json for request in writes(sim)])
    for canary in (f"{CANARY}-1", f"{CANARY}-2"):
        assert canary in sent
    clean(planted.refresh("--diff"))
    plain = planted.export()
    assert CANARY not in plain
    resource = planted.resources(secrets=False)["chat"]
    assert sorted(secret_paths(resource["inputs"])) == sorted(cloud.secret_paths)
    assert set(cloud.secret_paths) <= set(secret_paths(resource["outputs"]))
    clean(planted.destroy("--diff"))


def test_no_error_tells(cloud: Cloud, planted: Stack, sim: Simulator) -> None:
    """Even when the service repeats what it was told."""
    planted.write(program(cloud, CANARY))
    told = json.dumps(cloud.secrets(CANARY)) + " ".join(cloud.secret_config(sim, CANARY).values())
    for status in (400, 401, 500):
        refusal = {"status": status, "message": f"no: {told}"}
        sim.fault(cloud.name, cloud.create, kind="error", count=0, **refusal)
        run = planted.up(expect=-1)
        sim.clear_faults()
        clean(run)
        assert "no: " in run.errors
    cloud.fail_create_saying(sim, f"it read {told}")
    run = planted.up(expect=-1)
    clean(run)
    assert "it read " in run.errors
    assert CANARY not in planted.export()
    clean(planted.refresh(expect=None))


def test_no_log_tells(cloud: Cloud, planted: Stack, sim: Simulator) -> None:
    """At the highest level. What the CLI itself writes down about its own program is its own."""
    planted.write(program(cloud, f"{CANARY}-1"))
    runs = [planted.up(*VERBOSE), planted.up(*VERBOSE)]
    planted.write(program(cloud, f"{CANARY}-2"))
    runs += [planted.up(*VERBOSE), planted.refresh(*VERBOSE)]
    runs += [planted.up("--debug"), planted.destroy(*VERBOSE)]
    for run in runs:
        assert CANARY not in json.dumps(run.events)
        assert CANARY not in run.stdout
        ours = [line for line in run.stderr.splitlines() if not ENGINE_LINE.match(line)]
        assert [line for line in ours if CANARY in line] == []


def hidden(value: Any) -> Iterator[str]:
    """All text of a message that is outside of a secret."""
    if isinstance(value, dict):
        if value.get(SECRET_KEY) == "1b47061264138c4ac30d75fd1eb44270":
            return
        for key, item in value.items():
            yield key
            yield from hidden(item)
    elif isinstance(value, list):
        for item in value:
            yield from hidden(item)
    else:
        yield str(value)


def test_no_reply_tells(cloud: Cloud, planted: Stack, sim: Simulator) -> None:
    """Nothing the provider answers to the engine has a secret outside of a secret wrapper."""
    log = planted.root / "grpc.json"
    environment = {"PULUMI_DEBUG_GRPC": str(log)}
    planted.write(program(cloud, f"{CANARY}-1"))
    planted.up(environment=environment)
    planted.write(program(cloud, f"{CANARY}-2"))
    planted.up(environment=environment)
    planted.refresh(environment=environment)
    planted.destroy(environment=environment)
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    ours = [e for e in entries if e["method"].startswith("/pulumirpc.ResourceProvider/")]
    methods = {entry["method"].rsplit("/", 1)[-1] for entry in ours}
    assert {"CheckConfig", "Configure", "Check", "Diff", "Create", "Update", "Read"} <= methods
    for entry in ours:
        told = [text for text in hidden(entry.get("response")) if CANARY in text]
        assert told == [], entry["method"]
    said = [e for e in entries if e["method"].startswith("/pulumirpc.Engine/")]
    assert CANARY not in json.dumps(said)
