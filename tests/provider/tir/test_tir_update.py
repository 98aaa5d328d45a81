"""Every change in place: the one action that carries it, and its whole body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from simulator.tir.sample import words
from support.drivers.hf import UNKNOWN, WARNING, kinds, merge, plain, secret
from support.drivers.tir import (
    COMMITTED,
    MISSING,
    RULE,
    SCALED,
    WIRE_RULE,
    Simulator,
    TirDriver,
    failing,
    form,
    inputs,
    made,
    operations,
    play_change,
    refreshed,
    sent,
    told,
    updated,
    view,
    writes,
)

pytestmark = pytest.mark.one_call

PATCH, UPDATE = "endpoint.patch", "endpoint.update"
START, STOP = "endpoint.start", "endpoint.stop"
SCALE, FIX = "endpoint.updateAutoScale", "endpoint.disableAutoScale"
CUSTOM = "custom_endpoint_details."
CONTAINER = f"{CUSTOM}container."
ADVANCED = f"{CONTAINER}advance_config."
RESOURCES = f"{CUSTOM}resource_details."
SERVER = {"framework": "PYTORCH", "modelId": "2102", "modelLoadIntegrationId": None}
PRIVATE = {
    "framework": "CUSTOM",
    "modelLoadIntegrationId": None,
    "detailedInfo": None,
    "containerImage": "a:1",
}
CLOUD = {"skuName": None, "skuType": None, "privateCloudId": "9001", "customSku": {"cpu": 4}}
NO_MODEL = {
    "model_load_integration_id": None,
    "detailed_info.hugging_face_id": "",
    "detailed_info.model_serve_type": "",
}

# Change of the inputs (before, after), what the form says for it; what else is given, and what the
# form says for that.
Row = tuple[str, dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]
ROWS: list[Row] = []


def row(
    id: str,
    before: dict[str, Any],
    after: dict[str, Any],
    wire: dict[str, Any],
    given: dict[str, Any] | None = None,
    rest: dict[str, Any] | None = None,
) -> None:
    ROWS.append((id, before, after, wire, given or {}, rest or {}))


def value(
    name: str,
    wire: str,
    old: Any,
    new: Any,
    default: Any = MISSING,
    given: dict[str, Any] | None = None,
    rest: dict[str, Any] | None = None,
    old_wire: Any = None,
    new_wire: Any = None,
) -> None:
    """From one value to another, from nothing to one, and (with a default) from one to nothing."""

    def at(setting: Any) -> dict[str, Any]:
        for step in reversed(name.split(".")):
            setting = {step: setting}
        return dict(setting)

    sent_new = new if new_wire is None else new_wire
    row(name, at(old), at(new), {wire: sent_new}, given, rest)
    if default is not MISSING:
        row(f"{name} set", {}, at(new), {wire: sent_new}, given, rest)
        row(f"{name} unset", at(new), {}, {wire: default}, given, rest)


row(
    "framework",
    {},
    {"framework": "SGLANG"},
    {
        "framework": "sglang",
        f"{CONTAINER}container_name": "lmsysorg/sglang:latest",
        "detailed_info.model_serve_type": "",
    },
)
row(
    "framework with a model of its own",
    {},
    {"framework": "MPT", "modelLoadIntegrationId": None, "detailedInfo": None},
    {
        "framework": "mpt",
        "model_load_integration_id": None,
        "detailed_info.hugging_face_id": "mosaicml/mpt-7b-instruct",
        "detailed_info.model_serve_type": "",
    },
)
row(
    "framework to a container",
    {},
    PRIVATE,
    {
        "framework": "custom",
        f"{CONTAINER}container_name": "a:1",
        **NO_MODEL,
    },
)
value("skuName", "sku_name", "L4.1", "L4.2")
row(
    "plan to committed",
    {},
    COMMITTED,
    {
        "sku_type": "committed",
        "committed_days": 30,
        "committed_instance_policy": "auto_renew",
        "committed_replicas": 1,
    },
)
row(
    "committedInstancePolicy",
    {},
    {"committedInstancePolicy": "auto_terminate"},
    {
        "committed_instance_policy": "auto_terminate",
    },
    COMMITTED,
    {"sku_type": "committed", "committed_days": 30, "committed_replicas": 1},
)
row(
    "committedReplicas",
    {"replica": 2},
    {"replica": 2, "committedReplicas": 2},
    {
        "committed_replicas": 2,
    },
    COMMITTED,
    {
        "replica": 2,
        "sku_type": "committed",
        "committed_days": 30,
        "committed_instance_policy": "auto_renew",
    },
)
row(
    "customSku",
    {},
    {"customSku": {"cpu": 8}},
    {"custom_sku": {"cpu": 8}},
    CLOUD,
    {
        "sku_name": MISSING,
        "sku_type": MISSING,
        "private_cloud_id": 9001,
    },
)
value("modelPath", "path", "a", "b/c", "")
value("modelLoadIntegrationId", "model_load_integration_id", "41", "42", new_wire=42)
row(
    "from an integration to a repository",
    {},
    {
        "modelLoadIntegrationId": None,
        "modelId": "2101",
    },
    {"model_load_integration_id": None, "model_id": 2101},
)
row(
    "modelId",
    {},
    {"modelId": "2101"},
    {"model_id": 2101},
    {
        **SERVER,
        "detailedInfo": {"huggingFaceId": None, "serverVersion": "v0.9.0"},
    },
    {
        "framework": "pytorch",
        f"{CONTAINER}container_name": "pytorch/torchserve:0.9.0",
        "detailed_info.server_version": "v0.9.0",
        **NO_MODEL,
    },
)
value("datasetId", "dataset_id", "1301", "1302", None, new_wire=1302)
value("datasetPath", "dataset_path", "a", "b", "")
row("storageType", {}, {"storageType": "sfs", "sfsId": "5"}, {"storage_type": "sfs", "sfs_id": 5})
row("storageType back", {"storageType": "sfs", "sfsId": "5"}, {}, {})
value("diskPath", "disk_path", "/a", "/b", "/mnt/models")
value("sfsPath", "sfs_path", "/a", "/b", "/shared/.cache")
row(
    "sfsId",
    {"sfsId": "5"},
    {"sfsId": "6"},
    {"sfs_id": 6},
    {"storageType": "sfs"},
    {
        "storage_type": "sfs",
    },
)
value("imagePullPolicy", f"{ADVANCED}image_pull_policy", "Always", "IfNotPresent", "Always")
value("containerImage", f"{CONTAINER}container_name", "a:1", "b:2", "vllm/vllm-openai:latest")
OF_PRIVATE = {
    "framework": "custom",
    f"{CONTAINER}container_name": "a:1",
    **NO_MODEL,
}
row(
    "containerType",
    {},
    {"containerType": "private", "registryNamespaceId": "61"},
    {
        f"{CONTAINER}container_type": "private",
        f"{CONTAINER}private_image_details": {"registry_namespace_id": 61},
    },
    PRIVATE,
    OF_PRIVATE,
)
row(
    "registryNamespaceId",
    {"registryNamespaceId": "61"},
    {"registryNamespaceId": "62"},
    {
        f"{CONTAINER}private_image_details": {"registry_namespace_id": 62},
    },
    {**PRIVATE, "containerType": "private"},
    {
        **OF_PRIVATE,
        f"{CONTAINER}container_type": "private",
    },
)
value("servicePort", f"{CUSTOM}service_port", False, True, False)
value("metricPort", f"{CUSTOM}metric_port", False, True, False)
value("publicIp", f"{CUSTOM}public_ip", "no", "yes", "no")
for which, path in (("readiness", "/health"), ("liveness", "/metrics")):
    switch = f"is{which.capitalize()}ProbeEnabled"
    value(switch, f"{ADVANCED}is_{which}_probe_enabled", False, True, False)
    probe = f"{ADVANCED}{which}_probe"
    for name, wire, old, new, default in (
        ("protocol", "protocol", "http", "tcp", "http"),
        ("initialDelaySeconds", "initial_delay_seconds", 0, 20, 10),
        ("successThreshold", "success_threshold", 2, 3, 1),
        ("failureThreshold", "failure_threshold", 2, 5, 3),
        ("port", "port", 80, 9000, 8080),
        ("periodSeconds", "period_seconds", 5, 15, 10),
        ("timeoutSeconds", "timeout_seconds", 5, 15, 10),
        ("path", "path", "/a", "/b", path),
        ("grpcService", "grpc_service", "a", "b", MISSING),
        ("commands", "commands", "ls", "ls -l", MISSING),
    ):
        value(f"{which}Probe.{name}", f"{probe}.{wire}", old, new, default)
    row(f"{which}Probe.grpcService unset", {f"{which}Probe": {"grpcService": "a"}}, {}, {})
    row(f"{which}Probe.commands unset", {f"{which}Probe": {"commands": "a"}}, {}, {})
value("resourceDetails.diskSize", f"{RESOURCES}disk_size", 100, 200, 100)
value("resourceDetails.mountPath", f"{RESOURCES}mount_path", "/a", "/b", "")


def variable(key: str, text: str = "", required: bool = False, locked: bool = False) -> Any:
    locks = {"key": False, "value": locked}
    return {"key": key, "value": text, "required": required, "disabled": locks}


A, B = {"key": "A", "value": "1"}, {"key": "B", "value": "2"}
for id, old_list, new_list, wire_list in (
    ("value", [A], [{"key": "A", "value": "3"}], [variable("A", "3")]),
    ("key", [A], [{"key": "C", "value": "1"}], [variable("C", "1")]),
    ("required", [A], [{**A, "required": True}], [variable("A", "1", True)]),
    ("disabled", [A], [{**A, "disabled": {"value": True}}], [variable("A", "1", locked=True)]),
    ("more", [A], [A, B], [variable("A", "1"), variable("B", "2")]),
    ("fewer", [A, B], [B], [variable("B", "2")]),
    ("none", [A, B], None, []),
):
    row(
        f"envVariables {id}",
        {"resourceDetails": {"envVariables": old_list}},
        {"resourceDetails": {"envVariables": new_list}},
        {f"{RESOURCES}env_variables": wire_list},
    )
for name in ("commands", "args"):
    for id, old_words, new_words, wire_words in (
        ("changed", ["a"], ["a", "b"], words("a", "b")),
        ("as text", '["a"]', '["a","b"]', words("a", "b")),
        ("gone", ["a"], None, ""),
    ):
        row(
            f"{name} {id}",
            {"detailedInfo": {name: old_words}},
            {"detailedInfo": {name: new_words}},
            {f"detailed_info.{name}": wire_words},
        )
for name, wire, old, new, default in (
    ("tokenizer", "tokenizer", "a", "b", ""),
    ("modelServeType", "model_serve_type", "full-model", "peft-model", "full-model"),
    ("worldSize", "world_size", 1, 2, 1),
    ("logVerboseLevel", "log_verbose_level", 0, 2, 1),
    ("errorLog", "error_log", True, False, True),
    ("infoLog", "info_log", True, False, True),
    ("warningLog", "warning_log", True, False, True),
):
    value(f"detailedInfo.{name}", f"detailed_info.{wire}", old, new, default)
value("detailedInfo.huggingFaceId", "detailed_info.hugging_face_id", "gpt2", "bigscience/bloom")
value(
    "detailedInfo.serverVersion",
    "detailed_info.server_version",
    "v0.9.0",
    "v0.8.2",
    given={
        **SERVER,
        "detailedInfo": {"huggingFaceId": None},
    },
    rest={"framework": "pytorch", "model_id": 2102, **NO_MODEL},
)
ROWS[-1][3][f"{CONTAINER}container_name"] = "pytorch/torchserve:0.8.2"
row(
    "serverOptions",
    {"serverOptions": "v0.9.0"},
    {"serverOptions": "v0.8.1"},
    {
        "detailed_info.server_version": "v0.8.1",
        f"{CONTAINER}container_name": "pytorch/torchserve:0.8.1",
    },
    {**SERVER, "detailedInfo": None},
    {"framework": "pytorch", "model_id": 2102, **NO_MODEL},
)
for id, old_args, new_args, wire_args in (
    ("changed", {"seed": 1}, {"seed": 2}, {"seed": 2}),
    ("more", {"seed": 1}, {"seed": 1, "max_loras": "3"}, {"seed": 1, "max_loras": 3}),
    ("fewer", {"seed": 1, "block_size": 8}, {"seed": 1, "block_size": None}, {"seed": 1}),
    ("gone", {"seed": 1}, None, {}),
):
    row(
        f"engineArgs {id}",
        {"detailedInfo": {"engineArgs": old_args}},
        {"detailedInfo": {"engineArgs": new_args}},
        {"detailed_info.engine_args": wire_args},
    )


@pytest.mark.parametrize(
    ("before", "after", "wire", "given", "rest"),
    [row[1:] for row in ROWS],
    ids=[row[0] for row in ROWS],
)
def test_a_change_of_the_form(
    tir: Simulator,
    driver: TirDriver,
    before: dict[str, Any],
    after: dict[str, Any],
    wire: dict[str, Any],
    given: dict[str, Any],
    rest: dict[str, Any],
) -> None:
    tir.knobs("tir", check_references=False)
    olds = driver.checked(merge(inputs(**given), before))
    id, outputs = driver.create(olds)
    news = driver.checked(merge(inputs(**given), after), olds=olds)
    assert kinds(driver.diff(olds, news, outputs)) != {}
    tir.clear()
    result = driver.update(olds, news, olds=outputs, id=id)
    assert writes(tir) == [(PATCH, form({**rest, **wire}, "patch"))]
    assert refreshed(driver, id, result, news)[0] == news


NOTHING: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("spelling of the framework", {"framework": "VLLM"}, {"framework": "vllm"}),
    ("a list or its text", {"detailedInfo": {"args": ["a"]}}, {"detailedInfo": {"args": '["a"]'}}),
    ("no words", {"detailedInfo": {"args": []}}, {"detailedInfo": {"args": ""}}),
    (
        "a number or its text",
        {"detailedInfo": {"engineArgs": {"seed": "1"}}},
        {"detailedInfo": {"engineArgs": {"seed": 1}}},
    ),
    (
        "defaults",
        {},
        {
            "committedDays": 0,
            "committedInstancePolicy": "",
            "committedReplicas": 0,
            "clusterType": "tir-cluster",
            "privateCloudId": "",
            "customSku": {},
            "modelPath": "",
            "modelId": "",
            "datasetId": "",
            "datasetPath": "",
            "storageType": "disk",
            "diskPath": "/mnt/models",
            "sfsId": "",
            "sfsPath": "/shared/.cache",
            "imagePullPolicy": "Always",
            "containerType": "public",
            "servicePort": False,
            "metricPort": False,
            "publicIp": "no",
            "isReadinessProbeEnabled": False,
            "isLivenessProbeEnabled": False,
            "readinessProbe": {"path": "/health", "port": 8080},
            "livenessProbe": {"path": "/metrics", "commands": ""},
            "resourceDetails": {"diskSize": 100, "mountPath": "", "envVariables": []},
            "detailedInfo": {
                "worldSize": 1,
                "errorLog": True,
                "engineArgs": {},
                "commands": "",
                "modelServeType": "full-model",
            },
            "replica": 1,
            "isAutoScaleEnabled": False,
            "desiredState": "running",
            "autoScalePolicy": {
                "minReplicas": 1,
                "maxReplicas": 1,
                "stabilityPeriod": 300,
                "rules": [],
            },
            "waitForReady": True,
            "adoptExisting": False,
        },
    ),
    ("the framework's own image", {}, {"containerImage": "vllm/vllm-openai:latest"}),
    ("the account", {}, {"activeIam": "88"}),
    ("the team", {}, {"teamId": "7"}),
    ("the former word", {"desiredState": "running"}, {"stopInference": "start"}),
    ("a policy that does not count", {}, {"autoScalePolicy": {"minReplicas": 2, "maxReplicas": 4}}),
    ("a number that does not count", SCALED, {**SCALED, "replica": 2}),
    ("how long to wait", {}, {"timeouts": {"update": 60}}),
    ("how to ask for a machine", {}, {"verifySku": True, "capacityRetryTimeout": 60}),
]


@pytest.mark.parametrize(("before", "after"), [n[1:] for n in NOTHING], ids=[n[0] for n in NOTHING])
def test_no_request(
    tir: Simulator, driver: TirDriver, before: dict[str, Any], after: dict[str, Any]
) -> None:
    play_change(tir, driver, before, after, [])
    calls, _ = updated(tir, driver, {"name": "back", **after}, {"name": "back", **before})
    assert calls == []


OFF = {"isAutoScaleEnabled": False}
FOUR = {"autoScalePolicy": {"minReplicas": 2, "maxReplicas": 4}}
FIVE = {"autoScalePolicy": {"minReplicas": 2, "maxReplicas": 5}}
BY_POLICY = (
    "isAutoScaleEnabled is true: change autoScalePolicy.minReplicas and "
    "autoScalePolicy.maxReplicas, or set isAutoScaleEnabled to false as well"
)
BY_NUMBER = (
    "isAutoScaleEnabled is false: set isAutoScaleEnabled to true as well, or take the change back; "
    "a fixed number of workers is replica"
)
# Changes that the service does nothing about: the paths that are told, and why. None: nothing is
# told, for the program asks for nothing, or gets what it asks for.
DORMANT: list[tuple[str, dict[str, Any], dict[str, Any], str, str]] = [
    ("a policy", {}, FOUR, "autoScalePolicy", BY_NUMBER),
    ("a bound", FOUR, FIVE, "autoScalePolicy.maxReplicas", BY_NUMBER),
    (
        "a bound that is left out",
        FOUR,
        {"autoScalePolicy": {"minReplicas": 2}},
        "autoScalePolicy.maxReplicas",
        BY_NUMBER,
    ),
    (
        "two bounds",
        FOUR,
        {"autoScalePolicy": {"minReplicas": 3, "maxReplicas": 5}},
        "autoScalePolicy.maxReplicas, autoScalePolicy.minReplicas",
        BY_NUMBER,
    ),
    (
        "a policy of a stopped one",
        {"desiredState": "paused"},
        {"desiredState": "paused", **FOUR},
        "autoScalePolicy",
        BY_NUMBER,
    ),
    ("a policy beside a setting", {}, {**FOUR, "modelPath": "a"}, "autoScalePolicy", BY_NUMBER),
    ("a policy as it ends", SCALED, {**FIVE, **OFF}, "", BY_NUMBER),
    ("a number", SCALED, {**SCALED, "replica": 2}, "replica", BY_POLICY),
    (
        "another number",
        {**SCALED, "replica": 3},
        {**SCALED, "replica": 2},
        "replica",
        BY_POLICY,
    ),
    ("a number as it begins", {}, {**SCALED, "replica": 2}, "replica", BY_POLICY),
    ("a policy taken out", FOUR, {}, "", ""),
    ("a number taken out", {**SCALED, "replica": 2}, SCALED, "", ""),
    ("both at once, on", {"replica": 2}, SCALED, "", ""),
    ("both at once, off", SCALED, {"replica": 2}, "", ""),
    ("a number that counts", {}, {"replica": 2}, "", ""),
]


@pytest.mark.parametrize(
    ("before", "after", "paths", "why"), [row[1:] for row in DORMANT], ids=[d[0] for d in DORMANT]
)
def test_a_change_that_does_nothing_is_told_before(
    driver: TirDriver, before: dict[str, Any], after: dict[str, Any], paths: str, why: str
) -> None:
    """Diff says it, in the preview and in the run; nothing is sent for it (test_no_request)."""
    id = "7/501/Delhi/1"
    olds = driver.checked(inputs(**before))
    news = driver.checked(inputs(**after), olds=olds)
    found = kinds(driver.diff(olds, news, id=id))
    if why and not paths:
        paths = ", ".join(path for path in sorted(found) if path.startswith("autoScalePolicy"))
    words = f"E2E Networks TIR: the change of {paths} does nothing for endpoint {id} while {why}"
    told = [text for text in driver.log(WARNING) if "does nothing" in text]
    assert told == ([words] if why else [])


def test_an_ignored_change_is_not_told(driver: TirDriver) -> None:
    olds = driver.checked(inputs())
    news = driver.checked(inputs(**FOUR), olds=olds)
    driver.diff(olds, news, id="7/501/Delhi/1", ignore=("autoScalePolicy",))
    on = driver.checked(inputs(**SCALED), olds=olds)
    driver.diff(olds, on, id="7/501/Delhi/1", ignore=("isAutoScaleEnabled",))
    words = [text for text in driver.log(WARNING) if "does nothing" in text]
    assert [text.split(" while ")[1] for text in words] == [BY_NUMBER]


@pytest.mark.parametrize("provider", ["", "default_1_0_0"])
def test_pulumi_do_has_no_preview(
    tir: Simulator, start: Callable[..., TirDriver], usual: dict[str, Any], provider: str
) -> None:
    """A stack's run has asked Diff: once is enough there."""
    driver = start()
    driver.configure(provider, **usual)
    id, olds, outputs = made(driver)
    tir.clear()
    news = driver.checked(inputs(**FOUR), olds=olds)
    driver.update(olds, news, olds=outputs, id=id)
    assert writes(tir) == []
    told = [text for text in driver.log(WARNING) if "does nothing" in text]
    words = f"E2E Networks TIR: the change of autoScalePolicy does nothing for endpoint {id} while "
    assert told == ([] if provider else [words + BY_NUMBER])


