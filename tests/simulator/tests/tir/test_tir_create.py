"""Creating: what is taken, what is refused and how, and how an endpoint reads back."""

from __future__ import annotations

from typing import Any

import pytest
from tir_tools import TirApi, body, envelope_of, errors_of, scaled, unlike

from simulator.tir.sample import COMMITTED, LEGACY, PROBE, RULE, encoded

pytest_plugins = ("tir_fixtures",)

REQUIRED = ["This field is required."]
NO_INTEGER = ["A valid integer is required."]
FLOOR = ["Cannot go below the 1 committed workers."]
WIRE_VALUES = [
    "triton",
    "pytorch",
    "tensorrt",
    "nemo-rag",
    "custom",
    "vllm",
    "sglang",
    "dynamo",
    "codellama",
    "llma",
    "mpt",
    "mixtral-8x7b-instruct",
    "mistral-7b-instruct",
    "gemma-2b",
    "gemma-2b-it",
    "gemma-7b",
    "gemma-7b-it",
    "llama-3-8b-instruct",
    "llama-3_1-8b-instruct",
    "llama-3_2-3b-instruct",
    "llama-3_2-11b-vision-instruct",
    "starcoder2-7b",
    "Phi-3-mini-128k-instruct",
    "pixtral-12b-2409",
    "stable_diffusion",
    "stable_diffusion_xl",
    "stable-video-diffusion-img2vid-xt",
    "yolov8",
    "nemotron-3-8b-chat-4k-rlhf",
    "nvidia-nv-embed-v1",
    "bge-large-en-v1_5",
    "bge-reranker-large",
]
MINIMAL: dict[str, Any] = {
    "name": "small",
    "framework": "vllm",
    "sku_id": 51,
    "detailed_info": {"hugging_face_id": "google/gemma-2b"},
}
SKU = {
    "sku_name": None,
    "sku_type": None,
    "committed_days": None,
    "currency": None,
    "category": None,
}


def by_id(**members: Any) -> dict[str, Any]:
    """A create body in the form the portal and the Python client send."""
    return body({**SKU, **members})


def test_the_whole_answer(tir: TirApi) -> None:
    config = {"is_readiness_probe_enabled": True}
    details = {"container": {"advance_config": config}}
    whole = {
        "id": 3001,
        "name": "demo",
        "status": "running",
        "message": "",
        "created_at": "2026-10-02T12:41:53.000500Z",
        "updated_at": "2026-10-02T12:41:53.000500Z",
        "created_by": {
            "id": 17,
            "name": "Test User",
            "email": "user@example.com",
            "username": "user@example.com",
        },
        "framework": "vllm",
        "model_type": None,
        "model": {},
        "model_id": None,
        "model_load_integration_id": 41,
        "storage_url": "",
        "dataset": {},
        "dataset_id": None,
        "dataset_path": "",
        "dataset_storage_url": "",
        "location": "Delhi",
        "path": "",
        "replica": 1,
        "committed_replicas": 0,
        "committed_instance_policy": "",
        "is_auto_scale_enabled": False,
        "auto_scale_policy": {
            "min_replicas": 1,
            "max_replicas": 1,
            "stability_period": "300",
            "initial_cooldown_period": "0",
            "is_hold_queue": False,
            "rules": [],
        },
        "detailed_info": {
            "commands": [],
            "args": [],
            "hugging_face_id": "google/gemma-2b",
            "tokenizer": "",
            "server_version": "",
            "world_size": 1,
            "error_log": True,
            "info_log": True,
            "warning_log": True,
            "log_verbose_level": 1,
            "model_serve_type": "full-model",
            "engine_args": {"max_num_seqs": 128},
        },
        "custom_endpoint_details": {
            "service_port": False,
            "metric_port": False,
            "public_ip": "no",
            "container": {
                "container_name": "vllm/vllm-openai:latest",
                "container_type": "public",
                "private_image_details": {},
                "advance_config": {
                    "image_pull_policy": "Always",
                    "is_readiness_probe_enabled": True,
                    "is_liveness_probe_enabled": False,
                    "readiness_probe": {**PROBE, "port": "8080", "path": "/health"},
                    "liveness_probe": {**PROBE, "port": "8080", "path": "/metrics"},
                },
            },
            "resource_details": {"disk_size": 100, "mount_path": "", "env_variables": []},
        },
        "async_enabled": False,
        "async_dataset_id": None,
        "storage_type": "disk",
        "cluster_type": "tir-cluster",
        "disk_path": "/mnt/models",
        "sfs_path": "/shared/.cache",
        "sfs_id": None,
        "sku": 51,
        "sku_details": {
            "specs": {
                "sku_id": 51,
                "name": "L4.1",
                "series": "L4",
                "sku_type": "GPU.L4",
                "cpu": "16",
                "gpu": "1",
                "memory": "110",
            },
            "plan": {
                "sku_item_price_id": 510,
                "sku_type": "hourly",
                "committed_days": 0,
                "unit_price": 49.0,
                "currency": "INR",
            },
        },
        "next_sku_item_price_id": None,
        "private_cloud_id": None,
        "custom_sku": {},
    }
    found = tir.made(body({"custom_endpoint_details": details}))
    assert unlike(found, whole) == {}


