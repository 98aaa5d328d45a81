"""The official OpenAI client, unmodified, against the simulated data plane."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from ark_tools import ArkApi

KEYS = {"ap-southeast-1": "ark-simulator-key", "eu-west-1": "ark-simulator-key-eu"}
MESSAGES: Any = [{"role": "user", "content": "hi there"}]


class Callers:
    """Clients by region, and the endpoints they call."""

    def __init__(self, ark: ArkApi) -> None:
        self.ark = ark
        self.model = ark.create()
        self._made: list[openai.OpenAI] = []
        self.client = self.make()

    def make(
        self, region: str = "ap-southeast-1", key: str | None = None, path: str = ""
    ) -> openai.OpenAI:
        client = openai.OpenAI(
            base_url=f"{self.ark.url}/dataplane/{region}/api/v3{path}",
            api_key=key or KEYS[region],
            max_retries=0,
        )
        self._made.append(client)
        return client

    def close(self) -> None:
        for client in self._made:
            client.close()

    def chat(self, model: str | None = None, client: openai.OpenAI | None = None) -> Any:
        chosen = client or self.client
        return chosen.chat.completions.create(model=model or self.model, messages=MESSAGES)


@pytest.fixture
def callers(ark: ArkApi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callers]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    made = Callers(ark)
    yield made
    made.close()


def test_chat(callers: Callers) -> None:
    answer = callers.chat()
    assert answer.choices[0].message.content == f"Answer of {callers.model} to: hi there"
    assert (answer.choices[0].finish_reason, answer.model) == ("stop", callers.model)
    assert answer.usage.total_tokens == 8


def test_chat_stream(callers: Callers) -> None:
    stream = callers.client.chat.completions.create(
        model=callers.model,
        messages=MESSAGES,
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    said = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]
    assert len(said) > 3
    assert "".join(said) == f"Answer of {callers.model} to: hi there"
    assert chunks[-1].usage is not None and chunks[-1].usage.total_tokens == 8


def test_thinking(callers: Callers) -> None:
    answer: Any = callers.client.chat.completions.create(
        model=callers.model,
        messages=MESSAGES,
        extra_body={"thinking": {"type": "enabled"}},
    )
    message = answer.choices[0].message
    assert message.reasoning_content == "Thinking about: hi there"
    assert message.content == f"Answer of {callers.model} to: hi there"
    assert callers.ark.sim.requests()[-1].json["thinking"] == {"type": "enabled"}


def test_thinking_streamed(callers: Callers) -> None:
    stream: Any = callers.client.chat.completions.create(
        model=callers.model,
        messages=MESSAGES,
        stream=True,
        extra_body={"thinking": {"type": "enabled"}},
    )
    deltas = [chunk.choices[0].delta for chunk in stream]
    thought = "".join(getattr(delta, "reasoning_content", None) or "" for delta in deltas)
    assert thought == "Thinking about: hi there"


def test_embeddings(callers: Callers) -> None:
    """The client asks for base64 by itself; both forms tell the same numbers."""
    texts = ["The quick brown fox", "jumps"]
    coded = callers.client.embeddings.create(model=callers.model, input=texts)
    assert callers.ark.sim.requests()[-1].json["encoding_format"] == "base64"
    plain = callers.client.embeddings.create(
        model=callers.model, input=texts, encoding_format="float"
    )
    assert [row.embedding for row in coded.data] == [row.embedding for row in plain.data]
    assert len(coded.data[0].embedding) == 8
    assert coded.data[0].embedding != coded.data[1].embedding


def test_images(callers: Callers) -> None:
    extra = {
        "negative_prompt": "people",
        "guidance_scale": 7.5,
        "seed": 42,
        "watermark": False,
    }
    answer = callers.client.images.generate(
        model=callers.model, prompt="A lake", size="1024x1024", extra_body=extra
    )
    assert answer.data is not None and answer.data[0].url is not None
    assert answer.data[0].url.startswith(f"{callers.ark.url}/dataplane/ap-southeast-1/")
    sent = callers.ark.sim.requests()[-1].json
    assert {name: sent[name] for name in extra} == extra


def test_images_as_text(callers: Callers) -> None:
    answer = callers.client.images.generate(
        model=callers.model,
        prompt="A lake",
        response_format="b64_json",
        extra_body={"width": 64, "height": 64},
    )
    assert answer.data is not None
    assert base64.b64decode(answer.data[0].b64_json or "")[1:4] == b"PNG"


@pytest.mark.parametrize("extra", [{"guidance_scale": 11}, {"seed": -2}, {"width": 0}])
def test_images_out_of_range(callers: Callers, extra: dict[str, int]) -> None:
    with pytest.raises(openai.BadRequestError) as error:
        callers.client.images.generate(model=callers.model, prompt="x", extra_body=extra)
    assert (error.value.code, error.value.param) == ("InvalidParameter", *extra)


def test_responses(callers: Callers) -> None:
    answer = callers.client.responses.create(model=callers.model, input="Tell a story")
    assert answer.output_text == f"Answer of {callers.model} to: Tell a story"
    assert (answer.status, answer.model) == ("completed", callers.model)


@pytest.mark.parametrize("thinking", ["enabled", "disabled"])
def test_responses_stream(callers: Callers, thinking: str) -> None:
    stream = callers.client.responses.create(
        model=callers.model,
        input="Tell a story",
        stream=True,
        extra_body={"thinking": {"type": thinking}},
    )
    events: list[Any] = list(stream)
    said = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert said == f"Answer of {callers.model} to: Tell a story"
    assert events[0].type == "response.created"
    assert (events[-1].type, events[-1].response.output_text) == ("response.completed", said)
    kinds = {event.type for event in events}
    assert ("response.reasoning_summary_text.delta" in kinds) is (thinking == "enabled")
    assert len({type(event).__name__ for event in events}) == len(kinds)


def test_responses_stream_helper(callers: Callers) -> None:
    """The client builds the answer from the events alone, and checks their order on the way."""
    with callers.client.responses.stream(model=callers.model, input="Tell a story") as stream:
        stream.until_done()
        final = stream.get_final_response()
    assert final.output_text == f"Answer of {callers.model} to: Tell a story"


def test_batch(callers: Callers) -> None:
    callers.ark.sim.mutate("ark", callers.model, {"BatchOnly": True})
    batch = callers.make(path="/batch")
    assert callers.chat(client=batch).choices[0].message.content.endswith("hi there")
    with pytest.raises(openai.BadRequestError) as error:
        callers.chat()
    assert (error.value.code, error.value.param) == ("InvalidParameter", "model")


def test_key_from_the_control_plane(callers: Callers) -> None:
    sent = {"DurationSeconds": 60, "ResourceType": "endpoint", "ResourceIds": [callers.model]}
    key = callers.ark.result("GetApiKey", sent)["ApiKey"]
    assert callers.chat(client=callers.make(key=key)).model == callers.model
    with pytest.raises(openai.PermissionDeniedError) as error:
        callers.chat(callers.ark.create(), callers.make(key=key))
    assert error.value.code == "AccessDenied"


# Errors.


def test_stopped(callers: Callers) -> None:
    callers.ark.result("StopEndpoint", {"Id": callers.model})
    with pytest.raises(openai.BadRequestError) as error:
        callers.chat()
    assert error.value.code == "InvalidEndpoint.ClosedEndpoint"


def test_unknown_endpoint(callers: Callers) -> None:
    with pytest.raises(openai.NotFoundError) as error:
        callers.chat("ep-20260115163000-aaaaa")
    assert (error.value.code, error.value.type) == ("InvalidEndpointOrModel.NotFound", "NotFound")


def test_wrong_region(callers: Callers) -> None:
    with pytest.raises(openai.NotFoundError) as error:
        callers.chat(client=callers.make("eu-west-1"))
    assert error.value.code == "InvalidEndpointOrModel.NotFound"
    with pytest.raises(openai.AuthenticationError) as refused:
        callers.chat(client=callers.make("eu-west-1", KEYS["ap-southeast-1"]))
    assert refused.value.code == "AuthenticationError"


def test_unknown_key(callers: Callers) -> None:
    with pytest.raises(openai.AuthenticationError) as error:
        callers.chat(client=callers.make(key="nobody"))
    assert error.value.code == "AuthenticationError"


def test_requests_per_minute(callers: Callers) -> None:
    model = callers.ark.create({"RateLimit": {"Rpm": 1, "Tpm": 1000}})
    callers.chat(model)
    with pytest.raises(openai.RateLimitError) as error:
        callers.chat(model)
    assert error.value.code == "RateLimitExceeded.EndpointRPMExceeded"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, "AccountOverdueError", openai.PermissionDeniedError),
        (429, "ServerOverloaded", openai.RateLimitError),
        (500, "InternalServiceError", openai.InternalServerError),
    ],
)
def test_other_errors(
    callers: Callers, status: int, code: str, kind: type[openai.APIStatusError]
) -> None:
    callers.ark.sim.fault("ark", "dataplane.chat", status=status, code=code)
    with pytest.raises(kind) as error:
        callers.chat()
    assert (error.value.status_code, error.value.code) == (status, code)
    assert error.value.request_id == callers.ark.sim.requests()[-1].notes["request_id"]
