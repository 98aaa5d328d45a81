"""One call: its body, whom it goes to, and what every kind of answer needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from simulator.ark.dataplane.errors import PlaneError, invalid, missing

INT64_MAX = 2**63 - 1
THINKING = ("enabled", "disabled", "auto")


@dataclass
class Call:
    body: dict[str, Any]
    model: str  # as the caller wrote it
    identifier: str  # of this answer
    now: int
    base_url: str

    # Parameters.

    def number(self, name: str, least: float, most: float) -> float | None:
        value = self.body.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise invalid(name, "it must be a number")
        if not least <= value <= most:
            raise invalid(name, f"it must be from {least:.10g} to {most:.10g}")
        return value

    def integer(self, name: str, least: int, most: int = INT64_MAX) -> int | None:
        value = self.number(name, least, most)
        if value is not None and not isinstance(value, int):
            raise invalid(name, "it must be an integer")
        return value

    def boolean(self, name: str) -> bool:
        value = self.body.get(name)
        if value is not None and not isinstance(value, bool):
            raise invalid(name, "it must be a boolean")
        return bool(value)

    def text(self, name: str) -> str | None:
        value = self.body.get(name)
        if value is not None and not isinstance(value, str):
            raise invalid(name, "it must be a string")
        return value

    def thinks(self) -> bool:
        """Whether the answer comes with its reasoning."""
        thinking = self.body.get("thinking")
        if thinking is None:
            return False
        if not isinstance(thinking, dict):
            raise invalid("thinking", "it must be an object")
        if thinking.get("type") not in THINKING:
            raise invalid("thinking.type", f"it must be one of {', '.join(THINKING)}")
        return bool(thinking["type"] == "enabled")

    # Answers.

    def answer(self, prompt: str) -> str:
        return f"Answer of {self.model} to: {prompt}"

    def reasoning(self, prompt: str) -> str:
        return f"Thinking about: {prompt}"


def parse(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise PlaneError(400, "InvalidParameter", "The request body is not a JSON object.")
    return value


def model_of(body: dict[str, Any]) -> str:
    model = body.get("model")
    if model is None or model == "":
        raise missing("model")
    if not isinstance(model, str):
        raise invalid("model", "it must be a string")
    return model


def plain_text(content: Any, param: str) -> str:
    """The text of a message: a string, or parts of which some are text."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise invalid(param, "it must be a string or an array of parts")
    texts = []
    for part in content:
        if not isinstance(part, dict) or not isinstance(part.get("type"), str):
            raise invalid(param, "a part must be an object with a type")
        if part["type"] in ("text", "input_text", "output_text"):
            texts.append(str(part.get("text", "")))
    return " ".join(texts)


def pieces(text: str) -> list[str]:
    """A text as it is streamed: word by word."""
    return [piece + " " for piece in text.split(" ")[:-1]] + [text.split(" ")[-1]]


def count_tokens(text: str) -> int:
    return len(text.split())
