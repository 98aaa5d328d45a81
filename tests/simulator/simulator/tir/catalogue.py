"""The small fixed catalogue: machines with their plans, and what each project holds at first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

HOURLY, COMMITTED = "hourly", "committed"
POLICIES = ("auto_renew", "auto_terminate", "convert_to_hourly_billing")
CURRENCIES = ("INR", "USD")
SERVICES = ("inference_service", "notebook", "pipeline", "private_cloud", "vector_db")
COMMITTED_DAYS = 30
RUPEES_PER_DOLLAR = 80
HOURS_BILLED = 600
DATASETS = (1301,)
NAMESPACES = (61,)
FILE_SYSTEMS = (71,)
PRIVATE_CLUSTERS = (81, 82)
SECURITY_GROUPS = (7245, 7246)
RESERVED_IPS = {1174 + index: f"10.8.220.{7 + index}" for index in range(6)}
NOTEBOOK_IP = 1199  # of another service


@dataclass(frozen=True)
class Plan:
    sku_item_price_id: int
    sku_type: str
    committed_days: int
    unit_price: float
    currency: str

    @property
    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class Sku:
    sku_id: int
    name: str
    series: str
    sku_type: str
    cpu: str
    gpu: str | None
    memory: str
    hourly_rupees: float
    inventory: bool = True

    @property
    def plans(self) -> list[Plan]:
        """Hourly and committed, each in both currencies; ids follow from the SKU's."""
        month = self.hourly_rupees * HOURS_BILLED
        rows = []
        for index, (kind, days, price) in enumerate(
            ((HOURLY, 0, self.hourly_rupees), (COMMITTED, COMMITTED_DAYS, month))
        ):
            for offset, currency in enumerate(CURRENCIES):
                shown = price if currency == "INR" else round(price / RUPEES_PER_DOLLAR, 4)
                number = self.sku_id * 10 + index * 2 + offset
                rows.append(Plan(number, kind, days, shown, currency))
        return rows

    @property
    def is_gpu(self) -> bool:
        return self.gpu is not None

    def available(self, knobs: Mapping[str, Any]) -> bool:
        return bool(knobs["sku_inventory"].get(self.name, self.inventory))

    def as_json(self, knobs: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "sku_id": self.sku_id,
            "name": self.name,
            "series": self.series,
            "sku_type": self.sku_type,
            "cpu": self.cpu,
            "gpu": self.gpu,
            "memory": self.memory,
            "is_free": False,
            "is_inventory_available": self.available(knobs),
            "plans": [plan.as_json for plan in self.plans],
        }


# E2E's Python client finds CPU machines only when their series begins with CPU.
SKUS = (
    Sku(40, "C3.4", "CPU", "CPU.C3", "4", None, "15", 6.2),
    Sku(41, "C3.8", "CPU", "CPU.C3", "8", None, "30", 12.4),
    Sku(51, "L4.1", "L4", "GPU.L4", "16", "1", "110", 49.0),
    Sku(52, "L4.2", "L4", "GPU.L4", "32", "2", "220", 98.0),
    Sku(61, "A100.1", "A100", "GPU.A100", "16", "1", "115", 170.0),
    Sku(71, "H200.1", "H200", "GPU.H200", "30", "1", "375", 300.4, inventory=False),
)


def by_name(name: str) -> Sku | None:
    return next((sku for sku in SKUS if sku.name == name), None)


def by_id(number: int) -> Sku | None:
    return next((sku for sku in SKUS if sku.sku_id == number), None)


def listing(knobs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "CPU": [sku.as_json(knobs) for sku in SKUS if not sku.is_gpu],
        "GPU": [sku.as_json(knobs) for sku in SKUS if sku.is_gpu],
    }


def first_models(created: str) -> dict[int, dict[str, Any]]:
    """Model repositories every project has from the start."""
    kinds = {2101: "triton", 2102: "pytorch", 2103: "tensorrt", 2104: "custom"}
    return {
        number: model(number, f"{kind}-models", kind, f"{kind}-bucket", created)
        for number, kind in kinds.items()
    }


def model(number: int, name: str, kind: str, bucket: str, created: str) -> dict[str, Any]:
    return {
        "id": number,
        "name": name,
        "model_type": kind,
        "status": "ready",
        "created_at": created,
        "bucket": {
            "bucket_name": bucket,
            "bucket_url": f"https://objectstore.e2enetworks.net/{bucket}",
            "endpoint": "objectstore.e2enetworks.net",
        },
        "access_key": {"access_key": f"AK{number}", "secret_key": f"secret-of-{number}"},
    }


def first_integrations(created: str) -> dict[int, dict[str, Any]]:
    """Integrations every project has from the start."""
    return {41: integration(41, "hub", "hugging_face", {"hugging_face_token": "hf_kept"}, created)}


def integration(
    number: int, name: str, kind: str, details: dict[str, Any], created: str
) -> dict[str, Any]:
    return {
        "id": number,
        "name": name,
        "integration_type": kind,
        "integration_details": details,
        "created_at": created,
        "created_by": USER,
    }


USER = {"id": 17, "name": "Test User", "email": "user@example.com", "username": "user@example.com"}
