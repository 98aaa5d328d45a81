"""E2E Networks TIR (reference: tir.md 2 to 5): what changes in place, what replaces, what drifts.

Ids are made by the service, every form is whole and one PUT has many actions, so its tests are in a
folder of their own. `form` says what the service has to be told for given inputs.
"""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable, Sequence
from typing import Any

from simulator.client import Simulator

from clouds.description import Call, Change, Drift, Json, Refusal, Replacement, at, patched

TOKEN = "inference:tir:Endpoint"
KEY, BEARER = "tir_simulator_key", "tir_simulator_token"
TEAM, PROJECT, LOCATION = "7", "501", "Delhi"
MOUNT = "/myaccount/api/v1/gpu"
QUICK: Json = {"polls": {"waiting": 0, "terminating": 0, "deleting": 0}}
SLOW: Json = {"polls": {"waiting": 1, "terminating": 1, "deleting": 1}}
ENDLESS: Json = {"polls": {"waiting": 100000}}
CREATE, DELETE = "endpoint.create", "endpoint.delete"
PATCH, UPDATE = "endpoint.patch", "endpoint.update"
START, STOP = "endpoint.start", "endpoint.stop"
SCALE, FIX = "endpoint.updateAutoScale", "endpoint.disableAutoScale"
GET, LIST = "endpoint.get", "endpoint.list"
BASE: Json = {
    "framework": "VLLM",
    "skuName": "L4.1",
    "skuType": "hourly",
    "currency": "INR",
    "modelLoadIntegrationId": "41",
    "detailedInfo": {"huggingFaceId": "google/gemma-2b"},
}
COMMITTED: Json = {
    "skuType": "committed",
    "committedDays": 30,
    "committedInstancePolicy": "auto_renew",
    "committedReplicas": 1,
}
RULE: Json = {"metric": "concurrency", "value": 12}
SCALED: Json = {
    "isAutoScaleEnabled": True,
    "autoScalePolicy": {"minReplicas": 1, "maxReplicas": 3, "rules": [RULE]},
}
URL = "https://infer.e2enetworks.net/project/p-501/endpoint/is-{id}/"


def config(url: str, team: str = "") -> Json:
    result = {
        "inference:tirEndpoint": url + MOUNT,
        "inference:tirApiKey": KEY,
        "inference:tirAuthToken": BEARER,
        "inference:tirProjectId": PROJECT,
        "inference:tirLocation": LOCATION,
    }
    return {**result, "inference:tirTeamId": team} if team else result


# The form.

FRAMEWORKS = {
    "VLLM": ("vllm", "vllm/vllm-openai:latest", None, "full-model"),
    "SGLANG": ("sglang", "lmsysorg/sglang:latest", None, ""),
    "MPT": ("mpt", "vllm/vllm-openai:latest", "mosaicml/mpt-7b-instruct", ""),
    "PYTORCH": ("pytorch", "pytorch/torchserve:", "", ""),
    "CUSTOM": ("custom", "", "", ""),
}
RULE_MEMBERS = {
    "metric": ("metric", ""),
    "custom_metric_name": ("customMetricName", ""),
    "condition_type": ("conditionType", "limit"),
    "value": ("value", 10),
    "watch_period": ("watchPeriod", 60),
    "granularity": ("granularity", 1),
    "window": ("window", 1),
}
PROBE_MEMBERS = {
    "protocol": ("protocol", "http"),
    "initial_delay_seconds": ("initialDelaySeconds", 10),
    "success_threshold": ("successThreshold", 1),
    "failure_threshold": ("failureThreshold", 3),
    "port": ("port", 8080),
    "period_seconds": ("periodSeconds", 10),
    "timeout_seconds": ("timeoutSeconds", 10),
    "grpc_service": ("grpcService", None),
    "commands": ("commands", None),
}


def _members(given: Json, names: dict[str, tuple[str, Any]]) -> Json:
    found = {wire: given.get(name, default) for wire, (name, default) in names.items()}
    return {wire: value for wire, value in found.items() if value is not None}


