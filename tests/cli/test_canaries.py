"""A whole life on each cloud, with canaries in every key and every secret input, wherever the keys
come from: none is in an event, in a log, in what the CLI prints, or unencrypted in a file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from simulator.client import Simulator
from support.clouds import ark, hf, maas, tir
from support.clouds.description import Json, patched
from support.stacks import Stack, Toolchain

CANARY = "canary-5c0d"
LOUD = ("-v=11", "--logtostderr", "--logflow")
# The CLI writes down every value it packs or unpacks, secret or not.
ENGINE_LINE = re.compile(
    r'\{"time":"[^"]+","level":"INFO","msg":"(Unm|M)arshaling property for RPC\['
)


@dataclass(frozen=True)
class Planted:
    """How a cloud is used with keys that are canaries."""

    name: str
    token: str  # of the resource
    base: Json
    config: Callable[[str], Json]
    create: str
    knobs: Json
    keys: dict[str, str]  # configuration key -> canary
    variables: dict[str, str]  # environment variable -> configuration key
    secrets: Callable[[str], Json]  # patch of the base with a canary in every secret input
    # Of files with keys: what names each -> its path below the home; and what it holds.
    files: dict[str, str] = field(default_factory=dict)
    text: str = ""

    def program(self, canary: str) -> Json:
        inputs = patched(self.base, {"name": "chat", **self.secrets(canary)})
        return {"chat": {"type": self.token, "properties": inputs}}


def key(name: str) -> str:
    return f"{CANARY}-{name}"


def description(canary: str) -> Json:
    return {"description": {"fn::secret": canary}}


def variable(canary: str) -> Json:
    return {"resourceDetails": {"envVariables": [{"key": "HF_TOKEN", "value": canary}]}}


ARK_KEY = {
    "secret": key("secret"),
    "account": "2100000001",
    "identity": "x",
    "token": key("session"),
}
PROFILE = {
    "mode": "AK",
    "access-key": key("access"),
    "secret-key": key("secret"),
    "session-token": key("session"),
}
MAAS_KEY = {"secret": key("secret"), "user": maas.USER, "security_token": key("session")}
CLOUDS = [
    Planted(
        "hf",
        hf.CLOUD.token,
        hf.CLOUD.base,
        hf.config,
        hf.CLOUD.create,
        {"tokens": {key("token"): {"name": "me", "rights": "write", "orgs": [hf.NAMESPACE]}}},
        {"inference:hfToken": key("token")},
        {"HF_TOKEN": "inference:hfToken"},
        hf.CLOUD.secrets,
        {
            "HF_TOKEN_PATH": "token",
            "HF_HOME": "face/token",
            "XDG_CACHE_HOME": "cache/huggingface/token",
            "": ".cache/huggingface/token",
        },
        f"{key('token')}\n",
    ),
    Planted(
        "ark",
        ark.TOKEN,
        ark.BASE,
        ark.config,
        ark.CREATE,
        {"access_keys": {key("access"): ARK_KEY}},
        {
            "inference:arkAccessKey": key("access"),
            "inference:arkSecretKey": key("secret"),
            "inference:arkSessionToken": key("session"),
            "inference:arkCustomHeaders": f"X-Gateway: {key('header')}",
        },
        {
            "BYTEPLUS_ACCESS_KEY": "inference:arkAccessKey",
            "BYTEPLUS_SECRET_KEY": "inference:arkSecretKey",
            "BYTEPLUS_SESSION_TOKEN": "inference:arkSessionToken",
            "BYTEPLUS_CUSTOMER_HEADERS": "inference:arkCustomHeaders",
        },
        description,
        {"BYTEPLUS_FILE_PATH": "profiles.json", "": ".byteplus/config.json"},
        json.dumps({"current": "default", "profiles": {"default": PROFILE}}),
    ),
    Planted(
        "maas",
        maas.TOKEN,
        maas.BASE,
        maas.config,
        maas.CREATE,
        {"access_keys": {key("access"): MAAS_KEY}},
        {
            "inference:maasAccessKey": key("access"),
            "inference:maasSecretKey": key("secret"),
            "inference:maasSecurityToken": key("session"),
        },
        {
            "HW_ACCESS_KEY": "inference:maasAccessKey",
            "HW_SECRET_KEY": "inference:maasSecretKey",
            "HW_SECURITY_TOKEN": "inference:maasSecurityToken",
        },
        description,
    ),
    Planted(
        "tir",
        tir.TOKEN,
        tir.BASE,
        tir.config,
        tir.CREATE,
        {"tokens": {key("token"): {"api_key": key("api"), "rights": "write"}}},
        {"inference:tirAuthToken": key("token"), "inference:tirApiKey": key("api")},
        {
            "E2E_TIR_ACCESS_TOKEN": "inference:tirAuthToken",
            "E2E_TIR_API_KEY": "inference:tirApiKey",
        },
        variable,
    ),
]
WAYS = ["configured", "environment"]
FILES = [(cloud, name) for cloud in CLOUDS for name in cloud.files]
ROWS = [(cloud, way) for cloud in CLOUDS for way in WAYS] + FILES


def give(planted: Planted, stack: Stack, way: str) -> dict[str, str]:
    """Gives the stack the keys in one way; the environment that goes with it."""
    if way == "configured":
        stack.set_config({}, planted.keys)
        return {}
    if way == "environment":
        return {name: planted.keys[config] for name, config in planted.variables.items()}
    file = stack.root / "user" / planted.files[way]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(planted.text)
    folder = {"HF_HOME": file.parent, "XDG_CACHE_HOME": file.parent.parent}.get(way, file)
    return {way: str(folder)} if way else {}


def unencrypted(stack: Stack) -> Iterator[Path]:
    """Files that hold a canary: none but the program and the file with the token may."""
    for folder in ("home", "state", "tmp"):
        for path in (stack.root / folder).rglob("*"):
            if path.is_file() and not path.is_symlink() and CANARY.encode() in path.read_bytes():
                yield path


@pytest.mark.parametrize(
    ("planted", "way"), ROWS, ids=[f"{cloud.name}-{way or 'home'}" for cloud, way in ROWS]
)
def test_a_whole_life_tells_nothing(
    planted: Planted,
    way: str,
    simulators: Callable[[str], Simulator],
    tools: Toolchain,
    tmp_path: Path,
) -> None:
    sim = simulators(planted.name)
    sim.reset()
    sim.knobs(planted.name, **planted.knobs)
    stack = Stack(tmp_path / "stack", tools, sim)
    places = {k: v for k, v in planted.config(sim.url(planted.name)).items()}
    keys = ("Token", "Key")
    stack.configure({k: v for k, v in places.items() if not k.endswith(keys)})
    environment = give(planted, stack, way)
    stack.write(planted.program(f"{CANARY}-1"))
    runs = [stack.up(*LOUD, environment=environment)]
    stack.write(planted.program(f"{CANARY}-2"))
    runs += [
        stack.up("--diff", *LOUD, environment=environment),
        stack.refresh("--diff", *LOUD, environment=environment),
    ]
    exported = stack.export()
    runs.append(stack.destroy("--diff", *LOUD, environment=environment))
    sent = [request for request in sim.requests(planted.name) if request.status < 300]
    assert f"{CANARY}-1" in json.dumps([r.json for r in sent if r.operation == planted.create])
    assert CANARY not in exported
    assert list(unencrypted(stack)) == []
    for run in runs:
        assert CANARY not in json.dumps(run.events)
        assert CANARY not in run.stdout
        ours = [line for line in run.stderr.splitlines() if not ENGINE_LINE.match(line)]
        assert [line for line in ours if CANARY in line] == []
