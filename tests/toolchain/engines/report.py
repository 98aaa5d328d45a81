"""Renders docs/engines.md from what tests/cli/all/test_engine_life.py left, a JUnit file an engine.

python tests/toolchain/engines/report.py --commit HASH --out docs/engines.md RESULTS...

Ends with 1, and writes all the same, when a life failed.
"""

from __future__ import annotations

import argparse
import datetime
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

CLOUDS = ("hf", "ark", "maas", "tir")
INTRODUCTION = """\
# Engines

The provider is tried with the Pulumi CLI that its tests use, and with the newest and the oldest of
`tests/toolchain/engines/versions`. With each one a life is led per cloud
(`tests/cli/all/test_engine_life.py`): create, a preview, a refresh and an `up` that change nothing,
an update, an import into a second stack, and destroy. Each request that changes something is
compared with what it has to be.

`./scripts/soak --minutes 1 engines` builds the CLIs, plays the lives and writes this page. To
promise other versions, write them into `tests/toolchain/engines/versions` and run
`./scripts/bump-engines`.

"""


@dataclass(frozen=True)
class Life:
    engine: str
    cloud: str
    seconds: float
    good: bool


def lives(results: Path) -> list[Life]:
    found = []
    for case in ElementTree.parse(results).iter("testcase"):
        cloud = re.search(r"\[(\w+)\]", case.get("name", ""))
        engines = [p.get("value", "") for p in case.iter("property") if p.get("name") == "engine"]
        good = case.find("failure") is None and case.find("error") is None
        if cloud is None:
            continue
        seconds = float(case.get("time", "0"))
        found.append(Life("".join(engines[:1]), cloud[1], seconds, good))
    return found


def row(engine: str, own: list[Life]) -> str:
    of = {life.cloud: life for life in own}
    cells = [
        "not played"
        if of.get(cloud) is None
        else f"{of[cloud].seconds:.0f} s"
        if of[cloud].good
        else "FAILED"
        for cloud in CLOUDS
    ]
    return f"| {engine} | " + " | ".join(cells) + " |"


def page(commit: str, played: list[list[Life]]) -> str:
    lines = [
        "| Pulumi CLI | " + " | ".join(CLOUDS) + " |",
        "| --- | " + " | ".join("---" for _ in CLOUDS) + " |",
        *(row(own[0].engine, own) for own in played if own),
    ]
    day = datetime.datetime.now(tz=datetime.UTC).date()
    return (
        INTRODUCTION
        + "\n".join(lines)
        + f"\n\nPlayed on {day} at commit {commit}, on two cores that much else ran on.\n"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--commit", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("results", type=Path, nargs="+")
    options = parser.parse_args()
    played = [lives(results) for results in options.results]
    options.out.write_text(page(options.commit, played), encoding="utf-8")
    whole = all({life.cloud for life in own if life.good} == set(CLOUDS) for own in played)
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
