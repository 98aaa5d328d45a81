"""What goes over the wire: bodies of create and update, for every input."""

from __future__ import annotations

from typing import Any

import pytest
from support.drivers.hf import (
    TOKEN,
    Driver,
    Failure,
    Simulator,
    bare,
    inputs,
    kinds,
    merge,
    plain,
    secret,
    sent,
    told,
)

pytestmark = pytest.mark.one_call

CREDENTIALS = {"username": "u", "password": "registry-password"}
RENEWED = {"username": "u", "password": "new-password"}

IMAGES: list[dict[str, Any]] = [
    {"huggingface": {}},
    {"huggingfaceNeuron": {}},
    {"huggingfaceNeuron": {"batchSize": 1, "sequenceLength": 2048, "neuronCache": "org/cache"}},
    {"llamacpp": {"url": "l:1", "modelPath": "m.gguf"}},
    {
        "llamacpp": {
            "url": "l:1",
            "port": 8080,
            "healthRoute": "/health",
            "modelPath": "m.gguf",
            "ctxSize": 8192,
            "nParallel": 1,
            "threadsHttp": 64,
            "nGpuLayers": 0,
            "mode": "embeddings",
            "pooling": "rank",
            "variant": "*",
            "mmprojModelPath": "p.gguf",
            "specModelPath": "s.gguf",
        }
    },
    {"tei": {"url": "t:1"}},
    {
        "tei": {
            "url": "t:1",
            "port": 80,
            "healthRoute": "/h",
            "maxBatchTokens": 16384,
            "maxConcurrentRequests": 512,
            "pooling": "cls",
        }
    },
    {"tgi": {"url": "t:1"}},
    {
        "tgi": {
            "url": "t:1",
            "port": 80,
            "healthRoute": "/health",
            "maxInputLength": 1024,
            "maxTotalTokens": 1512,
            "maxBatchPrefillTokens": 2048,
            "maxBatchTotalTokens": 2048,
            "disableCustomKernels": False,
            "quantize": "gptq",
        }
    },
    {
        "tgiNeuron": {
            "url": "t:1",
            "maxInputLength": 1,
            "maxTotalTokens": 2,
            "maxBatchPrefillTokens": 3,
            "maxBatchTotalTokens": 4,
            "hfAutoCastType": "bf16",
            "hfNumCores": 2,
        }
    },
    {
        "vLLM": {
            "url": "v:1",
            "tensorParallelSize": 1,
            "dataParallelSize": 2,
            "maxNumBatchedTokens": 3,
            "maxNumSeqs": 4,
            "kvCacheDtype": "fp8",
        }
    },
    {"vLLMOmni": {"url": "v:1", "deployConfig": "c", "maxNumSeqs": 4}},
    {"vLLMNeuron": {"url": "v:1", "port": 1, "healthRoute": "/h"}},
    {
        "sGLang": {
            "url": "s:1",
            "tensorParallelSize": 1,
            "chunkedPrefillSize": -1,
            "maxPrefillTokens": 3,
            "maxRunningRequests": 4,
            "kvCacheDtype": "fp8-e5-m2",
        }
    },
    {"hfServe": {"url": "h:1"}},
    {"custom": {"url": "c:1"}},
    {"custom": {"url": "c:1", "port": 8080, "healthRoute": "/z", "credentials": CREDENTIALS}},
]

SMALLEST = {
    "name": "demo",
    "type": "authenticated",
    "provider": {"vendor": "aws", "region": "us-east-1"},
    "compute": {
        "accelerator": "cpu",
        "instanceType": "intel-spr",
        "instanceSize": "x1",
        "scaling": {"minReplica": 1, "maxReplica": 1},
    },
    "model": {
        "repository": "openai-community/gpt2",
        "framework": "pytorch",
        "image": {"huggingface": {}},
    },
}


