"""A cloud of one YAML file and no C: what every cloud does, core does from the table alone."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import grpc
import pytest
from support.drivers.hf import Driver, Failure, Simulator, bare, kinds, plain, secret, unmarked

MODEL = {"model": "tiny"}
CREATED = {"name": "chat", "spec": {"model": "tiny", "replicas": 1}}


def sent(toy: Simulator) -> list[tuple[str, str, Any]]:
    """Method, path and body of every request, oldest first."""
    return [(one.method, one.path, one.json) for one in toy.requests(cloud="toy")]


def checked(driver: Driver, **more: Any) -> dict[str, Any]:
    return driver.checked({"name": "chat", **MODEL, **more})


def made(driver: Driver, toy: Simulator, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Inputs and state of an endpoint that runs; the record begins after it."""
    inputs = checked(driver, **more)
    id, state = driver.create(inputs)
    assert id == "lab/chat"
    toy.clear()
    return inputs, state


def test_check_takes_the_scope_from_the_configuration_and_makes_a_name(driver: Driver) -> None:
    inputs = driver.checked(MODEL)
    assert inputs.pop("name").startswith("demo-")
    assert inputs.pop("__defaults") == ["name"]
    assert inputs == {**MODEL, "space": "lab"}


def test_check_refuses(driver: Driver) -> None:
    """The key that is meant by a misspelt one is not told as missing beside it."""
    assert driver.refused({"name": "Chat", "replicas": 9, "modell": "tiny"}).keys() == {
        "modell",
        "name",
        "replicas",
    }


def test_create_waits_until_it_runs(driver: Driver, toy: Simulator) -> None:
    inputs = checked(driver, key=secret("k3y"))
    id, state = driver.create(inputs)
    at = "/v1/lab/endpoints"
    assert sent(toy) == [
        ("POST", at, {**CREATED, "key": "k3y"}),
        ("GET", f"{at}/chat", None),
        ("GET", f"{at}/chat", None),
    ]
    assert toy.requests(cloud="toy")[0].header("Authorization") == "Bearer toy_simulator"
    assert id == "lab/chat"
    assert unmarked(bare(state)) == {
        "space": "lab",
        "name": "chat",
        "model": "tiny",
        "replicas": 1,
        "key": "k3y",
        "endpointId": "lab/chat",
        "url": f"{toy.url('toy')}/lab/chat",
        "state": "running",
        "desiredState": "running",
    }
    assert state["key"] == secret("k3y")


def test_a_create_whose_reply_is_lost_is_found_again(driver: Driver, toy: Simulator) -> None:
    toy.fault("toy", "create", kind="close", apply=True)
    id, state = driver.create(checked(driver))
    assert (id, state["state"]) == ("lab/chat", "running")
    assert [one.operation for one in toy.requests(cloud="toy")].count("create") == 1


def test_a_name_that_is_taken_is_refused_or_adopted(driver: Driver, toy: Simulator) -> None:
    made(driver, toy)
    with pytest.raises(Failure) as caught:
        driver.create(checked(driver, replicas=2))
    assert caught.value.code == grpc.StatusCode.ALREADY_EXISTS
    _, state = driver.create(checked(driver, replicas=2, adoptExisting=True))
    assert state["replicas"] == 2


def test_diff_updates_and_replaces(driver: Driver, toy: Simulator) -> None:
    inputs, state = made(driver, toy)
    assert kinds(driver.diff(inputs, checked(driver), state, id="lab/chat")) == {}
    assert kinds(driver.diff(inputs, checked(driver, replicas=2), state, id="lab/chat")) == {
        "replicas": "ADD"
    }
    assert kinds(driver.diff(inputs, checked(driver, model="big"), state, id="lab/chat")) == {
        "model": "UPDATE_REPLACE"
    }
    assert sent(toy) == []


def test_update_sends_what_differs(driver: Driver, toy: Simulator) -> None:
    inputs, state = made(driver, toy)
    new = driver.update(inputs, checked(driver, replicas=3), state, id="lab/chat")
    writes = [one for one in sent(toy) if one[0] != "GET"]
    assert writes == [("PUT", "/v1/lab/endpoints/chat", {"spec": {"replicas": 3}})]
    assert new["replicas"] == 3
    assert toy.state("toy")["lab/chat"]["spec"] == {"model": "tiny", "replicas": 3}


