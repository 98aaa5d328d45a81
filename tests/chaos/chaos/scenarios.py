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
    acted: object = None  # what the act came to
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
    sends: Sequence[str] = ("create",)  # what the act is sure to send, on each cloud
    # When the faults are over: what the scenario did to the cloud or the configuration.
    after: Callable[[World], object] = lambda _: None
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


def import_known(world: World) -> bool:
    return NAME in world.stack.entries


def destroy(world: World) -> bool:
    world.programs = [{}]
    return world.stack.destroy()


def fleet(world: World) -> bool:
    """Several at once, as the engine does by default."""
    names = ("demo-1", "demo-2", "demo-3")
    world.programs = [{name: world.target.inputs({}, name) for name in names}]
    return world.stack.up(world.programs[0])


def settled(config: Callable[[Target], Json], act: Callable[[World], object]) -> Any:
    """The act with another configuration, which is put back afterwards."""

    def changed(world: World) -> object:
        usual = world.stack.config
        world.stack.config = {
            key: value
            for key, value in {**usual, **config(world.target)}.items()
            if value is not None
        }
        done = act(world)
        world.stack.config = usual
        return done

    return changed


def import_elsewhere(world: World) -> bool:
    """Made and imported where the configuration of that day pointed."""
    if not world.up({}):
        return False
    id = world.stack.entries.pop(NAME).id
    if not world.stack.import_(NAME, id):
        return False
    world.programs = [{NAME: dict(world.stack.entries[NAME].inputs)}]
    return True


def stranger(target: Target) -> Json:
    return target.stranger


def elsewhere(target: Target) -> Json:
    return target.elsewhere


def adopt(world: World, **options: Any) -> bool:
    return world.up({"adoptExisting": True}, **options)


def make_and_adopt(world: World) -> bool:
    make_foreign(world)
    return adopt(world)


def back(world: World) -> None:
    """A replacement that is taken back while the replaced one still waits for its end."""
    replaced(world, None)
    world.up({}, None)


def late_list(world: World) -> None:
    """The service shows a new endpoint later than it answers for it."""
    world.sim.knobs(world.target.name, world.target.late)
    world.up({"waitForReady": False})
    world.stack.refresh()


def in_time(world: World) -> None:
    world.sim.knobs(world.target.name, {key: 0 for key in world.target.late})


def life(world: World) -> None:
    before, after = world.target.changed
    world.up(before)
    world.up(after)
    world.stack.refresh()
    world.up({**after, "desiredState": "paused"})
    world.stack.refresh()
    world.up(after)


