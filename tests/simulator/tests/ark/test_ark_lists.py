"""ListEndpoints: members, filters, order, pages."""

from __future__ import annotations

from typing import Any

import pytest
from ark_tools import (
    OTHER_AK,
    OTHER_REGION,
    OTHER_SK,
    ArkApi,
    Signer,
    error_of,
)

BOTH_TYPES = ["CustomModel", "FoundationModel"]


def model(name: str, version: str) -> dict[str, Any]:
    return {"ModelReference": {"FoundationModel": {"Name": name, "ModelVersion": version}}}


@pytest.fixture
def some(ark: ArkApi) -> dict[str, str]:
    """Five endpoints, a minute between each; the ids by name."""
    wanted: list[dict[str, Any]] = [
        {"Name": "chat", "Tags": [{"Key": "env", "Value": "prod"}, {"Key": "bare"}]},
        {"Name": "chat-2", **model("seed-1-6", "250700"), "Tags": [{"Key": "env", "Value": "dev"}]},
        {"Name": "draw", **model("dream", "250615")},
        {"Name": "own", "ModelReference": {"CustomModelId": "cm-1", "FoundationModel": None}},
        {"Name": "far-chat", "ProjectName": "far"},
    ]
    ids = {}
    for patch in wanted:
        ids[patch["Name"]] = ark.create(patch)
        ark.sim.advance(60)
    return ids


def test_members_of_an_item_and_of_the_page(ark: ArkApi) -> None:
    identifier = ark.create()
    shown = ark.get(identifier)
    for name in ("Moderation", "BatchOnly", "ScaleTierId", "SupportScaleTier"):
        del shown[name]
    assert ark.result("ListEndpoints") == {
        "Items": [shown],
        "PageNumber": 1,
        "PageSize": 10,
        "TotalCount": 1,
    }


@pytest.mark.parametrize(
    ("request_body", "names"),
    [
        ({}, ["own", "draw", "chat-2", "chat"]),
        ({"ProjectName": "default"}, ["own", "draw", "chat-2", "chat"]),
        ({"ProjectName": "far"}, ["far-chat"]),
        ({"ProjectName": "none"}, []),
        ({"SortOrder": "Asc"}, ["chat", "chat-2", "draw", "own"]),
        ({"SortBy": "CreateTime", "SortOrder": "Desc"}, ["own", "draw", "chat-2", "chat"]),
        ({"Filter": {"Name": "chat"}}, ["chat-2", "chat"]),
        ({"Filter": {"Name": "hat-"}}, ["chat-2"]),
        ({"Filter": {"Name": "Chat"}}, []),
        ({"Filter": {"EndpointModelTypes": ["CustomModel"]}}, ["own"]),
        ({"Filter": {"EndpointModelTypes": ["FoundationModel"], "Name": "w"}}, ["draw"]),
        ({"Filter": {"EndpointModelTypes": BOTH_TYPES, "Name": "w"}}, ["own", "draw"]),
        ({"Filter": {"FoundationModelName": "dream"}}, ["draw"]),
        ({"Filter": {"FoundationModelName": "drea"}}, []),
        ({"Filter": {"ModelVersions": ["250700", "1"]}}, ["chat-2"]),
        ({"Filter": {"CustomModelIds": ["cm-1"]}}, ["own"]),
        ({"Filter": {"Statuses": ["Running"], "Name": "draw"}}, ["draw"]),
        ({"Filter": {"Statuses": ["Stopped", "Abnormal"]}}, []),
        ({"Filter": {"Ids": []}}, ["own", "draw", "chat-2", "chat"]),
        ({"TagFilters": [{"Key": "env"}]}, ["chat-2", "chat"]),
        ({"TagFilters": [{"Key": "env", "Values": ["prod", "x"]}]}, ["chat"]),
        ({"TagFilters": [{"Key": "env"}, {"Key": "bare"}]}, ["chat"]),
        ({"TagFilters": [{"Key": "bare", "Values": ["x"]}]}, []),
    ],
)  # fmt: skip
def test_filter_and_order(
    ark: ArkApi, some: dict[str, str], request_body: Any, names: list[str]
) -> None:
    assert ark.listed(**request_body) == names


