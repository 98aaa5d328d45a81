"""The engine ends while a create waits: only what nobody will ever know of is taken back."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.drivers.hf import TOKEN, TYPE, Failure, Simulator, inputs, secret, told
from support.orphans import Orphan
from support.process import wait_until

pytestmark = pytest.mark.uninstrumented


@pytest.fixture
def begin(binary: Path, hf: Simulator, tmp_path: Path) -> Iterator[Callable[..., Orphan]]:
    running: list[Orphan] = []

    def make(**options: Any) -> Orphan:
        config = {"hfEndpoint": hf.url("hf"), "hfToken": secret(TOKEN)}
        out = tmp_path / f"out-{len(running)}"
        running.append(Orphan(binary, out, config, TYPE, **options))
        return running[-1]

    yield make
    for one in running:
        one.close()


def waiting(hf: Simulator) -> None:
    """The endpoint exists, and the create waits for it."""
    hf.wait_for(lambda sim: "endpoint.get" in told(sim), 30, "a look at what was made")


def exists(hf: Simulator) -> bool:
    return "me/demo" in hf.state("hf")["endpoints"]


def test_what_an_ended_engine_never_heard_of_is_taken_back(
    begin: Callable[..., Orphan], hf: Simulator
) -> None:
    hf.knobs("hf", polls={"initializing": 1000})
    orphan = begin()
    thread = orphan.create(inputs())
    waiting(hf)
    orphan.kill()
    thread.join()
    wait_until(orphan.has_ended)
    operations = told(hf)
    assert operations.count("endpoint.delete") == 1
    assert operations[-2:] == ["endpoint.get", "endpoint.delete"]
    assert not exists(hf)


def test_whoever_has_the_name_by_then_keeps_it(begin: Callable[..., Orphan], hf: Simulator) -> None:
    """The same name with another time of creation is another endpoint."""
    hf.knobs("hf", polls={"initializing": 1000})
    orphan = begin()
    thread = orphan.create(inputs())
    waiting(hf)
    document = hf.state("hf")["endpoints"]["me/demo"]["view"]
    hf.mutate("hf", "me/demo", {"status": {"createdAt": "2001-01-01T00:00:00.000Z"}})
    assert hf.state("hf")["endpoints"]["me/demo"]["view"] != document
    orphan.kill()
    thread.join()
    wait_until(orphan.has_ended)
    assert told(hf)[-1] == "endpoint.get"
    assert "endpoint.delete" not in told(hf)


def test_a_removal_is_never_repeated(begin: Callable[..., Orphan], hf: Simulator) -> None:
    hf.knobs("hf", polls={"initializing": 1000})
    hf.fault("hf", "endpoint.delete", kind="error", status=503, message="later", count=0)
    orphan = begin()
    thread = orphan.create(inputs())
    waiting(hf)
    orphan.kill()
    thread.join()
    wait_until(orphan.has_ended)
    assert told(hf).count("endpoint.delete") == 1


def test_what_was_adopted_stays(
    begin: Callable[..., Orphan], configure: Callable[..., Any], hf: Simulator
) -> None:
    driver = configure()
    driver.create(driver.checked(inputs()))
    hf.knobs("hf", polls={"updating": 1000})
    hf.clear()
    orphan = begin()
    thread = orphan.create(inputs(adoptExisting=True, tags=["ours"]))
    hf.wait_for(lambda sim: told(sim)[-2:] == ["endpoint.update", "endpoint.get"], 30, "a look")
    orphan.kill()
    thread.join()
    wait_until(orphan.has_ended)
    assert "endpoint.delete" not in told(hf)
    assert exists(hf)


def test_a_stopped_engine_is_no_ended_one(begin: Callable[..., Orphan], hf: Simulator) -> None:
    """Its connection breaks, and it does not answer: it may wake and ask for what was made."""
    hf.knobs("hf", polls={"initializing": 1000})
    orphan = begin()
    thread = orphan.create(inputs())
    waiting(hf)
    orphan.engine.send_signal(signal.SIGSTOP)
    orphan.disconnect()
    orphan.log.close()
    thread.join()
    os.kill(orphan.pid, signal.SIGINT)
    wait_until(orphan.has_ended)
    assert "endpoint.delete" not in told(hf)
    assert exists(hf)


def test_what_the_engine_was_told_stays(begin: Callable[..., Orphan], hf: Simulator) -> None:
    """Whether it saved it nobody knows."""
    orphan = begin()
    orphan.create(inputs()).join()
    orphan.kill()
    wait_until(orphan.has_ended)
    assert told(hf) == ["endpoint.create"]
    assert exists(hf)


def test_whoever_attaches_takes_nothing_back(begin: Callable[..., Orphan], hf: Simulator) -> None:
    hf.knobs("hf", polls={"initializing": 1000})
    orphan = begin(attached=True)
    thread = orphan.create(inputs())
    waiting(hf)
    orphan.kill()
    thread.join()
    os.kill(orphan.pid, signal.SIGINT)
    wait_until(orphan.has_ended)
    assert "endpoint.delete" not in told(hf)
    assert exists(hf)


def test_a_cancelled_create_stays(begin: Callable[..., Orphan], hf: Simulator) -> None:
    """The reply says what was made."""
    hf.knobs("hf", polls={"initializing": 1000})
    orphan = begin()
    thread = orphan.create(inputs())
    waiting(hf)
    os.kill(orphan.pid, signal.SIGINT)
    thread.join()
    wait_until(orphan.has_ended)
    assert "endpoint.delete" not in told(hf)
    assert exists(hf)


@pytest.mark.parametrize("adopts", [False, True], ids=["creates", "adopts"])
def test_the_next_run_during_the_removal(
    begin: Callable[..., Orphan], configure: Callable[..., Any], hf: Simulator, adopts: bool
) -> None:
    """It never takes for its own what is being removed, and what it makes stays."""
    hf.knobs("hf", polls={"initializing": 1000})
    orphan = begin()
    thread = orphan.create(inputs())
    waiting(hf)
    hf.knobs("hf", polls={"initializing": 0, "deleting": 3})
    orphan.kill()
    thread.join()
    hf.wait_for(lambda sim: "endpoint.delete" in told(sim), 30, "the removal")
    driver = configure()
    news = driver.checked(inputs(adoptExisting=adopts))
    with pytest.raises(Failure) as caught:
        driver.create(news)
    assert ("is gone" if adopts else "exists already") in caught.value.message
    assert (caught.value.partial is not None) == adopts
    wait_until(orphan.has_ended)
    wait_until(lambda: driver.read("me/demo", {"name": "demo"}, news).id == "")
    id, outputs = driver.create(news)
    assert (id, outputs["status"]["state"]) == ("me/demo", "running")
    assert told(hf).count("endpoint.delete") == 1
    assert exists(hf)
