"""What the SBOM is made from: nothing linked can be missing or have an unknown licence."""

from __future__ import annotations

from pathlib import Path

import pytest
from describe import rows_of, verify_licences
from linked import Package, Prefix, linked_packages

COPYRIGHT = "Format: https://example.invalid/\n\nFiles: *\nCopyright: 2020 A. Body\nLicense: {}\n"


@pytest.fixture
def prefix(tmp_path: Path) -> Prefix:
    """One package, zlib1g-dev of the source zlib, under the licence Zlib."""
    root = tmp_path / "prefix"
    (root / "usr/share/doc/zlib1g-dev").mkdir(parents=True)
    (root / "usr/share/doc/zlib1g-dev/copyright").write_text(COPYRIGHT.format("Zlib"))
    (root / "packages.tsv").write_text("zlib1g-dev\t1.2-1+b1\tamd64\tzlib\t1.2-1\n")
    (root / "files.tsv").write_text("zlib1g-dev\t/usr/lib/libz.a\nzlib1g-dev\t/usr/lib/crt.o\n")
    return Prefix(root)


def packages_of(tmp_path: Path, prefix: Prefix, *lines: str) -> list[Package]:
    linker_map = tmp_path / "map"
    linker_map.write_text("\n".join(lines))
    return linked_packages(linker_map, tmp_path / "build", [prefix])


@pytest.mark.parametrize("line", ["{}/usr/lib/libz.a(inflate.o)", "LOAD {}/usr/lib/crt.o"])
def test_archives_and_objects_belong_to_packages(tmp_path: Path, prefix: Prefix, line: str) -> None:
    ours = f"LOAD {tmp_path}/build/main.o"
    found = packages_of(tmp_path, prefix, ours, line.format(prefix.root))
    assert [(one.name, one.version, one.source) for one in found] == [
        ("zlib1g-dev", "1.2-1+b1", "zlib")
    ]


def test_an_archive_that_was_only_looked_into_is_not_linked(tmp_path: Path, prefix: Prefix) -> None:
    assert packages_of(tmp_path, prefix, f"LOAD {prefix.root}/usr/lib/libz.a") == []


@pytest.mark.parametrize("path", ["{}/usr/lib/libother.a", "/elsewhere/libother.a"])
def test_an_archive_of_no_package_is_an_error(tmp_path: Path, prefix: Prefix, path: str) -> None:
    with pytest.raises(SystemExit, match=r"libother\.a"):
        packages_of(tmp_path, prefix, f"{path.format(prefix.root)}(one.o)")


def test_a_source_without_a_licence_is_an_error() -> None:
    package = Package("libnew-dev", "1", "amd64", "new-source", "1", Path("/nowhere"))
    with pytest.raises(SystemExit, match="no row for new-source"):
        rows_of([package])


def test_a_licence_that_debian_names_otherwise_is_an_error(prefix: Prefix) -> None:
    package = prefix.packages["zlib1g-dev"]
    verify_licences([package])
    package.copyright.write_text(COPYRIGHT.format("GPL-3+"))
    with pytest.raises(SystemExit, match=r"zlib is under GPL-3\+"):
        verify_licences([package])
