"""Create, read, update, delete when things go wrong: nothing is lost, nothing is taken over."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import grpc
import pytest
from support.drivers.hf import (
    TOKEN,
    UNKNOWN,
    Driver,
    Failure,
    Simulator,
    aged,
    bare,
    inputs,
    kinds,
    made,
    plain,
    secret,
    sent,
    struct,
    told,
    unmarked,
    unpriced,
)
from support.limits import of_input, of_option, of_setting
from support.process import wait_until

CODE = grpc.StatusCode


def failing(call: Callable[..., Any], *arguments: Any, **named: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        call(*arguments, **named)
    return caught.value


# Waiting.


@pytest.mark.valgrind_smoke
def test_a_create_waits_until_it_runs_and_says_so(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", polls={"pending": 1, "initializing": 1})
    _, outputs = made(driver)
    assert outputs["status"]["state"] == "running"
    assert told(hf) == ["endpoint.create"] + ["endpoint.get"] * 3
    record = driver.logged("initializing, 0/1 replicas ready, ")
    assert record.ephemeral and record.severity == 1


def test_an_endpoint_that_may_sleep_is_ready_asleep(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver, compute={"scaling": {"minReplica": 0}})
    hf.mutate("hf", "me/demo", {"status": {"state": "scaledToZero"}})
    outputs = driver.update(checked, {**checked, "type": "public"}, olds=outputs)
    assert outputs["status"]["state"] == "scaledToZero"
    assert told(hf)[1:] == ["endpoint.update", "endpoint.get"]


@pytest.mark.parametrize(
    ("desired", "operations", "state"),
    [
        ("running", ["endpoint.create"], "running"),
        ("paused", ["endpoint.create", "endpoint.pause"], "paused"),
        ("scaledToZero", ["endpoint.create", "endpoint.scaleToZero"], "scaledToZero"),
    ],
)
def test_the_desired_state_is_brought_about(
    driver: Driver, hf: Simulator, desired: str, operations: list[str], state: str
) -> None:
    scaling = {"minReplica": 0, "scaleToZeroTimeout": 5}
    _, outputs = made(driver, desiredState=desired, compute={"scaling": scaling})
    assert told(hf) == operations
    assert outputs["status"]["state"] == state


STATES = ["running", "paused", "scaledToZero"]
ACTION = {
    "running": "endpoint.resume",
    "paused": "endpoint.pause",
    "scaledToZero": "endpoint.scaleToZero",
}


@pytest.mark.parametrize("new", STATES)
@pytest.mark.parametrize("old", STATES)
def test_a_changed_desire_calls_its_action_alone(
    driver: Driver, hf: Simulator, old: str, new: str
) -> None:
    scaling = {"minReplica": 0, "scaleToZeroTimeout": 5}
    checked, outputs = made(driver, desiredState=old, compute={"scaling": scaling})
    hf.clear()
    after = driver.update(checked, {**checked, "desiredState": new}, olds=outputs)
    acts = [] if old == new else [ACTION[new], "endpoint.get"]
    resets = ["endpoint.update", "endpoint.get"] if (old, new) == ("paused", "running") else []
    before = ["endpoint.update"] if (old, new) == ("paused", "scaledToZero") else []
    assert told(hf) == ["endpoint.get", *before, *acts, *resets]
    assert after["status"]["state"] == new


def test_a_change_and_a_pause_come_in_that_order(driver: Driver, hf: Simulator) -> None:
    checked, _ = made(driver)
    hf.clear()
    driver.update(checked, {**checked, "type": "public", "desiredState": "paused"})
    assert told(hf) == ["endpoint.update", "endpoint.pause", "endpoint.get"]


def test_a_paused_endpoint_stays_paused_through_an_update(driver: Driver, hf: Simulator) -> None:
    checked, _ = made(driver, desiredState="paused")
    hf.clear()
    after = driver.update(checked, {**checked, "type": "public"})
    assert told(hf) == ["endpoint.update", "endpoint.get"]
    assert after["status"]["state"] == "paused"


def test_a_sleeper_that_was_woken_is_not_put_to_sleep_by_another_change(
    driver: Driver, hf: Simulator
) -> None:
    """A request woke it: callers are using it, and it falls asleep by itself."""
    scaling = {"minReplica": 0, "scaleToZeroTimeout": 5}
    checked, outputs = made(driver, desiredState="scaledToZero", compute={"scaling": scaling})
    hf.mutate("hf", "me/demo", {"status": {"state": "running"}})
    hf.clear()
    after = driver.update(checked, {**checked, "type": "public"}, olds=outputs)
    assert [one for one in told(hf) if one != "endpoint.get"] == ["endpoint.update"]
    assert after["status"]["state"] == "running"


def test_without_waiting_a_create_returns_at_once(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", polls={"pending": 1000})
    _, outputs = made(driver, waitForReady=False)
    assert outputs["status"]["state"] == "pending"
    assert told(hf) == ["endpoint.create"]


def test_a_repeated_resume_that_was_done_already_is_no_error(driver: Driver, hf: Simulator) -> None:
    checked, _ = made(driver, desiredState="paused")
    hf.clear()
    hf.fault("hf", "endpoint.resume", kind="close", apply=True)
    after = driver.update(checked, {**checked, "desiredState": "running"})
    assert after["status"]["state"] == "running"
    assert told(hf).count("endpoint.resume") == 2


# Failures while waiting: the endpoint stays in the state, and the next run goes on.


def test_a_failed_endpoint_is_kept_and_explained(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", fail_next_create=1, failure_message="CUDA out of memory")
    checked = driver.checked(inputs())
    failure = failing(driver.create, checked)
    assert failure.id == "me/demo"
    assert failure.properties["status"]["state"] == "failed"
    (reason,) = failure.reasons
    for part in (
        "Hugging Face",
        "me/demo",
        "failed",
        "CUDA out of memory",
        "Last log lines",
        "pulumi up",
    ):
        assert part in reason
    assert told(hf)[0] == "endpoint.create" and "logs.v3" in told(hf)


@pytest.mark.valgrind_smoke
def test_the_next_run_resumes_a_failed_endpoint(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", fail_next_create=1)
    checked = driver.checked(inputs())
    failure = failing(driver.create, checked)
    hf.clear()
    outputs = driver.update(checked, checked, olds=failure.properties)
    assert outputs["status"]["state"] == "running"
    assert told(hf) == ["endpoint.get", "endpoint.resume", "endpoint.get"]


def test_a_failed_endpoint_with_mended_inputs_is_updated(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", fail_next_create=1, failure_kind="configuration")
    checked = driver.checked(inputs())
    failure = failing(driver.create, checked)
    hf.clear()
    news = inputs(model={"env": {"FIXED": "1"}})
    outputs = driver.update(checked, news, olds=failure.properties)
    assert outputs["status"]["state"] == "running"
    assert sent(hf, "endpoint.update") == [{"model": {"env": {"FIXED": "1"}}}]


def test_a_create_that_takes_too_long_is_kept_and_gone_on_with(
    driver: Driver, hf: Simulator
) -> None:
    hf.knobs("hf", polls={"pending": 1000})
    checked = driver.checked(inputs())
    failure = failing(driver.create, checked, timeout=1.5)
    assert failure.id == "me/demo"
    (reason,) = failure.reasons
    assert "still pending" in reason and "pulumi up goes on" in reason
    assert failure.properties["endpointId"] == "me/demo"
    hf.knobs("hf", polls={"pending": 0})
    hf.mutate("hf", "me/demo", {"status": {"state": "running"}})
    hf.clear()
    outputs = driver.update(checked, checked, olds=failure.properties)
    assert outputs["status"]["state"] == "running"
    assert sent(hf) == [] and sent(hf, "endpoint.update") == []


@pytest.mark.parametrize("where", ["resource", "provider"])
def test_other_deadlines(configure: Callable[..., Driver], hf: Simulator, where: str) -> None:
    hf.knobs("hf", polls={"pending": 1000})
    driver = configure(**({"timeout": "1"} if where == "provider" else {}))
    patch = {"timeouts": {"create": 1}} if where == "resource" else {}
    failure = failing(driver.create, driver.checked(inputs(**patch)))
    assert failure.id == "me/demo" and "ran out" in failure.reasons[0]
    told_limit = of_input if where == "resource" else of_setting
    assert f" {told_limit('create', 1)}. Last log lines:" in failure.reasons[0]


def without_seconds(text: str) -> str:
    return re.sub(r"after \d+ s", "after N s", text)


def test_a_deadline_tells_what_is_known_and_what_gives_more_time(
    driver: Driver, hf: Simulator
) -> None:
    """The service's message and the last log lines, as for a failure."""
    hf.knobs("hf", polls={"initializing": 1000})
    failure = failing(driver.create, driver.checked(inputs()), timeout=2)
    assert without_seconds(failure.reasons[0]) == (
        "Hugging Face: endpoint me/demo was still initializing: Endpoint is initializing after N s "
        "when the time given for it ran out. It is kept in the state; pulumi up goes on waiting "
        f"for it. {of_option('create', 2)}. Last log lines:\nINFO Endpoint is initializing"
    )