def policy(**values: Any) -> dict[str, Any]:
    base = {"min_replicas": 1, "max_replicas": 3, "stability_period": 300, "rules": [WIRE_RULE]}
    return {"action": "update_auto_scale", "auto_scale_policy": {**base, **values}}


def fixed(count: int) -> dict[str, Any]:
    return {"action": "disable_auto_scale", "replicas": count}


def scaled(**values: Any) -> dict[str, Any]:
    return {"isAutoScaleEnabled": True, "autoScalePolicy": {**SCALED["autoScalePolicy"], **values}}


OTHER_RULE = {"metric": "custom", "customMetricName": "depth", "value": 5, "watchPeriod": 30}
WIRE_OTHER = {
    **WIRE_RULE,
    "metric": "custom",
    "custom_metric_name": "depth",
    "value": 5,
    "watch_period": 30,
}
SCALING: list[tuple[str, dict[str, Any], dict[str, Any], tuple[str, Any]]] = [
    ("replica", {"replica": 1}, {"replica": 3}, (FIX, fixed(3))),
    ("replica unset", {"replica": 3}, {}, (FIX, fixed(1))),
    ("on", {}, SCALED, (SCALE, policy())),
    ("on with a number", {"replica": 2}, {"replica": 2, **SCALED}, (SCALE, policy())),
    ("off", SCALED, {"replica": 2}, (FIX, fixed(2))),
    ("off with its policy kept", SCALED, {**SCALED, "isAutoScaleEnabled": False}, (FIX, fixed(1))),
    ("minReplicas", SCALED, scaled(minReplicas=2), (SCALE, policy(min_replicas=2))),
    ("minReplicas 0", SCALED, scaled(minReplicas=0), (SCALE, policy(min_replicas=0))),
    ("maxReplicas", SCALED, scaled(maxReplicas=5), (SCALE, policy(max_replicas=5))),
    ("stabilityPeriod", SCALED, scaled(stabilityPeriod=60), (SCALE, policy(stability_period=60))),
    (
        "initialCooldownPeriod",
        SCALED,
        scaled(initialCooldownPeriod=15),
        (SCALE, policy(initial_cooldown_period="15")),
    ),
    (
        "initialCooldownPeriod changed",
        scaled(initialCooldownPeriod=15),
        scaled(initialCooldownPeriod=0),
        (SCALE, policy(initial_cooldown_period="0")),
    ),
    ("isHoldQueue", SCALED, scaled(isHoldQueue=True), (SCALE, policy(is_hold_queue=True))),
    (
        "isHoldQueue changed",
        scaled(isHoldQueue=True),
        scaled(isHoldQueue=False),
        (SCALE, policy(is_hold_queue=False)),
    ),
    (
        "rules",
        SCALED,
        scaled(rules=[RULE, OTHER_RULE]),
        (SCALE, policy(rules=[WIRE_RULE, WIRE_OTHER])),
    ),
    (
        "rules[].value",
        SCALED,
        scaled(rules=[{**RULE, "value": 20}]),
        (SCALE, policy(rules=[{**WIRE_RULE, "value": 20}])),
    ),
    (
        "rules[].conditionType",
        SCALED,
        scaled(rules=[{**RULE, "conditionType": "average"}]),
        (SCALE, policy(rules=[{**WIRE_RULE, "condition_type": "average"}])),
    ),
    (
        "rules[].metric",
        SCALED,
        scaled(rules=[{**RULE, "metric": "requestRate"}]),
        (SCALE, policy(rules=[{**WIRE_RULE, "metric": "requestRate"}])),
    ),
    (
        "rules[].window",
        SCALED,
        scaled(rules=[{**RULE, "window": 2, "granularity": 3}]),
        (SCALE, policy(rules=[{**WIRE_RULE, "window": 2, "granularity": 3}])),
    ),
]


