"""Each request of an update, when it meets an endpoint that still changes, a 404 that is no proof,
a lost reply, or a service that takes it and does nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from simulator.client import Simulator
from support import acts
from support.drivers.tir import (
    SCALED,
    TirDriver,
    inputs,
    made,
    operations,
    refreshed,
    view,
    writes,
)

pytestmark = pytest.mark.one_call

Json = dict[str, Any]
PAUSED = {"desiredState": "paused"}
QUEUES = {"asyncInvocation": {"enabled": True, "datasetId": "1301"}}


@dataclass(frozen=True)
class Act:
    operation: str
    before: Json
    after: Json
    told: str  # what an error says that finds it undone

    @property
    def id(self) -> str:
        return self.operation.removeprefix("endpoint.")


APPLY = "the service took the change of endpoint 3001 but did not apply: {}. Take the change back"
FORMS = [
    Act("endpoint.patch", {}, {"modelPath": "new"}, APPLY.format("modelPath")),
    Act("endpoint.update", PAUSED, {**PAUSED, "modelPath": "new"}, APPLY.format("modelPath")),
    Act(
        "endpoint.updateAutoScale",
        {},
        SCALED,
        APPLY.format("isAutoScaleEnabled"),
    ),
    Act("endpoint.disableAutoScale", {}, {"replica": 2}, APPLY.format("replica")),
    Act(
        "endpoint.updateAsync",
        {},
        QUEUES,
        APPLY.format("asyncInvocation.enabled"),
    ),
    Act(
        "endpoint.updateAsync",
        PAUSED,
        {**PAUSED, **QUEUES},
        APPLY.format("asyncInvocation.enabled"),
    ),
    Act("endpoint.start", PAUSED, {}, "endpoint 3001 was still stopped"),
    Act("endpoint.stop", {}, PAUSED, "endpoint 3001 was still running"),
]
RESTART = Act("endpoint.restart", {}, {"restartTrigger": "1"}, "")
GROUPS = [
    Act(
        "endpoint.attachSecurityGroups",
        {},
        {"securityGroupIds": ["7245"]},
        APPLY.format("securityGroupIds"),
    ),
    Act(
        "endpoint.detachSecurityGroup",
        {"securityGroupIds": ["7245"]},
        {"securityGroupIds": []},
        APPLY.format("securityGroupIds"),
    ),
    Act("endpoint.attachVpcIp", {}, {"vpcIpIds": ["1174"]}, APPLY.format("vpcIpIds")),
    Act(
        "endpoint.detachVpcIp",
        {"vpcIpIds": ["1174"]},
        {"vpcIpIds": []},
        APPLY.format("vpcIpIds"),
    ),
]
SEEN = [*FORMS, *GROUPS]
ALL = [*FORMS, RESTART, *GROUPS]


def each(acts: list[Act]) -> Any:
    return pytest.mark.parametrize("act", acts, ids=[act.id for act in acts])


def reply(status: int, message: str, data: Any = None) -> Json:
    body = {"code": status, "message": message, "errors": {}, "data": data or {}}
    return {"kind": "error", "status": status, "body": json.dumps(body)}


class Play(acts.Play):
    driver: TirDriver

    def made(self, **patch: Any) -> tuple[str, Json, Json]:
        return made(self.driver, **patch)

    def inputs(self, **patch: Any) -> Json:
        return inputs(**patch)

    def record(self) -> Json:
        return view(self.sim)

    def sent(self) -> list[str]:
        return operations(writes(self.sim))

    def refreshed(self, outputs: Json) -> tuple[Json, Json]:
        return refreshed(self.driver, self.id, outputs, self.news)


@each(ALL)
@pytest.mark.parametrize("status", [400, 409, 412, 422])
def test_what_is_refused_while_it_changes_is_sent_again(
    tir: Simulator, driver: TirDriver, act: Act, status: int
) -> None:
    play = Play(tir, driver, act)
    words = "Action is not allowed while the endpoint is waiting"
    tir.fault("tir", act.operation, **reply(status, words))
    waiting = {"data": {"status": "waiting"}}
    tir.fault("tir", "endpoint.get", kind="rewrite", merge=waiting, skip=1, count=2)
    play.assert_takes(2)


@each(ALL)
def test_a_404_proves_nothing_while_it_is_there(
    tir: Simulator, driver: TirDriver, act: Act
) -> None:
    play = Play(tir, driver, act)
    tir.fault("tir", act.operation, **reply(404, "Nothing here."))
    play.assert_404_proves_nothing("Nothing here")


@each(ALL)
@pytest.mark.parametrize("lost", acts.LOST)
def test_a_reply_that_is_lost(tir: Simulator, driver: TirDriver, act: Act, lost: str) -> None:
    """All of them may be sent twice."""
    play = Play(tir, driver, act)
    tir.fault("tir", act.operation, **acts.LOST[lost])
    play.assert_takes(2)


@each(ALL)
def test_a_reply_without_words_is_one_all_the_same(
    tir: Simulator, driver: TirDriver, act: Act
) -> None:
    play = Play(tir, driver, act)
    tir.fault("tir", act.operation, kind="empty")
    play.assert_takes(1)


@each(SEEN)
@pytest.mark.parametrize("data", ["before", "nothing"])
def test_what_is_taken_and_not_done(tir: Simulator, driver: TirDriver, act: Act, data: str) -> None:
    """Or taken back: a look shows a time of its own."""
    play = Play(tir, driver, act)
    shown = play.shown if data == "before" else {}
    tir.fault("tir", act.operation, **reply(200, "Success", shown))
    taken_back = {"data": {"updated_at": "2099-01-01T00:00:00.000000Z"}}
    tir.fault("tir", "endpoint.get", kind="rewrite", merge=taken_back, skip=1, count=0)
    # While autoscaling is off the program's own policy is shown: it does nothing.
    play.assert_undone({"autoScalePolicy": "DELETE"} if act.id == "updateAutoScale" else {})
