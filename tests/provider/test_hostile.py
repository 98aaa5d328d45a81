"""Requests that no engine sends. Each has a defined answer, and the process lives on."""

from __future__ import annotations

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2
from support.process import Provider
from support.values import byte_string, entry, field, nested_lists, plain, secret, struct, varint

pytestmark = pytest.mark.uninstrumented

ENDPOINT_URN = b"urn:pulumi:s::p::inference:hf:Endpoint::n"
ECHO_URN = b"urn:pulumi:s::p::echo:index:Echo::n"

OK = grpc.StatusCode.OK
INVALID = grpc.StatusCode.INVALID_ARGUMENT
UNIMPLEMENTED = grpc.StatusCode.UNIMPLEMENTED

EMPTY_MESSAGE = {
    "Handshake": OK,
    "GetSchema": OK,
    "GetPluginInfo": OK,
    "GetMapping": OK,
    "GetMappings": OK,
    "Attach": OK,
    "CheckConfig": OK,
    "DiffConfig": OK,
    "Configure": OK,
    "Check": INVALID,
    "Diff": INVALID,
    "Create": INVALID,
    "Read": INVALID,
    "Update": INVALID,
    "Delete": INVALID,
    "Invoke": INVALID,
    "Parameterize": UNIMPLEMENTED,
    "Construct": UNIMPLEMENTED,
    "Call": UNIMPLEMENTED,
    "StreamInvoke": UNIMPLEMENTED,
    "NoSuchMethod": UNIMPLEMENTED,
    "/grpc.health.v1.Health/Check": OK,
    "/grpc.health.v1.Health/Watch": UNIMPLEMENTED,
    "/no.such.Service/Method": UNIMPLEMENTED,
    "Cancel": OK,
}


def outcome(provider: Provider, method: str, request: bytes) -> tuple[grpc.StatusCode, str]:
    try:
        provider.call_raw(method, request)
    except grpc.RpcError as error:
        return error.code(), error.details()
    return OK, ""


@pytest.mark.valgrind_smoke
def test_empty_message_to_each_method(provider: Provider) -> None:
    answers = {method: outcome(provider, method, b"")[0] for method in EMPTY_MESSAGE}
    assert answers == EMPTY_MESSAGE
    assert provider.is_alive()


def test_empty_message_to_list(provider: Provider) -> None:
    stream = provider.channel.unary_stream("/pulumirpc.ResourceProvider/List")(b"", timeout=60)
    with pytest.raises(grpc.RpcError) as caught:
        list(stream)
    assert caught.value.code() in (INVALID, grpc.StatusCode.FAILED_PRECONDITION)


@pytest.mark.parametrize(
    "method", ["Check", "Diff", "Create", "Read", "Update", "Delete", "Invoke"]
)
def test_bytes_that_are_no_message(provider: Provider, method: str) -> None:
    code, message = outcome(provider, method, b"\xff\xff\xff")
    assert code == INVALID
    assert message == f"the request is not a well-formed {method}Request"
    assert provider.is_alive()


@pytest.mark.parametrize(
    "urn",
    [
        b"",
        b"x",
        b"urn:pulumi:",
        b"urn:pulumi:s::p",
        b"urn:pulumi:s::p::t",
        b"urn:pulumi:::",
        b"::::::",
    ],
)
@pytest.mark.parametrize("method", ["Check", "Create"])
def test_malformed_urn(provider: Provider, method: str, urn: bytes) -> None:
    code, message = outcome(provider, method, field(1, urn))
    assert code == INVALID
    assert message == (f"not a URN: {urn.decode()}" if urn else "the request names no URN")


