"""Create: shapes of the answer, the order of checks, names that are used up, quota."""

from __future__ import annotations

from typing import Any

import pytest
from maas_tools import (
    AGREEMENT,
    CHINA_PROJECT,
    CHINA_TOKEN,
    OTHER_PROJECT,
    OTHER_TOKEN,
    PROJECT,
    TOKEN,
    MaasApi,
    base,
    body,
    code_of,
    error_of,
)

INVALID = (400, "ModelArts.0104")
USED = (400, "ModelArts.6271")
SERVICE = "5a1f0c52-0000-4000-8000-000000000001"
UNMOUNTED = "5a1f0c52-0000-4000-8000-000000000002"


def stored(maas: MaasApi) -> list[Any]:
    return list(maas.sim.state("maas")["endpoints"].values())


def china(maas: MaasApi, **more: Any) -> Any:
    sent = {
        "endpoint_name": "demo",
        "source": "custom_from_modelarts_v2",
        "region": "cn-southwest-2",
        "infer_service_id": SERVICE,
        **more,
    }
    return maas("POST", f"{base(CHINA_PROJECT)}/endpoint", sent, CHINA_TOKEN)


# The answer.


@pytest.mark.parametrize("shape", ["id", "endpoint_id", "custom_endpoint_id", "data", "result"])
@pytest.mark.parametrize("status", [200, 201])
def test_answers_with_an_object(maas: MaasApi, shape: str, status: int) -> None:
    maas.sim.knobs("maas", create_answer=shape, create_status=status)
    answer = maas.create()
    (identifier,) = maas.sim.state("maas")["endpoints"]
    inner = {"id": identifier}
    wanted = {shape: inner} if shape in ("data", "result") else {shape: identifier}
    assert (answer.status, answer.json) == (status, wanted)
    assert maas.names() == ["demo"]


@pytest.mark.parametrize("status", [200, 201])
def test_answers_with_something_else(maas: MaasApi, status: int) -> None:
    maas.sim.knobs("maas", create_status=status, create_answer="string")
    answer = maas.create(endpoint_name="a")
    identifier = maas.listed()["items"][0]["id"]
    assert (answer.status, answer.body) == (status, f'"{identifier}"'.encode())
    maas.sim.knobs("maas", create_answer="one")
    answer = maas.create(endpoint_name="b")
    assert (answer.status, answer.body) == (status, b"1")
    maas.sim.knobs("maas", create_answer="empty")
    answer = maas.create(endpoint_name="c")
    assert (answer.status, answer.body) == (status, b"")
    assert maas.names() == ["a", "b", "c"]


def test_what_a_full_create_stores(maas: MaasApi) -> None:
    identifier = maas.made(
        remark="Grüße 端点", rpm=60, tpm=100000, moderation=False, agreement_id=AGREEMENT
    )
    assert maas.item(identifier) == {
        "id": identifier,
        "source": "custom_from_maas",
        "status": "normal",
        "cbc_status": "normal",
        "endpoint_name": "demo",
        "remark": "Grüße 端点",
        "rpm": 60,
        "tpm": 100000,
        "served_model_name": "DeepSeek-V3",
        "model_version_id": "",
        "resident_model_id": "r-deepseek-v3",
        "moderation": False,
    }


def test_what_the_smallest_create_stores(maas: MaasApi) -> None:
    item = maas.item(maas.made())
    assert (item["remark"], item["rpm"], item["tpm"], item["moderation"]) == ("", None, None, True)
    item = maas.item(maas.made(endpoint_name="zero", rpm=0, tpm=0))
    assert (item["rpm"], item["tpm"]) == (None, None)
    maas.sim.knobs("maas", zero_limit="zero")
    item = maas.item(maas.made(endpoint_name="kept", rpm=0))
    assert (item["rpm"], item["tpm"]) == (0, None)


def test_nulls_are_as_absent_and_unknown_members_ignored(maas: MaasApi) -> None:
    sent = {**body(), "remark": None, "rpm": None, "moderation": None, "agreement_id": None}
    answer = maas("POST", f"{base()}/endpoint", {**sent, "colour": 1, "status": "x"})
    assert answer.status == 200
    assert maas.item(answer.json["id"])["moderation"] is True
    wanted = {"operation": "endpoint.create", "target": "demo", "fields": ["colour", "status"]}
    assert maas.sim.call("maas", "ignored") == [wanted]
    assert maas.sim.requests()[0].notes["ignored"] == ["colour", "status"]


# The checks.