def test_a_small_body_gets_defaults(tir: TirApi) -> None:
    view = tir.made(MINIMAL)
    container = view["custom_endpoint_details"]["container"]
    assert container["container_name"] == "vllm/vllm-openai:latest"
    assert container["advance_config"] == {
        "image_pull_policy": "Always",
        "is_readiness_probe_enabled": False,
        "is_liveness_probe_enabled": False,
        "readiness_probe": {},
        "liveness_probe": {},
    }
    assert (view["storage_type"], view["cluster_type"]) == ("disk", "tir-cluster")
    assert (view["disk_path"], view["sfs_path"]) == ("/mnt/models", "/shared/.cache")
    assert view["location"] == "Delhi"


def test_the_location_may_come_with_the_query_alone(tir: TirApi) -> None:
    assert tir.made(MINIMAL, location="Chennai")["location"] == "Chennai"
    refused = tir.create(body(name="two"), location="Chennai")
    assert errors_of(refused) == {"location": ["Not the location of the query."]}


@pytest.mark.parametrize("wire", WIRE_VALUES)
def test_every_framework(tir: TirApi, wire: str) -> None:
    model = {"model_id": 2101, "model_load_integration_id": None}
    sent = body({"framework": wire, **model})
    assert tir.made(sent)["framework"] == wire


def test_there_are_32_frameworks(tir: TirApi) -> None:
    (text,) = errors_of(tir.create(body(framework="nope")))["framework"]
    head, _, allowed = text.partition(": ")
    assert head == "Invalid framework. Allowed values are"
    assert (sorted(allowed.split(", ")), len(WIRE_VALUES)) == (sorted(WIRE_VALUES), 32)


def test_what_is_offered_can_change(tir: TirApi) -> None:
    tir.sim.knobs("tir", frameworks_offered=["vllm", "triton"], frameworks_extra=["riva"])
    (text,) = errors_of(tir.create(body(framework="sglang")))["framework"]
    assert text == "Invalid framework. Allowed values are: vllm, triton, riva"
    assert tir.made(body(framework="riva"))["framework"] == "riva"


