"""Who may call: every kind of credential, where it comes from, and what a refusal leads to."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from support.clocks import told_off
from support.drivers.maas import (
    ACCOUNT,
    AK,
    CHINA,
    CHINA_PROJECT,
    CHINA_TOKEN,
    KEYS,
    MODES,
    PASSWORD,
    PASSWORDS,
    PROJECT,
    REGION,
    SECURITY_TOKEN,
    SK,
    TEMPORARY_AK,
    TEMPORARY_SK,
    TOKEN,
    USER,
    Failure,
    MaasDriver,
    Simulator,
    failing,
    full_id,
    inputs,
    kinds,
    made,
    only_id,
    refreshed,
    requests,
    secret,
    stored,
    together,
    told,
)

CODE = grpc.StatusCode
Configure = Callable[..., MaasDriver]
AT_ONCE = 8


# Every way in.


@pytest.mark.parametrize("mode", MODES)
def test_every_way_in(configure: Configure, maas: Simulator, mode: str) -> None:
    """The project is found by the region's name, once."""
    driver = configure(**MODES[mode])
    id, checked, outputs = made(driver)
    assert id == full_id(only_id(maas))
    assert refreshed(driver, id, outputs, checked) == (checked, outputs)
    driver.update(checked, {**checked, "rpm": 7}, olds=outputs, id=id)
    driver.delete(id, outputs, checked)
    looked_up = "iam.token" if mode == "password" else "iam.projects"
    assert told(maas) == [
        looked_up,
        "endpoint.create",
        "endpoint.list",
        "endpoint.edit",
        "endpoint.list",
        "endpoint.delete",
        "endpoint.list",
    ]


def test_a_token_is_sent_as_it_is(configure: Configure, maas: Simulator) -> None:
    made(configure(**MODES["token"], maasProjectId=PROJECT))
    for request in requests(maas):
        assert request.header("X-Auth-Token") == TOKEN
        assert request.header("Authorization") is None
        assert request.header("Content-Type") == "application/json"


def test_keys_sign_what_is_sent(configure: Configure, maas: Simulator) -> None:
    made(configure(**KEYS, maasProjectId=PROJECT))
    for request in requests(maas):
        assert request.notes["auth"] == {
            "method": "signature",
            "access_key": AK,
            "signed_headers": ["content-type", "host", "x-project-id", "x-sdk-date"],
            "right": True,
        }
        assert request.header("X-Project-Id") == PROJECT
        assert request.header("X-Auth-Token") is None


def test_temporary_keys_sign_their_token(configure: Configure, maas: Simulator) -> None:
    made(configure(**MODES["temporary keys"], maasProjectId=PROJECT))
    for request in requests(maas):
        assert request.header("X-Security-Token") == SECURITY_TOKEN
        assert "x-security-token" in request.notes["auth"]["signed_headers"]


def test_a_password_buys_one_token(configure: Configure, maas: Simulator) -> None:
    made(configure(**PASSWORDS))
    (bought,) = requests(maas, "iam.token")
    assert bought.query == "nocatalog=true"
    assert bought.header("X-Auth-Token") is None and bought.header("Authorization") is None
    identity = {
        "methods": ["password"],
        "password": {"user": {"name": USER, "password": PASSWORD, "domain": {"name": ACCOUNT}}},
    }
    assert bought.json == {"auth": {"identity": identity, "scope": {"project": {"name": REGION}}}}
    token = dict(bought.reply_headers)["X-Subject-Token"]
    assert len(token) == 4000
    rest = [request for request in requests(maas) if request.operation != "iam.token"]
    assert {request.header("X-Auth-Token") for request in rest} == {token}


@pytest.mark.parametrize("chars", [16, 16384, 60000])
def test_tokens_of_every_length(configure: Configure, maas: Simulator, chars: int) -> None:
    maas.knobs("maas", token_chars=chars)
    made(configure(**PASSWORDS))
    (create,) = requests(maas, "endpoint.create")
    assert len(create.header("X-Auth-Token") or "") == chars


def test_a_configured_project_is_what_the_token_is_for(
    configure: Configure, maas: Simulator
) -> None:
    made(configure(**PASSWORDS, maasProjectId=CHINA_PROJECT, maasRegion=CHINA))
    (bought,) = requests(maas, "iam.token")
    assert bought.json["auth"]["scope"] == {"project": {"id": CHINA_PROJECT}}


PRECEDENCE = [
    ({**MODES["token"], **KEYS, **PASSWORDS}, "token"),
    ({**KEYS, **PASSWORDS}, "signature"),
]


@pytest.mark.parametrize(("config", "method"), PRECEDENCE, ids=["token", "keys"])
def test_which_goes_first(
    configure: Configure, maas: Simulator, config: dict[str, Any], method: str
) -> None:
    made(configure(**config, maasProjectId=PROJECT))
    assert {request.notes["auth"]["method"] for request in requests(maas)} == {method}


# Projects.


