"""Leads one provider process through many lives with faults, and many calls, and shows whether it
grows: memory, descriptors, threads.

    python tests/bench/haul.py --binary PATH --lives N --calls N [--seconds S] [--seed S]

What the process holds is measured after a warm-up of a tenth, and at the end. Ends with 1 when it
grew beyond the bounds below. Needs the packages of tests/requirements*.txt and the simulator.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2
from simulator.client import Simulator
from support import fleets
from support.drivers import ark, hf, maas, tir
from support.drivers.hf import Driver, Failure, plain, struct, urn

FAULTY = 0.05  # of the requests
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "error", "status": 503},
    {"kind": "error", "status": 429, "headers": {"Retry-After": "1"}},
    {"kind": "close"},
    {"kind": "close", "apply": True},
    {"kind": "html"},
    {"kind": "truncated"},
)
REQUESTS_MAX = 24  # of one life that may be struck
IN_FLIGHT = 8
# How much more than after the warm-up is still flat: pages that malloc keeps, connections that are
# kept open, and a worker for each call under way, which come when all of them meet.
GROWTH_MIB = 6.0
GROWTH_DESCRIPTORS = 8
GROWTH_THREADS = IN_FLIGHT + 4

Json = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    driver: type[Driver]
    inputs: Callable[..., Json]
    change: Json


KINDS = {
    "ark": Kind(ark.Driver, ark.inputs, {"description": "new"}),
    "hf": Kind(hf.Driver, hf.inputs, {"type": "public"}),
    "maas": Kind(maas.MaasDriver, maas.inputs, {"description": "new"}),
    "tir": Kind(tir.TirDriver, tir.inputs, {"replica": 2}),
}


@dataclass(frozen=True)
class Held:
    """What a process holds."""

    resident_mib: float
    descriptors: int
    threads: int

    def __str__(self) -> str:
        return (
            f"{self.resident_mib:.1f} MiB resident, {self.descriptors} descriptors, "
            f"{self.threads} threads"
        )


def held(pid: int) -> Held:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    rows = dict(line.split(":", 1) for line in lines)
    descriptors = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    return Held(int(rows["VmRSS"].split()[0]) / 1024, descriptors, int(rows["Threads"]))


def grown(before: Held, after: Held) -> list[str]:
    """What is not flat."""
    bounds = (
        ("MiB resident", after.resident_mib - before.resident_mib, GROWTH_MIB),
        ("descriptors", after.descriptors - before.descriptors, GROWTH_DESCRIPTORS),
        ("threads", after.threads - before.threads, GROWTH_THREADS),
    )
    return [f"{more:.1f} {what} more" for what, more, most in bounds if more > most]


def beside(driver: Driver, kind: type[Driver]) -> Driver:
    """A driver of another cloud for the same process."""
    other = kind.__new__(kind)
    other.engine, other.process, other.stub = driver.engine, driver.process, driver.stub
    return other


class Lives:
    """Lives of one cloud, one after the other; nothing of a life is left to the next."""

    def __init__(self, sim: Simulator, cloud: str, driver: Driver, seed: int) -> None:
        self.sim, self.cloud, self.driver = sim, cloud, beside(driver, KINDS[cloud].driver)
        self.random = random.Random(f"{seed} {cloud}")
        self.led = self.cut = self.struck = 0

    def prepare(self) -> None:
        self.sim.reset(self.cloud)
        self.sim.knobs(self.cloud, KNOBS[self.cloud])
        for skip in range(REQUESTS_MAX):
            if self.random.random() < FAULTY:
                self.sim.fault(self.cloud, skip=skip, **self.random.choice(FAULTS))

    def lead(self) -> None:
        self.prepare()
        try:
            self._lead()
        except Failure:
            self.cut += 1  # whether it says the right thing is what the chaos tests ask
        self.led += 1
        self.struck += sum(
            rule["hits"] for rule in self.sim.faults() if rule["cloud"] == self.cloud
        )
        self.driver.engine.records.clear()

    def _lead(self) -> None:
        kind, driver = KINDS[self.cloud], self.driver
        inputs = driver.checked(kind.inputs())
        id, state = driver.create(inputs)
        seen = driver.read(id, state, inputs)
        news = driver.checked(kind.inputs(**kind.change), olds=inputs)
        driver.diff(inputs, news, plain(seen.properties), id=id)
        driver.delete(id, driver.update(inputs, news, plain(seen.properties), id=id), news)


KNOBS = {fleet.name: fleet.knobs for fleet in fleets.ALL}


def requests_of(cloud: str) -> Iterator[tuple[str, Any]]:
    """Calls that ask no cloud: good ones, and ones that are refused."""
    kind = KINDS[cloud]
    name = urn(resource_type=kind.driver.type)
    inputs, news = kind.inputs(), kind.inputs(**kind.change)
    check = {"urn": name, "name": "demo", "type": kind.driver.type}
    yield "Check", provider_pb2.CheckRequest(news=struct(news), **check)
    yield "Check", provider_pb2.CheckRequest(news=struct({"nmae": [1, {"a": "b"}]}), **check)
    yield (
        "Diff",
        provider_pb2.DiffRequest(
            id="me/demo",
            urn=name,
            olds=struct(inputs),
            old_inputs=struct(inputs),
            news=struct(news),
        ),
    )
    yield "Create", provider_pb2.CreateRequest(urn=name, properties=struct(news), preview=True)
    yield "Read", provider_pb2.ReadRequest(urn=name, id="a/b/c/d/e")
    yield "Invoke", provider_pb2.InvokeRequest(tok=f"inference:{cloud}:none", args=struct({}))


def mixture() -> list[tuple[str, Any]]:
    calls = [call for cloud in KINDS for call in requests_of(cloud)]
    calls.append(("GetPluginInfo", empty_pb2.Empty()))
    calls.append(("Check", provider_pb2.CheckRequest(urn="no urn")))
    return calls


class Calls:
    """Calls in turn, some at once."""

    def __init__(self, driver: Driver) -> None:
        self.driver, self.mixture, self.sent = driver, mixture(), 0

    def send(self, count: int, deadline: float) -> None:
        room = threading.Semaphore(IN_FLIGHT)
        for _ in range(count):
            if time.monotonic() > deadline:
                break
            method, request = self.mixture[self.sent % len(self.mixture)]
            room.acquire()
            future = getattr(self.driver.stub, method).future(request, timeout=hf.CALL_SECONDS)
            future.add_done_callback(lambda done: self._done(done, room))
            self.sent += 1
        for _ in range(IN_FLIGHT):
            room.acquire()

    def _done(self, future: grpc.Future, room: threading.Semaphore) -> None:
        room.release()
        if future.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
            print(f"a call was not answered: {future.details()}", file=sys.stderr)


@dataclass(frozen=True)
class Leg:
    """A part of the way."""

    lives: int
    calls: int
    deadline: float


def go(leg: Leg, lives: list[Lives], calls: Calls) -> None:
    def lead(one: Lives) -> None:
        for _ in range(leg.lives // len(lives)):
            if time.monotonic() > leg.deadline:
                return
            one.lead()

    with ThreadPoolExecutor(len(lives) + 1) as pool:
        work = [pool.submit(lead, one) for one in lives]
        work.append(pool.submit(calls.send, leg.calls, leg.deadline))
        for one in work:
            one.result()


def haul(options: argparse.Namespace, sim: Simulator, driver: Driver) -> list[str]:
    """What is not flat."""
    lives = [Lives(sim, cloud, driver, options.seed) for cloud in KINDS]
    calls = Calls(driver)
    started = time.monotonic()
    warm = Leg(options.lives // 10, options.calls // 10, started + options.seconds / 5)
    rest = Leg(options.lives - warm.lives, options.calls - warm.calls, started + options.seconds)
    go(warm, lives, calls)
    before = held(driver.process.process.pid)
    print(f"after the warm-up: {before}")
    go(rest, lives, calls)
    after = held(driver.process.process.pid)
    led, cut, struck = (sum(getattr(one, key) for one in lives) for key in ("led", "cut", "struck"))
    print(f"after {led} lives ({struck} faults, {cut} ends) and {calls.sent} calls: {after}")
    print(f"in {time.monotonic() - started:.0f} s")
    if driver.process.process.poll() is not None:
        return ["the process has ended"]
    return grown(before, after)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--lives", type=int, default=2000)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="at most")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def main() -> int:
    options = arguments()
    with Simulator(*KINDS) as sim:
        driver = Driver(options.binary.resolve())
        try:
            config: Json = {}
            for fleet in fleets.ALL:
                config.update(fleet.config(sim.url(fleet.name)))
            driver.configure(**{key.removeprefix("inference:"): config[key] for key in config})
            complaints = haul(options, sim, driver)
        finally:
            driver.stop()
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    raise SystemExit(main())
