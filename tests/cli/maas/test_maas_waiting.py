"""Creates that take long, fail half-way, or are interrupted; replies that are lost or refused."""

from __future__ import annotations

import pytest
from maases import bare, calls, endpoint, full_id, named, operations, stored, writes
from simulator.client import Simulator
from support.clouds import maas
from support.interrupts import AT_ONCE, INTERRUPT_SECONDS, NAMES, interrupt, interrupt_creates, kill
from support.stacks import Stack

# The list never shows what was made a moment ago.
NEVER_LISTED = {"lag_ms": 3_600_000}


def test_a_create_that_is_never_listed_is_kept(stack: Stack, sim: Simulator) -> None:
    sim.knobs("maas", NEVER_LISTED)
    stack.write({"chat": named("chat", customTimeouts={"create": "2s"})})
    run = stack.up(expect=-1)
    assert "waiting for the list to show the endpoint" in run.errors
    state = stack.state("chat")
    assert (state["id"], len(state["initErrors"])) == (full_id(sim, "chat"), 1)
    assert state["outputs"]["target"]["model"] == "chat"
    assert [operation for operation, _ in calls(sim)] == [maas.CREATE]

    sim.knobs("maas", lag_ms=0)
    sim.clear()
    assert stack.up().ops("chat") == ["update"]
    assert calls(sim) == []
    state = stack.state("chat")
    assert ("initErrors" in state, state["outputs"]["status"]) == (False, "normal")
    assert stack.up().counts == {"same": 2}


def test_a_late_list(stack: Stack, sim: Simulator) -> None:
    """New, changed and deleted endpoints show later."""
    sim.knobs("maas", lag_ms=1500)
    stack.write({"chat": named("chat")})
    stack.up()
    assert stack.state("chat")["outputs"]["status"] == "normal"
    stack.write({"chat": named("chat", {"rpm": 5, "desiredState": "paused"})})
    stack.up()
    outputs = stack.state("chat")["outputs"]
    assert (outputs["rpm"], outputs["status"]) == (5, "suspended")
    stack.destroy()
    assert stored(sim) == {}


def test_a_pause_that_fails_after_the_create(stack: Stack, sim: Simulator) -> None:
    """The endpoint is in the state, and the next run goes on with it."""
    sim.fault("maas", maas.CONTROL, kind="error", status=403, message="not now", count=0)
    stack.write({"chat": named("chat", {"desiredState": "paused"})})
    assert "not now" in stack.up(expect=-1).errors
    assert stack.ids() == {"chat": full_id(sim, "chat")}
    sim.clear_faults()
    sim.clear()
    assert stack.up().ops("chat") == ["update"]
    assert calls(sim) == [maas.DEACTIVATE]


def test_a_pause_that_fails_after_the_edit(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named("chat")})
    stack.up()
    sim.fault("maas", maas.CONTROL, kind="error", status=403, message="not now", count=0)
    sim.clear()
    stack.write({"chat": named("chat", {"rpm": 5, "desiredState": "paused"})})
    assert "not now" in stack.up(expect=-1).errors
    assert [operation for operation, _ in calls(sim)] == [maas.EDIT, maas.CONTROL]
    assert stack.state("chat")["outputs"]["rpm"] == 5
    sim.clear_faults()
    stack.up()
    assert calls(sim)[-1] == maas.DEACTIVATE
    assert stack.up().counts == {"same": 2}


def test_a_delete_that_fails_keeps_the_state(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named("chat")})
    stack.up()
    sim.fault("maas", maas.DELETE, kind="error", status=403, message="not yours", count=0)
    assert "not yours" in stack.destroy(expect=-1).errors
    assert stack.ids() == {"chat": full_id(sim, "chat")}
    sim.clear_faults()
    stack.destroy()
    assert stored(sim) == {}


# Ctrl-C.


def test_interrupt_with_creates_waiting(stack: Stack, sim: Simulator) -> None:
    """Every id is kept, whether the list has shown it or not."""

    def all_made() -> bool:
        made = [r for r in sim.requests(operation=maas.CREATE) if r.status == 200]
        after = sim.requests(operation=maas.LIST, after=made[-1].id) if made else []
        return len(made) == AT_ONCE and len([r for r in after if r.status == 200]) > 0

    sim.knobs("maas", NEVER_LISTED)
    interrupt_creates(
        stack,
        named,
        ready=all_made,
        ids=lambda: {name: full_id(sim, name) for name in NAMES},
        finish=lambda: sim.knobs("maas", lag_ms=0),
        writes=lambda: writes(sim),
    )


def test_interrupt_while_a_create_is_on_its_way(stack: Stack, sim: Simulator) -> None:
    """It was carried out: the last look finds it."""
    sim.fault("maas", maas.CREATE, kind="hold")
    stack.write({"chat": named("chat")})
    try:
        seconds = interrupt(stack, lambda: stored(sim))
    finally:
        sim.release()
    assert seconds < INTERRUPT_SECONDS
    assert stack.ids() == {"chat": full_id(sim, "chat")}
    sim.clear()
    stack.up()
    assert writes(sim) == []


