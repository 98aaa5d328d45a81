"""BytePlus ModelArk inference endpoints: control plane and data plane."""

from simulator.ark.cloud import ModelArk

__all__ = ["ModelArk"]
