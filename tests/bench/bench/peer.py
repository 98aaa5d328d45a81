"""Another provider beside this one: the same calls to both, starts in turns, and the ratios.

Nothing of either needs a network: start, schema, Configure, Check, and a Diff without a change.
"""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2

from bench import inputs
from bench.calls import Call, Sender, schema_bytes
from bench.figures import MIB, Figure, median
from bench.provider import CALL_SECONDS, BenchError, Engine, Provider
from bench.start import provider_start

IN_FLIGHT = 16
ROUNDS = 11


class AnyProvider(Provider):
    """Many do not catch the signal that ends them."""

    ends = (0, -signal.SIGTERM)


@dataclass(frozen=True)
class Subject:
    """A provider's binary, and inputs of one of its resources."""

    title: str
    binary: Path
    type: str
    inputs: dict[str, Any]

    @property
    def package(self) -> str:
        return self.type.split(":")[0]

    @property
    def urn(self) -> str:
        return f"urn:pulumi:production::model-serving::{self.type}::one"


@dataclass(frozen=True)
class Worked:
    """Microseconds of a call alone, calls a second of several at once, memory before and after."""

    configured_mib: float
    check_us: float
    diff_us: float
    rate: float
    resident_mib: float


def ours(binary: Path) -> Subject:
    return Subject("this provider", binary, inputs.TYPE, inputs.smallest("one"))


def resident_mib(provider: Provider) -> float:
    return provider.status()["VmRSS"] / MIB


def calls_of(provider: Provider, subject: Subject) -> tuple[Call, Call]:
    """A Check, and a Diff of what it gives with itself."""
    check = provider_pb2.CheckRequest(
        urn=subject.urn, news=inputs.struct(subject.inputs), name="one", type=subject.type
    )
    checked = provider.stub.Check(check, timeout=CALL_SECONDS)
    if checked.failures:
        raise BenchError(f"Check of {subject.title} refuses the inputs: {checked.failures}")
    diff = provider_pb2.DiffRequest(
        id="one",
        urn=subject.urn,
        olds=checked.inputs,
        old_inputs=checked.inputs,
        news=checked.inputs,
        name="one",
        type=subject.type,
    )
    found = provider.stub.Diff(diff, timeout=CALL_SECONDS)
    if found.changes == provider_pb2.DiffResponse.DIFF_SOME:
        raise BenchError(f"Diff of {subject.title} finds a change where there is none")
    return Call("Check", check.SerializeToString()), Call("Diff", diff.SerializeToString())


class Worker:
    """A running provider of a subject, and what its calls took so far."""

    def __init__(self, subject: Subject, provider: Provider) -> None:
        self.provider = provider
        provider.introduce(subject.package)
        self.configured_mib = resident_mib(provider)
        self.check, self.diff = calls_of(provider, subject)
        self.check_us: list[float] = []
        self.diff_us: list[float] = []
        self.rates: list[float] = []

    def seconds(self, calls: list[Call], in_flight: int) -> float:
        started = time.perf_counter()
        Sender(self.provider.channel, in_flight).send(calls)
        return time.perf_counter() - started

    def go(self, count: int) -> None:
        few = max(count // 10, 1)
        self.check_us.append(self.seconds([self.check] * few, 1) / few * 1e6)
        self.diff_us.append(self.seconds([self.diff] * few, 1) / few * 1e6)
        both_calls = [self.check, self.diff] * (count // 2)
        self.rates.append(count / self.seconds(both_calls, IN_FLIGHT))

    def worked(self) -> Worked:
        """Medians, without the first round, in which it warms up."""
        return Worked(
            self.configured_mib,
            median(self.check_us[1:]),
            median(self.diff_us[1:]),
            median(self.rates[1:]),
            resident_mib(self.provider),
        )


def work(subjects: Sequence[Subject], engine: Engine, count: int) -> list[Worked]:
    """In turns, so that noise of the machine meets both alike."""
    with contextlib.ExitStack() as running:
        workers = [
            Worker(one, running.enter_context(AnyProvider(one.binary, engine))) for one in subjects
        ]
        for _ in range(ROUNDS):
            for worker in workers:
                worker.go(max(count // ROUNDS, 2))
        return [worker.worked() for worker in workers]


def schema_of(subject: Subject, engine: Engine) -> bytes:
    with AnyProvider(subject.binary, engine) as provider:
        return schema_bytes(provider.channel)


def both(name: str, unit: str, own: float, other: float) -> list[Figure]:
    note = f"ratio {own / other:.2f}"
    return [
        Figure(f"{name}: this provider", own, unit, note=note),
        Figure("  the peer", other, unit),
    ]


def measure(own: Subject, other: Subject, engine: Engine, starts: int, count: int) -> list[Figure]:
    subjects = (own, other)
    schemas = [schema_of(subject, engine) for subject in subjects]
    times: list[list[tuple[float, float]]] = [[], []]
    for _ in range(starts):
        for subject, schema, found in zip(subjects, schemas, times, strict=True):
            found.append(provider_start(subject.binary, engine, schema))
    try:
        worked = work(subjects, engine, count)
    except grpc.RpcError as error:
        raise BenchError(f"a call failed: {error}") from None
    size = [subject.binary.stat().st_size / MIB for subject in subjects]
    port = [median([port for port, _ in found]) for found in times]
    schema = [median([schema for _, schema in found]) for found in times]
    at_once = f"Checks and Diffs, {IN_FLIGHT} at once"
    return [
        *both("size of the file", "MiB", *size),
        *both("start to port line, p50", "ms", *port),
        *both("start to first GetSchema answer, p50", "ms", *schema),
        *both("resident after Configure", "MiB", *(one.configured_mib for one in worked)),
        *both("a Check alone", "us", *(one.check_us for one in worked)),
        *both("a Diff alone", "us", *(one.diff_us for one in worked)),
        *both(at_once, "calls/s", *(one.rate for one in worked)),
        *both(f"resident after {count:,} of them", "MiB", *(one.resident_mib for one in worked)),
    ]
