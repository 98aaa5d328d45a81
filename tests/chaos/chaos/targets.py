"""What the cases need to know of a cloud: where it listens, small programs, what a request is for.

Written from docs/apis/, not from the provider's tables.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from simulator.client import Simulator
from support.clouds import ark, hf, maas, tir
from support.clouds.description import Json, patched
from support.clouds.maas_foreign import SHAPES as MAAS_SHAPES
from support.clouds.tir_foreign import SHAPES as TIR_SHAPES
from support.values import secret

PLANTED = "planted-word-of-the-program"  # a secret that a program gives to its endpoint


@dataclass(frozen=True)
class Live:
    """An endpoint that exists at the cloud, and is not on its way out: the service ends that by
    itself, at looks (simulated) that nobody takes any more."""

    id: str  # as the service writes it
    name: str
    born: float = 0.0  # tells two apart that had one id after another


@dataclass(frozen=True)
class Target:
    name: str
    token: str
    knobs: Json
    config: Callable[[str], Json]
    secrets: tuple[str, ...]  # canaries in the configuration
    secret_keys: tuple[str, ...]  # where they are
    base: Json
    changed: tuple[Json, Json]  # patches of the base: before and after a change in place
    replaced: Json  # patch that replaces
    unique_names: bool
    reusable_names: bool
    routes: tuple[tuple[str, str, str], ...]  # method, pattern of target (and body), phase
    error_shape: Json
    foreign: Callable[[str, str], object] | None  # another client makes an endpoint
    import_id: Callable[[Live], str]
    stranger: Json  # configuration of somebody else, who may not see the endpoint
    live: Callable[[Json], list[Live]]  # from the simulator's state
    switched: Json = field(default_factory=dict)  # a patch that is switched to step by step
    standing: Json = field(default_factory=dict)  # knobs: a switch moves with the clock alone
    planted: Json = field(default_factory=dict)  # a patch with a secret of the program
    login: Json = field(default_factory=dict)  # configuration by name and password
    elsewhere: Json = field(default_factory=dict)  # configuration of another place
    made_at: str = ""  # the output in which the provider itself keeps when it made an endpoint
    slow: Json = field(default_factory=dict)  # knobs: passing states
    late: Json = field(default_factory=dict)  # knobs: lists lag behind
    issued: Callable[[Json], list[str]] = lambda _: []  # tokens, in the simulator's state

    def phase_of(self, method: str, target: str, body: bytes) -> str:
        for wanted, pattern, phase in self.routes:
            if method == wanted and re.search(pattern, f"{target} {body[:2000].decode('latin-1')}"):
                return phase
        return "other"

    def words(self, sim: Simulator) -> list[str]:
        """All that no output may show: what was planted, and tokens that the cloud has issued."""
        return [*self.secrets, *self.issued(sim.state(self.name))]

    def endpoints(self, sim: Simulator) -> list[Live]:
        return self.live(sim.state(self.name)["endpoints"])

    def inputs(self, patch: Json, name: str | None) -> Json:
        return patched(patched(self.base, patch), {"name": name} if name else {})

    @property
    def shape(self) -> bytes:
        return json.dumps(self.error_shape).encode()


def _moment(text: str) -> float:
    """Of a time with more digits than Python knows."""
    return datetime.fromisoformat(f"{text[:26]}+00:00").timestamp()


def _hf_live(endpoints: Json) -> list[Live]:
    return [
        Live(key, key.split("/")[1], _moment(value["view"]["status"]["createdAt"]))
        for key, value in endpoints.items()
        if not value["deleting"]
    ]


def _ark_live(endpoints: Json) -> list[Live]:
    return [
        Live(key, value["Name"])
        for key, value in endpoints.items()
        if value["Status"] not in ("Deleting", "Deleted")
    ]


def _tir_live(endpoints: Json) -> list[Live]:
    return [
        Live(key.split("/")[1], value["view"]["name"])
        for key, value in endpoints.items()
        if not value["deleting"]
    ]


def _maas_live(endpoints: Json) -> list[Live]:
    return [Live(key, value["endpoint_name"]) for key, value in endpoints.items()]


HF = Target(
    name="hf",
    token=hf.CLOUD.token,
    knobs=hf.QUICK,
    config=hf.config,
    secrets=(hf.TOKEN, PLANTED),
    secret_keys=("inference:hfToken",),
    base=hf.BASE,
    changed=({"tags": ["a"]}, {"tags": ["b"]}),
    replaced={"cloudProvider": {"region": "us-east-2"}},
    unique_names=True,
    reusable_names=True,
    routes=(
        ("POST", r"^/v2/endpoint/[^/ ]+ ", "create"),
        ("GET", r"^/v2/endpoint/[^/? ]+(\?\S*)? ", "list"),
        ("GET", r"^/v2/endpoint/[^/ ]+/[^/ ]+ ", "read"),
        ("PUT", r"^/v2/endpoint/", "update"),
        ("DELETE", r"^/v2/endpoint/", "delete"),
        ("POST", r"/(pause|resume|scale-to-zero) ", "act"),
    ),
    error_shape={"error": "Internal error"},
    foreign=hf.CLOUD.foreign["plain"],
    import_id=lambda live: live.id,
    live=_hf_live,
    stranger={"inference:hfToken": "hf_simulator_other"},
    slow=hf.SLOW,
    planted={"model": {"secrets": {"KEY": secret(PLANTED)}}},
)
ARK = Target(
    name="ark",
    token=ark.TOKEN,
    knobs=ark.QUICK,
    config=ark.config,
    secrets=(ark.SECRET_KEY,),
    secret_keys=("inference:arkSecretKey",),
    base=ark.BASE,
    changed=({"description": "first"}, {"description": "second"}),
    replaced={
        "modelReference": {"foundationModel": {"name": "seed-1-6-flash"}},
        "modelSwitch": "replace",
    },
    switched={"modelReference": {"foundationModel": {"modelVersion": "260628"}}},
    standing={"rolling_look_seconds": 0},
    unique_names=False,
    reusable_names=True,
    routes=tuple(
        ("POST", rf"Action={action}&|Action={action} ", phase)
        for action, phase in (
            ("CreateEndpoint", "create"),
            ("GetEndpoint", "read"),
            ("ListEndpoints", "list"),
            ("UpdateEndpoint", "update"),
            ("DeleteEndpoint", "delete"),
            ("StopEndpoint", "act"),
            ("StartEndpoint", "act"),
            ("CreateEndpointRolling", "switch"),
            ("GetEndpointRolling", "watch"),
            ("CancelEndpointRolling", "return"),
        )
    ),
    error_shape={
        "ResponseMetadata": {
            "RequestId": "20260101000000",
            "Error": {"Code": "InternalServiceError", "Message": "Internal error"},
        }
    },
    foreign=None,
    import_id=lambda live: live.id,
    live=_ark_live,
    stranger={
        "inference:arkAccessKey": "AKTESTEXAMPLE0000002",
        "inference:arkSecretKey": "SKTESTotherSecretKey9876543210==",
    },
    slow=ark.SLOW,
    elsewhere={"inference:arkRegion": ark.ELSEWHERE},
    late={"list_lag_seconds": 60},
)
MAAS = Target(
    name="maas",
    token=maas.TOKEN,
    knobs={**maas.KNOBS},
    config=maas.config,
    secrets=(maas.SECRET_KEY, maas.PASSWORD),
    secret_keys=("inference:maasSecretKey", "inference:maasPassword"),
    base=maas.BASE,
    changed=({"description": "first"}, {"description": "second"}),
    replaced={"modelName": "DeepSeek-R1"},
    unique_names=True,
    reusable_names=False,
    routes=(
        ("GET", r"^/v3/projects", "project"),
        ("POST", r"^/v3/auth/tokens", "token"),
        ("POST", r"/custom-endpoint/endpoint\b", "create"),
        ("GET", r"/custom-endpoint/endpoint\b", "read"),
        ("PUT", r"/custom-endpoint/endpoint\b", "update"),
        ("DELETE", r"/custom-endpoint/endpoint\b", "delete"),
        ("PUT", r"/custom-endpoint/control\b", "act"),
    ),
    error_shape={"error_code": "ModelArts.0001", "error_msg": "Internal error"},
    foreign=MAAS_SHAPES["plain"],
    import_id=lambda live: f"{maas.REGION}/{maas.PROJECT}/{live.id}",
    live=_maas_live,
    stranger={
        "inference:maasAccessKey": "MAASEXAMPLEAK0000009",
        "inference:maasSecretKey": "maasExampleSecretKey00000000000000000009",
    },
    login={
        "inference:maasAccessKey": None,
        "inference:maasSecretKey": None,
        "inference:maasUserName": maas.USER,
        "inference:maasPassword": maas.PASSWORD,
        "inference:maasDomainName": maas.ACCOUNT,
    },
    late={"lag_ms": 60000},
    made_at="createdAt",
    issued=lambda state: list(state["tokens"]),
)
TIR = Target(
    name="tir",
    token=tir.TOKEN,
    knobs=tir.QUICK,
    config=tir.config,
    secrets=(tir.KEY, tir.BEARER, PLANTED),
    secret_keys=("inference:tirApiKey", "inference:tirAuthToken"),
    base=tir.BASE,
    changed=({"modelPath": "/one"}, {"modelPath": "/two"}),
    replaced={"currency": "USD"},
    unique_names=True,
    reusable_names=True,
    routes=(
        ("POST", r"/serving/inference/?\?", "create"),
        ("GET", r"/serving/inference/?\?", "list"),
        ("GET", r"/serving/inference/\d+/?\?", "read"),
        ("DELETE", r"/serving/inference/\d+", "delete"),
        ("PUT", r'"action": ?"(patch|update)"', "update"),
        ("PUT", r"/serving/inference/\d+", "act"),
    ),
    error_shape={"code": 500, "data": {}, "errors": "Internal error", "message": "Internal error"},
    foreign=TIR_SHAPES["plain"],
    import_id=lambda live: f"{tir.PROJECT}/{tir.LOCATION}/{live.id}",
    live=_tir_live,
    stranger={"inference:tirAuthToken": "tir_simulator_none"},
    slow=tir.SLOW,
    planted={"resourceDetails": {"envVariables": [{"key": "KEY", "value": secret(PLANTED)}]}},
    elsewhere={"inference:tirLocation": "Chennai"},
)
TARGETS: dict[str, Target] = {target.name: target for target in (HF, ARK, MAAS, TIR)}


def mentions(words: Sequence[str], text: str) -> bool:
    """Is one of the words, whole, in the message?"""
    return any(re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) for word in words)
