"""examples/offline: the workflow's steps, run here as a runner would."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from simulator.client import Simulator
from support.stacks import Stack, Toolchain

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "offline"
SCHEMA = json.loads((ROOT / "schema.json").read_text())
PACKAGE = tomllib.loads((ROOT / "tests/simulator/pyproject.toml").read_text())["project"]
PLUGIN = ["pulumi", "plugin", "install", "resource", SCHEMA["name"], SCHEMA["version"], "--file"]
SECONDS = 120


def steps() -> list[list[str]]:
    """The words of each line that the workflow runs."""
    workflow = yaml.safe_load((EXAMPLE / "workflow.yml").read_text())
    (job,) = workflow["jobs"].values()
    return [shlex.split(step["run"]) for step in job["steps"] if "run" in step]


@pytest.fixture
def runner(tmp_path: Path, tools: Toolchain) -> Any:
    """A machine with the CLI and the simulator's command; runs a line in a copy of the example."""
    environment = Stack(tmp_path / "stack", tools, Simulator()).environment
    del environment["PULUMI_STACK"]  # the example makes one of its own
    folder, commands = tmp_path / "checkout", tmp_path / "bin"
    shutil.copytree(EXAMPLE, folder)
    commands.mkdir()
    command = commands / PACKAGE["name"]
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m simulator "$@"\n')
    command.chmod(0o755)
    environment["PATH"] = f"{commands}:{environment['PATH']}"
    before = {path.name for path in folder.iterdir()}

    def run(line: list[str]) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            line, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS
        )
        assert {path.name for path in folder.iterdir()} == before
        return done

    return run


def test_the_workflow(runner: Any, tools: Toolchain) -> None:
    install_simulator, install_provider, test = steps()
    wheel = f"{PACKAGE['name'].replace('-', '_')}-{PACKAGE['version']}-py3-none-any.whl"
    assert install_simulator == ["pip", "install", f"vendor/{wheel}"]
    *line, archive = install_provider
    assert line == PLUGIN
    assert Path(archive).name.startswith(f"pulumi-resource-inference-v{SCHEMA['version']}-linux-")
    done = runner([*line, str(tools.provider), "--reinstall"])
    assert done.returncode == 0, done.stdout + done.stderr
    done = runner(test)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "inference:hf:Endpoint" in done.stdout and "deleted" in done.stdout


def test_a_program_that_breaks_its_promise_fails(runner: Any, tmp_path: Path) -> None:
    program = tmp_path / "checkout" / "Pulumi.yaml"
    text = program.read_text()
    assert "name: chat\n" in text
    program.write_text(text.replace("      name: chat\n", "      name: other\n"))
    done = runner(["./test.sh"])
    assert done.returncode != 0
    assert "inference:hf:Endpoint" in done.stdout
