"""Plays one life and destroys what it made, however it ends."""

from __future__ import annotations

import math
import os
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.stacks import Toolchain

from live.lives import LIVES, Life, Machine, steps
from live.recorder import Recorder
from live.signals import undisturbed
from live.stack import Failed, LiveStack

RESOURCE = "live"
LOOK_SECONDS = 120.0
DESTROY_SECONDS = 20 * 60.0


@dataclass(frozen=True)
class Limits:
    minutes: float
    money: float

    def most(self, price: float) -> float:
        """What it can cost: until the time is over, and then the destroying; in hours that have
        begun, and with the old machine and the new one side by side."""
        return 2 * price * math.ceil((self.minutes * 60 + DESTROY_SECONDS) / 3600)


@dataclass(frozen=True)
class Place:
    """Where a life is played: `service` in place of the cloud's own hosts, if any."""

    folder: Path
    variables: Mapping[str, str]
    service: str | None = None


def missing(life: Life, variables: Mapping[str, str]) -> list[str]:
    return [" or ".join(names) for names in life.needs if not any(variables.get(n) for n in names)]


def credentials(life: Life) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(life.prefixes)}


def program(life: Life, inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {"resources": {RESOURCE: {"type": life.token, "properties": dict(inputs)}}}


def cheapest(life: Life, stack: LiveStack) -> Machine:
    """The machine, with its price per hour; an empty one where the endpoint costs nothing."""
    if life.prices is None:
        return {}
    prices = life.prices
    asked = {"fn::invoke": {"function": prices.function, "arguments": prices.arguments}}
    stack.write(
        {"variables": {"offered": asked}, "outputs": {"items": f"${{offered.{prices.items}}}"}}
    )
    stack.run("up", "--yes", "--skip-preview", "--stack", "live", seconds=LOOK_SECONDS)
    found = prices.cheapest(stack.outputs()["items"])
    if found is None:
        raise Failed(f"{prices.function} lists no machine that can be had now and has a price")
    return found


def bill(life: Life, machine: Machine, limits: Limits) -> str:
    """What it costs, in words. Raises when that is more than the limit."""
    if life.prices is None:
        return "the cloud bills calls by the token, and none is made"
    price = float(machine[life.prices.price])
    most, currency = limits.most(price), life.prices.currency
    if most > limits.money:
        raise Failed(f"it could cost {most:.2f} {currency}, and the limit is {limits.money:.2f}")
    return f"{price:.3f} {currency} per hour, at most {most:.2f} {currency}"


def destroyed(stack: LiveStack, folder: Path) -> None:
    """With the folder; it stays when something of the cloud may be left."""
    with undisturbed():
        line = ("destroy", "--yes", "--skip-preview", "--remove", "--stack", "live")
        try:
            stack.run(*line, seconds=DESTROY_SECONDS)
        except Failed as error:
            raise Failed(f"{error}: an endpoint is left, which --destroy tries again") from None
        shutil.rmtree(folder)


def live(life: Life, stack: LiveStack, machine: Machine, limits: Limits) -> None:
    end = time.monotonic() + limits.minutes * 60
    for title, inputs in steps(life, machine):
        print(f"==> {title}", flush=True)
        stack.write(program(life, inputs))
        for line in (
            ("up", "--yes", "--skip-preview"),
            ("refresh", "--yes", "--skip-preview", "--expect-no-changes"),
        ):
            stack.run(*line, "--stack", "live", seconds=end - time.monotonic())


def play(
    cloud: str,
    tools: Toolchain,
    place: Place,
    limits: Limits,
    agreed: Callable[[str], bool],
) -> dict[str, Any] | None:
    """What was recorded; None when the user does not agree."""
    life = LIVES[cloud]
    place.folder.mkdir(parents=True)
    ca_file = place.folder / "recorder.pem"
    with Recorder(cloud, ca_file, place.service) as recorder:
        stack = LiveStack(place.folder, tools, {**place.variables, **proxied(recorder, ca_file)})
        try:
            machine = cheapest(life, stack)
            cost = bill(life, machine, limits)
            if not agreed(f"one endpoint with {life.inputs(machine)}: {cost}"):
                return None
            live(life, stack, machine, limits)
        finally:
            print("==> destroy", flush=True)
            destroyed(stack, place.folder)
    return recorder.operations


def destroy_left(cloud: str, tools: Toolchain, place: Place) -> None:
    """What an earlier run could not destroy."""
    ca_file = place.folder / "recorder.pem"
    with Recorder(cloud, ca_file, place.service) as recorder:
        stack = LiveStack(place.folder, tools, {**place.variables, **proxied(recorder, ca_file)})
        destroyed(stack, place.folder)


def proxied(recorder: Recorder, ca_file: Path) -> dict[str, str]:
    proxy = f"http://127.0.0.1:{recorder.port}"
    return {"https_proxy": proxy, "no_proxy": "127.0.0.1,localhost", "SSL_CERT_FILE": str(ca_file)}
