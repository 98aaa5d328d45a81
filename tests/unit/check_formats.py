"""Checks that what %p inserts into a message is words (provider/base/words.h): no compiler tells.

In each call with a format every %p has its WORDS_ARG, and every WORDS_ARG its %p, and there is no
conversion beside them that messages do not know. Functions that know nothing of words, which would
print an address, have neither.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

LITERALS = {"STR", "strstr"}
PLAIN = {"arena_printf", "buf_printf", "printf", "fprintf", "snprintf"}
TOKEN = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])+\'|[(){}\[\],;]', re.DOTALL)
CALL = re.compile(r"\b(\w+)\(")
STRING = re.compile(r'"((?:\\.|[^"\\])*)"')
CONVERSION = re.compile(r"%(?:%|[-+ #0-9.*]*(?:hh|ll|[hjlLtz])?[a-zA-Z])")
KNOWN = {"%.*s", "%s", "%p", "%d", "%zu", "%lld", "%.0f"}


def without_comments(text: str) -> str:
    """Comments as blanks: places stay what they are."""

    def blank(match: re.Match[str]) -> str:
        token = match.group()
        return re.sub(r"\S", " ", token) if token.startswith("/*") else token

    return TOKEN.sub(blank, text)


def arguments(text: str, start: int) -> list[str]:
    """Those of the call whose first one begins there."""
    found = []
    depth = 0
    begin = start
    for match in TOKEN.finditer(text, start):
        token = match.group()
        if depth == 0 and token in (",", ")"):
            found.append(text[begin : match.start()].strip())
            begin = match.end()
            if token == ")":
                return found
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token, 0)
    return found


def is_format(argument: str) -> bool:
    """Literals, and macros of them, one behind the other."""
    return '"' in argument and re.fullmatch(r"[\sA-Z0-9_]*", STRING.sub("", argument)) is not None


def is_right(name: str, values: list[str], conversions: list[str]) -> bool:
    """Whether the values behind a format are what its conversions take."""
    if name in PLAIN:
        return "%p" not in conversions and not any(v.startswith("WORDS_ARG(") for v in values)
    if not KNOWN.issuperset(conversions):
        return False
    taken = 0
    for conversion in conversions:
        value = values[taken] if taken < len(values) else ""
        if (conversion == "%p") != value.startswith("WORDS_ARG("):
            return False
        is_pair = conversion == "%.*s" and not value.startswith("STR_ARG(")
        taken += 2 if is_pair else 1
    return True


def calls(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """Where, of what, and the arguments from the format on."""
    for match in CALL.finditer(text):
        given = arguments(text, match.end())
        at = next((i for i, argument in enumerate(given) if is_format(argument)), None)
        if at is not None:
            yield match.start(), match.group(1), given[at:]


def differs(name: str, given: list[str]) -> bool:
    """Whether the call is about words, or about %p, and one lacks the other."""
    literal = "".join(STRING.findall(given[0]))
    conversions = [found for found in CONVERSION.findall(literal) if found != "%%"]
    is_about_words = "%p" in conversions or any("WORDS_ARG(" in value for value in given)
    return name not in LITERALS and is_about_words and not is_right(name, given[1:], conversions)


def wrong(root: Path) -> list[str]:
    """One line for each call that is not right."""
    found = []
    for path in sorted((root / "provider").rglob("*.[ch]")):
        text = without_comments(path.read_text(encoding="utf-8"))
        for at, name, given in calls(text):
            if differs(name, given):
                line = text.count("\n", 0, at) + 1
                found.append(f"{path.relative_to(root)}:{line}: {name}: %p and WORDS_ARG differ")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True)
    found = wrong(parser.parse_args().root)
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
