"""TIR: calls act where the endpoint lives: project, location and team of the state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from simulator.client import Simulator
from support.drivers.tir import TirDriver, made, plain, requests, stored, writes

Configure = Callable[..., TirDriver]
# A run with another configuration than the one that made the endpoint.
OTHERS: list[dict[str, Any]] = [
    {"tirLocation": "Chennai"},
    {"tirProjectId": "502"},
    {"tirProjectId": "601", "tirTeamId": "8"},
]
MINE = {"tirTeamId": "7"}


@pytest.fixture
def state(tir: Simulator, configure: Configure) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """As an import leaves it: the inputs go without what was configured."""
    id, checked, outputs = made(configure(**MINE))
    for key in ("projectId", "teamId", "location"):
        checked.pop(key, None)
    tir.clear()
    return id, checked, outputs


@pytest.mark.parametrize("other", OTHERS, ids=str)
def test_refresh(
    other: dict[str, Any], state: tuple[str, Any, Any], tir: Simulator, configure: Configure
) -> None:
    id, old_inputs, outputs = state
    read = configure(**other).read(id, outputs, old_inputs)
    found = plain(read.properties)
    assert (read.id, found["projectId"], found["location"]) == (id, "501", "Delhi")
    assert [request.status for request in requests(tir)] == [200]


@pytest.mark.parametrize("other", OTHERS, ids=str)
def test_update(
    other: dict[str, Any], state: tuple[str, Any, Any], tir: Simulator, configure: Configure
) -> None:
    id, old_inputs, outputs = state
    place = {"projectId": "501", "teamId": "7", "location": "Delhi"}  # as the program says now
    news = {**old_inputs, **place, "modelPath": "/two"}
    result = configure(**other).update(old_inputs, news, olds=outputs, id=id)
    assert (result["modelPath"], result["projectId"]) == ("/two", "501")
    assert [body["path"] for _, body in writes(tir)] == ["/two"]
    assert {request.status for request in requests(tir)} == {200}


@pytest.mark.parametrize("other", OTHERS, ids=str)
def test_delete(
    other: dict[str, Any], state: tuple[str, Any, Any], tir: Simulator, configure: Configure
) -> None:
    id, old_inputs, outputs = state
    configure(**other).delete(id, outputs, old_inputs)
    assert stored(tir) == {}
