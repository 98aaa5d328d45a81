"""Replies that no service should give: nothing is lost, and nothing is replaced for their sake."""

from __future__ import annotations

import json
import threading
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2
from support import replies
from support.drivers.hf import (
    Driver,
    Failure,
    Simulator,
    aged,
    inputs,
    kinds,
    made,
    plain,
    secret,
    struct,
    told,
)
from support.process import wait_until
from support.replies import LOST, MANY, Outcome, changed, outcome, put

CODE = grpc.StatusCode

PATHS = [
    "name",
    "type",
    "provider",
    "provider.vendor",
    "provider.region",
    "compute",
    "compute.accelerator",
    "compute.instanceType",
    "compute.instanceSize",
    "compute.scaling",
    "compute.scaling.minReplica",
    "compute.scaling.maxReplica",
    "model",
    "model.repository",
    "model.framework",
    "model.image",
    "model.image.huggingface",
    "model.env",
    "model.args",
    "model.task",
    "tags",
    "experimentalFeatures",
    "notifications",
    "healthRoute",
    "status.url",
    "status.readyReplica",
    "status.message",
    "status.createdBy",
]
DEEP: Any = 0
for _ in range(40):
    DEEP = [DEEP]
ODD_VALUES = [
    None,
    "text",
    -1e300,
    True,
    [],
    {},
    [[1]],
    {"x": {"y": 2}},
    "",
    9007199254740993,
    DEEP,
]


def pointer(path: str) -> str:
    return "/" + path.replace(".", "/")


