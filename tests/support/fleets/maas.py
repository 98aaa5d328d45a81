"""Huawei Cloud MaaS (docs/apis/maas.md 2 to 4)."""

from __future__ import annotations

from support.clouds import maas
from support.fleets.draw import Draw
from support.fleets.fleet import Fleet, Json, send, without_none

# Region, project and a token that is good for it.
PLACES = (
    (maas.REGION, maas.PROJECT, "simulator-token"),
    (maas.CHINA, maas.CHINA_PROJECT, "simulator-china-token"),
)
MODELS = ("DeepSeek-V3", "DeepSeek-R1", "Qwen3-32B")
LETTERS = "abcXYZ0123456789_.-"
ODD_NAMES = (
    *("true", "null", "No", "NaN", "e1", "y", "a.b", "a..b", "x-", "x_", "class", "X" * 64, "Null"),
)


def make(url: str, draw: Draw, index: int) -> str:
    china = index % 4 == 3
    region, project, token = PLACES[china]
    address = f"{url}/v1/{project}/maas/services/custom-endpoint"
    headers = {"X-Auth-Token": token}
    answer = send("POST", f"{address}/endpoint", endpoint(draw, index, china), headers)
    if index % 5 == 2:
        send("PUT", f"{address}/control/{answer['id']}", {"action": "deactivate"}, headers)
    return f"{region}/{project}/{answer['id']}"


def endpoint(draw: Draw, index: int, china: bool) -> Json:
    letters = LETTERS + "模型端点" if china else LETTERS
    return without_none(
        {
            "endpoint_name": draw.name(letters, "abcXYZ", 60, ODD_NAMES, index),
            **source(draw, china and draw.flag()),
            "remark": draw.maybe(lambda: draw.text(256), 0.7),
            "rpm": draw.maybe(lambda: draw.integer(0, 60)),
            "tpm": draw.maybe(lambda: draw.integer(0, 10000)),
            **draw.one(({}, {}, {"moderation": True}, maas.OFF)),
        }
    )


def source(draw: Draw, own_service: bool) -> Json:
    if not own_service:
        return {"source": maas.MAAS, "model_name": draw.one(MODELS)}
    place = {"region": draw.one((maas.CHINA, maas.ELSEWHERE))}
    return {"source": maas.MODELARTS, **place, "infer_service_id": draw.one((maas.ONE, maas.TWO))}


FLEET = Fleet(
    name="maas",
    token=maas.TOKEN,
    knobs=maas.KNOBS,
    config=maas.config,
    make=make,
    reads=("endpoint.list",),
    # A list is good for a few seconds: one sweep a region and run, or another on a slow machine.
    requests=lambda count: 4 * len(PLACES),
    making={},
    spellings={
        "more": {
            "further_fields": True,
            "empty_remark": "absent",
            "zero_limit": "zero",
            "count_type": "number",
        },
        "pages": {"page_size": 7, "empty_remark": "null"},
    },
)