def _probe(given: Json, path: str) -> Json:
    return {**_members(given, PROBE_MEMBERS), "path": given.get("path", path)}


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def _words(words: list[str] | None) -> str:
    text = json.dumps(words, separators=(",", ":")) if words else ""
    return base64.b64encode(text.encode()).decode()


def policy(inputs: Json) -> Json:
    given = inputs.get("autoScalePolicy", {})
    return {
        "min_replicas": given.get("minReplicas", 1),
        "max_replicas": given.get("maxReplicas", 1),
        "stability_period": given.get("stabilityPeriod", 300),
        "rules": [_members(rule, RULE_MEMBERS) for rule in given.get("rules", [])],
    }


def _image(inputs: Json) -> str:
    own = FRAMEWORKS[inputs["framework"]][1]
    version = inputs.get("detailedInfo", {}).get("serverVersion", "").removeprefix("v")
    return str(inputs.get("containerImage", own + version if own.endswith(":") else own))


def _details(inputs: Json) -> Json:
    given = inputs.get("detailedInfo", {})
    _, _, model, serves = FRAMEWORKS[inputs["framework"]]
    return {
        "commands": _words(given.get("commands")),
        "args": _words(given.get("args")),
        "hugging_face_id": given.get("huggingFaceId", "") if model is None else model,
        "tokenizer": given.get("tokenizer", ""),
        "server_version": given.get("serverVersion", ""),
        "world_size": given.get("worldSize", 1),
        "error_log": given.get("errorLog", True),
        "info_log": given.get("infoLog", True),
        "warning_log": given.get("warningLog", True),
        "log_verbose_level": given.get("logVerboseLevel", 1),
        "model_serve_type": given.get("modelServeType", serves),
        "engine_args": given.get("engineArgs", {}),
    }


def _variables(inputs: Json) -> list[Json]:
    given = inputs.get("resourceDetails", {}).get("envVariables", [])
    return [
        {
            "value": "",
            "required": False,
            **row,
            "disabled": {
                "key": False,
                "value": False,
                **row.get("disabled", {}),
            },
        }
        for row in given
    ]


def _container(inputs: Json) -> Json:
    private = {}
    if inputs.get("containerType") == "private":
        private = {"registry_namespace_id": _number(inputs["registryNamespaceId"])}
    return {
        "container_name": _image(inputs),
        "container_type": inputs.get("containerType", "public"),
        "private_image_details": private,
        "advance_config": {
            "image_pull_policy": inputs.get("imagePullPolicy", "Always"),
            "is_readiness_probe_enabled": inputs.get("isReadinessProbeEnabled", False),
            "is_liveness_probe_enabled": inputs.get("isLivenessProbeEnabled", False),
            "readiness_probe": _probe(inputs.get("readinessProbe", {}), "/health"),
            "liveness_probe": _probe(inputs.get("livenessProbe", {}), "/metrics"),
        },
    }


def _machine(inputs: Json) -> Json:
    if "privateCloudId" in inputs:
        return {
            "private_cloud_id": _number(inputs["privateCloudId"]),
            "custom_sku": inputs["customSku"],
        }
    return {"sku_name": inputs["skuName"], "sku_type": inputs["skuType"]}


