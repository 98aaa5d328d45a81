"""Creates that take long, never end, fail, or are interrupted: the id is never lost."""

from __future__ import annotations

from simulator.client import Simulator
from support.clouds.description import Cloud
from support.interrupts import AT_ONCE, NAMES, interrupt_creates, interrupt_stalled, looked_at
from support.programs import calls, endpoint, endpoints, named, operations, writes
from support.providers import NOWHERE, own_keys
from support.stacks import Stack


def test_a_create_that_never_ends_is_resumed(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    sim.knobs(cloud.name, cloud.endless)
    stack.write({"chat": named(cloud, "chat", customTimeouts={"create": "2s"})})
    run = stack.up(expect=-1)
    assert f"endpoint {cloud.id('chat')} was still {cloud.passing[0]}" in run.errors
    assert "pulumi up goes on waiting for it" in run.errors
    state = stack.state("chat")
    assert (state["id"], len(state["initErrors"])) == (cloud.id("chat"), 1)
    assert [operation for operation, _ in calls(sim)] == [cloud.create]

    cloud.finish(sim, cloud.target("chat"))
    sim.clear()
    resumed = stack.up()
    assert resumed.ops("chat") == ["update"]
    assert calls(sim) == []
    assert set(operations(sim)) == {cloud.read, cloud.prices}
    state = stack.state("chat")
    assert "initErrors" not in state
    assert state["outputs"]["status"]["state"] == cloud.serving
    assert stack.up().counts == {"same": 2}


def test_an_update_that_never_ends(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    row = cloud.touch
    options = {"customTimeouts": {"update": "2s"}}
    stack.write({"chat": endpoint(cloud, {"name": "chat", **row.before}, **options)})
    stack.up()
    sim.knobs(cloud.name, cloud.endless)
    sim.clear()
    stack.write({"chat": endpoint(cloud, {"name": "chat", **row.after}, **options)})
    run = stack.up(expect=-1)
    assert f"endpoint {cloud.id('chat')} was still " in run.errors
    assert calls(sim) == list(row.calls)
    sim.knobs(cloud.name, cloud.quick)
    assert stack.up().ops("chat") == ["update"]
    assert calls(sim) == list(row.calls) * 2, "an update is repeated: the state keeps old inputs"
    assert stack.up().counts == {"same": 2}


def test_the_inputs_own_timeouts(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    sim.knobs(cloud.name, cloud.endless)
    stack.write({"chat": named(cloud, "chat", {"timeouts": {"create": 1}})})
    assert f"endpoint {cloud.id('chat')} was still " in stack.up(expect=-1).errors
    assert stack.ids() == {"chat": cloud.id("chat")}


def test_no_wait_at_all(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    sim.knobs(cloud.name, cloud.endless)
    stack.write({"chat": named(cloud, "chat", {"waitForReady": False})})
    stack.up()
    assert stack.state("chat")["outputs"]["status"]["state"] == cloud.passing[0]
    assert operations(sim) == [cloud.create, cloud.prices]


def test_a_failed_create_is_mended_by_other_inputs(
    cloud: Cloud, stack: Stack, sim: Simulator
) -> None:
    cloud.fail_create(sim)
    stack.write({"chat": endpoint(cloud, {"name": "chat", **cloud.mend.before})})
    run = stack.up(expect=-1)
    assert cloud.fail_words in run.errors
    assert f"endpoint {cloud.id('chat')} is failed" in run.errors
    assert stack.ids() == {"chat": cloud.id("chat")}
    sim.clear()
    stack.write({"chat": endpoint(cloud, {"name": "chat", **cloud.mend.after})})
    assert stack.up().ops("chat") == ["update"]
    assert calls(sim) == list(cloud.mend.calls)
    assert stack.state("chat")["outputs"]["status"]["state"] == cloud.serving
    assert endpoints(sim, cloud) == [cloud.target("chat")]


def test_a_failed_create_can_be_destroyed(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    cloud.fail_create(sim)
    stack.write({"chat": named(cloud, "chat")})
    stack.up(expect=-1)
    stack.destroy()
    assert (endpoints(sim, cloud), stack.resources()) == ([], {})


def test_interrupt_with_creates_waiting(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    def finish() -> None:
        for name in NAMES:
            cloud.finish(sim, cloud.target(name))

    sim.knobs(cloud.name, cloud.endless)
    interrupt_creates(
        stack,
        lambda name: named(cloud, name),
        ready=lambda: looked_at(sim, cloud.read) == AT_ONCE,
        ids=lambda: {name: cloud.id(name) for name in NAMES},
        finish=finish,
        writes=lambda: writes(sim),
    )


def test_interrupt_while_names_cannot_be_looked_up(
    cloud: Cloud, stack: Stack, sim: Simulator
) -> None:
    away = own_keys({**stack.config, cloud.url_key: NOWHERE})
    half = AT_ONCE // 2
    sim.knobs(cloud.name, cloud.endless)
    interrupt_stalled(
        stack,
        lambda name, **options: named(cloud, name, **options),
        away,
        looked=lambda: looked_at(sim, cloud.read),
        ids=lambda: {name: cloud.id(name) for name in NAMES[:half]},
    )
    assert len(writes(sim)) == half
