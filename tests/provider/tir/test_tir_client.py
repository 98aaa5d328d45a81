"""Beside E2E's own Python client, unmodified: the same requests where both make them, and each
reads what the other made."""

from __future__ import annotations

import ast
import base64
import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from simulator.tir.sample import KEY, PROJECT, TEAM, TOKEN
from support.drivers.hf import kinds
from support.drivers.tir import (
    FIRST,
    LEGACY,
    SCALED,
    Simulator,
    TirDriver,
    imported,
    inputs,
    made,
    refreshed,
    requests,
    stored,
    writes,
)

pytestmark = pytest.mark.one_call

GPU_PLAN, CPU_PLAN = "L4-GPU.L4-16-110-1", "CPU-CPU.C3-4-15-0"
CONTAINER = "custom_endpoint_details.container"


@pytest.fixture(scope="session")
def package(tir_process: Simulator) -> Iterator[Any]:
    """The package; it reads the address when it is imported, everything else when it is used."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("E2E_TIR_API_HOST", f"{tir_process.url('tir')}/myaccount/")
        patch.setenv("E2E_TIR_API_KEY", KEY)
        patch.setenv("E2E_TIR_ACCESS_TOKEN", TOKEN)
        patch.setenv("E2E_TIR_TEAM_ID", TEAM)
        patch.setenv("E2E_TIR_PROJECT_ID", PROJECT)
        patch.setenv("E2E_TIR_LOCATION", "Delhi")
        patch.setenv("NO_PROXY", "127.0.0.1")
        yield import_module("e2enetworks.cloud.tir")


@pytest.fixture
def client(tir: Simulator, package: Any) -> Any:
    package.client.Default.init(
        api_key=KEY, access_token=TOKEN, team=TEAM, project=PROJECT, location="Delhi"
    )
    return package.EndPoints()


@pytest.fixture
def ours(configure: Any) -> TirDriver:
    driver: TirDriver = configure(tirTeamId=TEAM, tirApiLayout="legacy")  # the client's own
    return driver


def good(result: Any) -> Any:
    success, value = result
    assert success is True, value
    return value


def words(text: str) -> list[str]:
    """The client prints lists as Python does, we as JSON."""
    plain = base64.b64decode(text).decode()
    if not plain:
        return []
    try:
        found = json.loads(plain)
    except ValueError:
        found = ast.literal_eval(plain)
    assert isinstance(found, list)
    return found


def flat(value: Any, path: str = "") -> dict[str, Any]:
    """Dotted path -> value, each in the one spelling that means the same."""
    if isinstance(value, dict) and value:
        found: dict[str, Any] = {}
        for key, member in value.items():
            found |= flat(member, f"{path}.{key}" if path else key)
        return found
    if path in ("detailed_info.args", "detailed_info.commands"):
        return {path: words(value)}
    if isinstance(value, list):
        return {path: [flat(item) for item in value]}
    return {
        path: {None: "", "false": False, "true": True, "300": 300, "60": 60}.get(value, value)
        if isinstance(value, (str, type(None)))
        else value
    }


def unlike(found: set[str], expected: set[str]) -> dict[str, list[str]]:
    """Short, where pytest would cut two long sets."""
    both = {"too many": found - expected, "missing": expected - found}
    return {word: sorted(names) for word, names in both.items() if names}


def compare(tir: Simulator, only_theirs: set[str], only_ours: set[str]) -> None:
    """Two creates say the same, but for what only the first and only the second says."""
    theirs, mine = (flat(request.json) for request in requests(tir, "endpoint.create"))
    assert unlike(theirs.keys() - mine.keys(), only_theirs) == {}
    assert unlike(mine.keys() - theirs.keys(), only_ours) == {}
    both = theirs.keys() & mine.keys()
    assert {path: theirs[path] for path in both} == {path: mine[path] for path in both}


# The form names the machine; the client numbers it. world_size stands in the wrong place there.
ONLY_THEIRS = {"sku_id", "world_size"}
# Our forms are whole: what the client leaves to the service's defaults.
ONLY_OURS = {
    "category",
    "sku_name",
    "sku_type",
    "committed_days",
    "committed_instance_policy",
    "committed_replicas",
    "currency",
    "location",
    "cluster_type",
    "storage_type",
    "disk_path",
    "sfs_path",
    "auto_scale_policy.min_replicas",
    "auto_scale_policy.max_replicas",
    "auto_scale_policy.stability_period",
    "auto_scale_policy.rules",
    "detailed_info.server_version",
    "detailed_info.world_size",
    "detailed_info.error_log",
    "detailed_info.info_log",
    "detailed_info.warning_log",
    "detailed_info.log_verbose_level",
    "detailed_info.model_serve_type",
    "detailed_info.engine_args",
    "custom_endpoint_details.service_port",
    "custom_endpoint_details.metric_port",
    "custom_endpoint_details.public_ip",
}
PROBES = {
    f"{CONTAINER}.advance_config.{which}_probe.{member}"
    for which in ("readiness", "liveness")
    for member in (
        "protocol",
        "initial_delay_seconds",
        "success_threshold",
        "failure_threshold",
        "port",
        "period_seconds",
        "timeout_seconds",
        "path",
    )
}


def test_the_same_create(tir: Simulator, client: Any, ours: TirDriver) -> None:
    good(
        client.create(
            "demo",
            framework="vllm",
            plan=GPU_PLAN,
            hugging_face_id="google/gemma-2b",
            hf_token_ingration_id=41,
            args=["--max-model-len", "512"],
            disc_size=50,
        )
    )
    tir.delete("tir", f"501/{FIRST}")
    made(
        ours,
        detailedInfo={"args": ["--max-model-len", "512"]},
        resourceDetails={"diskSize": 50},
    )
    compare(tir, ONLY_THEIRS, ONLY_OURS | PROBES)
    theirs, mine = requests(tir, "endpoint.create")
    assert (theirs.path, theirs.method) == (mine.path, mine.method)
    assert sorted(theirs.parameters) == sorted(mine.parameters)
    assert theirs.header("Authorization") == mine.header("Authorization")


def test_the_same_container(tir: Simulator, client: Any, ours: TirDriver) -> None:
    good(
        client.create(
            "demo",
            framework="custom",
            plan=CPU_PLAN,
            container_name="nginx:1",
            disc_size=50,
            env_variables=[
                {
                    "key": "A",
                    "value": "b",
                    "required": False,
                    "disabled": {
                        "key": False,
                        "value": False,
                    },
                }
            ],
        )
    )
    tir.delete("tir", f"501/{FIRST}")
    made(
        ours,
        framework="CUSTOM",
        skuName="C3.4",
        containerImage="nginx:1",
        modelLoadIntegrationId=None,
        detailedInfo=None,
        readinessProbe={"path": "/metrics"},
        resourceDetails={"diskSize": 50, "envVariables": [{"key": "A", "value": "b"}]},
    )
    # Members that count for another protocol are left out by us when they are empty.
    empty = {
        f"{CONTAINER}.advance_config.{which}_probe.{member}"
        for which in ("readiness", "liveness")
        for member in ("grpc_service", "commands")
    }
    compare(tir, ONLY_THEIRS | empty, ONLY_OURS)


def test_the_same_autoscaling(tir: Simulator, client: Any, ours: TirDriver) -> None:
    good(
        client.create(
            "demo",
            framework="vllm",
            plan=GPU_PLAN,
            hugging_face_id="google/gemma-2b",
            hf_token_ingration_id=41,
            disc_size=50,
            is_auto_scale_enabled=True,
            min_replicas=2,
            max_replicas=4,
        )
    )
    tir.delete("tir", f"501/{FIRST}")
    cpu = {"metric": "cpu", "value": 12}
    made(
        ours,
        resourceDetails={"diskSize": 50},
        isAutoScaleEnabled=True,
        replica=2,
        autoScalePolicy={"minReplicas": 2, "maxReplicas": 4, "rules": [cpu]},
    )
    theirs, mine = (request.json for request in requests(tir, "endpoint.create"))
    for member in ("min_replicas", "max_replicas"):
        assert theirs["auto_scale_policy"][member] == mine["auto_scale_policy"][member]
    (their_rule,), (my_rule,) = (body["auto_scale_policy"]["rules"] for body in (theirs, mine))
    assert {**flat(my_rule), **flat(their_rule)} == flat(my_rule)
    assert theirs["is_auto_scale_enabled"] is mine["is_auto_scale_enabled"] is True


def test_the_same_actions(tir: Simulator, client: Any, ours: TirDriver) -> None:
    """Stop, start, restart, a fixed number, bounds, delete: as pairs, theirs first."""
    id, checked, outputs = made(ours, **SCALED)
    paused = {**checked, "desiredState": "paused"}
    bounds = {"minReplicas": 2, "initialCooldownPeriod": 0}
    wider = {**checked, "autoScalePolicy": {**SCALED["autoScalePolicy"], **bounds}}
    fixed = {**checked, "isAutoScaleEnabled": False, "replica": 3}
    tir.clear()
    good(client.stop(3001))
    good(client.start(3001))
    ours.update(checked, paused, olds=outputs, id=id)
    ours.update(paused, checked, olds=outputs, id=id)
    good(client.restart(3001))
    ours.update(checked, {**checked, "restartTrigger": "1"}, olds=outputs, id=id)
    client.upscale_replica(3001)
    tir.mutate(
        "tir",
        f"501/{id}",
        patch={
            "auto_scale_policy": {
                "min_replicas": 1,
                "max_replicas": 3,
            }
        },
    )
    ours.update(checked, wider, olds=outputs, id=id)
    good(client.manage_replica_count(3, 3001))
    tir.mutate("tir", f"501/{id}", patch={"is_auto_scale_enabled": True})
    ours.update(wider, fixed, olds=outputs, id=id)
    calls = writes(tir)
    assert calls[0] == calls[2] == ("endpoint.stop", {"action": "stop"})
    assert calls[1] == calls[3] == ("endpoint.start", {"action": "start"})
    assert calls[4] == calls[5] == ("endpoint.restart", {"action": "restart"})
    their_scaling, my_scaling = calls[6], calls[7]
    assert their_scaling[0] == my_scaling[0] == "endpoint.updateAutoScale"
    assert flat(their_scaling[1]) == flat(my_scaling[1])
    assert (
        calls[8]
        == calls[9]
        == (
            "endpoint.disableAutoScale",
            {"action": "disable_auto_scale", "replicas": 3},
        )
    )
    assert {(r.path, tuple(sorted(map(tuple, r.parameters)))) for r in requests(tir)} == {
        (f"{LEGACY}3001/", (("apikey", KEY), ("location", "Delhi")))
    }
    ours.delete(id, outputs, fixed)
    made(ours, name="other")
    good(client.delete(3002))
    first, second = requests(tir, "endpoint.delete")
    assert (first.method, first.body) == (second.method, second.body) == ("DELETE", b"")
    assert stored(tir) == {}


def test_the_client_reads_ours(tir: Simulator, client: Any, ours: TirDriver) -> None:
    made(ours, **SCALED, detailedInfo={"args": ["--a"]})
    (row,) = good(client.list())
    assert (row.id, row.name, row.status) == (3001, "demo", "running")
    shown = good(client.get(3001))
    assert shown.detailed_info.args == ["--a"]
    assert (shown.auto_scale_policy.min_replicas, shown.auto_scale_policy.max_replicas) == (1, 3)
    assert shown.sku_details.plan.sku_type == "hourly"
    assert good(client.get_integration())[0].id == 41


def test_we_import_theirs(tir: Simulator, client: Any, ours: TirDriver) -> None:
    good(
        client.create(
            "demo",
            framework="vllm",
            plan=GPU_PLAN,
            hugging_face_id="google/gemma-2b",
            hf_token_ingration_id=41,
            args=["--max-model-len", "512"],
            is_auto_scale_enabled=True,
            min_replicas=2,
            max_replicas=4,
        )
    )
    id, news = imported(ours, FIRST)
    rule = {
        "metric": "cpu",
        "conditionType": "limit",
        "value": 12,
        "watchPeriod": 60,
        "customMetricName": "",
    }
    assert (id, news) == (
        FIRST,
        inputs(
            detailedInfo={"args": '["--max-model-len","512"]', "modelServeType": ""},
            isAutoScaleEnabled=True,
            autoScalePolicy={"minReplicas": 2, "maxReplicas": 4, "rules": [rule]},
            resourceDetails={"diskSize": 50},
        ),
    )
    checked = ours.checked(news, olds=news)
    assert kinds(ours.diff(news, checked)) == {}
    read = ours.read(id)
    outputs = dict(read.properties)
    assert outputs["status"] == "running"
    assert refreshed(ours, id, None, checked)[0] == checked
