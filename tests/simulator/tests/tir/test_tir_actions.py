"""The actions of the one PUT: their bodies, the states they need, what they leave alone."""

from __future__ import annotations

from typing import Any

import pytest
from tir_tools import FIRST, TirApi, body, envelope_of, errors_of, scaled

from simulator.tir.sample import COMMITTED, RULE, encoded

pytest_plugins = ("tir_fixtures",)

ACTIONS = (
    "patch, update, stop, start, restart, update_auto_scale, disable_auto_scale, "
    "update_async_configuration"
)
POLICY = {"min_replicas": 2, "max_replicas": 4, "stability_period": "120", "rules": [RULE]}
ARGUMENTS: dict[str, Any] = {
    "patch": body(),
    "update": body(),
    "update_auto_scale": {"auto_scale_policy": POLICY},
    "disable_auto_scale": {"replicas": 2},
    "update_async_configuration": {"async_enabled": False},
}
COMMITTED_BODY = body({**COMMITTED, "replica": 3, "committed_replicas": 2})


def refusal(action: str, state: str) -> tuple[int, int, str]:
    return 400, 400, f"Action {action} is not allowed while the endpoint is {state}"


@pytest.mark.parametrize("sent", [{"action": "pause"}, {}, {"action": None}, {"action": ["stop"]}])
def test_unknown_actions(tir: TirApi, sent: Any) -> None:
    tir.made()
    text = f"Invalid action. Allowed values are: {ACTIONS}"
    answer = tir.put(sent)
    assert envelope_of(answer) == (400, 400, text)
    assert answer.json["errors"] == {"action": [text]}


def test_actions_that_were_taken_away(tir: TirApi) -> None:
    tir.made()
    tir.sim.knobs("tir", actions=["patch", "stop", "start", "restart", "update_auto_scale"])
    text = "Invalid action. Allowed values are: patch, stop, start, restart, update_auto_scale"
    assert envelope_of(tir.act("disable_auto_scale", replicas=1)) == (400, 400, text)


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        ("waiting", "patch stop update_async_configuration"),
        (
            "running",
            "patch stop restart update_auto_scale disable_auto_scale update_async_configuration",
        ),
        (
            "idle",
            "patch stop restart update_auto_scale disable_auto_scale update_async_configuration",
        ),
        ("terminating", "patch stop"),
        ("stopped", "update start update_async_configuration"),
        ("failed", "patch stop update_async_configuration"),
    ],
)
def test_which_action_in_which_state(tir: TirApi, state: str, allowed: str) -> None:
    tir.made()
    for action in ACTIONS.split(", "):
        tir.sim.mutate("tir", FIRST, {"status": state})
        answer = tir.act(action, **ARGUMENTS.get(action, {}))
        if action in allowed.split():
            assert answer.status == 200, (action, answer.body)
        else:
            assert envelope_of(answer) == refusal(action, state)


def test_the_states_can_be_changed(tir: TirApi) -> None:
    tir.made()
    tir.sim.knobs("tir", action_states={"restart": ["stopped"], "start": ["stopped", "failed"]})
    assert envelope_of(tir.act("restart")) == refusal("restart", "running")
    tir.sim.mutate("tir", FIRST, {"status": "failed"})
    assert tir.acted("start")["status"] == "running"


def test_members_an_action_does_not_take(tir: TirApi) -> None:
    tir.made()
    tir.acted("stop", replica=5)
    (seen,) = tir.sim.requests(operation="endpoint.stop")
    assert (seen.target, seen.notes["ignored"]) == (FIRST, ["replica"])
    assert tir.get()["replica"] == 1


def test_the_name_of_each_action_in_the_record(tir: TirApi) -> None:
    tir.made()
    tir.sim.clear()
    for action in ("patch", "restart", "stop", "update", "start", "odd"):
        tir.act(action, **ARGUMENTS.get(action, {}))
    assert [(seen.operation, seen.status) for seen in tir.sim.requests()] == [
        ("endpoint.patch", 200),
        ("endpoint.restart", 200),
        ("endpoint.stop", 200),
        ("endpoint.update", 200),
        ("endpoint.start", 200),
        ("endpoint.put", 400),
    ]


# patch and update.


def changed(action: str, **more: Any) -> dict[str, Any]:
    sent = body(
        {
            "action": action,
            "path": "v2/",
            "sku_name": "L4.2",
            "dataset_id": 1301,
            "detailed_info": {"args": encoded('["--x"]'), "engine_args": {"max_num_seqs": 1}},
            "custom_endpoint_details": {"resource_details": {"disk_size": 200}},
        }
    )
    return {**sent, **more}


