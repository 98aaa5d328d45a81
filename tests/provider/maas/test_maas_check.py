"""Check, Diff and previews: all of it without the network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2
from support.drivers.hf import failures, struct, urn
from support.drivers.maas import (
    AGREEMENT,
    CHINA,
    CHINA_PROJECT,
    KEYS,
    PROJECT,
    REGION,
    SERVICE,
    UNKNOWN,
    MaasDriver,
    Simulator,
    full_id,
    inputs,
    kinds,
    merge,
    told,
)

pytestmark = pytest.mark.one_call

V2 = "custom_from_modelarts_v2"
SERVED: dict[str, Any] = {
    "source": V2,
    "modelName": None,
    "modelRegion": CHINA,
    "inferServiceId": SERVICE,
}
LEGAL = "must start with a letter and may hold only letters, digits, hyphens, underscores and dots"


@pytest.fixture(autouse=True)
def no_network(maas: Simulator) -> Any:
    yield
    assert told(maas) == []


@pytest.fixture
def checker(configure: Callable[..., MaasDriver]) -> MaasDriver:
    """Without any credential: nothing here needs one."""
    return configure()


# What is accepted.


def test_the_region_is_written_into_the_inputs(checker: MaasDriver) -> None:
    assert checker.checked(inputs()) == {**inputs(), "region": REGION}


def test_the_configured_scope_is_written_into_the_inputs(
    configure: Callable[..., MaasDriver],
) -> None:
    driver = configure(maasRegion=CHINA, maasProjectId=CHINA_PROJECT)
    scope = {"region": CHINA, "projectId": CHINA_PROJECT}
    assert driver.checked(inputs()) == {**inputs(), **scope}
    own = {"region": REGION, "projectId": PROJECT}
    assert driver.checked(inputs(**own)) == {**inputs(), **own}


GOOD: list[dict[str, Any]] = [
    {"name": "A"},
    {"name": "a" * 64},
    {"name": "a-_.9"},
    {"name": "端点-1", "region": CHINA},
    {"description": "é" * 256},
    {"description": ""},
    {"rpm": 0, "tpm": 0},
    {"rpm": 2**31, "tpm": 2**40},
    {"moderation": True},
    {"moderation": False, "agreementId": AGREEMENT},
    {"moderation": False, "agreementId": UNKNOWN},
    {"moderation": UNKNOWN},
    {"agreementId": "a"},
    {"source": "custom_from_maas"},
    {"source": UNKNOWN, "modelName": None},
    {"modelName": UNKNOWN},
    {"name": UNKNOWN},
    SERVED,
    {**SERVED, "inferServiceId": UNKNOWN},
    {"desiredState": "paused"},
    {"desiredState": "running"},
    {"waitForReady": False, "adoptExisting": True},
]


@pytest.mark.parametrize("patch", GOOD, ids=[str(patch)[:60] for patch in GOOD])
def test_what_is_right_is_kept_as_it_is_written(checker: MaasDriver, patch: dict[str, Any]) -> None:
    news = inputs(**patch)
    checked = checker.checked(news)
    assert checked == {"region": REGION, **news}


# What an import cannot read back: the service an endpoint stands for, the agreement.
IMPORTED = {**SERVED, "region": CHINA, "modelRegion": None, "inferServiceId": None}
UNGUARDED: dict[str, Any] = {"moderation": False}
NEEDS_AGREEMENT = {"agreementId": "inference:maas:getAgreement"}


@pytest.mark.parametrize(
    ("before", "patch", "changed"),
    [
        (IMPORTED, {}, []),
        (IMPORTED, {"rpm": 5, "name": "another"}, ["name", "rpm"]),
        (IMPORTED, {"modelRegion": CHINA, "inferServiceId": SERVICE}, []),
        (UNGUARDED, {}, []),
        (UNGUARDED, {"desiredState": "paused"}, ["desiredState"]),
        ({**UNGUARDED, "description": "a", "rpm": 5}, {}, []),
    ],
    ids=str,
)
def test_an_imported_endpoint_goes_without_what_cannot_be_read_back(
    checker: MaasDriver, before: dict[str, Any], patch: dict[str, Any], changed: list[str]
) -> None:
    olds = {"region": REGION, **inputs(**before)}
    checked = checker.checked({**olds, **patch}, olds=olds)
    assert checked == {**olds, **patch}
    shown = kinds(checker.diff(olds, checked, id=full_id("x")))
    assert not any("REPLACE" in kind for kind in shown.values())
    assert sorted(shown) == changed


@pytest.mark.parametrize(
    ("before", "patch", "words"),
    [
        (UNGUARDED, {"rpm": 5}, NEEDS_AGREEMENT),
        (UNGUARDED, {"description": "a"}, NEEDS_AGREEMENT),
        (UNGUARDED, {"name": "another"}, NEEDS_AGREEMENT),
        ({"moderation": True}, UNGUARDED, NEEDS_AGREEMENT),
        ({**UNGUARDED, "agreementId": AGREEMENT}, {"agreementId": None}, NEEDS_AGREEMENT),
        (
            {**SERVED, "region": CHINA},
            {"modelRegion": None, "inferServiceId": None},
            {"modelRegion": "is required", "inferServiceId": "is required"},
        ),
    ],
    ids=str,
)
def test_what_an_import_went_without_is_asked_for_by_a_change(
    checker: MaasDriver, before: dict[str, Any], patch: dict[str, Any], words: dict[str, str]
) -> None:
    olds = {"region": REGION, **inputs(**before)}
    refused = checker.refused(merge(olds, patch), olds=olds)
    assert sorted(refused) == sorted(words)
    for path, text in words.items():
        assert text in refused[path]


BAD: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"name": "a" * 65}, {"name": "at most 64"}),
    ({"name": "1a"}, {"name": LEGAL}),
    ({"name": "a b"}, {"name": LEGAL}),
    ({"name": "端点"}, {"name": LEGAL}),
    ({"name": "a/b"}, {"name": LEGAL}),
    ({"name": ""}, {"name": ""}),
    ({"description": "x" * 257}, {"description": "at most 256"}),
    ({"tpm": 1.5}, {"tpm": "whole"}),
    ({"rpm": "60"}, {"rpm": "number"}),
    ({"moderation": "no"}, {"moderation": "true or false"}),
    ({"moderation": False}, {"agreementId": "inference:maas:getAgreement"}),
    ({"moderation": False, "agreementId": ""}, {"agreementId": ""}),
    ({"modelName": None}, {"modelName": "is required with source: custom_from_maas"}),
    ({"modelName": ""}, {"modelName": ""}),
    ({"modelRegion": CHINA}, {"modelRegion": "does not go with source: custom_from_maas"}),
    ({"modelRegion": ""}, {"modelRegion": "must not be empty"}),
    ({"inferServiceId": True}, {"inferServiceId": "must be a string"}),
    ({"inferServiceId": "x"}, {"inferServiceId": "does not go with source: custom_from_maas"}),
    (
        {"source": V2, "modelName": None},
        {
            "modelRegion": f"is required with source: {V2}",
            "inferServiceId": f"is required with source: {V2}",
        },
    ),
    ({**SERVED, "modelName": "x"}, {"modelName": f"does not go with source: {V2}"}),
    ({"desiredState": "stopped"}, {"desiredState": "paused"}),
    ({"modelname": "x"}, {"modelname": "modelName"}),
    ({"state": "running"}, {"state": ""}),
    (
        {"name": "1", "rpm": 1.5, "moderation": False},
        {"name": LEGAL, "rpm": "whole", "agreementId": ""},
    ),
]


@pytest.mark.parametrize(("patch", "words"), BAD, ids=[str(row[0])[:60] for row in BAD])
def test_what_is_wrong_is_told_at_its_path_and_all_at_once(
    checker: MaasDriver, patch: dict[str, Any], words: dict[str, str]
) -> None:
    refused = checker.refused(inputs(**patch))
    assert sorted(refused) == sorted(words)
    for path, word in words.items():
        assert word in refused[path]


@pytest.mark.parametrize(("limit", "what"), [("rpm", "requests"), ("tpm", "tokens")])
def test_limits_without_a_source_warn(checker: MaasDriver, limit: str, what: str) -> None:
    """What 0 and less mean no document says (docs/apis/maas.md 3.3)."""
    assert checker.checked(inputs(**{limit: -1}))[limit] == -1
    assert checker.logged("the limit is assumed").message == (
        f"{limit}: must be at least 0 ({what} per minute), is -1 (as far as is known: the limit is "
        "assumed); it is passed on as it is"
    )


def test_open_words_warn(checker: MaasDriver) -> None:
    checker.checked(inputs(source="custom_from_tomorrow"))
    assert checker.logged("custom_from_tomorrow").severity == 2
    checker.checked(inputs(projectId="short"))
    warned = checker.logged("ids of projects have 32 characters")
    assert warned.message == 'projectId: ids of projects have 32 characters, not 5; is "short"'
    assert warned.severity == 2


def test_unknown_regions_warn(checker: MaasDriver) -> None:
    """The list has moved before (docs/apis/maas.md 1)."""
    checker.checked(inputs(region="cn-southwest-2"))
    checker.checked(inputs(region="me-east-1"))
    words = "is not among the values known to this version (ap-southeast-1, cn-southwest-2)"
    record = checker.logged(words)
    assert record.message == f'region: "me-east-1" {words}; it is passed on as it is'
    assert [text for text in checker.log(2) if words in text] == [record.message]


# Names.


def test_an_autoname(checker: MaasDriver) -> None:
    """Of the resource's name, made legal, and digits that the next one does not share."""
    first = checker.checked(inputs(name=None), name="7 Chats é", seed=b"a" * 32)
    again = checker.checked(inputs(name=None), name="7 Chats é", seed=b"a" * 32)
    other = checker.checked(inputs(name=None), name="7 Chats é", seed=b"b" * 32)
    assert first == again and first["name"] != other["name"]
    stem, _, digits = first["name"].rpartition("-")
    assert (len(digits), stem[0].isalpha()) == (7, True)
    assert first["__defaults"] == ["name"]
    kept = checker.checked(inputs(name=None), name="7 Chats é", olds=first)
    assert kept == first
    long = checker.checked(inputs(name=None), name="x" * 100)
    assert len(long["name"]) == 64


