"""`scripts/live` against simulators that stand for the real services, with the real CLI.

PULUMI_CLI and INFERENCE_BINARY say what is tested.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from live.shapes import compared
from simulator.client import Simulator
from simulator.registry import load
from support import fleets

FOLDER = Path(__file__).parent
KNOBS = {fleet.name: fleet.knobs for fleet in fleets.ALL}
SECONDS = 150.0
CREATED = "endpoint.create"
Run = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def service(request: pytest.FixtureRequest) -> Iterator[Simulator]:
    """The cloud that is the test's parameter, else Hugging Face."""
    cloud = getattr(request, "param", "hf")
    with Simulator(cloud) as simulator:
        simulator.knobs(cloud, KNOBS[cloud])
        yield simulator
        assert simulator.bugs() == []


def variables(cloud: str, url: str) -> dict[str, str]:
    """Credentials alone: the hosts are the cloud's own."""
    every = load(cloud).environment(url)
    return {name: value for name, value in every.items() if url not in value}


@pytest.fixture
def run(service: Simulator, tmp_path: Path) -> Iterator[Run]:
    started = []

    def start(cloud: str, *options: str, **environment: str) -> subprocess.Popen[str]:
        url = service.url(cloud)
        line = [sys.executable, "-m", "live", cloud, "--work", str(tmp_path), "--service", url]
        started.append(
            subprocess.Popen(
                [*line, *options],
                cwd=FOLDER,
                env={**os.environ, **variables(cloud, url), **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def ended(process: subprocess.Popen[str], answer: str = "") -> tuple[int, str]:
    said, _ = process.communicate(answer, timeout=SECONDS)
    return process.returncode, said


def operations(service: Simulator) -> list[str]:
    return [request.operation for request in service.requests()]


def endpoints(service: Simulator, cloud: str) -> dict[str, Any]:
    found: dict[str, Any] = service.state(cloud)["endpoints"]
    return found


def texts(value: Any) -> Iterator[str]:
    """Every text of a message but its keys."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("service", sorted(KNOBS), indirect=True)
def test_a_life_leaves_a_recording_and_nothing_else(
    service: Simulator, run: Run, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    cloud = request.node.callspec.params["service"]
    status, said = ended(run(cloud, "--yes"))
    assert status == 0, said
    assert " 0 differences to the simulator" in said
    assert not (tmp_path / cloud).exists()
    assert not endpoints(service, cloud)
    kept = (tmp_path / f"{cloud}.json").read_text()
    recorded = json.loads(kept)["operations"]
    assert set(recorded) == set(operations(service))
    seen = FOLDER / "seen" / f"{cloud}.json"
    if seen.exists():  # the simulator says what a real account said
        assert compared(json.loads(seen.read_text())["operations"], recorded)[0] == []
    secrets = set(variables(cloud, service.url(cloud)).values())
    for asked in service.requests():
        secrets |= {value for _, value in asked.parameters} | set(texts(asked.json))
        secrets |= set(texts(asked.reply_json if asked.reply_body else None))
    words = {word for o in recorded.values() for said in o["words"].values() for word in said}
    written = set(kept.split('"')) - words
    assert sorted(text for text in secrets if len(text) > 3 and text in written) == []


def test_what_costs_too_much_is_not_begun(service: Simulator, run: Run, tmp_path: Path) -> None:
    status, said = ended(run("hf", "--yes", "--most", "0.01"))
    assert (status, said.splitlines()[-1]) == (
        1,
        "failed: it could cost 0.13 USD, and the limit is 0.01",
    )
    assert CREATED not in operations(service)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("answer", ["no\n", "\n", ""])
def test_it_asks_first(service: Simulator, run: Run, tmp_path: Path, answer: str) -> None:
    status, said = ended(run("hf"), answer)
    assert status == 1
    assert "0.033 USD per hour, at most 0.13 USD" in said
    assert CREATED not in operations(service)
    assert list(tmp_path.iterdir()) == []


def test_it_begins_when_the_answer_is_yes(service: Simulator, run: Run) -> None:
    process = run("hf")
    assert process.stdin is not None
    process.stdin.write("yes\n")
    process.stdin.flush()
    service.wait_requests(1, operation=CREATED, seconds=60)
    process.send_signal(signal.SIGINT)
    status, said = ended(process)
    assert status == 130, said


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_ends_it_and_what_it_made(
    service: Simulator, run: Run, tmp_path: Path, name: str
) -> None:
    service.knobs("hf", polls={"pending": 100000})
    process = run("hf", "--yes")
    service.wait_requests(1, operation=CREATED, seconds=60)
    process.send_signal(getattr(signal, name))
    status, said = ended(process)
    assert status == 130, said
    assert not endpoints(service, "hf")
    assert list(tmp_path.iterdir()) == []


def test_another_signal_does_not_stop_the_destroying(service: Simulator, run: Run) -> None:
    service.knobs("hf", polls={"pending": 100000, "deleting": 3})
    process = run("hf", "--yes")
    service.wait_requests(1, operation=CREATED, seconds=60)
    process.send_signal(signal.SIGINT)
    service.wait_requests(1, operation="endpoint.delete", seconds=60)
    process.send_signal(signal.SIGINT)
    status, said = ended(process)
    assert status == 130
    assert "what was made is being destroyed; please wait" in said
    assert not endpoints(service, "hf")


def test_the_end_of_the_time_ends_it_and_what_it_made(
    service: Simulator, run: Run, tmp_path: Path
) -> None:
    service.knobs("hf", polls={"pending": 100000})
    status, said = ended(run("hf", "--yes", "--minutes", "0.1"))
    assert (status, said.splitlines()[-1]) == (1, "failed: the time is over: pulumi up")
    assert operations(service).count(CREATED) <= 1
    assert not endpoints(service, "hf")
    assert list(tmp_path.iterdir()) == []


def test_what_could_not_be_destroyed_is_tried_again(
    service: Simulator, run: Run, tmp_path: Path
) -> None:
    service.fault("hf", "endpoint.delete", status=403, count=0)
    status, said = ended(run("hf", "--yes"))
    assert status == 1
    assert said.splitlines()[-1].endswith("an endpoint is left, which --destroy tries again")
    assert len(endpoints(service, "hf")) == 1

    status, said = ended(run("hf", "--yes"))
    assert (status, operations(service).count(CREATED)) == (2, 1)
    assert (
        said
        == f"{tmp_path}/hf holds what an earlier run left: first `./scripts/live hf --destroy`\n"
    )

    service.clear_faults()
    status, said = ended(run("hf", "--destroy"))
    assert status == 0, said
    assert not endpoints(service, "hf")
    assert list(tmp_path.iterdir()) == []


def test_credentials_are_asked_for_by_name(service: Simulator, run: Run) -> None:
    status, said = ended(run("hf", "--yes", HF_TOKEN="", HF_NAMESPACE=""))
    assert (status, said) == (
        2,
        "set in the environment: HF_TOKEN or HUGGING_FACE_HUB_TOKEN; HF_NAMESPACE\n",
    )
    assert operations(service) == []
