"""C#: there is no .NET here, so its programs are held against the generated SDK."""

from __future__ import annotations

import os
import re
from pathlib import Path

import blocks
import pytest
from blocks import ROOT, Block

SDKS = Path(os.environ.get("SDK_OUT", ROOT / "build" / "sdk"))
NAMED_TYPE = re.compile(r"\bInference\.([A-Z]\w+(?:\.@?[A-Z]\w*)*)")


def csharp_sources() -> dict[str, str]:
    """Type, as programs name it (below the root namespace), -> its source."""
    found = {}
    for path in (SDKS / "dotnet").rglob("*.cs"):
        text = path.read_text()
        namespace = re.search(r"^namespace PulumiInference\.Inference\.(\S+)$", text, re.MULTILINE)
        if not namespace:
            continue
        for match in re.finditer(r"public (?:\w+ )*(?:class|struct|enum) (\w+)", text):
            rest = text[match.start() :]
            found[f"{namespace[1]}.{match[1]}"] = rest.split("\n    public sealed class ")[0]
    return found


@pytest.fixture(scope="module")
def csharp() -> dict[str, str]:
    return csharp_sources()


def csharp_cases() -> list[pytest.ParameterSet]:
    return [pytest.param(block, id=block.id) for block in blocks.of("csharp")]


@pytest.mark.parametrize("block", csharp_cases())
def test_csharp(block: Block, csharp: dict[str, str]) -> None:
    """Every type, member and enum value that a program names is in the SDK."""
    named = NAMED_TYPE.findall(block.text.replace("PulumiInference.Inference", "Root"))
    assert named
    for name in named:
        assert known(name.replace("@", ""), csharp), f"the C# SDK has no {name}"
    for type_name, body in object_initialisers(block.text):
        source = csharp[type_name]
        for member in re.findall(r"^\s*@?(\w+) =(?!=)", body, re.MULTILINE):
            assert re.search(rf"public [^\n]*\b{member}\b", source), f"{type_name}.{member}"


def known(name: str, csharp: dict[str, str]) -> bool:
    """A type, or a type and one member of it."""
    owner, _, member = name.rpartition(".")
    if name in csharp:
        return True
    return owner in csharp and bool(
        re.search(rf"public static [^\n]*\b@?{member}\b", csharp[owner])
    )


def object_initialisers(text: str) -> list[tuple[str, str]]:
    """(type, text of its own members) of each `new Inference.X { ... }`, nested ones left out."""
    found = []
    for match in re.finditer(r"new Inference\.([\w.]+)\s*\n(\s*)\{\n(.*?)\n\2\}", text, re.DOTALL):
        inner = match[2].lstrip("\n") + "    "
        own = [line for line in match[3].splitlines() if re.match(rf"{inner}\S", line)]
        found.append((match[1], "\n".join(own)))
    return found