@pytest.mark.valgrind_smoke
def test_a_create_sends_what_is_set_and_what_is_required(driver: Driver, hf: Simulator) -> None:
    id, outputs = driver.create(driver.checked(inputs()))
    assert told(hf) == ["endpoint.create"]
    (request,) = hf.requests(cloud="hf", operation="endpoint.create")
    assert (request.method, request.path, request.query) == ("POST", "/v2/endpoint/me", "")
    assert sent(hf) == [SMALLEST]
    assert request.header("Authorization") == f"Bearer {TOKEN}"
    assert request.header("Content-Type") == "application/json"
    assert request.header("Accept") == "application/json"
    assert (id, outputs["endpointId"]) == ("me/demo", "me/demo")


@pytest.mark.parametrize("image", IMAGES, ids=lambda image: "-".join(image))
def test_every_engine_is_sent_as_it_is_written(
    driver: Driver, hf: Simulator, image: dict[str, Any]
) -> None:
    checked = driver.checked(inputs(model={"image": image}))
    _, outputs = driver.create(checked)
    (body,) = sent(hf)
    assert body == merge(SMALLEST, {"model": {"image": None}}) | {
        "model": {**SMALLEST["model"], "image": image}
    }
    written = next(iter(image.values()))
    shown = bare(outputs["model"]["image"])[next(iter(image))]
    assert {key: shown[key] for key in written} == written
    assert hf.call("hf", "ignored") == []


# A patch of the inputs, and the patch of the smallest body that it makes.
FIELDS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"type": "public"}, {"type": "public"}),
    ({"type": "protected"}, {"type": "authenticated"}),
    ({"type": "private"}, {"type": "private"}),
    ({"tags": ["b", "a"]}, {"tags": ["b", "a"]}),
    ({"tags": []}, {}),  # beside the tag that proves the create nothing is left
    ({"cacheHttpResponses": True}, {"cacheHttpResponses": True}),
    ({"cacheHttpResponses": False}, {"cacheHttpResponses": False}),
    (
        {"compute": {"scaling": {"minReplica": 0, "maxReplica": 3, "scaleToZeroTimeout": 30}}},
        {"compute": {"scaling": {"minReplica": 0, "maxReplica": 3, "scaleToZeroTimeout": 30}}},
    ),
    (
        {"compute": {"scaling": {"measure": {"hardwareUsage": 62.5}}}},
        {"compute": {"scaling": {"measure": {"hardwareUsage": 62.5}}}},
    ),
    (
        {"compute": {"scaling": {"metric": "pendingRequests", "threshold": 2}}},
        {"compute": {"scaling": {"measure": {"pendingRequests": 2}}}},
    ),
    (
        {"compute": {"scaling": {"metric": "hardwareUsage"}}},
        {"compute": {"scaling": {"measure": {"hardwareUsage": None}}}},
    ),
    (
        {
            "compute": {
                "scaling": {
                    "metric": "hardwareUsage",
                    "threshold": 10,
                    "measure": {"hardwareUsage": 10},
                }
            }
        },
        {"compute": {"scaling": {"measure": {"hardwareUsage": 10}}}},
    ),
    ({"compute": {"id": "whatever"}}, {}),
    ({"model": {"task": "translation"}}, {"model": {"task": "translation"}}),
    ({"model": {"revision": "v1"}}, {"model": {"revision": "v1"}}),
    ({"model": {"env": {"A": "1", "b.c": ""}}}, {"model": {"env": {"A": "1", "b.c": ""}}}),
    ({"model": {"secrets": secret({"S": "x-1234"})}}, {"model": {"secrets": {"S": "x-1234"}}}),
    (
        {"model": {"args": ["--a", secret("hidden")], "command": ["run"]}},
        {"model": {"args": ["--a", "hidden"], "command": ["run"]}},
    ),
    (
        {"experimentalFeatures": {"cacheHttpResponses": True, "loadBalancer": "sticky"}},
        {"experimentalFeatures": {"cacheHttpResponses": True, "loadBalancer": "sticky"}},
    ),
    (
        {"experimentalFeatures": {"mcpLb": {}, "skipRepoDownload": False}},
        {"experimentalFeatures": {"mcpLb": {}, "skipRepoDownload": False}},
    ),
    (
        {"experimentalFeatures": {"mcpLb": {"stateful": True}}},
        {"experimentalFeatures": {"mcpLb": {"stateful": True}}},
    ),
    (
        {"experimentalFeatures": {"kvRouter": {"tag": "t"}}},
        {"experimentalFeatures": {"kvRouter": {"tag": "t"}}},
    ),
    (
        {"privateService": {"accountId": "1", "region": "eu-west-1", "shared": True}},
        {"privateService": {"accountId": "1", "region": "eu-west-1", "shared": True}},
    ),
    (
        {"privateService": {"accountId": "1"}, "cloudProvider": {"region": "eu-west-1"}},
        {
            "privateService": {"accountId": "1", "region": "eu-west-1"},
            "provider": {"region": "eu-west-1"},
        },
    ),
    (
        {"privateService": {"accountId": "1"}, "cloudProvider": {"region": "us-west-2"}},
        {
            "privateService": {"accountId": "1", "region": "us-east-1"},
            "provider": {"region": "us-west-2"},
        },
    ),
    (
        {"accountId": "123"},
        {"accountId": "123", "privateService": {"accountId": "123", "region": "us-east-1"}},
    ),
    (
        {"route": {"domain": "x.example", "path": "/v1"}},
        {"route": {"domain": "x.example", "path": "/v1"}},
    ),
    (
        {
            "customRouter": {
                "tag": "r:1",
                "env": {"A": "1"},
                "port": 3001,
                "grpcPort": 9003,
                "protocol": "extProc",
            }
        },
        {
            "customRouter": {
                "tag": "r:1",
                "env": {"A": "1"},
                "port": 3001,
                "grpcPort": 9003,
                "protocol": "extProc",
            }
        },
    ),
    (
        {"network": {"cidrBlock": True, "cidrList": ["10.0.0.0/8"]}},
        {"network": {"cidrBlock": True, "cidrList": ["10.0.0.0/8"]}},
    ),
    (
        {"notifications": {"email": True, "push": False}},
        {"notifications": {"email": True, "push": False}},
    ),
    ({"waitForReady": False, "adoptExisting": True, "timeouts": {"create": 9}}, {}),
    ({"experimentalFeatures": {}, "customRouter": {}, "network": {}}, {}),
]


