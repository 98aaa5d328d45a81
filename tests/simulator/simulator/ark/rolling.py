"""One switch of an endpoint's model: the share of the traffic that has moved, by the clock.

docs/apis/ark.md 17 says what is known. Invented here: the word of a finished switch, that one
endpoint has one switch at a time, how long a way back takes, and the codes of what is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.ark.errors import ApiError, invalid, missing
from simulator.ark.fields import Fields
from simulator.base.clock import rfc3339

Document = dict[str, Any]
WHOLE = 100
MINUTE = 60


@dataclass
class Wanted:
    """What CreateEndpointRolling asks for."""

    endpoint: str
    model: Document
    description: str
    dry_run: bool
    step: int
    minutes: int


@dataclass
class Rolling:
    """A step is done at once when the switch begins, so that 50 of them take 49 minutes."""

    id: str
    endpoint: str
    new: Document
    old: Document
    description: str
    step: int
    minutes: int
    created: float
    updated: float
    state: str = "running"  # reverting, reverted, done
    share: int = 0  # at `since`
    since: float = 0.0
    ahead: float = 0.0  # seconds that looks have added to its age

    @property
    def open(self) -> bool:
        return self.state in ("running", "reverting")

    def settle(self, now: float, knobs: Mapping[str, Any]) -> bool:
        """Whether it is done since the last time."""
        if self.state == "reverting" and self._age(now) >= knobs["rolling_revert_seconds"]:
            self._enter("reverted", 0, now)
        if self.state == "running" and self.percent(now, knobs) >= WHOLE:
            self._enter("done", WHOLE, now)
            return True
        return False

    def percent(self, now: float, knobs: Mapping[str, Any]) -> int:
        if self.state == "running":
            steps = 1 + int(self._age(now) // (self.minutes * MINUTE))
            return min(WHOLE, self.share + steps * self.step)
        if self.state == "reverting":
            left = 1 - self._age(now) / knobs["rolling_revert_seconds"]
            return max(0, int(self.share * left))
        return self.share

    def cancel(self, now: float, knobs: Mapping[str, Any]) -> None:
        """A finished one says that it was reverted, and its endpoint stays as it is."""
        back = "reverting" if self.state == "running" else "reverted"
        if self.state != "reverting":
            self._enter(back, self.percent(now, knobs) if back == "reverting" else 0, now)
            self.settle(now, knobs)

    def rollback(self, now: float, knobs: Mapping[str, Any]) -> None:
        if self.state == "running":
            here = self.percent(now, knobs) - 2 * self.step  # the next step begins at once
            self.share, self.since, self.ahead, self.updated = max(-self.step, here), now, 0.0, now

    def view(self, now: float, knobs: Mapping[str, Any]) -> Document:
        shown = {
            "Id": self.id,
            "EndpointId": self.endpoint,
            "Status": knobs["rolling_statuses"][self.state],
            "RollingIn": dict(self.new),
            "RollingOut": dict(self.old),
            "RollingGray": self.percent(now, knobs),
            "RollingStrategy": {"Step": self.step, "WaitDuration": self.minutes},
            "CreateTime": rfc3339(self.created, 0),
            "UpdateTime": rfc3339(self.updated, 0),
        }
        if knobs["rolling_description"] == "show":
            shown["Description"] = self.description
        return shown

    def _age(self, now: float) -> float:
        return now - self.since + self.ahead

    def _enter(self, state: str, share: int, now: float) -> None:
        self.state, self.share, self.since, self.updated = state, share, now, now
        self.ahead = 0.0


def read(fields: Fields, knobs: Mapping[str, Any]) -> Wanted:
    reference = fields.object("ModelReference")
    model = reference.object("FoundationModel") if reference else None
    if model is None:
        raise missing("ModelReference.FoundationModel")
    step, minutes = _strategy(fields, knobs)
    description = fields.text("Description")
    if len(description) > knobs["description_limit"]:
        raise invalid("Description", f"at most {knobs['description_limit']} characters")
    return Wanted(
        fields.required_text("EndpointId"),
        {name: model.required_text(name) for name in ("Name", "ModelVersion")},
        description,
        fields.boolean("DryRun"),
        step,
        minutes,
    )


def _strategy(fields: Fields, knobs: Mapping[str, Any]) -> tuple[int, int]:
    """Whether a request may say one is not known: a knob tells."""
    usual = (int(knobs["rolling_step"]), int(knobs["rolling_minutes"]))
    how = knobs["rolling_strategy"]
    if how == "ignore":
        return usual
    given = fields.object("RollingStrategy")
    if given is None:
        return usual
    if how == "refuse":
        raise invalid("RollingStrategy", "it cannot be chosen")
    step = given.integer("Step", 1, WHOLE) or usual[0]
    return step, given.integer("WaitDuration", 1) or usual[1]


def rehearsed() -> ApiError:
    """What a dry run answers that would be taken."""
    return ApiError(400, "DryRunOperation", "The request would have succeeded; it was a dry run.")


def unsupported(identifier: str) -> ApiError:
    text = f"The endpoint {identifier} does not support switching its model."
    return ApiError(403, "OperationDenied.RollingNotSupported", text)


def busy(identifier: str, rolling: str) -> ApiError:
    text = f"The endpoint {identifier} is being switched: {rolling}."
    return ApiError(403, "OperationDenied.RollingInProgress", text)


def not_found(identifier: str) -> ApiError:
    text = f"The specified endpoint rolling {identifier} is not found."
    return ApiError(404, "NotFound.EndpointRolling", text)
