"""Plays rows of changes as the resources of one stack: a few runs of the CLI play them all."""

from __future__ import annotations

import copy
import json
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from simulator.client import Recorded, Simulator

from support.clouds.description import Change, Json, Refusal, Replacement
from support.runs import Run
from support.stacks import Stack, Toolchain

CREATE_FIRST = ["create-replacement", "replace", "delete-replaced"]
DELETE_FIRST = ["delete-replaced", "replace", "create-replacement"]

Program = Callable[[bool], Json]  # the resources before the changes, or after them


def slug(index: int) -> str:
    """The resource that plays a row."""
    return f"row-{index:03d}"


@dataclass
class Changes:
    """What came of rows that change in place."""

    created: Run
    create_requests: list[Recorded]
    again: Run
    changed: Run
    change_requests: list[Recorded]
    before: dict[str, Json]
    after: dict[str, Json]
    settled: Run
    settle_requests: list[Recorded]
    refreshed: Run
    refresh_requests: list[Recorded]

    def assert_nothing_else(self, updated: int) -> None:
        """No row makes a second endpoint, an error, or a change that shows later."""
        count = len(self.before)
        changes = {"update": updated, "same": count - updated + 1}
        assert self.created.counts == {"create": count + 1}
        assert self.again.counts == {"same": count + 1}
        assert self.changed.counts == changes
        assert self.settled.counts == {"same": count + 1}
        assert self.refreshed.counts == {"same": count + 1}


def taken(sim: Simulator) -> list[Recorded]:
    """The requests so far; they are forgotten."""
    requests = sim.requests()
    sim.clear()
    return requests


def play_refusals(
    stack: Stack, sim: Simulator, rows: Iterable[Refusal], resource: Callable[[Json], Json]
) -> None:
    """Check refuses each row in a preview, for its reasons and no other, and asks nobody."""
    for row in rows:
        stack.write({"chat": resource(row.inputs)})
        said = stack.preview(expect=-1).said_of("chat")
        for path, words in row.failures.items():
            fitting = [line for line in said if f"property {path} " in line and words in line]
            assert fitting, f"{row.id}: no failure of {path} with '{words}' in {said}"
        assert len(said) == len(row.failures), f"{row.id}: {said}"
    assert sim.requests() == []


def play_changes(stack: Stack, sim: Simulator, program: Program) -> Changes:
    """Creates, runs again (which asks the service nothing), changes, runs again, refreshes."""
    stack.write(program(False))
    created = stack.up()
    create_requests, before = taken(sim), copy.deepcopy(stack.resources())
    again = stack.up()
    assert taken(sim) == []
    stack.write(program(True))
    changed = stack.up(expect=None)
    change_requests, after = taken(sim), stack.resources()
    settled = stack.up(expect=None)
    settle_requests = taken(sim)
    refreshed = stack.refresh(expect=None)
    return Changes(
        created,
        create_requests,
        again,
        changed,
        change_requests,
        before,
        after,
        settled,
        settle_requests,
        refreshed,
        taken(sim),
    )


@dataclass
class Replacements:
    """What came of rows that replace."""

    changed: Run
    requests: list[Recorded]
    before: dict[str, Json]
    after: dict[str, Json]
    left: set[str]  # what the service holds afterwards
    settled: Run


def play_replacements(
    stack: Stack, sim: Simulator, program: Program, stored: Callable[[Simulator], Iterable[str]]
) -> Replacements:
    stack.write(program(False))
    stack.up()
    before = copy.deepcopy(stack.resources())
    sim.clear()
    stack.write(program(True))
    changed = stack.up(expect=None)
    requests, after, left = taken(sim), stack.resources(), set(stored(sim))
    return Replacements(changed, requests, before, after, left, stack.up(expect=None))


def inputs_that_change(rows: Iterable[Change | Replacement]) -> set[str]:
    return {
        key
        for row in rows
        for key in {*row.before, *row.after}
        if row.before.get(key) != row.after.get(key)
    }


def inputs_of_schema(tools: Toolchain, token: str) -> set[str]:
    printed = subprocess.run([tools.provider, "--schema"], capture_output=True, check=True)
    return set(json.loads(printed.stdout)["resources"][token]["inputProperties"])
