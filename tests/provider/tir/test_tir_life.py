"""Errors, retries, lost replies, names, deletes, and the look-ups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf import json_format
from pulumi.runtime.proto import provider_pb2
from support.drivers.hf import failures, struct
from support.drivers.tir import (
    COMMITTED,
    FIRST,
    MISSING,
    Simulator,
    TirDriver,
    aged,
    failing,
    form,
    inputs,
    made,
    operations,
    requests,
    sent,
    stored,
    told,
    writes,
)

Configure = Callable[..., TirDriver]
CREATE, GET, LIST = "endpoint.create", "endpoint.get", "endpoint.list"
PATCH, DELETE, START = "endpoint.patch", "endpoint.delete", "endpoint.start"

# Errors.

DOING = "E2E Networks TIR: creating the endpoint: "
REFUSALS: list[tuple[str, dict[str, Any], str, list[str]]] = [
    ("400", {"status": 400, "message": "no such thing"}, "INVALID_ARGUMENT", ["no such thing"]),
    ("401", {"status": 401, "message": "who"}, "UNAUTHENTICATED", ["who", "365 days"]),
    ("402", {"status": 402, "message": "pay"}, "RESOURCE_EXHAUSTED", ["pay", "Charge up"]),
    ("403", {"status": 403, "message": "no"}, "PERMISSION_DENIED", ["no", "lacks the policy"]),
    ("412", {"status": 412, "message": "state"}, "FAILED_PRECONDITION", ["state"]),
    ("422", {"status": 422, "message": "state"}, "FAILED_PRECONDITION", ["state"]),
    (
        "200 with a code",
        {"status": 200, "code": "400", "message": "inside"},
        "INVALID_ARGUMENT",
        ["inside"],
    ),
    (
        "200 with a status code",
        {"status": 200, "body": {"status_code": 403, "message": "m"}},
        "PERMISSION_DENIED",
        ["m"],
    ),
    (
        "200 with errors",
        {"status": 200, "body": {"errors": True, "message": "m"}},
        "INVALID",
        ["m"],
    ),
    ("200 with a detail", {"status": 200, "body": {"detail": "gone mad"}}, "INVALID", ["gone mad"]),
    ("detail", {"status": 403, "body": {"detail": "d"}}, "PERMISSION_DENIED", ["d"]),
    ("text", {"status": 400, "body": {"errors": "just text"}}, "INVALID_ARGUMENT", ["just text"]),
    (
        "fields",
        {"status": 400, "body": {"message": "m", "errors": {"a": ["x", "y"], "b": {"c": "z"}}}},
        "INVALID_ARGUMENT",
        ["m: a: x, y; b: c: z"],
    ),
    (
        "capacity",
        {"status": 409, "message": "SKU inventory temporarily unavailable"},
        "RESOURCE_EXHAUSTED",
        ["SKU inventory", "no such machine free now"],
    ),
    ("page", {"status": 400, "body": "<html><b>Bad</b> thing</html>"}, "INVALID", ["Bad thing"]),
]


@pytest.mark.parametrize(
    ("fault", "code", "words"), [r[1:] for r in REFUSALS], ids=[r[0] for r in REFUSALS]
)
def test_refusals(
    tir: Simulator, driver: TirDriver, fault: dict[str, Any], code: str, words: list[str]
) -> None:
    tir.fault("tir", CREATE, kind="error", **fault)
    failure = failing(made, driver)
    assert failure.partial is None
    assert failure.message.startswith(DOING)
    assert all(word in failure.message for word in words), failure.message
    # A failure inside a success has no status to tell by: any refusal will do.
    assert code in (failure.code.name, "INVALID")
    assert operations(writes(tir)) == [CREATE]


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("as_200", [False, True])
def test_the_services_own_rules(
    tir: Simulator, driver: TirDriver, nested: bool, as_200: bool
) -> None:
    tir.knobs("tir", nested_errors=nested, errors_as_200=as_200)
    failure = failing(made, driver, modelLoadIntegrationId="99")
    assert failure.code.name == "INVALID_ARGUMENT"
    text = 'model_load_integration_id: Invalid pk "99" - object does not exist'
    assert failure.message == (
        f"{DOING}Validation failed: {text} (HTTP 400). In the program: modelLoadIntegrationId "
        "(inference:tir:getIntegrations lists its values)."
    )


def test_no_credit(tir: Simulator, driver: TirDriver) -> None:
    tir.knobs("tir", unpaid_projects=[501])
    failure = failing(made, driver)
    assert (
        failure.message == f"{DOING}Insufficient credit balance (HTTP 402). Charge up the account."
    )


def test_no_machine_free(tir: Simulator, driver: TirDriver) -> None:
    failure = failing(made, driver, skuName="H200.1")
    assert failure.code.name == "RESOURCE_EXHAUSTED"
    assert "SKU inventory is temporarily unavailable" in failure.message
    assert "L4.1 hourly, L4.1 committed for 30 days" in failure.message
    assert "H200.1 hourly (none free now)" in failure.message


def test_no_such_machine(tir: Simulator, driver: TirDriver) -> None:
    failure = failing(made, driver, skuName="L4.9", currency="USD")
    assert 'sku_name: SKU "L4.9" not found (HTTP 400). ' in failure.message
    assert "Plans in this currency: C3.4 hourly, C3.4 committed for 30 days, " in failure.message
    assert told(tir) == [CREATE, "sku.list"]


@pytest.mark.uninstrumented
def test_throttled(tir: Simulator, driver: TirDriver) -> None:
    """Refused before any work: even a create is sent again."""
    tir.fault("tir", CREATE, kind="error", status=429, message="slow", count=2)
    id, _, _ = made(driver)
    assert id == FIRST
    assert told(tir) == [CREATE] * 3 + ["sku.list"]
    first, second, _ = requests(tir, CREATE)
    assert second.started_monotonic - (first.finished_monotonic or 0) >= 0.9  # ratelimit-reset: 1


def test_throttling_costs_time_and_no_tries(tir: Simulator, driver: TirDriver) -> None:
    """Seven times, where five tries are usual; ratelimit-reset says 1 s."""
    tir.fault("tir", CREATE, kind="error", status=429, message="slow", count=6)
    made(driver)
    assert told(tir) == [CREATE] * 7 + ["sku.list"]


def test_who_gives_up_says_when_to_come_back(tir: Simulator, driver: TirDriver) -> None:
    """At once, when that is past its time: the operation's time-out, or two minutes for a look."""
    id, checked, outputs = made(driver)
    tir.clear()
    for operation in (GET, DELETE, "sku.list"):
        tir.fault("tir", operation, kind="error", status=429, headers={"Retry-After": "121"})
    for call in (
        lambda: driver.read(id, outputs, checked),
        lambda: driver.delete(id, outputs, checked, timeout=120),
        lambda: invoke(driver, "getPlans", framework="VLLM"),
    ):
        failure = failing(call)
        assert failure.code.name == "RESOURCE_EXHAUSTED"
        assert " Come back in 121 s, at 20" in failure.message
    assert told(tir) == [GET, DELETE, "sku.list"]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("operation", [GET, PATCH, DELETE])