def patched(body: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """As merge, with null as a value."""
    out = dict(body)
    for key, value in patch.items():
        both = isinstance(value, dict) and isinstance(out.get(key), dict)
        out[key] = patched(out[key], value) if both else value
    return out


@pytest.mark.parametrize(("patch", "body"), FIELDS, ids=[str(row[0]) for row in FIELDS])
def test_every_input_goes_to_its_place(
    driver: Driver, hf: Simulator, patch: dict[str, Any], body: dict[str, Any]
) -> None:
    driver.create(driver.checked(inputs(**patch)))
    assert sent(hf)[0] == patched(SMALLEST, body)


@pytest.mark.parametrize(("patch", "body"), FIELDS, ids=[str(row[0]) for row in FIELDS])
def test_a_second_run_changes_nothing(
    driver: Driver, hf: Simulator, patch: dict[str, Any], body: dict[str, Any]
) -> None:
    """Create, refresh, Check, Diff: no difference; an update of nothing sends nothing."""
    checked = driver.checked(inputs(**patch))
    _, outputs = driver.create(checked)
    read = driver.read("me/demo", outputs, checked)

    refreshed = plain(read.inputs)
    assert refreshed == checked
    assert bare(plain(read.properties)) == bare(outputs)
    assert kinds(driver.diff(refreshed, driver.checked(inputs(**patch), olds=refreshed))) == {}
    hf.clear()
    again = driver.update(checked, checked, olds=outputs)
    assert sent(hf, "endpoint.update") == []
    assert bare(again) == bare(outputs)


# Updates: old patch, new patch, exact body (None: nothing is sent).
TGI = {"model": {"image": {"tgi": {"url": "t:1", "port": 80}}}}
CUSTOM = {"model": {"image": {"custom": {"url": "c:1", "credentials": CREDENTIALS}}}}
UPDATES: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any] | None]] = [
    ({}, {"type": "public"}, {"type": "public"}),
    ({"type": "public"}, {}, {"type": "authenticated"}),
    ({"type": "protected"}, {"type": "authenticated"}, None),
    ({}, {"compute": {"instanceSize": "x2"}}, {"compute": {"instanceSize": "x2"}}),
    (
        {},
        {"compute": {"accelerator": "gpu", "instanceType": "nvidia-t4"}},
        {"compute": {"accelerator": "gpu", "instanceType": "nvidia-t4"}},
    ),
    (
        {},
        {"compute": {"scaling": {"maxReplica": 4}}},
        {"compute": {"scaling": {"maxReplica": 4}}},
    ),
    (
        {"compute": {"scaling": {"minReplica": 0, "maxReplica": 4}}},
        {"compute": {"scaling": {"maxReplica": 4}}},
        {"compute": {"scaling": {"minReplica": 1, "scaleToZeroTimeout": None}}},
    ),
    (
        {"compute": {"scaling": {"minReplica": 0, "scaleToZeroTimeout": 30}}},
        {"compute": {"scaling": {"minReplica": 0, "scaleToZeroTimeout": 60}}},
        {"compute": {"scaling": {"scaleToZeroTimeout": 60}}},
    ),
    (
        {"compute": {"scaling": {"minReplica": 0, "scaleToZeroTimeout": 30}}},
        {"compute": {"scaling": {"minReplica": 1}}},
        {"compute": {"scaling": {"minReplica": 1, "scaleToZeroTimeout": None}}},
    ),
    (
        {"compute": {"scaling": {"measure": {"hardwareUsage": 50}}}},
        {"compute": {"scaling": {"measure": {"pendingRequests": 2}}}},
        {"compute": {"scaling": {"measure": {"pendingRequests": 2}}}},
    ),
    (
        {"compute": {"scaling": {"metric": "hardwareUsage", "threshold": 10}}},
        {"compute": {"scaling": {"metric": "hardwareUsage", "threshold": 20}}},
        {"compute": {"scaling": {"measure": {"hardwareUsage": 20}}}},
    ),
    (  # which number is the service's choice
        {"compute": {"scaling": {"metric": "hardwareUsage"}}},
        {"compute": {"scaling": {"metric": "pendingRequests"}}},
        {"compute": {"scaling": {"measure": {"pendingRequests": None}}}},
    ),
    ({}, {"model": {"repository": "a/b"}}, {"model": {"repository": "a/b"}}),
    ({}, {"model": {"framework": "custom"}}, {"model": {"framework": "custom"}}),
    ({}, {"model": {"task": "translation"}}, {"model": {"task": "translation"}}),
    ({"model": {"task": "translation"}}, {}, None),
    ({"model": {"revision": "v1"}}, {"model": {"revision": "v2"}}, {"model": {"revision": "v2"}}),
    ({"model": {"revision": "v1"}}, {}, None),
    (
        {"model": {"revision": "v1"}},
        {"model": {"revision": "v1", "env": {"A": "1"}}},
        {"model": {"revision": "v1", "env": {"A": "1"}}},
    ),
    (
        {"model": {"revision": "v1"}},
        {"model": {"task": "translation"}},
        {"model": {"task": "translation"}},
    ),
    (
        {"model": {"revision": "v1"}},
        {"model": {"revision": "v1"}, "type": "public"},
        {"type": "public"},
    ),
    (
        TGI,
        {"model": {"image": {"tgi": {"url": "t:1", "port": 81}}}},
        {"model": {"image": {"tgi": {"url": "t:1", "port": 81}}}},
    ),
    (
        TGI,
        {"model": {"image": {"tgi": {"url": "t:1"}}}},
        {"model": {"image": {"tgi": {"url": "t:1"}}}},
    ),
    (
        TGI,
        {"model": {"image": {"tei": {"url": "e:1"}}}},
        {"model": {"image": {"tei": {"url": "e:1"}}}},
    ),
    (TGI, {}, {"model": {"image": {"huggingface": {}}}}),
    (
        CUSTOM,
        {"model": {"image": {"custom": {"url": "c:2", "credentials": CREDENTIALS}}}},
        {"model": {"image": {"custom": {"url": "c:2", "credentials": CREDENTIALS}}}},
    ),
    (
        CUSTOM,
        {
            "model": {
                "image": {
                    "custom": {
                        "url": "c:1",
                        "credentials": RENEWED,
                    }
                }
            }
        },
        {
            "model": {
                "image": {
                    "custom": {
                        "url": "c:1",
                        "credentials": RENEWED,
                    }
                }
            }
        },
    ),
    (
        {"model": {"env": {"A": "1", "B": "2"}}},
        {"model": {"env": {"A": "1", "B": "3"}}},
        {"model": {"env": {"A": "1", "B": "3"}}},
    ),
    ({"model": {"env": {"A": "1"}}}, {}, {"model": {"env": {}}}),
    (
        {"model": {"secrets": {"S": "secret-1"}}},
        {"model": {"secrets": {"S": "secret-2"}}},
        {"model": {"secrets": {"S": "secret-2"}}},
    ),
    ({"model": {"secrets": {"S": "secret-1"}}}, {}, {"model": {"secrets": {}}}),
    (
        {"model": {"args": ["a"], "command": ["c"]}},
        {"model": {"args": ["a", "b"]}},
        {"model": {"args": ["a", "b"], "command": []}},
    ),
    ({"tags": ["a"]}, {"tags": ["b", "a"]}, {"tags": ["b", "a"]}),
    ({"tags": ["a"]}, {}, {"tags": []}),
    ({}, {"cacheHttpResponses": True}, {"experimentalFeatures": {"cacheHttpResponses": True}}),
    (
        {"experimentalFeatures": {"loadBalancer": "sticky"}, "cacheHttpResponses": True},
        {"experimentalFeatures": {"loadBalancer": "random"}, "cacheHttpResponses": True},
        {"experimentalFeatures": {"loadBalancer": "random", "cacheHttpResponses": True}},
    ),
    (
        {"experimentalFeatures": {"loadBalancer": "sticky"}},
        {"experimentalFeatures": {"loadBalancer": "sticky", "mcpLb": {}}},
        {"experimentalFeatures": {"loadBalancer": "sticky", "mcpLb": {}}},
    ),
    ({"experimentalFeatures": {"loadBalancer": "sticky"}}, {}, {"experimentalFeatures": {}}),
    (
        {},
        {"route": {"domain": "x.example", "path": "/v1"}},
        {"route": {"domain": "x.example", "path": "/v1"}},
    ),
    (
        {"route": {"domain": "x.example", "path": "/v1"}},
        {"route": {"domain": "x.example", "path": "/v2"}},
        {"route": {"domain": "x.example", "path": "/v2"}},
    ),
    (
        {"customRouter": {"tag": "r:1"}},
        {"customRouter": {"tag": "r:2"}},
        {"customRouter": {"tag": "r:2"}},
    ),
    ({"customRouter": {"tag": "r:1"}}, {}, {"customRouter": {}}),
    (
        {"network": {"cidrBlock": True, "cidrList": ["a", "b"]}},
        {"network": {"cidrBlock": True, "cidrList": ["b", "a"]}},
        None,
    ),
    (
        {"network": {"cidrBlock": True, "cidrList": ["a", "b"]}},
        {"network": {"cidrBlock": True, "cidrList": ["b"]}},
        {"network": {"cidrBlock": True, "cidrList": ["b"]}},
    ),
    (
        {"notifications": {"email": True, "push": False}},
        {"notifications": {"email": True, "push": True}},
        {"notifications": {"email": True, "push": True}},
    ),
    (
        {"notifications": {"email": True, "push": False}},
        {},
        {"notifications": {"email": False, "push": False}},
    ),
    ({}, {"waitForReady": False, "timeouts": {"update": 60}, "adoptExisting": True}, None),
]


