"""The cases, generated: every combination has a stable id such as `hf/create/reset-after@create#1`.

A storm's id ends with its seed: `ark/life/storm-20~7`.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

from chaos.faults import FAULTS, End
from chaos.plan import CALM, Plan
from chaos.scenarios import SCENARIOS, Scenario
from chaos.targets import TARGETS, Target

# The reply to a request that was carried out does not arrive.
LOST = ("reset-after", "closed-after", "reset-middle", "502-html-after", "503-gateway-after")
UNSURE = (*LOST, "500-after", "503-cloud-after", "504-after", "truncated", "empty", "request-twice")
# Somebody on the way puts an answer in the place of the service's, who may have done the work.
MEDDLED = ("404-gateway-after", "403-html-after", "499-after", "302-after", "200-html-after")
INSTEAD = ("200-html-before", "204-before", "302-before", "403-html-before")
ODD = ("cached", "mixed-up", "gzip-garbage", "length-short", "length-long", "hints", "drip")
DELETES = ("reset-after", "404-gateway", "500-before")
GONE = ("404-gateway", "404-html", "empty", "truncated")
# What an orphan still does is a race with its end (tests/provider/hf/test_orphans.py plays each of
# its steps alone): these faults are soak's.
SETTLED = tuple(name for name, fault in FAULTS.items() if fault.end is not End.ENGINE)
# Scenarios in a storm, and how many requests each makes at least. Of two runs at once it is chance
# whom a storm hits: those are soak's alone.
STORMS = {"life": 6, "create": 1}
PHASES = ("create", "read", "list", "update", "delete", "act", "switch", "watch", "any")
FATAL = tuple(name for name in SETTLED if FAULTS[name].fatal or name.startswith("cancel"))


@dataclass(frozen=True)
class Case:
    cloud: str
    scenario: str
    plan: str
    seed: int = 0

    @property
    def id(self) -> str:
        text = f"{self.cloud}/{self.scenario}/{self.plan}"
        return f"{text}~{self.seed}" if "storm" in self.plan else text

    @property
    def is_calm(self) -> bool:
        return self.plan == CALM

    @classmethod
    def parse(cls, text: str) -> Case:
        head, _, seed = text.partition("~")
        cloud, scenario, plan = head.split("/", 2)
        return cls(cloud, scenario, plan, int(seed or 0))


def _at(faults: tuple[str, ...], *places: str) -> Iterator[str]:
    for place in places:
        for fault in faults:
            yield f"{fault}@{place}"


def _plans(target: Target) -> Iterator[tuple[str, str]]:
    """Scenario and plan of every case of the baseline, storms apart."""
    yield from (("create", plan) for plan in _at(SETTLED, "create#1"))
    looks = (*GONE, "stall-before", "500-before")
    yield from (("create-slow", plan) for plan in _at(looks, "read#1"))
    yield from (("create", plan) for plan in _at(("502-html-before", "429", "refused"), "any#*"))
    # Two faults in a row: the first is harmless, the second loses the reply.
    for first in ("502-html-before", "429", "503-cloud-before"):
        for second in ("reset-after", "504-after"):
            yield "create", f"{first}@create#1+{second}@create#2"
    # The reply is lost, and so is the look for what became of it.
    look = "read" if target.name in ("hf", "maas") else "list"
    for second in _at(("502-html-before", "404-gateway"), f"{look}#*"):
        yield "create", f"reset-after@create#1+{second}"
    for second in _at(("empty", "reset-before"), f"{look}#1"):
        yield "create", f"reset-after@create#1+{second}"
    auto = (*UNSURE, *FATAL)
    yield from (("create-auto", plan) for plan in _at(auto, "create#1"))
    yield from (("change", plan) for plan in _at((*UNSURE, *GONE, "429"), "update#1"))
    yield from (("change", plan) for plan in _at(("kill-after", "cancel-after"), "update#1"))
    yield from (("pause", plan) for plan in _at((*LOST, "empty", "404-gateway"), "act#1"))
    yield from (("resume", plan) for plan in _at((*LOST, "empty", "404-gateway"), "act#1"))
    for scenario in ("replace", "replace-auto", "taint"):
        yield from ((scenario, plan) for plan in _at((*LOST, "kill-after"), "create#1"))
        yield from ((scenario, plan) for plan in _at(DELETES, "delete#1"))
    reads = (*GONE, "502-html-before", "503-gateway-before", "reset-middle", "reply-twice")
    yield from (("refresh", plan) for plan in _at(reads, "read#1"))
    yield from (("refresh", plan) for plan in _at((*GONE, "502-html-before"), "any#*"))
    yield from (("refresh-paused", plan) for plan in _at(GONE, "any#*"))
    yield from (("destroy", plan) for plan in _at((*UNSURE, "404-gateway", "404-html"), "delete#1"))
    yield from (("destroy", plan) for plan in _at((*GONE, "500-before"), "any#*"))
    yield from (("import", plan) for plan in _at((*GONE, "reset-middle"), "read#1"))
    places = ("create#1",) if target.name == "maas" else ("create#1", "update#1")
    yield from (("adopt", plan) for plan in _at(("reset-after", "504-after"), *places))
    yield from (("at-once", plan) for plan in _at(("delay", "reset-after", "429"), "create#1"))
    yield from (("create-auto", plan) for plan in _at(MEDDLED, "create#1"))
    yield from (("change", plan) for plan in _at((*INSTEAD, *ODD), "update#1"))
    yield from (("refresh", plan) for plan in _at((*INSTEAD, *ODD), "read#1", "any#*"))
    yield from (("destroy", plan) for plan in _at((*INSTEAD, *ODD), "delete#1", "any#*"))
    yield from _more_plans(target)


def _more_plans(target: Target) -> Iterator[tuple[str, str]]:
    """Those of what few clouds have, or what goes wrong without any fault."""
    switches = ("switch#1", "switch#2")
    yield from (("switch", plan) for plan in _at((*UNSURE, *GONE, "429"), *switches, "watch#1"))
    yield from (("switch", plan) for plan in _at(("kill-after", "cancel-after"), *switches))
    yield from (("switch", plan) for plan in _at(("502-html-before", "500-before"), "watch#*"))
    starts = (*LOST, "empty", "404-gateway", "429", "kill-after", "cancel-after")
    yield from (("resume-switch", plan) for plan in _at(starts, "act#1"))
    yield from (("resume-switch", plan) for plan in _at((*LOST, "kill-after"), *switches))
    yield from (("resume-switch", plan) for plan in _at(("502-html-before", "500-before"), "any#*"))
    returns = (*UNSURE, "404-gateway", "429", "kill-after", "cancel-after")
    yield from (("switch-back", plan) for plan in _at(returns, "return#1"))
    calm = ("adopt-taint", "back", "refresh-late", "refresh-stranger", "destroy-stranger")
    moved = ("refresh-moved", "destroy-moved", "up-moved")
    yield from ((scenario, CALM) for scenario in (*calm, *moved, "create-login", "create-secret"))
    yield from ((scenario, "404-gateway@any#*") for scenario in moved)
    yield from (("back", f"{fault}@delete#*") for fault in ("500-before", "504-after"))
    # No create follows that could tell of what was made.
    yield from (("back", plan) for plan in _at(("kill-after",), "create#1", "create#*"))
    yield "refresh-late", "request-twice@create#1"
    yield from (("create-fleet", plan) for plan in _at((*UNSURE, "kill-after"), "create#1"))
    yield from (
        ("create-fleet", plan) for plan in _at(("reset-after", "503-cloud-after"), "create#*")
    )
    echoed = ("502-html-before", "500-after", "truncated", "404-html")
    yield from (("create-secret", plan) for plan in _at(echoed, "create#1", "any#*"))
    yield from (("change-secret", plan) for plan in _at(echoed, "update#1", "any#*"))
    yield from (("create-login", plan) for plan in _at((*GONE, *LOST, "429"), "token#1"))
    yield from (("create-login", plan) for plan in _at(("502-html-before", "500-before"), "any#*"))


def fixed(target: Target) -> list[Case]:
    found = [
        Case(target.name, scenario, plan)
        for scenario, plan in _plans(target)
        if SCENARIOS[scenario].clouds(target)
    ]
    storms = [
        Case(target.name, scenario, f"storm-{strength}", seed)
        for scenario, requests in STORMS.items()
        for strength in (5, 15, 30)
        for seed in _seeds(f"storm-{strength}", requests)
    ]
    return [*dict.fromkeys(found), *storms]


def _strikes(storm: str, seed: int, requests: int) -> bool:
    """Is one of the first requests hit?"""
    plan = Plan(storm, seed)
    return any(plan.draw("create") for _ in range(requests))


def _seeds(storm: str, requests: int) -> Iterator[int]:
    """The first two seeds of which the storm strikes so early that it must be felt."""
    felt = (seed for seed in itertools.count(1) if _strikes(storm, seed, requests))
    yield from itertools.islice(felt, 2)


def every() -> list[Case]:
    return [case for target in TARGETS.values() for case in fixed(target)]


def sample() -> list[Case]:
    """What is played with the real CLI."""
    return [Case(target.name, *row) for target in TARGETS.values() for row in _sampled(target)]


def _sampled(target: Target) -> Iterator[tuple[str, str]]:
    rows = {
        "hf": (
            ("create", "kill-after@create#1"),
            ("create-auto", "cancel-after@create#1"),
            ("refresh", "404-gateway@read#1"),
            ("back", "kill-after@create#1"),
            ("at-once", "delay@create#1"),
        ),
        "ark": (
            ("create", "503-cloud-after@create#1"),
            ("create-auto", "kill-after@create#1"),
            ("taint", CALM),
            ("at-once", "reset-after@create#1"),
        ),
        "maas": (
            ("create", "interrupt-after@create#1"),
            ("destroy", "reset-after@delete#1"),
            ("at-once", "delay@create#1"),
        ),
        "tir": (
            ("create", "empty@create#1"),
            ("pause", "reset-after@act#1"),
            ("at-once", "503-cloud-after@create#1"),
        ),
    }
    yield from rows[target.name]


def drawn(seed: int) -> Iterator[Case]:
    """New cases without end: any fault anywhere, alone, in pairs and in storms."""
    draw = random.Random(seed)
    while True:
        target = draw.choice(list(TARGETS.values()))
        scenario = draw.choice([s for s in SCENARIOS.values() if s.clouds(target)])
        plan = _drawn_storm(draw) if draw.random() < 0.3 else _drawn_strikes(draw, scenario)
        storm_seed = draw.randrange(1 << 30)
        while "storm" in plan and not _strikes(plan, storm_seed, 1):
            storm_seed += 1
        yield Case(target.name, scenario.name, plan, storm_seed)


def _drawn_storm(draw: random.Random) -> str:
    return f"storm-{draw.choice((5, 10, 20, 30))}"


def _drawn_strikes(draw: random.Random, scenario: Scenario) -> str:
    """The first one hits what the scenario sends; others what may follow from that."""
    first = f"{draw.choice(scenario.sends)}#1", "any#1", "any#*", f"{scenario.sends[0]}#*"
    places = [draw.choice(first)]
    for _ in range(draw.choice((0, 0, 1, 2))):
        places.append(f"{draw.choice(PHASES)}#{draw.choice(('1', '2', '*'))}")
    return "+".join(f"{draw.choice(list(FAULTS))}@{place}" for place in places)
