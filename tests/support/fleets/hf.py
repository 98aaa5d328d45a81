"""Hugging Face Inference Endpoints (docs/apis/hf.md 2, 4.1, 6)."""

from __future__ import annotations

from typing import Any

from support.clouds import hf
from support.fleets.draw import Draw
from support.fleets.fleet import Fleet, Json, send, without_none

TOKEN = "hf_simulator_write"
NAMESPACES = ("acme", "me")
REGIONS = {
    "aws": ("eu-west-1", "us-east-1", "us-east-2", "us-west-2"),
    "azure": ("eastus",),
    "gcp": ("us-east4",),
}
# Vendor, type, accelerator, sizes.
MACHINES = (
    ("aws", "intel-spr", "cpu", (1, 2, 4, 8, 16)),
    ("aws", "intel-icl", "cpu", (1, 2, 4, 8)),
    ("azure", "intel-xeon", "cpu", (1, 2, 4, 8)),
    ("gcp", "intel-spr", "cpu", (1, 2, 4, 8)),
    ("aws", "nvidia-t4", "gpu", (1, 4)),
    ("aws", "nvidia-l40s", "gpu", (1, 4, 8)),
    ("aws", "nvidia-a100", "gpu", (1, 2, 4, 8)),
    ("gcp", "nvidia-l4", "gpu", (1, 4)),
    ("gcp", "nvidia-h100", "gpu", (1, 2, 4, 8)),
    ("aws", "inf2", "neuron", (1, 12)),
)
TASKS = (
    *("custom", "any-to-any", "fill-mask", "feature-extraction", "image-text-to-text"),
    *("object-detection", "sentence-embeddings", "sentence-ranking", "text-classification"),
    *("text-generation", "text-to-image", "translation", "zero-shot-classification"),
)
IMAGES = (
    *("huggingface", "huggingfaceNeuron", "tgi", "tgiNeuron", "tei", "llamacpp", "vLLM"),
    *("vLLMOmni", "vLLMNeuron", "sGLang", "hfServe", "custom"),
)
TGI_INTEGERS = (
    *("maxBatchPrefillTokens", "maxBatchTotalTokens", "maxInputLength", "maxTotalTokens"),
)
# Legal names that are no text to a careless reader.
ODD_NAMES = (
    *("0123", "true", "null", "1e3", "no", "on", "007", "0x1f", "2026-01-01", "1-2-3", "nan"),
    *("default", "class", "import", "a--b", "x" * 32),
)


def make(url: str, draw: Draw, index: int) -> str:
    body = endpoint(draw, index)
    name = body["name"]
    address = f"{url}/v2/endpoint/{NAMESPACES[index % 5 == 4]}"
    headers = {"Authorization": f"Bearer {TOKEN}"}
    send("POST", address, body, headers)
    scaling = body["compute"]["scaling"]
    if scaling["minReplica"] == 0 and scaling.get("scaleToZeroTimeout") and draw.flag():
        send("POST", f"{address}/{name}/scale-to-zero", None, headers)
    elif index % 7 == 3:
        send("POST", f"{address}/{name}/pause", None, headers)
    return f"{NAMESPACES[index % 5 == 4]}/{name}"


def endpoint(draw: Draw, index: int) -> Json:
    vendor, kind, accelerator, sizes = draw.one(MACHINES)
    size = draw.one(sizes)
    return without_none(
        {
            "name": draw.name("abcxyz0123456789-", "abc", 30, ODD_NAMES, index),
            "type": draw.one(("public", "authenticated", "private")),
            "provider": {"vendor": vendor, "region": draw.one(REGIONS[vendor])},
            "compute": {
                "accelerator": accelerator,
                "instanceType": kind,
                "instanceSize": f"x{size}",
                "scaling": scaling(draw),
            },
            "model": model(draw, IMAGES[index % len(IMAGES)], size),
            # Nothing says that the service has empty ones; the provider refuses them.
            "tags": draw.maybe(lambda: draw.list(lambda: draw.text(100) or "tag")),
            "cacheHttpResponses": draw.maybe(draw.flag, 0.2),
            "experimentalFeatures": draw.maybe(lambda: experimental(draw)),
            "customRouter": draw.maybe(lambda: router(draw), 0.2),
            "privateService": draw.maybe(lambda: private(draw), 0.3) if vendor == "aws" else None,
            "route": draw.maybe(lambda: {"domain": "a.example", "path": draw.path()}, 0.2),
            "network": draw.maybe(lambda: network(draw), 0.2),
            "notifications": draw.maybe(lambda: {"email": draw.flag(), "push": draw.flag()}, 0.3),
        }
    )


def scaling(draw: Draw) -> Json:
    least = draw.one((0, 0, 1, 2))
    timeout = draw.maybe(lambda: draw.integer(1, 120)) if least == 0 else None
    metric = draw.one(("hardwareUsage", "pendingRequests"))
    threshold = draw.one((None, 1, 1.5, 0.1, 80, 99.9))
    return without_none(
        {
            "minReplica": least,
            "maxReplica": max(1, least + draw.integer(0, 3)),
            "scaleToZeroTimeout": timeout,
            "measure": draw.maybe(lambda: {metric: threshold}),
        }
    )


