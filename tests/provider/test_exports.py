"""What `inference-simulator --exports` prints is all that the provider needs."""

from __future__ import annotations

from pathlib import Path

import pytest
from simulator.client import Simulator
from simulator.registry import load
from support.drivers.kinds import KINDS


@pytest.mark.parametrize("cloud", sorted(KINDS))
def test_an_endpoint_is_made_with_nothing_but_the_environment(cloud: str, binary: Path) -> None:
    kind = KINDS[cloud]
    with Simulator(cloud, knobs={cloud: kind.knobs}) as sim:
        driver = kind.driver(binary, load(cloud).environment(sim.url(cloud)))
        try:
            driver.configure()
            inputs = driver.checked(kind.inputs())
            driver.create(inputs)
        finally:
            driver.stop()
        assert len(sim.state(cloud)["endpoints"]) == 1
