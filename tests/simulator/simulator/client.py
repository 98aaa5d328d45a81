"""For tests: start the simulator as a process of its own and steer it. Standard library only."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

START_SECONDS = 30.0
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class SimulatorError(Exception):
    """The simulator did not start, refused a control request, or had a bug of its own."""


@dataclass(frozen=True)
class Recorded:
    """One request as the simulator saw it. Status 0: no reply; None: still in flight."""

    id: int
    cloud: str
    operation: str
    target: str
    method: str
    path: str
    query: str
    parameters: list[tuple[str, str]]
    headers: list[tuple[str, str]]
    body: bytes
    json: Any
    time: float
    notes: dict[str, Any]
    connection: int
    started_monotonic: float
    finished_monotonic: float | None
    status: int | None
    reply_headers: list[tuple[str, str]]
    reply_body: bytes
    fault: int | None
    bug: str | None

    def header(self, name: str) -> str | None:
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    @property
    def reply_json(self) -> Any:
        return json.loads(self.reply_body)

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Recorded:
        values = dict(raw)
        for key in ("body", "reply_body"):
            values[key] = base64.b64decode(values[key])
        for key in ("parameters", "headers", "reply_headers"):
            values[key] = [(name, value) for name, value in values[key]]
        return cls(**values)


class Simulator:
    """Context manager around one simulator process.

    `Simulator("hf", tls=True)`; without cloud names all clouds are served. The process ends with
    the `with` block, or when the test process dies. A bug inside the simulator (a cloud method
    that raised) makes the end of the block raise.
    """

    def __init__(
        self,
        *clouds: str,
        tls: bool = False,
        ca_path: Path | str | None = None,
        one_port: bool = False,
        seed: str = "0",
        knobs: dict[str, dict[str, Any]] | None = None,
        arguments: Sequence[str] = (),
    ) -> None:
        self._clouds = clouds
        self._tls = tls
        self._directory: tempfile.TemporaryDirectory[str] | None = None
        self._ca_path = Path(ca_path) if ca_path else None
        self._arguments = [*(["--one-port"] if one_port else []), "--seed", seed, *arguments]
        for name, values in (knobs or {}).items():
            self._arguments += ["--knobs", f"{name}:{json.dumps(values)}"]
        self._process: subprocess.Popen[str] | None = None
        self._urls: dict[str, str] = {}

    # The process.

    def start(self) -> Simulator:
        arguments = [*self._clouds, *self._arguments, "--until-eof"]
        if self._tls:
            arguments += ["--tls", "--ca-out", str(self.ca_path)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "simulator", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._urls = json.loads(self._first_line())
        return self

    def _first_line(self) -> str:
        """The line that tells the URLs; an error instead of a wait without end."""
        assert self._process is not None and self._process.stdout is not None
        process, stdout = self._process, self._process.stdout
        watchdog = threading.Timer(START_SECONDS, process.kill)
        watchdog.start()
        line = stdout.readline()
        watchdog.cancel()
        if not line:
            process.wait()
            raise SimulatorError(f"the simulator ended with {process.returncode} at its start")
        return line

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()
        if self._directory is not None:
            self._directory.cleanup()
            self._directory = None

    def __enter__(self) -> Simulator:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            bugs = self.bugs() if kind is None else []
        finally:
            self.stop()
        if bugs:
            raise SimulatorError("bugs in the simulator:\n" + "\n".join(bugs))

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def ca_path(self) -> Path:
        """Where the authority's certificate is (with TLS)."""
        if self._ca_path is None:
            self._directory = tempfile.TemporaryDirectory(prefix="simulator-ca-")
            self._ca_path = Path(self._directory.name) / "ca.pem"
        return self._ca_path

    def url(self, cloud: str) -> str:
        return self._urls[cloud]

    # The control route.

    def control(
        self,
        method: str,
        path: str,
        arguments: dict[str, Any] | None = None,
        query: dict[str, Any] | None = None,
    ) -> Any:
        """One raw control request; the answer's JSON."""
        url = f"{self._urls['control']}/{path}".rstrip("/")
        chosen = {key: value for key, value in (query or {}).items() if value is not None}
        if chosen:
            url += "?" + urllib.parse.urlencode(chosen)
        data = None if arguments is None else json.dumps(arguments).encode()
        request = urllib.request.Request(url, data, method=method)
        request.add_header("Content-Type", "application/json")
        try:
            with _OPENER.open(request, timeout=60) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            with error:
                text = error.read().decode(errors="replace")
            raise SimulatorError(f"{method} {path}: {text}") from None

    def requests(
        self,
        cloud: str | None = None,
        operation: str | None = None,
        target: str | None = None,
        method: str | None = None,
        after: int | None = None,
    ) -> list[Recorded]:
        """Recorded requests, oldest first; `after` is the id of the last one already seen."""
        query = {
            "cloud": cloud,
            "operation": operation,
            "target": target,
            "method": method,
            "after": after,
        }
        return [Recorded.from_json(raw) for raw in self.control("GET", "requests", query=query)]

    def wait_for(
        self, condition: Callable[[Simulator], Any], seconds: float = 30.0, what: str = "condition"
    ) -> Any:
        """Poll until `condition(self)` is true, return that; SimulatorError when it stays false."""
        deadline = time.monotonic() + seconds
        while True:
            result = condition(self)
            if result:
                return result
            if time.monotonic() > deadline:
                raise SimulatorError(f"{what} did not come true in {seconds} s")
            time.sleep(0.01)

    def wait_requests(self, count: int, seconds: float = 30.0, **selection: Any) -> list[Recorded]:
        """Wait until at least `count` requests of a selection have arrived."""

        def enough(simulator: Simulator) -> list[Recorded] | None:
            found = simulator.requests(**selection)
            return found if len(found) >= count else None

        found: list[Recorded] = self.wait_for(enough, seconds, f"{count} requests of {selection}")
        return found

    def clear(self, cloud: str | None = None) -> None:
        """Forget the recorded requests."""
        self.control("DELETE", "requests", query={"cloud": cloud})

    def stats(self) -> dict[str, Any]:
        """Per cloud: requests, dropped, in_flight, peak_in_flight, connections."""
        result: dict[str, Any] = self.control("GET", "stats")
        return result

    def bugs(self) -> list[str]:
        return [raw["bug"] for raw in self.control("GET", "bugs")]

    def fault(self, cloud: str = "*", operation: str = "*", **members: Any) -> int:
        """Add a fault rule (see the README for its members) and return its id."""
        values = {"cloud": cloud, "operation": operation, **members}
        identifier: int = self.control("POST", "faults", values)["id"]
        return identifier

    def faults(self) -> list[dict[str, Any]]:
        """The rules, with how many requests each has `seen` and `hits` it has made."""
        result: list[dict[str, Any]] = self.control("GET", "faults")
        return result

    def clear_faults(self, cloud: str | None = None) -> None:
        self.control("DELETE", "faults", query={"cloud": cloud})

    def release(self) -> None:
        """Let go every request that a `hold` rule holds."""
        self.control("POST", "release", {})

    def knobs(self, cloud: str, values: dict[str, Any] | None = None, **more: Any) -> Any:
        """Set knobs if any are given; the knobs as they are then."""
        changes = {**(values or {}), **more}
        if not changes:
            return self.control("GET", "knobs", query={"cloud": cloud})
        return self.control("POST", "knobs", {"cloud": cloud, "values": changes})

    def freeze(self, moment: float | str | None = None) -> None:
        """Stop the clock, at a moment if one is given (epoch seconds or RFC 3339)."""
        arguments: dict[str, Any] = {"freeze": True}
        if moment is not None:
            arguments["set"] = moment
        self.control("POST", "clock", arguments)

    def unfreeze(self) -> None:
        self.control("POST", "clock", {"freeze": False})

    def advance(self, seconds: float) -> float:
        """Move the clock on; the simulated time then, in epoch seconds."""
        now: float = self.control("POST", "clock", {"advance": seconds})["now"]
        return now

    def now(self) -> float:
        now: float = self.control("GET", "clock")["now"]
        return now

    def reset(self, cloud: str | None = None) -> None:
        """As at the start: one cloud, or all of them and the clock."""
        self.control("POST", "reset", {"cloud": cloud} if cloud else {})

    def state(self, cloud: str | None = None) -> Any:
        return self.control("GET", "state", query={"cloud": cloud})

    def snapshot(self, cloud: str) -> dict[str, Any]:
        """What a cloud holds, for `restore`, of this simulator or of another."""
        result: dict[str, Any] = self.control("GET", "snapshot", query={"cloud": cloud})
        return result

    def restore(self, cloud: str, snapshot: dict[str, Any]) -> None:
        """The cloud holds what the snapshot says instead; knobs, faults and record stay."""
        self.control("POST", "restore", {"cloud": cloud, "snapshot": snapshot})

    def mutate(
        self,
        cloud: str,
        target: str,
        patch: Any = None,
        assign: dict[str, Any] | None = None,
    ) -> Any:
        """Change a stored endpoint behind the client's back: merge patch, then JSON pointers."""
        arguments = {"cloud": cloud, "target": target, "patch": patch, "assign": assign or {}}
        return self.control("POST", "mutate", arguments)

    def delete(self, cloud: str, target: str) -> None:
        """Remove a stored endpoint behind the client's back."""
        self.control("POST", "delete", {"cloud": cloud, "target": target})

    def call(self, cloud: str, action: str, **arguments: Any) -> Any:
        """A control action of one cloud alone."""
        return self.control(
            "POST", "call", {"cloud": cloud, "action": action, "arguments": arguments}
        )

    def listen(self, cloud: str, up: bool) -> None:
        """Close a cloud's port (connections are refused and dropped), or open it again."""
        self.control("POST", "listen", {"cloud": cloud, "up": up})
