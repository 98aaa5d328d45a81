"""Keys and secret inputs of every cloud, told to a service that repeats all it hears: none is in an
error, in a log, on standard error, or in an answer outside of a secret.
"""

from __future__ import annotations

import base64
import json
import subprocess
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from support.drivers import ark, hf, maas, tir
from support.drivers.hf import Driver, Failure, failures, plain, struct
from support.process import wrapper
from support.values import SECRET, SIGNATURE, secret

pytestmark = pytest.mark.uninstrumented

Json = dict[str, Any]
CANARY = "canary-7d/2e q"  # is another text in a URL, in base64
STATUSES = (400, 401, 403, 404, 500, 200)
SECONDS = 1.0  # of a call that waits
SCHEMA = json.loads((Path(__file__).parents[2] / "schema.json").read_text(encoding="utf-8"))


class Parrot(BaseHTTPRequestHandler):
    """Answers everything with what it was told, as an error of every shape."""

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        told = " ".join((self.path, str(self.headers), body, *self.server.canaries))
        message = {"message": told, "error": told, "code": "Odd", "errors": [{"message": told}]}
        reply = json.dumps(
            {**message, "ResponseMetadata": {"Error": {"Code": "Odd", "Message": told}}}
        ).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(reply)))
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(reply)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def log_message(self, *arguments: Any) -> None:
        pass


class Service(ThreadingHTTPServer):
    status = 400
    canaries: tuple[str, ...] = ()


@pytest.fixture
def service() -> Iterator[Service]:
    server = Service(("127.0.0.1", 0), Parrot)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def canary(place: str) -> str:
    return f"{CANARY}-{place}"


# Settings whose secret is a part of them.
FORMS = {"arkProxyUrl": "http://me:{}@127.0.0.1:9", "arkCustomHeaders": "X-Gate: {}, X-Door: {}"}


def keys(cloud: str) -> Json:
    """Every secret setting of a cloud."""
    variables = SCHEMA["config"]["variables"]
    names = [key for key in variables if key.startswith(cloud) and variables[key].get("secret")]
    return {name: FORMS.get(name, "{}").replace("{}", canary(name)) for name in names}


HF_INPUTS = hf.inputs(
    model={
        "image": {
            "custom": {
                "url": "registry.example/app:1",
                "credentials": {"username": "puller", "password": canary("password")},
            }
        },
        "secrets": {"KEY": canary("secret")},
        "env": {"PLAIN": secret(canary("environment"))},
    },
    tags=[secret(canary("tag"))],
)
TIR_VARIABLES = [{"key": "HF_TOKEN", "value": canary("variable")}]
INPUTS: dict[str, tuple[type[Driver], Json]] = {
    "ark": (ark.Driver, ark.inputs(description=secret(canary("description")), region="x")),
    "hf": (hf.Driver, HF_INPUTS),
    "maas": (maas.MaasDriver, maas.inputs(description=secret(canary("description")), region="x")),
    "tir": (
        tir.TirDriver,
        tir.inputs(
            resourceDetails={"envVariables": TIR_VARIABLES},
        ),
    ),
}
PLACES = {
    "ark": {"arkEndpoint"},
    "hf": {"hfEndpoint"},
    "maas": {"maasEndpoint", "maasIamEndpoint", "maasDataPlaneEndpoint"},
    "tir": {"tirEndpoint", "tirDataPlaneEndpoint"},
}
# One credential at a time, where a cloud takes one of several.
WITHOUT = {"maas": [{"maasToken"}, {"maasToken", "maasAccessKey", "maasSecretKey"}, set()]}
PROJECT = {
    "maas": {"maasProjectId": "0" * 32},
    "tir": {"tirProjectId": "501", "tirLocation": "Delhi"},
}


def shapes(text: str) -> list[str]:
    """A secret as it may be told."""
    encoded = base64.b64encode(text.encode()).decode().rstrip("=")
    return [text, urllib.parse.quote(text, safe=""), json.dumps(text)[1:-1], encoded]


def hidden(value: Any) -> str:
    """All text that is outside of a secret."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return ""
        return " ".join(f"{key} {hidden(item)}" for key, item in value.items())
    return " ".join(map(hidden, value)) if isinstance(value, list | tuple) else str(value)


class Ear:
    """All that is heard from a provider outside of secrets."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def call(self, what: Any, *arguments: Any, **named: Any) -> Any:
        try:
            answer = what(*arguments, **named)
        except Failure as failure:
            self.heard.append(failure.message)
            if failure.partial is not None:
                self.heard += [*failure.reasons, hidden(failure.properties), hidden(failure.inputs)]
            return None
        self.heard.append(
            hidden(plain(answer)) if hasattr(answer, "DESCRIPTOR") else hidden(answer)
        )
        return answer

    def lead(self, driver: Driver, inputs: Json) -> None:
        checked = self.call(driver.check, inputs)
        self.heard += failures(checked).values()
        news = plain(checked.inputs) or inputs
        self.call(driver.create, news, preview=True)
        self.call(driver.create, news, timeout=SECONDS)
        for id in (
            "x/demo",
            f"x/{'0' * 32}/11111111-2222-3333-4444-555555555555",
            "demo",
            "501/3001",
        ):
            self.call(driver.read, id, news, news)
            self.call(driver.read, id)
            self.call(driver.update, news, {**news, "name": "other"}, news, timeout=SECONDS, id=id)
            self.call(driver.delete, id, news, news, timeout=SECONDS)
        for token in SCHEMA["functions"]:
            request = hf.provider_pb2.InvokeRequest(tok=token, args=struct({}))
            self.call(driver.call, "Invoke", request)


