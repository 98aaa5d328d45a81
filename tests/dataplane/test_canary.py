"""examples/canary: the gateway shares the calls among two endpoints as the stack's outputs say."""

from __future__ import annotations

import subprocess
import sys

import pytest
from ark_targets import HERE, KEYS, calls, example_stack
from gateway import Gateway
from simulator.client import Simulator
from support.stacks import CopiedStack

LIMIT_SECONDS = 180.0

stack = example_stack("canary", arkApiKey=KEYS[HERE])


def asked(stack: CopiedStack, gateway: Gateway, ark: Simulator, times: int) -> set[str | None]:
    """The endpoints that so many calls reached."""
    ark.clear()
    done = subprocess.run(
        [sys.executable, "client.py", *["Where is my parcel?"] * times],
        cwd=stack.project,
        env={**stack.environment, "PORTKEY_GATEWAY": gateway.url},
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    reached = calls(ark)
    assert {call.header("Authorization") for call in reached} == {f"Bearer {KEYS[HERE]}"}
    assert done.stdout.splitlines() == [
        f"Answer of {call.target} to: Where is my parcel?" for call in reached
    ]
    assert len(reached) == times
    return {call.target for call in reached}


@pytest.mark.parametrize(("percent", "name"), [("0", "present"), ("100", "next")])
def test_all_calls_go_where_all_the_weight_is(
    stack: CopiedStack, gateway: Gateway, ark: Simulator, percent: str, name: str
) -> None:
    stack.set_config({"newPercent": percent})
    ark.clear()
    stack.up()
    assert [it for it in ark.requests() if it.operation != "endpoint.get"] == []
    assert asked(stack, gateway, ark, 5) == {stack.ids()[name]}


def test_a_part_of_the_calls(stack: CopiedStack, gateway: Gateway, ark: Simulator) -> None:
    """Half of them: that 40 calls all reach the same endpoint is out of the question."""
    stack.set_config({"newPercent": "50"})
    stack.up()
    ids = {stack.ids()[name] for name in ("present", "next")}
    assert asked(stack, gateway, ark, 40) == ids
