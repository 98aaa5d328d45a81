"""`checkCatalogue`: what a program names is looked up in Check, before anything is changed."""

from __future__ import annotations

from collections.abc import Callable

from support.drivers.hf import WARNING, secret
from support.drivers.maas import API_KEY, KEYS, PROJECT, MaasDriver, Simulator, inputs, requests

OWN = {
    "source": "custom_from_modelarts_v2",
    "modelName": None,
    "modelRegion": "cn-southwest-9",
    "inferServiceId": "a-service",
}


def warned(driver: MaasDriver) -> list[str]:
    return [text for text in driver.log(WARNING) if "is not in" in text or "needs" in text]


def test_a_model_is_asked_for_with_the_data_planes_own_key(
    configure: Callable[..., MaasDriver], maas: Simulator
) -> None:
    driver = configure(**KEYS, maasProjectId=PROJECT, maasApiKey=secret(API_KEY))
    driver.checked(inputs(checkCatalogue=True, modelName="DeepSeek-V4"))
    assert warned(driver) == [
        'modelName: "DeepSeek-V4" is not in the catalogue of Huawei Cloud MaaS; there are: '
        "DeepSeek-V3, DeepSeek-R1, Qwen3-32B (inference:maas:getModels lists them)"
    ]
    models, quota = requests(maas)
    assert (models.operation, models.path) == ("model.list", "/v2/models")
    assert models.header("Authorization") == f"Bearer {API_KEY}"
    assert (quota.operation, quota.query) == ("endpoint.list", "")


def test_without_that_key_no_model_is_asked_for(driver: MaasDriver, maas: Simulator) -> None:
    driver.checked(inputs(checkCatalogue=True, modelName="DeepSeek-V4"))
    assert warned(driver) == []
    assert [request.operation for request in requests(maas)] == ["endpoint.list"]


def test_the_region_of_a_service(driver: MaasDriver, maas: Simulator) -> None:
    driver.checked(inputs(checkCatalogue=True, **OWN))
    (text,) = warned(driver)
    assert text.startswith(
        'modelRegion: "cn-southwest-9" is not in the catalogue of Huawei Cloud MaaS; there are: '
    )
    assert text.endswith("(inference:maas:getRegions lists them)")
    assert requests(maas)[0].operation == "region.list"


def test_the_quota(driver: MaasDriver, maas: Simulator) -> None:
    maas.knobs("maas", quota=0)
    driver.checked(inputs(checkCatalogue=True))
    assert warned(driver) == [
        "name: needs 1 endpoints of the quota, of which there are left 0 (inference:maas:getQuota)"
    ]
