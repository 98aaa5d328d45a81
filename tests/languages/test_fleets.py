"""The life of programs that have several endpoints: examples/all and examples/pausing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from example_rows import ALL, EXAMPLES
from fleet_rows import FLEETS, Fleet
from program_stacks import Languages, Program, camel
from simulator.client import Simulator
from support.stacks import Toolchain


@pytest.fixture(scope="module")
def clouds() -> Iterator[Simulator]:
    """One process for all four."""
    with Simulator(*(example.cloud for example in ALL)) as simulator:
        yield simulator


@pytest.fixture
def sim(clouds: Simulator) -> Simulator:
    clouds.reset()
    for example in ALL:
        if example.knobs:
            clouds.knobs(example.cloud, example.knobs)
    return clouds


def merged(parts: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {key: value for part in parts for key, value in part.items()}


def take_writes(sim: Simulator, fleet: Fleet) -> Counter[tuple[str, str]]:
    """How many requests changed something since the last question, by cloud and operation."""
    found = Counter((request.cloud, request.operation) for request in sim.requests())
    sim.clear()
    return Counter({call: times for call, times in found.items() if call in fleet.writes})


@pytest.mark.parametrize(
    ("fleet", "language"),
    [(fleet, language) for fleet in FLEETS for language in fleet.languages],
    ids=lambda value: value.folder if isinstance(value, Fleet) else value,
)
def test_life(
    fleet: Fleet,
    language: str,
    tools: Toolchain,
    languages: Languages,
    sim: Simulator,
    tmp_path: Path,
) -> None:
    folder = EXAMPLES / fleet.folder / language
    stack = Program(tmp_path / "stack", tools, sim, languages, folder)
    settings = merged(example.settings(sim) for example in fleet.clouds)
    stack.set_config(settings, merged(example.secrets for example in fleet.clouds))
    resources = sum(fleet.endpoints.values()) + 1  # and the stack itself

    assert stack.up().counts == {"create": resources}
    assert take_writes(sim, fleet) == fleet.all("endpoint.create")
    ids = stack.ids()
    targets = stack.outputs()["targets"]
    shown = camel(targets) if language == "python" else targets
    assert shown == {name: stack.state(name)["outputs"]["target"] for name in ids}
    assert stack.up("--expect-no-changes").counts == {"same": resources}
    assert take_writes(sim, fleet) == {}

    for step in fleet.steps:
        stack.set_config(step.config)
        run = stack.up()
        changed = len(step.diffs)
        assert run.counts == {"same": resources - changed, "update": changed}
        assert {name: run.diff(name) for name in ids if run.diff(name)} == step.diffs
        assert take_writes(sim, fleet) == step.calls
        assert stack.ids() == ids

    assert stack.refresh("--expect-no-changes").counts == {"same": resources}
    assert take_writes(sim, fleet) == {}
    assert stack.destroy().counts == {"delete": resources}
    assert take_writes(sim, fleet) == fleet.all("endpoint.delete")
    for cloud in fleet.endpoints:
        assert sim.state(cloud)["endpoints"] == {}
