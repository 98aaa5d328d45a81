"""Switches of the model: shares by the clock, ways back, refusals, what the console does."""

from __future__ import annotations

from typing import Any

import pytest
from ark_tools import OTHER_AK, OTHER_SK, ArkApi, Signer, error_of

NEW = {"Name": "seed-1-6", "ModelVersion": "260628"}
OLD = {"Name": "seed-1-6", "ModelVersion": "250615"}


@pytest.fixture(autouse=True)
def long_signatures(ark: ArkApi) -> None:
    """A switch takes longer than a signature of the frozen moment is good for."""
    ark.sim.knobs("ark", timestamp_seconds=86400)


def wanted(endpoint: str, **more: Any) -> dict[str, Any]:
    return {"EndpointId": endpoint, "ModelReference": {"FoundationModel": NEW}, **more}


def begun(ark: ArkApi, **more: Any) -> tuple[str, str]:
    endpoint = ark.create()
    return endpoint, ark.result("CreateEndpointRolling", wanted(endpoint, **more))["Id"]


def info(ark: ArkApi, switch: str) -> Any:
    return ark.result("GetEndpointRolling", {"Id": switch})["RollingInfo"]


def share(ark: ArkApi, switch: str) -> tuple[str, int]:
    shown = info(ark, switch)
    return shown["Status"], shown["RollingGray"]


def served(ark: ArkApi, endpoint: str) -> Any:
    return ark.get(endpoint)["ModelReference"]["FoundationModel"]


def test_what_a_switch_shows(ark: ArkApi) -> None:
    endpoint, switch = begun(ark, Description="mark")
    assert info(ark, switch) == {
        "Id": switch,
        "EndpointId": endpoint,
        "Status": "Running",
        "RollingIn": NEW,
        "RollingOut": OLD,
        "RollingGray": 2,
        "RollingStrategy": {"Step": 2, "WaitDuration": 1},
        "CreateTime": "2026-01-15T08:30:00Z",
        "UpdateTime": "2026-01-15T08:30:00Z",
        "Description": "mark",
    }
    assert switch.startswith("eprol-20260115163000-")
    assert ark.get(endpoint)["RollingId"] == switch
    ark.sim.knobs("ark", rolling_description="omit")
    assert "Description" not in info(ark, switch)


def test_a_switch_takes_49_minutes(ark: ArkApi) -> None:
    endpoint, switch = begun(ark)
    ark.sim.advance(16 * 60)
    assert share(ark, switch) == ("Running", 34)
    ark.sim.advance(32 * 60)
    assert (share(ark, switch), served(ark, endpoint)) == (("Running", 98), OLD)
    ark.sim.advance(60)
    shown = ark.get(endpoint)
    assert shown["ModelReference"]["FoundationModel"] == NEW
    assert (shown["RollingId"], shown["UpdateTime"]) == ("", "2026-01-15T09:19:00Z")
    assert share(ark, switch) == ("Finished", 100)


def test_looks_can_move_it(ark: ArkApi) -> None:
    ark.sim.knobs("ark", rolling_look_seconds=20 * 60)
    _, switch = begun(ark)
    assert [share(ark, switch)[1] for _ in range(3)] == [42, 82, 100]


def test_cancel_goes_back_to_nothing(ark: ArkApi) -> None:
    endpoint, switch = begun(ark)
    ark.sim.advance(19 * 60)
    assert ark.result("CancelEndpointRolling", {"Id": switch}) == {"Id": switch}
    assert share(ark, switch) == ("Reverting", 40)
    ark.sim.advance(30)
    assert share(ark, switch) == ("Reverting", 20)
    assert ark.get(endpoint)["RollingId"] == switch
    ark.sim.advance(30)
    assert share(ark, switch) == ("Reverted", 0)
    assert (ark.get(endpoint)["RollingId"], served(ark, endpoint)) == ("", OLD)


def test_cancel_of_a_finished_one_leaves_the_endpoint(ark: ArkApi) -> None:
    endpoint, switch = begun(ark)
    ark.sim.advance(3600)
    ark.result("CancelEndpointRolling", {"Id": switch})
    assert (share(ark, switch), served(ark, endpoint)) == (("Reverted", 0), NEW)


