"""Which machine a body asks for: by SKU name, by SKU id, or from a private cloud."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from simulator.tir import catalogue
from simulator.tir.catalogue import COMMITTED, HOURLY, POLICIES, Plan, Sku
from simulator.tir.reading import REQUIRED, Reader

NAME_MEMBERS = ("sku_name", "sku_type", "committed_days", "currency")


@dataclass(frozen=True)
class Machine:
    """SKU and plan, or (without them) a share of a private cloud."""

    sku: Sku | None = None
    plan: Plan | None = None
    next_price_id: int | None = None
    private_cloud_id: int | None = None
    custom_sku: dict[str, int] = field(default_factory=dict)
    policy: str = ""

    @property
    def committed(self) -> bool:
        return self.plan is not None and self.plan.sku_type == COMMITTED

    @property
    def words(self) -> str:
        return self.sku.name if self.sku else f"private cloud {self.private_cloud_id}"

    @property
    def same_plan(self) -> tuple[int | None, int | None, int | None]:
        """What may not change on a committed endpoint."""
        sku = self.sku.sku_id if self.sku else None
        price = self.plan.sku_item_price_id if self.plan else None
        return sku, price, self.private_cloud_id


def read(reader: Reader, layout: str, knobs: dict[str, Any]) -> Machine:
    """The machine; without one, errors are in the reader's findings."""
    reader.text("category", choices=("inference_service",))
    policy = reader.text("committed_instance_policy", choices=POLICIES)
    by_name, by_id = reader.has("sku_name"), reader.has("sku_id")
    name_parts = _read_name_parts(reader)
    id_parts = (
        reader.integer("sku_id"),
        reader.integer("sku_item_price_id"),
        reader.integer("next_sku_item_price_id"),
    )
    private = reader.integer("private_cloud_id")
    custom = _custom_sku(reader, knobs)
    if private is not None:
        if by_name or by_id:
            reader.complain("private_cloud_id", "A private cloud takes no SKU.")
        return _private(reader, private, custom, knobs)
    if custom:
        reader.complain("custom_sku", "Only with a private cloud.")
    forms = knobs["sku_forms"].get(layout, [])
    if by_name and by_id:
        reader.complain("sku_id", "Either a SKU name or a SKU id.")
    elif by_name and "name" in forms:
        return _named(reader, name_parts, policy)
    elif by_id and "id" in forms:
        return _numbered(reader, id_parts, policy)
    else:
        reader.complain("sku_name" if forms == ["name"] else "sku_id", REQUIRED)
    return Machine()


def _read_name_parts(reader: Reader) -> tuple[str, str, int, str]:
    named = reader.has("sku_name")
    name = reader.text("sku_name")
    kind = reader.text("sku_type", choices=(HOURLY, COMMITTED), required=named)
    days = reader.number("committed_days", 0, 0)
    currency = reader.text("currency", choices=catalogue.CURRENCIES, required=named)
    return name, kind, days, currency


def _custom_sku(reader: Reader, knobs: dict[str, Any]) -> dict[str, int]:
    custom = reader.mapping("custom_sku")
    allowed = knobs["custom_sku_keys"]
    for key, value in custom.items():
        if allowed and key not in allowed:
            reader.complain(f"custom_sku.{key}", f"Unknown key. Allowed: {', '.join(allowed)}")
        elif isinstance(value, bool) or not isinstance(value, int) or value < 0:
            reader.complain(f"custom_sku.{key}", "A valid integer is required.")
    return custom


def _private(
    reader: Reader, private: int, custom: dict[str, int], knobs: dict[str, Any]
) -> Machine:
    if private not in knobs["private_clouds"]:
        reader.complain("private_cloud_id", "Private cloud not found.")
    if not custom:
        reader.complain("custom_sku", REQUIRED)
    return Machine(private_cloud_id=private, custom_sku=custom)


def _named(reader: Reader, parts: tuple[str, str, int, str], policy: str) -> Machine:
    name, kind, days, currency = parts
    sku = catalogue.by_name(name)
    if sku is None:
        reader.complain("sku_name", f'SKU "{name}" not found.')
        return Machine()
    if not kind or not currency:
        return Machine()
    for plan in sku.plans:
        if (plan.sku_type, plan.committed_days, plan.currency) == (kind, days, currency):
            return _with_policy(reader, sku, plan, None, policy)
    reader.complain("sku_type", f"{name} has no {kind} plan of {days} days in {currency}.")
    return Machine()


def _numbered(
    reader: Reader, parts: tuple[int | None, int | None, int | None], policy: str
) -> Machine:
    """Without a price id it is the first plan: hourly, in rupees."""
    number, price, following = parts
    sku = catalogue.by_id(number or 0)
    if sku is None:
        reader.complain("sku_id", f"SKU {number} not found.")
        return Machine()
    plans = {plan.sku_item_price_id: plan for plan in sku.plans}
    plan = sku.plans[0] if price is None else plans.get(price)
    if plan is None:
        reader.complain("sku_item_price_id", f"{sku.name} has no plan {price}.")
        return Machine()
    if following is not None and following not in plans:
        reader.complain("next_sku_item_price_id", f"{sku.name} has no plan {following}.")
    return _with_policy(reader, sku, plan, following, policy)


def _with_policy(
    reader: Reader, sku: Sku, plan: Plan, following: int | None, policy: str
) -> Machine:
    if plan.sku_type == COMMITTED and not policy:
        reader.complain("committed_instance_policy", REQUIRED)
    return Machine(sku, plan, following, policy=policy)
