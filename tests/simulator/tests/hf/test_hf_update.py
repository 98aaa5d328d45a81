"""PUT: what changes, what stays, and the switches for what the reference leaves open."""

from __future__ import annotations

from typing import Any

import pytest
from hf_tools import GPU_X4, HfApi, body, error_of, with_image

FULL: dict[str, Any] = {
    "tags": ["a", "b"],
    "route": {"domain": "a.example", "path": "/x"},
    "network": {"cidrBlock": True, "cidrList": ["10.0.0.0/8"]},
    "notifications": {"email": True, "push": True},
    "experimentalFeatures": {"cacheHttpResponses": True, "loadBalancer": "sticky"},
    "customRouter": {"tag": "r:1"},
    "compute": {"scaling": {"minReplica": 0, "scaleToZeroTimeout": 30}},
    "model": {
        "task": "fill-mask",
        "revision": "v1",
        "env": {"A": "1", "B": "2"},
        "secrets": {"S": "one", "T": "two"},
        "args": ["--a"],
        "command": ["/c"],
    },
}


def spec(hf: HfApi) -> Any:
    return hf.sim.state("hf")["endpoints"]["me/demo"]["spec"]


def test_absent_members_stay(hf: HfApi) -> None:
    before = hf.made(body(FULL))
    after = hf.updated({"model": {"task": "summarization"}})
    before["model"]["task"] = "summarization"
    assert after == before


@pytest.mark.parametrize(
    "sent",
    [
        {"type": "public"},
        {"tags": ["c"]},
        {"route": {"domain": "b.example", "path": "/y"}},
        {"network": {"cidrList": ["192.168.0.0/16"]}},
        {"notifications": {"email": False, "push": True}},
        {"customRouter": {"tag": "r:2"}},
        {"experimentalFeatures": {"cacheHttpResponses": True}},
        {"provider": {"vendor": "aws", "region": "eu-west-1"}},
    ],
)
def test_top_level_members_replace_whole(hf: HfApi, sent: dict[str, Any]) -> None:
    hf.made(body(FULL))
    hf.updated(sent)
    got = hf.get()
    assert {key: got[key] for key in sent} == sent


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"tags": []}, {"tags": []}),
        ({"model": {"args": []}}, {"args": []}),
        ({"model": {"command": []}}, {"command": []}),
        ({"model": {"env": {}}}, {"env": {}}),
        ({"model": {"env": {"C": "3"}}}, {"env": {"C": "3"}}),
        ({"model": {"secrets": {}}}, {"secrets": {}}),
        ({"model": {"secrets": {"U": "x"}}}, {"secrets": {"U": "x"}}),
        ({"model": {"args": ["--b", "--c"]}}, {"args": ["--b", "--c"]}),
        ({"model": {"repository": "r/x", "framework": "custom"}}, {"repository": "r/x"}),
    ],
)
def test_maps_and_lists_replace_whole_and_empty_clears(
    hf: HfApi, sent: dict[str, Any], stored: dict[str, Any]
) -> None:
    hf.made(body(FULL))
    hf.updated(sent)
    place = spec(hf)["model"] if "model" in sent else spec(hf)
    assert {key: place[key] for key in stored} == stored


def test_scaling_members_change_one_by_one(hf: HfApi) -> None:
    hf.made(body(FULL))
    scaling = hf.updated({"compute": {"scaling": {"maxReplica": 5}}})["compute"]["scaling"]
    assert (scaling["minReplica"], scaling["maxReplica"]) == (0, 5)
    assert scaling["scaleToZeroTimeout"] == 30
    sent = {"minReplica": 1, "maxReplica": 4}
    scaling = hf.updated({"compute": {"scaling": sent}})["compute"]["scaling"]
    assert {key: scaling[key] for key in sent} == sent
    assert scaling["scaleToZeroTimeout"] is None
    hf.updated({"compute": {"scaling": {"minReplica": 0}}})
    assert hf.get()["compute"]["scaling"]["scaleToZeroTimeout"] == 15


def test_measure_replaces_whole(hf: HfApi) -> None:
    hf.made()
    scaling = {"measure": {"pendingRequests": 3}}
    got = hf.updated({"compute": {"scaling": scaling}})["compute"]["scaling"]
    assert got["measure"] == {"pendingRequests": 3.0}


