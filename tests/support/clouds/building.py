"""Short ways to write rows of a description."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from support.clouds.description import Call, Change, Json, at, patched

MISSING: Any = type("Missing", (), {"__repr__": lambda self: "MISSING"})()


def with_value(inputs: Json, path: str, value: Any) -> Json:
    return patched(inputs, at(path, None if value is MISSING else value))


class Changes:
    """Builds rows over the same inputs; `wire` turns a property path and value into a PUT body."""

    def __init__(self, base: Json, update: str, wire: Callable[[str, Any], Json]) -> None:
        self._base = base
        self._update = update
        self._wire = wire
        self.rows: list[Change] = []

    def add(
        self,
        id: str,
        before: Json,
        after: Json,
        diff: dict[str, str],
        body: Json | None = None,
        calls: Sequence[Call] | None = None,
    ) -> None:
        """Patches of the base inputs; either the one body or all the calls."""
        sent = calls if calls is not None else [(self._update, body)] if body is not None else []
        self.rows.append(
            Change(id, patched(self._base, before), patched(self._base, after), diff, tuple(sent))
        )

    def value(
        self, path: str, old: Any, new: Any, given: Json | None = None, body: Json | None = None
    ) -> None:
        """One property from old to new (MISSING: not set), beside what else is given."""
        base = patched(self._base, given or {})
        kind = "add" if old is MISSING else "delete" if new is MISSING else "update"
        sent = body if body is not None else self._wire(path, new)
        self.rows.append(
            Change(
                f"{path} {kind}" if kind != "update" else path,
                with_value(base, path, old),
                with_value(base, path, new),
                {path: kind},
                ((self._update, sent),),
            )
        )

    def nothing(self, id: str, before: Json, after: Json) -> None:
        """Another way to say the same."""
        self.add(id, before, after, {}, calls=())
