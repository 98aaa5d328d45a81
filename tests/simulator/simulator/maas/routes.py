"""Paths and methods to operation names."""

from __future__ import annotations

from simulator.base.messages import Operation, Request

BASE = "v1 {project} maas services custom-endpoint"
ID = "{id}"
# Words in braces stand for any one segment; what the target is follows behind.
ROUTES = (
    ("v3 auth tokens", "POST", "iam.token", "user"),
    ("v3 projects", "GET", "iam.projects", "?name"),
    (f"{BASE} endpoint", "POST", "endpoint.create", "endpoint_name"),
    (f"{BASE} endpoint", "GET", "endpoint.list", "{project}"),
    (f"{BASE} endpoint", "PUT", "endpoint.edit", ""),
    (f"{BASE} endpoint", "DELETE", "endpoint.delete", ""),
    (f"{BASE} endpoint {ID}", "PUT", "endpoint.edit", ID),
    (f"{BASE} endpoint {ID}", "DELETE", "endpoint.delete", ID),
    (f"{BASE} control", "PUT", "endpoint.control", ""),
    (f"{BASE} control {ID}", "PUT", "endpoint.control", ID),
    (f"{BASE} regions", "GET", "region.list", ""),
    (f"{BASE} services {{region}}", "GET", "service.list", "{region}"),
    ("v1 {project} maas services workspace {region}", "GET", "workspace.list", "{region}"),
    ("v1 {project} maas compliance agreements", "GET", "agreement.get", "?lang"),
    ("v2 models", "GET", "model.list", ""),
    ("v1 chat completions", "POST", "chat", "model"),
    ("v2 chat completions", "POST", "chat", "model"),
    ("openai v1 chat completions", "POST", "chat", "model"),
)
NEEDS_ID = ("endpoint.edit", "endpoint.delete", "endpoint.control")


def match(pattern: str, segments: list[str]) -> dict[str, str] | None:
    """What the words in braces stand for, None when the path is another."""
    words = pattern.split()
    if len(words) != len(segments):
        return None
    found = {}
    for word, segment in zip(words, segments, strict=True):
        if word.startswith("{"):
            found[word] = segment
        elif word != segment:
            return None
    return found


def find(request: Request) -> tuple[Operation, str]:
    """The operation and the project in the path ("" where there is none)."""
    slash = request.raw_path.endswith("/")
    for pattern, method, name, target in ROUTES:
        found = match(pattern, request.segments)
        if found is None or method != request.method:
            continue
        if slash and not (name in NEEDS_ID and target == ""):
            continue
        return Operation(name, _target(target, found, request)), found.get("{project}", "")
    return Operation("unknown"), ""


def _target(target: str, found: dict[str, str], request: Request) -> str:
    if target.startswith("{"):
        return found[target]
    if target.startswith("?"):
        return request.parameter(target[1:]) or ""
    if target:
        return _from_body(target, request)
    return ""


def _from_body(name: str, request: Request) -> str:
    try:
        body = request.json()
        if name == "user":
            identity = body["auth"]["identity"]
            if "hw_ak_sk" in identity:
                return str(identity["hw_ak_sk"]["access"]["key"])
            return str(identity["password"]["user"]["name"])
        return str(body[name])
    except (ValueError, RecursionError, LookupError, TypeError):
        return ""
