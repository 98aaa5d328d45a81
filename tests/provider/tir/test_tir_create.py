"""The body of a create: what goes over the wire for each framework and each input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from simulator.tir.sample import KEY, TEAM, TOKEN, words
from support.drivers.hf import secret
from support.drivers.tir import (
    COMMITTED,
    FIRST,
    LEGACY,
    MISSING,
    SCALED,
    SERVICE,
    WIRE_RULE,
    Simulator,
    TirDriver,
    form,
    inputs,
    made,
    refreshed,
    requests,
    sent,
    stored,
)

pytestmark = pytest.mark.one_call

VLLM = "vllm/vllm-openai:latest"
NO_SOURCE: dict[str, Any] = {"modelLoadIntegrationId": None, "detailedInfo": None}
OWN = "registry.e2enetworks.net/aimle2e/"
EMBEDDINGS = "ghcr.io/huggingface/text-embeddings-inference:1.5"
# Key, word on the wire, image, model of its own.
MODELS: list[tuple[str, str, str, str]] = [
    ("CODELAMA", "codellama", VLLM, "meta-llama/CodeLlama-7b-Instruct-hf"),
    ("LLAMA", "llma", VLLM, "meta-llama/Llama-2-7b-chat-hf"),
    ("MPT", "mpt", VLLM, "mosaicml/mpt-7b-instruct"),
    ("MIXTRAL8X7B", "mixtral-8x7b-instruct", VLLM, "mistralai/Mixtral-8x7B-Instruct-v0.1"),
    ("MIXTRAL7B", "mistral-7b-instruct", VLLM, "mistralai/Mistral-7B-Instruct-v0.1"),
    ("GEMMA_2B", "gemma-2b", OWN + "triton_trt_llm:gemma-v1", ""),
    ("GEMMA_2B_IT", "gemma-2b-it", VLLM, "google/gemma-2b-it"),
    ("GEMMA_7B", "gemma-7b", OWN + "triton_trt_llm:gemma-v1", ""),
    ("GEMMA_7B_IT", "gemma-7b-it", VLLM, "google/gemma-7b-it"),
    ("LLAMA_3", "llama-3-8b-instruct", VLLM, "meta-llama/Meta-Llama-3-8B-Instruct"),
    ("LLAMA_3_1", "llama-3_1-8b-instruct", VLLM, "meta-llama/Meta-Llama-3.1-8B-Instruct"),
    ("LLAMA_3_2", "llama-3_2-3b-instruct", VLLM, "meta-llama/Llama-3.2-3B-Instruct"),
    (
        "LLAMA_3_2_VISION",
        "llama-3_2-11b-vision-instruct",
        VLLM,
        "meta-llama/Llama-3.2-11B-Vision-Instruct",
    ),
    ("STARCODER", "starcoder2-7b", VLLM, "bigcode/starcoder2-7b"),
    ("PHI_3_MINI", "Phi-3-mini-128k-instruct", VLLM, "microsoft/Phi-3-mini-128k-instruct"),
    ("PIXTRAL", "pixtral-12b-2409", VLLM, "mistralai/Pixtral-12B-2409"),
    (
        "STABLE_DIFFUSION",
        "stable_diffusion",
        OWN + "stable-diffusion-2-1:hf-v1",
        "stabilityai/stable-diffusion-2-1",
    ),
    (
        "STABLE_DIFFUSION_XL",
        "stable_diffusion_xl",
        OWN + "stable-diffusion-xl-base-1.0:hf",
        "stabilityai/stable-diffusion-xl-base-1.0",
    ),
    (
        "STABLE_VIDEO_DIFFUSION",
        "stable-video-diffusion-img2vid-xt",
        "aimle2e/stable-video-diffusion:v1",
        "stabilityai/stable-video-diffusion-img2vid-xt",
    ),
    ("YOLO_V8", "yolov8", OWN + "yolov8:v1", ""),
    (
        "NEMOTRON",
        "nemotron-3-8b-chat-4k-rlhf",
        "aimle2e/nemotron:3-8b-chat-4k-rlhf",
        "nvidia/nemotron-3-8b-chat-4k-rlhf",
    ),
    ("NV_EMBED", "nvidia-nv-embed-v1", "aimle2e/nv_embed_v1:v1", "nvidia/NV-Embed-v1"),
    ("BAAI_LARGE", "bge-large-en-v1_5", EMBEDDINGS, ""),
    ("BAAI_RERANKER", "bge-reranker-large", EMBEDDINGS, ""),
]
# Frameworks whose image is another one with a model repository.
FROM_REPOSITORY = {
    "STABLE_DIFFUSION": OWN + "stable-diffusion-2-1:eos-v1",
    "STABLE_DIFFUSION_XL": OWN + "stable-diffusion-xl-base-1.0:eos",
    "STABLE_VIDEO_DIFFUSION": "aimle2e/stable-video-diffusion:v1_eos",
    "NV_EMBED": "aimle2e/nv_embed_v1:v1_eos",
}
ENGINES = [
    ("VLLM", "vllm", VLLM, "full-model"),
    ("SGLANG", "sglang", "lmsysorg/sglang:latest", ""),
    ("DYNAMO", "dynamo", "aimle2e/dynamo:latest-vllm", ""),
]
TRT = "-trtllm-python-py3-01"
SERVERS = [
    ("TRITON", "triton", "v24.02", "aimle2e/tritonserver:24.02-py3-01"),
    ("TRITON", "triton", "v24.01", "aimle2e/tritonserver:24.01-py3-01"),
    ("TRITON", "triton", "v23.12", "aimle2e/tritonserver:23.12-py3-01"),
    ("TRITON", "triton", "v23.11", "aimle2e/tritonserver:23.01-py3-01"),
    ("TRITON", "triton", "v23.10", "aimle2e/tritonserver:23.10-py3-01"),
    ("PYTORCH", "pytorch", "v0.9.0", "pytorch/torchserve:0.9.0"),
    ("PYTORCH", "pytorch", "v0.8.2", "pytorch/torchserve:0.8.2"),
    ("PYTORCH", "pytorch", "v0.8.1", "pytorch/torchserve:0.8.1"),
    ("TENSOR_RT", "tensorrt", "v24.02", f"aimle2e/tritonserver:24.02{TRT}"),
    ("TENSOR_RT", "tensorrt", "v24.01", f"aimle2e/tritonserver:24.01{TRT}"),
    ("TENSOR_RT", "tensorrt", "v23.12", f"aimle2e/tritonserver:23.12{TRT}"),
    ("TENSOR_RT", "tensorrt", "v23.11", f"aimle2e/tritonserver:23.11{TRT}"),
    ("TENSOR_RT", "tensorrt", "v23.10", f"aimle2e/tritonserver:23.10{TRT}"),
    ("TENSOR_RT", "tensorrt", "v0.10.0", "aimle2e/triton_trt_llm:v0.10.0"),
    ("TENSOR_RT", "tensorrt", "v0.9.0", "aimle2e/triton_trt_llm:0.9.0"),
    ("TENSOR_RT", "tensorrt", "v0.7.2", "aimle2e/triton_trt_llm:0.7.2"),
    ("NEMO", "nemo-rag", "v0.9.0", OWN + "nemo-rag:0.9.0"),
]
PLAIN = {"modelLoadIntegrationId": None, "detailedInfo": None}
CONTAINER = "custom_endpoint_details.container"
IMAGE = f"{CONTAINER}.container_name"


def framed(wire: str, image: str, model: str = "", **more: Any) -> dict[str, Any]:
    """The form of another framework, without any model source."""
    return form(
        {
            "framework": wire,
            IMAGE: image,
            "detailed_info.hugging_face_id": model,
            "detailed_info.model_serve_type": "",
            "model_load_integration_id": None,
            **more,
        }
    )


def created(sim: Simulator, driver: TirDriver, **patch: Any) -> Any:
    """The one body that a create sends; it must be taken, and tell nothing the service ignores."""
    made(driver, **patch)
    (request,) = requests(sim, "endpoint.create")
    assert request.status == 201, request.reply_json()
    assert "ignored" not in request.notes
    return request.json


def test_smallest(tir: Simulator, driver: TirDriver) -> None:
    id, _, outputs = made(driver)
    assert id == FIRST
    (request,) = requests(tir, "endpoint.create")
    assert request.json == form()
    assert request.path == SERVICE
    assert request.notes["parameters"] == [["location", "Delhi"], ["project_id", "501"]]
    assert request.header("Authorization") == f"Bearer {TOKEN}"
    assert request.header("Accept") == "application/json"
    assert request.header("Content-Type") == "application/json"
    assert outputs["endpointId"] == FIRST
    assert outputs["status"] == "running"
    assert outputs["skuId"] == 51
    assert outputs["containerName"] == VLLM


def test_by_team(tir: Simulator, configure: Callable[..., TirDriver]) -> None:
    made(configure(tirTeamId=TEAM, tirApiLayout="legacy"))
    (request,) = requests(tir, "endpoint.create")
    assert (request.path, request.json) == (LEGACY, form())
    assert request.notes["parameters"] == [["location", "Delhi"]]


@pytest.mark.parametrize(("key", "wire", "image", "model"), MODELS, ids=lambda v: str(v)[:24])
def test_models(
    tir: Simulator, driver: TirDriver, key: str, wire: str, image: str, model: str
) -> None:
    assert created(tir, driver, framework=key, **PLAIN) == framed(wire, image, model)
    assert driver.log(2) == []


@pytest.mark.parametrize(("key", "wire", "image", "model"), MODELS, ids=lambda v: str(v)[:24])
def test_models_from_a_repository(
    tir: Simulator, driver: TirDriver, key: str, wire: str, image: str, model: str
) -> None:
    given = inputs(framework=key, modelLoadIntegrationId=None, detailedInfo=None, modelId="2104")
    if key in ("GEMMA_2B", "GEMMA_7B"):
        reason = f"does not go with framework {key}: no image is known that serves a repository"
        assert driver.refused(given) == {"modelId": reason}
        return
    body = created(tir, driver, framework=key, modelId="2104", **PLAIN)
    assert body == framed(wire, FROM_REPOSITORY.get(key, image), model, model_id=2104)


@pytest.mark.parametrize(("key", "wire", "image", "serves"), ENGINES)
def test_engines(
    tir: Simulator, driver: TirDriver, key: str, wire: str, image: str, serves: str
) -> None:
    values = {"framework": wire, IMAGE: image, "detailed_info.model_serve_type": serves}
    assert created(tir, driver, framework=key) == form(values)


@pytest.mark.parametrize(("key", "wire", "version", "image"), SERVERS)
def test_servers(
    tir: Simulator, driver: TirDriver, key: str, wire: str, version: str, image: str
) -> None:
    given = {
        "framework": key,
        "modelId": "2101",
        "modelLoadIntegrationId": None,
        "detailedInfo": {"huggingFaceId": None, "serverVersion": version},
    }
    more = {"model_id": 2101, "detailed_info.server_version": version}
    assert created(tir, driver, **given) == framed(wire, image, **more)


def test_a_container_of_ones_own(tir: Simulator, driver: TirDriver) -> None:
    body = created(tir, driver, framework="CUSTOM", containerImage="nginx:1", **PLAIN)
    assert body == framed("custom", "nginx:1")


def test_a_private_image(tir: Simulator, driver: TirDriver) -> None:
    body = created(
        tir,
        driver,
        framework="CUSTOM",
        containerImage="registry.e2enetworks.net/team-images-61/server:v1",
        containerType="private",
        registryNamespaceId="61",
        **PLAIN,
    )
    assert body["custom_endpoint_details"]["container"]["private_image_details"] == {
        "registry_namespace_id": 61
    }


def test_a_framework_of_tomorrow(tir: Simulator, driver: TirDriver) -> None:
    tir.knobs("tir", frameworks_extra=["riva"])
    body = created(tir, driver, framework="riva", containerImage="riva:1", **PLAIN)
    assert (body["framework"], body["custom_endpoint_details"]["container"]["container_name"]) == (
        "riva",
        "riva:1",
    )


@pytest.mark.parametrize("spelling", ["VLLM", "vllm", "Vllm"])
def test_spellings_of_a_framework(tir: Simulator, driver: TirDriver, spelling: str) -> None:
    _, checked, outputs = made(driver, framework=spelling)
    assert sent(tir) == [form()]
    assert (checked["framework"], outputs["framework"]) == (spelling, spelling)


def test_a_version_of_its_own(tir: Simulator, driver: TirDriver) -> None:
    body = created(
        tir,
        driver,
        framework="PYTORCH",
        modelId="2102",
        modelLoadIntegrationId=None,
        containerImage="torch:mine",
        detailedInfo={"huggingFaceId": None, "serverVersion": "custom"},
    )
    assert body == framed(
        "pytorch", "torch:mine", model_id=2102, **{"detailed_info.server_version": "custom"}
    )


def test_the_former_place_of_the_version(tir: Simulator, driver: TirDriver) -> None:
    id, checked, outputs = made(
        driver,
        framework="PYTORCH",
        modelId="2102",
        modelLoadIntegrationId=None,
        serverOptions="v0.9.0",
        detailedInfo=None,
    )
    (body,) = sent(tir)
    assert body["detailed_info"]["server_version"] == "v0.9.0"
    assert body["custom_endpoint_details"]["container"]["container_name"] == (
        "pytorch/torchserve:0.9.0"
    )
    assert outputs["serverOptions"] == "v0.9.0"
    assert refreshed(driver, id, outputs, checked)[0] == checked


PRIVATE_CLOUD = {
    "skuName": None,
    "skuType": None,
    "privateCloudId": "9001",
    "customSku": {"cpu": 4, "gpu": 1, "memory": 32},
}


def test_a_private_cloud(tir: Simulator, driver: TirDriver) -> None:
    values = {
        "sku_name": MISSING,
        "sku_type": MISSING,
        "private_cloud_id": 9001,
        "custom_sku": {"cpu": 4, "gpu": 1, "memory": 32},
    }
    assert created(tir, driver, **PRIVATE_CLOUD) == form(values)


def test_a_committed_plan(tir: Simulator, driver: TirDriver) -> None:
    values = {
        "sku_type": "committed",
        "committed_days": 30,
        "committed_instance_policy": "auto_renew",
        "committed_replicas": 1,
    }
    assert created(tir, driver, **COMMITTED) == form(values)


def test_autoscaling(tir: Simulator, driver: TirDriver) -> None:
    values = {
        "is_auto_scale_enabled": True,
        "auto_scale_policy.max_replicas": 3,
        "auto_scale_policy.rules": [WIRE_RULE],
    }
    assert created(tir, driver, **SCALED) == form(values)
    view = stored(tir)[f"501/{FIRST}"]["view"]
    assert view["auto_scale_policy"]["max_replicas"] == 3
    assert view["auto_scale_policy"]["min_replicas"] == 1


def test_a_queue_and_a_pause_at_the_start(tir: Simulator, driver: TirDriver) -> None:
    policy = {**SCALED["autoScalePolicy"], "initialCooldownPeriod": 15, "isHoldQueue": True}
    values = {
        "is_auto_scale_enabled": True,
        "auto_scale_policy.max_replicas": 3,
        "auto_scale_policy.rules": [WIRE_RULE],
        "auto_scale_policy.initial_cooldown_period": "15",
        "auto_scale_policy.is_hold_queue": True,
    }
    assert created(tir, driver, isAutoScaleEnabled=True, autoScalePolicy=policy) == form(values)


def test_the_example_of_the_terraform_page(tir: Simulator, driver: TirDriver) -> None:
    """The page's own example, in our spelling."""
    variable = {"key": "HF_HOME", "value": "V", "required": True, "disabled": {"key": True}}
    body = created(
        tir,
        driver,
        framework="PYTORCH",
        skuName="C3.4",
        detailedInfo={"huggingFaceId": None, "serverVersion": "v0.9.0"},
        autoScalePolicy={"rules": [{}]},
        readinessProbe={},
        livenessProbe={},
        resourceDetails={"envVariables": [variable]},
        activeIam="88",
    )
    rule = {**WIRE_RULE, "metric": "", "value": 10}
    assert body == form(
        {
            "framework": "pytorch",
            "sku_name": "C3.4",
            IMAGE: "pytorch/torchserve:0.9.0",
            "detailed_info.hugging_face_id": "",
            "detailed_info.server_version": "v0.9.0",
            "detailed_info.model_serve_type": "",
            "auto_scale_policy.rules": [rule],
            "custom_endpoint_details.resource_details.env_variables": [
                {
                    "key": "HF_HOME",
                    "value": "V",
                    "required": True,
                    "disabled": {"key": True, "value": False},
                }
            ],
        }
    )
    (request,) = requests(tir, "endpoint.create")
    assert ["active_iam", "88"] in request.notes["parameters"]


