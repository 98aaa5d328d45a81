"""The engine ends during a create: what was made is proven by the tag of its create."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.drivers.ark import TYPE, Simulator, create_tags, inputs, stored, told
from support.orphans import Orphan
from support.process import wait_until

pytestmark = pytest.mark.uninstrumented

ENDLESS = {"scheduling": 1000, "starting": 0, "stopping": 0, "deleting": 0}


@pytest.fixture
def begin(binary: Path, usual: dict[str, Any], tmp_path: Path) -> Iterator[Callable[..., Orphan]]:
    running: list[Orphan] = []

    def make() -> Orphan:
        running.append(Orphan(binary, tmp_path / "out", usual, TYPE))
        return running[-1]

    yield make
    for one in running:
        one.close()


def lost(ark: Simulator, begin: Callable[..., Orphan], before_the_end: Callable[[], None]) -> None:
    """Kills the engine while the first look at the new endpoint is not answered."""
    ark.fault("ark", "endpoint.get", kind="hold", count=1)
    orphan = begin()
    thread = orphan.create(inputs())
    ark.wait_for(lambda sim: "endpoint.create" in told(sim), 30, "the create")
    wait_until(lambda: ark.faults()[0]["hits"] == 1)
    before_the_end()
    orphan.kill()
    thread.join()
    wait_until(orphan.has_ended)
    ark.release()


def test_taken_back_before_the_first_look(begin: Callable[..., Orphan], ark: Simulator) -> None:
    """The answer to the create has no time, but the endpoint carries this create's tag."""
    ark.knobs("ark", polls=ENDLESS)
    lost(ark, begin, lambda: None)
    assert told(ark)[-2:] == ["endpoint.get", "endpoint.delete"]
    assert told(ark).count("endpoint.delete") == 1
    assert stored(ark) == {}


def test_without_its_tag_it_stays(begin: Callable[..., Orphan], ark: Simulator) -> None:
    ark.knobs("ark", polls=ENDLESS)

    def retag() -> None:
        (id,) = stored(ark)
        (tag,) = create_tags(ark)
        other = {"Key": "pulumi:create", "Value": tag[:-1] + ("0" if tag[-1] != "0" else "1")}
        ark.mutate("ark", id, {"Tags": [other]})

    lost(ark, begin, retag)
    assert told(ark)[-1] == "endpoint.get"
    assert "endpoint.delete" not in told(ark)
    assert len(stored(ark)) == 1


def test_taken_back_while_it_starts(begin: Callable[..., Orphan], ark: Simulator) -> None:
    ark.knobs("ark", polls=ENDLESS)
    orphan = begin()
    thread = orphan.create(inputs())
    ark.wait_for(lambda sim: told(sim).count("endpoint.get") > 1, 30, "a second look")
    orphan.kill()
    thread.join()
    wait_until(orphan.has_ended)
    assert told(ark).count("endpoint.delete") == 1
    assert stored(ark) == {}
