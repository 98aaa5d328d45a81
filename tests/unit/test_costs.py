"""The table of costs is what steps.tsv and the results beside it say."""

from __future__ import annotations

import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import costs

STEPS = """2026-01-02T03:04:05Z\t./scripts/test --only fast
unit-debug\tpassed\t12
lives\tFAILED\t3
build-debug\tpassed\t40
all\tFAILED\t44
"""
LIVES = """<testsuites><testsuite>
<testcase classname="tests.provider.test_lives" name="a[ark]" time="0.5" />
<testcase classname="tests.provider.test_lives" name="a[hf]" time="0.75"><failure /></testcase>
<testcase classname="tests.provider.test_wire.TestFrames" name="b" time="9.5" />
</testsuite></testsuites>"""
UNIT = '<testsuite><testcase name="arena" classname="arena" time="0.004" /></testsuite>'
EXPECTED = """`./scripts/test --only fast`, 2026-01-02T03:04:05Z, a machine:

| step | result | seconds |
| --- | --- | --- |
| unit-debug | passed | 12 |
| lives | FAILED | 3 |
| build-debug | passed | 40 |
| all | FAILED | 44 |

The 10 dearest groups of tests:

| group | step | tests | seconds |
| --- | --- | --- | --- |
| `tests.provider.test_wire` | lives | 1 | 9.5 |
| `tests.provider.test_lives` | lives | 2 | 1.2 |
| `arena` | unit-debug | 1 | 0.0 |"""


class Report(unittest.TestCase):
    def test_it_holds_steps_and_groups(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            logs = Path(name)
            (logs / "steps.tsv").write_text(STEPS, encoding="utf-8")
            (logs / "lives.xml").write_text(LIVES, encoding="utf-8")
            (logs / "unit-debug.xml").write_text(UNIT, encoding="utf-8")
            # Of an earlier run: not in steps.tsv.
            (logs / "cli.xml").write_text(LIVES, encoding="utf-8")
            self.assertEqual(costs.report(logs, "a machine"), EXPECTED)

    def test_only_the_dearest_are_shown(self) -> None:
        cases = "".join(f'<testcase classname="t{n}" time="{n}" />' for n in range(30))
        with tempfile.TemporaryDirectory() as name:
            logs = Path(name)
            (logs / "steps.tsv").write_text("now\tit\na\tpassed\t1\n", encoding="utf-8")
            (logs / "a.xml").write_text(f"<testsuite>{cases}</testsuite>", encoding="utf-8")
            shown = re.findall(r"^\| `(\w+)`", costs.report(logs, "m"), re.MULTILINE)
        self.assertEqual(shown, [f"t{n}" for n in range(29, 19, -1)])


if __name__ == "__main__":
    unittest.main()
