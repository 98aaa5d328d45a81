"""A part of the baseline, spread over everything, is not worse than the file says."""

from __future__ import annotations

from pathlib import Path

from chaos import baseline
from chaos.cases import Case, every
from chaos.runner import play_all

SHARE = 10  # one in so many of the cases that end well


def chosen() -> list[Case]:
    """Each fault once per cloud, everything that does not end well, and a share of the rest."""
    known = baseline.read()
    seen: set[tuple[str, str]] = set()
    found = []
    for index, case in enumerate(every()):
        fault = (case.cloud, case.plan.split("@")[0])
        if known[case.id] != "ok" or fault not in seen or index % SHARE == 0:
            found.append(case)
        seen.add(fault)
    return found


def test_the_file_has_every_case() -> None:
    ids = [case.id for case in every()]
    assert len(ids) == len(set(ids))
    assert len(ids) >= 400
    assert set(baseline.read()) == set(ids)


def test_nothing_is_worse_or_better_in_silence(binary: Path) -> None:
    results = list(play_all(chosen(), binary))
    differences = baseline.compare(results)
    assert differences == [], "\n".join(
        [*differences, "a better file is written by: python -m chaos baseline --write"]
    )
