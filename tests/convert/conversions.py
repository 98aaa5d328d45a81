"""`pulumi convert` in the home of a stack."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from support.stacks import Stack


class Conversion:
    """A stack whose home has the converter, and where Terraform programs are converted."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        plugin = stack.root / "home" / "plugins" / "converter-terraform-v1.0.0"
        plugin.mkdir(parents=True)
        source = os.environ["INFERENCE_CONVERTER"]
        (plugin / "pulumi-converter-terraform").symlink_to(source)

    def convert(self, program: Path, language: str, *arguments: str) -> Path:
        """Where the converted program is; there were neither errors nor warnings."""
        out = self.stack.root / f"{program.name}-{language}-{len(arguments)}"
        line = [
            *(str(self.stack.tools.pulumi), "--non-interactive", "--color", "never"),
            *("convert", "--from", "terraform", "--language", language, "--generate-only"),
            *("--name", "demo", "--strict", "--out", str(out), *arguments),
        ]
        done = subprocess.run(
            line,
            cwd=program,
            env=self.stack.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        printed = done.stdout + done.stderr
        assert done.returncode == 0, printed
        assert "error" not in printed and "warning" not in printed, printed
        return out
