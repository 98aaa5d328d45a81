"""What the provider says gives more time, by what gave the call its time."""

from __future__ import annotations

# Deletes and refreshes know the program as the state has it.
LATER = "; what the program says counts as the state records it, after a pulumi up"


def of_option(phase: str, seconds: float | str) -> str:
    later = LATER if phase == "delete" else ""
    return (
        f"For more time than {seconds} s raise the resource option customTimeouts.{phase}, which "
        f"takes precedence over the input timeouts.{phase} and inference:timeout{later}"
    )


def of_input(phase: str, seconds: float) -> str:
    later = LATER if phase == "delete" else ""
    return (
        f"For more time than {seconds} s raise the input timeouts.{phase}, or set the resource "
        f"option customTimeouts.{phase}{later}"
    )


def of_setting(phase: str, seconds: float) -> str:
    later = LATER if phase == "delete" else ""
    return (
        f"For more time than {seconds} s raise inference:timeout, or set the resource option "
        f"customTimeouts.{phase} or the input timeouts.{phase}{later}"
    )
