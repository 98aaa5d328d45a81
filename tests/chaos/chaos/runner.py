"""Plays cases side by side; each at a place of its own, with a simulator and proxies."""

from __future__ import annotations

import contextlib
import os
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.client import Simulator

from chaos import judge
from chaos.cases import Case
from chaos.engine import Heard, Stack
from chaos.plan import Plan
from chaos.proxy import Proxy
from chaos.scenarios import SCENARIOS, Scenario, World
from chaos.targets import TARGETS, Target

# Cases mostly wait: for time-outs, for the next try, and for processes to end.
WORKERS = 12 * (os.cpu_count() or 1)
CLI_WORKERS = 3
# What stands in for the engine: the driver, or the real CLI. Binary, cloud, URL, messages, name.
Engine = Callable[[Path, Target, str, Heard, str], Any]


@dataclass
class Result:
    case: Case
    outcome: str
    struck: int = 0  # requests that were hit
    story: list[str] = field(default_factory=list)  # what happened, for whoever asks why
    messages: list[str] = field(default_factory=list)


@dataclass
class Place:
    """The clouds and the ways to them, for one case at a time."""

    sim: Simulator
    proxies: dict[str, Proxy]

    @classmethod
    def start(cls) -> Place:
        sim = Simulator(*TARGETS).start()
        proxies = {name: Proxy(each.phase_of, each.shape) for name, each in TARGETS.items()}
        for name, proxy in proxies.items():
            proxy.point_at(sim.url(name))
        return cls(sim, proxies)

    def clean(self, target: Target) -> Proxy:
        """The cloud is empty; the way to it has no faults. The way first: what the last case left
        on it must not arrive in this one."""
        self.proxies[target.name].clear()
        self.sim.reset()
        self.sim.knobs(target.name, target.knobs)
        return self.proxies[target.name]

    def stop(self) -> None:
        for proxy in self.proxies.values():
            proxy.close()
        self.sim.stop()


class Places:
    """As many as cases are played at once. They start one after another, so that the first case
    need not wait for the last simulator."""

    def __init__(self) -> None:
        self._starting = threading.Lock()
        self._free: list[Place] = []

    @contextlib.contextmanager
    def one(self) -> Iterator[Place]:
        with self._starting:
            place = self._free.pop() if self._free else Place.start()
        try:
            yield place
        finally:
            self._free.append(place)

    def close(self) -> None:
        for place in self._free:
            place.stop()


def play(case: Case, binary: Path, engine: Engine, place: Place) -> Result:
    """One case from an empty cloud to its verdict."""
    target, scenario = TARGETS[case.cloud], SCENARIOS[case.scenario]
    sim, proxy = place.sim, place.clean(target)
    heard = Heard()
    stacks = [engine(binary, target, proxy.url, heard, name) for name in scenario.stacks]
    proxy.on_end = stacks[0].end_by
    world = World(target, sim, stacks, heard)
    story: list[str] = []
    plan = Plan(case.plan, case.seed)
    outcome = Trial(scenario, plan, world, proxy, story).outcome()
    if outcome == "ok" and plan.struck == 0 and not case.is_calm:
        outcome = "idle"  # proves nothing
    bugs = [*sim.bugs(), *proxy.bugs]
    proxy.bugs.clear()
    if bugs:
        raise RuntimeError(f"{case.id}: a bug in the simulator or the proxy: {bugs[0]}")
    return Result(case, outcome, plan.struck, story, heard.messages)


