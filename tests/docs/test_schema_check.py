"""What Pulumi itself says of the schema."""

from __future__ import annotations

import json
import subprocess

from blocks import ROOT
from support.stacks import Toolchain


def test_schema_check(tools: Toolchain) -> None:
    line = [tools.pulumi, "schema", "check", ROOT / "schema.json"]
    done = subprocess.run(line, capture_output=True, text=True, timeout=90)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_wrong_schema_is_found(tools: Toolchain, tmp_path: str) -> None:
    """The check above can fail."""
    schema = json.loads((ROOT / "schema.json").read_text())
    schema["resources"]["inference:hf:Endpoint"]["inputProperties"]["name"] = {
        "$ref": "#/types/inference:hf:Missing"
    }
    wrong = f"{tmp_path}/schema.json"
    with open(wrong, "w") as file:
        json.dump(schema, file)
    line = [tools.pulumi, "schema", "check", wrong]
    done = subprocess.run(line, capture_output=True, text=True, timeout=90)
    assert done.returncode != 0
    assert "inference:hf:Missing" in done.stdout + done.stderr


def test_the_binary_tells_this_schema(tools: Toolchain) -> None:
    line = [tools.provider, "--schema"]
    told = subprocess.run(line, capture_output=True, text=True, timeout=90, check=True).stdout
    assert json.loads(told) == json.loads((ROOT / "schema.json").read_text())
