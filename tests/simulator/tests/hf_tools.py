"""Calling the simulated Hugging Face with plain HTTP, and bodies to send."""

from __future__ import annotations

import copy
from typing import Any

from http_tools import Answer, ask, connect

from simulator.base.patching import apply_changes
from simulator.client import Simulator

WRITE, READ, NONE = "hf_simulator_write", "hf_simulator_read", "hf_simulator_none"
FREE, OTHER = "hf_simulator_free", "hf_simulator_other"
SHA = "607a30d783dfa663caf39e06633721c8d4cfcd7e"

BODY: dict[str, Any] = {
    "name": "demo",
    "type": "authenticated",
    "provider": {"vendor": "aws", "region": "us-east-1"},
    "compute": {
        "accelerator": "cpu",
        "instanceType": "intel-spr",
        "instanceSize": "x4",
        "scaling": {"minReplica": 1, "maxReplica": 2},
    },
    "model": {
        "repository": "openai-community/gpt2",
        "framework": "pytorch",
        "image": {"huggingface": {}},
    },
}
GPU_X4 = {"accelerator": "gpu", "instanceType": "nvidia-l4", "instanceSize": "x4"}


def body(patch: Any = None, **assign: Any) -> dict[str, Any]:
    """The smallest create body, changed by a merge patch."""
    result: dict[str, Any] = apply_changes(copy.deepcopy(BODY), patch)
    result.update(assign)
    return result


def with_image(image: dict[str, Any], **compute: Any) -> dict[str, Any]:
    result = body({"compute": compute})
    result["model"]["image"] = image
    return result


class HfApi:
    """One kept connection, one token."""

    def __init__(self, sim: Simulator) -> None:
        self.sim = sim
        self.url = sim.url("hf")
        self._connection = connect(self.url)

    def close(self) -> None:
        self._connection.close()

    def __call__(
        self, method: str, path: str, body: Any = None, token: str | None = WRITE
    ) -> Answer:
        headers = {"Accept": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        return ask(self._connection, method, path, body, headers)

    def create(self, sent: Any = None, token: str = WRITE, namespace: str = "me") -> Answer:
        wanted = BODY if sent is None else sent
        return self("POST", f"/v2/endpoint/{namespace}", wanted, token)

    def made(self, sent: Any = None, **more: Any) -> Any:
        answer = self.create(sent, **more)
        assert answer.status == 200, answer.body
        return answer.json

    def get(self, name: str = "demo") -> Any:
        answer = self("GET", f"/v2/endpoint/me/{name}")
        assert answer.status == 200, answer.body
        return answer.json

    def state(self, name: str = "demo") -> str:
        return str(self.get(name)["status"]["state"])

    def put(self, sent: Any, name: str = "demo") -> Answer:
        return self("PUT", f"/v2/endpoint/me/{name}", sent)

    def updated(self, sent: Any, name: str = "demo") -> Any:
        answer = self.put(sent, name)
        assert answer.status == 200, answer.body
        return answer.json

    def act(self, action: str, name: str = "demo") -> Answer:
        return self("POST", f"/v2/endpoint/me/{name}/{action}")


def error_of(answer: Answer) -> tuple[int, str, str]:
    return answer.status, answer.json["code"], answer.json["error"]
