"""What one run of the CLI did: its output and the engine's events, parsed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]


def name_of(urn: str) -> str:
    return urn.rsplit("::", 1)[-1]


def is_ours(urn: str) -> bool:
    return "::inference:" in urn


@dataclass
class Run:
    """One finished command. `events` is empty for commands that log none."""

    arguments: list[str]
    status: int
    stdout: str
    stderr: str
    seconds: float
    events: list[Json] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.stdout + self.stderr

    def _metadata(self, kind: str) -> list[Json]:
        found = (event[kind]["metadata"] for event in self.events if kind in event)
        return [metadata for metadata in found if is_ours(metadata["urn"])]

    @property
    def steps(self) -> list[tuple[str, str]]:
        """(resource, operation) of our resources in the order in which they ended well."""
        return [(name_of(m["urn"]), m["op"]) for m in self._metadata("resOutputsEvent")]

    @property
    def begun(self) -> list[tuple[str, str]]:
        return [(name_of(m["urn"]), m["op"]) for m in self._metadata("resourcePreEvent")]

    @property
    def provider_steps(self) -> list[tuple[str, str]]:
        """(provider, operation) of the providers themselves."""
        found = (e["resOutputsEvent"]["metadata"] for e in self.events if "resOutputsEvent" in e)
        return [
            (name_of(m["urn"]), m["op"]) for m in found if m["type"] == "pulumi:providers:inference"
        ]

    @property
    def failed(self) -> list[str]:
        return [name_of(m["urn"]) for m in self._metadata("resOpFailedEvent")]

    def ops(self, name: str) -> list[str]:
        return [op for resource, op in self.steps if resource == name]

    def diff(self, name: str) -> dict[str, str]:
        """Property path -> kind of difference, as the provider reported it for that resource."""
        for metadata in self._metadata("resourcePreEvent") + self._metadata("resOutputsEvent"):
            if name_of(metadata["urn"]) == name and metadata.get("detailedDiff"):
                details: Json = metadata["detailedDiff"]
                return {path: entry["diffKind"] for path, entry in details.items()}
        return {}

    def states(self, name: str) -> list[Json]:
        """The states of that resource that the events show, oldest first."""
        return [
            metadata["new"]
            for metadata in self._metadata("resOutputsEvent")
            if name_of(metadata["urn"]) == name and metadata.get("new")
        ]

    @property
    def counts(self) -> dict[str, int]:
        """Changes by operation, as the summary counts them: the stack itself is among them."""
        summaries = [event["summaryEvent"] for event in self.events if "summaryEvent" in event]
        return dict(summaries[-1].get("resourceChanges") or {}) if summaries else {}

    def messages(self, *severities: str) -> list[str]:
        """What was said for good (not in passing), in those severities."""
        return [
            event["diagnosticEvent"]["message"]
            for event in self.events
            if "diagnosticEvent" in event
            and not event["diagnosticEvent"].get("ephemeral")
            and event["diagnosticEvent"]["severity"] in severities
        ]

    def said_of(self, name: str) -> list[str]:
        """What was said for good about that resource."""
        found = (e["diagnosticEvent"] for e in self.events if "diagnosticEvent" in e)
        return [
            f"{d['severity']}: {d['message'].strip()}"
            for d in found
            if not d.get("ephemeral") and name_of(d.get("urn", "")) == name
        ]

    @property
    def errors(self) -> str:
        return "\n".join(self.messages("error"))

    @property
    def warnings(self) -> str:
        return "\n".join(self.messages("warning"))

    @property
    def progress(self) -> list[str]:
        """What was said in passing."""
        return [
            event["diagnosticEvent"]["message"].strip()
            for event in self.events
            if "diagnosticEvent" in event and event["diagnosticEvent"].get("ephemeral")
        ]


def read_events(path: Path) -> list[Json]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().split("\n") if line.strip()]
