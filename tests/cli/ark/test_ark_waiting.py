"""Creates that take long, never end, fail, or are interrupted; replies that are lost; orphans."""

from __future__ import annotations

import pytest
from arks import calls, endpoint, named, names, operations, stored, writes
from simulator.client import Simulator
from support.clouds import ark
from support.clouds.description import Json
from support.interrupts import AT_ONCE, interrupt_creates, kill, looked_at
from support.stacks import Stack


def finish(sim: Simulator, id: str) -> None:
    """Ends the passing state at once."""
    sim.mutate("ark", id, {"Status": "Running"})


def test_a_create_that_never_ends_is_resumed(stack: Stack, sim: Simulator) -> None:
    sim.knobs("ark", ark.ENDLESS)
    stack.write({"chat": named("chat", customTimeouts={"create": "2s"})})
    run = stack.up(expect=-1)
    (id,) = stored(sim)
    assert f"endpoint {id} was still Scheduling" in run.errors
    assert "pulumi up goes on waiting for it" in run.errors
    state = stack.state("chat")
    assert (state["id"], len(state["initErrors"])) == (id, 1)
    assert [operation for operation, _ in calls(sim)] == [ark.CREATE]

    finish(sim, id)
    sim.clear()
    assert stack.up().ops("chat") == ["update"]
    assert calls(sim) == []
    state = stack.state("chat")
    assert ("initErrors" in state, state["outputs"]["status"]) == (False, "Running")
    assert stack.up().counts == {"same": 2}


def test_a_start_that_never_ends(stack: Stack, sim: Simulator) -> None:
    options = {"customTimeouts": {"update": "2s"}}
    stack.write({"chat": named("chat", {"desiredState": "paused"}, **options)})
    stack.up()
    id = stack.ids()["chat"]
    sim.knobs("ark", ark.ENDLESS)
    sim.clear()
    stack.write({"chat": named("chat", **options)})
    assert f"endpoint {id} was still Scheduling" in stack.up(expect=-1).errors
    assert calls(sim) == [(ark.START, {})]
    finish(sim, id)
    sim.clear()
    stack.up()
    assert calls(sim) == []
    assert stack.up().counts == {"same": 2}


def test_a_delete_that_never_ends(stack: Stack, sim: Simulator) -> None:
    sim.knobs("ark", polls={"deleting": 100000})
    stack.write({"chat": named("chat", customTimeouts={"delete": "2s"})})
    stack.up()
    id = stack.ids()["chat"]
    assert f"endpoint {id} was still there (Deleting)" in stack.destroy(expect=-1).errors
    assert stack.ids() == {"chat": id}
    sim.delete("ark", id)
    stack.destroy()
    assert stack.resources() == {}


def test_no_wait_at_all(stack: Stack, sim: Simulator) -> None:
    sim.knobs("ark", ark.ENDLESS)
    stack.write({"chat": named("chat", {"waitForReady": False})})
    stack.up()
    assert stack.state("chat")["outputs"]["status"] == "Scheduling"


def test_a_failed_create(stack: Stack, sim: Simulator) -> None:
    """Named with the service's own words, kept in the state, replaced or mended or destroyed."""
    sim.knobs("ark", fail_next_create=1, failure_reason="the model broke")
    stack.write({"chat": named("chat")})
    run = stack.up(expect=-1)
    (id,) = stored(sim)
    assert f"endpoint {id} is Abnormal: the model broke" in run.errors
    assert stack.ids() == {"chat": id}
    stack.destroy()
    assert (stored(sim), stack.resources()) == ({}, {})


def test_interrupt_with_creates_waiting(stack: Stack, sim: Simulator) -> None:
    def finish_all() -> None:
        for id in stored(sim):
            finish(sim, id)

    sim.knobs("ark", ark.ENDLESS)
    interrupt_creates(
        stack,
        named,
        ready=lambda: looked_at(sim) == AT_ONCE,
        ids=lambda: names(sim),
        finish=finish_all,
        writes=lambda: writes(sim),
    )


# Lost replies.


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_lost_reply_is_found_again(stack: Stack, sim: Simulator, reset: bool) -> None:
    """The create happened: one request, one endpoint, and it is ours."""
    sim.fault("ark", ark.CREATE, kind="close", reset=reset, apply=True)
    stack.write({"chat": named("chat")})
    stack.up()
    assert [operation for operation, _ in calls(sim)] == [ark.CREATE]
    assert list(stored(sim)) == list(stack.ids().values())
    assert stack.up().counts == {"same": 2}
    assert stack.refresh().counts == {"same": 2}


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_lost_request_is_sent_again(stack: Stack, sim: Simulator, reset: bool) -> None:
    """The create did not happen: a second one, but only after a look."""
    sim.fault("ark", ark.CREATE, kind="close", reset=reset, apply=False)
    stack.write({"chat": named("chat")})
    stack.up()
    sent = operations(sim)
    assert sent[:3] == ["endpoint.list", ark.CREATE, "endpoint.list"]
    again = sent.index(ark.CREATE, 2)
    assert set(sent[2:again]) == {"endpoint.list"}  # it may only be listed late
    assert list(stored(sim)) == list(stack.ids().values())


