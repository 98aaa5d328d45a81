"""Our .proto files against the newest protocol: what we do not know is listed as not needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import Descriptor
from pulumi.runtime.proto import plugin_pb2, provider_pb2
from support.protos import compiled

HERE = Path(__file__).parent
LISTED = HERE / "protocol" / "fields.txt"  # protocol/fields.py says how it is made
METHODS = HERE.parents[1] / "provider" / "rpc" / "methods.c"
NAMES = descriptor_pb2.FieldDescriptorProto

# Of components, of parameterized packages, and of programs in other languages: no provider of
# resources alone is asked for them.
METHODS_NOT_NEEDED = {"Call", "Construct", "Parameterize"}
MESSAGES_NOT_NEEDED = {
    "CallRequest": "Call",
    "CallRequest_ArgumentDependencies": "Call",
    "CallResponse": "Call",
    "CallResponse_ReturnDependencies": "Call",
    "ConfigureErrorMissingKeys": "nothing is demanded before its cloud is used",
    "ConfigureErrorMissingKeys_MissingKey": "as above",
    "ConstructRequest": "Construct",
    "ConstructRequest_CustomTimeouts": "Construct",
    "ConstructRequest_PropertyDependencies": "Construct",
    "ConstructRequest_ResourceHooksBinding": "Construct",
    "ConstructResponse": "Construct",
    "ConstructResponse_PropertyDependencies": "Construct",
    "PackageDependency": "what language hosts tell of a program",
    "PackageParameterization": "as above",
    "PackageSpec": "as above",
    "PluginDependency": "as above",
    "ParameterizeRequest": "Parameterize",
    "ParameterizeRequest_ParametersArgs": "Parameterize",
    "ParameterizeRequest_ParametersValue": "Parameterize",
    "ParameterizeResponse": "Parameterize",
}
VIEWS = "resources that show what others made"
FIELDS_NOT_NEEDED = {
    ("View", "type"): VIEWS,
    ("View", "name"): VIEWS,
    ("View", "parent_type"): VIEWS,
    ("View", "parent_name"): VIEWS,
    ("View", "inputs"): VIEWS,
    ("View", "outputs"): VIEWS,
}
# Theirs to ours: top-level here, and entries of maps have no name there.
OURS = {"CheckRequest_AutonamingOptions": "AutonamingOptions"}
FORMS = {"bytes": "length-delimited", "fixed64": "double", "varint": "varint"}

Field = tuple[str, str, str]  # name, form, label


def listed() -> dict[str, dict[int, Field]]:
    messages: dict[str, dict[int, Field]] = {}
    for line in LISTED.read_text().splitlines():
        message, number, *field = line.split() if line[0] != "#" else ("", "")
        if field:
            name, form, label = field
            fields = messages.setdefault(message, {})
            if int(number) > 0:
                fields[int(number)] = (name, FORMS[form], label)
    return messages


def form(field: descriptor_pb2.FieldDescriptorProto) -> str:
    if field.type in (NAMES.TYPE_STRING, NAMES.TYPE_BYTES, NAMES.TYPE_MESSAGE):
        return "length-delimited"
    return "double" if field.type == NAMES.TYPE_DOUBLE else "varint"


def known() -> dict[str, dict[int, tuple[str, str]]]:
    """Our messages, those inside of others with both names: number to form and label."""

    def walk(prefix: str, message: descriptor_pb2.DescriptorProto) -> Iterator[tuple[str, dict]]:
        yield (
            prefix + message.name,
            {
                field.number: (
                    form(field),
                    "rep" if field.label == NAMES.LABEL_REPEATED else "opt",
                )
                for field in message.field
            },
        )
        for nested in message.nested_type:
            yield from walk(f"{prefix}{message.name}_", nested)

    files = [file for file in compiled().file if file.package == "pulumirpc"]
    return dict(
        pair for file in files for message in file.message_type for pair in walk("", message)
    )


def test_what_is_not_known_is_listed_as_not_needed() -> None:
    ours = known()
    strangers = []
    for message, fields in listed().items():
        mine = ours.get(OURS.get(message, message))
        if mine is None:
            strangers += [] if message in MESSAGES_NOT_NEEDED else [(message, "")]
            continue
        for number, (name, kind, label) in fields.items():
            if mine.get(number) != (kind, label) and (message, name) not in FIELDS_NOT_NEEDED:
                strangers.append((message, name))
    assert strangers == []


def test_what_is_not_needed_is_there_and_not_known() -> None:
    ours, theirs = known(), listed()
    fields = {
        (message, name)
        for message in theirs
        for number, (name, _, _) in theirs[message].items()
        if number not in ours.get(message, {})
    }
    assert set(MESSAGES_NOT_NEEDED) <= set(theirs) - set(ours)
    assert set(FIELDS_NOT_NEEDED) <= fields


def test_methods_are_known_or_not_needed() -> None:
    theirs = set(re.findall(r"^method (\w+)$", LISTED.read_text(), re.MULTILINE))
    ours = set(re.findall(r'PROVIDER\("(\w+)"\)', METHODS.read_text()))
    assert theirs - ours == METHODS_NOT_NEEDED
    assert ours <= theirs


def test_the_list_is_not_older_than_the_package() -> None:
    """The pinned package of Pulumi knows nothing that the list lacks."""
    theirs = listed()

    def missing(prefix: str, message: Descriptor) -> list[tuple[str, str]]:
        name = prefix + message.name
        entries = {nested.name for nested in message.nested_types if nested.GetOptions().map_entry}
        found = [
            (name, field.name)
            for field in message.fields
            if field.number not in theirs.get(name, {})
        ]
        for nested in message.nested_types:
            found += [] if nested.name in entries else missing(f"{name}_", nested)
        return found

    files = (provider_pb2.DESCRIPTOR, plugin_pb2.DESCRIPTOR)
    messages = [message for file in files for message in file.message_types_by_name.values()]
    assert [field for message in messages for field in missing("", message)] == []
