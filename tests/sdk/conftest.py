"""The generated SDKs.

SDK_OUT is where they are, SDK_NODE_MODULES what TypeScript is compiled with, SDK_MAVEN the folder
of Maven's repository, GO the Go to use.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIMIT_SECONDS = 600.0
Json = dict[str, Any]


PAGE = "docs/releasing.md"


def run(line: Sequence[str | Path], cwd: Path, **environment: str) -> str:
    """Its output; fails with all of it."""
    done = subprocess.run(
        [str(word) for word in line],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
    )
    assert done.returncode == 0, f"{line} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def schema() -> Json:
    result: Json = json.loads((ROOT / "schema.json").read_text())
    return result


@pytest.fixture(scope="session")
def sdks() -> Path:
    return Path(os.environ["SDK_OUT"])


@pytest.fixture(scope="session")
def go() -> str:
    found = os.environ.get("GO") or shutil.which("go")
    assert found, "GO (or PATH) must name a Go"
    return found


def modules(schema: Json) -> list[str]:
    """The modules that have a resource."""
    return sorted({token.split(":")[1] for token in schema["resources"]})


def resources(schema: Json, module: str) -> set[str]:
    """The names of its resource types."""
    parts = (token.split(":") for token in schema["resources"])
    return {name for _, of, name in parts if of == module}


def functions(schema: Json) -> list[tuple[str, str]]:
    """(module, name) of every function."""
    found = (token.split(":")[1:] for token in schema["functions"])
    return sorted((module, name) for module, name in found)
