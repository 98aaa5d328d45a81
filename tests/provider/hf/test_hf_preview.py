"""Previews: nothing is sent, and what is told holds after the real run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.drivers.hf import (
    TOKEN,
    UNKNOWN,
    Driver,
    Simulator,
    bare,
    inputs,
    kinds,
    made,
    merge,
    plain,
    refused_update,
    secret,
    sent,
    told,
)
from test_hf_diff import base

pytestmark = pytest.mark.one_call


def contradictions(preview: Any, real: Any, path: str = "") -> list[str]:
    """Where the preview told something else than came out. Unknown may become anything."""
    if preview == UNKNOWN:
        return []
    if isinstance(preview, dict) and isinstance(real, dict):
        return [
            line
            for key in preview
            for line in contradictions(preview[key], real.get(key), f"{path}.{key}")
        ] + [f"{path}.{key} was not told" for key in real if path and key not in preview]
    return [] if preview == real else [f"{path}: {preview!r} became {real!r}"]


ROUND: list[dict[str, Any]] = [
    {},
    {"type": "protected"},
    {"tags": ["a"], "cacheHttpResponses": True},
    {"compute": {"scaling": {"minReplica": 0, "maxReplica": 3}}},
    {"compute": {"scaling": {"measure": {"pendingRequests": 2.5}}}},
    {"compute": {"scaling": {"metric": "hardwareUsage", "threshold": 10}}},
    {"model": {"image": {"tgi": {"url": "t:1"}}, "env": {"A": "1"}, "args": ["-v"]}},
    {"model": {"image": {"vLLM": {"url": "v:1", "tensorParallelSize": 2}}, "revision": "main"}},
    {"model": {"secrets": secret({"S": "value-of-s"})}},
    {"privateService": {"accountId": "1"}},
    {"route": {"domain": "x.example", "path": "/v1"}, "customRouter": {"tag": "r:1"}},
    {"network": {"cidrBlock": True}, "notifications": {"email": True, "push": False}},
    {"experimentalFeatures": {"loadBalancer": "sticky", "mcpLb": {}, "kvRouter": {"tag": "t"}}},
    {"desiredState": "paused", "waitForReady": False, "timeouts": {"create": 60}},
    {"desiredState": "paused", "compute": {"scaling": {"measure": {"pendingRequests": 2.5}}}},
    {"desiredState": "paused", "compute": {"scaling": {"maxReplica": 3}}},
    {"compute": {"id": "mine"}},
]


@pytest.mark.parametrize("patch", ROUND, ids=[str(row) for row in ROUND])
def test_a_previewed_create_keeps_its_word(
    driver: Driver, hf: Simulator, patch: dict[str, Any]
) -> None:
    checked = driver.checked(inputs(**patch))
    id, preview = driver.create(checked, preview=True)
    assert (id, told(hf)) == ("", [])
    _, real = driver.create(checked)
    assert contradictions(preview, real) == []


@pytest.mark.parametrize("state", ["running", "paused"])
def test_what_a_state_leaves_is_unknown_until_the_state_is_known(
    driver: Driver, state: str
) -> None:
    """docs/apis/hf.md 5.1: of a paused endpoint no replicas are read."""
    scaling = {"measure": {"pendingRequests": 2.5}}
    news = driver.checked(inputs(compute={"scaling": scaling}, desiredState=UNKNOWN))
    _, preview = driver.create(news, preview=True)
    assert (preview["desiredState"], preview["compute"]["scaling"]) == (UNKNOWN, UNKNOWN)
    known = {**news, "desiredState": state}
    _, real = driver.create(known)
    assert contradictions(preview, real) == []
    touched = {**news, "type": "public"}
    preview = driver.update(known, touched, olds=real, preview=True)
    assert (preview["desiredState"], preview["compute"]["scaling"]) == (UNKNOWN, UNKNOWN)
    other = {**touched, "desiredState": "paused" if state == "running" else "running"}
    assert contradictions(bare(preview), bare(driver.update(known, other, olds=real))) == []


def test_a_preview_tells_what_is_certain(driver: Driver) -> None:
    _, preview = driver.create(driver.checked(inputs()), preview=True)
    assert preview["endpointId"] == "me/demo"
    assert preview["target"] == {"baseUrl": UNKNOWN, "model": "openai-community/gpt2"}
    assert preview["type"] == "authenticated"
    assert preview["model"]["image"] == {"huggingface": {}}
    assert preview["url"] == preview["status"] == preview["healthRoute"] == UNKNOWN


def test_unknown_inputs_stay_unknown(driver: Driver, hf: Simulator) -> None:
    news = inputs(name=UNKNOWN, model={"repository": UNKNOWN, "env": {"A": UNKNOWN}}, tags=UNKNOWN)
    _, preview = driver.create(driver.checked(news), preview=True)
    assert preview["name"] == preview["endpointId"] == preview["tags"] == UNKNOWN
    assert preview["target"] == {"baseUrl": UNKNOWN, "model": UNKNOWN}
    assert preview["model"]["env"] == {"A": UNKNOWN}
    assert told(hf) == []


def test_what_comes_of_an_unknown_model_is_unknown(driver: Driver) -> None:
    _, preview = driver.create(driver.checked(inputs(model=UNKNOWN)), preview=True)
    assert preview["model"] == UNKNOWN
    assert preview["target"] == {"baseUrl": UNKNOWN, "model": UNKNOWN}


def test_secrets_stay_secret_in_a_preview(driver: Driver) -> None:
    news = inputs(
        model=secret({"repository": "org/hidden", "framework": "custom"}), tags=[secret("tag-x")]
    )
    _, preview = driver.create(driver.checked(news), preview=True)
    assert set(preview["model"]) == {"value", next(iter(secret(1)))}
    assert preview["tags"] == [secret("tag-x")]
    assert preview["target"]["model"] == secret("org/hidden")


@pytest.mark.parametrize(
    "patch",
    [
        {"type": "public"},
        {"tags": None},
        {"compute": {"scaling": {"maxReplica": 4}}},
        {"compute": {"instanceSize": "x2"}},
        {"compute": {"instanceSize": "x2", "id": "mine"}},
        {"compute": {"id": "mine"}, "type": "public"},
        {"model": {"image": {"tgi": {"port": None}}}},
        {"model": {"image": {"tgi": None, "tei": {"url": "tei:1"}}}},
        {"model": {"env": None, "args": None}},
        {"experimentalFeatures": {"loadBalancer": None}},
        {"customRouter": None},
        {"notifications": None},
        {"desiredState": "paused"},
    ],
    ids=str,
)
def test_a_previewed_update_keeps_its_word(
    driver: Driver, hf: Simulator, patch: dict[str, Any]
) -> None:
    olds = driver.checked(base())
    _, outputs = driver.create(olds)
    news = driver.checked(merge(base(), patch), olds=olds)
    hf.clear()
    preview = driver.update(olds, news, olds=outputs, preview=True)
    assert told(hf) == []
    real = driver.update(olds, news, olds=outputs)
    assert contradictions(bare(preview), bare(real)) == []


def test_what_was_said_as_empty_and_is_left_out_is_not_foreseen(driver: Driver) -> None:
    """To the service both are the same, and it shows neither."""
    empty: dict[str, Any] = {"env": {}, "args": [], "command": []}
    olds = driver.checked(inputs(model=empty))
    _, outputs = driver.create(olds)
    assert {key: outputs["model"][key] for key in empty} == empty
    news = driver.checked(inputs(type="public"), olds=olds)
    preview = driver.update(olds, news, olds=outputs, preview=True)
    assert [preview["model"][key] for key in empty] == [UNKNOWN] * 3
    real = driver.update(olds, news, olds=outputs)
    assert empty.keys() & real["model"].keys() == set()
    assert contradictions(bare(preview), bare(real)) == []


def test_what_was_left_out_without_a_step_is_not_foreseen(driver: Driver) -> None:
    """To leave it out was no change, so the outputs are still as it was said."""
    said: dict[str, Any] = {"env": {}, "args": [], "command": [], "revision": "abc"}
    olds = driver.checked(inputs(model=said))
    _, outputs = driver.create(olds)
    less = driver.checked(inputs(), olds=olds)
    assert kinds(driver.diff(olds, less, olds=outputs)) == {}
    news = driver.checked(inputs(type="public"), olds=less)
    preview = driver.update(less, news, olds=outputs, preview=True)
    assert [preview["model"][key] for key in said] == [UNKNOWN] * 4
    real = driver.update(less, news, olds=outputs)
    assert real["model"]["revision"] != "abc"
    assert contradictions(bare(preview), bare(real)) == []


def test_replicas_of_a_pause_that_shows_late_are_not_foreseen(
    driver: Driver, hf: Simulator
) -> None:
    """The word lags, the replicas do not: no look tells what a resume makes of them."""
    olds, outputs = made(driver)
    paused = {**olds, "desiredState": "paused"}
    late = {"status": {"state": "running"}}
    hf.fault("hf", "endpoint.pause", kind="rewrite", merge=late)
    hf.fault("hf", "endpoint.get", kind="rewrite", merge=late, count=0)
    failure = refused_update(driver, olds, paused, olds=outputs, timeout=2)
    assert failure.properties["compute"]["scaling"]["maxReplica"] == 0
    hf.clear_faults("hf")
    preview = driver.update(olds, olds, olds=failure.properties, preview=True)
    real = driver.update(olds, olds, olds=failure.properties)
    assert real["compute"]["scaling"]["maxReplica"] == 1
    assert contradictions(bare(preview), bare(real)) == []


@pytest.mark.parametrize("scaling", [None, {"maxReplica": 2}], ids=["usual", "set"])
def test_previews_of_a_pause_and_a_resume_keep_their_word(
    driver: Driver, scaling: dict[str, Any] | None
) -> None:
    """A paused endpoint has replicas of the service's making, which are not read."""
    running = driver.checked(inputs(compute={"scaling": scaling}))
    paused = {**running, "desiredState": "paused"}
    touched = {**paused, "type": "public"}
    _, outputs = driver.create(running)
    for olds, news in ((running, paused), (paused, touched), (touched, running)):
        preview = driver.update(olds, news, olds=outputs, preview=True)
        outputs = driver.update(olds, news, olds=outputs)
        assert contradictions(bare(preview), bare(outputs)) == []


