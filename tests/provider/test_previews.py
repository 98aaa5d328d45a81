"""What a preview of each cloud promises of an endpoint, and what it warns of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from simulator.client import Simulator
from support.drivers.hf import UNKNOWN, WARNING, Driver, merge
from support.drivers.kinds import KINDS, Json

pytestmark = pytest.mark.one_call

# What makes another endpoint of it, while the old one serves.
REPLACED: dict[str, Json] = {
    "ark": {"modelUnitId": "mu-2"},
    "hf": {"cloudProvider": {"region": "eu-west-1"}},
    "maas": {"modelName": "DeepSeek-R1"},
    "tir": {"currency": "USD"},
}
GAP = (
    "waitForReady is false: the endpoint that is replaced will be deleted while the new one still "
    "starts, and nobody serves callers in between. Set waitForReady to true for this change"
)
# What the model that callers name comes of, as far as no preview knows it.
MODEL: dict[str, list[Json]] = {
    "ark": [{}, {"modelReference": UNKNOWN}, {"modelReference": {"foundationModel": UNKNOWN}}],
    "hf": [{"model": UNKNOWN}, {"model": {"repository": UNKNOWN}}],
    "maas": [{"name": UNKNOWN}],
    "tir": [
        {"framework": UNKNOWN},
        {"detailedInfo": UNKNOWN},
        {"detailedInfo": {"huggingFaceId": UNKNOWN}},
        {"detailedInfo": {"engineArgs": UNKNOWN}},
        {"detailedInfo": {"engineArgs": {"served_model_name": UNKNOWN}}},
    ],
}
REPOSITORY = {
    "modelId": "2101",
    "modelLoadIntegrationId": None,
    "detailedInfo": {"huggingFaceId": None},
}
MODEL["tir"] += [
    merge(REPOSITORY, patch)
    for patch in ({"modelId": UNKNOWN}, {"modelPath": UNKNOWN}, {"diskPath": UNKNOWN})
]
# Any model may be asked for: as far as a list is known, it is none of what there is.
ANY_MODEL: dict[str, list[Json]] = {
    "ark": [
        {"modelReference": {"foundationModel": {"name": "brand-new", "modelVersion": "990101"}}},
        {"modelReference": {"foundationModel": None, "customModelId": "cm-brand-new"}},
    ],
    "hf": [{"model": {"repository": "nobody/brand-new"}}],
    "maas": [{"modelName": "Brand-New-V9"}],
    "tir": [
        {"framework": framework, "detailedInfo": {"huggingFaceId": "nobody/brand-new"}}
        for framework in ("VLLM", "SGLANG", "DYNAMO")
    ],
}


def each(rows: dict[str, list[Json]]) -> list[Any]:
    return [
        pytest.param(cloud, patch, id=f"{cloud}-{index}")
        for cloud, patches in rows.items()
        for index, patch in enumerate(patches)
    ]


@pytest.fixture
def start(binary: Path) -> Iterator[Callable[[str], Driver]]:
    """Starts providers of a cloud that nobody has to answer for."""
    running: list[Driver] = []

    def make(cloud: str) -> Driver:
        config = KINDS[cloud].stack_config("http://127.0.0.1:9")
        running.append(KINDS[cloud].driver(binary))
        running[-1].configure(
            **{key.removeprefix("inference:"): value for key, value in config.items()}
        )
        return running[-1]

    yield make
    for one in running:
        one.stop()


@pytest.mark.parametrize(("cloud", "patch"), each(MODEL))
def test_a_model_that_is_not_known_yet_is_not_promised(
    start: Callable[[str], Driver], cloud: str, patch: Json
) -> None:
    driver = start(cloud)
    checked = driver.checked(KINDS[cloud].inputs(**patch))
    _, preview = driver.create(checked, preview=True)
    assert preview["target"]["model"] == UNKNOWN


@pytest.mark.parametrize(("cloud", "patch"), each(ANY_MODEL))
def test_a_model_that_no_list_has_is_nothing_to_warn_of(
    start: Callable[[str], Driver], cloud: str, patch: Json
) -> None:
    driver = start(cloud)
    driver.checked(KINDS[cloud].inputs(**patch))
    assert driver.log(WARNING) == []


@pytest.mark.parametrize("cloud", KINDS)
def test_who_does_not_wait_is_told_of_the_gap(start: Callable[[str], Driver], cloud: str) -> None:
    """Where the new one is made first, and nowhere else."""
    driver, kind = start(cloud), KINDS[cloud]
    told = 0
    for auto in (True, False):
        for waits in (True, False):
            common: Json = {"waitForReady": waits, **({"name": None} if auto else {})}
            if cloud == "maas" and not auto:
                continue  # Check refuses it: no name is there twice, ever
            olds = driver.checked(kind.inputs(**common))
            news = driver.checked(kind.inputs(**merge(REPLACED[cloud], common)), olds=olds)
            first = not driver.diff(olds, news).deleteBeforeReplace
            assert first == (auto or cloud == "ark")
            told += first and not waits
            assert len([text for text in driver.log(WARNING) if text == GAP]) == told


@pytest.mark.parametrize("cloud", ["ark", "hf", "tir"])
def test_the_last_line_of_progress_is_the_end(binary: Path, cloud: str) -> None:
    kind = KINDS[cloud]
    polls = {
        "ark": {"scheduling": 2, "starting": 2, "stopping": 2, "deleting": 0},
        "hf": {"pending": 1, "initializing": 1},
        "tir": {"waiting": 2, "terminating": 2, "deleting": 0},
    }
    with Simulator(cloud) as simulator:
        simulator.knobs(cloud, {**kind.knobs, "polls": polls[cloud]})
        driver = kind.driver(binary)
        driver.configure(**kind.config(simulator))
        checked = driver.checked(kind.inputs())
        id, outputs = driver.create(checked)
        running = driver.log(1, ephemeral=True)
        paused = {**checked, "desiredState": "paused"}
        driver.update(checked, paused, olds=outputs, id=id)
        stopped = driver.log(1, ephemeral=True)
        simulator.knobs(cloud, {"polls": {**polls[cloud], "deleting": 2}})
        driver.delete(id, outputs, checked)
        gone = driver.log(1, ephemeral=True)[len(stopped) :]
        driver.stop()
    assert [line.split(",")[0] == "gone" for line in gone] == [False, False, True]
    assert running[-1].split(",")[0].lower() == "running"
    assert stopped[-1].split(",")[0].lower() in ("stopped", "paused")
