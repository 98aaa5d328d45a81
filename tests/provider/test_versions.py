"""CMake's version is repeated where a reader or a package manager looks for it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VERSION = re.search(r"^project\(\S+ VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(), re.M)
assert VERSION
MAJOR, MINOR, _ = (int(part) for part in VERSION[1].split("."))
# Pattern of files -> how it is said there.
REPEATED = {
    "README.md": rf"inference (\S+) --file build/dist/pulumi-resource-inference-v{VERSION[1]}-",
    "examples/*/go/go.mod": r"pulumi-inference/sdk/go v(\S+)",
    "tests/sdk/go/go.mod": r"pulumi-inference/sdk/go v(\S+)",
    "examples/*/python/requirements.txt": rf"pulumi_inference>=(\S+),<{MAJOR}\.{MINOR + 1}\.0",
    "examples/*/typescript/package.json": r"@pulumi-inference/inference\": \"\^([^\"]+)",
    "examples/*/java/pom.xml": r"<artifactId>inference</artifactId>\s*<version>([^<]+)",
    "docs/installation-configuration.md": r"plugin install resource inference (\S+)",
    "docs/releasing.md": r"sdk/go/v(\d\S+)",
}


@pytest.mark.parametrize("pattern", REPEATED)
def test_the_version_is_repeated(pattern: str) -> None:
    files = sorted(ROOT.glob(pattern))
    assert files
    said = {
        str(file.relative_to(ROOT)): re.findall(REPEATED[pattern], file.read_text())
        for file in files
    }
    assert {name: set(found) for name, found in said.items()} == {
        name: {VERSION[1]} for name in said
    }


def test_the_schema_has_it() -> None:
    assert json.loads((ROOT / "schema.json").read_text())["version"] == VERSION[1]
