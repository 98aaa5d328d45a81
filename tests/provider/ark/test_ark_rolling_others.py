"""A switch of the model beside what else may happen: other places, other changes, other hands."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.drivers.ark import MODEL, Driver, Simulator, changes, kinds, plain, told
from test_ark_rolling import (
    HALF,
    NEW,
    OTHER,
    begun,
    bodies,
    console,
    rollings,
    serves,
    with_model,
)

EUROPE = "eu-west-1"


@pytest.fixture
def quick(ark: Simulator) -> Simulator:
    """Each look at a switch makes it 24 minutes older."""
    ark.knobs("ark", rolling_look_seconds=HALF, rolling_revert_seconds=1)
    return ark


def regions(sim: Simulator) -> set[str]:
    """Those that requests were signed for."""
    found = set()
    for request in sim.requests(cloud="ark"):
        scope = re.search(r"Credential=[^/]+/\d+/([^/]+)/", request.header("Authorization") or "")
        assert scope is not None
        found.add(scope[1])
    return found


@pytest.mark.parametrize("place", [{"region": EUROPE}, {"projectName": "shop"}], ids=str)
def test_in_another_place(driver: Driver, quick: Simulator, place: dict[str, str]) -> None:
    id, checked, outputs = driver.made(**place)
    quick.clear()
    after = driver.update(checked, with_model(checked, NEW), olds=outputs, id=id)
    assert serves(quick, id) == NEW
    assert regions(quick) == {place.get("region", "ap-southeast-1")}
    assert bodies(quick, "rolling.create") == [
        {"EndpointId": id, "ModelReference": {"FoundationModel": NEW}, "DryRun": True},
        {"EndpointId": id, "ModelReference": {"FoundationModel": NEW}},
    ]
    assert {key: after[key] for key in place} == place


def test_an_import_by_region_while_one_goes_on(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made(region=EUROPE, waitForReady=False)
    driver.update(checked, with_model(checked, NEW), olds=outputs, id=id)
    read = driver.read(f"{EUROPE}/{id}")
    imported = plain(read.inputs)
    assert imported["region"] == EUROPE
    assert imported["modelReference"]["foundationModel"]["modelVersion"] == "260628"
    assert plain(read.properties)["modelReference"] == MODEL
    again = driver.diff(imported, imported, plain(read.properties), id=id)
    assert kinds(again) == {}


def test_two_at_once(driver: Driver, quick: Simulator) -> None:
    """Each endpoint has its own switch, and its own mark."""
    made = [driver.made(name=f"e-{number}") for number in range(2)]
    quick.clear()

    def switch(one: tuple[str, dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
        id, checked, outputs = one
        return driver.update(checked, with_model(checked, NEW), olds=outputs, id=id)

    with ThreadPoolExecutor(2) as pool:
        after = list(pool.map(switch, made))
    assert [serves(quick, id) for id, _, _ in made] == [NEW, NEW]
    assert sorted(r["EndpointId"] for r in rollings(quick)) == sorted(id for id, _, _ in made)
    assert len({r["Description"] for r in rollings(quick)}) == 2
    assert all("rolling" not in outputs for outputs in after)


def test_refresh_while_a_foreign_one_goes_on(driver: Driver, ark: Simulator) -> None:
    """The input is what the program says, so the next `up` says that it leaves it alone."""
    id, checked, outputs = driver.made()
    switch = console(ark, id, OTHER)
    ark.clear()
    read = driver.read(id, outputs, checked)
    shown = plain(read.properties)
    assert plain(read.inputs)["modelReference"] == MODEL
    assert (shown["modelReference"], shown["rolling"]["id"]) == (MODEL, switch)
    assert changes(ark) == []
    assert kinds(driver.diff(checked, checked, shown, id=id)) == {}


def test_what_the_program_ignores(driver: Driver, ark: Simulator) -> None:
    """`ignoreChanges: [modelReference]`: the engine sends the old input, and nothing is begun."""
    id, checked, outputs = driver.made()
    console(ark, id, OTHER)
    ark.clear()
    news = {**checked, "description": "new"}
    ignored = ("modelReference",)
    assert kinds(driver.diff(checked, news, outputs, ignored, id)) == {"description": "ADD"}
    driver.update(checked, news, olds=outputs, id=id, ignore=ignored)
    assert changes(ark) == ["endpoint.update"]
    assert [rolling["RollingIn"] for rolling in rollings(ark)] == [OTHER]


@pytest.mark.parametrize("strict", [False, True], ids=["usual", "stopped first"])
def test_a_delete_while_one_goes_on(driver: Driver, ark: Simulator, strict: bool) -> None:
    id, _, news, outputs = begun(driver, ark)
    ark.knobs("ark", strict_delete=strict)
    driver.delete(id, outputs, news)
    stopped = ["endpoint.delete", "endpoint.stop"] if strict else []
    assert changes(ark) == [*stopped, "endpoint.delete"]
    assert ark.state("ark")["endpoints"] == {}


def test_a_pause_while_one_goes_on(driver: Driver, ark: Simulator) -> None:
    """It is stopped at once: a switch is no reason to go on paying."""
    id, _, news, outputs = begun(driver, ark)
    after = driver.update(news, {**news, "desiredState": "paused"}, olds=outputs, id=id)
    assert changes(ark) == ["endpoint.stop"]
    assert after["status"] == "Stopped"
    assert len(rollings(ark)) == 1


def test_a_replacement_while_one_goes_on(driver: Driver, ark: Simulator) -> None:
    """The new endpoint has the new model from the start; the old one's switch ends with it."""
    id, _, news, outputs = begun(driver, ark)
    moved = {**news, "modelUnitId": "mu-1"}
    assert kinds(driver.diff(news, moved, outputs, id=id)) == {"modelUnitId": "ADD_REPLACE"}
    other, _ = driver.create(moved)
    assert serves(ark, other) == NEW
    driver.delete(id, outputs, news)
    assert "rolling.cancel" not in told(ark)
    assert list(ark.state("ark")["endpoints"]) == [other]
