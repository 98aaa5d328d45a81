"""Import: endpoints that others made come in with the smallest inputs and show no change."""

from __future__ import annotations

import json
import random
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from support.drivers.hf import (
    OPEN_TYPE,
    TOKEN,
    WARNING,
    Driver,
    Failure,
    Simulator,
    inputs,
    kinds,
    merge,
    plain,
    sent,
    told,
)
from test_hf_bodies import IMAGES, SMALLEST

pytestmark = pytest.mark.one_call

MINIMAL = {
    "name": "demo",
    "cloudProvider": {"vendor": "aws", "region": "us-east-1"},
    "compute": {"accelerator": "cpu", "instanceType": "intel-spr", "instanceSize": "x1"},
    "model": {
        "repository": "openai-community/gpt2",
        "framework": "pytorch",
        "task": "text-generation",
    },
}


def foreign(hf: Simulator, body: dict[str, Any], namespace: str = "me") -> None:
    """Makes an endpoint as another client would."""
    request = urllib.request.Request(
        f"{hf.url('hf')}/v2/endpoint/{namespace}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as reply:
        assert reply.status == 200


@pytest.mark.parametrize("id", ["me/nobody", "nobody"])
def test_nothing_is_told_where_it_was_looked_for(driver: Driver, id: str) -> None:
    """The engine adds no more than that the id as it was typed does not exist."""
    assert driver.read(id).id == ""
    assert driver.logged("there is no endpoint").message == (
        "Hugging Face: there is no endpoint me/nobody; pulumi do inference:hf:Endpoint list --all "
        "shows those there are"
    )


def imported(driver: Driver, id: str = "me/demo") -> tuple[dict[str, Any], dict[str, Any]]:
    """Inputs and outputs, after checking that they show no change."""
    read = driver.read(id)
    found, outputs = plain(read.inputs), plain(read.properties)
    assert read.id == outputs["endpointId"]
    checked = driver.checked(found, olds=found)
    assert kinds(driver.diff(found, checked, olds=outputs)) == {}
    assert kinds(driver.diff(checked, checked, olds=outputs)) == {}
    return found, outputs


def test_the_smallest_inputs_come_back(configure: Callable[..., Driver], hf: Simulator) -> None:
    hf.knobs("hf", fill_scaling_defaults=False, revision_echo="null_if_omitted")
    foreign(hf, SMALLEST)
    found, outputs = imported(configure(hfNamespace="me"))
    assert found == MINIMAL
    assert outputs["namespace"] == "me"


def test_a_namespace_that_is_not_the_configured_one_is_told(
    configure: Callable[..., Driver], hf: Simulator
) -> None:
    foreign(hf, SMALLEST, "acme")
    found, outputs = imported(configure(hfNamespace="me"), "acme/demo")
    assert found["namespace"] == outputs["namespace"] == "acme"


def test_a_bare_name_takes_the_configured_namespace(
    configure: Callable[..., Driver], hf: Simulator
) -> None:
    foreign(hf, SMALLEST, "acme")
    driver = configure(hfNamespace="acme")
    assert driver.read("demo").id == "acme/demo"
    assert told(hf) == ["endpoint.create", "endpoint.get"]


def test_a_bare_name_without_configuration_takes_the_users(driver: Driver, hf: Simulator) -> None:
    foreign(hf, SMALLEST)
    assert driver.read("demo").id == "me/demo"
    assert told(hf) == ["endpoint.create", "whoami", "endpoint.get"]


def test_a_paused_endpoint_is_imported_paused(driver: Driver, hf: Simulator) -> None:
    foreign(hf, SMALLEST)
    hf.mutate("hf", "me/demo", {"status": {"state": "paused"}})
    found, _ = imported(driver)
    assert found["desiredState"] == "paused"


def test_what_cannot_be_read_is_left_out_and_told(driver: Driver, hf: Simulator) -> None:
    image = {"custom": {"url": "c:1", "credentials": {"username": "u", "password": "p-1234"}}}
    foreign(
        hf,
        merge(
            SMALLEST,
            {"model": {"image": image | {"huggingface": None}, "secrets": {"S": "s-1234"}}},
        ),
    )
    found, _ = imported(driver)
    assert "secrets" not in found["model"]
    assert "credentials" not in found["model"]["image"]["custom"]
    driver.logged("type is left out")  # the last one: the records arrive in order
    assert driver.log(WARNING) == [
        "model.image.custom.credentials, model.secrets (S) cannot be read back from Hugging Face: "
        "add it to the program",
        OPEN_TYPE,  # what is the service's default is no input of an import
    ]


def test_nothing_is_told_where_nothing_is_secret(driver: Driver, hf: Simulator) -> None:
    foreign(hf, SMALLEST)
    imported(driver)
    driver.checked(inputs(type="verified"))
    driver.logged("deprecated")
    assert ["read back" in text for text in driver.log(WARNING)] == [False, False]


def test_first_secrets_after_an_import_are_an_update(driver: Driver, hf: Simulator) -> None:
    foreign(hf, merge(SMALLEST, {"model": {"secrets": {"S": "s-1234"}}}))
    found, outputs = imported(driver)
    news = driver.checked(merge(found, {"model": {"secrets": {"S": "s-1234"}}}), olds=found)
    assert kinds(driver.diff(found, news)) == {"model.secrets": "ADD"}
    driver.update(found, news, olds=outputs)
    revision = found["model"]["revision"]  # it goes with each change (docs/apis/hf.md 2.4)
    body = {"model": {"secrets": {"S": "s-1234"}, "revision": revision}}
    assert sent(hf, "endpoint.update") == [body]


@pytest.mark.valgrind_smoke
def test_keys_of_the_service_are_left_out(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", server_env={"HF_TOKEN": "hf_of_the_service"})
    foreign(hf, merge(SMALLEST, {"model": {"env": {"A": "1"}}}))
    found, outputs = imported(driver)
    assert found["model"]["env"] == outputs["model"]["env"] == {"A": "1"}


def test_an_endpoint_that_is_not_there_is_an_empty_answer(driver: Driver) -> None:
    read = driver.read("me/demo")
    assert read.id == "" and not read.HasField("properties") and not read.HasField("inputs")


def test_an_import_with_a_bad_token_is_an_error(
    configure: Callable[..., Driver], hf: Simulator
) -> None:
    foreign(hf, SMALLEST)
    with pytest.raises(Failure) as caught:
        configure(hfToken="hf_nobody_knows").read("me/demo")
    assert caught.value.code.name == "UNAUTHENTICATED"


def test_a_failed_endpoint_can_be_imported(driver: Driver, hf: Simulator) -> None:
    foreign(hf, SMALLEST)
    hf.call("hf", "fail", target="me/demo", message="broken", state="failed")
    with pytest.raises(Failure) as caught:
        driver.read("me/demo")
    assert caught.value.id == "me/demo"
    assert caught.value.inputs["cloudProvider"] == MINIMAL["cloudProvider"]


# Any endpoint there may be.


def endpoint(chance: random.Random) -> dict[str, Any]:
    """The body of a valid create."""

    def maybe(value: Any) -> Any:
        return value if chance.random() < 0.4 else None

    least = chance.choice([0, 1, 2])
    scaling = {
        "minReplica": least,
        "maxReplica": least + chance.randint(0 if least else 1, 2),
        "scaleToZeroTimeout": maybe(chance.randint(1, 90)) if least == 0 else None,
        "measure": maybe(chance.choice([{"hardwareUsage": 55.5}, {"pendingRequests": 3}])),
    }
    image = dict(chance.choice(IMAGES))
    if "custom" in image:
        image["custom"] = {k: v for k, v in image["custom"].items() if k != "credentials"}
    patch: dict[str, Any] = {
        "type": chance.choice(["public", "authenticated", "private", "protected"]),
        "tags": maybe(chance.sample(["a", "b", "c c", "ü"], chance.randint(0, 4))),
        "cacheHttpResponses": maybe(chance.random() < 0.5),
        "compute": {"scaling": scaling},
        "model": {
            "task": maybe(chance.choice(["text-generation", "translation", "custom"])),
            "revision": maybe(chance.choice(["main", "v1", "0" * 40])),
            "image": {"huggingface": None, **image},
            "env": maybe({"A": "1", "B.C": ""}),
            "secrets": maybe({"S": "secret-value"}),
            "args": maybe(["--x", ""]),
            "command": maybe(["run"]),
        },
        "experimentalFeatures": maybe(
            {
                "cacheHttpResponses": maybe(chance.random() < 0.5),
                "loadBalancer": maybe(chance.choice(["random", "sticky", "least_connections"])),
                "mcpLb": maybe(chance.choice([{}, {"stateful": True}])),
                "skipRepoDownload": maybe(chance.random() < 0.5),
            }
        ),
        "route": maybe({"domain": "x.example", "path": "/v1"}),
        "customRouter": maybe({"tag": "r:1", "port": maybe(3001), "protocol": maybe("extProc")}),
        "network": maybe({"cidrBlock": maybe(True), "cidrList": maybe(["10.0.0.0/8"])}),
        "notifications": maybe({"email": chance.random() < 0.5, "push": chance.random() < 0.5}),
        "privateService": maybe({"accountId": "1", "region": "us-east-1", "shared": maybe(True)}),
    }
    return without_nulls(merge(SMALLEST, patch))


def without_nulls(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: without_nulls(item) for key, item in value.items() if item is not None}


@pytest.mark.parametrize(
    "knobs",
    [
        {},
        {"absent_fields": "null"},
        {"absent_fields": "empty"},
        {
            "protected": "rename",
            "fill_scaling_defaults": False,
            "compute_id": False,
            "revision_echo": "null_if_omitted",
            "secrets_echo": "omit",
        },
    ],
    ids=str,
)
@pytest.mark.parametrize("seed", range(12))
def test_any_endpoint_is_imported_and_made_again(
    driver: Driver, hf: Simulator, seed: int, knobs: dict[str, Any]
) -> None:
    """Import, then create another one from the imported inputs: both look the same."""
    hf.knobs("hf", knobs)
    chance = random.Random(seed)
    for _ in range(5):
        body = endpoint(chance)
        foreign(hf, body)
        found, _ = imported(driver)
        copy = driver.checked(merge(found, {"name": "copy"}))
        driver.create(copy, name="copy")
        again, _ = imported(driver, "me/copy")
        assert merge(again, {"name": "demo"}) == found
        refreshed = driver.read("me/copy", copy, copy)
        assert plain(refreshed.inputs) == copy
        for name in ("me/demo", "me/copy"):
            hf.delete("hf", name)


@pytest.mark.parametrize("seed", range(12))
def test_any_endpoint_is_adopted_and_brought_in_line(
    driver: Driver, hf: Simulator, seed: int
) -> None:
    """One endpoint becomes another in place, and a second look finds nothing left to do."""
    hf.knobs("hf", null_clears=True)
    chance = random.Random(1000 + seed)
    first, second = endpoint(chance), endpoint(chance)
    for body in (first, second):
        body.pop("privateService", None)
    foreign(hf, second | {"name": "model"})
    wanted = driver.checked(
        merge(plain(driver.read("me/model").inputs), {"name": "demo", "adoptExisting": True})
    )
    foreign(hf, first)
    driver.create(wanted)
    read = driver.read("me/demo", inputs(), wanted)
    assert kinds(driver.diff(plain(read.inputs), wanted)) == {}


@pytest.mark.parametrize("refreshes", [False, True])
def test_an_engine_that_nobody_knows_is_named(
    driver: Driver, hf: Simulator, refreshes: bool
) -> None:
    checked = driver.checked(inputs())
    _, outputs = driver.create(checked)
    image = {"huggingface": None, "nextYears": {"port": 80}}
    hf.fault("hf", "endpoint.get", kind="rewrite", merge={"model": {"image": image}})
    driver.read("me/demo", *((outputs, checked) if refreshes else ()))
    assert driver.logged("has model.image.nextYears, which this version").severity == 2


# What the service fills into an image, and shows from then on.

LEAST = {
    engine: {"url": "e:1", **({"modelPath": "m.gguf"} if engine == "llamacpp" else {})}
    for engine in (
        "llamacpp",
        "tei",
        "tgi",
        "tgiNeuron",
        "vLLM",
        "vLLMOmni",
        "vLLMNeuron",
        "sGLang",
        "hfServe",
        "custom",
    )
}


@pytest.mark.parametrize("refreshes", [False, True])
@pytest.mark.parametrize("engine", LEAST)
def test_what_a_service_filled_in_is_no_change_after_an_import(
    driver: Driver, hf: Simulator, engine: str, refreshes: bool
) -> None:
    """The program never said it: neither the preview nor another change sends the image."""
    program = driver.checked(inputs(model={"image": {engine: LEAST[engine]}}))
    driver.create(program)
    read = driver.read("me/demo")
    found, outputs = plain(read.inputs), plain(read.properties)
    if refreshes:
        found = plain(driver.read("me/demo", outputs, found).inputs)
    assert kinds(driver.diff(found, program, olds=outputs)) == {}
    hf.clear()
    driver.update(found, {**program, "type": "public"}, olds=outputs)
    assert sent(hf, "endpoint.update") == [{"type": "public"}]


def test_what_is_known_to_be_filled_in_is_no_input(driver: Driver, hf: Simulator) -> None:
    foreign(
        hf, merge(SMALLEST, {"model": {"image": {"huggingface": None, "vLLM": {"url": "v:1"}}}})
    )
    found, outputs = imported(driver)
    assert found["model"]["image"] == {"vLLM": {"url": "v:1"}}
    shown = {"url": "v:1", "port": 8000, "healthRoute": "/health", "tensorParallelSize": 1}
    assert outputs["model"]["image"] == {"vLLM": shown}


def test_what_may_have_been_asked_for_is_an_input(driver: Driver, hf: Simulator) -> None:
    vllm = {"url": "v:1", "port": 9000, "tensorParallelSize": 2}
    foreign(hf, merge(SMALLEST, {"model": {"image": {"huggingface": None, "vLLM": vllm}}}))
    found, _ = imported(driver)
    assert found["model"]["image"] == {"vLLM": vllm}
    assert found["__filled"] is True


@pytest.mark.parametrize("engine", ["vLLM", "tei"])
def test_a_program_that_says_what_was_filled_in_changes_nothing(
    driver: Driver, hf: Simulator, engine: str
) -> None:
    port = {"vLLM": 8000, "tei": 80}[engine]
    foreign(
        hf, merge(SMALLEST, {"model": {"image": {"huggingface": None, engine: {"url": "e:1"}}}})
    )
    read = driver.read("me/demo")
    found, outputs = plain(read.inputs), plain(read.properties)
    least = driver.checked(merge(found, {"model": {"image": {engine: {"port": None}}}}))
    least.pop("__filled", None)
    said = driver.checked(merge(least, {"model": {"image": {engine: {"port": port}}}}))
    other = driver.checked(merge(least, {"model": {"image": {engine: {"port": 8888}}}}))
    assert kinds(driver.diff(found, said, olds=outputs)) == {}
    assert kinds(driver.diff(least, said, olds=outputs)) == {}
    assert list(kinds(driver.diff(least, other, olds=outputs))) == [f"model.image.{engine}.port"]


def test_taking_it_out_of_the_program_is_a_change(driver: Driver, hf: Simulator) -> None:
    """Unless it is what the service would fill in, and only an import's inputs are in doubt."""
    vllm = {"url": "v:1", "port": 9000, "healthRoute": "/health"}
    olds = driver.checked(inputs(model={"image": {"vLLM": vllm}}))
    _, outputs = driver.create(olds)
    news = driver.checked(inputs(model={"image": {"vLLM": {"url": "v:1"}}}))
    assert kinds(driver.diff(olds, news, olds=outputs)) == {"model.image.vLLM.port": "DELETE"}
    hf.clear()
    outputs = driver.update(olds, news, olds=outputs)
    assert sent(hf, "endpoint.update") == [{"model": {"image": {"vLLM": {"url": "v:1"}}}}]
    assert outputs["model"]["image"]["vLLM"]["port"] == 8000
    assert kinds(driver.diff(news, news, olds=outputs)) == {}


def test_a_private_services_region_is_the_services_own_choice(
    driver: Driver, hf: Simulator
) -> None:
    """After an import a program that leaves it out, or says it, replaces nothing."""
    made = driver.checked(inputs(type="private", privateService={"accountId": "1"}))
    _, outputs = driver.create(made)
    said = merge(made, {"privateService": {"region": "us-east-1"}})
    assert kinds(driver.diff(made, said, olds=outputs)) == {}
    found, outputs = imported(driver)
    assert found["privateService"] == {"accountId": "1", "region": "us-east-1"}
    for program in (made, said):
        assert kinds(driver.diff(found, program, olds=outputs)) == {}
    other = merge(made, {"privateService": {"region": "eu-west-1"}})
    assert kinds(driver.diff(found, other, olds=outputs)) == {
        "privateService.region": "UPDATE_REPLACE"
    }


def test_a_port_that_somebody_changed_is_not_taken_for_the_filled_one(
    driver: Driver, hf: Simulator
) -> None:
    olds = driver.checked(inputs(model={"image": {"vLLM": {"url": "v:1"}}}))
    _, outputs = driver.create(olds)
    hf.mutate("hf", "me/demo", {"model": {"image": {"vLLM": {"port": 9000}}}})
    read = driver.read("me/demo", outputs, olds)
    assert plain(read.inputs) == olds
    news = driver.checked(inputs(model={"image": {"vLLM": {"url": "v:1", "port": 8000}}}))
    assert kinds(driver.diff(olds, news, olds=plain(read.properties))) == {
        "model.image.vLLM.port": "UPDATE"
    }
