"""What every cloud's refusals and doubts say to their reader: what, why, and what to do next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from simulator.client import Simulator
from support.clouds import ark as arks
from support.clouds import hf as hfs
from support.clouds import maas as maases
from support.clouds import tir as tirs
from support.drivers import ark, hf, maas, tir
from support.drivers.hf import WARNING, Driver, Failure, merge
from support.drivers.kinds import PAUSES
from support.limits import of_option
from support.values import secret

pytestmark = pytest.mark.one_call

# The driver, its smallest inputs, the stack's configuration, knobs; a change and the operation that
# makes it.
CLOUDS: dict[str, tuple[type[Driver], Any, Any, Any, dict[str, Any], str]] = {
    "ark": (ark.Driver, ark, arks.config, arks.QUICK, {"description": "b"}, "endpoint.update"),
    "hf": (hf.Driver, hf, hfs.config, hfs.QUICK, {"type": "private"}, "endpoint.update"),
    "maas": (maas.MaasDriver, maas, maases.config, maases.KNOBS, {"rpm": 5}, "endpoint.edit"),
    "tir": (tir.TirDriver, tir, tirs.config, tirs.QUICK, {"modelPath": "b"}, "endpoint.patch"),
}


class Subject:
    """An endpoint of one cloud, which a test is about."""

    def __init__(self, cloud: str, simulator: Simulator, binary: Path) -> None:
        kind, module, config, knobs, self.change, self.update_operation = CLOUDS[cloud]
        self.cloud, self.simulator = cloud, simulator
        simulator.knobs(cloud, **knobs)
        self.driver = kind(binary)
        given = {key.split(":")[1]: text for key, text in config(simulator.url(cloud)).items()}
        for key, text in given.items():
            if key.endswith(("Key", "Token")):
                given[key], self.credential = secret(text), text
        self.driver.configure(None, maxRetries="0", **given)
        self.inputs = self.driver.checked(module.inputs())
        self.id, self.outputs = self.driver.create(self.inputs)

    def fail(self, operation: str, status: int) -> None:
        self.simulator.fault(
            self.cloud, operation, kind="error", status=status, message="Nobody can", count=0
        )

    def doubt(self, operation: str, is_lost: bool) -> None:
        """Nobody knows whether it was carried out."""
        if is_lost:
            self.simulator.fault(self.cloud, operation, kind="close", count=0)
        else:
            self.fail(operation, 500)

    def update(self) -> str:
        news = {**self.inputs, **self.change}
        return message(self.driver.update, self.inputs, news, olds=self.outputs, id=self.id)

    def delete(self, seconds: float = 0) -> str:
        return message(
            self.driver.delete, self.id, self.outputs, self.inputs, timeout=seconds or None
        )


def failing(call: Any, *arguments: Any, **named: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        call(*arguments, **{key: value for key, value in named.items() if value is not None})
    return caught.value


def message(call: Any, *arguments: Any, **named: Any) -> str:
    return failing(call, *arguments, **named).message


@pytest.fixture(params=CLOUDS)
def subject(request: pytest.FixtureRequest, binary: Path) -> Iterator[Subject]:
    with Simulator(request.param) as simulator:
        made = Subject(request.param, simulator, binary)
        yield made
        made.driver.stop()


@pytest.mark.parametrize("is_lost", [False, True], ids=["refused", "lost"])
def test_a_change_that_may_have_been_made_names_it_and_how_to_look(
    subject: Subject, is_lost: bool
) -> None:
    subject.doubt(subject.update_operation, is_lost)
    (path,) = subject.change
    assert subject.update().endswith(
        "It may have been carried out all the same: look before repeating it. The change was of "
        f"{path}; pulumi refresh shows whether it applied."
    )


CUT = " took longer than the time given; it may have been carried out all the same. "
DOUBT = ". It may have been carried out all the same"


@pytest.mark.parametrize("is_lost", [False, True], ids=["refused", "lost"])
def test_a_pause_that_may_have_been_made_says_what_follows(subject: Subject, is_lost: bool) -> None:
    """So does the reason that the engine prints with the state."""
    subject.doubt(PAUSES[subject.cloud], is_lost)
    news = {**subject.inputs, "desiredState": "paused"}
    failure = failing(
        subject.driver.update, subject.inputs, news, olds=subject.outputs, id=subject.id
    )
    assert failure.reasons == [failure.message]
    assert failure.message.endswith(
        f"{DOUBT}: pulumi refresh shows its state, and the next pulumi up sends it again only "
        "where that is needed."
    )


@pytest.mark.parametrize("is_lost", [False, True], ids=["refused", "lost"])
def test_a_delete_that_may_have_been_made_says_what_follows(
    subject: Subject, is_lost: bool
) -> None:
    subject.doubt("endpoint.delete", is_lost)
    assert subject.delete().endswith(
        f"{DOUBT}. It is kept in the state; the next run deletes it again."
    )


NO_HELP = (
    "If the reason does not help, (ask the service's support|the service's support finds the "
    r"request by its id)\."
)


def test_a_request_that_was_cut_off_says_what_follows(subject: Subject) -> None:
    """A change, a pause and a delete that nobody had answered when the time ran out."""
    for operation in (subject.update_operation, PAUSES[subject.cloud], "endpoint.delete"):
        subject.simulator.fault(
            subject.cloud, operation, kind="delay", delay_ms=3000, status=500, count=0
        )
    (path,) = subject.change
    changed = failing(
        subject.driver.update,
        subject.inputs,
        {**subject.inputs, **subject.change},
        olds=subject.outputs,
        id=subject.id,
        timeout=1.5,
    )
    assert CUT in changed.message
    assert changed.message.endswith(
        f". The change was of {path}; pulumi refresh shows whether it applied."
    )
    paused = failing(
        subject.driver.update,
        subject.inputs,
        {**subject.inputs, "desiredState": "paused"},
        olds=subject.outputs,
        id=subject.id,
        timeout=1.5,
    )
    assert CUT in paused.message
    assert paused.message.endswith(
        ". pulumi refresh shows whether it was carried out, and the next pulumi up sends it again "
        "only where that is needed."
    )
    deleted = subject.delete(seconds=1.5)
    assert CUT in deleted
    assert deleted.endswith(". It is kept in the state; the next run deletes it again.")


@pytest.mark.parametrize("subject", ["tir"], indirect=True)
def test_an_endpoint_that_stays_busy_is_not_to_be_replaced(subject: Subject) -> None:
    """That its change cannot be made in place nobody said."""
    subject.simulator.fault(
        "tir", "endpoint.patch", kind="error", status=400, message="Busy", count=0
    )
    subject.simulator.fault(
        "tir", "endpoint.get", kind="rewrite", merge={"data": {"status": "deploying"}}, count=0
    )
    said = message(
        subject.driver.update,
        subject.inputs,
        {**subject.inputs, **subject.change},
        olds=subject.outputs,
        id=subject.id,
        timeout=2,
    )
    assert ". It was still changing when the time given ran out. " in said
    assert said.endswith(". The change was of modelPath.")


@pytest.mark.parametrize("status", [413, 423, 451])
def test_a_refusal_that_is_no_matter_of_values_advises_no_replacement(
    subject: Subject, status: int
) -> None:
    """A new endpoint would not be smaller, unlocked or allowed."""
    subject.fail(subject.update_operation, status)
    (path,) = subject.change
    assert re.search(rf"\)\. The change was of {path}\. {NO_HELP}$", subject.update())


# A function of each cloud, what it asks, and what is told of its arguments when that is refused.
FUNCTIONS: list[tuple[str, str, dict[str, Any], str, str]] = [
    (
        "ark",
        "getUsage",
        {"startDate": "2026-09-01", "endDate": "2026-09-30", "endpointIds": ["ep-x"]},
        "usage.get",
        'In the call: startDate "2026-09-01", endDate "2026-09-30", endpointIds '
        "(inference:ark:getEndpoints lists its values). ",
    ),
    (
        "hf",
        "getLogs",
        {"name": "chat", "replica": "r-9"},
        "logs.v3",
        'In the call: name "chat" (inference:hf:getEndpoints lists its values), replica "r-9". ',
    ),
    ("hf", "getQuotas", {"vendor": "aws"}, "provider.quotas", ""),
    (
        "tir",
        "getPlans",
        {"framework": "SGLANG", "frameworkVersionId": "99", "currency": "INR"},
        "sku.list",
        'In the call: framework "SGLANG" (inference:tir:getFrameworks lists its values), '
        'frameworkVersionId "99" (inference:tir:getFrameworks lists its values), currency "INR". ',
    ),
    (
        "tir",
        "getModels",
        {"activeIam": "77"},
        "model.list",
        'In the call: activeIam "77" (inference:tir:getIamAccounts lists its values). ',
    ),
]


@pytest.mark.parametrize("status", [400, 404])
@pytest.mark.parametrize(
    ("subject", "function", "arguments", "operation", "told"),
    FUNCTIONS,
    ids=[f"{row[0]} {row[1]}" for row in FUNCTIONS],
    indirect=["subject"],
)
def test_a_refused_function_names_its_arguments(
    subject: Subject,
    function: str,
    arguments: dict[str, Any],
    operation: str,
    told: str,
    status: int,
) -> None:
    """With their values, what lists others, and where was asked; filters are not sent."""
    subject.fail(operation, status)
    said = message(subject.driver.function, function, **arguments)
    assert ": Nobody can (HTTP " in said
    assert (
        said.partition("). ")[2].startswith(f"{told}Asked was ") if told else "Asked was " in said
    )
    assert "In the program: " not in said


LOOKS = {
    "ark": "endpoint.get",
    "hf": "endpoint.get",
    "maas": "endpoint.list",
    "tir": "endpoint.get",
}


def test_a_look_that_is_refused_is_no_refusal_of_the_change(subject: Subject) -> None:
    """TIR looks before it changes, and all look after it."""
    subject.fail(LOOKS[subject.cloud], 400)
    said = subject.update()
    assert ": Nobody can (HTTP 400" in said
    assert "The change was of" not in said
    assert "--replace" not in said


@pytest.mark.parametrize("subject", ["hf", "tir"], indirect=True)
def test_an_entry_that_nothing_proves_gone_can_be_dropped(subject: Subject) -> None:
    """Where there is an entry: an import has none."""
    for operation in ("endpoint.get", "endpoint.list"):
        subject.fail(operation, 404)
    said = message(subject.driver.read, subject.id, subject.outputs, subject.inputs)
    urn = f"urn:pulumi:dev::shop::inference:{subject.cloud}:Endpoint::demo"
    assert ". It is not taken as deleted, because the account cannot be listed either: " in said
    assert said.endswith(f". If the endpoint is gone: pulumi state delete '{urn}'")
    assert "pulumi state delete" not in message(subject.driver.read, subject.id)
    subject.simulator.clear_faults()
    subject.fail("endpoint.get", 404)
    subject.fail("endpoint.list", 500)
    said = message(subject.driver.read, subject.id, subject.outputs, subject.inputs)
    assert said.endswith("The service has a fault of its own: run it again later.")


@pytest.mark.parametrize("subject", ["ark", "hf", "tir"], indirect=True)
def test_a_create_that_cannot_be_looked_for_tells_why(subject: Subject) -> None:
    """In one pair of brackets, which no full stop ends."""
    for operation in ("endpoint.create", "endpoint.get", "endpoint.list"):
        subject.fail(operation, 503)
    news = {**subject.inputs, "name": "other"}
    said = message(subject.driver.create, news, name="other", timeout=2)
    assert "exists could not be found out either (" in said
    assert said.endswith(
        "run it again in some minutes). The state keeps it as unconfirmed: the next pulumi up "
        "looks for it and goes on, and pulumi destroy deletes it; or look in the console"
    )


@pytest.mark.parametrize("subject", ["hf", "tir"], indirect=True)
def test_a_name_that_stays_taken_by_nothing_that_shows(subject: Subject) -> None:
    """It is asked for again, as it may be being freed; the last word is the service's."""
    subject.simulator.fault(
        subject.cloud, "endpoint.create", kind="error", status=409, message="Taken", count=0
    )
    inputs = {**subject.inputs, "name": "other"}
    said = message(subject.driver.create, inputs, name="other", timeout=3)
    assert ": creating the endpoint: Taken (HTTP 409" in said
    assert (
        "The name was still taken when the time given ran out, by an endpoint that no look shows. "
        f"{of_option('create', 3)}"
    ) in said


