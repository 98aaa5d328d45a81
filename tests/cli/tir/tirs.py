"""Programs of these tests, and what they caused at the simulated TIR."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from simulator.client import Recorded, Simulator
from support.clouds import tir
from support.clouds.description import Call, Json, patched


def endpoint(inputs: Mapping[str, Any] | None = None, **options: Any) -> Json:
    """One resource of a program: the small endpoint unless inputs are given."""
    properties = copy.deepcopy(dict(tir.BASE if inputs is None else inputs))
    resource: Json = {"type": tir.TOKEN, "properties": properties}
    if options:
        resource["options"] = options
    return resource


def named(name: str, patch: Mapping[str, Any] | None = None, **options: Any) -> Json:
    return endpoint({"name": name, **patched(tir.BASE, patch or {})}, **options)


def stored(sim: Simulator) -> dict[str, Json]:
    """What exists, by number."""
    endpoints: dict[str, Json] = sim.state("tir")["endpoints"]
    return {key.split("/")[1]: value["view"] for key, value in endpoints.items()}


def names(sim: Simulator) -> dict[str, str]:
    """Number by name."""
    return {view["name"]: number for number, view in stored(sim).items()}


def writes_among(requests: list[Recorded], *targets: str) -> list[Recorded]:
    """The requests that change something, of those names or numbers or of all."""
    return [
        request
        for request in requests
        if request.method not in ("GET", "HEAD")
        and (not targets or request.target.split("/")[1] in targets)
    ]


def writes(sim: Simulator, *targets: str) -> list[Recorded]:
    return writes_among(sim.requests("tir"), *targets)


def calls_among(requests: list[Recorded], *targets: str) -> list[Call]:
    return [(request.operation, request.json) for request in writes_among(requests, *targets)]


def calls(sim: Simulator, *targets: str) -> list[Call]:
    return calls_among(sim.requests("tir"), *targets)


def operations(sim: Simulator) -> list[str]:
    return [request.operation for request in sim.requests("tir")]