ARGUMENTS: list[tuple[str, Any, Any]] = [
    ("max_num_seqs", 128, 128),
    ("max_num_seqs", "128", 128),
    ("max_num_seqs", "128.5", "128.5"),
    ("max_num_seqs", "-1", "-1"),
    ("rope_theta", 1000000, 1000000),
    ("rope_theta", "1000000", 1000000),
    ("rope_theta", 1e21, 1e21),
    ("gpu_memory_utilization", "0.9", 0.9),
    ("gpu_memory_utilization", 0.9, 0.9),
    ("enforce_eager", "true", True),
    ("enforce_eager", "false", False),
    ("enforce_eager", "t", "t"),
    ("enforce_eager", "True", "True"),
    ("tokenizer_revision", "1.10", "1.10"),
    ("tokenizer_revision", "12", "12"),
    ("quantization", "true", "true"),
    ("unheard_of", "5", "5"),
    ("unheard_of", {"a": [1, True, None]}, {"a": [1, True, None]}),
]


@pytest.mark.parametrize(("name", "given", "wire"), ARGUMENTS)
def test_engine_arguments(
    tir: Simulator, driver: TirDriver, name: str, given: Any, wire: Any
) -> None:
    id, checked, outputs = made(driver, detailedInfo={"engineArgs": {name: given}})
    (body,) = sent(tir)
    got = body["detailed_info"]["engine_args"][name]
    assert (got, type(got) is bool) == (wire, type(wire) is bool)
    assert outputs["detailedInfo"]["engineArgs"] == {name: given}
    assert refreshed(driver, id, outputs, checked)[0] == checked


