"""The committed outcomes: one line a case, sorted."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from chaos.judge import is_worse
from chaos.runner import Result

FOLDER = Path(__file__).resolve().parents[1]
FILE = FOLDER / "baseline.txt"
CLI = FOLDER / "baseline-cli.txt"
HOW = "what got better is written by: python -m chaos baseline {}--write ID..."


def read(file: Path = FILE) -> dict[str, str]:
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return {id: outcome for outcome, id in (line.split() for line in lines)}


def write(results: Iterable[Result], known: Iterable[str], file: Path = FILE) -> None:
    """Puts results into the file, which keeps what is known and was not played."""
    outcomes = {**read(file), **{result.case.id: result.outcome for result in results}}
    lines = [f"{outcomes[id]:8} {id}\n" for id in sorted(known) if id in outcomes]
    file.write_text("".join(lines), encoding="utf-8")


def compare(results: Iterable[Result], file: Path = FILE) -> list[str]:
    """What differs from the file, a line each."""
    known = read(file)
    found = []
    for result in results:
        before = known.get(result.case.id)
        if result.outcome == "idle":
            found.append(f"idle: no request of {result.case.id} was struck")
        elif before is None:
            found.append(f"new: {result.case.id} is {result.outcome}")
        elif result.outcome == "broken" or (
            before != result.outcome and is_worse(result.outcome, before)
        ):
            found.append(f"worse: {result.case.id} was {before}, is {result.outcome}")
        elif before != result.outcome:
            found.append(f"better: {result.case.id} was {before}, is {result.outcome}")
    return found
