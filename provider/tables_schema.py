"""The package schema from the same rows: types, resources, configuration, descriptions."""

import copy
import json
import re

PRIMITIVES = {"string": "string", "integer": "integer", "number": "number", "boolean": "boolean"}
ANY = {"$ref": "pulumi.json#/Any"}
ENDPOINT = "Endpoint"
REPLACES = "A change replaces the endpoint."
REPLACES_OTHER = "A change makes another one."
SWITCHED = "A change updates it in place where the endpoint can; else it replaces the endpoint."
UPDATES = "A change updates it in place."
SECOND_HAND = (
    "A change updates it in place. That is second hand: where the service does not apply it, the "
    "update fails, and the resource option `replaceOnChanges` makes it replace the endpoint."
)
NO_REQUEST = "A change makes no request."
INTERRUPTS = {
    "no": "Calls go on meanwhile.",
    "rolls": "The old version serves until the new one does.",
    "restarts": "Calls fail until it serves again.",
    "unknown": "Whether calls go on meanwhile is not documented.",
}


def capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def is_input(row: dict) -> bool:
    return not row.get("output") or "ignored" in row.get("flags", [])


def is_enum(row: dict) -> bool:
    return row["type"] == "string" and bool(row.get("values"))


def has_own_output(row: dict) -> bool:
    """Whether the row's type differs between input and output, which has plain text for enums:
    what one endpoint answers may be another one's input, which YAML can only say of text."""
    inside = [*(row.get("properties") or {}).values(), *filter(None, [row.get("items")])]
    return any(not is_input(it) or is_enum(it) or has_own_output(it) for it in inside)


def member_name(value: str) -> str:
    """Of an enum, in every language: `TextGeneration` of text-generation."""
    words = re.findall(r"[A-Za-z0-9]+", value)
    if len(words) > 1:
        words = [word.lower() if word.isupper() else word for word in words]
    return "".join(map(capital, words))


def limits(row: dict) -> list[str]:
    notes = []
    assumed = ", as far as is known" if "assumed" in row.get("flags", []) else ""
    if "min" in row and "max" in row:
        notes.append(f"Between {row['min']} and {row['max']}{assumed}.")
    elif "min" in row:
        notes.append(f"At least {row['min']}{assumed}.")
    elif "max" in row:
        notes.append(f"At most {row['max']}{assumed}.")
    if "max_length" in row:
        what = {"list": "items", "map": "entries"}.get(row["type"], "characters")
        notes.append(f"At most {row['max_length']} {what}{assumed}.")
    if "pattern_hint" in row:
        notes.append(f"It {row['pattern_hint']}{assumed}.")
    return notes


def stands_for_none(row: dict) -> bool:
    """What a reply has where there is none, and no program may say."""
    return row.get("default") == "" and row.get("min_length", 0) > 0


def default_note(row: dict) -> list[str]:
    if stands_for_none(row) or (row.get("default") in ([], {}) and row["type"] in ("list", "map")):
        return ["Default: none."]
    if "default" not in row or row["default"] in ([], {}):
        return []
    return [f"Default: `{json.dumps(row['default'])}`."]


def change_of(row: dict, above: str) -> str:
    """What a change of the row does, in words; what holds for an object holds for what is in it."""
    flags = row.get("flags", [])
    if above != UPDATES:
        return above
    if "ignored" in flags:
        return NO_REQUEST if "local" in flags else ""
    if "replace" in flags:
        return SWITCHED if "switched" in flags else REPLACES
    return SECOND_HAND if "second_hand" in flags else UPDATES


def change_note(row: dict, change: str) -> list[str]:
    in_members = row["type"] == "object" and row.get("properties") and change == UPDATES
    return [change, *interruption_note(row, change)] if change and not in_members else []


def interruption_note(row: dict, change: str) -> list[str]:
    """What calls notice of it. What is not sent interrupts nothing, or says so itself."""
    word = row.get("interrupts")
    is_plain = word == "no" and "local" in row.get("flags", [])
    in_place = change in (UPDATES, SECOND_HAND, SWITCHED)
    return [INTERRUPTS[word]] if word and in_place and not is_plain else []


def sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?", ":")) else text + "."


def resource_description(cloud: dict) -> str:
    """What it is, examples, how to read one that exists, how to import it."""
    lookup = cloud["lookup"]
    for mark, text in (
        ("@module@", cloud["module"]),
        ("@Module@", capital(cloud["module"])),
        ("@id@", cloud["id"]["example"]),
    ):
        lookup = lookup.replace(mark, text)
    return (
        f"{cloud['description'].rstrip()}\n\n{cloud['examples'][ENDPOINT]}\n{lookup}"
        f"\n## Import\n\nThe id is {cloud['id_description']}\n\n```sh\n"
        f"pulumi import {cloud['token']} example {cloud['id']['example']}\n```\n"
    )


