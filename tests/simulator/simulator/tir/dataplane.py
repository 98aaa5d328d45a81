"""A served model, as far as tests need one: the routes of OpenAI's API, and health."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from simulator.base.messages import Reply, Request, sent_event
from simulator.tir.endpoint import Endpoint

MOUNTED_MODEL = "/mnt/models"
Document = dict[str, Any]


def refusal(status: int, text: str) -> Reply:
    body = {"error": {"message": text, "type": "invalid_request_error", "code": status}}
    return Reply.json(body, status)


def model_names(endpoint: Endpoint) -> list[str]:
    """What the server calls its model; a repository is known by where it is mounted."""
    details = endpoint.spec.settings["detailed_info"]
    served = details["engine_args"].get("served_model_name")
    if isinstance(served, str) and served:
        return [served]
    named = details["hugging_face_id"]
    if named and named != "custom":
        return [named]
    if endpoint.spec.settings["model_id"] is None and endpoint.spec.framework.default_model:
        return [endpoint.spec.framework.default_model]
    path = endpoint.spec.settings["path"].strip("/")
    return [f"{MOUNTED_MODEL}/{path}".rstrip("/")]


def answer(request: Request, endpoint: Endpoint, route: tuple[str, ...], strict: bool) -> Reply:
    """One request to an endpoint with a worker."""
    words = "/".join(route).rstrip("/")
    if request.method == "GET" and words == "health":
        return Reply(200)
    if not endpoint.spec.framework.openai:
        return refusal(404, "Not Found")
    if request.method == "GET" and words == "v1/models":
        rows = [{"id": name, "object": "model"} for name in model_names(endpoint)]
        return Reply.json({"object": "list", "data": rows})
    if request.method != "POST" or words not in ("v1/chat/completions", "v1/completions"):
        return refusal(404, "Not Found")
    return _complete(request, endpoint, words == "v1/chat/completions", strict)


def _complete(request: Request, endpoint: Endpoint, chat: bool, strict: bool) -> Reply:
    try:
        body = request.json()
    except ValueError:
        return refusal(400, "The body is not JSON")
    needed = "messages" if chat else "prompt"
    if not isinstance(body, dict) or not body.get(needed):
        return refusal(400, f"{needed} is required")
    name = body.get("model")
    if strict and name not in model_names(endpoint):
        return refusal(404, f"The model `{name}` does not exist.")
    text = f"answer of {endpoint.name}"
    if body.get("stream") is True:
        return Reply.events(_stream(endpoint, name, text, chat))
    return Reply.json(_document(endpoint, name, text, chat, "message"))


def _document(endpoint: Endpoint, model: Any, text: str, chat: bool, member: str) -> Document:
    choice: Document = {"index": 0, "finish_reason": "stop"}
    if chat:
        choice[member] = {"role": "assistant", "content": text}
    else:
        choice["text"] = text
    kind = "chat.completion" if chat else "text_completion"
    return {
        "id": f"cmpl-{endpoint.id}",
        "object": f"{kind}.chunk" if member == "delta" and chat else kind,
        "created": int(endpoint.created),
        "model": model,
        "choices": [choice],
        "usage": {"prompt_tokens": 1, "completion_tokens": 3, "total_tokens": 4},
    }


async def _stream(endpoint: Endpoint, model: Any, text: str, chat: bool) -> AsyncIterator[bytes]:
    for word in text.split(" "):
        yield sent_event(json.dumps(_document(endpoint, model, word, chat, "delta")))
    yield sent_event("[DONE]")
