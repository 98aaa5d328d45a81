"""Calling the simulated MaaS with plain HTTP, by token or signed by the official signer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from http_tools import Answer, ask, connect
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

from simulator.client import Simulator

PROJECT = "0123456789abcdef0123456789abcdef"
CHINA_PROJECT = "c0123456789abcdef0123456789abcde"
OTHER_PROJECT = "f0123456789abcdef0123456789abcde"
TOKEN, CHINA_TOKEN, OTHER_TOKEN = "simulator-token", "simulator-china-token", "other-token"
API_KEY, OTHER_API_KEY = "simulator-api-key", "other-api-key"
AGREEMENT = "4dd6b9f8-7e97-4f1c-8816-000000000001"
NOBODY = "c4513589-df2e-4d58-ab0c-d5a6f2000001"
NOW = "20260226T080000Z"
JSON_HEADERS = {"Content-Type": "application/json"}
BODY: dict[str, Any] = {
    "endpoint_name": "demo",
    "source": "custom_from_maas",
    "model_name": "DeepSeek-V3",
}


@dataclass(frozen=True)
class Keys:
    ak: str = "MAASEXAMPLEAK0000001"
    sk: str = "maasExampleSecretKey00000000000000000001"


KEYS = Keys()
WRONG = Keys(sk="wrong")
TEMPORARY = Keys("MAASEXAMPLEAK0000002", "maasExampleSecretKey00000000000000000002")
OTHER = Keys("MAASEXAMPLEAK0000009", "maasExampleSecretKey00000000000000000009")


def base(project: str = PROJECT) -> str:
    return f"/v1/{project}/maas/services/custom-endpoint"


def body(**more: Any) -> dict[str, Any]:
    """The smallest create body with changes; None removes a member."""
    return {name: value for name, value in {**BODY, **more}.items() if value is not None}


def error_of(answer: Answer) -> tuple[int, str, str]:
    return answer.status, answer.json["error_code"], answer.json["error_msg"]


def code_of(answer: Answer) -> tuple[int, str]:
    return error_of(answer)[:2]


class MaasApi:
    """One kept connection."""

    def __init__(self, sim: Simulator) -> None:
        self.sim = sim
        self.url = sim.url("maas")
        self.host = urlsplit(self.url).netloc
        self._connection = connect(self.url)

    def close(self) -> None:
        self._connection.close()

    def send(self, method: str, path: str, sent: Any, headers: dict[str, str]) -> Answer:
        return ask(self._connection, method, path, sent, headers)

    def __call__(
        self, method: str, path: str, sent: Any = None, token: str | None = TOKEN
    ) -> Answer:
        headers = dict(JSON_HEADERS)
        if token is not None:
            headers["X-Auth-Token"] = token
        return self.send(method, path, sent, headers)

    def signed(
        self,
        method: str,
        path: str,
        sent: Any = None,
        keys: Keys = KEYS,
        query: list[tuple[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
        signer: type[Signer] = Signer,
    ) -> Answer:
        """Signed by the official signer, then sent with plain HTTP."""
        request = self.sign(method, path, sent, keys, query, headers, signer)
        return self.send(method, request.uri, request.body, request.header_params)

    def sign(
        self,
        method: str,
        path: str,
        sent: Any = None,
        keys: Keys = KEYS,
        query: list[tuple[str, Any]] | None = None,
        headers: dict[str, str] | None = None,
        signer: type[Signer] = Signer,
    ) -> SdkRequest:
        data = b"" if sent is None else sent
        request = SdkRequest(
            method=method,
            schema="http",
            host=self.host,
            resource_path=path,
            uri=path,
            query_params=query or [],
            header_params={"X-Sdk-Date": NOW, **(JSON_HEADERS if headers is None else headers)},
            body=data if isinstance(data, bytes) else json.dumps(data).encode(),
        )
        result: SdkRequest = signer(keys).sign(request)
        return result

    # Endpoints of the first project.

    def create(self, **more: Any) -> Answer:
        return self("POST", f"{base()}/endpoint", body(**more))

    def made(self, **more: Any) -> str:
        answer = self.create(**more)
        assert answer.status == 200, answer.body
        return str(answer.json["id"])

    def edit(self, identifier: str, **sent: Any) -> Answer:
        return self("PUT", f"{base()}/endpoint/{identifier}", sent)

    def delete(self, identifier: str) -> Answer:
        return self("DELETE", f"{base()}/endpoint/{identifier}")

    def act(self, identifier: str, action: Any) -> Answer:
        return self("PUT", f"{base()}/control/{identifier}", {"action": action})

    def listed(self, query: str = "") -> Any:
        answer = self("GET", f"{base()}/endpoint{query}")
        assert answer.status == 200, answer.body
        return answer.json

    def item(self, identifier: str) -> Any:
        return next(item for item in self.listed()["items"] if item["id"] == identifier)

    def names(self, query: str = "") -> list[str]:
        return [item["endpoint_name"] for item in self.listed(query)["items"]]

    # IAM.

    def new_token(self, sent: Any, query: str = "?nocatalog=true") -> Answer:
        return self.send("POST", f"/v3/auth/tokens{query}", sent, JSON_HEADERS)


def password_body(
    user: str = "simulator-user",
    password: str = "simulator-password",
    account: str = "simulator-account",
    scope: Any = None,
) -> dict[str, Any]:
    identity = {
        "methods": ["password"],
        "password": {"user": {"name": user, "password": password, "domain": {"name": account}}},
    }
    project = {"name": "ap-southeast-1"} if scope is None else scope
    return {"auth": {"identity": identity, "scope": {"project": project}}}
