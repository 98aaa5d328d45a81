"""The life of an endpoint: passing states, pause, resume, sleep, failure, deletion, quota."""

from __future__ import annotations

from typing import Any

import pytest
from hf_tools import HfApi, body, error_of

STAYS = {"pending": 0, "initializing": 0, "updating": 0, "deleting": 0}


def sleeper(name: str = "demo", **scaling: Any) -> dict[str, Any]:
    return body({"name": name, "compute": {"scaling": {"minReplica": 0, **scaling}}})


def test_create_passes_its_states_by_polls(hf: HfApi) -> None:
    hf.sim.knobs("hf", polls={"pending": 2, "initializing": 1})
    assert hf.made()["status"]["state"] == "pending"
    assert [hf.state() for _ in range(4)] == ["pending", "pending", "initializing", "running"]


def test_a_list_is_no_poll(hf: HfApi) -> None:
    hf.sim.knobs("hf", polls={"pending": 1})
    hf.made()
    for _ in range(3):
        (item,) = hf("GET", "/v2/endpoint/me").json["items"]
        assert item["status"]["state"] == "pending"
    assert [hf.state(), hf.state()] == ["pending", "running"]


def test_create_passes_its_states_by_the_clock(hf: HfApi) -> None:
    hf.sim.knobs("hf", seconds={"pending": 5, "initializing": 10})
    hf.made()
    seen = []
    for _ in range(4):
        seen.append((hf.state(), hf.get()["status"]["message"]))
        hf.sim.advance(4)
    assert seen == [
        ("pending", "Endpoint waiting to be scheduled"),
        ("pending", "Endpoint waiting to be scheduled"),
        ("initializing", "Endpoint is initializing"),
        ("initializing", "Endpoint is initializing"),
    ]
    assert hf.state() == "running"


def test_a_long_step_of_the_clock_passes_several_states(hf: HfApi) -> None:
    hf.sim.knobs("hf", seconds={"pending": 5, "initializing": 10})
    hf.made()
    hf.sim.advance(15)
    assert hf.state() == "running"


def test_replica_counts_follow_the_state(hf: HfApi) -> None:
    hf.sim.knobs("hf", polls={"pending": 1, "initializing": 1})
    hf.made(body({"compute": {"scaling": {"minReplica": 2}}}))
    counts = []
    for _ in range(3):
        status = hf.get()["status"]
        counts.append((status["readyReplica"], status["targetReplica"]))
    assert counts == [(0, 0), (0, 2), (2, 2)]


@pytest.mark.parametrize("knob", ["fail_next_create", "fail_next_resume"])
def test_a_failing_start(hf: HfApi, knob: str) -> None:
    hf.sim.knobs("hf", {knob: 1}, failure_message="CUDA out of memory")
    first = hf.made()
    if knob == "fail_next_resume":
        assert first["status"]["state"] == "running"
        hf.act("pause")
        assert hf.act("resume").status == 200
    status = hf.get()["status"]
    assert (status["state"], status["errorMessage"]) == ("failed", "CUDA out of memory")
    assert (status["readyReplica"], status["targetReplica"]) == (0, 1)
    assert hf.made(body(name="two"))["status"]["state"] == "running"
    assert hf.sim.knobs("hf")[knob] == 0


def test_resume_after_a_runtime_failure_only(hf: HfApi) -> None:
    hf.sim.knobs("hf", fail_next_create=1)
    hf.made()
    assert hf.act("resume").json["status"]["state"] == "running"
    assert hf.get()["status"]["errorMessage"] is None
    hf.sim.call("hf", "fail", target="me/demo", kind="configuration", message="no such file")
    text = "Endpoint failed because of its configuration, update it instead"
    assert error_of(hf.act("resume")) == (400, "BAD_REQUEST", text)
    assert hf.updated({"model": {"revision": "v2"}})["status"]["state"] == "running"


def test_pause_and_resume(hf: HfApi) -> None:
    hf.made()
    paused = hf.act("pause").json["status"]
    assert (paused["state"], paused["readyReplica"], paused["targetReplica"]) == ("paused", 0, 0)
    assert hf.act("pause").json["status"]["state"] == "paused"
    hf.sim.knobs("hf", polls={"pending": 1, "initializing": 1})
    assert hf.act("resume").json["status"]["state"] == "pending"
    assert [hf.state() for _ in range(3)] == ["pending", "initializing", "running"]


