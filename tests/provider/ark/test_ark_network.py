"""What goes with all requests to ModelArk: a proxy, headers of one's own; and their hosts."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2
from support.drivers.ark import (
    ACCESS_KEY,
    SECRET_KEY,
    Driver,
    Failure,
    Simulator,
    secret,
    struct,
    told,
)

PROVIDER = "urn:pulumi:dev::p::pulumi:providers:inference::default"
TRN = "trn:iam::2100000001:role/deploy"


class Door(BaseHTTPRequestHandler):
    """Notes who wants to go where, and lets nobody through."""

    def do_CONNECT(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Proxy-Authorization")))
        self.send_error(403)

    def log_message(self, *arguments: Any) -> None:
        pass


class Proxy(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Door)
        self.asked: list[tuple[str, str | None]] = []

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def hosts(self) -> set[str]:
        return {host for host, _ in self.asked}


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    server = Proxy()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def refused(driver: Driver, **config: Any) -> str:
    """Why an endpoint is not read through the closed door."""
    keys = {"arkAccessKey": secret(ACCESS_KEY), "arkSecretKey": secret(SECRET_KEY)}
    driver.configure(**keys, maxRetries=0, **config)
    with pytest.raises(Failure) as caught:
        driver.read("ep-20260101000000-aaaaa")
    return caught.value.message


def config_failures(driver: Driver, **config: Any) -> Any:
    request = provider_pb2.CheckRequest(urn=PROVIDER, news=struct(config))
    return driver.call("CheckConfig", request).failures


HOSTS = [
    ("ap-southeast-1", {}, "ark.ap-southeast-1.byteplusapi.com"),
    ("eu-west-1", {}, "ark.eu-west-1.byteplusapi.com"),
    ("cn-beijing", {}, "ark.cn-beijing.volcengineapi.com"),
    ("ap-southeast-1", {"arkAssumeRoleTrn": TRN}, "sts.ap-southeast-1.byteplusapi.com"),
    ("cn-beijing", {"arkAssumeRoleTrn": TRN}, "sts.volcengineapi.com"),
]


@pytest.mark.parametrize(("region", "config", "host"), HOSTS, ids=[row[2] for row in HOSTS])
def test_the_hosts_of_each_site(
    start: Callable[..., Driver], proxy: Proxy, region: str, config: dict[str, Any], host: str
) -> None:
    refused(start(), arkRegion=region, arkProxyUrl=secret(f"http://{proxy.place}"), **config)
    assert proxy.hosts == {f"{host}:443"}


@pytest.mark.parametrize("form", ["http://{}", "{}", "http://{}/"])
def test_a_proxy_of_the_environment(start: Callable[..., Driver], proxy: Proxy, form: str) -> None:
    refused(start(BYTEPLUS_PROXY_URL=form.format(proxy.place)))
    assert proxy.hosts == {"ark.ap-southeast-1.byteplusapi.com:443"}


USUAL = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
NONE = {name: "" for name in (*USUAL, "no_proxy", "NO_PROXY")}


@pytest.mark.parametrize("name", USUAL)
@pytest.mark.parametrize("around", ["{}\n", "{}\r\n", " {} ", "\n{}"], ids=repr)
def test_what_surrounds_the_usual_variables_is_taken_off(
    start: Callable[..., Driver], proxy: Proxy, name: str, around: str
) -> None:
    driver = start(**(NONE | {name: around.format(f"http://{proxy.place}")}))
    refused(driver, arkEndpoint="https://ark.invalid")
    assert proxy.hosts == {"ark.invalid:443"}


@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
def test_what_surrounds_the_hosts_without_a_proxy_is_taken_off(
    start: Callable[..., Driver], proxy: Proxy, name: str
) -> None:
    surroundings = {"HTTPS_PROXY": f"http://{proxy.place}", name: "other.invalid, ark.invalid\r\n"}
    message = refused(start(**(NONE | surroundings)), arkEndpoint="https://ark.invalid")
    assert "Could not resolve host: ark.invalid" in message
    assert proxy.hosts == set()


def test_the_setting_goes_before_the_usual_variables(
    start: Callable[..., Driver], proxy: Proxy
) -> None:
    refused(start(HTTPS_PROXY="http://127.0.0.1:1"), arkProxyUrl=secret(proxy.place))
    assert proxy.hosts == {"ark.ap-southeast-1.byteplusapi.com:443"}


def test_a_login_goes_to_the_proxy_and_into_no_message(
    start: Callable[..., Driver], proxy: Proxy
) -> None:
    driver = start()
    url = f"http://me:pw-1234-secret@{proxy.place}"
    message = refused(driver, arkProxyUrl=secret(url))
    expected = "Basic " + base64.b64encode(b"me:pw-1234-secret").decode()
    assert {login for _, login in proxy.asked} == {expected}
    texts = [message, *(record.message for record in driver.engine.records)]
    assert [text for text in texts if "pw-1234" in text] == []


def test_this_machine_needs_no_proxy(configure: Callable[..., Driver], ark: Simulator) -> None:
    configure(arkProxyUrl=secret("http://127.0.0.1:1")).made()
    assert "endpoint.create" in told(ark)


@pytest.mark.parametrize(
    "url", ["http://", "ftp://p.example", "http://p.example/x", "http://p.example?x=1", "p q"]
)
def test_a_proxy_that_is_none(start: Callable[..., Driver], url: str) -> None:
    driver = start()
    failures = config_failures(driver, arkProxyUrl=secret(url))
    assert [(f.property, f.reason) for f in failures] == [
        (
            "arkProxyUrl",
            "must be the URL of a proxy, http://host:port or https://host:port",
        )
    ]


# Headers.


@pytest.mark.parametrize("place", ["configured", "environment"])
def test_headers_go_with_every_request(
    start: Callable[..., Driver], usual: dict[str, Any], ark: Simulator, place: str
) -> None:
    text = "X-Gate: a b:c , Team:blue\n"
    driver = start(**({"BYTEPLUS_CUSTOMER_HEADERS": text} if place == "environment" else {}))
    own = {"arkCustomHeaders": secret(text)} if place == "configured" else {}
    role = {"arkAssumeRoleTrn": TRN, "arkStsEndpoint": ark.url("ark")}
    driver.configure(**usual, **own, **role)
    driver.made()
    requests = ark.requests(cloud="ark")
    assert {(r.header("X-Gate"), r.header("Team")) for r in requests} == {("a b:c", "blue")}
    assert "role.assume" in told(ark)
    assert "x-gate" in (requests[-1].header("Authorization") or ""), "as all that begin with X-"


OURS = [
    "authorization",
    "Host",
    "X-Date",
    "x-content-sha256",
    "X-Security-Token",
    "Content-Type",
    "content-encoding",  # bodies go as they are,
    "Accept-Encoding",  # and replies are read as they come,
    "Range",  # and whole
]
BAD = [
    *((f"a: b, {name}: SKx", f"may not give the header {name.title()}:") for name in OURS),
    ("a", "must be headers"),
    ("a:", "must be headers"),
    (": b", "must be headers"),
    ("a b: c", "must be headers"),
    ("a: b,, c: d", "must be headers"),
    ("a: \u017elu\u0165", "must be headers"),
    ("a: b, A: c", "gives a header twice"),
    ("a: b\r\nHost: c", "has a line break inside"),
]


@pytest.mark.parametrize(("text", "words"), BAD, ids=[str(i) for i in range(len(BAD))])
def test_headers_that_are_refused(start: Callable[..., Driver], text: str, words: str) -> None:
    failures = config_failures(start(), arkCustomHeaders=secret(text))
    assert [f.property for f in failures] == ["arkCustomHeaders"]
    assert failures[0].reason.lower().startswith(words.lower())
    assert "SKx" not in failures[0].reason


def test_headers_of_the_environment_that_are_refused(
    start: Callable[..., Driver], usual: dict[str, Any], ark: Simulator
) -> None:
    driver = start(BYTEPLUS_CUSTOMER_HEADERS="Host: evil.example")
    driver.configure(**usual)
    with pytest.raises(Failure) as caught:
        driver.made()
    assert (
        "the environment variable BYTEPLUS_CUSTOMER_HEADERS, which gives "
        "inference:arkCustomHeaders, may not give the header Host: the provider sets it itself"
        in caught.value.message
    )
    assert told(ark) == []


def test_a_header_is_in_no_message(configure: Callable[..., Driver], ark: Simulator) -> None:
    driver = configure(arkCustomHeaders=secret("X-Gate: gate-canary-1, X-Door: door-canary-2"))
    words = "no gate-canary-1 door-canary-2"
    ark.fault("ark", "endpoint.create", status=403, code="AccessDenied", message=words)
    with pytest.raises(Failure) as caught:
        driver.made()
    assert "no [secret] [secret]" in caught.value.message
    texts = [caught.value.message, *(record.message for record in driver.engine.records)]
    assert [text for text in texts if "canary" in text] == []
