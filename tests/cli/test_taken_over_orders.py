"""Taking over in mixed orders: an endpoint that the state names is there, and the last entry takes
it away."""

from __future__ import annotations

import json
from typing import Any

import pytest
from simulator.client import Simulator
from support.clouds.description import Cloud, Json
from support.programs import calls, endpoints, named
from support.providers import own_keys, provider
from support.stacks import PROJECT, STACK, Stack

ADOPTS = {"adoptExisting": True}


def urn(cloud: Cloud, name: str = "chat") -> str:
    return f"urn:pulumi:{STACK}::{PROJECT}::{cloud.token}::{name}"


def adopting(cloud: Cloud, patch: Json | None = None, **options: Any) -> Json:
    """A resource of the one endpoint of these tests."""
    return named(cloud, "chat", {**(patch or {}), **ADOPTS}, **options)


def assert_kept(cloud: Cloud, stack: Stack, sim: Simulator, *names: str) -> None:
    """The state names the one endpoint, which is there, and nothing is left to do."""
    assert endpoints(sim, cloud) == [cloud.target("chat")]
    assert stack.ids() == {name: cloud.id("chat") for name in names}
    assert set(stack.up().counts) == {"same"}


def assert_gone(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    stack.destroy()
    assert stack.resources() == {}
    assert endpoints(sim, cloud) == []


@pytest.fixture
def entry(cloud: Cloud, stack: Stack) -> Json:
    """The state's entry of the endpoint, before anything takes it over."""
    stack.write({"chat": adopting(cloud)})
    stack.up()
    return stack.resources()["chat"]


def pending(stack: Stack, *entries: Json) -> None:
    """The state as engines leave it that end between a replacement and its deletion."""
    state: Json = json.loads(stack.export())
    state["deployment"]["resources"] += [{**one, "delete": True} for one in entries]
    file = stack.root / "pending.json"
    file.write_text(json.dumps(state))
    stack.run("stack", "import", "--stack", STACK, "--file", str(file))


def replaced(stack: Stack, cloud: Cloud) -> None:
    stack.up("--replace", urn(cloud))


# A replacement by itself, cut off before its deletion.


@pytest.mark.parametrize(
    "command",
    [("up", "--replace"), ("up", "--target"), ("up", "--refresh"), ("refresh",)],
    ids=" ".join,
)
def test_a_pending_deletion_and_then(
    cloud: Cloud, stack: Stack, sim: Simulator, entry: Json, command: tuple[str, ...]
) -> None:
    replaced(stack, cloud)
    pending(stack, entry)
    verb, *flags = command
    targets = [urn(cloud)] if flags in (["--replace"], ["--target"]) else []
    getattr(stack, verb)(*flags, *targets)
    assert_kept(cloud, stack, sim, "chat")
    assert_gone(cloud, stack, sim)


def test_two_pending_deletions(cloud: Cloud, stack: Stack, sim: Simulator, entry: Json) -> None:
    replaced(stack, cloud)
    second = stack.resources()["chat"]
    replaced(stack, cloud)
    pending(stack, entry, second)
    stack.up()
    assert_kept(cloud, stack, sim, "chat")
    assert_gone(cloud, stack, sim)


@pytest.mark.parametrize("refresh", [(), ("--refresh",)], ids=["plain", "refresh"])
def test_two_pending_deletions_and_destroy(
    cloud: Cloud, stack: Stack, sim: Simulator, entry: Json, refresh: tuple[str, ...]
) -> None:
    replaced(stack, cloud)
    second = stack.resources()["chat"]
    replaced(stack, cloud)
    pending(stack, entry, second)
    stack.destroy(*refresh)
    assert (stack.resources(), endpoints(sim, cloud)) == ({}, [])


def test_a_targeted_destroy_of_what_has_a_pending_deletion(
    cloud: Cloud, stack: Stack, sim: Simulator, entry: Json
) -> None:
    replaced(stack, cloud)
    pending(stack, entry)
    stack.destroy("--target", urn(cloud))
    assert (stack.resources(), endpoints(sim, cloud)) == ({}, [])


def test_a_pending_deletion_of_what_left_the_program(
    cloud: Cloud, stack: Stack, sim: Simulator, entry: Json
) -> None:
    replaced(stack, cloud)
    pending(stack, entry)
    stack.write({})
    stack.up()
    assert (stack.resources(), endpoints(sim, cloud)) == ({}, [])


# Deleted first.


@pytest.mark.parametrize("how", ["replace", "taint", "change"])
def test_deleted_first_it_is_made_anew(
    cloud: Cloud, stack: Stack, sim: Simulator, how: str
) -> None:
    """Nothing is left to take over, and what is made then stays."""
    options = {"deleteBeforeReplace": True, "replaceOnChanges": ["*"]}
    stack.write({"chat": adopting(cloud, cloud.touch.before, **options)})
    stack.up()
    sim.clear()
    if how == "replace":
        replaced(stack, cloud)
    elif how == "taint":
        stack.run("state", "taint", urn(cloud), "--stack", STACK, "--yes")
        stack.up()
    else:
        stack.write({"chat": adopting(cloud, cloud.touch.after, **options)})
        stack.up()
    made = [operation for operation, _ in calls(sim)]
    assert made == [cloud.delete, "endpoint.create"]
    assert_kept(cloud, stack, sim, "chat")
    assert_gone(cloud, stack, sim)


# Under other names of the program.


def test_adopted_and_renamed_with_an_alias(
    cloud: Cloud, stack: Stack, sim: Simulator, entry: Json
) -> None:
    replaced(stack, cloud)
    stack.write({"talk": adopting(cloud, aliases=[{"name": "chat"}])})
    sim.clear()
    stack.up()
    assert calls(sim) == []
    assert_kept(cloud, stack, sim, "talk")
    stack.write({"talk": adopting(cloud)})
    assert_gone(cloud, stack, sim)


def test_a_pending_deletion_of_what_is_renamed_with_an_alias(
    cloud: Cloud, stack: Stack, sim: Simulator, entry: Json
) -> None:
    replaced(stack, cloud)
    pending(stack, entry)
    stack.write({"talk": adopting(cloud, aliases=[{"name": "chat"}])})
    stack.up()
    assert_kept(cloud, stack, sim, "talk")
    assert_gone(cloud, stack, sim)


def test_adopted_and_imported_under_another_name(
    cloud: Cloud, stack: Stack, sim: Simulator, entry: Json
) -> None:
    """Both entries are about it, and none stays without the other's knowing."""
    stack.import_one(cloud.token, "talk", cloud.id("chat"))
    assert stack.ids() == {"chat": cloud.id("chat"), "talk": cloud.id("chat")}
    stack.destroy()
    assert (stack.resources(), endpoints(sim, cloud)) == ({}, [])


def test_adopted_imported_and_taken_out(
    cloud: Cloud, stack: Stack, sim: Simulator, entry: Json
) -> None:
    """One entry goes, and the other is in the program."""
    stack.import_one(cloud.token, "talk", cloud.id("chat"))
    stack.write({"talk": adopting(cloud)})
    stack.up()
    assert_kept(cloud, stack, sim, "talk")
    assert_gone(cloud, stack, sim)


@pytest.mark.parametrize("target", ["chat", "talk"])
def test_one_of_two_entries_is_destroyed_by_itself(
    cloud: Cloud, stack: Stack, sim: Simulator, entry: Json, target: str
) -> None:
    stack.import_one(cloud.token, "talk", cloud.id("chat"))
    stack.destroy("--target", urn(cloud, target))
    stack.destroy()
    assert (stack.resources(), endpoints(sim, cloud)) == ({}, [])


# Two stacks.


def test_two_stacks_of_one_endpoint(
    cloud: Cloud, stack: Stack, second_stack: Stack, sim: Simulator, entry: Json
) -> None:
    """Neither knows of the other: the first destroy takes it, and the other one's next run makes it
    anew, or has nothing left to delete."""
    second_stack.write({"chat": adopting(cloud)})
    second_stack.up()
    assert second_stack.ids() == stack.ids()
    stack.destroy()
    assert endpoints(sim, cloud) == []
    second_stack.age()
    second_stack.up("--refresh")
    assert_kept(cloud, second_stack, sim, "chat")
    assert_gone(cloud, second_stack, sim)


# Two providers of one cloud in one program: each is a process of its own, and knows nothing of the
# other (docs/existing-endpoints.md).


def test_a_resource_that_moves_to_another_provider(
    cloud: Cloud, stack: Stack, sim: Simulator, entry: Json
) -> None:
    stack.write(
        {"own": provider(own_keys(stack.config)), "chat": adopting(cloud, provider="${own}")}
    )
    stack.up()
    assert_kept(cloud, stack, sim, "chat")
    assert_gone(cloud, stack, sim)


def test_a_resource_that_is_renamed_and_moves_to_another_provider(
    cloud: Cloud, stack: Stack, sim: Simulator, entry: Json
) -> None:
    talk = adopting(cloud, provider="${own}", aliases=[{"name": "chat"}])
    stack.write({"own": provider(own_keys(stack.config)), "talk": talk})
    sim.clear()
    stack.up()
    assert calls(sim) == []
    assert_kept(cloud, stack, sim, "talk")
    assert_gone(cloud, stack, sim)


def test_one_of_two_providers_gives_up_what_both_have(
    cloud: Cloud, stack: Stack, sim: Simulator, entry: Json
) -> None:
    """The way that the manual tells: an entry is taken out without its endpoint."""
    own, talk = provider(own_keys(stack.config)), adopting(cloud, provider="${own}")
    stack.write({"own": own, "chat": adopting(cloud), "talk": talk})
    stack.up()
    assert stack.ids() == {"chat": cloud.id("chat"), "talk": cloud.id("chat")}
    stack.run("state", "delete", urn(cloud), "--stack", STACK, "--yes")
    stack.write({"own": own, "talk": talk})
    stack.up()
    assert_kept(cloud, stack, sim, "talk")
    assert_gone(cloud, stack, sim)


def test_two_providers_of_one_endpoint_and_destroy(
    cloud: Cloud, stack: Stack, sim: Simulator, entry: Json
) -> None:
    """The second delete finds it gone."""
    own, talk = provider(own_keys(stack.config)), adopting(cloud, provider="${own}")
    stack.write({"own": own, "chat": adopting(cloud), "talk": talk})
    stack.up()
    assert_gone(cloud, stack, sim)
