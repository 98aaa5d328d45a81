"""`checkCatalogue`: what a program names is looked up in Check, before anything is changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.drivers.hf import UNKNOWN, WARNING, Driver, Simulator, inputs

CATALOGUE = "provider.namespace"
NOT_KNOWN = (
    "Hugging Face: whether there is what the program names is not known "
    "(inference:hf:getMachines): "
)
LIST = "(inference:hf:getMachines lists them)"
GPU = {"accelerator": "gpu", "instanceType": "nvidia-l4", "instanceSize": "x4"}


def asked(**patch: Any) -> dict[str, Any]:
    return inputs(checkCatalogue=True, **patch)


def told(hf: Simulator) -> list[str]:
    """All operations: the catalogue is also where prices are."""
    return [request.operation for request in hf.requests(cloud="hf")]


def warned(driver: Driver) -> list[str]:
    return driver.log(WARNING)


def test_nothing_is_asked_by_default(driver: Driver, hf: Simulator) -> None:
    driver.checked(inputs(compute={"instanceType": "nvidia-t5"}))
    assert (told(hf), warned(driver)) == ([], [])


def test_what_is_there_passes_without_a_word(driver: Driver, hf: Simulator) -> None:
    assert driver.checked(asked(compute=GPU)) == asked(compute=GPU)
    (request,) = hf.requests(cloud="hf")
    assert (request.operation, request.path) == (CATALOGUE, "/v2/provider/me")
    assert warned(driver) == []


ABSENT = [
    (
        {"cloudProvider": {"vendor": "asw"}},
        'cloudProvider.vendor: "asw" is not in the catalogue of Hugging Face; there are: '
        f"aws, gcp, azure {LIST}",
    ),
    (
        {"cloudProvider": {"region": "us-east-9"}},
        'cloudProvider.region: "us-east-9" is not in the catalogue of Hugging Face with "aws"; '
        f"there are: us-east-1, us-east-2, us-west-2, eu-west-1 {LIST}",
    ),
    (
        {"compute": {**GPU, "instanceType": "nvidia-t5"}},
        'compute.instanceType: "nvidia-t5" is not in the catalogue of Hugging Face with "aws", '
        '"us-east-1", "gpu"; there are: nvidia-t4, nvidia-l4, nvidia-a100, nvidia-a10g, '
        f"nvidia-h200, nvidia-l40s {LIST}",
    ),
    (
        {"compute": {**GPU, "instanceSize": "x2"}},
        'compute.instanceSize: "x2" is not in the catalogue of Hugging Face with "aws", '
        f'"us-east-1", "gpu", "nvidia-l4"; there are: x1, x4 {LIST}',
    ),
    (  # it exists, and cannot be had
        {"compute": {**GPU, "instanceType": "nvidia-h100", "instanceSize": "x1"}},
        'compute.instanceType: "nvidia-h100" is not in the catalogue of Hugging Face with "aws", '
        '"us-east-1", "gpu"; there are: nvidia-a100, nvidia-h200, nvidia-a10g, nvidia-l40s, '
        f"nvidia-l4, nvidia-t4 {LIST}",
    ),
]


@pytest.mark.parametrize(("patch", "words"), ABSENT, ids=[row[1][:40] for row in ABSENT])
def test_what_is_not_there_warns_with_what_is(
    driver: Driver, hf: Simulator, patch: dict[str, Any], words: str
) -> None:
    assert driver.checked(asked(**patch)) == asked(**patch)
    assert (warned(driver), told(hf)) == ([words], [CATALOGUE])


def test_the_setting_asks_for_all_and_a_resource_decides_for_itself(
    configure: Callable[..., Driver], hf: Simulator
) -> None:
    driver = configure(checkCatalogue=True)
    driver.checked(inputs(checkCatalogue=False, compute={"instanceType": "x"}))
    assert told(hf) == []
    driver.checked(inputs(compute={"instanceType": "x"}))
    assert told(hf) == [CATALOGUE]
    assert driver.logged("is not in the catalogue").severity == WARNING


@pytest.mark.parametrize("value", ["yes", 1])
def test_the_setting_is_true_or_false(configure: Callable[..., Driver], value: Any) -> None:
    with pytest.raises(Exception, match="must be true or false"):
        configure(checkCatalogue=value)


def test_many_resources_ask_once(configure: Callable[..., Driver], hf: Simulator) -> None:
    driver = configure(checkCatalogue="true")
    with ThreadPoolExecutor(12) as threads:
        checks = [
            threads.submit(driver.checked, inputs(name=f"e-{n}", compute=GPU), name=f"e-{n}")
            for n in range(12)
        ]
        assert [check.result()["name"] for check in checks] == [f"e-{n}" for n in range(12)]
    assert told(hf) == [CATALOGUE]
    driver.checked(inputs(namespace="acme", name="theirs"), name="theirs")  # another catalogue
    assert [request.path for request in hf.requests(cloud="hf")] == [
        "/v2/provider/me",
        "/v2/provider/acme",
    ]


def test_a_failure_where_the_old_one_is_deleted_first(driver: Driver, hf: Simulator) -> None:
    news = asked(cloudProvider={"region": "us-east-9"})
    reasons = driver.refused(news, olds=inputs())
    assert reasons == {"cloudProvider.region": ABSENT[1][1].removeprefix("cloudProvider.region: ")}
    # In place, and under a name that the provider makes, nothing is deleted first.
    driver.checked(asked(compute={"instanceType": "x"}), olds=inputs())
    driver.checked(asked(name=None, cloudProvider={"region": "us-east-9"}), olds=inputs(name=None))
    assert told(hf) == [CATALOGUE]


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        ({"compute": UNKNOWN}, []),
        ({"compute": {"instanceType": UNKNOWN, "instanceSize": "x3"}}, []),
        ({"compute": {"instanceSize": UNKNOWN}}, []),
    ],
    ids=str,
)
def test_what_is_not_known_yet_is_not_told(
    driver: Driver, patch: dict[str, Any], words: list[str]
) -> None:
    driver.checked(asked(**patch))
    assert warned(driver) == words


def test_an_unknown_namespace_asks_nothing(driver: Driver, hf: Simulator) -> None:
    driver.checked(asked(namespace=UNKNOWN))
    assert told(hf) == []


def test_a_program_that_is_wrong_anyway_asks_nothing(driver: Driver, hf: Simulator) -> None:
    assert list(driver.refused(asked(tags="a"))) == ["tags"]
    assert told(hf) == []


@pytest.mark.parametrize(
    "fault",
    [{"kind": "error", "status": 503, "count": 0}, {"kind": "error", "status": 401, "count": 0}],
    ids=["unavailable", "unauthorised"],
)
def test_no_answer_is_one_warning(
    configure: Callable[..., Driver], hf: Simulator, fault: dict[str, Any]
) -> None:
    hf.fault("hf", CATALOGUE, **fault)
    driver = configure(checkCatalogue=True, maxRetries=0)
    for number in range(3):
        driver.checked(inputs(name=f"e-{number}", namespace=f"ns-{number}"), name=f"e-{number}")
    (text,) = warned(driver)
    assert text.startswith(
        "Hugging Face: whether there is what the program names is not known "
        "(inference:hf:getMachines): "
    )
    assert told(hf) == [CATALOGUE]


def test_no_credentials_are_no_failure(hf: Simulator, start: Callable[..., Driver]) -> None:
    driver = start()
    driver.configure(hfEndpoint=hf.url("hf"), checkCatalogue=True)
    driver.checked(inputs())
    assert "no credentials" in warned(driver)[0]
    assert (len(warned(driver)), told(hf)) == (1, [])


def test_a_service_that_hangs_holds_nobody_for_long(
    configure: Callable[..., Driver], hf: Simulator
) -> None:
    hf.fault("hf", CATALOGUE, kind="hold", count=0)
    driver = configure(checkCatalogue=True)
    driver.checked(inputs())
    assert warned(driver) == [
        f"{NOT_KNOWN}Hugging Face: reading the catalogue of machines took longer than the time "
        "given: such a question has 10 s, whatever is set"
    ]


EMPTY = [
    ({"vendors": []}, "the list is empty"),
    ({"vendors": [{"name": "aws", "status": "available", "regions": []}]}, "the list is empty"),
]


@pytest.mark.parametrize(("answer", "words"), EMPTY, ids=["nothing", "no machine"])
def test_an_empty_catalogue_proves_nothing(
    configure: Callable[..., Driver], hf: Simulator, answer: dict[str, Any], words: str
) -> None:
    """Said once, and no failure even where the old endpoint is deleted first."""
    hf.fault("hf", CATALOGUE, kind="error", status=200, body=json.dumps(answer), count=0)
    driver = configure(checkCatalogue=True)
    for number in range(3):
        driver.checked(inputs(name=f"e-{number}"), name=f"e-{number}")
    driver.checked(inputs(cloudProvider={"region": "us-east-9"}), olds=inputs())
    assert (warned(driver), told(hf)) == ([f"{NOT_KNOWN}{words}"], [CATALOGUE])


def test_the_quota(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", quotas={"aws/nvidia-l4": 7})
    eight = {**GPU, "scaling": {"minReplica": 2, "maxReplica": 2}}
    driver.checked(asked(compute=eight))
    assert warned(driver) == [
        "compute: needs 8 accelerators of the quota, of which there are left 7 "
        "(inference:hf:getMachines)"
    ]
    driver.checked(asked(name="other", compute=GPU), name="other")
    assert len(warned(driver)) == 1
