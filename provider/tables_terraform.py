"""What `pulumi convert` asks for: which of our resources and properties Terraform's become.

The answer is JSON of the Terraform bridge's `MarshallableProviderInfo`: the Terraform provider's
schema, and beside it the names and shapes here. It follows from the rows of a cloud and its section
`terraform` (columns.py).
"""

import json
import re
from collections.abc import Iterator

# shim.ValueType of the bridge. What may be several things here is text there.
TYPES = {"boolean": 1, "integer": 2, "number": 3, "string": 4, "any": 4, "list": 5, "map": 6}
LIST, MAP = TYPES["list"], TYPES["map"]


def paths(rows: dict, prefix: str = "") -> Iterator[tuple[str, dict]]:
    """Every row of a tree of properties with its dotted path; items of lists have their list's."""
    for name, row in rows.items():
        yield prefix + name, row
        yield from paths(members(row), f"{prefix}{name}.")


def members(row: dict) -> dict:
    return row.get("properties") or row.get("items", {}).get("properties") or {}


def problems(cloud: dict) -> list[str]:
    """Paths in the section that lead nowhere, in words."""
    section = cloud["terraform"]
    known = {path for path, _ in paths(cloud["inputs"] | cloud["outputs"])}
    listed = [
        *section.get("names", {}),
        *section.get("other_names", {}).values(),
        *section.get("attributes", []),
    ]
    return [f"no property {path!r}" for path in listed if path not in known]


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])[A-Z]", lambda match: "_" + match[0], name).lower()


class Resource:
    """The two halves of a resource's mapping: Terraform's schema, and what is different here."""

    def __init__(self, cloud: dict) -> None:
        section = cloud["terraform"]
        self.names = section.get("names", {})
        self.other_names = section.get("other_names", {})
        self.attributes = set(section.get("attributes", []))
        self.blocks = section["nested"] == "blocks"
        self.outputs = set(cloud["outputs"])
        rows = cloud["inputs"] | cloud["outputs"]
        self.schema, self.fields = self.tree(rows, "", False)

    def tree(self, rows: dict, prefix: str, computed: bool) -> tuple[dict, dict]:
        schema, fields = {}, {}
        for name, row in rows.items():
            if {"local", "ignored"} <= set(row.get("flags", [])):
                continue  # steers this provider, so no other one has it
            path = prefix + name
            is_output = computed or (not prefix and name in self.outputs) or bool(row.get("output"))
            others = [key for key, ours in self.other_names.items() if ours == path]
            for key in (self.names.get(path, snake(name)), *others):
                schema[key], fields[key] = self.property(name, path, row, is_output)
                if others and schema[key].pop("required", False):  # under either of its names
                    schema[key]["optional"] = True
        return schema, fields

    def property(self, name: str, path: str, row: dict, computed: bool) -> tuple[dict, dict]:
        flags = row.get("flags", [])
        info: dict = {"name": name}
        spec: dict = {"type": TYPES.get(row["type"], MAP)}
        if computed:
            spec["computed"] = True
        else:
            spec["required" if "required" in flags else "optional"] = True
        if "secret" in flags:
            spec["sensitive"] = info["secret"] = True
        if row["type"] == "object" or members(row):
            self.nest(path, row, computed, spec, info)
        elif row["type"] in ("list", "map"):
            item = row.get("items", {}).get("type", "any")
            spec["element"] = {"schema": {"type": TYPES[item]}}
        return spec, info

    def nest(self, path: str, row: dict, computed: bool, spec: dict, info: dict) -> None:
        """Objects and lists of objects.

        Where a list of one is an object here, one generation of converters looks for the names of
        its members at the list, the other at the list's element: both have them.
        """
        schema, fields = self.tree(members(row), f"{path}.", computed)
        spec["element"] = {"resource": schema}
        if row["type"] == "list":
            info["element"] = {"fields": fields}
            return
        info["fields"] = fields
        if self.blocks and path not in self.attributes:
            spec["type"] = LIST
            info["maxItemsOne"] = True
            info["element"] = {"fields": fields}


def render_all(cloud: dict, version: str) -> dict[str, str]:
    """Terraform provider -> what it maps to; empty for a cloud without one."""
    section = cloud.get("terraform")
    if section is None:
        return {}
    names = {section["provider"]: section["resource"], **section.get("sisters", {})}
    return {name: render(cloud, version, name, kind) for name, kind in names.items()}


def render(cloud: dict, version: str, provider: str, kind: str) -> str:
    """`kind` is the provider's type of the resource."""
    section = cloud["terraform"]
    resource = Resource(cloud)
    keys = section.get("config", {})
    config = {
        key: {"type": TYPES[cloud["config"][ours]["type"]], "optional": True}
        | ({"sensitive": True} if cloud["config"][ours].get("secret") else {})
        for key, ours in keys.items()
    }
    info = {
        "provider": {"schema": config, "resources": {kind: resource.schema}},
        "name": provider,
        "version": version,
        "config": {key: {"name": ours} for key, ours in keys.items()},
        "resources": {kind: {"tok": cloud["token"], "fields": resource.fields, "idFields": []}},
    }
    return json.dumps(info, separators=(",", ":"), ensure_ascii=False)
