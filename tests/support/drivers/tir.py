"""What tests of E2E Networks TIR share: who may call, the smallest endpoint, its form, a driver."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from simulator.client import Recorded, Simulator
from simulator.tir import sample
from simulator.tir.sample import COLLECTION, FORM, MOUNT, PROJECT

from support.drivers.hf import Driver, Failure, merge, plain

TYPE = "inference:tir:Endpoint"
SERVICE = f"{MOUNT}{COLLECTION}"
LEGACY = f"{sample.LEGACY}{COLLECTION}"
FIRST = str(sample.FIRST)
WRITES = ("POST", "PUT", "DELETE")
COMMITTED = {
    "skuType": "committed",
    "committedDays": 30,
    "committedInstancePolicy": "auto_renew",
    "committedReplicas": 1,
}
RULE = {"metric": "concurrency", "value": 12}
SCALED = {
    "isAutoScaleEnabled": True,
    "autoScalePolicy": {"minReplicas": 1, "maxReplicas": 3, "rules": [RULE]},
}
WIRE_RULE = {**sample.RULE, "value": 12}


def inputs(**patch: Any) -> dict[str, Any]:
    """The smallest endpoint there is, changed by a merge patch."""
    return merge(
        {
            "name": "demo",
            "framework": "VLLM",
            "skuName": "L4.1",
            "skuType": "hourly",
            "currency": "INR",
            "modelLoadIntegrationId": "41",
            "detailedInfo": {"huggingFaceId": "google/gemma-2b"},
        },
        patch,
    )


MISSING: Any = object()


def form(values: dict[str, Any] | None = None, action: str | None = None) -> dict[str, Any]:
    """The whole form with other values at dotted paths; MISSING takes one out."""
    out = copy.deepcopy(FORM)
    for path, value in (values or {}).items():
        *parents, last = path.split(".")
        node = out
        for step in parents:
            node = node[step]
        if value is MISSING:
            del node[last]
        else:
            node[last] = value
    return {"action": action, **out} if action else out


class TirDriver(Driver):
    type = TYPE
    variables = ("E2E_", "TIR_")


def requests(sim: Simulator, operation: str | None = None) -> list[Recorded]:
    return sim.requests(cloud="tir", operation=operation)


def sent(sim: Simulator, operation: str = "endpoint.create") -> list[Any]:
    """Bodies of the requests of an operation, oldest first."""
    return [request.json for request in requests(sim, operation)]


def writes(sim: Simulator) -> list[tuple[str, Any]]:
    """Operation and body of each request that changes something."""
    return [(r.operation, r.json) for r in requests(sim) if r.method in WRITES]


def told(sim: Simulator) -> list[str]:
    """Operations in the order of their requests."""
    return [request.operation for request in requests(sim)]


def stored(sim: Simulator) -> dict[str, dict[str, Any]]:
    """What exists, by project and number."""
    found: dict[str, dict[str, Any]] = sim.state("tir")["endpoints"]
    return found


def view(sim: Simulator, number: str = FIRST) -> dict[str, Any]:
    """How an endpoint reads back."""
    found: dict[str, Any] = stored(sim)[f"{PROJECT}/{number}"]["view"]
    return found


def made(driver: Driver, **patch: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Id, checked inputs and outputs of an endpoint that exists."""
    checked = driver.checked(inputs(**patch))
    id, outputs = driver.create(checked)
    return id, checked, outputs


def updated(
    sim: Simulator, driver: Driver, before: dict[str, Any], after: dict[str, Any]
) -> tuple[list[tuple[str, Any]], dict[str, Any]]:
    """From one patch of the inputs to another: what was sent for it, and the outputs."""
    id, olds, outputs = made(driver, **before)
    news = driver.checked(inputs(**after), olds=olds)
    sim.clear()
    result = driver.update(olds, news, olds=outputs, id=id)
    return writes(sim), result


def play_change(
    sim: Simulator,
    driver: Driver,
    before: dict[str, Any],
    after: dict[str, Any],
    calls: Sequence[tuple[str, Any]],
) -> dict[str, Any]:
    """From one patch of the inputs to another by exactly these calls, after which a refresh finds
    what the program says; the outputs."""
    played, result = updated(sim, driver, before, after)
    assert played == calls
    news = driver.checked(inputs(**after))
    assert refreshed(driver, FIRST, result, news)[0] == news
    return result


def failing(call: Callable[..., Any], *arguments: Any, **named: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        call(*arguments, **named)
    return caught.value


def refreshed(driver: Driver, id: str, outputs: Any, old_inputs: Any) -> tuple[Any, Any]:
    """Inputs and outputs after a refresh."""
    read = driver.read(id, outputs, old_inputs)
    assert read.id == id
    return plain(read.inputs), plain(read.properties)


def imported(driver: Driver, id: str) -> tuple[str, dict[str, Any]]:
    read = driver.read(id)
    return read.id, plain(read.inputs)


def operations(calls: Sequence[tuple[str, Any]]) -> list[str]:
    return [name for name, _ in calls]


def aged(outputs: dict[str, Any]) -> dict[str, Any]:
    """Of an endpoint that was made long ago: a new one may be missing from the list."""
    return {**outputs, "createdAt": "2026-01-01T00:00:00Z"}
