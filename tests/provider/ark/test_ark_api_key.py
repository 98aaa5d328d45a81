"""The resource ApiKey: what is sent for one, what is kept of it, and when it is renewed."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2
from support.drivers.ark import REGION, Driver, Failure, Simulator, bare, plain, secret, sent, told
from support.values import SECRET, SIGNATURE, UNKNOWN_STRING

Json = dict[str, Any]
TYPE = "inference:ark:ApiKey"
ID = "key-0123456789abcdef0123456789abcdef"
ENDPOINT, OTHER = "ep-20260101000000-aaaaa", "ep-20260101000000-bbbbb"
MONTH, DAY = 2592000, 86400
SLACK_SECONDS = 60  # between our clock and the provider's
WARNING, INFO = 2, 1
NO_ID = "the service shows a key once, when it is made, and gives it no id"
NO_ACTION = (
    "the service has no action that revokes a key; one calls nothing any more once its endpoints "
    "are deleted"
)
DOUBT = (
    "A key that was made reached nobody, cannot be looked up and ends by itself: run pulumi up "
    "again to make one"
)


@pytest.fixture
def endpoint(driver: Driver, ark: Simulator) -> str:
    """The id of one that is there."""
    id, _, _ = driver.made()
    ark.clear()
    return id


@pytest.fixture
def keys(driver: Driver) -> Driver:
    """Its calls are about keys; one that makes an endpoint comes before."""
    driver.type = TYPE
    return driver


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def inputs(*endpoints: str, **more: Any) -> Json:
    return {"region": REGION, "endpoints": list(endpoints or (ENDPOINT,)), **more}


def outputs(left: float, **more: Any) -> Json:
    """Of a key that works for so many seconds more."""
    return {**inputs(), "apiKey": secret("k"), "expiresAt": moment(time.time() + left), **more}


def issued(ark: Simulator) -> Json:
    keys: Json = ark.state("ark")["api_keys"]
    return keys


# Check.


def test_what_is_left_out(keys: Driver) -> None:
    """The region is filled in; the project, which only endpoints have, is not."""
    assert keys.checked({"endpoints": [ENDPOINT]}) == inputs()


def test_what_is_not_known_yet(keys: Driver) -> None:
    unknown = {"endpoints": [UNKNOWN_STRING], "lifetime": DAY}
    assert keys.checked(unknown) == {"region": REGION, **unknown}
    assert keys.checked({"endpoints": UNKNOWN_STRING}) == {
        "region": REGION,
        "endpoints": UNKNOWN_STRING,
    }


PRESET = "is the id of an endpoint, `ep-…`; not of a preset one, `ep-m-…`"


@pytest.mark.parametrize(
    ("patch", "path", "words"),
    [
        ({"endpoints": None}, "endpoints", "is required"),
        ({"endpoints": []}, "endpoints", "must not be empty"),
        ({"endpoints": ENDPOINT}, "endpoints", "must be a list"),
        ({"endpoints": ["ep-"]}, "endpoints[0]", PRESET),
        ({"endpoints": ["demo"]}, "endpoints[0]", PRESET),
        ({"endpoints": ["ep-a b"]}, "endpoints[0]", PRESET),
        ({"endpoints": [ENDPOINT, f"{OTHER},"]}, "endpoints[1]", PRESET),
        ({"endpoints": [ENDPOINT, "ep-m-20260101-x"]}, "endpoints[1]", PRESET),
        ({"endpoints": [f"{REGION}/{ENDPOINT}"]}, "endpoints[0]", PRESET),
        ({"endpoints": [ENDPOINT, OTHER, ENDPOINT]}, "endpoints[2]", "is there already"),
        ({"endpoints": [7]}, "endpoints[0]", "must be a string"),
        ({"lifetime": 0}, "lifetime", "must be at least 1 (seconds)"),
        ({"lifetime": MONTH + 1}, "lifetime", "must be at most 2592000 (seconds)"),
        ({"lifetime": 1.5}, "lifetime", "must be a whole number of seconds, is 1.5"),
        ({"lifetime": "7d"}, "lifetime", 'not a string ("7d"): write 604800'),
        ({"renewBefore": -1}, "renewBefore", "must be at least 0"),
        ({"renewBefore": MONTH}, "renewBefore", "less than the lifetime of 2592000 seconds"),
        (
            {"lifetime": 60, "renewBefore": 60},
            "renewBefore",
            "must be less than the lifetime of 60 seconds, is 60",
        ),
        ({"region": "a\nb"}, "region", "line break"),
        ({"region": "cn-beijing"}, "region", "use an explicit provider"),
        ({"projectName": "p"}, "projectName", "is no input"),
        ({"endpointIds": [ENDPOINT]}, "endpointIds", '"endpoints"'),
        ({"duration": 60}, "duration", '"lifetime"'),
    ],
)
def test_refused(keys: Driver, patch: Json, path: str, words: str) -> None:
    news = {key: value for key, value in {**inputs(), **patch}.items() if value is not None}
    found = keys.refused(news)
    assert list(found) == [path]
    assert words in found[path]


# Create.


def test_a_preview_makes_none(keys: Driver, ark: Simulator) -> None:
    id, properties = keys.create(inputs(lifetime=DAY), preview=True)
    assert id == ""
    unknown_key = {SIGNATURE: SECRET, "value": UNKNOWN_STRING}
    unknown = {"apiKey": unknown_key, "expiresAt": UNKNOWN_STRING}
    assert properties == {**inputs(lifetime=DAY), **unknown}
    assert told(ark) == []


def test_a_key_is_made(endpoint: str, keys: Driver, ark: Simulator) -> None:
    news = keys.checked({"endpoints": [endpoint], "lifetime": DAY, "renewBefore": 60})
    id, properties = keys.create(news)
    body = {"DurationSeconds": DAY, "ResourceIds": [endpoint], "ResourceType": "endpoint"}
    assert told(ark) == ["apiKey.get"]
    assert sent(ark, "apiKey.get") == [body]
    ((text, row),) = issued(ark).items()
    assert re.fullmatch("key-[0-9a-f]{32}", id) and id.removeprefix("key-") not in text
    assert properties["apiKey"] == secret(text)
    assert bare(properties) == {**news, "apiKey": text, "expiresAt": moment(row["expires"])}
    assert row["region"] == REGION
    assert keys.log(WARNING) == []


def test_thirty_days_are_the_default(endpoint: str, keys: Driver, ark: Simulator) -> None:
    _, properties = keys.create(inputs(endpoint))
    assert [body["DurationSeconds"] for body in sent(ark, "apiKey.get")] == [MONTH]
    assert "renewBefore" not in properties


def test_the_region_is_the_endpoints(driver: Driver, ark: Simulator) -> None:
    id, _, _ = driver.made(region="eu-west-1")
    ark.clear()
    driver.type = TYPE
    driver.create(inputs(id, region="eu-west-1"))
    (request,) = ark.requests("ark", "apiKey.get")
    assert "/eu-west-1/ark/request" in str(request.header("Authorization"))
    with pytest.raises(Failure) as caught:
        driver.create(inputs(id))
    assert caught.value.code == grpc.StatusCode.NOT_FOUND
    assert "Asked was region ap-southeast-1" in caught.value.message


def test_unknown_inputs_make_none(keys: Driver, ark: Simulator) -> None:
    with pytest.raises(Failure) as caught:
        keys.create(inputs(UNKNOWN_STRING))
    assert caught.value.code == grpc.StatusCode.INVALID_ARGUMENT
    assert told(ark) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "close", "apply": True},
        {"kind": "close", "apply": False},
        {"kind": "error", "status": 504, "code": "InternalServiceTimeout", "apply": True},
        {"kind": "rewrite", "assign": {"/Result": {"ExpiredTime": 4102444800}}},
        {"kind": "rewrite", "assign": {"/Result": None}},
        {"kind": "rewrite", "assign": {"/Result/ApiKey": ""}},
    ],
    ids=str,
)
def test_a_lost_key_is_told_and_not_made_again(
    endpoint: str, keys: Driver, ark: Simulator, fault: Json
) -> None:
    ark.fault("ark", "apiKey.get", **fault)
    with pytest.raises(Failure) as caught:
        keys.create(inputs(endpoint))
    assert caught.value.partial is None
    assert caught.value.message.endswith(DOUBT)
    assert told(ark) == ["apiKey.get"]


def test_a_request_that_takes_too_long(endpoint: str, keys: Driver, ark: Simulator) -> None:
    ark.fault("ark", "apiKey.get", kind="hold")
    with pytest.raises(Failure) as caught:
        keys.create(inputs(endpoint), timeout=1)
    assert caught.value.code == grpc.StatusCode.DEADLINE_EXCEEDED
    ark.release()
    assert (
        "For more time than 1 s raise the resource option customTimeouts.create, which takes "
        "precedence over inference:timeout"
    ) in caught.value.message
    assert caught.value.message.endswith(DOUBT)


def test_a_throttled_request_is_sent_again(endpoint: str, keys: Driver, ark: Simulator) -> None:
    ark.fault("ark", "apiKey.get", status=429, code="FlowLimitExceeded")
    keys.create(inputs(endpoint))
    assert told(ark) == ["apiKey.get"] * 2
    assert len(issued(ark)) == 1


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (403, "AccessDenied", "The user's policies do not allow this action."),
        (400, "InvalidParameter.ResourceIds", "In the program: endpoints."),
        (400, "InvalidParameter.DurationSeconds", "In the program: lifetime."),
        (404, "NotFound.Endpoint", "Asked was region ap-southeast-1"),
    ],
)
def test_a_refusal(
    endpoint: str, keys: Driver, ark: Simulator, status: int, code: str, words: str
) -> None:
    ark.fault("ark", "apiKey.get", status=status, code=code)
    with pytest.raises(Failure) as caught:
        keys.create(inputs(endpoint))
    assert "making the key" in caught.value.message
    assert words in caught.value.message and "reached nobody" not in caught.value.message
    assert issued(ark) == {}


@pytest.mark.parametrize("told_end", [None, 0, -5, "soon", 1e300])
def test_an_end_that_is_not_told(
    endpoint: str, keys: Driver, ark: Simulator, told_end: Any
) -> None:
    ark.fault("ark", "apiKey.get", kind="rewrite", assign={"/Result/ExpiredTime": told_end})
    before = time.time()
    _, properties = keys.create(inputs(endpoint, lifetime=DAY))
    end = datetime.fromisoformat(properties["expiresAt"]).timestamp()
    assert before - 1 <= end - DAY <= time.time()
    keys.logged("does not say when the key ends: expiresAt is counted from its lifetime")


def test_an_end_in_words(endpoint: str, keys: Driver, ark: Simulator) -> None:
    """One page of the service calls the time RFC 3339."""
    end = "2035-01-02T03:04:05Z"
    ark.fault("ark", "apiKey.get", kind="rewrite", assign={"/Result/ExpiredTime": end})
    _, properties = keys.create(inputs(endpoint))
    assert properties["expiresAt"] == end


def test_an_end_in_digits(endpoint: str, keys: Driver, ark: Simulator) -> None:
    ark.fault("ark", "apiKey.get", kind="rewrite", assign={"/Result/ExpiredTime": "1893456000"})
    _, properties = keys.create(inputs(endpoint))
    assert properties["expiresAt"] == "2030-01-01T00:00:00Z"


def test_an_end_by_another_clock(endpoint: str, keys: Driver, ark: Simulator) -> None:
    """Eight hours too late it would be renewed after its end."""
    end = "2035-01-02T11:04:05+08:00"
    ark.fault("ark", "apiKey.get", kind="rewrite", assign={"/Result/ExpiredTime": end})
    _, properties = keys.create(inputs(endpoint))
    assert properties["expiresAt"] == "2035-01-02T03:04:05Z"


def test_a_key_that_ends_too_early(endpoint: str, keys: Driver, ark: Simulator) -> None:
    """Every `pulumi up` would renew it."""
    end = int(time.time()) + 3600
    ark.fault("ark", "apiKey.get", kind="rewrite", assign={"/Result/ExpiredTime": end})
    keys.create(inputs(endpoint))
    keys.logged("the key is to be renewed already")


class LoudDriver(Driver):
    type = TYPE
    arguments = ("--logtostderr", "-v=11")


def test_the_key_is_shown_nowhere(endpoint: str, binary: Path, ark: Simulator, usual: Json) -> None:
    keys = LoudDriver(binary, {"INFERENCE_LOG": "json"})
    try:
        keys.configure(**usual)
        check_hidden(endpoint, keys, ark)
    finally:
        keys.stop()


def check_hidden(endpoint: str, keys: Driver, ark: Simulator) -> None:
    id, properties = keys.create(inputs(endpoint))
    (text,) = issued(ark)
    keys.read(id, properties, inputs(endpoint))
    keys.delete(id, properties, inputs(endpoint))
    keys.logged("works until")
    assert text not in "".join(record.message for record in keys.engine.records)
    visible = {key: value for key, value in properties.items() if key != "apiKey"}
    assert text not in str(visible) and text not in id
    keys.process.interrupt()
    keys.process.wait()
    heard = keys.process.process.stderr.peek().decode(errors="replace")
    assert "mintKey" in heard and text not in heard


# Diff.


def test_no_difference(keys: Driver) -> None:
    answer = keys.diff(inputs(), inputs(), outputs(MONTH), id=ID)
    assert answer.changes == provider_pb2.DiffResponse.DIFF_NONE
    assert (list(answer.replaces), list(answer.diffs)) == ([], [])
    assert answer.hasDetailedDiff and not answer.detailedDiff


def is_renewed(keys: Driver, news: Json, left: float, ignore: tuple[str, ...] = ()) -> bool:
    keys.checked(news)
    answer = keys.diff(news, news, outputs(left, **news), ignore, ID)
    found = list(answer.replaces)
    assert found in ([], ["expiresAt"]) and list(answer.diffs) == found
    for path, entry in answer.detailedDiff.items():
        assert path == "expiresAt" and not entry.inputDiff
        assert entry.kind == provider_pb2.PropertyDiff.UPDATE_REPLACE
    assert answer.changes == (
        provider_pb2.DiffResponse.DIFF_SOME if found else provider_pb2.DiffResponse.DIFF_NONE
    )
    assert not answer.deleteBeforeReplace
    return bool(found)


@pytest.mark.parametrize(
    ("more", "least"),
    [
        ({}, MONTH / 4),
        ({"lifetime": DAY}, DAY / 4),
        ({"renewBefore": DAY}, DAY),
        ({"lifetime": DAY, "renewBefore": 0}, 0),
    ],
    ids=str,
)
def test_when_it_is_renewed(keys: Driver, ark: Simulator, more: Json, least: float) -> None:
    assert not is_renewed(keys, inputs(**more), least + SLACK_SECONDS)
    assert is_renewed(keys, inputs(**more), least - SLACK_SECONDS)
    assert is_renewed(keys, inputs(**more), -DAY)
    assert told(ark) == []


def test_why_it_is_renewed(keys: Driver) -> None:
    assert is_renewed(keys, inputs(), 3 * DAY + SLACK_SECONDS)
    record = keys.logged("is renewed when less than 7 days is left")
    assert "in 3 days" in record.message and "another one is made first" in record.message
    assert is_renewed(keys, inputs(), -SLACK_SECONDS)
    keys.logged("the key ended at")


@pytest.mark.parametrize("renew_before", [1e300, -1e300, "x", None])
def test_what_no_check_has_seen(keys: Driver, renew_before: Any) -> None:
    news = inputs(renewBefore=renew_before)
    keys.checked(inputs())
    answer = keys.diff(news, news, outputs(DAY, **news), id=ID)
    assert list(answer.replaces) == (["expiresAt"] if renew_before in (1e300, None) else [])


def test_a_renewal_that_the_program_ignores(keys: Driver) -> None:
    assert not is_renewed(keys, inputs(), DAY, ("expiresAt",))


def test_another_renewal_alone_changes_nothing(keys: Driver) -> None:
    news = inputs(renewBefore=DAY)
    answer = keys.diff(inputs(), news, outputs(MONTH), id=ID)
    assert answer.changes == provider_pb2.DiffResponse.DIFF_NONE
    assert keys.update(inputs(), news, outputs(MONTH), id=ID)["renewBefore"] == DAY


@pytest.mark.parametrize("olds", [{}, {"expiresAt": "soon"}, {"expiresAt": 7}], ids=str)
def test_an_end_that_nobody_knows(keys: Driver, olds: Json) -> None:
    answer = keys.diff(inputs(), inputs(), {**inputs(), **olds}, id=ID)
    assert answer.changes == provider_pb2.DiffResponse.DIFF_NONE


@pytest.mark.parametrize(
    ("news", "path"),
    [
        (inputs(OTHER), "endpoints[0]"),
        (inputs(ENDPOINT, OTHER), "endpoints[1]"),
        (inputs(UNKNOWN_STRING), "endpoints[0]"),
        (inputs(lifetime=DAY), "lifetime"),
        (inputs(region="eu-west-1"), "region"),
    ],
    ids=str,
)
def test_what_takes_another_key(keys: Driver, news: Json, path: str) -> None:
    answer = keys.diff(inputs(), news, outputs(MONTH), id=ID)
    assert list(answer.detailedDiff) == [path]
    assert list(answer.replaces) == [re.sub(r"\[.*", "", path)]
    assert not answer.deleteBeforeReplace
    with pytest.raises(Failure) as caught:
        keys.update(inputs(), news, outputs(MONTH), id=ID)
    assert "cannot be changed: it takes another key" in caught.value.message


def test_the_order_and_a_default_are_no_difference(keys: Driver) -> None:
    olds, news = inputs(ENDPOINT, OTHER), inputs(OTHER, ENDPOINT, lifetime=MONTH)
    answer = keys.diff(olds, news, outputs(MONTH, **olds), id=ID)
    assert answer.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_state_without_inputs(keys: Driver) -> None:
    answer = keys.diff(None, inputs(), outputs(MONTH), id=ID)
    assert answer.changes == provider_pb2.DiffResponse.DIFF_NONE


# Read, Delete, List.


def test_a_refresh_keeps_it(keys: Driver, ark: Simulator) -> None:
    properties = outputs(-DAY)
    answer = keys.read(ID, properties, inputs())
    assert answer.id == ID
    assert plain(answer.properties) == properties
    assert plain(answer.inputs) == inputs()
    assert told(ark) == []


def test_a_key_in_plain_text_becomes_a_secret(keys: Driver) -> None:
    """A state may have been edited by hand."""
    state = outputs(MONTH, apiKey="k")
    assert plain(keys.read(ID, state, inputs()).properties)["apiKey"] == secret("k")
    after = keys.update(inputs(), inputs(renewBefore=5), olds=state, id=ID)
    assert after["apiKey"] == secret("k")


def test_a_refresh_of_a_state_without_inputs(keys: Driver) -> None:
    assert plain(keys.read(ID, outputs(DAY), None).inputs)["endpoints"] == [ENDPOINT]


def test_an_import_says_that_it_cannot_be_read_back(keys: Driver, ark: Simulator) -> None:
    for properties in (None, {}):
        with pytest.raises(Failure) as caught:
            keys.read(ID, properties, properties)
        assert caught.value.code == grpc.StatusCode.INVALID_ARGUMENT
        assert caught.value.message == (
            f"{TYPE}: one that exists can be neither read nor imported: {NO_ID}; pulumi up makes "
            "a new one"
        )
    assert told(ark) == []


def test_a_delete_says_that_it_cannot_be_revoked(keys: Driver, ark: Simulator) -> None:
    properties = outputs(DAY)
    keys.delete(ID, properties, inputs())
    until = properties["expiresAt"]
    record = keys.logged("works until")
    assert record.severity == WARNING
    assert record.message == (
        f"BytePlus ModelArk: the key that goes here works until {until} all the same: {NO_ACTION}"
    )
    assert told(ark) == []


def test_a_delete_of_one_that_has_ended_says_nothing(keys: Driver) -> None:
    keys.delete(ID, outputs(-1), inputs())
    keys.delete(ID, outputs(DAY), inputs())  # what is logged comes in order
    keys.logged("works until")
    assert len(keys.log(WARNING)) == 1


def test_keys_cannot_be_listed(keys: Driver) -> None:
    with pytest.raises(Failure) as caught:
        list(keys.list())
    assert caught.value.code == grpc.StatusCode.UNIMPLEMENTED
    assert caught.value.message == f"{TYPE} cannot be listed"


def test_it_is_among_the_types(keys: Driver) -> None:
    keys.type = "inference:ark:Key"
    with pytest.raises(Failure) as caught:
        keys.check(inputs())
    assert "inference:ark:Endpoint, inference:ark:ApiKey, " in caught.value.message
