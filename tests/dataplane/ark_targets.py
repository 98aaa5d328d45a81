"""Endpoints of every kind on the simulated ModelArk, made by one `pulumi up`."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from simulator.client import Recorded, Simulator
from support.stacks import CopiedStack, Stack, Toolchain

EXAMPLES = Path(__file__).parents[2] / "examples"
ACCESS_KEY = "AKTESTEXAMPLE0000001"
SECRET_KEY = "SKTESTexampleSecretKey0123456789=="
HERE, ELSEWHERE = "ap-southeast-1", "eu-west-1"
KEYS = {HERE: "ark-simulator-key", ELSEWHERE: "ark-simulator-key-eu"}
TYPE = "inference:ark:Endpoint"
MODEL = {"foundationModel": {"name": "seed-1-6", "modelVersion": "250615"}}
NOBODY = "ep-20200101000000-nobod"


@dataclass(frozen=True)
class Target:
    """What a stack's output says, and the key that the user has from the console."""

    base_url: str
    model: str
    portkey_provider: str
    portkey_model: str
    region: str
    key: str

    @classmethod
    def of(cls, output: dict[str, Any]) -> Target:
        return cls(
            output["baseUrl"],
            output["model"],
            output["portkeyProvider"],
            output["portkeyModel"],
            output["portkeyRegion"],
            KEYS[output["portkeyRegion"]],
        )

    def at(self, base_url: str, key: str) -> Target:
        """The same endpoint at another address."""
        return Target(
            base_url,
            self.model,
            self.portkey_provider,
            self.portkey_model,
            self.region,
            key,
        )

    def naming(self, model: str) -> Target:
        """Another endpoint at the same address."""
        return Target(
            self.base_url,
            model,
            self.portkey_provider,
            f"@{self.portkey_provider}/{model}",
            self.region,
            self.key,
        )


def endpoint(name: str, **properties: Any) -> dict[str, Any]:
    model = copy.deepcopy(MODEL)  # YAML would write an anchor
    return {"type": TYPE, "properties": {"name": name, "modelReference": model, **properties}}


def put_up(stack: Stack, ark: Simulator) -> dict[str, Target]:
    """A running endpoint, a batch-only one, a stopped one: target by name."""
    ark.knobs("ark", batch_only="batch", polls={"scheduling": 1, "stopping": 1})
    stack.configure(
        {
            "inference:arkEndpoint": ark.url("ark"),
            "inference:arkAccessKey": ACCESS_KEY,
            "inference:arkSecretKey": SECRET_KEY,
            "inference:arkDataPlaneEndpoint": plane(ark, HERE),
        }
    )
    names = {"chat": {}, "batch": {}, "closed": {"desiredState": "paused"}}
    stack.write(
        {name: endpoint(name, **more) for name, more in names.items()},
        outputs={name: f"${{{name}.target}}" for name in names},
    )
    stack.up()
    return {name: Target.of(output) for name, output in stack.outputs().items()}


def plane(ark: Simulator, region: str) -> str:
    return f"{ark.url('ark')}/dataplane/{region}/api/v3"


def calls(ark: Simulator) -> list[Recorded]:
    """What reached the data plane."""
    return [r for r in ark.requests("ark") if r.operation.startswith("dataplane.")]


def example_stack(name: str, **secrets: str) -> Any:
    """`stack` is the example of that name with these secrets, put up for one test module."""

    @pytest.fixture(name="stack", scope="module")
    def stack(
        ark: Simulator, tools: Toolchain, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[CopiedStack]:
        root = tmp_path_factory.mktemp(name) / "stack"
        made = CopiedStack(root, tools, ark, EXAMPLES / name)
        made.set_config(
            {
                "inference:arkEndpoint": ark.url("ark"),
                "inference:arkDataPlaneEndpoint": plane(ark, HERE),
                "inference:arkAccessKey": ACCESS_KEY,
            },
            {"inference:arkSecretKey": SECRET_KEY, **secrets},
        )
        made.up()
        yield made
        made.destroy()

    return stack
