"""Checks that every table of a Markdown page is one: a rule below its head, the same number of
cells in each row, and no empty line in between. GitHub shows anything else as text, or loses cells.

A bar between backticks ends a cell, too, unless a backslash stands before it.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from check_links import FENCE, pages

BAR = re.compile(r"(?<!\\)\|")
RULE = re.compile(r"\|(?: ?:?-+:? ?\|)+")


def without_fenced(text: str) -> str:
    """The same lines, empty where they are fenced."""
    return FENCE.sub(lambda fenced: "\n" * fenced[0].count("\n"), text)


def tables(text: str) -> Iterator[tuple[int, list[str]]]:
    """Lines that belong together, and the number of the first."""
    first, rows = 0, list[str]()
    for number, line in enumerate([*without_fenced(text).splitlines(), ""], 1):
        if line.startswith("|"):
            first = first or number
            rows.append(line.rstrip())
        elif rows:
            yield first, rows
            first, rows = 0, []


def wrong_in(rows: list[str]) -> Iterator[tuple[int, str]]:
    """Which row is wrong, and why."""
    if len(rows) < 2 or not RULE.fullmatch(rows[1]):
        yield 0, "no rule below the head of a table"
        return
    cells = len(BAR.findall(rows[0])) - 1
    for place, row in enumerate(rows):
        found = len(BAR.findall(row)) - 1
        if found != cells or not row.endswith("|"):
            yield place, f"{found} cells in a table of {cells}"


def wrong(root: Path) -> list[str]:
    return [
        f"{page.relative_to(root).as_posix()}:{first + place}: {why}"
        for page in pages(root)
        for first, rows in tables(page.read_text(encoding="utf-8"))
        for place, why in wrong_in(rows)
    ]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=Path, required=True)
    lines = wrong(parser.parse_args().root)
    print("\n".join(lines) or "every table is one")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
