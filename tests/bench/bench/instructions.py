"""Instructions of one call, of the process and of our own objects, as callgrind counts them."""

from __future__ import annotations

import itertools
import json
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path

from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2
from simulator.client import Simulator

from bench import calls, inputs
from bench.callgrind import Callgrind, Cost
from bench.creates import set_knobs
from bench.figures import Figure
from bench.provider import CALL_SECONDS, Engine, Provider

BASELINE = Path(__file__).parents[1] / "instructions.json"
MARGIN = 1.05  # of the baseline, for a change of the code; two runs differ by less than 0.5 %
WARM_UP = 64
# A process asks for its first eight endpoints one by one, and then for all in one list.
READS = 8


def previews(provider: Provider) -> list[calls.Call]:
    """The preview of a create, of each kind of endpoint."""
    result = []
    for index, make in enumerate(inputs.MAKERS):
        name = f"endpoint-{index}"
        request = inputs.create_request(calls.check_inputs(provider, make(name)), name)
        request.preview = True
        result.append(calls.Call("Create", request.SerializeToString()))
    return result


def reads(provider: Provider) -> list[calls.Call]:
    """Of an endpoint that runs."""
    checked = calls.check_inputs(provider, inputs.smallest("read"))
    made = provider.stub.Create(inputs.create_request(checked, "read"), timeout=CALL_SECONDS)
    request = provider_pb2.ReadRequest(
        id=made.id, urn=inputs.urn("read"), properties=made.properties, inputs=checked
    )
    return [calls.Call("Read", request.SerializeToString())]


def costs(provider: Provider, callgrind: Callgrind, count: int) -> Iterator[tuple[str, int, Cost]]:
    """Name, number of calls and the cost of one."""
    empty = calls.Call("GetPluginInfo", empty_pb2.Empty().SerializeToString())
    sender = calls.Sender(provider.channel, in_flight=1)
    for name, prepared in (
        ("empty call", [empty]),
        ("Check", calls.checks(provider)),
        ("Diff", calls.diffs(provider)),
        ("preview of a create", previews(provider)),
    ):
        sender.send(itertools.islice(itertools.cycle(prepared), WARM_UP))
        work = list(itertools.islice(itertools.cycle(prepared), count))
        yield name, count, callgrind.count(lambda work=work: sender.send(work)).of_one(count)
    work = reads(provider) * READS
    yield "Read", READS, callgrind.count(lambda: sender.send(work)).of_one(READS)


def baseline() -> dict[str, float]:
    """Of this kind of machine; nothing where none was measured."""
    known: dict[str, dict[str, float]] = json.loads(BASELINE.read_text(encoding="utf-8"))
    return known.get(platform.machine(), {})


def write_baseline(found: dict[str, float]) -> None:
    known = json.loads(BASELINE.read_text(encoding="utf-8"))
    known[platform.machine()] = {name: round(own, -2) for name, own in found.items()}
    BASELINE.write_text(json.dumps(known, indent=4) + "\n", encoding="utf-8")


def measure(
    binary: Path, engine: Engine, scratch: Path, count: int, renew: bool = False
) -> list[Figure]:
    """What a Read takes depends on how its answer arrives: it has no limit."""
    if shutil.which("valgrind") is None:
        return []
    figures, found, known = [], {}, {} if renew else baseline()
    out = scratch / "callgrind.out"
    with Simulator("hf") as simulator:
        set_knobs(simulator, 0)
        with Provider(binary, engine, Callgrind.wrapper(out)) as provider:
            provider.configure(hfEndpoint=simulator.url("hf"))
            callgrind = Callgrind(provider, binary, out)
            for name, calls_made, cost in costs(provider, callgrind, count):
                note = f"callgrind, mean of {calls_made} with gRPC and decoding"
                figures.append(Figure(f"instructions for one {name}", cost.total, "", note=note))
                if cost.own is None:
                    continue
                limit = known[name] * MARGIN if name in known else None
                figures.append(Figure("  of them in our own objects", cost.own, "", limit))
                if name != "Read":
                    found[name] = cost.own
    if renew:
        write_baseline(found)
    return figures
