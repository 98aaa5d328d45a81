"""What the reference leaves open: each knob turns the simulator the other way."""

from __future__ import annotations

from typing import Any

import pytest
from ark_tools import (
    CREATED_BY,
    OTHER_AK,
    OTHER_SK,
    ArkApi,
    Signer,
    body,
    error_of,
)


def test_spelling_of_the_states(ark: ArkApi) -> None:
    words = {"running": "Healthy", "stopped": "Halted", "scheduling": "Pending"}
    ark.sim.knobs("ark", statuses=words, polls={"scheduling": 1})
    identifier = ark.create()
    assert [ark.status(identifier) for _ in range(2)] == ["Pending", "Healthy"]
    ark.result("StopEndpoint", {"Id": identifier})
    assert ark.status(identifier) == "Halted"
    assert ark.listed(Filter={"Statuses": ["Halted"]}) == ["demo"]
    ark.sim.mutate("ark", identifier, {"Status": "Healthy"})
    assert ark.chat(identifier).status == 200


def test_word_for_not_found(ark: ArkApi) -> None:
    ark.sim.knobs("ark", not_found_code="InvalidEndpointOrModel.NotFound")
    answer = ark("GetEndpoint", {"Id": "ep-1"})
    assert error_of(answer) == (404, "InvalidEndpointOrModel.NotFound")


def test_foreign_endpoint_may_be_forbidden(ark: ArkApi) -> None:
    ark.sim.knobs("ark", foreign="forbidden")
    identifier = ark.create()
    answer = ark("GetEndpoint", {"Id": identifier}, Signer(OTHER_AK, OTHER_SK))
    assert error_of(answer) == (403, "AccessDenied")
    answer = ark("GetEndpoint", {"Id": identifier}, Signer(region="eu-west-1"))
    assert error_of(answer) == (404, "NotFound.Endpoint")


def test_names_may_have_to_be_unique(ark: ArkApi) -> None:
    ark.sim.knobs("ark", unique_names=True)
    identifier = ark.create()
    assert error_of(ark("CreateEndpoint", body())) == (409, "AlreadyExists.Endpoint")
    ark.create({"Name": "other"})
    ark.create(signer=Signer(region="eu-west-1"))
    ark.result("DeleteEndpoint", {"Id": identifier})
    ark.create()


def test_limits_of_lengths(ark: ArkApi) -> None:
    ark.sim.knobs("ark", name_limit=4, description_limit=0)
    ark.create()
    assert error_of(ark("CreateEndpoint", body({"Name": "demos"})))[1] == "InvalidParameter.Name"
    answer = ark("CreateEndpoint", body({"Description": "d"}))
    assert error_of(answer)[1] == "InvalidParameter.Description"


def test_no_default_rate_limit(ark: ArkApi) -> None:
    ark.sim.knobs("ark", default_rate_limit=None)
    assert "RateLimit" not in ark.get(ark.create())
    assert ark.get(ark.create({"RateLimit": {"Rpm": 5}}))["RateLimit"] == {"Rpm": 5}


def test_partial_rate_limit_may_be_merged(ark: ArkApi) -> None:
    ark.sim.knobs("ark", partial_rate_limit="merge")
    identifier = ark.create()
    ark.result("UpdateEndpoint", {"Id": identifier, "RateLimit": {"Rpm": 5}})
    assert ark.get(identifier)["RateLimit"] == {"Rpm": 5, "Tpm": 5000000}


OTHER_FIELDS = {"Moderation": {"Strategy": "Basic"}, "Tags": [{"Key": "a", "Value": "b"}]}


def test_update_of_other_fields(ark: ArkApi) -> None:
    identifier = ark.create()
    before = ark.get(identifier)
    sent = {"Id": identifier, **OTHER_FIELDS}
    ark.result("UpdateEndpoint", sent)
    assert ark.get(identifier) == before
    assert ark.sim.requests(operation="endpoint.update")[-1].notes["ignored"] == list(OTHER_FIELDS)
    ark.sim.knobs("ark", update_other_fields="refuse")
    assert error_of(ark("UpdateEndpoint", sent)) == (400, "InvalidParameter.Moderation")
    ark.sim.knobs("ark", update_other_fields="apply")
    ark.result("UpdateEndpoint", sent)
    shown = ark.get(identifier)
    assert shown["Moderation"] == {"Strategy": "Basic"}
    assert sorted(tag["Key"] for tag in shown["Tags"]) == ["a", CREATED_BY["Key"]]


@pytest.mark.parametrize(
    ("kind", "result"),
    [("empty", {}), ("empty_id", {"Id": ""}), ("null", None), ("id", {"Id": "ep-dry-run"})],
)
def test_dry_run(ark: ArkApi, kind: str, result: Any) -> None:
    ark.sim.knobs("ark", dry_run_reply=kind)
    assert ark.result("CreateEndpoint", body({"DryRun": True})) == result
    assert ark.sim.state("ark")["endpoints"] == {}


