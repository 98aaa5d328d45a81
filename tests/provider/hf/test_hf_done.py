"""An update is done when the service shows it, and a half-done one loses nothing."""

from __future__ import annotations

from typing import Any

import pytest
from support.drivers.hf import (
    NO_WAIT,
    WARNING,
    Driver,
    Failure,
    Simulator,
    bare,
    inputs,
    kinds,
    made,
    plain,
    refused_update,
    sent,
    told,
)

pytestmark = pytest.mark.one_call

OLD = {"type": "authenticated"}
SCALING = {"minReplica": 2, "maxReplica": 4}


def stored(hf: Simulator) -> dict[str, Any]:
    spec: dict[str, Any] = hf.state("hf")["endpoints"]["me/demo"]["spec"]
    return spec


# The end of an update is a look.


def test_a_read_that_lags_is_waited_for(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver)
    hf.clear()
    hf.fault("hf", "endpoint.get", kind="rewrite", merge=OLD, count=2)
    after = driver.update(checked, {**checked, "type": "public"}, olds=outputs)
    assert after["type"] == "public"
    assert told(hf) == ["endpoint.update"] + ["endpoint.get"] * 3
    assert driver.log(WARNING) == []


def test_an_answer_that_still_says_running_is_not_believed(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver)
    hf.knobs("hf", polls={"updating": 2})
    running = {"status": {"state": "running"}}
    hf.fault("hf", "endpoint.update", kind="rewrite", merge=running)
    hf.clear()
    after = driver.update(checked, {**checked, "type": "public"}, olds=outputs)
    assert after["status"]["state"] == "running"
    assert told(hf) == ["endpoint.update"] + ["endpoint.get"] * 3


def test_a_silent_roll_back_is_an_error(driver: Driver, hf: Simulator) -> None:
    """Answered as asked, and later as it was before; others' changes are warnings beside it."""
    checked, outputs = made(driver)
    hf.fault("hf", "endpoint.get", kind="rewrite", merge=OLD | {"tags": ["x"]}, count=0)
    failure = refused_update(driver, checked, {**checked, "type": "public"}, olds=outputs)
    assert "did not apply: type." in failure.reasons[0]
    assert failure.properties["type"] == "authenticated"
    driver.logged("the service answers another value for tags than was asked")


def test_without_waiting_it_is_looked_at_once(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver, waitForReady=False)
    hf.clear()
    hf.fault("hf", "endpoint.get", kind="rewrite", merge=OLD, count=0)
    after = driver.update(checked, {**checked, "type": "public"}, olds=outputs)
    assert after["type"] == "authenticated"
    assert told(hf) == ["endpoint.update", "endpoint.get"]
    driver.logged("the service answers another value for type than was asked")


def test_a_404_while_the_endpoint_is_there_is_the_error(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver)
    hf.fault("hf", "endpoint.update", kind="error", status=404, message="no such thing", count=0)
    failure = refused_update(driver, checked, {**checked, "type": "public"}, olds=outputs)
    assert "no such thing" in failure.message
    assert failure.partial is None


NO_ADDRESS = {"kind": "rewrite", "remove": ["/status/url"]}


def test_an_address_that_comes_late_is_waited_for(driver: Driver, hf: Simulator) -> None:
    hf.fault("hf", "endpoint.create", **NO_ADDRESS)
    hf.fault("hf", "endpoint.get", **NO_ADDRESS)
    _, outputs = made(driver)
    assert told(hf) == ["endpoint.create", "endpoint.get", "endpoint.get"]
    assert outputs["target"]["baseUrl"] == outputs["url"] != ""
    assert driver.log(WARNING) == []


def test_an_address_that_never_comes_is_a_warning(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver)
    hf.fault("hf", "*", **NO_ADDRESS, count=0)
    after = driver.update(checked, {**checked, "type": "public"}, olds=outputs)
    assert after["type"] == "public"
    driver.logged("me/demo runs, but the service shows no address")


def test_a_private_endpoint_has_no_address(driver: Driver, hf: Simulator) -> None:
    hf.fault("hf", "*", **NO_ADDRESS, count=0)
    made(driver, type="private", privateService={"accountId": "123456789012"})
    assert told(hf) == ["endpoint.create"]
    assert driver.log(WARNING) == []


# What pausing and resuming do to the replicas.


