"""The schema as pages that are read without Pulumi, in the layout of Pulumi's registry.

docs/_index.md                        what the package is
docs/installation-configuration.md    packages, credentials, every key
docs/api-docs/<module>/<name>.md      a resource or function: examples, inputs, outputs, types
docs/troubleshooting.md               what the clouds' refusals mean, and what to do
docs/reference/tables.md              for maintainers: what the YAML files of the tables may say

Every other page below docs/ is written by hand and left alone.
"""

import re
from pathlib import Path

import tables_reference
import tables_times
import tables_troubleshooting

PAGES = Path(__file__).resolve().parent / "pages"
RENDERED = (
    "_index.md",
    "installation-configuration.md",
    "troubleshooting.md",
    "api-docs/",
    "reference/",
)
SHORTCODE = re.compile(r"^\{\{%.*%\}\}\n", re.MULTILINE)
FENCE = re.compile(r"^```(\w+)$", re.MULTILINE)
LABELS = {
    "yaml": "YAML",
    "typescript": "TypeScript",
    "python": "Python",
    "go": "Go",
    "csharp": "C#",
    "java": "Java",
}
NAMES_NOTE = (
    "Names are those of YAML, TypeScript and Java; Go and C# begin them with a capital, Python "
    "writes `desired_state` for `desiredState`.\n"
)
TYPE_PREFIX = "#/types/"


def readable(markdown: str) -> str:
    """Without the registry's shortcodes; each program says its language."""

    def labelled(match: re.Match) -> str:
        label = LABELS.get(match[1])
        return f"\n{label}:\n\n{match[0]}" if label else match[0]

    text = FENCE.sub(labelled, SHORTCODE.sub("", markdown))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def front_matter(title: str, description: str) -> str:
    return (
        f'---\ntitle: "{title}"\ntitle_tag: "{title}"\nmeta_desc: "{description}"\n'
        "layout: api\nno_edit_this_page: true\n---\n\n"
    )


def anchor(token: str) -> str:
    return token.rsplit(":", 1)[-1].lower()


def type_text(spec: dict) -> str:
    """The type as a reader sees it, its own types as links into the page."""
    if "oneOf" in spec:
        return " or ".join(dict.fromkeys(type_text(option) for option in spec["oneOf"]))
    reference = spec.get("$ref", "")
    if reference.startswith(TYPE_PREFIX):
        token = reference.removeprefix(TYPE_PREFIX)
        return f"[{token.rsplit(':', 1)[-1]}](#{anchor(token)})"
    if reference:
        return "any value"
    if spec["type"] == "array":
        return f"list of {type_text(spec['items'])}"
    if spec["type"] == "object":
        return f"map of {type_text(spec.get('additionalProperties', {'type': 'string'}))}"
    return spec["type"]


def property_line(name: str, spec: dict, required: bool) -> str:
    marks = [type_text(spec)]
    if required:
        marks.append("required")
    if spec.get("secret"):
        marks.append("secret")
    if spec.get("willReplaceOnChanges"):
        marks.append("replaces")
    if "deprecationMessage" in spec:
        marks.append("deprecated")
    lines = [f"- `{name}` ({', '.join(marks)}): {spec['description']}"]
    if "deprecationMessage" in spec:
        lines.append(f"  **Deprecated:** {spec['deprecationMessage']}")
    return "\n".join(lines)


def property_lines(properties: dict, required: list[str]) -> str:
    """Required ones first, as the registry has them."""
    order = sorted(properties, key=lambda name: (name not in required, name))
    lines = [property_line(name, properties[name], name in required) for name in order]
    return "\n".join(lines) + "\n" if lines else "None.\n"


def references(value: object) -> list[str]:
    """Tokens of the package's own types, in the order in which they are met."""
    if isinstance(value, dict):
        found = []
        for key, item in value.items():
            if key == "$ref" and item.startswith(TYPE_PREFIX):
                found.append(item.removeprefix(TYPE_PREFIX))
            else:
                found += references(item)
        return found
    if isinstance(value, list):
        return [token for item in value for token in references(item)]
    return []


