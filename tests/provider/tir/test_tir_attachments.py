"""Security groups and reserved addresses: calls of their own, for those who say them."""

from __future__ import annotations

from collections.abc import Callable
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
    refreshed,
    requests,
    stored,
    told,
    updated,
    writes,
)

CREATE, PATCH, UPDATE = "endpoint.create", "endpoint.patch", "endpoint.update"
QUEUE, RESTART = "endpoint.updateAsync", "endpoint.restart"
READ_GROUPS, READ_ADDRESSES = "endpoint.securityGroups", "reservedIp.list"
ATTACH, DETACH = "endpoint.attachSecurityGroups", "endpoint.detachSecurityGroup"
TAKE, GIVE = "endpoint.attachVpcIp", "endpoint.detachVpcIp"
PAUSED = {"desiredState": "paused"}
KEY = f"501/{FIRST}"
Call = tuple[str, str, Any]


def groups(*numbers: str) -> dict[str, Any]:
    return {"securityGroupIds": list(numbers)}


def addresses(*numbers: str) -> dict[str, Any]:
    return {"vpcIpIds": list(numbers)}


def attach(*numbers: int) -> Call:
    return ATTACH, KEY, {"security_groups_ids": list(numbers)}


def detach(number: int) -> Call:
    return DETACH, f"{KEY}/{number}", None


def take(number: int) -> Call:
    return TAKE, f"{KEY}/{number}", None


def give(number: int) -> Call:
    return GIVE, f"{KEY}/{number}", None


def calls(sim: Simulator) -> list[Call]:
    """What was attached and detached, in order."""
    chosen = (ATTACH, DETACH, TAKE, GIVE)
    rows = [request for request in requests(sim) if request.operation in chosen]
    return [(row.operation, row.target, row.json if row.body else None) for row in rows]


def attached(sim: Simulator) -> tuple[list[int], list[int]]:
    endpoint = stored(sim)[KEY]
    return endpoint["security_groups"], endpoint["vpc_ips"]


def test_after_a_create(tir: Simulator, driver: TirDriver) -> None:
    """Before it is waited for; the look at the end judges."""
    both = {**groups("7245", "7246"), **addresses("1174")}
    id, checked, outputs = made(driver, **both)
    assert calls(tir) == [attach(7245, 7246), take(1174)]
    pages = [READ_ADDRESSES] * 2
    assert told(tir)[:6] == [CREATE, READ_GROUPS, ATTACH, *pages, TAKE]
    assert told(tir)[6:9] == [READ_GROUPS, *pages]
    assert attached(tir) == ([7245, 7246], [1174])
    assert {name: outputs[name] for name in both} == both
    assert refreshed(driver, id, outputs, checked)[0] == checked


@pytest.mark.parametrize("layout", ["service", "legacy"])
def test_scope(tir: Simulator, configure: Callable[..., TirDriver], layout: str) -> None:
    team = {"tirTeamId": "7"} if layout == "legacy" else {}
    made(configure(tirApiLayout=layout, **team), **groups("7245"), **addresses("1174"))
    for operation in (READ_GROUPS, ATTACH, READ_ADDRESSES, TAKE):
        request = requests(tir, operation)[0]
        scope = dict(request.notes["parameters"])
        assert scope["location"] == "Delhi"
        assert ("/teams/7/projects/501/" in request.path) == (layout == "legacy")
        assert scope.get("project_id") == (None if layout == "legacy" else "501")


def test_who_says_nothing_of_them(tir: Simulator, driver: TirDriver) -> None:
    """They are neither asked for nor shown, whoever attached some."""
    tir.knobs("tir", security_groups_at_first=[7245])
    id, checked, outputs = made(driver)
    refreshed(driver, id, outputs, checked)
    assert not {READ_GROUPS, READ_ADDRESSES, ATTACH, TAKE} & set(told(tir))
    assert not {"securityGroupIds", "vpcIpIds"} & set(outputs)
    assert "securityGroupIds" not in imported(driver, id)[1]
    assert attached(tir) == ([7245], [])


def test_a_new_one_with_another_group(tir: Simulator, driver: TirDriver) -> None:
    """Such as the project's default group: it goes once the other is there."""
    tir.knobs("tir", security_groups_at_first=[7245])
    _, _, outputs = made(driver, **groups("7246"))
    assert calls(tir) == [attach(7246), detach(7245)]
    assert outputs["securityGroupIds"] == ["7246"]


