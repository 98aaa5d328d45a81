"""Endpoints as users declare them, and the requests the engine makes of them."""

from __future__ import annotations

import copy
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import provider_pb2

TYPE = "inference:hf:Endpoint"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
TOKEN = "hf_simulator_write"


def secret(value: Any) -> dict[str, Any]:
    return {SIGNATURE: SECRET, "value": value}


def urn(name: str) -> str:
    return f"urn:pulumi:production::model-serving::{TYPE}::{name}"


def struct(value: dict[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(value, struct_pb2.Struct())


def smallest(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": "me",
        "cloudProvider": {"vendor": "aws", "region": "us-east-1"},
        "compute": {"accelerator": "cpu", "instanceType": "intel-spr", "instanceSize": "x1"},
        "model": {"repository": "openai-community/gpt2", "framework": "pytorch"},
    }


def chat(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": "me",
        "type": "authenticated",
        "cloudProvider": {"vendor": "aws", "region": "us-east-1"},
        "compute": {
            "accelerator": "gpu",
            "instanceType": "nvidia-l4",
            "instanceSize": "x1",
            "scaling": {
                "minReplica": 0,
                "maxReplica": 4,
                "scaleToZeroTimeout": 30,
                "measure": {"pendingRequests": 2.5},
            },
        },
        "model": {
            "repository": "Qwen/Qwen2.5-7B-Instruct",
            "framework": "pytorch",
            "task": "text-generation",
            "revision": "a09a35458c702b33eeacc393d103063234e8bc28",
            "image": {"vLLM": {"url": "vllm/vllm-openai:v0.10.2", "tensorParallelSize": 1}},
            "env": {"MAX_MODEL_LEN": "8192", "LOG_LEVEL": "WARNING", "OMP_NUM_THREADS": "4"},
            "secrets": secret({"API_KEY": "sk-0123456789abcdef0123456789abcdef"}),
            "args": ["--enable-prefix-caching", "--max-num-seqs", "64"],
        },
        "tags": ["chat", "production", "team-search"],
        "notifications": {"email": True, "push": False},
        "timeouts": {"create": 2400},
    }


def embeddings(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": "acme",
        "type": "private",
        "cloudProvider": {"vendor": "aws", "region": "eu-west-1"},
        "compute": {
            "accelerator": "gpu",
            "instanceType": "nvidia-t4",
            "instanceSize": "x1",
            "scaling": {"minReplica": 1, "maxReplica": 2, "measure": {"hardwareUsage": 75}},
        },
        "model": {
            "repository": "BAAI/bge-large-en-v1.5",
            "framework": "pytorch",
            "task": "sentence-embeddings",
            "image": {
                "tei": {
                    "url": "ghcr.io/huggingface/text-embeddings-inference:1.8",
                    "maxBatchTokens": 16384,
                    "maxConcurrentRequests": 512,
                    "pooling": "cls",
                }
            },
        },
        "privateService": {"accountId": "123456789012", "shared": True},
        "network": {"cidrBlock": True, "cidrList": ["10.0.0.0/8", "192.168.0.0/16"]},
    }


def custom(name: str) -> dict[str, Any]:
    credentials = {"username": "deploy", "password": secret("correct-horse-battery-staple")}
    return {
        "name": name,
        "namespace": "acme",
        "type": "public",
        "cloudProvider": {"vendor": "aws", "region": "us-east-1"},
        "compute": {"accelerator": "cpu", "instanceType": "intel-spr", "instanceSize": "x4"},
        "model": {
            "repository": "acme/ranker",
            "framework": "custom",
            "task": "custom",
            "image": {
                "custom": {
                    "url": "registry.example/serving/ranker:2025.11.3",
                    "port": 8080,
                    "healthRoute": "/healthz",
                    "credentials": credentials,
                }
            },
            "env": {f"FEATURE_{index:02}": f"value-{index}" for index in range(24)},
            "secrets": secret({f"SECRET_{index}": f"s3cr3t-{index}" * 3 for index in range(4)}),
            "command": ["/srv/ranker", "serve", "--workers", "4"],
        },
        "tags": ["ranking", "blue"],
        "desiredState": "running",
        "route": {"domain": "models.acme.example", "path": "/ranker"},
    }


MAKERS = (smallest, chat, embeddings, custom)


def outputs(inputs: dict[str, Any]) -> dict[str, Any]:
    """What the state of such an endpoint holds."""
    name, namespace = inputs["name"], inputs["namespace"]
    url = "https://x0123456789abcdefghij.us-east-1.aws.endpoints.huggingface.cloud"
    account = {"id": "0123456789abcdef01234567", "name": namespace}
    return {
        **copy.deepcopy(inputs),
        "endpointId": f"{namespace}/{name}",
        "url": url,
        "healthRoute": "/health",
        "target": {"baseUrl": f"{url}/v1", "model": inputs["model"]["repository"]},
        "status": {
            "state": "running",
            "message": "Endpoint is ready",
            "url": url,
            "readyReplica": 1,
            "targetReplica": 1,
            "createdAt": "2025-11-02T10:11:12.123456789Z",
            "createdBy": account,
            "updatedAt": "2025-11-03T10:11:12.123456789Z",
            "updatedBy": account,
        },
    }


def changed(inputs: dict[str, Any], turn: int) -> tuple[dict[str, Any], set[str]]:
    """The inputs after an edit, and the paths that Diff must tell."""
    news = copy.deepcopy(inputs)
    kind = turn % 4
    if kind == 1:
        news["compute"]["instanceSize"] = "x8"
        return news, {"compute.instanceSize"}
    if kind == 2:
        news["cloudProvider"]["region"] = "eu-central-1"
        return news, {"cloudProvider.region"}
    if kind == 3:
        news["tags"] = ["edited"]
        return news, {"tags"}
    return news, set()


def check_request(inputs: dict[str, Any], olds: dict[str, Any] | None = None) -> Any:
    name = inputs["name"]
    return provider_pb2.CheckRequest(
        urn=urn(name),
        olds=struct(olds or {}),
        news=struct(inputs),
        randomSeed=b"0123456789abcdef0123456789abcdef",
        name=name,
        type=TYPE,
    )


def diff_request(old_inputs: dict[str, Any], news: dict[str, Any]) -> Any:
    name = old_inputs["name"]
    return provider_pb2.DiffRequest(
        id=f"{old_inputs['namespace']}/{name}",
        urn=urn(name),
        olds=struct(outputs(old_inputs)),
        news=struct(news),
        old_inputs=struct(old_inputs),
        name=name,
        type=TYPE,
    )


def create_request(checked: struct_pb2.Struct, name: str) -> Any:
    return provider_pb2.CreateRequest(urn=urn(name), properties=checked, name=name, type=TYPE)
