"""Where requests go and with whose keys: both layouts, configuration, environment, secrets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from simulator.tir.sample import KEY, LOCATION, MOUNT, PROJECT, TEAM, TOKEN
from support.drivers.hf import kinds, secret
from support.drivers.tir import (
    FIRST,
    LEGACY,
    SERVICE,
    Simulator,
    TirDriver,
    failing,
    inputs,
    made,
    refreshed,
    requests,
    stored,
    told,
)

Configure = Callable[..., TirDriver]
ODD_KEY = "tir key/with+odd&characters=%"


def lifetime(driver: TirDriver, **patch: Any) -> None:
    """Everything a stack does with one endpoint."""
    id, checked, outputs = made(driver, **patch)
    refreshed(driver, id, outputs, checked)
    changed = {**checked, "modelPath": "a", "replica": 2}
    outputs = driver.update(checked, changed, olds=outputs, id=id)
    paused = {**changed, "desiredState": "paused"}
    outputs = driver.update(changed, paused, olds=outputs, id=id)
    outputs = driver.update(paused, changed, olds=outputs, id=id)
    assert driver.read(id, outputs, changed).id == id
    driver.delete(id, outputs, changed)


# Where prices are, in every layout.
PLANS = f"{MOUNT}/gpu_service/sku/"
LAYOUTS: list[tuple[str, dict[str, Any], str]] = [
    ("auto without a team", {}, SERVICE),
    ("auto with a team", {"tirTeamId": TEAM}, SERVICE),
    ("service with a team", {"tirTeamId": TEAM, "tirApiLayout": "service"}, SERVICE),
    ("legacy", {"tirTeamId": TEAM, "tirApiLayout": "legacy"}, LEGACY),
]


@pytest.mark.parametrize(
    ("config", "path"), [row[1:] for row in LAYOUTS], ids=[row[0] for row in LAYOUTS]
)
def test_every_request_of_a_layout(
    tir: Simulator, configure: Configure, config: dict[str, Any], path: str
) -> None:
    other = "service" if path == LEGACY else "legacy"
    tir.knobs("tir", layouts={other: False})
    driver = configure(tirActiveIam="88", **config)
    lifetime(driver)
    assert stored(tir) == {}
    seen = [request for request in requests(tir) if request.path != PLANS]
    assert {r.path for r in seen} == {path, f"{path}{FIRST}/"}
    wanted = [["active_iam", "88"], ["location", LOCATION]]
    scope = [] if path == LEGACY else [["project_id", PROJECT]]
    for request in seen:
        given = request.notes["parameters"]
        assert sorted(p for p in given if p[0] not in ("page_no", "per_page")) == sorted(
            wanted + scope
        )
        assert request.header("Authorization") == f"Bearer {TOKEN}"
        assert f"apikey={KEY}" in request.query
        assert request.header("User-Agent").startswith("pulumi-resource-inference/")


def test_the_team_of_the_resource(tir: Simulator, configure: Configure) -> None:
    lifetime(configure(tirApiLayout="legacy"), teamId=TEAM, projectId=PROJECT)
    assert {r.path for r in requests(tir)} == {LEGACY, f"{LEGACY}{FIRST}/", PLANS}


def test_legacy_needs_a_team(tir: Simulator, configure: Configure) -> None:
    driver = configure(tirApiLayout="legacy")
    failure = failing(made, driver)
    assert failure.message == (
        "E2E Networks TIR: the legacy API layout needs a team: set teamId or inference:tirTeamId "
        "(inference:tir:getProjects lists them)"
    )
    assert told(tir) == []


def test_a_layout_that_is_no_more(tir: Simulator, configure: Configure) -> None:
    tir.knobs("tir", layouts={"legacy": False}, dead_layout_status=410)
    failure = failing(made, configure(tirTeamId=TEAM, tirApiLayout="legacy"))
    assert "This API is no longer available" in failure.message


# Where both layouts are possible, the newer one is asked once whether it answers.


@pytest.mark.parametrize("status", [400, 404, 410])
def test_the_older_layout_where_the_newer_one_does_not_answer(
    tir: Simulator, configure: Configure, status: int
) -> None:
    tir.knobs("tir", layouts={"service": False}, dead_layout_status=status)
    lifetime(configure(tirTeamId=TEAM))
    asked, *others = [request for request in requests(tir) if request.path != PLANS]
    assert (asked.method, asked.path, asked.status) == ("GET", SERVICE, status)
    assert sorted(asked.notes["parameters"]) == [
        ["location", LOCATION],
        ["page_no", "1"],
        ["per_page", "1"],
        ["project_id", PROJECT],
    ]
    assert {r.path for r in others} == {LEGACY, f"{LEGACY}{FIRST}/"}
    assert stored(tir) == {}


@pytest.mark.parametrize("status", [403, 429, 503])
def test_what_tells_nothing_of_layouts_is_asked_again(
    tir: Simulator, configure: Configure, status: int
) -> None:
    tir.fault("tir", "endpoint.list", status=status, count=1)
    driver = configure(tirTeamId=TEAM)
    id, checked, outputs = made(driver)
    assert requests(tir, "endpoint.create")[0].path == LEGACY
    tir.clear()
    refreshed(driver, id, outputs, checked)
    assert [r.path for r in requests(tir)] == [SERVICE, f"{SERVICE}{id.split('/')[-1]}/"]


ANYBODYS: list[tuple[int, str]] = [
    (200, '{"data": null}'),
    (200, '{"data": 7}'),
    (200, "{}"),
    (400, "<html>Bad request</html>"),
    (404, "<html>Not found</html>"),
    (404, ""),
    (404, "[]"),
    (404, '{"path": "/"}'),
    (410, "gone"),
]


@pytest.mark.parametrize(("status", "body"), ANYBODYS)
def test_what_the_service_did_not_say_tells_nothing_of_layouts(
    tir: Simulator, configure: Configure, status: int, body: str
) -> None:
    tir.fault("tir", "endpoint.list", kind="error", status=status, body=body, count=1)
    driver = configure(tirTeamId=TEAM, maxRetries=0)
    id, checked, outputs = made(driver)
    assert requests(tir, "endpoint.create")[0].path == LEGACY
    tir.clear()
    refreshed(driver, id, outputs, checked)
    assert [r.path for r in requests(tir)] == [SERVICE, f"{SERVICE}{id.split('/')[-1]}/"]


@pytest.mark.parametrize("name", ["tirProjectId", "tirTeamId", "tirActiveIam"])
def test_numbers_of_the_configuration(tir: Simulator, configure: Configure, name: str) -> None:
    """They become part of an address: nothing but digits gets there."""
    failure = failing(configure, **{name: "7/../8"})
    assert failure.message == (
        f'inference:{name} must be a number without sign or leading zeros; is "7/../8"'
    )
    assert told(tir) == []


@pytest.mark.parametrize("name", ["projectId", "teamId"])
def test_numbers_of_the_program(tir: Simulator, configure: Configure, name: str) -> None:
    driver = configure()
    reason = 'must be a number without sign or leading zeros; is "7/../8"'
    assert driver.refused(inputs(**{name: "7/../8"})) == {name: reason}
    failure = failing(driver.create, inputs(location=LOCATION, **{name: "7/../8"}))
    assert 'must be a number, not "7/../8"' in failure.message
    assert told(tir) == []


# Environment.

SETTINGS = {
    "tirApiKey": ("E2E_TIR_API_KEY", "E2E_API_KEY", KEY),
    "tirAuthToken": ("E2E_TIR_ACCESS_TOKEN", "E2E_AUTH_TOKEN", TOKEN),
    "tirProjectId": ("E2E_TIR_PROJECT_ID", "E2E_PROJECT_ID", PROJECT),
    "tirLocation": ("E2E_TIR_LOCATION", "E2E_LOCATION", LOCATION),
}


@pytest.mark.parametrize("which", [0, 1], ids=["of the client", "of e2ectl"])
def test_environment(tir: Simulator, start: Configure, which: int) -> None:
    driver = start(**{names[which]: names[2] for names in SETTINGS.values()})
    driver.configure(tirEndpoint=tir.url("tir") + MOUNT)
    made(driver)
    (request,) = requests(tir, "endpoint.create")
    assert request.path == SERVICE


def test_the_more_special_variable_goes_first(tir: Simulator, start: Configure) -> None:
    driver = start(
        **{names[0]: names[2] for names in SETTINGS.values()},
        **{names[1]: "wrong" for names in SETTINGS.values()},
        E2E_TIR_TEAM_ID=TEAM,
    )
    driver.configure(tirEndpoint=tir.url("tir") + MOUNT, tirApiLayout="legacy")
    made(driver)
    (request,) = requests(tir, "endpoint.create")
    assert request.path == LEGACY


@pytest.mark.parametrize(
    ("variable", "suffix"),
    [
        ("E2E_TIR_API_HOST", "/myaccount/"),
        ("E2E_TIR_API_HOST", "/myaccount"),
        ("E2E_TIR_BASE_URL", "/myaccount/api/v1/gpu"),
        ("E2E_TIR_BASE_URL", "/myaccount/api/v1/gpu/"),
        ("", "/myaccount/"),
        ("", "/proxy/myaccount/api/v1/gpu/"),
    ],
)
def test_addresses(tir: Simulator, start: Configure, variable: str, suffix: str) -> None:
    address = tir.url("tir") + suffix
    driver = start(**({variable: address} if variable else {}))
    config = {} if variable else {"tirEndpoint": address}
    driver.configure(
        tirApiKey=KEY, tirAuthToken=TOKEN, tirProjectId=PROJECT, tirLocation=LOCATION, **config
    )
    made(driver)
    (request,) = requests(tir, "endpoint.create")
    assert request.path == f"{'/proxy' if 'proxy' in suffix else ''}{SERVICE}"


VARIABLES = {
    "tirApiKey": "E2E_TIR_API_KEY, E2E_API_KEY",
    "tirAuthToken": "E2E_TIR_ACCESS_TOKEN, E2E_AUTH_TOKEN",
}


@pytest.mark.parametrize(
    ("missing", "there"), [("tirApiKey", "tirAuthToken"), ("tirAuthToken", "tirApiKey")]
)
def test_both_secrets_are_needed(
    tir: Simulator, configure: Configure, missing: str, there: str
) -> None:
    failure = failing(made, configure(**{missing: None}))
    assert failure.code.name == "UNAUTHENTICATED"
    assert failure.message == (
        f"E2E Networks TIR: inference:{there} is set (by inference:{there}) but "
        f"inference:{missing} is not; both are needed. Looked at inference:{missing}, the "
        f"environment: {VARIABLES[missing]}. Set it with: pulumi config set --secret "
        f"inference:{missing} <value>"
    )
    assert told(tir) == []


@pytest.mark.parametrize("form", ["none", "auth"])
@pytest.mark.parametrize("wrong", ["tirApiKey", "tirAuthToken"])
def test_wrong_secrets(tir: Simulator, configure: Configure, wrong: str, form: str) -> None:
    tir.knobs("tir", detail_form=form)
    failure = failing(made, configure(**{wrong: secret("wrong-secret-value")}))
    said = "API key" if wrong == "tirApiKey" else "token"
    assert failure.code.name == "UNAUTHENTICATED"
    assert f"Invalid or expired {said}" in failure.message
    assert "both die 365 days after they were made" in failure.message
    assert len(requests(tir)) == 1


def test_no_right(tir: Simulator, configure: Configure) -> None:
    failure = failing(made, configure(tirAuthToken=secret("tir_simulator_none")))
    assert failure.code.name == "PERMISSION_DENIED"
    assert failure.message.endswith(
        " (HTTP 403). The account lacks the policy for inference, or tirActiveIam is another one's."
        " The credential came from inference:tirAuthToken and inference:tirApiKey; asked was "
        "projectId 501, location Delhi."
    )


# The key is part of every address.


class LoudDriver(TirDriver):
    """Tells all it can, to the engine and on standard error."""

    arguments = ("-v=9", "-logtostderr")

    def errors(self) -> str:
        """Standard error, once the process has ended."""
        self.process.interrupt()
        self.process.wait()
        assert self.process.process.stderr is not None
        return self.process.process.stderr.read().decode()


@pytest.fixture
def loud(binary: Path, tir: Simulator) -> Iterator[LoudDriver]:
    driver = LoudDriver(binary)
    yield driver
    driver.stop()


@pytest.mark.one_call
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "error", "status": 400, "message": "bad apikey={key} token {token}"},
        {"kind": "error", "status": 500, "body": "<html>GET /x?apikey={quoted}</html>"},
        {"kind": "html", "status": 502, "body": "<p>{quoted} {token}</p>"},
        {"kind": "malformed", "body": "{{ {key}"},
        {"kind": "close"},
        {"kind": "close", "reset": True},
        {
            "kind": "error",
            "status": 302,
            "headers": {"Location": "http://127.0.0.1:1/?apikey={quoted}"},
        },
        {
            "kind": "rewrite",
            "merge": {"data": {"status": "failed", "message": "env {key} {token}"}},
        },
    ],
    ids=["refusal", "page", "gateway", "garbage", "closed", "reset", "redirect", "status message"],
)
def test_the_key_never_shows(tir: Simulator, loud: LoudDriver, fault: dict[str, Any]) -> None:
    tokens = {ODD_KEY + "token": {"api_key": ODD_KEY, "rights": "write"}}
    tir.knobs("tir", tokens=tokens)
    words = {"key": ODD_KEY, "quoted": quote(ODD_KEY, safe=""), "token": ODD_KEY + "token"}

    def filled(value: Any) -> Any:
        if isinstance(value, str):
            return value.format(**words)
        if isinstance(value, dict):
            return {key: filled(item) for key, item in value.items()}
        return value

    for operation in ("endpoint.create", "endpoint.get", "endpoint.list", "endpoint.patch"):
        tir.fault("tir", operation, count=0, **filled(fault))
    driver = loud
    driver.configure(
        tirEndpoint=tir.url("tir") + MOUNT,
        tirApiKey=secret(ODD_KEY),
        tirAuthToken=secret(ODD_KEY + "token"),
        tirProjectId=PROJECT,
        tirLocation=LOCATION,
        maxRetries=1,
    )
    texts = []
    failure = failing(driver.create, driver.checked(inputs()), timeout=5)
    texts += [failure.message, str(failure.partial)]
    if fault["kind"] != "rewrite":
        failure = failing(driver.read, FIRST, {}, inputs(location=LOCATION, projectId=PROJECT))
        texts += [failure.message, str(failure.partial)]
    driver.logged(f"{SERVICE}: ")  # every request leaves a line
    texts += driver.engine.messages
    texts.append(driver.errors())
    for text in texts:
        for word in (ODD_KEY, quote(ODD_KEY, safe=""), quote(ODD_KEY), "apikey=tir"):
            assert word not in text
    assert requests(tir)[0].query.startswith("apikey=" + quote(ODD_KEY, safe=""))


# Where an endpoint lives.


def test_another_place_replaces(tir: Simulator, driver: TirDriver) -> None:
    olds = driver.checked(inputs())
    for name, value, first in (
        ("location", "Chennai", True),
        ("projectId", "502", False),
    ):
        news = driver.checked(inputs(**{name: value}), olds=olds)
        diff = driver.diff(olds, news)
        assert kinds(diff) == {name: "UPDATE_REPLACE"}
        # Names are unique in a project, whatever the location.
        assert diff.deleteBeforeReplace is first


def test_a_team_makes_no_difference_another_one_does(tir: Simulator, driver: TirDriver) -> None:
    without = driver.checked(inputs())
    seven = driver.checked(inputs(teamId="7"))
    eight = driver.checked(inputs(teamId="8"))
    assert kinds(driver.diff(without, seven)) == {}
    assert kinds(driver.diff(seven, without)) == {}
    diff = driver.diff(seven, eight)
    assert kinds(diff) == {"teamId": "UPDATE_REPLACE"}
    assert diff.deleteBeforeReplace is True


def test_a_currency_with_a_team_is_deleted_first(tir: Simulator, driver: TirDriver) -> None:
    olds = driver.checked(inputs())
    news = driver.checked(inputs(teamId="7", currency="USD"), olds=olds)
    diff = driver.diff(olds, news)
    assert kinds(diff) == {"currency": "UPDATE_REPLACE"}
    assert diff.deleteBeforeReplace is True


REPLACED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("name", {}, {"name": "other"}),
    ("currency", {}, {"currency": "USD"}),
    ("clusterType", {"clusterType": "tir-cluster"}, {"clusterType": "private-cluster"}),
    (
        "privateCloudId",
        {"privateCloudId": "9001", "customSku": {"cpu": 1}},
        {"privateCloudId": "9002", "customSku": {"cpu": 1}},
    ),
]


@pytest.mark.parametrize(("name", "before", "after"), REPLACED, ids=[row[0] for row in REPLACED])
def test_what_replaces(
    tir: Simulator, driver: TirDriver, name: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    olds = driver.checked(inputs(**before))
    news = driver.checked(inputs(**after), olds=olds)
    diff = driver.diff(olds, news)
    assert kinds(diff) == {name: "UPDATE_REPLACE"}
    assert diff.deleteBeforeReplace is (name != "name")


def test_an_account_of_its_own(tir: Simulator, configure: Configure) -> None:
    driver = configure(tirActiveIam="88")
    made(driver, activeIam="89")
    (request,) = requests(tir, "endpoint.create")
    assert ["active_iam", "89"] in request.notes["parameters"]


# What got around a value on its way: a line break from `echo`, blanks from a paste.


def test_line_breaks_around_the_environment(tir: Simulator, start: Configure) -> None:
    driver = start(
        **{names[0]: f" {names[2]}\r\n" for names in SETTINGS.values()},
        E2E_TIR_API_HOST=f"{tir.url('tir')}/myaccount/\n",
    )
    driver.configure()
    made(driver)
    (request,) = requests(tir, "endpoint.create")
    assert request.path == SERVICE
    assert request.header("Authorization") == f"Bearer {TOKEN}"
    assert sorted(request.notes["parameters"]) == [["location", LOCATION], ["project_id", PROJECT]]
    assert f"apikey={KEY}&" in f"{request.query}&"


@pytest.mark.parametrize(
    ("name", "value", "key", "wrong"),
    [
        ("E2E_TIR_API_KEY", "key-1\nkey-2", "tirApiKey", "has a line break inside"),
        ("E2E_AUTH_TOKEN", "key-1\r\nkey-2", "tirAuthToken", "has a line break inside"),
        ("E2E_TIR_TEAM_ID", "1\n2", "tirTeamId", "has a line break inside"),
        (
            "E2E_TIR_BASE_URL",
            "https://me:key-1@tir.invalid",
            "tirEndpoint",
            "must be a URL (https://host, or http:// for this machine) without a user name or a "
            "query",
        ),
    ],
)
def test_one_inside_names_the_variable(
    tir: Simulator, start: Configure, name: str, value: str, key: str, wrong: str
) -> None:
    usual = {
        "tirEndpoint": tir.url("tir") + MOUNT,
        "tirApiKey": secret(KEY),
        "tirAuthToken": secret(TOKEN),
    }
    driver = start(**{name: value})
    driver.configure(**{other: text for other, text in usual.items() if other != key})
    failure = failing(driver.create, inputs(location=LOCATION, projectId=PROJECT))
    assert failure.message == (
        f"E2E Networks TIR: the environment variable {name}, which gives inference:{key}, {wrong}: "
        f"mend it, or set inference:{key}, which takes precedence"
    )
    assert told(tir) == []


def test_a_project_out_of_a_file_is_a_project(tir: Simulator, driver: TirDriver) -> None:
    given = inputs(projectId=f"{PROJECT}\n", location=f"{LOCATION}\r\n")
    checked = driver.checked(given)
    assert (checked["projectId"], checked["location"]) == (PROJECT, LOCATION)
    id, outputs = driver.create(checked)
    again = driver.checked(given, olds=checked)
    assert again == checked
    assert kinds(driver.diff(checked, again, outputs, id=id)) == {}
    assert refreshed(driver, id, outputs, checked)[0] == checked
    assert driver.refused(inputs(projectId="1\n2")) == {"projectId": "has a line break inside"}