@pytest.mark.parametrize("subject", ["ark", "hf", "tir"], indirect=True)
def test_a_delete_that_finds_nothing_of_what_is_there(subject: Subject) -> None:
    """On MaaS a list that may lag is all there is to look at."""
    subject.fail("endpoint.delete", 404)
    assert (
        "when the time given for it ran out, although the service answered the request to delete "
        'it with "not found". It is kept in the state; the next run deletes it again. '
    ) in subject.delete(seconds=2)


def test_what_is_held_back_says_where_the_credential_came_from(binary: Path) -> None:
    """After the first refusal of a key that was never good nothing is sent: a bad key is locked."""
    with Simulator("maas") as simulator:
        driver = maas.MaasDriver(binary)
        url = {key: simulator.url("maas") for key in ("maasEndpoint", "maasIamEndpoint")}
        keys = {"maasAccessKey": maas.AK, "maasSecretKey": secret("wrong")}
        driver.configure(None, maasProjectId=maas.PROJECT, **url, **keys)
        checked = driver.checked(maas.inputs())
        first = message(driver.create, checked)
        second = message(driver.create, checked)
        driver.stop()
    where = (
        "The credential came from inference:maasAccessKey and inference:maasSecretKey; asked was "
        f"region {maas.REGION}, projectId {maas.PROJECT}."
    )
    assert first.endswith(where)
    assert second == (
        "Huawei Cloud MaaS: creating the endpoint: not sent, because the service has refused these "
        f"credentials before; mend them and run again. {where}"
    )


