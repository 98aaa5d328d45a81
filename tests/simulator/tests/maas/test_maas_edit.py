"""Edit, enable and disable, delete."""

from __future__ import annotations

from typing import Any

import pytest
from maas_tools import (
    AGREEMENT,
    CHINA_PROJECT,
    CHINA_TOKEN,
    NOBODY,
    TOKEN,
    MaasApi,
    base,
    code_of,
    error_of,
)

INVALID = (400, "ModelArts.0104")
GONE = "CustomEndpointNotFound"
OFF = {"moderation": False, "agreement_id": AGREEMENT}


# Edit.


@pytest.mark.parametrize(
    ("shape", "status", "wanted"),
    [
        ("number", 200, b"1"),
        ("string", 200, b'"1"'),
        ("empty", 200, b""),
        ("object", 200, b"{}"),
        ("no_content", 204, b""),
    ],
)
def test_answers_of_an_edit(maas: MaasApi, shape: str, status: int, wanted: bytes) -> None:
    maas.sim.knobs("maas", edit_answer=shape)
    identifier = maas.made()
    answer = maas.edit(identifier, remark="new")
    assert (answer.status, answer.body) == (status, wanted)
    assert maas.item(identifier)["remark"] == "new"


def test_every_member_can_be_edited(maas: MaasApi) -> None:
    identifier = maas.made()
    before = maas.item(identifier)
    sent = {"endpoint_name": "other", "remark": "new", "rpm": 5, "tpm": 6, "moderation": False}
    assert maas.edit(identifier, **sent, agreement_id=AGREEMENT).body == b"1"
    assert maas.item(identifier) == {**before, **sent}
    cleared = {"remark": "", "rpm": 0, "tpm": 0, "moderation": True}
    assert maas.edit(identifier, **cleared).status == 200
    assert maas.item(identifier) == {**before, "endpoint_name": "other"}


def test_strict_and_merge(maas: MaasApi) -> None:
    identifier = maas.made(remark="old", rpm=5, tpm=6, **OFF)
    maas.sim.knobs("maas", edit_mode="merge")
    before = maas.item(identifier)
    assert maas.edit(identifier, remark="new").status == 200
    assert maas.item(identifier) == {**before, "remark": "new"}
    maas.sim.knobs("maas", edit_mode="strict")
    assert maas.edit(identifier, remark="newer").status == 200
    assert maas.item(identifier) == {**before, "remark": "newer", "moderation": True}


def test_the_model_cannot_be_edited(maas: MaasApi) -> None:
    identifier = maas.made()
    before = maas.item(identifier)
    sent = {"source": "x", "model_name": "DeepSeek-R1", "region": "r", "infer_service_id": "i"}
    assert maas.edit(identifier, **sent).status == 200
    assert maas.item(identifier) == before
    wanted = {"operation": "endpoint.edit", "target": identifier, "fields": list(sent)}
    assert maas.sim.call("maas", "ignored") == [wanted]


def test_the_order_of_the_checks(maas: MaasApi) -> None:
    maas.made(endpoint_name="taken")
    identifier = maas.made()
    path = f"{base()}/endpoint/{identifier}"
    sent: dict[str, Any] = {
        "endpoint_name": "1st",
        "rpm": "1",
        "remark": "x" * 257,
        "moderation": False,
    }
    assert code_of(maas("PUT", path, b"{", token="stale")) == (401, "APIGW.0301")
    assert code_of(maas("PUT", f"{base()}/endpoint/{NOBODY}", b"{")) == (400, "ModelArts.2115")
    assert code_of(maas.edit(NOBODY, **sent)) == (400, "ModelArts.6274")
    sent["endpoint_name"] = "taken"
    assert error_of(maas.edit(NOBODY, **sent)) == (400, "ModelArts.6291", GONE)

    def complaint(**more: Any) -> tuple[int, str, str]:
        sent.update(more)
        return error_of(maas.edit(identifier, **sent))

    assert complaint()[2] == "rpm must be an integer not less than 0"
    assert complaint(rpm=301)[2] == "rpm must not exceed 300"
    assert complaint(rpm=1)[2] == "remark must be a maximum of 256 characters in length"
    assert complaint(remark="")[2] == "agreement_id is a required field"
    assert complaint(agreement_id="stale")[2] == "agreement_id is not the latest one"
    assert complaint(agreement_id=AGREEMENT)[:2] == (400, "ModelArts.6271")
    maas.sim.knobs("maas", quota=0)
    assert maas.edit(identifier, **{**sent, "endpoint_name": "free"}).status == 200


