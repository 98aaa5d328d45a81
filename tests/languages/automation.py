"""A fleet tool in one file: brings a stack up, changes it and takes it down again.

usage: automation.py URL-OF-THE-CLOUD
"""

from __future__ import annotations

import json
import sys

import pulumi
from pulumi import automation
from pulumi_inference import hf


def program() -> None:
    replicas = pulumi.Config().require_int("replicas")
    chat = hf.Endpoint(
        "chat",
        cloud_provider=hf.EndpointCloudProviderArgs(vendor="aws", region="us-east-1"),
        compute=hf.EndpointComputeArgs(
            accelerator="cpu",
            instance_type="intel-spr",
            instance_size="x1",
            scaling=hf.EndpointComputeScalingArgs(max_replica=replicas),
        ),
        model=hf.EndpointModelArgs(repository="openai-community/gpt2", framework="pytorch"),
    )
    pulumi.export("model", chat.target.model)


def main(url: str) -> None:
    stack = automation.create_or_select_stack("dev", project_name="fleet", program=program)
    stack.set_config("inference:hfEndpoint", automation.ConfigValue(url))
    stack.set_config("inference:hfNamespace", automation.ConfigValue("acme"))
    stack.set_config("inference:hfToken", automation.ConfigValue("hf_simulator_write", secret=True))
    stack.set_config("replicas", automation.ConfigValue("1"))
    created = stack.up()
    again = stack.up()
    stack.set_config("replicas", automation.ConfigValue("3"))
    updated = stack.up()
    refreshed = stack.refresh()
    destroyed = stack.destroy()
    told = {
        "created": created.summary.resource_changes,
        "model": created.outputs["model"].value,
        "again": again.summary.resource_changes,
        "updated": updated.summary.resource_changes,
        "refreshed": refreshed.summary.resource_changes,
        "destroyed": destroyed.summary.resource_changes,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1])
