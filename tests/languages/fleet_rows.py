"""Examples of several endpoints on several clouds: what they make, and what each change does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from example_rows import ALL, HF, TIR, Example

Calls = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Step:
    """Configuration that is set (in the project's namespace, if the key names no other; None takes
    it out), the diffs it shows by resource, the requests that follow."""

    config: Mapping[str, str | None]
    diffs: Mapping[str, Mapping[str, str]]
    calls: Calls


@dataclass(frozen=True)
class Fleet:
    folder: str
    languages: tuple[str, ...]
    clouds: tuple[Example, ...]
    endpoints: Mapping[str, int]  # how many at each cloud
    steps: tuple[Step, ...]

    def all(self, operation: str) -> Calls:
        """That request once for each endpoint."""
        return {(cloud, operation): count for cloud, count in self.endpoints.items()}

    @property
    def writes(self) -> set[tuple[str, str]]:
        """The requests that count as changes."""
        listed = Counter[tuple[str, str]]()
        for calls in (self.all("endpoint.create"), self.all("endpoint.delete")):
            listed.update(calls)
        for step in self.steps:
            listed.update(step.calls)
        return set(listed)


FOUR_CLOUDS = Fleet(
    folder="all",
    languages=("typescript", "python", "go"),  # tests/cli/all plays the one in YAML
    clouds=ALL,
    endpoints={example.cloud: 2 for example in ALL},
    steps=(
        Step(
            config={"maxReplicas": "4", "requestsPerMinute": "90"},
            diffs={
                "hf-chat": {"compute.scaling.maxReplica": "update"},
                "ark-drafts": {"rateLimit.rpm": "update"},
                "maas-drafts": {"rpm": "update"},
                "tir-chat": {"autoScalePolicy.maxReplicas": "update"},
            },
            calls={
                ("hf", "endpoint.update"): 1,
                ("ark", "endpoint.update"): 1,
                ("maas", "endpoint.edit"): 1,
                ("tir", "endpoint.updateAutoScale"): 1,
            },
        ),
    ),
)
PAUSING = Fleet(
    folder="pausing",
    languages=("yaml", "typescript", "python", "go"),
    clouds=(HF, TIR),
    endpoints={"hf": 1, "tir": 1},
    steps=(
        Step(
            config={"inference:desiredState": "paused"},
            diffs={name: {"desiredState": "add"} for name in ("chat", "search")},
            calls={("hf", "endpoint.pause"): 1, ("tir", "endpoint.stop"): 1},
        ),
        Step(
            config={"inference:desiredState": None},
            diffs={name: {"desiredState": "delete"} for name in ("chat", "search")},
            calls={("hf", "endpoint.resume"): 1, ("tir", "endpoint.start"): 1},
        ),
    ),
)
FLEETS = (FOUR_CLOUDS, PAUSING)
