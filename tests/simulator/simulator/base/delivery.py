"""Sending a reply through aiohttp, whole or spoilt as a fault rule says."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from simulator.base.faults import Fault
from simulator.base.messages import JSON_TYPE, Reply
from simulator.base.patching import apply_changes, remove_pointer

HTML_PAGE = b"<!DOCTYPE html>\n<html><head><title>Bad gateway</title></head><body></body></html>\n"
MALFORMED_TEXT = b'{"broken": [1, 2'


def spoil(reply: Reply, fault: Fault) -> Reply:
    """The reply a fault rule asks for, as far as status, headers and body go."""
    spoilt = Reply(fault.status or reply.status, reply.body, list(reply.headers), reply.stream)
    if fault.kind == "error":
        spoilt = _chosen(reply, fault)
    elif fault.kind == "malformed":
        body = fault.body if isinstance(fault.body, str) else None
        spoilt.body = MALFORMED_TEXT if body is None else body.encode()
        spoilt.set_header("Content-Type", JSON_TYPE)
    elif fault.kind == "html":
        spoilt.body = fault.body.encode() if isinstance(fault.body, str) else HTML_PAGE
        spoilt.set_header("Content-Type", "text/html; charset=utf-8")
    elif fault.kind == "empty":
        spoilt.body = b""
    elif fault.kind == "rewrite":
        spoilt.body = _rewritten(reply.body, fault)
    for name, value in fault.headers.items():
        spoilt.set_header(name, value)
    return spoilt


def _chosen(error: Reply, fault: Fault) -> Reply:
    """Status and body of the rule; without a body, the cloud's own error shape."""
    status = fault.status or error.status
    if fault.body is None:
        return Reply(status, error.body, list(error.headers))
    if isinstance(fault.body, str):
        return Reply.text(fault.body, status)
    return Reply.json(fault.body, status)


def _rewritten(body: bytes, fault: Fault) -> bytes:
    document = apply_changes(json.loads(body or b"null"), fault.merge, fault.assign)
    for pointer in fault.remove:
        remove_pointer(document, pointer)
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def drop(request: web.BaseRequest, reset: bool) -> None:
    """End the connection without a (further) byte."""
    transport = request.transport
    if transport is None:
        return
    if reset:
        _linger_zero(transport)
        transport.abort()
    else:
        transport.close()


def _linger_zero(transport: asyncio.Transport) -> None:
    """Make the kernel answer with a reset instead of an orderly end."""
    import socket
    import struct

    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _response(reply: Reply, length: int | None) -> web.StreamResponse:
    response = web.StreamResponse(status=reply.status)
    for name, value in reply.headers:
        response.headers.add(name, value)
    if length is not None:
        response.content_length = length
    return response


def bodiless(request: web.BaseRequest, reply: Reply) -> bool:
    return request.method == "HEAD" or reply.status in (204, 304)


async def send(request: web.BaseRequest, reply: Reply, fault: Fault | None) -> web.StreamResponse:
    """Send the reply; with a truncating or dripping rule, accordingly."""
    if reply.stream is not None:
        return await _send_stream(request, reply)
    if fault is not None and fault.kind == "truncated":
        return await _send_truncated(request, reply, fault)
    if fault is not None and fault.kind == "drip":
        return await _send_drip(request, reply, fault)
    body = b"" if bodiless(request, reply) else reply.body
    response = web.Response(status=reply.status, body=body)
    response.headers.popall("Content-Type", None)
    for name, value in reply.headers:
        response.headers.add(name, value)
    return response


async def _send_stream(request: web.BaseRequest, reply: Reply) -> web.StreamResponse:
    response = _response(reply, None)
    response.enable_chunked_encoding()
    await response.prepare(request)
    assert reply.stream is not None
    async for piece in reply.stream:
        if piece:
            await response.write(piece)
        elif request.transport is None or request.transport.is_closing():
            return response
    await response.write_eof()
    return response


async def _send_truncated(
    request: web.BaseRequest, reply: Reply, fault: Fault
) -> web.StreamResponse:
    response = _response(reply, len(reply.body))
    await response.prepare(request)
    await response.write(reply.body[: len(reply.body) // 2])
    drop(request, fault.reset)
    return response


async def _send_drip(request: web.BaseRequest, reply: Reply, fault: Fault) -> web.StreamResponse:
    response = _response(reply, len(reply.body))
    await response.prepare(request)
    step = max(1, fault.chunk_bytes)
    for start in range(0, len(reply.body), step):
        if start:
            await asyncio.sleep(fault.interval_ms / 1000)
        await response.write(reply.body[start : start + step])
    await response.write_eof()
    return response
