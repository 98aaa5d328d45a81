"""The command: serves clouds and prints, once, where."""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import json
import shlex
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urljoin

from simulator.base.control import Control
from simulator.base.keep import Keeper, KeepError
from simulator.base.server import Listener, World
from simulator.base.tls import server_context
from simulator.registry import CLOUDS, load


def parse_arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="inference-simulator",
        description="Serve model-inference clouds on loopback. Once listening, one JSON line on "
        "standard output tells the URLs; then it runs until it is told to end.",
    )
    parser.add_argument(
        "clouds",
        nargs="*",
        metavar="CLOUD[=PORT]",
        help=f"clouds to serve, with a fixed port if wanted (default: all of {', '.join(CLOUDS)})",
    )
    parser.add_argument("--host", default="127.0.0.1", help="loopback address to listen on")
    parser.add_argument(
        "--one-port", nargs="?", type=int, const=0, metavar="PORT", help="all clouds on one port"
    )
    parser.add_argument("--control-port", type=int, default=0, help="port of the control route")
    parser.add_argument("--tls", action="store_true", help="serve https with a generated CA")
    parser.add_argument("--ca-out", type=Path, help="where to write the CA's certificate (PEM)")
    parser.add_argument(
        "--tls-name", action="append", default=[], help="further name for the certificate"
    )
    parser.add_argument("--seed", default="0", help="seed of generated identifiers")
    parser.add_argument(
        "--knobs",
        action="append",
        default=[],
        metavar="CLOUD:JSON",
        help='first values of knobs, such as \'hf:{"url_mode":"production"}\'',
    )
    parser.add_argument(
        "--state",
        type=Path,
        metavar="FILE",
        help="keep what the clouds hold in this file, and begin with what it holds; secrets "
        "included",
    )
    parser.add_argument(
        "--exports",
        action="store_true",
        help="tell the URLs as lines for a shell, `export NAME=value`, with test credentials",
    )
    parser.add_argument(
        "--extra",
        action="append",
        default=[],
        metavar="NAME=MODULE:CLASS",
        help="register one more cloud, from a module on the Python path",
    )
    parser.add_argument(
        "--until-eof", action="store_true", help="end when standard input reaches its end"
    )
    options = parser.parse_args(argv)
    if not _is_loopback(options.host):
        parser.error(f"not a loopback address: {options.host!r}")
    if options.tls and options.ca_out is None:
        parser.error("--tls needs --ca-out")
    if options.tls and options.exports:
        parser.error("--exports goes without --tls: no variable makes every client trust the CA")
    for word in options.extra:
        name, _, row = word.partition("=")
        CLOUDS[name] = row
    options.ports = _ports(parser, options.clouds)
    options.first_knobs = _first_knobs(parser, options.knobs, options.ports)
    return options


def _is_loopback(host: str) -> bool:
    """The control route hands out secrets and lets anybody in: never beyond this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _ports(parser: argparse.ArgumentParser, words: Sequence[str]) -> dict[str, int]:
    ports: dict[str, int] = {}
    for word in words or CLOUDS:
        name, _, port = word.partition("=")
        if name not in CLOUDS:
            parser.error(f"no cloud {name!r}, one of {', '.join(CLOUDS)}")
        if port and not port.isdigit():
            parser.error(f"not a port: {port!r}")
        ports[name] = int(port or 0)
    return {name: ports[name] for name in CLOUDS if name in ports}


def _first_knobs(
    parser: argparse.ArgumentParser, words: Sequence[str], clouds: dict[str, int]
) -> dict[str, dict[str, object]]:
    result: dict[str, dict[str, object]] = {}
    for word in words:
        name, _, text = word.partition(":")
        try:
            values = json.loads(text)
        except ValueError:
            values = None
        if name not in clouds or not isinstance(values, dict):
            parser.error(f"--knobs takes CLOUD:JSON-object, not {word!r}")
        result.setdefault(name, {}).update(values)
    return result


async def serve(options: argparse.Namespace) -> None:
    ended = _ended(asyncio.get_running_loop())
    world = World([load(name) for name in options.ports], options.seed)
    world.first_knobs = options.first_knobs
    tls = server_context(options.ca_out, options.tls_name) if options.tls else None
    groups = _groups(options)
    listeners: dict[str, Listener] = {}
    for names, port in groups:
        listener = Listener(world, names, tls)
        url = await listener.start(options.host, port)
        for name in names:
            listeners[name] = listener
            world.start_cloud(name, url)
    keeper = Keeper(world, options.state) if options.state else None
    if keeper is not None:
        keeper.load()
    control = Control(world, listeners)
    control_url = await control.start(options.host, options.control_port)
    tell = exports if options.exports else urls
    print(tell(world, control_url), flush=True)
    tasks = []  # kept so that none is collected while it waits
    if options.until_eof:
        tasks.append(asyncio.create_task(_watch_input(ended)))
    if keeper is not None:
        tasks.append(asyncio.create_task(keeper.run()))
    await ended.wait()
    for task in tasks:
        task.cancel()
    world.faults.release()
    for listener in set(listeners.values()):
        await listener.stop()
    await control.stop()
    if keeper is not None:
        keeper.save()


def urls(world: World, control_url: str) -> str:
    return json.dumps({**world.urls, "control": control_url, "page": page_url(control_url)})


def page_url(control_url: str) -> str:
    return urljoin(control_url, "/")


def exports(world: World, control_url: str) -> str:
    """What a shell has to read so that clients come here and not to the clouds."""
    lines = [f"# The simulators' page: {page_url(control_url)}"]
    for name, url in world.urls.items():
        variables = world.classes[name].environment(url)
        lines += [f"export {key}={shlex.quote(value)}" for key, value in variables.items()]
    return "\n".join(lines)


def _groups(options: argparse.Namespace) -> list[tuple[list[str], int]]:
    if options.one_port is not None:
        return [(list(options.ports), options.one_port)]
    return [([name], port) for name, port in options.ports.items()]


def _ended(loop: asyncio.AbstractEventLoop) -> asyncio.Event:
    """Set by SIGINT and SIGTERM; in force before anybody can know that we are there."""
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    return ended


async def _watch_input(ended: asyncio.Event) -> None:
    """Also end when standard input does."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.read(4096):
        pass
    ended.set()


def main(argv: Sequence[str] | None = None) -> int:
    options = parse_arguments(argv)
    try:
        asyncio.run(serve(options))
    except (OSError, KeepError) as error:
        print(f"inference-simulator: {error}", file=sys.stderr)
        return 1
    return 0
