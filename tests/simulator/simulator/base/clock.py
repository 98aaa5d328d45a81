"""The simulated clock: real time until a test freezes, sets or advances it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone


class Clock:
    """Seconds since the epoch as the simulated clouds see them."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._frozen_at: float | None = None

    def now(self) -> float:
        if self._frozen_at is not None:
            return self._frozen_at
        return time.time() + self._offset

    @property
    def frozen(self) -> bool:
        return self._frozen_at is not None

    def freeze(self) -> None:
        self._frozen_at = self.now()

    def unfreeze(self) -> None:
        """Run on from the moment shown, not from the real time."""
        if self._frozen_at is not None:
            self._offset = self._frozen_at - time.time()
            self._frozen_at = None

    def advance(self, seconds: float) -> None:
        if self._frozen_at is not None:
            self._frozen_at += seconds
        else:
            self._offset += seconds

    def set(self, epoch_s: float) -> None:
        self.advance(epoch_s - self.now())

    def reset(self) -> None:
        self._offset = 0.0
        self._frozen_at = None

    def as_datetime(self, zone: timezone = UTC) -> datetime:
        return to_datetime(self.now(), zone)


def to_datetime(epoch_s: float, zone: timezone = UTC) -> datetime:
    return datetime.fromtimestamp(0, zone) + timedelta(seconds=epoch_s)


def rfc3339(epoch_s: float, digits: int = 3) -> str:
    """UTC with a `Z`, and exactly `digits` (0 to 9) fraction digits."""
    # A float holds no more than microseconds of today.
    nanoseconds = round(epoch_s * 1_000_000) * 1000
    whole, fraction = divmod(nanoseconds, 1_000_000_000)
    text = datetime.fromtimestamp(whole, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{fraction:09d}"[: len(text) + (digits + 1 if digits else 0)] + "Z"


def parse_rfc3339(text: str) -> float:
    """Epoch seconds of an RFC 3339 time with up to nine fraction digits."""
    normal = text.strip().replace("z", "Z").replace("Z", "+00:00")
    head, dot, tail = normal.partition(".")
    if dot:
        digits = tail[: len(tail) - len(tail.lstrip("0123456789"))]
        normal = f"{head}.{digits[:6].ljust(6, '0')}{tail[len(digits) :]}"
    moment = datetime.fromisoformat(normal)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.timestamp()
