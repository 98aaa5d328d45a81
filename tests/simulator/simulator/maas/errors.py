"""Errors of the three planes: codes, texts, shapes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from simulator.base.messages import Reply

GATEWAY_PREFIXES = ("APIGW.", "APIG.")
IAM_TEXT = "Incorrect IAM authentication information: "
BAD_SIGNATURE = IAM_TEXT + "verify aksk signature fail"
EXPIRED_SIGNATURE = IAM_TEXT + "calc aksk signature fail:signature expired, signature time:"
BAD_TOKEN = IAM_TEXT + "decrypt token fail"
NO_TOKEN = IAM_TEXT + "x-auth-token not found"
OLD_TOKEN = IAM_TEXT + "token expires"
LOCKED_KEY = IAM_TEXT + "AK access failed to reach the limit,forbidden"
UNKNOWN_KEY = IAM_TEXT + "Get secretKey failed"

# By what follows the dot; whether it stood behind APIG or APIGW does not matter.
TEXTS = {
    "0104": "Invalid request parameter.",
    "2115": "Invalid JSON request body.",
    "6271": "The endpoint name has been used, possibly by a deleted endpoint.",
    "6274": "Invalid endpoint name: 1 to 64 letters, digits, hyphens, underscores and dots.",
    "6291": "CustomEndpointNotFound",
    "6297": "The number of custom endpoints exceeds the quota.",
    "6299": "The endpoint ID is required.",
    "6613": "Mount the service to the MaaS gateway or let it need no authentication.",
    "8503": "No permission for ModelArts custom endpoints.",
    "0101": "The API does not exist or has not been published in the environment",
    "0203": "Backend timeout",
    "0301": BAD_TOKEN,
    "0303": "Incorrect app authentication information",
    "0307": "The token must be updated.",
    "0308": "The throttling threshold has been reached: policy ip over ratelimit",
    "81001": "Invalid request body.",
    "81002": "The API key is missing.",
    "81003": "The API key is invalid.",
    "81004": "The service is not enabled.",
    "81006": "The service is frozen.",
    "81009": "The model is invalid.",
    "81011": "The content was blocked.",
    "81015": "The API key does not allow this model.",
    "81101": "The RPM limit has been exceeded.",
    "81103": "The TPM limit has been exceeded.",
}


class ApiError(Exception):
    """Ends an operation of the management or inference plane."""

    def __init__(self, status: int, code: str, message: str | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message


class KeystoneError(Exception):
    """Ends an operation of IAM."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def reply(self) -> Reply:
        title = HTTPStatus(self.status).phrase
        body = {"error": {"code": self.status, "message": self.message, "title": title}}
        return Reply.json(body, self.status)


def parameter(message: str) -> ApiError:
    return ApiError(400, "ModelArts.0104", message)


def gateway(status: int, number: str, message: str | None = None) -> ApiError:
    """An error of the API gateway; the knob says which of its two prefixes it bears."""
    return ApiError(status, number, message)


def reply(
    knobs: Mapping[str, Any], status: int, code: str | None = None, message: str | None = None
) -> Reply:
    """An error reply; what is not given follows from the code or the status."""
    if code is None:
        code = "APIGW.0203" if status >= 500 else "ModelArts.0104"
    if "." not in code:
        code = f"{knobs['gateway_prefix']}.{code}"
    if message is None:
        message = TEXTS.get(code.partition(".")[2]) or f"Error {status}"
    shape = knobs["error_shape"]
    if shape == "camel":
        return Reply.json({"errorMsg": message, "errorCode": code}, status)
    if shape == "plain":
        return Reply.json({"message": message, "code": code}, status)
    if shape == "nested":
        return Reply.json({"error": {"message": message, "code": code}}, status)
    if shape == "text":
        return Reply.text(f"{code}: {message}", status)
    return Reply.json({"error_msg": message, "error_code": code}, status)


def add_request_id(reply: Reply, request_id: str) -> None:
    """Errors of the gateway carry the id of the request in the body, too."""
    if reply.status < 400:
        return
    try:
        body = json.loads(reply.body)
    except ValueError:
        return
    if not isinstance(body, dict):
        return
    code = str(body.get("error_code") or body.get("errorCode") or body.get("code") or "")
    if code.startswith(GATEWAY_PREFIXES):
        body["request_id"] = request_id
        reply.body = Reply.json(body).body
