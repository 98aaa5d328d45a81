"""Many creates at once, over TLS, of endpoints that take their time."""

from __future__ import annotations

import ssl
import time
from pathlib import Path

from simulator.client import Simulator

from bench import calls, inputs
from bench.figures import MIB, Figure
from bench.memory import describe
from bench.provider import CALL_SECONDS, BenchError, Engine, Provider

WALL_LIMIT_SECONDS = 8.0
PEAK_LIMIT_MIB = 40.0
PASSING = ("pending", "initializing", "updating", "deleting")


def bundle_with(ca_path: Path, into: Path) -> None:
    """A copy of the system's authorities, as large as users have it, and the simulator's own."""
    system = ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt"
    into.write_bytes(Path(system).read_bytes() + b"\n" + ca_path.read_bytes())


def set_knobs(simulator: Simulator, seconds: float) -> None:
    simulator.knobs(
        "hf",
        polls=dict.fromkeys(PASSING, 0),
        seconds={**dict.fromkeys(PASSING, 0), "pending": seconds},
    )


def requests_of(provider: Provider, count: int) -> list[object]:
    """Checked, as the engine does before a create."""
    result = []
    for index in range(count):
        name = f"endpoint-{index:03}"
        checked = calls.check_inputs(provider, inputs.smallest(name))
        result.append(inputs.create_request(checked, name))
    return result


def verify(ids: list[str], simulator: Simulator, count: int) -> None:
    wanted = {f"me/endpoint-{index:03}" for index in range(count)}
    if set(ids) != wanted or len(ids) != count:
        raise BenchError(f"{len(set(ids))} of {count} ids came back")
    posts = len(simulator.requests(cloud="hf", operation="endpoint.create"))
    if posts != count:
        raise BenchError(f"{posts} creates reached the cloud, not {count}")


def measure(
    binary: Path, engine: Engine, scratch: Path, count: int, seconds: float
) -> list[Figure]:
    with Simulator("hf", tls=True) as simulator:
        set_knobs(simulator, seconds)
        bundle = scratch / "bundle.pem"
        bundle_with(simulator.ca_path, bundle)
        with Provider(binary, engine) as provider:
            provider.configure(hfEndpoint=simulator.url("hf"), caFile=str(bundle))
            requests = requests_of(provider, count)
            started = time.perf_counter()
            waiting = [
                provider.stub.Create.future(request, timeout=CALL_SECONDS) for request in requests
            ]
            ids = [future.result().id for future in waiting]
            wall = time.perf_counter() - started
            status = provider.status()
        verify(ids, simulator, count)
        stats = simulator.stats()["hf"]
        looks = len(simulator.requests(cloud="hf", operation="endpoint.get")) / count
    authorities = bundle.read_bytes().count(b"BEGIN CERTIFICATE")
    note = f"ready after {seconds:g} s; {looks:.1f} looks each, {stats['connections']} connections"
    peak_note = f"{authorities} authorities; {describe(status)}"
    return [
        Figure(f"{count} creates at once over TLS", wall, "s", WALL_LIMIT_SECONDS, note),
        Figure("  peak resident", status["VmHWM"] / MIB, "MiB", PEAK_LIMIT_MIB, peak_note),
    ]
