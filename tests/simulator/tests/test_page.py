"""The page shows what the clouds hold and were asked, and switches faults on and off."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import pytest
from ark_tools import ArkApi
from hf_tools import HfApi
from hf_tools import body as hf_body
from http_tools import Answer, ask, connect
from maas_tools import MaasApi
from tir_tools import TirApi

from simulator.client import Simulator
from simulator.tir.sample import AT_ONCE

CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="module")
def process() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def sim(process: Simulator) -> Simulator:
    process.reset()
    return process


class Tables(HTMLParser):
    """The rows of each table by section and class, and the text of each section's faults."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[tuple[str, str], list[list[str]]] = {}
        self.faults: dict[str, str] = {}
        self._section = ""
        self._table = ""
        self._in: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "section":
            self._section = str(given["id"])
        elif tag == "table":
            self._table = str(given["class"])
            self.rows[self._section, self._table] = []
        elif tag == "tr":
            self.rows[self._section, self._table].append([])
        elif tag == "td":
            self.rows[self._section, self._table][-1].append("")
        elif tag == "div" and given.get("class") == "faults":
            self.faults[self._section] = ""
        self._in = tag if tag in ("td", "div", "b") else self._in

    def handle_endtag(self, tag: str) -> None:
        self._in = None if tag in ("td", "div") else self._in

    def handle_data(self, data: str) -> None:
        if self._in == "td":
            self.rows[self._section, self._table][-1][-1] += data
        elif self._in in ("div", "b") and self._section in self.faults:
            self.faults[self._section] += data


def page_call(
    sim: Simulator, method: str, path: str = "/", headers: dict[str, str] | None = None, **form: str
) -> Answer:
    connection = connect(sim.url("page"))
    data = urlencode(form).encode() if form else None
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
    try:
        return ask(connection, method, path, data, {**kind, **(headers or {})})
    finally:
        connection.close()


def page(sim: Simulator) -> Tables:
    answer = page_call(sim, "GET")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    tables = Tables()
    tables.feed(answer.body.decode())
    return tables


def shown(sim: Simulator, cloud: str) -> list[list[str]]:
    return [row for row in page(sim).rows.get((cloud, "endpoints"), []) if row]


def fill(sim: Simulator) -> None:
    """One endpoint of each cloud, each at rest."""
    sim.knobs("hf", polls={"pending": 0, "initializing": 0})
    sim.knobs("ark", polls={"scheduling": 0, "starting": 0}, auth=False)
    sim.knobs("tir", polls=AT_ONCE)
    hf, ark, maas, tir = HfApi(sim), ArkApi(sim), MaasApi(sim), TirApi(sim)
    hf.made()
    ark.create()
    assert maas.create().status == 200
    assert tir.create().status == 201
    for api in (hf, ark, maas, tir):
        api.close()


def test_it_shows_the_endpoints_of_every_cloud(sim: Simulator) -> None:
    fill(sim)
    found = page(sim)
    (hf,) = [row for row in found.rows["hf", "endpoints"] if row]
    assert hf == ["me/demo", "running", "intel-spr x4, at most 2", "openai-community/gpt2", "1"]
    (ark,) = [row for row in found.rows["ark", "endpoints"] if row]
    assert ark[0].startswith("ep-") and ark[1:3] == ["running", ""] and ark[3]
    (maas,) = [row for row in found.rows["maas", "endpoints"] if row]
    assert maas[1:4] == ["normal", "", "DeepSeek-V3"]
    (tir,) = [row for row in found.rows["tir", "endpoints"] if row]
    assert tir[0].startswith("501/") and tir[1] == "running" and tir[2] and tir[3]


def test_it_tells_the_requests_newest_first(sim: Simulator) -> None:
    api = HfApi(sim)
    api.made()
    api.get()
    api.close()
    rows = [row for row in page(sim).rows["hf", "requests"] if row]
    assert [row[1:] for row in rows] == [
        ["endpoint.get", "me/demo", "200", ""],
        ["endpoint.create", "me/demo", "200", ""],
    ]
    assert shown(sim, "hf")[0][-1] == "2"


def test_a_look_at_it_moves_nothing_on(sim: Simulator) -> None:
    sim.knobs("hf", polls={"pending": 1, "initializing": 0})
    api = HfApi(sim)
    api.made()
    assert {shown(sim, "hf")[0][1] for _ in range(3)} == {"pending"}
    assert api.get()["status"]["state"] == "pending"
    api.close()
    assert shown(sim, "hf")[0][1] == "running"


def test_its_button_switches_faults_on_and_off(sim: Simulator) -> None:
    assert page(sim).faults["hf"].startswith("Faults: off")
    answer = page_call(sim, "POST", "/faults", cloud="hf", to="on")
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    api = HfApi(sim)
    assert api.create().status == 503
    text = page(sim).faults
    assert text["hf"].startswith("Faults: on (fault 1: error 503, 1 so far)")
    assert text["ark"].startswith("Faults: off")
    assert page_call(sim, "POST", "/faults", cloud="hf", to="off").status == 303
    api.made()
    api.close()
    assert page(sim).faults["hf"].startswith("Faults: off")


def test_it_shows_what_a_program_added(sim: Simulator) -> None:
    sim.fault("hf", "endpoint.create", kind="close", count=2)
    assert "close at endpoint.create, 0 of 2" in page(sim).faults["hf"]


@pytest.mark.parametrize("form", [{"cloud": "hf"}, {"cloud": "x", "to": "on"}, {"to": "on"}])
def test_a_button_that_is_none_is_refused(sim: Simulator, form: dict[str, str]) -> None:
    assert page_call(sim, "POST", "/faults", **form).status == 400


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}]
)
def test_other_sites_cannot_use_it(sim: Simulator, headers: dict[str, str]) -> None:
    assert page_call(sim, "POST", "/faults", headers, cloud="hf", to="on").status == 403
    if "Host" in headers:
        assert page_call(sim, "GET", "/", headers).status == 403
    assert page(sim).faults["hf"].startswith("Faults: off")


def test_what_clients_wrote_is_text_and_secrets_are_not_there(sim: Simulator) -> None:
    api = HfApi(sim)
    secret = {"secrets": {"KEY": "very-secret-value"}, "repository": "a/<b>&c"}
    api.create(hf_body({"model": secret}))
    sim.mutate("hf", "me/demo", {"model": {"repository": "<script>x</script>"}})
    api.close()
    text = page_call(sim, "GET").body.decode()
    assert "<script" not in text and "&lt;script&gt;x" in text
    assert "very-secret-value" not in text and "hf_simulator" not in text


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")
def test_a_browser_shows_it(sim: Simulator, tmp_path: Path) -> None:
    fill(sim)
    picture = tmp_path / "page.png"
    line = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
    line += [f"--user-data-dir={tmp_path}/profile", f"--screenshot={picture}"]
    line += ["--window-size=1200,1400", sim.url("page")]
    subprocess.run(line, check=True, capture_output=True, timeout=60)
    assert picture.read_bytes().startswith(b"\x89PNG") and picture.stat().st_size > 10_000
