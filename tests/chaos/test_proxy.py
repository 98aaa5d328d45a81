"""Each fault does what its name says, seen by a client that is not ours."""

from __future__ import annotations

import asyncio
import http.client
import http.server
import re
import socket
import threading
from collections.abc import Iterator

import pytest
from chaos.faults import FAULTS, End, When
from chaos.plan import Plan
from chaos.proxy import Proxy

BODY = b'{"id": "one", "state": "running"}'
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
SHAPE = b'{"error": "Internal error"}'
PLAIN = [f for f in FAULTS.values() if not f.fatal and f.end is not End.CANCEL]


class Service(http.server.BaseHTTPRequestHandler):
    """Counts what arrives."""

    seen: list[str]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append(self.headers["Host"])
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[tuple[list[str], int]]:
    seen: list[str] = []
    handler = type("Counted", (Service,), {"seen": seen})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield seen, server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def proxy(service: tuple[list[str], int]) -> Iterator[Proxy]:
    running = Proxy(lambda *_: "create", SHAPE)
    running.point_at(f"http://127.0.0.1:{service[1]}")
    yield running
    running.close()


def ask(proxy: Proxy, seconds: float = 10) -> tuple[int, bytes, http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=seconds)
    connection.request("POST", "/things", b"{}", {"Authorization": "Bearer planted"})
    reply = connection.getresponse()
    return reply.status, reply.read(), connection


def test_without_a_plan_nothing_changes(proxy: Proxy, service: tuple[list[str], int]) -> None:
    assert ask(proxy)[:2] == (200, BODY)
    assert service[0] == [f"127.0.0.1:{proxy.port}"]  # as it was signed


@pytest.mark.parametrize("fault", PLAIN, ids=lambda fault: fault.name)
def test_faults(fault, proxy: Proxy, service: tuple[list[str], int]) -> None:  # type: ignore[no-untyped-def]
    proxy.set_plan(Plan(f"{fault.name}@create#1", 0))
    if fault.end is End.STALL:
        with pytest.raises(TimeoutError):
            ask(proxy, seconds=0.3)
    elif fault.end is End.DRIP:
        assert len(raw(proxy, enough=5)) < 10
    elif fault.end in (End.RESET, End.REFUSE):
        with pytest.raises(ConnectionResetError):
            ask(proxy)
    elif fault.end is End.MIDDLE:
        with pytest.raises((ConnectionResetError, http.client.HTTPException)):
            ask(proxy)
    elif fault.end is End.CLOSE:
        with pytest.raises(http.client.RemoteDisconnected):
            ask(proxy)
    elif fault.end is End.CUT:
        with pytest.raises(http.client.IncompleteRead):
            ask(proxy)
    elif fault.reshape is None:
        status, body, _ = ask(proxy)
        assert status == (fault.answer.status if fault.answer else 200)
        wanted = fault.change(BODY) if fault.change else BODY
        assert fault.answer is not None or body == wanted
    else:
        assert raw(proxy) == fault.reshape(REPLY)
    assert len(service[0]) == {When.BEFORE: 0, When.AFTER: 1, When.TWICE: 2}[fault.when]
    if fault.end is not End.REFUSE:
        assert ask(proxy)[:2] == (200, BODY)  # the next one is not struck