@pytest.mark.parametrize("action", ["patch", "update"])
def test_the_form_changes_everything_it_says(tir: TirApi, action: str) -> None:
    before = tir.made()
    if action == "update":
        tir.acted("stop")
    answer = tir.put(changed(action))
    assert answer.status == 200
    view = tir.get()
    assert answer.json["data"] == view
    assert view["status"] == ("running" if action == "patch" else "stopped")
    details = {**before["detailed_info"], "args": ["--x"], "engine_args": {"max_num_seqs": 1}}
    assert view["detailed_info"] == details
    assert (view["path"], view["sku"], view["dataset"]) == ("v2/", 52, {"id": 1301})
    resources = view["custom_endpoint_details"]["resource_details"]
    assert resources == {"disk_size": 200, "mount_path": "", "env_variables": []}


def test_the_form_is_whole_and_forgets_what_is_left_out(tir: TirApi) -> None:
    tir.made(changed("patch"))
    sent = changed("patch")
    for name in ("path", "dataset_id"):
        del sent[name]
    view = tir.put(sent).json["data"]
    assert (view["path"], view["dataset_id"]) == ("", None)


def test_the_form_is_checked_as_at_create(tir: TirApi) -> None:
    tir.made()
    refused = tir.put({"action": "patch", "replica": "x"})
    assert sorted(errors_of(refused)) == [
        "framework",
        "name",
        "replica",
        "sku_id",
    ]
    assert tir.get()["path"] == ""


def test_the_form_and_worker_counts(tir: TirApi) -> None:
    tir.made()
    sent = {**scaled(2, 5), "replica": 2}
    view = tir.acted("patch", **sent)
    assert (view["replica"], view["is_auto_scale_enabled"]) == (1, False)
    assert view["auto_scale_policy"]["max_replicas"] == 1
    tir.acted("stop")
    view = tir.acted("update", **sent)
    assert (view["replica"], view["is_auto_scale_enabled"]) == (2, True)
    assert view["auto_scale_policy"]["max_replicas"] == 5
    tir.acted("start")
    tir.sim.knobs("tir", form_scales={"patch": True})
    assert tir.acted("patch", **body(replica=3))["replica"] == 3


def test_an_update_that_does_not_scale(tir: TirApi) -> None:
    tir.made()
    tir.acted("stop")
    tir.sim.knobs("tir", form_scales={"update": False})
    assert tir.acted("update", **body(replica=4, path="p"))["replica"] == 1


@pytest.mark.parametrize("action", ["patch", "update"])
def test_a_change_of_framework(tir: TirApi, action: str) -> None:
    tir.made()
    if action == "update":
        tir.acted("stop")
    sent = body(framework="sglang", action=action)
    tir.sim.knobs("tir", framework_change="refuse")
    assert errors_of(tir.put(sent)) == {"framework": ["cannot change framework"]}
    assert tir.get()["framework"] == "vllm"
    tir.sim.knobs("tir", framework_change="accept")
    assert tir.put(sent).status == 200
    assert tir.get()["framework"] == "sglang"


def test_a_change_of_name(tir: TirApi) -> None:
    tir.made()
    sent = body(name="other", action="patch")
    assert errors_of(tir.put(sent)) == {"name": ["The name cannot be changed."]}
    tir.sim.knobs("tir", name_change="ignore")
    assert tir.put(sent).json["data"]["name"] == "demo"
    tir.sim.knobs("tir", name_change="accept")
    assert tir.put(sent).json["data"]["name"] == "other"


def test_a_change_of_location(tir: TirApi) -> None:
    tir.made()
    sent = body(location="Chennai", action="patch")
    assert errors_of(tir.put(sent)) == {"location": ["Not the location of the query."]}
    path = "serving/inference/3001/"
    assert tir.legacy("PUT", path, sent, location=None).status == 400


def test_a_change_of_machine_checks_capacity(tir: TirApi) -> None:
    tir.made()
    tir.sim.knobs("tir", sku_inventory={"L4.1": False})
    assert tir.put(body(action="patch")).status == 200
    refused = tir.put(body(action="patch", sku_name="H200.1"))
    text = "SKU inventory is temporarily unavailable, please try again"
    assert envelope_of(refused) == (400, 400, text)
    tir.sim.knobs("tir", unpaid_projects=[501])
    refused = tir.put(body(action="patch", sku_name="L4.2"))
    assert envelope_of(refused) == (402, 402, "Insufficient credit balance")
    assert tir.get()["sku"] == 51


