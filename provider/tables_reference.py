"""docs/reference/tables.md: every section and column of the YAML files (columns.py), to read."""

from collections.abc import Iterable

import columns

HEAD = """\
# Tables

Everything that is constant about a cloud is one YAML file in `provider/clouds/`, compiled to C and
to the package's schema. This page says what such a file may hold: its top level is the section
[cloud](#cloud). `provider/package.yaml` is the section [package](#package).

`scripts/docs` renders this page from `provider/columns.py`. From there, too, come the refusal of
unknown keys and the JSON Schemas with which an editor completes and checks the files.
"""


def link(name: str) -> str:
    return f"[{name}](#{name.lower().replace(' ', '-')})"


def kind_text(kind: columns.Kind) -> str:
    match kind:
        case columns.Scalar():
            return kind.words
        case columns.Choice(of, several):
            return f"list of {link(of.name)}" if several else link(of.name)
        case columns.Ref(section):
            return f"name of {section_or_inputs(section)}"
        case columns.List(of):
            return f"list of {kind_text(of)}"
        case columns.Map(of):
            return f"{kind_text(of)} by name"
        case columns.Row(section):
            return link(section)
        case columns.Rows(section):
            return f"list of {link(section)}"
        case columns.Table(section) | columns.Properties(_, section):
            return f"{link(section)} by name"


def section_or_inputs(section: str) -> str:
    return link(section) if section in columns.SECTIONS else f"one of `{section}`"


def default_text(column: columns.Column) -> str:
    if column.required:
        return "required"
    if column.default is not None:
        return f"`{column.default}`"
    return "`false`" if column.kind is columns.FLAG else ""


def column_row(column: columns.Column) -> str:
    return " | ".join(
        ["", f"`{column.name}`", kind_text(column.kind), default_text(column), column.doc, ""]
    ).strip()


def section_text(section: columns.Section) -> str:
    parts = [f"## {section.name}", section.doc]
    if section.key:
        parts.append(f"Key of a row: {section.key.doc}")
    if section.plain:
        [value] = section.columns
        parts.append(f"A row is {kind_text(value.kind)}: {value.doc}")
    else:
        rows = "\n".join(map(column_row, section.columns))
        parts.append(f"| Column | Holds | Default | Meaning |\n|---|---|---|---|\n{rows}")
    return "\n\n".join(parts)


def words_of(sections: list[columns.Section]) -> Iterable[columns.Words]:
    kinds = [column.kind for section in sections for column in section.columns]
    return {kind.of.name: kind.of for kind in kinds if isinstance(kind, columns.Choice)}.values()


def words_text(words: columns.Words) -> str:
    rows = "\n".join(f"| `{word}` | {meaning} |" for word, meaning in words.words.items())
    return f"## {words.name}\n\n| Word | Meaning |\n|---|---|\n{rows}"


def render() -> str:
    sections = list(columns.SECTIONS.values())
    texts = [*map(section_text, sections), *map(words_text, words_of(sections))]
    return "\n\n".join([HEAD.rstrip(), *texts]) + "\n"
