"""The first signal to end interrupts; what follows it, and what comes while destroying, waits."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

NAMES = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _handle(handler: Callable[..., None]) -> None:
    for name in NAMES:
        signal.signal(name, handler)


def _wait(*_: object) -> None:
    print("what was made is being destroyed; please wait", flush=True)


def _interrupt(*_: object) -> None:
    _handle(_wait)
    raise KeyboardInterrupt


def interrupt_once() -> None:
    _handle(_interrupt)


@contextmanager
def undisturbed() -> Iterator[None]:
    before = {name: signal.signal(name, _wait) for name in NAMES}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
