"""Handshake, Configure, and what the flags exchanged there change."""

from __future__ import annotations

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2
from support.process import Provider
from support.values import UNKNOWN_STRING, byte_string, plain, secret, struct

URN = "urn:pulumi:s::p::echo:index:Echo::n"


@pytest.mark.valgrind_smoke
def test_handshake_offers_everything(provider: Provider) -> None:
    answer = provider.stub.Handshake(provider_pb2.ProviderHandshakeRequest())
    assert answer == provider_pb2.ProviderHandshakeResponse(
        accept_secrets=True,
        accept_resources=True,
        accept_outputs=True,
        supports_autonaming_configuration=True,
        accepts_byte_string=True,
    )


def test_what_only_newer_engines_say_changes_no_answer(provider: Provider) -> None:
    """Fields 12 to 15 of the request; a plain value tells all that we read, so 7 to 9 stay out."""
    newer = b"".join(bytes((number << 3, 1)) for number in (12, 13, 14, 15))
    assert provider.call_raw("Handshake", newer) == provider.call_raw("Handshake", b"")


@pytest.mark.valgrind_smoke
def test_configure_agrees_with_handshake(provider: Provider) -> None:
    answer = provider.stub.Configure(provider_pb2.ConfigureRequest(args=struct({})))
    assert answer == provider_pb2.ConfigureResponse(
        acceptSecrets=True,
        supportsPreview=True,
        acceptResources=True,
        acceptOutputs=True,
        supports_autonaming_configuration=True,
    )


def test_create_before_configure_is_refused_with_a_sentence(provider: Provider) -> None:
    urn = "urn:pulumi:s::p::inference:hf:Endpoint::n"
    with pytest.raises(grpc.RpcError) as caught:
        provider.stub.Create(provider_pb2.CreateRequest(urn=urn))
    assert caught.value.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert caught.value.details()


def configure(echo: Provider, accept_secrets: bool) -> None:
    echo.stub.Configure(
        provider_pb2.ConfigureRequest(args=struct({}), acceptSecrets=accept_secrets)
    )


def echoed(echo: Provider, news: dict[str, object]) -> dict[str, object]:
    answer = echo.stub.Check(provider_pb2.CheckRequest(urn=URN, news=struct(news)))
    return plain(answer.inputs)


@pytest.mark.parametrize("handshake", [False, True])
@pytest.mark.parametrize("accept", [False, True])
def test_secrets_come_back_wrapped_as_configure_says(
    echo: Provider, handshake: bool, accept: bool
) -> None:
    if handshake:
        echo.stub.Handshake(provider_pb2.ProviderHandshakeRequest())
    configure(echo, accept)
    news = {"a": secret("x"), "b": {"c": [secret(1), 2]}}
    expected = news if accept else {"a": "x", "b": {"c": [1, 2]}}
    assert echoed(echo, news) == expected


def test_an_engine_that_never_negotiated_gets_plain_values(echo: Provider) -> None:
    assert echoed(echo, {"a": secret("x")}) == {"a": "x"}


def test_after_handshake_secrets_are_wrapped_before_configure(echo: Provider) -> None:
    echo.stub.Handshake(provider_pb2.ProviderHandshakeRequest())
    answer = echo.stub.CheckConfig(provider_pb2.CheckRequest(news=struct({"a": secret("x")})))
    assert plain(answer.inputs) == {"a": secret("x")}


@pytest.mark.parametrize("accept", [False, True])
def test_byte_strings_come_back_wrapped_or_are_an_error(echo: Provider, accept: bool) -> None:
    echo.stub.Handshake(provider_pb2.ProviderHandshakeRequest(accepts_byte_string=accept))
    news = {"a": byte_string(b"\xff\xfe")}
    if accept:
        assert echoed(echo, news) == news
        return
    with pytest.raises(grpc.RpcError) as caught:
        echoed(echo, news)
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert caught.value.details() == (
        "inputs holds text that is not UTF-8, which this engine does not accept"
    )


def test_args_arrive_with_secrets_unwrapped(configured: Provider) -> None:
    request = provider_pb2.ConfigureRequest(
        args=struct({"token": secret("t0k3n")}), acceptSecrets=True
    )
    configured.stub.Configure(request)
    answer = configured.stub.Invoke(provider_pb2.InvokeRequest(tok="config"))
    assert plain(getattr(answer, "return")) == {"token": secret("t0k3n")}


def test_variables_of_old_engines_arrive_when_there_are_no_args(echo: Provider) -> None:
    echo.stub.Configure(
        provider_pb2.ConfigureRequest(variables={"inference:config:b": "2", "a:config:a": "1"})
    )
    answer = echo.stub.Invoke(provider_pb2.InvokeRequest(tok="config"))
    assert plain(getattr(answer, "return")) == {"inference:config:b": "2", "a:config:a": "1"}


@pytest.mark.parametrize("mode", [0, 1, 2])
def test_autonaming_seed_and_identity_arrive(configured: Provider, mode: int) -> None:
    request = provider_pb2.CheckRequest(
        urn="urn:pulumi:s::p::parent:index:T$echo:index:Echo::a::b",
        olds=struct({}),
        news=struct({"mode": "details"}),
        randomSeed=bytes(range(32)),
        autonaming=provider_pb2.CheckRequest.AutonamingOptions(proposed_name="pn", mode=mode),
    )
    assert plain(configured.stub.Check(request).inputs) == {
        "mode": "details",
        "name": "a::b",
        "type": "parent:index:T$echo:index:Echo",  # the stand-in core does not split parents off
        "hasOlds": True,
        "seed": 32,
        "proposedName": "pn",
        "autonamingMode": mode,
    }


def test_absent_autonaming_and_olds_stay_absent(configured: Provider) -> None:
    request = provider_pb2.CheckRequest(urn=URN, news=struct({"mode": "details"}))
    assert plain(configured.stub.Check(request).inputs) == {
        "mode": "details",
        "name": "n",
        "type": "echo:index:Echo",
        "hasOlds": False,
        "seed": 0,
    }


def test_old_engines_get_unknowns_as_sentinels(echo: Provider) -> None:
    assert echoed(echo, {"a": secret(UNKNOWN_STRING)}) == {"a": UNKNOWN_STRING}
