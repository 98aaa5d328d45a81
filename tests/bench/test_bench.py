"""The bench still measures: every figure comes, with tiny counts. Nothing timed is judged, but what
our own objects take for a call is."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
OWN = "  of them in our own objects"
BASELINE: dict[str, float] = json.loads((HERE / "instructions.json").read_text()).get(
    platform.machine(), {}
)


def instructions(name: str) -> list[tuple[str, str, float | None]]:
    """Of the process, and of our own objects: at most 5 % more than the committed baseline."""
    limit = BASELINE[name] * 1.05 if name in BASELINE else None
    return [(f"instructions for one {name}", "", None), (OWN, "", limit)]


# Name, unit, limit.
FIGURES = [
    ("stripped size", "MiB", None),
    ("start to port line, p50", "ms", 10.0),
    ("start to port line, p95", "ms", None),
    ("  /bin/echo to its line, p50", "ms", None),
    ("  a bare C gRPC server to its port line, p50", "ms", None),
    ("  starts of the bare server in one", "x", 2.0),
    ("start to first GetSchema answer, p50", "ms", 15.0),
    ("start to first GetSchema answer, p95", "ms", None),
    ("  a bare C gRPC server to its first answer, p50", "ms", None),
    ("  starts of the bare server in one", "x", 3.0),
    ("  connect and GetSchema, trivial server, p50", "ms", None),
    ("  connect and GetSchema, running provider, p50", "ms", None),
    ("resident after Configure", "MiB", 14.0),
    ("resident after 64 Checks and Diffs", "MiB", 20.0),
    ("  grown since a tenth of them", "MiB", None),
    *instructions("empty call"),
    *instructions("Check"),
    *instructions("Diff"),
    *instructions("preview of a create"),
    *instructions("Read"),
    ("5 creates at once over TLS", "s", 8.0),
    ("  peak resident", "MiB", 40.0),
]
TINY = "--starts 3 --configures 1 --calls 64 --creates 5 --ready-seconds 0"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(HERE / "run.py"), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def binary() -> str:
    name = os.environ.get("INFERENCE_BINARY")
    assert name, "INFERENCE_BINARY names the provider to measure"
    return name


@pytest.fixture
def bare_server() -> str:
    name = os.environ.get("INFERENCE_BARE_SERVER")
    assert name, "INFERENCE_BARE_SERVER names what CMake's target bare-server made"
    return name


def test_every_figure_is_measured(binary: str, bare_server: str, tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    programs = ("--binary", binary, "--bare-server", bare_server)
    result = run(*programs, "--json", str(out), *TINY.split())
    assert result.returncode == 0, result.stderr
    figures: list[dict[str, Any]] = json.loads(out.read_text())
    assert [(one["name"], one["unit"], one["limit"]) for one in figures] == FIGURES
    for one in figures:
        least = 0 if one["name"].strip().startswith("grown") else 1e-6
        assert one["measured"] >= least, one
        missed = one["limit"] is not None and one["measured"] > one["limit"]
        assert one["verdict"] == ("-" if one["limit"] is None else "MISSED" if missed else "ok")
    more = [one for one in figures if one["name"] == OWN and one["verdict"] == "MISSED"]
    assert more == [], (
        "renew the baseline if it has to be: run.py --only instructions --write-baseline"
    )
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["figure", "measured", "limit", "verdict", "note"]
    assert [line[: len(name)] for line, (name, _, _) in zip(lines[1:], FIGURES, strict=True)] == [
        name for name, _, _ in FIGURES
    ]


def test_a_binary_that_does_not_serve_gives_no_figures(tmp_path: Path) -> None:
    result = run("--binary", "/bin/echo", "--only", "start", "--starts", "1")
    assert result.returncode == 1
    assert result.stdout == ""
    assert "bench: no port but" in result.stderr


def test_a_peer_is_measured_in_the_same_run(binary: str, tmp_path: Path) -> None:
    """Against itself: every figure comes twice, with a ratio."""
    out = tmp_path / "figures.json"
    inputs = {
        "name": "one",
        "namespace": "me",
        "cloudProvider": {"vendor": "aws", "region": "us-east-1"},
        "compute": {"accelerator": "cpu", "instanceType": "intel-spr", "instanceSize": "x1"},
        "model": {"repository": "openai-community/gpt2", "framework": "pytorch"},
    }
    words = ("--peer", binary, "--type", "inference:hf:Endpoint", "--inputs", json.dumps(inputs))
    counts = ("--starts", "3", "--calls", "44", "--json", str(out))
    result = run("--binary", binary, *words, *counts)
    assert result.returncode == 0, result.stderr
    figures: list[dict[str, Any]] = json.loads(out.read_text())
    own, other = figures[::2], figures[1::2]
    assert [one["name"].partition(":")[0] for one in own] == [
        "size of the file",
        "start to port line, p50",
        "start to first GetSchema answer, p50",
        "resident after Configure",
        "a Check alone",
        "a Diff alone",
        "Checks and Diffs, 16 at once",
        "resident after 44 of them",
    ]
    assert {one["name"] for one in other} == {"  the peer"}
    for one, two in zip(own, other, strict=True):
        assert one["note"] == f"ratio {one['measured'] / two['measured']:.2f}"