def other_description(cloud: dict, name: str) -> str:
    """Of a resource beside the endpoints: what it is, examples, and why none is imported."""
    row = cloud["resources"][name]
    return (
        f"{row['description'].rstrip()}\n\n{cloud['examples'][name]}\n"
        f"## Import\n\nOne that exists cannot be imported: {sentence(row['no_import'])}\n"
    )


def required(rows: dict) -> set[str]:
    return {name for name, row in rows.items() if "required" in row.get("flags", [])}


def as_text(row: dict) -> dict:
    """The argument of a function without an enum type: of one `pulumi do` makes no flag."""
    if "values" not in row:
        return row
    words = ", ".join(f"`{value['value']}`" for value in row["values"])
    plain = {column: value for column, value in row.items() if column != "values"}
    kind = "Known values" if "open" in row.get("flags", []) else "One of"
    return plain | {"doc": f"{sentence(row['doc'])} {kind}: {words}."}


class Package:
    """Collects the types while resources are rendered."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.types: dict[str, dict] = {}

    def enum(self, token: str, row: dict) -> dict:
        entries = []
        for value in row["values"]:
            entry = {
                "name": member_name(value["value"]),
                "value": value["value"],
                "description": sentence(value["doc"]),
            }
            if value.get("deprecated"):
                entry["deprecationMessage"] = capital(sentence(value["deprecated"]))
            entries.append(entry)
        self.types[token] = {"type": "string", "description": sentence(row["doc"]), "enum": entries}
        reference = {"type": "string", "$ref": f"#/types/{token}"}
        # Allowed values are a snapshot of an API that grows: any other text passes as well.
        return {"oneOf": [{"type": "string"}, reference]}

    def type_of(
        self,
        module: str,
        path: str,
        row: dict,
        as_input: bool,
        change: str,
        output: bool = False,
    ) -> dict:
        kind = row["type"]
        if "schema" in row:  # a union, which no column of ours can say
            return copy.deepcopy(row["schema"])
        if is_enum(row) and as_input:
            return self.enum(f"{self.name}:{module}:{path}", row)
        if kind in PRIMITIVES:
            return {"type": PRIMITIVES[kind]}
        if kind == "any":
            return ANY
        if kind in ("list", "map"):
            item = ANY
            if "items" in row:
                item = self.type_of(module, path + "Item", row["items"], as_input, change, output)
            return (
                {"type": "array", "items": item}
                if kind == "list"
                else {"type": "object", "additionalProperties": item}
            )
        token = self.object(module, path, row, as_input, change, output)
        return {"type": "object", "$ref": f"#/types/{token}"}

    def object(
        self, module: str, path: str, row: dict, as_input: bool, change: str, output: bool
    ) -> str:
        name = row.get("type_name", path)
        if not as_input and has_own_output(row):
            name += "Result"
        token = f"{self.name}:{module}:{name}"
        properties = {}
        required = []
        for key, member in (row.get("properties") or {}).items():
            if as_input and not is_input(member):
                continue
            properties[key] = self.property(
                module, path + capital(key), member, as_input, change, output
            )
            if "required" in member.get("flags", []):
                required.append(key)
        spec = {"type": "object", "description": sentence(row["doc"]), "properties": properties}
        if required:
            spec["required"] = sorted(required)
        self.types[token] = spec
        return token

    def property(
        self,
        module: str,
        path: str,
        row: dict,
        as_input: bool,
        change: str,
        output: bool = False,
    ) -> dict:
        flags = row.get("flags", [])
        change = change_of(row, change)
        spec = dict(self.type_of(module, path, row, as_input, change, output))
        notes = [sentence(row["doc"])]
        if not output:
            notes += limits(row) + default_note(row) + change_note(row, change)
        spec["description"] = " ".join(notes)
        if "secret" in flags:
            spec["secret"] = True
        if "replace" in flags and "switched" not in flags and not output:
            spec["willReplaceOnChanges"] = True
        if row.get("deprecated"):
            spec["deprecationMessage"] = capital(sentence(row["deprecated"]))
        return spec

    def function(self, cloud: dict, name: str, row: dict) -> dict:
        module = cloud["module"]
        arguments = {prop: as_text(member) for prop, member in row["inputs"].items()}
        row = row | {"inputs": arguments}
        spec: dict = {"description": f"{sentence(row['doc'])}\n\n{cloud['examples'][name]}"}
        for section, key in (("inputs", "inputs"), ("outputs", "outputs")):
            properties = {
                prop: self.property(
                    module,
                    capital(name) + capital(prop),
                    member,
                    section == "inputs",
                    UPDATES,
                    True,
                )
                for prop, member in row[section].items()
            }
            required = sorted(
                n for n, member in row[section].items() if "required" in member.get("flags", [])
            )
            spec[key] = {"type": "object", "properties": properties}
            if required:
                spec[key]["required"] = required
        return spec

    def resource(self, cloud: dict, rows: dict, name: str) -> dict:
        """What every resource has: its properties, and which of them are always there."""
        module = cloud["module"]
        both = [(rows["inputs"], False), (rows["outputs"], True)]
        inputs = {
            key: self.property(module, name + capital(key), row, True, UPDATES)
            for key, row in rows["inputs"].items()
        }
        outputs = {
            key: self.property(module, name + capital(key), row, False, UPDATES, output=is_output)
            for section, is_output in both
            for key, row in section.items()
        }
        scope = {
            row["property"]
            for row in cloud["scope"]
            if row.get("required") and row["property"] in inputs
        }
        return {
            "inputProperties": inputs,
            "requiredInputs": sorted(required(rows["inputs"])),
            "properties": outputs,
            "required": sorted(required(rows["inputs"]) | required(rows["outputs"]) | scope),
        }

    def endpoint(self, cloud: dict) -> dict:
        common = self.resource(cloud, cloud, ENDPOINT)
        inputs, outputs = common["inputProperties"], common["properties"]
        scope = {row["property"]: inputs[row["property"]] for row in cloud["scope"]}
        spec = {"description": resource_description(cloud)} | common
        told = {cloud["name_rule"]["property"], *({"desiredState"} & set(cloud["inputs"]))}
        spec["required"] = sorted({*common["required"], *told})
        spec["stateInputs"] = {
            "description": "Look-up by id: what the state of the endpoint holds.",
            "type": "object",
            "properties": outputs,
        }
        spec["listInputs"] = {"type": "object", "properties": scope}
        if cloud.get("aliases"):
            spec["aliases"] = [{"type": alias} for alias in cloud["aliases"]]
        return spec

    def other(self, cloud: dict, name: str) -> dict:
        common = self.resource(cloud, cloud["resources"][name], name)
        for spec in (*common["inputProperties"].values(), *common["properties"].values()):
            spec["description"] = spec["description"].replace(REPLACES, REPLACES_OTHER)
        return {"description": other_description(cloud, name)} | common


def config_property(row: dict) -> dict:
    notes = [sentence(row["doc"]), *limits(row)]
    if row.get("env"):
        notes.append("Environment: " + ", ".join(f"`{name}`" for name in row["env"]) + ".")
    if row.get("files"):
        notes.append("File: " + ", ".join(f"`{name}`" for name in row["files"]) + ".")
    if "default" in row:
        notes.append(f"Default: `{row['default']}`.")
    spec = {"type": row["type"], "description": " ".join(notes)}
    if row.get("secret"):
        spec["secret"] = True
    return spec


def languages(package: dict, clouds: list[dict]) -> dict:
    """Options of the generators; C# has to be told of each module."""
    language = copy.deepcopy(package["language"])
    modules = {cloud["module"]: capital(cloud["module"]) for cloud in clouds}
    language["csharp"]["namespaces"].update(modules)
    return language