def test_a_resume_gives_the_replicas_back(driver: Driver, hf: Simulator) -> None:
    checked, _ = made(driver, compute={"scaling": SCALING})
    paused = {**checked, "desiredState": "paused"}
    outputs = driver.update(checked, paused)
    assert outputs["compute"]["scaling"] == SCALING
    hf.clear()
    after = driver.update(paused, checked, olds=outputs)
    assert sent(hf, "endpoint.update") == [{"compute": {"scaling": SCALING}}]
    assert [one for one in told(hf) if one != "endpoint.get"] == [
        "endpoint.resume",
        "endpoint.update",
    ]
    assert after["status"]["state"] == "running"
    assert after["compute"]["scaling"] | SCALING == after["compute"]["scaling"]
    assert driver.log(WARNING) == []


def test_a_paused_endpoint_is_not_sent_scaling(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", scaling_wakes=True)
    checked, outputs = made(driver, desiredState="paused", compute={"scaling": SCALING})
    news = driver.checked(
        inputs(desiredState="paused", type="public", compute={"scaling": {"maxReplica": 3}})
    )
    hf.clear()
    outputs = driver.update(checked, news, olds=outputs)
    assert sent(hf, "endpoint.update") == [{"type": "public"}]
    assert outputs["status"]["state"] == "paused"
    hf.clear()
    running = {**news, "desiredState": "running"}
    driver.update(news, running, olds=outputs)
    assert told(hf)[0:2] == ["endpoint.get", "endpoint.resume"]
    assert sent(hf, "endpoint.update") == [{"compute": {"scaling": {"maxReplica": 3}}}]
    assert stored(hf)["compute"]["scaling"]["maxReplica"] == 3


def test_a_refresh_of_a_paused_endpoint_leaves_scaling(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver, desiredState="paused", compute={"scaling": SCALING})
    read = driver.read("me/demo", outputs, checked)
    assert plain(read.inputs) == checked
    driver.logged("is paused, so its replicas are not read: they are kept as they were")


def test_an_import_of_a_paused_endpoint_leaves_scaling_out(driver: Driver, hf: Simulator) -> None:
    made(driver, desiredState="paused", compute={"scaling": SCALING})
    read = driver.read("me/demo")
    assert "scaling" not in plain(read.inputs)["compute"]
    driver.logged("is paused, so its replicas are not read: they are left out")


# A half-done update.


def half_done(
    driver: Driver, hf: Simulator, news: dict[str, Any], **before: Any
) -> tuple[dict[str, Any], Failure]:
    """The PUT is taken, the pause is refused."""
    checked, outputs = made(driver, **before)
    hf.fault("hf", "endpoint.pause", kind="error", status=400, message="not now", count=0)
    news = driver.checked(inputs(**news, desiredState="paused"))
    failure = refused_update(driver, checked, news, olds=outputs)
    assert failure.partial is not None and failure.partial.refresh_before_update
    hf.clear_faults("hf")
    return checked, failure


def test_a_program_taken_back_takes_the_service_back(driver: Driver, hf: Simulator) -> None:
    checked, failure = half_done(driver, hf, {"type": "public"})
    assert failure.properties["type"] == "public"
    hf.clear()
    after = driver.update(checked, checked, olds=failure.properties)
    assert sent(hf, "endpoint.update") == [{"type": "authenticated"}]
    assert (after["type"], stored(hf)["type"]) == ("authenticated", "authenticated")


def test_the_look_before_the_next_update_shows_it(driver: Driver, hf: Simulator) -> None:
    checked, failure = half_done(driver, hf, {"type": "public"})
    read = driver.read("me/demo", failure.properties, checked)
    assert plain(read.inputs) == {**checked, "type": "public"}


SECRETS = {"A": "old"}
NEW_SECRETS = {"A": "new"}


def test_secrets_that_were_sent_are_taken_back(driver: Driver, hf: Simulator) -> None:
    """No look shows them: the state says what was sent."""
    checked, failure = half_done(
        driver, hf, {"model": {"secrets": NEW_SECRETS}}, model={"secrets": SECRETS}
    )
    assert bare(failure.properties)["model"]["secrets"] == NEW_SECRETS
    read = driver.read("me/demo", failure.properties, checked)
    assert bare(plain(read.inputs))["model"]["secrets"] == NEW_SECRETS
    hf.clear()
    driver.update(checked, checked, olds=failure.properties)
    assert sent(hf, "endpoint.update") == [{"model": {"secrets": SECRETS}}]
    assert stored(hf)["model"]["secrets"] == SECRETS


@pytest.mark.parametrize("secrets", [SECRETS, NEW_SECRETS], ids=["taken back", "kept"])
def test_secrets_that_were_perhaps_sent_are_sent_again(
    driver: Driver, hf: Simulator, secrets: dict[str, str]
) -> None:
    checked, outputs = made(driver, model={"secrets": SECRETS})
    news = driver.checked(inputs(model={"secrets": NEW_SECRETS}))
    hf.fault("hf", "endpoint.update", kind="close", apply=True, count=0)
    failure = refused_update(driver, checked, news, olds=outputs, timeout=3)
    assert failure.partial is not None and failure.partial.refresh_before_update
    assert "secrets" not in failure.properties["model"]
    hf.clear_faults("hf")
    read = driver.read("me/demo", failure.properties, checked)
    assert "secrets" not in plain(read.inputs)["model"]
    hf.clear()
    wanted = driver.checked(inputs(model={"secrets": secrets}))
    driver.update(plain(read.inputs), wanted, olds=plain(read.properties))
    assert sent(hf, "endpoint.update") == [{"model": {"secrets": secrets}}]
    assert stored(hf)["model"]["secrets"] == secrets


NEVER_SAID = [
    ({"route": {"domain": "a.example", "path": "/a"}}, {"route": None}, "route"),
    (
        {"compute": {"scaling": {"measure": {"pendingRequests": 2}}}},
        {"compute": {"scaling": {"measure": None}}},
        "compute.scaling.measure",
    ),
]


@pytest.mark.parametrize(("added", "body", "path"), NEVER_SAID, ids=["route", "measure"])
@pytest.mark.parametrize("looks", [True, False], ids=["after a look", "at once"])
def test_what_was_added_half_way_is_taken_out_with_the_program(
    driver: Driver,
    hf: Simulator,
    added: dict[str, Any],
    body: dict[str, Any],
    path: str,
    looks: bool,
) -> None:
    """The old inputs, which the engine keeps, never had it, and no default tells whose it is."""
    hf.knobs("hf", null_clears=True)
    olds, failure = half_done(driver, hf, added)
    outputs = failure.properties
    assert outputs["__held"] == [path]
    if looks:
        read = driver.read("me/demo", outputs, olds)
        assert kinds(driver.diff(plain(read.inputs), olds, olds=plain(read.properties))) != {}
        inputs_before, outputs = plain(read.inputs), plain(read.properties)
    else:
        inputs_before = olds
    hf.clear()
    after = driver.update(inputs_before, olds, olds=outputs)
    assert sent(hf, "endpoint.update") == [body]
    assert "__held" not in after
    assert kinds(driver.diff(olds, olds, olds=after)) == {}


LOST = [
    pytest.param(
        {"secrets": {"A": "new"}}, {}, {"model": {"secrets": {}}}, "model.secrets", id="secrets"
    ),
    pytest.param(
        {"image": {"custom": {"url": "u:1", "credentials": {"username": "u", "password": "p"}}}},
        {"image": {"custom": {"url": "u:1"}}},
        {"model": {"image": {"custom": {"url": "u:1"}}}},
        "model.image.custom.credentials",
        id="credentials",
    ),
]


@pytest.mark.parametrize(("added", "before", "body", "path"), LOST)
def test_a_secret_that_was_perhaps_sent_is_taken_out_with_the_program(
    driver: Driver,
    hf: Simulator,
    added: dict[str, Any],
    before: dict[str, Any],
    body: dict[str, Any],
    path: str,
) -> None:
    """The reply is lost: the service may hold it, the old inputs and the program do not."""
    olds, outputs = made(driver, model=before)
    hf.fault("hf", "endpoint.update", kind="close", apply=True, count=0)
    failure = refused_update(
        driver, olds, driver.checked(inputs(model=added)), olds=outputs, timeout=3
    )
    assert failure.properties["__held"] == [path]
    hf.clear_faults("hf")
    outputs, old_inputs = failure.properties, olds
    for _ in range(2):  # another refresh forgets nothing
        read = driver.read("me/demo", outputs, old_inputs)
        outputs, old_inputs = plain(read.properties), plain(read.inputs)
    assert kinds(driver.diff(old_inputs, olds, olds=outputs)) == {path: "DELETE"}
    hf.clear()
    after = driver.update(old_inputs, olds, olds=outputs)
    assert sent(hf, "endpoint.update") == [body]
    assert "__held" not in after
    assert kinds(driver.diff(olds, olds, olds=after)) == {}


# Busy is waited for.

BUSY = {"kind": "error", "status": 409, "message": "Endpoint is updating"}


def test_an_update_that_is_refused_while_it_starts_waits(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", polls={"pending": 2})
    checked, outputs = made(driver, waitForReady=False)
    hf.fault("hf", "endpoint.update", **BUSY)
    hf.clear()
    after = driver.update(checked, {**checked, "type": "public"}, olds=outputs)
    assert told(hf) == ["endpoint.update"] + ["endpoint.get"] * 3 + [
        "endpoint.update",
        "endpoint.get",
    ]
    assert after["type"] == "public"


def test_an_update_that_is_refused_at_rest_is_refused(driver: Driver, hf: Simulator) -> None:
    """It is sent once more, for it may have come to rest since the refusal."""
    checked, outputs = made(driver)
    hf.fault("hf", "endpoint.update", **BUSY, count=0)
    hf.clear()
    failure = refused_update(driver, checked, {**checked, "type": "public"}, olds=outputs)
    assert "Endpoint is updating" in failure.message and failure.partial is None
    assert told(hf) == ["endpoint.update", "endpoint.get"] * 2


@pytest.mark.parametrize("status", [400, 409])
def test_an_update_that_is_refused_until_the_look_is_sent_again(
    driver: Driver, hf: Simulator, status: int
) -> None:
    checked, outputs = made(driver)
    hf.fault("hf", "endpoint.update", **(BUSY | {"status": status}))
    hf.clear()
    after = driver.update(checked, {**checked, "type": "public"}, olds=outputs)
    assert told(hf) == ["endpoint.update", "endpoint.get"] * 2
    assert after["type"] == "public"


def test_an_action_that_is_refused_until_the_look_is_sent_again(
    driver: Driver, hf: Simulator
) -> None:
    checked, outputs = made(driver)
    hf.fault("hf", "endpoint.pause", **BUSY)
    hf.clear()
    after = driver.update(checked, {**checked, "desiredState": "paused"}, olds=outputs)
    assert told(hf).count("endpoint.pause") == 2
    assert after["status"]["state"] == "paused"


def test_a_delete_that_is_refused_until_the_look_is_sent_again(
    driver: Driver, hf: Simulator
) -> None:
    checked, outputs = made(driver)
    hf.fault("hf", "endpoint.delete", **BUSY)
    hf.clear()
    driver.delete("me/demo", outputs, checked)
    assert told(hf)[:3] == ["endpoint.delete", "endpoint.get", "endpoint.delete"]
    assert hf.state("hf")["endpoints"] == {}


def test_a_refusal_of_the_change_itself_is_sent_once(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver)
    hf.fault("hf", "endpoint.update", kind="error", status=409, message="no", count=0)
    hf.clear()
    refused_update(driver, checked, {**checked, "type": "public"}, olds=outputs)
    assert told(hf).count("endpoint.update") == 1


@pytest.mark.parametrize("desired", ["paused", "running"])
def test_an_action_that_is_refused_while_it_starts_waits(
    driver: Driver, hf: Simulator, desired: str
) -> None:
    hf.knobs("hf", polls={"pending": 3})
    checked, outputs = made(driver, waitForReady=False)
    hf.fault("hf", "endpoint.pause", **BUSY)
    after = driver.update(checked, {**checked, "desiredState": desired}, olds=outputs)
    assert told(hf).count("endpoint.pause") == (2 if desired == "paused" else 0)
    assert after["status"]["state"] == ("paused" if desired == "paused" else "pending")


def test_a_delete_that_is_refused_while_it_starts_waits(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", polls={"pending": 2})
    checked, outputs = made(driver, waitForReady=False)
    hf.fault("hf", "endpoint.delete", **BUSY)
    driver.delete("me/demo", outputs, checked)
    assert told(hf).count("endpoint.delete") == 2
    assert hf.state("hf")["endpoints"] == {}


def test_busy_for_too_long_is_that_refusal(driver: Driver, hf: Simulator) -> None:
    hf.knobs("hf", polls={"pending": 1000})
    checked, outputs = made(driver, waitForReady=False)
    hf.fault("hf", "endpoint.update", **BUSY)
    failure = refused_update(
        driver, checked, {**checked, "type": "public"}, olds=outputs, timeout=2
    )
    assert "Endpoint is updating" in failure.message and failure.partial is None


# What the program does not want touched.


def test_an_ignored_state_resumes_nothing(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver)
    hf.mutate("hf", "me/demo", {"status": {"state": "paused"}})
    hf.clear()
    news = {**checked, "type": "public"}
    after = driver.update(checked, news, olds=outputs, ignore=("desiredState",))
    assert told(hf) == ["endpoint.update", "endpoint.get"]
    assert (after["type"], after["status"]["state"]) == ("public", "paused")


def test_a_timeout_goes_when_the_endpoint_no_longer_sleeps(driver: Driver, hf: Simulator) -> None:
    """The service filled it in: no program ever said it."""
    checked, outputs = made(driver, compute={"scaling": {"minReplica": 0}})
    news = driver.checked(inputs(compute={"scaling": {"minReplica": 1}}))
    hf.clear()
    driver.update(checked, news, olds=outputs)
    scaling = {"minReplica": 1, "scaleToZeroTimeout": None}
    assert sent(hf, "endpoint.update") == [{"compute": {"scaling": scaling}}]


def test_a_timeout_is_kept_on_import(driver: Driver, hf: Simulator) -> None:
    made(driver, compute={"scaling": {"minReplica": 0, "scaleToZeroTimeout": 15}})
    scaling = plain(driver.read("me/demo").inputs)["compute"]["scaling"]
    assert scaling == {"minReplica": 0, "scaleToZeroTimeout": 15}


@pytest.mark.parametrize(
    ("account", "changed"), [("1", {}), ("2", {"privateService.accountId": "UPDATE_REPLACE"})]
)
def test_the_account_moves_to_its_present_name(
    driver: Driver, account: str, changed: dict[str, str]
) -> None:
    former = driver.checked(inputs(type="private", accountId="1"))
    present = driver.checked(inputs(type="private", privateService={"accountId": account}))
    assert kinds(driver.diff(former, present)) == changed
    back = {key: "UPDATE_REPLACE" for key in changed}
    assert kinds(driver.diff(present, former)) == back


# Fractions, as the service keeps them.


def shown(value: float) -> dict[str, Any]:
    """A reply with that measure."""
    measure = {"hardwareUsage": value}
    return {"kind": "rewrite", "merge": {"compute": {"scaling": {"measure": measure}}}, "count": 0}


def usage(value: float) -> dict[str, Any]:
    return {"compute": {"scaling": {"measure": {"hardwareUsage": value}}}}


KEPT = [
    pytest.param(0.1, 0.10000000149011612, id="in 32 bits"),
    pytest.param(0.1, 0.100000001, id="in 32 bits, nine digits"),
    pytest.param(66.6666, 66.67, id="two decimals"),
    pytest.param(62.55, 62.5, id="one decimal"),
    pytest.param(62.4, 62, id="whole"),
]


@pytest.mark.parametrize(("asked", "kept"), KEPT)
def test_a_fraction_is_compared_as_it_is_kept(
    driver: Driver, hf: Simulator, asked: float, kept: float
) -> None:
    checked, outputs = made(driver, **usage(55.5))
    hf.fault("hf", "*", **shown(kept))
    news = driver.checked(inputs(**usage(asked)))
    outputs = driver.update(checked, news, olds=outputs)
    for _ in range(2):  # the second look compares with what the first one left
        read = driver.read("me/demo", outputs, news)
        assert plain(read.inputs) == news
        outputs = plain(read.properties)
    assert kinds(driver.diff(news, news, olds=outputs)) == {}
    assert driver.log(WARNING) == []


@pytest.mark.parametrize(("asked", "kept"), KEPT)
@pytest.mark.parametrize("change", [0.5, -1])
def test_another_fraction_is_a_change(
    driver: Driver, hf: Simulator, asked: float, kept: float, change: float
) -> None:
    hf.fault("hf", "*", **shown(kept))
    checked, outputs = made(driver, **usage(asked))
    hf.clear_faults("hf")
    hf.fault("hf", "*", **shown(kept + change))
    read = driver.read("me/demo", outputs, checked)
    assert plain(read.inputs)["compute"]["scaling"]["measure"] == {"hardwareUsage": kept + change}


def test_a_change_by_hand_that_looks_rounded_shows(driver: Driver, hf: Simulator) -> None:
    """What the service made of 66.6666 is in the state."""
    checked, outputs = made(driver, **usage(66.6666))
    hf.fault("hf", "*", **shown(66.67))
    read = driver.read("me/demo", outputs, checked)
    assert plain(read.inputs)["compute"]["scaling"]["measure"] == {"hardwareUsage": 66.67}


def test_a_fraction_that_rolls_back_to_what_looks_rounded_is_an_error(
    driver: Driver, hf: Simulator
) -> None:
    checked, outputs = made(driver, **usage(66.67))
    hf.fault("hf", "*", **shown(66.67))
    failure = refused_update(
        driver, checked, driver.checked(inputs(**usage(66.6666))), olds=outputs
    )
    assert "did not apply: compute.scaling.measure.hardwareUsage." in failure.reasons[0]


def test_a_change_of_the_program_however_small_is_sent(driver: Driver, hf: Simulator) -> None:
    checked, outputs = made(driver, **usage(0.1))
    news = driver.checked(inputs(**usage(0.1001)))
    assert kinds(driver.diff(checked, news)) == {"compute.scaling.measure.hardwareUsage": "UPDATE"}
    hf.clear()
    driver.update(checked, news, olds=outputs)
    assert sent(hf, "endpoint.update") == [usage(0.1001)]


# What is taken out and left to the service.


def lasting(path: str) -> str:
    return (
        f"Hugging Face: {path} was taken out of the program, but the service shows it as it was; "
        "for another value, say which"
    )


TAKEN_OUT = [
    ({"measure": {"pendingRequests": 2}}, {}, "measure"),
    ({"minReplica": 0, "scaleToZeroTimeout": 30}, {"minReplica": 0}, "scaleToZeroTimeout"),
]


@pytest.mark.parametrize(("before", "after", "name"), TAKEN_OUT)
@pytest.mark.parametrize("waits", [True, False])
def test_what_is_taken_out_and_stays_is_told(
    driver: Driver,
    hf: Simulator,
    before: dict[str, Any],
    after: dict[str, Any],
    name: str,
    waits: bool,
) -> None:
    """The service takes null for what is left out (docs/apis/hf.md 2.3)."""
    checked, outputs = made(driver, compute={"scaling": before}, waitForReady=waits)
    news = driver.checked(inputs(compute={"scaling": after}, waitForReady=waits), olds=checked)
    hf.clear()
    outputs = driver.update(checked, news, olds=outputs)
    assert sent(hf, "endpoint.update") == [{"compute": {"scaling": {name: None}}}]
    driver.logged("taken out")
    assert driver.log(WARNING) == [lasting(f"compute.scaling.{name}")]
    assert outputs["compute"]["scaling"][name] == before[name]
    assert kinds(driver.diff(news, news, olds=outputs)) == {}


@pytest.mark.parametrize(("before", "after", "name"), TAKEN_OUT)
def test_what_is_taken_out_and_is_the_service_s_again_is_not(
    driver: Driver, hf: Simulator, before: dict[str, Any], after: dict[str, Any], name: str
) -> None:
    checked, outputs = made(driver, compute={"scaling": before})
    news = driver.checked(inputs(compute={"scaling": after}), olds=checked)
    usual = {"measure": {"hardwareUsage": 80, "pendingRequests": None}, "scaleToZeroTimeout": 15}
    shown = {"compute": {"scaling": {name: usual[name]}}}
    hf.fault("hf", "*", kind="rewrite", merge=shown, skip=1, count=0)  # not the look before it
    driver.update(checked, news, olds=outputs)
    driver.checked(inputs(type=None))
    driver.logged("type is left out")  # and so everything before it
    assert [text for text in driver.log(WARNING) if "taken out" in text] == []


# What is taken out after somebody changed it.

ROUTE = {"domain": "a.example", "path": "/a"}
CLOSED = {"cidrBlock": True, "cidrList": ["10.0.0.0/8"]}


@pytest.mark.parametrize(
    ("before", "hand"),
    [
        ({"route": ROUTE}, {"route": {"path": "/by-hand"}}),
        ({"network": CLOSED}, {"network": {"cidrList": ["192.168.0.0/16"]}}),
    ],
    ids=["route", "network"],
)
def test_an_object_that_somebody_changed_is_taken_out_or_told(
    driver: Driver, hf: Simulator, before: dict[str, Any], hand: dict[str, Any]
) -> None:
    """Between the preview and `up`, at a service that takes null for what is left out."""
    (name,) = before
    checked, outputs = made(driver, **before)
    news = driver.checked(inputs(), olds=checked)
    hf.mutate("hf", "me/demo", hand)
    hf.clear()
    failure = refused_update(driver, checked, news, olds=outputs)
    assert sent(hf, "endpoint.update") == [{name: None}]
    assert f"did not apply: {name}." in failure.reasons[0]
    assert failure.properties[name] == {**before[name], **hand[name]}
    hf.knobs("hf", null_clears=True)
    hf.clear()
    after = driver.update(checked, news, olds=failure.properties)
    assert sent(hf, "endpoint.update") == [{name: None}]
    assert name not in after
    assert driver.log(WARNING) == []


def test_a_timeout_that_somebody_changed_and_that_stays_is_told(
    driver: Driver, hf: Simulator
) -> None:
    """What the service shows after the change is what a look before it showed."""
    checked, outputs = made(
        driver, compute={"scaling": {"minReplica": 0, "scaleToZeroTimeout": 30}}
    )
    news = driver.checked(inputs(compute={"scaling": {"minReplica": 0}}), olds=checked)
    hf.mutate("hf", "me/demo", {"compute": {"scaling": {"scaleToZeroTimeout": 45}}})
    hf.clear()
    after = driver.update(checked, news, olds=outputs)
    assert told(hf) == ["endpoint.get", "endpoint.update", "endpoint.get"]
    driver.logged("taken out")
    assert driver.log(WARNING) == [lasting("compute.scaling.scaleToZeroTimeout")]
    assert after["compute"]["scaling"]["scaleToZeroTimeout"] == 45


def test_a_member_that_somebody_put_into_what_is_sent_whole_is_taken_out_or_told(
    driver: Driver, hf: Simulator
) -> None:
    """The features are sent without it; a service that merges them keeps it."""
    checked, outputs = made(driver, experimentalFeatures={"loadBalancer": "sticky"})
    news = driver.checked(inputs(), olds=checked)
    hf.mutate("hf", "me/demo", {"experimentalFeatures": {"mcpLb": {"stateful": True}}})
    stays = {"experimentalFeatures": {"mcpLb": {"stateful": True}}}
    rule = hf.fault("hf", "endpoint.get", kind="rewrite", merge=stays, count=0)
    failure = refused_update(driver, checked, news, olds=outputs)
    assert rule and "did not apply: experimentalFeatures.mcpLb." in failure.reasons[0]
    hf.clear_faults()
    after = driver.update(checked, news, olds=failure.properties)
    assert "mcpLb" not in after["experimentalFeatures"]


def test_what_was_sent_before_a_wait_was_cut_off_is_as_secret_as_it_was(
    driver: Driver, hf: Simulator
) -> None:
    checked, outputs = made(driver, model={"secrets": SECRETS}, tags=["a"])
    hf.knobs("hf", polls=NO_WAIT | {"updating": 1000})
    news = driver.checked(inputs(model={"secrets": NEW_SECRETS}, tags=["b"]), olds=checked)
    failure = refused_update(driver, checked, news, olds=outputs, timeout=1)
    assert failure.partial is not None and not failure.partial.refresh_before_update
    assert failure.properties["__sent"] == news
    assert bare(news)["model"]["secrets"] == NEW_SECRETS != news["model"]["secrets"]
    hf.knobs("hf", polls=NO_WAIT)
    hf.mutate("hf", "me/demo", {"status": {"state": "running"}})
    hf.clear()
    part = driver.checked(inputs(model={"secrets": SECRETS}, tags=["b"]), olds=checked)
    after = driver.update(checked, part, olds=failure.properties)
    assert sent(hf, "endpoint.update") == [{"model": {"secrets": SECRETS}, "tags": ["b"]}]
    assert bare(after)["model"]["secrets"] == SECRETS
    assert after["tags"] == ["b"]
