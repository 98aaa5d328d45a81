"""A switch of the model through the real CLI: the id stays, and every request is on the record."""

from __future__ import annotations

from typing import Any

import pytest
from arks import calls, named, operations, stored
from simulator.client import Simulator
from support.clouds import ark
from support.clouds.description import Json
from support.interrupts import interrupt
from support.stacks import Stack

MODEL = "modelReference.foundationModel"
VERSION = f"{MODEL}.modelVersion"
OLD, NEW, OTHER = "250615", "260628", "270101"


def to(version: str, **more: Any) -> Json:
    return {"modelReference": {"foundationModel": {"modelVersion": version}}, **more}


def serves(sim: Simulator) -> dict[str, str]:
    """The version by id."""
    return {
        id: document["ModelReference"]["FoundationModel"]["ModelVersion"]
        for id, document in stored(sim).items()
    }


def switches(sim: Simulator) -> list[tuple[str, str]]:
    """Target and status, oldest first."""
    found = sim.state("ark")["rollings"].values()
    return [(switch["RollingIn"]["ModelVersion"], switch["Status"]) for switch in found]


def console(sim: Simulator, id: str, version: str) -> None:
    sim.call("ark", "console", doing="switch", target=id, name="seed-1-6", version=version)


@pytest.fixture
def id(stack: Stack, sim: Simulator) -> str:
    """The id of a made endpoint; a switch stands still unless a test moves it."""
    sim.knobs("ark", rolling_look_seconds=0, rolling_revert_seconds=1)
    stack.write({"chat": named("chat")})
    stack.up()
    sim.clear()
    return stack.ids()["chat"]


def test_one_switch(stack: Stack, sim: Simulator, id: str) -> None:
    sim.knobs("ark", rolling_look_seconds=20 * 60)
    stack.write({"chat": named("chat", to(NEW))})
    preview = stack.preview()
    assert preview.diff("chat") == {VERSION: "update"}
    words = f"endpoint {id}: traffic moves to {NEW} by 2 % a minute, and its id stays"
    assert words in " ".join(preview.said_of("chat"))
    assert sim.requests("ark") == []
    run = stack.up()
    assert (run.ops("chat"), run.diff("chat")) == (["update"], {VERSION: "update"})
    assert any("rolling 82 %, about 9 minutes left" in line for line in run.progress)
    assert calls(sim) == ark.rolled("seed-1-6", NEW)
    assert (stack.ids(), serves(sim)) == ({"chat": id}, {id: NEW})
    state = stack.state("chat")
    assert state["outputs"]["modelReference"] == state["inputs"]["modelReference"]
    assert "rolling" not in state["outputs"]
    sim.clear()
    assert stack.up().counts == {"same": 2}
    assert sim.requests("ark") == []
    assert stack.refresh().diff("chat") == {}


def test_one_that_is_not_waited_for_and_taken_back(stack: Stack, sim: Simulator, id: str) -> None:
    stack.write({"chat": named("chat", to(NEW, waitForReady=False))})
    stack.up()
    assert calls(sim) == ark.rolled("seed-1-6", NEW)
    assert stack.state("chat")["outputs"]["rolling"]["to"] == f"seed-1-6-{NEW}"
    sim.clear()
    assert stack.up().counts == {"same": 2}
    assert sim.requests("ark") == []
    sim.advance(5 * 60)
    assert stack.refresh().diff("chat") == {}
    assert stack.state("chat")["outputs"]["rolling"]["percent"] >= 12
    assert stack.up().counts == {"same": 2}

    sim.clear()
    stack.write({"chat": named("chat", to(OLD))})
    assert f"traffic goes back to {OLD}" in " ".join(stack.preview().said_of("chat"))
    assert stack.up().ops("chat") == ["update"]
    assert calls(sim) == [(ark.CANCEL, {})]
    assert (switches(sim), serves(sim)) == ([(NEW, "Reverted")], {id: OLD})
    assert stack.up().counts == {"same": 2}


def test_one_interrupted_and_resumed(stack: Stack, sim: Simulator, id: str) -> None:
    stack.write({"chat": named("chat", to(NEW))})
    interrupt(stack, lambda: len(sim.requests("ark", operation="rolling.get")) > 1)
    assert calls(sim) == ark.rolled("seed-1-6", NEW)
    assert stack.state("chat")["outputs"]["modelReference"] == ark.BASE["modelReference"]
    sim.knobs("ark", rolling_look_seconds=3600)
    sim.clear()
    assert stack.up().ops("chat") == ["update"]
    assert calls(sim) == []
    assert (switches(sim), serves(sim)) == ([(NEW, "Finished")], {id: NEW})
    assert stack.up().counts == {"same": 2}


