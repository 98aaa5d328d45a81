"""A cloud that is not what it says: no credential reaches a wrong host, memory stays bounded."""

from __future__ import annotations

import contextlib
import datetime
import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import pytest
import trustme
from support.drivers.hf import TOKEN, Driver, Failure, secret

pytestmark = pytest.mark.uninstrumented

Peer = Callable[[socket.socket], None]
MEBIBYTE = 1 << 20
GROWTH_BYTES = 64 * MEBIBYTE  # what one call may cost at most
OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


class Server:
    """Answers each connection by `peer`, once a request's head has come; keeps what came."""

    def __init__(self, peer: Peer, tls: ssl.SSLContext | None = None) -> None:
        self._peer = peer
        self._tls = tls
        self.received = b""
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            connection.settimeout(20)
            head = b""
            while b"\r\n\r\n" not in head:
                part = connection.recv(65536)
                if not part:
                    return
                head += part
                self.received += part
            self._peer(connection)
        connection.close()

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    running: list[Server] = []

    def make(peer: Peer, tls: ssl.SSLContext | None = None) -> Server:
        running.append(Server(peer, tls))
        return running[-1]

    yield make
    for server in running:
        server.close()


def answer(head: bytes, body: bytes = b"") -> Peer:
    def send(connection: socket.socket) -> None:
        connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    return send


def refused(driver: Driver) -> Failure:
    with pytest.raises(Failure) as caught:
        driver.read("me/demo")
    assert TOKEN not in caught.value.message
    return caught.value


def configured(start: Callable[..., Driver], url: str, **config: str) -> Driver:
    driver = start()
    driver.configure(hfEndpoint=url, hfToken=secret(TOKEN), maxRetries=0, **config)
    return driver


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_takes_no_credential_elsewhere(
    status: int, serve: Callable[..., Server], start: Callable[..., Driver]
) -> None:
    elsewhere = serve(answer(OK_HEAD, b"{}"))
    head = f"HTTP/1.1 {status} Moved\r\nLocation: http://127.0.0.1:{elsewhere.port}/stolen\r\n"
    here = serve(answer(head.encode()))
    failure = refused(configured(start, f"http://127.0.0.1:{here.port}"))
    assert f"HTTP {status}" in failure.message
    assert TOKEN.encode() in here.received
    assert (elsewhere.connections, elsewhere.received) == (0, b"")


@pytest.mark.parametrize("status", [301, 307])
@pytest.mark.parametrize(
    "target", ["/stolen", "http://127.0.0.1:{port}/stolen", "http://localhost:{port}/stolen", "//x"]
)
def test_a_redirect_to_the_same_service_is_not_followed_either(
    target: str, status: int, serve: Callable[..., Server], start: Callable[..., Driver]
) -> None:
    moved: list[bytes] = []
    here = serve(lambda connection: answer(moved[0])(connection))
    location = target.format(port=here.port)
    moved.append(f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\n".encode())
    failure = refused(configured(start, f"http://127.0.0.1:{here.port}"))
    assert f"HTTP {status}" in failure.message
    assert here.received.count(b"GET ") == 1
    assert b"stolen" not in here.received


# Certificates.


def context(authority: trustme.CA, **leaf: object) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    name = str(leaf.pop("name", "127.0.0.1"))
    authority.issue_cert(name, **leaf).configure_cert(made)
    return made


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


YESTERDAY = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("leaf", "words"),
    [
        ({"name": "other.example"}, "matches target host name"),
        ({"not_after": YESTERDAY}, "expired"),
        ("foreign", "certificate"),
    ],
    ids=["another host's", "expired", "self-signed"],
)
def test_a_wrong_certificate_gets_not_a_byte(
    leaf: object,
    words: str,
    authority: trustme.CA,
    ca_file: str,
    serve: Callable[..., Server],
    start: Callable[..., Driver],
) -> None:
    issuer = trustme.CA() if leaf == "foreign" else authority
    options = dict(leaf) if isinstance(leaf, dict) else {}
    server = serve(answer(OK_HEAD, b"{}"), context(issuer, **options))
    failure = refused(configured(start, f"https://127.0.0.1:{server.port}", caFile=ca_file))
    assert words in failure.message
    assert server.received == b""


