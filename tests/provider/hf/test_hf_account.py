"""Where the token and the namespace come from, and what got around them on the way."""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.drivers.hf import (
    TOKEN,
    Driver,
    Failure,
    Simulator,
    inputs,
    kinds,
    secret,
    struct,
    told,
)

Start = Callable[..., Driver]
SPELLINGS = {
    "unix": f"{TOKEN}\n",
    "windows": f"{TOKEN}\r\n",
    "blanks": f"  {TOKEN} \n\n",
    "mark": f"\ufeff{TOKEN}\n",
    "copied from a page": f"\u00a0\u200b{TOKEN} \u2028\n\u3000",
    "copied from a chat": f"\u2060\u200e\u2066{TOKEN}\u2069\u200d\u202f\u00ad\u2009\u0085",
}


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


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
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


NO_KEY = "has a character that no key has, which may not show: copy it anew"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("hf_a\nhf_b\n", "has a line break inside"),
        ("hf_a\u2028hf_b", "has a line break inside"),
        ("hf_a\u0085hf_b", "has a line break inside"),
        ("hf_\u200bb", NO_KEY),
        ("hf_a\u00a0b", NO_KEY),
        ("\u201chf_ab\u201d", NO_KEY),
        ("hf_\x7f", "has a control character inside"),
        ("x" * 70000, "is longer than any value"),
    ],
    ids=["lines", "separator", "next line", "zero width", "no break", "quotes", "delete", "long"],
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


def test_a_namespace_out_of_a_file_can_be_listed(driver: Driver, hf: Simulator) -> None:
    driver.create(driver.checked(inputs()))
    found = list(driver.list(query=struct({"namespace": "me\n"})))
    assert [one.result.id for one in found if one.HasField("result")] == ["me/demo"]
    failure = failing(lambda: list(driver.list(query=struct({"namespace": "me\nyou"}))))
    assert failure.message == (
        "inference:hf:Endpoint: the query's namespace has a line break inside"
    )
    assert {r.path for r in hf.requests(cloud="hf", operation="endpoint.list")} == {
        "/v2/endpoint/me"
    }


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


# A service that asks to slow down.

COME_BACK = r"\. Come back in {} s, at 20\d\d-\d\d-\d\d [\d:]{{8}} UTC\.$"


def gaps(hf: Simulator, operation: str) -> list[float]:
    """Seconds between the requests."""
    found = hf.requests(cloud="hf", operation=operation)
    return [
        after.started_monotonic - (before.finished_monotonic or 0)
        for before, after in itertools.pairwise(found)
    ]


def test_the_windows_of_the_hub_are_waited_for(driver: Driver, hf: Simulator) -> None:
    headers = {"RateLimit": '"api";r=0;t=2', "RateLimit-Policy": '"fixed window";"api";q=500;w=300'}
    hf.fault("hf", "endpoint.create", kind="error", status=429, headers=headers)
    driver.create(driver.checked(inputs()))
    (gap,) = gaps(hf, "endpoint.create")
    assert 1.9 <= gap < 10


def test_throttling_costs_time_and_no_tries(driver: Driver, hf: Simulator) -> None:
    """Seven times, where five tries are usual: in a create, a read, an update and a delete."""
    headers = {"RateLimit": '"api";r=0;t=1'}

    def throttled(operation: str) -> None:
        hf.clear()
        hf.fault("hf", operation, kind="error", status=429, headers=headers, count=6)

    throttled("endpoint.create")
    checked = driver.checked(inputs())
    id, outputs = driver.create(checked)
    assert told(hf).count("endpoint.create") == 7
    throttled("endpoint.get")
    driver.read(id, outputs, checked)
    assert told(hf) == ["endpoint.get"] * 7
    throttled("endpoint.update")
    changed = driver.checked(inputs(compute={"instanceSize": "x2"}), olds=checked)
    outputs = driver.update(checked, changed, olds=outputs)
    assert told(hf).count("endpoint.update") == 7
    throttled("endpoint.delete")
    driver.delete(id, outputs, changed)
    assert told(hf).count("endpoint.delete") == 7


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"RateLimit": '"api";r=0;t=300'}, 300),
        ({"Retry-After": "300", "RateLimit": '"api";r=0;t=2'}, 300),
        ({"Retry-After": "86400"}, 86400),
    ],
)
def test_who_gives_up_says_when_to_come_back(
    driver: Driver, hf: Simulator, headers: dict[str, str], seconds: int
) -> None:
    """At once, when that is past its time: the operation's time-out, or two minutes for a look."""
    checked = driver.checked(inputs())
    _, outputs = driver.create(checked)
    hf.clear()
    for operation in ("endpoint.get", "endpoint.list"):
        hf.fault("hf", operation, kind="error", status=429, headers=headers, count=0)
    calls: list[Any] = [
        lambda: driver.read("me/demo", outputs, checked),
        lambda: list(driver.list(query=struct({"namespace": "me"}))),
    ]
    for call in calls:
        failure = failing(call)
        assert failure.code.name == "RESOURCE_EXHAUSTED"
        assert re.search(COME_BACK.format(seconds), failure.message), failure.message
    assert told(hf) == ["endpoint.get", "endpoint.list"]


