"""Huawei Cloud ModelArts Studio (MaaS) custom endpoints."""

from simulator.maas.cloud import Maas

__all__ = ["Maas"]
