"""Each provider's documented shape of a program becomes one of ours, with nothing left over."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import expected
import pytest
import yaml
from conversions import Conversion

ROOT = Path(__file__).resolve().parents[2]
PROGRAM_FOLDER = Path(__file__).parent / "programs"
Json = dict[str, Any]


@dataclass(frozen=True)
class Program:
    """A folder of programs/, and what becomes of it."""

    cloud: str
    provider: str  # Terraform's
    resources: Json
    outputs: Json = field(default_factory=dict)


PROGRAMS = {
    "huggingface": Program(
        "hf",
        "huggingface",
        expected.HUGGINGFACE,
        {
            "state": "${chat.status.state}",
            "ready": "${chat.status.readyReplica}",
            "id": "${chat.id}",
        },
    ),
    "huggingface_images": Program("hf", "huggingface", expected.HUGGINGFACE_IMAGES),
    "tir": Program(
        "tir",
        "tir",
        expected.TIR,
        {"container": "${serve.containerName}", "logLevel": "${serve.resourceDetails.diskSize}"},
    ),
    "bytepluscc": Program(
        "ark",
        "bytepluscc",
        expected.BYTEPLUSCC,
        {"endpoint": "${chat.endpointId}", "limit": "${chat.rateLimit.rpm}"},
    ),
}
EVERY = pytest.mark.parametrize(
    ("name", "cloud"), [(name, program.cloud) for name, program in PROGRAMS.items()]
)


def documents(folder: Path) -> Json:
    """All YAML of a converted project, as one."""
    result: Json = {}
    for path in sorted(folder.glob("*.yaml")):
        for key, value in (yaml.safe_load(path.read_text()) or {}).items():
            result[key] = (
                {**result[key], **value} if isinstance(value, dict) and key in result else value
            )
    return result


@EVERY
def test_the_converted_program_is_ours_to_the_letter(
    conversion: Conversion, name: str, cloud: str
) -> None:
    program = PROGRAMS[name]
    converted = documents(conversion.convert(PROGRAM_FOLDER / name, "yaml"))
    assert converted["resources"] == {
        resource: {"type": f"inference:{cloud}:Endpoint", "properties": properties}
        for resource, properties in program.resources.items()
    }
    assert converted.get("outputs", {}) == program.outputs


@EVERY
def test_a_preview_creates_what_the_program_says(
    conversion: Conversion, name: str, cloud: str
) -> None:
    stack = conversion.stack
    shutil.copytree(
        conversion.convert(PROGRAM_FOLDER / name, "yaml"), stack.project, dirs_exist_ok=True
    )
    run = stack.preview("--json")
    steps = {
        step["urn"].rsplit("::", 1)[1]: step["op"]
        for step in json.loads(run.stdout)["steps"]
        if f"::inference:{cloud}:Endpoint::" in step["urn"]
    }
    assert steps == dict.fromkeys(PROGRAMS[name].resources, "create")


@EVERY
def test_other_languages_name_our_types(conversion: Conversion, name: str, cloud: str) -> None:
    """Pulumi's own notation, and what the bridge's generators make of it."""
    out = conversion.convert(PROGRAM_FOLDER / name, "pcl", "--", "typescript", "python", "go")
    count = len(PROGRAMS[name].resources)
    assert (out / "main.pp").read_text().count(f'"inference:{cloud}:Endpoint"') == count
    typescript = (out / "typescript" / "index.ts").read_text()
    assert typescript.count(f"new inference.{cloud}.Endpoint(") == count
    python = (out / "python" / "__main__.py").read_text()
    assert python.count(f" = inference.{cloud}.Endpoint(") == count
    compile(python, "__main__.py", "exec")
    assert (out / "go" / "main.go").read_text().count(f"{cloud}.NewEndpoint(ctx, ") == count


def with_a_mistake(folder: Path, good: str, bad: str) -> Path:
    """The program for bytepluscc with an attribute that nobody has."""
    text = (PROGRAM_FOLDER / "bytepluscc" / "main.tf").read_text()
    assert text.count(f"{good} ") == 1
    folder.mkdir()
    (folder / "main.tf").write_text(text.replace(f"{good} ", f"{bad} "))
    return folder


@pytest.mark.parametrize("cloud", ["ark"])
def test_what_is_no_property_of_ours_is_refused(
    conversion: Conversion, cloud: str, tmp_path: Path
) -> None:
    """So that silence means something: by the converter, far below by the preview."""
    above = with_a_mistake(tmp_path / "above", "description", "colour")
    with pytest.raises(AssertionError, match="unsupported attribute 'colour'"):
        conversion.convert(above, "yaml")
    below = conversion.convert(with_a_mistake(tmp_path / "below", "rpm", "rps"), "yaml")
    shutil.copytree(below, conversion.stack.project, dirs_exist_ok=True)
    refusal = conversion.stack.preview(expect=-1).text
    assert re.search(r"\brps\b.* does not exist on 'inference:ark:", refusal, re.S), refusal


def saved_mapping(conversion: Conversion, provider: str) -> Path:
    """What `pulumi package get-mapping` writes; `--mappings` takes it."""
    stack = conversion.stack
    path = stack.root / f"{provider}.json"
    plugin = str(stack.tools.provider)
    stack.run("package", "get-mapping", "terraform", plugin, provider, "--out", str(path))
    return path


@pytest.mark.parametrize("cloud", ["tir"])
def test_a_mapping_file_takes_the_place_of_a_plugin(conversion: Conversion, cloud: str) -> None:
    path = saved_mapping(conversion, "tir")
    assert json.loads(path.read_text())["name"] == "tir"
    found = documents(conversion.convert(PROGRAM_FOLDER / "tir", "yaml", "--mappings", str(path)))
    assert found["resources"]["serve"] == {
        "type": "inference:tir:Endpoint",
        "properties": expected.TIR["serve"],
    }


def declared(schema: Json, cloud: str) -> set[str]:
    """Dotted paths of all properties of the cloud's resource."""

    def members(spec: Json, path: str) -> Iterator[str]:
        for name, row in spec.get("properties", {}).items():
            yield path + name
            reference = row.get("items", row).get("$ref", "").removeprefix("#/types/")
            if reference in schema["types"]:
                yield from members(schema["types"][reference], f"{path}{name}.")

    return set(members(schema["resources"][f"inference:{cloud}:Endpoint"], ""))


@pytest.mark.parametrize(
    ("provider", "cloud"), [("huggingface", "hf"), ("tir", "tir"), ("bytepluscc", "ark")]
)
def test_the_bridge_finds_a_property_of_ours_for_every_attribute(
    conversion: Conversion, provider: str, cloud: str
) -> None:
    path = saved_mapping(conversion, provider)
    line = [os.environ["INFERENCE_CONVERTER"], "--names", path]
    printed = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    pairs = {tuple(row.split()) for row in printed.splitlines()}
    ours = declared(json.loads((ROOT / "schema.json").read_text()), cloud)
    assert {our for _, our in pairs} <= ours
    assert len({their for their, _ in pairs}) == len(pairs)
