"""The part of Pulumi's engine that decides what is in a state, without the CLI.

One `Stack` is one state; each command starts a provider of its own, as the CLI does. What the
engine does at each step is told in docs/protocol/pulumi-provider.md.
"""

from __future__ import annotations

import contextlib
import copy
import os
import select
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc
from support.drivers.hf import Failure, failure_of, plain, struct
from support.engine import FakeEngine
from support.process import CHANNEL_OPTIONS
from support.values import secret

from chaos.faults import End
from chaos.targets import Target

Json = dict[str, Any]
# Of the environment, not to be seen by a provider.
VARIABLES = ("HF_", "HUGGING", "BYTEPLUS", "VOLC", "HW_", "OS_", "MAAS", "E2E_", "TIR_")
TIMEOUT_SECONDS = 6.0  # of each create, update and delete
HANG_SECONDS = 10.0  # beyond its time-out a call counts as hung
START_SECONDS = 30.0
CLOSE_SECONDS = 5.0  # the engine gives Cancel so long when a command ends
READ_SECONDS = 150.0  # a read has no time-out of its own to set
AGE = timedelta(hours=1)
LISTED_LATE = timedelta(seconds=120)
# The engine is a process between us and the provider, so that it can be killed. It dies with us.
ENGINE = 'trap "" INT; "$@" & wait'


@dataclass
class Entry:
    """One resource in the state."""

    urn: str
    id: str
    inputs: Json
    outputs: Json
    failed: bool = False  # has init errors
    needs_look: bool = False  # is read before it is updated (refresh_before_update)


@dataclass(frozen=True)
class Plan:
    """What is to be done to one resource: same, create, update or replace."""

    word: str
    inputs: Json
    delete_first: bool = False


@dataclass(frozen=True)
class Previewed:
    """What a preview says of one resource: a word of `Plan`, or delete."""

    word: str
    outputs: Json


@dataclass
class Heard:
    """What a user could read, over all commands of a case."""

    errors: list[str] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    output: list[bytes] = field(default_factory=list)
    hung: list[str] = field(default_factory=list)

    @property
    def messages(self) -> list[str]:
        return [*self.errors, *self.logs]


class Hung(Exception):
    """A call did not end."""


class Dead(Exception):
    """The engine is gone: nothing of this command is kept from here on."""


