"""Errors of the control plane: code, number, status."""

from __future__ import annotations

from simulator.base.messages import Reply

# Codes of the gateway, which stands before the service: number and status.
GATEWAY: dict[str, tuple[int, int]] = {
    "MissingParameter": (100002, 400),
    "MissingAuthenticationToken": (100003, 401),
    "MissingRequestInfo": (100004, 400),
    "MissingSignature": (100005, 401),
    "InvalidTimestamp": (100006, 400),
    "ServiceNotFound": (100007, 404),
    "InvalidActionOrVersion": (100008, 404),
    "InvalidAccessKey": (100009, 401),
    "SignatureDoesNotMatch": (100010, 401),
    "LackPolicy": (100012, 403),
    "AccessDenied": (100013, 403),
    "InternalError": (100014, 500),
    "FailToConnect": (100015, 502),
    "InternalServiceTimeout": (100016, 504),
    "FlowLimitExceeded": (100018, 429),
    "ServiceUnavailableTemp": (100019, 503),
    "MethodNotAllowed": (100020, 405),
    "InternalServiceError": (100023, 502),
    "InvalidAuthorization": (100024, 400),
    "InvalidCredential": (100025, 400),
    "InvalidSecretToken": (100026, 401),
}
# What a fault rule means that gives a status and no code.
DEFAULT_CODES = {
    400: "InvalidParameter",
    401: "SignatureDoesNotMatch",
    403: "AccessDenied",
    404: "NotFound.Endpoint",
    405: "MethodNotAllowed",
    409: "AlreadyExists.Endpoint",
    429: "FlowLimitExceeded",
    500: "InternalError",
    502: "FailToConnect",
    503: "ServiceUnavailableTemp",
    504: "InternalServiceTimeout",
}


class ApiError(Exception):
    """Ends an operation of the control plane."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class ErrorReply(Reply):
    """An error whose body is written once it is known which request it answers."""

    def __init__(self, status: int, code: str | None, message: str | None) -> None:
        super().__init__(status)
        self.code = code
        self.message = message


def default_code(status: int) -> str:
    return DEFAULT_CODES.get(status, "InternalError" if status >= 500 else "InvalidParameter")


def gateway(code: str, message: str) -> ApiError:
    return ApiError(GATEWAY[code][1], code, message)


def missing(field: str) -> ApiError:
    return ApiError(400, f"MissingParameter.{field}", f"The required parameter {field} is missing.")


def invalid(field: str, why: str) -> ApiError:
    return ApiError(400, f"InvalidParameter.{field}", f"The parameter {field} is invalid: {why}.")


def not_found(word: str, name: str) -> ApiError:
    return ApiError(404, f"NotFound.{word}", f"The specified {word} {name} is not found.")


def status_denied(name: str, status: str, action: str) -> ApiError:
    return ApiError(
        403,
        "OperationDenied.EndpointStatus",
        f"{action} is not allowed: endpoint {name} is in status {status}.",
    )
