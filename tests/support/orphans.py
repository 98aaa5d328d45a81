"""A provider whose engine ends while a create waits."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from support.engine import FakeEngine
from support.process import CHANNEL_OPTIONS, wait_until
from support.values import struct

Json = dict[str, Any]
ESTABLISHED = "01"  # in /proc/net/tcp
# The engine is a process between us and the provider, so that it can end. Output goes to a file: a
# pipe that breaks would be a reason of its own to end.
ENGINE = 'trap "" INT; exec 3>"$1"; shift; "$@" >&3 3>&- & echo $!; wait'


class Orphan:
    """A provider whose engine is a process that can be killed or stopped."""

    def __init__(
        self, binary: Path, out: Path, config: Json, type: str, attached: bool = False
    ) -> None:
        self.type = type
        self.log = FakeEngine()
        address = [] if attached else [self.log.address]
        self.engine = subprocess.Popen(
            ["bash", "-c", ENGINE, "bash", str(out), str(binary), *address],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env={**os.environ, "HOME": "/nonexistent"},
            start_new_session=True,
        )
        assert self.engine.stdout is not None
        self.pid = int(self.engine.stdout.readline())
        wait_until(lambda: out.exists() and out.read_text().endswith("\n"))
        self.port = int(out.read_text())
        self.channel = grpc.insecure_channel(f"127.0.0.1:{self.port}", CHANNEL_OPTIONS)
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)
        self.stub.Configure(
            provider_pb2.ConfigureRequest(
                args=struct(config), acceptSecrets=True, acceptResources=True
            ),
            timeout=60,
        )

    def create(self, inputs: Json) -> threading.Thread:
        """In the background; how it ends is of no interest."""
        request = provider_pb2.CreateRequest(
            urn=f"urn:pulumi:dev::shop::{self.type}::demo",
            properties=struct(inputs),
            name="demo",
            type=self.type,
        )

        def call() -> None:
            try:
                self.stub.Create(request, timeout=60)
            except (grpc.RpcError, ValueError):
                return

        thread = threading.Thread(target=call)
        thread.start()
        return thread

    def disconnect(self) -> None:
        self.channel.close()

    def is_connected(self) -> bool:
        """Whether we hold a connection to the provider: its port is the other end's."""
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return any(row[2].endswith(f":{self.port:04X}") and row[3] == ESTABLISHED for row in rows)

    def kill(self) -> None:
        """As the kernel does it: the connections break, then the process ends. gRPC closes in the
        background; with the process ended first, the reply could still leave, and what was replied
        is not taken back."""
        self.channel.close()
        wait_until(lambda: not self.is_connected())
        self.engine.kill()
        self.log.close()

    def has_ended(self) -> bool:
        try:
            return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except FileNotFoundError:
            return True

    def close(self) -> None:
        self.channel.close()
        self.log.close()
        if not self.has_ended():
            os.kill(self.pid, signal.SIGINT)
        wait_until(self.has_ended)
        self.engine.send_signal(signal.SIGCONT)
        self.engine.kill()
        self.engine.communicate()
