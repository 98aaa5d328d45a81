"""How failures arrive: codes, messages, details."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.rpc import status_pb2
from pulumi.runtime.proto import provider_pb2
from support.process import Provider
from support.values import plain, secret, struct

URN = "urn:pulumi:s::p::echo:index:Echo::n"

CODES = {
    "INVALID": grpc.StatusCode.INVALID_ARGUMENT,
    "UNAUTHENTICATED": grpc.StatusCode.UNAUTHENTICATED,
    "PERMISSION": grpc.StatusCode.PERMISSION_DENIED,
    "NOT_FOUND": grpc.StatusCode.NOT_FOUND,
    "EXISTS": grpc.StatusCode.ALREADY_EXISTS,
    "PRECONDITION": grpc.StatusCode.FAILED_PRECONDITION,
    "EXHAUSTED": grpc.StatusCode.RESOURCE_EXHAUSTED,
    "UNAVAILABLE": grpc.StatusCode.UNAVAILABLE,
    "DEADLINE": grpc.StatusCode.DEADLINE_EXCEEDED,
    "CANCELLED": grpc.StatusCode.CANCELLED,
    "UNIMPLEMENTED": grpc.StatusCode.UNIMPLEMENTED,
    "UNCERTAIN": grpc.StatusCode.UNKNOWN,
    "INTERNAL": grpc.StatusCode.INTERNAL,
}


def create(echo: Provider, properties: dict[str, Any]) -> grpc.RpcError:
    request = provider_pb2.CreateRequest(urn=URN, properties=struct(properties))
    with pytest.raises(grpc.RpcError) as caught:
        echo.stub.Create(request)
    return caught.value


def details(error: grpc.RpcError) -> status_pb2.Status:
    found = [
        item.value for item in error.trailing_metadata() if item.key == "grpc-status-details-bin"
    ]
    assert len(found) == 1
    return status_pb2.Status.FromString(found[0])


def has_details(error: grpc.RpcError) -> bool:
    return any(item.key == "grpc-status-details-bin" for item in error.trailing_metadata())


@pytest.mark.parametrize("code", CODES)
def test_code_and_message(configured: Provider, code: str) -> None:
    error = create(configured, {"mode": "fail", "code": code, "message": "It broke: ä, 5 %."})
    assert error.code() == CODES[code]
    assert error.details() == "It broke: ä, 5 %."
    assert not has_details(error)


def test_an_error_without_a_message_says_its_name(configured: Provider) -> None:
    assert create(configured, {"mode": "fail", "code": "EXISTS"}).details() == "EXISTS"


def test_message_is_one_line(configured: Provider) -> None:
    error = create(configured, {"mode": "fail", "code": "INVALID", "message": "a\nb\r\tc\x7f\x1b"})
    assert error.details() == "a b  c  "


@pytest.mark.parametrize("letter", ["x", "ä", "😀"])
def test_long_message_is_cut_between_characters(configured: Provider, letter: str) -> None:
    message = letter * 4000
    text = create(configured, {"mode": "fail", "code": "INVALID", "message": message}).details()
    assert text.endswith("...")
    assert message.startswith(text[:-3])
    assert 3072 - 3 < len(text.encode()) <= 3072


def test_secrets_of_the_request_are_masked(configured: Provider) -> None:
    error = create(
        configured,
        {
            "mode": "fail",
            "code": "INVALID",
            "message": "bad token hunter2-hunter2; base64 aHVudGVyMi1odW50ZXIy",
            "token": secret("hunter2-hunter2"),
        },
    )
    assert error.details() == "bad token [secret]; base64 [secret]"


@pytest.mark.valgrind_smoke
def test_init_failed_of_create(configured: Provider) -> None:
    properties = {
        "mode": "initFailed",
        "id": "me/demo",
        "message": "the endpoint is not ready",
        "reasons": ["out of stock", "hunter2-hunter2 was wrong"],
        "token": secret("hunter2-hunter2"),
    }
    error = create(configured, properties)
    status = details(error)
    assert error.code() == grpc.StatusCode.INTERNAL
    assert error.details() == "the endpoint is not ready"
    assert status.code == grpc.StatusCode.INTERNAL.value[0]
    assert status.message == "the endpoint is not ready"
    assert [detail.type_url for detail in status.details] == [
        "type.googleapis.com/pulumirpc.ErrorResourceInitFailed"
    ]
    failed = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(failed)
    assert failed.id == "me/demo"
    assert plain(failed.properties) == properties
    assert list(failed.reasons) == ["out of stock", "[secret] was wrong"]
    assert not failed.HasField("inputs")


def test_init_failed_with_much_to_say(configured: Provider) -> None:
    properties = {"mode": "initFailed", "id": "i", "message": "not ready", "long": "x" * 500_000}
    failed = provider_pb2.ErrorResourceInitFailed()
    assert details(create(configured, properties)).details[0].Unpack(failed)
    assert plain(failed.properties) == properties


def test_init_failed_without_reasons_gives_the_message_as_one(configured: Provider) -> None:
    error = create(configured, {"mode": "initFailed", "id": "i", "message": "not ready"})
    failed = provider_pb2.ErrorResourceInitFailed()
    assert details(error).details[0].Unpack(failed)
    assert list(failed.reasons) == ["not ready"]


def test_init_failed_of_read_has_inputs(configured: Provider) -> None:
    request = provider_pb2.ReadRequest(
        urn=URN,
        id="i",
        properties=struct({"mode": "initFailed", "id": "i", "message": "unhealthy"}),
        inputs=struct({"a": secret(1)}),
    )
    with pytest.raises(grpc.RpcError) as caught:
        configured.stub.Read(request)
    failed = provider_pb2.ErrorResourceInitFailed()
    assert details(caught.value).details[0].Unpack(failed)
    assert plain(failed.inputs) == {"a": secret(1)}


def test_init_failed_keeps_the_id_when_its_properties_cannot_be_sent(echo: Provider) -> None:
    """They nest too deeply for a reply: a reply without them still saves the object."""
    echo.stub.Configure(provider_pb2.ConfigureRequest(args=struct({}), acceptSecrets=True))
    deep: Any = "x"
    for _ in range(40):
        deep = [deep]
    for mode in ("initFailed", "echo"):
        error = create(echo, {"mode": mode, "id": "i", "message": "not ready", "deep": deep})
        failed = provider_pb2.ErrorResourceInitFailed()
        assert details(error).details[0].Unpack(failed)
        assert failed.id == "i"
        assert plain(failed.properties) == {}


def test_check_failures_are_listed_and_masked(configured: Provider) -> None:
    news = {
        "token": secret("hunter2-hunter2"),
        "failures": [
            {"property": 'env["A.B"]', "reason": "hunter2-hunter2 is too long"},
            {"property": "", "reason": "all of it"},
        ],
    }
    answer = configured.stub.Check(provider_pb2.CheckRequest(urn=URN, news=struct(news)))
    assert [(failure.property, failure.reason) for failure in answer.failures] == [
        ('env["A.B"]', "[secret] is too long"),
        ("", "all of it"),
    ]
    assert not answer.HasField("inputs")


def test_diff_answer(configured: Provider) -> None:
    news = {
        "entries": [
            {"path": "a.b", "kind": 5, "inputDiff": True},
            {"path": "c[0]", "kind": 0, "inputDiff": False},
        ],
        "diffs": ["a", "c"],
        "replaces": ["a"],
        "deleteBeforeReplace": True,
    }
    request = provider_pb2.DiffRequest(
        urn=URN, id="i", news=struct(news), old_inputs=struct({}), ignoreChanges=["x", "y.z"]
    )
    answer = configured.stub.Diff(request)
    kind = provider_pb2.PropertyDiff
    assert answer == provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME,
        hasDetailedDiff=True,
        detailedDiff={
            "a.b": kind(kind=kind.UPDATE_REPLACE, inputDiff=True),
            "c[0]": kind(kind=kind.ADD),
        },
        diffs=["a", "c"],
        replaces=["a"],
        deleteBeforeReplace=True,
        stables=["x", "y.z", "old inputs"],
    )


def test_diff_without_changes_says_so_in_detail(configured: Provider) -> None:
    answer = configured.stub.Diff(provider_pb2.DiffRequest(urn=URN, id="i"))
    assert answer == provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_NONE,
        hasDetailedDiff=True,
        stables=["no old inputs"],
    )


@pytest.mark.parametrize(
    "method", ["Create", "Update", "Delete", "Read", "Check", "Diff", "Invoke"]
)
def test_each_method_reports_a_failure(configured: Provider, method: str) -> None:
    bag = struct({"mode": "fail", "code": "NOT_FOUND", "message": "nothing there"})
    requests: dict[str, Any] = {
        "Create": provider_pb2.CreateRequest(urn=URN, properties=bag),
        "Update": provider_pb2.UpdateRequest(urn=URN, id="i", news=bag),
        "Delete": provider_pb2.DeleteRequest(urn=URN, id="i", properties=bag),
        "Read": provider_pb2.ReadRequest(urn=URN, id="i", properties=bag),
        "Check": provider_pb2.CheckRequest(urn=URN, news=bag),
        "Diff": provider_pb2.DiffRequest(urn=URN, news=bag),
        "Invoke": provider_pb2.InvokeRequest(tok="echo", args=bag),
    }
    with pytest.raises(grpc.RpcError) as caught:
        getattr(configured.stub, method)(requests[method])
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND
    assert caught.value.details() == "nothing there"
