"""A program in Java, with Pulumi's host for it, Maven and the generated SDK."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from example_rows import HF
from program_stacks import Languages, Program
from simulator.client import Simulator
from support.stacks import Toolchain
from test_lives import calls

# Maven compiles and starts the program twice a run; the first time it fetches its plugins.
LIMIT_SECONDS = 240.0


@pytest.mark.timeout(600)
def test_up_twice_and_destroy(
    tools: Toolchain,
    languages: Languages,
    simulators: Callable[[str], Simulator],
    tmp_path: Path,
) -> None:
    sim = simulators("hf")
    sim.reset()
    sim.knobs("hf", HF.knobs)
    stack = Program(tmp_path / "stack", tools, sim, languages, HF.folder("java"))
    stack.set_config(HF.settings(sim), HF.secrets)
    assert stack.up(seconds=LIMIT_SECONDS).ops("chat") == ["create"]
    assert calls(sim, HF) == [HF.create]
    made = stack.state("chat")["outputs"]
    assert stack.outputs() == {
        "endpointId": made["endpointId"],
        "url": made["url"],
        "baseUrl": made["target"]["baseUrl"],
        "model": made["target"]["model"],
    }
    assert stack.up("--expect-no-changes", seconds=LIMIT_SECONDS).ops("chat") == ["same"]
    assert stack.destroy().ops("chat") == ["delete"]
    assert calls(sim, HF) == [HF.create, (HF.delete, None)]
