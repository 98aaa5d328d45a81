"""Plays cases, several at a time; each process has simulators and proxies of its own."""

from __future__ import annotations

import multiprocessing
import traceback
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

from simulator.client import Simulator

from chaos import judge
from chaos.cases import Case
from chaos.engine import Heard, Stack
from chaos.plan import Plan
from chaos.proxy import Proxy
from chaos.scenarios import SCENARIOS, Scenario, World
from chaos.targets import TARGETS, Target

WORKERS = 6


@dataclass
class Result:
    case: Case
    outcome: str
    story: list[str] = field(default_factory=list)  # what happened, for whoever asks why
    messages: list[str] = field(default_factory=list)


@dataclass
class Place:
    """One cloud in this process."""

    sim: Simulator
    proxy: Proxy


_places: dict[str, Place] = {}


def place(target: Target) -> Place:
    if target.name not in _places:
        sim = Simulator(target.name).start()
        proxy = Proxy(target.phase_of, target.shape)
        proxy.point_at(sim.url(target.name))
        _places[target.name] = Place(sim, proxy)
    found = _places[target.name]
    found.sim.reset()
    found.sim.knobs(target.name, target.knobs)
    found.proxy.set_plan(Plan("", 0))
    return found


def play(case: Case, binary: Path) -> Result:
    """One case from an empty cloud to its verdict."""
    target, scenario = TARGETS[case.cloud], SCENARIOS[case.scenario]
    at = place(target)
    heard = Heard()
    stacks = [Stack(binary, target, at.proxy.url, heard, name) for name in scenario.stacks]
    at.proxy.on_end = stacks[0].end_by
    world = World(target, at.sim, stacks, heard)
    story: list[str] = []
    outcome = Trial(scenario, case, world, at.proxy, story).outcome()
    bugs = at.sim.bugs()
    if bugs:
        raise RuntimeError(f"{case.id}: a bug in the simulator: {bugs[0]}")
    return Result(case, outcome, story, heard.messages)


class Trial:
    """Before, the act with faults, after, the end: each step may only worsen the verdict."""

    def __init__(
        self, scenario: Scenario, case: Case, world: World, proxy: Proxy, story: list[str]
    ) -> None:
        self._scenario = scenario
        self._case = case
        self._world = world
        self._proxy = proxy
        self._story = story
        self._outcome = "ok"

    def _worsen(self, outcome: str, why: str) -> None:
        if outcome != "ok":
            self._story.append(f"{outcome}: {why}")
        if judge.is_worse(outcome, self._outcome):
            self._outcome = outcome

    def outcome(self) -> str:
        self._scenario.before(self._world)
        managed = [one for one in self._world.live() if judge.is_managed(one, self._world.stacks)]
        plan = Plan(self._case.plan, self._case.seed)
        self._proxy.set_plan(plan)
        acted = self._scenario.act(self._world)
        self._story.append(f"act: {acted}, {plan.struck} faults")
        self._proxy.set_plan(Plan("", 0))
        self._proxy.drop_all()
        self._judge_drop(managed)
        recovered = self._recover()
        self._judge_strays(recovered)
        self._judge_end()
        if self._world.heard.hung:
            self._worsen("hung", ", ".join(self._world.heard.hung))
        if judge.leaked(self._world.target, self._world.heard, self._world.stacks):
            self._worsen("leaked", "a secret can be read")
        return self._outcome

    def _judge_drop(self, managed: list[judge.Live]) -> None:
        live = self._world.live()
        for one in managed:
            if one in live and not judge.is_managed(one, self._world.stacks):
                self._worsen("dropped", one.id)

    def _again(self) -> bool:
        if self._scenario.again is not None:
            return self._scenario.again(self._world)
        return all([s.up(p) for s, p in zip(self._world.stacks, self._world.programs, strict=True)])

    def _recover(self) -> bool:
        """What a user does next: the same again, and if that fails a refresh and the same again."""
        if self._again():
            return True
        self._story.append("again: failed")
        for stack in self._world.stacks:
            stack.refresh()
        return self._again()

    def _judge_strays(self, recovered: bool) -> None:
        live = self._world.live()
        wanted = self._scenario.wanted(self._world.target)
        word = judge.unmanaged(
            self._world.target, live, self._world.stacks, self._world.heard, wanted
        )
        self._worsen(word, f"{[one.id for one in live]} lives, {self._ids()} is in states")
        is_twin = len(self._world.stacks) > 1 and self._world.target.unique_names
        if not recovered and word == "ok" and not is_twin:
            self._worsen("stuck", "no later run ends it")

    def _judge_end(self) -> None:
        """Everything goes; twice, because the first may have to be told that it is gone already."""
        for stack in self._world.stacks:
            if not stack.destroy() and not stack.destroy():
                self._worsen("stuck", f"destroy of {stack.name}")
        managed = [one for one in self._world.live() if not judge.is_told(one, self._world.heard)]
        if managed and self._outcome in ("ok", "told"):
            self._worsen("dropped", f"{[one.id for one in managed]} lives after destroy")

    def _ids(self) -> list[str]:
        return [id for stack in self._world.stacks for id in stack.ids]


def _play_safely(case: Case, binary: Path) -> Result:
    try:
        return play(case, binary)
    except Exception:
        return Result(case, "broken", [traceback.format_exc()])


def play_all(cases: Iterable[Case], binary: Path, workers: int = WORKERS) -> Iterator[Result]:
    """Results as they come. Takes from `cases` only as fast as it plays them."""
    context = multiprocessing.get_context("spawn")
    source = iter(cases)
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        running: set[Future[Result]] = set()
        while True:
            while len(running) < 2 * workers:
                case = next(source, None)
                if case is None:
                    break
                running.add(pool.submit(_play_safely, case, binary))
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
