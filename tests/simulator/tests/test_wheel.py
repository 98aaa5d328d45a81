"""The package that users install: it is whole, and its command works without this tree."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest

from simulator.registry import CLOUDS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the wheel is installed. Its build writes into the tree, so that is a copy."""
    root = tmp_path_factory.mktemp("wheel")
    skipped = shutil.ignore_patterns("tests", "build", "*.egg-info", "__pycache__")
    shutil.copytree(ROOT, root / "tree", ignore=skipped)
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", "."]
    subprocess.run([*PIP, *build, "./tree"], cwd=root, check=True, timeout=120)
    (wheel,) = root.glob("*.whl")
    install = ["install", "--no-deps", "--no-index", "--target", "site", str(wheel)]
    subprocess.run([*PIP, *install], cwd=root, check=True, timeout=120)
    return root / "site"


def metadata(site: Path) -> Message:
    (folder,) = site.glob("*.dist-info")
    return message_from_string((folder / "METADATA").read_text())


def test_it_says_what_it_is(site: Path) -> None:
    told = metadata(site)
    assert (told["Name"], told["Version"]) == (PROJECT["name"], PROJECT["version"])
    assert told.get_payload().strip() == (ROOT / "README.md").read_text().strip()


def test_nothing_is_missing_and_nothing_is_too_much(site: Path) -> None:
    packed = {str(path.relative_to(site)) for path in site.glob("simulator/**/*")}
    there = {str(path.relative_to(ROOT)) for path in (ROOT / "simulator").rglob("*")}
    assert {name for name in packed if "__pycache__" not in name} == {
        name for name in there if "__pycache__" not in name
    }
    assert {path.name for path in site.iterdir()} == {
        "bin",
        "simulator",
        f"inference_simulator-{PROJECT['version']}.dist-info",
    }


def test_its_command_serves_every_cloud(site: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(site)}
    where = subprocess.run(
        [sys.executable, "-c", "import simulator; print(simulator.__file__)"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(site))
    done = subprocess.run(
        [site / "bin/inference-simulator", "--until-eof"],
        input="",
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert list(json.loads(done.stdout)) == [*CLOUDS, "control", "page"]
    assert done.stderr == ""
