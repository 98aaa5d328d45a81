"""Which packages are in a binary, by the linker's map and the lists beside the libraries."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

# An archive's member or an object, before the section that was taken from it.
INPUT = re.compile(r"\s(\S+\.(?:a(?=\([^()]+\):\()|o(?=:\()))")


@dataclass(frozen=True, order=True)
class Package:
    """A source that was compiled for this release; `origin` as in release/sources.tsv."""

    name: str
    version: str
    origin: str
    copyright: Path


class Prefix:
    """Static libraries: packages.tsv says of which packages, files.tsv whose a path is."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))
        self.packages = {
            name: Package(name, version, origin, self.root / "licences" / name)
            for name, version, origin in self._rows("packages.tsv")
        }
        self._owners = {path: name for name, path in self._rows("files.tsv")}

    def _rows(self, name: str) -> list[list[str]]:
        lines = (self.root / name).read_text().splitlines()
        return [line.split("\t") for line in lines]

    def libraries(self) -> list[Package]:
        """All that have a file here; sorted by name."""
        return sorted({self.packages[name] for name in self._owners.values()})

    def owner(self, path: str) -> Package | None:
        name = self._owners.get(os.path.realpath(path).removeprefix(str(self.root)))
        return self.packages[name] if name else None


def linked_paths(linker_map: Path, build: Path) -> set[str]:
    """Archives and objects in the binary, but for those of our own build."""
    paths = {found[1] for found in INPUT.finditer(linker_map.read_text(errors="replace"))}
    return {path for path in paths if not (build / path).exists() or path.startswith("/")}


def owner(path: str, prefix: Prefix) -> Package:
    package = prefix.owner(path)
    if package is None:
        raise SystemExit(f"{path} was linked, but does not come from {prefix.root}")
    return package


def linked_packages(linker_map: Path, build: Path, prefix: Prefix) -> list[Package]:
    """Sorted by name."""
    return sorted({owner(path, prefix) for path in linked_paths(linker_map, build)})