@pytest.mark.parametrize(
    ("resets", "counts"), [(True, [(0, 0), (1, 1)]), (False, [(1, 2), (1, 2)])]
)
def test_pause_and_resume_reset_the_replicas(
    hf: HfApi, resets: bool, counts: list[tuple[int, int]]
) -> None:
    hf.sim.knobs("hf", pause_resets_replicas=resets)
    hf.made()
    hf.put({"compute": {"scaling": {"minReplica": 1, "maxReplica": 2}}})
    for action, count in zip(("pause", "resume"), counts, strict=True):
        scaling = hf.act(action).json["compute"]["scaling"]
        assert (scaling["minReplica"], scaling["maxReplica"]) == count


@pytest.mark.parametrize(("wakes", "state"), [(False, "paused"), (True, "running")])
def test_scaling_may_wake_a_paused_one(hf: HfApi, wakes: bool, state: str) -> None:
    hf.sim.knobs("hf", scaling_wakes=wakes)
    hf.made()
    hf.act("pause")
    assert hf.put({"compute": {"scaling": {"minReplica": 1, "maxReplica": 2}}}).status == 200
    assert hf.state() == state


@pytest.mark.parametrize("state", ["pending", "initializing", "updating"])
def test_pause_works_at_once_from_any_state(hf: HfApi, state: str) -> None:
    hf.made(body(name="other"))
    if state == "updating":
        hf.made()
    hf.sim.knobs("hf", seconds={state: 60})
    if state == "updating":
        hf.updated({})
    else:
        hf.made()
    assert hf.state() == state
    assert hf.act("pause").json["status"]["state"] == "paused"
    hf.sim.advance(600)
    assert hf.state() == "paused"


def test_resume_of_a_running_endpoint_is_400(hf: HfApi) -> None:
    hf.made()
    wanted = (400, "BAD_REQUEST", "Endpoint is already running")
    assert error_of(hf.act("resume")) == wanted
    hf.sim.knobs("hf", seconds={"updating": 60})
    hf.updated({})
    assert hf.state() == "updating"
    assert error_of(hf.act("resume")) == wanted


def test_scale_to_zero_needs_a_timeout(hf: HfApi) -> None:
    hf.made()
    wanted = (400, "BAD_REQUEST", "workload cannot be scaled to zero")
    assert error_of(hf.act("scale-to-zero")) == wanted
    assert hf.state() == "running"
    hf.made(sleeper("sleeper"))
    status = hf.act("scale-to-zero", "sleeper").json["status"]
    assert (status["state"], status["readyReplica"]) == ("scaledToZero", 0)
    assert hf.act("resume", "sleeper").json["status"]["state"] == "running"
    hf.sim.knobs("hf", fill_scaling_defaults=False)
    assert error_of(hf.act("scale-to-zero", "sleeper")) == wanted


def test_an_idle_endpoint_falls_asleep(hf: HfApi) -> None:
    hf.made(sleeper(scaleToZeroTimeout=30))
    hf.made(body(name="steady"))
    hf.sim.advance(30 * 60 - 1)
    assert hf.state() == "running"
    hf.sim.advance(1)
    assert (hf.state(), hf.state("steady")) == ("scaledToZero", "running")


def test_a_request_keeps_it_awake(hf: HfApi) -> None:
    made = hf.made(sleeper(scaleToZeroTimeout=30))
    path = made["status"]["url"].removeprefix(hf.url)
    hf.sim.advance(20 * 60)
    assert hf("POST", path, {"inputs": "x"}).status == 200
    hf.sim.advance(20 * 60)
    assert hf.state() == "running"
    hf.sim.advance(10 * 60)
    assert hf.state() == "scaledToZero"


def test_update_of_a_running_endpoint(hf: HfApi) -> None:
    hf.made()
    hf.sim.knobs("hf", polls={"updating": 1})
    assert hf.updated({"tags": ["x"]})["status"]["state"] == "updating"
    assert [hf.state() for _ in range(2)] == ["updating", "running"]


@pytest.mark.parametrize("state", ["paused", "scaledToZero"])
def test_update_of_a_stopped_endpoint_does_not_start_it(hf: HfApi, state: str) -> None:
    hf.made(sleeper())
    hf.act("pause" if state == "paused" else "scale-to-zero")
    updated = hf.updated({"tags": ["new"]})
    assert (updated["status"]["state"], updated["tags"]) == (state, ["new"])
    hf.sim.advance(3600)
    assert hf.state() == state


