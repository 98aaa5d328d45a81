"""A name server that never answers, and a process that asks no other."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

PORT = 53


def own_address() -> str:
    """A loopback address of this process's own, so that two of them can do this at once."""
    number = os.getpid()
    return f"127.53.{number // 250 % 250 + 1}.{number % 250 + 1}"


class StalledResolver:
    """Takes questions and keeps them. `questions` counts them."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.address = own_address()
        self._socket.bind((self.address, PORT))
        self._asked = 0
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def _listen(self) -> None:
        while True:
            try:
                question, _ = self._socket.recvfrom(4096)
            except OSError:
                return
            if not question:
                return
            self._asked += 1

    @property
    def questions(self) -> int:
        return self._asked

    def __enter__(self) -> StalledResolver:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", (self.address, PORT))
        self._thread.join(5)
        self._socket.close()


def asking_only(resolver: StalledResolver, folder: Path, line: Sequence[str]) -> list[str]:
    """The command in a mount namespace of its own, where that resolver is the only one."""
    configuration = folder / "resolv.conf"
    configuration.write_text(f"nameserver {resolver.address}\noptions timeout:30 attempts:1\n")
    script = f'mount --bind "{configuration}" /etc/resolv.conf && exec "$@"'
    unshare = shutil.which("unshare")
    assert unshare, "needs unshare of util-linux"
    return [unshare, "--mount", "/bin/sh", "-c", script, "sh", *line]
