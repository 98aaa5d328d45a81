"""The look-ups that make this cloud usable without its console."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2
from support.drivers.hf import struct
from support.drivers.maas import (
    AGREEMENT,
    API_KEY,
    CHINA,
    CHINA_PROJECT,
    KEYS,
    PASSWORDS,
    PROJECT,
    REGION,
    SERVICE,
    MaasDriver,
    Simulator,
    failing,
    plain,
    requests,
    secret,
    told,
)

pytestmark = pytest.mark.one_call

CODE = grpc.StatusCode
IN_CHINA = {"region": CHINA, "projectId": CHINA_PROJECT}


def invoke(driver: MaasDriver, function: str, **args: Any) -> dict[str, Any]:
    response = driver.call(
        "Invoke",
        provider_pb2.InvokeRequest(tok=f"inference:maas:{function}", args=struct(args)),
    )
    assert list(response.failures) == []
    return plain(getattr(response, "return"))


def refusals(driver: MaasDriver, function: str, **args: Any) -> dict[str, str]:
    response = driver.call(
        "Invoke",
        provider_pb2.InvokeRequest(tok=f"inference:maas:{function}", args=struct(args)),
    )
    return {failure.property: failure.reason for failure in response.failures}


AGREEMENTS = {
    "en": {
        "agreementId": AGREEMENT,
        "agreementData": "Disclaimer of content guard",
        "openNotice": "Content guard will be on.",
        "closeNotice": "Content guard will be off.",
    },
    "zh": {
        "agreementId": AGREEMENT,
        "agreementData": "内容防护免责声明",
        "openNotice": "将开启内容防护。",
        "closeNotice": "将关闭内容防护。",
    },
}


@pytest.mark.parametrize("row_id", [False, True])
@pytest.mark.parametrize(
    ("args", "lang"), [({}, "en"), ({"lang": "en"}, "en"), ({"lang": "zh"}, "zh")]
)
def test_get_agreement(
    driver: MaasDriver, maas: Simulator, args: dict[str, Any], lang: str, row_id: bool
) -> None:
    maas.knobs("maas", agreement_row_id=row_id)
    assert invoke(driver, "getAgreement", **args) == AGREEMENTS[lang]
    (request,) = requests(maas)
    assert (request.operation, request.query) == ("agreement.get", f"lang={lang}")


def test_an_agreement_of_another_project(
    configure: Callable[..., MaasDriver], maas: Simulator
) -> None:
    driver = configure(**PASSWORDS)
    assert invoke(driver, "getAgreement", **IN_CHINA)["agreementId"] == AGREEMENT
    assert CHINA_PROJECT in requests(maas, "agreement.get")[0].path


def test_wrong_arguments_are_told_at_their_path(driver: MaasDriver, maas: Simulator) -> None:
    assert list(refusals(driver, "getAgreement", lang="fr")) == ["lang"]
    assert list(refusals(driver, "getAgreement", language="en")) == ["language"]
    assert list(refusals(driver, "getServices")) == ["modelRegion"]
    assert refusals(driver, "getServices", modelRegion="") == {"modelRegion": "must not be empty"}
    assert refusals(driver, "getWorkspaces", modelRegion="") == {"modelRegion": "must not be empty"}
    assert told(maas) == []


@pytest.mark.parametrize("body", ["{}", "[]", "null", '{"items": []}'])
def test_a_reply_that_shows_no_quota_is_no_answer(
    driver: MaasDriver, maas: Simulator, body: str
) -> None:
    maas.fault("maas", "endpoint.list", kind="malformed", status=200, body=body)
    failure = failing(driver.function, "getQuota")
    assert failure.code == grpc.StatusCode.UNAVAILABLE
    assert failure.message == (
        "Huawei Cloud MaaS: listing the endpoints: the reply is not the service's: it shows no "
        "quota. Check the configured address and any proxy on the way."
    )


def test_an_empty_argument_is_left_out(driver: MaasDriver, maas: Simulator) -> None:
    assert driver.function("getQuota", projectId="", region="")["quotaUsed"] == 0
    assert PROJECT in requests(maas, "endpoint.list")[0].path


# Models.

MODELS = {
    "models": [
        {"id": "DeepSeek-V3", "ownedBy": ""},
        {"id": "DeepSeek-R1", "ownedBy": ""},
        {"id": "Qwen3-32B", "ownedBy": ""},
    ]
}


@pytest.mark.parametrize("config", [{}, KEYS], ids=["alone", "beside keys"])
def test_get_models_takes_the_api_key_alone(
    configure: Callable[..., MaasDriver], maas: Simulator, config: dict[str, Any]
) -> None:
    driver = configure(**config, maasApiKey=secret(API_KEY))
    assert invoke(driver, "getModels") == MODELS
    (request,) = requests(maas)
    assert (request.operation, request.path) == ("model.list", "/v2/models")
    assert request.header("Authorization") == f"Bearer {API_KEY}"
    assert request.header("X-Auth-Token") is None


def test_get_models_with_the_key_of_the_environment(
    start: Callable[..., MaasDriver], addresses: dict[str, str]
) -> None:
    driver = start(MAAS_API_KEY=API_KEY)
    driver.configure(**addresses)
    assert invoke(driver, "getModels") == MODELS


def test_get_models_without_a_key_says_where_to_get_one(
    driver: MaasDriver, maas: Simulator
) -> None:
    failure = failing(invoke, driver, "getModels")
    assert failure.code == CODE.UNAUTHENTICATED
    for words in ("inference:maasApiKey", "MAAS_API_KEY", "MaaS console"):
        assert words in failure.message
    assert told(maas) == []


def test_get_models_with_a_wrong_key(configure: Callable[..., MaasDriver]) -> None:
    driver = configure(maasApiKey=secret("not-a-key-at-all"))
    failure = failing(invoke, driver, "getModels")
    assert failure.code == CODE.UNAUTHENTICATED
    assert "ModelArts.81003" in failure.message and "maasApiKey" in failure.message
    assert "not-a-key-at-all" not in failure.message


@pytest.mark.parametrize(
    ("region", "host"),
    [(REGION, "api-ap-southeast-1.modelarts-maas.com"), (CHINA, "api.modelarts-maas.com")],
)
def test_each_site_has_its_inference_plane(
    start: Callable[..., MaasDriver], region: str, host: str
) -> None:
    """Nothing answers there; the error says where it was looked for."""
    driver = start(https_proxy="http://127.0.0.1:1", HTTPS_PROXY="http://127.0.0.1:1", no_proxy="")
    driver.configure(maasApiKey=secret(API_KEY), maasRegion=region, maxRetries="0")
    failure = failing(invoke, driver, "getModels")
    assert failure.code == CODE.UNAVAILABLE
    assert host in failure.message


# Services of ModelArts.


@pytest.fixture
def chinese(configure: Callable[..., MaasDriver]) -> MaasDriver:
    return configure(**KEYS, maasRegion=CHINA, maasProjectId=CHINA_PROJECT)


def test_get_regions(chinese: MaasDriver, maas: Simulator) -> None:
    assert invoke(chinese, "getRegions") == {"regions": [{"id": CHINA, "name": CHINA}]}
    assert told(maas) == ["region.list"]


def test_get_workspaces(chinese: MaasDriver, maas: Simulator) -> None:
    assert invoke(chinese, "getWorkspaces", modelRegion=CHINA) == {
        "workspaces": [{"id": "0", "name": "default", "description": ""}]
    }
    (request,) = requests(maas)
    assert request.path == f"/v1/{CHINA_PROJECT}/maas/services/workspace/{CHINA}"


@pytest.mark.parametrize(("args", "query"), [({}, "0"), ({"workspaceId": "0"}, "0")])
def test_get_services(
    chinese: MaasDriver, maas: Simulator, args: dict[str, Any], query: str
) -> None:
    found = invoke(chinese, "getServices", modelRegion=CHINA, **args)["services"]
    assert found[0] == {
        "id": SERVICE,
        "name": "service-one",
        "status": "RUNNING",
        "version": "1",
        "description": "",
    }
    assert [row["name"] for row in found] == ["service-one", "service-two"]
    (request,) = requests(maas)
    assert (request.target, request.query) == (CHINA, f"workspace_id={query}")


REGIONS = "inference:maas:getRegions lists its values"
WORKSPACES = "inference:maas:getWorkspaces lists its values"


@pytest.mark.parametrize(
    ("function", "args", "told"),
    [
        ("getServices", {"modelRegion": "nowhere"}, f'modelRegion "nowhere" ({REGIONS})'),
        (
            "getServices",
            {"modelRegion": CHINA, "workspaceId": "nowhere"},
            f'modelRegion "{CHINA}" ({REGIONS}), workspaceId "nowhere" ({WORKSPACES})',
        ),
        ("getWorkspaces", {"modelRegion": "nowhere"}, f'modelRegion "nowhere" ({REGIONS})'),
    ],
)
def test_a_refused_look_up_names_its_arguments(
    chinese: MaasDriver, function: str, args: dict[str, Any], told: str
) -> None:
    failure = failing(invoke, chinese, function, **args)
    assert failure.code == CODE.INVALID_ARGUMENT
    assert "ModelArts.0104" in failure.message
    assert failure.message.endswith(
        f"). In the call: {told}. Asked was region {CHINA}, projectId {CHINA_PROJECT}."
    )


def test_a_function_looks_the_project_up(
    configure: Callable[..., MaasDriver], maas: Simulator
) -> None:
    driver = configure(**KEYS)
    invoke(driver, "getAgreement")
    invoke(driver, "getRegions")
    assert told(maas) == ["iam.projects", "agreement.get", "region.list"]
    assert PROJECT in requests(maas, "region.list")[0].path
