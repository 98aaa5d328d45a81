"""Filters, sorting and cursors of the list of endpoints."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from simulator.base.messages import Request
from simulator.hf.endpoint import Endpoint
from simulator.hf.errors import bad_request

DEFAULT_LIMIT = 20
SORTS: dict[str, Callable[[Endpoint], Any]] = {
    "createdAt": lambda endpoint: endpoint.created,
    "updatedAt": lambda endpoint: endpoint.updated,
    "name": lambda endpoint: endpoint.name,
}


def words(request: Request, name: str) -> list[str]:
    return [word for word in (request.parameter(name) or "").split(",") if word]


def number(request: Request, name: str, default: int, most: int) -> int:
    text = request.parameter(name)
    if text is None:
        return default
    if not text.isdigit() or int(text) < 1:
        raise bad_request(f"Failed to deserialize query string: {name}: invalid digit found")
    return min(int(text), most)


def choice(request: Request, name: str, allowed: tuple[str, ...]) -> str:
    value = request.parameter(name, allowed[0]) or allowed[0]
    if value not in allowed:
        raise bad_request(
            f"Failed to deserialize query string: {name}: unknown variant `{value}`, "
            f"expected one of {', '.join(f'`{word}`' for word in allowed)}"
        )
    return value


def wanted(endpoint: Endpoint, request: Request, task: str) -> bool:
    """Whether the filters let an endpoint through. Tags: one in common is enough."""
    tags, search = words(request, "tags"), request.parameter("search")
    types, tasks, states = (words(request, name) for name in ("type", "task", "state"))
    return (
        (not tags or bool(set(tags) & set(endpoint.spec.get("tags") or [])))
        and (not search or search in endpoint.name)
        and (not types or endpoint.spec["type"] in types)
        and (not tasks or (endpoint.spec["model"].get("task") or task) in tasks)
        and (not states or endpoint.state in states)
    )


def page(
    endpoints: list[Endpoint],
    request: Request,
    show: Callable[[Endpoint], Any],
    knobs: Mapping[str, Any],
) -> dict[str, Any]:
    """One page. A cursor names the item beside the page, so inserts do not shift pages."""
    limit = number(request, "limit", DEFAULT_LIMIT, knobs["list_limit_max"])
    sort = choice(request, "sortBy", ("createdAt", "updatedAt", "name"))
    falling = choice(request, "direction", ("desc", "asc")) == "desc"

    def key(endpoint: Endpoint) -> list[Any]:
        return [SORTS[sort](endpoint), endpoint.name]

    chosen = [item for item in endpoints if wanted(item, request, knobs["default_task"])]
    chosen.sort(key=key, reverse=falling)
    start = _start(request.parameter("cursor"), [key(item) for item in chosen], falling, limit)
    shown = chosen[start : start + limit]
    more = start + limit < len(chosen)
    following = _encode("after", key(shown[-1])) if more and shown else None
    preceding = _encode("before", key(shown[0])) if start > 0 and shown else None
    if knobs["swap_cursors"]:
        following, preceding = preceding, following
    result: dict[str, Any] = {"items": [show(item) for item in shown]}
    if knobs["total_items"]:
        result["totalItems"] = len(chosen)
    return {**result, "nextCursor": following, "prevCursor": preceding}


def _encode(side: str, key: list[Any]) -> str:
    text = json.dumps([side, *key], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _start(cursor: str | None, keys: list[list[Any]], falling: bool, limit: int) -> int:
    """Index of the first item of the page that the cursor stands for."""
    if cursor is None:
        return 0
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        side, *key = json.loads(base64.urlsafe_b64decode(padded))
        before = [item > key if falling else item < key for item in keys].count(True)
        included = key in keys
    except (ValueError, TypeError):
        raise bad_request("Invalid cursor") from None
    if side == "before":
        return max(0, before - limit)
    return before + (1 if included else 0)
