"""A stock CLI installs from the address that INFERENCE_PLUGIN_DOWNLOAD_URL puts into the schema."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from archives import Archive
from minimal import MinimalRoot

PROVIDER = Path(__file__).parents[2] / "provider"


class Files(ThreadingHTTPServer):
    """The folder as a plain file server shows it; `paths` were asked for."""

    def __init__(self, folder: Path) -> None:
        self.paths: list[str] = []
        super().__init__(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/releases"


class Handler(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Files)
        self.server.paths.append(self.path)
        super().do_GET()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def files(dist: Path, tmp_path: Path) -> Iterator[Files]:
    (tmp_path / "releases").symlink_to(dist)
    server = Files(tmp_path)
    yield server
    server.shutdown()
    server.server_close()


def schema_url(url: str, version: str, out: Path) -> str:
    """pluginDownloadURL of the schema that a build with that option has."""
    clouds = sorted(PROVIDER.glob("clouds/*/*.yaml"))
    options = ["--version", version, f"--plugin-download-url={url}"]
    line = [sys.executable, PROVIDER / "tables.py", "schema", "--out", out, *options, *clouds]
    subprocess.run(line, check=True)
    result: str = json.loads(out.read_text())["pluginDownloadURL"]
    return result


def test_stock_cli_downloads_it(
    minimal: MinimalRoot, archives: dict[str, Archive], files: Files, tmp_path: Path
) -> None:
    archive = archives["amd64"]
    url = schema_url(files.url, archive.version, tmp_path / "schema.json")
    home = {"PULUMI_HOME": "/pulumi-of-downloads"}
    arguments = ("resource", "inference", archive.version, "--server", url)
    minimal.pulumi("plugin", "install", *arguments, **home)
    assert files.paths == [f"/releases/{archive.path.name}"]
    plugin = f"{home['PULUMI_HOME']}/plugins/resource-inference-v{archive.version}"
    installed = minimal.inside(plugin) / archive.binary.name
    assert installed.read_bytes() == archive.binary.read_bytes()
