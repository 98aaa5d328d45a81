"""What comes back: every form of an answer, states, imports, drift, outputs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from simulator.tir.sample import TEAM, TOKEN
from support.drivers.hf import UNKNOWN, WARNING, kinds, merge, plain, secret, struct
from support.drivers.tir import (
    COMMITTED,
    FIRST,
    RULE,
    SCALED,
    Simulator,
    TirDriver,
    failing,
    imported,
    inputs,
    made,
    refreshed,
    requests,
    told,
    writes,
)
from support.limits import of_option

Configure = Callable[..., TirDriver]
FULL: dict[str, Any] = {
    "modelPath": "a/b",
    "datasetId": "1301",
    "datasetPath": "d",
    "storageType": "sfs",
    "sfsId": "5",
    "imagePullPolicy": "IfNotPresent",
    "servicePort": True,
    "isReadinessProbeEnabled": True,
    "isLivenessProbeEnabled": True,
    "readinessProbe": {"port": 9000, "path": "/r", "grpcService": "g"},
    "livenessProbe": {"protocol": "tcp", "periodSeconds": 30},
    "resourceDetails": {
        "diskSize": 200,
        "mountPath": "/m",
        "envVariables": [
            {"key": "A", "value": secret("first-value"), "required": True},
            {"key": "B", "value": secret("second-value"), "disabled": {"value": True}},
        ],
    },
    "detailedInfo": {
        "commands": ["serve"],
        "args": ["--a", "b c"],
        "tokenizer": "t",
        "worldSize": 2,
        "logVerboseLevel": 3,
        "infoLog": False,
        "engineArgs": {
            "seed": 7,
            "rope_theta": 1000000,
            "enforce_eager": True,
            "quantization": "q",
        },
    },
    "autoScalePolicy": {
        "minReplicas": 1,
        "maxReplicas": 3,
        "stabilityPeriod": 60,
        "initialCooldownPeriod": 15,
        "isHoldQueue": True,
        "rules": [RULE],
    },
    "isAutoScaleEnabled": True,
    "containerImage": "vllm/vllm-openai:v0.9.1",
}
CUSTOM = "custom_endpoint_details"
# Everything of an answer that inputs come from.
PATHS = [
    "framework",
    "location",
    "replica",
    "committed_replicas",
    "is_auto_scale_enabled",
    "auto_scale_policy",
    "auto_scale_policy.rules",
    "auto_scale_policy.min_replicas",
    "auto_scale_policy.max_replicas",
    "auto_scale_policy.stability_period",
    "auto_scale_policy.initial_cooldown_period",
    "auto_scale_policy.is_hold_queue",
    "detailed_info",
    "detailed_info.args",
    "detailed_info.commands",
    "detailed_info.hugging_face_id",
    "detailed_info.engine_args",
    "detailed_info.world_size",
    "detailed_info.info_log",
    "detailed_info.tokenizer",
    "detailed_info.model_serve_type",
    "detailed_info.server_version",
    CUSTOM,
    f"{CUSTOM}.container",
    f"{CUSTOM}.container.container_name",
    f"{CUSTOM}.container.container_type",
    f"{CUSTOM}.container.advance_config",
    f"{CUSTOM}.container.advance_config.readiness_probe",
    f"{CUSTOM}.container.advance_config.readiness_probe.port",
    f"{CUSTOM}.container.advance_config.liveness_probe.protocol",
    f"{CUSTOM}.container.advance_config.image_pull_policy",
    f"{CUSTOM}.container.advance_config.is_readiness_probe_enabled",
    f"{CUSTOM}.resource_details",
    f"{CUSTOM}.resource_details.disk_size",
    f"{CUSTOM}.resource_details.env_variables",
    f"{CUSTOM}.service_port",
    f"{CUSTOM}.public_ip",
    "sku",
    "sku_details",
    "sku_details.specs",
    "sku_details.plan",
    "sku_details.plan.currency",
    "sku_details.plan.committed_days",
    "storage_type",
    "cluster_type",
    "disk_path",
    "sfs_path",
    "sfs_id",
    "path",
    "dataset_id",
    "dataset",
    "dataset_path",
    "model",
    "model_id",
    "model_load_integration_id",
    "private_cloud_id",
    "committed_instance_policy",
    "message",
    "updated_at",
]


@pytest.mark.one_call
@pytest.mark.parametrize("path", PATHS)
def test_a_missing_value_says_nothing(tir: Simulator, driver: TirDriver, path: str) -> None:
    id, checked, outputs = made(driver, **FULL)
    tir.knobs("tir", answer_omits=[path])
    assert refreshed(driver, id, outputs, checked)[0] == checked
    changed = {**checked, "modelPath": "new"}
    driver.update(checked, changed, olds=outputs, id=id)


def test_everything_comes_back(tir: Simulator, driver: TirDriver) -> None:
    id, checked, outputs = made(driver, **FULL)
    assert refreshed(driver, id, outputs, checked) == (checked, outputs)
    for name, value in FULL.items():
        if name != "detailedInfo":
            assert outputs[name] == value or isinstance(value, dict), name
    assert driver.log(2) == []


FORMS: list[tuple[str, dict[str, Any]]] = [
    ("numbers as text", {"integers": "string"}),
    ("text as numbers", {"documented_strings": False}),
    ("switches in the container", {"probe_flags_in": "container"}),
    ("switches in both", {"probe_flags_in": "both"}),
    ("words as base64", {"args_echo": "base64"}),
    ("words as text", {"args_echo": "text"}),
    ("only the model", {"model_echo": "model"}),
    ("only its number", {"model_echo": "model_id"}),
    ("masked values", {"env_values": "masked"}),
    ("no values", {"env_values": "omitted"}),
    ("no model and no dataset", {"answer_nulls": ["model", "dataset"]}),
]
OTHERS: list[tuple[str, dict[str, Any]]] = [
    ("everything", FULL),
    ("repository", {"modelLoadIntegrationId": None, "modelId": "2101"}),
    ("committed", COMMITTED),
    (
        "private cloud",
        {
            "skuName": None,
            "skuType": None,
            "privateCloudId": "9001",
            "customSku": {"cpu": 4, "memory": 8},
        },
    ),
]


@pytest.mark.one_call
@pytest.mark.parametrize("given", [o[1] for o in OTHERS], ids=[o[0] for o in OTHERS])
@pytest.mark.parametrize("knobs", [f[1] for f in FORMS], ids=[f[0] for f in FORMS])
def test_forms_of_an_answer(
    tir: Simulator, driver: TirDriver, knobs: dict[str, Any], given: dict[str, Any]
) -> None:
    tir.knobs("tir", **knobs)
    id, checked, outputs = made(driver, **given)
    assert refreshed(driver, id, outputs, checked)[0] == checked
    assert not any("another value" in text for text in driver.log(2))
    changed = {**checked, "modelPath": "new"}
    tir.clear()
    driver.update(checked, changed, olds=outputs, id=id)
    assert [name for name, _ in writes(tir)] == ["endpoint.patch"]


def variables(**values: str) -> dict[str, Any]:
    listed = [{"key": key, "value": value} for key, value in values.items()]
    return {"resourceDetails": {"envVariables": listed}}


@pytest.mark.parametrize("values", ["masked", "omitted"])
def test_an_import_names_the_variables_that_cannot_be_read(
    tir: Simulator, driver: TirDriver, values: str
) -> None:
    """Stars are no value: what the program does not say is not set to them."""
    id, _, _ = made(driver, **variables(TOKEN="t-1234", MODE="fast"))
    tir.knobs("tir", env_values=values)
    found = imported(driver, id)[1]
    assert all("value" not in one for one in found["resourceDetails"]["envVariables"])
    driver.logged(
        "resourceDetails.envVariables (TOKEN, MODE) cannot be read back from E2E Networks TIR: "
        "add it to the program"
    )
    read = driver.read(id, None, found)
    assert plain(read.inputs) == found


@pytest.mark.parametrize("patch", [{}, variables(MODE="fast")], ids=["none", "readable"])
def test_an_import_without_hidden_variables_is_silent(
    tir: Simulator, driver: TirDriver, patch: dict[str, Any]
) -> None:
    id, _, _ = made(driver, **patch)
    imported(driver, id)
    assert driver.log(WARNING) == []


UNKNOWN_FRAMEWORK = (
    'E2E Networks TIR: endpoint 3001 has the framework "next-one", which this version of the '
    "provider does not know: it is passed on as it is, and an update may change what is set of it"
)


@pytest.mark.parametrize(
    ("framework", "lines"),
    [
        ("next-one", [UNKNOWN_FRAMEWORK]),
        ("vllm", []),
        ("Phi-3-mini-128k-instruct", []),
        ("custom", []),
        ("Triton", []),
    ],
)
@pytest.mark.parametrize("imports", [True, False], ids=["import", "refresh"])
def test_a_framework_that_nobody_here_knows_is_told(
    tir: Simulator, driver: TirDriver, imports: bool, framework: str, lines: list[str]
) -> None:
    """It stays among the inputs, for the form is sent whole; what a program says Check tells."""
    id, checked, outputs = made(driver)
    shown = {"data": {"framework": framework}}
    tir.fault("tir", "endpoint.get", kind="rewrite", merge=shown, count=0)
    read = driver.read(id) if imports else driver.read(id, outputs, checked)
    assert driver.log(WARNING) == lines
    if lines:
        kept, outputs = plain(read.inputs), plain(read.properties)
        assert kept["framework"] == framework
        driver.read(id, outputs, kept)
        assert driver.log(WARNING) == lines, "once"


def test_text_that_is_no_json_is_taken_for_the_same(tir: Simulator, driver: TirDriver) -> None:
    """As E2E's Python client writes lists."""
    id, checked, outputs = made(driver, detailedInfo={"args": "['--a', 'b']"})
    assert outputs["detailedInfo"]["args"] == "['--a', 'b']"
    assert refreshed(driver, id, outputs, checked)[0] == checked


