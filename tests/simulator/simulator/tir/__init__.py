"""Model endpoints of E2E Networks TIR."""

from simulator.tir.cloud import Tir

__all__ = ["Tir"]