# Secrets that are ordinary words, or what everybody can see, in the inputs of each cloud.
COMMON = ["true", "endpoint", "pulumi", "The change", "credential", "region", "projectId", "HTTP"]
COMMON += ["inference", "customTimeouts", "namespace", "demo", "location", "default", "Delhi"]
COMMON += ["ap-southeast-1", "shop"]


def with_secrets(cloud: str, words: list[str]) -> list[dict[str, Any]]:
    """Inputs that hold the words as secrets."""
    if cloud == "hf":
        return [{"model": {"secrets": {f"K{n}": secret(word) for n, word in enumerate(words)}}}]
    if cloud == "tir":
        variables = [{"key": f"K{n}", "value": secret(word)} for n, word in enumerate(words)]
        return [{"resourceDetails": {"envVariables": variables}}]
    return [{"description": secret(word)} for word in words]


def refusals_of(subject: Subject, inputs: dict[str, Any]) -> list[str]:
    """What is said of each kind of refusal, without what is another each time."""
    driver, told = subject.driver, []
    news = {**inputs, **subject.change}

    def tell(call: Any, *arguments: Any, **named: Any) -> None:
        with pytest.raises(Failure) as caught:
            call(*arguments, **named)
        partial = caught.value.partial
        text = [caught.value.message, *(caught.value.reasons if partial is not None else [])]
        told.extend(re.sub(r"request id [^)]*|create=[0-9a-f.]+", "", line) for line in text)

    for status in (400, 403, 404, 500):
        subject.simulator.clear_faults()
        subject.fail(subject.update_operation, status)
        tell(driver.update, inputs, news, olds=subject.outputs, id=subject.id)
    for status in (403, 429):
        subject.simulator.clear_faults()
        subject.fail("endpoint.delete", status)
        tell(driver.delete, subject.id, subject.outputs, inputs, timeout=2)
    return told


