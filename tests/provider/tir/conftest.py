"""Fixtures: the simulated TIR, and providers that are configured for it."""

from __future__ import annotations

from typing import Any

import pytest
from simulator.client import Simulator
from simulator.tir.sample import AT_ONCE, KEY, LOCATION, MOUNT, PROJECT, TOKEN
from support.drivers.hf import secret
from support.drivers.tir import TirDriver
from support.fixtures import configure, driver, simulated, started

__all__ = ["configure", "driver", "start", "tir", "tir_process", "usual"]

# Every change is done at once: a test that is about waiting sets `polls` itself.
tir_process, tir = simulated("tir", polls=AT_ONCE)
start = started(TirDriver)


@pytest.fixture
def usual(tir: Simulator) -> dict[str, Any]:
    """The simulator's address, credentials and scope."""
    return {
        "tirEndpoint": tir.url("tir") + MOUNT,
        "tirApiKey": secret(KEY),
        "tirAuthToken": secret(TOKEN),
        "tirProjectId": PROJECT,
        "tirLocation": LOCATION,
    }
