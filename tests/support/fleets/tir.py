"""E2E Networks TIR (docs/apis/tir.md 2, 4)."""

from __future__ import annotations

import base64
import json
from typing import Any

from support.clouds import tir
from support.fleets.draw import Draw, unique
from support.fleets.fleet import Fleet, Json, send, without_none

PROJECTS = ("501", "502")
LOCATIONS = ("Delhi", "Chennai")
VLLM = "vllm/vllm-openai:latest"
REGISTRY = "registry.e2enetworks.net/aimle2e"
# Servers and the versions they have.
SERVERS = {
    "triton": ("v24.02", "v24.01", "v23.12", "v23.11", "v23.10"),
    "pytorch": ("v0.9.0", "v0.8.2", "v0.8.1"),
    "tensorrt": ("v24.02", "v23.10", "v0.10.0", "v0.9.0", "v0.7.2"),
    "nemo-rag": ("v0.9.0",),
}
ENGINES = {
    "vllm": (VLLM, ("google/gemma-2b", "gpt2", "custom", "Qwen/Qwen2.5-0.5B")),
    "sglang": ("lmsysorg/sglang:latest", ("deepseek-ai/DeepSeek-R1", "custom")),
    "dynamo": ("aimle2e/dynamo:latest-vllm", ("BAAI/Aquila-7B", "custom")),
}
# Models that are a framework of their own: image without a repository's model, Hugging Face id.
MODELS = {
    "codellama": (VLLM, "meta-llama/CodeLlama-7b-Instruct-hf"),
    "llma": (VLLM, "meta-llama/Llama-2-7b-chat-hf"),
    "mpt": (VLLM, "mosaicml/mpt-7b-instruct"),
    "mixtral-8x7b-instruct": (VLLM, "mistralai/Mixtral-8x7B-Instruct-v0.1"),
    "mistral-7b-instruct": (VLLM, "mistralai/Mistral-7B-Instruct-v0.1"),
    "gemma-2b": (f"{REGISTRY}/triton_trt_llm:gemma-v1", ""),
    "gemma-2b-it": (VLLM, "google/gemma-2b-it"),
    "gemma-7b": (f"{REGISTRY}/triton_trt_llm:gemma-v1", ""),
    "gemma-7b-it": (VLLM, "google/gemma-7b-it"),
    "llama-3-8b-instruct": (VLLM, "meta-llama/Meta-Llama-3-8B-Instruct"),
    "llama-3_1-8b-instruct": (VLLM, "meta-llama/Meta-Llama-3.1-8B-Instruct"),
    "llama-3_2-3b-instruct": (VLLM, "meta-llama/Llama-3.2-3B-Instruct"),
    "llama-3_2-11b-vision-instruct": (VLLM, "meta-llama/Llama-3.2-11B-Vision-Instruct"),
    "starcoder2-7b": (VLLM, "bigcode/starcoder2-7b"),
    "Phi-3-mini-128k-instruct": (VLLM, "microsoft/Phi-3-mini-128k-instruct"),
    "pixtral-12b-2409": (VLLM, "mistralai/Pixtral-12B-2409"),
    "stable_diffusion": (
        f"{REGISTRY}/stable-diffusion-2-1:hf-v1",
        "stabilityai/stable-diffusion-2-1",
    ),
    "stable_diffusion_xl": (
        f"{REGISTRY}/stable-diffusion-xl-base-1.0:hf",
        "stabilityai/stable-diffusion-xl-base-1.0",
    ),
    "stable-video-diffusion-img2vid-xt": (
        "aimle2e/stable-video-diffusion:v1",
        "stabilityai/stable-video-diffusion-img2vid-xt",
    ),
    "yolov8": (f"{REGISTRY}/yolov8:v1", ""),
    "nemotron-3-8b-chat-4k-rlhf": (
        "aimle2e/nemotron:3-8b-chat-4k-rlhf",
        "nvidia/nemotron-3-8b-chat-4k-rlhf",
    ),
    "nvidia-nv-embed-v1": ("aimle2e/nv_embed_v1:v1", "nvidia/NV-Embed-v1"),
    "bge-large-en-v1_5": ("ghcr.io/huggingface/text-embeddings-inference:1.5", ""),
    "bge-reranker-large": ("ghcr.io/huggingface/text-embeddings-inference:1.5", ""),
}
FRAMEWORKS = ("custom", *SERVERS, *ENGINES, *MODELS)
MACHINES = ("C3.4", "C3.8", "L4.1", "L4.2", "A100.1")
ENGINE_ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "block_size": (16, 0),
    "chat_template": ("{% for m in messages %}\n{{ m }}\n{% endfor %}", "0123", "true", ""),
    "data_type": ("half", "1e3", "null"),
    "enable_lora": (True, False),
    "gpu_memory_utilization": (1,),
    "max_num_seqs": (128, 2147483647),
    "rope_scaling": ('{"type":"dynamic","factor":2.0}', "${x}"),
    "seed": (0, 42),
    "trust_remote_code": (True, False),
    "typical_acceptance_sampler_posterior_alpha": (0.3, 0.09),
    "tokenizer_revision": ("0012", "main", "~"),
}
ODD_NAMES = (
    *("0123", "true", "null", "1e3", "no", "007", "2026-01-01", "0x1f", "default", "x" * 50, "y"),
)


