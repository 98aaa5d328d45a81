"""Renders the tables: one YAML file per cloud (and package.yaml) -> const C tables and schema.json.

Used by the build:
    tables.py c --out DIR clouds...         DIR/<cloud>_tables.c, package_tables.c, registry.c,
                                            clouds/clouds.h
    tables.py schema --out FILE clouds...   the package schema
    tables.py docs --out DIR clouds...      the same content as pages to read
    tables.py editor --out DIR clouds...    JSON Schemas of the YAML files themselves
"""

import argparse
import json
import sys
from pathlib import Path

import columns
import tables_c
import tables_check
import tables_docs
import tables_editor
import tables_rules
import tables_schema
import tables_terraform
import yaml

HERE = Path(__file__).resolve().parent
# Examples in every language, written by sdk-gen from the YAML files beside them.
DOCS = HERE / "docs"
# What is known only where the package is published: the schema's key, and our option.
PLACES = {
    "repository": "--repository",
    "logoUrl": "--logo-url",
    "pluginDownloadURL": "--plugin-download-url",
}


class TableError(Exception):
    """Rows that cannot be rendered: a line for each, with its file and its place."""


def load_examples(cloud: dict) -> dict[str, str]:
    """The Markdown of each resource and function. A new program has none yet: the schema
    comes first, then sdk-gen writes it (scripts/docs), and a test misses it until then."""
    folder = DOCS / cloud["name"]
    wanted = {tables_schema.ENDPOINT, *cloud.get("resources", {}), *cloud.get("functions", {})}
    if not folder.exists():  # a cloud of the tests
        return dict.fromkeys(wanted, "")
    pages = {path.stem: path.with_suffix(".md") for path in folder.glob("*.yaml")}
    if set(pages) != wanted:
        raise TableError(f"{folder}: programs missing or too many: {sorted(wanted ^ set(pages))}")
    return {
        name: page.read_text(encoding="utf-8") if page.exists() else ""
        for name, page in pages.items()
    }


class Loader(yaml.SafeLoader):
    """Refuses what YAML forbids and its library lets pass: of two equal keys the first vanishes."""

    def compose_mapping_node(self, anchor: str | None) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        keys = [key.value for key, _ in node.value]
        for index, (key, _) in enumerate(node.value):
            if key.value in keys[:index]:
                where = f"{Path(self.name).name}: line {key.start_mark.line + 1}"
                raise TableError(f"{where}: the key {key.value!r} is there already")
        return node


def read(path: Path, section: columns.Section) -> dict:
    """The file's rows, every one of them known and complete."""
    with path.open(encoding="utf-8") as file:
        document = yaml.load(file, Loader)
    if isinstance(document, dict):
        document = {key: row for key, row in document.items() if not str(key).startswith("x-")}
    refuse(tables_check.problems(section, document, path.name))
    return document


def refuse(problems: list[str]) -> None:
    if problems:
        raise TableError("\n".join(problems))


def load_package() -> dict:
    return read(HERE / "package.yaml", columns.PACKAGE)


def settle_inputs(resource: dict, where: str) -> None:
    """Refuses what does not go together in the rows of a resource, and completes them."""
    twice = [name for name in resource["outputs"] if name in resource["inputs"]]
    refuse([f"{where}outputs.{name}: is an input as well" for name in twice])
    silent = tables_rules.without_interruption(resource["inputs"], f"{where}inputs")
    refuse([f"{place}: needs 'interrupts' and 'interrupts_source'" for place in silent])
    resource["inputs"] = tables_rules.with_interruption(resource["inputs"])


def load_cloud(path: Path) -> dict:
    cloud = read(path, columns.CLOUD)
    settle_inputs(cloud, f"{path.name}: ")
    for name, resource in cloud.get("resources", {}).items():
        settle_inputs(resource, f"{path.name}: resources.{name}.")
    if "terraform" in cloud:
        found = tables_terraform.problems(cloud)
        refuse([f"{path.name}: terraform: {problem}" for problem in found])
    tables_rules.name_caller_key(cloud)
    cloud["examples"] = load_examples(cloud)
    cloud["lookup"] = (DOCS / "lookup.md").read_text(encoding="utf-8")
    return cloud


def write_if_changed(path: Path, text: str) -> None:
    """Keeps the time stamp of what did not change, so that nothing is compiled again for it."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["c", "schema", "docs", "editor"])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--version", required=True)
    for option in PLACES.values():
        parser.add_argument(option, default="")
    parser.add_argument(
        "--hooks", action="append", default=[], help="a cloud that has C of its own"
    )
    parser.add_argument("clouds", type=Path, nargs="+")
    args = parser.parse_args()
    if args.what == "editor":
        for name, root in tables_editor.ROOTS.items():
            write_if_changed(args.out / name, tables_editor.render(root))
        return 0
    try:
        clouds = [load_cloud(path) for path in args.clouds]
        package = load_package()
    except TableError as error:
        print(error, file=sys.stderr)
        return 1
    places = {key: getattr(args, option[2:].replace("-", "_")) for key, option in PLACES.items()}
    schema = tables_schema.render(package, clouds, args.version, places)
    mappings: dict[str, str] = {}
    for cloud in clouds:
        mappings |= tables_terraform.render_all(cloud, args.version)
    if args.what == "schema":
        write_if_changed(args.out, schema)
        return 0
    if args.what == "docs":
        tables_docs.write(args.out, tables_docs.render(json.loads(schema), package, clouds))
        return 0
    for cloud in clouds:
        write_if_changed(args.out / f"{cloud['name']}_tables.c", tables_c.render_cloud(cloud))
    write_if_changed(args.out / "clouds/clouds.h", tables_c.render_header(clouds))
    write_if_changed(args.out / "registry.c", tables_c.render_registry(clouds, args.hooks))
    write_if_changed(
        args.out / "package_tables.c",
        tables_c.render_package(package, args.version, schema, mappings),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