def model(draw: Draw, image: str, size: int) -> Json:
    framework = "llamacpp" if image == "llamacpp" else draw.one(("custom", "pytorch"))
    return without_none(
        {
            "repository": draw.one(("openai-community/gpt2", "Qwen/Qwen2.5-0.5B", "me/1", "0/0")),
            "framework": framework,
            "task": draw.maybe(lambda: draw.one(TASKS)),
            "revision": draw.maybe(lambda: draw.one(("main", "v1.0", "0123", "607a30d")), 0.3),
            "image": {image: settings(draw, image, size)},
            "env": draw.maybe(lambda: draw.map(lambda: variable(draw), draw.text)),
            "secrets": draw.maybe(lambda: draw.map(lambda: variable(draw), draw.text), 0.2),
            "args": draw.maybe(lambda: draw.list(draw.text), 0.3),
            "command": draw.maybe(lambda: draw.list(draw.line, 1), 0.3),
            "fromCatalog": draw.maybe(draw.flag, 0.1),
        }
    )


def variable(draw: Draw) -> str:
    """Names of environment variables; the service takes any text."""
    names = ("A", "HF_TOKEN", "a.b", "0123", "true", "null", "with space", "x-y", "${k}", "é", "_")
    return draw.one((*names, 'quote"d', "new\nline", "name", "__defaults", "pulumi:x", "~"))


def settings(draw: Draw, image: str, size: int) -> Json:
    def some(*names: str) -> Json:
        return {name: draw.maybe(lambda: draw.integer(0, 2**31 - 1)) for name in names}

    def choice(*values: str) -> str | None:
        return draw.maybe(lambda: draw.one(values))

    own: dict[str, Any] = {
        "huggingfaceNeuron": {
            **some("batchSize", "sequenceLength"),
            "neuronCache": draw.maybe(lambda: draw.line(80)),
        },
        "tgi": {
            **some(*TGI_INTEGERS),
            "disableCustomKernels": draw.maybe(draw.flag),
            "quantize": choice("awq", "bitsandbytes", "eetq", "gptq"),
        },
        "tgiNeuron": {
            **some(*TGI_INTEGERS, "hfNumCores"),
            "hfAutoCastType": choice("bf16", "fp16"),
        },
        "tei": {
            **some("maxBatchTokens", "maxConcurrentRequests"),
            "pooling": choice("mean", "cls"),
        },
        "llamacpp": {
            "modelPath": draw.line(80),
            **some("ctxSize", "nParallel", "threadsHttp", "nGpuLayers"),
            "mode": choice("embeddings", "reranking"),
            "pooling": choice("mean", "cls", "last", "rank"),
            "variant": draw.maybe(lambda: draw.line(80)),
            "mmprojModelPath": draw.maybe(lambda: draw.line(80)),
            "specModelPath": draw.maybe(lambda: draw.line(80)),
        },
        "vLLM": {
            **some("maxNumBatchedTokens", "maxNumSeqs"),
            "dataParallelSize": draw.maybe(lambda: 2),
            "tensorParallelSize": size if size > 1 else draw.maybe(lambda: 1),
            "kvCacheDtype": choice("fp8", "fp8-e4-m3", "fp8-e5-m2"),
        },
        "vLLMOmni": {**some("maxNumSeqs"), "deployConfig": draw.maybe(draw.text)},
        "sGLang": {
            **some("maxPrefillTokens", "maxRunningRequests"),
            "tensorParallelSize": size if size > 1 else draw.maybe(lambda: 1),
            "chunkedPrefillSize": draw.maybe(lambda: draw.one((-1, 0, 4096))),
            "kvCacheDtype": choice("fp8-e4-m3", "fp8-e5-m2"),
        },
        "custom": {"credentials": draw.maybe(lambda: {"username": "u", "password": "p"})},
    }
    container = {
        "url": draw.one(("registry.example/app:1", "registry.example/app@sha256:0123")),
        "port": draw.maybe(lambda: draw.one((80, 8000, 8080))),
        "healthRoute": draw.maybe(lambda: draw.one(("/", "/health", "/v1/ok?x=1"))),
    }
    base = {} if image.startswith("huggingface") else container
    return without_none({**base, **own.get(image, {})})


def experimental(draw: Draw) -> Json:
    return without_none(
        {
            "cacheHttpResponses": draw.maybe(draw.flag),
            "loadBalancer": draw.maybe(lambda: draw.one(("random", "sticky", "least_connections"))),
            "mcpLb": draw.maybe(lambda: {"stateful": draw.flag()}),
            "skipRepoDownload": draw.maybe(draw.flag),
        }
    )


def router(draw: Draw) -> Json:
    return without_none(
        {
            "tag": f"registry.example/router:{draw.digits(3)}",
            "env": draw.maybe(lambda: draw.map(lambda: variable(draw), draw.text)),
            "port": draw.maybe(lambda: 3000),
            "grpcPort": draw.maybe(lambda: 9002),
            "protocol": draw.maybe(lambda: draw.one(("http", "extProc"))),
        }
    )


def private(draw: Draw) -> Json:
    return without_none(
        {
            "accountId": draw.digits(12),
            "region": draw.one(("us-east-1", "eu-west-1")),
            "shared": draw.maybe(draw.flag),
        }
    )


def network(draw: Draw) -> Json:
    return without_none(
        {
            "cidrBlock": draw.maybe(draw.flag),
            "cidrList": draw.maybe(lambda: draw.list(lambda: f"cidr-{draw.digits(6)}")),
        }
    )


FLEET = Fleet(
    name="hf",
    token="inference:hf:Endpoint",
    knobs=hf.QUICK,
    config=hf.config,
    make=make,
    reads=("endpoint.get",),
    requests=lambda count: 2 * count,
    making={},
    spellings={
        "null": {
            "absent_fields": "null",
            "secrets_echo": "omit",
            "revision_echo": "as_given",
            "compute_id": False,
            "fill_scaling_defaults": False,
        },
        "empty": {
            "absent_fields": "empty",
            "revision_echo": "null_if_omitted",
            "timestamp_digits": 0,
            "server_env": {"HF_TOKEN": "kept"},
        },
    },
    lists=("endpoint.list",),
)
