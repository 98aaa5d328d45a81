"""`/responses`: whole, or as a stream of typed events."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from simulator.ark.dataplane.call import Call, count_tokens, pieces, plain_text
from simulator.ark.dataplane.errors import invalid, missing
from simulator.base.messages import Reply

Document = dict[str, Any]


def answer(call: Call) -> tuple[Reply, int]:
    stream = call.boolean("stream")
    response = Response(call)
    if stream:
        return Reply.events(response.stream()), response.used
    return Reply.json(response.document("completed", response.items())), response.used


class Response:
    def __init__(self, call: Call) -> None:
        prompt, self.prompt_tokens = _prompt(call)
        call.number("temperature", 0, 2)
        call.number("top_p", 0, 1)
        call.integer("max_output_tokens", 1)
        call.text("instructions")
        self.call = call
        self.text = call.answer(prompt)
        self.reasoning = call.reasoning(prompt) if call.thinks() else None
        self._sequence = 0

    @property
    def used(self) -> int:
        return self.prompt_tokens + self._answered()

    def _answered(self) -> int:
        return count_tokens(self.text) + count_tokens(self.reasoning or "")

    def document(self, status: str, output: list[Document]) -> Document:
        body, call = self.call.body, self.call
        document: Document = {
            "id": call.identifier,
            "object": "response",
            "created_at": call.now,
            "model": call.model,
            "status": status,
            "error": None,
            "incomplete_details": None,
            "instructions": body.get("instructions"),
            "metadata": body.get("metadata") or {},
            "output": output,
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
        }
        if status == "completed":
            thought = count_tokens(self.reasoning or "")
            document["usage"] = {
                "input_tokens": self.prompt_tokens,
                "input_tokens_details": {"cached_tokens": 0},
                "output_tokens": self._answered(),
                "output_tokens_details": {"reasoning_tokens": thought},
                "total_tokens": self.used,
            }
        return document

    def items(self) -> list[Document]:
        thinking = [] if self.reasoning is None else [self._thinking("completed", self.reasoning)]
        return [*thinking, self._message("completed", [_text_part(self.text)])]

    def _thinking(self, status: str, text: str) -> Document:
        summary = [{"type": "summary_text", "text": text}] if text else []
        identifier = f"rs_{self.call.identifier}"
        return {"id": identifier, "type": "reasoning", "status": status, "summary": summary}

    def _message(self, status: str, content: list[Document]) -> Document:
        return {
            "id": f"msg_{self.call.identifier}",
            "type": "message",
            "role": "assistant",
            "status": status,
            "content": content,
        }

    async def stream(self) -> AsyncIterator[bytes]:
        for kind in ("created", "in_progress"):
            yield self._event(f"response.{kind}", response=self.document("in_progress", []))
        place = 0
        if self.reasoning is not None:
            for event in self._stream_thinking(self.reasoning):
                yield event
            place = 1
        for event in self._stream_message(place):
            yield event
        yield self._event("response.completed", response=self.document("completed", self.items()))

    def _stream_thinking(self, text: str) -> list[bytes]:
        where: Document = {"item_id": f"rs_{self.call.identifier}", "output_index": 0}
        where["summary_index"] = 0
        part = {"type": "summary_text", "text": text}
        kind = "response.reasoning_summary"
        return [
            self._item("added", 0, self._thinking("in_progress", "")),
            self._event(f"{kind}_part.added", **where, part={**part, "text": ""}),
            *(self._event(f"{kind}_text.delta", **where, delta=piece) for piece in pieces(text)),
            self._event(f"{kind}_text.done", **where, text=text),
            self._event(f"{kind}_part.done", **where, part=part),
            self._item("done", 0, self._thinking("completed", text)),
        ]

    def _stream_message(self, place: int) -> list[bytes]:
        where: Document = {"item_id": f"msg_{self.call.identifier}", "output_index": place}
        where["content_index"] = 0
        part = _text_part(self.text)
        kind = "response.output_text"
        return [
            self._item("added", place, self._message("in_progress", [])),
            self._event("response.content_part.added", **where, part=_text_part("")),
            *(
                self._event(f"{kind}.delta", **where, delta=piece, logprobs=[])
                for piece in pieces(self.text)
            ),
            self._event(f"{kind}.done", **where, text=self.text, logprobs=[]),
            self._event("response.content_part.done", **where, part=part),
            self._item("done", place, self._message("completed", [part])),
        ]

    def _item(self, what: str, place: int, item: Document) -> bytes:
        return self._event(f"response.output_item.{what}", output_index=place, item=item)

    def _event(self, kind: str, **members: Any) -> bytes:
        value = {"type": kind, "sequence_number": self._sequence, **members}
        self._sequence += 1
        return f"event: {kind}\ndata: {json.dumps(value, separators=(',', ':'))}\n\n".encode()


def _text_part(text: str) -> Document:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _prompt(call: Call) -> tuple[str, int]:
    """The last thing the user said, and the tokens of everything."""
    given = call.body.get("input")
    if given is None:
        raise missing("input")
    if isinstance(given, str) and given:
        return given, count_tokens(given)
    if not isinstance(given, list) or not given:
        raise invalid("input", "it must be a text or an array that is not empty")
    prompt, tokens = "", 0
    for item in given:
        if not isinstance(item, dict):
            raise invalid("input", "its items must be objects")
        text = plain_text(item.get("content") or "", "input.content")
        tokens += count_tokens(text)
        if item.get("role") == "user":
            prompt = text
    return prompt, tokens
