"""The official Python SDK, unmodified, against the simulated control plane."""

from __future__ import annotations

import threading
from typing import Any

import byteplussdkark as sdk
import byteplussdkcore
import pytest
from ark_tools import (
    AK,
    CREATED_BY,
    OTHER_AK,
    OTHER_SK,
    SK,
    TEMPORARY_AK,
    TEMPORARY_SK,
    TOKEN,
)
from byteplussdkcore.rest import ApiException
from byteplussdkcore.universal import UniversalApi, UniversalInfo

from simulator.client import Simulator


class Client:
    """One SDK client; its universal calls give the plain Result."""

    def __init__(self, sim: Simulator, ak: str = AK, sk: str = SK, **more: Any) -> None:
        configuration = byteplussdkcore.Configuration()
        configuration.ak, configuration.sk = ak, sk
        configuration.scheme, configuration.host = "http", sim.url("ark").removeprefix("http://")
        for name, value in more.items():
            setattr(configuration, name, value)
        self._client = byteplussdkcore.ApiClient(configuration)
        self.api = sdk.ARKApi(self._client)

    def call(self, action: str, body: dict[str, Any], service: str = "ark") -> Any:
        info = UniversalInfo(
            method="POST",
            service=service,
            version="2024-01-01",
            action=action,
            content_type="application/json",
        )
        return UniversalApi(self._client).do_call(info, body)

    def create(self, name: str, **more: Any) -> str:
        model = sdk.FoundationModelForCreateEndpointInput(name="seed-1-6", model_version="250615")
        reference = sdk.ModelReferenceForCreateEndpointInput(foundation_model=model)
        request = sdk.CreateEndpointRequest(name=name, model_reference=reference, **more)
        return str(self.api.create_endpoint(request).id)

    def get(self, identifier: str) -> Any:
        return self.api.get_endpoint(sdk.GetEndpointRequest(id=identifier))


def test_create_get_delete_with_models(ark_live: Simulator) -> None:
    client = Client(ark_live)
    identifier = client.create(
        "t",
        description="text",
        project_name="team",
        rate_limit=sdk.RateLimitForCreateEndpointInput(rpm=10, tpm=5000),
        moderation=sdk.ModerationForCreateEndpointInput(strategy="Basic"),
        tags=[sdk.TagForCreateEndpointInput(key="env", value="prod")],
    )
    got = [client.get(identifier) for _ in range(2)]
    assert [item.status for item in got] == ["Scheduling", "Running"]
    last = got[1]
    assert (last.id, last.name, last.description) == (identifier, "t", "text")
    assert (last.project_name, last.moderation.strategy) == ("team", "Basic")
    assert (last.rate_limit.rpm, last.rate_limit.tpm) == (10, 5000)
    assert last.model_reference.foundation_model.model_version == "250615"
    assert {tag.key: tag.value for tag in last.tags} == {
        "env": "prod",
        CREATED_BY["Key"]: CREATED_BY["Value"],
    }
    assert (last.batch_only, last.support_rolling) == (False, True)
    client.api.delete_endpoint(sdk.DeleteEndpointRequest(id=identifier))
    with pytest.raises(ApiException) as error:
        client.get(identifier)
    assert error.value.status == 404
    assert "NotFound.Endpoint" in error.value.body
    operations = [request.operation for request in ark_live.requests()]
    assert operations == [
        "endpoint.create",
        "endpoint.get",
        "endpoint.get",
        "endpoint.delete",
        "endpoint.get",
    ]


def test_certificate_and_api_key_with_models(ark_live: Simulator) -> None:
    ark_live.knobs("ark", certificate="pem")
    client = Client(ark_live)
    identifier = client.create("t")
    found = client.api.get_endpoint_certificate(sdk.GetEndpointCertificateRequest(id=identifier))
    assert (found.pca_name, found.pca_host) == ("simulated-ark", "ark.example")
    assert found.not_after > found.not_before
    key = client.api.get_api_key(
        sdk.GetApiKeyRequest(
            duration_seconds=60, resource_type="endpoint", resource_ids=[identifier]
        )
    )
    assert ark_live.state("ark")["api_keys"][key.api_key]["expires"] == key.expired_time


def test_nested_result_is_not_what_the_sdk_reads(ark_live: Simulator) -> None:
    """Why flat is the first value of the knob."""
    ark_live.knobs("ark", result_shape="nested")
    client = Client(ark_live)
    assert client.get(client.create("t")).id is None