@pytest.mark.parametrize("mode", ["token", "keys", "password"])
def test_a_project_is_looked_up_once_for_all(
    configure: Configure, maas: Simulator, mode: str
) -> None:
    maas.knobs("maas", quota=100)
    driver = configure(**MODES[mode])
    checked = [driver.checked(inputs(name=f"e{n}"), name=f"e{n}") for n in range(AT_ONCE)]
    ids = together([lambda c=c: driver.create(c)[0] for c in checked])
    assert sorted(ids) == sorted(full_id(endpoint) for endpoint in stored(maas))
    asked = [name for name in told(maas) if name.startswith("iam.")]
    assert asked == ["iam.token" if mode == "password" else "iam.projects"]


@pytest.mark.parametrize("mode", ["keys", "password"])
def test_each_region_has_a_project_of_its_own(
    configure: Configure, maas: Simulator, mode: str
) -> None:
    driver = configure(**MODES[mode])
    first, *_ = made(driver, name="first")
    second, *_ = made(driver, name="second", region=CHINA)
    third, *_ = made(driver, name="third")
    fourth, *_ = made(driver, name="fourth", projectId=CHINA_PROJECT, region=CHINA)
    assert [id.rsplit("/", 1)[0] for id in (first, second, third, fourth)] == [
        f"{REGION}/{PROJECT}",
        f"{CHINA}/{CHINA_PROJECT}",
        f"{REGION}/{PROJECT}",
        f"{CHINA}/{CHINA_PROJECT}",
    ]
    assert len([name for name in told(maas) if name.startswith("iam.")]) == 2


def test_a_project_of_another_name(configure: Configure, maas: Simulator) -> None:
    row = {"account": ACCOUNT, "name": f"{REGION}_team"}
    maas.knobs("maas", projects={"9" * 32: row})
    id, *_ = made(configure(**KEYS, maasProjectName=f"{REGION}_team"))
    assert id == full_id(only_id(maas), project="9" * 32)
    assert requests(maas, "iam.projects")[0].target == f"{REGION}_team"


@pytest.mark.parametrize(("count", "region"), [(0, "eu-west-0"), (2, REGION)])
def test_projects_that_are_missing_or_too_many(
    configure: Configure, maas: Simulator, count: int, region: str
) -> None:
    row = {"account": ACCOUNT, "name": REGION}
    maas.knobs("maas", projects={"9" * 32: row})
    driver = configure(**KEYS, maasRegion=region)
    failure = failing(driver.create, driver.checked(inputs()))
    assert failure.code == CODE.INVALID_ARGUMENT
    assert failure.message == (
        f"Huawei Cloud MaaS: {'several projects are' if count else 'no project is'} named "
        f'"{region}": check inference:maasRegion, whose own project has its name, or set '
        "inference:maasProjectId, or projectId at the resource"
    )
    assert told(maas) == ["iam.projects"]


def test_a_project_that_may_not_be_looked_up(configure: Configure, maas: Simulator) -> None:
    user = {"account": ACCOUNT, "password": PASSWORD, "denied": {"iam.projects": "policy"}}
    maas.knobs("maas", users={USER: user})
    driver = configure(**KEYS)
    failure = failing(driver.create, driver.checked(inputs()))
    assert failure.code == CODE.PERMISSION_DENIED
    for words in ("looking the project up", "iam:projects:listProjects", "inference:maasProjectId"):
        assert words in failure.message


# Where credentials come from.

ENVIRONMENTS: dict[str, dict[str, str]] = {
    "HW_AUTH_TOKEN": {"HW_AUTH_TOKEN": TOKEN},
    "OS_AUTH_TOKEN": {"OS_AUTH_TOKEN": TOKEN},
    "HW keys": {"HW_ACCESS_KEY": AK, "HW_SECRET_KEY": SK},
    "OS keys": {"OS_ACCESS_KEY": AK, "OS_SECRET_KEY": SK},
    "SDK keys": {"HUAWEICLOUD_SDK_AK": AK, "HUAWEICLOUD_SDK_SK": SK},
    "HW temporary keys": {
        "HW_ACCESS_KEY": TEMPORARY_AK,
        "HW_SECRET_KEY": TEMPORARY_SK,
        "HW_SECURITY_TOKEN": SECURITY_TOKEN,
    },
    "SDK temporary keys": {
        "HUAWEICLOUD_SDK_AK": TEMPORARY_AK,
        "HUAWEICLOUD_SDK_SK": TEMPORARY_SK,
        "HUAWEICLOUD_SDK_SECURITY_TOKEN": SECURITY_TOKEN,
    },
    "a token of another family": {
        "HUAWEICLOUD_SDK_AK": TEMPORARY_AK,
        "HUAWEICLOUD_SDK_SK": TEMPORARY_SK,
        "HUAWEICLOUD_SDK_SECURITY_TOKEN": SECURITY_TOKEN,
        "HW_SECURITY_TOKEN": "somebody else's",
    },
    "a security token and keys without": {
        "OS_ACCESS_KEY": AK,
        "OS_SECRET_KEY": SK,
        "HW_SECURITY_TOKEN": "somebody else's",
    },
    **{
        f"{user} {word} {domain}": {user: USER, word: PASSWORD, domain: ACCOUNT}
        for user, word, domain in (
            ("HW_USER_NAME", "HW_USER_PASSWORD", "HW_DOMAIN_NAME"),
            ("OS_USERNAME", "OS_PASSWORD", "OS_DOMAIN_NAME"),
            ("OS_USERNAME", "OS_PASSWORD", "OS_USER_DOMAIN_NAME"),
            ("OS_USERNAME", "OS_PASSWORD", "OS_PROJECT_DOMAIN_NAME"),
        )
    },
}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_credentials_from_the_environment(
    start: Callable[..., MaasDriver], addresses: dict[str, str], maas: Simulator, name: str
) -> None:
    driver = start(**ENVIRONMENTS[name])
    driver.configure(**addresses)
    id, _, outputs = made(driver)
    assert id == full_id(only_id(maas))
    for value in ENVIRONMENTS[name].values():
        assert value in (USER, ACCOUNT) or value not in str(outputs)


