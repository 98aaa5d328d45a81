"""Edits: always whole, in every mode of the service; the guard and its agreement; states."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
import pytest
from support.drivers.hf import WARNING
from support.drivers.maas import (
    AGREEMENT,
    PROJECT,
    MaasDriver,
    Simulator,
    aged,
    edit_body,
    failing,
    full_id,
    inputs,
    made,
    only_id,
    refreshed,
    sent,
    stored,
    told,
)

pytestmark = pytest.mark.one_call

CODE = grpc.StatusCode
EDITED = ["endpoint.edit", "endpoint.list"]
GUARD_OFF: dict[str, Any] = {"moderation": False, "agreementId": AGREEMENT}

# What is set before; what it becomes (None: taken out); what the edit says beside the smallest.
CHANGES: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({}, {"name": "renamed"}, {"endpoint_name": "renamed"}),
    ({}, {"description": "é 描述"}, {"remark": "é 描述"}),
    ({"description": "old"}, {"description": "new"}, {"remark": "new"}),
    ({"description": "old"}, {"description": None}, {}),
    ({}, {"rpm": 60}, {"rpm": 60}),
    ({"rpm": 60}, {"rpm": 61}, {"rpm": 61}),
    ({"rpm": 60}, {"rpm": None}, {"rpm": 0}),
    ({"rpm": 60}, {"rpm": 0}, {"rpm": 0}),
    ({}, {"tpm": 1000}, {"tpm": 1000}),
    ({"tpm": 1000}, {"tpm": None}, {"tpm": 0}),
    ({"rpm": 60, "tpm": 1000}, {"rpm": 30}, {"rpm": 30, "tpm": 1000}),
    ({"description": "kept"}, {"rpm": 30}, {"remark": "kept", "rpm": 30}),
    ({}, GUARD_OFF, {"moderation": False, "agreement_id": AGREEMENT}),
    (GUARD_OFF, {"rpm": 5}, {"rpm": 5, "moderation": False, "agreement_id": AGREEMENT}),
    (
        GUARD_OFF,
        {"name": "renamed"},
        {"endpoint_name": "renamed", "moderation": False, "agreement_id": AGREEMENT},
    ),
    (GUARD_OFF, {"moderation": True}, {"agreement_id": AGREEMENT}),
    (GUARD_OFF, {"moderation": None, "agreementId": None}, {}),
    ({"agreementId": AGREEMENT}, {"rpm": 5}, {"rpm": 5}),
]


def change(
    driver: MaasDriver, sim: Simulator, before: dict[str, Any], after: dict[str, Any]
) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Id, inputs and outputs after one update, with the record of it alone."""
    id, checked, outputs = made(driver, **before)
    news = driver.checked(inputs(**{**before, **after}), olds=checked)
    sim.clear()
    return id, news, driver.update(checked, news, olds=outputs, id=id)


@pytest.mark.parametrize("zero", ["null", "zero"])
@pytest.mark.parametrize("mode", ["strict", "merge"])
@pytest.mark.parametrize(("before", "after", "body"), CHANGES, ids=[str(c[:2]) for c in CHANGES])
def test_an_edit_says_everything(
    driver: MaasDriver,
    later: Callable[[], MaasDriver],
    maas: Simulator,
    before: dict[str, Any],
    after: dict[str, Any],
    body: dict[str, Any],
    mode: str,
    zero: str,
) -> None:
    """Whether an absent field keeps its value or takes its default is not documented."""
    maas.knobs("maas", edit_mode=mode, zero_limit=zero)
    id, news, outputs = change(driver, maas, before, after)
    assert told(maas) == EDITED
    assert sent(maas, "endpoint.edit") == [edit_body(**body)]
    (document,) = stored(maas).values()
    assert document["moderation"] == body.get("moderation", True)
    assert outputs["target"]["model"] == outputs["name"] == document["endpoint_name"]
    assert refreshed(later(), id, outputs, news) == (news, outputs)


@pytest.mark.parametrize("answer", ["number", "string", "empty", "object", "no_content"])
def test_every_answer_to_an_edit(driver: MaasDriver, maas: Simulator, answer: str) -> None:
    maas.knobs("maas", edit_answer=answer)
    _, _, outputs = change(driver, maas, {}, {"rpm": 9})
    assert (outputs["rpm"], told(maas)) == (9, EDITED)


