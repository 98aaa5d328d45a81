"""How an endpoint reads back."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from simulator.base.clock import rfc3339
from simulator.base.patching import merge, remove_pointer, set_pointer
from simulator.tir.catalogue import USER
from simulator.tir.endpoint import Endpoint

TIME_DIGITS = 6
MASK = "******"
FLAGS = ("image_pull_policy", "is_readiness_probe_enabled", "is_liveness_probe_enabled")
Knobs = Mapping[str, Any]
Document = dict[str, Any]


def shown_status(state: str, knobs: Knobs) -> str:
    """The wire's word for a state, in the letter case asked for."""
    word = str(knobs["words"].get(state, state))
    case = knobs["status_case"]
    return {"lower": word.lower(), "upper": word.upper(), "title": word.title()}.get(case, word)


def show(
    endpoint: Endpoint,
    models: Mapping[int, Document],
    knobs: Knobs,
    status: str | None = None,
    updated: float | None = None,
) -> Document:
    """The object in `data`; status and time may be others than the present ones."""
    spec = endpoint.spec
    settings = copy.deepcopy(spec.settings)
    details = settings.pop("detailed_info")
    custom = settings.pop("custom_endpoint_details")
    model_id = settings.pop("model_id")
    repository = models.get(model_id, {}) if model_id else {}
    view: Document = {
        "id": endpoint.id,
        "name": spec.name,
        "status": shown_status(status or endpoint.status, knobs),
        "message": endpoint.message,
        "created_at": rfc3339(endpoint.created, TIME_DIGITS),
        "updated_at": rfc3339(endpoint.updated if updated is None else updated, TIME_DIGITS),
        "created_by": dict(USER),
        "framework": spec.framework.wire,
        "model_type": repository.get("model_type"),
        "storage_url": repository.get("bucket", {}).get("bucket_url", ""),
        "dataset": {"id": settings["dataset_id"]} if settings["dataset_id"] else {},
        "dataset_storage_url": "",
        "location": spec.location,
        "replica": spec.scaling.replica,
        "committed_replicas": spec.committed_replicas,
        "is_auto_scale_enabled": spec.scaling.enabled,
        "auto_scale_policy": _policy(endpoint, knobs),
        "detailed_info": _details(details, spec.sent_words, knobs),
        "custom_endpoint_details": _custom(custom, knobs),
        "async_enabled": endpoint.asynchronous.get("async_enabled", False),
        "async_dataset_id": endpoint.asynchronous.get("async_dataset_id"),
        **settings,
        **_machine(endpoint, knobs),
        **_model(model_id, repository, knobs),
    }
    return _shaped(merge(view, endpoint.overrides), knobs)


def _model(model_id: int | None, repository: Document, knobs: Knobs) -> Document:
    named = {"id": model_id, "name": repository.get("name", "")} if model_id else {}
    echo = knobs["model_echo"]
    result: Document = {"model": named} if echo in ("both", "model") else {}
    if echo in ("both", "model_id"):
        result["model_id"] = model_id
    return result


def _machine(endpoint: Endpoint, knobs: Knobs) -> Document:
    machine = endpoint.spec.machine
    specs: Document = {"name": ""}
    plan: Document = {"sku_type": "", "committed_days": 0, "currency": ""}
    if machine.sku is not None and machine.plan is not None:
        specs = machine.sku.as_json(knobs)
        for name in ("plans", "is_free", "is_inventory_available"):
            del specs[name]
        plan = machine.plan.as_json
    return {
        "sku": machine.sku.sku_id if machine.sku else None,
        "sku_details": {"specs": specs, "plan": plan},
        "next_sku_item_price_id": machine.next_price_id,
        "private_cloud_id": machine.private_cloud_id,
        "custom_sku": dict(machine.custom_sku),
        "committed_instance_policy": machine.policy,
    }


def _policy(endpoint: Endpoint, knobs: Knobs) -> Document:
    policy = copy.deepcopy(endpoint.spec.scaling.policy)
    if knobs["documented_strings"]:
        policy["stability_period"] = str(policy["stability_period"])
    return policy


def _details(details: Document, sent: Mapping[str, str], knobs: Knobs) -> Document:
    echo = knobs["args_echo"]
    for name in ("args", "commands"):
        if echo == "base64":
            details[name] = sent.get(name, "")
        elif echo == "text":
            details[name] = json.dumps(details[name]) if details[name] else ""
    return details


def _custom(custom: Document, knobs: Knobs) -> Document:
    container = custom["container"]
    config = container["advance_config"]
    for name in ("readiness_probe", "liveness_probe"):
        if "port" in config[name] and knobs["documented_strings"]:
            config[name]["port"] = str(config[name]["port"])
    place = knobs["probe_flags_in"]
    for name in FLAGS:
        if place in ("container", "both"):
            container[name] = config[name]
        if place == "container":
            del config[name]
    for variable in custom["resource_details"]["env_variables"]:
        if knobs["env_values"] == "masked":
            variable["value"] = MASK
        elif knobs["env_values"] == "omitted":
            del variable["value"]
    return custom


def _shaped(view: Document, knobs: Knobs) -> Document:
    for path in knobs["answer_nulls"]:
        set_pointer(view, "/" + path.replace(".", "/"), None)
    for path in knobs["answer_omits"]:
        remove_pointer(view, "/" + path.replace(".", "/"))
    if knobs["integers"] == "string":
        view = _spelled(view)
    return view


def _spelled(value: Any) -> Any:
    """Every integer as text."""
    if isinstance(value, dict):
        return {key: _spelled(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_spelled(member) for member in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value
