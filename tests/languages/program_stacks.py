"""Programs of each language, as the CLI finds them when a user has installed the SDK."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from simulator.client import Simulator
from support.stacks import CopiedStack, Toolchain

LANGUAGES = ("yaml", "typescript", "python", "go")
GO_SDK = "github.com/pulumi-inference/pulumi-inference/sdk/go"
GO_SUMS = Path(__file__).parents[1] / "sdk" / "go"


class Languages:
    """Where the hosts and the generated SDKs are."""

    def __init__(self) -> None:
        self.hosts = Path(os.environ["INFERENCE_HOSTS"])
        self.sdks = Path(os.environ["SDK_OUT"])
        self.node_modules = Path(os.environ["SDK_NODE_MODULES"])
        self.generators = Path(os.environ["INFERENCE_GENERATORS"])
        self.writers = Path(os.environ["INFERENCE_WRITERS"])
        self.maven = Path(os.environ["SDK_MAVEN"])
        self.go = os.environ.get("GO") or shutil.which("go") or "go"

    def path(self) -> str:
        """The Python host looks for `python` there, as in an activated environment."""
        folders = (self.hosts, self.generators, self.sdks / "venv" / "bin", Path(self.go).parent)
        return ":".join(str(folder) for folder in folders)

    def go_environment(self) -> dict[str, str]:
        """Caches that outlive the test, and nothing fetched but what go.sum names."""
        asked = subprocess.run(
            [self.go, "env", "GOMODCACHE", "GOCACHE", "GOPROXY"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        names = ("GOMODCACHE", "GOCACHE", "GOPROXY")
        return dict(zip(names, asked, strict=True)) | {
            "GOFLAGS": "-mod=mod -modcacherw -buildvcs=false -trimpath",
            "GOTOOLCHAIN": "local",
            "CGO_ENABLED": "0",
        }


class Program(CopiedStack):
    """With the language's host on PATH and the SDK where the language looks for it."""

    def __init__(
        self, root: Path, tools: Toolchain, sim: Simulator, languages: Languages, folder: Path
    ) -> None:
        self.languages = languages
        super().__init__(root, tools, sim, folder)
        path = self.environment["PATH"]
        self.environment["PATH"] = f"{languages.path()}:{path}"
        self.environment |= languages.go_environment()
        # The hosts are found on PATH; the provider is in the plugin folder all the same.
        del self.environment["PULUMI_IGNORE_AMBIENT_PLUGINS"]
        if (folder / "package.json").exists():
            self._install_node()
        if (folder / "go.mod").exists():
            self._install_go()
        if (folder / "pom.xml").exists():
            self._install_java()

    def _install_node(self) -> None:
        """What `npm install` would do, without copies: packages resolve from where they are."""
        target = self.project / "node_modules"
        target.mkdir()
        for package in self.languages.node_modules.iterdir():
            (target / package.name).symlink_to(package)
        scope = target / "@pulumi-inference"
        scope.mkdir()
        (scope / "inference").symlink_to(self.languages.sdks / "nodejs" / "bin")

    def _install_go(self) -> None:
        """The SDK from its folder, everything else at the versions and sums of tests/sdk/go."""
        shutil.copy(GO_SUMS / "go.sum", self.project)
        module = (self.project / "go.mod").read_text().split("\n", 1)[0]
        pinned = (GO_SUMS / "go.mod").read_text().split("\n", 1)[1]
        (self.project / "go.mod").write_text(f"{module}\n{pinned}")
        replace = f"-replace={GO_SDK}={self.languages.sdks / 'go'}"
        subprocess.run([self.languages.go, "mod", "edit", replace], cwd=self.project, check=True)

    def _install_java(self) -> None:
        """Maven takes the SDK, and all else, from the repository that tests/sdk filled."""
        (self.project / ".mvn").mkdir()
        option = f"-Dmaven.repo.local={self.languages.maven}\n"
        (self.project / ".mvn" / "maven.config").write_text(option)


def camel(value: Any) -> Any:
    """Python's SDK spells the members of an exported object its own way."""
    if isinstance(value, dict):
        return {
            re.sub(r"_([a-z])", lambda m: m[1].upper(), key): camel(item)
            for key, item in value.items()
        }
    return value
