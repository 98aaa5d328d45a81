"""Many calls at once, streams, and calls that end early."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from google.rpc import status_pb2
from pulumi.runtime.proto import provider_pb2
from support.process import Provider, wait_until
from support.values import UNKNOWN_STRING, plain, struct

pytestmark = pytest.mark.uninstrumented

URN = "urn:pulumi:s::p::echo:index:Echo::n"
WAITING_CREATES = 200


def start_waiting(echo: Provider, number: int, made: bool) -> grpc.Future:
    properties: dict[str, Any] = {"mode": "wait", "id": f"id-{number}", "message": "cancelled"}
    if made:
        properties["made"] = True
    request = provider_pb2.CreateRequest(urn=URN, properties=struct(properties))
    return echo.stub.Create.future(request)


def waiting(echo: Provider) -> int:
    answer = echo.stub.Invoke(provider_pb2.InvokeRequest(tok="waiting"))
    return int(plain(getattr(answer, "return"))["waiting"])


def recorded_id(call: grpc.Future) -> str:
    """What the engine would record of a create that was cut short."""
    error = call.exception()
    failed = provider_pb2.ErrorResourceInitFailed()
    for item in error.trailing_metadata():
        if item.key == "grpc-status-details-bin":
            status_pb2.Status.FromString(item.value).details[0].Unpack(failed)
    return str(failed.id)


def test_200_waiting_creates_block_nothing_and_cancel_keeps_all_ids(configured: Provider) -> None:
    calls = [start_waiting(configured, number, made=True) for number in range(WAITING_CREATES)]
    wait_until(lambda: waiting(configured) == WAITING_CREATES)
    check = provider_pb2.CheckRequest(urn=URN, news=struct({"a": 1}))
    assert plain(configured.stub.Check(check, timeout=30).inputs) == {"a": 1}
    assert not any(call.done() for call in calls)
    configured.stub.Cancel(empty_pb2.Empty(), timeout=30)
    assert [recorded_id(call) for call in calls] == [f"id-{n}" for n in range(WAITING_CREATES)]
    assert configured.is_alive()


@pytest.mark.valgrind_smoke
def test_cancel_of_creates_that_made_nothing(configured: Provider) -> None:
    calls = [start_waiting(configured, number, made=False) for number in range(5)]
    wait_until(lambda: waiting(configured) == 5)
    configured.stub.Cancel(empty_pb2.Empty())
    errors = [call.exception() for call in calls]
    assert [error.code() for error in errors] == [grpc.StatusCode.CANCELLED] * 5
    assert {error.details() for error in errors} == {"creating the object was cancelled"}
    assert configured.is_alive()


@pytest.mark.valgrind_smoke
def test_interrupt_keeps_ids_of_waiting_creates(configured: Provider) -> None:
    calls = [start_waiting(configured, number, made=True) for number in range(20)]
    wait_until(lambda: waiting(configured) == 20)
    configured.interrupt()
    assert [recorded_id(call) for call in calls] == [f"id-{n}" for n in range(20)]
    assert configured.wait() == 0


def test_interrupt_ends_the_process_although_a_call_never_returns(configured: Provider) -> None:
    request = provider_pb2.CreateRequest(urn=URN, properties=struct({"mode": "deaf"}))
    call = configured.stub.Create.future(request)
    wait_until(lambda: waiting(configured) == 1)
    configured.interrupt()
    assert configured.wait() == 0
    assert call.exception() is not None


def test_a_client_that_goes_away_ends_its_call(configured: Provider) -> None:
    call = start_waiting(configured, 1, made=False)
    wait_until(lambda: waiting(configured) == 1)
    call.cancel()
    wait_until(lambda: waiting(configured) == 0)


def test_a_connection_that_breaks_ends_its_calls(configured: Provider) -> None:
    request = provider_pb2.CreateRequest(urn=URN, properties=struct({"mode": "wait"}))
    other = configured.connect()
    path = "/pulumirpc.ResourceProvider/Create"
    call = other.unary_unary(path).future(request.SerializeToString())
    wait_until(lambda: waiting(configured) == 1)
    other.close()
    wait_until(lambda: waiting(configured) == 0)
    assert call.done()


def test_a_client_deadline_ends_its_call(configured: Provider) -> None:
    request = provider_pb2.CreateRequest(urn=URN, properties=struct({"mode": "wait"}))
    with pytest.raises(grpc.RpcError) as caught:
        configured.stub.Create(request, timeout=0.2)
    assert caught.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    wait_until(lambda: waiting(configured) == 0)


def test_many_small_calls_on_many_connections(configured: Provider) -> None:
    check = provider_pb2.CheckRequest(urn=URN, news=struct({"a": 1})).SerializeToString()
    path = "/pulumirpc.ResourceProvider/Check"
    channels = [configured.connect() for _ in range(8)]
    calls = [channels[n % 8].unary_unary(path).future(check) for n in range(800)]
    answers = {
        provider_pb2.CheckResponse.FromString(call.result()).SerializeToString(deterministic=True)
        for call in calls
    }
    for channel in channels:
        channel.close()
    assert len(answers) == 1


# ---- List


def list_all(echo: Provider, **fields: Any) -> list[provider_pb2.ListResponse]:
    query = struct(fields.pop("query", {}))
    return list(echo.stub.List(provider_pb2.ListRequest(token="t", query=query, **fields)))


@pytest.mark.valgrind_smoke
def test_list_streams_results_and_a_continuation(configured: Provider) -> None:
    items = list_all(configured, query={"count": 3}, continuation_token="next")
    assert items == [
        *(
            provider_pb2.ListResponse(
                result=provider_pb2.ListResponse.Result(id=f"id-{n}", name=f"name-{n}")
            )
            for n in range(3)
        ),
        provider_pb2.ListResponse(
            continuation=provider_pb2.ListResponse.Continuation(continuation_token="next")
        ),
    ]


def test_list_of_many(configured: Provider) -> None:
    items = list_all(configured, query={"count": 5000})
    assert [item.result.id for item in items[:-1]] == [f"id-{n}" for n in range(5000)]
    assert items[-1].WhichOneof("response") == "continuation"


def test_list_of_unknowns_is_computed(configured: Provider) -> None:
    items = list_all(configured, query={"a": UNKNOWN_STRING})
    assert [item.WhichOneof("response") for item in items] == ["computed"]


@pytest.mark.parametrize(("count", "mode"), [(0, "fail"), (2, "failLate")])
def test_list_that_fails(configured: Provider, count: int, mode: str) -> None:
    query = struct(
        {"count": count, "mode": mode, "code": "UNAVAILABLE", "message": "the cloud went away"}
    )
    stream = configured.stub.List(provider_pb2.ListRequest(token="t", query=query))
    received = []
    with pytest.raises(grpc.RpcError) as caught:
        received.extend(iter(stream.next, None))
    assert caught.value.code() == grpc.StatusCode.UNAVAILABLE
    assert caught.value.details() == "the cloud went away"


def test_a_reader_that_leaves_a_list_ends_it(configured: Provider) -> None:
    query = struct({"count": 1_000_000})
    stream = configured.stub.List(provider_pb2.ListRequest(token="t", query=query))
    assert next(stream).result.id == "id-0"
    stream.cancel()
    configured.interrupt()  # ends only once the listing has
    assert configured.wait() == 0