@pytest.mark.parametrize(
    ("patch", "errors"),
    [
        ({"name": None}, {"name": REQUIRED}),
        ({"name": ""}, {"name": REQUIRED}),
        ({"name": 5}, {"name": ["Not a valid string."]}),
        ({"framework": None}, {"framework": ["framework is mandatory"]}),
        ({"framework": ""}, {"framework": ["framework is mandatory"]}),
        ({"replica": "x"}, {"replica": NO_INTEGER}),
        ({"replica": True}, {"replica": NO_INTEGER}),
        ({"replica": 1.5}, {"replica": NO_INTEGER}),
        ({"replica": 0}, {"replica": ["Ensure this value is greater than or equal to 1."]}),
        ({"replica": 65}, {"replica": ["Ensure this value is less than or equal to 64."]}),
        ({"is_auto_scale_enabled": 1}, {"is_auto_scale_enabled": ["Must be a valid boolean."]}),
        ({"auto_scale_policy": []}, {"auto_scale_policy": ["Invalid data. Expected an object."]}),
        (
            {"model_id": 2101},
            {"model_id": ["Either model_id or model_load_integration_id, not both."]},
        ),
        (
            {"model_load_integration_id": 42},
            {"model_load_integration_id": ['Invalid pk "42" - object does not exist.']},
        ),
        ({"dataset_id": 9}, {"dataset_id": ['Invalid pk "9" - object does not exist.']}),
        (
            {"detailed_info": {"hugging_face_id": ""}},
            {"detailed_info.hugging_face_id": REQUIRED},
        ),
        (
            {"detailed_info": {"args": "!!"}},
            {"detailed_info.args": ["Expected base64 of a list of strings."]},
        ),
        (
            {"detailed_info": {"commands": "c2VydmU="}},  # not a list
            {"detailed_info.commands": ["Expected base64 of a list of strings."]},
        ),
        ({"detailed_info": {"args": ["serve"]}}, {"detailed_info.args": ["Not a valid string."]}),
        (
            {"detailed_info": {"server_version": "v1"}},
            {"detailed_info.server_version": ["This framework has no versions."]},
        ),
        (
            {"detailed_info": {"engine_args": [1]}},
            {"detailed_info.engine_args": ["Expected a dictionary of items."]},
        ),
        (
            {"storage_type": "tape"},
            {"storage_type": ['"tape" is not a valid choice. Allowed: disk, sfs']},
        ),
        ({"storage_type": "sfs"}, {"sfs_id": REQUIRED}),
        ({"disk_path": "models"}, {"disk_path": ["An absolute path is required."]}),
        (
            {"custom_endpoint_details": {"public_ip": "maybe"}},
            {
                "custom_endpoint_details.public_ip": [
                    '"maybe" is not a valid choice. Allowed: yes, no'
                ]
            },
        ),
        (
            {"custom_endpoint_details": {"resource_details": {"disk_size": 0}}},
            {
                "custom_endpoint_details.resource_details.disk_size": [
                    "Ensure this value is greater than or equal to 1."
                ]
            },
        ),
        (
            {"custom_endpoint_details": {"container": {"container_name": "i" * 129}}},
            {"custom_endpoint_details.container.container_name": ["No more than 128 characters."]},
        ),
        (
            {"custom_endpoint_details": {"container": {"container_type": "private"}}},
            {
                "custom_endpoint_details.container.private_image_details.registry_namespace_id": (
                    REQUIRED
                )
            },
        ),
        (
            {
                "custom_endpoint_details": {
                    "container": {"advance_config": {"readiness_probe": {"path": None}}}
                }
            },
            {"custom_endpoint_details.container.advance_config.readiness_probe.path": REQUIRED},
        ),
        (
            {
                "custom_endpoint_details": {
                    "container": {"advance_config": {"liveness_probe": {"port": 70000}}}
                }
            },
            {
                "custom_endpoint_details.container.advance_config.liveness_probe.port": [
                    "Ensure this value is less than or equal to 65535."
                ]
            },
        ),
        (
            {
                "custom_endpoint_details": {
                    "container": {"advance_config": {"image_pull_policy": "x"}}
                }
            },
            {
                "custom_endpoint_details.container.advance_config.image_pull_policy": [
                    '"x" is not a valid choice. Allowed: Always, IfNotPresent'
                ]
            },
        ),
    ],
)
def test_refused_members(tir: TirApi, patch: Any, errors: Any) -> None:
    assert errors_of(tir.create(body(patch))) == errors
    assert tir.legacy("GET", "serving/inference/").json["data"] == []


def test_all_errors_are_told_at_once(tir: TirApi) -> None:
    sent = body({"name": "Bad", "replica": "x"})
    assert sorted(errors_of(tir.create(sent))) == ["name", "replica"]


@pytest.mark.parametrize("name", ["a", "a1-b2", "0", "x" * 50])
def test_good_names(tir: TirApi, name: str) -> None:
    assert tir.made(body(name=name))["name"] == name


@pytest.mark.parametrize("name", ["A", "a--b", "-a", "a-", "a_b", "x" * 51, "a.b", "ä"])
def test_bad_names(tir: TirApi, name: str) -> None:
    assert errors_of(tir.create(body(name=name))) == {
        "name": ["1 to 50 lowercase letters, digits and single inner hyphens."]
    }


def test_a_name_is_used_once_in_a_project(tir: TirApi) -> None:
    tir.made()
    text = "Inference with this name already exists."
    refused = tir.create()
    assert envelope_of(refused) == (400, 400, text)
    assert refused.json["errors"] == {"name": [text]}
    tir.sim.knobs("tir", duplicate_status=409)
    assert envelope_of(tir.create()) == (409, 409, text)
    other = tir("POST", LEGACY.replace("501", "502") + "/serving/inference/", body())
    assert other.status == 201


