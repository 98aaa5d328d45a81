"""OpenAI's SDK straight, Portkey's SDK through its gateway: both call what `pulumi up` made."""

from __future__ import annotations

import base64
import struct
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import openai
import portkey_ai
import pytest
from ark_targets import ELSEWHERE, HERE, KEYS, NOBODY, Target, calls, plane
from gateway import Gateway
from simulator.client import Simulator

MESSAGES: Any = [{"role": "user", "content": "hi there"}]
STORY = "Tell me a story"
EXTRAS: dict[str, Any] = {
    "negative_prompt": "rain",
    "guidance_scale": 2.5,
    "seed": 7,
    "width": 512,
    "height": 256,
    "watermark": False,
}
Make = Callable[..., Any]


def straight(target: Target, through: bool = False) -> openai.OpenAI:
    return openai.OpenAI(base_url=target.base_url, api_key=target.key, max_retries=0)


def portkey(gateway: Gateway) -> Make:
    """ModelArk as a provider that speaks OpenAI's protocol at a host of its own; `through` is for
    parameters that OpenAI does not have."""

    def make(target: Target, through: bool = False) -> Any:
        return portkey_ai.Portkey(
            api_key=target.key,
            base_url=gateway.through if through else gateway.url,
            provider="openai",
            custom_host=target.base_url,
            Authorization=f"Bearer {target.key}",
            strict_open_ai_compliance=False,
        )

    return make


@pytest.fixture(params=["openai", "portkey"])
def client(request: pytest.FixtureRequest) -> Iterator[Make]:
    made: list[Any] = []
    chosen: Make = straight
    if request.param == "portkey":
        chosen = portkey(request.getfixturevalue("gateway"))

    def make(target: Target, through: bool = False) -> Any:
        made.append(chosen(target, through))
        return made[-1]

    yield make
    for one in made:
        if isinstance(one, openai.OpenAI):
            one.close()


@pytest.fixture
def chat(targets: dict[str, Target], ark: Simulator) -> Target:
    ark.clear()
    return targets["chat"]


def model_of(target: Target) -> str:
    """As a user of Portkey's catalogue writes it, without the provider's part."""
    provider, model = target.portkey_model.split("/", 1)
    assert provider == f"@{target.portkey_provider}"
    return model


def sent(ark: Simulator, operation: str, target: Target) -> dict[str, Any]:
    """The body of the one call, which went to the endpoint with the key."""
    (call,) = calls(ark)
    assert (call.operation, call.target) == (operation, target.model)
    assert call.header("Authorization") == f"Bearer {target.key}"
    body: dict[str, Any] = call.json
    return body


def test_the_target_is_complete(targets: dict[str, Target], ark: Simulator) -> None:
    for target in targets.values():
        assert target.model in ark.state("ark")["endpoints"]
        assert target.region == HERE
        assert target.portkey_provider == "byteplus"
        assert target.portkey_model == f"@byteplus/{target.model}"
    assert targets["chat"].base_url == targets["closed"].base_url == plane(ark, HERE)
    assert targets["batch"].base_url == plane(ark, HERE) + "/batch"


def test_chat(client: Make, chat: Target, ark: Simulator) -> None:
    answer = client(chat).chat.completions.create(model=model_of(chat), messages=MESSAGES)
    assert answer.choices[0].message.content == f"Answer of {chat.model} to: hi there"
    assert answer.usage.total_tokens == 8
    assert sent(ark, "dataplane.chat", chat)["messages"] == MESSAGES


def test_chat_stream(client: Make, chat: Target, ark: Simulator) -> None:
    stream = client(chat).chat.completions.create(model=chat.model, messages=MESSAGES, stream=True)
    said = [chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices]
    assert len(said) > 3
    assert "".join(said) == f"Answer of {chat.model} to: hi there"
    assert sent(ark, "dataplane.chat", chat)["stream"] is True


@pytest.mark.parametrize("stream", [False, True])
def test_thinking(client: Make, chat: Target, ark: Simulator, stream: bool) -> None:
    thinking = {"type": "enabled"}
    answer = client(chat, through=True).chat.completions.create(
        model=chat.model, messages=MESSAGES, stream=stream, extra_body={"thinking": thinking}
    )
    parts = [c.choices[0].delta for c in answer if c.choices] if stream else []
    parts = parts or [answer.choices[0].message]
    thought = "".join(getattr(part, "reasoning_content", None) or "" for part in parts)
    said = "".join(part.content or "" for part in parts)
    assert thought == "Thinking about: hi there"
    assert said == f"Answer of {chat.model} to: hi there"
    assert sent(ark, "dataplane.chat", chat)["thinking"] == thinking


