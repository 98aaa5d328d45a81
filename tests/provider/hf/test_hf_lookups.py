"""Functions: which endpoints there are, whoever made them, why they are so, and what they cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
import pytest
from support.drivers.hf import (
    TOKEN,
    UNKNOWN,
    WARNING,
    Driver,
    Failure,
    Simulator,
    inputs,
    plain,
    secret,
)

pytestmark = pytest.mark.one_call

GPU = {"accelerator": "gpu", "instanceType": "nvidia-l4", "instanceSize": "x4"}
MADE: dict[str, dict[str, Any]] = {
    "chat": {"tags": ["team=search", "prod"]},
    "embed": {
        "compute": {**GPU, "scaling": {"minReplica": 2, "maxReplica": 2}},
        "model": {"repository": "BAAI/bge-m3", "secrets": secret({"KEY": "the-secret-value"})},
    },
    "night": {"desiredState": "paused"},
}
CPU_PRICE, GPU_PRICE = 0.033, 3.2


def make(driver: Driver, names: tuple[str, ...] = tuple(MADE)) -> None:
    for name in names:
        driver.create(driver.checked(inputs(name=name, **MADE[name])))


def requests(sim: Simulator, since: int = 0) -> list[tuple[str, str]]:
    return [(told.operation, told.query) for told in sim.requests(cloud="hf")][since:]


def names(found: dict[str, Any]) -> list[str]:
    return sorted(endpoint["name"] for endpoint in found["endpoints"])


@pytest.fixture
def made(driver: Driver, hf: Simulator) -> Driver:
    make(driver)
    hf.clear("hf")
    return driver


def test_one_endpoint(made: Driver, hf: Simulator) -> None:
    found = made.function("getEndpoint", namespace="me", name="chat")
    outputs = plain(made.read("me/chat").properties)
    assert found.pop("createdAt") == outputs["status"]["createdAt"]
    assert found == {
        "id": "me/chat",
        "name": "chat",
        "namespace": "me",
        "state": "running",
        "reason": "Endpoint is ready",
        "vendor": "aws",
        "region": "us-east-1",
        "accelerator": "cpu",
        "instanceType": "intel-spr",
        "instanceSize": "x1",
        "replicas": 1,
        "readyReplicas": 1,
        "model": "openai-community/gpt2",
        "tags": ["team=search", "prod"],
        "target": outputs["target"],
        "consoleUrl": "https://endpoints.huggingface.co/me/endpoints/chat",
        "pricePerHour": CPU_PRICE,
        "currency": "USD",
        "costPerHour": CPU_PRICE,
    }
    assert requests(hf)[:2] == [("endpoint.get", ""), ("provider.namespace", "")]


def test_by_id_or_by_name_alone(made: Driver) -> None:
    by_name = made.function("getEndpoint", namespace="me", name="night")
    assert made.function("getEndpoint", id="me/night") == by_name
    assert made.function("getEndpoint", namespace="me", id="night") == by_name
    told = {"id": "give either this or name"}
    assert made.function_refused("getEndpoint", namespace="me") == told
    assert made.function_refused("getEndpoint", id="me/night", name="night") == told
    meant = {"nam": 'unknown property; did you mean "name"?'}
    assert made.function_refused("getEndpoint", nam="night") == meant
    assert list(made.function_refused("getEndpoint", name=5)) == ["name"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"namespace": UNKNOWN},
        {"namespace": "me", "name": UNKNOWN},
        {"namespace": "me", "tag": UNKNOWN},
    ],
)
def test_what_is_not_known_yet_does_not_stand_for_all(
    made: Driver, hf: Simulator, arguments: dict[str, Any]
) -> None:
    """Nor for the place that is configured."""
    hf.clear()
    why = "is not known yet: what is looked up has to be"
    (name,) = (name for name in arguments if arguments[name] != "me")
    assert made.function_refused("getEndpoints", **arguments) == {name: why}
    if name != "tag":
        assert made.function_refused("getEndpoint", **{"name": "chat", **arguments}) == {name: why}
    assert made.function_refused("getEndpoint", id=UNKNOWN) == {"id": why}
    assert hf.requests(cloud="hf") == []


@pytest.mark.parametrize("body", ["", "{}", "[]", "null", "7", '{"type":"user"}', "<html>"])
def test_an_answer_that_names_no_account_is_asked_for_again(
    configure: Callable[..., Driver], made: Driver, hf: Simulator, body: str
) -> None:
    """The token's own namespace is where those are that name none."""
    hf.clear()
    hf.fault("hf", "whoami", kind="malformed", body=body)
    found = configure(maxRetries=1).function("getEndpoints")["endpoints"]
    assert found == made.function("getEndpoints", namespace="me")["endpoints"]
    assert [operation for operation, _ in requests(hf)][:2] == ["whoami"] * 2
    hf.fault("hf", "whoami", kind="malformed", body=body)
    with pytest.raises(Failure) as raised:
        configure(maxRetries=0).function("getEndpoints")
    assert raised.value.code == grpc.StatusCode.UNAVAILABLE
    assert "the reply is not the service's" in raised.value.message