def test_bodies_that_are_no_objects(tir: TirApi) -> None:
    assert tir.create([1]).json["message"] == "Invalid data. Expected an object."
    broken = tir.create(b'{"name": ')
    assert broken.status == 400
    assert broken.json["message"].startswith("JSON parse error - ")
    assert tir.create(b'{"a": NaN}').json["message"] == "JSON parse error - NaN is not JSON"


def test_numbers_may_be_text_and_flags_may_be_words(tir: TirApi) -> None:
    advanced = {"is_liveness_probe_enabled": "true", "is_readiness_probe_enabled": "false"}
    sent = body(
        {
            "replica": "2",
            "model_load_integration_id": "41",
            "custom_endpoint_details": {"container": {"advance_config": advanced}},
        }
    )
    view = tir.made(sent)
    assert (view["replica"], view["model_load_integration_id"]) == (2, 41)
    config = view["custom_endpoint_details"]["container"]["advance_config"]
    assert config["is_liveness_probe_enabled"] is True
    assert config["is_readiness_probe_enabled"] is False


def test_unknown_members_are_ignored_and_noted(tir: TirApi) -> None:
    policy = {"min_replica": 2, "max_replica": 4, "rules": [RULE]}
    tir.made(body({"world_size": 2, "auto_scale_policy": policy}, is_auto_scale_enabled=True))
    view = tir.get()
    assert view["is_auto_scale_enabled"] is False  # bounds stay 1 and 1: a fixed number
    assert (view["auto_scale_policy"]["min_replicas"], view["replica"]) == (1, 1)
    fields = ["auto_scale_policy.min_replica", "auto_scale_policy.max_replica", "world_size"]
    assert tir.sim.call("tir", "ignored") == [
        {"operation": "endpoint.create", "target": "501/demo", "fields": fields}
    ]
    (seen,) = tir.sim.requests(operation="endpoint.create")
    assert seen.notes["ignored"] == fields


# Words in base64.


@pytest.mark.parametrize(
    ("form", "text", "words"),
    [
        ("any", '["serve","--port=8080"]', ["serve", "--port=8080"]),
        ("any", "['serve', '--port=8080']", ["serve", "--port=8080"]),
        ("any", "[]", []),
        ("json", '["serve"]', ["serve"]),
        ("json", "['serve']", None),
        ("python", "['serve']", ["serve"]),
        ("any", "serve --port", None),
        ("any", "[1]", None),
        ("any", '{"a": "b"}', None),
    ],
)
def test_lists_of_words(tir: TirApi, form: str, text: str, words: list[str] | None) -> None:
    tir.sim.knobs("tir", list_text=form)
    sent = body({"detailed_info": {"args": encoded(text)}})
    if words is None:
        assert errors_of(tir.create(sent)) == {
            "detailed_info.args": ["Expected base64 of a list of strings."]
        }
    else:
        assert tir.made(sent)["detailed_info"]["args"] == words


# Machines.


@pytest.mark.parametrize(
    ("patch", "plan"),
    [
        ({}, (51, 510, "hourly", 0, "INR")),
        ({"currency": "USD"}, (51, 511, "hourly", 0, "USD")),
        (COMMITTED, (51, 512, "committed", 30, "INR")),
        ({**COMMITTED, "sku_name": "C3.8", "currency": "USD"}, (41, 413, "committed", 30, "USD")),
    ],
)
def test_plans_by_name(tir: TirApi, patch: Any, plan: tuple[Any, ...]) -> None:
    view = tir.made(body(patch))
    chosen = view["sku_details"]["plan"]
    names = ("sku_item_price_id", "sku_type", "committed_days", "currency")
    assert (view["sku"], *(chosen[name] for name in names)) == plan


