"""The list of endpoints, whole or in pages, and as late as the knob says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simulator.base.messages import Request
from simulator.maas.endpoint import Document, Endpoint, item
from simulator.maas.errors import parameter


def number(request: Request, name: str, default: int) -> int:
    text = request.parameter(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit():
        raise parameter(f"{name} is invalid")
    return int(text)


def visible(endpoints: Iterable[Endpoint], moment: float, knobs: Mapping[str, Any]) -> list[Any]:
    """The items a list shows that knows what had happened by then, in order of creation."""
    items = []
    for endpoint in endpoints:
        seen = endpoint.seen(moment)
        if seen is not None:
            changed, document = seen
            items.append(item(endpoint, document, changed, knobs))
    return items


def page(items: list[Any], request: Request, knobs: Mapping[str, Any]) -> Document:
    size = number(request, "limit", len(items))
    if knobs["page_size"]:
        size = min(size, knobs["page_size"])
    start = number(request, "offset", 0)
    if knobs["offset"] == "page":
        start *= size
    elif knobs["offset"] == "ignored":
        start = 0
    shown = items[start : start + size]
    count: int | str = len(shown)
    if knobs["count_type"] == "string":
        count = str(count)
    return {
        "total": len(items),
        "count": count,
        "quantity_limit": knobs["quota"],
        "items": shown,
    }
