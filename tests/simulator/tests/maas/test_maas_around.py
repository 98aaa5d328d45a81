"""The disclaimer, the look-ups, and the inference plane."""

from __future__ import annotations

import json
from typing import Any

import pytest
from http_tools import Answer
from maas_tools import (
    AGREEMENT,
    API_KEY,
    CHINA_PROJECT,
    CHINA_TOKEN,
    OTHER_API_KEY,
    PROJECT,
    MaasApi,
    base,
    code_of,
    error_of,
)

AGREEMENTS = f"/v1/{PROJECT}/maas/compliance/agreements"
SERVICES = f"{base()}/services/cn-southwest-2"


# Looking things up.


def test_the_disclaimer_by_language(maas: MaasApi) -> None:
    assert maas("GET", f"{AGREEMENTS}?lang=en").json == {
        "agreement_id": AGREEMENT,
        "agreement_data": "Disclaimer of content guard",
        "open_notice": "Content guard will be on.",
        "close_notice": "Content guard will be off.",
    }
    assert maas("GET", f"{AGREEMENTS}?lang=zh").json["agreement_data"] == "内容防护免责声明"
    assert [r.target for r in maas.sim.requests()] == ["en", "zh"]


@pytest.mark.parametrize("query", ["", "?lang=", "?lang=de", "?lang=EN", "?language=en"])
def test_the_language_is_required(maas: MaasApi, query: str) -> None:
    answer = maas("GET", f"{AGREEMENTS}{query}")
    assert error_of(answer) == (400, "ModelArts.0104", "lang must be one of zh and en")


def test_the_disclaimer_can_be_renewed(maas: MaasApi) -> None:
    maas.sim.knobs(
        "maas", agreement_id="newer", agreement_texts={"en": "x" * 100000}, agreement_row_id=True
    )
    body = maas("GET", f"{AGREEMENTS}?lang=en").json
    assert (body["agreement_id"], body["id"], len(body["agreement_data"])) == ("newer", "1", 100000)


def test_regions(maas: MaasApi) -> None:
    row = {
        "region_id": "cn-southwest-2",
        "locales": {"en_us": "cn-southwest-2", "zh_cn": "西南-贵阳一"},
    }
    assert maas("GET", f"{base()}/regions").json == {"region_items": [row]}
    china = maas("GET", f"{base(CHINA_PROJECT)}/regions", token=CHINA_TOKEN)
    assert china.json == {"region_items": [row]}


def test_workspaces(maas: MaasApi) -> None:
    path = f"/v1/{PROJECT}/maas/services/workspace"
    body = maas("GET", f"{path}/cn-southwest-2").json
    assert (body["total_count"], body["count"]) == (1, 1)
    (row,) = body["workspaces"]
    assert (row["id"], row["name"], row["auth_type"]) == ("0", "default", "public")
    assert code_of(maas("GET", f"{path}/nowhere")) == (400, "ModelArts.0104")


def test_services(maas: MaasApi) -> None:
    body = maas("GET", f"{SERVICES}?workspace_id=0").json
    assert (body["pages"], body["total"]) == (1, 2)
    assert [row["name"] for row in body["data"]] == ["service-one", "service-two"]
    assert all(isinstance(value, str) for value in body["data"][0].values())
    assert maas("GET", SERVICES).json == body
    maas.sim.knobs("maas", workspaces={"1": {"name": "one"}})
    assert maas("GET", f"{SERVICES}?workspace_id=1").json == {"data": [], "pages": 1, "total": 0}
    for path in (f"{SERVICES}?workspace_id=2", f"{base()}/services/nowhere"):
        assert code_of(maas("GET", path)) == (400, "ModelArts.0104")


# The inference plane.


def plane(
    maas: MaasApi, method: str, path: str, sent: Any = None, key: str | None = API_KEY
) -> Answer:
    headers = {"Content-Type": "application/json"}
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    return maas.send(method, path, sent, headers)


def chat(maas: MaasApi, model: Any = "demo", text: Any = "hello", **more: Any) -> Answer:
    sent = {"model": model, "messages": [{"role": "user", "content": text}]}
    return plane(maas, "POST", more.pop("path", "/v1/chat/completions"), sent, **more)


def test_models(maas: MaasApi) -> None:
    answer = plane(maas, "GET", "/v2/models")
    assert answer.json == {
        "object": "list",
        "data": [
            {"id": name, "object": "model", "created": 0, "owned_by": ""}
            for name in ("DeepSeek-V3", "DeepSeek-R1", "Qwen3-32B")
        ],
    }
    maas.sim.knobs("maas", models={"New": {}, "DeepSeek-R1": None})
    rows = plane(maas, "GET", "/v2/models").json["data"]
    assert [row["id"] for row in rows] == ["DeepSeek-V3", "Qwen3-32B", "New"]


