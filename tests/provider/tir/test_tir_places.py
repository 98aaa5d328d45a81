"""TIR: calls act where the endpoint lives: project, location and team of the state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
import pytest
from simulator.client import Simulator
from support.drivers.hf import kinds
from support.drivers.tir import TirDriver, failing, made, plain, requests, stored, writes

pytestmark = pytest.mark.one_call

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


def test_a_configured_id_may_be_a_number(tir: Simulator, configure: Configure) -> None:
    """As an input may: a provider resource in YAML says 601."""
    driver = configure(tirTeamId=8, tirProjectId=601)
    made(driver)
    assert list(stored(tir)) == ["601/3001"]
    assert failing(configure, tirProjectId=601.5).message == (
        "inference:tirProjectId must be a whole number, or text of one, not a number"
    )


@pytest.mark.parametrize("other", OTHERS, ids=str)
def test_refresh(
    other: dict[str, Any], state: tuple[str, Any, Any], tir: Simulator, configure: Configure
) -> None:
    id, old_inputs, outputs = state
    read = configure(**other).read(id, outputs, old_inputs)
    found = plain(read.properties)
    assert (read.id, found["projectId"], found["location"]) == (id, "501", "Delhi")
    assert [r.status for r in requests(tir, "endpoint.get")] == [200]


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


@pytest.mark.parametrize("where", ["outputs", "inputs"])
def test_a_project_that_is_written_as_a_number(
    where: str, state: tuple[str, Any, Any], tir: Simulator, configure: Configure
) -> None:
    id, old_inputs, outputs = state
    said = {"projectId": 501, "teamId": 7}
    without = {key: value for key, value in outputs.items() if key not in said}
    outputs = {**without, **said} if where == "outputs" else without
    old_inputs = {**old_inputs, **said} if where == "inputs" else old_inputs
    driver = configure(tirProjectId="601", tirTeamId="8")
    read = driver.read(id, outputs, old_inputs)
    found = plain(read.properties)
    assert (read.id, found["projectId"]) == (id, "501")
    assert "/project/p-501/" in found["url"]
    news = driver.checked({**old_inputs, **said}, olds=old_inputs)
    assert kinds(driver.diff(old_inputs, news, outputs, id=id)) == {}
    driver.delete(id, outputs, old_inputs)
    assert stored(tir) == {}


# `pulumi do` has no state: the id says where.


@pytest.mark.parametrize("empty", [None, {}], ids=str)
def test_delete_by_the_id_alone(
    tir: Simulator, configure: Configure, empty: dict[str, Any] | None
) -> None:
    made(configure(tirTeamId="8", tirProjectId="601", tirLocation="Chennai"))
    driver = configure()
    tir.clear()
    failure = failing(driver.delete, "3001", empty, empty)
    assert failure.code is grpc.StatusCode.NOT_FOUND
    assert failure.message == (
        "E2E Networks TIR: there is no endpoint 3001 in projectId 501, location Delhi, and nothing "
        "was deleted; if it lives elsewhere, the id says where: number, location/number, "
        "projectId/location/number or teamId/projectId/location/number"
    )
    assert len(stored(tir)) == 1
    driver.delete("8/601/Chennai/3001", empty, empty)
    assert stored(tir) == {}


def test_a_lost_reply_to_such_a_delete_is_no_mistake(tir: Simulator, configure: Configure) -> None:
    """What the second request does not find, the first one has deleted."""
    driver = configure()
    made(driver)
    tir.fault("tir", "endpoint.delete", kind="close", apply=True)
    driver.delete("3001", None, None)
    assert stored(tir) == {}
