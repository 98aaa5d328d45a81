"""JSON Schemas of the YAML files, for editors: the columns (columns.py) with their meaning."""

import json

from columns import (
    CLOUD,
    PACKAGE,
    SECTIONS,
    Choice,
    Column,
    Kind,
    List,
    Map,
    Properties,
    Ref,
    Row,
    Rows,
    Scalar,
    Section,
    Table,
)

ROOTS = {"tables.schema.json": CLOUD, "package.schema.json": PACKAGE}


def definition(section: str) -> str:
    return section.replace(" ", "_")


def to(section: str) -> dict:
    return {"$ref": f"#/$defs/{definition(section)}"}


def holds(kind: Kind) -> dict:
    match kind:
        case Scalar():
            return kind.json
        case Choice(of, several):
            word = {"enum": list(of.words)}
            return {"type": "array", "items": word} if several else word
        case Ref():
            return {"type": "string"}
        case List(of):
            return {"type": "array", "items": holds(of)}
        case Map(of):
            return {"type": "object", "additionalProperties": holds(of)}
        case Row(section):
            return to(section)
        case Rows(section):
            return {"type": "array", "items": to(section)}
        case Table(section) | Properties(_, section):
            return {"type": "object", "additionalProperties": to(section)}


def column(spec: Column) -> dict:
    default = {} if spec.default is None else {"default": spec.default}
    return {"description": spec.doc} | default | holds(spec.kind)


def rows(section: Section) -> dict:
    if section.plain:
        return {"description": section.doc} | holds(section.columns[0].kind)
    return {
        "description": section.doc,
        "type": "object",
        "properties": {spec.name: column(spec) for spec in section.columns},
        "required": [spec.name for spec in section.columns if spec.required],
        "additionalProperties": False,
    }


def below(section: Section, found: dict[str, Section]) -> dict[str, Section]:
    """The sections that a row of this one can hold, however deep."""
    for spec in section.columns:
        name = getattr(spec.kind, "section", None)
        if name and not isinstance(spec.kind, Ref) and name not in found:
            found[name] = SECTIONS[name]
            below(SECTIONS[name], found)
    return found


def render(root: Section) -> str:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **rows(root),
        "patternProperties": {"^x-": {"description": "What is used in several places."}},
        "$defs": {definition(name): rows(section) for name, section in below(root, {}).items()},
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
