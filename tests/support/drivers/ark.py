"""Drives a provider as the engine does, against the simulated BytePlus ModelArk."""

from __future__ import annotations

from typing import Any

from pulumi.runtime.proto import provider_pb2

from support.drivers import hf as hf_support
from support.drivers.hf import Failure, Simulator, bare, kinds, merge, plain, secret, struct
from support.marks import is_mark, without_mark

TYPE = "inference:ark:Endpoint"
ACCESS_KEY = "AKTESTEXAMPLE0000001"
SECRET_KEY = "SKTESTexampleSecretKey0123456789=="
TEMPORARY_ACCESS_KEY = "AKTPTESTEXAMPLE00001"
TEMPORARY_SECRET_KEY = "SKTPTESTtemporarySecret0123456789=="
SESSION_TOKEN = "STStoken/EXAMPLE+abc=="
REGION = "ap-southeast-1"
ID = "ep-20260101000000-aaaaa"
MODEL = {"foundationModel": {"name": "seed-1-6", "modelVersion": "250615"}}
WIRE_MODEL = {"FoundationModel": {"Name": "seed-1-6", "ModelVersion": "250615"}}


class Driver(hf_support.Driver):
    type = TYPE
    variables = ("BYTEPLUS_", "VOLC")

    def diff(
        self,
        old_inputs: dict[str, Any] | None,
        news: dict[str, Any],
        olds: dict[str, Any] | None = None,
        ignore: tuple[str, ...] = (),
        id: str = ID,
    ) -> provider_pb2.DiffResponse:
        """Without outputs, as if the state held ours."""
        ours = {**(old_inputs or {}), "target": {"model": ID}}
        return super().diff(old_inputs, news, ours if olds is None else olds, ignore, id)

    def made(self, **patch: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """A new endpoint: id, inputs, outputs."""
        checked = self.checked(inputs(**patch))
        id, outputs = self.create(checked)
        return id, checked, outputs


def inputs(**patch: Any) -> dict[str, Any]:
    """The smallest endpoint there is, changed by a merge patch."""
    return merge({"name": "demo", "modelReference": MODEL}, patch)


def sent(simulator: Simulator, operation: str = "endpoint.create") -> list[Any]:
    """Bodies of the requests of an operation, oldest first, without the tag that proves it."""
    requests = simulator.requests(cloud="ark", operation=operation)
    return [without_mark(request.json, operation) for request in requests]


def create_tags(simulator: Simulator) -> list[str]:
    """The values of the tags that prove creates, in the order of the requests."""
    return [
        tag["Value"]
        for request in simulator.requests(cloud="ark", operation="endpoint.create")
        for tag in request.json["Tags"]
        if is_mark(tag)
    ]


def told(simulator: Simulator) -> list[str]:
    """Operations in the order of their requests, but for the question whose account it is, which a
    process asks once."""
    operations = [request.operation for request in simulator.requests(cloud="ark")]
    return [operation for operation in operations if operation != "account.get"]


def changes(simulator: Simulator) -> list[str]:
    """The same without those that only look."""
    looks = ("endpoint.get", "endpoint.list", "endpoint.certificate", "rolling.get")
    return [operation for operation in told(simulator) if operation not in looks]


def stored(simulator: Simulator) -> dict[str, dict[str, Any]]:
    """What exists, by id."""
    endpoints: dict[str, dict[str, Any]] = simulator.state("ark")["endpoints"]
    return endpoints


__all__ = ["Failure", "Simulator", "bare", "kinds", "merge", "plain", "secret", "struct"]
