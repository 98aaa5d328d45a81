"""What the command keeps from one process to the next, and what it tells a shell."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hf_tools import HfApi

from simulator.client import Simulator, SimulatorError
from simulator.registry import load

COMMAND = [sys.executable, "-m", "simulator"]
CLOUDS = ("ark", "hf", "maas", "tir")


def keeping(path: Path, *clouds: str) -> Simulator:
    return Simulator(*clouds, arguments=("--state", str(path)))


def make(sim: Simulator) -> None:
    """The endpoint me/demo."""
    api = HfApi(sim)
    api.made()
    api.close()


def wait_for(path: Path, text: str) -> None:
    deadline = time.monotonic() + 30
    while not path.exists() or text not in path.read_text():
        assert time.monotonic() < deadline, f"{path} never held {text}"
        time.sleep(0.05)


def test_what_was_made_is_there_in_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with keeping(path, "hf") as sim:
        make(sim)
        held = sim.state("hf")["endpoints"]
    assert path.stat().st_mode & 0o777 == 0o600
    with keeping(path, "hf") as sim:
        assert json.dumps(sim.state("hf")["endpoints"]).replace(sim.url("hf"), "URL") == re.sub(
            r"http://127\.0\.0\.1:\d+", "URL", json.dumps(held)
        )
        assert list(held) == ["me/demo"]
        sim.delete("hf", "me/demo")
    with keeping(path, "hf") as sim:
        assert sim.state("hf")["endpoints"] == {}


def test_a_process_that_is_killed_has_kept_it_too(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    sim = keeping(path, "hf").start()
    make(sim)
    wait_for(path, "me/demo")
    os.kill(sim.pid, signal.SIGKILL)
    sim.stop()
    with keeping(path, "hf") as again:
        assert list(again.state("hf")["endpoints"]) == ["me/demo"]


def test_what_is_not_served_now_stays_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with keeping(path, "hf") as sim:
        make(sim)
    with keeping(path, "ark") as sim:
        assert sim.state("ark")["endpoints"] == {}
    with keeping(path, "hf", "ark") as sim:
        assert list(sim.state("hf")["endpoints"]) == ["me/demo"]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"clouds": 1}', '{"clouds": {"hf": {}}}', '{"clouds": {"hf": null}}'],
)
def test_a_file_that_is_none_of_ours_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "state.json"
    path.write_text(text)
    with pytest.raises(SimulatorError, match="ended with 1"):
        keeping(path, "hf").start()
    assert path.read_text() == text


def test_exports_are_lines_for_a_shell(tmp_path: Path) -> None:
    out = tmp_path / "simulator.env"
    with out.open("w") as file:
        process = subprocess.Popen(
            [*COMMAND, "--exports", "--until-eof"], stdin=subprocess.PIPE, stdout=file
        )
        try:
            wait_for(out, "E2E_TIR_LOCATION")
        finally:
            process.communicate(b"", timeout=30)
    assert process.returncode == 0
    script = f"set -eu; . {out}; env -0"
    shell = subprocess.run(["sh", "-c", script], env={}, capture_output=True, check=True, text=True)
    found = dict(line.partition("=")[::2] for line in shell.stdout.split("\0"))
    for cloud in CLOUDS:
        for name, value in load(cloud).ENVIRONMENT.items():
            wanted = re.escape(value).replace(re.escape("{url}"), r"http://127\.0\.0\.1:\d+")
            assert re.fullmatch(wanted, found[name])


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_credentials_are_those_of_the_first_knobs(cloud: str) -> None:
    kind = load(cloud)
    text = json.dumps(kind.KNOBS)
    secret = {"KEY", "TOKEN"}
    found = {n: v for n, v in kind.ENVIRONMENT.items() if n.rpartition("_")[2] in secret}
    assert found and all(value in text for value in found.values())
