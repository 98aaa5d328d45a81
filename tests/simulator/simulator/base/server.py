"""Listening, and the path of one request: record, guard, fault, cloud, reply."""

from __future__ import annotations

import asyncio
import inspect
import itertools
import ssl
import sys
import time
import traceback
from typing import Any
from weakref import WeakKeyDictionary

from aiohttp import web

from simulator.base import delivery
from simulator.base.clock import Clock
from simulator.base.cloud import Cloud, Context, ControlError, set_knobs
from simulator.base.faults import Fault, Faults
from simulator.base.ids import Ids
from simulator.base.messages import Operation, Reply, Request
from simulator.base.record import Entry, Record

MAX_BODY_BYTES = 512 * 1024 * 1024
BACKLOG = 1024
SHUTDOWN_SECONDS = 0.2


class World:
    """Everything behind the listeners: clouds, clock, faults, record."""

    def __init__(self, classes: list[type[Cloud]], seed: str) -> None:
        self.classes = {cls.NAME: cls for cls in classes}
        self.seed = seed
        self.clock = Clock()
        self.faults = Faults()
        self.record = Record()
        self.first_knobs: dict[str, dict[str, Any]] = {}
        self.urls: dict[str, str] = {}
        self.clouds: dict[str, Cloud] = {}

    def start_cloud(self, name: str, url: str) -> None:
        self.urls[name] = url
        self.reset_cloud(name)

    def reset_cloud(self, name: str) -> None:
        """The cloud as it was at the start: nothing stored, first knobs, first ids."""
        cls = self.classes[name]
        ids = Ids(f"{self.seed}/{name}")
        cloud = cls(Context(self.clock, ids, self.urls[name], cls.first_knobs()))
        set_knobs(cloud, self.first_knobs.get(name, {}))
        self.clouds[name] = cloud

    def cloud(self, name: str | None) -> Cloud:
        if name not in self.clouds:
            raise ControlError(f"no cloud {name!r}, one of {', '.join(self.clouds)}")
        return self.clouds[name]


class Listener:
    """One port serving some clouds."""

    def __init__(self, world: World, names: list[str], tls: ssl.SSLContext | None) -> None:
        self._world = world
        self._names = names
        self._tls = tls
        self._runner: web.ServerRunner | None = None
        self._connections: WeakKeyDictionary[asyncio.BaseTransport, int] = WeakKeyDictionary()
        self._connection_numbers = itertools.count(1)
        self.host = ""
        self.port = 0

    async def start(self, host: str, port: int) -> str:
        server = web.Server(
            self._serve,
            request_factory=_make_request,
            access_log=None,
            max_line_size=65536,
            max_field_size=65536,
            keepalive_timeout=75,
        )
        self._runner = web.ServerRunner(server, shutdown_timeout=SHUTDOWN_SECONDS)
        await self._runner.setup()
        site = web.TCPSite(
            self._runner, host, port, ssl_context=self._tls, backlog=BACKLOG, reuse_address=True
        )
        await site.start()
        self.host, self.port = self._runner.addresses[0][:2]
        return self.url

    @property
    def url(self) -> str:
        scheme = "https" if self._tls else "http"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}"

    async def stop(self) -> None:
        """Stop listening and drop every connection."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def restart(self) -> None:
        """Listen again on the port had before."""
        if self._runner is None:
            await self.start(self.host, self.port)

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        if (request.headers.get("Expect") or "").lower() == "100-continue":
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            request.writer.output_size = 0
        received = await _received(request, self._world.clock.now())
        cloud = self._choose(received)
        try:
            received.operation = cloud.identify(received)
            trouble = None
        except Exception:
            trouble = traceback.format_exc()
        entry = self._world.record.open(
            cloud.NAME, received, self._connection_number(request), time.monotonic()
        )
        status = 0
        try:
            response, status = await self._answer(request, received, cloud, entry, trouble)
            return response
        finally:
            self._world.record.close(entry, status, time.monotonic())

    def _choose(self, request: Request) -> Cloud:
        """The cloud of a request: the only one here, or the first that claims it."""
        clouds = [self._world.clouds[name] for name in self._names]
        if len(clouds) == 1:
            return clouds[0]
        for cloud in clouds:
            if cloud.claims(request):
                return cloud
        return clouds[0]

    def _connection_number(self, request: web.BaseRequest) -> int:
        """A number that two requests share if they came over one connection."""
        transport = request.transport
        if transport is None:
            return 0
        if transport not in self._connections:
            self._connections[transport] = next(self._connection_numbers)
        return self._connections[transport]

    async def _answer(
        self,
        request: web.BaseRequest,
        received: Request,
        cloud: Cloud,
        entry: Entry,
        trouble: str | None,
    ) -> tuple[web.StreamResponse, int]:
        fault: Fault | None = None
        try:
            if trouble is not None:
                raise RuntimeError(trouble)
            refusal = cloud.guard(received)
            if refusal is None:
                operation = received.operation
                fault = self._world.faults.take(
                    cloud.NAME, operation.name, operation.target, received.method
                )
                entry.fault = fault.id if fault else None
                reply = await self._carry_out(received, cloud, fault)
            else:
                reply = refusal
            cloud.finish(received, reply)
            if fault is not None:
                reply = delivery.spoil(reply, fault)
        except Exception:
            entry.bug = traceback.format_exc()
            print(entry.bug, file=sys.stderr, flush=True)
            reply, fault = Reply.text("simulator bug, see its stderr", 500), None
        if fault is not None and fault.kind == "close":
            delivery.drop(request, fault.reset)
            return web.Response(), 0
        entry.reply_headers = list(reply.headers)
        entry.reply_body = reply.body
        entry.status = reply.status
        return await delivery.send(request, reply, fault), reply.status

    async def _carry_out(self, request: Request, cloud: Cloud, fault: Fault | None) -> Reply:
        if fault is not None and fault.delay_ms:
            await asyncio.sleep(fault.delay_ms / 1000)
        if fault is None or fault.applies:
            answer = cloud.handle(request)
            reply = await answer if inspect.isawaitable(answer) else answer
        else:
            reply = Reply()
        if fault is not None:
            if fault.kind == "error":
                reply = cloud.error(fault.status or 500, fault.code, fault.message)
            if fault.kind == "hold":
                await self._world.faults.held()
            if fault.delay_reply_ms:
                await asyncio.sleep(fault.delay_reply_ms / 1000)
        return reply


def _make_request(
    message: Any, payload: Any, protocol: Any, writer: Any, task: Any
) -> web.BaseRequest:
    loop = asyncio.get_running_loop()
    return web.BaseRequest(
        message, payload, protocol, writer, task, loop, client_max_size=MAX_BODY_BYTES
    )


async def _received(request: web.BaseRequest, now: float) -> Request:
    raw_path, _, raw_query = request.raw_path.partition("?")
    if not raw_path.startswith("/"):  # absolute form, as sent to proxies
        raw_path = "/" + raw_path.split("://", 1)[-1].partition("/")[2]
    headers = [
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in request.raw_headers
    ]
    body = await request.read()
    return Request(
        request.method,
        raw_path,
        raw_query,
        headers,
        body,
        now,
        request.scheme,
        Operation("unknown"),
    )