def failing(call: Any, *arguments: Any, **named: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        call(*arguments, **named)
    return caught.value


def refreshed_without_replacement(
    driver: Driver, checked: dict[str, Any], outputs: dict[str, Any]
) -> None:
    """Refreshes; then what the next `up` would do to bring the endpoint back is no replacement."""
    answer = driver.read("me/demo", outputs, checked)
    assert answer.id == "me/demo"
    assert answer.HasField("properties")
    found = kinds(driver.diff(plain(answer.inputs), checked, olds=plain(answer.properties)))
    assert [path for path, kind in found.items() if kind.endswith("REPLACE")] == []


@pytest.mark.parametrize("path", PATHS)
def test_a_refresh_outlives_any_value_in_any_place(
    driver: Driver, hf: Simulator, path: str
) -> None:
    checked, outputs = made(driver, tags=["a"], model={"env": {"A": "b"}, "args": ["x"]})
    foreign = [value for value in ODD_VALUES if path != "name" or not isinstance(value, str | int)]
    if path in ("provider.vendor", "provider.region"):  # another text is a move, which is drift
        foreign = [value for value in foreign if not isinstance(value, str | int | float)]
    for value in foreign:
        hf.fault("hf", "endpoint.get", kind="rewrite", assign={pointer(path): value})
        refreshed_without_replacement(driver, checked, outputs)
    hf.fault("hf", "endpoint.get", kind="rewrite", remove=[pointer(path)])
    refreshed_without_replacement(driver, checked, outputs)


@pytest.mark.parametrize("state", [None, {}, [], 3])
def test_a_state_that_is_no_word_is_still_an_endpoint(
    driver: Driver, hf: Simulator, state: Any
) -> None:
    checked, outputs = made(driver)
    hf.fault("hf", "endpoint.get", kind="rewrite", assign={"/status/state": state})
    try:
        answer = driver.read("me/demo", outputs, checked)
    except Failure as failure:
        assert failure.code == CODE.UNAVAILABLE
    else:
        assert answer.id == "me/demo"


def test_a_reply_about_another_endpoint_is_not_believed(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver)
    hf.fault("hf", "endpoint.get", kind="rewrite", assign={"/name": "other"}, count=0)
    failure = failing(driver.read, "me/demo", outputs, checked)
    assert failure.code == CODE.UNAVAILABLE
    assert failure.partial is None
    assert "does not show it" in failure.message


@pytest.mark.parametrize("apply", [True, False])
def test_an_answer_to_a_create_about_another_endpoint_proves_nothing(
    driver: Driver, hf: Simulator, apply: bool
) -> None:
    body = {"name": "other", "status": {"state": "running"}}
    hf.fault("hf", "endpoint.create", kind="error", status=200, body=body, apply=apply)
    id, outputs = driver.create(driver.checked(inputs()))
    assert (id, outputs["name"]) == ("me/demo", "demo")
    assert list(hf.state("hf")["endpoints"]) == ["me/demo"]


def test_a_name_in_other_letters_is_still_listed(driver: Driver, hf: Simulator) -> None:
    """The service has lower case alone; an id that was imported otherwise stays as it was."""
    checked, outputs = made(driver)
    hf.fault("hf", "endpoint.get", kind="error", status=404, count=0)
    failure = failing(driver.read, "me/Demo", aged(outputs), checked)
    assert failure.code == CODE.UNAVAILABLE
    assert (
        failure.message == "Hugging Face: endpoint me/Demo is listed but cannot be read; try again"
    )


@pytest.mark.parametrize("body", ["", "{}", "null", "[]", '{"items": null}', "ok"])
def test_an_empty_list_is_a_proof_and_no_list_is_none(
    driver: Driver, hf: Simulator, body: str
) -> None:
    checked, outputs = made(driver)
    hf.fault("hf", "endpoint.get", kind="error", status=404, count=0)
    hf.fault("hf", "endpoint.list", kind="error", status=200, body=body, count=0)
    failure = failing(driver.read, "me/demo", outputs, checked)
    assert failure.code == CODE.UNAVAILABLE
    assert "It is not taken as deleted" in failure.message


def test_an_update_whose_answer_says_nothing_is_recorded(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver)
    hf.fault("hf", "endpoint.update", kind="error", status=200, body="{}", apply=True)
    hf.fault("hf", "endpoint.get", kind="error", status=403, count=0)
    failure = failing(driver.update, checked, {**checked, "type": "public"}, olds=outputs)
    assert failure.id == "me/demo"
    assert failure.properties == outputs


def cancelled_while(driver: Driver, hf: Simulator, operation: str, call: Any) -> Failure:
    """What the call answers when it is cancelled after that request was sent."""
    caught: list[Failure] = []
    waiting = threading.Thread(target=lambda: caught.append(failing(call)))
    waiting.start()
    wait_until(lambda: operation in told(hf))
    driver.cancel()
    waiting.join()
    hf.release()
    return caught[0]


def test_an_update_cancelled_on_its_way_is_recorded(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver)
    hf.fault("hf", "endpoint.update", kind="hold")
    news = {**checked, "type": "public"}
    failure = cancelled_while(
        driver, hf, "endpoint.update", lambda: driver.update(checked, news, olds=outputs)
    )
    assert failure.id == "me/demo"
    assert failure.properties == outputs


def test_half_a_secret_in_a_log_is_not_shown(driver: Driver, hf: Simulator) -> None:
    canary = "canary-" + "0123456789abcdef" * 4
    checked = driver.checked(inputs(model={"secrets": {"KEY": secret(canary)}}))
    text = "x" * 200 + canary + "y" * 3950  # the cut falls into the secret
    lines = [{"line": text, "timestamp": "2026-01-01T00:00:00Z"}]
    hf.fault("hf", "logs.v3", kind="error", status=200, body=json.dumps(lines), count=0)
    hf.knobs("hf", fail_next_create=1)
    failure = failing(driver.create, checked)
    assert "y" * 100 in failure.message + "".join(failure.reasons)
    assert "abcdef" not in failure.message + "".join(failure.reasons)


def test_empty_properties_without_inputs_are_an_import(driver: Driver, hf: Simulator) -> None:
    made(driver)
    answer = driver.call(
        "Read",
        provider_pb2.ReadRequest(
            id="me/demo",
            urn="urn:pulumi:dev::shop::inference:hf:Endpoint::demo",
            properties=struct({}),
        ),
    )
    assert plain(answer.inputs) == plain(driver.read("me/demo").inputs)


@pytest.mark.parametrize("item", [None, 1, "demo", [], {}, {"name": 5}, {"name": ""}], ids=str)
def test_a_list_with_something_that_is_no_endpoint_is_an_error(
    driver: Driver, hf: Simulator, item: Any
) -> None:
    """What it is of is not known, so it is neither left out nor guessed; and it proves nothing."""
    checked, outputs = made(driver)
    hf.delete("hf", "me/demo")
    hf.fault(
        "hf",
        "endpoint.list",
        kind="error",
        status=200,
        body={"items": [{"name": "one"}, item]},
        count=0,
    )
    message = "Hugging Face: listing the namespace: the reply holds something that is no endpoint"
    failure = failing(lambda: list(driver.list(query=struct({"namespace": "me"}))))
    assert (failure.code, failure.message) == (CODE.UNAVAILABLE, message)
    failure = failing(driver.read, "me/demo", outputs, checked)
    assert failure.code == CODE.UNAVAILABLE
    assert failure.message.endswith(message)


def test_a_pause_cancelled_on_its_way_is_recorded(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver)
    hf.fault("hf", "endpoint.pause", kind="hold")
    news = {**checked, "desiredState": "paused"}
    failure = cancelled_while(
        driver, hf, "endpoint.pause", lambda: driver.update(checked, news, olds=outputs)
    )
    assert failure.id == "me/demo"


def test_a_create_cancelled_on_its_way_is_looked_for_again(driver: Driver, hf: Simulator) -> None:
    """The first look comes too early: the service shows the endpoint a moment later."""
    hf.knobs("hf", polls={"pending": 1000})
    hf.fault("hf", "endpoint.create", kind="hold")
    hf.fault("hf", "endpoint.get", kind="error", status=404, count=2)
    checked = driver.checked(inputs())
    failure = cancelled_while(driver, hf, "endpoint.create", lambda: driver.create(checked))
    assert failure.id == "me/demo"
    assert told(hf).count("endpoint.get") == 3
    assert told(hf).count("endpoint.create") == 1


def test_a_create_cancelled_on_its_way_and_not_there_yet_is_uncertain(
    driver: Driver, hf: Simulator
) -> None:
    """The service may still be carrying it out: that nothing was made cannot be promised."""
    hf.fault("hf", "endpoint.create", kind="hold")
    hf.fault("hf", "endpoint.get", kind="error", status=404, count=0)
    checked = driver.checked(inputs())
    failure = cancelled_while(driver, hf, "endpoint.create", lambda: driver.create(checked))
    assert failure.id == "unconfirmed:demo" and "__unconfirmed" in failure.properties
    assert "me/demo" in failure.message and "look in the console" in failure.message


@pytest.mark.parametrize("name", ["-demo", "demo-"])
def test_a_hyphen_at_an_end_of_a_name_is_warned_of(driver: Driver, name: str) -> None:
    assert driver.checked(inputs(name=name))["name"] == name
    driver.logged("begins or ends with a hyphen")


# Texts that are no JSON of the service.

NOT_SHOWN = "Hugging Face: the reply to reading the endpoint does not show it"
NOBODYS = "Hugging Face: reading the endpoint: the reply is not the service's: "
ENV, TAGS, STATE = '"env":{"A":"b"}', '"tags":["a"', '"state":"running"'
# Old text, new text, and what a refresh then changes in the outputs.
ROWS: list[tuple[str, str, Outcome]] = [
    (TAGS, '"tags":["a\\ud800b"', {"tags": [f"a{LOST}b"]}),
    (TAGS, '"tags":[7,null,{},"a"', {"tags": ["7", "a"]}),
    (TAGS, '"tags":["x"],"tags":["a"', {}),
    (ENV, '"env":{"A":7}', {"model.env.A": "7"}),
    (ENV, '"env":{"\\udc00":"b"}', {"model.env.A": None, f"model.env.{LOST}": "b"}),
    ('"minReplica":1', '"minReplica":NaN', {"compute.scaling.minReplica": None}),
    ('"minReplica":1', '"minReplica":1e400', {"compute.scaling.minReplica": None}),
    ('"minReplica":1', '"minReplica":"1"', {}),
    (STATE, '"state":7', {"status.state": "7"}),
    (STATE, '"state":{}', {"status.state": None}),
    (STATE, '"state":null', NOT_SHOWN),
    (STATE, '"state":"dancing"', {"status.state": "dancing"}),
]


def test_odd_texts_hide_nothing_else(configure: Any, hf: Simulator) -> None:
    driver = configure(maxRetries=0)
    checked, outputs = made(driver, tags=["a"], model={"env": {"A": "b"}})
    assert outcome(driver, "me/demo", outputs, checked) == {}
    text = hf.requests(cloud="hf", operation="endpoint.get")[-1].reply_body.decode()
    for old, new, wanted in ROWS:
        hf.fault("hf", "endpoint.get", kind="malformed", body=changed(text, old, new))
        assert outcome(driver, "me/demo", outputs, checked) == wanted, new


def test_texts_that_are_no_reply(configure: Any, hf: Simulator) -> None:
    """Nor is the endpoint gone for their sake."""
    driver = configure(maxRetries=0)
    checked, outputs = made(driver)
    assert outcome(driver, "me/demo", outputs, checked) == {}
    text = hf.requests(cloud="hf", operation="endpoint.get")[-1].reply_body.decode()
    rows: list[tuple[str, str]] = [
        (put(text, "New", replies.DEEP), NOBODYS),
        (put(text, "New", MANY), NOBODYS),
        (text[:-1], NOBODYS),
        (text + text, NOBODYS),
        (f"[{text}]", NOT_SHOWN),
        ('"x"', NOT_SHOWN),
        ("7", NOT_SHOWN),
        ("null", NOT_SHOWN),
        ("", NOT_SHOWN),
        ('{"name":7,"status":7}', NOT_SHOWN),
    ]
    for body, wanted in rows:
        hf.fault("hf", "endpoint.get", kind="malformed", body=body)
        message = outcome(driver, "me/demo", outputs, checked)
        assert isinstance(message, str) and message.startswith(wanted), body[:80]
    hf.fault("hf", "endpoint.get", kind="malformed", body=f"\ufeff{text}")
    assert outcome(driver, "me/demo", outputs, checked) == {}
