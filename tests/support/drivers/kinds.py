"""The four clouds as tests of all of them know them: a driver, small inputs, a configuration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator.client import Simulator

from support import fleets
from support.drivers import ark, hf, maas, tir

Json = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    cloud: str
    driver: type[hf.Driver]
    inputs: Callable[..., Json]  # the smallest endpoint, with a patch
    knobs: Json  # of its simulator: every change is done at once
    stack_config: Callable[[str], Json]  # from the simulator's URL

    def config(self, sim: Simulator) -> Json:
        """What a driver is configured with to reach that simulator."""
        config = self.stack_config(sim.url(self.cloud))
        return {key.removeprefix("inference:"): value for key, value in config.items()}


DRIVERS = {
    "ark": (ark.Driver, ark.inputs),
    "hf": (hf.Driver, hf.inputs),
    "maas": (maas.MaasDriver, maas.inputs),
    "tir": (tir.TirDriver, tir.inputs),
}
# The operation that makes an endpoint rest, by the simulators' names.
PAUSES = {
    "ark": "endpoint.stop",
    "hf": "endpoint.pause",
    "maas": "endpoint.control",
    "tir": "endpoint.stop",
}
KINDS = {
    fleet.name: Kind(fleet.name, *DRIVERS[fleet.name], fleet.knobs, fleet.config)
    for fleet in fleets.ALL
}
