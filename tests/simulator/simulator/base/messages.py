"""What goes into a cloud and what comes out of it, free of the web framework."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

JSON_TYPE = "application/json"


@dataclass(frozen=True)
class Operation:
    """Name of what a request asks for, and the name or id it is about ("" when none)."""

    name: str
    target: str = ""


@dataclass
class Request:
    """One received request. `raw_path` and `raw_query` are as on the wire, never decoded."""

    method: str
    raw_path: str
    raw_query: str
    headers: list[tuple[str, str]]
    body: bytes
    time: float
    scheme: str = "http"
    operation: Operation = field(default_factory=lambda: Operation("unknown"))
    # What the cloud wants to see beside the request in the record (ignored fields, caller).
    notes: dict[str, Any] = field(default_factory=dict)
    # Private to the cloud: what `guard` found out about the caller, for `handle`.
    caller: Any = None

    @property
    def path(self) -> str:
        return unquote(self.raw_path)

    @property
    def segments(self) -> list[str]:
        """Decoded path segments; an encoded slash stays inside its segment."""
        return [unquote(part) for part in self.raw_path.strip("/").split("/")]

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(self.raw_query, keep_blank_values=True)

    def parameter(self, name: str, default: str | None = None) -> str | None:
        """First query value of that name."""
        for key, value in self.query:
            if key == name:
                return value
        return default

    def header(self, name: str, default: str | None = None) -> str | None:
        """First header of that name, whatever its case."""
        wanted = name.lower()
        for key, value in self.headers:
            if key.lower() == wanted:
                return value
        return default

    def json(self) -> Any:
        """The parsed body; ValueError when it is not JSON in UTF-8."""
        return json.loads(self.body.decode("utf-8"))


@dataclass
class Reply:
    """One answer. With `stream` the body is sent piece by piece and `body` is ignored.

    A stream that waits for something should yield an empty piece now and then: nothing is sent,
    and the stream is given up when the reader has gone.
    """

    status: int = 200
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)
    stream: AsyncIterator[bytes] | None = None

    @classmethod
    def json(cls, value: Any, status: int = 200) -> Reply:
        body = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
        return cls(status, body, [("Content-Type", JSON_TYPE)])

    @classmethod
    def text(cls, text: str, status: int = 200, media: str = "text/plain") -> Reply:
        return cls(status, text.encode(), [("Content-Type", f"{media}; charset=utf-8")])

    @classmethod
    def events(cls, stream: AsyncIterator[bytes]) -> Reply:
        """A stream of server-sent events."""
        headers = [("Content-Type", "text/event-stream"), ("Cache-Control", "no-cache")]
        return cls(200, b"", headers, stream)

    def set_header(self, name: str, value: str) -> None:
        """Set, replacing one of the same name."""
        self.headers = [pair for pair in self.headers if pair[0].lower() != name.lower()]
        self.headers.append((name, value))


def sent_event(value: Any) -> bytes:
    """One server-sent event with a JSON (or text) payload."""
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    lines = "".join(f"data: {line}\n" for line in text.split("\n"))
    return f"{lines}\n".encode()
