"""The archives for macOS, as far as a Linux machine can judge them; RELEASE_MACOS_DIST has them."""

from __future__ import annotations

import os
import re
import subprocess
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BINARY = "pulumi-resource-inference"
ARCHITECTURES = {"arm64": "Arm64 (0x100000C)", "amd64": "X86-64 (0x1000007)"}
# Apple's C library: all that a Mac has to have.
SHARED = {"/usr/lib/libSystem.B.dylib"}


def dist() -> Path:
    value = os.environ.get("RELEASE_MACOS_DIST")
    assert value, "RELEASE_MACOS_DIST is not set; scripts/test --only release-macos sets it"
    return Path(value)


def version() -> str:
    found = re.search(r"^project\(.* VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(), re.M)
    assert found
    return found[1]


def archive_of(architecture: str) -> Path:
    return dist() / f"{BINARY}-v{version()}-darwin-{architecture}.unrun.tar.gz"


@pytest.fixture(params=ARCHITECTURES)
def architecture(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def binary(architecture: str, tmp_path: Path) -> Path:
    with tarfile.open(archive_of(architecture)) as tar:
        tar.extractall(tmp_path, filter="data")
    return tmp_path / BINARY


def printed(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_no_engine_asks_for_the_names() -> None:
    assert set(dist().iterdir()) == {archive_of(architecture) for architecture in ARCHITECTURES}


def test_contents(architecture: str) -> None:
    with tarfile.open(archive_of(architecture)) as tar:
        entries = {entry.name: oct(entry.mode) for entry in tar.getmembers()}
    assert entries == {
        "LICENSE": "0o644",
        "THIRD-PARTY-LICENCES.txt": "0o644",
        BINARY: "0o755",
    }


def test_machine(architecture: str, binary: Path) -> None:
    header = printed("llvm-readobj", "--file-header", binary)
    assert f"CpuType: {ARCHITECTURES[architecture]}" in header
    assert "FileType: Executable (0x2)" in header


def test_oldest_system(binary: Path) -> None:
    commands = printed("llvm-objdump", "--macho", "--private-headers", binary).split()
    assert commands[commands.index("minos") + 1] == "15.0"


def test_only_the_c_library_is_shared(binary: Path) -> None:
    used = printed("llvm-objdump", "--macho", "--dylibs-used", binary).splitlines()[1:]
    assert {line.split()[0] for line in used if line} == SHARED


def test_it_is_signed_where_that_is_needed(architecture: str, binary: Path) -> None:
    """By the linker, in nobody's name: a Mac with Apple silicon starts nothing without."""
    commands = printed("llvm-objdump", "--macho", "--private-headers", binary)
    assert ("LC_CODE_SIGNATURE" in commands) == (architecture == "arm64")


def test_no_place_of_this_machine_is_named(binary: Path) -> None:
    data = binary.read_bytes()
    places = [str(ROOT), str(Path.home() / ".cache"), "/inference-static."]
    assert [place for place in places if place.encode() in data] == []
