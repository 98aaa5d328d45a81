"""Creates that take long, never end, fail, or are interrupted; replies that are lost or refused."""

from __future__ import annotations

import pytest
from simulator.client import Simulator
from support.clouds import tir
from support.clouds.description import Json
from support.interrupts import (
    AT_ONCE,
    INTERRUPT_SECONDS,
    interrupt,
    interrupt_creates,
    interrupt_stalled,
    kill,
    looked_at,
)
from support.providers import NOWHERE, own_keys
from support.stacks import Stack
from tirs import calls, endpoint, named, names, operations, stored, writes

ID = "3001"
PLANS = "sku.list"  # which have prices
NEVER_DELETED = {"polls": {"waiting": 0, "terminating": 0, "deleting": 100000}}
NONE_FREE: Json = {"kind": "error", "status": 400, "message": "SKU inventory unavailable"}


def finish(sim: Simulator, *ids: str) -> None:
    """Ends the passing state of all, or of those, at once."""
    for id in ids or stored(sim):
        sim.mutate("tir", f"501/{id}", {"status": "running"})


def test_a_create_that_never_ends_is_resumed(stack: Stack, sim: Simulator) -> None:
    sim.knobs("tir", tir.ENDLESS)
    stack.write({"chat": named("chat", customTimeouts={"create": "2s"})})
    run = stack.up(expect=-1)
    assert f"endpoint {ID} was still waiting" in run.errors
    assert "pulumi up goes on waiting for it" in run.errors
    state = stack.state("chat")
    assert (state["id"], len(state["initErrors"])) == (ID, 1)
    assert [operation for operation, _ in calls(sim)] == [tir.CREATE]

    finish(sim)
    sim.clear()
    assert stack.up().ops("chat") == ["update"]
    assert calls(sim) == []
    assert set(operations(sim)) == {tir.GET, PLANS}
    state = stack.state("chat")
    assert ("initErrors" in state, state["outputs"]["status"]) == (False, "running")
    assert stack.up().counts == {"same": 2}


def test_an_update_that_never_ends(stack: Stack, sim: Simulator) -> None:
    options = {"customTimeouts": {"update": "2s"}}
    stack.write({"chat": named("chat", **options)})
    stack.up()
    sim.knobs("tir", tir.ENDLESS)
    sim.clear()
    after = {"name": "chat", **tir.BASE, "modelPath": "b"}
    stack.write({"chat": endpoint(after, **options)})
    assert f"endpoint {ID} was still waiting" in stack.up(expect=-1).errors
    assert calls(sim) == [tir.call(tir.PATCH, after)]
    sim.knobs("tir", tir.QUICK)
    assert stack.up().ops("chat") == ["update"]
    assert calls(sim) == [tir.call(tir.PATCH, after)] * 2, "the state keeps the old inputs"
    assert stack.up().counts == {"same": 2}


def test_a_delete_that_never_ends(stack: Stack, sim: Simulator) -> None:
    sim.knobs("tir", NEVER_DELETED)
    stack.write({"chat": named("chat", customTimeouts={"delete": "2s"})})
    stack.up()
    assert f"endpoint {ID} was still there (terminating)" in stack.destroy(expect=-1).errors
    assert stack.ids() == {"chat": ID}
    sim.delete("tir", f"501/{ID}")
    stack.destroy()
    assert stack.resources() == {}


def test_the_inputs_own_timeouts(stack: Stack, sim: Simulator) -> None:
    sim.knobs("tir", tir.ENDLESS)
    stack.write({"chat": named("chat", {"timeouts": {"create": 1}})})
    assert f"endpoint {ID} was still waiting" in stack.up(expect=-1).errors
    assert stack.ids() == {"chat": ID}


def test_no_wait_at_all(stack: Stack, sim: Simulator) -> None:
    sim.knobs("tir", tir.ENDLESS)
    stack.write({"chat": named("chat", {"waitForReady": False})})
    stack.up()
    assert stack.state("chat")["outputs"]["status"] == "waiting"
    assert operations(sim) == [tir.CREATE, PLANS]


