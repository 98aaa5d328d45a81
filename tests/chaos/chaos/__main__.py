"""Plays cases from the command line.

    python -m chaos list                 the baseline's cases
    python -m chaos run ID...            these, with their story
    python -m chaos baseline             all of the baseline against the file
    python -m chaos baseline --write     and writes the file anew
    python -m chaos soak --seconds N     new cases until the time is over

INFERENCE_BINARY names the provider.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from chaos import baseline
from chaos.cases import Case, drawn, every
from chaos.judge import ORDER
from chaos.runner import Result, play_all
from chaos.targets import TARGETS

BAD = ("lost", "doubled", "dropped", "stuck", "hung", "leaked", "broken")


def binary() -> Path:
    name = os.environ.get("INFERENCE_BINARY")
    if not name:
        sys.exit("INFERENCE_BINARY names the provider to try")
    return Path(name).resolve()


def table(results: Iterable[Result]) -> str:
    """Outcomes by cloud."""
    counts = {name: Counter[str]() for name in TARGETS}
    for result in results:
        counts[result.case.cloud][result.outcome] += 1
    words = [word for word in (*ORDER, "broken") if any(c[word] for c in counts.values())]
    lines = ["cloud  cases " + " ".join(f"{word:>8}" for word in words)]
    for name, count in counts.items():
        lines.append(f"{name:6} {count.total():5} " + " ".join(f"{count[w]:8}" for w in words))
    total = sum(counts.values(), Counter[str]())
    lines.append(f"all    {total.total():5} " + " ".join(f"{total[w]:8}" for w in words))
    return "\n".join(lines)


def run(ids: list[str]) -> int:
    bad = 0
    for result in play_all(map(Case.parse, ids), binary(), workers=min(6, len(ids))):
        print(f"{result.case.id}: {result.outcome}")
        for line in (*result.story, *(f"said: {m}" for m in result.messages)):
            print(f"    {line}")
        bad += result.outcome in BAD
    return 1 if bad else 0


def check_baseline(write: bool) -> int:
    results = list(play_all(every(), binary()))
    print(table(results))
    differences = baseline.compare(results)
    for line in differences:
        print(line)
    if write:
        baseline.write(results)
    return 0 if write or not differences else 1


def until(deadline: float, cases: Iterable[Case]) -> Iterator[Case]:
    for case in cases:
        if time.monotonic() > deadline:
            return
        yield case


def soak(seconds: float, seed: int) -> int:
    print(f"seed {seed}", flush=True)
    deadline = time.monotonic() + seconds
    results = []
    for result in play_all(until(deadline, drawn(seed)), binary()):
        results.append(result)
        if result.outcome != "ok":
            print(f"{result.outcome:8} {result.case.id}", flush=True)
    print(table(results))
    return 1 if any(result.outcome in BAD for result in results) else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="chaos")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list")
    commands.add_parser("run").add_argument("ids", nargs="+")
    commands.add_parser("baseline").add_argument("--write", action="store_true")
    soaking = commands.add_parser("soak")
    soaking.add_argument("--seconds", type=float, required=True)
    soaking.add_argument("--seed", type=int, default=int(time.time()))
    args = parser.parse_args()
    if args.command == "list":
        print("\n".join(case.id for case in every()))
        return 0
    if args.command == "run":
        return run(args.ids)
    if args.command == "baseline":
        return check_baseline(args.write)
    return soak(args.seconds, args.seed)


if __name__ == "__main__":
    sys.exit(main())
