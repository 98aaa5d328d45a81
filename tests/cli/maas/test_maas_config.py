"""Where credentials and scope come from, what happens when they change, and that nothing tells."""

from __future__ import annotations

import json

import pytest
from maases import bare, calls, full_id, named, operations, stored
from simulator.client import Simulator
from support.clouds import maas
from support.clouds.description import Json
from support.providers import own_keys, provider
from support.stacks import Stack, secret_paths

CANARY = "canary-6b1f7a"
KEYS = ("inference:maasAccessKey", "inference:maasSecretKey")
PASSWORD: Json = {
    "inference:maasUserName": maas.USER,
    "inference:maasPassword": maas.PASSWORD,
    "inference:maasDomainName": maas.ACCOUNT,
}
MODES: dict[str, Json] = {
    "token": {"inference:maasToken": "simulator-token"},
    "keys": {KEYS[0]: maas.ACCESS_KEY, KEYS[1]: maas.SECRET_KEY},
    "temporary keys": {
        KEYS[0]: "MAASEXAMPLEAK0000002",
        KEYS[1]: "maasExampleSecretKey00000000000000000002",
        "inference:maasSecurityToken": "EXAMPLESECURITYTOKEN",
    },
    "password": PASSWORD,
}
ENVIRONMENTS: dict[str, dict[str, str]] = {
    "token": {"HW_AUTH_TOKEN": "simulator-token"},
    "keys": {"HW_ACCESS_KEY": maas.ACCESS_KEY, "HW_SECRET_KEY": maas.SECRET_KEY},
    "SDK keys": {"HUAWEICLOUD_SDK_AK": maas.ACCESS_KEY, "HUAWEICLOUD_SDK_SK": maas.SECRET_KEY},
    "password": {
        "OS_USERNAME": maas.USER,
        "OS_PASSWORD": maas.PASSWORD,
        "OS_DOMAIN_NAME": maas.ACCOUNT,
    },
}


def without_keys(stack: Stack) -> Json:
    return {key: value for key, value in stack.config.items() if key not in KEYS}


@pytest.mark.parametrize("mode", MODES)
def test_every_way_in(stack: Stack, sim: Simulator, mode: str) -> None:
    """A whole life with each kind of credential."""
    stack.configure(without_keys(stack) | MODES[mode])
    stack.write({"chat": named("chat")})
    stack.up()
    stack.write({"chat": named("chat", {"rpm": 5})})
    stack.up("--refresh")
    stack.destroy()
    assert stored(sim) == {}
    assert {r.status for r in sim.requests()} <= {200, 201, 204}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_credentials_from_the_environment(stack: Stack, sim: Simulator, name: str) -> None:
    """They never reach the state."""
    environment = ENVIRONMENTS[name]
    stack.configure(without_keys(stack))
    stack.write({"chat": named("chat")})
    stack.up(environment=environment)
    assert stack.ids() == {"chat": full_id(sim, "chat")}
    assert stack.up(environment=environment).counts == {"same": 2}
    exported = stack.export(secrets=True)
    for secret in ("simulator-token", maas.SECRET_KEY, maas.PASSWORD):
        assert secret not in exported


def test_no_credentials_at_all(stack: Stack, sim: Simulator) -> None:
    """A preview needs none; an `up` says every place that was looked at."""
    stack.configure(without_keys(stack))
    stack.write({"chat": named("chat")})
    assert stack.preview().counts == {"create": 2}
    run = stack.up(expect=-1)
    for place in ("inference:maasToken", "HW_ACCESS_KEY", "inference:maasPassword", "OS_PASSWORD"):
        assert place in run.errors
    assert sim.requests() == []


def test_halves_of_two_pairs(stack: Stack, sim: Simulator) -> None:
    stack.configure(without_keys(stack))
    stack.write({"chat": named("chat")})
    environment = {"HW_ACCESS_KEY": maas.ACCESS_KEY, "OS_SECRET_KEY": maas.SECRET_KEY}
    run = stack.up(expect=-1, environment=environment)
    assert "HW_ACCESS_KEY" in run.errors and "OS_SECRET_KEY" in run.errors
    assert sim.requests() == []


def test_wrong_keys_lock_nobody_out(stack: Stack, sim: Simulator) -> None:
    """Eight steps in parallel, again and again within one run: one bad signature."""
    stack.configure({**stack.config, KEYS[1]: "wrong", "inference:maasProjectId": maas.PROJECT})
    stack.write({f"chat-{n}": named(f"chat-{n}") for n in range(8)})
    run = stack.up("--parallel", "8", "--continue-on-error", expect=-1)
    assert len(run.failed) == 8
    assert "maasSecretKey" in run.errors
    assert sim.state("maas")["keys"][maas.ACCESS_KEY]["bad"] == 1
    stack.configure({**stack.config, KEYS[1]: maas.SECRET_KEY})
    assert stack.up("--parallel", "8").counts == {"create": 8, "same": 1}