PLACES: list[tuple[dict[str, str], str, str]] = [
    *[({name: CHINA}, CHINA, CHINA_PROJECT) for name in ("HW_REGION_NAME", "OS_REGION_NAME")],
    *[
        ({name: CHINA_PROJECT, "HW_REGION_NAME": CHINA}, CHINA, CHINA_PROJECT)
        for name in ("HW_PROJECT_ID", "OS_PROJECT_ID", "HUAWEICLOUD_SDK_PROJECT_ID")
    ],
    *[
        ({name: CHINA, "HW_REGION_NAME": CHINA}, CHINA, CHINA_PROJECT)
        for name in ("HW_PROJECT_NAME", "OS_PROJECT_NAME")
    ],
]


@pytest.mark.parametrize(
    ("environment", "region", "project"), PLACES, ids=[str(p[0]) for p in PLACES]
)
def test_the_scope_from_the_environment(
    start: Callable[..., MaasDriver],
    addresses: dict[str, str],
    maas: Simulator,
    environment: dict[str, str],
    region: str,
    project: str,
) -> None:
    driver = start(**environment)
    driver.configure(**addresses, **KEYS)
    id, _, outputs = made(driver)
    assert id == full_id(only_id(maas), project, region)
    assert (outputs["region"], outputs["projectId"]) == (region, project)


@pytest.mark.parametrize("suffix", ["", "/", "/v3", "/v3/"])
@pytest.mark.parametrize("name", ["HUAWEICLOUD_SDK_IAM_ENDPOINT", "HW_AUTH_URL", "OS_AUTH_URL"])
def test_addresses_from_the_environment(
    start: Callable[..., MaasDriver], maas: Simulator, name: str, suffix: str
) -> None:
    url = maas.url("maas")
    driver = start(**{name: url + suffix, "HUAWEICLOUD_SDK_REGION_MODELARTS_AP_SOUTHEAST_1": url})
    driver.configure(**KEYS)
    id, _, outputs = made(driver)
    assert id == full_id(only_id(maas))
    assert [request.path for request in requests(maas, "iam.projects")] == ["/v3/projects"]
    assert outputs["target"]["baseUrl"] == "https://api-ap-southeast-1.modelarts-maas.com/v2"


def test_an_address_is_for_its_region_alone(
    start: Callable[..., MaasDriver], maas: Simulator
) -> None:
    url = maas.url("maas")
    driver = start(
        HUAWEICLOUD_SDK_IAM_ENDPOINT=url,
        HUAWEICLOUD_SDK_REGION_MODELARTS_CN_SOUTHWEST_2=url,
        HUAWEICLOUD_SDK_REGION_MODELARTS_AP_SOUTHEAST_1="http://127.0.0.1:1",
    )
    driver.configure(**KEYS, maasRegion=CHINA, maxRetries="0")
    id, _, outputs = made(driver)
    assert id == full_id(only_id(maas), CHINA_PROJECT, CHINA)
    assert outputs["target"]["baseUrl"] == "https://api.modelarts-maas.com/v2"
    failure = failing(driver.create, driver.checked(inputs(name="other", region=REGION)))
    assert "127.0.0.1:1" in failure.message


