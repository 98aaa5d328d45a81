"""The model is switched in place: exact requests, every way it can end."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.drivers.ark import ID, MODEL, Driver, Failure, Simulator, changes, kinds, plain, told
from support.values import UNKNOWN_STRING

pytestmark = pytest.mark.one_call

OLD = {"Name": "seed-1-6", "ModelVersion": "250615"}
NEW = {"Name": "seed-1-6", "ModelVersion": "260628"}
OTHER = {"Name": "seed-1-6", "ModelVersion": "270101"}
VERSION = "modelReference.foundationModel.modelVersion"
HALF = 24 * 60  # seconds: 50 % with the step that is done at once
MARK = re.compile(r"[0-9a-f]{16}\.[0-9a-f]{16}")


def with_model(checked: dict[str, Any], model: dict[str, str], **more: Any) -> dict[str, Any]:
    foundation = {"name": model["Name"], "modelVersion": model["ModelVersion"]}
    return {**checked, "modelReference": {"foundationModel": foundation}, **more}


def bodies(sim: Simulator, operation: str) -> list[Any]:
    """Without the mark, whose form is checked."""
    found = []
    for request in sim.requests(cloud="ark", operation=operation):
        body = dict(request.json)
        if "Description" in body:
            assert MARK.fullmatch(body.pop("Description"))
        found.append(body)
    return found


def serves(sim: Simulator, id: str) -> Any:
    return sim.state("ark")["endpoints"][id]["ModelReference"]["FoundationModel"]


def rollings(sim: Simulator) -> list[Any]:
    return list(sim.state("ark")["rollings"].values())


def console(sim: Simulator, id: str, model: dict[str, str]) -> str:
    shown = sim.call(
        "ark", "console", doing="switch", target=id,
        name=model["Name"], version=model["ModelVersion"],
    )  # fmt: skip
    return str(shown["Id"])


@pytest.fixture
def quick(ark: Simulator) -> Simulator:
    """Each look at a switch makes it 24 minutes older."""
    ark.knobs("ark", rolling_look_seconds=HALF, rolling_revert_seconds=1)
    return ark


def begun(
    driver: Driver, sim: Simulator, model: dict[str, str] = NEW
) -> tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]:
    """One that this resource began, and did not wait for."""
    id, checked, outputs = driver.made(waitForReady=False)
    news = with_model(checked, model)
    outputs = driver.update(checked, news, olds=outputs, id=id)
    sim.clear()
    return id, checked, news, outputs


def test_diff_asks_nobody(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made()
    ark.clear()
    news = with_model(checked, NEW)
    response = driver.diff(checked, news, outputs, id=id)
    assert kinds(response) == {VERSION: "UPDATE"}
    driver.logged(f"endpoint {id}: traffic moves to 260628 by 2 % a minute, and its id stays")
    without = {key: value for key, value in outputs.items() if key != "supportRolling"}
    assert kinds(driver.diff(checked, news, without, id=id)) == {VERSION: "UPDATE"}
    assert ark.requests(cloud="ark") == []


REPLACED = [
    ({}, {"modelSwitch": "replace"}, {VERSION: "UPDATE_REPLACE"}, "as modelSwitch asks"),
    ({"supportRolling": False}, {}, {VERSION: "UPDATE_REPLACE"}, "supportRolling is false"),
    (
        {},
        {"modelReference": {"customModelId": "cm-1"}},
        {
            "modelReference.customModelId": "ADD_REPLACE",
            "modelReference.foundationModel": "DELETE_REPLACE",
        },
        "only foundation models are switched in place",
    ),
    (
        {},
        {"modelReference": {"foundationModel": {"name": "seed-1-6"}}},
        {VERSION: "DELETE_REPLACE"},
        "needs modelVersion",
    ),
]


@pytest.mark.parametrize(("told_before", "patch", "diff", "why"), REPLACED)
def test_what_replaces_says_why(
    driver: Driver, told_before: Any, patch: Any, diff: dict[str, str], why: str
) -> None:
    old = {"name": "demo", "modelReference": MODEL}
    news = driver.checked({**with_model(old, NEW), **patch})
    outputs = {**old, "target": {"model": ID}, **told_before}
    assert kinds(driver.diff(old, news, outputs)) == diff
    driver.logged(why)


def test_a_replacement_for_another_reason_switches_nothing(driver: Driver) -> None:
    old = {"name": "demo", "modelReference": MODEL}
    response = driver.diff(old, with_model(old, NEW, region="eu-west-1"))
    assert kinds(response) == {VERSION: "UPDATE", "region": "UPDATE_REPLACE"}


def test_a_whole_switch(driver: Driver, quick: Simulator) -> None:
    id, checked, outputs = driver.made()
    quick.clear()
    after = driver.update(checked, with_model(checked, NEW), olds=outputs, id=id)
    wanted = {"EndpointId": id, "ModelReference": {"FoundationModel": NEW}}
    assert bodies(quick, "rolling.create") == [{**wanted, "DryRun": True}, wanted]
    assert told(quick) == [
        "endpoint.get",  # may it be switched?
        "rolling.create",
        "endpoint.get",  # what serves without a change
        "endpoint.certificate",
        "endpoint.get",  # is it still so?
        "rolling.create",
        "rolling.get",  # by which steps?
        "rolling.get",
        "rolling.get",
        "endpoint.get",  # all has moved
        "endpoint.get",
        "endpoint.certificate",
    ]
    assert (serves(quick, id), len(rollings(quick))) == (NEW, 1)
    assert after["modelReference"] == with_model(checked, NEW)["modelReference"]
    assert after["endpointId"] == outputs["endpointId"] == id
    assert "rolling" not in after
    driver.logged("rolling 98 %, about 1 minute left")


def test_other_changes_go_first(driver: Driver, quick: Simulator) -> None:
    id, checked, outputs = driver.made()
    quick.clear()
    driver.update(checked, with_model(checked, NEW, description="new"), olds=outputs, id=id)
    assert changes(quick)[:3] == ["rolling.create", "endpoint.update", "rolling.create"]


def test_a_strategy_is_sent_when_it_is_set(driver: Driver, quick: Simulator) -> None:
    quick.knobs("ark", rolling_strategy="take")
    id, checked, outputs = driver.made()
    quick.clear()
    news = with_model(checked, NEW, switchStrategy={"step": 50, "minutes": 10})
    driver.update(checked, news, olds=outputs, id=id)
    strategy = {"Step": 50, "WaitDuration": 10}
    assert [body["RollingStrategy"] for body in bodies(quick, "rolling.create")] == [strategy] * 2
    (switch,) = rollings(quick)
    assert switch["RollingStrategy"] == strategy


def test_a_strategy_that_is_not_taken_warns(driver: Driver, quick: Simulator) -> None:
    id, checked, outputs = driver.made()
    news = with_model(checked, NEW, switchStrategy={"step": 50})
    driver.update(checked, news, olds=outputs, id=id)
    driver.logged("the service does not go by switchStrategy: it moves 2 % every 1 minutes")


def test_without_support_nothing_is_sent(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made()
    ark.mutate("ark", id, {"SupportRolling": False})
    ark.clear()
    with pytest.raises(Failure, match="Set modelSwitch: replace") as caught:
        news = with_model(checked, NEW, description="new")
        driver.update(checked, news, olds=outputs, id=id)
    assert caught.value.partial is None
    assert told(ark) == ["endpoint.get"]


# Where the code may be about the endpoint's state a look tells whether it is on its way.
LOOK = ["endpoint.get", "endpoint.certificate"]
REFUSALS: list[tuple[dict[str, Any], str, list[str]]] = [
    ({"rolling_offered": False}, "does not offer to switch.*modelSwitch: replace", []),
    ({"catalogue": {"seed-1-6": {"versions": ["250615"]}}}, "NotFound.FoundationModel", []),
    ({"catalogue": {"seed-1-6": {"open": False}}}, "Activate the model", LOOK),
    ({"rolling_strategy": "refuse"}, "InvalidParameter.RollingStrategy", []),
]


@pytest.mark.parametrize(("knobs", "words", "looks"), REFUSALS)
def test_a_refused_dry_run_changes_nothing(
    driver: Driver, ark: Simulator, knobs: dict[str, Any], words: str, looks: list[str]
) -> None:
    id, checked, outputs = driver.made()
    ark.knobs("ark", **knobs)
    ark.clear()
    news = with_model(checked, NEW, description="new", switchStrategy={"step": 50})
    with pytest.raises(Failure, match=words) as caught:
        driver.update(checked, news, olds=outputs, id=id)
    assert caught.value.partial is None
    assert told(ark) == ["endpoint.get", "rolling.create", *looks]


def test_a_preview_promises_no_model_that_is_not_waited_for(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made(waitForReady=False)
    news = with_model(checked, NEW)
    shown = driver.update(checked, news, olds=outputs, id=id, preview=True)
    assert shown["modelReference"] == UNKNOWN_STRING
    outputs = driver.update(checked, news, olds=outputs, id=id)
    beside = driver.update(news, {**news, "description": "x"}, olds=outputs, id=id, preview=True)
    assert beside["modelReference"] == UNKNOWN_STRING, "it may be done by then"
    waits = {**news, "waitForReady": True}
    waited = driver.update(checked, waits, olds=outputs, id=id, preview=True)
    assert waited["modelReference"] == news["modelReference"]


def test_without_waiting_it_goes_on_by_itself(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made(waitForReady=False)
    ark.clear()
    news = with_model(checked, NEW)
    after = driver.update(checked, news, olds=outputs, id=id)
    assert changes(ark) == ["rolling.create", "rolling.create"]
    (switch,) = rollings(ark)
    assert after["modelReference"] == MODEL
    assert after["rolling"] == {
        "id": switch["Id"],
        "from": "seed-1-6-250615",
        "to": "seed-1-6-260628",
        "percent": 2,
        "status": "Running",
    }
    with pytest.raises(AssertionError):
        driver.logged("another value for modelReference")
    assert kinds(driver.diff(news, news, after, id=id)) == {}


def test_refresh_keeps_the_input_and_shows_how_far_it_is(driver: Driver, ark: Simulator) -> None:
    id, _, news, outputs = begun(driver, ark)
    ark.advance(10 * 60)
    read = driver.read(id, outputs, news)
    assert plain(read.inputs)["modelReference"] == news["modelReference"]
    assert plain(read.properties)["modelReference"] == MODEL
    assert plain(read.properties)["rolling"]["percent"] == 22
    assert kinds(driver.diff(news, news, plain(read.properties), id=id)) == {}
    ark.knobs("ark", timestamp_seconds=86400)
    ark.advance(40 * 60)
    read = driver.read(id, outputs, news)
    assert plain(read.properties)["modelReference"] == news["modelReference"]
    assert "rolling" not in plain(read.properties)


def test_a_read_without_the_right_to_see_switches(driver: Driver, ark: Simulator) -> None:
    id, _, news, outputs = begun(driver, ark)
    ark.fault("ark", "rolling.get", kind="error", status=403, count=0)
    read = driver.read(id, outputs, news)
    assert plain(read.properties)["rolling"] == outputs["rolling"], "as it was told last"
    assert plain(read.inputs)["modelReference"] == news["modelReference"]
    assert kinds(driver.diff(news, news, plain(read.properties), id=id)) == {}
    ark.knobs("ark", timestamp_seconds=86400)
    ark.advance(3600)
    read = driver.read(id, outputs, news)
    assert "rolling" not in plain(read.properties)
    assert plain(read.properties)["modelReference"] == news["modelReference"]


def test_a_switch_that_nobody_knew_is_not_made_up(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made()
    console(ark, id, OTHER)
    ark.fault("ark", "rolling.get", kind="error", status=403, count=0)
    read = driver.read(id, outputs, checked)
    assert "rolling" not in plain(read.properties)
    assert plain(read.inputs)["modelReference"] == MODEL


def test_import_writes_where_it_goes(driver: Driver, ark: Simulator) -> None:
    id, _, news, _ = begun(driver, ark)
    read = driver.read(id)
    assert plain(read.inputs)["modelReference"] == news["modelReference"]


def test_one_that_was_begun_elsewhere_is_waited_for(driver: Driver, quick: Simulator) -> None:
    id, checked, outputs = driver.made()
    console(quick, id, NEW)
    quick.clear()
    driver.update(checked, with_model(checked, NEW), olds=outputs, id=id)
    assert "rolling.create" not in told(quick)
    assert (serves(quick, id), len(rollings(quick))) == (NEW, 1)


def test_one_to_another_model_is_left_alone(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made()
    switch = console(ark, id, OTHER)
    ark.clear()
    with pytest.raises(
        Failure, match=f"being switched to seed-1-6-270101 .{switch}, Running, 2 %"
    ) as caught:
        news = with_model(checked, NEW, description="new")
        driver.update(checked, news, olds=outputs, id=id)
    assert caught.value.partial is None
    assert told(ark) == ["endpoint.get", "rolling.get"]


def test_without_its_description_nothing_proves_it_ours(driver: Driver, ark: Simulator) -> None:
    id, checked, news, outputs = begun(driver, ark)
    ark.knobs("ark", rolling_description="omit")
    with pytest.raises(Failure, match="not begun by this resource"):
        driver.update(news, checked, olds=outputs, id=id)
    assert "rolling.cancel" not in told(ark)


def test_a_change_beside_it_leaves_a_foreign_one_alone(driver: Driver, ark: Simulator) -> None:
    id, checked, _ = driver.made()
    console(ark, id, OTHER)
    outputs = plain(driver.read(id, {}, checked).properties)
    assert outputs["rolling"]["to"] == "seed-1-6-270101"
    ark.clear()
    driver.update(checked, {**checked, "description": "x"}, olds=outputs, id=id)
    assert changes(ark) == ["endpoint.update"]


def test_the_program_taken_back(driver: Driver, ark: Simulator) -> None:
    ark.knobs("ark", rolling_revert_seconds=2)
    id, checked, news, outputs = begun(driver, ark)
    response = driver.diff(news, checked, outputs, id=id)
    assert kinds(response) == {VERSION: "UPDATE"}
    driver.logged("traffic goes back to 250615")
    ark.clear()
    back = {**checked, "waitForReady": True}
    after = driver.update(news, back, olds=outputs, id=id)
    (switch,) = rollings(ark)
    assert bodies(ark, "rolling.cancel") == [{"Id": switch["Id"]}]
    assert "rolling.create" not in told(ark)
    assert (switch["Status"], serves(ark, id)) == ("Reverted", OLD)
    assert after["modelReference"] == MODEL
    assert "rolling" not in after


def test_another_target_cancels_and_begins_anew(driver: Driver, quick: Simulator) -> None:
    id, checked, outputs = driver.made(waitForReady=False)
    quick.knobs("ark", rolling_look_seconds=0)
    news = with_model(checked, NEW)
    outputs = driver.update(checked, news, olds=outputs, id=id)
    quick.knobs("ark", rolling_look_seconds=HALF)
    quick.clear()
    other = with_model(checked, OTHER, waitForReady=True)
    driver.update(news, other, olds=outputs, id=id)
    sent = [name for name in told(quick) if name in ("rolling.cancel", "rolling.create")]
    assert sent == ["rolling.cancel", "rolling.create"]
    assert serves(quick, id) == OTHER


def test_a_cut_wait_keeps_it_going(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made()
    news = with_model(checked, NEW)
    with pytest.raises(Failure, match="The switch goes on by itself; pulumi up") as caught:
        driver.update(checked, news, olds=outputs, id=id, timeout=2)
    failure = caught.value
    assert failure.partial is not None and not failure.partial.refresh_before_update
    assert failure.properties["rolling"]["percent"] == 2
    ark.knobs("ark", rolling_look_seconds=2 * HALF)
    ark.clear()
    after = driver.update(news, news, olds=failure.properties, id=id)
    assert "rolling.create" not in told(ark)
    assert (serves(ark, id), len(rollings(ark))) == (NEW, 1)
    assert "rolling" not in after


def test_the_line_of_progress(driver: Driver, ark: Simulator) -> None:
    ark.knobs("ark", timestamp_seconds=86400)
    id, _, news, outputs = begun(driver, ark)
    ark.advance(16 * 60)
    with pytest.raises(
        Failure, match=r"34 % of endpoint ep-.* served seed-1-6-260628 when the time"
    ):
        more = {**news, "waitForReady": True, "description": "x"}
        driver.update(news, more, olds=outputs, id=id, timeout=2)
    assert driver.logged("rolling 34 %, about 33 minutes left").ephemeral


def test_a_cut_wait_and_a_change_beside_it(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made()
    news = with_model(checked, NEW)
    with pytest.raises(Failure) as caught:
        driver.update(checked, news, olds=outputs, id=id, timeout=2)
    ark.knobs("ark", rolling_look_seconds=2 * HALF)
    ark.clear()
    more = {**news, "description": "x"}
    driver.update(news, more, olds=caught.value.properties, id=id)
    assert "rolling.create" not in told(ark)
    assert serves(ark, id) == NEW


def test_a_lost_reply_is_looked_up(driver: Driver, quick: Simulator) -> None:
    id, checked, outputs = driver.made()
    quick.fault("ark", "rolling.create", kind="close", apply=True, skip=1)
    quick.clear()
    driver.update(checked, with_model(checked, NEW), olds=outputs, id=id)
    assert len(bodies(quick, "rolling.create")) == 2
    assert (serves(quick, id), len(rollings(quick))) == (NEW, 1)


def test_a_reply_without_an_id_is_looked_up(driver: Driver, quick: Simulator) -> None:
    id, checked, outputs = driver.made()
    quick.fault("ark", "rolling.create", kind="rewrite", remove=["/Result"], skip=1)
    driver.update(checked, with_model(checked, NEW), olds=outputs, id=id)
    assert (serves(quick, id), len(rollings(quick))) == (NEW, 1)


def test_a_dry_run_that_was_carried_out_is_followed(driver: Driver, quick: Simulator) -> None:
    """An answer that is a success may mean that the service knows no dry run."""
    id, checked, outputs = driver.made()
    quick.fault("ark", "rolling.create", kind="rewrite", status=200)
    console(quick, id, NEW)
    driver.update(checked, with_model(checked, NEW), olds=outputs, id=id)
    assert serves(quick, id) == NEW


def test_one_that_is_taken_back_in_the_console(driver: Driver, ark: Simulator) -> None:
    id, _, news, outputs = begun(driver, ark)
    ark.knobs("ark", rolling_revert_seconds=1)
    (switch,) = rollings(ark)
    ark.call("ark", "console", doing="cancel", target=switch["Id"])
    ark.clear()
    more = {**news, "waitForReady": True, "description": "x"}
    driver.update(news, more, olds=outputs, id=id)
    assert changes(ark) == ["endpoint.update"]


def test_one_that_is_taken_back_while_it_is_waited_for(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made()
    reverted = {"Result": {"RollingInfo": {"Status": "Reverted", "RollingGray": 0}}}
    ark.fault("ark", "rolling.get", kind="rewrite", merge=reverted, skip=2, count=0)
    with pytest.raises(Failure, match="was taken back by somebody else") as caught:
        driver.update(checked, with_model(checked, NEW), olds=outputs, id=id)
    assert caught.value.partial is not None


def test_an_endpoint_that_still_shows_a_finished_switch(driver: Driver, quick: Simulator) -> None:
    quick.knobs("ark", rolling_id_after="keep")
    id, checked, outputs = driver.made()
    news = with_model(checked, NEW)
    after = driver.update(checked, news, olds=outputs, id=id)
    assert after["rollingId"].startswith("eprol-")
    assert "rolling" not in after
    quick.clear()
    driver.update(news, with_model(checked, OTHER), olds=after, id=id)
    assert (serves(quick, id), len(rollings(quick))) == (OTHER, 2)


def test_between_models(driver: Driver, quick: Simulator) -> None:
    id, checked, outputs = driver.made()
    other = {"Name": "seed-1-6-lite", "ModelVersion": "250615"}
    response = driver.diff(checked, with_model(checked, other), outputs, id=id)
    assert kinds(response) == {"modelReference.foundationModel.name": "UPDATE"}
    driver.logged("traffic moves to seed-1-6-lite-250615 by 2 % a minute")
    driver.update(checked, with_model(checked, other), olds=outputs, id=id)
    assert serves(quick, id) == other
