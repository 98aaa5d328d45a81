"""Random lives on each cloud. MODEL_SEQUENCES says how many, MODEL_SEED which.

A life that goes wrong is printed, shortened, as the steps to play.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from chaos.targets import TARGETS
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from model.machine import machine
from simulator.client import Simulator

SEQUENCES = int(os.environ.get("MODEL_SEQUENCES", "5"))
SEED = int(os.environ.get("MODEL_SEED", "1"))
STEPS = 6  # of a life, at most


@pytest.mark.parametrize("cloud", TARGETS)
def test_lives(binary: Path, cloud: str, record_property: Any) -> None:
    chosen = settings(
        max_examples=SEQUENCES,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        print_blob=True,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    knobs = {cloud: TARGETS[cloud].knobs}
    with Simulator(cloud, knobs=knobs) as sim, Simulator(cloud, knobs=knobs) as twin_sim:
        life = seed(SEED)(machine(cloud, binary, sim, twin_sim))
        try:
            run_state_machine_as_test(life, settings=chosen)
        finally:
            print(f"{cloud}, MODEL_SEED={SEED}, MODEL_SEQUENCES={SEQUENCES}: {dict(life.counted)}")
        for key, value in life.counted.items():
            record_property(key, value)
