"""Creates whose outcome is unknown where names are unique, and what an earlier run left there."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2
from support.drivers.hf import WARNING, Driver, Failure, Simulator
from support.drivers.kinds import KINDS, Json
from support.drivers.maas import PROJECT

CODE = grpc.StatusCode
CREATE = "endpoint.create"
# What an id says beside itself where no setting says it: `pulumi do` reads no stack's.
PLACES = {"ark": "ap-southeast-1/", "tir": "501/Delhi/"}


@dataclass(frozen=True)
class Look:
    operation: str  # shows an endpoint by its name
    words: str  # the endpoint in a message while its id is not known
    config: Json  # so that nothing but endpoints is asked for


LOOKS = {
    "hf": Look("endpoint.get", "me/demo", {}),
    "maas": Look("endpoint.list", '"demo"', {"maasProjectId": PROJECT}),
    "tir": Look("endpoint.list", '"demo"', {}),
}


class Cloud:
    """One cloud, and the providers that use it."""

    def __init__(self, name: str, sim: Simulator, binary: Path) -> None:
        self.name, self.sim, self.kind = name, sim, KINDS[name]
        self.look = LOOKS[name]
        self._binary = binary
        self.drivers: list[Driver] = []
        self.driver = self.later()

    def later(self, **config: Any) -> Driver:
        """Another process: the next run."""
        driver = self.kind.driver(self._binary)
        self.drivers.append(driver)
        driver.configure(**self.kind.config(self.sim), **self.look.config, **config)
        return driver

    def fault(self, operation: str, **fault: Any) -> None:
        self.sim.fault(self.name, operation, **fault)

    def made(self, driver: Driver | None = None, **patch: Any) -> tuple[str, dict[str, Any]]:
        driver = driver or self.driver
        seed = str(len(self.drivers)).encode() * 32
        return driver.create(driver.checked(self.kind.inputs(**patch), seed=seed))

    def failing(self, driver: Driver | None = None, **patch: Any) -> Failure:
        with pytest.raises(Failure) as caught:
            self.made(driver, **patch)
        assert caught.value.partial is None
        return caught.value

    def told(self) -> list[str]:
        return [one.operation for one in self.sim.requests(cloud=self.name)]

    def living(self) -> int:
        return len(self.sim.state(self.name)["endpoints"])


@pytest.fixture(scope="session")
def processes() -> Iterator[dict[str, Simulator]]:
    with Simulator("hf") as hf, Simulator("maas") as maas, Simulator("tir") as tir:
        yield {"hf": hf, "maas": maas, "tir": tir}


@contextlib.contextmanager
def running(name: str, processes: dict[str, Simulator], binary: Path) -> Iterator[Cloud]:
    sim = processes[name]
    sim.reset()
    sim.knobs(name, KINDS[name].knobs)
    cloud = Cloud(name, sim, binary)
    yield cloud
    for driver in cloud.drivers:
        driver.stop()
    assert sim.bugs() == []


@pytest.fixture(params=sorted(LOOKS))
def cloud(
    request: pytest.FixtureRequest, processes: dict[str, Simulator], binary: Path
) -> Iterator[Cloud]:
    with running(request.param, processes, binary) as cloud:
        yield cloud


# Looked for.


def test_the_reply_to_a_second_create_is_looked_for_as_well(cloud: Cloud) -> None:
    cloud.fault(CREATE, kind="error", status=502, body="<html>", apply=False)
    cloud.fault(CREATE, kind="close", apply=True)
    cloud.made()
    assert cloud.living() == 1
    told = [one for one in cloud.told() if one in (CREATE, cloud.look.operation)]
    assert told[:4] == [CREATE, cloud.look.operation, CREATE, cloud.look.operation]
    assert told.count(CREATE) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_service_that_did_the_work(cloud: Cloud, status: int) -> None:
    """It is repeated, and the clash is known as our own."""
    code = {"code": "ModelArts.9999"} if cloud.name == "maas" else {}
    cloud.fault(CREATE, kind="error", status=status, message="busy", apply=True, **code)
    cloud.made()
    assert cloud.living() == 1
    assert cloud.told()[:3] == [CREATE, CREATE, cloud.look.operation]
    assert cloud.told().count(CREATE) == 2


PAGE = "<html>Blocked</html>"


@pytest.mark.parametrize("status", [302, 403, 404, 499])
def test_a_refusal_of_somebody_on_the_way_who_has_seen_the_reply(cloud: Cloud, status: int) -> None:
    """Not in the service's words, it is no proof that nothing was made."""
    cloud.fault(CREATE, kind="error", status=status, body=PAGE, apply=True)
    cloud.made()
    assert cloud.living() == 1
    assert cloud.told()[:2] == [CREATE, cloud.look.operation]
    assert cloud.told().count(CREATE) == 1


