"""Starts a provider binary the way the engine does and talks to it."""

from __future__ import annotations

import os
import select
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2_grpc

MAX_MESSAGE_BYTES = 400 * 1024 * 1024
START_SECONDS = 60.0  # under valgrind on a busy machine
END_SECONDS = 60.0

CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_metadata_size", 16 * 1024 * 1024),
    ("grpc.enable_http_proxy", 0),
)


def wrapper() -> list[str]:
    """A command to run the binary under, such as valgrind."""
    return shlex.split(os.environ.get("INFERENCE_WRAPPER", ""))


class CallWatch(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):
    """Counts the calls in flight, of all processes together. Any thread may call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._in_flight = 0
        self.most_in_flight = 0
        self.cancelled = 0

    def restart(self) -> None:
        """What is counted from now on; calls that a test forgot stay in flight."""
        with self._lock:
            self.most_in_flight = self._in_flight
            self.cancelled = 0

    def _ended(self, call: grpc.Future) -> None:
        with self._lock:
            self._in_flight -= 1
            self.cancelled += call.code() == grpc.StatusCode.CANCELLED

    def intercept_unary_unary(
        self, continuation: Callable[..., Any], details: grpc.ClientCallDetails, request: Any
    ) -> Any:
        with self._lock:
            self._in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self._in_flight)
        call = continuation(details, request)
        call.add_done_callback(self._ended)
        return call

    intercept_unary_stream = intercept_unary_unary


CALLS = CallWatch()


class Provider:
    """One provider process and a channel to it."""

    def __init__(
        self,
        binary: Path,
        *arguments: str,
        environment: dict[str, str] | None = None,
        stdout: int = subprocess.PIPE,
    ) -> None:
        self.binary = binary
        self.process = subprocess.Popen(
            [*wrapper(), str(binary), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
        self._channel: grpc.Channel | None = None
        self._port: int | None = None

    def read_line(self) -> bytes:
        """The next line of standard output."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], START_SECONDS)
        assert ready, "nothing came on standard output"
        return self.process.stdout.readline()

    @property
    def port(self) -> int:
        if self._port is None:
            line = self.read_line()
            assert line.endswith(b"\n"), f"not a line: {line!r}"
            assert line.strip().isdigit(), f"not a port: {line!r}"
            self._port = int(line)
        return self._port

    @property
    def channel(self) -> grpc.Channel:
        if self._channel is None:
            self._channel = self.connect()
        return self._channel

    def connect(self) -> grpc.Channel:
        """A connection of its own."""
        options = (*CHANNEL_OPTIONS, ("grpc.use_local_subchannel_pool", 1))
        channel = grpc.insecure_channel(f"127.0.0.1:{self.port}", options=options)
        return grpc.intercept_channel(channel, CALLS)

    @property
    def stub(self) -> provider_pb2_grpc.ResourceProviderStub:
        return provider_pb2_grpc.ResourceProviderStub(self.channel)

    def call_raw(self, method: str, request: bytes, timeout: float = 60) -> bytes:
        """One call with bytes as they are, to send what no generated stub would."""
        path = method if method.startswith("/") else f"/pulumirpc.ResourceProvider/{method}"
        return self.channel.unary_unary(path)(request, timeout=timeout)

    def is_alive(self) -> bool:
        """It runs, and answers."""
        if self.process.poll() is not None:
            return False
        return self.stub.GetPluginInfo(empty_pb2.Empty(), timeout=60).version != ""

    def is_measurable(self) -> bool:
        """Neither under a wrapper nor with a sanitizer, which keep memory that was freed."""
        code = self.binary.read_bytes()
        return not wrapper() and b"__asan_init" not in code and b"__tsan_init" not in code

    def resident_bytes(self) -> int:
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmRSS")

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def wait(self) -> int:
        """Exit code once the process has ended."""
        return self.process.wait(END_SECONDS)

    def close(self) -> None:
        if self._channel is not None:
            self._channel.close()
        if self.process.poll() is None:
            self.interrupt()
        code = self.wait()
        assert self.process.stderr is not None
        errors = self.process.stderr.read().decode(errors="replace")
        self.process.stderr.close()
        if self.process.stdout is not None:
            self.process.stdout.close()
        assert code in (0, 2), f"exit code {code}: {errors}"

    def __enter__(self) -> Provider:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def run(binary: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    """Runs the binary to its end."""
    return subprocess.run(
        [*wrapper(), str(binary), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=START_SECONDS,
        check=False,
    )


def wait_until(condition, seconds: float = 30.0) -> None:  # type: ignore[no-untyped-def]
    """Polls until the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
