"""A plain HTTP proxy on loopback between the provider and one simulated cloud."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
import threading
import traceback
from collections.abc import Callable, Coroutine
from typing import Any

from chaos.faults import End, Fault, Memory, When
from chaos.plan import CALM, Plan

LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)
CHUNKED = re.compile(rb"^transfer-encoding: *chunked", re.IGNORECASE | re.MULTILINE)
REFUSED_SECONDS = 0.5
DRIP_SECONDS = 0.05
HEAD_LIMIT = 1 << 20
Request = tuple[str, str, bytes]  # method, target, body
Phase = Callable[[str, str, bytes], str]


class Proxy:
    """Listens until `close`. Everything on its own thread; `plan` may be set from any."""

    def __init__(self, phase_of: Phase, error_shape: bytes) -> None:
        self._phase_of = phase_of
        self._error_shape = error_shape
        self._upstream = ("127.0.0.1", 0)
        self.plan = Plan(CALM, 0)
        self.on_end: Callable[[End], None] = lambda _: None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._reopening: asyncio.TimerHandle | None = None
        self._opening = asyncio.Lock()
        self._earlier: dict[Request, bytes] = {}  # replies, the latest last
        self.bugs: list[str] = []  # of the proxy itself: they would look like faults
        self._held, self.port = held_port()
        self._do(self._listen())

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def point_at(self, url: str) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        self._upstream = (host, int(port))

    def set_plan(self, plan: Plan) -> None:
        self.plan = plan

    def clear(self) -> None:
        """No more faults: connections end, what stalls is over, and the port is open again."""
        self.plan = Plan(CALM, 0)
        self._do(self._drop())
        self._earlier.clear()
        self._do(self._listen())

    def close(self) -> None:
        self._do(self._drop())
        self._do(self._stop_listening())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        self._held.close()

    # On the proxy's thread from here on.

    async def _listen(self) -> None:
        if self._reopening is not None:
            self._reopening.cancel()
            self._reopening = None
        async with self._opening:  # opened twice, it would be closed once
            if self._server is None:
                self._server = await asyncio.start_server(
                    self._serve, "127.0.0.1", self.port, limit=HEAD_LIMIT, reuse_port=True
                )

    async def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _drop(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        except Exception:
            self.bugs.append(traceback.format_exc())
        finally:
            self._tasks.discard(task)
            with contextlib.suppress(ConnectionError, RuntimeError):
                writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request; whether the connection goes on."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        body = await reader.readexactly(int(length[1])) if length else b""
        method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
        fault = self.plan.draw(self._phase_of(method, target, body))
        reply = await self._carry_out(head, body, fault)
        if fault is None:
            self._remember((method, target, body), reply)
            writer.write(reply)
            await writer.drain()
            return True
        reply = self._remembered(fault.memory, (method, target, body)) or reply
        return await self._spoil(fault, head + body, reply, writer)

    def _remember(self, request: Request, reply: bytes) -> None:
        self._earlier.pop(request, None)
        self._earlier[request] = reply

    def _remembered(self, memory: Memory, request: Request) -> bytes | None:
        match memory:
            case Memory.NONE:
                return None
            case Memory.SAME:
                return self._earlier.get(request)
            case Memory.ANY:
                return next(reversed(self._earlier.values()), None)

    async def _carry_out(self, head: bytes, body: bytes, fault: Fault | None) -> bytes:
        if fault is not None and fault.when is When.BEFORE:
            return b""
        if fault is not None and fault.when is When.TWICE:
            await self._forward(head, body)
        reply = await self._forward(head, body)
        if fault is not None and fault.change is not None:
            start, _, rest = reply.partition(b"\r\n\r\n")
            changed = fault.change(rest)
            start = LENGTH.sub(f"Content-Length: {len(changed)}".encode(), start)
            reply = start + b"\r\n\r\n" + changed
        if fault is not None and fault.reshape is not None:
            reply = fault.reshape(reply)
        return reply

    async def _forward(self, head: bytes, body: bytes) -> bytes:
        """The service's reply, on a connection of its own; with a length and nothing else."""
        reader, writer = await asyncio.open_connection(*self._upstream, limit=HEAD_LIMIT)
        line, _, rest = head.partition(b"\r\n")
        writer.write(line + b"\r\nConnection: close\r\n" + rest + body)
        await writer.drain()
        answer = await reader.read()
        writer.close()
        start, _, content = answer.partition(b"\r\n\r\n")
        if CHUNKED.search(start):
            content = unchunked(content)
        kept = [
            header
            for header in start.split(b"\r\n")
            if not header.lower().startswith(
                (b"connection:", b"transfer-encoding:", b"content-length:")
            )
        ]
        return b"\r\n".join([*kept, b"Content-Length: %d" % len(content)]) + b"\r\n\r\n" + content

    async def _spoil(
        self, fault: Fault, request: bytes, reply: bytes, writer: asyncio.StreamWriter
    ) -> bool:
        if fault.answer is not None:
            reply = fault.answer.render(request, self._error_shape)
        await asyncio.sleep(fault.delay_s)
        match fault.end:
            case End.REPLY:
                writer.write(reply)
            case End.REPEAT:
                writer.write(reply + reply)
            case End.CUT:
                writer.write(reply)
                await writer.drain()
                return False
            case End.DRIP:
                for at in range(len(reply)):
                    writer.write(reply[at : at + 1])
                    await writer.drain()
                    await asyncio.sleep(DRIP_SECONDS)
            case End.CLOSE:
                return False
            case End.RESET:
                reset(writer)
                return False
            case End.MIDDLE:
                writer.write(reply[: len(reply) // 2])
                await writer.drain()
                await asyncio.sleep(0.05)  # so that the half arrives before the reset
                reset(writer)
                return False
            case End.STALL:
                await asyncio.Event().wait()
            case End.REFUSE:
                await self._refuse(writer)
                return False
            case End.KILL | End.INTERRUPT | End.CANCEL | End.ENGINE:
                await self._loop.run_in_executor(None, self.on_end, fault.end)
                writer.write(reply)
        await writer.drain()
        return len(reply) > 0

    async def _refuse(self, writer: asyncio.StreamWriter) -> None:
        await self._stop_listening()
        reset(writer)
        if self._reopening is not None:
            self._reopening.cancel()
        self._reopening = self._loop.call_later(
            REFUSED_SECONDS, lambda: self._loop.create_task(self._listen())
        )


def held_port() -> tuple[socket.socket, int]:
    """A port that stays ours while nobody listens there: any connection of the machine could take
    it meanwhile, or another proxy. What is bound and does not listen refuses connections."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    held.bind(("127.0.0.1", 0))
    return held, held.getsockname()[1]


def reset(writer: asyncio.StreamWriter) -> None:
    """The other side sees a reset, not an orderly end."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def unchunked(content: bytes) -> bytes:
    out = b""
    while content:
        size, _, content = content.partition(b"\r\n")
        length = int(size.split(b";")[0] or b"0", 16)
        out, content = out + content[:length], content[length + 2 :]
    return out
