"""Each header of provider/ says in headers.txt which fuzz targets read what it reads."""

from __future__ import annotations

import unittest
from pathlib import Path

HERE = Path(__file__).parent
PROVIDER = HERE.parents[1] / "provider"


def listed() -> dict[str, list[str]]:
    """Header -> targets."""
    lines = (HERE / "headers.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if not line.startswith("#")]
    return {row[0]: [] if row[1:] == ["-"] else row[1:] for row in rows}


def targets() -> set[str]:
    return {path.stem.removeprefix("fuzz_") for path in HERE.glob("fuzz_*.c")}


class Headers(unittest.TestCase):
    def test_each_header_is_listed_and_exists(self) -> None:
        found = sorted(path.relative_to(PROVIDER).as_posix() for path in PROVIDER.rglob("*.h"))
        self.assertEqual(found, list(listed()))

    def test_each_target_that_is_named_exists_and_each_that_exists_is_named(self) -> None:
        named = {target for row in listed().values() for target in row}
        self.assertEqual(named, targets())

    def test_each_target_has_a_corpus(self) -> None:
        corpora = {path.name for path in (HERE / "corpus").iterdir() if any(path.iterdir())}
        self.assertEqual(corpora, targets())


if __name__ == "__main__":
    unittest.main()
