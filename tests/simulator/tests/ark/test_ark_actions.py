"""Create, Get, Update, Delete, certificates, keys: bodies in, documents out."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest
from ark_tools import (
    CREATED_BY,
    MOMENT,
    OTHER_AK,
    OTHER_REGION,
    OTHER_SK,
    REGION,
    ArkApi,
    Signer,
    body,
    error_of,
)
from cryptography.x509 import load_pem_x509_certificates

OTHER = Signer(OTHER_AK, OTHER_SK)
EUROPE = Signer(region=OTHER_REGION)
FULL = {
    "Name": "chat-prod",
    "Description": "prod chat",
    "ProjectName": "team",
    "ModelUnitId": "mu-1",
    "Moderation": {"Strategy": "Basic"},
    "RateLimit": {"Rpm": 600, "Tpm": 100000},
    "Tags": [{"Key": "env", "Value": "prod"}, {"Key": "bare"}],
}


def sorted_tags(shown: Any) -> Any:
    return {**shown, "Tags": sorted(shown["Tags"], key=lambda tag: str(tag["Key"]))}


def test_create_answers_with_the_id_alone(ark: ArkApi) -> None:
    answer = ark("CreateEndpoint", body())
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Date"] == "Thu, 15 Jan 2026 08:30:00 GMT"
    identifier = answer.json["Result"]["Id"]
    assert re.fullmatch("ep-20260115163000-[a-z0-9]{5}", identifier)
    request_id = answer.json["ResponseMetadata"].pop("RequestId")
    assert re.fullmatch("20260115163000[0-9A-F]{18}", request_id)
    assert answer.headers["X-Tt-Logid"] == request_id
    assert answer.json["Result"] == {"Id": identifier}
    assert ark.sim.requests()[-1].target == "demo"
    assert ark.sim.requests()[-1].operation == "endpoint.create"


def test_frame_of_an_answer(ark: ArkApi) -> None:
    document = ark("CreateEndpoint", body(), EUROPE).json
    del document["ResponseMetadata"]["RequestId"]
    assert document["ResponseMetadata"] == {
        "Action": "CreateEndpoint",
        "Version": "2024-01-01",
        "Service": "ark",
        "Region": OTHER_REGION,
    }


def test_get_of_the_smallest_endpoint(ark: ArkApi) -> None:
    identifier = ark.create()
    assert ark.get(identifier) == {
        "Id": identifier,
        "Name": "demo",
        "Description": "",
        "ProjectName": "default",
        "Tags": [CREATED_BY],
        "ModelReference": {
            "CustomModelId": "",
            "FoundationModel": {"Name": "seed-1-6", "ModelVersion": "250615"},
        },
        "EndpointModelType": "FoundationModel",
        "ModelUnitId": "",
        "Status": "Running",
        "StatusReason": "",
        "Moderation": {"Strategy": "Default"},
        "RateLimit": {"Rpm": 30000, "Tpm": 5000000},
        "BatchOnly": False,
        "SupportRolling": True,
        "RollingId": "",
        "SupportScaleTier": False,
        "ScaleTierId": "",
        "CreateTime": MOMENT,
        "UpdateTime": MOMENT,
    }


def test_get_of_a_full_endpoint(ark: ArkApi) -> None:
    identifier = ark.create(FULL)
    shown = sorted_tags(ark.get(identifier))
    expected = {**FULL, "Tags": [{"Key": "bare", "Value": ""}, FULL["Tags"][0], CREATED_BY]}
    assert {name: shown[name] for name in expected} == expected


def test_custom_model(ark: ArkApi) -> None:
    shown = ark.get(
        ark.create({"ModelReference": {"CustomModelId": "cm-1", "FoundationModel": None}})
    )
    assert shown["ModelReference"] == {
        "CustomModelId": "cm-1",
        "FoundationModel": {"Name": "", "ModelVersion": ""},
    }
    assert (shown["EndpointModelType"], shown["SupportRolling"]) == ("CustomModel", False)


def test_ids_differ_within_a_second_and_repeat_with_the_seed(ark: ArkApi) -> None:
    first = [ark.create() for _ in range(20)]
    assert len(set(first)) == 20
    ark.sim.reset()
    ark.sim.freeze(MOMENT)
    assert [ark.create() for _ in range(20)] == first


@pytest.mark.parametrize(
    ("patch", "code"),
    [
        ({"Name": None}, "MissingParameter.Name"),
        ({"Name": ""}, "InvalidParameter.Name"),
        ({"Name": 1}, "InvalidParameter.Name"),
        ({"Name": "n" * 129}, "InvalidParameter.Name"),
        ({"Description": "d" * 513}, "InvalidParameter.Description"),
        ({"Description": ["d"]}, "InvalidParameter.Description"),
        ({"ModelReference": None}, "MissingParameter.ModelReference"),
        ({"ModelReference": {"CustomModelId": "cm-1"}}, "InvalidParameter.ModelReference"),
        ({"ModelReference": {"FoundationModel": None}}, "InvalidParameter.ModelReference"),
        (
            {"ModelReference": {"FoundationModel": {"ModelVersion": None}}},
            "MissingParameter.ModelReference.FoundationModel.ModelVersion",
        ),
        (
            {"ModelReference": {"FoundationModel": {"Name": ""}}},
            "MissingParameter.ModelReference.FoundationModel.Name",
        ),
        (
            {"ModelReference": {"FoundationModel": {"Name": "Seed-1-6"}}},
            "InvalidParameter.ModelReference.FoundationModel.Name",
        ),
        ({"RateLimit": {"Rpm": 0, "Tpm": 1}}, "InvalidParameter.RateLimit.Rpm"),
        ({"RateLimit": {"Rpm": 1, "Tpm": 2147483648}}, "InvalidParameter.RateLimit.Tpm"),
        ({"RateLimit": {"Rpm": 10.0, "Tpm": 1}}, "InvalidParameter.RateLimit.Rpm"),
        ({"RateLimit": {"Rpm": "10", "Tpm": 1}}, "InvalidParameter.RateLimit.Rpm"),
        ({"RateLimit": 5}, "InvalidParameter.RateLimit"),
        ({"Moderation": {"Strategy": "None"}}, "InvalidParameter.Moderation.Strategy"),
        ({"DryRun": "yes"}, "InvalidParameter.DryRun"),
        ({"Tags": {"a": "b"}}, "InvalidParameter.Tags"),
        ({"Tags": ["a"]}, "InvalidParameter.Tags"),
        ({"Tags": [{"Value": "a"}]}, "MissingParameter.Tags.Key"),
        ({"Tags": [{"Key": ""}]}, "InvalidParameter.Tags.Key"),
        ({"Tags": [{"Key": "sys:a"}]}, "InvalidParameter.Tags.Key"),
        ({"Tags": [{"Key": "volc:a"}]}, "InvalidParameter.Tags.Key"),
        ({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "a"}]}, "Duplicate.Tags.Key"),
    ],
)
def test_create_refuses(ark: ArkApi, patch: Any, code: str) -> None:
    assert error_of(ark("CreateEndpoint", body(patch))) == (400, code)
    assert ark.sim.state("ark")["endpoints"] == {}


def test_limits_of_lengths_are_inclusive(ark: ArkApi) -> None:
    shown = ark.get(ark.create({"Name": "n" * 128, "Description": "d" * 512}))
    assert (len(shown["Name"]), len(shown["Description"])) == (128, 512)


def test_unknown_members_are_ignored_and_told_to_the_test(ark: ArkApi) -> None:
    sent = {"Ipm": 1, "RateLimit": {"Rpm": 1, "Tpm": 2, "Ipm": 3}, "ModelReference": {"X": 1}}
    ark.create(sent)
    paths = ["Ipm", "ModelReference.X", "RateLimit.Ipm"]
    assert sorted(ark.sim.requests()[-1].notes["ignored"]) == paths
    (told,) = ark.sim.call("ark", "ignored")
    assert (told["operation"], told["target"]) == ("endpoint.create", "demo")


def test_duplicate_names_are_allowed_by_default(ark: ArkApi) -> None:
    assert ark.create() != ark.create()


def test_catalogue(ark: ArkApi) -> None:
    limits = {"Rpm": 7, "Tpm": 70}
    ark.sim.knobs(
        "ark",
        catalogue={
            "seed-1-6": {"versions": ["250615"], "rate_limit": limits},
            "shut": {"open": False},
            "bulk": {"batch_only": True},
        },
    )
    assert ark.get(ark.create())["RateLimit"] == limits
    assert ark.get(ark.create({"RateLimit": {"Rpm": 1}}))["RateLimit"] == {"Rpm": 1, "Tpm": 70}
    refused = {
        "shut": "ModelNotOpen",
        "other": "NotFound.FoundationModel",
    }
    for name, code in refused.items():
        sent = body({"ModelReference": {"FoundationModel": {"Name": name}}})
        assert error_of(ark("CreateEndpoint", sent)) == (404, code)
    sent = body({"ModelReference": {"FoundationModel": {"ModelVersion": "1"}}})
    assert error_of(ark("CreateEndpoint", sent)) == (404, "NotFound.FoundationModel")
    bulk = ark.create({"ModelReference": {"FoundationModel": {"Name": "bulk"}}})
    assert ark.get(bulk)["BatchOnly"] is True


def test_known_projects_and_custom_models(ark: ArkApi) -> None:
    ark.sim.knobs("ark", projects=["default"], custom_models=["cm-1"])
    ark.create()
    sent = body({"ProjectName": "other"})
    assert error_of(ark("CreateEndpoint", sent)) == (404, "NotFound.Project")
    sent = body({"ModelReference": {"CustomModelId": "cm-2", "FoundationModel": None}})
    assert error_of(ark("CreateEndpoint", sent)) == (404, "NotFound.CustomModel")


def test_quota_is_counted_by_account_and_region(ark: ArkApi) -> None:
    ark.sim.knobs("ark", endpoint_quota=1)
    identifier = ark.create()
    ark.create(signer=EUROPE)
    ark.create(signer=OTHER)
    assert error_of(ark("CreateEndpoint", body())) == (429, "QuotaExceeded")
    ark.result("DeleteEndpoint", {"Id": identifier})
    ark.create()


# Who sees what.


@pytest.mark.parametrize(
    "action",
    ["GetEndpoint", "UpdateEndpoint", "DeleteEndpoint", "StopEndpoint", "StartEndpoint"],
)
def test_endpoints_of_others_and_of_other_regions(ark: ArkApi, action: str) -> None:
    identifier = ark.create()
    for signer in (OTHER, EUROPE):
        assert error_of(ark(action, {"Id": identifier}, signer)) == (404, "NotFound.Endpoint")
    assert error_of(ark(action, {"Id": "ep-m-1"})) == (404, "NotFound.Endpoint")
    assert error_of(ark(action, {})) == (400, "MissingParameter.Id")
    assert error_of(ark(action, {"Id": 5})) == (400, "InvalidParameter.Id")
    assert ark.status(identifier) == "Running"


def test_state_tells_account_and_region(ark: ArkApi) -> None:
    mine, other = ark.create(), ark.create(signer=OTHER)
    european = ark.create(signer=EUROPE)
    stored = ark.sim.state("ark")["endpoints"]
    where = {key: (value["account"], value["region"]) for key, value in stored.items()}
    assert where == {
        mine: ("2100000001", REGION),
        other: ("2100000002", REGION),
        european: ("2100000001", OTHER_REGION),
    }


# Update.


def test_update_changes_what_is_sent(ark: ArkApi) -> None:
    identifier = ark.create(FULL)
    before = ark.get(identifier)
    ark.sim.advance(60)
    sent = {"Id": identifier, "Name": "new", "RateLimit": {"Rpm": 9, "Tpm": 8}}
    assert ark.result("UpdateEndpoint", sent) == {}
    changes = {
        "Name": "new",
        "RateLimit": {"Rpm": 9, "Tpm": 8},
        "UpdateTime": "2026-01-15T08:31:00Z",
    }
    assert ark.get(identifier) == {**before, **changes}
    assert ark.sim.requests(operation="endpoint.update")[-1].target == identifier


def test_update_clears_the_description_with_an_empty_text(ark: ArkApi) -> None:
    identifier = ark.create(FULL)
    ark.result("UpdateEndpoint", {"Id": identifier, "Description": None})
    assert ark.get(identifier)["Description"] == "prod chat"
    ark.result("UpdateEndpoint", {"Id": identifier, "Description": ""})
    assert ark.get(identifier)["Description"] == ""


def test_update_of_nothing_changes_nothing(ark: ArkApi) -> None:
    identifier = ark.create()
    ark.sim.advance(60)
    assert ark.result("UpdateEndpoint", {"Id": identifier}) == {}
    assert ark.get(identifier)["UpdateTime"] == MOMENT


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"Name": ""}, "InvalidParameter.Name"),
        ({"Description": 5}, "InvalidParameter.Description"),
        ({"RateLimit": {"Rpm": 5}}, "MissingParameter.RateLimit.Tpm"),
        ({"RateLimit": {"Rpm": -1, "Tpm": 5}}, "InvalidParameter.RateLimit.Rpm"),
    ],
)
def test_update_refuses(ark: ArkApi, sent: Any, code: str) -> None:
    identifier = ark.create()
    before = ark.get(identifier)
    sent = {"Name": "changed", **sent, "Id": identifier}
    assert error_of(ark("UpdateEndpoint", sent)) == (400, code)
    assert ark.get(identifier) == before


def test_update_of_a_stopped_endpoint(ark: ArkApi) -> None:
    identifier = ark.create()
    ark.result("StopEndpoint", {"Id": identifier})
    ark.result("UpdateEndpoint", {"Id": identifier, "Name": "new"})
    shown = ark.get(identifier)
    assert (shown["Name"], shown["Status"]) == ("new", "Stopped")


# Certificates.


@pytest.fixture
def certificate(ark: ArkApi) -> Any:
    ark.sim.knobs("ark", certificate="pem")
    return ark.result("GetEndpointCertificate", {"Id": ark.create()})


def test_certificate_members(certificate: Any) -> None:
    assert set(certificate) == {
        "PCAName",
        "PCAHost",
        "PCAInstanceCertificate",
        "PCASubCACertificate",
        "PCARootCACertificate",
        "NotBefore",
        "NotAfter",
    }
    assert certificate["PCAHost"] == "ark.example"
    assert certificate["NotAfter"] > 2**31
    assert certificate["PCASubCACertificate"].count("BEGIN CERTIFICATE") == 2
    assert certificate["PCASubCACertificate"].endswith(certificate["PCARootCACertificate"])


def test_certificates_are_a_real_chain(certificate: Any) -> None:
    (leaf,) = load_pem_x509_certificates(certificate["PCAInstanceCertificate"].encode())
    sub, root = load_pem_x509_certificates(certificate["PCASubCACertificate"].encode())
    leaf.verify_directly_issued_by(sub)
    sub.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)
    assert leaf.subject.rfc4514_string() == "CN=ark.example"
    assert int(leaf.not_valid_before_utc.timestamp()) == certificate["NotBefore"]
    assert int(leaf.not_valid_after_utc.timestamp()) == certificate["NotAfter"]


def test_certificate_of_an_unknown_endpoint(ark: ArkApi) -> None:
    ark.sim.knobs("ark", certificate="pem")
    answer = ark("GetEndpointCertificate", {"Id": "ep-1"})
    assert error_of(answer) == (404, "NotFound.Endpoint")


# Keys of the data plane.


def test_api_key(ark: ArkApi) -> None:
    identifier = ark.create()
    sent = {"DurationSeconds": 600, "ResourceType": "endpoint", "ResourceIds": [identifier]}
    result = ark.result("GetApiKey", sent)
    assert result["ExpiredTime"] == int(ark.sim.now()) + 600
    assert set(result) == {"ApiKey", "ExpiredTime"}
    assert ark.sim.state("ark")["api_keys"][result["ApiKey"]]["region"] == REGION


@pytest.mark.parametrize(
    ("patch", "status", "code"),
    [
        ({"DurationSeconds": None}, 400, "MissingParameter.DurationSeconds"),
        ({"DurationSeconds": -1}, 400, "InvalidParameter.DurationSeconds"),
        ({"DurationSeconds": 2592001}, 400, "InvalidParameter.DurationSeconds"),
        ({"ResourceType": None}, 400, "MissingParameter.ResourceType"),
        ({"ResourceType": "model"}, 400, "InvalidParameter.ResourceType"),
        ({"ResourceIds": []}, 400, "MissingParameter.ResourceIds"),
        ({"ResourceIds": "ep-1"}, 400, "InvalidParameter.ResourceIds"),
        ({"ResourceIds": ["ep-1"]}, 404, "NotFound.Endpoint"),
    ],
)
def test_api_key_refuses(ark: ArkApi, patch: Any, status: int, code: str) -> None:
    sent = {"DurationSeconds": 600, "ResourceType": "endpoint", "ResourceIds": [ark.create()]}
    sent = {key: value for key, value in {**sent, **patch}.items() if value is not None}
    assert error_of(ark("GetApiKey", sent)) == (status, code)


def test_api_key_lasts_from_nothing_to_thirty_days(ark: ArkApi) -> None:
    ark.sim.knobs("ark", api_key_resource_ids_required=False)
    for seconds in (0, 2592000):
        sent = {"DurationSeconds": seconds, "ResourceType": "endpoint"}
        assert ark.result("GetApiKey", sent)["ExpiredTime"] == int(ark.sim.now()) + seconds


def test_request_ids_differ(ark: ArkApi) -> None:
    ids = [ark("ListEndpoints").json["ResponseMetadata"]["RequestId"] for _ in range(3)]
    assert len(set(ids)) == 3
    tail = hashlib.sha256(b"1").hexdigest()[:18].upper()
    assert ids[0] == f"20260115163000{tail}"
