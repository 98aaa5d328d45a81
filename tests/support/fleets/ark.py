"""BytePlus ModelArk (docs/apis/ark.md 6, 7)."""

from __future__ import annotations

from support.clouds import ark
from support.fleets.draw import Draw, unique
from support.fleets.fleet import Fleet, Json, send, without_none

REGIONS = ("ap-southeast-1", "eu-west-1")
VERSION = "2024-01-01"
MODELS = (*("seed-1-6", "doubao-1-5-pro-32k", "dola-seed-2-1-turbo", "deepseek-v3", "1-2"),)
# Names need not be unique; the last one of these is there twice.
ODD_NAMES = (
    *("0123", "true", "null", "1e3", "No", "~", "${name}", "it's", 'say "so"', "a: b # c", "模型"),
    *(" x", "x ", "x" * 128, "fn::invoke", "ark-001", "twice", "twice"),
)


def call(url: str, action: str, region: str, body: Json) -> Json:
    """Unsigned: the scope says the region."""
    scope = f"AKTESTEXAMPLE0000001/20260101/{region}/ark/request"
    headers = {
        "Authorization": f"HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
    }
    answer = send("POST", f"{url}/?Action={action}&Version={VERSION}", body, headers)
    result: Json = answer["Result"]
    return result


def make(url: str, draw: Draw, index: int) -> str:
    region = REGIONS[index % 6 == 5]
    id = str(call(url, "CreateEndpoint", region, endpoint(draw, index))["Id"])
    if index % 5 == 2:
        call(url, "StopEndpoint", region, {"Id": id})
    return id if region == REGIONS[0] else f"{region}/{id}"


def endpoint(draw: Draw, index: int) -> Json:
    name = draw.odd(ODD_NAMES, index) or draw.line(120)
    return without_none(
        {
            "Name": name,
            "Description": draw.maybe(lambda: draw.text(512), 0.7),
            "ProjectName": draw.maybe(lambda: draw.one(("default", "shop", "0123", "null"))),
            "ModelReference": reference(draw),
            "ModelUnitId": draw.maybe(lambda: f"mu-{draw.digits(8)}", 0.2),
            "Moderation": draw.maybe(
                lambda: {"Strategy": draw.one(("Default", "Basic", "Customized", "Skip"))}
            ),
            "RateLimit": draw.maybe(lambda: limits(draw)),
            "Tags": draw.maybe(lambda: tags(draw), 0.6),
        }
    )


def reference(draw: Draw) -> Json:
    if draw.flag():
        return {"CustomModelId": f"cm-{draw.digits(14)}"}
    version = draw.one(("250615", "012345", "1e5"))
    return {"FoundationModel": {"Name": draw.one(MODELS), "ModelVersion": version}}


def limits(draw: Draw) -> Json:
    most = 2**31 - 1
    return without_none(
        {
            "Rpm": draw.maybe(lambda: draw.integer(1, most), 0.8),
            "Tpm": draw.maybe(lambda: draw.integer(1, most), 0.8),
        }
    )


def tags(draw: Draw) -> list[Json]:
    def tag() -> Json:
        value = draw.maybe(lambda: draw.text(200), 0.8)
        return without_none({"Key": draw.line(100), "Value": value})

    return unique(draw.list(tag, 0, 6), lambda item: item["Key"])


FLEET = Fleet(
    name="ark",
    token=ark.TOKEN,
    knobs=ark.QUICK,
    config=ark.config,
    make=make,
    reads=("endpoint.get", "endpoint.certificate", "account.get"),
    requests=lambda count: 4 * count + 2,  # each process asks once for the account
    making={"auth": False},
    spellings={
        "sparse": {"empty_members": "omit", "tag_order": "kept", "certificate": "empty"},
        "nested": {"result_shape": "nested", "certificate": "pem", "scale_tier": "tier-0123"},
    },
)