def test_embeddings(client: Make, chat: Target, ark: Simulator) -> None:
    answer = client(chat).embeddings.create(model=chat.model, input="the quick brown fox")
    (item,) = answer.data
    numbers = item.embedding
    if isinstance(numbers, str):  # this SDK asks for base64 and leaves it so
        raw = base64.b64decode(numbers)
        numbers = list(struct.unpack(f"<{len(raw) // 4}f", raw))
    assert len(numbers) == 8
    assert all(-1 <= number <= 1 for number in numbers)
    assert sent(ark, "dataplane.embeddings", chat)["input"] == "the quick brown fox"


def test_images(client: Make, chat: Target, ark: Simulator) -> None:
    answer = client(chat).images.generate(model=chat.model, prompt="a lake", size="1024x1024")
    assert sent(ark, "dataplane.images", chat)["size"] == "1024x1024"
    with urllib.request.urlopen(answer.data[0].url, timeout=30) as picture:
        assert picture.read(8) == b"\x89PNG\r\n\x1a\n"


def test_images_with_everything(client: Make, chat: Target, ark: Simulator) -> None:
    answer = client(chat, through=True).images.generate(
        model=chat.model, prompt="a lake", extra_body=EXTRAS
    )
    body = sent(ark, "dataplane.images", chat)
    assert {key: body.get(key) for key in EXTRAS} == EXTRAS
    assert answer.data[0].url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    ("name", "value"),
    [("guidance_scale", 0.5), ("guidance_scale", 11), ("seed", -2), ("seed", 2147483648)],
)
def test_images_out_of_range(client: Make, chat: Target, name: str, value: float) -> None:
    with pytest.raises(Exception) as caught:
        client(chat, through=True).images.generate(
            model=chat.model, prompt="a lake", extra_body={name: value}
        )
    assert error_of(caught.value) == (400, "InvalidParameter")
    assert name in str(caught.value)


def test_responses(client: Make, chat: Target, ark: Simulator) -> None:
    answer = client(chat).responses.create(model=chat.model, input=STORY)
    assert answer.output_text == f"Answer of {chat.model} to: {STORY}"
    assert answer.output[0].content[0].text == answer.output_text
    assert sent(ark, "dataplane.responses", chat)["input"] == STORY


def test_responses_stream(client: Make, chat: Target, ark: Simulator) -> None:
    events = list(client(chat).responses.create(model=chat.model, input=STORY, stream=True))
    said = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert len(said) > 3
    assert "".join(said) == f"Answer of {chat.model} to: {STORY}"
    assert (events[0].type, events[-1].type) == ("response.created", "response.completed")
    assert sent(ark, "dataplane.responses", chat)["stream"] is True


# The service's own errors reach the caller.


def error_of(error: Any) -> tuple[int, str]:
    """Status and the service's code."""
    body = error.body
    details = body.get("error", body)
    return error.status_code, details["code"]


def refused(client: Make, target: Target) -> tuple[int, str]:
    with pytest.raises(Exception) as caught:
        client(target).chat.completions.create(model=target.model, messages=MESSAGES)
    return error_of(caught.value)


def test_a_stopped_endpoint(client: Make, targets: dict[str, Target]) -> None:
    assert refused(client, targets["closed"]) == (400, "InvalidEndpoint.ClosedEndpoint")


def test_a_batch_only_endpoint(client: Make, targets: dict[str, Target], ark: Simulator) -> None:
    """Refused where the others are, taken at its own target."""
    batch = targets["batch"]
    online = batch.at(targets["chat"].base_url, batch.key)
    assert refused(client, online) == (400, "InvalidParameter")
    ark.clear()
    answer = client(batch).chat.completions.create(model=batch.model, messages=MESSAGES)
    assert answer.choices[0].message.content == f"Answer of {batch.model} to: hi there"
    (call,) = calls(ark)
    assert call.operation == "dataplane.batchChat"


def test_an_online_endpoint_at_the_batch_path(client: Make, targets: dict[str, Target]) -> None:
    chat = targets["chat"].at(targets["batch"].base_url, targets["batch"].key)
    assert refused(client, chat) == (400, "InvalidParameter")


def test_the_wrong_region(client: Make, chat: Target, ark: Simulator) -> None:
    """The other region knows neither the endpoint nor the key of this one."""
    there = chat.at(plane(ark, ELSEWHERE), KEYS[ELSEWHERE])
    assert refused(client, there) == (404, "InvalidEndpointOrModel.NotFound")
    assert refused(client, chat.at(plane(ark, ELSEWHERE), chat.key)) == (401, "AuthenticationError")


def test_an_unknown_id(client: Make, chat: Target) -> None:
    assert refused(client, chat.naming(NOBODY)) == (404, "InvalidEndpointOrModel.NotFound")


def test_a_wrong_key(client: Make, chat: Target) -> None:
    wrong = chat.at(chat.base_url, "wrong")
    assert refused(client, wrong) == (401, "AuthenticationError")
