"""Profiles of BytePlus's command-line tool: what goes before what, and what a bad one says."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.drivers.ark import (
    ACCESS_KEY,
    SECRET_KEY,
    SESSION_TOKEN,
    TEMPORARY_ACCESS_KEY,
    TEMPORARY_SECRET_KEY,
    Driver,
    Failure,
    Simulator,
    secret,
    stored,
    told,
)

pytestmark = pytest.mark.one_call

Json = dict[str, Any]
OTHER_ACCESS_KEY, OTHER_SECRET_KEY = "AKTESTEXAMPLE0000002", "SKTESTotherSecretKey9876543210=="
FIRST, SECOND = "2100000001", "2100000002"
USUAL = {"mode": "AK", "access-key": ACCESS_KEY, "secret-key": SECRET_KEY}
OTHER = {"access-key": OTHER_ACCESS_KEY, "secret-key": f" {OTHER_SECRET_KEY}\n"}
TEMPORARY = {
    "mode": "ak",
    "access-key": TEMPORARY_ACCESS_KEY,
    "secret-key": TEMPORARY_SECRET_KEY,
    "session-token": SESSION_TOKEN,
}
ROLE = USUAL | {"mode": "RamRoleArn", "account-id": SECOND, "role-name": "shared"}
OTHERS_IN_ENVIRONMENT = {
    "BYTEPLUS_ACCESS_KEY": OTHER_ACCESS_KEY,
    "BYTEPLUS_SECRET_KEY": OTHER_SECRET_KEY,
}


class Home:
    """A home with the tool's file, and providers that live there."""

    def __init__(self, path: Path, start: Callable[..., Driver], ark: Simulator) -> None:
        self.path, self._start, self._ark = path, start, ark

    def keep(self, text: Json | str, name: str = ".byteplus/config.json") -> Path:
        file = self.path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")
        return file

    def profiles(self, current: str = "", **profiles: Json) -> Path:
        return self.keep({"current": current, "profiles": profiles})

    def driver(self, config: Json | None = None, **environment: str) -> Driver:
        url = self._ark.url("ark")
        driver = self._start(
            HOME=str(self.path),
            BYTEPLUS_ARK_ENDPOINT=url,
            BYTEPLUS_STS_ENDPOINT=url,
            **environment,
        )
        driver.configure(**(config or {}))
        return driver

    def account(self, config: Json | None = None, **environment: str) -> str:
        """Whose endpoint is made."""
        id, _, _ = self.driver(config, **environment).made()
        return str(stored(self._ark)[id]["account"])

    def refusal(self, config: Json | None = None, **environment: str) -> str:
        with pytest.raises(Failure) as caught:
            self.driver(config, **environment).made()
        assert told(self._ark) == []
        return caught.value.message


@pytest.fixture
def home(tmp_path: Path, start: Callable[..., Driver], ark: Simulator) -> Home:
    return Home(tmp_path, start, ark)


def test_the_current_profile_gives_the_keys(home: Home) -> None:
    home.profiles("other", default=USUAL, other=OTHER)
    assert home.account() == SECOND


def test_without_a_current_one_it_is_the_default(home: Home) -> None:
    home.profiles(default=USUAL, other=OTHER)
    assert home.account() == FIRST


def test_a_byte_order_mark_is_no_part_of_it(home: Home) -> None:
    home.keep("\ufeff" + json.dumps({"profiles": {"default": OTHER}}))
    assert home.account() == SECOND


def test_a_folder_is_no_file(home: Home) -> None:
    words = f"the current profile of the file {home.path}, which gives inference:arkAccessKey, "
    assert f"{words}cannot be read: mend it" in home.refusal({"arkProfileFile": str(home.path)})


def test_a_pipe_is_no_file(home: Home) -> None:
    """Nobody may ever write into it."""
    file = home.keep("")
    file.unlink()
    os.mkfifo(file)
    words = "the current profile of the file ~/.byteplus/config.json, which gives "
    assert f"{words}inference:arkAccessKey, cannot be read: mend it" in home.refusal()


