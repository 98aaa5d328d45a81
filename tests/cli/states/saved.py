"""A stack that some version of the provider wrote, in a folder, and how it is opened again.

The folder has the program, the stack's configuration and what `pulumi stack export` printed, with
secrets encrypted as users keep them, and beside it what the simulated cloud held then. Wherever the
simulator's address was, they say `ADDRESS`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from services import ALL, Service
from simulator.client import Simulator
from support.clouds.description import Json
from support.stacks import STACK, Stack, Toolchain

FOLDER = Path(__file__).parents[2] / "fixtures" / "states"
ADDRESS = "http://simulator.example"
PROJECT_FILES = ("Pulumi.yaml", f"Pulumi.{STACK}.yaml")
STATE, CLOUD = "state.json", "cloud.json"
CASES = (
    "healthy",
    "partial",
    "adopted",
    "imported",
    "paused",
    "pending-deletion",
    "explicit-provider",
)


@dataclass(frozen=True)
class Saved:
    version: str
    service: Service
    case: str

    def __str__(self) -> str:
        return f"{self.version}-{self.service.name}-{self.case}"

    @property
    def folder(self) -> Path:
        return FOLDER / self.version / self.service.name / self.case

    def write(self, stack: Stack) -> None:
        """All four files, from a stack and its simulator."""
        self.folder.mkdir(parents=True, exist_ok=True)
        held = json.dumps(stack.sim.snapshot(self.service.name), indent=1, sort_keys=True) + "\n"
        state = json.dumps(_without_places(json.loads(stack.export())), indent=1) + "\n"
        texts = {name: (stack.project / name).read_text() for name in PROJECT_FILES}
        for name, text in {**texts, STATE: state, CLOUD: held}.items():
            address = stack.sim.url(self.service.name)
            (self.folder / name).write_text(text.replace(address, ADDRESS))

    def read(self, name: str, sim: Simulator) -> str:
        text = (self.folder / name).read_text()
        return text.replace(ADDRESS, sim.url(self.service.name))

    def entries(self) -> list[Json]:
        """Those of the state that are endpoints."""
        resources = json.loads((self.folder / STATE).read_text())["deployment"]["resources"]
        return [resource for resource in resources if resource["type"] == self.service.token]

    def targets(self) -> list[str]:
        """The endpoints of the state, those to be deleted first, as the simulator names them."""
        ours = sorted(self.entries(), key=lambda entry: not entry.get("delete"))
        return [self.service.target(entry["id"]) for entry in ours]

    def left_overs(self) -> Sequence[str]:
        """The operations by which a run that deletes looks for what an earlier one left."""
        chosen = any("name" in entry["inputs"].get("__defaults", []) for entry in self.entries())
        by_name = self.service.left_overs_by_name if chosen else ()
        return (*self.service.left_overs, *by_name)

    def open(self, root: Path, tools: Toolchain, sim: Simulator) -> Stack:
        """The stack with the provider under test, and the simulator as it was; no requests yet."""
        self.service.start(sim)
        sim.restore(self.service.name, json.loads(self.read(CLOUD, sim)))
        stack = SavedStack(root, tools, sim, self)
        state = root / STATE
        state.write_text(self.read(STATE, sim))
        stack.run("stack", "import", "--file", str(state))
        return stack


class SavedStack(Stack):
    """Its project is the saved one's."""

    def __init__(self, root: Path, tools: Toolchain, sim: Simulator, saved: Saved) -> None:
        self._saved = saved
        super().__init__(root, tools, sim)

    def begin(self) -> None:
        for name in PROJECT_FILES:
            (self.project / name).write_text(self._saved.read(name, self.sim))
        self.init()


def _without_places(exported: Json) -> Json:
    """Without where in the sources of the CLI each resource was registered: most of the text."""
    for resource in exported["deployment"]["resources"]:
        for member in ("sourcePosition", "stackTrace"):
            resource.pop(member, None)
    return exported


def all_saved(wanted: Callable[[str], bool] = lambda case: True) -> list[Saved]:
    """What is in the folder, by version, cloud and case."""
    return [
        Saved(version.name, service, case)
        for version in sorted(FOLDER.iterdir())
        if version.is_dir()
        for service in ALL
        for case in CASES
        if wanted(case)
    ]
