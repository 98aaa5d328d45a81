"""A stock CLI installs and uses the archive on a machine that has no OpenSSL and no CA store."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from archives import LIBRARIES, Archive
from minimal import MinimalRoot
from simulator.client import Simulator

EXAMPLE = Path(__file__).parents[2] / "examples/hf/yaml"
TOKEN = "hf_simulator_write"
NAMESPACE = "acme"
numbers = itertools.count(1)


@pytest.fixture(scope="session")
def plugin(minimal: MinimalRoot, archives: dict[str, Archive]) -> str:
    """Where the CLI put it."""
    version = archives["amd64"].version
    arguments = ("resource", "inference", version, "--file", "/release.tar.gz")
    minimal.pulumi("plugin", "install", *arguments)
    return f"/pulumi/plugins/resource-inference-v{version}"


class Program:
    """The example, as a stack of its own in the minimal machine."""

    def __init__(self, root: MinimalRoot, url: str, **config: str) -> None:
        self.root = root
        self.folder = f"/program-{next(numbers)}"
        shutil.copytree(EXAMPLE, root.inside(self.folder))
        self.pulumi("stack", "init", f"dev{self.folder.replace('/', '-')}")
        values = {"hfEndpoint": url, "hfNamespace": NAMESPACE, **config}
        words = [w for k, v in values.items() for w in ("--plaintext", f"inference:{k}={v}")]
        self.pulumi("config", "set-all", *words, "--secret", f"inference:hfToken={TOKEN}")

    def pulumi(self, *arguments: str, **options: Any) -> str:
        return self.root.pulumi("--cwd", self.folder, *arguments, **options)


def test_the_machine_is_empty(minimal: MinimalRoot) -> None:
    for path in ("/etc/ssl", "/usr/lib/ssl", "/usr/include/stdio.h"):
        assert not minimal.inside(path).exists()
    for name in LIBRARIES:
        assert list(minimal.path.glob(f"usr/lib/**/{name}")) == []


def test_stock_cli_installs_it(
    minimal: MinimalRoot, plugin: str, archives: dict[str, Archive]
) -> None:
    installed = json.loads(minimal.pulumi("plugin", "ls", "--json"))
    assert [(one["name"], one["version"]) for one in installed] == [
        ("inference", archives["amd64"].version)
    ]
    for name in (archives["amd64"].binary.name, *LIBRARIES):
        original = (archives["amd64"].folder / name).read_bytes()
        assert (minimal.inside(plugin) / name).read_bytes() == original


def test_own_openssl_is_used_where_there_is_none(minimal: MinimalRoot, plugin: str) -> None:
    binary = f"{plugin}/pulumi-resource-inference"
    traced = minimal.run("/usr/bin/env", "LD_TRACE_LOADED_OBJECTS=1", binary).stdout
    assert "not found" not in traced
    for name in LIBRARIES:
        assert f"{name} => {plugin}/{name} " in traced


@pytest.mark.parametrize(
    ("config", "environment"),
    [({"caFile": "/ca.pem"}, {}), ({}, {"SSL_CERT_FILE": "/ca.pem"})],
    ids=["caFile", "SSL_CERT_FILE"],
)
def test_the_example_lives(
    minimal: MinimalRoot,
    plugin: str,
    hf: Simulator,
    config: dict[str, str],
    environment: dict[str, str],
) -> None:
    program = Program(minimal, hf.url("hf"), **config)
    program.pulumi("up", "--yes", "--skip-preview", **environment)
    outputs = json.loads(program.pulumi("stack", "output", "--json"))
    name = outputs["endpointId"].split("/")[-1]
    assert list(hf.state("hf")["endpoints"]) == [f"{NAMESPACE}/{name}"]
    program.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", **environment)
    program.pulumi("destroy", "--yes", "--skip-preview", **environment)
    assert list(hf.state("hf")["endpoints"]) == []
    operations = [request.operation for request in hf.requests(cloud="hf")]
    assert operations.count("endpoint.create") == operations.count("endpoint.delete") == 1


def test_without_authorities_the_error_names_the_fix(
    minimal: MinimalRoot, plugin: str, hf: Simulator
) -> None:
    program = Program(minimal, hf.url("hf"))
    said = program.pulumi("up", "--yes", "--skip-preview", fails=True)
    assert "install the package ca-certificates, or set caFile or SSL_CERT_FILE to a PEM" in said
    assert [request.operation for request in hf.requests(cloud="hf")] == []
