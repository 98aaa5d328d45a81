"""Errors as the service words them."""

from __future__ import annotations

from http import HTTPStatus

from simulator.base.messages import Reply


class ApiError(Exception):
    """Ends the operation with `{"error": text, "code": code}`."""

    def __init__(self, status: int, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code or default_code(status)


def default_code(status: int) -> str:
    try:
        return HTTPStatus(status).name
    except ValueError:
        return f"HTTP_{status}"


def reply(status: int, code: str | None = None, message: str | None = None) -> Reply:
    """An error reply; what is not given follows from the status."""
    chosen = code or default_code(status)
    text = message or default_code(status).replace("_", " ").capitalize()
    return Reply.json({"error": text, "code": chosen}, status)


def bad_request(message: str) -> ApiError:
    return ApiError(400, message)


def invalid(message: str) -> ApiError:
    """The body is JSON of the right types, but not a valid request."""
    return ApiError(400, message, "VALIDATION_FAILED")


def conflict(message: str) -> ApiError:
    return ApiError(409, f"Conflict: {message}", "CONFLICT")


def not_found(what: str = "Endpoint") -> ApiError:
    return ApiError(404, f"{what} not found", "NOT_FOUND")