HALVES: list[tuple[dict[str, str], dict[str, Any], tuple[str, ...]]] = [
    ({"HW_ACCESS_KEY": AK}, {}, ("HW_ACCESS_KEY", "maasSecretKey is not")),
    ({"HUAWEICLOUD_SDK_SK": SK}, {}, ("HUAWEICLOUD_SDK_SK", "maasAccessKey is not")),
    ({"HW_ACCESS_KEY": AK}, PASSWORDS, ("HW_ACCESS_KEY", "maasSecretKey is not")),
    ({"HW_ACCESS_KEY": AK, "OS_SECRET_KEY": SK}, {}, ("HW_ACCESS_KEY", "OS_SECRET_KEY")),
    (
        {"HW_ACCESS_KEY": AK, "OS_ACCESS_KEY": AK, "OS_SECRET_KEY": SK},
        {},
        ("HW_ACCESS_KEY", "OS_SECRET_KEY"),
    ),
    (
        {"HW_ACCESS_KEY": TEMPORARY_AK, "HW_SECRET_KEY": SK},
        {"maasAccessKey": AK},
        ("inference:maasAccessKey", "HW_SECRET_KEY"),
    ),
    (
        {"HW_ACCESS_KEY": AK, "HW_SECRET_KEY": "x"},
        {"maasSecretKey": secret(SK)},
        ("HW_ACCESS_KEY", "inference:maasSecretKey"),
    ),
]


@pytest.mark.parametrize(
    ("environment", "config", "words"), HALVES, ids=[str(h[2]) for h in HALVES]
)
def test_halves_of_pairs_are_mistakes(
    start: Callable[..., MaasDriver],
    addresses: dict[str, str],
    maas: Simulator,
    environment: dict[str, str],
    config: dict[str, Any],
    words: tuple[str, ...],
) -> None:
    """Each costs a bad signature, and five of those lock a key."""
    driver = start(**environment)
    driver.configure(**addresses, **config)
    failure = failing(driver.create, driver.checked(inputs()))
    assert failure.code == CODE.UNAUTHENTICATED
    for word in words:
        assert word in failure.message
    assert SK not in failure.message
    assert told(maas) == []


def test_half_a_password(configure: Configure, maas: Simulator) -> None:
    driver = configure(maasPassword=secret(PASSWORD), maasUserName=USER)
    failure = failing(driver.create, driver.checked(inputs()))
    assert failure.code == CODE.UNAUTHENTICATED
    assert "inference:maasDomainName" in failure.message
    assert told(maas) == []


def test_no_credentials_name_every_place(configure: Configure, maas: Simulator) -> None:
    driver = configure()
    failure = failing(driver.create, driver.checked(inputs()))
    assert failure.code == CODE.UNAUTHENTICATED
    for place in (
        "inference:maasToken",
        "HW_AUTH_TOKEN",
        "inference:maasAccessKey",
        "HUAWEICLOUD_SDK_AK",
        "inference:maasSecretKey",
        "inference:maasPassword",
        "OS_PASSWORD",
        "pulumi config set --secret",
    ):
        assert place in failure.message
    assert "maasApiKey" not in failure.message
    assert told(maas) == []


# Tokens that end.


def test_a_token_that_ends_in_the_middle_is_renewed_once(
    configure: Configure, maas: Simulator
) -> None:
    """By eight calls in parallel that all meet the old one."""
    maas.knobs("maas", quota=100)
    driver = configure(**PASSWORDS)
    made(driver)
    assert maas.call("maas", "end_tokens") == 1
    checked = [driver.checked(inputs(name=f"e{n}"), name=f"e{n}") for n in range(AT_ONCE)]
    results = together([lambda c=c: driver.create(c)[0] for c in checked])
    assert [result for result in results if isinstance(result, Failure)] == []
    assert len(requests(maas, "iam.token")) == 2
    assert len(stored(maas)) == AT_ONCE + 1


@pytest.mark.parametrize("refusal", ["401", "0307", "400", "404"])
def test_every_word_for_an_old_token(configure: Configure, maas: Simulator, refusal: str) -> None:
    driver = configure(**PASSWORDS)
    id, checked, outputs = made(driver)
    maas.knobs("maas", token_refusal=refusal)
    for step in (
        lambda: driver.update(checked, {**checked, "rpm": 5}, olds=outputs, id=id),
        lambda: driver.update(checked, {**checked, "desiredState": "paused"}, olds=outputs, id=id),
        lambda: driver.delete(id, outputs, checked),
    ):
        maas.call("maas", "end_tokens")
        before = len(requests(maas, "iam.token"))
        step()
        assert len(requests(maas, "iam.token")) == before + 1
    assert stored(maas) == {}


def test_a_token_is_renewed_before_its_end(configure: Configure, maas: Simulator) -> None:
    """One that lives for a moment serves for half of it, whatever this machine's clock says."""
    maas.freeze("2020-01-01T00:00:00Z")
    driver = configure(**PASSWORDS)
    made(driver)
    made(driver, name="second")
    assert len(requests(maas, "iam.token")) == 1
    maas.knobs("maas", token_seconds=1)
    other = configure(**PASSWORDS)
    made(other, name="third")
    before = len(requests(maas, "iam.token"))
    maas.wait_for(
        lambda sim: (
            other.read(full_id(next(iter(stored(sim)))), {}, {})
            and len(requests(sim, "iam.token")) > before
        ),
        what="a renewal",
    )