@pytest.mark.parametrize(
    ("before", "after", "call"), [row[1:] for row in SCALING], ids=[row[0] for row in SCALING]
)
def test_a_change_of_the_workers(
    tir: Simulator,
    driver: TirDriver,
    before: dict[str, Any],
    after: dict[str, Any],
    call: tuple[str, Any],
) -> None:
    play_change(tir, driver, before, after, [call])


@pytest.mark.parametrize("name", ["initialCooldownPeriod", "isHoldQueue"])
def test_what_the_service_chooses_is_let_alone(
    tir: Simulator, driver: TirDriver, name: str
) -> None:
    """Taken out of the program it stays as it is, which is no change and is not sent."""
    id, olds, outputs = made(driver, **scaled(initialCooldownPeriod=15, isHoldQueue=True))
    policy_now = {k: v for k, v in olds["autoScalePolicy"].items() if k != name}
    news = driver.checked({**olds, "autoScalePolicy": policy_now}, olds=olds)
    assert kinds(driver.diff(olds, news, outputs)) == {}
    tir.clear()
    result = driver.update(olds, {**news, "modelPath": "a"}, olds=outputs, id=id)
    assert operations(writes(tir)) == [PATCH]
    found = view(tir)["auto_scale_policy"]
    assert (found["initial_cooldown_period"], found["is_hold_queue"]) == ("15", True)
    shown = result["autoScalePolicy"]
    assert (shown["initialCooldownPeriod"], shown["isHoldQueue"]) == (15, True)
    assert refreshed(driver, id, result, news)[0] == {**news, "modelPath": "a"}


