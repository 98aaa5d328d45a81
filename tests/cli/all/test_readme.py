"""The programs of README.md, as they stand there: a whole life of each, not only its preview."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from simulator.client import Simulator
from support.clouds import ark, hf, maas, tir
from support.stacks import Stack, Toolchain

README = Path(__file__).parents[3] / "README.md"
CONFIG = {"hf": hf.config, "ark": ark.config, "maas": maas.config, "tir": tir.config}


def programs() -> dict[str, dict[str, Any]]:
    """By cloud, its resources and outputs."""
    found = {}
    for text in re.findall(r"^```yaml\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL):
        program = yaml.safe_load(text)
        (resource,) = program["resources"].values()
        found[resource["type"].split(":")[1]] = program
    return found


@pytest.mark.parametrize("cloud", CONFIG)
def test_a_program_of_the_readme_leads_a_life(
    cloud: str, simulators: Callable[[str], Simulator], tools: Toolchain, tmp_path: Path
) -> None:
    program = programs()[cloud]
    sim = simulators(cloud)
    sim.reset()
    stack = Stack(tmp_path / "stack", tools, sim)
    stack.configure(CONFIG[cloud](sim.url(cloud)))
    stack.write(program["resources"], outputs={"target": "${chat.target}"})
    assert stack.up().counts == {"create": 2}
    assert stack.preview().counts == {"same": 2}
    assert stack.refresh().counts == {"same": 2}
    target = stack.outputs()["target"]
    assert target["baseUrl"].startswith("http")
    assert target["model"]
    assert stack.destroy().counts == {"delete": 2}
    assert sim.state(cloud)["endpoints"] == {}
