"""Programs of these tests, and what they caused at the simulated ModelArk."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from simulator.client import Recorded, Simulator
from support.clouds import ark
from support.clouds.description import Call, Json, patched
from support.marks import without_mark


def endpoint(inputs: Mapping[str, Any] | None = None, **options: Any) -> Json:
    """One resource of a program: the small endpoint unless inputs are given."""
    properties = copy.deepcopy(dict(ark.BASE if inputs is None else inputs))
    resource: Json = {"type": ark.TOKEN, "properties": properties}
    if options:
        resource["options"] = options
    return resource


def named(name: str, patch: Mapping[str, Any] | None = None, **options: Any) -> Json:
    return endpoint({"name": name, **patched(ark.BASE, patch or {})}, **options)


def stored(sim: Simulator) -> dict[str, Json]:
    """What exists, by id."""
    endpoints: dict[str, Json] = sim.state("ark")["endpoints"]
    return endpoints


def names(sim: Simulator) -> dict[str, str]:
    """Id by name."""
    return {document["Name"]: id for id, document in stored(sim).items()}


def writes_among(requests: list[Recorded], *targets: str) -> list[Recorded]:
    """The requests that change something, of those names or ids or of all."""
    return [
        request
        for request in requests
        if request.operation not in ark.LOOKS and (not targets or request.target in targets)
    ]


def writes(sim: Simulator, *targets: str) -> list[Recorded]:
    return writes_among(sim.requests("ark"), *targets)


def call_of(request: Recorded) -> Call:
    """Without what every request carries: the id, the proof of a create or of a switch."""
    body = without_mark(request.json, request.operation)
    hidden = ("EndpointId", "Description") if request.operation == ark.ROLL else ("Id",)
    return request.operation, {key: value for key, value in body.items() if key not in hidden}


def calls_among(requests: list[Recorded], *targets: str) -> list[Call]:
    return [call_of(request) for request in writes_among(requests, *targets)]


def calls(sim: Simulator, *targets: str) -> list[Call]:
    return calls_among(sim.requests("ark"), *targets)


def operations(sim: Simulator) -> list[str]:
    """But for the question whose account it is, which a process asks once."""
    operations = [request.operation for request in sim.requests("ark")]
    return [operation for operation in operations if operation != "account.get"]
