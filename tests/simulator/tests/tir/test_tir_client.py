"""E2E's own Python client, unmodified, against the simulator."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib import import_module, metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tir_tools import FIRST, TirApi, body, scaled

from simulator.client import Simulator
from simulator.tir.sample import COMMITTED, KEY, LEGACY, RULE, TOKEN

pytest_plugins = ("tir_fixtures",)

CPU_PLAN, GPU_PLAN = "CPU-CPU.C3-4-15-0", "L4-GPU.L4-16-110-1"
QUERY = [("apikey", KEY), ("location", "Delhi")]
ITEM = f"{LEGACY}/serving/inference/3001/"


@pytest.fixture(scope="session")
def package(tir_process: Simulator) -> Iterator[Any]:
    """The package; it reads the address when it is imported, everything else when it is used."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("E2E_TIR_API_HOST", f"{tir_process.url('tir')}/myaccount/")
        patch.setenv("E2E_TIR_API_KEY", KEY)
        patch.setenv("E2E_TIR_ACCESS_TOKEN", TOKEN)
        patch.setenv("E2E_TIR_TEAM_ID", "7")
        patch.setenv("E2E_TIR_PROJECT_ID", "501")
        patch.setenv("E2E_TIR_LOCATION", "Delhi")
        patch.setenv("NO_PROXY", "127.0.0.1")
        assert not any(name.split(".")[0] == "e2enetworks" for name in sys.modules)
        yield import_module("e2enetworks.cloud.tir")


@pytest.fixture
def client(tir: TirApi, package: Any) -> Any:
    package.client.Default.init(
        api_key=KEY, access_token=TOKEN, team="7", project="501", location="Delhi"
    )
    return package


@pytest.fixture
def endpoints(client: Any) -> Any:
    return client.EndPoints()


def plain(value: Any) -> Any:
    """What the client made of the answer, as JSON has it."""
    if isinstance(value, SimpleNamespace):
        return {name: plain(member) for name, member in vars(value).items()}
    return [plain(member) for member in value] if isinstance(value, list) else value


def good(result: Any) -> Any:
    success, value = result
    assert success is True, value
    return value


def refused(result: Any) -> tuple[int, Any]:
    success, response = result
    assert success is False, response
    return response.status_code, response.json()["errors"]


def make(endpoints: Any, name: str = "demo", **more: Any) -> Any:
    chosen = {"framework": "vllm", "plan": GPU_PLAN, "hugging_face_id": "google/gemma-2b", **more}
    return endpoints.create(name, **chosen)


def scaled_rows(policy: Any) -> tuple[int, int]:
    return policy.min_replicas, policy.max_replicas


def test_the_version_that_was_asked_for() -> None:
    assert metadata.version("e2enetworks") == "1.4.9"


def test_plans(tir: TirApi, endpoints: Any, capsys: pytest.CaptureFixture[str]) -> None:
    skus = endpoints.list_plans("vllm")
    printed = capsys.readouterr().out.split("\n")
    assert [row["sku_id"] for row in skus["CPU"]] == [40, 41]
    codes = [CPU_PLAN, "CPU-CPU.C3-8-30-0", GPU_PLAN, "L4-GPU.L4-32-220-2"]
    assert [line for line in printed if line in codes] == codes
    assert not any(line.startswith("H200") for line in printed)  # it has no inventory
    (seen,) = tir.sim.requests(operation="sku.list")
    assert seen.parameters == [("framework", "vllm"), ("service", "inference_service"), *QUERY]


def test_create(tir: TirApi, endpoints: Any) -> None:
    made = good(make(endpoints, args=["--max-model-len", "512"], hf_token_ingration_id=41))
    assert (made.id, made.name, made.status) == (3001, "demo", "running")
    assert made.sku_details.plan.sku_type == "hourly"
    assert made.detailed_info.args == ["--max-model-len", "512"]
    assert made.custom_endpoint_details.container.container_name == "vllm/vllm-openai:latest"
    assert plain(made) == tir.get()
    (seen,) = tir.sim.requests(operation="endpoint.create")
    assert (seen.path, seen.parameters) == (f"{LEGACY}/serving/inference/", QUERY)
    assert seen.header("Authorization") == f"Bearer {TOKEN}"
    assert (seen.json["sku_id"], seen.json["detailed_info"]["commands"]) == (51, "W10=")
    assert seen.notes["ignored"] == ["world_size"]


def test_create_with_autoscaling(tir: TirApi, endpoints: Any) -> None:
    made = good(make(endpoints, is_auto_scale_enabled=True, min_replicas=2, max_replicas=4))
    assert made.is_auto_scale_enabled is True
    assert plain(made.auto_scale_policy) == {
        "min_replicas": 2,
        "max_replicas": 4,
        "stability_period": "300",
        "initial_cooldown_period": "0",
        "is_hold_queue": False,
        "rules": [
            {
                "metric": "cpu",
                "condition_type": "limit",
                "value": 12,
                "watch_period": "60",
                "custom_metric_name": "",
            }
        ],
    }


