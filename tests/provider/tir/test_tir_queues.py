"""Queues of asynchronous requests: an action of their own, after the other changes."""

from __future__ import annotations

from typing import Any

import pytest
from simulator.client import Simulator
from support.drivers.hf import WARNING, kinds
from support.drivers.tir import (
    FIRST,
    TirDriver,
    failing,
    form,
    imported,
    inputs,
    made,
    play_change,
    refreshed,
    stored,
    updated,
    view,
    writes,
)

pytestmark = pytest.mark.one_call

CREATE, PATCH, UPDATE = "endpoint.create", "endpoint.patch", "endpoint.update"
QUEUE, RESTART, FIX = "endpoint.updateAsync", "endpoint.restart", "endpoint.disableAutoScale"
ROUTE = {"routeName": "QUEUE_1", "routeValue": "v1/completions"}
ON: dict[str, Any] = {"enabled": True, "datasetId": "1301"}
ALL: dict[str, Any] = {
    **ON,
    "concurrentWorkers": 4,
    "destinationType": "dataset",
    "targetRoutes": [ROUTE],
}
WIRE_ON = {"async_enabled": True, "async_dataset_id": 1301}
WIRE_ALL = {
    **WIRE_ON,
    "async_concurrent_workers": 4,
    "async_destination_type": "dataset",
    "async_target_routes": [{"route_name": "QUEUE_1", "route_value": "v1/completions"}],
}
PAUSED = {"desiredState": "paused"}