def test_an_argument_in_32_bits_is_the_same(tir: Simulator, driver: TirDriver) -> None:
    given = {"detailedInfo": {"engineArgs": {"gpu_memory_utilization": 0.9}}}
    id, checked, outputs = made(driver, **given)
    kept = {"engine_args": {"gpu_memory_utilization": 0.8999999761581421}}
    tir.mutate("tir", f"501/{id}", patch={"detailed_info": kept})
    assert refreshed(driver, id, outputs, checked)[0] == checked


DRIFTS: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any], str]] = [
    # Name, inputs, changed in the document, changed in the inputs, path of the difference.
    ("path", {"modelPath": "a"}, {"path": "b"}, {"modelPath": "b"}, "modelPath"),
    ("path from nothing", {}, {"path": "b"}, {"modelPath": "b"}, "modelPath"),
    ("machine", {}, {"sku_name": "L4.2"}, {"skuName": "L4.2"}, "skuName"),
    (
        "source gone",
        {},
        {"model_load_integration_id": None},
        {"modelLoadIntegrationId": ""},
        "modelLoadIntegrationId",
    ),
    ("dataset", {}, {"dataset_id": 1301}, {"datasetId": "1301"}, "datasetId"),
    ("dataset gone", {"datasetId": "1301"}, {"dataset_id": None}, {"datasetId": ""}, "datasetId"),
    ("switch", {}, {CUSTOM: {"service_port": True}}, {"servicePort": True}, "servicePort"),
    (
        "probe",
        {},
        {CUSTOM: {"container": {"advance_config": {"readiness_probe": {"port": 9}}}}},
        {"readinessProbe": {"port": 9}},
        "readinessProbe",
    ),
    ("replica", {"replica": 2}, {"replica": 3}, {"replica": 3}, "replica"),
    (
        "image",
        {"containerImage": "a:1"},
        {CUSTOM: {"container": {"container_name": "b:1"}}},
        {"containerImage": "b:1"},
        "containerImage",
    ),
    (
        "words",
        {"detailedInfo": {"args": ["a"]}},
        {"detailed_info": {"args": "WyJiIl0="}},
        {"detailedInfo": {"args": ["b"]}},
        "detailedInfo.args",
    ),
    (
        "argument",
        {"detailedInfo": {"engineArgs": {"seed": 1}}},
        {"detailed_info": {"engine_args": {"seed": 2}}},
        {"detailedInfo": {"engineArgs": {"seed": 2}}},
        "detailedInfo.engineArgs.seed",
    ),
    (
        "bounds",
        SCALED,
        {"auto_scale_policy": {"max_replicas": 5}},
        {"autoScalePolicy": {"maxReplicas": 5}},
        "autoScalePolicy.maxReplicas",
    ),
    (
        "scaling off",
        SCALED,
        {"is_auto_scale_enabled": False, "replica": 1},
        {"isAutoScaleEnabled": False},
        "isAutoScaleEnabled",
    ),
]


