"""What a cloud holds, as JSON that another simulator takes back."""

from __future__ import annotations

from collections import deque
from operator import attrgetter
from typing import Any

from cattrs.errors import BaseValidationError
from cattrs.preconf.json import make_converter

from simulator.base.cloud import Cloud, ControlError

_CONVERTER = make_converter(
    forbid_extra_keys=True, unstruct_collection_overrides={set: sorted, deque: list}
)


def take(cloud: Cloud) -> dict[str, Any]:
    """Everything stored, and how far its ids are; not knobs, faults and record."""
    stored = {
        path: _CONVERTER.unstructure(attrgetter(path)(cloud), unstructure_as=kind)
        for path, kind in cloud.STORED.items()
    }
    return {"cloud": cloud.NAME, "ids": cloud.ids.snapshot(), "stored": stored}


def put_back(cloud: Cloud, snapshot: dict[str, Any]) -> None:
    """Instead of what is stored now; ControlError, and nothing changes, when it makes no sense."""
    if snapshot.get("cloud") != cloud.NAME:
        raise ControlError(f"no snapshot of {cloud.NAME}")
    try:
        ids = _CONVERTER.structure(snapshot.get("ids"), dict[str, Any])
        kept = snapshot.get("stored", {})
        stored = {
            path: _CONVERTER.structure(kept.get(path), kind)
            for path, kind in cloud.STORED.items()
            if path in kept or path not in cloud.STORED_LATER
        }
        cloud.ids.restore(**ids)
    except (BaseValidationError, TypeError, AttributeError) as error:
        raise ControlError(f"no snapshot of this simulator: {error}") from error
    for path in cloud.STORED:
        held, value = attrgetter(path)(cloud), stored.get(path, [])
        held.clear()
        held.update(value) if isinstance(held, dict) else held.extend(value)
