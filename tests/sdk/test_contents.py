"""What is in each SDK: all of the schema, the package's name, version and licence."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Json, functions, modules, resources

CSHARP_NAMESPACES = {"ark": "Ark", "hf": "Hf", "maas": "Maas", "tir": "Tir"}
LANGUAGES = ("nodejs", "python", "go", "java", "dotnet")


def capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def names(folder: Path, pattern: str) -> set[str]:
    return {path.name for path in folder.glob(pattern)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_licence(language: str, sdks: Path) -> None:
    assert (sdks / language / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()


@pytest.mark.parametrize(
    "readme",
    (
        "nodejs/README.md",
        "python/README.md",
        "python/pulumi_inference/README.md",
        "go/README.md",
        "java/README.md",
        "dotnet/README.md",
    ),
)
def test_readme(readme: str, sdks: Path) -> None:
    text = (sdks / readme).read_text()
    for cloud in ("BytePlus ModelArk", "Huawei Cloud MaaS", "E2E Networks TIR", "Hugging Face"):
        assert cloud in text


def test_nodejs_package(schema: Json, sdks: Path) -> None:
    package = json.loads((sdks / "nodejs" / "package.json").read_text())
    assert (package["name"], package["version"], package["license"]) == (
        "@pulumi-inference/inference",
        schema["version"],
        "Apache-2.0",
    )
    plugin = {"resource": True, "name": "inference", "version": schema["version"]}
    assert package["pulumi"] == plugin


def test_python_package(schema: Json, sdks: Path) -> None:
    project = tomllib.loads((sdks / "python" / "pyproject.toml").read_text())["project"]
    assert (project["name"], project["version"], project["license"]) == (
        "pulumi_inference",
        schema["version"],
        {"text": "Apache-2.0"},
    )
    assert (sdks / "python" / "pulumi_inference" / "py.typed").exists()
    inputs = (sdks / "python" / "pulumi_inference" / "hf" / "_inputs.py").read_text()
    assert "class EndpointComputeArgsDict(TypedDict):" in inputs


def test_go_package(schema: Json, sdks: Path) -> None:
    module = re.search(r"^module (\S+)$", (sdks / "go" / "go.mod").read_text(), re.MULTILINE)
    assert module and module[1] == "github.com/pulumi-inference/pulumi-inference/sdk/go"
    plugin = json.loads((sdks / "go" / "inference" / "pulumi-plugin.json").read_text())
    assert plugin == {"resource": True, "name": "inference", "version": schema["version"]}


def test_java_package(schema: Json, sdks: Path) -> None:
    pom = (sdks / "java" / "pom.xml").read_text()
    for line in (
        "<groupId>com.pulumiinference</groupId>",
        "<artifactId>inference</artifactId>",
        f"<version>{schema['version']}</version>",
        "<name>Apache-2.0</name>",
    ):
        assert line in pom
    resources = sdks / "java/src/main/resources/com/pulumiinference/inference"
    assert (resources / "version.txt").read_text() == schema["version"]


def test_java_types(schema: Json, sdks: Path) -> None:
    root = sdks / "java/src/main/java/com/pulumiinference/inference"
    for module in modules(schema):
        types = resources(schema, module)
        expected = {f"{name}{end}.java" for name in types for end in ("", "Args")}
        calls = {name for of, name in functions(schema) if of == module}
        if calls:
            expected.add(f"{capital(module)}Functions.java")
        assert names(root / module, "*.java") == expected
        for name in types:
            text = (root / module / f"{name}.java").read_text()
            assert f"package com.pulumiinference.inference.{module};" in text
            assert f'@ResourceType(type="inference:{module}:{name}")' in text
        if calls:
            text = (root / module / f"{capital(module)}Functions.java").read_text()
            declared = set(re.findall(r"public static Output<\w+> (get\w+)\(", text))
            assert declared == calls


def test_csharp_project(schema: Json, sdks: Path) -> None:
    root = sdks / "dotnet"
    assert names(root, "*.csproj") == {"PulumiInference.Inference.csproj"}
    text = (root / "PulumiInference.Inference.csproj").read_text()
    assert f"<Version>{schema['version']}</Version>" in text
    assert "<PackageLicenseExpression>Apache-2.0</PackageLicenseExpression>" in text
    assert (root / "logo.png").read_bytes().startswith(b"\x89PNG")
    assert (root / "version.txt").read_text().strip() == schema["version"]


def test_csharp_types(schema: Json, sdks: Path) -> None:
    root = sdks / "dotnet"
    for module in modules(schema):
        folder = root / CSHARP_NAMESPACES[module]
        calls = {name for of, name in functions(schema) if of == module}
        files = {f"{name}.cs" for name in resources(schema, module) | {capital(c) for c in calls}}
        enums = {
            token.split(":")[2]
            for token, spec in schema["types"].items()
            if token.split(":")[1] == module and "enum" in spec
        }
        assert names(folder, "*.cs") == files | ({"Enums.cs"} if enums else set())
        namespace = f"namespace PulumiInference.Inference.{CSHARP_NAMESPACES[module]}"
        for file in files:
            text = (folder / file).read_text()
            assert re.search(rf"^{re.escape(namespace)}$", text, re.MULTILINE), file
            assert re.search(rf"public (partial|static) class {file[:-3]}\b", text), file
        if enums:
            text = (folder / "Enums.cs").read_text()
            found = set(re.findall(r"public readonly struct (\w+)", text))
            assert found == enums
        resource = schema["resources"][f"inference:{module}:Endpoint"]
        text = (folder / "Endpoint.cs").read_text()
        outputs, rest = text.split("public sealed class EndpointArgs")
        inputs = rest.split("public sealed class")[0]
        assert set(re.findall(r'\[Input\("(\w+)"', inputs)) == set(resource["inputProperties"])
        assert set(re.findall(r'\[Output\("(\w+)"', outputs)) == set(resource["properties"])


def reached(schema: Json, *places: Any) -> set[str]:
    """Names of the object types that are named there, or in a type that is."""
    found: set[str] = set()
    for token in set(re.findall(r"#/types/([\w:]+)", json.dumps(places))):
        spec = schema["types"][token]
        if "enum" not in spec:
            found |= {token.split(":")[2]} | reached(schema, spec)
    return found


def test_csharp_nested_types(schema: Json, sdks: Path) -> None:
    """One class a file: arguments, arguments of a look-up, and what comes out."""
    for module in modules(schema):
        folder = sdks / "dotnet" / CSHARP_NAMESPACES[module]
        resource = schema["resources"][f"inference:{module}:Endpoint"]
        taken = reached(schema, resource["inputProperties"])
        shown = reached(schema, resource["properties"])
        answers = [
            spec["outputs"]
            for token, spec in schema["functions"].items()
            if token.split(":")[1] == module
        ]
        expected = {
            "Inputs": {f"{name}Args" for name in taken | shown}
            | {f"{name}GetArgs" for name in shown},
            "Outputs": shown | reached(schema, *answers),
        }
        for kind, classes in expected.items():
            assert names(folder / kind, "*.cs") == {f"{name}.cs" for name in classes}
            for name in classes:
                text = (folder / kind / f"{name}.cs").read_text()
                namespace = f"PulumiInference.Inference.{CSHARP_NAMESPACES[module]}.{kind}"
                assert re.findall(r"^namespace (.*)$", text, re.MULTILINE) == [namespace]
                assert re.findall(r"^    public sealed class (\w+)", text, re.MULTILINE) == [name]


def test_csharp_files(sdks: Path) -> None:
    assert names(sdks / "dotnet", "*") == {
        *(".gitattributes", ".gitignore", "LICENSE", "README.md", "logo.png", "version.txt"),
        *("PulumiInference.Inference.csproj", "pulumi-plugin.json", "Provider.cs", "Utilities.cs"),
        *("Config", *CSHARP_NAMESPACES.values()),
    }
