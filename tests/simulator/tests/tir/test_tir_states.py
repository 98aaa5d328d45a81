"""The life of an endpoint: passing states, words, failure, stale reads, deleting, drift."""

from __future__ import annotations

from typing import Any

import pytest
from tir_tools import FIRST, TirApi, body, envelope_of, scaled

from simulator.client import SimulatorError

pytest_plugins = ("tir_fixtures",)

COLLECTION = "serving/inference/"
GONE = (404, 404, "Inference not found")


def test_create_waits_by_polls(tir: TirApi) -> None:
    tir.sim.knobs("tir", polls={"waiting": 2})
    assert tir.made()["status"] == "waiting"
    assert [tir.status() for _ in range(4)] == ["waiting", "waiting", "running", "running"]


def test_create_waits_by_the_clock(tir: TirApi) -> None:
    tir.sim.knobs("tir", seconds={"waiting": 10})
    tir.made()
    tir.sim.advance(9)
    assert tir.status() == "waiting"
    tir.sim.advance(1)
    assert tir.status() == "running"


def test_a_list_is_no_poll(tir: TirApi) -> None:
    tir.sim.knobs("tir", polls={"waiting": 1})
    tir.made()
    for _ in range(3):
        (row,) = tir.legacy("GET", COLLECTION).json["data"]
        assert row["status"] == "waiting"
    assert [tir.status(), tir.status()] == ["waiting", "running"]


def test_no_least_worker_is_idle(tir: TirApi) -> None:
    assert tir.made(scaled(0, 3))["status"] == "idle"


def test_stop_and_start(tir: TirApi) -> None:
    tir.made()
    tir.sim.knobs("tir", polls={"waiting": 1, "terminating": 2})
    assert tir.acted("stop")["status"] == "terminating"
    assert [tir.status() for _ in range(3)] == ["terminating", "terminating", "stopped"]
    assert tir.acted("start")["status"] == "waiting"
    assert [tir.status() for _ in range(2)] == ["waiting", "running"]


def test_stop_without_workers_is_done_at_once(tir: TirApi) -> None:
    tir.made(scaled(0, 3))
    tir.sim.knobs("tir", polls={"terminating": 5})
    assert tir.acted("stop")["status"] == "stopped"


def test_patch_and_restart_wait(tir: TirApi) -> None:
    tir.made()
    tir.sim.knobs("tir", polls={"waiting": 1})
    assert tir.acted("restart")["status"] == "waiting"
    assert [tir.status() for _ in range(2)] == ["waiting", "running"]
    assert tir.put(body(action="patch", path="m")).json["data"]["status"] == "waiting"
    assert [tir.status() for _ in range(2)] == ["waiting", "running"]


def test_every_change_moves_the_time(tir: TirApi) -> None:
    times = [tir.made()["updated_at"]]
    for action, members in (
        ("patch", body()),
        ("restart", {}),
        ("update_auto_scale", {"auto_scale_policy": scaled()["auto_scale_policy"]}),
        ("disable_auto_scale", {"replicas": 2}),
        ("update_async_configuration", {"async_enabled": False}),
        ("stop", {}),
        ("update", body()),
        ("start", {}),
    ):
        times.append(tir.acted(action, **members)["updated_at"])
    assert times[0] == "2026-10-02T12:41:53.000500Z"
    assert times == sorted(set(times))
    last = tir.get()["updated_at"]
    assert (last, tir.get()["updated_at"]) == (times[-1], times[-1])
    tir.sim.advance(60)
    assert tir.acted("stop")["updated_at"] == "2026-10-02T12:42:53.000500Z"
    assert tir.get()["created_at"] == "2026-10-02T12:41:53.000500Z"


def test_a_change_of_status_moves_the_time(tir: TirApi) -> None:
    tir.sim.knobs("tir", seconds={"waiting": 10})
    tir.made()
    tir.sim.advance(25)
    view = tir.get()
    assert (view["status"], view["updated_at"]) == ("running", "2026-10-02T12:42:03.000500Z")


