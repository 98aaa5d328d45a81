"""What tests of Huawei Cloud MaaS share: who may call, the smallest endpoint, a driver."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from simulator.client import Recorded, Simulator

from support.drivers.hf import Driver, Failure, kinds, merge, plain
from support.values import UNKNOWN_STRING, secret

TYPE = "inference:maas:Endpoint"
AK, SK = "MAASEXAMPLEAK0000001", "maasExampleSecretKey00000000000000000001"
TEMPORARY_AK = "MAASEXAMPLEAK0000002"
TEMPORARY_SK = "maasExampleSecretKey00000000000000000002"
SECURITY_TOKEN = "EXAMPLESECURITYTOKEN"
TOKEN, CHINA_TOKEN, OTHER_TOKEN = "simulator-token", "simulator-china-token", "other-token"
USER, PASSWORD, ACCOUNT = "simulator-user", "simulator-password", "simulator-account"
API_KEY = "simulator-api-key"
REGION, CHINA = "ap-southeast-1", "cn-southwest-2"
PROJECT = "0123456789abcdef0123456789abcdef"
CHINA_PROJECT = "c0123456789abcdef0123456789abcde"
AGREEMENT = "4dd6b9f8-7e97-4f1c-8816-000000000001"
SERVICE = "5a1f0c52-0000-4000-8000-000000000001"
UNKNOWN = UNKNOWN_STRING
NOBODY = "c4513589-df2e-4d58-ab0c-d5a6f2000001"
SOURCE = "custom_from_maas"

KEYS = {"maasAccessKey": AK, "maasSecretKey": secret(SK)}
PASSWORDS = {"maasUserName": USER, "maasPassword": secret(PASSWORD), "maasDomainName": ACCOUNT}
# Every way in; all but the first two have to ask IAM for the project or a token.
MODES: dict[str, dict[str, Any]] = {
    "token": {"maasToken": secret(TOKEN)},
    "keys": KEYS,
    "temporary keys": {
        "maasAccessKey": TEMPORARY_AK,
        "maasSecretKey": secret(TEMPORARY_SK),
        "maasSecurityToken": secret(SECURITY_TOKEN),
    },
    "password": PASSWORDS,
}


def inputs(**patch: Any) -> dict[str, Any]:
    """The smallest endpoint there is, changed by a merge patch."""
    return merge({"name": "demo", "modelName": "DeepSeek-V3"}, patch)


def create_body(**more: Any) -> dict[str, Any]:
    base = {"endpoint_name": "demo", "source": SOURCE, "model_name": "DeepSeek-V3"}
    return {**base, **more}


def edit_body(**more: Any) -> dict[str, Any]:
    """An edit says everything, whatever changed, but for limits that no program ever set."""
    base = {"endpoint_name": "demo", "remark": "", "moderation": True}
    return {**base, **more}


class MaasDriver(Driver):
    type = TYPE
    variables = ("HW_", "OS_", "HUAWEICLOUD_", "MAAS_")


def requests(sim: Simulator, operation: str | None = None) -> list[Recorded]:
    return sim.requests(cloud="maas", operation=operation)


def sent(sim: Simulator, operation: str = "endpoint.create") -> list[Any]:
    """Bodies of the requests of an operation, oldest first."""
    return [request.json for request in requests(sim, operation)]


def told(sim: Simulator) -> list[str]:
    """Operations in the order of their requests."""
    return [request.operation for request in requests(sim)]


def stored(sim: Simulator) -> dict[str, dict[str, Any]]:
    """What exists, by id."""
    found: dict[str, dict[str, Any]] = sim.state("maas")["endpoints"]
    return found


def full_id(endpoint_id: str, project: str = PROJECT, region: str = REGION) -> str:
    return f"{region}/{project}/{endpoint_id}"


def only_id(sim: Simulator) -> str:
    """The one endpoint's id."""
    (found,) = stored(sim)
    return found


def made(driver: Driver, **patch: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Id, checked inputs and outputs of an endpoint that exists."""
    checked = driver.checked(inputs(**patch))
    id, outputs = driver.create(checked)
    return id, checked, outputs


def aged(outputs: dict[str, Any]) -> dict[str, Any]:
    """Of an endpoint that was made long ago: a new one may be missing from the list."""
    return {**outputs, "createdAt": "2026-01-01T00:00:00Z"}


def failing(call: Callable[..., Any], *arguments: Any, **named: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        call(*arguments, **named)
    return caught.value


def together(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """All at once, each in a thread; what each returned or raised."""
    results: list[Any] = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(index: int) -> None:
        barrier.wait()
        try:
            results[index] = calls[index]()
        except Failure as failure:
            results[index] = failure

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive(), "a call does not end"
    return results


def refreshed(driver: Driver, id: str, outputs: Any, old_inputs: Any) -> tuple[Any, Any]:
    """Inputs and outputs after a refresh."""
    read = driver.read(id, outputs, old_inputs)
    assert read.id == id
    return plain(read.inputs), plain(read.properties)


__all__ = ["Failure", "Recorded", "Simulator", "kinds", "merge", "plain", "secret"]
