"""Const C tables from the rows of a cloud's YAML file; core/tables.h declares the columns."""

import math

TYPES = {
    "string": "PROP_STRING",
    "integer": "PROP_INTEGER",
    "number": "PROP_NUMBER",
    "boolean": "PROP_BOOLEAN",
    "object": "PROP_OBJECT",
    "list": "PROP_LIST",
    "map": "PROP_MAP",
    "any": "PROP_ANY",
}
FLAGS = {
    "required",
    "secret",
    "replace",
    "write_only",
    "resolved",
    "local",
    "whole",
    "one_of",
    "presence",
    "ignored",
    "unordered",
    "open",
    "send_default",
    "stable",
    "missing_keeps",
    "no_create",
    "no_update",
    "empty_unset",
    "free_text",
    "first_free",
    "nocase",
    "numeric",
    "words",
}
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


def number(value: float) -> str:
    if isinstance(value, int) or math.floor(value) == value:
        return f"{int(value)}.0"
    return repr(float(value))


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

    def texts(self, values: list[str] | None) -> str:
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
            return f"{{.kind = VALUE_STRING, .string = {{{text(value)}, {len(value.encode())}}}}}"
        if isinstance(value, list):
            items = self.array(
                "const struct value *", [self.value(item) for item in value], "items"
            )
            return f"{{.kind = VALUE_LIST, .list = {{{items}, {len(value)}, {len(value)}}}}}"
        entries = [
            f"{{{{{text(key)}, {len(key.encode())}}}, {self.value(value[key])}}}"
            for key in sorted(value)
        ]
        rows = self.array("struct value_entry", entries, "entries")
        return f"{{.kind = VALUE_MAP, .map = {{{rows}, {len(entries)}, {len(entries)}}}}}"

    def allowed(self, values: list | None) -> str:
        rows = []
        for value in values or []:
            row = value if isinstance(value, dict) else {"value": value}
            rows.append(
                f"{{{text(row['value'])}, {text(row.get('wire'))}, {text(row.get('deprecated'))}}}"
            )
        return self.array("const struct prop_value", rows, "allowed")

    def prop(self, name: str, row: dict, is_input: bool) -> str:
        """One designated initialiser of struct prop."""
        is_input = is_input and not (row.get("output") and "ignored" not in row.get("flags", []))
        flags = ["PROP_OUTPUT"] + (["PROP_INPUT"] if is_input else [])
        flags += [f"PROP_{flag.upper()}" for flag in row.get("flags", [])]
        columns = [
            f".name = {text(name)}",
            f".type = {TYPES[row['type']]}",
            f".flags = {' | '.join(flags)}",
        ]
        if "wire" in row:
            columns.append(f".wire = {text(row['wire'])}")
        if "wire_in" in row:
            columns.append(f".wire_in = {text(row['wire_in'])}")
        members = row.get("properties") or {}
        if members:
            columns += [
                f".props = {self.props(members, is_input)}",
                f".prop_count = {len(members)}",
            ]
        if "items" in row:
            item = self.array(
                "const struct prop", [self.prop("item", row["items"], is_input)], "item"
            )
            columns.append(f".item = {item}")
        if "default" in row:
            columns.append(f".default_value = {self.value(row['default'])}")
        if row.get("values"):
            columns += [
                f".values = {self.allowed(row['values'])}",
                f".value_count = {len(row['values'])}",
            ]
        for bound in ("min", "max"):
            if bound in row:
                columns += [f".has_{bound} = true", f".{bound} = {number(row[bound])}"]
        for length in ("min_length", "max_length"):
            if length in row:
                columns.append(f".{length} = {row[length]}")
        for column in ("pattern", "pattern_hint", "deprecated"):
            if column in row:
                columns.append(f".{column} = {text(row[column])}")
        if "clear" in row:
            columns.append(f".clear = PROP_CLEAR_{row['clear'].upper()}")
        if "hidden" in row:
            columns.append(f".hidden = {self.texts(row['hidden'])}")
        return "{" + ", ".join(columns) + "}"

    def props(self, rows: dict, is_input: bool) -> str:
        return self.array(
            "const struct prop",
            [self.prop(name, row, is_input) for name, row in rows.items()],
            "props",
        )

    def config(self, rows: dict) -> list[str]:
        return [self.config_row(key, row) for key, row in rows.items()]

    def config_row(self, key: str, row: dict) -> str:
        columns = [f".key = {text(key)}", f".type = CONFIG_{row['type'].upper()}"]
        columns += [
            f".secret = {str(bool(row.get('secret'))).lower()}",
            f".url = {str(bool(row.get('url'))).lower()}",
        ]
        columns += [
            f".env = {self.texts(row.get('env'))}",
            f".files = {self.texts(row.get('files'))}",
        ]
        columns += [
            f".default_value = {text(row.get('default'))}",
            f".strip = {text(row.get('strip'))}",
            f".complete_end = {text(row.get('complete', {}).get('end'))}",
            f".complete_with = {text(row.get('complete', {}).get('with'))}",
        ]
        if row.get("values"):
            columns += [
                f".values = {self.allowed(row['values'])}",
                f".value_count = {len(row['values'])}",
            ]
        if "min" in row:
            columns += [".has_min = true", f".min = {number(row['min'])}"]
        return "{" + ", ".join(columns) + "}"

    def operation(self, name: str, row: dict) -> str:
        query = [
            f"{{{text(key.rstrip('?'))}, {text(value)}, {str(key.endswith('?')).lower()}}}"
            for key, value in (row.get("query") or {}).items()
        ]
        columns = [
            f".name = {text(name)}",
            f".doing = {text(row['doing'])}",
            f".method = {text(row['method'])}",
            f".host = {text(row.get('host', 'api'))}",
            f".path = {text(row['path'])}",
            f".query = {self.array('const struct operation_query', query, 'query')}",
            f".query_count = {len(query)}",
            f".result = {text(row.get('result'))}",
            f".repeat = REPEAT_{row['repeat'].upper()}",
            *self.body(row.get("body") or {}),
            f".credential = {text(row.get('credential'))}",
            f".unsigned_call = {str(bool(row.get('unsigned'))).lower()}",
            f".timeout_ms = {int(row['timeout_s'] * 1000)}",
        ]
        return "{" + ", ".join(columns) + "}"

    def body(self, rows: dict) -> list[str]:
        fields = [f"{{{text(key)}, {text(value)}, false}}" for key, value in rows.items()]
        return [
            f".body = {self.array('const struct operation_query', fields, 'body')}",
            f".body_count = {len(fields)}",
        ]

    def failure(self, row: dict) -> str:
        status = row.get("status", 0)
        low, high = status if isinstance(status, list) else (status, status)
        columns = [
            f".status_min = {low}",
            f".status_max = {high}",
            f".code = {text(row.get('code'))}",
            f".text = {text(row.get('text'))}",
            f".operation = {text(row.get('operation'))}",
            f".class = FAILURE_{row['class'].upper()}",
            f".hint = {text(row.get('hint'))}",
        ]
        return "{" + ", ".join(columns) + "}"

    def errors(self, row: dict) -> str:
        columns = [
            "code",
            "message",
            "details",
            "request_id",
            "request_id_headers",
            "message_headers",
            "code_headers",
            "failure_in_success",
        ]
        name = self.name("errors")
        body = ", ".join(f".{column} = {self.texts(row.get(column))}" for column in columns)
        self.lines.append(f"static const struct error_shape {name} = {{{body}}};")
        return f"&{name}"