def test_an_ordinary_word_that_is_a_secret_leaves_the_messages_readable(subject: Subject) -> None:
    """What the provider says, and what everybody sees of the endpoint, is told as it is."""
    plain_words = refusals_of(subject, subject.inputs)
    assert "[secret]" not in "".join(plain_words)
    for patch in with_secrets(subject.cloud, COMMON):
        assert refusals_of(subject, merge(subject.inputs, patch)) == plain_words


def test_an_ordinary_word_leaves_the_doubt_about_a_create_readable(subject: Subject) -> None:
    (patch,) = with_secrets(subject.cloud, ["pulumi"])
    subject.fail("endpoint.create", 503)
    news = merge({**subject.inputs, "name": "other"}, patch)
    said = message(subject.driver.create, news, name="other", timeout=1)
    assert said.endswith(
        "The state keeps it as unconfirmed: the next pulumi up looks for it and goes on, and "
        "pulumi destroy deletes it; or look in the console"
    )


def test_what_the_service_says_is_masked_all_the_same(subject: Subject) -> None:
    for patch in with_secrets(subject.cloud, ["Nobody"]):
        subject.fail(subject.update_operation, 400)
        inputs = merge(subject.inputs, patch)
        news = {**inputs, **subject.change}
        if subject.cloud == "ark":  # its change is the secret
            news = {**inputs, "desiredState": "paused"}
            subject.fail("endpoint.stop", 400)
        said = message(subject.driver.update, inputs, news, olds=subject.outputs, id=subject.id)
        assert ": [secret] can (HTTP 400" in said


