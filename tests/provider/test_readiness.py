"""`readiness: answers` where the list of models is asked (MaaS, TIR): with the key that was given
for it, and with nothing of what manages endpoints. Hugging Face: hf/test_hf_readiness.py."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from simulator.client import Recorded, Simulator
from support.drivers.hf import WARNING, Driver, secret
from support.drivers.kinds import KINDS

Json = dict[str, Any]
SCHEMA = json.loads((Path(__file__).parents[2] / "schema.json").read_text(encoding="utf-8"))
TOKENS = {
    "tir_simulator_token": {"api_key": "tir_simulator_key", "rights": "write"},
    "tir_caller": {"api_key": "none", "rights": "none"},
}
# A key that the inference plane knows, who answers, and where the list is.
PLANES = {
    "maas": ("simulator-api-key", "model.list", "/v2/models"),
    "tir": ("tir_caller", "dataplane", "/project/p-501/endpoint/is-{id}/v1/models"),
}


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator("maas", "tir") as running:
        yield running
        assert running.bugs() == []


@pytest.fixture(params=sorted(PLANES))
def cloud(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def driver(cloud: str, simulator: Simulator, binary: Path) -> Iterator[Driver]:
    simulator.reset()
    simulator.knobs(cloud, KINDS[cloud].knobs)
    if cloud == "tir":
        simulator.knobs(cloud, {"tokens": TOKENS})
    one = KINDS[cloud].driver(binary)
    config = KINDS[cloud].config(simulator)
    one.configure(**{**config, f"{cloud}DataPlaneEndpoint": simulator.url(cloud)})
    yield one
    if one.process.process.poll() is None:
        one.stop()


def asked(simulator: Simulator, cloud: str) -> list[Recorded]:
    return simulator.requests(cloud=cloud, operation=PLANES[cloud][1])


def made(driver: Driver, cloud: str, **patch: Any) -> Json:
    inputs = driver.checked(KINDS[cloud].inputs(name="one", **patch), name="one")
    _, state = driver.create(inputs)
    return state


def warned(driver: Driver) -> list[str]:
    driver.stop()
    return [text for text in driver.log(WARNING) if text.startswith("readiness: ")]


def test_by_default_nobody_asks(driver: Driver, cloud: str, simulator: Simulator) -> None:
    made(driver, cloud)
    assert asked(simulator, cloud) == []


def test_with_the_key_that_was_given_for_it(
    driver: Driver, cloud: str, simulator: Simulator
) -> None:
    key, _, path = PLANES[cloud]
    state = made(driver, cloud, readiness="answers", readinessKey=secret(key))
    (request,) = asked(simulator, cloud)
    assert (request.method, request.query, request.body) == ("GET", "", b"")
    assert request.path == path.format(id=state["endpointId"])
    assert simulator.url(cloud) + request.path == state["target"]["baseUrl"] + "/models"
    assert request.header("Authorization") == f"Bearer {key}"
    assert state["readinessKey"] == secret(key)
    assert warned(driver) == []


def test_nothing_that_manages_endpoints_goes_there(
    driver: Driver, cloud: str, simulator: Simulator
) -> None:
    """Not even though nobody answers without a key."""
    made(driver, cloud, readiness="answers")
    (request,) = asked(simulator, cloud)
    assert request.header("Authorization") is None
    secrets = {key for key, row in SCHEMA["config"]["variables"].items() if row.get("secret")}
    held = [value for key, value in KINDS[cloud].config(simulator).items() if key in secrets]
    sent = str(request.headers) + request.path + request.query
    assert [value for value in held if str(value) in sent] == []
    (text,) = warned(driver)
    assert " does not answer without a key (readinessKey): " in text


def test_a_wrong_key(driver: Driver, cloud: str, simulator: Simulator) -> None:
    made(driver, cloud, readiness="answers", readinessKey=secret("nobody-knows-this"))
    (text,) = warned(driver)
    assert " does not answer to readinessKey: " in text
    assert (len(asked(simulator, cloud)), "nobody-knows" in text) == (1, False)
    managing = [f"{cloud}{key}" for key in ("ApiKey", "AuthToken", "Token", "AccessKey")]
    assert [key for key in managing if key in text] == []  # which was not asked with


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"ark"}))
def test_a_key_that_no_request_can_carry(binary: Path, kind: str) -> None:
    """As a file is read, with its last line break: known before anything is made."""
    driver = KINDS[kind].driver(binary)
    try:
        driver.configure()
        inputs = KINDS[kind].inputs(readinessKey=secret("canary-1\n"))
        words = "must be one line without control characters"
        assert driver.refused(inputs)["readinessKey"] == words
    finally:
        driver.stop()


def test_it_is_asked_until_it_answers(driver: Driver, cloud: str, simulator: Simulator) -> None:
    key, operation, _ = PLANES[cloud]
    simulator.fault(cloud, operation, kind="error", status=503, count=2)
    made(driver, cloud, readiness="answers", readinessKey=secret(key))
    assert (len(asked(simulator, cloud)), warned(driver)) == (3, [])


SCALED = {
    "isAutoScaleEnabled": True,
    "autoScalePolicy": {
        "minReplicas": 0,
        "maxReplicas": 2,
        "rules": [{"metric": "concurrency", "value": 10}],
    },
}
NEVER: list[tuple[str, Json]] = [
    ("maas", {"desiredState": "paused"}),
    ("maas", {"waitForReady": False}),
    ("tir", {"desiredState": "paused"}),
    ("tir", {"waitForReady": False}),
    ("tir", SCALED),
    ("tir", {"framework": "BAAI_LARGE", "detailedInfo": {"huggingFaceId": None}}),
]


@pytest.mark.parametrize(("cloud", "patch"), NEVER, ids=str)
def test_who_is_never_asked(driver: Driver, cloud: str, simulator: Simulator, patch: Json) -> None:
    made(driver, cloud, readiness="answers", readinessKey=secret(PLANES[cloud][0]), **patch)
    assert asked(simulator, cloud) == []