def test_a_refused_edit_changes_nothing(maas: MaasApi) -> None:
    identifier = maas.made()
    before = maas.item(identifier)
    assert code_of(maas.edit(identifier, endpoint_name="new", rpm=-1)) == INVALID
    assert maas.item(identifier) == before
    maas.made(endpoint_name="new")


def test_the_own_name_is_no_duplicate(maas: MaasApi) -> None:
    identifier = maas.made()
    assert maas.edit(identifier, endpoint_name="demo", remark="x").status == 200
    maas.sim.knobs("maas", own_name_refused=True)
    refused = (400, "ModelArts.6271")
    assert code_of(maas.edit(identifier, endpoint_name="demo")) == refused
    assert maas.edit(identifier, remark="y").status == 200


def test_the_own_former_name_is_burnt(maas: MaasApi) -> None:
    identifier = maas.made(endpoint_name="a")
    assert maas.edit(identifier, endpoint_name="b").status == 200
    assert code_of(maas.edit(identifier, endpoint_name="a")) == (400, "ModelArts.6271")
    maas.sim.reset("maas")
    maas.sim.knobs("maas", rename_burns=False)
    identifier = maas.made(endpoint_name="a")
    assert maas.edit(identifier, endpoint_name="b").status == 200
    assert maas.edit(identifier, endpoint_name="a").status == 200


def test_account_level_v1_refuses_edits_of_the_guard(maas: MaasApi) -> None:
    identifier = maas.made()
    maas.sim.knobs("maas", account_level="V1", v1_create="none")
    for sent in ({"moderation": True}, OFF):
        assert code_of(maas.edit(identifier, remark="x", **sent)) == INVALID
    assert maas.item(identifier)["remark"] == ""
    assert maas.edit(identifier, remark="x").status == 200


def test_agreements_for_switching_the_guard_on(maas: MaasApi) -> None:
    identifier = maas.made(**OFF)
    maas.sim.knobs("maas", agreement_to_enable=True)
    assert code_of(maas.edit(identifier, moderation=True)) == INVALID
    assert code_of(maas.edit(identifier, moderation=True, agreement_id="stale")) == INVALID
    assert maas.edit(identifier, moderation=True, agreement_id=AGREEMENT).status == 200
    assert maas.edit(identifier, moderation=True).status == 200
    assert code_of(maas.edit(identifier, moderation=False)) == INVALID


def test_an_edit_of_a_guard_that_stays_off_needs_the_agreement(maas: MaasApi) -> None:
    identifier = maas.made(**OFF)
    assert code_of(maas.edit(identifier, endpoint_name="b", moderation=False)) == INVALID
    assert maas.edit(identifier, endpoint_name="b", **OFF).status == 200


# Enable and disable.


def test_control_changes_the_status_alone(maas: MaasApi) -> None:
    identifier = maas.made(**OFF)
    before = maas.item(identifier)
    for action, status in (
        ("deactivate", "suspended"),
        ("deactivate", "suspended"),
        ("activate", "normal"),
        ("activate", "normal"),
    ):
        answer = maas.act(identifier, action)
        assert (answer.status, answer.body) == (204, b"")
        assert "Content-Type" not in answer.headers
        assert maas.item(identifier) == {**before, "status": status}