def test_the_order_of_the_checks(maas: MaasApi) -> None:
    """Everything wrong at first; what the answer complains about is put right, one by one."""
    maas.made(endpoint_name="first")
    maas.sim.knobs("maas", quota=1)
    sent: dict[str, Any] = {
        "source": "system",
        "rpm": -1,
        "remark": "x" * 257,
        "moderation": False,
    }
    path = f"{base()}/endpoint"
    assert code_of(maas("POST", path, b"{", token="stale")) == (401, "APIGW.0301")
    assert code_of(maas("POST", path, b"{")) == (400, "ModelArts.2115")

    def complaint(**more: Any) -> tuple[int, str, str]:
        sent.update(more)
        return error_of(maas("POST", path, sent))

    required = "CreateCustomEndpointReq.endpoint_name is a required field"
    assert complaint() == (*INVALID, required)
    assert complaint(endpoint_name="")[2] == required
    assert complaint(endpoint_name="1st")[:2] == (400, "ModelArts.6274")
    assert complaint(endpoint_name="first")[1:] == (
        INVALID[1],
        "CreateCustomEndpointReq.source is invalid",
    )
    assert complaint(source="custom_from_maas")[2] == (
        "CreateCustomEndpointReq.model_name is a required field"
    )
    assert complaint(model_name="deepseek-v3")[2] == "CreateCustomEndpointReq.model_name is invalid"
    assert complaint(model_name="DeepSeek-V3")[2] == "rpm must be an integer not less than 0"
    assert complaint(rpm=301)[2] == "rpm must not exceed 300"
    assert complaint(rpm=300, tpm=500001)[2] == "tpm must not exceed 500000"
    assert complaint(tpm=500000)[2] == "remark must be a maximum of 256 characters in length"
    assert complaint(remark="é" * 256)[2] == "agreement_id is a required field"
    assert complaint(agreement_id="stale")[2] == "agreement_id is not the latest one"
    assert complaint(agreement_id=AGREEMENT)[:2] == USED
    assert complaint(endpoint_name="second")[:2] == (400, "ModelArts.6297")
    maas.sim.knobs("maas", quota=2)
    assert maas("POST", path, sent).status == 200


@pytest.mark.parametrize("sent", [b"", b"[]", b'"x"', b"1", b"\xff", b"{'a':1}", b"[" * 100000])
def test_bodies_that_are_no_objects(maas: MaasApi, sent: bytes) -> None:
    wanted = (400, "ModelArts.2115")
    assert code_of(maas("POST", f"{base()}/endpoint", sent)) == wanted


def test_the_media_type(maas: MaasApi) -> None:
    path = f"{base()}/endpoint"
    for media, status in (
        ("text/plain", 400),
        ("application/json;charset=utf8", 200),
        ("APPLICATION/JSON", 400),
    ):
        headers = {"X-Auth-Token": TOKEN, "Content-Type": media}
        answer = maas.send("POST", path, body(), headers)
        assert answer.status == status
        assert status == 200 or code_of(answer)[1] in ("ModelArts.2115", "ModelArts.6271")
    maas.sim.knobs("maas", require_content_type=False)
    headers = {"X-Auth-Token": TOKEN, "Content-Type": "text/plain"}
    assert maas.send("POST", path, body(endpoint_name="b"), headers).status == 200


@pytest.mark.parametrize("name", ["a", "A" * 64, "a-b_c.d", "Z9", "a."])
def test_legal_names(maas: MaasApi, name: str) -> None:
    maas.made(endpoint_name=name)
    assert maas.names() == [name]


@pytest.mark.parametrize(
    "name", ["a" * 65, "-a", ".a", "_a", "9", "a b", "é", "端", "a\n", "a/", 7]
)
def test_illegal_names(maas: MaasApi, name: Any) -> None:
    assert code_of(maas.create(endpoint_name=name)) == (400, "ModelArts.6274")


@pytest.mark.parametrize("value", [True, 1.0, "1", -1, [], {}])
@pytest.mark.parametrize("name", ["rpm", "tpm"])
def test_illegal_limits(maas: MaasApi, name: str, value: Any) -> None:
    assert code_of(maas.create(**{name: value})) == INVALID


@pytest.mark.parametrize(
    "wrong",
    [
        {"remark": 1},
        {"moderation": "false"},
        {"moderation": 0},
        {"model_name": ["DeepSeek-V3"]},
        {"source": []},
        {"moderation": False, "agreement_id": {}},
        {"source": None},
    ],
)
def test_wrong_types(maas: MaasApi, wrong: dict[str, Any]) -> None:
    assert code_of(maas.create(**wrong)) == INVALID
    assert stored(maas) == []


def test_the_unit_of_the_remark(maas: MaasApi) -> None:
    maas.made(remark="端" * 256)
    maas.sim.knobs("maas", remark_unit="bytes")
    assert code_of(maas.create(endpoint_name="b", remark="端" * 86)) == INVALID
    maas.made(endpoint_name="b", remark="端" * 85)


def test_a_model_must_be_subscribed(maas: MaasApi) -> None:
    maas.sim.knobs("maas", models={"Late": {"subscribed": False}, "New": {}})
    assert code_of(maas.create(model_name="Late")) == INVALID
    maas.made(model_name="New", rpm=10**9)


# Content guard.