@pytest.mark.parametrize(
    ("members", "price"),
    [
        ({"sku_id": 51}, 510),
        ({"sku_id": "51", "sku_item_price_id": "511"}, 511),
        (
            {
                "sku_id": 51,
                "sku_item_price_id": 512,
                "next_sku_item_price_id": 510,
                "committed_instance_policy": "auto_terminate",
            },
            512,
        ),
    ],
)
def test_plans_by_id(tir: TirApi, members: Any, price: int) -> None:
    view = tir.made(by_id(**members))
    assert view["sku_details"]["plan"]["sku_item_price_id"] == price
    assert view["next_sku_item_price_id"] == members.get("next_sku_item_price_id")


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        (by_id(), {"sku_id": REQUIRED}),
        (by_id(sku_id=9), {"sku_id": ["SKU 9 not found."]}),
        (
            by_id(sku_id=51, sku_item_price_id=610),
            {"sku_item_price_id": ["L4.1 has no plan 610."]},
        ),
        (
            by_id(sku_id=51, next_sku_item_price_id=7),
            {"next_sku_item_price_id": ["L4.1 has no plan 7."]},
        ),
        (
            by_id(sku_id=51, sku_item_price_id=512),
            {"committed_instance_policy": REQUIRED},
        ),
        (body(sku_name="Z9"), {"sku_name": ['SKU "Z9" not found.']}),
        (body({"sku_type": None}), {"sku_type": REQUIRED}),
        (body({"currency": None}), {"currency": REQUIRED}),
        (
            body(currency="EUR"),
            {"currency": ['"EUR" is not a valid choice. Allowed: INR, USD']},
        ),
        (
            body(committed_days=30),
            {"sku_type": ["L4.1 has no hourly plan of 30 days in INR."]},
        ),
        (
            body({**COMMITTED, "committed_days": 90}),
            {"sku_type": ["L4.1 has no committed plan of 90 days in INR."]},
        ),
        (
            body({**COMMITTED, "committed_instance_policy": ""}),
            {"committed_instance_policy": REQUIRED},
        ),
        (body(sku_id=51), {"sku_id": ["Either a SKU name or a SKU id."]}),
        (
            body(category="notebook"),
            {"category": ['"notebook" is not a valid choice. Allowed: inference_service']},
        ),
    ],
)
def test_refused_plans(tir: TirApi, sent: Any, errors: Any) -> None:
    assert errors_of(tir.create(sent)) == errors


def test_a_form_can_be_refused_by_layout(tir: TirApi) -> None:
    tir.sim.knobs("tir", sku_forms={"service": ["id"]})
    refused = tir.service("POST", "serving/inference/", body())
    assert errors_of(refused) == {"sku_id": REQUIRED}
    assert tir.service("POST", "serving/inference/", by_id(sku_id=51)).status == 201
    assert tir.made(body(name="two"))["sku"] == 51
    tir.sim.knobs("tir", sku_forms={"legacy": ["name"]})
    assert errors_of(tir.create(by_id(sku_id=51))) == {"sku_name": REQUIRED}


def test_a_private_cloud(tir: TirApi) -> None:
    view = tir.made(by_id(private_cloud_id=9001, custom_sku={"cpu": 8, "gpu": 1}, replica=100))
    assert (view["private_cloud_id"], view["custom_sku"]) == (9001, {"cpu": 8, "gpu": 1})
    assert (view["sku"], view["replica"]) == (None, 100)
    assert view["sku_details"] == {
        "specs": {"name": ""},
        "plan": {"sku_type": "", "committed_days": 0, "currency": ""},
    }


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        (by_id(private_cloud_id=9001), {"custom_sku": REQUIRED}),
        (
            by_id(private_cloud_id=5, custom_sku={"cpu": 1}),
            {"private_cloud_id": ["Private cloud not found."]},
        ),
        (
            by_id(private_cloud_id=9001, custom_sku={"disk": 1}),
            {"custom_sku.disk": ["Unknown key. Allowed: cpu, gpu, memory"]},
        ),
        (by_id(private_cloud_id=9001, custom_sku={"cpu": "1"}), {"custom_sku.cpu": NO_INTEGER}),
        (
            body(private_cloud_id=9001, custom_sku={"cpu": 1}),
            {"private_cloud_id": ["A private cloud takes no SKU."]},
        ),
        (body(custom_sku={"cpu": 1}), {"custom_sku": ["Only with a private cloud."]}),
    ],
)
def test_refused_private_clouds(tir: TirApi, sent: Any, errors: Any) -> None:
    assert errors_of(tir.create(sent)) == errors


def test_limits_of_a_private_cloud(tir: TirApi) -> None:
    tir.sim.knobs("tir", private_clouds=[12], max_replicas_private=3)
    share = {"private_cloud_id": 12, "custom_sku": {"cpu": 1}}
    assert errors_of(tir.create(by_id(**share, replica=4))) == {
        "replica": ["Ensure this value is less than or equal to 3."]
    }
    assert tir.made(by_id(**share, replica=3))["private_cloud_id"] == 12


def test_any_keys_of_a_custom_sku(tir: TirApi) -> None:
    tir.sim.knobs("tir", custom_sku_keys=[])
    view = tir.made(by_id(private_cloud_id=9001, custom_sku={"disk": 3}))
    assert view["custom_sku"] == {"disk": 3}


