"""The descriptions leave no property out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from clouds.description import Cloud

SCHEMA = json.loads((Path(__file__).parents[2] / "schema.json").read_text())


def members(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of an object type; empty for everything else."""
    reference = spec.get("$ref", "")
    if not reference.startswith("#/types/"):
        return {}
    kind = SCHEMA["types"][reference.removeprefix("#/types/").replace("%2F", "/")]
    properties: dict[str, Any] = kind.get("properties", {})
    return properties


def leaves(properties: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for name, spec in properties.items():
        inner = members(spec)
        if inner:
            yield from leaves(inner, f"{path}{name}.")
        else:
            yield f"{path}{name}"


def covers(changed: str, leaf: str) -> bool:
    return changed == leaf or changed.startswith((f"{leaf}.", f"{leaf}["))


def test_every_input_changes_somewhere(cloud: Cloud) -> None:
    inputs = SCHEMA["resources"][cloud.token]["inputProperties"]
    changed = {path for row in (*cloud.changes, *cloud.replacements) for path in row.diff}
    left_out = {leaf for leaf in leaves(inputs) if not any(covers(path, leaf) for path in changed)}
    assert left_out == set(cloud.without_effect)
