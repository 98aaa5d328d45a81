"""A short haul: one process through some lives and calls grows within its bounds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def test_a_short_haul_stays_within_its_bounds() -> None:
    binary = os.environ.get("INFERENCE_BINARY")
    assert binary, "INFERENCE_BINARY names the provider to measure"
    result = subprocess.run(
        [sys.executable, HERE / "haul.py", "--binary", binary, "--lives", "40", "--calls", "4000"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, ""), result.stdout
    assert "after 40 lives (" in result.stdout
    assert ") and 4000 calls: " in result.stdout
