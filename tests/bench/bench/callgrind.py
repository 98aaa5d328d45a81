"""A provider process under callgrind, and whose instructions it counted."""

from __future__ import annotations

import bisect
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.provider import BenchError, Provider

# In the linker's map: address, load address, size, alignment, and the object file with its section.
MAPPED = re.compile(
    r"^\s*([0-9a-f]+)\s+[0-9a-f]+\s+([0-9a-f]+)\s+\d+\s+(\S+\.o):\(\.text", re.MULTILINE
)
OURS = re.compile(r"provider/CMakeFiles/(layer|tables)_|pulumi-resource-inference\.dir/")
CONTROL_SECONDS = 300.0


@dataclass(frozen=True)
class Cost:
    """Instructions; `own` are those in our own objects, None where no map tells them."""

    total: float
    own: float | None

    def of_one(self, count: int) -> Cost:
        return Cost(self.total / count, None if self.own is None else self.own / count)


class Objects:
    """Where our own objects lie in a binary, as the map beside it says."""

    def __init__(self, binary: Path) -> None:
        file = binary.with_name(f"{binary.name}.map")
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        found = sorted(
            (int(start, 16), int(size, 16))
            for start, size, name in MAPPED.findall(text)
            if OURS.search(name)
        )
        self.starts = [start for start, _ in found]
        self.ends = [start + size for start, size in found]

    def __bool__(self) -> bool:
        return bool(self.starts)

    def hold(self, address: int) -> bool:
        at = bisect.bisect_right(self.starts, address) - 1
        return at >= 0 and address < self.ends[at]


def costs(dump: Path) -> Iterator[tuple[int, int]]:
    """Address and instructions of each line that is no call: what a call costs is counted where it
    is spent. An address may be written as the difference to the last."""
    address, is_call = 0, False
    for line in dump.read_text(encoding="utf-8").splitlines():
        if line.startswith("calls="):
            is_call = True
        elif line[:1] in "+-*0123456789" and line:
            place, *_, instructions = line.split()
            if place[0] in "+-":
                address += int(place, 0)
            elif place != "*":
                address = int(place, 0)
            if not is_call:
                yield address, int(instructions)
            is_call = False


class Callgrind:
    """Counts what a running provider does."""

    def __init__(self, provider: Provider, binary: Path, out: Path) -> None:
        self.provider, self.out, self.dumps = provider, out, 0
        self.objects = Objects(binary)

    @staticmethod
    def wrapper(out: Path) -> list[str]:
        """What a provider is started with."""
        return [
            "valgrind",
            "--quiet",
            "--tool=callgrind",
            "--dump-instr=yes",
            f"--callgrind-out-file={out}",
        ]

    def _control(self, command: str) -> None:
        line = ["callgrind_control", command, str(self.provider.process.pid)]
        done = subprocess.run(
            line, capture_output=True, text=True, timeout=CONTROL_SECONDS, check=False
        )
        if done.returncode != 0:
            raise BenchError(f"callgrind_control: {done.stderr.strip() or done.stdout.strip()}")

    def count(self, work: Callable[[], None]) -> Cost:
        """What the process does while `work` runs."""
        self._control("--zero")
        work()
        self._control("--dump")
        self.dumps += 1
        total, own = 0, 0
        for address, instructions in costs(self.out.with_name(f"{self.out.name}.{self.dumps}")):
            total += instructions
            if self.objects.hold(address):
                own += instructions
        return Cost(total, own if self.objects else None)