def test_changes_that_are_silently_not_taken(tir: TirApi) -> None:
    tir.made(body(path="first"))
    tir.sim.knobs("tir", drop_update_fields=["path", "detailed_info.engine_args", "dataset_id"])
    view = tir.put(changed("patch")).json["data"]
    assert (view["path"], view["sku"]) == ("first", 52)
    assert view["detailed_info"]["engine_args"] == {"max_num_seqs": 128}
    assert view["detailed_info"]["args"] == ["--x"]
    assert view["dataset_id"] is None


# Scaling.


def test_update_auto_scale(tir: TirApi) -> None:
    tir.made()
    more = {**POLICY, "initial_cooldown_period": "15", "is_hold_queue": True}
    view = tir.acted("update_auto_scale", auto_scale_policy=more)
    assert (view["is_auto_scale_enabled"], view["replica"], view["status"]) == (True, 2, "running")
    assert view["auto_scale_policy"] == {**more, "rules": [RULE]}
    view = tir.acted("update_auto_scale", auto_scale_policy={"max_replicas": 9})
    assert view["auto_scale_policy"] == {**more, "max_replicas": 9}


def test_scaling_to_no_least_worker_and_back(tir: TirApi) -> None:
    tir.made()
    assert (
        tir.acted("update_auto_scale", auto_scale_policy={**POLICY, "min_replicas": 0})["status"]
        == "idle"
    )
    assert tir.acted("disable_auto_scale", replicas=2)["status"] == "running"
    view = tir.get()
    assert (view["replica"], view["is_auto_scale_enabled"]) == (2, False)


def test_equal_bounds_turn_autoscaling_off(tir: TirApi) -> None:
    tir.made(scaled())
    view = tir.acted("update_auto_scale", auto_scale_policy={**POLICY, "max_replicas": 2})
    assert (view["is_auto_scale_enabled"], view["replica"]) == (False, 2)


@pytest.mark.parametrize(
    ("action", "members", "errors"),
    [
        ("update_auto_scale", {}, {"auto_scale_policy": ["This field is required."]}),
        (
            "update_auto_scale",
            {"auto_scale_policy": {**POLICY, "max_replicas": 1}},
            {"auto_scale_policy.max_replicas": ["Must be at least 1 and not below min_replicas."]},
        ),
        (
            "update_auto_scale",
            {"auto_scale_policy": {"min_replicas": 1, "max_replicas": 2}},
            {"auto_scale_policy.rules": ["At least one rule is needed."]},
        ),
        ("disable_auto_scale", {}, {"replicas": ["This field is required."]}),
        ("disable_auto_scale", {"replica": 2}, {"replicas": ["This field is required."]}),
        (
            "disable_auto_scale",
            {"replicas": 0},
            {"replicas": ["Ensure this value is greater than or equal to 1."]},
        ),
        (
            "disable_auto_scale",
            {"replicas": 65},
            {"replicas": ["Ensure this value is less than or equal to 64."]},
        ),
    ],
)
def test_refused_scaling(tir: TirApi, action: str, members: Any, errors: Any) -> None:
    before = tir.made()
    assert errors_of(tir.act(action, **members)) == errors
    assert tir.get() == before


def test_scaling_may_pass_through_waiting(tir: TirApi) -> None:
    tir.made()
    tir.sim.knobs("tir", scaling_waits=True, polls={"waiting": 1})
    assert tir.acted("disable_auto_scale", replicas=3)["status"] == "waiting"
    assert [tir.status(), tir.status()] == ["waiting", "running"]


def test_a_patch_after_scaling_keeps_the_scale(tir: TirApi) -> None:
    tir.made()
    tir.acted("update_auto_scale", auto_scale_policy=POLICY)
    view = tir.acted("patch", **body(path="x"))
    assert (view["path"], view["is_auto_scale_enabled"], view["replica"]) == ("x", True, 2)
    assert view["auto_scale_policy"]["max_replicas"] == 4


