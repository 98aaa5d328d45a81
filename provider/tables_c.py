"""Const C tables from the rows of a cloud's YAML file, walked by the columns (columns.py)."""

import math
from collections.abc import Iterable, Iterator

import columns

BANNER = "/* Rendered by tables.py; do not edit. */\n"


def text(value: object) -> str:
    """A C string literal, or NULL."""
    if value is None:
        return "NULL"
    out = []
    for byte in str(value).encode():
        char = chr(byte)
        if char in '"\\':
            out.append("\\" + char)
        elif 32 <= byte < 127 and char != "?":
            out.append(char)
        else:
            out.append(f"\\{byte:03o}")
    return '"' + "".join(out) + '"'


def view(value: str) -> str:
    """An initialiser of struct str."""
    return f"{{{text(value)}, {len(value.encode())}}}"


def number(value: float) -> str:
    if isinstance(value, int) or math.floor(value) == value:
        return f"{int(value)}.0"
    return repr(float(value))


def scalar(kind: columns.Scalar, value: object) -> str:
    if kind is columns.FLAG:
        return str(value).lower()
    if kind is columns.INTEGER:
        return str(value)
    if kind is columns.NUMBER:
        return number(value)
    if kind is columns.SECONDS:
        return str(int(value * 1000))
    return view(value) if kind is columns.VIEW else text(value)


def choice(kind: columns.Choice, value: object) -> str:
    if kind.several:
        return " | ".join(kind.of.constant(word) for word in value)
    return kind.of.constant(value) if kind.of.enum else text(value)


def count_field(field: str) -> str:
    return field.removesuffix("s") + "_count"


def c_fields(column: columns.Column) -> list[str]:
    """The fields that the column itself fills, in the structure of its section."""
    field = column.c_field()
    if not field or (isinstance(column.kind, columns.Row) and column.kind.form == "spread"):
        return []
    more = [count_field(field)] if isinstance(column.kind, (columns.Rows, columns.Table)) else []
    return [field, *more, *filter(None, (column.also, column.told_by))]


