"""Commands of the hand-written pages, for the tests that play them."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]


def commands(page: str, after: str) -> list[str]:
    """The lines of the first block of commands behind that text."""
    text = (ROOT / page).read_text()
    assert text.count(after) == 1, f"{page} has {after!r} {text.count(after)} times"
    block = text.split(after)[1].split("```sh\n")[1].split("```")[0]
    return block.splitlines()
