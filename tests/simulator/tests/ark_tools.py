"""Calling the simulated ModelArk with plain HTTP and a signer of the tests' own."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from http_tools import Answer, ask, connect

from simulator.base.patching import apply_changes
from simulator.client import Simulator

MOMENT = "2026-01-15T08:30:00Z"
X_DATE = "20260115T083000Z"
REGION, OTHER_REGION = "ap-southeast-1", "eu-west-1"
AK, SK = "AKTESTEXAMPLE0000001", "SKTESTexampleSecretKey0123456789=="
OTHER_AK, OTHER_SK = "AKTESTEXAMPLE0000002", "SKTESTotherSecretKey9876543210=="
TEMPORARY_AK, TEMPORARY_SK = "AKTPTESTEXAMPLE00001", "SKTPTESTtemporarySecret0123456789=="
TOKEN = "STStoken/EXAMPLE+abc=="
CREATED_BY = {"Key": "sys:ark:createdBy", "Value": "IAMUser/12345/alice"}

BODY: dict[str, Any] = {
    "Name": "demo",
    "ModelReference": {"FoundationModel": {"Name": "seed-1-6", "ModelVersion": "250615"}},
}


def body(patch: Any = None) -> dict[str, Any]:
    """The smallest create body, changed by a merge patch."""
    result: dict[str, Any] = apply_changes(copy.deepcopy(BODY), patch)
    return result


@dataclass
class Signer:
    """Makes the headers of one request; every part can be made wrong."""

    access_key: str = AK
    secret: str = SK
    token: str | None = None
    region: str = REGION
    service: str = "ark"
    date: str = X_DATE
    scope_date: str | None = None
    names: list[str] | None = None  # headers to sign; None: as the SDKs do
    extra: dict[str, str] = field(default_factory=dict)

    def headers(self, host: str, query: str, body: bytes) -> dict[str, str]:
        sent = {
            "Content-Type": "application/json",
            "Host": host,
            "X-Content-Sha256": hashlib.sha256(body).hexdigest(),
            "X-Date": self.date,
            **({"X-Security-Token": self.token} if self.token else {}),
            **self.extra,
        }
        values = {name.lower(): value for name, value in sent.items()}
        names = sorted(values) if self.names is None else self.names
        lines = "".join(f"{name}:{values[name]}\n" for name in names)
        signed = ";".join(names)
        request = f"POST\n/\n{query}\n{lines}\n{signed}\n{values['x-content-sha256']}"
        scope_date = self.scope_date or self.date[:8]
        scope = f"{scope_date}/{self.region}/{self.service}/request"
        digest = hashlib.sha256(request.encode()).hexdigest()
        text = f"HMAC-SHA256\n{self.date}\n{scope}\n{digest}"
        key = self.secret.encode()
        for word in scope.split("/"):
            key = hmac.new(key, word.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        sent["Authorization"] = (
            f"HMAC-SHA256 Credential={self.access_key}/{scope}, "
            f"SignedHeaders={signed}, Signature={signature}"
        )
        return sent


class ArkApi:
    """One kept connection, signed by whoever is asked for."""

    def __init__(self, sim: Simulator) -> None:
        self.sim = sim
        self.url = sim.url("ark")
        self.host = urlsplit(self.url).netloc
        self.signer = Signer()
        self._connection = connect(self.url)

    def close(self) -> None:
        self._connection.close()

    def post(self, query: str, data: bytes, headers: dict[str, str]) -> Answer:
        return ask(self._connection, "POST", f"/?{query}", data, headers)

    def __call__(self, action: str, sent: Any = None, signer: Signer | None = None) -> Answer:
        data = sent if isinstance(sent, bytes) else json.dumps(sent or {}).encode()
        query = f"Action={action}&Version=2024-01-01"
        return self.post(query, data, (signer or self.signer).headers(self.host, query, data))

    def result(self, action: str, sent: Any = None, signer: Signer | None = None) -> Any:
        answer = self(action, sent, signer)
        assert answer.status == 200, answer.body
        return answer.json["Result"]

    def create(self, patch: Any = None, signer: Signer | None = None) -> str:
        identifier: str = self.result("CreateEndpoint", body(patch), signer)["Id"]
        return identifier

    def get(self, identifier: str) -> Any:
        return self.result("GetEndpoint", {"Id": identifier})

    def status(self, identifier: str) -> str:
        return str(self.get(identifier)["Status"])

    def listed(self, **request: Any) -> list[str]:
        items = self.result("ListEndpoints", request)["Items"]
        return [item["Name"] for item in items]

    # The data plane.

    def call(
        self,
        path: str,
        sent: Any,
        key: str | None = "ark-simulator-key",
        region: str = REGION,
        method: str = "POST",
    ) -> Answer:
        headers = {"Content-Type": "application/json"}
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        url = f"/dataplane/{region}/api/v3/{path}"
        return ask(self._connection, method, url, sent, headers)

    def chat(self, model: str, **more: Any) -> Answer:
        path = more.pop("path", "chat/completions")
        key = more.pop("key", "ark-simulator-key")
        region = more.pop("region", REGION)
        messages = [{"role": "user", "content": "hi there"}]
        return self.call(path, {"model": model, "messages": messages, **more}, key, region)


def error_of(answer: Answer) -> tuple[int, str]:
    """Status and code of a control-plane error, whose frame is checked on the way."""
    document = answer.json
    assert set(document) == {"ResponseMetadata"}
    error = document["ResponseMetadata"]["Error"]
    assert error["Message"]
    return answer.status, error["Code"]


def plane_error(answer: Answer) -> tuple[int, str, str]:
    error = answer.json["error"]
    assert set(error) == {"code", "message", "param", "type"}
    return answer.status, error["code"], error["param"]