def test_a_failing_update_and_the_next_one(hf: HfApi) -> None:
    hf.made()
    hf.sim.knobs("hf", fail_next_update=1, polls={"updating": 1}, failure_message="bad image")
    assert hf.updated({"tags": ["x"]})["status"]["errorMessage"] is None
    assert hf.state() == "updating"
    got = hf.get()
    assert (got["status"]["state"], got["status"]["errorMessage"]) == ("updateFailed", "bad image")
    assert got["tags"] == ["x"]
    assert got["status"]["readyReplica"] == 1
    hf.updated({"tags": ["y"]})
    assert [hf.state() for _ in range(2)] == ["updating", "running"]
    assert hf.get()["status"]["errorMessage"] is None


def test_a_failing_update_may_keep_the_old_spec(hf: HfApi) -> None:
    hf.made(body(tags=["old"]))
    hf.sim.knobs("hf", fail_next_update=1, failed_update_keeps="old")
    hf.put({"tags": ["new"], "type": "public"})
    got = hf.get()
    assert (got["status"]["state"], got["tags"], got["type"]) == (
        "updateFailed",
        ["old"],
        "authenticated",
    )
    got = hf.updated({"type": "private"})
    assert (got["status"]["state"], got["tags"], got["type"]) == ("running", ["old"], "private")


def test_update_of_a_failed_endpoint_starts_it(hf: HfApi) -> None:
    hf.sim.knobs("hf", fail_next_create=1)
    hf.made()
    hf.sim.knobs("hf", polls={"updating": 1})
    assert hf.updated({"model": {"revision": "v2"}})["status"]["state"] == "updating"
    assert [hf.state() for _ in range(2)] == ["updating", "running"]


def test_delete_answers_an_empty_object_and_frees_the_name(hf: HfApi) -> None:
    hf.made()
    answer = hf("DELETE", "/v2/endpoint/me/demo")
    assert (answer.status, answer.body) == (200, b"{}")
    assert hf("GET", "/v2/endpoint/me/demo").status == 404
    assert hf("DELETE", "/v2/endpoint/me/demo").status == 404
    assert hf.create().status == 200


def test_a_delayed_deletion(hf: HfApi) -> None:
    hf.made()
    hf.sim.knobs("hf", seconds={"deleting": 60})
    assert hf("DELETE", "/v2/endpoint/me/demo").json == {}
    assert hf.state() == "running"
    wanted = (400, "BAD_REQUEST", "Endpoint is being deleted")
    for action in ("pause", "resume", "scale-to-zero"):
        assert error_of(hf.act(action)) == wanted
    assert error_of(hf.put({})) == wanted
    assert error_of(hf.create())[0] == 409
    assert hf("DELETE", "/v2/endpoint/me/demo").status == 200
    hf.sim.advance(60)
    assert hf("GET", "/v2/endpoint/me/demo").status == 404


def test_a_deletion_delayed_by_polls(hf: HfApi) -> None:
    hf.made()
    hf.sim.knobs("hf", polls={"deleting": 2})
    hf("DELETE", "/v2/endpoint/me/demo")
    path = "/v2/endpoint/me/demo"
    assert [hf("GET", path).status for _ in range(4)] == [200, 200, 404, 404]


def test_changes_note_when_and_by_whom(hf: HfApi) -> None:
    hf.made(namespace="acme")
    second = {"name": "colleague", "rights": "write", "orgs": ["acme"]}
    hf.sim.knobs("hf", tokens={"hf_second": second}, timestamp_digits=0)
    hf.sim.advance(60)
    for method, action in (("PUT", ""), ("POST", "/pause"), ("POST", "/resume")):
        hf.sim.advance(1)
        answer = hf(method, f"/v2/endpoint/acme/demo{action}", {}, "hf_second")
        assert answer.json["status"]["updatedBy"]["name"] == "colleague"
    status = answer.json["status"]
    assert (status["createdAt"], status["createdBy"]["name"]) == ("2026-10-02T12:41:53Z", "me")
    assert status["updatedAt"] == "2026-10-02T12:42:56Z"


