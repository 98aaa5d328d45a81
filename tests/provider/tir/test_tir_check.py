"""Check: every rule across properties, with its level."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.drivers.hf import UNKNOWN, WARNING, plain
from support.drivers.tir import (
    COMMITTED,
    RULE,
    SCALED,
    Simulator,
    TirDriver,
    inputs,
    merge,
    told,
)

pytestmark = pytest.mark.one_call

NO_SOURCE = {"modelLoadIntegrationId": None}
NO_MODEL = {"modelLoadIntegrationId": None, "detailedInfo": None}
DIGITS = "must be a number without sign or leading zeros"
SERVER = {"framework": "PYTORCH", "modelId": "1", "modelLoadIntegrationId": None}
V090 = {"serverVersion": "v0.9.0", "huggingFaceId": None}
CLOUD = {"skuName": None, "skuType": None, "privateCloudId": "9001", "customSku": {"cpu": 4}}


def server(**patch: Any) -> dict[str, Any]:
    return merge({**SERVER, "detailedInfo": V090}, patch)


def scaled(**patch: Any) -> dict[str, Any]:
    return {"isAutoScaleEnabled": True, "autoScalePolicy": {**SCALED["autoScalePolicy"], **patch}}


def probe(which: str, **members: Any) -> dict[str, Any]:
    return {f"{which}Probe": members}


def rule(**members: Any) -> dict[str, Any]:
    return scaled(rules=[members])


def variables(*keys: str) -> dict[str, Any]:
    return {"resourceDetails": {"envVariables": [{"key": key} for key in keys]}}


BAD_NAME = "may hold only lower-case letters and digits, with single hyphens between them"
REFUSED: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("1 capitals", {"name": "Demo"}, {"name": f'{BAD_NAME}; is "Demo"'}),
    ("1 hyphens", {"name": "a--b"}, {"name": f'{BAD_NAME}; is "a--b"'}),
    ("1 last hyphen", {"name": "a-"}, {"name": f'{BAD_NAME}; is "a-"'}),
    ("1 length", {"name": "a" * 51}, {"name": "may have at most 50 characters, has 51"}),
    ("1 empty", {"name": ""}, {"name": "must not be empty"}),
    (
        "2",
        {"framework": "RIVA"},
        {
            "framework": '"RIVA" is not known to this version (inference:tir:getFrameworks lists '
            "those that are); one that is not listed needs containerImage"
        },
    ),
    ("2 missing", {"framework": None}, {"framework": "is required"}),
    (
        "3",
        {"modelId": "1"},
        {"modelId": "does not go with modelLoadIntegrationId; set one of them"},
    ),
    *(
        (
            f"4 {key}",
            {"framework": key, **NO_SOURCE},
            {"modelId": f"or modelLoadIntegrationId is required with framework {key}"},
        )
        for key in ("VLLM", "SGLANG", "DYNAMO")
    ),
    *(
        (
            f"4 {key}",
            {
                "framework": key,
                **NO_SOURCE,
                "detailedInfo": {"huggingFaceId": None, "serverVersion": version},
            },
            {"modelId": f"or modelLoadIntegrationId is required with framework {key}"},
        )
        for key, version in (("TRITON", "v24.02"), ("PYTORCH", "v0.9.0"), ("TENSOR_RT", "v0.9.0"))
    ),
    (
        "6",
        {"framework": "GEMMA_2B", **NO_MODEL, "modelId": "1"},
        {
            "modelId": "does not go with framework GEMMA_2B: no image is known that serves a "
            "repository"
        },
    ),
    *(
        (
            f"7 {key}",
            {"framework": key, "detailedInfo": None},
            {
                "detailedInfo.huggingFaceId": f"is required with framework {key} unless modelId "
                "is set"
            },
        )
        for key in ("VLLM", "SGLANG", "DYNAMO")
    ),
    *(
        (
            f"8 {text}",
            {"detailedInfo": {"huggingFaceId": text}},
            {
                "detailedInfo.huggingFaceId": "must be a model of Hugging Face, owner/model, or "
                f'"custom"; is "{text}"'
            },
        )
        for text in ("gemma", "a/b/c", "/b", "a/", "a b/c")
    ),
    (
        "11 missing",
        {**SERVER, "detailedInfo": {"huggingFaceId": None}},
        {
            "detailedInfo.serverVersion": "is required with framework PYTORCH "
            "(inference:tir:getFrameworks lists them)"
        },
    ),
    (
        "11 elsewhere",
        {"detailedInfo": {"serverVersion": "v1"}},
        {"detailedInfo.serverVersion": "does not go with framework VLLM"},
    ),
    (
        "11 former place elsewhere",
        {"serverOptions": "v1"},
        {"serverOptions": "does not go with framework VLLM"},
    ),
    (
        "11 two places",
        server(serverOptions="v0.8.2"),
        {"serverOptions": "contradicts detailedInfo.serverVersion; take serverOptions out"},
    ),
    (
        "11 without an image",
        server(detailedInfo={"serverVersion": "v9"}),
        {"containerImage": 'is required with server version "v9", for which no image is known'},
    ),
    (
        "12",
        server(detailedInfo={"serverVersion": "custom"}),
        {"containerImage": 'is required with server version "custom"'},
    ),
    (
        "13",
        {"framework": "CUSTOM", **NO_MODEL},
        {"containerImage": "is required with framework CUSTOM"},
    ),
    (
        "13 length",
        {"containerImage": "a" * 129},
        {"containerImage": "may have at most 128 characters when it is public, has 129"},
    ),
    (
        "14 value",
        {"containerType": "secret"},
        {"containerType": 'must be one of public, private; is "secret"'},
    ),
    (
        "14",
        {"containerType": "private"},
        {
            "containerImage": "is required with containerType: private",
            "registryNamespaceId": "is required with containerType: private",
        },
    ),
    (
        "15",
        {"skuName": None, "skuType": None},
        {
            "skuName": "is required unless privateCloudId is set",
            "skuType": "is required unless privateCloudId is set",
        },
    ),
    (
        "15 share",
        {**CLOUD, "customSku": None},
        {"customSku": "is required with privateCloudId"},
    ),
    (
        "a share of no private cloud",
        {"customSku": {"cpu": 1}},
        {"customSku": "needs privateCloudId: it is a share of a private cloud"},
    ),
    ("no location", {"location": ""}, {"location": 'must be one of Delhi, Chennai; is ""'}),
    (
        "no cluster",
        {"clusterType": ""},
        {"clusterType": 'must be one of tir-cluster, private-cluster; is ""'},
    ),
    ("no storage", {"storageType": ""}, {"storageType": 'must be one of disk, sfs; is ""'}),
    (
        "16 type",
        {"skuType": "weekly"},
        {"skuType": 'must be one of hourly, committed; is "weekly"'},
    ),
    (
        "16 hourly",
        {**COMMITTED, "skuType": "hourly"},
        {
            "committedDays": "must be 0 with skuType: hourly, is 30",
            "committedInstancePolicy": "does not go with skuType: hourly",
            "committedReplicas": "must be 0 with skuType: hourly, is 1",
        },
    ),
    (
        "16 committed",
        {"skuType": "committed", "committedReplicas": 1},
        {
            "committedDays": "must be more than 0 with skuType: committed, is 0",
            "committedInstancePolicy": "is required with skuType: committed",
        },
    ),
    (
        "16 policy",
        {**COMMITTED, "committedInstancePolicy": "forget"},
        {
            "committedInstancePolicy": "must be one of auto_renew, auto_terminate, "
            'convert_to_hourly_billing; is "forget"'
        },
    ),
    (
        "17 value",
        {"stopInference": "pause"},
        {"stopInference": 'must be one of start, stop; is "pause"'},
    ),
    (
        "17 new",
        {"stopInference": "stop"},
        {
            "stopInference": "must be start for a new endpoint; desiredState: paused makes one "
            "and stops it"
        },
    ),
    (
        "17 both",
        {"stopInference": "start", "desiredState": "paused"},
        {"stopInference": "contradicts desiredState; take stopInference out"},
    ),
    (
        "17 committed",
        {**COMMITTED, "desiredState": "paused"},
        {"desiredState": "does not go with skuType: committed; such an endpoint cannot be stopped"},
    ),
    ("18 sfs", {"storageType": "sfs"}, {"sfsId": "is required with storageType: sfs"}),
    ("18 disk", {"diskPath": "models"}, {"diskPath": 'must be an absolute path; is "models"'}),
    ("18 cache", {"sfsPath": "cache"}, {"sfsPath": 'must be an absolute path; is "cache"'}),
    (
        "19",
        {"imagePullPolicy": "Never"},
        {"imagePullPolicy": 'must be one of Always, IfNotPresent; is "Never"'},
    ),
    ("20 most", {"replica": 65}, {"replica": "must be at most 64, is 65"}),
    (
        "20 least",
        {"replica": 0},
        {"replica": "must be at least 1 while isAutoScaleEnabled is false, is 0"},
    ),
    ("20 private", {**CLOUD, "replica": 513}, {"replica": "must be at most 512, is 513"}),
    ("20 below", {"replica": -1}, {"replica": "must be at least 0, is -1"}),
    (
        "20 committed",
        {**COMMITTED, "committedReplicas": 3, "replica": 2},
        {"replica": "must be at least 3, is 2: a committed plan pays for so many workers"},
    ),
    (
        "21 rules",
        scaled(rules=[]),
        {"autoScalePolicy.rules": "needs at least one while isAutoScaleEnabled is true"},
    ),
    *(
        (
            f"21 bounds {low} {high}",
            scaled(minReplicas=low, maxReplicas=high),
            {
                "autoScalePolicy.maxReplicas": f"must be more than minReplicas ({high} is not more "
                f"than {low}); a fixed number of workers is replica, with isAutoScaleEnabled: false"
            },
        )
        for low, high in ((2, 2), (3, 2))
    ),
    (
        "21 most",
        scaled(maxReplicas=65),
        {"autoScalePolicy.maxReplicas": "must be at most 64, is 65"},
    ),
    (
        "21 committed",
        {**COMMITTED, **scaled(minReplicas=0)},
        {
            "autoScalePolicy.minReplicas": "must be at least 1, is 0: a committed plan pays for so "
            "many workers"
        },
    ),
    (
        "22 value",
        rule(metric="memory"),
        {
            "autoScalePolicy.rules[0].metric": "must be one of concurrency, requestRate, custom; "
            'is "memory"'
        },
    ),
    (
        "22 missing",
        rule(value=5),
        {"autoScalePolicy.rules[0].metric": "is required while isAutoScaleEnabled is true"},
    ),
    (
        "22 custom",
        rule(metric="custom"),
        {"autoScalePolicy.rules[0].customMetricName": "is required with metric: custom"},
    ),
    (
        "24 patience",
        {"capacityRetryTimeout": -1},
        {"capacityRetryTimeout": "must be at least 0 (seconds), is -1"},
    ),
    (
        "24 too much patience",
        {"capacityRetryTimeout": 86401},
        {"capacityRetryTimeout": "must be at most 86400 (seconds), is 86401"},
    ),
    *(
        (f"24 {name}", probe("readiness", **{name: number}), {f"readinessProbe.{name}": reason})
        for name, number, reason in (
            ("port", 0, "must be at least 1, is 0"),
            ("port", 65536, "must be at most 65535, is 65536"),
        )
    ),
    (
        "25 http",
        probe("readiness", path=""),
        {"readinessProbe.path": "is required with protocol: http"},
    ),
    (
        "25 http of the other",
        probe("liveness", path=""),
        {"livenessProbe.path": "is required with protocol: http"},
    ),
    *(
        (
            f"26 {name} {text}",
            {"modelLoadIntegrationId": "41", name: text},
            {name: f'{DIGITS}; is "{text}"'},
        )
        for name in (
            "modelLoadIntegrationId",
            "datasetId",
            "sfsId",
            "projectId",
            "teamId",
            "activeIam",
            "registryNamespaceId",
        )
        for text in ("x", "0", "-1", "01", "1.5")
    ),
    ("26 modelId", {**NO_SOURCE, "modelId": "x"}, {"modelId": f'{DIGITS}; is "x"'}),
    (
        "26 privateCloudId",
        {**CLOUD, "privateCloudId": "x"},
        {"privateCloudId": f'{DIGITS}; is "x"'},
    ),
    (
        "26 a broken number",
        {"modelLoadIntegrationId": 4.5},
        {"modelLoadIntegrationId": "must be a whole number, or text of one, not a number (4.5)"},
    ),
    (
        "26 below 1",
        {"modelLoadIntegrationId": -41},
        {"modelLoadIntegrationId": f'{DIGITS}; is "-41"'},
    ),
    ("27 currency", {"currency": "EUR"}, {"currency": 'must be one of INR, USD; is "EUR"'}),
    (
        "27 no currency",
        {"currency": None},
        {"currency": "is required unless privateCloudId is set"},
    ),
    (
        "28 empty",
        variables(""),
        {"resourceDetails.envVariables[0].key": "must not be empty"},
    ),
    (
        "28 twice",
        variables("A", "B", "A"),
        {"resourceDetails.envVariables[2].key": '"A" is given more than once'},
    ),
    ("29", {"publicIp": "maybe"}, {"publicIp": 'must be one of yes, no; is "maybe"'}),
    (
        "words",
        {"detailedInfo": {"args": ["a", 1]}},
        {"detailedInfo.args": "must be a list of strings, or JSON text of one"},
    ),
    (
        "words as a map",
        {"detailedInfo": {"commands": {"a": "b"}}},
        {"detailedInfo.commands": "must be a list of strings, or JSON text of one"},
    ),
    (
        "a misspelling",
        {"sku_name": "L4.1"},
        {"sku_name": 'unknown property; did you mean "skuName"?'},
    ),
]


@pytest.mark.parametrize(
    ("patch", "reasons"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_refused(
    tir: Simulator, driver: TirDriver, patch: dict[str, Any], reasons: dict[str, str]
) -> None:
    assert driver.refused(inputs(**patch)) == reasons
    assert told(tir) == []
    assert [text for text in driver.log(WARNING) if text.startswith(tuple(reasons))] == []


def unlisted(path: str, text: str, known: str) -> str:
    return (
        f'{path}: "{text}" is not among the values known to this version ({known}); it is passed '
        "on as it is"
    )


def assumed(path: str, words: str) -> str:
    """The warning of what is beyond a limit that no source states."""
    return f"{path}: {words} (as far as is known: the limit is assumed); it is passed on as it is"


WARNED: list[tuple[str, dict[str, Any], str]] = [
    (
        "15 skuName",
        {**CLOUD, "skuName": "L4.1"},
        "skuName: does not count with privateCloudId, and is not sent",
    ),
    (
        "15 skuType",
        {**CLOUD, "skuType": "hourly"},
        "skuType: does not count with privateCloudId, and is not sent",
    ),
    (
        "a registry of a public image",
        {"registryNamespaceId": "7"},
        "registryNamespaceId: counts with containerType: private only, and is not sent",
    ),
    (
        "2",
        {"framework": "RIVA", "containerImage": "riva:1", **NO_MODEL},
        'framework: "RIVA" is not among the values known to this version (DYNAMO, SGLANG, ',
    ),
    (
        "5",
        {**SERVER, "modelId": None, "modelLoadIntegrationId": "41", "detailedInfo": V090},
        "modelId: framework PYTORCH usually serves a model repository; without one it may find no "
        "model",
    ),
    (
        "9",
        {"framework": "MPT", **NO_SOURCE, "detailedInfo": {"huggingFaceId": "me/mine"}},
        'detailedInfo.huggingFaceId: framework MPT does not take it; "mosaicml/mpt-7b-instruct" is '
        "sent",
    ),
    (
        "10",
        {"detailedInfo": {"modelServeType": "batch"}},
        'detailedInfo.modelServeType: "batch" is not among the values known for framework VLLM '
        "(full-model, peft-model); it is passed on as it is",
    ),
    (
        "10 elsewhere",
        {
            "framework": "MPT",
            **NO_SOURCE,
            "detailedInfo": {
                "huggingFaceId": None,
                "modelServeType": "full-model",
            },
        },
        'detailedInfo.modelServeType: "full-model" is not among the values known for framework MPT '
        "(real-time, batch); it is passed on as it is",
    ),
    (
        "11",
        server(detailedInfo={"serverVersion": "v9"}, containerImage="a:1"),
        'detailedInfo.serverVersion: "v9" is not among the versions known for framework PYTORCH; '
        "it is passed on as it is",
    ),
    (
        "16",
        {**COMMITTED, "committedReplicas": 0},
        "committedReplicas: a committed plan usually pays for at least one worker",
    ),
    ("18", {"storageType": "tape"}, unlisted("storageType", "tape", "disk, sfs")),
    (
        "22",
        rule(metric="cpu"),
        'autoScalePolicy.rules[0].metric: "cpu" is deprecated: the service\'s present list lacks '
        "it",
    ),
    (
        "23",
        rule(**{**RULE, "conditionType": "above"}),
        unlisted("autoScalePolicy.rules[0].conditionType", "above", "limit"),
    ),
    *(
        (
            f"24 {name}",
            rule(**{**RULE, name: 0}),
            assumed(f"autoScalePolicy.rules[0].{name}", f"must be at least 1{unit}, is 0"),
        )
        for name, unit in (
            ("value", ""),
            ("watchPeriod", " (seconds)"),
            ("granularity", ""),
            ("window", " (seconds)"),
        )
    ),
    *(
        (
            f"24 {name}",
            {"autoScalePolicy": {name: number - 1}},
            assumed(
                f"autoScalePolicy.{name}", f"must be at least {number} (seconds), is {number - 1}"
            ),
        )
        for name, number in (("stabilityPeriod", 1), ("initialCooldownPeriod", 0))
    ),
    *(
        (
            f"24 {name}",
            probe("readiness", **{name: number - 1}),
            assumed(f"readinessProbe.{name}", f"must be at least {number}{unit}, is {number - 1}"),
        )
        for name, number, unit in (
            ("initialDelaySeconds", 0, " (seconds)"),
            ("successThreshold", 1, ""),
            ("failureThreshold", 1, ""),
            ("periodSeconds", 1, " (seconds)"),
            ("timeoutSeconds", 1, " (seconds)"),
        )
    ),
    (
        "24 disk",
        {"resourceDetails": {"diskSize": 0}},
        assumed("resourceDetails.diskSize", "must be at least 1 (GB), is 0"),
    ),
    *(
        (
            f"24 {name}",
            {"detailedInfo": {name: number - 1}},
            assumed(f"detailedInfo.{name}", f"must be at least {number}, is {number - 1}"),
        )
        for name, number in (("worldSize", 1), ("logVerboseLevel", 0))
    ),
    (
        "25 grpc",
        probe("readiness", protocol="grpc"),
        "readinessProbe.grpcService: protocol grpc usually needs it",
    ),
    (
        "25 command",
        probe("liveness", protocol="command"),
        "livenessProbe.commands: protocol command usually needs it",
    ),
    (
        "25 protocol",
        probe("readiness", protocol="udp"),
        unlisted("readinessProbe.protocol", "udp", "http, tcp, grpc, command"),
    ),
    ("27", {"location": "Mumbai"}, unlisted("location", "Mumbai", "Delhi, Chennai")),
    (
        "28 key",
        variables("A-B"),
        assumed(
            "resourceDetails.envVariables[0].key",
            'may hold only letters, digits and underscores, and starts with no digit; is "A-B"',
        ),
    ),
    *(
        (
            f"30 {name}",
            {"detailedInfo": {"engineArgs": {name: value}}},
            f"detailedInfo.engineArgs.{name}: the engine takes {words} as far as is known; it is "
            "passed on as it is",
        )
        for name, value, words in (
            ("max_num_seqs", "many", "a whole number"),
            ("max_num_seqs", 1.5, "a whole number"),
            ("enforce_eager", "yes", "true or false"),
            ("gpu_memory_utilization", True, "a number"),
            ("quantization", 4, "text"),
        )
    ),
    (
        "30",
        {"detailedInfo": {"engineArgs": {"speed": 1}}},
        'detailedInfo.engineArgs: "speed" is not among the arguments known to this version; it is '
        "passed on as it is",
    ),
    *(
        (
            f"30 {name}",
            {"detailedInfo": {"engineArgs": {name: 1}}},
            f'detailedInfo.engineArgs: "{name}" is not among the arguments known to this version; '
            f'it is passed on as it is; did you mean "{meant}"?',
        )
        for name, meant in (
            ("max_model_len", "max_model_length"),
            ("max-num-seqs", "max_num_seqs"),
            ("sead", "seed"),
        )
    ),
    (
        "former version",
        server(detailedInfo={"serverVersion": None}, serverOptions="v0.9.0"),
        "serverOptions is deprecated: use detailedInfo.serverVersion",
    ),
    ("former state", {"stopInference": "start"}, "stopInference is deprecated: use desiredState"),
    (
        "clusters",
        {"clusterType": "mine"},
        unlisted("clusterType", "mine", "tir-cluster, private-cluster"),
    ),
]


@pytest.mark.parametrize(("patch", "words"), [w[1:] for w in WARNED], ids=[w[0] for w in WARNED])
def test_warned(tir: Simulator, driver: TirDriver, patch: dict[str, Any], words: str) -> None:
    checked = driver.checked(inputs(**patch))
    record = driver.logged(words)
    assert record.severity == 2
    assert [text for text in driver.log(2) if words not in text] == []
    assert checked["framework"] == inputs(**patch)["framework"]


FINE: list[tuple[str, dict[str, Any]]] = [
    ("smallest", {}),
    ("longest name", {"name": "a" * 50}),
    ("any model", {"detailedInfo": {"huggingFaceId": "me/mine"}}),
    (
        "list of its own",
        {
            "framework": "SGLANG",
            "detailedInfo": {
                "huggingFaceId": "microsoft/Phi-3-small-8k-instruct",
            },
        },
    ),
    ("one word of the list", {"detailedInfo": {"huggingFaceId": "gpt2-xl"}}),
    ("custom model", {"framework": "DYNAMO", "detailedInfo": {"huggingFaceId": "custom"}}),
    ("repository without an id", {**NO_SOURCE, "modelId": "1", "detailedInfo": None}),
    (
        "real-time",
        {
            "framework": "MPT",
            **NO_SOURCE,
            "detailedInfo": {
                "huggingFaceId": None,
                "modelServeType": "real-time",
            },
        },
    ),
    ("no serve type", {"detailedInfo": {"modelServeType": ""}}),
    ("same version twice", server()),
    ("512 in a private cloud", {**CLOUD, "replica": 512}),
    ("no currency in a private cloud", {**CLOUD, "currency": None}),
    ("64", {"replica": 64}),
    ("0 with autoscaling", {**SCALED, "replica": 0}),
    ("rules without autoscaling", {"autoScalePolicy": {"rules": [{}]}}),
    (
        "ids as empty text",
        {
            "modelId": "",
            "datasetId": "",
            "sfsId": "",
            "privateCloudId": "",
            "committedInstancePolicy": "",
            "registryNamespaceId": "",
        },
    ),
    ("tcp without a path", probe("readiness", protocol="tcp", path="")),
    ("any image", {"containerImage": "a" * 128}),
    (
        "long private image",
        {"containerImage": "a" * 129, "containerType": "private", "registryNamespaceId": "61"},
    ),
]


@pytest.mark.parametrize("patch", [f[1] for f in FINE], ids=[f[0] for f in FINE])
def test_fine(tir: Simulator, driver: TirDriver, patch: dict[str, Any]) -> None:
    given = inputs(**patch)
    checked = driver.checked(given)
    assert checked == {**given, "projectId": "501", "location": "Delhi"}
    assert driver.log(2) == []


@pytest.mark.parametrize(
    "name",
    [
        "framework",
        "skuType",
        "privateCloudId",
        "replica",
        "committedDays",
        "desiredState",
        "modelId",
        "storageType",
        "containerType",
        "isAutoScaleEnabled",
        "autoScalePolicy",
        "detailedInfo",
        "readinessProbe",
        "resourceDetails",
        "location",
        "projectId",
        "name",
    ],
)
def test_what_is_not_known_yet_passes(tir: Simulator, driver: TirDriver, name: str) -> None:
    assert driver.checked({**inputs(**SCALED), name: UNKNOWN})[name] == UNKNOWN


def test_ids_take_whole_numbers(driver: TirDriver) -> None:
    """They count as the text of their digits, here and in the state."""
    numbers = {"projectId": 501, "teamId": 7, "activeIam": 88, "modelLoadIntegrationId": 41}
    checked = driver.checked(inputs(**numbers))
    assert {name: checked[name] for name in numbers} == {
        name: str(number) for name, number in numbers.items()
    }


def test_a_secret_value_is_not_repeated(driver: TirDriver) -> None:
    patch = {"resourceDetails": {"envVariables": [{"key": "A", "value": 7531}]}, "replica": -1}
    assert driver.refused(inputs(**patch)) == {
        "resourceDetails.envVariables[0].value": "must be a string, not a number: put it into "
        "quotes",
        "replica": "must be at least 0, is -1",
    }


def test_scope(tir: Simulator, configure: Callable[..., TirDriver]) -> None:
    driver = configure(tirProjectId=None, tirLocation=None)
    assert driver.refused(inputs()) == {
        "projectId": "is required: set it here, or by inference:tirProjectId, the environment: "
        "E2E_TIR_PROJECT_ID, E2E_PROJECT_ID",
        "location": "is required: set it here, or by inference:tirLocation, the environment: "
        "E2E_TIR_LOCATION, E2E_LOCATION",
    }
    checked = driver.checked(inputs(projectId="502", location="Chennai"))
    assert (checked["projectId"], checked["location"]) == ("502", "Chennai")


def test_an_unknown_location_is_told_once_and_where_it_is_set(
    configure: Callable[..., TirDriver],
) -> None:
    words = "is not among the values known to this version (Delhi, Chennai)"
    passed = f"{words}; it is passed on as it is"
    driver = configure(tirLocation="Mumbai")
    driver.checked(inputs())
    driver.checked(inputs(location="Pune"))
    driver.logged('"Pune"')
    assert [one.message for one in driver.engine.records if words in one.message] == [
        f'location: "Mumbai" (from inference:tirLocation) {passed}',
        f'location: "Pune" {passed}',
    ]


REPLACES = (
    "cannot be changed: that replaces the endpoint, whose committed plan is paid and not refunded. "
    "Delete the endpoint explicitly and make another one"
)
OTHER_PLAN = (
    "cannot be changed: the endpoint has a committed plan. Delete the endpoint explicitly (its "
    "money is not refunded) and make another one"
)
PAID: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("machine", {"skuName": "L4.2"}, {"skuName": OTHER_PLAN}),
    ("days", {"committedDays": 60}, {"committedDays": OTHER_PLAN}),
    (
        "back to hourly",
        {
            "skuType": "hourly",
            "committedDays": 0,
            "committedInstancePolicy": None,
            "committedReplicas": 2,
        },
        {"skuType": OTHER_PLAN, "committedDays": OTHER_PLAN},
    ),
    (
        "fewer paid workers",
        {"committedReplicas": 1},
        {
            "committedReplicas": "cannot go below 2, is 1: the endpoint's committed plan pays for "
            "so many"
        },
    ),
    (
        "fewer workers",
        {"replica": 1},
        {"replica": "must be at least 2, is 1: a committed plan pays for so many workers"},
    ),
    (
        "stop",
        {"stopInference": "stop"},
        {
            "stopInference": "does not go with skuType: committed; such an endpoint cannot be "
            "stopped"
        },
    ),
    ("name", {"name": "other"}, {"name": REPLACES}),
    ("currency", {"currency": "USD"}, {"currency": REPLACES}),
    ("location", {"location": "Chennai"}, {"location": REPLACES}),
    ("project", {"projectId": "502"}, {"projectId": REPLACES}),
    ("cluster", {"clusterType": "private-cluster"}, {"clusterType": REPLACES}),
]


@pytest.mark.parametrize(("patch", "reasons"), [p[1:] for p in PAID], ids=[p[0] for p in PAID])
def test_money_is_not_lost(
    tir: Simulator, driver: TirDriver, patch: dict[str, Any], reasons: dict[str, str]
) -> None:
    paid = {**COMMITTED, "committedReplicas": 2, "replica": 2}
    olds = driver.checked(inputs(**paid))
    assert driver.refused(inputs(**{**paid, **patch}), olds=olds) == reasons
    assert told(tir) == []


@pytest.mark.parametrize(
    "patch",
    [
        {"replica": 3},
        {"committedReplicas": 2, "replica": 2},
        {"teamId": "7"},
        {"committedInstancePolicy": "auto_terminate"},
        {"modelPath": "a"},
        {"framework": "SGLANG"},
    ],
    ids=lambda p: next(iter(p)),
)
def test_what_a_committed_plan_allows(
    tir: Simulator, driver: TirDriver, patch: dict[str, Any]
) -> None:
    olds = driver.checked(inputs(**COMMITTED))
    assert plain(driver.check(inputs(**{**COMMITTED, **patch}), olds=olds).inputs) != {}


def test_an_imported_committed_one_may_lack_its_scope(tir: Simulator, driver: TirDriver) -> None:
    olds = driver.checked(inputs(**COMMITTED))
    for name in ("projectId", "location"):
        del olds[name]
    driver.checked(inputs(**COMMITTED), olds=olds)


def test_a_smaller_disk(tir: Simulator, driver: TirDriver) -> None:
    olds = driver.checked(inputs(resourceDetails={"diskSize": 200}))
    driver.checked(inputs(), olds=olds)
    driver.logged("resourceDetails.diskSize: a disk may not be able to shrink (from 200 to 100 GB)")


def test_stopping_later_is_fine(tir: Simulator, driver: TirDriver) -> None:
    olds = driver.checked(inputs(stopInference="start"))
    assert driver.checked(inputs(stopInference="stop"), olds=olds)["stopInference"] == "stop"
