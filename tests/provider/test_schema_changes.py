"""The schema breaks nothing of an earlier release but what is listed, with its reason.

The list is tests/fixtures/schemas/breaking.yaml.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from schema_changes import KEPT, SCHEMA, breaking, kept_schemas, without_descriptions

Json = dict[str, Any]
EARLIER = kept_schemas()
CHAT, FIND, SIZE, KIND = "toy:m:Chat", "toy:m:find", "toy:m:Size", "toy:m:Kind"
OLD: Json = {
    "name": "toy",
    "config": {"variables": {"token": {"type": "string", "secret": True}}},
    "provider": {"inputProperties": {"token": {"type": "string", "secret": True}}},
    "resources": {
        CHAT: {
            "aliases": [{"type": "other:Chat"}],
            "inputProperties": {
                "name": {"type": "string", "willReplaceOnChanges": True},
                "size": {"$ref": f"#/types/{SIZE}"},
                "kind": {"oneOf": [{"type": "string"}, {"$ref": f"#/types/{KIND}"}]},
                "tags": {"type": "array", "items": {"type": "string"}},
                "wait": {"type": "boolean", "default": True},
            },
            "requiredInputs": ["name"],
            "properties": {
                "name": {"type": "string"},
                "size": {"$ref": f"#/types/{SIZE}"},
                "url": {"type": "string"},
            },
            "required": ["name", "url"],
            "stateInputs": {"properties": {"name": {"type": "string"}}},
            "listInputs": {"properties": {"region": {"type": "string"}}},
        }
    },
    "functions": {
        FIND: {
            "inputs": {"properties": {"name": {"type": "string"}}},
            "outputs": {
                "properties": {
                    "ids": {"type": "object", "additionalProperties": {"type": "string"}}
                },
                "required": ["ids"],
            },
        }
    },
    "types": {
        SIZE: {
            "type": "object",
            "properties": {"least": {"type": "integer"}, "most": {"type": "integer"}},
            "required": ["most"],
        },
        KIND: {"type": "string", "enum": [{"value": "small"}, {"value": "large"}]},
    },
}
Plant = Callable[[Json], Any]


def properties(schema: Json) -> Json:
    result: Json = schema["resources"][CHAT]["properties"]
    return result


def inputs(schema: Json) -> Json:
    result: Json = schema["resources"][CHAT]["inputProperties"]
    return result


def outputs(schema: Json) -> Json:
    result: Json = schema["functions"][FIND]["outputs"]
    return result


BREAKS: list[tuple[Plant, list[str]]] = [
    (lambda s: s["resources"].pop(CHAT), [f"resource {CHAT}: removed"]),
    (lambda s: s["functions"].pop(FIND), [f"function {FIND}: removed"]),
    (
        lambda s: s["resources"][CHAT].pop("aliases"),
        [f"resource {CHAT}: alias other:Chat removed"],
    ),
    (
        lambda s: (s["types"].pop(KIND), inputs(s).update(kind={"type": "string"})),
        [
            f"resource {CHAT} inputs: kind was string or {KIND}, is string",
            f"type {KIND}: removed",
        ],
    ),
    (lambda s: inputs(s).pop("tags"), [f"resource {CHAT} inputs: tags removed"]),
    (lambda s: properties(s).pop("size"), [f"resource {CHAT} outputs: size removed"]),
    (
        lambda s: s["resources"][CHAT]["stateInputs"]["properties"].clear(),
        [f"resource {CHAT} stateInputs: name removed"],
    ),
    (
        lambda s: s["resources"][CHAT]["listInputs"]["properties"].clear(),
        [f"resource {CHAT} listInputs: region removed"],
    ),
    (
        lambda s: s["functions"][FIND]["inputs"]["properties"].clear(),
        [f"function {FIND} inputs: name removed"],
    ),
    (lambda s: s["config"]["variables"].clear(), ["configuration: token removed"]),
    (lambda s: s["provider"]["inputProperties"].clear(), ["provider inputs: token removed"]),
    (lambda s: s["types"][SIZE]["properties"].pop("least"), [f"type {SIZE}: least removed"]),
    (
        lambda s: s["types"][KIND]["enum"].pop(),
        [f'type {KIND}: value "large" removed'],
    ),
    (lambda s: s["types"][KIND].update(type="integer"), [f"type {KIND}: is of another kind"]),
    (
        lambda s: s["types"][SIZE]["properties"].update(least={"type": "number"}),
        [f"type {SIZE}: least was integer, is number"],
    ),
    (
        lambda s: inputs(s)["tags"].update(items={"type": "integer"}),
        [f"resource {CHAT} inputs: tags was list of (string), is list of (integer)"],
    ),
    (
        lambda s: outputs(s)["properties"]["ids"].update(additionalProperties={"type": "integer"}),
        [f"function {FIND} outputs: ids was map of (string), is map of (integer)"],
    ),
    (
        lambda s: s["resources"][CHAT]["requiredInputs"].append("tags"),
        [f"resource {CHAT} inputs: tags has to be given now"],
    ),
    (
        lambda s: (
            inputs(s).update(zone={"type": "string"}),
            s["resources"][CHAT]["requiredInputs"].append("zone"),
        ),
        [f"resource {CHAT} inputs: zone has to be given now"],
    ),
    (
        lambda s: s["types"][SIZE]["required"].append("least"),
        [f"type {SIZE}: least has to be given now"],
    ),
    (
        lambda s: s["types"][SIZE]["required"].clear(),
        [f"type {SIZE}: most may be missing now"],
    ),
    (
        lambda s: s["resources"][CHAT]["required"].remove("url"),
        [f"resource {CHAT} outputs: url may be missing now"],
    ),
    (
        lambda s: outputs(s).pop("required"),
        [f"function {FIND} outputs: ids may be missing now"],
    ),
    (
        lambda s: inputs(s)["tags"].update(willReplaceOnChanges=True),
        [
            f"resource {CHAT} inputs: tags, whether a change replaces: was null, is true",
        ],
    ),
    (
        lambda s: inputs(s)["name"].pop("willReplaceOnChanges"),
        [f"resource {CHAT} inputs: name, whether a change replaces: was true, is null"],
    ),
    (
        lambda s: properties(s)["url"].update(secret=True),
        [f"resource {CHAT} outputs: url, whether it is secret: was null, is true"],
    ),
    (
        lambda s: s["config"]["variables"]["token"].pop("secret"),
        ["configuration: token, whether it is secret: was true, is null"],
    ),
    (
        lambda s: inputs(s)["wait"].update(default=False),
        [f"resource {CHAT} inputs: wait, its default: was true, is false"],
    ),
]
FITS: list[Plant] = [
    lambda s: s.update(version="9.0.0"),
    lambda s: s["resources"].update({"toy:m:More": {}}),
    lambda s: s["functions"].update({"toy:m:more": {}}),
    lambda s: inputs(s).update(more={"type": "string"}),
    lambda s: properties(s).update(more={"type": "string"}),
    lambda s: s["types"][KIND]["enum"].append({"value": "huge"}),
    lambda s: s["resources"][CHAT]["requiredInputs"].clear(),
    lambda s: s["resources"][CHAT]["required"].append("size"),
    lambda s: inputs(s)["name"].update(description="another word"),
]


def changed(plant: Plant) -> Json:
    schema = copy.deepcopy(OLD)
    plant(schema)
    return schema


@pytest.mark.parametrize(("plant", "found"), BREAKS, ids=[row[1][0] for row in BREAKS])
def test_each_break_is_found(plant: Plant, found: list[str]) -> None:
    assert breaking(OLD, changed(plant)) == found


@pytest.mark.parametrize("plant", FITS, ids=range(len(FITS)))
def test_what_fits_is_no_break(plant: Plant) -> None:
    assert breaking(OLD, changed(plant)) == []


def test_descriptions_alone_are_left_out() -> None:
    named = {"properties": {"description": {"type": "string", "description": "words"}}}
    bare = {"properties": {"description": {"type": "string"}}}
    assert without_descriptions(named) == bare


def test_there_is_an_earlier_schema() -> None:
    assert "0.1.0" in EARLIER


@pytest.mark.parametrize("version", EARLIER)
def test_breaks_are_listed(version: str) -> None:
    """Each with a reason, and none that is not there."""
    listed = (yaml.safe_load((KEPT / "breaking.yaml").read_text()) or {}).get(version) or {}
    assert [line for line, reason in listed.items() if not str(reason or "").strip()] == []
    found = breaking(EARLIER[version], json.loads(SCHEMA.read_text()))
    assert found == sorted(listed)