class Trial:
    """Before, the act with faults, after, the end: each step may only worsen the verdict."""

    def __init__(
        self, scenario: Scenario, plan: Plan, world: World, proxy: Proxy, story: list[str]
    ) -> None:
        self._scenario = scenario
        self._plan = plan
        self._world = world
        self._proxy = proxy
        self._story = story
        self._dropped: list[judge.Live] = []
        # Not named before the end: the word, why, what lived, what of it was in no state.
        self._untold: tuple[str, str, list[judge.Live], list[judge.Live]] | None = None
        self._outcome = "ok"

    def _worsen(self, outcome: str, why: str) -> None:
        if outcome != "ok":
            self._story.append(f"{outcome}: {why}")
        if judge.is_worse(outcome, self._outcome):
            self._outcome = outcome

    def outcome(self) -> str:
        if self._scenario.before(self._world) is False:
            raise RuntimeError(f"what is there before: {self._world.heard.messages}")
        self._proxy.set_plan(self._plan)
        self._world.acted = self._scenario.act(self._world)
        self._story.append(f"act: {self._world.acted}, {self._plan.struck} faults")
        self._proxy.clear()
        self._scenario.after(self._world)
        self._judge_drop()
        recovered = self._recover()
        self._judge_drop()
        self._judge_strays(recovered)
        self._judge_end()
        if self._world.heard.hung:
            self._worsen("hung", ", ".join(self._world.heard.hung))
        words = self._world.target.words(self._world.sim)
        if judge.leaked(words, self._world.heard, self._world.stacks):
            self._worsen("leaked", "a secret can be read")
        return self._outcome

    def _judge_drop(self) -> None:
        for one in self._world.live():
            if judge.is_dropped(one, self._world.stacks):
                self._dropped.append(one)
                self._worsen("dropped", one.id)

    def _again(self) -> bool:
        if self._scenario.again is not None:
            return self._scenario.again(self._world)
        pairs = zip(self._world.stacks, self._world.programs, strict=True)
        good = [stack.up(program) for stack, program in pairs]
        # Of two who want one name, one gets it.
        return any(good) if self._are_rivals else all(good)

    @property
    def _are_rivals(self) -> bool:
        return len(self._world.stacks) > 1 and self._world.target.unique_names

    def _recover(self) -> bool:
        """What a user does next: the same again; if that fails a refresh and the same again, and
        once more an hour later."""
        if self._again():
            return True
        self._story.append("again: failed")
        for stack in self._world.stacks:
            stack.refresh()
        if self._again():
            return True
        for stack in self._world.stacks:
            stack.pass_time()
        return self._again()

    def _judge_strays(self, recovered: bool) -> None:
        live = self._world.live()
        wanted = self._scenario.wanted(self._world.target)
        word = judge.unmanaged(
            self._world.target, live, self._world.stacks, self._world.heard, wanted
        )
        if word == "lost" and all(
            one in self._dropped or judge.is_managed(one, self._world.stacks) for one in live
        ):
            word = "dropped"
        why = f"{[one.id for one in live]} lives, {self._ids()} is in states"
        if word in ("lost", "doubled"):
            self._untold = word, why, live, judge.strays(live, self._world.stacks)
        else:
            self._worsen(word, why)
        if word != "ok":
            return
        if not recovered:
            self._worsen("stuck", "no later run ends it")
        elif len(live) < wanted:
            self._worsen("stuck", f"`up` is content, and {[one.id for one in live]} lives")

    def _judge_end(self) -> None:
        """Everything goes, if not at once then an hour later."""
        for stack in self._world.stacks:
            if stack.destroy() or stack.destroy():
                continue
            stack.pass_time()
            if not stack.destroy():
                self._worsen("stuck", f"destroy of {stack.name}")
        self._judge_untold()
        live = self._world.live()
        left = [one for one in live if not judge.is_told(one, live, self._world.heard)]
        if left and self._outcome in ("ok", "told"):
            self._worsen("dropped", f"{[one.id for one in left]} lives after destroy")

    def _judge_untold(self) -> None:
        """The `destroy` may be the first command that meets them."""
        if self._untold is None:
            return
        word, why, live, strays = self._untold
        named = all(judge.is_told(one, live, self._world.heard) for one in strays)
        self._worsen("told" if named else word, why)

    def _ids(self) -> list[str]:
        return [id for stack in self._world.stacks for id in stack.ids]


def _play_safely(case: Case, binary: Path, engine: Engine, places: Places) -> Result:
    """What struck nothing is played once more: where the machine stood still, a time-out was over
    before the request that was meant."""
    try:
        with places.one() as place:
            result = play(case, binary, engine, place)
            return play(case, binary, engine, place) if result.outcome == "idle" else result
    except Exception:
        return Result(case, "broken", story=traceback.format_exc().splitlines())


def play_all(
    cases: Iterable[Case], binary: Path, workers: int = WORKERS, engine: Engine = Stack
) -> Iterator[Result]:
    """Results as they come. Takes from `cases` only as fast as it plays them."""
    source, places = iter(cases), Places()
    with contextlib.closing(places), ThreadPoolExecutor(workers) as pool:
        running: set[Future[Result]] = set()
        while True:
            while len(running) < 2 * workers:
                case = next(source, None)
                if case is None:
                    break
                running.add(pool.submit(_play_safely, case, binary, engine, places))
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
