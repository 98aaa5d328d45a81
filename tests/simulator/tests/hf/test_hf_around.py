"""What surrounds endpoints: hardware, quotas, replicas, logs, network, data plane."""

from __future__ import annotations

import http.client
import json
import threading
from typing import Any

import pytest
from hf_tools import FREE, OTHER, READ, WRITE, HfApi, body, error_of
from http_tools import ask, connect

NAMES = ("aws", "azure", "gcp")


def computes(catalogue: Any, vendor: str, region: str) -> dict[str, Any]:
    return {
        compute["id"]: compute
        for row in catalogue["vendors"]
        if row["name"] == vendor
        for place in row["regions"]
        if place["name"] == region
        for compute in place["computes"]
    }


def test_the_catalogue_of_anybody_shows_no_quota(hf: HfApi) -> None:
    hf.made()
    catalogue = hf("GET", "/v2/provider", token=None).json
    assert [vendor["name"] for vendor in catalogue["vendors"]] == list(NAMES)
    assert [r["name"] for r in catalogue["vendors"][0]["regions"]] == [
        "eu-west-1",
        "us-east-1",
        "us-east-2",
        "us-west-2",
    ]
    rows = computes(catalogue, "aws", "us-east-1")
    assert len(rows) == 36
    assert rows["aws-us-east-1-nvidia-l40s-x8"] == {
        "id": "aws-us-east-1-nvidia-l40s-x8",
        "accelerator": "gpu",
        "numAccelerators": 8,
        "numCpus": 16,
        "memoryGb": 32.0,
        "instanceType": "nvidia-l40s",
        "instanceSize": "x8",
        "architecture": "Nvidia L40S",
        "status": "available",
        "pricePerHour": 14.4,
        "quota": {"maxAccelerators": 0, "usedAccelerators": 0},
        "gpuMemoryGb": 384,
    }
    deprecated = {name for name, row in rows.items() if row["status"] == "deprecated"}
    assert {name.rsplit("-", 1)[0].removeprefix("aws-us-east-1-") for name in deprecated} == {
        "intel-icl",
        "nvidia-h100",
        "nvidia-b200",
    }
    assert "gpuMemoryGb" not in rows["aws-us-east-1-inf2-x12"]


def test_the_catalogue_of_a_namespace_shows_its_quota(hf: HfApi) -> None:
    hf.sim.knobs(
        "hf",
        quotas={"aws/intel-spr": 100},
        compute_status={"gcp-us-east4-nvidia-t4-x1": "reserved"},
    )
    hf.made()
    catalogue = hf("GET", "/v2/provider/me").json
    rows = computes(catalogue, "aws", "eu-west-1")
    quota = {"maxAccelerators": 100, "usedAccelerators": 8}
    assert rows["aws-eu-west-1-intel-spr-x1"]["quota"] == quota
    rows = computes(catalogue, "gcp", "us-east4")
    assert rows["gcp-us-east4-nvidia-t4-x1"]["status"] == "reserved"
    assert hf("GET", "/v2/provider/other").status == 401


def test_quotas(hf: HfApi) -> None:
    hf.sim.knobs("hf", quotas={"aws/intel-spr": 100})
    hf.made()
    quotas = hf("GET", "/v2/provider/quotas/me").json
    assert [vendor["name"] for vendor in quotas["vendors"]] == list(NAMES)
    assert quotas["vendors"][0]["quotas"][0] == {
        "instanceType": "intel-spr",
        "architecture": "Intel Sapphire Rapids",
        "maxAccelerators": 100,
        "usedAccelerators": 8,
    }
    hf.act("pause")
    row = hf("GET", "/v2/provider/quotas/me").json["vendors"][0]["quotas"][0]
    assert row["usedAccelerators"] == 0


def replicas(hf: HfApi) -> list[tuple[str, bool, bool]]:
    items = hf("GET", "/v2/endpoint/me/demo/replica").json["items"]
    return [
        (item["status"]["stage"], item["status"]["live"], item["status"]["updating"])
        for item in items
    ]


def test_replicas_follow_the_state(hf: HfApi) -> None:
    hf.sim.knobs("hf", seconds={"initializing": 10, "updating": 10})
    hf.made(body({"compute": {"scaling": {"minReplica": 2}}}))
    assert replicas(hf) == [("initializing", False, False)] * 2
    hf.sim.advance(10)
    assert replicas(hf) == [("running", True, False)] * 2
    hf.updated({"compute": {"scaling": {"minReplica": 1}}})
    assert replicas(hf) == [("running", True, False), ("initializing", False, True)]
    items = hf("GET", "/v2/endpoint/me/demo/replica").json["items"]
    assert len({item["versionId"] for item in items}) == 2
    hf.act("pause")
    assert replicas(hf) == []
    hf.sim.call("hf", "fail", target="me/demo")
    assert replicas(hf) == [("stopped", False, False)]
    (item,) = hf("GET", "/v2/endpoint/me/demo/replica").json["items"]
    assert item["status"]["exitCode"] == 1


