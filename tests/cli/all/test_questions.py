"""docs/look-ups.md: every command that answers a question is run, and answers."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import four_clouds
import pytest
from four_clouds import CLOUDS, look_up
from simulator.client import Simulator
from support.stacks import Stack, Toolchain

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs/look-ups.md"
SCHEMA = json.loads((ROOT / "schema.json").read_text(encoding="utf-8"))
RECIPES = "tests/cli/all/test_recipes.py"
# Without a stack nothing says where a simulated inference plane is; tests/docs runs its program.
ELSEWHERE = ("inference:maas:getModels",)


def questions() -> dict[str, str]:
    rows = re.findall(r"^\| (.+?\?) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(rows)


def commands(answer: str) -> list[list[str]]:
    found = re.findall(r"`(pulumi [^`]+)`", answer)
    return [shlex.split(line) for line in found]


def of(words: list[str]) -> str:
    """The cloud that a look-up asks."""
    return words[2].split(":")[1]


LOOK_UPS = [words for answer in questions().values() for words in commands(answer) if "do" in words]


@pytest.fixture(scope="module")
def sim() -> Iterator[Simulator]:
    with Simulator(*CLOUDS) as simulator:
        for name in ("hf", "ark", "tir"):
            simulator.knobs(name, {"polls": {}})
        used = {"Day": "2026-09-01", "ModelEndpoint": "ep-1", "TotalTokens": 1200, "ReqCnt": 3}
        simulator.knobs("ark", {"usage": [used]})
        yield simulator


@pytest.fixture(scope="module")
def fleet(sim: Simulator, tools: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    stack = four_clouds.example_stack(tmp_path_factory.mktemp("questions") / "stack", tools, sim)
    stack.up()
    return stack


def about(words: list[str], fleet: Stack) -> list[str]:
    """What the page makes up becomes an endpoint of the fleet."""
    if words[-2] not in ("--id", "--name"):
        return words
    chat = fleet.state(f"{of(words)}-chat")
    return [*words[:-1], chat["id"] if words[-2] == "--id" else chat["outputs"]["name"]]


@pytest.mark.parametrize(
    "words", [words for words in LOOK_UPS if words[2] not in ELSEWHERE], ids=shlex.join
)
def test_it_answers(words: list[str], fleet: Stack, sim: Simulator) -> None:
    before = {name: sim.state(name)["endpoints"] for name in CLOUDS}
    answer = look_up(fleet, *about(words, fleet)[2:])
    if words[2].endswith("getEndpoints"):
        assert len(answer["endpoints"]) == 2
    elif words[2].endswith("getEndpoint"):
        target = fleet.state(f"{of(words)}-chat")["outputs"]["target"]
        assert answer["target"] == {key: target[key] for key in ("baseUrl", "model")}
    else:
        assert any(answer.values())
    assert {name: sim.state(name)["endpoints"] for name in CLOUDS} == before


def test_the_fleet_pauses_and_runs_again(fleet: Stack, sim: Simulator) -> None:
    (answer,) = (text for question, text in questions().items() if "pause" in question)
    lines = commands(answer)
    assert [words[1] for words in lines] == ["config", "up", "config", "up"]
    for words, state in ((lines[:2], "paused"), (lines[2:], "running")):
        fleet.run(*words[0][1:])
        assert fleet.up().counts == {"update": 8, "same": 1}
        wishes = [fleet.state(name)["outputs"]["desiredState"] for name in fleet.ids()]
        assert wishes == [state] * 8


def test_every_look_up_answers_a_question() -> None:
    asked = {words[2] for words in LOOK_UPS}
    assert asked == set(SCHEMA["functions"])


def test_other_answers_are_played_elsewhere() -> None:
    for answer in questions().values():
        for link in re.findall(r"\]\(([^)]+)\)", answer):
            assert (PAGE.parent / link).exists()
    assert "bigger" in (ROOT / RECIPES).read_text(encoding="utf-8")
