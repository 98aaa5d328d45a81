"""After a failed update and a refresh the next preview shows what is not as the program says."""

from __future__ import annotations

from typing import Any

import pytest
from support.drivers.hf import (
    NO_WAIT,
    Driver,
    Simulator,
    inputs,
    kinds,
    made,
    merge,
    plain,
    refused_update,
    sent,
)

pytestmark = pytest.mark.one_call

Json = dict[str, Any]
ROUTE = {"domain": "a.example", "path": "/a"}


def refreshed(driver: Driver, outputs: Json, old_inputs: Json) -> tuple[Json, Json]:
    read = driver.read("me/demo", outputs, old_inputs)
    return plain(read.inputs), plain(read.properties)


def stored(hf: Simulator) -> Json:
    spec: Json = hf.state("hf")["endpoints"]["me/demo"]["spec"]
    return spec


def value_at(outputs: Json, path: str) -> Any:
    found: Any = outputs
    for step in path.split("."):
        found = found.get(step, {})
    return found or None


def cut_off(driver: Driver, hf: Simulator, olds: Json, news: Json, outputs: Json) -> Json:
    """The wait for it is; then the endpoint has come to run."""
    hf.knobs("hf", polls=NO_WAIT | {"updating": 1000})
    failure = refused_update(driver, olds, news, olds=outputs, timeout=1)
    assert failure.partial is not None and not failure.partial.refresh_before_update
    hf.knobs("hf", polls=NO_WAIT)
    hf.mutate("hf", "me/demo", {"status": {"state": "running"}})
    hf.clear()
    return failure.properties


# What the program says before and after, what the service keeps in place of that, and what did not
# apply. Many in one update: each waits until the service has had its time.
SHAPES = [
    pytest.param(
        {},
        {
            "type": "public",
            "tags": ["a"],
            "route": ROUTE,
            "compute": {"scaling": {"maxReplica": 2}},
            "model": {"env": {"A": "1"}},
            "experimentalFeatures": {"skipRepoDownload": True},
        },
        {
            "type": "authenticated",
            "tags": [],
            "route": None,
            "compute": {"scaling": {"maxReplica": 1}},
            "model": {"env": {"A": None}},
            "experimentalFeatures": {"skipRepoDownload": False},
        },
        "type, compute.scaling.maxReplica, model.env, tags, "
        "experimentalFeatures.skipRepoDownload, route",
        id="added",
    ),
    pytest.param(
        {
            "tags": ["a"],
            "route": ROUTE,
            "compute": {"scaling": {"maxReplica": 2}},
            "model": {"env": {"A": "1"}},
        },
        {},
        {
            "tags": ["a"],
            "route": ROUTE | {"path": "/by-hand"},
            "compute": {"scaling": {"maxReplica": 2}},
            "model": {"env": {"A": "1"}},
        },
        "compute.scaling.maxReplica, model.env, tags, route",
        id="taken out",
    ),
    pytest.param(
        {"experimentalFeatures": {"loadBalancer": "sticky"}, "route": ROUTE},
        {
            "experimentalFeatures": {"loadBalancer": "least_connections"},
            "route": ROUTE | {"path": "/b"},
        },
        {"experimentalFeatures": {"mcpLb": {"stateful": True}}, "route": ROUTE},
        "experimentalFeatures.mcpLb, route.path",
        id="changed",
    ),
    pytest.param(
        {"experimentalFeatures": {"loadBalancer": "sticky"}},
        {"experimentalFeatures": {"loadBalancer": "least_connections"}},
        {"experimentalFeatures": {"mcpLb": {"stateful": True}}},
        "experimentalFeatures.mcpLb",
        id="put by hand into what is sent whole",
    ),
    pytest.param(
        {"experimentalFeatures": {"loadBalancer": "sticky"}},
        {},
        {"experimentalFeatures": {"mcpLb": {"stateful": True}}},
        "experimentalFeatures.mcpLb",
        id="put by hand into what is taken out",
    ),
]


