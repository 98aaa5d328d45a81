"""Programs of these tests, and what they caused at the simulated MaaS."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from simulator.client import Recorded, Simulator
from support.clouds import maas
from support.clouds.description import Call, Json, patched

READS = ("GET", "HEAD")


def endpoint(inputs: Mapping[str, Any] | None = None, **options: Any) -> Json:
    """One resource of a program: the small endpoint unless inputs are given."""
    properties = copy.deepcopy(dict(maas.BASE if inputs is None else inputs))
    resource: Json = {"type": maas.TOKEN, "properties": properties}
    if options:
        resource["options"] = options
    return resource


def named(name: str, patch: Mapping[str, Any] | None = None, **options: Any) -> Json:
    return endpoint({"name": name, **patched(maas.BASE, patch or {})}, **options)


def stored(sim: Simulator) -> dict[str, Json]:
    """What exists, by id."""
    endpoints: dict[str, Json] = sim.state("maas")["endpoints"]
    return endpoints


def full_id(sim: Simulator, name: str, region: str = maas.REGION) -> str:
    """The provider's id of the endpoint with that name."""
    for id, document in stored(sim).items():
        if document["endpoint_name"] == name:
            return f"{region}/{document['project']}/{id}"
    raise AssertionError(f"no endpoint {name}")


def bare(id: str) -> str:
    """The service's part of an id."""
    return id.rsplit("/", 1)[-1]


def writes_among(requests: list[Recorded], *targets: str) -> list[Recorded]:
    """The requests that change something, of those names or ids or of all."""
    return [
        request
        for request in requests
        if request.method not in READS
        and request.operation != "iam.token"
        and (not targets or request.target in targets)
    ]


def writes(sim: Simulator, *targets: str) -> list[Recorded]:
    return writes_among(sim.requests("maas"), *targets)


def call_of(request: Recorded) -> Call:
    """An edit without the name that it carries."""
    body = request.json
    if request.operation == maas.EDIT:
        body = {key: value for key, value in body.items() if key != "endpoint_name"}
    return request.operation, body


def calls_among(requests: list[Recorded], *targets: str) -> list[Call]:
    return [call_of(request) for request in writes_among(requests, *targets)]


def calls(sim: Simulator, *targets: str) -> list[Call]:
    return calls_among(sim.requests("maas"), *targets)


def operations(sim: Simulator) -> list[str]:
    return [request.operation for request in sim.requests("maas")]
