"""The frameworks the service knows: wire value, class, versions with images."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

VLLM_IMAGE = "vllm/vllm-openai:latest"
REGISTRY = "registry.e2enetworks.net"
EMBEDDING_IMAGE = "ghcr.io/huggingface/text-embeddings-inference:1.5"
FIRST_ID = 11
FIRST_VERSION_ID = 201


@dataclass(frozen=True)
class Framework:
    wire: str
    title: str
    kind: str  # engine, server, model, custom (needs an image), unknown
    image: str = ""
    default_model: str = ""
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def openai(self) -> bool:
        """Whether it answers as OpenAI's API does."""
        return self.kind == "engine" or self.image == VLLM_IMAGE

    @property
    def versioned(self) -> bool:
        return bool(self.versions)


def _images(repository: str, **tags: str) -> dict[str, str]:
    return {name.replace("_", "."): f"{repository}:{tag}" for name, tag in tags.items()}


def _vllm(wire: str, title: str, model: str) -> Framework:
    return Framework(wire, title, "model", VLLM_IMAGE, model)


_TRITON = _images(
    "aimle2e/tritonserver",
    v24_02="24.02-py3-01",
    v24_01="24.01-py3-01",
    v23_12="23.12-py3-01",
    v23_11="23.01-py3-01",
    v23_10="23.10-py3-01",
)
_TENSORRT = {
    **_images(
        "aimle2e/tritonserver",
        **{
            f"v{tag.replace('.', '_')}": f"{tag}-trtllm-python-py3-01"
            for tag in ("24.02", "24.01", "23.12", "23.11", "23.10")
        },
    ),
    **_images("aimle2e/triton_trt_llm", v0_10_0="v0.10.0", v0_9_0="0.9.0", v0_7_2="0.7.2"),
}
_TORCH = _images("pytorch/torchserve", v0_9_0="0.9.0", v0_8_2="0.8.2", v0_8_1="0.8.1")
_GEMMA_IMAGE = f"{REGISTRY}/aimle2e/triton_trt_llm:gemma-v1"

