"""`/chat/completions` and `/batch/chat/completions`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from simulator.ark.dataplane.call import Call, count_tokens, pieces, plain_text
from simulator.ark.dataplane.errors import invalid, missing
from simulator.base.messages import Reply, sent_event

Document = dict[str, Any]
ROLES = ("system", "developer", "user", "assistant", "tool")


class Completion:
    """One answer, told whole or in pieces."""

    def __init__(self, call: Call) -> None:
        prompt = read_prompt(call)
        call.number("temperature", 0, 2)
        call.number("top_p", 0, 1)
        limit = call.integer("max_tokens", 1)
        words = call.answer(prompt).split(" ")
        self.call = call
        self.reasoning = call.reasoning(prompt) if call.thinks() else None
        self.content = " ".join(words[:limit])
        self.finish = "length" if limit is not None and len(words) > limit else "stop"
        self.prompt_tokens = sum(
            count_tokens(plain_text(message.get("content") or "", "messages"))
            for message in call.body["messages"]
        )

    @property
    def usage(self) -> Document:
        thought = count_tokens(self.reasoning or "")
        answered = count_tokens(self.content) + thought
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": answered,
            "total_tokens": self.prompt_tokens + answered,
            "completion_tokens_details": {"reasoning_tokens": thought},
        }

    def whole(self) -> Document:
        message: Document = {"role": "assistant", "content": self.content}
        if self.reasoning is not None:
            message["reasoning_content"] = self.reasoning
        choice = {"index": 0, "finish_reason": self.finish, "message": message}
        return self._document("chat.completion", choices=[choice], usage=self.usage)

    async def stream(self, with_usage: bool) -> AsyncIterator[bytes]:
        yield self._chunk({"role": "assistant", "content": ""})
        for piece in pieces(self.reasoning) if self.reasoning is not None else []:
            yield self._chunk({"reasoning_content": piece, "content": ""})
        for piece in pieces(self.content):
            yield self._chunk({"content": piece})
        yield self._chunk({}, self.finish)
        if with_usage:
            yield sent_event(self._document("chat.completion.chunk", choices=[], usage=self.usage))
        yield sent_event("[DONE]")

    def _chunk(self, delta: Document, finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return sent_event(self._document("chat.completion.chunk", choices=[choice]))

    def _document(self, kind: str, **members: Any) -> Document:
        call = self.call
        head = {"id": call.identifier, "object": kind, "created": call.now, "model": call.model}
        return {**head, **members}


def read_prompt(call: Call) -> str:
    """The last thing the user said."""
    messages = call.body.get("messages")
    if messages is None:
        raise missing("messages")
    if not isinstance(messages, list) or not messages:
        raise invalid("messages", "it must be an array with at least one message")
    prompt = ""
    for message in messages:
        if not isinstance(message, dict) or message.get("role") not in ROLES:
            raise invalid("messages.role", f"it must be one of {', '.join(ROLES)}")
        text = plain_text(message.get("content") or "", "messages.content")
        if message["role"] == "user":
            prompt = text
    return prompt


def answer(call: Call, batch: bool) -> tuple[Reply, int]:
    """The reply, and the tokens it used."""
    stream = call.boolean("stream")
    if batch and stream:
        raise invalid("stream", "batch calls are not streamed")
    options = call.body.get("stream_options")
    if options is not None and not isinstance(options, dict):
        raise invalid("stream_options", "it must be an object")
    completion = Completion(call)
    used = int(completion.usage["total_tokens"])
    if stream:
        with_usage = bool((options or {}).get("include_usage"))
        return Reply.events(completion.stream(with_usage)), used
    return Reply.json(completion.whole()), used
