"""Calling the simulated TIR with plain HTTP in both layouts, and bodies to send."""

from __future__ import annotations

import copy
import json
from typing import Any
from urllib.parse import urlencode

from http_tools import Answer, ask, connect

from simulator.base.patching import apply_changes
from simulator.client import Simulator
from simulator.tir.sample import FORM, KEY, LEGACY, MOUNT, RULE, TOKEN

FIRST = "501/3001"
BODY: dict[str, Any] = apply_changes(
    copy.deepcopy(FORM), {"detailed_info": {"engine_args": {"max_num_seqs": 128}}}
)


def body(patch: Any = None, **assign: Any) -> dict[str, Any]:
    """The sample create body, changed by a merge patch (null removes)."""
    result: dict[str, Any] = apply_changes(copy.deepcopy(BODY), patch)
    result.update(assign)
    return result


def scaled(low: int = 1, high: int = 3, **more: Any) -> dict[str, Any]:
    """A create body with autoscaling on."""
    policy = {"min_replicas": low, "max_replicas": high, "stability_period": 300, "rules": [RULE]}
    return body(is_auto_scale_enabled=True, auto_scale_policy=policy, **more)


class TirApi:
    """One kept connection; legacy layout, project 501, location Delhi unless said otherwise."""

    def __init__(self, sim: Simulator) -> None:
        self.sim = sim
        self.url = sim.url("tir")
        self._connection = connect(self.url)

    def close(self) -> None:
        self._connection.close()

    def __call__(
        self,
        method: str,
        path: str,
        sent: Any = None,
        token: str | None = TOKEN,
        key: str | None = KEY,
        **query: Any,
    ) -> Answer:
        """One request to a whole path; a query value None leaves that parameter out."""
        headers = {"Accept": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if sent is not None:
            headers["Content-Type"] = "application/json"
        pairs = {"apikey": key, **query}
        text = urlencode({name: value for name, value in pairs.items() if value is not None})
        return ask(self._connection, method, f"{path}?{text}" if text else path, sent, headers)

    def legacy(self, method: str, path: str, sent: Any = None, **more: Any) -> Answer:
        return self(method, f"{LEGACY}/{path}", sent, **{"location": "Delhi", **more})

    def service(self, method: str, path: str, sent: Any = None, **more: Any) -> Answer:
        scope = {"project_id": "501", "location": "Delhi"}
        return self(method, f"{MOUNT}/{path}", sent, **{**scope, **more})

    def create(self, sent: Any = None, **more: Any) -> Answer:
        return self.legacy("POST", "serving/inference/", BODY if sent is None else sent, **more)

    def made(self, sent: Any = None, **more: Any) -> Any:
        answer = self.create(sent, **more)
        assert answer.status == 201, answer.body
        return answer.json["data"]

    def read(self, number: int = 3001) -> Answer:
        return self.legacy("GET", f"serving/inference/{number}/")

    def get(self, number: int = 3001) -> Any:
        answer = self.read(number)
        assert answer.status == 200, answer.body
        return answer.json["data"]

    def status(self, number: int = 3001) -> str:
        return str(self.get(number)["status"])

    def put(self, sent: Any, number: int = 3001) -> Answer:
        return self.legacy("PUT", f"serving/inference/{number}/", sent)

    def act(self, action: str, number: int = 3001, **members: Any) -> Answer:
        return self.put({"action": action, **members}, number)

    def acted(self, action: str, number: int = 3001, **members: Any) -> Any:
        answer = self.act(action, number, **members)
        assert answer.status == 200, answer.body
        return answer.json["data"]

    def delete(self, number: int = 3001) -> Answer:
        return self.legacy("DELETE", f"serving/inference/{number}/")


def envelope_of(answer: Answer) -> tuple[int, int, str]:
    """HTTP status, the envelope's code and its message."""
    return answer.status, answer.json["code"], answer.json["message"]


def errors_of(answer: Answer) -> Any:
    """The errors by field of a refused body."""
    assert envelope_of(answer) == (400, 400, "Validation failed"), answer.body
    assert answer.json["data"] == {}
    return answer.json["errors"]


def unlike(found: Any, expected: Any, path: str = "") -> dict[str, tuple[Any, Any]]:
    """Dotted path -> what is there and what should be (...: nothing), which pytest would cut."""
    if not (isinstance(found, dict) and isinstance(expected, dict)):
        return {} if found == expected else {path: (found, expected)}
    result: dict[str, tuple[Any, Any]] = {}
    for key in {**expected, **found}:
        place = f"{path}.{key}" if path else str(key)
        result |= unlike(found.get(key, ...), expected.get(key, ...), place)
    return result


def dumps(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
