"""Paths of properties that prose names, such as `compute.scaling`, are those of the schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from blocks import ROOT, SCHEMA, Json

PATH = re.compile(r"`([a-z][A-Za-z]+(?:\.[a-z][A-Za-z]+)+)`")
FILE = re.compile(r"\.(cnf|json|md|py|sh|yml)$")
# Pages for those who use the provider; the rest names members of the services and of the code.
PAGES = (
    "README.md",
    "docs/existing-endpoints.md",
    "docs/look-ups.md",
    "docs/money.md",
    "docs/names.md",
    "docs/offline-tests.md",
    "docs/switching-models.md",
    "docs/waiting.md",
    "examples/**/README.md",
)


def known(part: object) -> Iterator[str]:
    """Names of properties, wherever in the schema."""
    if isinstance(part, list):
        for item in part:
            yield from known(item)
    if isinstance(part, dict):
        for member in ("properties", "inputProperties"):
            properties: Json = part.get(member, {})
            if isinstance(properties, dict):
                yield from properties
        for value in part.values():
            yield from known(value)


def wrong(text: str, names: set[str]) -> list[str]:
    paths = [path for path in PATH.findall(text) if not FILE.search(path)]
    return [path for path in paths if not set(path.split(".")) <= names]


def test_every_path_is_in_the_schema() -> None:
    names = set(known(SCHEMA))
    pages: list[Path] = [page for pattern in PAGES for page in sorted(ROOT.glob(pattern))]
    assert len(pages) > len(PAGES)
    found = {page.name: wrong(page.read_text(encoding="utf-8"), names) for page in pages}
    assert {name: paths for name, paths in found.items() if paths} == {}


def test_a_wrong_path_is_found() -> None:
    names = set(known(SCHEMA))
    text = "`compute.scaling`, `detailedInfo.huggingFaceId`, `serverDetails.huggingFaceId`, `a.md`"
    assert wrong(text, names) == ["serverDetails.huggingFaceId"]
