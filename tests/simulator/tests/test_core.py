"""The shared core: record, clock, faults, knobs, control route, TLS, ports."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from http_tools import Answer, ask, connect, raw_exchange

from simulator.base.messages import Request
from simulator.base.record import Record
from simulator.client import Simulator, SimulatorError

KEY = {"Authorization": "secret"}
EXTRA = ("--extra", "toy=toy_cloud:Toy")


@pytest.fixture(scope="module")
def process() -> Iterator[Simulator]:
    with Simulator("toy", arguments=EXTRA) as simulator:
        yield simulator


@pytest.fixture
def sim(process: Simulator) -> Simulator:
    process.reset()
    return process


def call(
    sim: Simulator, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> Answer:
    connection = connect(sim.url("toy"))
    try:
        return ask(connection, method, path, body, KEY if headers is None else headers)
    finally:
        connection.close()


def test_record_holds_the_request_as_sent(sim: Simulator) -> None:
    sim.freeze("2026-01-02T03:04:05Z")
    headers = {**KEY, "X-Mixed-Case": "Wert"}
    call(sim, "PUT", "/things/a%2Fb?x=1&x=%20&y", {"n": 1}, headers)
    (entry,) = sim.requests()
    assert (entry.cloud, entry.operation, entry.target) == ("toy", "put", "a/b")
    assert (entry.method, entry.path, entry.query) == ("PUT", "/things/a%2Fb", "x=1&x=%20&y")
    assert entry.parameters == [("x", "1"), ("x", " "), ("y", "")]
    assert ("X-Mixed-Case", "Wert") in entry.headers
    assert entry.header("authorization") == "secret"
    assert (entry.body, entry.json) == (b'{"n": 1}', {"n": 1})
    assert entry.time == 1767323045.0
    assert (entry.status, entry.notes, entry.fault) == (200, {"stored": True}, None)
    assert entry.reply_json["name"] == "a/b"
    assert ("X-Toy", "1") in entry.reply_headers


def test_record_selects_and_clears(sim: Simulator) -> None:
    call(sim, "PUT", "/things/a", 1)
    call(sim, "GET", "/things/a")
    call(sim, "GET", "/things/b")
    assert [r.status for r in sim.requests(operation="get")] == [200, 404]
    assert [r.operation for r in sim.requests(target="a")] == ["put", "get"]
    assert [r.target for r in sim.requests(cloud="toy", method="GET")] == ["a", "b"]
    last = sim.requests()[1].id
    assert [r.target for r in sim.requests(after=last)] == ["b"]
    assert sim.requests(cloud="other") == []
    sim.clear()
    assert sim.requests() == []


def test_record_numbers_connections_and_counts_them(sim: Simulator) -> None:
    kept = connect(sim.url("toy"))
    ask(kept, "GET", "/things/a", headers=KEY)
    ask(kept, "GET", "/things/a", headers=KEY)
    call(sim, "GET", "/things/a")
    first, second, third = (r.connection for r in sim.requests())
    assert first == second != third
    assert sim.stats()["toy"] == {
        "requests": 3,
        "dropped": 0,
        "in_flight": 0,
        "peak_in_flight": 1,
        "connections": 2,
    }
    kept.close()


def test_record_drops_the_oldest_and_counts_them() -> None:
    record = Record(limit=2)
    for number, cloud in enumerate(("hf", "ark", "ark", "ark")):
        request = Request("GET", f"/{number}", "", [], b"", 0.0)
        record.close(record.open(cloud, request, connection=1, monotonic=0.0), 200, 0.0)
    assert [(entry.id, entry.request.raw_path) for entry in record.select()] == [
        (3, "/2"),
        (4, "/3"),
    ]
    shown = record.statistics()
    assert {cloud: (row["requests"], row["dropped"]) for cloud, row in shown.items()} == {
        "hf": (0, 1),
        "ark": (2, 1),
    }
    record.clear("ark")
    assert {cloud: row["dropped"] for cloud, row in record.statistics().items()} == {
        "hf": 1,
        "ark": 0,
    }


def test_a_body_that_is_not_json_is_kept_as_bytes(sim: Simulator) -> None:
    call(sim, "GET", "/things/a", b"\xff\x00{")
    (entry,) = sim.requests()
    assert (entry.body, entry.json) == (b"\xff\x00{", None)


def test_a_100_megabyte_body_and_expect_continue(sim: Simulator) -> None:
    big = b'"' + b"x" * 100_000_000 + b'"'
    connection = connect(sim.url("toy"))
    assert ask(connection, "GET", "/things/a", big, KEY).status == 404
    connection.close()
    sim.reset()
    text = raw_exchange(
        sim.url("toy"),
        b"GET /things/a HTTP/1.1\r\nHost: x\r\nAuthorization: secret\r\nExpect: 100-continue\r\n"
        b"Content-Length: 2\r\nConnection: close\r\n\r\n{}",
    )
    assert text.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\n")


def test_clock_freezes_sets_advances_and_runs_on(sim: Simulator) -> None:
    sim.freeze(1000.0)
    assert sim.now() == 1000.0
    assert sim.advance(2.5) == 1002.5
    sim.freeze("1970-01-01T01:00:00.25Z")
    assert sim.now() == 3600.25
    sim.unfreeze()
    moved = sim.wait_for(lambda s: s.now() - 3600.25, what="a running clock")
    assert 0 < moved < 600
    sim.reset()
    with pytest.raises(SimulatorError, match="the clock takes advance, freeze, reset, set"):
        sim.control("POST", "clock", {"foward": 1})


def test_states_pass_by_polls(sim: Simulator) -> None:
    sim.freeze()
    sim.knobs("toy", polls={"new": 2})
    assert call(sim, "PUT", "/things/a", 1).json["state"] == "new"
    seen = [call(sim, "GET", "/things/a").json["state"] for _ in range(4)]
    assert seen == ["new", "new", "ready", "ready"]


def test_states_pass_by_the_clock(sim: Simulator) -> None:
    sim.freeze()
    sim.knobs("toy", polls={"new": 0}, seconds={"new": 5})
    assert call(sim, "PUT", "/things/a", 1).json["state"] == "new"
    sim.advance(4.9)
    assert call(sim, "GET", "/things/a").json["state"] == "new"
    sim.advance(0.1)
    assert call(sim, "GET", "/things/a").json["state"] == "ready"


def test_error_fault_has_status_headers_code_and_does_not_apply(sim: Simulator) -> None:
    rule = sim.fault(
        "toy", "put", status=429, code="Slow", message="wait", headers={"Retry-After": "7"}
    )
    answer = call(sim, "PUT", "/things/a", 1)
    assert (answer.status, answer.json) == (429, {"code": "Slow", "message": "wait"})
    assert (answer.headers["Retry-After"], answer.headers["X-Toy"]) == ("7", "1")
    assert sim.state("toy") == {}
    assert call(sim, "PUT", "/things/a", 1).status == 200
    assert [r.fault for r in sim.requests()] == [rule, None]
    (listed,) = sim.faults()
    assert (listed["id"], listed["seen"], listed["hits"]) == (rule, 1, 1)


def test_error_fault_with_a_body_of_its_own(sim: Simulator) -> None:
    sim.fault("toy", "get", status=500, body={"odd": [1]})
    sim.fault("toy", "get", status=503, body="plain words")
    assert call(sim, "GET", "/things/a").json == {"odd": [1]}
    answer = call(sim, "GET", "/things/a")
    assert (answer.status, answer.body) == (503, b"plain words")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_error_fault_can_apply_and_say_200(sim: Simulator) -> None:
    sim.fault("toy", "put", status=200, body={"code": 400}, apply=True)
    assert call(sim, "PUT", "/things/a", 1).json == {"code": 400}
    assert list(sim.state("toy")) == ["a"]


def test_skip_count_and_match(sim: Simulator) -> None:
    sim.fault("toy", "get", target="b.*", skip=1, count=2, status=500)
    wanted = [("b1", 404), ("a", 404), ("b2", 500), ("b1", 500), ("b1", 404), ("a", 404)]
    assert [(n, call(sim, "GET", f"/things/{n}").status) for n, _ in wanted] == wanted


def test_count_zero_strikes_until_cleared(sim: Simulator) -> None:
    sim.fault("*", "*", count=0, status=502, method="GET")
    assert [call(sim, "GET", "/things/a").status for _ in range(3)] == [502, 502, 502]
    assert call(sim, "DELETE", "/things/a").status == 404
    sim.clear_faults()
    assert call(sim, "GET", "/things/a").status == 404


def test_the_guard_comes_before_faults(sim: Simulator) -> None:
    sim.fault("toy", "get", status=500)
    assert call(sim, "GET", "/things/a", headers={}).status == 401
    assert sim.faults()[0]["hits"] == 0


def test_close_before_reply(sim: Simulator) -> None:
    sim.fault("toy", "put", kind="close")
    with pytest.raises(http.client.RemoteDisconnected):
        call(sim, "PUT", "/things/a", 1)
    assert sim.state("toy") == {}
    sim.wait_for(lambda s: s.requests()[0].status == 0)


def test_close_after_commit(sim: Simulator) -> None:
    sim.fault("toy", "put", kind="close", apply=True)
    with pytest.raises(http.client.RemoteDisconnected):
        call(sim, "PUT", "/things/a", 1)
    assert list(sim.state("toy")) == ["a"]


def test_close_by_reset(sim: Simulator) -> None:
    sim.fault("toy", "put", kind="close", reset=True)
    request = (
        b"PUT /things/a HTTP/1.1\r\nHost: x\r\nAuthorization: secret\r\nContent-Length: 1\r\n\r\n1"
    )
    with pytest.raises(ConnectionResetError):
        raw_exchange(sim.url("toy"), request)
    sim.fault("toy", "put", kind="close")
    assert raw_exchange(sim.url("toy"), request) == b""


def test_malformed_html_and_empty_bodies_apply(sim: Simulator) -> None:
    for kind in ("malformed", "html", "empty"):
        sim.fault("toy", "put", kind=kind)
    answers = [call(sim, "PUT", f"/things/{name}", 1) for name in "abc"]
    assert [(a.status, a.body) for a in answers] == [
        (200, b'{"broken": [1, 2'),
        (
            200,
            b"<!DOCTYPE html>\n<html><head><title>Bad gateway</title></head><body></body></html>\n",
        ),
        (200, b""),
    ]
    assert [a.headers["Content-Type"] for a in answers[:2]] == [
        "application/json",
        "text/html; charset=utf-8",
    ]
    assert list(sim.state("toy")) == ["a", "b", "c"]


def test_html_fault_may_carry_a_status_and_not_apply(sim: Simulator) -> None:
    sim.fault("toy", "put", kind="html", status=502, apply=False)
    assert call(sim, "PUT", "/things/a", 1).status == 502
    assert sim.state("toy") == {}


def test_truncated_body(sim: Simulator) -> None:
    sim.fault("toy", "put", kind="truncated")
    with pytest.raises(http.client.IncompleteRead) as caught:
        call(sim, "PUT", "/things/a", 1)
    whole = sim.requests()[0].reply_body
    assert caught.value.partial == whole[: len(whole) // 2]
    assert list(sim.state("toy")) == ["a"]


def test_slow_drip_sends_everything(sim: Simulator) -> None:
    sim.fault("toy", "put", kind="drip", chunk_bytes=16, interval_ms=5)
    assert call(sim, "PUT", "/things/a", 1).json["name"] == "a"


def test_rewrite_merges_assigns_and_removes(sim: Simulator) -> None:
    sim.fault(
        "toy",
        "put",
        kind="rewrite",
        merge={"extra": {"deep": True}},
        assign={"/state": None},
        remove=["/id", "/absent/x"],
    )
    body = call(sim, "PUT", "/things/a", 1).json
    url = sim.url("toy")
    assert body == {"name": "a", "value": 1, "state": None, "url": url, "extra": {"deep": True}}


def test_hold_keeps_requests_until_released(sim: Simulator) -> None:
    sim.fault("toy", "put", kind="hold", count=0)
    answers: list[int] = []

    def put(name: str) -> None:
        answers.append(call(sim, "PUT", f"/things/{name}", 1).status)

    threads = [threading.Thread(target=put, args=(f"t{n}",)) for n in range(20)]
    for thread in threads:
        thread.start()
    held = sim.wait_requests(20, operation="put")
    assert {r.status for r in held} == {None}
    assert sim.stats()["toy"]["in_flight"] == 20
    assert len(sim.state("toy")) == 20
    assert answers == []
    sim.release()
    for thread in threads:
        thread.join()
    assert answers == [200] * 20
    assert sim.stats()["toy"]["peak_in_flight"] == 20


def test_delay_comes_before_or_after_the_commit(sim: Simulator) -> None:
    sim.fault("toy", "put", target="early", kind="delay", delay_reply_ms=60_000)
    sim.fault("toy", "put", target="late", kind="delay", delay_ms=60_000)
    for name in ("early", "late"):
        connection = connect(sim.url("toy"))
        connection.request("PUT", f"/things/{name}", b"1", KEY)
        sim.wait_requests(1, target=name)
        connection.close()
    sim.wait_for(lambda s: "early" in s.state("toy"))
    assert [r.status for r in sim.requests()] == [None, None]
    assert list(sim.state("toy")) == ["early"]


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"kind": "explode"}, "unknown fault kind 'explode'"),
        ({"statsu": 500}, "unknown fault members: statsu"),
        ({"kind": "error"}, "an 'error' fault needs a status"),
        ({"kind": "drip", "apply": False}, "apply cannot be false"),
        ({"cloud": "mars", "status": 500}, "no cloud 'mars'"),
    ],
)
def test_a_wrong_fault_rule_is_refused(sim: Simulator, members: dict[str, Any], text: str) -> None:
    with pytest.raises(SimulatorError, match=text):
        sim.fault(**members)
    assert sim.faults() == []


def test_knobs_merge_maps_and_refuse_unknown_names(sim: Simulator) -> None:
    sim.knobs("toy", polls={"old": 3})
    assert sim.knobs("toy")["polls"] == {"new": 1, "old": 3}
    assert sim.knobs("toy", polls={"new": None})["polls"] == {"old": 3}
    with pytest.raises(SimulatorError, match="toy has no knob plos"):
        sim.knobs("toy", plos={}, key="changed")
    assert sim.knobs("toy")["key"] == "secret"


def test_reset_brings_back_knobs_ids_and_emptiness(sim: Simulator) -> None:
    first = call(sim, "PUT", "/things/a", 1).json["id"]
    second = call(sim, "PUT", "/things/b", 1).json["id"]
    assert first != second
    sim.knobs("toy", key="other")
    sim.fault("toy", status=500)
    sim.reset("toy")
    assert (sim.state(), sim.faults(), sim.requests()) == ({"toy": {}}, [], [])
    assert call(sim, "PUT", "/things/a", 1).json["id"] == first


def test_mutate_and_delete_behind_the_back(sim: Simulator) -> None:
    call(sim, "PUT", "/things/a", {"x": 1, "y": 2})
    changed = sim.mutate("toy", "a", {"value": {"x": None}}, {"/value/z~1": None})
    assert changed["value"] == {"y": 2, "z/": None}
    assert call(sim, "GET", "/things/a").json["value"] == {"y": 2, "z/": None}
    sim.delete("toy", "a")
    assert call(sim, "GET", "/things/a").status == 404
    with pytest.raises(SimulatorError, match="no thing 'a'"):
        sim.delete("toy", "a")


def test_cloud_actions(sim: Simulator) -> None:
    assert sim.call("toy", "count", x=1) == {"count": 0, "arguments": {"x": 1}}
    with pytest.raises(SimulatorError, match="toy has no control action 'nothing'"):
        sim.call("toy", "nothing")


def test_a_closed_port_refuses_and_opens_again(sim: Simulator) -> None:
    call(sim, "PUT", "/things/a", 1)
    sim.listen("toy", up=False)
    with pytest.raises(ConnectionRefusedError):
        call(sim, "GET", "/things/a")
    sim.listen("toy", up=True)
    assert call(sim, "GET", "/things/a").status == 200


def test_a_bug_in_a_cloud_fails_the_test() -> None:
    with (
        pytest.raises(SimulatorError, match="planted bug"),
        Simulator("toy", arguments=EXTRA) as sim,
    ):
        assert call(sim, "GET", "/crash").status == 500


def test_two_clouds_on_one_port() -> None:
    arguments = (*EXTRA, "--extra", "again=toy_cloud:Toy")
    with Simulator("toy", "hf", one_port=True, arguments=arguments) as sim:
        assert sim.url("toy") == sim.url("hf")
        call(sim, "PUT", "/things/a", 1)
        call(sim, "GET", "/v2/provider")
        call(sim, "GET", "/nobody/knows")
        got = [(r.cloud, r.operation) for r in sim.requests()]
    assert got == [("toy", "put"), ("hf", "provider.list"), ("hf", "unknown")]


def test_tls_is_trusted_by_the_written_authority_only() -> None:
    with Simulator("toy", tls=True, arguments=(*EXTRA, "--tls-name", "cloud.example")) as sim:
        assert sim.url("toy").startswith("https://127.0.0.1:")
        trusting = ssl.create_default_context(cafile=str(sim.ca_path))
        connection = connect(sim.url("toy"), trusting)
        assert ask(connection, "GET", "/things/a", headers=KEY).status == 404
        connection.close()
        with pytest.raises(ssl.SSLCertVerificationError):
            connect(sim.url("toy"), ssl.create_default_context()).request("GET", "/")
        port = urlsplit(sim.url("toy")).port
        for name in ("cloud.example", "localhost"):
            with socket.create_connection(("127.0.0.1", port)) as plain:
                trusting.wrap_socket(plain, server_hostname=name).close()
        with (
            socket.create_connection(("127.0.0.1", port)) as plain,
            pytest.raises(ssl.SSLCertVerificationError),
        ):
            trusting.wrap_socket(plain, server_hostname="else.example")


def test_tls_connection_dropped_after_commit() -> None:
    with Simulator("toy", tls=True, arguments=EXTRA) as sim:
        sim.fault("toy", "put", kind="close", apply=True)
        sim.fault("toy", "put", kind="truncated")
        trusting = ssl.create_default_context(cafile=str(sim.ca_path))
        for expected in (http.client.RemoteDisconnected, http.client.IncompleteRead):
            with pytest.raises(expected):
                ask(connect(sim.url("toy"), trusting), "PUT", "/things/a", 1, KEY)
        assert list(sim.state("toy")) == ["a"]


def test_200_tls_clients_at_once() -> None:
    """Every client has its own connection open before the first one is answered."""
    with Simulator("toy", tls=True, arguments=EXTRA) as sim:
        sim.fault("toy", "put", kind="hold", count=0)
        trusting = ssl.create_default_context(cafile=str(sim.ca_path))
        connections = [connect(sim.url("toy"), trusting) for _ in range(200)]
        for number, connection in enumerate(connections):
            connection.request("PUT", f"/things/t{number}", b"1", KEY)
        sim.wait_requests(200, operation="put")
        assert sim.stats()["toy"]["peak_in_flight"] == 200
        sim.release()
        assert {connection.getresponse().status for connection in connections} == {200}
        for connection in connections:
            connection.close()
        assert len(sim.state("toy")) == 200
        assert sim.stats()["toy"]["connections"] == 200


def run_command(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "simulator", *arguments]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_prints_one_line_and_ends_on_a_signal(number: int) -> None:
    process = run_command(*EXTRA, "toy", "hf")
    assert process.stdout is not None
    line = process.stdout.readline()
    assert list(json.loads(line)) == ["hf", "toy", "control", "page"]
    process.send_signal(number)
    rest, errors = process.communicate(timeout=30)
    assert (rest, errors, process.returncode) == ("", "", 0)


def test_the_command_ends_with_its_standard_input() -> None:
    process = run_command(*EXTRA, "toy", "--until-eof")
    out, errors = process.communicate("", timeout=30)
    assert (out.count("\n"), errors, process.returncode) == (1, "", 0)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["mars"], "no cloud 'mars'"),
        (["--tls"], "--tls needs --ca-out"),
        (["hf", "--knobs", "hf:3"], "--knobs takes CLOUD:JSON-object"),
        (["hf=http"], "not a port: 'http'"),
        (["hf", "--host", "0.0.0.0"], "not a loopback address: '0.0.0.0'"),
    ],
)
def test_wrong_command_lines(arguments: list[str], text: str) -> None:
    process = run_command(*arguments)
    _, errors = process.communicate("", timeout=30)
    assert process.returncode == 2
    assert text in errors


def test_listening_on_ipv6() -> None:
    with Simulator("toy", arguments=(*EXTRA, "--host", "::1")) as sim:
        assert sim.url("toy").startswith("http://[::1]:")
        assert call(sim, "GET", "/things/a").status == 404


def test_fixed_ports_seed_and_first_knobs() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ids = []
    for seed in ("1", "1", "2"):
        with Simulator(
            f"toy={port}", seed=seed, knobs={"toy": {"key": "k"}}, arguments=EXTRA
        ) as sim:
            assert sim.url("toy") == f"http://127.0.0.1:{port}"
            sim.reset()
            answer = call(sim, "PUT", "/things/a", 1, {"Authorization": "k"})
            ids.append(answer.json["id"])
    assert ids[0] == ids[1] != ids[2]