def test_async_configuration(tir: TirApi) -> None:
    tir.made()
    sent = {
        "async_enabled": True,
        "async_concurrent_workers": 2,
        "async_dataset_id": 1301,
        "async_destination_type": "dataset",
        "async_target_routes": [{"route_name": "chat", "route_value": "/v1/chat/completions"}],
    }
    view = tir.acted("update_async_configuration", **sent)
    assert (view["async_enabled"], view["async_dataset_id"]) == (True, 1301)
    assert tir.sim.state("tir")["endpoints"][FIRST]["async"] == sent
    refused = tir.act("update_async_configuration", async_enabled=True)
    assert errors_of(refused) == {"async_dataset_id": ["This field is required."]}


# Committed plans.


def test_a_committed_endpoint_cannot_be_stopped(tir: TirApi) -> None:
    tir.made(COMMITTED_BODY)
    text = "An endpoint with a committed plan cannot be stopped"
    assert envelope_of(tir.act("stop")) == (400, 400, text)
    assert tir.status() == "running"
    assert tir.acted("restart")["status"] == "running"


@pytest.mark.parametrize(
    "patch",
    [
        {"sku_name": "L4.2"},
        {"currency": "USD"},
        {"sku_type": "hourly", "committed_days": 0, "committed_instance_policy": ""},
    ],
)
def test_a_committed_plan_cannot_be_changed(tir: TirApi, patch: Any) -> None:
    tir.made(COMMITTED_BODY)
    refused = tir.put({**COMMITTED_BODY, **patch, "action": "patch"})
    assert errors_of(refused) == {
        "sku_type": ["The plan of a committed endpoint cannot be changed."]
    }
    assert tir.get()["sku_details"]["plan"]["sku_item_price_id"] == 512


def test_what_can_change_on_a_committed_plan(tir: TirApi) -> None:
    tir.made(COMMITTED_BODY)
    patch = {"committed_instance_policy": "auto_terminate", "committed_replicas": 3, "path": "x"}
    view = tir.acted("patch", **{**COMMITTED_BODY, **patch})
    assert {name: view[name] for name in patch} == patch


def test_the_committed_floor(tir: TirApi) -> None:
    tir.made(COMMITTED_BODY)
    text = ["Cannot go below the 2 committed workers."]
    lower = {**COMMITTED_BODY, "committed_replicas": 1, "action": "patch"}
    assert errors_of(tir.put(lower)) == {"committed_replicas": text}
    assert errors_of(tir.act("disable_auto_scale", replicas=1)) == {"replica": text}
    assert errors_of(
        tir.act("update_auto_scale", auto_scale_policy={**POLICY, "min_replicas": 1})
    ) == {"auto_scale_policy.min_replicas": text}
    assert tir.acted("disable_auto_scale", replicas=2)["replica"] == 2
    higher = {**COMMITTED_BODY, "committed_replicas": 3, "action": "patch"}
    assert errors_of(tir.put(higher)) == {"replica": ["Cannot go below the 3 committed workers."]}


def test_hourly_becomes_committed(tir: TirApi) -> None:
    tir.made()
    view = tir.acted("patch", **body(COMMITTED))
    assert view["sku_details"]["plan"]["sku_type"] == "committed"
    assert tir.act("stop").status == 400


def test_a_committed_endpoint_can_be_deleted(tir: TirApi) -> None:
    tir.made(COMMITTED_BODY)
    assert tir.delete().status == 200
    assert tir.read().status == 404


# update_async_configuration.


def test_asynchronous_requests_need_a_dataset(tir: TirApi) -> None:
    tir.made()
    answer = tir.act("update_async_configuration", async_enabled=True)
    assert (answer.status, list(answer.json["errors"])) == (400, ["async_dataset_id"])
    assert tir.get()["async_enabled"] is False


def test_what_an_answer_shows_of_asynchronous_requests(tir: TirApi) -> None:
    tir.made()
    members = {
        "async_enabled": True,
        "async_concurrent_workers": 4,
        "async_dataset_id": 1301,
        "async_destination_type": "dataset",
        "async_target_routes": [{"route_name": "QUEUE_1", "route_value": "v1/completions"}],
    }
    tir.acted("update_async_configuration", **members)
    shown = {name: value for name, value in tir.get().items() if name.startswith("async_")}
    assert shown == {"async_enabled": True, "async_dataset_id": 1301}
    assert tir.sim.state("tir")["endpoints"][FIRST]["async"] == members
    tir.sim.mutate("tir", FIRST, {"async": {"async_enabled": False}})
    assert tir.get()["async_enabled"] is False
