"""docs/permissions.md names every request that the provider can make, and all a life sends."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from simulator.client import Recorded, Simulator
from support.drivers.kinds import KINDS
from test_lives import LIVES, Life, clouds, run

pytestmark = pytest.mark.one_call

ROOT = Path(__file__).resolve().parents[2]
TITLES = {
    "Hugging Face": "hf",
    "BytePlus ModelArk": "ark",
    "Huawei Cloud MaaS": "maas",
    "E2E Networks TIR": "tir",
}
PARAMETER = re.compile(r"\\\{\w+\\\}")


def rows(cloud: str) -> dict[str, str]:
    """Operation to request, as the page says."""
    page = (ROOT / "docs/permissions.md").read_text(encoding="utf-8")
    for part in page.split("\n## ")[1:]:
        if TITLES[part.partition("\n")[0]] == cloud:
            cells = [line.split(" | ") for line in part.splitlines() if line.startswith("| ")]
            return {cell[0].strip("| "): cell[1] for cell in cells[2:]}
    raise AssertionError(f"no chapter of {cloud}")


def operations(cloud: str) -> dict[str, Any]:
    path = ROOT / f"provider/clouds/{cloud}/{cloud}.yaml"
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["operations"]
    return found


def is_told(request: Recorded, told: str) -> bool:
    """Does that cell stand for the request?"""
    pattern, _, action = told.partition(", action ")
    pattern = pattern.strip("`")
    if " " not in pattern:  # an action in the query
        return ("Action", pattern) in [tuple(pair) for pair in request.parameters]
    method, path = pattern.split(" ")
    expected = PARAMETER.sub("[^/]+", re.escape(path))
    same_action = not action or (request.json or {}).get("action") == action.strip("`")
    return (
        request.method == method and bool(re.search(f"{expected}$", request.path)) and same_action
    )


@pytest.mark.parametrize("cloud", TITLES.values())
def test_every_operation_has_a_row(cloud: str) -> None:
    assert set(rows(cloud)) == set(operations(cloud))


@pytest.mark.parametrize("cloud", TITLES.values())
def test_requests_are_those_of_the_table(cloud: str) -> None:
    for name, told in rows(cloud).items():
        row = operations(cloud)[name]
        action = row.get("query", {}).get("Action")
        path = row["path"].replace("{+base}", "").replace("{listedTeam}", "{team}")
        wanted = f"`{action}`" if action else f"`{row['method']} {path}`"
        if cloud == "tir" and "body" in row:
            wanted += f", action `{row['body']['action']}`"
        assert told == wanted, name


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.cloud)
def test_a_life_sends_nothing_else(run: Callable[[], Any], clouds: Simulator, life: Life) -> None:
    driver = run()
    inputs = driver.checked(KINDS[life.cloud].inputs())
    id, state = driver.create(inputs)
    news = driver.checked(
        KINDS[life.cloud].inputs(**life.change, desiredState="paused"), olds=inputs
    )
    state = driver.update(inputs, news, state, id=id)
    again = driver.checked(KINDS[life.cloud].inputs(), olds=news)
    state = driver.update(news, again, state, id=id)
    driver.read(id, state, again)
    list(driver.list())
    driver.delete(id, state, again)
    driver.delete(id, state, again)
    cells = rows(life.cloud).values()
    requests = clouds.requests(life.cloud)
    assert len(requests) >= 8
    untold = [r.operation for r in requests if not any(is_told(r, cell) for cell in cells)]
    assert untold == []


__all__ = ["clouds", "run"]