def test_settings_and_workers(tir: Simulator, driver: TirDriver) -> None:
    """First the form, then the workers once it runs again."""
    tir.knobs("tir", polls={"waiting": 2, "terminating": 0, "deleting": 0})
    after = {"replica": 2, "modelPath": "a"}
    calls, _ = updated(tir, driver, {}, after)
    wanted = form({"path": "a", "replica": 2}, "patch")
    assert calls == [(PATCH, wanted), (FIX, fixed(2))]
    assert view(tir)["replica"] == 2
    assert view(tir)["path"] == "a"


PAUSED = {"desiredState": "paused"}


RESTART = "endpoint.restart"
AGAIN = (RESTART, {"action": "restart"})


def stopped_form(values: dict[str, Any]) -> tuple[str, Any]:
    return UPDATE, form(values, "update")


ORDER: list[tuple[str, dict[str, Any], dict[str, Any], list[tuple[str, Any]]]] = [
    ("stop", {}, PAUSED, [(STOP, {"action": "stop"})]),
    ("start", PAUSED, {}, [(START, {"action": "start"})]),
    (
        "start and settings",
        PAUSED,
        {"modelPath": "a"},
        [stopped_form({"path": "a"}), (START, {"action": "start"})],
    ),
    (
        "stop and settings",
        {},
        {**PAUSED, "modelPath": "a"},
        [(PATCH, form({"path": "a"}, "patch")), (STOP, {"action": "stop"})],
    ),
    ("settings while stopped", PAUSED, {**PAUSED, "modelPath": "a"}, [stopped_form({"path": "a"})]),
    ("workers while stopped", PAUSED, {**PAUSED, "replica": 2}, [stopped_form({"replica": 2})]),
    (
        "start and workers",
        PAUSED,
        {"replica": 2},
        [stopped_form({"replica": 2}), (START, {"action": "start"})],
    ),
    (
        "stop and workers",
        {},
        {**PAUSED, "replica": 2},
        [(FIX, fixed(2)), (STOP, {"action": "stop"})],
    ),
    (
        "stop, settings and workers",
        {},
        {**PAUSED, "replica": 2, "modelPath": "a"},
        [
            (PATCH, form({"path": "a", "replica": 2}, "patch")),
            (FIX, fixed(2)),
            (STOP, {"action": "stop"}),
        ],
    ),
    (
        "autoscaling while stopped",
        PAUSED,
        {**PAUSED, **SCALED},
        [
            stopped_form(
                {
                    "is_auto_scale_enabled": True,
                    "auto_scale_policy": policy()["auto_scale_policy"],
                }
            )
        ],
    ),
]


@pytest.mark.parametrize("former", [False, True], ids=["desiredState", "stopInference"])
@pytest.mark.parametrize(
    ("before", "after", "calls"), [row[1:] for row in ORDER], ids=[row[0] for row in ORDER]
)
def test_order(
    tir: Simulator,
    driver: TirDriver,
    before: dict[str, Any],
    after: dict[str, Any],
    calls: list[tuple[str, Any]],
    former: bool,
) -> None:
    """Nothing is lost, whichever way the state is spelled."""

    def spelled(patch: dict[str, Any]) -> dict[str, Any]:
        paused = patch.get("desiredState") == "paused"
        if not former:
            return patch
        return {**patch, "desiredState": None, "stopInference": "stop" if paused else "start"}

    id, olds, outputs = made(driver, **before)
    olds = driver.checked(inputs(**spelled(before)), olds=olds)
    news = driver.checked(inputs(**spelled(after)), olds=olds)
    tir.clear()
    result = driver.update(olds, news, olds=outputs, id=id)
    assert writes(tir) == calls
    state = "stopped" if "desiredState" in after else "running"
    assert (result["status"], view(tir)["status"]) == (state, state)
    assert refreshed(driver, id, result, news)[0] == news