def test_a_deadline_of_a_delete_tells_as_much(driver: Driver, hf: Simulator) -> None:
    made(driver)
    hf.knobs("hf", polls={"deleting": 1000})
    failure = failing(driver.delete, timeout=1)
    assert without_seconds(failure.message) == (
        "Hugging Face: endpoint me/demo was still there (running: Endpoint is ready) after N s "
        "when the time given for it ran out. It is kept in the state; the next run deletes it "
        f"again. {of_option('delete', 1)}. Last log lines:\nINFO Endpoint is ready"
    )


def test_a_deadline_within_a_request_tells_what_gives_more_time(
    driver: Driver, hf: Simulator
) -> None:
    checked, outputs = made(driver)
    hf.fault("hf", "endpoint.update", kind="hold", count=0)
    news = {**checked, "type": "public"}
    failure = failing(driver.update, checked, news, olds=outputs, timeout=1)
    assert failure.reasons[0] == (
        "Hugging Face: updating the endpoint took longer than the time given; it may have been "
        f"carried out all the same. {of_option('update', 1)}. The change was of type; pulumi "
        "refresh shows whether it applied."
    )


def shown(lines: list[str]) -> str:
    """As the service answers them."""
    return json.dumps([{"line": line, "timestamp": "2026-01-01T00:00:00Z"} for line in lines])


def test_long_logs_are_told_by_their_last_lines(driver: Driver, hf: Simulator) -> None:
    lines = [f"line {number} " + "ü" * 100 for number in range(100)]
    hf.fault("hf", "logs.v3", kind="error", status=200, body=shown(lines), count=0)
    hf.knobs("hf", fail_next_create=1)
    failure = failing(driver.create, driver.checked(inputs()))
    assert failure.reasons[0].endswith(" Last log lines:\n" + "\n".join(lines[-7:]))


def logged(driver: Driver, hf: Simulator, *lines: str, **patch: Any) -> list[str]:
    """What the error of a create tells of these lines."""
    hf.fault("hf", "logs.v3", kind="error", status=200, body=shown(list(lines)), count=0)
    hf.knobs("hf", fail_next_create=1)
    failure = failing(driver.create, driver.checked(inputs(**patch)))
    return failure.reasons[0].split(" Last log lines:\n")[1].split("\n")


def test_a_secret_in_pieces_is_masked_in_the_log(driver: Driver, hf: Simulator) -> None:
    """A key of several lines is told line by line, and what collects logs breaks long lines."""
    key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\nBKcwggSjAgEAAoIB\n-----END KEY-----\n"
    secrets = {"KEY": secret(key), "TOKEN": secret("canary-0123456789")}
    lines = [f"[{number}] {line}" for number, line in enumerate(key.splitlines())]
    assert logged(
        driver, hf, *lines, "token=canary-0123", "456789 is no token", model={"secrets": secrets}
    ) == [*(f"[{number}] [secret]" for number in range(4)), "token=[secret] is no token"]


ELSEWHERE = (
    "it is at: pulumi do inference:hf:getLogs --id me/demo, or "
    "https://endpoints.huggingface.co/me/endpoints/demo."
)


def failed(driver: Driver, hf: Simulator) -> str:
    """The error of a create whose endpoint fails."""
    hf.knobs("hf", fail_next_create=1)
    return failing(driver.create, driver.checked(inputs())).reasons[0]


def log_requests(hf: Simulator) -> list[str]:
    return [request.query for request in hf.requests(cloud="hf", operation="logs.v3")]


def test_a_log_with_endless_lines_is_asked_for_again_with_shorter_ones(
    driver: Driver, hf: Simulator
) -> None:
    endless = shown(["x" * (5 << 20)])
    hf.fault("hf", "logs.v3", kind="error", status=200, body=endless, count=1)
    message = failed(driver, hf)
    assert " Last log lines:\n" in message and "could not be read" not in message
    assert log_requests(hf) == ["limit=20", "limit=20&line_max_length=1600"]


UNREADABLE: list[tuple[dict[str, Any], str]] = [
    (
        {"status": 200, "body": "x" * (5 << 20)},
        "the reply of HOST is larger than 4194304 bytes); it is at: "
        "https://endpoints.huggingface.co/me/endpoints/demo.",
    ),
    (
        {"status": 501, "body": '{"error": "Log search is off."}'},
        f"Log search is off (HTTP 501)); {ELSEWHERE}",
    ),
    (
        {"status": 403, "body": '{"error": "Forbidden"}'},
        f"Forbidden (HTTP 403)); {ELSEWHERE}",
    ),
]


