"""Temporary keys for a role: AssumeRole of STS, asked by query or by form."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from simulator.ark.errors import gateway, invalid, missing
from simulator.ark.gate import Caller
from simulator.base.clock import to_datetime
from simulator.base.messages import Request

LEAST_SECONDS, MOST_SECONDS, USUAL_SECONDS = 900, 43200, 3600
SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
CHINA_HOURS = 8


@dataclass(frozen=True)
class Wanted:
    """What a request asks for."""

    trn: str
    session: str
    seconds: int


def wanted(request: Request) -> Wanted:
    given = dict(request.query)
    if request.method == "POST":
        given |= dict(parse_qsl(request.body.decode()))
    for name in ("RoleTrn", "RoleSessionName"):
        if not given.get(name):
            raise missing(name)
    if SESSION_NAME.fullmatch(given["RoleSessionName"]) is None:
        raise invalid("RoleSessionName", "it has characters that it may not have")
    text = given.get("DurationSeconds", str(USUAL_SECONDS))
    if not text.isdigit() or not LEAST_SECONDS <= int(text) <= MOST_SECONDS:
        raise invalid("DurationSeconds", f"it has to be {LEAST_SECONDS} to {MOST_SECONDS}")
    _check_policy(given.get("Policy"))
    return Wanted(given["RoleTrn"], given["RoleSessionName"], int(text))


def _check_policy(text: str | None) -> None:
    try:
        document = json.loads(text) if text is not None else {}
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise invalid("Policy", "it is no JSON object")


def row_of(trn: str, caller: Caller, knobs: Mapping[str, Any]) -> Mapping[str, Any]:
    """The role that the caller may assume."""
    row: Mapping[str, Any] | None = knobs["roles"].get(trn)
    if row is None or caller.account not in row["trusts"]:
        raise gateway("AccessDenied", f"{caller.identity} is not authorized to assume {trn}.")
    return row


def stamp(moment: float) -> str:
    """As the service writes times: with the offset of its home."""
    return to_datetime(moment + CHINA_HOURS * 3600).strftime("%Y-%m-%dT%H:%M:%S+08:00")