def test_stale_reads(tir: TirApi) -> None:
    old = tir.made()["updated_at"]
    tir.sim.knobs("tir", polls={"waiting": 1}, stale_reads=2)
    tir.acted("patch", **body(path="new"))
    seen = [tir.get() for _ in range(4)]
    assert [view["status"] for view in seen] == ["running", "running", "waiting", "running"]
    assert [view["updated_at"] == old for view in seen] == [True, True, False, False]
    assert {view["path"] for view in seen} == {"new"}


@pytest.mark.parametrize(
    ("knob", "action", "members"),
    [
        ("fail_next_create", "", {}),
        ("fail_next_start", "restart", {}),
        ("fail_next_patch", "patch", body()),
    ],
)
def test_failures(tir: TirApi, knob: str, action: str, members: Any) -> None:
    tir.sim.knobs("tir", {knob: 1}, polls={"waiting": 1}, failure_message="CUDA out of memory")
    tir.made()
    if action:
        assert [tir.status(), tir.status()] == ["waiting", "running"]
        tir.acted(action, **members)
    first, then = tir.get(), tir.get()
    assert (first["status"], first["message"]) == ("waiting", "")
    assert (then["status"], then["message"]) == ("failed", "CUDA out of memory")
    assert tir.sim.knobs("tir")[knob] == 0
    tir.acted("patch", **body())
    assert [tir.status(), tir.status()] == ["waiting", "running"]
    assert tir.get()["message"] == ""


def test_a_start_that_fails(tir: TirApi) -> None:
    tir.made()
    tir.acted("stop")
    tir.sim.knobs("tir", fail_next_start=1)
    assert tir.acted("start")["status"] == "failed"
    assert tir.acted("stop")["status"] == "stopped"
    assert tir.acted("start")["status"] == "running"


def test_failing_at_any_time(tir: TirApi) -> None:
    tir.made()
    tir.sim.call("tir", "fail", target=FIRST, message="node lost")
    view = tir.get()
    assert (view["status"], view["message"]) == ("failed", "node lost")


@pytest.mark.parametrize(
    ("knobs", "word"),
    [
        ({"words": {"running": "Serving"}}, "Serving"),
        ({"status_case": "upper"}, "RUNNING"),
        ({"status_case": "title"}, "Running"),
        ({"status_case": "lower", "words": {"running": "SERVING"}}, "serving"),
    ],
)
def test_words_and_letter_case(tir: TirApi, knobs: Any, word: str) -> None:
    tir.sim.knobs("tir", knobs)
    assert tir.made()["status"] == word
    assert tir.acted("restart")["status"] == word  # rules look at the state, not at the word
    assert tir.sim.state("tir")["endpoints"][FIRST]["status"] == "running"


def test_start_checks_capacity_and_credit(tir: TirApi) -> None:
    tir.made()
    tir.acted("stop")
    tir.sim.knobs("tir", sku_inventory={"L4.1": False})
    text = "SKU inventory is temporarily unavailable, please try again"
    assert envelope_of(tir.act("start")) == (400, 400, text)
    tir.sim.knobs("tir", unpaid_projects=["501"])
    assert envelope_of(tir.act("start")) == (402, 402, "Insufficient credit balance")
    assert tir.status() == "stopped"
    tir.sim.knobs("tir", unpaid_projects=[], sku_inventory={"L4.1": None})
    assert tir.acted("start")["status"] == "running"


# Deleting.


def test_delete_answers_with_the_object(tir: TirApi) -> None:
    made = tir.made()
    answer = tir.delete()
    assert (answer.status, answer.json["code"]) == (200, 200)
    assert answer.json["data"] == {**made, "status": "Done"}
    assert envelope_of(tir.read()) == GONE
    assert (tir.read().json["data"], tir.read().json["errors"]) == ({}, {})
    assert envelope_of(tir.delete()) == GONE
    assert tir.legacy("GET", COLLECTION).json["data"] == []


