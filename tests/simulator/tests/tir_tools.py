"""Calling the simulated TIR with plain HTTP in both layouts, and bodies to send."""

from __future__ import annotations

import base64
import copy
import json
from typing import Any
from urllib.parse import urlencode

from http_tools import Answer, ask, connect

from simulator.base.patching import apply_changes
from simulator.client import Simulator

TOKEN, READ, NONE = "tir_simulator_token", "tir_simulator_read", "tir_simulator_none"
KEY = "tir_simulator_key"
MOUNT = "/myaccount/api/v1/gpu"
LEGACY = f"{MOUNT}/teams/7/projects/501"
AT_ONCE = {"waiting": 0, "terminating": 0, "deleting": 0}
FIRST = "501/3001"

PROBE: dict[str, Any] = {
    "protocol": "http",
    "initial_delay_seconds": 10,
    "success_threshold": 1,
    "failure_threshold": 3,
    "port": 8080,
    "period_seconds": 10,
    "timeout_seconds": 10,
    "path": "/health",
}
RULE: dict[str, Any] = {
    "metric": "concurrency",
    "condition_type": "limit",
    "value": 10,
    "watch_period": 60,
    "granularity": 1,
    "window": 1,
    "custom_metric_name": "",
}
BODY: dict[str, Any] = {
    "name": "demo",
    "path": "",
    "category": "inference_service",
    "framework": "vllm",
    "model_id": None,
    "model_load_integration_id": 41,
    "dataset_id": None,
    "dataset_path": "",
    "sku_name": "L4.1",
    "sku_type": "hourly",
    "committed_days": 0,
    "committed_instance_policy": "",
    "location": "Delhi",
    "currency": "INR",
    "replica": 1,
    "committed_replicas": 0,
    "is_auto_scale_enabled": False,
    "auto_scale_policy": {
        "min_replicas": 1,
        "max_replicas": 1,
        "stability_period": 300,
        "rules": [],
    },
    "detailed_info": {
        "commands": "",
        "args": "",
        "hugging_face_id": "google/gemma-2b",
        "tokenizer": "",
        "server_version": "",
        "world_size": 1,
        "error_log": True,
        "info_log": True,
        "warning_log": True,
        "log_verbose_level": 1,
        "model_serve_type": "full-model",
        "engine_args": {"max_num_seqs": 128},
    },
    "custom_endpoint_details": {
        "service_port": False,
        "metric_port": False,
        "public_ip": "no",
        "container": {
            "container_name": "vllm/vllm-openai:latest",
            "container_type": "public",
            "private_image_details": {},
            "advance_config": {
                "image_pull_policy": "Always",
                "is_readiness_probe_enabled": False,
                "is_liveness_probe_enabled": False,
                "readiness_probe": PROBE,
                "liveness_probe": {**PROBE, "path": "/metrics"},
            },
        },
        "resource_details": {"disk_size": 100, "mount_path": "", "env_variables": []},
    },
    "cluster_type": "tir-cluster",
    "storage_type": "disk",
    "disk_path": "/mnt/models",
    "sfs_path": "/shared/.cache",
}
COMMITTED = {
    "sku_type": "committed",
    "committed_days": 30,
    "committed_instance_policy": "auto_renew",
    "committed_replicas": 1,
}


def body(patch: Any = None, **assign: Any) -> dict[str, Any]:
    """The sample create body, changed by a merge patch (null removes)."""
    result: dict[str, Any] = apply_changes(copy.deepcopy(BODY), patch)
    result.update(assign)
    return result


def scaled(low: int = 1, high: int = 3, **more: Any) -> dict[str, Any]:
    """A create body with autoscaling on."""
    policy = {"min_replicas": low, "max_replicas": high, "stability_period": 300, "rules": [RULE]}
    return body(is_auto_scale_enabled=True, auto_scale_policy=policy, **more)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


class TirApi:
    """One kept connection; legacy layout, project 501, location Delhi unless said otherwise."""

    def __init__(self, sim: Simulator) -> None:
        self.sim = sim
        self.url = sim.url("tir")
        self._connection = connect(self.url)

    def close(self) -> None:
        self._connection.close()

    def __call__(
        self,
        method: str,
        path: str,
        sent: Any = None,
        token: str | None = TOKEN,
        key: str | None = KEY,
        **query: Any,
    ) -> Answer:
        """One request to a whole path; a query value None leaves that parameter out."""
        headers = {"Accept": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if sent is not None:
            headers["Content-Type"] = "application/json"
        pairs = {"apikey": key, **query}
        text = urlencode({name: value for name, value in pairs.items() if value is not None})
        return ask(self._connection, method, f"{path}?{text}" if text else path, sent, headers)

    def legacy(self, method: str, path: str, sent: Any = None, **more: Any) -> Answer:
        return self(method, f"{LEGACY}/{path}", sent, **{"location": "Delhi", **more})

    def service(self, method: str, path: str, sent: Any = None, **more: Any) -> Answer:
        scope = {"project_id": "501", "location": "Delhi"}
        return self(method, f"{MOUNT}/{path}", sent, **{**scope, **more})

    def create(self, sent: Any = None, **more: Any) -> Answer:
        return self.legacy("POST", "serving/inference/", BODY if sent is None else sent, **more)

    def made(self, sent: Any = None, **more: Any) -> Any:
        answer = self.create(sent, **more)
        assert answer.status == 201, answer.body
        return answer.json["data"]

    def read(self, number: int = 3001) -> Answer:
        return self.legacy("GET", f"serving/inference/{number}/")

    def get(self, number: int = 3001) -> Any:
        answer = self.read(number)
        assert answer.status == 200, answer.body
        return answer.json["data"]

    def status(self, number: int = 3001) -> str:
        return str(self.get(number)["status"])

    def put(self, sent: Any, number: int = 3001) -> Answer:
        return self.legacy("PUT", f"serving/inference/{number}/", sent)

    def act(self, action: str, number: int = 3001, **members: Any) -> Answer:
        return self.put({"action": action, **members}, number)

    def acted(self, action: str, number: int = 3001, **members: Any) -> Any:
        answer = self.act(action, number, **members)
        assert answer.status == 200, answer.body
        return answer.json["data"]

    def delete(self, number: int = 3001) -> Answer:
        return self.legacy("DELETE", f"serving/inference/{number}/")


def envelope_of(answer: Answer) -> tuple[int, int, str]:
    """HTTP status, the envelope's code and its message."""
    return answer.status, answer.json["code"], answer.json["message"]


def errors_of(answer: Answer) -> Any:
    """The errors by field of a refused body."""
    assert envelope_of(answer) == (400, 400, "Validation failed"), answer.body
    assert answer.json["data"] == {}
    return answer.json["errors"]


def dumps(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
