"""An engine that keeps what providers tell it."""

from __future__ import annotations

import threading
from concurrent import futures
from dataclasses import dataclass

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc


@dataclass(frozen=True)
class LogRecord:
    severity: int
    message: str
    urn: str
    ephemeral: bool


class FakeEngine(engine_pb2_grpc.EngineServicer):
    """Serves Engine.Log on loopback. `hold` keeps every Log call waiting."""

    def __init__(self) -> None:
        self.records: list[LogRecord] = []
        self.arrived = 0
        self.hold = threading.Event()
        self.hold.set()
        self._server = grpc.server(
            futures.ThreadPoolExecutor(4), options=(("grpc.so_reuseport", 0),)
        )
        engine_pb2_grpc.add_EngineServicer_to_server(self, self._server)
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def messages(self) -> list[str]:
        return [record.message for record in self.records]

    def Log(self, request: engine_pb2.LogRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        self.arrived += 1
        self.hold.wait(30)
        self.records.append(
            LogRecord(request.severity, request.message, request.urn, request.ephemeral)
        )
        return empty_pb2.Empty()

    def close(self) -> None:
        self.hold.set()
        self._server.stop(None)