TABLE = (
    Framework("triton", "Triton", "server", versions=_TRITON),
    Framework("pytorch", "TorchServe", "server", versions=_TORCH),
    Framework("tensorrt", "TensorRT-LLM", "server", versions=_TENSORRT),
    Framework("nemo-rag", "NeMo RAG", "server", versions={"v0.9.0": "aimle2e/nemo-rag:v0.9.0"}),
    Framework("custom", "Custom container", "custom"),
    Framework("vllm", "vLLM", "engine", VLLM_IMAGE),
    Framework("sglang", "SGLang", "engine", "lmsysorg/sglang:latest"),
    Framework("dynamo", "Dynamo", "engine", "aimle2e/dynamo:latest-vllm"),
    _vllm("codellama", "Code Llama", "meta-llama/CodeLlama-7b-Instruct-hf"),
    _vllm("llma", "Llama 2", "meta-llama/Llama-2-7b-chat-hf"),
    _vllm("mpt", "MPT", "mosaicml/mpt-7b-instruct"),
    _vllm("mixtral-8x7b-instruct", "Mixtral 8x7B", "mistralai/Mixtral-8x7B-Instruct-v0.1"),
    _vllm("mistral-7b-instruct", "Mistral 7B", "mistralai/Mistral-7B-Instruct-v0.1"),
    Framework("gemma-2b", "Gemma 2B", "model", _GEMMA_IMAGE),
    _vllm("gemma-2b-it", "Gemma 2B IT", "google/gemma-2b-it"),
    Framework("gemma-7b", "Gemma 7B", "model", _GEMMA_IMAGE),
    _vllm("gemma-7b-it", "Gemma 7B IT", "google/gemma-7b-it"),
    _vllm("llama-3-8b-instruct", "Llama 3 8B", "meta-llama/Meta-Llama-3-8B-Instruct"),
    _vllm("llama-3_1-8b-instruct", "Llama 3.1 8B", "meta-llama/Meta-Llama-3.1-8B-Instruct"),
    _vllm("llama-3_2-3b-instruct", "Llama 3.2 3B", "meta-llama/Llama-3.2-3B-Instruct"),
    _vllm(
        "llama-3_2-11b-vision-instruct",
        "Llama 3.2 11B Vision",
        "meta-llama/Llama-3.2-11B-Vision-Instruct",
    ),
    _vllm("starcoder2-7b", "StarCoder2 7B", "bigcode/starcoder2-7b"),
    _vllm("Phi-3-mini-128k-instruct", "Phi-3 mini", "microsoft/Phi-3-mini-128k-instruct"),
    _vllm("pixtral-12b-2409", "Pixtral 12B", "mistralai/Pixtral-12B-2409"),
    Framework(
        "stable_diffusion",
        "Stable Diffusion 2.1",
        "model",
        f"{REGISTRY}/aimle2e/stable-diffusion-2-1:hf-v1",
        "stabilityai/stable-diffusion-2-1",
    ),
    Framework(
        "stable_diffusion_xl",
        "Stable Diffusion XL",
        "model",
        f"{REGISTRY}/aimle2e/stable-diffusion-xl-base-1.0:hf",
        "stabilityai/stable-diffusion-xl-base-1.0",
    ),
    Framework(
        "stable-video-diffusion-img2vid-xt",
        "Stable Video Diffusion XT",
        "model",
        "aimle2e/stable-video-diffusion:v1",
        "stabilityai/stable-video-diffusion-img2vid-xt",
    ),
    Framework("yolov8", "YOLOv8", "model", f"{REGISTRY}/aimle2e/yolov8:v1"),
    Framework(
        "nemotron-3-8b-chat-4k-rlhf",
        "Nemotron 3 8B",
        "model",
        "aimle2e/nemotron:3-8b-chat-4k-rlhf",
        "nvidia/nemotron-3-8b-chat-4k-rlhf",
    ),
    Framework(
        "nvidia-nv-embed-v1",
        "NV-Embed",
        "model",
        "aimle2e/nv_embed_v1:v1",
        "nvidia/NV-Embed-v1",
    ),
    Framework("bge-large-en-v1_5", "BGE large", "model", EMBEDDING_IMAGE),
    Framework("bge-reranker-large", "BGE reranker", "model", EMBEDDING_IMAGE),
)
BY_WIRE = {framework.wire: framework for framework in TABLE}


def offered(knobs: Any) -> dict[str, Framework]:
    """What may be named now, by wire value."""
    chosen = knobs["frameworks_offered"] or list(BY_WIRE)
    table = {wire: BY_WIRE[wire] for wire in chosen if wire in BY_WIRE}
    for wire in knobs["frameworks_extra"]:
        table.setdefault(wire, Framework(wire, wire, "custom"))
    return table


def details(knobs: Any) -> list[dict[str, Any]]:
    """The catalogue as `framework-details` answers it; ids do not depend on what is offered."""
    rows = []
    names = knobs["framework_detail_keys"]
    allowed = offered(knobs)
    version_id = FIRST_VERSION_ID
    for number, framework in enumerate(TABLE, FIRST_ID):
        versions = []
        for version, image in (framework.versions or {"latest": framework.image}).items():
            row = {"id": version_id, "version": version, "container_name": image}
            versions.append(row)
            version_id += 1
        if framework.wire not in allowed:
            continue
        values = {
            "id": number,
            "framework": framework.wire,
            "display_name": framework.title,
            "description": f"Serves models with {framework.title}",
            "container_name": framework.image or versions[0]["container_name"],
            "is_managed_args": framework.kind == "engine",
            "versions": versions,
        }
        rows.append({names.get(key, key): value for key, value in values.items()})
    return rows


def version_ids(wire: str) -> list[int]:
    """The version ids of one framework."""
    version_id = FIRST_VERSION_ID
    for framework in TABLE:
        count = len(framework.versions) or 1
        if framework.wire == wire:
            return list(range(version_id, version_id + count))
        version_id += count
    return []


def framework_of_version(version_id: int) -> str | None:
    return next((f.wire for f in TABLE if version_id in version_ids(f.wire)), None)