@pytest.mark.one_call
@pytest.mark.parametrize(
    ("given", "patch", "shown", "path"), [d[1:] for d in DRIFTS], ids=[d[0] for d in DRIFTS]
)
def test_drift_shows_and_goes(
    tir: Simulator,
    driver: TirDriver,
    given: dict[str, Any],
    patch: dict[str, Any],
    shown: dict[str, Any],
    path: str,
) -> None:
    id, checked, outputs = made(driver, **given)
    tir.mutate("tir", f"501/{id}", patch=patch)
    drifted, now = refreshed(driver, id, outputs, checked)
    assert drifted != checked

    def holds(part: Any, whole: Any) -> bool:
        if isinstance(part, dict):
            return all(key in whole and holds(value, whole[key]) for key, value in part.items())
        return bool(part == whole)

    assert holds(shown, drifted)
    assert list(kinds(driver.diff(drifted, checked, now))) == [path]
    back = driver.update(drifted, checked, olds=now, id=id)
    assert refreshed(driver, id, back, checked)[0] == checked


def test_a_changed_variable_is_as_secret_as_before(tir: Simulator, driver: TirDriver) -> None:
    variable = {"key": "A", "value": secret("old-value")}
    id, checked, outputs = made(driver, resourceDetails={"envVariables": [variable]})
    new = [{"key": "A", "value": "new-value", "required": False}]
    tir.mutate("tir", f"501/{id}", patch={CUSTOM: {"resource_details": {"env_variables": new}}})
    drifted, _ = refreshed(driver, id, outputs, checked)
    text = str(drifted["resourceDetails"])
    assert "new-value" in text
    assert str(secret("new-value"))[1:40] in text


