"""E2E Networks TIR (docs/apis/tir.md 2 to 5): what changes in place, what replaces, what drifts.

Ids are made by the service, every form is whole and one PUT has many actions, so its tests are in a
folder of their own. `form` says what the service has to be told for given inputs.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

from simulator.client import Simulator
from simulator.tir.sample import AT_ONCE, KEY, LOCATION, MOUNT, PROJECT, TEAM, words
from simulator.tir.sample import TOKEN as BEARER

from support.clouds.description import Call, Change, Drift, Json, Refusal, Replacement, at, patched

TOKEN = "inference:tir:Endpoint"
# Nothing lasts, and ids may be of things that the simulated project lacks.
QUICK: Json = {"polls": AT_ONCE, "check_references": False}
SLOW: Json = {"polls": {"waiting": 1, "terminating": 1, "deleting": 1}}
ENDLESS: Json = {"polls": {"waiting": 100000}}
CREATE, DELETE = "endpoint.create", "endpoint.delete"
PATCH, UPDATE = "endpoint.patch", "endpoint.update"
START, STOP, RESTART = "endpoint.start", "endpoint.stop", "endpoint.restart"
SCALE, FIX = "endpoint.updateAutoScale", "endpoint.disableAutoScale"
QUEUE = "endpoint.updateAsync"
ATTACH, DETACH = "endpoint.attachSecurityGroups", "endpoint.detachSecurityGroup"
TAKE, GIVE = "endpoint.attachVpcIp", "endpoint.detachVpcIp"
ATTACHED = ("endpoint.securityGroups", "reservedIp.list")  # looks for who has some
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
QUEUES: Json = {"asyncInvocation": {"enabled": True, "datasetId": "1301"}}
RULE: Json = {"metric": "concurrency", "value": 12}
SCALED: Json = {
    "isAutoScaleEnabled": True,
    "autoScalePolicy": {"minReplicas": 1, "maxReplicas": 3, "rules": [RULE]},
}
SERVER: Json = {
    "framework": "PYTORCH",
    "modelId": "2102",
    "modelLoadIntegrationId": None,
    "detailedInfo": {"huggingFaceId": None},
}
OWN: Json = {
    "framework": "CUSTOM",
    "containerImage": "a:1",
    "modelLoadIntegrationId": None,
    "detailedInfo": {"huggingFaceId": None},
}
SHARE: Json = {
    "skuName": None,
    "skuType": None,
    "privateCloudId": "9001",
    "customSku": {"cpu": 4},
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


def policy(inputs: Json) -> Json:
    given = inputs.get("autoScalePolicy", {})
    chosen = {"is_hold_queue": given["isHoldQueue"]} if "isHoldQueue" in given else {}
    if "initialCooldownPeriod" in given:
        chosen["initial_cooldown_period"] = str(given["initialCooldownPeriod"])
    return {
        "min_replicas": given.get("minReplicas", 1),
        "max_replicas": given.get("maxReplicas", 1),
        "stability_period": given.get("stabilityPeriod", 300),
        "rules": [_members(rule, RULE_MEMBERS) for rule in given.get("rules", [])],
        **chosen,
    }


def _version(inputs: Json) -> str:
    given = inputs.get("detailedInfo", {})
    return str(given.get("serverVersion") or inputs.get("serverOptions", ""))


def _image(inputs: Json) -> str:
    own = FRAMEWORKS[inputs["framework"]][1]
    version = _version(inputs).removeprefix("v")
    return str(inputs.get("containerImage", own + version if own.endswith(":") else own))


def _details(inputs: Json) -> Json:
    given = inputs.get("detailedInfo", {})
    _, _, model, serves = FRAMEWORKS[inputs["framework"]]
    return {
        "commands": words(*given["commands"]) if given.get("commands") else "",
        "args": words(*given["args"]) if given.get("args") else "",
        "hugging_face_id": given.get("huggingFaceId", "") if model is None else model,
        "tokenizer": given.get("tokenizer", ""),
        "server_version": _version(inputs),
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


QUEUE_MEMBERS = {
    "enabled": "async_enabled",
    "concurrentWorkers": "async_concurrent_workers",
    "datasetId": "async_dataset_id",
    "destinationType": "async_destination_type",
    "targetRoutes": "async_target_routes",
}


def queues(inputs: Json) -> Json:
    """The action that sets the queues: what the program says of them, and nothing else."""
    given = inputs["asyncInvocation"]
    body = {QUEUE_MEMBERS[name]: value for name, value in given.items()}
    if "datasetId" in given:
        body["async_dataset_id"] = _number(given["datasetId"])
    if "targetRoutes" in given:
        body["async_target_routes"] = [
            {"route_name": route["routeName"], "route_value": route["routeValue"]}
            for route in given["targetRoutes"]
        ]
    return {"action": "update_async_configuration", **body}


def call(operation: str, inputs: Json) -> Call:
    """The request of an operation for these inputs."""
    if operation == CREATE:
        return operation, form(inputs)
    if operation in (PATCH, UPDATE):
        return operation, form(inputs, operation.split(".")[1])
    if operation == SCALE:
        return operation, {"action": "update_auto_scale", "auto_scale_policy": policy(inputs)}
    if operation == QUEUE:
        return operation, queues(inputs)
    if operation == ATTACH:
        return operation, {"security_groups_ids": [_number(i) for i in inputs["securityGroupIds"]]}
    if operation in (DETACH, TAKE, GIVE):
        return operation, None
    if operation == FIX:
        return operation, {"action": "disable_auto_scale", "replicas": inputs.get("replica", 1)}
    return operation, {"action": operation.split(".")[1]}


# The variables are a set: a difference names the item, whichever member differs.
VARIABLE_MEMBERS: dict[str, Json] = {
    "key": {"key": "C"},
    "value": {"value": "3"},
    "required": {"required": True},
    "disabled.key": {"disabled": {"key": True}},
    "disabled.value": {"disabled": {"value": True}},
}


# In place. The calls of a row are operations; their bodies follow from the new inputs.


def _attachments() -> list[Change]:
    """Each address is another one: it has one endpoint, and rows share a stack."""
    rows: list[Change] = []

    def add(id: str, before: Json, after: Json, diff: dict[str, str], *operations: str) -> None:
        steps: Sequence[Call] = [(operation, None) for operation in operations]
        rows.append(Change(id, patched(BASE, before), patched(BASE, after), diff, steps))

    one, other = {"securityGroupIds": ["7245"]}, {"securityGroupIds": ["7246"]}
    add("groups", {}, one, {"securityGroupIds": "add"}, ATTACH)
    add("another group", one, other, {"securityGroupIds[0]": "update"}, ATTACH, DETACH)
    add("no group", one, {"securityGroupIds": []}, {"securityGroupIds[0]": "delete"}, DETACH)
    add("groups left alone", one, {}, {})
    add("addresses", {}, {"vpcIpIds": ["1174"]}, {"vpcIpIds": "add"}, TAKE)
    one, other = {"vpcIpIds": ["1175"]}, {"vpcIpIds": ["1176"]}
    add("another address", one, other, {"vpcIpIds[0]": "update"}, TAKE, GIVE)
    return rows


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

    add("framework", {}, {"framework": "SGLANG"}, {"framework": "update"}, PATCH)
    add(
        "framework of a stopped one",
        {},
        {"framework": "SGLANG"},
        {"framework": "update"},
        UPDATE,
        given={"desiredState": "paused"},
    )
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
        "to a committed plan of more workers",
        {},
        {**COMMITTED, "committedReplicas": 2, "replica": 2},
        {
            "skuType": "update",
            "committedDays": "add",
            "committedInstancePolicy": "add",
            "committedReplicas": "add",
            "replica": "add",
        },
        FIX,
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
    add(
        "workers that are paid for",
        {},
        {"committedReplicas": 2},
        {"committedReplicas": "update"},
        PATCH,
        given={**COMMITTED, "replica": 2},
    )
    value("customSku.cpu", 4, 8, SHARE)
    value("modelPath", "a", "b")
    value("modelLoadIntegrationId", "41", "42", {})
    value("modelId", "2101", "2102", {"modelLoadIntegrationId": None})
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
    value("datasetId", "1301", "1302")
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
    value("sfsId", "5", "6", {"storageType": "sfs"})
    value("imagePullPolicy", "Always", "IfNotPresent", {"modelPath": "x"})
    value("containerImage", "a:1", "b:1")
    add(
        "a private image",
        {},
        {"containerType": "private", "registryNamespaceId": "61"},
        {"containerType": "add", "registryNamespaceId": "add"},
        PATCH,
        given=OWN,
    )
    value("registryNamespaceId", "61", "62", {**OWN, "containerType": "private"})
    value("servicePort", False, True, {})
    value("metricPort", False, True, {})
    value("publicIp", "no", "yes", {})
    for which in ("readiness", "liveness"):
        value(f"is{which.capitalize()}ProbeEnabled", False, True, {})
        value(f"{which}Probe.port", 80, 81)
        value(f"{which}Probe.path", "/a", "/b")
        value(f"{which}Probe.protocol", "http", "tcp", {})
        value(f"{which}Probe.periodSeconds", 5, 6)
        value(f"{which}Probe.initialDelaySeconds", 0, 20, {})
        value(f"{which}Probe.successThreshold", 2, 3, {})
        value(f"{which}Probe.failureThreshold", 2, 5, {})
        value(f"{which}Probe.timeoutSeconds", 5, 6, {})
        value(f"{which}Probe.grpcService", "a", "b", {})
        value(f"{which}Probe.commands", "ls", "ls -l", {})
    value("resourceDetails.diskSize", 200, 300)
    value("resourceDetails.mountPath", "/a", "/b")
    one, two = {"key": "A", "value": "1"}, {"key": "B", "value": "2"}
    for name, patch in VARIABLE_MEMBERS.items():
        add(
            f"a variable's {name}",
            {"resourceDetails": {"envVariables": [one]}},
            {"resourceDetails": {"envVariables": [{**one, **patch}]}},
            {"resourceDetails.envVariables[0]": "update"},
            PATCH,
        )
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
    for which in ("error", "info", "warning"):
        value(f"detailedInfo.{which}Log", True, False, {})
    value("detailedInfo.modelServeType", "full-model", "peft-model", {})
    value("detailedInfo.args", ["--a"], ["--b", "c"])
    value("detailedInfo.commands", ["a"], ["b"])
    value("detailedInfo.engineArgs.seed", 1, 2, at("detailedInfo.engineArgs.max_loras", 3))
    value(
        "detailedInfo.serverVersion",
        "v0.9.0",
        "v0.8.2",
        SERVER,
    )
    value("serverOptions", "v0.9.0", "v0.8.2", SERVER)
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
    for name, new in (
        ("minReplicas", 2),
        ("stabilityPeriod", 60),
        ("initialCooldownPeriod", 15),
        ("isHoldQueue", True),
    ):
        path = f"autoScalePolicy.{name}"
        kind = "update" if name == "minReplicas" else "add"
        add(path, SCALED, patched(SCALED, at(path, new)), {path: kind}, SCALE)
    for name, new in (
        ("metric", "requestRate"),
        ("customMetricName", "depth"),
        ("conditionType", "average"),
        ("watchPeriod", 30),
        ("granularity", 2),
        ("window", 2),
    ):
        path = f"autoScalePolicy.rules[0].{name}"
        rules = {"autoScalePolicy": {"rules": [{**RULE, name: new}]}}
        kind = "update" if name == "metric" else "add"
        add(path, SCALED, patched(SCALED, rules), {path: kind}, SCALE)
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
    add("queues", {}, QUEUES, {"asyncInvocation": "add"}, QUEUE)
    for name, new in (
        ("enabled", False),
        ("concurrentWorkers", 4),
        ("datasetId", "1302"),
        ("destinationType", "dataset"),
    ):
        path = f"asyncInvocation.{name}"
        kind = "update" if name in QUEUES["asyncInvocation"] else "add"
        add(path, QUEUES, patched(QUEUES, at(path, new)), {path: kind}, QUEUE)
    route = {"routeName": "QUEUE_1", "routeValue": "v1/completions"}
    one_route = patched(QUEUES, {"asyncInvocation": {"targetRoutes": [route]}})
    for name, new in (("routeName", "QUEUE_2"), ("routeValue", "v1/embeddings")):
        other = {"asyncInvocation": {"targetRoutes": [{**route, name: new}]}}
        path = f"asyncInvocation.targetRoutes[0].{name}"
        add(path, one_route, patched(QUEUES, other), {path: "update"}, QUEUE)
    add("queues left alone", QUEUES, {}, {})
    rows.extend(_attachments())
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
    again = {"restartTrigger": "1"}
    add("restart", {}, again, {"restartTrigger": "add"}, RESTART)
    add(
        "restart once more",
        again,
        {"restartTrigger": "2"},
        {
            "restartTrigger": "update",
        },
        RESTART,
    )
    add("no restart any more", again, {}, {"restartTrigger": "delete"})
    add(
        "settings, workers and a restart",
        {},
        {**again, "modelPath": "a", "replica": 2},
        {
            "restartTrigger": "add",
            "modelPath": "add",
            "replica": "add",
        },
        PATCH,
        FIX,
        RESTART,
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
    add(
        "how to ask and to wait",
        {},
        {
            "verifySku": True,
            "checkCatalogue": False,
            "readiness": "state",
            "readinessKey": "a-caller",
            "capacityRetryTimeout": 60,
            "adoptExisting": True,
            "timeouts": {"create": 60, "update": 60, "delete": 60},
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

    add("currency", {}, {"currency": "USD"}, {"currency": "update-replace"})
    add("location", {}, {"location": "Chennai"}, {"location": "update-replace"})
    add("projectId", {}, {"projectId": "502"}, {"projectId": "update-replace"}, False)
    add("clusterType", {}, {"clusterType": "private-cluster"}, {"clusterType": "add-replace"})
    add(
        "privateCloudId",
        {},
        SHARE,
        {
            "privateCloudId": "add-replace",
            "customSku": "add",
        },
    )
    return tuple(rows)


REPLACEMENTS = _replacements()
# Inputs that differ in nothing that the service would see.
WITHOUT_EFFECT = (
    "name",  # changed in the tests of names
    "teamId",  # replaces where it is another one (tests of configuration)
    "verifySku",
    "checkCatalogue",
    "readiness",
    "readinessKey",
    "capacityRetryTimeout",
    "waitForReady",
    "adoptExisting",
    "timeouts.create",
    "timeouts.update",
    "timeouts.delete",
)


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
    add(
        "queues turned off by hand",
        QUEUES,
        {"async": {"async_enabled": False}},
        {"asyncInvocation.enabled": "update"},
        QUEUE,
    )
    add(
        "a group attached by hand",
        {"securityGroupIds": ["7245"]},
        {"security_groups": [7245, 7246]},
        {"securityGroupIds[1]": "add"},
        DETACH,
    )
    add(
        "a group and an address detached by hand",
        {"securityGroupIds": ["7246"], "vpcIpIds": ["1174"]},
        {"security_groups": [], "vpc_ips": []},
        {"securityGroupIds[0]": "delete", "vpcIpIds[0]": "delete"},
        ATTACH,
        TAKE,
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
    add(
        "queues without a dataset",
        {"asyncInvocation": {"enabled": True}},
        {"asyncInvocation.datasetId": "is required with enabled: true"},
    )
    add(
        "a group twice",
        {"securityGroupIds": ["7245", "7245"]},
        {"securityGroupIds[1]": "is there twice"},
    )
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