def test_one_that_is_not_there(made: Driver) -> None:
    with pytest.raises(Failure) as raised:
        made.function("getEndpoint", id="me/nobody")
    assert raised.value.code == grpc.StatusCode.NOT_FOUND
    assert raised.value.message == (
        'Hugging Face: there is no endpoint "me/nobody"; inference:hf:getEndpoints lists those '
        "there are"
    )


def test_all_endpoints_and_their_sum(made: Driver, hf: Simulator) -> None:
    found = made.function("getEndpoints", namespace="me")
    assert {e["name"]: (e["state"], e["costPerHour"]) for e in found["endpoints"]} == {
        "chat": ("running", CPU_PRICE),
        "embed": ("running", 2 * GPU_PRICE),
        "night": ("paused", 0),
    }
    assert found["costs"] == [{"currency": "USD", "perHour": 6.433}]
    assert requests(hf) == [("endpoint.list", "limit=100"), ("provider.namespace", "")]
    assert "the-secret-value" not in str(found)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"name": "*h?t"}, ["chat"]),
        ({"state": "PAUSED"}, ["night"]),
        ({"model": "baai/*"}, ["embed"]),
        ({"tag": "team=*"}, ["chat"]),
        ({"tag": "prod"}, ["chat"]),
        ({"tag": "pro"}, []),
        ({"name": "*", "state": "running", "model": "openai-community/gpt2"}, ["chat"]),
        ({"name": ""}, ["chat", "embed", "night"]),
    ],
)
def test_filters(made: Driver, filters: dict[str, str], expected: list[str]) -> None:
    assert names(made.function("getEndpoints", namespace="me", **filters)) == expected


def test_all_pages(driver: Driver, hf: Simulator) -> None:
    count = 103
    for number in range(count):
        driver.create(driver.checked(inputs(name=f"e-{number}", desiredState="paused")))
    hf.clear("hf")
    found = driver.function("getEndpoints", namespace="me", name="e-*")
    assert names(found) == sorted(f"e-{number}" for number in range(count))
    assert [operation for operation, _ in requests(hf)].count("endpoint.list") == 2
    # one catalogue for all
    assert [operation for operation, _ in requests(hf)].count("provider.namespace") == 1


def test_without_prices_it_says_so(made: Driver, hf: Simulator) -> None:
    hf.fault("hf", "provider.namespace", status=403, count=9)
    found = made.function("getEndpoints", namespace="me")
    assert names(found) == sorted(MADE)
    assert all("pricePerHour" not in endpoint for endpoint in found["endpoints"])
    assert found["costs"] == []
    made.logged("prices are left out")
    assert len([text for text in made.log(WARNING) if "prices" in text]) == 1


def test_replicas_that_are_not_told_are_not_guessed(made: Driver, hf: Simulator) -> None:
    hf.fault("hf", "endpoint.get", kind="rewrite", remove=["/status/targetReplica"])
    found = made.function("getEndpoint", id="me/chat")
    assert (found["pricePerHour"], "costPerHour" in found) == (CPU_PRICE, False)


def test_a_list_that_cannot_be_read_is_an_error(made: Driver, hf: Simulator) -> None:
    hf.fault("hf", "endpoint.list", status=403, count=9)
    with pytest.raises(Failure) as raised:
        made.function("getEndpoints", namespace="me")
    assert raised.value.code == grpc.StatusCode.PERMISSION_DENIED


def test_a_look_up_is_no_entry_of_the_state(made: Driver, hf: Simulator) -> None:
    """What it has seen can still be taken over, as if nobody had looked."""
    made.function("getEndpoint", id="me/chat")
    id, _ = made.create(made.checked(inputs(**MADE["chat"], name="chat", adoptExisting=True)))
    assert id == "me/chat"


# Machines, quotas, models, logs.