# States.

WORDS: list[tuple[str, str, str | None]] = [
    # Word, state it is given for, what the wait makes of it (None: goes on waiting).
    *(
        (word, "running", "ready")
        for word in (
            "running",
            "Running",
            "RUNNING",
            " running ",
            "idle",
            "ready",
            "active",
            "success",
            "Succeeded",
            "Done",
        )
    ),
    *(
        (word, "running", "failed")
        for word in (
            "failed",
            "Failed",
            "error",
            "errored",
            "CrashLoopBackOff",
            "ImagePullBackOff",
            "image_pull_failed",
        )
    ),
    *(
        (word, "running", None)
        for word in (
            "waiting",
            "Deploying",
            "terminating",
            "deleted",
            "terminated",
            "hibernating",
            "",
        )
    ),
]


@pytest.mark.one_call
@pytest.mark.parametrize(("word", "state", "meaning"), WORDS, ids=[f"{w[0]!r}" for w in WORDS])
def test_words(
    tir: Simulator, driver: TirDriver, word: str, state: str, meaning: str | None
) -> None:
    tir.knobs("tir", words={state: word})
    checked = driver.checked(inputs())
    if meaning == "ready":
        assert driver.create(checked)[1]["status"] == word
        return
    failure = failing(driver.create, checked, timeout=2)
    assert failure.id == FIRST
    if meaning == "failed":
        assert f"endpoint {FIRST} is {word}" in failure.reasons[0]
    else:
        assert "the time given for it ran out" in failure.reasons[0]
        assert failure.properties["endpointId"] == FIRST


def test_a_deadline_tells_what_is_known_and_what_gives_more_time(
    tir: Simulator, driver: TirDriver
) -> None:
    """The last log lines, as for a failure."""
    tir.knobs("tir", polls={"waiting": 1000})
    failure = failing(driver.create, driver.checked(inputs()), timeout=2)
    assert re.sub(r"after \d+ s", "after N s", failure.reasons[0]) == (
        "E2E Networks TIR: endpoint 3001 was still waiting after N s when the time given for it "
        "ran out. It is kept in the state; pulumi up goes on waiting for it. "
        f"{of_option('create', 2)}. Last log lines:\nstarting demo"
    )


def test_the_log_of_a_failed_endpoint(tir: Simulator, driver: TirDriver) -> None:
    tir.knobs("tir", fail_next_create=1, failure_message="Out of memory.")
    failure = failing(driver.create, driver.checked(inputs()))
    assert failure.reasons == [
        "E2E Networks TIR: endpoint 3001 is failed: Out of memory. Mend its inputs and run pulumi "
        "up again, or destroy it: it stays in the state until then. Last log lines:\nstarting demo"
    ]


UNREADABLE: list[tuple[dict[str, Any], str]] = [
    (
        {"status": 200, "body": "x" * (5 << 20)},
        "the reply of HOST is larger than 4194304 bytes); it is at: ",
    ),
    (
        {"status": 404, "message": "No worker yet"},
        "No worker yet (HTTP 404)); it is at: pulumi do inference:tir:getLogs --id "
        "501/Delhi/3001, or ",
    ),
]


