"""A custom endpoint, and what the list shows of it."""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.base.clock import rfc3339

Document = dict[str, Any]
MAAS, MODELARTS = "custom_from_maas", "custom_from_modelarts_v2"
SERVING = {"normal", "running", "active", "activated", "bytoken"}


@dataclass
class Endpoint:
    """`versions`: what it was from when on; None once it was deleted. The last one is the truth.

    A document has the members of a list item, and `region` and `infer_service_id`.
    """

    id: str
    account: str
    project: str
    created: float
    versions: list[tuple[float, Document | None]] = field(default_factory=list)
    # Served requests of the last minute: when, and their tokens.
    served: deque[tuple[float, int]] = field(default_factory=deque)

    @property
    def document(self) -> Document:
        """As it is now; only for endpoints that are not deleted."""
        document = self.versions[-1][1]
        assert document is not None
        return document

    @property
    def deleted(self) -> bool:
        return self.versions[-1][1] is None

    @property
    def name(self) -> str:
        return str(self.document["endpoint_name"])

    def change(self, now: float, **members: Any) -> None:
        self.versions.append((now, {**copy.deepcopy(self.document), **members}))

    def replace(self, now: float, document: Document | None) -> None:
        self.versions.append((now, document))

    def seen(self, moment: float) -> tuple[float, Document] | None:
        """The version a list shows that knows what had happened by then."""
        shown = None
        for start, document in self.versions:
            if start <= moment:
                shown = (start, document)
        if shown is None or shown[1] is None:
            return None
        return shown[0], shown[1]

    def serves(self) -> bool:
        return str(self.document["status"]).lower() in SERVING

    def frozen(self) -> bool:
        words = (self.document["status"], self.document["cbc_status"])
        return any(str(word).lower().startswith("frozen") for word in words)


def new_document(identifier: str, body: Document, knobs: Mapping[str, Any]) -> Document:
    """What a create (already checked) stores."""
    model = body.get("model_name")
    maas = body["source"] == MAAS
    return {
        "id": identifier,
        "source": body["source"],
        "status": knobs["status_words"]["created"],
        "cbc_status": "normal",
        "endpoint_name": body["endpoint_name"],
        "remark": body.get("remark") or "",
        "rpm": stored_limit(body.get("rpm"), knobs),
        "tpm": stored_limit(body.get("tpm"), knobs),
        "served_model_name": model if maas else "",
        "model_version_id": "",
        "resident_model_id": f"r-{model.lower()}" if maas and model else "",
        "moderation": body.get("moderation", True),
        "region": body.get("region"),
        "infer_service_id": body.get("infer_service_id"),
    }


def stored_limit(value: int | None, knobs: Mapping[str, Any]) -> int | None:
    """Zero clears a limit, or so the knob says."""
    return None if value == 0 and knobs["zero_limit"] == "null" else value


def item(
    endpoint: Endpoint, document: Document, changed: float, knobs: Mapping[str, Any]
) -> Document:
    """One member of the list's `items`."""
    result = copy.deepcopy(document)
    further = {name: result.pop(name, None) for name in ("region", "infer_service_id")}
    model = result.get("served_model_name")
    if model in knobs["served_names"]:
        result["served_model_name"] = knobs["served_names"][model]
    if result.get("remark") == "" and knobs["empty_remark"] != "empty":
        result["remark"] = None
        if knobs["empty_remark"] == "absent":
            del result["remark"]
    if knobs["further_fields"]:
        services = knobs["services"].get(further["region"] or "", {})
        service = services.get(further["infer_service_id"] or "", {})
        result |= {
            **further,
            "infer_service_name": service.get("name"),
            "create_time": rfc3339(endpoint.created),
            "update_time": rfc3339(changed),
        }
    return result
