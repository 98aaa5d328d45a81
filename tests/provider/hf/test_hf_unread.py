"""Values that no look shows: their keys still tell what a change did not do."""

from __future__ import annotations

from typing import Any

import pytest
from support.drivers.hf import (
    WARNING,
    Driver,
    Simulator,
    inputs,
    kinds,
    made,
    plain,
    refused_update,
    sent,
)

pytestmark = pytest.mark.one_call

MERGES = {"update_replaces": {"env": False, "secrets": False, "experimentalFeatures": False}}
TWO = {"A": "1", "B": "2"}
CUSTOM = {"url": "u:1", "credentials": {"username": "u", "password": "p"}}
STAYS = [
    pytest.param({"secrets": TWO}, {"secrets": {"A": "1"}}, MERGES, "model.secrets", id="a key"),
    pytest.param({"secrets": TWO}, {}, MERGES, "model.secrets", id="all keys"),
    pytest.param(
        {"secrets": {"A": "1"}},
        {"secrets": TWO},
        {"drop_update_fields": ["model.secrets"]},
        "model.secrets",
        id="a new key",
    ),
    pytest.param(
        {"image": {"custom": CUSTOM}},
        {"image": {"custom": {"url": "u:1"}}},
        {"drop_update_fields": ["model.image"]},
        "model.image.custom.credentials",
        id="credentials",
    ),
    pytest.param(
        {"image": {"custom": CUSTOM}},
        {},
        {"drop_update_fields": ["model.image"]},
        "model.image",
        id="another engine",
    ),
]


def message(path: str) -> str:
    return (
        f"Hugging Face: the service took the change of endpoint me/demo but did not apply: {path}. "
        "Take the change back; what cannot be changed in place takes pulumi up --replace "
        "'urn:pulumi:dev::shop::inference:hf:Endpoint::demo' (with the resource option "
        "deleteBeforeReplace)"
    )


@pytest.mark.parametrize(("before", "after", "knobs", "path"), STAYS)
def test_what_shows_that_it_was_not_done_is_an_error(
    driver: Driver,
    hf: Simulator,
    before: dict[str, Any],
    after: dict[str, Any],
    knobs: dict[str, Any],
    path: str,
) -> None:
    olds, outputs = made(driver, model=before)
    hf.knobs("hf", **knobs)
    hf.clear()
    news = driver.checked(inputs(model=after), olds=olds)
    failure = refused_update(driver, olds, news, olds=outputs)
    assert failure.reasons == [message(path)]
    (body,) = sent(hf, "endpoint.update")
    assert driver.log(WARNING) == []
    hf.knobs("hf", update_replaces=dict.fromkeys(MERGES["update_replaces"], True))
    hf.knobs("hf", drop_update_fields=[])
    hf.clear()
    outputs = driver.update(olds, news, olds=failure.properties)
    assert sent(hf, "endpoint.update") == [body]
    assert kinds(driver.diff(news, news, olds=outputs)) == {}


def test_without_waiting_it_is_a_warning(driver: Driver, hf: Simulator) -> None:
    olds, outputs = made(driver, model={"secrets": TWO}, waitForReady=False)
    hf.knobs("hf", **MERGES)
    news = driver.checked(inputs(model={"secrets": {"A": "1"}}, waitForReady=False), olds=olds)
    driver.update(olds, news, olds=outputs)
    assert driver.log(WARNING) == [
        "Hugging Face: the service answers another value for model.secrets than was asked"
    ]


def believed(driver: Driver, hf: Simulator) -> dict[str, Any]:
    """What an update shows that takes one of two secrets out, without a word."""
    olds, outputs = made(driver, model={"secrets": TWO})
    news = driver.checked(inputs(model={"secrets": {"A": "1"}}), olds=olds)
    hf.clear()
    outputs = driver.update(olds, news, olds=outputs)
    assert sent(hf, "endpoint.update") == [{"model": {"secrets": {"A": "1"}}}]
    assert driver.log(WARNING) == []
    return outputs


def test_keys_that_are_not_shown_tell_nothing(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", secrets_echo="omit", **MERGES)
    assert "__unread" not in believed(driver, hf)
    assert hf.state("hf")["endpoints"]["me/demo"]["spec"]["model"]["secrets"] == TWO


def test_a_key_that_no_program_said_is_nobody_s_fault(driver: Driver, hf: Simulator) -> None:
    shown = {"/model/secrets": {"A": None, "SERVICE_KEY": None}}
    hf.fault("hf", "endpoint.update", kind="rewrite", assign=shown, count=0)
    hf.fault("hf", "endpoint.get", kind="rewrite", assign=shown, count=0)
    assert believed(driver, hf)["__unread"] == {"model.secrets": ["SERVICE_KEY"]}


def test_a_program_taken_back_is_sent(driver: Driver, hf: Simulator) -> None:
    olds, outputs = made(driver, model={"secrets": TWO})
    hf.knobs("hf", **MERGES)
    news = driver.checked(inputs(model={"secrets": {"A": "3"}}), olds=olds)
    failure = refused_update(driver, olds, news, olds=outputs)
    read = driver.read("me/demo", failure.properties, olds)
    hf.clear()
    driver.update(plain(read.inputs), olds, olds=plain(read.properties))
    assert sent(hf, "endpoint.update") == [{"model": {"secrets": TWO}}]
    assert hf.state("hf")["endpoints"]["me/demo"]["spec"]["model"]["secrets"] == TWO