# The inputs that a create of each cloud's smallest endpoint sends.
SENT = {
    "ark": "projectName, name, modelReference",
    "hf": "name, type, cloudProvider, compute, model",
    "maas": "name, modelName",
    "tir": "location, name, framework, skuName, skuType, currency, modelLoadIntegrationId, "
    "detailedInfo",
}
COMPARE = "checkCatalogue: true compares them with what there is before anything is sent."
STATE = "Its state may not allow this now: pulumi refresh shows the state."
QUOTA = "The account's balance or quota may not allow it: the service's console shows both."


ASK = "ask the service's support"
SUPPORT = "the service's support finds the request by its id"


def support(cloud: str, when: str) -> str:
    """TIR tells no id of a request."""
    return f"{when}, {ASK if cloud == 'tir' else SUPPORT}."


@pytest.mark.parametrize("status", [400, 422])
def test_a_create_that_is_refused_without_a_field_names_what_was_sent(
    subject: Subject, status: int
) -> None:
    """And what compares it; when that has been asked, who else may know."""
    subject.fail("endpoint.create", status)
    news = {**subject.inputs, "name": "other"}
    said = message(subject.driver.create, news, name="other")
    names = f"). The service names no input. Sent were {SENT[subject.cloud]}; "
    assert said.endswith(names + COMPARE)
    said = message(subject.driver.create, {**news, "checkCatalogue": True}, name="other")
    assert said.endswith(names + support(subject.cloud, "if all are right"))


def test_an_act_that_is_refused_without_a_word_of_advice_has_a_next_step(subject: Subject) -> None:
    paused = {**subject.inputs, "desiredState": "paused"}
    kept = {"olds": subject.outputs, "id": subject.id}
    subject.fail(PAUSES[subject.cloud], 412)
    subject.fail("endpoint.delete", 412)
    assert message(subject.driver.update, subject.inputs, paused, **kept).endswith(f"). {STATE}")
    assert subject.delete().endswith(f"). {STATE}")
    subject.simulator.clear_faults()
    subject.fail("endpoint.delete", 451)
    told = support(subject.cloud, "If the reason does not help")
    assert subject.delete().endswith(f"). {told}")


def test_a_list_that_is_refused_has_a_next_step(subject: Subject) -> None:
    subject.fail("endpoint.list", 400)
    told = support(subject.cloud, "If the reason does not help")
    said = message(lambda: list(subject.driver.list()))
    assert "). Asked was " in said
    assert said.endswith(f". {told}")


@pytest.mark.parametrize("subject", ["ark", "maas"], indirect=True)
def test_money_that_is_missing_is_told_to_everybody(subject: Subject) -> None:
    """Of the others a row says what to do (docs/troubleshooting.md)."""
    for operation in ("endpoint.create", "endpoint.delete", subject.update_operation):
        subject.fail(operation, 402)
    news = {**subject.inputs, "name": "other"}
    (path,) = subject.change
    assert message(subject.driver.create, news, name="other").endswith(f"). {QUOTA}")
    assert subject.update().endswith(f"). The change was of {path}. {QUOTA}")
    assert subject.delete().endswith(f"). {QUOTA}")


# What is refused for another reason than the values, and what is told behind the change.
OTHER_REASONS: dict[int, str] = {
    401: "",
    403: "",
    405: NO_HELP,
    409: "",
    428: NO_HELP,
    429: "",
    503: "",
}