def trigger(text: str, **patch: Any) -> dict[str, Any]:
    return {"restartTrigger": text, **patch}


RESTARTS: list[tuple[str, dict[str, Any], dict[str, Any], list[tuple[str, Any]]]] = [
    ("set", {}, trigger("1"), [AGAIN]),
    ("changed", trigger("1"), trigger("2"), [AGAIN]),
    ("taken out", trigger("1"), {}, []),
    ("emptied", trigger("1"), trigger(""), []),
    (
        "and settings",
        {},
        trigger("1", modelPath="a"),
        [(PATCH, form({"path": "a"}, "patch")), AGAIN],
    ),
    ("and workers", {}, trigger("1", replica=2), [(FIX, fixed(2)), AGAIN]),
    (
        "settings and workers",
        {},
        trigger("1", modelPath="a", **SCALED),
        [
            (
                PATCH,
                form(
                    {
                        "path": "a",
                        "is_auto_scale_enabled": True,
                        "auto_scale_policy": policy()["auto_scale_policy"],
                    },
                    "patch",
                ),
            ),
            (SCALE, policy()),
            AGAIN,
        ],
    ),
    ("and a stop", {}, trigger("1", **PAUSED), [(STOP, {"action": "stop"})]),
    ("and a start", PAUSED, trigger("1"), [(START, {"action": "start"})]),
    ("of a stopped one", PAUSED, trigger("1", **PAUSED), []),
    (
        "start, settings",
        PAUSED,
        trigger("1", modelPath="a"),
        [stopped_form({"path": "a"}), (START, {"action": "start"})],
    ),
]


@pytest.mark.parametrize(
    ("before", "after", "calls"), [row[1:] for row in RESTARTS], ids=[row[0] for row in RESTARTS]
)
def test_restarts(
    tir: Simulator,
    driver: TirDriver,
    before: dict[str, Any],
    after: dict[str, Any],
    calls: list[tuple[str, Any]],
) -> None:
    """After every other change, each time once the endpoint runs; a start is one already."""
    tir.knobs("tir", polls={"waiting": 1, "terminating": 1, "deleting": 0}, scaling_waits=True)
    result = play_change(tir, driver, before, after, calls)
    assert result["status"] == ("stopped" if "desiredState" in after else "running")


def test_a_restart_that_was_refused_is_still_to_come(tir: Simulator, driver: TirDriver) -> None:
    """The form before it was taken; nothing of it is lost, and the form is not sent twice."""
    id, olds, outputs = made(driver)
    news = driver.checked(inputs(**trigger("1", modelPath="a")), olds=olds)
    refused = {"kind": "error", "status": 400, "message": "cannot restart now"}
    tir.fault("tir", "endpoint.restart", **refused, count=0)
    failure = failing(driver.update, olds, news, olds=outputs, id=id)
    assert "cannot restart now" in failure.reasons[0]
    assert failure.partial is not None and failure.partial.refresh_before_update
    assert "restartTrigger" not in failure.properties
    tir.clear_faults("tir")
    kept, shown = refreshed(driver, id, failure.properties, news)
    assert kinds(driver.diff(kept, news, shown, id=id)) == {"restartTrigger": "ADD"}
    tir.clear()
    after = driver.update(kept, news, olds=shown, id=id)
    assert writes(tir) == [AGAIN]
    assert after["restartTrigger"] == "1"
    assert refreshed(driver, id, after, news)[0] == news


def test_a_restart_that_was_refused_comes_without_a_look_too(
    tir: Simulator, driver: TirDriver
) -> None:
    """Engines that do not look first call for what was left undone."""
    id, olds, outputs = made(driver, **trigger("1"))
    news = driver.checked(inputs(**trigger("2", modelPath="a")), olds=olds)
    refused = {"kind": "error", "status": 400, "message": "cannot restart now"}
    tir.fault("tir", "endpoint.restart", **refused, count=0)
    failure = failing(driver.update, olds, news, olds=outputs, id=id)
    tir.clear_faults("tir")
    tir.clear()
    driver.update(news, news, olds=failure.properties, id=id)
    assert writes(tir) == [AGAIN]


def test_a_restart_is_told_once_before(driver: TirDriver) -> None:
    """Of one that runs before and after; not when a refresh asks again what it compares."""
    cases = [*RESTARTS, ("the last", {}, trigger("1"), [AGAIN])]
    expected = []
    for number, (_, before, after, calls) in enumerate(cases):
        id = f"7/501/Delhi/{number + 1}"
        olds = driver.checked(inputs(**before))
        news = driver.checked(inputs(**after), olds=olds)
        driver.diff(olds, news, id=id)
        driver.diff(news, olds, id=id)
        if AGAIN in calls:
            expected.append(
                f"E2E Networks TIR: this change restarts endpoint {id}: calls fail until it serves "
                "again"
            )
    driver.logged(expected[-1])
    assert [text for text in driver.log(WARNING) if "restarts" in text] == expected


def test_a_restart_that_fails_is_asked_for_again(tir: Simulator, driver: TirDriver) -> None:
    id, olds, outputs = made(driver)
    news = driver.checked(inputs(**trigger("1", modelPath="a")), olds=olds)
    tir.fault("tir", RESTART, kind="error", status=403, message="not now")
    failure = failing(driver.update, olds, news, olds=outputs, id=id)
    assert "restarting the endpoint: not now" in failure.reasons[0]
    tir.clear()
    # What the engine keeps then: the old inputs.
    driver.update(olds, news, olds=failure.properties, id=id)
    assert operations(writes(tir)) == [PATCH, RESTART]


def test_a_refused_restart_changes_nothing(tir: Simulator, driver: TirDriver) -> None:
    id, olds, outputs = made(driver)
    tir.fault("tir", RESTART, kind="error", status=400, message="wrong state")
    news = driver.checked(inputs(**trigger("1")), olds=olds)
    failure = failing(driver.update, olds, news, olds=outputs, id=id)
    assert (failure.partial, "wrong state" in failure.message) == (None, True)


def test_a_lost_reply_to_a_restart(tir: Simulator, driver: TirDriver) -> None:
    """The second one finds it on its way."""
    id, olds, outputs = made(driver)
    tir.knobs("tir", polls={"waiting": 2, "terminating": 0, "deleting": 0})
    tir.fault("tir", RESTART, kind="close", apply=True)
    tir.clear()
    news = driver.checked(inputs(**trigger("1")), olds=olds)
    result = driver.update(olds, news, olds=outputs, id=id)
    assert (operations(writes(tir)), result["status"]) == ([RESTART, RESTART], "running")


def test_a_failed_one_is_restarted_by_its_form(tir: Simulator, driver: TirDriver) -> None:
    id, olds, outputs = made(driver)
    tir.call("tir", "fail", target=f"501/{id}", message="out of memory")
    tir.clear()
    news = driver.checked(inputs(**trigger("1")), olds=olds)
    result = driver.update(olds, news, olds=outputs, id=id)
    assert writes(tir) == [(PATCH, form(action="patch"))]
    assert result["status"] == "running"


def test_workers_of_a_stopped_one_where_the_form_holds_none(
    tir: Simulator, driver: TirDriver
) -> None:
    tir.knobs("tir", form_scales={"patch": False, "update": False})
    calls, outputs = updated(tir, driver, PAUSED, {"replica": 3})
    assert operations(calls) == [UPDATE, START, FIX]
    assert (view(tir)["replica"], outputs["replica"]) == (3, 3)