def lines(hf: HfApi, count: int) -> None:
    for number in range(count):
        hf.sim.advance(1)
        level = "ERROR" if number % 2 else "INFO"
        hf.sim.call("hf", "log", target="me/demo", line=f"line {number}", level=level)


def test_logs_of_the_second_version(hf: HfApi) -> None:
    hf.made()
    lines(hf, 3)
    path = "/v2/endpoint/me/demo/logs"
    answer = hf("GET", path)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.body == b"INFO Endpoint is ready\nline 0\nline 1\nline 2\n"
    assert hf("GET", f"{path}?tail=2").body == b"line 1\nline 2\n"
    assert hf("GET", f"{path}?tail=1&line_max_length=3").body == b"lin\n"
    assert hf("GET", f"{path}?replica=none").body == b""


def test_a_failure_is_in_the_logs(hf: HfApi) -> None:
    hf.sim.knobs("hf", fail_next_create=1, failure_message="CUDA out of memory")
    hf.made()
    body = hf("GET", "/v2/endpoint/me/demo/logs").body
    assert body == b"ERROR Endpoint failed to start: CUDA out of memory\n"


def test_logs_of_the_third_version(hf: HfApi) -> None:
    hf.made()
    lines(hf, 2)
    path = "/v3/endpoint/me/demo/logs"
    entries = hf("GET", path).json
    assert entries[1] == {
        "timestamp": "2026-10-02T12:41:54.000000000Z",
        "line": "line 0",
        "stream": "stdout",
        "replica_id": entries[0]["replica_id"],
        "level": "INFO",
    }
    assert [entry["line"] for entry in entries] == ["INFO Endpoint is ready", "line 0", "line 1"]
    assert [e["line"] for e in hf("GET", f"{path}?level=error").json] == ["line 1"]
    assert [e["line"] for e in hf("GET", f"{path}?search=Endpoint").json] == [entries[0]["line"]]
    since = "2026-10-02T12:41:55Z"
    assert [e["line"] for e in hf("GET", f"{path}?since={since}").json] == ["line 1"]
    until = "2026-10-02T12:41:54Z"
    got = [e["line"] for e in hf("GET", f"{path}?until={until}").json]
    assert got == ["INFO Endpoint is ready", "line 0"]
    assert error_of(hf("GET", f"{path}?since=yesterday"))[0] == 400


def link(answer: Any, relation: str) -> str:
    """The path of a link of that relation, "" when there is none."""
    for part in answer.headers.get("Link", "").split(", "):
        url, _, rest = part.partition(">; rel=")
        if rest == f'"{relation}"':
            return str(url).removeprefix("<")
    return ""


def test_pages_of_logs_are_cut_from_either_end_and_ascend(hf: HfApi) -> None:
    hf.made()
    lines(hf, 6)
    path = "/v3/endpoint/me/demo/logs?search=line&limit=2"

    def page(query: str) -> tuple[list[str], Any]:
        answer = hf("GET", query)
        return [entry["line"] for entry in answer.json], answer

    newest, answer = page(path)
    assert newest == ["line 4", "line 5"]
    assert link(answer, "next") == ""
    older, answer = page(link(answer, "prev").removeprefix(hf.url))
    assert older == ["line 2", "line 3"]
    assert link(answer, "next_sse").startswith(f"{hf.url}/v3/endpoint/me/demo/logs/sse?")
    oldest, answer = page(f"{path}&order=asc")
    assert (oldest, link(answer, "prev")) == (["line 0", "line 1"], "")
    following, _ = page(link(answer, "next").removeprefix(hf.url))
    assert following == ["line 2", "line 3"]


def test_log_download(hf: HfApi) -> None:
    hf.made()
    lines(hf, 2)
    answer = hf("GET", "/v3/endpoint/me/demo/logs/download?search=line")
    assert (answer.body, answer.headers["Content-Type"]) == (
        b"line 0\nline 1\n",
        "text/plain; charset=utf-8",
    )


def test_log_search_may_be_off(hf: HfApi) -> None:
    hf.made()
    hf.sim.knobs("hf", log_search=False)
    for rest in ("", "/download", "/sse"):
        answer = hf("GET", f"/v3/endpoint/me/demo/logs{rest}")
        assert error_of(answer) == (501, "NOT_IMPLEMENTED", "Log search is not available")
    assert hf("GET", "/v2/endpoint/me/demo/logs").status == 200


