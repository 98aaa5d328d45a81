"""./scripts/live CLOUD: the top of that script says what it does."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from simulator.client import Simulator
from simulator.registry import load
from support import fleets
from support.stacks import Toolchain

from live.lives import LIVES
from live.play import Limits, Place, credentials, destroy_left, missing, play
from live.shapes import compared
from live.signals import interrupt_once
from live.stack import Failed

SEEN = Path(__file__).parents[1] / "seen"
# The simulators do not make anybody wait, and cost nothing.
QUICK = {fleet.name: fleet.knobs for fleet in fleets.ALL}
FREE = Limits(minutes=10, money=float("inf"))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/live")
    parser.add_argument("cloud", choices=sorted(LIVES))
    parser.add_argument("--yes", action="store_true")
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--most", type=float, default=1)
    parser.add_argument("--destroy", action="store_true")
    parser.add_argument("--keep", action="store_true")
    # For tests: a folder to work in, and an address to ask in place of the cloud's own hosts.
    parser.add_argument("--work", type=Path, default=Path("build/live"))
    parser.add_argument("--service")
    return parser.parse_args()


def asked(text: str) -> bool:
    print(f"This makes, on your account, {text}. It is destroyed at the end, whatever happens.")
    print("Type yes to go on: ", end="", flush=True)
    return sys.stdin.readline().strip() == "yes"


def told(text: str) -> bool:
    print(f"Making {text}", flush=True)
    return True


def simulated(cloud: str, tools: Toolchain, folder: Path) -> dict[str, Any]:
    """The same life on the simulator."""
    with Simulator(cloud) as simulator:
        simulator.knobs(cloud, QUICK[cloud])
        url = simulator.url(cloud)
        variables = {
            name: value for name, value in load(cloud).environment(url).items() if url not in value
        }
        recorded = play(cloud, tools, Place(folder, variables, url), FREE, told)
        assert recorded is not None
        return recorded


def report(recorded: dict[str, Any], simulated: dict[str, Any], file: Path) -> bool:
    """Whether the simulator answers as the service did."""
    wrong, open_ = compared(recorded, simulated)
    for line in open_:
        print(f"not compared: {line}")
    for line in wrong:
        print(f"DIFFERENT: {line}")
    print(f"{len(recorded)} operations, {len(wrong)} differences to the simulator; see {file}")
    return not wrong


def main() -> int:
    options = arguments()
    cloud, work = options.cloud, options.work.resolve()
    folder, variables = work / cloud, credentials(LIVES[cloud])
    lacking = missing(LIVES[cloud], variables)
    if lacking:
        print(f"set in the environment: {'; '.join(lacking)}")
        return 2
    tools = Toolchain.from_environment()
    place = Place(folder, variables, options.service)
    if options.destroy:
        destroy_left(cloud, tools, place)
        return 0
    if folder.exists():
        print(f"{folder} holds what an earlier run left: first `./scripts/live {cloud} --destroy`")
        return 2
    limits = Limits(options.minutes, options.most)
    recorded = play(cloud, tools, place, limits, told if options.yes else asked)
    if recorded is None:
        return 1
    file = (SEEN if options.keep else work) / f"{cloud}.json"
    file.parent.mkdir(exist_ok=True)
    kept = {"date": time.strftime("%Y-%m-%d"), "operations": recorded}
    file.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
    same = report(recorded, simulated(cloud, tools, work / f"{cloud}-simulated"), file)
    return 0 if same else 1


if __name__ == "__main__":
    interrupt_once()
    try:
        sys.exit(main())
    except Failed as error:
        sys.exit(f"failed: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
