"""One stored endpoint: what was asked for, and where its life stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from simulator.base.ids import Ids
from simulator.base.timeline import Stage, Timeline, stages
from simulator.tir.body import Spec

TICK_SECONDS = 0.000001
GONE = "gone"
DELETING = "terminating"


@dataclass
class Endpoint:
    id: int
    project: str
    spec: Spec
    created: float
    updated: float
    timeline: Timeline
    raw: dict[str, Any]  # the create body with all changes since, as it would be sent now
    failure: str | None = None
    deletion: Timeline | None = None
    # Reads that still show the status and the time from before the last change.
    stale_reads: int = 0
    stale: tuple[str, float] = ("", 0.0)
    asynchronous: dict[str, Any] = field(default_factory=dict)
    security_groups: list[int] = field(default_factory=list)
    vpc_ips: list[int] = field(default_factory=list)
    vpc_scheduled: list[dict[str, Any]] = field(default_factory=list)
    replicas: list[str] = field(default_factory=list)
    overrides: dict[str, Any] = field(default_factory=dict)  # of the answer, for tests

    @property
    def key(self) -> str:
        return f"{self.project}/{self.id}"

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def model(self) -> str:
        """For people: what it serves, by the first name that it has."""
        settings = self.spec.settings
        names = (settings["detailed_info"]["hugging_face_id"], settings["model_id"])
        return str(next(filter(None, names), settings["path"] or ""))

    @property
    def status(self) -> str:
        if self.deletion is not None:
            return DELETING
        return self.timeline.state

    @property
    def gone(self) -> bool:
        return self.deletion is not None and self.deletion.state == GONE

    @property
    def ready(self) -> str:
        """The state a healthy endpoint comes to rest in."""
        return "idle" if self.spec.scaling.least == 0 else "running"

    @property
    def message(self) -> str:
        return self.failure or "" if self.status == "failed" else ""

    def settle(self, now: float) -> None:
        """Catch up with the clock; every change of status moves the time of the last update."""
        before = self.timeline.state
        self.timeline.settle(now)
        if self.timeline.state != before:
            self.touch(self.timeline.entered)
        if self.deletion is not None:
            self.deletion.settle(now)

    def touch(self, moment: float) -> None:
        """Later than before in any case, also on a clock that stands still."""
        self.updated = max(moment, self.updated + TICK_SECONDS)

    def poll(self, now: float) -> tuple[str, float]:
        """Status and time that one look sees."""
        if self.stale_reads > 0 and self.deletion is None:
            self.stale_reads -= 1
            return self.stale
        if self.deletion is not None:
            self.deletion.poll(now)
        else:
            self.timeline.poll(now)
        return self.status, self.updated

    def enter(self, now: float, passing: tuple[str, ...], last: str, knobs: dict[str, Any]) -> None:
        """Walk through passing states to one that stays."""
        self.stale = (self.status, self.updated)
        self.stale_reads = knobs["stale_reads"]
        self.timeline = Timeline(now, stages(passing, knobs["polls"], knobs["seconds"], last))
        self.touch(now)

    def start(self, now: float, knobs: dict[str, Any], failing: bool) -> None:
        self.failure = knobs["failure_message"] if failing else None
        self.enter(now, ("waiting",), "failed" if failing else self.ready, knobs)

    def stop(self, now: float, knobs: dict[str, Any]) -> None:
        """Without workers there is nothing to wait for."""
        self.failure = None
        passing = () if self.status == "idle" else (DELETING,)
        self.enter(now, passing, "stopped", knobs)

    def wake(self, now: float, knobs: dict[str, Any]) -> None:
        """A request for the served model brings the first worker up."""
        self.enter(now, ("waiting",), "running", knobs)

    def force(self, now: float, status: str) -> None:
        self.timeline = Timeline(now, [Stage(status)])
        self.touch(now)

    def begin_delete(self, now: float, knobs: dict[str, Any]) -> None:
        if self.deletion is None:
            row = stages(["deleting"], knobs["polls"], knobs["seconds"], GONE)
            self.deletion = Timeline(now, row)
            self.touch(now)

    # Workers.

    def workers(self, ids: Ids) -> list[str]:
        """Names of the workers there are now."""
        count = 0
        if self.status in ("waiting", "running"):
            scaling = self.spec.scaling
            count = max(scaling.replica, scaling.least, 1)
        while len(self.replicas) < count:
            self.replicas.append(f"is-{self.id}-predictor-{ids.text(5)}")
        del self.replicas[count:]
        return self.replicas
