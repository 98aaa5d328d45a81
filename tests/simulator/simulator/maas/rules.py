"""What the bodies of create and edit are checked for, in the service's order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulator.base.messages import JSON_TYPE, Request
from simulator.maas.endpoint import MAAS, MODELARTS
from simulator.maas.errors import ApiError, parameter

Document = dict[str, Any]
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
CHINA_NAME = re.compile(r"[A-Za-z\u4e00-\u9fff][A-Za-z0-9_.\u4e00-\u9fff-]{0,63}")
REMARK_MAX = 256
EDITABLE = ("endpoint_name", "remark", "rpm", "tpm", "moderation", "agreement_id")
CREATABLE = (*EDITABLE, "source", "model_name", "region", "infer_service_id", "workspace_id")


def read(request: Request, known: tuple[str, ...], knobs: Mapping[str, Any]) -> Document:
    """The body without nulls and unknown members; the latter go into the record."""
    media = (request.header("Content-Type") or "").split(";")[0].strip().lower()
    if knobs["require_content_type"] and media != JSON_TYPE:
        raise ApiError(400, "ModelArts.2115", "Content-Type must be application/json.")
    try:
        body = request.json()
    except (ValueError, RecursionError):
        raise ApiError(400, "ModelArts.2115") from None
    if not isinstance(body, dict):
        raise ApiError(400, "ModelArts.2115")
    ignored = [name for name in body if name not in known]
    if ignored:
        request.notes["ignored"] = ignored
    return {name: body[name] for name in known if body.get(name) is not None}


def check_name_given(body: Document) -> None:
    if not body.get("endpoint_name"):
        raise parameter("CreateCustomEndpointReq.endpoint_name is a required field")


def check_name_pattern(body: Document, region: str) -> None:
    name = body.get("endpoint_name")
    if name is None:
        return
    pattern = CHINA_NAME if region.startswith("cn-") else NAME
    if not isinstance(name, str) or not pattern.fullmatch(name):
        raise ApiError(400, "ModelArts.6274")


def check_source(body: Document, region: str, knobs: Mapping[str, Any]) -> None:
    source = body.get("source")
    if source not in knobs["sources"].get(region, [MAAS]):
        raise parameter("CreateCustomEndpointReq.source is invalid")
    if source == MODELARTS:
        _check_service(body, knobs)
        return
    model = body.get("model_name")
    if not model:
        raise parameter("CreateCustomEndpointReq.model_name is a required field")
    row = knobs["models"].get(model) if isinstance(model, str) else None
    if row is None or row.get("subscribed") is False:
        raise parameter("CreateCustomEndpointReq.model_name is invalid")


def _check_service(body: Document, knobs: Mapping[str, Any]) -> None:
    for name in ("region", "infer_service_id"):
        if not isinstance(body.get(name), str):
            raise parameter(f"CreateCustomEndpointReq.{name} is a required field")
    service = knobs["services"].get(body["region"], {}).get(body["infer_service_id"])
    if service is None:
        raise parameter("CreateCustomEndpointReq.infer_service_id is invalid")
    if service.get("gateway") is False:
        raise ApiError(400, "ModelArts.6613")


def model_of(body: Document) -> str | None:
    """The model of a checked create; services of ModelArts have none."""
    return body["model_name"] if body["source"] == MAAS else None


def check_limits(body: Document, model: str | None, knobs: Mapping[str, Any]) -> None:
    ceilings = knobs["models"].get(model or "", {})
    for name in ("rpm", "tpm"):
        value = body.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise parameter(f"{name} must be an integer not less than 0")
        if value > ceilings.get(name, value):
            raise parameter(f"{name} must not exceed {ceilings[name]}")


def check_remark(body: Document, knobs: Mapping[str, Any]) -> None:
    remark = body.get("remark", "")
    if not isinstance(remark, str):
        raise parameter("remark must be a string")
    length = len(remark.encode()) if knobs["remark_unit"] == "bytes" else len(remark)
    if length > REMARK_MAX:
        raise parameter(f"remark must be a maximum of {REMARK_MAX} characters in length")


def check_moderation(body: Document, before: bool | None, knobs: Mapping[str, Any]) -> None:
    """`before`: the guard of the endpoint to edit, None for a create."""
    if "moderation" in body and not isinstance(body["moderation"], bool):
        raise parameter("moderation must be a boolean")
    if knobs["account_level"] == "V1":
        _check_level(body, before is None, knobs)
    wanted = body.get("moderation")
    must_agree = wanted is False
    if wanted is True and before is False and knobs["agreement_to_enable"]:
        must_agree = True
    if not must_agree:
        return
    if not body.get("agreement_id"):
        raise parameter("agreement_id is a required field")
    if body["agreement_id"] != knobs["agreement_id"]:
        raise parameter("agreement_id is not the latest one")


def _check_level(body: Document, create: bool, knobs: Mapping[str, Any]) -> None:
    """An account of level V1 may not set the guard."""
    if "moderation" not in body:
        return
    rule = knobs["v1_create"] if create else "any"
    if rule == "any" or (rule == "false" and body["moderation"] is False):
        raise parameter("The account level does not allow moderation to be set")
