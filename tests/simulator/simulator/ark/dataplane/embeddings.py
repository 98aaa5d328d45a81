"""`/embeddings`, of texts and of parts that may be pictures."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from typing import Any

from simulator.ark.dataplane.call import Call, count_tokens
from simulator.ark.dataplane.errors import invalid, missing
from simulator.base.messages import Reply

DIMENSIONS_DEFAULT = 8
DIMENSIONS_MAX = 4096
FORMATS = ("float", "base64")
PART_TYPES = ("text", "image_url", "video_url")


def answer(call: Call) -> tuple[Reply, int]:
    """The reply, and the tokens it used. The same input always has the same vector."""
    inputs = _inputs(call.body.get("input"))
    dimensions = call.integer("dimensions", 1, DIMENSIONS_MAX) or DIMENSIONS_DEFAULT
    form = call.text("encoding_format") or "float"
    if form not in FORMATS:
        raise invalid("encoding_format", f"it must be one of {', '.join(FORMATS)}")
    data = [
        {"object": "embedding", "index": index, "embedding": _coded(vector(key, dimensions), form)}
        for index, key in enumerate(inputs)
    ]
    used = sum(count_tokens(key) for key in inputs)
    usage = {"prompt_tokens": used, "total_tokens": used}
    document = {
        "id": call.identifier,
        "object": "list",
        "created": call.now,
        "model": call.model,
        "data": data,
        "usage": usage,
    }
    return Reply.json(document), used


def vector(text: str, dimensions: int) -> list[float]:
    """Numbers that both float and double hold exactly."""
    values: list[float] = []
    while len(values) < dimensions:
        block = hashlib.sha256(f"{len(values)} {text}".encode()).digest()
        values += [(byte - 128) / 128 for byte in block]
    return values[:dimensions]


def _inputs(value: Any) -> list[str]:
    """One text for each vector wanted."""
    if value is None:
        raise missing("input")
    if isinstance(value, str) and value:
        return [value]
    if not isinstance(value, list) or not value:
        raise invalid("input", "it must be a text or an array that is not empty")
    if all(isinstance(item, str) and item for item in value):
        return list(value)
    if all(_is_part(item) for item in value):
        return [json.dumps(value, sort_keys=True)]
    if all(type(item) is int for item in value):
        return [" ".join(map(str, value))]
    if all(isinstance(item, list) and all(type(n) is int for n in item) for item in value):
        return [" ".join(map(str, item)) for item in value]
    raise invalid("input", "its items must be texts, tokens or parts")


def _is_part(item: Any) -> bool:
    return isinstance(item, dict) and item.get("type") in PART_TYPES and item["type"] in item


def _coded(values: list[float], form: str) -> list[float] | str:
    if form == "float":
        return values
    return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()
