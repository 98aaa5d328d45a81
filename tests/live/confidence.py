"""Renders docs/confidence.md: what nobody has seen on a real account, from the marks of docs/apis.

    confidence.py --root DIR            fails when a row has no mark, or the page is another one
    confidence.py --root DIR --write    writes the page

A row of a table has its own mark, or one of the line before the table, of its head, or of a heading
above it. What `scripts/live CLOUD --keep` recorded is in tests/live/seen.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAGE = "docs/confidence.md"
CLOUDS = {
    "hf": "Hugging Face",
    "ark": "BytePlus ModelArk",
    "maas": "Huawei Cloud MaaS",
    "tir": "E2E Networks TIR",
}
HEADING = re.compile(r"(#+) ((\d[\d.]*)?.*)")
MARK = re.compile(r"\[[^\]]*[A-Z][^\]]*\](?!\()")
ASSUMED = re.compile(r"\[(?:[^\]]*[;, ])?A[\]:;, ]")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
MOST_CHARACTERS = 240
SOURCES = "0. "  # the section that lists the sources themselves
HEAD = """# Confidence

What the provider takes for granted and nobody has yet seen on a real account. The pages in
[apis/](apis) mark every row: a source *confirms* it (`[KEY]`), or it is *assumed* (`[A]`).

`./scripts/live CLOUD` plays a life on an account of yours and compares what the service says with
what the simulator says. With `--keep` its recording is the evidence, and a row that it proves gets
the mark `[LIVE]`.

`scripts/docs` renders this page from those marks and recordings: do not edit it.

## Seen on a real account

| cloud | when | operations, each with its statuses |
| --- | --- | --- |
{seen}

## Assumed
"""


@dataclass(frozen=True)
class Line:
    """One line of a page that says something; `marks` are its own and those that hold for it."""

    section: str
    text: str
    marks: str
    is_row: bool


def is_rule(line: str) -> bool:
    return line.startswith("|") and set(line) <= set("|- :")


def lines_of(text: str) -> Iterator[Line]:
    """Without what is fenced."""
    headings: dict[int, str] = {}
    section = before = head = ""
    raw = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL).splitlines()
    for line, following in zip(raw, [*raw[1:], ""], strict=True):
        if found := HEADING.match(line):
            headings = {k: v for k, v in headings.items() if k < len(found[1])}
            headings[len(found[1])] = found[2]
            section = found[2] if found[3] else section
            before = head = ""
        elif is_rule(line):
            continue
        elif line.startswith("|") and is_rule(following):
            head = line
        elif line.strip():
            over = [before, head, *headings.values()] if line.startswith("|") else []
            yield Line(section, line, " ".join([line, *over]), line.startswith("|"))
            if not line.startswith("|"):
                before, head = line, ""


def unmarked(text: str) -> list[str]:
    """Rows of which nothing says how well they are known."""
    return [
        f"{line.section}: {line.text}"
        for line in lines_of(text)
        if line.is_row and not line.section.startswith(SOURCES) and not MARK.search(line.marks)
    ]


def assumed_sentences(text: str) -> str:
    """A mark may stand behind the full stop: then its sentence is the one before."""
    said, before = [], ""
    for sentence in re.split(r"(?<=\.) ", text.strip().removeprefix("- ")):
        if ASSUMED.match(sentence):
            said.append(before)
        if ASSUMED.search(sentence):
            said.append(sentence)
        before = sentence
    return " ".join(said)


def shortened(line: Line) -> str:
    """A row's cells, or the sentences of a text that are assumed."""
    text = LINK.sub(r"\1", line.text)
    if line.is_row:
        cells = [cell.strip() for cell in re.split(r"\s\|(?=\s)", text.strip().strip("|"))]
        words = "; ".join(cell for cell in cells if cell)
    else:
        words = assumed_sentences(text)
    if len(words) > MOST_CHARACTERS:
        words = words[:MOST_CHARACTERS].rsplit(" ", 1)[0] + " ..."
    return words.replace("|", "\\|")


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def assumed(cloud: str, text: str) -> Iterator[str]:
    for line in lines_of(text):
        if line.section and ASSUMED.search(line.text):
            number = line.section.split(" ")[0].rstrip(".")
            yield f"| [{number}](apis/{cloud}.md#{anchor(line.section)}) | {shortened(line)} |"


def seen(root: Path, cloud: str) -> str:
    file = root / f"tests/live/seen/{cloud}.json"
    if not file.exists():
        return f"| {CLOUDS[cloud]} | never | |"
    kept = json.loads(file.read_text(encoding="utf-8"))
    operations = [f"{name} ({', '.join(v['replies'])})" for name, v in kept["operations"].items()]
    return f"| {CLOUDS[cloud]} | {kept['date']} | {', '.join(sorted(operations))} |"


def rendered(root: Path) -> str:
    parts = [HEAD.format(seen="\n".join(seen(root, cloud) for cloud in CLOUDS))]
    for cloud, title in CLOUDS.items():
        rows = assumed(cloud, (root / f"docs/apis/{cloud}.md").read_text(encoding="utf-8"))
        head = f"\n### {title}\n\n| section | what no source states |\n| --- | --- |\n"
        parts.append(head + "\n".join(rows) + "\n")
    return "".join(parts)


def wrong(root: Path) -> list[str]:
    found = []
    for cloud in CLOUDS:
        text = (root / f"docs/apis/{cloud}.md").read_text(encoding="utf-8")
        found += [f"docs/apis/{cloud}.md: no mark: {row}" for row in unmarked(text)]
    page = root / PAGE
    if not page.exists() or page.read_text(encoding="utf-8") != rendered(root):
        found.append(f"{PAGE} is not what the marks say: render docs/ anew")
    return found


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.write:
        (options.root / PAGE).write_text(rendered(options.root), encoding="utf-8")
    lines = wrong(options.root)
    print("\n".join(lines) or "every row has a mark, and the page lists what is assumed")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
