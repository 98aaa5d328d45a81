"""Functions: models with what the account may do with them, custom models, and their use."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from support.drivers.ark import Driver, Failure, Simulator
from support.drivers.hf import UNKNOWN, WARNING

pytestmark = pytest.mark.one_call

FIRST = {"PageNumber": 1, "PageSize": 100}
PROJECT = {"ProjectName": "default"}


def requests(ark: Simulator) -> list[tuple[str, Any]]:
    return [(told.operation, told.json) for told in ark.requests(cloud="ark")]


def asked(ark: Simulator) -> list[str]:
    return [name for name, _ in requests(ark)]


def test_all_models(driver: Driver, ark: Simulator) -> None:
    found = driver.function("getModels")["models"]
    assert [model["name"] for model in found] == ["seed-1-6", "seed-1-6-lite"]
    assert requests(ark) == [
        ("model.list", {**FIRST, **PROJECT}),
        (
            "activation.list",
            {
                "Filter": {"IncludeDeprecatedModels": True},
                "PageNumber": 1,
                "PageSize": 20,
                "WithPrice": True,
                "WithFreeUsage": True,
            },
        ),
        ("limit.list", {}),
        ("model.versions", {"FoundationModelName": "seed-1-6", **FIRST, **PROJECT}),
        ("model.versions", {"FoundationModelName": "seed-1-6-lite", **FIRST, **PROJECT}),
    ]
    seed, lite = found
    versions = seed.pop("versions")
    assert seed == {
        "name": "seed-1-6",
        "displayName": "Seed-1.6",
        "vendorName": "ByteDance",
        "accessType": "Public",
        "primaryVersion": "260628",
        "description": "Deep thinking",
        "domains": ["LLM", "VLM"],
        "taskTypes": ["TextGeneration"],
        "languages": ["English"],
        "createTime": "2025-06-15T00:00:00Z",
        "updateTime": "2026-06-28T00:00:00Z",
        "activation": "Available",
        "deprecated": False,
        "overdue": False,
        "prices": [
            {"type": "Input", "unit": "MillionTokens", "price": 0.25, "originalPrice": 0.3},
            {"type": "Output", "unit": "MillionTokens", "price": 2, "originalPrice": 2},
        ],
        "priceGroups": [
            {
                "name": "batch",
                "description": "Batch inference",
                "prices": [
                    {
                        "type": "Input",
                        "unit": "MillionTokens",
                        "price": 0.125,
                        "originalPrice": 0.125,
                    }
                ],
            }
        ],
        "freePacks": [{"type": "FreeInference", "total": 500000, "consumed": 488549}],
        "limits": {"rpm": 60000, "tpm": 5000000, "loraTpm": 100000, "tpd": 0},
        "defaultLimits": {"rpm": 30000, "tpm": 5000000, "loraTpm": 100000, "tpd": 0},
    }
    assert {version["modelVersion"]: version["status"] for version in versions} == {
        "260628": "Published",
        "250615": "Published",
        "250428": "Retiring",
    }
    assert versions[0] == {
        "modelVersion": "260628",
        "modelId": "seed-1-6-260628",
        "status": "Published",
        "publishTime": "2026-06-28T00:00:00Z",
        "accessType": "Public",
        "capabilityLabels": ["FunctionCalling", "StructuredOutput"],
        "domains": ["LLM"],
    }
    assert lite["activation"] == "Unavailable"
    assert lite["freeQuota"] == {"total": 500000, "consumed": 0}
    assert "prices" not in lite and "languages" not in lite


def test_one_model_is_asked_for_alone(driver: Driver, ark: Simulator) -> None:
    """`Filter.Names` is exact: what has the same beginning is not asked for."""
    (found,) = driver.function("getModels", name="seed-1-6")["models"]
    assert found["name"] == "seed-1-6"
    sent = dict(requests(ark))
    assert sent["model.list"]["Filter"] == {"Names": ["seed-1-6"]}
    assert sent["activation.list"]["Filter"] == {
        "IncludeDeprecatedModels": True,
        "FoundationModelNames": ["seed-1-6"],
    }
    assert sent["limit.list"] == {"FoundationModelNames": ["seed-1-6"]}
    assert asked(ark).count("model.versions") == 1


def test_a_pattern(driver: Driver, ark: Simulator) -> None:
    """Patterns are the provider's own; only what fits is asked for its versions."""
    (found,) = driver.function("getModels", name="*-LITE")["models"]
    assert found["name"] == "seed-1-6-lite"
    assert dict(requests(ark))["model.list"] == {**FIRST, **PROJECT}
    assert asked(ark).count("model.versions") == 1