@pytest.mark.parametrize("name", ["commands", "args"])
@pytest.mark.parametrize(
    ("given", "wire"),
    [
        (["serve", "--port=8080"], words("serve", "--port=8080")),
        ('["serve","--port=8080"]', words("serve", "--port=8080")),
        ([], ""),
        ("", ""),
        (['é"x\\'], words('é"x\\')),
    ],
)
def test_words(tir: Simulator, driver: TirDriver, name: str, given: Any, wire: str) -> None:
    id, checked, outputs = made(driver, detailedInfo={name: given})
    (body,) = sent(tir)
    assert body["detailed_info"][name] == wire
    assert outputs["detailedInfo"][name] == given
    assert refreshed(driver, id, outputs, checked)[0] == checked


def test_secret_values_stay_secret(tir: Simulator, driver: TirDriver) -> None:
    _, checked, outputs = made(
        driver, resourceDetails={"envVariables": [{"key": "A", "value": "quiet-please"}]}
    )
    (variable,) = outputs["resourceDetails"]["envVariables"]
    assert variable["value"] == secret("quiet-please")
    assert checked["resourceDetails"]["envVariables"][0]["value"] == secret("quiet-please")
    (body,) = sent(tir)
    details = body["custom_endpoint_details"]["resource_details"]
    assert details["env_variables"][0]["value"] == "quiet-please"
    assert not any(KEY in text or TOKEN in text for text in driver.engine.messages)


