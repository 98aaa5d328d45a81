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
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "provider"))

import columns  # noqa: E402
import tables  # noqa: E402
import tables_c  # noqa: E402
import tables_check  # noqa: E402
import tables_docs  # noqa: E402
import tables_editor  # noqa: E402
import tables_schema  # noqa: E402
import tables_terraform  # noqa: E402
import yaml  # noqa: E402

VERSION = os.environ["TABLES_VERSION"]
# The build's own list, so that a file that is not built is not in the schema either.
FILES = [Path(path) for path in os.environ["TABLES_FILES"].split(os.pathsep)]
# A cloud of the tests, which has what a cloud without hooks needs.
TOY = ROOT / "tests/provider/toy/toy.yaml"
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
    return tables_schema.render(package, clouds(), VERSION, {})


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

    def test_every_failure_is_explained(self) -> None:
        page = pages()["troubleshooting.md"]
        for cloud in clouds():
            section = page.split(f"\n## {cloud['title']}\n")[1].split("\n## ")[0]
            rows = section.strip().splitlines()[2:]
            self.assertEqual(
                [row.split(" | ")[-1].removesuffix(" |").strip() for row in rows],
                [row.get("hint", "") for row in cloud["failures"]],
            )

    def test_times_are_those_that_the_inputs_tell(self) -> None:
        section = pages()["installation-configuration.md"].split("\n## Times\n")[1]
        rows = [line.strip("| ").split(" | ") for line in section.splitlines() if "|" in line]
        titles = [cloud["title"] for cloud in clouds()]
        self.assertEqual(rows[0], ["time", *titles])
        for name in ("create", "update", "delete"):
            (row,) = (row[1:] for row in rows if row[0].endswith(f"{name} may take"))
            for cloud, text in zip(clouds(), row, strict=True):
                seconds = cloud["wait"][f"{name}_s"]
                self.assertEqual(text, f"{seconds // 60} min")
                told = cloud["inputs"]["timeouts"]["properties"][name]["doc"]
                self.assertIn(f"; {seconds} when set nowhere", told)

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

    def test_the_committed_schemas_for_editors_are_what_the_columns_say(self) -> None:
        for name, root in tables_editor.ROOTS.items():
            committed = (ROOT / "provider" / name).read_text(encoding="utf-8")
            self.assertTrue(
                committed == tables_editor.render(root), f"{name} is stale: see scripts/docs"
            )

    def test_rendering_is_reproducible(self) -> None:
        self.assertEqual(rendered(), rendered())
        for one, other in zip(clouds(), clouds(), strict=True):
            self.assertEqual(tables_c.render_cloud(one), tables_c.render_cloud(other))


@functools.cache
def as_read() -> dict[str, dict[str, Any]]:
    """Every file by name, without what only holds what is used in several places."""
    found = {
        path.name: yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in [*FILES, TOY, ROOT / "provider/package.yaml"]
    }
    return {
        name: {key: row for key, row in document.items() if not key.startswith("x-")}
        for name, document in found.items()
    }


def root_of(name: str) -> columns.Section:
    return columns.PACKAGE if name == "package.yaml" else columns.CLOUD


Places = Iterator[tuple[columns.Section, str, Any]]


def rows_below(section: columns.Section, row: Any, where: str) -> Places:
    """Every row of a document, with its section and its place."""
    yield section, where, row
    for column in section.columns:
        if not section.plain and column.name in row:
            place = f"{where}.{column.name}" if where else column.name
            yield from rows_of(column.kind, row[column.name], place)


def rows_of(kind: columns.Kind, value: Any, where: str) -> Places:
    section = columns.SECTIONS.get(getattr(kind, "section", ""))
    match kind:
        case columns.Row() if section:
            yield from rows_below(section, value, where)
        case columns.Rows() if section:
            for index, row in enumerate(value):
                yield from rows_below(section, row, f"{where}[{index}]")
        case columns.Table() | columns.Properties() if section:
            for name, row in value.items():
                yield from rows_below(section, row, f"{where}.{name}")


def misspelled(section: columns.Section) -> tuple[str, str]:
    """A column of the section, and the same without a letter in its middle."""
    name = max((column.name for column in section.columns), key=len)
    middle = len(name) // 2
    return name, name[:middle] + name[middle + 1 :]