def test_a_usual_file_that_cannot_be_read_is_told(home: Home) -> None:
    """One that nobody asked for may be missing, but this one is there."""
    file = home.keep("")
    file.unlink()
    file.symlink_to(file)
    assert "~/.byteplus/config.json, which gives inference:arkAccessKey, cannot be read" in (
        home.refusal()
    )


@pytest.mark.parametrize("place", ["configured", "environment"])
def test_a_profile_by_its_name(home: Home, place: str) -> None:
    home.profiles("default", default=USUAL, other=OTHER)
    if place == "configured":
        assert home.account({"arkProfile": "other"}) == SECOND
    else:
        assert home.account(BYTEPLUS_PROFILE=" other\n") == SECOND


@pytest.mark.parametrize("name", ["BYTEPLUS_FILE_PATH", "BYTEPLUS_CLI_CONFIG_FILE"])
def test_another_file(home: Home, name: str) -> None:
    home.profiles("default", default=USUAL)
    other = home.keep({"profiles": {"default": OTHER}}, "other.json")
    assert home.account(**{name: str(other)}) == SECOND
    assert home.account({"arkProfileFile": "~/other.json"}) == SECOND


def test_keys_of_the_environment_go_before_a_profile(home: Home) -> None:
    home.profiles("default", default=USUAL)
    assert home.account(**OTHERS_IN_ENVIRONMENT) == SECOND
    assert home.account(BYTEPLUS_PROFILE="default", **OTHERS_IN_ENVIRONMENT) == SECOND


def test_a_profile_that_is_configured_goes_before_the_environment(home: Home) -> None:
    file = home.profiles("default", default=USUAL)
    assert home.account({"arkProfile": "default"}, **OTHERS_IN_ENVIRONMENT) == FIRST
    assert home.account({"arkProfileFile": str(file)}, **OTHERS_IN_ENVIRONMENT) == FIRST


def test_keys_that_are_configured_go_before_a_profile(home: Home) -> None:
    home.profiles("default", default=USUAL)
    keys = {"arkAccessKey": secret(OTHER_ACCESS_KEY), "arkSecretKey": secret(OTHER_SECRET_KEY)}
    assert home.account({"arkProfile": "default"} | keys) == SECOND


def test_a_token_belongs_to_its_keys(home: Home, ark: Simulator) -> None:
    home.profiles("temporary", default=USUAL, temporary=TEMPORARY)
    assert home.account() == FIRST
    (create,) = ark.requests(cloud="ark", operation="endpoint.create")
    assert create.header("X-Security-Token") == SESSION_TOKEN
    assert home.account({"arkProfile": "default"}, BYTEPLUS_SESSION_TOKEN="another's") == FIRST
    keys = {"arkAccessKey": secret(OTHER_ACCESS_KEY), "arkSecretKey": secret(OTHER_SECRET_KEY)}
    assert home.account(keys, BYTEPLUS_SESSION_TOKEN="another's") == SECOND


def test_halves_of_two_places_make_a_pair(home: Home, ark: Simulator) -> None:
    """As ever; the token that goes with one of them is taken, and so is one that is configured."""
    key = {"arkAccessKey": secret(TEMPORARY_ACCESS_KEY)}
    environment = {
        "BYTEPLUS_SECRET_KEY": TEMPORARY_SECRET_KEY,
        "BYTEPLUS_SESSION_TOKEN": SESSION_TOKEN,
    }
    assert home.account(key, **environment) == FIRST
    pair = {
        "BYTEPLUS_ACCESS_KEY": TEMPORARY_ACCESS_KEY,
        "BYTEPLUS_SECRET_KEY": TEMPORARY_SECRET_KEY,
    }
    assert home.account({"arkSessionToken": secret(SESSION_TOKEN)}, **pair) == FIRST


