"""The check of formats finds what it is for: each rule is broken once, in a tree made here."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import check_formats


class Formats(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "provider").mkdir()

    def found(self, call: str) -> list[str]:
        (self.root / "provider/toy.c").write_text(f"\nvoid f(void) {{\n    {call};\n}}\n")
        return check_formats.wrong(self.root)

    def check_right(self, call: str) -> None:
        self.assertEqual(self.found(call), [])

    def check_wrong(self, call: str, name: str) -> None:
        self.assertEqual(self.found(call), [f"provider/toy.c:3: {name}: %p and WORDS_ARG differ"])

    def test_what_is_right(self) -> None:
        self.check_right('words_text(a, "%p: %s, 5 %% %p", WORDS_ARG(x), s, WORDS_ARG(y))')
        self.check_right('fail(c, 1, "%.*s %p", STR_ARG(t(a, "%d")), WORDS_ARG(f(x, "%d", 1)))')
        self.check_right('fail(c, "%.*s %p" MORE "!", (int)len, ptr, WORDS_ARG(x))')
        self.check_right('fail(c, /* "%p", 5 */ "%p", WORDS_ARG(x))')
        self.check_right('take(rest, STR("%p"))')

    def test_other_pointers_are_no_words(self) -> None:
        self.check_wrong('words_text(a, "%p", (const void *)&text)', "words_text")
        self.check_wrong('words_text(a, "%p %s", s, WORDS_ARG(x))', "words_text")

    def test_words_take_no_other_conversion(self) -> None:
        self.check_wrong('fail(c, "%s %p", WORDS_ARG(x), WORDS_ARG(y))', "fail")
        self.check_wrong('fail(c, "%.*s", WORDS_ARG(x))', "fail")

    def test_no_odd_conversion_goes_with_words(self) -> None:
        self.check_wrong('fail(c, "%x %p", 5, WORDS_ARG(x))', "fail")
        self.check_wrong('fail(c, "%p %.1f", WORDS_ARG(x), 5.0)', "fail")
        self.check_right('fail(c, "%x", 5)')

    def test_what_knows_no_words_prints_none(self) -> None:
        self.check_wrong('arena_printf(a, "%p", WORDS_ARG(x))', "arena_printf")
        self.check_wrong('snprintf(b, sizeof(b), "%s", WORDS_ARG(x))', "snprintf")

    def test_an_inner_call_is_looked_at_by_itself(self) -> None:
        self.check_wrong('fail(c, "%p", WORDS_ARG(words_text(a, "%p", x)))', "words_text")


if __name__ == "__main__":
    unittest.main()