def test_workers_that_were_overlooked(tir: Simulator, driver: TirDriver) -> None:
    tir.knobs("tir", form_scales={"patch": False, "update": False})
    id, olds, outputs = made(driver, **PAUSED)
    news = driver.checked(inputs(**PAUSED, replica=3), olds=olds)
    failure = failing(driver.update, olds, news, olds=outputs, id=id)
    assert "did not apply: replica. " in failure.message
    assert failure.id == id


def test_a_setting_that_was_overlooked(tir: Simulator, driver: TirDriver) -> None:
    tir.knobs("tir", drop_update_fields=["path"])
    id, olds, outputs = made(driver)
    news = driver.checked(inputs(modelPath="a"), olds=olds)
    failure = failing(driver.update, olds, news, olds=outputs, id=id)
    assert "did not apply: modelPath. " in failure.message


def test_half_a_change_is_told(tir: Simulator, driver: TirDriver) -> None:
    """The form was taken, the workers were not: the state says so, the next run does the rest."""
    id, olds, outputs = made(driver)
    news = driver.checked(inputs(replica=2, modelPath="a"), olds=olds)
    tir.fault("tir", FIX, kind="error", status=400, message="no workers", count=1)
    failure = failing(driver.update, olds, news, olds=outputs, id=id)
    assert "no workers" in failure.reasons[0]
    assert (failure.id, failure.properties["modelPath"]) == (id, "a")
    assert failure.properties["replica"] == 1
    old_inputs, _ = refreshed(driver, id, failure.properties, news)
    assert old_inputs == {**news, "replica": 1}
    tir.clear()
    driver.update(old_inputs, news, olds=failure.properties, id=id)
    assert writes(tir) == [(FIX, fixed(2))]


def test_a_refused_change_changes_nothing(tir: Simulator, driver: TirDriver) -> None:
    id, olds, outputs = made(driver)
    news = driver.checked(inputs(replica=2, modelPath="a"), olds=olds)
    tir.fault("tir", PATCH, kind="error", status=400, message="no form", count=1)
    failure = failing(driver.update, olds, news, olds=outputs, id=id)
    assert (failure.code.name, failure.partial) == ("INVALID_ARGUMENT", None)
    assert operations(writes(tir)) == ["endpoint.create", PATCH]


def test_the_live_state_decides(tir: Simulator, driver: TirDriver) -> None:
    """Somebody stopped it: its form is saved with `update`, then it is started."""
    id, olds, outputs = made(driver)
    tir.mutate("tir", f"501/{id}", patch={"status": "stopped"})
    news = driver.checked(inputs(modelPath="a"), olds=olds)
    tir.clear()
    driver.update(olds, news, olds=outputs, id=id)
    assert told(tir)[:2] == ["endpoint.get", UPDATE]
    assert operations(writes(tir)) == [UPDATE, START]


def test_a_failed_one_is_sent_anew(tir: Simulator, driver: TirDriver) -> None:
    id, olds, outputs = made(driver)
    tir.call("tir", "fail", target=f"501/{id}", message="out of memory")
    tir.clear()
    result = driver.update(olds, olds, olds=outputs, id=id)
    assert writes(tir) == [(PATCH, form(action="patch"))]
    assert result["status"] == "running"


def test_secret_values_reach_the_service(tir: Simulator, driver: TirDriver) -> None:
    old = {"resourceDetails": {"envVariables": [{"key": "A", "value": secret("one-secret")}]}}
    new = {"resourceDetails": {"envVariables": [{"key": "A", "value": secret("two-secret")}]}}
    calls, outputs = updated(tir, driver, old, new)
    ((_, body),) = calls
    assert body == form({f"{RESOURCES}env_variables": [variable("A", "two-secret")]}, "patch")
    (shown,) = outputs["resourceDetails"]["envVariables"]
    assert shown["value"] == secret("two-secret")


def test_a_stale_look_is_not_believed(tir: Simulator, driver: TirDriver) -> None:
    id, olds, outputs = made(driver)
    tir.knobs("tir", stale_reads=1, polls={"waiting": 1, "terminating": 0, "deleting": 0})
    news = driver.checked(inputs(modelPath="a"), olds=olds)
    tir.clear()
    result = driver.update(olds, news, olds=outputs, id=id)
    # Before it, then: as before the change, waiting, running.
    assert told(tir) == ["endpoint.get", PATCH, "endpoint.get", "endpoint.get", "endpoint.get"]
    assert result["status"] == "running"
    assert result["updatedAt"] == view(tir)["updated_at"]
    assert sent(tir, PATCH) == [form({"path": "a"}, "patch")]


def test_a_form_leaves_what_is_ignored_as_it_is(tir: Simulator, driver: TirDriver) -> None:
    """Somebody changed the path by hand; the form would take it back to the old input."""
    id, olds, outputs = made(driver, modelPath="old")
    tir.mutate("tir", f"501/{id}", patch={"path": "by hand"})
    tir.clear()
    news = driver.checked(inputs(modelPath="old", diskPath="/elsewhere"), olds=olds)
    driver.update(olds, news, olds=outputs, id=id, ignore=("modelPath",))
    assert view(tir)["path"] == "by hand"
    (operation, body), *more = writes(tir)
    assert (operation, body["path"], more) == (PATCH, "by hand", [])
    driver.checked(inputs(stopInference="start"))
    driver.logged("stopInference is deprecated")  # and so everything before it
    assert [text for text in driver.log(WARNING) if "than was asked" in text] == []


def test_where_the_framework_does_not_apply(tir: Simulator, driver: TirDriver) -> None:
    """That it changes in place is known at second hand only: the error names the option."""
    tir.knobs("tir", framework_change="ignore")
    id, olds, outputs = made(driver)
    news = driver.checked(inputs(framework="SGLANG"), olds=olds)
    tir.clear()
    failure = failing(driver.update, olds, news, olds=outputs, id=id)
    assert operations(writes(tir)) == [PATCH]
    (reason,) = failure.reasons
    assert "did not apply: framework. " in reason
    assert reason.endswith("set the resource option replaceOnChanges: [framework]")
    assert "(with the resource option deleteBeforeReplace)" in reason
    assert failure.properties["framework"] == "vllm", "in the service's own word"


def test_where_the_framework_is_refused(tir: Simulator, driver: TirDriver) -> None:
    tir.knobs("tir", framework_change="refuse")
    id, olds, outputs = made(driver)
    news = driver.checked(inputs(framework="SGLANG"), olds=olds)
    failure = failing(driver.update, olds, news, olds=outputs, id=id)
    assert "The change was of framework;" in failure.message
    assert failure.message.endswith("set the resource option replaceOnChanges: [framework]")
    assert operations(writes(tir)) == ["endpoint.create", PATCH]


@pytest.mark.parametrize("answer", ["ignore", "refuse"])
def test_a_committed_one_is_not_replaced_for_its_framework(
    tir: Simulator, driver: TirDriver, answer: str
) -> None:
    """Check refuses a replacement then, so no error advises one."""
    tir.knobs("tir", framework_change=answer)
    id, olds, outputs = made(driver, **COMMITTED)
    news = driver.checked(inputs(framework="SGLANG", **COMMITTED), olds=olds)
    failure = failing(driver.update, olds, news, olds=outputs, id=id)
    (reason,) = [failure.message] if failure.partial is None else failure.reasons
    assert reason.endswith(
        "what cannot be changed in place takes another endpoint: delete this one explicitly (its "
        "committed plan is paid and not refunded)"
    )


