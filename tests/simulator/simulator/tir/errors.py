"""The one envelope of success and failure, and the shorter form some layers answer with."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from simulator.base.messages import Reply

Errors = dict[str, list[str]]


class ApiError(Exception):
    """Ends the operation with an envelope of that code, text and errors by field."""

    def __init__(self, status: int, message: str, errors: Errors | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors or {}


def success(data: Any, status: int = 200) -> Reply:
    body = {"code": status, "data": data, "errors": {}, "message": "Success"}
    return Reply.json(body, status)


def invalid(errors: Errors) -> ApiError:
    """A body that was refused, field by field."""
    return ApiError(400, "Validation failed", errors)


def bad_field(field: str, text: str) -> ApiError:
    return invalid({field: [text]})


def bad_request(message: str) -> ApiError:
    return ApiError(400, message)


def not_found(what: str) -> ApiError:
    return ApiError(404, f"{what} not found")


def phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Error {status}"


def nest(errors: Errors) -> dict[str, Any]:
    """`a.b: [text]` as objects in objects."""
    result: dict[str, Any] = {}
    for field, texts in errors.items():
        *parents, last = field.split(".")
        node = result
        for step in parents:
            child = node.get(step)
            if not isinstance(child, dict):
                child = node[step] = {}
            node = child
        node[last] = texts
    return result


def reply(error: ApiError, knobs: Mapping[str, Any]) -> Reply:
    """An error in the form the knobs ask for."""
    hidden = knobs["errors_as_200"] and error.status not in (401, 403)
    status = 200 if hidden else error.status
    detail = knobs["detail_form"]
    if detail == "all" or (detail == "auth" and error.status in (401, 403)):
        return Reply.json({"detail": error.message}, status)
    errors: dict[str, Any] = nest(error.errors) if knobs["nested_errors"] else dict(error.errors)
    body = {"code": error.status, "data": {}, "errors": errors, "message": error.message}
    return Reply.json(body, status)
