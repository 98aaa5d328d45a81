"""The tables' renderer refuses what it cannot render, and the schema that it makes is sound."""

from __future__ import annotations

import copy
import functools
import json
import os
import re
import sys
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "provider"))

import tables  # noqa: E402
import tables_c  # noqa: E402
import tables_docs  # noqa: E402
import tables_schema  # noqa: E402
import tables_terraform  # noqa: E402
import yaml  # noqa: E402

VERSION = os.environ["TABLES_VERSION"]
# The build's own list, so that a file that is not built is not in the schema either.
FILES = [Path(path) for path in os.environ["TABLES_FILES"].split(os.pathsep)]
DOCS = ROOT / "docs"
LANGUAGES = ["yaml", "typescript", "python", "go", "csharp", "java"]
RESERVED = {"urn", "id", "pulumi", "__meta", "__defaults"}


@functools.cache
def loaded() -> list[dict[str, Any]]:
    return [tables.load_cloud(path) for path in FILES]


def clouds() -> list[dict[str, Any]]:
    """A copy that a test may change; reading the files takes a second."""
    return copy.deepcopy(loaded())


def rendered() -> str:
    package = yaml.safe_load((ROOT / "provider/package.yaml").read_text(encoding="utf-8"))
    return tables_schema.render(package, clouds(), VERSION, "")


def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(rendered())
    return found


def pages() -> dict[str, str]:
    package = yaml.safe_load((ROOT / "provider/package.yaml").read_text(encoding="utf-8"))
    return tables_docs.render(schema(), package, clouds())


