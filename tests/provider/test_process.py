"""The process: arguments, port line, attaching, Cancel, signals."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2
from support.engine import FakeEngine
from support.process import Provider, run, wait_until

pytestmark = [pytest.mark.valgrind_smoke, pytest.mark.uninstrumented]

LOOPBACK = "0100007F"
LOOPBACK_IN_IPV6 = "0000000000000000FFFF0000" + LOOPBACK  # ::ffff:127.0.0.1


def listeners(port: int) -> list[str]:
    """Local addresses that listen on the port, in the kernel's hexadecimal."""
    found = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            address, _, local_port = local.partition(":")
            if state == "0A" and int(local_port, 16) == port:
                found.append(address)
    return found


def test_port_line_is_all_of_stdout_and_only_loopback_listens(binary: Path) -> None:
    with Provider(binary) as provider:
        assert listeners(provider.port) in ([LOOPBACK], [LOOPBACK_IN_IPV6])
        assert provider.is_alive()
        provider.interrupt()
        assert provider.wait() == 0
        assert provider.process.stdout is not None
        assert provider.process.stdout.read() == b""


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--logtostderr", "-v=9"],
        ["-logtostderr", "--v=3"],
        ["--tracing", "http://127.0.0.1:9"],
        ["--tracing=http://127.0.0.1:9", "-unheard-of", "--of=what"],
    ],
)
def test_flags_of_the_engine_are_accepted(binary: Path, arguments: list[str]) -> None:
    with Provider(binary, *arguments) as provider:
        assert provider.is_alive()


def test_tracing_takes_the_next_argument_for_its_value(binary: Path, engine: FakeEngine) -> None:
    with Provider(binary, "--tracing", "http://127.0.0.1:9", engine.address) as provider:
        assert provider.is_alive()


def test_two_positional_arguments_are_a_usage_error(binary: Path) -> None:
    result = run(binary, ["127.0.0.1:1", "127.0.0.1:2"])
    assert result.returncode == 2
    assert result.stdout == b""
    assert result.stderr.startswith(b"usage: pulumi-resource-inference ")


@pytest.mark.parametrize("flag", ["--help", "-help", "-h"])
def test_help_goes_to_stdout(binary: Path, flag: str) -> None:
    result = run(binary, [flag])
    assert result.returncode == 0
    assert result.stdout.startswith(b"usage: pulumi-resource-inference ")


def test_usage_is_shown_on_stderr_when_started_by_hand(binary: Path) -> None:
    terminal, stdout = os.openpty()
    with Provider(binary, stdout=stdout) as provider:
        os.close(stdout)
        with os.fdopen(terminal, "rb") as shown:
            assert shown.readline().strip().isdigit()
            provider.interrupt()
            assert provider.wait() == 0
        assert provider.process.stderr is not None
        assert provider.process.stderr.readline().startswith(b"usage: pulumi-resource-inference ")


def test_health_service_says_serving(provider: Provider) -> None:
    assert provider.call_raw("/grpc.health.v1.Health/Check", b"") == b"\x08\x01"


def test_version_flag_plugin_info_and_schema_agree(binary: Path, provider: Provider) -> None:
    version = run(binary, ["--version"]).stdout.decode().strip()
    info = provider.stub.GetPluginInfo(empty_pb2.Empty())
    schema = provider.stub.GetSchema(provider_pb2.GetSchemaRequest())
    assert version != ""
    assert info.version == version
    assert json.loads(schema.schema)["version"] == version


def test_schema_flag_prints_what_get_schema_answers(binary: Path, provider: Provider) -> None:
    schema = provider.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema
    assert run(binary, ["--schema"]).stdout.decode() == schema + "\n"
    assert json.loads(schema)["name"] == "inference"


