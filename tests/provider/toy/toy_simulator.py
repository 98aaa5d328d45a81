"""The toy cloud: endpoints by name in spaces, one look after a start still shows it starting."""

from __future__ import annotations

from typing import Any, ClassVar

from simulator.base.clock import rfc3339
from simulator.base.cloud import Cloud, Context
from simulator.base.messages import Operation, Reply, Request
from simulator.base.patching import merge

TOKEN = "toy_simulator"
ACTIONS = {"start": "starting", "stop": "stopped"}
VERBS = {"GET": "get", "PUT": "update", "DELETE": "delete"}


class Toy(Cloud):
    NAME: ClassVar[str] = "toy"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.endpoints: dict[str, dict[str, Any]] = {}

    def identify(self, request: Request) -> Operation:
        match request.method, request.segments:
            case "GET", ["v1", space, "endpoints"]:
                return Operation("list", space)
            case "POST", ["v1", space, "endpoints"]:
                return Operation("create", space)
            case method, ["v1", space, "endpoints", name] if method in VERBS:
                return Operation(VERBS[method], f"{space}/{name}")
            case "POST", ["v1", space, "endpoints", name, action] if action in ACTIONS:
                return Operation(action, f"{space}/{name}")
        return Operation("unknown")

    def guard(self, request: Request) -> Reply | None:
        good = request.header("Authorization") == f"Bearer {TOKEN}"
        return None if good else self.error(401, message="who are you?")

    def error(self, status: int, code: str | None = None, message: str | None = None) -> Reply:
        return Reply.json({"error": message or code or "error"}, status)

    def handle(self, request: Request) -> Reply:
        name, target = request.operation.name, request.operation.target
        if name == "list":
            shown = [one for key, one in self.endpoints.items() if key.startswith(f"{target}/")]
            return Reply.json({"endpoints": shown})
        if name == "create":
            return self.create(target, request.json())
        if target not in self.endpoints:
            return self.error(404, message="no such endpoint")
        return self.carry_out(name, target, request)

    def create(self, space: str, wanted: dict[str, Any]) -> Reply:
        target = f"{space}/{wanted['name']}"
        if target in self.endpoints:
            return self.error(409, message="the name is taken")
        wanted.pop("key", None)  # never shown again
        made = {"created": rfc3339(self.clock.now()), "url": f"{self.context.url}/{target}"}
        self.endpoints[target] = wanted | made | {"state": "starting"}
        return Reply.json(self.endpoints[target], 201)

    def carry_out(self, name: str, target: str, request: Request) -> Reply:
        if name == "delete":
            del self.endpoints[target]
            return Reply(204)
        endpoint = self.endpoints[target]
        if name == "update":
            endpoint = self.endpoints[target] = merge(endpoint, request.json() | {"key": None})
        endpoint["state"] = ACTIONS.get(name, endpoint["state"])
        shown = Reply.json(endpoint)
        if name == "get" and endpoint["state"] == "starting":
            endpoint["state"] = "running"
        return shown

    def state(self) -> Any:
        return self.endpoints

    def delete(self, target: str) -> None:
        del self.endpoints[target]
