"""Endpoints made by the official Python core library, in every shape that it can make.

It has no operations of this service: each one is given by method and path.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any, ClassVar
from urllib.parse import urlsplit

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.client import Client, ClientBuilder
from huaweicloudsdkcore.sdk_response import SdkResponse

from support.clouds.maas import ACCESS_KEY, AGREEMENT, PROJECT, SECRET_KEY

ODD_TEXT = 'it\'s "${odd}" é 描述'


class Plainly(SdkResponse):  # type: ignore[misc]
    """No members: the raw content is looked at."""

    openapi_types: ClassVar[dict[str, str]] = {}
    attribute_map: ClassVar[dict[str, str]] = {}


class TheirClient:
    """Their full client, bound to one project."""

    def __init__(self, url: str) -> None:
        assert urlsplit(url).hostname == "127.0.0.1"
        credentials = BasicCredentials(ACCESS_KEY, SECRET_KEY, PROJECT).with_iam_endpoint(url)
        builder = ClientBuilder(Client).with_credentials(credentials).with_endpoint(url)
        self._client: Any = builder.build()
        self._client.model_package = SimpleNamespace(Plainly=Plainly)

    def __call__(self, method: str, path: str, body: Any) -> bytes:
        whole = f"/v1/{{project_id}}/maas/services/custom-endpoint/{path}"
        answer = self._client.do_http_request(method, whole, body=body, response_type="Plainly")
        content: bytes = answer.raw_content
        return content


def _make(more: dict[str, Any], edit: dict[str, Any], pause: bool, url: str, name: str) -> str:
    """The new endpoint's id."""
    client = TheirClient(url)
    sent = {"endpoint_name": name, "source": "custom_from_maas", "model_name": "DeepSeek-V3"}
    id: str = json.loads(client("POST", "endpoint", {**sent, **more}))["id"]
    if edit:
        client("PUT", f"endpoint/{id}", edit)
    if pause:
        client("PUT", f"control/{id}", {"action": "deactivate"})
    return id


def _shape(
    edit: dict[str, Any] | None = None, pause: bool = False, **more: Any
) -> Callable[[str, str], str]:
    return partial(_make, more, edit or {}, pause)


GUARD_OFF = {"moderation": False, "agreement_id": AGREEMENT}
SHAPES: dict[str, Callable[[str, str], str]] = {
    "plain": _shape(),
    "halted": _shape(pause=True),
    "described": _shape(remark=ODD_TEXT),
    "limited": _shape(rpm=60, tpm=100000),
    "one-limit": _shape(rpm=60, tpm=0),
    "other-model": _shape(model_name="Qwen3-32B"),
    "edited": _shape(edit={"remark": "later", "rpm": 5, "moderation": True}),
    "guard-said": _shape(moderation=True),
    "all": _shape(pause=True, remark="x", rpm=1, tpm=2, model_name="DeepSeek-R1"),
}
# Needs a word of the program before it can be managed.
UNGUARDED = _shape(**GUARD_OFF)
# What their generated programs say beside the name.
GENERATED: dict[str, dict[str, Any]] = {
    "plain": {"modelName": "DeepSeek-V3"},
    "halted": {"modelName": "DeepSeek-V3", "desiredState": "paused"},
    "described": {"modelName": "DeepSeek-V3", "description": ODD_TEXT.replace("${", "$${")},
    "limited": {"modelName": "DeepSeek-V3", "rpm": 60, "tpm": 100000},
    "one-limit": {"modelName": "DeepSeek-V3", "rpm": 60},
    "other-model": {"modelName": "Qwen3-32B"},
    "edited": {"modelName": "DeepSeek-V3", "description": "later", "rpm": 5},
    "guard-said": {"modelName": "DeepSeek-V3"},
    "all": {
        "modelName": "DeepSeek-R1",
        "description": "x",
        "rpm": 1,
        "tpm": 2,
        "desiredState": "paused",
    },
}
