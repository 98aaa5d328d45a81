"""Every code block that a reader can meet: root, docs/, examples/ and the schema's texts."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "schema.json").read_text(encoding="utf-8"))
PROGRAMS = ("yaml", "typescript", "python", "go", "csharp", "java")
DATA = ("json", "http", "text")  # shown, not run
INDENTED = "indented"
FENCE = re.compile(r"^( *)(`{3,}|~{3,})[ ]*([^\n`]*)\n(.*?)^\1\2[ ]*$", re.MULTILINE | re.DOTALL)
INDENTED_BLOCK = re.compile(r"(?<=\n\n)(?: {4,}[^\n]*\n|\n(?= {4}))+")
Json = dict[str, Any]


@dataclass(frozen=True)
class Block:
    """Where it stands (file or schema path, and the heading over it), its language, its text.

    `program` is the same example in YAML, when the block is one language of several.
    """

    place: str
    language: str
    text: str
    program: str = ""

    @property
    def id(self) -> str:
        return re.sub(r"[^\w./:-]+", "-", f"{self.place}-{self.language}")


def in_markdown(place: str, markdown: str) -> Iterator[Block]:
    """An example is a YAML block and, up to the next heading, the blocks that follow it."""
    heading, program = "", ""
    for part in re.split(r"^(?=#+ )", without_fenced_hashes(markdown), flags=re.MULTILINE):
        title = part.splitlines()[0].lstrip("# ") if part.startswith("#") else ""
        heading, program = title or heading, ""
        for _, _, language, text in FENCE.findall(part):
            text = text.replace("\0", "#")
            program = text if language == "yaml" else program
            yield Block(f"{place}:{heading}", language, text, program)
        for text in INDENTED_BLOCK.findall(FENCE.sub("", part)):
            yield Block(f"{place}:{heading}", INDENTED, text.replace("\0", "#"))


def without_fenced_hashes(markdown: str) -> str:
    """A comment in a program is no heading."""
    return FENCE.sub(lambda match: match[0].replace("#", "\0"), markdown)


def in_schema(value: Any, place: str = "schema") -> Iterator[Block]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from in_schema(item, f"{place}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from in_schema(item, f"{place}[{index}]")
    elif isinstance(value, str) and ("```" in value or "~~~" in value):
        yield from in_markdown(place, value)


def markdown_files() -> list[Path]:
    below = [*ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]
    inner = (path for path in below if "node_modules" not in path.parts)
    return [*sorted(ROOT.glob("*.md")), *sorted(inner)]


@functools.cache
def every_block() -> list[Block]:
    """In the schema first; what stands in several places is tested at the first."""
    found: dict[tuple[str, str], Block] = {}
    blocks = [*in_schema(SCHEMA)]
    for path in markdown_files():
        blocks += in_markdown(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
    for block in blocks:
        found.setdefault((block.language, block.text), block)
    return list(found.values())


def of(*languages: str) -> list[Block]:
    return [block for block in every_block() if block.language in languages]


def import_ids() -> dict[str, str]:
    """The id that the documentation shows for each resource type."""
    text = "\n".join(spec["description"] for spec in SCHEMA["resources"].values())
    return dict(re.findall(r"^pulumi import (\S+) \S+ (\S+)$", text, re.MULTILINE))


def resources(program: str) -> dict[str, Json]:
    """The resources of a YAML program: name -> type, properties, get."""
    found: dict[str, Json] = (yaml.safe_load(program) or {}).get("resources") or {}
    return found
