"""How an engine is killed here: never so that the state of its stack is half a file."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from support.clouds import hf
from support.stacks import Stack

# It empties the file, and writes it a moment later, as long as it lives.
WRITER = """
import sys, time
while True:
    with open(sys.argv[1], "w") as file:
        time.sleep(0.02)
        file.write('{"checkpoint": {}}')
    time.sleep(0.001)
"""


@pytest.mark.parametrize("cloud", [hf.CLOUD], ids=["hf"])
def test_what_is_killed_while_it_writes_has_written(stack: Stack) -> None:
    stack.checkpoint.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(5):
        stack.checkpoint.unlink(missing_ok=True)
        line = [sys.executable, "-c", WRITER, str(stack.checkpoint)]
        with subprocess.Popen(line, text=True) as process:
            stack.kill(process)
        assert json.loads(stack.checkpoint.read_text()) == {"checkpoint": {}}
