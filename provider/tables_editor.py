"""JSON Schemas of the YAML files, for editors: the columns (columns.py) with their meaning."""

import json

import columns

ROOTS = {"tables.schema.json": columns.CLOUD, "package.schema.json": columns.PACKAGE}


def definition(section: str) -> str:
    return section.replace(" ", "_")


def to(section: str) -> dict:
    return {"$ref": f"#/$defs/{definition(section)}"}


def holds(kind: columns.Kind) -> dict:
    match kind:
        case columns.Scalar():
            return kind.json
        case columns.Choice(of, several):
            word = {"enum": list(of.words)}
            return {"type": "array", "items": word} if several else word
        case columns.Ref():
            return {"type": "string"}
        case columns.List(of):
            return {"type": "array", "items": holds(of)}
        case columns.Map(of):
            return {"type": "object", "additionalProperties": holds(of)}
        case columns.Row(section):
            return to(section)
        case columns.Rows(section):
            return {"type": "array", "items": to(section)}
        case columns.Table(section) | columns.Properties(_, section):
            return {"type": "object", "additionalProperties": to(section)}


def column(spec: columns.Column) -> dict:
    default = {} if spec.default is None else {"default": spec.default}
    return {"description": spec.doc} | default | holds(spec.kind)


def rows(section: columns.Section) -> dict:
    if section.plain:
        return {"description": section.doc} | holds(section.columns[0].kind)
    return {
        "description": section.doc,
        "type": "object",
        "properties": {spec.name: column(spec) for spec in section.columns},
        "required": [spec.name for spec in section.columns if spec.required],
        "additionalProperties": False,
    }


def below(
    section: columns.Section, found: dict[str, columns.Section]
) -> dict[str, columns.Section]:
    """The sections that a row of this one can hold, however deep."""
    for spec in section.columns:
        name = getattr(spec.kind, "section", None)
        if name and not isinstance(spec.kind, columns.Ref) and name not in found:
            found[name] = columns.SECTIONS[name]
            below(columns.SECTIONS[name], found)
    return found


def render(root: columns.Section) -> str:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **rows(root),
        "patternProperties": {"^x-": {"description": "What is used in several places."}},
        "$defs": {definition(name): rows(section) for name, section in below(root, {}).items()},
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
