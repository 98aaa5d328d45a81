"""What is not known of the service (docs/apis/ark.md 16), each way, over a whole life."""

from __future__ import annotations

from typing import Any

import pytest
from arks import calls, named, stored
from simulator.client import Simulator
from support.clouds import ark
from support.clouds.description import Json
from support.marks import CREATE_TAG
from support.stacks import Stack

TAGS = [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]
FIRST: Json = {"description": "first", "rateLimit": {"rpm": 10}, "tags": TAGS}
SECOND: Json = {"description": "second", "rateLimit": {"rpm": 20}, "tags": TAGS}
WORDS = {"scheduling": "Pending", "stopping": "Closing", "starting": "Resuming"}

SWITCHES: list[tuple[str, dict[str, Any]]] = [
    ("as documented", {}),
    # 1: words of the status.
    ("words of the status", {"statuses": {**WORDS, "running": "Healthy"}}),
    ("upper case", {"statuses": {"running": "RUNNING", "stopped": "STOPPED"}}),
    # 2: an unknown and a foreign endpoint.
    ("another not found", {"not_found_code": "InvalidEndpointOrModel.NotFound"}),
    ("bare not found", {"not_found_code": "ResourceNotFound"}),
    ("foreign forbidden", {"foreign": "forbidden"}),
    # 3: names.
    ("unique names", {"unique_names": True}),
    # 4: rate limits.
    ("partial limits taken", {"partial_rate_limit": "merge"}),
    ("no usual limit", {"default_rate_limit": None, "partial_rate_limit": "merge"}),
    # 5: more in updates.
    ("other fields applied", {"update_other_fields": "apply"}),
    ("other fields refused", {"update_other_fields": "refuse"}),
    # 6: dry runs are not used, whatever they answer.
    ("dry run with an id", {"dry_run_reply": "id"}),
    # 7: lists.
    ("exact names in lists", {"list_name_match": "exact"}),
    ("lists of all projects", {"list_without_project": "all"}),
    ("lists that lag", {"list_lag_seconds": 60}),
    # 8: certificates.
    ("certificate", {"certificate": "pem"}),
    ("empty certificate", {"certificate": "empty"}),
    ("certificate fails", {"certificate": "error"}),
    # 10: deleting a running one.
    ("strict delete", {"strict_delete": True}),
    ("shows what is deleted", {"after_delete": "deleted"}),
    # Shapes.
    ("nested results", {"result_shape": "nested"}),
    ("no empty members", {"empty_members": "omit"}),
    ("tags in order", {"tag_order": "kept"}),
    ("seen late", {"invisible_polls": 2}),
]


@pytest.mark.parametrize("knobs", [row[1] for row in SWITCHES], ids=[row[0] for row in SWITCHES])
def test_a_life(stack: Stack, sim: Simulator, knobs: dict[str, Any]) -> None:
    """Create, nothing, update in place, pause, nothing in a refresh, destroy."""
    sim.knobs("ark", knobs)
    stack.write({"chat": named("chat", FIRST)})
    stack.up()
    (id,) = stored(sim)
    assert stack.ids() == {"chat": id}
    sim.clear()
    assert stack.up().counts == {"same": 2}
    assert sim.requests() == []

    stack.write({"chat": named("chat", {**SECOND, "desiredState": "paused"})})
    assert stack.up().ops("chat") == ["update"]
    limit = {"Rpm": 20, "Tpm": ark.USUAL_TPM}
    if knobs.get("default_rate_limit", "") is None:
        limit.pop("Tpm")
    update = {"Description": "second", "RateLimit": limit}
    assert calls(sim) == [(ark.UPDATE, update), (ark.STOP, {})]
    assert stack.ids() == {"chat": id}
    assert stack.refresh().counts == {"same": 2}
    assert ("certificate" in stack.state("chat")["outputs"]) == (knobs.get("certificate") == "pem")
    sim.clear()
    stack.destroy()
    assert [operation for operation, _ in calls(sim)] == [ark.DELETE]
    assert (stack.resources(), names_left(sim)) == ({}, [])


def names_left(sim: Simulator) -> list[str]:
    """What still exists; some services go on showing what was deleted."""
    return [d["Name"] for d in stored(sim).values() if d["Status"] != "Deleted"]


def test_unique_names_clash(stack: Stack, sim: Simulator) -> None:
    """A replacement under an explicit name says which option helps, and that option does."""
    sim.knobs("ark", unique_names=True)
    stack.write({"chat": named("chat")})
    stack.up()
    old = stack.ids()["chat"]
    stack.write({"chat": named("chat", {"modelUnitId": "mu-1"})})
    run = stack.up(expect=-1)
    assert "AlreadyExists" in run.errors and "deleteBeforeReplace" in run.errors
    assert list(stored(sim)) == [old]
    stack.write({"chat": named("chat", {"modelUnitId": "mu-1"}, deleteBeforeReplace=True)})
    stack.up()
    assert list(stored(sim)) == list(stack.ids().values()) != [old]


def test_updates_that_refuse_a_partial_limit(stack: Stack, sim: Simulator) -> None:
    """Even where there is no usual limit to complete it with, the service's reason is told."""
    sim.knobs("ark", default_rate_limit=None, partial_rate_limit="refuse")
    stack.write({"chat": named("chat")})
    stack.up()
    id = stack.ids()["chat"]
    stack.write({"chat": named("chat", {"rateLimit": {"rpm": 1}})})
    assert "RateLimit" in stack.up(expect=-1).errors
    assert stack.ids() == {"chat": id}
    stack.write({"chat": named("chat", {"rateLimit": {"rpm": 1, "tpm": 2}})})
    stack.up()
    assert stack.up().counts == {"same": 2}


MORE_TAGS: Json = {"tags": [*TAGS, {"key": "c", "value": "3"}]}


@pytest.mark.parametrize("how", ["ignore", "refuse"])
def test_tags_that_do_not_change_in_place(stack: Stack, sim: Simulator, how: str) -> None:
    """The error names the option, and the option does it: the next `up` replaces."""
    sim.knobs("ark", update_other_fields=how)
    stack.write({"chat": named("chat", FIRST)})
    stack.up()
    (old,) = stored(sim)
    stack.write({"chat": named("chat", {**FIRST, **MORE_TAGS})})
    run = stack.up(expect=-1)
    assert "replaceOnChanges: [tags]" in run.errors
    assert list(stored(sim)) == [old]

    stack.write({"chat": named("chat", {**FIRST, **MORE_TAGS}, replaceOnChanges=["tags"])})
    stack.up()
    (new,) = stored(sim)
    assert stack.ids() == {"chat": new} != {"chat": old}
    keys = {tag["Key"] for tag in stored(sim)[new]["Tags"]}
    assert keys >= {"a", "b", "c", CREATE_TAG}
    assert stack.up().counts == {"same": 2}