def test_only_the_names(driver: Driver, ark: Simulator) -> None:
    off = dict.fromkeys(("withVersions", "withActivation", "withLimits"), False)
    found = driver.function("getModels", **off)["models"]
    assert asked(ark) == ["model.list"]
    assert "activation" not in found[0] and "versions" not in found[0]


def test_without_prices_a_page_is_larger(driver: Driver, ark: Simulator) -> None:
    found = driver.function("getModels", withPrices=False, withVersions=False)["models"]
    sent = dict(requests(ark))["activation.list"]
    assert (sent["PageSize"], sent["WithPrice"], sent["WithFreeUsage"]) == (100, False, False)
    assert found[0]["activation"] == "Available" and "prices" not in found[0]


def many(count: int) -> list[dict[str, Any]]:
    return [
        {
            "Name": f"m-{number}",
            "AccessType": "Public",
            "Activation": {"State": "Available", "IsDeprecated": False},
        }
        for number in range(count)
    ]


def test_all_pages(driver: Driver, ark: Simulator) -> None:
    ark.knobs("ark", models=many(101))
    found = driver.function("getModels", withVersions=False)["models"]
    assert [model["name"] for model in found] == [f"m-{number}" for number in range(101)]
    assert all(model["activation"] == "Available" for model in found)
    assert asked(ark).count("model.list") == 2
    assert asked(ark).count("activation.list") == 6


def test_pages_smaller_than_asked_drop_nothing(driver: Driver, ark: Simulator) -> None:
    ark.knobs("ark", models=many(101), list_page_most=7)
    found = driver.function("getModels", withVersions=False)["models"]
    assert [model["name"] for model in found] == [f"m-{number}" for number in range(101)]
    assert all(model["activation"] == "Available" for model in found)
    assert asked(ark).count("model.list") == asked(ark).count("activation.list") == 15


def test_without_a_total_an_empty_page_is_the_end(driver: Driver, ark: Simulator) -> None:
    ark.knobs("ark", models=many(9), list_page_most=3)
    ark.fault("ark", "model.list", kind="rewrite", remove=["/Result/TotalCount"], count=0)
    found = driver.function("getModels", withVersions=False, withActivation=False)["models"]
    assert [model["name"] for model in found] == [f"m-{number}" for number in range(9)]
    assert asked(ark).count("model.list") == 4


def test_a_list_that_is_shorter_than_its_total_is_none(driver: Driver, ark: Simulator) -> None:
    ark.knobs("ark", models=many(9))
    ark.fault("ark", "model.list", kind="rewrite", assign={"/Result/TotalCount": 10}, count=0)
    with pytest.raises(Failure) as raised:
        driver.function("getModels")
    assert "listing the models: the list is shorter than its own total" in raised.value.message


def test_more_models_than_a_hundred_pages_with_prices(driver: Driver, ark: Simulator) -> None:
    ark.knobs("ark", models=many(2001))
    found = driver.function("getModels", withVersions=False, withLimits=False)["models"]
    assert len(found) == 2001 and all(model["activation"] == "Available" for model in found)
    assert asked(ark).count("activation.list") == 101


@pytest.mark.parametrize("action", ["ListModelActivations", "ListModelRateLimit"])
def test_a_part_that_is_not_offered(driver: Driver, ark: Simulator, action: str) -> None:
    ark.knobs("ark", not_offered=[action])
    found = driver.function("getModels", name="seed-1-6")["models"][0]
    left_out = "activation" if action == "ListModelActivations" else "limits"
    assert left_out not in found and found["versions"]
    driver.logged("the service does not offer this in its region (InvalidActionOrVersion)")
    assert len(driver.log(WARNING)) == 1


@pytest.mark.parametrize(
    ("function", "action", "args"),
    [
        ("getModels", "ListFoundationModels", {}),
        ("getModels", "ListFoundationModelVersions", {}),
        ("getCustomModels", "ListCustomModels", {}),
        ("getUsage", "GetInferenceUsage", {"startDate": "2026-09-01", "endDate": "2026-09-02"}),
    ],
)
def test_what_is_not_offered_is_named(
    driver: Driver, ark: Simulator, function: str, action: str, args: dict[str, Any]
) -> None:
    ark.knobs("ark", not_offered=[action])
    with pytest.raises(Failure) as raised:
        driver.function(function, **args)
    assert "the service does not offer this in its region" in raised.value.message


