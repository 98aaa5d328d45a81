"""Creates: every shape of the answer, a list that is late, replies that are lost, refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
from support.drivers.hf import unmarked
from support.drivers.maas import (
    AGREEMENT,
    PROJECT,
    REGION,
    MaasDriver,
    Simulator,
    aged,
    create_body,
    edit_body,
    failing,
    full_id,
    inputs,
    made,
    only_id,
    refreshed,
    secret,
    sent,
    stored,
    told,
)

pytestmark = pytest.mark.one_call

CODE = grpc.StatusCode
ANSWERS = ["id", "endpoint_id", "custom_endpoint_id", "data", "result", "string", "one", "empty"]


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.parametrize("answer", ANSWERS)
def test_every_answer_to_a_create(
    driver: MaasDriver, maas: Simulator, answer: str, status: int
) -> None:
    """The documentation does not show it."""
    maas.knobs("maas", create_answer=answer, create_status=status)
    id, _, outputs = made(driver)
    assert id == full_id(only_id(maas))
    assert outputs["endpointId"] == only_id(maas)
    assert told(maas) == ["endpoint.create", "endpoint.list"]


def test_all_there_is_to_say(driver: MaasDriver, maas: Simulator) -> None:
    id, _, outputs = made(
        driver,
        description="Für é 描述",
        rpm=60,
        tpm=100000,
        moderation=False,
        agreementId=AGREEMENT,
    )
    assert sent(maas) == [
        create_body(
            remark="Für é 描述", rpm=60, tpm=100000, moderation=False, agreement_id=AGREEMENT
        )
    ]
    created = datetime.fromisoformat(outputs.pop("createdAt"))
    assert timedelta(0) <= datetime.now(UTC) - created < timedelta(minutes=5)
    assert unmarked(outputs) == {
        "name": "demo",
        "description": "Für é 描述",
        "source": "custom_from_maas",
        "modelName": "DeepSeek-V3",
        "servedModelName": "DeepSeek-V3",
        "rpm": 60,
        "tpm": 100000,
        "moderation": False,
        "agreementId": AGREEMENT,
        "desiredState": "running",
        "region": REGION,
        "projectId": PROJECT,
        "endpointId": id.split("/")[2],
        "status": "normal",
        "cbcStatus": "normal",
        "residentModelId": "r-deepseek-v3",
        "quantityLimit": 10,
        "target": {"baseUrl": f"{maas.url('maas')}/v2", "model": "demo"},
    }
    assert maas.call("maas", "ignored") == []


def test_the_smallest_create_says_no_more_than_it_must(driver: MaasDriver, maas: Simulator) -> None:
    _, _, outputs = made(driver)
    assert sent(maas) == [create_body()]
    assert (outputs["moderation"], "rpm" in outputs, "description" in outputs) == (
        True,
        False,
        False,
    )


def test_a_late_list_is_waited_for(driver: MaasDriver, maas: Simulator) -> None:
    maas.knobs("maas", lag_ms=1500)
    id, _, outputs = made(driver)
    assert (id, outputs["status"]) == (full_id(only_id(maas)), "normal")
    assert told(maas).count("endpoint.create") == 1
    assert told(maas).count("endpoint.list") >= 2


def test_a_late_list_after_an_answer_without_an_id(driver: MaasDriver, maas: Simulator) -> None:
    maas.knobs("maas", lag_ms=1500, create_answer="one")
    id, _, _ = made(driver)
    assert id == full_id(only_id(maas))


def test_a_list_that_fails_after_an_answer_without_an_id(
    driver: MaasDriver, maas: Simulator
) -> None:
    """A reply without an id proves nothing, and nobody can look: the endpoint is named."""
    maas.knobs("maas", create_answer="one")
    maas.fault("maas", "endpoint.list", kind="error", status=403, message="no", count=0)
    failure = failing(driver.create, driver.checked(inputs()))
    assert failure.id == "unconfirmed:demo"
    assert 'Whether the endpoint "demo" exists could not be found out either' in failure.message


def test_a_list_that_fails_after_a_create_keeps_the_id(driver: MaasDriver, maas: Simulator) -> None:
    maas.fault("maas", "endpoint.list", kind="error", status=403, message="no", count=0)
    failure = failing(driver.create, driver.checked(inputs()))
    assert failure.id == full_id(only_id(maas))
    assert failure.properties["name"] == "demo"
    assert failure.properties["endpointId"] == only_id(maas)


def test_paused_from_the_start(driver: MaasDriver, maas: Simulator) -> None:
    _, _, outputs = made(driver, desiredState="paused")
    assert told(maas) == ["endpoint.create", "endpoint.list", "endpoint.control", "endpoint.list"]
    assert sent(maas, "endpoint.control") == [{"action": "deactivate"}]
    assert outputs["status"] == "suspended"


def test_a_pause_that_fails_keeps_the_id(driver: MaasDriver, maas: Simulator) -> None:
    maas.fault("maas", "endpoint.control", kind="error", status=403, message="no", count=0)
    checked = driver.checked(inputs(desiredState="paused"))
    failure = failing(driver.create, checked)
    assert failure.id == full_id(only_id(maas))
    assert "disabling the endpoint" in failure.reasons[0]
    maas.clear_faults()
    maas.clear()
    outputs = driver.update(checked, checked, olds=failure.properties, id=failure.id)
    assert outputs["status"] == "suspended"
    assert told(maas) == ["endpoint.list", "endpoint.control", "endpoint.list"]


# Lost replies.


@pytest.mark.parametrize("kind", ["close", "html", "malformed", "truncated"])
def test_a_create_that_was_carried_out_is_found_and_not_repeated(
    driver: MaasDriver, maas: Simulator, kind: str
) -> None:
    maas.fault("maas", "endpoint.create", kind=kind, apply=True)
    id, _, _ = made(driver)
    assert id == full_id(only_id(maas))
    assert len(sent(maas)) == 1


def test_a_create_that_did_not_arrive_is_sent_again(driver: MaasDriver, maas: Simulator) -> None:
    maas.fault("maas", "endpoint.create", kind="close", apply=False)
    id, _, _ = made(driver)
    assert id == full_id(only_id(maas))
    assert told(maas)[:3] == ["endpoint.create", "endpoint.list", "endpoint.create"]


def test_a_lost_reply_before_a_late_list(driver: MaasDriver, maas: Simulator) -> None:
    """The look finds nothing, the second create a used name: the endpoint is ours all the same."""
    maas.knobs("maas", lag_ms=2500)
    maas.fault("maas", "endpoint.create", kind="close", apply=True)
    id, _, _ = made(driver)
    assert id == full_id(only_id(maas))


def test_a_lost_reply_and_somebody_elses(driver: MaasDriver, maas: Simulator) -> None:
    """Another model cannot be ours."""
    made(driver, modelName="DeepSeek-R1")
    before = stored(maas)
    maas.fault("maas", "endpoint.create", kind="close", apply=False)
    failure = failing(driver.create, driver.checked(inputs()))
    assert (failure.code, failure.partial) == (CODE.ALREADY_EXISTS, None)
    assert stored(maas) == before


def test_a_model_that_is_spelled_otherwise_when_shown(driver: MaasDriver, maas: Simulator) -> None:
    """Which model it is cannot change, so another spelling of it is no drift."""
    maas.knobs("maas", served_names={"DeepSeek-V3": "deepseek-v3-0324"})
    id, checked, outputs = made(driver)
    assert (outputs["modelName"], outputs["servedModelName"]) == ("DeepSeek-V3", "deepseek-v3-0324")
    assert refreshed(driver, id, outputs, checked) == (checked, outputs)
    maas.clear()
    news = {**checked, "rpm": 5}
    after = driver.update(checked, news, olds=outputs, id=id)
    assert (after["modelName"], told(maas)) == ("DeepSeek-V3", ["endpoint.edit", "endpoint.list"])


def test_without_a_reply_only_the_same_spelling_is_ours(
    driver: MaasDriver, maas: Simulator
) -> None:
    maas.knobs("maas", served_names={"DeepSeek-V3": "deepseek-v3-0324"})
    maas.fault("maas", "endpoint.create", kind="close", apply=True)
    failure = failing(driver.create, driver.checked(inputs()))
    assert failure.code == CODE.ALREADY_EXISTS
    assert full_id(only_id(maas)) in failure.message


# Names that are taken or burnt.


def test_a_burnt_name_is_explained(driver: MaasDriver, maas: Simulator) -> None:
    id, checked, outputs = made(driver)
    driver.delete(id, outputs, checked)
    failure = failing(driver.create, checked)
    assert (failure.code, failure.partial) == (CODE.ALREADY_EXISTS, None)
    for words in (
        "never be used again",
        "not even after its endpoint was deleted",
        "Leave name out",
    ):
        assert words in failure.message
    assert "ModelArts.6271" in failure.message
    assert len(sent(maas)) == 2


def test_a_name_that_is_taken_names_the_ways_out(driver: MaasDriver, maas: Simulator) -> None:
    id, checked, _ = made(driver)
    maas.clear()
    failure = failing(driver.create, checked)
    assert (failure.code, failure.partial) == (CODE.ALREADY_EXISTS, None)
    for words in (
        f"pulumi import inference:maas:Endpoint demo {id}",
        "choose another name (deleting does not free one)",
        "adoptExisting: true",
    ):
        assert words in failure.message
    assert told(maas) == ["endpoint.create", "endpoint.list"]


def test_adoption_changes_what_differs(driver: MaasDriver, maas: Simulator) -> None:
    id, _, _ = made(driver, rpm=10, description="theirs")
    maas.clear()
    adopted, outputs = driver.create(driver.checked(inputs(adoptExisting=True, rpm=20)))
    assert (adopted, outputs["rpm"]) == (id, 20)
    assert told(maas)[0] == "endpoint.create"
    assert sent(maas, "endpoint.edit") == [edit_body(rpm=20)]


def test_adoption_of_another_model_is_refused(driver: MaasDriver, maas: Simulator) -> None:
    made(driver, modelName="DeepSeek-R1")
    before = stored(maas)
    failure = failing(driver.create, driver.checked(inputs(adoptExisting=True)))
    assert failure.code == CODE.ALREADY_EXISTS
    assert "modelName" in failure.message
    assert stored(maas) == before


# Refusals.


def test_a_full_account_is_told_with_its_figures(driver: MaasDriver, maas: Simulator) -> None:
    maas.knobs("maas", quota=2)
    for name in ("one", "two"):
        made(driver, name=name)
    failure = failing(driver.create, driver.checked(inputs()))
    assert (failure.code, failure.partial) == (CODE.RESOURCE_EXHAUSTED, None)
    for words in ("ModelArts.6297", "2 of 2 endpoints", "higher quota"):
        assert words in failure.message


def test_a_full_account_that_cannot_be_listed(driver: MaasDriver, maas: Simulator) -> None:
    maas.knobs("maas", quota=0)
    maas.fault("maas", "endpoint.list", kind="error", status=403, message="no", count=0)
    failure = failing(driver.create, driver.checked(inputs()))
    assert failure.code == CODE.RESOURCE_EXHAUSTED
    assert "ModelArts.6297" in failure.message and "higher quota" in failure.message


@pytest.mark.parametrize("shape", ["snake", "camel", "plain", "nested"])
@pytest.mark.parametrize(
    ("status", "code", "text", "outcome", "hint"),
    [
        (400, "ModelArts.0104", "model_name is invalid", CODE.INVALID_ARGUMENT, ""),
        (400, "ModelArts.2115", "Invalid JSON", CODE.INVALID_ARGUMENT, ""),
        (400, "ModelArts.6613", "mount it", CODE.FAILED_PRECONDITION, "mount to MaaS gateway"),
        (401, "ModelArts.8503", "no permission", CODE.PERMISSION_DENIED, "custom endpoints"),
        (403, "0303", "Policy doesn't allow", CODE.PERMISSION_DENIED, "policies"),
        (404, "0101", "no such API", CODE.INVALID_ARGUMENT, "maasRegion"),
    ],
)
def test_a_refusal_says_all_there_is_to_know(
    driver: MaasDriver,
    maas: Simulator,
    shape: str,
    status: int,
    code: str,
    text: str,
    outcome: grpc.StatusCode,
    hint: str,
) -> None:
    maas.knobs("maas", error_shape=shape)
    maas.fault("maas", "endpoint.create", kind="error", status=status, code=code, message=text)
    failure = failing(driver.create, driver.checked(inputs()))
    assert (failure.code, failure.partial) == (outcome, None)
    (request,) = maas.requests(operation="endpoint.create")
    request_id = dict(request.reply_headers)["X-Request-Id"]
    for part in ("Huawei Cloud MaaS", "creating the endpoint", text, code, request_id, hint):
        assert part in failure.message


@pytest.mark.parametrize("prefix", ["APIGW", "APIG"])
def test_throttled(driver: MaasDriver, maas: Simulator, prefix: str) -> None:
    maas.knobs("maas", gateway_prefix=prefix)
    headers = {"Retry-After": "0"}
    maas.fault("maas", "endpoint.create", kind="error", status=429, code="0308", headers=headers)
    maas.fault("maas", "endpoint.list", kind="error", status=429, code="0308", headers=headers)
    made(driver)
    assert told(maas) == ["endpoint.create"] * 2 + ["endpoint.list"] * 2


def test_throttled_for_good(driver: MaasDriver, maas: Simulator) -> None:
    headers = {"Retry-After": "0"}
    maas.fault(
        "maas", "endpoint.create", kind="error", status=429, code="0308", headers=headers, count=0
    )
    failure = failing(driver.create, driver.checked(inputs()), timeout=8)
    # Its time is over before it could be looked for long enough, so it stays uncertain.
    assert failure.id == "unconfirmed:demo"
    assert "throttling threshold" in failure.message
    assert " It does not say when to come back: run it again in some minutes." in failure.message
    assert '"demo"' in failure.message
    assert len(sent(maas)) >= 2


def test_throttling_costs_time_and_no_tries(driver: MaasDriver, maas: Simulator) -> None:
    headers = {"Retry-After": "1"}
    maas.fault(
        "maas", "endpoint.create", kind="error", status=429, code="0308", headers=headers, count=5
    )
    made(driver)
    assert told(maas) == ["endpoint.create"] * 6 + ["endpoint.list"]


def test_a_timeout_of_the_gateways_backend(driver: MaasDriver, maas: Simulator) -> None:
    """A create is looked up before it is repeated, everything else is just repeated."""
    maas.fault("maas", "endpoint.create", kind="error", status=504, code="0203", apply=True)
    id, checked, outputs = made(driver)
    assert len(sent(maas)) == 1
    maas.fault("maas", "endpoint.edit", kind="error", status=504, code="0203")
    driver.update(checked, {**checked, "rpm": 5}, olds=outputs, id=id)
    assert sent(maas, "endpoint.edit") == [edit_body(rpm=5)] * 2
    maas.fault("maas", "endpoint.delete", kind="error", status=504, code="0203", apply=True)
    driver.delete(id, outputs, checked)
    assert stored(maas) == {}


WORDS = ["byToken", "NORMAL", "running", "frozen_ARREAR", "failed", "invalid", "brand-new-word"]


@pytest.mark.parametrize("word", WORDS)
def test_no_status_is_a_failure_or_a_change(driver: MaasDriver, maas: Simulator, word: str) -> None:
    maas.knobs("maas", status_words={"created": word})
    id, checked, outputs = made(driver)
    assert outputs["status"] == word
    assert refreshed(driver, id, outputs, checked) == (checked, outputs)


@pytest.mark.parametrize("word", ["failed", "error", "invalid", "offline", "frozen_ILLEGAL"])
def test_trouble_is_a_warning(
    driver: MaasDriver, later: Callable[[], MaasDriver], maas: Simulator, word: str
) -> None:
    id, checked, outputs = made(driver)
    maas.mutate("maas", "demo", {"status": word})
    reader = later()
    news, properties = refreshed(reader, id, outputs, checked)
    assert (news, properties["status"]) == (checked, word)
    record = reader.logged(f"says {word} of endpoint {id}")
    assert record.severity == 2


def test_trouble_at_once_is_a_warning(driver: MaasDriver, maas: Simulator) -> None:
    maas.knobs("maas", status_words={"created": "Frozen_POLICE"})
    id, _, _ = made(driver)
    assert driver.logged(f"says Frozen_POLICE of endpoint {id}").severity == 2


@pytest.mark.parametrize("word", ["stopped", "Inactive", "deactivated", "disabled", "suspended"])
def test_paused_by_hand_shows_as_drift(
    driver: MaasDriver, later: Callable[[], MaasDriver], maas: Simulator, word: str
) -> None:
    id, checked, outputs = made(driver)
    maas.mutate("maas", "demo", {"status": word})
    news, properties = refreshed(later(), id, outputs, checked)
    assert news == {**checked, "desiredState": "paused"}
    maas.clear()
    after = driver.update(news, checked, olds=properties, id=id)
    assert sent(maas, "endpoint.control") == [{"action": "activate"}]
    assert after["status"] == "normal"


def test_an_unknown_word_does_not_swallow_a_change_of_desire(
    driver: MaasDriver, maas: Simulator
) -> None:
    maas.knobs("maas", status_words={"deactivated": "asleep", "activated": "awake"})
    id, checked, outputs = made(driver, desiredState="paused")
    assert outputs["status"] == "asleep"
    news: dict[str, Any] = {**checked, "desiredState": "running"}
    outputs = driver.update(checked, news, olds=outputs, id=id)
    assert outputs["status"] == "awake"
    actions = [body["action"] for body in sent(maas, "endpoint.control")]
    assert actions == ["deactivate", "activate"]
    # Without a difference an earlier run did not finish, and the word tells nothing of its end.
    again = driver.update(news, news, olds=outputs, id=id)
    actions = [body["action"] for body in sent(maas, "endpoint.control")]
    assert (again["status"], actions) == ("awake", ["deactivate", "activate", "activate"])


def test_the_services_name_of_a_secret_model_is_a_secret(driver: MaasDriver) -> None:
    id, checked, outputs = made(driver, modelName=secret("DeepSeek-V3"))
    _, read = refreshed(driver, id, aged(outputs), checked)
    for shown in (outputs, read):
        assert shown["servedModelName"] == secret("DeepSeek-V3")
    _, _, usual = made(driver, name="another")
    assert usual["servedModelName"] == "DeepSeek-V3"
