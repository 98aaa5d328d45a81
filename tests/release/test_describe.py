"""What the SBOM is made from: nothing linked can be missing or have an unknown licence."""

from __future__ import annotations

from pathlib import Path

import pytest
from describe import rows_of, verify_licences
from linked import Package, Prefix, linked_packages

COPYRIGHT = "Format: https://example.invalid/\n\nFiles: *\nCopyright: 2020 A. Body\nLicense: {}\n"
FILES = "zlib\t/lib/libz.a\nziglang\t/lib/runtime/rcrt1.o\nziglang\t/lib/runtime/libc++.a\n"
# Addresses and sizes come first in a line of the map.
LINE = "  1a0  1a0  24  4         {}"


@pytest.fixture
def prefix(tmp_path: Path) -> Prefix:
    """One library, zlib under the licence Zlib, and the compiler."""
    root = tmp_path / "prefix"
    (root / "licences").mkdir(parents=True)
    (root / "licences/zlib").write_text(COPYRIGHT.format("Zlib"))
    (root / "packages.tsv").write_text("zlib\t1.2-1\tpackage\nziglang\t0.1\tpypi\n")
    (root / "files.tsv").write_text(FILES)
    return Prefix(root)


def packages_of(tmp_path: Path, prefix: Prefix, *inputs: str) -> list[str]:
    (tmp_path / "build").mkdir()
    (tmp_path / "build/main.c.o").touch()
    linker_map = tmp_path / "map"
    linker_map.write_text("\n".join(LINE.format(one) for one in ("main.c.o:(.text)", *inputs)))
    found = linked_packages(linker_map, tmp_path / "build", prefix)
    return [f"{one.name} {one.version}" for one in found]


def test_archives_belong_to_packages(tmp_path: Path, prefix: Prefix) -> None:
    taken = f"{prefix.root}/lib/libz.a(inflate.o):(.text.inflate)"
    assert packages_of(tmp_path, prefix, taken, taken) == ["zlib 1.2-1"]


@pytest.mark.parametrize("name", ["rcrt1.o:(.text)", "libc++.a(new.o):(.text)"])
def test_what_the_compiler_brings_is_its_own(tmp_path: Path, prefix: Prefix, name: str) -> None:
    taken = f"{prefix.root}/lib/runtime/{name}"
    assert packages_of(tmp_path, prefix, taken) == ["ziglang 0.1"]


@pytest.mark.parametrize("path", ["{}/lib/libother.a", "/elsewhere/libother.a"])
def test_an_archive_of_no_package_is_an_error(tmp_path: Path, prefix: Prefix, path: str) -> None:
    with pytest.raises(SystemExit, match=r"libother\.a"):
        packages_of(tmp_path, prefix, f"{path.format(prefix.root)}(one.o):(.text)")


def test_a_package_without_a_licence_is_an_error() -> None:
    package = Package("new-source", "1", "package", Path("/nowhere"))
    with pytest.raises(SystemExit, match="no row for new-source"):
        rows_of([package])


def test_a_licence_that_debian_names_otherwise_is_an_error(prefix: Prefix) -> None:
    package = prefix.packages["zlib"]
    verify_licences([package])
    package.copyright.write_text(COPYRIGHT.format("GPL-3+"))
    with pytest.raises(SystemExit, match=r"zlib is under GPL-3\+"):
        verify_licences([package])
