"""`--doctor`: every line that it prints, every request that it sends, and its exit status."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from simulator.client import Simulator
from simulator.tir.sample import KEY, LOCATION, MOUNT, TOKEN
from simulator.tir.sample import PROJECT as TIR_PROJECT
from support.drivers.ark import ACCESS_KEY, SECRET_KEY
from support.drivers.hf import TOKEN as HF_TOKEN
from support.drivers.maas import AK, SK
from support.drivers.maas import PROJECT as MAAS_PROJECT
from support.fixtures import simulators
from support.process import wrapper

pytestmark = pytest.mark.uninstrumented

__all__ = ["simulators"]

Json = dict[str, Any]
SECONDS = 60.0
SET = {
    "All clouds": ["leftOvers: warn (default)", "portkeyProvider: byteplus (default)"],
    "BytePlus ModelArk": [
        "arkRegion: ap-southeast-1 (default)",
        "arkProjectName: default (default)",
    ],
    "Hugging Face": [],
    "Huawei Cloud MaaS": ["maasRegion: ap-southeast-1 (default)"],
    "E2E Networks TIR": ["tirApiLayout: auto (default)"],
}
NOT_ASKED = "[not asked] no credentials"
UNSET = "[not set] inference:hfNamespace: each resource has to set namespace itself"
CLOCK = "[ok] this machine's clock is right to the minute"


@dataclass(frozen=True)
class Patient:
    """A cloud whose credentials are all right, and what is told and asked then."""

    cloud: str
    title: str
    environment: Callable[[str], dict[str, str]]
    settings: Callable[[str], list[str]]
    findings: tuple[str, ...]
    requests: tuple[str, ...]


PATIENTS = (
    Patient(
        "ark",
        "BytePlus ModelArk",
        lambda url: {
            "BYTEPLUS_ACCESS_KEY": ACCESS_KEY,
            "BYTEPLUS_SECRET_ACCESS_KEY": SECRET_KEY,
            "BYTEPLUS_ARK_ENDPOINT": url,
        },
        lambda url: [
            "arkAccessKey: [secret] (the environment variable BYTEPLUS_ACCESS_KEY)",
            "arkSecretKey: [secret] (the environment variable BYTEPLUS_SECRET_ACCESS_KEY)",
            "arkRegion: ap-southeast-1 (default)",
            "arkProjectName: default (default)",
            f"arkEndpoint: {url} (the environment variable BYTEPLUS_ARK_ENDPOINT)",
        ],
        (
            "[ok] account 2100000001",
            "[ok] the endpoints of region ap-southeast-1, projectName default may be listed",
        ),
        ("account.get", "endpoint.list"),
    ),
    Patient(
        "hf",
        "Hugging Face",
        lambda url: {
            "HF_TOKEN": HF_TOKEN,
            "HF_NAMESPACE": "acme",
            "HF_INFERENCE_ENDPOINTS_URL": url,
        },
        lambda url: [
            "hfToken: [secret] (the environment variable HF_TOKEN)",
            "hfNamespace: acme (the environment variable HF_NAMESPACE)",
            f"hfEndpoint: {url} (the environment variable HF_INFERENCE_ENDPOINTS_URL)",
        ],
        ("[ok] account me", "[ok] the endpoints of namespace acme may be listed"),
        ("whoami", "endpoint.list"),
    ),
    Patient(
        "maas",
        "Huawei Cloud MaaS",
        lambda url: {
            "HW_ACCESS_KEY": AK,
            "HW_SECRET_KEY": SK,
            "OS_PROJECT_ID": MAAS_PROJECT,
            "HUAWEICLOUD_SDK_REGION_MODELARTS_AP_SOUTHEAST_1": url,
        },
        lambda url: [
            "maasAccessKey: [secret] (the environment variable HW_ACCESS_KEY)",
            "maasSecretKey: [secret] (the environment variable HW_SECRET_KEY)",
            f"maasProjectId: {MAAS_PROJECT} (the environment variable OS_PROJECT_ID)",
            "maasRegion: ap-southeast-1 (default)",
        ],
        (f"[ok] the endpoints of region ap-southeast-1, projectId {MAAS_PROJECT} may be listed",),
        ("endpoint.list",),
    ),
    Patient(
        "tir",
        "E2E Networks TIR",
        lambda url: {
            "PULUMI_CONFIG": json.dumps(
                {
                    "inference:tirApiKey": {"value": KEY, "secret": True},
                    "inference:tirAuthToken": {"value": TOKEN, "secret": True},
                    "inference:tirEndpoint": {"value": url + MOUNT, "secret": False},
                    "tirProjectId": TIR_PROJECT,
                    "tirLocation": LOCATION,
                    "shop:tirTeamId": "of another package",
                }
            )
        },
        lambda url: [
            "tirApiKey: [secret] (inference:tirApiKey)",
            "tirAuthToken: [secret] (inference:tirAuthToken)",
            f"tirEndpoint: {url}{MOUNT} (inference:tirEndpoint)",
            f"tirProjectId: {TIR_PROJECT} (inference:tirProjectId)",
            f"tirLocation: {LOCATION} (inference:tirLocation)",
            "tirApiLayout: auto (default)",
        ],
        (f"[ok] the endpoints of projectId {TIR_PROJECT}, location {LOCATION} may be listed",),
        ("endpoint.list",),
    ),
)
by_cloud = pytest.mark.parametrize("patient", PATIENTS, ids=lambda patient: patient.cloud)


def examine(binary: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """With no other settings than these."""
    kept = {name: os.environ[name] for name in ("PATH", "VALGRIND_OPTS") if name in os.environ}
    return subprocess.run(
        [*wrapper(), str(binary), "--doctor"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**kept, "HOME": "/nonexistent", **environment},
        timeout=SECONDS,
        check=False,
    )


def report(version: str, sections: dict[str, list[str]], *end: str) -> str:
    """The whole output: these sections, all others as they are without any setting."""
    lines = [f"pulumi-resource-inference {version}"]
    for title, settings in SET.items():
        usual = settings if title == "All clouds" else [*settings, NOT_ASKED]
        lines += ["", title, *(f"  {line}" for line in sections.get(title, usual))]
    return "\n".join([*lines, *end, ""])


@pytest.fixture(scope="session")
def version(binary: Path) -> str:
    return subprocess.run(
        [*wrapper(), str(binary), "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def simulator(patient: Patient, simulators: Callable[[str], Simulator]) -> Simulator:
    running = simulators(patient.cloud)
    running.reset()
    return running


def found(patient: Patient, simulator: Simulator, *findings: str) -> dict[str, list[str]]:
    url = simulator.url(patient.cloud)
    return {patient.title: [*patient.settings(url), *findings]}


def asked(simulator: Simulator) -> list[str]:
    return [request.operation for request in simulator.requests()]


@by_cloud
def test_all_is_right(binary: Path, version: str, simulator: Simulator, patient: Patient) -> None:
    url = simulator.url(patient.cloud)
    result = examine(binary, **patient.environment(url))
    host = url.removeprefix("http://")
    sections = found(patient, simulator, f"[ok] {host} answers", CLOCK, *patient.findings)
    assert (result.stdout, result.stderr) == (report(version, sections), "")
    assert result.returncode == 0
    assert asked(simulator) == list(patient.requests)


def test_without_credentials_nothing_is_right(binary: Path, version: str) -> None:
    result = examine(binary)
    assert result.stdout == report(
        version,
        {},
        "",
        "  [wrong] no cloud has credentials; those of a stack are read from PULUMI_CONFIG",
    )
    assert result.returncode == 1


@by_cloud
def test_no_answer_is_wrong(binary: Path, simulator: Simulator, patient: Patient) -> None:
    url = simulator.url(patient.cloud)
    environment = patient.environment(url)
    configuration = json.loads(environment.get("PULUMI_CONFIG", "{}")) | {"maxRetries": "0"}
    simulator.listen(patient.cloud, up=False)
    try:
        result = examine(binary, **environment | {"PULUMI_CONFIG": json.dumps(configuration)})
    finally:
        simulator.listen(patient.cloud, up=True)
    wrong = [line for line in result.stdout.splitlines() if "[wrong]" in line]
    assert wrong
    assert all(line.startswith(f"  [wrong] {patient.title}: ") for line in wrong)
    assert all("Check the network, the proxy settings" in line for line in wrong)
    assert "[ok]" not in result.stdout
    assert result.returncode == 1


def test_a_role_is_told_and_assumed(
    binary: Path, version: str, simulators: Callable[[str], Simulator]
) -> None:
    simulator, patient = simulators("ark"), PATIENTS[0]
    simulator.reset()
    url, trn = simulator.url("ark"), "trn:iam::2100000002:role/shared"
    role = {"BYTEPLUS_ASSUME_ROLE_TRN": trn, "BYTEPLUS_STS_ENDPOINT": url}
    result = examine(binary, **patient.environment(url), **role)
    sections = found(
        patient,
        simulator,
        f"arkAssumeRoleTrn: {trn} (the environment variable BYTEPLUS_ASSUME_ROLE_TRN)",
        f"arkStsEndpoint: {url} (the environment variable BYTEPLUS_STS_ENDPOINT)",
        f"[ok] {url.removeprefix('http://')} answers",
        CLOCK,
        "[ok] account 2100000002",
        patient.findings[1],
    )
    assert (result.stdout, result.stderr) == (report(version, sections), "")
    assert result.returncode == 0
    assert asked(simulator) == ["role.assume", "account.get", "endpoint.list"]


def test_a_profile_of_the_other_site_is_told(
    binary: Path, version: str, simulators: Callable[[str], Simulator], tmp_path: Path
) -> None:
    simulator = simulators("ark")
    simulator.reset()
    url = simulator.url("ark")
    file = tmp_path / ".volcengine" / "config.json"
    file.parent.mkdir()
    keys = {
        "access-key": "AKLTVOLCEXAMPLE00001",
        "secret-key": "SKVOLCexampleSecretKey0123456789==",
    }
    file.write_text(json.dumps({"current": "li", "profiles": {"li": keys}}))
    settings = {"inference:arkRegion": "cn-beijing", "inference:arkEndpoint": url}
    result = examine(binary, HOME=str(tmp_path), PULUMI_CONFIG=json.dumps(settings))
    place = 'the profile "li" of the file ~/.volcengine/config.json'
    sections = {
        "BytePlus ModelArk": [
            f"arkAccessKey: [secret] ({place})",
            f"arkSecretKey: [secret] ({place})",
            "arkRegion: cn-beijing (inference:arkRegion)",
            "arkProjectName: default (default)",
            f"arkEndpoint: {url} (inference:arkEndpoint)",
            f"[ok] {url.removeprefix('http://')} answers",
            CLOCK,
            "[ok] account 3100000001",
            "[ok] the endpoints of region cn-beijing, projectName default may be listed",
        ]
    }
    assert (result.stdout, result.stderr) == (report(version, sections), "")
    assert result.returncode == 0


HF = PATIENTS[1]
hf_alone = pytest.mark.parametrize("patient", [HF], ids=["hf"])


@hf_alone
def test_a_missing_right_is_wrong(
    binary: Path, version: str, simulator: Simulator, patient: Patient
) -> None:
    url = simulator.url("hf")
    simulator.fault("hf", "endpoint.list", kind="error", status=403, code="Forbidden")
    result = examine(binary, **patient.environment(url))
    lines = result.stdout.splitlines()
    wrong = [line for line in lines if "[wrong]" in line]
    assert len(wrong) == 1
    assert wrong[0].startswith("  [wrong] Hugging Face: listing the namespace: ")
    assert "(HTTP 403" in wrong[0]
    assert wrong[0].endswith(
        "The credential came from the environment variable HF_TOKEN; asked was namespace acme."
    )
    assert "  [ok] account me" in lines
    assert result.returncode == 1


@hf_alone
def test_a_clock_that_is_off_is_wrong(binary: Path, simulator: Simulator, patient: Patient) -> None:
    simulator.fault(
        "hf",
        "endpoint.list",
        kind="delay",
        headers={"Date": "Thu, 01 Jan 2026 00:00:00 GMT"},
    )
    result = examine(binary, **patient.environment(simulator.url("hf")))
    wrong = [line for line in result.stdout.splitlines() if "[wrong]" in line]
    assert len(wrong) == 1
    assert wrong[0].startswith("  [wrong] this machine's clock is ")
    assert wrong[0].endswith(" s ahead of the service's: set it right")
    assert result.returncode == 1


def test_a_namespace_that_each_resource_has_to_set(binary: Path, version: str) -> None:
    """Without one a preview fails, while the service knows the token's own namespace."""
    with Simulator("hf") as hf:
        result = examine(binary, HF_TOKEN=HF_TOKEN, HF_INFERENCE_ENDPOINTS_URL=hf.url("hf"))
        host = hf.url("hf").removeprefix("http://")
    sections = {
        "Hugging Face": [
            "hfToken: [secret] (the environment variable HF_TOKEN)",
            f"hfEndpoint: http://{host} (the environment variable HF_INFERENCE_ENDPOINTS_URL)",
            UNSET,
            f"[ok] {host} answers",
            "[ok] this machine's clock is right to the minute",
            "[ok] account me",
            "[ok] the endpoints of namespace me may be listed",
        ]
    }
    assert result.stdout == report(version, sections)
    assert result.returncode == 0