def test_a_failed_create_can_be_destroyed(stack: Stack, sim: Simulator) -> None:
    sim.knobs("tir", fail_next_create=1)
    stack.write({"chat": named("chat")})
    stack.up(expect=-1)
    stack.destroy()
    assert (stored(sim), stack.resources()) == ({}, {})


def test_a_delete_that_fails_keeps_the_state(stack: Stack, sim: Simulator) -> None:
    """As while an address is being attached."""
    sim.knobs("tir", vpc_attaching=["chat"])
    stack.write({"chat": named("chat")})
    stack.up()
    assert "E2E Networks TIR: deleting the endpoint: " in stack.destroy(expect=-1).errors
    assert stack.ids() == {"chat": ID}
    sim.knobs("tir", vpc_attaching=[])
    stack.destroy()
    assert stored(sim) == {}


def test_a_machine_that_comes_free(stack: Stack, sim: Simulator) -> None:
    sim.fault("tir", tir.CREATE, **NONE_FREE, count=1)
    stack.write({"chat": named("chat", {"verifySku": True, "capacityRetryTimeout": 60})})
    run = stack.up()
    assert "no machine of that kind is free; trying again in 1 s" in run.progress
    assert operations(sim)[:3] == [PLANS, tir.CREATE, tir.CREATE]
    assert stack.up().counts == {"same": 2}


# Ctrl-C.


def test_interrupt_with_creates_waiting(stack: Stack, sim: Simulator) -> None:
    sim.knobs("tir", tir.ENDLESS)
    interrupt_creates(
        stack,
        named,
        ready=lambda: looked_at(sim) == AT_ONCE,
        ids=lambda: names(sim),
        finish=lambda: finish(sim),
        writes=lambda: writes(sim),
    )


def test_interrupt_while_names_cannot_be_looked_up(stack: Stack, sim: Simulator) -> None:
    away = {**own_keys(stack.config), "tirEndpoint": f"{NOWHERE}{tir.MOUNT}"}
    sim.knobs("tir", tir.ENDLESS)
    interrupt_stalled(
        stack,
        lambda name, **options: named(name, **options),
        away,
        looked=lambda: looked_at(sim),
        ids=lambda: names(sim),
    )
    assert len(writes(sim)) == AT_ONCE // 2


def test_interrupt_while_a_create_is_on_its_way(stack: Stack, sim: Simulator) -> None:
    """It was carried out: the last look finds it, by its name."""
    sim.fault("tir", tir.CREATE, kind="hold")
    stack.write({"chat": named("chat")})
    try:
        seconds = interrupt(stack, lambda: stored(sim))
    finally:
        sim.release()
    assert seconds < INTERRUPT_SECONDS
    assert stack.ids() == {"chat": ID}
    sim.clear_faults()
    sim.clear()
    assert stack.up().counts == {"same": 2}
    assert writes(sim) == []


def test_interrupt_while_a_machine_is_waited_for(stack: Stack, sim: Simulator) -> None:
    """Nothing is there yet, and nothing is asked for any more."""
    stack.write({"chat": named("chat", {"skuName": "H200.1", "capacityRetryTimeout": 3600})})
    seconds = interrupt(stack, lambda: len(calls(sim)) == 2)
    assert seconds < INTERRUPT_SECONDS
    assert (stack.resources(), stored(sim)) == ({}, {})


# Lost replies.


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_lost_reply_is_found_again(stack: Stack, sim: Simulator, reset: bool) -> None:
    """The create happened: one request, one endpoint, and it is ours."""
    sim.fault("tir", tir.CREATE, kind="close", reset=reset, apply=True)
    stack.write({"chat": named("chat")})
    stack.up()
    assert [operation for operation, _ in calls(sim)] == [tir.CREATE]
    assert stack.ids() == names(sim) == {"chat": ID}
    assert stack.up().counts == {"same": 2}


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_lost_request_is_sent_again(stack: Stack, sim: Simulator, reset: bool) -> None:
    """The create did not happen: a second one, but only after a look."""
    sim.fault("tir", tir.CREATE, kind="close", reset=reset, apply=False)
    stack.write({"chat": named("chat")})
    stack.up()
    assert operations(sim)[:3] == [tir.CREATE, tir.LIST, tir.CREATE]
    assert stack.ids() == names(sim)


