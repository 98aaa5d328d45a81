"""IAM, tokens, projects, rights, and requests that nobody serves."""

from __future__ import annotations

from typing import Any

import pytest
from maas_tools import (
    API_KEY,
    CHINA_PROJECT,
    JSON_HEADERS,
    KEYS,
    NOBODY,
    OTHER,
    OTHER_PROJECT,
    OTHER_TOKEN,
    PROJECT,
    TOKEN,
    MaasApi,
    base,
    code_of,
    error_of,
    password_body,
)

IAM_TEXT = "Incorrect IAM authentication information: "
LIST = f"{base()}/endpoint"
WRONG_PROJECT = (403, "APIGW.0303", "The project does not match the credential")


def token_of(maas: MaasApi, sent: Any = None) -> str:
    answer = maas.new_token(sent or password_body())
    assert answer.status == 201, answer.body
    return answer.headers["X-Subject-Token"]


def keystone(status: int, title: str, message: str) -> Any:
    return {"error": {"code": status, "message": message, "title": title}}


# Getting a token.


def test_a_token_by_password(maas: MaasApi) -> None:
    answer = maas.new_token(password_body())
    assert answer.status == 201
    assert len(answer.headers["X-Subject-Token"]) == 4000
    token = answer.json["token"]
    assert (token["expires_at"], token["issued_at"]) == (
        "2026-02-27T08:00:00.000000Z",
        "2026-02-26T08:00:00.000000Z",
    )
    assert token["methods"] == ["password"]
    assert token["user"]["name"] == "simulator-user"
    assert (token["project"]["id"], token["project"]["name"]) == (PROJECT, "ap-southeast-1")
    assert token["project"]["domain"]["name"] == "simulator-account"
    assert "catalog" not in token
    assert maas("GET", LIST, token=answer.headers["X-Subject-Token"]).status == 200


def test_the_catalog_comes_unless_it_is_declined(maas: MaasApi) -> None:
    for query, there in (("", True), ("?nocatalog=", True), ("?nocatalog=x", False)):
        assert ("catalog" in maas.new_token(password_body(), query).json["token"]) is there


def test_a_token_by_access_key(maas: MaasApi) -> None:
    sent: Any = {
        "auth": {
            "identity": {
                "methods": ["hw_ak_sk"],
                "hw_ak_sk": {"access": {"key": KEYS.ak}, "secret": {"key": KEYS.sk}},
            },
            "scope": {"project": {"id": CHINA_PROJECT}},
        }
    }
    token = token_of(maas, sent)
    assert maas("GET", f"{base(CHINA_PROJECT)}/endpoint", token=token).status == 200
    assert maas.sim.requests()[0].target == KEYS.ak
    sent["auth"]["identity"]["hw_ak_sk"]["secret"]["key"] = "wrong"
    answer = maas.new_token(sent)
    wanted = keystone(401, "Unauthorized", "The access key or secret key is wrong.")
    assert (answer.status, answer.json) == (401, wanted)


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "x"},
        {"user": "nobody"},
        {"account": "other-account"},
        {"user": "other-user", "password": "simulator-password"},
    ],
)
def test_wrong_passwords(maas: MaasApi, wrong: dict[str, str]) -> None:
    answer = maas.new_token(password_body(**wrong))
    wanted = keystone(401, "Unauthorized", "The username or password is wrong.")
    assert (answer.status, answer.json) == (401, wanted)
    assert "X-Subject-Token" not in answer.headers


def test_a_huawei_id_gets_no_token(maas: MaasApi) -> None:
    user = {"account": "simulator-account", "password": "p", "huawei_id": True}
    maas.sim.knobs("maas", users={"me@example.com": user})
    assert maas.new_token(password_body("me@example.com", "p")).status == 401


@pytest.mark.parametrize(
    "sent",
    [
        b"{",
        b"[]",
        b'"auth"',
        {"auth": {}},
        {"auth": {"identity": {"methods": []}}},
        {"auth": {"identity": {"methods": ["password"]}}},
        {"auth": {"identity": {"methods": ["hw_ak_sk"], "hw_ak_sk": {"access": {"key": []}}}}},
    ],
)
def test_misformed_requests_for_tokens(maas: MaasApi, sent: Any) -> None:
    answer = maas.new_token(sent)
    assert (answer.status, answer.json["error"]["title"]) == (400, "Bad Request")


