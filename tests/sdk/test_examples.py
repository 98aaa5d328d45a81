"""The examples of the documentation are what the generators make of their YAML."""

from __future__ import annotations

from pathlib import Path

from conftest import ROOT, run


def markdown(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.glob("*/*.md")}


def test_committed_examples(tmp_path: Path) -> None:
    command = [ROOT / "build" / "sdk-gen", "--schema", ROOT / "schema.json"]
    run([*command, "--examples", ROOT / "provider" / "docs", "--out", tmp_path], ROOT)
    committed = markdown(ROOT / "provider" / "docs")
    assert committed == markdown(tmp_path), "the examples are stale: run scripts/docs"
    assert len(committed) == len(list((ROOT / "provider" / "docs").glob("*/*.yaml")))
