"""The tag by which a create proves itself: sent with it, shown to nobody, and believed."""

from __future__ import annotations

import re
from collections.abc import Callable

import grpc
import pytest
from support.drivers.hf import Driver, Failure, Simulator, inputs, kinds, plain, told
from support.marks import CREATE_TAG

pytestmark = pytest.mark.one_call

CREATE = "endpoint.create"


def test_the_tag_is_sent_and_not_shown(driver: Driver, hf: Simulator) -> None:
    checked = driver.checked(inputs(tags=["a"]))
    id, outputs = driver.create(checked)
    (request,) = hf.requests(cloud="hf", operation=CREATE)
    mark = request.json["tags"][-1]
    assert re.fullmatch(r"pulumi:create=[0-9a-f]{16}\.[0-9a-f]{16}", mark)
    assert request.json["tags"] == ["a", mark]
    assert outputs["tags"] == ["a"]
    answer = driver.read(id, outputs, checked)
    assert plain(answer.inputs) == checked
    assert plain(answer.properties)["tags"] == ["a"]
    assert kinds(driver.diff(checked, checked, olds=plain(answer.properties), id=id)) == {}
    assert driver.log(2) == []


def test_an_import_does_not_show_it(driver: Driver, hf: Simulator) -> None:
    driver.create(driver.checked(inputs()))
    answer = driver.read("me/demo")
    assert "tags" not in plain(answer.inputs)
    assert plain(answer.properties)["tags"] == []


def test_nobody_else_may_write_it(driver: Driver) -> None:
    reasons = driver.refused(inputs(tags=["a", f"{CREATE_TAG}=x"]))
    assert reasons == {"tags[1]": "tags that start with pulumi:create= are the provider's own"}


def test_a_request_that_was_carried_out_twice_clashes_with_itself(
    driver: Driver, hf: Simulator
) -> None:
    """Nothing was lost, and the name is taken: by our own mark."""
    hf.fault("hf", CREATE, kind="error", status=409, message="Conflict", apply=True)
    id, _ = driver.create(driver.checked(inputs()))
    assert id == "me/demo"
    assert told(hf) == [CREATE, "endpoint.get"]


def test_a_twin_of_another_call_is_not_ours(driver: Driver, hf: Simulator) -> None:
    """The same declaration a moment ago, and the reply is lost: without our mark it is foreign."""
    driver.create(driver.checked(inputs()))
    hf.fault("hf", CREATE, kind="close", apply=False)
    with pytest.raises(Failure) as caught:
        driver.create(driver.checked(inputs()))
    failure = caught.value
    assert (failure.code, failure.partial) == (grpc.StatusCode.ALREADY_EXISTS, None)


def test_a_left_over_of_another_declaration_is_told_by_its_mark(
    configure: Callable[..., Driver], driver: Driver, hf: Simulator
) -> None:
    first = configure()
    orphan, _ = first.create(first.checked(inputs(name=None, type="public")))
    driver.create(driver.checked(inputs(name=None), seed=b"t" * 32))
    assert f"endpoint {orphan}, made " in driver.logged("may be left over").message
