"""Every C file of provider/ compiles for macOS, as the release compiles it for Linux.

The commands are those of the release build, INFERENCE_RELEASE_BUILD, with another target. The
headers of the libraries are those of its static libraries, INFERENCE_STATIC_ROOT; the C library's
are Apple's, which Zig brings along. Nothing is linked or run.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TARGETS = ("aarch64-macos", "x86_64-macos")
# The header of glibc that musl lacks: macOS has its own.
NOT_A_LIBRARY = "sys"
SECONDS = 300


def from_environment(name: str) -> Path:
    value = os.environ.get(name)
    assert value, f"{name} is not set; scripts/test --only macos sets it"
    return Path(value)


def build() -> Path:
    return from_environment("INFERENCE_RELEASE_BUILD")


def static_root() -> Path:
    return from_environment("INFERENCE_STATIC_ROOT")


def commands() -> dict[Path, list[str]]:
    """By source, all of the provider with what is generated for it."""
    rows = json.loads((build() / "compile_commands.json").read_text(encoding="utf-8"))
    places = (ROOT / "provider", build().resolve() / "generated")
    return {
        Path(row["file"]): shlex.split(row["command"])
        for row in rows
        if any(Path(row["file"]).is_relative_to(place) for place in places)
    }


def without_glibc(include: Path, folder: Path) -> Path:
    """The static libraries' headers alone."""
    shown = folder / "include"
    shown.mkdir()
    for header in include.iterdir():
        if header.name != NOT_A_LIBRARY:
            (shown / header.name).symlink_to(header)
    return shown


def for_target(command: list[str], target: str, folder: Path) -> list[str]:
    left_out = ("-O3", "-g", "-fstack-clash-protection")
    words = [word for word in command if word not in left_out]
    output = words.index("-o") + 1
    words[output] = str(folder / words[output].replace("/", "-"))
    return [f"--target={target}" if word.startswith("--target=") else word for word in words]


@pytest.mark.parametrize("target", TARGETS)
def test_every_file_compiles(target: str, tmp_path: Path) -> None:
    chosen = commands()
    linux = ROOT / "provider/base/platform_linux.c"
    portable = linux.with_name("platform_portable.c")
    twin = [word.replace(linux.name, portable.name) for word in chosen.pop(linux)]
    chosen[portable] = twin
    sources = {path for path in chosen if path.is_relative_to(ROOT / "provider")}
    assert sources == set((ROOT / "provider").rglob("*.c")) - {linux}

    include = static_root() / "include"
    shown = str(without_glibc(include, tmp_path))

    def complaint(command: list[str]) -> str:
        there = [word.replace(str(include), shown) for word in command]
        done = subprocess.run(
            for_target(there, target, tmp_path),
            cwd=build(),
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        return done.stderr or ("" if done.returncode == 0 else f"status {done.returncode}")

    with ThreadPoolExecutor(2) as pool:
        complaints = [text for text in pool.map(complaint, chosen.values()) if text]
    assert complaints == []
    assert len(list(tmp_path.glob("*.o"))) == len(chosen)
