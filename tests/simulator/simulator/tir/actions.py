"""The actions behind the one PUT: what each takes, in which states, and what it changes."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from simulator.base.patching import remove_pointer, set_pointer
from simulator.tir import body, scaling
from simulator.tir.body import Scope, Spec
from simulator.tir.endpoint import Endpoint
from simulator.tir.errors import ApiError, bad_field, bad_request, invalid
from simulator.tir.machine import Machine
from simulator.tir.reading import REQUIRED, Findings, Reader

Knobs = dict[str, Any]
Document = dict[str, Any]
SCALING_MEMBERS = ("replica", "is_auto_scale_enabled", "auto_scale_policy")
NO_INVENTORY = "SKU inventory is temporarily unavailable, please try again"
NO_CREDIT = "Insufficient credit balance"


def use_up(knobs: Knobs, name: str) -> bool:
    """Whether a `fail_next_...` knob strikes now."""
    if knobs[name] <= 0:
        return False
    knobs[name] -= 1
    return True


def check_capacity(machine: Machine, project: str, knobs: Knobs) -> None:
    """Credit and inventory: at create, start and a change of the machine."""
    if project in {str(number) for number in knobs["unpaid_projects"]}:
        raise ApiError(knobs["credit_status"], NO_CREDIT)
    if machine.sku is not None and not machine.sku.available(knobs):
        raise ApiError(knobs["inventory_status"], NO_INVENTORY)


def member_at(document: Any, path: str) -> tuple[bool, Any]:
    """Whether a dotted path leads to something, and to what."""
    for step in path.split("."):
        if not isinstance(document, Mapping) or step not in document:
            return False, None
        document = document[step]
    return True, document


def keep(sent: Document, stored: Document, paths: Iterable[str]) -> Document:
    """What was sent, but with the stored values (or nothing) at some paths."""
    result = copy.deepcopy(sent)
    for path in paths:
        pointer = "/" + path.replace(".", "/")
        found, value = member_at(stored, path)
        if found:
            set_pointer(result, pointer, copy.deepcopy(value))
        else:
            remove_pointer(result, pointer)
    return result


class Actions:
    """One PUT on one endpoint."""

    def __init__(
        self, endpoint: Endpoint, sent: Document, scope: Scope, knobs: Knobs, now: float
    ) -> None:
        self.endpoint = endpoint
        self.sent = sent
        self.scope = scope
        self.knobs = knobs
        self.now = now
        self.findings = Findings()
        self._actions: dict[str, Callable[[], None]] = {
            "patch": self._form,
            "update": self._form,
            "stop": self._stop,
            "start": self._start,
            "restart": self._restart,
            "update_auto_scale": self._update_auto_scale,
            "disable_auto_scale": self._disable_auto_scale,
            "update_async_configuration": self._update_async,
        }

    def run(self) -> None:
        """Carry it out, or ApiError with nothing changed."""
        action = self.sent.get("action")
        allowed = self.knobs["actions"]
        if action not in allowed or action not in self._actions:
            text = f"Invalid action. Allowed values are: {', '.join(allowed)}"
            raise ApiError(400, text, {"action": [text]})
        endpoint = self.endpoint
        if endpoint.deletion is not None:
            raise bad_request("The endpoint is being deleted")
        if endpoint.status not in self.knobs["action_states"][action]:
            raise bad_request(
                f"Action {action} is not allowed while the endpoint is {endpoint.status}"
            )
        self._actions[action]()

    def _reader(self) -> Reader:
        reader = Reader(self.sent, self.findings)
        reader.raw("action")
        return reader

    def _refuse_errors(self) -> None:
        if self.findings.errors:
            raise invalid(self.findings.errors)

    # The form: patch of a live endpoint, update of a stopped one.

    def _form(self) -> None:
        endpoint, action = self.endpoint, self.sent["action"]
        self._checked(self.sent)
        kept = list(self.knobs["drop_update_fields"])
        if not self.knobs["form_scales"][action]:
            kept += SCALING_MEMBERS
        if self.knobs["name_change"] == "ignore":
            kept.append("name")
        if self.knobs["framework_change"] == "ignore":
            kept.append("framework")
        raw = keep(self.sent, endpoint.raw, kept)
        raw.pop("action", None)
        self.findings = Findings(ignored=self.findings.ignored)
        spec = self._checked(raw)
        self._check_change(endpoint.spec, spec)
        if spec.machine.same_plan != endpoint.spec.machine.same_plan:
            check_capacity(spec.machine, endpoint.project, self.knobs)
        endpoint.spec, endpoint.raw = spec, raw
        if action == "update":
            endpoint.touch(self.now)
        else:
            endpoint.start(self.now, self.knobs, use_up(self.knobs, "fail_next_patch"))

    def _checked(self, sent: Document) -> Spec:
        findings = Findings()
        spec = body.read(sent, self.scope, self.knobs, findings)
        self.findings.ignored = self.findings.ignored or findings.ignored
        self.findings.errors = findings.errors
        self._refuse_errors()
        return spec

    def _check_change(self, old: Spec, new: Spec) -> None:
        if new.name != old.name and self.knobs["name_change"] == "refuse":
            raise bad_field("name", "The name cannot be changed.")
        if new.location != old.location:
            raise bad_field("location", "The location cannot be changed.")
        if new.framework != old.framework and self.knobs["framework_change"] == "refuse":
            raise bad_field("framework", "cannot change framework")
        if old.machine.committed:
            if new.machine.same_plan != old.machine.same_plan:
                raise bad_field("sku_type", "The plan of a committed endpoint cannot be changed.")
            if new.committed_replicas < old.committed_replicas:
                text = f"Cannot go below the {old.committed_replicas} committed workers."
                raise bad_field("committed_replicas", text)
        scaling.check_floor(
            new.scaling, new.machine.committed, new.committed_replicas, self.findings
        )
        self._refuse_errors()

    # Stop and start.

    def _stop(self) -> None:
        self._reader().done()
        if self.endpoint.spec.machine.committed:
            raise bad_request("An endpoint with a committed plan cannot be stopped")
        self.endpoint.stop(self.now, self.knobs)

    def _start(self) -> None:
        self._reader().done()
        check_capacity(self.endpoint.spec.machine, self.endpoint.project, self.knobs)
        self.endpoint.start(self.now, self.knobs, use_up(self.knobs, "fail_next_start"))

    def _restart(self) -> None:
        self._reader().done()
        self.endpoint.replicas.clear()
        self.endpoint.start(self.now, self.knobs, use_up(self.knobs, "fail_next_start"))

    # Workers.

    def _limit(self) -> int:
        private = self.endpoint.spec.machine.private_cloud_id is not None
        return scaling.most(self.knobs, private)

    def _update_auto_scale(self) -> None:
        reader = self._reader()
        if not reader.has("auto_scale_policy"):
            reader.complain("auto_scale_policy", REQUIRED)
        changed = copy.deepcopy(self.endpoint.spec.scaling)
        policy = scaling.read_policy(
            reader.child("auto_scale_policy"), changed.policy, self.knobs, True, self._limit()
        )
        reader.done()
        self._refuse_errors()
        changed.set_policy(policy)
        self._scale(changed)

    def _disable_auto_scale(self) -> None:
        reader = self._reader()
        count = reader.integer("replicas", None, 1, self._limit(), required=True)
        reader.done()
        self._refuse_errors()
        changed = copy.deepcopy(self.endpoint.spec.scaling)
        changed.fix(count or 1)
        self._scale(changed)

    def _scale(self, changed: scaling.Scaling) -> None:
        endpoint = self.endpoint
        spec = endpoint.spec
        scaling.check_floor(changed, spec.machine.committed, spec.committed_replicas, self.findings)
        self._refuse_errors()
        spec.scaling = changed
        endpoint.raw["replica"] = changed.replica
        endpoint.raw["is_auto_scale_enabled"] = changed.enabled
        endpoint.raw["auto_scale_policy"] = copy.deepcopy(changed.policy)
        passing = ("waiting",) if self.knobs["scaling_waits"] else ()
        endpoint.enter(self.now, passing, endpoint.ready, self.knobs)

    def _update_async(self) -> None:
        reader = self._reader()
        values: Document = {
            "async_enabled": reader.flag("async_enabled", False),
            "async_concurrent_workers": reader.integer("async_concurrent_workers", 1, 1),
            "async_dataset_id": reader.integer("async_dataset_id", None, 1),
            "async_destination_type": reader.text("async_destination_type"),
            "async_target_routes": [
                {"route_name": item.text("route_name"), "route_value": item.text("route_value")}
                for item in reader.children("async_target_routes")
            ],
        }
        reader.done()
        if values["async_enabled"] and values["async_dataset_id"] is None:
            reader.complain("async_dataset_id", REQUIRED)
        self._refuse_errors()
        self.endpoint.asynchronous = values
        self.endpoint.touch(self.now)
