"""Calls act where the endpoint lives, whatever region the configuration or the program names."""

from __future__ import annotations

from collections.abc import Callable

import grpc
import pytest
from support.drivers.ark import Driver, Failure, Simulator, inputs, plain, stored

pytestmark = pytest.mark.one_call

HOME, ELSEWHERE = "eu-west-1", "ap-southeast-1"


@pytest.fixture
def imported(ark: Simulator, configure: Callable[..., Driver]) -> tuple[str, dict, dict]:
    """An endpoint in a region that only the configuration of its import named: id and state."""
    there = configure(arkRegion=HOME)
    id, _ = there.create(there.checked(inputs()))
    read = there.read(id)
    state_inputs, outputs = plain(read.inputs), plain(read.properties)
    assert "region" not in state_inputs and outputs["region"] == HOME
    ark.clear()
    return id, state_inputs, outputs


def regions(ark: Simulator) -> set[str]:
    """The regions that the recorded requests are signed for."""
    signed = (request.header("Authorization") or "" for request in ark.requests(cloud="ark"))
    return {scope.split("Credential=")[1].split("/")[2] for scope in signed}


def test_refresh(imported: tuple[str, dict, dict], ark: Simulator, driver: Driver) -> None:
    id, old_inputs, outputs = imported
    read = driver.read(id, outputs, old_inputs)
    assert (read.id, plain(read.properties)["region"]) == (id, HOME)
    assert regions(ark) == {HOME}


def test_delete(imported: tuple[str, dict, dict], ark: Simulator, driver: Driver) -> None:
    id, old_inputs, outputs = imported
    driver.delete(id, outputs, old_inputs)
    assert stored(ark) == {}
    assert regions(ark) == {HOME}


def test_delete_with_what_a_replacement_leaves(
    imported: tuple[str, dict, dict], ark: Simulator, driver: Driver
) -> None:
    """The old endpoint goes where it is although the inputs have moved on."""
    id, old_inputs, outputs = imported
    driver.delete(id, outputs, {**old_inputs, "region": ELSEWHERE})
    assert stored(ark) == {}


def test_update(imported: tuple[str, dict, dict], ark: Simulator, driver: Driver) -> None:
    id, old_inputs, outputs = imported
    news = {**old_inputs, "region": HOME, "description": "new"}  # as the program says now
    result = driver.update(old_inputs, news, olds=outputs, id=id)
    assert (result["region"], stored(ark)[id]["Description"]) == (HOME, "new")
    assert regions(ark) == {HOME}


def test_an_id_that_names_the_region_is_enough(
    imported: tuple[str, dict, dict], ark: Simulator, driver: Driver
) -> None:
    id, _, _ = imported
    assert driver.read(f"{HOME}/{id}").id == id
    driver.delete(f"{HOME}/{id}")
    assert stored(ark) == {}


def test_an_id_takes_precedence_over_the_state(
    imported: tuple[str, dict, dict], ark: Simulator, driver: Driver
) -> None:
    id, old_inputs, outputs = imported
    driver.delete(f"{HOME}/{id}", {**outputs, "region": ELSEWHERE}, old_inputs)
    assert stored(ark) == {}


def test_update_refuses_what_only_a_replacement_can_do(
    imported: tuple[str, dict, dict], ark: Simulator, driver: Driver
) -> None:
    id, old_inputs, outputs = imported
    with pytest.raises(Failure) as caught:
        driver.update(old_inputs, {**old_inputs, "region": ELSEWHERE}, olds=outputs, id=id)
    assert caught.value.code is grpc.StatusCode.INVALID_ARGUMENT
    assert caught.value.message == (
        f"BytePlus ModelArk: region of endpoint {id} cannot be changed in place, only by a new "
        "endpoint: run pulumi up --replace 'urn:pulumi:dev::shop::inference:ark:Endpoint::demo'"
    )
    assert ark.requests(cloud="ark") == []


def test_delete_by_the_id_alone(
    imported: tuple[str, dict, dict], ark: Simulator, driver: Driver
) -> None:
    """`pulumi do` has no state: without its region the endpoint is not there, and nothing is
    called deleted."""
    id, _, _ = imported
    with pytest.raises(Failure) as caught:
        driver.delete(id, None, None)
    assert id in stored(ark)
    assert caught.value.code is grpc.StatusCode.NOT_FOUND
    assert f"endpoint {id} is not found. It is not taken as deleted" in caught.value.message
    driver.delete(f"{HOME}/{id}", None, None)
    assert stored(ark) == {}
