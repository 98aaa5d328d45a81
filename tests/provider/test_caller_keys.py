"""Where callers of a new endpoint get the key that no resource makes: said once, as information."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from simulator.client import Simulator
from support.drivers.hf import Driver
from support.drivers.kinds import KINDS

SCHEMA = json.loads((Path(__file__).parents[2] / "schema.json").read_text(encoding="utf-8"))
INFO = 1
KEYS = {
    "hf": "Hugging Face: no resource makes the key that callers of endpoint {id} need: an access "
    "token of a Hugging Face account that `type` lets in, made under Settings > Access Tokens",
    "maas": "Huawei Cloud MaaS: no resource makes the key that callers of endpoint {id} need: an "
    "API key made in the MaaS console under API key management, not the access keys that manage "
    "endpoints",
    "tir": "E2E Networks TIR: no resource makes the key that callers of endpoint {id} need: an "
    "auth token, made in the TIR portal under API Tokens",
}


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(*KINDS) as running:
        for kind in KINDS.values():
            running.knobs(kind.cloud, kind.knobs)
        yield running
        assert running.bugs() == []


@pytest.fixture(params=sorted(KINDS))
def cloud(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def driver(cloud: str, simulator: Simulator, binary: Path) -> Iterator[Driver]:
    one = KINDS[cloud].driver(binary)
    one.configure(**KINDS[cloud].config(simulator))
    yield one
    if one.process.process.poll() is None:
        one.stop()


def told(driver: Driver) -> list[str]:
    """All of them: the provider has ended."""
    driver.stop()
    return [text for text in driver.log(INFO) if "the key that callers" in text]


def test_once_in_a_run(driver: Driver, cloud: str) -> None:
    first = ""
    for name in ("one", "two"):
        inputs = driver.checked(KINDS[cloud].inputs(name=f"{name}-{cloud}"), name=name)
        driver.create(inputs, preview=True)
        id, state = driver.create(inputs)
        driver.read(id, state, inputs)
        driver.delete(id, state, inputs)
        first = first or id
    expected = [KEYS[cloud].format(id=first)] if cloud in KEYS else []
    assert told(driver) == expected


@pytest.mark.parametrize("cloud", ["hf"])
def test_not_where_callers_need_none(driver: Driver, cloud: str) -> None:
    inputs = driver.checked(KINDS[cloud].inputs(name="open", type="public"))
    id, state = driver.create(inputs)
    driver.delete(id, state, inputs)
    assert told(driver) == []


def test_the_schema_says_the_same(cloud: str) -> None:
    target = SCHEMA["resources"][f"inference:{cloud}:Endpoint"]["properties"]["target"]
    if cloud in KEYS:
        assert KEYS[cloud].partition("need: ")[2] in target["description"]
    assert "{" not in target["description"]
