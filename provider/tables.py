"""Renders the tables: one YAML file a cloud (and package.yaml) -> const C tables and schema.json.

Used by the build:
    tables.py c --out DIR clouds...         DIR/<cloud>_tables.c, package_tables.c, cloud_tables.h
    tables.py schema --out FILE clouds...   the package schema
    tables.py docs --out DIR clouds...      the same content as pages to read
"""

import argparse
import json
import sys
from pathlib import Path

import tables_c
import tables_docs
import tables_schema
import tables_terraform
import yaml

HERE = Path(__file__).resolve().parent
# Examples in every language, written by sdk-gen from the YAML files beside them.
DOCS = HERE / "docs"

PROP_KEYS = {
    "type",
    "flags",
    "wire",
    "wire_in",
    "properties",
    "items",
    "default",
    "values",
    "min",
    "max",
    "min_length",
    "max_length",
    "pattern",
    "pattern_hint",
    "deprecated",
    "clear",
    "hidden",
    "output",
    "doc",
    "type_name",
    "schema",
}
CLOUD_KEYS = {
    "name",
    "title",
    "module",
    "token",
    "description",
    "id_description",
    "first_steps",
    "aliases",
    "config",
    "scope",
    "auth",
    "base_urls",
    "name_rule",
    "id",
    "inputs",
    "outputs",
    "operations",
    "states",
    "actions",
    "status",
    "wait",
    "retry",
    "max_response_bytes",
    "errors",
    "failures",
    "functions",
    "headers",
    "params",
    "update_whole",
    "data",
    "terraform",
}


class TableError(Exception):
    """A row that cannot be rendered; the message names its path."""


def check_prop(path: str, row: dict) -> None:
    unknown = set(row) - PROP_KEYS
    if unknown:
        raise TableError(f"{path}: unknown columns {sorted(unknown)}")
    if row.get("type") not in tables_c.TYPES:
        raise TableError(f"{path}: unknown type {row.get('type')!r}")
    if not row.get("doc") and not path.endswith("[]"):
        raise TableError(f"{path}: every property needs a doc")
    for flag in row.get("flags", []):
        if flag not in tables_c.FLAGS:
            raise TableError(f"{path}: unknown flag {flag!r}")
    for value in row.get("values", []):
        if not isinstance(value, dict) or not value.get("doc"):
            raise TableError(f"{path}: every value needs a doc, {value!r} has none")
    for name, member in (row.get("properties") or {}).items():
        check_prop(f"{path}.{name}", member)
    if "items" in row:
        check_prop(f"{path}[]", row["items"])


def load_examples(cloud: dict) -> dict[str, str]:
    """The Markdown of the resource and of each function. A new program has none yet: the schema
    comes first, then sdk-gen writes it (scripts/docs), and a test misses it until then."""
    folder = DOCS / cloud["name"]
    wanted = {tables_schema.ENDPOINT, *cloud.get("functions", {})}
    pages = {path.stem: path.with_suffix(".md") for path in folder.glob("*.yaml")}
    if set(pages) != wanted:
        raise TableError(f"{folder}: programs missing or too many: {sorted(wanted ^ set(pages))}")
    return {
        name: page.read_text(encoding="utf-8") if page.exists() else ""
        for name, page in pages.items()
    }


def load_cloud(path: Path) -> dict:
    cloud = yaml.safe_load(path.read_text(encoding="utf-8"))
    cloud = {key: value for key, value in cloud.items() if not key.startswith("x-")}
    unknown = set(cloud) - CLOUD_KEYS
    if unknown:
        raise TableError(f"{path.name}: unknown sections {sorted(unknown)}")
    for name, function in cloud.get("functions", {}).items():
        for section in ("inputs", "outputs"):
            for key, row in function[section].items():
                check_prop(f"{path.name}: {name}.{section}.{key}", row)
    for section in ("inputs", "outputs"):
        for name, row in cloud[section].items():
            check_prop(f"{path.name}: {name}", row)
    if "terraform" in cloud:
        found = tables_terraform.problems(cloud)
        if found:
            raise TableError(f"{path.name}: terraform: {'; '.join(found)}")
    cloud["examples"] = load_examples(cloud)
    cloud["lookup"] = (DOCS / "lookup.md").read_text(encoding="utf-8")
    return cloud


def write_if_changed(path: Path, text: str) -> None:
    """Keeps the time stamp of what did not change, so that nothing is compiled again for it."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["c", "schema", "docs"])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--plugin-download-url", default="")
    parser.add_argument("clouds", type=Path, nargs="+")
    args = parser.parse_args()
    try:
        clouds = [load_cloud(path) for path in args.clouds]
        package = yaml.safe_load((HERE / "package.yaml").read_text(encoding="utf-8"))
    except TableError as error:
        print(error, file=sys.stderr)
        return 1
    schema = tables_schema.render(package, clouds, args.version, args.plugin_download_url)
    mappings = {
        cloud["terraform"]["provider"]: tables_terraform.render(cloud, args.version)
        for cloud in clouds
        if "terraform" in cloud
    }
    if args.what == "schema":
        write_if_changed(args.out, schema)
        return 0
    if args.what == "docs":
        tables_docs.write(args.out, tables_docs.render(json.loads(schema), package, clouds))
        return 0
    for cloud in clouds:
        write_if_changed(args.out / f"{cloud['name']}_tables.c", tables_c.render_cloud(cloud))
    write_if_changed(args.out / "cloud_tables.h", tables_c.render_header(clouds))
    write_if_changed(
        args.out / "package_tables.c",
        tables_c.render_package(package, args.version, schema, mappings),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