def test_image_replaces_whole_and_must_be_whole(hf: HfApi) -> None:
    tgi = {"url": "u", "port": 8080, "quantize": "awq"}
    hf.made(with_image({"tgi": tgi}))
    answer = hf.put({"model": {"image": {"tgi": {"quantize": "gptq"}}}})
    text = "model.image.tgi: missing field `url`"
    assert error_of(answer) == (400, "VALIDATION_FAILED", text)
    assert spec(hf)["model"]["image"] == {"tgi": tgi}
    got = hf.updated({"model": {"image": {"tei": {"url": "v"}}}})
    assert got["model"]["image"] == {"tei": {"url": "v", "port": 80, "healthRoute": "/health"}}


def test_redacted_credentials_sent_back_are_stored_as_sent(hf: HfApi) -> None:
    credentials = {"username": "u", "password": "p"}
    made = hf.made(with_image({"custom": {"url": "u", "credentials": credentials}}))
    hf.updated({"model": {"image": made["model"]["image"]}})
    stored = spec(hf)["model"]["image"]["custom"]["credentials"]
    assert stored == {"username": "", "password": None}


def test_a_null_secret_keeps_the_value(hf: HfApi) -> None:
    hf.made(body(FULL))
    hf.updated({"model": {"secrets": {"S": None, "U": "three"}}})
    assert spec(hf)["model"]["secrets"] == {"S": "one", "U": "three"}


@pytest.mark.parametrize("router", [{}, {"tag": None}, {"port": 3000}])
def test_a_router_without_tag_removes_it(hf: HfApi, router: dict[str, Any]) -> None:
    assert hf.made(body(FULL))["customRouter"] == {"tag": "r:1"}
    assert "customRouter" not in hf.updated({"customRouter": router})


NULLS: dict[str, Any] = {
    "type": None,
    "provider": None,
    "tags": None,
    "route": None,
    "network": None,
    "notifications": None,
    "customRouter": None,
    "compute": {
        "accelerator": None,
        "instanceType": None,
        "instanceSize": None,
        "scaling": {
            "minReplica": None,
            "maxReplica": None,
            "scaleToZeroTimeout": None,
            "measure": None,
        },
    },
    "model": {
        "repository": None,
        "framework": None,
        "image": None,
        "task": None,
        "revision": None,
        "env": None,
        "secrets": None,
        "args": None,
        "command": None,
    },
}


def test_null_means_unchanged(hf: HfApi) -> None:
    before = hf.made(body(FULL))
    assert hf.updated(NULLS) == before
    assert hf.updated({"compute": None, "model": None}) == before


def test_null_may_mean_clear(hf: HfApi) -> None:
    hf.made(body(FULL))
    hf.sim.knobs("hf", null_clears=True)
    hf.updated(NULLS)
    assert spec(hf) == {
        "name": "demo",
        "type": "authenticated",
        "provider": {"vendor": "aws", "region": "us-east-1"},
        "compute": {
            "accelerator": "cpu",
            "instanceType": "intel-spr",
            "instanceSize": "x4",
            "scaling": {"minReplica": 0, "maxReplica": 2},
        },
        "model": {
            "repository": "openai-community/gpt2",
            "framework": "pytorch",
            "image": {"huggingface": {}},
        },
        "experimentalFeatures": {"cacheHttpResponses": True, "loadBalancer": "sticky"},
    }


def test_experimental_features_are_not_nullable(hf: HfApi) -> None:
    hf.made()
    answer = hf.put(b'{"experimentalFeatures":null}')
    text = (
        "Failed to parse the request body as JSON: experimentalFeatures: "
        "expected value at line 1 column 25"
    )
    assert error_of(answer) == (400, "BAD_REQUEST", text)


def test_provider_may_be_silently_ignored(hf: HfApi) -> None:
    hf.made()
    hf.sim.knobs("hf", provider_honoured=False)
    sent = {"provider": {"vendor": "aws", "region": "eu-west-1"}}
    assert hf.updated(sent)["provider"]["region"] == "us-east-1"
    hf.sim.knobs("hf", provider_honoured=True)
    got = hf.updated(sent)
    assert got["provider"]["region"] == "eu-west-1"
    assert got["compute"]["id"] == "aws-eu-west-1-intel-spr-x4"


