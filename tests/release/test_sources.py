"""scripts/check-sources against an apt that says what the test wants."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

TREE = Path(__file__).parents[2]
ROWS = [
    line.split("\t")
    for line in (TREE / "release/sources.tsv").read_text().splitlines()
    if not line.startswith("#")
]
PINNED = {name: version for name, version, origin in ROWS if origin != "pypi"}
# Only `source` can fail: the mirror lacks a file.
APT_GET = '#!/bin/sh\ncase " $* " in *" source "*) exit "$APT_SOURCE_STATUS" ;; esac\n'
APT_CACHE = '#!/bin/sh\nfor name; do :; done\ncat "$APT_VERSIONS/$name"\n'


class Apt:
    """The versions it names of each source package; the pinned one of all others."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "bin"
        self.programs.mkdir()
        for name, text in (("apt-get", APT_GET), ("apt-cache", APT_CACHE)):
            (self.programs / name).write_text(text)
            (self.programs / name).chmod(0o755)
        (folder / "versions").mkdir()
        for name, version in PINNED.items():
            self.names(name, version)

    def names(self, package: str, *versions: str) -> None:
        stanzas = [f"Package: {package}\nVersion: {one}\n" for one in versions]
        (self.folder / "versions" / package).write_text("\n".join(stanzas))

    def check(self, source_status: int = 1) -> tuple[int, str]:
        environment = {
            "PATH": f"{self.programs}:{os.environ['PATH']}",
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "APT_VERSIONS": str(self.folder / "versions"),
            "APT_SOURCE_STATUS": str(source_status),
        }
        done = subprocess.run(
            [TREE / "scripts/check-sources"],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.stderr == ""
        return done.returncode, done.stdout


@pytest.fixture
def apt(tmp_path: Path) -> Apt:
    return Apt(tmp_path)


def test_the_newest_versions_are_pinned(apt: Apt) -> None:
    assert apt.check() == (0, "")


def test_an_older_version_beside_the_pinned_one_is_nothing_new(apt: Apt) -> None:
    apt.names("curl", PINNED["curl"], "7.88.1-10")
    assert apt.check() == (0, "")


def test_a_newer_version_fails_and_is_named(apt: Apt) -> None:
    apt.names("curl", PINNED["curl"], f"{PINNED['curl']}.1")
    apt.names("zlib", f"{PINNED['zlib']}.2")
    assert apt.check() == (
        1,
        f"curl: {PINNED['curl']} is pinned, Debian has {PINNED['curl']}.1\n"
        f"zlib: {PINNED['zlib']} is pinned, Debian has {PINNED['zlib']}.2\n",
    )


def test_what_was_an_original_only_can_be_taken_whole(apt: Apt) -> None:
    originals = {name: version for name, version, origin in ROWS if origin == "upstream"}
    told = "".join(
        f"{name}: of {version} only the original is taken, Debian has all of it\n"
        for name, version in originals.items()
    )
    assert apt.check(source_status=0) == (1 if originals else 0, told)