REFUSALS: list[dict[str, Any]] = [
    {"status": 401, "code": "0301"},
    {"status": 401, "code": "0307"},
    {"status": 400, "code": "ModelArts.0104", "message": "Invalid token."},
    {"status": 404, "code": "ModelArts.0104", "message": "Invalid token."},
    {"status": 404, "code": "ModelArts.9999", "message": "The TOKEN is of no use"},
]


@pytest.mark.one_call
@pytest.mark.parametrize("refusal", REFUSALS, ids=[str(list(r.values())[:2]) for r in REFUSALS])
@pytest.mark.parametrize("mode", ["token", "keys", "password"])
def test_a_refused_token_is_never_a_deletion(
    configure: Configure, maas: Simulator, mode: str, refusal: dict[str, Any]
) -> None:
    id, checked, outputs = made(configure(**KEYS, maasProjectId=PROJECT))
    for operation in ("endpoint.list", "endpoint.delete"):
        maas.fault("maas", operation, kind="error", count=0, **refusal)
    for call in (
        lambda one: one.read(id, outputs, checked),
        lambda one: one.delete(id, outputs, checked),
    ):
        failure = failing(call, configure(**MODES[mode], maasProjectId=PROJECT))
        assert (failure.code, failure.partial) == (CODE.UNAUTHENTICATED, None)
    assert full_id(only_id(maas)) == id


# Credentials that are refused.


def test_wrong_keys_are_tried_once(configure: Configure, maas: Simulator) -> None:
    """Eight steps in parallel; five bad signatures would lock the key for everybody."""
    driver = configure(maasAccessKey=AK, maasSecretKey=secret("wrong"), maasProjectId=PROJECT)
    checked = [driver.checked(inputs(name=f"e{n}"), name=f"e{n}") for n in range(AT_ONCE)]
    results = together([lambda c=c: driver.create(c) for c in checked])
    assert {failure.code for failure in results} == {CODE.UNAUTHENTICATED}
    assert maas.state("maas")["keys"][AK]["bad"] == 1
    texts = [failure.message for failure in results]
    assert len([text for text in texts if "verify aksk signature fail" in text]) == 1
    assert len([text for text in texts if "not sent" in text]) == AT_ONCE - 1
    assert "maasSecretKey" in next(text for text in texts if "verify aksk" in text)


@pytest.mark.parametrize("status", [502, 503])
def test_wrong_keys_behind_a_gateway_that_fails_first(
    configure: Configure, maas: Simulator, status: int
) -> None:
    """An error of somebody who never looked at the signature proves nothing."""
    driver = configure(
        maasAccessKey=AK, maasSecretKey=secret("wrong"), maasProjectId=PROJECT, maxRetries="0"
    )
    maas.listen("maas", False)
    checked = [driver.checked(inputs(name=f"e{n}"), name=f"e{n}") for n in range(AT_ONCE)]
    try:
        failing(driver.create, checked[0])
    finally:
        maas.listen("maas", True)
    results = together([lambda c=c: driver.create(c) for c in checked])
    assert {failure.code for failure in results} == {CODE.UNAUTHENTICATED}
    assert maas.state("maas")["keys"][AK]["bad"] == 1


def test_good_keys_go_one_by_one_only_once(configure: Configure, maas: Simulator) -> None:
    """The first request is alone; after it they run side by side."""
    maas.knobs("maas", quota=100)
    maas.fault("maas", "endpoint.create", kind="hold", count=1)
    driver = configure(**KEYS, maasProjectId=PROJECT)
    checked = [driver.checked(inputs(name=f"e{n}"), name=f"e{n}") for n in range(AT_ONCE)]
    done: list[str] = []
    threads = [
        threading.Thread(target=lambda c=c: done.append(driver.create(c)[0])) for c in checked
    ]
    for thread in threads:
        thread.start()
    maas.wait_requests(1, operation="endpoint.create")
    assert len(requests(maas)) == 1
    maas.fault("maas", "endpoint.create", kind="hold", count=0)
    maas.release()
    maas.wait_requests(AT_ONCE, operation="endpoint.create")
    maas.clear_faults()
    maas.release()
    for thread in threads:
        thread.join(60)
    assert len(done) == AT_ONCE


def test_a_parameter_that_speaks_of_tokens_does_not_shut_good_keys_out(
    driver: MaasDriver, maas: Simulator
) -> None:
    made(driver)
    text = "tpm (tokens per minute) must not exceed 500000"
    maas.fault("maas", "endpoint.create", kind="error", status=400, message=text)
    assert text in failing(driver.create, driver.checked(inputs(name="second"))).message
    made(driver, name="third")


def test_a_wrong_password_is_tried_once(configure: Configure, maas: Simulator) -> None:
    driver = configure(**{**PASSWORDS, "maasPassword": secret("wrong-password")})
    checked = [driver.checked(inputs(name=f"e{n}"), name=f"e{n}") for n in range(AT_ONCE)]
    results = together([lambda c=c: driver.create(c) for c in checked])
    assert {failure.code for failure in results} == {CODE.UNAUTHENTICATED}
    assert told(maas) == ["iam.token"]
    for failure in results:
        assert "HUAWEI ID" in failure.message
        assert failure.message.count("The credential came from inference:maasPassword;") == 1
        assert "wrong-password" not in failure.message


