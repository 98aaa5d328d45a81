"""The SBOM: valid by SPDX's own tool, about this very archive, with a licence for all it names."""

from __future__ import annotations

import hashlib
import os
import subprocess
from datetime import UTC, datetime

from archives import BINARY, Archive

# What is known to be in every release; others may join them.
LINKED = {"curl", "cjson", "libgrpc-dev", "libprotobuf-c-dev", "libabsl-dev", "libc-ares-dev"}
LINKED |= {"zlib1g-dev", "libstdc++-12-dev", "libgcc-12-dev", "libc6-dev"}
BUNDLED = {"libssl3"}


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


def test_names_what_is_linked_and_what_is_packed(archive: Archive) -> None:
    assert related(archive, "STATIC_LINK") == LINKED
    assert related(archive, "DYNAMIC_LINK") == BUNDLED
    assert {package["name"] for package in archive.sbom["packages"]} == {BINARY, *LINKED, *BUNDLED}


def test_every_licence_is_in_the_archive(archive: Archive) -> None:
    for package in archive.sbom["packages"][1:]:
        source, version = package["sourceInfo"].split()[-2:]
        assert f"\n{source} {version}: {package['licenseDeclared']}\n" in archive.licences
        assert package["externalRefs"][0]["referenceLocator"].startswith("pkg:deb/debian/")
    for text in ("Apache License\n", "GNU GENERAL PUBLIC LICENSE\n", "GNU LESSER GENERAL PUBLIC"):
        assert text in archive.licences
