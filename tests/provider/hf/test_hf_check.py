"""Check: what is let through, what is refused and how, what is warned about, and names."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2
from support.drivers.hf import (
    OPEN_TYPE,
    UNKNOWN,
    WARNING,
    Driver,
    Failure,
    bare,
    inputs,
    plain,
    secret,
    struct,
    urn,
)
from support.process import wait_until
from support.values import SECRET, SIGNATURE

pytestmark = pytest.mark.one_call

IMAGE_URL = "registry.example/app:1"


def image(**variant: Any) -> dict[str, Any]:
    return inputs(model={"image": variant})


@pytest.mark.valgrind_smoke
def test_inputs_come_back_as_they_were_written(driver: Driver) -> None:
    assert driver.checked(inputs()) == inputs()


def test_two_resources_of_one_program_cannot_have_one_name(
    configure: Callable[..., Driver],
) -> None:
    driver = configure()
    driver.checked(inputs())
    driver.checked(inputs())
    reasons = driver.refused(inputs(), name="second")
    assert reasons == {
        "name": f"is also the name of {urn('demo')}: a name exists once; choose another, or leave "
        "it out"
    }
    driver.checked(inputs(namespace="other"), name="second")
    driver.checked(inputs(name=UNKNOWN), name="third")
    driver.checked(inputs(namespace=UNKNOWN), name="fourth")
    driver.checked(inputs(name=None), name="fifth")
    driver.checked(inputs(name="renamed"))  # gives the first name free
    driver.checked(inputs(), name="sixth")


def test_defaults_of_the_service_are_not_written_into_the_inputs(driver: Driver) -> None:
    checked = driver.checked(inputs(type=None))
    assert "type" not in checked
    assert "scaling" not in checked["compute"]


def test_the_configured_namespace_is_written_into_the_inputs(
    configure: Callable[..., Driver],
) -> None:
    assert configure(hfNamespace="acme").checked(inputs(namespace=None))["namespace"] == "acme"


def test_a_namespace_that_is_set_nowhere_names_the_places(driver: Driver) -> None:
    reason = driver.refused(inputs(namespace=None))["namespace"]
    assert "inference:hfNamespace" in reason and "HF_NAMESPACE" in reason


def test_nulls_are_dropped(driver: Driver) -> None:
    news = inputs()
    news["tags"] = None
    news["model"]["env"] = {"A": None, "B": "b"}
    checked = driver.checked(news)
    assert "tags" not in checked
    assert checked["model"]["env"] == {"B": "b"}


WRONG = [
    ({"type": 1}, "type", "must be a string, not a number (1): put it into quotes"),
    ({"tags": "a"}, "tags", 'must be a list, not a string ("a"): put it into a list'),
    ({"tags": ["a", 2]}, "tags[1]", "must be a string, not a number (2): put it into quotes"),
    ({"tags": [""]}, "tags[0]", "must not be empty"),
    (
        {"cacheHttpResponses": "true"},
        "cacheHttpResponses",
        'must be true or false, not a string ("true"): take the quotes off',
    ),
    (
        {"cloudProvider": "aws"},
        "cloudProvider",
        'must be an object with vendor, region, not a string ("aws")',
    ),
    ({"model": {"env": ["A"]}}, "model.env", "must be a map, not a list"),
    (
        {"model": {"env": {"A.B": 1}}},
        'model.env["A.B"]',
        "must be a string, not a number (1): put it into quotes",
    ),
    (
        {"compute": {"scaling": {"minReplica": 1.5, "maxReplica": 2}}},
        "compute.scaling.minReplica",
        "must be a whole number, is 1.5",
    ),
    (
        {"compute": {"scaling": {"minReplica": "1"}}},
        "compute.scaling.minReplica",
        'must be a whole number, not a string ("1"): take the quotes off',
    ),
    (
        {"compute": {"scaling": {"minReplica": -1}}},
        "compute.scaling.minReplica",
        "must be at least 0, is -1",
    ),
    ({"customRouter": {"port": 65536}}, "customRouter.port", "must be at most 65535, is 65536"),
    ({"customRouter": {"tag": ""}}, "customRouter.tag", "must not be empty"),
    ({"type": ""}, "type", 'must be one of public, authenticated, private; is ""'),
    ({"name": "Upper"}, "name", 'may hold only lower-case letters, digits and hyphens; is "Upper"'),
    ({"name": "a_b"}, "name", 'may hold only lower-case letters, digits and hyphens; is "a_b"'),
    ({"name": ""}, "name", "must not be empty"),
    ({"name": "a" * 33}, "name", "may have at most 32 characters, has 33"),
    (
        {"route": {"domain": "x.example", "path": "v1"}},
        "route.path",
        'must start with a slash; is "v1"',
    ),
    ({"route": {"domain": "x.example"}}, "route.path", "is required"),
    ({"route": {"path": "/v1"}}, "route.domain", "is required"),
    ({"notifications": {"email": True}}, "notifications.push", "is required"),
    ({"cloudProvider": {"region": None}}, "cloudProvider.region", "is required"),
    ({"cloudProvider": None}, "cloudProvider", "is required"),
    ({"compute": {"instanceSize": None}}, "compute.instanceSize", "is required"),
    ({"model": {"repository": ""}}, "model.repository", "must not be empty"),
    ({"privateService": {"shared": True}}, "privateService.accountId", "is required"),
    (
        {"desiredState": "stopped"},
        "desiredState",
        'must be one of running, paused, scaledToZero; is "stopped"',
    ),
    ({"timeouts": {"create": 0}}, "timeouts.create", "must be at least 1 (seconds), is 0"),
    ({"model": {"image": {"tgi": {}}}}, "model.image.tgi.url", "is required"),
    (
        {"model": {"image": {"llamacpp": {"url": "u"}}}},
        "model.image.llamacpp.modelPath",
        "is required",
    ),
    (
        {"model": {"image": {"custom": {"url": "u", "credentials": {"username": "u"}}}}},
        "model.image.custom.credentials.password",
        "is required",
    ),
]


@pytest.mark.parametrize(
    ("patch", "path", "reason"), WRONG, ids=[row[1] + ":" + row[2][:20] for row in WRONG]
)
def test_one_mistake_is_one_failure(
    driver: Driver, patch: dict[str, Any], path: str, reason: str
) -> None:
    assert driver.refused(inputs(**patch)) == {path: reason}


def test_numbers_that_json_cannot_say_are_refused(driver: Driver) -> None:
    for number in (float("nan"), float("inf")):
        request = provider_pb2.CheckRequest(urn=urn(), type="inference:hf:Endpoint", name="demo")
        request.news.CopyFrom(struct(inputs(compute={"scaling": {}})))
        scaling = request.news.fields["compute"].struct_value.fields["scaling"].struct_value
        scaling.fields["minReplica"].number_value = number
        response = driver.call("Check", request)
        assert [(f.property, f.reason) for f in response.failures] == [
            ("compute.scaling.minReplica", "must be a finite number")
        ]


def test_every_mistake_is_told_at_once(driver: Driver) -> None:
    wrong = inputs(name="A", type=3, tags=[1, 2], cloudProvider=None, colour="red")
    assert sorted(driver.refused(wrong)) == [
        "cloudProvider",
        "colour",
        "name",
        "tags[0]",
        "tags[1]",
        "type",
    ]


def test_the_order_of_failures_is_stable(driver: Driver) -> None:
    wrong = inputs(name="A", type=3, tags=[1, 2], cloudProvider=None, colour="red")
    first = [(f.property, f.reason) for f in driver.check(wrong).failures]
    assert [(f.property, f.reason) for f in driver.check(wrong).failures] == first


@pytest.mark.parametrize(
    ("patch", "path", "hint"),
    [
        ({"cloud_provider": {}}, "cloud_provider", "cloudProvider"),
        ({"compute": {"instance_type": "x"}}, "compute.instance_type", "instanceType"),
        ({"compute": {"scaling": {"min_replica": 1}}}, "compute.scaling.min_replica", "minReplica"),
        ({"compute": {"scaling": {"maxReplicas": 1}}}, "compute.scaling.maxReplicas", "maxReplica"),
        (
            {"model": {"image": {"vllm": {"url": "u"}, "tgi": {"url": "u"}}}},
            "model.image.vllm",
            "vLLM",
        ),
        (
            {"model": {"image": {"sglang": {"url": "u"}, "tgi": {"url": "u"}}}},
            "model.image.sglang",
            "sGLang",
        ),
        ({"desired_state": "running"}, "desired_state", "desiredState"),
        ({"tag": []}, "tag", "tags"),
        ({"experimental-features": {}}, '["experimental-features"]', "experimentalFeatures"),
        ({"compute": {"scaling": {"min": 1}}}, "compute.scaling.min", "minReplica"),
        ({"cacheHttp": True}, "cacheHttp", "cacheHttpResponses"),
        ({"inference:hfNamespace": "me"}, '["inference:hfNamespace"]', "namespace"),
    ],
)
def test_an_unknown_key_is_met_with_the_one_that_was_meant(
    driver: Driver, patch: dict[str, Any], path: str, hint: str
) -> None:
    assert driver.refused(inputs(**patch)) == {path: f'unknown property; did you mean "{hint}"?'}


MISPLACED = [
    ({"minReplica": 1}, "minReplica", '"compute.scaling.minReplica"'),
    ({"model": {"instance_type": "a"}}, "model.instance_type", '"compute.instanceType"'),
    ({"compute": {"tags": []}}, "compute.tags", '"tags" at the top'),
    (
        {"model": {"image": {"custom": {"url": "u", "env": {}}}}},
        "model.image.custom.env",
        'one of "model.env", "customRouter.env"',
    ),
    (
        {"model": {"healthRoute": "/"}},
        "model.healthRoute",
        'one of "model.image.llamacpp.healthRoute", "model.image.tei.healthRoute", '
        '"model.image.tgi.healthRoute" or others',
    ),
]


@pytest.mark.parametrize(("patch", "path", "places"), MISPLACED)
def test_a_misplaced_key_is_told_where_it_belongs(
    driver: Driver, patch: dict[str, Any], path: str, places: str
) -> None:
    reason = f"unknown property here; did you mean {places}?"
    assert driver.refused(inputs(**patch)) == {path: reason}


def test_a_secret_value_is_not_repeated(driver: Driver) -> None:
    """Neither one below a secret property nor one that the program marks."""
    refused = driver.refused(inputs(model={"secrets": {"PIN": 7531}}, type=secret(12345)))
    assert refused == {
        "model.secrets.PIN": "must be a string, not a number: put it into quotes",
        "type": "must be a string, not a number: put it into quotes",
    }


def test_a_long_text_is_repeated_in_part(driver: Driver) -> None:
    reason = driver.refused(inputs(desiredState="ä" * 61))["desiredState"]
    assert reason == f'must be one of running, paused, scaledToZero; is "{"ä" * 60}…"'


def test_an_unknown_key_that_resembles_none_is_met_with_the_known_ones(driver: Driver) -> None:
    reason = driver.refused(inputs(cloudProvider={"colour": "red"}))["cloudProvider.colour"]
    assert reason == "unknown property; known here: vendor, region"


def test_a_short_key_that_may_be_several_is_met_with_the_known_ones(driver: Driver) -> None:
    reason = driver.refused(inputs(privateService={"accountId": "1", "a": 1}))["privateService.a"]
    assert reason.startswith("unknown property; known here: ")
    reason = driver.refused(inputs(compute={"inst": "x"}))["compute.inst"]
    assert reason.startswith("unknown property; known here: ")


def test_a_setting_by_the_engine_s_name_of_it_is_no_input(driver: Driver) -> None:
    path = '["inference:maxRetries"]'
    assert driver.refused(inputs(**{"inference:maxRetries": 3})) == {
        path: "is no input but a setting of the provider: run pulumi config set "
        "inference:maxRetries <value>, or set maxRetries in the program's provider resource"
    }


@pytest.mark.parametrize("key", ["url", "status", "healthRoute", "target", "endpointId"])
def test_outputs_cannot_be_set(driver: Driver, key: str) -> None:
    assert "is an output" in driver.refused(inputs(**{key: "x"}))[key]


def test_an_output_inside_an_input_cannot_be_set(driver: Driver) -> None:
    reason = driver.refused(inputs(model={"fromCatalog": True}))["model.fromCatalog"]
    assert "is an output" in reason


def test_internal_keys_are_dropped(driver: Driver) -> None:
    assert driver.checked(inputs(__internal={"a": 1}, __defaults=["x"])) == inputs()


ROUTERS: list[dict[str, Any]] = [
    {},
    {"tag": "router:1", "port": 3001},
    {"tag": UNKNOWN, "port": 3001},
    {"port": 3001},
    {"env": {"A": "b"}},
]


def test_a_router_without_an_image_is_none(driver: Driver) -> None:
    """Told of the last two; records come in order."""
    for index, router in enumerate(ROUTERS):
        driver.checked(inputs(name=f"r{index}", customRouter=router), name=f"r{index}")

    def warned() -> list[str]:
        records = [r for r in list(driver.engine.records) if "customRouter.tag" in r.message]
        return [record.urn for record in records]

    wait_until(lambda: len(warned()) >= 2)
    assert warned() == [urn("r3"), urn("r4")]


OPEN = [
    ("type", {"type": "secret-club"}),
    ("compute.accelerator", {"compute": {"accelerator": "tpu"}}),
    ("model.framework", {"model": {"framework": "jax"}}),
    ("model.task", {"model": {"task": "time-travel"}}),
    ("experimentalFeatures.loadBalancer", {"experimentalFeatures": {"loadBalancer": "warm"}}),
    ("model.image.tgi.quantize", {"model": {"image": {"tgi": {"url": "u", "quantize": "q4"}}}}),
    ("privateService.region", {"privateService": {"accountId": "1", "region": "eu-north-1"}}),
    ("customRouter.protocol", {"customRouter": {"protocol": "grpc", "tag": "router:1"}}),
]


@pytest.mark.parametrize(("path", "patch"), OPEN, ids=[row[0] for row in OPEN])
def test_a_value_unknown_to_this_version_passes_with_a_warning(
    driver: Driver, path: str, patch: dict[str, Any]
) -> None:
    assert driver.checked(inputs(**patch)) == inputs(**patch)
    record = driver.logged("not among the values known")
    assert record.message.startswith(f"{path}: ")
    assert (record.severity, record.ephemeral, record.urn) == (WARNING, False, urn())


SLEEPER = {"minReplica": 0, "maxReplica": 1}
ASSUMED: list[tuple[str, dict[str, Any], str]] = [
    ("maxReplica", {"minReplica": 0, "maxReplica": 0}, "must be at least 1, is 0"),
    (
        "scaleToZeroTimeout",
        SLEEPER | {"scaleToZeroTimeout": 0},
        "must be at least 1 (minutes), is 0",
    ),
    (
        "measure.hardwareUsage",
        {"measure": {"hardwareUsage": -1}},
        "must be at least 0 (per cent), is -1",
    ),
    (
        "measure.pendingRequests",
        {"measure": {"pendingRequests": -0.5}},
        "must be at least 0, is -0.5",
    ),
    ("threshold", {"metric": "hardwareUsage", "threshold": -1}, "must be at least 0, is -1"),
]


@pytest.mark.parametrize(("member", "scaling", "words"), ASSUMED, ids=[row[0] for row in ASSUMED])
def test_a_limit_without_a_source_warns(
    driver: Driver, member: str, scaling: dict[str, Any], words: str
) -> None:
    patch = {"compute": {"scaling": scaling}}
    assert driver.checked(inputs(**patch)) == inputs(**patch)
    assert driver.logged("the limit is assumed").message == (
        f"compute.scaling.{member}: {words} (as far as is known: the limit is assumed); it is "
        "passed on as it is"
    )


@pytest.mark.parametrize("text", ["https://huggingface.co/gpt2", "gpt2 ", "/gpt2", "a/b/c"])
def test_a_repository_has_one_form(driver: Driver, text: str) -> None:
    patch = {"model": {"repository": text}}
    assert driver.checked(inputs(**patch)) == inputs(**patch)
    assert driver.logged("model.repository").message == (
        f'model.repository: must be owner/model or model; is "{text}" (as far as is known: the '
        "limit is assumed); it is passed on as it is"
    )
    driver.checked(inputs(model={"repository": "openai-community/gpt2"}, type="verified"))
    driver.logged('"verified" is deprecated')
    assert len([line for line in driver.log(WARNING) if "owner/model" in line]) == 1


def test_a_known_value_passes_without_a_word(driver: Driver) -> None:
    driver.checked(inputs(type="private", model={"task": "translation"}))
    driver.checked(inputs(type="nonsense"))
    driver.logged("nonsense")  # records arrive in order
    assert len(driver.log(WARNING)) == 1


@pytest.mark.parametrize(
    ("patch", "text"),
    [
        ({"type": "protected"}, 'type: "protected" is deprecated'),
        ({"type": "verified"}, 'type: "verified" is deprecated'),
        (
            {"compute": {"scaling": {"metric": "hardwareUsage"}}},
            "compute.scaling.metric is deprecated",
        ),
        ({"compute": {"id": "x"}}, "compute.id is deprecated"),
        (
            {"experimentalFeatures": {"kvRouter": {"tag": "t"}}},
            "experimentalFeatures.kvRouter is deprecated",
        ),
        ({"accountId": "123"}, "accountId is deprecated"),
    ],
)
def test_former_spellings_pass_with_a_warning(
    driver: Driver, patch: dict[str, Any], text: str
) -> None:
    assert driver.checked(inputs(**patch)) == inputs(**patch)
    assert driver.logged(text).severity == WARNING


def test_a_type_that_is_left_out_warns(driver: Driver) -> None:
    assert "type" not in driver.checked(inputs(type=None))
    record = driver.logged("type is left out")
    assert (record.message, record.severity) == (OPEN_TYPE, WARNING)


@pytest.mark.parametrize("said", ["authenticated", "private", "public", UNKNOWN])
def test_a_type_that_is_said_does_not(driver: Driver, said: str) -> None:
    driver.checked(inputs(type=said))
    driver.checked(inputs(type="nonsense"))
    driver.logged("nonsense")  # records arrive in order
    assert [text for text in driver.log(WARNING) if "left out" in text] == []


TOKEN = "hf_abcdefghijklmnopqrstuvwxyz"
EXPOSED = "looks like a token, and whoever may see the endpoint can read it there: "
TOKENS = [
    ({"model": {"env": {"A": "a", "HF_TOKEN": TOKEN}}}, "model.env.HF_TOKEN", "model.secrets"),
    ({"model": {"env": {"WHATEVER": TOKEN}}}, "model.env.WHATEVER", "model.secrets"),
    ({"model": {"env": {"wandbApiKey": "0123456789abcdef0"}}}, "model.env.wandbApiKey", ""),
    ({"model": {"env": {"DB_PASSWORD": secret("correct-horse")}}}, "model.env.DB_PASSWORD", ""),
    ({"model": {"args": ["--api-key", "topsecret1"]}}, "model.args[1]", "an entry of"),
    ({"model": {"args": ["a", "--api-key=topsecret1"]}}, "model.args[1]", "an entry of"),
    ({"model": {"command": ["run", f"--t={TOKEN}"]}}, "model.command[1]", "an entry of"),
    ({"customRouter": {"env": {"API_KEY": "topsecret1"}}}, "customRouter.env.API_KEY", "a router"),
]


@pytest.mark.parametrize(("patch", "path", "advice"), TOKENS, ids=[row[1] for row in TOKENS])
def test_a_token_that_all_may_read_warns_and_is_masked(
    driver: Driver, patch: dict[str, Any], path: str, advice: str
) -> None:
    checked = driver.checked(inputs(**patch))
    record = driver.logged("looks like a token")
    assert record.severity == WARNING
    assert record.message.startswith(f"{path}: {EXPOSED}") and advice in record.message
    assert record.message.endswith(". Its value is masked here")
    assert all(word not in record.message for word in (TOKEN, "topsecret1", "0123456789abcdef0"))
    assert bare(checked) == bare(inputs(**patch))
    steps = [int(step) if step.isdigit() else step for step in re.split(r"[.\[\]]+", path) if step]
    for step in steps:
        checked = checked[step]
    assert checked[SIGNATURE] == SECRET  # type: ignore[index]


NO_TOKENS = {
    "MAX_TOTAL_TOKENS": "4096",
    "PAD_TOKEN": "<pad>",
    "EOS_TOKEN": "<|endoftext|>",
    "TOKEN": "short",
    "HF_TOKEN_PATH": "/run/secrets/token",
    "API_KEY": "/run/secrets/key",
    "ACCESS_KEY": "$(OTHER_VARIABLE)",
    "SECRET": "1234567890",
    "EOSTOKEN": "end-of-text",
    "HF_TOKEN": UNKNOWN,
    "TOKENIZERS_PARALLELISM": "false-or-so",
    "MODEL": "hf_transfer",
}


def test_what_is_no_token_passes_without_a_word(driver: Driver) -> None:
    news = inputs(model={"env": NO_TOKENS, "args": ["--max-tokens", "12345678", "--token-count"]})
    assert driver.checked(news) == news
    driver.checked(inputs(type="nonsense"))
    driver.logged("nonsense")  # records arrive in order
    assert len(driver.log(WARNING)) == 1


def test_a_token_in_a_secret_map_is_nobodys_business(driver: Driver) -> None:
    """The map is masked as a whole, names and all."""
    driver.checked(inputs(model={"env": secret({"HF_TOKEN": TOKEN})}))
    driver.checked(inputs(type="nonsense"))
    driver.logged("nonsense")
    assert len(driver.log(WARNING)) == 1


def engine(name: str, size: str, args: list[str] | None = None, **sizes: Any) -> dict[str, Any]:
    machine = {"accelerator": "gpu", "instanceType": "nvidia-l4", "instanceSize": size}
    model = {"image": {name: {"url": IMAGE_URL, **sizes}}, **({"args": args} if args else {})}
    return inputs(compute=machine, model=model)


BOTH = "tensorParallelSize times dataParallelSize"
PARALLEL = [
    (
        engine("vLLM", "x4"),
        "model.image.vLLM: the machine has 4 accelerators, and the service refuses this engine "
        "there without tensorParallelSize or dataParallelSize",
    ),
    (
        engine("sGLang", "x2"),
        "model.image.sGLang: the machine has 2 accelerators, and the service refuses this engine "
        "there without tensorParallelSize",
    ),
    (
        engine("sGLang", "x8", tensorParallelSize=4),
        "model.image.sGLang: its parallel size is 4 (tensorParallelSize), but the machine has 8 "
        "accelerators",
    ),
    (
        engine("vLLM", "x4", tensorParallelSize=4, dataParallelSize=2),
        f"model.image.vLLM: its parallel size is 8 ({BOTH}), but the machine has 4 accelerators",
    ),
    (
        engine("vLLM", "x1", tensorParallelSize=2),
        f"model.image.vLLM: its parallel size is 2 ({BOTH}), but the machine has 1 accelerator",
    ),
]


@pytest.mark.parametrize(("news", "words"), PARALLEL, ids=[row[1][12:60] for row in PARALLEL])
def test_a_parallel_size_that_does_not_fit_the_machine_warns(
    driver: Driver, news: dict[str, Any], words: str
) -> None:
    assert driver.checked(news) == news
    record = driver.logged("model.image.")
    assert (record.message, record.severity) == (words, WARNING)


@pytest.mark.parametrize(
    "news",
    [
        engine("vLLM", "x1"),
        engine("vLLM", "x4", tensorParallelSize=4),
        engine("vLLM", "x4", dataParallelSize=4),
        engine("vLLM", "x4", tensorParallelSize=2, dataParallelSize=2),
        engine("vLLM", "x4", tensorParallelSize=UNKNOWN),
        engine("vLLM", UNKNOWN),
        engine("vLLM", "xxl"),
        engine("vLLM", "x4", args=["--tensor-parallel-size", "4"]),
        engine("sGLang", "x4", args=[UNKNOWN]),
        engine("sGLang", "x2", tensorParallelSize=2),
        engine("tgi", "x4"),
        inputs(model={"image": {"vLLM": {"url": IMAGE_URL}}}, compute={"instanceSize": "x4"}),
    ],
    ids=str,
)
def test_a_parallel_size_that_fits_or_is_not_known(driver: Driver, news: dict[str, Any]) -> None:
    driver.checked(news)
    driver.checked(inputs(type="nonsense"))
    driver.logged("nonsense")  # records arrive in order
    assert len(driver.log(WARNING)) == 1


def test_exactly_one_engine(driver: Driver) -> None:
    two = image(tgi={"url": IMAGE_URL}, tei={"url": IMAGE_URL})
    assert re.fullmatch(
        r"needs exactly one of huggingface, .*custom; 2 are set",
        driver.refused(two)["model.image"],
    )
    assert driver.refused(image())["model.image"].endswith("; 0 are set")


def test_exactly_one_measure(driver: Driver) -> None:
    both = inputs(compute={"scaling": {"measure": {"hardwareUsage": 1, "pendingRequests": 2}}})
    assert driver.refused(both) == {
        "compute.scaling.measure": "needs exactly one of hardwareUsage, pendingRequests; 2 are set"
    }


RULES: list[tuple[dict[str, Any], list[str]]] = [
    ({"compute": {"scaling": {"minReplica": 3, "maxReplica": 2}}}, ["compute.scaling.minReplica"]),
    ({"compute": {"scaling": {"minReplica": 2}}}, ["compute.scaling.minReplica"]),
    ({"compute": {"scaling": {"scaleToZeroTimeout": 5}}}, ["compute.scaling.scaleToZeroTimeout"]),
    ({"compute": {"scaling": {"minReplica": 0, "scaleToZeroTimeout": 5}}}, []),
    ({"desiredState": "scaledToZero"}, ["desiredState"]),
    ({"desiredState": "scaledToZero", "compute": {"scaling": {"minReplica": 0}}}, ["desiredState"]),
    (
        {
            "desiredState": "scaledToZero",
            "compute": {"scaling": {"minReplica": 0, "scaleToZeroTimeout": 5}},
        },
        [],
    ),
    ({"compute": {"scaling": {"threshold": 5}}}, ["compute.scaling.threshold"]),
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
        [],
    ),
    ({"compute": {"scaling": {"metric": "hardwareUsage", "measure": {"hardwareUsage": 10}}}}, []),
    (
        {
            "compute": {
                "scaling": {
                    "metric": "hardwareUsage",
                    "threshold": 9,
                    "measure": {"hardwareUsage": 10},
                }
            }
        },
        ["compute.scaling.metric"],
    ),
    (
        {"compute": {"scaling": {"metric": "pendingRequests", "measure": {"hardwareUsage": 10}}}},
        ["compute.scaling.metric"],
    ),
    (
        {"cacheHttpResponses": True, "experimentalFeatures": {"cacheHttpResponses": False}},
        ["cacheHttpResponses", "experimentalFeatures.cacheHttpResponses"],
    ),
    ({"cacheHttpResponses": True, "experimentalFeatures": {"cacheHttpResponses": True}}, []),
    (
        {
            "type": "private",
            "privateService": {"accountId": "1"},
            "cloudProvider": {"vendor": "gcp"},
        },
        ["privateService"],
    ),
    ({"type": "private", "privateService": {"accountId": "1"}}, []),
    (
        {
            "type": "private",
            "privateService": {"accountId": "1"},
            "cloudProvider": {"vendor": UNKNOWN},
        },
        [],
    ),
    ({"compute": {"scaling": {"minReplica": UNKNOWN, "scaleToZeroTimeout": 5}}}, []),
    ({"compute": {"scaling": {"minReplica": 3, "maxReplica": UNKNOWN}}}, []),
    ({"compute": {"scaling": UNKNOWN}, "desiredState": "scaledToZero"}, []),
    ({"compute": {"scaling": {"metric": UNKNOWN, "measure": {"hardwareUsage": 10}}}}, []),
]


@pytest.mark.parametrize(("patch", "paths"), RULES, ids=[str(i) for i in range(len(RULES))])
def test_rules_across_properties(driver: Driver, patch: dict[str, Any], paths: list[str]) -> None:
    assert sorted(f.property for f in driver.check(inputs(**patch)).failures) == sorted(paths)


@pytest.mark.parametrize(
    "patch",
    [
        {"name": UNKNOWN},
        {"namespace": UNKNOWN},
        {"type": UNKNOWN},
        {"tags": UNKNOWN},
        {"tags": [UNKNOWN]},
        {"compute": UNKNOWN},
        {"model": {"image": UNKNOWN}},
        {"model": {"image": {"tgi": UNKNOWN}}},
        {"model": {"env": {"A": UNKNOWN}}},
        {"model": {"secrets": secret({"A": UNKNOWN})}},
        {"compute": {"scaling": {"measure": {"hardwareUsage": UNKNOWN}}}},
    ],
)
def test_what_is_not_known_yet_passes(driver: Driver, patch: dict[str, Any]) -> None:
    news = inputs(**patch)
    assert driver.checked(news) == news


def test_secrets_are_wrapped_wherever_the_schema_says_so(driver: Driver) -> None:
    news = inputs(
        model={
            "secrets": {"HF_TOKEN": "hf_abcdefgh"},
            "image": {
                "custom": {
                    "url": IMAGE_URL,
                    "credentials": {"username": "u", "password": "hunter22"},
                }
            },
        }
    )
    model = driver.checked(news)["model"]
    assert model["secrets"] == secret({"HF_TOKEN": "hf_abcdefgh"})
    assert model["image"]["custom"]["credentials"] == {
        "username": "u",
        "password": secret("hunter22"),
    }


def test_secrets_of_the_program_stay_secret(driver: Driver) -> None:
    news = inputs(
        type=secret("private"),
        tags=secret(["a"]),
        model={"env": {"A": secret("value-of-a")}, "args": ["--key", secret("value-of-key")]},
    )
    assert driver.checked(news) == news


def test_a_secret_is_checked_like_any_value_and_not_told(driver: Driver) -> None:
    refused = driver.refused(inputs(name=secret("Not-A-Name"), type=secret(3)))
    assert sorted(refused) == ["name", "type"]
    assert "Not-A-Name" not in str(refused)


@pytest.mark.parametrize("resource_type", ["inference:hf:Endpiont", "aws:s3:Bucket"])
def test_a_foreign_type_is_an_error(driver: Driver, resource_type: str) -> None:
    request = provider_pb2.CheckRequest(
        urn=urn(resource_type=resource_type), news=struct(inputs()), type=resource_type, name="demo"
    )
    with pytest.raises(Failure) as caught:
        driver.call("Check", request)
    assert caught.value.code.name == "INVALID_ARGUMENT"
    assert "inference:hf:Endpoint" in caught.value.message


def test_check_needs_a_configured_provider(start: Callable[..., Driver]) -> None:
    with pytest.raises(Failure) as caught:
        start().check(inputs())
    assert caught.value.code.name == "FAILED_PRECONDITION"


# Names.


def auto(name: str, **members: Any) -> provider_pb2.CheckRequest:
    return provider_pb2.CheckRequest(
        urn=urn(name),
        type="inference:hf:Endpoint",
        name=name,
        news=struct(inputs(name=None)),
        **members,
    )


def name_of(driver: Driver, request: provider_pb2.CheckRequest) -> str:
    checked = plain(driver.call("Check", request).inputs)
    assert checked["__defaults"] == ["name"]
    return str(checked["name"])


SEED = bytes(range(32))


def test_a_name_is_made_of_the_resource_and_seven_digits(driver: Driver) -> None:
    assert re.fullmatch("chat-[0-9a-f]{7}", name_of(driver, auto("chat", randomSeed=SEED)))


def test_the_same_seed_makes_the_same_name(driver: Driver) -> None:
    first = name_of(driver, auto("chat", randomSeed=SEED))
    assert name_of(driver, auto("chat", randomSeed=SEED)) == first
    assert name_of(driver, auto("chat", randomSeed=SEED[::-1])) != first
    assert name_of(driver, auto("other", randomSeed=SEED))[-7:] != first[-7:]


def test_without_a_seed_names_differ(driver: Driver) -> None:
    assert name_of(driver, auto("chat")) != name_of(driver, auto("chat"))


@pytest.mark.parametrize(
    ("logical", "stem"),
    [
        ("My_Model.v2", "my-model-v2"),
        ("--odd--name--", "odd-name"),
        ("x" * 60, "x" * 24),
        ("a" * 23 + "--b", "a" * 23),
        ("Größe", "gr-e"),
    ],
)
def test_a_name_is_spelled_by_the_clouds_rules(driver: Driver, logical: str, stem: str) -> None:
    name = name_of(driver, auto(logical, randomSeed=SEED))
    assert name[:-8] == stem and name[-8] == "-"
    assert len(name) <= 32


def test_a_resource_without_a_usable_letter_gets_digits_alone(driver: Driver) -> None:
    assert re.fullmatch("[0-9a-f]{7}", name_of(driver, auto("___", randomSeed=SEED)))


def test_the_name_comes_from_the_urn_when_the_request_has_none(driver: Driver) -> None:
    request = provider_pb2.CheckRequest(
        urn=urn("chat"), news=struct(inputs(name=None)), randomSeed=SEED
    )
    assert re.fullmatch("chat-[0-9a-f]{7}", name_of(driver, request))


def test_an_old_name_is_kept(driver: Driver) -> None:
    olds = struct(inputs(name="old-name"))
    assert name_of(driver, auto("chat", randomSeed=SEED, olds=olds)) == "old-name"


def autonaming(mode: str, proposed: str = "") -> provider_pb2.CheckRequest.AutonamingOptions:
    options = provider_pb2.CheckRequest.AutonamingOptions
    return options(mode=options.Mode.Value(mode), proposed_name=proposed)


@pytest.mark.parametrize(
    ("proposed", "name"),
    [
        ("dev-chat", "dev-chat"),
        ("Dev_Chat", "dev-chat"),
        ("p" * 40 + "-1a2b3c4", "p" * 24 + "-1a2b3c4"),
    ],
)
def test_a_proposed_name_is_adapted(driver: Driver, proposed: str, name: str) -> None:
    assert name_of(driver, auto("chat", autonaming=autonaming("PROPOSE", proposed))) == name


def test_an_enforced_name_is_taken_as_it_is_or_not_at_all(driver: Driver) -> None:
    assert name_of(driver, auto("chat", autonaming=autonaming("ENFORCE", "dev-chat"))) == "dev-chat"
    response = driver.call("Check", auto("chat", autonaming=autonaming("ENFORCE", "Dev_Chat")))
    assert [(f.property, f.reason) for f in response.failures] == [
        ("name", 'may hold only lower-case letters, digits and hyphens; is "Dev_Chat"')
    ]


def test_without_autonaming_a_name_is_required(driver: Driver) -> None:
    response = driver.call("Check", auto("chat", autonaming=autonaming("DISABLE")))
    assert [(f.property, f.reason) for f in response.failures] == [
        ("name", "is required because autonaming is disabled")
    ]


def test_an_explicit_name_is_not_marked(driver: Driver) -> None:
    assert "__defaults" not in driver.checked(inputs(name="mine"), olds=inputs(name="old"))