def test_a_token_that_ends_in_the_middle(stack: Stack, sim: Simulator) -> None:
    """It serves for twenty requests only, and each time one new one is bought for all who wait."""
    stack.configure(without_keys(stack) | PASSWORD)
    sim.knobs("maas", token_uses=20)
    names = [f"many-{number:02d}" for number in range(24)]
    stack.write({name: named(name) for name in names})
    assert stack.up("--parallel", "8").counts == {"create": 25}
    accepted = [r for r in sim.requests() if r.operation != "iam.token" and r.status < 400]
    bought = operations(sim).count("iam.token")
    assert bought == -(-len(accepted) // 20)
    assert len(stored(sim)) == 24


# Explicit providers, changed scopes.


def test_an_explicit_provider(stack: Stack, sim: Simulator) -> None:
    config = own_keys(stack.config)
    stack.configure({})
    stack.write({"own": provider(config), "chat": named("chat", provider="${own}")})
    assert stack.up().counts == {"create": 3}
    assert stack.up().counts == {"same": 3}
    assert stack.destroy().counts == {"delete": 3}
    assert stored(sim) == {}


def test_other_credentials_replace_nothing(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named("chat")})
    stack.up()
    for mode in MODES.values():
        stack.configure(without_keys(stack) | mode)
        sim.clear()
        run = stack.up()
        assert run.ops("chat") == ["same"]
        assert "replace" not in json.dumps(run.counts)
        assert calls(sim) == []
        stack.refresh()


def test_the_project_said_later(stack: Stack, sim: Simulator) -> None:
    """The one it was made in all along."""
    stack.write({"chat": named("chat")})
    stack.up()
    stack.configure({**stack.config, "inference:maasProjectId": maas.PROJECT})
    assert stack.up().ops("chat") == ["same"]
    stack.configure({k: v for k, v in stack.config.items() if not k.endswith("ProjectId")})
    assert stack.up().ops("chat") == ["same"]
    assert len(stored(sim)) == 1


@pytest.mark.parametrize("said", [False, True], ids=["looked-up", "said"])
def test_another_region_replaces_the_resource_only(
    stack: Stack, sim: Simulator, said: bool
) -> None:
    config = own_keys(stack.config) | ({"maasProjectId": maas.PROJECT} if said else {})
    stack.configure({})
    chat: Json = {"type": maas.TOKEN, "properties": maas.BASE, "options": {"provider": "${own}"}}
    stack.write({"own": provider(config), "chat": chat})
    stack.up()
    old = stack.ids()["chat"]
    there = {"maasRegion": maas.CHINA} | ({"maasProjectId": maas.CHINA_PROJECT} if said else {})
    stack.write({"own": provider({**config, **there}), "chat": chat})
    run = stack.up()
    assert run.provider_steps == [("own", "update")]
    assert run.ops("chat") == ["create-replacement", "replace", "delete-replaced"]
    new = stack.ids()["chat"]
    assert new.startswith(f"{maas.CHINA}/{maas.CHINA_PROJECT}/")
    assert (new == old, list(stored(sim))) == (False, [bare(new)])
    assert stack.up().counts == {"same": 3}


def test_another_region_with_a_name_fails_in_the_preview(stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named("chat")})
    stack.up()
    stack.configure({**stack.config, "inference:maasRegion": maas.CHINA})
    run = stack.preview(expect=-1)
    assert "region replaces the endpoint" in "\n".join(run.said_of("chat"))
    assert len(stored(sim)) == 1


# Secrets.


def test_no_output_tells(stack: Stack, sim: Simulator) -> None:
    """The password, the token that is bought for it, an API key: encrypted or nowhere."""
    user = {"account": maas.ACCOUNT, "password": f"{CANARY}-password"}
    sim.knobs(
        "maas", users={maas.USER: user}, api_keys={f"{CANARY}-key": {"account": maas.ACCOUNT}}
    )
    names = {k: v for k, v in PASSWORD.items() if not k.endswith("Password")}
    stack.configure(without_keys(stack) | names)
    stack.secret_config("inference:maasPassword", f"{CANARY}-password")
    stack.secret_config("inference:maasApiKey", f"{CANARY}-key")
    log = stack.root / "grpc.json"
    verbose = ("-v=9", "--logtostderr", "--logflow")
    stack.write({"chat": named("chat")})
    runs = [
        stack.preview("--diff"),
        stack.up(*verbose, environment={"PULUMI_DEBUG_GRPC": str(log)}),
    ]
    stack.write({"chat": named("chat", {"rpm": 5, "desiredState": "paused"})})
    runs += [stack.up("--diff", "--debug"), stack.refresh("--diff")]
    tokens = list(sim.state("maas")["tokens"])
    for operation in (maas.LIST, maas.DELETE):
        echo = f"no: {CANARY}-password {' '.join(tokens)}"
        sim.fault("maas", operation, kind="error", status=400, message=echo, count=0)
    runs += [stack.refresh(expect=-1), stack.destroy(expect=-1)]
    tokens = list(sim.state("maas")["tokens"])
    assert len(tokens) >= 3
    for run in runs:
        for hidden in (CANARY, *tokens):
            assert hidden not in json.dumps(run.events)
            assert hidden not in run.stdout
        assert [t for t in tokens if t in run.stderr] == []
    assert "no: [secret]" in runs[-1].errors
    assert [t for t in tokens if t in log.read_text()] == []
    assert CANARY not in stack.export()
    for resource in stack.resources(secrets=False).values():
        assert list(secret_paths(resource)) == []
