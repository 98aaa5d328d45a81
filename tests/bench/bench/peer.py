"""Another provider beside this one: the same calls to both, starts in turns, and the ratios.

Nothing of either needs a network: start, schema, Configure, Check, and a Diff without a change.
"""

from __future__ import annotations

import time
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


def seconds_of(provider: Provider, calls: list[Call], in_flight: int) -> float:
    started = time.perf_counter()
    Sender(provider.channel, in_flight).send(calls)
    return time.perf_counter() - started


def work(subject: Subject, engine: Engine, count: int) -> Worked:
    with Provider(subject.binary, engine) as provider:
        provider.introduce(subject.package)
        configured = resident_mib(provider)
        check, diff = calls_of(provider, subject)
        few = max(count // 20, 1)
        seconds_of(provider, [check, diff] * few, IN_FLIGHT)  # until it is warm
        check_us = seconds_of(provider, [check] * few, 1) / few * 1e6
        diff_us = seconds_of(provider, [diff] * few, 1) / few * 1e6
        rate = count / seconds_of(provider, [check, diff] * (count // 2), IN_FLIGHT)
        return Worked(configured, check_us, diff_us, rate, resident_mib(provider))


def schema_of(subject: Subject, engine: Engine) -> bytes:
    with Provider(subject.binary, engine) as provider:
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
        worked = [work(subject, engine, count) for subject in subjects]
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
