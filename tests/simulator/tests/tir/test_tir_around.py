"""What is around endpoints: lists, plans, catalogue, look-ups, logs, workers, served models."""

from __future__ import annotations

from typing import Any

import pytest
from http_tools import Answer, ask, connect
from tir_tools import FIRST, TirApi, body, dumps, envelope_of, scaled

from simulator.tir.sample import AT_ONCE, MOUNT, TOKEN

pytest_plugins = ("tir_fixtures",)

COLLECTION = "serving/inference/"
SKU = f"{MOUNT}/gpu_service/sku/"


# Lists.


def names(tir: TirApi, **query: Any) -> list[str]:
    answer = tir.legacy("GET", COLLECTION, **query)
    assert answer.status == 200, answer.body
    return [row["name"] for row in answer.json["data"]]


@pytest.fixture
def five(tir: TirApi) -> TirApi:
    for number in range(5):
        tir.made(body(name=f"n{number}"))
    return tir


def test_a_list_has_whole_objects(five: TirApi) -> None:
    rows = five.legacy("GET", COLLECTION).json["data"]
    assert [row["id"] for row in rows] == [3001, 3002, 3003, 3004, 3005]
    assert rows[1] == five.get(3002)


def test_pages(five: TirApi) -> None:
    assert names(five, page_no=1, per_page=2) == ["n0", "n1"]
    assert names(five, page_no=3, per_page=2) == ["n4"]
    assert names(five, page_no=4, per_page=2) == []
    assert names(five, page_no=2) == []
    assert len(names(five)) == 5
    five.sim.knobs("tir", list_default_per_page=3, list_per_page_max=4)
    assert names(five) == ["n0", "n1", "n2"]
    assert names(five, page_no=2) == ["n3", "n4"]
    assert names(five, per_page=100) == ["n0", "n1", "n2", "n3"]


def test_beyond_the_last_page(five: TirApi) -> None:
    five.sim.knobs("tir", list_past_end="not_found")
    refused = five.legacy("GET", COLLECTION, page_no=3, per_page=3)
    assert envelope_of(refused) == (404, 404, "Page not found")
    assert names(five, page_no=2, per_page=3) == ["n3", "n4"]


def test_lists_without_pages(five: TirApi) -> None:
    five.sim.knobs("tir", list_paging=False)
    assert len(names(five, page_no=2, per_page=2)) == 5


@pytest.mark.parametrize("query", [{"page_no": "0"}, {"per_page": "x"}, {"page_no": "-1"}])
def test_bad_pages(tir: TirApi, query: Any) -> None:
    (name,) = query
    wanted = (400, 400, f"{name} must be a positive integer")
    assert envelope_of(tir.legacy("GET", COLLECTION, **query)) == wanted


# Plans and frameworks.


def test_plans(tir: TirApi) -> None:
    answer = tir("GET", SKU, service="inference_service", framework="vllm", location="Delhi")
    assert (answer.status, answer.json["code"]) == (200, 200)
    data = answer.json["data"]
    assert [row["name"] for row in data["CPU"]] == ["C3.4", "C3.8"]
    assert [row["name"] for row in data["GPU"]] == ["L4.1", "L4.2", "A100.1", "H200.1"]
    assert data["GPU"][0] == {
        "sku_id": 51,
        "name": "L4.1",
        "series": "L4",
        "sku_type": "GPU.L4",
        "cpu": "16",
        "gpu": "1",
        "memory": "110",
        "is_free": False,
        "is_inventory_available": True,
        "plans": [
            {
                "sku_item_price_id": 510,
                "sku_type": "hourly",
                "committed_days": 0,
                "unit_price": 49.0,
                "currency": "INR",
            },
            {
                "sku_item_price_id": 511,
                "sku_type": "hourly",
                "committed_days": 0,
                "unit_price": 0.6125,
                "currency": "USD",
            },
            {
                "sku_item_price_id": 512,
                "sku_type": "committed",
                "committed_days": 30,
                "unit_price": 29400.0,
                "currency": "INR",
            },
            {
                "sku_item_price_id": 513,
                "sku_type": "committed",
                "committed_days": 30,
                "unit_price": 367.5,
                "currency": "USD",
            },
        ],
    }
    assert data["CPU"][0]["gpu"] is None


