"""Reading by list: whole or not believed, one sweep for many, imports, List."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from support.drivers.hf import plain, struct, unmarked
from support.drivers.maas import (
    AGREEMENT,
    CHINA,
    CHINA_PROJECT,
    CHINA_TOKEN,
    KEYS,
    NOBODY,
    OTHER_TOKEN,
    PROJECT,
    REGION,
    SERVICE,
    TOKEN,
    UNKNOWN,
    Failure,
    MaasDriver,
    Simulator,
    aged,
    edit_body,
    failing,
    full_id,
    inputs,
    kinds,
    made,
    only_id,
    refreshed,
    requests,
    secret,
    sent,
    stored,
    together,
    told,
)

CODE = grpc.StatusCode
Later = Callable[[], MaasDriver]
MANY = 100


def fill(maas: Simulator, driver: MaasDriver, count: int) -> dict[str, dict[str, Any]]:
    """That many endpoints: id -> checked inputs."""
    maas.knobs("maas", quota=1000)
    checked = [driver.checked(inputs(name=f"e{n:03}"), name=f"e{n}") for n in range(count)]
    ids = together([lambda c=c: driver.create(c)[0] for c in checked])
    assert [result for result in ids if isinstance(result, Failure)] == []
    return dict(zip(ids, checked, strict=True))


# One sweep for many.


@pytest.mark.parametrize(("page_size", "requests_needed"), [(0, 1), (30, 4), (1, 100)])
def test_a_hundred_endpoints_are_one_sweep(
    driver: MaasDriver, later: Later, maas: Simulator, page_size: int, requests_needed: int
) -> None:
    """All at once, as a refresh reads them."""
    made_before = fill(maas, driver, MANY)
    maas.knobs("maas", page_size=page_size)
    reader = later()
    maas.clear()
    reads = together([lambda id=id, c=c: reader.read(id, {}, c) for id, c in made_before.items()])
    assert [plain(read.inputs) for read in reads] == list(made_before.values())
    assert told(maas) == ["endpoint.list"] * requests_needed


def test_pages_go_on_where_the_last_one_ended(
    driver: MaasDriver, later: Later, maas: Simulator
) -> None:
    made_before = fill(maas, driver, 5)
    maas.knobs("maas", page_size=2)
    maas.clear()
    ids = list(made_before)
    for id in (ids[0], ids[-1]):
        assert later().read(id, {}, made_before[id]).id == id
    queries = [request.query for request in requests(maas)]
    assert queries == ["", "limit=100&offset=2", "limit=100&offset=4"] * 2


def test_what_a_call_has_changed_it_looks_at_anew(driver: MaasDriver, maas: Simulator) -> None:
    """The list of the last moment is for refreshes alone."""
    id, checked, outputs = made(driver)
    maas.clear()
    driver.read(id, outputs, checked)
    assert told(maas) == []
    driver.update(checked, {**checked, "rpm": 5}, olds=outputs, id=id)
    assert told(maas) == ["endpoint.edit", "endpoint.list"]
    assert plain(driver.read(id, outputs, {**checked, "rpm": 5}).inputs)["rpm"] == 5
    assert told(maas) == ["endpoint.edit", "endpoint.list"]


def test_projects_have_lists_of_their_own(
    configure: Callable[..., MaasDriver], maas: Simulator
) -> None:
    driver = configure(**KEYS)
    here, *_ = made(driver, name="here")
    there, *_ = made(driver, name="there", projectId=CHINA_PROJECT, region=CHINA)
    reader = configure(**KEYS)
    maas.clear()
    assert (reader.read(here).id, reader.read(there).id) == (here, there)
    assert [request.target for request in requests(maas)] == [PROJECT, CHINA_PROJECT]


def test_a_sweep_that_fails_fails_all_who_wait(
    driver: MaasDriver, later: Later, maas: Simulator
) -> None:
    """It is not tried again by each of them."""
    made_before = fill(maas, driver, 20)
    reader = later()
    maas.fault(
        "maas", "endpoint.list", kind="error", status=403, message="no", count=0, delay_ms=300
    )
    maas.clear()
    results = together([lambda id=id: reader.read(id, {}, {}) for id in made_before])
    assert {failure.code for failure in results} == {CODE.PERMISSION_DENIED}
    assert all("no (HTTP 403" in failure.message for failure in results)
    assert len(requests(maas)) <= 3


# Never "deleted" from what is not whole.


def gone(driver: MaasDriver, id: str) -> bool:
    read = driver.read(id, {}, inputs())
    assert read.id in ("", id)
    return read.id == ""


def test_absent_from_a_whole_list_is_gone(
    driver: MaasDriver, later: Later, maas: Simulator
) -> None:
    id, checked, outputs = made(driver)
    made(driver, name="other")
    maas.delete("maas", "demo")
    read = later().read(id, aged(outputs), checked)
    assert read.id == "" and not read.HasField("properties") and not read.HasField("inputs")


def test_an_id_that_is_a_number_is_the_same_id(
    driver: MaasDriver, later: Later, maas: Simulator
) -> None:
    _, checked, outputs = made(driver)
    maas.fault("maas", "endpoint.list", kind="rewrite", assign={"/items/0/id": 17}, count=0)
    id = full_id("17")
    read = later().read(id, aged({**outputs, "endpointId": "17"}), checked)
    assert (read.id, plain(read.properties)["endpointId"]) == (id, "17")


@pytest.mark.parametrize("method", ["read", "delete"])
def test_a_new_one_is_not_taken_as_gone(
    driver: MaasDriver, later: Later, maas: Simulator, method: str
) -> None:
    """Its list lags; a name that was given away once can never be used again."""
    id, checked, outputs = made(driver)
    maas.knobs("maas", lag_ms=600000)
    maas.fault("maas", "endpoint.delete", kind="html", status=404, apply=False, count=0)
    maas.delete("maas", "demo")
    failure = failing(getattr(later(), method), id, outputs, checked)
    assert failure.code.name == "UNAVAILABLE"
    assert f"endpoint {id} is not listed yet: it was made" in failure.message
    for old in ({}, {"createdAt": "not a time"}):
        without = {key: value for key, value in outputs.items() if key != "createdAt"}
        assert later().read(id, {**without, **old}, checked).id == ""


@pytest.mark.parametrize("trouble", ["late", "refused"])
def test_one_whose_create_never_saw_it_is_not_taken_as_gone(
    driver: MaasDriver, later: Later, maas: Simulator, trouble: str
) -> None:
    """When it was made is in the state of a create that failed, too."""
    maas.knobs("maas", lag_ms=600000)
    if trouble == "refused":
        maas.fault("maas", "endpoint.list", kind="error", status=403, message="no", count=0)
    checked = driver.checked(inputs(rpm=7))
    created = failing(lambda: driver.create(checked, timeout=2))
    assert created.id == full_id(only_id(maas))
    assert (created.properties["name"], created.properties["rpm"]) == ("demo", 7)
    maas.clear_faults()
    failure = failing(later().read, created.id, created.properties, checked)
    assert failure.code.name == "UNAVAILABLE"
    assert f"endpoint {created.id} is not listed yet: it was made" in failure.message
    maas.knobs("maas", lag_ms=0)
    read = later().read(created.id, created.properties, checked)
    assert plain(read.properties)["createdAt"] == created.properties["createdAt"]


def test_the_time_of_creation_stays(driver: MaasDriver, later: Later) -> None:
    id, checked, outputs = made(driver)
    news = {**checked, "rpm": 9}
    again = later().update(checked, news, olds=aged(outputs), id=id)
    assert again["createdAt"] == "2026-01-01T00:00:00Z"
    read = later().read(id, aged(outputs), checked)
    assert plain(read.properties)["createdAt"] == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize("offset", ["ignored", "page"])
def test_a_list_shorter_than_its_total_is_not_believed(
    driver: MaasDriver, later: Later, maas: Simulator, offset: str
) -> None:
    """Nor where one finds out only by asking for more."""
    made_before = fill(maas, driver, 5)
    maas.knobs("maas", page_size=2, offset=offset)
    ids = list(made_before)
    first, last = ids[0], ids[-1]
    for call in (
        lambda one: one.read(last, {}, made_before[last]),
        lambda one: one.read(first, {}, made_before[first]),
        lambda one: list(one.list()),
    ):
        failure = failing(call, later())
        assert failure.code == CODE.UNAVAILABLE
        assert "not taken as deleted" in failure.message


ODD_LISTS: list[Any] = [
    {},
    [],
    None,
    1,
    {"items": []},
    {"total": 0},
    {"total": 1},
    {"total": 1, "items": None},
    {"total": None, "items": []},
    {"total": "many", "items": []},
    {"total": 0, "items": {}},
    {"error_code": None, "items": "none", "total": 0},
]


@pytest.mark.parametrize("reply", ODD_LISTS, ids=[str(reply) for reply in ODD_LISTS])
def test_a_reply_that_is_no_list_proves_nothing(
    driver: MaasDriver, later: Later, maas: Simulator, reply: Any
) -> None:
    id, checked, outputs = made(driver)
    maas.fault("maas", "endpoint.list", kind="malformed", body=json.dumps(reply), count=0)
    if reply == {"total": 0}:
        assert gone(later(), id)
        return
    failure = failing(later().read, id, outputs, checked)
    assert failure.code == CODE.UNAVAILABLE
    assert "deleted" in failure.message or "not the service's" in failure.message


def test_nothing_at_all_is_a_list(driver: MaasDriver, later: Later, maas: Simulator) -> None:
    maas.fault(
        "maas", "endpoint.list", kind="rewrite", assign={"/items": None, "/total": "0"}, count=0
    )
    assert gone(later(), full_id(NOBODY))


@pytest.mark.parametrize("count_type", ["string", "number"])
def test_figures_as_text(
    driver: MaasDriver, later: Later, maas: Simulator, count_type: str
) -> None:
    maas.knobs("maas", count_type=count_type)
    id, checked, outputs = made(driver)
    maas.fault(
        "maas",
        "endpoint.list",
        kind="rewrite",
        assign={"/total": "1", "/quantity_limit": "10"},
        count=0,
    )
    assert refreshed(later(), id, outputs, checked) == (checked, outputs)


def test_a_list_of_the_whole_account(driver: MaasDriver, later: Later, maas: Simulator) -> None:
    maas.knobs("maas", list_scope="account")
    id, checked, outputs = made(driver)
    made(driver, name="elsewhere", projectId=CHINA_PROJECT, region=CHINA)
    assert refreshed(later(), id, outputs, checked) == (checked, outputs)


@pytest.mark.parametrize("token", [OTHER_TOKEN, CHINA_TOKEN])
def test_somebody_elses_token_deletes_nothing(
    configure: Callable[..., MaasDriver], driver: MaasDriver, maas: Simulator, token: str
) -> None:
    id, checked, outputs = made(driver)
    reader = configure(maasToken=secret(token))
    assert failing(reader.read, id, outputs, checked).code == CODE.PERMISSION_DENIED


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_fault_is_waited_out(
    driver: MaasDriver, later: Later, maas: Simulator, status: int
) -> None:
    id, checked, outputs = made(driver)
    headers = {"Retry-After": "0"}
    maas.fault("maas", "endpoint.list", kind="error", status=status, headers=headers, count=2)
    assert refreshed(later(), id, outputs, checked) == (checked, outputs)


def answer(maas: Simulator, ids: list[Any], total: int) -> None:
    """The next list request is answered so."""
    items = [
        {"id": id, "endpoint_name": f"name-of-{id}"} if isinstance(id, str) else id for id in ids
    ]
    body = {"total": total, "count": str(len(ids)), "items": items, "quantity_limit": 10}
    maas.fault("maas", "endpoint.list", kind="error", status=200, body=body)


def test_a_list_that_changes_while_it_is_read_is_read_again(
    driver: MaasDriver, maas: Simulator
) -> None:
    """A deletion between two pages hides what has moved up to the page before."""
    for ids, total in ((["a", "b"], 4), (["d"], 3), (["b", "c"], 3), (["d"], 3)):
        answer(maas, ids, total)
    assert [id for id, _ in listed(driver)[0]] == [full_id(id) for id in ("a", "b", "d", "c")]
    queries = [request.query for request in requests(maas)]
    assert queries == ["", "limit=100&offset=2", "", "limit=100&offset=2"]


def test_a_list_that_never_holds_still_proves_nothing(
    driver: MaasDriver, later: Later, maas: Simulator
) -> None:
    id, checked, outputs = made(driver)
    for _ in range(3):
        answer(maas, ["a"], 3)
        answer(maas, ["b"], 2)
    maas.clear()
    failure = failing(later().read, id, outputs, checked)
    assert failure.code == CODE.UNAVAILABLE
    assert failure.message == (
        "Huawei Cloud MaaS: listing the endpoints: the list changed each time it was read, so "
        "nothing is taken as deleted; try again"
    )
    assert told(maas) == ["endpoint.list"] * 6


@pytest.mark.parametrize("item", [None, 7, [], {}, {"id": ""}, {"endpoint_name": "x"}], ids=str)
def test_an_item_that_is_no_endpoint_is_an_error(
    driver: MaasDriver, later: Later, maas: Simulator, item: Any
) -> None:
    id, checked, outputs = made(driver)
    answer(maas, ["a", item], 2)
    failure = failing(later().read, id, outputs, checked)
    assert failure.code == CODE.UNAVAILABLE
    assert "something that is no endpoint" in failure.message


# Drift.

DRIFT: list[tuple[dict[str, Any], dict[str, Any], dict[str, str], dict[str, Any]]] = [
    ({}, {"remark": "theirs"}, {"description": "ADD"}, {}),
    ({"description": "d"}, {"remark": "x"}, {"description": "UPDATE"}, {"remark": "d"}),
    ({"description": "d"}, {"remark": ""}, {"description": "DELETE"}, {"remark": "d"}),
    ({"description": "d"}, {"remark": None}, {"description": "DELETE"}, {"remark": "d"}),
    ({}, {"rpm": 5}, {"rpm": "ADD"}, {"rpm": 0}),
    ({"rpm": 60}, {"rpm": 5}, {"rpm": "UPDATE"}, {"rpm": 60}),
    ({"rpm": 60}, {"rpm": None}, {"rpm": "DELETE"}, {"rpm": 60}),
    ({"tpm": 60}, {"tpm": 5}, {"tpm": "UPDATE"}, {"tpm": 60}),
    ({}, {"moderation": False}, {"moderation": "ADD"}, {}),
    ({"moderation": True}, {"moderation": False}, {"moderation": "UPDATE"}, {}),
    (
        {"moderation": False, "agreementId": AGREEMENT},
        {"moderation": True},
        {"moderation": "UPDATE"},
        {"moderation": False, "agreement_id": AGREEMENT},
    ),
    ({}, {"endpoint_name": "theirs"}, {"name": "UPDATE"}, {}),
]


@pytest.mark.parametrize(
    ("before", "patch", "shown", "body"), DRIFT, ids=[str(d[:2]) for d in DRIFT]
)
def test_drift_shows_at_its_path_and_up_takes_it_back(
    driver: MaasDriver,
    later: Later,
    maas: Simulator,
    before: dict[str, Any],
    patch: dict[str, Any],
    shown: dict[str, str],
    body: dict[str, Any],
) -> None:
    maas.knobs("maas", rename_burns=False)
    id, checked, outputs = made(driver, **before)
    maas.mutate("maas", "demo", assign={f"/{key}": value for key, value in patch.items()})
    runner = later()
    news, properties = refreshed(runner, id, outputs, checked)
    assert kinds(runner.diff(checked, news)) == shown
    maas.clear()
    runner.update(news, checked, olds=properties, id=id)
    assert sent(maas, "endpoint.edit") == [edit_body(**body)]
    assert plain(later().read(id, outputs, checked).inputs) == checked


NO_DRIFT: list[dict[str, Any]] = [
    {"cbc_status": "frozen"},
    {"model_version_id": "v2"},
    {"resident_model_id": "r-2"},
    {"served_model_name": "DeepSeek-V3.1"},
    {"rpm": 0, "tpm": 0},
    {"remark": ""},
    {"status": "normal"},
]


@pytest.mark.parametrize("patch", NO_DRIFT, ids=[str(patch) for patch in NO_DRIFT])
def test_what_only_the_service_says_is_no_drift(
    driver: MaasDriver, later: Later, maas: Simulator, patch: dict[str, Any]
) -> None:
    id, checked, outputs = made(driver)
    maas.mutate("maas", "demo", patch)
    assert refreshed(later(), id, outputs, checked)[0] == checked


@pytest.mark.parametrize("remark", ["empty", "null", "absent"])
@pytest.mark.parametrize("further", [False, True])
def test_every_shape_of_an_item(
    driver: MaasDriver, later: Later, maas: Simulator, remark: str, further: bool
) -> None:
    maas.knobs("maas", empty_remark=remark, further_fields=further)
    id, checked, outputs = made(driver)
    assert refreshed(later(), id, outputs, checked) == (checked, outputs)


# Imports.


@pytest.mark.parametrize("config", [{}, {"maasProjectId": PROJECT}], ids=["found", "configured"])
@pytest.mark.parametrize("form", ["{region}/{project}/{id}", "{project}/{id}", "{id}"])
def test_every_form_of_an_id(
    configure: Callable[..., MaasDriver],
    driver: MaasDriver,
    maas: Simulator,
    form: str,
    config: dict[str, Any],
) -> None:
    id, _, outputs = made(driver, description="x", rpm=60, desiredState="paused")
    reader = configure(**KEYS, **config)
    given = form.format(region=REGION, project=PROJECT, id=only_id(maas))
    read = reader.read(given)
    assert read.id == id
    news = plain(read.inputs)
    scope = {} if config else {"projectId": PROJECT}
    assert news == {
        "name": "demo",
        "modelName": "DeepSeek-V3",
        "description": "x",
        "rpm": 60,
        "desiredState": "paused",
        **scope,
    }
    unseen = ("agreementId", "createdAt")
    shown = {key: value for key, value in unmarked(outputs).items() if key not in unseen}
    assert plain(read.properties) == shown
    # The program may leave the project out, or say it.
    properties = plain(read.properties)
    for program in (news, {k: v for k, v in news.items() if k != "projectId"}):
        checked = reader.checked(program, olds=news)
        assert kinds(reader.diff(news, checked, olds=properties)) == {}


def test_a_project_that_is_said_later_changes_nothing(
    configure: Callable[..., MaasDriver], maas: Simulator
) -> None:
    """Unless it is another one."""
    driver = configure(**KEYS)
    _, checked, outputs = made(driver)
    assert "projectId" not in checked
    same = driver.checked(inputs(projectId=PROJECT), olds=checked)
    assert kinds(driver.diff(checked, same, olds=outputs)) == {}
    other = driver.checked(inputs(projectId=CHINA_PROJECT), olds=checked)
    assert kinds(driver.diff(checked, other, olds=outputs)) == {"projectId": "UPDATE_REPLACE"}


def test_an_import_of_what_is_not_there(driver: MaasDriver) -> None:
    assert driver.read(full_id(NOBODY)).id == ""
    assert driver.read(NOBODY).id == ""


@pytest.mark.parametrize("id", ["a/b/c/d", "//x", "/x"])
def test_a_malformed_id_names_the_format(driver: MaasDriver, maas: Simulator, id: str) -> None:
    failure = failing(driver.read, id)
    assert failure.code == CODE.INVALID_ARGUMENT
    assert "region/projectId/endpointId" in failure.message
    assert told(maas) == []


def test_an_import_with_the_guard_off_needs_the_agreement_said(
    driver: MaasDriver, later: Later, maas: Simulator
) -> None:
    id, _, _ = made(driver, moderation=False, agreementId=AGREEMENT)
    reader = later()
    read = reader.read(id)
    news = plain(read.inputs)
    assert news == {"name": "demo", "modelName": "DeepSeek-V3", "moderation": False}
    assert reader.refused(news) == {
        "agreementId": "is required with moderation: false; inference:maas:getAgreement gives the "
        "disclaimer and its id"
    }
    reader.logged(
        "agreementId cannot be read back from Huawei Cloud MaaS: add it to the program "
        "(inference:maas:getAgreement gives it)"
    )


def test_an_import_of_a_service_of_modelarts(
    configure: Callable[..., MaasDriver], maas: Simulator
) -> None:
    """The list does not tell what it stands for: the program may say so without a replacement."""
    config = {"maasRegion": CHINA, "maasToken": secret(CHINA_TOKEN)}
    service = {
        "name": "demo",
        "source": "custom_from_modelarts_v2",
        "modelRegion": CHINA,
        "inferServiceId": SERVICE,
    }
    driver = configure(**config)
    id, outputs = driver.create(driver.checked(service))
    assert sent(maas) == [
        {
            "endpoint_name": "demo",
            "source": "custom_from_modelarts_v2",
            "region": CHINA,
            "infer_service_id": SERVICE,
        }
    ]
    assert "modelName" not in outputs
    reader = configure(**config)
    read = reader.read(only_id(maas))
    assert read.id == id
    news = plain(read.inputs)
    assert news == {
        "name": "demo",
        "source": "custom_from_modelarts_v2",
        "projectId": CHINA_PROJECT,
    }
    program = reader.checked(service, olds=news)
    properties = plain(read.properties)
    assert kinds(reader.diff(news, program, olds=properties)) == {}
    other = reader.checked({**service, "name": "new", "inferServiceId": "x"}, olds=program)
    assert kinds(reader.diff(program, other, olds=properties)) == {
        "name": "UPDATE",
        "inferServiceId": "UPDATE_REPLACE",
    }


# List.


def listed(driver: MaasDriver, **members: Any) -> tuple[list[tuple[str, str]], str]:
    found, token = [], None
    for response in driver.list(**members):
        if response.HasField("result"):
            found.append((response.result.id, response.result.name))
        else:
            assert token is None
            token = response.continuation.continuation_token
    assert token is not None
    return found, token


def test_a_list_shows_all(driver: MaasDriver, maas: Simulator) -> None:
    made_before = fill(maas, driver, 5)
    maas.knobs("maas", page_size=2)
    everything = [(full_id(id), document["endpoint_name"]) for id, document in stored(maas).items()]
    assert sorted(id for id, _ in everything) == sorted(made_before)
    assert listed(driver) == (everything, "")
    for limit in (1, 3, 5, 6):
        assert listed(driver, limit=limit) == (everything[:limit], "")


def test_a_list_of_another_project(configure: Callable[..., MaasDriver], maas: Simulator) -> None:
    driver = configure(**KEYS)
    made(driver)
    id, *_ = made(driver, name="there", region=CHINA)
    maas.clear()
    query = struct({"region": CHINA, "projectId": CHINA_PROJECT})
    assert listed(driver, query=query) == ([(id, "there")], "")
    assert listed(driver, query=struct({"region": CHINA})) == ([(id, "there")], "")


def test_a_list_of_something_unknown_is_computed(driver: MaasDriver, maas: Simulator) -> None:
    (response,) = driver.list(query=struct({"region": UNKNOWN}))
    assert response.HasField("computed")
    assert told(maas) == []


def test_a_list_that_is_refused_is_an_error(
    configure: Callable[..., MaasDriver], maas: Simulator
) -> None:
    driver = configure(maasToken=secret(TOKEN), maasProjectId=CHINA_PROJECT)
    assert failing(lambda: list(driver.list())).code == CODE.PERMISSION_DENIED