def test_half_a_pair_is_wrong(binary: Path, version: str) -> None:
    result = examine(binary, BYTEPLUS_ACCESS_KEY=ACCESS_KEY)
    sections = {
        "BytePlus ModelArk": [
            "arkAccessKey: [secret] (the environment variable BYTEPLUS_ACCESS_KEY)",
            *SET["BytePlus ModelArk"],
            "[wrong] BytePlus ModelArk: inference:arkAccessKey is set (by BYTEPLUS_ACCESS_KEY) "
            "but inference:arkSecretKey is not; both are needed. Looked at inference:arkSecretKey, "
            "the environment: BYTEPLUS_SECRET_KEY, BYTEPLUS_SECRET_ACCESS_KEY, BYTEPLUS_SECRETKEY, "
            "a profile of the file ~/.byteplus/config.json. Set it with: pulumi config set "
            "--secret inference:arkSecretKey <value>",
        ]
    }
    assert result.stdout == report(version, sections)
    assert result.returncode == 1


def test_a_variable_that_cannot_be_used_is_wrong(binary: Path, version: str) -> None:
    result = examine(binary, HF_TOKEN="hf_a\nb")
    sections = {
        "Hugging Face": [
            "hfToken: cannot be used (the environment variable HF_TOKEN)",
            UNSET,
            "[wrong] Hugging Face: the environment variable HF_TOKEN, which gives "
            "inference:hfToken, has a line break inside: mend it, or set inference:hfToken, which "
            "takes precedence",
        ]
    }
    assert result.stdout == report(version, sections)
    assert result.returncode == 1


