"""Lists what an engine and a provider can tell each other, from the Go code of Pulumi's protocol.

go mod download -json github.com/pulumi/pulumi/sdk/v3@latest  # prints Dir and Version
python fields.py <Dir>/proto/go <Version> > fields.txt
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

FILES = ("provider.pb.go", "plugin.pb.go")
METHODS = "provider_grpc.pb.go"
STRUCT = re.compile(r"^type (\w+) struct \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
TAG = re.compile(r'`protobuf:"(\w+),(\d+),(\w+),name=(\w+)')
CHOICE = re.compile(r"^func \(\*(\w+)\) is(\w+)_\w+\(\)", re.MULTILINE)
METHOD = re.compile(r"ResourceProvider_(\w+)_FullMethodName\s+=")


def fields(text: str) -> list[tuple[str, int, str, str, str]]:
    """Message, number, name, form on the wire, `rep` or `opt`."""
    found = []
    choices = dict(CHOICE.findall(text))  # one of several has a structure of its own
    for name, body in STRUCT.findall(text):
        message = choices.get(name, name)
        rows = TAG.findall(body)
        found += [(message, int(number), field, form, label) for form, number, label, field in rows]
        if message == name and not rows:
            found.append((message, 0, "-", "-", "-"))
    return found


def main() -> None:
    folder, version = Path(sys.argv[1]), sys.argv[2]
    rows = [row for file in FILES for row in fields((folder / file).read_text())]
    print(f"# github.com/pulumi/pulumi/sdk/v3 {version}: message, number, name, form, label")
    for row in sorted(rows):
        print(*row)
    for method in sorted(set(METHOD.findall((folder / METHODS).read_text()))):
        print(f"method {method}")


if __name__ == "__main__":
    main()