def test_the_status_in_the_answer_of_a_delete(tir: TirApi) -> None:
    tir.made()
    tir.sim.knobs("tir", delete_answer_status="")
    assert tir.delete().json["data"]["status"] == "running"


def test_delete_takes_time_by_polls(tir: TirApi) -> None:
    tir.made()
    tir.sim.knobs("tir", polls={"deleting": 2})
    tir.delete()
    assert [tir.status(), tir.status()] == ["terminating", "terminating"]
    assert envelope_of(tir.read()) == GONE


def test_delete_takes_time_by_the_clock(tir: TirApi) -> None:
    tir.made()
    tir.sim.knobs("tir", seconds={"deleting": 30})
    tir.delete()
    tir.sim.advance(29)
    assert tir.status() == "terminating"
    refused = tir.act("stop")
    assert envelope_of(refused) == (400, 400, "The endpoint is being deleted")
    assert tir.delete().status == 200
    tir.sim.advance(1)
    assert envelope_of(tir.read()) == GONE


@pytest.mark.parametrize("state", ["waiting", "stopped", "failed"])
def test_delete_in_any_state(tir: TirApi, state: str) -> None:
    tir.made()
    tir.sim.mutate("tir", FIRST, {"status": state})
    assert tir.delete().status == 200
    assert envelope_of(tir.read()) == GONE


def test_when_the_name_is_free_again(tir: TirApi) -> None:
    tir.made()
    tir.sim.knobs("tir", seconds={"deleting": 30})
    tir.delete()
    assert tir.made()["id"] == 3002
    tir.sim.knobs("tir", name_freed="when_gone")
    tir.delete(3002)
    assert tir.create().status == 400
    tir.sim.advance(30)
    assert tir.made()["id"] == 3003


def test_no_delete_while_a_network_is_attached(tir: TirApi) -> None:
    tir.made()
    tir.sim.knobs("tir", vpc_attaching=["demo"])
    assert envelope_of(tir.delete()) == (400, 400, "Attaching a VPC IP is in progress")
    assert tir.status() == "running"


# Drift.


def test_changes_behind_the_client(tir: TirApi) -> None:
    before = tir.made()["updated_at"]
    view = tir.sim.mutate("tir", FIRST, {"detailed_info": {"hugging_face_id": "gpt2"}})
    assert view["detailed_info"]["hugging_face_id"] == "gpt2"
    assert tir.get()["detailed_info"] == view["detailed_info"]
    assert view["detailed_info"]["engine_args"] == {"max_num_seqs": 128}
    assert view["updated_at"] > before


def test_a_drift_of_the_location_given_by_the_query(tir: TirApi) -> None:
    tir.made(body({"location": None}), location="Chennai")
    view = tir.sim.mutate("tir", FIRST, {"path": "x"})
    assert (view["location"], view["path"]) == ("Chennai", "x")


def test_overriding_the_answer(tir: TirApi) -> None:
    tir.made()
    tir.sim.mutate("tir", FIRST, {"answer": {"created_by": {"name": "Other"}, "extra": 1}})
    view = tir.get()
    assert (view["created_by"]["name"], view["created_by"]["id"], view["extra"]) == ("Other", 17, 1)


def test_forcing_a_state(tir: TirApi) -> None:
    tir.made()
    assert tir.sim.mutate("tir", FIRST, {"status": "stopped"})["status"] == "stopped"
    assert tir.acted("start")["status"] == "running"
    with pytest.raises(SimulatorError, match="no state 'odd'"):
        tir.sim.mutate("tir", FIRST, {"status": "odd"})
    with pytest.raises(SimulatorError, match="no valid body"):
        tir.sim.mutate("tir", FIRST, {"framework": "odd"})


def test_vanishing(tir: TirApi) -> None:
    tir.made()
    tir.sim.delete("tir", FIRST)
    assert envelope_of(tir.read()) == GONE
    with pytest.raises(SimulatorError, match="no endpoint"):
        tir.sim.delete("tir", FIRST)
