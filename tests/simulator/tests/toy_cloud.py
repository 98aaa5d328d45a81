"""The smallest cloud that touches every part of the core; the core's tests run against it."""

from __future__ import annotations

from typing import Any, ClassVar

from simulator.base.cloud import Cloud, Context, ControlError
from simulator.base.messages import Operation, Reply, Request
from simulator.base.patching import apply_changes
from simulator.base.timeline import Timeline, stages


class Toy(Cloud):
    """`PUT|GET|DELETE /things/{name}`, `GET /crash`."""

    NAME = "toy"
    KNOBS: ClassVar[dict[str, Any]] = {
        "key": "secret",
        "polls": {"new": 1},
        "seconds": {"new": 0},
    }

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.things: dict[str, dict[str, Any]] = {}
        self.times: dict[str, Timeline] = {}

    def identify(self, request: Request) -> Operation:
        parts = request.segments
        if parts[0] == "things" and len(parts) == 2:
            return Operation(request.method.lower(), parts[1])
        if parts == ["crash"]:
            return Operation("crash")
        return Operation("unknown")

    def guard(self, request: Request) -> Reply | None:
        if request.header("authorization") != self.knobs["key"]:
            return self.error(401, "NoKey")
        return None

    def handle(self, request: Request) -> Reply:
        name = request.operation.target
        if request.operation.name == "crash":
            raise RuntimeError("planted bug")
        if request.operation.name == "put":
            row = stages(["new"], self.knobs["polls"], self.knobs["seconds"], "ready")
            self.things[name] = {"name": name, "id": self.ids.hex(8), "value": request.json()}
            self.times[name] = Timeline(self.clock.now(), row)
            request.notes["stored"] = True
            return self._show(name, self.times[name].settle(self.clock.now()))
        if name not in self.things:
            return self.error(404, "NotFound", f"no {name}")
        if request.operation.name == "delete":
            self.delete(name)
            return Reply(204)
        return self._show(name, self.times[name].poll(self.clock.now()))

    def _show(self, name: str, state: str) -> Reply:
        return Reply.json({**self.things[name], "state": state, "url": self.context.url})

    def error(self, status: int, code: str | None = None, message: str | None = None) -> Reply:
        return Reply.json({"code": code, "message": message}, status)

    def finish(self, request: Request, reply: Reply) -> None:
        reply.set_header("X-Toy", str(self.ids.number("reply")))

    def state(self) -> Any:
        return self.things

    def mutate(self, target: str, patch: Any, assign: dict[str, Any]) -> Any:
        if target not in self.things:
            raise ControlError(f"no thing {target!r}")
        self.things[target] = apply_changes(self.things[target], patch, assign)
        return self.things[target]

    def delete(self, target: str) -> None:
        if self.things.pop(target, None) is None:
            raise ControlError(f"no thing {target!r}")
        del self.times[target]

    def control(self, action: str, arguments: dict[str, Any]) -> Any:
        if action == "count":
            return {"count": len(self.things), "arguments": arguments}
        return super().control(action, arguments)
