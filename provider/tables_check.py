"""Refuses what columns.py does not know: unknown keys, wrong types, missing columns, names of rows
that do not exist. In every section, at every depth. Of a property that is sound so far, also what
tables_rules.py refuses."""

import difflib
from collections.abc import Iterable, Iterator

import columns
import tables_rules

PROPERTIES = (columns.PROPERTY, columns.ITEM)


def meant(word: object, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(str(word), list(known), 1)
    return f"; did you mean {close[0]!r}?" if close else ""


def names_of(document: dict, section: str) -> list[str]:
    """What a `Ref` to the section may name."""
    rows = document.get(section)
    if isinstance(rows, dict):
        return [str(name) for name in rows]
    rows = rows if isinstance(rows, list) else []
    return [str(row.get("key")) for row in rows if isinstance(row, dict)]


def like(section: columns.Section) -> str:
    """What a row of the section has at least."""
    least = ", ".join(f"{column.name}: ..." for column in section.columns if column.required)
    return f" like {{{least}}}" if least else ""


class Check:
    """Of one document; each method yields what is wrong, in words that begin with the place."""

    def __init__(self, document: dict) -> None:
        self.document = document

    def word(self, value: object, known: Iterable[str], what: str, where: str) -> Iterator[str]:
        known = list(known)
        if value not in known:
            yield f"{where}: no {what} {value!r}{meant(value, known)}"

    def value(self, kind: columns.Kind, value: object, where: str) -> Iterator[str]:
        match kind:
            case columns.Scalar():
                if not kind.fits(value):
                    yield f"{where}: must be {kind.words}, not {value!r}"
            case columns.Choice(of, several):
                if several and not isinstance(value, list):
                    yield f"{where}: must be a list, not {value!r}"
                    return
                for word in value if several else [value]:
                    yield from self.word(word, of.words, of.name, where)
            case columns.Ref(section):
                yield from self.word(
                    value, names_of(self.document, section), f"{section} row", where
                )
            case columns.List(of):
                yield from self.each(value, lambda item, place: self.value(of, item, place), where)
            case columns.Map(of):
                yield from self.named(value, lambda item, place: self.value(of, item, place), where)
            case columns.Row(section):
                yield from self.row(columns.SECTIONS[section], value, where)
            case columns.Rows(section):
                yield from self.each(
                    value,
                    lambda item, place: self.row(columns.SECTIONS[section], item, place),
                    where,
                )
            case columns.Table(section) | columns.Properties(_, section):
                if section == columns.PROPERTY.name and isinstance(value, dict):
                    yield from tables_rules.wrong_names(value, where)
                yield from self.named(
                    value,
                    lambda item, place: self.row(columns.SECTIONS[section], item, place),
                    where,
                )

    def each(self, value: object, check, where: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{where}: must be a list, not {value!r}"
            return
        for index, item in enumerate(value):
            yield from check(item, f"{where}[{index}]")

    def named(self, value: object, check, where: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{where}: must be a mapping, not {value!r}"
            return
        for name, item in value.items():
            if not isinstance(name, str):
                yield f"{where}: the key {name!r} must be text"
                continue
            yield from check(item, f"{where}.{name}")

    def row(self, section: columns.Section, row: object, where: str) -> Iterator[str]:
        if section.plain:
            yield from self.value(section.columns[0].kind, row, where)
            return
        if not isinstance(row, dict):
            yield f"{where}: must be a mapping{like(section)}, not {row!r}"
            return
        found = list(self.each_column(section, row, where))
        yield from found
        if section in PROPERTIES and not found:
            yield from tables_rules.problems(row, where)

    def each_column(self, section: columns.Section, row: dict, where: str) -> Iterator[str]:
        names = [column.name for column in section.columns]
        for key in row:
            if key not in names:
                yield f"{where}: unknown key {key!r}{meant(key, names)}"
        for column in section.columns:
            yield from self.column(column, row, where)

    def column(self, column: columns.Column, row: dict, where: str) -> Iterator[str]:
        if column.name in row:
            yield from self.value(column.kind, row[column.name], f"{where}.{column.name}")
        elif column.required:
            yield f"{where}: needs {column.name!r}"


def problems(section: columns.Section, document: object, name: str) -> list[str]:
    """Everything that is wrong with the document, each with the file's name and the place in it."""
    if not isinstance(document, dict):
        return [f"{name}: must be a mapping"]
    found = Check(document).row(section, document, "")
    return [f"{name}: {text.removeprefix(': ').removeprefix('.')}" for text in found]