def test_a_profile_with_a_role(home: Home, ark: Simulator) -> None:
    home.profiles("role", role=ROLE)
    assert home.account() == SECOND
    (request,) = ark.requests(cloud="ark", operation="role.assume")
    assert request.parameters[2] == ("RoleTrn", f"trn:iam::{SECOND}:role/shared")


def test_a_role_that_is_configured_goes_before_that_of_a_profile(
    home: Home, ark: Simulator
) -> None:
    home.profiles("role", role=ROLE)
    own = f"trn:iam::{FIRST}:role/deploy"
    assert home.account({"arkAssumeRoleTrn": own}) == FIRST
    assert home.account(BYTEPLUS_ASSUME_ROLE_TRN=own) == FIRST
    assert home.account({"arkProfile": "role"}, BYTEPLUS_ASSUME_ROLE_TRN=own) == SECOND


def test_a_role_of_another_mode_is_none(home: Home, ark: Simulator) -> None:
    home.profiles("default", default=ROLE | {"mode": "AK"})
    assert home.account() == FIRST
    assert ark.requests(cloud="ark", operation="role.assume") == []


def test_a_refusal_names_file_and_profile(home: Home, ark: Simulator) -> None:
    home.profiles("default", default=USUAL | {"secret-key": "SKwrong0123"})
    with pytest.raises(Failure) as caught:
        home.driver().made()
    place = 'the profile "default" of the file ~/.byteplus/config.json'
    assert f"The credential came from {place} and {place}; asked" in caught.value.message
    assert "SKwrong" not in caught.value.message


FILE = "of the file ~/.byteplus/config.json, which gives inference:arkAccessKey, "
MEND = ": mend it, or set inference:arkAccessKey, which takes precedence"
BAD: list[tuple[Json | str, Json, str]] = [
    ("{", {}, f"the current profile {FILE}cannot be read: the file is no JSON object"),
    ("[]", {}, f"the current profile {FILE}cannot be read: the file is no JSON object"),
    ("{}", {}, f'the profile "default" {FILE}is not there'),
    ({"profiles": {"a": 1}}, {"arkProfile": "a"}, f'the profile "a" {FILE}is not there'),
    (
        {"profiles": {"default": {"mode": "sso", "sso-session-name": "SKx"}}},
        {},
        f'the profile "default" {FILE}has a mode that is not supported (only ak, ramrolearn, '
        "in any case)",
    ),
    (
        {"profiles": {"default": USUAL | {"access-key": "a\nSKx"}}},
        {},
        f'the profile "default" {FILE}has a line break inside',
    ),
    ("x" * 70000, {}, f"the current profile {FILE}cannot be read: the file is too long"),
]


@pytest.mark.parametrize(("text", "config", "words"), BAD, ids=[str(i) for i in range(len(BAD))])
def test_a_profile_that_cannot_be_used(
    home: Home, text: Json | str, config: Json, words: str
) -> None:
    home.keep(text)
    message = home.refusal(config)
    assert message == f"BytePlus ModelArk: {words}{MEND}"


def test_a_role_without_its_name(home: Home) -> None:
    home.profiles("default", default=USUAL | {"mode": "RamRoleArn", "role-name": "deploy"})
    assert (
        'the profile "default" of the file ~/.byteplus/config.json, which gives '
        "inference:arkAssumeRoleTrn, lacks what it is made of" in home.refusal()
    )


def test_a_file_that_is_asked_for_has_to_be_there(home: Home) -> None:
    words = "which gives inference:arkAccessKey, cannot be read"
    assert words in home.refusal({"arkProfile": "x"})
    assert words in home.refusal({"arkProfileFile": "~/none.json"})
    assert words in home.refusal(BYTEPLUS_PROFILE="x")


def test_a_file_that_nobody_asked_for_may_be_missing(home: Home) -> None:
    message = home.refusal()
    assert "no credentials. Looked at inference:arkAccessKey, the environment: " in message
    assert "BYTEPLUS_ACCESSKEY, a profile of the file ~/.byteplus/config.json; " in message