@pytest.mark.parametrize("by_environment", [False, True], ids=["configured", "environment"])
@pytest.mark.parametrize("cloud", INPUTS)
def test_what_a_service_repeats_is_masked(
    binary: Path, service: Service, cloud: str, by_environment: bool
) -> None:
    kind, inputs = INPUTS[cloud]
    secrets = keys(cloud)
    planted = [canary(place) for place in ("password", "secret", "environment", "tag", "variable")]
    planted += [canary("description"), *secrets.values(), *(canary(name) for name in secrets)]
    ear = Ear()
    url = f"http://127.0.0.1:{service.server_address[1]}"
    places = {key: url for key in PLACES[cloud]}
    for without in WITHOUT.get(cloud, [set()]):
        given = {key: text for key, text in secrets.items() if key not in without}
        service.canaries = tuple(form for text in given.values() for form in shapes(text))
        environment = {
            name: given[key] for key in given for name in ENVIRONMENT[key] if by_environment
        }
        driver = start(kind, binary, environment)
        try:
            config = {} if by_environment else {key: secret(text) for key, text in given.items()}
            driver.configure(**places, **PROJECT.get(cloud, {}), maxRetries=0, **config)
            for status in STATUSES:
                service.status = status
                ear.lead(driver, inputs)
            ear.heard += driver.engine.messages
            driver.process.interrupt()
            driver.process.wait()
            ear.heard.append(driver.process.process.stderr.peek().decode(errors="replace"))
        finally:
            driver.stop()
    assert "[secret]" in " ".join(ear.heard)
    for text in planted:
        for form in shapes(text):
            assert [line for line in ear.heard if form in line] == []


ENVIRONMENT = {
    "arkAccessKey": ("BYTEPLUS_ACCESS_KEY",),
    "arkSecretKey": ("BYTEPLUS_SECRET_KEY",),
    "arkSessionToken": ("BYTEPLUS_SESSION_TOKEN",),
    "arkProxyUrl": ("BYTEPLUS_PROXY_URL",),
    "arkCustomHeaders": ("BYTEPLUS_CUSTOMER_HEADERS",),
    "hfToken": ("HF_TOKEN",),
    "maasToken": ("HW_AUTH_TOKEN",),
    "maasAccessKey": ("HW_ACCESS_KEY",),
    "maasSecretKey": ("HW_SECRET_KEY",),
    "maasSecurityToken": ("HW_SECURITY_TOKEN",),
    "maasPassword": ("HW_USER_PASSWORD",),
    "maasApiKey": ("MAAS_API_KEY",),
    "tirApiKey": ("E2E_TIR_API_KEY",),
    "tirAuthToken": ("E2E_TIR_ACCESS_TOKEN",),
}


def start(kind: type[Driver], binary: Path, environment: dict[str, str]) -> Driver:
    loud = type("Loud", (kind,), {"arguments": ("--logtostderr", "-v=11")})
    return loud(binary, environment)


def test_every_secret_setting_has_a_canary() -> None:
    settings = {key for cloud in INPUTS for key in keys(cloud)}
    variables = SCHEMA["config"]["variables"]
    assert settings == {key for key in variables if variables[key].get("secret")}
    assert settings == set(ENVIRONMENT)


@pytest.mark.parametrize("cloud", INPUTS)
def test_what_the_doctor_tells_is_masked(binary: Path, service: Service, cloud: str) -> None:
    url = f"http://127.0.0.1:{service.server_address[1]}"
    places = {key: url for key in PLACES[cloud]}
    told = ""
    for without in WITHOUT.get(cloud, [set()]):
        given = {key: text for key, text in keys(cloud).items() if key not in without}
        service.canaries = tuple(form for text in given.values() for form in shapes(text))
        config = {**places, **PROJECT.get(cloud, {}), **given, "maxRetries": "0"}
        for status in STATUSES:
            service.status = status
            result = subprocess.run(
                [*wrapper(), str(binary), "--doctor"],
                env={"HOME": "/nonexistent", "PULUMI_CONFIG": json.dumps(config)},
                capture_output=True,
                text=True,
                check=False,
            )
            told += result.stdout + result.stderr
    assert "[secret]" in told
    for text in (*keys(cloud).values(), *(canary(name) for name in keys(cloud))):
        assert [form for form in shapes(text) if form in told] == []
