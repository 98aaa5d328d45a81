"""Drives a provider as the engine does, against the simulated Hugging Face."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, json_format, struct_pb2
from google.rpc import status_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2
from simulator.client import Simulator

from support.engine import FakeEngine, LogRecord
from support.marks import without_mark
from support.process import Provider, wait_until
from support.values import SECRET, SIGNATURE, UNKNOWN_STRING, secret

TYPE = "inference:hf:Endpoint"
UNKNOWN = UNKNOWN_STRING
TOKEN = "hf_simulator_write"
ASK_PRICES = "provider.namespace"
WARNING = 2
# Every change is done at once.
NO_WAIT = {"pending": 0, "initializing": 0, "updating": 0, "deleting": 0}
CALL_SECONDS = 120.0
OPEN_TYPE = (
    "type is left out, which means authenticated: whoever has a Hugging Face account and a token "
    "may call the endpoint. Set it to authenticated if that is meant, else to private"
)


def urn(name: str = "demo", resource_type: str = TYPE) -> str:
    return f"urn:pulumi:dev::shop::{resource_type}::{name}"


def struct(value: dict[str, Any] | None) -> struct_pb2.Struct | None:
    return None if value is None else json_format.ParseDict(value, struct_pb2.Struct())


def plain(message: Any) -> dict[str, Any]:
    result: dict[str, Any] = json_format.MessageToDict(message)
    return result


def bare(value: Any) -> Any:
    """The value without the wrappers of secrets."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return bare(value["value"])
        return {key: bare(item) for key, item in value.items()}
    return [bare(item) for item in value] if isinstance(value, list) else value


def unmarked(outputs: dict[str, Any]) -> dict[str, Any]:
    """Outputs without the hidden mark, which they have."""
    assert len(outputs["__mark"]) == 32
    return {key: value for key, value in outputs.items() if key != "__mark"}


