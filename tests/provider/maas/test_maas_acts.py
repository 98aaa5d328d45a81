"""Each request of an update, when it is refused for a moment, meets a 404 that is no proof, loses
its reply, or is taken and not carried out. No word of the service says that an endpoint changes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from simulator.client import Simulator
from support import acts
from support.drivers.maas import (
    AGREEMENT,
    MaasDriver,
    inputs,
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


class Play(acts.Play):
    driver: MaasDriver

    def made(self, **patch: Any) -> tuple[str, Json, Json]:
        return made(self.driver, **patch)

    def inputs(self, **patch: Any) -> Json:
        return inputs(**patch)

    def record(self) -> Json:
        return stored(self.sim)[only_id(self.sim)]

    def sent(self) -> list[str]:
        return [operation for operation in told(self.sim) if operation in (EDIT, CONTROL)]

    def refreshed(self, outputs: Json) -> tuple[Json, Json]:
        return refreshed(self.driver, self.id, outputs, self.news)


@each
@pytest.mark.parametrize("status", [400, 409, 412, 423])
def test_what_is_refused_for_a_moment_is_sent_again(
    driver: MaasDriver, maas: Simulator, act: Act, status: int
) -> None:
    play = Play(maas, driver, act)
    maas.fault("maas", act.operation, **reply(status, "ModelArts.9999", "Busy: try again later."))
    play.assert_takes(2)


@each
def test_a_404_proves_nothing_while_it_is_listed(
    driver: MaasDriver, maas: Simulator, act: Act
) -> None:
    play = Play(maas, driver, act)
    maas.fault("maas", act.operation, **reply(404, "ModelArts.6291", "Nothing here."))
    play.assert_404_proves_nothing("Nothing here")


@each
@pytest.mark.parametrize("lost", acts.LOST)
def test_a_reply_that_is_lost(driver: MaasDriver, maas: Simulator, act: Act, lost: str) -> None:
    """All of them may be sent twice."""
    play = Play(maas, driver, act)
    maas.fault("maas", act.operation, **acts.LOST[lost])
    play.assert_takes(2)


@each
@pytest.mark.parametrize("body", ["1", "", "{}"])
def test_what_is_taken_and_not_done(
    driver: MaasDriver, maas: Simulator, act: Act, body: str
) -> None:
    play = Play(maas, driver, act)
    maas.fault("maas", act.operation, kind="error", status=200, body=body)
    play.assert_undone()
