"""Each request of an update, when it meets an endpoint that still changes, a 404 that is no proof,
a lost reply, or a service that takes it and does nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from simulator.client import Simulator
from support.drivers.hf import kinds
from support.drivers.tir import (
    FIRST,
    SCALED,
    TirDriver,
    failing,
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


class Play:
    """An endpoint before the act; `run` is the update."""

    def __init__(self, tir: Simulator, driver: TirDriver, act: Act) -> None:
        self.tir, self.driver, self.act = tir, driver, act
        self.id, self.olds, self.outputs = made(driver, **act.before)
        self.news = driver.checked(inputs(**act.after), olds=self.olds)
        self.shown = view(tir)
        tir.clear()

    def run(self) -> Json:
        return self.driver.update(self.olds, self.news, olds=self.outputs, id=self.id)

    def fails(self) -> Any:
        return failing(
            self.driver.update, self.olds, self.news, olds=self.outputs, id=self.id, timeout=2
        )

    def sent(self) -> list[str]:
        return operations(writes(self.tir))

    def is_done(self, outputs: Json) -> None:
        """The state, the service and the program agree, and nothing is left to do."""
        assert refreshed(self.driver, self.id, outputs, self.news)[0] == self.news
        self.tir.clear()
        self.driver.update(self.news, self.news, olds=outputs, id=self.id)
        assert self.sent() == []


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
    outputs = play.run()
    assert play.sent() == [act.operation] * 2
    play.is_done(outputs)


@each(ALL)
def test_a_404_proves_nothing_while_it_is_there(
    tir: Simulator, driver: TirDriver, act: Act
) -> None:
    play = Play(tir, driver, act)
    tir.fault("tir", act.operation, **reply(404, "Nothing here."))
    failure = play.fails()
    assert play.sent() == [act.operation]
    assert "Nothing here" in failure.message
    assert (failure.code.name, failure.partial) == ("NOT_FOUND", None)
    assert view(tir) == play.shown
    tir.clear()
    outputs = play.run()
    assert play.sent() == [act.operation]
    play.is_done(outputs)


LOST: dict[str, Json] = {
    "dropped": {"kind": "close", "apply": True},
    "502, carried out": {"kind": "error", "status": 502, "apply": True},
    "502, not carried out": {"kind": "error", "status": 502},
    "no words": {"kind": "empty"},
}


@each(ALL)
@pytest.mark.parametrize("lost", LOST)
def test_a_reply_that_is_lost(tir: Simulator, driver: TirDriver, act: Act, lost: str) -> None:
    """All of them may be sent twice; a reply without words is one all the same."""
    play = Play(tir, driver, act)
    tir.fault("tir", act.operation, **LOST[lost])
    outputs = play.run()
    assert play.sent() == [act.operation] * (1 if lost == "no words" else 2)
    play.is_done(outputs)


@each(SEEN)
@pytest.mark.parametrize("data", ["before", "nothing"])
def test_what_is_taken_and_not_done(tir: Simulator, driver: TirDriver, act: Act, data: str) -> None:
    """Or taken back: a look shows a time of its own. The state is as before, and the next run does
    it."""
    play = Play(tir, driver, act)
    shown = play.shown if data == "before" else {}
    tir.fault("tir", act.operation, **reply(200, "Success", shown))
    taken_back = {"data": {"updated_at": "2099-01-01T00:00:00.000000Z"}}
    tir.fault("tir", "endpoint.get", kind="rewrite", merge=taken_back, skip=1, count=0)
    failure = play.fails()
    assert play.sent() == [act.operation]
    assert act.told in " ".join([failure.message, *failure.reasons])
    assert failure.partial is not None and failure.id == play.id
    tir.clear_faults("tir")
    kept, outputs = refreshed(driver, play.id, failure.properties, play.news)
    # While autoscaling is off the program's own policy is shown: it does nothing.
    idle = {"autoScalePolicy": "DELETE"} if act.id == "updateAutoScale" else {}
    assert kinds(driver.diff(kept, play.olds, outputs, id=play.id)) == idle
    tir.clear()
    after = driver.update(kept, play.news, olds=outputs, id=FIRST)
    assert play.sent() == [act.operation]
    play.is_done(after)
