"""What proves that an endpoint is gone: the account, or a list that is surely the right one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
import pytest
from support.drivers.ark import (
    Driver,
    Failure,
    Simulator,
    inputs,
    kinds,
    plain,
    secret,
    stored,
)

pytestmark = pytest.mark.one_call

OTHER = {
    "arkAccessKey": secret("AKTESTEXAMPLE0000002"),
    "arkSecretKey": secret("SKTESTotherSecretKey9876543210=="),
}
MINE, THEIRS = "2100000001", "2100000002"
URN = "urn:pulumi:dev::shop::inference:ark:Endpoint::demo"
ADVICE = f"pulumi state delete '{URN}'"
Configure = Callable[..., Driver]
Json = dict[str, Any]


def asked(ark: Simulator) -> int:
    return len(ark.requests(cloud="ark", operation="account.get"))


def failing(call: Callable[..., Any], *arguments: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        call(*arguments)
    return caught.value


def test_the_account_is_recorded_and_asked_for_once(driver: Driver, ark: Simulator) -> None:
    for number in range(3):
        _, _, outputs = driver.made(name=f"n-{number}")
        assert outputs["accountId"] == MINE
    assert asked(ark) == 1


def test_no_answer_is_no_error(driver: Driver, ark: Simulator) -> None:
    ark.knobs("ark", caller_identity=False)
    for number in range(2):
        _, _, outputs = driver.made(name=f"n-{number}")
        assert "accountId" not in outputs
    assert asked(ark) == 1


def test_what_was_recorded_stays_when_nobody_tells(
    configure: Configure, driver: Driver, ark: Simulator
) -> None:
    id, checked, outputs = driver.made()
    ark.knobs("ark", caller_identity=False)
    read = configure().read(id, outputs, checked)
    assert plain(read.properties)["accountId"] == MINE


def test_an_old_state_without_account_is_no_difference(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made()
    del outputs["accountId"]
    assert kinds(driver.diff(checked, checked, outputs, id=id)) == {}
    assert plain(driver.read(id, outputs, checked).properties)["accountId"] == MINE


def test_gone_in_its_own_account(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made()
    ark.delete("ark", id)
    assert driver.read(id, outputs, checked).id == ""
    driver.delete(id, outputs, checked)


@pytest.mark.parametrize("method", ["read", "delete"])
def test_another_account_proves_nothing(
    method: str, configure: Configure, driver: Driver, ark: Simulator
) -> None:
    id, checked, outputs = driver.made()
    failure = failing(getattr(configure(**OTHER), method), id, outputs, checked)
    assert failure.code is grpc.StatusCode.NOT_FOUND
    assert failure.message == (
        f"BytePlus ModelArk: endpoint {id} is not found. It is not taken as deleted, because it "
        f"was made in account {MINE} and these credentials are of account {THEIRS}. Use "
        f"credentials of its account. If the endpoint is gone: {ADVICE}"
    )
    assert list(stored(ark)) == [id]


@pytest.mark.parametrize("method", ["read", "delete"])
def test_without_any_account_a_list_alone_proves_nothing(
    method: str, configure: Configure, driver: Driver, ark: Simulator
) -> None:
    ark.knobs("ark", caller_identity=False)
    id, checked, outputs = driver.made()
    failure = failing(getattr(configure(**OTHER), method), id, outputs, checked)
    assert "nothing shows that these credentials are of the account" in failure.message
    assert failure.message.endswith(ADVICE)
    assert list(stored(ark)) == [id]


def test_a_list_with_another_endpoint_of_the_state_is_proof(
    configure: Configure, driver: Driver, ark: Simulator
) -> None:
    ark.knobs("ark", caller_identity=False)
    other, other_inputs, other_outputs = driver.made(name="other")
    id, checked, outputs = driver.made()
    ark.delete("ark", id)
    later = configure()
    assert later.read(other, other_outputs, other_inputs).id == other
    assert later.read(id, outputs, checked).id == ""


def make(driver: Driver) -> None:
    driver.create(driver.checked(inputs(name="new")), name="new")


def bring_in(driver: Driver, id: str) -> None:
    """As the resource option `import` does it."""
    read = driver.read(id, name="new")
    news = plain(read.inputs)
    assert kinds(driver.diff(news, news, plain(read.properties), id=id)) == {}


@pytest.mark.parametrize("method", ["read", "delete"])
@pytest.mark.parametrize("new", ["made", "brought in"])
def test_what_this_run_made_or_brought_in_is_no_proof(
    new: str, method: str, configure: Configure, driver: Driver, ark: Simulator
) -> None:
    """It shows in the list of whatever account the credentials are of."""
    ark.knobs("ark", caller_identity=False)
    id, checked, outputs = driver.made()
    other = configure(**OTHER)
    if new == "made":
        make(other)
    else:
        make(configure(**OTHER))
        bring_in(other, next(one for one in stored(ark) if one != id))
    failure = failing(getattr(other, method), id, outputs, checked)
    assert "nothing shows that these credentials are of the account" in failure.message
    assert id in stored(ark)


def test_listed_but_not_found(driver: Driver, ark: Simulator) -> None:
    ark.knobs("ark", caller_identity=False)
    id, checked, outputs = driver.made()
    ark.fault("ark", "endpoint.get", kind="error", status=404, code="NotFound.Endpoint", count=0)
    failure = failing(driver.read, id, outputs, checked)
    assert failure.message == (
        f"BytePlus ModelArk: endpoint {id} is listed but cannot be read; try again"
    )


SHAPES: dict[str, Json] = {
    "no body": {"kind": "empty"},
    "no result": {"kind": "rewrite", "remove": ["/Result"]},
    "an empty result": {"kind": "rewrite", "assign": {"/Result": {}}},
    "no object": {"kind": "malformed", "body": "[]"},
    "a page": {"kind": "html"},
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("method", ["read", "delete"])
def test_a_reply_of_another_shape_proves_nothing(
    method: str, shape: Json, configure: Configure, ark: Simulator
) -> None:
    driver = configure(maxRetries=0)
    id, checked, outputs = driver.made()
    ark.fault("ark", "endpoint.delete", kind="error", status=404, code="NotFound.Endpoint", count=0)
    ark.fault("ark", "endpoint.get", count=0, **shape)
    failure = failing(getattr(driver, method), id, outputs, checked)
    assert failure.code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL)
    assert list(stored(ark)) == [id]


def test_a_list_without_items_is_not_an_empty_one(configure: Configure, ark: Simulator) -> None:
    driver = configure(maxRetries=0)
    ark.knobs("ark", caller_identity=False)
    id, checked, outputs = driver.made()
    ark.delete("ark", id)
    ark.fault("ark", "endpoint.list", kind="rewrite", remove=["/Result/Items"], count=0)
    assert "list" in failing(driver.read, id, outputs, checked).message


def test_a_delete_that_was_taken_needs_no_other_proof(configure: Configure, ark: Simulator) -> None:
    ark.knobs("ark", caller_identity=False)
    driver = configure()
    id, checked, outputs = driver.made()
    ark.clear()
    driver.delete(id, outputs, checked)
    operations = [request.operation for request in ark.requests(cloud="ark")]
    assert operations == ["endpoint.delete", "endpoint.get"]


def test_an_import_of_nothing_is_nothing(driver: Driver, ark: Simulator) -> None:
    id, _, _ = driver.made()
    ark.delete("ark", id)
    assert driver.read(id).id == ""
