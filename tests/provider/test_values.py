"""Values: each kind in each spelling, in and out."""

from __future__ import annotations

import math
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2
from support.process import Provider
from support.values import (
    ARCHIVE,
    ASSET,
    OUTPUT,
    RESOURCE,
    SIGNATURE,
    UNKNOWN_NUMBER,
    UNKNOWN_STRING,
    UNKNOWNS,
    byte_string,
    plain,
    secret,
    signed,
    struct,
)

pytestmark = pytest.mark.one_call

URN = "urn:pulumi:s::p::echo:index:Echo::n"


def described(echo: Provider, value: Any) -> Any:
    """What the provider made of one value."""
    request = provider_pb2.InvokeRequest(tok="describe", args=struct({"v": value}))
    answer = getattr(echo.stub.Invoke(request), "return")
    return plain(answer)["value"]["entries"]["v"]


def checked(echo: Provider, value: Any) -> Any:
    """What comes back of a value that is passed through."""
    request = provider_pb2.CheckRequest(urn=URN, news=struct({"v": value}))
    return plain(echo.stub.Check(request).inputs)["v"]


def text(value: str, is_secret: bool = False) -> dict[str, Any]:
    return {"kind": "string", "secret": is_secret, "text": value}


def unknown(is_secret: bool = False) -> dict[str, Any]:
    return {"kind": "unknown", "secret": is_secret}


IN = {
    "null": (None, {"kind": "null", "secret": False}),
    "true": (True, {"kind": "bool", "secret": False, "bool": True}),
    "false": (False, {"kind": "bool", "secret": False, "bool": False}),
    "zero": (0, {"kind": "number", "secret": False, "number": 0}),
    "fraction": (-1.5e300, {"kind": "number", "secret": False, "number": -1.5e300}),
    "beyond 2^53": (2.0**60, {"kind": "number", "secret": False, "number": 2.0**60}),
    "infinity": (math.inf, {"kind": "number", "secret": False, "number": math.inf}),
    "empty text": ("", text("")),
    "NUL": ("a\0b", text("a\0b")),
    "umlaut": ("Größe 😀", text("Größe 😀")),
    "empty list": ([], {"kind": "list", "secret": False, "items": []}),
    "empty map": ({}, {"kind": "map", "secret": False, "entries": {}}),
    "secret": (secret("x"), text("x", True)),
    "secret of null": (secret(None), {"kind": "null", "secret": True}),
    "secret of unknown": (secret(UNKNOWN_STRING), unknown(True)),
    "secret of secret": (secret(secret("x")), text("x", True)),
    "secret of a map": (
        secret({"a": "b"}),
        {"kind": "map", "secret": True, "entries": {"a": text("b")}},
    ),
    "secret in a map": (
        {"a": secret("b")},
        {"kind": "map", "secret": False, "entries": {"a": text("b", True)}},
    ),
    "output": (signed(OUTPUT, value="x", dependencies=[URN]), text("x")),
    "secret output": (signed(OUTPUT, value="x", secret=True), text("x", True)),
    "output of null": (signed(OUTPUT, value=None), {"kind": "null", "secret": False}),
    "unknown output": (signed(OUTPUT), unknown()),
    "unknown secret output": (signed(OUTPUT, secret=True), unknown(True)),
    "output of a sentinel": (signed(OUTPUT, value=UNKNOWN_NUMBER), unknown()),
    "resource with id": (signed(RESOURCE, urn=URN, id="i-1"), text("i-1")),
    "resource with empty id": (signed(RESOURCE, urn=URN, id=""), unknown()),
    "resource with unknown id": (signed(RESOURCE, urn=URN, id=UNKNOWN_STRING), unknown()),
    "resource without id": (signed(RESOURCE, urn=URN), text(URN)),
    "bytes": (
        byte_string(b"\xff\0a"),
        {"kind": "bytes", "secret": False, "base64": "/wBh"},
    ),
    "bytes that are text": (byte_string("ä".encode()), text("ä")),
    "asset": (
        signed(ASSET, hash="00", text="t"),
        {"kind": "asset", "secret": False, "entries": {"hash": text("00"), "text": text("t")}},
    ),
    "archive": (
        signed(ARCHIVE, hash="00", assets={"a": signed(ASSET, text="t")}),
        {
            "kind": "archive",
            "secret": False,
            "entries": {
                "hash": text("00"),
                "assets": {
                    "kind": "map",
                    "secret": False,
                    "entries": {
                        "a": {"kind": "asset", "secret": False, "entries": {"text": text("t")}}
                    },
                },
            },
        },
    ),
}