@pytest.mark.parametrize(("fault", "words"), UNREADABLE, ids=["long", "none"])
def test_a_log_that_cannot_be_read(
    tir: Simulator, driver: TirDriver, fault: dict[str, Any], words: str
) -> None:
    """The service has no way to ask for its end alone (docs/apis/tir.md 2.8)."""
    tir.knobs("tir", fail_next_create=1, failure_message="Out of memory.")
    tir.fault("tir", "endpoint.logs", kind="error", count=0, **fault)
    host = tir.url("tir").removeprefix("http://")
    failure = failing(driver.create, driver.checked(inputs()))
    assert failure.reasons[0].replace(host, "HOST") == (
        "E2E Networks TIR: endpoint 3001 is failed: Out of memory. Mend its inputs and run pulumi "
        "up again, or destroy it: it stays in the state until then. Its log could not be read "
        f"({words}https://gpu-notebooks.e2enetworks.com/projects/501/model-endpoints."
    )


def test_the_services_words_about_a_failure(tir: Simulator, driver: TirDriver) -> None:
    tir.knobs("tir", fail_next_create=1, failure_message="no such image")
    failure = failing(driver.create, driver.checked(inputs()))
    assert "endpoint 3001 is failed: no such image. " in failure.reasons[0]
    assert failure.properties["statusMessage"] == "no such image"


def test_a_failed_one_shows_in_a_refresh(tir: Simulator, driver: TirDriver) -> None:
    id, checked, outputs = made(driver)
    tir.call("tir", "fail", target=f"501/{id}", message="out of memory")
    failure = failing(driver.read, id, outputs, checked)
    assert failure.reasons == [
        "E2E Networks TIR: endpoint 3001 is failed: out of memory. Mend its inputs and run pulumi "
        "up again, or destroy it: it stays in the state until then."
    ]
    assert failure.inputs == checked


@pytest.mark.parametrize("former", [False, True])
def test_a_stop_by_hand_shows(tir: Simulator, driver: TirDriver, former: bool) -> None:
    id, checked, outputs = made(driver, **({"stopInference": "start"} if former else {}))
    tir.mutate("tir", f"501/{id}", patch={"status": "stopped"})
    drifted, now = refreshed(driver, id, outputs, checked)
    shown = {"stopInference": "stop"} if former else {"desiredState": "paused"}
    assert drifted == {**checked, **shown}
    tir.clear()
    driver.update(drifted, checked, olds=now, id=id)
    assert [name for name, _ in writes(tir)] == ["endpoint.start"]


def test_idle_is_ready(tir: Simulator, driver: TirDriver) -> None:
    given = {**SCALED, "autoScalePolicy": {**SCALED["autoScalePolicy"], "minReplicas": 0}}
    id, checked, outputs = made(driver, **given)
    assert outputs["status"] == "idle"
    assert refreshed(driver, id, outputs, checked)[0] == checked


def test_creating_a_stopped_one(tir: Simulator, driver: TirDriver) -> None:
    _, _, outputs = made(driver, desiredState="paused")
    assert [name for name, _ in writes(tir)] == ["endpoint.create", "endpoint.stop"]
    assert outputs["status"] == "stopped"


# Imports.


@pytest.mark.parametrize(
    ("id", "config", "shown"),
    [
        (FIRST, {}, {}),
        (f"Delhi/{FIRST}", {}, {}),
        (f"501/Delhi/{FIRST}", {}, {}),
        (f"7/501/Delhi/{FIRST}", {}, {"teamId": "7"}),
        (f"7/501/Delhi/{FIRST}", {"tirTeamId": TEAM}, {}),
        (
            f"7/501/Delhi/{FIRST}",
            {"tirProjectId": None, "tirLocation": None},
            {"teamId": "7", "projectId": "501", "location": "Delhi"},
        ),
        (f"501/Delhi/{FIRST}", {"tirProjectId": "502"}, {"projectId": "501"}),
    ],
)
def test_import_ids(
    tir: Simulator, configure: Configure, id: str, config: dict[str, Any], shown: dict[str, Any]
) -> None:
    made(configure())
    found, news = imported(configure(**config), id)
    assert found == FIRST
    assert news == {**inputs(), **shown}


@pytest.mark.parametrize("id", ["a/b/c/d/e", "7//Delhi/3001", "x/501/Delhi/3001"])
def test_no_import_ids(tir: Simulator, driver: TirDriver, id: str) -> None:
    failure = failing(driver.read, id)
    assert failure.code.name == "INVALID_ARGUMENT"
    assert told(tir) == []


def test_an_id_without_its_location_is_told_the_form(tir: Simulator, driver: TirDriver) -> None:
    failure = failing(driver.read, f"501/{FIRST}")
    assert (failure.code.name, told(tir)) == ("INVALID_ARGUMENT", [])
    assert failure.message == (
        f'"501/{FIRST}" is not an id of inference:tir:Endpoint: "501" is no location; expected '
        "number, location/number, projectId/location/number or teamId/projectId/location/number, "
        "such as 7/501/Delhi/1234"
    )


