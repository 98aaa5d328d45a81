"""Checks by symbols that each layer of the provider uses only what stands before it.

Reads the object files of every layer with nm. Three kinds of rules hold: a layer has no undefined
symbol that a later layer defines, the symbols of a third-party library are undefined only in the
place that may use it, and no files of a layer use one another in a circle.
"""

from __future__ import annotations

import argparse
import graphlib
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path


@dataclass(frozen=True)
class LibraryRule:
    """Symbols of one library, and the layer, or the objects of it by pattern, that may use them."""

    library: str
    pattern: re.Pattern[str]
    layer: str
    object_name: str | None = None

    def allows(self, layer: str, object_name: str) -> bool:
        return layer == self.layer and fnmatch(object_name, self.object_name or "*")

    def place(self) -> str:
        return f"{self.layer}/{self.object_name}" if self.object_name else self.layer


# Calls that macOS lacks, or has with other arguments. A check of one (__explicit_bzero_chk) is the
# same call.
LINUX = re.compile(
    r"^(__)?(accept4|clock_nanosleep|close_range|copy_file_range|dup3|epoll_\w+|eventfd\w*"
    r"|execvpe|explicit_bzero|fallocate|getauxval|getrandom|gettid|inotify_\w+|mallinfo2?"
    r"|malloc_(info|stats|trim|usable_size)|mallopt|memfd_create|mempcpy|memrchr|pipe2"
    r"|posix_fallocate|ppoll|prctl|prlimit\w*|program_invocation_\w+|pthread_cond_clockwait"
    r"|pthread_condattr_setclock|pthread_\w+_np|qsort_r|rawmemchr|reallocarray|renameat2"
    r"|sched_[gs]etaffinity|secure_getenv|sem_\w*timedwait|sendmmsg|signalfd|sigtimedwait"
    r"|sigwaitinfo|splice|statx|strchrnul|strverscmp|syscall|sysinfo|tdestroy|timerfd_\w+"
    r"|timer_\w+|twalk_r|unshare)(_chk)?$"
)

# The provider's own symbols are all lower case, so prefixes in capitals are OpenSSL's.
LIBRARY_RULES: Sequence[LibraryRule] = (
    LibraryRule("gRPC", re.compile(r"^(grpc|gpr)_"), "rpc"),
    LibraryRule("protobuf-c", re.compile(r"^protobuf_c_|__descriptor$"), "rpc"),
    LibraryRule("libcurl", re.compile(r"^curl_"), "rest", "transport_curl*.c.o"),
    LibraryRule("cJSON", re.compile(r"^cJSON_"), "base", "json.c.o"),
    LibraryRule(
        "OpenSSL",
        re.compile(
            r"^(ASN1|BIO|BN|CRYPTO|DH|DSA|EC|ECDSA|ENGINE|ERR|EVP|HMAC|MD5|OBJ|OPENSSL|OSSL|PEM"
            r"|PKCS\d+|RAND|RSA|SHA\d+|SSL|TLS|X509)(_|$)"
        ),
        "base",
        "digest.c.o",
    ),
    # In a build with INFERENCE_PORTABLE no file is of that name.
    LibraryRule("Linux", LINUX, "base", "platform_linux.c.o"),
)


@dataclass
class Object:
    """One object file: the symbols it defines for others and those it needs from others."""

    layer: str
    path: Path
    defined: set[str] = field(default_factory=set)
    undefined: set[str] = field(default_factory=set)

    def place(self) -> str:
        return f"{self.layer}/{self.path.name}"


def read_object(nm: str, layer: str, path: Path) -> Object:
    result = subprocess.run([nm, "-P", "-g", str(path)], check=True, capture_output=True, text=True)
    read = Object(layer, path)
    for line in result.stdout.splitlines():
        name, kind = line.split()[:2]
        # Small w and v are weak references, the capitals weak definitions.
        (read.undefined if kind in "Uwv" else read.defined).add(name)
    return read


def upward_uses(objects: Iterable[Object], order: Sequence[str]) -> list[str]:
    objects = list(objects)
    home = {symbol: read.layer for read in objects for symbol in read.defined}
    found = []
    for read in objects:
        for symbol in sorted(read.undefined & home.keys()):
            if order.index(home[symbol]) > order.index(read.layer):
                found.append(
                    f"{read.place()} uses {symbol}, which the later layer {home[symbol]} defines"
                )
    return found


def library_uses(objects: Iterable[Object]) -> list[str]:
    found = []
    for read in objects:
        for rule in LIBRARY_RULES:
            if rule.allows(read.layer, read.path.name):
                continue
            for symbol in sorted(filter(rule.pattern.search, read.undefined)):
                found.append(
                    f"{read.place()} uses {symbol}: {rule.library} belongs to {rule.place()}"
                )
    return found


def circle_of(objects: Sequence[Object]) -> str | None:
    """One circle among the files of a layer; the others show once that one is gone."""
    home = {symbol: read for read in objects for symbol in read.defined}
    uses: dict[str, dict[str, str]] = {
        read.place(): {
            home[symbol].place(): symbol
            for symbol in sorted(read.undefined & home.keys(), reverse=True)
        }
        for read in objects
    }
    try:
        graphlib.TopologicalSorter(uses).prepare()
    except graphlib.CycleError as error:
        used_first: list[str] = error.args[1]
        circle = used_first[::-1]
        first = circle.index(min(circle))
        circle = circle[first:-1] + circle[:first]
        steps = [
            f"{user} uses {uses[user][used]} of {used}"
            for user, used in zip(circle, [*circle[1:], circle[0]], strict=True)
        ]
        return "a circle: " + ", ".join(steps)
    return None


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nm", default="nm")
    parser.add_argument(
        "--layer",
        action="append",
        nargs="+",
        required=True,
        metavar=("NAME", "OBJECT"),
        help="a layer and its object files; layers in the order in which they may see one another",
    )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    options = parse_arguments(arguments)
    order = [name for name, *_ in options.layer]
    missing = [path for _, *paths in options.layer for path in paths if not Path(path).exists()]
    if missing:
        print(*(f"{path} is not built" for path in missing), sep="\n", file=sys.stderr)
        return 1
    objects = [
        read_object(options.nm, name, Path(path))
        for name, *paths in options.layer
        for path in paths
    ]
    for name in order:
        if not any(read.layer == name for read in objects):
            print(f"layer {name} has no object files", file=sys.stderr)
            return 1
    layers = [[read for read in objects if read.layer == name] for name in order]
    circles = [circle for circle in map(circle_of, layers) if circle is not None]
    found = upward_uses(objects, order) + library_uses(objects) + circles
    for line in found:
        print(line, file=sys.stderr)
    print(f"{len(objects)} objects in {len(order)} layers, {len(found)} uses out of place")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