def test_attach_is_answered(provider: Provider, engine: FakeEngine) -> None:
    provider.stub.Handshake(provider_pb2.ProviderHandshakeRequest(engine_address=engine.address))
    provider.stub.Attach(plugin_pb2.PluginAttach(address=engine.address))
    assert provider.is_alive()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_the_process_with_0(binary: Path, number: int) -> None:
    with Provider(binary) as provider:
        assert provider.is_alive()
        provider.process.send_signal(number)
        assert provider.wait() == 0


def test_signal_ends_the_process_while_connections_stay_open(binary: Path) -> None:
    with Provider(binary) as provider, socket.create_connection(("127.0.0.1", provider.port)):
        assert provider.is_alive()
        provider.interrupt()
        assert provider.wait() == 0


def test_no_core_dump_is_written(binary: Path) -> None:
    """Whatever the limit of the parent: a dump would hold keys."""
    with Provider(binary) as provider:
        assert provider.is_alive()
        # More than 1 would be a dump, and 0 does not keep one from a collector.
        limits = resource.prlimit(provider.process.pid, resource.RLIMIT_CORE)
        assert limits in ((1, 1), (0, 0))
        assert limits == (1, 1) or resource.getrlimit(resource.RLIMIT_CORE)[1] == 0


def test_end_of_stdin_means_nothing(provider: Provider) -> None:
    assert os.readlink(f"/proc/{provider.process.pid}/fd/0") == "/dev/null"
    assert provider.is_alive()


def test_cancel_is_answered_and_the_process_goes_on_serving(provider: Provider) -> None:
    provider.stub.Cancel(empty_pb2.Empty())
    provider.stub.Cancel(empty_pb2.Empty())
    assert provider.is_alive()
    assert provider.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema != ""


def test_operations_after_cancel_are_refused(provider: Provider) -> None:
    provider.stub.Cancel(empty_pb2.Empty())
    urn = "urn:pulumi:s::p::inference:hf:Endpoint::n"
    with pytest.raises(grpc.RpcError) as caught:
        provider.stub.Create(provider_pb2.CreateRequest(urn=urn))
    assert caught.value.code() == grpc.StatusCode.CANCELLED
    with pytest.raises(grpc.RpcError) as caught:
        provider.stub.Check(provider_pb2.CheckRequest(urn=urn))
    assert caught.value.code() == grpc.StatusCode.CANCELLED


def test_attaching_again_after_cancel_starts_anew(echo: Provider, engine: FakeEngine) -> None:
    echo.stub.Cancel(empty_pb2.Empty())
    echo.stub.Attach(plugin_pb2.PluginAttach(address=engine.address))
    assert list(echo.stub.CheckConfig(provider_pb2.CheckRequest()).failures) == []


def test_process_ends_when_nobody_reads_its_stdout_any_more(
    binary: Path, engine: FakeEngine
) -> None:
    provider = Provider(binary, engine.address)
    with provider:
        assert provider.is_alive()
        assert provider.process.stdout is not None
        provider.process.stdout.close()
        provider.process.stdout = None
        assert provider.wait() == 0


def test_process_without_an_engine_stays_when_nobody_reads_its_stdout(binary: Path) -> None:
    with Provider(binary) as provider:
        assert provider.is_alive()
        assert provider.process.stdout is not None
        provider.process.stdout.close()
        provider.process.stdout = None
        assert provider.is_alive()
        assert provider.process.poll() is None


def test_process_ends_when_its_parent_has_gone(
    binary: Path, engine: FakeEngine, tmp_path: Path
) -> None:
    """A shell starts it and is killed; the output is a file, so that no pipe breaks."""
    out = tmp_path / "out"
    script = f'"$0" {engine.address} >{out} & echo $!; wait'
    with subprocess.Popen(
        ["bash", "-c", script, str(binary)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    ) as shell:
        assert shell.stdout is not None
        child = int(shell.stdout.readline())
        wait_until(lambda: out.exists() and out.read_text().strip().isdigit())
        shell.kill()
    wait_until(lambda: not Path(f"/proc/{child}").exists() or is_zombie(child))


def is_zombie(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