@pytest.mark.parametrize("status", [400, 404, 409])
def test_a_gateway_that_speaks_nearly_as_the_service(
    processes: dict[str, Simulator], binary: Path, status: int
) -> None:
    """Its own failures have a code (docs/apis/maas.md 6)."""
    with running("maas", processes, binary) as cloud:
        body = {"error_msg": "The upstream is not available", "request_id": "c0ffee"}
        cloud.fault(CREATE, kind="error", status=status, body=body, apply=True)
        cloud.made()
        assert cloud.living() == 1
        assert cloud.told()[:2] == [CREATE, cloud.look.operation]
        assert cloud.told().count(CREATE) == 1


def test_a_refusal_of_somebody_on_the_way_who_lets_nothing_pass(cloud: Cloud) -> None:
    cloud.fault(CREATE, kind="error", status=403, body=PAGE)
    failure = cloud.failing()
    assert failure.code == CODE.PERMISSION_DENIED
    assert "Blocked (HTTP 403)" in failure.message
    assert failure.message.endswith(
        f"It was looked for: the endpoint {cloud.look.words} does not exist, nothing was made"
    )
    assert cloud.told().count(CREATE) == 1
    assert cloud.living() == 0


@pytest.mark.parametrize("kind", ["empty", "malformed"])
def test_a_success_that_shows_nothing(cloud: Cloud, kind: str) -> None:
    cloud.fault(CREATE, kind=kind, apply=True)
    id, outputs = cloud.made()
    assert id.endswith(outputs["endpointId"].split("/")[-1]) and outputs["endpointId"]
    assert cloud.told().count(CREATE) == 1
    assert cloud.living() == 1


def id_alone(cloud: Cloud, value: Any) -> Any:
    """A reply to a create that tells the id, and nothing else."""
    if cloud.name == "tir":
        return {"code": 200, "data": {"id": value}, "errors": {}, "message": "ok"}
    return {"id": value}


@pytest.mark.parametrize("name", ["maas", "tir"])
@pytest.mark.parametrize("value", [None, "", 0, -1, "0", True, [], {"a": 1}], ids=repr)
def test_an_id_that_is_none_is_looked_for(
    processes: dict[str, Simulator], binary: Path, name: str, value: Any
) -> None:
    with running(name, processes, binary) as cloud:
        cloud.fault(CREATE, kind="error", status=200, body=id_alone(cloud, value), apply=True)
        id, _ = cloud.made()
        (stored,) = cloud.sim.state(name)["endpoints"]
        assert id.split("/")[-1] == stored.split("/")[-1]
        assert cloud.told().count(CREATE) == 1


@pytest.mark.parametrize("name", ["maas", "tir"])
def test_the_id_of_another_endpoint_is_not_believed(
    processes: dict[str, Simulator], binary: Path, name: str
) -> None:
    """Two replies that something on the way mixed up."""
    with running(name, processes, binary) as cloud:
        other, _ = cloud.made(name="other")
        part = other.split("/")[-1]
        body = id_alone(cloud, int(part) if name == "tir" else part)
        cloud.fault(CREATE, kind="error", status=200, body=body, apply=True)
        id, outputs = cloud.made()
        assert id != other and outputs["name"] == "demo"
        assert cloud.living() == 2 and cloud.told().count(CREATE) == 2


