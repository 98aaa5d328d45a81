"""Who may call which endpoint, through which path, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.ark import keys
from simulator.ark.dataplane import chat, embeddings, errors, images, responses
from simulator.ark.dataplane.call import Call, model_of, parse
from simulator.ark.dataplane.errors import PlaneError, invalid
from simulator.ark.endpoint import Endpoint
from simulator.ark.errors import ErrorReply
from simulator.ark.keys import ApiKey
from simulator.base.messages import Operation, Reply, Request

if TYPE_CHECKING:
    from simulator.ark.cloud import ModelArk

# What follows /dataplane/<region>, to the operation.
PATHS = {
    "api/v3/chat/completions": "dataplane.chat",
    "api/v3/batch/chat/completions": "dataplane.batchChat",
    "api/v3/embeddings": "dataplane.embeddings",
    "api/v3/embeddings/multimodal": "dataplane.embeddings",
    "api/v3/images/generations": "dataplane.images",
    "api/v3/responses": "dataplane.responses",
}
PICTURE = "dataplane.picture"
PREFIXES = {"dataplane.chat": "chatcmpl-", "dataplane.responses": "resp_"}
MINUTE_SECONDS = 60


class DataPlane:
    """One loopback base URL for each region: `/dataplane/<region>/api/v3`."""

    def __init__(self, cloud: ModelArk) -> None:
        self._cloud = cloud

    def identify(self, request: Request) -> Operation:
        rest = "/".join(request.segments[2:])
        if rest.startswith("pictures/"):
            return Operation(PICTURE, rest)
        try:
            model = request.json()["model"]
        except (ValueError, RecursionError, KeyError, TypeError):
            model = ""
        name = PATHS.get(rest, "dataplane.unknown")
        return Operation(name, model if isinstance(model, str) else "")

    def guard(self, request: Request) -> Reply | None:
        if request.operation.name == PICTURE:
            return None
        region, now = request.segments[1], self._cloud.clock.now()
        scheme, _, text = (request.header("Authorization") or "").partition(" ")
        text = text.strip()
        key = self._cloud.issued.get(text) or keys.configured(text, self._cloud.knobs)
        known = scheme.lower() == "bearer" and key is not None and key.region == region
        if not known or (key and key.expires is not None and now >= key.expires):
            message = "The API key in the request is missing, invalid or of another region."
            return ErrorReply(401, "AuthenticationError", message)
        request.caller = key
        return None

    def error(self, reply: ErrorReply) -> Reply:
        return errors.write(reply.status, reply.code, reply.message)

    def handle(self, request: Request) -> Reply:
        try:
            return self._answer(request)
        except PlaneError as error:
            return errors.write(error.status, error.code, error.message, error.param)

    def _answer(self, request: Request) -> Reply:
        name = request.operation.name
        if name == PICTURE:
            return images.picture()
        if name == "dataplane.unknown":
            raise PlaneError(404, "PathNotFound", f"There is no {request.raw_path}.")
        if request.method != "POST":
            raise PlaneError(405, "MethodNotAllowed", f"{request.method} is not allowed.")
        body = parse(request.body)
        endpoint = self._callable(request.caller, model_of(body), name == "dataplane.batchChat")
        reply, tokens = self._serve(name, self._call(request, body))
        endpoint.calls.append((self._cloud.clock.now(), tokens))
        return reply

    def _call(self, request: Request, body: dict[str, Any]) -> Call:
        number = self._cloud.ids.number("call")
        prefix = PREFIXES.get(request.operation.name, "")
        return Call(
            body,
            body["model"],
            f"{prefix}{request.notes['request_id'].lower()}{number}",
            int(self._cloud.clock.now()),
            f"{self._cloud.context.url}/dataplane/{request.segments[1]}",
        )

    def _serve(self, name: str, call: Call) -> tuple[Reply, int]:
        if name == "dataplane.embeddings":
            return embeddings.answer(call)
        if name == "dataplane.images":
            return images.answer(call)
        if name == "dataplane.responses":
            return responses.answer(call)
        return chat.answer(call, batch=name == "dataplane.batchChat")

    def _callable(self, key: ApiKey, model: str, batch: bool) -> Endpoint:
        endpoint = self._find(key, model)
        if not key.covers(model):
            raise PlaneError(403, "AccessDenied", f"The API key does not cover {model}.")
        self._check_state(endpoint)
        if endpoint.document.get("BatchOnly", False) != batch:
            only = "online" if batch else "batch"
            raise invalid("model", f"the endpoint {model} can only be called by {only} interfaces")
        self._check_limits(endpoint)
        return endpoint

    def _find(self, key: ApiKey, model: str) -> Endpoint:
        endpoint = self._cloud.endpoints.get(model)
        mine = endpoint and (endpoint.account, endpoint.region) == (key.account, key.region)
        if endpoint is None or not mine or endpoint.state == "deleted":
            raise PlaneError(
                404,
                "InvalidEndpointOrModel.NotFound",
                f"The model or endpoint {model} does not exist or you do not have access to it.",
                "model",
            )
        return endpoint

    def _check_state(self, endpoint: Endpoint) -> None:
        if endpoint.state == "abnormal":
            raise PlaneError(500, "InternalServiceError", endpoint.reason)
        if endpoint.state != "running":
            raise PlaneError(
                400,
                "InvalidEndpoint.ClosedEndpoint",
                f"The endpoint {endpoint.id} is closed or temporarily unavailable.",
                "model",
            )

    def _check_limits(self, endpoint: Endpoint) -> None:
        limits = endpoint.document["RateLimit"]
        since = self._cloud.clock.now() - MINUTE_SECONDS
        endpoint.calls = [call for call in endpoint.calls if call[0] > since]
        if not limits or not self._cloud.knobs["enforce_rate_limits"]:
            return
        used = {"Rpm": len(endpoint.calls), "Tpm": sum(tokens for _, tokens in endpoint.calls)}
        for name, amount in used.items():
            if amount >= limits.get(name, amount + 1):
                raise PlaneError(
                    429,
                    f"RateLimitExceeded.Endpoint{name.upper()}Exceeded",
                    f"The {name.upper()} limit of the endpoint {endpoint.id} is exceeded.",
                )