def test_the_words_for_states_are_settable(maas: MaasApi) -> None:
    words = {"created": "byToken", "deactivated": "Stopped", "activated": "running"}
    maas.sim.knobs("maas", status_words=words)
    identifier = maas.made()
    seen = [maas.item(identifier)["status"]]
    for action in ("deactivate", "activate"):
        maas.act(identifier, action)
        seen.append(maas.item(identifier)["status"])
    assert seen == ["byToken", "Stopped", "running"]


@pytest.mark.parametrize("action", ["", "start", "ACTIVATE", 1, None, ["activate"]])
def test_actions_that_are_none(maas: MaasApi, action: Any) -> None:
    identifier = maas.made()
    assert code_of(maas.act(identifier, action)) == INVALID
    assert maas.item(identifier)["status"] == "normal"


# Delete, and endpoints that are not there.


def test_delete(maas: MaasApi) -> None:
    identifier, kept = maas.made(), maas.made(endpoint_name="kept")
    maas.act(identifier, "activate")
    answer = maas.delete(identifier)
    assert (answer.status, answer.body) == (204, b"")
    assert "Content-Type" not in answer.headers
    assert [item["id"] for item in maas.listed()["items"]] == [kept]
    assert error_of(maas.delete(identifier)) == (404, "ModelArts.6291", GONE)


def test_unknown_endpoints(maas: MaasApi) -> None:
    assert error_of(maas.edit(NOBODY)) == (400, "ModelArts.6291", GONE)
    assert error_of(maas.act(NOBODY, "activate")) == (404, "ModelArts.6291", GONE)
    assert error_of(maas.delete(NOBODY)) == (404, "ModelArts.6291", GONE)


def test_how_unknown_endpoints_are_refused_is_settable(maas: MaasApi) -> None:
    kinds = {
        "edit": "404/ModelArts.0104",
        "delete": "400/ModelArts.6291",
        "control": "400/ModelArts.6291",
    }
    maas.sim.knobs("maas", unknown_id=kinds)
    assert error_of(maas.edit(NOBODY)) == (404, "ModelArts.0104", GONE)
    assert error_of(maas.act(NOBODY, "activate")) == (400, "ModelArts.6291", GONE)
    assert error_of(maas.delete(NOBODY)) == (400, "ModelArts.6291", GONE)


def test_an_endpoint_is_known_in_its_project_alone(maas: MaasApi) -> None:
    identifier = maas.made()
    path = f"{base(CHINA_PROJECT)}/endpoint/{identifier}"
    assert code_of(maas("DELETE", path, token=CHINA_TOKEN)) == (404, "ModelArts.6291")
    assert maas.names() == ["demo"]


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_missing_id(maas: MaasApi, slash: str) -> None:
    wanted = (400, "ModelArts.6299")
    for method, path in (("PUT", "endpoint"), ("DELETE", "endpoint"), ("PUT", "control")):
        assert code_of(maas(method, f"{base()}/{path}{slash}", {}, TOKEN)) == wanted


def test_changes_from_outside(maas: MaasApi) -> None:
    identifier = maas.made()
    maas.sim.mutate("maas", "demo", {"endpoint_name": "drifted"}, {"/rpm": 7, "/tpm": None})
    item = maas.item(identifier)
    assert (item["endpoint_name"], item["rpm"], item["tpm"]) == ("drifted", 7, None)
    assert code_of(maas.create()) == (400, "ModelArts.6271")
    maas.sim.delete("maas", identifier)
    assert maas.names() == []
    assert code_of(maas.delete(identifier)) == (404, "ModelArts.6291")


def test_documents_stripped_from_outside(maas: MaasApi) -> None:
    identifier = maas.made()
    names = ("remark", "served_model_name", "moderation", "rpm")
    maas.sim.mutate("maas", identifier, dict.fromkeys(names))
    assert not set(names) & set(maas.item(identifier))
    assert maas.edit(identifier, rpm=3).status == 200
    assert maas.item(identifier)["rpm"] == 3
