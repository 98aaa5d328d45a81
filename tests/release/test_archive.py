"""The archives: names, contents, sizes, symbols, and the same bytes from another folder."""

from __future__ import annotations

import hashlib
import re
import tarfile
import zlib
from pathlib import Path

import pytest
from archives import (
    BINARY,
    Archive,
    build_id,
    needed,
    readelf,
    section_bytes,
    sections,
    segments,
)

MAX_ARCHIVE_BYTES = 5_000_000
MAX_BINARY_BYTES = 12_000_000
THREAD_STACK_BYTES = 1024 * 1024
TREE = Path(__file__).parents[2]
MACHINES = {"amd64": "Advanced Micro Devices X86-64", "arm64": "AArch64"}


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


def test_same_bytes_from_other_folders(dist: Path, second_dist: Path) -> None:
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
    plain = ("LICENSE", "THIRD-PARTY-LICENCES.txt")
    assert entries == [
        *((name, "0o644", 0, 0, epoch) for name in plain),
        (BINARY, "0o755", 0, 0, epoch),
    ]
    assert archive.path.stat().st_size <= MAX_ARCHIVE_BYTES
    assert archive.binary.stat().st_size <= MAX_BINARY_BYTES


def test_architecture(archive: Archive) -> None:
    header = readelf(archive.binary, "--file-header")
    assert f"Machine:                           {MACHINES[archive.architecture]}" in header


def test_asks_the_machine_for_no_file(archive: Archive) -> None:
    assert needed(archive.binary) == set()
    assert "INTERP" not in segments(archive.binary)


def test_is_hardened(archive: Archive) -> None:
    """Loaded at any address, nothing both written and executed, and what is relocated read-only."""
    assert "Type:                              DYN" in readelf(archive.binary, "--file-header")
    found = segments(archive.binary)
    assert found["GNU_STACK"][5] == "RW"
    assert "GNU_RELRO" in found
    assert "RWE" not in {fields[5] for fields in found.values()}


def test_stacks_of_threads(archive: Archive) -> None:
    """musl takes from there how large a stack is that nobody chose."""
    assert int(segments(archive.binary)["GNU_STACK"][4], 16) == THREAD_STACK_BYTES


def test_symbols_are_in_the_side_file(archive: Archive) -> None:
    assert not {name for name in sections(archive.binary) if name.startswith(".debug")}
    assert ".symtab" not in sections(archive.binary)
    assert {".debug_info", ".debug_line", ".symtab"} <= sections(archive.debug)
    assert build_id(archive.debug) == build_id(archive.binary)
    link = section_bytes(archive.binary, ".gnu_debuglink")
    checksum = zlib.crc32(archive.debug.read_bytes()).to_bytes(4, "little")
    assert (link.split(b"\0")[0], link[-4:]) == (archive.debug.name.encode(), checksum)


@pytest.mark.parametrize("file", ["binary", "debug"])
def test_no_path_of_the_machine(archive: Archive, file: str, caches: list[Path]) -> None:
    path: Path = getattr(archive, file)
    named = [one for one in (TREE, *caches) if str(one).encode() in path.read_bytes()]
    assert named == []