@pytest.mark.parametrize(
    ("key", "code"),
    [(None, "ModelArts.81002"), ("", "ModelArts.81002"), ("simulator-token", "ModelArts.81003")],
)
def test_api_keys(maas: MaasApi, key: str | None, code: str) -> None:
    assert code_of(plane(maas, "GET", "/v2/models", key=key)) == (401, code)
    assert code_of(chat(maas, key=key)) == (401, code)
    assert code_of(maas("GET", "/v2/models")) == (401, "ModelArts.81002")
    assert code_of(maas.signed("GET", "/v2/models")) == (401, "ModelArts.81002")


@pytest.mark.parametrize(
    "path", ["/v1/chat/completions", "/v2/chat/completions", "/openai/v1/chat/completions"]
)
def test_a_chat_names_the_endpoint(maas: MaasApi, path: str) -> None:
    identifier = maas.made()
    answer = chat(maas, path=path, text="one two")
    assert answer.json == {
        "id": "chat-1",
        "created": 1772092800,
        "model": "demo",
        "object": "chat.completion",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "demo says: one two"},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 2, "completion_tokens": 4, "total_tokens": 6},
    }
    assert maas.sim.requests(operation="chat")[0].target == "demo"
    assert code_of(chat(maas, identifier)) == (404, "ModelArts.81009")
    maas.edit(identifier, endpoint_name="renamed")
    assert code_of(chat(maas)) == (404, "ModelArts.81009")
    assert chat(maas, "renamed").status == 200
    assert chat(maas, "DeepSeek-V3").status == 200


def test_a_stream(maas: MaasApi) -> None:
    maas.made()
    message = {"role": "user", "content": "hello"}
    sent = {"model": "demo", "messages": [message], "stream": True}
    answer = plane(maas, "POST", "/v1/chat/completions", sent)
    assert answer.headers["Content-Type"] == "text/event-stream"
    events = [line.removeprefix("data: ") for line in answer.body.decode().split("\n\n") if line]
    assert events[-1] == "[DONE]"
    deltas = [json.loads(event)["choices"][0]["delta"] for event in events[:-1]]
    assert "".join(delta.get("content", "") for delta in deltas) == "demo says: hello"


def test_endpoints_of_another_account_are_unknown(maas: MaasApi) -> None:
    maas.made()
    assert code_of(chat(maas, key=OTHER_API_KEY)) == (404, "ModelArts.81009")


def test_deleted_disabled_and_frozen_endpoints(maas: MaasApi) -> None:
    identifier = maas.made()
    maas.act(identifier, "deactivate")
    assert code_of(chat(maas)) == (403, "ModelArts.81004")
    maas.act(identifier, "activate")
    assert chat(maas).status == 200
    maas.sim.mutate("maas", "demo", {"status": "frozen_ARREAR"})
    assert code_of(chat(maas)) == (403, "ModelArts.81006")
    maas.sim.mutate("maas", "demo", {"status": "normal", "cbc_status": "Frozen"})
    assert code_of(chat(maas)) == (403, "ModelArts.81006")
    maas.delete(identifier)
    assert code_of(chat(maas)) == (404, "ModelArts.81009")


def test_limits_of_a_minute(maas: MaasApi) -> None:
    maas.made(rpm=2)
    assert [chat(maas).status for _ in range(3)] == [200, 200, 429]
    assert code_of(chat(maas)) == (429, "ModelArts.81101")
    maas.sim.advance(60)
    assert chat(maas).status == 200
    maas.made(endpoint_name="tokens", tpm=5)
    assert chat(maas, "tokens", "a b").json["usage"]["total_tokens"] == 6
    assert code_of(chat(maas, "tokens")) == (429, "ModelArts.81103")
    maas.sim.advance(60)
    assert chat(maas, "tokens").status == 200


def test_the_content_guard(maas: MaasApi) -> None:
    maas.made()
    maas.made(endpoint_name="open", moderation=False, agreement_id=AGREEMENT)
    bad = "some blocked-content here"
    assert code_of(chat(maas, text=bad)) == (403, "ModelArts.81011")
    assert chat(maas, "open", bad).status == 200


def test_an_allow_list_of_a_key(maas: MaasApi) -> None:
    maas.made()
    maas.sim.knobs(
        "maas", api_keys={"narrow": {"account": "simulator-account", "models": ["Qwen3-32B"]}}
    )
    assert code_of(chat(maas, key="narrow")) == (403, "ModelArts.81015")
    assert chat(maas, "Qwen3-32B", key="narrow").status == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"{",
        b"[]",
        {},
        {"model": "demo"},
        {"model": "demo", "messages": []},
        {"model": 1, "messages": [{"content": "x"}]},
        {"model": "demo", "messages": ["x"]},
        {"model": "demo", "messages": [{"role": "user"}]},
    ],
)
def test_misformed_chats(maas: MaasApi, sent: Any) -> None:
    maas.made()
    answer = plane(maas, "POST", "/v1/chat/completions", sent)
    assert code_of(answer) == (400, "ModelArts.81001")