@pytest.mark.parametrize(("text", "code"), [(b"a\xffb", INVALID), (b"a\0b", INVALID)])
def test_text_field_with_bytes_that_cannot_be(
    provider: Provider, text: bytes, code: grpc.StatusCode
) -> None:
    assert outcome(provider, "Check", field(1, ENDPOINT_URN + text)) == (
        code,
        "the request is not a well-formed CheckRequest",
    )


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("", "inference:hf:Other", "the type inference:hf:Other is not that of the URN "),
        ("other", "", "the name other is not that of the URN "),
    ],
)
def test_name_and_type_must_be_those_of_the_urn(
    provider: Provider, name: str, kind: str, message: str
) -> None:
    request = provider_pb2.CheckRequest(urn=ENDPOINT_URN.decode(), name=name, type=kind)
    code, text = outcome(provider, "Check", request.SerializeToString())
    assert code == INVALID
    assert text == message + ENDPOINT_URN.decode()


@pytest.mark.parametrize("method", ["Read", "Update", "Delete"])
def test_request_without_id(provider: Provider, method: str) -> None:
    number = 2
    assert outcome(provider, method, field(number, ENDPOINT_URN)) == (
        INVALID,
        "the request names no id",
    )


@pytest.mark.parametrize("version", [-1, 1, 2147483647])
def test_schema_of_another_format(provider: Provider, version: int) -> None:
    request = provider_pb2.GetSchemaRequest(version=version).SerializeToString()
    assert outcome(provider, "GetSchema", request) == (
        INVALID,
        f"schema format {version} is not known, only 0 is",
    )


def check(echo: Provider, news: bytes) -> provider_pb2.CheckResponse:
    answer = echo.call_raw("Check", field(1, ECHO_URN) + field(3, news))
    return provider_pb2.CheckResponse.FromString(answer)


def refused(echo: Provider, news: bytes) -> tuple[grpc.StatusCode, str]:
    return outcome(echo, "Check", field(1, ECHO_URN) + field(3, news))


@pytest.mark.valgrind_smoke
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"", None),  # no kind at all
        (field(9, b"later"), None),  # a kind of a later protocol
        (field(3, b"a") + field(3, b"b"), "b"),  # of a oneof the last counts
        (b"\x08\x00" + field(3, b"s"), "s"),
        (varint(3 << 3) + b"\x05", None),  # text of the wrong wire type
        (field(6, field(1, b"")), [None]),
    ],
)
def test_odd_values(configured: Provider, value: bytes, expected: object) -> None:
    assert plain(check(configured, entry("k", value)).inputs) == {"k": expected}


def test_entry_without_value_or_key(configured: Provider) -> None:
    assert plain(check(configured, field(1, field(1, b"k"))).inputs) == {"k": None}
    assert plain(check(configured, field(1, field(2, field(3, b"v")))).inputs) == {"": "v"}


def test_of_equal_keys_the_last_counts(configured: Provider) -> None:
    news = entry("k", field(3, b"1")) + entry("j", field(3, b"2")) + entry("k", field(3, b"3"))
    assert plain(check(configured, news).inputs) == {"k": "3", "j": "2"}


def test_text_that_is_not_utf8_is_a_byte_string(configured: Provider) -> None:
    answer = check(configured, entry("k", field(3, b"\xc3(")))
    assert plain(answer.inputs) == {"k": byte_string(b"\xc3(")}


def test_property_name_that_is_not_utf8(configured: Provider) -> None:
    assert refused(configured, entry(b"\xff", b"")) == (
        INVALID,
        "news has a property name that is not UTF-8",
    )


@pytest.mark.parametrize(
    "news",
    [
        b"\xff",
        b"\x0a\x05ab",  # longer than what follows
        field(1, b"\x0b"),  # a group
        field(1, b"\x00\x01"),  # field number 0
        entry("k", b"\x11\x01"),  # half a number
        entry("k", field(5, b"\x0a\x7f")),
        b"\x0a" + b"\xff" * 10 + b"\x01",  # a length of 70 bits
    ],
)
def test_malformed_bag(configured: Provider, news: bytes) -> None:
    assert refused(configured, news) == (INVALID, "news is not a well-formed property bag")
    assert configured.is_alive()


@pytest.mark.valgrind_smoke
@pytest.mark.parametrize("depth", [64, 100, 5000, 30000])
def test_nesting_too_deep(configured: Provider, depth: int) -> None:
    news = entry("k", nested_lists(depth))
    assert refused(configured, news) == (
        INVALID,
        "news nests lists and objects deeper than 64 levels",
    )
    assert configured.is_alive()


