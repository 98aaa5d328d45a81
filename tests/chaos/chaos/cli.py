"""The real CLI in place of the driver: the same scenarios, the same judge."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from support import stacks
from support.runs import Run, name_of, read_events

from chaos.engine import HANG_SECONDS, TIMEOUT_SECONDS, Heard, make_older
from chaos.faults import End
from chaos.targets import Target

Json = dict[str, Any]
# At most two operations with a time-out of their own, one after the other, and the CLI itself.
COMMAND_SECONDS = 2 * (TIMEOUT_SECONDS + HANG_SECONDS) + 20
ORPHAN_SECONDS = 20
PROVIDER = b"pulumi-resource-inference"
TIMEOUTS = {key: f"{TIMEOUT_SECONDS:.0f}s" for key in ("create", "update", "delete")}


class CliStack:
    """A stack in a folder of its own; each command is a run of `pulumi`."""

    def __init__(self, binary: Path, target: Target, url: str, heard: Heard, name: str) -> None:
        self.target = target
        self.name = name
        self.heard = heard
        self.let_go: list[tuple[str, float]] = []
        self._folder = tempfile.TemporaryDirectory(prefix="chaos-cli-")
        tools = stacks.Toolchain.from_environment()
        assert tools.provider == binary
        # Nothing here asks the stack for its simulator.
        self._stack = stacks.Stack(Path(self._folder.name) / name, tools, None)  # type: ignore[arg-type]
        config = target.config(url)
        secrets = {key: config.pop(key) for key in target.secret_keys if key in config}
        self._stack.set_config(config, secrets)
        self._process: subprocess.Popen[str] | None = None
        self._killed = threading.Event()  # the engine

    # What the judge asks.

    def _checkpoint(self) -> Json:
        """The state as it lies in the backend."""
        found: Json = json.loads(self._stack.checkpoint.read_text())["checkpoint"]
        return found

    def _entries(self) -> list[Json]:
        resources = (self._checkpoint().get("latest") or {}).get("resources") or []
        return [entry for entry in resources if entry["type"] == self.target.token]

    @property
    def ids(self) -> list[str]:
        """Of replaced ones that wait for their end, too."""
        return [entry["id"] for entry in self._entries()]

    def text(self) -> list[Json]:
        return [self._checkpoint()]

    def pass_time(self) -> None:
        """As if the last command were long ago."""
        state = json.loads(self._stack.export())
        for entry in state["deployment"].get("resources") or []:
            make_older(entry.get("outputs", {}), self.target)
        file = self._stack.root / "older.json"
        file.write_text(json.dumps(state))
        self._stack.run("stack", "import", "--file", str(file))

    # Commands; true when the CLI ends with 0.

    def up(self, program: dict[str, Json], replace: bool = False) -> bool:
        options = {"customTimeouts": TIMEOUTS}
        self._stack.write(
            {
                name: {"type": self.target.token, "properties": inputs, "options": options}
                for name, inputs in program.items()
            }
        )
        head = f"urn:pulumi:{stacks.STACK}::{stacks.PROJECT}::{self.target.token}"
        urns = [f"{head}::{name}" for name in program]
        words = [word for urn in urns for word in ("--replace", urn)] if replace else []
        return self._run("up", *words)

    def refresh(self) -> bool:
        return self._run("refresh")

    def destroy(self) -> bool:
        return self._run("destroy")

    def _run(self, command: str, *arguments: str) -> bool:
        before, began = self.ids, time.time()
        line, log = self._stack.prepare(command, "--yes", "--skip-preview", *arguments)
        self._killed.clear()
        self._process = self._stack.spawn(line)
        try:
            out, err = self._process.communicate(timeout=COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            self.heard.hung.append(command)
            os.killpg(self._process.pid, signal.SIGKILL)
            out, err = self._process.communicate()
        status, self._process = self._process.returncode, None
        if self._killed.is_set():
            self._after_kill()
        self._listen(Run(line, status, out, err, 0, read_events(log)), log)
        now = self.ids
        self.let_go += [(id, began) for id in before if id not in now]
        return status == 0

    def _listen(self, run: Run, log: Path) -> None:
        """What was said of a resource counts as told; what the engine says beside that does not."""
        self.heard.output += [run.stdout.encode(), run.stderr.encode()]
        self.heard.output += [log.read_bytes()] if log.exists() else []
        found = (event["diagnosticEvent"] for event in run.events if "diagnosticEvent" in event)
        self.heard.errors += [d["message"] for d in found if name_of(d.get("urn", ""))]

    # Ends of processes.

    def end_by(self, end: End) -> None:
        """What a fault does to processes; SIGINT to the engine's whole group is Ctrl-C."""
        process = self._process
        if process is None:
            return
        if end is End.ENGINE:
            self._killed.set()
            self._stack.kill(process)
        elif end is End.CANCEL:
            os.killpg(process.pid, signal.SIGINT)
        else:
            number = signal.SIGKILL if end is End.KILL else signal.SIGINT
            for provider in self._providers():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(provider, number)

    def _providers(self) -> Iterator[int]:
        """Those that were started for this stack: they have its home in their environment."""
        home = f"PULUMI_HOME={self._stack.root / 'home'}".encode()
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                program = (entry / "cmdline").read_bytes().split(b"\0")[0]
                environment = (entry / "environ").read_bytes().split(b"\0")
                if os.path.basename(program) == PROVIDER and home in environment:
                    yield int(entry.name)

    def _after_kill(self) -> None:
        """A next run may begin at any time; here it waits for what the orphan still does."""
        deadline = time.monotonic() + ORPHAN_SECONDS
        while list(self._providers()):
            if time.monotonic() > deadline:
                self.heard.hung.append("the orphaned provider")
                for provider in self._providers():
                    os.kill(provider, signal.SIGKILL)
                break
            time.sleep(0.05)
        self._stack.run("cancel", "--yes", "--stack", stacks.STACK, expect=None)
