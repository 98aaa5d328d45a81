"""Our .proto files against the descriptors that Pulumi publishes: numbers, types, labels."""

from __future__ import annotations

import pytest
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.rpc import status_pb2
from pulumi.runtime.proto import engine_pb2, plugin_pb2, provider_pb2
from support.protos import compiled

# Entries of maps, and messages we need nothing of.
OUR_OWN = {"Nothing", "TextEntry", "PropertyDiffEntry", "View"}
# What newer engines have than the package: test_protocol.py compares it with their protocol.
NEWER = {
    "ErrorResourceAwaitFailed": set(),
    "ProviderHandshakeRequest": {12, 13, 14, 15},
    "ProviderHandshakeResponse": {7, 8, 9},
    "CheckRequest": {9},
}
HOMES = {
    "PluginInfo": plugin_pb2,
    "PluginAttach": plugin_pb2,
    "LogRequest": engine_pb2,
    "AutonamingOptions": provider_pb2.CheckRequest,
}


@pytest.fixture(scope="module")
def files() -> descriptor_pb2.FileDescriptorSet:
    return compiled()


def wire_type(kind: int) -> str:
    """How a field's bytes look: what other messages and texts are made of does not show."""
    names = descriptor_pb2.FieldDescriptorProto
    if kind in (names.TYPE_STRING, names.TYPE_BYTES, names.TYPE_MESSAGE):
        return "length-delimited"
    if kind == names.TYPE_ENUM:
        return "varint int32"
    return descriptor_pb2.FieldDescriptorProto.Type.Name(kind)


def theirs(message: Descriptor) -> dict[int, tuple[str, bool]]:
    return {
        field.number: (
            "varint int32" if field.type == FieldDescriptor.TYPE_ENUM else wire_type(field.type),
            field.is_repeated,
        )
        for field in message.fields
    }


def ours(message: descriptor_pb2.DescriptorProto) -> dict[int, tuple[str, bool]]:
    repeated = descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED
    return {
        field.number: (wire_type(field.type), field.label == repeated) for field in message.field
    }


def pairs(
    files: descriptor_pb2.FileDescriptorSet,
) -> list[tuple[descriptor_pb2.DescriptorProto, Descriptor]]:
    found = []
    for file in files.file:
        for message in file.message_type:
            if file.package != "pulumirpc" or message.name in OUR_OWN:
                continue
            if NEWER.get(message.name) == set():
                continue
            home = HOMES.get(message.name, provider_pb2)
            their = getattr(home, message.name).DESCRIPTOR
            found.append((message, their))
            for nested in message.nested_type:
                if nested.name in their.nested_types_by_name:
                    found.append((nested, their.nested_types_by_name[nested.name]))
    return found


def test_each_field_has_the_number_and_type_it_must_have(
    files: descriptor_pb2.FileDescriptorSet,
) -> None:
    compared = pairs(files)
    assert len(compared) >= 30
    wrong = []
    for message, their in compared:
        expected = theirs(their)
        for number, shape in ours(message).items():
            is_newer = number in NEWER.get(message.name, set())
            if expected.get(number) != (None if is_newer else shape):
                wrong.append((message.name, number, shape, expected.get(number)))
    assert wrong == []


def test_no_field_of_a_reply_is_missing(files: descriptor_pb2.FileDescriptorSet) -> None:
    """Of a request we may leave out what we do not read; a reply we want to write in full."""
    missing = [
        (message.name, sorted(set(theirs(their)) - set(ours(message))))
        for message, their in pairs(files)
        if message.name.endswith("Response") and set(theirs(their)) - set(ours(message))
    ]
    assert missing == []


def test_status_is_the_one_of_google(files: descriptor_pb2.FileDescriptorSet) -> None:
    (status,) = (
        message
        for file in files.file
        if file.package == "google.rpc"
        for message in file.message_type
    )
    assert ours(status) == theirs(status_pb2.Status.DESCRIPTOR)