# Whole, and of no endpoint.
NOWHERE: dict[str, list[Any]] = {
    "maas": ["00000000-0000-4000-8000-000000000000", "undefined", "a/b", " 7 "],
    "tir": [999999, "undefined", "a/b", " 7 "],
}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n in NOWHERE for v in NOWHERE[n]])
def test_an_id_that_leads_nowhere_is_not_believed(
    processes: dict[str, Simulator], binary: Path, name: str, value: Any
) -> None:
    with running(name, processes, binary) as cloud:
        cloud.fault(CREATE, kind="error", status=200, body=id_alone(cloud, value), apply=True)
        id, outputs = cloud.made()
        (stored,) = cloud.sim.state(name)["endpoints"]
        assert id.split("/")[-1] == outputs["endpointId"] == stored.split("/")[-1]
        assert cloud.told().count(CREATE) == 1


def test_an_id_that_is_a_number_is_found_in_a_list(
    processes: dict[str, Simulator], binary: Path
) -> None:
    """No resource is made without an id."""
    with running("maas", processes, binary) as cloud:
        number = {"/items/0/id": 17}
        cloud.fault("endpoint.list", kind="rewrite", assign=number, count=0)
        cloud.fault(CREATE, kind="error", status=200, body={"id": 17}, apply=True)
        id, outputs = cloud.made()
        assert id.endswith(f"{PROJECT}/17") and outputs["endpointId"] == "17"
        cloud.fault(CREATE, kind="empty", apply=True)
        assert cloud.made(name="second")[0] != ""


def test_looks_that_fail_are_followed_by_others(cloud: Cloud) -> None:
    cloud.fault(CREATE, kind="empty", apply=True)
    cloud.fault(cloud.look.operation, kind="empty", count=2)
    cloud.made()
    assert cloud.told()[:4] == [CREATE] + [cloud.look.operation] * 3
    assert cloud.living() == 1


def test_what_nobody_can_find_out_is_named(cloud: Cloud) -> None:
    cloud.fault(CREATE, kind="close", apply=True)
    cloud.fault(cloud.look.operation, kind="error", status=403, message="no", count=0)
    with pytest.raises(Failure) as caught:
        cloud.made()
    failure = caught.value
    words = f"Whether the endpoint {cloud.look.words} exists could not be found out either"
    assert words in failure.message


@pytest.mark.one_call
def test_what_was_not_made_is_said(cloud: Cloud) -> None:
    cloud.fault(CREATE, kind="close", apply=False, count=0)
    failure = cloud.failing()
    assert failure.code == CODE.UNAVAILABLE
    assert failure.message.endswith(
        f". It may have been carried out all the same. It was looked for: the endpoint "
        f"{cloud.look.words} does not exist, nothing was made"
    )
    assert cloud.told().count(CREATE) == 2
    assert cloud.living() == 0


# What an earlier run left behind.


@pytest.fixture
def orphan(cloud: Cloud) -> str:
    """Made under an autoname by a process that wrote no state."""
    id, _ = cloud.made(name=None)
    cloud.driver = cloud.later()
    cloud.sim.clear()
    return id


def test_a_left_over_is_told_before_a_second_one_is_made(cloud: Cloud, orphan: str) -> None:
    id, _ = cloud.made(name=None)
    assert id != orphan and cloud.living() == 2
    record = cloud.driver.logged("may be left over")
    assert record.severity == 2
    type = cloud.kind.driver.type
    for words in (
        f"endpoint {orphan}, made ",
        ", may be left over from an earlier run of this resource",
        f"pulumi import {type} demo {orphan}",
        f"pulumi do {type} delete {PLACES.get(cloud.name, '')}{orphan} --stateless",
    ):
        assert words in record.message
    before = cloud.told()[: cloud.told().index(CREATE)]  # without a total a list is read twice
    assert before == ["endpoint.list"] * (2 if cloud.name == "tir" else 1)


