"""A hundred random endpoints of each cloud come under management by one import file.

What `pulumi import` writes is the whole program: it previews, runs and refreshes without a change,
and nothing but reads has gone to the service.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from simulator.client import Simulator
from support import fleets
from support.fleets.draw import LOST_IN_YAML
from support.fleets.fleet import Fleet
from support.runs import Run
from support.stacks import Stack, Toolchain

COUNT = 100
SEED = "2026"
# The stack itself is one more.
SAME = {"same": COUNT + 1}


@pytest.fixture
def sim(fleet: Fleet) -> Any:
    with Simulator(fleet.name) as simulator:
        simulator.knobs(fleet.name, fleet.knobs)
        simulator.freeze()  # or endpoints fall asleep that nobody calls
        yield simulator


@pytest.fixture
def stack(fleet: Fleet, sim: Simulator, tools: Toolchain, tmp_path: Path) -> Stack:
    result = Stack(tmp_path / "stack", tools, sim)
    result.configure(fleet.config(sim.url(fleet.name)))
    return result


def changes(done: Run) -> dict[str, dict[str, str]]:
    """What a command that must change nothing changes, by resource."""
    names = {name for name, op in done.begun if op not in ("same", "refresh") or done.diff(name)}
    return {name: done.diff(name) for name in sorted(names)}


def check_same(command: Callable[..., Run]) -> None:
    done = command("--expect-no-changes", expect=None)
    assert changes(done) == {}
    assert (done.status, done.counts) == (0, SAME), done.text[-2000:]


@pytest.mark.timeout(360)  # four long commands
@pytest.mark.parametrize("fleet", fleets.ALL, ids=lambda fleet: fleet.name)
def test_a_hundred_at_once(fleet: Fleet, stack: Stack, sim: Simulator) -> None:
    ids = fleet.place(sim, SEED, COUNT, LOST_IN_YAML)
    before = sim.state(fleet.name)["endpoints"]
    sim.clear()

    program = stack.import_all(fleet.token, ids)
    assert len(stack.ids()) == COUNT
    sent = [request.operation for request in sim.requests()]
    assert set(sent) <= set(fleet.reads)
    # An endpoint of ModelArk need not have a certificate; nothing else is refused.
    refused = {r.operation for r in sim.requests() if r.status != 200}
    assert refused <= {"endpoint.certificate"}
    assert len(sent) <= fleet.requests(COUNT)

    # The file is the program, word for word.
    (stack.project / "Pulumi.yaml").write_text(f"name: demo\nruntime: yaml\n{program}")
    sim.clear()
    check_same(stack.preview)
    check_same(stack.up)
    assert sim.requests() == []
    check_same(stack.refresh)
    assert {request.operation for request in sim.requests()} <= {*fleet.reads, *fleet.lists}
    assert sim.state(fleet.name)["endpoints"] == before
