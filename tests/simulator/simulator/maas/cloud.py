"""The cloud object: from a request to the operation, and what the endpoint operations do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, ClassVar

from simulator.base.cloud import Cloud, Context, ControlError, Shown
from simulator.base.messages import Operation, Reply, Request
from simulator.base.patching import apply_changes
from simulator.maas import errors, inference, listing, lookups, routes, rules
from simulator.maas.access import Access, KeyHistory, Token
from simulator.maas.endpoint import Document, Endpoint, new_document, stored_limit
from simulator.maas.errors import ApiError, KeystoneError, gateway, parameter
from simulator.maas.iam import Iam
from simulator.maas.knobs import KNOBS

STATE_WORDS = {"activate": "activated", "deactivate": "deactivated"}


class Maas(Cloud):
    """Management plane, IAM and inference plane on one port."""

    NAME = "maas"
    KNOBS = KNOBS
    ENVIRONMENT: ClassVar[dict[str, str]] = {
        "HUAWEICLOUD_SDK_REGION_MODELARTS_AP_SOUTHEAST_1": "{url}",
        "HUAWEICLOUD_SDK_IAM_ENDPOINT": "{url}",
        "HW_ACCESS_KEY": "MAASEXAMPLEAK0000001",
        "HW_SECRET_KEY": "maasExampleSecretKey00000000000000000001",
    }
    STORED: ClassVar[dict[str, Any]] = {
        "endpoints": dict[str, Endpoint],
        "burnt": dict[str, set[str]],
        "ignored": list[Document],
        "access.tokens": dict[str, Token],
        "access.keys": dict[str, KeyHistory],
    }

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.access = Access(self.clock, self.knobs)
        self.iam = Iam(self.clock, self.ids, self.knobs, self.access)
        self.endpoints: dict[str, Endpoint] = {}  # deleted ones stay: a late list shows them
        self.burnt: dict[str, set[str]] = {}  # by account: every name that was ever used
        self.ignored: list[Document] = []
        self._handlers: dict[str, Callable[[Request], Reply]] = {
            "iam.token": self.iam.token,
            "iam.projects": lambda r: self.iam.projects(r, r.caller),
            "endpoint.create": self._create,
            "endpoint.list": self._list,
            "endpoint.edit": self._edit,
            "endpoint.delete": self._delete,
            "endpoint.control": self._control,
            "agreement.get": lambda r: lookups.agreement(r, self.knobs),
            "region.list": lambda r: lookups.regions(self.knobs),
            "workspace.list": lambda r: lookups.workspaces(r.operation.target, self.knobs),
            "service.list": lambda r: lookups.services(r, r.operation.target, self.knobs),
            "model.list": lambda r: inference.models(self.knobs),
            "chat": self._chat,
        }

    # Who asks for what.

    def identify(self, request: Request) -> Operation:
        return routes.find(request)[0]

    def guard(self, request: Request) -> Reply | None:
        name = request.operation.name
        if name in ("unknown", "iam.token"):
            return None
        try:
            if name in ("model.list", "chat"):
                request.caller = self.access.api_key(request)
            elif name == "iam.projects":
                request.caller = self._iam_caller(request)
            else:
                request.caller = self.access.caller(request)
                _, project = routes.find(request)
                self.access.check_management(request, request.caller, project)
        except ApiError as error:
            return self._refuse(error)
        except KeystoneError as error:
            return error.reply()
        return None

    def _iam_caller(self, request: Request) -> Any:
        """IAM speaks of tokens in its own words; signatures are the gateway's business."""
        try:
            caller = self.access.caller(request)
        except ApiError:
            if request.header("X-Auth-Token") is None:
                raise
            text = "The request you have made requires authentication."
            raise KeystoneError(401, text) from None
        try:
            self.access.check_rights(request, caller)
        except ApiError as error:
            raise KeystoneError(403, str(error.message)) from None
        return caller

    def handle(self, request: Request) -> Reply:
        handler = self._handlers.get(request.operation.name)
        try:
            if handler is None:
                text = errors.TEXTS["0101"]
                raise gateway(404, "0101", f"{text}: {request.method} {request.raw_path}")
            return handler(request)
        except ApiError as error:
            return self._refuse(error)
        except KeystoneError as error:
            return error.reply()

    def _refuse(self, error: ApiError) -> Reply:
        return errors.reply(self.knobs, error.status, error.code, error.message)

    def error(self, status: int, code: str | None = None, message: str | None = None) -> Reply:
        return errors.reply(self.knobs, status, code, message)

    def finish(self, request: Request, reply: Reply) -> None:
        request_id = f"{self.ids.number('request'):032x}"
        moment = self.clock.as_datetime()
        reply.set_header("Date", moment.strftime("%a, %d %b %Y %H:%M:%S GMT"))
        reply.set_header("X-Request-Id", request_id)
        if request.operation.name.startswith("iam."):
            reply.set_header("X-IAM-Trace-Id", request_id)
        errors.add_request_id(reply, request_id)

    # Finding.

    def _project(self, request: Request) -> str:
        return routes.find(request)[1]

    def _region(self, request: Request) -> str:
        """A project bears the name of its region, and perhaps something behind it."""
        name: str = self.knobs["projects"][self._project(request)]["name"]
        return name.partition("_")[0]

    def _live(self, account: str) -> list[Endpoint]:
        return [e for e in self.endpoints.values() if e.account == account and not e.deleted]

    def _find(self, request: Request, action: str) -> Endpoint:
        identifier = request.operation.target
        if not identifier:
            raise ApiError(400, "ModelArts.6299")
        endpoint = self.endpoints.get(identifier)
        if endpoint is None or endpoint.deleted or endpoint.project != self._project(request):
            status, _, code = self.knobs["unknown_id"][action].partition("/")
            raise ApiError(int(status), code, errors.TEXTS["6291"])
        return endpoint

    def _check_free(self, account: str, name: str) -> None:
        if name in self.burnt.get(account, ()):
            raise ApiError(400, "ModelArts.6271")

    def _burn(self, account: str, name: str) -> None:
        self.burnt.setdefault(account, set()).add(name)

    def _read(self, request: Request, known: tuple[str, ...]) -> Document:
        body = rules.read(request, known, self.knobs)
        if "ignored" in request.notes:
            operation = request.operation
            self.ignored.append(
                {
                    "operation": operation.name,
                    "target": operation.target,
                    "fields": request.notes["ignored"],
                }
            )
        return body

    # The operations on endpoints.

    def _create(self, request: Request) -> Reply:
        account, region = request.caller.account, self._region(request)
        body = self._read(request, rules.CREATABLE)
        rules.check_name_given(body)
        rules.check_name_pattern(body, region)
        rules.check_source(body, region, self.knobs)
        rules.check_limits(body, rules.model_of(body), self.knobs)
        rules.check_remark(body, self.knobs)
        rules.check_moderation(body, None, self.knobs)
        self._check_free(account, body["endpoint_name"])
        if len(self._live(account)) >= self.knobs["quota"]:
            raise ApiError(400, "ModelArts.6297")
        now, identifier = self.clock.now(), self.ids.uuid()
        endpoint = Endpoint(identifier, account, self._project(request), now)
        endpoint.replace(now, new_document(identifier, body, self.knobs))
        self.endpoints[identifier] = endpoint
        self._burn(account, body["endpoint_name"])
        request.notes["created"] = identifier
        return self._created(identifier)

    def _created(self, identifier: str) -> Reply:
        """The documentation does not show this answer."""
        shape, status = self.knobs["create_answer"], int(self.knobs["create_status"])
        if shape == "empty":
            return Reply(status)
        if shape == "string":
            return Reply.json(identifier, status)
        if shape == "one":
            return Reply.json(1, status)
        if shape in ("data", "result"):
            return Reply.json({shape: {"id": identifier}}, status)
        return Reply.json({shape: identifier}, status)

    def _list(self, request: Request) -> Reply:
        account, project = request.caller.account, self._project(request)
        whole = self.knobs["list_scope"] == "account"
        mine = [
            e
            for e in self.endpoints.values()
            if e.account == account and (whole or e.project == project)
        ]
        moment = self.clock.now() - self.knobs["lag_ms"] / 1000
        items = listing.visible(mine, moment, self.knobs)
        return Reply.json(listing.page(items, request, self.knobs))

    def _edit(self, request: Request) -> Reply:
        if not request.operation.target:
            raise ApiError(400, "ModelArts.6299")
        body = self._read(request, rules.EDITABLE)
        rules.check_name_pattern(body, self._region(request))
        endpoint = self._find(request, "edit")
        before = endpoint.document
        rules.check_limits(body, before.get("served_model_name"), self.knobs)
        rules.check_remark(body, self.knobs)
        rules.check_moderation(body, bool(before.get("moderation")), self.knobs)
        name = body.get("endpoint_name", endpoint.name)
        if name != endpoint.name or ("endpoint_name" in body and self.knobs["own_name_refused"]):
            self._check_free(endpoint.account, name)
        endpoint.change(self.clock.now(), **self._changes(body))
        self._rename(endpoint.account, before["endpoint_name"], name)
        return self._edited()

    def _changes(self, body: Document) -> Document:
        changes: Document = {n: body[n] for n in ("endpoint_name", "remark") if n in body}
        for name in ("rpm", "tpm"):
            if name in body:
                changes[name] = stored_limit(body[name], self.knobs)
        if "moderation" in body:
            changes["moderation"] = body["moderation"]
        elif self.knobs["edit_mode"] == "strict":
            changes["moderation"] = True  # the documentation's default value
        return changes

    def _rename(self, account: str, old: str, new: str) -> None:
        if old != new and not self.knobs["rename_burns"]:
            self.burnt[account].discard(old)
        self._burn(account, new)

    def _edited(self) -> Reply:
        shape = self.knobs["edit_answer"]
        if shape == "no_content":
            return Reply(204)
        if shape == "empty":
            return Reply(200)
        if shape == "object":
            return Reply.json({})
        return Reply.json("1" if shape == "string" else 1)

    def _delete(self, request: Request) -> Reply:
        self._find(request, "delete").replace(self.clock.now(), None)
        return Reply(204)

    def _control(self, request: Request) -> Reply:
        if not request.operation.target:
            raise ApiError(400, "ModelArts.6299")
        action = self._read(request, ("action",)).get("action")
        endpoint = self._find(request, "control")
        if not isinstance(action, str) or action not in STATE_WORDS:
            raise parameter("action must be one of activate and deactivate")
        word = self.knobs["status_words"][STATE_WORDS[action]]
        endpoint.change(self.clock.now(), status=word)
        return Reply(204)

    # The inference plane.

    def _chat(self, request: Request) -> Reply:
        key = request.caller
        mine = self._live(key["account"])
        return inference.chat(request, key, mine, self.clock.now(), self.knobs)

    # Test-only.

    def overview(self) -> list[Shown]:
        return [
            Shown(e.id, str(e.document["status"]), "", e.document["served_model_name"])
            for e in self.endpoints.values()
            if not e.deleted
        ]

    def state(self) -> Any:
        return {
            "endpoints": {
                identifier: {**e.document, "account": e.account, "project": e.project}
                for identifier, e in self.endpoints.items()
                if not e.deleted
            },
            "burnt_names": {account: sorted(names) for account, names in self.burnt.items()},
            "tokens": {text: asdict(token) for text, token in self.access.tokens.items()},
            "keys": {key: asdict(history) for key, history in self.access.keys.items()},
        }

    def _chosen(self, target: str) -> Endpoint:
        """By id, or by name."""
        for endpoint in self.endpoints.values():
            if not endpoint.deleted and target in (endpoint.id, endpoint.name):
                return endpoint
        raise ControlError(f"no endpoint {target!r}")

    def mutate(self, target: str, patch: Any, assign: dict[str, Any]) -> Any:
        endpoint = self._chosen(target)
        old = endpoint.name
        endpoint.replace(self.clock.now(), apply_changes(endpoint.document, patch, assign))
        self._rename(endpoint.account, old, endpoint.name)
        return endpoint.document

    def delete(self, target: str) -> None:
        self._chosen(target).replace(self.clock.now(), None)

    def control(self, action: str, arguments: dict[str, Any]) -> Any:
        if action == "ignored":
            return self.ignored
        if action == "end_tokens":
            for token in self.access.tokens.values():
                token.ended = True
            return len(self.access.tokens)
        if action == "burn":
            self._burn(arguments["account"], arguments["name"])
            return {}
        return super().control(action, arguments)