def test_a_new_agreement_with_the_guard_on_is_no_edit(driver: MaasDriver, maas: Simulator) -> None:
    """Nor is one that comes or goes."""
    for before, after in (
        ({"name": "a", "agreementId": "old"}, {"agreementId": "new"}),
        ({"name": "b", "agreementId": "old"}, {"agreementId": None}),
        ({"name": "c"}, {"agreementId": "new"}),
    ):
        change(driver, maas, before, after)
        assert told(maas) == ["endpoint.list"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({}, {"agreementId": "new"}, True),
        ({"agreementId": "old"}, {"agreementId": "new"}, True),
        ({"agreementId": "old"}, {}, False),
        ({}, GUARD_OFF, False),
        (GUARD_OFF, {**GUARD_OFF, "agreementId": "new"}, False),
        (GUARD_OFF, {"moderation": True, "agreementId": "new"}, False),
    ],
)
def test_an_agreement_that_nobody_signs_is_told_before(
    driver: MaasDriver, before: dict[str, Any], after: dict[str, Any], told: bool
) -> None:
    """Switching the guard takes an agreement along, either way (docs/apis/maas.md 3.3)."""
    olds = driver.checked(inputs(**before))
    driver.diff(olds, driver.checked(inputs(**after), olds=olds), id="e-1")
    words = (
        "Huawei Cloud MaaS: the change of agreementId does nothing for endpoint e-1 while "
        "moderation is true: a disclaimer is accepted by an edit that switches the guard, or made "
        "while it is off; set moderation to false for that"
    )
    assert [text for text in driver.log(WARNING) if "does nothing" in text] == [words] * told


def test_a_new_agreement_with_the_guard_off_is_signed(driver: MaasDriver, maas: Simulator) -> None:
    id, checked, outputs = made(driver, **GUARD_OFF)
    maas.knobs("maas", agreement_id="the-next-one")
    news = {**checked, "agreementId": "the-next-one"}
    maas.clear()
    driver.update(checked, news, olds=outputs, id=id)
    assert sent(maas, "endpoint.edit") == [edit_body(moderation=False, agreement_id="the-next-one")]


def test_a_stale_agreement_is_final(driver: MaasDriver, maas: Simulator) -> None:
    id, checked, outputs = made(driver, **GUARD_OFF)
    maas.knobs("maas", agreement_id="the-next-one")
    maas.clear()
    failure = failing(driver.update, checked, {**checked, "rpm": 5}, olds=outputs, id=id)
    assert (failure.code, failure.partial) == (CODE.INVALID_ARGUMENT, None)
    assert "agreement" in failure.message and "inference:maas:getAgreement" in failure.message
    assert told(maas) == ["endpoint.edit"]


def test_an_agreement_to_switch_the_guard_on(driver: MaasDriver, maas: Simulator) -> None:
    maas.knobs("maas", agreement_to_enable=True)
    change(driver, maas, GUARD_OFF, {"moderation": True})
    assert sent(maas, "endpoint.edit") == [edit_body(agreement_id=AGREEMENT)]


@pytest.mark.parametrize(
    ("patch", "told"), [({"rpm": 5}, 1), ({"modelName": "DeepSeek-R1"}, 0), ({}, 0)], ids=str
)
def test_a_member_that_may_be_a_setting_is_named_in_the_preview(
    driver: MaasDriver,
    later: Callable[[], MaasDriver],
    maas: Simulator,
    patch: dict[str, Any],
    told: int,
) -> None:
    """An edit may reset what it leaves out; times and the like are no settings."""
    id, checked, outputs = made(driver, name=None)
    assert "__unknown" not in outputs
    members = {"/items/0/burst": {"a": 1}, "/items/0/create_time": "1"}
    maas.fault("maas", "endpoint.list", kind="rewrite", assign=members, count=0)
    _, outputs = refreshed(later(), id, outputs, checked)
    assert outputs["__unknown"] == ["burst"]
    news = driver.checked(inputs(name=None, **patch), olds=checked)
    driver.diff(checked, news, olds=outputs, id=id)
    driver.checked(inputs(region="eu-none-1"))
    driver.logged("eu-none-1")  # and so everything before it
    words = f"endpoint {id} shows burst, which this version of the provider does not know: if that"
    assert len([text for text in driver.log(WARNING) if words in text]) == told
    if told:
        driver.update(checked, news, olds=outputs, id=id)
        assert "burst" not in sent(maas, "endpoint.edit")[-1]


# Accounts that may not touch the guard.


