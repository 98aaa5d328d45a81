"""A stack of its own in a folder: the caller's credentials, and the recorder for a proxy."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from support.stacks import Toolchain

NAME = "live"
GRACE_SECONDS = 120.0


class Failed(Exception):
    """A step that did not end well."""


class LiveStack:
    """Works with a folder that an earlier run left, too."""

    def __init__(self, folder: Path, tools: Toolchain, variables: Mapping[str, str]) -> None:
        self._tools = tools
        self._project = folder / "project"
        self._environment = dict(variables) | {
            "PATH": f"{tools.pulumi.parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        }
        plugin = folder / "home" / "plugins" / f"resource-inference-v{tools.version}"
        for made in (plugin, folder / "state", self._project):
            made.mkdir(parents=True, exist_ok=True)
        binary = plugin / "pulumi-resource-inference"
        binary.unlink(missing_ok=True)
        binary.symlink_to(tools.provider)
        self.write({})
        if not list((folder / "state").rglob(f"{NAME}.json")):
            self.run("stack", "init", NAME, "--secrets-provider", "passphrase", seconds=60)

    def write(self, program: Mapping[str, Any]) -> None:
        """JSON is YAML, too."""
        text = json.dumps({"name": "live", "runtime": "yaml", **program})
        (self._project / "Pulumi.yaml").write_text(text)

    def outputs(self) -> Any:
        """Of the program as it was deployed last."""
        return json.loads(
            self._run("stack", "output", "--json", output=subprocess.PIPE, seconds=60)
        )

    def run(self, *arguments: str, seconds: float) -> None:
        """To its end, in sight of the user. At the end of the time, and on Ctrl-C, the CLI is told
        to stop and waited for, so that it writes down what it made."""
        self._run(*arguments, output=None, seconds=seconds)

    def _run(self, *arguments: str, output: int | None, seconds: float) -> str:
        process = subprocess.Popen(
            [self._tools.pulumi, "--non-interactive", *arguments],
            cwd=self._project,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            text=True,
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=max(seconds, 0))
        except (subprocess.TimeoutExpired, KeyboardInterrupt) as error:
            stop(process)
            if isinstance(error, KeyboardInterrupt):
                raise
            raise Failed(f"the time is over: pulumi {arguments[0]}") from None
        if process.returncode != 0:
            raise Failed(f"pulumi {arguments[0]} ended with {process.returncode}")
        return said or ""


def stop(process: subprocess.Popen[str]) -> None:
    """It may have ended by itself meanwhile."""
    if process.poll() is not None:
        return
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