def events(raw: bytes) -> list[str]:
    return [part.removeprefix("data: ") for part in raw.decode().split("\n\n") if part]


def test_streams_that_end(hf: HfApi) -> None:
    hf.made()
    lines(hf, 2)
    hf.sim.knobs("hf", log_streams_end=True)
    answer = hf("GET", "/v2/endpoint/me/demo/logs/sse?tail=2")
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert events(answer.body) == ["line 0", "line 1"]
    answer = hf("GET", "/v3/endpoint/me/demo/logs/sse?tail=1")
    assert [json.loads(text)["line"] for text in events(answer.body)] == ["line 1"]
    assert hf("GET", "/v2/endpoint/me/demo/logs?follow=true&tail=1").body == b"line 1\n"
    (event,) = events(hf("GET", "/v2/endpoint/me/demo/sse").body)
    assert json.loads(event) == hf.get()


def opened(hf: HfApi, path: str) -> http.client.HTTPResponse:
    connection = connect(hf.url)
    connection.request("GET", path, headers={"Authorization": f"Bearer {READ}"})
    return connection.getresponse()


def test_streams_follow_until_the_endpoint_is_gone(hf: HfApi) -> None:
    hf.made()
    stream = opened(hf, "/v2/endpoint/me/demo/logs?follow=true")
    assert stream.readline() == b"INFO Endpoint is ready\n"
    hf.sim.call("hf", "log", target="me/demo", line="later")
    assert stream.readline() == b"later\n"
    hf.sim.delete("hf", "me/demo")
    assert stream.read() == b""


def test_events_tell_each_state(hf: HfApi) -> None:
    hf.sim.knobs("hf", seconds={"pending": 10})
    hf.made()
    stream = opened(hf, "/v2/endpoint/me/demo/sse")

    def next_state() -> Any:
        event = stream.readline()
        assert stream.readline() == b"\n"
        return json.loads(event.removeprefix(b"data: "))["status"]["state"]

    assert next_state() == "pending"
    hf.sim.advance(10)
    assert next_state() == "running"
    hf.act("pause")
    assert next_state() == "paused"
    hf.sim.delete("hf", "me/demo")
    assert stream.read() == b""


def test_a_reader_that_leaves_ends_the_stream(hf: HfApi) -> None:
    hf.made()
    stream = opened(hf, "/v2/endpoint/me/demo/logs/sse")
    stream.readline()
    assert hf.sim.stats()["hf"]["in_flight"] == 1
    stream.close()
    hf.sim.wait_for(lambda sim: sim.stats()["hf"]["in_flight"] == 0)


def test_debug_agent_and_metrics(hf: HfApi) -> None:
    assert hf.made()["status"]["agentMessage"] is None
    wanted = "Looked at the logs of demo: nothing to report"
    assert hf.act("agent/debug").json["status"]["agentMessage"] == wanted
    assert hf.get()["status"]["agentMessage"] == wanted
    for path in ("metrics", "metrics/hardware-gpu", "metrics/inference/ttft"):
        assert hf("POST", f"/v2/endpoint/me/demo/{path}", {"start": "", "stop": ""}).json == []


def test_private_services_come_and_go_with_their_endpoint(hf: HfApi) -> None:
    own = {"accountId": "1", "region": "us-east-1"}
    shared = {"accountId": "2", "region": "eu-west-1", "shared": True}
    hf.sim.knobs("hf", seconds={"initializing": 10})
    assert hf.made(body(privateService=own))["status"]["private"] == {"serviceName": None}
    hf.made(body(name="two", privateService=shared))
    path = "/v2/network/private-service/me"
    first, second = hf("GET", path).json["items"]
    assert (first["endpointName"], first["privateService"]) == ("demo", own)
    assert sorted(first["status"]) == ["lb_ips", "region", "service_name", "stage"]
    hf.sim.advance(10)
    name = hf.get()["status"]["private"]["serviceName"]
    assert name == first["status"]["service_name"]
    assert hf("GET", f"{path}?account-id=2").json["items"] == [second]
    assert hf("GET", f"{path}?shared=false").json["items"] == [first]
    hf("DELETE", "/v2/endpoint/me/demo")
    hf("DELETE", "/v2/endpoint/me/two")
    (left,) = hf("GET", path).json["items"]
    assert (left["id"], "endpointName" in left) == (second["id"], False)
    assert hf("DELETE", f"{path}/{second['id']}").json == {}
    assert hf("DELETE", f"{path}/{second['id']}").status == 404