def test_throttling_is_waited_for(driver: Driver, ark: Simulator) -> None:
    ark.fault("ark", "model.versions", status=429, count=2, headers={"Retry-After": "0"})
    assert driver.function("getModels", name="seed-1-6")["models"][0]["versions"]
    assert asked(ark).count("model.versions") == 3


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"remove": ["/Result/Items"]}, "the reply holds no list"),
        ({"assign": {"/Result/Items": {"Name": "x"}}}, "the reply holds no list"),
        ({"assign": {"/Result/TotalCount": 1000}}, "a page comes twice"),
    ],
)
def test_replies_that_are_no_list(
    driver: Driver, ark: Simulator, rule: dict[str, Any], words: str
) -> None:
    if "assign" in rule and "/Result/TotalCount" in rule["assign"]:
        shown = [{"Name": "x"}]
        rule = {"assign": {**rule["assign"], "/Result/Items": shown}}
    ark.fault("ark", "model.list", kind="rewrite", count=1000, **rule)
    with pytest.raises(Failure) as raised:
        driver.function("getModels")
    assert words in raised.value.message
    assert raised.value.code == grpc.StatusCode.UNAVAILABLE
    assert len(requests(ark)) <= 2


def test_pages_that_go_round_are_no_list(driver: Driver, ark: Simulator) -> None:
    """Nor is every model of theirs shown twice."""
    for page in "abab":
        items = [{"Name": f"{page}{number}"} for number in range(100)]
        rule = {"/Result/Items": items, "/Result/TotalCount": 300}
        ark.fault("ark", "model.list", kind="rewrite", assign=rule)
    with pytest.raises(Failure) as raised:
        driver.function("getModels", withVersions=False)
    assert raised.value.code == grpc.StatusCode.UNAVAILABLE
    assert "the list does not advance: a page comes twice" in raised.value.message
    assert len(requests(ark)) == 3


def test_custom_models(driver: Driver, ark: Simulator) -> None:
    assert driver.function("getCustomModels") == {
        "customModels": [
            {
                "customModelId": "cm-20260101000000-abcde",
                "name": "support-answers",
                "description": "Tuned on tickets",
                "status": "Ready",
                "sourceType": "Customization",
                "customizationType": "FinetuneLoRA",
                "customizationJobId": "mcj-20260101000000-abcde",
                "foundationModel": "seed-1-6",
                "foundationModelVersion": "250615",
                "hyperParameters": [{"name": "epoch", "value": "1"}],
                "tags": [{"key": "team", "value": "support"}],
                "projectName": "default",
                "createTime": "2026-01-01T00:00:00Z",
                "updateTime": "2026-01-02T00:00:00Z",
            }
        ]
    }
    assert requests(ark) == [("customModel.list", {**FIRST, **PROJECT})]


def test_custom_models_of_another_project(driver: Driver, ark: Simulator) -> None:
    assert driver.function("getCustomModels", projectName="team")["customModels"] == []
    assert requests(ark)[0][1]["ProjectName"] == "team"


@pytest.mark.parametrize(
    ("filters", "count"), [({"name": "SUPPORT-*"}, 1), ({"status": "Failed"}, 0)]
)
def test_filters_of_custom_models(driver: Driver, filters: dict[str, str], count: int) -> None:
    assert len(driver.function("getCustomModels", **filters)["customModels"]) == count


USED = [
    {
        "Day": "2026-09-01",
        "Hour": "13",
        "ModelEndpoint": "ep-1",
        "InputTokens": 1000,
        "OutputTokens": 200,
        "TotalTokens": 1200,
        "ReqCnt": 3,
    },
    {"Day": "2026-09-02", "ModelEndpoint": "ep-2", "ReqCnt": 1},
]
SEPTEMBER = {"startDate": "2026-09-01", "endDate": "2026-09-30"}


@pytest.mark.parametrize("cells", ["text", "plain"])
def test_usage(driver: Driver, ark: Simulator, cells: str) -> None:
    ark.knobs("ark", usage=USED, usage_cells=cells)
    first, second = driver.function("getUsage", **SEPTEMBER)["usage"]
    columns = first.pop("columns")
    assert first == {
        "day": "2026-09-01",
        "endpointId": "ep-1",
        "inputTokens": 1000,
        "outputTokens": 200,
        "totalTokens": 1200,
        "requests": 3,
    }
    assert columns["AccountID"] == "2100000001" and columns["ReqCnt"] == "3"
    assert second["requests"] == 1 and "inputTokens" not in second
    assert requests(ark) == [
        (
            "usage.get",
            {
                "StartTime": "2026-09-01",
                "EndTime": "2026-09-30",
                "QueryInterval": "Day",
                **PROJECT,
                "Filters": [{"Key": "ModelEndpoint", "Values": []}],
            },
        )
    ]


META = '"ResponseMetadata":{"RequestId":"r"}'