def action(wire: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return QUEUE, {"action": "update_async_configuration", **wire}


def queues(**members: Any) -> dict[str, Any]:
    return {"asyncInvocation": members}


def test_after_a_create(tir: Simulator, driver: TirDriver) -> None:
    """What the answers do not show is as the program has it."""
    id, checked, outputs = made(driver, **queues(**ALL))
    assert writes(tir) == [(CREATE, form()), action(WIRE_ALL)]
    assert outputs["asyncInvocation"] == ALL
    assert refreshed(driver, id, outputs, checked)[0] == checked


def test_a_create_leaves_them_alone(tir: Simulator, driver: TirDriver) -> None:
    _, _, outputs = made(driver)
    assert writes(tir) == [(CREATE, form())]
    assert "asyncInvocation" not in outputs
    assert stored(tir)[f"501/{FIRST}"]["async"] == {}


def test_a_new_one_that_is_off_is_off_already(tir: Simulator, driver: TirDriver) -> None:
    made(driver, **queues(enabled=False))
    assert writes(tir) == [(CREATE, form())]


def test_a_service_that_takes_them_only_while_it_runs(tir: Simulator, driver: TirDriver) -> None:
    tir.knobs(
        "tir",
        polls={"waiting": 2, "terminating": 0, "deleting": 0},
        action_states={"update_async_configuration": ["running"]},
    )
    _, _, outputs = made(driver, **queues(**ON))
    assert writes(tir) == [(CREATE, form()), action(WIRE_ON), action(WIRE_ON)]
    assert (outputs["status"], outputs["asyncInvocation"]) == ("running", ON)


def test_a_refusal_in_unknown_words_while_it_starts(tir: Simulator, driver: TirDriver) -> None:
    tir.knobs("tir", polls={"waiting": 2, "terminating": 0, "deleting": 0})
    tir.fault("tir", QUEUE, kind="error", status=400, message="no")
    _, _, outputs = made(driver, **queues(**ON))
    assert writes(tir) == [(CREATE, form()), action(WIRE_ON), action(WIRE_ON)]
    assert (outputs["status"], outputs["asyncInvocation"]) == ("running", ON)


def test_a_refusal_at_rest_fails_at_once(tir: Simulator, driver: TirDriver) -> None:
    id, olds, outputs = made(driver)
    tir.fault("tir", QUEUE, kind="error", status=400, message="no such dataset")
    tir.clear()
    news = driver.checked(inputs(**queues(**ON)), olds=olds)
    failure = failing(driver.update, olds, news, olds=outputs, id=id)
    assert (failure.partial, "no such dataset" in failure.message) == (None, True)
    assert writes(tir) == [action(WIRE_ON)]


def test_a_create_whose_queues_are_refused(tir: Simulator, driver: TirDriver) -> None:
    """The endpoint is there, and the next update sets them."""
    tir.fault("tir", QUEUE, kind="error", status=403, message="not now")
    checked = driver.checked(inputs(**queues(**ON)))
    failure = failing(driver.create, checked)
    assert failure.id == FIRST
    assert "setting the queues of asynchronous requests: not now" in failure.reasons[0]
    tir.clear()
    seen, outputs = refreshed(driver, FIRST, failure.properties, checked)
    driver.update(seen, checked, olds=outputs, id=FIRST)
    assert writes(tir) == [action(WIRE_ON)]


ROUTED = {**ON, "targetRoutes": [ROUTE]}
WIRE_ROUTED = {**WIRE_ON, "async_target_routes": WIRE_ALL["async_target_routes"]}


def test_what_no_answer_shows_is_sent_by_the_next_update(tir: Simulator, driver: TirDriver) -> None:
    """The form was taken, the queues were refused: the state does not say that they were sent."""
    id, olds, outputs = made(driver, **queues(**ON))
    news = driver.checked(inputs(modelPath="a", **queues(**ROUTED)), olds=olds)
    tir.fault("tir", QUEUE, kind="error", status=400, message="no such route", count=0)
    tir.clear()
    failure = failing(driver.update, olds, news, olds=outputs, id=id)
    assert writes(tir) == [(PATCH, form({"path": "a"}, "patch")), action(WIRE_ROUTED)]
    assert failure.properties["asyncInvocation"] == ON
    tir.clear_faults("tir")
    tir.clear()
    # the engine keeps the wanted inputs, and has the update go on
    result = driver.update(news, news, olds=failure.properties, id=id)
    assert writes(tir) == [action(WIRE_ROUTED)]
    assert result["asyncInvocation"] == ROUTED
    tir.clear()
    driver.update(news, news, olds=result, id=id)
    assert writes(tir) == []


def test_a_refresh_between_does_not_hide_it(tir: Simulator, driver: TirDriver) -> None:
    id, olds, outputs = made(driver, **queues(**ON))
    news = driver.checked(inputs(modelPath="a", **queues(**ROUTED)), olds=olds)
    tir.fault("tir", QUEUE, kind="error", status=400, message="no such route", count=0)
    failure = failing(driver.update, olds, news, olds=outputs, id=id)
    tir.clear_faults("tir")
    seen, outputs = refreshed(driver, id, failure.properties, news)
    assert kinds(driver.diff(seen, news, olds=outputs, id=id)) == {
        "asyncInvocation.targetRoutes": "ADD"
    }


ROWS: list[tuple[str, dict[str, Any], dict[str, Any], list[tuple[str, Any]]]] = [
    ("on", {}, queues(**ALL), [action(WIRE_ALL)]),
    (
        "off",
        queues(**ON),
        queues(enabled=False, datasetId="1301"),
        [action({**WIRE_ON, "async_enabled": False})],
    ),
    ("off alone", queues(**ON), queues(enabled=False), [action({"async_enabled": False})]),
    ("the same", queues(**ALL), queues(**ALL), []),
    ("left alone", queues(**ALL), {}, []),
    ("a member taken out", queues(**ALL), queues(**ON), []),
    (
        "workers",
        queues(**ON),
        queues(**ON, concurrentWorkers=2),
        [action({**WIRE_ON, "async_concurrent_workers": 2})],
    ),
    (
        "after settings and workers, before a restart",
        {},
        {**queues(**ON), "modelPath": "a", "replica": 2, "restartTrigger": "1"},
        [
            (PATCH, form({"path": "a", "replica": 2}, "patch")),
            (FIX, {"action": "disable_auto_scale", "replicas": 2}),
            action(WIRE_ON),
            (RESTART, {"action": "restart"}),
        ],
    ),
    ("of a stopped one", PAUSED, {**PAUSED, **queues(**ON)}, [action(WIRE_ON)]),
    (
        "of a stopped one, with settings",
        PAUSED,
        {**PAUSED, **queues(**ON), "modelPath": "a"},
        [(UPDATE, form({"path": "a"}, "update")), action(WIRE_ON)],
    ),
]


@pytest.mark.parametrize(
    ("before", "after", "calls"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_changes(
    tir: Simulator,
    driver: TirDriver,
    before: dict[str, Any],
    after: dict[str, Any],
    calls: list[tuple[str, Any]],
) -> None:
    result = play_change(tir, driver, before, after, calls)
    if "asyncInvocation" in after:
        assert result["asyncInvocation"].items() >= after["asyncInvocation"].items()


def test_a_form_says_nothing_of_queues(tir: Simulator, driver: TirDriver) -> None:
    calls, _ = updated(tir, driver, queues(**ON), {**queues(**ON), "modelPath": "a"})
    assert calls == [(PATCH, form({"path": "a"}, "patch"))]
    assert view(tir)["async_enabled"] is True


def test_what_somebody_changed(tir: Simulator, driver: TirDriver) -> None:
    """Shown as far as the answers tell it, and put right."""
    id, checked, outputs = made(driver, **queues(**ALL))
    tir.mutate("tir", f"501/{FIRST}", {"async": {"async_enabled": False}})
    seen, outputs = refreshed(driver, id, outputs, checked)
    assert seen["asyncInvocation"] == {**ALL, "enabled": False}
    tir.clear()
    driver.update(seen, checked, olds=outputs, id=id)
    assert writes(tir) == [action(WIRE_ALL)]


def test_queues_that_no_program_says(tir: Simulator, driver: TirDriver) -> None:
    """They are somebody's own: outputs show them while they are on, and no input does."""
    id, checked, outputs = made(driver)
    tir.mutate("tir", f"501/{FIRST}", {"async": WIRE_ON})
    seen, outputs = refreshed(driver, id, outputs, checked)
    assert (seen, outputs["asyncInvocation"]) == (checked, ON)


def test_an_import_shows_those_that_are_on(tir: Simulator, driver: TirDriver) -> None:
    id, _, _ = made(driver)
    assert "asyncInvocation" not in imported(driver, id)[1]
    tir.mutate("tir", f"501/{FIRST}", {"async": WIRE_ON})
    assert imported(driver, id)[1]["asyncInvocation"] == ON
    tir.mutate("tir", f"501/{FIRST}", {"async": {"async_enabled": False}})
    assert "asyncInvocation" not in imported(driver, id)[1]


def test_a_takeover_sets_them(tir: Simulator, driver: TirDriver) -> None:
    made(driver)
    tir.clear()
    checked = driver.checked(inputs(**queues(**ON), adoptExisting=True))
    _, outputs = driver.create(checked)
    assert [call for call in writes(tir) if call[0] == QUEUE] == [action(WIRE_ON)]
    assert outputs["asyncInvocation"] == ON


def test_words_and_routes_that_nobody_knows_pass(tir: Simulator, driver: TirDriver) -> None:
    route = {"routeName": "QUEUE_1", "routeValue": "/v1/completions"}
    made(driver, **queues(**ON, destinationType="topic", targetRoutes=[route]))
    sent = dict(writes(tir))[QUEUE]
    assert sent["async_destination_type"] == "topic"
    assert sent["async_target_routes"] == [
        {"route_name": "QUEUE_1", "route_value": "/v1/completions"}
    ]
    driver.logged("asyncInvocation.destinationType")
    driver.logged("asyncInvocation.targetRoutes[0].routeValue")
    assert [text for text in driver.log(WARNING) if "asyncInvocation" in text]


@pytest.mark.parametrize(
    ("given", "path", "reason"),
    [
        ({"enabled": True}, "asyncInvocation.datasetId", "is required with enabled: true"),
        ({"datasetId": "1301"}, "asyncInvocation.enabled", "is required"),
        (
            {"enabled": True, "datasetId": "x"},
            "asyncInvocation.datasetId",
            "must be a number without sign or leading zeros",
        ),
    ],
    ids=str,
)
def test_refused(driver: TirDriver, given: dict[str, Any], path: str, reason: str) -> None:
    failures = driver.refused(inputs(**queues(**given)))
    assert reason in failures[path]
