"""Diff: every property, its path, and whether a change replaces the endpoint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from support.drivers.hf import UNKNOWN, WARNING, Driver, inputs, kinds, merge, secret

pytestmark = pytest.mark.one_call

TGI = {"url": "registry.example/tgi:1"}


def base() -> dict[str, Any]:
    """An endpoint with something everywhere."""
    return inputs(
        type="private",
        tags=["a", "b"],
        cacheHttpResponses=False,
        compute={
            "scaling": {
                "minReplica": 0,
                "maxReplica": 2,
                "scaleToZeroTimeout": 15,
                "measure": {"hardwareUsage": 80},
            }
        },
        model={
            "task": "text-generation",
            "revision": "main",
            "image": {"tgi": {**TGI, "port": 80, "maxInputLength": 10}},
            "env": {"A": "1", "odd.key": "2"},
            "secrets": secret({"S": "value-of-s"}),
            "args": ["-v"],
            "command": ["serve"],
        },
        experimentalFeatures={"loadBalancer": "sticky", "mcpLb": {"stateful": True}},
        privateService={"accountId": "1", "region": "us-east-1", "shared": False},
        route={"domain": "x.example", "path": "/v1"},
        customRouter={"tag": "router:1", "env": {"R": "1"}, "port": 3000},
        network={"cidrBlock": True, "cidrList": ["10.0.0.0/8", "11.0.0.0/8"]},
        notifications={"email": True, "push": False},
        desiredState="running",
    )


U, R = "UPDATE", "UPDATE_REPLACE"

# A merge patch of the inputs above, and what it shows.
CHANGES: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"name": "other"}, {"name": R}),
    ({"namespace": "acme"}, {"namespace": R}),
    ({"cloudProvider": {"vendor": "gcp"}}, {"cloudProvider.vendor": R}),
    ({"cloudProvider": {"region": "eu-west-1"}}, {"cloudProvider.region": R}),
    ({"privateService": {"accountId": "2"}}, {"privateService.accountId": R}),
    ({"privateService": {"region": "eu-west-1"}}, {"privateService.region": R}),
    ({"privateService": {"shared": True}}, {"privateService.shared": R}),
    ({"privateService": None}, {"privateService": "DELETE_REPLACE"}),
    ({"accountId": "9"}, {"accountId": "ADD_REPLACE"}),
    ({"type": "public"}, {"type": U}),
    ({"type": None}, {"type": "DELETE"}),
    ({"compute": {"accelerator": "gpu"}}, {"compute.accelerator": U}),
    ({"compute": {"instanceType": "nvidia-t4"}}, {"compute.instanceType": U}),
    ({"compute": {"instanceSize": "x2"}}, {"compute.instanceSize": U}),
    ({"compute": {"scaling": {"minReplica": 1}}}, {"compute.scaling.minReplica": U}),
    ({"compute": {"scaling": {"minReplica": None}}}, {"compute.scaling.minReplica": "DELETE"}),
    ({"compute": {"scaling": {"maxReplica": 3}}}, {"compute.scaling.maxReplica": U}),
    (
        {"compute": {"scaling": {"scaleToZeroTimeout": None}}},
        {"compute.scaling.scaleToZeroTimeout": "DELETE"},
    ),
    (
        {"compute": {"scaling": {"measure": {"hardwareUsage": 70}}}},
        {"compute.scaling.measure.hardwareUsage": U},
    ),
    (
        {"compute": {"scaling": {"measure": {"hardwareUsage": None, "pendingRequests": 2}}}},
        {
            "compute.scaling.measure.hardwareUsage": "DELETE",
            "compute.scaling.measure.pendingRequests": "ADD",
        },
    ),
    ({"compute": {"scaling": {"metric": "hardwareUsage", "threshold": 80}}}, {}),  # as measure
    ({"model": {"repository": "a/b"}}, {"model.repository": U}),
    ({"model": {"framework": "custom"}}, {"model.framework": U}),
    ({"model": {"task": "translation"}}, {"model.task": U}),
    ({"model": {"task": None}}, {}),
    ({"model": {"revision": "v2"}}, {"model.revision": U}),
    ({"model": {"revision": None}}, {}),
    ({"model": {"image": {"tgi": {"url": "t:2"}}}}, {"model.image.tgi.url": U}),
    ({"model": {"image": {"tgi": {"port": None}}}}, {"model.image.tgi.port": "DELETE"}),
    ({"model": {"image": {"tgi": {"quantize": "awq"}}}}, {"model.image.tgi.quantize": "ADD"}),
    (
        {"model": {"image": {"tgi": None, "tei": {"url": "t"}}}},
        {"model.image.tgi": "DELETE", "model.image.tei": "ADD"},
    ),
    ({"model": {"image": None}}, {"model.image": "DELETE"}),
    ({"model": {"env": {"A": "2"}}}, {"model.env.A": U}),
    ({"model": {"env": {"odd.key": None}}}, {'model.env["odd.key"]': "DELETE"}),
    ({"model": {"env": {"B": ""}}}, {"model.env.B": "ADD"}),
    ({"model": {"env": None}}, {"model.env": "DELETE"}),
    ({"model": {"secrets": secret({"S": "other-value"})}}, {"model.secrets.S": U}),
    ({"model": {"secrets": None}}, {"model.secrets": "DELETE"}),
    ({"model": {"args": ["-v", "-q"]}}, {"model.args[1]": "ADD"}),
    ({"model": {"args": []}}, {"model.args[0]": "DELETE"}),
    ({"model": {"command": ["run"]}}, {"model.command[0]": U}),
    ({"tags": ["a", "c"]}, {"tags[1]": U}),
    ({"tags": None}, {"tags": "DELETE"}),
    ({"cacheHttpResponses": True}, {"cacheHttpResponses": U}),
    (
        {"experimentalFeatures": {"loadBalancer": "random"}},
        {"experimentalFeatures.loadBalancer": U},
    ),
    (
        {"experimentalFeatures": {"mcpLb": {"stateful": False}}},
        {"experimentalFeatures.mcpLb.stateful": U},
    ),
    ({"experimentalFeatures": {"mcpLb": None}}, {"experimentalFeatures.mcpLb": "DELETE"}),
    (
        {"experimentalFeatures": {"skipRepoDownload": True}},
        {"experimentalFeatures.skipRepoDownload": "ADD"},
    ),
    (
        {"experimentalFeatures": {"cacheHttpResponses": True}},
        {"experimentalFeatures.cacheHttpResponses": "ADD"},
    ),
    ({"route": {"path": "/v2"}}, {"route.path": U}),
    ({"route": None}, {"route": "DELETE"}),
    ({"customRouter": {"tag": "router:2"}}, {"customRouter.tag": U}),
    ({"customRouter": {"port": 3001}}, {"customRouter.port": U}),
    ({"customRouter": {"grpcPort": 9003}}, {"customRouter.grpcPort": "ADD"}),
    ({"customRouter": {"protocol": "extProc"}}, {"customRouter.protocol": "ADD"}),
    ({"customRouter": {"env": {"R": "2"}}}, {"customRouter.env.R": U}),
    ({"network": {"cidrBlock": False}}, {"network.cidrBlock": U}),
    ({"network": {"cidrList": ["10.0.0.0/8", "12.0.0.0/8"]}}, {"network.cidrList[1]": U}),
    ({"network": {"cidrList": ["10.0.0.0/8"]}}, {"network.cidrList[1]": "DELETE"}),
    ({"notifications": {"push": True}}, {"notifications.push": U}),
    ({"notifications": None}, {"notifications": "DELETE"}),
    ({"desiredState": "paused"}, {"desiredState": U}),
]


@pytest.mark.parametrize(("patch", "shown"), CHANGES, ids=[str(list(r[1])) for r in CHANGES])
def test_a_change_shows_at_its_path(
    driver: Driver, patch: dict[str, Any], shown: dict[str, str]
) -> None:
    assert kinds(driver.diff(base(), merge(base(), patch))) == shown


@pytest.mark.parametrize(("patch", "shown"), CHANGES, ids=[str(list(r[1])) for r in CHANGES])
def test_the_way_back_shows_the_opposite(
    driver: Driver, patch: dict[str, Any], shown: dict[str, str]
) -> None:
    """What a refresh asks: old and new change places."""
    back = {"ADD": "DELETE", "DELETE": "ADD", "UPDATE": "UPDATE"}
    opposite = {
        path: kind.replace(kind.split("_")[0], back[kind.split("_")[0]])
        for path, kind in shown.items()
    }
    if patch == {"model": {"task": None}}:
        opposite = {"model.task": "ADD"}
    if patch == {"model": {"revision": None}}:
        opposite = {"model.revision": "ADD"}
    assert kinds(driver.diff(merge(base(), patch), base())) == opposite


EQUAL: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {"type": "authenticated"}),
    ({}, {"type": "protected"}),
    ({"type": "protected"}, {"type": "authenticated"}),
    ({}, {"compute": {"scaling": {"minReplica": 1, "maxReplica": 1}}}),
    ({}, {"compute": {"scaling": {}}}),
    ({}, {"compute": {"id": "aws-us-east-1-intel-spr-x1"}}),
    ({}, {"model": {"image": {"huggingface": {}}}}),
    ({}, {"model": {"env": {}, "args": [], "command": []}}),
    ({}, {"tags": []}),
    ({}, {"cacheHttpResponses": False}),
    ({}, {"experimentalFeatures": {"cacheHttpResponses": False, "loadBalancer": "random"}}),
    ({}, {"experimentalFeatures": {"kvRouter": {"tag": "t"}}}),
    ({}, {"network": {"cidrBlock": False, "cidrList": []}}),
    ({}, {"notifications": {"email": False, "push": False}}),
    ({}, {"desiredState": "running"}),
    ({}, {"waitForReady": False, "adoptExisting": True, "timeouts": {"create": 5}}),
    (
        {"customRouter": {"tag": "t"}},
        {
            "customRouter": {
                "tag": "t",
                "port": 3000,
                "grpcPort": 9002,
                "protocol": "http",
                "env": {},
            }
        },
    ),
    (
        {"privateService": {"accountId": "1"}},
        {"privateService": {"accountId": "1", "shared": False}},
    ),
    ({"network": {"cidrList": ["a", "b", "a"]}}, {"network": {"cidrList": ["a", "a", "b"]}}),
    ({"tags": ["a"]}, {"tags": secret(["a"])}),
    ({"model": {"env": {"A": "x"}}}, {"model": {"env": {"A": secret("x")}}}),
]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("one", "other"), EQUAL, ids=[str(row[1]) for row in EQUAL])
def test_what_means_the_same_is_no_change(
    driver: Driver, one: dict[str, Any], other: dict[str, Any], turned: bool
) -> None:
    olds, news = inputs(**one), inputs(**other)
    if turned:
        olds, news = news, olds
    assert kinds(driver.diff(olds, news)) == {}


def test_a_list_counts_how_often_an_item_is_there(driver: Driver) -> None:
    olds = inputs(network={"cidrList": ["a", "a", "b"]})
    assert kinds(driver.diff(olds, inputs(network={"cidrList": ["a", "b", "b"]}))) == {
        "network.cidrList": U
    }


def test_the_order_of_tags_counts(driver: Driver) -> None:
    shown = kinds(driver.diff(inputs(tags=["a", "b"]), inputs(tags=["b", "a"])))
    assert shown == {"tags[0]": U, "tags[1]": U}


def test_what_is_not_known_yet_differs_from_everything(driver: Driver) -> None:
    news = merge(base(), {"type": UNKNOWN, "name": UNKNOWN, "compute": {"scaling": UNKNOWN}})
    assert kinds(driver.diff(base(), news)) == {"type": U, "name": R, "compute.scaling": U}


def test_an_unknown_inside_a_secret_differs(driver: Driver) -> None:
    news = merge(base(), {"model": {"secrets": secret({"S": UNKNOWN})}})
    assert kinds(driver.diff(base(), news)) == {"model.secrets.S": U}


def test_marks_of_defaulted_names_are_no_change(driver: Driver) -> None:
    assert kinds(driver.diff(inputs(__defaults=["name"]), inputs())) == {}
    assert kinds(driver.diff(inputs(), inputs(__defaults=["name"]))) == {}


# ignoreChanges: the engine has put back the old values, and names the paths as well.


@pytest.mark.parametrize(
    ("patch", "ignored"),
    [
        ({"tags": ["x"]}, ("tags",)),
        ({"tags": ["a", "c"]}, ("tags[1]",)),
        ({"tags": ["a", "c"]}, ("tags[*]",)),
        ({"compute": {"scaling": {"maxReplica": 9}}}, ("compute.scaling",)),
        ({"compute": {"scaling": {"maxReplica": 9}}}, ("compute.scaling.maxReplica",)),
        ({"compute": {"scaling": {"maxReplica": 9}}}, ("compute.*.maxReplica",)),
        ({"model": {"env": {"odd.key": "3"}}}, ('model.env["odd.key"]',)),
        ({"cloudProvider": {"region": "eu-west-1"}}, ("cloudProvider",)),
    ],
)
def test_ignored_changes_are_none(
    driver: Driver, patch: dict[str, Any], ignored: tuple[str, ...]
) -> None:
    assert kinds(driver.diff(base(), merge(base(), patch), ignore=ignored)) == {}


def test_ignoring_one_change_hides_no_other(driver: Driver) -> None:
    news = merge(base(), {"tags": ["x", "b"], "type": "public"})
    assert kinds(driver.diff(base(), news, ignore=("tags", "typ"))) == {"type": U}


# Replacement order.


MOVED = {"cloudProvider": {"region": "eu-west-1"}}


@pytest.mark.valgrind_smoke
def test_an_explicit_name_is_freed_first(driver: Driver) -> None:
    assert driver.diff(base(), merge(base(), MOVED)).deleteBeforeReplace


def test_a_made_name_is_not_freed_first(driver: Driver) -> None:
    olds = base() | {"__defaults": ["name"]}
    assert not driver.diff(olds, merge(olds, MOVED)).deleteBeforeReplace


GAP = (
    "waitForReady is false: the endpoint that is replaced will be deleted while the new one still "
    "starts, and nobody serves callers in between. Set waitForReady to true for this change"
)


def replaced(driver: Driver, **patch: Any) -> None:
    olds = driver.checked(inputs(**patch))
    news = driver.checked(inputs(**MOVED, **patch), olds=olds)
    driver.diff(olds, news)
    driver.diff(news, olds)  # a refresh: no Check came before it


def test_who_does_not_wait_is_told_of_the_gap(driver: Driver) -> None:
    replaced(driver, name=None, waitForReady=True)
    replaced(driver, waitForReady=False)  # the name is freed first
    replaced(driver, name=None, waitForReady=False)
    driver.logged(GAP)
    assert driver.log(WARNING) == [GAP]


def test_another_name_or_namespace_needs_no_freeing(driver: Driver) -> None:
    for patch in ({"name": "other"}, {"namespace": "acme"}, {"name": UNKNOWN}):
        assert not driver.diff(base(), merge(base(), MOVED | patch)).deleteBeforeReplace


def test_a_replacement_that_the_user_asks_for_frees_the_name_first(driver: Driver) -> None:
    """replaceOnChanges turns an update of ours into a replacement after Diff has answered."""
    assert driver.diff(base(), merge(base(), {"type": "public"})).deleteBeforeReplace


# The scope and old states.


def test_an_absent_old_namespace_is_the_configured_one(
    configure: Callable[..., Driver],
) -> None:
    driver = configure(hfNamespace="acme")
    assert kinds(driver.diff(inputs(namespace=None), inputs(namespace="acme"))) == {}
    assert kinds(driver.diff(inputs(namespace=None), inputs(namespace="me"))) == {"namespace": R}


def test_without_old_inputs_the_outputs_stand_in(driver: Driver) -> None:
    outputs = inputs(
        type="private", url="https://x.example", status={"state": "running"}, endpointId="me/demo"
    )
    assert kinds(driver.diff(None, inputs(type="private"), olds=outputs)) == {}
    assert kinds(driver.diff(None, inputs(type="public"), olds=outputs)) == {"type": U}
    _, outputs = driver.create(driver.checked(inputs(tags=["a"], desiredState="paused")))
    assert kinds(driver.diff(None, inputs(tags=["a"], desiredState="paused"), olds=outputs)) == {}
    news = inputs(tags=["b"], namespace="acme")
    assert kinds(driver.diff(None, news, olds=outputs)) == {
        "tags[0]": U,
        "namespace": R,
        "desiredState": "DELETE",
    }


def test_keys_that_nobody_knows_are_no_change(driver: Driver) -> None:
    olds = inputs(colour="red", compute={"cores": 4})
    assert kinds(driver.diff(olds, inputs())) == {}


def test_values_of_another_type_are_a_change_and_no_error(driver: Driver) -> None:
    olds = inputs(tags="a,b", compute={"scaling": {"minReplica": "0"}}, route=["x"])
    assert kinds(driver.diff(olds, inputs(tags=["a"], compute={"scaling": {"minReplica": 0}}))) == {
        "tags": U,
        "compute.scaling.minReplica": U,
        "route": "DELETE",
    }


def test_outputs_that_an_update_cannot_change_are_stable(driver: Driver) -> None:
    stables = list(driver.diff(base(), merge(base(), {"type": "public"})).stables)
    assert sorted(stables) == ["endpointId", "url"]