def test_universal_update_list_stop_start(ark_live: Simulator) -> None:
    ark_live.knobs("ark", polls={"scheduling": 0, "starting": 0})
    client = Client(ark_live)
    identifier = client.create("t")
    sent = {"Id": identifier, "Name": "new", "RateLimit": {"Rpm": 5, "Tpm": 50}}
    assert client.call("UpdateEndpoint", sent) == {}
    page = client.call("ListEndpoints", {"Filter": {"Name": "new"}, "ProjectName": "default"})
    assert (page["TotalCount"], page["Items"][0]["Id"]) == (1, identifier)
    assert page["Items"][0]["RateLimit"] == {"Rpm": 5, "Tpm": 50}
    assert client.call("StopEndpoint", {"Id": identifier}) == {}
    assert client.get(identifier).status == "Stopped"
    assert client.call("StartEndpoint", {"Id": identifier}) == {}
    assert client.get(identifier).status == "Running"


def refusal(client: Client, action: str = "ListEndpoints", service: str = "ark") -> Any:
    with pytest.raises(ApiException) as error:
        client.call(action, {}, service)
    return error.value


def test_bad_secret(ark_live: Simulator) -> None:
    error = refusal(Client(ark_live, sk="wrong"))
    assert (error.status, "SignatureDoesNotMatch" in error.body) == (401, True)
    assert len(ark_live.requests()) == 1


def test_unknown_access_key(ark_live: Simulator) -> None:
    error = refusal(Client(ark_live, ak="AKNOBODY"))
    assert (error.status, "InvalidAccessKey" in error.body) == (401, True)


@pytest.mark.parametrize("minutes", [-20, 20])
def test_clock_twenty_minutes_off(ark_live: Simulator, minutes: int) -> None:
    ark_live.advance(60 * minutes)
    error = refusal(Client(ark_live))
    assert (error.status, "InvalidTimestamp" in error.body) == (400, True)


def test_wrong_service(ark_live: Simulator) -> None:
    error = refusal(Client(ark_live), service="iam")
    assert (error.status, "ServiceNotFound" in error.body) == (404, True)


def test_unknown_action(ark_live: Simulator) -> None:
    error = refusal(Client(ark_live), "TagResources")
    assert (error.status, "InvalidActionOrVersion" in error.body) == (404, True)


def test_temporary_credentials(ark_live: Simulator) -> None:
    assert Client(ark_live, TEMPORARY_AK, TEMPORARY_SK, session_token=TOKEN).create("t")
    (sent,) = ark_live.requests()
    assert sent.header("X-Security-Token") == TOKEN
    assert "x-security-token" in (sent.header("Authorization") or "")
    error = refusal(Client(ark_live, TEMPORARY_AK, TEMPORARY_SK, session_token="other"))
    assert (error.status, "InvalidSecretToken" in error.body) == (401, True)
    error = refusal(Client(ark_live, TEMPORARY_AK, TEMPORARY_SK))
    assert (error.status, "InvalidSecretToken" in error.body) == (401, True)


def test_regions_are_apart(ark_live: Simulator) -> None:
    identifier = Client(ark_live).create("t")
    with pytest.raises(ApiException) as error:
        Client(ark_live, region="eu-west-1").get(identifier)
    assert error.value.status == 404


def test_two_clients_at_once(ark_live: Simulator) -> None:
    """Both wait for their answers together, each on its own connection."""
    ark_live.fault("ark", "endpoint.create", kind="hold", count=2)
    made: dict[str, str] = {}

    def work(client: Client, name: str) -> None:
        made[name] = client.create(name)

    threads = [
        threading.Thread(target=work, args=(Client(ark_live), "first")),
        threading.Thread(target=work, args=(Client(ark_live, OTHER_AK, OTHER_SK), "second")),
    ]
    for thread in threads:
        thread.start()
    ark_live.wait_for(lambda sim: sim.stats()["ark"]["in_flight"] == 2, what="two in flight")
    ark_live.release()
    for thread in threads:
        thread.join(30)
    assert sorted(made) == ["first", "second"]
    stored = ark_live.state("ark")["endpoints"]
    assert {stored[key]["account"] for key in made.values()} == {"2100000001", "2100000002"}
    assert len({request.connection for request in ark_live.requests()}) == 2


def test_throttled_four_times(ark_live: Simulator) -> None:
    """The SDK resends what it signed, or signs anew: neither is refused as a repeat."""
    ark_live.fault("ark", "endpoint.list", status=429, count=3)
    client = Client(ark_live)
    assert client.call("ListEndpoints", {})["TotalCount"] == 0
    assert [request.status for request in ark_live.requests()] == [429, 429, 429, 200]


def test_error_in_a_success(ark_live: Simulator) -> None:
    ark_live.fault("ark", "endpoint.list", status=200, code="InternalError")
    error = refusal(Client(ark_live))
    assert (error.status, error.body) == (200, None)
    assert "'Code': 'InternalError'" in error.reason


def test_missing_result(ark_live: Simulator) -> None:
    ark_live.fault("ark", "endpoint.list", kind="rewrite", remove=["/Result"])
    assert Client(ark_live).call("ListEndpoints", {}) is None