@pytest.mark.parametrize(("old", "new", "body"), UPDATES, ids=[str(row[:2]) for row in UPDATES])
def test_an_update_sends_only_what_changed(
    driver: Driver,
    hf: Simulator,
    old: dict[str, Any],
    new: dict[str, Any],
    body: dict[str, Any] | None,
) -> None:
    olds = driver.checked(inputs(**old))
    _, outputs = driver.create(olds)
    news = driver.checked(inputs(**new), olds=olds)
    hf.clear()
    after = driver.update(olds, news, olds=outputs)
    assert sent(hf, "endpoint.update") == ([] if body is None else [body])

    read = driver.read("me/demo", after, news)
    assert kinds(driver.diff(plain(read.inputs), news)) == {}


@pytest.mark.parametrize("field", ["route", "network"])
def test_what_the_service_cannot_clear_is_told(driver: Driver, hf: Simulator, field: str) -> None:
    value = {"route": {"domain": "x.example", "path": "/"}, "network": {"cidrBlock": True}}[field]
    olds = driver.checked(inputs(**{field: value}))
    _, outputs = driver.create(olds)
    with pytest.raises(Failure) as caught:
        driver.update(olds, inputs(), olds=outputs)
    assert sent(hf, "endpoint.update") == [{field: None}]
    assert caught.value.id == "me/demo"
    assert field in caught.value.reasons[0] and "replace" in caught.value.reasons[0]
    hf.knobs("hf", null_clears=True)
    driver.update(olds, inputs(), olds=outputs)
    assert field not in hf.state("hf")["endpoints"]["me/demo"]["spec"]