def test_filter_by_ids(ark: ArkApi, some: dict[str, str]) -> None:
    ids = [some["chat"], some["own"], some["far-chat"], "ep-1"]
    assert ark.listed(Filter={"Ids": ids}) == ["own", "chat"]


def test_filter_by_status(ark: ArkApi, some: dict[str, str]) -> None:
    ark.result("StopEndpoint", {"Id": some["draw"]})
    assert ark.listed(Filter={"Statuses": ["Stopped"]}) == ["draw"]


def test_order_by_update(ark: ArkApi, some: dict[str, str]) -> None:
    ark.result("UpdateEndpoint", {"Id": some["chat-2"], "Description": "x"})
    assert ark.listed(SortBy="UpdateTime") == ["chat-2", "own", "draw", "chat"]
    assert ark.listed(SortBy="UpdateTime", SortOrder="Asc") == ["chat", "draw", "own", "chat-2"]


def test_pages(ark: ArkApi) -> None:
    for number in range(25):  # all in one second: the order is still that of creation
        ark.create({"Name": f"n{number}"})
    names = []
    for number, size in ((1, 10), (2, 10), (3, 5), (4, 0)):
        page = ark.result("ListEndpoints", {"PageNumber": number})
        assert (page["PageNumber"], page["PageSize"], page["TotalCount"]) == (number, 10, 25)
        assert len(page["Items"]) == size
        names += [item["Name"] for item in page["Items"]]
    assert names == [f"n{number}" for number in range(24, -1, -1)]
    page = ark.result("ListEndpoints", {"PageNumber": 2, "PageSize": 7, "SortOrder": "Asc"})
    assert [item["Name"] for item in page["Items"]] == [f"n{number}" for number in range(7, 14)]
    assert len(ark.result("ListEndpoints", {"PageSize": 100})["Items"]) == 25


@pytest.mark.parametrize(
    ("request_body", "code"),
    [
        ({"PageSize": 0}, "InvalidParameter.PageSize"),
        ({"PageSize": 101}, "InvalidParameter.PageSize"),
        ({"PageSize": "10"}, "InvalidParameter.PageSize"),
        ({"PageNumber": 0}, "InvalidParameter.PageNumber"),
        ({"SortBy": "Name"}, "InvalidParameter.SortBy"),
        ({"SortOrder": "asc"}, "InvalidParameter.SortOrder"),
        ({"Filter": []}, "InvalidParameter.Filter"),
        ({"Filter": {"Ids": "ep-1"}}, "InvalidParameter.Filter.Ids"),
        ({"Filter": {"Statuses": [1]}}, "InvalidParameter.Filter.Statuses"),
        ({"TagFilters": {"Key": "a"}}, "InvalidParameter.TagFilters"),
        ({"TagFilters": [{"Values": ["a"]}]}, "MissingParameter.TagFilters.Key"),
    ],
)
def test_refuses(ark: ArkApi, request_body: Any, code: str) -> None:
    assert error_of(ark("ListEndpoints", request_body)) == (400, code)


def test_others_and_other_regions_are_not_listed(ark: ArkApi) -> None:
    ark.create()
    ark.create({"Name": "theirs"}, Signer(OTHER_AK, OTHER_SK))
    ark.create({"Name": "european"}, Signer(region=OTHER_REGION))
    assert ark.listed() == ["demo"]
    answer = ark("ListEndpoints", {}, Signer(region=OTHER_REGION))
    assert [item["Name"] for item in answer.json["Result"]["Items"]] == ["european"]


def test_a_list_is_no_poll(ark: ArkApi) -> None:
    ark.sim.knobs("ark", polls={"scheduling": 1})
    identifier = ark.create()
    for _ in range(3):
        assert ark.result("ListEndpoints")["Items"][0]["Status"] == "Scheduling"
    assert [ark.status(identifier) for _ in range(2)] == ["Scheduling", "Running"]
