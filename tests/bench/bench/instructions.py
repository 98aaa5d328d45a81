"""Instructions for one Check and one Diff, gRPC included, as callgrind counts them."""

from __future__ import annotations

import itertools
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import calls
from bench.figures import Figure
from bench.provider import BenchError, Engine, Provider

TOTAL = re.compile(r"^(?:summary|totals): (\d+)", re.MULTILINE)
WARM_UP = 64


def run(
    binary: Path, engine: Engine, make: Callable[[Provider], list[calls.Call]], count: int
) -> int:
    """Instructions of a whole run: start, warm-up, so many calls, end."""
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        out = Path(directory) / "callgrind.out"
        wrapper = ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={out}"]
        with Provider(binary, engine, wrapper) as provider:
            provider.configure()
            prepared = make(provider)
            sender = calls.Sender(provider.channel, in_flight=1)
            sender.send(itertools.islice(itertools.cycle(prepared), WARM_UP + count))
        totals = TOTAL.findall(out.read_text())
    if not totals:
        raise BenchError("callgrind gave no total")
    return int(totals[-1])


def measure(binary: Path, engine: Engine, count: int) -> list[Figure]:
    if shutil.which("valgrind") is None:
        return []
    figures = []
    for name, make in (("Check", calls.checks), ("Diff", calls.diffs)):
        base = run(binary, engine, make, 0)
        per_call = (run(binary, engine, make, count) - base) / count
        note = f"callgrind, mean of {count} with gRPC and decoding"
        figures.append(Figure(f"instructions for one {name}", per_call, "", note=note))
    return figures
