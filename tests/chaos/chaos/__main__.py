"""Plays cases from the command line.

    python -m chaos list                 the baseline's cases
    python -m chaos run ID...            these, with their story
    python -m chaos baseline [ID...]     all of the baseline, or these, against the file
        --write                          and writes what came out
    python -m chaos list|run|baseline --cli ...     the sample with the real CLI
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
from chaos.cases import Case, drawn, every, sample
from chaos.cli import CliStack
from chaos.engine import Stack
from chaos.judge import ORDER
from chaos.runner import CLI_WORKERS, WORKERS, Engine, Result, play_all
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
    words = [word for word in (*ORDER, "idle", "broken") if any(c[word] for c in counts.values())]
    lines = ["cloud  cases " + " ".join(f"{word:>8}" for word in words)]
    for name, count in counts.items():
        lines.append(f"{name:6} {count.total():5} " + " ".join(f"{count[w]:8}" for w in words))
    total = sum(counts.values(), Counter[str]())
    lines.append(f"all    {total.total():5} " + " ".join(f"{total[w]:8}" for w in words))
    return "\n".join(lines)


def engine(cli: bool) -> Engine:
    return CliStack if cli else Stack


def tell(result: Result) -> None:
    for line in (*result.story, *(f"said: {m}" for m in result.messages)):
        print(f"    {line}", flush=True)


def run(ids: list[str], cli: bool) -> int:
    bad = 0
    workers = min(WORKERS, len(ids))
    for result in play_all(map(Case.parse, ids), binary(), workers, engine(cli)):
        print(f"{result.case.id}: {result.outcome}")
        tell(result)
        bad += result.outcome in BAD
    return 1 if bad else 0


def check_baseline(ids: list[str], cli: bool, write: bool) -> int:
    cases = sample() if cli else every()
    known, file = [case.id for case in cases], baseline.CLI if cli else baseline.FILE
    if unknown := set(ids) - set(known):
        sys.exit(f"not in the baseline: {', '.join(sorted(unknown))}")
    chosen = [case for case in cases if not ids or case.id in ids]
    results, differences = [], 0
    for result in play_all(chosen, binary(), CLI_WORKERS if cli else WORKERS, engine(cli)):
        results.append(result)
        for line in baseline.compare([result], file):
            print(line)
            tell(result)
            differences += 1
    print(table(results))
    if write:
        if any(result.outcome in ("idle", "broken") for result in results):
            sys.exit("not written: a case did not work")
        baseline.write(results, known, file)
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
            tell(result)
    print(table(results))
    return 1 if any(result.outcome in BAD for result in results) else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="chaos")
    commands = parser.add_subparsers(dest="command", required=True)
    with_cli = argparse.ArgumentParser(add_help=False)
    with_cli.add_argument("--cli", action="store_true", help="with the real CLI")
    commands.add_parser("list", parents=[with_cli])
    commands.add_parser("run", parents=[with_cli]).add_argument("ids", nargs="+")
    comparing = commands.add_parser("baseline", parents=[with_cli])
    comparing.add_argument("ids", nargs="*")
    comparing.add_argument("--write", action="store_true")
    soaking = commands.add_parser("soak")
    soaking.add_argument("--seconds", type=float, required=True)
    soaking.add_argument("--seed", type=int, default=int(time.time()))
    args = parser.parse_args()
    if args.command == "list":
        print("\n".join(case.id for case in (sample() if args.cli else every())))
        return 0
    if args.command == "run":
        return run(args.ids, args.cli)
    if args.command == "baseline":
        return check_baseline(args.ids, args.cli, args.write)
    return soak(args.seconds, args.seed)


if __name__ == "__main__":
    sys.exit(main())