@pytest.mark.one_call
@pytest.mark.parametrize("seconds", [300, 86400])
def test_a_create_that_gives_up_has_looked(driver: Driver, hf: Simulator, seconds: int) -> None:
    """A busy service may have carried it out: the advice is followed by what was found."""
    headers = {"Retry-After": str(seconds)}
    hf.fault("hf", "endpoint.create", kind="error", status=429, headers=headers, count=0)
    failure = failing(driver.create, driver.checked(inputs()), timeout=299)
    assert failure.code.name == "RESOURCE_EXHAUSTED"
    assert re.search(COME_BACK.format(seconds).removesuffix("$"), failure.message)
    assert failure.message.endswith("the endpoint me/demo does not exist, nothing was made")
    assert told(hf)[0] == "endpoint.create" and "endpoint.create" not in told(hf)[1:]


def test_who_cannot_wait_as_long_as_others_is_told_at_once(driver: Driver, hf: Simulator) -> None:
    """A create has the whole account wait; a read would have to wait for too long."""
    hf.fault("hf", "endpoint.create", kind="error", status=429, headers={"Retry-After": "200"})
    checked = driver.checked(inputs())
    creating = threading.Thread(target=failing, args=(driver.create, checked))
    creating.start()
    driver.logged("asks to slow down; trying again in 200 s")
    failure = failing(driver.read, "me/demo", checked, checked)
    assert failure.message.startswith(
        "Hugging Face: reading the endpoint: not sent, because the service has asked to slow down."
        " Come back in "
    )
    assert told(hf) == ["endpoint.create"]
    driver.cancel()
    creating.join(30)
    assert not creating.is_alive()


@pytest.mark.one_call
def test_retries_that_are_configured_rule(configure: Start, hf: Simulator) -> None:
    headers = {"RateLimit": '"api";r=0;t=1'}
    hf.fault("hf", "endpoint.create", kind="error", status=429, headers=headers, count=0)
    driver = configure(maxRetries=2)
    failure = failing(driver.create, driver.checked(inputs()))
    assert failure.code.name == "RESOURCE_EXHAUSTED"
    assert re.search(COME_BACK.format(1).removesuffix("$"), failure.message)
    assert told(hf).count("endpoint.create") == 3


def test_what_the_stack_keeps_secret_is_in_no_error(configure: Any, hf: Simulator) -> None:
    """Also where the schema does not call it so."""
    driver = configure(hfNamespace=secret("canary-space"))
    checked = driver.checked(inputs(namespace=None, cloudProvider={"region": "nowhere-1"}))
    failure = failing(driver.create, checked)
    assert "canary" not in failure.message
    assert "[secret]" in failure.message


@pytest.mark.parametrize("retries", [0, 1])
def test_max_retries_rules_over_the_time_for_throttling(
    configure: Any, hf: Simulator, retries: int
) -> None:
    driver = configure(maxRetries=retries)
    hf.fault("hf", "endpoint.get", kind="error", status=429, message="slow", count=0)
    failure = failing(driver.read, "me/demo")
    assert failure.code.name == "RESOURCE_EXHAUSTED"
    assert told(hf) == ["endpoint.get"] * (retries + 1)
