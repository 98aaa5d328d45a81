"""Programs of the tests, and what they caused at the cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.client import Recorded, Simulator

from support.clouds.description import Call, Cloud, Json, patched
from support.marks import without_mark

READS = ("GET", "HEAD")


def endpoint(cloud: Cloud, inputs: Mapping[str, Any] | None = None, **options: Any) -> Json:
    """One resource of a program: the cloud's small endpoint unless inputs are given."""
    properties = dict(cloud.base if inputs is None else inputs)
    resource: Json = {"type": cloud.token, "properties": properties}
    if options:
        resource["options"] = options
    return resource


def named(cloud: Cloud, name: str, patch: Mapping[str, Any] | None = None, **options: Any) -> Json:
    """The small endpoint with an explicit name and a patch."""
    return endpoint(cloud, {"name": name, **patched(cloud.base, patch or {})}, **options)


def writes(sim: Simulator, target: str | None = None) -> list[Recorded]:
    """The requests that change something."""
    return [request for request in sim.requests(target=target) if request.method not in READS]


def call_of(request: Recorded) -> Call:
    return request.operation, without_mark(request.json, request.operation)


def calls(sim: Simulator, target: str | None = None) -> list[Call]:
    return [call_of(request) for request in writes(sim, target)]


def operations(sim: Simulator, target: str | None = None) -> list[str]:
    return [request.operation for request in sim.requests(target=target)]


def endpoints(sim: Simulator, cloud: Cloud) -> list[str]:
    """What exists at the cloud."""
    return sorted(sim.state(cloud.name)["endpoints"])
