"""What can go wrong on the way, by name. A row says when a fault strikes, and what comes back.

A fault knows nothing of any cloud but the shape of its errors, and nothing of the simulators.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

HTML = b"<html><head><title>502 Bad Gateway</title></head><body>%s</body></html>"


class When(Enum):
    """Does the request reach the service?"""

    BEFORE = "before"  # no
    AFTER = "after"  # yes, and the service carries it out
    TWICE = "twice"  # the way repeats it


class Memory(Enum):
    """Which earlier reply comes in place of this one, if there is any."""

    NONE = "none"
    SAME = "same"  # to the same request: a cache
    ANY = "any"  # to whatever came before: two replies were mixed up


class End(Enum):
    """What the client gets in place of the reply."""

    REPLY = "reply"
    RESET = "reset"  # TCP reset before a byte
    MIDDLE = "middle"  # half of the reply, then a reset
    CLOSE = "close"  # orderly end of the connection before a byte
    STALL = "stall"  # nothing, for good
    REFUSE = "refuse"  # reset, and nobody listens for a moment
    REPEAT = "repeat"  # the reply, and once more behind it
    CUT = "cut"  # the reply, and an orderly end
    DRIP = "drip"  # the reply, byte by byte, and slower than any time-out
    KILL = "kill"  # the provider is killed
    INTERRUPT = "interrupt"  # the provider gets SIGINT
    CANCEL = "cancel"  # the engine calls Cancel
    ENGINE = "engine"  # the engine is killed


@dataclass(frozen=True)
class Answer:
    """An HTTP reply that the way makes up. `body` gets the request (a gateway may echo it) and the
    cloud's own shape of an error."""

    status: int
    body: Callable[[bytes, bytes], bytes]
    type: str = "application/json"
    headers: tuple[str, ...] = ()

    def render(self, request: bytes, shape: bytes) -> bytes:
        body = self.body(request, shape)
        lines = [
            f"HTTP/1.1 {self.status} Chaos",
            f"Content-Type: {self.type}",
            f"Content-Length: {len(body)}",
            *self.headers,
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass(frozen=True)
class Fault:
    name: str
    when: When
    end: End = End.REPLY
    answer: Answer | None = None
    change: Callable[[bytes], bytes] | None = None  # of the true reply's body
    reshape: Callable[[bytes], bytes] | None = None  # of the whole of it, head and all
    memory: Memory = Memory.NONE
    delay_s: float = 0.0
    fatal: bool = False  # ends a process


def own(_: bytes, shape: bytes) -> bytes:
    """The cloud's own words."""
    return shape


def gateway(_: bytes, __: bytes) -> bytes:
    return json.dumps(
        {"error_msg": "The upstream is not available", "request_id": "c0ffee"}
    ).encode()


def echo(request: bytes, _: bytes) -> bytes:
    """A page for debugging that repeats the request, credentials and all."""
    return HTML % request.replace(b"\r\n", b"<br>")


def nothing(_: bytes, __: bytes) -> bytes:
    return b""


def page(_: bytes, __: bytes) -> bytes:
    return b"<html><head><title>Welcome</title></head><body>Sign in to go on</body></html>"


def zipped(reply: bytes) -> bytes:
    """Says that it is compressed, and is not."""
    return reply.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n", 1)


def hinted(reply: bytes) -> bytes:
    return b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + reply


def resized(change: Callable[[int], int]) -> Callable[[bytes], bytes]:
    """The length that is told is not the body's."""

    def lie(reply: bytes) -> bytes:
        head, _, body = reply.partition(b"\r\n\r\n")
        told = b"Content-Length: %d" % change(len(body))
        lines = [
            told if line.startswith(b"Content-Length") else line for line in head.split(b"\r\n")
        ]
        return b"\r\n".join(lines) + b"\r\n\r\n" + body

    return lie


def half(body: bytes) -> bytes:
    return body[: len(body) // 2]


def empty(_: bytes) -> bytes:
    return b""


B, A, T = When.BEFORE, When.AFTER, When.TWICE
RETRY_AFTER = ("Retry-After: 1",)
A_DAY = ("Retry-After: 86400",)
LONG_AGO = ("Retry-After: Wed, 21 Oct 2015 07:28:00 GMT",)
ELSEWHERE = ("Location: http://127.0.0.1:9/elsewhere",)

FAULTS = {
    fault.name: fault
    for fault in (
        Fault("refused", B, End.REFUSE),
        Fault("reset-before", B, End.RESET),
        Fault("reset-after", A, End.RESET),
        Fault("reset-middle", A, End.MIDDLE),
        Fault("closed-before", B, End.CLOSE),
        Fault("closed-after", A, End.CLOSE),
        Fault("stall-before", B, End.STALL),
        Fault("stall-after", A, End.STALL),
        Fault("429", B, answer=Answer(429, own)),
        Fault("429-retry-after", B, answer=Answer(429, own, headers=RETRY_AFTER)),
        Fault("500-before", B, answer=Answer(500, own)),
        Fault("500-after", A, answer=Answer(500, own)),
        Fault("502-html-before", B, answer=Answer(502, echo, "text/html")),
        Fault("502-html-after", A, answer=Answer(502, echo, "text/html")),
        Fault("503-gateway-before", B, answer=Answer(503, gateway)),
        Fault("503-gateway-after", A, answer=Answer(503, gateway)),
        Fault("503-cloud-before", B, answer=Answer(503, own)),
        Fault("503-cloud-after", A, answer=Answer(503, own)),
        Fault("504-before", B, answer=Answer(504, nothing, "text/plain")),
        Fault("504-after", A, answer=Answer(504, nothing, "text/plain")),
        Fault("404-gateway", B, answer=Answer(404, gateway)),
        Fault("404-html", B, answer=Answer(404, echo, "text/html")),
        # Some on the way look at replies: what they refuse has been carried out.
        Fault("404-gateway-after", A, answer=Answer(404, gateway)),
        Fault("403-html-before", B, answer=Answer(403, page, "text/html")),
        Fault("403-html-after", A, answer=Answer(403, page, "text/html")),
        Fault("401-html-before", B, answer=Answer(401, page, "text/html")),
        Fault("408-after", A, answer=Answer(408, nothing, "text/plain")),
        Fault("499-after", A, answer=Answer(499, nothing, "text/plain")),
        Fault("524-after", A, answer=Answer(524, page, "text/html")),
        Fault("200-html-before", B, answer=Answer(200, page, "text/html")),
        Fault("200-html-after", A, answer=Answer(200, page, "text/html")),
        Fault("204-before", B, answer=Answer(204, nothing, "text/plain")),
        Fault("204-after", A, answer=Answer(204, nothing, "text/plain")),
        Fault("301-before", B, answer=Answer(301, page, "text/html", ELSEWHERE)),
        Fault("302-before", B, answer=Answer(302, page, "text/html", ELSEWHERE)),
        Fault("302-after", A, answer=Answer(302, page, "text/html", ELSEWHERE)),
        Fault("303-after", A, answer=Answer(303, page, "text/html", ELSEWHERE)),
        Fault("307-before", B, answer=Answer(307, nothing, "text/plain", ELSEWHERE)),
        Fault("308-before", B, answer=Answer(308, nothing, "text/plain", ELSEWHERE)),
        Fault("429-a-day", B, answer=Answer(429, own, headers=A_DAY)),
        Fault("429-long-ago", B, answer=Answer(429, own, headers=LONG_AGO)),
        Fault("drip", A, End.DRIP),
        Fault("gzip-garbage", A, reshape=zipped),
        Fault("hints", A, reshape=hinted),
        Fault("length-short", A, reshape=resized(lambda length: length // 2)),
        Fault("length-long", A, End.CUT, reshape=resized(lambda length: length + 10)),
        Fault("cached", A, memory=Memory.SAME),
        Fault("mixed-up", A, memory=Memory.ANY),
        Fault("truncated", A, change=half),
        Fault("empty", A, change=empty),
        Fault("reply-twice", A, End.REPEAT),
        Fault("request-twice", T),
        Fault("delay", A, delay_s=0.4),
        Fault("kill-before", B, End.KILL, fatal=True),
        Fault("kill-after", A, End.KILL, fatal=True),
        Fault("interrupt-before", B, End.INTERRUPT, fatal=True),
        Fault("interrupt-after", A, End.INTERRUPT, fatal=True),
        Fault("cancel-before", B, End.CANCEL),
        Fault("cancel-after", A, End.CANCEL),
        Fault("engine-before", B, End.ENGINE, fatal=True),
        Fault("engine-after", A, End.ENGINE, fatal=True),
    )
}
# What a storm is made of.
WEATHER = tuple(
    name
    for name, fault in FAULTS.items()
    if not fault.fatal and fault.end not in (End.STALL, End.CANCEL, End.DRIP)
)
