"""Somebody else changes each input at the service: a refresh shows that input and no other, the
next update sets it back, and after that nothing differs. Who changes it is another stack's
provider, by the rows of tests/support/clouds. What a refresh cannot show is listed here, each with
its reason."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from simulator.client import Simulator
from support.clouds import ark, hf, maas, tir
from support.clouds.description import Change
from support.drivers.hf import Driver, kinds, plain
from support.drivers.kinds import KINDS
from support.fixtures import simulators
from support.marks import is_mark
from support.schema_paths import untouched

pytestmark = pytest.mark.one_call

__all__ = ["simulators"]

Json = dict[str, Any]
NAME = "row"
WRITE_ONLY = "the service never gives it back"
RESOLVED = "the service answers something else than what was asked for"
CHOSEN = "left out, the service chooses it, and shows what it chose"
LOCAL = "it steers this provider alone"
LEFT_ALONE = "left out, whatever there is stays as it is"
NO_WAY = "left out, it stays as it is: no request takes it away"


@dataclass(frozen=True)
class Told:
    """`unseen` are inputs that no refresh shows. Of those `unseen_added` it is not shown that
    somebody set what the program leaves out. `paid` are rows that nothing takes back."""

    token: str
    rows: Sequence[Change]
    knobs: Json
    config: Callable[[str], Json]
    unseen: Mapping[str, str]
    unseen_added: Mapping[str, str]
    held: Callable[[Json], Any]  # of the simulator's record, what the service shows
    replaced: Sequence[str]  # inputs that nobody can change in place
    without_effect: Sequence[str]
    members: Sequence[str] = ()
    shown_as: Mapping[str, str] = field(default_factory=dict)  # another spelling of an input
    paid: Sequence[str] = ()
    kept: Mapping[str, str] = field(default_factory=dict)  # row -> what stays at the service
    asleep: Sequence[str] = ()  # rows of what the service does by itself, too


def without(value: Any, *keys: str) -> Any:
    """What the service holds without these members, tags of proof, and what is empty."""
    if isinstance(value, dict):
        members = {key: without(item, *keys) for key, item in value.items() if key not in keys}
        return {key: item for key, item in members.items() if item not in (None, {}, [])}
    if isinstance(value, list):
        return [without(item, *keys) for item in value if not is_mark(item)]
    return value


def hf_held(one: Json) -> Json:
    secrets = one["spec"]["model"].get("secrets")
    return {"secrets": secrets, "view": without(one["view"], "updatedAt", "revision")}


def tir_held(one: Json) -> Json:
    """What is off counts for nothing: the policy of an endpoint that does not scale, and its own
    workers of one that does."""
    is_scaled = one["view"]["is_auto_scale_enabled"]
    view = without(one["view"], "updated_at", "replica" if is_scaled else "auto_scale_policy")
    attached = {name: one[name] for name in ("security_groups", "vpc_ips")}
    return {"view": view, "async": one["async"], **attached}


def replaced(rows: Sequence[Any]) -> list[str]:
    return [path for row in rows for path, kind in row.diff.items() if kind.endswith("replace")]


CLOUDS = {
    "ark": Told(
        ark.TOKEN,
        ark.CHANGES,
        ark.QUICK,
        ark.config,
        unseen={},
        unseen_added={"rateLimit": NO_WAY, "rateLimit.rpm": NO_WAY, "rateLimit.tpm": NO_WAY},
        held=lambda one: without(one, "UpdateTime"),
        replaced=replaced(ark.REPLACEMENTS),
        without_effect=ark.WITHOUT_EFFECT,
        members=[f"tags[].{member}" for member in ark.TAG_MEMBERS],
    ),
    "hf": Told(
        hf.CLOUD.token,
        hf.CLOUD.changes,
        hf.QUICK,
        hf.config,
        unseen={
            "model.revision": RESOLVED,
            "model.secrets": WRITE_ONLY,
            "model.image.custom.credentials": WRITE_ONLY,
        },
        unseen_added={
            "model.task": CHOSEN,
            "compute.scaling.measure": CHOSEN,
            "compute.scaling.scaleToZeroTimeout": CHOSEN,
            "route": NO_WAY,
        },
        held=hf_held,
        replaced=replaced(hf.CLOUD.replacements),
        without_effect=hf.CLOUD.without_effect,
        shown_as={"cacheHttpResponses": "experimentalFeatures.cacheHttpResponses"},
        asleep=("to sleep", "wake"),
    ),
    "maas": Told(
        maas.TOKEN,
        maas.CHANGES,
        maas.KNOBS,
        maas.config,
        unseen={"agreementId": WRITE_ONLY},
        unseen_added={},
        held=lambda one: one,
        replaced=replaced(maas.REPLACEMENTS),
        without_effect=maas.WITHOUT_EFFECT,
    ),
    "tir": Told(
        tir.TOKEN,
        tir.CHANGES,
        tir.QUICK,
        tir.config,
        unseen={
            "activeIam": LOCAL,
            "restartTrigger": LOCAL,
            "asyncInvocation.concurrentWorkers": WRITE_ONLY,
            "asyncInvocation.destinationType": WRITE_ONLY,
            "asyncInvocation.targetRoutes": WRITE_ONLY,
        },
        unseen_added={
            "asyncInvocation": LEFT_ALONE,
            "securityGroupIds": LEFT_ALONE,
            "vpcIpIds": LEFT_ALONE,
            "containerImage": CHOSEN,
            "autoScalePolicy.initialCooldownPeriod": CHOSEN,
            "autoScalePolicy.isHoldQueue": CHOSEN,
        },
        held=tir_held,
        replaced=replaced(tir.REPLACEMENTS),
        without_effect=tir.WITHOUT_EFFECT,
        members=[f"resourceDetails.envVariables[].{member}" for member in tir.VARIABLE_MEMBERS],
        shown_as={"serverOptions": "detailedInfo.serverVersion"},
        paid=(
            "to a committed plan",
            "to a committed plan of more workers",
            "workers that are paid for",
        ),
        kept={"autoscaling off": "autoScalePolicy"},
    ),
}
ROWS = [(cloud, row) for cloud, told in CLOUDS.items() for row in told.rows if row.diff]


def is_within(path: str, head: str) -> bool:
    """The same, or a member or item of it."""
    return path == head or path.startswith((f"{head}.", f"{head}["))


def is_among(told: Told, path: str, others: Collection[str]) -> bool:
    """Itself, or what it is part of, or a part of it, in one of its spellings."""
    both = dict(told.shown_as) | {other: one for one, other in told.shown_as.items()}
    spellings = (path, both.get(path, path))
    return any(is_within(a, b) or is_within(b, a) for a in spellings for b in others)


def shown(told: Told, row: Change) -> set[str]:
    """Paths of the row that a refresh has to show."""
    if row.id in told.asleep:
        return set()
    return {
        path
        for path, kind in row.diff.items()
        if not any(is_within(path, head) for head in told.unseen)
        and not (kind == "add" and path in told.unseen_added)
        and path != told.kept.get(row.id)
    }


def record(told: Told, sim: Simulator, cloud: str) -> Any:
    (one,) = sim.state(cloud)["endpoints"].values()
    return without(told.held(one))


@pytest.fixture(scope="module")
def theirs(binary: Path) -> Iterator[Callable[[str, Json], Driver]]:
    """One provider of somebody else for each cloud."""
    running: dict[str, Driver] = {}

    def one(cloud: str, config: Json) -> Driver:
        if cloud not in running:
            running[cloud] = KINDS[cloud].driver(binary)
            running[cloud].configure(**config)
        return running[cloud]

    yield one
    for driver in running.values():
        driver.stop()


class Ours:
    """Our stack: each command is a process of its own, which remembers no other's looks."""

    def __init__(self, cloud: str, binary: Path, config: Json) -> None:
        self.cloud, self.binary, self.config = cloud, binary, config

    def __enter__(self) -> Driver:
        self.driver = KINDS[self.cloud].driver(self.binary)
        self.driver.configure(**self.config)
        return self.driver

    def __exit__(self, *raised: object) -> None:
        self.driver.stop()