@pytest.mark.parametrize("ignored", ["desiredState", "stopInference"])
@pytest.mark.parametrize("former", [False, True], ids=["desiredState", "stopInference"])
def test_a_state_that_is_ignored_stays(
    tir: Simulator, driver: TirDriver, former: bool, ignored: str
) -> None:
    """Somebody stopped it by hand; either word for it says that this is not to be touched."""
    id, olds, outputs = made(driver, **({"stopInference": "start"} if former else {}))
    tir.mutate("tir", f"501/{id}", patch={"status": "stopped"})
    tir.clear()
    news = {**olds, "modelPath": "a"}
    result = driver.update(olds, news, olds=outputs, id=id, ignore=(ignored,))
    assert operations(writes(tir)) == [UPDATE]
    assert result["status"] == "stopped"


def test_an_ignored_state_is_not_stopped_either(tir: Simulator, driver: TirDriver) -> None:
    """Stopped by the program once, started by hand since."""
    id, olds, outputs = made(driver)
    paused = {**olds, "stopInference": "stop"}
    outputs = driver.update(olds, paused, olds=outputs, id=id)
    tir.mutate("tir", f"501/{id}", patch={"status": "running"})
    tir.clear()
    news = {**paused, "modelPath": "a", "stopInference": "start"}
    result = driver.update(paused, news, olds=outputs, id=id, ignore=("stopInference",))
    assert operations(writes(tir)) == [PATCH]
    assert result["status"] == "running"


def test_the_former_word_for_the_state_is_no_change(driver: TirDriver) -> None:
    olds = driver.checked(inputs(stopInference="stop"), olds=inputs(stopInference="stop"))
    news = driver.checked(inputs(desiredState="paused"), olds=olds)
    assert kinds(driver.diff(olds, news)) == {}
    news = driver.checked(inputs(desiredState="running"), olds=olds)
    assert kinds(driver.diff(olds, news)) == {"desiredState": "UPDATE"}


ENV = {
    "resourceDetails": {"envVariables": [{"key": "B", "value": "2"}, {"key": "A", "value": "1"}]}
}
NEXT = {
    "detailed_info": {"next": 1},
    "auto_scale_policy": {"window": "long"},
    "custom_endpoint_details": {
        "sidecar": {"image": "s:1"},
        "container": {
            "privileged": False,
            "private_image_details": {"mirror": "m"},
            "advance_config": {"nice": 5, "readiness_probe": {"jitter": 2}},
        },
        "resource_details": {"shm_size": 8},
    },
    "shown_only": {"a": 1},
}


def with_next(tir: Simulator) -> None:
    """The answer of a service of next month: members in every object, and in items of lists."""
    shown = view(tir)
    variables = shown["custom_endpoint_details"]["resource_details"]["env_variables"]
    for one in variables:
        if one["key"] == "A":
            one["scope"] = "run"
            one["disabled"]["note"] = True
    for rule in shown["auto_scale_policy"]["rules"]:
        rule["percentile"] = 99
    lists = {
        "auto_scale_policy": {"rules": shown["auto_scale_policy"]["rules"]},
        "custom_endpoint_details": {"resource_details": {"env_variables": variables[::-1]}},
    }
    tir.fault("tir", "endpoint.get", kind="rewrite", merge={"data": merge(NEXT, lists)})
    tir.clear()


FORM_NEXT = {
    "detailed_info.next": 1,
    "auto_scale_policy.window": "long",
    f"{CUSTOM}sidecar": {"image": "s:1"},
    f"{CONTAINER}privileged": False,
    f"{ADVANCED}nice": 5,
    f"{ADVANCED}readiness_probe.jitter": 2,
    f"{RESOURCES}shm_size": 8,
    f"{RESOURCES}env_variables": [
        variable("B", "2"),
        variable("A", "1")
        | {"scope": "run", "disabled": {"key": False, "value": False, "note": True}},
    ],
}


@pytest.mark.parametrize("stopped", [False, True])
def test_a_form_keeps_what_no_row_knows(tir: Simulator, driver: TirDriver, stopped: bool) -> None:
    """In its objects and their items; what an answer shows beside those may be no setting."""
    state = {"desiredState": "paused"} if stopped else {}
    id, olds, outputs = made(driver, **ENV, **state)
    with_next(tir)
    news = driver.checked(inputs(modelPath="a", **ENV, **state), olds=olds)
    driver.update(olds, news, olds=outputs, id=id)
    action = "update" if stopped else "patch"
    assert writes(tir) == [(f"endpoint.{action}", form({"path": "a"} | FORM_NEXT, action))]


def shows(tir: Simulator, members: dict[str, Any]) -> None:
    """Members beside the documented ones, in every answer."""
    tir.fault("tir", "endpoint.get", kind="rewrite", merge={"data": members}, count=0)
    tir.clear()


def test_a_form_repeats_the_plan_to_renew_into(tir: Simulator, driver: TirDriver) -> None:
    """The only member of a form that has no property; facts of the answer are none."""
    id, olds, outputs = made(driver)
    shows(tir, {"next_sku_item_price_id": 99, "sku_item_price_id": 98, "async_enabled": True})
    news = driver.checked(inputs(modelPath="a"), olds=olds)
    outputs = driver.update(olds, news, olds=outputs, id=id)
    assert sent(tir, PATCH) == [form({"path": "a", "next_sku_item_price_id": 99}, "patch")]
    assert "__unknown" not in outputs


@pytest.mark.parametrize(
    ("patch", "told"),
    [
        ({"modelPath": "a"}, 1),
        ({"replica": 2}, 0),
        ({"currency": "USD"}, 0),
        ({"desiredState": "paused"}, 0),
        ({}, 0),
    ],
    ids=str,
)
def test_a_member_that_may_be_a_setting_is_named_in_the_preview(
    tir: Simulator, driver: TirDriver, patch: dict[str, Any], told: int
) -> None:
    id, olds, outputs = made(driver)
    shows(tir, {"zone_pin": "a", "burst": {"on": True}, "empty": {}, "none": None, "word": ""})
    outputs = plain(driver.read(id, outputs, olds).properties)
    assert outputs["__unknown"] == ["burst", "zone_pin"]
    news = driver.checked(inputs(**patch), olds=olds)
    driver.diff(olds, news, olds=outputs, id=id)
    driver.checked(inputs(stopInference="start"))
    driver.logged("stopInference is deprecated")  # and so everything before it
    words = (
        f"endpoint {id} shows burst, zone_pin, which this version of the provider does not know: "
        "if that is a setting, this change may reset it"
    )
    assert len([text for text in driver.log(WARNING) if words in text]) == told


def test_many_such_members_stay_a_few(tir: Simulator, driver: TirDriver) -> None:
    id, olds, outputs = made(driver)
    shows(tir, {f"member{n:03}": 1 for n in range(500)})
    outputs = plain(driver.read(id, outputs, olds).properties)
    assert outputs["__unknown"] == [f"member{n:03}" for n in range(20)]


def test_a_scaling_action_does_so_too(tir: Simulator, driver: TirDriver) -> None:
    """A rule is the same as long as it measures the same."""
    id, olds, outputs = made(driver, **SCALED, **ENV)
    with_next(tir)
    rule = SCALED["autoScalePolicy"]["rules"][0] | {"value": 77}
    policy = SCALED["autoScalePolicy"] | {"rules": [rule]}
    news = driver.checked(inputs(**merge(SCALED, {"autoScalePolicy": policy}), **ENV), olds=olds)
    driver.update(olds, news, olds=outputs, id=id)
    ((operation, body),) = writes(tir)
    assert operation == SCALE
    assert body["auto_scale_policy"]["window"] == "long"
    assert body["auto_scale_policy"]["rules"] == [WIRE_RULE | {"value": 77, "percentile": 99}]