REPLACING: list[tuple[dict[str, Any], dict[str, Any], dict[str, str]]] = [
    ({}, {"modelName": "DeepSeek-R1"}, {"modelName": "UPDATE_REPLACE"}),
    ({}, {"region": CHINA}, {"region": "UPDATE_REPLACE"}),
    ({}, {"projectId": CHINA_PROJECT}, {"projectId": "UPDATE_REPLACE"}),
    (
        {},
        SERVED,
        {"source": "ADD_REPLACE", "modelName": "DELETE_REPLACE"},
    ),
    (SERVED, {**SERVED, "modelRegion": "cn-north-1"}, {"modelRegion": "UPDATE_REPLACE"}),
    (SERVED, {**SERVED, "inferServiceId": "x"}, {"inferServiceId": "UPDATE_REPLACE"}),
]


def outputs_of(checked: dict[str, Any]) -> dict[str, Any]:
    return {"projectId": PROJECT, "region": REGION, **checked, "endpointId": "x", "target": {}}


@pytest.mark.parametrize(
    ("before", "after", "shown"), REPLACING, ids=[str(r[2]) for r in REPLACING]
)
def test_what_replaces_needs_another_name(
    checker: MaasDriver,
    before: dict[str, Any],
    after: dict[str, Any],
    shown: dict[str, str],
) -> None:
    """The old one is never free again, in whatever order."""
    olds = checker.checked({**inputs(**before), "projectId": PROJECT})
    same_name = {"projectId": PROJECT, **inputs(**after)}
    (path,) = checker.refused(same_name, olds=olds)
    reason = checker.refused(same_name, olds=olds)[path]
    assert path == "name"
    assert any(key in reason for key in shown)
    for words in ("must change too", "never be used again", "Choose another name, or leave it out"):
        assert words in reason
    renamed = checker.checked({**same_name, "name": "renamed"}, olds=olds)
    answer = checker.diff(olds, renamed, olds=outputs_of(olds))
    assert kinds(answer) == {**shown, "name": "UPDATE"}
    assert not answer.deleteBeforeReplace


