"""The file alone, where there is nothing else: what an engine does with it, over TLS."""

from __future__ import annotations

import json
import os
import shlex
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from archives import BINARY, Archive
from pulumi.runtime.proto import provider_pb2
from roots import DEBIANS, Root, busybox, debian, empty, emulated
from simulator.client import Simulator
from support.drivers.hf import TOKEN, Driver, inputs
from support.resolvers import AnsweringResolver, own_address

SCHEMA = Path(__file__).parents[2] / "schema.json"
PROXIES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY")
DIRECT = {**dict.fromkeys(PROXIES, ""), "SSL_CERT_FILE": "", "SSL_CERT_DIR": ""}
ROOTS = ("empty", "busybox", *DEBIANS, "arm64")
# A name of the simulator's certificate (conftest.py), and where the search list finds it.
NAME = "models"
FULL_NAME = "models.corp.test"


class Roots:
    """Each root is made when it is first asked for."""

    def __init__(self, folder: Path, images: Path, archives: dict[str, Archive], ca: Path) -> None:
        self._folder = folder
        self._images = images
        self._archives = archives
        self._ca = ca
        self._made: dict[str, Root] = {}

    def __getitem__(self, name: str) -> Root:
        if name not in self._made:
            root = self._make(name, self._folder / name)
            root.add_file(
                f"/{BINARY}", self._archives["arm64" if name == "arm64" else "amd64"].binary
            )
            root.add_file("/ca.pem", self._ca)
            self._made[name] = root
        return self._made[name]

    def _make(self, name: str, path: Path) -> Root:
        if name in DEBIANS:
            return debian(path, self._images / f"minbase-{name}.tar")
        return {"empty": empty, "busybox": busybox, "arm64": emulated}[name](path)


@pytest.fixture(scope="session")
def roots(
    archives: dict[str, Archive],
    clouds_process: Simulator,
    debian_images: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Roots:
    folder = tmp_path_factory.mktemp("roots")
    return Roots(folder, debian_images, archives, Path(clouds_process.ca_path))


@pytest.fixture(params=ROOTS)
def root(request: pytest.FixtureRequest, roots: Roots) -> Root:
    return roots[request.param]


@contextmanager
def driving(root: Root, monkeypatch: pytest.MonkeyPatch, **environment: str) -> Iterator[Driver]:
    monkeypatch.setenv("INFERENCE_WRAPPER", shlex.join(root.wrapper))
    for name, value in {**DIRECT, **environment}.items():
        monkeypatch.setenv(name, value)
    running = Driver(Path(f"/{BINARY}"))
    try:
        yield running
    finally:
        running.stop()


def live(driver: Driver, clouds: Simulator, url: str, **config: str) -> None:
    """From the configuration to the deletion of an endpoint."""
    driver.configure(hfToken=TOKEN, hfEndpoint=url, **config)
    checked = driver.checked(inputs())
    id, state = driver.create(checked)
    assert id == "me/demo"
    assert list(clouds.state("hf")["endpoints"]) == ["me/demo"]
    changed = driver.checked(inputs(compute={"instanceSize": "x2"}), olds=checked)
    assert list(driver.diff(checked, checked, olds=state).detailedDiff) == []
    difference = driver.diff(checked, changed, olds=state)
    assert list(difference.detailedDiff) == ["compute.instanceSize"]
    driver.delete(id, state, checked)
    assert list(clouds.state("hf")["endpoints"]) == []


def test_nothing_else_is_there(roots: Roots) -> None:
    assert sorted(p.name for p in roots["empty"].path.iterdir()) == ["ca.pem", "proc", BINARY]


def test_session(root: Root, clouds: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    with driving(root, monkeypatch) as driver:
        answer = driver.call("GetSchema", provider_pb2.GetSchemaRequest(version=0))
        assert json.loads(answer.schema) == json.loads(SCHEMA.read_text())
        live(driver, clouds, clouds.url("hf"), caFile="/ca.pem")


def test_authorities_of_the_environment(
    root: Root, clouds: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    with driving(root, monkeypatch, SSL_CERT_FILE="/ca.pem") as driver:
        live(driver, clouds, clouds.url("hf"))


def test_no_configuration_of_openssl_is_read(
    roots: Roots, clouds: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may name what is not in this file. Whoever reads this one waits forever."""
    path = "/etc/ssl/openssl.cnf"
    roots["busybox"].inside(path).parent.mkdir(parents=True)
    os.mkfifo(roots["busybox"].inside(path))
    with driving(roots["busybox"], monkeypatch, OPENSSL_CONF=path) as driver:
        live(driver, clouds, clouds.url("hf"), caFile="/ca.pem")


@pytest.fixture
def silent_address() -> Iterator[str]:
    """A name server that takes every question and answers none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((own_address(), 53))
        yield silent.getsockname()[0]


@contextmanager
def knowing(root: Root, first: str, *ips: str) -> Iterator[AnsweringResolver]:
    """The root's second name server knows NAME, in the domain of its search list."""
    address = own_address().replace("127.53.", "127.54.")
    root.add_text(
        "/etc/resolv.conf", f"nameserver {first}\nnameserver {address}\nsearch corp.test\n"
    )
    with AnsweringResolver({FULL_NAME: list(ips)}, address) as resolver:
        yield resolver
    root.inside("/etc/resolv.conf").unlink()


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


@pytest.mark.parametrize("name", ["empty", "arm64"])
def test_names_when_the_first_server_fails(
    name: str,
    roots: Roots,
    clouds: Simulator,
    silent_address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = f"https://{NAME}:{port_of(clouds.url('hf'))}"
    with (
        knowing(roots[name], silent_address, "127.0.0.1") as resolver,
        driving(roots[name], monkeypatch) as driver,
    ):
        live(driver, clouds, url, caFile="/ca.pem")
    assert set(resolver.asked) == {FULL_NAME}


class Relay:
    """A proxy for HTTPS on ::1 that leads every CONNECT to one port of 127.0.0.1."""

    def __init__(self, target: int) -> None:
        self.connects: list[str] = []
        self._target = target
        self._socket = socket.create_server(("::1", 0), family=socket.AF_INET6)
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                head = b""
                while b"\r\n\r\n" not in head:
                    head += client.recv(4096)
                self.connects.append(head.split(b"\r\n")[0].decode())
                upstream = socket.create_connection(("127.0.0.1", self._target))
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                for one, other in ((client, upstream), (upstream, client)):
                    threading.Thread(target=self._copy, args=(one, other), daemon=True).start()

    @staticmethod
    def _copy(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._socket.close()


@pytest.mark.parametrize("name", ["empty", "arm64"])
def test_a_proxy_that_has_only_ipv6(
    name: str,
    roots: Roots,
    clouds: Simulator,
    silent_address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The service's own name is the proxy's to look up."""
    relay = Relay(port_of(clouds.url("hf")))
    proxy = f"http://{NAME}:{relay.port}"
    with (
        knowing(roots[name], silent_address, "::1"),
        driving(roots[name], monkeypatch, https_proxy=proxy) as driver,
    ):
        live(driver, clouds, f"https://{NAME}", caFile="/ca.pem")
    relay.close()
    assert set(relay.connects) == {f"CONNECT {NAME}:443 HTTP/1.1"}
