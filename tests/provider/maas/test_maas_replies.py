"""Replies that no service should give: what is readable is read, and nothing else is believed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2
from support.drivers.hf import struct
from support.drivers.maas import (
    API_KEY,
    CHINA,
    KEYS,
    MODES,
    PROJECT,
    REGION,
    MaasDriver,
    Simulator,
    failing,
    made,
    only_id,
    secret,
    stored,
    told,
)
from support.replies import DEEP, LOST, MANY, Outcome, changed, outcome, put

pytestmark = pytest.mark.one_call

Configure = Callable[..., MaasDriver]
LISTING = "Huawei Cloud MaaS: listing the endpoints: "
NO_LIST = f"{LISTING}the reply holds no list of endpoints, so nothing is taken as deleted"
NOT_YET = " is not listed yet: it was made "  # the list is whole, and lacks it
NOBODYS = f"{LISTING}the reply is not the service's: "

REMARK, RPM, MODERATION = '"remark":"d"', '"rpm":1', '"moderation":true'
# Old text, new text, and what a refresh then changes in the outputs.
ROWS: list[tuple[str, str, Outcome]] = [
    (REMARK, '"remark":"a\\ud800b"', {"description": f"a{LOST}b"}),
    (REMARK, '"remark":7', {"description": "7"}),
    (REMARK, '"remark":["d"]', {"description": None}),
    (REMARK, '"remark":"x","remark":"d"', {}),
    (RPM, '"rpm":NaN', {"rpm": None}),
    (RPM, '"rpm":1e400', {"rpm": None}),
    (RPM, '"rpm":1.5', {"rpm": 1.5}),
    (RPM, '"rpm":"1"', {}),
    (RPM, '"rpm":{}', {"rpm": None}),
    (MODERATION, '"moderation":"yes"', {"moderation": None}),
    (MODERATION, '"moderation":1', {"moderation": None}),
]


@pytest.fixture
def fresh(configure: Configure) -> Callable[[], MaasDriver]:
    """Providers that know no list yet, and try once."""
    return lambda: configure(**MODES["token"], maasProjectId=PROJECT, maxRetries=0)


def test_odd_values_hide_nothing_else(fresh: Callable[[], MaasDriver], maas: Simulator) -> None:
    id, checked, outputs = made(fresh(), description="d", rpm=1, tpm=2)
    assert outcome(fresh(), id, outputs, checked) == {}
    text = maas.requests(cloud="maas", operation="endpoint.list")[-1].reply_body.decode()
    for old, new, wanted in ROWS:
        maas.fault("maas", "endpoint.list", kind="malformed", body=changed(text, old, new))
        assert outcome(fresh(), id, outputs, checked) == wanted, new


def test_texts_that_are_no_list(fresh: Callable[[], MaasDriver], maas: Simulator) -> None:
    """Nor is the endpoint gone for their sake."""
    id, checked, outputs = made(fresh(), description="d", rpm=1, tpm=2)
    assert outcome(fresh(), id, outputs, checked) == {}
    text = maas.requests(cloud="maas", operation="endpoint.list")[-1].reply_body.decode()
    rows: list[tuple[str, str]] = [
        (put(text, "New", DEEP), NOBODYS),
        (put(text, "New", MANY), NOBODYS),
        (text[:-1], NOBODYS),
        (text + text, NOBODYS),
        (f"[{text}]", NO_LIST),
        ('"x"', NO_LIST),
        ("null", NO_LIST),
        ("", NO_LIST),
        ('{"items":7}', NO_LIST),
        ('{"items":{}}', NO_LIST),
        ('{"items":[7],"total":1}', f"{LISTING}the reply holds something that is no endpoint"),
        ('{"items":[{"id":7}],"total":1}', NOT_YET),
        ('{"items":[],"total":3}', f"{LISTING}the list is shorter than its own total"),
    ]
    for body, wanted in rows:
        maas.fault("maas", "endpoint.list", kind="malformed", body=body)
        message = outcome(fresh(), id, outputs, checked)
        assert isinstance(message, str) and wanted in message, body[:80]
    maas.fault("maas", "endpoint.list", kind="malformed", body=f"\ufeff{text}")
    assert outcome(fresh(), id, outputs, checked) == {}
    assert f"/{only_id(maas)}" in id


# IAM.

PROJECTS = "Huawei Cloud MaaS: looking the project up: the reply is not the service's: "


@pytest.mark.parametrize("body", ["", "{}", "[]", "null", "7", "<html>", '{"projects":null}'])
def test_an_answer_of_iam_without_projects_is_tried_again(
    configure: Configure, maas: Simulator, body: str
) -> None:
    """It is no word that there are none."""
    maas.fault("maas", "iam.projects", kind="malformed", body=body)
    made(configure(**KEYS))
    assert told(maas) == ["iam.projects"] * 2 + ["endpoint.create", "endpoint.list"]


def test_an_answer_of_iam_that_stays_empty_is_an_error(
    configure: Configure, maas: Simulator
) -> None:
    maas.fault("maas", "iam.projects", kind="malformed", body="", count=0)
    driver = configure(**KEYS, maxRetries=1)
    failure = failing(made, driver)
    assert failure.code.name == "UNAVAILABLE"
    assert failure.message.startswith(f'{PROJECTS}it lacks "projects" (HTTP 200, request id ')
    assert told(maas) == ["iam.projects"] * 2
    maas.control("DELETE", "faults")
    made(driver)  # and nothing is remembered of it
    assert len(stored(maas)) == 1


STRANGER = '{"id":"e123456789abcdef0123456789abcdef","name":"eu-west-101"}'
OWN = f'{{"id":"{PROJECT}","name":"{REGION}"}}'


def refused_projects(configure: Configure, maas: Simulator, projects: str) -> str:
    """What is said of such an answer; the next one is asked for and believed."""
    maas.fault("maas", "iam.projects", kind="malformed", body=f'{{"projects":{projects}}}')
    driver = configure(**KEYS)
    failure = failing(made, driver)
    assert failure.code.name == "UNAVAILABLE"
    made(driver)
    assert told(maas) == ["iam.projects"] * 2 + ["endpoint.create", "endpoint.list"]
    return failure.message


@pytest.mark.parametrize("projects", [f"[{STRANGER}]", f"[{STRANGER},{STRANGER}]"])
def test_another_project_is_not_taken_for_the_one_that_was_asked_for(
    configure: Configure, maas: Simulator, projects: str
) -> None:
    """Something on the way has lost the question, or answers another one."""
    assert refused_projects(configure, maas, projects) == (
        f"{PROJECTS}it shows other projects than the one that was asked for. Set "
        "inference:maasProjectId, or run it again"
    )


def test_the_project_is_found_among_others(configure: Configure, maas: Simulator) -> None:
    body = f'{{"projects":[{STRANGER},{OWN}]}}'
    maas.fault("maas", "iam.projects", kind="malformed", body=body)
    id, _, _ = made(configure(**KEYS))
    assert id.split("/")[1] == PROJECT
    maas.fault("maas", "iam.projects", kind="malformed", body=f'{{"projects":[{OWN},{OWN}]}}')
    assert "several projects are named" in failing(made, configure(**KEYS)).message


@pytest.mark.parametrize(
    "projects",
    ["7", "{}", "[7]", "[null]", '[{"id":7}]', "[[]]", f'[{{"id":"{PROJECT}"}}]', f"[{OWN},7]"],
)
def test_projects_that_are_none_prove_nothing(
    configure: Configure, maas: Simulator, projects: str
) -> None:
    assert refused_projects(configure, maas, projects) == (
        f"{PROJECTS}it holds no list of projects with their ids. Set inference:maasProjectId, or "
        "run it again"
    )


def test_no_projects_are_none(configure: Configure, maas: Simulator) -> None:
    maas.fault("maas", "iam.projects", kind="malformed", body='{"projects":[]}')
    assert "no project is named" in failing(made, configure(**KEYS)).message


# Look-ups.

LOOK_UPS = {
    "getAgreement": ({}, "agreement.get", "agreement_id"),
    "getModels": ({}, "model.list", "data"),
    "getRegions": ({}, "region.list", "region_items"),
    "getServices": ({"modelRegion": CHINA}, "service.list", "data"),
    "getWorkspaces": ({"modelRegion": CHINA}, "workspace.list", "workspaces"),
}


@pytest.mark.parametrize("name", LOOK_UPS)
def test_an_empty_answer_to_a_look_up_is_not_an_empty_list(
    configure: Configure, maas: Simulator, name: str
) -> None:
    arguments, operation, member = LOOK_UPS[name]
    driver = configure(
        **MODES["token"], maasProjectId=PROJECT, maasApiKey=secret(API_KEY), maxRetries=1
    )

    def invoke() -> dict[str, Any]:
        request = provider_pb2.InvokeRequest(tok=f"inference:maas:{name}", args=struct(arguments))
        return dict(getattr(driver.call("Invoke", request), "return"))

    whole = invoke()
    for body in ("", "{}", "[]", "null"):
        maas.fault("maas", operation, kind="malformed", body=body)
        assert invoke() == whole
        maas.fault("maas", operation, kind="malformed", body=body, count=2)
        failure = failing(invoke)
        assert failure.code.name == "UNAVAILABLE"
        assert f'the reply is not the service\'s: it lacks "{member}"' in failure.message