def begin_switch(world: World) -> bool:
    world.up({})
    world.sim.knobs(world.target.name, world.target.standing)
    return world.up({**world.target.switched, "waitForReady": False})


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
            sends=("update",),
        ),
        Scenario(
            "pause",
            lambda w: w.up({"desiredState": "paused"}),
            before=lambda w: w.up({}),
            sends=("act",),
        ),
        Scenario(
            "resume",
            lambda w: w.up({}),
            before=lambda w: w.up({"desiredState": "paused"}),
            sends=("act",),
        ),
        # The first of the requests is a dry run.
        Scenario(
            "switch",
            lambda w: w.up(w.target.switched),
            before=lambda w: w.up({}),
            clouds=lambda target: bool(target.switched),
            sends=("switch",),
        ),
        # It is started first, for a model is switched while its endpoint runs.
        Scenario(
            "resume-switch",
            lambda w: w.up(w.target.switched),
            before=lambda w: w.up({"desiredState": "paused"}),
            clouds=lambda target: bool(target.switched),
            sends=("act", "switch"),
        ),
        Scenario(
            "switch-back",
            lambda w: w.up({}),
            before=begin_switch,
            clouds=lambda target: bool(target.switched),
            sends=("return",),
        ),
        # The program's name stays: the old endpoint goes first, where names are unique.
        Scenario(
            "replace",
            lambda w: replaced(w, NAME),
            before=lambda w: w.up({}),
            clouds=lambda target: target.reusable_names,
            sends=("create", "delete"),
        ),
        Scenario(
            "replace-auto",
            lambda w: replaced(w, None),
            before=lambda w: w.up({}, None),
            sends=("create", "delete"),
        ),
        Scenario(
            "taint",
            lambda w: w.up({}, None, replace=True),
            before=lambda w: w.up({}, None),
            again=lambda w: w.up({}, None, replace=not w.acted),
            sends=("create", "delete"),
        ),
        Scenario(
            "refresh",
            lambda w: w.stack.refresh(),
            before=lambda w: w.up({}),
            sends=("read",),
        ),
        Scenario(
            "refresh-paused",
            lambda w: w.stack.refresh(),
            before=lambda w: w.up({"desiredState": "paused"}),
            sends=("read",),
        ),
        Scenario(
            "destroy",
            destroy,
            before=lambda w: w.up({}),
            wanted=lambda _: 0,
            again=destroy,
            sends=("delete",),
        ),
        Scenario(
            "import",
            import_,
            before=make_foreign,
            again=import_,
            clouds=lambda target: target.foreign is not None,
            sends=("read",),
        ),
        Scenario(
            "adopt",
            adopt,
            before=make_foreign,
            clouds=lambda target: target.foreign is not None,
        ),
        # What a run takes over it must not delete.
        Scenario(
            "adopt-taint",
            lambda w: adopt(w, replace=True),
            before=make_and_adopt,
            clouds=lambda target: target.foreign is not None,
        ),
        # Every passing state is looked at once.
        Scenario(
            "create-slow",
            lambda w: w.up({}),
            before=lambda w: w.sim.knobs(w.target.name, w.target.slow),
        ),
        Scenario("create-fleet", fleet, wanted=lambda _: 3),
        Scenario(
            "create-secret",
            lambda w: w.up(w.target.planted),
            clouds=lambda target: bool(target.planted),
        ),
        Scenario(
            "change-secret",
            lambda w: w.up({**w.target.changed[1], **w.target.planted}),
            before=lambda w: w.up({**w.target.changed[0], **w.target.planted}),
            clouds=lambda target: bool(target.planted),
            sends=("update",),
        ),
        # With a name and a password in place of keys.
        Scenario(
            "create-login",
            settled(lambda target: target.login, lambda w: w.up({})),
            clouds=lambda target: bool(target.login),
        ),
        # Where it lives is known from the id and the state, not from today's configuration.
        Scenario(
            "refresh-moved",
            lambda w: w.stack.refresh(),
            before=settled(elsewhere, import_elsewhere),
            again=import_known,
            clouds=lambda target: bool(target.elsewhere),
            sends=("read",),
        ),
        Scenario(
            "destroy-moved",
            destroy,
            before=settled(elsewhere, import_elsewhere),
            wanted=lambda _: 0,
            again=destroy,
            clouds=lambda target: bool(target.elsewhere),
            sends=("delete",),
        ),
        Scenario(
            "up-moved",
            lambda w: w.stack.up(w.programs[0]),
            before=settled(elsewhere, import_elsewhere),
            clouds=lambda target: bool(target.elsewhere),
            sends=("read",),
        ),
        # Credentials of somebody else see nothing: no proof that it is gone.
        Scenario(
            "refresh-stranger",
            settled(stranger, lambda w: w.stack.refresh()),
            before=lambda w: w.up({}),
            sends=("read",),
        ),
        Scenario(
            "destroy-stranger",
            settled(stranger, destroy),
            before=lambda w: w.up({}),
            wanted=lambda _: 0,
            again=destroy,
            sends=("delete",),
        ),
        Scenario("back", back, before=lambda w: w.up({}, None)),
        Scenario(
            "refresh-late",
            late_list,
            after=in_time,
            clouds=lambda target: bool(target.late),
        ),
        Scenario(
            "at-once",
            at_once,
            wanted=lambda target: 1 if target.unique_names else 2,
            stacks=("dev", "prod"),
        ),
        Scenario(
            "life",
            life,
            sends=("create", "read", "update", "act"),
        ),
    )
}