def test_names_of_a_configured_pattern_are_autonames(cloud: Cloud) -> None:
    """`pulumi config set pulumi:autonaming '{"pattern": "${name}-${hex(4)}"}'`"""

    def made(proposed: str) -> str:
        options = provider_pb2.CheckRequest.AutonamingOptions
        proposal = options(mode=options.Mode.Value("PROPOSE"), proposed_name=proposed)
        driver = cloud.driver = cloud.later()
        checked = driver.checked(cloud.kind.inputs(name=None), autonaming=proposal)
        assert checked["name"] == proposed
        return driver.create(checked)[0]

    orphan = made("demo-1a2b")
    made("demo-9f8e")
    assert f"endpoint {orphan}, made " in cloud.driver.logged("may be left over").message


DAY = 24 * 3600


def long_ago(cloud: Cloud, seconds: int, **patch: Any) -> str:
    """Made so long ago under an autoname, by a process that wrote no state."""
    cloud.sim.freeze(time.time() - seconds)
    id, _ = cloud.made(name=None, **patch)
    cloud.sim.freeze(time.time())
    cloud.sim.unfreeze()
    cloud.driver = cloud.later()
    cloud.sim.clear()
    return id


def left_overs(cloud: Cloud) -> list[str]:
    """The warnings of a process, which ends with them."""
    cloud.driver.process.interrupt()
    cloud.driver.process.wait()
    return [text for text in cloud.driver.log(WARNING) if "left over" in text]


AGES = {  # what is told of how old it is, or not told at all
    ("hf", DAY - 300): "23 h ago",
    ("hf", DAY + 300): "24 h ago",
    ("hf", 9 * DAY): "9 days ago",
    ("hf", -600): "0 min ago",  # a clock that is off
    ("tir", 600): "10 min ago",
    ("tir", DAY - 300): "23 h ago",
    ("tir", DAY + 300): None,
    ("tir", 9 * DAY): None,
    ("tir", -600): "0 min ago",
    ("maas", 600): "at an unknown time",
    ("maas", 9 * DAY): "at an unknown time",
}


@pytest.mark.parametrize(("name", "seconds"), AGES, ids=str)
def test_a_guess_is_younger_than_a_day(
    processes: dict[str, Simulator], binary: Path, name: str, seconds: int
) -> None:
    """A mark proves whose it is, whatever its age; Huawei does not tell when it was made."""
    with running(name, processes, binary) as cloud:
        orphan = long_ago(cloud, seconds)
        cloud.made(name=None)
        told = AGES[name, seconds]
        if told is None:
            assert left_overs(cloud) == []
        else:
            assert (
                f"endpoint {orphan}, made {told}, may be"
                in cloud.driver.logged("left over").message
            )
        assert cloud.living() == 2


def test_of_two_that_fit_only_marked_ones_are_told(cloud: Cloud, orphan: str) -> None:
    """A guess among several is none; each mark is a proof of its own."""
    second, _ = cloud.made(name=None)  # told of the first one
    cloud.driver = cloud.later()
    cloud.made(name=None)
    told = left_overs(cloud)
    assert len(told) == (2 if cloud.name == "hf" else 0)
    assert all(any(id in text for text in told) for id in (orphan, second) if told)
    assert cloud.living() == 3


def test_of_two_that_fit_the_one_that_no_state_holds_is_told(cloud: Cloud, orphan: str) -> None:
    second, outputs = cloud.made(name=None)
    cloud.driver = cloud.later()
    checked = cloud.driver.checked(cloud.kind.inputs(name=None))
    cloud.driver.diff(checked, checked, outputs, id=second)
    cloud.made(name=None)
    cloud.driver.logged(f"endpoint {orphan}, made ")
    assert len(left_overs(cloud)) == 1


