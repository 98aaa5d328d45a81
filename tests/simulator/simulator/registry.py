"""The clouds this simulator knows: one row each, `name: "module:class"`.

The order is the order in which clouds are asked when they share one port, so a cloud that
claims only what is surely its own comes before one that claims whole trees of paths.
"""

from __future__ import annotations

from importlib import import_module

from simulator.base.cloud import Cloud

CLOUDS: dict[str, str] = {
    "ark": "simulator.ark:ModelArk",
    "hf": "simulator.hf:HuggingFace",
    "tir": "simulator.tir:Tir",
    "maas": "simulator.maas:Maas",
}


def load(name: str) -> type[Cloud]:
    """The class of a registered cloud; its module is imported only now."""
    module, _, attribute = CLOUDS[name].partition(":")
    cloud: type[Cloud] = getattr(import_module(module), attribute)
    return cloud