def test_universal_rolling(ark_live: Simulator) -> None:
    """The client throws at a dry run that would be taken, as at any other error."""
    ark_live.knobs("ark", polls={"scheduling": 0})
    client = Client(ark_live)
    endpoint = client.create("t")
    model = {"FoundationModel": {"Name": "seed-1-6", "ModelVersion": "260628"}}
    body = {"EndpointId": endpoint, "ModelReference": model, "Description": "mark"}
    with pytest.raises(ApiException) as error:
        client.call("CreateEndpointRolling", {**body, "DryRun": True})
    assert (error.value.status, "DryRunOperation" in error.value.body) == (400, True)
    switch = client.call("CreateEndpointRolling", body)["Id"]
    shown = client.call("GetEndpointRolling", {"Id": switch})["RollingInfo"]
    assert (shown["Status"], shown["RollingIn"]["ModelVersion"]) == ("Running", "260628")
    assert client.get(endpoint).rolling_id == switch
    assert client.call("RollbackEndpointRolling", {"Id": switch}) == {"Id": switch}
    assert client.call("CancelEndpointRolling", {"Id": switch}) == {"Id": switch}
    ark_live.advance(120)
    shown = client.call("GetEndpointRolling", {"Id": switch})["RollingInfo"]
    assert (shown["Status"], shown["RollingGray"]) == ("Reverted", 0)


def test_universal_lookups(ark_live: Simulator) -> None:
    ark_live.knobs(
        "ark",
        usage=[{"Day": "2026-09-01", "ModelEndpoint": "ep-1", "InputTokens": 1000, "ReqCnt": 3}],
    )
    client = Client(ark_live)
    names = [item["Name"] for item in client.call("ListFoundationModels", {})["Items"]]
    assert names == ["seed-1-6", "seed-1-6-lite"]
    one = {"Filter": {"Names": ["seed-1-6-lite"]}, "PageSize": 100}
    assert client.call("ListFoundationModels", one)["TotalCount"] == 1
    published = {"FoundationModelName": "seed-1-6", "Filter": {"Statuses": ["Published"]}}
    found = client.call("ListFoundationModelVersions", published)["Items"]
    assert [item["ModelId"] for item in found] == ["seed-1-6-260628", "seed-1-6-250615"]
    custom = client.call("ListCustomModels", {"Filter": {"Name": "support"}})
    assert custom["Items"][0]["FoundationModel"]["ModelVersion"] == "250615"
    (plain,) = client.call(
        "ListModelActivations", {"Filter": {"FoundationModelNames": ["seed-1-6"]}}
    )["Items"]
    assert (plain["State"], "ChargeItems" in plain) == ("Available", False)
    full = client.call(
        "ListModelActivations", {"WithPrice": True, "WithFreeUsage": True, "PageSize": 20}
    )
    assert full["Items"][0]["ChargeItems"][0]["Type"] == "Input"
    assert full["Items"][1]["InitialInferenceFreeUsage"] == {"Total": 500000, "Consumed": 0}
    limit = client.call("ListModelRateLimit", {"FoundationModelNames": ["seed-1-6"]})
    assert limit["Items"][0]["CurrentRateLimit"]["Rpm"] == 60000
    asked = {
        "StartTime": "2026-09-01",
        "EndTime": "2026-09-02",
        "QueryInterval": "Day",
        "Filters": [{"Key": "ModelEndpoint", "Values": ["ep-1"]}],
    }
    used = client.call("GetInferenceUsage", asked)
    columns = [field["Name"] for field in used["Fields"]]
    assert dict(zip(columns, used["Data"][0], strict=True)) == {
        "AccountID": "2100000001",
        "Day": "2026-09-01",
        "Hour": "",
        "InputTokens": "1000",
        "OutputTokens": "",
        "TotalTokens": "",
        "ReqCnt": "3",
        "ModelEndpoint": "ep-1",
    }


@pytest.mark.parametrize(
    ("action", "body", "status", "code"),
    [
        ("ListFoundationModelVersions", {}, 400, "MissingParameter.FoundationModelName"),
        ("ListFoundationModelVersions", {"FoundationModelName": "x"}, 404, "NotFound."),
        ("ListFoundationModels", {"PageSize": 101}, 400, "InvalidParameter.PageSize"),
        ("GetInferenceUsage", {"StartTime": "1.9.2026"}, 400, "InvalidParameter.StartTime"),
        ("ListModelActivations", {"WithPrice": True, "PageSize": 100}, 504, "InternalService"),
    ],
)
def test_lookups_refused(
    ark_live: Simulator, action: str, body: dict[str, Any], status: int, code: str
) -> None:
    with pytest.raises(ApiException) as error:
        Client(ark_live, auto_retry=False).call(action, body)
    assert error.value.status == status and code in error.value.body


def test_lookups_not_offered(ark_live: Simulator) -> None:
    ark_live.knobs("ark", not_offered=["ListModelActivations"])
    error = refusal(Client(ark_live), "ListModelActivations")
    assert (error.status, "InvalidActionOrVersion" in error.body) == (404, True)