def with_old_outputs(request: provider_pb2.CheckRequest, outputs: dict[str, Any]) -> bytes:
    """As a newer engine sends it: field 9, which this package does not know."""
    data = struct(outputs).SerializeToString()
    assert 128 <= len(data) < 1 << 14  # two bytes tell the length
    return b"".join(
        (request.SerializeToString(), bytes((0x4A, len(data) & 0x7F | 0x80, len(data) >> 7)), data)
    )


def test_the_endpoint_that_is_replaced_is_named_where_the_engine_tells_it(
    checker: MaasDriver,
) -> None:
    """The same is refused without it."""
    olds = checker.checked({**inputs(), "projectId": PROJECT})
    request = provider_pb2.CheckRequest(
        urn=urn("demo", checker.type),
        olds=struct(olds),
        news=struct({**olds, "modelName": "DeepSeek-R1"}),
        name="demo",
        type=checker.type,
    )
    told = {}
    for outputs in (None, {}, {**outputs_of(olds), "endpointId": SERVICE}):
        raw = request.SerializeToString() if not outputs else with_old_outputs(request, outputs)
        answer = provider_pb2.CheckResponse.FromString(checker.process.call_raw("Check", raw))
        told[str(outputs and outputs["endpointId"])] = failures(answer)
    plain = told["None"]["name"]
    assert told == {
        "None": {"name": plain},
        "{}": {"name": plain},
        SERVICE: {"name": plain.replace("the endpoint,", f"the endpoint {SERVICE},")},
    }
    assert plain.startswith(
        "must change too: modelName replaces the endpoint, and a name can never"
    )


