"""Ten random endpoints of each cloud are imported; their program in each language changes nothing.

The language hosts at hand cannot generate code, so Pulumi's importer and program generators write
the programs as a command of their own (tests/toolchain/programs, INFERENCE_PROGRAMS).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from example_rows import EXAMPLES
from program_stacks import Languages, Program
from simulator.client import Simulator
from support import fleets
from support.fleets.draw import LOST_IN_PROGRAMS
from support.stacks import Toolchain

SCHEMA = Path(__file__).parents[2] / "schema.json"
COUNT = 10
SEED = "2026"
COMPILE_SECONDS = 180.0  # TypeScript and Go compile a long program anew, on a busy machine
# The stack itself is one more.
SAME = {"same": COUNT * len(fleets.ALL) + 1}


@pytest.fixture
def sim() -> Iterator[Simulator]:
    with Simulator(*(fleet.name for fleet in fleets.ALL)) as simulator:
        for fleet in fleets.ALL:
            simulator.knobs(fleet.name, fleet.knobs)
        simulator.freeze()  # or endpoints fall asleep that nobody calls
        yield simulator


def listing(sim: Simulator) -> list[dict[str, Any]]:
    """The endpoints of all clouds, as an import file lists them."""
    return [
        {"type": fleet.token, "name": name, "id": id}
        for fleet in fleets.ALL
        for name, id in fleet.place(sim, SEED, COUNT, LOST_IN_PROGRAMS).items()
    ]


def write_program(stack: Program, language: str) -> None:
    """The program of what is in the stack, in the place of the project's."""
    out = stack.root / "programs"
    subprocess.run(
        [os.environ["INFERENCE_PROGRAMS"], "--schema", SCHEMA, "--out", out],
        input=stack.export(),
        env=stack.environment,
        text=True,
        check=True,
        timeout=120,
    )
    for file in (out / language).iterdir():
        (stack.project / file.name).write_bytes(file.read_bytes())


@pytest.mark.parametrize("language", ["typescript", "python", "go"])
def test_ten_of_each_cloud(
    language: str, tools: Toolchain, languages: Languages, sim: Simulator, tmp_path: Path
) -> None:
    stack = Program(tmp_path / "stack", tools, sim, languages, EXAMPLES / "hf" / language)
    config: dict[str, Any] = {}
    for fleet in fleets.ALL:
        config |= fleet.config(sim.url(fleet.name))
    stack.configure(config)
    resources = listing(sim)
    before = {fleet.name: sim.state(fleet.name)["endpoints"] for fleet in fleets.ALL}
    sim.clear()

    stack.import_listing(resources, "--generate-code=false")
    write_program(stack, language)
    done = stack.preview("--expect-no-changes", expect=None, seconds=COMPILE_SECONDS)
    names = {name for name, op in done.begun if op != "same"}
    assert {name: done.diff(name) for name in sorted(names)} == {}
    assert (done.status, done.counts) == (0, SAME), done.text[-3000:]
    assert stack.up("--expect-no-changes", seconds=COMPILE_SECONDS).counts == SAME
    reads = {operation for fleet in fleets.ALL for operation in fleet.reads}
    assert {request.operation for request in sim.requests()} <= reads
    assert {fleet.name: sim.state(fleet.name)["endpoints"] for fleet in fleets.ALL} == before