class Refusals(unittest.TestCase):
    """A wrong row is an error that names its file and its place."""

    def refused(self, name: str, document: dict[str, Any]) -> list[str]:
        return tables_check.problems(root_of(name), document, name)

    def changed(self, change: Callable[[dict[str, Any]], None]) -> list[str]:
        document = copy.deepcopy(as_read()["ark.yaml"])
        change(document)
        return self.refused("ark.yaml", document)

    def place(self, section: columns.Section) -> tuple[str, dict[str, Any], str, Any]:
        """The first row of that section in any file: file, document, place, row; all to change."""
        for name, original in as_read().items():
            places = [found for found, _, _ in rows_below(root_of(name), original, "")]
            if section in places:
                # Without the YAML's anchors: a change of one row is none of another.
                document = json.loads(json.dumps(original))
                rows = list(rows_below(root_of(name), document, ""))
                _, where, row = rows[places.index(section)]
                return name, document, where, row
        raise AssertionError(f"no file has a row of the section {section.name!r}")

    def test_the_files_are_sound(self) -> None:
        for name, document in as_read().items():
            self.assertEqual(self.refused(name, document), [])

    def test_a_misspelled_column_of_each_section(self) -> None:
        for section in columns.SECTIONS.values():
            if section.plain:
                continue
            with self.subTest(section.name):
                name, document, where, row = self.place(section)
                right, wrong = misspelled(section)
                row[wrong] = row.get(right)
                place = f"{name}: {where}" if where else name
                self.assertEqual(
                    self.refused(name, document),
                    [f"{place}: unknown key {wrong!r}; did you mean {right!r}?"],
                )

    def test_a_misspelled_word_of_each_list(self) -> None:
        for section in columns.SECTIONS.values():
            for column in section.columns:
                if not isinstance(column.kind, columns.Choice) or section.plain:
                    continue
                with self.subTest(f"{section.name}.{column.name}"):
                    name, document, where, row = self.place(section)
                    right = max(column.kind.of.words, key=len)
                    row[column.name] = [f"{right}x"] if column.kind.several else f"{right}x"
                    self.assertIn(
                        f"{name}: {where}.{column.name}: no {column.kind.of.name} "
                        f"'{right}x'; did you mean {right!r}?",
                        self.refused(name, document),
                    )

    def test_a_column_without_its_value_of_each_section(self) -> None:
        for section in columns.SECTIONS.values():
            for column in section.columns:
                if not column.required or section.plain:
                    continue
                with self.subTest(f"{section.name}.{column.name}"):
                    name, document, where, row = self.place(section)
                    del row[column.name]
                    place = f"{name}: {where}" if where else name
                    self.assertIn(f"{place}: needs {column.name!r}", self.refused(name, document))

    def test_a_wrong_value_of_each_column(self) -> None:
        for section in columns.SECTIONS.values():
            for column in section.columns:
                if column.kind is columns.ANY or section.plain:
                    continue
                with self.subTest(f"{section.name}.{column.name}"):
                    name, document, where, row = self.place(section)
                    row[column.name] = 0.5j
                    place = f"{where}.{column.name}" if where else column.name
                    found = self.refused(name, document)
                    self.assertTrue(
                        any(text.startswith(f"{name}: {place}: ") for text in found), found
                    )

    def test_wrong_values_are_named(self) -> None:
        def change(cloud: dict[str, Any]) -> None:
            cloud["title"] = 5
            cloud["wait"]["factor"] = True
            cloud["states"]["Running"] = "redy"
            cloud["actions"]["running"]["operation"] = "strat"
            cloud["scope"] = {}
            cloud["aliases"] = ["a", 1]
            cloud["failures"][2] = "404"
            cloud["operations"]["get"]["query"]["Version"] = 2024

        self.assertEqual(
            sorted(self.changed(change)),
            [
                "ark.yaml: actions.running.operation: no operations row 'strat'; did you mean "
                "'start'?",
                "ark.yaml: aliases[1]: must be text, not 1",
                "ark.yaml: failures[2]: must be a mapping like {class: ...}, not '404'",
                "ark.yaml: operations.get.query.Version: must be text, not 2024",
                "ark.yaml: scope: must be a list, not {}",
                "ark.yaml: states.Running: no state 'redy'; did you mean 'ready'?",
                "ark.yaml: title: must be text, not 5",
                "ark.yaml: wait.factor: must be a number, not True",
            ],
        )

    def test_columns_that_do_not_go_together(self) -> None:
        choice = {"values": [{"value": "a", "doc": "A."}, {"value": "b", "doc": "B."}]}
        numbers, sized = "integer and number", "string and list and map"
        for row, column, words in (
            (
                {"type": "string", "clear": "zero"},
                "clear",
                f"`zero` is for {numbers}, not for string",
            ),
            (
                {"type": "boolean", "clear": "empty"},
                "clear",
                "`empty` is for string and list and map and object, not for boolean",
            ),
            ({"type": "string", "min": 1}, "min", f"`min` is for {numbers}, not for string"),
            ({"type": "list", "max": 1}, "max", f"`max` is for {numbers}, not for list"),
            (
                {"type": "integer", "min_length": 1},
                "min_length",
                f"`min_length` is for {sized}, not for integer",
            ),
            (
                {"type": "any", "max_length": 1},
                "max_length",
                f"`max_length` is for {sized}, not for any",
            ),
            (
                {"type": "string", "items": {"type": "any"}},
                "items",
                "`items` is for list and map, not for string",
            ),
            (
                {"type": "map", "properties": {}},
                "properties",
                "`properties` is for object, not for map",
            ),
            (
                {"type": "object", "properties": {}, "hidden": ["a"]},
                "hidden",
                "`hidden` is for list and map, not for object",
            ),
            (
                {"type": "map", "matched_by": []},
                "matched_by",
                "`matched_by` is for list, not for map",
            ),
            (
                {
                    "type": "list",
                    "items": {"type": "object", "properties": {}},
                    "matched_by": ["key"],
                },
                "matched_by",
                "is no member of the items: `key`",
            ),
            ({"type": "integer", **choice}, "values", "`values` is for string, not for integer"),
            (
                {"type": "integer", "pattern": "a", "pattern_hint": "b"},
                "pattern",
                "`pattern` is for string, not for integer",
            ),
            (
                {"type": "list", "flags": ["presence"]},
                "flags",
                "`presence` is for object, not for list",
            ),
            (
                {"type": "map", "flags": ["unordered"]},
                "flags",
                "`unordered` is for list, not for map",
            ),
            (
                {"type": "integer", "flags": ["numeric"]},
                "flags",
                "`numeric` is for string, not for integer",
            ),
            ({"type": "string", "flags": ["open"]}, "flags", "`open` needs `values`"),
            ({"type": "string", "flags": ["nocase"]}, "flags", "`nocase` needs `values`"),
            (
                {"type": "string", "flags": ["send_default"]},
                "flags",
                "`send_default` needs `default`",
            ),
            (
                {"type": "string", "flags": ["local"], "wire": "a"},
                "wire",
                "is never sent: the row is `local`",
            ),
            ({"type": "string", "pattern": "a"}, "pattern", "needs `pattern_hint` beside it"),
            ({"type": "string", "pattern_hint": "a"}, "pattern_hint", "needs `pattern` beside it"),
            (
                {"type": "string", "pattern": "[a", "pattern_hint": "b"},
                "pattern",
                "is no POSIX extended regular expression: '[a'",
            ),
            ({"type": "object"}, "type", "an object needs `properties`"),
            (
                {
                    "type": "object",
                    "flags": ["one_of"],
                    "properties": {"a": {"type": "any", "doc": "A."}},
                },
                "flags",
                "`one_of` needs two members or more",
            ),
            ({"type": "number", "min": 2, "max": 0}, "max", "is less than `min`"),
            (
                {"type": "list", "min_length": 2, "max_length": 1},
                "max_length",
                "is less than `min_length`",
            ),
            ({"type": "string", "default": 5}, "default", "must be text, not 5"),
            ({"type": "integer", "default": 0.5}, "default", "must be a whole number, not 0.5"),
            ({"type": "boolean", "default": 0}, "default", "must be true or false, not 0"),
            ({"type": "list", "default": ""}, "default", "must be a list, not ''"),
            ({"type": "map", "default": []}, "default", "must be a mapping, not []"),
            ({"type": "string", "default": "c", **choice}, "default", "is none of `values`: 'c'"),
        ):
            with self.subTest(words, row=row):
                self.assertEqual(
                    self.changed(functools.partial(self.add, "someNote", row)),
                    [f"ark.yaml: inputs.someNote.{column}: {words}"],
                )

    def test_columns_that_do_go_together(self) -> None:
        """What is next to being refused."""
        choice = {"values": [{"value": "a", "doc": "A."}], "flags": ["open", "send_default"]}
        for row in (
            {"type": "integer", "clear": "zero", "min": 1, "max": 1, "default": 1},
            {"type": "number", "default": 1},
            {"type": "object", "clear": "empty", "properties": {}},
            {"type": "string", "default": "", **choice},
            {"type": "string", "min_length": 2, "max_length": 0, "default": ""},
            {"type": "string", "pattern": "^[[:alpha:]]{1,3}$", "pattern_hint": "is short"},
            {"type": "list", "min_length": 1, "max_length": 1, "flags": ["unordered"]},
        ):
            with self.subTest(row=row):
                self.assertEqual(self.changed(functools.partial(self.add, "someNote", row)), [])

    @staticmethod
    def add(name: str, row: dict[str, Any], cloud: dict[str, Any]) -> None:
        cloud["inputs"][name] = {"doc": "A note.", **row}

    def test_a_rule_holds_at_every_depth(self) -> None:
        def change(cloud: dict[str, Any]) -> None:
            cloud["inputs"]["rateLimit"]["properties"]["rpm"]["pattern"] = "x"
            cloud["inputs"]["tags"]["items"]["properties"]["key"]["min"] = 1

        numbers = "integer and number"
        self.assertEqual(
            sorted(self.changed(change)),
            [
                "ark.yaml: inputs.rateLimit.properties.rpm.pattern: `pattern` is for string, not "
                "for integer",
                "ark.yaml: inputs.rateLimit.properties.rpm.pattern: needs `pattern_hint` beside it",
                "ark.yaml: inputs.tags.items.properties.key.min: `min` is for "
                f"{numbers}, not for string",
            ],
        )

    def test_a_name_in_snake_case(self) -> None:
        self.assertEqual(
            self.changed(functools.partial(self.add, "some_note", {"type": "string"})),
            ["ark.yaml: inputs.some_note: a name is in camel case, as `someNote`"],
        )

    def test_allowed_values_that_are_only_words(self) -> None:
        row = {"type": "string", "values": ["a"]}
        self.assertEqual(
            self.changed(functools.partial(self.add, "someNote", row)),
            [
                "ark.yaml: inputs.someNote.values[0]: must be a mapping like "
                "{value: ..., doc: ...}, not 'a'"
            ],
        )

    def test_a_file_that_is_no_mapping(self) -> None:
        self.assertEqual(
            tables_check.problems(columns.CLOUD, [], "x.yaml"), ["x.yaml: must be a mapping"]
        )

    def loaded_with(self, change: Callable[[dict[str, Any]], None]) -> str:
        """What the build says of the file with the change."""
        source = yaml.safe_load(FILES[0].read_text(encoding="utf-8"))
        change(source)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / FILES[0].name
            path.write_text(yaml.safe_dump(source), encoding="utf-8")
            with self.assertRaises(tables.TableError) as caught:
                tables.load_cloud(path)
        return str(caught.exception)

    def test_the_build_refuses_unknown_sections(self) -> None:
        text = self.loaded_with(lambda cloud: cloud.update({"operatons": {}}))
        self.assertEqual(text, "ark.yaml: unknown key 'operatons'; did you mean 'operations'?")

    def test_the_build_refuses_a_key_that_is_there_twice(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.yaml"
            path.write_text("name: x\nwait:\n  cap_ms: 1\n  cap_ms: 2\n", encoding="utf-8")
            with self.assertRaises(tables.TableError) as caught:
                tables.load_cloud(path)
        self.assertEqual(str(caught.exception), "x.yaml: line 4: the key 'cap_ms' is there already")

    def test_the_build_refuses_a_property_that_is_input_and_output(self) -> None:
        text = self.loaded_with(lambda cloud: cloud["inputs"].update(cloud["outputs"]))
        self.assertIn("ark.yaml: outputs.endpointId: is an input as well", text)

    def test_the_build_refuses_an_input_that_does_not_say_what_calls_notice(self) -> None:
        row = {"type": "object", "doc": "A note.", "properties": {}}
        row["properties"]["text"] = {"type": "string", "doc": "Its text."}
        text = self.loaded_with(lambda cloud: cloud["inputs"].update(note=row))
        self.assertEqual(
            text,
            "ark.yaml: inputs.note.properties.text: needs 'interrupts' and 'interrupts_source'",
        )


def c_source(name: str) -> str:
    """The C file without its comments."""
    source = (ROOT / "provider" / name).read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)


