"""The JSON Schemas with which an editor checks the tables: they take our files, and find a slip."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

PROVIDER = Path(__file__).resolve().parents[2] / "provider"
TOY = Path(__file__).parent / "toy/toy.yaml"
CLOUDS = sorted(PROVIDER.glob("clouds/*/*.yaml"))
FILES = [*CLOUDS, PROVIDER / "package.yaml", TOY]
HEAD = "# yaml-language-server: $schema="


def document(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def validator(path: Path) -> jsonschema.Draft202012Validator:
    """Of the schema that the file itself names in its first line."""
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith(HEAD)
    schema = json.loads((path.parent / first.removeprefix(HEAD)).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_our_files_are_valid(path: Path) -> None:
    assert [error.message for error in validator(path).iter_errors(document(path))] == []


def test_every_cloud_is_among_them() -> None:
    schema = json.loads((PROVIDER.parent / "schema.json").read_text(encoding="utf-8"))
    modules = sorted({token.split(":")[1] for token in schema["resources"]})
    assert [path.stem for path in CLOUDS] == modules


def test_a_misspelled_column_is_found() -> None:
    path = PROVIDER / "clouds/maas/maas.yaml"
    cloud = document(path)
    cloud["operations"]["token"]["unsined"] = cloud["operations"]["token"].pop("unsigned")
    [error] = validator(path).iter_errors(cloud)
    assert list(error.absolute_path) == ["operations", "token"]
    assert "'unsined' was unexpected" in error.message