def test_inventory_and_credit(tir: TirApi) -> None:
    text = "SKU inventory is temporarily unavailable, please try again"
    assert envelope_of(tir.create(body(sku_name="H200.1"))) == (400, 400, text)
    tir.sim.knobs("tir", sku_inventory={"H200.1": True, "L4.1": False}, inventory_status=409)
    assert tir.made(body(sku_name="H200.1"))["sku"] == 71
    assert envelope_of(tir.create(body(name="two"))) == (409, 409, text)
    tir.sim.knobs("tir", unpaid_projects=[501])
    poor = (402, 402, "Insufficient credit balance")
    assert envelope_of(tir.create(body(name="two"))) == poor
    tir.sim.knobs("tir", credit_status=400)
    assert tir.create(body(name="two")).status == 400


# Models, versions, images.


@pytest.mark.parametrize("wire", ["triton", "pytorch", "tensorrt"])
def test_servers_need_a_model(tir: TirApi, wire: str) -> None:
    sent = body({"framework": wire, "model_load_integration_id": None})
    assert errors_of(tir.create(sent)) == {"model_id": REQUIRED}
    tir.sim.knobs("tir", model_required=False)
    assert tir.made(sent)["model"] == {}


def test_a_model_of_the_repository(tir: TirApi) -> None:
    sent = body({"framework": "triton", "model_id": 2101, "model_load_integration_id": None})
    view = tir.made(sent)
    assert (view["model_id"], view["model"]) == (2101, {"id": 2101, "name": "triton-models"})
    assert view["model_type"] == "triton"
    assert view["storage_url"] == "https://objectstore.e2enetworks.net/triton-bucket"


def test_references_need_not_exist(tir: TirApi) -> None:
    tir.sim.knobs("tir", check_references=False)
    sent = body({"model_id": 7, "model_load_integration_id": None, "dataset_id": 8})
    view = tir.made(sent)
    assert (view["model"], view["dataset"]) == ({"id": 7, "name": ""}, {"id": 8})


@pytest.mark.parametrize(
    ("wire", "version"),
    [
        ("triton", "v23.11"),
        ("triton", "custom"),
        ("tensorrt", "v0.7.2"),
        ("pytorch", "v0.8.1"),
        ("nemo-rag", "v0.9.0"),
    ],
)
def test_server_versions(tir: TirApi, wire: str, version: str) -> None:
    details = {"detailed_info": {"server_version": version}}
    assert tir.made(body({"framework": wire, **details}))["framework"] == wire


def test_unknown_server_versions(tir: TirApi) -> None:
    sent = body({"framework": "pytorch", "detailed_info": {"server_version": "v9"}})
    assert errors_of(tir.create(sent)) == {
        "detailed_info.server_version": ["Allowed: v0.9.0, v0.8.2, v0.8.1, custom"]
    }
    tir.sim.knobs("tir", check_server_version=False)
    assert tir.made(sent)["detailed_info"]["server_version"] == "v9"


def test_a_custom_container_needs_an_image(tir: TirApi) -> None:
    container = {"custom_endpoint_details": {"container": {"container_name": ""}}}
    assert errors_of(tir.create(body({"framework": "custom", **container}))) == {
        "custom_endpoint_details.container.container_name": REQUIRED
    }


def test_a_private_image(tir: TirApi) -> None:
    container = {
        "container_name": "registry.e2enetworks.net/team/server:v1",
        "container_type": "private",
        "private_image_details": {"registry_namespace_id": 61},
    }
    sent = body({"custom_endpoint_details": {"container": container}})
    view = tir.made(sent)["custom_endpoint_details"]["container"]
    assert {name: view[name] for name in container} == container
    container["private_image_details"] = {"registry_namespace_id": 62}
    sent = body({"name": "two", "custom_endpoint_details": {"container": container}})
    path = "custom_endpoint_details.container.private_image_details.registry_namespace_id"
    assert errors_of(tir.create(sent)) == {path: ["Namespace not found."]}