def test_an_update_keeps_the_url(driver: Driver, hf: Simulator) -> None:
    olds = driver.checked(inputs())
    _, outputs = driver.create(olds)
    preview = driver.update(olds, inputs(type="public"), olds=outputs, preview=True)
    assert preview["url"] == outputs["url"]
    assert preview["endpointId"] == "me/demo"
    assert preview["target"] == {"baseUrl": outputs["url"], "model": "openai-community/gpt2"}


def test_a_preview_needs_no_credentials(start: Callable[..., Driver], hf: Simulator) -> None:
    driver = start()
    driver.configure(hfEndpoint=hf.url("hf"))
    driver.create(driver.checked(inputs()), preview=True)
    driver.update(inputs(), inputs(type="public"), preview=True)
    assert sent(hf) == []


def test_a_preview_shows_no_token(driver: Driver) -> None:
    assert TOKEN not in str(driver.create(driver.checked(inputs()), preview=True))


@pytest.mark.parametrize(
    "patch",
    [
        {"cloudProvider": {"region": secret("us-east-1")}},
        {"cloudProvider": secret({"vendor": "aws", "region": "us-east-1"})},
        {"compute": {"instanceType": secret("intel-spr")}},
        {"compute": {"instanceSize": secret("x1")}},
    ],
    ids=str,
)
def test_the_id_of_the_machine_is_as_secret_as_what_it_is_made_of(
    driver: Driver, patch: dict[str, Any]
) -> None:
    checked = driver.checked(inputs(**patch))
    _, shown = driver.create(checked, preview=True)
    id, outputs = driver.create(checked)
    read = plain(driver.read(id, outputs, checked).properties)
    assert shown["compute"]["id"] == secret(UNKNOWN)
    for real in (outputs, read):
        assert real["compute"]["id"] == secret("aws-us-east-1-intel-spr-x1")
    usual = driver.checked(inputs())
    assert driver.create(usual, preview=True)[1]["compute"]["id"] == UNKNOWN


@pytest.mark.parametrize("model", [UNKNOWN, {"image": UNKNOWN}], ids=["model", "image"])
def test_an_engine_that_is_not_known_yet_has_no_address_of_an_api(
    driver: Driver, hf: Simulator, model: Any
) -> None:
    """What follows the address is the engine's."""
    olds = driver.checked(inputs(model={"image": {"vLLM": {"url": "vllm/vllm-openai:v1"}}}))
    id, outputs = driver.create(olds)
    assert outputs["target"]["baseUrl"] == outputs["url"] + "/v1"
    news = driver.checked(inputs(model=model), olds=olds)
    preview = driver.update(olds, news, olds=outputs, preview=True, id=id)
    assert preview["url"] == outputs["url"]
    assert preview["target"]["baseUrl"] == UNKNOWN
