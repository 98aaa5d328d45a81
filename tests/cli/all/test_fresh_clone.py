"""README: `pulumi package add` and, in a fresh clone, `pulumi install`, each with the plugin in its
place already, as a stack of these tests has it from the start. Both ask nobody else for it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from simulator.client import Simulator
from support.clouds import hf
from support.programs import named
from support.stacks import Stack, Toolchain


@pytest.fixture
def machine(
    simulators: Callable[[str], Simulator], tools: Toolchain, tmp_path: Path
) -> Callable[[str], Stack]:
    """A machine of its own, with nothing but the plugin, and a project without programs."""

    def make(name: str) -> Stack:
        made = Stack(tmp_path / name, tools, simulators("hf"))
        made.environment.pop("PULUMI_IGNORE_AMBIENT_PLUGINS", None)
        return made

    return make


def test_a_fresh_clone(machine: Callable[[str], Stack], tools: Toolchain) -> None:
    first = machine("first")
    first.run("package", "add", "inference")
    project = yaml.safe_load((first.project / "Pulumi.yaml").read_text())
    assert project["packages"] == {"inference": f"inference@{tools.version}"}
    second = machine("second")
    shutil.copy(first.project / "Pulumi.yaml", second.project)
    second.run("install")
    written = [path.name for path in (second.project / "sdks/inference").iterdir()]
    assert written == [f"inference-{tools.version}.yaml"]
    second.sim.reset()
    second.sim.knobs("hf", hf.CLOUD.quick)
    second.configure(hf.CLOUD.config(second.sim.url("hf")))
    second.write({"chat": named(hf.CLOUD, "chat")}, packages=project["packages"])
    second.up()
    assert second.ids()["chat"] == "acme/chat"