def simple(rows: list[dict], columns: list[str]) -> list[str]:
    return ["{" + ", ".join(text(row.get(column)) for column in columns) + "}" for row in rows]


def auth_row(row: dict) -> str:
    texts = ["scheme", "token", "access_key", "secret_key", "session_token", "service", "requires"]
    columns = [f".{column} = {text(row.get(column))}" for column in texts]
    columns += [f".{flag} = {str(bool(row.get(flag))).lower()}" for flag in ("probe", "one_family")]
    return "{" + ", ".join(columns) + "}"


def scope_rows(rows: list[dict]) -> list[str]:
    return [
        f"{{{text(row['property'])}, {text(row['config'])}, "
        f"{str(bool(row.get('required'))).lower()}, "
        f"{str(bool(row.get('shared_names'))).lower()}}}"
        for row in rows
    ]


def name_rule(row: dict) -> str:
    columns = [
        f".property = {text(row['property'])}",
        f".max_length = {row['max_length']}",
        f".alphabet = {text(row['alphabet'])}",
    ]
    columns += [
        f".{flag} = {str(bool(row.get(flag))).lower()}"
        for flag in ("lower_case", "letter_first", "single_separators", "unique", "reusable")
    ]
    return "{" + ", ".join(columns) + "}"


def wait_policy(row: dict) -> str:
    columns = [
        f".first_ms = {row['first_ms']}",
        f".factor = {row['factor']}",
        f".cap_ms = {row['cap_ms']}",
    ]
    columns += [
        f".{phase}_ms = {int(row[phase + '_s'] * 1000)}"
        for phase in ("create", "update", "delete", "settle")
    ]
    return "{" + ", ".join(columns) + "}"