@pytest.mark.parametrize("code", ["8503", "policy"])
def test_a_missing_right_is_no_matter_of_tokens(
    configure: Configure, maas: Simulator, code: str
) -> None:
    user = {"account": ACCOUNT, "password": PASSWORD, "denied": {"endpoint.create": code}}
    maas.knobs("maas", users={USER: user})
    driver = configure(**PASSWORDS)
    failure = failing(driver.create, driver.checked(inputs()))
    assert failure.code == CODE.PERMISSION_DENIED
    assert told(maas) == ["iam.token", "endpoint.create"]


def test_a_gateway_that_takes_no_signatures(configure: Configure, maas: Simulator) -> None:
    maas.knobs("maas", signing_accepted=False)
    driver = configure(**KEYS, maasProjectId=PROJECT)
    failure = failing(driver.create, driver.checked(inputs()))
    assert failure.code == CODE.UNAUTHENTICATED
    assert "x-auth-token not found" in failure.message


def test_a_token_of_another_project(configure: Configure, maas: Simulator) -> None:
    driver = configure(maasToken=secret(CHINA_TOKEN), maasProjectId=PROJECT)
    failure = failing(driver.create, driver.checked(inputs()))
    assert failure.code == CODE.PERMISSION_DENIED
    assert failure.message.endswith(
        "The user's policies do not allow this, or the project is another one's. The credential "
        f"came from inference:maasToken; asked was region {REGION}, projectId {PROJECT}."
    )


# Nothing tells.


CANARY = "canary-4711-"
CANARY_AK = "MAASCANARYAK00000001"
CANARIES: dict[str, dict[str, Any]] = {
    "password": {**PASSWORDS, "maasPassword": secret(f"{CANARY}password")},
    "keys": {
        "maasAccessKey": CANARY_AK,
        "maasSecretKey": secret(f"{CANARY}secret-key"),
        "maasSecurityToken": secret(f"{CANARY}security-token"),
    },
    "token": {"maasToken": secret(f"{CANARY}token")},
}


def plant(sim: Simulator) -> None:
    """Makes the simulator take the canaries."""
    key = {
        "secret": f"{CANARY}secret-key",
        "user": USER,
        "security_token": f"{CANARY}security-token",
    }
    sim.knobs(
        "maas",
        users={USER: {"account": ACCOUNT, "password": f"{CANARY}password"}},
        access_keys={CANARY_AK: key},
        tokens={f"{CANARY}token": {"user": USER, "project": PROJECT}},
    )


@pytest.mark.one_call
@pytest.mark.parametrize("way", CANARIES)
def test_no_credential_leaves_the_process(configure: Configure, maas: Simulator, way: str) -> None:
    """Failures of every kind that repeat every secret, a bought token among them."""
    plant(maas)
    config = {**CANARIES[way], "maasApiKey": secret(f"{CANARY}api-key")}
    driver = configure(**config, maxRetries="0")
    id, checked, outputs = made(driver)
    bought = list(maas.state("maas")["tokens"])
    assert len(bought) == (1 if way == "password" else 0)
    planted = [value["value"] for value in config.values() if isinstance(value, dict)]
    echo = "no: " + " ".join([*bought, *planted])

    def changed(rpm: int) -> Any:
        return driver.update(checked, {**checked, "rpm": rpm}, olds=outputs, id=id)

    calls: list[tuple[str, Callable[[], Any]]] = [
        ("endpoint.create", lambda: driver.create(driver.checked(inputs(name="other")))),
        ("endpoint.edit", lambda: changed(3)),
        ("endpoint.list", lambda: changed(4)),
        ("endpoint.delete", lambda: driver.delete(id, outputs, checked)),
    ]
    texts = [str(outputs)]
    for (operation, call), status in itertools.product(calls, (400, 500)):
        maas.fault("maas", operation, kind="error", status=status, message=echo, count=0)
        failure = failing(call)
        maas.clear_faults()
        told_all = failure.message + " ".join(failure.reasons if failure.partial else [])
        assert "no: [secret]" in told_all, told_all
        texts += [told_all, str(failure.partial)]
    texts += [record.message for record in list(driver.engine.records)]
    for text in texts:
        for hidden in (CANARY, *bought):
            assert hidden not in text


def test_a_shared_failure_tells_nothing(configure: Configure, maas: Simulator) -> None:
    """Who waits for another call's list gets its failure, and perhaps not its token's name."""
    driver = configure(**PASSWORDS, maxRetries="0")
    id, checked, _ = made(driver)
    other, *_ = made(driver, name="other")
    (bought,) = maas.state("maas")["tokens"]
    echo = f"no: {bought}"
    maas.fault(
        "maas", "endpoint.list", kind="error", status=400, message=echo, count=0, delay_ms=200
    )
    news = {**checked, "rpm": 3}
    failures = together(
        [
            lambda: driver.update(checked, news, id=id),
            lambda: driver.update(
                {**checked, "name": "other"}, {**news, "name": "other"}, id=other
            ),
        ]
    )
    for failure in failures:
        text = failure.message + " ".join(failure.reasons)
        assert "no: [secret]" in text and bought not in text


