"""Secrets that nobody can read back, and that a change would lose: the preview names them."""

from __future__ import annotations

from typing import Any

import pytest
from support.drivers.hf import (
    WARNING,
    Driver,
    Simulator,
    inputs,
    merge,
    plain,
    secret,
)
from test_hf_bodies import SMALLEST
from test_hf_import import foreign

pytestmark = pytest.mark.one_call

LOGIN = {"username": "u", "password": "p-1234"}
CUSTOM = {"url": "c:1", "credentials": LOGIN}


def imported(
    driver: Driver, hf: Simulator, model: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Inputs and state after the import of an endpoint that another client made."""
    foreign(hf, merge(SMALLEST, {"model": model}))
    read = driver.read("me/demo")
    return plain(read.inputs), plain(read.properties)


def losses(
    driver: Driver, olds: dict[str, Any], outputs: dict[str, Any], **patch: Any
) -> list[str]:
    """What the preview of a patched program says would be lost."""
    news = driver.checked(merge(olds, patch), olds=olds)
    return told(driver, olds, news, outputs)


def told(
    driver: Driver,
    olds: dict[str, Any],
    news: dict[str, Any],
    outputs: dict[str, Any],
    ignore: tuple[str, ...] = (),
) -> list[str]:
    driver.diff(olds, news, olds=outputs, ignore=ignore)
    driver.checked(inputs(type="verified"))
    driver.logged("deprecated")  # and so everything before it
    texts = [text for text in driver.log(WARNING) if "loses" in text]
    return [text.split("loses ")[1].split(", which endpoint")[0] for text in texts]


REGISTRY = {"image": {"huggingface": None, "custom": CUSTOM}}
KEYS = {"secrets": {"A": "a-1234", "B": "b-1234"}}


@pytest.mark.parametrize(
    ("model", "patch", "lost"),
    [
        # A login that goes with the image.
        (REGISTRY, {"image": {"custom": {"url": "c:2"}}}, ["model.image.custom.credentials"]),
        (REGISTRY, {"image": {"custom": {"url": "c:2", "credentials": LOGIN}}}, []),
        (REGISTRY, {"image": {"custom": None, "tei": {"url": "t:1"}}}, []),
        (REGISTRY, {"env": {"A": "1"}}, []),
        (REGISTRY, {}, []),
        # Keys of a map that is declared.
        (KEYS, {"secrets": {"A": "new"}}, ["model.secrets (B)"]),
        (KEYS, {"secrets": {"C": "new"}}, ["model.secrets (A, B)"]),
        (KEYS, {"secrets": {"A": "1", "B": "2", "C": "3"}}, []),
        (KEYS, {"env": {"A": "1"}}, []),
        (
            REGISTRY | KEYS,
            {"image": {"custom": {"url": "c:2"}}, "secrets": {"A": "1"}},
            ["model.image.custom.credentials, model.secrets (B)"],
        ),
    ],
)
def test_an_update_that_loses_secrets(
    driver: Driver,
    hf: Simulator,
    model: dict[str, Any],
    patch: dict[str, Any],
    lost: list[str],
) -> None:
    olds, outputs = imported(driver, hf, model)
    assert losses(driver, olds, outputs, model=patch) == lost


def test_a_new_endpoint_has_none_of_them(driver: Driver, hf: Simulator) -> None:
    olds, outputs = imported(driver, hf, REGISTRY | KEYS)
    region = {"vendor": "aws", "region": "eu-west-1"}
    assert losses(driver, olds, outputs, cloudProvider=region) == [
        "model.image.custom.credentials, model.secrets (A, B)"
    ]


def test_what_is_ignored_is_not_sent(driver: Driver, hf: Simulator) -> None:
    olds, outputs = imported(driver, hf, REGISTRY)
    image = {"custom": {"url": "c:2"}}
    news = driver.checked(merge(olds, {"type": "public", "model": {"image": image}}), olds=olds)
    assert told(driver, olds, news, outputs, ("model.image",)) == []


def test_a_secret_that_was_added_by_hand_is_told_after_a_refresh(
    driver: Driver, hf: Simulator
) -> None:
    olds = driver.checked(inputs(model={"secrets": {"A": "a-1234"}}))
    _, outputs = driver.create(olds)
    assert "__unread" not in outputs
    hf.mutate("hf", "me/demo", {"model": {"secrets": {"B": "b-1234"}}})
    outputs = plain(driver.read("me/demo", outputs, olds).properties)
    new = {"secrets": secret({"A": "new"})}
    assert losses(driver, olds, outputs, model=new) == ["model.secrets (B)"]


def test_a_program_that_says_them_ends_the_doubt(driver: Driver, hf: Simulator) -> None:
    olds, outputs = imported(driver, hf, REGISTRY | KEYS)
    assert outputs["__unread"] == {
        "model.image.custom.credentials": [],
        "model.secrets": ["A", "B"],
    }
    said = {"image": {"custom": {"credentials": LOGIN}}, "secrets": {"A": "1", "B": "2"}}
    news = driver.checked(merge(olds, {"model": said}), olds=olds)
    outputs = driver.update(olds, news, olds=outputs)
    assert "__unread" not in outputs