@pytest.mark.parametrize("name", IN)
def test_value_is_understood(configured: Provider, name: str) -> None:
    value, expected = IN[name]
    assert described(configured, value) == expected


@pytest.mark.parametrize("sentinel", UNKNOWNS)
def test_each_sentinel_is_unknown_and_comes_back_as_the_string_one(
    configured: Provider, sentinel: str
) -> None:
    assert described(configured, sentinel) == unknown()
    assert checked(configured, sentinel) == UNKNOWN_STRING
    assert checked(configured, [{"deep": sentinel}]) == [{"deep": UNKNOWN_STRING}]


def test_not_a_number_stays_a_number(configured: Provider) -> None:
    assert math.isnan(described(configured, math.nan)["number"])


OUT = {
    "null": (None, None),
    "false": (False, False),
    "zero": (0.0, 0.0),
    "beyond 2^53": (2.0**60, 2.0**60),
    "empty text": ("", ""),
    "NUL": ("a\0b", "a\0b"),
    "map": ({"b": 1, "a": [None, {}]}, {"b": 1, "a": [None, {}]}),
    "secret": (secret({"a": [1]}), secret({"a": [1]})),
    "secret in a list": ([secret("x"), "y"], [secret("x"), "y"]),
    "secret of secret": (secret(secret("x")), secret("x")),
    "secret in a secret": (secret({"a": secret("x")}), secret({"a": "x"})),
    "secret unknown": (secret(UNKNOWN_NUMBER), secret(UNKNOWN_STRING)),
    "secret output": (signed(OUTPUT, value="x", secret=True), secret("x")),
    "unknown output": (signed(OUTPUT, secret=True), secret(UNKNOWN_STRING)),
    "resource": (signed(RESOURCE, urn=URN, id="i-1"), "i-1"),
    "bytes": (byte_string(b"\xff"), byte_string(b"\xff")),
    "secret bytes": (secret(byte_string(b"\xff")), secret(byte_string(b"\xff"))),
    "asset": (signed(ASSET, hash="00", text="t"), signed(ASSET, hash="00", text="t")),
    "archive": (
        signed(ARCHIVE, hash="00", assets={"a": signed(ASSET, text="t")}),
        signed(ARCHIVE, hash="00", assets={"a": signed(ASSET, text="t")}),
    ),
}


@pytest.mark.parametrize("name", OUT)
def test_value_comes_back(configured: Provider, name: str) -> None:
    value, expected = OUT[name]
    assert checked(configured, value) == expected


