"""A key for callers over its whole life: made, kept, renewed, given up."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from arks import named, stored, writes
from simulator.client import Simulator
from support.clouds.description import Json
from support.stacks import Stack

KEY = "inference:ark:ApiKey"
MINT = "apiKey.get"
MONTH, DAY = 2592000, 86400
OUTPUTS = {"key": "${key.apiKey}", "until": "${key.expiresAt}"}


def key(**more: object) -> Json:
    return {"type": KEY, "properties": {"endpoints": ["${chat.endpointId}"], **more}}


def program(**more: object) -> Json:
    return {"chat": named("chat"), "key": key(**more)}


def issued(sim: Simulator) -> Json:
    keys: Json = sim.state("ark")["api_keys"]
    return keys


def ends_soon(sim: Simulator, left: float) -> None:
    """The next key is one of so many seconds, whatever is asked for."""
    end = int(time.time() + left)
    sim.fault("ark", MINT, kind="rewrite", assign={"/Result/ExpiredTime": end})


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_create_keep_destroy(stack: Stack, sim: Simulator) -> None:
    stack.write(program(lifetime=DAY), outputs=OUTPUTS)
    assert stack.preview().counts == {"create": 3}
    assert issued(sim) == {}
    assert stack.up().counts == {"create": 3}
    (id,) = stored(sim)
    body = {"DurationSeconds": DAY, "ResourceIds": [id], "ResourceType": "endpoint"}
    assert [request.json for request in sim.requests("ark", MINT)] == [body]
    ((text, row),) = issued(sim).items()
    assert stack.outputs() == {"key": text, "until": moment(row["expires"])}
    assert text not in stack.export()

    sim.clear()
    assert stack.preview().counts == {"same": 3}
    assert stack.up().counts == {"same": 3}
    assert stack.refresh().counts == {"same": 3}
    assert sim.requests("ark", MINT) == []

    sim.clear()
    gone = stack.destroy()
    assert gone.counts == {"delete": 3}
    assert f"works until {moment(row['expires'])} all the same" in gone.text
    assert [request.operation for request in writes(sim)] == ["endpoint.delete"]
    assert stack.resources() == {}


def test_a_key_near_its_end_is_replaced_by_another(stack: Stack, sim: Simulator) -> None:
    """The new one first: whoever uses it has both until the old one's own end."""
    stack.write(program(renewBefore=DAY), outputs=OUTPUTS)
    ends_soon(sim, DAY / 2)
    made = stack.up()
    assert "the key is to be renewed already" in made.text
    before = stack.outputs()

    shown = stack.preview()
    assert shown.counts == {"same": 2, "replace": 1}
    assert "is renewed when less than 24 hours is left" in shown.text
    assert len(issued(sim)) == 1
    run = stack.up()
    assert run.counts == {"same": 2, "replace": 1}
    assert f"works until {before['until']} all the same" in run.text
    after = stack.outputs()
    assert after["key"] != before["key"] and {before["key"], after["key"]} == set(issued(sim))

    assert stack.preview().counts == {"same": 3}
    assert stack.up().counts == {"same": 3}
    assert len(issued(sim)) == 2


def test_a_refresh_keeps_one_that_has_ended(stack: Stack, sim: Simulator) -> None:
    stack.write(program(), outputs=OUTPUTS)
    ends_soon(sim, -DAY)
    stack.up()
    before = stack.state("key")
    stack.refresh()
    assert stack.state("key")["outputs"] == before["outputs"]
    assert stack.up().counts == {"same": 2, "replace": 1}


def test_another_endpoint_takes_another_key(stack: Stack, sim: Simulator) -> None:
    stack.write(program())
    stack.up()
    first, other = stack.ids()["key"], named("other")
    more = key(endpoints=["${chat.endpointId}", "${other.endpointId}"])
    stack.write({"chat": named("chat"), "other": other, "key": more})
    assert stack.up().counts == {"same": 2, "create": 1, "replace": 1}
    assert stack.ids()["key"] != first
    asked = [set(request.json["ResourceIds"]) for request in sim.requests("ark", MINT)]
    assert asked == [{stack.ids()["chat"]}, {stack.ids()["chat"], stack.ids()["other"]}]


def test_another_moment_to_renew_makes_no_request(stack: Stack, sim: Simulator) -> None:
    stack.write(program())
    stack.up()
    sim.clear()
    stack.write(program(renewBefore=DAY))
    assert stack.up().counts == {"same": 3}
    assert sim.requests("ark", MINT) == []


def test_a_lost_reply(stack: Stack, sim: Simulator) -> None:
    """Nothing is recorded, and the next run makes another."""
    stack.write(program())
    sim.fault("ark", MINT, kind="close", apply=True)
    failed = stack.up(expect=-1)
    assert "A key that was made reached nobody" in failed.text
    assert "key" not in stack.ids() and len(issued(sim)) == 1
    assert stack.up().counts == {"same": 2, "create": 1}
    assert len(issued(sim)) == 2


def test_an_import_says_that_it_cannot(stack: Stack, sim: Simulator) -> None:
    refused = stack.import_one(KEY, "key", "any", expect=-1)
    assert "one that exists can be neither read nor imported" in refused.text
    assert "key" not in stack.ids()


def test_by_pulumi_do(stack: Stack, sim: Simulator) -> None:
    """There is nothing to be done about a key that only its id tells of."""
    for words in (["read", "key-1"], ["delete", "key-1", "--stateless", "--yes"]):
        refused = stack.run("do", KEY, *words, expect=-1)
        assert "one that exists can be neither read nor imported" in refused.text
    assert sim.requests() == []
