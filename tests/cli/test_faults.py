"""A network and a service that misbehave: nothing is lost, nothing is made twice."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from simulator.client import Simulator
from support.clouds.description import Cloud
from support.programs import calls, endpoint, endpoints, named, operations, writes
from support.stacks import Stack


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_lost_reply_is_found_again(
    cloud: Cloud, stack: Stack, sim: Simulator, reset: bool
) -> None:
    """The create happened: one request, one endpoint, and it is ours."""
    sim.fault(cloud.name, cloud.create, kind="close", reset=reset, apply=True)
    stack.write({"chat": named(cloud, "chat")})
    stack.up()
    assert [operation for operation, _ in calls(sim)] == [cloud.create]
    assert endpoints(sim, cloud) == [cloud.target("chat")]
    assert stack.ids() == {"chat": cloud.id("chat")}
    assert stack.up().counts == {"same": 2}


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_lost_request_is_sent_again(
    cloud: Cloud, stack: Stack, sim: Simulator, reset: bool
) -> None:
    """The create did not happen: a second request, but only after a look."""
    sim.fault(cloud.name, cloud.create, kind="close", reset=reset, apply=False)
    stack.write({"chat": named(cloud, "chat")})
    stack.up()
    assert [operation for operation, _ in calls(sim)] == [cloud.create, cloud.create]
    first, second = (r.id for r in writes(sim))
    looks = [r for r in sim.requests(operation=cloud.read) if first < r.id < second]
    assert [look.status for look in looks] == [404]
    assert endpoints(sim, cloud) == [cloud.target("chat")]


def test_a_lost_reply_and_somebody_elses(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    """An endpoint that is not as asked cannot be ours, whatever became of the reply."""
    next(iter(cloud.foreign.values()))(sim.url(cloud.name), "chat")
    before = sim.state(cloud.name)["endpoints"]
    sim.clear()
    sim.fault(cloud.name, cloud.create, kind="close", apply=False)
    stack.write({"chat": endpoint(cloud, {"name": "chat", **cloud.touch.after})})
    run = stack.up(expect=-1)
    assert "adoptExisting: true" in run.errors
    assert len(calls(sim)) == 1
    assert (stack.resources(), sim.state(cloud.name)["endpoints"]) == ({}, before)


def unconfirmed(cloud: Cloud, stack: Stack, sim: Simulator, made: bool) -> None:
    """Neither the create nor a look gets an answer."""
    sim.fault(cloud.name, cloud.create, kind="close", apply=made, count=0)
    for look in {cloud.read, "endpoint.list"}:
        sim.fault(cloud.name, look, kind="error", status=403, message="no", count=0)
    stack.write({"chat": named(cloud, "chat")})
    run = stack.up(expect=-1)
    assert "The state keeps it as unconfirmed" in run.errors
    assert set(stack.ids()) == {"chat"}
    assert len(endpoints(sim, cloud)) == made
    sim.clear_faults()
    sim.clear()


@pytest.mark.parametrize("made", [True, False], ids=["made", "not-made"])
def test_an_unconfirmed_create_is_settled_by_the_next_up(
    cloud: Cloud, stack: Stack, sim: Simulator, made: bool
) -> None:
    """The endpoint is there once, under its own id, and callers find it by that."""
    unconfirmed(cloud, stack, sim, made)
    stack.up()
    assert [operation for operation, _ in calls(sim)] == ([] if made else [cloud.create])
    assert endpoints(sim, cloud) == [cloud.target("chat")]
    assert stack.ids() == {"chat": cloud.id("chat")}
    assert stack.up().counts == {"same": 2}
    stack.destroy()
    assert endpoints(sim, cloud) == []


@pytest.mark.parametrize("made", [True, False], ids=["made", "not-made"])
def test_an_unconfirmed_create_is_settled_by_destroy(
    cloud: Cloud, stack: Stack, sim: Simulator, made: bool
) -> None:
    unconfirmed(cloud, stack, sim, made)
    stack.destroy()
    assert (stack.resources(), endpoints(sim, cloud)) == ({}, [])


@pytest.mark.parametrize("kind", ["empty", "malformed", "html", "truncated"])
def test_a_create_with_a_useless_reply(
    cloud: Cloud, stack: Stack, sim: Simulator, kind: str
) -> None:
    sim.fault(cloud.name, cloud.create, kind=kind)
    stack.write({"chat": named(cloud, "chat")})
    stack.up()
    assert [operation for operation, _ in calls(sim)] == [cloud.create]
    assert stack.ids() == {"chat": cloud.id("chat")}
    assert "url" in stack.state("chat")["outputs"]


def test_throttled(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    sim.fault(
        cloud.name, cloud.create, kind="error", status=429, headers={"Retry-After": "1"}, count=2
    )
    stack.write({"chat": named(cloud, "chat")})
    stack.up()
    posts = writes(sim)
    assert [(post.operation, post.status) for post in posts] == [
        (cloud.create, 429),
        (cloud.create, 429),
        (cloud.create, 200),
    ]
    pauses = [b.started_monotonic - a.started_monotonic for a, b in pairwise(posts)]
    assert min(pauses) >= 1.0, "it has to wait as long as it was told"
    assert endpoints(sim, cloud) == [cloud.target("chat")]


def test_a_server_fault_while_waiting(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    sim.knobs(cloud.name, cloud.slow)
    sim.fault(cloud.name, cloud.read, kind="error", status=503, count=2)
    stack.write({"chat": named(cloud, "chat")})
    stack.up()
    assert stack.state("chat")["outputs"]["status"]["state"] == cloud.serving


def test_an_overlooked_field_is_an_error(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    row = cloud.overlooked
    stack.write({"chat": endpoint(cloud, {"name": "chat", **row.before})})
    stack.up()
    sim.clear()
    sim.knobs(cloud.name, cloud.overlook)
    stack.write({"chat": endpoint(cloud, {"name": "chat", **row.after})})
    run = stack.up(expect=-1)
    assert run.diff("chat") == row.diff
    assert calls(sim) == list(row.calls)
    assert f"did not apply: {cloud.overlooked_path}. " in run.errors
    sim.knobs(cloud.name, {key: [] for key in cloud.overlook})
    sim.clear()
    stack.up()
    assert sim.requests(operation=cloud.update)[0].status == 200
    assert stack.up().counts == {"same": 2}
    assert stack.refresh().counts == {"same": 2}


def refused(cloud: Cloud, stack: Stack, sim: Simulator, **fault: Any) -> str:
    sim.fault(cloud.name, cloud.create, kind="error", count=0, **fault)
    stack.write({"chat": named(cloud, "chat")})
    run = stack.up(expect=-1)
    assert (stack.resources(), endpoints(sim, cloud)) == ({}, [])
    return run.errors


def test_a_refusal_tells_all(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    text = refused(cloud, stack, sim, status=400, code="ODD_CODE", message="the moon is wrong")
    (post,) = writes(sim)
    request_id = next(v for k, v in post.reply_headers if k.lower() == "x-request-id")
    for word in (cloud.title, "creating the endpoint", "the moon is wrong", "ODD_CODE", request_id):
        assert word in text


@pytest.mark.parametrize("status", [400, 401, 402, 403, 422])
def test_a_refusal_is_final(cloud: Cloud, stack: Stack, sim: Simulator, status: int) -> None:
    refused(cloud, stack, sim, status=status, message="no")
    assert operations(sim) == [cloud.create]


def test_gone_only_with_proof(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    """A 404 from an account that cannot be listed proves nothing."""
    stack.write({"chat": named(cloud, "chat")})
    stack.up()
    sim.fault(cloud.name, cloud.read, kind="error", status=404, count=0)
    sim.fault(cloud.name, cloud.listing, kind="error", status=401, count=0)
    assert "not taken as deleted" in stack.refresh(expect=-1).errors
    assert stack.ids() == {"chat": cloud.id("chat")}


def test_a_delete_that_fails_keeps_the_state(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named(cloud, "chat")})
    stack.up()
    sim.fault(cloud.name, cloud.delete, kind="error", status=403, message="not yours", count=0)
    assert "not yours" in stack.destroy(expect=-1).errors
    assert stack.ids() == {"chat": cloud.id("chat")}
    sim.clear_faults()
    stack.destroy()
    assert endpoints(sim, cloud) == []


def test_a_lost_delete_reply(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named(cloud, "chat")})
    stack.up()
    sim.fault(cloud.name, cloud.delete, kind="close", apply=True)
    assert stack.destroy().counts == {"delete": 2}
    assert (endpoints(sim, cloud), stack.resources()) == ([], {})


def test_a_lost_update_reply(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    row = cloud.touch
    stack.write({"chat": endpoint(cloud, {"name": "chat", **row.before})})
    stack.up()
    sim.fault(cloud.name, cloud.update, kind="close", apply=True)
    sim.clear()
    stack.write({"chat": endpoint(cloud, {"name": "chat", **row.after})})
    stack.up()
    assert calls(sim) == list(row.calls) * 2, "an update may be repeated"
    assert stack.refresh().counts == {"same": 2}


def test_nobody_listens(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    stack.configure({**stack.config, "inference:maxRetries": 0})
    stack.write({"chat": named(cloud, "chat")})
    sim.listen(cloud.name, False)
    try:
        run = stack.up(expect=-1)
    finally:
        sim.listen(cloud.name, True)
    assert (cloud.title in run.errors, stack.resources()) == (True, {})
    assert stack.up().ops("chat") == ["create"]
