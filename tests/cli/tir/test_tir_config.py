"""Where keys and scope come from, what happens when they change or are known late."""

from __future__ import annotations

import json

import pytest
from simulator.client import Simulator
from support.clouds import tir
from support.clouds.description import Json
from support.providers import own_keys, play_late_configuration, provider
from support.stacks import Stack
from tirs import calls, endpoint, named, names, stored

KEYS = ("inference:tirApiKey", "inference:tirAuthToken")
SCOPE = ("inference:tirProjectId", "inference:tirTeamId", "inference:tirLocation")
ENVIRONMENTS: dict[str, dict[str, str]] = {
    "client": {
        "E2E_TIR_API_KEY": tir.KEY,
        "E2E_TIR_ACCESS_TOKEN": tir.BEARER,
        "E2E_TIR_PROJECT_ID": tir.PROJECT,
        "E2E_TIR_TEAM_ID": tir.TEAM,
        "E2E_TIR_LOCATION": tir.LOCATION,
    },
    "e2ectl": {
        "E2E_API_KEY": tir.KEY,
        "E2E_AUTH_TOKEN": tir.BEARER,
        "E2E_PROJECT_ID": tir.PROJECT,
        "E2E_LOCATION": tir.LOCATION,
    },
}


def without(stack: Stack, *keys: str) -> Json:
    return {key: value for key, value in stack.config.items() if key not in keys}


@pytest.mark.parametrize("family", ENVIRONMENTS)
def test_keys_and_scope_from_the_environment(stack: Stack, sim: Simulator, family: str) -> None:
    """The keys never reach the state."""
    environment = ENVIRONMENTS[family]
    layout = {"inference:tirApiLayout": "legacy" if family == "client" else "auto"}
    stack.configure({**without(stack, *KEYS, *SCOPE), **layout})
    stack.write({"chat": named("chat")})
    stack.up(environment=environment)
    assert stack.ids() == {"chat": "3001"}
    assert stack.up(environment=environment).counts == {"same": 2}
    exported = stack.export(secrets=True)
    assert tir.KEY not in exported
    assert tir.BEARER not in exported
    about_it = [r for r in sim.requests("tir") if r.operation != "sku.list"]  # those are nobody's
    by_team = [r for r in about_it if "/teams/7/projects/501/" in r.path]
    assert len(by_team) == (len(about_it) if family == "client" else 0)


def test_no_keys_at_all(stack: Stack, sim: Simulator) -> None:
    """A preview needs none; an `up` says every place that was looked at."""
    stack.configure(without(stack, *KEYS))
    stack.write({"chat": named("chat")})
    assert stack.preview().counts == {"create": 2}
    run = stack.up(expect=-1)
    for place in (*KEYS, "E2E_TIR_API_KEY", "E2E_API_KEY", "E2E_AUTH_TOKEN"):
        assert place in run.errors
    assert sim.requests() == []


def test_no_scope_at_all(stack: Stack, sim: Simulator) -> None:
    """That a preview tells."""
    stack.configure(without(stack, *SCOPE))
    stack.write({"chat": named("chat")})
    run = stack.preview(expect=-1)
    for place in ("inference:tirProjectId", "E2E_PROJECT_ID", "inference:tirLocation"):
        assert place in run.text
    assert sim.requests() == []


def test_an_explicit_provider(stack: Stack, sim: Simulator) -> None:
    config = own_keys(stack.config)
    stack.configure({})
    stack.write({"own": provider(config), "chat": named("chat", provider="${own}")})
    assert stack.up().counts == {"create": 3}
    assert stack.up().counts == {"same": 3}
    assert stack.destroy().counts == {"delete": 3}
    assert stored(sim) == {}


def test_a_rotated_key_replaces_nothing(stack: Stack, sim: Simulator) -> None:
    config = own_keys(stack.config)
    stack.configure({})
    chat = named("chat", provider="${own}")
    stack.write({"own": provider(config), "chat": chat})
    stack.up()
    sim.knobs("tir", tokens={"new-token": {"api_key": "new-key", "rights": "write"}})
    sim.clear()
    rotated = {"tirApiKey": "new-key", "tirAuthToken": "new-token"}
    stack.write({"own": provider({**config, **rotated}), "chat": chat})
    run = stack.up()
    assert run.provider_steps == [("own", "update")]
    assert run.ops("chat") == ["same"]
    assert calls(sim) == []
    stack.refresh()
    assert {r.status for r in sim.requests()} == {200}


