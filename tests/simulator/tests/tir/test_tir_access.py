"""Who may call, both layouts on one store, scopes, slashes, form of errors."""

from __future__ import annotations

from typing import Any

import pytest
from http_tools import ask, connect
from tir_tools import BODY, TirApi, body, envelope_of

from simulator.client import Simulator
from simulator.tir.sample import KEY, LEGACY, MOUNT, NONE, READ, TOKEN

pytest_plugins = ("tir_fixtures",)

ITEM = "serving/inference/3001/"
COLLECTION = "serving/inference/"
BAD_TOKEN = "Invalid or expired token"
BAD_KEY = "Invalid or expired API key"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"token": None}, BAD_TOKEN),
        ({"token": "wrong"}, BAD_TOKEN),
        ({"key": None}, BAD_KEY),
        ({"key": "wrong"}, BAD_KEY),
    ],
)
@pytest.mark.parametrize("path", [COLLECTION, "integrations/"])
def test_both_secrets_are_needed(tir: TirApi, more: Any, message: str, path: str) -> None:
    for answer in (tir.legacy("GET", path, **more), tir.service("GET", path, **more)):
        assert envelope_of(answer) == (401, 401, message)
        assert (answer.json["data"], answer.json["errors"]) == ({}, {})


def test_the_token_is_a_bearer(tir: TirApi) -> None:
    connection = connect(tir.url)
    path = f"{LEGACY}/{COLLECTION}?apikey={KEY}"
    answer = ask(connection, "GET", path, headers={"Authorization": f"Token {TOKEN}"})
    connection.close()
    assert envelope_of(answer) == (401, 401, BAD_TOKEN)


def test_rights(tir: TirApi) -> None:
    text = "You do not have permission to perform this action."
    assert tir.legacy("GET", COLLECTION, token=READ).status == 200
    assert envelope_of(tir.create(token=READ)) == (403, 403, text)
    assert envelope_of(tir.legacy("GET", COLLECTION, token=NONE)) == (403, 403, text)
    assert tir.legacy("GET", COLLECTION).json["data"] == []


def test_one_store_behind_both_layouts(tir: TirApi) -> None:
    made = tir.service("POST", COLLECTION, BODY)
    assert (made.status, made.json["code"], made.json["message"]) == (201, 201, "Success")
    assert made.json["errors"] == {}
    assert made.json["data"]["id"] == 3001
    assert tir.get()["name"] == "demo"
    assert tir.made(body(name="two"))["id"] == 3002
    names = [row["name"] for row in tir.service("GET", COLLECTION).json["data"]]
    assert names == ["demo", "two"]
    assert tir.legacy("GET", COLLECTION).json == tir.service("GET", COLLECTION).json
    assert tir.service("PUT", ITEM, {"action": "stop"}).status == 200
    assert tir.status() == "stopped"
    assert tir.service("DELETE", ITEM).status == 200
    assert tir.read().status == 404


def test_any_prefix_before_the_mount(tir: TirApi) -> None:
    path = f"/some/proxy{MOUNT}/{COLLECTION}"
    answer = tir("GET", path, project_id="501", location="Delhi")
    assert (answer.status, answer.json["data"]) == (200, [])
    assert tir("GET", "/myaccount/api/v1/serving/inference/").status == 404