def test_a_text_that_was_taken_out_is_gone(driver: Driver, toy: Simulator) -> None:
    inputs, state = made(driver, toy, note="a")
    new = driver.update(inputs, checked(driver), state, id="lab/chat")
    assert [one for one in sent(toy) if one[0] != "GET"] == [
        ("PUT", "/v1/lab/endpoints/chat", {"spec": {"note": None}})
    ]
    assert "note" not in new


def test_a_service_that_keeps_a_text_is_told_of(driver: Driver, toy: Simulator) -> None:
    """It takes null for a member that was not sent, and shows so from then on."""
    inputs, state = made(driver, toy, note="a")
    toy.fault("toy", "*", kind="rewrite", merge={"spec": {"note": "a"}}, count=0)
    with pytest.raises(Failure) as caught:
        driver.update(inputs, checked(driver), state, id="lab/chat")
    assert "did not apply: note." in caught.value.message
    assert caught.value.properties["note"] == "a"


def test_pause_and_resume(driver: Driver, toy: Simulator) -> None:
    inputs, state = made(driver, toy)
    paused = checked(driver, desiredState="paused")
    state = driver.update(inputs, paused, state, id="lab/chat")
    assert state["state"] == "stopped"
    state = driver.update(paused, inputs, state, id="lab/chat")
    assert state["state"] == "running"
    writes = [one for one in sent(toy) if one[0] != "GET"]
    at = "/v1/lab/endpoints/chat"
    assert writes == [("POST", f"{at}/stop", None), ("POST", f"{at}/start", None)]


def test_list(driver: Driver, toy: Simulator) -> None:
    for name in ("one", "two", "three"):
        driver.create(checked(driver, name=name))
    driver.create(checked(driver, name="four", space="other"))
    toy.clear()
    found = [response.result for response in driver.list() if response.HasField("result")]
    assert [(one.id, one.name) for one in found] == [
        ("lab/one", "one"),
        ("lab/two", "two"),
        ("lab/three", "three"),
    ]
    assert sent(toy) == [("GET", "/v1/lab/endpoints", None)]
    some = [response.result.id for response in driver.list(limit=2) if response.HasField("result")]
    assert some == ["lab/one", "lab/two"]


@pytest.mark.parametrize(
    ("body", "words"),
    [({"endpoints": {}}, "holds no list"), ({"endpoints": [7]}, "something that is no endpoint")],
)
def test_a_list_that_is_none_is_an_error(
    driver: Driver, toy: Simulator, body: Any, words: str
) -> None:
    toy.fault("toy", "list", kind="error", status=200, body=json.dumps(body))
    with pytest.raises(Failure) as caught:
        list(driver.list())
    assert caught.value.code == grpc.StatusCode.UNAVAILABLE
    assert words in caught.value.message


@pytest.mark.parametrize("id", ["chat", "lab/chat"])
def test_import(driver: Driver, toy: Simulator, id: str) -> None:
    made(driver, toy, replicas=2)
    found = driver.read(id)
    assert found.id == "lab/chat"
    assert plain(found.inputs) == {"name": "chat", "model": "tiny", "replicas": 2}
    assert plain(found.properties)["state"] == "running"


def test_refresh_shows_drift_and_what_is_gone(driver: Driver, toy: Simulator) -> None:
    inputs, state = made(driver, toy)
    toy.delete("toy", "lab/chat")
    assert driver.read("lab/chat", state, inputs).id == ""


def test_delete(driver: Driver, toy: Simulator) -> None:
    inputs, state = made(driver, toy)
    driver.delete("lab/chat", state, inputs)
    assert toy.state("toy") == {}
    at = "/v1/lab/endpoints/chat"
    assert sent(toy) == [("DELETE", at, None), ("GET", at, None)]
    driver.delete("lab/chat", state, inputs)  # gone already


def test_its_schema_has_it_and_nothing_else(toy_binary: Path) -> None:
    text = subprocess.run([toy_binary, "--schema"], check=True, capture_output=True).stdout
    assert list(json.loads(text)["resources"]) == ["inference:toy:Endpoint"]
