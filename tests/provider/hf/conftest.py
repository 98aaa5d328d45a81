"""Fixtures: the simulated Hugging Face, and providers that are configured for it."""

from __future__ import annotations

from typing import Any

import pytest
from support.drivers.hf import NO_WAIT, TOKEN, Driver, Simulator, secret
from support.fixtures import configure, driver, simulated, started

__all__ = ["configure", "driver", "hf", "hf_process", "start", "usual"]

# Every change is done at once: a test that is about waiting sets `polls` itself.
hf_process, hf = simulated("hf", polls=NO_WAIT)
start = started(Driver)


@pytest.fixture
def usual(hf: Simulator) -> dict[str, Any]:
    """The simulator's address and a token."""
    return {"hfEndpoint": hf.url("hf"), "hfToken": secret(TOKEN)}