@pytest.mark.parametrize(
    "patch",
    [
        {"detailedInfo": {"huggingFaceId": secret("google/gemma-2b")}},
        {"detailedInfo": secret({"huggingFaceId": "google/gemma-2b"})},
        {"detailedInfo": {"engineArgs": {"served_model_name": secret("gemma")}}},
        {"detailedInfo": {"engineArgs": secret({"served_model_name": "gemma"})}},
        {"framework": secret("GEMMA_2B_IT"), "detailedInfo": None},
        {"modelId": secret("2104"), **NO_SOURCE},
        {"modelId": "2104", "modelPath": secret("/own"), **NO_SOURCE},
    ],
    ids=str,
)
def test_the_name_for_callers_is_as_secret_as_what_it_is_made_of(
    driver: TirDriver, patch: dict[str, Any]
) -> None:
    checked = driver.checked(inputs(**patch))
    _, shown = driver.create(checked, preview=True)
    id, outputs = driver.create(checked)
    _, read = refreshed(driver, id, outputs, checked)
    updated = driver.update(checked, {**checked, "replica": 2}, olds=outputs, id=id)
    model = outputs["target"]["model"]
    assert model == secret(model["value"])
    for other in (shown, read, updated):
        assert other["target"]["model"] == model
    assert isinstance(outputs["target"]["baseUrl"], str)
