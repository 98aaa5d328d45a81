"""One stored endpoint: what was asked, where its life stands, and how it reads back."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.base.clock import rfc3339
from simulator.base.timeline import Stage, Timeline, stages
from simulator.hf import catalogue

Knobs = Mapping[str, Any]
Document = dict[str, Any]

DEFAULT_HEALTH_ROUTE = "/health"
DEFAULT_TIMEOUT_MINUTES = 15
DEFAULT_MEASURES = {"hardwareUsage": 80.0, "pendingRequests": 1.5}
# The port each engine's container listens on when none was given.
PORTS = {
    "tgi": 80,
    "tgiNeuron": 80,
    "tei": 80,
    "llamacpp": 8080,
    "vLLM": 8000,
    "vLLMOmni": 8000,
    "vLLMNeuron": 8000,
    "sGLang": 8000,
    "hfServe": 8000,
    "custom": 80,
}
MESSAGES = {
    "pending": "Endpoint waiting to be scheduled",
    "initializing": "Endpoint is initializing",
    "updating": "Endpoint is updating",
    "running": "Endpoint is ready",
    "paused": "Endpoint is paused",
    "scaledToZero": "Endpoint is scaled to zero",
    "failed": "Endpoint failed to start",
    "updateFailed": "Endpoint update failed",
}
SERVING = ("running", "updating", "updateFailed")
GONE = "gone"


@dataclass(frozen=True)
class User:
    name: str

    @property
    def as_json(self) -> Document:
        return {"id": hashlib.sha1(self.name.encode()).hexdigest()[:24], "name": self.name}


@dataclass
class LogEntry:
    number: int
    time: float
    line: str
    stream: str
    replica: str
    level: str | None


@dataclass
class Failure:
    """Why the present timeline ends badly. Configuration: only an update helps."""

    kind: str
    message: str


@dataclass
class Endpoint:
    namespace: str
    spec: Document  # the create body with updates merged in, secrets included
    key: str  # 24 hexadecimal digits: host of the URL
    created: float
    created_by: User
    updated: float
    updated_by: User
    timeline: Timeline
    version: int = 1
    failure: Failure | None = None
    last_used: float | None = None
    agent_message: str | None = None
    deletion: Timeline | None = None
    status_overrides: Document = field(default_factory=dict)
    logs: list[LogEntry] = field(default_factory=list)
    logged: tuple[str, float] | None = None
    previous_spec: Document | None = None  # what an update that failed leaves running

    @property
    def name(self) -> str:
        return str(self.spec["name"])

    @property
    def full_name(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def state(self) -> str:
        return self.timeline.state

    @property
    def machine(self) -> str:
        """For people: what runs it, and how often at the most."""
        compute = self.spec["compute"]
        most = compute["scaling"]["maxReplica"]
        return f"{compute['instanceType']} {compute['instanceSize']}, at most {most}"

    @property
    def scaling(self) -> Document:
        scaling: Document = self.spec["compute"]["scaling"]
        return scaling

    # Life.

    def settle(self, now: float, knobs: Knobs) -> None:
        """Catch up with the clock."""
        before = None
        while before != self.state:
            before = self.state
            self.timeline.settle(now)
            self._log_state()
            self._idle(now, knobs)
        if self.deletion is not None:
            self.deletion.settle(now)

    def poll(self, now: float) -> None:
        """Count one look at the endpoint."""
        self.timeline.poll(now)
        if self.deletion is not None:
            self.deletion.poll(now)

    @property
    def gone(self) -> bool:
        return self.deletion is not None and self.deletion.state == GONE

    def _idle(self, now: float, knobs: Knobs) -> None:
        """Scale to zero after the timeout without a request."""
        timeout = effective_timeout(self.scaling, knobs)
        if self.state != "running" or timeout is None:
            return
        since = max(self.timeline.entered, self.last_used or 0.0)
        due = since + timeout * 60
        if now >= due:
            self.timeline = Timeline(due, [Stage("scaledToZero")])

    def enter(self, now: float, passing: tuple[str, ...], last: str, knobs: Knobs) -> None:
        """Begin a row of states."""
        row = stages(passing, knobs["polls"], knobs["seconds"], last)
        self.timeline = Timeline(now, row)
        self.settle(now, knobs)

    def start(self, now: float, knobs: Knobs, passing: tuple[str, ...]) -> None:
        """Towards running, or failed when a failure is set."""
        self.enter(now, passing, "failed" if self.failure else "running", knobs)

    def begin_deletion(self, now: float, knobs: Knobs) -> None:
        if self.deletion is None:
            row = stages(("deleting",), knobs["polls"], knobs["seconds"], GONE)
            self.deletion = Timeline(now, row)

    # Logs.

    def _log_state(self) -> None:
        mark = (self.state, self.timeline.entered)
        if self.logged == mark:
            return
        self.logged = mark
        failed = self.state in ("failed", "updateFailed")
        level = "ERROR" if failed else "INFO"
        line = MESSAGES[self.state]
        if failed and self.failure:
            line = f"{line}: {self.failure.message}"
        self.log(self.timeline.entered, f"{level} {line}", level)

    def log(
        self, time: float, line: str, level: str | None = "INFO", stream: str = "stdout"
    ) -> None:
        replica = self.replica_ids(1)[0]
        self.logs.append(LogEntry(len(self.logs) + 1, time, line, stream, replica, level))

    # Replicas.

    def replica_ids(self, count: int, version: int | None = None) -> list[str]:
        prefix = f"{self.name}-{self.key[:8]}-{version or self.version:02d}"
        return [f"{prefix}-{number:05d}" for number in range(count)]

    @property
    def wanted_replicas(self) -> int:
        return max(1, int(self.scaling["minReplica"]))

    def replica_counts(self) -> tuple[int, int]:
        """Ready and target replicas."""
        if self.state in ("pending", "paused", "scaledToZero"):
            return 0, 0
        if self.state in ("initializing", "failed"):
            return 0, self.wanted_replicas
        return self.wanted_replicas, self.wanted_replicas

    def replicas(self) -> list[Document]:
        ready, target = self.replica_counts()
        if self.state == "initializing":
            return [
                self._replica(i, "initializing", False, False) for i in self.replica_ids(target)
            ]
        if self.state == "failed":
            return [self._replica(i, "stopped", False, False) for i in self.replica_ids(target)]
        if self.state == "updating":
            old = self.replica_ids(ready, self.version - 1)
            new = self.replica_ids(target)
            return [self._replica(i, "running", True, False) for i in old] + [
                self._replica(i, "initializing", False, True) for i in new
            ]
        live = self.version - 1 if self.state == "updateFailed" else self.version
        return [self._replica(i, "running", True, False) for i in self.replica_ids(ready, live)]

    def _replica(self, name: str, stage: str, live: bool, updating: bool) -> Document:
        status: Document = {"stage": stage, "live": live, "updating": updating, "exitCode": None}
        if stage in ("running", "stopped"):
            status["startedAt"] = rfc3339(self.timeline.entered)
        if stage == "stopped":
            status["stoppedAt"] = rfc3339(self.timeline.entered)
            status["exitCode"] = 1
        return {"id": name, "versionId": name.rsplit("-", 1)[0], "status": status}

    # Reading back.

    def url(self, base: str, knobs: Knobs) -> str:
        mode = knobs["url_mode"]
        if mode == "loopback":
            return f"{base}/dataplane/{self.key}"
        if mode == "regional":
            provider = self.spec["provider"]
            place = f"{provider['region']}.{provider['vendor']}"
            return f"https://{self.key[:16]}.{place}.endpoints.huggingface.cloud"
        return f"https://{self.key}.endpoints.huggingface.cloud"

    def view(self, base: str, knobs: Knobs) -> Document:
        """The endpoint as the service answers it."""
        spec = copy.deepcopy(self.spec)
        kept = knobs["failed_update_keeps"] == "old" and self.state == "updateFailed"
        if kept and self.previous_spec is not None:
            spec = copy.deepcopy(self.previous_spec)
        model = spec["model"]
        image = shown_image(model["image"])
        health_route = next(iter(image.values())).get("healthRoute") or DEFAULT_HEALTH_ROUTE
        return {
            "name": spec["name"],
            "type": shown_type(spec["type"], knobs),
            "provider": spec["provider"],
            "compute": _shown_compute(spec, knobs),
            "model": _shown_model(model, image, knobs),
            "healthRoute": health_route,
            "tags": spec.get("tags") or [],
            "experimentalFeatures": {
                "cacheHttpResponses": False,
                **(spec.get("experimentalFeatures") or {}),
            },
            "notifications": spec.get("notifications") or {"email": False, "push": False},
            **_shown_optional(spec, knobs),
            "status": self._status(base, knobs),
        }

    def _status(self, base: str, knobs: Knobs) -> Document:
        digits = knobs["timestamp_digits"]
        ready, target = self.replica_counts()
        failed = self.state in ("failed", "updateFailed") and self.failure is not None
        status: Document = {
            "createdAt": rfc3339(self.created, digits),
            "createdBy": self.created_by.as_json,
            "updatedAt": rfc3339(self.updated, digits),
            "updatedBy": self.updated_by.as_json,
            "state": self.state,
            "message": MESSAGES.get(self.state, self.state),
            "private": self._private(),
            "readyReplica": ready,
            "targetReplica": target,
            "errorMessage": self.failure.message if failed and self.failure else None,
            "lastUsedAt": None if self.last_used is None else rfc3339(self.last_used, digits),
            "agentMessage": self.agent_message,
            "inferenceMetricsEnabled": False,
        }
        hidden = knobs["hide_url_until_running"]
        if not hidden or self.state in SERVING:
            status["url"] = self.url(base, knobs)
        elif hidden != "absent":
            status["url"] = "" if hidden == "empty" else None
        return {**status, **self.status_overrides}

    def _private(self) -> Document | None:
        if not self.spec.get("privateService"):
            return None
        if self.state not in SERVING:
            return {"serviceName": None}
        return {"serviceName": service_name(self)}


def service_name(endpoint: Endpoint) -> str:
    region = endpoint.spec["privateService"]["region"]
    return f"com.amazonaws.vpce.{region}.vpce-svc-{endpoint.key[:17]}"


def effective_timeout(scaling: Mapping[str, Any], knobs: Knobs) -> int | None:
    """Minutes until an idle endpoint sleeps, None when it never does."""
    if scaling["minReplica"] > 0:
        return None
    given = scaling.get("scaleToZeroTimeout")
    if given is None and knobs["fill_scaling_defaults"]:
        return DEFAULT_TIMEOUT_MINUTES
    return given


def shown_type(stored: str, knobs: Knobs) -> str:
    return "authenticated" if stored == "protected" and knobs["protected"] == "rename" else stored


def shown_image(image: Document) -> Document:
    """Defaults filled in, credentials taken out."""
    ((kind, settings),) = image.items()
    shown = copy.deepcopy(settings)
    if kind in PORTS:
        if shown.get("port") is None:
            shown["port"] = PORTS[kind]
        if shown.get("healthRoute") is None:
            shown["healthRoute"] = DEFAULT_HEALTH_ROUTE
    if kind in ("vLLM", "sGLang") and shown.get("tensorParallelSize") is None:
        shown["tensorParallelSize"] = 1
    if kind == "tgi" and shown.get("disableCustomKernels") is None:
        shown["disableCustomKernels"] = True
    if shown.get("credentials") is not None:
        shown["credentials"] = {"username": "", "password": None}
    return {kind: shown}


def _shown_compute(spec: Document, knobs: Knobs) -> Document:
    compute = dict(spec["compute"])
    scaling = dict(compute["scaling"])
    scaling["scaleToZeroTimeout"] = effective_timeout(scaling, knobs)
    measure = scaling.get("measure")
    fill = knobs["fill_scaling_defaults"]
    if measure is None:
        measure = {"hardwareUsage": DEFAULT_MEASURES["hardwareUsage"]} if fill else None
    else:
        ((kind, threshold),) = measure.items()
        measure = {kind: DEFAULT_MEASURES[kind] if threshold is None and fill else threshold}
    scaling["measure"] = measure
    compute["scaling"] = scaling
    offer = catalogue.find(spec["provider"], compute)
    if knobs["compute_id"]:
        compute["id"] = offer.id if offer else None
    return compute


def _shown_model(model: Document, image: Document, knobs: Knobs) -> Document:
    absent = knobs["absent_fields"]
    shown: Document = {
        "repository": model["repository"],
        "framework": model["framework"],
        "task": model.get("task") or knobs["default_task"],
        "revision": shown_revision(model, knobs),
        "image": image,
        "fromCatalog": bool(model.get("fromCatalog")),
    }
    env = {**knobs["server_env"], **(model.get("env") or {})}
    secrets = dict.fromkeys(model.get("secrets") or {})
    values = {
        "env": env,
        "secrets": {} if knobs["secrets_echo"] == "omit" else secrets,
        "args": model.get("args") or [],
        "command": model.get("command") or [],
    }
    for key, value in values.items():
        if value or absent == "empty":
            shown[key] = value
        elif absent == "null":
            shown[key] = None
    return shown


def shown_revision(model: Document, knobs: Knobs) -> str | None:
    """A branch reads back as the commit it stood for, unless the knob says otherwise."""
    given: str | None = model.get("revision")
    echo = knobs["revision_echo"]
    if echo == "as_given" or (given is None and echo == "null_if_omitted"):
        return given
    if given and len(given) == 40 and all(digit in "0123456789abcdef" for digit in given):
        return given
    return hashlib.sha1(f"{model['repository']}@{given or 'main'}".encode()).hexdigest()


def _shown_optional(spec: Document, knobs: Knobs) -> Document:
    shown: Document = {}
    for key in ("customRouter", "network", "privateService", "route"):
        if spec.get(key) is not None:
            shown[key] = spec[key]
        elif knobs["absent_fields"] != "omit":
            shown[key] = None
    return shown