@pytest.mark.parametrize(("before", "after", "kept", "paths"), SHAPES)
def test_each_path_that_did_not_apply_is_a_difference(
    driver: Driver, hf: Simulator, before: Json, after: Json, kept: Json, paths: str
) -> None:
    olds, outputs = made(driver, **before)
    news = driver.checked(inputs(**after), olds=olds)
    hf.fault("hf", "endpoint.get", kind="rewrite", merge=kept, count=0)
    failure = refused_update(driver, olds, news, olds=outputs)
    assert f"did not apply: {paths}." in failure.reasons[0]
    shown, outputs = refreshed(driver, failure.properties, olds)
    changed = list(kinds(driver.diff(shown, news, olds=outputs)))
    for path in paths.split(", "):
        assert any(is_at(one, path) for one in changed), f"{path} is not among {changed}"


def is_at(one: str, path: str) -> bool:
    """The same, or one of them below the other."""
    longer, shorter = (one, path) if len(one) > len(path) else (path, one)
    return longer.startswith(shorter) and longer[len(shorter) :][:1] in ("", ".", "[")


def test_what_did_not_apply_is_sent_again_by_an_engine_that_does_not_look(
    driver: Driver, hf: Simulator
) -> None:
    """With the program as it was before: it is no difference, and the update is for the error."""
    olds, outputs = made(driver, experimentalFeatures={"loadBalancer": "sticky"})
    news = driver.checked(inputs(), olds=olds)
    stays = {"experimentalFeatures": {"mcpLb": {"stateful": True}}}
    hf.fault("hf", "endpoint.get", kind="rewrite", merge=stays, count=0)
    outputs = refused_update(driver, olds, news, olds=outputs).properties
    hf.clear_faults("hf")
    hf.mutate("hf", "me/demo", stays)
    hf.clear()
    after = driver.update(olds, olds, olds=outputs)
    features = {"loadBalancer": "sticky"}
    assert sent(hf, "endpoint.update") == [{"experimentalFeatures": features}]
    assert "mcpLb" not in after["experimentalFeatures"]
    assert "__held" not in after


# Marks of one failed update, and the next.


def test_what_was_added_before_a_wait_was_cut_off_and_is_not_taken_out(
    driver: Driver, hf: Simulator
) -> None:
    """The engine's old inputs never had it, though the second update knew of it."""
    olds, outputs = made(driver)
    news = driver.checked(inputs(route=ROUTE), olds=olds)
    outputs = cut_off(driver, hf, olds, news, outputs)
    others = driver.checked(inputs(tags=["a"]), olds=olds)
    failure = refused_update(driver, olds, others, olds=outputs)
    assert sent(hf, "endpoint.update") == [{"route": None, "tags": ["a"]}]
    assert "did not apply: route." in failure.reasons[0]
    assert failure.properties["__held"] == ["route"]
    shown, outputs = refreshed(driver, failure.properties, olds)
    assert kinds(driver.diff(shown, others, olds=outputs)) == {"route": "DELETE"}
    hf.knobs("hf", null_clears=True)
    hf.clear()
    after = driver.update(shown, others, olds=outputs)
    assert sent(hf, "endpoint.update") == [{"route": None}]
    assert not {"__held", "__sent"} & after.keys()


@pytest.mark.parametrize("looks", [True, False], ids=["after a look", "at once"])
def test_a_second_failed_update_forgets_nothing_of_the_first(
    driver: Driver, hf: Simulator, looks: bool
) -> None:
    """By an engine that does not look before it updates."""
    hf.fault("hf", "endpoint.pause", kind="error", status=400, message="not now", count=0)
    olds, outputs = made(driver)
    news = driver.checked(inputs(route=ROUTE, desiredState="paused"), olds=olds)
    outputs = refused_update(driver, olds, news, olds=outputs).properties
    assert outputs["__held"] == ["route"]
    others = driver.checked(inputs(tags=["a"], desiredState="paused"), olds=olds)
    hf.clear()
    outputs = refused_update(driver, olds, others, olds=outputs).properties
    assert sent(hf, "endpoint.update") == [{"tags": ["a"]}]
    assert outputs["__held"] == ["route"]
    hf.clear_faults("hf")
    hf.knobs("hf", null_clears=True)
    shown = olds
    if looks:
        shown, outputs = refreshed(driver, outputs, olds)
        assert kinds(driver.diff(shown, olds, olds=outputs)) == {
            "route": "DELETE",
            "tags": "DELETE",
        }
    hf.clear()
    after = driver.update(shown, olds, olds=outputs)
    assert sent(hf, "endpoint.update") == [{"route": None, "tags": []}]
    assert not {"route", "__held", "__sent"} & after.keys()