def make(url: str, draw: Draw, index: int) -> str:
    project = PROJECTS[index % 5 == 4]
    location = LOCATIONS[index % 7 == 6]
    body = endpoint(draw, index, location)
    query = f"apikey={tir.KEY}&project_id={project}&location={location}"
    address = f"{url}{tir.MOUNT}/serving/inference/"
    headers = {"Authorization": f"Bearer {tir.BEARER}"}
    id = send("POST", f"{address}?{query}", body, headers)["data"]["id"]
    if body.get("sku_type") != "committed" and draw.one((True, False, False, False)):
        send("PUT", f"{address}{id}/?{query}", {"action": "stop"}, headers)
    return f"{project}/{location}/{id}"


def endpoint(draw: Draw, index: int, location: str) -> Json:
    framework = FRAMEWORKS[index % len(FRAMEWORKS)]
    source, details, image = model(draw, framework)
    machine = machine_of(draw)
    committed = machine.get("committed_replicas", 0)
    return without_none(
        {
            "name": draw.name("abcxyz0123456789", "abc", 48, ODD_NAMES, index),
            "path": draw.maybe(lambda: draw.text(80)),
            "category": "inference_service",
            "framework": framework,
            **source,
            "dataset_id": draw.maybe(lambda: 1301, 0.2),
            "dataset_path": draw.maybe(lambda: draw.text(80), 0.2),
            **machine,
            "location": location,
            **workers(draw, committed),
            "detailed_info": details,
            "custom_endpoint_details": custom(draw, image),
            "cluster_type": draw.one(("tir-cluster", "tir-cluster", "private-cluster")),
            **storage(draw),
        }
    )


def model(draw: Draw, framework: str) -> tuple[Json, Json, str]:
    """Where the model comes from, the details, and the image."""
    details = common_details(draw)
    if framework == "custom":
        return {}, details, draw.one(("nginx:1", "registry.example:5000/app@sha256:0123"))
    if framework in SERVERS:
        version = draw.one(SERVERS[framework])
        number = {"triton": 2101, "pytorch": 2102, "tensorrt": 2103}.get(framework)
        return {"model_id": number}, {**details, "server_version": version}, ""
    if framework in ENGINES:
        image, ids = ENGINES[framework]
        arguments = {key: draw.one(values) for key, values in ENGINE_ARGUMENTS.items()}
        chosen = {key: arguments[key] for key in sorted(draw.list(lambda: draw.one([*arguments])))}
        serve = draw.one(("full-model", "peft-model")) if framework == "vllm" else ""
        more = {"hugging_face_id": draw.one(ids), "model_serve_type": serve}
        return (
            {"model_load_integration_id": 41},
            {**details, **more, "engine_args": chosen},
            image,
        )
    image, default = MODELS[framework]
    source = {"model_load_integration_id": draw.maybe(lambda: 41)}
    return source, {**details, "hugging_face_id": default}, image


def common_details(draw: Draw) -> Json:
    return without_none(
        {
            "args": words(draw.maybe(lambda: draw.list(draw.text))),
            "commands": words(draw.maybe(lambda: draw.list(draw.text))),
            "tokenizer": draw.maybe(lambda: draw.line(80), 0.2),
            "world_size": draw.maybe(lambda: draw.integer(1, 8), 0.2),
            "log_verbose_level": draw.maybe(lambda: draw.integer(0, 3), 0.2),
            "error_log": draw.maybe(draw.flag),
            "info_log": draw.maybe(draw.flag),
            "warning_log": draw.maybe(draw.flag),
        }
    )


def words(items: list[str] | None) -> str | None:
    return None if items is None else base64.b64encode(json.dumps(items).encode()).decode()


def machine_of(draw: Draw) -> Json:
    kind = draw.one(("hourly", "hourly", "committed", "private"))
    if kind == "private":
        sizes = {key: draw.integer(1, 64) for key in ("cpu", "gpu", "memory")}
        return {"private_cloud_id": 9001, "custom_sku": sizes}
    plan = {
        "sku_name": draw.one(MACHINES),
        "sku_type": kind,
        "currency": draw.one(("INR", "USD")),
    }
    if kind == "hourly":
        return plan
    policies = ("auto_renew", "auto_terminate", "convert_to_hourly_billing")
    return {
        **plan,
        "committed_days": 30,
        "committed_instance_policy": draw.one(policies),
        "committed_replicas": draw.integer(1, 3),
    }