@pytest.mark.parametrize("status", OTHER_REASONS)
def test_every_refused_change_names_its_inputs(subject: Subject, status: int) -> None:
    """Of those that may have been made, see above; MaaS's gateway says so of each 5xx."""
    (path,) = subject.change
    shape = {"headers": {"Retry-After": "7000"}} if status >= 429 else {}
    body = {"error_code": "ModelArts.1", "error_msg": "Nobody can"}
    more: dict[str, Any] = {"body": body} if subject.cloud == "maas" else {"message": "Nobody can"}
    subject.simulator.fault(
        subject.cloud,
        subject.update_operation,
        kind="error",
        status=status,
        count=0,
        **more,
        **shape,
    )
    told = OTHER_REASONS[status]
    end = rf"\. The change was of {path}\.{' ' if told else ''}{told}$"
    assert re.search(end, subject.update())


def test_a_change_that_is_not_found_says_what_a_look_shows(subject: Subject) -> None:
    """That it may have been deleted by hand is wrong then."""
    subject.fail(subject.update_operation, 404)
    (path,) = subject.change
    end = rf"\)\. A look shows that the endpoint is there\. The change was of {path}\. {NO_HELP}$"
    assert re.search(end, subject.update())


MODEL = "modelId (inference:tir:getModels lists its values)"
# Bodies of other shapes than the usual one, what is told of them, and the input that they name.
SHAPES: list[tuple[str, Any, str, str | None]] = [
    ("hf", {"detail": "It is closed."}, "It is closed", None),
    ("hf", {"title": "Bad", "detail": "It is closed"}, "It is closed", None),
    ("hf", {"errors": ["It is closed", "x is bad"]}, "It is closed, x is bad", None),
    ("hf", {"errors": {"name": ["too long"]}}, "name: too long", "name"),
    (
        "hf",
        {"message": "Validation", "errors": [{"field": "name", "message": "too long"}]},
        "Validation: name: too long",
        "name",
    ),
    (
        "hf",
        {"detail": [{"loc": ["body", "compute", "instanceType"], "msg": "field required"}]},
        "compute.instanceType: field required",
        "compute.instanceType",
    ),
    (
        "tir",
        {"detail": [{"loc": ["body", "model_id"], "msg": "bad"}]},
        "model_id: bad",
        MODEL,
    ),
    ("tir", {"errors": [{"field": "model_id", "message": "bad"}]}, "model_id: bad", MODEL),
    ("tir", {"message": {"model_id": ["bad"]}}, "model_id: bad", MODEL),
    ("tir", {"detail": {"model_id": ["bad"]}}, "model_id: bad", MODEL),
    (
        "tir",
        {"errors": {"resource_details": {"env_variables": [{}, {"key": ["bad"]}]}}},
        "resource_details: env_variables: key: bad",
        "resourceDetails.envVariables[1].key",
    ),
    (
        "ark",
        {"ResponseMetadata": {"Error": {"Code": "InvalidParameter.Tags.1.Key", "Message": "bad"}}},
        "bad",
        "tags[].key",
    ),
]


@pytest.mark.parametrize(("subject", "body", "words", "path"), SHAPES, indirect=["subject"])
def test_a_refusal_of_another_shape_is_told_in_words(
    subject: Subject, body: Any, words: str, path: str | None
) -> None:
    """It is the service's own: nothing was made, and nothing is looked for later."""
    subject.simulator.fault(
        subject.cloud, "endpoint.create", kind="error", status=400, body=body, count=0
    )
    said = message(subject.driver.create, {**subject.inputs, "name": "other"}, name="other")
    assert f": creating the endpoint: {words} (HTTP 400" in said
    told = "The service names no input. Sent were " if path is None else f"In the program: {path}."
    assert f"). {told}" in said
    assert "unconfirmed" not in said


HTML = "<html><head><style>a{}</style></head><body><h1>Bad Gateway</h1></body></html>"


def told_as(cloud: str, words: str) -> dict[str, Any]:
    """An error in every cloud's own words."""
    return {
        "message": words,
        "error": words,
        "error_msg": words,
        "ResponseMetadata": {"Error": {"Code": "Odd", "Message": words}},
    }


def update_told(subject: Subject, body: Any, status: int = 400) -> str:
    subject.simulator.clear_faults()
    subject.simulator.fault(
        subject.cloud, subject.update_operation, kind="error", status=status, body=body, count=0
    )
    return subject.update().partition(": ")[2].partition(": ")[2]


