"""What a user does meanwhile: a row says what is there before, the act, and what is wanted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator.client import Simulator

from chaos.engine import Heard, Stack
from chaos.targets import Live, Target

Json = dict[str, Any]
NAME = "demo"


@dataclass
class World:
    """One case's cloud, states and messages."""

    target: Target
    sim: Simulator
    stacks: list[Stack]
    heard: Heard
    programs: list[dict[str, Json]] = field(default_factory=list)  # wanted in the end, by stack

    @property
    def stack(self) -> Stack:
        return self.stacks[0]

    def live(self) -> list[Live]:
        return self.target.endpoints(self.sim)

    def up(self, patch: Json, name: str | None = NAME, **options: Any) -> bool:
        self.programs = [{NAME: self.target.inputs(patch, name)}]
        return self.stack.up(self.programs[0], **options)


@dataclass(frozen=True)
class Scenario:
    name: str
    act: Callable[[World], object]
    before: Callable[[World], object] = lambda _: None
    # How many endpoints the wanted programs stand for in the end.
    wanted: Callable[[Target], int] = lambda _: 1
    stacks: Sequence[str] = ("dev",)
    # Instead of another `up` with the program.
    again: Callable[[World], bool] | None = None
    clouds: Callable[[Target], bool] = lambda _: True


def make_foreign(world: World) -> None:
    assert world.target.foreign is not None
    world.target.foreign(world.sim.url(world.target.name), NAME)


def import_(world: World) -> bool:
    """Once it is in the state, the program is what the import wrote."""
    (live,) = world.live()
    entry = world.stack.entries.get(NAME)
    done = entry is not None or world.stack.import_(NAME, world.target.import_id(live))
    if done:
        world.programs = [{NAME: dict(world.stack.entries[NAME].inputs)}]
    return done


def at_once(world: World) -> None:
    """Two people, two states, one name."""
    program = {NAME: world.target.inputs({}, NAME)}
    world.programs = [program, program]
    threads = [threading.Thread(target=s.up, args=(program,)) for s in world.stacks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def destroy(world: World) -> bool:
    world.programs = [{}]
    return world.stack.destroy()


def life(world: World) -> None:
    before, after = world.target.changed
    world.up(before)
    world.up(after)
    world.stack.refresh()
    world.up({**after, "desiredState": "paused"})
    world.stack.refresh()
    world.up(after)


def replaced(world: World, name: str | None) -> bool:
    return world.up(world.target.replaced, name)


SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("create", lambda w: w.up({})),
        Scenario("create-auto", lambda w: w.up({}, None)),
        Scenario(
            "change",
            lambda w: w.up(w.target.changed[1]),
            before=lambda w: w.up(w.target.changed[0]),
        ),
        Scenario(
            "pause",
            lambda w: w.up({"desiredState": "paused"}),
            before=lambda w: w.up({}),
        ),
        Scenario(
            "resume",
            lambda w: w.up({}),
            before=lambda w: w.up({"desiredState": "paused"}),
        ),
        # The program's name stays: the old endpoint goes first, where names are unique.
        Scenario(
            "replace",
            lambda w: replaced(w, NAME),
            before=lambda w: w.up({}),
            clouds=lambda target: target.reusable_names,
        ),
        Scenario(
            "replace-auto",
            lambda w: replaced(w, None),
            before=lambda w: w.up({}, None),
        ),
        Scenario(
            "taint",
            lambda w: w.up({}, None, replace=True),
            before=lambda w: w.up({}, None),
        ),
        Scenario("refresh", lambda w: w.stack.refresh(), before=lambda w: w.up({})),
        Scenario(
            "refresh-paused",
            lambda w: w.stack.refresh(),
            before=lambda w: w.up({"desiredState": "paused"}),
        ),
        Scenario(
            "destroy",
            destroy,
            before=lambda w: w.up({}),
            wanted=lambda _: 0,
            again=destroy,
        ),
        Scenario(
            "import",
            import_,
            before=make_foreign,
            again=import_,
            clouds=lambda target: target.foreign is not None,
        ),
        Scenario(
            "adopt",
            lambda w: w.up({"adoptExisting": True}),
            before=make_foreign,
            clouds=lambda target: target.foreign is not None,
        ),
        Scenario(
            "at-once",
            at_once,
            wanted=lambda target: 1 if target.unique_names else 2,
            stacks=("dev", "prod"),
        ),
        Scenario("life", life),
    )
}