def test_a_guard_switched_off_needs_the_latest_agreement(maas: MaasApi) -> None:
    maas.made(moderation=True, agreement_id="stale")
    off = {"endpoint_name": "off", "moderation": False}
    assert code_of(maas.create(**off)) == INVALID
    assert code_of(maas.create(**off, agreement_id="stale")) == INVALID
    maas.sim.knobs("maas", agreement_id="newer")
    assert code_of(maas.create(**off, agreement_id=AGREEMENT)) == INVALID
    maas.made(**off, agreement_id="newer")


@pytest.mark.parametrize(
    ("rule", "refused"), [("false", [False]), ("any", [True, False]), ("none", [])]
)
def test_account_level_v1(maas: MaasApi, rule: str, refused: list[bool]) -> None:
    maas.sim.knobs("maas", account_level="V1", v1_create=rule)
    for value in (True, False):
        answer = maas.create(endpoint_name=f"x{value}", moderation=value, agreement_id=AGREEMENT)
        assert answer.status == (400 if value in refused else 200)
    maas.made(endpoint_name="silent")


# Names are used up.


def test_names_of_deleted_and_renamed_endpoints_are_burnt(maas: MaasApi) -> None:
    identifier = maas.made(endpoint_name="first")
    assert code_of(maas.create(endpoint_name="first")) == USED
    assert maas.edit(identifier, endpoint_name="second").status == 200
    assert code_of(maas.create(endpoint_name="first")) == USED
    assert maas.delete(identifier).status == 204
    assert code_of(maas.create(endpoint_name="second")) == USED
    maas.made(endpoint_name="First")
    burnt = maas.sim.state("maas")["burnt_names"]
    assert burnt == {"simulator-account": ["First", "first", "second"]}


def test_a_refused_create_burns_nothing(maas: MaasApi) -> None:
    assert code_of(maas.create(rpm=-1)) == INVALID
    maas.sim.knobs("maas", quota=0)
    assert code_of(maas.create()) == (400, "ModelArts.6297")
    maas.sim.knobs("maas", quota=1)
    maas.made()


def test_a_rename_may_free_the_name(maas: MaasApi) -> None:
    maas.sim.knobs("maas", rename_burns=False)
    identifier = maas.made(endpoint_name="first")
    maas.edit(identifier, endpoint_name="second")
    maas.made(endpoint_name="first")
    maas.delete(identifier)
    assert code_of(maas.create(endpoint_name="second")) == USED


def test_names_and_quota_belong_to_the_account(maas: MaasApi) -> None:
    maas.sim.knobs("maas", quota=1)
    maas.made()
    other = maas("POST", f"{base(OTHER_PROJECT)}/endpoint", body(), OTHER_TOKEN)
    assert other.status == 200
    assert code_of(china(maas)) == USED
    assert code_of(china(maas, endpoint_name="b")) == (400, "ModelArts.6297")
    maas.delete(maas.listed()["items"][0]["id"])
    assert china(maas, endpoint_name="b").status == 200


def test_names_burnt_behind_the_clients_back(maas: MaasApi) -> None:
    maas.sim.call("maas", "burn", account="simulator-account", name="demo")
    assert code_of(maas.create()) == USED


# Services of ModelArts.


def test_the_international_site_has_no_modelarts_source(maas: MaasApi) -> None:
    sent = {"source": "custom_from_modelarts_v2", "region": "cn-southwest-2"}
    assert code_of(maas.create(**sent, infer_service_id=SERVICE)) == INVALID
    maas.sim.knobs("maas", sources={"ap-southeast-1": ["custom_from_modelarts_v2"]})
    maas.made(**sent, infer_service_id=SERVICE)
    assert code_of(maas.create(endpoint_name="b")) == INVALID


def test_a_service_of_modelarts(maas: MaasApi) -> None:
    answer = china(maas, endpoint_name="端点-1", model_name=["not looked at"], rpm=10**9)
    assert answer.status == 200
    (document,) = stored(maas)
    assert (document["project"], document["account"]) == (CHINA_PROJECT, "simulator-account")
    (item,) = maas("GET", f"{base(CHINA_PROJECT)}/endpoint", token=CHINA_TOKEN).json["items"]
    assert (item["endpoint_name"], item["source"]) == ("端点-1", "custom_from_modelarts_v2")
    assert (item["served_model_name"], item["resident_model_id"]) == ("", "")
    assert "infer_service_id" not in item


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"region": None}, "ModelArts.0104"),
        ({"infer_service_id": None}, "ModelArts.0104"),
        ({"infer_service_id": SERVICE[:-1]}, "ModelArts.0104"),
        ({"region": "nowhere"}, "ModelArts.0104"),
        ({"infer_service_id": UNMOUNTED}, "ModelArts.6613"),
    ],
)
def test_services_that_cannot_be_used(maas: MaasApi, wrong: dict[str, Any], code: str) -> None:
    assert code_of(china(maas, **wrong)) == (400, code)


def test_the_project_of_a_create(maas: MaasApi) -> None:
    maas.made()
    assert [document["project"] for document in stored(maas)] == [PROJECT]
