"""Stacks that earlier releases wrote (tests/fixtures/states) open with the provider under test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from saved import Saved, all_saved
from services import CANARY, NAME
from simulator.client import Simulator
from support.clouds.description import Json
from support.programs import operations
from support.stacks import Stack, Toolchain

UNSETTLED = ("partial", "pending-deletion")
Opener = Callable[[Saved], Stack]


@pytest.fixture
def opened(simulators: Callable[[str], Simulator], tools: Toolchain, tmp_path: Path) -> Opener:
    return lambda saved: saved.open(tmp_path / "stack", tools, simulators(saved.service.name))


def of(case: str) -> list[Saved]:
    return all_saved(lambda other: other == case)


def taken(sim: Simulator) -> list[str]:
    """The operations so far, which are forgotten."""
    done = operations(sim)
    sim.clear()
    return done


def deleted(saved: Saved, sim: Simulator) -> list[str]:
    """The targets that were deleted, each once and without any other change; the requests are
    forgotten. Further pages of a list are no look of their own."""
    service = saved.service
    requests = [one for one in sim.requests() if "page_no=2" not in one.query]
    sim.clear()
    left_overs = saved.left_overs()
    looks = (*service.looks_when_gone, *left_overs)
    deletes = [r for r in requests if r.operation not in looks]
    sent: list[tuple[str, Json | None]] = [(r.operation, r.json) for r in deletes]
    targets = [r.target for r in deletes]
    assert sent == [("endpoint.delete", service.delete_body(target)) for target in targets]
    looked = Counter(r.operation for r in requests if r.operation in looks)
    assert looked == Counter(service.looks_when_gone * len(targets)) + Counter(left_overs)
    return targets


def check_destroyed(saved: Saved, stack: Stack, count: int, targets: list[str]) -> None:
    # One after the other: deletes at once may share a look (provider/core/endpoint/sweep.h).
    assert stack.destroy("--parallel", "1").counts == {"delete": count}
    assert sorted(deleted(saved, stack.sim)) == sorted(targets)
    assert saved.service.stored(stack.sim) == []


@pytest.mark.parametrize("saved", all_saved(lambda case: case not in UNSETTLED), ids=str)
def test_settled(saved: Saved, opened: Opener) -> None:
    """Nothing changes, whatever is run, until it is destroyed."""
    stack = opened(saved)
    count = 3 if saved.case == "explicit-provider" else 2
    assert stack.preview().counts == {"same": count}
    assert stack.refresh().counts == {"same": count}
    assert taken(stack.sim) == list(saved.service.looks)
    assert stack.up().counts == {"same": count}
    assert taken(stack.sim) == []
    check_destroyed(saved, stack, count, saved.targets())


@pytest.mark.parametrize("saved", of("partial"), ids=str)
def test_partial(saved: Saved, opened: Opener) -> None:
    """The next run goes on with the endpoint that was not ready in time, and changes nothing."""
    stack = opened(saved)
    (target,) = saved.targets()
    assert stack.state(NAME)["initErrors"]
    assert stack.preview().counts == {"update": 1, "same": 1}
    saved.service.arrive(stack.sim, target)
    assert stack.up().counts == {"update": 1, "same": 1}
    assert taken(stack.sim) == [*saved.service.looks, *saved.service.prices]
    assert saved.service.target(stack.ids()[NAME]) == target
    assert stack.up().counts == {"same": 2}
    assert taken(stack.sim) == []
    check_destroyed(saved, stack, 2, [target])


@pytest.mark.parametrize("saved", of("pending-deletion"), ids=str)
def test_pending_deletion(saved: Saved, opened: Opener) -> None:
    """The next run deletes what was replaced, and nothing else."""
    stack = opened(saved)
    old, new = saved.targets()
    assert saved.service.stored(stack.sim) == sorted((old, new))
    run = stack.up()
    assert (run.counts, run.ops(NAME)) == ({"same": 2}, ["same", "delete-replaced"])
    assert deleted(saved, stack.sim) == [old]
    assert {name: saved.service.target(id) for name, id in stack.ids().items()} == {NAME: new}
    assert stack.up().counts == {"same": 2}
    check_destroyed(saved, stack, 2, [new])


@pytest.mark.parametrize("saved", of("partial") + of("pending-deletion"), ids=str)
def test_unsettled_and_destroyed_at_once(saved: Saved, opened: Opener) -> None:
    stack = opened(saved)
    # What waits for its deletion is not counted beside what came in its place.
    check_destroyed(saved, stack, 2, saved.targets())


@pytest.mark.parametrize("saved", of("healthy"), ids=str)
def test_secrets_are_encrypted_in_the_files(saved: Saved) -> None:
    """As users keep them: neither keys nor values of the program can be read."""
    config = saved.service.config("")
    hidden = [str(config[key]) for key in saved.service.secrets]
    for name in ("Pulumi.dev.yaml", "state.json"):
        text = (saved.folder / name).read_text()
        assert [secret for secret in (*hidden, CANARY) if secret in text] == []