# What a wait that was cut off leaves, and a program that changes further.

FURTHER = [
    pytest.param(
        {},
        {"measure": {"pendingRequests": 2}, "maxReplica": 4},
        {"maxReplica": 3},
        {"measure": None, "maxReplica": 3},
        id="added",
    ),
    pytest.param(
        {"minReplica": 2, "maxReplica": 4},
        {},
        {"minReplica": 2, "maxReplica": 3},
        {"minReplica": 2, "maxReplica": 3},
        id="taken out and said again",
    ),
    pytest.param(
        {"maxReplica": 2},
        {"maxReplica": 2, "measure": {"pendingRequests": 2}},
        {},
        {"maxReplica": 1, "measure": None},
        id="taken out",
    ),
]


@pytest.mark.parametrize(("before", "between", "now", "body"), FURTHER)
def test_a_member_that_was_sent_before_a_wait_was_cut_off_is_taken_back(
    driver: Driver, hf: Simulator, before: Json, between: Json, now: Json, body: Json
) -> None:
    def program(scaling: Json, **more: Any) -> Json:
        compute = {"compute": {"scaling": scaling}} if scaling else {}
        return driver.checked(inputs(**compute), **more)

    olds = program(before)
    _, outputs = driver.create(olds)
    outputs = cut_off(driver, hf, olds, program(between, olds=olds), outputs)
    driver.update(olds, program(now, olds=olds), olds=outputs)
    assert sent(hf, "endpoint.update") == [{"compute": {"scaling": body}}]


# What the program ignores (ignoreChanges), after an update that may have sent it.

LOGIN = {"username": "u", "password": "p"}
CUSTOM = {"image": {"custom": {"url": "u:1"}}}
LOST = [
    ({"image": {"custom": {"credentials": LOGIN}}}, "model.image.custom.credentials", CUSTOM),
    ({"secrets": {"A": "1"}}, "model.secrets", {"secrets": {}}),
]


def lost(driver: Driver, hf: Simulator, added: Json) -> tuple[Json, Json]:
    """The reply to the update is: inputs, which lack it, and outputs after a look."""
    olds, outputs = made(driver, model=CUSTOM)
    hf.fault("hf", "endpoint.update", kind="close", apply=True, count=0)
    news = driver.checked(inputs(model=merge(CUSTOM, added)))
    outputs = refused_update(driver, olds, news, olds=outputs, timeout=3).properties
    hf.clear_faults("hf")
    shown, outputs = refreshed(driver, outputs, olds)
    assert shown == olds
    hf.clear()
    return olds, outputs


@pytest.mark.parametrize(("added", "path", "body"), LOST, ids=["credentials", "secrets"])
@pytest.mark.parametrize("above", [0, 1, 2, 9])
def test_what_was_perhaps_sent_and_is_ignored_stays(
    driver: Driver, hf: Simulator, added: Json, path: str, body: Json, above: int
) -> None:
    """Itself, what it is in, or all: until it is ignored no more."""
    olds, outputs = lost(driver, hf, added)
    ignored = (".".join(path.split(".")[: -above or None]) or "*",)
    before = stored(hf)
    assert kinds(driver.diff(olds, olds, olds=outputs, ignore=ignored)) == {}
    outputs = driver.update(olds, olds, olds=outputs, ignore=ignored)
    assert (sent(hf, "endpoint.update"), stored(hf)) == ([], before)
    assert value_at(outputs, path) is None
    assert outputs["__held"] == [path]
    assert kinds(driver.diff(olds, olds, olds=outputs)) == {path: "DELETE"}
    outputs = driver.update(olds, olds, olds=outputs)
    assert sent(hf, "endpoint.update") == [{"model": body}]
    assert "__held" not in outputs


@pytest.mark.parametrize("ignored", [LOST[0][1], "model.image.*.credentials"])
def test_what_was_perhaps_sent_and_is_ignored_is_not_sent_as_nothing(
    driver: Driver, hf: Simulator, ignored: str
) -> None:
    """An image is sent whole: what nobody knows cannot be in it, and the preview says so."""
    olds, outputs = lost(driver, hf, LOST[0][0])
    image = {"custom": {"url": "u:2"}}
    news = driver.checked(inputs(model={"image": image}), olds=olds)
    changed = kinds(driver.diff(olds, news, olds=outputs, ignore=(ignored,)))
    assert changed == {"model.image.custom.url": "UPDATE"}
    driver.logged("this change loses model.image.custom.credentials")
    outputs = driver.update(olds, news, olds=outputs, ignore=(ignored,))
    assert sent(hf, "endpoint.update") == [{"model": {"image": image}}]
    assert "credentials" not in outputs["model"]["image"]["custom"]


