"""The committed outcomes: one line a case, sorted."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from chaos.judge import is_worse
from chaos.runner import Result

FILE = Path(__file__).resolve().parents[1] / "baseline.txt"


def read() -> dict[str, str]:
    lines = FILE.read_text(encoding="utf-8").splitlines() if FILE.exists() else []
    return {id: outcome for outcome, id in (line.split() for line in lines)}


def write(results: Iterable[Result]) -> None:
    lines = sorted(f"{result.outcome:8} {result.case.id}" for result in results)
    FILE.write_text("\n".join(sorted(lines, key=lambda line: line.split()[1])) + "\n")


def compare(results: Iterable[Result]) -> list[str]:
    """What differs from the file, a line each."""
    known = read()
    found = []
    for result in results:
        before = known.get(result.case.id)
        if before is None:
            found.append(f"new: {result.case.id} is {result.outcome}")
        elif result.outcome == "broken" or (
            before != result.outcome and is_worse(result.outcome, before)
        ):
            found.append(f"worse: {result.case.id} was {before}, is {result.outcome}")
        elif before != result.outcome:
            found.append(f"better: {result.case.id} was {before}, is {result.outcome}")
    return found
