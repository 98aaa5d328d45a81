"""Replies that no service should give: what is readable is read, and nothing else is believed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from support.drivers.ark import MODEL, Driver, Failure, Simulator, inputs, stored, told
from support.replies import DEEP, LOST, MANY, changed, outcome, put

pytestmark = pytest.mark.one_call

NOT_SHOWN = "BytePlus ModelArk: the reply to reading the endpoint does not show it"
Outcome = dict[str, Any] | str


def nobodys(start: str) -> str:
    """The message about a reply that begins so."""
    return (
        "BytePlus ModelArk: reading the endpoint: the reply is not the service's: "
        f"{start[:160]} (HTTP 200). Check the configured address and any proxy on the way."
    )


DESCRIPTION, RPM, STATUS = '"Description":"d"', '"Rpm":1', '"Status":"Running"'
# Old text, new text, and what a refresh then changes in the outputs.
ROWS: list[tuple[str, str, Outcome]] = [
    (DESCRIPTION, '"Description":"a\\ud800b"', {"description": f"a{LOST}b"}),
    (DESCRIPTION, '"Description":"\\udc00\\ud83d\\ude00"', {"description": f"{LOST}\U0001f600"}),
    (DESCRIPTION, '"Description":"a\\u0000b"', {"description": f"a{LOST}b"}),
    (DESCRIPTION, '"Description":"x","Description":"d"', {}),
    (DESCRIPTION, '"Description":"d","Description":"x"', {"description": "x"}),
    (DESCRIPTION, '"Description":"d","DESCRIPTION":"x"', {}),
    (DESCRIPTION, '"Description":7', {"description": "7"}),
    (DESCRIPTION, '"Description":["d"]', {"description": None}),
    (RPM, '"Rpm":NaN', {"rateLimit.rpm": None}),
    (RPM, '"Rpm":-Infinity', {"rateLimit.rpm": None}),
    (RPM, '"Rpm":1e400', {"rateLimit.rpm": None}),
    (RPM, '"Rpm":1.5', {"rateLimit.rpm": 1.5}),
    (RPM, '"Rpm":"1"', {}),
    (RPM, '"Rpm":{}', {"rateLimit.rpm": None}),
    (
        '"Tags":[',
        '"Tags":[7,null,"x",[],{},{"Key":7},',
        {"tags": [{"key": "7"}, {"key": "k", "value": "v"}]},
    ),
    (STATUS, '"Status":7', {"status": "7"}),
    (STATUS, '"Status":{}', {"status": None}),
    (STATUS, '"Status":["Running"]', {"status": None}),
    (STATUS, '"Status":null', NOT_SHOWN),
    (STATUS, '"Status":"Dancing"', {"status": "Dancing"}),
    ('"Id":"ep-', '"Id":"ep-x', NOT_SHOWN),
    ('"Id":"ep-', '"Id":7,"I":"ep-', NOT_SHOWN),
    ('"Id":"ep-', '"Id":[],"I":"ep-', NOT_SHOWN),
]


def made(driver: Driver) -> tuple[str, dict[str, Any], dict[str, Any]]:
    return driver.made(
        description="d", rateLimit={"rpm": 1, "tpm": 2}, tags=[{"key": "k", "value": "v"}]
    )


@pytest.fixture
def once(configure: Callable[..., Driver]) -> Driver:
    """Tries once."""
    return configure(maxRetries=0)


def text_of(driver: Driver, ark: Simulator, endpoint: tuple[str, Any, Any]) -> str:
    """What the service answers to a look."""
    id, checked, outputs = endpoint
    assert outcome(driver, id, outputs, checked) == {}
    return ark.requests(cloud="ark", operation="endpoint.get")[-1].reply_body.decode()


def test_odd_values_hide_nothing_else(once: Driver, ark: Simulator) -> None:
    id, checked, outputs = made(once)
    text = text_of(once, ark, (id, checked, outputs))
    for old, new, wanted in ROWS:
        ark.fault("ark", "endpoint.get", kind="malformed", body=changed(text, old, new))
        assert outcome(once, id, outputs, checked) == wanted, new
    assert outcome(once, id, outputs, checked) == {}


def test_texts_that_are_no_reply(once: Driver, ark: Simulator) -> None:
    """Nor is the endpoint gone for their sake."""
    id, checked, outputs = made(once)
    text = text_of(once, ark, (id, checked, outputs))
    rows: list[tuple[str, Outcome]] = [
        (f"\ufeff{text}", {}),
        (put(text, "New", DEEP), nobodys(put(text, "New", DEEP))),
        (put(text, "New", MANY), nobodys(put(text, "New", MANY))),
        (text[:-1], nobodys(text)),
        (text + "x", nobodys(text)),
        (text + text, nobodys(text)),
        (f"[{text}]", NOT_SHOWN),
        ('"x"', NOT_SHOWN),
        ("7", NOT_SHOWN),
        ("null", NOT_SHOWN),
        ("", NOT_SHOWN),
        ('{"ResponseMetadata":{},"Result":[]}', NOT_SHOWN),
        ('{"ResponseMetadata":{},"Result":"x"}', NOT_SHOWN),
        ('{"ResponseMetadata":7,"Result":7}', NOT_SHOWN),
    ]
    for body, wanted in rows:
        ark.fault("ark", "endpoint.get", kind="malformed", body=body)
        assert outcome(once, id, outputs, checked) == wanted, body[:80]
    assert outcome(once, id, outputs, checked) == {}
    assert list(stored(ark)) == [id]


@pytest.mark.parametrize(
    "result",
    ["[]", "7", '"x"', "null", '{"Id":7.5}', '{"Id":{}}', '{"Id":""}', f'{{"Id":{DEEP}}}'],
    ids=lambda text: text[:20],
)
def test_an_odd_answer_to_a_create_loses_nothing(
    driver: Driver, ark: Simulator, result: str
) -> None:
    ark.fault("ark", "endpoint.create", kind="malformed", body=f'{{"Result":{result}}}', apply=True)
    id, _, _ = driver.made()
    assert list(stored(ark)) == [id]
    assert told(ark).count("endpoint.create") == 1


def test_what_is_no_number_is_refused_in_a_preview(driver: Driver) -> None:
    for number in (math.nan, math.inf, -math.inf):
        assert driver.refused(inputs(rateLimit={"rpm": number, "tpm": 1})) == {
            "rateLimit.rpm": "must be a finite number"
        }
        with pytest.raises(Failure):
            driver.create({**inputs(), "modelReference": MODEL, "rateLimit": {"rpm": number}})
    driver.made()
