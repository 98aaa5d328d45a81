"""Paths of a resource's inputs in the schema, and whether changes touch them all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

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
    """All paths below which there is nothing; "[]" for the items of a list of objects."""
    for name, spec in properties.items():
        inner, step = members(spec), "."
        if not inner:
            inner, step = members(spec.get("items", {})), "[]."
        if inner:
            yield from leaves(inner, f"{path}{name}{step}")
        else:
            yield f"{path}{name}"


def covers(changed: str, leaf: str) -> bool:
    return changed == leaf or changed.startswith((f"{leaf}.", f"{leaf}["))


def untouched(token: str, changed: Iterable[str]) -> set[str]:
    """Inputs of a resource that none of these paths of differences is about."""
    inputs = SCHEMA["resources"][token]["inputProperties"]
    paths = {re.sub(r"\[\d+\]", "[]", path) for path in changed}
    return {leaf for leaf in leaves(inputs) if not any(covers(path, leaf) for path in paths)}
