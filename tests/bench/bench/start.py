"""From starting the process to its port line and to its first answer."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import grpc

from bench.calls import schema_bytes
from bench.figures import Figure, median, percentile
from bench.provider import (
    CHANNEL_OPTIONS,
    SERVICE,
    BenchError,
    Engine,
    Provider,
    open_channel,
    read_port,
    spawn,
)

NULL_PROCESS = Path("/bin/echo")  # a C program that prints a line
PORT_LIMIT_MS = 10.0
SCHEMA_LIMIT_MS = 15.0
# Starts of a server that is gRPC alone, until its port, and until its first answer.
BARE_PORT_LIMIT = 2.0
BARE_SCHEMA_LIMIT = 3.0


class Reference(grpc.GenericRpcHandler):
    """Answers GetSchema with bytes that are ready."""

    def __init__(self, reply: bytes) -> None:
        self.reply = reply

    def service(self, details: Any) -> Any:
        if details.method != SERVICE + "GetSchema":
            return None
        return grpc.unary_unary_rpc_method_handler(lambda request, context: self.reply)


def serve_reference(reply: bytes, pipe: Connection) -> None:
    """In a process of its own, until the pipe says something or is closed."""
    server = grpc.server(futures.ThreadPoolExecutor(1), options=CHANNEL_OPTIONS)
    server.add_generic_rpc_handlers((Reference(reply),))
    pipe.send(server.add_insecure_port("127.0.0.1:0"))
    server.start()
    pipe.poll(None)
    server.stop(None).wait()


@contextmanager
def reference_server(reply: bytes) -> Iterator[int]:
    """Its port."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve_reference, args=(reply, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send(None)
        process.join(10)


def elapsed_ms(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def start(program: Path) -> float:
    """Until a line that looks like a port."""
    started = time.perf_counter()
    process = spawn([str(program), "1"])
    read_port(process)
    result = elapsed_ms(started)
    process.terminate()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()
    return result


def first_schema(port: int, expected: bytes) -> None:
    with open_channel(port) as channel:
        if schema_bytes(channel) != expected:
            raise BenchError("GetSchema answers differ")


def connect_and_ask(port: int, expected: bytes) -> float:
    """A new connection and one call, to a server that has been up for long."""
    started = time.perf_counter()
    first_schema(port, expected)
    return elapsed_ms(started)


def provider_start(binary: Path, engine: Engine, expected: bytes) -> tuple[float, float]:
    """Until the port line, and until the schema is there."""
    started = time.perf_counter()
    process = spawn([str(binary), engine.address])
    port = read_port(process)
    port_ms = elapsed_ms(started)
    first_schema(port, expected)
    schema_ms = elapsed_ms(started)
    process.terminate()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()
    return port_ms, schema_ms


def bare_start(program: Path) -> tuple[float, float]:
    """Until the port line, and until its first answer, which is a refusal."""
    started = time.perf_counter()
    process = spawn([str(program)])
    port = read_port(process)
    port_ms = elapsed_ms(started)
    with open_channel(port) as channel:
        try:
            schema_bytes(channel)
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.UNIMPLEMENTED:
                raise BenchError(f"the bare server answers {error.code()}") from None
    answer_ms = elapsed_ms(started)
    process.terminate()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()
    return port_ms, answer_ms


def compared(what: str, own: float, bares: list[float], limit: float) -> list[Figure]:
    if not bares:
        return []
    bare = median(bares)
    return [
        Figure(f"  a bare C gRPC server {what}, p50", bare, "ms"),
        Figure("  starts of the bare server in one", own / bare, "x", limit),
    ]


def measure(binary: Path, bare_server: Path | None, engine: Engine, count: int) -> list[Figure]:
    """What is compared takes turns, so that noise of the machine meets all alike."""
    ports, schemas, nulls, references, warm = [], [], [], [], []
    bares: list[tuple[float, float]] = []
    with Provider(binary, engine) as provider:
        expected = schema_bytes(provider.channel)
        with reference_server(expected) as reference_port:
            for _ in range(count):
                nulls.append(start(NULL_PROCESS))
                if bare_server is not None:
                    bares.append(bare_start(bare_server))
                references.append(connect_and_ask(reference_port, expected))
                warm.append(connect_and_ask(provider.port, expected))
                port_ms, schema_ms = provider_start(binary, engine, expected)
                ports.append(port_ms)
                schemas.append(schema_ms)
    null, reference = median(nulls), median(references)
    port, schema = median(ports), median(schemas)
    return [
        Figure("start to port line, p50", port, "ms", PORT_LIMIT_MS, f"{count} starts"),
        Figure("start to port line, p95", percentile(ports, 0.95), "ms"),
        Figure("  /bin/echo to its line, p50", null, "ms", note=f"ratio {port / null:.1f}"),
        *compared("to its port line", port, [bare for bare, _ in bares], BARE_PORT_LIMIT),
        Figure("start to first GetSchema answer, p50", schema, "ms", SCHEMA_LIMIT_MS),
        Figure("start to first GetSchema answer, p95", percentile(schemas, 0.95), "ms"),
        *compared("to its first answer", schema, [first for _, first in bares], BARE_SCHEMA_LIMIT),
        Figure(
            "  connect and GetSchema, trivial server, p50",
            reference,
            "ms",
            note=f"what the client costs; with /bin/echo ratio {schema / (null + reference):.1f}",
        ),
        Figure(
            "  connect and GetSchema, running provider, p50",
            median(warm),
            "ms",
            note=f"ratio to the trivial server {median(warm) / reference:.1f}",
        ),
    ]
