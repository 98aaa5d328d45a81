"""A stack that the bytepluscc package made moves over: only the type in the program changes."""

from __future__ import annotations

import copy
import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from arks import calls, endpoint, operations, stored
from simulator.client import Simulator
from support.clouds import ark
from support.clouds.description import Json, patched
from support.stacks import Stack

STATE = Path(__file__).with_name("bytepluscc.json")
PROGRAM: Json = {
    "name": "EndpointDemo",
    "description": "endpoint description",
    "modelReference": {"foundationModel": {"name": "seed-1-6", "modelVersion": "250615"}},
    "tags": [{"key": "env", "value": "test"}],
    "projectName": "default",
    "rateLimit": {"rpm": 10, "tpm": 5000},
}


def move(stack: Stack, sim: Simulator, package: str, region: str) -> str:
    """The old package's state and its endpoint, which nobody tagged; its id."""
    sim.knobs("ark", auth=False)
    body = ark.create_body(PROGRAM)
    url = f"{sim.url('ark')}/?Action=CreateEndpoint&Version=2024-01-01"
    scope = f"Credential=A/20260101/{region}/ark/request, SignedHeaders=host, Signature=a"
    headers = {"Authorization": f"HMAC-SHA256 {scope}"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method="POST")
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as reply:
        id: str = json.load(reply)["Result"]["Id"]
    sim.knobs("ark", auth=True)
    sim.clear()
    file = stack.root / "bytepluscc.json"
    text = STATE.read_text().replace("ENDPOINT-ID", id)
    file.write_text(text.replace("bytepluscc", package).replace(ark.REGION, region))
    stack.run("stack", "import", "--stack", "dev", "--file", str(file))
    return id


@pytest.fixture
def moved(stack: Stack, sim: Simulator) -> str:
    return move(stack, sim, "bytepluscc", ark.REGION)


def write(stack: Stack, patch: Json | None = None, **options: Any) -> None:
    properties = patched(copy.deepcopy(PROGRAM), patch or {})
    stack.write({"chat": endpoint(properties, **options)}, outputs={"target": "${chat.target}"})


def providers(stack: Stack) -> list[str]:
    resources = json.loads(stack.export())["deployment"]["resources"]
    return [r["type"] for r in resources if r["type"].startswith("pulumi:providers:")]


def test_up_goes_on(stack: Stack, sim: Simulator, moved: str) -> None:
    """No replacement, no create, nothing sent that changes anything; then our shape of outputs."""
    before = stored(sim)
    write(stack)
    planned = stack.preview()
    assert planned.counts == {"same": 1, "update": 1}
    run = stack.up()
    assert run.ops("chat") == ["update"]
    assert run.diff("chat") == {"desiredState": "add"}
    assert run.counts == {"same": 1, "update": 1}
    assert calls(sim) == []
    assert set(operations(sim)) == {"endpoint.get", "endpoint.certificate"}
    assert stored(sim) == before

    assert stack.ids() == {"chat": moved}
    state = stack.state("chat")
    assert state["type"] == ark.TOKEN
    assert state["urn"].endswith(f"::{ark.TOKEN}::chat")
    assert state["inputs"] == {**PROGRAM, "region": ark.REGION}
    document = before[moved]
    assert state["outputs"] == {
        **PROGRAM,
        "region": ark.REGION,
        "desiredState": "running",
        "moderation": {"strategy": "Default"},
        "endpointId": moved,
        "accountId": "2100000001",
        "endpointModelType": "FoundationModel",
        "status": "Running",
        "batchOnly": False,
        "supportRolling": True,
        "supportScaleTier": False,
        "createTime": document["CreateTime"],
        "updateTime": document["UpdateTime"],
        "target": stack.outputs()["target"],
    }
    assert stack.outputs()["target"]["portkeyModel"] == f"@byteplus/{moved}"
    assert providers(stack) == ["pulumi:providers:inference"]
    assert "SKOLD" not in stack.export(secrets=True)


