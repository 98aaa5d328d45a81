"""Refuses a property whose columns are known, each by itself, and do not go together. What holds
between the rows of a file is a test of C (tests/unit/test_tables.c)."""

import ctypes
import re
from collections.abc import Iterator

import columns

NUMBERS = ("integer", "number")
SIZED = ("string", "list", "map")
# For which types a column means anything.
ONLY_FOR = {
    "properties": ("object",),
    "items": ("list", "map"),
    "hidden": ("list", "map"),
    "matched_by": ("list",),
    "values": ("string",),
    "pattern": ("string",),
    "exposed": ("list", "map"),
    "minus": NUMBERS,
    "unit": NUMBERS,
    "min": NUMBERS,
    "max": NUMBERS,
    "min_length": SIZED,
    "max_length": SIZED,
}
FLAG_ONLY_FOR = {
    "one_of": ("object",),
    "presence": ("object",),
    "unordered": ("list",),
    "numeric": ("string",),
}
CLEAR_ONLY_FOR = {"zero": NUMBERS, "empty": ("string", "list", "map", "object")}
# A flag, or a column, and the column that it is about.
FLAG_NEEDS = {"open": "values", "nocase": "values", "send_default": "default"}
COLUMN_NEEDS = {"pattern": "pattern_hint", "pattern_hint": "pattern"}
HOLDS = {
    "string": columns.TEXT,
    "integer": columns.INTEGER,
    "number": columns.NUMBER,
    "boolean": columns.FLAG,
    "list": columns.Scalar("a list", lambda value: isinstance(value, list), {}),
    "object": columns.Scalar("a mapping", lambda value: isinstance(value, dict), {}),
    "map": columns.Scalar("a mapping", lambda value: isinstance(value, dict), {}),
    "any": columns.ANY,
}
NAME = re.compile(r"[a-z][a-zA-Z0-9]*")
# regex.h
REG_EXTENDED = 1
REG_NOSUB = 8
REGEX_T_BYTES = 1024  # more than any regex_t


def compiles(pattern: str) -> bool:
    """With the C library's own regcomp, which the provider calls."""
    library = ctypes.CDLL(None)
    compiled = ctypes.create_string_buffer(REGEX_T_BYTES)
    if library.regcomp(compiled, pattern.encode(), REG_EXTENDED | REG_NOSUB) != 0:
        return False
    library.regfree(compiled)
    return True


def misplaced(row: dict) -> Iterator[tuple[str, str]]:
    """What the row's type has no use for: the column, and words."""
    kind = row["type"]
    places = [(name, name, types) for name, types in ONLY_FOR.items() if name in row]
    places += [
        ("flags", flag, types)
        for flag, types in FLAG_ONLY_FOR.items()
        if flag in row.get("flags", [])
    ]
    if row.get("clear") in CLEAR_ONLY_FOR:
        places.append(("clear", row["clear"], CLEAR_ONLY_FOR[row["clear"]]))
    for column, word, types in places:
        if kind not in types:
            yield column, f"`{word}` is for {' and '.join(types)}, not for {kind}"


def incomplete(row: dict) -> Iterator[tuple[str, str]]:
    flags = row.get("flags", [])
    for flag, column in FLAG_NEEDS.items():
        if flag in flags and column not in row:
            yield "flags", f"`{flag}` needs `{column}`"
    for one, other in COLUMN_NEEDS.items():
        if one in row and other not in row:
            yield one, f"needs `{other}` beside it"
    if "local" in flags and "wire" in row:
        yield "wire", "is never sent: the row is `local`"
    if row["type"] == "object" and "properties" not in row and "schema" not in row:
        yield "type", "an object needs `properties`"
    known = (row.get("items") or {}).get("properties", {})
    for name in row.get("matched_by", []):
        if name not in known:
            yield "matched_by", f"is no member of the items: `{name}`"
    hides = [name for name, member in known.items() if "masked" in member.get("flags", [])]
    if hides and "matched_by" not in row:
        yield "matched_by", f"is needed: `{hides[0]}` is masked"
    if "one_of" in flags and len(row.get("properties", {})) < 2:
        yield "flags", "`one_of` needs two members or more"


def wrong_limits(row: dict) -> Iterator[tuple[str, str]]:
    endless = row.get("max_length") == 0
    for least, most in (("min", "max"), ("min_length", "max_length")):
        is_limited = least in row and most in row and not (most == "max_length" and endless)
        if is_limited and row[least] > row[most]:
            yield most, f"is less than `{least}`"
    if "pattern" in row and not compiles(row["pattern"]):
        yield "pattern", f"is no POSIX extended regular expression: {row['pattern']!r}"


def wrong_default(row: dict) -> Iterator[tuple[str, str]]:
    if "fill" in row and "filled" not in row.get("flags", []):
        yield "fill", "needs the flag `filled`"
    if "default" not in row:
        return
    default, holds = row["default"], HOLDS[row["type"]]
    values = [value["value"] for value in row.get("values", [])]
    if not holds.fits(default):
        yield "default", f"must be {holds.words}, not {default!r}"
    elif values and default not in ("", *values):  # empty text stands for none
        yield "default", f"is none of `values`: {default!r}"


def problems(row: dict, where: str) -> Iterator[str]:
    """Of one row, which fits its section otherwise."""
    for rule in (misplaced, incomplete, wrong_limits, wrong_default):
        for column, words in rule(row):
            yield f"{where}.{column}: {words}"


def wrong_names(rows: dict, where: str) -> Iterator[str]:
    for name in rows:
        if isinstance(name, str) and not NAME.fullmatch(name):
            yield f"{where}.{name}: a name is in camel case, as `someNote`"


INTERRUPTION = ("interrupts", "interrupts_source")


def without_interruption(rows: dict, where: str) -> Iterator[str]:
    """The inputs of which neither their row nor one above it says what calls notice of a change."""
    for name, row in rows.items():
        if any(column in row for column in INTERRUPTION):
            if not all(column in row for column in INTERRUPTION):
                yield f"{where}.{name}"
        else:
            members = row.get("properties") or {}
            below = without_interruption(members, f"{where}.{name}.properties")
            yield from below if members else (f"{where}.{name}",)


def with_interruption(rows: dict, above: dict | None = None) -> dict:
    """The rows, each with what holds for the row above it where it says nothing itself."""
    return {name: covered(row, above or {}) for name, row in rows.items()}


def covered(row: dict, above: dict) -> dict:
    said = {column: row[column] for column in INTERRUPTION if column in row} or above
    row = said | row
    if row.get("properties"):
        row["properties"] = with_interruption(row["properties"], said)
    if "items" in row:
        row["items"] = covered(row["items"], said)
    return row


def name_caller_key(cloud: dict) -> None:
    """Puts what the section `caller_key` says into the texts of outputs that name it."""
    for row in cloud["outputs"].values():
        row["doc"] = row["doc"].replace("{callerKey}", cloud.get("caller_key", {}).get("what", ""))
