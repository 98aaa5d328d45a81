"""The body of create, patch and update: read, checked, and brought to one form."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from simulator.tir import catalogue, frameworks, machine, scaling
from simulator.tir.frameworks import Framework
from simulator.tir.machine import Machine
from simulator.tir.reading import REQUIRED, Findings, Reader, words_of
from simulator.tir.scaling import Scaling

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NAME_LENGTH = 50
IMAGE_LENGTH = 128
ENV_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
PROBE_NUMBERS = {
    "initial_delay_seconds": 0,
    "success_threshold": 1,
    "failure_threshold": 1,
    "period_seconds": 1,
    "timeout_seconds": 1,
}
PROBE_TEXTS = ("path", "grpc_service", "commands")
DETAIL_TEXTS = ("hugging_face_id", "tokenizer", "server_version", "model_serve_type")


@dataclass(frozen=True)
class Scope:
    """Where a body arrived, and which ids its project knows."""

    layout: str
    location: str | None  # of the query
    models: frozenset[int]
    integrations: frozenset[int]


@dataclass
class Spec:
    """An endpoint as asked for. `settings` has the wire's members that need no more than that."""

    name: str
    framework: Framework
    machine: Machine
    scaling: Scaling
    location: str
    committed_replicas: int
    settings: dict[str, Any]
    sent_words: dict[str, str] = field(default_factory=dict)  # base64 of args and commands


def read(sent: dict[str, Any], scope: Scope, knobs: dict[str, Any], findings: Findings) -> Spec:
    """The spec; it is worth something only if the findings have no error."""
    reader = Reader(sent, findings)
    reader.raw("action")
    name = reader.text("name", required=True)
    if name and (len(name) > NAME_LENGTH or not NAME.fullmatch(name)):
        reader.complain("name", "1 to 50 lowercase letters, digits and single inner hyphens.")
    framework = _framework(reader, knobs)
    chosen = machine.read(reader, scope.layout, knobs)
    private = chosen.private_cloud_id is not None
    scaled = scaling.read(reader, knobs, private)
    details, sent_words = _detailed_info(reader.child("detailed_info"), knobs)
    settings = {
        "path": reader.text("path"),
        **_sources(reader, scope, knobs),
        **_storage(reader, knobs),
        "detailed_info": details,
        "custom_endpoint_details": _custom_details(
            reader.child("custom_endpoint_details"), framework, knobs
        ),
    }
    location = _location(reader, scope, knobs)
    floor = reader.number("committed_replicas", 0, 0)
    reader.done()
    spec = Spec(name, framework, chosen, scaled, location, floor, settings, sent_words)
    _check_model(reader, spec, knobs)
    scaling.check_floor(scaled, chosen.committed, floor, findings)
    return spec


def _framework(reader: Reader, knobs: dict[str, Any]) -> Framework:
    offered = frameworks.offered(knobs)
    wire = reader.text("framework")
    if not wire:
        reader.complain("framework", "framework is mandatory")
    elif wire not in offered:
        allowed = ", ".join(offered)
        reader.complain("framework", f"Invalid framework. Allowed values are: {allowed}")
    return offered.get(wire, Framework(wire, wire, "unknown"))


def _location(reader: Reader, scope: Scope, knobs: dict[str, Any]) -> str:
    """The body's, the query's, or the first there is."""
    location = reader.text("location", scope.location or "", knobs["locations"])
    if scope.location and location and location != scope.location:
        reader.complain("location", "Not the location of the query.")
    return location or str(knobs["locations"][0])


def _sources(reader: Reader, scope: Scope, knobs: dict[str, Any]) -> dict[str, Any]:
    """Ids of the model repository, the integration and the dataset."""
    known = {
        "model_id": scope.models,
        "model_load_integration_id": scope.integrations,
        "dataset_id": frozenset(catalogue.DATASETS),
    }
    values = {}
    for name, numbers in known.items():
        value = values[name] = reader.integer(name, None, 1)
        if value is not None and knobs["check_references"] and value not in numbers:
            reader.complain(name, f'Invalid pk "{value}" - object does not exist.')
    if values["model_id"] is not None and values["model_load_integration_id"] is not None:
        reader.complain("model_id", "Either model_id or model_load_integration_id, not both.")
    return {**values, "dataset_path": reader.text("dataset_path")}


def _storage(reader: Reader, knobs: dict[str, Any]) -> dict[str, Any]:
    kind = reader.text("storage_type", "disk", knobs["storage_types"] or None)
    sfs_id = reader.integer("sfs_id", None, 1)
    if kind == "sfs" and sfs_id is None:
        reader.complain("sfs_id", REQUIRED)
    result: dict[str, Any] = {
        "storage_type": kind,
        "cluster_type": reader.text("cluster_type", "tir-cluster", knobs["cluster_types"] or None),
        "sfs_id": sfs_id,
    }
    for name, default in (("disk_path", "/mnt/models"), ("sfs_path", "/shared/.cache")):
        result[name] = reader.text(name) or default
        if not result[name].startswith("/"):
            reader.complain(name, "An absolute path is required.")
    return result