@pytest.mark.parametrize(
    ("where", "patch"),
    [
        ("", {}),
        ("args", {"detailed_info": {"args": encoded('["--model=me/mine"]')}}),
        ("engine_args", {"detailed_info": {"engine_args": {"model": "me/mine"}}}),
        ("path", {"path": "mine/"}),
    ],
)
def test_where_a_custom_model_is_named(tir: TirApi, where: str, patch: Any) -> None:
    tir.sim.knobs("tir", custom_model_in=where)
    custom = {"detailed_info": {"hugging_face_id": "custom"}}
    if where:
        assert errors_of(tir.create(body(custom))) == {
            "detailed_info.hugging_face_id": ["The custom model was not given."]
        }
    sent = body(custom)
    sent = {**sent, **{key: patch[key] for key in patch if key == "path"}}
    sent["detailed_info"] = {**sent["detailed_info"], **patch.get("detailed_info", {})}
    assert tir.made(sent)["detailed_info"]["hugging_face_id"] == "custom"
    tir.sim.knobs("tir", custom_model_in="refuse")
    assert tir.create(body({"name": "two", **custom})).status == 400


def test_environment(tir: TirApi) -> None:
    full = {
        "key": "HF_TOKEN",
        "value": "s3cret",
        "required": True,
        "disabled": {"key": True, "value": False},
    }
    sent = body(
        {"custom_endpoint_details": {"resource_details": {"env_variables": [full, {"key": "A"}]}}}
    )
    short = {
        "key": "A",
        "value": "",
        "required": False,
        "disabled": {"key": False, "value": False},
    }

    def variables(view: Any) -> Any:
        return view["custom_endpoint_details"]["resource_details"]["env_variables"]

    assert variables(tir.made(sent)) == [full, short]
    tir.sim.knobs("tir", env_values="masked")
    assert [row["value"] for row in variables(tir.get())] == ["******", "******"]
    tir.sim.knobs("tir", env_values="omitted")
    assert [sorted(row) for row in variables(tir.get())] == [["disabled", "key", "required"]] * 2


def test_bad_environment(tir: TirApi) -> None:
    path = "custom_endpoint_details.resource_details.env_variables"
    rows = [{"value": "x"}, {"key": "1A"}, {"key": "B"}, {"key": "B"}]
    sent = body({"custom_endpoint_details": {"resource_details": {"env_variables": rows}}})
    assert errors_of(tir.create(sent)) == {
        f"{path}.0.key": REQUIRED,
        f"{path}.1.key": ["Not a valid name of an environment variable."],
        f"{path}.3.key": ["Given more than once."],
    }


# Workers.


def test_autoscaling_reads_back(tir: TirApi) -> None:
    view = tir.made(scaled(2, 5))
    assert (view["is_auto_scale_enabled"], view["replica"]) == (True, 2)
    assert view["auto_scale_policy"] == {
        "min_replicas": 2,
        "max_replicas": 5,
        "stability_period": "300",
        "initial_cooldown_period": "0",
        "is_hold_queue": False,
        "rules": [RULE],
    }


def test_equal_bounds_are_a_fixed_number(tir: TirApi) -> None:
    view = tir.made(scaled(3, 3))
    assert (view["is_auto_scale_enabled"], view["replica"]) == (False, 3)


@pytest.mark.parametrize(
    ("sent", "field", "text"),
    [
        (scaled(3, 2), "max_replicas", "Must be at least 1 and not below min_replicas."),
        (scaled(0, 0), "max_replicas", "Must be at least 1 and not below min_replicas."),
        (scaled(1, 65), "max_replicas", "Ensure this value is less than or equal to 64."),
        (scaled(-1, 2), "min_replicas", "Ensure this value is greater than or equal to 0."),
    ],
)
def test_refused_bounds(tir: TirApi, sent: Any, field: str, text: str) -> None:
    assert errors_of(tir.create(sent)) == {f"auto_scale_policy.{field}": [text]}


@pytest.mark.parametrize(
    ("rule", "errors"),
    [
        (
            {**RULE, "metric": "gpu"},
            {
                "metric": [
                    '"gpu" is not a valid choice. Allowed: concurrency, requestRate, custom, cpu'
                ]
            },
        ),
        ({**RULE, "metric": "custom"}, {"custom_metric_name": REQUIRED}),
        ({**RULE, "value": 0}, {"value": ["Ensure this value is greater than or equal to 1."]}),
        ({**RULE, "window": "x"}, {"window": NO_INTEGER}),
    ],
)
def test_refused_rules(tir: TirApi, rule: Any, errors: Any) -> None:
    sent = scaled()
    sent["auto_scale_policy"]["rules"] = [rule]
    wanted = {f"auto_scale_policy.rules.0.{name}": texts for name, texts in errors.items()}
    assert errors_of(tir.create(sent)) == wanted


