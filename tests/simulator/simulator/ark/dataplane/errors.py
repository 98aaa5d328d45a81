"""Errors of the data plane, in the shape OpenAI's clients read."""

from __future__ import annotations

from simulator.base.messages import Reply

DEFAULT_CODES = {
    400: "InvalidParameter",
    401: "AuthenticationError",
    403: "AccessDenied",
    404: "InvalidEndpointOrModel.NotFound",
    405: "MethodNotAllowed",
    429: "ServerOverloaded",
}
TYPES = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    429: "TooManyRequests",
}


class PlaneError(Exception):
    """Ends a call."""

    def __init__(self, status: int, code: str, message: str, param: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.param = param


def default_code(status: int) -> str:
    return DEFAULT_CODES.get(status, "InternalServiceError")


def write(status: int, code: str | None, message: str | None, param: str = "") -> Reply:
    chosen = code or default_code(status)
    error = {
        "code": chosen,
        "message": message or f"The request failed with {chosen}.",
        "param": param,
        "type": TYPES.get(status, "InternalServerError" if status >= 500 else "BadRequest"),
    }
    return Reply.json({"error": error}, status)


def missing(param: str) -> PlaneError:
    return PlaneError(
        400, "MissingParameter", f"The request is missing the parameter {param}.", param
    )


def invalid(param: str, why: str) -> PlaneError:
    return PlaneError(400, "InvalidParameter", f"The parameter {param} is not valid: {why}.", param)
