"""Fault rules: what to do wrong, to which requests, how often."""

from __future__ import annotations

import asyncio
import re
from dataclasses import asdict, dataclass, field, fields
from typing import Any

KINDS = (
    "error",  # answer with status, headers and body (or code and message) of the rule
    "close",  # drop the connection instead of answering
    "malformed",  # a JSON content type over text that is not JSON
    "html",  # an HTML page instead of JSON
    "empty",  # the status, but no body
    "truncated",  # the length of the whole body, but half of it, then the connection drops
    "drip",  # the true answer, a few bytes at a time
    "rewrite",  # the true answer, merged with `merge`, set by `assign`, stripped of `remove`
    "delay",  # the true answer, only later
    "hold",  # the true answer, once a test releases it
)
# Kinds that carry out the operation unless the rule says otherwise.
APPLYING = {"malformed", "html", "empty", "truncated", "drip", "rewrite", "delay", "hold"}
MANDATORY_APPLY = {"truncated", "drip", "rewrite", "delay", "hold"}


@dataclass
class Fault:
    """One rule. It lets `skip` matching requests pass, then strikes `count` (0 = all) times."""

    cloud: str = "*"
    operation: str = "*"
    target: str | None = None  # a regular expression for the whole name or id
    method: str | None = None
    kind: str = "error"
    skip: int = 0
    count: int = 1
    # Whether the operation is carried out before the fault: "close after commit" is a close
    # with apply. None means the kind's own way.
    apply: bool | None = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None  # text is sent as it is, anything else as JSON
    code: str | None = None
    message: str | None = None
    delay_ms: int = 0  # wait before the operation is carried out
    delay_reply_ms: int = 0  # wait after it, before the reply
    reset: bool = False  # drop with a TCP reset instead of an orderly end
    merge: Any = None
    assign: dict[str, Any] = field(default_factory=dict)
    remove: list[str] = field(default_factory=list)
    chunk_bytes: int = 1
    interval_ms: int = 20
    id: int = 0
    seen: int = 0  # requests that matched
    hits: int = 0  # requests that were struck

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault kind {self.kind!r}, one of {', '.join(KINDS)}")
        if self.kind in MANDATORY_APPLY and self.apply is False:
            raise ValueError(f"a {self.kind!r} fault needs the true answer: apply cannot be false")
        if self.kind == "error" and self.status is None:
            raise ValueError("an 'error' fault needs a status")
        if self.target is not None:
            re.compile(self.target)

    @property
    def applies(self) -> bool:
        return self.kind in APPLYING if self.apply is None else self.apply

    @property
    def spent(self) -> bool:
        return self.count > 0 and self.hits >= self.count

    def matches(self, cloud: str, operation: str, target: str, method: str) -> bool:
        return (
            self.cloud in ("*", cloud)
            and self.operation in ("*", operation)
            and (self.target is None or re.fullmatch(self.target, target) is not None)
            and (self.method is None or self.method.upper() == method)
        )


class Faults:
    """The rules in force. The first rule that matches and is due strikes, alone."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._next_id = 1
        self._released = asyncio.Event()

    def add(self, values: dict[str, Any]) -> Fault:
        allowed = {f.name for f in fields(Fault)} - {"id", "seen", "hits"}
        unknown = set(values) - allowed
        if unknown:
            raise ValueError(f"unknown fault members: {', '.join(sorted(unknown))}")
        rule = Fault(**values)
        rule.id = self._next_id
        self._next_id += 1
        self._rules.append(rule)
        return rule

    def take(self, cloud: str, operation: str, target: str, method: str) -> Fault | None:
        for rule in self._rules:
            if rule.spent or not rule.matches(cloud, operation, target, method):
                continue
            rule.seen += 1
            if rule.seen > rule.skip:
                rule.hits += 1
                return rule
        return None

    def standing(self, cloud: str) -> list[Fault]:
        """The rules that may still strike a request to that cloud."""
        return [rule for rule in self._rules if rule.cloud in ("*", cloud) and not rule.spent]

    def listing(self) -> list[dict[str, Any]]:
        return [asdict(rule) for rule in self._rules]

    def clear(self, cloud: str | None = None) -> None:
        """Forget the rules (of one cloud) and let go of what they hold."""
        self._rules = [rule for rule in self._rules if cloud and rule.cloud != cloud]
        self.release()

    def release(self) -> None:
        """Let every request go that a `hold` rule holds now."""
        self._released.set()
        self._released = asyncio.Event()

    async def held(self) -> None:
        await self._released.wait()
