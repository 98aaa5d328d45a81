"""Endpoints made by another client come under management without a change."""

from __future__ import annotations

import yaml
from simulator.client import Simulator
from support.clouds.description import Cloud
from support.programs import calls, operations
from support.stacks import Stack


def make_all(cloud: Cloud, sim: Simulator) -> dict[str, str]:
    """One endpoint of each shape; resource name -> id."""
    for name, make in cloud.foreign.items():
        make(sim.url(cloud.name), name)
    return {name: cloud.id(name) for name in cloud.foreign}


def adopt_program(stack: Stack, text: str) -> None:
    program = yaml.safe_load(text)
    stack.write(program["resources"])


def test_every_shape(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    """Import all, run the generated code: nothing changes, then or after a refresh."""
    ids = make_all(cloud, sim)
    before = sim.state(cloud.name)["endpoints"]
    sim.clear()
    text = stack.import_all(cloud.token, ids)
    assert stack.ids() == ids
    adopt_program(stack, text)
    run = stack.up(expect=None)
    assert {name: run.diff(name) for name in ids if run.diff(name)} == {}
    assert (run.status, run.counts) == (0, {"same": len(ids) + 1}), run.text
    refreshed = stack.refresh()
    assert {name: refreshed.diff(name) for name in ids if refreshed.diff(name)} == {}
    assert stack.up().counts == {"same": len(ids) + 1}
    assert calls(sim) == []
    assert sim.state(cloud.name)["endpoints"] == before


def test_generated_code(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    """It says what was asked of the service, and nothing it filled in by itself."""
    for name in cloud.generated:
        cloud.foreign[name](sim.url(cloud.name), name)
    text = stack.import_all(cloud.token, {name: cloud.id(name) for name in cloud.generated})
    resources = yaml.safe_load(text)["resources"]
    shown = {name: resource["properties"] for name, resource in resources.items()}
    assert shown == {name: {"name": name, **rest} for name, rest in cloud.generated.items()}


def test_by_its_bare_name(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    name = next(iter(cloud.foreign))
    cloud.foreign[name](sim.url(cloud.name), name)
    sim.clear()
    run = stack.import_one(cloud.token, "mine", name)
    assert stack.ids() == {"mine": cloud.id(name)}
    assert set(operations(sim)) == {cloud.read}
    assert "cannot be read back" not in run.warnings


def test_secrets_are_told_by_name(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    for name, warning in cloud.write_only_warnings.items():
        cloud.foreign[name](sim.url(cloud.name), name)
        run = stack.import_one(cloud.token, name, cloud.id(name))
        assert warning in run.warnings


def test_of_what_is_not_there(cloud: Cloud, stack: Stack) -> None:
    run = stack.import_one(cloud.token, "mine", cloud.id("nobody"), expect=-1)
    assert f"resource '{cloud.id('nobody')}' does not exist" in run.errors
    assert stack.resources() == {}


def test_of_nonsense(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    run = stack.import_one(cloud.token, "mine", "a/b/c/d/e/f", expect=-1)
    assert "expected " in run.errors
    assert sim.requests() == []


def test_import_option(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    """By the resource option, with the program's own inputs: the difference is one update."""
    row = cloud.adopted
    name = next(iter(cloud.foreign))
    cloud.foreign[name](sim.url(cloud.name), name)
    sim.clear()
    properties = {"name": name, **row.before}
    stack.write(
        {
            "mine": {
                "type": cloud.token,
                "properties": properties,
                "options": {"import": cloud.id(name)},
            }
        }
    )
    assert stack.up().ops("mine") == ["import"]
    assert calls(sim) == []
    stack.write({"mine": {"type": cloud.token, "properties": {"name": name, **row.after}}})
    stack.up()
    assert calls(sim) == list(row.calls)
