"""examples/handoff: its scripts know nothing but what the stack hands over."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from ark_targets import calls, example_stack
from gateway import Gateway
from simulator.client import Simulator
from support.stacks import CopiedStack

QUESTION = ("Where", "is my parcel?")
PORTKEY_KEY = "portkey-key"
LIMIT_SECONDS = 180.0

stack = example_stack("handoff")


def ask(stack: CopiedStack, script: str, **environment: str) -> str:
    """What the script prints."""
    done = subprocess.run(
        [sys.executable, script, *QUESTION],
        cwd=stack.project,
        env={**stack.environment, **environment},
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def key_of(ark: Simulator) -> str:
    """The one that was made."""
    (text,) = ark.state("ark")["api_keys"]
    return str(text)


def test_the_key_is_handed_over_as_a_secret(stack: CopiedStack, ark: Simulator) -> None:
    key = key_of(ark)
    assert stack.outputs()["apiKey"] == key
    shown = json.loads(stack.run("stack", "output", "--json").stdout)
    assert shown["apiKey"] == "[secret]"
    assert shown["keyExpiresAt"].endswith("Z")
    assert key not in stack.export()


@pytest.mark.parametrize("script", ["openai_client.py", "portkey_gateway_client.py"])
def test_a_question(stack: CopiedStack, script: str, ark: Simulator, gateway: Gateway) -> None:
    ark.clear()
    model = stack.outputs()["target"]["model"]
    said = ask(stack, script, PORTKEY_GATEWAY=gateway.url)
    assert said == f"Answer of {model} to: Where is my parcel?"
    (call,) = calls(ark)
    assert (call.operation, call.target) == ("dataplane.chat", model)
    assert call.header("Authorization") == f"Bearer {key_of(ark)}"


class Catalogue(BaseHTTPRequestHandler):
    """In place of Portkey's service with its model catalogue; remembers what it was asked."""

    asked: ClassVar[list[tuple[str, str | None, Any]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, self.headers["x-portkey-api-key"], body))
        message = {"role": "assistant", "content": f"for {body['model']}"}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        answer = {"id": "1", "object": "chat.completion", "created": 1, "model": body["model"]}
        text = json.dumps({**answer, "choices": [choice]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Quiet."""


@pytest.fixture
def catalogue() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Catalogue)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_question_by_the_catalogue(stack: CopiedStack, catalogue: str, ark: Simulator) -> None:
    """The client names provider and endpoint; the provider's key is Portkey's to keep."""
    model = f"@byteplus/{stack.ids()['chat']}"
    environment = {"PORTKEY_API_KEY": PORTKEY_KEY, "PORTKEY_PROXY": catalogue}
    assert ask(stack, "portkey_client.py", **environment) == f"for {model}"
    ((path, key, body),) = Catalogue.asked
    assert (path, key, body["model"]) == ("/v1/chat/completions", PORTKEY_KEY, model)
    assert key_of(ark) not in json.dumps(body)
