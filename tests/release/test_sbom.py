"""The SBOM: valid by SPDX's own tool, about this very archive, with a licence for all it names."""

from __future__ import annotations

import hashlib
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from archives import BINARY, Archive

LINKED = {"abseil", "cjson", "curl", "grpc", "musl", "openssl", "protobuf-c", "zlib", "ziglang"}


def test_is_valid(archive: Archive) -> None:
    tool = os.environ["SPDX_TOOL"]
    arguments = ["--infile", str(archive.sbom_path), "--version", "SPDX-2.3"]
    checked = subprocess.run([tool, *arguments], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_is_about_this_archive(archive: Archive, epoch: int) -> None:
    ours = archive.sbom["packages"][0]
    assert (ours["name"], ours["versionInfo"]) == (BINARY, archive.version)
    assert ours["packageFileName"] == archive.path.name
    assert ours["checksums"] == [
        {
            "algorithm": "SHA256",
            "checksumValue": hashlib.sha256(archive.path.read_bytes()).hexdigest(),
        }
    ]
    created = datetime.strptime(archive.sbom["creationInfo"]["created"], "%Y-%m-%dT%H:%M:%S%z")
    assert created == datetime.fromtimestamp(epoch, UTC)


def related(archive: Archive, kind: str) -> set[str]:
    names = {package["SPDXID"]: package["name"] for package in archive.sbom["packages"]}
    relations = archive.sbom["relationships"]
    return {names[r["relatedSpdxElement"]] for r in relations if r["relationshipType"] == kind}


def pinned() -> dict[str, str]:
    lines = (Path(__file__).parents[2] / "release/sources.tsv").read_text().splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return {n: v.partition("-")[0] if origin == "upstream" else v for n, v, origin in rows}


def test_names_what_is_linked_as_pinned(archive: Archive) -> None:
    assert related(archive, "STATIC_LINK") == LINKED
    packages = {one["name"]: one["versionInfo"] for one in archive.sbom["packages"]}
    assert packages == {BINARY: archive.version} | {name: pinned()[name] for name in LINKED}


def test_every_licence_is_in_the_archive(archive: Archive) -> None:
    for package in archive.sbom["packages"][1:]:
        name, version = package["name"], package["versionInfo"]
        assert f"\n{name} {version}: {package['licenseDeclared']}\n" in archive.licences
        kind = "pypi" if name == "ziglang" else "deb/debian"
        locator = package["externalRefs"][0]["referenceLocator"]
        assert locator.startswith(f"pkg:{kind}/{name}@")
    for text in ("Apache License\n", "musl as a whole", "LLVM Exceptions"):
        assert text in archive.licences
