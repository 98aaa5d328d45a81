"""The catalogue of models that were tried, with recipes (docs/apis/hf.md 2.6)."""

from __future__ import annotations

from typing import Any

from simulator.base.messages import Request
from simulator.hf import listing

MOST = 100


def _recipe(public_id: str, accelerator: str, engine: str, **more: str) -> dict[str, Any]:
    return {"publicId": public_id, "accelerator": accelerator, "engineType": engine, **more}


def _model(repository: str, license: str, task: str, *recipes: dict[str, Any]) -> dict[str, Any]:
    author, _, name = repository.partition("/")
    return {
        "repoId": repository,
        "modelName": name,
        "authorName": author,
        "license": license,
        "task": task,
        "createdAt": "2026-05-04T09:00:00.000Z",
        "recipes": list(recipes),
    }


MODELS = (
    _model(
        "Qwen/Qwen3-8B",
        "Apache 2.0",
        "text-generation",
        _recipe("plain-noodle-1", "gpu", "vllm"),
        _recipe("plain-noodle-2", "neuron", "vllm", revision="v1"),
    ),
    _model(
        "ggml-org/gemma-3-4b-it-GGUF",
        "Gemma",
        "text-generation",
        _recipe("small-bean-1", "cpu", "llamacpp", ggufFile="gemma-3-4b-it-Q4_K_M.gguf"),
    ),
    _model("BAAI/bge-m3", "MIT", "sentence-embeddings", _recipe("green-tea-1", "gpu", "tei")),
)


def found(request: Request) -> list[dict[str, Any]]:
    """What fits every parameter of the query."""
    limit = listing.number(request, "limit", MOST, MOST)
    return [model for model in MODELS if _fits(model, request)][:limit]


def _fits(model: dict[str, Any], request: Request) -> bool:
    accelerator, engine = request.parameter("accelerator"), request.parameter("engine")
    search = request.parameter("search")
    recipes = [
        recipe
        for recipe in model["recipes"]
        if accelerator in (None, recipe["accelerator"]) and engine in (None, recipe["engineType"])
    ]
    return (
        bool(recipes)
        and request.parameter("license") in (None, model["license"])
        and request.parameter("task") in (None, model["task"])
        and (search is None or search.lower() in model["repoId"].lower())
    )