def test_none_at_all(tir: Simulator, driver: TirDriver) -> None:
    tir.knobs("tir", security_groups_at_first=[7245, 7246])
    id, checked, outputs = made(driver, **groups())
    assert calls(tir) == [detach(7245), detach(7246)]
    assert outputs["securityGroupIds"] == []
    assert refreshed(driver, id, outputs, checked)[0] == checked


ROWS: list[tuple[str, dict[str, Any], dict[str, Any], list[Call]]] = [
    ("first groups", {}, groups("7245"), [attach(7245)]),
    ("another group", groups("7245"), groups("7246"), [attach(7246), detach(7245)]),
    ("one more", groups("7245"), groups("7245", "7246"), [attach(7246)]),
    ("one less", groups("7245", "7246"), groups("7246"), [detach(7245)]),
    ("all of them", groups("7245", "7246"), groups(), [detach(7245), detach(7246)]),
    ("in another order", groups("7245", "7246"), groups("7246", "7245"), []),
    ("left alone", groups("7245"), {}, []),
    ("first addresses", {}, addresses("1174", "1175"), [take(1174), take(1175)]),
    ("another address", addresses("1174"), addresses("1175"), [take(1175), give(1174)]),
    ("no address", addresses("1174"), addresses(), [give(1174)]),
    ("addresses left alone", addresses("1174"), {}, []),
    ("of a stopped one", PAUSED, {**PAUSED, **groups("7245")}, [attach(7245)]),
]


