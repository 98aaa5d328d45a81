"""Fixtures: the simulated MaaS, and providers that are configured for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from simulator.client import Simulator
from support.drivers.maas import KEYS, PROJECT, MaasDriver
from support.fixtures import configure, simulated, started

__all__ = ["addresses", "configure", "driver", "later", "maas", "maas_process", "start", "usual"]

maas_process, maas = simulated("maas")
start = started(MaasDriver)


@pytest.fixture
def addresses(maas: Simulator) -> dict[str, str]:
    """Where the simulator's planes are."""
    url = maas.url("maas")
    return {"maasEndpoint": url, "maasIamEndpoint": url, "maasDataPlaneEndpoint": url}


@pytest.fixture
def usual(addresses: dict[str, str]) -> dict[str, str]:
    """No credentials: there are several ways to sign in."""
    return addresses


@pytest.fixture
def driver(configure: Callable[..., MaasDriver]) -> MaasDriver:
    """With an access key and a project, so that nothing has to be looked up."""
    return configure(**KEYS, maasProjectId=PROJECT)


@pytest.fixture
def later(configure: Callable[..., MaasDriver]) -> Callable[[], MaasDriver]:
    """The next run: a process that has no list in its memory."""
    return lambda: configure(**KEYS, maasProjectId=PROJECT)
