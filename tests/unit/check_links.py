"""Checks that every link of a Markdown page to another place of the tree leads there, and that
docs/README.md, the index, has every page beside it.

A link is followed from the folder of its page; one with a fragment needs a heading of that page
whose anchor, as GitHub makes it, is the fragment. What is fenced or between backticks is no link.
"""

from __future__ import annotations

import argparse
import functools
import re
import sys
from collections.abc import Iterator
from pathlib import Path

SKIPPED = {"build", "node_modules", ".git", "pages"}  # `pages` are rendered into docs/
FENCE = re.compile(r"^( *)(`{3,}|~{3,}).*?^\1\2[ ]*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
ELSEWHERE = re.compile(r"[a-z]+:")


def pages(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*.md")):
        if not SKIPPED.intersection(path.relative_to(root).parts):
            yield path


def anchor(heading: str) -> str:
    words = re.sub(r"\]\([^)]*\)", "", heading).lower()
    return re.sub(r"[^\w\- ]", "", words).strip().replace(" ", "-")


@functools.cache
def anchors(page: Path) -> frozenset[str]:
    """A heading that comes again gets a number."""
    found: list[str] = []
    for heading in HEADING.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        name = anchor(heading)
        again = sum(1 for other in found if other == name or re.fullmatch(rf"{name}-\d+", other))
        found.append(f"{name}-{again}" if again else name)
    return frozenset(found)


def wrong_link(page: Path, link: str) -> str:
    """Why it leads nowhere; empty when it does not."""
    name, _, fragment = link.partition("#")
    target = page.parent / name if name else page
    if not target.exists():
        return f"no file {link}"
    if fragment and fragment not in anchors(target):
        return f"no heading {link}"
    return ""


def wrong(root: Path) -> list[str]:
    found = []
    for page in pages(root):
        text = CODE.sub("", FENCE.sub("", page.read_text(encoding="utf-8")))
        for link in LINK.findall(text):
            why = "" if ELSEWHERE.match(link) else wrong_link(page, link)
            if why:
                found.append(f"{page.relative_to(root).as_posix()}: {why}")
    return found


def unlisted(root: Path) -> list[str]:
    """Pages beside the index that it has no link to."""
    index = root / "docs/README.md"
    links = LINK.findall(index.read_text(encoding="utf-8")) if index.exists() else []
    beside = sorted(page.name for page in index.parent.glob("*.md") if page != index)
    return [f"docs/README.md: no link to {name}" for name in beside if name not in links]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=Path, required=True)
    root = parser.parse_args().root
    lines = [*wrong(root), *unlisted(root)]
    print("\n".join(lines) or "every link leads somewhere")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