@pytest.mark.parametrize(("fault", "words"), UNREADABLE, ids=["long", "off", "right"])
def test_a_log_that_cannot_be_read(
    driver: Driver, hf: Simulator, fault: dict[str, Any], words: str
) -> None:
    """The error is that of the endpoint, and says where its log is."""
    hf.fault("hf", "logs.v3", kind="error", count=0, **fault)
    host = hf.url("hf").removeprefix("http://")
    assert failed(driver, hf).replace(host, "HOST") == (
        "Hugging Face: endpoint me/demo is failed: Endpoint failed to start: Container exited "
        "with code 1. Mend its inputs and run pulumi up again, or destroy it: it stays in the "
        f"state until then. Its log could not be read ({words}"
    )


def test_a_log_that_does_not_come(driver: Driver, hf: Simulator) -> None:
    hf.fault("hf", "logs.v3", kind="hold", count=0)
    message = failed(driver, hf)
    hf.release()
    assert message.endswith(f" Its log could not be read (it did not come within 5 s); {ELSEWHERE}")


def test_no_escape_of_a_terminal_is_told(driver: Driver, hf: Simulator) -> None:
    lines = ["\x1b[31mred\x1b[0m", "\x9b31mred, too", "0%\r99%\b\x07", "é \xa0 ü"]
    assert logged(driver, hf, *lines) == ["red", "red, too", "0% 99%  ", "é \xa0 ü"]


def test_the_log_of_an_earlier_start_is_not_told(driver: Driver, hf: Simulator) -> None:
    hf.advance(-3600)
    checked, outputs = made(driver)
    hf.call("hf", "log", target="me/demo", line="an old trouble")
    hf.advance(3600)
    hf.clear()
    hf.knobs("hf", fail_next_update=1, failure_message="a new trouble")
    before = datetime.now(UTC)
    failure = failing(driver.update, checked, {**checked, "type": "public"}, olds=outputs)
    _, log = failure.reasons[0].split(" Last log lines:\n")
    assert [line for line in log.splitlines() if "old trouble" in line] == []
    assert "a new trouble" in log.splitlines()[-1]
    (request,) = hf.requests(cloud="hf", operation="logs.v3")
    limit, since = request.query.split("&since=")
    assert limit == "limit=20"
    asked = datetime.fromisoformat(unquote(since))
    assert timedelta(seconds=-1) < asked - before < timedelta(seconds=10)


