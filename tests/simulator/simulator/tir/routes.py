"""Paths of both layouts to operation names, project and target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator.base.messages import Operation, Request

MOUNT = ["myaccount", "api", "v1", "gpu"]

# Pattern (`*` = any segment) behind the scope, method, operation.
SCOPED = (
    ("serving inference", "GET", "endpoint.list"),
    ("serving inference", "POST", "endpoint.create"),
    ("serving inference framework-details", "GET", "framework.list"),
    ("serving inference *", "GET", "endpoint.get"),
    ("serving inference *", "PUT", "endpoint.put"),
    ("serving inference *", "DELETE", "endpoint.delete"),
    ("serving inference * replicas", "GET", "replica.list"),
    ("serving inference * replicas *", "DELETE", "replica.delete"),
    ("serving inference * logs", "GET", "endpoint.logs"),
    ("serving inference * async_status", "GET", "endpoint.asyncStatus"),
    ("serving inference * security-groups", "GET", "endpoint.securityGroups"),
    ("serving inference * security-groups", "POST", "endpoint.attachSecurityGroups"),
    ("serving inference * security-groups *", "DELETE", "endpoint.detachSecurityGroup"),
    ("serving inference * vpc_ips *", "POST", "endpoint.attachVpcIp"),
    ("serving inference * vpc_ips *", "DELETE", "endpoint.detachVpcIp"),
    ("reserved_ips", "GET", "reservedIp.list"),
    ("serving model", "GET", "model.list"),
    ("serving model", "POST", "model.create"),
    ("serving model *", "GET", "model.get"),
    ("serving model *", "DELETE", "model.delete"),
    ("integrations", "GET", "integration.list"),
    ("integrations", "POST", "integration.create"),
    ("integrations *", "GET", "integration.get"),
    ("integrations *", "DELETE", "integration.delete"),
    ("container_registry", "GET", "registry.list"),
    ("container_registry * namespace-repository", "GET", "registry.get"),
    ("datasets", "GET", "dataset.list"),
    ("distributed_jobs sfs", "GET", "fileSystem.list"),
    ("private-cluster", "GET", "privateCluster.list"),
    ("security_groups", "GET", "securityGroup.list"),
    ("dashboard service-count", "GET", "project.serviceCount"),
)
UNSCOPED = (
    ("gpu_service sku", "GET", "sku.list"),
    ("users iam-accounts", "GET", "iam.list"),
    ("teams", "GET", "team.list"),
    ("teams *", "GET", "team.get"),
    ("teams * projects", "GET", "project.list"),
    ("teams * projects *", "GET", "project.get"),
)
ACTIONS = {
    "patch": "endpoint.patch",
    "update": "endpoint.update",
    "stop": "endpoint.stop",
    "start": "endpoint.start",
    "restart": "endpoint.restart",
    "update_auto_scale": "endpoint.updateAutoScale",
    "disable_auto_scale": "endpoint.disableAutoScale",
    "update_async_configuration": "endpoint.updateAsync",
}


@dataclass(frozen=True)
class Route:
    """Where a request goes. `layout` is "" for what belongs to no project."""

    operation: Operation
    layout: str = ""
    team: str | None = None
    project: str | None = None
    stars: tuple[str, ...] = ()
    known: bool = False  # the path exists, with this or another method


def match(pattern: str, segments: list[str]) -> tuple[str, ...] | None:
    """What the stars stand for, None when the path is another."""
    words = pattern.split()
    if len(words) != len(segments):
        return None
    found = []
    for word, segment in zip(words, segments, strict=True):
        if word == "*":
            found.append(segment)
        elif word != segment:
            return None
    return tuple(found)


def below_mount(request: Request) -> list[str] | None:
    """Segments behind the mount point, whatever comes before it."""
    segments = request.segments
    for start in range(len(segments) - len(MOUNT) + 1):
        if segments[start : start + len(MOUNT)] == MOUNT:
            return segments[start + len(MOUNT) :]
    return None


def find(request: Request) -> Route:
    inner = below_mount(request)
    if inner is None:
        return _served_model(request)
    route = _unscoped(request, inner)
    if route is not None:
        return route
    if len(inner) > 4 and inner[0] == "teams" and inner[2] == "projects":
        return _scoped(request, inner[4:], "legacy", inner[1], inner[3])
    project = request.parameter("project_id")
    return _scoped(request, inner, "service", None, project)


def _unscoped(request: Request, inner: list[str]) -> Route | None:
    for pattern, method, name in UNSCOPED:
        stars = match(pattern, inner)
        if stars is not None:
            chosen = name if method == request.method else "unknown"
            return Route(Operation(chosen, "/".join(stars)), stars=stars, known=True)
    return None


def _scoped(
    request: Request, inner: list[str], layout: str, team: str | None, project: str | None
) -> Route:
    known = False
    for pattern, method, name in SCOPED:
        stars = match(pattern, inner)
        if stars is None:
            continue
        known = True
        if method == request.method:
            operation = _named(name, project or "", stars, request)
            return Route(operation, layout, team, project, stars, True)
    return Route(Operation("unknown"), layout, team, project, (), known)


def _named(name: str, project: str, stars: tuple[str, ...], request: Request) -> Operation:
    if name == "endpoint.create":
        sent = _member(request, "name")
        return Operation(name, f"{project}/{sent}" if isinstance(sent, str) else project)
    if name == "endpoint.put":
        action = _member(request, "action")
        name = ACTIONS.get(action, name) if isinstance(action, str) else name
    return Operation(name, "/".join((project, *stars)))


def _member(request: Request, name: str) -> Any:
    try:
        body = request.json()
    except (ValueError, RecursionError):
        return None
    return body.get(name) if isinstance(body, dict) else None


def _served_model(request: Request) -> Route:
    """`project/p-{project}/endpoint/is-{id}/...`"""
    segments = request.segments
    if (
        len(segments) > 4
        and segments[0] == "project"
        and segments[2] == "endpoint"
        and segments[1].startswith("p-")
        and segments[3].startswith("is-")
    ):
        project, number = segments[1][2:], segments[3][3:]
        operation = Operation("dataplane", f"{project}/{number}")
        return Route(operation, "", None, project, tuple(segments[4:]), True)
    return Route(Operation("unknown"))