def test_a_refusal_is_one_readable_line_of_bounded_length(subject: Subject) -> None:
    """Without what a terminal would obey; where something is left out, that shows."""
    red = "\x1b[31mNo\x1b[0m, \x1b]8;;https://x\x07never\u202e!\r\n\ufeffReally\u200b."
    assert update_told(subject, told_as(subject.cloud, red)).startswith("No, never! Really (HTTP ")
    chinese = "参数错误。" * 200
    said = update_told(subject, told_as(subject.cloud, chinese))
    assert said.startswith(f"{'参数错误。' * 120} (HTTP 400")
    said = update_told(subject, "lorem " * 200_000)
    assert said.startswith(f"{('lorem ' * 27)[:160].rstrip()} (HTTP 400")
    for nothing in ("", "{}", "null"):
        assert update_told(subject, nothing).startswith("no reason given (HTTP 400)")


def test_a_page_of_somebody_on_the_way_is_no_refusal_of_the_change(subject: Subject) -> None:
    said = update_told(subject, HTML)
    assert said == (
        "Bad Gateway (HTTP 400). Check the configured address and any proxy on the way."
    )


# What a service says of a state, and what is told of it.
STATES = [
    ("No machine is free!", "No machine is free"),
    ("Cannot start..", "Cannot start"),
    ("It says:", "It says"),
    ("Out of memory…", "Out of memory"),
    ("内存不足。", "内存不足"),
    ("one\r\n\r\ntwo\tthree", "one two three"),
    ("\x1b[31mred\x1b[0m\u202eder", "redder"),
    ("Is there a model?", "Is there a model?"),
    ("x" * 700, "x" * 600),
    ("see Nobody-can-know-this in it", "see [secret] in it"),
]


@pytest.mark.parametrize(("message", "told"), STATES)
@pytest.mark.parametrize("subject", ["hf", "tir"], indirect=True)
def test_what_is_said_of_a_state_is_a_part_of_a_sentence(
    subject: Subject, message: str, told: str
) -> None:
    """One line, which a full stop of ours ends."""
    target = {"hf": "me/demo", "tir": "501/3001"}[subject.cloud]
    subject.simulator.call(subject.cloud, "fail", target=target, message=message)
    inputs = {**subject.inputs, "description": secret("Nobody-can-know-this")}
    with pytest.raises(Failure) as caught:
        subject.driver.read(subject.id, subject.outputs, inputs)
    begin, _, end = caught.value.reasons[0].partition(" is failed: ")
    assert begin.endswith(f"endpoint {subject.id}")
    assert end.partition(". Mend its inputs ")[0].endswith(told)
    assert end.startswith(told) or subject.cloud == "hf"


@pytest.mark.parametrize(
    ("message", "error", "told"),
    [
        ("Cannot start.", "cannot start", "Cannot start"),
        ("Cannot start", "Cannot start: no disk.", "Cannot start: no disk"),
        ("Cannot start: no disk", "no disk", "Cannot start: no disk"),
        ("Cannot start!", "No disk!", "Cannot start: No disk"),
    ],
)
@pytest.mark.parametrize("subject", ["hf"], indirect=True)
def test_what_two_members_say_of_a_state_is_told_once(
    subject: Subject, message: str, error: str, told: str
) -> None:
    status = {"state": "failed", "message": message, "errorMessage": error}
    subject.simulator.mutate("hf", "me/demo", {"status": status})
    with pytest.raises(Failure) as caught:
        subject.driver.read(subject.id, subject.outputs, subject.inputs)
    assert f" is failed: {told}. Mend its inputs " in caught.value.reasons[0]


# Names of the tables that are secrets, too: what is wrong with an input, and what is said of it.
NAMED: list[tuple[str, list[str], dict[str, Any], str]] = [
    ("hf", ["accelerator", "instanceType"], {"compute": [1]}, "compute"),
    ("hf", ["running", "paused"], {"desiredState": "stopped"}, "desiredState"),
    ("hf", ["repository", "framework"], {"model": {"nobody": 1}}, "model.nobody"),
    ("hf", ["compute", "instanceType"], {"instanceType": "x"}, "instanceType"),
    ("tir", ["detailedInfo", "huggingFaceId"], {"huggingFaceId": "x"}, "huggingFaceId"),
    ("tir", ["hourly", "committed"], {"skuType": "yearly"}, "skuType"),
    ("ark", ["modelReference"], {"foundationModel": {"name": "x"}}, "foundationModel"),
    ("ark", ["foundationModel"], {"modelReference": 7}, "modelReference"),
]


