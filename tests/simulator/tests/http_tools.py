"""Plain sockets and http.client for tests: what is on the wire, unhelped by any library."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def connect(url: str, tls: ssl.SSLContext | None = None) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    assert parts.hostname
    if parts.scheme == "https":
        return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=30, context=tls)
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)


def ask(
    connection: http.client.HTTPConnection,
    method: str,
    path: str,
    body: Any = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """One request; a body that is not bytes goes as JSON."""
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    connection.request(method, path, data, headers or {})
    reply = connection.getresponse()
    return Answer(reply.status, dict(reply.getheaders()), reply.read())


def raw_exchange(url: str, request: bytes) -> bytes:
    """All bytes the server sends until it closes the connection."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as plain:
        plain.sendall(request)
        received = b""
        while chunk := plain.recv(65536):
            received += chunk
        return received