@pytest.mark.parametrize(
    "table",
    [
        "null",
        "{}",
        "[]",
        '{"Fields":[{"Name":"Day"}],"Data":7}',
        '{"DataCount":2,"Data":null}',
        '{"Data":[["2026-09-01"]]}',
    ],
)
def test_an_answer_without_a_table_is_not_no_use(
    driver: Driver, ark: Simulator, table: str
) -> None:
    ark.fault("ark", "usage.get", kind="malformed", body=f'{{{META},"Result":{table}}}')
    with pytest.raises(Failure) as raised:
        driver.function("getUsage", **SEPTEMBER)
    assert raised.value.code == grpc.StatusCode.UNAVAILABLE
    assert raised.value.message == (
        "BytePlus ModelArk: asking for the use of the endpoints: the reply holds no table"
    )


def test_no_use(driver: Driver, ark: Simulator) -> None:
    """Some services write an empty list as null."""
    ark.knobs("ark", usage=[])
    assert driver.function("getUsage", **SEPTEMBER) == {"usage": []}
    body = f'{{{META},"Result":{{"DataCount":0,"Fields":null,"Data":null}}}}'
    ark.fault("ark", "usage.get", kind="malformed", body=body)
    assert driver.function("getUsage", **SEPTEMBER) == {"usage": []}


DAY = "must be a day, such as 2026-09-01; it is"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-9-1", "2026-09-30", f'startDate {DAY} "2026-9-1"'),
        ("2026-09-01", "30.09.2026", f'endDate {DAY} "30.09.2026"'),
        ("2026-02-29", "2026-03-01", f'startDate {DAY} "2026-02-29"'),
        ("2026-09-01T00:00:00Z", "2026-09-30", f'startDate {DAY} "2026-09-01T00:00:00Z"'),
        (" 2026-09-01", "2026-09-30", f'startDate {DAY} " 2026-09-01"'),
        (
            "2026-09-30",
            "2026-09-01",
            'endDate must not be before startDate; they are "2026-09-01" and "2026-09-30"',
        ),
    ],
)
def test_days_that_are_none(
    driver: Driver, ark: Simulator, first: str, last: str, words: str
) -> None:
    """The service speaks of StartTime and EndTime, or finds no use on a day that there is not."""
    with pytest.raises(Failure) as caught:
        driver.function("getUsage", startDate=first, endDate=last)
    assert caught.value.code == grpc.StatusCode.INVALID_ARGUMENT
    assert caught.value.message == f"inference:ark:getUsage: {words}"
    assert requests(ark) == []


def test_usage_of_a_day(driver: Driver, ark: Simulator) -> None:
    assert driver.function("getUsage", startDate="2028-02-29", endDate="2028-02-29") == {
        "usage": []
    }
    assert asked(ark) == ["usage.get"]


def test_usage_of_one_endpoint_by_hour(driver: Driver, ark: Simulator) -> None:
    ark.knobs("ark", usage=USED)
    (row,) = driver.function("getUsage", **SEPTEMBER, interval="Hour", endpointIds=["ep-1"])[
        "usage"
    ]
    assert row["hour"] == "13"
    sent = requests(ark)[0][1]
    assert sent["QueryInterval"] == "Hour"
    assert sent["Filters"] == [{"Key": "ModelEndpoint", "Values": ["ep-1"]}]


@pytest.mark.parametrize(
    "rule",
    [
        {"assign": {"/Result/Data": [1, None, "x"]}},
        {"assign": {"/Result/Fields": [None, 7, {"Name": 1}]}},
    ],
)
def test_usage_of_odd_shape(driver: Driver, ark: Simulator, rule: dict[str, Any]) -> None:
    """What is no row, or no column, has no numbers."""
    ark.knobs("ark", usage=USED)
    ark.fault("ark", "usage.get", kind="rewrite", **rule)
    rows = driver.function("getUsage", **SEPTEMBER)["usage"]
    assert all("requests" not in row for row in rows)


def test_an_argument_of_a_list_that_is_not_known_yet_is_told_by_its_place(
    driver: Driver, ark: Simulator
) -> None:
    ark.clear()
    assert driver.function_refused("getUsage", **SEPTEMBER, endpointIds=["ep-x", UNKNOWN]) == {
        "endpointIds[1]": "is not known yet: what is looked up has to be"
    }
    assert driver.function_refused("getUsage", **SEPTEMBER, endpointIds=UNKNOWN) == {
        "endpointIds": "is not known yet: what is looked up has to be"
    }
    assert ark.requests(cloud="ark") == []


@pytest.mark.parametrize("id", ["demo", "ep-a b", "ap-southeast-1/ep-20250615120000-abcde", "1234"])
def test_an_argument_that_is_no_id_says_the_form(driver: Driver, ark: Simulator, id: str) -> None:
    """The service knows no such endpoint, and told of no usage."""
    ark.clear()
    assert driver.function_refused("getUsage", **SEPTEMBER, endpointIds=["ep-x", id]) == {
        "endpointIds[1]": f'must be the id of an endpoint, `ep-…`; is "{id}"'
    }
    assert ark.requests(cloud="ark") == []
