"""Every SDK that has a compiler here is compiled; TypeScript and Python are loaded, too."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from conftest import PAGE, ROOT, Json, functions, modules, run
from support.pages import commands

GO_IMPORT = "github.com/pulumi-inference/pulumi-inference/sdk/go/inference"


@pytest.fixture
def packed(sdks: Path, tmp_path: Path) -> Path:
    """A project with the package that docs/releasing.md has published, as npm would install it."""
    folder = sdks / "nodejs"
    packages = folder / "node_modules"
    if not packages.exists():
        packages.symlink_to(os.environ["SDK_NODE_MODULES"])
    installing, *making = commands(PAGE, "TypeScript, in `build/sdk/nodejs`.")
    assert installing == "npm install"  # which asks the registry for what is linked here
    for line in making:
        printed = run(["bash", "-c", line], folder)
    modules = tmp_path / "node_modules"
    shutil.copytree(packages.resolve(), modules, copy_function=os.symlink)
    target = modules / "@pulumi-inference" / "inference"
    target.mkdir(parents=True)
    archive = folder / printed.split()[-1]
    run(["tar", "--extract", "--file", archive, "--strip-components=1"], target)
    archive.unlink()
    return tmp_path


def test_typescript(schema: Json, packed: Path) -> None:
    """It is loaded by its name; what programs are compiled with is in it, too."""
    script = (
        "const sdk = require('@pulumi-inference/inference'); const found = {};"
        "for (const name of Object.keys(sdk)) found[name] = Object.keys(sdk[name] ?? {});"
        "const {getVersion} = require('@pulumi-inference/inference/utilities');"
        "console.log(JSON.stringify([found, getVersion()]))"
    )
    found, version = json.loads(run(["node", "-e", script], packed))
    assert version == schema["version"]
    for module in modules(schema):
        calls = {name for of, name in functions(schema) if of == module}
        assert {"Endpoint", *calls} <= set(found[module])
    folder = packed / "node_modules" / "@pulumi-inference" / "inference"
    for name in ("index.d.ts", "hf/endpoint.d.ts", "LICENSE", "README.md"):
        assert (folder / name).stat().st_size > 0


@pytest.fixture(scope="module")
def wheel(sdks: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package that docs/releasing.md has published. Its build writes into the folder, so that
    is a copy."""
    folder = tmp_path_factory.mktemp("wheel") / "python"
    shutil.copytree(sdks / "python", folder)
    (line,) = commands(PAGE, "Python, in `build/sdk/python`:")
    run([sys.executable, "-m", *line.split()], folder)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def environment(sdks: Path, wheel: Path) -> Path:
    """A virtual environment with the SDK and nothing but what it asks for."""
    folder = sdks / "venv"
    run([sys.executable, "-m", "venv", "--clear", folder], sdks)
    pip = [folder / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    constraint = ["--constraint", ROOT / "tests" / "requirements.txt"]
    run([*pip, "install", *constraint, wheel], sdks)
    return folder


def test_the_index_of_python_shows_the_readme(schema: Json, environment: Path) -> None:
    script = (
        "from importlib.metadata import metadata;"
        "print(metadata('pulumi_inference').get_payload(), end='')"
    )
    shown = run([environment / "bin" / "python", "-c", script], environment)
    assert shown.strip() == schema["language"]["python"]["readme"].strip()


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