def test_maps_may_merge_instead(hf: HfApi) -> None:
    hf.made(body(FULL))
    hf.sim.knobs("hf", update_replaces={"env": False, "experimentalFeatures": False})
    got = hf.updated(
        {"model": {"env": {"B": "3"}}, "experimentalFeatures": {"cacheHttpResponses": False}}
    )
    assert got["model"]["env"] == {"A": "1", "B": "3"}
    assert got["experimentalFeatures"] == {"cacheHttpResponses": False, "loadBalancer": "sticky"}


def test_members_of_create_only_are_dropped_and_recorded(hf: HfApi) -> None:
    hf.made(body(privateService={"accountId": "1", "region": "us-east-1"}))
    sent = {
        "name": "else",
        "accountId": "2",
        "cacheHttpResponses": True,
        "privateService": {"accountId": "2", "region": "us-east-1"},
        "compute": {"id": "x"},
        "model": {"fromCatalog": True},
    }
    got = hf.updated(sent)
    assert (got["name"], got["privateService"]["accountId"]) == ("demo", "1")
    assert got["experimentalFeatures"] == {"cacheHttpResponses": False}
    (entry,) = hf.sim.call("hf", "ignored")
    assert entry == {
        "operation": "endpoint.update",
        "target": "me/demo",
        "fields": [
            "name",
            "accountId",
            "cacheHttpResponses",
            "privateService",
            "compute.id",
            "model.fromCatalog",
        ],
    }


def test_fields_a_test_has_the_service_overlook(hf: HfApi) -> None:
    hf.made()
    hf.sim.knobs("hf", drop_update_fields=["model.task", "compute.scaling.maxReplica"])
    sent = {
        "model": {"task": "fill-mask"},
        "compute": {"scaling": {"maxReplica": 9}},
        "tags": ["x"],
    }
    got = hf.updated(sent)
    assert got["model"]["task"] == "text-generation"
    assert got["compute"]["scaling"]["maxReplica"] == 2
    assert got["tags"] == ["x"]


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (
            {"compute": {"scaling": {"minReplica": 3}}},
            "compute.scaling: minReplica must not be greater than maxReplica",
        ),
        (
            {"compute": {"scaling": {"scaleToZeroTimeout": 5}}},
            "compute.scaling: scaleToZeroTimeout requires minReplica to be 0",
        ),
        ({"route": {"domain": "x"}}, "route: missing field `path`"),
        ({"provider": {"vendor": "aws"}}, "provider: missing field `region`"),
    ],
)
def test_a_refused_update_changes_nothing(hf: HfApi, sent: Any, text: str) -> None:
    before = hf.made()
    hf.sim.knobs("hf", polls={"updating": 1})
    hf.sim.advance(60)
    assert error_of(hf.put(sent)) == (400, "VALIDATION_FAILED", text)
    assert hf.get() == before


def test_an_unknown_instance_is_refused_on_update(hf: HfApi) -> None:
    hf.made()
    text = "Instance compute 'Cpu' - 'intel-spr' - 'small' in 'aws' - 'us-east-1' not found"
    assert error_of(hf.put({"compute": {"instanceSize": "small"}})) == (400, "BAD_REQUEST", text)


def test_parallelism_is_checked_on_update(hf: HfApi) -> None:
    hf.made(with_image({"vLLM": {"url": "u"}}))
    text = (
        "model.image.vLLM: tensorParallelSize or dataParallelSize is required on an instance "
        "with 4 accelerators"
    )
    assert error_of(hf.put({"compute": GPU_X4})) == (400, "VALIDATION_FAILED", text)
    image = {"vLLM": {"url": "u", "tensorParallelSize": 4}}
    assert hf.put({"compute": GPU_X4, "model": {"image": image}}).status == 200


def test_an_update_with_malformed_json(hf: HfApi) -> None:
    hf.made()
    assert error_of(hf.put(b"[1"))[:2] == (400, "BAD_REQUEST")
    text = "invalid type: sequence, expected a map"
    assert error_of(hf.put(b"[1]")) == (422, "UNPROCESSABLE_ENTITY", text)