@pytest.mark.parametrize(("subject", "words", "patch", "path"), NAMED, indirect=["subject"])
def test_a_secret_that_is_the_name_of_an_input_leaves_it_readable(
    subject: Subject, words: list[str], patch: dict[str, Any], path: str
) -> None:
    module = CLOUDS[subject.cloud][1]
    news = merge(module.inputs(), patch)
    plain_words = subject.driver.refused(news)[path]
    assert any(word in plain_words for word in words)
    for more in with_secrets(subject.cloud, words):
        assert subject.driver.refused(merge(news, more))[path] == plain_words


WARNINGS: list[tuple[str, list[str], dict[str, Any], str]] = [
    ("hf", ["authenticated", "type", "public"], {"type": "privte"}, 'did you mean "private"?'),
    ("hf", ["model", "framework"], {"model": {"framework": "PyTorch"}}, "model.framework: "),
    ("tir", ["location", "Chennai"], {"location": "Dehli"}, "Delhi, Chennai"),
    ("tir", ["framework", "VLLM"], {"framework": "VLLN", "containerImage": "a/b:1"}, "VLLM"),
    ("ark", ["moderation"], {"moderation": {"strategy": "Defalt"}}, "moderation.strategy: "),
    ("ark", ["Customized"], {"moderation": {"strategy": "Defalt"}}, "Customized"),
    ("maas", ["requests per minute"], {"rpm": -1}, "(requests per minute), is -1"),
]


@pytest.mark.parametrize(("subject", "words", "patch", "text"), WARNINGS, indirect=["subject"])
def test_a_secret_that_is_a_word_of_a_warning_leaves_it_readable(
    subject: Subject, words: list[str], patch: dict[str, Any], text: str
) -> None:
    news = merge(CLOUDS[subject.cloud][1].inputs(), patch)
    for more in with_secrets(subject.cloud, words):
        subject.driver.engine.records.clear()
        subject.driver.checked(merge(news, more))
        (said,) = [line for line in subject.driver.log(WARNING) if "passed on as it is" in line]
        assert text in said
        assert "[secret]" not in said


@pytest.mark.parametrize(
    ("subject", "patch"),
    [("ark", {"projectName": "other"}), ("hf", {"name": "other"}), ("tir", {"name": "other"})],
    indirect=["subject"],
)
def test_a_secret_that_is_a_path_of_a_change_leaves_it_readable(
    subject: Subject, patch: dict[str, Any]
) -> None:
    """Refused as one that a new endpoint alone can make, and by the service."""
    for words in ([*patch], [*subject.change]):
        for more in with_secrets(subject.cloud, words):
            olds = merge(subject.inputs, more)
            said = message(subject.driver.update, olds, {**olds, **patch}, id=subject.id)
            assert f": {next(iter(patch))} of endpoint " in said
            if subject.cloud == "ark":  # its change is the secret
                continue
            subject.fail(subject.update_operation, 400)
            news = {**olds, **subject.change}
            said = message(subject.driver.update, olds, news, olds=subject.outputs, id=subject.id)
            assert f"The change was of {next(iter(subject.change))}; " in said
            subject.simulator.clear_faults()


OPEN = {"ark": "region", "hf": "type", "maas": "region", "tir": "location"}


def test_a_configured_secret_that_an_input_repeats_is_masked(subject: Subject) -> None:
    """Somebody puts it into the wrong place; no cloud is asked before that is told."""
    word = subject.credential
    subject.driver.engine.records.clear()
    subject.driver.checked({**subject.inputs, OPEN[subject.cloud]: f"x{word}y"})
    (told,) = [line for line in subject.driver.log(WARNING) if "is not among the values" in line]
    assert '"x[secret]y" is not among the values' in told
    reason = subject.driver.refused({**subject.inputs, "desiredState": word})["desiredState"]
    assert '"[secret]"' in reason
    said = subject.driver.function_refused("getEndpoint", id=subject.id, state=word)
    assert word not in str(said)