def test_what_passes_is_tried_again(
    tir: Simulator, driver: TirDriver, operation: str, status: int
) -> None:
    id, checked, outputs = made(driver)
    tir.fault("tir", operation, kind="html", status=status, count=2, apply=False)
    outputs = driver.update(checked, {**checked, "modelPath": "a"}, olds=outputs, id=id)
    driver.delete(id, outputs, checked)
    assert stored(tir) == {}
    assert told(tir).count(operation) >= 3


def test_an_action_that_is_done_already(tir: Simulator, driver: TirDriver) -> None:
    """A start whose reply is lost finds the endpoint running."""
    id, checked, outputs = made(driver, desiredState="paused")
    tir.fault("tir", START, kind="close", apply=True)
    news = {**checked, "desiredState": "running"}
    result = driver.update(checked, news, olds=outputs, id=id)
    assert result["status"] == "running"
    assert told(tir).count(START) == 2


def test_empty_answers(tir: Simulator, driver: TirDriver) -> None:
    id, checked, outputs = made(driver)
    tir.fault("tir", PATCH, kind="empty", status=200)
    result = driver.update(checked, {**checked, "modelPath": "a"}, olds=outputs, id=id)
    assert (result["modelPath"], result["status"]) == ("a", "running")


# Lost creates and names.


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "close", "apply": True},
        {"kind": "close", "apply": True, "reset": True},
        {"kind": "error", "status": 502, "apply": True},
        {"kind": "html", "status": 500, "apply": True},
        {"kind": "malformed", "apply": True},
        {"kind": "truncated"},
    ],
    ids=lambda f: "-".join(str(v) for v in f.values()),
)
def test_a_lost_reply_finds_what_was_made(
    tir: Simulator, driver: TirDriver, fault: dict[str, Any]
) -> None:
    tir.fault("tir", CREATE, **fault)
    id, _, outputs = made(driver)
    assert (id, outputs["status"]) == (FIRST, "running")
    assert len(stored(tir)) == 1
    assert operations(writes(tir)) == [CREATE]
    assert LIST in told(tir)