class Emitter:
    """Collects file-scope definitions; every helper returns an expression that refers to one."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.lines: list[str] = []
        self.count = 0

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{self.prefix}_{kind}_{self.count}"

    def array(self, ctype: str, rows: list[str], kind: str) -> str:
        if not rows:
            return "NULL"
        name = self.name(kind)
        self.lines.append(f"static {ctype} {name}[] = {{")
        self.lines.extend(f"    {row}," for row in rows)
        self.lines.append("};")
        return name

    def texts(self, values: list[str]) -> str:
        """A NULL-terminated array of strings, or NULL."""
        if not values:
            return "NULL"
        return self.array(
            "const char *const", [text(value) for value in values] + ["NULL"], "texts"
        )

    def value(self, value: object) -> str:
        """Pointer to a constant value tree, or NULL."""
        if value is None:
            return "NULL"
        name = self.name("value")
        self.lines.append(f"static const struct value {name} = {self.value_body(value)};")
        return f"&{name}"

    def value_body(self, value: object) -> str:
        if isinstance(value, bool):
            return f"{{.kind = VALUE_BOOL, .boolean = {str(value).lower()}}}"
        if isinstance(value, (int, float)):
            return f"{{.kind = VALUE_NUMBER, .number = {number(value)}}}"
        if isinstance(value, str):
            return f"{{.kind = VALUE_STRING, .string = {view(value)}}}"
        if isinstance(value, list):
            items = self.array(
                "const struct value *", [self.value(item) for item in value], "items"
            )
            return f"{{.kind = VALUE_LIST, .list = {{{items}, {len(value)}, {len(value)}}}}}"
        entries = [f"{{{view(key)}, {self.value(value[key])}}}" for key in sorted(value)]
        rows = self.array("struct value_entry", entries, "entries")
        return f"{{.kind = VALUE_MAP, .map = {{{rows}, {len(entries)}, {len(entries)}}}}}"

    def rows(self, section: columns.Section, rows: Iterable[str], kind: str) -> str:
        return self.array(f"const struct {section.struct}", list(rows), kind)

    def listed(self, section: columns.Section, rows: list) -> list[str]:
        return [self.row(section, row) for row in rows]

    def named(self, section: columns.Section, rows: dict) -> list[str]:
        return [self.row(section, row, name) for name, row in rows.items()]

    def row(self, section: columns.Section, row: object, name: str = "") -> str:
        """One designated initialiser of the section's structure."""
        fields = [] if section.key is None else list(self.column(section.key, name))
        return "{" + ", ".join(fields + self.fields(section, row)) + "}"

    def fields(self, section: columns.Section, row: object) -> list[str]:
        if section.plain:
            return list(self.column(section.columns[0], row))
        fields = []
        for column in section.columns:
            value = row.get(column.name, column.default)
            if value is not None:
                fields += self.column(column, value)
        return fields

    def column(self, column: columns.Column, value: object) -> Iterator[str]:
        """What the column sets, as designated initialisers."""
        field, kind = column.c_field(), column.kind
        if not field:
            return
        if isinstance(kind, columns.Row) and kind.form == "spread":
            yield from self.fields(columns.SECTIONS[kind.section], value)
        elif kind is columns.STATUS:
            least, most = value if isinstance(value, list) else (value, value)
            yield from (f".{field} = {least}", f".{column.also} = {most}")
        elif kind is columns.PARAMETER:
            yield f".{field} = {text(value.rstrip('?'))}"
            yield f".{column.told_by} = {str(value.endswith('?')).lower()}"
        elif isinstance(kind, (columns.Rows, columns.Table)):
            yield f".{field} = {self.expression(kind, value)}"
            yield f".{count_field(field)} = {len(value)}"
        else:
            yield from (f".{c} = {self.expression(kind, value)}" for c in (field, column.also) if c)
            if column.told_by:
                yield f".{column.told_by} = true"

    def expression(self, kind: columns.Kind, value: object) -> str:
        match kind:
            case columns.Choice():
                return choice(kind, value)
            case columns.Ref():
                return text(value)
            case columns.List():
                return self.texts(value)
            case columns.Row(section, form):
                row = self.row(columns.SECTIONS[section], value, section)
                return (
                    row
                    if form == "inside"
                    else self.rows(columns.SECTIONS[section], [row], section)
                )
            case columns.Rows(section):
                rows = self.listed(columns.SECTIONS[section], value)
                return self.rows(columns.SECTIONS[section], rows, kind_name(section))
            case columns.Table(section):
                rows = self.named(columns.SECTIONS[section], value)
                return self.rows(columns.SECTIONS[section], rows, kind_name(section))
            case columns.Properties():
                return f"{{{self.expression(columns.Table(kind.section), value)}, {len(value)}}}"
        return scalar(kind, value) if kind is not columns.ANY else self.value(value)


def kind_name(section: str) -> str:
    return section.replace(" ", "_")


def directed(rows: dict, is_input: bool) -> dict:
    """Properties with the flags that follow from where they stand."""
    return {name: direct(row, is_input) for name, row in rows.items()}


def direct(row: dict, is_input: bool) -> dict:
    flags = row.get("flags", [])
    is_input = is_input and not (row.get("output") and "ignored" not in flags)
    row = row | {"flags": ["output"] + (["input"] if is_input else []) + flags}
    if row.get("properties"):
        row["properties"] = directed(row["properties"], is_input)
    if "items" in row:
        row["items"] = direct(row["items"], is_input)
    return row


def directed_function(row: dict) -> dict:
    return row | {
        "inputs": directed(row["inputs"], True),
        "outputs": directed(row["outputs"], False),
    }


def directed_resource(row: dict) -> dict:
    """Inputs and outputs are one table in C, told apart by their flags."""
    return row | {"inputs": directed(row["inputs"], True) | directed(row["outputs"], False)}