def test_an_account_of_level_one(driver: MaasDriver, maas: Simulator) -> None:
    """The guard is repeated for accounts that can; without the right the edit goes without it."""
    maas.knobs("maas", account_level="V1")
    _, _, outputs = change(driver, maas, {}, {"rpm": 9})
    less = {key: value for key, value in edit_body(rpm=9).items() if key != "moderation"}
    assert sent(maas, "endpoint.edit") == [edit_body(rpm=9), less]
    assert (outputs["rpm"], outputs["moderation"]) == (9, True)
    assert "moderation" in driver.logged("sent without it").message


@pytest.mark.parametrize("moderation", [True, False])
def test_an_account_of_level_one_that_asks_for_it(
    driver: MaasDriver, maas: Simulator, moderation: bool
) -> None:
    id, checked, outputs = made(driver, **({} if moderation else {"moderation": True}))
    maas.knobs("maas", account_level="V1")
    news = {**checked, "rpm": 9, "moderation": moderation, "agreementId": AGREEMENT}
    failure = failing(driver.update, checked, news, olds=outputs, id=id)
    assert (failure.code, failure.partial) == (CODE.INVALID_ARGUMENT, None)
    assert "level" in failure.message
    assert len(sent(maas, "endpoint.edit")) == 1


def test_a_refusal_of_the_own_name(driver: MaasDriver, maas: Simulator) -> None:
    maas.knobs("maas", own_name_refused=True)
    _, _, outputs = change(driver, maas, {}, {"rpm": 9})
    less = {key: value for key, value in edit_body(rpm=9).items() if key != "endpoint_name"}
    assert sent(maas, "endpoint.edit") == [edit_body(rpm=9), less]
    assert (outputs["rpm"], outputs["name"]) == (9, "demo")


def test_a_new_name_that_is_burnt(driver: MaasDriver, maas: Simulator) -> None:
    maas.call("maas", "burn", account="simulator-account", name="burnt")
    id, checked, outputs = made(driver)
    failure = failing(driver.update, checked, {**checked, "name": "burnt"}, olds=outputs, id=id)
    assert (failure.code, failure.partial) == (CODE.ALREADY_EXISTS, None)
    assert "never be used again" in failure.message
    assert len(sent(maas, "endpoint.edit")) == 1


# Late lists, lost replies.


def test_a_list_that_lags_behind_an_edit(driver: MaasDriver, maas: Simulator) -> None:
    """The list is looked at until it shows what was taken."""
    id, checked, outputs = made(driver)
    maas.knobs("maas", lag_ms=3000)
    maas.advance(10)
    maas.clear()
    news = {**checked, "rpm": 9, "description": "new"}
    after = driver.update(checked, news, olds=outputs, id=id)
    assert (after["rpm"], after["description"]) == (9, "new")
    assert told(maas)[:2] == ["endpoint.edit", "endpoint.list"]
    assert set(told(maas)[2:]) == {"endpoint.list"}
    assert driver.log(2) == []


def test_a_list_that_never_shows_an_edit(driver: MaasDriver, maas: Simulator) -> None:
    """Up to now this was a warning and green; what is not there is not done."""
    id, checked, outputs = made(driver)
    maas.knobs("maas", lag_ms=600000)
    maas.advance(700)
    news = {**checked, "rpm": 9, "description": "new"}
    failure = failing(driver.update, checked, news, olds=outputs, id=id)
    assert "did not apply: description, rpm." in failure.reasons[0]
    assert failure.id == id
    assert "rpm" not in failure.properties


def test_an_edit_of_what_is_not_listed_yet(driver: MaasDriver, maas: Simulator) -> None:
    """It was taken, so the endpoint is there."""
    id, checked, outputs = made(driver)
    maas.knobs("maas", lag_ms=600000)
    after = driver.update(checked, {**checked, "rpm": 9}, olds=outputs, id=id)
    assert (after["rpm"], after["endpointId"]) == (9, only_id(maas))
    driver.logged("took the change and does not list the endpoint yet")


def test_an_edit_is_repeated(driver: MaasDriver, maas: Simulator) -> None:
    maas.fault("maas", "endpoint.edit", kind="close", apply=True)
    change(driver, maas, {}, {"rpm": 9})
    assert sent(maas, "endpoint.edit") == [edit_body(rpm=9)] * 2


def test_a_rename_whose_reply_is_lost(driver: MaasDriver, maas: Simulator) -> None:
    """The second request finds its own name used, and that is no clash."""
    maas.knobs("maas", own_name_refused=True)
    maas.fault("maas", "endpoint.edit", kind="close", apply=True)
    _, _, outputs = change(driver, maas, {}, {"name": "renamed"})
    assert outputs["name"] == "renamed"
    assert [document["endpoint_name"] for document in stored(maas).values()] == ["renamed"]


