"""A proxy between the provider and a cloud that keeps the shape of what both say.

The provider reaches it as `https_proxy` and trusts its authority (`caFile`), so host names and
signatures stay what they are. Where a message goes is the only thing that a test changes: with
`service`, everything goes to that address in place of the host that was asked.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
import time
from collections.abc import Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp
import trustme
from aiohttp import web
from simulator.base.clock import Clock
from simulator.base.cloud import Context
from simulator.base.ids import Ids
from simulator.base.messages import Request
from simulator.registry import load
from yarl import URL

from live.shapes import merged, shape_of, words_of

# Headers of one connection, or that are made anew.
OWN_HEADERS = {
    "connection",
    "content-encoding",
    "content-length",
    "keep-alive",
    "transfer-encoding",
}


class Recorder:
    """Listens from `with` to its end, on a thread of its own. What `operations` holds is plain
    data without a value, a host or an id; it is whole once the `with` has ended."""

    def __init__(self, cloud: str, ca_file: Path, service: str | None = None) -> None:
        self.operations: dict[str, dict[str, Any]] = {}
        self.port = 0
        self._service = service
        known = load(cloud)
        self._cloud = known(Context(Clock(), Ids(""), "", known.first_knobs()))
        self._authority = trustme.CA()
        self._authority.cert_pem.write_to_path(ca_file)
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._tunnels: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Recorder:
        self._thread.start()
        self._do(self._open())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    # On the recorder's thread from here on.

    async def _open(self) -> None:
        # A service of this machine is reached straight, the others as the user's machine does.
        self._session = aiohttp.ClientSession(trust_env=self._service is None)
        self._runner = web.ServerRunner(web.Server(self._forward))
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self._named_context())
        await site.start()
        self._inner = self._runner.addresses[0][1]
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        for tunnel in self._tunnels:
            tunnel.cancel()
        await self._runner.cleanup()
        await self._session.close()

    def _named_context(self) -> ssl.SSLContext:
        """Each host gets a certificate of its name when it is asked for the first time."""
        first = self._context("localhost")

        def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
            connection.context = self._context(name or "localhost")

        first.sni_callback = choose
        return first

    def _context(self, name: str) -> ssl.SSLContext:
        if name not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._authority.issue_cert(name).configure_cert(context)
            self._contexts[name] = context
        return self._contexts[name]

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """CONNECT, whatever the host: TLS ends here."""
        task = asyncio.current_task()
        assert task is not None
        self._tunnels.add(task)
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._inner)
            await asyncio.gather(_copy(reader, inner_writer), _copy(inner_reader, writer))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
        finally:
            self._tunnels.discard(task)

    async def _forward(self, request: web.BaseRequest) -> web.Response:
        body = await request.read()
        url = (self._service or f"https://{request.host}") + request.raw_path
        try:
            async with self._session.request(
                request.method,
                URL(url, encoded=True),
                headers=_passed(request.headers),
                data=body,
                allow_redirects=False,
                skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            ) as reply:
                content = await reply.read()
        except aiohttp.ClientError as error:
            return web.Response(
                status=502, text=f"the recorder got no reply: {type(error).__name__}"
            )
        self._keep(request, body, reply, content)
        return web.Response(status=reply.status, headers=_passed(reply.headers), body=content)

    def _keep(
        self, request: web.BaseRequest, body: bytes, reply: aiohttp.ClientResponse, content: bytes
    ) -> None:
        path, _, query = request.raw_path.partition("?")
        asked = Request(
            request.method, path, query, list(request.headers.items()), body, time.time(), "https"
        )
        kept = self.operations.setdefault(
            self._cloud.identify(asked).name, {"request": {}, "replies": {}, "words": {}}
        )
        said = _read(content, reply.content_type)
        replies, status = kept["replies"], str(reply.status)
        kept["request"] = merged(kept["request"], shape_of(_read(body, "application/json")))
        replies[status] = merged(replies.get(status, {}), shape_of(said))
        kept["words"] = merged(kept["words"], words_of(said))


def _passed(headers: Any) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers.items() if name.lower() not in OWN_HEADERS]


def _read(content: bytes, media_type: str) -> Any:
    """What is no JSON is a text; nothing at all is null."""
    if not content:
        return None
    try:
        return json.loads(content) if "json" in media_type else ""
    except ValueError:
        return ""


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
