"""The cloud object: who may do what, and what each operation does."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, ClassVar

from simulator.base.clock import rfc3339
from simulator.base.cloud import Cloud, Context, ControlError, Shown
from simulator.base.messages import Operation, Reply, Request
from simulator.base.patching import apply_changes
from simulator.base.timeline import Stage, Timeline
from simulator.tir import (
    actions,
    attachments,
    body,
    dataplane,
    errors,
    frameworks,
    lookups,
    reading,
    routes,
    view,
)
from simulator.tir.body import Scope, Spec
from simulator.tir.endpoint import Endpoint
from simulator.tir.errors import ApiError, bad_field, bad_request, invalid, not_found, success
from simulator.tir.knobs import KNOBS
from simulator.tir.lookups import Shelf
from simulator.tir.reading import Findings
from simulator.tir.routes import Route

Document = dict[str, Any]
FIRST_ENDPOINT = 3001
RATE_LIMIT = 1200
WHAT = "Inference"
STATES = ("waiting", "running", "idle", "terminating", "stopped", "failed")


class Tir(Cloud):
    """Both URL layouts on one store, and the served models."""

    NAME = "tir"
    KNOBS = KNOBS
    ENVIRONMENT: ClassVar[dict[str, str]] = {
        "E2E_TIR_BASE_URL": "{url}/myaccount/api/v1/gpu",
        "E2E_TIR_API_KEY": "tir_simulator_key",
        "E2E_TIR_ACCESS_TOKEN": "tir_simulator_token",
        "E2E_TIR_PROJECT_ID": "501",
        "E2E_TIR_TEAM_ID": "7",
        "E2E_TIR_LOCATION": "Delhi",
    }
    STORED: ClassVar[dict[str, Any]] = {
        "endpoints": dict[str, Endpoint],
        "shelves": dict[str, Shelf],
        "logs": dict[str, list[Document]],
        "ignored": list[Document],
    }

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.endpoints: dict[str, Endpoint] = {}  # by project/id
        self.shelves: dict[str, Shelf] = {}  # by project
        self.logs: dict[str, list[Document]] = {}
        self.ignored: list[Document] = []
        self._handlers: dict[str, Callable[[Request, Route], Reply]] = {
            "endpoint.list": self._list,
            "endpoint.create": self._create,
            "endpoint.get": self._get,
            "endpoint.delete": self._delete,
            "endpoint.logs": self._logs,
            "endpoint.asyncStatus": self._async_status,
            "endpoint.securityGroups": self._groups,
            "endpoint.attachSecurityGroups": self._attach_groups,
            "endpoint.detachSecurityGroup": self._detach_group,
            "endpoint.attachVpcIp": self._attach_address,
            "endpoint.detachVpcIp": self._detach_address,
            "reservedIp.list": self._reserved,
            "replica.list": self._replicas,
            "replica.delete": self._restart_replica,
            "framework.list": lambda _r, _t: success(frameworks.details(self.knobs)),
            "model.list": self._models,
            "model.create": self._create_model,
            "model.get": self._model,
            "model.delete": self._delete_model,
            "integration.list": self._integrations,
            "integration.create": self._create_integration,
            "integration.get": self._integration,
            "integration.delete": self._delete_integration,
            "registry.list": lambda _r, _t: success(lookups.registry()),
            "registry.get": lambda _r, t: success(lookups.registry_images(t.stars[0])),
            "dataset.list": lambda r, _t: success(lookups.page(lookups.datasets(), r, self.knobs)),
            "fileSystem.list": lambda _r, _t: success(lookups.file_systems()),
            "privateCluster.list": lambda r, _t: success(
                lookups.page(lookups.private_clusters(), r, self.knobs)
            ),
            "securityGroup.list": lambda _r, _t: success(lookups.security_groups()),
            "project.serviceCount": self._service_count,
            "sku.list": lambda r, _t: success(lookups.skus(r, self.knobs)),
            "iam.list": lambda _r, _t: success(lookups.iam_accounts(self.knobs)),
            "team.list": lambda _r, _t: success(lookups.teams(self.knobs)),
            "team.get": lambda _r, t: success(lookups.team(t.stars[0], self.knobs)),
            "project.list": lambda _r, t: success(lookups.projects(t.stars[0], self.knobs)),
            "project.get": lambda _r, t: success(
                lookups.project(t.stars[0], t.stars[1], self.knobs)
            ),
        }
        for name in (*routes.ACTIONS.values(), "endpoint.put"):
            self._handlers[name] = self._put

    # Who asks for what.

    def identify(self, request: Request) -> Operation:
        return routes.find(request).operation

    def claims(self, request: Request) -> bool:
        return routes.below_mount(request) is not None or routes.find(request).known

    def guard(self, request: Request) -> Reply | None:
        request.notes["parameters"] = [pair for pair in request.query if pair[0] != "apikey"]
        scheme, _, token = (request.header("Authorization") or "").partition(" ")
        known = self.knobs["tokens"].get(token.strip()) if scheme.lower() == "bearer" else None
        if request.operation.name == "dataplane":
            return None if known else dataplane.refusal(401, "Unauthorized")
        if known is None:
            return self._refuse(ApiError(401, "Invalid or expired token"))
        if request.parameter("apikey") != known["api_key"]:
            return self._refuse(ApiError(401, "Invalid or expired API key"))
        reads = request.method in ("GET", "HEAD")
        if known["rights"] != "write" and not (known["rights"] == "read" and reads):
            text = "You do not have permission to perform this action."
            return self._refuse(ApiError(403, text))
        return None

    def _refuse(self, error: ApiError) -> Reply:
        return errors.reply(error, self.knobs)

    def handle(self, request: Request) -> Reply:
        self._settle_all()
        route = routes.find(request)
        if request.operation.name == "dataplane":
            return self._dataplane(request, route)
        try:
            slashed = self._slashed(request)
            if slashed is not None:
                return slashed
            self._check_scope(request, route)
            handler = self._handlers.get(request.operation.name)
            if handler is None:
                raise ApiError(405 if route.known else 404, "Method not allowed or no such path")
            return handler(request, route)
        except ApiError as error:
            return self._refuse(error)

    def _slashed(self, request: Request) -> Reply | None:
        """What becomes of a path without its final slash."""
        wanted = self.knobs["missing_slash"]
        if request.raw_path.endswith("/") or wanted == "accept":
            return None
        if wanted == "not_found":
            raise ApiError(404, "No such path")
        query = f"?{request.raw_query}" if request.raw_query else ""
        return Reply(301, b"", [("Location", f"{request.raw_path}/{query}")])

    def _check_scope(self, request: Request, route: Route) -> None:
        """Layout, team, project, location and IAM account."""
        self._check_iam(request)
        if not route.layout:
            return
        if not self.knobs["layouts"][route.layout]:
            raise ApiError(self.knobs["dead_layout_status"], "This API is no longer available")
        location = request.parameter("location")
        if route.layout == "service":
            self._check_service(request, route, location)
        else:
            lookups.project(route.team or "", route.project or "", self.knobs)
        if location is not None and location not in self.knobs["locations"]:
            raise bad_field("location", f'"{location}" is not a valid choice.')

    def _check_service(self, request: Request, route: Route, location: str | None) -> None:
        if route.project is None and request.operation.name == "framework.list":
            return
        if route.project is None or not route.project.isdecimal():
            raise bad_field("project_id", reading.INVALID_INTEGER)
        if location is None:
            raise bad_field("location", reading.REQUIRED)
        teams = self.knobs["teams"].values()
        if not any(route.project in team["projects"] for team in teams):
            raise not_found("Project")

    def _check_iam(self, request: Request) -> None:
        account = request.parameter("active_iam")
        if account is None:
            if self.knobs["require_active_iam"] and request.operation.name != "iam.list":
                raise bad_field("active_iam", reading.REQUIRED)
        elif not account.isdecimal():
            raise bad_field("active_iam", reading.INVALID_INTEGER)
        elif int(account) not in self.knobs["iam_accounts"]:
            raise ApiError(403, "You do not have access to this account.")

    def error(self, status: int, code: str | None = None, message: str | None = None) -> Reply:
        """`code` is the envelope's code if it is to be another than the status."""
        number = int(code) if code and code.isdecimal() else status
        reply = errors.reply(ApiError(number, message or errors.phrase(number)), self.knobs)
        reply.status = status
        return reply

    def finish(self, request: Request, reply: Reply) -> None:
        if self.knobs["ratelimit_headers"] and request.operation.name != "dataplane":
            remaining = 0 if reply.status == 429 else RATE_LIMIT - 1
            reply.set_header("ratelimit-limit", str(RATE_LIMIT))
            reply.set_header("ratelimit-remaining", str(remaining))
            reply.set_header("ratelimit-reset", str(self.knobs["ratelimit_reset_seconds"]))

    # Finding and keeping.

    def _settle_all(self) -> float:
        now = self.clock.now()
        for key, endpoint in list(self.endpoints.items()):
            endpoint.settle(now)
            if endpoint.gone:
                del self.endpoints[key]
        return now

    def _time(self) -> str:
        return rfc3339(self.clock.now(), view.TIME_DIGITS)

    def _shelf(self, project: str | None) -> Shelf:
        key = project or ""
        if key not in self.shelves:
            self.shelves[key] = lookups.new_shelf(self._time())
        return self.shelves[key]

    def _visible(self, endpoint: Endpoint, request: Request) -> bool:
        """An endpoint belongs to one location."""
        location = request.parameter("location")
        unchecked = location is None or not self.knobs["check_location"]
        return unchecked or endpoint.spec.location == location

    def _find(self, request: Request, route: Route) -> Endpoint:
        endpoint = self.endpoints.get(f"{route.project}/{route.stars[0]}")
        if endpoint is None or not self._visible(endpoint, request):
            raise not_found(WHAT)
        return endpoint

    def _of(self, project: str | None) -> list[Endpoint]:
        return [e for e in self.endpoints.values() if e.project == project]

    def _show(self, endpoint: Endpoint, **more: Any) -> Document:
        models = self._shelf(endpoint.project).models
        return view.show(endpoint, models, self.knobs, **more)

    def _body(self, request: Request) -> Document:
        media = (request.header("Content-Type") or "").split(";")[0].strip().lower()
        if self.knobs["require_content_type"] and media != "application/json":
            raise ApiError(415, f'Unsupported media type "{media}" in request.')
        return reading.parse(request.body)

    def _scope(self, project: str, layout: str, location: str | None) -> Scope:
        shelf = self._shelf(project)
        return Scope(layout, location, frozenset(shelf.models), frozenset(shelf.integrations))

    def _note_ignored(self, request: Request, findings: Findings) -> None:
        """Unknown members have no effect, but tests want to know of them."""
        if findings.ignored:
            request.notes["ignored"] = findings.ignored
            operation = request.operation
            self.ignored.append(
                {
                    "operation": operation.name,
                    "target": operation.target,
                    "fields": findings.ignored,
                }
            )

    # Operations on endpoints.

    def _list(self, request: Request, route: Route) -> Reply:
        mine = [e for e in self._of(route.project) if self._visible(e, request)]
        rows = lookups.page(mine, request, self.knobs)
        return success([self._show(endpoint) for endpoint in rows])

    def _create(self, request: Request, route: Route) -> Reply:
        project = route.project or ""
        sent = actions.keep(self._body(request), {}, self.knobs["drop_create_fields"])
        scope = self._scope(project, route.layout, request.parameter("location"))
        findings = Findings()
        spec = body.read(sent, scope, self.knobs, findings)
        self._note_ignored(request, findings)
        if findings.errors:
            raise invalid(findings.errors)
        self._check_name(project, spec.name)
        actions.check_capacity(spec.machine, project, self.knobs)
        endpoint = self._add(project, sent, spec)
        return success(self._show(endpoint), 201)

    def _check_name(self, project: str, name: str) -> None:
        late = self.knobs["name_freed"] == "when_gone"
        for endpoint in self._of(project):
            if endpoint.name == name and (late or endpoint.deletion is None):
                text = "Inference with this name already exists."
                raise ApiError(self.knobs["duplicate_status"], text, {"name": [text]})

    def _add(self, project: str, sent: Document, spec: Spec) -> Endpoint:
        now = self.clock.now()
        number = self.ids.number("endpoint", FIRST_ENDPOINT)
        raw = copy.deepcopy(sent)
        start = Timeline(now, [Stage("waiting")])
        endpoint = Endpoint(number, project, spec, now, now, start, raw)
        failing = actions.use_up(self.knobs, "fail_next_create")
        endpoint.start(now, self.knobs, failing)
        endpoint.updated, endpoint.stale_reads = now, 0
        endpoint.security_groups = list(self.knobs["security_groups_at_first"])
        self.endpoints[endpoint.key] = endpoint
        return endpoint

    def _get(self, request: Request, route: Route) -> Reply:
        endpoint = self._find(request, route)
        status, updated = endpoint.poll(self.clock.now())
        return success(self._show(endpoint, status=status, updated=updated))

    def _put(self, request: Request, route: Route) -> Reply:
        endpoint = self._find(request, route)
        location = request.parameter("location") or endpoint.spec.location
        scope = self._scope(endpoint.project, route.layout, location)
        sent = self._body(request)
        work = actions.Actions(endpoint, sent, scope, self.knobs, self.clock.now())
        try:
            work.run()
        finally:
            self._note_ignored(request, work.findings)
        return success(self._show(endpoint))

    def _delete(self, request: Request, route: Route) -> Reply:
        endpoint = self._find(request, route)
        if endpoint.name in self.knobs["vpc_attaching"]:
            raise bad_request("Attaching a VPC IP is in progress")
        document = self._show(endpoint, status=self.knobs["delete_answer_status"] or None)
        endpoint.begin_delete(self.clock.now(), self.knobs)
        self._settle_all()
        return success(document)

    # Beside endpoints.

    def _logs(self, request: Request, route: Route) -> Reply:
        endpoint = self._find(request, route)
        first = {"timestamp": rfc3339(endpoint.created, 6), "log": f"starting {endpoint.name}"}
        return success([first, *self.logs.get(endpoint.key, [])])

    def _async_status(self, request: Request, route: Route) -> Reply:
        self._find(request, route)
        return success(lookups.page([], request, self.knobs))

    def _replicas(self, request: Request, route: Route) -> Reply:
        endpoint = self._find(request, route)
        rows = [
            {"name": name, "status": view.shown_status(endpoint.status, self.knobs)}
            for name in endpoint.workers(self.ids)
        ]
        return success(rows)

    def _restart_replica(self, request: Request, route: Route) -> Reply:
        endpoint = self._find(request, route)
        if route.stars[1] not in endpoint.workers(self.ids):
            raise not_found("Replica")
        endpoint.replicas.remove(route.stars[1])
        endpoint.workers(self.ids)
        return success({})

    def _groups(self, request: Request, route: Route) -> Reply:
        return success(attachments.groups(self._find(request, route)))

    def _attach_groups(self, request: Request, route: Route) -> Reply:
        endpoint, sent = self._find(request, route), self._body(request)
        findings = Findings()
        try:
            text = attachments.attach_groups(endpoint, sent, self.knobs, findings)
        finally:
            self._note_ignored(request, findings)
        return success(text)

    def _detach_group(self, request: Request, route: Route) -> Reply:
        endpoint = self._find(request, route)
        return success(attachments.detach_group(endpoint, route.stars[1], self.knobs))

    def _attach_address(self, request: Request, route: Route) -> Reply:
        endpoint, others = self._find(request, route), self._of(route.project)
        return success(attachments.attach_address(endpoint, route.stars[1], others, self.knobs))

    def _detach_address(self, request: Request, route: Route) -> Reply:
        endpoint = self._find(request, route)
        return success(attachments.detach_address(endpoint, route.stars[1], self.knobs))

    def _reserved(self, request: Request, route: Route) -> Reply:
        rows = attachments.reserved(self._of(route.project))
        return success({"reserved_ips": lookups.page(rows, request, self.knobs)})

    def _models(self, request: Request, route: Route) -> Reply:
        rows = list(self._shelf(route.project).models.values())
        return success(lookups.page(rows, request, self.knobs))

    def _model(self, request: Request, route: Route) -> Reply:
        models = self._shelf(route.project).models
        return success(lookups.numbered(models, route.stars[0], "Model"))

    def _create_model(self, request: Request, route: Route) -> Reply:
        number = self.ids.number("model", lookups.FIRST_MODEL)
        shelf = self._shelf(route.project)
        return success(lookups.add_model(shelf, self._body(request), number, self._time()), 201)

    def _delete_model(self, request: Request, route: Route) -> Reply:
        models = self._shelf(route.project).models
        row = lookups.numbered(models, route.stars[0], "Model")
        return success(models.pop(row["id"]))

    def _integrations(self, request: Request, route: Route) -> Reply:
        rows = lookups.integrations(self._shelf(route.project), request)
        return success(lookups.page(rows, request, self.knobs))

    def _integration(self, request: Request, route: Route) -> Reply:
        rows = self._shelf(route.project).integrations
        return success(lookups.numbered(rows, route.stars[0], "Integration"))

    def _create_integration(self, request: Request, route: Route) -> Reply:
        shelf, sent = self._shelf(route.project), self._body(request)
        number = self.ids.number("integration", lookups.FIRST_INTEGRATION)
        return success(lookups.add_integration(shelf, sent, number, self._time()), 201)

    def _delete_integration(self, request: Request, route: Route) -> Reply:
        rows = self._shelf(route.project).integrations
        row = lookups.numbered(rows, route.stars[0], "Integration")
        return success(rows.pop(row["id"]))

    def _service_count(self, request: Request, route: Route) -> Reply:
        return success({"inference_service": len(self._of(route.project))})

    def _dataplane(self, request: Request, route: Route) -> Reply:
        endpoint = self.endpoints.get(request.operation.target)
        if endpoint is None:
            return dataplane.refusal(404, "Not Found")
        if endpoint.status == "idle":
            endpoint.wake(self.clock.now(), self.knobs)
        if endpoint.status != "running":
            return dataplane.refusal(503, "No worker is ready")
        strict = self.knobs["check_served_model"]
        return dataplane.answer(request, endpoint, route.stars, strict)

    # Test-only routes.

    def overview(self) -> list[Shown]:
        self._settle_all()
        return [
            Shown(key, e.status, e.spec.machine.words, e.model) for key, e in self.endpoints.items()
        ]

    def state(self) -> Any:
        self._settle_all()
        return {
            "endpoints": {
                key: {
                    "body": endpoint.raw,
                    "status": endpoint.status,
                    "deleting": endpoint.deletion is not None,
                    "async": endpoint.asynchronous,
                    "security_groups": endpoint.security_groups,
                    "vpc_ips": endpoint.vpc_ips,
                    "view": self._show(endpoint),
                }
                for key, endpoint in self.endpoints.items()
            },
            "projects": {project: vars(shelf) for project, shelf in self.shelves.items()},
            "ignored": self.ignored,
        }

    def _chosen(self, target: str) -> Endpoint:
        self._settle_all()
        if target not in self.endpoints:
            raise ControlError(f"no endpoint {target!r}")
        return self.endpoints[target]

    def mutate(self, target: str, patch: Any, assign: dict[str, Any]) -> Any:
        """Patch the create body; `status` in it forces the state, `answer` overrides the answer,
        `async` is what update_async_configuration sets, `security_groups` and `vpc_ips` are what
        is attached."""
        endpoint = self._chosen(target)
        document = {
            **endpoint.raw,
            "answer": endpoint.overrides,
            "async": endpoint.asynchronous,
            "security_groups": endpoint.security_groups,
            "vpc_ips": endpoint.vpc_ips,
        }
        changed = apply_changes(document, patch, assign)
        overrides, status = changed.pop("answer", {}), changed.pop("status", None)
        asynchronous = changed.pop("async", {})
        attached = changed.pop("security_groups", []), changed.pop("vpc_ips", [])
        if status is not None and status not in STATES:
            raise ControlError(f"no state {status!r}, one of {', '.join(STATES)}")
        findings = Findings()
        layout = "legacy" if "name" in self.knobs["sku_forms"]["legacy"] else "service"
        kept = None if "location" in changed else endpoint.spec.location
        scope = self._scope(endpoint.project, layout, kept)
        spec = body.read(changed, scope, self.knobs, findings)
        if findings.errors:
            raise ControlError(f"no valid body: {findings.errors}")
        endpoint.raw, endpoint.spec, endpoint.overrides = changed, spec, overrides
        endpoint.asynchronous = asynchronous
        endpoint.security_groups, endpoint.vpc_ips = attached
        endpoint.touch(self.clock.now())
        if status is not None:
            endpoint.force(self.clock.now(), status)
        return self._show(endpoint)

    def delete(self, target: str) -> None:
        self._chosen(target)
        del self.endpoints[target]

    def control(self, action: str, arguments: dict[str, Any]) -> Any:
        if action == "ignored":
            return self.ignored
        if action == "fail":
            return self._control_fail(**arguments)
        if action == "log":
            endpoint = self._chosen(arguments["target"])
            row = {"timestamp": self._time(), "log": arguments["line"]}
            self.logs.setdefault(endpoint.key, []).append(row)
            return row
        return super().control(action, arguments)

    def _control_fail(self, target: str, message: str = "") -> Any:
        """Make an endpoint fail now."""
        endpoint = self._chosen(target)
        endpoint.failure = message or self.knobs["failure_message"]
        endpoint.force(self.clock.now(), "failed")
        return self._show(endpoint)
