"""What ignoreChanges names keeps its live value, also inside something that is sent whole."""

from __future__ import annotations

from typing import Any

import pytest
from support.drivers.hf import WARNING, Driver, Simulator, inputs, merge, sent, told

pytestmark = pytest.mark.one_call

ROUTE = {"domain": "a.example", "path": "/a"}
FEATURES = {"loadBalancer": "sticky", "skipRepoDownload": True}
NETWORK = {"cidrBlock": False, "cidrList": ["10.0.0.0/8"]}
ENV = {"A": "1", "B": "1"}
ENGINE = {"vLLM": {"url": "u", "maxNumSeqs": 5}}

# What is ignored; what the program says first; what somebody changes by hand; what the program
# changes; what is sent.
ROWS: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    (
        "network.cidrList",
        {"network": NETWORK},
        {"network": {"cidrList": ["11.0.0.0/8"]}},
        {"network": {"cidrBlock": True}},
        {"network": {"cidrBlock": True, "cidrList": ["11.0.0.0/8"]}},
    ),
    (
        "notifications.push",
        {"notifications": {"email": False, "push": False}},
        {"notifications": {"push": True}},
        {"notifications": {"email": True}},
        {"notifications": {"email": True, "push": True}},
    ),
    (
        "route.path",
        {"route": ROUTE},
        {"route": {"path": "/hand"}},
        {"route": {"domain": "b.example"}},
        {"route": {"domain": "b.example", "path": "/hand"}},
    ),
    (
        "customRouter.port",
        {"customRouter": {"tag": "a", "port": 3001}},
        {"customRouter": {"port": 4000}},
        {"customRouter": {"tag": "b"}},
        {"customRouter": {"tag": "b", "port": 4000}},
    ),
    (
        "*.path",
        {"route": ROUTE},
        {"route": {"path": "/hand"}},
        {"route": {"domain": "b.example"}},
        {"route": {"domain": "b.example", "path": "/hand"}},
    ),
    (
        "experimentalFeatures.loadBalancer",
        {"experimentalFeatures": FEATURES},
        {"experimentalFeatures": {"loadBalancer": "random"}},
        {"experimentalFeatures": {"skipRepoDownload": False}},
        {"experimentalFeatures": {"loadBalancer": "random", "skipRepoDownload": False}},
    ),
    (
        "model.image.vLLM.maxNumSeqs",
        {"model": {"image": ENGINE}},
        {"model": {"image": {"vLLM": {"maxNumSeqs": 7}}}},
        {"model": {"image": {"vLLM": {"url": "v"}}}},
        {"model": {"image": {"vLLM": {"url": "v", "maxNumSeqs": 7}}}},
    ),
    (
        'model.env["A"]',
        {"model": {"env": ENV}},
        {"model": {"env": {"A": "hand"}}},
        {"model": {"env": {"B": "2"}}},
        {"model": {"env": {"A": "hand", "B": "2"}}},
    ),
    (
        "model.env.C",
        {"model": {"env": ENV}},
        {"model": {"env": {"C": "hand"}}},
        {"model": {"env": {"B": "2"}}},
        {"model": {"env": {"A": "1", "B": "2", "C": "hand"}}},
    ),
    (
        "tags[0]",
        {"tags": ["a", "b"]},
        {"tags": ["hand", "b"]},
        {"tags": ["a", "c"]},
        {"tags": ["hand", "c"]},
    ),
    (
        "model.args[0]",
        {"model": {"args": ["x", "y"]}},
        {"model": {"args": ["hand", "y"]}},
        {"model": {"args": ["x", "z"]}},
        {"model": {"args": ["hand", "z"]}},
    ),
]


@pytest.mark.parametrize(("ignored", "before", "hand", "change", "body"), ROWS)
@pytest.mark.parametrize("waits", [True, False])
def test_what_is_ignored_in_a_whole_object_is_sent_as_it_is(
    driver: Driver,
    hf: Simulator,
    ignored: str,
    before: dict[str, Any],
    hand: dict[str, Any],
    change: dict[str, Any],
    body: dict[str, Any],
    waits: bool,
) -> None:
    checked = driver.checked(inputs(**before, waitForReady=waits))
    _, outputs = driver.create(checked)
    hf.mutate("hf", "me/demo", hand)
    news = driver.checked(inputs(**merge(before, change), waitForReady=waits), olds=checked)
    hf.clear()
    driver.update(checked, news, olds=outputs, ignore=(ignored,))
    assert sent(hf, "endpoint.update") == [body]
    assert told(hf) == ["endpoint.get", "endpoint.update", "endpoint.get"]
    assert driver.log(WARNING) == []


def test_what_is_ignored_and_not_sent_costs_no_look(driver: Driver, hf: Simulator) -> None:
    checked = driver.checked(inputs(network=NETWORK, model={"env": ENV}))
    _, outputs = driver.create(checked)
    hf.clear()
    news = driver.checked(inputs(network=NETWORK, model={"env": ENV}, type="public"))
    ignored = ("network.cidrList", "model.env.A", "compute.scaling.maxReplica")
    driver.update(checked, news, olds=outputs, ignore=ignored)
    assert told(hf) == ["endpoint.update", "endpoint.get"]
    assert sent(hf, "endpoint.update") == [{"type": "public"}]


def test_an_ignored_secret_is_sent_as_it_was(driver: Driver, hf: Simulator) -> None:
    """No look shows it."""
    checked = driver.checked(inputs(model={"secrets": ENV}))
    _, outputs = driver.create(checked)
    news = driver.checked(inputs(model={"secrets": {"A": "2", "B": "2"}}), olds=checked)
    hf.clear()
    driver.update(checked, news, olds=outputs, ignore=("model.secrets.A",))
    assert sent(hf, "endpoint.update") == [{"model": {"secrets": {"A": "1", "B": "2"}}}]