def test_an_unknown_key_is_wrong(binary: Path) -> None:
    result = examine(binary, PULUMI_CONFIG='{"inference:hfTokn": "x"}')
    assert (
        '  [wrong] inference:hfTokn: unknown configuration key; did you mean "hfToken"?'
        in result.stdout.splitlines()
    )
    assert result.returncode == 1


WRONG = {
    "timeout": ("1h", 'must be a number of seconds (write 3600); is "1h"'),
    "hfEndpoint": (
        "http://gateway.example",
        "must be a URL (https://host, or http:// for this machine) without a user name or a query",
    ),
    "hfTokn": ("x", 'unknown configuration key; did you mean "hfToken"?'),
}
MEND_FIRST = "[not asked] a setting of this cloud cannot be used: mend it first"


@by_cloud
def test_a_wrong_setting_hides_no_other(
    binary: Path, version: str, simulator: Simulator, patient: Patient
) -> None:
    """All that is wrong is told at once. Whose own setting is wrong is not asked with what is left
    of them: a key would go where another address was meant."""
    url = simulator.url(patient.cloud)
    environment = {"HF_TOKEN": HF_TOKEN, **patient.environment(url)}
    configuration = json.loads(environment.get("PULUMI_CONFIG", "{}"))
    configuration |= {f"inference:{key}": value for key, (value, _) in WRONG.items()}
    result = examine(binary, **environment | {"PULUMI_CONFIG": json.dumps(configuration)})
    host = url.removeprefix("http://")
    asked_hf = patient.cloud == "hf"
    hf = ["hfToken: [secret] (the environment variable HF_TOKEN)"]
    if asked_hf:
        hf = patient.settings(url)
    sections = {"Hugging Face": [*hf, MEND_FIRST]}
    if not asked_hf:
        sections |= found(patient, simulator, f"[ok] {host} answers", CLOCK, *patient.findings)
    wrong = [f"  [wrong] inference:{key}: {why}" for key, (_, why) in sorted(WRONG.items())]
    whole = report(version, sections).split("\n")
    assert result.stdout.split("\n") == [whole[0], *wrong, *whole[1:]]
    assert result.returncode == 1
    assert asked(simulator) == ([] if asked_hf else list(patient.requests))


