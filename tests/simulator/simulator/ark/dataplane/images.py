"""`/images/generations`, and the one picture there is."""

from __future__ import annotations

import base64
import re
from typing import Any

from simulator.ark.dataplane.call import Call
from simulator.ark.dataplane.errors import invalid, missing
from simulator.base.messages import Reply

SIZE = re.compile(r"[1-9]\d{1,4}x[1-9]\d{1,4}")
SIDE_MAX = 99999
SEED_LEAST, SEED_MOST = -1, 2147483647
GUIDANCE_LEAST, GUIDANCE_MOST = 1, 10
FORMATS = ("url", "b64_json")
# A picture of one pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)


def answer(call: Call) -> tuple[Reply, int]:
    prompt = call.text("prompt")
    if not prompt:
        raise missing("prompt")
    size = _size(call)
    call.number("guidance_scale", GUIDANCE_LEAST, GUIDANCE_MOST)
    call.integer("seed", SEED_LEAST, SEED_MOST)
    call.text("negative_prompt")
    call.boolean("watermark")
    form = call.text("response_format") or "url"
    if form not in FORMATS:
        raise invalid("response_format", f"it must be one of {', '.join(FORMATS)}")
    picture: dict[str, Any] = {"size": size}
    if form == "url":
        picture["url"] = f"{call.base_url}/pictures/{call.identifier}.png"
    else:
        picture["b64_json"] = base64.b64encode(PNG).decode()
    usage = {"generated_images": 1, "output_tokens": 1, "total_tokens": 1}
    document = {"model": call.model, "created": call.now, "data": [picture], "usage": usage}
    return Reply.json(document), 1


def _size(call: Call) -> str:
    """Given as text, or as two sides."""
    size = call.text("size")
    if size is not None and SIZE.fullmatch(size) is None:
        raise invalid("size", "it must be like 1024x1024")
    sides = [call.integer(name, 1, SIDE_MAX) for name in ("width", "height")]
    for name, side in zip(("width", "height"), sides, strict=True):
        if side is None and sides != [None, None]:
            raise missing(name)
    if sides[0] is not None:
        return f"{sides[0]}x{sides[1]}"
    return size or "1024x1024"


def picture() -> Reply:
    return Reply(200, PNG, [("Content-Type", "image/png")])