def test_a_create_that_was_not_carried_out_is_sent_once_more(
    tir: Simulator, driver: TirDriver
) -> None:
    tir.fault("tir", CREATE, kind="close", apply=False)
    assert made(driver)[0] == FIRST
    assert operations(writes(tir)) == [CREATE, CREATE]


def test_a_lost_create_that_cannot_be_looked_for(tir: Simulator, driver: TirDriver) -> None:
    tir.fault("tir", CREATE, kind="close", apply=True)
    tir.fault("tir", LIST, kind="error", status=403, message="no list", count=0)
    failure = failing(made, driver)
    assert "could not be found out either" in failure.message
    assert operations(writes(tir)) == [CREATE]


@pytest.mark.parametrize("status", [400, 409])
def test_a_name_that_is_taken(tir: Simulator, driver: TirDriver, status: int) -> None:
    tir.knobs("tir", duplicate_status=status)
    made(driver)
    tir.clear()
    failure = failing(made, driver)
    assert failure.code.name == "ALREADY_EXISTS"
    assert f"an endpoint {FIRST} exists already" in failure.message
    assert f"pulumi import inference:tir:Endpoint demo {FIRST}" in failure.message
    assert operations(writes(tir)) == [CREATE]


def test_adoption(tir: Simulator, driver: TirDriver) -> None:
    made(driver, modelPath="a", replica=2)
    tir.clear()
    id, _, outputs = made(driver, adoptExisting=True, modelPath="b")
    assert id == FIRST
    scaled = {"action": "disable_auto_scale", "replicas": 1}
    assert writes(tir)[1:] == [
        (PATCH, form({"path": "b"}, "patch")),
        ("endpoint.disableAutoScale", scaled),
    ]
    assert (outputs["modelPath"], outputs["status"]) == ("b", "running")


def test_adoption_changes_the_framework(tir: Simulator, driver: TirDriver) -> None:
    made(driver, framework="SGLANG")
    tir.clear()
    id, _, outputs = made(driver, adoptExisting=True)
    assert (id, outputs["framework"]) == (FIRST, "VLLM")
    assert operations(writes(tir))[:2] == [CREATE, PATCH]


def test_no_adoption_of_another_currency(tir: Simulator, driver: TirDriver) -> None:
    made(driver, currency="USD")
    tir.clear()
    failure = failing(made, driver, adoptExisting=True)
    assert "cannot be adopted: its currency differs" in failure.message
    assert operations(writes(tir)) == [CREATE]


# Deleting.


def test_delete(tir: Simulator, driver: TirDriver) -> None:
    id, checked, outputs = made(driver)
    tir.knobs("tir", polls={"waiting": 0, "terminating": 0, "deleting": 1})
    tir.clear()
    driver.delete(id, outputs, checked)
    assert told(tir) == [DELETE, GET, GET]  # it was answered with success: no list is needed
    assert stored(tir) == {}
    driver.delete(id, outputs, checked)
    assert told(tir)[3:] == [DELETE, GET, LIST]