class Structures(unittest.TestCase):
    """The structures in C have a field for each column, and a column for each field."""

    HEADERS = ("core/tables.h", "rest/client.h", "rest/retry.h", "rest/transport.h")

    @classmethod
    def setUpClass(cls) -> None:
        text = "\n".join(map(c_source, cls.HEADERS))
        cls.structs = dict(re.findall(r"\bstruct (\w+) \{(.*?)\n\};", text, re.DOTALL))
        cls.enums = dict(re.findall(r"\benum (\w+) \{(.*?)\}", text, re.DOTALL))

    def declared(self, struct: str) -> set[str]:
        return set(re.findall(r"(\w+)\s*;", self.structs[struct]))

    def filled(self) -> dict[str, set[str]]:
        """What the columns fill of each structure; `service.x` is field x of a structure in it."""
        found: dict[str, set[str]] = {"rest_service": set()}
        for section in columns.SECTIONS.values():
            rows = [*section.columns, section.key] if section.key else section.columns
            for field in (field for column in rows for field in tables_c.c_fields(column)):
                inner = field.removeprefix("service.")
                struct = section.struct if inner == field else "rest_service"
                found.setdefault(struct, set()).add(inner)
        found["cloud_tables"].add("service")
        return found

    def test_fields_and_columns_are_the_same(self) -> None:
        for struct, fields in self.filled().items():
            with self.subTest(struct):
                self.assertEqual(self.declared(struct), fields)

    def test_constants_and_words_are_the_same(self) -> None:
        for section in columns.SECTIONS.values():
            for kind in (column.kind for column in section.columns):
                if isinstance(kind, columns.Choice) and kind.of.enum:
                    words = kind.of
                    with self.subTest(words.name):
                        constants = [words.constant(word) for word in words.words]
                        constants += [words.prefix + word for word in words.only_c]
                        declared = re.findall(
                            r"^\s*(\w+)", self.enums[words.enum].replace(",", "\n"), re.M
                        )
                        self.assertEqual(sorted(declared), sorted(constants))

    def test_schemes_are_those_of_the_signer(self) -> None:
        found = re.findall(r'\{\s*\.name = "([^"]+)",\s*\.kind', c_source("rest/sign.c"))
        self.assertEqual(sorted(found), sorted(columns.SCHEME.words))


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
            ({"names": {"nothing.there": "x"}}, "no property 'nothing.there'"),
            ({"attributes": ["nothing"]}, "no property 'nothing'"),
        ]
        for change, words in changes:
            self.assertEqual(tables_terraform.problems(self.cloud(**change)), [words])

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

    def test_it_says_where_the_package_is_found(self) -> None:
        """What the options of the build say, and nothing while they are empty."""
        package = yaml.safe_load((ROOT / "provider/package.yaml").read_text(encoding="utf-8"))
        places = {key: f"https://{key}.example" for key in tables.PLACES}
        found = json.loads(tables_schema.render(package, clouds(), VERSION, places))
        self.assertEqual({key: found[key] for key in places}, places)
        self.assertEqual(places.keys() & self.schema.keys(), set())
        empty = dict.fromkeys(places, "")
        self.assertEqual(tables_schema.render(package, clouds(), VERSION, empty), rendered())
        self.assertIn("kind/native", self.schema["keywords"])

    def test_members_of_enums_have_names_that_every_language_can_say(self) -> None:
        found = set()
        for token, spec in self.schema["types"].items():
            names = [entry["name"] for entry in spec.get("enum", [])]
            self.assertEqual(len(names), len(set(names)), token)
            found |= set(names)
        wrong = [name for name in found if not re.fullmatch("[A-Z][A-Za-z0-9]*", name)]
        self.assertEqual(wrong, [])
        self.assertLessEqual({"TextGeneration", "ZeroGpu", "Llama32Vision", "VLLM"}, found)

    def test_outputs_are_plain_text(self) -> None:
        """So that a program in YAML can make one endpoint's output another one's input."""
        for token, spec in self.schema["resources"].items():
            with self.subTest(token):
                text = json.dumps([spec["properties"], *self.reached(spec["properties"])])
                self.assertNotIn('"oneOf"', text)

    def test_an_endpoint_tells_how_to_call_it(self) -> None:
        for cloud in clouds():
            self.assertIn("target", self.schema["resources"][cloud["token"]]["required"])

    def reached(self, properties: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for token in re.findall(r'"#/types/([^"]+)"', json.dumps(properties)):
            spec = self.schema["types"][token]
            yield spec
            yield from self.reached(spec.get("properties", {}))

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

    def test_every_endpoint_says_how_to_look_it_up_and_to_import_it(self) -> None:
        for token in (cloud["token"] for cloud in clouds()):
            text = self.schema["resources"][token]["description"]
            with self.subTest(token):
                self.assertIn("\n## Look up an existing endpoint\n", text)
                self.assertIn(f"\npulumi import {token} example ", text)
                self.assertNotRegex(text, r"@\w+@")

    def test_what_cannot_be_imported_says_why(self) -> None:
        for token, row in others():
            spec = self.schema["resources"][token]
            with self.subTest(token):
                self.assertIn(f"cannot be imported: {row['no_import']}.", spec["description"])
                self.assertNotIn("stateInputs", spec)
                self.assertNotIn("listInputs", spec)
                self.assertNotIn("endpoint.", spec["inputProperties"]["lifetime"]["description"])

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

    def test_each_cloud_has_its_endpoint_and_what_its_file_has_beside_it(self) -> None:
        tokens = {f"inference:{path.stem}:Endpoint" for path in FILES}
        tokens |= {token for token, _ in others()}
        self.assertEqual(set(self.schema["resources"]), tokens)
        self.assertIn("inference:ark:ApiKey", tokens)

    def test_configuration_is_flat(self) -> None:
        for name, row in self.schema["config"]["variables"].items():
            self.assertIn(row["type"], ("string", "boolean", "integer", "number"), name)
        self.assertEqual(
            self.schema["config"]["variables"], self.schema["provider"]["inputProperties"]
        )


def others() -> Iterator[tuple[str, dict[str, Any]]]:
    """The resource types beside the endpoints: token and row."""
    for cloud in clouds():
        for name, row in cloud.get("resources", {}).items():
            yield f"inference:{cloud['module']}:{name}", row


def below(rows: dict[str, Any], where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, row in rows.items():
        yield f"{where}.{name}", row
        yield from below(row.get("properties") or {}, f"{where}.{name}")


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
                replaces = "replace" in flags and "switched" not in flags
                self.assertEqual(replaces, spec.get("willReplaceOnChanges", False))
                self.assertEqual("secret" in flags, spec.get("secret", False))
                self.assertEqual(bool(row.get("deprecated")), "deprecationMessage" in spec)

    def test_a_change_says_what_calls_notice(self) -> None:
        """Every input, at every depth, with the page that says so."""
        for cloud in clouds():
            for where, row in below(cloud["inputs"], cloud["name"]):
                with self.subTest(where):
                    self.assertIn(row["interrupts"], columns.INTERRUPTION.words)
                    page, section = row["interrupts_source"].split(" ")
                    text = (ROOT / page).read_text(encoding="utf-8")
                    self.assertRegex(text, rf"(?m)^#+ {re.escape(section)}\.? ")

    def test_the_schema_says_what_calls_notice(self) -> None:
        for where, row, spec in self.each():
            flags = row.get("flags", [])
            silent = {"replace", "ignored"} & set(flags) or row.get("properties")
            if not silent and (row["interrupts"] != "no" or "local" not in flags):
                with self.subTest(where):
                    note = tables_schema.INTERRUPTS[row["interrupts"]]
                    self.assertIn(note, spec["description"])

    def test_every_leaf_says_its_default(self) -> None:
        """Or what holds when it is left out: often the engine's own default, known to it alone."""
        told = re.compile(r"[Ll]eft out|[Dd]efault|[Nn]eeded|when set nowhere")
        for cloud in clouds():
            for where, row in below(cloud["inputs"], cloud["name"]):
                needless = {"required", "presence"} & set(row.get("flags", []))
                if row.get("properties") or needless or row.get("deprecated") or row.get("output"):
                    continue
                with self.subTest(where):
                    said = " ".join([row["doc"], *tables_schema.default_note(row)])
                    self.assertRegex(said, told)

    def test_a_number_has_the_unit_that_its_text_tells(self) -> None:
        """So that a refusal tells it, too."""
        told = re.compile(
            r"^(Seconds|Minutes|Days|Per cent|(Most )?(requests|tokens) per minute)\b"
            r"|in (per cent|GB|tokens)\b|fewer seconds than this",
            re.IGNORECASE,
        )
        for cloud in clouds():
            rows = list(below(cloud["inputs"], cloud["name"]))
            rows += [(key, row) for key, row in cloud["config"].items()]
            for token, resource in others():
                rows += list(below(resource["inputs"], token))
            for where, row in rows:
                if row["type"] in ("integer", "number") and told.search(row["doc"]):
                    with self.subTest(where):
                        self.assertIn("unit", row)

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
        self.assertNotEqual(tables_schema.render(package, changed, VERSION, {}), rendered())


if __name__ == "__main__":
    unittest.main()