def test_a_lost_update_reply(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named("chat")})
    stack.up()
    sim.fault("ark", ark.UPDATE, kind="close", apply=True)
    sim.clear()
    stack.write({"chat": named("chat", {"description": "b"})})
    stack.up()
    assert calls(sim) == [(ark.UPDATE, {"Description": "b"})] * 2, "an update may be repeated"
    assert stack.refresh().counts == {"same": 2}


def test_a_lost_delete_reply(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named("chat")})
    stack.up()
    sim.fault("ark", ark.DELETE, kind="close", apply=True)
    assert stack.destroy().counts == {"delete": 2}
    assert (stored(sim), stack.resources()) == ({}, {})


def test_throttled(stack: Stack, sim: Simulator) -> None:
    sim.fault("ark", ark.CREATE, kind="error", status=429, headers={"Retry-After": "1"}, count=2)
    stack.write({"chat": named("chat")})
    stack.up()
    assert [(post.operation, post.status) for post in writes(sim)] == [
        (ark.CREATE, 429),
        (ark.CREATE, 429),
        (ark.CREATE, 200),
    ]
    assert len(stored(sim)) == 1


# A run that was killed between the create and the state.


@pytest.fixture
def orphan(stack: Stack, sim: Simulator) -> str:
    """Killed with SIGKILL, the provider too, while the create's reply is on its way."""
    sim.fault("ark", ark.CREATE, kind="hold")
    stack.write({"chat": endpoint(ark.BASE | {"description": "d"})})
    kill(stack, lambda: stored(sim))
    sim.release()
    sim.clear_faults()
    sim.clear()
    assert stack.resources() == {}
    (id,) = stored(sim)
    return id


def test_an_orphan_is_named(stack: Stack, sim: Simulator, orphan: str) -> None:
    """Not taken over, nor doubled in silence: the warning has both commands."""
    run = stack.up()
    assert f"pulumi import {ark.TOKEN} chat {orphan}" in run.warnings
    command = f"pulumi do {ark.TOKEN} delete {ark.REGION}/{orphan} --stateless"
    assert f"({command})" in run.warnings
    (made,) = stack.ids().values()
    assert sorted(stored(sim)) == sorted([orphan, made])
    keys = {
        "BYTEPLUS_ACCESS_KEY": ark.ACCESS_KEY,
        "BYTEPLUS_SECRET_ACCESS_KEY": ark.SECRET_KEY,
        "BYTEPLUS_ARK_ENDPOINT": sim.url("ark"),
    }
    stack.run("do", *command.split()[2:], "--yes", environment=keys)
    assert list(stored(sim)) == [made]


def test_an_orphan_can_end_the_run(stack: Stack, sim: Simulator, orphan: str) -> None:
    stack.configure({**stack.config, "inference:leftOvers": "fail"})
    run = stack.up(expect=-1)
    assert f"pulumi import {ark.TOKEN} chat {orphan}" in run.errors
    assert (calls(sim), stack.resources()) == ([], {})
    assert list(stored(sim)) == [orphan]


def test_an_orphan_is_imported(stack: Stack, sim: Simulator, orphan: str) -> None:
    text = stack.import_all(ark.TOKEN, {"chat": orphan})
    assert stack.ids() == {"chat": orphan}
    assert f"name: {stored(sim)[orphan]['Name']}" in text
    properties: Json = ark.BASE | {"description": "d", "name": stored(sim)[orphan]["Name"]}
    stack.write({"chat": endpoint(properties)})
    assert stack.up().counts == {"same": 2}
    assert list(stored(sim)) == [orphan]


def test_an_orphan_is_deleted(stack: Stack, sim: Simulator, orphan: str) -> None:
    sim.delete("ark", orphan)
    stack.up()
    (id,) = stored(sim)
    assert (stack.ids(), id == orphan) == ({"chat": id}, False)


def test_an_orphan_is_adopted(stack: Stack, sim: Simulator, orphan: str) -> None:
    stack.write({"chat": endpoint(ark.BASE | {"description": "d", "adoptExisting": True})})
    stack.up()
    assert stack.ids() == {"chat": orphan}
    assert list(stored(sim)) == [orphan]
    assert ark.CREATE not in operations(sim)
    assert stack.up().counts == {"same": 2}