def test_what_the_stack_keeps_secret_is_not_told(binary: Path, version: str) -> None:
    """Also where the provider itself would have shown it."""
    secret = {"value": "canary-in-a-setting", "secret": True}
    settings = {"inference:maasUserName": secret, "inference:maasRegion": {"value": "x-1"}}
    result = examine(binary, PULUMI_CONFIG=json.dumps(settings))
    told = [
        "maasUserName: [secret] (inference:maasUserName)",
        "maasRegion: x-1 (inference:maasRegion)",
        NOT_ASKED,
    ]
    end = ["", "  [wrong] no cloud has credentials; those of a stack are read from PULUMI_CONFIG"]
    assert result.stdout == report(version, {"Huawei Cloud MaaS": told}, *end)


def test_a_token_file_that_cannot_be_read_is_wrong(
    binary: Path, version: str, tmp_path: Path
) -> None:
    (tmp_path / ".cache" / "huggingface" / "token").mkdir(parents=True)
    result = examine(binary, HOME=str(tmp_path))
    place = "the file ~/.cache/huggingface/token"
    told = [
        f"hfToken: cannot be used ({place})",
        UNSET,
        f"[wrong] Hugging Face: {place}, which gives inference:hfToken, cannot be read: mend it, "
        "or set inference:hfToken, which takes precedence",
    ]
    assert result.stdout == report(version, {"Hugging Face": told})
    assert result.returncode == 1


@pytest.mark.parametrize("what", ["--doctor", "--version", "--schema", "--help"])
def test_what_cannot_be_written_is_told(binary: Path, what: str) -> None:
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            [*wrapper(), str(binary), what],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    said = "pulumi-resource-inference: standard output cannot be written to\n"
    assert (result.returncode, result.stderr) == (1, said)


@pytest.mark.parametrize("text", ["[1]", "{", '"x"', "{} {}"])
def test_a_configuration_that_is_none_is_wrong(binary: Path, text: str) -> None:
    result = examine(binary, PULUMI_CONFIG=text)
    assert (result.stdout, result.stderr) == ("", "PULUMI_CONFIG is no JSON object\n")
    assert result.returncode == 1
