"""Logs of an endpoint: the plain second version, the searchable third, and their streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlencode

from simulator.base.clock import parse_rfc3339, rfc3339
from simulator.base.messages import Reply, Request, sent_event
from simulator.hf import listing
from simulator.hf.endpoint import Endpoint, LogEntry
from simulator.hf.errors import bad_request

V3_DEFAULT_LIMIT = 1000
V3_MOST = 5000
FOLLOW_SECONDS = 0.05


def shown(entry: LogEntry, width: int | None) -> dict[str, Any]:
    result: dict[str, Any] = {
        "timestamp": rfc3339(entry.time, 9),
        "line": entry.line if width is None else entry.line[:width],
        "stream": entry.stream,
        "replica_id": entry.replica,
    }
    if entry.level is not None:
        result["level"] = entry.level
    return result


def _width(request: Request) -> int | None:
    if request.parameter("line_max_length") is None:
        return None
    return listing.number(request, "line_max_length", 1, 10**9)


def _time(request: Request, name: str) -> float | None:
    text = request.parameter(name)
    if text is None:
        return None
    try:
        return parse_rfc3339(text)
    except ValueError:
        raise bad_request(f"Failed to deserialize query string: {name}: invalid date") from None


def _position(request: Request, name: str) -> int | None:
    text = request.parameter(name)
    if text is None:
        return None
    if not text.isdigit():
        raise bad_request(f"Failed to deserialize query string: {name}: invalid cursor")
    return int(text)


def select(endpoint: Endpoint, request: Request) -> list[LogEntry]:
    """Entries that pass the filters, oldest first. `after`/`before` are exclusive positions."""
    replica, level = request.parameter("replica"), request.parameter("level")
    search = request.parameter("search")
    since, until = _time(request, "since"), _time(request, "until")
    after, before = _position(request, "after"), _position(request, "before")
    return [
        entry
        for entry in endpoint.logs
        if (replica is None or entry.replica == replica)
        and (level is None or (entry.level or "").lower() == level.lower())
        and (search is None or search in entry.line)
        and (since is None or entry.time >= since)
        and (until is None or entry.time <= until)
        and (after is None or entry.number > after)
        and (before is None or entry.number < before)
    ]


def tail(endpoint: Endpoint, request: Request) -> list[LogEntry]:
    entries = select(endpoint, request)
    if request.parameter("tail") is None:
        return entries
    return entries[-listing.number(request, "tail", 1, 10**9) :]


def text(entries: list[LogEntry], request: Request) -> str:
    width = _width(request)
    return "".join(f"{shown(entry, width)['line']}\n" for entry in entries)


def search_page(endpoint: Endpoint, request: Request, url: str) -> Reply:
    """`order` says from which end the page is cut; entries are always oldest first."""
    limit = listing.number(request, "limit", V3_DEFAULT_LIMIT, V3_MOST)
    order = listing.choice(request, "order", ("desc", "asc"))
    entries = select(endpoint, request)
    cut = entries[-limit:] if order == "desc" else entries[:limit]
    width = _width(request)
    reply = Reply.json([shown(entry, width) for entry in cut])
    links = _links(cut, entries, request, url)
    if links:
        reply.set_header("Link", ", ".join(links))
    return reply


def _links(cut: list[LogEntry], entries: list[LogEntry], request: Request, url: str) -> list[str]:
    if not cut:
        return []
    kept = [(k, v) for k, v in request.query if k not in ("after", "before")]

    def link(path: str, name: str, position: int, relation: str) -> str:
        query = urlencode([*kept, (name, str(position))])
        return f'<{url}{path}?{query}>; rel="{relation}"'

    links = []
    path = request.raw_path
    if entries[-1].number > cut[-1].number:
        links.append(link(path, "after", cut[-1].number, "next"))
    if entries[0].number < cut[0].number:
        links.append(link(path, "before", cut[0].number, "prev"))
    links.append(link(f"{path}/sse", "after", cut[-1].number, "next_sse"))
    return links


def entry_event(request: Request) -> Callable[[LogEntry], bytes]:
    """Third version: each event is an entry."""
    width = _width(request)
    return lambda entry: sent_event(shown(entry, width))


def line_event(request: Request) -> Callable[[LogEntry], bytes]:
    """Second version: each event is a line."""
    width = _width(request)
    return lambda entry: sent_event(shown(entry, width)["line"])


def plain_line(request: Request) -> Callable[[LogEntry], bytes]:
    width = _width(request)
    return lambda entry: f"{shown(entry, width)['line']}\n".encode()


async def follow(
    first: list[LogEntry],
    rest: Callable[[int], list[LogEntry] | None],
    write: Callable[[LogEntry], bytes],
    ends: bool,
) -> AsyncIterator[bytes]:
    """The first entries, then new ones until the endpoint is gone or the reader is.

    An empty piece in between lets the sender notice that nobody listens any more.
    """
    last = 0
    for entry in first:
        last = entry.number
        yield write(entry)
    while not ends:
        fresh = rest(last)
        if fresh is None:
            return
        for entry in fresh:
            last = entry.number
            yield write(entry)
        yield b""
        await asyncio.sleep(FOLLOW_SECONDS)