def test_create_a_custom_container(tir: TirApi, endpoints: Any) -> None:
    made = good(
        make(
            endpoints,
            framework="custom",
            plan=CPU_PLAN,
            hugging_face_id=None,
            container_name="nginx:1",
            env_variables=[{"key": "A", "value": "b"}],
        )
    )
    container = made.custom_endpoint_details.container
    assert (made.sku, container.container_name) == (40, "nginx:1")
    probe = container.advance_config.liveness_probe
    assert (probe.port, probe.path, probe.grpc_service) == ("8080", "/metrics", "")
    (variable,) = made.custom_endpoint_details.resource_details.env_variables
    assert (variable.key, variable.value) == ("A", "b")


def test_create_with_a_private_image(tir: TirApi, endpoints: Any) -> None:
    (namespace,) = good(endpoints.registry_namespace_list())
    (image,) = good(endpoints.registry_detail(namespace.id))
    made = good(
        make(
            endpoints,
            framework="custom",
            hugging_face_id=None,
            container_type="private",
            registry_namespace_id=namespace.id,
            container_name=f"{image.name}:{image.tags[0]}",
        )
    )
    container = made.custom_endpoint_details.container
    assert container.container_name == "registry.e2enetworks.net/team-images-61/server:v1"
    assert container.private_image_details.registry_namespace_id == 61


@pytest.mark.parametrize("framework", ["triton", "pytorch", "tensorrt"])
def test_create_a_server(tir: TirApi, endpoints: Any, framework: str) -> None:
    make_server = getattr(endpoints, f"create_{framework}")
    made = good(make_server("demo", GPU_PLAN, 2101, container_name="aimle2e/server:1"))
    assert (made.framework, made.model.id, made.model_id) == (framework, 2101, 2101)
    first = {"triton": "mpirun", "tensorrt": "mpirun", "pytorch": "torchserve"}[framework]
    assert made.detailed_info.args[0] == first
    assert made.detailed_info.commands == []


def test_refused_creates(tir: TirApi, endpoints: Any) -> None:
    good(make(endpoints))
    taken = ["Inference with this name already exists."]
    assert refused(make(endpoints)) == (400, {"name": taken})
    assert refused(make(endpoints, name="Bad")) == (
        400,
        {"name": ["1 to 50 lowercase letters, digits and single inner hyphens."]},
    )
    assert refused(make(endpoints, name="two", plan="H200-GPU.H200-30-375-1")) == (400, {})
    assert [row.name for row in good(endpoints.list())] == ["demo"]


def test_list_and_get(tir: TirApi, endpoints: Any) -> None:
    assert good(endpoints.list()) == []
    tir.made()
    tir.made(body(name="two"))
    assert [row.id for row in good(endpoints.list())] == [3001, 3002]
    assert plain(good(endpoints.get(3001))) == tir.get()
    assert refused(endpoints.get(9)) == (404, {})
    (seen, _) = tir.sim.requests(operation="endpoint.list")
    assert (seen.path, seen.parameters) == (f"{LEGACY}/serving/inference/", QUERY)


def test_stop_start_restart(tir: TirApi, endpoints: Any) -> None:
    tir.made()
    assert good(endpoints.stop(3001)).status == "stopped"
    assert refused(endpoints.stop(3001))[0] == 400
    assert good(endpoints.start(3001)).status == "running"
    assert good(endpoints.restart(3001)).status == "running"
    operations = ("endpoint.stop", "endpoint.start", "endpoint.restart")
    seen = [tir.sim.requests(operation=name)[0] for name in operations]
    assert [request.json for request in seen] == [
        {"action": "stop"},
        {"action": "start"},
        {"action": "restart"},
    ]
    assert {(request.path, tuple(request.parameters)) for request in seen} == {(ITEM, tuple(QUERY))}


def test_a_fixed_number_of_workers(tir: TirApi, endpoints: Any) -> None:
    tir.made(scaled())
    changed = good(endpoints.manage_replica_count(3, 3001))
    assert (changed.replica, changed.is_auto_scale_enabled) == (3, False)
    (seen,) = tir.sim.requests(operation="endpoint.disableAutoScale")
    assert seen.json == {"action": "disable_auto_scale", "replicas": 3}