def test_lost_replies_of_everything_else(stack: Stack, sim: Simulator) -> None:
    """They may be repeated; a stop that is done already is no error."""
    stack.write({"chat": named("chat")})
    stack.up()
    for operation in (tir.PATCH, tir.FIX, tir.STOP, tir.DELETE):
        sim.fault("tir", operation, kind="close", apply=True)
    sim.clear()
    after = {"name": "chat", **tir.BASE, "modelPath": "b", "replica": 2, "desiredState": "paused"}
    stack.write({"chat": endpoint(after)})
    stack.up()
    twice = [call for op in (tir.PATCH, tir.FIX, tir.STOP) for call in [tir.call(op, after)] * 2]
    assert calls(sim) == twice
    assert stack.refresh().counts == {"same": 2}
    assert stack.destroy().counts == {"delete": 2}
    assert (stored(sim), stack.resources()) == ({}, {})


def test_throttled(stack: Stack, sim: Simulator) -> None:
    """As long as `ratelimit-reset` says."""
    sim.fault("tir", tir.CREATE, kind="error", status=429, message="slow", count=2)
    stack.write({"chat": named("chat")})
    stack.up()
    posts = writes(sim)
    assert [(post.operation, post.status) for post in posts] == [
        (tir.CREATE, 429),
        (tir.CREATE, 429),
        (tir.CREATE, 201),
    ]
    assert posts[1].started_monotonic - posts[0].started_monotonic >= 1.0


def test_nobody_listens(stack: Stack, sim: Simulator) -> None:
    stack.configure({**stack.config, "inference:maxRetries": 0})
    stack.write({"chat": named("chat")})
    sim.listen("tir", False)
    try:
        run = stack.up(expect=-1)
    finally:
        sim.listen("tir", True)
    assert ("E2E Networks TIR" in run.errors, stack.resources()) == (True, {})
    assert stack.up().ops("chat") == ["create"]


# A run that was killed between the create and the state.


@pytest.fixture
def orphan(stack: Stack, sim: Simulator) -> str:
    sim.fault("tir", tir.CREATE, kind="hold")
    stack.write({"chat": named("chat")})
    kill(stack, lambda: stored(sim))
    sim.release()
    sim.clear_faults()
    sim.clear()
    assert stack.resources() == {}
    return ID


def test_an_orphan_is_named(stack: Stack, sim: Simulator, orphan: str) -> None:
    """Neither doubled nor taken over in silence: three ways out."""
    run = stack.up(expect=-1)
    assert f"pulumi import {tir.TOKEN} chat {orphan}" in run.errors
    assert "delete it" in run.errors
    assert "adoptExisting: true" in run.errors
    assert (stack.resources(), list(stored(sim))) == ({}, [orphan])
    assert [operation for operation, _ in calls(sim)] == [tir.CREATE], "which is refused"


def test_an_orphan_is_imported(stack: Stack, sim: Simulator, orphan: str) -> None:
    stack.import_one(tir.TOKEN, "chat", orphan)
    assert stack.up().counts == {"same": 2}
    assert (stack.ids(), calls(sim)) == ({"chat": orphan}, [])


def test_an_orphan_is_adopted(stack: Stack, sim: Simulator, orphan: str) -> None:
    stack.write({"chat": named("chat", {"adoptExisting": True})})
    stack.up()
    assert (stack.ids(), list(stored(sim))) == ({"chat": orphan}, [orphan])
    assert stack.up().counts == {"same": 2}
