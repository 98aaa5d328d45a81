"""Which Debian packages are in a binary, by the linker's map and the lists of what was unpacked."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

# An archive's member that was taken, and an object file that was named by the compiler.
MEMBER = re.compile(r"^(/\S+\.a)\(")
OBJECT = re.compile(r"^LOAD (/\S+\.o)$")


@dataclass(frozen=True, order=True)
class Package:
    """One binary package, or a source package that was compiled for this release."""

    name: str
    version: str
    architecture: str
    source: str
    source_version: str
    copyright: Path


class Prefix:
    """A folder of unpacked packages: packages.tsv says which, files.tsv whose a path is."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))
        self.packages = {row[0]: self._package(*row) for row in self._rows("packages.tsv")}
        self._owners = {path: name for name, path in self._rows("files.tsv")}

    def _rows(self, name: str) -> list[list[str]]:
        lines = (self.root / name).read_text().splitlines()
        return [line.split("\t") for line in lines]

    def _package(self, name: str, *rest: str) -> Package:
        return Package(name, *rest, self.root / "usr/share/doc" / name / "copyright")

    def owner(self, path: str) -> Package | None:
        real = os.path.realpath(path)
        if not real.startswith(f"{self.root}/"):
            return None
        inside = real.removeprefix(str(self.root))
        name = self._owners.get(inside)
        if name is None:
            raise SystemExit(f"no package of {self.root} has {inside}")
        return self.packages[name]


def linked_paths(linker_map: Path, build: Path) -> set[str]:
    """Archives and objects in the binary, but for those of our own build."""
    paths = set()
    for line in linker_map.read_text(errors="replace").splitlines():
        found = MEMBER.match(line) or OBJECT.match(line)
        if found and not os.path.realpath(found[1]).startswith(f"{build}/"):
            paths.add(found[1])
    return paths


def owner(path: str, prefixes: list[Prefix]) -> Package:
    for prefix in prefixes:
        package = prefix.owner(path)
        if package is not None:
            return package
    raise SystemExit(f"{path} was linked, but comes from none of {[str(p.root) for p in prefixes]}")


def linked_packages(linker_map: Path, build: Path, prefixes: list[Prefix]) -> list[Package]:
    paths = linked_paths(linker_map, Path(os.path.realpath(build)))
    return sorted({owner(path, prefixes) for path in paths})
