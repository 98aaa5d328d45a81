"""GetEndpointCertificate: one fixed set of certificates, or one of the ways to have none."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from simulator.ark.errors import ApiError

# Leaf, intermediate and root made once for `ark.example`; nobody has the keys any more.
FILE = "certificate.json"


def answer(kind: str) -> Any:
    """The Result that the knob asks for."""
    if kind == "pem":
        return json.loads((files("simulator.ark") / FILE).read_text())
    if kind == "blank":
        blank = dict.fromkeys(json.loads((files("simulator.ark") / FILE).read_text()), "")
        return {**blank, "NotBefore": 0, "NotAfter": 0}
    if kind == "empty":
        return {}
    if kind == "null":
        return None
    if kind == "error":
        raise ApiError(500, "InternalError", "The certificate service is unavailable.")
    raise ApiError(404, "NotFound.Certificate", "The endpoint has no certificate.")
