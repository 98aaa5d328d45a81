"""The list: its members, lateness, pages, statuses."""

from __future__ import annotations

from typing import Any

import pytest
from maas_tools import (
    CHINA_PROJECT,
    CHINA_TOKEN,
    OTHER_PROJECT,
    OTHER_TOKEN,
    MaasApi,
    base,
    body,
    code_of,
)

STATUSES = [
    "byToken",
    "normal",
    "suspended",
    "frozen",
    "frozen_ILLEGAL",
    "frozen_POLICE",
    "frozen_ARREAR",
    "running",
    "stopped",
    "stopping",
    "deploying",
    "failed",
    "deleting",
    "deleted",
    "restarting",
    "upgrading",
    "concerning",
    "error",
    "interrupting",
    "offline",
    "invalid",
    "never heard of",
]


def many(maas: MaasApi, count: int) -> list[str]:
    maas.sim.knobs("maas", quota=1000)
    return [maas.made(endpoint_name=f"e{number}") for number in range(count)]


def test_the_whole_answer(maas: MaasApi) -> None:
    assert maas.listed() == {"total": 0, "count": "0", "quantity_limit": 10, "items": []}
    identifier = maas.made(endpoint_name="DeepSeek-Test", remark="test", rpm=60)
    assert maas.listed() == {
        "total": 1,
        "count": "1",
        "quantity_limit": 10,
        "items": [
            {
                "id": identifier,
                "source": "custom_from_maas",
                "status": "normal",
                "cbc_status": "normal",
                "endpoint_name": "DeepSeek-Test",
                "remark": "test",
                "rpm": 60,
                "tpm": None,
                "served_model_name": "DeepSeek-V3",
                "model_version_id": "",
                "resident_model_id": "r-deepseek-v3",
                "moderation": True,
            }
        ],
    }


def test_shapes_of_count_and_remark(maas: MaasApi) -> None:
    identifier = maas.made()
    maas.sim.knobs("maas", count_type="number", empty_remark="null", quota=30)
    listed = maas.listed()
    assert (listed["count"], listed["quantity_limit"]) == (1, 30)
    assert maas.item(identifier)["remark"] is None
    maas.sim.knobs("maas", empty_remark="absent")
    assert "remark" not in maas.item(identifier)
    maas.edit(identifier, remark="x")
    assert maas.item(identifier)["remark"] == "x"


def test_the_model_may_be_spelt_otherwise(maas: MaasApi) -> None:
    maas.sim.knobs("maas", served_names={"DeepSeek-V3": "deepseek-v3"})
    assert maas.item(maas.made())["served_model_name"] == "deepseek-v3"


def test_further_fields(maas: MaasApi) -> None:
    maas.sim.knobs("maas", further_fields=True)
    identifier = maas.made()
    maas.sim.advance(5)
    maas.edit(identifier, remark="x")
    item = maas.item(identifier)
    assert {name: item[name] for name in list(item)[12:]} == {
        "region": None,
        "infer_service_id": None,
        "infer_service_name": None,
        "create_time": "2026-02-26T08:00:00.000Z",
        "update_time": "2026-02-26T08:00:05.000Z",
    }
    sent = {
        "endpoint_name": "two",
        "source": "custom_from_modelarts_v2",
        "region": "cn-southwest-2",
        "infer_service_id": "5a1f0c52-0000-4000-8000-000000000001",
    }
    maas("POST", f"{base(CHINA_PROJECT)}/endpoint", sent, CHINA_TOKEN)
    (item,) = maas("GET", f"{base(CHINA_PROJECT)}/endpoint", token=CHINA_TOKEN).json["items"]
    assert (item["region"], item["infer_service_id"], item["infer_service_name"]) == (
        "cn-southwest-2",
        sent["infer_service_id"],
        "service-one",
    )


def test_lists_by_project_or_account(maas: MaasApi) -> None:
    maas.made(endpoint_name="here")
    maas("POST", f"{base(CHINA_PROJECT)}/endpoint", body(endpoint_name="there"), CHINA_TOKEN)
    maas("POST", f"{base(OTHER_PROJECT)}/endpoint", body(endpoint_name="other"), OTHER_TOKEN)
    assert maas.names() == ["here"]
    maas.sim.knobs("maas", list_scope="account")
    assert maas.names() == ["here", "there"]
    assert maas.listed()["total"] == 2


