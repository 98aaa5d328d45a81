"""A run never deletes the endpoint that it takes over; the last entry of the state deletes it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from simulator.client import Simulator
from support.clouds.description import Cloud, Json
from support.programs import calls, endpoints, named
from support.providers import own_keys, provider
from support.runs import Run
from support.stacks import PROJECT, STACK, Stack, Toolchain

Command = Callable[..., Run]
MARK = "__mark"


def urn(cloud: Cloud, name: str = "chat") -> str:
    return f"urn:pulumi:{STACK}::{PROJECT}::{cloud.token}::{name}"


@contextmanager
def attached(tools: Toolchain) -> Iterator[dict[str, str]]:
    """One provider process for all commands, as a debugger has it."""
    environment = {name: os.environ[name] for name in ("PATH",)}
    with subprocess.Popen(
        [tools.provider], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        port = process.stdout.readline().decode().strip()
        try:
            yield {"PULUMI_DEBUG_PROVIDERS": f"inference:{port}"}
        finally:
            process.terminate()
            assert process.wait(30) == 0


@pytest.fixture(params=["started", "attached"])
def environment(request: pytest.FixtureRequest, tools: Toolchain) -> Iterator[dict[str, str]]:
    """Each command with a provider of its own, or all with one."""
    if request.param == "started":
        yield {}
        return
    with attached(tools) as variables:
        yield variables


def taken_over(cloud: Cloud, stack: Stack, sim: Simulator, environment: dict[str, str]) -> None:
    """A replacement of an endpoint by itself."""
    stack.write({"chat": named(cloud, "chat", {"adoptExisting": True})})
    stack.up(environment=environment)
    before = stack.state("chat")
    sim.clear()
    run = stack.up("--replace", urn(cloud), environment=environment)
    after = stack.state("chat")
    assert run.ops("chat") == ["create-replacement", "replace", "delete-replaced"]
    assert before["outputs"][MARK] != after["outputs"][MARK]
    assert after["id"] == before["id"]
    assert cloud.delete not in [operation for operation, _ in calls(sim)]
    assert f"endpoint {after['id']} is not deleted" in run.warnings
    assert len(endpoints(sim, cloud)) == 1


def assert_gone(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    assert stack.resources() == {}
    assert endpoints(sim, cloud) == []


@pytest.mark.parametrize("refresh", [(), ("--refresh",)], ids=["plain", "refresh"])
def test_destroy_deletes_what_was_taken_over(
    cloud: Cloud,
    stack: Stack,
    sim: Simulator,
    environment: dict[str, str],
    refresh: tuple[str, ...],
) -> None:
    taken_over(cloud, stack, sim, environment)
    assert stack.up(environment=environment).counts == {"same": 2}
    stack.destroy(*refresh, environment=environment)
    assert_gone(cloud, stack, sim)


def test_what_was_taken_over_and_leaves_the_program_is_deleted(
    cloud: Cloud, stack: Stack, sim: Simulator, environment: dict[str, str]
) -> None:
    taken_over(cloud, stack, sim, environment)
    stack.write({})
    stack.up(environment=environment)
    assert_gone(cloud, stack, sim)


def test_a_tainted_endpoint_is_taken_over(
    cloud: Cloud, stack: Stack, sim: Simulator, environment: dict[str, str]
) -> None:
    stack.write({"chat": named(cloud, "chat", {"adoptExisting": True})})
    stack.up(environment=environment)
    stack.run("state", "taint", urn(cloud), "--stack", STACK, "--yes")
    stack.up(environment=environment)
    assert len(endpoints(sim, cloud)) == 1
    assert stack.up(environment=environment).counts == {"same": 2}
    assert stack.refresh(environment=environment).counts == {"same": 2}
    stack.destroy(environment=environment)
    assert_gone(cloud, stack, sim)


def test_a_change_that_the_program_calls_a_replacement(
    cloud: Cloud, stack: Stack, sim: Simulator
) -> None:
    """Where names are unique the old endpoint goes first."""
    patch = cloud.touch.before | {"adoptExisting": True}
    options = {"replaceOnChanges": ["*"]}
    stack.write({"chat": named(cloud, "chat", patch, **options)})
    stack.up()
    patch = cloud.touch.after | {"adoptExisting": True}
    stack.write({"chat": named(cloud, "chat", patch, **options)})
    stack.up()
    assert len(endpoints(sim, cloud)) == 1
    assert stack.refresh().counts == {"same": 2}
    stack.destroy()
    assert_gone(cloud, stack, sim)


def crashed(stack: Stack, before: str) -> None:
    """The state as an engine leaves it that ends between the replacement and the deletion."""
    old = [r for r in json.loads(before)["deployment"]["resources"] if r["type"].startswith("inf")]
    state: Json = json.loads(stack.export())
    state["deployment"]["resources"] += [{**resource, "delete": True} for resource in old]
    file = stack.root / "crashed.json"
    file.write_text(json.dumps(state))
    stack.run("stack", "import", "--stack", STACK, "--file", str(file))


@pytest.fixture
def after_crash(
    cloud: Cloud, stack: Stack, sim: Simulator, environment: dict[str, str]
) -> dict[str, str]:
    stack.write({"chat": named(cloud, "chat", {"adoptExisting": True})})
    stack.up(environment=environment)
    before = stack.export()
    stack.up("--replace", urn(cloud), environment=environment)
    crashed(stack, before)
    return environment


def test_after_a_crash_the_next_up_keeps_the_endpoint(
    cloud: Cloud, stack: Stack, sim: Simulator, after_crash: dict[str, str]
) -> None:
    sim.clear()
    stack.up(environment=after_crash)
    assert calls(sim) == []
    assert len(stack.resources()) == len(endpoints(sim, cloud)) == 1
    assert stack.up(environment=after_crash).counts == {"same": 2}
    stack.destroy(environment=after_crash)
    assert_gone(cloud, stack, sim)


@pytest.mark.parametrize("refresh", [(), ("--refresh",)], ids=["plain", "refresh"])
def test_after_a_crash_destroy_leaves_nothing(
    cloud: Cloud,
    stack: Stack,
    sim: Simulator,
    after_crash: dict[str, str],
    refresh: tuple[str, ...],
) -> None:
    stack.destroy(*refresh, environment=after_crash)
    assert_gone(cloud, stack, sim)


def test_a_resource_that_is_renamed_keeps_its_endpoint(
    cloud: Cloud, stack: Stack, sim: Simulator
) -> None:
    """Without an alias the engine creates under the new name and deletes under the old one."""
    stack.write({"chat": named(cloud, "chat", {"adoptExisting": True})})
    stack.up()
    stack.write({"talk": named(cloud, "chat", {"adoptExisting": True})})
    stack.up()
    assert len(endpoints(sim, cloud)) == 1
    assert list(stack.resources()) == ["talk"]
    stack.destroy()
    assert_gone(cloud, stack, sim)


# A resource that gets another name in the program.


def test_what_is_imported_under_a_new_name_stays(
    cloud: Cloud, stack: Stack, sim: Simulator, environment: dict[str, str]
) -> None:
    """The clash advises the import; the entry under the old name is deleted next."""
    stack.write({"chat": named(cloud, "shared")})
    stack.up(environment=environment)
    stack.write({"talk": named(cloud, "shared")})
    stack.import_one(cloud.token, "talk", cloud.id("shared"), environment=environment)
    sim.clear()
    run = stack.up(environment=environment)
    assert run.ops("chat") == ["delete"]
    assert calls(sim) == []
    assert f"endpoint {cloud.id('shared')} is not deleted" in run.warnings
    assert stack.ids() == {"talk": cloud.id("shared")}
    assert stack.up(environment=environment).counts == {"same": 2}
    stack.destroy(environment=environment)
    assert_gone(cloud, stack, sim)


def test_what_the_program_imports_under_a_new_name_stays(
    cloud: Cloud, stack: Stack, sim: Simulator, environment: dict[str, str]
) -> None:
    stack.write({"chat": named(cloud, "shared")})
    stack.up(environment=environment)
    stack.write({"talk": named(cloud, "shared", **{"import": cloud.id("shared")})})
    sim.clear()
    run = stack.up(environment=environment)
    assert (run.ops("talk"), run.ops("chat")) == (["import"], ["delete"])
    assert calls(sim) == []
    assert stack.ids() == {"talk": cloud.id("shared")}
    stack.destroy(environment=environment)
    assert_gone(cloud, stack, sim)


def test_an_import_that_is_renamed_and_replaced_is_deleted(
    cloud: Cloud, stack: Stack, sim: Simulator
) -> None:
    """Its entry has no mark, and is deleted under its former name."""
    next(iter(cloud.foreign.values()))(sim.url(cloud.name), "one")
    stack.write({"chat": named(cloud, "one")})
    stack.import_one(cloud.token, "chat", cloud.id("one"))
    assert MARK not in stack.state("chat")["outputs"]
    stack.write({"talk": named(cloud, "two", aliases=[{"name": "chat"}])})
    stack.up()
    assert endpoints(sim, cloud) == [cloud.target("two")]
    assert stack.ids() == {"talk": cloud.id("two")}


def test_an_import_that_is_renamed_and_deleted_first_is_deleted(
    cloud: Cloud, stack: Stack, sim: Simulator
) -> None:
    """Diff says update, the program says replacement, and the name is free only after a delete."""
    next(iter(cloud.foreign.values()))(sim.url(cloud.name), "one")
    stack.write({"chat": named(cloud, "one")})
    stack.import_one(cloud.token, "chat", cloud.id("one"))
    options = {"aliases": [{"name": "chat"}], "replaceOnChanges": ["*"]}
    stack.write({"talk": named(cloud, "one", cloud.touch.after, **options)})
    sim.clear()
    run = stack.up()
    assert run.ops("chat") == ["delete-replaced"]
    assert cloud.delete in [operation for operation, _ in calls(sim)]
    assert endpoints(sim, cloud) == [cloud.target("one")]
    assert stack.ids() == {"talk": cloud.id("one")}
    stack.destroy()
    assert_gone(cloud, stack, sim)


def test_a_second_provider_of_the_program_forgets_nothing(
    cloud: Cloud, stack: Stack, sim: Simulator, environment: dict[str, str]
) -> None:
    """An attached process serves both, and is configured once more in the middle of the run."""
    stack.write({"chat": named(cloud, "chat", {"adoptExisting": True})})
    stack.up(environment=environment)
    second = {**provider(own_keys(stack.config)), "options": {"dependsOn": ["${talk}"]}}
    stack.write({"talk": named(cloud, "chat", {"adoptExisting": True}), "second": second})
    run = stack.up(environment=environment)
    assert run.ops("chat") == ["delete"]
    assert len(endpoints(sim, cloud)) == 1
    assert "chat" not in stack.resources()
    stack.destroy(environment=environment)
    assert_gone(cloud, stack, sim)
