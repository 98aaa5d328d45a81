"""Fixtures of the TIR tests, loaded by each of their modules."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tir_tools import TirApi

from simulator.client import Simulator
from simulator.tir.sample import AT_ONCE

MOMENT = "2026-10-02T12:41:53.000500Z"


@pytest.fixture(scope="session")
def tir_process() -> Iterator[Simulator]:
    with Simulator("tir") as simulator:
        yield simulator


@pytest.fixture
def tir(tir_process: Simulator) -> Iterator[TirApi]:
    """TIR with nothing stored, a frozen clock and every passing state passed at once."""
    tir_process.reset()
    tir_process.freeze(MOMENT)
    tir_process.knobs("tir", polls=AT_ONCE)
    api = TirApi(tir_process)
    yield api
    api.close()
    assert tir_process.bugs() == []
