"""Each request of an update, when it meets an endpoint that still changes, a 404 that is no proof,
a lost reply, or a service that takes it and does nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from support import acts
from support.drivers.ark import Driver, Simulator, changes, inputs, plain, stored

pytestmark = pytest.mark.one_call

Json = dict[str, Any]
PAUSED = {"desiredState": "paused"}


@dataclass(frozen=True)
class Act:
    id: str
    before: Json
    after: Json
    told: str  # what an error says that finds it undone
    operation: str = "endpoint.update"
    looks: int = 0  # before the request


APPLY = "the service took the change of endpoint {{}} but did not apply: {}. Take the change back"
LIMITS = {"rateLimit": {"rpm": 10, "tpm": 100}}
TAGS = {"tags": [{"key": "a", "value": "1"}]}
BASIC = {"moderation": {"strategy": "Basic"}}
WAS = "endpoint {} was still "
ACTS = [
    Act("name", {}, {"name": "renamed"}, APPLY.format("name")),
    Act("description", {}, {"description": "new"}, APPLY.format("description")),
    Act(
        "limits",
        LIMITS,
        {"rateLimit": {"rpm": 20, "tpm": 100}},
        APPLY.format("rateLimit.rpm"),
        looks=1,
    ),
    Act("tags", {}, TAGS, APPLY.format("tags")),
    Act("moderation", {}, BASIC, APPLY.format("moderation.strategy"), looks=1),
    Act("start", PAUSED, {}, WAS + "Stopped", "endpoint.start", 1),
    Act("stop", {}, PAUSED, WAS + "Running", "endpoint.stop", 1),
    Act(
        "description while stopped",
        PAUSED,
        {**PAUSED, "description": "new"},
        APPLY.format("description"),
    ),
]
each = pytest.mark.parametrize("act", ACTS, ids=[act.id for act in ACTS])


def reply(status: int, code: str = "", result: Any = None) -> Json:
    metadata: Json = {"RequestId": "R"}
    if code:
        metadata["Error"] = {"Code": code, "Message": "Not now."}
    body: Json = {"ResponseMetadata": metadata}
    if result is not None:
        body["Result"] = result
    return {"kind": "error", "status": status, "body": json.dumps(body)}


class Play(acts.Play):
    driver: Driver

    def __init__(self, ark: Simulator, driver: Driver, act: Act) -> None:
        ark.knobs("ark", update_other_fields="apply")
        super().__init__(ark, driver, act)

    def made(self, **patch: Any) -> tuple[str, Json, Json]:
        return self.driver.made(**patch)

    def inputs(self, **patch: Any) -> Json:
        return inputs(**patch)

    def record(self) -> Json:
        return stored(self.sim)[self.id]

    def sent(self) -> list[str]:
        return changes(self.sim)

    def refreshed(self, outputs: Json) -> tuple[Json, Json]:
        read = self.driver.read(self.id, outputs, self.news)
        assert read.id == self.id
        return plain(read.inputs), plain(read.properties)


BUSY = [
    (403, "OperationDenied.EndpointStatus"),
    (403, "OperationDenied.UnsupportedPhase"),
    (409, "Conflict"),
]


@each
@pytest.mark.parametrize(("status", "code"), BUSY)
def test_what_is_refused_while_it_changes_is_sent_again(
    driver: Driver, ark: Simulator, act: Act, status: int, code: str
) -> None:
    play = Play(ark, driver, act)
    ark.fault("ark", act.operation, **reply(status, code))
    changing = {"Result": {"Status": "Scheduling"}}
    ark.fault("ark", "endpoint.get", kind="rewrite", merge=changing, skip=act.looks, count=2)
    play.assert_takes(2)


@each
def test_a_404_proves_nothing_while_it_is_there(driver: Driver, ark: Simulator, act: Act) -> None:
    play = Play(ark, driver, act)
    ark.fault("ark", act.operation, **reply(404, "NotFound.Endpoint"))
    play.assert_404_proves_nothing("Not now")


@each
@pytest.mark.parametrize("lost", acts.LOST)
def test_a_reply_that_is_lost(driver: Driver, ark: Simulator, act: Act, lost: str) -> None:
    """All of them may be sent twice."""
    play = Play(ark, driver, act)
    ark.fault("ark", act.operation, **acts.LOST[lost])
    play.assert_takes(2)


@each
@pytest.mark.parametrize("times", [1, 2])
def test_a_code_that_says_busy_counts_once_while_a_look_finds_it_at_rest(
    driver: Driver, ark: Simulator, act: Act, times: int
) -> None:
    """It may have settled between the refusal and the look; the text says nothing of it."""
    play = Play(ark, driver, act)
    ark.fault("ark", act.operation, **reply(403, "OperationDenied.EndpointStatus"), count=times)
    if times == 1:
        play.assert_takes(2)
        return
    failure = play.fails()
    assert failure.code.name == "FAILED_PRECONDITION"
    assert play.sent() == [act.operation] * 2
    assert "(HTTP 403, code OperationDenied.EndpointStatus, request id R)" in failure.message


# Faults of the service and requests to slow down (docs/apis/ark.md 10.1), here inside another
# status than their own.
FAULTS = ["InternalError", "InternalServiceError", "InternalServiceTimeout", "FailToConnect"]
SLOWER = ["FlowLimitExceeded", "ServiceUnavailableTemp"]


@each
@pytest.mark.parametrize("is_done", [True, False], ids=["carried out", "not carried out"])
def test_a_fault_inside_a_success_is_one_of_the_service(
    driver: Driver, ark: Simulator, act: Act, is_done: bool
) -> None:
    play = Play(ark, driver, act)
    ark.fault("ark", act.operation, **reply(200, "InternalError"), apply=is_done)
    play.assert_takes(2)


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("code", FAULTS + SLOWER)
def test_a_code_of_the_service_means_the_same_under_any_status(
    driver: Driver, ark: Simulator, status: int, code: str
) -> None:
    play = Play(ark, driver, ACTS[0])
    ark.fault("ark", "endpoint.update", **reply(status, code))
    play.assert_takes(2)


def test_a_fault_inside_a_success_that_stays_may_hide_the_change(
    driver: Driver, ark: Simulator
) -> None:
    play = Play(ark, driver, ACTS[0])
    ark.fault("ark", "endpoint.update", **reply(200, "InternalError"), count=0)
    failure = play.fails()
    assert failure.reasons[0] == (
        "BytePlus ModelArk: updating the endpoint: Not now (HTTP 200, code InternalError, request "
        "id R). It may have been carried out all the same: look before repeating it. The change "
        "was of name; pulumi refresh shows whether it applied."
    )


@each
@pytest.mark.parametrize("result", [None, {}], ids=["no result", "empty"])
def test_what_is_taken_and_not_done(
    driver: Driver, ark: Simulator, act: Act, result: Json | None
) -> None:
    play = Play(ark, driver, act)
    ark.fault("ark", act.operation, **reply(200, result=result))
    play.assert_undone()