def test_scopes(maas: MaasApi) -> None:
    assert maas.new_token(password_body(scope={"name": "eu-west-0"})).status == 400
    assert maas.new_token(password_body(scope={"id": OTHER_PROJECT})).status == 400
    unscoped = password_body()
    del unscoped["auth"]["scope"]
    answer = maas.new_token(unscoped)
    assert answer.json["token"]["domain"]["name"] == "simulator-account"
    token = answer.headers["X-Subject-Token"]
    assert error_of(maas("GET", LIST, token=token)) == WRONG_PROJECT


# How long tokens live.


def test_tokens_end_after_a_day_of_simulated_time(maas: MaasApi) -> None:
    token = token_of(maas)
    maas.sim.advance(86399)
    second = token_of(maas)
    assert maas("GET", LIST, token=token).status == 200
    maas.sim.advance(1)
    answer = maas("GET", LIST, token=token)
    assert error_of(answer) == (401, "APIGW.0301", IAM_TEXT + "token expires")
    assert maas("GET", LIST, token=second).status == 200
    assert maas("GET", LIST, token=TOKEN).status == 200


def test_token_lifetime_uses_and_end_are_settable(maas: MaasApi) -> None:
    maas.sim.knobs("maas", token_seconds=60, token_chars=20)
    token = token_of(maas)
    assert len(token) == 20
    maas.sim.advance(60)
    assert maas("GET", LIST, token=token).status == 401
    maas.sim.knobs("maas", token_seconds=3600, token_uses=2)
    token = token_of(maas)
    statuses = [maas("GET", LIST, token=token).status for _ in range(3)]
    assert statuses == [200, 200, 401]
    maas.sim.knobs("maas", token_uses=0)
    assert maas("GET", LIST, token=token).status == 200
    assert maas.sim.call("maas", "end_tokens") == 2
    answer = maas("GET", LIST, token=token)
    assert error_of(answer) == (401, "APIGW.0301", IAM_TEXT + "token expires")


def test_fixed_tokens_may_have_an_end(maas: MaasApi) -> None:
    row = {"user": "simulator-user", "project": PROJECT, "expires_at": maas.sim.now() + 5}
    maas.sim.knobs("maas", tokens={"short": row, TOKEN: None})
    assert maas("GET", LIST, token="short").status == 200
    maas.sim.advance(5)
    assert error_of(maas("GET", LIST, token="short"))[2] == IAM_TEXT + "token expires"
    assert error_of(maas("GET", LIST, token=TOKEN))[2] == IAM_TEXT + "decrypt token fail"


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("401", (401, "APIGW.0301", IAM_TEXT + "decrypt token fail")),
        ("0307", (401, "APIGW.0307", "The token must be updated.")),
        ("400", (400, "ModelArts.0104", "Invalid token.")),
        ("404", (404, "ModelArts.0104", "Invalid token.")),
    ],
)
def test_ways_to_refuse_a_token(maas: MaasApi, kind: str, wanted: Any) -> None:
    maas.sim.knobs("maas", token_refusal=kind)
    for method, path in (("GET", LIST), ("DELETE", f"{LIST}/{NOBODY}")):
        assert error_of(maas(method, path, token="stale")) == wanted


def test_no_credential_or_one_of_another_kind(maas: MaasApi) -> None:
    missing = (401, "APIGW.0301", IAM_TEXT + "x-auth-token not found")
    assert error_of(maas("GET", LIST, token=None)) == missing
    bearer = {"Authorization": f"Bearer {API_KEY}"}
    assert error_of(maas.send("GET", LIST, None, bearer)) == missing
    for text in (API_KEY, KEYS.ak, ""):
        assert error_of(maas("GET", LIST, token=text))[2] == IAM_TEXT + "decrypt token fail"


# Projects.


def test_projects_by_name(maas: MaasApi) -> None:
    answer = maas.signed("GET", "/v3/projects", query=[("name", "ap-southeast-1")])
    assert answer.status == 200
    (row,) = answer.json["projects"]
    assert (row["id"], row["name"], row["enabled"]) == (PROJECT, "ap-southeast-1", True)
    assert maas.sim.requests()[-1].target == "ap-southeast-1"
    assert answer.headers["X-IAM-Trace-Id"] == answer.headers["X-Request-Id"]
    (row,) = maas.signed("GET", "/v3/projects", keys=OTHER).json["projects"]
    assert row["id"] == OTHER_PROJECT
    assert maas("GET", "/v3/projects?name=nowhere").json["projects"] == []
    assert len(maas("GET", "/v3/projects").json["projects"]) == 2