def raw(proxy: Proxy, enough: int = 1 << 20) -> bytes:
    """What comes back up to the end of the body, or so many bytes of it."""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as connection:
        connection.sendall(b"POST /things HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
        came = connection.recv(4096)
        while BODY not in came and len(came) < enough:
            came += connection.recv(4096)
    return re.sub(rb"(Server|Date): [^\r]*\r\n", b"", came)


def test_a_cache_repeats_what_it_has_seen(proxy: Proxy, service: tuple[list[str], int]) -> None:
    proxy.set_plan(Plan("cached@create#2", 0))
    first = ask(proxy)[1]
    proxy._earlier = {key: value.replace(b"one", b"old") for key, value in proxy._earlier.items()}
    assert (first, ask(proxy)[1]) == (BODY, BODY.replace(b"one", b"old"))
    assert len(service[0]) == 2


def test_replies_that_are_mixed_up(proxy: Proxy) -> None:
    proxy._remember(("GET", "/else", b""), REPLY.replace(b"one", b"two"))
    proxy.set_plan(Plan("mixed-up@create#1", 0))
    assert ask(proxy)[1] == BODY.replace(b"one", b"two")
    proxy.clear()
    assert proxy._earlier == {}


def test_refused_for_a_moment(proxy: Proxy) -> None:
    proxy.set_plan(Plan("refused@create#1", 0))
    with pytest.raises(ConnectionResetError):
        ask(proxy)
    with pytest.raises(ConnectionRefusedError):
        ask(proxy)


def test_nobody_else_gets_the_port_meanwhile(proxy: Proxy) -> None:
    proxy.set_plan(Plan("refused@create#1", 0))
    with pytest.raises(ConnectionResetError):
        ask(proxy)
    with socket.socket() as other, pytest.raises(OSError, match="Address already in use"):
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", proxy.port))
    proxy.clear()
    assert ask(proxy)[:2] == (200, BODY)


def test_opened_from_two_sides_it_is_closed_once(proxy: Proxy) -> None:
    async def both() -> None:
        await proxy._stop_listening()
        await asyncio.gather(proxy._listen(), proxy._listen())

    proxy._do(both())
    assert ask(proxy)[:2] == (200, BODY)
    proxy._do(proxy._stop_listening())
    with pytest.raises(ConnectionRefusedError):
        ask(proxy)


def test_a_reply_twice_is_left_over_on_the_connection(proxy: Proxy) -> None:
    proxy.set_plan(Plan("reply-twice@create#1", 0))
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as connection:
        connection.sendall(b"POST /things HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
        came = b""
        while came.count(BODY) < 2:
            came += connection.recv(4096)
    assert came.count(b"HTTP/1.1 200") == 2


def test_a_debugging_page_repeats_the_request(proxy: Proxy) -> None:
    proxy.set_plan(Plan("502-html-before@create#1", 0))
    page = ask(proxy)[1]
    assert b"Bearer planted" in page
    assert b"{}" in page


def test_when_the_faults_are_over_the_port_is_open_at_once(proxy: Proxy) -> None:
    proxy.set_plan(Plan("refused@create#*", 0))
    with pytest.raises(ConnectionResetError):
        ask(proxy)
    proxy.clear()
    assert ask(proxy)[:2] == (200, BODY)


def test_an_error_of_the_proxy_is_no_fault(service: tuple[list[str], int]) -> None:
    def unknown(*_: object) -> str:
        raise KeyError("phase")

    running = Proxy(unknown, SHAPE)
    running.point_at(f"http://127.0.0.1:{service[1]}")
    with pytest.raises(http.client.RemoteDisconnected):
        ask(running)
    running.close()
    assert "KeyError: 'phase'" in running.bugs[0]


def test_fatal_faults_call_for_an_end(proxy: Proxy) -> None:
    ends: list[End] = []
    proxy.on_end = ends.append
    proxy.set_plan(Plan("kill-after@create#1", 0))
    assert ask(proxy)[:2] == (200, BODY)
    assert ends == [End.KILL]


def test_plans() -> None:
    plan = Plan("429@create#2+504-after@any#3", 0)
    drawn = [plan.draw(phase) for phase in ("create", "create", "read", "create")]
    assert [fault.name if fault else None for fault in drawn] == [None, "429", "504-after", None]
    assert plan.struck == 2
    every = Plan("404-gateway@read#*", 0)
    assert [bool(every.draw(p)) for p in ("read", "list", "read")] == [True, False, True]
    with pytest.raises(ValueError, match="no such fault: nothing@create#1"):
        Plan("nothing@create#1", 0)


def test_storms_repeat_by_their_seed() -> None:
    def weather(seed: int) -> list[str | None]:
        plan = Plan("storm-30", seed)
        return [fault.name if (fault := plan.draw("read")) else None for _ in range(200)]

    assert weather(1) == weather(1)
    assert weather(1) != weather(2)
    assert 30 < sum(name is not None for name in weather(1)) < 90