def test_autoscaling_needs_a_rule(tir: TirApi) -> None:
    sent = scaled()
    sent["auto_scale_policy"]["rules"] = []
    assert errors_of(tir.create(sent)) == {
        "auto_scale_policy.rules": ["At least one rule is needed."]
    }


def test_rules_do_not_count_while_autoscaling_is_off(tir: TirApi) -> None:
    sent = scaled()
    sent["is_auto_scale_enabled"] = False
    sent["auto_scale_policy"]["rules"] = [{**RULE, "metric": ""}]
    assert tir.made(sent)["auto_scale_policy"]["rules"] == [{**RULE, "metric": ""}]


def test_committed_workers_are_a_floor(tir: TirApi) -> None:
    assert errors_of(tir.create({**scaled(0, 3), **COMMITTED})) == {
        "auto_scale_policy.min_replicas": FLOOR
    }
    assert errors_of(tir.create({**scaled(0, 3), **COMMITTED, "committed_replicas": 0})) == {
        "auto_scale_policy.min_replicas": FLOOR
    }
    sent = body({**COMMITTED, "committed_replicas": 3, "replica": 2})
    assert errors_of(tir.create(sent)) == {"replica": ["Cannot go below the 3 committed workers."]}
    view = tir.made(body({**COMMITTED, "committed_replicas": 2, "replica": 2}))
    assert (view["committed_replicas"], view["committed_instance_policy"]) == (2, "auto_renew")


# What can be made to read back otherwise.


@pytest.mark.parametrize(
    ("knobs", "path", "wanted"),
    [
        ({"model_echo": "model_id"}, "model", KeyError),
        ({"model_echo": "model"}, "model_id", KeyError),
        ({"documented_strings": False}, "auto_scale_policy.stability_period", 300),
        ({"integers": "string"}, "id", "3001"),
        ({"integers": "string"}, "detailed_info.world_size", "1"),
        ({"integers": "string"}, "is_auto_scale_enabled", False),
        ({"answer_omits": ["sku_details.plan"]}, "sku_details.plan", KeyError),
        ({"answer_nulls": ["detailed_info.args"]}, "detailed_info.args", None),
        ({"args_echo": "base64"}, "detailed_info.args", encoded("['a']")),
        ({"args_echo": "text"}, "detailed_info.args", '["a"]'),
        ({"args_echo": "text"}, "detailed_info.commands", ""),
    ],
)
def test_other_forms_of_the_answer(tir: TirApi, knobs: Any, path: str, wanted: Any) -> None:
    tir.sim.knobs("tir", knobs)
    node = tir.made(body({"detailed_info": {"args": encoded("['a']")}}))
    *parents, last = path.split(".")
    for step in parents:
        node = node[step]
    if wanted is KeyError:
        assert last not in node
    else:
        assert node[last] == wanted


@pytest.mark.parametrize(
    ("place", "inside", "beside"),
    [("advance_config", True, False), ("container", False, True), ("both", True, True)],
)
def test_where_the_probe_flags_are(tir: TirApi, place: str, inside: bool, beside: bool) -> None:
    tir.sim.knobs("tir", probe_flags_in=place)
    container = tir.made()["custom_endpoint_details"]["container"]
    for name in ("image_pull_policy", "is_readiness_probe_enabled", "is_liveness_probe_enabled"):
        assert (name in container["advance_config"], name in container) == (inside, beside)
    assert container["advance_config"]["readiness_probe"]["port"] == "8080"


def test_members_silently_not_taken(tir: TirApi) -> None:
    tir.sim.knobs("tir", drop_create_fields=["replica", "detailed_info.tokenizer"])
    view = tir.made(body({"replica": 3, "detailed_info": {"tokenizer": "t"}}))
    assert (view["replica"], view["detailed_info"]["tokenizer"]) == (1, "")


def test_storage_and_cluster_values(tir: TirApi) -> None:
    view = tir.made(body(storage_type="sfs", sfs_id=12, cluster_type="private-cluster"))
    assert (view["storage_type"], view["sfs_id"]) == ("sfs", 12)
    assert view["cluster_type"] == "private-cluster"
    refused = tir.create(body(name="two", cluster_type="mine"))
    assert list(errors_of(refused)) == ["cluster_type"]
    tir.sim.knobs("tir", storage_types=[], cluster_types=[])
    view = tir.made(body(name="two", cluster_type="mine", storage_type="tape"))
    assert (view["cluster_type"], view["storage_type"]) == ("mine", "tape")