def test_dry_run_checks_all_the_same(ark: ArkApi) -> None:
    ark.sim.knobs("ark", endpoint_quota=0)
    assert error_of(ark("CreateEndpoint", body({"DryRun": True, "Name": ""})))[0] == 400
    assert error_of(ark("CreateEndpoint", body({"DryRun": True})))[1] == "QuotaExceeded"


@pytest.mark.parametrize(
    ("match", "wanted", "names"),
    [
        ("exact", "chat", ["chat"]),
        ("prefix", "chat", ["chat-2", "chat"]),
        ("substring", "chat", ["my-chat", "chat-2", "chat"]),
    ],
)
def test_match_of_names(ark: ArkApi, match: str, wanted: str, names: list[str]) -> None:
    ark.sim.knobs("ark", list_name_match=match)
    for name in ("chat", "chat-2", "my-chat"):
        ark.create({"Name": name})
    assert ark.listed(Filter={"Name": wanted}) == names


def test_list_without_project_may_mean_all(ark: ArkApi) -> None:
    ark.create({"ProjectName": "far"})
    assert ark.listed() == []
    ark.sim.knobs("ark", list_without_project="all")
    assert ark.listed() == ["demo"]


BLANK = {
    "PCAName": "",
    "PCAHost": "",
    "PCAInstanceCertificate": "",
    "PCASubCACertificate": "",
    "PCARootCACertificate": "",
    "NotBefore": 0,
    "NotAfter": 0,
}


@pytest.mark.parametrize(("kind", "result"), [("empty", {}), ("null", None), ("blank", BLANK)])
def test_no_certificate_without_an_error(ark: ArkApi, kind: str, result: Any) -> None:
    ark.sim.knobs("ark", certificate=kind)
    assert ark.result("GetEndpointCertificate", {"Id": ark.create()}) == result


@pytest.mark.parametrize(
    ("kind", "error"),
    [("not_found", (404, "NotFound.Certificate")), ("error", (500, "InternalError"))],
)
def test_no_certificate_with_an_error(ark: ArkApi, kind: str, error: tuple[int, str]) -> None:
    ark.sim.knobs("ark", certificate=kind)
    assert error_of(ark("GetEndpointCertificate", {"Id": ark.create()})) == error


def test_nested_result(ark: ArkApi) -> None:
    identifier = ark.create()
    flat = ark.get(identifier)
    ark.sim.knobs("ark", result_shape="nested")
    assert ark.get(identifier) == {"Endpoint": flat}
    assert ark.listed() == ["demo"]


def test_empty_members_may_be_left_out(ark: ArkApi) -> None:
    ark.sim.knobs("ark", empty_members="omit")
    identifier = ark.create({"Tags": [{"Key": "bare"}]})
    shown = ark.get(identifier)
    assert set(shown) == {
        "Id",
        "Name",
        "ProjectName",
        "Tags",
        "ModelReference",
        "EndpointModelType",
        "Status",
        "Moderation",
        "RateLimit",
        "SupportRolling",
        "CreateTime",
        "UpdateTime",
    }
    assert {"Key": "bare"} in shown["Tags"]
    assert set(shown["ModelReference"]) == {"FoundationModel"}


def test_order_of_tags(ark: ArkApi) -> None:
    tags = [{"Key": key, "Value": "1"} for key in ("b", "a", "c")]
    identifier = ark.create({"Tags": tags})
    assert ark.get(identifier)["Tags"] != [*tags, CREATED_BY]
    ark.sim.knobs("ark", tag_order="kept")
    assert ark.get(identifier)["Tags"] == [*tags, CREATED_BY]


def test_deleted_may_stay_visible(ark: ArkApi) -> None:
    ark.sim.knobs("ark", after_delete="deleted", polls={"deleting": 1})
    identifier = ark.create()
    ark.result("DeleteEndpoint", {"Id": identifier})
    assert [ark.status(identifier) for _ in range(3)] == ["Deleting", "Deleted", "Deleted"]
    assert ark.listed() == []
    assert ark.chat(identifier).status == 404


def test_a_create_may_be_seen_late(ark: ArkApi) -> None:
    ark.sim.knobs("ark", invisible_polls=2, list_lag_seconds=5)
    identifier = ark.create()
    assert [ark("GetEndpoint", {"Id": identifier}).status for _ in range(3)] == [404, 404, 200]
    assert ark.listed() == []
    ark.sim.advance(5)
    assert ark.listed() == ["demo"]


def test_scale_tier(ark: ArkApi) -> None:
    ark.sim.knobs("ark", scale_tier="st-1")
    shown = ark.get(ark.create())
    assert (shown["SupportScaleTier"], shown["ScaleTierId"]) == (True, "st-1")


def test_batch_only_names(ark: ArkApi) -> None:
    ark.sim.knobs("ark", batch_only="batch-.*")
    assert ark.get(ark.create({"Name": "batch-1"}))["BatchOnly"] is True
    assert ark.get(ark.create({"Name": "my-batch-1"}))["BatchOnly"] is False
