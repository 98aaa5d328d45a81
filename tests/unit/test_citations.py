"""The check of citations finds what it is for: each rule is broken once, in a tree made here."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import check_citations

PAGE = "# A cloud\n\n## 1. Transport\n\n### 1.1 Hosts\n\nSee section 2.\n\n## 2. Errors\n"


class Citations(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("docs/apis/toy.md", PAGE)
        self.write("docs/decisions.md", "# Decisions\n\n## 1. Keys\n")

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def found(self, comment: str, name: str = "provider/toy.c") -> list[str]:
        self.write(name, comment)
        return check_citations.wrong(self.root)

    def test_what_is_there_passes(self) -> None:
        for comment in (
            "/* Hosts differ (docs/apis/toy.md 1.1). */",
            "/* See docs/apis/toy.md 1, 1.1 and 2. */",
            "/* A comment that goes on in the next line (docs/apis/toy.md\n * 2). */",
            "# docs/apis/toy.md 1 to 2, rule 7",
            "/* docs/decisions.md 1; the page as a whole: docs/apis/toy.md. */",
            "no citation: toy.md explains 3 things, README.md 100% of them",
        ):
            with self.subTest(comment):
                self.assertEqual(self.found(comment), [])

    def test_no_such_section(self) -> None:
        missing = "no section 3 in docs/apis/toy.md"
        for comment in (
            "/* docs/apis/toy.md 3 */",
            "/* docs/apis/toy.md 1, 2, 3 */",
            "/* docs/apis/toy.md 1 to 3 */",
            "/* 1.1 and, in the next line, docs/apis/toy.md\n * 3 */",
        ):
            with self.subTest(comment):
                self.assertEqual(self.found(comment), [f"provider/toy.c: {missing}"])

    def test_no_such_page(self) -> None:
        self.assertEqual(
            self.found("# docs/apis/gone.md 1\n# docs/plans.md", "tests/support/toy.yaml"),
            [
                "tests/support/toy.yaml: no file docs/apis/gone.md",
                "tests/support/toy.yaml: no file docs/plans.md",
            ],
        )

    def test_a_page_without_its_folder(self) -> None:
        self.assertEqual(
            self.found('"""The limits are those of toy.md 2."""', "tests/toy.py"),
            ["tests/toy.py: not a path from the root: toy.md 2"],
        )

    def test_a_page_that_names_a_section_it_has_not(self) -> None:
        self.assertEqual(
            self.found(PAGE.replace("section 2", "section 2.4"), "docs/apis/toy.md"),
            ["docs/apis/toy.md: no section 2.4 in docs/apis/toy.md"],
        )

    def test_files_and_tests_that_a_page_names(self) -> None:
        self.write("tests/unit/test_toy.c", "TEST(a_toy_is_wiped) {}")
        self.write("docs/architecture.md", "`tests/unit/test_toy.c`, `tests/unit/`, `build/x`")
        page = "`tests/unit/test_toy.c::a_toy_is_wiped` `provider/` `tests/unit/test_toy.c::a_toy`"
        self.assertEqual(
            self.found(page, "SECURITY.md"),
            ["SECURITY.md: no file provider/", "SECURITY.md: no a_toy in tests/unit/test_toy.c"],
        )

    def test_a_path_of_another_repository_is_not_looked_for(self) -> None:
        page = "P:`docs/deep/elsewhere.md`, `provider/gone.c`"
        for name in ("docs/protocol/toy.md", "tests/chaos/README.md"):
            with self.subTest(name):
                self.assertEqual(self.found(page, name), [f"{name}: no file provider/gone.c"])
                (self.root / name).unlink()

    def test_files_that_a_page_names_for_each_cloud(self) -> None:
        for cloud in ("toy", "doll"):
            self.write(f"provider/clouds/{cloud}/{cloud}.yaml", "")
        self.write("tests/provider/toy/test_toy_check.py", "WRONG = []")
        page = (
            "`provider/clouds/<cloud>/<cloud>.yaml` `tests/provider/<cloud>/test_<cloud>_check.py`"
        )
        self.assertEqual(
            self.found(page, "tests/README.md"),
            ["tests/README.md: no file tests/provider/doll/test_doll_check.py"],
        )
        page = "`provider/clouds/<cloud>.yaml`, `tests/provider/toy/test_<cloud>_check.py::WRONG`"
        self.assertEqual(
            self.found(page, "tests/README.md"),
            [
                "tests/README.md: no file provider/clouds/doll.yaml",
                "tests/README.md: no file provider/clouds/toy.yaml",
                "tests/README.md: no file tests/provider/toy/test_doll_check.py",
            ],
        )


if __name__ == "__main__":
    unittest.main()
