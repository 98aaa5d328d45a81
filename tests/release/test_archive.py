"""The archives: names, contents, sizes, symbols, and the same bytes from another folder."""

from __future__ import annotations

import hashlib
import re
import subprocess
import tarfile
import zlib
from pathlib import Path

import pytest
from archives import (
    BINARY,
    LIBRARIES,
    Archive,
    build_id,
    needed,
    readelf,
    run_path,
    section_bytes,
    sections,
    symbol_versions,
)

MAX_ARCHIVE_BYTES = 6_000_000
OLDEST_GLIBC = (2, 36)
TREE = Path(__file__).parents[2]
MACHINES = {"amd64": "Advanced Micro Devices X86-64", "arm64": "AArch64"}
LIBRARY_FOLDERS = {"amd64": "/usr/lib/x86_64-linux-gnu", "arm64": "/usr/lib/aarch64-linux-gnu"}
# The C library, its mathematics and its loader: part of every machine with glibc.
PROMISED = {"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}


def project_version() -> str:
    found = re.search(r"^project\(.* VERSION (\S+)", (TREE / "CMakeLists.txt").read_text(), re.M)
    assert found
    return found[1]


def names(dist: Path) -> list[str]:
    return sorted(path.name for path in dist.iterdir())


def test_files_of_a_release(dist: Path) -> None:
    stems = [f"{BINARY}-v{project_version()}-linux-{name}" for name in ("amd64", "arm64")]
    endings = ("-debug.tar.gz", ".spdx.json", ".tar.gz")
    assert names(dist) == sorted(["SHA256SUMS", *(stem + end for stem in stems for end in endings)])


def test_checksums(dist: Path) -> None:
    lines = (dist / "SHA256SUMS").read_text().splitlines()
    assert {name: digest for digest, name in (line.split("  ") for line in lines)} == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in dist.iterdir()
        if path.name != "SHA256SUMS"
    }


def test_same_bytes_from_another_folder(dist: Path, second_dist: Path) -> None:
    assert dist != second_dist
    assert names(second_dist) == names(dist)
    differing = [
        name
        for name in names(dist)
        if (dist / name).read_bytes() != (second_dist / name).read_bytes()
    ]
    assert differing == []


def test_contents(archive: Archive, epoch: int) -> None:
    with tarfile.open(archive.path) as tar:
        entries = [(e.name, oct(e.mode), e.uid, e.gid, e.mtime) for e in tar.getmembers()]
    plain = ("LICENSE", "THIRD-PARTY-LICENCES.txt", *LIBRARIES)
    assert entries == [
        *((name, "0o644", 0, 0, epoch) for name in plain),
        (BINARY, "0o755", 0, 0, epoch),
    ]
    assert archive.path.stat().st_size <= MAX_ARCHIVE_BYTES


def test_architecture(archive: Archive) -> None:
    for name in (BINARY, *LIBRARIES):
        header = readelf(archive.folder / name, "--file-header")
        assert f"Machine:                           {MACHINES[archive.architecture]}" in header


def test_needs_only_the_c_library_and_what_is_packed(archive: Archive) -> None:
    for name in (BINARY, *LIBRARIES):
        assert needed(archive.folder / name) - PROMISED <= set(LIBRARIES), name
    assert needed(archive.binary) >= set(LIBRARIES)


def test_needs_no_newer_c_library(archive: Archive) -> None:
    for name in (BINARY, *LIBRARIES):
        versions = symbol_versions(archive.folder / name, "GLIBC")
        assert versions and max(versions) <= OLDEST_GLIBC, name


def test_any_openssl_3_will_do(archive: Archive) -> None:
    assert symbol_versions(archive.binary, "OPENSSL") == {(3, 0, 0)}


def test_own_openssl_comes_last(archive: Archive) -> None:
    folder = LIBRARY_FOLDERS[archive.architecture]
    assert run_path(archive.binary) == [folder, "/usr/lib64", "$ORIGIN"]


def test_openssl_of_the_machine_is_used_where_there_is_one(archives: dict[str, Archive]) -> None:
    """The machine that tests has one, for the build links against it."""
    traced = subprocess.run(
        [archives["amd64"].binary],
        env={"LD_TRACE_LOADED_OBJECTS": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in LIBRARIES:
        assert f"{name} => {LIBRARY_FOLDERS['amd64']}/{name} " in traced


def test_symbols_are_in_the_side_file(archive: Archive) -> None:
    assert not {name for name in sections(archive.binary) if name.startswith(".debug")}
    assert ".symtab" not in sections(archive.binary)
    assert {".debug_info", ".debug_line", ".symtab"} <= sections(archive.debug)
    assert build_id(archive.debug) == build_id(archive.binary)
    link = section_bytes(archive.binary, ".gnu_debuglink")
    checksum = zlib.crc32(archive.debug.read_bytes()).to_bytes(4, "little")
    assert (link.split(b"\0")[0], link[-4:]) == (archive.debug.name.encode(), checksum)


@pytest.mark.parametrize("part", ["binary", "debug"])
def test_no_path_of_the_machine(archive: Archive, part: str) -> None:
    code: bytes = getattr(archive, part).read_bytes()
    for path in (TREE, Path.home() / ".cache"):
        assert str(path).encode() not in code
