"""One simulator process per test session, reset before each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ark_tools import MOMENT, ArkApi
from hf_tools import HfApi

from simulator.client import Simulator

if TYPE_CHECKING:
    from maas_tools import MaasApi

# So that a simulator process finds the toy cloud.
_HERE = str(Path(__file__).parent)
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [_HERE, os.environ.get("PYTHONPATH")]))


@pytest.fixture(scope="session")
def hf_process() -> Iterator[Simulator]:
    with Simulator("hf") as simulator:
        yield simulator


@pytest.fixture
def hf(hf_process: Simulator) -> Iterator[HfApi]:
    """Hugging Face with nothing stored, a frozen clock and every state passed at once."""
    hf_process.reset()
    hf_process.freeze("2026-10-02T12:41:53Z")
    hf_process.knobs("hf", polls={"pending": 0, "initializing": 0, "updating": 0})
    api = HfApi(hf_process)
    yield api
    api.close()
    assert hf_process.bugs() == []


@pytest.fixture(scope="session")
def ark_process() -> Iterator[Simulator]:
    with Simulator("ark") as simulator:
        yield simulator


@pytest.fixture
def ark(ark_process: Simulator) -> Iterator[ArkApi]:
    """ModelArk with nothing stored, a frozen clock and every state passed at once."""
    ark_process.reset()
    ark_process.freeze(MOMENT)
    ark_process.knobs("ark", polls={"scheduling": 0, "starting": 0})
    api = ArkApi(ark_process)
    yield api
    api.close()
    assert ark_process.bugs() == []


@pytest.fixture
def ark_live(ark_process: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    """ModelArk at the real time, for clients that look at the clock themselves."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    ark_process.reset()
    yield ark_process
    assert ark_process.bugs() == []


@pytest.fixture(scope="session")
def maas_process() -> Iterator[Simulator]:
    with Simulator("maas") as simulator:
        yield simulator


@pytest.fixture
def maas(maas_process: Simulator) -> Iterator[MaasApi]:
    """MaaS with nothing stored, the clock frozen at the date of the signature vectors."""
    from maas_tools import MaasApi  # the official signer: only where it is needed

    maas_process.reset()
    maas_process.freeze("2026-02-26T08:00:00Z")
    api = MaasApi(maas_process)
    yield api
    api.close()
    assert maas_process.bugs() == []