def test_inventory_in_the_plans(tir: TirApi) -> None:
    def empty() -> list[str]:
        data = tir("GET", SKU, service="notebook").json["data"]
        rows = [*data["CPU"], *data["GPU"]]
        return [row["name"] for row in rows if not row["is_inventory_available"]]

    assert empty() == ["H200.1"]
    tir.sim.knobs("tir", sku_inventory={"H200.1": True, "C3.4": False})
    assert empty() == ["C3.4"]


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ({}, "service"),
        ({"service": "other"}, "service"),
        ({"service": "inference_service"}, "framework"),
        ({"service": "inference_service", "framework": "odd"}, "framework"),
        ({"service": "inference_service", "framework_version_id": "9"}, "framework_version_id"),
        (
            {"service": "inference_service", "framework": "vllm", "framework_version_id": "201"},
            "framework_version_id",
        ),
    ],
)
def test_refused_plans(tir: TirApi, query: Any, errors: str) -> None:
    answer = tir("GET", SKU, **query)
    assert (answer.status, list(answer.json["errors"])) == (400, [errors])


def test_plans_by_framework_version(tir: TirApi) -> None:
    query = {"service": "inference_service", "framework_version_id": "201"}
    assert tir("GET", SKU, **query).status == 200
    assert tir("GET", SKU, framework="triton", **query).status == 200


def test_framework_details(tir: TirApi) -> None:
    path = "serving/inference/framework-details/"
    rows = tir.service("GET", path, project_id=None, location=None).json["data"]
    assert rows == tir.legacy("GET", path).json["data"]
    assert len(rows) == 32
    (torch,) = [row for row in rows if row["framework"] == "pytorch"]
    assert torch == {
        "id": 12,
        "framework": "pytorch",
        "display_name": "TorchServe",
        "description": "Serves models with TorchServe",
        "container_name": "pytorch/torchserve:0.9.0",
        "is_managed_args": False,
        "versions": [
            {"id": 206, "version": "v0.9.0", "container_name": "pytorch/torchserve:0.9.0"},
            {"id": 207, "version": "v0.8.2", "container_name": "pytorch/torchserve:0.8.2"},
            {"id": 208, "version": "v0.8.1", "container_name": "pytorch/torchserve:0.8.1"},
        ],
    }
    every = [version["id"] for row in rows for version in row["versions"]]
    assert len(every) == len(set(every))


def test_other_keys_of_framework_details(tir: TirApi) -> None:
    tir.sim.knobs(
        "tir",
        framework_detail_keys={"framework": "name", "container_name": "image"},
        frameworks_offered=["vllm"],
    )
    (row,) = tir.legacy("GET", "serving/inference/framework-details/").json["data"]
    assert (row["id"], row["name"], row["image"]) == (16, "vllm", "vllm/vllm-openai:latest")
    assert "framework" not in row


# Teams, projects, accounts.


def test_teams_and_projects(tir: TirApi) -> None:
    teams = tir("GET", f"{MOUNT}/teams/").json["data"]
    assert teams == [
        {"team_id": 7, "team_name": "research"},
        {"team_id": 8, "team_name": "support"},
    ]
    assert tir("GET", f"{MOUNT}/teams/7/").json["data"] == teams[0]
    projects = tir("GET", f"{MOUNT}/teams/7/projects/").json["data"]
    assert projects == [
        {"project_id": 501, "project_name": "chat", "team_id": 7},
        {"project_id": 502, "project_name": "vision", "team_id": 7},
    ]
    assert tir("GET", f"{MOUNT}/teams/7/projects/502/").json["data"] == projects[1]
    assert tir("GET", f"{MOUNT}/teams/9/projects/").json["message"] == "Team not found"
    assert tir("GET", f"{MOUNT}/teams/7/projects/601/").json["message"] == "Project not found"
    assert [row["id"] for row in tir("GET", f"{MOUNT}/users/iam-accounts/").json["data"]] == [
        88,
        89,
    ]


def test_more_teams(tir: TirApi) -> None:
    tir.sim.knobs("tir", teams={"8": None, "21": {"name": "new", "projects": {"900": "p"}}})
    assert [row["team_id"] for row in tir("GET", f"{MOUNT}/teams/").json["data"]] == [7, 21]
    assert tir.service("GET", COLLECTION, project_id="900").status == 200
    assert tir.service("GET", COLLECTION, project_id="601").status == 404


# Models, integrations, images.


