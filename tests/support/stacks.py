"""A Pulumi project of its own for one test: own home, own state, own environment."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from simulator.client import Simulator

from support.runs import Run, name_of, read_events

PROJECT = "demo"
STACK = "dev"
DEADLINE_SECONDS = 90.0
# A provider that dies, or an engine that stumbles over it, says one of these.
DEATH_CRIES = ("exited prematurely", "panic:", "Sanitizer", "runtime error")
EVENT_COMMANDS = ("up", "preview", "refresh", "destroy", "import")
Json = dict[str, Any]


class Toolchain:
    """The CLI and the provider that are tested."""

    def __init__(self, pulumi: Path, provider: Path, version: str) -> None:
        self.pulumi = pulumi
        self.provider = provider
        self.version = version

    @classmethod
    def from_environment(cls) -> Toolchain:
        """PULUMI_CLI (or PATH) and INFERENCE_BINARY."""
        pulumi = os.environ.get("PULUMI_CLI") or shutil.which("pulumi")
        provider = os.environ.get("INFERENCE_BINARY")
        assert pulumi and provider, (
            "PULUMI_CLI (or PATH) and INFERENCE_BINARY must name the programs to test"
        )
        binary = Path(provider).resolve()
        printed = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True)
        version = re.search(r"\d+\.\d+\.\d+\S*", printed.stdout)
        assert version, printed.stdout
        return cls(Path(pulumi).resolve(), binary, version[0])

    @cached_property
    def empty_stack(self) -> Mapping[Path, bytes]:
        """What the CLI writes for an empty stack, by path below a stack's root. It is made once:
        making one takes as long as a third of a small test."""
        with tempfile.TemporaryDirectory() as folder:
            made = FirstStack(Path(folder) / "stack", self, Simulator())
            written = [path for path in made.root.rglob("*") if path.is_file()]
            return {
                path: (made.root / path).read_bytes()
                for path in (path.relative_to(made.root) for path in written)
                if path.parts[0] in ("state", "project")
            }


class Stack:
    """A stack of a project in a folder. Every command must end before a deadline."""

    def __init__(self, root: Path, tools: Toolchain, sim: Simulator) -> None:
        self.root = root
        self.tools = tools
        self.sim = sim
        self.project = root / "project"
        self.environment = self._environment()
        self._runs = 0
        for folder in ("home", "state", "project", "user", "tmp"):
            (root / folder).mkdir(parents=True)
        self._install_provider()
        self.config: Json = {}
        self.begin()

    def _environment(self) -> dict[str, str]:
        """Nothing of the caller's but what a program needs to run."""
        kept = ("PATH", "LANG", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS")
        environment = {name: os.environ[name] for name in kept if name in os.environ}
        environment["PATH"] = f"{self.tools.pulumi.parent}:{environment['PATH']}"
        return environment | {
            "HOME": str(self.root / "user"),
            "TMPDIR": str(self.root / "tmp"),
            "PULUMI_HOME": str(self.root / "home"),
            "PULUMI_BACKEND_URL": f"file://{self.root / 'state'}",
            "PULUMI_STACK": STACK,
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
            "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
            "PULUMI_SKIP_CONFIRMATIONS": "true",
            "PULUMI_DEBUG_COMMANDS": "true",  # for --event-log
            "GOGC": "400",  # commands are short: collecting their garbage is a seventh of the work
            "NO_COLOR": "1",
            "NO_PROXY": "*",
        }

    def _install_provider(self) -> None:
        folder = self.root / "home" / "plugins" / f"resource-inference-v{self.tools.version}"
        folder.mkdir(parents=True)
        (folder / "pulumi-resource-inference").symlink_to(self.tools.provider)

    # The program.

    def begin(self) -> None:
        """The project and the stack as they are at first: a program of nothing."""
        for path, content in self.tools.empty_stack.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_bytes(content)

    def init(self) -> None:
        """An empty stack of the project."""
        self.run("stack", "init", STACK, "--secrets-provider", "passphrase")

    def write(
        self,
        resources: Mapping[str, Any],
        outputs: Mapping[str, str] | None = None,
        variables: Mapping[str, Any] | None = None,
        **project: Any,
    ) -> None:
        """The program; `project` adds top-level members of Pulumi.yaml."""
        program: Json = {"name": PROJECT, "runtime": "yaml", **project}
        for key, value in (
            ("resources", resources),
            ("outputs", outputs),
            ("variables", variables),
        ):
            if value:
                program[key] = dict(value)
        text = yaml.safe_dump(program, sort_keys=False)
        (self.project / "Pulumi.yaml").write_text(text)

    def configure(self, config: Mapping[str, Any]) -> None:
        """The stack's configuration, in plain (see `secret_config`); keeps its encryption key."""
        self.config = dict(config)
        path = self.project / f"Pulumi.{STACK}.yaml"
        known = yaml.safe_load(path.read_text()) if path.exists() else {}
        known = dict(known or {}, config=self.config)
        path.write_text(yaml.safe_dump(known))

    def secret_config(self, key: str, value: str) -> None:
        self.run("config", "set", "--secret", key, value)

    def set_config(
        self, plain: Mapping[str, str | None], secret: Mapping[str, str] | None = None
    ) -> None:
        """In one command, after which the file holds nothing of the secrets in plain. None takes a
        key out."""
        gone = [key for key, value in plain.items() if value is None]
        if gone:
            self.run("config", "rm-all", *gone)
        words = [f"--plaintext={key}={value}" for key, value in plain.items() if value is not None]
        words += [f"--secret={key}={value}" for key, value in (secret or {}).items()]
        if words:
            self.run("config", "set-all", *words)

    # Commands.

    def prepare(self, command: str, *arguments: str) -> tuple[list[str], Path]:
        """The argument vector of a command, and where its events will be."""
        self._runs += 1
        log = self.root / f"events-{self._runs}.json"
        line = [str(self.tools.pulumi), "--non-interactive", "--color", "never", command]
        if command in EVENT_COMMANDS:
            line += ["--stack", STACK, "--event-log", str(log)]
        return [*line, *arguments], log

    def run(
        self,
        command: str,
        *arguments: str,
        expect: int | None = 0,
        environment: Mapping[str, str] | None = None,
        seconds: float = DEADLINE_SECONDS,
    ) -> Run:
        """Run to its end. `expect` is the exit status (-1: any but 0, None: any)."""
        line, log = self.prepare(command, *arguments)
        process = self.spawn(line, environment)
        return self.finish(process, line, log, expect, seconds)

    def spawn(
        self, line: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """In a process group of its own, as a terminal would."""
        return subprocess.Popen(
            list(line),
            cwd=self.project,
            env={**self.environment, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def kill(self, process: subprocess.Popen[str], *others: int) -> None:
        """Kill an engine, after `others`, but never while it writes its state: that leaves half a
        file, which no later run can read. It is stopped first, so that nothing changes between the
        look at the file and the end; the provider's end alone would make it write."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not self._is_stopped_between_writes(process):
            assert time.monotonic() < deadline, "the state is never whole"
            process.send_signal(signal.SIGCONT)
            time.sleep(0.01)
        for pid in (*others, process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _is_stopped_between_writes(self, process: subprocess.Popen[str]) -> bool:
        process.send_signal(signal.SIGSTOP)
        with suppress(ChildProcessError):  # it has ended, and was waited for
            os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        try:
            json.loads(self.checkpoint.read_bytes())
        except (FileNotFoundError, ValueError):
            return False
        return True

    def finish(
        self,
        process: subprocess.Popen[str],
        line: Sequence[str],
        log: Path,
        expect: int | None = 0,
        seconds: float = DEADLINE_SECONDS,
    ) -> Run:
        began = time.monotonic()
        try:
            stdout, stderr = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            stdout, stderr = process.communicate()
            raise AssertionError(f"{line} took over {seconds} s:\n{stdout}{stderr}") from None
        spent = time.monotonic() - began
        run = Run(list(line), process.returncode, stdout, stderr, spent, read_events(log))
        for cry in DEATH_CRIES:
            assert cry not in run.text, run.text
        unexpected = run.status == 0 if expect == -1 else run.status != expect
        assert expect is None or not unexpected, f"status {run.status}:\n{run.text}"
        return run

    def up(self, *arguments: str, **options: Any) -> Run:
        return self.run("up", "--yes", "--skip-preview", *arguments, **options)

    def preview(self, *arguments: str, **options: Any) -> Run:
        """A preview, which must not call the cloud at all."""
        before = len(self.sim.requests())
        run = self.run("preview", *arguments, **options)
        assert [(r.method, r.path) for r in self.sim.requests()[before:]] == []
        return run

    def refresh(self, *arguments: str, **options: Any) -> Run:
        return self.run("refresh", "--yes", "--skip-preview", *arguments, **options)

    def destroy(self, *arguments: str, **options: Any) -> Run:
        return self.run("destroy", "--yes", "--skip-preview", *arguments, **options)

    def import_one(self, token: str, name: str, id: str, *arguments: str, **options: Any) -> Run:
        line = ["--yes", "--protect=false", token, name, id, *arguments]
        return self.run("import", *line, **options)

    def import_all(self, token: str, ids: Mapping[str, str], **options: Any) -> str:
        """Import name -> id; the generated program text."""
        listing = [{"type": token, "name": name, "id": id} for name, id in ids.items()]
        program = self.root / "generated.yaml"
        self.import_listing(listing, "--out", str(program), **options)
        return program.read_text()

    def import_listing(self, listing: Sequence[Json], *arguments: str, **options: Any) -> Run:
        """Import what a file lists: type, name and id of each."""
        file = self.root / "import.json"
        file.write_text(json.dumps({"resources": list(listing)}))
        line = ["--yes", "--protect=false", "--file", str(file), *arguments]
        return self.run("import", *line, **options)

    # The state.

    def export(self, secrets: bool = False) -> str:
        flags = ["--show-secrets"] if secrets else []
        return self.run("stack", "export", *flags).stdout

    @property
    def checkpoint(self) -> Path:
        """Where the backend keeps the state."""
        return self.root / "state/.pulumi/stacks" / PROJECT / f"{STACK}.json"

    def age(self) -> None:
        """Its endpoints were made, or asked for, 120 s ago: so long a list may lack a new one."""
        state: Json = json.loads(self.export(secrets=True))
        for resource in state["deployment"]["resources"]:
            outputs = resource.get("outputs", {})
            for place in (outputs, outputs.get("status")):
                if isinstance(place, dict) and "createdAt" in place:
                    place["createdAt"] = "2026-01-01T00:00:00Z"
            if times := outputs.get("__unconfirmed"):
                times.update({key: times[key] - 120 for key in ("from", "until")})
        file = self.root / "aged.json"
        file.write_text(json.dumps(state))
        self.run("stack", "import", "--stack", STACK, "--file", str(file))

    def resources(self, secrets: bool = True) -> dict[str, Json]:
        """The state by resource name, without the stack itself and the providers."""
        deployment = json.loads(self.export(secrets))["deployment"]
        return {
            name_of(resource["urn"]): resource
            for resource in deployment.get("resources") or []
            if resource["type"].startswith("inference:")
        }

    def state(self, name: str) -> Json:
        """One resource of the state, secrets readable and unwrapped."""
        state: Json = unwrapped(self.resources()[name])
        return state

    def ids(self) -> dict[str, str]:
        return {name: resource["id"] for name, resource in self.resources().items()}

    def outputs(self) -> Json:
        result: Json = json.loads(self.run("stack", "output", "--json", "--show-secrets").stdout)
        return result


class FirstStack(Stack):
    """The one that the CLI itself makes, with a program of nothing."""

    def begin(self) -> None:
        self.write({})
        self.init()


class CopiedStack(Stack):
    """A stack of a copy of a program's folder."""

    def __init__(self, root: Path, tools: Toolchain, sim: Simulator, folder: Path) -> None:
        self.folder = folder
        super().__init__(root, tools, sim)

    def begin(self) -> None:
        shutil.copytree(self.folder, self.project, dirs_exist_ok=True)
        self.init()


SECRET_KEY = "4dabf18193072939515e22adb298388d"


def unwrapped(value: Any) -> Any:
    """Exported state with each readable secret replaced by its value."""
    if isinstance(value, list):
        return [unwrapped(item) for item in value]
    if not isinstance(value, dict):
        return value
    if SECRET_KEY in value and "plaintext" in value:
        return unwrapped(json.loads(value["plaintext"]))
    return {key: unwrapped(item) for key, item in value.items()}


def secret_paths(value: Any, path: tuple[str, ...] = ()) -> Iterable[str]:
    """Where in exported state secrets are."""
    if isinstance(value, dict):
        if SECRET_KEY in value:
            yield ".".join(path)
            return
        for key, item in value.items():
            yield from secret_paths(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from secret_paths(item, (*path, str(index)))
