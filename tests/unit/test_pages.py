"""The check of tables finds what it is for, in a tree made here."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import check_pages

HEAD = "# Top\n\n| a | b |\n| --- | :-: |\n"


class Tables(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def found(self, text: str) -> list[str]:
        (self.root / "README.md").write_text(text)
        return check_pages.wrong(self.root)

    def test_what_is_a_table_passes(self) -> None:
        for text in (
            HEAD,
            HEAD + "| 1 | |\n| `x \\| y` | 2 |\n\ntext | with a bar\n",
            "```text\n| no | table |\n```\n\n" + HEAD,
        ):
            with self.subTest(text):
                self.assertEqual(self.found(text), [])

    def test_what_is_none_is_named(self) -> None:
        for text, place in {
            HEAD + "| 1 | `x|y` |\n": "5: 3 cells in a table of 2",
            HEAD + "| 1 | 2 |\n| 1 | 2\n": "6: 1 cells in a table of 2",
            HEAD + "| 1 | 2 |\n\n| 3 | 4 |\n": "7: no rule below the head of a table",
            "```text\n\n```\n" + HEAD + "| 1 |\n": "8: 1 cells in a table of 2",
        }.items():
            with self.subTest(text):
                self.assertEqual(self.found(text), [f"README.md:{place}"])


if __name__ == "__main__":
    unittest.main()
