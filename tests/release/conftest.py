"""What scripts/release made, as a user gets it.

RELEASE_DIST is its folder, RELEASE_SECOND_DIST the same made of another tree with another cache,
RELEASE_CACHES both caches, separated by colons, RELEASE_EPOCH the time that both bear.
MINIMAL_ROOTS has minimal Debians, minbase-<codename>.tar.
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
from support.clouds import ark, hf, maas, tir

ARCHITECTURES = ("amd64", "arm64")
CLOUDS = {"hf": hf, "ark": ark, "maas": maas, "tir": tir}


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
def caches() -> list[Path]:
    return [Path(path) for path in from_environment("RELEASE_CACHES").split(":")]


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
def clouds_process() -> Iterator[Simulator]:
    with Simulator(*CLOUDS, tls=True, arguments=["--tls-name", "models"]) as simulator:
        yield simulator


@pytest.fixture
def clouds(clouds_process: Simulator) -> Simulator:
    clouds_process.reset()
    for name, knobs in (("hf", hf.SLOW), ("ark", ark.QUICK), ("tir", tir.QUICK)):
        clouds_process.knobs(name, knobs)
    return clouds_process


@pytest.fixture(scope="session")
def debian_images() -> Path:
    return Path(from_environment("MINIMAL_ROOTS"))


@pytest.fixture(scope="session")
def minimal(
    archives: dict[str, Archive],
    debian_images: Path,
    clouds_process: Simulator,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[MinimalRoot]:
    """An empty machine with the CLI, and the archive installed in its plugin cache."""
    root = MinimalRoot(
        debian_images / "minbase-bookworm.tar",
        Path(from_environment("PULUMI_CLI")).parent,
        tmp_path_factory.mktemp("minimal"),
    )
    root.add_file("/ca.pem", Path(clouds_process.ca_path))
    root.add_file("/release.tar.gz", archives["amd64"].path)
    yield root
    subprocess.run(["rm", "-rf", str(root.path)], check=True)