def test_ignored_fields_are_named(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", drop_update_fields=["tags", "compute.scaling.maxReplica"])
    olds = driver.checked(inputs())
    driver.create(olds)
    news = inputs(tags=["a"], type="public", compute={"scaling": {"maxReplica": 3}})
    with pytest.raises(Failure) as caught:
        driver.update(olds, driver.checked(news))
    (reason,) = caught.value.reasons
    assert "did not apply: compute.scaling.maxReplica, tags." in reason
    assert caught.value.properties["type"] == "public"
    assert caught.value.properties["tags"] == []


def test_fields_that_a_create_ignored_are_a_warning(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", drop_create_fields=["tags"])
    driver.create(driver.checked(inputs(tags=["a"])))
    assert "tags" in driver.logged("answers another value").message


def test_ignored_changes_are_not_sent(driver: Driver, hf: Simulator) -> None:
    olds = driver.checked(inputs(tags=["a"], type="private"))
    driver.create(olds)
    driver.update(olds, inputs(tags=["b"], type="public"), ignore=("tags",))
    assert sent(hf, "endpoint.update") == [{"type": "public"}]


def test_ignored_changes_below_the_top_are_not_sent(driver: Driver, hf: Simulator) -> None:
    olds = driver.checked(
        inputs(model={"env": {"A": "1", "B": "1"}, "args": ["x", "y"]}, network={"cidrList": ["a"]})
    )
    driver.create(olds)
    news = inputs(
        model={"env": {"A": "2", "B": "2"}, "args": ["x", "z"]}, network={"cidrList": ["b"]}
    )
    ignore = ('model.env["A"]', "model.args[1]", "network.cidrList[*]")
    driver.update(olds, news, ignore=ignore)
    assert sent(hf, "endpoint.update") == [{"model": {"env": {"A": "1", "B": "2"}}}]
    assert kinds(driver.diff(olds, news, ignore=ignore)) == {"model.env.B": "UPDATE"}


def test_old_states_without_inputs_update_from_their_outputs(driver: Driver, hf: Simulator) -> None:
    checked = driver.checked(inputs(tags=["a"]))
    _, outputs = driver.create(checked)
    driver.update(None, inputs(tags=["a"], type="public"), olds={**outputs, "extra": 1})
    assert sent(hf, "endpoint.update") == [{"type": "public"}]


def test_a_moved_endpoint_is_never_put(driver: Driver, hf: Simulator) -> None:
    """Replaced rows are not part of an update, whoever asks for one."""
    olds = driver.checked(inputs())
    driver.create(olds)
    hf.clear()
    with pytest.raises(Failure) as caught:
        driver.update(olds, inputs(cloudProvider={"region": "eu-west-1"}))
    assert caught.value.message.startswith(
        "Hugging Face: cloudProvider.region of endpoint me/demo cannot be changed in place"
    )
    assert told(hf) == []