def test_nesting_at_the_limit_is_read(configured: Provider) -> None:
    args = entry("k", nested_lists(63))
    assert outcome(configured, "Invoke", field(1, b"waiting") + field(2, args)) == (OK, "")


def test_too_many_values(configured: Provider) -> None:
    news = entry("k", field(6, field(1, field(9, b"later")) * (1024 * 1024 + 1)))
    assert refused(configured, news) == (
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        "news holds more than 1048576 values",
    )
    assert configured.is_alive()


def test_values_that_take_far_more_memory_than_bytes(configured: Provider) -> None:
    news = entry("k", field(6, field(1, b"") * (1024 * 1024)))
    assert refused(configured, news) == (
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        "news needs more memory than one call is given",
    )
    assert configured.is_alive()


@pytest.mark.one_call
def test_a_string_of_100_mb_comes_back_and_the_memory_is_given_back(configured: Provider) -> None:
    assert configured.is_alive()
    before = configured.resident_bytes()
    text = "x" * 100_000_000
    request = provider_pb2.CheckRequest(urn=ECHO_URN.decode(), news=struct({"k": text}))
    answer = configured.stub.Check(request)
    assert answer.inputs.fields["k"].string_value == text
    del answer
    assert configured.is_alive()
    if configured.is_measurable():
        assert configured.resident_bytes() < before + 50_000_000


@pytest.mark.one_call
def test_a_secret_of_50_mb_comes_back(configured: Provider) -> None:
    text = "x" * 50_000_000
    request = provider_pb2.CheckRequest(urn=ECHO_URN.decode(), news=struct({"k": secret(text)}))
    answer = configured.stub.Check(request)
    assert plain(answer.inputs) == {"k": secret(text)}
    assert configured.is_alive()


@pytest.mark.one_call
def test_a_string_of_100_mb_to_the_provider(provider: Provider) -> None:
    provider.stub.Configure(provider_pb2.ConfigureRequest(args=struct({})))
    news = struct({"k": "x" * 100_000_000})
    request = provider_pb2.CheckRequest(urn=ENDPOINT_URN.decode(), news=news)
    failures = provider.stub.Check(request).failures
    assert "k" in [failure.property for failure in failures]
    assert provider.is_alive()


@pytest.mark.one_call
def test_diff_of_a_set_that_no_service_would_take(provider: Provider) -> None:
    """Diff is answered on the thread that answers Cancel: no comparing each item with each."""
    provider.stub.Configure(provider_pb2.ConfigureRequest(args=struct({})))
    tags = [{"key": f"k{number}", "value": ""} for number in range(100_000)]
    old, new = struct({"tags": tags}), struct({"tags": tags[::-1]})
    urn = "urn:pulumi:s::p::inference:ark:Endpoint::n"
    request = provider_pb2.DiffRequest(id="ep-1", urn=urn, olds=old, old_inputs=old, news=new)
    answer = provider.stub.Diff(request, timeout=60)
    assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert provider.is_alive()


@pytest.mark.one_call
def test_message_over_the_limit(provider: Provider) -> None:
    request = field(1, ENDPOINT_URN) + field(3, b"\0" * (400 * 1024 * 1024))
    channel = grpc.insecure_channel(
        f"127.0.0.1:{provider.port}",
        options=(("grpc.max_send_message_length", -1), ("grpc.enable_http_proxy", 0)),
    )
    with channel, pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary("/pulumirpc.ResourceProvider/Check")(request, timeout=60)
    assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert provider.is_alive()


def test_call_without_a_message(provider: Provider) -> None:
    call = provider.channel.stream_unary("/pulumirpc.ResourceProvider/GetSchema")
    with pytest.raises(grpc.RpcError) as caught:
        call(iter(()), timeout=60)
    assert caught.value.code() == INVALID
    assert caught.value.details() == "the call carries no request message"
