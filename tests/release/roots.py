"""Machines in folders: programs there see nothing but the folder, /proc, /dev/null and loopback."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

BUSYBOX = Path("/bin/busybox")
QEMU = Path("/usr/bin/qemu-aarch64-static")
DEBIANS = ("bookworm", "trixie", "bullseye")
# The mount ends with the namespace. What runs in it is the process itself, which takes the signals.
ENTER = 'mount -t proc proc "$1/proc" && exec chroot "$@"'


def entered(root: Path) -> list[str]:
    """What a command is run under to run in that root."""
    return ["unshare", "--mount", "sh", "-c", ENTER, "sh", str(root)]


class Root:
    """`before` is what the provider is run under inside."""

    def __init__(self, path: Path, before: tuple[str, ...] = ()) -> None:
        self.path = path
        self.before = before
        (path / "proc").mkdir(parents=True, exist_ok=True)

    def inside(self, path: str) -> Path:
        return self.path / path.lstrip("/")

    def add_file(self, inside: str, source: Path) -> None:
        self.inside(inside).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, self.inside(inside))

    def add_text(self, inside: str, text: str) -> None:
        self.inside(inside).parent.mkdir(parents=True, exist_ok=True)
        self.inside(inside).write_text(text)

    @property
    def wrapper(self) -> list[str]:
        return [*entered(self.path), *self.before]


def empty(path: Path) -> Root:
    return Root(path)


def busybox(path: Path) -> Root:
    """No C library and no shell but a static busybox."""
    root = Root(path)
    root.add_file("/bin/busybox", BUSYBOX)
    root.inside("/bin/sh").symlink_to("busybox")
    return root


def emulated(path: Path) -> Root:
    """Empty but for the emulator, which is static, too."""
    root = Root(path, ("/qemu",))
    root.add_file("/qemu", QEMU)
    return root


def debian(path: Path, image: Path) -> Root:
    path.mkdir(parents=True)
    subprocess.run(["tar", "-C", path, "--numeric-owner", "-xf", image], check=True)
    return Root(path)
