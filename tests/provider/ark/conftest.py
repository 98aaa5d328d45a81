"""Fixtures: the simulated BytePlus ModelArk, and providers that are configured for it."""

from __future__ import annotations

from typing import Any

import pytest
from support.drivers.ark import ACCESS_KEY, SECRET_KEY, Driver, Simulator, secret
from support.fixtures import configure, driver, simulated, started

__all__ = ["ark", "ark_process", "configure", "driver", "start", "usual"]

NO_WAIT = {"scheduling": 0, "starting": 0, "stopping": 0, "deleting": 0}

# Every change is done at once: a test that is about waiting sets `polls` itself.
ark_process, ark = simulated("ark", polls=NO_WAIT)
start = started(Driver)


@pytest.fixture
def usual(ark: Simulator) -> dict[str, Any]:
    """The simulator's address and a key pair."""
    return {
        "arkEndpoint": ark.url("ark"),
        "arkAccessKey": secret(ACCESS_KEY),
        "arkSecretKey": secret(SECRET_KEY),
    }
