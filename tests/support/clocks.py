"""What is said of a clock that is off."""

from __future__ import annotations

import re

from support.drivers.hf import Driver

# Whole seconds on both sides, and a reply that takes its time.
NEAR_SECONDS = 5


def told_off(driver: Driver, service: str, seconds: int) -> None:
    """The warning has come that this machine's clock is off by about so many seconds."""
    direction = "behind" if seconds > 0 else "ahead of"
    end = f" s {direction} that of {service}: from now on requests are signed"
    message = driver.logged(end).message
    found = re.search(r"this machine's clock is (\d+)" + re.escape(end), message)
    assert found, message
    assert abs(int(found[1]) - abs(seconds)) <= NEAR_SECONDS, message