# What got around a value on its way: a line break from `echo`, blanks from a paste.


def test_line_breaks_around_the_credentials(start: Configure, maas: Simulator) -> None:
    """The address of the region comes from a variable of its own, and is read alike."""
    url = maas.url("maas")
    driver = start(
        HW_ACCESS_KEY=f"{TEMPORARY_AK}\n",
        HW_SECRET_KEY=f" {TEMPORARY_SK}\r\n",
        HW_SECURITY_TOKEN=f"{SECURITY_TOKEN}\n",
        HW_REGION_NAME=f"{REGION}\n",
        HW_AUTH_URL=f"{url}/v3/\n",
        HUAWEICLOUD_SDK_REGION_MODELARTS_AP_SOUTHEAST_1=f"{url}/\n",
    )
    driver.configure()
    id, checked, _ = made(driver)
    assert checked["region"] == REGION
    assert id == full_id(only_id(maas))
    (create,) = requests(maas, "endpoint.create")
    assert create.header("X-Security-Token") == SECURITY_TOKEN
    assert told(maas) == ["iam.projects", "endpoint.create", "endpoint.list"]


def test_a_password_loses_line_breaks_only(
    start: Configure, addresses: dict[str, str], maas: Simulator
) -> None:
    driver = start(HW_USER_NAME=f" {USER}\n", HW_USER_PASSWORD=f"{PASSWORD}\r\n")
    driver.configure(**addresses, maasDomainName=f"{ACCOUNT}\n")
    made(driver)
    driver = start(HW_USER_PASSWORD=f" {PASSWORD} \n")
    driver.configure(**addresses, maasUserName=USER, maasDomainName=ACCOUNT)
    failing(made, driver)
    users = [request.json["auth"]["identity"] for request in requests(maas, "iam.token")]
    assert [user["password"]["user"]["password"] for user in users] == [PASSWORD, f" {PASSWORD} "]
    assert {user["password"]["user"]["name"] for user in users} == {USER}


@pytest.mark.parametrize(
    ("name", "value", "key", "wrong"),
    [
        ("HW_USER_PASSWORD", "pw-1\npw-2", "maasPassword", "has a line break inside"),
        ("OS_AUTH_TOKEN", "pw-1\npw-2", "maasToken", "has a line break inside"),
        ("HUAWEICLOUD_SDK_SK", "pw-1\rpw-2", "maasSecretKey", "has a line break inside"),
        ("HW_REGION_NAME", "a\nb", "maasRegion", "has a line break inside"),
    ],
)
def test_one_inside_names_the_variable(
    start: Configure,
    addresses: dict[str, str],
    maas: Simulator,
    name: str,
    value: str,
    key: str,
    wrong: str,
) -> None:
    driver = start(**{name: value})
    driver.configure(**addresses, **({} if key == "maasToken" else MODES["token"]))
    wanted = (
        f"the environment variable {name}, which gives inference:{key}, {wrong}: mend it, or set "
        f"inference:{key}, which takes precedence"
    )
    if key == "maasRegion":
        assert driver.refused(inputs()) == {"region": f"is not set here, and {wanted}"}
    failure = failing(driver.create, inputs(region=REGION))
    assert failure.message == f"Huawei Cloud MaaS: {wanted}"
    assert told(maas) == []


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("HUAWEICLOUD_SDK_IAM_ENDPOINT", "maasIamEndpoint"),
        ("OS_AUTH_URL", "maasIamEndpoint"),
        ("HUAWEICLOUD_SDK_REGION_MODELARTS_AP_SOUTHEAST_1", "maasEndpoint"),
    ],
)
def test_an_address_with_a_login_is_refused_wherever_it_comes_from(
    start: Configure, addresses: dict[str, str], maas: Simulator, name: str, key: str
) -> None:
    driver = start(**{name: maas.url("maas").replace("://", "://me:pw-1234@")})
    rest = {other: url for other, url in addresses.items() if other != key}
    driver.configure(**rest, **MODES["token"])
    failure = failing(made, driver)
    assert failure.message.removeprefix("Huawei Cloud MaaS: ") == (
        f"the environment variable {name}, which gives inference:{key}, must be a URL "
        "(https://host, or http:// for this machine) without a user name or a query: mend it, or "
        f"set inference:{key}, which takes precedence"
    )
    assert told(maas) == []


