"""`pulumi do` knows no stack's configuration: what is missing is told by what it reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from simulator.client import Simulator
from support.clouds import ark as arks
from support.clouds import tir as tirs
from support.drivers import ark, hf, maas, tir
from support.drivers.hf import Driver, Failure
from support.values import secret

pytestmark = pytest.mark.one_call

NOTHING = "http://127.0.0.1:9"  # nobody is asked
UUID = "11111111-2222-3333-4444-555555555555"
PROJECT = "0" * 32
DRIVERS: dict[str, tuple[type[Driver], str]] = {
    "ark": (ark.Driver, "ap-southeast-1/ep-20260101000000-abcde"),
    "hf": (hf.Driver, "me/demo"),
    "maas": (maas.MaasDriver, f"ap-southeast-1/{PROJECT}/{UUID}"),
    "tir": (tir.TirDriver, "7/501/Delhi/3001"),
}
DO = "pulumi do reads no stack's configuration: "
FILE = ", or in a file (--provider-file)"
FLAGS = {
    "ark": "--inference:ark-access-key <value> --inference:ark-secret-key <value>",
    "hf": "--inference:hf-token <value>",
    "maas": "--inference:maas-token <value>",
    "tir": "--inference:tir-auth-token <value> --inference:tir-api-key <value>",
}
SEVERAL = f"{DO}set them in the environment, by flags ({{}}){FILE}"
STACK = "Set it with: pulumi config set --secret inference:{} <value>"
# Of each cloud's first way in: as the stack's configuration, and as a provider resource.
SET = "pulumi config set --secret inference:"
ARK_KEYS = f"{SET}arkAccessKey <value>; and inference:arkSecretKey the same way"
TIR_KEYS = f"{SET}tirAuthToken <value>; and inference:tirApiKey the same way"
CHOICE = "what one way to sign in takes"
COMMANDS = {
    "ark": ("both", "them", f"Set both with: {ARK_KEYS}"),
    "hf": ("it", "it", f"Set it with: {SET}hfToken <value>"),
    "maas": (CHOICE, "it", f"Set {CHOICE}, such as with: {SET}maasToken <value>"),
    "tir": ("both", "them", f"Set both with: {TIR_KEYS}"),
}
ONE = f"{DO}set one in the environment, by a flag ({{}}){FILE}"


def told(binary: Path, cloud: str, provider: str, id: str, **config: Any) -> str:
    driver = DRIVERS[cloud][0](binary)
    try:
        driver.configure(provider, **{f"{cloud}Endpoint": NOTHING}, **config)
        with pytest.raises(Failure) as caught:
            driver.read(id)
    finally:
        driver.stop()
    return caught.value.message


@pytest.mark.parametrize("cloud", DRIVERS)
def test_without_credentials_every_key_of_a_way_in_is_named(binary: Path, cloud: str) -> None:
    message = told(binary, cloud, "", DRIVERS[cloud][1])
    words = SEVERAL if " " in FLAGS[cloud].replace(" <value>", "") else ONE
    assert ": no credentials. Looked at " in message
    assert message.endswith(". " + words.format(FLAGS[cloud]))


@pytest.mark.parametrize("cloud", DRIVERS)
def test_who_has_a_stack_is_told_all_that_has_to_be_set(binary: Path, cloud: str) -> None:
    which, it, command = COMMANDS[cloud]
    assert told(binary, cloud, "default_1_0_0", DRIVERS[cloud][1]).endswith(f". {command}")
    assert told(binary, cloud, "mine", DRIVERS[cloud][1]).endswith(
        f". Set {which} in the program's provider resource and run pulumi up first, because "
        f"refresh and destroy take what the state records; or set {it} in the environment"
    )


HALVES = [
    ("ark", "arkAccessKey", "arkSecretKey"),
    ("ark", "arkSecretKey", "arkAccessKey"),
    ("tir", "tirAuthToken", "tirApiKey"),
    ("tir", "tirApiKey", "tirAuthToken"),
]


@pytest.mark.parametrize("provider", ["", "default_1_0_0"], ids=["do", "stack"])
@pytest.mark.parametrize(("cloud", "there", "missing"), HALVES)
def test_one_half_of_what_belongs_together(
    binary: Path, cloud: str, there: str, missing: str, provider: str
) -> None:
    message = told(binary, cloud, provider, DRIVERS[cloud][1], **{there: secret("a-1234")})
    half = (
        f": inference:{there} is set (by inference:{there}) but inference:{missing} is not; both "
        f"are needed. Looked at inference:{missing}, the environment: "
    )
    assert half in message
    advice = STACK.format(missing) if provider else SEVERAL.format(FLAGS[cloud])
    assert message.endswith(f". {advice}")


PLACES = [
    ("3001", {}, "location", "E2E_TIR_LOCATION", "no location is known; set {}, or give it in "),
    ("Delhi/3001", {}, "project-id", "E2E_TIR_PROJECT_ID", "give projectId or set {} (inference:"),
    (
        "501/Delhi/3001",
        {"tirApiLayout": "legacy"},
        "team-id",
        "E2E_TIR_TEAM_ID",
        "needs a team: set teamId or {} (inference:tir:getProjects lists them)",
    ),
]


@pytest.mark.parametrize(("id", "config", "flag", "variable", "words"), PLACES)
def test_a_place_that_is_missing(
    binary: Path, id: str, config: dict[str, Any], flag: str, variable: str, words: str
) -> None:
    keys = {"tirAuthToken": secret("a-1234"), "tirApiKey": secret("b-1234")}
    setting = (
        f"the environment variable {variable}, or the flag --inference:tir-{flag} (pulumi do reads "
        "no stack's configuration)"
    )
    assert words.format(setting) in told(binary, "tir", "", id, **config, **keys)


def test_a_password_without_its_account(binary: Path) -> None:
    config = {"maasPassword": secret("p-1234"), "maasUserName": "me"}
    assert told(binary, "maas", "", DRIVERS["maas"][1], **config) == (
        "Huawei Cloud MaaS: inference:maasPassword is set (by inference:maasPassword) but "
        "inference:maasDomainName is not; both are needed: set the environment variable "
        "HW_DOMAIN_NAME, or the flag --inference:maas-domain-name (pulumi do reads no stack's "
        "configuration)"
    )


def test_a_change_that_only_a_new_endpoint_can_make(binary: Path) -> None:
    """There is no stack that a command could replace it in."""
    driver = ark.Driver(binary)
    try:
        driver.configure("", arkEndpoint=NOTHING, arkAccessKey="a-1234", arkSecretKey="b-1234")
        olds = ark.inputs(region="ap-southeast-1", projectName="default")
        with pytest.raises(Failure) as caught:
            driver.update(olds, {**olds, "projectName": "shop"}, id=ark.ID)
    finally:
        driver.stop()
    assert caught.value.message == (
        f"BytePlus ModelArk: projectName of endpoint {ark.ID} cannot be changed in place, only by "
        "a new endpoint: make another one, and delete this one"
    )


# Without a stack (`--stateless`) nothing is kept: what is said holds there, too.

ID = "me/demo"
DELETE = f"pulumi do inference:hf:Endpoint delete {ID} --stateless"
READ = f"pulumi do inference:hf:Endpoint read {ID}"
STRAY = f"Endpoint {ID} exists, and no state holds it: to delete it run {DELETE}."


@pytest.fixture
def service() -> Iterator[Simulator]:
    with Simulator("hf") as simulator:
        simulator.knobs("hf", polls=hf.NO_WAIT)
        yield simulator


@pytest.fixture
def stateless(binary: Path, service: Simulator) -> Iterator[Driver]:
    driver = Driver(binary)
    driver.configure("", hfEndpoint=service.url("hf"), hfToken=hf.TOKEN, timeout=2)
    yield driver
    driver.stop()


def failing(call: Any, *arguments: Any, **named: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        call(*arguments, **named)
    failure = caught.value
    words = " ".join([failure.message, *(failure.reasons if failure.partial else [])])
    assert not re.search(r"pulumi (up|refresh)|in the state|customTimeouts", words), words
    return failure


def test_a_create_that_fails(stateless: Driver, service: Simulator) -> None:
    service.knobs("hf", fail_next_create=1)
    failure = failing(stateless.create, stateless.checked(hf.inputs()))
    assert failure.id == ID
    assert (
        f" Mend its inputs (pulumi do inference:hf:Endpoint patch {ID} --stateless), or delete it "
        f"({DELETE}): it stays until then. Last log lines:\n"
    ) in failure.reasons[0]


def test_a_create_that_takes_too_long(stateless: Driver, service: Simulator) -> None:
    service.knobs("hf", polls={"pending": 1000})
    failure = failing(stateless.create, stateless.checked(hf.inputs()))
    assert (
        f" when the time given for it ran out. It may still get there; {READ} shows how far it is. "
        "For more time than 2 s raise the flag --inference:timeout (pulumi do reads no stack's "
        f"configuration), or set the input timeouts.create. {STRAY} Last log lines:\n"
    ) in failure.reasons[0]


def test_a_create_that_cannot_be_looked_at(stateless: Driver, service: Simulator) -> None:
    """The id is in no state: without it the endpoint would be lost."""
    service.knobs("hf", polls={"pending": 1000})
    service.fault("hf", "endpoint.get", kind="error", status=400, body="{}", count=0)
    failure = failing(stateless.create, stateless.checked(hf.inputs()))
    assert failure.reasons[0].endswith(f". {STRAY}")


def test_a_delete_that_takes_too_long(stateless: Driver, service: Simulator) -> None:
    stateless.create(stateless.checked(hf.inputs()))
    service.knobs("hf", polls={"deleting": 1000})
    failure = failing(stateless.delete, ID, {}, {})
    assert f". It may go by itself: {READ} shows whether it is there. For " in failure.message


def test_a_change_without_an_answer(stateless: Driver, service: Simulator) -> None:
    checked = stateless.checked(hf.inputs())
    _, outputs = stateless.create(checked)
    service.fault("hf", "endpoint.update", kind="close", count=0)
    news = {**checked, "type": "public"}
    failure = failing(stateless.update, checked, news, olds=outputs)
    assert failure.reasons[0].endswith(f"The change was of type; {READ} shows whether it applied.")


def test_a_pause_and_a_delete_without_an_answer(stateless: Driver, service: Simulator) -> None:
    checked = stateless.checked(hf.inputs())
    _, outputs = stateless.create(checked)
    service.fault("hf", "endpoint.pause", kind="close", count=0)
    news = {**checked, "desiredState": "paused"}
    failure = failing(stateless.update, checked, news, olds=outputs)
    assert failure.reasons[0].endswith(
        f"{READ} shows its state, and the next try sends it again only where that is needed."
    )
    service.fault("hf", "endpoint.delete", kind="close", count=0)
    failure = failing(stateless.delete, ID, {}, {})
    assert failure.message.endswith(
        f"the same. It may go by itself: {READ} shows whether it is there."
    )


# What a table says of an act, a change or a delete that is refused.
REFUSED = [
    ("ark", "endpoint.stop", 403, "OperationDenied.EndpointStatus"),
    ("ark", "endpoint.update", 403, "OperationDenied.UnsupportedPhase"),
    ("tir", "endpoint.stop", 400, ""),
]


@pytest.mark.parametrize(("cloud", "operation", "status", "code"), REFUSED)
def test_advice_of_a_table_names_the_command_of_do(
    binary: Path, cloud: str, operation: str, status: int, code: str
) -> None:
    kind, module, config = {
        "ark": (ark.Driver, ark, arks.config),
        "tir": (tir.TirDriver, tir, tirs.config),
    }[cloud]
    with Simulator(cloud) as simulator:
        driver = kind(binary)
        given = {key.split(":")[1]: text for key, text in config(simulator.url(cloud)).items()}
        driver.configure("", **given)
        checked = driver.checked(module.inputs())
        id, outputs = driver.create(checked)
        error = {"ResponseMetadata": {"Error": {"Code": code, "Message": "No"}}}
        body = error if cloud == "ark" else {"message": "No"}
        simulator.fault(cloud, operation, kind="error", status=status, body=body, count=0)
        more = {"desiredState": "paused"} if "stop" in operation else {"description": "b"}
        failure = failing(driver.update, checked, {**checked, **more}, olds=outputs, id=id)
        driver.stop()
    state = " not allow this now: pulumi do inference:{}:Endpoint read {} shows the state."
    assert re.search(state.format(cloud, f"\\S*{id}"), failure.message)


TAKEN = ["Duplicate.Name", "AlreadyExists.Endpoint", "Conflict", "NameTaken"]


@pytest.mark.parametrize("code", TAKEN)
@pytest.mark.parametrize("provider", ["", "default_1_0_0"], ids=["do", "stack"])
def test_a_name_in_use_advises_options_only_where_a_program_has_them(
    binary: Path, provider: str, code: str
) -> None:
    with Simulator("ark") as simulator:
        driver = ark.Driver(binary)
        given = {key.split(":")[1]: text for key, text in arks.config(simulator.url("ark")).items()}
        driver.configure(provider, **given)
        error = {"ResponseMetadata": {"RequestId": "R", "Error": {"Code": code, "Message": "No."}}}
        simulator.fault("ark", "endpoint.create", kind="error", status=409, body=error, count=0)
        with pytest.raises(Failure) as caught:
            driver.create(driver.checked(ark.inputs()))
        driver.stop()
    advice = (
        "set the resource option deleteBeforeReplace, or choose another name (with retainOnDelete "
        "only that helps). A resource that was renamed in the program keeps its endpoint by the "
        "resource option aliases."
    )
    assert caught.value.message == (
        f"BytePlus ModelArk: creating the endpoint: No (HTTP 409, code {code}, request id R). "
        f"The name is in use: {advice if provider else 'choose another one.'}"
    )


def test_a_change_of_what_is_gone(stateless: Driver, service: Simulator) -> None:
    checked = stateless.checked(hf.inputs())
    _, outputs = stateless.create(checked)
    stateless.delete(ID, outputs, checked)
    failing(stateless.update, checked, {**checked, "type": "public"}, olds=outputs)


def test_a_look_at_one_that_failed(stateless: Driver, service: Simulator) -> None:
    service.knobs("hf", fail_next_create=1)
    failing(stateless.create, stateless.checked(hf.inputs()))
    failure = failing(stateless.read, ID)
    assert f"or delete it ({DELETE}): it stays until then." in failure.reasons[0]
