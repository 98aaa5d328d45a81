"""Many Checks and Diffs, encoded beforehand so that the client costs little."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2

from bench import inputs
from bench.provider import CALL_SECONDS, SERVICE, BenchError, Provider

METHODS = ("GetPluginInfo", "Check", "Diff", "Create", "Read")
IN_FLIGHT = 16  # what the engine keeps going by default is four for each core


@dataclass(frozen=True)
class Call:
    method: str
    request: bytes


def check_inputs(provider: Provider, news: dict[str, Any]) -> Any:
    response = provider.stub.Check(inputs.check_request(news), timeout=CALL_SECONDS)
    if response.failures:
        raise BenchError(f"Check refuses {news['name']}: {response.failures}")
    return response.inputs


def verify_diff(provider: Provider, request: Any, paths: set[str]) -> None:
    response = provider.stub.Diff(request, timeout=CALL_SECONDS)
    found = {path.split("[")[0] for path in response.detailedDiff}
    if found != paths:
        raise BenchError(f"Diff of {request.urn} tells {sorted(found)}, not {sorted(paths)}")


def checks(provider: Provider) -> list[Call]:
    """New endpoints and ones that are in the state already."""
    calls = []
    for index, make in enumerate(inputs.MAKERS):
        news = make(f"endpoint-{index}")
        check_inputs(provider, news)
        for olds in (None, news):
            request = inputs.check_request(news, olds)
            calls.append(Call("Check", request.SerializeToString()))
    return calls


def diffs(provider: Provider) -> list[Call]:
    """Unchanged, an update, a replacement and a list, of each kind of endpoint."""
    calls = []
    for index, make in enumerate(inputs.MAKERS):
        old = make(f"endpoint-{index}")
        for turn in range(4):
            news, paths = inputs.changed(old, turn)
            request = inputs.diff_request(old, news)
            verify_diff(provider, request, paths)
            calls.append(Call("Diff", request.SerializeToString()))
    return calls


def mixed(provider: Provider) -> list[Call]:
    """As many Checks as Diffs, taking turns."""
    all_diffs = diffs(provider)
    pairs = zip(itertools.cycle(checks(provider)), all_diffs, strict=False)
    return [call for pair in pairs for call in pair]


class Sender:
    """Keeps a number of calls going on one connection; every one must succeed."""

    def __init__(self, channel: grpc.Channel, in_flight: int = IN_FLIGHT) -> None:
        self._methods = {name: channel.unary_unary(SERVICE + name) for name in METHODS}
        self._places = threading.BoundedSemaphore(in_flight)
        self._in_flight = in_flight
        self._error: grpc.RpcError | None = None

    def _done(self, future: Any) -> None:
        error = future.exception()
        if error is not None:
            self._error = error
        self._places.release()

    def send(self, calls: Iterable[Call]) -> None:
        for call in calls:
            self._places.acquire()
            if self._error is not None:
                break
            future = self._methods[call.method].future(call.request, timeout=CALL_SECONDS)
            future.add_done_callback(self._done)
        for _ in range(self._in_flight):
            self._places.acquire()
        for _ in range(self._in_flight):
            self._places.release()
        if self._error is not None:
            raise BenchError(f"a call failed: {self._error}")


def send(provider: Provider, calls: list[Call], count: int) -> None:
    Sender(provider.channel).send(itertools.islice(itertools.cycle(calls), count))


def schema_bytes(channel: grpc.Channel) -> bytes:
    request = provider_pb2.GetSchemaRequest().SerializeToString()
    reply: bytes = channel.unary_unary(SERVICE + "GetSchema")(
        request, timeout=CALL_SECONDS, wait_for_ready=True
    )
    return reply
