"""Messages to the engine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import engine_pb2, plugin_pb2, provider_pb2
from support.engine import FakeEngine, LogRecord
from support.process import Provider, wait_until
from support.values import secret, struct

pytestmark = pytest.mark.uninstrumented

URN = "urn:pulumi:s::p::echo:index:Echo::n"


@pytest.fixture
def attached(echo_binary: Path, engine: FakeEngine) -> Iterator[Provider]:
    """Started with the engine's address."""
    with Provider(echo_binary, engine.address) as provider:
        yield provider


def log(provider: Provider, *records: dict[str, Any], **more: Any) -> None:
    news = struct({"log": list(records), **more})
    provider.stub.Check(provider_pb2.CheckRequest(urn=URN, news=news))


def record(message: str, level: str = "info", ephemeral: bool = False) -> dict[str, Any]:
    return {"message": message, "level": level, "ephemeral": ephemeral}


@pytest.mark.valgrind_smoke
def test_records_arrive_in_order_with_all_they_have(attached: Provider, engine: FakeEngine) -> None:
    log(
        attached,
        record("one"),
        record("two", "warning"),
        record("three", "error"),
        record("four", ephemeral=True),
    )
    wait_until(lambda: len(engine.records) == 4)
    assert engine.records == [
        LogRecord(engine_pb2.INFO, "one", URN, False),
        LogRecord(engine_pb2.WARNING, "two", URN, False),
        LogRecord(engine_pb2.ERROR, "three", URN, False),
        LogRecord(engine_pb2.INFO, "four", URN, True),
    ]


def test_secrets_are_masked(attached: Provider, engine: FakeEngine) -> None:
    log(attached, record("token hunter2-hunter2"), token=secret("hunter2-hunter2"))
    wait_until(lambda: len(engine.records) == 1)
    assert engine.messages == ["token [secret]"]


def test_debug_messages_stay_behind_unless_asked_for(echo_binary: Path, engine: FakeEngine) -> None:
    with Provider(echo_binary, engine.address) as provider:
        log(provider, record("hidden", "debug"), record("shown"))
        wait_until(lambda: "shown" in engine.messages)
    with Provider(echo_binary, "-v=9", engine.address) as provider:
        log(provider, record("detail", "debug"), record("end"))
        wait_until(lambda: "end" in engine.messages)
    assert engine.messages == ["shown", "detail", "end"]


@pytest.mark.parametrize("by", ["handshake", "attach"])
def test_address_arrives_later(echo: Provider, engine: FakeEngine, by: str) -> None:
    log(echo, record("lost"))
    if by == "handshake":
        request = provider_pb2.ProviderHandshakeRequest(engine_address=engine.address)
        echo.stub.Handshake(request)
    else:
        echo.stub.Attach(plugin_pb2.PluginAttach(address=engine.address))
    log(echo, record("kept"))
    wait_until(lambda: len(engine.records) == 1)
    assert engine.messages == ["kept"]


def test_without_an_engine_messages_go_to_stderr_when_asked_for(echo_binary: Path) -> None:
    shown = {}
    for verbosity in ("-v=8", "-v=9"):
        provider = Provider(echo_binary, verbosity)
        log(provider, record("detail", "debug"), record("care", "warning"))
        provider.interrupt()
        assert provider.wait() == 0
        assert provider.process.stderr is not None
        shown[verbosity] = provider.process.stderr.read().decode()
        provider.close()
    assert shown == {"-v=8": "", "-v=9": f"debug: {URN}: detail\nwarning: {URN}: care\n"}


def test_attach_moves_to_another_engine(attached: Provider, engine: FakeEngine) -> None:
    log(attached, record("first"))
    wait_until(lambda: engine.messages == ["first"])
    other = FakeEngine()
    attached.stub.Attach(plugin_pb2.PluginAttach(address=other.address))
    log(attached, record("second"))
    wait_until(lambda: other.messages == ["second"])
    other.close()
    assert engine.messages == ["first"]


SEND_SECONDS = 2.0  # after which a message to the engine is given up


def test_a_slow_engine_delays_nobody_and_keeps_what_matters(
    attached: Provider, engine: FakeEngine
) -> None:
    engine.hold.clear()
    log(attached, record("held"))
    wait_until(lambda: engine.arrived == 1)
    began = time.monotonic()
    for number in range(3000):
        log(attached, record(f"status {number}", ephemeral=True))
    log(attached, record("kept"))
    # Those calls did not wait: the engine has seen no more than what was given up meanwhile.
    given_up = (time.monotonic() - began) / SEND_SECONDS
    assert engine.arrived <= 3 + given_up
    engine.hold.set()
    wait_until(lambda: "kept" in engine.messages)
    statuses = [one.message for one in engine.records if one.ephemeral]
    assert statuses[-1] == "status 2999"
    assert len(statuses) <= 3 + given_up  # the newest replaces those that wait


def test_what_was_logged_last_still_arrives_at_the_end(
    echo_binary: Path, engine: FakeEngine
) -> None:
    with Provider(echo_binary, engine.address) as provider:
        log(provider, *(record(f"line {number}") for number in range(20)))
        provider.interrupt()
        assert provider.wait() == 0
    assert engine.messages == [f"line {number}" for number in range(20)]


def test_an_engine_that_is_not_there_is_no_trouble(echo_binary: Path) -> None:
    with Provider(echo_binary, "127.0.0.1:1") as provider:
        log(provider, *(record(f"line {number}") for number in range(600)))
        assert provider.is_alive()
        provider.interrupt()
        assert provider.wait() == 0


def test_no_proxy_is_used(echo_binary: Path, engine: FakeEngine) -> None:
    names = ("http_proxy", "https_proxy", "grpc_proxy", "HTTP_PROXY", "HTTPS_PROXY")
    environment = {name: "http://127.0.0.1:1" for name in names} | {"no_proxy": "", "NO_PROXY": ""}
    with Provider(echo_binary, engine.address, environment=environment) as provider:
        log(provider, record("direct"))
        wait_until(lambda: engine.messages == ["direct"])