def status_paths(emitter: Emitter, row: dict) -> str:
    columns = [f".messages = {emitter.texts(row.get('messages'))}"]
    columns += [
        f".{column} = {text(row.get(column))}"
        for column in ("state", "ready_replicas", "target_replicas", "created_at", "name")
    ]
    return "{" + ", ".join(columns) + "}"


def service(emitter: Emitter, cloud: dict) -> str:
    retry = cloud["retry"]
    policy = emitter.name("retry")
    emitter.lines.append(
        f"static const struct retry_policy {policy} = {{.max_tries = {retry['tries']}, "
        f".base_ms = {retry['base_ms']}, .cap_ms = {retry['cap_ms']}, "
        f".max_retry_after_ms = {int(retry['max_retry_after_s'] * 1000)}}};"
    )
    failures = [emitter.failure(row) for row in cloud["failures"]]
    headers = [
        f"{{{{{text(key)}, {len(key)}}}, {{{text(value)}, {len(value)}}}}}"
        for key, value in (cloud.get("headers") or {}).items()
    ]
    columns = [
        f".title = {text(cloud['title'])}",
        f".errors = {emitter.errors(cloud['errors'])}",
        f".failures = {emitter.array('const struct failure_row', failures, 'failures')}",
        f".failure_count = {len(failures)}",
        f".retry = &{policy}",
        f".headers = {emitter.array('const struct http_header', headers, 'headers')}",
        f".header_count = {len(headers)}",
        f".max_response_bytes = {cloud['max_response_bytes']}",
    ]
    return "{" + ", ".join(columns) + "}"


def counted(emitter: Emitter, field: str, count: str, ctype: str, rows: list[str]) -> list[str]:
    return [f".{field} = {emitter.array(ctype, rows, field)}", f".{count} = {len(rows)}"]


def function_row(emitter: Emitter, token: str, row: dict) -> str:
    tables = [
        f"{{{emitter.props(row[section], section == 'inputs')}, {len(row[section])}}}"
        for section in ("inputs", "outputs")
    ]
    return f"{{{text(token)}, {text(row['operation'])}, {', '.join(tables)}}}"


