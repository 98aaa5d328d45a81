"""Blocks that show data: JSON and HTTP messages are parsed, text is free."""

from __future__ import annotations

import http.client
import io
import json
import re
from collections.abc import Callable

import blocks
import pytest
from blocks import Block

REQUEST = re.compile(r"[A-Z]+ (https?://|/)\S*( HTTP/1\.1)?$")
RESPONSE = re.compile(r"HTTP/1\.1 [1-5]\d\d( \S.*)?$")


def cases(*languages: str) -> list[pytest.ParameterSet]:
    return [pytest.param(block, id=block.id) for block in blocks.of(*languages)]


def parse_http(text: str) -> None:
    """One message: a request or status line, headers, and perhaps a body behind an empty line."""
    first, _, rest = text.partition("\n")
    if not REQUEST.match(first) and not RESPONSE.match(first):
        raise ValueError(f"neither a request line nor a status line: {first!r}")
    stream = io.BytesIO(rest.encode())
    headers = http.client.parse_headers(stream)
    if headers.defects:
        raise ValueError(f"headers: {headers.defects}")
    body = stream.read().decode()
    if body.strip() and "json" in headers.get("Content-Type", "json"):
        json.loads(body)


PARSERS: dict[str, Callable[[str], object]] = {"json": json.loads, "http": parse_http, "text": str}


@pytest.mark.parametrize("block", cases(*blocks.DATA))
def test_data(block: Block) -> None:
    PARSERS[block.language](block.text)


def test_a_bad_block_of_a_page_is_found() -> None:
    page = '# A page\n\n```json\n{}\n```\n\n```json\n{"id": }\n```\n\n```http\nnothing\n```\n'
    bad = []
    for block in blocks.in_markdown("page.md", page):
        try:
            PARSERS[block.language](block.text)
        except ValueError:
            bad.append((block.language, block.text))
    assert bad == [("json", '{"id": }\n'), ("http", "nothing\n")]


@pytest.mark.parametrize(
    "text",
    [
        "GET /v1/endpoints HTTP/1.1\nHost: example.com\n",
        "GET /v1/endpoints?page=2\n",
        'HTTP/1.1 200 OK\nContent-Type: application/json\n\n{"id": 1}\n',
        "HTTP/1.1 502\nContent-Type: text/html\n\n<html>\n",
    ],
)
def test_messages_pass(text: str) -> None:
    parse_http(text)


@pytest.mark.parametrize(
    "text",
    [
        "get the endpoint\n",
        "GET v1/endpoints\n",
        "HTTP/1.1 900 Odd\n",
        "GET / HTTP/1.1\nno header\nHost: example.com\n",
        'HTTP/1.1 200 OK\n\n{"id": }\n',
    ],
)
def test_a_bad_message_is_found(text: str) -> None:
    with pytest.raises(ValueError):
        parse_http(text)


def test_the_programs_of_switching_are_those_of_the_resource() -> None:
    """To the letter: what stands in several places is counted at the first, the schema."""
    page = blocks.ROOT / "docs/switching-models.md"
    shown = blocks.in_markdown("page", page.read_text(encoding="utf-8"))
    assert [block.language for block in shown] == ["yaml", "typescript", "python", "go"]
    own = [block.id for block in blocks.every_block() if "switching-models" in block.place]
    assert own == []
