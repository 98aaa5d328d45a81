"""The official core library, unmodified, against the simulator at the real time.

Its signer with plain HTTP, and its full client with a region and credentials. It has no
operations of this service, so each one is given by method and path.
"""

from __future__ import annotations

import importlib.metadata
import itertools
import json
import types
from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from http_tools import Answer
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.client import Client, ClientBuilder
from huaweicloudsdkcore.exceptions.exceptions import (
    ClientRequestException,
    SdkException,
    ServerResponseException,
)
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.sdk_response import SdkResponse
from huaweicloudsdkcore.signer.signer import Signer
from maas_tools import (
    AGREEMENT,
    API_KEY,
    CHINA_PROJECT,
    OTHER_PROJECT,
    PROJECT,
    Keys,
    MaasApi,
    base,
    body,
    password_body,
)

from simulator.client import Simulator

SERVICE = "5a1f0c52-0000-4000-8000-000000000001"
# The library remembers projects by access key for as long as the process lives.
NUMBERS = itertools.count(1)


@pytest.fixture
def live(maas_process: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[MaasApi]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    maas_process.reset()
    api = MaasApi(maas_process)
    yield api
    api.close()
    assert maas_process.bugs() == []


@pytest.fixture
def keys(live: MaasApi) -> Keys:
    number = next(NUMBERS)
    result = Keys(f"MAASSDKAK{number:08d}", f"sdkSecretKey{number:08d}")
    row = {"secret": result.sk, "user": "simulator-user"}
    live.sim.knobs("maas", access_keys={result.ak: row})
    return result


def test_the_version_that_was_asked_for() -> None:
    assert importlib.metadata.version("huaweicloudsdkcore") == "3.1.219"


# The signer with plain HTTP.


class Plain:
    """Signs with the time the signer takes by itself, and sends."""

    def __init__(self, api: MaasApi, keys: Keys) -> None:
        self._api = api
        self._keys = keys

    def __call__(
        self,
        method: str,
        path: str,
        sent: Any = None,
        query: list[tuple[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        request = SdkRequest(
            method=method,
            schema="http",
            host=self._api.host,
            resource_path=path,
            uri=path,
            query_params=query or [],
            header_params={"Content-Type": "application/json", **(headers or {})},
            body=b"" if sent is None else json.dumps(sent, ensure_ascii=False).encode(),
        )
        signed = Signer(self._keys).sign(request)
        return self._api.send(method, signed.uri, signed.body, signed.header_params)


def test_every_operation_with_the_signer(live: MaasApi, keys: Keys) -> None:
    plain, china = Plain(live, keys), base(CHINA_PROJECT)
    answer = plain("GET", "/v3/projects", query=[("name", "ap-southeast-1")])
    assert answer.json["projects"][0]["id"] == PROJECT
    sent = body(remark="描述 é", rpm=60)
    identifier = plain("POST", f"{base()}/endpoint", sent).json["id"]
    path = f"{base()}/endpoint/{identifier}"
    edit = {"remark": "é", "moderation": False, "agreement_id": AGREEMENT}
    answer = plain("PUT", path, edit, headers={"X-Project-Id": PROJECT})
    assert (answer.status, answer.body) == (200, b"1")
    for action in ("deactivate", "activate"):
        answer = plain("PUT", f"{base()}/control/{identifier}", {"action": action})
        assert (answer.status, answer.body) == (204, b"")
    page = plain("GET", f"{base()}/endpoint", query=[("offset", 0), ("limit", 100)]).json
    assert [(i["id"], i["remark"], i["moderation"]) for i in page["items"]] == [
        (identifier, "é", False)
    ]
    agreements = f"/v1/{PROJECT}/maas/compliance/agreements"
    answer = plain("GET", agreements, query=[("lang", "zh"), ("ignored", "描述 é/+*~")])
    assert answer.json["agreement_id"] == AGREEMENT
    assert plain("GET", f"{china}/regions").json["region_items"][0]["region_id"] == "cn-southwest-2"
    workspaces = f"/v1/{CHINA_PROJECT}/maas/services/workspace/cn-southwest-2"
    assert plain("GET", workspaces).json["workspaces"][0]["id"] == "0"
    services = plain("GET", f"{china}/services/cn-southwest-2", query=[("workspace_id", 0)])
    assert services.json["data"][0]["id"] == SERVICE
    assert plain("DELETE", path).status == 204
    assert plain("DELETE", path).status == 404
    assert live.sim.state("maas")["keys"][keys.ak]["bad"] == 0
    assert all(r.notes["auth"]["right"] for r in live.sim.requests())


@pytest.mark.parametrize("name", ["端点", "a b", "a%2Fb", "a+b", "~", "ü?x"])
def test_odd_ids_with_the_signer(live: MaasApi, keys: Keys, name: str) -> None:
    request = SdkRequest(
        method="DELETE",
        schema="http",
        host=live.host,
        resource_path=f"{base()}/endpoint/{quote(name, safe='')}",
        query_params=[],
        header_params={},
        body=b"",
    )
    signed = Signer(keys).sign(request)
    answer = live.send("DELETE", signed.uri, None, signed.header_params)
    assert (answer.status, answer.json["error_code"]) == (404, "ModelArts.6291")
    assert live.sim.requests()[-1].target == name


def test_a_wrong_secret_with_the_signer(live: MaasApi, keys: Keys) -> None:
    answer = Plain(live, Keys(keys.ak, "wrong"))("GET", f"{base()}/endpoint")
    assert (answer.status, answer.json["error_code"]) == (401, "APIGW.0301")


# The full client.


class Plainly(SdkResponse):  # type: ignore[misc]
    """No members: tests look at the raw content."""

    openapi_types: ClassVar[dict[str, str]] = {}
    attribute_map: ClassVar[dict[str, str]] = {}


class Row:
    openapi_types: ClassVar[dict[str, str]] = {
        "id": "str",
        "endpoint_name": "str",
        "remark": "str",
        "rpm": "int",
        "tpm": "int",
        "moderation": "bool",
        "status": "str",
    }
    attribute_map: ClassVar[dict[str, str]] = {name: name for name in openapi_types}

    def __init__(self, **members: Any) -> None:
        self.members = members


class Listed(SdkResponse):  # type: ignore[misc]
    openapi_types: ClassVar[dict[str, str]] = {
        "total": "int",
        "count": "str",
        "quantity_limit": "int",
        "items": "list[Row]",
    }
    attribute_map: ClassVar[dict[str, str]] = {name: name for name in openapi_types}

    def __init__(self, total: Any, count: Any, quantity_limit: Any, items: Any) -> None:
        super().__init__()
        self.total = total
        self.count = count
        self.quantity_limit = quantity_limit
        self.items = items


class TokenReply(SdkResponse):  # type: ignore[misc]
    openapi_types: ClassVar[dict[str, str]] = {"token": "object", "subject_token": "str"}
    attribute_map: ClassVar[dict[str, str]] = {
        "token": "token",
        "subject_token": "X-Subject-Token",
    }

    def __init__(self, token: Any = None, subject_token: Any = None) -> None:
        super().__init__()
        self.token = token
        self.subject_token = subject_token


class Full:
    """The full client; a project id keeps it from asking IAM."""

    def __init__(
        self,
        api: MaasApi,
        keys: Keys,
        project: str | None = None,
        region: str = "ap-southeast-1",
        security_token: str | None = None,
    ) -> None:
        credentials = BasicCredentials(keys.ak, keys.sk, project).with_iam_endpoint(api.url)
        if security_token is not None:
            credentials.with_security_token(security_token)
        builder = ClientBuilder(Client).with_credentials(credentials)
        if project is None:
            builder.with_region(Region(region, api.url))
        else:
            builder.with_endpoint(api.url)
        self.client: Any = builder.build()
        self.client.model_package = types.SimpleNamespace(
            Plainly=Plainly, Row=Row, Listed=Listed, TokenReply=TokenReply
        )

    def __call__(self, method: str, path: str, **more: Any) -> Any:
        whole = path
        if not path.startswith("/"):
            whole = f"/v1/{{project_id}}/maas/services/custom-endpoint/{path}"
        more.setdefault("response_type", "Plainly")
        return self.client.do_http_request(method, whole, **more)


def test_every_operation_with_the_full_client(live: MaasApi, keys: Keys) -> None:
    full = Full(live, keys)
    created = full("POST", "endpoint", body=body(remark="描述 é"))
    assert created.status_code == 200
    identifier = json.loads(created.raw_content)["id"]
    named = {"endpoint_id": identifier}
    edit = {"endpoint_name": "demo", "remark": "x", "rpm": 7, "tpm": 0}
    edit |= {"moderation": False, "agreement_id": AGREEMENT}
    edited = full("PUT", "endpoint/{endpoint_id}", path_params=named, body=edit)
    assert (edited.status_code, edited.raw_content) == (200, b"1")
    for action in ("activate", "deactivate"):
        sent = {"action": action}
        changed = full("PUT", "control/{endpoint_id}", path_params=named, body=sent)
        assert (changed.status_code, changed.raw_content) == (204, b"")
    listed = full("GET", "endpoint", response_type="Listed")
    assert (listed.total, listed.count, listed.quantity_limit) == (1, "1", 10)
    assert [row.members for row in listed.items] == [
        {
            "id": identifier,
            "endpoint_name": "demo",
            "remark": "x",
            "rpm": 7,
            "tpm": None,
            "moderation": False,
            "status": "suspended",
        }
    ]
    deleted = full("DELETE", "endpoint/{endpoint_id}", path_params=named)
    assert (deleted.status_code, deleted.raw_content) == (204, b"")
    assert [(r.operation, r.notes["auth"]["signed_headers"]) for r in live.sim.requests()] == [
        ("iam.projects", ["host", "user-agent", "x-sdk-date"]),
        *[
            (name, ["content-type", "host", "user-agent", "x-project-id", "x-sdk-date"])
            for name in (
                "endpoint.create",
                "endpoint.edit",
                "endpoint.control",
                "endpoint.control",
                "endpoint.list",
                "endpoint.delete",
            )
        ],
    ]
    assert live.sim.requests()[0].target == "ap-southeast-1"
    assert live.sim.state("maas")["keys"][keys.ak]["bad"] == 0


def test_the_look_ups_with_the_full_client(live: MaasApi, keys: Keys) -> None:
    full = Full(live, keys, region="cn-southwest-2")
    agreements = "/v1/{project_id}/maas/compliance/agreements"
    workspaces = "/v1/{project_id}/maas/services/workspace/cn-southwest-2"
    for path, query, name in (
        (agreements, [("lang", "zh")], "agreement_data"),
        ("regions", None, "region_items"),
        (workspaces, None, "workspaces"),
        ("services/cn-southwest-2", [("workspace_id", "0")], "data"),
    ):
        answer = full("GET", path, query_params=query)
        assert answer.status_code == 200
        assert json.loads(answer.raw_content)[name]
    assert {r.path.split("/")[2] for r in live.sim.requests()[1:]} == {CHINA_PROJECT}


def test_a_modelarts_endpoint_with_the_full_client(live: MaasApi, keys: Keys) -> None:
    full = Full(live, keys, project=CHINA_PROJECT)
    sent = {"endpoint_name": "端点", "source": "custom_from_modelarts_v2"}
    sent |= {"region": "cn-southwest-2", "infer_service_id": SERVICE}
    full("POST", "endpoint", body=sent)
    (row,) = full("GET", "endpoint", response_type="Listed").items
    assert row.members["endpoint_name"] == "端点"
    assert [r.operation for r in live.sim.requests()] == ["endpoint.create", "endpoint.list"]


def test_tokens_with_the_full_client(live: MaasApi, keys: Keys) -> None:
    full = Full(live, keys, project=PROJECT)
    answer = full(
        "POST",
        "/v3/auth/tokens",
        query_params=[("nocatalog", "true")],
        body=password_body(),
        response_type="TokenReply",
        response_headers=["X-Subject-Token"],
    )
    assert (answer.status_code, answer.token["project"]["id"]) == (201, PROJECT)
    with_token = {"X-Auth-Token": answer.subject_token, "Authorization": ""}
    listed = full("GET", "endpoint", header_params=with_token, response_type="Listed")
    assert listed.total == 0
    assert live.sim.requests()[-1].notes["auth"] == {"method": "token", "known": True}


def test_the_inference_plane_with_the_full_client(live: MaasApi, keys: Keys) -> None:
    full = Full(live, keys, project=PROJECT)
    full("POST", "endpoint", body=body())
    bearer = {"Authorization": f"Bearer {API_KEY}"}
    models = json.loads(full("GET", "/v2/models", header_params=bearer).raw_content)
    assert models["data"][0]["id"] == "DeepSeek-V3"
    sent = {"model": "demo", "messages": [{"role": "user", "content": "hello"}]}
    chat = full("POST", "/v1/chat/completions", header_params=dict(bearer), body=sent)
    choice = json.loads(chat.raw_content)["choices"][0]
    assert choice["message"]["content"] == "demo says: hello"


def test_temporary_keys_with_the_full_client(live: MaasApi, keys: Keys) -> None:
    row = {"secret": keys.sk, "user": "simulator-user", "security_token": "SECURITY"}
    live.sim.knobs("maas", access_keys={keys.ak: row})
    full = Full(live, keys, security_token="SECURITY")
    assert full("GET", "endpoint", response_type="Listed").total == 0
    signed = live.sim.requests()[-1].notes["auth"]["signed_headers"]
    assert "x-security-token" in signed
    with pytest.raises(ClientRequestException) as caught:
        Full(live, keys, PROJECT, security_token="OTHER")("GET", "endpoint")
    assert (caught.value.status_code, caught.value.error_code) == (401, "APIGW.0301")


# Errors and odd shapes, as the full client sees them.


def refusal(full: Full, method: str, path: str, **more: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientRequestException) as caught:
        full(method, path, **more)
    assert caught.value.request_id is not None and len(caught.value.request_id) == 32
    return caught.value.status_code, caught.value.error_code, caught.value.error_msg


def test_errors_with_the_full_client(live: MaasApi, keys: Keys) -> None:
    full = Full(live, keys, project=PROJECT)
    gone = "CustomEndpointNotFound"
    assert refusal(full, "PUT", "endpoint/x", body={}) == (400, "ModelArts.6291", gone)
    assert refusal(full, "DELETE", "endpoint/x") == (404, "ModelArts.6291", gone)
    required = "CreateCustomEndpointReq.endpoint_name is a required field"
    assert refusal(full, "POST", "endpoint", body={}) == (400, "ModelArts.0104", required)
    live.sim.fault("maas", "endpoint.list", status=429, code="0308")
    with pytest.raises(ClientRequestException, match="too many 429 error responses"):
        full("GET", "endpoint")
    live.sim.fault("maas", "endpoint.list", status=503, code="0203")
    with pytest.raises(ServerResponseException) as caught:
        full("GET", "endpoint")
    assert (caught.value.status_code, caught.value.error_code) == (503, "APIGW.0203")
    wrong = Full(live, Keys(keys.ak, "wrong"), project=PROJECT)
    text = "Incorrect IAM authentication information: verify aksk signature fail"
    assert refusal(wrong, "GET", "endpoint") == (401, "APIGW.0301", text)
    other = Full(live, keys, project=OTHER_PROJECT)
    assert refusal(other, "GET", "endpoint")[:2] == (403, "APIGW.0303")


@pytest.mark.parametrize("shape", ["snake", "camel", "plain"])
def test_error_shapes_with_the_full_client(live: MaasApi, keys: Keys, shape: str) -> None:
    live.sim.knobs("maas", error_shape=shape)
    full = Full(live, keys, project=PROJECT)
    gone = "CustomEndpointNotFound"
    assert refusal(full, "DELETE", "endpoint/x") == (404, "ModelArts.6291", gone)


def test_a_bare_number_breaks_a_generic_call(live: MaasApi, keys: Keys) -> None:
    """Which is why callers of this library name a response class."""
    full = Full(live, keys, project=PROJECT)
    identifier = json.loads(full("POST", "endpoint", body=body()).raw_content)["id"]
    with pytest.raises(AttributeError):
        full("PUT", f"endpoint/{identifier}", body={"rpm": 1}, response_type="object")
    for shape, content in (("string", b'"1"'), ("empty", b"")):
        live.sim.knobs("maas", edit_answer=shape)
        answer = full("PUT", f"endpoint/{identifier}", body={"rpm": 2})
        assert (answer.status_code, answer.raw_content) == (200, content)


def test_projects_that_are_missing_or_too_many(live: MaasApi, keys: Keys) -> None:
    with pytest.raises(SdkException, match="Failed to get project id of region 'eu-west-0'"):
        Full(live, keys, region="eu-west-0")
    second = {"account": "simulator-account", "name": "ap-southeast-1"}
    live.sim.knobs("maas", projects={"9" * 32: second})
    with pytest.raises(SdkException, match="Multiple project ids found"):
        Full(live, keys)
