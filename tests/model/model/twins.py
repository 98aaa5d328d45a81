"""What an endpoint has to look like: the same program, sent by another client to another simulator.

Bodies are those of tests/support/clouds, which are written from docs/apis/.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator.client import Simulator
from support.clouds import ark, hf, maas, tir
from support.clouds.description import Change, Drift, Json, Replacement, patched
from support.drivers.hf import bare
from support.fleets import ark as ark_fleet
from support.fleets import maas as maas_fleet
from support.fleets.fleet import send


@dataclass(frozen=True)
class Twin:
    """`make` sends a program, name included, to the service as its own client would."""

    changes: tuple[Change, ...]
    replacements: tuple[Replacement, ...]
    drifts: tuple[Drift, ...]
    make: Callable[[Simulator, Json], object]
    # Members of the simulator's record that two endpoints never share, or that `paused` judges.
    own: str
    paused: Callable[[Json], bool]  # of the simulator's record
    # What stays when the program takes it out, because the service has no way to undo it.
    kept: tuple[str, ...] = ()
    making: Json | None = None  # knobs of the twin's simulator
    burnt_names: bool = False  # a name can never be used again
    target: Callable[[str], str] = lambda id: id  # the provider's id, as the simulator's key

    def endpoint(self, sim: Simulator, cloud: str, program: Json) -> Json:
        """The record of an endpoint that was made for this program."""
        sim.reset(cloud)
        if self.making:
            sim.knobs(cloud, self.making)
        self.make(sim, bare(program))
        (record,) = sim.state(cloud)["endpoints"].values()
        return dict(record)

    def comparable(self, record: Any) -> Any:
        """The record without what is the endpoint's own."""
        if isinstance(record, dict):
            return {
                key: self.comparable(value)
                for key, value in record.items()
                if not re.fullmatch(self.own, key)
            }
        if isinstance(record, list):
            return [self.comparable(item) for item in record if not _is_mark(item)]
        return record


def _is_mark(item: Any) -> bool:
    """The tag that proves a create."""
    text = item.get("Key") if isinstance(item, dict) else item
    return isinstance(text, str) and text.startswith("pulumi:create")


def _make_hf(sim: Simulator, program: Json) -> None:
    url = f"{sim.url('hf')}/v2/endpoint/{program.get('namespace', hf.NAMESPACE)}"
    headers = {"Authorization": f"Bearer {hf.TOKEN}"}
    send("POST", url, hf.create_body(program), headers)


def _make_ark(sim: Simulator, program: Json) -> None:
    region = program.get("region", ark.REGION)
    ark_fleet.call(sim.url("ark"), "CreateEndpoint", region, ark.create_body(program))


def _make_maas(sim: Simulator, program: Json) -> None:
    places = {region: (project, token) for region, project, token in maas_fleet.PLACES}
    project, token = places[program.get("region", maas.REGION)]
    address = f"{sim.url('maas')}/v1/{project}/maas/services/custom-endpoint/endpoint"
    send("POST", address, maas.create_body(program), {"X-Auth-Token": token})


def _make_tir(sim: Simulator, program: Json) -> None:
    project = program.get("projectId", tir.PROJECT)
    location = program.get("location", tir.LOCATION)
    query = f"apikey={tir.KEY}&project_id={project}&location={location}"
    address = f"{sim.url('tir')}{tir.MOUNT}/serving/inference/?{query}"
    send("POST", address, tir.form(program), {"Authorization": f"Bearer {tir.BEARER}"})


def _tir_target(id: str) -> str:
    project, _, number = id.split("/")
    return f"{project}/{number}"


TWINS: dict[str, Twin] = {
    "hf": Twin(
        hf.CLOUD.changes,
        hf.CLOUD.replacements,
        hf.CLOUD.drifts,
        _make_hf,
        own=r".*[aA]t|.*[iI]d|status|url|.*[pP]olls?|replica.*|message",
        paused=lambda record: record["view"]["status"]["state"] == "paused",
    ),
    "ark": Twin(
        ark.CHANGES,
        ark.REPLACEMENTS,
        ark.DRIFTS,
        _make_ark,
        own=r"Id|.*Time|Status.*|polls|.*_at|created.*",
        paused=lambda record: record["Status"] == "Stopped",
        kept=("rateLimit",),
        making={"auth": False},
        target=lambda id: id.split("/")[-1],
    ),
    "maas": Twin(
        maas.CHANGES,
        maas.REPLACEMENTS,
        maas.DRIFTS,
        _make_maas,
        own=r"id|.*_(time|at)|.*_date|status",
        paused=lambda record: record["status"] == "suspended",
        burnt_names=True,
        target=lambda id: id.split("/")[-1],
    ),
    "tir": Twin(
        tir.CHANGES,
        tir.REPLACEMENTS,
        tir.DRIFTS,
        _make_tir,
        own=r"id|.*_at|.*url|status|.*polls?|.*_id_.*",
        paused=lambda record: record["view"]["status"] == "stopped",
        target=_tir_target,
    ),
}


def wanted(twin: Twin, program: Json, before: Json) -> Json:
    """The program, with what an earlier one set and nobody can take out."""
    kept = {key: before[key] for key in twin.kept if key in before}
    return patched(kept, program)
