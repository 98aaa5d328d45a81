"""Property values as the engine writes them into a google.protobuf.Struct."""

from __future__ import annotations

import base64
from typing import Any

from google.protobuf import struct_pb2

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
BYTES = "803fd3297a5875dc03ca845dda5d2a98"
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"

UNKNOWN_BOOL = "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7"
UNKNOWN_NUMBER = "3eeb2bf0-c639-47a8-9e75-3b44932eb421"
UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_ARRAY = "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"
UNKNOWN_ASSET = "030794c1-ac77-496b-92df-f27374a8bd58"
UNKNOWN_ARCHIVE = "e48ece36-62e2-4504-bad9-02848725956a"
UNKNOWN_OBJECT = "dd056dcd-154b-4c76-9bd3-c8f88648b5ff"
UNKNOWNS = (
    UNKNOWN_BOOL,
    UNKNOWN_NUMBER,
    UNKNOWN_STRING,
    UNKNOWN_ARRAY,
    UNKNOWN_ASSET,
    UNKNOWN_ARCHIVE,
    UNKNOWN_OBJECT,
)


def signed(signature: str, **fields: Any) -> dict[str, Any]:
    return {SIGNATURE: signature, **fields}


def secret(value: Any) -> dict[str, Any]:
    return signed(SECRET, value=value)


def byte_string(value: bytes) -> dict[str, Any]:
    return signed(BYTES, value=base64.b64encode(value).decode())


def struct(fields: dict[str, Any]) -> struct_pb2.Struct:
    result = struct_pb2.Struct()
    result.update(fields)
    return result


def plain(message: struct_pb2.Struct) -> dict[str, Any]:
    """The contents as Python values; a value without a kind is an error."""

    def of(value: struct_pb2.Value) -> Any:
        kind = value.WhichOneof("kind")
        assert kind is not None, "a value without a kind"
        if kind == "null_value":
            return None
        if kind == "struct_value":
            return {key: of(item) for key, item in value.struct_value.fields.items()}
        if kind == "list_value":
            return [of(item) for item in value.list_value.values]
        return getattr(value, kind)

    return {key: of(item) for key, item in message.fields.items()}


# ---- Bytes that no library would write


def varint(number: int) -> bytes:
    out = bytearray()
    while True:
        byte = number & 0x7F
        number >>= 7
        out.append(byte | (0x80 if number else 0))
        if not number:
            return bytes(out)


def field(number: int, contents: bytes) -> bytes:
    """A length-delimited field."""
    return varint(number << 3 | 2) + varint(len(contents)) + contents


def entry(key: str | bytes, value: bytes) -> bytes:
    """A Struct with one entry, whose Value is given as bytes."""
    raw_key = key if isinstance(key, bytes) else key.encode()
    return field(1, field(1, raw_key) + field(2, value))


def nested_lists(depth: int) -> bytes:
    """A Value: lists in lists."""
    value = field(3, b"x")
    for _ in range(depth):
        value = field(6, field(1, value))
    return value