def render(package: dict, clouds: list[dict], version: str, places: dict[str, str]) -> str:
    """`places`: where things of the package are found, by their names in Pulumi's schema; an empty
    address is left out."""
    collected = Package(package["name"])
    resources = {}
    for cloud in clouds:
        resources[cloud["token"]] = collected.endpoint(cloud)
        for name in cloud.get("resources", {}):
            token = f"{package['name']}:{cloud['module']}:{name}"
            resources[token] = collected.other(cloud, name)
    functions = {
        f"{package['name']}:{cloud['module']}:{name}": collected.function(cloud, name, row)
        for cloud in clouds
        for name, row in cloud.get("functions", {}).items()
    }
    config = dict(package["config"])
    for cloud in clouds:
        config.update(cloud["config"])
    variables = {key: config_property(row) for key, row in config.items()}
    schema = {key: package[key] for key in ("name", "displayName") if key in package}
    schema["version"] = version
    schema.update(
        {
            key: package[key]
            for key in (
                "description",
                "keywords",
                "homepage",
                "license",
                "attribution",
            )
            if key in package
        }
    )
    schema.update({key: address for key, address in places.items() if address})
    schema.update(
        {
            "publisher": package["publisher"],
            "meta": package["meta"],
            "language": languages(package, clouds),
            "config": {"variables": variables},
            "types": dict(sorted(collected.types.items())),
            "provider": {
                "description": "Configuration; each key is needed only when its cloud is used.",
                "inputProperties": variables,
            },
            "resources": resources,
            "functions": functions,
        }
    )
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
