"""Endpoints made by E2E's own Python client, each in a process of its own: the package reads the
address when it is imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

SCRIPT = """
import json, sys
from e2enetworks.cloud import tir
setup, arguments = json.load(sys.stdin)
tir.client.Default.init(**setup)
endpoints = tir.EndPoints()
success, made = endpoints.create(**arguments)
assert success is True, made
"""
SECONDS = 60
GPU_PLAN, CPU_PLAN = "L4-GPU.L4-16-110-1", "CPU-CPU.C3-4-15-0"
WHO = {"api_key": "tir_simulator_key", "access_token": "tir_simulator_token"}
WHERE = {"team": "7", "project": "501", "location": "Delhi"}


def _make(arguments: dict[str, Any], url: str, name: str) -> None:
    environment = {
        **os.environ,
        "E2E_TIR_API_HOST": f"{url}/myaccount/",
        "E2E_TIR_API_KEY": WHO["api_key"],
        "E2E_TIR_ACCESS_TOKEN": WHO["access_token"],
        "E2E_TIR_TEAM_ID": WHERE["team"],
        "E2E_TIR_PROJECT_ID": WHERE["project"],
        "E2E_TIR_LOCATION": WHERE["location"],
        "NO_PROXY": "*",
    }
    subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=json.dumps([{**WHO, **WHERE}, {"endpoint_name": name, **arguments}]),
        env=environment,
        check=True,
        text=True,
        capture_output=True,
        timeout=SECONDS,
    )


def _shape(**arguments: Any) -> Callable[[str, str], None]:
    """Makes one at the simulator's URL, by a name."""
    return partial(_make, arguments)


VLLM = {
    "framework": "vllm",
    "plan": GPU_PLAN,
    "hugging_face_id": "google/gemma-2b",
    "hf_token_ingration_id": 41,
}
SHAPES: dict[str, Callable[[str, str], None]] = {
    "plain": _shape(**VLLM),
    "arguments": _shape(**VLLM, args=["--max-model-len", "512"], disc_size=50),
    "scaled": _shape(**VLLM, is_auto_scale_enabled=True, min_replicas=2, max_replicas=4),
    "container": _shape(framework="custom", plan=CPU_PLAN, container_name="nginx:1"),
}