@pytest.mark.parametrize("word", ["deleted", "Terminated"])
def test_words_for_gone(tir: Simulator, driver: TirDriver, word: str) -> None:
    id, checked, outputs = made(driver)
    tir.fault("tir", GET, kind="rewrite", merge={"data": {"status": word}}, count=0)
    tir.fault("tir", DELETE, kind="error", status=200, body={"code": 200, "data": {}})
    driver.delete(id, outputs, checked)
    read = driver.read(id, outputs, checked)
    assert read.id == id  # outside of a delete such a word proves nothing


def test_a_refused_delete_is_told(tir: Simulator, driver: TirDriver) -> None:
    id, checked, outputs = made(driver)
    tir.knobs("tir", vpc_attaching=["demo"])
    failure = failing(driver.delete, id, outputs, checked)
    assert failure.message.startswith("E2E Networks TIR: deleting the endpoint: ")
    assert len(stored(tir)) == 1


def test_gone_only_with_proof(tir: Simulator, driver: TirDriver) -> None:
    id, checked, outputs = made(driver)
    tir.delete("tir", f"501/{id}")
    outputs = aged(outputs)
    assert driver.read(id, outputs, checked).id == ""
    tir.fault("tir", LIST, kind="error", status=404, message="Project not found", count=0)
    failure = failing(driver.read, id, outputs, checked)
    assert "is not taken as deleted" in failure.message
    failure = failing(driver.delete, id, outputs, checked)
    assert "is not taken as deleted" in failure.message


def test_a_new_one_is_not_taken_as_gone(tir: Simulator, driver: TirDriver) -> None:
    """Its list may lag behind; a delete that the service itself answers with 404 is not doubted."""
    id, checked, outputs = made(driver)
    tir.delete("tir", f"501/{id}")
    failure = failing(driver.read, id, outputs, checked)
    assert failure.code.name == "UNAVAILABLE"
    assert f"endpoint {id} is not listed yet: it was made" in failure.message
    tir.fault("tir", DELETE, kind="html", status=404, count=1)
    assert "is not listed yet" in failing(driver.delete, id, outputs, checked).message
    driver.delete(id, outputs, checked)
    assert driver.read(id, aged(outputs), checked).id == ""


def test_listed_but_not_found(tir: Simulator, driver: TirDriver) -> None:
    id, checked, outputs = made(driver)
    tir.fault("tir", GET, kind="error", status=404, message="no", count=0)
    failure = failing(driver.read, id, outputs, checked)
    assert failure.message.endswith("endpoint 3001 is listed but cannot be read; try again")


def test_another_location_hides_it(tir: Simulator, configure: Configure) -> None:
    id, checked, outputs = made(configure())
    elsewhere = {"location": "Chennai"}
    assert configure().read(id, {**aged(outputs), **elsewhere}, {**checked, **elsewhere}).id == ""


def test_money_is_mentioned_when_it_goes(tir: Simulator, driver: TirDriver) -> None:
    id, checked, outputs = made(driver, **COMMITTED)
    driver.delete(id, outputs, checked)
    driver.logged("endpoint 3001 has a committed plan; its money is not refunded")


# Machines by number.

NUMBERS = {
    "sku_name": MISSING,
    "sku_type": MISSING,
    "committed_days": MISSING,
    "currency": MISSING,
    "location": MISSING,
    "category": MISSING,
}


def numbered(action: str | None = None, **values: Any) -> dict[str, Any]:
    body = form({**NUMBERS, **values}, action)
    return {**body, "sku_id": 51, "sku_item_price_id": 510, "next_sku_item_price_id": None}


def test_an_account_that_takes_numbers_only(tir: Simulator, driver: TirDriver) -> None:
    tir.knobs("tir", sku_forms={"legacy": ["id"], "service": ["id"]})
    id, checked, outputs = made(driver)
    assert writes(tir) == [(CREATE, form()), (CREATE, numbered())]
    (look,) = requests(tir, "sku.list")
    assert ["framework", "vllm"] in look.notes["parameters"]
    assert ["service", "inference_service"] in look.notes["parameters"]
    tir.clear()
    driver.update(checked, {**checked, "modelPath": "a"}, olds=outputs, id=id)
    assert writes(tir) == [
        (PATCH, form({"path": "a"}, "patch")),
        (PATCH, numbered("patch", path="a")),
    ]


