"""Pulumi's Automation API: the program is a function of this process, no host and no project."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from example_rows import HF
from program_stacks import Languages
from simulator.client import Simulator
from support.stacks import Toolchain

# Runs in the environment that has the SDK; prints what the stack said.
SCRIPT = Path(__file__).parent / "automation.py"
LIMIT_SECONDS = 180.0


def test_a_stack_from_python(
    tools: Toolchain,
    languages: Languages,
    simulators: Callable[[str], Simulator],
    tmp_path: Path,
) -> None:
    sim = simulators("hf")
    sim.reset()
    sim.knobs("hf", HF.knobs)
    plugins = tmp_path / "home" / "plugins" / f"resource-inference-v{tools.version}"
    plugins.mkdir(parents=True)
    (plugins / "pulumi-resource-inference").symlink_to(tools.provider)
    done = subprocess.run(
        [languages.sdks / "venv" / "bin" / "python", SCRIPT, HF.url(sim)],
        cwd=tmp_path,
        env={
            "PATH": f"{tools.pulumi.parent}:{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "PULUMI_HOME": str(tmp_path / "home"),
            "PULUMI_BACKEND_URL": f"file://{tmp_path}",
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "NO_PROXY": "*",
        },
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told == {
        "created": {"create": 2},
        "model": "openai-community/gpt2",
        "again": {"same": 2},
        "updated": {"same": 1, "update": 1},
        "refreshed": {"same": 2},
        "destroyed": {"delete": 2},
    }
    writes = [(r.operation, r.json) for r in sim.requests() if r.method not in ("GET", "HEAD")]
    assert [operation for operation, _ in writes] == [
        "endpoint.create",
        "endpoint.update",
        "endpoint.delete",
    ]
    assert writes[0][1]["compute"]["scaling"] == {"minReplica": 1, "maxReplica": 1}
    assert writes[1][1] == {"compute": {"scaling": {"maxReplica": 3}}}
    assert sim.state("hf")["endpoints"] == {}