@pytest.mark.parametrize(
    ("before", "after", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_changes(
    tir: Simulator,
    driver: TirDriver,
    before: dict[str, Any],
    after: dict[str, Any],
    expected: list[Call],
) -> None:
    _, result = updated(tir, driver, before, after)
    assert calls(tir) == expected
    attached_now = {**before, **after}  # what was taken out stays, and shows
    for name in ("securityGroupIds", "vpcIpIds"):
        assert (name in result) == (name in attached_now)
        assert set(result.get(name, [])) == set(attached_now.get(name, []))
    news = driver.checked(inputs(**after))
    assert refreshed(driver, FIRST, result, news) == (news, result)


def test_after_the_settings_and_before_a_restart(tir: Simulator, driver: TirDriver) -> None:
    queues = {"asyncInvocation": {"enabled": True, "datasetId": "1301"}}
    after = {**groups("7245"), **queues, "modelPath": "a", "restartTrigger": "1"}
    sent, _ = updated(tir, driver, {}, after)
    assert [name for name, _ in sent] == [PATCH, ATTACH, QUEUE, RESTART]


def test_a_change_of_something_else(tir: Simulator, driver: TirDriver) -> None:
    """What the program does not change is not sent; that it is otherwise now is told."""
    id, checked, outputs = made(driver, **groups("7245"))
    tir.mutate("tir", KEY, {"security_groups": [7245, 7246]})
    news = driver.checked(inputs(**groups("7245"), modelPath="a"), olds=checked)
    tir.clear()
    result = driver.update(checked, news, olds=outputs, id=id)
    assert writes(tir) == [(PATCH, form({"path": "a"}, "patch"))]
    assert result["securityGroupIds"] == ["7245", "7246"]
    driver.logged("the service answers another value for securityGroupIds than was asked")


def test_what_somebody_changed(tir: Simulator, driver: TirDriver) -> None:
    id, checked, outputs = made(driver, **groups("7245"), **addresses("1174"))
    tir.mutate("tir", KEY, {"security_groups": [7246], "vpc_ips": []})
    seen, outputs = refreshed(driver, id, outputs, checked)
    assert (seen["securityGroupIds"], seen["vpcIpIds"]) == (["7246"], [])
    tir.clear()
    driver.update(seen, checked, olds=outputs, id=id)
    assert calls(tir) == [attach(7245), detach(7246), take(1174)]
    assert attached(tir) == ([7245], [1174])


def test_a_takeover_sets_them(tir: Simulator, driver: TirDriver) -> None:
    made(driver)
    tir.mutate("tir", KEY, {"security_groups": [7246]})
    tir.clear()
    checked = driver.checked(inputs(**groups("7245"), adoptExisting=True))
    _, outputs = driver.create(checked)
    assert calls(tir) == [attach(7245), detach(7246)]
    assert outputs["securityGroupIds"] == ["7245"]


@pytest.mark.parametrize(
    "more",
    [groups("7245"), {"asyncInvocation": {"enabled": True, "datasetId": "1301"}}],
    ids=["groups", "queues"],
)
def test_a_create_whose_reply_is_lost(
    tir: Simulator, driver: TirDriver, more: dict[str, Any]
) -> None:
    """What is set by calls of its own does not make the endpoint somebody else's."""
    tir.fault("tir", CREATE, kind="close", apply=True, count=1)
    id, _, outputs = made(driver, **more)
    assert (id, len(requests(tir, CREATE))) == (FIRST, 1)
    assert outputs.items() >= more.items()


# What fails.


def test_a_service_that_takes_them_only_while_it_runs(tir: Simulator, driver: TirDriver) -> None:
    tir.knobs(
        "tir",
        polls={"waiting": 2, "terminating": 0, "deleting": 0},
        attach_states=["running"],
    )
    _, _, outputs = made(driver, **groups("7245"))
    assert calls(tir) == [attach(7245), attach(7245)]
    assert (outputs["status"], outputs["securityGroupIds"]) == ("running", ["7245"])


def test_a_create_whose_groups_are_refused(tir: Simulator, driver: TirDriver) -> None:
    """The endpoint is there without any, as the state says; the next update sets them."""
    checked = driver.checked(inputs(**groups("7245", "1")))
    failure = failing(driver.create, checked)
    assert (failure.id, failure.properties["securityGroupIds"]) == (FIRST, [])
    assert "attaching security groups" in failure.reasons[0]
    assert (
        "In the program: securityGroupIds (inference:tir:getSecurityGroups lists its values)"
        in failure.reasons[0]
    )
    mended = driver.checked(inputs(**groups("7245")), olds=checked)
    seen, outputs = refreshed(driver, FIRST, failure.properties, checked)
    tir.clear()
    driver.update(seen, mended, olds=outputs, id=FIRST)
    assert calls(tir) == [attach(7245)]


def test_half_a_change(tir: Simulator, driver: TirDriver) -> None:
    """The state says what is attached, and the next run goes on without a difference."""
    id, checked, outputs = made(driver, **groups("7245"))
    news = driver.checked(inputs(**groups("7246")), olds=checked)
    tir.fault("tir", DETACH, kind="error", status=403, message="not yours")
    tir.clear()
    failure = failing(driver.update, checked, news, olds=outputs, id=id)
    assert failure.properties["securityGroupIds"] == ["7245", "7246"]
    assert "detaching a security group: not yours" in failure.reasons[0]
    assert "This is about securityGroupIds: run pulumi up again" in failure.reasons[0]
    assert (calls(tir), attached(tir)) == ([attach(7246), detach(7245)], ([7245, 7246], []))
    tir.clear()
    result = driver.update(news, news, olds=failure.properties, id=id)
    assert (calls(tir), attached(tir)) == ([detach(7245)], ([7246], []))
    assert result["securityGroupIds"] == ["7246"]


def test_groups_that_cannot_be_read(tir: Simulator, driver: TirDriver) -> None:
    tir.fault("tir", READ_GROUPS, kind="error", status=403, message="not yours")
    failure = failing(driver.create, driver.checked(inputs(**groups("7245"))))
    assert (failure.id, failure.properties["securityGroupIds"]) == (FIRST, [])
    assert "This is about securityGroupIds" in failure.reasons[0]
    assert calls(tir) == []
    driver.delete(FIRST, failure.properties)
    assert stored(tir) == {}


def test_a_create_that_is_taken_and_not_made(tir: Simulator, driver: TirDriver) -> None:
    """That it is there counts for more than that it is not as asked: the next look shows that."""
    tir.knobs("tir", attach_applies=False)
    checked = driver.checked(inputs(**groups("7245")))
    failure = failing(driver.create, checked, timeout=3)
    assert (failure.id, failure.properties["securityGroupIds"]) == (FIRST, [])
    assert "waiting for what was attached" in failure.reasons[0]


def test_a_change_that_is_taken_and_not_made(tir: Simulator, driver: TirDriver) -> None:
    id, checked, outputs = made(driver, **groups("7245"))
    tir.knobs("tir", attach_applies=False)
    news = driver.checked(inputs(**groups("7246")), olds=checked)
    failure = failing(driver.update, checked, news, olds=outputs, id=id, timeout=3)
    assert "did not apply: securityGroupIds" in failure.reasons[0]
    assert failure.properties["securityGroupIds"] == ["7245"]


@pytest.mark.parametrize(
    ("operation", "before", "after", "expected"),
    [
        (ATTACH, {}, groups("7245"), [attach(7245)]),
        (DETACH, groups("7245"), groups(), [detach(7245)]),
        (TAKE, {}, addresses("1174"), [take(1174)]),
        (GIVE, addresses("1174"), addresses(), [give(1174)]),
    ],
)
def test_a_reply_that_is_lost(
    tir: Simulator,
    driver: TirDriver,
    operation: str,
    before: dict[str, Any],
    after: dict[str, Any],
    expected: list[Call],
) -> None:
    """The second copy is refused; a look tells that the first was taken."""
    tir.knobs("tir", attached_again="refuse")
    id, checked, outputs = made(driver, **before)
    news = driver.checked(inputs(**after), olds=checked)
    tir.fault("tir", operation, kind="close", apply=True, count=1)
    tir.clear()
    result = driver.update(checked, news, olds=outputs, id=id)
    assert calls(tir) == expected * 2
    assert result.items() >= after.items()


def test_an_address_that_takes_a_while(tir: Simulator, driver: TirDriver) -> None:
    tir.knobs("tir", vpc_ip_looks=2)
    _, _, outputs = made(driver, **addresses("1174"))
    assert (calls(tir), outputs["vpcIpIds"]) == ([take(1174)], ["1174"])


def test_an_address_that_another_endpoint_has(tir: Simulator, driver: TirDriver) -> None:
    """As when the engine makes the new endpoint first, for a taint or --replace."""
    id, _, _ = made(driver, **addresses("1174"))
    checked = driver.checked(inputs(name="next", **addresses("1174")), name="next")
    failure = failing(driver.create, checked, name="next")
    assert (
        "In the program: vpcIpIds (inference:tir:getReservedIps lists its values). "
        f"Endpoint {id} has it: if this one takes the place of that, set the resource option "
        "deleteBeforeReplace, or delete that one first"
    ) in failure.reasons[0]
    assert failure.properties["vpcIpIds"] == []
    assert attached(tir) == ([], [1174])


def test_an_endpoint_that_may_have_one_address(tir: Simulator, driver: TirDriver) -> None:
    tir.knobs("tir", vpc_ips_per_endpoint=1)
    id, checked, outputs = made(driver, **addresses("1174"))
    news = driver.checked(inputs(**addresses("1175")), olds=checked)
    failure = failing(driver.update, checked, news, olds=outputs, id=id)
    assert "At most 1 reserved IP can be attached" in failure.message
    assert "In the program: vpcIpIds" in failure.message
    assert attached(tir) == ([], [1174])


@pytest.mark.parametrize(
    ("given", "path", "reason"),
    [
        (groups("7245", "7245"), "securityGroupIds[1]", "is there twice"),
        (groups("07245"), "securityGroupIds[0]", "must be a number without sign"),
        (addresses("10.8.220.7"), "vpcIpIds[0]", "must be a number without sign"),
    ],
    ids=str,
)
def test_refused(driver: TirDriver, given: dict[str, Any], path: str, reason: str) -> None:
    failures = driver.refused(inputs(**given))
    assert reason in failures[path]


def test_numbers_may_be_numbers(tir: Simulator, driver: TirDriver) -> None:
    _, checked, _ = made(driver, securityGroupIds=[7245])
    assert checked["securityGroupIds"] == ["7245"]
    assert calls(tir) == [attach(7245)]
    assert driver.log(WARNING) == []


FIRST_DELETED = [
    ("the same address", ["1174"], ["1174"], True),
    ("one of several", ["1174", "1175"], ["1175", "1176"], True),
    ("another address", ["1174"], ["1175"], False),
    ("none any more", ["1174"], [], False),
    ("a group", None, None, False),
]


@pytest.mark.parametrize(
    ("before", "after", "first"),
    [row[1:] for row in FIRST_DELETED],
    ids=[r[0] for r in FIRST_DELETED],
)
def test_what_holds_an_address_is_deleted_first(
    driver: TirDriver, before: list[str] | None, after: list[str] | None, first: bool
) -> None:
    """A new endpoint beside it could never have the address; groups are shared."""
    olds = driver.checked(inputs(**groups("7245"), vpcIpIds=before))
    news = driver.checked(inputs(name="other", **groups("7245"), vpcIpIds=after), olds=olds)
    diff = driver.diff(olds, news, olds=olds, id=FIRST)
    assert kinds(diff)["name"] == "UPDATE_REPLACE"
    assert diff.deleteBeforeReplace is first
