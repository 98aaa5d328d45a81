"""What nobody has, by a name that is nearly right: functions, types of resources, settings, ids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2
from simulator.client import Simulator
from support.clouds import ark as arks
from support.clouds import hf as hfs
from support.clouds import maas as maases
from support.clouds import tir as tirs
from support.drivers import ark, hf, maas, tir
from support.drivers.hf import WARNING, Driver, Failure, failures, struct, urn
from support.values import secret

pytestmark = pytest.mark.one_call

ALL = ("ark", "hf", "maas", "tir")


@pytest.fixture
def driver(binary: Path) -> Iterator[Driver]:
    started = hf.Driver(binary)
    started.configure()
    yield started
    started.stop()


def each(name: str) -> str:
    return "did you mean one of " + ", ".join(f'"inference:{cloud}:{name}"' for cloud in ALL) + "?"


HF = "inference:hf has getEndpoint, getEndpoints, getMachines, getQuotas, getCatalog, getLogs"
ARK = "inference:ark has getEndpoint, getEndpoints, getModels, getCustomModels, getUsage"
FUNCTIONS = [
    ("inference:hf:getEndpints", 'did you mean "inference:hf:getEndpoints"?'),
    ("inference:hf:getendpoints", 'did you mean "inference:hf:getEndpoints"?'),
    ("inference:ark:listEndpoints", 'did you mean "inference:ark:getEndpoints"?'),
    ("inference:maas/getQuota:getQuotas", 'did you mean "inference:maas:getQuota"?'),
    ("tir:getPlan", 'did you mean "inference:tir:getPlans"?'),
    ("inference:index:getEndpoints", each("getEndpoints")),
    ("inference:hf:getPlans", HF),
    ("inference:ark:getLogs", ARK),
]


@pytest.mark.parametrize(("token", "advice"), FUNCTIONS)
def test_a_function_that_nobody_has(driver: Driver, token: str, advice: str) -> None:
    with pytest.raises(Failure) as caught:
        driver.call("Invoke", provider_pb2.InvokeRequest(tok=token, args=struct({})))
    assert caught.value.code is grpc.StatusCode.INVALID_ARGUMENT
    assert caught.value.message == f'"{token}" is not a function of this provider; {advice}'


def test_a_function_of_nothing_that_is_known(driver: Driver) -> None:
    """All there are, by their whole names."""
    with pytest.raises(Failure) as caught:
        driver.call("Invoke", provider_pb2.InvokeRequest(tok="x:y:z", args=struct({})))
    assert caught.value.message.startswith(
        '"x:y:z" is not a function of this provider; it has inference:ark:getEndpoint, '
    )
    assert caught.value.message.endswith(", inference:tir:getLogs")


THERE = (
    "it has inference:ark:Endpoint, inference:ark:ApiKey, inference:hf:Endpoint, "
    "inference:maas:Endpoint, inference:tir:Endpoint"
)
TYPES = [
    ("inference:hf:endpoint", f'{THERE}; did you mean "inference:hf:Endpoint"?'),
    ("inference:ark:APIKeys", f'{THERE}; did you mean "inference:ark:ApiKey"?'),
    ("inference:tir:Model", THERE),
    ("inference:index:Endpoint", f"{THERE}; {each('Endpoint')}"),
    ("a:b:C", THERE),
]


@pytest.mark.parametrize(("kind", "advice"), TYPES)
def test_a_type_that_nobody_has(driver: Driver, kind: str, advice: str) -> None:
    request = provider_pb2.CheckRequest(
        urn=urn("demo", kind), news=struct({}), name="demo", type=kind
    )
    with pytest.raises(Failure) as caught:
        driver.call("Check", request)
    assert caught.value.message == (f'"{kind}" is not a resource type of this provider; {advice}')


TIR = (
    'of this cloud there are "tirApiKey", "tirAuthToken", "tirEndpoint", "tirDataPlaneEndpoint", '
    '"tirProjectId", "tirTeamId", "tirLocation", "tirActiveIam", "tirApiLayout"'
)
PAGE = "docs/installation-configuration.md lists those there are"
SETTINGS = [
    ("hftoken", 'did you mean "hfToken"?'),
    ("HF_TOKEN", 'did you mean "hfToken"?'),
    ("inference:hfToken", 'did you mean "hfToken"?'),
    ("token", 'did you mean one of "hfToken", "maasToken"?'),
    ("accessKey", 'did you mean one of "arkAccessKey", "maasAccessKey"?'),
    ("region", 'did you mean one of "arkRegion", "maasRegion"?'),
    ("projectId", 'did you mean one of "maasProjectId", "tirProjectId"?'),
    ("maasProject", 'did you mean "maasProjectId"?'),
    ("namespace", 'did you mean "hfNamespace"?'),
    ("arkAccessKeyId", 'did you mean "arkAccessKey"?'),
    ("arkAssumeRoleDuration", 'did you mean "arkAssumeRoleDurationSeconds"?'),
    ("retries", 'did you mean "maxRetries"?'),
    ("tirToken", TIR),
    ("zzz", PAGE),
]


def checked_config(driver: Driver, **news: Any) -> dict[str, str]:
    provider = "urn:pulumi:dev::shop::pulumi:providers:inference::mine"
    request = provider_pb2.CheckRequest(urn=provider, news=struct(news))
    return failures(driver.call("CheckConfig", request))


@pytest.mark.parametrize(("key", "advice"), SETTINGS)
def test_a_setting_that_nobody_has(driver: Driver, key: str, advice: str) -> None:
    """Never one of another cloud than the key begins with."""
    path = f'["{key}"]' if ":" in key else key
    assert checked_config(driver, **{key: "x"}) == {path: f"unknown configuration key; {advice}"}


QUOTES = ": put it into quotes"
HEADERS = ': write "Name: value, Name: value"'
DIGITS = "must be a number without sign or leading zeros"
WRONG_TYPES = [
    ({"hfNamespace": 5}, "must be a string, not a number" + QUOTES),
    ({"maasProjectId": True}, "must be a string, not a boolean" + QUOTES),
    ({"arkRegion": ["a"]}, "must be a string, not a list"),
    ({"hfToken": {"a": "b"}}, "must be a string, not an object"),
    ({"tirProjectId": 1.5}, "must be a whole number, or text of one, not a number"),
    ({"desiredState": 1}, "must be one of running, paused, not a number (1)"),
    ({"requestLog": True}, "must be one of json, not a boolean (true)"),
    ({"tirApiLayout": "old"}, 'must be one of auto, legacy, service; is "old"'),
    ({"arkCustomHeaders": {"a": "b"}}, f"must be a string, not an object{HEADERS}"),
    ({"maxRetries": "x"}, 'must be a number; is "x"'),
    ({"timeout": "30m"}, 'must be a number of seconds (write 1800); is "30m"'),
    ({"checkCatalogue": "yes"}, 'must be true or false (write true); is "yes"'),
    ({"checkCatalogue": "Off"}, 'must be true or false (write false); is "Off"'),
    ({"checkCatalogue": "maybe"}, 'must be true or false; is "maybe"'),
    ({"desiredState": "Paused"}, 'must be one of running, paused (write paused); is "Paused"'),
    ({"requestLog": "JSON"}, 'must be one of json (write json); is "JSON"'),
    ({"tirProjectId": "abc"}, f'{DIGITS}; is "abc"'),
    ({"tirTeamId": "07"}, f'{DIGITS}; is "07"'),
]


@pytest.mark.parametrize(("news", "reason"), WRONG_TYPES)
def test_a_setting_of_a_wrong_type(driver: Driver, news: dict[str, Any], reason: str) -> None:
    (key,) = news
    assert checked_config(driver, **news) == {key: reason}


@pytest.mark.parametrize("news", [news for news, reason in WRONG_TYPES if "; is " in reason])
def test_a_stack_s_setting_tells_the_value_as_well(driver: Driver, news: dict[str, Any]) -> None:
    (key,) = news
    variables = {f"inference:config:{key}": news[key]}
    with pytest.raises(Failure) as caught:
        driver.call("Configure", provider_pb2.ConfigureRequest(variables=variables))
    assert caught.value.message.startswith(f"inference:{key} must be ")
    assert caught.value.message.endswith(f'; is "{news[key]}"')


IDS: dict[str, tuple[type[Driver], Any, str, str]] = {
    "ark": (ark.Driver, arks.config, "ep-20250615120000-abcde", "ep-20250615120000-abcde"),
    "hf": (hf.Driver, hfs.config, "me/demo", "my-org/chat"),
    "maas": (
        maas.MaasDriver,
        maases.config,
        f"ap-southeast-1/{maas.PROJECT}/{maas.NOBODY}",
        "ap-southeast-1/0123456789abcdef0123456789abcdef/0b1f5c2e-6a3d-4c8e-9f70-2d1a4b5c6d7e",
    ),
    "tir": (tir.TirDriver, tirs.config, "501/Delhi/3001", "7/501/Delhi/1234"),
}


INPUTS: dict[str, Any] = {"ark": ark, "hf": hf, "maas": maas, "tir": tir}
# A change that only a replacement makes.
REPLACES: dict[str, dict[str, Any]] = {
    "ark": {"projectName": "other"},
    "hf": {"name": "other"},
    "maas": {"modelName": "other"},
    "tir": {"name": "other"},
}
# What cannot be an id of the cloud: another cloud's, with spaces, with what a copy takes along.
NO_IDS: dict[str, list[str]] = {
    "ark": [
        "ep-a b",
        "ap-southeast-1/ep a",
        "ap southeast-1/ep-1",
        "ep-20250615120000-abcde,",
        "me/demo",
        "7/501/Delhi/1234",
    ],
    "hf": ["me/my chat", "my org/chat", "me/chat?x", "7/501/Delhi/1234", "a/b/c"],
    "maas": [
        "my chat",
        "me/demo",
        "7/501/Delhi/1234",
        f"ap southeast-1/{maas.PROJECT}/{maas.NOBODY}",
        f"ap-southeast-1/my project/{maas.NOBODY}",
    ],
    "tir": ["12 34", "me/chat", "501/De lhi/1234", "7/501/Delhi/abc", f"a/b/{maas.NOBODY}"],
}


@pytest.fixture(params=IDS)
def asked(request: pytest.FixtureRequest, binary: Path) -> Iterator[tuple[str, Driver, Simulator]]:
    kind, config, _, _ = IDS[request.param]
    with Simulator(request.param) as simulator:
        started = kind(binary)
        settings = config(simulator.url(request.param))
        given = {key.split(":")[1]: text for key, text in settings.items()}
        for key, text in given.items():
            given[key] = secret(text) if key.endswith(("Key", "Token")) else text
        started.configure(None, maxRetries="0", **given)
        yield request.param, started, simulator
        started.stop()


def paths(simulator: Simulator, cloud: str) -> list[tuple[str, Any]]:
    return [(each.path, each.json) for each in simulator.requests(cloud=cloud)]


@pytest.mark.parametrize("around", [" {}", "{} ", "{}\n", "\t{}\r\n"])
def test_what_surrounds_a_typed_id_is_no_part_of_it(
    asked: tuple[str, Driver, Simulator], around: str
) -> None:
    """With it no service knows the endpoint, and an import said that there is none."""
    cloud, driver, _ = asked
    told = []
    for id in (IDS[cloud][2], around.format(IDS[cloud][2])):
        assert driver.read(id).id == ""
        with pytest.raises(Failure) as caught:
            driver.function("getEndpoint", id=id)
        told.append(caught.value.message)
    assert told[0] == told[1]
    assert f'{IDS[cloud][2].rpartition("/")[2]}"' in told[0]


def test_an_address_of_a_page_is_no_id(asked: tuple[str, Driver, Simulator]) -> None:
    """For an import, a look-up and a delete that somebody typed."""
    cloud, driver, simulator = asked
    page = "https://console.example/projects/501/endpoints/demo"
    for call in (
        lambda: driver.read(page),
        lambda: driver.function("getEndpoint", id=page),
        lambda: driver.delete(page),
    ):
        with pytest.raises(Failure) as caught:
            call()
        said = f'"{page}" is not an id of inference:{cloud}:Endpoint, but the address of a page; '
        assert caught.value.message.startswith(f"{said}expected ")
        assert caught.value.message.endswith(f", such as {IDS[cloud][3]}")
    assert paths(simulator, cloud) == []


def test_a_typed_delete_of_what_cannot_be_an_id(asked: tuple[str, Driver, Simulator]) -> None:
    """As an import says it. On Hugging Face any word may be a name."""
    cloud, driver, simulator = asked
    id = "no name" if cloud == "hf" else "abc"
    with pytest.raises(Failure) as caught:
        driver.delete(id)
    said = f'"{id}" is not an id of inference:{cloud}:Endpoint, so it does not exist; expected '
    assert caught.value.message.startswith(said)
    assert paths(simulator, cloud) == []


def test_whatever_a_command_would_do_the_form_of_its_id_comes_first(
    asked: tuple[str, Driver, Simulator],
) -> None:
    """Not what else is wrong with a change, nor that there is no such endpoint."""
    cloud, driver, simulator = asked
    news = driver.checked(INPUTS[cloud].inputs())
    other = {**news, **REPLACES[cloud]}
    simulator.clear()
    for id in NO_IDS[cloud]:
        for call in (
            lambda id=id: driver.read(id),
            lambda id=id: driver.function("getEndpoint", id=id),
            lambda id=id: driver.delete(id),
            lambda id=id: driver.update(news, other, olds={}, id=id),
            lambda id=id: driver.update(news, other, olds={}, id=id, preview=True),
        ):
            with pytest.raises(Failure) as caught:
                call()
            assert caught.value.code is grpc.StatusCode.INVALID_ARGUMENT
            assert caught.value.message.startswith(f'"{id}" is not an id of inference:{cloud}:')
            assert caught.value.message.endswith(f", such as {IDS[cloud][3]}")
    assert paths(simulator, cloud) == []


# Of a setting, where the input of its name does not say itself that it has to be a number.
@pytest.mark.parametrize("key", ["tirActiveIam", "tirTeamId", "tirProjectId"])
def test_a_number_s_setting_is_no_word(driver: Driver, key: str) -> None:
    assert checked_config(driver, **{key: -5}) == {key: f"{DIGITS}, is -5"}
    assert checked_config(driver, **{key: "501"}) == {}
    assert checked_config(driver, **{key: 501}) == {}
    assert checked_config(driver, **{key: ""}) == {}


SLASHES = [
    ("hf", "hfNamespace", "namespace", "me/you"),
    ("ark", "arkRegion", "region", "eu/x"),
    ("maas", "maasRegion", "region", "eu/x"),
]


@pytest.mark.parametrize(("cloud", "key", "path", "value"), SLASHES)
def test_what_is_wrong_with_a_setting_tells_that_it_is_one(
    binary: Path, cloud: str, key: str, path: str, value: str
) -> None:
    """The program sets no such input."""
    started = IDS[cloud][0](binary)
    started.configure(None, **{key: value})
    news = {name: given for name, given in INPUTS[cloud].inputs().items() if name != path}
    told = started.refused(news)
    started.stop()
    assert told[path] == f'must not hold a slash; is "{value}" (from inference:{key})'


# Words of an input that takes none but its own.
CLOSED: list[tuple[str, str, str, str, str]] = [
    ("ark", "desiredState", "Paused", "running, paused", "paused"),
    ("hf", "desiredState", "scaledtozero", "running, paused, scaledToZero", "scaledToZero"),
    ("maas", "desiredState", "runing", "running, paused", "running"),
    ("tir", "currency", "inr", "INR, USD", "INR"),
]


@pytest.mark.parametrize(("asked", "path", "word", "allowed", "meant"), CLOSED, indirect=["asked"])
def test_a_refused_word_that_is_nearly_an_allowed_one(
    asked: tuple[str, Driver, Simulator], path: str, word: str, allowed: str, meant: str
) -> None:
    cloud, driver, _ = asked
    reason = f'must be one of {allowed}; is "{word}"; did you mean "{meant}"?'
    assert driver.refused(INPUTS[cloud].inputs(**{path: word})) == {path: reason}


@pytest.mark.parametrize(("number", "word"), [(1, "true"), (0, "false")])
@pytest.mark.parametrize("asked", ["hf"], indirect=True)
def test_a_number_for_a_truth(asked: tuple[str, Driver, Simulator], number: int, word: str) -> None:
    _, driver, _ = asked
    reason = f"must be true or false, not a number ({number}): write {word}"
    assert driver.refused(hf.inputs(waitForReady=number)) == {"waitForReady": reason}


def unlisted(path: str, word: str, meant: str | None) -> str:
    """The end of the warning is what the test is about."""
    advice = "" if meant is None else f'; did you mean "{meant}"?'
    begin = re.escape(f'{path}: "{word}" is not among the values known ')
    end = re.escape(f"; it is passed on as it is{advice}")
    return f"{begin}[^;]*{end}$"


# A word of an input that takes any: its cloud, path, the inputs, and what is meant.
WORDS: list[tuple[str, str, str, dict[str, Any], str | None]] = [
    ("ark", "moderation.strategy", "Defalt", {"moderation": {"strategy": "Defalt"}}, "Default"),
    ("ark", "region", "ap-southest-1", {"region": "ap-southest-1"}, "ap-southeast-1"),
    # Another number is another place.
    ("ark", "region", "ap-southeast-3", {"region": "ap-southeast-3"}, None),
    ("hf", "type", "privte", {"type": "privte"}, "private"),
    ("hf", "model.framework", "PyTorch", {"model": {"framework": "PyTorch"}}, "pytorch"),
    (
        "hf",
        "model.task",
        "text-genration",
        {"model": {"task": "text-genration"}},
        "text-generation",
    ),
    # Two are as near as each other.
    ("hf", "compute.accelerator", "tpu", {"compute": {"accelerator": "tpu"}}, None),
    ("hf", "model.framework", "tensorrt", {"model": {"framework": "tensorrt"}}, None),
    ("maas", "region", "ap-sotheast-1", {"region": "ap-sotheast-1"}, "ap-southeast-1"),
    ("tir", "location", "Dehli", {"location": "Dehli"}, "Delhi"),
    (
        "tir",
        "framework",
        "TENSOR-RT",
        {"framework": "TENSOR-RT", "containerImage": "a/b:1"},
        "TENSOR_RT",
    ),
    (
        "tir",
        "detailedInfo.modelServeType",
        "full_model",
        {"detailedInfo": {"modelServeType": "full_model"}},
        "full-model",
    ),
]


@pytest.mark.parametrize(
    ("asked", "path", "word", "patch", "meant"),
    WORDS,
    indirect=["asked"],
    ids=[f"{row[0]}-{row[2]}" for row in WORDS],
)
def test_a_word_that_is_nearly_a_known_one(
    asked: tuple[str, Driver, Simulator],
    path: str,
    word: str,
    patch: dict[str, Any],
    meant: str | None,
) -> None:
    """It goes to the service as it is, which may know it by now."""
    cloud, driver, _ = asked
    driver.checked(INPUTS[cloud].inputs(**patch))
    (told,) = [text for text in driver.log(WARNING) if text.startswith(f"{path}: ")]
    assert re.match(unlisted(path, word, meant), told)


@pytest.mark.parametrize("asked", ["hf"], indirect=True)
def test_a_secret_word_is_compared_with_none(asked: tuple[str, Driver, Simulator]) -> None:
    """The hint would tell it."""
    _, driver, _ = asked
    driver.checked(hf.inputs(model={"framework": secret("pytorhc")}))
    (told,) = [text for text in driver.log(WARNING) if text.startswith("model.framework: ")]
    assert '"[secret]" is not among' in told
    assert told.endswith("; it is passed on as it is")


@pytest.mark.parametrize("asked", ["tir"], indirect=True)
def test_a_framework_that_is_nearly_a_known_one(asked: tuple[str, Driver, Simulator]) -> None:
    """Without an image of its own it is refused."""
    _, driver, _ = asked
    assert driver.refused(tir.inputs(framework="VLMM")) == {
        "framework": '"VLMM" is not known to this version (inference:tir:getFrameworks lists those '
        'that are); one that is not listed needs containerImage; did you mean "VLLM"?'
    }