def test_integrations(tir: TirApi) -> None:
    sent = {
        "name": "mine",
        "integration_type": "hugging_face",
        "integration_details": {"hugging_face_token": "hf_x"},
    }
    made = tir.legacy("POST", "integrations/", sent)
    assert (made.status, made.json["data"]["id"]) == (201, 42)
    rows = tir.service("GET", "integrations/", integration_type="hugging_face").json["data"]
    assert [(row["id"], row["name"]) for row in rows] == [(41, "hub"), (42, "mine")]
    assert "hf_x" not in dumps(rows)
    assert tir.legacy("GET", "integrations/", integration_type="weights_biases").json["data"] == []
    one = tir.legacy("GET", "integrations/42/").json["data"]
    assert one["integration_details"] == {"hugging_face_token": "hf_x"}
    assert tir.made(body(model_load_integration_id=42))["model_load_integration_id"] == 42
    assert tir.legacy("DELETE", "integrations/42/").status == 200
    assert tir.legacy("GET", "integrations/42/").json["message"] == "Integration not found"


def test_refused_integrations(tir: TirApi) -> None:
    refused = tir.legacy("POST", "integrations/", {"integration_type": "hugging_face"})
    assert sorted(refused.json["errors"]) == [
        "integration_details.hugging_face_token",
        "name",
    ]
    details = {"hugging_face_token": "x"}
    sent = {"name": "hub", "integration_type": "hugging_face", "integration_details": details}
    assert list(tir.legacy("POST", "integrations/", sent).json["errors"]) == ["name"]


def test_models(tir: TirApi) -> None:
    sent = {"name": "mine", "model_type": "triton", "storage_type": "managed"}
    made = tir.legacy("POST", "serving/model/", sent)
    assert (made.status, made.json["data"]["id"]) == (201, 2201)
    rows = tir.service("GET", "serving/model/").json["data"]
    assert [row["id"] for row in rows] == [2101, 2102, 2103, 2104, 2201]
    one = tir.legacy("GET", "serving/model/2201/").json["data"]
    assert (one["name"], one["model_type"], one["status"]) == ("mine", "triton", "ready")
    assert one["bucket"] == {
        "bucket_name": "mine-2201",
        "bucket_url": "https://objectstore.e2enetworks.net/mine-2201",
        "endpoint": "objectstore.e2enetworks.net",
    }
    assert one["access_key"] == {"access_key": "AK2201", "secret_key": "secret-of-2201"}
    sent_endpoint = body(framework="triton", model_id=2201, model_load_integration_id=None)
    assert tir.made(sent_endpoint)["model"] == {"id": 2201, "name": "mine"}
    assert tir.legacy("DELETE", "serving/model/2201/").json["data"]["id"] == 2201
    assert tir.legacy("GET", "serving/model/2201/").status == 404
    refused = tir.legacy("POST", "serving/model/", {"name": "x", "storage_type": "e2e_s3"})
    assert list(refused.json["errors"]) == ["bucket_name"]


def test_the_registry(tir: TirApi) -> None:
    assert tir.legacy("GET", "container_registry/").json["data"] == [
        {"id": 61, "namespace": "team-images-61", "registry": "registry.e2enetworks.net"}
    ]
    path = "container_registry/61/namespace-repository/"
    assert tir.legacy("GET", path).json["data"] == [
        {"name": "team-images-61/server", "tags": ["v1", "latest"]}
    ]
    assert tir.legacy("GET", "container_registry/9/namespace-repository/").status == 404


# Of one endpoint.


def test_logs(tir: TirApi) -> None:
    tir.made()
    tir.sim.call("tir", "log", target=FIRST, line="loading weights")
    rows = tir.legacy("GET", "serving/inference/3001/logs/").json["data"]
    assert [row["log"] for row in rows] == ["starting demo", "loading weights"]
    assert tir.legacy("GET", "serving/inference/3002/logs/").status == 404


def test_replicas(tir: TirApi) -> None:
    tir.made(body(replica=2))
    path = "serving/inference/3001/replicas/"
    first = tir.legacy("GET", path).json["data"]
    assert [row["status"] for row in first] == ["running", "running"]
    gone = first[0]["name"]
    assert tir.legacy("DELETE", f"{path}{gone}/").status == 200
    then = [row["name"] for row in tir.legacy("GET", path).json["data"]]
    assert (len(then), gone in then, first[1]["name"] in then) == (2, False, True)
    assert tir.legacy("DELETE", f"{path}{gone}/").json["message"] == "Replica not found"
    tir.acted("stop")
    assert tir.legacy("GET", path).json["data"] == []


def test_async_status_and_counts(tir: TirApi) -> None:
    tir.made()
    path = "serving/inference/3001/async_status/"
    assert tir.legacy("GET", path, page_no=1, per_page=5).json["data"] == []
    counts = tir.legacy("GET", "dashboard/service-count/").json["data"]
    assert counts == {"inference_service": 1}


