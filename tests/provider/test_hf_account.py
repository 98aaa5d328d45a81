"""Where the token and the namespace come from, and what got around them on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hf_support import TOKEN, Driver, Failure, Simulator, inputs, kinds, secret, told

pytest_plugins = ("hf_fixtures",)

Start = Callable[..., Driver]
SPELLINGS = [f"{TOKEN}\n", f"{TOKEN}\r\n", f"  {TOKEN} \n\n", f"\ufeff{TOKEN}\n"]


def bearers(hf: Simulator) -> set[str | None]:
    return {request.header("Authorization") for request in hf.requests(cloud="hf")}


def failing(call: Any, *arguments: Any, **named: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        call(*arguments, **named)
    return caught.value


def saved(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("spelling", SPELLINGS, ids=["unix", "windows", "blanks", "mark"])
@pytest.mark.parametrize("place", ["configuration", "environment", "file"])
def test_what_surrounds_a_token_is_not_sent(
    start: Start, hf: Simulator, tmp_path: Path, place: str, spelling: str
) -> None:
    config = {"hfEndpoint": f"{hf.url('hf')}/\n"}
    if place == "configuration":
        config["hfToken"] = secret(spelling)
        driver = start()
    elif place == "environment":
        driver = start(HF_TOKEN=spelling)
    else:
        driver = start(HF_TOKEN_PATH=str(saved(tmp_path / "token", spelling)))
    driver.configure(**config)
    driver.create(driver.checked(inputs()))
    assert bearers(hf) == {f"Bearer {TOKEN}"}


def test_the_hub_keeps_its_token_in_the_cache(start: Start, hf: Simulator, tmp_path: Path) -> None:
    """$HF_HOME first, then $XDG_CACHE_HOME, then ~/.cache."""
    home, cache, own = tmp_path / "home", tmp_path / "cache", tmp_path / "own"
    saved(home / ".cache/huggingface/token", "hf_wrong")
    saved(cache / "huggingface/token", f"{TOKEN}\n")
    driver = start(HOME=str(home), XDG_CACHE_HOME=str(cache))
    driver.configure(hfEndpoint=hf.url("hf"))
    driver.create(driver.checked(inputs()))
    assert bearers(hf) == {f"Bearer {TOKEN}"}
    hf.clear()
    saved(own / "token", "hf_own")
    driver = start(HOME=str(home), XDG_CACHE_HOME=str(cache), HF_HOME=str(own))
    driver.configure(hfEndpoint=hf.url("hf"))
    failing(driver.create, driver.checked(inputs()))
    assert bearers(hf) == {"Bearer hf_own"}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("hf_a\nhf_b\n", "has a line break inside"),
        ("hf_\x7f", "has a control character inside"),
        ("x" * 70000, "is longer than any value"),
    ],
    ids=["two lines", "delete", "long"],
)
def test_one_inside_names_key_and_place(
    start: Start, hf: Simulator, tmp_path: Path, text: str, wrong: str
) -> None:
    rest = (
        f"which gives inference:hfToken, {wrong}: mend it, or set inference:hfToken, which takes "
        "precedence"
    )
    driver = start(XDG_CACHE_HOME=str(saved(tmp_path / "huggingface/token", text).parents[1]))
    driver.configure(hfEndpoint=hf.url("hf"), hfNamespace="me")
    checked = driver.checked(inputs())
    failure = failing(driver.create, checked)
    place = "the file $XDG_CACHE_HOME/huggingface/token"
    assert failure.message == f"Hugging Face: {place}, {rest}"
    assert failing(list, driver.list()).message == failure.message
    assert failing(driver.read, "me/demo", checked, checked).message == failure.message
    if len(text) < 60000:
        driver = start(HUGGING_FACE_HUB_TOKEN=text)
        driver.configure(hfEndpoint=hf.url("hf"))
        failure = failing(driver.create, driver.checked(inputs()))
        place = "the environment variable HUGGING_FACE_HUB_TOKEN"
        assert failure.message == f"Hugging Face: {place}, {rest}"
        failure = failing(start().configure, hfToken=secret(text))
        assert failure.message == f"inference:hfToken {wrong}"
    assert told(hf) == []


def test_a_variable_of_another_cloud_is_nobodys_mistake(start: Start, hf: Simulator) -> None:
    """OpenStack's variables are Huawei's, too."""
    driver = start(OS_AUTH_URL="http://me:pw@10.0.0.1:5000/v3", OS_PASSWORD="a\nb")
    driver.configure(hfEndpoint=hf.url("hf"), hfToken=secret(TOKEN))
    driver.create(driver.checked(inputs()))
    assert told(hf) == ["endpoint.create"]


def test_a_namespace_out_of_a_file_is_a_namespace(driver: Driver, hf: Simulator) -> None:
    """What a program reads from a file ends in a line break; the next run has no difference."""
    checked = driver.checked(inputs(namespace="me\n"))
    assert checked["namespace"] == "me"
    id, outputs = driver.create(checked)
    assert (id, outputs["namespace"]) == ("me/demo", "me")
    (request,) = hf.requests(cloud="hf", operation="endpoint.create")
    assert request.path == "/v2/endpoint/me"
    again = driver.checked(inputs(namespace="me\n"), olds=checked)
    assert again == checked
    assert kinds(driver.diff(checked, again, outputs)) == {}
    read = driver.read(id, outputs, checked)
    assert dict(read.inputs)["namespace"] == "me"
    assert driver.refused(inputs(namespace="me\nyou")) == {"namespace": "has a line break inside"}


def test_a_namespace_of_the_environment(start: Start, hf: Simulator) -> None:
    driver = start(HF_NAMESPACE="me\n")
    driver.configure(hfEndpoint=hf.url("hf"), hfToken=secret(TOKEN))
    assert driver.checked(inputs(namespace=None))["namespace"] == "me"
    driver = start(HF_NAMESPACE="me\nyou")
    driver.configure(hfEndpoint=hf.url("hf"), hfToken=secret(TOKEN))
    assert driver.refused(inputs(namespace=None)) == {
        "namespace": "is not set here, and the environment variable HF_NAMESPACE, which gives "
        "inference:hfNamespace, has a line break inside: mend it, or set inference:hfNamespace, "
        "which takes precedence"
    }


def test_an_address_with_a_login_is_refused_wherever_it_comes_from(
    start: Start, hf: Simulator
) -> None:
    address = hf.url("hf").replace("://", "://me:pw-1234@")
    what = (
        "must be a URL (https://host, or http:// for this machine) without a user name or a query"
    )
    driver = start(HF_INFERENCE_ENDPOINTS_URL=address)
    driver.configure(hfToken=secret(TOKEN))
    assert failing(driver.create, driver.checked(inputs())).message == (
        "Hugging Face: the environment variable HF_INFERENCE_ENDPOINTS_URL, which gives "
        f"inference:hfEndpoint, {what}: mend it, or set inference:hfEndpoint, which takes "
        "precedence"
    )
    failure = failing(start().configure, hfToken=secret(TOKEN), hfEndpoint=address)
    assert failure.message == f"inference:hfEndpoint {what}"
    assert told(hf) == []


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
def test_the_login_of_a_proxy_is_masked(start: Start, name: str) -> None:
    """curl repeats a proxy that it cannot use."""
    others = {n: "" for n in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy")}
    driver = start(**{**others, name: "odd://me:pw-1234@proxy.invalid:3128"})
    driver.configure(hfEndpoint="https://hf.invalid", hfToken=secret(TOKEN), maxRetries=0)
    failure = failing(driver.create, driver.checked(inputs()))
    assert failure.message == (
        "Hugging Face: creating the endpoint: cannot connect to hf.invalid: Unsupported proxy "
        "scheme for 'odd://[secret]@proxy.invalid:3128'. Check the network, the proxy settings and "
        "the configured address."
    )
    assert not [r for r in driver.engine.records if "pw-1234" in r.message]
