"""Who is refused is told where the credential came from and what was asked; who has none, what to
do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.drivers.hf import Driver, Failure, Simulator, inputs, secret

pytestmark = pytest.mark.one_call

WRONG = "hf_wrong_token"
REFUSED = (
    "Hugging Face: reading the endpoint: Unauthorized (HTTP 401, code UNAUTHORIZED, request id R). "
    "Check that the token (inference:hfToken or HF_TOKEN) is valid and that the namespace has a "
    "payment method. The credential came from "
)
PLACES = (
    "Hugging Face: no credentials. Looked at inference:hfToken, the environment: HF_TOKEN, "
    "HUGGING_FACE_HUB_TOKEN, the files: $HF_TOKEN_PATH, $HF_HOME/token, "
    "$XDG_CACHE_HOME/huggingface/token, ~/.cache/huggingface/token. "
)


def refusal(driver: Driver, hf: Simulator) -> str:
    with pytest.raises(Failure) as caught:
        driver.read("me/demo")
    request = hf.requests(cloud="hf")[-1]
    headers = {name.lower(): value for name, value in request.reply_headers}
    return caught.value.message.replace(headers["x-request-id"], "R")


def test_a_configured_token(hf: Simulator, configure: Callable[..., Driver]) -> None:
    message = refusal(configure(hfToken=secret(WRONG)), hf)
    assert message == f"{REFUSED}inference:hfToken; asked was namespace me."


def test_a_token_of_the_default_provider(hf: Simulator, configure: Callable[..., Driver]) -> None:
    message = refusal(configure(provider="default_1_0_0", hfToken=secret(WRONG)), hf)
    assert message == f"{REFUSED}inference:hfToken; asked was namespace me."


def test_a_token_of_a_provider_resource(hf: Simulator, configure: Callable[..., Driver]) -> None:
    message = refusal(configure(provider="mine", hfToken=secret(WRONG)), hf)
    assert message == (
        f"{REFUSED}inference:hfToken, as the state records it for the provider resource (after a "
        "change run pulumi up first); asked was namespace me."
    )


@pytest.mark.parametrize("provider", [None, "mine"])
def test_a_token_of_the_environment(
    hf: Simulator, start: Callable[..., Driver], provider: str | None
) -> None:
    driver = start(HUGGING_FACE_HUB_TOKEN=WRONG)
    driver.configure(provider, hfEndpoint=hf.url("hf"))
    assert refusal(driver, hf) == (
        f"{REFUSED}the environment variable HUGGING_FACE_HUB_TOKEN; asked was namespace me."
    )


def test_a_token_of_a_file(hf: Simulator, start: Callable[..., Driver], tmp_path: Path) -> None:
    (tmp_path / "token").write_text(WRONG)
    driver = start(HF_HOME=str(tmp_path))
    driver.configure(hfEndpoint=hf.url("hf"))
    assert refusal(driver, hf) == f"{REFUSED}the file $HF_HOME/token; asked was namespace me."


def test_a_right_that_is_missing(hf: Simulator, driver: Driver) -> None:
    hf.fault("hf", "endpoint.create", kind="error", status=403, body='{"error": "Forbidden"}')
    with pytest.raises(Failure) as caught:
        driver.create(driver.checked(inputs()))
    assert caught.value.message == (
        "Hugging Face: creating the endpoint: Forbidden (HTTP 403). The token needs write "
        "permission for Inference Endpoints of this namespace. The credential came from "
        "inference:hfToken; asked was namespace me."
    )


def test_a_right_to_read_that_is_missing(hf: Simulator, driver: Driver) -> None:
    """A token that may only read is enough for a refresh (docs/permissions.md)."""
    hf.fault("hf", "endpoint.get", kind="error", status=403, body='{"error": "Forbidden"}')
    hf.fault("hf", "endpoint.list", kind="error", status=403, body='{"error": "Forbidden"}')
    advice = (
        "Forbidden (HTTP 403). The token needs read permission for Inference Endpoints of this "
        "namespace. The credential came from inference:hfToken; asked was namespace me."
    )
    with pytest.raises(Failure) as caught:
        driver.read("me/demo")
    assert caught.value.message == f"Hugging Face: reading the endpoint: {advice}"
    with pytest.raises(Failure) as caught:
        list(driver.list())
    assert caught.value.message == f"Hugging Face: listing the namespace: {advice}"


PLACE = "Asked was namespace me."
BUSY = "Something else may be changing it: run it again when that is over."
PAUSED = {"desiredState": "paused"}
PUBLIC = {"type": "public"}
THERE = "A look shows that the endpoint is there."
CHANGE = "The change was of type."
SUPPORT = "If the reason does not help, ask the service's support."
CHANGES = [
    ("update", PUBLIC, 404, "updating the endpoint", f"{THERE} {CHANGE} {SUPPORT}"),
    ("update", PUBLIC, 405, "updating the endpoint", f"{CHANGE} {SUPPORT}"),
    ("update", PUBLIC, 409, "updating the endpoint", f"{BUSY} {CHANGE}"),
    (
        "update",
        {"type": "public"},
        402,
        "updating the endpoint",
        "The account has unpaid bills to pay first. The change was of type.",
    ),
    ("pause", PAUSED, 404, "pausing the endpoint", f"{THERE} {SUPPORT}"),
    ("pause", PAUSED, 409, "pausing the endpoint", BUSY),
]


def refuse(hf: Simulator, operation: str, status: int) -> None:
    body = '{"error": "No.."}'
    hf.fault("hf", f"endpoint.{operation}", kind="error", status=status, body=body, count=0)


@pytest.mark.parametrize(("operation", "patch", "status", "doing", "advice"), CHANGES)
def test_the_advice_fits_the_refusal_of_a_change(
    hf: Simulator,
    driver: Driver,
    operation: str,
    patch: dict[str, Any],
    status: int,
    doing: str,
    advice: str,
) -> None:
    checked = driver.checked(inputs())
    outputs = driver.create(checked)[1]
    refuse(hf, operation, status)
    with pytest.raises(Failure) as caught:
        driver.update(checked, {**checked, **patch}, olds=outputs)
    assert caught.value.message == f"Hugging Face: {doing}: No (HTTP {status}). {advice}"


@pytest.mark.parametrize("operation", ["create", "list"])
def test_a_namespace_that_is_none_is_told(hf: Simulator, driver: Driver, operation: str) -> None:
    refuse(hf, operation, 404)
    with pytest.raises(Failure) as caught:
        if operation == "create":
            driver.create(driver.checked(inputs()))
        else:
            list(driver.list())
    assert caught.value.message.endswith(f": No (HTTP 404). {PLACE}")


ADVICE = [
    (None, "Set it with: pulumi config set --secret inference:hfToken <value>"),
    ("default_1_0_0", "Set it with: pulumi config set --secret inference:hfToken <value>"),
    (
        "mine",
        "Set it in the program's provider resource and run pulumi up first, because refresh and "
        "destroy take what the state records; or set it in the environment",
    ),
    (
        "",
        "pulumi do reads no stack's configuration: set one in the environment, by a flag "
        "(--inference:hf-token <value>), or in a file (--provider-file)",
    ),
]


@pytest.mark.parametrize(("provider", "advice"), ADVICE)
def test_no_credentials(
    hf: Simulator, start: Callable[..., Driver], provider: str | None, advice: str
) -> None:
    driver = start()
    driver.configure(provider, hfEndpoint=hf.url("hf"))
    with pytest.raises(Failure) as caught:
        driver.read("me/demo")
    assert caught.value.message == PLACES + advice
