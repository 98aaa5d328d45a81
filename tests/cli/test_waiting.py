"""Creates that take long, never end, fail, or are interrupted: the id is never lost."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from clouds.description import Cloud
from programs import calls, endpoint, endpoints, named, operations, writes
from resolvers import StalledResolver, asking_only
from simulator.client import Simulator
from stacks import Stack

AT_ONCE = 20
# The criterion of the project: Ctrl-C gives the prompt back in less than this.
INTERRUPT_SECONDS = 2.0


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
    assert set(operations(sim)) == {cloud.read}
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
    assert operations(sim) == [cloud.create]


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


def interrupt(
    stack: Stack, ready: Callable[[], bool], wrap: Callable[[list[str]], list[str]] = list
) -> float:
    """Start an `up`, send Ctrl-C to its process group once it is ready for that; how long it took
    from there to its end."""
    line, log = stack.prepare("up", "--yes", "--skip-preview", "--parallel", "64")
    process = stack.spawn(wrap(line))
    try:
        stack.sim.wait_for(lambda _: ready(), 60, "what has to come before the interrupt")
        began = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        run = stack.finish(process, line, log, expect=-1)
        seconds = time.monotonic() - began
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert "cancel" in run.text.lower()
    return seconds


def waited_for(sim: Simulator, cloud: Cloud) -> int:
    """How many endpoints have been looked at since they were made."""
    return len({r.target for r in sim.requests(operation=cloud.read) if r.status == 200})


def test_interrupt_with_creates_waiting(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    names = [f"many-{number:02d}" for number in range(AT_ONCE)]
    sim.knobs(cloud.name, cloud.endless)
    stack.write({name: named(cloud, name) for name in names})
    seconds = interrupt(stack, lambda: waited_for(sim, cloud) == AT_ONCE)
    assert stack.ids() == {name: cloud.id(name) for name in names}
    assert seconds < INTERRUPT_SECONDS

    for name in names:
        cloud.finish(sim, cloud.target(name))
    sim.clear()
    assert stack.up().counts == {"update": AT_ONCE, "same": 1}
    assert writes(sim) == []


def test_interrupt_while_names_cannot_be_looked_up(
    cloud: Cloud, stack: Stack, sim: Simulator
) -> None:
    """Half of the creates wait for their endpoint, half for a name server that never answers."""
    half = AT_ONCE // 2
    waiting = [f"many-{number:02d}" for number in range(half)]
    config = {key.split(":", 1)[1]: value for key, value in stack.config.items()}
    away = {**config, cloud.url_key.split(":", 1)[1]: "https://nowhere.example"}
    sim.knobs(cloud.name, cloud.endless)
    stack.write(
        {
            "away": {"type": "pulumi:providers:inference", "properties": away},
            **{name: named(cloud, name) for name in waiting},
            **{
                f"lost-{number:02d}": named(cloud, f"lost-{number:02d}", provider="${away}")
                for number in range(half)
            },
        }
    )
    with StalledResolver() as resolver:
        seconds = interrupt(
            stack,
            lambda: waited_for(sim, cloud) == half and resolver.questions > 0,
            lambda line: asking_only(resolver, stack.root, line),
        )
    assert stack.ids() == {name: cloud.id(name) for name in waiting}
    assert seconds < INTERRUPT_SECONDS
    assert len(writes(sim)) == half
