"""What the tests need to know of a cloud to fill it with endpoints and to import them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.client import Simulator

from support.fleets.draw import Draw

Json = dict[str, Any]
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Fleet:
    """`make` creates one endpoint (the `index`th, so that every kind comes up) at the service and
    gives the id that it is imported by. Only `reads` may be asked for by an import, and `lists`
    beside them by a refresh of many.
    """

    name: str
    token: str
    knobs: Json
    config: Callable[[str], Json]  # URL of the simulator -> stack configuration
    make: Callable[[str, Draw, int], str]
    reads: Sequence[str]
    # Number of endpoints -> most requests of their import, which reads twice (its preview, itself).
    requests: Callable[[int], int]
    # Knobs while the endpoints are made.
    making: Mapping[str, Any]
    # Knobs by which the service shows the same endpoints in other ways.
    spellings: Mapping[str, Json]
    lists: Sequence[str] = ()

    def place(
        self, sim: Simulator, seed: str, count: int, lost: Collection[str] = ()
    ) -> dict[str, str]:
        """That many endpoints, without the texts that are `lost`; resource name -> id to import."""
        usual = sim.knobs(self.name)
        sim.knobs(self.name, dict(self.making))
        draw = Draw(f"{self.name} {seed}", lost)
        ids = [self.make(sim.url(self.name), draw, index) for index in range(count)]
        sim.knobs(self.name, {key: usual[key] for key in self.making})
        return {f"{self.name}-{index:03d}": id for index, id in enumerate(ids)}


def send(method: str, url: str, body: Any, headers: Mapping[str, str]) -> Any:
    """One request to a simulated service; the answer's JSON. A refusal says what was sent."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, method=method)
    for key, value in {"Content-Type": "application/json", **headers}.items():
        request.add_header(key, value)
    try:
        with _DIRECT.open(request, timeout=60) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        with error:
            reason = error.read().decode(errors="replace")
        raise AssertionError(f"{method} {url}: {error.code} {reason}\n{data!r}") from None
    return json.loads(text) if text else None


def without_none(document: Mapping[str, Any]) -> Json:
    """The members that were drawn."""
    return {key: value for key, value in document.items() if value is not None}
