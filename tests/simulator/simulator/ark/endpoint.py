"""One endpoint: what is stored of it, its way through the states, how it reads back."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.base.clock import parse_rfc3339, rfc3339
from simulator.base.patching import apply_changes
from simulator.base.timeline import Stage, Timeline, stages

Document = dict[str, Any]
CREATED_BY = "sys:ark:createdBy"
# ListEndpoints does not tell these.
NOT_IN_LISTS = ("Moderation", "BatchOnly", "ScaleTierId", "SupportScaleTier")


@dataclass
class Endpoint:
    """`document` holds the members of GetEndpoint but status and times, in wire spelling."""

    account: str
    region: str
    document: Document
    created: float
    number: int  # in order of creation
    updated: float
    timeline: Timeline
    broken: str | None = None  # why it ends abnormal when it starts
    reason: str = ""
    unseen_polls: int = 0  # GetEndpoint answers 404 so often yet
    calls: list[tuple[float, int]] = field(default_factory=list)  # data plane: when, tokens

    @property
    def id(self) -> str:
        return str(self.document["Id"])

    @property
    def state(self) -> str:
        return self.timeline.state

    @property
    def model(self) -> str:
        """For people."""
        reference = self.document["ModelReference"]
        named = reference.get("FoundationModel") or {}
        words = (reference.get("CustomModelId"), named.get("Name"), named.get("ModelVersion"))
        return " ".join(filter(None, words))

    @property
    def gone(self) -> bool:
        return self.state == "gone"

    def tags(self) -> dict[str, str]:
        return {tag["Key"]: tag["Value"] for tag in self.document["Tags"]}

    # States.

    def settle(self, now: float) -> None:
        """Catch up with the clock; a change of state is an update of the endpoint."""
        before = self.state
        self.timeline.settle(now)
        self._note_change(before)

    def poll(self, now: float) -> None:
        before = self.state
        self.timeline.poll(now)
        self._note_change(before)

    def _note_change(self, before: str) -> None:
        if self.state != before:
            self.updated = max(self.updated, self.timeline.entered)
            self.reason = (self.broken or "") if self.state == "abnormal" else ""

    def start(self, now: float, first: str, knobs: Mapping[str, Any]) -> None:
        self.enter(now, (first,), "abnormal" if self.broken else "running", knobs)

    def enter(
        self, now: float, passing: Iterable[str], last: str, knobs: Mapping[str, Any]
    ) -> None:
        self.timeline = Timeline(now, stages(passing, knobs["polls"], knobs["seconds"], last))
        self.updated = now
        self.reason = (self.broken or "") if self.state == "abnormal" else ""

    # Reading back.

    def view(self, knobs: Mapping[str, Any]) -> Document:
        shown = copy.deepcopy(self.document)
        if knobs["tag_order"] == "scrambled":
            shown["Tags"].sort(key=lambda tag: tag["Key"][::-1])
        if shown["RateLimit"] is None:
            del shown["RateLimit"]
        if knobs["scale_tier"]:
            shown["SupportScaleTier"], shown["ScaleTierId"] = True, knobs["scale_tier"]
        shown |= {
            "Status": knobs["statuses"].get(self.state, self.state),
            "StatusReason": self.reason,
            "CreateTime": rfc3339(self.created, 0),
            "UpdateTime": rfc3339(self.updated, 0),
        }
        return _without_empty(shown) if knobs["empty_members"] == "omit" else shown

    def item(self, knobs: Mapping[str, Any]) -> Document:
        shown = self.view(knobs)
        return {key: value for key, value in shown.items() if key not in NOT_IN_LISTS}

    # Behind the client's back.

    def mutate(
        self, patch: Any, assign: dict[str, Any], now: float, knobs: Mapping[str, Any]
    ) -> None:
        """Change any member of GetEndpoint's answer. A status not known is shown as it is."""
        shown = self.view({**knobs, "tag_order": "kept", "empty_members": "show"})
        changed = apply_changes(shown, patch, assign)
        status = changed.pop("Status")
        if status != shown["Status"]:
            states = {wire: state for state, wire in reversed(knobs["statuses"].items())}
            self.timeline = Timeline(now, [Stage(states.get(status, status))])
            if self.state != "abnormal":
                self.broken = None
        self.reason = changed.pop("StatusReason", "")
        created, updated = changed.pop("CreateTime"), changed.pop("UpdateTime")
        self.updated = parse_rfc3339(updated) if updated != shown["UpdateTime"] else now
        if created != shown["CreateTime"]:
            self.created = parse_rfc3339(created)
        changed.setdefault("RateLimit", None)
        self.document = {**changed, "Id": self.id}


def _without_empty(value: Any) -> Any:
    """The same without members that say nothing."""
    if isinstance(value, dict):
        inner = {key: _without_empty(member) for key, member in value.items()}
        return {key: member for key, member in inner.items() if member not in ("", {}, [], False)}
    if isinstance(value, list):
        return [_without_empty(member) for member in value]
    return value
