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
MACHINES = {"amd64": "X86-64 (0x1000007)", "arm64": "Arm64 (0x100000C)"}
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


def archive(machine: str) -> Path:
    return dist() / f"{BINARY}-v{version()}-darwin-{machine}.unrun.tar.gz"


@pytest.fixture(params=MACHINES)
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def binary(machine: str, tmp_path: Path) -> Path:
    with tarfile.open(archive(machine)) as tar:
        tar.extractall(tmp_path, filter="data")
    return tmp_path / BINARY


def printed(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_no_engine_asks_for_the_names() -> None:
    names = sorted(path.name for path in dist().iterdir())
    assert names == sorted(archive(machine).name for machine in MACHINES)


def test_contents(machine: str) -> None:
    with tarfile.open(archive(machine)) as tar:
        entries = {entry.name: oct(entry.mode) for entry in tar.getmembers()}
    assert entries == {
        "LICENSE": "0o644",
        "THIRD-PARTY-LICENCES.txt": "0o644",
        BINARY: "0o755",
    }


def test_machine(machine: str, binary: Path) -> None:
    header = printed("llvm-readobj", "--file-header", binary)
    assert f"CpuType: {MACHINES[machine]}" in header
    assert "FileType: Executable (0x2)" in header


def test_only_the_c_library_is_shared(binary: Path) -> None:
    used = printed("llvm-objdump", "--macho", "--dylibs-used", binary).splitlines()[1:]
    assert {line.split()[0] for line in used} == SHARED


def test_it_is_signed(machine: str, binary: Path) -> None:
    """By the linker, in nobody's name: arm64 starts nothing without."""
    commands = printed("llvm-objdump", "--macho", "--private-headers", binary)
    assert ("LC_CODE_SIGNATURE" in commands) == (machine == "arm64")


def test_no_place_of_this_machine_is_named(binary: Path) -> None:
    data = binary.read_bytes()
    places = [ROOT, Path.home() / ".cache", Path("/tmp/inference-static")]
    assert [place for place in places if str(place).encode() in data] == []
