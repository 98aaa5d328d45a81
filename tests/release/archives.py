"""One release archive, unpacked, and what readelf says of the files in it."""

from __future__ import annotations

import json
import re
import subprocess
import tarfile
from pathlib import Path
from typing import Any

BINARY = "pulumi-resource-inference"


def readelf(path: Path, *options: str) -> str:
    printed = subprocess.run(
        ["readelf", "--wide", *options, str(path)], capture_output=True, text=True, check=True
    )
    return printed.stdout


def needed(path: Path) -> set[str]:
    return set(re.findall(r"\(NEEDED\).*\[(.*)\]", readelf(path, "--dynamic")))


def segments(path: Path) -> dict[str, list[str]]:
    """By kind: offset, addresses, sizes, flags and alignment, as readelf prints them."""
    rows = re.findall(r"^  ([A-Z_]+) +(0x.*)$", readelf(path, "--program-headers"), re.MULTILINE)
    return {kind: fields.split() for kind, fields in rows}


def sections(path: Path) -> set[str]:
    return set(re.findall(r"^\s*\[\s*\d+\] (\.\S+)", readelf(path, "--sections"), re.MULTILINE))


def section_bytes(path: Path, name: str) -> bytes:
    dump = readelf(path, f"--hex-dump={name}")
    rows = re.findall(r"^  0x[0-9a-f]+ ((?:[0-9a-f]{2,8} ){1,4})", dump, re.MULTILINE)
    return bytes.fromhex("".join(rows))


def build_id(path: Path) -> str:
    found = re.search(r"Build ID: (\w+)", readelf(path, "--notes"))
    assert found, f"{path} has no build id"
    return found[1]


class Archive:
    def __init__(self, dist: Path, architecture: str, unpacked: Path) -> None:
        self.architecture = architecture
        paths = [path for path in dist.glob(f"*-linux-{architecture}.tar.gz")]
        assert len(paths) == 1, paths
        self.path = paths[0]
        self.stem = self.path.name.removesuffix(".tar.gz")
        self.folder = unpacked
        for path in (self.path, self.debug_path):
            with tarfile.open(path) as tar:
                tar.extractall(unpacked, filter="data")

    @property
    def version(self) -> str:
        return self.stem.split("-linux-")[0].removeprefix(f"{BINARY}-v")

    @property
    def debug_path(self) -> Path:
        return self.path.with_name(f"{self.stem}-debug.tar.gz")

    @property
    def binary(self) -> Path:
        return self.folder / BINARY

    @property
    def debug(self) -> Path:
        return self.folder / f"{BINARY}.debug"

    @property
    def sbom_path(self) -> Path:
        return self.path.with_name(f"{self.stem}.spdx.json")

    @property
    def sbom(self) -> dict[str, Any]:
        result: dict[str, Any] = json.loads(self.sbom_path.read_text())
        return result

    @property
    def licences(self) -> str:
        return (self.folder / "THIRD-PARTY-LICENCES.txt").read_text()
