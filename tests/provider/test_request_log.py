"""The record of requests that `requestLog` asks for: each line on standard error, and the sums."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2
from simulator.client import Simulator
from support.drivers.hf import NO_WAIT, TOKEN, WARNING, Driver, inputs, secret, struct, urn
from support.fixtures import simulators, started

pytestmark = pytest.mark.uninstrumented

__all__ = ["simulators"]

Json = dict[str, Any]
TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"
OPERATIONS = {
    "endpoint.list": "list",
    "endpoint.create": "create",
    "endpoint.get": "get",
    "provider.namespace": "catalogue",
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture
def hf(simulators: Callable[[str], Simulator]) -> Simulator:
    simulator = simulators("hf")
    simulator.reset()
    simulator.knobs("hf", polls=NO_WAIT)
    return simulator


start = started(Driver)


def configure(driver: Driver, hf: Simulator, **config: Any) -> Driver:
    driver.configure(hfEndpoint=hf.url("hf"), hfToken=secret(TOKEN), **config)
    return driver


def ended(driver: Driver) -> str:
    """All of standard error of the process, which ends."""
    driver.process.interrupt()
    assert driver.process.wait() == 0
    stderr = driver.process.process.stderr
    assert stderr is not None
    return stderr.read().decode()


def lines(driver: Driver) -> list[Json]:
    return [json.loads(line) for line in ended(driver).splitlines()]


def timeless(line: Json) -> Json:
    """Without what differs from run to run, which is there."""
    assert isinstance(line.pop("duration_ms"), int)
    if line["event"] == "request":
        assert TIME.fullmatch(line.pop("time"))
    return line


def as_asked(hf: Simulator, **members: Any) -> list[Json]:
    """What the simulator has heard, as the log is to tell it."""
    told = []
    for asked in hf.requests():
        told.append(
            {
                "event": "request",
                "cloud": "Hugging Face",
                "operation": OPERATIONS[asked.operation],
                "method": asked.method,
                "host": hf.url("hf").removeprefix("http://"),
                "path": asked.path,
                "attempt": 1,
                "status": asked.status,
                **members,
            }
        )
        headers = dict(asked.reply_headers or [])
        if "X-Request-Id" in headers:
            told[-1]["request_id"] = headers["X-Request-Id"]
    return told


def summary(**members: int) -> Json:
    sums = {"requests": 0, "retries": 0, "refused": 0, "unanswered": 0, "dropped_lines": 0}
    return {"event": "summary", "cloud": "Hugging Face", **sums, **members}


@pytest.mark.parametrize("by_environment", [False, True], ids=["configured", "environment"])
def test_each_request_is_a_line(
    start: Callable[..., Driver], hf: Simulator, by_environment: bool
) -> None:
    driver = start(**({"INFERENCE_LOG": "json"} if by_environment else {}))
    configure(driver, hf, **({} if by_environment else {"requestLog": "json"}))
    news = driver.checked(inputs())
    id, outputs = driver.create(news)
    driver.read(id, outputs, news)
    asked = as_asked(hf, urn=urn())
    assert len(asked) > 1
    told = [timeless(line) for line in lines(driver)]
    assert told == [*asked, summary(requests=len(asked))]


def test_each_try_is_a_line(start: Callable[..., Driver], hf: Simulator) -> None:
    driver = configure(start(INFERENCE_LOG="json"), hf)
    headers = {"Retry-After": "0"}
    hf.fault("hf", "endpoint.list", kind="error", status=503, headers=headers)
    hf.fault("hf", "endpoint.list", kind="truncated")
    assert driver.function("getEndpoints", namespace="me")["endpoints"] == []
    told = [timeless(line) for line in lines(driver)]
    assert [(line.get("attempt"), line.get("status")) for line in told] == [
        (1, 503),
        (2, 0),
        (3, 200),
        (None, None),
    ]
    assert told[-1] == summary(requests=3, retries=2, refused=1, unanswered=1)


def test_the_engines_trace_is_joined(start: Callable[..., Driver], hf: Simulator) -> None:
    driver = configure(start(INFERENCE_LOG="json"), hf)
    message = provider_pb2.InvokeRequest(
        tok="inference:hf:getEndpoints", args=struct({"namespace": "me"})
    )
    for text in (f"00-{TRACE}-{PARENT}-01", f"00-{TRACE}-{PARENT}", ""):
        driver.stub.Invoke(message, metadata=[("traceparent", text)], timeout=60)
    told = lines(driver)
    assert [(line.get("trace_id"), line.get("parent_span_id")) for line in told] == [
        (TRACE, PARENT),
        (None, None),
        (None, None),
        (None, None),
    ]


def test_no_secret_is_told(start: Callable[..., Driver], hf: Simulator) -> None:
    """Not even where a name is one."""
    driver = configure(start(INFERENCE_LOG="json"), hf)
    news = driver.checked(inputs(model={"secrets": {"KEY": "demo-key"}}, name="demo-key"))
    id, outputs = driver.create(news)
    driver.read(id, outputs, news)
    text = ended(driver)
    assert "demo-key" not in text
    assert TOKEN not in text
    assert "/v2/endpoint/me/[secret]" in text


def test_without_the_setting_nothing_is_told(start: Callable[..., Driver], hf: Simulator) -> None:
    driver = configure(start(), hf)
    driver.create(driver.checked(inputs()))
    assert ended(driver) == ""


def test_a_word_that_is_none_is_told_once(start: Callable[..., Driver], hf: Simulator) -> None:
    driver = configure(start(INFERENCE_LOG="xml"), hf)
    driver.create(driver.checked(inputs()))
    driver.logged("INFERENCE_LOG")
    assert driver.log(WARNING) == [
        "the environment variable INFERENCE_LOG, which gives inference:requestLog, must be one of "
        'json; is "xml": mend it, or set inference:requestLog, which takes precedence'
    ]
    assert ended(driver) == ""


def test_no_request_waits_for_a_reader(start: Callable[..., Driver], hf: Simulator) -> None:
    """More lines than a pipe holds, and nobody reads."""
    driver = configure(start(INFERENCE_LOG="json"), hf)
    for _ in range(500):
        driver.function("getEndpoints", namespace="me")
    told = lines(driver)
    assert len(hf.requests()) == 500
    assert 100 < len(told) < 500