def test_the_right_certificate_is_taken(
    authority: trustme.CA,
    ca_file: str,
    serve: Callable[..., Server],
    start: Callable[..., Driver],
) -> None:
    """That the ones above fail for their fault alone."""
    server = serve(answer(OK_HEAD, b"{}"), context(authority))
    refused(configured(start, f"https://127.0.0.1:{server.port}", caFile=ca_file))
    assert TOKEN.encode() in server.received


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_an_old_protocol_is_not_spoken(
    authority: trustme.CA,
    ca_file: str,
    serve: Callable[..., Server],
    start: Callable[..., Driver],
) -> None:
    old = context(authority)
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    server = serve(answer(OK_HEAD, b"{}"), old)
    refused(configured(start, f"https://127.0.0.1:{server.port}", caFile=ca_file))
    assert server.received == b""


def test_a_redirect_to_plain_text_takes_no_credential_along(
    authority: trustme.CA,
    ca_file: str,
    serve: Callable[..., Server],
    start: Callable[..., Driver],
) -> None:
    plain = serve(answer(OK_HEAD, b"{}"))
    head = f"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:{plain.port}/stolen\r\n"
    server = serve(answer(head.encode()), context(authority))
    failure = refused(configured(start, f"https://127.0.0.1:{server.port}", caFile=ca_file))
    assert f"the reply redirects to 127.0.0.1:{plain.port}, which is not followed" in (
        failure.message
    )
    assert TOKEN.encode() in server.received
    assert (plain.connections, plain.received) == (0, b"")


def test_an_https_address_never_falls_back_to_plain_text(
    serve: Callable[..., Server], start: Callable[..., Driver]
) -> None:
    server = serve(answer(OK_HEAD, b"{}"))
    refused(configured(start, f"https://127.0.0.1:{server.port}"))
    assert TOKEN.encode() not in server.received


# Bodies and heads without end.


def endless(head: bytes, chunk: bytes) -> Peer:
    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(chunk)

    return send


BOMB = gzip.compress(b"[" + b"0," * (64 * MEBIBYTE))
FLOODS = {
    "body without length": endless(OK_HEAD + b"\r\n", b"x" * 65536),
    "body of a huge length": endless(
        OK_HEAD + b"Content-Length: 99999999999\r\n\r\n", b" " * 65536
    ),
    "chunks": endless(
        OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"8000\r\n" + b"x" * 32768 + b"\r\n"
    ),
    "headers": endless(OK_HEAD, b"X-Flood: " + b"y" * 4096 + b"\r\n"),
    "one header": endless(OK_HEAD + b"X-Flood: ", b"y" * 65536),
    "interim replies": endless(b"", b"HTTP/1.1 103 Early Hints\r\nX-Flood: y\r\n\r\n"),
    "a packed body nobody asked for": answer(OK_HEAD + b"Content-Encoding: gzip\r\n", BOMB),
    "an error page without end": endless(b"HTTP/1.1 500 Oops\r\n\r\n", b"x" * 65536),
}


@pytest.mark.parametrize("name", FLOODS)
def test_floods(name: str, serve: Callable[..., Server], start: Callable[..., Driver]) -> None:
    server = serve(FLOODS[name])
    driver = configured(start, f"http://127.0.0.1:{server.port}")
    before = driver.process.resident_bytes()
    failure = refused(driver)
    assert failure.code in (
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        grpc.StatusCode.INTERNAL,
    )
    assert "Hugging Face" in failure.message
    if driver.process.is_measurable():
        assert driver.process.resident_bytes() - before < GROWTH_BYTES
    assert driver.process.is_alive()


# What never ends, a little at a time: within the time of the call all the same.


def trickle(head: bytes, piece: bytes) -> Peer:
    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        stop = threading.Event()
        while not stop.wait(0.05):
            connection.sendall(piece)

    return send


TRICKLES = {
    "a body": trickle(OK_HEAD + b"Content-Length: 100000\r\n\r\n", b" "),
    "chunks": trickle(OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "headers": trickle(OK_HEAD, b"X-Slow: y\r\n"),
    "a header": trickle(OK_HEAD + b"X-Slow: ", b"y"),
    "interim replies": trickle(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
}


@pytest.mark.parametrize("name", TRICKLES)
def test_what_trickles_ends_with_the_time_of_the_call(
    name: str, serve: Callable[..., Server], start: Callable[..., Driver]
) -> None:
    server = serve(TRICKLES[name])
    driver = configured(start, f"http://127.0.0.1:{server.port}", timeout="2")
    began = time.monotonic()
    failure = refused(driver)
    assert failure.code == grpc.StatusCode.DEADLINE_EXCEEDED
    assert time.monotonic() - began < 10
    assert driver.process.is_alive()
