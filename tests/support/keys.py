"""Tests of Check that each cloud's test_*_keys.py runs over rows of its own: what a program writes
in a wrong place, by another name or in a wrong type is told where it belongs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from support.drivers.hf import Driver

Inputs = Callable[..., dict[str, Any]]  # valid inputs of the cloud, with a patch
OPTIONS = ["customTimeouts", "dependsOn", "ignore_changes", "protect", "retainOnDelete"]


def meant(inputs: Inputs, rows: Sequence[tuple[dict[str, Any], str, str]]) -> Any:
    """Rows of a patch, the path that is told, and the places that are offered for it."""

    @pytest.mark.parametrize(("patch", "path", "places"), rows)
    def test(driver: Driver, patch: dict[str, Any], path: str, places: str) -> None:
        here = " here" if "." in places.split(", ")[-1] or "top" in places else ""
        reason = f"unknown property{here}; did you mean {places}?"
        assert driver.refused(inputs(**patch)) == {path: reason}

    return test


def settings(inputs: Inputs, rows: Sequence[tuple[str, str, bool, str]]) -> Any:
    """Rows of a key, the provider's setting that it is, whether that is a secret, and what follows
    the advice."""

    @pytest.mark.parametrize(("key", "setting", "secret", "more"), rows)
    def test(driver: Driver, key: str, setting: str, secret: bool, more: str) -> None:
        assert driver.refused(inputs(**{key: "x"})) == {
            key: "is no input but a setting of the provider: run pulumi config set "
            f"inference:{setting} <value>{' --secret' if secret else ''}, or set {setting} in the "
            f"program's provider resource{more}"
        }

    return test


def options(inputs: Inputs) -> Any:
    """What the engine knows as options of a resource."""

    @pytest.mark.parametrize("key", OPTIONS)
    def test(driver: Driver, key: str) -> None:
        reason = "is no input but a resource option: set it with the resource's options"
        assert driver.refused(inputs(**{key: []})) == {key: reason}

    return test


def types(inputs: Inputs, rows: Sequence[tuple[dict[str, Any], str, str]]) -> Any:
    """Rows of a patch, the path that is told, and why. Each is told once: rules across properties
    skip what is wrong by itself."""

    @pytest.mark.parametrize(("patch", "path", "reason"), rows)
    def test(driver: Driver, patch: dict[str, Any], path: str, reason: str) -> None:
        assert driver.refused(inputs(**patch)) == {path: reason}

    return test