def test_another_measure_is_another_rule(tir: Simulator, driver: TirDriver) -> None:
    id, olds, outputs = made(driver, **SCALED, **ENV)
    with_next(tir)
    rule = SCALED["autoScalePolicy"]["rules"][0] | {"metric": "requestRate"}
    policy = SCALED["autoScalePolicy"] | {"rules": [rule]}
    news = driver.checked(inputs(**merge(SCALED, {"autoScalePolicy": policy}), **ENV), olds=olds)
    driver.update(olds, news, olds=outputs, id=id)
    ((_, body),) = writes(tir)
    assert body["auto_scale_policy"]["rules"] == [WIRE_RULE | {"metric": "requestRate"}]


def test_another_framework_takes_no_settings_over(tir: Simulator, driver: TirDriver) -> None:
    """Those of the server; the container's stay."""
    id, olds, outputs = made(driver, **ENV)
    with_next(tir)
    news = driver.checked(inputs(framework="SGLANG", **ENV), olds=olds)
    driver.update(olds, news, olds=outputs, id=id)
    (body,) = sent(tir, PATCH)
    assert "next" not in body["detailed_info"]
    assert body["custom_endpoint_details"]["sidecar"] == {"image": "s:1"}


def test_an_ignored_item_of_a_set_is_no_other_one(tir: Simulator, driver: TirDriver) -> None:
    """The service shows variables in an order of its own, and somebody has changed one."""
    variables = [{"key": "B", "value": "1"}, {"key": "A", "value": "2"}]
    id, olds, outputs = made(driver, resourceDetails={"envVariables": variables})
    news = driver.checked(
        inputs(resourceDetails={"envVariables": variables}, modelPath="a"), olds=olds
    )
    details = view(tir)["custom_endpoint_details"]
    shown = details["resource_details"]["env_variables"]
    by_hand = [{**shown[1], "value": "9"}, shown[0]]
    details = {"resource_details": {"env_variables": by_hand}}
    tir.mutate("tir", f"501/{id}", patch={"custom_endpoint_details": details})
    tir.clear()
    ignored = ("resourceDetails.envVariables[0].value",)
    driver.update(olds, news, olds=outputs, id=id, ignore=ignored)
    (body,) = sent(tir, PATCH)
    assert body["path"] == "a"
    after = body["custom_endpoint_details"]["resource_details"]["env_variables"]
    assert {one["key"]: one["value"] for one in after} == {"B": "1", "A": "2"}


# What the form says by itself, or by another name.

MPT = {"framework": "MPT", "modelLoadIntegrationId": None, "detailedInfo": None}
VERSION = {"serverVersion": "v0.9.0", "huggingFaceId": None}


@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"detailedInfo": {"modelServeType": "full-model"}}, {}),
        (MPT, {**MPT, "detailedInfo": {"huggingFaceId": "mosaicml/mpt-7b-instruct"}}),
        (
            {**SERVER, "detailedInfo": VERSION},
            {**SERVER, "detailedInfo": {"huggingFaceId": None}, "serverOptions": "v0.9.0"},
        ),
        ({"containerImage": "vllm/vllm-openai:latest"}, {}),
    ],
    ids=["modelServeType", "huggingFaceId", "serverVersion", "containerImage"],
)
def test_what_asks_for_the_same_form_is_no_change(
    driver: TirDriver, tir: Simulator, one: dict[str, Any], other: dict[str, Any], back: bool
) -> None:
    before, after = (other, one) if back else (one, other)
    id, olds, outputs = made(driver, **before)
    news = driver.checked(inputs(**after), olds=olds)
    assert olds != news
    tir.clear()
    assert kinds(driver.diff(olds, news, olds=outputs, id=id)) == {}
    driver.update(olds, news, olds=outputs, id=id)
    assert writes(tir) == []
    assert refreshed(driver, id, outputs, news)[0] == news


def test_a_spelling_beside_a_change_goes_with_it(driver: TirDriver, tir: Simulator) -> None:
    before = {"detailedInfo": {"modelServeType": "full-model"}}
    id, olds, outputs = made(driver, **before)
    news = driver.checked(inputs(detailedInfo={"tokenizer": "t"}), olds=olds)
    assert kinds(driver.diff(olds, news, olds=outputs, id=id)) == {"detailedInfo.tokenizer": "ADD"}
    tir.clear()
    driver.update(olds, news, olds=outputs, id=id)
    assert writes(tir) == [(PATCH, form({"detailed_info.tokenizer": "t"}, "patch"))]


REPOSITORY = {
    "modelId": "2101",
    "modelLoadIntegrationId": None,
    "detailedInfo": {"huggingFaceId": None},
    "modelPath": "a",
}


@pytest.mark.parametrize(
    ("given", "patch", "is_url_known"),
    [
        ({}, {"framework": UNKNOWN}, False),
        ({}, {"detailedInfo": UNKNOWN}, True),
        (REPOSITORY, {"modelId": UNKNOWN}, True),
        (REPOSITORY, {"modelPath": UNKNOWN}, True),
        (REPOSITORY, {"diskPath": UNKNOWN}, True),
    ],
    ids=lambda one: "-".join(one) if isinstance(one, dict) else None,
)
def test_the_preview_of_a_change_promises_no_model_that_is_not_known_yet(
    driver: TirDriver, given: dict[str, Any], patch: dict[str, Any], is_url_known: bool
) -> None:
    id, olds, outputs = made(driver, **given)
    known = "/mnt/models/a" if given else "google/gemma-2b"
    assert outputs["target"]["model"] == known
    news = driver.checked(inputs(**merge(given, patch)), olds=olds)
    preview = driver.update(olds, news, olds=outputs, preview=True, id=id)
    assert preview["target"]["model"] == UNKNOWN
    assert preview["target"]["baseUrl"] == (
        outputs["target"]["baseUrl"] if is_url_known else UNKNOWN
    )


def test_the_preview_of_an_end_of_autoscaling_shows_the_policy_as_it_will_be(
    driver: TirDriver,
) -> None:
    """The service shows none then: what it had filled in is gone."""
    policy = {"minReplicas": 1, "maxReplicas": 3, "rules": [{"metric": "concurrency", "value": 12}]}
    id, checked, outputs = made(driver, isAutoScaleEnabled=True, autoScalePolicy=policy)
    assert outputs["autoScalePolicy"]["stabilityPeriod"] == 300
    news = {key: value for key, value in checked.items() if key != "isAutoScaleEnabled"}
    shown = driver.update(checked, news, olds=outputs, preview=True)
    updated = driver.update(checked, news, olds=outputs, id=id)
    known = {key: value for key, value in shown["autoScalePolicy"].items() if value != UNKNOWN}
    assert known == updated["autoScalePolicy"] == policy


def test_the_preview_of_a_default_that_is_taken_out_shows_it_no_more(driver: TirDriver) -> None:
    """What the form says by itself is shown as the program has it."""
    said = {"huggingFaceId": "google/gemma-2b", "modelServeType": "full-model"}
    id, checked, outputs = made(driver, detailedInfo=said)
    details = {"huggingFaceId": "google/gemma-2b"}
    news = {**checked, "detailedInfo": details, "modelPath": "a"}
    shown = driver.update(checked, news, olds=outputs, preview=True)
    updated = driver.update(checked, news, olds=outputs, id=id)
    assert shown["detailedInfo"] == updated["detailedInfo"]
    assert "modelServeType" not in shown["detailedInfo"]
