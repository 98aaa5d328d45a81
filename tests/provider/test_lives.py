"""One life per cloud, as the engine leads it: create, read, an empty diff, update, delete."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from simulator.client import Simulator
from support.drivers import maas as maas_support
from support.drivers.hf import Driver, kinds, plain
from support.drivers.kinds import KINDS, Json

pytestmark = pytest.mark.uninstrumented


@dataclass(frozen=True)
class Life:
    """One input of the smallest endpoint that changes, and the operations that each call needs.

    `update` is the operation that carries the change, `body` what it sends.
    """

    cloud: str
    change: Json
    update: str
    body: Json
    created: tuple[str, ...]
    read: tuple[str, ...]
    updated: tuple[str, ...]
    deleted: tuple[str, ...]


LIVES = (
    Life(
        "ark",
        change={"description": "new"},
        update="endpoint.update",
        body={"Description": "new"},
        created=(
            "endpoint.list",
            "endpoint.create",
            "endpoint.get",
            "endpoint.certificate",
            "endpoint.list",
            "account.get",
        ),
        read=("endpoint.get", "endpoint.certificate", "account.get"),
        updated=("endpoint.update", "endpoint.get", "endpoint.certificate"),
        deleted=("endpoint.delete", "endpoint.get", "endpoint.list"),
    ),
    Life(
        "hf",
        change={"type": "public"},
        update="endpoint.update",
        body={"type": "public"},
        created=("endpoint.create", "provider.namespace"),
        read=("endpoint.get",),
        updated=("endpoint.update", "provider.namespace", "endpoint.get"),
        deleted=("endpoint.delete", "endpoint.get", "endpoint.list"),
    ),
    Life(
        "maas",
        change={"description": "new"},
        update="endpoint.edit",
        body=maas_support.edit_body(remark="new"),
        created=("iam.projects", "endpoint.create", "endpoint.list"),
        read=("endpoint.list",),
        updated=("endpoint.edit", "endpoint.list"),
        deleted=("endpoint.delete", "endpoint.list"),
    ),
    Life(
        "tir",
        change={"replica": 2},
        update="endpoint.disableAutoScale",
        body={"action": "disable_auto_scale", "replicas": 2},
        created=("endpoint.create", "sku.list"),
        read=("endpoint.get",),
        updated=("endpoint.get", "endpoint.disableAutoScale", "sku.list", "endpoint.get"),
        deleted=("endpoint.delete", "endpoint.get"),
    ),
)


@pytest.fixture(scope="module")
def clouds() -> Iterator[Simulator]:
    with Simulator(*KINDS) as simulator:
        for kind in KINDS.values():
            simulator.knobs(kind.cloud, kind.knobs)
        yield simulator
        assert simulator.bugs() == []


@pytest.fixture
def run(binary: Path, clouds: Simulator, life: Life) -> Iterator[Callable[[], Driver]]:
    """Starts a provider, as each run of the engine does; all end with the test."""
    running: list[Driver] = []

    def start() -> Driver:
        kind = KINDS[life.cloud]
        running.append(kind.driver(binary))
        running[-1].configure(**kind.config(clouds))
        return running[-1]

    yield start
    for one in running:
        one.stop()


def taken(clouds: Simulator, cloud: str) -> list[Any]:
    """The requests since the last look."""
    requests = clouds.requests(cloud=cloud)
    clouds.clear(cloud)
    return requests


def operations(clouds: Simulator, cloud: str) -> tuple[str, ...]:
    """Whose account it is is asked beside the rest, at no certain moment: it comes last here."""
    found = [request.operation for request in taken(clouds, cloud)]
    return tuple(sorted(found, key="account.get".__eq__))


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.cloud)
def test_a_life(run: Callable[[], Driver], clouds: Simulator, life: Life) -> None:
    kind = KINDS[life.cloud]
    driver = run()
    inputs = driver.checked(kind.inputs())
    id, state = driver.create(inputs)
    assert operations(clouds, life.cloud) == life.created

    driver = run()
    read = driver.read(id, state, inputs)
    assert operations(clouds, life.cloud) == life.read
    assert (read.id, plain(read.inputs), plain(read.properties)) == (id, inputs, state)
    assert kinds(driver.diff(inputs, inputs, state, id=id)) == {}

    news = driver.checked(kind.inputs(**life.change), olds=inputs)
    shown = {name: "UPDATE" if name in inputs else "ADD" for name in life.change}
    assert kinds(driver.diff(inputs, news, state, id=id)) == shown
    assert operations(clouds, life.cloud) == ()
    changed = driver.update(inputs, news, state, id=id)
    requests = taken(clouds, life.cloud)
    assert tuple(request.operation for request in requests) == life.updated
    (sent,) = [request.json for request in requests if request.operation == life.update]
    assert {key: value for key, value in sent.items() if key != "Id"} == life.body
    assert {key: changed[key] for key in life.change} == life.change

    driver.delete(id, changed, news)
    assert operations(clouds, life.cloud) == life.deleted
    assert clouds.state(life.cloud)["endpoints"] == {}
