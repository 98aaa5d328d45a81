"""What the clouds hold, kept in a file from one process to the next."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from simulator.base import snapshot
from simulator.base.cloud import ControlError
from simulator.base.server import World

LOOK_SECONDS = 0.5


class KeepError(Exception):
    """The file is none of ours, or cannot be read or written."""


class Keeper:
    """One file of one world. What the file holds of clouds that are not served now stays in it.

    The file holds secrets as they were sent, so only its owner may read it.
    """

    def __init__(self, world: World, path: Path) -> None:
        self._world = world
        self._path = path
        self._others: dict[str, Any] = {}
        self._written: str | None = None

    def load(self) -> None:
        """Fills the clouds, each of which has to be started; a file that is missing is empty."""
        if not self._path.exists():
            return
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))["clouds"]
            for name, cloud in self._world.clouds.items():
                if name in kept:
                    snapshot.put_back(cloud, kept[name])
            self._others = {name: kept[name] for name in kept if name not in self._world.clouds}
        except (ControlError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise KeepError(f"{self._path} holds no state of this simulator: {error}") from error

    def save(self) -> None:
        """Writes what has changed since the last time: all of it, or nothing."""
        taken = {name: snapshot.take(cloud) for name, cloud in self._world.clouds.items()}
        text = json.dumps({"clouds": {**self._others, **taken}})
        if text == self._written:
            return
        beside = self._path.with_name(self._path.name + ".new")
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        beside.replace(self._path)
        self._written = text

    async def run(self) -> None:
        """Until it is cancelled: a process that is killed loses no more than the last moment."""
        while True:
            try:
                self.save()
            except OSError as error:
                print(f"inference-simulator: {error}", file=sys.stderr, flush=True)
            await asyncio.sleep(LOOK_SECONDS)
