"""A sample of the cases with the real CLI. PULUMI_CLI and INFERENCE_BINARY say what is tested."""

from __future__ import annotations

from pathlib import Path

from chaos import baseline
from chaos.cases import sample
from chaos.cli import CliStack
from chaos.runner import CLI_WORKERS, play_all


def test_the_file_has_every_case_of_the_sample() -> None:
    assert set(baseline.read(baseline.CLI)) == {case.id for case in sample()}


def test_nothing_is_worse_or_better_in_silence_with_the_real_cli(binary: Path) -> None:
    results = list(play_all(sample(), binary, CLI_WORKERS, CliStack))
    differences = baseline.compare(results, baseline.CLI)
    assert differences == [], "\n".join([*differences, baseline.HOW.format("--cli ")])