@pytest.mark.valgrind_smoke
def test_a_cancelled_create_keeps_its_id(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", polls={"pending": 1000})
    checked = driver.checked(inputs())
    caught: list[Failure] = []
    caller = threading.Thread(target=lambda: caught.append(failing(driver.create, checked)))
    caller.start()
    hf.wait_requests(1, operation="endpoint.get")
    driver.cancel()
    caller.join(30)
    assert caught[0].id == "me/demo"
    assert "cancelled" in caught[0].reasons[0]
    assert caught[0].properties["status"]["state"] == "pending"


def test_a_create_cancelled_before_its_answer_is_looked_up(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", polls={"pending": 1000})
    hf.fault("hf", "endpoint.create", kind="hold", count=1)
    checked = driver.checked(inputs())
    caught: list[Failure] = []
    caller = threading.Thread(target=lambda: caught.append(failing(driver.create, checked)))
    caller.start()
    hf.wait_requests(1, operation="endpoint.create")
    hf.wait_for(lambda one: one.state("hf")["endpoints"].get("me/demo"), what="the endpoint")
    driver.cancel()
    caller.join(30)
    hf.release()
    assert not caller.is_alive()
    assert caught[0].id == "me/demo"
    assert len(sent(hf)) == 1


def test_a_failed_update_is_told_and_mended(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver)
    hf.knobs("hf", fail_next_update=1, polls={"updating": 1}, failure_message="bad image")
    news = inputs(model={"env": {"BAD": "1"}})
    failure = failing(driver.update, checked, news, olds=outputs)
    assert "updateFailed" in failure.reasons[0] and "bad image" in failure.reasons[0]
    assert failure.properties["url"] == outputs["url"]
    hf.clear()
    outputs = driver.update(checked, checked, olds=failure.properties)  # the user took it back
    assert sent(hf, "endpoint.update") == [{"model": {"env": {}}}]
    assert outputs["status"]["state"] == "running"


def test_a_failed_update_that_left_the_old_spec_is_accepted(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver)
    hf.knobs("hf", fail_next_update=1, failed_update_keeps="old", polls={"updating": 1})
    failure = failing(driver.update, checked, inputs(type="public"), olds=outputs)
    hf.clear()
    driver.update(checked, checked, olds=failure.properties)
    assert told(hf) == ["endpoint.get"]
    driver.logged("an earlier change of endpoint me/demo did not apply")


def test_a_refused_update_changes_nothing(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver)
    news = inputs(compute={"instanceSize": "x7"})
    failure = failing(driver.update, checked, news, olds=outputs)
    assert (failure.code, failure.partial) == (CODE.INVALID_ARGUMENT, None)


def test_an_update_whose_answer_never_comes_keeps_the_old_outputs(
    driver: Driver, hf: Simulator
) -> None:
    checked, outputs = made(driver)
    hf.fault("hf", "endpoint.update", kind="close", apply=True, count=0)
    failure = failing(driver.update, checked, inputs(type="public"), olds=outputs, timeout=3)
    assert failure.id == "me/demo"
    assert failure.properties == outputs


def test_an_update_of_something_gone_says_refresh(driver: Driver, hf: Simulator) -> None:
    checked, _ = made(driver)
    hf.delete("hf", "me/demo")
    for news in (inputs(type="public"), checked):
        failure = failing(driver.update, checked, news)
        assert failure.code == CODE.NOT_FOUND
        assert "pulumi refresh" in failure.message


# Creates that are refused, lost, or in the way of another endpoint.


REFUSALS = [
    (400, "bad", CODE.INVALID_ARGUMENT, ""),
    (401, "no", CODE.UNAUTHENTICATED, "HF_TOKEN"),
    (402, "pay", CODE.FAILED_PRECONDITION, "unpaid"),
    (403, "no", CODE.PERMISSION_DENIED, "write permission"),
    (409, "Conflict: Quota exceeded", CODE.RESOURCE_EXHAUSTED, "quota"),
    (
        400,
        "Bad Request: Compute instance not available yet",
        CODE.RESOURCE_EXHAUSTED,
        "instance type",
    ),
    (422, "unknown variant", CODE.INVALID_ARGUMENT, ""),
]


@pytest.mark.parametrize(("status", "text", "code", "hint"), REFUSALS)
def test_a_refused_create_says_all_there_is_to_know(
    driver: Driver, hf: Simulator, status: int, text: str, code: grpc.StatusCode, hint: str
) -> None:
    hf.fault("hf", "endpoint.create", kind="error", status=status, code="SOME_CODE", message=text)
    failure = failing(driver.create, driver.checked(inputs()))
    assert (failure.code, failure.partial) == (code, None)
    (request,) = hf.requests(cloud="hf", operation="endpoint.create")
    request_id = dict(request.reply_headers)["X-Request-Id"]
    for part in ("Hugging Face", "creating the endpoint", text, "SOME_CODE", request_id, hint):
        assert part in failure.message


def test_a_machine_that_does_not_exist_is_met_with_those_that_do(driver: Driver) -> None:
    failure = failing(driver.create, driver.checked(inputs(compute={"instanceType": "c6i"})))
    assert failure.code == CODE.INVALID_ARGUMENT
    assert "cpu intel-spr x1" in failure.message and "gpu nvidia-t4 x1" in failure.message
    assert "intel-icl" not in failure.message  # deprecated


@pytest.mark.valgrind_smoke
def test_a_lost_create_is_found_and_not_repeated(driver: Driver, hf: Simulator) -> None:
    hf.fault("hf", "endpoint.create", kind="close", apply=True)
    _, outputs = made(driver, tags=["a"])
    assert outputs["tags"] == ["a"]
    assert told(hf) == ["endpoint.create", "endpoint.get"]


@pytest.mark.parametrize("kind", ["close", "html", "malformed", "empty", "truncated"])
def test_whatever_comes_back_from_a_create_one_endpoint_is_made(
    driver: Driver, hf: Simulator, kind: str
) -> None:
    hf.fault("hf", "endpoint.create", kind=kind, apply=True)
    _, outputs = made(driver)
    assert outputs["endpointId"] == "me/demo"
    assert len(sent(hf)) == 1


def test_a_create_that_did_not_arrive_is_sent_again(driver: Driver, hf: Simulator) -> None:
    hf.fault("hf", "endpoint.create", kind="close", apply=False)
    made(driver)
    assert told(hf)[0] == "endpoint.create" and told(hf)[-1] == "endpoint.create"
    assert len(sent(hf)) == 2


def test_a_server_fault_during_a_create_is_looked_into(driver: Driver, hf: Simulator) -> None:
    hf.fault("hf", "endpoint.create", kind="error", status=500, message="oops")
    made(driver)
    assert len(sent(hf)) == 2 and "endpoint.get" in told(hf)


def test_a_throttled_create_is_sent_again(driver: Driver, hf: Simulator) -> None:
    hf.fault("hf", "endpoint.create", kind="error", status=429, headers={"Retry-After": "0"})
    made(driver)
    assert told(hf) == ["endpoint.create", "endpoint.create"]


def test_a_name_that_is_taken_is_an_error_with_three_ways_out(
    driver: Driver, hf: Simulator
) -> None:
    made(driver)
    hf.clear()
    failure = failing(driver.create, driver.checked(inputs()))
    assert (failure.code, failure.partial) == (CODE.ALREADY_EXISTS, None)
    for part in (
        "pulumi import inference:hf:Endpoint demo me/demo",
        "delete it",
        "adoptExisting: true",
    ):
        assert part in failure.message
    assert len(sent(hf)) == 1 and sent(hf, "endpoint.update") == []


def test_a_lost_create_under_a_taken_name_takes_nothing_over(driver: Driver, hf: Simulator) -> None:
    made(driver, type="public")
    hf.fault("hf", "endpoint.create", kind="close", apply=False)
    failure = failing(driver.create, driver.checked(inputs()))
    assert (failure.code, failure.partial) == (CODE.ALREADY_EXISTS, None)


def test_adoption_changes_what_differs(driver: Driver, hf: Simulator) -> None:
    made(driver, tags=["theirs"], type="public")
    hf.clear()
    id, outputs = driver.create(driver.checked(inputs(adoptExisting=True, tags=["ours"])))
    assert (id, outputs["tags"], outputs["type"]) == ("me/demo", ["ours"], "authenticated")
    (body,) = sent(hf, "endpoint.update")
    assert body["tags"] == ["ours"] and body["type"] == "authenticated"


@pytest.mark.parametrize("kind", ["replace", "refused"])
def test_a_refused_adoption_records_nothing(driver: Driver, hf: Simulator, kind: str) -> None:
    made(driver)
    patch: dict[str, Any] = {"cloudProvider": {"region": "eu-west-1"}}
    if kind == "refused":
        patch = {"compute": {"instanceSize": "x7"}}
        hf.fault("hf", "endpoint.create", kind="error", status=409, message="Conflict")
    failure = failing(driver.create, driver.checked(inputs(adoptExisting=True, **patch)))
    assert failure.partial is None
    if kind == "replace":
        assert failure.code == CODE.ALREADY_EXISTS
        assert "cloudProvider.region" in failure.message


def test_a_name_that_is_just_being_freed_is_waited_for(driver: Driver, hf: Simulator) -> None:
    hf.fault("hf", "endpoint.create", kind="error", status=409, message="Conflict")
    made(driver)
    assert len(sent(hf)) == 2


def test_an_unreachable_cloud_is_told(configure: Callable[..., Driver], hf: Simulator) -> None:
    driver = configure(maxRetries="0")
    checked = driver.checked(inputs())
    hf.listen("hf", False)
    try:
        failure = failing(driver.create, checked)
    finally:
        hf.listen("hf", True)
    assert (failure.code, failure.partial) == (CODE.UNAVAILABLE, None)
    assert "Hugging Face" in failure.message and "127.0.0.1" in failure.message


# Credentials.


def test_missing_credentials_name_every_place(start: Callable[..., Driver], hf: Simulator) -> None:
    driver = start()
    driver.configure(hfEndpoint=hf.url("hf"))
    checked = driver.checked(inputs())
    failure = failing(driver.create, checked)
    assert failure.code == CODE.UNAUTHENTICATED
    for place in (
        "inference:hfToken",
        "HF_TOKEN",
        "HUGGING_FACE_HUB_TOKEN",
        "~/.cache/huggingface/token",
        "pulumi config set --secret",
    ):
        assert place in failure.message
    assert told(hf) == []


def test_a_token_from_the_environment_or_a_file_works_and_stays_out_of_the_state(
    start: Callable[..., Driver], hf: Simulator, tmp_path: Any
) -> None:
    (tmp_path / "token").write_text(TOKEN + "\n")
    for environment in (
        {"HF_TOKEN": TOKEN},
        {"HF_TOKEN_PATH": str(tmp_path / "token")},
        {"HF_HOME": str(tmp_path)},
    ):
        hf.reset()
        driver = start(**environment)
        driver.configure(hfEndpoint=hf.url("hf"))
        _, outputs = made(driver)
        assert TOKEN not in str(outputs)
        assert hf.requests(cloud="hf")[0].header("Authorization") == f"Bearer {TOKEN}"


# Read.


def test_a_refresh_without_drift_gives_the_same(driver: Driver) -> None:
    checked, outputs = made(driver, tags=["a"])
    read = driver.read("me/demo", outputs, checked)
    assert (read.id, plain(read.inputs), plain(read.properties)) == ("me/demo", checked, outputs)


DRIFT: list[tuple[dict[str, Any], dict[str, Any], dict[str, str]]] = [
    ({"type": None}, {"type": "public"}, {"type": "ADD"}),
    ({"type": "private"}, {"type": "public"}, {"type": "UPDATE"}),
    ({}, {"tags": ["new"]}, {"tags": "ADD"}),
    ({"tags": ["a"]}, {"tags": []}, {"tags[0]": "DELETE"}),
    ({}, {"compute": {"scaling": {"maxReplica": 7}}}, {"compute.scaling": "ADD"}),
    (
        {"compute": {"scaling": {"maxReplica": 2}}},
        {"compute": {"scaling": {"maxReplica": 7}}},
        {"compute.scaling.maxReplica": "UPDATE"},
    ),
    ({}, {"compute": {"instanceSize": "x4"}}, {"compute.instanceSize": "UPDATE"}),
    ({}, {"model": {"env": {"X": "1"}}}, {"model.env": "ADD"}),
    ({"model": {"env": {"A": "1"}}}, {"model": {"env": {"X": "1"}}}, {"model.env.X": "ADD"}),
    (
        {},
        {"model": {"image": {"huggingface": None, "tei": {"url": "e:1"}}}},
        {"model.image": "ADD"},
    ),
    ({}, {"notifications": {"email": True, "push": False}}, {"notifications": "ADD"}),
    (
        {},
        {"experimentalFeatures": {"cacheHttpResponses": True}},
        {"experimentalFeatures": "ADD"},
    ),
    (
        {"cacheHttpResponses": True},
        {"experimentalFeatures": {"cacheHttpResponses": False}},
        {"cacheHttpResponses": "UPDATE"},
    ),
    ({}, {"status": {"state": "paused"}}, {"desiredState": "ADD"}),
    ({"desiredState": "paused"}, {"status": {"state": "running"}}, {"desiredState": "UPDATE"}),
    ({"compute": {"scaling": {"minReplica": 0}}}, {"status": {"state": "scaledToZero"}}, {}),
    ({}, {"model": {"task": "translation"}}, {}),
    ({}, {"model": {"revision": "0123"}}, {}),
]


@pytest.mark.parametrize(("patch", "drift", "shown"), DRIFT, ids=[str(row[:2]) for row in DRIFT])
def test_drift_shows_at_its_path_and_up_takes_it_back(
    driver: Driver,
    hf: Simulator,
    patch: dict[str, Any],
    drift: dict[str, Any],
    shown: dict[str, str],
) -> None:
    hf.knobs("hf", pause_resets_replicas=False)  # the drift is of the state alone
    checked, outputs = made(driver, **patch)
    hf.mutate("hf", "me/demo", drift)
    read = driver.read("me/demo", outputs, checked)
    refreshed = plain(read.inputs)
    assert kinds(driver.diff(checked, refreshed)) == shown
    if shown:
        driver.update(refreshed, checked, olds=plain(read.properties))
    again = driver.read("me/demo", outputs, checked)
    assert plain(again.inputs) == checked


@pytest.mark.valgrind_smoke
def test_refresh_keeps_what_cannot_be_read(driver: Driver) -> None:
    checked, outputs = made(
        driver,
        model={
            "secrets": secret({"S": "value-of-s"}),
            "image": {
                "custom": {"url": "c:1", "credentials": {"username": "u", "password": "p-1234"}}
            },
        },
    )
    read = driver.read("me/demo", outputs, checked)
    assert plain(read.inputs) == checked
    assert plain(read.properties)["model"]["secrets"] == secret({"S": "value-of-s"})


def test_drift_under_a_secret_stays_secret(driver: Driver, hf: Simulator) -> None:
    env = {"A": secret("value-of-a"), "B": "b"}
    checked, outputs = made(driver, model={"env": env}, tags=secret(["t"]))
    hf.mutate("hf", "me/demo", {"model": {"env": {"B": "c"}}, "tags": ["t", "u"]})
    read = driver.read("me/demo", outputs, checked)
    for shown in (plain(read.inputs), plain(read.properties)):
        assert shown["tags"] == secret(["t", "u"])
        assert bare(shown["model"]["env"]) == {"A": "value-of-a", "B": "c"}
        assert shown["model"]["env"] == secret({"A": "value-of-a", "B": "c"})


def test_a_get_by_id_gives_outputs(driver: Driver) -> None:
    _, outputs = made(driver)
    read = driver.read("me/demo", {}, {})
    assert plain(read.properties) == unpriced(unmarked(outputs))
    assert read.id == "me/demo"


def test_old_states_without_inputs_are_refreshed_from_their_outputs(driver: Driver) -> None:
    _, outputs = made(driver, tags=["a"], model={"secrets": secret({"S": "value-of-s"})})
    read = driver.read("me/demo", {**outputs, "foreign": {"a": [1]}}, None)
    shown = plain(read.inputs)
    assert shown["tags"] == ["a"] and shown["model"]["secrets"] == secret({"S": "value-of-s"})
    assert "foreign" not in shown and "url" not in shown


@pytest.mark.valgrind_smoke
def test_what_is_proven_gone_leaves_the_state(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver)
    hf.delete("hf", "me/demo")
    hf.clear()
    read = driver.read("me/demo", aged(outputs), checked)
    assert read.id == "" and not read.HasField("properties") and not read.HasField("inputs")
    assert told(hf) == ["endpoint.get", "endpoint.list"]


def test_a_new_one_is_not_taken_as_gone(driver: Driver, hf: Simulator) -> None:
    """Nobody says that the list has it at once; whoever drops it pays for it for ever."""
    checked, outputs = made(driver)
    hf.delete("hf", "me/demo")
    failure = failing(driver.read, "me/demo", outputs, checked)
    assert failure.code == CODE.UNAVAILABLE
    assert "endpoint me/demo is not listed yet: it was made" in failure.message
    assert "for 120 s. Run this again then" in failure.message
    ahead = {**outputs, "status": {**outputs["status"], "createdAt": "2100-01-01T00:00:00Z"}}
    for old in (aged(outputs), ahead, {}):  # a clock that is wrong by hours tells nothing
        assert driver.read("me/demo", old, checked).id == ""


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, CODE.UNAUTHENTICATED), (403, CODE.PERMISSION_DENIED), (404, CODE.NOT_FOUND)],
)
def test_a_404_proves_nothing_where_the_namespace_cannot_be_listed(
    driver: Driver, hf: Simulator, status: int, code: grpc.StatusCode
) -> None:
    checked, outputs = made(driver)
    hf.delete("hf", "me/demo")
    hf.fault("hf", "endpoint.list", kind="error", status=status, count=0)
    for call in (
        lambda: driver.read("me/demo", outputs, checked),
        lambda: driver.delete("me/demo", outputs, checked),
    ):
        failure = failing(call)
        assert failure.code == code
        assert "not taken as deleted" in failure.message


