"""A keyring of its own for gpg, with one key that asks for no passphrase."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path


class Keyring:
    """`with Keyring("who@example.com") as keys:`. Without an address it has no key."""

    def __init__(self, address: str = "") -> None:
        # gpg's agent listens on a socket in there, whose path may not be long.
        self.home = Path(tempfile.mkdtemp(prefix="gpg-"))
        self.environment = os.environ | {"GNUPGHOME": str(self.home)}
        self.address = address
        if address:
            self.gpg("--passphrase", "", "--quick-generate-key", address, "ed25519", "sign")

    def __enter__(self) -> Keyring:
        return self

    def __exit__(self, *error: object) -> None:
        subprocess.run(["gpgconf", "--kill", "all"], env=self.environment, check=True)
        shutil.rmtree(self.home)

    def gpg(self, *arguments: str) -> bytes:
        line = ["gpg", "--batch", "--pinentry-mode", "loopback", *arguments]
        return subprocess.run(line, env=self.environment, check=True, capture_output=True).stdout

    def trust(self, other: Keyring) -> None:
        """Takes the other's public key, as a user does."""
        key = self.home / "public.asc"
        key.write_bytes(other.gpg("--armor", "--export", other.address))
        self.gpg("--import", str(key))

    def run(self, lines: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
        """Lines of a shell, up to the first that fails."""
        script = "\n".join(["set -e", *lines])
        return subprocess.run(
            ["bash", "-c", script],
            cwd=folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