@pytest.mark.parametrize("name", ["maas", "tir"])
@pytest.mark.parametrize("what", ["declaration", "stem", "digits"])
def test_what_does_not_fit_is_not_told(
    processes: dict[str, Simulator], binary: Path, name: str, what: str
) -> None:
    """Of another declaration, of another resource, or with a name that nobody made up. (On hf the
    marks say whose it is.)"""
    declaration: dict[str, Any] = {"maas": {"rpm": 7}, "tir": {"replica": 2}}[name]
    patches: dict[str, dict[str, Any]] = {
        "declaration": {"name": None, **declaration},
        "stem": {"name": "other-1234567"},
        "digits": {"name": "demo-12345"},
    }
    with running(name, processes, binary) as cloud:
        cloud.made(**patches[what])
        cloud.driver = cloud.later()
        cloud.made(name=None)
        assert left_overs(cloud) == []


def test_who_wants_it_gets_a_failure(cloud: Cloud, orphan: str) -> None:
    failure = cloud.failing(cloud.later(leftOvers="fail"), name=None)
    assert failure.code == CODE.ALREADY_EXISTS
    assert orphan in failure.message
    assert set(cloud.told()) == {"endpoint.list"}
    assert cloud.living() == 1


def test_what_this_run_has_seen_is_no_left_over(cloud: Cloud, orphan: str) -> None:
    checked = cloud.driver.checked(cloud.kind.inputs(name=None))
    cloud.driver.diff(checked, checked, {**checked, "target": {}}, id=orphan)
    cloud.made(name=None)
    assert left_overs(cloud) == []


def test_what_is_replaced_hides_no_left_over(cloud: Cloud, orphan: str) -> None:
    """With --replace and taint no Diff names it: Delete is the first to do so."""
    replaced, outputs = cloud.made(name=None)
    cloud.driver = cloud.later()
    cloud.made(name=None)
    cloud.driver.delete(replaced, outputs)
    cloud.driver.logged(f"endpoint {orphan}, made ")
    marked = cloud.name == "hf"  # each is told by itself, before the create
    assert len(left_overs(cloud)) == (2 if marked else 1)
    assert cloud.living() == 2


def test_a_list_that_is_refused_hinders_nothing(cloud: Cloud) -> None:
    cloud.fault("endpoint.list", kind="error", status=403, message="no list")
    cloud.made(name=None)
    assert "no list" in cloud.driver.logged("could not be found out").message
    assert cloud.living() == 1


def test_who_cannot_be_reached_gets_no_create(cloud: Cloud) -> None:
    """What became of it could not be looked for."""
    cloud.fault("endpoint.list", kind="close", count=0)
    failure = cloud.failing(cloud.later(maxRetries=1), name=None)
    assert failure.code == CODE.UNAVAILABLE
    assert failure.message.endswith("Nothing was made: a create now could be lost without a trace")
    assert set(cloud.told()) == {"endpoint.list"}
    assert cloud.living() == 0


@pytest.mark.parametrize("kind", ["empty", "error"])
def test_a_list_that_is_out_of_order_hinders_nothing(cloud: Cloud, kind: str) -> None:
    """Whoever answers, if only that, may carry a create out and tell so."""
    more = {"status": 502, "body": "<html>"} if kind == "error" else {}
    cloud.fault("endpoint.list", kind=kind, **more)
    cloud.driver = cloud.later(maxRetries=0)
    cloud.made(name=None)
    assert cloud.driver.logged("could not be found out: ").severity == 2
    assert cloud.living() == 1


def test_a_name_that_the_program_chose_takes_no_list(cloud: Cloud) -> None:
    cloud.made()
    assert cloud.told()[0] == CREATE


# Names that are taken.


TAKEN: dict[str, dict[str, Any]] = {
    "hf": {"status": 409},
    "maas": {"status": 400, "code": "ModelArts.6271"},
    "tir": {"status": 400, "message": "Inference with this name already exists."},
}


