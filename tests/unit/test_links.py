"""The check of links finds what it is for, in a tree made here."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import check_links

PAGE = (
    "# A page\n\n## `run`: all of [it](a.md)\n\n## Twice\n\n## Twice\n\n```sh\n## no heading\n```\n"
)


class Links(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "guide").mkdir()
        (self.root / "guide/a.md").write_text(PAGE)

    def found(self, text: str) -> list[str]:
        (self.root / "README.md").write_text(text)
        return check_links.wrong(self.root)

    def test_what_is_there_passes(self) -> None:
        for text in (
            "[a page](guide/a.md), [`a`](guide), [here](#top)\n\n# Top\n",
            "[with code](guide/a.md#run-all-of-it), [again](guide/a.md#twice-1)",
            "[elsewhere](https://example.com/none), `[code](none.md)`",
            "```text\n[fenced](none.md)\n```\n",
        ):
            with self.subTest(text):
                self.assertEqual(self.found(text), [])

    def test_what_leads_nowhere_is_named(self) -> None:
        for link, why in {
            "guide/b.md": "no file guide/b.md",
            "guide/a.md#no-heading": "no heading guide/a.md#no-heading",
            "guide/a.md#twice-2": "no heading guide/a.md#twice-2",
            "#gone": "no heading #gone",
        }.items():
            with self.subTest(link):
                self.assertEqual(self.found(f"# Top\n\n[x]({link})\n"), [f"README.md: {why}"])

    def test_a_page_that_the_index_lacks_is_named(self) -> None:
        docs = self.root / "docs"
        docs.mkdir()
        for name in ("README.md", "one.md", "two.md"):
            (docs / name).write_text("[one](one.md), `[two](other.md)`")
        self.assertEqual(check_links.unlisted(self.root), ["docs/README.md: no link to two.md"])


if __name__ == "__main__":
    unittest.main()