def test_a_timeout_keeps_it_going(stack: Stack, sim: Simulator, id: str) -> None:
    stack.write({"chat": named("chat", to(NEW), customTimeouts={"update": "2s"})})
    assert "pulumi up goes on waiting for it" in stack.up(expect=-1).errors
    assert switches(sim) == [(NEW, "Running")]
    sim.clear()
    stack.write({"chat": named("chat", to(OTHER))})
    sim.knobs("ark", rolling_look_seconds=3600)
    stack.up()
    # By then the first one is done, or is taken back: either way the other one is what serves.
    assert (stack.ids(), serves(sim)) == ({"chat": id}, {id: OTHER})
    assert stack.up().counts == {"same": 2}


def test_the_console_switches_to_the_same(stack: Stack, sim: Simulator, id: str) -> None:
    console(sim, id, NEW)
    sim.knobs("ark", rolling_look_seconds=3600)
    stack.write({"chat": named("chat", to(NEW))})
    stack.up()
    assert calls(sim) == []
    assert (switches(sim), serves(sim)) == ([(NEW, "Finished")], {id: NEW})


def test_the_console_switches_to_another(stack: Stack, sim: Simulator, id: str) -> None:
    console(sim, id, OTHER)
    stack.write({"chat": named("chat", to(NEW, description="new"))})
    run = stack.up(expect=-1)
    assert f"is being switched to seed-1-6-{OTHER}" in run.errors
    assert "nothing was sent" in run.errors
    assert calls(sim) == []
    assert switches(sim) == [(OTHER, "Running")]


def test_the_console_takes_it_back(stack: Stack, sim: Simulator, id: str) -> None:
    stack.write({"chat": named("chat", to(NEW, waitForReady=False))})
    stack.up()
    (switch,) = sim.state("ark")["rollings"]
    sim.call("ark", "console", doing="cancel", target=switch)
    sim.advance(2)
    run = stack.refresh()
    assert run.diff("chat") == {VERSION: "update"}
    sim.knobs("ark", rolling_look_seconds=3600)
    sim.clear()
    stack.write({"chat": named("chat", to(NEW))})
    stack.up()
    assert calls(sim) == ark.rolled("seed-1-6", NEW)
    assert serves(sim) == {id: NEW}


def test_the_console_switches_behind_our_back(stack: Stack, sim: Simulator, id: str) -> None:
    """A finished one is drift like any other, and goes back the same way."""
    console(sim, id, OTHER)
    sim.knobs("ark", timestamp_seconds=86400)
    sim.advance(3600)
    assert stack.refresh().diff("chat") == {VERSION: "update"}
    sim.knobs("ark", rolling_look_seconds=3600)
    sim.clear()
    stack.up()
    assert calls(sim) == ark.rolled("seed-1-6", OLD)
    assert (stack.ids(), serves(sim)) == ({"chat": id}, {id: OLD})


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_lost_reply(stack: Stack, sim: Simulator, id: str, reset: bool) -> None:
    sim.knobs("ark", rolling_look_seconds=3600)
    sim.fault("ark", ark.ROLL, kind="close", reset=reset, apply=True, skip=1)
    stack.write({"chat": named("chat", to(NEW))})
    stack.up()
    assert calls(sim) == ark.rolled("seed-1-6", NEW)
    assert (switches(sim), serves(sim)) == ([(NEW, "Finished")], {id: NEW})


def test_an_endpoint_that_cannot_is_replaced(stack: Stack, sim: Simulator, id: str) -> None:
    sim.mutate("ark", id, {"SupportRolling": False})
    stack.refresh()
    sim.clear()
    stack.write({"chat": named("chat", to(NEW))})
    preview = stack.preview()
    assert preview.diff("chat") == {VERSION: "update-replace"}
    assert "supportRolling is false" in " ".join(preview.said_of("chat"))
    stack.up()
    assert [operation for operation, _ in calls(sim)] == [ark.CREATE, ark.DELETE]
    (new,) = stored(sim)
    assert stack.ids() == {"chat": new} != {"chat": id}


def test_support_that_is_gone_since(stack: Stack, sim: Simulator, id: str) -> None:
    """The state says that it can: the update fails before it sends anything, and says what does."""
    sim.mutate("ark", id, {"SupportRolling": False})
    stack.write({"chat": named("chat", to(NEW, description="new"))})
    assert "Set modelSwitch: replace" in stack.up(expect=-1).errors
    assert operations(sim) == ["endpoint.get"]
    stack.write({"chat": named("chat", to(NEW, description="new", modelSwitch="replace"))})
    stack.up()
    assert list(serves(sim).values()) == [NEW]
    assert list(stored(sim)) == list(stack.ids().values()) != [id]


def test_an_import_while_one_goes_on(stack: Stack, sim: Simulator, id: str) -> None:
    console(sim, id, NEW)
    stack.write({})
    stack.run("state", "delete", "--yes", "--stack", "dev", "--force", "--target-dependents",
              stack.resources()["chat"]["urn"])  # fmt: skip
    stack.import_one(ark.TOKEN, "chat", id)
    assert stack.state("chat")["inputs"]["modelReference"] == {
        "foundationModel": {"name": "seed-1-6", "modelVersion": NEW}
    }