class Drift(unittest.TestCase):
    def test_the_committed_schema_is_what_the_tables_say(self) -> None:
        committed = (ROOT / "schema.json").read_text(encoding="utf-8")
        self.assertTrue(committed == rendered(), "schema.json is stale: build the target `schema`")

    def test_the_committed_pages_are_what_the_schema_says(self) -> None:
        expected = pages()
        self.assertEqual(
            tables_docs.committed(DOCS), set(expected), "docs/ is stale: see scripts/docs"
        )
        for name, text in expected.items():
            committed = (DOCS / name).read_text(encoding="utf-8")
            self.assertTrue(committed == text, f"docs/{name} is stale: see scripts/docs")

    def test_pages_that_are_written_by_hand_stay(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            by_hand = ["architecture.md", "apis/hf.md", "api-docs.md"]
            stale = ["api-docs/hf/gone.md", "api-docs/old/_index.md"]
            for page in by_hand + stale:
                (folder / page).parent.mkdir(parents=True, exist_ok=True)
                (folder / page).write_text("Words.\n", encoding="utf-8")
            rendered_pages = {"_index.md": "One.\n", "api-docs/hf/endpoint.md": "Two.\n"}
            tables_docs.write(folder, rendered_pages)
            there = {
                str(path.relative_to(folder)): path.read_text(encoding="utf-8")
                for path in folder.rglob("*.md")
            }
        self.assertEqual(there, rendered_pages | dict.fromkeys(by_hand, "Words.\n"))

    def test_rendering_is_reproducible(self) -> None:
        self.assertEqual(rendered(), rendered())
        for one, other in zip(clouds(), clouds(), strict=True):
            self.assertEqual(tables_c.render_cloud(one), tables_c.render_cloud(other))


class Refusals(unittest.TestCase):
    """A wrong row is an error that names its path."""

    def refused(self, row: dict[str, Any]) -> str:
        with self.assertRaises(tables.TableError) as caught:
            tables.check_prop("x.yaml: thing", row)
        return str(caught.exception)

    def test_a_good_row_passes(self) -> None:
        tables.check_prop("x", {"type": "string", "flags": ["required"], "doc": "A thing."})

    def test_unknown_columns(self) -> None:
        text = self.refused({"type": "string", "doc": "d", "colour": "red"})
        self.assertEqual(text, "x.yaml: thing: unknown columns ['colour']")

    def test_unknown_types_and_flags(self) -> None:
        self.assertIn("unknown type 'text'", self.refused({"type": "text", "doc": "d"}))
        self.assertIn(
            "unknown flag 'requird'",
            self.refused({"type": "string", "doc": "d", "flags": ["requird"]}),
        )

    def test_rows_without_words(self) -> None:
        self.assertIn("needs a doc", self.refused({"type": "string"}))

    def test_values_without_words(self) -> None:
        row = {"type": "string", "doc": "d", "values": [{"value": "a", "doc": "A."}, "b"]}
        self.assertIn("'b' has none", self.refused(row))

    def test_rows_far_below(self) -> None:
        inner = {"type": "string", "doc": "d", "oops": 1}
        row = {
            "type": "object",
            "doc": "d",
            "properties": {"a": {"type": "list", "doc": "d", "items": inner}},
        }
        self.assertTrue(self.refused(row).startswith("x.yaml: thing.a[]: unknown columns"))

    def test_unknown_sections(self) -> None:
        source = yaml.safe_load(FILES[0].read_text(encoding="utf-8"))
        source["colours"] = {}
        path = Path(os.environ.get("TMPDIR", "/tmp")) / f"tables-{os.getpid()}.yaml"
        path.write_text(yaml.safe_dump(source), encoding="utf-8")
        try:
            with self.assertRaises(tables.TableError) as caught:
                tables.load_cloud(path)
        finally:
            path.unlink()
        self.assertIn("unknown sections ['colours']", str(caught.exception))


class Terraform(unittest.TestCase):
    """The section that says what Terraform's resource becomes."""

    def cloud(self, **changes: Any) -> dict[str, Any]:
        found = copy.deepcopy(next(cloud for cloud in clouds() if "terraform" in cloud))
        found["terraform"].update(changes)
        return found

    def test_the_sections_are_sound(self) -> None:
        for cloud in clouds():
            if "terraform" in cloud:
                self.assertEqual(tables_terraform.problems(cloud), [], cloud["name"])

    def test_what_it_names_must_exist(self) -> None:
        changes: list[tuple[dict[str, Any], str]] = [
            ({"colour": "red"}, "unknown column 'colour'"),
            ({"nested": "lists"}, "nested is one of ['attributes', 'blocks']"),
            ({"names": {"nothing.there": "x"}}, "no property 'nothing.there'"),
            ({"attributes": ["nothing"]}, "no property 'nothing'"),
            ({"config": {"token": "nothing"}}, "no configuration 'nothing'"),
        ]
        for change, words in changes:
            self.assertEqual(tables_terraform.problems(self.cloud(**change)), [words])

    def test_what_it_needs(self) -> None:
        cloud = self.cloud()
        del cloud["terraform"]["resource"]
        self.assertEqual(tables_terraform.problems(cloud), ["needs 'resource'"])

    def test_names_are_snake_case(self) -> None:
        for ours, theirs in [
            ("name", "name"),
            ("hfNumCores", "hf_num_cores"),
            ("pcaSubCaCertificate", "pca_sub_ca_certificate"),
            ("huggingFaceId", "hugging_face_id"),
        ]:
            self.assertEqual(tables_terraform.snake(ours), theirs)


def properties(found: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of the schema, with where it is."""
    for token, spec in found["types"].items():
        for name, row in spec.get("properties", {}).items():
            yield f"{token}.{name}", row
    for token, spec in found["resources"].items():
        for part in ("inputProperties", "properties"):
            for name, row in spec[part].items():
                yield f"{token}.{part}.{name}", row
    for token, spec in found["functions"].items():
        for part in ("inputs", "outputs"):
            for name, row in (spec.get(part) or {}).get("properties", {}).items():
                yield f"{token}.{part}.{name}", row
    for name, row in found["config"]["variables"].items():
        yield f"config.{name}", row
    for name, row in found["provider"]["inputProperties"].items():
        yield f"provider.{name}", row


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "$ref":
                yield item
            else:
                yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.schema = schema()

    def test_its_version_is_the_projects(self) -> None:
        self.assertEqual(self.schema["version"], VERSION)

    def test_every_property_says_what_it_is(self) -> None:
        for where, row in properties(self.schema):
            with self.subTest(where):
                self.assertRegex(row.get("description", ""), r"^\S.{3,}[.!?]$")

    def test_every_type_and_value_says_what_it_is(self) -> None:
        for token, spec in self.schema["types"].items():
            for where, text in [(token, spec["description"])] + [
                (f"{token} {entry['value']}", entry.get("description", ""))
                for entry in spec.get("enum", [])
            ]:
                with self.subTest(where):
                    self.assertRegex(text, r"^\S.{2,}[.!?]$")

    def test_every_resource_and_function_has_programs_in_every_language(self) -> None:
        for kind in ("resources", "functions"):
            for token, spec in self.schema[kind].items():
                with self.subTest(token):
                    first, *examples = spec["description"].split("{{% example %}}")
                    self.assertRegex(first, r"^\S.{10,}")
                    self.assertGreaterEqual(len(examples), 2 if kind == "resources" else 1)
                    for example in examples:
                        program = example.split("{{% /example %}}")[0]
                        found = re.findall(r"^```(\w+)$", program, re.MULTILINE)
                        self.assertEqual(found, LANGUAGES)

    def test_every_resource_says_how_to_look_it_up_and_to_import_it(self) -> None:
        for token, spec in self.schema["resources"].items():
            with self.subTest(token):
                self.assertIn("\n## Look up an existing endpoint\n", spec["description"])
                self.assertIn(f"\npulumi import {token} example ", spec["description"])
                self.assertNotRegex(spec["description"], r"@\w+@")

    def test_every_input_says_whether_a_change_updates_or_replaces(self) -> None:
        """A row that is never sent, and an object whose members say it, need not."""
        for cloud in clouds():
            for where, row, text in self.inputs_below(cloud):
                if "ignored" in row.get("flags", []) or row.get("properties"):
                    continue
                with self.subTest(where):
                    self.assertRegex(text, r"A change (replaces the endpoint|updates it)")

    def inputs_below(self, cloud: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
        """Where, row and description of the inputs of a cloud and of the objects in them."""
        spec = self.schema["resources"][cloud["token"]]
        waiting = [(cloud["token"], cloud["inputs"], spec["inputProperties"])]
        while waiting:
            where, rows, described = waiting.pop()
            for name, row in rows.items():
                if name not in described:  # an output among them
                    continue
                yield f"{where}.{name}", row, described[name]["description"]
                reference = described[name].get("$ref", "").removeprefix("#/types/")
                ignored = "ignored" in row.get("flags", [])
                if reference in self.schema["types"] and row.get("properties") and not ignored:
                    below = self.schema["types"][reference]["properties"]
                    waiting.append((f"{where}.{name}", row["properties"], below))

    def test_every_reference_leads_somewhere(self) -> None:
        for reference in references(self.schema):
            with self.subTest(reference):
                self.assertTrue(
                    reference.startswith("pulumi.json#/")
                    or reference.removeprefix("#/types/") in self.schema["types"]
                )

    def test_every_type_is_used(self) -> None:
        used = {reference.removeprefix("#/types/") for reference in references(self.schema)}
        self.assertEqual(set(self.schema["types"]) - used, set())

    def test_required_properties_exist(self) -> None:
        for token, spec in self.schema["types"].items():
            self.assertLessEqual(
                set(spec.get("required", [])), set(spec.get("properties", {})), token
            )
        for token, spec in self.schema["resources"].items():
            self.assertLessEqual(set(spec["requiredInputs"]), set(spec["inputProperties"]), token)
            self.assertLessEqual(set(spec["required"]), set(spec["properties"]), token)

    def test_inputs_are_outputs_as_well(self) -> None:
        for token, spec in self.schema["resources"].items():
            self.assertLessEqual(set(spec["inputProperties"]), set(spec["properties"]), token)

    def test_no_name_is_the_engines_own(self) -> None:
        for token, spec in self.schema["resources"].items():
            for part in ("inputProperties", "properties"):
                self.assertEqual(RESERVED & set(spec[part]), set(), token)
        self.assertNotIn("version", self.schema["config"]["variables"])

    def test_each_cloud_has_its_endpoint(self) -> None:
        tokens = {f"inference:{path.stem}:Endpoint" for path in FILES}
        self.assertEqual(set(self.schema["resources"]), tokens)

    def test_configuration_is_flat(self) -> None:
        for name, row in self.schema["config"]["variables"].items():
            self.assertIn(row["type"], ("string", "boolean", "integer", "number"), name)
        self.assertEqual(
            self.schema["config"]["variables"], self.schema["provider"]["inputProperties"]
        )


class Rows(unittest.TestCase):
    """What a row says is in the schema."""

    def each(self) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
        found = schema()
        for cloud in clouds():
            spec = found["resources"][cloud["token"]]
            for name, row in cloud["inputs"].items():
                yield f"{cloud['name']}.{name}", row, spec["inputProperties"][name]

    def test_replacing_secret_and_former_rows_are_marked(self) -> None:
        for where, row, spec in self.each():
            flags = row.get("flags", [])
            with self.subTest(where):
                self.assertEqual("replace" in flags, spec.get("willReplaceOnChanges", False))
                self.assertEqual("secret" in flags, spec.get("secret", False))
                self.assertEqual(bool(row.get("deprecated")), "deprecationMessage" in spec)

    def test_secret_configuration_is_marked(self) -> None:
        variables = schema()["config"]["variables"]
        for cloud in clouds():
            for key, row in cloud["config"].items():
                self.assertEqual(bool(row.get("secret")), variables[key].get("secret", False), key)

    def test_a_row_that_changes_changes_the_schema(self) -> None:
        """The comparison above can fail."""
        changed = copy.deepcopy(clouds())
        next(iter(changed[0]["inputs"].values()))["doc"] = "Something else."
        package = yaml.safe_load((ROOT / "provider/package.yaml").read_text(encoding="utf-8"))
        self.assertNotEqual(tables_schema.render(package, changed, VERSION, ""), rendered())


if __name__ == "__main__":
    unittest.main()
