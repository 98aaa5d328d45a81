"""What a new schema breaks for programs that were written for an old one.

As a program (run by scripts/keep-release) it keeps the present schema, without its descriptions, in
tests/fixtures/schemas.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "schema.json"
KEPT = ROOT / "tests/fixtures/schemas"
INPUT, OUTPUT = "input", "output"
TYPE_PREFIX = "#/types/"
# What else of a property programs notice: member -> what it means.
NOTICED = {
    "secret": "whether it is secret",
    "willReplaceOnChanges": "whether a change replaces",
    "replaceOnChanges": "whether a change replaces",
    "default": "its default",
    "const": "its constant value",
}


def breaking(old: Json, new: Json) -> list[str]:
    """One line for each change that can break a program or a stack, sorted."""
    return sorted({*_members(old, new), *_objects(old, new), *_enums(old, new)})


def _members(old: Json, new: Json) -> Iterator[str]:
    """Resources with their aliases, functions and types that are gone."""
    for kind, title in (("resources", "resource"), ("functions", "function"), ("types", "type")):
        for token in old.get(kind, {}).keys() - new.get(kind, {}).keys():
            yield f"{title} {token}: removed"
    for token, resource in old.get("resources", {}).items():
        present = new.get("resources", {}).get(token, {"aliases": resource.get("aliases", [])})
        for alias in resource.get("aliases", []):
            if alias not in present.get("aliases", []):
                yield f"resource {token}: alias {alias['type']} removed"


def _objects(old: Json, new: Json) -> Iterator[str]:
    """Everything that has properties, each in the directions in which values go through it."""
    before, after = _all_objects(old), _all_objects(new)
    for (title, direction), (properties, required) in before.items():
        if (title, direction) in after:
            then, then_required = after[title, direction]
            yield from _properties(title, properties, then)
            yield from _required(title, direction, required, then_required, then)


def _all_objects(schema: Json) -> dict[tuple[str, str], tuple[Json, set[str]]]:
    found: dict[tuple[str, str], tuple[Json, set[str]]] = {}

    def add(title: str, direction: str, members: Json, required: list[str]) -> None:
        if (title, direction) in found:
            return
        found[title, direction] = members, set(required)
        for token in {token for spec in members.values() for token in _references(spec)}:
            shape = schema.get("types", {}).get(token, {})
            if "enum" not in shape:
                add(
                    f"type {token}",
                    direction,
                    shape.get("properties", {}),
                    shape.get("required", []),
                )

    for token, it in schema.get("resources", {}).items():
        title = f"resource {token}"
        add(f"{title} inputs", INPUT, it.get("inputProperties", {}), it.get("requiredInputs", []))
        add(f"{title} outputs", OUTPUT, it.get("properties", {}), it.get("required", []))
        for member in ("stateInputs", "listInputs"):
            shape = it.get(member, {})
            add(f"{title} {member}", INPUT, shape.get("properties", {}), shape.get("required", []))
    for token, it in schema.get("functions", {}).items():
        for member, direction in (("inputs", INPUT), ("outputs", OUTPUT)):
            shape = it.get(member) or {}
            add(
                f"function {token} {member}",
                direction,
                shape.get("properties", {}),
                shape.get("required", []),
            )
    config, own = schema.get("config", {}), schema.get("provider", {})
    add("configuration", INPUT, config.get("variables", {}), config.get("required", []))
    add("provider inputs", INPUT, own.get("inputProperties", {}), own.get("requiredInputs", []))
    return found


def _references(spec: Json) -> Iterator[str]:
    """The tokens of the types that a property's type is made of."""
    if spec.get("$ref", "").startswith(TYPE_PREFIX):
        yield spec["$ref"].removeprefix(TYPE_PREFIX)
    inner = [spec.get("items"), spec.get("additionalProperties"), *spec.get("oneOf", [])]
    for part in inner:
        if isinstance(part, dict):
            yield from _references(part)


def _properties(title: str, old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[str]:
    for name, spec in old.items():
        if name not in new:
            yield f"{title}: {name} removed"
            continue
        before, after = type_text(spec), type_text(new[name])
        if before != after:
            yield f"{title}: {name} was {before}, is {after}"
        for member, meaning in NOTICED.items():
            if spec.get(member) != new[name].get(member):
                was, now = (json.dumps(it.get(member)) for it in (spec, new[name]))
                yield f"{title}: {name}, {meaning}: was {was}, is {now}"


def _required(
    title: str, direction: str, old: set[str], new: set[str], present: Mapping[str, Json]
) -> Iterator[str]:
    if direction == INPUT:
        for name in new - old:
            yield f"{title}: {name} has to be given now"
    else:
        for name in old - new:
            if name in present:
                yield f"{title}: {name} may be missing now"


def type_text(spec: Json) -> str:
    """A property's type in one line."""
    if "oneOf" in spec:
        return " or ".join(sorted(type_text(part) for part in spec["oneOf"]))
    if "$ref" in spec:
        return str(spec["$ref"]).removeprefix(TYPE_PREFIX)
    if spec.get("type") == "array":
        return f"list of ({type_text(spec.get('items', {}))})"
    if spec.get("type") == "object":
        return f"map of ({type_text(spec.get('additionalProperties', {'type': 'string'}))})"
    return str(spec.get("type", "any"))


def _enums(old: Json, new: Json) -> Iterator[str]:
    for token, shape in old.get("types", {}).items():
        then = new.get("types", {}).get(token)
        if then is None:
            continue
        if ("enum" in shape, shape.get("type")) != ("enum" in then, then.get("type")):
            yield f"type {token}: is of another kind"
        kept = [item["value"] for item in then.get("enum", [])]
        for item in shape.get("enum", []):
            if item["value"] not in kept:
                yield f"type {token}: value {json.dumps(item['value'])} removed"


def without_descriptions(value: Any) -> Any:
    """The same schema without what is only read. (A property may be called description.)"""
    if isinstance(value, list):
        return [without_descriptions(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: without_descriptions(item)
        for key, item in value.items()
        if key != "description" or not isinstance(item, str)
    }


def kept_schemas() -> dict[str, Json]:
    """By version."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(KEPT.glob("*.json"))}


def keep() -> None:
    schema = without_descriptions(json.loads(SCHEMA.read_text()))
    path = KEPT / f"{schema['version']}.json"
    if path.exists():
        sys.exit(f"{path} is there already: remove it first to write it anew")
    del schema["language"]
    path.write_text(json.dumps(schema, separators=(",", ":")) + "\n")
    print(f"{path} is written")


if __name__ == "__main__":
    keep()
