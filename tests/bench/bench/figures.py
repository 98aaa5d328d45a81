"""What was measured, beside its limit."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Figure:
    """`limit` None: for information only. `note` says under which circumstances."""

    name: str
    measured: float
    unit: str
    limit: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.limit is None:
            return "-"
        return "ok" if self.measured <= self.limit else "MISSED"

    def as_json(self) -> dict[str, object]:
        return {**dataclasses.asdict(self), "verdict": self.verdict}


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share (0..1) lies; always one that was measured."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def median(values: Sequence[float]) -> float:
    return percentile(values, 0.5)


def number(value: float, unit: str) -> str:
    text = f"{value:,.0f}" if value >= 1000 or unit == "" else f"{value:.2f}"
    return f"{text} {unit}".rstrip()


def table(figures: Sequence[Figure]) -> str:
    rows = [("figure", "measured", "limit", "verdict", "note")]
    for one in figures:
        limit = "-" if one.limit is None else f"{one.limit:g} {one.unit}"
        rows.append((one.name, number(one.measured, one.unit), limit, one.verdict, one.note))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = []
    for row in rows:
        name, measured, limit, verdict, note = row
        lines.append(
            f"{name:<{widths[0]}}  {measured:>{widths[1]}}  {limit:>{widths[2]}}"
            f"  {verdict:<{widths[3]}}  {note}".rstrip()
        )
    return "\n".join(lines)
