"""Creates whose outcome nobody could tell: the state keeps them, and the next call looks first."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2
from support.drivers.hf import WARNING, Driver, Failure, Simulator, plain
from support.drivers.kinds import KINDS, Json
from support.drivers.maas import PROJECT

CODE = grpc.StatusCode
CREATE = "endpoint.create"
# What shows an endpoint whose id is not known, and its name in a message.
LOOKS = {
    "ark": ("endpoint.list", '"demo" (with the label pulumi:create='),
    "hf": ("endpoint.get", "me/demo"),
    "maas": ("endpoint.list", '"demo"'),
    "tir": ("endpoint.list", '"demo"'),
}
# Of another declaration than the smallest.
OTHERWISE: dict[str, Json] = {
    "ark": {"description": "another"},
    "hf": {"tags": ["theirs"]},
    "maas": {"description": "another"},
    "tir": {"replica": 2},
}
BY_HAND: dict[str, Json] = {"maas": {"remark": "by hand"}, "tir": {"replica": 3}}
KEPT = (
    "The state keeps it as unconfirmed: the next pulumi up looks for it and goes on, and pulumi "
    "destroy deletes it; or look in the console"
)
LAG_S = 120
STILL = "It stays in the state as unconfirmed: run this again when the service answers"


class Cloud:
    """One cloud, and the providers that use it one after the other."""

    def __init__(self, name: str, sim: Simulator, binary: Path) -> None:
        self.name, self.sim, self.kind = name, sim, KINDS[name]
        self.look, self.words = LOOKS[name]
        self._binary = binary
        self.drivers: list[Driver] = []
        self.driver = self.later()

    def later(self, **config: Any) -> Driver:
        """Another process: the next run."""
        self.driver = self.kind.driver(self._binary)
        self.drivers.append(self.driver)
        project = {"maasProjectId": PROJECT} if self.name == "maas" else {}
        self.driver.configure(**self.kind.config(self.sim), **project, **config)
        return self.driver

    def fault(self, operation: str, **fault: Any) -> None:
        self.sim.fault(self.name, operation, **fault)

    def told(self, operation: str) -> int:
        return len(self.sim.requests(cloud=self.name, operation=operation))

    def living(self) -> int:
        return len(self.sim.state(self.name)["endpoints"])


@pytest.fixture(scope="module")
def processes() -> Iterator[dict[str, Simulator]]:
    with (
        Simulator("ark") as ark,
        Simulator("hf") as hf,
        Simulator("maas") as maas,
        Simulator("tir") as tir,
    ):
        yield {"ark": ark, "hf": hf, "maas": maas, "tir": tir}


@pytest.fixture(params=sorted(LOOKS))
def cloud(
    request: pytest.FixtureRequest, processes: dict[str, Simulator], binary: Path
) -> Iterator[Cloud]:
    sim = processes[request.param]
    sim.reset()
    sim.knobs(request.param, KINDS[request.param].knobs)
    cloud = Cloud(request.param, sim, binary)
    yield cloud
    for driver in cloud.drivers:
        driver.stop()
    assert sim.bugs() == []


class Entry:
    """What a state holds of a create that nobody could find out about."""

    def __init__(self, cloud: Cloud, apply: bool = True, **patch: Any) -> None:
        self.cloud = cloud
        self.inputs = cloud.driver.checked(cloud.kind.inputs(**patch))
        cloud.fault(CREATE, kind="close", apply=apply, count=0)
        cloud.fault(cloud.look, kind="error", status=403, message="no", count=0)
        self.failure = failing(cloud.driver.create, self.inputs)
        self.outputs = self.failure.properties
        self.id = self.failure.id
        cloud.sim.clear_faults()
        cloud.later()
        cloud.sim.clear()

    def wait(self) -> Entry:
        """Until any list would show it."""
        times = self.outputs["__unconfirmed"]
        self.outputs["__unconfirmed"] = {
            **times,
            "from": times["from"] - LAG_S,
            "until": times["until"] - LAG_S,
        }
        return self

    def read(self) -> Any:
        return self.cloud.driver.read(self.id, self.outputs, self.inputs)

    def settle(self) -> provider_pb2.ErrorResourceInitFailed:
        """A refresh that finds it."""
        found = failing(self.read).partial
        assert found is not None
        return found

    def update(self, news: Json | None = None) -> Json:
        return self.cloud.driver.update(self.inputs, news or self.inputs, self.outputs, id=self.id)

    def delete(self) -> None:
        self.cloud.driver.delete(self.id, self.outputs, self.inputs)


def failing(call: Any, *arguments: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        call(*arguments)
    return caught.value


def own_id(cloud: Cloud) -> str:
    """The id that the service knows the only endpoint by."""
    (stored,) = cloud.sim.state(cloud.name)["endpoints"]
    return "me/demo" if cloud.name == "hf" else stored.split("/")[-1]


def test_the_state_keeps_it(cloud: Cloud) -> None:
    entry = Entry(cloud)
    assert entry.id == "unconfirmed:demo"
    assert f"Whether the endpoint {cloud.words}" in entry.failure.message
    assert entry.failure.message.endswith(KEPT)
    assert entry.failure.reasons == [entry.failure.message]
    assert entry.failure.partial is not None and entry.failure.partial.refresh_before_update
    assert set(entry.outputs["__unconfirmed"]) == {"mark", "from", "until"}
    assert "endpointId" not in entry.outputs
    assert cloud.living() == 1


def test_a_refresh_finds_it_and_an_update_goes_on(cloud: Cloud) -> None:
    entry = Entry(cloud)
    found = entry.settle()
    assert found.id.split("/")[-1] == own_id(cloud).split("/")[-1]
    assert "exists: the reply to its create was lost; pulumi up goes on" in found.reasons[0]
    outputs, inputs = plain(found.properties), plain(found.inputs)
    assert outputs["endpointId"] == own_id(cloud) and "__unconfirmed" not in outputs
    assert outputs["__mark"] == entry.outputs["__mark"]
    updated = cloud.driver.update(inputs, entry.inputs, outputs, id=found.id)
    assert updated["endpointId"] == own_id(cloud)
    assert cloud.told(CREATE) == 0 and cloud.living() == 1
    cloud.driver.delete(found.id, updated, entry.inputs)
    assert cloud.living() == 0


def test_a_refresh_shows_that_none_was_made(cloud: Cloud) -> None:
    entry = Entry(cloud, apply=False).wait()
    assert cloud.living() == 0
    assert entry.read().id == ""


# A list that shows none.
BARE: dict[str, Json] = {
    "ark": {"/Result/Items": [], "/Result/TotalCount": 0},
    "maas": {"/items": [], "/total": 0},
    "tir": {"/data": []},
}


@pytest.mark.parametrize("cloud", sorted(BARE), indirect=True)
@pytest.mark.parametrize("apply", [True, False])
def test_a_list_that_may_lag_proves_nothing(cloud: Cloud, apply: bool) -> None:
    """Of an endpoint that it shows too late a second one would be made."""
    entry = Entry(cloud, apply)
    cloud.fault(cloud.look, kind="rewrite", assign=BARE[cloud.name], count=0)
    for call in (entry.read, entry.update, entry.delete):
        failure = failing(call)
        assert failure.code == CODE.UNAVAILABLE
        assert f"endpoint {cloud.words}" in failure.message
        assert " is not listed yet: its create was sent " in failure.message
        assert failure.message.endswith(
            " s ago, and the list may lack a new endpoint for 120 s. Run this again then. It stays "
            "in the state as unconfirmed until then"
        )
    assert cloud.told(CREATE) == cloud.told("endpoint.delete") == 0


def test_a_refresh_that_finds_nothing_out_drops_nothing(cloud: Cloud) -> None:
    entry = Entry(cloud)
    cloud.fault(cloud.look, kind="error", status=403, message="no", count=0)
    for call in (entry.read, entry.update, entry.delete):
        failure = failing(call)
        assert f"Whether the endpoint {cloud.words}" in failure.message
        assert STILL in failure.message
    assert cloud.living() == 1 and cloud.told("endpoint.delete") == 0


def test_an_engine_that_does_not_refresh_updates_it(cloud: Cloud) -> None:
    """Its id stays in the state; the outputs say which endpoint it is."""
    entry = Entry(cloud)
    entry.outputs = entry.update()
    assert entry.outputs["endpointId"] == own_id(cloud)
    cloud.later()
    assert entry.read().id.split("/")[-1] == own_id(cloud).split("/")[-1]
    entry.delete()
    assert cloud.living() == 0 and cloud.told(CREATE) == 0


def test_an_update_of_what_was_not_made(cloud: Cloud) -> None:
    failure = failing(Entry(cloud, apply=False).wait().update)
    assert failure.code == CODE.NOT_FOUND
    assert failure.message.endswith("is gone; run pulumi refresh")


def test_a_delete_finds_it(cloud: Cloud) -> None:
    Entry(cloud).delete()
    assert cloud.told("endpoint.delete") == 1 and cloud.living() == 0


def test_a_delete_of_what_was_not_made(cloud: Cloud) -> None:
    Entry(cloud, apply=False).wait().delete()
    assert cloud.told("endpoint.delete") == 0


def test_what_somebody_else_made_since_is_left_alone(cloud: Cloud) -> None:
    entry = Entry(cloud, apply=False).wait()
    foreign = cloud.later()
    theirs = foreign.checked(cloud.kind.inputs(**OTHERWISE[cloud.name]), name="theirs")
    made = foreign.create(theirs, name="theirs")
    cloud.later()
    assert entry.read().id == ""
    entry.delete()
    assert cloud.living() == 1 and cloud.told("endpoint.delete") == 0
    if cloud.name != "ark":  # there the mark alone is looked for
        warning = f"endpoint {made[0]} is not the one that this resource was to have"
        assert any(warning in text for text in cloud.driver.log(WARNING))


@pytest.mark.parametrize("cloud", ["maas", "tir"], indirect=True)
def test_one_that_was_changed_by_hand_is_known_by_its_random_name(cloud: Cloud) -> None:
    """No label tells whose it is, and it is not as it was declared any more."""
    entry = Entry(cloud, name=None, **OTHERWISE[cloud.name])
    (stored,) = cloud.sim.state(cloud.name)["endpoints"]
    cloud.sim.mutate(cloud.name, stored, BY_HAND[cloud.name])
    assert entry.settle().id.split("/")[-1] == own_id(cloud)
    entry.delete()
    assert cloud.living() == 0


def test_an_id_that_somebody_typed_names_nothing(cloud: Cloud) -> None:
    """Of no entry: it must not lead to the endpoint of that name."""
    cloud.driver.create(cloud.driver.checked(cloud.kind.inputs()))
    inputs = cloud.driver.checked(cloud.kind.inputs())
    for properties in (None, {}, {"name": "demo"}):
        with contextlib.suppress(Failure):
            cloud.driver.delete("unconfirmed:demo", properties, inputs)
    assert cloud.living() == 1


def test_who_keeps_no_state_is_told_to_look(cloud: Cloud) -> None:
    """`pulumi do`"""
    cloud.later(provider="")
    inputs = cloud.driver.checked(cloud.kind.inputs())
    cloud.fault(CREATE, kind="close", apply=True, count=0)
    cloud.fault(cloud.look, kind="error", status=403, message="no", count=0)
    failure = failing(cloud.driver.create, inputs)
    assert failure.partial is None
    assert failure.message.endswith(
        ": look in the console, then import or delete it before the next try"
    )
