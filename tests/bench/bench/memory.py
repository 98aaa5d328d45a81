"""Resident memory after Configure, and after many Checks and Diffs."""

from __future__ import annotations

import time
from pathlib import Path

from bench import calls
from bench.figures import MIB, Figure, median
from bench.provider import Engine, Provider

CONFIGURED_LIMIT_MIB = 14.0
WORKED_LIMIT_MIB = 20.0


def mib(size: int) -> float:
    return size / MIB


def describe(status: dict[str, int]) -> str:
    return (
        f"anonymous {mib(status['RssAnon']):.1f}, file {mib(status['RssFile']):.1f}, "
        f"peak {mib(status['VmHWM']):.1f} MiB, {status['Threads']} threads"
    )


def by_resident(status: dict[str, int]) -> int:
    return status["VmRSS"]


def configured(binary: Path, engine: Engine, repeat: int) -> Figure:
    found = []
    for _ in range(repeat):
        with Provider(binary, engine) as provider:
            provider.configure()
            found.append(provider.status())
    middle = sorted(found, key=by_resident)[len(found) // 2]
    value = median([mib(status["VmRSS"]) for status in found])
    note = f"median of {repeat}; {describe(middle)}"
    return Figure("resident after Configure", value, "MiB", CONFIGURED_LIMIT_MIB, note)


def worked(binary: Path, engine: Engine, count: int) -> list[Figure]:
    with Provider(binary, engine) as provider:
        provider.configure()
        mixture = calls.mixed(provider)
        early = count // 10
        calls.send(provider, mixture, early)
        before = mib(provider.status()["VmRSS"])
        started = time.perf_counter()
        calls.send(provider, mixture, count - early)
        seconds = time.perf_counter() - started
        status = provider.status()
    after = mib(status["VmRSS"])
    rate = (count - early) / seconds
    name = f"resident after {count:,} Checks and Diffs"
    return [
        Figure(name, after, "MiB", WORKED_LIMIT_MIB, describe(status)),
        Figure(
            "  grown since a tenth of them",
            max(after - before, 0.0),
            "MiB",
            note=f"{calls.IN_FLIGHT} at once, {rate:,.0f} calls a second with this client",
        ),
    ]
