"""Draws values from a seed, odd but legal texts among them.

Some texts do not survive Pulumi's own generators of programs: those are left out where a generated
program is run, each for the reason beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")

# Texts that YAML, JSON or a program could take for something else.
LOOKALIKES = (
    *("0", "0123", "007", "1e3", "-0", "+1", ".5", "0x1f", "0o17", "1_000", "12:30:45", "1.10"),
    *("true", "True", "yes", "No", "on", "y", "null", "Null", "~", "NaN", ".inf", "2026-01-01"),
    *("<<", "=", "-", "---", "...", "?", "[]", "{}", '""', "18446744073709551616", "1" * 40),
)
# Texts with characters that mean something somewhere.
SPECIALS = (
    *("it's", 'say "so"', '"', "'", "back\\slash", "\\", "\\n", "\\u0041", "`tick`", "$(command)"),
    *("${odd}", "$${twice}", "$$${thrice}", "${", "$", "$$", "a$", "a ${b} c ${d}", "%{ if x }"),
    *("%%{x}", "{{ it }}", "#comment", "a # b", "key: value", "a:", "- item", "* star", "&anchor"),
    *("!tag", "| pipe", "> fold", "@at", "[a, b]", "{a: b}", "a,b", "<b>&amp;</b>", "%s %d %%"),
    *(" leading", "trailing ", "  ", "a  b", "tab\tinside", "//", "/* c */", "~/home", "*", "**"),
    *("${pulumi.cwd}", "fn::secret", "é ü ß", "模型端点", "שלום", "e\u0301", "👩‍💻", "\U0001d518"),
    *("no\u00a0break",),
    *("\u200bzero", "\u2028", "\ufeffmark", "\u0085", "\u007f", "\ufffd", "\U0010ffff"),
)
# A backslash ends a line.
CONTINUED = ("#!/bin/sh\nset -e\necho one \\\n  two\n",)
LINES = (
    *("line\nline", "line\n", "\nline", "\n", "  \n indented\n", "blank \nend", "crlf\r\nline"),
    *("a\n\n\nb", '{\n  "a": [1, 2]\n}\n', "#!/bin/sh\necho \"${HOME}\" '$1'\n", *CONTINUED),
    *("-----BEGIN KEY-----\nMIIB+/=\n-----END KEY-----\n", "\ttab\n\tfirst", "'\n\"\n`\n"),
)
LONG = ("word " * 60, "x" * 1500, "模" * 120, "a: b # c\n" * 40)
# Pulumi's importer writes programs in HCL first, which normalises all text (NFC).
NOT_NORMAL = ("e\u0301",)
# Its generator of YAML (pulumi-yaml 1.38.1) knows fewer spellings of values than its reader and
# writes these without quotes: they are read as numbers, booleans and nulls.
UNQUOTED = ("0x1f", "0o17", "True", "null", "Null", "~", ".inf", "1" * 40)
# It escapes `${` by one more dollar sign, and leaves the others as they are: `$$` is read as `$`.
DOLLARS = ("$$", "$${twice}", "$$${thrice}")
# It writes several lines as a block, where an empty first line is lost and a tab is refused.
FIRST_LINES = ("\nline", "\n", "\ttab\n\tfirst")
LOST_IN_YAML = frozenset((*NOT_NORMAL, *UNQUOTED, *DOLLARS, *FIRST_LINES))
# The generator of Python (pkg/v3 3.259.0) leaves a backslash at the end of a line as it is, which
# joins the lines; that of TypeScript writes no legal key for a name of several lines.
LOST_IN_PROGRAMS = frozenset((*NOT_NORMAL, *CONTINUED, "new\nline"))
PLAIN = ("alpha", "beta", "gamma", "delta", "shop", "chat", "search", "team-a", "blue", "v2")


class Draw:
    """Every odd text comes up before one comes up again; never one that is `lost`."""

    def __init__(self, seed: str, lost: Collection[str] = ()) -> None:
        self._random = Random(seed)
        self._lost = lost
        self._texts = self._cycle(self._kept((*LOOKALIKES, *SPECIALS, *LINES, *LONG)))

    def _kept(self, items: Sequence[T]) -> list[T]:
        return [item for item in items if not isinstance(item, str) or item not in self._lost]

    def _cycle(self, items: Sequence[T]) -> Iterator[T]:
        while True:
            yield from self._random.sample(items, len(items))

    # Choices.

    def maybe(self, value: Callable[[], T], chance: float = 0.4) -> T | None:
        return value() if self._random.random() < chance else None

    def flag(self) -> bool:
        return self._random.random() < 0.5

    def one(self, items: Sequence[T]) -> T:
        return self._random.choice(self._kept(items) if self._lost else items)

    def integer(self, least: int, most: int) -> int:
        return self._random.choice((least, most, self._random.randint(least, most)))

    def list(self, item: Callable[[], T], least: int = 0, most: int = 4) -> list[T]:
        return [item() for _ in range(self._random.randint(least, most))]

    def map(self, key: Callable[[], str], value: Callable[[], T], most: int = 5) -> dict[str, T]:
        return {key(): value() for _ in range(self._random.randint(0, most))}

    # Texts.

    def word(self) -> str:
        return self.one(PLAIN)

    def path(self) -> str:
        return "/" + "/".join(self.list(self.word, 0, 3))

    def text(self, most: int = 10000) -> str:
        """Anything: mostly odd, at times empty."""
        if self._random.random() < 0.3:
            return self.word()
        if self._random.random() < 0.05:
            return ""
        return next(text for text in self._texts if len(text) <= most)

    def line(self, most: int = 10000) -> str:
        """Not empty, and no line in it begins or ends."""
        while True:
            text = self.text(most)
            if text.strip() and not set(text) & set("\n\r\u2028\u0085"):
                return text

    def digits(self, count: int) -> str:
        """A number that is a text: zeros may come first."""
        return "".join(self._random.choices("0123456789", k=count))

    def name(self, letters: str, first: str, most: int, odd: Sequence[str], index: int) -> str:
        """Made of these letters, unlike any other: the odd ones come first."""
        odd = self._kept(odd)
        if index < len(odd):
            return odd[index]
        length = self.integer(6, most)
        end = f"{index:03d}"
        middle = "".join(self._random.choices(letters, k=length - 1 - len(end)))
        return self.one(first) + middle + end

    def odd(self, texts: Sequence[str], index: int) -> str | None:
        """The odd ones first, then none."""
        kept = self._kept(texts)
        return kept[index] if index < len(kept) else None


def unique(items: Sequence[Any], key: Callable[[Any], Any]) -> list[Any]:
    """The first of each key."""
    return list({key(item): item for item in reversed(items)}.values())[::-1]