def test_an_import_needs_a_place(tir: Simulator, configure: Configure) -> None:
    driver = configure(tirProjectId=None, tirLocation=None)
    failure = failing(driver.read, FIRST)
    assert failure.message == (
        "E2E Networks TIR: no location is known; set inference:tirLocation, or give it in the id"
    )
    failure = failing(driver.read, f"Delhi/{FIRST}")
    assert "no project is known" in failure.message


SHAPES: list[tuple[str, dict[str, Any]]] = [
    ("smallest", {}),
    ("everything", {k: v for k, v in FULL.items() if k != "resourceDetails"}),
    ("committed", COMMITTED),
    ("stopped", {"desiredState": "paused"}),
    ("own model", {"framework": "MPT", "modelLoadIntegrationId": None, "detailedInfo": None}),
    (
        "server",
        {
            "framework": "PYTORCH",
            "modelId": "2102",
            "modelLoadIntegrationId": None,
            "detailedInfo": {"huggingFaceId": None, "serverVersion": "v0.8.1"},
        },
    ),
    (
        "container",
        {
            "framework": "CUSTOM",
            "containerImage": "a:1",
            "modelLoadIntegrationId": None,
            "detailedInfo": None,
        },
    ),
    (
        "private cloud",
        {"skuName": None, "skuType": None, "privateCloudId": "9001", "customSku": {"cpu": 4}},
    ),
]


@pytest.mark.parametrize("given", [s[1] for s in SHAPES], ids=[s[0] for s in SHAPES])
def test_an_import_is_what_made_it(
    tir: Simulator, driver: TirDriver, given: dict[str, Any]
) -> None:
    id, checked, _ = made(driver, **given)
    found, news = imported(driver, id)
    place = {"projectId": "501", "location": "Delhi"}
    if "privateCloudId" in given:
        news["currency"] = "INR"  # such an endpoint shows none
    assert (found, {**news, **place}) == (id, _imported(checked))
    again = driver.checked({**news, **place}, olds=news)
    assert kinds(driver.diff(news, again)) == {}


def _imported(checked: dict[str, Any]) -> dict[str, Any]:
    """An import spells rules out, and words as JSON text."""
    details = dict(checked.get("detailedInfo", {}))
    for name in ("args", "commands"):
        if isinstance(details.get(name), list):
            details[name] = json.dumps(details[name], separators=(",", ":"))
    if details:
        checked = {**checked, "detailedInfo": details}
    policy = checked.get("autoScalePolicy")
    if not policy:
        return checked
    rules = [
        {
            "conditionType": "limit",
            "customMetricName": "",
            "granularity": 1,
            "window": 1,
            "watchPeriod": 60,
            **rule,
        }
        for rule in policy["rules"]
    ]
    return {**checked, "autoScalePolicy": {**_without(policy, "minReplicas", 1), "rules": rules}}


def _without(values: dict[str, Any], name: str, default: Any) -> dict[str, Any]:
    return {k: v for k, v in values.items() if k != name or v != default}


# Outputs.

URL = "https://infer.e2enetworks.net/project/p-501/endpoint/is-3001/"
TARGETS: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("engine", {}, {"baseUrl": f"{URL}v1", "model": "google/gemma-2b"}),
    (
        "named by an argument",
        {"detailedInfo": {"engineArgs": {"served_model_name": "mine"}}},
        {"baseUrl": f"{URL}v1", "model": "mine"},
    ),
    (
        "own model",
        {"framework": "LLAMA_3", "modelLoadIntegrationId": None, "detailedInfo": None},
        {"baseUrl": f"{URL}v1", "model": "meta-llama/Meta-Llama-3-8B-Instruct"},
    ),
    (
        "repository",
        {
            "modelLoadIntegrationId": None,
            "modelId": "2104",
            "modelPath": "/a/b/",
            "detailedInfo": None,
        },
        {"baseUrl": f"{URL}v1", "model": "/mnt/models/a/b"},
    ),
    (
        "repository at its root",
        {"modelLoadIntegrationId": None, "modelId": "2104", "detailedInfo": None},
        {"baseUrl": f"{URL}v1", "model": "/mnt/models"},
    ),
    ("custom model", {"detailedInfo": {"huggingFaceId": "custom"}}, {"baseUrl": f"{URL}v1"}),
    (
        "another protocol",
        {"framework": "YOLO_V8", "modelLoadIntegrationId": None, "detailedInfo": None},
        {"baseUrl": URL},
    ),
]


