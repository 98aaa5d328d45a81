"""What a create is checked for, what is filled in, and what reads back otherwise."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hf_tools import GPU_X4, SHA, HfApi, body, error_of, with_image

PARSE = "Failed to parse the request body as JSON"


def test_the_whole_answer_to_the_smallest_create(hf: HfApi) -> None:
    hf.sim.knobs("hf", polls={"pending": 1}, url_mode="production")
    answer = hf.made()
    me = {"id": hashlib.sha1(b"me").hexdigest()[:24], "name": "me"}
    key = answer["status"]["url"].removeprefix("https://").split(".")[0]
    assert len(key) == 24
    assert answer == {
        "name": "demo",
        "type": "authenticated",
        "provider": {"vendor": "aws", "region": "us-east-1"},
        "compute": {
            "accelerator": "cpu",
            "instanceType": "intel-spr",
            "instanceSize": "x4",
            "scaling": {
                "minReplica": 1,
                "maxReplica": 2,
                "scaleToZeroTimeout": None,
                "measure": {"hardwareUsage": 80.0},
            },
            "id": "aws-us-east-1-intel-spr-x4",
        },
        "model": {
            "repository": "openai-community/gpt2",
            "framework": "pytorch",
            "task": "text-generation",
            "revision": hashlib.sha1(b"openai-community/gpt2@main").hexdigest(),
            "image": {"huggingface": {}},
            "fromCatalog": False,
        },
        "healthRoute": "/health",
        "tags": [],
        "experimentalFeatures": {"cacheHttpResponses": False},
        "notifications": {"email": False, "push": False},
        "status": {
            "createdAt": "2026-10-02T12:41:53.000000000Z",
            "createdBy": me,
            "updatedAt": "2026-10-02T12:41:53.000000000Z",
            "updatedBy": me,
            "state": "pending",
            "message": "Endpoint waiting to be scheduled",
            "private": None,
            "readyReplica": 0,
            "targetReplica": 0,
            "errorMessage": None,
            "lastUsedAt": None,
            "agentMessage": None,
            "inferenceMetricsEnabled": False,
            "url": f"https://{key}.endpoints.huggingface.cloud",
        },
    }


def test_everything_settable_reads_back(hf: HfApi) -> None:
    extra = {
        "tags": ["dev"],
        "experimentalFeatures": {
            "cacheHttpResponses": True,
            "loadBalancer": "sticky",
            "mcpLb": {"stateful": True},
            "skipRepoDownload": True,
        },
        "customRouter": {
            "tag": "registry.example/router:1",
            "env": {"A": "1"},
            "port": 3000,
            "grpcPort": 9002,
            "protocol": "extProc",
        },
        "privateService": {"accountId": "123", "region": "eu-west-1", "shared": True},
        "route": {"domain": "a.example", "path": "/x"},
        "network": {"cidrBlock": True, "cidrList": ["10.0.0.0/8"]},
        "notifications": {"email": True, "push": False},
    }
    model = {
        "task": "fill-mask",
        "revision": SHA,
        "env": {"A": "1"},
        "args": ["--a"],
        "command": ["/b"],
        "fromCatalog": True,
    }
    scaling = {"minReplica": 0, "scaleToZeroTimeout": 30, "measure": {"pendingRequests": 2}}
    answer = hf.made(body({**extra, "model": model, "compute": {"scaling": scaling}}))
    assert {key: answer[key] for key in extra} == extra
    assert {key: answer["model"][key] for key in model} == model
    assert answer["compute"]["scaling"] == {**scaling, "maxReplica": 2}
    assert hf.sim.call("hf", "ignored") == []


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (b"{", f"{PARSE}: expected value at line 1 column 2"),
        (b"", f"{PARSE}: expected value at line 1 column 1"),
        (b'{"a":1} x', f"{PARSE}: expected value at line 1 column 9"),
        (b'{"a":NaN}', f"{PARSE}: expected value, not NaN"),
        (b'{"a":1,"a":2}', f"{PARSE}: duplicate field `a`"),
        (
            b'{"name":"x",\n  "model": { "repository": "r", "task": null}}',
            f"{PARSE}: model.task: expected value at line 2 column 41",
        ),
        (b'{"type":null}', f"{PARSE}: type: expected value at line 1 column 9"),
    ],
)
def test_malformed_json_and_null_are_400(hf: HfApi, sent: bytes, text: str) -> None:
    assert error_of(hf.create(sent)) == (400, "BAD_REQUEST", text)


def test_bytes_that_are_no_text_are_400(hf: HfApi) -> None:
    assert error_of(hf.create(b'{"name":"\xff"}'))[:2] == (400, "BAD_REQUEST")
    assert error_of(hf.create(b"[" * 100_000))[:2] == (400, "BAD_REQUEST")


def test_the_column_of_a_null_in_a_list_and_a_dotted_key(hf: HfApi) -> None:
    start = b'{"model":{"env":{"a.b":"x","c":"y"},"args":["x",'
    text = f"{PARSE}: model.args.1: expected value at line 1 column {len(start) + 1}"
    assert error_of(hf.create(start + b"null]}}")) == (400, "BAD_REQUEST", text)
    start = b'{"model":{"env":{"a.b":'
    text = f"{PARSE}: model.env.a.b: expected value at line 1 column {len(start) + 1}"
    assert error_of(hf.create(start + b"null}}}")) == (400, "BAD_REQUEST", text)


@pytest.mark.parametrize(
    ("patch", "text"),
    [
        ({"name": None}, "missing field `name`"),
        ({"type": None}, "missing field `type`"),
        ({"provider": {"region": None}}, "provider: missing field `region`"),
        ({"compute": {"scaling": None}}, "compute: missing field `scaling`"),
        (
            {"compute": {"scaling": {"maxReplica": None}}},
            "compute.scaling: missing field `maxReplica`",
        ),
        ({"model": {"image": None}}, "model: missing field `image`"),
        ({"route": {"domain": "x"}}, "route: missing field `path`"),
        ({"notifications": {"email": True}}, "notifications: missing field `push`"),
        ({"privateService": {"accountId": "1"}}, "privateService: missing field `region`"),
    ],
)
def test_a_missing_member_is_400(hf: HfApi, patch: Any, text: str) -> None:
    assert error_of(hf.create(body(patch))) == (400, "VALIDATION_FAILED", text)


@pytest.mark.parametrize(
    ("image", "text"),
    [
        ({"vLLM": {}}, "model.image.vLLM: missing field `url`"),
        ({"llamacpp": {"url": "u"}}, "model.image.llamacpp: missing field `modelPath`"),
        (
            {"custom": {"url": "u", "credentials": {"username": "u"}}},
            "model.image.custom.credentials: missing field `password`",
        ),
    ],
)
def test_a_missing_member_of_an_image_is_400(hf: HfApi, image: Any, text: str) -> None:
    assert error_of(hf.create(with_image(image))) == (400, "VALIDATION_FAILED", text)


@pytest.mark.parametrize(
    ("patch", "start"),
    [
        (
            {"type": "open"},
            "type: unknown variant `open`, expected one of "
            "`public`, `authenticated`, `private`, `protected`",
        ),
        (
            {"model": {"task": "chat"}},
            "model.task: unknown variant `chat`, expected one of `custom`",
        ),
        ({"model": {"framework": "jax"}}, "model.framework: unknown variant `jax`"),
        ({"compute": {"accelerator": "tpu"}}, "compute.accelerator: unknown variant `tpu`"),
        (
            {"compute": {"scaling": {"measure": {"cpu": 1}}}},
            "compute.scaling.measure: unknown variant `cpu`",
        ),
        (
            {"privateService": {"accountId": "1", "region": "us-west-2"}},
            "privateService.region: unknown variant `us-west-2`",
        ),
    ],
)
def test_an_unknown_variant_is_422(hf: HfApi, patch: Any, start: str) -> None:
    status, code, text = error_of(hf.create(body(patch)))
    assert (status, code, text[: len(start)]) == (422, "UNPROCESSABLE_ENTITY", start)


@pytest.mark.parametrize(
    ("image", "start"),
    [
        ({"vllm": {"url": "u"}}, "model.image: unknown variant `vllm`, expected one of"),
        ({}, "model.image: invalid value: map with 0 keys"),
        ({"tei": {"url": "u"}, "tgi": {"url": "u"}}, "model.image: invalid value: map with 2 keys"),
        ({"tgi": {"url": "u", "quantize": "q"}}, "model.image.tgi.quantize: unknown variant `q`"),
    ],
)
def test_a_wrong_image_is_422(hf: HfApi, image: Any, start: str) -> None:
    status, _, text = error_of(hf.create(with_image(image)))
    assert (status, text[: len(start)]) == (422, start)


@pytest.mark.parametrize(
    ("patch", "text"),
    [
        ({"name": 7}, "name: invalid type: integer `7`, expected a string"),
        ({"tags": "a"}, 'tags: invalid type: string "a", expected a sequence'),
        (
            {"compute": {"scaling": {"minReplica": "1"}}},
            'compute.scaling.minReplica: invalid type: string "1", expected an integer',
        ),
        (
            {"compute": {"scaling": {"minReplica": True}}},
            "compute.scaling.minReplica: invalid type: boolean `true`, expected an integer",
        ),
        (
            {"compute": {"scaling": {"minReplica": 1.5}}},
            "compute.scaling.minReplica: invalid type: floating point `1.5`, expected an integer",
        ),
        (
            {"compute": {"scaling": {"minReplica": -1}}},
            "compute.scaling.minReplica: invalid value: integer `-1`, expected int32",
        ),
        (
            {"compute": {"scaling": {"maxReplica": 2**31}}},
            "compute.scaling.maxReplica: invalid value: integer `2147483648`, expected int32",
        ),
        (
            {"cacheHttpResponses": 1},
            "cacheHttpResponses: invalid type: integer `1`, expected a boolean",
        ),
    ],
)
def test_a_wrong_type_is_422(hf: HfApi, patch: Any, text: str) -> None:
    assert error_of(hf.create(body(patch))) == (422, "UNPROCESSABLE_ENTITY", text)


@pytest.mark.parametrize(("name", "good"), [("a" * 32, True), ("0-", True), ("a" * 33, False)])
def test_name_length_and_letters(hf: HfApi, name: str, good: bool) -> None:
    assert hf.create(body(name=name)).status == (200 if good else 400)


@pytest.mark.parametrize("name", ["", "Demo", "a_b", "a.b", "ä"])
def test_a_bad_name_is_400(hf: HfApi, name: str) -> None:
    text = f"name: `{name}` must be 1 to 32 characters of lowercase letters, digits and `-`"
    assert error_of(hf.create(body(name=name))) == (400, "VALIDATION_FAILED", text)


@pytest.mark.parametrize(
    ("patch", "text"),
    [
        (
            {"compute": {"instanceType": "c6i", "instanceSize": "medium"}},
            "Instance compute 'Cpu' - 'c6i' - 'medium' in 'aws' - 'us-east-1' not found",
        ),
        (
            {"provider": {"region": "mars"}},
            "Instance compute 'Cpu' - 'intel-spr' - 'x4' in 'aws' - 'mars' not found",
        ),
        (
            {"compute": {"accelerator": "zero_gpu"}},
            "Instance compute 'ZeroGpu' - 'intel-spr' - 'x4' in 'aws' - 'us-east-1' not found",
        ),
    ],
)
def test_an_unknown_instance_is_400(hf: HfApi, patch: Any, text: str) -> None:
    assert error_of(hf.create(body(patch))) == (400, "BAD_REQUEST", text)


def test_an_instance_without_capacity_is_400(hf: HfApi) -> None:
    hf.sim.knobs("hf", compute_status={"aws-us-east-1-intel-spr-x4": "not_available"})
    text = "Bad Request: Compute instance not available yet"
    assert error_of(hf.create()) == (400, "BAD_REQUEST", text)
    assert hf.create(body({"compute": {"instanceSize": "x2"}})).status == 200


def test_a_deprecated_instance_is_still_to_be_had(hf: HfApi) -> None:
    made = hf.made(body({"compute": {"instanceType": "intel-icl"}}))
    assert made["compute"]["id"] == "aws-us-east-1-intel-icl-x4"


@pytest.mark.parametrize(
    ("patch", "text"),
    [
        (
            {"compute": {"scaling": {"minReplica": 3}}},
            "compute.scaling: minReplica must not be greater than maxReplica",
        ),
        (
            {"compute": {"scaling": {"scaleToZeroTimeout": 15}}},
            "compute.scaling: scaleToZeroTimeout requires minReplica to be 0",
        ),
        ({"route": {"domain": "d", "path": "p"}}, "route.path: must start with `/`"),
        (
            {
                "provider": {"vendor": "gcp", "region": "us-east4"},
                "privateService": {"accountId": "1", "region": "us-east-1"},
            },
            "privateService: only available on aws",
        ),
    ],
)
def test_rules_between_members_are_400(hf: HfApi, patch: Any, text: str) -> None:
    assert error_of(hf.create(body(patch))) == (400, "VALIDATION_FAILED", text)


def test_a_null_timeout_passes_with_replicas(hf: HfApi) -> None:
    sent = body()
    sent["compute"]["scaling"]["scaleToZeroTimeout"] = None
    sent["model"]["revision"] = None
    assert hf.create(sent).status == 200


def test_a_taken_name_is_409_and_changes_nothing(hf: HfApi) -> None:
    hf.made()
    answer = hf.create(body(type="public"))
    assert error_of(answer) == (409, "CONFLICT", "Conflict: Endpoint already exists")
    assert hf.get()["type"] == "authenticated"
    assert hf.create(namespace="acme").status == 200


def test_several_accelerators_need_a_parallel_size(hf: HfApi) -> None:
    text = (
        "model.image.vLLM: tensorParallelSize or dataParallelSize is required on an instance "
        "with 4 accelerators"
    )
    answer = hf.create(with_image({"vLLM": {"url": "u"}}, **GPU_X4))
    assert error_of(answer) == (400, "VALIDATION_FAILED", text)
    text = "model.image.sGLang: tensorParallelSize is required on an instance with 4 accelerators"
    answer = hf.create(with_image({"sGLang": {"url": "u"}}, **GPU_X4))
    assert error_of(answer) == (400, "VALIDATION_FAILED", text)
    assert (
        hf.create(with_image({"vLLM": {"url": "u", "dataParallelSize": 4}}, **GPU_X4)).status == 200
    )


@pytest.mark.parametrize(
    ("image", "filled"),
    [
        ("vLLM", {"port": 8000, "healthRoute": "/health", "tensorParallelSize": 1}),
        ("vLLMOmni", {"port": 8000, "healthRoute": "/health"}),
        ("vLLMNeuron", {"port": 8000, "healthRoute": "/health"}),
        ("sGLang", {"port": 8000, "healthRoute": "/health", "tensorParallelSize": 1}),
        ("hfServe", {"port": 8000, "healthRoute": "/health"}),
        ("tgi", {"port": 80, "healthRoute": "/health", "disableCustomKernels": True}),
        ("tgiNeuron", {"port": 80, "healthRoute": "/health"}),
        ("tei", {"port": 80, "healthRoute": "/health"}),
        ("llamacpp", {"port": 8080, "healthRoute": "/health", "modelPath": "m"}),
        ("custom", {"port": 80, "healthRoute": "/health"}),
    ],
)
def test_port_and_health_route_are_filled(hf: HfApi, image: str, filled: Any) -> None:
    settings = {"url": "registry.example/x:1"}
    if image == "llamacpp":
        settings["modelPath"] = "m"
    made = hf.made(with_image({image: settings}))
    assert made["model"]["image"] == {image: {**settings, **filled}}


def test_what_was_given_is_not_filled(hf: HfApi) -> None:
    tgi = {
        "url": "u",
        "port": 8443,
        "healthRoute": "/ok",
        "disableCustomKernels": False,
        "maxInputLength": 1024,
        "maxTotalTokens": 1512,
        "maxBatchPrefillTokens": 2048,
        "maxBatchTotalTokens": 2048,
        "quantize": "gptq",
    }
    made = hf.made(with_image({"tgi": tgi}))
    assert (made["model"]["image"], made["healthRoute"]) == ({"tgi": tgi}, "/ok")


def test_images_without_a_container_are_not_filled(hf: HfApi) -> None:
    neuron = {"batchSize": 1, "sequenceLength": 2048, "neuronCache": "org/cache"}
    made = hf.made(with_image({"huggingfaceNeuron": neuron}))
    assert made["model"]["image"] == {"huggingfaceNeuron": neuron}


def test_credentials_and_secrets_do_not_read_back(hf: HfApi) -> None:
    credentials = {"username": "user-canary", "password": "password-canary"}
    sent = with_image({"custom": {"url": "u", "credentials": credentials}})
    sent["model"]["secrets"] = {"HF_TOKEN": "secret-canary"}
    answer = hf.create(sent)
    assert b"canary" not in answer.body
    model = answer.json["model"]
    assert model["image"]["custom"]["credentials"] == {"username": "", "password": None}
    assert model["secrets"] == {"HF_TOKEN": None}
    stored = hf.sim.state("hf")["endpoints"]["me/demo"]["spec"]["model"]
    assert stored["secrets"] == {"HF_TOKEN": "secret-canary"}
    assert stored["image"]["custom"]["credentials"] == credentials
    hf.sim.knobs("hf", secrets_echo="omit")
    assert "secrets" not in hf.get()["model"]


def test_unknown_members_are_ignored_and_recorded(hf: HfApi) -> None:
    sent = body(
        {
            "accountId": "1",
            "surprise": {"x": 1},
            "compute": {"id": "x", "scaling": {"metric": "hardwareUsage", "threshold": 1}},
            "model": {"image": {"huggingface": {"env": {}}}},
            "experimentalFeatures": {"kvRouter": {"tag": "t"}},
        }
    )
    sent["accountId"] = None
    made = hf.made(sent)
    ignored = [
        "compute.scaling.metric",
        "compute.scaling.threshold",
        "compute.id",
        "model.image.huggingface.env",
        "accountId",
        "surprise",
        "experimentalFeatures.kvRouter",
    ]
    assert sorted(hf.sim.requests()[0].notes["ignored"]) == sorted(ignored)
    (entry,) = hf.sim.call("hf", "ignored")
    assert (entry["operation"], entry["target"]) == ("endpoint.create", "me/demo")
    assert sorted(entry["fields"]) == sorted(ignored)
    assert made["experimentalFeatures"] == {"cacheHttpResponses": False}
    assert made["compute"]["id"] == "aws-us-east-1-intel-spr-x4"


def test_cache_flag_of_the_top_level(hf: HfApi) -> None:
    made = hf.made(body(cacheHttpResponses=True))
    assert made["experimentalFeatures"] == {"cacheHttpResponses": True}
    assert "cacheHttpResponses" not in made


def test_a_null_threshold_is_picked_by_the_service(hf: HfApi) -> None:
    sent = body()
    sent["compute"]["scaling"]["measure"] = {"pendingRequests": None}
    assert hf.made(sent)["compute"]["scaling"]["measure"] == {"pendingRequests": 1.5}


def test_min_zero_gets_the_default_timeout(hf: HfApi) -> None:
    sent = body({"compute": {"scaling": {"minReplica": 0}}})
    assert hf.made(sent)["compute"]["scaling"]["scaleToZeroTimeout"] == 15
    hf.sim.knobs("hf", fill_scaling_defaults=False)
    scaling = hf.get()["compute"]["scaling"]
    assert (scaling["scaleToZeroTimeout"], scaling["measure"]) == (None, None)


def test_a_router_without_a_tag_is_no_router(hf: HfApi) -> None:
    assert "customRouter" not in hf.made(body(customRouter={}))


def test_revisions(hf: HfApi) -> None:
    branch = hashlib.sha1(b"openai-community/gpt2@v2").hexdigest()
    assert hf.made(body({"model": {"revision": "v2"}}))["model"]["revision"] == branch
    assert hf.made(body({"name": "sha", "model": {"revision": SHA}}))["model"]["revision"] == SHA
    hf.made(body(name="none"))
    hf.sim.knobs("hf", revision_echo="as_given")
    got = [hf.get(name)["model"]["revision"] for name in ("demo", "sha", "none")]
    assert got == ["v2", SHA, None]
    hf.sim.knobs("hf", revision_echo="null_if_omitted")
    got = [hf.get(name)["model"]["revision"] for name in ("demo", "sha", "none")]
    assert got == [branch, SHA, None]


def test_absent_members_read_back_as_the_knob_says(hf: HfApi) -> None:
    hf.made()
    optional = ("customRouter", "network", "privateService", "route")
    fields = ("env", "secrets", "args", "command")
    got = hf.get()
    assert [key for key in optional if key in got] == []
    assert [key for key in fields if key in got["model"]] == []
    hf.sim.knobs("hf", absent_fields="null")
    got = hf.get()
    assert [got[key] for key in optional] == [None] * 4
    assert [got["model"][key] for key in fields] == [None] * 4
    hf.sim.knobs("hf", absent_fields="empty")
    assert [hf.get()["model"][key] for key in fields] == [{}, {}, [], []]


def test_the_server_may_add_environment(hf: HfApi) -> None:
    hf.sim.knobs("hf", server_env={"HF_TOKEN": "x"}, default_task="fill-mask", compute_id=False)
    made = hf.made(body({"model": {"env": {"A": "1"}}}))
    assert made["model"]["env"] == {"HF_TOKEN": "x", "A": "1"}
    assert made["model"]["task"] == "fill-mask"
    assert "id" not in made["compute"]


def test_protected_is_accepted_renamed_or_refused(hf: HfApi) -> None:
    assert hf.made(body(type="protected"))["type"] == "protected"
    hf.sim.knobs("hf", protected="rename")
    assert hf.get()["type"] == "authenticated"
    hf.sim.knobs("hf", protected="refuse")
    text = "type: unknown variant `protected`, expected one of `public`, `authenticated`, `private`"
    assert error_of(hf.create(body(name="two", type="protected")))[2] == text


def test_minus_one_prefill(hf: HfApi) -> None:
    image = {"sGLang": {"url": "u", "chunkedPrefillSize": -1}}
    assert hf.made(with_image(image))["model"]["image"]["sGLang"]["chunkedPrefillSize"] == -1
    hf.sim.knobs("hf", minus_one_prefill=False)
    assert hf.create({**with_image(image), "name": "two"}).status == 422


def test_reserved_environment_of_llamacpp(hf: HfApi) -> None:
    sent = with_image({"llamacpp": {"url": "u", "modelPath": "m"}})
    sent["model"]["env"] = {"LLAMA_ARG_PORT": "1"}
    text = "model.env: `LLAMA_ARG_PORT` is reserved"
    assert error_of(hf.create(sent)) == (400, "VALIDATION_FAILED", text)
    hf.sim.knobs("hf", refuse_reserved_env=False)
    assert hf.create(sent).status == 200


def test_the_content_type_must_be_json(hf: HfApi) -> None:
    from http_tools import ask, connect

    headers = {"Authorization": "Bearer hf_simulator_write", "Content-Type": "text/plain"}
    connection = connect(hf.url)
    assert ask(connection, "POST", "/v2/endpoint/me", body(), headers).status == 415
    hf.sim.knobs("hf", require_content_type=False)
    assert ask(connection, "POST", "/v2/endpoint/me", body(), headers).status == 200
    connection.close()


def test_fields_a_test_has_the_service_overlook(hf: HfApi) -> None:
    hf.sim.knobs("hf", drop_create_fields=["model.task", "tags"])
    made = hf.made(body({"model": {"task": "fill-mask"}, "tags": ["x"]}))
    assert (made["model"]["task"], made["tags"]) == ("text-generation", [])


def test_timestamp_digits(hf: HfApi) -> None:
    hf.sim.freeze("2026-10-02T12:41:53.25Z")
    hf.made()
    got = []
    for digits in (0, 3, 9):
        hf.sim.knobs("hf", timestamp_digits=digits)
        got.append(hf.get()["status"]["createdAt"])
    assert got == [
        "2026-10-02T12:41:53Z",
        "2026-10-02T12:41:53.250Z",
        "2026-10-02T12:41:53.250000000Z",
    ]


def test_ids_repeat_after_a_reset(hf: HfApi) -> None:
    first = hf.made()["status"]["url"]
    hf.sim.reset("hf")
    assert hf.made()["status"]["url"] == first