def test_moving_the_bounds(tir: TirApi, endpoints: Any) -> None:
    tir.made(scaled(1, 2))
    assert endpoints.upscale_replica(3001) == "Replica upscaled successfully"
    assert scaled_rows(good(endpoints.get(3001)).auto_scale_policy) == (2, 3)
    assert endpoints.downscale_replica(3001) == "Replica downscaled successfully"
    assert scaled_rows(good(endpoints.get(3001)).auto_scale_policy) == (1, 3)
    (seen, _) = tir.sim.requests(operation="endpoint.updateAutoScale")
    assert seen.json == {
        "action": "update_auto_scale",
        "auto_scale_policy": {
            "min_replicas": 2,
            "max_replicas": 3,
            "rules": [RULE],
            "stability_period": "300",
            "initial_cooldown_period": "0",
        },
    }
    assert "ignored" not in seen.notes


def test_the_client_does_not_scale_a_committed_endpoint_down(tir: TirApi, endpoints: Any) -> None:
    tir.made({**scaled(2, 3), **COMMITTED})
    with pytest.raises(ValueError, match="Downscaling is not allowed for committed plans"):
        endpoints.downscale_replica(3001)


def test_workers_and_logs(tir: TirApi, endpoints: Any) -> None:
    tir.made()
    (first,) = good(endpoints.list_replicas(3001))
    good(endpoints.restart_replica(first.name, 3001))
    (second,) = good(endpoints.list_replicas(3001))
    assert first.name != second.name
    assert [row.log for row in good(endpoints.logs(3001))] == ["starting demo"]


def test_asynchronous_requests(tir: TirApi, endpoints: Any) -> None:
    tir.made()
    with pytest.raises(ValueError, match="Async invocation not enable"):
        endpoints.get_async_invocation_request_status(3001, "r1")
    tir.acted("update_async_configuration", async_enabled=True, async_dataset_id=1301)
    assert endpoints.get_async_invocation_request_status(3001, "r1") == (
        False,
        "Async invocation request ID: r1 not found",
    )
    assert good(endpoints.get_async_invocation_requests_list(3001, 5)) == []


def test_delete(tir: TirApi, endpoints: Any) -> None:
    tir.made()
    assert (good(endpoints.delete(3001)).id, good(endpoints.list())) == (3001, [])
    assert refused(endpoints.delete(3001)) == (404, {})
    (first, _) = tir.sim.requests(operation="endpoint.delete", target=FIRST)
    assert (first.path, first.parameters, first.body) == (ITEM, QUERY, b"")


def test_look_ups(tir: TirApi, client: Any, endpoints: Any) -> None:
    assert [team.team_id for team in good(client.Teams().list())] == [7, 8]
    assert good(client.Teams().get(8)).team_name == "support"
    assert [row.project_id for row in good(client.Projects().list())] == [501, 502]
    assert good(client.Projects().get(502)).project_name == "vision"
    assert [row.id for row in good(endpoints.get_integration())] == [41]


def test_numbers_that_endpoints_take(tir: TirApi, client: Any, endpoints: Any) -> None:
    datasets = good(client.Datasets().list())
    assert [(row.id, row.name, row.status) for row in datasets] == [
        (1301, "training-1301", "ready")
    ]
    assert [row.id for row in good(endpoints.registry_namespace_list())] == [61]
    assert [row.id for row in good(client.DistributedJobClient().list_sfs())] == [71]


def test_integrations(tir: TirApi, client: Any) -> None:
    integration = client.Integration()
    made = good(integration.create_integration("mine", "hf_x", "hugging_face"))
    assert made.id == 42
    assert [row.name for row in good(integration.list_integrations("hugging_face"))] == [
        "hub",
        "mine",
    ]
    details = good(integration.get_integration_details(42))
    assert details.created_by.email == "user@example.com"
    good(integration.delete_integration(42))
    assert refused(integration.get_integration_details(42)) == (404, {})


def test_models(tir: TirApi, client: Any) -> None:
    models = client.Models()
    made = good(models.create("mine", model_type="triton"))
    assert (made.id, made.bucket.bucket_name) == (2201, "mine-2201")
    assert good(models.get(2201)).access_key.secret_key == "secret-of-2201"
    assert [row.id for row in good(models.list())][-1] == 2201
    good(models.delete(2201))
    assert refused(models.get(2201)) == (404, {})


def test_the_config_file(tir: TirApi, client: Any, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    values = {"api_key": KEY, "auth_token": TOKEN, "team_id": 7, "project_id": 502}
    path.write_text(json.dumps(values))
    client.load_config(str(path))
    (seen,) = tir.sim.requests(operation="project.serviceCount")
    assert seen.path == "/myaccount/api/v1/gpu/teams/7/projects/502/dashboard/service-count/"
    path.write_text(json.dumps({**values, "project_id": 601}))
    with pytest.raises(PermissionError):
        client.load_config(str(path))


def test_wrong_secrets(tir: TirApi, client: Any) -> None:
    client.client.Default.init(
        api_key="wrong", access_token=TOKEN, team="7", project="501", location="Delhi"
    )
    assert refused(client.EndPoints().list()) == (401, {})
