"""The cloud object: what each action does to the store."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from simulator.ark import (
    bodies,
    certificates,
    envelope,
    gate,
    keys,
    listing,
    models,
    roles,
    rolling,
)
from simulator.ark.dataplane.plane import DataPlane
from simulator.ark.endpoint import CREATED_BY, Endpoint
from simulator.ark.errors import (
    ApiError,
    ErrorReply,
    default_code,
    gateway,
    invalid,
    missing,
    status_denied,
)
from simulator.ark.fields import Fields, parse
from simulator.ark.gate import Caller
from simulator.ark.keys import ApiKey
from simulator.ark.knobs import KNOBS
from simulator.ark.rolling import Rolling
from simulator.base.cloud import Cloud, Context, ControlError, Shown
from simulator.base.messages import Operation, Reply, Request
from simulator.base.timeline import Stage, Timeline

Document = dict[str, Any]
Action = Callable[[Caller, Fields, Request], Any]
# The member of the body that an operation is about, where that is not its Id.
TARGETS = {
    "endpoint.create": "Name",
    "rolling.create": "EndpointId",
    "model.versions": "FoundationModelName",
}
GOING = ("deleting", "deleted")
STOPPED = ("stopping", "stopped")
UP = ("running", "scheduling", "starting")
DATA_PLANE_PATH = re.compile(r"/dataplane/[a-z]+(-[a-z0-9]+)+/.*")


class ModelArk(Cloud):
    """Endpoints are kept for all accounts and regions; who may see which is asked each time."""

    NAME = "ark"
    KNOBS = KNOBS
    ENVIRONMENT: ClassVar[dict[str, str]] = {
        "BYTEPLUS_ARK_ENDPOINT": "{url}",
        "BYTEPLUS_STS_ENDPOINT": "{url}",
        "BYTEPLUS_ACCESS_KEY": "AKTESTEXAMPLE0000001",
        "BYTEPLUS_SECRET_KEY": "SKTESTexampleSecretKey0123456789==",
    }
    STORED: ClassVar[dict[str, Any]] = {
        "endpoints": dict[str, Endpoint],
        "rollings": dict[str, Rolling],
        "issued": dict[str, ApiKey],
        "assumed": dict[str, Document],
        "ignored": list[Document],
    }
    STORED_LATER = frozenset({"rollings", "assumed"})

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.endpoints: dict[str, Endpoint] = {}
        self.rollings: dict[str, Rolling] = {}
        self.issued: dict[str, ApiKey] = {}
        self.assumed: dict[str, Document] = {}  # temporary keys of roles, as `access_keys`
        self.ignored: list[Document] = []
        self._recent: dict[str, list[float]] = {}
        self.plane = DataPlane(self)
        self._actions: dict[str, Action] = {
            "endpoint.create": self._create,
            "endpoint.get": self._get,
            "endpoint.update": self._update,
            "endpoint.delete": self._delete,
            "endpoint.list": self._list,
            "endpoint.stop": self._stop,
            "endpoint.start": self._start,
            "endpoint.certificate": self._certificate,
            "rolling.create": self._roll,
            "rolling.get": self._rolling,
            "rolling.rollback": self._roll_back,
            "rolling.cancel": self._cancel_rolling,
            "apiKey.get": self._api_key,
            "account.get": self._account,
            "model.list": self._look_up(models.models),
            "model.versions": self._look_up(models.versions),
            "customModel.list": self._look_up(models.custom_models),
            "activation.list": self._look_up(models.activations),
            "limit.list": self._look_up(models.limits),
            "usage.get": lambda caller, fields, _: models.usage(fields, self.knobs, caller.account),
            "role.assume": self._assume,
        }

    # Who asks for what.

    def identify(self, request: Request) -> Operation:
        if _of_data_plane(request):
            return self.plane.identify(request)
        name = gate.ACTIONS.get(gate.action(request), "unknown")
        try:
            body = request.json()
        except (ValueError, RecursionError):
            body = None
        member = TARGETS.get(name, "Id")
        target = body.get(member) if isinstance(body, dict) else None
        return Operation(name, target if isinstance(target, str) else "")

    def claims(self, request: Request) -> bool:
        """Signed or not: `POST /` with an action, and the data plane of any region."""
        if _of_data_plane(request):
            return True
        signed = (request.header("Authorization") or "").startswith("HMAC-SHA256")
        return request.raw_path == "/" and (signed or request.parameter("Action") is not None)

    def guard(self, request: Request) -> Reply | None:
        now = self.clock.now()
        request.notes["request_id"] = envelope.request_id(now, self.ids.number("request"))
        if _of_data_plane(request):
            return self.plane.guard(request)
        try:
            owners = {**self.knobs["access_keys"], **self.assumed}
            request.caller = gate.check(request, now, self.knobs, owners)
            self._check_flow(request.caller, now)
        except ApiError as error:
            return ErrorReply(error.status, error.code, error.message)
        return None

    def _check_flow(self, caller: Caller, now: float) -> None:
        limit = self.knobs["requests_per_second"]
        recent = [moment for moment in self._recent.get(caller.account, []) if now - moment < 1]
        self._recent[caller.account] = recent
        if limit and len(recent) >= limit:
            raise gateway("FlowLimitExceeded", "The request rate is over the limit.")
        recent.append(now)

    def handle(self, request: Request) -> Reply | Awaitable[Reply]:
        self.settle()
        if _of_data_plane(request):
            return self.plane.handle(request)
        try:
            is_of_sts = request.operation.name in ("account.get", "role.assume")  # no JSON
            fields = Fields({} if is_of_sts else parse(request.body))
            result = self._actions[request.operation.name](request.caller, fields, request)
        except ApiError as error:
            return ErrorReply(error.status, error.code, error.message)
        self._note_ignored(request, fields)
        return envelope.success(request, result)

    def _note_ignored(self, request: Request, fields: Fields) -> None:
        paths = fields.ignored()
        if paths:
            operation = request.operation
            request.notes["ignored"] = paths
            self.ignored.append(
                {"operation": operation.name, "target": operation.target, "fields": paths}
            )

    def error(self, status: int, code: str | None = None, message: str | None = None) -> Reply:
        return ErrorReply(status, code, message)

    def finish(self, request: Request, reply: Reply) -> None:
        if isinstance(reply, ErrorReply):
            self._write_error(request, reply)
        identifier = request.notes["request_id"]
        of_plane = _of_data_plane(request)
        reply.set_header("X-Request-Id" if of_plane else "X-Tt-Logid", identifier)
        moment = self.clock.as_datetime()
        reply.set_header("Date", moment.strftime("%a, %d %b %Y %H:%M:%S GMT"))

    def _write_error(self, request: Request, reply: ErrorReply) -> None:
        if _of_data_plane(request):
            written = self.plane.error(reply)
        else:
            code = reply.code or default_code(reply.status)
            text = reply.message or f"The request failed with {code}."
            written = envelope.failure(request, reply.status, code, text)
        reply.body, reply.headers = written.body, written.headers

    # Finding and keeping.

    def settle(self) -> float:
        now = self.clock.now()
        for endpoint in list(self.endpoints.values()):
            endpoint.settle(now)
            if endpoint.gone:
                del self.endpoints[endpoint.id]
        for switch in list(self.rollings.values()):
            self._settle_rolling(switch, now)
        return now

    def _settle_rolling(self, switch: Rolling, now: float) -> None:
        was_open = switch.open
        done = switch.settle(now, self.knobs)
        endpoint = self.endpoints.get(switch.endpoint)
        if endpoint is None or not was_open or switch.open:
            return
        if done:
            endpoint.document["ModelReference"]["FoundationModel"] = dict(switch.new)
            endpoint.updated = switch.updated
        if self.knobs["rolling_id_after"] == "clear":
            endpoint.document["RollingId"] = ""

    def _of(self, account: str, region: str) -> list[Endpoint]:
        return [
            endpoint
            for endpoint in self.endpoints.values()
            if (endpoint.account, endpoint.region) == (account, region)
        ]

    def _unknown(self, identifier: str) -> ApiError:
        text = f"The specified endpoint {identifier} is not found."
        return ApiError(404, self.knobs["not_found_code"], text)

    def _find(self, caller: Caller, identifier: str) -> Endpoint:
        endpoint = self.endpoints.get(identifier)
        if endpoint is None or endpoint.region != caller.region:
            raise self._unknown(identifier)
        if endpoint.account != caller.account:
            if self.knobs["foreign"] == "forbidden":
                raise gateway("AccessDenied", f"No permission for endpoint {identifier}.")
            raise self._unknown(identifier)
        return endpoint

    def _named(self, caller: Caller, fields: Fields) -> Endpoint:
        return self._find(caller, fields.required_text("Id"))

    def _changeable(self, caller: Caller, fields: Fields, request: Request) -> Endpoint:
        endpoint = self._named(caller, fields)
        if endpoint.state in GOING:
            raise self._denied(endpoint, request)
        return endpoint

    def _denied(self, endpoint: Endpoint, request: Request) -> ApiError:
        status = self.knobs["statuses"].get(endpoint.state, endpoint.state)
        return status_denied(endpoint.id, status, gate.action(request))

    def _use_up(self, knob: str) -> bool:
        """Whether a `fail_next_...` knob strikes now."""
        if self.knobs[knob] <= 0:
            return False
        self.knobs[knob] -= 1
        return True

    # Actions. Each gives the Result.

    def _look_up(self, answer: Callable[[Fields, Any], Document]) -> Action:
        return lambda caller, fields, request: answer(fields, self.knobs)

    def _account(self, caller: Caller, fields: Fields, request: Request) -> Any:
        if not self.knobs["caller_identity"]:
            raise gateway("AccessDenied", "No permission for sts:GetCallerIdentity.")
        return {"AccountId": int(caller.account), "Trn": f"trn:iam::{caller.account}:user"}

    def _create(self, caller: Caller, fields: Fields, request: Request) -> Any:
        wanted = bodies.read_create(fields, self.knobs)
        self._check_room(caller, wanted.document["Name"])
        if wanted.dry_run:
            return self._rehearsed()
        now = self.clock.now()
        identifier = self._new_id(now)
        document = {"Id": identifier, **wanted.document}
        document["Tags"].append({"Key": CREATED_BY, "Value": caller.identity})
        broken = "abnormal" in document["Name"] or self._use_up("fail_next_create")
        endpoint = Endpoint(
            caller.account,
            caller.region,
            document,
            now,
            self.ids.number("endpoint"),
            now,
            Timeline(now, [Stage("scheduling")]),
            self.knobs["failure_reason"] if broken else None,
            unseen_polls=self.knobs["invisible_polls"],
        )
        endpoint.start(now, "scheduling", self.knobs)
        self.endpoints[identifier] = endpoint
        return {"Id": identifier}

    def _check_room(self, caller: Caller, name: str) -> None:
        mine = self._of(caller.account, caller.region)
        if self.knobs["unique_names"] and any(e.document["Name"] == name for e in mine):
            raise ApiError(409, "AlreadyExists.Endpoint", f"An endpoint named {name} exists.")
        quota = self.knobs["endpoint_quota"]
        if quota is not None and len(mine) >= quota:
            raise ApiError(429, "QuotaExceeded", f"The quota of {quota} endpoints is used up.")

    def _rehearsed(self) -> Any:
        """What a dry run answers is not documented."""
        replies = {"empty_id": {"Id": ""}, "null": None, "id": {"Id": "ep-dry-run"}}
        return replies.get(self.knobs["dry_run_reply"], {})

    def _new_id(self, now: float) -> str:
        while True:
            identifier = f"ep-{envelope.local_stamp(now)}-{self.ids.text(5)}"
            if identifier not in self.endpoints:
                return identifier

    def _get(self, caller: Caller, fields: Fields, request: Request) -> Any:
        endpoint = self._named(caller, fields)
        if endpoint.unseen_polls > 0:
            endpoint.unseen_polls -= 1
            raise self._unknown(endpoint.id)
        endpoint.poll(self.clock.now())
        shown = endpoint.view(self.knobs)
        return {"Endpoint": shown} if self.knobs["result_shape"] == "nested" else shown

    def _update(self, caller: Caller, fields: Fields, request: Request) -> Any:
        endpoint = self._changeable(caller, fields, request)
        changes = bodies.read_update(fields, endpoint.document, self.knobs)
        endpoint.document.update(changes)
        if changes:
            endpoint.updated = self.clock.now()
        return {}

    def _delete(self, caller: Caller, fields: Fields, request: Request) -> Any:
        endpoint = self._named(caller, fields)
        if endpoint.state in GOING:
            return {}
        if self.knobs["strict_delete"] and endpoint.state != "stopped":
            raise self._denied(endpoint, request)
        last = "deleted" if self.knobs["after_delete"] == "deleted" else "gone"
        endpoint.enter(self.clock.now(), ("deleting",), last, self.knobs)
        self.settle()
        return {}

    def _stop(self, caller: Caller, fields: Fields, request: Request) -> Any:
        endpoint = self._changeable(caller, fields, request)
        if endpoint.state not in STOPPED:
            endpoint.enter(self.clock.now(), ("stopping",), "stopped", self.knobs)
        return {}

    def _start(self, caller: Caller, fields: Fields, request: Request) -> Any:
        endpoint = self._changeable(caller, fields, request)
        if endpoint.state == "stopping":
            raise self._denied(endpoint, request)
        if endpoint.state not in UP:
            if self._use_up("fail_next_start"):
                endpoint.broken = self.knobs["failure_reason"]
            endpoint.start(self.clock.now(), "starting", self.knobs)
        return {}

    def _list(self, caller: Caller, fields: Fields, request: Request) -> Any:
        latest = self.clock.now() - self.knobs["list_lag_seconds"]
        seen = [
            endpoint
            for endpoint in self._of(caller.account, caller.region)
            if endpoint.created <= latest and endpoint.state != "deleted"
        ]
        return listing.page(seen, fields, self.knobs)

    def _certificate(self, caller: Caller, fields: Fields, request: Request) -> Any:
        self._named(caller, fields)
        return certificates.answer(self.knobs["certificate"])

    # Switches of the model.

    def _roll(self, caller: Caller, fields: Fields, request: Request) -> Any:
        wanted = rolling.read(fields, self.knobs)
        endpoint = self._find(caller, wanted.endpoint)
        if endpoint.state != "running":
            raise self._denied(endpoint, request)
        self._check_switch(endpoint, wanted.model)
        if wanted.dry_run:
            raise rolling.rehearsed()
        return {"Id": self._begin(endpoint, wanted).id}

    def _check_switch(self, endpoint: Endpoint, model: Document) -> None:
        if not endpoint.document["SupportRolling"]:
            raise rolling.unsupported(endpoint.id)
        under_way = self.rollings.get(endpoint.document["RollingId"])
        if under_way is not None and under_way.open:
            raise rolling.busy(endpoint.id, under_way.id)
        bodies.offer({"CustomModelId": "", "FoundationModel": model}, self.knobs)
        if model == endpoint.document["ModelReference"]["FoundationModel"]:
            raise invalid("ModelReference", "the endpoint serves this model")

    def _begin(self, endpoint: Endpoint, wanted: rolling.Wanted) -> Rolling:
        now = self.clock.now()
        identifier = f"eprol-{envelope.local_stamp(now)}-{self.ids.text(5)}"
        switch = Rolling(
            identifier,
            endpoint.id,
            wanted.model,
            dict(endpoint.document["ModelReference"]["FoundationModel"]),
            wanted.description,
            wanted.step,
            wanted.minutes,
            now,
            now,
            since=now,
        )
        self.rollings[identifier] = switch
        endpoint.document["RollingId"] = identifier
        return switch

    def _switch(self, caller: Caller, fields: Fields) -> Rolling:
        identifier = fields.required_text("Id")
        switch = self.rollings.get(identifier)
        if switch is None or switch.endpoint not in self.endpoints:
            raise rolling.not_found(identifier)
        self._find(caller, switch.endpoint)
        return switch

    def _rolling(self, caller: Caller, fields: Fields, request: Request) -> Any:
        switch = self._switch(caller, fields)
        if switch.open:
            switch.ahead += self.knobs["rolling_look_seconds"]
            self._settle_rolling(switch, self.clock.now())
        return {"RollingInfo": switch.view(self.clock.now(), self.knobs)}

    def _roll_back(self, caller: Caller, fields: Fields, request: Request) -> Any:
        switch = self._switch(caller, fields)
        switch.rollback(self.clock.now(), self.knobs)
        return {"Id": switch.id}

    def _cancel_rolling(self, caller: Caller, fields: Fields, request: Request) -> Any:
        switch = self._switch(caller, fields)
        self._cancel(switch)
        return {"Id": switch.id}

    def _cancel(self, switch: Rolling) -> None:
        was_open = switch.open
        switch.cancel(self.clock.now(), self.knobs)
        endpoint = self.endpoints[switch.endpoint]
        if was_open and not switch.open and self.knobs["rolling_id_after"] == "clear":
            endpoint.document["RollingId"] = ""

    def _assume(self, caller: Caller, fields: Fields, request: Request) -> Any:
        wanted = roles.wanted(request)
        row = roles.row_of(wanted.trn, caller, self.knobs)
        now = self.clock.now()
        seconds = self.knobs["role_seconds"] or wanted.seconds
        key = f"AKTP{self.ids.hex(16)}"
        kept = {name: row[name] for name in ("account", "identity", "site") if name in row}
        kept["expires"] = now + seconds
        self.assumed[key] = kept | {"secret": self.ids.hex(40), "token": f"STS{self.ids.hex(60)}"}
        role = wanted.trn.rpartition("/")[2]
        return {
            "Credentials": {
                "CurrentTime": roles.stamp(now),
                "ExpiredTime": roles.stamp(now + seconds),
                "AccessKeyId": key,
                "SecretAccessKey": self.assumed[key]["secret"],
                "SessionToken": self.assumed[key]["token"],
            },
            "AssumedRoleUser": {
                "Trn": f"trn:sts::{row['account']}:assumed-role/{role}/{wanted.session}",
                "AssumedRoleId": f"{row['account']}:{wanted.session}",
            },
        }

    def _api_key(self, caller: Caller, fields: Fields, request: Request) -> Any:
        seconds = fields.integer("DurationSeconds", 0, keys.DURATION_MAX_SECONDS)
        if seconds is None:
            raise missing("DurationSeconds")
        fields.required_text("ResourceType")
        kind = fields.choice("ResourceType", keys.RESOURCE_TYPES, "")
        identifiers = fields.texts("ResourceIds")
        if not identifiers and self.knobs["api_key_resource_ids_required"]:
            raise missing("ResourceIds")
        if kind == "endpoint":
            for identifier in identifiers:
                self._find(caller, identifier)
        expires = int(self.clock.now()) + seconds
        text = self.ids.hex(64)
        covered = tuple(identifiers) if identifiers else None
        self.issued[text] = ApiKey(caller.account, caller.region, covered, expires)
        return {"ApiKey": text, "ExpiredTime": expires}

    # Test-only.

    def overview(self) -> list[Shown]:
        self.settle()
        return [Shown(e.id, e.state, "", e.model) for e in self.endpoints.values()]

    def state(self) -> Any:
        self.settle()
        return {
            "endpoints": {
                endpoint.id: {
                    **endpoint.view({**self.knobs, "tag_order": "kept"}),
                    "account": endpoint.account,
                    "region": endpoint.region,
                }
                for endpoint in self.endpoints.values()
            },
            "rollings": {
                switch.id: {
                    **switch.view(self.clock.now(), self.knobs),
                    "Description": switch.description,
                }
                for switch in self.rollings.values()
            },
            "api_keys": {
                text: {"account": key.account, "region": key.region, "expires": key.expires}
                for text, key in self.issued.items()
            },
        }

    def _stored(self, target: str) -> Endpoint:
        self.settle()
        if target not in self.endpoints:
            raise ControlError(f"ark has no endpoint {target!r}")
        return self.endpoints[target]

    def mutate(self, target: str, patch: Any, assign: dict[str, Any]) -> Any:
        endpoint = self._stored(target)
        endpoint.mutate(patch, assign, self.clock.now(), self.knobs)
        return endpoint.view(self.knobs)

    def delete(self, target: str) -> None:
        del self.endpoints[self._stored(target).id]

    def control(self, action: str, arguments: dict[str, Any]) -> Any:
        if action == "ignored":
            return self.ignored
        if action == "fail":
            endpoint = self._stored(str(arguments.get("target")))
            endpoint.broken = arguments.get("reason") or self.knobs["failure_reason"]
            endpoint.enter(self.clock.now(), (), "abnormal", self.knobs)
            return endpoint.view(self.knobs)
        if action == "console":
            return self._console(arguments)
        return super().control(action, arguments)

    def _console(self, arguments: dict[str, Any]) -> Any:
        """A switch that somebody begins, cancels or sets back a step in the console."""
        self.settle()
        now = self.clock.now()
        doing, target = arguments.get("doing"), str(arguments.get("target"))
        if doing == "switch":
            model = {"Name": arguments["name"], "ModelVersion": arguments["version"]}
            usual = self.knobs["rolling_step"], self.knobs["rolling_minutes"]
            wanted = rolling.Wanted(target, model, "", False, *usual)
            return self._begin(self._stored(target), wanted).view(now, self.knobs)
        switch = self.rollings.get(target)
        if switch is None or doing not in ("cancel", "rollback"):
            raise ControlError(f"ark cannot {doing!r} {target!r}")
        if doing == "cancel":
            self._cancel(switch)
        else:
            switch.rollback(now, self.knobs)
        return switch.view(now, self.knobs)


def _of_data_plane(request: Request) -> bool:
    return DATA_PLANE_PATH.fullmatch(request.raw_path) is not None
