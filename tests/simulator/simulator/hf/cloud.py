"""The cloud object: who may do what, and what each operation does."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from simulator.base.clock import rfc3339
from simulator.base.cloud import Cloud, Context, ControlError, Shown
from simulator.base.messages import Operation, Reply, Request, sent_event
from simulator.base.patching import apply_changes
from simulator.base.timeline import Stage, Timeline
from simulator.hf import (
    bodies,
    catalogue,
    dataplane,
    errors,
    listing,
    logs,
    models,
    routes,
    rules,
    schema,
)
from simulator.hf.endpoint import Endpoint, Failure, LogEntry, User, effective_timeout
from simulator.hf.errors import ApiError, bad_request, conflict, not_found
from simulator.hf.knobs import KNOBS
from simulator.hf.network import Network

Document = dict[str, Any]
Answer = Reply | Awaitable[Reply]
STARTING = ("pending", "initializing")
SETTLED = ("paused", "scaledToZero")


class HuggingFace(Cloud):
    """Inference Endpoints, and the one route of the Hub that clients ask for the user's name."""

    NAME = "hf"
    KNOBS = KNOBS
    ENVIRONMENT: ClassVar[dict[str, str]] = {
        "HF_INFERENCE_ENDPOINTS_URL": "{url}",
        "HF_TOKEN": "hf_simulator_write",
        "HF_NAMESPACE": "acme",
    }
    STORED: ClassVar[dict[str, Any]] = {
        "endpoints": dict[str, Endpoint],
        "networks": dict[str, Network],
        "audit": dict[str, list[Document]],
        "ignored": list[Document],
    }

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.endpoints: dict[str, Endpoint] = {}
        self.networks: dict[str, Network] = {}
        self.audit: dict[str, list[Document]] = {}
        self.ignored: list[Document] = []
        self._handlers: dict[str, Callable[[Request], Answer]] = {
            "endpoint.list": self._list,
            "endpoint.create": self._create,
            "endpoint.get": self._get,
            "endpoint.update": self._update,
            "endpoint.delete": self._delete,
            "endpoint.pause": self._pause,
            "endpoint.resume": self._resume,
            "endpoint.scaleToZero": self._scale_to_zero,
            "endpoint.replicas": lambda r: Reply.json({"items": self._find(r).replicas()}),
            "endpoint.events": self._events,
            "endpoint.debug": self._debug,
            "endpoint.metrics": self._metrics,
            "logs.v2": self._logs_v2,
            "logs.v2Stream": self._logs_v2_stream,
            "logs.v3": self._logs_v3,
            "logs.v3Download": self._logs_v3_download,
            "logs.v3Stream": self._logs_v3_stream,
            "search": self._search,
            "provider.list": self._catalogue,
            "provider.namespace": self._catalogue,
            "provider.quotas": self._quotas,
            "audit.list": self._audit_list,
            "whoami": self._whoami,
            "catalog.list": self._catalog_of_models,
            "dataplane": self._dataplane,
        }

    # Who asks for what.

    def identify(self, request: Request) -> Operation:
        operation, _ = routes.find(request)
        if operation.name == "dataplane":
            endpoint = self._by_key(operation.target.split("/")[0])
            return Operation("dataplane", endpoint.full_name if endpoint else operation.target)
        return operation

    def claims(self, request: Request) -> bool:
        operation, known = routes.find(request)
        return known or operation.name != "unknown"

    def guard(self, request: Request) -> Reply | None:
        request.caller = self._caller(request)
        right = routes.RIGHTS.get(request.operation.name, routes.OPEN)
        if right == routes.OPEN:
            return None
        if request.caller is None:
            return errors.reply(401, None, "Unauthorized")
        if right == routes.ANY:
            return None
        if routes.namespace(request) not in (
            request.caller["name"],
            *request.caller.get("orgs", []),
        ):
            return errors.reply(401, None, "Unauthorized")
        rights = request.caller["rights"]
        enough = rights == "write" or (rights == "read" and right == routes.READ)
        plan = request.operation.name not in routes.PRO_ONLY or request.caller.get("pro", True)
        return None if enough and plan else errors.reply(403, None, "Forbidden")

    def _caller(self, request: Request) -> Document | None:
        scheme, _, token = (request.header("Authorization") or "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        caller: Document | None = self.knobs["tokens"].get(token.strip())
        return caller

    def handle(self, request: Request) -> Answer:
        self._settle_all()
        name = request.operation.name
        group = name.split(".")[0]
        try:
            if name in self._handlers:
                return self._handlers[name](request)
            if group in ("privateService", "domain", "cidrList"):
                return Reply.json(self._network(request, name))
            _, known = routes.find(request)
            return errors.reply(405 if known else 404)
        except ApiError as error:
            return errors.reply(error.status, error.code, error.message)

    def error(self, status: int, code: str | None = None, message: str | None = None) -> Reply:
        return errors.reply(status, code, message)

    def finish(self, request: Request, reply: Reply) -> None:
        reply.set_header("X-Request-Id", f"Root=1-{self.ids.number('request'):08x}")

    # Finding and keeping.

    def _settle_all(self) -> float:
        now = self.clock.now()
        for key, endpoint in list(self.endpoints.items()):
            endpoint.settle(now, self.knobs)
            if endpoint.gone:
                del self.endpoints[key]
                self._networks(endpoint.namespace).detach(endpoint)
        return now

    def _networks(self, namespace: str) -> Network:
        return self.networks.setdefault(namespace, Network())

    def _by_key(self, key: str) -> Endpoint | None:
        return next((e for e in self.endpoints.values() if e.key == key), None)

    def _find(self, request: Request, changing: bool = False) -> Endpoint:
        """The endpoint a path names; one being deleted cannot be changed any more."""
        endpoint = self.endpoints.get(request.operation.target)
        if endpoint is None:
            raise not_found()
        if changing and endpoint.deletion is not None:
            raise bad_request("Endpoint is being deleted")
        return endpoint

    def _show(self, endpoint: Endpoint) -> Document:
        return endpoint.view(self.context.url, self.knobs)

    def _reply(self, endpoint: Endpoint) -> Reply:
        return Reply.json(self._show(endpoint))

    def _user(self, request: Request) -> User:
        return User(request.caller["name"])

    def _read(self, request: Request, shape: schema.Struct) -> Document:
        """The checked body; ignored members go into the record and the test-only list."""
        media = (request.header("Content-Type") or "").split(";")[0].strip().lower()
        if self.knobs["require_content_type"] and media != "application/json":
            raise ApiError(415, "Expected request with `Content-Type: application/json`")
        body, ignored = schema.read_body(request.body, shape)
        if ignored:
            request.notes["ignored"] = ignored
            operation = request.operation
            self.ignored.append(
                {"operation": operation.name, "target": operation.target, "fields": ignored}
            )
        result: Document = body
        return result

    def _touch(self, request: Request, endpoint: Endpoint, action: str) -> None:
        """Who changed it last, and the audit log."""
        endpoint.updated, endpoint.updated_by = self.clock.now(), self._user(request)
        self._log_action(request, endpoint, action)

    def _log_action(self, request: Request, endpoint: Endpoint, action: str) -> None:
        self.audit.setdefault(endpoint.namespace, []).append(
            {
                "id": str(self.ids.number("audit")),
                "timestamp": rfc3339(self.clock.now(), 9),
                "endpoint": endpoint.name,
                "username": request.caller["name"],
                "action": action,
            }
        )

    def _use_up(self, knob: str) -> bool:
        """Whether a `fail_next_...` knob strikes now."""
        if self.knobs[knob] <= 0:
            return False
        self.knobs[knob] -= 1
        return True

    def _failure(self) -> Failure:
        return Failure(self.knobs["failure_kind"], self.knobs["failure_message"])

    # Quota.

    def _quota_use(self, endpoint: Endpoint) -> tuple[str, int]:
        offer = catalogue.find(endpoint.spec["provider"], endpoint.spec["compute"])
        if offer is None:
            return "", 0
        replicas = endpoint.scaling["maxReplica"] if self.knobs["quota_by"] == "maxReplica" else 1
        return offer.quota_key, offer.size * replicas

    def _quota(self, namespace: str, key: str, without: Endpoint | None = None) -> tuple[int, int]:
        """Most and used accelerators. Paused endpoints hold none, sleeping ones do."""
        used = 0
        for endpoint in self.endpoints.values():
            counts = endpoint.namespace == namespace and endpoint.state != "paused"
            if counts and endpoint is not without:
                its_key, its_use = self._quota_use(endpoint)
                used += its_use if its_key == key else 0
        return self.knobs["quotas"].get(key, self.knobs["quota_default"]), used

    def _check_quota(self, endpoint: Endpoint) -> None:
        key, wanted = self._quota_use(endpoint)
        most, used = self._quota(endpoint.namespace, key, endpoint)
        rules.check_quota(used, wanted, most)

    def _check_paid(self, namespace: str) -> None:
        if namespace in self.knobs["unpaid_namespaces"]:
            raise ApiError(402, "Payment required")

    # Operations on endpoints.

    def _list(self, request: Request) -> Reply:
        mine = self._of(request.operation.target)
        return Reply.json(listing.page(mine, request, self._show, self.knobs))

    def _of(self, namespace: str) -> list[Endpoint]:
        return [e for e in self.endpoints.values() if e.namespace == namespace]

    def _create(self, request: Request) -> Reply:
        namespace = request.segments[2]
        shape = bodies.create(self.knobs["protected"] != "refuse", self.knobs["minus_one_prefill"])
        body = self._read(request, shape)
        rules.check_name(body["name"])
        spec = rules.new_spec(body, self.knobs)
        rules.check(spec, body, self.knobs)
        self._check_paid(namespace)
        if f"{namespace}/{body['name']}" in self.endpoints:
            raise conflict("Endpoint already exists")
        now, user = self.clock.now(), self._user(request)
        start = Timeline(now, [Stage("pending")])
        key = self.ids.hex(24)
        endpoint = Endpoint(namespace, spec, key, now, user, now, user, start)
        self._check_quota(endpoint)
        if self._use_up("fail_next_create"):
            endpoint.failure = self._failure()
        endpoint.start(now, self.knobs, STARTING)
        self.endpoints[endpoint.full_name] = endpoint
        self._networks(namespace).attach(endpoint, self.ids, now)
        self._log_action(request, endpoint, "create")
        return self._reply(endpoint)

    def _get(self, request: Request) -> Reply:
        endpoint = self._find(request)
        reply = self._reply(endpoint)
        endpoint.poll(self.clock.now())
        return reply

    def _update(self, request: Request) -> Reply:
        endpoint = self._find(request, changing=True)
        shape = bodies.update(self.knobs["protected"] != "refuse", self.knobs["minus_one_prefill"])
        body = self._read(request, shape)
        spec = rules.updated_spec(self._live_spec(endpoint), body, self.knobs)
        rules.check(spec, body, self.knobs)
        candidate = copy.copy(endpoint)
        candidate.spec = spec
        if endpoint.state != "paused":
            self._check_quota_of_update(endpoint, candidate)
        endpoint.previous_spec, endpoint.spec = self._live_spec(endpoint), spec
        self._touch(request, endpoint, "update")
        woken = self.knobs["scaling_wakes"] and "scaling" in (body.get("compute") or {})
        if endpoint.state not in SETTLED or (endpoint.state == "paused" and woken):
            self._roll_out(endpoint)
        return self._reply(endpoint)

    def _live_spec(self, endpoint: Endpoint) -> Document:
        """What an update builds on: a refused update may have left the old one in force."""
        kept = self.knobs["failed_update_keeps"] == "old" and endpoint.state == "updateFailed"
        return endpoint.previous_spec if kept and endpoint.previous_spec else endpoint.spec

    def _check_quota_of_update(self, endpoint: Endpoint, candidate: Endpoint) -> None:
        key, wanted = self._quota_use(candidate)
        most, used = self._quota(endpoint.namespace, key, endpoint)
        rules.check_quota(used, wanted, most)

    def _roll_out(self, endpoint: Endpoint) -> None:
        endpoint.version += 1
        failing = self._use_up("fail_next_update")
        endpoint.failure = self._failure() if failing else None
        last = "updateFailed" if failing else "running"
        endpoint.enter(self.clock.now(), ("updating",), last, self.knobs)

    def _delete(self, request: Request) -> Reply:
        endpoint = self._find(request)
        self._log_action(request, endpoint, "delete")
        endpoint.begin_deletion(self.clock.now(), self.knobs)
        self._settle_all()
        return Reply.json({})

    def _pause(self, request: Request) -> Reply:
        endpoint = self._find(request, changing=True)
        self._reset_replicas(endpoint, 0)
        endpoint.enter(self.clock.now(), (), "paused", self.knobs)
        self._touch(request, endpoint, "pause")
        return self._reply(endpoint)

    def _resume(self, request: Request) -> Reply:
        endpoint = self._find(request, changing=True)
        failure = endpoint.failure
        if endpoint.state not in (*SETTLED, "failed"):
            raise bad_request("Endpoint is already running")
        if endpoint.state == "failed" and failure and failure.kind == "configuration":
            raise bad_request("Endpoint failed because of its configuration, update it instead")
        self._check_paid(endpoint.namespace)
        before = endpoint.spec
        if endpoint.state == "paused":
            self._reset_replicas(endpoint, 1)
        try:
            self._check_quota(endpoint)
        except ApiError:
            endpoint.spec = before
            raise
        endpoint.failure = self._failure() if self._use_up("fail_next_resume") else None
        endpoint.start(self.clock.now(), self.knobs, STARTING)
        self._touch(request, endpoint, "resume")
        return self._reply(endpoint)

    def _reset_replicas(self, endpoint: Endpoint, count: int) -> None:
        if not self.knobs["pause_resets_replicas"]:
            return
        endpoint.spec = copy.deepcopy(endpoint.spec)
        endpoint.scaling.update(minReplica=count, maxReplica=count)
        if count > 0:
            endpoint.scaling.pop("scaleToZeroTimeout", None)

    def _scale_to_zero(self, request: Request) -> Reply:
        endpoint = self._find(request, changing=True)
        if effective_timeout(endpoint.scaling, self.knobs) is None:
            raise bad_request("workload cannot be scaled to zero")
        endpoint.enter(self.clock.now(), (), "scaledToZero", self.knobs)
        self._touch(request, endpoint, "scaleToZero")
        return self._reply(endpoint)

    def _debug(self, request: Request) -> Reply:
        endpoint = self._find(request)
        endpoint.agent_message = f"Looked at the logs of {endpoint.name}: nothing to report"
        return self._reply(endpoint)

    def _metrics(self, request: Request) -> Reply:
        self._find(request)
        return Reply.json([])

    def _search(self, request: Request) -> Reply:
        limit = listing.number(request, "limit", 20, self.knobs["list_limit_max"])
        task = self.knobs["default_task"]
        found = [
            endpoint.name
            for endpoint in self._of(request.operation.target)
            if listing.wanted(endpoint, request, task)
        ]
        return Reply.json({"items": [{"name": name} for name in sorted(found)[:limit]]})

    # Hardware.

    def _catalogue(self, request: Request) -> Reply:
        namespace = request.operation.target

        def quota(offer: catalogue.Offer) -> tuple[int, int]:
            return self._quota(namespace, offer.quota_key) if namespace else (0, 0)

        return Reply.json({"vendors": catalogue.vendors(self.knobs["compute_status"], quota)})

    def _quotas(self, request: Request) -> Reply:
        vendors = []
        for vendor in catalogue.REGIONS:
            rows = []
            for instance in catalogue.INSTANCES:
                if instance.vendor == vendor:
                    key = f"{vendor}/{instance.type}"
                    most, used = self._quota(request.operation.target, key)
                    rows.append(
                        {
                            "instanceType": instance.type,
                            "architecture": instance.architecture,
                            "maxAccelerators": most,
                            "usedAccelerators": used,
                        }
                    )
            vendors.append({"name": vendor, "quotas": rows})
        return Reply.json({"vendors": vendors})

    # Logs and events.

    def _logs_v2(self, request: Request) -> Reply:
        endpoint = self._find(request)
        entries = logs.tail(endpoint, request)
        if (request.parameter("follow") or "").lower() == "true":
            stream = self._follow(endpoint, request, entries, logs.plain_line(request))
            return Reply(200, b"", [("Content-Type", "text/plain; charset=utf-8")], stream)
        return Reply.text(logs.text(entries, request))

    def _logs_v2_stream(self, request: Request) -> Reply:
        endpoint = self._find(request)
        entries = logs.tail(endpoint, request)
        return Reply.events(self._follow(endpoint, request, entries, logs.line_event(request)))

    def _logs_v3(self, request: Request) -> Reply:
        return logs.search_page(self._searchable(request), request, self.context.url)

    def _logs_v3_download(self, request: Request) -> Reply:
        endpoint = self._searchable(request)
        return Reply.text(logs.text(logs.select(endpoint, request), request))

    def _logs_v3_stream(self, request: Request) -> Reply:
        endpoint = self._searchable(request)
        entries = logs.tail(endpoint, request)
        return Reply.events(self._follow(endpoint, request, entries, logs.entry_event(request)))

    def _searchable(self, request: Request) -> Endpoint:
        if not self.knobs["log_search"]:
            raise ApiError(501, "Log search is not available")
        return self._find(request)

    def _follow(
        self,
        endpoint: Endpoint,
        request: Request,
        first: list[LogEntry],
        write: Callable[[LogEntry], bytes],
    ) -> Any:
        seen = len(endpoint.logs)

        def rest(last: int) -> list[LogEntry] | None:
            self._settle_all()
            if self.endpoints.get(endpoint.full_name) is not endpoint:
                return None
            return [e for e in logs.select(endpoint, request) if e.number > max(last, seen)]

        return logs.follow(first, rest, write, self.knobs["log_streams_end"])

    def _events(self, request: Request) -> Reply:
        endpoint = self._find(request)
        state = ""

        def changes(_: int) -> list[LogEntry] | None:
            nonlocal state
            self._settle_all()
            if self.endpoints.get(endpoint.full_name) is not endpoint:
                return None
            if endpoint.state == state:
                return []
            state = endpoint.state
            return [LogEntry(0, self.clock.now(), state, "event", "", None)]

        def write(_: LogEntry) -> bytes:
            return sent_event(self._show(endpoint))

        first = changes(0) or []
        return Reply.events(logs.follow(first, changes, write, self.knobs["log_streams_end"]))

    # Network, audit, user, data plane.

    def _network(self, request: Request, name: str) -> Document:
        namespace, *rest = request.segments[3:]
        network, now = self._networks(namespace), self.clock.now()
        actions: dict[str, Callable[[], Document]] = {
            "privateService.list": lambda: network.list_services(request),
            "privateService.delete": lambda: network.delete_service(rest[0]),
            "domain.list": lambda: network.list_domains(self.knobs),
            "domain.create": lambda: network.add_domain(request, now, self.knobs),
            "domain.delete": lambda: network.delete_domain(rest[0]),
            "cidrList.list": network.list_cidr,
            "cidrList.create": lambda: network.put_cidr(request, self.ids, None),
            "cidrList.update": lambda: network.put_cidr(request, self.ids, rest[0]),
            "cidrList.delete": lambda: network.delete_cidr(rest[0]),
        }
        return actions[name]()

    def _audit_list(self, request: Request) -> Reply:
        endpoint, user = request.parameter("endpoint"), request.parameter("username")
        rows = [
            row
            for row in reversed(self.audit.get(request.operation.target, []))
            if endpoint in (None, row["endpoint"]) and user in (None, row["username"])
        ]
        limit = listing.number(request, "limit", 20, self.knobs["list_limit_max"])
        text = request.parameter("cursor") or "0"
        if not text.isdigit():
            raise bad_request("Invalid cursor")
        start = int(text)
        body: Document = {"list": rows[start : start + limit]}
        if start + limit < len(rows):
            body["next_cursor"] = str(start + limit)
        if start > 0:
            body["prev_cursor"] = str(max(0, start - limit))
        return Reply.json(body)

    def _catalog_of_models(self, request: Request) -> Reply:
        return Reply.json({"items": models.found(request)})

    def _whoami(self, request: Request) -> Reply:
        caller = request.caller
        return Reply.json(
            {
                "type": caller.get("type", "user"),
                **User(caller["name"]).as_json,
                "isPro": caller.get("pro", True),
                "orgs": [{"type": "org", **User(name).as_json} for name in caller.get("orgs", [])],
            }
        )

    def _dataplane(self, request: Request) -> Answer:
        endpoint = self._by_key(request.segments[1])
        if endpoint is None:
            return errors.reply(404)

        def wake() -> None:
            endpoint.failure = None
            endpoint.start(self.clock.now(), self.knobs, ("initializing",))

        return dataplane.answer(request, endpoint, request.caller, wake, self._settle_all)

    # Test-only routes.

    def overview(self) -> list[Shown]:
        self._settle_all()
        return [
            Shown(name, e.state, e.machine, e.spec["model"].get("repository", ""))
            for name, e in self.endpoints.items()
        ]

    def state(self) -> Any:
        self._settle_all()
        return {
            "endpoints": {
                name: {
                    "spec": endpoint.spec,
                    "state": endpoint.state,
                    "deleting": endpoint.deletion is not None,
                    "view": self._show(endpoint),
                }
                for name, endpoint in self.endpoints.items()
            },
            "networks": {name: vars(network) for name, network in self.networks.items()},
            "ignored": self.ignored,
        }

    def _chosen(self, target: str) -> Endpoint:
        self._settle_all()
        if target not in self.endpoints:
            raise ControlError(f"no endpoint {target!r}")
        return self.endpoints[target]

    def mutate(self, target: str, patch: Any, assign: dict[str, Any]) -> Any:
        """Patch the stored create body; `status` in it forces the state and shows the rest."""
        endpoint = self._chosen(target)
        document = {**endpoint.spec, "status": endpoint.status_overrides}
        changed = apply_changes(document, patch, assign)
        endpoint.status_overrides = changed.pop("status", {})
        forced = endpoint.status_overrides.pop("state", None)
        endpoint.spec = changed
        if forced is not None:
            endpoint.timeline = Timeline(self.clock.now(), [Stage(forced)])
        return self._show(endpoint)

    def delete(self, target: str) -> None:
        endpoint = self._chosen(target)
        del self.endpoints[target]
        self._networks(endpoint.namespace).detach(endpoint)

    def control(self, action: str, arguments: dict[str, Any]) -> Any:
        if action == "ignored":
            return self.ignored
        if action == "fail":
            return self._control_fail(**arguments)
        if action == "log":
            endpoint = self._chosen(arguments.pop("target"))
            endpoint.log(self.clock.now(), **arguments)
            return {"lines": len(endpoint.logs)}
        return super().control(action, arguments)

    def _control_fail(
        self, target: str, kind: str = "runtime", message: str = "", state: str = "failed"
    ) -> Any:
        """Make an endpoint fail now."""
        endpoint = self._chosen(target)
        endpoint.failure = Failure(kind, message or self.knobs["failure_message"])
        endpoint.enter(self.clock.now(), (), state, self.knobs)
        return self._show(endpoint)
