"""What scripts/release made, as a user gets it.

RELEASE_DIST is its folder, RELEASE_SECOND_DIST the same made in another place, RELEASE_EPOCH the
time that both bear.
MINIMAL_ROOT is a minimal Debian (tar), RELEASE_ARM64_SYSROOT has the C library of arm64.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import Archive
from minimal import MinimalRoot
from simulator.client import Simulator

ARCHITECTURES = ("amd64", "arm64")
C_LIBRARY = ("ld-linux-aarch64.so.1", "aarch64-linux-gnu/libc.so.6", "aarch64-linux-gnu/libm.so.6")


def from_environment(name: str) -> str:
    value = os.environ.get(name)
    assert value, f"{name} is not set; scripts/test --only release sets it"
    return value


@pytest.fixture(scope="session")
def dist() -> Path:
    return Path(from_environment("RELEASE_DIST"))


@pytest.fixture(scope="session")
def second_dist() -> Path:
    return Path(from_environment("RELEASE_SECOND_DIST"))


@pytest.fixture(scope="session")
def epoch() -> int:
    return int(from_environment("RELEASE_EPOCH"))


@pytest.fixture(scope="session")
def archives(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Archive]:
    """By architecture, unpacked."""
    unpacked = tmp_path_factory.mktemp("unpacked")
    return {name: Archive(dist, name, unpacked / name) for name in ARCHITECTURES}


@pytest.fixture(params=ARCHITECTURES)
def archive(request: pytest.FixtureRequest, archives: dict[str, Archive]) -> Archive:
    return archives[request.param]


@pytest.fixture(scope="session")
def hf_process() -> Iterator[Simulator]:
    with Simulator("hf", tls=True) as simulator:
        yield simulator


@pytest.fixture
def hf(hf_process: Simulator) -> Simulator:
    hf_process.reset()
    hf_process.knobs("hf", polls={"pending": 1, "initializing": 0, "updating": 0, "deleting": 0})
    return hf_process


@pytest.fixture(scope="session")
def minimal(
    archives: dict[str, Archive],
    hf_process: Simulator,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[MinimalRoot]:
    """An empty machine with the CLI, and the archive installed in its plugin cache."""
    root = MinimalRoot(
        Path(from_environment("MINIMAL_ROOT")),
        Path(from_environment("PULUMI_CLI")).parent,
        tmp_path_factory.mktemp("minimal"),
    )
    root.add_file("/ca.pem", Path(hf_process.ca_path))
    root.add_file("/release.tar.gz", archives["amd64"].path)
    yield root
    subprocess.run(["rm", "-rf", str(root.path)], check=True)


@pytest.fixture(scope="session")
def arm64_libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The C library of arm64 and nothing else, as a root for qemu."""
    sysroot = Path(from_environment("RELEASE_ARM64_SYSROOT"))
    root = tmp_path_factory.mktemp("arm64")
    for name in C_LIBRARY:
        copy = root / "lib" / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((sysroot / "lib" / name).read_bytes())
        copy.chmod(0o755)
    return root
