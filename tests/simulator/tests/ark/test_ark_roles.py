"""Roles: what the official SDK gets for one, by both of its ways, and what is refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import byteplussdkark as sdk
import byteplussdkcore
import byteplussdksts
import pytest
from ark_tools import AK, OTHER_AK, OTHER_SK, REGION, SK
from byteplussdkcore.auth.providers import StsCredentialProvider
from byteplussdkcore.rest import ApiException

from simulator.client import Simulator

ACCOUNT, OTHER_ACCOUNT = "2100000001", "2100000002"
TRN = f"trn:iam::{ACCOUNT}:role/deploy"
SHARED_TRN = f"trn:iam::{OTHER_ACCOUNT}:role/shared"


def host(sim: Simulator) -> str:
    return sim.url("ark").removeprefix("http://")


def provider(sim: Simulator, role: str = "deploy", account: str = ACCOUNT, **more: Any) -> Any:
    return StsCredentialProvider(AK, SK, role, account, scheme="http", host=host(sim), **more)


def client(sim: Simulator, ak: str = AK, sk: str = SK, token: str = "") -> Any:
    configuration = byteplussdkcore.Configuration()
    configuration.ak, configuration.sk, configuration.session_token = ak, sk, token
    configuration.scheme, configuration.host, configuration.region = "http", host(sim), REGION
    return byteplussdkcore.ApiClient(configuration)


def assume(sim: Simulator, ak: str = AK, sk: str = SK, **more: Any) -> Any:
    given = {"role_trn": TRN, "role_session_name": "test"} | more
    api = byteplussdksts.STSApi(client(sim, ak, sk))
    return api.assume_role(byteplussdksts.AssumeRoleRequest(**given))


def test_the_keys_of_a_role_work(ark_live: Simulator) -> None:
    got = provider(ark_live).get_credentials()
    api = sdk.ARKApi(client(ark_live, got.ak, got.sk, got.session_token))
    with pytest.raises(ApiException) as caught:
        api.get_endpoint(sdk.GetEndpointRequest(id="ep-x"))
    assert caught.value.status == 404
    asked = [(r.operation, r.method) for r in ark_live.requests(cloud="ark")]
    assert asked == [("role.assume", "GET"), ("endpoint.get", "POST")]


def test_a_form_gives_the_same(ark_live: Simulator) -> None:
    answer = assume(ark_live, duration_seconds=900, policy="{}")
    keys = answer.credentials
    begin, end = (datetime.fromisoformat(t) for t in (keys.current_time, keys.expired_time))
    assert (end - begin).total_seconds() == 900
    assert answer.assumed_role_user.trn == f"trn:sts::{ACCOUNT}:assumed-role/deploy/test"
    assert ark_live.requests(cloud="ark")[-1].method == "POST"


def test_the_account_is_the_roles(ark_live: Simulator) -> None:
    got = provider(ark_live, "shared", OTHER_ACCOUNT).get_credentials()
    api = byteplussdksts.STSApi(client(ark_live, got.ak, got.sk, got.session_token))
    answer = api.get_caller_identity(byteplussdksts.GetCallerIdentityRequest())
    assert str(answer.account_id) == OTHER_ACCOUNT


def test_the_keys_end(ark_live: Simulator) -> None:
    ark_live.knobs("ark", role_seconds=60)
    got = provider(ark_live).get_credentials()
    api = sdk.ARKApi(client(ark_live, got.ak, got.sk, got.session_token))
    ark_live.advance(61)
    with pytest.raises(ApiException) as caught:
        api.get_endpoint(sdk.GetEndpointRequest(id="ep-x"))
    assert (caught.value.status, "InvalidSecretToken" in str(caught.value.body)) == (401, True)


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"sk": "wrong"}, 401, "SignatureDoesNotMatch"),
        ({"ak": OTHER_AK, "sk": OTHER_SK}, 403, "AccessDenied"),
        ({"role_trn": "trn:iam::2100000001:role/none"}, 403, "AccessDenied"),
        ({"role_session_name": "a b"}, 400, "InvalidParameter.RoleSessionName"),
        ({"duration_seconds": 899}, 400, "InvalidParameter.DurationSeconds"),
        ({"duration_seconds": 43201}, 400, "InvalidParameter.DurationSeconds"),
        ({"policy": "no JSON"}, 400, "InvalidParameter.Policy"),
    ],
)
def test_refusals(ark_live: Simulator, more: dict[str, Any], status: int, code: str) -> None:
    with pytest.raises(ApiException) as caught:
        assume(ark_live, **more)
    assert (caught.value.status, code in str(caught.value.body)) == (status, True)
