"""INFERENCE_BINARY names the provider that is tried."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def binary() -> Path:
    name = os.environ.get("INFERENCE_BINARY")
    assert name, "INFERENCE_BINARY names the provider to test"
    return Path(name).resolve()
