"""Keys of the data plane: long-lived ones from the knobs, short ones from GetApiKey."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DURATION_MAX_SECONDS = 2592000
RESOURCE_TYPES = ("endpoint", "bot", "action")


@dataclass(frozen=True)
class ApiKey:
    account: str
    region: str
    endpoints: tuple[str, ...] | None = None  # None: every endpoint of the account
    expires: float | None = None

    def covers(self, endpoint_id: str) -> bool:
        return self.endpoints is None or endpoint_id in self.endpoints


def configured(text: str, knobs: Mapping[str, Any]) -> ApiKey | None:
    row = knobs["api_keys"].get(text)
    if row is None:
        return None
    endpoints = row.get("endpoints")
    return ApiKey(
        row["account"],
        row["region"],
        None if endpoints is None else tuple(endpoints),
        row.get("expires"),
    )