@pytest.mark.parametrize(("cloud", "row"), ROWS, ids=[f"{c}-{row.id}" for c, row in ROWS])
def test_what_somebody_else_changed(
    binary: Path,
    simulators: Callable[[str], Simulator],
    theirs: Callable[[str, Json], Driver],
    cloud: str,
    row: Change,
) -> None:
    told, sim = CLOUDS[cloud], simulators(cloud)
    sim.reset()
    sim.knobs(cloud, told.knobs)
    config = KINDS[cloud].config(sim)
    ours = Ours(cloud, binary, config)
    with ours as driver:
        news = driver.checked({"name": NAME, **row.before}, name=NAME)
        id, outputs = driver.create(news, name=NAME)
    before = record(told, sim, cloud)
    other = theirs(cloud, config)
    changed = other.checked({"name": NAME, **row.after}, olds=news, name=NAME)
    other.update(news, changed, olds=outputs, id=id)
    after = record(told, sim, cloud)
    with ours as driver:
        read = driver.read(id, outputs, news, name=NAME)
        inputs, outputs = plain(read.inputs), plain(read.properties)
        if row.id in told.paid:
            assert driver.refused({"name": NAME, **row.before}, olds=inputs, name=NAME)
            return
        again = driver.checked({"name": NAME, **row.before}, olds=inputs, name=NAME)
        found = kinds(driver.diff(inputs, again, outputs, id=id))
        wanted = shown(told, row) if after != before else set()
        assert {path for path in wanted if not is_among(told, path, found)} == set()
        assert {path for path in found if not is_among(told, path, wanted)} == set()
        if not found:
            return
        outputs = driver.update(inputs, again, olds=outputs, id=id)
    with ours as driver:
        read = driver.read(id, outputs, again, name=NAME)
        assert plain(read.inputs) == again
        assert kinds(driver.diff(plain(read.inputs), again, plain(read.properties), id=id)) == {}
    assert record(told, sim, cloud) == before


@pytest.mark.parametrize("cloud", CLOUDS)
def test_every_input_is_shown_or_has_its_reason(cloud: str) -> None:
    told = CLOUDS[cloud]
    seen = {path for row in told.rows for path in shown(told, row)}
    left = untouched(told.token, [*seen, *told.members, *told.replaced])
    reasons = {*told.unseen, *told.unseen_added, *told.without_effect}
    assert {path for path in left if not any(is_within(path, one) for one in reasons)} == set()
