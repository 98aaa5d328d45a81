"""The endpoint's own URL, as far as tests need one: health route, waking, refusing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from simulator.base.messages import Reply, Request
from simulator.hf import errors
from simulator.hf.endpoint import SERVING, Endpoint

HOLD_STEP_SECONDS = 0.02
HOLD_HEADER = "X-Scale-Up-Timeout"


def refuse_caller(endpoint: Endpoint, caller: dict[str, object] | None) -> Reply | None:
    """Who may call: anybody, any account, or only members of the namespace."""
    kind = endpoint.spec["type"]
    if kind == "protected":  # accepted once, reachable never
        return errors.reply(503, None, "Service Unavailable")
    if kind == "public":
        return None
    if caller is None:
        return errors.reply(401, None, "Unauthorized")
    if kind == "private" and endpoint.namespace not in _namespaces(caller):
        return errors.reply(403, None, "Forbidden")
    return None


def _namespaces(caller: dict[str, object]) -> list[object]:
    orgs = caller.get("orgs")
    return [caller["name"], *(orgs if isinstance(orgs, list) else [])]


async def answer(
    request: Request,
    endpoint: Endpoint,
    caller: dict[str, object] | None,
    wake: Callable[[], None],
    settle: Callable[[], float],
) -> Reply:
    """`wake` starts a sleeping endpoint, `settle` catches up and gives the time."""
    refusal = refuse_caller(endpoint, caller)
    if refusal is not None:
        return refusal
    if endpoint.state == "paused":
        return errors.reply(400, None, "Bad Request: Invalid state")
    if endpoint.state == "scaledToZero":
        wake()
    hold = request.header(HOLD_HEADER)
    if hold is not None and hold.isdigit():
        deadline = settle() + int(hold)
        while endpoint.state in ("pending", "initializing") and settle() < deadline:
            await asyncio.sleep(HOLD_STEP_SECONDS)
    if endpoint.state not in SERVING:
        return errors.reply(503, None, "Service Unavailable")
    endpoint.last_used = settle()
    return _serve(request, endpoint)


def _serve(request: Request, endpoint: Endpoint) -> Reply:
    if request.method == "GET":
        return Reply.json({"status": "ok"})
    return Reply.json([{"generated_text": f"answer of {endpoint.full_name}"}])
