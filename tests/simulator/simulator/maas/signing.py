"""SDK-HMAC-SHA256, seen from the gateway: rebuild what was signed and compare."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, unquote_to_bytes

from simulator.base.messages import Request

ALGORITHM = "SDK-HMAC-SHA256"
DATE_HEADER = "x-sdk-date"
DATE_FORMAT = "%Y%m%dT%H%M%SZ"
HASH_HEADER = "x-sdk-content-sha256"
_PATTERN = re.compile(
    rf"{ALGORITHM}\s+Access=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{{64}})"
)


@dataclass(frozen=True)
class Authorization:
    """The parts of the header."""

    access_key: str
    signed_headers: tuple[str, ...]
    signature: str


def is_signed(request: Request) -> bool:
    return (request.header("Authorization") or "").startswith(ALGORITHM)


def parse(request: Request) -> Authorization | None:
    """None when it is not of the right form."""
    found = _PATTERN.fullmatch((request.header("Authorization") or "").strip())
    if found is None:
        return None
    return Authorization(found[1], tuple(found[2].split(";")), found[3])


def signed_at(request: Request) -> float | None:
    """Epoch seconds of X-Sdk-Date, None when missing or misformed."""
    try:
        moment = datetime.strptime(request.header(DATE_HEADER) or "", DATE_FORMAT)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC).timestamp()


def canonical_uri(raw_path: str) -> str:
    """Decoded, every segment encoded again, and always with a slash at the end."""
    decoded = unquote_to_bytes(raw_path)
    path = "/".join(quote(part, safe="~") for part in decoded.split(b"/"))
    return path if path.endswith("/") else path + "/"


def canonical_query(raw_query: str) -> str:
    """Pairs sorted decoded, then encoded."""
    pairs = sorted(parse_qsl(raw_query, keep_blank_values=True, errors="surrogateescape"))

    def encode(text: str) -> str:
        return quote(text.encode("utf-8", "surrogateescape"), safe="~")

    return "&".join(f"{encode(key)}={encode(value)}" for key, value in pairs)


def canonical_request(request: Request, signed_headers: tuple[str, ...]) -> bytes | None:
    """None when a header that is said to be signed was not sent."""
    lines = []
    for name in signed_headers:
        value = request.header(name)
        if value is None:
            return None
        lines.append(f"{name}:{value.strip()}\n")
    # Headers arrive as bytes; the server showed each as a Latin-1 character.
    headers = "".join(lines).encode("latin-1")
    head = "\n".join(
        (
            request.method.upper(),
            canonical_uri(request.raw_path),
            canonical_query(request.raw_query),
        )
    )
    tail = "\n".join(("", ";".join(signed_headers), payload_hash(request)))
    return head.encode() + b"\n" + headers + tail.encode("latin-1")


def payload_hash(request: Request) -> str:
    given = request.header(HASH_HEADER)
    if request.body and given:
        return given.strip()
    return hashlib.sha256(request.body).hexdigest()


def string_to_sign(request: Request, canonical: bytes) -> bytes:
    date = (request.header(DATE_HEADER) or "").strip()
    return f"{ALGORITHM}\n{date}\n{hashlib.sha256(canonical).hexdigest()}".encode("latin-1")


def signature(secret: str, text: bytes) -> str:
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def is_right(request: Request, authorization: Authorization, secret: str) -> bool:
    """Whether the secret's owner signed this request. Says nothing about its age."""
    if DATE_HEADER not in authorization.signed_headers:
        return False
    canonical = canonical_request(request, authorization.signed_headers)
    if canonical is None:
        return False
    expected = signature(secret, string_to_sign(request, canonical))
    return hmac.compare_digest(expected, authorization.signature)