def form(inputs: Json, action: str | None = None) -> Json:
    """What a create of these inputs sends, or (with an action) a change."""
    resources = inputs.get("resourceDetails", {})
    body: Json = {
        "name": inputs["name"],
        "path": inputs.get("modelPath", ""),
        "category": "inference_service",
        "framework": FRAMEWORKS[inputs["framework"]][0],
        "model_id": _number(inputs.get("modelId")),
        "model_load_integration_id": _number(inputs.get("modelLoadIntegrationId")),
        "dataset_id": _number(inputs.get("datasetId")),
        "dataset_path": inputs.get("datasetPath", ""),
        **_machine(inputs),
        "committed_days": inputs.get("committedDays", 0),
        "committed_instance_policy": inputs.get("committedInstancePolicy", ""),
        "location": inputs.get("location", LOCATION),
        "currency": inputs["currency"],
        "replica": inputs.get("replica", 1),
        "committed_replicas": inputs.get("committedReplicas", 0),
        "is_auto_scale_enabled": inputs.get("isAutoScaleEnabled", False),
        "auto_scale_policy": policy(inputs),
        "detailed_info": _details(inputs),
        "custom_endpoint_details": {
            "service_port": inputs.get("servicePort", False),
            "metric_port": inputs.get("metricPort", False),
            "public_ip": inputs.get("publicIp", "no"),
            "container": _container(inputs),
            "resource_details": {
                "disk_size": resources.get("diskSize", 100),
                "mount_path": resources.get("mountPath", ""),
                "env_variables": _variables(inputs),
            },
        },
        "cluster_type": inputs.get("clusterType", "tir-cluster"),
        "storage_type": inputs.get("storageType", "disk"),
        "disk_path": inputs.get("diskPath", "/mnt/models"),
        "sfs_path": inputs.get("sfsPath", "/shared/.cache"),
    }
    if "sfsId" in inputs:
        body["sfs_id"] = _number(inputs["sfsId"])
    return {"action": action, **body} if action else body


def call(operation: str, inputs: Json) -> Call:
    """The request of an operation for these inputs."""
    if operation == CREATE:
        return operation, form(inputs)
    if operation in (PATCH, UPDATE):
        return operation, form(inputs, operation.split(".")[1])
    if operation == SCALE:
        return operation, {"action": "update_auto_scale", "auto_scale_policy": policy(inputs)}
    if operation == FIX:
        return operation, {"action": "disable_auto_scale", "replicas": inputs.get("replica", 1)}
    return operation, {"action": operation.split(".")[1]}


# In place. The calls of a row are operations; their bodies follow from the new inputs.


