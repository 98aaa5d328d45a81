"""What stands before the service: method, parameters, credentials, signature, action."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from simulator.ark import signature
from simulator.ark.errors import ApiError, gateway
from simulator.ark.knobs import REGION
from simulator.base.messages import Request

VERSION = "2024-01-01"
SERVICE = "ark"
DATE_FORMAT = "%Y%m%dT%H%M%SZ"
DATE = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
# Action to the name of the operation.
ACTIONS = {
    "CreateEndpoint": "endpoint.create",
    "GetEndpoint": "endpoint.get",
    "UpdateEndpoint": "endpoint.update",
    "DeleteEndpoint": "endpoint.delete",
    "ListEndpoints": "endpoint.list",
    "StopEndpoint": "endpoint.stop",
    "StartEndpoint": "endpoint.start",
    "GetEndpointCertificate": "endpoint.certificate",
    "CreateEndpointRolling": "rolling.create",
    "GetEndpointRolling": "rolling.get",
    "RollbackEndpointRolling": "rolling.rollback",
    "CancelEndpointRolling": "rolling.cancel",
    "GetApiKey": "apiKey.get",
    "ListFoundationModels": "model.list",
    "ListFoundationModelVersions": "model.versions",
    "ListCustomModels": "customModel.list",
    "ListModelActivations": "activation.list",
    "ListModelRateLimit": "limit.list",
    "GetInferenceUsage": "usage.get",
    "GetCallerIdentity": "account.get",
    "AssumeRole": "role.assume",
}
# Actions of other services, which the same gateway takes: service and version.
OTHERS = {
    "GetCallerIdentity": ("sts", "2018-01-01"),
    "AssumeRole": ("sts", "2018-01-01"),
}
# The vendor's clients ask for it in the one way or the other.
METHODS = {"AssumeRole": ("GET", "POST")}


@dataclass(frozen=True)
class Caller:
    """Who signed, and for which region."""

    account: str
    identity: str
    region: str


def site(region: str) -> str:
    """The brand that a region is of; neither knows the other's access keys."""
    return "Volcengine" if region == "cn-beijing" else "BytePlus"


def action(request: Request) -> str:
    return request.parameter("Action") or ""


def check(
    request: Request, now: float, knobs: Mapping[str, Any], owners: Mapping[str, Any]
) -> Caller:
    """The caller, one of the owners of access keys, or the first of the gateway's refusals in
    its order."""
    if request.method not in METHODS.get(action(request), ("POST",)):
        raise gateway("MethodNotAllowed", f"The method {request.method} is not allowed.")
    for name in ("Action", "Version"):
        if not request.parameter(name):
            raise gateway("MissingParameter", f"The required parameter {name} is missing.")
    caller = _signer(request, now, knobs, owners) if knobs["auth"] else _anybody(request, knobs)
    version = request.parameter("Version")
    service, expected = OTHERS.get(action(request), (SERVICE, VERSION))
    known = (
        action(request) in ACTIONS
        and action(request) not in knobs["not_offered"]
        and (knobs["rolling_offered"] or not ACTIONS[action(request)].startswith("rolling."))
    )
    if request.raw_path != "/" or not known or version != expected:
        raise gateway(
            "InvalidActionOrVersion",
            f"Could not find action {action(request)} in version {version} of {service}.",
        )
    return caller


def _signer(
    request: Request, now: float, knobs: Mapping[str, Any], owners: Mapping[str, Any]
) -> Caller:
    text = request.header("Authorization")
    if not text:
        raise gateway("MissingAuthenticationToken", "The request has no Authorization header.")
    given = signature.parse_authorization(text)
    date_time = request.header("X-Date")
    if not date_time:
        raise gateway("MissingRequestInfo", "The request has no X-Date header.")
    owner = owners.get(given.access_key)
    if owner is None or owner.get("site", "BytePlus") != site(given.region):
        raise gateway("InvalidAccessKey", f"The access key {given.access_key} is invalid.")
    _check_time(date_time, given, now, _validity(request, knobs))
    if given.service != OTHERS.get(action(request), (SERVICE, VERSION))[0]:
        raise gateway("ServiceNotFound", f"The service {given.service} could not be found.")
    _check_token(request, owner, now)
    if not signature.matches(request, given, owner["secret"]):
        raise gateway(
            "SignatureDoesNotMatch",
            "The request signature does not match: check the secret key and the signing method.",
        )
    return Caller(owner["account"], owner["identity"], given.region)


def _validity(request: Request, knobs: Mapping[str, Any]) -> float:
    """Seconds a signature is good for; the client may choose."""
    chosen = request.parameter("X-Expires") or ""
    return float(chosen) if chosen.isdigit() else float(knobs["timestamp_seconds"])


def _check_time(
    date_time: str, given: signature.Authorization, now: float, validity: float
) -> None:
    sent = _epoch(date_time)
    if sent is None or abs(now - sent) > validity or date_time[:8] != given.date:
        raise gateway("InvalidTimestamp", "The signature has expired or is not yet valid.")


def _epoch(date_time: str) -> float | None:
    if DATE.fullmatch(date_time) is None:
        return None
    try:
        return datetime.strptime(date_time, DATE_FORMAT).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def _check_token(request: Request, owner: Mapping[str, Any], now: float) -> None:
    """Temporary keys need their token, others none at all."""
    expired = owner.get("expires") is not None and now >= owner["expires"]
    if request.header("X-Security-Token") != owner.get("token") or expired:
        raise gateway("InvalidSecretToken", "The security token is invalid or has expired.")


def _anybody(request: Request, knobs: Mapping[str, Any]) -> Caller:
    """Without authentication: the first account, in the region of the scope if there is one."""
    try:
        region = signature.parse_authorization(request.header("Authorization") or "").region
    except ApiError:
        region = REGION
    owner = next(iter(knobs["access_keys"].values()))
    return Caller(owner["account"], owner["identity"], region)
