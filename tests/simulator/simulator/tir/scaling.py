"""Worker counts: the fixed number, the bounds and rules of autoscaling, the committed floor."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from simulator.tir.reading import REQUIRED, Findings, Reader

DEFAULT_POLICY: dict[str, Any] = {
    "min_replicas": 1,
    "max_replicas": 1,
    "stability_period": 300,
    "initial_cooldown_period": "0",
    "is_hold_queue": False,
    "rules": [],
}
RULE_NUMBERS = ("value", "watch_period", "granularity", "window")


@dataclass
class Scaling:
    replica: int = 1
    enabled: bool = False
    policy: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(DEFAULT_POLICY))

    @property
    def least(self) -> int:
        """Workers that are always there."""
        return int(self.policy["min_replicas"]) if self.enabled else self.replica

    def fix(self, count: int) -> None:
        """A fixed number of workers, autoscaling off."""
        self.replica, self.enabled = count, False

    def set_policy(self, policy: dict[str, Any]) -> None:
        """Equal bounds are a fixed number."""
        self.policy = policy
        low, high = policy["min_replicas"], policy["max_replicas"]
        if low == high:
            self.fix(low)
        else:
            self.enabled = True
            self.replica = min(max(self.replica, low), high)


def most(knobs: dict[str, Any], private: bool) -> int:
    return int(knobs["max_replicas_private" if private else "max_replicas"])


def read(reader: Reader, knobs: dict[str, Any], private: bool) -> Scaling:
    """The scaling part of a create body."""
    enabled = reader.flag("is_auto_scale_enabled", False)
    limit = most(knobs, private)
    replica = reader.integer("replica", 1, 0 if enabled else 1, limit)
    scaling = Scaling(1 if replica is None else replica)
    policy = read_policy(reader.child("auto_scale_policy"), DEFAULT_POLICY, knobs, enabled, limit)
    if enabled:
        scaling.set_policy(policy)
    else:
        scaling.policy = policy
    return scaling


def read_policy(
    reader: Reader, before: dict[str, Any], knobs: dict[str, Any], enabled: bool, limit: int
) -> dict[str, Any]:
    """A policy; what it leaves out stays as before. Bounds and rules count only if enabled."""
    policy = {
        "min_replicas": reader.number("min_replicas", before["min_replicas"], 0),
        "max_replicas": reader.number("max_replicas", before["max_replicas"], 0),
        "stability_period": reader.number("stability_period", before["stability_period"], 1),
        "initial_cooldown_period": _cooldown(reader, before),
        "is_hold_queue": reader.flag("is_hold_queue", before["is_hold_queue"]),
        "rules": before["rules"],
    }
    if reader.has("rules"):
        policy["rules"] = [_rule(item, knobs, enabled) for item in reader.children("rules")]
    else:
        reader.raw("rules")
    reader.done()
    if enabled:
        _check_bounds(reader, policy, limit)
    return policy


def _cooldown(reader: Reader, before: dict[str, Any]) -> str:
    value = reader.integer("initial_cooldown_period", None, 0)
    return str(before["initial_cooldown_period"] if value is None else value)


def _check_bounds(reader: Reader, policy: dict[str, Any], limit: int) -> None:
    low, high = policy["min_replicas"], policy["max_replicas"]
    if high > limit:
        reader.complain("max_replicas", f"Ensure this value is less than or equal to {limit}.")
    if high < 1 or low > high:
        reader.complain("max_replicas", "Must be at least 1 and not below min_replicas.")
    elif low < high and not policy["rules"]:
        reader.complain("rules", "At least one rule is needed.")


def _rule(reader: Reader, knobs: dict[str, Any], enabled: bool) -> dict[str, Any]:
    """A rule reads back as it was sent."""
    metric = reader.text("metric")
    if enabled and metric not in knobs["metrics"]:
        allowed = ", ".join(knobs["metrics"])
        reader.complain("metric", f'"{metric}" is not a valid choice. Allowed: {allowed}')
    rule: dict[str, Any] = {"metric": metric}
    rule["condition_type"] = reader.text("condition_type", "limit")
    for name in RULE_NUMBERS:
        sent = reader.raw(name)
        reader.integer(name, None, 1)
        if sent is not None:
            rule[name] = sent
    custom = reader.text("custom_metric_name")
    if enabled and metric == "custom" and not custom:
        reader.complain("custom_metric_name", REQUIRED)
    rule["custom_metric_name"] = custom
    reader.done()
    return rule


def check_floor(scaling: Scaling, committed: bool, floor: int, findings: Findings) -> None:
    """A committed endpoint keeps at least its committed workers, and one in any case."""
    if committed and scaling.least < max(1, floor):
        member = "auto_scale_policy.min_replicas" if scaling.enabled else "replica"
        findings.add(member, f"Cannot go below the {max(1, floor)} committed workers.")
