"""Each request of an update, when it is refused for a moment, meets a 404 that is no proof, loses
its reply, or is taken and not carried out. No word of the service says that an endpoint changes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from simulator.client import Simulator
from support.drivers.maas import (
    AGREEMENT,
    MaasDriver,
    failing,
    inputs,
    kinds,
    made,
    only_id,
    refreshed,
    stored,
    told,
)

pytestmark = pytest.mark.one_call

Json = dict[str, Any]
PAUSED = {"desiredState": "paused"}
EDIT, CONTROL = "endpoint.edit", "endpoint.control"


@dataclass(frozen=True)
class Act:
    id: str
    before: Json
    after: Json
    told: str  # what an error says that finds it undone
    operation: str = EDIT


APPLY = "but did not apply: {}. Take the change back"
OFF = {"moderation": False, "agreementId": AGREEMENT}
ACTS = [
    Act("name", {}, {"name": "renamed"}, APPLY.format("name")),
    Act("description", {}, {"description": "new"}, APPLY.format("description")),
    Act("rpm", {"rpm": 5}, {"rpm": 6}, APPLY.format("rpm")),
    Act("tpm", {}, {"tpm": 7}, APPLY.format("tpm")),
    Act("limits taken out", {"rpm": 5, "tpm": 7}, {}, APPLY.format("rpm, tpm")),
    Act("guard", {}, OFF, APPLY.format("moderation")),
    Act("pause", {}, PAUSED, "was still normal", CONTROL),
    Act("resume", PAUSED, {}, "was still suspended", CONTROL),
    Act(
        "description while paused",
        PAUSED,
        {**PAUSED, "description": "new"},
        APPLY.format("description"),
    ),
]
each = pytest.mark.parametrize("act", ACTS, ids=[act.id for act in ACTS])


def reply(status: int, code: str, message: str) -> Json:
    body = {"error_code": code, "error_msg": message}
    return {"kind": "error", "status": status, "body": json.dumps(body)}


class Play:
    """An endpoint before the act; `run` is the update."""

    def __init__(self, maas: Simulator, driver: MaasDriver, act: Act) -> None:
        self.maas, self.driver, self.act = maas, driver, act
        self.id, self.olds, self.outputs = made(driver, **act.before)
        self.news = driver.checked(inputs(**act.after), olds=self.olds)
        self.shown = stored(maas)[only_id(maas)]
        maas.clear()

    def run(self) -> Json:
        return self.driver.update(self.olds, self.news, olds=self.outputs, id=self.id)

    def fails(self) -> Any:
        outputs = self.outputs
        return failing(
            self.driver.update, self.olds, self.news, olds=outputs, id=self.id, timeout=2
        )

    def sent(self) -> list[str]:
        return [operation for operation in told(self.maas) if operation in (EDIT, CONTROL)]

    def is_done(self, outputs: Json) -> None:
        """The state, the service and the program agree, and nothing is left to do."""
        assert refreshed(self.driver, self.id, outputs, self.news)[0] == self.news
        self.maas.clear()
        self.driver.update(self.news, self.news, olds=outputs, id=self.id)
        assert self.sent() == []


@each
@pytest.mark.parametrize("status", [400, 409, 412, 423])
def test_what_is_refused_for_a_moment_is_sent_again(
    driver: MaasDriver, maas: Simulator, act: Act, status: int
) -> None:
    play = Play(maas, driver, act)
    maas.fault("maas", act.operation, **reply(status, "ModelArts.9999", "Busy: try again later."))
    outputs = play.run()
    assert play.sent() == [act.operation] * 2
    play.is_done(outputs)


@each
def test_a_404_proves_nothing_while_it_is_listed(
    driver: MaasDriver, maas: Simulator, act: Act
) -> None:
    play = Play(maas, driver, act)
    maas.fault("maas", act.operation, **reply(404, "ModelArts.6291", "Nothing here."))
    failure = play.fails()
    assert play.sent() == [act.operation]
    assert "Nothing here" in failure.message
    assert (failure.code.name, failure.partial) == ("NOT_FOUND", None)
    assert stored(maas)[only_id(maas)] == play.shown
    maas.clear()
    outputs = play.run()
    assert play.sent() == [act.operation]
    play.is_done(outputs)


LOST: dict[str, Json] = {
    "dropped": {"kind": "close", "apply": True},
    "502, carried out": {"kind": "error", "status": 502, "apply": True},
    "502, not carried out": {"kind": "error", "status": 502},
}


@each
@pytest.mark.parametrize("lost", LOST)
def test_a_reply_that_is_lost(driver: MaasDriver, maas: Simulator, act: Act, lost: str) -> None:
    """All of them may be sent twice."""
    play = Play(maas, driver, act)
    maas.fault("maas", act.operation, **LOST[lost])
    outputs = play.run()
    assert play.sent() == [act.operation] * 2
    play.is_done(outputs)


@each
@pytest.mark.parametrize("body", ["1", "", "{}"])
def test_what_is_taken_and_not_done(
    driver: MaasDriver, maas: Simulator, act: Act, body: str
) -> None:
    """The state is as before, and the next run does it."""
    play = Play(maas, driver, act)
    maas.fault("maas", act.operation, kind="error", status=200, body=body)
    failure = play.fails()
    assert play.sent() == [act.operation]
    assert act.told in " ".join([failure.message, *failure.reasons])
    assert failure.partial is not None and failure.id == play.id
    kept, outputs = refreshed(driver, play.id, failure.properties, play.news)
    assert kinds(driver.diff(kept, play.olds, outputs, id=play.id)) == {}
    maas.clear()
    after = driver.update(kept, play.news, olds=outputs, id=play.id)
    assert play.sent() == [act.operation]
    play.is_done(after)
