"""A replacement under a name of the program's own deletes first: its plan is looked up before."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from support.drivers.hf import UNKNOWN, WARNING, kinds
from support.drivers.tir import (
    COMMITTED,
    Simulator,
    TirDriver,
    failing,
    inputs,
    made,
    requests,
    stored,
    told,
)

PLANS = "sku.list"
DOLLARS = {"currency": "USD"}


def planned(driver: TirDriver, **patch: Any) -> tuple[Any, ...]:
    id, olds, outputs = made(driver)
    return id, olds, driver.checked({**inputs(), **patch}, olds=olds), outputs


def test_the_plan_of_the_new_one_is_looked_up(tir: Simulator, driver: TirDriver) -> None:
    id, olds, news, outputs = planned(driver, **DOLLARS)
    tir.clear()
    response = driver.diff(olds, news, outputs, id=id)
    assert (kinds(response), response.deleteBeforeReplace) == ({"currency": "UPDATE_REPLACE"}, True)
    assert told(tir) == [PLANS]
    (look,) = requests(tir, PLANS)
    assert ["framework", "vllm"] in look.notes["parameters"]


def test_one_that_does_not_exist_is_refused_before_anything_is_deleted(
    tir: Simulator, driver: TirDriver
) -> None:
    id, olds, news, outputs = planned(driver, **DOLLARS, skuName="L4.9")
    tir.clear()
    failure = failing(driver.diff, olds, news, outputs, id=id)
    assert failure.code.name == "INVALID_ARGUMENT"
    assert "the plan L4.9 hourly in USD does not exist. Plans in this currency: " in failure.message
    assert told(tir) == [PLANS]
    assert len(stored(tir)) == 1


ELSEWHERE = {"framework": "SGLANG", "skuName": "L4.9"}


def test_what_the_users_option_may_replace_is_told_before(
    tir: Simulator, driver: TirDriver
) -> None:
    """replaceOnChanges, which our errors advise for a framework, counts after Diff has answered."""
    id, olds, news, outputs = planned(driver, **ELSEWHERE)
    tir.clear()
    response = driver.diff(olds, news, outputs, id=id)
    found = {"framework": "UPDATE", "skuName": "UPDATE"}
    assert (kinds(response), response.deleteBeforeReplace) == (found, True)
    assert told(tir) == [PLANS]
    (look,) = requests(tir, PLANS)
    assert ["framework", "sglang"] in look.notes["parameters"]
    (line,) = [text for text in driver.log(WARNING) if "replaceOnChanges" in text]
    assert "the plan L4.9 hourly in INR does not exist. Plans in this currency: " in line
    assert line.endswith(
        ". Where the resource option replaceOnChanges makes a new endpoint for this change, "
        f"endpoint {id} is deleted before: mend that first"
    )


@pytest.mark.parametrize("lost", [True, False])
def test_what_may_be_replaced_and_can_be_made_is_not_talked_about(
    tir: Simulator, driver: TirDriver, lost: bool
) -> None:
    """Nor what nobody can tell: in place it is a change like others."""
    id, olds, news, outputs = planned(driver, **(ELSEWHERE if lost else {"framework": "SGLANG"}))
    if lost:
        tir.fault("tir", PLANS, kind="error", status=403, message="no", count=0)
    driver.diff(olds, news, outputs, id=id)
    assert driver.log(WARNING) == []


@pytest.mark.parametrize("asks", ["diff", "delete"])
def test_it_is_looked_up_where_the_new_one_will_be(
    tir: Simulator, driver: TirDriver, asks: str
) -> None:
    id, olds, news, outputs = planned(driver, location="Chennai")
    if asks == "delete":
        driver.checked(inputs(location="Chennai"))
    tir.clear()
    if asks == "diff":
        driver.diff(olds, news, outputs, id=id)
    else:
        driver.delete(id, outputs, olds)
    look, *_ = requests(tir)
    assert look.operation == PLANS
    assert ["location", "Chennai"] in look.notes["parameters"]


def test_a_question_that_is_refused_proves_nothing(tir: Simulator, driver: TirDriver) -> None:
    """A framework that the service's list of machines does not know, either."""
    id, olds, news, outputs = planned(driver, **DOLLARS, framework="new", containerImage="a/b:c")
    assert "currency" in kinds(driver.diff(olds, news, outputs, id=id))
    record = driver.logged("whether the new endpoint can be made is not known")
    assert '"new" is not a framework (HTTP 400)' in record.message