def workers(draw: Draw, committed: int) -> Json:
    if draw.flag():
        return {"replica": committed + draw.integer(0 if committed else 1, 5)}
    least = committed or draw.integer(0, 3)
    return {
        "is_auto_scale_enabled": True,
        "auto_scale_policy": without_none(
            {
                "min_replicas": least,
                "max_replicas": least + draw.integer(1, 5),
                "stability_period": draw.maybe(lambda: draw.integer(1, 900)),
                "rules": draw.list(lambda: rule(draw), 1, 3),
            }
        ),
    }


def rule(draw: Draw) -> Json:
    """The portal sends every member; numbers may be text."""
    metric = draw.one(("concurrency", "requestRate", "custom"))
    period = draw.integer(1, 600)
    return {
        "metric": metric,
        "condition_type": "limit",
        "value": draw.integer(1, 100),
        "watch_period": draw.one((period, str(period))),
        "granularity": draw.integer(1, 10),
        "window": draw.integer(1, 60),
        "custom_metric_name": draw.line(60) if metric == "custom" else "",
    }


def custom(draw: Draw, image: str) -> Json:
    private = draw.maybe(lambda: {"registry_namespace_id": 61}, 0.2)
    own = draw.maybe(lambda: f"registry.example/own:{draw.digits(4)}", 1.0 if private else 0.2)
    container = {
        "container_name": own or image,
        "container_type": "private" if private else "public",
        "private_image_details": private or {},
        "advance_config": {
            "image_pull_policy": draw.one(("Always", "IfNotPresent")),
            "is_readiness_probe_enabled": draw.flag(),
            "is_liveness_probe_enabled": draw.flag(),
            "readiness_probe": probe(draw),
            "liveness_probe": probe(draw),
        },
    }
    return {
        "service_port": draw.flag(),
        "metric_port": draw.flag(),
        "public_ip": draw.one(("yes", "no")),
        "container": container,
        "resource_details": {
            "disk_size": draw.integer(1, 2000),
            "mount_path": draw.one(("", "/data", "/a b/c")),
            "env_variables": variables(draw),
        },
    }


def probe(draw: Draw) -> Json:
    """{} is a probe that was never set."""
    protocol = draw.one(("", "http", "tcp", "grpc", "command"))
    if not protocol:
        return {}
    own = {
        "http": {"path": draw.path()},
        "grpc": {"grpc_service": draw.line(60)},
        "command": {"commands": draw.text(300) or "true"},
    }
    return {
        "protocol": protocol,
        "initial_delay_seconds": draw.integer(0, 60),
        "success_threshold": draw.integer(1, 5),
        "failure_threshold": draw.integer(1, 5),
        "port": draw.integer(1, 65535),
        "period_seconds": draw.integer(1, 60),
        "timeout_seconds": draw.integer(1, 60),
        **own.get(protocol, {}),
    }


def variables(draw: Draw) -> list[Json]:
    """Their values are secrets. None is another endpoint's name: Pulumi's importer (3.259.0) takes
    texts that are names of imported resources for references, and panics where one is a secret.
    """

    def value() -> str:
        return next(text for text in iter(draw.text, None) if text not in ODD_NAMES)

    def variable() -> Json:
        return {
            "key": draw.one(("A", "_", "HF_TOKEN", "null", "true", "e1", "PATH")),
            "value": value(),
            "required": draw.flag(),
            "disabled": draw.one(({}, {"key": True}, {"key": draw.flag(), "value": draw.flag()})),
        }

    return unique(draw.list(variable), lambda item: item["key"])


def storage(draw: Draw) -> Json:
    if draw.flag():
        path = draw.maybe(lambda: draw.path())
        return without_none({"storage_type": "disk", "disk_path": path})
    return without_none(
        {
            "storage_type": "sfs",
            "sfs_id": draw.integer(1, 9999),
            "sfs_path": draw.maybe(lambda: draw.path()),
        }
    )


FLEET = Fleet(
    name="tir",
    token=tir.TOKEN,
    knobs=tir.QUICK,
    config=tir.config,
    make=make,
    reads=("endpoint.get",),
    requests=lambda count: 2 * count,
    making={},
    spellings={
        "text": {
            "integers": "string",
            "args_echo": "text",
            "probe_flags_in": "container",
            "model_echo": "model",
            "status_case": "upper",
        },
        "base64": {
            "documented_strings": False,
            "args_echo": "base64",
            "probe_flags_in": "both",
            "model_echo": "model_id",
            "status_case": "title",
        },
        "masked": {"env_values": "masked"},
        "secretive": {"env_values": "omitted"},
    },
    lists=("endpoint.list",),
)
