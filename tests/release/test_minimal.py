"""A stock CLI installs and uses the archive on a machine that has no OpenSSL and no CA store."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from archives import Archive
from conftest import CLOUDS
from minimal import MinimalRoot
from simulator.client import Simulator

EXAMPLES = Path(__file__).parents[2] / "examples"
CA_FILE = {"inference:caFile": "/ca.pem"}
numbers = itertools.count(1)


@pytest.fixture(scope="session")
def plugin(minimal: MinimalRoot, archives: dict[str, Archive]) -> str:
    """Where the CLI put it."""
    version = archives["amd64"].version
    arguments = ("resource", "inference", version, "--file", "/release.tar.gz")
    minimal.pulumi("plugin", "install", *arguments)
    return f"/pulumi/plugins/resource-inference-v{version}"


class Program:
    """A cloud's program of scripts/demo, as a stack of its own in the minimal machine."""

    def __init__(self, root: MinimalRoot, cloud: str, clouds: Simulator, **config: str) -> None:
        self.root = root
        self.folder = f"/program-{next(numbers)}"
        shutil.copytree(EXAMPLES / cloud / "yaml", root.inside(self.folder))
        self.pulumi("stack", "init", f"dev{self.folder.replace('/', '-')}")
        values = {**CLOUDS[cloud].config(clouds.url(cloud)), **config}
        words = [w for k, v in values.items() for w in (self._kind(k), f"{k}={v}")]
        self.pulumi("config", "set-all", *words)

    @staticmethod
    def _kind(key: str) -> str:
        return "--secret" if key.endswith(("Key", "Token")) else "--plaintext"

    def pulumi(self, *arguments: str, **options: Any) -> str:
        return self.root.pulumi("--cwd", self.folder, *arguments, **options)


def test_the_machine_is_empty(minimal: MinimalRoot) -> None:
    for path in ("/etc/ssl", "/usr/lib/ssl", "/usr/include/stdio.h"):
        assert not minimal.inside(path).exists()
    assert list(minimal.path.glob("usr/lib/**/libssl*")) == []


def test_stock_cli_installs_it(
    minimal: MinimalRoot, plugin: str, archives: dict[str, Archive]
) -> None:
    installed = json.loads(minimal.pulumi("plugin", "ls", "--json"))
    assert [(one["name"], one["version"]) for one in installed] == [
        ("inference", archives["amd64"].version)
    ]
    original = archives["amd64"].binary
    assert (minimal.inside(plugin) / original.name).read_bytes() == original.read_bytes()


@pytest.mark.parametrize(
    ("cloud", "config", "environment"),
    [*((name, CA_FILE, {}) for name in CLOUDS), ("hf", {}, {"SSL_CERT_FILE": "/ca.pem"})],
    ids=[*CLOUDS, "SSL_CERT_FILE"],
)
def test_the_demo_lives(
    minimal: MinimalRoot,
    plugin: str,
    clouds: Simulator,
    cloud: str,
    config: dict[str, str],
    environment: dict[str, str],
) -> None:
    program = Program(minimal, cloud, clouds, **config)
    program.pulumi("up", "--yes", "--skip-preview", **environment)
    assert len(clouds.state(cloud)["endpoints"]) == 1
    program.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", **environment)
    program.pulumi("destroy", "--yes", "--skip-preview", **environment)
    assert len(clouds.state(cloud)["endpoints"]) == 0
    operations = [request.operation for request in clouds.requests(cloud=cloud)]
    assert operations.count("endpoint.create") == operations.count("endpoint.delete") == 1


def test_without_authorities_the_error_names_the_fix(
    minimal: MinimalRoot, plugin: str, clouds: Simulator
) -> None:
    program = Program(minimal, "hf", clouds)
    said = program.pulumi("up", "--yes", "--skip-preview", fails=True)
    assert "install the package ca-certificates, or set caFile or SSL_CERT_FILE to a PEM" in said
    assert [request.operation for request in clouds.requests(cloud="hf")] == []