BAD = {
    "unknown signature": (
        {SIGNATURE: "0" * 32},
        "news holds a special object of a signature this provider does not know",
    ),
    "signature that is no text": (
        {SIGNATURE: 1},
        "news holds a special object of a signature this provider does not know",
    ),
    "secret without value": (
        {SIGNATURE: secret("")[SIGNATURE]},
        "news holds a secret without a value",
    ),
    "resource without URN": (
        signed(RESOURCE, id="i"),
        "news holds a resource reference without a URN",
    ),
    "bytes that are not base64": (
        signed(byte_string(b"")[SIGNATURE], value="*"),
        "news holds a byte string that is not base64",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_special_object_is_refused(configured: Provider, name: str) -> None:
    value, message = BAD[name]
    with pytest.raises(grpc.RpcError) as caught:
        checked(configured, value)
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert caught.value.details() == message


def test_a_secret_bag_makes_each_property_secret(configured: Provider) -> None:
    request = provider_pb2.CheckRequest(urn=URN, news=struct(secret({"a": 1, "b": "c"})))
    assert plain(configured.stub.Check(request).inputs) == {"a": secret(1), "b": secret("c")}


def test_a_bag_that_is_no_object_is_refused(configured: Provider) -> None:
    request = provider_pb2.CheckRequest(urn=URN, news=struct(secret("x")))
    with pytest.raises(grpc.RpcError) as caught:
        configured.stub.Check(request)
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert caught.value.details() == "news is not an object"


@pytest.mark.valgrind_smoke
def test_bytes_on_the_wire_are_the_same_each_time_and_sorted(configured: Provider) -> None:
    news = struct({key: {"z": 1, "a": secret("x")} for key in ("m", "b", "zz", "a", "Z")})
    request = provider_pb2.CheckRequest(urn=URN, news=news).SerializeToString()
    first = configured.call_raw("Check", request)
    positions = [
        first.index(b"\x0a" + bytes([len(key)]) + key) for key in (b"Z", b"a", b"b", b"m", b"zz")
    ]
    assert positions == sorted(positions)
    assert all(configured.call_raw("Check", request) == first for _ in range(3))


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


def test_replies_nest_no_deeper_than_every_library_can_read(configured: Provider) -> None:
    assert checked(configured, nested(30)) == nested(30)
    with pytest.raises(grpc.RpcError) as caught:
        checked(configured, nested(31))
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert caught.value.details() == "inputs nests lists and objects deeper than 31 levels"


# ---- Unknowns may leave only where the engine allows them


def create(preview: bool) -> provider_pb2.CreateRequest:
    return provider_pb2.CreateRequest(
        urn=URN, properties=struct({"mode": "unknown", "id": "i"}), preview=preview
    )


def test_unknown_outputs_of_a_preview_are_sent(configured: Provider) -> None:
    answer = configured.stub.Create(create(preview=True))
    assert plain(answer.properties) == {"mode": "unknown", "id": "i", "made": UNKNOWN_STRING}
    assert answer.id == ""


def test_unknown_outputs_of_a_real_create_are_left_out(configured: Provider) -> None:
    answer = configured.stub.Create(create(preview=False))
    assert plain(answer.properties) == {"mode": "unknown", "id": "i"}
    assert answer.id == "i"


@pytest.mark.parametrize(("preview", "extra"), [(True, {"made": UNKNOWN_STRING}), (False, {})])
def test_update_sends_unknowns_in_a_preview_only(
    configured: Provider, preview: bool, extra: dict[str, str]
) -> None:
    request = provider_pb2.UpdateRequest(
        urn=URN, id="i", news=struct({"mode": "unknown"}), preview=preview
    )
    assert plain(configured.stub.Update(request).properties) == {"mode": "unknown", **extra}


# ---- Absent and empty


def read(echo: Provider, **fields: Any) -> dict[str, Any]:
    answer = echo.stub.Read(provider_pb2.ReadRequest(urn=URN, id="i", **fields))
    return plain(answer.properties)


def test_absent_and_empty_bags_are_told_apart(configured: Provider) -> None:
    assert read(configured) == {"hadProperties": False, "hadInputs": False}
    both = read(configured, properties=struct({}), inputs=struct({}))
    assert both == {"hadProperties": True, "hadInputs": True}


def test_read_of_something_gone_has_no_field_at_all(configured: Provider) -> None:
    request = provider_pb2.ReadRequest(urn=URN, id="gone", properties=struct({"a": 1}))
    assert configured.call_raw("Read", request.SerializeToString()) == b""


def test_empty_bags_are_present_in_replies(configured: Provider) -> None:
    answer = configured.stub.Read(provider_pb2.ReadRequest(urn=URN, id="i"))
    assert answer.HasField("inputs")
    assert plain(answer.inputs) == {}


def test_create_passes_timeout_and_echoes(configured: Provider) -> None:
    for given, expected in ((0, 0), (12.5, 12.5), (-3, 0), (math.nan, 0), (math.inf, 31622400)):
        request = provider_pb2.CreateRequest(
            urn=URN, properties=struct({"mode": "details", "id": "i"}), timeout=given
        )
        answer = configured.stub.Create(request)
        assert plain(answer.properties)["timeout"] == expected
