"""The example of each cloud: how its stack is configured, and what its life does at the cloud."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.client import Simulator

Json = dict[str, Any]
EXAMPLES = Path(__file__).parents[2] / "examples"
# What a name is compared as: the resource's name and seven random (hexadecimal) digits.
NAME = "chat-0000000"


@dataclass(frozen=True)
class Example:
    """`change` is set in the project's configuration for an update in place, `diff` is what it
    shows. Of a create the members are compared that `create` names: a service may want more.
    """

    cloud: str
    project: str
    url_key: str
    mount: str
    config: Json
    secrets: Json
    knobs: Json
    outputs: tuple[str, ...]
    create: tuple[str, Json]
    change: tuple[str, str]
    diff: dict[str, str]
    update: tuple[str, Json]
    delete: str

    def url(self, sim: Simulator) -> str:
        return sim.url(self.cloud) + self.mount

    def settings(self, sim: Simulator) -> dict[str, str]:
        """The stack's configuration in plain."""
        return {self.url_key: self.url(sim), **self.config}

    def folder(self, language: str) -> Path:
        return EXAMPLES / self.cloud / language


HF = Example(
    cloud="hf",
    project="chat-on-hugging-face",
    url_key="inference:hfEndpoint",
    mount="",
    config={"inference:hfNamespace": "acme"},
    secrets={"inference:hfToken": "hf_simulator_write"},
    knobs={"polls": {"pending": 0, "initializing": 0, "updating": 0, "deleting": 0}},
    outputs=("endpointId", "target", "url"),
    create=(
        "endpoint.create",
        {
            "name": NAME,
            "type": "authenticated",
            "provider": {"vendor": "aws", "region": "us-east-1"},
            "compute": {
                "accelerator": "gpu",
                "instanceType": "nvidia-l4",
                "instanceSize": "x1",
                "scaling": {
                    "minReplica": 0,
                    "maxReplica": 2,
                    "scaleToZeroTimeout": 15,
                    "measure": {"pendingRequests": 1.5},
                },
            },
            "model": {
                "repository": "Qwen/Qwen2.5-1.5B-Instruct",
                "framework": "pytorch",
                "task": "text-generation",
                "image": {"vLLM": {"url": "vllm/vllm-openai:v0.10.2", "tensorParallelSize": 1}},
                "env": {"MAX_MODEL_LEN": "8192"},
            },
            "tags": ["chat", "managed-by-pulumi"],
        },
    ),
    change=("maxReplicas", "4"),
    diff={"compute.scaling.maxReplica": "update"},
    update=("endpoint.update", {"compute": {"scaling": {"maxReplica": 4}}}),
    delete="endpoint.delete",
)
ARK = Example(
    cloud="ark",
    project="chat-on-modelark",
    url_key="inference:arkEndpoint",
    mount="",
    config={"inference:arkAccessKey": "AKTESTEXAMPLE0000001"},
    secrets={"inference:arkSecretKey": "SKTESTexampleSecretKey0123456789=="},
    knobs={"polls": {"scheduling": 0, "starting": 0, "stopping": 0, "deleting": 0}},
    outputs=("endpointId", "status", "target"),
    create=(
        "endpoint.create",
        {
            "Name": NAME,
            "Description": "Answers the shop's customers",
            "ModelReference": {"FoundationModel": {"Name": "seed-1-6", "ModelVersion": "250615"}},
            "RateLimit": {"Rpm": 600, "Tpm": 100000},
            "Tags": [
                {"Key": "team", "Value": "shop"},
                {"Key": "managed-by", "Value": "pulumi"},
            ],
        },
    ),
    change=("requestsPerMinute", "900"),
    diff={"rateLimit.rpm": "update"},
    update=("endpoint.update", {"RateLimit": {"Rpm": 900, "Tpm": 100000}}),
    delete="endpoint.delete",
)
MAAS = Example(
    cloud="maas",
    project="chat-on-maas",
    url_key="inference:maasEndpoint",
    mount="",
    config={
        "inference:maasRegion": "ap-southeast-1",
        "inference:maasProjectId": "0123456789abcdef0123456789abcdef",
    },
    secrets={"inference:maasToken": "simulator-token"},
    knobs={},
    outputs=("endpointId", "target"),
    create=(
        "endpoint.create",
        {
            "endpoint_name": NAME,
            "source": "custom_from_maas",
            "model_name": "DeepSeek-V3",
            "remark": "Chat for the support team",
            "rpm": 60,
            "tpm": 10000,
        },
    ),
    change=("requestsPerMinute", "90"),
    diff={"rpm": "update"},
    update=(
        "endpoint.edit",
        {
            "endpoint_name": NAME,
            "remark": "Chat for the support team",
            "rpm": 90,
            "tpm": 10000,
            "moderation": True,
        },
    ),
    delete="endpoint.delete",
)
TIR = Example(
    cloud="tir",
    project="chat-on-tir",
    url_key="inference:tirEndpoint",
    mount="/myaccount/api/v1/gpu",
    config={
        "inference:tirTeamId": "7",
        "inference:tirProjectId": "501",
        "inference:tirLocation": "Delhi",
    },
    secrets={
        "inference:tirAuthToken": "tir_simulator_token",
        "inference:tirApiKey": "tir_simulator_key",
    },
    knobs={"polls": {"waiting": 0, "terminating": 0, "deleting": 0}},
    outputs=("endpointId", "target"),
    create=(
        "endpoint.create",
        {
            "name": NAME,
            "framework": "vllm",
            "sku_name": "L4.1",
            "sku_type": "hourly",
            "currency": "INR",
            "location": "Delhi",
            "model_load_integration_id": 41,
            "detailed_info": {"hugging_face_id": "google/gemma-2b"},
            "replica": 1,
        },
    ),
    change=("replicas", "2"),
    diff={"replica": "update"},
    update=("endpoint.disableAutoScale", {"action": "disable_auto_scale", "replicas": 2}),
    delete="endpoint.delete",
)
ALL = (HF, ARK, MAAS, TIR)
