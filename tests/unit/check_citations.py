"""Checks that every place of docs/ that the source names is there.

A citation is a path from the root of the tree and, for a page with numbered sections, the numbers:

    docs/apis/tir.md 4.3
    docs/apis/hf.md 2.3, 4.1 to 4.5
    docs/decisions.md 10 and 13

In the pages for maintainers, every `path` of the tree must be there, and so must a `path::name`: a
test, function or table of that file. A path with `<cloud>` must be there for each cloud.
"""

from __future__ import annotations

import argparse
import functools
import re
import sys
from collections.abc import Iterator
from pathlib import Path

FOLDERS = ("docs", "provider", "tests", "scripts", "sdk-gen", "release", "cmake", "proto")
BINARY = {".bin", ".gz", ".jar", ".png", ".pyc"}
RENDERED = {"api-docs", "confidence.md"}
OTHERS = {"node_modules", "corpus", "vectors"}
OWN = {"check_citations.py", "test_citations.py"}
SKIPPED = RENDERED | OTHERS | OWN
MOST_BYTES = 1 << 20

NUMBER = r"\d+(?:\.\d+)*"
NUMBERS = rf"{NUMBER}(?:(?:, | and | to ){NUMBER})*"
PAGE = r"docs/(?:(?:apis|protocol)/[\w.-]+|[a-z_-]+\.md)"
CITATION = re.compile(rf"(?<![\w/.-])({PAGE})(?<!\.)(?: ({NUMBERS})(?![\w%]))?")
MAINTAINERS = r"[\w-]+\.md|docs/(?:protocol/)?[\w-]+\.md|tests/(?!simulator/)(?:[\w-]+/)*README\.md"
CLOUD = "<cloud>"
# `P:` stands before a path of another repository.
INSIDE = rf"(?:{'|'.join(FOLDERS)}|examples)/(?:[\w./-]|{CLOUD})*"
FILE = re.compile(rf"(?<![A-Z]:)`({INSIDE})(?:::(\w+))?`")
NOT_FROM_THE_ROOT = re.compile(rf"(?<![\w/.-])[\w-]+\.md {NUMBER}(?![\w%])")
OWN_SECTION = re.compile(rf"\bsections? ({NUMBERS})")
HEADING = re.compile(rf"^#+ ({NUMBER})\.? ", re.MULTILINE)
LINE_END = re.compile(r"\n[ \t]*(?:/?\*(?![/*])|#+|//)?[ \t]*")


def sources(root: Path) -> Iterator[Path]:
    yield from sorted(root.glob("*.md"))
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            skipped = SKIPPED.intersection(path.relative_to(root).parts)
            if path.is_file() and path.suffix not in BINARY and not skipped:
                yield path


@functools.cache
def sections(page: Path) -> frozenset[str]:
    return frozenset(HEADING.findall(page.read_text(encoding="utf-8")))


def missing(root: Path, page: str, numbers: str) -> list[str]:
    """What of one citation is not there."""
    path = root / page
    if not path.is_file():
        return [f"no file {page}"]
    found = re.findall(NUMBER, numbers)
    return [f"no section {number} in {page}" for number in found if number not in sections(path)]


def each_cloud(root: Path, name: str) -> list[str]:
    """The path; of one with `<cloud>`, those of all clouds."""
    if CLOUD not in name:
        return [name]
    clouds = sorted(path.stem for path in (root / "provider/clouds").glob("*/*.yaml"))
    return [name.replace(CLOUD, cloud) for cloud in clouds]


def missing_files(root: Path, text: str) -> Iterator[str]:
    cited = [
        (name, inside) for path, inside in FILE.findall(text) for name in each_cloud(root, path)
    ]
    for name, inside in cited:
        path = root / name
        if not path.exists():
            yield f"no file {name}"
        elif inside and not re.search(rf"\b{inside}\b", path.read_text(encoding="utf-8")):
            yield f"no {inside} in {name}"


def wrong_in(root: Path, path: Path) -> list[str]:
    if path.stat().st_size > MOST_BYTES:
        return []
    text = LINE_END.sub(" ", path.read_text(encoding="utf-8", errors="replace"))
    wrong = [f"not a path from the root: {cited}" for cited in NOT_FROM_THE_ROOT.findall(text)]
    for page, numbers in CITATION.findall(text):
        wrong += missing(root, page, numbers)
    name = path.relative_to(root).as_posix()
    if re.fullmatch(MAINTAINERS, name):
        wrong += missing_files(root, text)
    if re.fullmatch(PAGE, name) and sections(path):
        for numbers in OWN_SECTION.findall(text):
            wrong += missing(root, name, numbers)
    return [f"{name}: {line}" for line in dict.fromkeys(wrong)]


def wrong(root: Path) -> list[str]:
    return [line for path in sources(root) for line in wrong_in(root, path)]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=Path, required=True)
    lines = wrong(parser.parse_args().root)
    print("\n".join(lines) or "every place that is cited is there")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