def _detailed_info(reader: Reader, knobs: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    sent = {name: reader.text(name) for name in ("commands", "args")}
    result: dict[str, Any] = {}
    for name, text in sent.items():
        words = words_of(text, knobs["list_text"])
        if words is None:
            reader.complain(name, "Expected base64 of a list of strings.")
        result[name] = words or []
    for name in DETAIL_TEXTS:
        result[name] = reader.text(name)
    result["world_size"] = reader.number("world_size", 1, 1)
    for name in ("error_log", "info_log", "warning_log"):
        result[name] = reader.flag(name, True)
    result["log_verbose_level"] = reader.number("log_verbose_level", 1, 0)
    result["engine_args"] = reader.mapping("engine_args")
    reader.done()
    return result, sent


def _custom_details(reader: Reader, framework: Framework, knobs: dict[str, Any]) -> dict[str, Any]:
    result = {
        "service_port": reader.flag("service_port", False),
        "metric_port": reader.flag("metric_port", False),
        "public_ip": reader.text("public_ip", "no", ("yes", "no")),
        "container": _container(reader.child("container"), framework, knobs),
        "resource_details": _resources(reader.child("resource_details")),
    }
    reader.done()
    return result


def _container(reader: Reader, framework: Framework, knobs: dict[str, Any]) -> dict[str, Any]:
    image = reader.text("container_name", required=framework.kind == "custom")
    kind = reader.text("container_type", "public", ("public", "private"))
    details = reader.child("private_image_details")
    namespace = details.integer("registry_namespace_id", None, 1, required=kind == "private")
    details.done()
    known = namespace in catalogue.NAMESPACES or not knobs["check_references"]
    if namespace is not None and not known:
        details.complain("registry_namespace_id", "Namespace not found.")
    if kind == "private" and not image:
        reader.complain("container_name", REQUIRED)
    if kind == "public" and len(image) > IMAGE_LENGTH:
        reader.complain("container_name", f"No more than {IMAGE_LENGTH} characters.")
    advanced = reader.child("advance_config")
    config = {
        "image_pull_policy": advanced.text(
            "image_pull_policy", "Always", ("Always", "IfNotPresent")
        ),
        "is_readiness_probe_enabled": advanced.flag("is_readiness_probe_enabled", False),
        "is_liveness_probe_enabled": advanced.flag("is_liveness_probe_enabled", False),
        "readiness_probe": _probe(advanced, "readiness_probe"),
        "liveness_probe": _probe(advanced, "liveness_probe"),
    }
    advanced.done()
    reader.done()
    return {
        "container_name": image or framework.image,
        "container_type": kind,
        "private_image_details": (
            {} if namespace is None else {"registry_namespace_id": namespace}
        ),
        "advance_config": config,
    }


def _probe(config: Reader, name: str) -> dict[str, Any]:
    """{} when none was sent (null, or an empty object)."""
    if not config.raw(name):
        return {}
    reader = config.child(name)
    probe: dict[str, Any] = {"protocol": reader.text("protocol", "http")}
    for member, least in PROBE_NUMBERS.items():
        probe[member] = reader.integer(member, None, least, required=True)
    probe["port"] = reader.integer("port", None, 1, 65535, required=True)
    for member in PROBE_TEXTS:
        if reader.has(member):
            probe[member] = reader.text(member)
        else:
            reader.raw(member)
    if probe["protocol"] == "http" and not probe.get("path"):
        reader.complain("path", REQUIRED)
    reader.done()
    return probe


def _resources(reader: Reader) -> dict[str, Any]:
    disk = reader.number("disk_size", 100, 1)
    mount = reader.text("mount_path")
    variables = []
    keys: set[str] = set()
    for item in reader.children("env_variables"):
        key = item.text("key", required=True)
        if key and not ENV_KEY.fullmatch(key):
            item.complain("key", "Not a valid name of an environment variable.")
        if key in keys:
            item.complain("key", "Given more than once.")
        keys.add(key)
        disabled = item.child("disabled")
        variable: dict[str, Any] = {
            "key": key,
            "value": item.text("value"),
            "required": item.flag("required", False),
            "disabled": {
                "key": disabled.flag("key", False),
                "value": disabled.flag("value", False),
            },
        }
        disabled.done()
        item.done()
        variables.append(variable)
    reader.done()
    return {"disk_size": disk, "mount_path": mount, "env_variables": variables}


def _check_model(reader: Reader, spec: Spec, knobs: dict[str, Any]) -> None:
    """What the framework needs to find its model and its server."""
    settings, framework = spec.settings, spec.framework
    details = settings["detailed_info"]
    repository = settings["model_id"] is not None
    integration = settings["model_load_integration_id"] is not None
    if framework.kind == "engine" and not repository and not details["hugging_face_id"]:
        reader.complain("detailed_info.hugging_face_id", REQUIRED)
    needs_model = framework.wire in ("triton", "pytorch", "tensorrt") and knobs["model_required"]
    if needs_model and not repository and not integration:
        reader.complain("model_id", REQUIRED)
    if details["hugging_face_id"] == "custom" and not _custom_model_given(settings, knobs):
        reader.complain("detailed_info.hugging_face_id", "The custom model was not given.")
    version = details["server_version"]
    if version and knobs["check_server_version"]:
        _check_version(reader, framework, version)


def _check_version(reader: Reader, framework: Framework, version: str) -> None:
    allowed = [*framework.versions, "custom"] if framework.versioned else []
    if version not in allowed:
        text = f"Allowed: {', '.join(allowed)}" if allowed else "This framework has no versions."
        reader.complain("detailed_info.server_version", text)


def _custom_model_given(settings: dict[str, Any], knobs: dict[str, Any]) -> bool:
    """Where the model of `hugging_face_id: custom` is looked for is not documented."""
    where = knobs["custom_model_in"]
    details = settings["detailed_info"]
    if where == "args":
        return any(word.split("=")[0] == "--model" for word in details["args"])
    if where == "engine_args":
        return bool(details["engine_args"].get("model"))
    if where == "path":
        return bool(settings["path"])
    return bool(where != "refuse")
