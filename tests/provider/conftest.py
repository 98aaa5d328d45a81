"""Fixtures: the provider under test, and the same process around a core that obeys its requests.

INFERENCE_BINARY names the provider; the echo binary is found in the same build. INFERENCE_WRAPPER
is a command to run them under, such as valgrind.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pulumi.runtime.proto import provider_pb2
from support.engine import FakeEngine
from support.process import CALLS, Provider
from support.values import struct

HERE = Path(__file__).parent
MARKERS = (
    "valgrind_smoke: the part that is also run under valgrind",
    "uninstrumented: the part that is also run without a sanitizer",
    "one_call: has one call in flight at a time, so it is not run with ThreadSanitizer",
)
pytest.register_assert_rewrite("support.keys", "support.drivers.tir")  # they assert


def pytest_configure(config: pytest.Config) -> None:
    # Read by valgrind itself, when a wrapper starts it.
    os.environ.setdefault("VALGRIND_OPTS", f"--suppressions={HERE / 'valgrind.supp'}")
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)


@pytest.fixture(autouse=True)
def one_call(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whoever is marked so has no second call in flight, and none that is cancelled."""
    CALLS.restart()
    yield
    if request.node.get_closest_marker("one_call") is not None:
        assert CALLS.most_in_flight <= 1, "several calls at a time: not for the mark `one_call`"
        assert CALLS.cancelled == 0, "a cancelled call: not for the mark `one_call`"


@pytest.fixture(scope="session")
def binary() -> Path:
    name = os.environ.get("INFERENCE_BINARY")
    assert name, (
        "INFERENCE_BINARY names the provider to test, as a rule "
        "build/debug/provider/pulumi-resource-inference (docs/testing.md)"
    )
    return Path(name).resolve()


@pytest.fixture(scope="session")
def echo_binary(binary: Path) -> Path:
    default = binary.parents[1] / "tests/provider/echo/pulumi-resource-echo"
    return Path(os.environ.get("INFERENCE_ECHO_BINARY", default)).resolve()


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    running = FakeEngine()
    yield running
    running.close()


@pytest.fixture
def provider(binary: Path) -> Iterator[Provider]:
    """The provider, waiting to be attached."""
    with Provider(binary) as running:
        yield running


@pytest.fixture
def echo(echo_binary: Path) -> Iterator[Provider]:
    """The echoing process, before Handshake and Configure."""
    with Provider(echo_binary) as running:
        yield running


@pytest.fixture
def configured(echo: Provider) -> Provider:
    """The echoing process after what a recent engine says first."""
    echo.stub.Handshake(provider_pb2.ProviderHandshakeRequest(accepts_byte_string=True))
    echo.stub.Configure(
        provider_pb2.ConfigureRequest(
            args=struct({}), acceptSecrets=True, acceptResources=True, sends_old_inputs=True
        )
    )
    return echo