def test_url_modes(hf: HfApi) -> None:
    url = hf.made()["status"]["url"]
    base, _, key = url.rpartition("/")
    assert (base, len(key)) == (f"{hf.url}/dataplane", 24)
    hf.sim.knobs("hf", url_mode="production")
    assert hf.get()["status"]["url"] == f"https://{key}.endpoints.huggingface.cloud"
    hf.sim.knobs("hf", url_mode="regional")
    wanted = f"https://{key[:16]}.us-east-1.aws.endpoints.huggingface.cloud"
    assert hf.get()["status"]["url"] == wanted


def test_url_hidden_until_running(hf: HfApi) -> None:
    hf.sim.knobs("hf", polls={"pending": 3})
    hf.made()
    seen: list[Any] = []
    for way in ("absent", "null", "empty"):
        hf.sim.knobs("hf", hide_url_until_running=way)
        seen.append(hf.get()["status"].get("url", "no such member"))
    assert seen == ["no such member", None, ""]
    assert hf.get()["status"]["url"].startswith(hf.url)
    hf.act("pause")
    assert hf.get()["status"]["url"] == ""


def test_quota_counts_replicas_times_accelerators(hf: HfApi) -> None:
    """x4 with two replicas takes eight."""
    hf.sim.knobs("hf", quotas={"aws/intel-spr": 16})
    hf.made(body(name="one"))
    hf.made(body(name="two"))
    wanted = (409, "CONFLICT", "Conflict: Quota exceeded")
    assert error_of(hf.create(body(name="three"))) == wanted
    assert hf.create(body(name="three"), namespace="acme").status == 200
    icl = body({"name": "icl", "compute": {"instanceType": "intel-icl"}})
    assert hf.create(icl).status == 200
    hf.sim.knobs("hf", quota_by="endpoint")
    assert hf.create(body(name="three")).status == 200
    hf.sim.knobs("hf", quotas={"aws/intel-spr": 12})
    assert error_of(hf.create(body(name="four"))) == wanted


def test_paused_frees_quota_and_scaled_to_zero_keeps_it(hf: HfApi) -> None:
    hf.sim.knobs("hf", quotas={"aws/intel-spr": 8})
    hf.made(sleeper("one"))
    hf.act("scale-to-zero", "one")
    assert hf.create(body(name="two")).status == 409
    hf.act("pause", "one")
    assert hf.create(body(name="two")).status == 200
    wanted = (409, "CONFLICT", "Conflict: Quota exceeded")
    assert error_of(hf.act("resume", "one")) == wanted
    assert hf.state("one") == "paused"
    hf("DELETE", "/v2/endpoint/me/two")
    assert hf.act("resume", "one").status == 200


def test_quota_of_an_update(hf: HfApi) -> None:
    hf.sim.knobs("hf", quotas={"aws/intel-spr": 8}, pause_resets_replicas=False)
    hf.made()
    more = {"compute": {"scaling": {"maxReplica": 3}}}
    assert error_of(hf.put(more)) == (409, "CONFLICT", "Conflict: Quota exceeded")
    assert hf.get()["compute"]["scaling"]["maxReplica"] == 2
    assert hf.put({"compute": {"scaling": {"maxReplica": 1}}}).status == 200
    hf.act("pause")
    assert hf.put(more).status == 200
    assert hf.act("resume").status == 409


def test_drift_and_disappearance(hf: HfApi) -> None:
    hf.made(body(tags=["a"]))
    changed = hf.sim.mutate(
        "hf",
        "me/demo",
        {"tags": ["b"], "model": {"env": {"X": "1"}}, "status": {"message": "odd"}},
        {"/status/url": None, "/status/state": "failed"},
    )
    got = hf.get()
    assert got == changed
    assert (got["tags"], got["model"]["env"]) == (["b"], {"X": "1"})
    status = got["status"]
    assert (status["message"], status["url"], status["state"]) == ("odd", None, "failed")
    hf.sim.delete("hf", "me/demo")
    assert hf("GET", "/v2/endpoint/me/demo").status == 404


def test_a_reply_lost_after_the_create(hf: HfApi) -> None:
    import http.client

    hf.sim.fault("hf", "endpoint.create", kind="close", apply=True)
    with pytest.raises(http.client.RemoteDisconnected):
        hf.create()
    assert hf.get()["name"] == "demo"
    assert error_of(hf.create())[0] == 409
