"""What is made on each cloud: the cheapest machine that serves anything, and one small change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Machine = dict[str, Any]


@dataclass(frozen=True)
class Prices:
    """Where machines and their prices per hour are listed."""

    function: str
    arguments: Json
    items: str
    price: str
    currency: str
    can_be_had: Callable[[Machine], bool]

    def cheapest(self, items: list[Machine]) -> Machine | None:
        """None when nothing can be had whose price is known."""
        fit = [item for item in items if item.get(self.price) is not None and self.can_be_had(item)]
        return min(fit, key=lambda item: float(item[self.price]), default=None)


@dataclass(frozen=True)
class Life:
    """`prices` is None where calls are paid and not the endpoint: none is made. The credentials are
    in the variables `needs`, of each line one, and in those that begin with `prefixes`."""

    token: str
    needs: tuple[tuple[str, ...], ...]
    prefixes: tuple[str, ...]
    prices: Prices | None
    inputs: Callable[[Machine], Json]
    change: Json


LIVES = {
    "ark": Life(
        "inference:ark:Endpoint",
        (
            ("BYTEPLUS_ACCESS_KEY", "BYTEPLUS_ACCESS_KEY_ID", "BYTEPLUS_ACCESSKEY"),
            ("BYTEPLUS_SECRET_KEY", "BYTEPLUS_SECRET_ACCESS_KEY", "BYTEPLUS_SECRETKEY"),
        ),
        ("BYTEPLUS_",),
        None,
        lambda _: {
            "modelReference": {"foundationModel": {"name": "seed-1-6", "modelVersion": "250615"}}
        },
        {"description": "changed"},
    ),
    "hf": Life(
        "inference:hf:Endpoint",
        (("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"), ("HF_NAMESPACE",)),
        ("HF_", "HUGGING_FACE_"),
        Prices(
            "inference:hf:getMachines",
            {"accelerator": "cpu", "status": "available"},
            "machines",
            "pricePerHour",
            "USD",
            lambda item: item.get("quotaLeft", 0) >= item.get("accelerators", 1),
        ),
        lambda machine: {
            "type": "authenticated",
            "cloudProvider": {"vendor": machine["vendor"], "region": machine["region"]},
            "compute": {
                "accelerator": "cpu",
                "instanceType": machine["instanceType"],
                "instanceSize": machine["instanceSize"],
                "scaling": {"minReplica": 1, "maxReplica": 1},
            },
            "model": {
                "repository": "sentence-transformers/all-MiniLM-L6-v2",
                "framework": "pytorch",
                "task": "sentence-embeddings",
                "image": {"huggingface": {}},
            },
        },
        {"tags": ["changed"]},
    ),
    "maas": Life(
        "inference:maas:Endpoint",
        (
            ("HW_ACCESS_KEY", "OS_ACCESS_KEY", "HUAWEICLOUD_SDK_AK", "HW_AUTH_TOKEN"),
            ("HW_SECRET_KEY", "OS_SECRET_KEY", "HUAWEICLOUD_SDK_SK", "HW_AUTH_TOKEN"),
        ),
        ("HW_", "OS_", "HUAWEICLOUD_SDK_"),
        None,
        lambda _: {"modelName": "DeepSeek-V3", "rpm": 1},
        {"description": "changed"},
    ),
    "tir": Life(
        "inference:tir:Endpoint",
        (
            ("E2E_TIR_ACCESS_TOKEN", "E2E_AUTH_TOKEN"),
            ("E2E_TIR_API_KEY", "E2E_API_KEY"),
            ("E2E_TIR_PROJECT_ID", "E2E_PROJECT_ID"),
        ),
        ("E2E_",),
        Prices(
            "inference:tir:getPlans",
            {"framework": "CUSTOM", "currency": "USD"},
            "plans",
            "unitPrice",
            "USD",
            lambda item: item.get("skuType") == "hourly" and bool(item.get("available")),
        ),
        lambda machine: {
            "framework": "CUSTOM",
            "containerImage": "nginx:1.27",
            "skuName": machine["skuName"],
            "skuType": machine["skuType"],
            "currency": "USD",
            "isReadinessProbeEnabled": True,
            "readinessProbe": {"path": "/", "port": 80},
        },
        {"containerImage": "nginx:1.28"},
    ),
}


def steps(life: Life, machine: Machine) -> list[tuple[str, Json]]:
    """What is done, and the program that it is done with."""
    inputs = life.inputs(machine)
    changed = inputs | life.change
    return [
        ("create", inputs),
        ("change in place", changed),
        ("pause", changed | {"desiredState": "paused"}),
        ("resume", changed),
    ]
