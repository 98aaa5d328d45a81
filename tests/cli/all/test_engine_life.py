"""One life for each cloud: what every engine of the promised range must do (docs/engines.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from simulator.client import Simulator
from support import fleets
from support.drivers import ark, hf, maas, tir
from support.fleets.fleet import Fleet
from support.stacks import Stack, Toolchain


@dataclass(frozen=True)
class Life:
    """A small endpoint, one change of it, how that shows, and what it sends."""

    inputs: Callable[..., dict[str, Any]]
    change: dict[str, Any]
    kind: str = "add"
    updates: Sequence[str] = ("endpoint.update",)


LIVES = {
    "ark": Life(ark.inputs, {"description": "new"}),
    "hf": Life(hf.inputs, {"type": "public"}, "update"),
    "maas": Life(maas.inputs, {"description": "new"}, updates=["endpoint.edit"]),
    "tir": Life(tir.inputs, {"replica": 2}, updates=["endpoint.disableAutoScale"]),
}
ROOT = Path(__file__).parents[3]
ENGINES = ROOT / "tests/toolchain/engines"
READS = ("endpoint.get", "endpoint.list", "endpoint.certificate")
SAME = {"same": 2}  # the stack itself is one more


@pytest.fixture
def sim(fleet: Fleet) -> Any:
    with Simulator(fleet.name) as simulator:
        simulator.knobs(fleet.name, fleet.knobs)
        simulator.freeze()
        yield simulator


def new_stack(fleet: Fleet, sim: Simulator, tools: Toolchain, root: Path) -> Stack:
    result = Stack(root, tools, sim)
    result.configure(fleet.config(sim.url(fleet.name)))
    return result


def changed(sim: Simulator) -> list[str]:
    """What was sent since the last look that changes something."""
    operations = [request.operation for request in sim.requests()]
    found = [one for one in operations if one.startswith("endpoint.") and one not in READS]
    sim.clear()
    return found


@pytest.mark.parametrize("fleet", fleets.ALL, ids=lambda fleet: fleet.name)
def test_a_life(
    fleet: Fleet,
    sim: Simulator,
    tools: Toolchain,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    life = LIVES[fleet.name]
    stack = new_stack(fleet, sim, tools, tmp_path / "stack")
    record_property("engine", stack.run("version").stdout.strip())
    stack.write({"chat": {"type": fleet.token, "properties": life.inputs()}})
    assert stack.preview().counts == {"create": 2}
    assert stack.up().counts == {"create": 2}
    assert changed(sim) == ["endpoint.create"]
    assert stack.preview("--expect-no-changes").counts == SAME
    assert stack.refresh("--expect-no-changes").counts == SAME
    assert (stack.up().counts, changed(sim)) == (SAME, [])

    stack.write({"chat": {"type": fleet.token, "properties": life.inputs(**life.change)}})
    run = stack.up()
    assert run.diff("chat") == dict.fromkeys(life.change, life.kind)
    assert changed(sim) == list(life.updates)
    assert stack.refresh("--expect-no-changes").counts == SAME

    (id,) = stack.ids().values()
    second = new_stack(fleet, sim, tools, tmp_path / "second")
    second.import_one(fleet.token, "chat", id)
    assert second.ids() == {"chat": id}
    shown = second.state("chat")["inputs"]
    assert {key: shown[key] for key in life.change} == life.change
    assert changed(sim) == []

    assert stack.destroy().counts == {"delete": 2}
    assert changed(sim) == ["endpoint.delete"]
    assert (sim.state(fleet.name)["endpoints"], stack.resources()) == ({}, {})


def test_the_range_is_promised_and_pinned() -> None:
    """The README names the oldest and the newest, and each has its module."""
    lines = (ENGINES / "versions").read_text().splitlines()
    newest, oldest = (line for line in lines if not line.startswith("#"))
    promise = f"Pulumi CLI from {oldest.removeprefix('v')} to {newest.removeprefix('v')}"
    assert promise in (ROOT / "README.md").read_text()
    assert sorted(one.name for one in ENGINES.iterdir() if one.is_dir()) == sorted((newest, oldest))
    for version in (newest, oldest):
        module = (ENGINES / version / "go.mod").read_text()
        assert f"require github.com/pulumi/pulumi/pkg/v3 {version}\n" in module
