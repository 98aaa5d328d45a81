"""An endpoint that a run takes over is not deleted by it: marks say which entry is the last one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2
from support.drivers.hf import (
    TOKEN,
    WARNING,
    Driver,
    Failure,
    Simulator,
    aged,
    inputs,
    kinds,
    plain,
    secret,
    struct,
    told,
    urn,
)

Json = dict[str, Any]
CODE = grpc.StatusCode
MARK = "__mark"
ADOPTING = {"adoptExisting": True}
DELETED = ["endpoint.delete", "endpoint.get"]
LOOKED = ["endpoint.list"]  # for what an earlier run left of a resource
NEW_REGION = {"cloudProvider": {"region": "eu-west-1"}}


@pytest.fixture
def run(configure: Callable[..., Driver]) -> Callable[[], Driver]:
    """A provider of its own, as each command of the CLI has one."""
    return configure


@pytest.fixture
def first(run: Callable[[], Driver]) -> Json:
    """Outputs of an endpoint that an earlier run made."""
    driver = run()
    _, outputs = driver.create(driver.checked(inputs()))
    return outputs


def failing(call: Callable[..., Any], *arguments: Any, **named: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        call(*arguments, **named)
    return caught.value


def adopted(driver: Driver, name: str = "demo") -> Json:
    id, outputs = driver.create(driver.checked(inputs(**ADOPTING)), name=name)
    assert id == "me/demo"
    return outputs


def lives(hf: Simulator) -> bool:
    return "me/demo" in hf.state("hf")["endpoints"]


def kept(driver: Driver, hf: Simulator, outputs: Json) -> None:
    """The delete sends nothing and says so."""
    hf.clear()
    driver.delete("me/demo", outputs, inputs())
    assert told(hf) == []
    driver.logged("endpoint me/demo is not deleted")
    assert len(driver.log(WARNING)) == 1
    assert lives(hf)


def gone(driver: Driver, hf: Simulator, outputs: Json | None) -> None:
    hf.clear()
    driver.delete("me/demo", outputs, inputs())
    assert told(hf) == DELETED + (LOOKED if outputs else [])
    assert not lives(hf)


# Marks.


def test_each_create_writes_a_mark_of_its_own(run: Callable[[], Driver], first: Json) -> None:
    second = adopted(run())
    for outputs in (first, second):
        assert len(outputs[MARK]) == 32 and int(outputs[MARK], 16) >= 0
    assert first[MARK] != second[MARK]


def test_a_failed_create_has_its_mark(configure: Callable[..., Driver], hf: Simulator) -> None:
    hf.knobs("hf", polls={"initializing": 1000})
    driver = configure()
    failure = failing(driver.create, driver.checked(inputs()), timeout=1)
    assert len(failure.properties[MARK]) == 32


def test_read_and_update_keep_the_mark(run: Callable[[], Driver], first: Json) -> None:
    driver = run()
    assert plain(driver.read("me/demo", first, inputs()).properties)[MARK] == first[MARK]
    changed = driver.update(inputs(), inputs(type="public"), first)
    assert (changed["type"], changed[MARK]) == ("public", first[MARK])
    assert kinds(driver.diff(inputs(), inputs(), first)) == {}


def test_an_entry_without_a_mark_gets_none(run: Callable[[], Driver], first: Json) -> None:
    del first[MARK]
    driver = run()
    assert plain(driver.read("me/demo", first, inputs()).properties) == first
    assert MARK not in driver.update(inputs(), inputs(type="public"), first)


# What was taken over.


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("before", ["nothing", "read", "diff"])
def test_what_is_replaced_by_itself_stays(
    run: Callable[[], Driver], hf: Simulator, first: Json, before: str, marked: bool
) -> None:
    """`--replace` and taint come without a Diff, `replaceOnChanges` with one that says update."""
    if not marked:
        del first[MARK]
    driver = run()
    driver.checked(inputs(), olds=inputs())
    if before == "read":
        driver.read("me/demo", first, inputs())
    if before == "diff":
        assert kinds(driver.diff(inputs(), inputs(type="public"), first)) == {"type": "UPDATE"}
    second = adopted(driver)
    kept(driver, hf, first)
    gone(run(), hf, second)


def test_in_one_process_the_last_entry_deletes(
    run: Callable[[], Driver], hf: Simulator, first: Json
) -> None:
    driver = run()
    second = adopted(driver)
    kept(driver, hf, first)
    gone(driver, hf, second)


def test_after_a_crash_the_pending_deletion_keeps_the_endpoint(
    run: Callable[[], Driver], hf: Simulator, first: Json
) -> None:
    second = adopted(run())
    driver = run()
    assert kinds(driver.diff(inputs(**ADOPTING), inputs(**ADOPTING), second)) == {}
    kept(driver, hf, first)
    gone(run(), hf, second)


@pytest.mark.parametrize("refreshed", ["nothing", "new", "both"])
@pytest.mark.parametrize("order", ["old first", "new first"])
def test_after_a_crash_a_destroy_leaves_nothing(
    run: Callable[[], Driver], hf: Simulator, first: Json, refreshed: str, order: str
) -> None:
    second = adopted(run())
    driver = run()
    for outputs in {"nothing": [], "new": [second], "both": [first, second]}[refreshed]:
        driver.read("me/demo", outputs, inputs())
    entries = [first, second] if order == "old first" else [second, first]
    for outputs in entries:
        driver.delete("me/demo", outputs, inputs())
    assert not lives(hf)


def test_a_resource_under_a_new_name_keeps_what_it_took_over(
    run: Callable[[], Driver], hf: Simulator, first: Json
) -> None:
    driver = run()
    adopted(driver, name="renamed")
    kept(driver, hf, first)


def refresh(driver: Driver, entry: Json) -> None:
    driver.read("me/demo", entry, inputs(**ADOPTING), name="renamed")


def preview(driver: Driver, entry: Json) -> None:
    news = driver.checked(inputs(**ADOPTING), olds=inputs(**ADOPTING), name="renamed")
    request = provider_pb2.DiffRequest(
        id="me/demo", urn=urn("renamed"), olds=struct(entry), news=struct(news), name="renamed"
    )
    driver.call("Diff", request)


@pytest.mark.parametrize("told", [refresh, preview])
def test_after_a_crash_a_resource_under_a_new_name_keeps_it_as_well(
    run: Callable[[], Driver], hf: Simulator, first: Json, told: Callable[[Driver, Json], None]
) -> None:
    """The run that took it over ended before it deleted the old entry; the next one does that."""
    second = adopted(run(), name="renamed")
    driver = run()
    told(driver, second)
    kept(driver, hf, first)
    driver.delete("me/demo", second, inputs(**ADOPTING), name="renamed")
    assert not lives(hf)


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("imported", [True, False])
def test_a_resource_under_a_new_name_keeps_what_was_imported(
    run: Callable[[], Driver], hf: Simulator, first: Json, imported: bool, marked: bool
) -> None:
    """The program declares it by its new name; its entry under the old one is deleted."""
    second = {**first, MARK: "0" * 32}
    if imported:
        del second[MARK]
    if not marked:
        del first[MARK]
    driver = run()
    news = driver.checked(inputs(), olds=inputs(), name="renamed")
    assert kinds(driver.diff(inputs(), news, second, name="renamed")) == {}
    kept(driver, hf, first)
    hf.clear()
    driver.delete("me/demo", second, inputs(), name="renamed")
    assert told(hf)[:2] == DELETED
    assert not lives(hf)


@pytest.mark.parametrize("marked", [True, False])
def test_a_resource_under_a_new_name_keeps_what_is_to_be_replaced(
    run: Callable[[], Driver], hf: Simulator, first: Json, marked: bool
) -> None:
    """Its create may fail, and its entry is then still about the endpoint."""
    second = {**first, MARK: "0" * 32}
    if not marked:
        del first[MARK]
    driver = run()
    news = driver.checked(inputs(**NEW_REGION), olds=inputs(), name="renamed")
    assert driver.diff(inputs(), news, second, name="renamed").replaces
    kept(driver, hf, first)
    driver.delete("me/demo", second, inputs(), name="renamed")
    assert not lives(hf)


def test_an_import_that_changes_under_a_new_name_is_deleted_under_its_former_one(
    run: Callable[[], Driver], hf: Simulator, first: Json
) -> None:
    """An alias renames it, and `replaceOnChanges` makes a replacement of what Diff calls an
    update: without a mark the entry that is deleted looks like another one.
    """
    del first[MARK]
    driver = run()
    news = driver.checked(inputs(type="public"), olds=inputs(), name="renamed")
    assert kinds(driver.diff(inputs(), news, first, name="renamed")) == {"type": "UPDATE"}
    gone(driver, hf, first)
    assert driver.create(news, name="renamed")[0] == "me/demo"


def test_a_resource_under_a_new_name_keeps_an_import_that_it_has_updated(
    run: Callable[[], Driver], hf: Simulator, first: Json
) -> None:
    del first[MARK]
    driver = run()
    news = driver.checked(inputs(type="public"), olds=inputs(), name="renamed")
    assert kinds(driver.diff(inputs(), news, first, name="renamed")) == {"type": "UPDATE"}
    second = driver.update(inputs(), news, first, name="renamed")
    kept(driver, hf, first)
    driver.delete("me/demo", second, news, name="renamed")
    assert not lives(hf)


def test_what_is_being_taken_over_stays(
    run: Callable[[], Driver], hf: Simulator, first: Json
) -> None:
    """`deleteBeforeReplace` deletes the entry that has it while another resource takes it."""
    driver = run()
    news = driver.checked(inputs(tags=["ours"], **ADOPTING), name="renamed")
    hf.fault("hf", "endpoint.update", kind="hold")
    hf.clear()
    with ThreadPoolExecutor(1) as pool:
        taking = pool.submit(driver.create, news, name="renamed")
        hf.wait_for(lambda sim: told(sim)[-1:] == ["endpoint.update"], 30, "the change")
        try:
            kept(driver, hf, first)
        finally:
            hf.release()
        _, second = taking.result()
    driver.delete("me/demo", second, news, name="renamed")
    assert not lives(hf)


def test_what_is_being_deleted_is_not_taken_over(
    run: Callable[[], Driver], hf: Simulator, first: Json
) -> None:
    """The other way round: it would be gone a moment after it was reported as made."""
    driver = run()
    news = driver.checked(inputs(**ADOPTING), name="renamed")
    hf.fault("hf", "endpoint.delete", kind="delay", delay_ms=3000)
    hf.clear()
    with ThreadPoolExecutor(1) as pool:
        leaving = pool.submit(driver.delete, "me/demo", first, inputs())
        hf.wait_for(lambda sim: told(sim) == ["endpoint.delete"], 30, "the delete")
        failure = failing(driver.create, news, name="renamed")
        leaving.result()
    assert (failure.code, failure.partial) == (CODE.ALREADY_EXISTS, None)
    assert "endpoint me/demo is being deleted by this run and is not taken over" in failure.message
    assert not lives(hf)
    assert driver.create(news, name="renamed")[0] == "me/demo"


def test_a_refused_taking_over_holds_nothing(
    run: Callable[[], Driver], hf: Simulator, first: Json
) -> None:
    driver = run()
    hf.fault("hf", "endpoint.update", kind="error", status=400, message="no such thing")
    news = driver.checked(inputs(tags=["ours"], **ADOPTING), name="renamed")
    failure = failing(driver.create, news, name="renamed")
    assert failure.partial is None
    gone(driver, hf, first)


def test_another_resource_in_the_state_holds_nothing(
    run: Callable[[], Driver], hf: Simulator, first: Json
) -> None:
    driver = run()
    driver.read("me/demo", {**first, MARK: "0" * 32}, inputs(), name="other")
    gone(driver, hf, first)


def test_an_entry_whose_endpoint_was_gone_holds_nothing(
    run: Callable[[], Driver], hf: Simulator, first: Json
) -> None:
    gone(run(), hf, first)
    driver = run()
    assert driver.read("me/demo", aged(first), inputs()).id == ""
    _, second = driver.create(driver.checked(inputs()))
    gone(driver, hf, second)


def test_a_delete_without_outputs_is_about_the_endpoint(
    run: Callable[[], Driver], hf: Simulator, first: Json
) -> None:
    driver = run()
    driver.read("me/demo", first, inputs())
    gone(driver, hf, {})


def test_what_diff_calls_replaced_is_not_adopted(
    run: Callable[[], Driver], hf: Simulator, first: Json
) -> None:
    driver = run()
    news = driver.checked(inputs(**ADOPTING, **NEW_REGION), olds=inputs())
    assert "UPDATE_REPLACE" in kinds(driver.diff(inputs(), news, first)).values()
    hf.clear()
    failure = failing(driver.create, news)
    assert (failure.code, failure.partial) == (CODE.ALREADY_EXISTS, None)
    assert "is the one that is being replaced" in failure.message
    assert "set deleteBeforeReplace" in failure.message
    assert told(hf) == ["endpoint.create", "endpoint.get"]
    assert lives(hf)


def test_what_was_to_go_first_and_did_not(
    run: Callable[[], Driver], hf: Simulator, first: Json
) -> None:
    """retainOnDelete keeps it, or deleteBeforeReplace: false overrules the Diff."""
    driver = run()
    news = driver.checked(inputs(**NEW_REGION), olds=inputs())
    assert driver.diff(inputs(), news, first).deleteBeforeReplace
    failure = failing(driver.create, news)
    assert (
        "It is this resource's own, which was to go first and did not: take the resource option "
        "deleteBeforeReplace: false out of the program; with retainOnDelete, under which it keeps "
        "the name, choose another one. Else bring it in"
    ) in failure.message
    assert lives(hf)


def test_a_clash_with_what_the_state_holds_under_another_name(
    run: Callable[[], Driver], hf: Simulator, first: Json
) -> None:
    driver = run()
    driver.read("me/demo", first, inputs())
    failure = failing(driver.create, driver.checked(inputs(), name="talk"), name="talk")
    assert (
        f"In the state it is that of {urn()}: if this is the same resource under another name, set "
        f'the resource option aliases: ["{urn()}"]. Else bring it in'
    ) in failure.message
    assert lives(hf)


def test_a_clash_with_another_resource_of_the_program(
    run: Callable[[], Driver], hf: Simulator, first: Json
) -> None:
    """It gives the name up in this very run, perhaps; who took it over would leave it without."""
    driver = run()
    other = driver.checked(inputs(name="next"), olds=inputs())
    assert "name" in kinds(driver.diff(inputs(), other, first))
    failure = failing(driver.create, driver.checked(inputs(), name="talk"), name="talk")
    assert f"It is that of {urn()}, which this program declares, too: choose" in failure.message
    assert "adoptExisting" not in failure.message and "import" not in failure.message
    assert lives(hf)


def test_what_was_deleted_first_is_replaced_no_more(
    run: Callable[[], Driver], hf: Simulator, first: Json
) -> None:
    """Somebody else takes the name between the two steps."""
    driver = run()
    news = driver.checked(inputs(**ADOPTING, **NEW_REGION), olds=inputs())
    assert kinds(driver.diff(inputs(), news, first)) != {}
    gone(driver, hf, first)
    other = run()
    other.create(other.checked(inputs(**NEW_REGION)))
    assert driver.create(news)[0] == "me/demo"


# One process over several commands.


def configured(driver: Driver, hf: Simulator, token: str = TOKEN) -> None:
    driver.configure(hfEndpoint=hf.url("hf"), hfToken=secret(token))


def test_a_second_configure_forgets_what_was_told(
    run: Callable[[], Driver], hf: Simulator, first: Json
) -> None:
    driver = run()
    second = adopted(driver)
    driver.read("me/demo", first, inputs())
    configured(driver, hf)
    gone(driver, hf, second)


@pytest.mark.parametrize("same", [True, False], ids=["same engine", "another engine"])
def test_a_run_configures_a_process_for_each_of_its_providers(
    run: Callable[[], Driver], hf: Simulator, first: Json, same: bool
) -> None:
    """It attaches before each. Only another engine's is about another stack."""
    driver = run()
    driver.attach()
    configured(driver, hf)
    adopted(driver, name="renamed")
    driver.attach(None if same else "127.0.0.1:9")
    configured(driver, hf)
    (kept if same else gone)(driver, hf, first)


def test_a_second_configure_counts(driver: Driver, hf: Simulator) -> None:
    _, outputs = driver.create(driver.checked(inputs()))
    configured(driver, hf, "hf_nobody_knows")
    hf.clear()
    assert failing(driver.read, "me/demo", outputs, inputs()).code == CODE.UNAUTHENTICATED
    configured(driver, hf)
    assert driver.read("me/demo", outputs, inputs()).id == "me/demo"


def test_a_bad_second_configure_changes_nothing(driver: Driver, hf: Simulator) -> None:
    _, outputs = driver.create(driver.checked(inputs()))
    failing(driver.configure, hfEndpoint=hf.url("hf"), hfToken=secret(TOKEN), timeout="soon")
    assert driver.read("me/demo", outputs, inputs()).id == "me/demo"
