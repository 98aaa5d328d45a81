"""A part of the baseline, spread over everything, is not worse than the file says."""

from __future__ import annotations

import itertools
from pathlib import Path

from chaos import baseline
from chaos.cases import STORMS, Case, drawn, every
from chaos.plan import Plan
from chaos.runner import Result, play_all
from chaos.scenarios import SCENARIOS
from chaos.targets import TARGETS

SHARE = 10  # one in so many of the cases that end well


def chosen() -> list[Case]:
    """Each fault once per cloud, everything that does not end well, and a share of the rest."""
    known = baseline.read()
    seen: set[tuple[str, str]] = set()
    found = []
    for index, case in enumerate(every()):
        fault = (case.cloud, case.plan.split("@")[0])
        if known.get(case.id) != "ok" or fault not in seen or index % SHARE == 0:
            found.append(case)
        seen.add(fault)
    return found


def test_the_file_has_every_case() -> None:
    ids = [case.id for case in every()]
    assert len(ids) == len(set(ids))
    assert len(ids) >= 400
    assert set(baseline.read()) == set(ids)


def test_every_storm_strikes() -> None:
    storms = [case for case in every() if case.plan.startswith("storm")]
    assert len(storms) == len(STORMS) * 3 * 2 * len(TARGETS)
    for case in storms:
        plan = Plan(case.plan, case.seed)
        assert any(plan.draw("create") for _ in range(STORMS[case.scenario])), case.id


def test_soak_draws_the_same_from_a_seed_and_aims_at_what_is_sent() -> None:
    def ids(seed: int) -> list[str]:
        return [case.id for case in itertools.islice(drawn(seed), 500)]

    assert ids(1) == ids(1)
    assert ids(1) != ids(2)
    for case in itertools.islice(drawn(1), 500):
        assert Case.parse(case.id).id == case.id
        plan = Plan(case.plan, case.seed)
        sent = SCENARIOS[case.scenario].sends
        assert any([plan.draw(phase) for phase in sent]), case.id


def test_what_struck_nothing_proves_nothing() -> None:
    case = every()[0]
    assert baseline.compare([Result(case, "idle")]) == [f"idle: no request of {case.id} was struck"]


def test_nothing_is_worse_or_better_in_silence(binary: Path) -> None:
    results = list(play_all(chosen(), binary))
    differences = baseline.compare(results)
    assert differences == [], "\n".join([*differences, baseline.HOW.format("")])
