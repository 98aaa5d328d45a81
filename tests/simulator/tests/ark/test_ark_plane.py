"""The data plane with plain HTTP: who may call what, and what each path answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ark_tools import OTHER_AK, OTHER_REGION, OTHER_SK, ArkApi, Signer, plane_error
from http_tools import ask, connect

EUROPE = Signer(region=OTHER_REGION)
CLOSED = (400, "InvalidEndpoint.ClosedEndpoint", "model")
NOT_FOUND = (404, "InvalidEndpointOrModel.NotFound", "model")
UNKNOWN_KEY = (401, "AuthenticationError", "")


def test_chat(ark: ArkApi) -> None:
    identifier = ark.create()
    answer = ark.chat(identifier)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    document = answer.json
    assert document.pop("id").startswith("chatcmpl-")
    assert document == {
        "object": "chat.completion",
        "created": int(ark.sim.now()),
        "model": identifier,
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {
                    "role": "assistant",
                    "content": f"Answer of {identifier} to: hi there",
                },
            }
        ],
        "usage": {
            "prompt_tokens": 2,
            "completion_tokens": 6,
            "total_tokens": 8,
            "completion_tokens_details": {"reasoning_tokens": 0},
        },
    }
    request = ark.sim.requests()[-1]
    assert (request.operation, request.target) == ("dataplane.chat", identifier)


@pytest.mark.parametrize(
    ("thinking", "reasoning"),
    [("enabled", "Thinking about: hi there"), ("disabled", None), ("auto", None)],
)
def test_thinking(ark: ArkApi, thinking: str, reasoning: str | None) -> None:
    answer = ark.chat(ark.create(), thinking={"type": thinking})
    message = answer.json["choices"][0]["message"]
    assert message.get("reasoning_content") == reasoning
    assert message["content"].endswith("to: hi there")


def test_length(ark: ArkApi) -> None:
    (choice,) = ark.chat(ark.create(), max_tokens=2).json["choices"]
    assert (choice["finish_reason"], choice["message"]["content"]) == ("length", "Answer of")


def events(text: bytes) -> list[Any]:
    lines = [line.removeprefix(b"data: ") for line in text.split(b"\n\n") if line]
    assert lines.pop() == b"[DONE]"
    return [json.loads(line) for line in lines]


def test_chat_stream(ark: ArkApi) -> None:
    identifier = ark.create()
    answer = ark.chat(
        identifier,
        stream=True,
        stream_options={"include_usage": True},
        thinking={"type": "enabled"},
    )
    assert answer.headers["Content-Type"] == "text/event-stream"
    *chunks, last = events(answer.body)
    assert len({chunk["id"] for chunk in chunks}) == 1
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert deltas[0]["role"] == "assistant"
    thought = "".join(delta.get("reasoning_content", "") for delta in deltas)
    assert thought == "Thinking about: hi there"
    said = "".join(delta.get("content", "") for delta in deltas)
    assert said == f"Answer of {identifier} to: hi there"
    finishes = [chunk["choices"][0]["finish_reason"] for chunk in chunks]
    assert finishes == [None] * (len(chunks) - 1) + ["stop"]
    assert (last["choices"], last["usage"]["total_tokens"]) == ([], 12)


def test_stream_without_usage(ark: ArkApi) -> None:
    chunks = events(ark.chat(ark.create(), stream=True).body)
    assert all("usage" not in chunk and len(chunk["choices"]) == 1 for chunk in chunks)


@pytest.mark.parametrize(
    ("more", "code", "param"),
    [
        ({"messages": None}, "MissingParameter", "messages"),
        ({"messages": []}, "InvalidParameter", "messages"),
        ({"messages": [{"role": "nobody", "content": "x"}]}, "InvalidParameter", "messages.role"),
        ({"messages": [{"role": "user", "content": 5}]}, "InvalidParameter", "messages.content"),
        ({"thinking": "enabled"}, "InvalidParameter", "thinking"),
        ({"thinking": {"type": "deep"}}, "InvalidParameter", "thinking.type"),
        ({"stream": "yes"}, "InvalidParameter", "stream"),
        ({"temperature": 2.1}, "InvalidParameter", "temperature"),
        ({"top_p": True}, "InvalidParameter", "top_p"),
        ({"max_tokens": 0}, "InvalidParameter", "max_tokens"),
        ({"max_tokens": 1.5}, "InvalidParameter", "max_tokens"),
    ],
)
def test_chat_refuses(ark: ArkApi, more: Any, code: str, param: str) -> None:
    assert plane_error(ark.chat(ark.create(), **more)) == (400, code, param)


def test_parts_of_a_message(ark: ArkApi) -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,"}}
    parts = [{"type": "text", "text": "what is"}, picture, {"type": "text", "text": "this"}]
    answer = ark.chat(ark.create(), messages=[{"role": "user", "content": parts}])
    assert answer.json["choices"][0]["message"]["content"].endswith("to: what is this")


# Who may call what.


@pytest.mark.parametrize("key", [None, "", "nobody", "ark-simulator-key-eu"])
def test_key_must_be_known_in_the_region(ark: ArkApi, key: str | None) -> None:
    identifier = ark.create()
    answer = ark.chat(identifier, key=key)
    assert plane_error(answer) == UNKNOWN_KEY
    assert answer.json["error"]["type"] == "Unauthorized"


def test_scheme_must_be_bearer(ark: ArkApi) -> None:
    connection = connect(ark.url)
    path = "/dataplane/ap-southeast-1/api/v3/chat/completions"
    headers = {"Authorization": "Basic ark-simulator-key"}
    assert plane_error(ask(connection, "POST", path, {}, headers)) == UNKNOWN_KEY
    connection.close()


def test_unknown_endpoint(ark: ArkApi) -> None:
    assert plane_error(ark.chat("ep-1")) == NOT_FOUND
    assert plane_error(ark.chat("seed-1-6-250615")) == NOT_FOUND


def test_wrong_region(ark: ArkApi) -> None:
    """The key opens the other region, but the endpoint is not there."""
    here, there = ark.create(), ark.create(signer=EUROPE)
    eu: dict[str, Any] = {"key": "ark-simulator-key-eu", "region": OTHER_REGION}
    assert plane_error(ark.chat(here, **eu)) == NOT_FOUND
    assert plane_error(ark.chat(there)) == NOT_FOUND
    assert plane_error(ark.chat(here, region=OTHER_REGION)) == UNKNOWN_KEY
    assert ark.chat(there, **eu).status == 200


def test_endpoint_of_another_account(ark: ArkApi) -> None:
    identifier = ark.create(signer=Signer(OTHER_AK, OTHER_SK))
    assert plane_error(ark.chat(identifier)) == NOT_FOUND
    assert ark.chat(identifier, key="ark-simulator-key-other").status == 200


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("chat/completions", {"messages": [{"role": "user", "content": "x"}]}),
        ("embeddings", {"input": "x"}),
        ("images/generations", {"prompt": "x"}),
        ("responses", {"input": "x"}),
    ],
)
def test_every_online_path(ark: ArkApi, path: str, sent: dict[str, Any]) -> None:
    """Running, stopped, batch-only, deleting, unknown."""
    ark.sim.knobs("ark", batch_only="bulk", polls={"deleting": 1})
    identifier, bulk = ark.create(), ark.create({"Name": "bulk"})
    assert ark.call(path, {**sent, "model": identifier}).status == 200
    assert plane_error(ark.call(path, {**sent, "model": "ep-1"})) == NOT_FOUND
    refused = plane_error(ark.call(path, {**sent, "model": bulk}))
    assert refused == (400, "InvalidParameter", "model")
    ark.result("StopEndpoint", {"Id": identifier})
    assert plane_error(ark.call(path, {**sent, "model": identifier})) == CLOSED
    ark.result("StartEndpoint", {"Id": identifier})
    assert ark.call(path, {**sent, "model": identifier}).status == 200
    ark.result("DeleteEndpoint", {"Id": identifier})
    assert plane_error(ark.call(path, {**sent, "model": identifier})) == CLOSED


def test_scheduling_and_abnormal(ark: ArkApi) -> None:
    ark.sim.knobs("ark", polls={"scheduling": 1})
    identifier = ark.create()
    assert plane_error(ark.chat(identifier)) == CLOSED
    ark.sim.call("ark", "fail", target=identifier)
    assert plane_error(ark.chat(identifier))[:2] == (500, "InternalServiceError")


def test_batch(ark: ArkApi) -> None:
    ark.sim.knobs("ark", batch_only="bulk")
    online, bulk = ark.create(), ark.create({"Name": "bulk"})
    path = "batch/chat/completions"
    answer = ark.chat(bulk, path=path)
    assert (answer.status, answer.json["object"]) == (200, "chat.completion")
    assert ark.sim.requests()[-1].operation == "dataplane.batchChat"
    refused = (400, "InvalidParameter", "model")
    assert plane_error(ark.chat(online, path=path)) == refused
    assert plane_error(ark.chat(bulk)) == refused
    assert plane_error(ark.chat(bulk, path=path, stream=True)) == (
        400,
        "InvalidParameter",
        "stream",
    )
    ark.result("StopEndpoint", {"Id": bulk})
    assert plane_error(ark.chat(bulk, path=path)) == CLOSED
    ark.sim.mutate("ark", online, {"BatchOnly": True})
    assert ark.chat(online, path=path).status == 200


def issued(ark: ArkApi, seconds: int, *identifiers: str) -> str:
    sent = {"DurationSeconds": seconds, "ResourceType": "endpoint", "ResourceIds": identifiers}
    key: str = ark.result("GetApiKey", sent)["ApiKey"]
    return key


def test_issued_key(ark: ArkApi) -> None:
    first, second = ark.create(), ark.create()
    key = issued(ark, 60, first)
    assert ark.chat(first, key=key).status == 200
    assert plane_error(ark.chat(second, key=key)) == (403, "AccessDenied", "")
    assert plane_error(ark.chat(first, key=key, region=OTHER_REGION)) == UNKNOWN_KEY
    ark.sim.advance(59)
    assert ark.chat(first, key=key).status == 200
    ark.sim.advance(1)
    assert plane_error(ark.chat(first, key=key)) == UNKNOWN_KEY


def test_issued_key_for_everything(ark: ArkApi) -> None:
    ark.sim.knobs("ark", api_key_resource_ids_required=False)
    identifier = ark.create()
    assert ark.chat(identifier, key=issued(ark, 60)).status == 200


def test_configured_key_for_some(ark: ArkApi) -> None:
    first, second = ark.create(), ark.create()
    row = {"account": "2100000001", "region": "ap-southeast-1", "endpoints": [first]}
    ark.sim.knobs("ark", api_keys={"mine": row, "ark-simulator-key": None})
    assert [ark.chat(name, key="mine").status for name in (first, second)] == [200, 403]
    assert ark.chat(first).status == 401


def test_requests_per_minute(ark: ArkApi) -> None:
    identifier = ark.create({"RateLimit": {"Rpm": 2, "Tpm": 1000}})
    assert [ark.chat(identifier).status for _ in range(3)] == [200, 200, 429]
    code = "RateLimitExceeded.EndpointRPMExceeded"
    assert plane_error(ark.chat(identifier)) == (429, code, "")
    ark.sim.advance(60)
    assert ark.chat(identifier).status == 200


def test_tokens_per_minute(ark: ArkApi) -> None:
    identifier = ark.create({"RateLimit": {"Rpm": 100, "Tpm": 9}})
    assert [ark.chat(identifier).status for _ in range(3)] == [200, 200, 429]
    code = "RateLimitExceeded.EndpointTPMExceeded"
    assert plane_error(ark.chat(identifier)) == (429, code, "")
    ark.sim.knobs("ark", enforce_rate_limits=False)
    assert ark.chat(identifier).status == 200


# The frame of a request.


def test_paths_methods_and_bodies(ark: ArkApi) -> None:
    identifier = ark.create()
    sent = {"model": identifier}
    assert plane_error(ark.call("audio/speech", sent)) == (404, "PathNotFound", "")
    answer = ark.call("chat/completions", None, method="GET")
    assert plane_error(answer) == (405, "MethodNotAllowed", "")
    for data in (b"", b"[]", b"no"):
        assert plane_error(ark.call("embeddings", data)) == (400, "InvalidParameter", "")
    assert plane_error(ark.call("embeddings", {})) == (400, "MissingParameter", "model")
    assert plane_error(ark.call("embeddings", {"model": 1})) == (400, "InvalidParameter", "model")


# Embeddings.


def test_embedding(ark: ArkApi) -> None:
    identifier = ark.create()
    document = ark.call("embeddings", {"model": identifier, "input": "one two"}).json
    (row,) = document["data"]
    assert (row["object"], row["index"], len(row["embedding"])) == ("embedding", 0, 8)
    assert document["usage"] == {"prompt_tokens": 2, "total_tokens": 2}
    assert (document["object"], document["model"]) == ("list", identifier)


@pytest.mark.parametrize(
    ("given", "count"),
    [
        (["a", "b", "c"], 3),
        ([1, 2, 3], 1),
        ([[1, 2], [3]], 2),
        ([{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "x"}}], 1),
    ],
)
def test_inputs_of_embeddings(ark: ArkApi, given: Any, count: int) -> None:
    sent = {"model": ark.create(), "input": given, "dimensions": 40}
    rows = ark.call("embeddings", sent).json["data"]
    assert [row["index"] for row in rows] == list(range(count))
    assert {len(row["embedding"]) for row in rows} == {40}
    assert len({tuple(row["embedding"]) for row in rows}) == count


@pytest.mark.parametrize(
    ("more", "code", "param"),
    [
        ({"input": None}, "MissingParameter", "input"),
        ({"input": ""}, "InvalidParameter", "input"),
        ({"input": []}, "InvalidParameter", "input"),
        ({"input": ["a", 1]}, "InvalidParameter", "input"),
        ({"input": [{"type": "text"}]}, "InvalidParameter", "input"),
        ({"dimensions": 0}, "InvalidParameter", "dimensions"),
        ({"encoding_format": "hex"}, "InvalidParameter", "encoding_format"),
    ],
)
def test_embeddings_refuse(ark: ArkApi, more: Any, code: str, param: str) -> None:
    sent = {"model": ark.create(), "input": "a", **more}
    assert plane_error(ark.call("embeddings", sent)) == (400, code, param)


# Pictures.


def draw(ark: ArkApi, **more: Any) -> Any:
    return ark.call("images/generations", {"model": ark.create(), "prompt": "a cat", **more})


def test_picture_can_be_fetched(ark: ArkApi) -> None:
    (row,) = draw(ark).json["data"]
    assert row["size"] == "1024x1024"
    connection = connect(ark.url)
    answer = ask(connection, "GET", row["url"].removeprefix(ark.url))
    connection.close()
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.body[:8] == b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("more", "size"),
    [
        ({"size": "512x2048"}, "512x2048"),
        ({"width": 640, "height": 480}, "640x480"),
        ({"guidance_scale": 1, "seed": -1, "watermark": True}, "1024x1024"),
        ({"guidance_scale": 10, "seed": 2147483647, "negative_prompt": "dog"}, "1024x1024"),
        ({"guidance_scale": 5.5, "watermark": False}, "1024x1024"),
    ],
)
def test_picture_parameters(ark: ArkApi, more: Any, size: str) -> None:
    answer = draw(ark, **more)
    assert (answer.status, answer.json["data"][0]["size"]) == (200, size)


@pytest.mark.parametrize(
    ("more", "code", "param"),
    [
        ({"prompt": None}, "MissingParameter", "prompt"),
        ({"size": "big"}, "InvalidParameter", "size"),
        ({"size": "1024x"}, "InvalidParameter", "size"),
        ({"guidance_scale": 0.9}, "InvalidParameter", "guidance_scale"),
        ({"guidance_scale": 10.1}, "InvalidParameter", "guidance_scale"),
        ({"guidance_scale": "5"}, "InvalidParameter", "guidance_scale"),
        ({"seed": -2}, "InvalidParameter", "seed"),
        ({"seed": 2147483648}, "InvalidParameter", "seed"),
        ({"seed": 1.5}, "InvalidParameter", "seed"),
        ({"width": 0, "height": 1}, "InvalidParameter", "width"),
        ({"width": 640}, "MissingParameter", "height"),
        ({"watermark": "yes"}, "InvalidParameter", "watermark"),
        ({"negative_prompt": 1}, "InvalidParameter", "negative_prompt"),
        ({"response_format": "tiff"}, "InvalidParameter", "response_format"),
    ],
)
def test_pictures_refuse(ark: ArkApi, more: Any, code: str, param: str) -> None:
    assert plane_error(draw(ark, **more)) == (400, code, param)


# Responses.


def test_response(ark: ArkApi) -> None:
    identifier = ark.create()
    document = ark.call("responses", {"model": identifier, "input": "hi there"}).json
    (item,) = document["output"]
    (part,) = item["content"]
    assert (document["object"], document["status"]) == ("response", "completed")
    assert (item["type"], item["role"], part["type"]) == ("message", "assistant", "output_text")
    assert part["text"] == f"Answer of {identifier} to: hi there"
    assert document["usage"]["total_tokens"] == 8


def test_response_to_items(ark: ArkApi) -> None:
    given = [
        {"role": "system", "content": "be brief"},
        {"role": "user", "content": [{"type": "input_text", "text": "hi you"}]},
    ]
    sent = {"model": ark.create(), "input": given, "thinking": {"type": "enabled"}}
    document = ark.call("responses", sent).json
    assert [item["type"] for item in document["output"]] == ["reasoning", "message"]
    assert document["output"][1]["content"][0]["text"].endswith("to: hi you")
    assert document["usage"]["input_tokens"] == 4


def test_response_stream_on_the_wire(ark: ArkApi) -> None:
    answer = ark.call("responses", {"model": ark.create(), "input": "x", "stream": True})
    assert answer.headers["Content-Type"] == "text/event-stream"
    blocks = [block.split(b"\n") for block in answer.body.split(b"\n\n") if block]
    told = []
    for number, (event, data) in enumerate(blocks):
        value = json.loads(data.removeprefix(b"data: "))
        assert (event.decode(), value["sequence_number"]) == (f"event: {value['type']}", number)
        told.append(value["type"].removeprefix("response."))
    deltas = ["output_text.delta"] * 5
    assert told == [
        "created",
        "in_progress",
        "output_item.added",
        "content_part.added",
        *deltas,
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "completed",
    ]


@pytest.mark.parametrize(
    ("more", "code", "param"),
    [
        ({"input": None}, "MissingParameter", "input"),
        ({"input": ""}, "InvalidParameter", "input"),
        ({"input": [5]}, "InvalidParameter", "input"),
        ({"instructions": 5}, "InvalidParameter", "instructions"),
        ({"max_output_tokens": 0}, "InvalidParameter", "max_output_tokens"),
    ],
)
def test_responses_refuse(ark: ArkApi, more: Any, code: str, param: str) -> None:
    sent = {"model": ark.create(), "input": "a", **more}
    assert plane_error(ark.call("responses", sent)) == (400, code, param)