def test_a_committed_plan_by_number(tir: Simulator, driver: TirDriver) -> None:
    tir.knobs("tir", sku_forms={"service": ["id"]})
    made(driver, **COMMITTED, currency="USD")
    body = sent(tir)[1]
    assert (body["sku_id"], body["sku_item_price_id"]) == (51, 513)
    assert (body["committed_replicas"], body["committed_instance_policy"]) == (1, "auto_renew")


# Look-ups.


def invoke(driver: TirDriver, name: str, **arguments: Any) -> Any:
    request = provider_pb2.InvokeRequest(tok=f"inference:tir:{name}", args=struct(arguments))
    response = driver.call("Invoke", request)
    assert not response.failures, failures(response)
    return json_format.MessageToDict(getattr(response, "return"))


def test_plans(tir: Simulator, driver: TirDriver) -> None:
    plans = invoke(driver, "getPlans", framework="VLLM", currency="INR")["plans"]
    assert [plan for plan in plans if plan["skuName"] == "L4.1"] == [
        {
            "skuName": "L4.1",
            "skuType": "hourly",
            "committedDays": 0,
            "currency": "INR",
            "unitPrice": 49,
            "available": True,
            "isFree": False,
            "kind": "GPU",
            "series": "L4",
            "cpu": 16,
            "gpu": 1,
            "memory": 110,
            "skuId": "51",
            "skuItemPriceId": "510",
        },
        {
            "skuName": "L4.1",
            "skuType": "committed",
            "committedDays": 30,
            "currency": "INR",
            "unitPrice": plans[5]["unitPrice"],
            "available": True,
            "isFree": False,
            "kind": "GPU",
            "series": "L4",
            "cpu": 16,
            "gpu": 1,
            "memory": 110,
            "skuId": "51",
            "skuItemPriceId": "512",
        },
    ]
    assert [plan["skuName"] for plan in plans if not plan["available"]] == ["H200.1", "H200.1"]
    assert "gpu" not in plans[0]
    assert len(invoke(driver, "getPlans")["plans"]) == 24
    wanted = [r.notes["parameters"] for r in requests(tir, "sku.list")]
    assert all(["framework", "vllm"] in given for given in wanted)


def test_every_plan_can_be_taken(tir: Simulator, driver: TirDriver) -> None:
    for index, plan in enumerate(invoke(driver, "getPlans", framework="vllm")["plans"]):
        given = {name: plan[name] for name in ("skuName", "skuType", "currency", "committedDays")}
        if plan["skuType"] == "committed":
            given |= {"committedInstancePolicy": "auto_renew", "committedReplicas": 1}
        if plan["available"]:
            made(driver, name=f"n{index}", **given)


def test_frameworks(tir: Simulator, driver: TirDriver) -> None:
    rows = {f["framework"]: f for f in invoke(driver, "getFrameworks")["frameworks"]}
    assert len(rows) == 32
    assert rows["PYTORCH"] == {
        "framework": "PYTORCH",
        "wire": "pytorch",
        "frameworkId": "12",
        "displayName": "TorchServe",
        "description": "Serves models with TorchServe",
        "image": "pytorch/torchserve:0.9.0",
        "managedArgs": False,
        "versions": [
            {"serverVersion": "v0.9.0", "versionId": "206", "image": "pytorch/torchserve:0.9.0"},
            {"serverVersion": "v0.8.2", "versionId": "207", "image": "pytorch/torchserve:0.8.2"},
            {"serverVersion": "v0.8.1", "versionId": "208", "image": "pytorch/torchserve:0.8.1"},
        ],
    }
    assert rows["MPT"]["defaultHuggingFaceId"] == "mosaicml/mpt-7b-instruct"
    version = rows["PYTORCH"]["versions"][0]["versionId"]
    plans = invoke(driver, "getPlans", framework="PYTORCH", frameworkVersionId=version)
    assert len(plans["plans"]) == 24


