"""Who may call, where, and the documented sample of a form: for tests of and against this cloud."""

from __future__ import annotations

import base64
import json
from typing import Any

KEY = "tir_simulator_key"
TOKEN, READ, NONE = "tir_simulator_token", "tir_simulator_read", "tir_simulator_none"
TEAM, PROJECT, LOCATION = "7", "501", "Delhi"
MOUNT = "/myaccount/api/v1/gpu"
LEGACY = f"{MOUNT}/teams/{TEAM}/projects/{PROJECT}"
COLLECTION = "/serving/inference/"
AT_ONCE = {"waiting": 0, "terminating": 0, "deleting": 0}
FIRST = 3001  # number of the first endpoint

PROBE: dict[str, Any] = {
    "protocol": "http",
    "initial_delay_seconds": 10,
    "success_threshold": 1,
    "failure_threshold": 3,
    "port": 8080,
    "period_seconds": 10,
    "timeout_seconds": 10,
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
FORM: dict[str, Any] = {
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
    "location": LOCATION,
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
        "engine_args": {},
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
                "readiness_probe": {**PROBE, "path": "/health"},
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


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def words(*values: str) -> str:
    """A list of words as a form has it."""
    return encoded(json.dumps(list(values), separators=(",", ":"), ensure_ascii=False))
