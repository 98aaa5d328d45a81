"""An import of an endpoint whose environment the service masks."""

from __future__ import annotations

from pathlib import Path

from simulator.client import Simulator
from support.clouds import tir
from support.stacks import Stack, Toolchain
from tirs import named, stored

VARIABLES = [{"key": "A", "value": "a-1234"}, {"key": "B", "value": "b-1234"}]


def test_a_preview_names_the_masked_values_that_would_be_lost(
    stack: Stack, sim: Simulator, tools: Toolchain, tmp_path: Path
) -> None:
    other = Stack(tmp_path / "other", tools, sim)
    other.configure(tir.config(sim.url("tir")))
    environment = {"resourceDetails": {"envVariables": VARIABLES}}
    stack.write({"chat": named("chat", environment)})
    stack.up()
    sim.knobs("tir", env_values="masked")
    (number,) = stored(sim)
    run = other.import_one(tir.TOKEN, "chat", number)
    assert "resourceDetails.envVariables (A, B) cannot be read back" in run.warnings
    keys = [{"key": one["key"]} for one in VARIABLES]
    shown = other.state("chat")["inputs"]["resourceDetails"]["envVariables"]
    assert [{"key": one["key"]} for one in shown] == keys
    assert "*" not in str(shown)
    other.write(
        {"chat": named("chat", {"modelPath": "a", "resourceDetails": {"envVariables": keys}})}
    )
    run = other.preview()
    assert f"loses resourceDetails.envVariables (A, B), which endpoint {number} has" in run.warnings
    other.write({"chat": named("chat", {"modelPath": "a", **environment})})
    assert "loses" not in other.up().text
    assert "loses" not in other.preview().text