def test_projects_are_apart(tir: TirApi) -> None:
    tir.made()
    made = tir("POST", f"{MOUNT}/teams/7/projects/502/{COLLECTION}", BODY)
    assert made.json["data"]["id"] == 3002
    assert tir("GET", f"{MOUNT}/teams/7/projects/502/{ITEM}").status == 404
    other = tir("GET", f"{MOUNT}/teams/7/projects/502/serving/inference/3002/").json["data"]
    assert (other["id"], other["name"]) == (3002, "demo")


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ({"project_id": None}, {"project_id": ["A valid integer is required."]}),
        ({"project_id": "x5"}, {"project_id": ["A valid integer is required."]}),
        ({"location": None}, {"location": ["This field is required."]}),
        ({"location": "Pune"}, {"location": ['"Pune" is not a valid choice.']}),
        ({"active_iam": "me"}, {"active_iam": ["A valid integer is required."]}),
    ],
)
def test_the_service_layout_needs_its_query(tir: TirApi, query: Any, errors: Any) -> None:
    answer = tir.service("GET", COLLECTION, **query)
    assert (answer.status, answer.json["code"], answer.json["errors"]) == (400, 400, errors)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (f"{MOUNT}/teams/9/projects/501/{COLLECTION}", "Team not found"),
        (f"{MOUNT}/teams/7/projects/601/{COLLECTION}", "Project not found"),
        (f"{MOUNT}/teams/7/projects/x/{COLLECTION}", "Project not found"),
        (f"{LEGACY}/{ITEM}", "Inference not found"),
        (f"{LEGACY}/serving/inference/abc/", "Inference not found"),
    ],
)
def test_what_is_not_there(tir: TirApi, path: str, message: str) -> None:
    answer = tir("GET", path)
    assert envelope_of(answer) == (404, 404, message)
    assert (answer.json["data"], answer.json["errors"]) == ({}, {})


def test_an_unknown_project_of_the_service_layout(tir: TirApi) -> None:
    answer = tir.service("GET", COLLECTION, project_id="777")
    assert envelope_of(answer) == (404, 404, "Project not found")


def test_active_iam_is_optional(tir: TirApi) -> None:
    assert tir.legacy("GET", COLLECTION, active_iam="88").status == 200
    refused = tir.legacy("GET", COLLECTION, active_iam="99")
    assert envelope_of(refused) == (403, 403, "You do not have access to this account.")
    tir.sim.knobs("tir", require_active_iam=True)
    assert tir.legacy("GET", COLLECTION).json["errors"] == {
        "active_iam": ["This field is required."]
    }
    assert tir("GET", f"{MOUNT}/users/iam-accounts/").status == 200


def test_an_endpoint_belongs_to_one_location(tir: TirApi) -> None:
    tir.made(body(location="Chennai"), location="Chennai")
    assert tir.read().status == 404
    assert tir.legacy("GET", ITEM, location="Chennai").json["data"]["location"] == "Chennai"
    assert tir.legacy("GET", ITEM, location=None).status == 200
    assert tir.legacy("GET", COLLECTION).json["data"] == []
    tir.sim.knobs("tir", check_location=False)
    assert tir.get()["location"] == "Chennai"


def test_a_layout_that_is_gone(tir: TirApi) -> None:
    text = "This API is no longer available"
    tir.sim.knobs("tir", layouts={"legacy": False})
    assert envelope_of(tir.legacy("GET", COLLECTION)) == (404, 404, text)
    assert tir.service("GET", COLLECTION).status == 200
    tir.sim.knobs("tir", layouts={"legacy": True, "service": False}, dead_layout_status=410)
    assert envelope_of(tir.service("GET", COLLECTION)) == (410, 410, text)
    assert tir.legacy("GET", COLLECTION).status == 200


def test_a_missing_final_slash(tir: TirApi) -> None:
    path = f"{LEGACY}/serving/inference"
    moved = tir("POST", path, BODY, location="Delhi")
    assert moved.status == 301
    assert moved.headers["Location"] == f"{path}/?apikey={KEY}&location=Delhi"
    tir.sim.knobs("tir", missing_slash="not_found")
    assert tir("POST", path, BODY).status == 404
    assert tir.legacy("GET", COLLECTION).json["data"] == []
    tir.sim.knobs("tir", missing_slash="accept")
    assert tir("POST", path, BODY).status == 201


def test_unknown_paths_and_methods(tir: TirApi) -> None:
    assert tir.legacy("GET", "serving/other/").status == 404
    assert tir.legacy("POST", ITEM, {}).status == 405
    assert tir("POST", f"{MOUNT}/teams/", {}).status == 405


