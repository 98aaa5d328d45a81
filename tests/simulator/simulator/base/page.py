"""The page for people: what the clouds hold and were asked, rendered here, made anew on each look.

It shows no secret: names, states, machines and which operations came, no bodies and no headers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from aiohttp import web

from simulator.base.clock import rfc3339
from simulator.base.faults import Fault
from simulator.base.server import World

LAST_REQUESTS = 15
REFRESH_SECONDS = 2
LOOPBACK = ("127.0.0.1", "localhost", "::1")
# What the button of a cloud switches on: nothing is carried out until it is switched off.
OUTAGE = {"kind": "error", "status": 503, "count": 0, "message": "switched on by hand"}

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8884 }
h2 { margin: 2rem 0 0 } form { display: inline } code { font-size: .95em }
.on { color: #b00 } .muted { opacity: .65 }
"""


class Page:
    """Serves one world's page at `/`, and what its buttons send at `/faults`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_get("/", self._get)
        router.add_post("/faults", self._switch)

    async def _get(self, request: web.Request) -> web.Response:
        _refuse_others(request)
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": "frame-ancestors 'none'"}
        return web.Response(text=self.render(), content_type="text/html", headers=headers)

    async def _switch(self, request: web.Request) -> web.Response:
        _refuse_others(request)
        form = await request.post()
        cloud, to = form.get("cloud"), form.get("to")
        if cloud not in self._world.clouds or to not in ("on", "off"):
            raise web.HTTPBadRequest(text="cloud and to (on or off) are wanted")
        if to == "on":
            self._world.faults.add({"cloud": cloud, **OUTAGE})
        else:
            self._world.faults.clear(str(cloud))
        raise web.HTTPSeeOther("/")

    def render(self) -> str:
        now = rfc3339(self._world.clock.now(), 0)
        clouds = "".join(self._cloud(name) for name in self._world.clouds)
        return (
            '<!doctype html><html lang="en"><meta charset="utf-8">'
            f'<meta http-equiv="refresh" content="{REFRESH_SECONDS}">'
            f"<title>Inference simulator</title><style>{STYLE}</style>"
            f'<h1>Inference simulator</h1><p class="muted">Its clock says {now}. The page is made '
            f"anew every {REFRESH_SECONDS} seconds.</p>{clouds}</html>"
        )

    def _cloud(self, name: str) -> str:
        url = escape(self._world.urls[name])
        entries = self._world.record.select(cloud=name)
        asked = Counter(entry.request.operation.target for entry in entries)
        endpoints = [
            [row.target, row.state, row.machine, row.model, asked[row.target]]
            for row in self._world.clouds[name].overview()
        ]
        requests = [
            [
                rfc3339(entry.request.time, 0),
                entry.request.operation.name,
                entry.request.operation.target,
                "in flight" if entry.status is None else entry.status or "no reply",
                "" if entry.fault is None else f"fault {entry.fault}",
            ]
            for entry in reversed(entries[-LAST_REQUESTS:])
        ]
        return (
            f'<section id="{escape(name)}"><h2>{escape(name)}</h2><p><code>{url}</code></p>'
            + self._faults(name)
            + _table("endpoints", ("endpoint", "state", "machine", "model", "requests"), endpoints)
            + f"<details><summary>Requests: {len(entries)}</summary>"
            + _table("requests", ("time", "operation", "target", "status", "fault"), requests)
            + "</details></section>"
        )

    def _faults(self, name: str) -> str:
        on = self._world.faults.standing(name)
        words = "; ".join(f"fault {rule.id}: {_words(rule)}" for rule in on)
        told = f'<b class="on">on</b> ({escape(words)})' if on else "off"
        is_on = any(rule.cloud == name for rule in on)
        button = (
            _button(name, "off", "Switch faults off")
            if is_on
            else _button(name, "on", "Answer 503 to everything")
        )
        return f'<div class="faults">Faults: {told} {button}</div>'


def _words(rule: Fault) -> str:
    where = "" if rule.operation == "*" else f" at {rule.operation}"
    what = f"{rule.kind} {rule.status}" if rule.status else rule.kind
    often = f", {rule.hits} of {rule.count}" if rule.count else f", {rule.hits} so far"
    return f"{what}{where}{often}"


def _button(cloud: str, to: str, words: str) -> str:
    return (
        '<form method="post" action="/faults">'
        f'<input type="hidden" name="cloud" value="{escape(cloud)}">'
        f'<button name="to" value="{to}">{words}</button></form>'
    )


def _table(kind: str, heads: tuple[str, ...], rows: Sequence[Sequence[object]]) -> str:
    if not rows:
        return f'<p class="muted">No {kind}.</p>'
    head = "".join(f"<th>{text}</th>" for text in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f'<table class="{kind}"><tr>{head}</tr>{body}</table>'


def _refuse_others(request: web.Request) -> None:
    """A page of another site can make a browser ask, by a name of its own or from its own forms."""
    host = urlsplit(f"//{request.host}").hostname
    origin = request.headers.get("Origin")
    if host not in LOOPBACK or origin not in (None, f"http://{request.host}"):
        raise web.HTTPForbidden(text="only for this machine's own pages")