@pytest.mark.parametrize(
    ("before", "after", "shown"), REPLACING, ids=[str(r[2]) for r in REPLACING]
)
def test_what_replaces_an_autonamed_endpoint(
    checker: MaasDriver,
    before: dict[str, Any],
    after: dict[str, Any],
    shown: dict[str, str],
) -> None:
    """The engine asks Check once more, without the old inputs, for the new one's name."""
    olds = checker.checked({"projectId": PROJECT, **inputs(name=None, **before)})
    news = {"projectId": PROJECT, **inputs(name=None, **after)}
    carried = checker.checked(news, olds=olds)
    assert carried["name"] == olds["name"]
    answer = checker.diff(olds, carried, olds=outputs_of(olds))
    assert kinds(answer) == shown
    assert not answer.deleteBeforeReplace
    fresh = checker.checked(news, seed=b"n" * 32)
    assert fresh["name"] != olds["name"]


def test_a_replacement_that_is_not_known_yet(checker: MaasDriver) -> None:
    """An unknown model may be another one: it has to be told now, not in the middle."""
    olds = checker.checked(inputs())
    assert list(checker.refused(inputs(modelName=UNKNOWN), olds=olds)) == ["name"]


SAME: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {"description": ""}),
    ({}, {"rpm": 0, "tpm": 0}),
    ({}, {"moderation": True}),
    ({}, {"source": "custom_from_maas"}),
    ({}, {"desiredState": "running"}),
    ({}, {"waitForReady": True}),
    ({"waitForReady": False}, {"adoptExisting": True}),
    ({"agreementId": "a"}, {"agreementId": None}),
]


@pytest.mark.parametrize(("before", "after"), SAME, ids=[str(row) for row in SAME])
def test_another_way_to_say_the_same(
    checker: MaasDriver, before: dict[str, Any], after: dict[str, Any]
) -> None:
    olds = checker.checked(inputs(**before))
    news = checker.checked(inputs(**after), olds=olds)
    assert kinds(checker.diff(olds, news, olds=outputs_of(olds))) == {}


UPDATING: list[tuple[dict[str, Any], dict[str, Any], dict[str, str]]] = [
    ({}, {"name": "new"}, {"name": "UPDATE"}),
    ({}, {"description": "x"}, {"description": "ADD"}),
    ({"description": "x"}, {}, {"description": "DELETE"}),
    ({"rpm": 1}, {"rpm": 2}, {"rpm": "UPDATE"}),
    ({"tpm": 1}, {}, {"tpm": "DELETE"}),
    (
        {},
        {"moderation": False, "agreementId": AGREEMENT},
        {"moderation": "ADD", "agreementId": "ADD"},
    ),
    ({"agreementId": "a"}, {"agreementId": "b"}, {"agreementId": "UPDATE"}),
    ({}, {"desiredState": "paused"}, {"desiredState": "ADD"}),
    ({"desiredState": "paused"}, {}, {"desiredState": "DELETE"}),
]


@pytest.mark.parametrize(("before", "after", "shown"), UPDATING, ids=[str(r[2]) for r in UPDATING])
def test_what_changes_in_place(
    checker: MaasDriver, before: dict[str, Any], after: dict[str, Any], shown: dict[str, str]
) -> None:
    olds = checker.checked(inputs(**before))
    news = checker.checked(inputs(**after), olds=olds)
    assert kinds(checker.diff(olds, news, olds=outputs_of(olds))) == shown


# Previews.


def test_a_previewed_create_tells_what_is_certain(
    configure: Callable[..., MaasDriver], maas: Simulator
) -> None:
    driver = configure(**KEYS, maasProjectId=PROJECT)
    checked = driver.checked(inputs(rpm=60))
    id, preview = driver.create(checked, preview=True)
    assert id == ""
    assert {key: value for key, value in preview.items() if value != UNKNOWN} == {
        "name": "demo",
        "source": "custom_from_maas",
        "modelName": "DeepSeek-V3",
        "region": REGION,
        "projectId": PROJECT,
        "rpm": 60,
        "desiredState": "running",
        "target": {"baseUrl": f"{maas.url('maas')}/v2", "model": "demo"},
    }


def test_a_previewed_update_keeps_what_cannot_change(
    configure: Callable[..., MaasDriver],
) -> None:
    driver = configure(**KEYS, maasProjectId=PROJECT)
    checked = driver.checked(inputs())
    olds = {**outputs_of(checked), "endpointId": "the-id"}
    news = {**checked, "name": "renamed"}
    preview = driver.update(checked, news, olds=olds, preview=True, id=full_id("the-id"))
    assert (preview["endpointId"], preview["target"]["model"]) == ("the-id", "renamed")