def test_an_edit_of_something_gone(driver: MaasDriver, maas: Simulator) -> None:
    id, checked, outputs = made(driver)
    maas.delete("maas", "demo")
    for news in ({**checked, "rpm": 9}, checked):
        failure = failing(driver.update, checked, news, olds=aged(outputs), id=id)
        assert (failure.code, failure.partial) == (CODE.NOT_FOUND, None)
        assert "pulumi refresh" in failure.message


def test_an_edit_whose_look_fails_keeps_what_was_done(driver: MaasDriver, maas: Simulator) -> None:
    id, checked, outputs = made(driver)
    maas.fault("maas", "endpoint.list", kind="error", status=403, message="no", count=0)
    failure = failing(driver.update, checked, {**checked, "rpm": 9}, olds=outputs, id=id)
    assert (failure.id, failure.properties["rpm"]) == (id, 9)
    assert "listing the endpoints" in failure.reasons[0]


def test_a_refused_edit_changes_nothing(driver: MaasDriver, maas: Simulator) -> None:
    id, checked, outputs = made(driver)
    failure = failing(driver.update, checked, {**checked, "rpm": 301}, olds=outputs, id=id)
    assert (failure.code, failure.partial) == (CODE.INVALID_ARGUMENT, None)
    assert "rpm must not exceed 300" in failure.message


# The desired state.


@pytest.mark.parametrize(
    ("old", "new", "action"),
    [
        (None, "paused", "deactivate"),
        ("running", "paused", "deactivate"),
        ("paused", "running", "activate"),
        ("paused", None, "activate"),
    ],
)
def test_a_changed_wish_is_one_call(
    driver: MaasDriver, maas: Simulator, old: str | None, new: str | None, action: str
) -> None:
    _, _, outputs = change(driver, maas, {"desiredState": old}, {"desiredState": new})
    assert told(maas) == ["endpoint.list", "endpoint.control", "endpoint.list"]
    assert sent(maas, "endpoint.control") == [{"action": action}]
    assert outputs["status"] == ("suspended" if action == "deactivate" else "normal")


def test_an_edit_comes_before_the_wish(driver: MaasDriver, maas: Simulator) -> None:
    change(driver, maas, {}, {"rpm": 9, "desiredState": "paused"})
    assert told(maas) == [*EDITED, "endpoint.control", "endpoint.list"]


def test_a_paused_endpoint_stays_so_through_an_edit(driver: MaasDriver, maas: Simulator) -> None:
    _, _, outputs = change(driver, maas, {"desiredState": "paused"}, {"rpm": 9})
    assert (told(maas), outputs["status"]) == (EDITED, "suspended")


def test_a_wish_that_fails_after_an_edit_keeps_the_edit(
    driver: MaasDriver, maas: Simulator
) -> None:
    maas.fault("maas", "endpoint.control", kind="error", status=403, message="no", count=0)
    id, checked, outputs = made(driver)
    news = {**checked, "rpm": 9, "desiredState": "paused"}
    failure = failing(driver.update, checked, news, olds=outputs, id=id)
    assert (failure.id, failure.properties["rpm"]) == (id, 9)


def test_a_state_that_is_listed_late(driver: MaasDriver, maas: Simulator) -> None:
    maas.knobs("maas", lag_ms=1200)
    _, _, outputs = change(driver, maas, {}, {"desiredState": "paused"})
    assert outputs["status"] == "suspended"
    assert sent(maas, "endpoint.control") == [{"action": "deactivate"}]


@pytest.mark.parametrize("ignored", [("rpm",), ("rpm", "description")])
def test_an_edit_leaves_what_is_ignored_as_it_is(
    driver: MaasDriver, maas: Simulator, ignored: tuple[str, ...]
) -> None:
    """Somebody changed it by hand, and the form is sent whole; of that nobody is warned."""
    id, checked, outputs = made(driver, rpm=5, description="old")
    maas.mutate("maas", "demo", {"rpm": 77, "remark": "by hand"})
    maas.clear()
    news = {**checked, "name": "renamed", "rpm": 6}
    driver.update(checked, news, olds=outputs, id=id, ignore=ignored)
    remark = "by hand" if "description" in ignored else "old"
    body = edit_body(endpoint_name="renamed", rpm=77, remark=remark)
    assert sent(maas, "endpoint.edit") == [body]
    driver.checked(inputs(region="eu-none-1"))
    driver.logged("eu-none-1")  # and so everything before it
    assert [text for text in driver.log(WARNING) if "than was asked" in text] == []