def _changes() -> tuple[Change, ...]:
    rows: list[Change] = []

    def add(
        id: str,
        before: Json,
        after: Json,
        diff: dict[str, str],
        *operations: str,
        given: Json | None = None,
    ) -> None:
        base = patched(BASE, given or {})
        steps: Sequence[Call] = [(operation, None) for operation in operations]
        rows.append(Change(id, patched(base, before), patched(base, after), diff, steps))

    def value(path: str, old: Any, new: Any, given: Json | None = None) -> None:
        add(path, at(path, old), at(path, new), {path: "update"}, PATCH, given=given)
        if given is None:
            head = path.split(".")[0]
            shown = path if head == "detailedInfo" else head
            add(f"{path} add", {}, at(path, new), {shown: "add"}, PATCH)
            add(f"{path} delete", at(path, new), {}, {shown: "delete"}, PATCH)

    add("skuName", {}, {"skuName": "L4.2"}, {"skuName": "update"}, PATCH)
    add(
        "to a committed plan",
        {},
        COMMITTED,
        {
            "skuType": "update",
            "committedDays": "add",
            "committedInstancePolicy": "add",
            "committedReplicas": "add",
        },
        PATCH,
    )
    add(
        "policy",
        {},
        {"committedInstancePolicy": "auto_terminate"},
        {
            "committedInstancePolicy": "update",
        },
        PATCH,
        given=COMMITTED,
    )
    value("modelPath", "a", "b")
    add(
        "a repository instead",
        {},
        {"modelLoadIntegrationId": None, "modelId": "2104"},
        {
            "modelLoadIntegrationId": "delete",
            "modelId": "add",
        },
        PATCH,
    )
    value("datasetPath", "a", "b")
    value("diskPath", "/a", "/b")
    value("sfsPath", "/a", "/b")
    add(
        "storageType",
        {},
        {"storageType": "sfs", "sfsId": "5"},
        {
            "storageType": "add",
            "sfsId": "add",
        },
        PATCH,
    )
    value("imagePullPolicy", "Always", "IfNotPresent", {"modelPath": "x"})
    value("containerImage", "a:1", "b:1")
    value("servicePort", False, True, {})
    value("metricPort", False, True, {})
    value("publicIp", "no", "yes", {})
    for which in ("readiness", "liveness"):
        value(f"is{which.capitalize()}ProbeEnabled", False, True, {})
        value(f"{which}Probe.port", 80, 81)
        value(f"{which}Probe.path", "/a", "/b")
        value(f"{which}Probe.protocol", "http", "tcp", {})
        value(f"{which}Probe.periodSeconds", 5, 6)
    value("resourceDetails.diskSize", 200, 300)
    value("resourceDetails.mountPath", "/a", "/b")
    one, two = {"key": "A", "value": "1"}, {"key": "B", "value": "2"}
    add(
        "a variable more",
        {"resourceDetails": {"envVariables": [one]}},
        {"resourceDetails": {"envVariables": [one, two]}},
        {"resourceDetails.envVariables[1]": "add"},
        PATCH,
    )
    value("detailedInfo.huggingFaceId", "gpt2", "bigscience/bloom", {})
    value("detailedInfo.tokenizer", "a", "b")
    value("detailedInfo.worldSize", 2, 3)
    value("detailedInfo.logVerboseLevel", 2, 3)
    value("detailedInfo.infoLog", True, False, {})
    value("detailedInfo.modelServeType", "full-model", "peft-model", {})
    value("detailedInfo.args", ["--a"], ["--b", "c"])
    value("detailedInfo.commands", ["a"], ["b"])
    value("detailedInfo.engineArgs.seed", 1, 2, at("detailedInfo.engineArgs.max_loras", 3))
    value(
        "detailedInfo.serverVersion",
        "v0.9.0",
        "v0.8.2",
        {
            "framework": "PYTORCH",
            "modelId": "2102",
            "modelLoadIntegrationId": None,
            "detailedInfo": {"huggingFaceId": None},
        },
    )
    add("replica", {"replica": 1}, {"replica": 2}, {"replica": "update"}, FIX)
    add("replica add", {}, {"replica": 2}, {"replica": "add"}, FIX)
    add(
        "autoscaling on",
        {},
        SCALED,
        {
            "isAutoScaleEnabled": "add",
            "autoScalePolicy": "add",
        },
        SCALE,
    )
    add(
        "autoscaling off",
        SCALED,
        {"replica": 2},
        {
            "isAutoScaleEnabled": "delete",
            "autoScalePolicy": "delete",
            "replica": "add",
        },
        FIX,
    )
    add(
        "bounds",
        SCALED,
        patched(SCALED, {"autoScalePolicy": {"maxReplicas": 5}}),
        {
            "autoScalePolicy.maxReplicas": "update",
        },
        SCALE,
    )
    add(
        "rule",
        SCALED,
        patched(SCALED, {"autoScalePolicy": {"rules": [{**RULE, "value": 5}]}}),
        {
            "autoScalePolicy.rules[0].value": "update",
        },
        SCALE,
    )
    add(
        "settings and workers",
        {},
        {"modelPath": "a", "replica": 3},
        {
            "modelPath": "add",
            "replica": "add",
        },
        PATCH,
        FIX,
    )
    paused = {"desiredState": "paused"}
    add("pause", {}, paused, {"desiredState": "add"}, STOP)
    add("resume", paused, {}, {"desiredState": "delete"}, START)
    add(
        "pause, settings and workers",
        {},
        {**paused, "modelPath": "a", "replica": 2},
        {
            "desiredState": "add",
            "modelPath": "add",
            "replica": "add",
        },
        PATCH,
        FIX,
        STOP,
    )
    add(
        "resume, settings and workers",
        paused,
        {"modelPath": "a", "replica": 2},
        {
            "desiredState": "delete",
            "modelPath": "add",
            "replica": "add",
        },
        UPDATE,
        START,
    )
    add(
        "settings while paused",
        paused,
        {**paused, "modelPath": "a"},
        {
            "modelPath": "add",
        },
        UPDATE,
    )
    former = {"stopInference": "start"}
    add(
        "pause, as it was spelled",
        former,
        {"stopInference": "stop"},
        {
            "stopInference": "update",
        },
        STOP,
    )
    add("activeIam", {}, {"activeIam": "88"}, {"activeIam": "add"})
    add("framework in the service's word", {}, {"framework": "VLLM"}, {})
    add("a team", {}, {"teamId": TEAM}, {})
    add(
        "defaults",
        {},
        {
            "replica": 1,
            "storageType": "disk",
            "clusterType": "tir-cluster",
            "desiredState": "running",
            "isAutoScaleEnabled": False,
            "readinessProbe": {"path": "/health"},
            "publicIp": "no",
            "detailedInfo": {"worldSize": 1, "args": []},
            "waitForReady": True,
        },
        {},
    )
    return tuple(rows)


