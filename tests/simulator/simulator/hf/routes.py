"""Paths and methods to operation names, and the right each operation needs."""

from __future__ import annotations

from simulator.base.messages import Operation, Request

READ, WRITE, OPEN, ANY = "read", "write", "open", "any"

# Pattern of segments (`*` = any one, `**` = any rest), method, operation, right.
# ANY: a valid token of whatever rights. OPEN: no token asked for here.
ROUTES = (
    ("v2 endpoint *", "GET", "endpoint.list", READ),
    ("v2 endpoint *", "POST", "endpoint.create", WRITE),
    ("v2 endpoint * *", "GET", "endpoint.get", READ),
    ("v2 endpoint * *", "PUT", "endpoint.update", WRITE),
    ("v2 endpoint * *", "DELETE", "endpoint.delete", WRITE),
    ("v2 endpoint * * pause", "POST", "endpoint.pause", WRITE),
    ("v2 endpoint * * resume", "POST", "endpoint.resume", WRITE),
    ("v2 endpoint * * scale-to-zero", "POST", "endpoint.scaleToZero", WRITE),
    ("v2 endpoint * * replica", "GET", "endpoint.replicas", READ),
    ("v2 endpoint * * sse", "GET", "endpoint.events", READ),
    ("v2 endpoint * * logs", "GET", "logs.v2", READ),
    ("v2 endpoint * * logs sse", "GET", "logs.v2Stream", READ),
    ("v2 endpoint * * agent debug", "POST", "endpoint.debug", WRITE),
    ("v2 endpoint * * metrics", "POST", "endpoint.metrics", READ),
    ("v2 endpoint * * metrics **", "POST", "endpoint.metrics", READ),
    ("v3 endpoint * * logs", "GET", "logs.v3", READ),
    ("v3 endpoint * * logs download", "GET", "logs.v3Download", READ),
    ("v3 endpoint * * logs sse", "GET", "logs.v3Stream", READ),
    ("v2 search *", "GET", "search", READ),
    ("v2 provider", "GET", "provider.list", OPEN),
    ("v2 provider quotas *", "GET", "provider.quotas", READ),
    ("v2 provider *", "GET", "provider.namespace", READ),
    ("v2 network private-service *", "GET", "privateService.list", READ),
    ("v2 network private-service * *", "DELETE", "privateService.delete", WRITE),
    ("v2 network domain *", "GET", "domain.list", READ),
    ("v2 network domain *", "POST", "domain.create", WRITE),
    ("v2 network domain * *", "DELETE", "domain.delete", WRITE),
    ("v2 network cidr-list *", "GET", "cidrList.list", READ),
    ("v2 network cidr-list *", "POST", "cidrList.create", WRITE),
    ("v2 network cidr-list * *", "POST", "cidrList.update", WRITE),
    ("v2 network cidr-list * *", "DELETE", "cidrList.delete", WRITE),
    ("v2 audit-logs *", "GET", "audit.list", READ),
    ("api whoami-v2", "GET", "whoami", ANY),
    ("api catalog list", "GET", "catalog.list", ANY),
    ("dataplane * **", "*", "dataplane", OPEN),
)
RIGHTS = {operation: right for _, _, operation, right in ROUTES}
# Custom domains and audit logs need a PRO plan.
PRO_ONLY = ("domain.list", "domain.create", "domain.delete", "audit.list")


def match(pattern: str, segments: list[str]) -> list[str] | None:
    """What the stars stand for, None when the path is another."""
    words = pattern.split()
    rest = words[-1] == "**"
    if rest:
        words = words[:-1]
        if len(segments) < len(words):
            return None
    elif len(segments) != len(words):
        return None
    found = []
    for word, segment in zip(words, segments, strict=False):
        if word == "*":
            found.append(segment)
        elif word != segment:
            return None
    return found


def find(request: Request) -> tuple[Operation, bool]:
    """The operation, and whether the path is known (with another method)."""
    segments = request.segments
    known = False
    for pattern, method, name, _ in ROUTES:
        found = match(pattern, segments)
        if found is None:
            continue
        if method in ("*", request.method):
            return Operation(name, _target(name, found, request)), True
        known = True
    return Operation("unknown"), known


def namespace(request: Request) -> str:
    """The namespace in the path: what the first star stands for."""
    for pattern, method, _, _ in ROUTES:
        found = match(pattern, request.segments)
        if found and method in ("*", request.method):
            return found[0]
    return ""


def _target(name: str, found: list[str], request: Request) -> str:
    if name == "endpoint.create":
        try:
            body = request.json()
        except (ValueError, RecursionError):
            body = None
        sent = body.get("name") if isinstance(body, dict) else None
        return f"{found[0]}/{sent}" if isinstance(sent, str) else found[0]
    return "/".join(found)