@pytest.mark.parametrize(("given", "target"), [t[1:] for t in TARGETS], ids=[t[0] for t in TARGETS])
def test_target(
    tir: Simulator, driver: TirDriver, given: dict[str, Any], target: dict[str, str]
) -> None:
    _, _, outputs = made(driver, **given)
    assert (outputs["target"], outputs["url"]) == (target, URL)


def test_the_target_of_a_preview(tir: Simulator, driver: TirDriver) -> None:
    checked = driver.checked(inputs())
    _, outputs = driver.create(checked, preview=True)
    assert outputs["target"] == {"baseUrl": UNKNOWN, "model": "google/gemma-2b"}
    assert outputs["url"] == UNKNOWN
    assert outputs["endpointId"] == UNKNOWN
    assert told(tir) == []
    _, checked, outputs = made(driver)
    shown = driver.update(checked, {**checked, "modelPath": "a"}, olds=outputs, preview=True)
    assert (shown["url"], shown["target"]) == (URL, outputs["target"])
    unknown = {**checked, "detailedInfo": {"huggingFaceId": UNKNOWN}}
    shown = driver.update(checked, unknown, olds=outputs, preview=True)
    assert shown["target"] == {"baseUrl": f"{URL}v1", "model": UNKNOWN}


def test_lists(tir: Simulator, driver: TirDriver) -> None:
    for name in ("one", "two", "three"):
        made(driver, name=name)
    tir.knobs("tir", list_per_page_max=100)
    found = [(r.result.id, r.result.name) for r in driver.list() if r.HasField("result")]
    assert found == [("3001", "one"), ("3002", "two"), ("3003", "three")]


@pytest.mark.parametrize("knobs", [{}, {"list_paging": False}, {"list_past_end": "not_found"}])
def test_long_lists(tir: Simulator, driver: TirDriver, knobs: dict[str, Any]) -> None:
    """100 are a whole page: the next one is empty, not there, or the same once more."""
    tir.knobs("tir", **knobs)
    made(driver)
    (request,) = requests(tir, "endpoint.create")
    for index in range(99):
        post(tir, f"{request.path}?{request.query}", {**request.json, "name": f"n{index}"})
    found = [r.result.id for r in driver.list() if r.HasField("result")]
    assert found == [str(3001 + index) for index in range(100)]


def post(tir: Simulator, path: str, body: dict[str, Any]) -> None:
    """Another client's create."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    request = Request(tir.url("tir") + path, json.dumps(body).encode(), headers)
    with build_opener(ProxyHandler({})).open(request) as answer:
        assert answer.status == 201


def test_pages_smaller_than_asked_hide_nothing(tir: Simulator, driver: TirDriver) -> None:
    made_before = [made(driver, name=f"n{number}") for number in range(5)]
    tir.knobs("tir", list_per_page_max=2)
    found = [r.result.id for r in driver.list() if r.HasField("result")]
    assert found == [id for id, _, _ in made_before]
    id, checked, outputs = made_before[-1]
    tir.fault("tir", "endpoint.get", kind="error", status=404, message="no", count=0)
    assert failing(driver.read, id, outputs, checked).message.endswith("try again")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, "the reply holds no list of endpoints"),
        ({}, "the reply holds no list of endpoints"),
        ([{"id": 1, "name": "x"}, None], "the reply holds something that is no endpoint"),
        ([{"id": 1, "name": "x"}, 7], "the reply holds something that is no endpoint"),
        ([{"id": 1, "name": "x"}, {"name": "x"}], "the reply holds something that is no endpoint"),
    ],
    ids=str,
)
def test_what_is_no_list_of_endpoints_proves_nothing(
    tir: Simulator, driver: TirDriver, data: Any, reason: str
) -> None:
    id, checked, outputs = made(driver)
    tir.delete("tir", f"501/{id}")
    body = {"code": 200, "data": data, "errors": None, "message": "ok"}
    tir.fault("tir", "endpoint.list", kind="error", status=200, body=body, count=0)
    failure = failing(driver.read, id, outputs, checked)
    assert failure.code.name == "UNAVAILABLE"
    assert f"E2E Networks TIR: listing the endpoints: {reason}" in failure.message
    assert "is not taken as deleted" in failure.message
    assert reason in failing(lambda: list(driver.list())).message


def test_a_list_that_goes_round_is_an_error(tir: Simulator, driver: TirDriver) -> None:
    for names in (["a", "b"], ["c"], ["b", "a"]):
        data = [{"id": ord(name), "name": name} for name in names]
        body = {"code": 200, "data": data, "errors": None, "message": "ok"}
        tir.fault("tir", "endpoint.list", kind="error", status=200, body=body)
    failure = failing(lambda: list(driver.list()))
    assert failure.code.name == "UNAVAILABLE"
    assert "E2E Networks TIR: listing the endpoints: the list does not advance" in failure.message
    assert len(requests(tir, "endpoint.list")) == 3


def test_a_list_takes_a_project(tir: Simulator, configure: Configure) -> None:
    driver = configure(tirProjectId=None)
    failure = failing(lambda: list(driver.list()))
    assert failure.message.startswith("E2E Networks TIR: no project is known; give projectId")
    assert told(tir) == []


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"projectId": "501\n", "location": "Delhi\r\n"}, ""),
        ({"projectId": "5\n01"}, ": the query's projectId has a line break inside"),
        ({"projectId": 501}, ": the query's projectId must be a string, not a number"),
        (
            {"projectid": "501"},
            ' cannot be listed by "projectid", only by teamId, projectId, location',
        ),
    ],
    ids=str,
)
def test_a_query_is_read_as_the_configuration_is(
    tir: Simulator, configure: Callable[..., TirDriver], query: dict[str, Any], wrong: str
) -> None:
    """What cannot be understood is no list of the configured project."""
    made(configure())
    tir.clear()
    other = configure(tirProjectId="502")
    if wrong == "":
        found = [r.result.id for r in other.list(query=struct(query)) if r.HasField("result")]
        assert found == ["3001"]
        assert all("project_id=501&" in request.query for request in requests(tir))
        return
    failure = failing(lambda: list(other.list(query=struct(query))))
    assert failure.message == f"inference:tir:Endpoint{wrong}"
    assert told(tir) == []


# Values that the service masks.

VARIABLES = {
    "resourceDetails": {
        "envVariables": [
            {"key": "A", "value": secret("first-value")},
            {"key": "B", "value": secret("second-value")},
        ]
    }
}


def masked_import(
    tir: Simulator, driver: TirDriver, how: str
) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Id, inputs and state of an imported endpoint whose values are not shown."""
    id, _, _ = made(driver, **VARIABLES)
    tir.knobs("tir", env_values=how)
    read = driver.read(id)
    return id, plain(read.inputs), plain(read.properties)