CHANGES = _changes()


def expected_calls(row: Change, name: str) -> list[Call]:
    inputs = {"name": name, **copy.deepcopy(row.after)}
    return [call(operation, inputs) for operation, _ in row.calls]


# Replacements. Names are unique in a project: an explicit one is freed first.


def _replacements() -> tuple[Replacement, ...]:
    rows: list[Replacement] = []

    def add(
        id: str, before: Json, after: Json, diff: dict[str, str], delete_first: bool = True
    ) -> None:
        rows.append(
            Replacement(id, patched(BASE, before), patched(BASE, after), diff, delete_first)
        )

    add("framework", {}, {"framework": "SGLANG"}, {"framework": "update-replace"})
    add("currency", {}, {"currency": "USD"}, {"currency": "update-replace"})
    add("location", {}, {"location": "Chennai"}, {"location": "update-replace"})
    add("projectId", {}, {"projectId": "502"}, {"projectId": "update-replace"}, False)
    add("clusterType", {}, {"clusterType": "private-cluster"}, {"clusterType": "add-replace"})
    cloud = {
        "skuName": None,
        "skuType": None,
        "privateCloudId": "9001",
        "customSku": {"cpu": 4},
    }
    add(
        "privateCloudId",
        {},
        cloud,
        {
            "privateCloudId": "add-replace",
            "customSku": "add",
        },
    )
    return tuple(rows)


REPLACEMENTS = _replacements()


# Drift.


def _patch(patch: Json) -> Callable[[Simulator, str], None]:
    return lambda sim, target: sim.mutate("tir", target, patch)


def _drifts() -> tuple[Drift, ...]:
    rows: list[Drift] = []

    def add(id: str, inputs: Json, patch: Json, diff: dict[str, str], *operations: str) -> None:
        steps: Sequence[Call] = [(operation, None) for operation in operations]
        rows.append(Drift(id, patched(BASE, inputs), _patch(patch), diff, steps))

    add("modelPath", {"modelPath": "a"}, {"path": "b"}, {"modelPath": "update"}, PATCH)
    add("modelPath from nothing", {}, {"path": "b"}, {"modelPath": "add"}, PATCH)
    add("skuName", {}, {"sku_name": "L4.2"}, {"skuName": "update"}, PATCH)
    add("replica", {"replica": 2}, {"replica": 3}, {"replica": "update"}, FIX)
    add(
        "port",
        {},
        {"custom_endpoint_details": {"service_port": True}},
        {"servicePort": "add"},
        PATCH,
    )
    add("stopped by hand", {}, {"status": "stopped"}, {"desiredState": "add"}, START)
    return tuple(rows)


DRIFTS = _drifts()


def _refusals() -> tuple[Refusal, ...]:
    rows: list[Refusal] = []

    def add(id: str, patch: Json, failures: dict[str, str]) -> None:
        rows.append(Refusal(id, patched(BASE, patch), failures))

    add("two models", {"modelId": "1"}, {"modelId": "does not go with modelLoadIntegrationId"})
    add("no plan", {"skuType": None}, {"skuType": "is required unless privateCloudId is set"})
    add("no such framework", {"framework": "RIVA"}, {"framework": "needs containerImage"})
    add("a sentence for a name", {"name": "My Chat"}, {"name": "lower-case letters"})
    add(
        "no rule",
        patched(SCALED, {"autoScalePolicy": {"rules": []}}),
        {
            "autoScalePolicy.rules": "needs at least one",
        },
    )
    return tuple(rows)


REFUSALS = _refusals()