def test_machines(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", quotas={"aws/nvidia-l4": 10})
    make(driver, ("embed",))
    hf.clear("hf")
    found = driver.function(
        "getMachines", namespace="me", vendor="aws", region="US-EAST-1", instanceType="*-l4"
    )
    assert found["machines"][1] == {
        "vendor": "aws",
        "region": "us-east-1",
        "accelerator": "gpu",
        "instanceType": "nvidia-l4",
        "instanceSize": "x4",
        "status": "available",
        "regionStatus": "available",
        "pricePerHour": GPU_PRICE,
        "accelerators": 4,
        "architecture": "Nvidia L4",
        "cpus": 8,
        "memoryGb": 16,
        "gpuMemoryGb": 96,
        "quota": 10,
        "quotaUsed": 8,
        "quotaLeft": 2,
    }
    assert [machine["instanceSize"] for machine in found["machines"]] == ["x1", "x4"]
    (request,) = hf.requests(cloud="hf")
    assert (request.operation, request.path) == ("provider.namespace", "/v2/provider/me")


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({}, 200),
        ({"accelerator": "neuron"}, 8),
        ({"status": "deprecated", "region": "eu-*"}, 12),
        ({"vendor": "gcp", "instanceType": "nvidia-t4"}, 1),
        ({"vendor": "moon"}, 0),
    ],
)
def test_machines_that_fit(driver: Driver, filters: dict[str, str], count: int) -> None:
    found = driver.function("getMachines", namespace="me", **filters)["machines"]
    assert len(found) == count if filters else len(found) > count // 2


def test_quotas(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", quotas={"aws/nvidia-l4": 10})
    make(driver, ("embed",))
    hf.clear("hf")
    found = driver.function("getQuotas", namespace="me", vendor="aws", instanceType="nvidia-l4")
    assert found["quotas"] == [
        {
            "vendor": "aws",
            "instanceType": "nvidia-l4",
            "architecture": "Nvidia L4",
            "quota": 10,
            "quotaUsed": 8,
            "quotaLeft": 2,
        }
    ]
    (request,) = hf.requests(cloud="hf")
    assert request.path == "/v2/provider/quotas/me"
    # of all clouds without a filter
    found = driver.function("getQuotas", namespace="me", vendor="")
    assert {row["vendor"] for row in found["quotas"]} == {"aws", "azure", "gcp"}


def test_the_catalogue_of_models(driver: Driver, hf: Simulator) -> None:
    found = driver.function("getCatalog", engine="llamacpp", search="gemma", limit=5)
    assert found["models"] == [
        {
            "repository": "ggml-org/gemma-3-4b-it-GGUF",
            "license": "Gemma",
            "task": "text-generation",
            "createdAt": "2026-05-04T09:00:00.000Z",
            "recipes": [
                {
                    "recipeId": "small-bean-1",
                    "accelerator": "cpu",
                    "engine": "llamacpp",
                    "ggufFile": "gemma-3-4b-it-Q4_K_M.gguf",
                }
            ],
        }
    ]
    request = hf.requests(cloud="hf", operation="catalog.list")[-1]
    assert (request.path, request.query) == (
        "/api/catalog/list",
        "engine=llamacpp&search=gemma&limit=5",
    )
    assert len(driver.function("getCatalog")["models"]) == 3


def test_a_reply_that_is_no_catalogue(driver: Driver, hf: Simulator) -> None:
    hf.fault("hf", "catalog.list", status=200, body={"models": []}, count=0)
    with pytest.raises(Failure):
        driver.function("getCatalog")


@pytest.mark.parametrize(
    "vendors", [[], {}, "x", [7, None, {"regions": 1}, {"regions": [None, {"computes": {}}]}]]
)
def test_odd_catalogues_do_no_harm(driver: Driver, hf: Simulator, vendors: Any) -> None:
    make(driver, ("chat",))
    hf.fault("hf", "provider.namespace", status=200, body={"vendors": vendors}, count=0)
    assert driver.function("getMachines", namespace="me") == {"machines": []}
    found = driver.function("getEndpoints", namespace="me")
    assert [endpoint.get("pricePerHour") for endpoint in found["endpoints"]] == [None]
    assert found["costs"] == []


def test_logs(driver: Driver, hf: Simulator) -> None:
    make(driver, ("chat",))
    for number in range(5):
        hf.call("hf", "log", target="me/chat", line=f"line {number}", level="INFO")
    hf.clear("hf")
    assert driver.function("getLogs", id="me/chat", lines=2) == {"lines": ["line 3", "line 4"]}
    found = driver.function("getLogs", namespace="me", name="chat")
    assert found["lines"][-5:] == [f"line {number}" for number in range(5)]
    assert requests(hf) == [("logs.v3", "limit=2"), ("logs.v3", "limit=100")]
    assert driver.function("getLogs", id="me/chat", replica="nobody") == {"lines": []}
    assert requests(hf)[-1] == ("logs.v3", "limit=100&replica=nobody")
    assert driver.function_refused("getLogs") == {"id": "give either this or name"}
    assert "lines" in driver.function_refused("getLogs", id="me/chat", lines=0)


def test_a_token_in_a_log_is_masked(driver: Driver, hf: Simulator) -> None:
    make(driver, ("chat",))
    hf.call("hf", "log", target="me/chat", line=f"using {TOKEN} now", level="INFO")
    (line,) = driver.function("getLogs", id="me/chat", lines=1)["lines"]
    assert TOKEN not in line and line.startswith("using ")
