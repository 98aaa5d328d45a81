"""Signatures as the official signers make them, computed from a received request.

The verifier rebuilds what the client must have signed from the header names the client lists,
so a request that signs fewer headers than the SDKs do is as good as theirs.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import quote

from simulator.ark.errors import gateway
from simulator.base.messages import Request

ALGORITHM = "HMAC-SHA256"
TERMINATOR = "request"
PLAIN_PORTS = ("80", "443")
MANDATORY_HEADERS = ("host", "x-date")


@dataclass(frozen=True)
class Authorization:
    """The parts of an Authorization header."""

    access_key: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str

    @property
    def scope(self) -> str:
        return "/".join((self.date, self.region, self.service, TERMINATOR))


def parse_authorization(text: str) -> Authorization:
    """Refuses as the gateway does: shape first, then credential, then signature."""
    algorithm, _, rest = text.strip().partition(" ")
    parts: dict[str, str] = {}
    for piece in rest.split(","):
        name, equals, value = piece.strip().partition("=")
        if equals:
            parts[name] = value
    if algorithm != ALGORITHM or "Credential" not in parts or not parts.get("SignedHeaders"):
        raise gateway("InvalidAuthorization", "The Authorization header is malformed.")
    words = parts["Credential"].split("/")
    if len(words) != 5 or not all(words) or words[4] != TERMINATOR:
        raise gateway("InvalidCredential", "The Credential of the Authorization is malformed.")
    if not parts.get("Signature"):
        raise gateway("MissingSignature", "The Authorization header has no Signature.")
    names = tuple(parts["SignedHeaders"].split(";"))
    return Authorization(words[0], words[1], words[2], words[3], names, parts["Signature"])


def body_hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def canonical_host(value: str) -> str:
    """Ports 80 and 443 are left out, whatever the scheme."""
    host, colon, port = value.rpartition(":")
    return host if colon and port in PLAIN_PORTS else value


def canonical_query(pairs: list[tuple[str, str]]) -> str:
    coded = [(quote(key, safe="-_.~"), quote(value, safe="-_.~")) for key, value in pairs]
    return "&".join(f"{key}={value}" for key, value in sorted(coded))


def canonical_headers(request: Request, names: tuple[str, ...]) -> str | None:
    """None when a header that was signed has not arrived."""
    lines = []
    for name in sorted(names):
        value = request.header(name)
        if value is None:
            return None
        value = value.strip()
        lines.append(f"{name}:{canonical_host(value) if name == 'host' else value}\n")
    return "".join(lines)


def canonical_request(request: Request, names: tuple[str, ...]) -> str | None:
    headers = canonical_headers(request, names)
    if headers is None:
        return None
    return "\n".join(
        (
            request.method,
            request.raw_path or "/",
            canonical_query(request.query),
            headers,
            ";".join(sorted(names)),
            body_hash(request.body),
        )
    )


def string_to_sign(date_time: str, scope: str, canonical: str) -> str:
    return "\n".join((ALGORITHM, date_time, scope, body_hash(canonical.encode())))


def derived_keys(secret: str, date: str, region: str, service: str) -> list[bytes]:
    """The four keys, each made with the one before. Nothing is put before the secret."""
    keys = []
    key = secret.encode()
    for word in (date, region, service, TERMINATOR):
        key = _hmac(key, word)
        keys.append(key)
    return keys


def signature(secret: str, given: Authorization, date_time: str, canonical: str) -> str:
    key = derived_keys(secret, given.date, given.region, given.service)[-1]
    return _hmac(key, string_to_sign(date_time, given.scope, canonical)).hex()


def matches(request: Request, given: Authorization, secret: str) -> bool:
    """Whether body hash and signature are what the owner of the secret would have sent."""
    names = given.signed_headers
    if any(name != name.lower() for name in names) or len(set(names)) != len(names):
        return False
    if not set(MANDATORY_HEADERS) <= set(names):
        return False
    if request.header("X-Content-Sha256") != body_hash(request.body):
        return False
    canonical = canonical_request(request, names)
    if canonical is None:
        return False
    expected = signature(secret, given, request.header("X-Date") or "", canonical)
    return hmac.compare_digest(expected.encode(), given.signature.encode())


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