def merge(base: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """A merge patch: maps by key, null removes."""
    out = dict(base)
    for key, value in patch.items():
        if value is None:
            out.pop(key, None)
        elif isinstance(value, dict) and isinstance(out.get(key), dict) and SIGNATURE not in value:
            out[key] = merge(out[key], value)
        else:
            out[key] = value
    return out


def inputs(**patch: Any) -> dict[str, Any]:
    """The smallest endpoint that nothing is to be said about, changed by a merge patch."""
    return merge(
        {
            "name": "demo",
            "type": "authenticated",
            "namespace": "me",
            "cloudProvider": {"vendor": "aws", "region": "us-east-1"},
            "compute": {"accelerator": "cpu", "instanceType": "intel-spr", "instanceSize": "x1"},
            "model": {"repository": "openai-community/gpt2", "framework": "pytorch"},
        },
        patch,
    )


@dataclass(repr=False)
class Failure(Exception):
    """A call that failed: code, text, and what the provider says exists all the same."""

    code: grpc.StatusCode
    message: str
    partial: provider_pb2.ErrorResourceInitFailed | None

    def __repr__(self) -> str:
        reasons = self.reasons if self.partial is not None else None
        return f"Failure({self.code.name}, {self.message!r}, reasons={reasons})"

    __str__ = __repr__  # an exception's own is its arguments: a whole resource

    @property
    def id(self) -> str:
        assert self.partial is not None
        return self.partial.id

    @property
    def reasons(self) -> list[str]:
        assert self.partial is not None
        return list(self.partial.reasons)

    @property
    def properties(self) -> dict[str, Any]:
        assert self.partial is not None
        return plain(self.partial.properties)

    @property
    def inputs(self) -> dict[str, Any]:
        assert self.partial is not None
        return plain(self.partial.inputs)


def hidden(raised: pytest.ExceptionInfo[BaseException] | None) -> bool:
    """Whether pytest leaves the frames of a driver out: how a call is made explains no failure."""
    return raised is not None and raised.errisinstance(Failure)


__tracebackhide__ = hidden


def failure_of(error: grpc.RpcError) -> Failure:
    partial = None
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            for detail in status_pb2.Status.FromString(value).details:
                candidate = provider_pb2.ErrorResourceInitFailed()
                if detail.Unpack(candidate):
                    partial = candidate
    return Failure(error.code(), error.details() or "", partial)


# A word of no list, of which Check warns.
LAST_WORD = "last-word-"


class Driver:
    """Drives one provider process as the engine does. Arguments and answers are plain Python."""

    type = TYPE
    variables: tuple[str, ...] = (
        "HF_",
        "HUGGING_FACE_",
        "XDG_CACHE_HOME",
    )  # of the environment, not to be seen
    arguments: tuple[str, ...] = ()  # of the process, beside the engine's address

    def __init__(self, binary: Path, environment: dict[str, str] | None = None) -> None:
        self.engine = FakeEngine()
        self._words = itertools.count()
        nothing = {name: "" for name in os.environ if name.startswith(self.variables)}
        self.process = Provider(
            binary,
            *self.arguments,
            self.engine.address,
            environment={**nothing, "HOME": "/nonexistent", **(environment or {})},
        )
        self.stub = self.process.stub
        self.stub.Handshake(
            provider_pb2.ProviderHandshakeRequest(engine_address=self.engine.address),
            timeout=CALL_SECONDS,
        )

    def stop(self) -> None:
        self.process.close()
        self.engine.close()

    def log(self, severity: int, ephemeral: bool = False) -> list[str]:
        """What was logged so far, all of it."""
        self._flush()
        return [
            record.message
            for record in list(self.engine.records)
            if record.severity == severity
            and record.ephemeral == ephemeral
            and LAST_WORD not in record.message
        ]

    def _flush(self) -> None:
        """Records arrive in their order, but after the reply to their call: a later one shows that
        they are all there. What ended has sent its own."""
        if self.process.process.poll() is not None:
            return
        word = f"{LAST_WORD}{next(self._words)}"
        self.stub.Check(
            provider_pb2.CheckRequest(
                urn=urn(word, TYPE), news=struct({"type": word}), name=word, type=TYPE
            ),
            timeout=CALL_SECONDS,
        )
        self.logged(f'"{word}"')

    def logged(self, text: str) -> LogRecord:
        """The first log record with that text, once it has arrived."""

        def found() -> list[LogRecord]:
            return [record for record in list(self.engine.records) if text in record.message]

        wait_until(found)
        return found()[0]

    def call(self, method: str, request: Any, timeout: float = CALL_SECONDS) -> Any:
        try:
            return getattr(self.stub, method)(request, timeout=timeout)
        except grpc.RpcError as error:
            raise failure_of(error) from None

    def configure(self, provider: str | None = None, **config: Any) -> None:
        """As the provider resource of that name; as an engine that tells none. Empty: pulumi do."""
        urn = f"urn:pulumi:dev::shop::pulumi:providers:inference::{provider}"
        self.call(
            "Configure",
            provider_pb2.ConfigureRequest(
                urn=None if provider is None else urn,
                name=provider,
                type="pulumi:providers:inference",
                args=struct(config),
                acceptSecrets=True,
                acceptResources=True,
                sends_old_inputs=True,
                sends_old_inputs_to_delete=True,
            ),
        )

    def check(
        self,
        news: dict[str, Any],
        olds: dict[str, Any] | None = None,
        name: str = "demo",
        seed: bytes = b"s" * 32,
        **members: Any,
    ) -> provider_pb2.CheckResponse:
        return self.call(
            "Check",
            provider_pb2.CheckRequest(
                urn=urn(name, self.type),
                olds=struct(olds or {}),
                news=struct(news),
                randomSeed=seed,
                name=name,
                type=self.type,
                **members,
            ),
        )

    def attach(self, address: str | None = None) -> None:
        self.call("Attach", plugin_pb2.PluginAttach(address=address or self.engine.address))

    def checked(self, news: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Checked inputs; fails on failures."""
        response = self.check(news, **more)
        assert failures(response) == {}
        return plain(response.inputs)

    def refused(self, news: dict[str, Any], **more: Any) -> dict[str, str]:
        """Check failures, by path."""
        response = self.check(news, **more)
        assert not response.inputs.fields
        return failures(response)

    def diff(
        self,
        old_inputs: dict[str, Any] | None,
        news: dict[str, Any],
        olds: dict[str, Any] | None = None,
        ignore: tuple[str, ...] = (),
        id: str = "me/demo",
        name: str = "demo",
    ) -> provider_pb2.DiffResponse:
        return self.call(
            "Diff",
            provider_pb2.DiffRequest(
                id=id,
                urn=urn(name, self.type),
                olds=struct(olds if olds is not None else old_inputs),
                news=struct(news),
                old_inputs=struct(old_inputs),
                ignoreChanges=ignore,
                name=name,
                type=self.type,
            ),
        )

    def create(
        self,
        properties: dict[str, Any],
        timeout: float = 0,
        preview: bool = False,
        name: str = "demo",
    ) -> tuple[str, dict[str, Any]]:
        response = self.call(
            "Create",
            provider_pb2.CreateRequest(
                urn=urn(name, self.type),
                properties=struct(properties),
                timeout=timeout,
                preview=preview,
                name=name,
                type=self.type,
            ),
        )
        return response.id, plain(response.properties)

    def read(
        self,
        id: str,
        properties: dict[str, Any] | None = None,
        old_inputs: dict[str, Any] | None = None,
        name: str = "demo",
    ) -> provider_pb2.ReadResponse:
        return self.call(
            "Read",
            provider_pb2.ReadRequest(
                id=id,
                urn=urn(name, self.type),
                properties=struct(properties),
                inputs=struct(old_inputs),
                name=name,
                type=self.type,
            ),
        )

    def update(
        self,
        old_inputs: dict[str, Any] | None,
        news: dict[str, Any],
        olds: dict[str, Any] | None = None,
        preview: bool = False,
        timeout: float = 0,
        ignore: tuple[str, ...] = (),
        id: str = "me/demo",
        name: str = "demo",
    ) -> dict[str, Any]:
        response = self.call(
            "Update",
            provider_pb2.UpdateRequest(
                id=id,
                urn=urn(name, self.type),
                olds=struct(olds if olds is not None else old_inputs),
                news=struct(news),
                old_inputs=struct(old_inputs),
                timeout=timeout,
                preview=preview,
                ignoreChanges=ignore,
                name=name,
                type=self.type,
            ),
        )
        return plain(response.properties)

    def delete(
        self,
        id: str = "me/demo",
        properties: dict[str, Any] | None = None,
        old_inputs: dict[str, Any] | None = None,
        timeout: float = 0,
        name: str = "demo",
    ) -> None:
        self.call(
            "Delete",
            provider_pb2.DeleteRequest(
                id=id,
                urn=urn(name, self.type),
                properties=struct(properties),
                old_inputs=struct(old_inputs),
                timeout=timeout,
                name=name,
                type=self.type,
            ),
        )

    def list(self, **members: Any) -> Iterator[provider_pb2.ListResponse]:
        request = provider_pb2.ListRequest(token=self.type, **members)
        try:
            yield from self.stub.List(request, timeout=CALL_SECONDS)
        except grpc.RpcError as error:
            raise failure_of(error) from None

    def function(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """What the function of the driver's cloud answers: `getEndpoint`."""
        response = self._invoke(name, arguments)
        assert not response.failures, failures(response)
        return plain(getattr(response, "return"))

    def function_refused(self, name: str, /, **arguments: Any) -> dict[str, str]:
        """The arguments that it does not take, and why."""
        return failures(self._invoke(name, arguments))

    def _invoke(self, name: str, arguments: dict[str, Any]) -> provider_pb2.InvokeResponse:
        token = f"{self.type.rpartition(':')[0]}:{name}"
        return self.call("Invoke", provider_pb2.InvokeRequest(tok=token, args=struct(arguments)))

    def cancel(self) -> None:
        self.call("Cancel", empty_pb2.Empty())


def failures(
    response: provider_pb2.CheckResponse | provider_pb2.InvokeResponse,
) -> dict[str, str]:
    found: dict[str, str] = {}
    for failure in response.failures:
        assert failure.property not in found, f"{failure.property} is told twice"
        found[failure.property] = failure.reason
    return found


def kinds(response: provider_pb2.DiffResponse) -> dict[str, str]:
    """Path to kind, after checking what holds for every answer to Diff."""
    names = provider_pb2.PropertyDiff.Kind
    found = {path: names.Name(entry.kind) for path, entry in response.detailedDiff.items()}
    assert response.hasDetailedDiff
    assert all(entry.inputDiff for entry in response.detailedDiff.values())
    some = provider_pb2.DiffResponse.DIFF_SOME
    none = provider_pb2.DiffResponse.DIFF_NONE
    assert response.changes == (some if found else none)
    heads = {path.split(".")[0].split("[")[0] for path in found}
    assert sorted(response.diffs) == sorted(heads)
    replaced = {
        p.split(".")[0].split("[")[0] for p, kind in found.items() if kind.endswith("REPLACE")
    }
    assert sorted(response.replaces) == sorted(replaced)
    return found


def sent(simulator: Simulator, operation: str = "endpoint.create") -> list[Any]:
    """Bodies of the requests of an operation, oldest first, without the tag that proves it."""
    requests = simulator.requests(cloud="hf", operation=operation)
    return [without_mark(request.json, operation) for request in requests]


def made(driver: Driver, **patch: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Checked inputs and outputs of an endpoint that exists."""
    checked = driver.checked(inputs(**patch))
    return checked, driver.create(checked)[1]


def refused_update(driver: Driver, *arguments: Any, **named: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        driver.update(*arguments, **named)
    return caught.value


def told(simulator: Simulator) -> list[str]:
    """Operations in the order of their requests, without the question for prices, which is part of
    no change: when it is asked is the subject of tests/provider/hf/test_hf_price.py."""
    operations = [request.operation for request in simulator.requests(cloud="hf")]
    return [operation for operation in operations if operation != ASK_PRICES]


def unpriced(outputs: dict[str, Any]) -> dict[str, Any]:
    """Outputs without what was told of the price, which they have: no look shows it."""
    assert outputs["price"]["currency"] and outputs["pricedAt"].endswith("Z")
    return {key: value for key, value in outputs.items() if key not in ("price", "pricedAt")}


def aged(outputs: dict[str, Any]) -> dict[str, Any]:
    """Of an endpoint that was made long ago: a new one may be missing from the list."""
    status = {**outputs["status"], "createdAt": "2026-01-01T00:00:00.000Z"}
    return {**outputs, "status": status}


__all__ = ["SIGNATURE", "TYPE", "UNKNOWN", "Simulator", "secret"]