# Lost replies.


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_lost_reply_is_found_again(stack: Stack, sim: Simulator, reset: bool) -> None:
    """The create happened: one request, one endpoint, and it is ours."""
    sim.fault("maas", maas.CREATE, kind="close", reset=reset, apply=True)
    stack.write({"chat": named("chat")})
    stack.up()
    assert [operation for operation, _ in calls(sim)] == [maas.CREATE]
    assert stack.ids() == {"chat": full_id(sim, "chat")}
    assert stack.up().counts == {"same": 2}


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_lost_request_is_sent_again(stack: Stack, sim: Simulator, reset: bool) -> None:
    """The create did not happen: a second one, but only after a look."""
    sim.fault("maas", maas.CREATE, kind="close", reset=reset, apply=False)
    stack.write({"chat": named("chat")})
    stack.up()
    assert operations(sim)[1:4] == [maas.CREATE, maas.LIST, maas.CREATE]
    assert stack.ids() == {"chat": full_id(sim, "chat")}


@pytest.mark.parametrize("answer", ["custom_endpoint_id", "string", "one", "empty"])
def test_every_answer_to_a_create(stack: Stack, sim: Simulator, answer: str) -> None:
    sim.knobs("maas", create_answer=answer, create_status=201)
    stack.write({"chat": endpoint()})
    stack.up()
    assert [bare(id) for id in stack.ids().values()] == list(stored(sim))


def test_lost_replies_of_everything_else(stack: Stack, sim: Simulator) -> None:
    """They may be repeated."""
    stack.write({"chat": named("chat")})
    stack.up()
    for operation in (maas.EDIT, maas.CONTROL, maas.DELETE):
        sim.fault("maas", operation, kind="close", apply=True)
    sim.clear()
    stack.write({"chat": named("chat", {"rpm": 5, "desiredState": "paused"})})
    stack.up()
    assert calls(sim) == [(maas.EDIT, maas.edit(rpm=5))] * 2 + [maas.DEACTIVATE] * 2
    assert stack.refresh().counts == {"same": 2}
    assert stack.destroy().counts == {"delete": 2}
    assert (stored(sim), stack.resources()) == ({}, {})


def test_a_run_that_was_killed(stack: Stack, sim: Simulator) -> None:
    """Between the create and the state: the next run names the endpoint and the ways out."""
    sim.fault("maas", maas.CREATE, kind="hold")
    stack.write({"chat": named("chat")})
    kill(stack, lambda: stored(sim))
    sim.release()
    sim.clear_faults()
    sim.clear()
    run = stack.up(expect=-1)
    assert f"pulumi import {maas.TOKEN} chat {full_id(sim, 'chat')}" in run.errors
    stack.import_one(maas.TOKEN, "chat", full_id(sim, "chat"))
    assert stack.up().counts == {"same": 2}


def test_throttled(stack: Stack, sim: Simulator) -> None:
    sim.fault(
        "maas",
        maas.CREATE,
        kind="error",
        status=429,
        code="0308",
        headers={"Retry-After": "1"},
        count=2,
    )
    stack.write({"chat": named("chat")})
    stack.up()
    assert [(w.operation, w.status) for w in writes(sim)] == [
        (maas.CREATE, 429),
        (maas.CREATE, 429),
        (maas.CREATE, 200),
    ]


def test_nobody_listens(stack: Stack, sim: Simulator) -> None:
    stack.configure({**stack.config, "inference:maxRetries": 0})
    stack.write({"chat": named("chat")})
    sim.listen("maas", False)
    try:
        run = stack.up(expect=-1)
    finally:
        sim.listen("maas", True)
    assert ("Huawei Cloud MaaS" in run.errors, stack.resources()) == (True, {})
    assert stack.up().ops("chat") == ["create"]


def test_a_list_that_is_not_whole_deletes_nothing(stack: Stack, sim: Simulator) -> None:
    stack.write({name: named(name) for name in ("one", "two", "three")})
    stack.up()
    ids = stack.ids()
    sim.knobs("maas", page_size=1, offset="ignored")
    assert "not taken as deleted" in stack.refresh(expect=-1).errors
    assert stack.ids() == ids


@pytest.mark.parametrize("status", [400, 404])
def test_a_refused_token_deletes_nothing(stack: Stack, sim: Simulator, status: int) -> None:
    stack.write({"chat": named("chat")})
    stack.up()
    sim.fault(
        "maas",
        maas.LIST,
        kind="error",
        status=status,
        code="ModelArts.0104",
        message="Invalid token.",
        count=0,
    )
    for run in (stack.refresh(expect=-1), stack.up("--refresh", expect=-1)):
        assert "The token was refused" in run.errors
    assert stack.ids() == {"chat": full_id(sim, "chat")}
