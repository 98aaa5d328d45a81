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
ITEM = re.compile(r"\s*(?:[-*]|\d+\.) ")
SENTENCE_END = re.compile(r"(?<=\.)(?<!e\.g\.) ")
# Marks behind a full stop, where the next word does not go on with them ("[PAGE] lists ...").
MARKS_BEHIND = re.compile(r"\.(\**)((?: ?\[(?:[^\[\]]|\[[^\]]*\])+\])+)(?! [a-z])(?= |$)")
MOST_CHARACTERS = 240
SOURCES = "0. "  # the section that lists the sources themselves
HEAD = """# Confidence

What the provider takes for granted and nobody has yet seen on a real account. The pages in
[apis/](apis) mark every row: a source *confirms* it (`[KEY]`), it is *decided* here (`[D]`), or it
is *assumed* (`[A]`). This page lists what is assumed.

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
    """A row, an item or a paragraph; `marks` are its own and those that hold for it."""

    section: str
    text: str
    marks: str
    is_row: bool


def is_rule(line: str) -> bool:
    return line.startswith("|") and set(line) <= set("|- :")


def lines_of(text: str) -> Iterator[Line]:
    """Without what is fenced. An item or paragraph that goes over several lines is one."""
    headings: dict[int, str] = {}
    section = before = head = ""
    raw = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL).splitlines()
    said: list[str] = []  # the lines of one item or paragraph, as far as it was read
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
        elif line.startswith("|"):
            yield Line(section, line, " ".join([line, before, head, *headings.values()]), True)
        elif line.strip():
            said.append(line.strip())
            before, head = line, ""
        if said and is_last(line, following):
            whole, said = " ".join(said), []
            yield Line(section, whole, whole, False)


def is_last(line: str, following: str) -> bool:
    """Whether an item or paragraph ends with this line of it."""
    begins = following.startswith("|") or HEADING.match(following) or ITEM.match(following)
    return not line.strip() or not following.strip() or bool(begins)


def unmarked(text: str) -> list[str]:
    """Rows of which nothing says how well they are known."""
    return [
        f"{line.section}: {line.text}"
        for line in lines_of(text)
        if line.is_row and not line.section.startswith(SOURCES) and not MARK.search(line.marks)
    ]


def assumed_sentences(text: str) -> list[str]:
    """A mark behind a full stop is of the sentence before it."""
    item = ITEM.match(text)
    joined = MARKS_BEHIND.sub(r"\1\2.", text[item.end() if item else 0 :].strip())
    return [sentence for sentence in SENTENCE_END.split(joined) if ASSUMED.search(sentence)]


def told(line: Line) -> list[str]:
    """A row's cells, or each sentence of a text that is assumed."""
    text = LINK.sub(r"\1", line.text)
    if not line.is_row:
        return [shortened(sentence) for sentence in assumed_sentences(text)]
    cells = [cell.strip() for cell in re.split(r"\s\|(?=\s)", text.strip().strip("|"))]
    return [shortened("; ".join(cell for cell in cells if cell))]


def shortened(words: str) -> str:
    if len(words) > MOST_CHARACTERS:
        words = words[:MOST_CHARACTERS].rsplit(" ", 1)[0] + " ..."
    return words.replace("|", "\\|")


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def assumed(cloud: str, text: str) -> Iterator[str]:
    for line in lines_of(text):
        if line.section and ASSUMED.search(line.text):
            number = line.section.split(" ")[0].rstrip(".")
            place = f"[{number}](apis/{cloud}.md#{anchor(line.section)})"
            yield from (f"| {place} | {words} |" for words in told(line))


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