@pytest.mark.parametrize("state", ["failed", "updateFailed"])
def test_an_unhealthy_endpoint_is_read_with_its_reasons(
    driver: Driver, hf: Simulator, state: str
) -> None:
    checked, outputs = made(driver)
    hf.call("hf", "fail", target="me/demo", message="Out of memory", state=state)
    failure = failing(driver.read, "me/demo", outputs, checked)
    assert (failure.id, failure.inputs) == ("me/demo", checked)
    assert failure.properties["status"]["state"] == state
    assert state in failure.reasons[0] and "Out of memory" in failure.reasons[0]


@pytest.mark.parametrize("bad", ["a/b/c", "/demo", "me/", "me/../x/y"])
def test_a_malformed_id_names_the_format(driver: Driver, hf: Simulator, bad: str) -> None:
    failure = failing(driver.read, bad)
    assert failure.code == CODE.INVALID_ARGUMENT
    assert "namespace/name" in failure.message
    assert told(hf) == []


@pytest.mark.parametrize("odd", ["me/..", "me/.", "../demo"])
def test_an_id_that_would_address_something_else_is_refused(
    driver: Driver, hf: Simulator, odd: str
) -> None:
    assert failing(driver.read, odd).code == CODE.INVALID_ARGUMENT
    assert told(hf) == []