@pytest.mark.parametrize(
    ("key", "value"),
    [("tirProjectId", "502"), ("tirLocation", "Chennai"), ("tirTeamId", "8")],
    ids=["project", "location", "team"],
)
def test_a_changed_scope_replaces_the_resource_only(
    stack: Stack, sim: Simulator, key: str, value: str
) -> None:
    sim.knobs("tir", teams={"7": TEAM_7, "8": {"name": "support", "projects": {"501": "chat"}}})
    config = own_keys(tir.config(sim.url("tir"), tir.TEAM))
    stack.configure({})
    chat = endpoint(provider="${own}")
    stack.write({"own": provider(config), "chat": chat})
    stack.up()
    old = stack.ids()["chat"]
    stack.write({"own": provider({**config, key: value}), "chat": chat})
    run = stack.up()
    assert run.provider_steps == [("own", "update")]
    assert run.ops("chat") == ["create-replacement", "replace", "delete-replaced"]
    assert list(run.diff("chat").values()) == ["update-replace"]
    new = stack.ids()["chat"]
    assert (new == old, list(stored(sim))) == (False, [new])
    assert stack.up().counts == {"same": 3}


def test_a_changed_layout_replaces_nothing(stack: Stack, sim: Simulator) -> None:
    """Nor does a team that is told later: it is the same endpoint on another path."""
    stack.write({"chat": named("chat")})
    stack.up()
    for more in ({"inference:tirTeamId": tir.TEAM}, {"inference:tirApiLayout": "service"}):
        stack.configure({**stack.config, **more})
        sim.clear()
        run = stack.up("--refresh")
        assert run.ops("chat")[-1] == "same"
        assert "replace" not in json.dumps(run.counts)
        assert calls(sim) == []


# Known late: the number of the first endpoint is what the second one's provider is told.

TEAM_7: Json = {"name": "research", "projects": {"501": "chat", "502": "vision"}}
NUMBER = "${first.endpointId}"
LATE: dict[str, tuple[Json, dict[str, str]]] = {
    "project": (
        {"teams": {"7": {"name": "research", "projects": {"501": "chat", "3001": "late"}}}},
        {"inference:tirProjectId": NUMBER},
    ),
    "team": (
        {"teams": {"7": TEAM_7, "3001": {"name": "late", "projects": {"501": "chat"}}}},
        {"inference:tirTeamId": NUMBER, "inference:tirApiLayout": "legacy"},
    ),
    "account": ({"iam_accounts": [3001]}, {"inference:tirActiveIam": NUMBER}),
    "token": (
        {
            "tokens": {
                tir.BEARER: {"api_key": tir.KEY, "rights": "write"},
                "3001": {"api_key": "3001", "rights": "write"},
            }
        },
        {"inference:tirAuthToken": NUMBER, "inference:tirApiKey": NUMBER},
    ),
    "location": (
        {"locations": ["Delhi", "running"]},
        {"inference:tirLocation": "${first.status}"},
    ),
}


@pytest.mark.parametrize("what", LATE)
def test_configuration_that_is_not_known_yet(stack: Stack, sim: Simulator, what: str) -> None:
    knobs, late = LATE[what]
    sim.knobs("tir", knobs)
    play_late_configuration(stack, named("first"), named("second"), late)
    first, second = (stack.state(name) for name in ("first", "second"))
    assert names(sim) == {"first": first["id"], "second": second["id"]}
    (made,) = [r for r in sim.requests(operation=tir.CREATE) if r.json["name"] == "second"]
    told = {
        "project": dict(made.parameters).get("project_id"),
        "team": made.path.split("/teams/")[-1].split("/")[0],
        "account": dict(made.parameters).get("active_iam"),
        "token": (made.header("Authorization") or "").removeprefix("Bearer "),
        "location": dict(made.parameters).get("location"),
    }
    assert told[what] == ("running" if what == "location" else "3001")
