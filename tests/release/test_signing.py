"""The commands with which docs/releasing.md has a release signed and checked."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import BINARY
from support.keyring import Keyring
from support.pages import commands

PAGE = "docs/releasing.md"
SIGN = commands(PAGE, "Whoever makes the release signs it:")
CHECK = commands(PAGE, "then checks in the folder of what was downloaded:")


@pytest.fixture(scope="module")
def maker() -> Iterator[Keyring]:
    with Keyring("releases@example.com") as keys:
        yield keys


@pytest.fixture(scope="module")
def user(maker: Keyring) -> Iterator[Keyring]:
    with Keyring() as keys:
        keys.trust(maker)
        yield keys


def sign(folder: Path, dist: Path, keys: Keyring) -> Path:
    """The folder of the archives in a tree, signed there."""
    files = folder / "build" / "dist"
    files.parent.mkdir()
    shutil.copytree(dist, files)
    done = keys.run(SIGN, folder)
    assert done.returncode == 0, done.stderr
    return files


def download(files: Path, folder: Path) -> Path:
    """What a user takes: one archive, the checksums of all, and their signature."""
    (archive,) = files.glob(f"{BINARY}-v*-linux-amd64.tar.gz")
    folder.mkdir()
    for path in (archive, files / "SHA256SUMS", files / "SHA256SUMS.asc"):
        shutil.copy(path, folder)
    return folder / archive.name


def test_a_release_is_signed_and_checked(
    dist: Path, maker: Keyring, user: Keyring, tmp_path: Path
) -> None:
    archive = download(sign(tmp_path, dist, maker), tmp_path / "user")
    done = user.run(CHECK, archive.parent)
    assert (done.returncode, done.stdout) == (0, f"{archive.name}: OK\n"), done.stderr
    assert "Good signature" in done.stderr


def test_a_changed_archive_fails(dist: Path, maker: Keyring, user: Keyring, tmp_path: Path) -> None:
    archive = download(sign(tmp_path, dist, maker), tmp_path / "user")
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 1
    archive.write_bytes(content)
    done = user.run(CHECK, archive.parent)
    assert (done.returncode, done.stdout) == (1, f"{archive.name}: FAILED\n")


def test_changed_checksums_fail(dist: Path, maker: Keyring, user: Keyring, tmp_path: Path) -> None:
    """Whoever changes an archive and its checksum cannot sign that."""
    archive = download(sign(tmp_path, dist, maker), tmp_path / "user")
    sums = archive.parent / "SHA256SUMS"
    sums.write_text(sums.read_text().replace("a", "b", 1))
    done = user.run(CHECK, archive.parent)
    assert (done.returncode, done.stdout) == (1, "")
    assert "BAD signature" in done.stderr


def test_the_signature_of_a_stranger_fails(dist: Path, user: Keyring, tmp_path: Path) -> None:
    with Keyring("stranger@example.com") as stranger:
        archive = download(sign(tmp_path, dist, stranger), tmp_path / "user")
    done = user.run(CHECK, archive.parent)
    assert (done.returncode, done.stdout) == (2, "")
    assert "No public key" in done.stderr


def test_no_signature_fails(dist: Path, maker: Keyring, user: Keyring, tmp_path: Path) -> None:
    archive = download(sign(tmp_path, dist, maker), tmp_path / "user")
    (archive.parent / "SHA256SUMS.asc").unlink()
    done = user.run(CHECK, archive.parent)
    assert (done.returncode, done.stdout) == (2, "")


def test_an_archive_that_is_not_there_fails(
    dist: Path, maker: Keyring, user: Keyring, tmp_path: Path
) -> None:
    """--ignore-missing does not mean that nothing was checked."""
    archive = download(sign(tmp_path, dist, maker), tmp_path / "user")
    archive.unlink()
    assert user.run(CHECK, archive.parent).returncode == 1