def types_below(schema: dict, roots: list[dict]) -> list[str]:
    """Every type that is reachable from there."""
    seen: dict[str, None] = {}
    waiting = [token for root in roots for token in references(root)]
    while waiting:
        token = waiting.pop(0)
        if token not in seen:
            seen[token] = None
            waiting += references(schema["types"][token])
    return sorted(seen)


def enum_lines(entries: list[dict]) -> str:
    lines = []
    for entry in entries:
        text = f"- `{entry['value']}`: {entry['description']}"
        if "deprecationMessage" in entry:
            text += f" **Deprecated:** {entry['deprecationMessage']}"
        lines.append(text)
    return "\n".join(lines) + "\n"


def type_sections(schema: dict, roots: list[dict]) -> str:
    tokens = types_below(schema, roots)
    if not tokens:
        return ""
    parts = ["## Supporting Types\n"]
    for token in tokens:
        spec = schema["types"][token]
        body = (
            enum_lines(spec["enum"])
            if "enum" in spec
            else property_lines(spec["properties"], spec.get("required", []))
        )
        parts.append(f"### {token.rsplit(':', 1)[-1]}\n\n{spec['description']}\n\n{body}")
    return "\n".join(parts)


def package_details(schema: dict) -> str:
    return f"## Package Details\n\nVersion {schema['version']}, license {schema['license']}.\n"


def split_import(markdown: str) -> tuple[str, str]:
    """The registry has the import at the end of the page."""
    text, mark, rest = markdown.partition("\n## Import\n")
    return text, f"{mark.lstrip()}{rest}" if mark else ""


def resource_page(schema: dict, token: str, spec: dict) -> str:
    _, module, name = token.split(":")
    title = f"{schema['name']}.{module}.{name}"
    text, import_section = split_import(spec["description"])
    outputs = {k: v for k, v in spec["properties"].items() if k not in spec["inputProperties"]}
    look_up = "look-up and " if "stateInputs" in spec else ""
    return "\n".join(
        [
            front_matter(
                title,
                f"Documentation for the {title} resource with examples, input properties, "
                f"output properties, {look_up}supporting types.",
            )
            + f"# {title}\n",
            readable(text),
            f"## {name} Resource Properties\n",
            NAMES_NOTE,
            "### Inputs\n",
            property_lines(spec["inputProperties"], spec["requiredInputs"]),
            "### Outputs\n",
            "All inputs are outputs as well. These come in addition:\n",
            property_lines(outputs, []),
            type_sections(schema, [spec["inputProperties"], spec["properties"]]),
            readable(import_section),
            package_details(schema),
        ]
    )


def function_page(schema: dict, token: str, spec: dict) -> str:
    _, module, name = token.split(":")
    title = f"{schema['name']}.{module}.{name}"
    inputs = spec["inputs"]
    outputs = spec["outputs"]
    return "\n".join(
        [
            front_matter(
                title,
                f"Documentation for the {title} function with examples, input properties, "
                "output properties and supporting types.",
            )
            + f"# {title}\n",
            readable(spec["description"]),
            "### Inputs\n",
            property_lines(inputs["properties"], inputs.get("required", [])),
            f"### {name} Result\n",
            property_lines(outputs["properties"], []),
            type_sections(schema, [inputs, outputs]),
            package_details(schema),
        ]
    )


def module_page(schema: dict, cloud: dict, names: list[str]) -> str:
    title = f"{schema['name']}.{cloud['module']}"
    links = "\n".join(f"- [{name}]({name.lower()}.md)" for name in names)
    return (
        front_matter(title, f"Resources and functions for {cloud['title']}.")
        + f"# {title}\n\nResources and functions for {cloud['title']}.\n\n{links}\n"
    )


def resource_names(cloud: dict) -> list[str]:
    return ["Endpoint", *sorted(cloud.get("resources", {}))]


