"""Every SDK that has a compiler here is compiled; TypeScript and Python are loaded, too."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Json, functions, modules, run

GO_IMPORT = "github.com/pulumi-inference/pulumi-inference/sdk/go/inference"


def test_typescript(schema: Json, sdks: Path) -> None:
    """The package as npm would pack it: build/sdk/nodejs/bin, which programs import."""
    folder = sdks / "nodejs"
    packages = folder / "node_modules"
    if not packages.exists():
        packages.symlink_to(os.environ["SDK_NODE_MODULES"])
    run([packages / ".bin" / "tsc"], folder)
    shutil.copy(folder / "package.json", folder / "bin")
    script = (
        "const sdk = require('./bin'); const found = {};"
        "for (const name of Object.keys(sdk)) found[name] = Object.keys(sdk[name] ?? {});"
        "console.log(JSON.stringify([found, require('./bin/utilities').getVersion()]))"
    )
    found, version = json.loads(run(["node", "-e", script], folder))
    assert version == schema["version"]
    for module in modules(schema):
        calls = {name for of, name in functions(schema) if of == module}
        assert {"Endpoint", *calls} <= set(found[module])


@pytest.fixture(scope="module")
def environment(sdks: Path) -> Path:
    """A virtual environment with the SDK and nothing but what it asks for."""
    folder = sdks / "venv"
    run([sys.executable, "-m", "venv", "--clear", folder], sdks)
    pip = [folder / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    constraint = ["--constraint", ROOT / "tests" / "requirements.txt"]
    run([*pip, "install", *constraint, sdks / "python"], sdks)
    return folder


def test_python(schema: Json, sdks: Path, environment: Path) -> None:
    """Modules are loaded when something of theirs is first asked for."""
    wanted: dict[str, list[str]] = {}
    for module in modules(schema):
        calls = [name for of, name in functions(schema) if of == module]
        snake = ["".join("_" + c.lower() if c.isupper() else c for c in name) for name in calls]
        wanted[module] = ["Endpoint", "EndpointArgs", *snake]
    script = (
        "import json, importlib.metadata, pulumi_inference as sdk\n"
        "from pulumi_inference import _utilities\n"
        f"found = {{m: [n for n in names if hasattr(getattr(sdk, m), n)]"
        f" for m, names in {wanted!r}.items()}}\n"
        "print(json.dumps([found, _utilities.get_version(),"
        " importlib.metadata.version('pulumi_inference')]))"
    )
    found, version, installed = json.loads(run([environment / "bin/python", "-c", script], sdks))
    assert (version, installed) == (schema["version"], schema["version"])
    assert found == wanted


def test_go(schema: Json, go: str) -> None:
    """By the module in tests/sdk/go, whose go.sum fixes what it is built with."""
    folder = ROOT / "tests" / "sdk" / "go"
    run([go, "build", "-p", "2", f"{GO_IMPORT}/..."], folder)
    listed = run([go, "list", f"{GO_IMPORT}/..."], folder).split()
    expected = {GO_IMPORT, f"{GO_IMPORT}/config", f"{GO_IMPORT}/internal"}
    assert set(listed) == expected | {f"{GO_IMPORT}/{module}" for module in modules(schema)}


def test_java(schema: Json, sdks: Path) -> None:
    """Into a repository of the tests, where programs find it."""
    folder = sdks / "java"
    repository = f"-Dmaven.repo.local={os.environ['SDK_MAVEN']}"
    run(["mvn", "--batch-mode", "--quiet", repository, "install"], folder)
    classes = folder / "target" / "classes" / "com" / "pulumiinference" / "inference"
    for module in modules(schema):
        assert (classes / module / "Endpoint.class").exists()
