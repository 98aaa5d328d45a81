"""What the service refuses is told by the inputs' names: its codes name the field."""

from __future__ import annotations

import json

import pytest
from support.drivers.ark import Driver, Failure, Simulator, inputs

pytestmark = pytest.mark.one_call

URN = "urn:pulumi:dev::shop::inference:ark:Endpoint::demo"


def refuse(ark: Simulator, operation: str, status: int, code: str) -> None:
    error = {"Code": code, "Message": "It is refused."}
    body = json.dumps({"ResponseMetadata": {"RequestId": "R", "Error": error}})
    ark.fault("ark", operation, kind="error", status=status, body=body, count=0)


ASKED = " Asked was region ap-southeast-1, projectName default."
SENT = (
    " The service names no input. Sent were projectName, name, modelReference; checkCatalogue: "
    "true compares them with what there is before anything is sent."
)
FIELDS = [
    (400, "InvalidParameter.RateLimit.Rpm", " In the program: rateLimit.rpm."),
    (400, "MissingParameter.Name", " In the program: name."),
    (404, "NotFound.FoundationModel", " In the program: modelReference.foundationModel."),
    (400, "InvalidParameter.Tags.Key", " In the program: tags[].key."),
    (404, "NotFound.ProjectName", " In the program: projectName."),
    (404, "InvalidEndpointOrModel.NotFound", ASKED),
    (404, "NotFound.Endpoint", ASKED),
    (
        403,
        "ModelNotOpen",
        " Activate the model in the ModelArk console first. In the program: modelReference.",
    ),
    (
        403,
        "OperationDenied.ServiceNotOpen",
        " Activate the model service in the ModelArk console first. In the program: "
        "modelReference.",
    ),
    (403, "OperationDenied.ServiceOverdue", " The account has unpaid bills to pay first."),
    (400, "Duplicate.Tags.Key", " Each key may be there once. In the program: tags."),
    (400, "InvalidParameter.Tea", SENT),
    (400, "InvalidParameter", SENT),
]


@pytest.mark.parametrize(("status", "code", "words"), FIELDS)
def test_a_field_is_told_by_its_input(
    driver: Driver, ark: Simulator, status: int, code: str, words: str
) -> None:
    refuse(ark, "endpoint.create", status, code)
    with pytest.raises(Failure) as caught:
        driver.create(driver.checked(inputs()))
    assert caught.value.message == (
        f"BytePlus ModelArk: creating the endpoint: It is refused (HTTP {status}, code {code}, "
        f"request id R).{words}"
    )


def test_a_refused_update_tells_what_was_to_change(driver: Driver, ark: Simulator) -> None:
    id, checked, outputs = driver.made()
    news = driver.checked(inputs(description="x", desiredState="running"), olds=checked)
    refuse(ark, "endpoint.update", 400, "InvalidParameter.Description")
    with pytest.raises(Failure) as caught:
        driver.update(checked, news, olds=outputs, id=id)
    assert caught.value.message == (
        "BytePlus ModelArk: updating the endpoint: It is refused (HTTP 400, code "
        "InvalidParameter.Description, request id R). In the program: description. The change was "
        f"of description; what cannot be changed in place takes pulumi up --replace '{URN}'"
    )


BUSY = "Something else may be changing it: run it again when that is over."
STATE = "Its state does not allow this now: pulumi refresh shows the state."
CHANGE = "The change was of description"
THERE = "A look shows that the endpoint is there."
SUPPORT = "If the reason does not help, the service's support finds the request by its id."
UPDATES = [
    (404, "NotFound.Endpoint", f"{THERE} {CHANGE}. {SUPPORT}"),
    (405, "MethodNotAllowed", f"{CHANGE}. {SUPPORT}"),
    (409, "Conflict", f"{BUSY} {CHANGE}."),
    (403, "OperationDenied.EndpointStatus", f"{STATE} {CHANGE}."),
    (403, "operationdenied.endpointstatus", f"{STATE} {CHANGE}."),
    (
        422,
        "invalidparameter.description",
        f"In the program: description. {CHANGE}; what cannot be changed in place takes pulumi up "
        f"--replace '{URN}'",
    ),
    (403, "OperationDenied.UnsupportedPhase", f"{STATE} {CHANGE}."),
    (
        403,
        "OperationDenied.ServiceOverdue",
        f"The account has unpaid bills to pay first. {CHANGE}.",
    ),
    (
        400,
        "QuotaExceeded.Endpoint",
        f"Delete an endpoint or ask BytePlus for more quota. {CHANGE}.",
    ),
]


@pytest.mark.parametrize(("status", "code", "advice"), UPDATES)
def test_the_advice_fits_the_refusal_of_an_update(
    driver: Driver, ark: Simulator, status: int, code: str, advice: str
) -> None:
    """Another form of the change, or a new endpoint, is advised only where it can help."""
    id, checked, outputs = driver.made()
    refuse(ark, "endpoint.update", status, code)
    with pytest.raises(Failure) as caught:
        driver.update(checked, {**checked, "description": "x"}, olds=outputs, id=id)
    assert caught.value.message == (
        f"BytePlus ModelArk: updating the endpoint: It is refused (HTTP {status}, code {code}, "
        f"request id R). {advice}"
    )


def test_an_import_by_the_project(driver: Driver, ark: Simulator) -> None:
    """The id names a region, as endpoints are found by."""
    with pytest.raises(Failure) as caught:
        driver.read("default/ep-20250615120000-abcde")
    assert caught.value.message == (
        '"default/ep-20250615120000-abcde" is not an id of inference:ark:Endpoint: "default" is no '
        "region; expected ep-… or region/ep-…, such as ep-20250615120000-abcde"
    )
    assert ark.requests(cloud="ark") == []


@pytest.mark.parametrize("id", ["abc", "ep-", "eu-west-1/x"])
def test_an_import_of_what_is_no_id(driver: Driver, ark: Simulator, id: str) -> None:
    with pytest.raises(Failure) as caught:
        driver.read(id)
    assert caught.value.message == (
        f'"{id}" is not an id of inference:ark:Endpoint, so it does not exist; expected ep-… or '
        "region/ep-…, such as ep-20250615120000-abcde"
    )