def test_a_pause_from_the_start_holds_with_unknown_words(
    driver: MaasDriver, maas: Simulator
) -> None:
    words = {"created": "serving", "activated": "serving", "deactivated": "resting"}
    maas.knobs("maas", status_words=words)
    _, _, outputs = made(driver, desiredState="paused")
    assert sent(maas, "endpoint.control") == [{"action": "deactivate"}]
    assert outputs["status"] == "resting"


ODD = {"created": "serving", "activated": "serving", "deactivated": "resting"}


@pytest.mark.parametrize("status", [400, 403, 409, 412, 423, 500])
@pytest.mark.parametrize("waits", [True, False])
def test_a_pause_that_was_refused_is_asked_for_again_with_unknown_words(
    driver: MaasDriver, maas: Simulator, status: int, waits: bool
) -> None:
    """No word tells whether the create's own was carried out."""
    maas.knobs("maas", status_words=ODD)
    maas.fault("maas", "endpoint.control", kind="error", status=status, message="no", count=0)
    checked = driver.checked(inputs(desiredState="paused", waitForReady=waits))
    failure = failing(driver.create, checked, timeout=20)
    maas.clear_faults("maas")
    maas.clear()
    outputs = driver.update(checked, checked, olds=failure.properties, id=failure.id)
    assert sent(maas, "endpoint.control") == [{"action": "deactivate"}]
    assert outputs["status"] == "resting"


@pytest.mark.parametrize("status", [409, 412, 423])
def test_an_unknown_word_is_no_proof_that_a_refused_pause_was_done(
    driver: MaasDriver, maas: Simulator, status: int
) -> None:
    maas.knobs("maas", status_words=ODD)
    id, checked, outputs = made(driver)
    maas.fault("maas", "endpoint.control", kind="error", status=status, message="no", count=0)
    news = {**checked, "desiredState": "paused"}
    failure = failing(driver.update, checked, news, olds=outputs, id=id)
    assert "disabling the endpoint: no" in failure.message


def test_a_half_done_pause_is_taken_back_with_unknown_words(
    driver: MaasDriver, maas: Simulator
) -> None:
    """It was carried out, and its answer lost; the program is as before."""
    maas.knobs("maas", status_words=ODD)
    id, checked, outputs = made(driver)
    maas.fault("maas", "endpoint.control", kind="close", apply=True, count=0)
    news = driver.checked(inputs(rpm=9, desiredState="paused"), olds=checked)
    failure = failing(driver.update, checked, news, olds=outputs, id=id)
    maas.clear_faults("maas")
    maas.clear()
    after = driver.update(checked, checked, olds=failure.properties, id=id)
    assert sent(maas, "endpoint.edit") == [edit_body(rpm=0)]
    assert sent(maas, "endpoint.control") == [{"action": "activate"}]
    assert after["status"] == "serving"


# Deletes.


@pytest.mark.parametrize("unknown", ["400/ModelArts.6291", "404/ModelArts.6291", "404/ModelArts.1"])
def test_a_delete_of_what_is_gone(driver: MaasDriver, maas: Simulator, unknown: str) -> None:
    maas.knobs("maas", unknown_id={"delete": unknown})
    id, checked, outputs = made(driver)
    maas.delete("maas", "demo")
    driver.delete(id, aged(outputs), checked)


def test_a_delete_that_is_listed_late(driver: MaasDriver, maas: Simulator) -> None:
    id, checked, outputs = made(driver)
    maas.knobs("maas", lag_ms=1200)
    maas.advance(2)
    driver.delete(id, outputs, checked)
    assert stored(maas) == {}


def test_a_delete_works_from_the_id_alone(driver: MaasDriver, maas: Simulator) -> None:
    id, _, _ = made(driver)
    driver.delete(id, None, None)
    assert stored(maas) == {}


def test_a_404_while_the_list_still_shows_it(driver: MaasDriver, maas: Simulator) -> None:
    """Nothing was deleted, whatever the reply says."""
    id, checked, outputs = made(driver)
    maas.fault("maas", "endpoint.delete", kind="error", status=404, count=0)
    failure = failing(driver.delete, id, outputs, checked, timeout=1.5)
    assert failure.code == CODE.DEADLINE_EXCEEDED
    assert full_id(only_id(maas), PROJECT) == id