def test_the_days_of_a_plan_that_does_not_exist_are_told(driver: TirDriver) -> None:
    id, olds, news, outputs = planned(driver, **DOLLARS, **{**COMMITTED, "committedDays": 31})
    failure = failing(driver.diff, olds, news, outputs, id=id)
    assert "the plan L4.1 committed for 31 days in USD does not exist. " in failure.message


def test_a_machine_need_not_be_free(tir: Simulator, driver: TirDriver) -> None:
    """The one that is deleted leaves its own."""
    id, olds, news, outputs = planned(driver, **DOLLARS)
    tir.knobs("tir", sku_inventory={"L4.1": False})
    assert kinds(driver.diff(olds, news, outputs, id=id)) == {"currency": "UPDATE_REPLACE"}


def test_no_answer_is_no_refusal(tir: Simulator, driver: TirDriver) -> None:
    id, olds, news, outputs = planned(driver, **DOLLARS, skuName="L4.9")
    tir.fault("tir", PLANS, kind="error", status=403, message="no", count=0)
    assert set(kinds(driver.diff(olds, news, outputs, id=id))) == {"currency", "skuName"}
    record = driver.logged("whether the new endpoint can be made is not known")
    assert record.severity == WARNING


def test_a_question_that_hangs_holds_up_nobody_else(tir: Simulator, driver: TirDriver) -> None:
    """Also Cancel is answered, and ends it; without, its time is short."""
    id, olds, news, outputs = planned(driver, **DOLLARS)
    tir.fault("tir", PLANS, kind="hold", count=1)
    seen: list[Any] = []
    asking = threading.Thread(target=lambda: seen.append(driver.diff(olds, news, outputs, id=id)))
    asking.start()
    tir.wait_requests(1, operation=PLANS)
    assert kinds(driver.diff(olds, olds, outputs, id=id)) == {}
    driver.cancel()
    asking.join(30)
    tir.release()
    assert set(kinds(seen[0])) == {"currency"}
    assert "was cancelled" in driver.logged("whether the new endpoint can be made").message


@pytest.mark.uninstrumented
def test_no_setting_lets_a_preview_hang(
    tir: Simulator, configure: Callable[..., TirDriver]
) -> None:
    """What an operation may take is no time for a question."""
    driver = configure(timeout="3600")
    id, olds, news, outputs = planned(driver, **DOLLARS)
    tir.fault("tir", PLANS, kind="hold", count=0)
    started = time.monotonic()
    assert set(kinds(driver.diff(olds, news, outputs, id=id))) == {"currency"}
    assert time.monotonic() - started < 30
    tir.release()
    driver.logged("whether the new endpoint can be made is not known")


def told_as(plan: dict[str, Any], **members: Any) -> None:
    if plan["sku_type"] == "hourly":
        plan.update(members)


@pytest.mark.parametrize(
    "members",
    [
        {"committed_days": None},
        {"committed_days": "0"},
        {"committed_days": ""},
        {"currency": None},
        {"currency": "usd"},
        {"sku_type": "Hourly"},
        {"sku_type": None, "currency": None, "committed_days": None},
        {"name": "by the hour"},
        {"name": None},
    ],
    ids=str,
)
def test_what_a_plan_does_not_tell_is_nothing_against_it(
    tir: Simulator, driver: TirDriver, members: dict[str, Any]
) -> None:
    id, olds, news, outputs = planned(driver, **DOLLARS)
    driver.diff(olds, news, outputs, id=id)
    reply = requests(tir, PLANS)[-1].reply_json
    for skus in reply["data"].values():
        for sku in skus:
            for plan in sku["plans"]:
                told_as(plan, **members)
    tir.fault("tir", PLANS, kind="error", status=200, body=json.dumps(reply), count=0)
    assert kinds(driver.diff(olds, news, outputs, id=id)) == {"currency": "UPDATE_REPLACE"}
    other = driver.checked(inputs(**DOLLARS, skuName="L4.9"), olds=olds)
    failure = failing(driver.diff, olds, other, outputs, id=id)
    assert "the plan L4.9 hourly in USD does not exist" in failure.message
    assert driver.log(WARNING) == []


