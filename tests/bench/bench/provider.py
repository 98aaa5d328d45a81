"""A provider process, started as the engine starts it, and calls to it."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Sequence
from concurrent import futures
from pathlib import Path
from types import TracebackType
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, provider_pb2_grpc

from bench import inputs

MAX_MESSAGE_BYTES = 400 * 1024 * 1024
START_SECONDS = 120.0  # under callgrind on a busy machine
CALL_SECONDS = 300.0
SERVICE = "/pulumirpc.ResourceProvider/"

CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.enable_http_proxy", 0),
    ("grpc.use_local_subchannel_pool", 1),  # a connection of its own for each channel
)


class BenchError(Exception):
    """Something answered wrongly: figures of it would mean nothing."""


def open_channel(port: int) -> grpc.Channel:
    return grpc.insecure_channel(f"127.0.0.1:{port}", options=CHANNEL_OPTIONS)


class Engine(engine_pb2_grpc.EngineServicer):
    """Takes log messages and forgets them."""

    def __init__(self) -> None:
        self.server = grpc.server(futures.ThreadPoolExecutor(2), options=CHANNEL_OPTIONS)
        engine_pb2_grpc.add_EngineServicer_to_server(self, self.server)
        self.address = f"127.0.0.1:{self.server.add_insecure_port('127.0.0.1:0')}"
        self.server.start()

    def Log(self, request: engine_pb2.LogRequest, context: Any) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def stop(self) -> None:
        self.server.stop(None).wait()


def spawn(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Nothing of this machine's settings gets in: no tokens, no proxies."""
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent"}
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )


def read_port(process: subprocess.Popen[bytes]) -> int:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line.strip().isdigit():
        raise BenchError(f"no port but {line!r} on standard output")
    return int(line)


class Provider:
    """Ends with the `with` block."""

    ends: Sequence[int] = (0,)  # the status it may end with

    def __init__(self, binary: Path, engine: Engine, wrapper: Sequence[str] = ()) -> None:
        self.engine = engine
        self.process = spawn([*wrapper, str(binary), engine.address])
        watchdog = threading.Timer(START_SECONDS, self.process.kill)
        watchdog.start()
        try:
            self.port = read_port(self.process)
        finally:
            watchdog.cancel()
        self.channel = open_channel(self.port)
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)

    def configure(self, **config: Any) -> None:
        """All that the engine says before the first resource."""
        self.introduce("inference", hfToken=inputs.secret(inputs.TOKEN), **config)

    def introduce(self, package: str, **config: Any) -> None:
        """The same to any provider: what an older one does not know it refuses."""
        handshake = provider_pb2.ProviderHandshakeRequest(
            engine_address=self.engine.address, configure_with_urn=True
        )
        try:
            self.stub.Handshake(handshake, timeout=CALL_SECONDS)
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.UNIMPLEMENTED:
                raise
        self.stub.GetPluginInfo(empty_pb2.Empty(), timeout=CALL_SECONDS)
        self.stub.GetSchema(provider_pb2.GetSchemaRequest(), timeout=CALL_SECONDS)
        args = inputs.struct(config)
        urn = f"urn:pulumi:production::model-serving::pulumi:providers:{package}::default"
        self.stub.CheckConfig(provider_pb2.CheckRequest(urn=urn, news=args), timeout=CALL_SECONDS)
        self.stub.Configure(
            provider_pb2.ConfigureRequest(
                args=args,
                acceptSecrets=True,
                acceptResources=True,
                sends_old_inputs=True,
                sends_old_inputs_to_delete=True,
            ),
            timeout=CALL_SECONDS,
        )

    def status(self) -> dict[str, int]:
        """Memory and threads as the kernel counts them; sizes in bytes."""
        found = {}
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            key, _, rest = line.partition(":")
            if key.startswith(("Vm", "Rss")) and rest.strip().endswith("kB"):
                found[key] = int(rest.split()[0]) * 1024
            elif key == "Threads":
                found[key] = int(rest)
        return found

    def close(self) -> None:
        self.channel.close()
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(START_SECONDS)
        assert self.process.stdout is not None
        self.process.stdout.close()
        if code not in self.ends:
            raise BenchError(f"the provider ended with {code}")

    def __enter__(self) -> Provider:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.channel.close()
            self.process.kill()
            self.process.wait()
