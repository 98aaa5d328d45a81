"""Endpoints made by the official Python client, in every shape that it can make."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest import mock

import huggingface_hub
from huggingface_hub import constants

TOKEN = "hf_simulator_write"
NAMESPACE = "acme"
ARGUMENTS: dict[str, Any] = {
    "repository": "openai-community/gpt2",
    "framework": "pytorch",
    "accelerator": "cpu",
    "instance_size": "x2",
    "instance_type": "intel-spr",
    "region": "us-east-1",
    "vendor": "aws",
}
GPU: dict[str, Any] = {"accelerator": "gpu", "instance_type": "nvidia-l4", "instance_size": "x4"}
ODD_TEXT = 'it\'s "${odd}"\n'
URL = "registry.example/app:1"
# The client's address is one of the whole process.
_addressed = threading.Lock()


@contextmanager
def client(url: str) -> Iterator[huggingface_hub.HfApi]:
    """For one thread at a time: there is no argument and no environment variable for this address;
    the module constant is read per call."""
    with (
        _addressed,
        mock.patch.object(constants, "INFERENCE_ENDPOINTS_ENDPOINT", f"{url}/v2"),
    ):
        yield huggingface_hub.HfApi(endpoint=url, token=TOKEN)


def _make(arguments: dict[str, Any], pause: bool, url: str, name: str) -> None:
    with client(url) as hub:
        endpoint = hub.create_inference_endpoint(
            name, namespace=NAMESPACE, token=TOKEN, **{**ARGUMENTS, **arguments}
        )
        if pause:
            endpoint.pause()


def _shape(pause: bool = False, **arguments: Any) -> Callable[[str, str], None]:
    return partial(_make, arguments, pause)


def _image(engine: str, **settings: Any) -> Callable[[str, str], None]:
    return _shape(custom_image={engine: settings})


SHAPES: dict[str, Callable[[str, str], None]] = {
    "plain": _shape(),
    "paused": _shape(pause=True),
    "public": _shape(type="public"),
    "private": _shape(type="private"),
    "task": _shape(task="fill-mask"),
    "revision": _shape(revision="dev"),
    "wide": _shape(min_replica=2, max_replica=4),
    "sleepy": _shape(min_replica=0, max_replica=2, scale_to_zero_timeout=30),
    "sleepy-default": _shape(min_replica=0, max_replica=1),
    "pending": _shape(scaling_metric="pendingRequests", scaling_threshold=2.5),
    "usage": _shape(scaling_metric="hardwareUsage", scaling_threshold=60),
    "usage-default": _shape(scaling_metric="hardwareUsage"),
    "env": _shape(env={"A": "1", "a.b": "x y", "QUOTE": ODD_TEXT}),
    "secrets": _shape(secrets={"S": "one", "T": "two"}),
    "words": _shape(container_command=["/serve"], container_args=["--a", "${b}", ""]),
    "tags": _shape(tags=["a", "b"]),
    "cache": _shape(cache_http_responses=True),
    "route": _shape(domain="a.example", path="/p"),
    "link": _shape(private_link_account_id="123", private_link_region="eu-west-1"),
    "gpu": _shape(**GPU, custom_image={"vLLM": {"url": URL, "tensorParallelSize": 4}}),
    "flat": _shape(custom_image={"url": URL, "port": 8080, "healthRoute": "/x"}),
    "registry": _shape(
        custom_image={"url": URL, "port": 8080},
        container_registry_username="u",
        container_registry_password="p",
        env={"A": "1"},
        secrets={"S": "one"},
    ),
    "image-hf": _image("huggingface"),
    "image-neuron": _image("huggingfaceNeuron", batchSize=1, neuronCache="org/cache"),
    "image-llamacpp": _image("llamacpp", url=URL, modelPath="m.gguf", ctxSize=8192, nGpuLayers=0),
    "image-tei": _image("tei", url=URL, pooling="cls"),
    "image-tgi": _image("tgi", url=URL, quantize="gptq", disableCustomKernels=False),
    "image-tgi-default": _image("tgi", url=URL),
    "image-tgi-neuron": _image("tgiNeuron", url=URL, hfAutoCastType="bf16"),
    "image-vllm": _image("vLLM", url=URL, kvCacheDtype="fp8", maxNumSeqs=8),
    "image-omni": _image("vLLMOmni", url=URL, deployConfig="x"),
    "image-vllm-neuron": _image("vLLMNeuron", url=URL),
    "image-sglang": _image("sGLang", url=URL, chunkedPrefillSize=-1),
    "image-serve": _image("hfServe", url=URL, port=80),
    "image-custom": _image("custom", url=URL),
}
