"""The way of an endpoint through its states: polls, seconds, refusals."""

from __future__ import annotations

import pytest
from ark_tools import ArkApi, error_of


def test_default_is_one_poll_in_scheduling(ark: ArkApi) -> None:
    ark.sim.reset()
    ark.sim.freeze("2026-01-15T08:30:00Z")
    identifier = ark.create()
    assert [ark.status(identifier) for _ in range(3)] == ["Scheduling", "Running", "Running"]


def test_polls_and_seconds(ark: ArkApi) -> None:
    ark.sim.knobs("ark", polls={"scheduling": 2}, seconds={"scheduling": 300})
    identifier = ark.create()
    assert [ark.status(identifier) for _ in range(4)] == ["Scheduling"] * 4
    ark.sim.advance(300)
    shown = ark.get(identifier)
    assert (shown["Status"], shown["UpdateTime"]) == ("Running", "2026-01-15T08:35:00Z")
    assert shown["CreateTime"] == "2026-01-15T08:30:00Z"


def test_seconds_alone_tell_the_time_of_the_change(ark: ArkApi) -> None:
    ark.sim.knobs("ark", seconds={"scheduling": 60})
    identifier = ark.create()
    ark.sim.advance(600)
    assert ark.get(identifier)["UpdateTime"] == "2026-01-15T08:31:00Z"


def test_stop_and_start(ark: ArkApi) -> None:
    ark.sim.knobs("ark", polls={"stopping": 1, "starting": 2})
    identifier = ark.create()
    for _ in range(2):
        assert ark.result("StopEndpoint", {"Id": identifier}) == {}
    assert error_of(ark("StartEndpoint", {"Id": identifier})) == (
        403,
        "OperationDenied.EndpointStatus",
    )
    assert [ark.status(identifier) for _ in range(2)] == ["Stopping", "Stopped"]
    stopped = ark.get(identifier)
    assert ark.result("StopEndpoint", {"Id": identifier}) == {}
    assert ark.get(identifier) == stopped
    for _ in range(2):
        assert ark.result("StartEndpoint", {"Id": identifier}) == {}
    seen = [ark.status(identifier) for _ in range(3)]
    assert seen == ["Scheduling", "Scheduling", "Running"]


def test_start_of_a_running_endpoint_is_a_success_that_does_nothing(ark: ArkApi) -> None:
    identifier = ark.create()
    before = ark.get(identifier)
    ark.sim.advance(60)
    assert ark.result("StartEndpoint", {"Id": identifier}) == {}
    assert ark.get(identifier) == before


def test_a_name_with_abnormal_ends_so(ark: ArkApi) -> None:
    ark.sim.knobs("ark", polls={"scheduling": 1}, failure_reason="no machine")
    identifier = ark.create({"Name": "my-abnormal-one"})
    shown = [ark.get(identifier) for _ in range(2)]
    seen = [(item["Status"], item["StatusReason"]) for item in shown]
    assert seen == [("Scheduling", ""), ("Abnormal", "no machine")]
    ark.result("StopEndpoint", {"Id": identifier})
    assert (ark.get(identifier)["Status"], ark.get(identifier)["StatusReason"]) == ("Stopped", "")


def test_next_create_or_start_fails(ark: ArkApi) -> None:
    ark.sim.knobs("ark", fail_next_create=1, fail_next_start=1)
    assert [ark.status(ark.create()) for _ in range(2)] == ["Abnormal", "Running"]
    identifier = ark.create()
    ark.result("StopEndpoint", {"Id": identifier})
    ark.result("StartEndpoint", {"Id": identifier})
    assert ark.status(identifier) == "Abnormal"


def test_failure_and_recovery_behind_the_back(ark: ArkApi) -> None:
    identifier = ark.create()
    ark.sim.call("ark", "fail", target=identifier, reason="burnt")
    shown = ark.get(identifier)
    assert (shown["Status"], shown["StatusReason"]) == ("Abnormal", "burnt")
    ark.sim.mutate("ark", identifier, {"Status": "Running", "StatusReason": ""})
    assert ark.status(identifier) == "Running"
    ark.result("StopEndpoint", {"Id": identifier})
    ark.result("StartEndpoint", {"Id": identifier})
    assert ark.status(identifier) == "Running"


def test_delete_at_once(ark: ArkApi) -> None:
    identifier = ark.create()
    assert ark.result("DeleteEndpoint", {"Id": identifier}) == {}
    for action in ("GetEndpoint", "DeleteEndpoint"):
        assert error_of(ark(action, {"Id": identifier})) == (404, "NotFound.Endpoint")


def test_delete_takes_its_time(ark: ArkApi) -> None:
    ark.sim.knobs("ark", polls={"deleting": 2})
    identifier = ark.create()
    ark.result("DeleteEndpoint", {"Id": identifier})
    for action in ("UpdateEndpoint", "StopEndpoint", "StartEndpoint"):
        answer = ark(action, {"Id": identifier, "Name": "x"})
        assert error_of(answer) == (403, "OperationDenied.EndpointStatus")
    assert ark.result("DeleteEndpoint", {"Id": identifier}) == {}
    assert [ark.status(identifier) for _ in range(2)] == ["Deleting", "Deleting"]
    assert error_of(ark("GetEndpoint", {"Id": identifier})) == (404, "NotFound.Endpoint")


@pytest.mark.parametrize("name", ["demo", "abnormal"])
def test_strict_delete(ark: ArkApi, name: str) -> None:
    ark.sim.knobs("ark", strict_delete=True, polls={"stopping": 1})
    identifier = ark.create({"Name": name})
    refusal = (403, "OperationDenied.EndpointStatus")
    answer = ark("DeleteEndpoint", {"Id": identifier})
    assert error_of(answer) == refusal
    assert ark.status(identifier) in answer.json["ResponseMetadata"]["Error"]["Message"]
    ark.result("StopEndpoint", {"Id": identifier})
    assert error_of(ark("DeleteEndpoint", {"Id": identifier})) == refusal
    assert [ark.status(identifier) for _ in range(2)] == ["Stopping", "Stopped"]
    assert ark.result("DeleteEndpoint", {"Id": identifier}) == {}
    assert error_of(ark("GetEndpoint", {"Id": identifier})) == (404, "NotFound.Endpoint")


def test_drift(ark: ArkApi) -> None:
    identifier = ark.create()
    ark.sim.advance(60)
    changed = ark.sim.mutate(
        "ark",
        identifier,
        {"Name": "renamed", "Id": "other", "RateLimit": {"Rpm": 1}},
        {"/RollingId": "rolling-1"},
    )
    assert changed == ark.get(identifier)
    assert (changed["Id"], changed["Name"], changed["RollingId"]) == (
        identifier,
        "renamed",
        "rolling-1",
    )
    assert changed["RateLimit"] == {"Rpm": 1, "Tpm": 5000000}
    assert changed["UpdateTime"] == "2026-01-15T08:31:00Z"


def test_any_status_can_be_shown(ark: ArkApi) -> None:
    identifier = ark.create()
    for status in ("Stopped", "Scheduling", "Migrating"):
        ark.sim.mutate("ark", identifier, {"Status": status})
        assert [ark.status(identifier) for _ in range(2)] == [status] * 2
    ark.result("StartEndpoint", {"Id": identifier})
    assert ark.status(identifier) == "Running"


def test_vanishing(ark: ArkApi) -> None:
    identifier = ark.create()
    ark.sim.delete("ark", identifier)
    assert error_of(ark("GetEndpoint", {"Id": identifier})) == (404, "NotFound.Endpoint")
