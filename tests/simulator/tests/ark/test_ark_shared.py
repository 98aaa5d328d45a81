"""ModelArk beside the other clouds on one port, and started with knobs."""

from __future__ import annotations

from ark_tools import MOMENT, ArkApi
from hf_tools import WRITE
from http_tools import ask, connect

from simulator.client import Simulator


def test_one_port() -> None:
    with Simulator("ark", "hf", one_port=True) as sim:
        sim.freeze(MOMENT)
        ark = ArkApi(sim)
        identifier = ark.create()
        ark.get(identifier)
        ark.chat(identifier)
        unsigned = ark.post("Action=ListEndpoints&Version=2024-01-01", b"{}", {})
        ark.close()
        connection = connect(sim.url("hf"))
        headers = {"Authorization": f"Bearer {WRITE}"}
        ask(connection, "GET", "/v2/endpoint/me", headers=headers)
        ask(connection, "POST", "/dataplane/0123456789abcdef01234567/api/v3/x", {}, headers)
        connection.close()
        served = [(request.cloud, request.operation) for request in sim.requests()]
    assert unsigned.status == 401
    assert served == [
        ("ark", "endpoint.create"),
        ("ark", "endpoint.get"),
        ("ark", "dataplane.chat"),
        ("ark", "endpoint.list"),
        ("hf", "endpoint.list"),
        ("hf", "dataplane"),
    ]


def test_without_authentication_from_the_start() -> None:
    with Simulator("ark", knobs={"ark": {"auth": False}}) as sim:
        ark = ArkApi(sim)  # at the real time, so its signatures are stale
        assert ark.listed() == []
        ark.close()