def test_domains(hf: HfApi) -> None:
    path = "/v2/network/domain/me"
    row = hf("POST", path, {"domain": "a.example"}).json
    assert row == {
        "domain": "a.example",
        "createdAt": "2026-10-02T12:41:53.000000000Z",
        "status": {"stage": "Ready"},
    }
    assert hf("POST", path, {"domain": "a.example"}).status == 409
    assert error_of(hf("POST", path, {}))[2] == "missing field `domain`"
    hf.sim.knobs("hf", domain_stage="PendingChallenge")
    (row,) = hf("GET", path).json["items"]
    assert row["status"] == {"stage": "PendingChallenge"}
    assert hf("DELETE", f"{path}/a.example").json == {}
    assert hf("DELETE", f"{path}/a.example").status == 404


def test_cidr_lists(hf: HfApi) -> None:
    path = "/v2/network/cidr-list/me"
    row = hf("POST", path, {"name": "office", "cidrList": ["10.0.0.0/8"]}).json
    assert (row["name"], row["cidrList"]) == ("office", ["10.0.0.0/8"])
    changed = {"name": "office", "cidrList": []}
    assert hf("POST", f"{path}/{row['id']}", changed).json == {**changed, "id": row["id"]}
    assert hf("POST", path, {**changed, "id": row["id"]}).status == 409
    assert hf("GET", path).json == {"items": [{**changed, "id": row["id"]}]}
    assert hf("DELETE", f"{path}/{row['id']}").json == {}
    assert hf("POST", f"{path}/{row['id']}", changed).status == 404


def plane(hf: HfApi, kind: str = "public", **scaling: Any) -> str:
    """Make an endpoint and give the path of its data plane."""
    made = hf.made(body({"type": kind, "compute": {"scaling": scaling}}))
    return str(made["status"]["url"].removeprefix(hf.url))


@pytest.mark.parametrize(
    ("kind", "nobody", "stranger", "member"),
    [
        ("public", 200, 200, 200),
        ("authenticated", 401, 200, 200),
        ("private", 401, 403, 200),
        ("protected", 503, 503, 503),
    ],
)
def test_who_may_call(hf: HfApi, kind: str, nobody: int, stranger: int, member: int) -> None:
    path = plane(hf, kind)
    for token, status in ((None, nobody), (OTHER, stranger), (FREE, stranger), (WRITE, member)):
        assert hf("GET", f"{path}/health", token=token).status == status


def test_the_data_plane_by_state(hf: HfApi) -> None:
    hf.sim.knobs("hf", seconds={"initializing": 10, "updating": 10}, fail_next_update=1)
    path = plane(hf)
    assert hf("GET", f"{path}/health").status == 503
    hf.sim.advance(10)
    assert hf("GET", f"{path}/health").json == {"status": "ok"}
    assert hf("POST", path, {"inputs": "x"}).json == [{"generated_text": "answer of me/demo"}]
    assert hf.get()["status"]["lastUsedAt"] == "2026-10-02T12:42:03.000000000Z"
    hf.put({})
    assert hf("GET", f"{path}/health").status == 200
    hf.sim.advance(10)
    assert (hf.state(), hf("GET", f"{path}/health").status) == ("updateFailed", 200)
    hf.act("pause")
    answer = hf("GET", f"{path}/health")
    assert error_of(answer) == (400, "BAD_REQUEST", "Bad Request: Invalid state")
    assert hf("GET", "/dataplane/unknown/health").status == 404
    assert {r.target for r in hf.sim.requests(operation="dataplane")} == {
        "me/demo",
        "unknown",
    }


def test_a_request_wakes_a_sleeping_endpoint(hf: HfApi) -> None:
    path = plane(hf, minReplica=0)
    hf.act("scale-to-zero")
    hf.sim.knobs("hf", polls={"initializing": 1})
    assert hf("POST", path, {}).status == 503
    assert [hf.state() for _ in range(2)] == ["initializing", "running"]
    assert hf("POST", path, {}).status == 200


def test_a_request_may_wait_for_the_waking(hf: HfApi) -> None:
    path = plane(hf, minReplica=0)
    hf.act("scale-to-zero")
    hf.sim.knobs("hf", seconds={"initializing": 30})
    statuses: list[int] = []

    def call(wait: str) -> None:
        connection = connect(hf.url)
        headers = {"X-Scale-Up-Timeout": wait}
        statuses.append(ask(connection, "POST", path, {}, headers).status)
        connection.close()

    for wait, step, wanted in (("10", 10, 503), ("60", 20, 200)):
        thread = threading.Thread(target=call, args=(wait,))
        thread.start()
        hf.sim.wait_for(lambda sim: sim.stats()["hf"]["in_flight"] == 1)
        hf.sim.advance(step)
        thread.join()
        assert statuses[-1] == wanted