@pytest.mark.parametrize("how", ["masked", "omitted"])
def test_masked_values_are_no_inputs_of_an_import(
    tir: Simulator, driver: TirDriver, how: str
) -> None:
    _, found, outputs = masked_import(tir, driver, how)
    variables = found["resourceDetails"]["envVariables"]
    assert [one["key"] for one in variables] == ["A", "B"]
    assert not any("value" in one for one in variables)
    assert outputs["__unread"] == {"resourceDetails.envVariables": ["A", "B"]}
    driver.logged(
        "resourceDetails.envVariables (A, B) cannot be read back from E2E Networks TIR: add it to"
    )


def with_values(*variables: dict[str, Any]) -> dict[str, Any]:
    return {"resourceDetails": {"envVariables": list(variables)}}


@pytest.mark.parametrize("how", ["masked", "omitted"])
@pytest.mark.parametrize(
    ("patch", "lost"),
    [
        ({"modelPath": "a"}, "A, B"),
        (with_values({"key": "A", "value": "x"}, {"key": "B"}), "B"),
        (with_values({"key": "A", "value": "x"}), None),  # the preview shows that B is taken out
        (with_values({"key": "A", "value": "x"}, {"key": "B", "value": "y"}), None),
        (with_values({"key": "A", "value": "*****"}, {"key": "B", "value": "y"}), "A"),
        ({"currency": "USD"}, "A, B"),
        ({"desiredState": "paused"}, None),
        ({"restartTrigger": "1"}, None),
        ({"replica": 2}, None),  # has a request of its own
        ({"replica": 2, "modelPath": "a"}, "A, B"),
        ({}, None),
    ],
    ids=str,
)
def test_a_form_that_loses_values_is_told_in_the_preview(
    tir: Simulator, driver: TirDriver, patch: dict[str, Any], lost: str | None, how: str
) -> None:
    id, olds, outputs = masked_import(tir, driver, how)
    news = driver.checked(merge(olds, patch), olds=olds)
    driver.diff(olds, news, olds=outputs, id=id)
    driver.checked(inputs(stopInference="start"))
    driver.logged("stopInference is deprecated")  # and so everything before it
    told = [text for text in driver.log(2) if "this change loses" in text]
    words = [f"loses resourceDetails.envVariables ({lost}), which endpoint {id} has"]
    assert len(told) == (0 if lost is None else 1)
    assert all(words[0] in text for text in told)