def complete(cloud: dict) -> dict:
    """The cloud with what follows from the place of a row."""
    module = cloud["token"].rpartition(":")[0]
    return directed_resource(cloud) | {
        "resources": {
            f"{module}:{name}": directed_resource(row)
            for name, row in cloud.get("resources", {}).items()
        },
        "functions": {
            f"{module}:{name}": directed_function(row)
            for name, row in cloud.get("functions", {}).items()
        },
        "id": {"import": cloud["id"]["template"]} | cloud["id"],
    }


def render_cloud(cloud: dict) -> str:
    emitter = Emitter(cloud["name"])
    body = "\n".join(f"    {field}," for field in emitter.fields(columns.CLOUD, complete(cloud)))
    return (
        f'{BANNER}#include "clouds/clouds.h"\n\n'
        + "\n".join(emitter.lines)
        + f"\n\nconst struct cloud_tables {cloud['name']}_tables = {{\n{body}\n}};\n"
    )


def render_header(clouds: list[dict]) -> str:
    names = [cloud["name"] for cloud in clouds]
    externs = "".join(
        f"\nextern const struct cloud cloud_{name};\n"
        f"extern const struct cloud_tables {name}_tables;\n"
        for name in names
    )
    return (
        f"{BANNER}#ifndef CLOUD_CLOUDS_H\n#define CLOUD_CLOUDS_H\n\n"
        f'#include "core/endpoint/cloud.h"\n{externs}\n#endif\n'
    )


def render_registry(clouds: list[dict], with_hooks: list[str]) -> str:
    """The list of the clouds. What a cloud without hooks is, nobody else says."""
    names = [cloud["name"] for cloud in clouds]
    plain = "".join(
        f"const struct cloud cloud_{name} = {{.tables = &{name}_tables}};\n"
        for name in names
        if name not in with_hooks
    )
    rows = "".join(f"    &cloud_{name},\n" for name in names)
    return (
        f'{BANNER}#include "clouds/registry.h"\n\n#include "clouds/clouds.h"\n\n{plain}'
        "const struct cloud *const cloud_registry[] = {\n"
        f"{rows}    NULL, /* ends the list */\n}};\n"
    )


def chunks(document: str) -> str:
    """A long text as C literals of a bearable length each."""
    length = 90
    parts = [
        line[start : start + length]
        for line in document.splitlines(keepends=True)
        for start in range(0, len(line), length)
    ]
    return "\n".join(f"    {text(part)}" for part in parts)


def render_mappings(mappings: dict[str, str]) -> str:
    """Terraform provider -> what it maps to, as struct terraform_mapping."""
    documents = "".join(
        f"static const char mapping_{provider}[] =\n{chunks(data)};\n\n"
        for provider, data in mappings.items()
    )
    rows = "".join(
        f"    {{{{{text(provider)}, {len(provider)}}}, "
        f"{{mapping_{provider}, sizeof(mapping_{provider}) - 1}}}},\n"
        for provider in mappings
    )
    return (
        f"{documents}const struct terraform_mapping terraform_mappings[] = {{\n{rows}}};\n"
        f"const size_t terraform_mapping_count = {len(mappings)};\n\n"
    )


def render_package(package: dict, version: str, schema: str, mappings: dict[str, str]) -> str:
    emitter = Emitter("package")
    rows = emitter.named(columns.SECTIONS["config"], package["config"])
    lines = "\n".join(emitter.lines)
    table = "\n".join(f"    {row}," for row in rows)
    return (
        f'{BANNER}#include "core/methods/provider.h"\n#include "core/tables.h"\n\n{lines}\n\n'
        f"const struct config_row common_config[] = {{\n{table}\n}};\n"
        f"const size_t common_config_count = {len(rows)};\n\n"
        f"static const char schema[] =\n{chunks(schema)};\n\n"
        f"{render_mappings(mappings)}"
        f"struct str provider_version(void) {{\n    return STR({text(version)});\n}}\n\n"
        "struct str provider_schema(void) {\n"
        "    return (struct str){schema, sizeof(schema) - 1};\n}\n"
    )