def test_the_media_type(tir: TirApi) -> None:
    connection = connect(tir.url)
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "text/plain"}
    path = f"{LEGACY}/{COLLECTION}?apikey={KEY}"
    assert ask(connection, "POST", path, BODY, headers).status == 415
    headers["Content-Type"] = "application/json; charset=utf-8"
    assert ask(connection, "POST", path, BODY, headers).status == 201
    tir.sim.knobs("tir", require_content_type=False)
    del headers["Content-Type"]
    assert ask(connection, "POST", path, body(name="two"), headers).status == 201
    connection.close()


def test_the_short_form_of_errors(tir: TirApi) -> None:
    tir.sim.knobs("tir", detail_form="auth")
    assert tir.legacy("GET", COLLECTION, token="x").json == {"detail": BAD_TOKEN}
    assert tir.read().json["message"] == "Inference not found"
    tir.sim.knobs("tir", detail_form="all")
    answer = tir.read()
    assert (answer.status, answer.json) == (404, {"detail": "Inference not found"})


def test_failures_with_status_200(tir: TirApi) -> None:
    tir.sim.knobs("tir", errors_as_200=True)
    assert envelope_of(tir.read()) == (200, 404, "Inference not found")
    assert envelope_of(tir.create(body(name="Bad"))) == (200, 400, "Validation failed")
    assert tir.legacy("GET", COLLECTION, token="x").status == 401


def test_nested_errors(tir: TirApi) -> None:
    sent = body({"detailed_info": {"hugging_face_id": ""}})
    required = ["This field is required."]
    assert tir.create(sent).json["errors"] == {"detailed_info.hugging_face_id": required}
    tir.sim.knobs("tir", nested_errors=True)
    assert tir.create(sent).json["errors"] == {"detailed_info": {"hugging_face_id": required}}


def test_rate_limit_headers(tir: TirApi) -> None:
    headers = tir.legacy("GET", COLLECTION).headers
    assert {name: headers[name] for name in headers if name.startswith("ratelimit")} == {
        "ratelimit-limit": "1200",
        "ratelimit-remaining": "1199",
        "ratelimit-reset": "1",
    }
    tir.sim.knobs("tir", ratelimit_headers=False)
    assert "ratelimit-limit" not in tir.legacy("GET", COLLECTION).headers


def test_the_record_has_the_query_without_the_key(tir: TirApi) -> None:
    tir.service("GET", COLLECTION, active_iam="88")
    (seen,) = tir.sim.requests(operation="endpoint.list")
    assert (seen.method, seen.path, seen.target) == ("GET", f"{MOUNT}/{COLLECTION}", "501")
    wanted = [["project_id", "501"], ["location", "Delhi"], ["active_iam", "88"]]
    assert seen.notes["parameters"] == wanted


def test_one_port_for_several_clouds() -> None:
    with Simulator("hf", "tir", one_port=True) as sim:
        api = TirApi(sim)
        assert api.made()["id"] == 3001
        assert api("GET", "/project/p-501/endpoint/is-3001/health", key=None).status == 503
        assert api("GET", "/api/whoami-v2").status == 401
        api.close()
        seen = [(entry.cloud, entry.operation) for entry in sim.requests()]
    assert seen == [("tir", "endpoint.create"), ("tir", "dataplane"), ("hf", "whoami")]


def test_knobs_of_who_and_where(tir: TirApi) -> None:
    tir.sim.knobs(
        "tir",
        tokens={"mine": {"api_key": "own", "rights": "write"}, TOKEN: None},
        iam_accounts=[5],
        locations=["Mumbai"],
    )
    assert envelope_of(tir.legacy("GET", COLLECTION)) == (401, 401, BAD_TOKEN)
    mine: Any = {"token": "mine", "key": "own", "active_iam": "5", "location": "Mumbai"}
    assert tir.create(body(location="Mumbai"), **mine).status == 201
    assert [row["id"] for row in tir.legacy("GET", COLLECTION, **mine).json["data"]] == [3001]
    assert tir.legacy("GET", COLLECTION, **{**mine, "location": "Delhi"}).status == 400
