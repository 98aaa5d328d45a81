"""Portkey's open-source gateway as a process of its own, on loopback."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path
from types import TracebackType

LOOPBACK = Path(__file__).parents[1] / "gateway" / "loopback.cjs"
START_SECONDS = 60.0
END_SECONDS = 10.0


class Gateway:
    """`url` is what clients take as base URL; `through` passes requests on as they are.

    The gateway knows which parameters an OpenAI-compatible provider takes and drops all others, so
    what ModelArk has beyond those goes through its pass-through route.
    """

    def __init__(self, folder: Path, log: Path) -> None:
        self._script = folder / "node_modules/@portkey-ai/gateway/build/start-server.js"
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def through(self) -> str:
        return f"{self.url}/proxy"

    def __enter__(self) -> Gateway:
        line = ["node", "--require", str(LOOPBACK), str(self._script), "--headless", "--port=0"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                line,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "NODE_ENV": "production"},
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.port:
            text = self._log.read_text(errors="replace")
            found = re.search(r"listening on (\d+)", text)
            self.port = int(found[1]) if found else 0
            assert self._process.poll() is None, f"the gateway ended:\n{text}"
            assert time.monotonic() < deadline, f"the gateway did not start:\n{text}"
            time.sleep(0.02)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
