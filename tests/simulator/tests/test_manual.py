"""The pages say what the code has, and nothing else: knobs, operations, faults, routes, options."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from simulator.ark import gate
from simulator.ark.dataplane import plane
from simulator.base.cloud import Cloud
from simulator.base.control import Control
from simulator.base.faults import KINDS, Fault
from simulator.base.messages import Request
from simulator.base.record import Record
from simulator.base.server import World
from simulator.cli import parse_arguments
from simulator.client import Simulator
from simulator.hf import routes as hf_routes
from simulator.maas import routes as maas_routes
from simulator.registry import CLOUDS, load
from simulator.tir import routes as tir_routes

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
TIR_ROUTES = (*tir_routes.SCOPED, *tir_routes.UNSCOPED)
OPERATIONS = {
    "ark": {*gate.ACTIONS.values(), *plane.PATHS.values(), plane.PICTURE, "dataplane.unknown"},
    "hf": {name for _, _, name, _ in hf_routes.ROUTES},
    "maas": {name for _, _, name, _ in maas_routes.ROUTES},
    "tir": {*(name for _, _, name in TIR_ROUTES), *tir_routes.ACTIONS.values(), "dataplane"},
}
# What a cloud has for the machinery alone, not for who writes one.
OF_THE_MACHINERY = {"first_knobs", "environment"}


def page(cloud: str) -> str:
    return (ROOT / f"{cloud}.md").read_text()


def chapter(text: str, title: str) -> str:
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def tables(text: str, head: str) -> Iterator[list[str]]:
    """The rows of every table whose first column has that head."""
    inside = False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if not line.startswith("|"):
            inside = False
        elif cells[0] == head:
            inside = True
        elif inside and set(line) - set("|- "):
            yield cells


def coded(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def knobs(cloud: str) -> list[tuple[str, str]]:
    """Each knob of a page with its first value; one value may stand for all knobs of a row."""
    rows = []
    for names, values, _ in tables(page(cloud), "knob"):
        parts = values.split(", ") if len(values.split(", ")) == len(coded(names)) else [values]
        parts *= 1 if len(parts) > 1 else len(coded(names))
        rows += zip(coded(names), parts, strict=True)
    return rows


def shown(value: Any) -> str:
    """A value as a page writes it: JSON, and texts between backticks."""
    if isinstance(value, str):
        return f"`{value}`" if value else '`""`'
    text = json.dumps(value)
    return f"`{text}`" if isinstance(value, list | dict) else text


@pytest.mark.parametrize("cloud", CLOUDS)
def test_each_knob_is_on_its_page_once(cloud: str) -> None:
    assert sorted(name for name, _ in knobs(cloud)) == sorted(load(cloud).KNOBS)


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_first_values_are_those_of_the_code(cloud: str) -> None:
    """Of what is longer than a word, the page gives the gist."""
    known = load(cloud).KNOBS
    simple = {n: v for n, v in known.items() if not isinstance(v, list | dict) or not v}
    told = dict(knobs(cloud))
    assert {name: told[name] for name in simple} == {n: shown(v) for n, v in simple.items()}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_operations(cloud: str) -> None:
    told = {
        name
        for name in coded(chapter(page(cloud), "Operations and targets"))
        if re.fullmatch(r"[a-z][A-Za-z0-9]+\.[a-zA-Z0-9]+", name) or name in OPERATIONS[cloud]
    }
    assert told == OPERATIONS[cloud]
    assert "`unknown`" in chapter(page(cloud), "Operations and targets")


@pytest.mark.parametrize("cloud", CLOUDS)
def test_actions_of_one_cloud(cloud: str) -> None:
    code = set(re.findall(r'action == "(\w+)"', inspect.getsource(load(cloud).control)))
    assert set(re.findall(rf'sim\.call\("{cloud}", "(\w+)"', page(cloud))) == code


def test_clouds() -> None:
    assert {coded(row[0])[0] for row in tables(README, "cloud")} == set(CLOUDS)


def test_kinds_and_members_of_faults() -> None:
    assert [name for row in tables(README, "kind") for name in coded(row[0])] == list(KINDS)
    told = " ".join(coded(chapter(README, "Control route")))
    members = {field.name for field in fields(Fault)} - {"id"}
    assert {name for name in members if not re.search(rf"\b{name}\b", told)} == set()


def test_control_routes() -> None:
    control = Control(World([], "0"), {})
    code = {(method, path) for method, path, _ in control._routes()} | {("POST", "/listen")}
    told = set()
    for route, _ in tables(chapter(README, "Control route"), "route under `/_control`"):
        path = coded(route)[0] if coded(route) else ""
        told |= {(method, path) for method in re.findall(r"\b[A-Z]{3,}\b", route)}
    assert told == code


def test_members_of_the_record() -> None:
    request = Request("GET", "/", "", [], b"", 0.0)
    code = list(Record().open("hf", request, connection=1, monotonic=0.0).as_json())
    assert re.findall(r"\*\*Record\.\*\* [^`]*`([^`]+)`", README)[0].split() == code


def test_options_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse_arguments(["--help"])
    code = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help"}
    assert {coded(row[0])[0].split()[0] for row in tables(README, "option")} == code


def test_what_a_test_may_call() -> None:
    told = set(re.findall(r"\w+", chapter(README, "From a test")))
    assert {name for name in vars(Simulator) if not name.startswith("_")} <= told


def test_what_a_cloud_has() -> None:
    told = {
        name.partition("(")[0].removeprefix("self.").partition(".")[0]
        for row in tables(chapter(README, "Adding a cloud"), "the class has")
        for name in coded(row[0])
    }
    code = {name for name in vars(Cloud) if not name.startswith("_")} - OF_THE_MACHINERY
    assert told == code | {"NAME", "clock", "ids", "knobs", "context"}