def test_two_projects_of_one_name(maas: MaasApi) -> None:
    second = {"account": "simulator-account", "name": "ap-southeast-1", "enabled": False}
    maas.sim.knobs("maas", projects={"9" * 32: second})
    rows = maas("GET", "/v3/projects?name=ap-southeast-1").json["projects"]
    assert [(row["id"], row["enabled"]) for row in rows] == [(PROJECT, True), ("9" * 32, False)]


def test_projects_need_a_credential_and_the_right(maas: MaasApi) -> None:
    assert code_of(maas("GET", "/v3/projects", token=None)) == (401, "APIGW.0301")
    answer = maas("GET", "/v3/projects", token="stale")
    text = "The request you have made requires authentication."
    assert (answer.status, answer.json) == (401, keystone(401, "Unauthorized", text))
    deny(maas, {"iam.projects": "policy"})
    answer = maas("GET", "/v3/projects")
    text = "Policy doesn't allow iam:projects:listProjects to be performed."
    assert (answer.status, answer.json) == (403, keystone(403, "Forbidden", text))


def test_the_project_in_the_path_must_be_the_credentials(maas: MaasApi) -> None:
    for project in (CHINA_PROJECT, OTHER_PROJECT, "0" * 32, "%7Bproject_id%7D"):
        assert error_of(maas("GET", f"{base(project)}/endpoint")) == WRONG_PROJECT
    path = f"/v1/{OTHER_PROJECT}/maas/compliance/agreements?lang=en"
    assert error_of(maas("GET", path)) == WRONG_PROJECT
    assert maas("GET", path, token=OTHER_TOKEN).status == 200
    for project, status in ((PROJECT, 200), (CHINA_PROJECT, 200), (OTHER_PROJECT, 403)):
        assert maas.signed("GET", f"{base(project)}/endpoint").status == status


def test_a_project_header_must_agree_with_the_path(maas: MaasApi) -> None:
    for project, status in ((PROJECT, 200), (CHINA_PROJECT, 403)):
        assert maas.signed("GET", LIST, headers={"X-Project-Id": project}).status == status


def deny(maas: MaasApi, denied: dict[str, str]) -> None:
    user = {"account": "simulator-account", "password": "simulator-password", "denied": denied}
    maas.sim.knobs("maas", users={"simulator-user": user})


def test_denied_operations(maas: MaasApi) -> None:
    deny(maas, {"endpoint.create": "policy", "endpoint.delete": "8503"})
    text = "Policy doesn't allow modelarts:service:create to be performed."
    assert error_of(maas.create()) == (403, "APIGW.0303", text)
    wanted = (401, "ModelArts.8503", "No permission for ModelArts custom endpoints.")
    assert error_of(maas.delete(NOBODY)) == wanted
    assert maas.names() == []


# The gateway.


def test_request_ids(maas: MaasApi) -> None:
    first, second = maas("GET", LIST), maas("GET", LIST, token="stale")
    assert first.headers["X-Request-Id"] == f"{1:032x}"
    assert second.headers["X-Request-Id"] == f"{2:032x}"
    assert second.json["request_id"] == f"{2:032x}"
    assert "request_id" not in maas.delete(NOBODY).json


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", f"{LIST}/{NOBODY}"),
        ("PATCH", f"{LIST}/{NOBODY}"),
        ("GET", f"{base()}/workspace/cn-southwest-2"),
        ("GET", "/openai/v1/models"),
        ("GET", "/v2/models/"),
    ],
)
def test_unpublished_apis(maas: MaasApi, method: str, path: str) -> None:
    answer = maas(method, path)
    text = "The API does not exist or has not been published in the environment"
    assert error_of(answer) == (404, "APIGW.0101", f"{text}: {method} {path}")
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_operations_and_targets_in_the_record(maas: MaasApi) -> None:
    maas.new_token(password_body())
    identifier = maas.made()
    maas.edit(identifier, remark="x")
    maas.act(identifier, "deactivate")
    maas.listed()
    maas.delete(identifier)
    assert [(r.operation, r.target) for r in maas.sim.requests()] == [
        ("iam.token", "simulator-user"),
        ("endpoint.create", "demo"),
        ("endpoint.edit", identifier),
        ("endpoint.control", identifier),
        ("endpoint.list", PROJECT),
        ("endpoint.delete", identifier),
    ]


def test_headers_are_json_by_default(maas: MaasApi) -> None:
    answer = maas.send("GET", LIST, None, {**JSON_HEADERS, "x-auth-token": TOKEN})
    assert answer.headers["Content-Type"] == "application/json"
