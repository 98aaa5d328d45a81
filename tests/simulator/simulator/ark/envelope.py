"""The frame around every answer of the control plane."""

from __future__ import annotations

import hashlib
from typing import Any

from simulator.ark.errors import GATEWAY, ApiError
from simulator.ark.gate import SERVICE
from simulator.ark.signature import parse_authorization
from simulator.base.clock import to_datetime
from simulator.base.messages import Reply, Request

JSON_TYPE = "application/json; charset=utf-8"
CHINA_HOURS = 8


def local_stamp(now: float) -> str:
    """Fourteen digits in UTC+8, as ids have them."""
    return to_datetime(now + CHINA_HOURS * 3600).strftime("%Y%m%d%H%M%S")


def request_id(now: float, number: int) -> str:
    tail = hashlib.sha256(str(number).encode()).hexdigest()[:18].upper()
    return local_stamp(now) + tail


def success(request: Request, result: Any) -> Reply:
    return _reply(200, {"ResponseMetadata": _metadata(request), "Result": result})


def failure(request: Request, status: int, code: str, message: str) -> Reply:
    error: dict[str, Any] = {"Code": code, "Message": message}
    if code in GATEWAY:
        error = {"CodeN": GATEWAY[code][0], **error}
    return _reply(status, {"ResponseMetadata": {**_metadata(request), "Error": error}})


def _metadata(request: Request) -> dict[str, Any]:
    return {
        "RequestId": request.notes["request_id"],
        "Action": request.parameter("Action") or "",
        "Version": request.parameter("Version") or "",
        "Service": SERVICE,
        "Region": _region(request),
    }


def _region(request: Request) -> str:
    """Also of a caller who was refused, as far as there is a scope."""
    if request.caller is not None:
        return str(request.caller.region)
    try:
        return parse_authorization(request.header("Authorization") or "").region
    except ApiError:
        return ""


def _reply(status: int, document: Any) -> Reply:
    reply = Reply.json(document, status)
    reply.set_header("Content-Type", JSON_TYPE)
    return reply