# Lateness.


def test_what_is_new_changed_or_deleted_shows_late(maas: MaasApi) -> None:
    maas.sim.knobs("maas", lag_ms=2500)
    identifier = maas.made()
    maas.sim.advance(2.4)
    assert maas.listed()["total"] == 0
    maas.edit(identifier, remark="new")
    maas.sim.advance(0.1)
    assert maas.item(identifier)["remark"] == ""
    maas.sim.advance(2.4)
    assert maas.item(identifier)["remark"] == "new"
    assert maas.delete(identifier).status == 204
    assert code_of(maas.delete(identifier)) == (404, "ModelArts.6291")
    maas.sim.advance(2.4)
    assert maas.names() == ["demo"]
    maas.sim.advance(0.1)
    assert maas.names() == []


def test_a_late_list_does_not_make_the_rest_late(maas: MaasApi) -> None:
    maas.sim.knobs("maas", lag_ms=60000)
    identifier = maas.made()
    assert code_of(maas.create()) == (400, "ModelArts.6271")
    assert maas.edit(identifier, endpoint_name="b").status == 200
    assert maas.act(identifier, "deactivate").status == 204
    assert maas.names() == []
    maas.sim.knobs("maas", lag_ms=0)
    assert (maas.item(identifier)["endpoint_name"], maas.item(identifier)["status"]) == (
        "b",
        "suspended",
    )


# Pages.


def test_limit_and_offset(maas: MaasApi) -> None:
    many(maas, 5)
    assert maas.names("?limit=2") == ["e0", "e1"]
    assert maas.names("?limit=2&offset=3") == ["e3", "e4"]
    assert maas.names("?offset=4") == ["e4"]
    assert maas.names("?limit=100&offset=5") == []
    listed = maas.listed("?limit=2&offset=4")
    assert (listed["total"], listed["count"]) == (5, "1")
    for wrong in ("limit=x", "offset=-1", "limit=", "offset=1.5", "limit=%D9%A3"):
        assert code_of(maas("GET", f"{base()}/endpoint?{wrong}")) == (400, "ModelArts.0104")


def test_short_pages(maas: MaasApi) -> None:
    many(maas, 5)
    maas.sim.knobs("maas", page_size=2)
    listed = maas.listed()
    assert (listed["total"], listed["count"], len(listed["items"])) == (5, "2", 2)
    assert maas.names("?limit=100&offset=2") == ["e2", "e3"]
    assert maas.names("?limit=1&offset=2") == ["e2"]
    assert maas.names("?limit=100&offset=4") == ["e4"]


def test_offsets_that_count_pages_or_nothing(maas: MaasApi) -> None:
    many(maas, 5)
    maas.sim.knobs("maas", page_size=2, offset="page")
    assert maas.names("?limit=100&offset=1") == ["e2", "e3"]
    assert maas.names("?limit=100&offset=2") == ["e4"]
    maas.sim.knobs("maas", offset="ignored")
    assert maas.names("?limit=100&offset=2") == ["e0", "e1"]
    assert maas.listed("?offset=4")["total"] == 5


def test_a_hundred_in_one_answer(maas: MaasApi) -> None:
    identifiers = many(maas, 100)
    listed = maas.listed()
    assert [item["id"] for item in listed["items"]] == identifiers
    assert len(set(identifiers)) == 100
    assert (listed["total"], listed["count"]) == (100, "100")


# Statuses.


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_can_be_set(maas: MaasApi, status: str) -> None:
    identifier = maas.made()
    maas.sim.mutate("maas", "demo", {"status": status, "cbc_status": status.upper()})
    item = maas.item(identifier)
    assert (item["status"], item["cbc_status"]) == (status, status.upper())


# What only faults can do.


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"merge": {"total": 7}}, (7, 1)),
        ({"assign": {"/items": []}}, (1, 0)),
        ({"remove": ["/total"]}, (None, 1)),
    ],
)
def test_lists_that_contradict_themselves(
    maas: MaasApi, change: dict[str, Any], wanted: tuple[int | None, int]
) -> None:
    maas.made()
    maas.sim.fault("maas", "endpoint.list", kind="rewrite", **change)
    listed = maas.listed()
    assert (listed.get("total"), len(listed["items"])) == wanted
    assert maas.listed()["total"] == 1
