"""The hardware on offer: vendors, regions, instances, prices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

REGIONS = {
    "aws": ("eu-west-1", "us-east-1", "us-east-2", "us-west-2"),
    "azure": ("eastus",),
    "gcp": ("us-east4",),
}


@dataclass(frozen=True)
class Instance:
    """One row of the price list: a type on a vendor, in all regions of that vendor."""

    vendor: str
    type: str
    accelerator: str
    sizes: tuple[int, ...]
    price: float  # USD an hour for x1
    architecture: str
    gpu_memory_gb: int | None = None
    deprecated: bool = False


INSTANCES = (
    Instance("aws", "intel-spr", "cpu", (1, 2, 4, 8, 16), 0.033, "Intel Sapphire Rapids"),
    Instance("aws", "intel-icl", "cpu", (1, 2, 4, 8), 0.032, "Intel Ice Lake", deprecated=True),
    Instance("azure", "intel-xeon", "cpu", (1, 2, 4, 8), 0.060, "Intel Xeon"),
    Instance("gcp", "intel-spr", "cpu", (1, 2, 4, 8), 0.050, "Intel Sapphire Rapids"),
    Instance("aws", "nvidia-t4", "gpu", (1, 4), 0.5, "Nvidia T4", 16),
    Instance("aws", "nvidia-l4", "gpu", (1, 4), 0.8, "Nvidia L4", 24),
    Instance("aws", "nvidia-a10g", "gpu", (1, 4), 1.0, "Nvidia A10G", 24),
    Instance("aws", "nvidia-l40s", "gpu", (1, 4, 8), 1.8, "Nvidia L40S", 48),
    Instance("aws", "nvidia-a100", "gpu", (1, 2, 4, 8), 2.5, "Nvidia A100", 80),
    Instance("aws", "nvidia-h200", "gpu", (1, 2, 4, 8), 5.0, "Nvidia H200", 141),
    Instance("aws", "nvidia-h100", "gpu", (1, 2, 4, 8), 4.5, "Nvidia H100", 80, True),
    Instance("aws", "nvidia-b200", "gpu", (1, 2, 4, 8), 9.25, "Nvidia B200", 180, True),
    Instance("gcp", "nvidia-t4", "gpu", (1,), 0.5, "Nvidia T4", 16),
    Instance("gcp", "nvidia-l4", "gpu", (1, 4), 0.7, "Nvidia L4", 24),
    Instance("gcp", "nvidia-a100", "gpu", (1, 2, 4, 8), 3.6, "Nvidia A100", 80),
    Instance("gcp", "nvidia-h100", "gpu", (1, 2, 4, 8), 10.0, "Nvidia H100", 80),
    Instance("aws", "inf2", "neuron", (1, 12), 0.75, "AWS Inferentia2"),
)


@dataclass(frozen=True)
class Offer:
    """One instance in one region in one size."""

    instance: Instance
    region: str
    size: int

    @property
    def id(self) -> str:
        return f"{self.instance.vendor}-{self.region}-{self.instance.type}-x{self.size}"

    @property
    def quota_key(self) -> str:
        """What quota is counted by."""
        return f"{self.instance.vendor}/{self.instance.type}"


OFFERS = tuple(
    Offer(instance, region, size)
    for instance in INSTANCES
    for region in REGIONS[instance.vendor]
    for size in instance.sizes
)
_BY_NAMES = {
    (o.instance.vendor, o.region, o.instance.accelerator, o.instance.type, f"x{o.size}"): o
    for o in OFFERS
}


def find(provider: Mapping[str, str], compute: Mapping[str, Any]) -> Offer | None:
    """The offer that an endpoint's provider and compute name, if there is one."""
    hardware = (compute["accelerator"], compute["instanceType"], compute["instanceSize"])
    return _BY_NAMES.get((provider["vendor"], provider["region"], *hardware))


def status(offer: Offer, statuses: Mapping[str, str]) -> str:
    """Availability: what a test set for that id, else what the price list says."""
    return statuses.get(offer.id, "deprecated" if offer.instance.deprecated else "available")


def vendors(
    statuses: Mapping[str, str], quota: Callable[[Offer], tuple[int, int]]
) -> list[dict[str, Any]]:
    """The whole catalogue; `quota` gives (most, used) accelerators of an offer."""
    result: list[dict[str, Any]] = []
    for vendor, regions in REGIONS.items():
        region_rows = []
        for region in regions:
            computes = [
                _compute(offer, status(offer, statuses), quota(offer))
                for offer in OFFERS
                if offer.instance.vendor == vendor and offer.region == region
            ]
            region_rows.append(
                {"name": region, "label": region, "status": "available", "computes": computes}
            )
        result.append({"name": vendor, "status": "available", "regions": region_rows})
    return result


def _compute(offer: Offer, availability: str, quota: tuple[int, int]) -> dict[str, Any]:
    instance = offer.instance
    row: dict[str, Any] = {
        "id": offer.id,
        "accelerator": instance.accelerator,
        "numAccelerators": offer.size,
        "numCpus": offer.size * 2,
        "memoryGb": float(offer.size * 4),
        "instanceType": instance.type,
        "instanceSize": f"x{offer.size}",
        "architecture": instance.architecture,
        "status": availability,
        "pricePerHour": round(instance.price * offer.size, 4),
        "quota": {"maxAccelerators": quota[0], "usedAccelerators": quota[1]},
    }
    if instance.gpu_memory_gb is not None:
        row["gpuMemoryGb"] = instance.gpu_memory_gb * offer.size
    return row