@pytest.mark.parametrize("name", [None, "mine"], ids=["random", "chosen"])
def test_a_request_that_was_sent_twice_clashes_with_itself(cloud: Cloud, name: str | None) -> None:
    """Nobody else knows a random name. One of the program's own proves nothing without a mark."""
    cloud.fault(CREATE, kind="error", apply=True, **TAKEN[cloud.name])
    if name is None or cloud.name == "hf":
        cloud.made(name=name)
    else:
        assert cloud.failing(name=name).code == CODE.ALREADY_EXISTS
    assert cloud.told().count(CREATE) == 1
    assert cloud.living() == 1


def test_a_random_name_proves_no_other_declaration(cloud: Cloud) -> None:
    patch = {"maas": {"rpm": 7}, "tir": {"replica": 2}, "hf": {"type": "public"}}[cloud.name]
    for given in ({}, patch):
        driver = cloud.later()
        checked = driver.checked(cloud.kind.inputs(name=None, **given), seed=b"s" * 32)
        if not given:
            driver.create(checked)
    with pytest.raises(Failure) as caught:
        driver.create(checked)
    assert caught.value.code == CODE.ALREADY_EXISTS
    assert cloud.living() == 1


def test_a_clash_says_what_adopting_would_change(cloud: Cloud) -> None:
    patch = {"maas": {"rpm": 7}, "tir": {"replica": 2}, "hf": {"type": "public"}}[cloud.name]
    id, _ = cloud.made()
    cloud.driver = cloud.later()
    failure = cloud.failing(**patch)
    assert failure.code == CODE.ALREADY_EXISTS
    assert "not managed" not in failure.message
    assert "deleteBeforeReplace" not in failure.message
    changed = ", ".join(patch)
    assert f"an endpoint {id} exists already. Either bring it in" in failure.message
    assert (
        ", or, if this resource had another name in the program before, set the resource option "
        "aliases: [{name: <that name>}], or set adoptExisting"
    ) in failure.message
    assert failure.message.endswith(
        f"or set adoptExisting: true to take it over: the endpoint will be changed ({changed})"
    )
    same = cloud.failing()
    assert "nothing of it differs from the program now" in same.message


def test_a_clash_with_what_may_be_its_own_names_the_option_first(cloud: Cloud) -> None:
    """`--replace` and taint reach Create without a word that the old one has to go first."""
    id, _ = cloud.made()
    failure = cloud.failing()
    start = f"an endpoint {id} exists already. It may be this resource's own: to replace it, "
    way = (  # a name of Huawei's is spent once it is deleted
        "choose another name or leave it out (deleteBeforeReplace does not help: a name is never "
        "free again). "
        if cloud.name == "maas"
        else "set the resource option deleteBeforeReplace; with retainOnDelete, under which it "
        "keeps the name, choose another one. "
    )
    assert f"{start}{way}Else bring it in" in failure.message


OTHER_KIND = {
    "hf": ("cloudProvider.region", {"cloudProvider": {"region": "eu-west-1"}}),
    "maas": ("modelName", {"modelName": "Qwen3-32B"}),
    "tir": ("currency", {"currency": "USD"}),
}


def test_a_clash_with_what_cannot_be_adopted_says_so(cloud: Cloud) -> None:
    """And promises nothing of a deletion where that does not free the name."""
    cloud.made()
    path, patch = OTHER_KIND[cloud.name]
    cloud.driver = cloud.later()
    way = (
        "choose another name (deleting does not free one)" if cloud.name == "maas" else "delete it"
    )
    assert cloud.failing(**patch).message.endswith(
        f"), or {way}, or, if this resource had another name in the program before, set the "
        f"resource option aliases: [{{name: <that name>}}] (adoptExisting does not help: its "
        f"{path} differs and cannot be changed in place)"
    )
    way = "Choose another name (deleting does not free one)"
    if cloud.name != "maas":
        way = "Delete it or choose another name"
    assert cloud.failing(adoptExisting=True, **patch).message.endswith(
        f"cannot be adopted: its {path} differs and cannot be changed in place. {way}"
    )
