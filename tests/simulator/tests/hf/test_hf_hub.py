"""The official client, unmodified, against the simulator."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import huggingface_hub
import pytest
from hf_tools import NONE, READ, WRITE, HfApi
from huggingface_hub import constants
from huggingface_hub.errors import (
    HfHubHTTPError,
    InferenceEndpointError,
    InferenceEndpointTimeoutError,
)

ARGUMENTS: dict[str, Any] = {
    "repository": "openai-community/gpt2",
    "framework": "pytorch",
    "accelerator": "cpu",
    "instance_size": "x2",
    "instance_type": "intel-spr",
    "region": "us-east-1",
    "vendor": "aws",
}


@pytest.fixture
def hub(hf: HfApi, monkeypatch: pytest.MonkeyPatch) -> Iterator[huggingface_hub.HfApi]:
    """There is no environment variable for this address; the module constant is read per call."""
    monkeypatch.setattr(constants, "INFERENCE_ENDPOINTS_ENDPOINT", f"{hf.url}/v2")
    monkeypatch.setattr(constants, "INFERENCE_CATALOG_ENDPOINT", f"{hf.url}/api/catalog")
    monkeypatch.setenv("HF_TOKEN", WRITE)
    yield huggingface_hub.HfApi(endpoint=hf.url, token=WRITE)


def make(hub: huggingface_hub.HfApi, name: str = "demo", **more: Any) -> Any:
    return hub.create_inference_endpoint(name, **{"namespace": "me", **ARGUMENTS, **more})


def sent(hf: HfApi, operation: str) -> Any:
    return hf.sim.requests(operation=operation)[-1].json


def test_the_version_that_was_asked_for() -> None:
    assert huggingface_hub.__version__ == "2.4.0"


def test_create_with_defaults(hf: HfApi, hub: huggingface_hub.HfApi) -> None:
    endpoint = make(hub)
    assert (endpoint.name, endpoint.namespace, endpoint.status) == ("demo", "me", "running")
    assert (endpoint.repository, endpoint.framework) == ("openai-community/gpt2", "pytorch")
    assert (endpoint.task, endpoint.type) == ("text-generation", "authenticated")
    assert endpoint.created_at.isoformat() == "2026-10-02T12:41:53+00:00"
    assert sent(hf, "endpoint.create") == {
        "name": "demo",
        "type": "authenticated",
        "provider": {"vendor": "aws", "region": "us-east-1"},
        "compute": {
            "accelerator": "cpu",
            "instanceType": "intel-spr",
            "instanceSize": "x2",
            "scaling": {"minReplica": 1, "maxReplica": 1, "scaleToZeroTimeout": None},
        },
        "model": {
            "repository": "openai-community/gpt2",
            "framework": "pytorch",
            "revision": None,
            "image": {"huggingface": {}},
        },
    }
    assert hf.sim.call("hf", "ignored") == []


def test_create_with_every_parameter(hf: HfApi, hub: huggingface_hub.HfApi) -> None:
    endpoint = make(
        hub,
        private_link_account_id="123",
        private_link_region="eu-west-1",
        min_replica=0,
        max_replica=3,
        scaling_metric="pendingRequests",
        scaling_threshold=2.5,
        scale_to_zero_timeout=30,
        revision="main",
        task="fill-mask",
        custom_image={"url": "registry.example/app:1", "port": 8080, "health_route": "/x"},
        container_registry_username="u",
        container_registry_password="p",
        container_command=["/serve"],
        container_args=["--x"],
        env={"A": "1"},
        secrets={"S": "canary"},
        type="private",
        domain="a.example",
        path="/p",
        cache_http_responses=True,
        tags=["x"],
    )
    raw = endpoint.raw
    assert raw["privateService"] == {"accountId": "123", "region": "eu-west-1"}
    assert raw["compute"]["scaling"] == {
        "minReplica": 0,
        "maxReplica": 3,
        "scaleToZeroTimeout": 30,
        "measure": {"pendingRequests": 2.5},
    }
    model = raw["model"]
    assert (model["task"], model["command"], model["args"]) == ("fill-mask", ["/serve"], ["--x"])
    assert (model["env"], model["secrets"]) == ({"A": "1"}, {"S": None})
    custom = model["image"]["custom"]
    assert (custom["url"], custom["port"]) == ("registry.example/app:1", 8080)
    assert custom["credentials"] == {"username": "", "password": None}
    assert raw["route"] == {"domain": "a.example", "path": "/p"}
    assert (raw["experimentalFeatures"], raw["tags"]) == ({"cacheHttpResponses": True}, ["x"])
    assert raw["type"] == "private"
    ignored = [path for row in hf.sim.call("hf", "ignored") for path in row["fields"]]
    assert ignored == ["model.image.custom.health_route"]


@pytest.mark.parametrize(
    "image",
    [
        {"tgi": {"url": "u", "quantize": "gptq"}},
        {"tei": {"url": "u", "pooling": "cls"}},
        {"llamacpp": {"url": "u", "modelPath": "m.gguf", "ctxSize": 8192}},
        {"vLLM": {"url": "u", "kvCacheDtype": "fp8"}},
        {"sGLang": {"url": "u"}},
        {"huggingfaceNeuron": {"batchSize": 1}},
    ],
)
def test_managed_images(hf: HfApi, hub: huggingface_hub.HfApi, image: Any) -> None:
    ((kind, settings),) = image.items()
    got = make(hub, custom_image=image).raw["model"]["image"]
    assert list(got) == [kind]
    assert {key: got[kind][key] for key in settings} == settings
    assert hf.sim.call("hf", "ignored") == []


def test_a_metric_without_a_threshold(hub: huggingface_hub.HfApi) -> None:
    endpoint = make(hub, scaling_metric="hardwareUsage")
    assert endpoint.raw["compute"]["scaling"]["measure"] == {"hardwareUsage": 80.0}


def test_half_a_route_is_refused(hub: huggingface_hub.HfApi) -> None:
    with pytest.raises(HfHubHTTPError) as caught:
        make(hub, domain="a.example")
    assert caught.value.response.status_code == 400
    assert "route: missing field `path`" in caught.value.response.text
    assert caught.value.request_id == "Root=1-00000001"


def test_list_more_than_twenty(hf: HfApi, hub: huggingface_hub.HfApi) -> None:
    """The client shows one page only; raw pages hold the rest."""
    for number in range(25):
        make(hub, f"e{number:02d}")
        hf.sim.advance(1)
    listed = hub.list_inference_endpoints(namespace="me")
    assert [endpoint.name for endpoint in listed] == [f"e{n:02d}" for n in range(24, 4, -1)]
    page = hf("GET", "/v2/endpoint/me").json
    assert page["totalItems"] == 25
    rest = hf("GET", f"/v2/endpoint/me?cursor={page['nextCursor']}").json
    names = [item["name"] for item in page["items"] + rest["items"]]
    assert names == [f"e{n:02d}" for n in range(24, -1, -1)]


def test_the_namespace_from_whoami(hf: HfApi, hub: huggingface_hub.HfApi) -> None:
    assert make(hub, namespace=None).namespace == "me"
    make(hub, "second", namespace="acme")
    assert [e.name for e in hub.list_inference_endpoints()] == ["demo"]
    assert hf.sim.requests(operation="whoami")[0].header("Authorization") == f"Bearer {WRITE}"


@pytest.mark.parametrize(
    ("arguments", "path", "value"),
    [
        ({"instance_size": "x4"}, "compute.instanceSize", "x4"),
        ({"min_replica": 2, "max_replica": 3}, "compute.scaling.minReplica", 2),
        ({"max_replica": 3}, "compute.scaling.maxReplica", 3),
        (
            {"min_replica": 0, "scale_to_zero_timeout": 45},
            "compute.scaling.scaleToZeroTimeout",
            45,
        ),
        (
            {"scaling_metric": "pendingRequests", "scaling_threshold": 3},
            "compute.scaling.measure",
            {"pendingRequests": 3.0},
        ),
        ({"repository": "org/other"}, "model.repository", "org/other"),
        ({"framework": "custom"}, "model.framework", "custom"),
        ({"revision": "a" * 40}, "model.revision", "a" * 40),
        ({"task": "fill-mask"}, "model.task", "fill-mask"),
        (
            {"custom_image": {"tei": {"url": "u"}}},
            "model.image",
            {"tei": {"url": "u", "port": 80, "healthRoute": "/health"}},
        ),
        ({"container_command": ["/x"]}, "model.command", ["/x"]),
        ({"container_args": ["--y"]}, "model.args", ["--y"]),
        ({"env": {"B": "2"}}, "model.env", {"B": "2"}),
        ({"secrets": {"S": "canary"}}, "model.secrets", {"S": None}),
        (
            {"domain": "b.example", "path": "/q"},
            "route",
            {"domain": "b.example", "path": "/q"},
        ),
        ({"tags": ["a", "b"]}, "tags", ["a", "b"]),
    ],
)
def test_every_parameter_of_update(
    hf: HfApi, hub: huggingface_hub.HfApi, arguments: Any, path: str, value: Any
) -> None:
    make(hub)
    hf.sim.knobs("hf", polls={"updating": 1})
    updated = hub.update_inference_endpoint("demo", namespace="me", **arguments)
    assert updated.status == "updating"
    found = updated.raw
    for step in path.split("."):
        found = found[step]
    assert found == value
    assert len(hf.sim.requests(operation="endpoint.update")) == 1
    assert hf.sim.call("hf", "ignored") == []


def test_update_of_the_whole_hardware(hub: huggingface_hub.HfApi) -> None:
    make(hub)
    gpu = {"accelerator": "gpu", "instance_type": "nvidia-l4", "instance_size": "x1"}
    raw = hub.update_inference_endpoint("demo", namespace="me", **gpu).raw
    assert raw["compute"]["id"] == "aws-us-east-1-nvidia-l4-x1"


def test_update_of_parallel_sizes_reads_the_image_first(
    hf: HfApi, hub: huggingface_hub.HfApi
) -> None:
    make(hub, custom_image={"vLLM": {"url": "u"}})
    raw = hub.update_inference_endpoint(
        "demo", namespace="me", tensor_parallel_size=2, data_parallel_size=2
    ).raw
    assert raw["model"]["image"]["vLLM"] == {
        "url": "u",
        "port": 8000,
        "healthRoute": "/health",
        "tensorParallelSize": 2,
        "dataParallelSize": 2,
    }
    assert [r.operation for r in hf.sim.requests()] == [
        "endpoint.create",
        "endpoint.get",
        "endpoint.update",
    ]


def test_update_of_parallel_sizes_is_refused_with_credentials(
    hub: huggingface_hub.HfApi,
) -> None:
    image = {"custom": {"url": "u", "credentials": {"username": "u", "password": "p"}}}
    make(hub, custom_image=image)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ValueError, match="registry credentials"):
            hub.update_inference_endpoint("demo", namespace="me", tensor_parallel_size=2)


def test_the_cache_flag_of_an_update_is_dropped(hf: HfApi, hub: huggingface_hub.HfApi) -> None:
    make(hub)
    raw = hub.update_inference_endpoint("demo", namespace="me", cache_http_responses=True).raw
    assert raw["experimentalFeatures"] == {"cacheHttpResponses": False}
    assert hf.sim.requests(operation="endpoint.update")[0].notes == {
        "ignored": ["cacheHttpResponses"]
    }


def test_pause_resume_and_scale_to_zero(hf: HfApi, hub: huggingface_hub.HfApi) -> None:
    hf.sim.knobs("hf", pause_resets_replicas=False)  # else it never sleeps after the resume
    endpoint = make(hub, min_replica=0)
    assert endpoint.pause().status == "paused"
    hf.sim.knobs("hf", polls={"pending": 1, "initializing": 1})
    assert endpoint.resume().status == "pending"
    states = [endpoint.fetch().status for _ in range(3)]
    assert states == ["pending", "initializing", "running"]
    assert endpoint.resume().status == "running"
    with pytest.raises(HfHubHTTPError, match="Endpoint is already running"):
        endpoint.resume(running_ok=False)
    assert endpoint.scale_to_zero().status == "scaledToZero"


def test_scale_to_zero_of_one_that_cannot(hub: huggingface_hub.HfApi) -> None:
    with pytest.raises(HfHubHTTPError, match="workload cannot be scaled to zero"):
        make(hub).scale_to_zero()


def test_wait_until_the_health_route_answers(hf: HfApi, hub: huggingface_hub.HfApi) -> None:
    hf.sim.knobs("hf", polls={"pending": 2, "initializing": 2}, hide_url_until_running="null")
    endpoint = make(hub, type="private")
    assert (endpoint.status, endpoint.url) == ("pending", None)
    endpoint.wait(timeout=30, refresh_every=0.01)
    assert endpoint.status == "running"
    assert endpoint.url.startswith(f"{hf.url}/dataplane/")
    assert len(hf.sim.requests(operation="endpoint.get")) == 5
    (probe,) = hf.sim.requests(operation="dataplane")
    assert (probe.status, probe.path.rsplit("/", 1)[1]) == (200, "health")
    assert probe.header("Authorization") == f"Bearer {WRITE}"


def test_wait_goes_on_while_the_health_route_fails(hf: HfApi, hub: huggingface_hub.HfApi) -> None:
    endpoint = make(hub)
    hf.sim.fault("hf", "dataplane", status=503, count=2)
    endpoint.wait(timeout=30, refresh_every=0.01)
    assert [r.status for r in hf.sim.requests(operation="dataplane")] == [503, 503, 200]


def test_wait_for_a_failure_and_for_too_long(hf: HfApi, hub: huggingface_hub.HfApi) -> None:
    hf.sim.knobs("hf", fail_next_create=1, fail_next_update=1)
    with pytest.raises(InferenceEndpointError, match="failed to deploy"):
        make(hub).wait(refresh_every=0.01)
    endpoint = make(hub, "two")
    with pytest.raises(InferenceEndpointError, match="failed to update"):
        endpoint.update(task="fill-mask").wait(refresh_every=0.01)
    endpoint.pause()
    with pytest.raises(InferenceEndpointTimeoutError):
        endpoint.wait(timeout=0, refresh_every=0.01)


def test_delete(hf: HfApi, hub: huggingface_hub.HfApi) -> None:
    endpoint = make(hub)
    endpoint.delete()
    assert hf.sim.state("hf")["endpoints"] == {}
    with pytest.raises(HfHubHTTPError) as caught:
        endpoint.fetch()
    assert caught.value.response.status_code == 404


def test_inference_wakes_a_sleeping_endpoint(hf: HfApi, hub: huggingface_hub.HfApi) -> None:
    endpoint = make(hub, min_replica=0).scale_to_zero()
    assert hf("GET", f"{endpoint.url.removeprefix(hf.url)}/health").status == 200
    assert endpoint.fetch().status == "running"


def test_hardware(hf: HfApi, hub: huggingface_hub.HfApi) -> None:
    hf.sim.knobs("hf", quotas={"aws/nvidia-l4": 4})
    make(hub, accelerator="gpu", instance_type="nvidia-l4", instance_size="x1")
    rows = {row.id: row for row in hub.list_inference_endpoints_hardware(namespace="me")}
    row = rows["aws-eu-west-1-nvidia-l4-x4"]
    assert (row.vendor, row.region, row.instance_type) == ("aws", "eu-west-1", "nvidia-l4")
    assert (row.max_accelerators, row.used_accelerators, row.num_accelerators) == (4, 1, 4)
    assert (row.price_per_hour, row.gpu_memory_gb, row.status) == (3.2, 96, "available")


def test_the_catalogue_of_models(hub: huggingface_hub.HfApi) -> None:
    def found(**filters: Any) -> list[str]:
        return [model.repo_id for model in hub.list_inference_catalog(**filters)]

    assert len(found()) == 3
    assert found(engine="vllm") == ["Qwen/Qwen3-8B"]
    assert found(accelerator="cpu") == ["ggml-org/gemma-3-4b-it-GGUF"]
    assert found(task="sentence-embeddings", license="MIT") == ["BAAI/bge-m3"]
    assert found(search="GEMMA") == ["ggml-org/gemma-3-4b-it-GGUF"]
    assert found(limit=2) == ["Qwen/Qwen3-8B", "ggml-org/gemma-3-4b-it-GGUF"]
    (bean,) = hub.list_inference_catalog(engine="llamacpp")[0].recipes
    assert (bean.id, bean.accelerator) == ("small-bean-1", "cpu")
    assert (bean.gguf_file, bean.revision) == ("gemma-3-4b-it-Q4_K_M.gguf", None)


@pytest.mark.parametrize(("token", "status"), [(READ, 403), (NONE, 403), ("hf_bad", 401)])
def test_refused_tokens(hub: huggingface_hub.HfApi, token: str, status: int) -> None:
    with pytest.raises(HfHubHTTPError) as caught:
        make(hub, token=token)
    assert caught.value.response.status_code == status


def test_errors_reach_the_user(hf: HfApi, hub: huggingface_hub.HfApi) -> None:
    make(hub)
    with pytest.raises(HfHubHTTPError, match="Conflict: Endpoint already exists"):
        make(hub)
    hf.sim.knobs("hf", quotas={"aws/intel-spr": 0})
    with pytest.raises(HfHubHTTPError, match="Conflict: Quota exceeded"):
        make(hub, "two")