class Command:
    """One run of the CLI: an engine and its provider."""

    def __init__(self, binary: Path, target: Target, config: Json, heard: Heard) -> None:
        self._heard = heard
        self._target = target
        self._log = FakeEngine()
        self._dead = threading.Event()
        nothing = {name: "" for name in os.environ if name.startswith(VARIABLES)}
        self.process = subprocess.Popen(
            ["sh", "-c", ENGINE, "sh", str(binary), self._log.address],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **nothing, "HOME": "/nonexistent"},
            start_new_session=True,
        )
        self._channel = grpc.insecure_channel(f"127.0.0.1:{self._port()}", options=CHANNEL_OPTIONS)
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self._pid = self._provider_pid()
        self._configure(config)

    def _port(self) -> int:
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], START_SECONDS)
        assert ready, "the provider does not say its port"
        return int(self.process.stdout.readline())

    def _provider_pid(self) -> int:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int(children.read_text().split()[0])

    def _configure(self, config: Json) -> None:
        args: Json = {}
        for key, value in config.items():
            name = key.removeprefix("inference:")
            args[name] = secret(value) if key in self._target.secret_keys else value
        self._stub.Handshake(
            provider_pb2.ProviderHandshakeRequest(engine_address=self._log.address), timeout=30
        )
        request = provider_pb2.ConfigureRequest(
            args=struct(args),
            acceptSecrets=True,
            acceptResources=True,
            sends_old_inputs=True,
            sends_old_inputs_to_delete=True,
        )
        self._stub.Configure(request, timeout=30)

    def end_by(self, end: End) -> None:
        """What a fault does to processes. Any thread. The request that is struck may be another
        stack's, when this command has ended by itself."""
        with contextlib.suppress(grpc.RpcError, ValueError, ProcessLookupError):
            if end is End.KILL:
                os.kill(self._pid, signal.SIGKILL)
            elif end is End.INTERRUPT:
                os.kill(self._pid, signal.SIGINT)
            elif end is End.CANCEL:
                self._stub.Cancel(empty_pb2.Empty(), timeout=30)
            elif end is End.ENGINE:
                self._dead.set()
                self.process.kill()
                self._channel.close()
                self._log.close()

    def call(self, method: str, request: Any, seconds: float = TIMEOUT_SECONDS) -> Any:
        limit = seconds + HANG_SECONDS
        began = time.monotonic()
        try:
            return getattr(self._stub, method)(request, timeout=limit)
        except (grpc.RpcError, ValueError) as error:
            if self._dead.is_set():
                raise Dead from None
            assert isinstance(error, grpc.RpcError)
            failure = failure_of(error)
            if time.monotonic() - began >= limit:
                self._heard.hung.append(method)
                raise Hung(method) from None
            self._heard.errors.append(failure.message)
            if failure.partial is not None:
                self._heard.errors += list(failure.partial.reasons)
            raise failure from None

    def close(self) -> None:
        """As the engine ends its providers: Cancel, SIGINT, then waiting, then SIGKILL."""
        if self._dead.is_set():
            self._wait_for_orphan()
        else:
            self._say_cancel()
            self._channel.close()
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGINT)
        try:
            out, err = self.process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self._heard.hung.append("the end of the process")
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            out, err = self.process.communicate()
        self._heard.output += [out, err]
        self._heard.logs += [f"{r.severity} {r.message}" for r in list(self._log.records)]
        self._log.close()

    def _say_cancel(self) -> None:
        try:
            self._stub.Cancel(empty_pb2.Empty(), timeout=CLOSE_SECONDS)
        except grpc.RpcError as error:  # killed, or ended by a fault
            if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
                self._heard.hung.append("Cancel")

    def _wait_for_orphan(self) -> None:
        """A next run may begin at any time; here it waits for what the orphan still does."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + 20
        while os.path.exists(f"/proc/{self._pid}") and time.monotonic() < deadline:
            time.sleep(0.02)
        if os.path.exists(f"/proc/{self._pid}"):
            self._heard.hung.append("the orphaned provider")
            os.kill(self._pid, signal.SIGKILL)


class Stack:
    """A state, and the commands that change it."""

    def __init__(
        self, binary: Path, target: Target, url: str, heard: Heard, name: str = "dev"
    ) -> None:
        self.target = target
        self.name = name
        self.config = target.config(url)
        self.heard = heard
        self.entries: dict[str, Entry] = {}
        self.pending: list[Entry] = []  # replaced, still to be deleted
        self.steps: dict[str, str] = {}  # what the last `up` did to each resource of the program
        self.let_go: list[tuple[str, float]] = []  # ids that left the state, whatever for, and when
        self._binary = binary
        self._checks: Counter[str] = Counter()
        self._command: Command | None = None

    def urn(self, name: str) -> str:
        return f"urn:pulumi:{self.name}::shop::{self.target.token}::{name}"

    @property
    def ids(self) -> list[str]:
        return [entry.id for entry in (*self.entries.values(), *self.pending)]

    def text(self) -> list[Json]:
        return [vars(entry) for entry in (*self.entries.values(), *self.pending)]

    def pass_time(self) -> None:
        """As if the last command were long ago. Each command has a provider of its own, so what one
        knows of times is in the state."""
        for entry in (*self.entries.values(), *self.pending):
            make_older(entry.outputs, self.target)

    @contextlib.contextmanager
    def _running(self) -> Any:
        command = Command(self._binary, self.target, self.config, self.heard)
        self._command = command
        try:
            yield command
        finally:
            command.close()
            self._command = None

    def end_by(self, end: End) -> None:
        if self._command is not None:
            self._command.end_by(end)

    # Commands; true when the CLI would end with 0.

    def up(self, program: dict[str, Json], replace: bool = False) -> bool:
        return self._guarded(lambda command: self._up(command, program, replace))

    def preview(self, program: dict[str, Json], replace: bool = False) -> dict[str, Previewed]:
        """What `up` would do to each resource, and the outputs it foresees. The next `up` draws the
        same autonames. Raises Refused when Check says no; Failure, Dead and Hung as they come."""
        checks, entries = self._checks.copy(), copy.deepcopy(self.entries)
        let_go = list(self.let_go)
        try:
            with self._running() as command:
                return self._preview(command, program, replace)
        finally:
            self._checks, self.entries, self.let_go = checks, entries, let_go

    def refresh(self) -> bool:
        return self._guarded(self._refresh)

    def destroy(self) -> bool:
        return self._guarded(self._destroy)

    def import_(self, name: str, id: str) -> bool:
        return self._guarded(lambda command: self._import(command, name, id))

    def _guarded(self, work: Callable[[Command], bool]) -> bool:
        try:
            with self._running() as command:
                return work(command)
        except (Dead, Hung):
            return False

    def _up(self, command: Command, program: dict[str, Json], replace: bool) -> bool:
        self.steps = {}
        good = self._steps(command, program, replace)
        # What the program no longer has goes last, and only when all went well.
        if not good:
            return False
        for entry in list(self.pending):
            good = self._tried(lambda entry=entry: self._delete_pending(command, entry)) and good
        for name in [name for name in self.entries if name not in program]:
            good = self._tried(lambda name=name: self._delete(command, name)) and good
        return good

    def _steps(self, command: Command, program: dict[str, Json], replace: bool) -> bool:
        """What does not depend on each other is done at once."""

        def step(name: str) -> bool:
            return self._tried(lambda: self._step(command, name, program[name], replace))

        with ThreadPoolExecutor(max_workers=len(program) or 1) as pool:
            return all(list(pool.map(step, program)))

    @staticmethod
    def _tried(work: Callable[[], None]) -> bool:
        try:
            work()
        except (Failure, Refused):
            return False
        return True

    def _step(self, command: Command, name: str, news: Json, replace: bool) -> None:
        plan = self._plan(command, name, news, replace)
        self.steps[name] = plan.word
        if plan.word == "create":
            self._create(command, name, plan.inputs)
        elif plan.word == "replace":
            self._replace(command, name, plan.inputs, plan.delete_first)
        elif plan.word == "update":
            self._update(command, name, plan.inputs)

    def _plan(self, command: Command, name: str, news: Json, replace: bool) -> Plan:
        old = self.entries.get(name)
        if old is not None and old.needs_look:
            self._refresh_one(command, name)
            old = self.entries.get(name)
        checked = self._check(command, name, news, None if replace else old)
        if old is None:
            return Plan("create", checked)
        if replace:  # --replace, taint: the engine knows, and asks for no Diff
            return Plan("replace", checked)
        diff = command.call(
            "Diff",
            provider_pb2.DiffRequest(
                id=old.id,
                urn=old.urn,
                olds=struct(old.outputs),
                news=struct(checked),
                old_inputs=struct(old.inputs),
                name=name,
                type=self.target.token,
            ),
        )
        if diff.replaces:
            fresh = self._check(command, name, news, None)  # something new has another autoname
            return Plan("replace", fresh, diff.deleteBeforeReplace)
        if diff.changes == provider_pb2.DiffResponse.DIFF_SOME or old.failed:
            return Plan("update", checked)
        return Plan("same", checked)

    def _preview(
        self, command: Command, program: dict[str, Json], replace: bool
    ) -> dict[str, Previewed]:
        found = {}
        for name, news in program.items():
            plan = self._plan(command, name, news, replace)
            found[name] = Previewed(plan.word, self._foreseen(command, name, plan))
        gone = {name: Previewed("delete", {}) for name in self.entries if name not in program}
        return {**found, **gone}

    def _foreseen(self, command: Command, name: str, plan: Plan) -> Json:
        if plan.word == "same":
            return {}
        if plan.word == "update":
            request = self._update_request(name, plan.inputs)
        else:
            request = self._create_request(name, plan.inputs)
        request.preview = True
        method = "Update" if plan.word == "update" else "Create"
        return plain(command.call(method, request).properties)

    def _check(self, command: Command, name: str, news: Json, old: Entry | None) -> Json:
        self._checks[name] += 1  # each Check has a seed of its own: each autoname is another
        answer = command.call(
            "Check",
            provider_pb2.CheckRequest(
                urn=self.urn(name),
                olds=struct(old.inputs if old else {}),
                news=struct(news),
                randomSeed=f"{self.name}/{name}/{self._checks[name]}".encode().ljust(32, b"s"),
                name=name,
                type=self.target.token,
            ),
        )
        if answer.failures:
            self.heard.errors += [f"{f.property}: {f.reason}" for f in answer.failures]
            raise Refused
        return plain(answer.inputs)

    def _create_request(self, name: str, inputs: Json) -> Any:
        return provider_pb2.CreateRequest(
            urn=self.urn(name),
            properties=struct(inputs),
            timeout=TIMEOUT_SECONDS,
            name=name,
            type=self.target.token,
        )

    def _create(self, command: Command, name: str, inputs: Json) -> None:
        try:
            answer = command.call("Create", self._create_request(name, inputs))
        except Exception as failure:
            partial = getattr(failure, "partial", None)
            if partial is not None:
                self.entries[name] = Entry(
                    self.urn(name),
                    partial.id,
                    inputs,
                    plain(partial.properties),
                    failed=True,
                    needs_look=partial.refresh_before_update,
                )
            raise
        if not answer.id:  # the engine takes no such reply
            self.heard.errors.append("the provider returned an empty id")
            raise Refused
        self.entries[name] = Entry(self.urn(name), answer.id, inputs, plain(answer.properties))

    def _update_request(self, name: str, inputs: Json) -> Any:
        old = self.entries[name]
        return provider_pb2.UpdateRequest(
            id=old.id,
            urn=old.urn,
            olds=struct(old.outputs),
            news=struct(inputs),
            old_inputs=struct(old.inputs),
            timeout=TIMEOUT_SECONDS,
            name=name,
            type=self.target.token,
        )

    def _update(self, command: Command, name: str, inputs: Json) -> None:
        old = self.entries[name]
        try:
            answer = command.call("Update", self._update_request(name, inputs))
        except Exception as failure:
            partial = getattr(failure, "partial", None)
            if partial is not None:
                # The old inputs stay (docs/protocol/pulumi-provider.md 2.4).
                old.outputs, old.failed = plain(partial.properties), True
                old.needs_look = partial.refresh_before_update
            raise
        old.inputs, old.outputs, old.failed = inputs, plain(answer.properties), False
        old.needs_look = answer.refresh_before_update

    def _replace(self, command: Command, name: str, inputs: Json, delete_first: bool) -> None:
        old = self.entries[name]
        if delete_first:
            self._delete(command, name)
            self._create(command, name, inputs)
            return
        self.pending.append(copy.deepcopy(old))
        try:
            self._create(command, name, inputs)
        except Exception:
            if self.entries[name] is old:  # no new one: the old one is still the one
                self.pending.pop()
            raise

    def _delete(self, command: Command, name: str) -> None:
        self._send_delete(command, name, self.entries[name])
        self._let_go(self.entries.pop(name))

    def _delete_pending(self, command: Command, entry: Entry) -> None:
        self._send_delete(command, entry.urn.rsplit("::", 1)[-1], entry)
        self.pending.remove(entry)
        self._let_go(entry)

    def _let_go(self, entry: Entry) -> None:
        self.let_go.append((entry.id, time.time()))

    def _send_delete(self, command: Command, name: str, entry: Entry) -> None:
        command.call(
            "Delete",
            provider_pb2.DeleteRequest(
                id=entry.id,
                urn=entry.urn,
                properties=struct(entry.outputs),
                old_inputs=struct(entry.inputs),
                timeout=TIMEOUT_SECONDS,
                name=name,
                type=self.target.token,
            ),
        )

    def _destroy(self, command: Command) -> bool:
        good = True
        for entry in list(self.pending):
            good = self._tried(lambda entry=entry: self._delete_pending(command, entry)) and good
        for name in list(self.entries):
            good = self._tried(lambda name=name: self._delete(command, name)) and good
        return good

    def _read(self, command: Command, name: str, id: str, old: Entry | None) -> Any:
        request = provider_pb2.ReadRequest(
            id=id,
            urn=self.urn(name),
            properties=struct(old.outputs if old else None),
            inputs=struct(old.inputs if old else None),
            name=name,
            type=self.target.token,
        )
        try:
            return command.call("Read", request, READ_SECONDS)
        except Exception as failure:
            if getattr(failure, "partial", None) is None:
                raise
            return failure.partial

    def _refresh(self, command: Command) -> bool:
        good = True
        for name in list(self.entries):
            good = self._tried(lambda name=name: self._refresh_one(command, name)) and good
        return good

    def _refresh_one(self, command: Command, name: str) -> None:
        old = self.entries[name]
        answer = self._read(command, name, old.id, old)
        if not answer.id:
            self._let_go(self.entries.pop(name))
            return
        old.id, old.inputs = answer.id, plain(answer.inputs)
        old.outputs = plain(answer.properties)
        old.failed = hasattr(answer, "reasons")
        old.needs_look = answer.refresh_before_update

    def _import(self, command: Command, name: str, id: str) -> bool:
        return self._tried(lambda: self._import_one(command, name, id))

    def _import_one(self, command: Command, name: str, id: str) -> None:
        answer = self._read(command, name, id, None)
        if not answer.id:
            self.heard.errors.append(f"{id} does not exist")
            raise Refused
        self.entries[name] = Entry(
            self.urn(name), answer.id, plain(answer.inputs), plain(answer.properties)
        )


def make_older(outputs: Json, target: Target) -> None:
    """Endpoints are made seconds before they are judged; some rules hold for young ones only."""
    if target.made_at in outputs:
        made = datetime.fromisoformat(outputs[target.made_at]) - AGE
        outputs[target.made_at] = made.strftime("%Y-%m-%dT%H:%M:%SZ")
    if times := outputs.get("__unconfirmed"):
        # What its create made, if it did, is not made older: clocks may differ by 300 s.
        seconds = LISTED_LATE.total_seconds()
        times.update({key: times[key] - seconds for key in ("from", "until")})


class Refused(Exception):
    """Check, or the engine itself, said no."""
