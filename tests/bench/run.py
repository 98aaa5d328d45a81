"""Measures a release binary and prints what was measured beside what is allowed.

    python tests/bench/run.py --binary PATH [--bare-server PATH] [--json OUT]
    python tests/bench/run.py --binary PATH --peer PATH --type TOKEN --inputs JSON

Needs the packages of tests/requirements*.txt, the simulator, and valgrind for the instructions.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import creates, instructions, memory, peer, start
from bench.figures import MIB, Figure, table
from bench.provider import BenchError, Engine

PARTS = ("size", "start", "memory", "instructions", "creates")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, required=True, help="the provider's release build")
    parser.add_argument("--bare-server", type=Path, help="CMake's target bare-server, to compare")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--starts", type=int, default=100)
    parser.add_argument("--configures", type=int, default=9, help="processes of the median")
    parser.add_argument("--calls", type=int, default=100_000, help="Checks and Diffs, together")
    parser.add_argument("--counted-calls", type=int, default=64, help="of each, under callgrind")
    parser.add_argument(
        "--write-baseline",
        action="store_true",
        help="of the instructions, in place of a comparison",
    )
    parser.add_argument("--creates", type=int, default=200)
    parser.add_argument("--ready-seconds", type=float, default=5.0)
    parser.add_argument("--peer", type=Path, help="another provider: both are measured in turns")
    parser.add_argument("--type", help="the token of one of its resources")
    parser.add_argument("--inputs", type=json.loads, default={}, help="of that resource, as JSON")
    options = parser.parse_args()
    if (options.peer is None) != (options.type is None):
        parser.error("--peer and --type belong together")
    return options


def size(binary: Path, scratch: Path) -> list[Figure]:
    stripped = scratch / "stripped"
    subprocess.run(["strip", "-o", str(stripped), str(binary)], check=True)
    return [Figure("stripped size", stripped.stat().st_size / MIB, "MiB")]


def parts(
    options: argparse.Namespace, engine: Engine, scratch: Path
) -> dict[str, Callable[[], list[Figure]]]:
    binary = options.binary.resolve()
    return {
        "size": lambda: size(binary, scratch),
        "start": lambda: start.measure(binary, options.bare_server, engine, options.starts),
        "memory": lambda: [
            memory.configured(binary, engine, options.configures),
            *memory.worked(binary, engine, options.calls),
        ],
        "instructions": lambda: instructions.measure(
            binary, engine, scratch, options.counted_calls, options.write_baseline
        ),
        "creates": lambda: creates.measure(
            binary, engine, scratch, options.creates, options.ready_seconds
        ),
    }


def measure(options: argparse.Namespace) -> list[Figure]:
    engine = Engine()
    figures: list[Figure] = []
    try:
        if options.peer is not None:
            other = peer.Subject("the peer", options.peer.resolve(), options.type, options.inputs)
            own = peer.ours(options.binary.resolve())
            return peer.measure(own, other, engine, options.starts, options.calls)
        with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
            for name, part in parts(options, engine, Path(scratch)).items():
                if name in options.only:
                    print(f"measuring {name} ...", file=sys.stderr, flush=True)
                    figures += part()
    finally:
        engine.stop()
    return figures


def load() -> str:
    cores = os.cpu_count() or 1
    return f"load {os.getloadavg()[0]:.1f} on {cores} cores: times mean little above {cores}"


def main() -> int:
    options = arguments()
    try:
        figures = measure(options)
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(table(figures))
    print(load(), file=sys.stderr)
    if options.json is not None:
        options.json.write_text(json.dumps([one.as_json() for one in figures], indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
