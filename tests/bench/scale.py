"""Thousands of endpoints over four clouds in one stack, by the real CLI: up, a preview and a
refresh that change nothing, destroy; and what each asked of the clouds, took, and held in memory.

    python tests/bench/scale.py --binary PATH --pulumi PATH --endpoints N [--throttled N]

--throttled: then a stack of so many endpoints lives with 30 % of the requests answered with 429.
Ends with 1 when a step did something else than it should, or went beyond a bound below.
"""

from __future__ import annotations

import argparse
import copy
import os
import random
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.client import Simulator
from support import fleets
from support.drivers import ark, hf, maas, tir
from support.fleets.fleet import Fleet
from support.runs import Run
from support.stacks import Stack, Toolchain

INPUTS: dict[str, Callable[..., dict[str, Any]]] = {
    "ark": ark.inputs,
    "hf": hf.inputs,
    "maas": maas.inputs,
    "tir": tir.inputs,
}
PARALLEL = 64
STEP_SECONDS = 7200.0
THROTTLED_SHARE = 0.3
THROTTLED_REQUESTS = 20  # of an endpoint's life that may be answered with 429
# Else the CLI writes the state of the whole stack after each step, which is most of the time.
FEWER_SNAPSHOTS = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
PEAK_MIB = 64.0
# A refresh of a thousand endpoints from lists asks so many times at most, where lists serve reads.
SWEPT_REQUESTS = 30
SWEPT = ("hf", "tir", "maas")


class Memory:
    """The most that a process of the binary held while this ran."""

    def __init__(self, binary: Path) -> None:
        self.binary, self.peak_mib, self._done = str(binary), 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _look(self) -> None:
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if os.readlink(process / "exe") != self.binary:
                    continue
                for line in (process / "status").read_text().splitlines():
                    if line.startswith("VmHWM:"):
                        self.peak_mib = max(self.peak_mib, int(line.split()[1]) / 1024)
            except OSError:
                continue  # it has ended

    def _watch(self) -> None:
        while not self._done.wait(0.2):
            self._look()

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()


@dataclass(frozen=True)
class Step:
    name: str
    seconds: float
    requests: dict[str, int]
    peak_mib: float
    counts: dict[str, int]

    def __str__(self) -> str:
        asked = ", ".join(f"{cloud} {self.requests.get(cloud, 0)}" for cloud in INPUTS)
        return f"| {self.name} | {self.seconds:.0f} s | {asked} | {self.peak_mib:.1f} MiB |"


class Scale:
    """A stack of that many endpoints; what is not as it should be is in `complaints`."""

    def __init__(self, tools: Toolchain, sim: Simulator, root: Path, count: int) -> None:
        self.tools, self.sim, self.count = tools, sim, count
        self.complaints: list[str] = []
        self.stack = Stack(root, tools, sim)
        config: dict[str, Any] = {}
        for fleet in fleets.ALL:
            config.update(fleet.config(sim.url(fleet.name)))
        self.stack.configure(config)
        self.stack.write(dict(self._resource(index) for index in range(count)))

    @staticmethod
    def _resource(index: int) -> tuple[str, dict[str, Any]]:
        fleet: Fleet = fleets.ALL[index % len(fleets.ALL)]
        name = f"endpoint-{index:05}"
        properties = copy.deepcopy(INPUTS[fleet.name](name=name))  # no YAML aliases
        return name, {"type": fleet.token, "properties": properties}

    def step(self, title: str, expected: str, command: str, *words: str) -> Step:
        self.sim.clear()
        options = [] if command == "preview" else ["--yes", "--skip-preview"]
        with Memory(self.tools.provider) as memory:
            run: Run = self.stack.run(
                command,
                *options,
                "--parallel",
                str(PARALLEL),
                *words,
                expect=None,
                environment=FEWER_SNAPSHOTS,
                seconds=STEP_SECONDS,
            )
        asked = {cloud: row["requests"] for cloud, row in self.sim.stats().items()}
        done = Step(title, run.seconds, asked, memory.peak_mib, run.counts)
        print(done, flush=True)
        if run.status != 0 or run.counts != {expected: self.count + 1}:
            self.complaints.append(
                f"{title}: status {run.status}, {run.counts}: {run.text[-2000:]}"
            )
        if done.peak_mib > PEAK_MIB:
            self.complaints.append(f"{title}: a peak of {done.peak_mib:.1f} MiB")
        return done

    def live(self, note: str = "") -> None:
        self.step(f"up{note}", "create", "up")
        if self.complaints:
            return
        unchanged = self.step(f"preview{note}", "same", "preview")
        if any(unchanged.requests.values()):
            self.complaints.append(f"a preview asks: {unchanged.requests}")
        swept = self.step(f"refresh{note}", "same", "refresh")
        most = SWEPT_REQUESTS * max(self.count / len(INPUTS) / 1000, 1)
        for cloud in SWEPT:
            if not note and swept.requests.get(cloud, 0) > most:
                self.complaints.append(
                    f"a refresh asks {cloud} {swept.requests.get(cloud, 0)} times"
                )
        self.step(f"destroy{note}", "delete", "destroy")
        for fleet in fleets.ALL:
            left = len(self.sim.state(fleet.name)["endpoints"])
            if left:
                self.complaints.append(f"{left} endpoints are left on {fleet.name}")


def throttle(sim: Simulator, count: int) -> None:
    draw = random.Random(count)
    for fleet in fleets.ALL:
        for skip in range(count // len(fleets.ALL) * THROTTLED_REQUESTS):
            if draw.random() < THROTTLED_SHARE:
                sim.fault(fleet.name, skip=skip, kind="error", status=429)


def prepare(sim: Simulator, count: int) -> None:
    """Frozen, or endpoints fall asleep that nobody calls; in an account that may have so many."""
    for fleet in fleets.ALL:
        sim.knobs(fleet.name, fleet.knobs)
    sim.knobs("maas", {"quota": count})
    sim.freeze()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--pulumi", type=Path, required=True)
    parser.add_argument("--endpoints", type=int, default=5000)
    parser.add_argument("--throttled", type=int, default=0)
    return parser.parse_args()


def main() -> int:
    options = arguments()
    os.environ["INFERENCE_BINARY"], os.environ["PULUMI_CLI"] = (
        str(options.binary),
        str(options.pulumi),
    )
    tools = Toolchain.from_environment()
    complaints: list[str] = []
    print("| step | time | requests | peak of the provider |\n| --- | --- | --- | --- |")
    for count, throttled in ((options.endpoints, False), (options.throttled, True)):
        if count == 0:
            continue
        with tempfile.TemporaryDirectory(prefix="scale-") as root, Simulator(*INPUTS) as sim:
            prepare(sim, count)
            scale = Scale(tools, sim, Path(root) / "stack", count)
            if throttled:
                throttle(sim, count)
            scale.live(f", {count} of them throttled" if throttled else "")
            complaints += scale.complaints
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    raise SystemExit(main())
