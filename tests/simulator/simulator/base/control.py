"""The test-only control route, `/_control/...`, and the page at `/`, on a port of their own,
always plain http."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from simulator.base import snapshot
from simulator.base.clock import parse_rfc3339, rfc3339
from simulator.base.cloud import ControlError, set_knobs
from simulator.base.faults import Fault
from simulator.base.page import Page
from simulator.base.server import Listener, World

Arguments = dict[str, Any]
MAX_BODY_BYTES = 64 * 1024 * 1024


class Control:
    """Serves a world's control route."""

    def __init__(self, world: World, listeners: dict[str, Listener]) -> None:
        self._world = world
        self._listeners = listeners
        self._runner: web.AppRunner | None = None

    async def start(self, host: str, port: int) -> str:
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        for method, path, action in self._routes():
            app.router.add_route(method, f"/_control{path}", _handler(action))
        app.router.add_post("/_control/listen", self._listen)
        Page(self._world).add_to(app.router)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        bound_host, bound_port = self._runner.addresses[0][:2]
        shown = f"[{bound_host}]" if ":" in bound_host else bound_host
        return f"http://{shown}:{bound_port}/_control"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def _routes(self) -> list[tuple[str, str, Callable[[Arguments], Any]]]:
        return [
            ("GET", "", self._summary),
            ("GET", "/requests", self._requests),
            ("DELETE", "/requests", self._clear_requests),
            ("GET", "/stats", lambda _: self._world.record.statistics()),
            ("GET", "/bugs", lambda _: self._world.record.bugs()),
            ("GET", "/faults", lambda _: self._world.faults.listing()),
            ("POST", "/faults", self._add_fault),
            ("DELETE", "/faults", self._clear_faults),
            ("POST", "/release", self._release),
            ("GET", "/knobs", self._show_knobs),
            ("POST", "/knobs", self._set_knobs),
            ("GET", "/clock", lambda _: self._clock()),
            ("POST", "/clock", self._set_clock),
            ("POST", "/reset", self._reset),
            ("GET", "/state", self._state),
            ("GET", "/snapshot", self._snapshot),
            ("POST", "/restore", self._restore),
            ("POST", "/mutate", self._mutate),
            ("POST", "/delete", self._delete),
            ("POST", "/call", self._call),
        ]

    def _summary(self, _: Arguments) -> Any:
        return {"clouds": self._world.urls, "clock": self._clock(), "seed": self._world.seed}

    def _requests(self, arguments: Arguments) -> Any:
        after = int(arguments.pop("after", 0))
        try:
            entries = self._world.record.select(**arguments, after=after)
        except TypeError as error:
            raise ControlError(str(error)) from error
        return [entry.as_json() for entry in entries]

    def _clear_requests(self, arguments: Arguments) -> Any:
        self._world.record.clear(arguments.get("cloud"))
        return {}

    def _add_fault(self, arguments: Arguments) -> Any:
        cloud = arguments.get("cloud", "*")
        if cloud != "*":
            self._world.cloud(cloud)
        try:
            rule: Fault = self._world.faults.add(arguments)
        except (TypeError, ValueError) as error:
            raise ControlError(str(error)) from error
        return {"id": rule.id}

    def _clear_faults(self, arguments: Arguments) -> Any:
        self._world.faults.clear(arguments.get("cloud"))
        return {}

    def _release(self, _: Arguments) -> Any:
        self._world.faults.release()
        return {}

    def _show_knobs(self, arguments: Arguments) -> Any:
        return self._world.cloud(arguments.get("cloud")).knobs

    def _set_knobs(self, arguments: Arguments) -> Any:
        cloud = self._world.cloud(arguments.get("cloud"))
        set_knobs(cloud, arguments.get("values") or {})
        return cloud.knobs

    def _clock(self) -> Any:
        now = self._world.clock.now()
        return {"now": now, "time": rfc3339(now), "frozen": self._world.clock.frozen}

    def _set_clock(self, arguments: Arguments) -> Any:
        clock = self._world.clock
        known = {"freeze", "set", "advance", "reset"}
        if not arguments or set(arguments) - known:
            raise ControlError(f"the clock takes {', '.join(sorted(known))}")
        if arguments.get("reset"):
            clock.reset()
        if arguments.get("freeze") is True:
            clock.freeze()
        if "set" in arguments:
            moment = arguments["set"]
            clock.set(parse_rfc3339(moment) if isinstance(moment, str) else float(moment))
        if "advance" in arguments:
            clock.advance(float(arguments["advance"]))
        if arguments.get("freeze") is False:
            clock.unfreeze()
        return self._clock()

    def _reset(self, arguments: Arguments) -> Any:
        """One cloud, or all of them and the clock; faults and record of what is reset go too."""
        name = arguments.get("cloud")
        if name is not None:
            self._world.cloud(name)
        else:
            self._world.clock.reset()
        for cloud in [name] if name else list(self._world.clouds):
            self._world.reset_cloud(cloud)
        self._world.faults.clear(name)
        self._world.record.clear(name)
        return {}

    def _state(self, arguments: Arguments) -> Any:
        name = arguments.get("cloud")
        if name is not None:
            return self._world.cloud(name).state()
        return {key: cloud.state() for key, cloud in self._world.clouds.items()}

    def _snapshot(self, arguments: Arguments) -> Any:
        return snapshot.take(self._world.cloud(arguments.get("cloud")))

    def _restore(self, arguments: Arguments) -> Any:
        cloud = self._world.cloud(arguments.get("cloud"))
        snapshot.put_back(cloud, arguments.get("snapshot") or {})
        return {}

    def _mutate(self, arguments: Arguments) -> Any:
        cloud = self._world.cloud(arguments.get("cloud"))
        return cloud.mutate(
            str(arguments.get("target")), arguments.get("patch"), arguments.get("assign") or {}
        )

    def _delete(self, arguments: Arguments) -> Any:
        self._world.cloud(arguments.get("cloud")).delete(str(arguments.get("target")))
        return {}

    def _call(self, arguments: Arguments) -> Any:
        cloud = self._world.cloud(arguments.get("cloud"))
        return cloud.control(str(arguments.get("action")), arguments.get("arguments") or {})

    async def _listen(self, request: web.Request) -> web.Response:
        """`{"cloud": ..., "up": false}` closes a cloud's port, true opens it again."""
        arguments = await request.json()
        name = arguments.get("cloud")
        if name not in self._listeners:
            return web.json_response({"error": f"no cloud {name!r}"}, status=400)
        if arguments.get("up"):
            await self._listeners[name].restart()
        else:
            await self._listeners[name].stop()
        return web.json_response({})


def _handler(action: Callable[[Arguments], Any]) -> Callable[[web.Request], Any]:
    async def handle(request: web.Request) -> web.Response:
        try:
            arguments: Arguments = dict(request.query)
            if request.can_read_body:
                body = await request.json()
                if not isinstance(body, dict):
                    raise ControlError("the body must be a JSON object")
                arguments.update(body)
            return web.json_response(action(arguments))
        except (ControlError, ValueError, KeyError) as error:
            return web.json_response({"error": str(error)}, status=400)

    return handle