# The served model.

CHAT = {"model": "google/gemma-2b", "messages": [{"role": "user", "content": "hi"}]}


def call(tir: TirApi, method: str, path: str, sent: Any = None, token: str = TOKEN) -> Answer:
    connection = connect(tir.url)
    try:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return ask(connection, method, f"/project/p-501/endpoint/is-3001/{path}", sent, headers)
    finally:
        connection.close()


def test_chat(tir: TirApi) -> None:
    tir.made()
    answer = call(tir, "POST", "v1/chat/completions", CHAT)
    assert answer.status == 200
    assert answer.json["choices"][0]["message"] == {
        "role": "assistant",
        "content": "answer of demo",
    }
    assert (answer.json["model"], answer.json["object"]) == ("google/gemma-2b", "chat.completion")
    (seen,) = tir.sim.requests(operation="dataplane")
    assert seen.target == FIRST


def test_other_routes_of_a_model(tir: TirApi) -> None:
    tir.made()
    models = call(tir, "GET", "v1/models").json
    assert models == {"object": "list", "data": [{"id": "google/gemma-2b", "object": "model"}]}
    prompt = {"model": "google/gemma-2b", "prompt": "hi"}
    answer = call(tir, "POST", "v1/completions", prompt)
    assert answer.json["choices"][0]["text"] == "answer of demo"
    assert (call(tir, "GET", "health").status, call(tir, "GET", "v2/x").status) == (200, 404)


def test_a_streamed_chat(tir: TirApi) -> None:
    tir.made()
    answer = call(tir, "POST", "v1/chat/completions", {**CHAT, "stream": True})
    assert answer.headers["Content-Type"] == "text/event-stream"
    events = answer.body.decode().strip().split("\n\n")
    assert (len(events), events[-1]) == (4, "data: [DONE]")


@pytest.mark.parametrize(
    ("sent", "status", "text"),
    [
        ({**CHAT, "model": "other"}, 404, "The model `other` does not exist."),
        ({"model": "google/gemma-2b"}, 400, "messages is required"),
        (b"{", 400, "The body is not JSON"),
    ],
)
def test_refused_chats(tir: TirApi, sent: Any, status: int, text: str) -> None:
    tir.made()
    answer = call(tir, "POST", "v1/chat/completions", sent)
    assert (answer.status, answer.json["error"]["message"]) == (status, text)


@pytest.mark.parametrize(
    ("patch", "name"),
    [
        ({"detailed_info": {"engine_args": {"served_model_name": "chat"}}}, "chat"),
        (
            {"framework": "llama-3-8b-instruct", "detailed_info": {"hugging_face_id": ""}},
            "meta-llama/Meta-Llama-3-8B-Instruct",
        ),
        (
            {
                "model_id": 2104,
                "model_load_integration_id": None,
                "path": "llm/",
                "detailed_info": {"hugging_face_id": ""},
            },
            "/mnt/models/llm",
        ),
    ],
)
def test_what_the_model_is_called(tir: TirApi, patch: Any, name: str) -> None:
    tir.made(body(patch))
    assert call(tir, "GET", "v1/models").json["data"][0]["id"] == name
    assert call(tir, "POST", "v1/chat/completions", {**CHAT, "model": name}).status == 200
    assert call(tir, "POST", "v1/chat/completions", CHAT).status == 404
    tir.sim.knobs("tir", check_served_model=False)
    assert call(tir, "POST", "v1/chat/completions", CHAT).status == 200


def test_who_may_call_and_when(tir: TirApi) -> None:
    assert call(tir, "GET", "v1/models").status == 404
    tir.made()
    assert call(tir, "GET", "v1/models", token="wrong").status == 401
    tir.acted("stop")
    assert call(tir, "GET", "v1/models").status == 503


def test_a_framework_without_that_api(tir: TirApi) -> None:
    tir.made(body(framework="triton", model_id=2101, model_load_integration_id=None))
    assert call(tir, "POST", "v1/chat/completions", CHAT).status == 404
    assert call(tir, "GET", "health").status == 200


def test_a_request_wakes_an_idle_endpoint(tir: TirApi) -> None:
    tir.sim.knobs("tir", polls={**AT_ONCE, "waiting": 1})
    tir.made(scaled(0, 2))
    assert [tir.status(), tir.status()] == ["waiting", "idle"]
    assert call(tir, "GET", "v1/models").status == 503
    assert [tir.status(), tir.status()] == ["waiting", "running"]
    assert call(tir, "GET", "v1/models").status == 200
