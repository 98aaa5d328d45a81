"""The record of requests: everything a test may want to assert about what was sent.

It holds secrets as they came, as only tests read it.
"""

from __future__ import annotations

import base64
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from simulator.base.messages import Request

LIMIT = 50_000  # requests: the oldest go first


@dataclass
class Entry:
    """One request, and what became of it. Status 0: no reply was sent."""

    id: int
    cloud: str
    request: Request
    connection: int
    started_monotonic: float
    finished_monotonic: float | None = None
    status: int | None = None  # None while the request is in flight
    reply_headers: list[tuple[str, str]] = field(default_factory=list)
    reply_body: bytes = b""
    fault: int | None = None
    bug: str | None = None

    def as_json(self) -> dict[str, Any]:
        request = self.request
        return {
            "id": self.id,
            "cloud": self.cloud,
            "operation": request.operation.name,
            "target": request.operation.target,
            "method": request.method,
            "path": request.raw_path,
            "query": request.raw_query,
            "parameters": request.query,
            "headers": request.headers,
            "body": base64.b64encode(request.body).decode(),
            "json": _json_or_none(request),
            "time": request.time,
            "notes": request.notes,
            "connection": self.connection,
            "started_monotonic": self.started_monotonic,
            "finished_monotonic": self.finished_monotonic,
            "status": self.status,
            "reply_headers": self.reply_headers,
            "reply_body": base64.b64encode(self.reply_body).decode(),
            "fault": self.fault,
            "bug": self.bug,
        }


def _json_or_none(request: Request) -> Any:
    try:
        return request.json()
    except (ValueError, RecursionError):
        return None


class Record:
    """Requests in the order they arrived, and how many were at work at once."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._entries: deque[Entry] = deque()
        self._dropped: Counter[str] = Counter()
        self._next_id = 1
        self._in_flight: dict[str, int] = {}
        self._peak: dict[str, int] = {}

    def open(self, cloud: str, request: Request, connection: int, monotonic: float) -> Entry:
        entry = Entry(self._next_id, cloud, request, connection, monotonic)
        self._next_id += 1
        self._entries.append(entry)
        if len(self._entries) > self._limit:
            self._dropped[self._entries.popleft().cloud] += 1
        self._in_flight[cloud] = self._in_flight.get(cloud, 0) + 1
        self._peak[cloud] = max(self._peak.get(cloud, 0), self._in_flight[cloud])
        return entry

    def close(self, entry: Entry, status: int, monotonic: float) -> None:
        entry.status = status
        entry.finished_monotonic = monotonic
        self._in_flight[entry.cloud] -= 1

    def select(
        self,
        cloud: str | None = None,
        operation: str | None = None,
        target: str | None = None,
        method: str | None = None,
        after: int = 0,
    ) -> list[Entry]:
        return [
            entry
            for entry in self._entries
            if entry.id > after
            and (cloud is None or entry.cloud == cloud)
            and (operation is None or entry.request.operation.name == operation)
            and (target is None or entry.request.operation.target == target)
            and (method is None or entry.request.method == method)
        ]

    def bugs(self) -> list[dict[str, Any]]:
        return [entry.as_json() for entry in self._entries if entry.bug]

    def statistics(self) -> dict[str, Any]:
        clouds: dict[str, Any] = {}
        for cloud, peak in self._peak.items():
            mine = [entry for entry in self._entries if entry.cloud == cloud]
            clouds[cloud] = {
                "requests": len(mine),
                "dropped": self._dropped[cloud],
                "in_flight": self._in_flight[cloud],
                "peak_in_flight": peak,
                "connections": len({entry.connection for entry in mine}),
            }
        return clouds

    def clear(self, cloud: str | None = None) -> None:
        """Forget finished requests; those in flight are still counted when they end."""
        self._entries = deque(entry for entry in self._entries if cloud and entry.cloud != cloud)
        for name in self._peak:
            if cloud in (None, name):
                self._dropped[name] = 0
                self._peak[name] = self._in_flight.get(name, 0)