# Delete.


@pytest.mark.valgrind_smoke
def test_a_delete_waits_until_it_is_gone(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver)
    hf.knobs("hf", polls={"deleting": 1})
    hf.clear()
    driver.delete("me/demo", outputs, checked)
    # The delete was answered with success: its 404 needs no list. Then one look for left-overs.
    assert told(hf) == ["endpoint.delete", "endpoint.get", "endpoint.get", "endpoint.list"]


def test_deleting_what_is_gone_succeeds(driver: Driver, hf: Simulator) -> None:
    """A list proves it; another one is the look for left-overs."""
    driver.delete("me/demo", inputs(), inputs())
    assert told(hf) == ["endpoint.delete", "endpoint.get", "endpoint.list", "endpoint.list"]


def test_a_delete_works_from_an_old_state(driver: Driver, hf: Simulator) -> None:
    made(driver)
    driver.delete("me/demo", None, None)
    assert hf.state("hf")["endpoints"] == {}


def test_a_delete_without_a_state_of_what_is_not_there_is_an_error(
    driver: Driver, hf: Simulator
) -> None:
    """Its id was typed."""
    failure = failing(driver.delete, "me/dmeo", None, None)
    assert failure.code == CODE.NOT_FOUND
    assert failure.message == (
        "Hugging Face: there is no endpoint me/dmeo in namespace me, and nothing was deleted; if "
        "it lives elsewhere, the id says where: namespace/name (a bare name works when "
        "inference:hfNamespace is set)"
    )


def test_a_delete_that_takes_too_long_is_an_error(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver)
    hf.knobs("hf", polls={"deleting": 1000})
    failure = failing(driver.delete, "me/demo", outputs, checked, timeout=1.5)
    assert (failure.code, failure.partial) == (CODE.DEADLINE_EXCEEDED, None)


def test_a_name_that_is_made_anew_ends_the_wait_of_a_delete(
    configure: Callable[..., Driver], driver: Driver, hf: Simulator
) -> None:
    """Another run takes the name as soon as it is free, between two looks: what was to be deleted
    is gone, and the new endpoint stays."""
    checked, outputs = made(driver)
    hf.knobs("hf", polls={"deleting": 2})
    hf.clear()
    ended: list[Failure | None] = []

    def delete() -> None:
        try:
            driver.delete("me/demo", outputs, checked, timeout=20)
            ended.append(None)
        except Failure as failure:
            ended.append(failure)

    deleting = threading.Thread(target=delete)
    deleting.start()
    wait_until(lambda: "endpoint.get" in told(hf))  # it shows the endpoint that is going
    other = configure()
    anew: dict[str, Any] = {}

    def took_the_name() -> bool:
        try:
            anew.update(other.create(other.checked(inputs()))[1])
        except Failure as failure:
            assert failure.code == CODE.ALREADY_EXISTS
        return anew != {}

    wait_until(took_the_name)
    deleting.join(60)
    assert ended == [None]
    assert plain(other.read("me/demo").properties)["status"] == anew["status"]
    assert told(hf).count("endpoint.delete") == 1


def test_a_refused_delete_keeps_the_resource(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver)
    hf.fault("hf", "endpoint.delete", kind="error", status=403, message="no")
    assert failing(driver.delete, "me/demo", outputs, checked).code == CODE.PERMISSION_DENIED


def test_a_lost_delete_is_sent_again(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver)
    hf.fault("hf", "endpoint.delete", kind="close", apply=True)
    driver.delete("me/demo", outputs, checked)
    assert hf.state("hf")["endpoints"] == {}


# A delete whose reply was lost frees the name, and somebody may take it before the next try.

LATER = {"Retry-After": "4"}


@dataclass
class Ending:
    failure: Failure | None = None


@contextmanager
def deleting(driver: Driver, outputs: dict[str, Any], checked: dict[str, Any]) -> Iterator[Ending]:
    """Deletes it while the block runs."""
    ending = Ending()

    def delete() -> None:
        try:
            driver.delete("me/demo", outputs, checked, timeout=20)
        except Failure as failure:
            ending.failure = failure

    thread = threading.Thread(target=delete)
    thread.start()
    yield ending
    thread.join(60)
    assert not thread.is_alive()


def passed(hf: Simulator, seconds: float) -> None:
    """So long after the delete, by the service's clock, which tells whole seconds."""
    wait_until(lambda: "endpoint.delete" in told(hf))
    (request,) = hf.requests(cloud="hf", operation="endpoint.delete")
    wait_until(lambda: hf.now() >= request.time + seconds)