def test_then_it_is_ours(stack: Stack, sim: Simulator, moved: str) -> None:
    write(stack)
    stack.up()
    sim.clear()
    assert stack.preview().counts == {"same": 2}
    assert stack.up().counts == {"same": 2}
    assert sim.requests() == []
    assert stack.refresh().counts == {"same": 2}
    write(stack, {"description": "new"})
    assert stack.up().ops("chat") == ["update"]
    assert calls(sim) == [(ark.UPDATE, {"Description": "new"})]
    assert stack.ids() == {"chat": moved}
    stack.destroy()
    assert stored(sim) == {}


@pytest.mark.parametrize(
    ("patch", "body", "diff"),
    [
        ({"description": "new"}, {"Description": "new"}, {"description": "update"}),
        ({"name": "new"}, {"Name": "new"}, {"name": "update"}),
        (
            {"rateLimit": {"rpm": 20}},
            {"RateLimit": {"Rpm": 20, "Tpm": 5000}},
            {"rateLimit.rpm": "update"},
        ),
        ({"description": None}, {"Description": ""}, {"description": "delete"}),
    ],
    ids=str,
)
def test_a_change_beside_the_move(
    stack: Stack, sim: Simulator, moved: str, patch: Json, body: Json, diff: dict[str, str]
) -> None:
    """In place, where the old package would have made another endpoint."""
    write(stack, patch)
    run = stack.up()
    assert (run.ops("chat"), run.diff("chat")) == (["update"], diff)
    assert calls(sim) == [(ark.UPDATE, body)]
    assert stack.ids() == {"chat": moved}
    assert "target" in stack.outputs()
    assert stack.up().counts == {"same": 2}


def test_what_the_program_never_said(stack: Stack, sim: Simulator, moved: str) -> None:
    """The project and the name of the default: said or not, it is the same."""
    write(stack, {"projectName": None, "moderation": {"strategy": "Default"}})
    assert stack.up().ops("chat") == ["update"]
    assert calls(sim) == []
    assert stack.up().counts == {"same": 2}


def test_by_the_resource_option(stack: Stack, sim: Simulator, moved: str) -> None:
    """An alias in the program does the same as the one of the schema."""
    write(stack, None, aliases=[{"type": "bytepluscc:ark/endpoint:Endpoint"}])
    assert stack.up().ops("chat") == ["update"]
    assert (calls(sim), stack.ids()) == ([], {"chat": moved})


def test_one_that_is_gone(stack: Stack, sim: Simulator, moved: str) -> None:
    sim.delete("ark", moved)
    write(stack)
    errors = stack.up(expect=-1).errors
    # The old state tells no account, and the list shows nothing else that is known.
    assert "is not taken as deleted" in errors and "pulumi state delete" in errors
    assert calls(sim) == []


def test_another_region(stack: Stack, sim: Simulator, moved: str) -> None:
    """The old provider's region has to be set for ours: otherwise nothing is found or made."""
    stack.configure({**stack.config, "inference:arkRegion": ark.ELSEWHERE})
    write(stack)
    run = stack.up(expect=-1)
    assert moved in run.errors
    assert (calls(sim), list(stored(sim))) == ([], [moved])


def test_from_the_other_site(stack: Stack, sim: Simulator) -> None:
    """The same package of Volcengine, with its keys in the environment."""
    owner = {"secret": ark.VOLCENGINE_SECRET_KEY, "account": "2100000001", "site": "Volcengine"}
    sim.knobs("ark", access_keys={ark.VOLCENGINE_ACCESS_KEY: {**owner, "identity": "li"}})
    id = move(stack, sim, "volcenginecc", ark.VOLCENGINE_REGION)
    stack.configure(
        {
            "inference:arkEndpoint": sim.url("ark"),
            "inference:arkRegion": ark.VOLCENGINE_REGION,
        }
    )
    keys = {
        "VOLCENGINE_ACCESS_KEY": ark.VOLCENGINE_ACCESS_KEY,
        "VOLCENGINE_SECRET_KEY": ark.VOLCENGINE_SECRET_KEY,
    }
    write(stack)
    run = stack.up(environment=keys)
    assert run.ops("chat") == ["update"]
    assert run.diff("chat") == {"desiredState": "add"}
    assert (calls(sim), stack.ids()) == ([], {"chat": id})
    assert stack.state("chat")["outputs"]["region"] == ark.VOLCENGINE_REGION
    assert stack.up(environment=keys).counts == {"same": 2}
