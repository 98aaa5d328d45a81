"""A cloud that is put back holds what it held, in every part, and goes on from there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from ark_tools import ArkApi
from hf_tools import HfApi
from hf_tools import body as hf_body
from maas_tools import MaasApi, password_body
from tir_tools import TirApi
from tir_tools import body as tir_body

from simulator.client import Simulator, SimulatorError

CLOUDS = ("ark", "hf", "maas", "tir")
pytest_plugins = ("tir_fixtures",)


def check_put_back(sim: Simulator, cloud: str) -> dict[str, Any]:
    """In this simulator after a reset, and in another one; the snapshot."""
    held, saved, now = sim.state(cloud), sim.snapshot(cloud), sim.now()
    assert held["endpoints"]
    with Simulator(cloud, seed="another") as other:
        for place in (sim, other):
            place.reset(cloud)
            place.freeze(now)
            place.restore(cloud, saved)
            assert place.snapshot(cloud)["stored"] == saved["stored"]
        sim_urls, other_urls = sim.url(cloud), other.url(cloud)
        assert sim.state(cloud) == held
        shown = json.dumps(other.state(cloud)).replace(other_urls, sim_urls)
        assert json.loads(shown) == held
    return saved


def test_ark(ark: ArkApi) -> None:
    ark.sim.knobs("ark", polls={"scheduling": 3, "stopping": 2})
    passing, going = ark.create({"Name": "passing"}), ark.create({"Name": "going"})
    assert ark.status(passing) == "Scheduling"
    ark.result("DeleteEndpoint", {"Id": going})
    key = {"DurationSeconds": 60, "ResourceType": "endpoint", "ResourceIds": [passing]}
    issued = ark.result("GetApiKey", key)["ApiKey"]
    saved = check_put_back(ark.sim, "ark")
    assert issued in saved["stored"]["issued"]
    assert [ark.status(passing) for _ in range(3)] == ["Scheduling", "Scheduling", "Running"]
    assert ark.create({"Name": "new"}) not in (passing, going)


def test_hf(hf: HfApi) -> None:
    hf.sim.knobs("hf", polls={"updating": 2})
    service = {"accountId": "123456789012", "region": "us-east-1"}
    hf.made(hf_body({"privateService": service, "model": {"env": {"A": "1"}}}))
    hf.updated({"compute": {"scaling": {"maxReplica": 4}}})
    hf.sim.call("hf", "fail", target="me/demo", state="updateFailed")
    saved = check_put_back(hf.sim, "hf")
    assert saved["stored"]["networks"]["me"]["services"]
    assert saved["stored"]["audit"]["me"]
    assert hf.state() == "updateFailed"


def test_maas(maas: MaasApi) -> None:
    id, gone = maas.made(endpoint_name="kept"), maas.made(endpoint_name="gone")
    maas.edit(id, rpm=5)
    maas.delete(gone)
    token = maas.new_token(password_body()).headers["X-Subject-Token"]
    saved = check_put_back(maas.sim, "maas")
    assert token in saved["stored"]["access.tokens"]
    assert maas.item(id)["rpm"] == 5
    assert maas.create(endpoint_name="gone").status == 400, "a name stays burnt"


def test_tir(tir: TirApi) -> None:
    tir.made()
    tir.acted("stop")
    saved = check_put_back(tir.sim, "tir")
    assert list(saved["stored"]["endpoints"]) == ["501/3001"]
    assert tir.made(tir_body({"name": "new"}))["id"] == 3002, "numbers go on"


def test_ids_never_come_twice(ark: ArkApi) -> None:
    """However often a snapshot is taken and put back."""
    seen: set[str] = set()
    for _ in range(3):
        new = {ark.create() for _ in range(3)}
        assert not new & seen
        seen |= new
        saved = ark.sim.snapshot("ark")
        ark.sim.reset("ark")
        ark.sim.restore("ark", saved)


def test_knobs_and_record_stay(ark: ArkApi) -> None:
    ark.create()
    saved = ark.sim.snapshot("ark")
    ark.sim.knobs("ark", invisible_polls=7)
    ark.sim.restore("ark", saved)
    assert ark.sim.knobs("ark")["invisible_polls"] == 7
    assert [request.operation for request in ark.sim.requests()] == ["endpoint.create"]


@pytest.fixture(scope="module")
def every() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.mark.parametrize("cloud", CLOUDS)
def test_nothing(every: Simulator, cloud: str) -> None:
    saved = every.snapshot(cloud)
    every.restore(cloud, saved)
    assert every.snapshot(cloud)["stored"] == saved["stored"]


@pytest.mark.parametrize(
    "change",
    [
        {"cloud": "hf"},
        {"ids": None},
        {"ids": {"generation": 0}},
        {"stored": None},
        {"stored": {}},
        {"stored": {"endpoints": {"x": {"account": "a"}}, "issued": {}, "ignored": []}},
        {"stored": {"endpoints": {}, "issued": {"k": {"new": 1}}, "ignored": []}},
    ],
    ids=str,
)
def test_nonsense_changes_nothing(ark: ArkApi, change: dict[str, Any]) -> None:
    ark.create()
    saved = ark.sim.snapshot("ark")
    with pytest.raises(SimulatorError, match="no snapshot of "):
        ark.sim.restore("ark", {**saved, **change})
    assert ark.sim.snapshot("ark") == saved