def test_other_names_of_a_framework(tir: Simulator, driver: TirDriver) -> None:
    tir.knobs(
        "tir",
        framework_detail_keys={
            "framework": "name",
            "container_name": "container_image_name",
            "id": "framework_id",
            "display_name": "title",
        },
    )
    rows = {f["framework"]: f for f in invoke(driver, "getFrameworks")["frameworks"]}
    assert rows["VLLM"]["image"] == "vllm/vllm-openai:latest"
    assert (rows["VLLM"]["displayName"], rows["VLLM"]["frameworkId"]) == ("vLLM", "16")


def test_models(tir: Simulator, configure: Configure) -> None:
    models = invoke(configure(), "getModels")["models"]
    assert [m["modelId"] for m in models] == ["2101", "2102", "2103", "2104"]
    assert {k: v for k, v in models[0].items() if k != "createdAt"} == {
        "modelId": "2101",
        "name": "triton-models",
        "modelType": "triton",
        "status": "ready",
        "bucketName": "triton-bucket",
        "bucketUrl": "https://objectstore.e2enetworks.net/triton-bucket",
        "bucketEndpoint": "objectstore.e2enetworks.net",
    }
    assert not any("secret" in str(m) or "AK2101" in str(m) for m in models)


def test_integrations(tir: Simulator, driver: TirDriver) -> None:
    (row,) = invoke(driver, "getIntegrations")["integrations"]
    assert {k: v for k, v in row.items() if k != "createdAt"} == {
        "integrationId": "41",
        "name": "hub",
        "integrationType": "hugging_face",
    }
    (request,) = requests(tir, "integration.list")
    assert ["integration_type", "hugging_face"] in request.notes["parameters"]


def test_projects(tir: Simulator, configure: Configure) -> None:
    """No project is needed to look for one."""
    driver = configure(tirProjectId=None, tirLocation=None)
    rows = invoke(driver, "getProjects")["projects"]
    assert [(r["teamId"], r["teamName"], r["projectId"], r["projectName"]) for r in rows] == [
        ("7", "research", "501", "chat"),
        ("7", "research", "502", "vision"),
        ("8", "support", "601", "search"),
    ]
    rows = invoke(driver, "getProjects", teamId="8")["projects"]
    assert [r["projectId"] for r in rows] == ["601"]


def test_a_look_up_of_another_project(tir: Simulator, configure: Configure) -> None:
    driver = configure(tirProjectId=None, tirLocation=None)
    failure = failing(invoke, driver, "getModels")
    assert failure.message == (
        "E2E Networks TIR: no project is known; give projectId or set inference:tirProjectId "
        "(inference:tir:getProjects lists them)"
    )
    models = invoke(driver, "getModels", projectId="502", location="Chennai", activeIam="88")
    assert len(models["models"]) == 4
    (request,) = requests(tir, "model.list")
    assert sorted(request.notes["parameters"]) == [
        ["active_iam", "88"],
        ["location", "Chennai"],
        ["project_id", "502"],
    ]
    assert len(invoke(driver, "getModels", projectId="502", teamId="7")["models"]) == 4
    assert requests(tir, "model.list")[1].path.endswith("/teams/7/projects/502/serving/model/")


def test_secrets_of_repositories_are_not_known(tir: Simulator, driver: TirDriver) -> None:
    invoke(driver, "getModels")
    assert not any("secret-of-2101" in text for text in driver.engine.messages)


def test_waiting_tells_how_it_goes(tir: Simulator, driver: TirDriver) -> None:
    tir.knobs("tir", polls={"waiting": 1, "terminating": 0, "deleting": 0})
    made(driver)
    assert driver.logged("waiting").ephemeral


def test_not_waiting(tir: Simulator, driver: TirDriver) -> None:
    tir.knobs("tir", polls={"waiting": 100, "terminating": 0, "deleting": 0})
    _, _, outputs = made(driver, waitForReady=False)
    assert (outputs["status"], told(tir)) == ("waiting", [CREATE, "sku.list"])


def test_a_ready_endpoint_of_an_unhealthy_create_goes_on(tir: Simulator, driver: TirDriver) -> None:
    tir.knobs("tir", fail_next_create=1)
    checked = driver.checked(inputs())
    failure = failing(driver.create, checked)
    tir.clear()
    outputs = driver.update(checked, checked, olds=failure.properties, id=failure.id)
    assert (outputs["status"], operations(writes(tir))) == ("running", [PATCH])
