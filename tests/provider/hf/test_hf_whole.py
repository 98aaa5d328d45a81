"""Whole objects are sent from full knowledge: what the service has and no row knows stays in."""

from __future__ import annotations

from typing import Any

import pytest
from support.drivers.hf import Driver, Failure, Simulator, aged, inputs, made, sent, told

pytestmark = pytest.mark.one_call

VLLM = {"url": "v:1", "maxNumSeqs": 8}
OPEN = {"nextSetting": 7, "nextGroup": {"a": [1], "b": None}, "nothing": None}
KEPT = {"nextSetting": 7, "nextGroup": {"a": [1]}}


def image(engine: str, settings: dict[str, Any]) -> dict[str, Any]:
    return {"model": {"image": {engine: settings}}}


def add(hf: Simulator, patch: dict[str, Any]) -> None:
    """Members that a service of next month has, in what it keeps and shows."""
    hf.fault("hf", "endpoint.get", kind="rewrite", merge=patch, count=0)
    hf.clear()


def changed(driver: Driver, checked: dict[str, Any], outputs: Any, **patch: Any) -> Any:
    return driver.update(checked, driver.checked(inputs(**patch)), olds=outputs)


@pytest.mark.parametrize(
    ("engine", "before", "after"),
    [
        ("vLLM", VLLM, {"url": "v:2", "maxNumSeqs": 8}),
        ("vLLM", VLLM, {"url": "v:1"}),
        ("tei", {"url": "t:1"}, {"url": "t:2"}),
        ("huggingfaceNeuron", {"batchSize": 1}, {"batchSize": 2}),
        ("huggingfaceNeuron", {"batchSize": 1}, {}),
    ],
)
def test_a_setting_of_next_month_stays(
    driver: Driver, hf: Simulator, engine: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    checked, outputs = made(driver, **image(engine, before))
    add(hf, image(engine, OPEN))
    changed(driver, checked, outputs, **image(engine, after))
    assert sent(hf, "endpoint.update") == [image(engine, after | KEPT)]
    assert told(hf)[:2] == ["endpoint.get", "endpoint.update"]


def test_so_does_one_below_a_member(driver: Driver, hf: Simulator) -> None:
    login = {"username": "u", "password": "p"}
    custom = {"url": "c:1", "credentials": login}
    checked, outputs = made(driver, **image("custom", custom))
    add(hf, image("custom", {"credentials": {"registry": "r"}}))
    changed(driver, checked, outputs, **image("custom", custom | {"url": "c:2"}))
    (body,) = sent(hf, "endpoint.update")
    assert body == image("custom", {"url": "c:2", "credentials": login | {"registry": "r"}})


@pytest.mark.parametrize(
    ("after", "body"),
    [
        (image("tgi", {"url": "t:1"}), image("tgi", {"url": "t:1"})),
        (image("huggingface", {}), image("huggingface", {})),
        ({}, image("huggingface", {})),
    ],
)
def test_another_engine_takes_nothing_over(
    driver: Driver, hf: Simulator, after: dict[str, Any], body: dict[str, Any]
) -> None:
    checked, outputs = made(driver, **image("vLLM", VLLM))
    add(hf, image("vLLM", OPEN))
    changed(driver, checked, outputs, **after)
    assert sent(hf, "endpoint.update") == [body]


def test_nor_does_an_engine_keep_a_second_one(driver: Driver, hf: Simulator) -> None:
    """Somebody switched to an engine of next month: the program takes it back."""
    checked, outputs = made(driver, **image("vLLM", VLLM))
    add(hf, {"model": {"image": {"vLLM": None, "nextYears": {"a": 1}}}})
    new = VLLM | {"url": "v:2"}
    with pytest.raises(Failure):  # it still shows the other one
        changed(driver, checked, outputs, **image("vLLM", new))
    assert sent(hf, "endpoint.update") == [image("vLLM", new)]


ROUTE = {"domain": "a.example", "path": "/a"}


@pytest.mark.parametrize(
    ("before", "live", "after", "body"),
    [
        (
            {"route": ROUTE},
            {"route": {"tls": "strict"}},
            {"route": ROUTE | {"path": "/b"}},
            {"route": ROUTE | {"path": "/b", "tls": "strict"}},
        ),
        (
            {"network": {"cidrBlock": True}},
            {"network": {"log": True}},
            {"network": {"cidrBlock": False}},
            {"network": {"cidrBlock": False, "log": True}},
        ),
        (
            {},
            {"notifications": {"chat": True}},
            {"notifications": {"email": True, "push": False}},
            {"notifications": {"email": True, "push": False, "chat": True}},
        ),
        (
            {"notifications": {"email": True, "push": False}},
            {"notifications": {"chat": True}},
            {},
            {"notifications": {"email": False, "push": False, "chat": True}},
        ),
        (
            {"customRouter": {"tag": "r:1", "env": {"A": "1"}}},
            {"customRouter": {"canary": 5, "env": {"B": "2"}}},
            {"customRouter": {"tag": "r:2", "env": {"A": "1"}}},
            {"customRouter": {"tag": "r:2", "env": {"A": "1"}, "canary": 5}},
        ),
        # An empty object is how a router is removed (docs/apis/hf.md 2.3).
        (
            {"customRouter": {"tag": "r:1"}},
            {"customRouter": {"canary": 5}},
            {},
            {"customRouter": {}},
        ),
        (
            {"cacheHttpResponses": True},
            {"experimentalFeatures": {"next": 1, "mcpLb": {"shards": 2}}},
            {"cacheHttpResponses": False},
            {"experimentalFeatures": {"cacheHttpResponses": False, "next": 1}},
        ),
        (
            {"experimentalFeatures": {"mcpLb": {}}},
            {"experimentalFeatures": {"mcpLb": {"shards": 2}}},
            {"experimentalFeatures": {"mcpLb": {"stateful": True}}},
            {"experimentalFeatures": {"mcpLb": {"stateful": True, "shards": 2}}},
        ),
        (
            {"experimentalFeatures": {"loadBalancer": "sticky"}},
            {"experimentalFeatures": {"next": 1}},
            {},
            {"experimentalFeatures": {"next": 1}},
        ),
        ({"route": ROUTE}, {"route": {"tls": "strict"}}, {}, {"route": None}),
    ],
    ids=lambda value: next(iter(value), "nothing"),
)
def test_so_it_is_with_every_object_that_is_sent_whole(
    driver: Driver,
    hf: Simulator,
    before: dict[str, Any],
    live: dict[str, Any],
    after: dict[str, Any],
    body: dict[str, Any],
) -> None:
    hf.knobs("hf", null_clears=True)
    checked, outputs = made(driver, **before)
    hf.fault("hf", "endpoint.get", kind="rewrite", merge=live)
    hf.clear()
    changed(driver, checked, outputs, **after)
    assert sent(hf, "endpoint.update") == [body]


def test_a_map_is_complete_as_it_is_declared(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver, model={"env": {"A": "1"}})
    add(hf, {"model": {"env": {"B": "2"}, "next": 1}})
    with pytest.raises(Failure):  # it still shows B
        changed(driver, checked, outputs, model={"env": {"A": "2"}})
    assert sent(hf, "endpoint.update") == [{"model": {"env": {"A": "2"}}}]
    assert told(hf)[0] == "endpoint.update"


def test_an_endpoint_that_is_gone_is_not_sent_to(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver, **image("vLLM", VLLM))
    hf.delete("hf", "me/demo")
    hf.clear()
    with pytest.raises(Failure) as caught:
        changed(driver, checked, aged(outputs), **image("vLLM", {"url": "v:2"}))
    assert "is gone; run pulumi refresh" in caught.value.message
    assert "endpoint.update" not in told(hf)


def test_an_adopted_endpoint_keeps_it(driver: Driver, hf: Simulator) -> None:
    made(driver, **image("vLLM", VLLM))
    add(hf, image("vLLM", OPEN))
    new = driver.checked(inputs(**image("vLLM", VLLM | {"url": "v:2"}), adoptExisting=True))
    driver.create(new)
    assert sent(hf, "endpoint.update") == [image("vLLM", VLLM | {"url": "v:2"} | KEPT)]
