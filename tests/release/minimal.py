"""A minimal Debian in a folder, and programs that see nothing but it, /proc and loopback."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

PULUMI = "/opt/pulumi/pulumi"
RUN_SECONDS = 120.0
# The process namespace ends with what runs in it: neither a process nor a mount is left behind.
ENTER = 'mount -t proc proc "$1/proc" && exec chroot "$@"'
ENVIRONMENT = {
    "PATH": "/opt/pulumi:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "PULUMI_HOME": "/pulumi",
    "PULUMI_BACKEND_URL": "file:///state",
    "PULUMI_CONFIG_PASSPHRASE": "test",
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
    "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
    "NO_COLOR": "1",
    "NO_PROXY": "*",
}


class MinimalRoot:
    def __init__(self, image: Path, pulumi: Path, path: Path) -> None:
        self.path = path
        subprocess.run(["tar", "-C", path, "--numeric-owner", "-xf", image], check=True)
        for folder in ("opt/pulumi", "state", "pulumi"):
            (path / folder).mkdir(parents=True)
        for name in ("pulumi", "pulumi-language-yaml"):
            shutil.copy(pulumi / name, path / "opt/pulumi" / name)

    def add_file(self, inside: str, source: Path) -> None:
        shutil.copyfile(source, self.inside(inside))

    def inside(self, path: str) -> Path:
        return self.path / path.lstrip("/")

    def run(self, *line: str, **environment: str) -> subprocess.CompletedProcess[str]:
        namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
        return subprocess.run(
            [*namespaces, "sh", "-c", ENTER, "sh", str(self.path), *line],
            env=ENVIRONMENT | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=RUN_SECONDS,
            check=False,
        )

    def pulumi(self, *arguments: str, fails: bool = False, **environment: str) -> str:
        run = self.run(PULUMI, "--non-interactive", *arguments, **environment)
        assert (run.returncode != 0) == fails, run.stdout
        return run.stdout