def test_rollback_takes_one_step_off(ark: ArkApi) -> None:
    _, switch = begun(ark)
    ark.sim.advance(19 * 60)
    assert ark.result("RollbackEndpointRolling", {"Id": switch}) == {"Id": switch}
    assert share(ark, switch) == ("Running", 38)
    ark.sim.advance(60)
    assert share(ark, switch) == ("Running", 40)


def test_a_dry_run_that_would_be_taken_is_an_error_of_its_own(ark: ArkApi) -> None:
    endpoint = ark.create()
    answer = ark("CreateEndpointRolling", wanted(endpoint, DryRun=True))
    assert error_of(answer) == (400, "DryRunOperation")
    assert ark.sim.state("ark")["rollings"] == {}


def test_refusals(ark: ArkApi) -> None:
    def refused(endpoint: str, **more: Any) -> tuple[int, str]:
        dry = error_of(ark("CreateEndpointRolling", wanted(endpoint, DryRun=True, **more)))
        assert error_of(ark("CreateEndpointRolling", wanted(endpoint, **more))) == dry
        return dry

    endpoint, _ = begun(ark)
    assert refused(endpoint) == (403, "OperationDenied.RollingInProgress")
    same = {"ModelReference": {"FoundationModel": OLD}}
    assert refused(ark.create(), **same) == (400, "InvalidParameter.ModelReference")
    stopped = ark.create()
    ark.result("StopEndpoint", {"Id": stopped})
    assert refused(stopped) == (403, "OperationDenied.EndpointStatus")
    other = ark.create()
    ark.sim.knobs("ark", catalogue={"seed-1-6": {"versions": ["250615"]}})
    assert refused(other) == (404, "NotFound.FoundationModel")
    ark.sim.knobs("ark", support_rolling=False)
    assert refused(ark.create()) == (403, "OperationDenied.RollingNotSupported")
    missing = {"ModelReference": {"FoundationModel": {"Name": "seed-1-6"}}}
    code = "MissingParameter.ModelReference.FoundationModel.ModelVersion"
    assert refused(other, **missing) == (400, code)


def test_not_offered(ark: ArkApi) -> None:
    ark.sim.knobs("ark", rolling_offered=False)
    answer = ark("CreateEndpointRolling", wanted(ark.create()))
    assert error_of(answer) == (404, "InvalidActionOrVersion")


def test_another_account_sees_none(ark: ArkApi) -> None:
    _, switch = begun(ark)
    answer = ark("GetEndpointRolling", {"Id": switch}, Signer(OTHER_AK, OTHER_SK))
    assert error_of(answer)[0] == 404
    assert error_of(ark("CancelEndpointRolling", {"Id": "eprol-1"}))[0] == 404


@pytest.mark.parametrize(("how", "expected"), [("ignore", (2, 1)), ("take", (50, 3))])
def test_strategies(ark: ArkApi, how: str, expected: tuple[int, int]) -> None:
    ark.sim.knobs("ark", rolling_strategy=how)
    _, switch = begun(ark, RollingStrategy={"Step": 50, "WaitDuration": 3})
    shown = info(ark, switch)["RollingStrategy"]
    assert (shown["Step"], shown["WaitDuration"]) == expected
    ignored = ark.sim.call("ark", "ignored")
    assert [item["fields"] for item in ignored] == (
        [["RollingStrategy"]] if how == "ignore" else []
    )


def test_a_refused_strategy(ark: ArkApi) -> None:
    ark.sim.knobs("ark", rolling_strategy="refuse")
    answer = ark("CreateEndpointRolling", wanted(ark.create(), RollingStrategy={"Step": 50}))
    assert error_of(answer) == (400, "InvalidParameter.RollingStrategy")


def test_the_console(ark: ArkApi) -> None:
    endpoint = ark.create()
    how = {"target": endpoint, "name": "seed-1-6", "version": "260628"}
    switch = ark.sim.call("ark", "console", doing="switch", **how)["Id"]
    assert ark.get(endpoint)["RollingId"] == switch
    ark.sim.advance(19 * 60)
    assert ark.sim.call("ark", "console", doing="rollback", target=switch)["RollingGray"] == 38
    assert ark.sim.call("ark", "console", doing="cancel", target=switch)["Status"] == "Reverting"
    ark.sim.knobs("ark", rolling_id_after="keep")
    ark.sim.advance(60)
    assert (share(ark, switch), ark.get(endpoint)["RollingId"]) == (("Reverted", 0), switch)
