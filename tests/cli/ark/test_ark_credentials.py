"""What signs the requests of a stack: profiles, roles, and the keys of two sites in one program."""

from __future__ import annotations

import copy
import json

from arks import calls, stored
from simulator.client import Simulator
from support.clouds import ark
from support.clouds.description import Json
from support.providers import provider
from support.stacks import Stack

TRN = "trn:iam::2100000001:role/deploy"
PROFILE = {"mode": "AK", "access-key": ark.ACCESS_KEY, "secret-key": ark.SECRET_KEY}


def endpoint(region: str | None = None, **options: Json | str) -> Json:
    inputs = {**copy.deepcopy(ark.BASE), "name": "chat", **({"region": region} if region else {})}
    return {"type": ark.TOKEN, "properties": inputs, "options": options}


def test_a_profile_gives_the_keys(stack: Stack, sim: Simulator) -> None:
    """They never reach the state, and another profile makes no difference."""
    file = stack.root / "user" / ".byteplus" / "config.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"current": "a", "profiles": {"a": PROFILE, "b": PROFILE}}))
    stack.configure({"inference:arkEndpoint": sim.url("ark")})
    stack.write({"chat": endpoint()})
    stack.up()
    assert stack.up(environment={"BYTEPLUS_PROFILE": "b"}).counts == {"same": 2}
    assert ark.SECRET_KEY not in stack.export(secrets=True)
    errors = stack.refresh(environment={"BYTEPLUS_PROFILE": "c"}, expect=-1).errors
    assert 'the profile "c" of the file ~/.byteplus/config.json' in errors
    stack.destroy()
    assert stored(sim) == {}


def test_a_role_signs_what_a_stack_sends(stack: Stack, sim: Simulator) -> None:
    stack.configure(
        {
            **stack.config,
            "inference:arkAssumeRoleTrn": TRN,
            "inference:arkAssumeRoleDurationSeconds": "900",
            "inference:arkStsEndpoint": sim.url("ark"),
        }
    )
    stack.write({"chat": endpoint()})
    stack.up()
    assumed = sim.requests(cloud="ark", operation="role.assume")
    assert [("DurationSeconds", "900") in request.parameters for request in assumed] == [True]
    signers = [
        (request.header("Authorization") or "").partition("Credential=")[2][:4]
        for request in sim.requests(cloud="ark")
        if request.operation != "role.assume"
    ]
    assert set(signers) == {"AKTP"}
    stack.destroy()
    assert stored(sim) == {}


def test_a_duration_that_no_role_has_fails_in_the_preview(stack: Stack, sim: Simulator) -> None:
    stack.configure({**stack.config, "inference:arkAssumeRoleDurationSeconds": "60"})
    stack.write({"chat": endpoint()})
    assert "must be at least 900" in stack.preview(expect=-1).errors
    assert sim.requests() == []


def test_two_sites_in_one_program(stack: Stack, sim: Simulator) -> None:
    """Each with a provider of its own; without one it fails before anything is sent."""
    stack.write({"chat": endpoint(ark.VOLCENGINE_REGION)})
    errors = stack.preview(expect=-1).errors
    assert "use an explicit provider that is configured for it" in errors
    assert sim.requests() == []

    own = {
        "arkEndpoint": sim.url("ark"),
        "arkRegion": ark.VOLCENGINE_REGION,
        "arkAccessKey": ark.VOLCENGINE_ACCESS_KEY,
        "arkSecretKey": ark.VOLCENGINE_SECRET_KEY,
    }
    stack.write(
        {
            "here": endpoint(),
            "volcengine": provider(own),
            "there": endpoint(ark.VOLCENGINE_REGION, provider="${volcengine}"),
        }
    )
    stack.up()
    found = {row["region"]: row["account"] for row in stored(sim).values()}
    assert found == {ark.REGION: "2100000001", ark.VOLCENGINE_REGION: "3100000001"}
    assert stack.up().counts == {"same": 4}
    assert len(calls(sim)) == 2
    stack.destroy()
    assert stored(sim) == {}
