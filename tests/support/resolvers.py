"""A name server that never answers, and a process that asks no other."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PORT = 53
NAME_ERROR = 3
FAMILIES = {1: socket.AF_INET, 28: socket.AF_INET6}  # by type of record


def own_address() -> str:
    """A loopback address of this process's own, so that two of them can do this at once."""
    number = os.getpid()
    return f"127.53.{number // 250 % 250 + 1}.{number % 250 + 1}"


class _Resolver:
    """Hears questions at an address, until an empty one ends it."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, PORT))
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def _listen(self) -> None:
        while True:
            try:
                question, client = self._socket.recvfrom(4096)
            except OSError:
                return
            if not question:
                return
            self._hear(question, client)

    def _hear(self, question: bytes, client: Any) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
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


class StalledResolver(_Resolver):
    """Takes questions and keeps them. `questions` counts them."""

    def __init__(self) -> None:
        super().__init__(own_address())
        self._asked = 0

    def _hear(self, question: bytes, client: Any) -> None:
        self._asked += 1

    @property
    def questions(self) -> int:
        return self._asked


def asking_only(resolver: StalledResolver, folder: Path, line: Sequence[str]) -> list[str]:
    """The command in a mount namespace of its own, where that resolver is the only one."""
    configuration = folder / "resolv.conf"
    configuration.write_text(f"nameserver {resolver.address}\noptions timeout:30 attempts:1\n")
    script = f'mount --bind "{configuration}" /etc/resolv.conf && exec "$@"'
    unshare = shutil.which("unshare")
    assert unshare, "needs unshare of util-linux"
    return [unshare, "--mount", "/bin/sh", "-c", script, "sh", *line]


class AnsweringResolver(_Resolver):
    """Knows some names, and that there are no others. `asked` has the names in the questions."""

    def __init__(self, addresses: dict[str, list[str]], address: str) -> None:
        """`addresses` of IPv4 and IPv6 by name; `address` is where it listens."""
        super().__init__(address)
        self.asked: list[str] = []
        self._addresses = addresses

    def _hear(self, question: bytes, client: Any) -> None:
        self._socket.sendto(self._answer(question), client)

    def _answer(self, question: bytes) -> bytes:
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1 : at + 1 + question[at]].decode())
            at += 1 + question[at]
        wanted = int.from_bytes(question[at + 1 : at + 3], "big")
        name = ".".join(labels).lower()
        self.asked.append(name)
        records = b""
        found = [ip for ip in self._addresses.get(name, []) if self._type(ip) == wanted]
        for ip in found:
            data = socket.inet_pton(FAMILIES[wanted], ip)
            records += b"\xc0\x0c" + wanted.to_bytes(2, "big") + b"\0\1\0\0\0\0"
            records += len(data).to_bytes(2, "big") + data
        status = 0 if name in self._addresses else NAME_ERROR
        head = question[:2] + bytes([0x81, 0x80 | status]) + b"\0\1"
        head += len(found).to_bytes(2, "big") + b"\0\0\0\0"
        return head + question[12 : at + 5] + records

    @staticmethod
    def _type(ip: str) -> int:
        return 28 if ":" in ip else 1