def test_a_delete_that_may_be_done_is_sent_again_only_after_a_look(
    configure: Callable[..., Driver], driver: Driver, hf: Simulator
) -> None:
    checked, outputs = made(driver)
    other = configure()
    hf.fault("hf", "endpoint.delete", kind="error", status=502, apply=True, headers=LATER)
    hf.clear()
    with deleting(driver, outputs, checked) as ending:
        passed(hf, 2.1)
        anew = other.create(other.checked(inputs()))[1]
    assert ending.failure is None
    assert told(hf).count("endpoint.delete") == 1
    assert plain(other.read("me/demo").properties)["status"] == anew["status"]


def test_a_delete_is_not_repeated_for_one_that_may_be_anothers(
    configure: Callable[..., Driver], driver: Driver, hf: Simulator
) -> None:
    """Whether it was made before or after the first try nobody can tell."""
    checked, outputs = made(driver)
    outputs["status"]["createdAt"] = "2026-01-01T00:00:00Z"
    hf.fault("hf", "endpoint.delete", kind="close")
    hf.clear()
    failure = failing(driver.delete, "me/demo", outputs, checked)
    created = hf.state("hf")["endpoints"]["me/demo"]["view"]["status"]["createdAt"]
    assert failure.code == CODE.UNKNOWN
    assert (
        "It was not sent again, because endpoint me/demo is perhaps another one by now: it was "
        f"made at {created}, later than the one in the state."
    ) in failure.message
    assert told(hf) == ["endpoint.delete", "endpoint.get"]


def test_a_delete_is_not_repeated_without_a_look(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver)
    hf.fault("hf", "endpoint.delete", kind="close", apply=True)
    hf.fault("hf", "endpoint.get", kind="error", status=403, message="no", count=0)
    hf.clear()
    failure = failing(driver.delete, "me/demo", outputs, checked)
    assert failure.code == CODE.UNKNOWN
    assert told(hf) == ["endpoint.delete", "endpoint.get"]


def test_a_name_made_anew_before_the_first_look_ends_the_wait(
    configure: Callable[..., Driver], driver: Driver, hf: Simulator
) -> None:
    """No look has shown the deleted one; the new one was made after the delete was sent."""
    checked, outputs = made(driver)
    other = configure()
    hf.fault("hf", "endpoint.delete", kind="delay", delay_reply_ms=4000)
    hf.clear()
    with deleting(driver, outputs, checked) as ending:
        passed(hf, 2.1)
        anew = other.create(other.checked(inputs()))[1]
    assert ending.failure is None
    assert told(hf).count("endpoint.delete") == 1
    assert plain(other.read("me/demo").properties)["status"] == anew["status"]


# Secrets.

LOGIN = "https://user:canary-4711@host.example/x"


def test_a_login_in_an_address_of_a_reply_is_a_secret(
    configure: Callable[..., Driver], hf: Simulator
) -> None:
    driver = configure()
    rewrite = {"/status/url": LOGIN, "/status/message": f"see {LOGIN}"}
    hf.fault("hf", "endpoint.create", kind="rewrite", assign=rewrite)
    hf.fault("hf", "endpoint.get", kind="rewrite", assign=rewrite, count=0)
    checked, outputs = made(driver, waitForReady=False)
    id = "me/demo"
    for shown in (outputs, plain(driver.read(id, outputs, checked).properties)):
        assert shown["url"] == shown["status"]["url"] == secret(LOGIN)
        assert shown["target"]["baseUrl"] == secret(LOGIN)
        assert shown["status"]["message"] == "see [secret]"
    found = driver.function("getEndpoint", id=id)
    assert found["target"]["baseUrl"] == secret(LOGIN)


@pytest.mark.parametrize("state", ["failed", "running"])
def test_a_login_in_a_reply_is_in_no_message(
    configure: Callable[..., Driver], hf: Simulator, state: str
) -> None:
    driver = configure(maxRetries=0)
    rewrite = {"/status/url": LOGIN, "/status/message": f"at {LOGIN}", "/status/state": state}
    hf.fault("hf", "endpoint.create", kind="error", status=400, message=f"no {LOGIN}")
    texts = [failing(driver.create, driver.checked(inputs())).message]
    hf.fault("hf", "endpoint.get", kind="rewrite", assign=rewrite, count=0)
    hf.fault("hf", "endpoint.create", kind="rewrite", assign=rewrite)
    checked = driver.checked(inputs(readiness="answers"))
    if state == "failed":
        failure = failing(driver.create, checked)
        texts += [failure.message, *failure.reasons]
    else:
        driver.create(checked)
        driver.logged("is not asked: its address has a login, or is none")
    texts += [record.message for record in driver.engine.records]
    assert [text for text in texts if "canary" in text] == []
    assert "no https://[secret]@host.example/x" in texts[0]


@pytest.mark.valgrind_smoke
def test_no_secret_leaves_the_process(driver: Driver, hf: Simulator) -> None:
    """Canaries in every place a secret can be, and failures of every kind around them."""
    canaries = {name: f"canary-{name}-4711" for name in ("password", "secret", "env", "arg", "tag")}
    checked = driver.checked(
        inputs(
            tags=[secret(canaries["tag"])],
            model={
                "secrets": {"S": canaries["secret"]},
                "env": {"E": secret(canaries["env"])},
                "args": [secret(canaries["arg"])],
                "image": {
                    "custom": {
                        "url": "c:1",
                        "credentials": {"username": "u", "password": canaries["password"]},
                    }
                },
            },
        )
    )
    echo = " ".join([*canaries.values(), TOKEN])
    hf.fault("hf", "endpoint.create", kind="error", status=400, message=f"you sent {echo}")
    texts = [failing(driver.create, checked).message]
    hf.knobs("hf", fail_next_create=1, failure_message=f"crashed with {echo}")
    failure = failing(driver.create, checked)
    texts += [failure.message, *failure.reasons]
    driver.logged("exists, waiting for it")
    texts += [record.message for record in driver.engine.records]
    for text in texts:
        for canary in (*canaries.values(), TOKEN):
            assert canary not in text
    # In the state each is wrapped, and the token is not there at all.
    shown = str(failure.properties)
    assert (
        TOKEN not in str(bare(failure.properties["model"]))
        and TOKEN not in shown.split("status")[0]
    )
    model = failure.properties["model"]
    assert model["secrets"] == secret({"S": canaries["secret"]})
    assert model["env"] == {"E": secret(canaries["env"])}
    assert model["args"] == [secret(canaries["arg"])]
    assert model["image"]["custom"]["credentials"]["password"] == secret(canaries["password"])


# List.


