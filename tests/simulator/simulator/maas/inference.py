"""The inference plane, as far as tests need one: models, and a chat that echoes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from simulator.base.messages import Reply, Request, sent_event
from simulator.maas.endpoint import Endpoint
from simulator.maas.errors import ApiError

Document = dict[str, Any]
MINUTE_SECONDS = 60.0


def models(knobs: Mapping[str, Any]) -> Reply:
    rows = [
        {"id": name, "object": "model", "created": 0, "owned_by": ""} for name in knobs["models"]
    ]
    return Reply.json({"object": "list", "data": rows})


def chat(
    request: Request,
    key: Document,
    endpoints: Iterable[Endpoint],
    now: float,
    knobs: Mapping[str, Any],
) -> Reply:
    """`endpoints`: those of the key's account."""
    body = _read(request)
    name = body["model"]
    if key.get("models") is not None and name not in key["models"]:
        raise ApiError(403, "ModelArts.81015")
    text = _last_text(body["messages"])
    endpoint = next((e for e in endpoints if e.name == name), None)
    if endpoint is not None:
        _admit(endpoint, text, now, knobs)
    elif name not in knobs["models"]:
        raise ApiError(404, "ModelArts.81009")
    answer = f"{name} says: {text}"
    usage = {"prompt_tokens": len(text.split()), "completion_tokens": len(answer.split())}
    usage["total_tokens"] = sum(usage.values())
    if endpoint is not None:
        endpoint.served.append((now, usage["total_tokens"]))
    head = {"id": "chat-1", "created": int(now), "model": name}
    if body.get("stream") is True:
        return Reply.events(_events(head, answer))
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": answer},
        "finish_reason": "stop",
    }
    return Reply.json({**head, "object": "chat.completion", "choices": [choice], "usage": usage})


def _read(request: Request) -> Document:
    try:
        body = request.json()
        right = isinstance(body["model"], str) and isinstance(body["messages"], list)
    except (ValueError, RecursionError, LookupError, TypeError):
        right = False
    if not right or not body["messages"]:
        raise ApiError(400, "ModelArts.81001")
    return dict(body)


def _last_text(messages: list[Any]) -> str:
    last = messages[-1]
    content = last.get("content") if isinstance(last, dict) else None
    if not isinstance(content, str):
        raise ApiError(400, "ModelArts.81001")
    return content


def _admit(endpoint: Endpoint, text: str, now: float, knobs: Mapping[str, Any]) -> None:
    """State, content guard and limits of an endpoint."""
    document = endpoint.document
    if endpoint.frozen():
        raise ApiError(403, "ModelArts.81006")
    if not endpoint.serves():
        raise ApiError(403, "ModelArts.81004")
    if document.get("moderation") and any(word in text for word in knobs["blocked_words"]):
        raise ApiError(403, "ModelArts.81011")
    while endpoint.served and endpoint.served[0][0] <= now - MINUTE_SECONDS:
        endpoint.served.popleft()
    if document.get("rpm") and len(endpoint.served) >= document["rpm"]:
        raise ApiError(429, "ModelArts.81101")
    if document.get("tpm") and sum(tokens for _, tokens in endpoint.served) >= document["tpm"]:
        raise ApiError(429, "ModelArts.81103")


async def _events(head: Document, answer: str) -> AsyncIterator[bytes]:
    for piece in (answer[: len(answer) // 2], answer[len(answer) // 2 :]):
        choice = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
        yield sent_event({**head, "object": "chat.completion.chunk", "choices": [choice]})
    last = {"index": 0, "delta": {}, "finish_reason": "stop"}
    yield sent_event({**head, "object": "chat.completion.chunk", "choices": [last]})
    yield sent_event("[DONE]")