SENT = [
    ({"type": "authenticated"}, {"type": "public"}, "type"),
    (
        {"model": {"secrets": {"A": "1"}}},
        {"model": {"secrets": {"A": "2"}}},
        "model.secrets.A",
    ),
    ({"model": {"env": {"A": "1"}}}, {"model": {"env": {"A": "2"}}}, "model.env.A"),
    (
        {"compute": {"scaling": {"maxReplica": 2}}},
        {"compute": {"scaling": {"maxReplica": 3}}},
        "compute.scaling.maxReplica",
    ),
]


@pytest.mark.parametrize(("before", "after", "path"), SENT, ids=[path for *_, path in SENT])
@pytest.mark.parametrize("above", [0, 1, 9])
def test_what_was_sent_before_a_wait_was_cut_off_and_is_ignored_stays(
    driver: Driver, hf: Simulator, before: Json, after: Json, path: str, above: int
) -> None:
    """Until it is ignored no more: then the service is brought to the program, which has always
    said so."""
    olds, outputs = made(driver, **before)
    news = driver.checked(inputs(**after), olds=olds)
    outputs = cut_off(driver, hf, olds, news, outputs)
    ignored = (".".join(path.split(".")[: -above or None]) or "*",)
    shown = stored(hf)
    for _ in range(2):
        assert kinds(driver.diff(olds, olds, olds=outputs, ignore=ignored)) == {}
        outputs = driver.update(olds, olds, olds=outputs, ignore=ignored)
        assert (sent(hf, "endpoint.update"), stored(hf)) == ([], shown)
        assert "__sent" in outputs
    assert kinds(driver.diff(olds, olds, olds=outputs)) == {path: "UPDATE"}
    outputs = driver.update(olds, olds, olds=outputs)
    assert sent(hf, "endpoint.update") == [before]
    assert "__sent" not in outputs


def test_what_was_sent_and_is_ignored_outlives_another_change(
    driver: Driver, hf: Simulator
) -> None:
    olds, outputs = made(driver)
    public = driver.checked(inputs(type="public"), olds=olds)
    outputs = cut_off(driver, hf, olds, public, outputs)
    news = driver.checked(inputs(tags=["a"]), olds=olds)
    outputs = driver.update(olds, news, olds=outputs, ignore=("type",))
    assert sent(hf, "endpoint.update") == [{"tags": ["a"]}]
    assert (outputs["type"], outputs["__sent"]) == ("public", {**news, "type": "public"})
    shown, looked = refreshed(driver, outputs, news)
    assert (shown["type"], "__sent" in looked) == ("public", False)
    assert kinds(driver.diff(news, news, olds=outputs)) == {"type": "UPDATE"}
    assert kinds(driver.diff(shown, news, olds=looked)) == {"type": "UPDATE"}


# A key of a map that a refresh hides, for the service may have put it there.


@pytest.mark.parametrize("before", [{}, {"A": "1"}], ids=["alone", "with another"])
def test_a_hidden_key_of_a_failed_update_is_taken_out_with_the_program(
    driver: Driver, hf: Simulator, before: Json
) -> None:
    """The PUT is taken, the pause is refused."""
    olds, outputs = made(driver, model={"env": before})
    hf.fault("hf", "endpoint.pause", kind="error", status=400, message="not now", count=0)
    env = {**before, "HF_TOKEN": "x"}
    news = driver.checked(inputs(model={"env": env}, desiredState="paused"), olds=olds)
    outputs = refused_update(driver, olds, news, olds=outputs).properties
    assert outputs["__held"] == ["model.env"]
    shown, outputs = refreshed(driver, outputs, olds)
    assert shown["model"]["env"] == env
    assert kinds(driver.diff(shown, olds, olds=outputs)) != {}
    hf.clear()
    outputs = driver.update(shown, olds, olds=outputs)
    assert sent(hf, "endpoint.update") == [{"model": {"env": before}}]
    assert "__held" not in outputs
    assert kinds(driver.diff(olds, olds, olds=outputs)) == {}