@pytest.mark.parametrize(
    "patch", [{"replica": 2}, {"skuName": UNKNOWN, **DOLLARS}], ids=["in place", "unknown"]
)
def test_nothing_else_asks(tir: Simulator, driver: TirDriver, patch: dict[str, Any]) -> None:
    id, olds, news, outputs = planned(driver, **patch)
    tir.clear()
    driver.diff(olds, news, outputs, id=id)
    assert told(tir) == []


def test_an_autonamed_one_is_made_first_and_asks_nothing(tir: Simulator, driver: TirDriver) -> None:
    id, olds, outputs = made(driver, name=None)
    news = driver.checked(inputs(name=None, **DOLLARS), olds=olds)
    tir.clear()
    assert not driver.diff(olds, news, outputs, id=id).deleteBeforeReplace
    assert told(tir) == []


# What Diff is not told of deletes first, too: replaceOnChanges, deleteBeforeReplace, --replace.
GONE = {"skuName": "L4.9"}


@pytest.mark.parametrize("name", ["demo", None], ids=["explicit", "auto"])
@pytest.mark.parametrize("patch", [GONE, {}], ids=["another plan", "the same"])
def test_a_delete_that_a_create_follows_asks_before(
    tir: Simulator, driver: TirDriver, patch: dict[str, Any], name: str | None
) -> None:
    id, olds, outputs = made(driver, name=name)
    news = driver.checked(inputs(name=name, **patch), olds=olds)
    driver.diff(olds, news, outputs, id=id)
    tir.knobs("tir", sku_inventory={"L4.1": False})
    tir.clear()
    if not patch:
        driver.delete(id, outputs, olds)
        assert told(tir)[:2] == [PLANS, "endpoint.delete"]
        return
    failure = failing(driver.delete, id, outputs, olds)
    assert failure.code.name == "INVALID_ARGUMENT"
    assert "the plan L4.9 hourly in INR does not exist. Plans in this currency: " in failure.message
    assert failure.message.endswith(
        f". Endpoint {id} was not deleted, because what is to take its place cannot be made: mend "
        "that first"
    )
    assert told(tir) == [PLANS]
    assert len(stored(tir)) == 1


def test_a_delete_that_no_diff_told_of_asks_before(tir: Simulator, driver: TirDriver) -> None:
    """With --replace, and of what is tainted, the engine asks for no Diff: Check has no olds."""
    id, olds, outputs = made(driver)
    driver.checked(inputs(**GONE))
    tir.clear()
    failure = failing(driver.delete, id, outputs, olds)
    assert "the plan L4.9 hourly in INR does not exist. Plans in this currency: " in failure.message
    assert f". Endpoint {id} was not deleted, because " in failure.message
    assert told(tir) == [PLANS]
    tir.clear()
    driver.checked(inputs(skuName="L4.2"))
    driver.delete(id, outputs, olds)
    assert told(tir)[:2] == [PLANS, "endpoint.delete"]


@pytest.mark.parametrize("fault", ["error", "hold"])
@pytest.mark.uninstrumented
def test_no_answer_holds_no_delete_up(tir: Simulator, driver: TirDriver, fault: str) -> None:
    id, olds, news, outputs = planned(driver, **GONE)
    driver.diff(olds, news, outputs, id=id)
    how = {"kind": "hold"} if fault == "hold" else {"kind": "error", "status": 403, "message": "no"}
    tir.fault("tir", PLANS, **how, count=0)
    started = time.monotonic()
    driver.delete(id, outputs, olds)
    assert time.monotonic() - started < 30
    assert stored(tir) == {}
    tir.release()


@pytest.mark.parametrize(
    "before", ["no diff", "another id", "update", "create", "check", "configure"]
)
def test_every_other_delete_asks_nothing(
    tir: Simulator, configure: Callable[..., TirDriver], before: str
) -> None:
    """It is gone from the program, an endpoint is there in its place, or it is another one."""
    driver = configure()
    id, olds, news, outputs = planned(driver, skuName="L4.2")
    if before == "check":
        driver.checked(inputs(**GONE))
    if before != "no diff":
        other = before in ("another id", "check")
        driver.diff(olds, news, outputs, id="3777" if other else id)
    if before == "update":
        outputs = driver.update(olds, news, olds=outputs, id=id)
    elif before == "create":
        driver.create(driver.checked(inputs(name="new")))
    elif before == "configure":
        driver = configure()
    tir.clear()
    driver.delete(id, outputs, olds)
    assert PLANS not in told(tir)