def render_cloud(cloud: dict) -> str:
    emitter = Emitter(cloud["name"])
    rows = [emitter.prop(name, row, True) for name, row in cloud["inputs"].items()]
    rows += [emitter.prop(name, row, False) for name, row in cloud["outputs"].items()]
    props = emitter.array("const struct prop", rows, "props")
    columns = [f".{column} = {text(cloud[column])}" for column in ("name", "title", "token")]
    columns.append(f".aliases = {emitter.texts(cloud.get('aliases'))}")
    columns.append(f".props = {{{props}, {len(rows)}}}")
    columns += counted(
        emitter,
        "config",
        "config_count",
        "const struct config_row",
        emitter.config(cloud["config"]),
    )
    columns += counted(
        emitter, "scope", "scope_count", "const struct scope_row", scope_rows(cloud["scope"])
    )
    columns.append(f".name_rule = {name_rule(cloud['name_rule'])}")
    ids = cloud["id"]
    columns += [f".id_template = {text(ids['template'])}", f".id_help = {text(ids['help'])}"]
    columns.append(f".id_import = {text(ids.get('import', ids['template']))}")
    columns.append(f".id_created = {emitter.texts(ids.get('created'))}")
    columns.append(f".update_whole = {str(bool(cloud.get('update_whole'))).lower()}")
    columns.append(f".capacity_retry = {text(cloud['retry'].get('capacity'))}")
    columns.append(f".data = {emitter.value(cloud.get('data'))}")
    operations = [emitter.operation(name, row) for name, row in cloud["operations"].items()]
    columns += counted(
        emitter, "operations", "operation_count", "const struct operation", operations
    )
    functions = [
        function_row(emitter, f"{cloud['token'].split(':')[0]}:{cloud['module']}:{name}", row)
        for name, row in cloud.get("functions", {}).items()
    ]
    columns += counted(
        emitter, "functions", "function_count", "const struct function_row", functions
    )
    states = [f"{{{text(word)}, STATE_{state.upper()}}}" for word, state in cloud["states"].items()]
    columns += counted(emitter, "states", "state_count", "const struct state_row", states)
    actions = [
        f"{{{text(word)}, {text(row['operation'])}, STATE_{row['state'].upper()}}}"
        for word, row in cloud["actions"].items()
    ]
    columns += counted(emitter, "actions", "action_count", "const struct action_row", actions)
    columns.append(f".status = {status_paths(emitter, cloud['status'])}")
    columns.append(f".wait = {wait_policy(cloud['wait'])}")
    auth = [auth_row(row) for row in cloud["auth"]]
    columns += counted(emitter, "auth", "auth_count", "const struct auth_row", auth)
    params = [{"name": name, "config": key} for name, key in (cloud.get("params") or {}).items()]
    columns += counted(
        emitter,
        "params",
        "param_count",
        "const struct param_row",
        simple(params, ["name", "config"]),
    )
    urls = simple(cloud["base_urls"], ["key", "config", "template", "env"])
    columns += counted(emitter, "base_urls", "base_url_count", "const struct base_url_row", urls)
    columns.append(f".service = {service(emitter, cloud)}")
    body = "\n".join(f"    {column}," for column in columns)
    return (
        f'{BANNER}#include "cloud_tables.h"\n\n'
        + "\n".join(emitter.lines)
        + f"\n\nconst struct cloud_tables {cloud['name']}_tables = {{\n{body}\n}};\n"
    )


def render_header(clouds: list[dict]) -> str:
    externs = "".join(
        f"extern const struct cloud_tables {cloud['name']}_tables;\n" for cloud in clouds
    )
    return (
        f"{BANNER}#ifndef CLOUD_TABLES_H\n#define CLOUD_TABLES_H\n\n"
        f'#include "core/tables.h"\n\n{externs}\n#endif\n'
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
    rows = emitter.config(package["config"])
    lines = "\n".join(emitter.lines)
    table = "\n".join(f"    {row}," for row in rows)
    return (
        f'{BANNER}#include "core/provider.h"\n#include "core/tables.h"\n\n{lines}\n\n'
        f"const struct config_row common_config[] = {{\n{table}\n}};\n"
        f"const size_t common_config_count = {len(rows)};\n\n"
        f"static const char schema[] =\n{chunks(schema)};\n\n"
        f"{render_mappings(mappings)}"
        f"struct str provider_version(void) {{\n    return STR({text(version)});\n}}\n\n"
        "struct str provider_schema(void) {\n"
        "    return (struct str){schema, sizeof(schema) - 1};\n}\n"
    )
