"""Compiles each header of the provider by itself, twice in a row.

So every header includes what it needs, and has a guard.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

WARNINGS = ("-Wall", "-Wextra", "-Werror", "-Wstrict-prototypes", "-Wmissing-prototypes")
LANGUAGE = ("-x", "c", "-std=gnu11", "-D_GNU_SOURCE", "-fsyntax-only")


def compile_header(compiler: str, includes: Sequence[str], name: str) -> str:
    """The compiler's complaints, or an empty text."""
    source = f'#include "{name}"\n#include "{name}"\nextern int not_empty;\n'
    command = [compiler, *LANGUAGE, *WARNINGS, *(f"-I{path}" for path in includes), "-"]
    result = subprocess.run(command, input=source, capture_output=True, text=True, check=False)
    return "" if result.returncode == 0 else f"{name} does not compile alone:\n{result.stderr}"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--root", required=True, type=Path, help="folder of the headers")
    parser.add_argument("--include", nargs="*", default=[], help="folders the headers may need")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args(arguments)
    names = sorted(str(path.relative_to(options.root)) for path in options.root.rglob("*.h"))
    if not names:
        print(f"no headers below {options.root}", file=sys.stderr)
        return 1
    includes = [str(options.root), *options.include]
    with ThreadPoolExecutor(options.jobs) as pool:
        texts = pool.map(lambda name: compile_header(options.compiler, includes, name), names)
        complaints = [text for text in texts if text]
    print(*complaints, sep="\n", file=sys.stderr)
    print(f"{len(names)} headers, {len(complaints)} do not compile alone")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