def test_a_project_out_of_a_file_is_a_project(configure: Configure, maas: Simulator) -> None:
    driver = configure(**MODES["token"])
    given = inputs(projectId=f"{PROJECT}\n", region=f"{REGION}\r\n")
    checked = driver.checked(given)
    assert (checked["projectId"], checked["region"]) == (PROJECT, REGION)
    id, outputs = driver.create(checked)
    assert id == full_id(only_id(maas))
    again = driver.checked(given, olds=checked)
    assert again == checked
    assert kinds(driver.diff(checked, again, outputs, id=id)) == {}


# The time of a signature.


@pytest.mark.parametrize("seconds", [1200, -1200], ids=["behind", "ahead"])
def test_a_clock_that_is_off_is_corrected_once(
    configure: Configure, maas: Simulator, seconds: int
) -> None:
    """One bad signature in all, whatever is done afterwards and however many do it."""
    maas.advance(seconds)
    driver = configure(**KEYS)
    id, checked, outputs = made(driver)
    assert told(maas) == ["iam.projects"] * 2 + ["endpoint.create", "endpoint.list"]
    assert [request.status for request in requests(maas)][:2] == [401, 200]
    together([lambda: driver.read(id, outputs, checked) for _ in range(AT_ONCE)])
    driver.delete(id, outputs, checked)
    assert [r for r in requests(maas) if r.status == 401] == requests(maas)[:1]
    told_off(driver, "Huawei Cloud MaaS", seconds)


def test_a_clock_is_corrected_for_the_services_word_alone(
    configure: Configure, maas: Simulator
) -> None:
    """A bad signature is no wrong clock, and is not tried again: five of them lock the key."""
    maas.advance(600)
    failure = failing(made, configure(maasAccessKey=AK, maasSecretKey=secret("wrong")))
    assert "verify aksk signature fail" in failure.message
    assert told(maas) == ["iam.projects"]


def test_a_clock_is_not_corrected_again(configure: Configure, maas: Simulator) -> None:
    maas.advance(1200)
    driver = configure(**KEYS)
    made(driver)
    maas.advance(1200)
    maas.clear()
    for _ in range(3):
        failure = failing(made, driver, name="other")
    assert "not sent, because the service has refused these credentials before" in failure.message
    assert told(maas) == ["endpoint.create"]


# What cannot be reached, or takes too long.


@pytest.fixture
def black_hole() -> Iterator[str]:
    """An address to which no connection comes about: its queue is full, and nobody takes any."""
    with contextlib.ExitStack() as sockets:
        server = sockets.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_an_unreachable_service_fails_for_all_at_once(
    configure: Configure, black_hole: str
) -> None:
    """Ten seconds each, one after the other, because nothing is known of the key yet?"""
    driver = configure(**KEYS, maasProjectId=PROJECT, maasEndpoint=black_hole, maxRetries=0)
    checked = [driver.checked(inputs(name=f"e{n}"), name=f"e{n}") for n in range(AT_ONCE)]
    results = together([lambda c=c: driver.create(c, timeout=18) for c in checked])
    assert {failure.code for failure in results} == {CODE.UNAVAILABLE}
    shared = "the request before this one got no answer from it"
    texts = [failure.message for failure in results]
    assert all(": creating the endpoint: cannot connect to 127.0.0.1:" in text for text in texts)
    assert len([text for text in texts if shared in text]) == AT_ONCE - 1


LOOK_UPS = [("keys", "iam.projects"), ("password", "iam.token")]


@pytest.mark.uninstrumented
@pytest.mark.parametrize(("mode", "operation"), LOOK_UPS)
def test_a_time_limit_holds_for_looking_up(
    configure: Configure, maas: Simulator, mode: str, operation: str
) -> None:
    """Of who asks, and of who waits for somebody else's answer, for whom nothing hurries."""
    driver = configure(**MODES[mode])
    maas.fault("maas", operation, kind="hold", count=0)
    checked = [driver.checked(inputs(name=f"e{n}"), name=f"e{n}") for n in range(2)]
    patient = threading.Thread(target=driver.create, args=(checked[0],))
    patient.start()
    maas.wait_requests(1, operation=operation)
    start = time.monotonic()
    failure = failing(driver.create, checked[1], timeout=2)
    assert failure.code is CODE.DEADLINE_EXCEEDED
    assert 2 <= time.monotonic() - start < 15
    maas.clear_faults()
    maas.release()
    patient.join(60)
    assert not patient.is_alive()
    assert told(maas).count("endpoint.create") == 1
    hurried = configure(**MODES[mode])
    maas.fault("maas", operation, kind="hold", count=0)
    id = only_id(maas)  # the project is not in it
    for call in (
        lambda: hurried.create(checked[1], timeout=1),
        lambda: hurried.update(checked[0], {**checked[0], "rpm": 3}, id=id, timeout=1),
        lambda: hurried.delete(id, {"name": "e0"}, {"name": "e0"}, timeout=1),
    ):
        start = time.monotonic()
        assert failing(call).code is CODE.DEADLINE_EXCEEDED
        assert 1 <= time.monotonic() - start < 15
    assert set(told(maas)[-3:]) == {operation}
    maas.clear_faults()
    maas.release()
