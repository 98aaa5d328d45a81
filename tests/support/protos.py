"""Our .proto files, compiled to descriptors."""

from __future__ import annotations

import subprocess
import tempfile
from functools import cache
from pathlib import Path

from google.protobuf import descriptor_pb2

PROTO = Path(__file__).parents[2] / "proto"


@cache
def compiled() -> descriptor_pb2.FileDescriptorSet:
    names = [str(path.relative_to(PROTO)) for path in sorted(PROTO.rglob("*.proto"))]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "set"
        subprocess.run(
            ["protoc", f"-I{PROTO}", f"--descriptor_set_out={out}", *names], check=True, cwd=PROTO
        )
        return descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes())
