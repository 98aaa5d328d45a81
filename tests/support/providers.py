"""Explicit providers of a program, and configuration that becomes known late."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from support.clouds.description import Json
from support.stacks import Stack

NOWHERE = "https://nowhere.example"


def provider(properties: Mapping[str, Any]) -> Json:
    return {"type": "pulumi:providers:inference", "properties": dict(properties)}


def own_keys(config: Mapping[str, Any]) -> Json:
    """Configuration of a stack as properties of a provider."""
    return {key.split(":", 1)[1]: value for key, value in config.items()}


def play_late_configuration(
    stack: Stack, first: Json, second: Json, late: Mapping[str, str]
) -> None:
    """Settings of the second one's provider are outputs of the first: unknown in a preview as long
    as that is still to be made, which must not trouble it."""
    own = provider({**own_keys(stack.config), **own_keys(late)})
    behind = {**second, "options": {**second.get("options", {}), "provider": "${own}"}}
    stack.write({"first": first, "own": own, "second": behind})
    assert stack.preview().counts == {"create": 4}
    assert stack.up().counts == {"create": 4}
    assert stack.up().counts == {"same": 4}
