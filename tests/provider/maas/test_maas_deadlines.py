"""Who runs out of time is told what was still missing and what gives more time."""

from __future__ import annotations

import re
from typing import Any

import pytest
from simulator.client import Simulator
from support.drivers.maas import MaasDriver, failing, full_id, inputs, made, only_id
from support.limits import of_option

pytestmark = pytest.mark.uninstrumented

KEPT = "It is kept in the state; pulumi up goes on waiting for it."
NOTHING: dict[str, Any] = {"kind": "error", "status": 200, "body": "{}", "count": 0}


def test_an_endpoint_that_is_never_listed(driver: MaasDriver, maas: Simulator) -> None:
    maas.fault("maas", "endpoint.list", kind="rewrite", merge={"items": [], "total": 0}, count=0)
    failure = failing(driver.create, driver.checked(inputs()), timeout=2)
    assert failure.reasons == [
        "Huawei Cloud MaaS: waiting for the list to show the endpoint took longer than the time "
        f"given. {of_option('create', 2)}"
    ]
    assert failure.id == full_id(only_id(maas))


CHANGES = [
    (
        "endpoint.control",
        {"desiredState": "paused"},
        f"was still normal after N s when the time given for it ran out. {KEPT} "
        f"{of_option('update', 2)}.",
    ),
]


@pytest.mark.parametrize(("operation", "patch", "words"), CHANGES)
def test_a_change_that_is_never_seen(
    driver: MaasDriver, maas: Simulator, operation: str, patch: dict[str, Any], words: str
) -> None:
    id, checked, outputs = made(driver)
    maas.fault("maas", operation, **NOTHING)
    failure = failing(driver.update, checked, {**checked, **patch}, olds=outputs, id=id, timeout=2)
    said = re.sub(r"after \d+ s", "after N s", failure.reasons[0])
    assert said == f"Huawei Cloud MaaS: endpoint {id} {words}"


def test_a_delete_that_never_ends(driver: MaasDriver, maas: Simulator) -> None:
    id, checked, outputs = made(driver)
    maas.fault("maas", "endpoint.delete", **NOTHING)
    failure = failing(driver.delete, id, outputs, checked, timeout=2)
    assert failure.message.startswith(
        f"Huawei Cloud MaaS: endpoint {id} was still there (normal) after "
    )
    assert failure.message.endswith(f"the next run deletes it again. {of_option('delete', 2)}.")


def test_a_list_that_cannot_be_read_gives_up_with_the_reason(
    driver: MaasDriver, maas: Simulator
) -> None:
    maas.fault("maas", "endpoint.list", kind="error", status=500, body="{}", count=0)
    id = full_id("0b1f5c2e-6a3d-4c8e-9f70-2d1a4b5c6d7e")
    assert failing(driver.read, id).message == (
        "Huawei Cloud MaaS: listing the endpoints: no reason given (HTTP 500). The service has a "
        "fault of its own: run it again later."
    )
