"""What the last run of scripts/test took: its steps, and the dearest groups of tests, as Markdown.

Reads what scripts/lib/steps.sh keeps: steps.tsv, and the JUnit XML of each step that runs tests. A
group is a file of tests, or one program of ctest. Its seconds are those of its tests one by one:
where two workers share a step, they add up to more than the step took.
"""

from __future__ import annotations

import argparse
import os
import platform
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

DEAREST = 10


@dataclass(frozen=True)
class Step:
    name: str
    result: str
    seconds: int


@dataclass(frozen=True)
class Group:
    step: str
    name: str
    tests: int
    seconds: float


def read_steps(text: str) -> tuple[str, str, list[Step]]:
    """Date, command, and the steps in the order in which they ended, the last one for all."""
    run, *rows = [line.split("\t") for line in text.splitlines()]
    date, command = run
    return date, command, [Step(name, result, int(seconds)) for name, result, seconds in rows]


def group_name(case: ET.Element) -> str:
    """pytest's class is module and class, ctest's is the test itself."""
    parts = case.get("classname", "").split(".")
    modules = [index for index, part in enumerate(parts) if part.startswith("test_")]
    return ".".join(parts[: modules[-1] + 1] if modules else parts)


def read_groups(step: str, xml: str) -> Iterator[Group]:
    costs: dict[str, list[float]] = {}
    for case in ET.fromstring(xml).iter("testcase"):
        costs.setdefault(group_name(case), []).append(float(case.get("time", 0)))
    for name, seconds in costs.items():
        yield Group(step, name, len(seconds), sum(seconds))


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    lines = [list(head), *(list(map(str, row)) for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def report(logs: Path, machine: str) -> str:
    date, command, steps = read_steps((logs / "steps.tsv").read_text(encoding="utf-8"))
    groups = [
        group
        for step in steps
        if (results := logs / f"{step.name}.xml").exists()
        for group in read_groups(step.name, results.read_text(encoding="utf-8"))
    ]
    dearest = sorted(groups, key=lambda group: -group.seconds)[:DEAREST]
    return "\n\n".join(
        [
            f"`{command}`, {date}, {machine}:",
            table(("step", "result", "seconds"), ((s.name, s.result, s.seconds) for s in steps)),
            f"The {DEAREST} dearest groups of tests:",
            table(
                ("group", "step", "tests", "seconds"),
                ((f"`{g.name}`", g.step, g.tests, f"{g.seconds:.1f}") for g in dearest),
            ),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("logs", type=Path, help="folder of steps.tsv")
    logs = parser.parse_args().logs
    if not (logs / "steps.tsv").exists():
        parser.exit(1, f"{logs} holds no steps.tsv: scripts/test writes it\n")
    print(report(logs, f"{platform.machine()}, {os.cpu_count()} cores"))


if __name__ == "__main__":
    main()