def listed(driver: Driver, **members: Any) -> tuple[list[str], str | None]:
    ids: list[str] = []
    token = None
    for response in driver.list(**members):
        if response.HasField("result"):
            assert token is None
            ids.append(response.result.id)
            assert response.result.name == response.result.id.split("/")[1]
        else:
            assert token is None and response.HasField("continuation")
            token = response.continuation.continuation_token
    return ids, token


def fill(hf: Simulator, driver: Driver, count: int) -> list[str]:
    """Newest first, as the service lists."""
    for number in range(count):
        driver.create(driver.checked(inputs(name=f"e{number:03}")), name=f"e{number}")
    return [f"me/e{number:03}" for number in reversed(range(count))]


def test_a_list_pages_and_honours_limits(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", list_limit_max=4)
    ids = fill(hf, driver, 10)
    everything: list[str] = []
    token: str | None = ""
    while token is not None:
        page, token = listed(driver, query=struct({"namespace": "me"}), continuation_token=token)
        assert 0 < len(page) <= 4
        everything += page
        token = token or None
    assert everything == ids
    for limit in (1, 3, 4, 5, 9, 10, 11):
        some, token = listed(driver, query=struct({"namespace": "me"}), limit=limit)
        assert some == ids[:limit]
        if token:
            rest, _ = listed(
                driver, query=struct({"namespace": "me"}), limit=100, continuation_token=token
            )
            assert some + rest == ids


def test_a_list_without_a_namespace_uses_the_users(driver: Driver, hf: Simulator) -> None:
    assert listed(driver) == ([], "")
    assert told(hf) == ["whoami", "endpoint.list"]


def test_a_list_of_something_unknown_is_computed(driver: Driver, hf: Simulator) -> None:
    (response,) = driver.list(query=struct({"namespace": UNKNOWN}))
    assert response.HasField("computed")
    assert told(hf) == []


def test_a_list_that_is_refused_is_an_error(driver: Driver, hf: Simulator) -> None:
    hf.fault("hf", "endpoint.list", kind="error", status=403, message="no")
    assert failing(lambda: list(driver.list(query=struct({"namespace": "me"})))).code == (
        CODE.PERMISSION_DENIED
    )


@pytest.mark.parametrize(
    ("cursors", "reason"),
    [
        (["a", "a"], "the list does not advance: a page names itself as the next"),
        (["a", "b", "a"], "the list does not advance: a page shows nothing new"),
    ],
)
def test_a_list_that_goes_round_is_an_error(
    driver: Driver, hf: Simulator, cursors: list[str], reason: str
) -> None:
    for cursor in cursors:
        body = {"items": [{"name": f"e-{cursor}"}], "nextCursor": cursor}
        hf.fault("hf", "endpoint.list", kind="error", status=200, body=body)
    failure = failing(lambda: list(driver.list(query=struct({"namespace": "me"}), limit=100)))
    assert failure.code == CODE.UNAVAILABLE
    assert failure.message.startswith(f"Hugging Face: listing the namespace: {reason}")
    assert len(hf.requests(cloud="hf")) == len(cursors)


def test_an_empty_page_with_a_cursor_is_not_the_end(driver: Driver, hf: Simulator) -> None:
    body = {"items": [], "nextCursor": "a"}
    hf.fault("hf", "endpoint.list", kind="error", status=200, body=body)
    body = {"items": [{"name": "last"}]}
    hf.fault("hf", "endpoint.list", kind="error", status=200, body=body)
    assert listed(driver, query=struct({"namespace": "me"})) == (["me/last"], "")
    assert [request.query for request in hf.requests(cloud="hf")] == [
        "limit=100",
        "limit=100&cursor=a",
    ]


@pytest.mark.parametrize("total", [1, 7])
def test_a_list_shorter_than_its_total_proves_nothing(
    driver: Driver, hf: Simulator, total: int
) -> None:
    """It is cut short on the way, or its cursor has another name than documented."""
    checked, outputs = made(driver)
    hf.fault("hf", "endpoint.get", kind="error", status=404, count=0)
    body = {"items": [], "totalItems": total, "nextCursor": None}
    hf.fault("hf", "endpoint.list", kind="error", status=200, body=body, count=0)
    for call in (
        lambda: driver.read("me/demo", outputs, checked),
        lambda: list(driver.list(query=struct({"namespace": "me"}), limit=100)),
    ):
        failure = failing(call)
        assert failure.code == CODE.UNAVAILABLE
        assert failure.message.endswith(
            "the list is shorter than its own total, so what is missing there is not taken as "
            "deleted"
        )


CURSOR = "the page names no page as the next that could be asked for, so what is missing is not "
TOTAL = "the reply holds no list of endpoints, so nothing is "


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        *[(f'"nextCursor":{odd}', CURSOR) for odd in ("{}", "[]", '["a"]', "true", "false", "1.5")],
        *[(f'"totalItems":{odd}', TOTAL) for odd in ('"x"', "{}", "[0]", "true", "-1")],
    ],
)
def test_a_list_that_says_oddly_whether_it_is_whole_proves_nothing(
    configure: Callable[..., Driver], driver: Driver, hf: Simulator, member: str, reason: str
) -> None:
    checked, outputs = made(driver)
    hf.fault("hf", "endpoint.get", kind="error", status=404, count=0)
    body = f'{{"items":[],{member}}}'
    hf.fault("hf", "endpoint.list", kind="malformed", body=body, count=0)
    failure = failing(configure(maxRetries=0).read, "me/demo", aged(outputs), checked)
    assert failure.code == CODE.UNAVAILABLE
    assert failure.message.endswith(f"{reason}taken as deleted")
    hf.clear_faults()
    assert driver.read("me/demo", outputs, checked).id == "me/demo"


def test_cursors_of_the_other_direction_prove_nothing(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver)
    fill(hf, driver, 3)
    hf.knobs("hf", list_limit_max=1, swap_cursors=True)
    hf.fault("hf", "endpoint.get", kind="error", status=404, count=0)
    assert failing(driver.read, "me/demo", outputs, checked).code == CODE.UNAVAILABLE


@pytest.mark.parametrize("before", [0, 3])
def test_a_404_of_what_is_listed_proves_nothing(driver: Driver, hf: Simulator, before: int) -> None:
    """On whatever page it is: a gateway, not the service, has answered."""
    checked, outputs = made(driver)
    fill(hf, driver, before)
    hf.knobs("hf", list_limit_max=1)
    hf.fault("hf", "endpoint.get", kind="error", status=404, count=0)
    hf.clear()
    failure = failing(driver.read, "me/demo", outputs, checked)
    assert failure.code == CODE.UNAVAILABLE
    assert failure.message == (
        "Hugging Face: endpoint me/demo is listed but cannot be read; try again"
    )
    assert told(hf) == ["endpoint.get"] + ["endpoint.list"] * (before + 1)
