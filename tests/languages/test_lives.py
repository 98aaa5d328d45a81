"""Every example's life: up, up again, an update in place, refresh, destroy."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from example_rows import ALL, NAME, Example
from program_stacks import LANGUAGES, Languages, Program, camel
from simulator.client import Simulator
from support.marks import tags_without_mark
from support.stacks import Toolchain

Call = tuple[str, Any]


def plain(value: Any) -> Any:
    """Without what is made at random: the name's digits, the proof of a create, server-made ids."""
    if isinstance(value, list):
        return [plain(item) for item in tags_without_mark(value)]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key != "Id"}
    if isinstance(value, str):
        return re.sub(r"\bchat-[0-9a-f]{7}\b", NAME, value)
    return value


def named(actual: Any, expected: Any) -> Any:
    """The members of `actual` that `expected` names."""
    if isinstance(actual, dict) and isinstance(expected, dict):
        return {key: named(actual[key], expected[key]) for key in expected if key in actual}
    return actual


def calls(sim: Simulator, example: Example) -> list[Call]:
    """The requests that change something, in order."""
    found: list[Call] = []
    for request in sim.requests():
        if request.operation == example.create[0]:
            found.append((request.operation, named(plain(request.json), example.create[1])))
        elif request.operation == example.update[0]:
            found.append((request.operation, plain(request.json)))
        elif request.operation == example.delete:
            found.append((request.operation, None))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("example", ALL, ids=lambda example: example.cloud)
def test_life(
    example: Example,
    language: str,
    tools: Toolchain,
    languages: Languages,
    simulators: Callable[[str], Simulator],
    tmp_path: Path,
) -> None:
    sim = simulators(example.cloud)
    sim.reset()
    sim.knobs(example.cloud, example.knobs)
    stack = Program(tmp_path / "stack", tools, sim, languages, example.folder(language))
    stack.set_config(example.settings(sim), example.secrets)

    assert stack.up().ops("chat") == ["create"]
    assert calls(sim, example) == [example.create]
    outputs = camel(stack.outputs()) if language == "python" else stack.outputs()
    assert sorted(outputs) == sorted(example.outputs)
    state = stack.state("chat")
    assert {key: state["outputs"][key] for key in outputs} == outputs
    for secret in example.secrets.values():
        assert secret not in stack.export()

    assert stack.up("--expect-no-changes").ops("chat") == ["same"]
    assert calls(sim, example) == [example.create]

    key, value = example.change
    stack.run("config", "set", f"{example.project}:{key}", value)
    run = stack.up()
    assert (run.ops("chat"), run.diff("chat")) == (["update"], example.diff)
    assert calls(sim, example) == [example.create, example.update]
    assert stack.state("chat")["id"] == state["id"]

    assert stack.refresh("--expect-no-changes").ops("chat") == ["same"]
    assert stack.destroy().ops("chat") == ["delete"]
    assert calls(sim, example) == [example.create, example.update, (example.delete, None)]
    assert sim.state(example.cloud)["endpoints"] == {}
