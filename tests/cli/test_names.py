"""Names that are taken, names of the engine's making, names that are refused."""

from __future__ import annotations

import re

from simulator.client import Simulator
from support.clouds.description import Cloud, patched
from support.plays import play_refusals
from support.programs import calls, endpoint, endpoints, named
from support.stacks import Stack


def test_a_clash_names_three_ways_out(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    next(iter(cloud.foreign.values()))(sim.url(cloud.name), "taken")
    before = sim.state(cloud.name)["endpoints"]
    sim.clear()
    stack.write({"chat": named(cloud, "taken")})
    run = stack.up(expect=-1)
    assert f"pulumi import {cloud.token} chat {cloud.id('taken')}" in run.errors
    assert "or delete it" in run.errors
    assert "adoptExisting: true" in run.errors
    assert [operation for operation, _ in calls(sim)] == [cloud.create]
    assert (stack.resources(), sim.state(cloud.name)["endpoints"]) == ({}, before)


def test_adopt_existing_takes_over(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    """In place: the endpoint stays, and only what differs is sent."""
    row = cloud.adopted
    next(iter(cloud.foreign.values()))(sim.url(cloud.name), "taken")
    before = sim.state(cloud.name)["endpoints"][cloud.target("taken")]["view"]["status"]
    sim.clear()
    stack.write({"chat": endpoint(cloud, {"name": "taken", "adoptExisting": True, **row.after})})
    stack.up()
    assert calls(sim)[1:] == list(row.calls)
    assert stack.ids() == {"chat": cloud.id("taken")}
    status = stack.state("chat")["outputs"]["status"]
    assert (status["createdAt"], status["url"]) == (before["createdAt"], before["url"])
    assert stack.up().counts == {"same": 2}
    assert stack.refresh().counts == {"same": 2}


def test_adoption_never_replaces(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    next(iter(cloud.foreign.values()))(sim.url(cloud.name), "taken")
    row = cloud.replacements[0]
    sim.clear()
    stack.write({"chat": endpoint(cloud, {"name": "taken", "adoptExisting": True, **row.after})})
    run = stack.up(expect=-1)
    assert "cannot be adopted" in run.errors
    assert next(iter(row.diff)).split(".")[0] in run.errors
    assert len(calls(sim)) == 1


def autonaming(stack: Stack, **settings: object) -> None:
    stack.configure({**stack.config, "pulumi:autonaming": settings})


def test_autoname(cloud: Cloud, stack: Stack) -> None:
    stack.write({"Chat_For--All": endpoint(cloud)})
    stack.up()
    name = stack.state("Chat_For--All")["inputs"]["name"]
    assert re.fullmatch(r"chat-for-all-[0-9a-f]{7}", name)
    stack.write({"Chat_For--All": endpoint(cloud, cloud.touch.after)})
    stack.up()
    assert stack.state("Chat_For--All")["inputs"]["name"] == name


def test_autoname_of_a_long_name(cloud: Cloud, stack: Stack) -> None:
    long = "a-very-long-name-for-a-small-endpoint-of-ours"
    stack.write({long: endpoint(cloud)})
    stack.up()
    name = stack.state(long)["inputs"]["name"]
    stem, digits = name.rsplit("-", 1)
    assert (len(name) <= cloud.name_length, len(digits)) == (True, 7)
    assert long.startswith(stem)


def test_autoname_verbatim(cloud: Cloud, stack: Stack) -> None:
    autonaming(stack, mode="verbatim")
    stack.write({"chat": endpoint(cloud)})
    stack.up()
    assert stack.ids() == {"chat": cloud.id("chat")}


def test_autoname_by_pattern(cloud: Cloud, stack: Stack) -> None:
    autonaming(stack, pattern="${stack}-${name}-${hex(4)}")
    stack.write({"Chat": endpoint(cloud)})
    stack.up()
    assert re.fullmatch(r"dev-chat-[0-9a-f]{4}", stack.state("Chat")["inputs"]["name"])


def test_an_enforced_pattern_is_not_bent(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    autonaming(stack, pattern="${name}", enforce=True)
    stack.write({"Chat It": endpoint(cloud)})
    run = stack.up(expect=-1)
    assert "lower-case" in run.errors
    assert sim.requests() == []
    stack.write({"chat": endpoint(cloud)})
    stack.up()
    assert stack.ids() == {"chat": cloud.id("chat")}


def test_autonaming_disabled(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    autonaming(stack, mode="disabled")
    stack.write({"chat": endpoint(cloud)})
    run = stack.up(expect=-1)
    assert "autonaming is disabled" in run.errors
    assert sim.requests() == []
    stack.write({"chat": named(cloud, "mine")})
    stack.up()
    assert endpoints(sim, cloud) == [cloud.target("mine")]


def test_refusals(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    """Wrong inputs are refused by Check, in a preview too; all of one resource at once."""
    play_refusals(
        stack,
        sim,
        cloud.refusals,
        lambda row: endpoint(cloud, patched({"name": "chat"}, row)),
    )


def test_another_name_is_another_endpoint(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    """The new one first: both names can exist at once."""
    stack.write({"chat": named(cloud, "one")})
    stack.up()
    sim.clear()
    stack.write({"chat": named(cloud, "two")})
    run = stack.up()
    assert run.diff("chat") == {"name": "update-replace"}
    assert run.ops("chat") == ["create-replacement", "replace", "delete-replaced"]
    body = cloud.create_body({"name": "two", **cloud.base})
    assert calls(sim) == [(cloud.create, body), (cloud.delete, None)]
    assert endpoints(sim, cloud) == [cloud.target("two")]
