"""Where credentials and scope come from, and what happens when they change."""

from __future__ import annotations

import json

from simulator.client import Simulator
from support.clouds.description import Cloud
from support.programs import calls, endpoints, named
from support.providers import own_keys, play_late_configuration, provider
from support.stacks import Stack


def without_credentials(cloud: Cloud, stack: Stack) -> dict[str, object]:
    left_out = {*cloud.secret_keys, *cloud.scope_config}
    return {key: value for key, value in stack.config.items() if key not in left_out}


def test_credentials_from_the_environment(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    """They never reach the state."""
    stack.configure(without_credentials(cloud, stack))
    stack.write({"chat": named(cloud, "chat")})
    stack.up(environment=cloud.credentials)
    assert stack.ids() == {"chat": cloud.id("chat")}
    assert stack.up(environment=cloud.credentials).counts == {"same": 2}
    exported = stack.export(secrets=True)
    for value in cloud.secret_credentials:
        assert value not in exported


def test_credentials_from_a_file(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    for variable, path, text in cloud.credential_files:
        stack.configure({**without_credentials(cloud, stack), **cloud.scope_config})
        file = stack.root / "user" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        stack.write({"chat": named(cloud, "chat")})
        environment = {variable: str(file)} if variable else {}
        stack.up(environment=environment)
        assert stack.ids() == {"chat": cloud.id("chat")}
        stack.destroy(environment=environment)
        file.unlink()


def test_no_credentials_at_all(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    """A preview needs none; an `up` says every place that was looked at."""
    stack.configure({**without_credentials(cloud, stack), **cloud.scope_config})
    stack.write({"chat": named(cloud, "chat")})
    assert stack.preview().counts == {"create": 2}
    run = stack.up(expect=-1)
    for place in (*cloud.secret_keys, *cloud.credential_places):
        assert place in run.errors
    assert sim.requests() == []


def test_an_unused_cloud_needs_nothing(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    stack.configure({})
    stack.write({"own": provider({})})
    assert stack.up().counts == {"create": 2}
    assert sim.requests() == []


def test_wrong_configuration(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    stack.configure({**stack.config, "inference:timeout": "soon"})
    stack.write({"chat": named(cloud, "chat")})
    assert "timeout" in stack.preview(expect=-1).errors
    assert sim.requests() == []


def test_an_explicit_provider(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    config = own_keys(stack.config)
    stack.configure({})
    stack.write(
        {"own": provider(config), "chat": named(cloud, "chat", provider="${own}")},
    )
    assert stack.up().counts == {"create": 3}
    assert stack.up().counts == {"same": 3}
    assert stack.destroy().counts == {"delete": 3}
    assert endpoints(sim, cloud) == []


def test_an_explicit_provider_from_the_environment(
    cloud: Cloud, stack: Stack, sim: Simulator
) -> None:
    config = own_keys(without_credentials(cloud, stack))
    stack.configure({})
    stack.write({"own": provider(config), "chat": named(cloud, "chat", provider="${own}")})
    stack.up(environment=cloud.credentials)
    assert endpoints(sim, cloud) == [cloud.target("chat")]
    for value in cloud.secret_credentials:
        assert value not in stack.export(secrets=True)


def test_a_rotated_key_replaces_nothing(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    config = own_keys(stack.config)
    rotated = {k.split(":", 1)[1]: v for k, v in cloud.secret_config(sim, "rotated").items()}
    stack.configure({})
    chat = named(cloud, "chat", provider="${own}")
    stack.write({"own": provider(config), "chat": chat})
    stack.up()
    sim.clear()
    stack.write({"own": provider({**config, **rotated}), "chat": chat})
    run = stack.up()
    assert run.provider_steps == [("own", "update")]
    assert run.ops("chat") == ["same"]
    assert calls(sim) == []
    stack.refresh()
    assert {r.status for r in sim.requests()} == {200}


def test_a_rotated_key_of_the_default_provider(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    stack.write({"chat": named(cloud, "chat")})
    stack.up()
    sim.clear()
    stack.configure({**stack.config, **cloud.secret_config(sim, "rotated")})
    run = stack.up()
    assert run.ops("chat") == ["same"]
    assert "replace" not in json.dumps(run.counts)
    assert calls(sim) == []


def test_a_changed_scope_replaces_the_resource_only(
    cloud: Cloud, stack: Stack, sim: Simulator
) -> None:
    config = own_keys(stack.config)
    other = {key.split(":", 1)[1]: value for key, value in cloud.other_scope.items()}
    stack.configure({})
    chat = named(cloud, "chat", provider="${own}")
    stack.write({"own": provider(config), "chat": chat})
    stack.up()
    old = stack.ids()["chat"]
    stack.write({"own": provider({**config, **other}), "chat": chat})
    run = stack.up()
    assert run.provider_steps == [("own", "update")]
    assert run.ops("chat") == ["create-replacement", "replace", "delete-replaced"]
    assert list(run.diff("chat").values()) == ["update-replace"]
    new = stack.ids()["chat"]
    assert (new == old, endpoints(sim, cloud)) == (False, [new])
    assert stack.up().counts == {"same": 3}


def test_configuration_that_is_not_known_yet(cloud: Cloud, stack: Stack, sim: Simulator) -> None:
    """In a preview, from a resource that is still to be made."""
    config, property, patch = cloud.late_config
    late = {config: "${first." + property + "}"}
    play_late_configuration(stack, named(cloud, "first", patch), named(cloud, "second"), late)
    assert len(endpoints(sim, cloud)) == 2
