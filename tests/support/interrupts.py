"""Runs that are interrupted, by Ctrl-C or for good."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from simulator.client import Simulator

from support.clouds.description import Json
from support.resolvers import StalledResolver, asking_only
from support.stacks import Stack

AT_ONCE = 20
# The criterion of the project: Ctrl-C gives the prompt back in less than this.
INTERRUPT_SECONDS = 2.0
READY_SECONDS = 60.0
UP = ("up", "--yes", "--skip-preview", "--parallel", "64")
Ready = Callable[[], object]
NAMES = tuple(f"many-{number:02d}" for number in range(AT_ONCE))


def looked_at(sim: Simulator, operation: str = "endpoint.get") -> int:
    """How many endpoints have been looked at since they were made."""
    return len({look.target for look in sim.requests(operation=operation) if look.status == 200})


@contextmanager
def _started(stack: Stack, line: list[str], ready: Ready) -> Iterator[subprocess.Popen[str]]:
    """A run that has come so far; nothing of it is left behind."""
    process = stack.spawn(line)
    try:
        stack.sim.wait_for(lambda _: ready(), READY_SECONDS, "what has to come before the end")
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def interrupt(stack: Stack, ready: Ready, wrap: Callable[[list[str]], list[str]] = list) -> float:
    """Start an `up`, send Ctrl-C to its process group once it is ready for that; how long it took
    from there to its end."""
    line, log = stack.prepare(*UP)
    with _started(stack, wrap(line), ready) as process:
        began = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        run = stack.finish(process, line, log, expect=-1)
        seconds = time.monotonic() - began
    assert "cancel" in run.text.lower()
    print(f"INTERRUPT {seconds:.2f} s")
    return seconds


def _descendants(pid: int) -> list[int]:
    """All that a process has started, the youngest first."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [*_descendants(child), child]
    return found


def kill(stack: Stack, ready: Ready) -> None:
    """Start an `up` and kill all of it once it is ready for that: the provider first, for it takes
    back what nobody will ever know of when only its engine ends."""
    line, _ = stack.prepare("up", "--yes", "--skip-preview")
    with _started(stack, line, ready) as process:
        stack.kill(process, *_descendants(process.pid))
        process.communicate()
    stack.run("cancel", "--yes", "--stack", "dev", expect=None)


def interrupt_creates(
    stack: Stack,
    resource: Callable[[str], Json],
    ready: Ready,
    ids: Callable[[], Mapping[str, str]],
    finish: Callable[[], object],
    writes: Callable[[], list[object]],
) -> None:
    """Twenty creates wait for their endpoints: every id is kept, and the next run goes on with
    them. `ids` is what exists by name; `finish` ends the wait; `writes` are later changes."""
    stack.write({name: resource(name) for name in NAMES})
    seconds = interrupt(stack, ready)
    assert stack.ids() == dict(ids())
    assert sorted(stack.ids()) == list(NAMES)
    assert seconds < INTERRUPT_SECONDS
    finish()
    stack.sim.clear()
    assert stack.up().counts == {"update": AT_ONCE, "same": 1}
    assert writes() == []


def interrupt_stalled(
    stack: Stack,
    resource: Callable[..., Json],
    away: Json,
    looked: Callable[[], int],
    ids: Callable[[], Mapping[str, str]],
) -> None:
    """Half of the creates wait for their endpoint, half for a name server that never answers.
    `away` configures a provider whose service has to be looked up."""
    half = AT_ONCE // 2
    lost = {f"lost-{number:02d}" for number in range(half)}
    stack.write(
        {
            "away": {"type": "pulumi:providers:inference", "properties": away},
            **{name: resource(name) for name in NAMES[:half]},
            **{name: resource(name, provider="${away}") for name in lost},
        }
    )
    with StalledResolver() as resolver:
        seconds = interrupt(
            stack,
            lambda: looked() == half and resolver.questions > 0,
            lambda line: asking_only(resolver, stack.root, line),
        )
    assert stack.ids() == dict(ids())
    assert sorted(stack.ids()) == list(NAMES[:half])
    assert seconds < INTERRUPT_SECONDS