def cloud_rows(schema: dict, clouds: list[dict]) -> str:
    rows = []
    for cloud in clouds:
        functions = [
            f"[{name}](api-docs/{cloud['module']}/{name.lower()}.md)"
            for name in cloud.get("functions", {})
        ]
        module = cloud["token"].rpartition(":")[0]
        resources = [
            f"[`{module}:{name}`](api-docs/{cloud['module']}/{name.lower()}.md)"
            for name in resource_names(cloud)
        ]
        rows.append(
            f"| {cloud['title']} | {', '.join(resources)} | {', '.join(functions) or 'none'} |"
        )
    return "\n".join(rows)


def package_rows(schema: dict) -> str:
    language = schema["language"]
    java = language["java"]["basePackage"]
    dotnet = language["csharp"]
    names = {
        "TypeScript, JavaScript": language["nodejs"]["packageName"],
        "Python": language["python"]["packageName"],
        "Go": language["go"]["importBasePath"],
        "C#": f"{dotnet['rootNamespace']}.{dotnet['namespaces'][schema['name']]}",
        "Java": f"{java}:{schema['name']}",
    }
    return "\n".join(f"| {name} | `{package}` |" for name, package in names.items())


def configuration(schema: dict, keys: list[str]) -> str:
    variables = schema["config"]["variables"]
    return "\n".join(property_line(key, variables[key], False) for key in keys)


def configuration_sections(schema: dict, package: dict, clouds: list[dict]) -> str:
    parts = [
        f"### {cloud['title']}\n\n{configuration(schema, list(cloud['config']))}\n"
        for cloud in clouds
    ]
    parts.append(f"### All clouds\n\n{configuration(schema, list(package['config']))}\n")
    return "\n".join(parts).rstrip()


def credential_sections(clouds: list[dict]) -> str:
    """What a first program of each cloud needs."""
    parts = []
    for cloud in clouds:
        commands = "\n".join(f"pulumi config set {line}" for line in cloud["first_steps"]["config"])
        words = cloud["first_steps"]["doc"].strip()
        parts.append(f"### {cloud['title']}\n\n{words}\n\n```sh\n{commands}\n```\n")
    return "\n".join(parts).rstrip()


def first_example(clouds: list[dict]) -> str:
    cloud = next(cloud for cloud in clouds if cloud["module"] == "hf")
    text = cloud["examples"]["Endpoint"]
    first = text.split("{{% example %}}\n")[1]
    return readable(first.partition("\n")[2]).rstrip()


def fill(page: str, values: dict[str, str]) -> str:
    text = (PAGES / page).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text


def is_rendered(page: str) -> bool:
    """Whether that path below docs/ belongs to this renderer."""
    return page.startswith(RENDERED)


def committed(folder: Path) -> set[str]:
    """The pages of this renderer that are there."""
    found = (str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    return {page for page in found if is_rendered(page)}


def write(folder: Path, pages: dict[str, str]) -> None:
    """Of the renderer's own pages exactly these are there afterwards."""
    for page in committed(folder) - set(pages):
        (folder / page).unlink()
    for page, text in pages.items():
        path = folder / page
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def render(schema: dict, package: dict, clouds: list[dict]) -> dict[str, str]:
    """Text by path below docs/."""
    values = {key: schema[key] for key in ("name", "displayName", "description", "version")} | {
        "clouds": cloud_rows(schema, clouds),
        "example": first_example(clouds),
        "packages": package_rows(schema),
        "credentials": credential_sections(clouds),
        "configuration": configuration_sections(schema, package, clouds),
        "times": tables_times.table(clouds),
        "failures": tables_troubleshooting.sections(clouds),
    }
    pages = {page.name: fill(page.name, values) for page in sorted(PAGES.glob("*.md"))}
    pages["reference/tables.md"] = tables_reference.render()
    for cloud in clouds:
        module = cloud["module"]
        names = [*resource_names(cloud), *sorted(cloud.get("functions", {}))]
        pages[f"api-docs/{module}/_index.md"] = module_page(schema, cloud, names)
    for kind, page in (("resources", resource_page), ("functions", function_page)):
        for token, spec in schema[kind].items():
            _, module, name = token.split(":")
            pages[f"api-docs/{module}/{name.lower()}.md"] = page(schema, token, spec)
    return pages
