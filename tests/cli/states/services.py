"""What the tests of saved states need to know of a cloud."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from simulator.client import Simulator
from support.clouds import ark, hf, hf_foreign, maas, maas_foreign, tir, tir_foreign
from support.clouds.description import Json, patched
from support.fleets.ark import call as ark_call
from support.interrupts import kill
from support.stacks import Stack

NAME = "chat"
CANARY = "a-secret-of-the-program"


@dataclass(frozen=True, repr=False)
class Service:
    name: str
    token: str
    quick: Json  # knobs by which nothing takes time
    endless: Json  # knobs by which no create ends
    config: Callable[[str], Json]  # URL of the simulator -> stack configuration
    secrets: Sequence[str]  # what of it users keep encrypted
    base: Json  # a small endpoint
    whole: Json  # one that says much, secrets too where there are any
    moved: Json  # a patch of the small one that makes it another endpoint
    # Makes an endpoint of that name with another client; by which id it is imported.
    foreign: Callable[[Simulator, str], str]
    # Leaves an endpoint behind that a stack may take over with these inputs.
    leave: Callable[[Stack, Json], None]
    adopting: Json
    # The endpoint of that target has come where `endless` kept it from.
    arrive: Callable[[Simulator, str], None]
    target: Callable[[str], str]  # id in the state -> the simulator's name
    looks: Sequence[str]  # operations by which one endpoint is looked at
    delete_body: Callable[[str], Json | None]  # of a target
    looks_when_gone: Sequence[str]  # operations by which a delete is known to be done
    # Operations by which the deletes of a run look, once, for what an earlier run left of them: by
    # a mark of any endpoint, or only of one whose name the provider chose, which tells whose it is.
    left_overs: Sequence[str] = ()
    left_overs_by_name: Sequence[str] = ()
    prices: Sequence[str] = ()  # operations by which an update asks what the endpoint costs

    def start(self, sim: Simulator) -> None:
        sim.reset()
        sim.knobs(self.name, self.quick)

    def stored(self, sim: Simulator) -> list[str]:
        return sorted(sim.state(self.name)["endpoints"])


def _left_by(make: Callable[[Simulator, str], str]) -> Callable[[Stack, Json], None]:
    """By another client."""

    def leave(stack: Stack, inputs: Json) -> None:
        make(stack.sim, inputs["name"])

    return leave


def _orphan(stack: Stack, inputs: Json) -> None:
    """ModelArk's names need not be unique: only what a run of this stack made, before it was
    killed, may be taken over."""
    stack.sim.fault("ark", ark.CREATE, kind="hold")
    stack.write({NAME: {"type": ark.TOKEN, "properties": inputs}})
    kill(stack, lambda: stack.sim.state("ark")["endpoints"])
    stack.sim.release()
    stack.sim.clear_faults()


def _status(cloud: str, patch: Json) -> Callable[[Simulator, str], None]:
    def arrive(sim: Simulator, target: str) -> None:
        sim.mutate(cloud, target, patch)

    return arrive


def _foreign_ark(sim: Simulator, name: str) -> str:
    sim.knobs("ark", auth=False)
    model = {"FoundationModel": {"Name": "seed-1-6", "ModelVersion": "250615"}}
    body = {"Name": name, "ModelReference": model}
    id = str(ark_call(sim.url("ark"), "CreateEndpoint", ark.REGION, body)["Id"])
    sim.knobs("ark", auth=True)
    return id


def _foreign_hf(sim: Simulator, name: str) -> str:
    hf_foreign.SHAPES["plain"](sim.url("hf"), name)
    return hf.CLOUD.id(name)


def _foreign_maas(sim: Simulator, name: str) -> str:
    return maas_foreign.SHAPES["limited"](sim.url("maas"), name)


def _foreign_tir(sim: Simulator, name: str) -> str:
    tir_foreign.SHAPES["plain"](sim.url("tir"), name)
    return "3001"


ARK = Service(
    name="ark",
    token=ark.TOKEN,
    quick=ark.QUICK,
    endless=ark.ENDLESS,
    config=ark.config,
    secrets=("inference:arkAccessKey", "inference:arkSecretKey"),
    base=ark.BASE,
    whole={
        **ark.BASE,
        **ark.LIMITS,
        "description": "Answers the shop's customers",
        "moderation": {"strategy": "Basic"},
        "tags": [{"key": "team", "value": "shop"}, {"key": "managed-by", "value": "pulumi"}],
    },
    moved={"modelReference": {"foundationModel": {"modelVersion": "250915"}}},
    foreign=_foreign_ark,
    leave=_orphan,
    adopting={**ark.BASE, "name": NAME, "description": "taken over"},
    arrive=_status("ark", {"Status": "Running"}),
    target=lambda id: id,
    looks=("endpoint.get", "endpoint.certificate", "account.get"),
    delete_body=lambda target: {"Id": target},
    looks_when_gone=("endpoint.get",),
    left_overs=("endpoint.list",),
)
HF = Service(
    name="hf",
    token=hf.CLOUD.token,
    quick=hf.QUICK,
    endless=hf.ENDLESS,
    config=hf.config,
    secrets=("inference:hfToken",),
    base=hf.CLOUD.base,
    whole=patched(
        hf.CLOUD.base,
        {
            **hf.CLOUD.secrets(CANARY),
            "tags": ["chat", "managed-by-pulumi"],
            "compute": {"scaling": {"minReplica": 1, "maxReplica": 3}},
        },
    ),
    moved={"cloudProvider": {"region": "us-east-2"}},
    foreign=_foreign_hf,
    leave=_left_by(_foreign_hf),
    adopting={**hf.CLOUD.adopted.after, "name": NAME},
    arrive=_status("hf", {"status": {"state": "running"}}),
    target=lambda id: id,
    looks=("endpoint.get",),
    delete_body=lambda target: None,
    looks_when_gone=("endpoint.get",),
    left_overs=("endpoint.list",),
    prices=("provider.namespace",),
)
MAAS = Service(
    name="maas",
    token=maas.TOKEN,
    quick={**maas.KNOBS, "lag_ms": 0},
    endless={"lag_ms": 3_600_000},
    config=maas.config,
    secrets=("inference:maasAccessKey", "inference:maasSecretKey"),
    base=maas.BASE,
    whole={**maas.BASE, **maas.GUARD_OFF, "description": "Chat for all", "rpm": 60, "tpm": 1000},
    moved={"modelName": "DeepSeek-R1"},
    foreign=_foreign_maas,
    leave=_left_by(_foreign_maas),
    adopting={**maas.BASE, "name": NAME, "description": "taken over"},
    arrive=lambda sim, target: None,
    target=lambda id: id.rsplit("/", 1)[-1],
    looks=("endpoint.list",),
    delete_body=lambda target: None,
    looks_when_gone=("endpoint.list",),
)
TIR = Service(
    name="tir",
    token=tir.TOKEN,
    quick=tir.QUICK,
    endless=tir.ENDLESS,
    config=tir.config,
    secrets=("inference:tirApiKey", "inference:tirAuthToken"),
    base=tir.BASE,
    whole={
        **tir.BASE,
        **tir.SCALED,
        "isReadinessProbeEnabled": True,
        "readinessProbe": {"path": "/ready", "periodSeconds": 5},
        "resourceDetails": {"envVariables": [{"key": "KEY", "value": CANARY}]},
    },
    moved={"framework": "SGLANG"},
    foreign=_foreign_tir,
    leave=_left_by(_foreign_tir),
    adopting={**tir.BASE, "name": NAME, "modelPath": "b", "replica": 2},
    arrive=_status("tir", {"status": "running"}),
    target=lambda id: f"{tir.PROJECT}/{id}",
    looks=("endpoint.get",),
    delete_body=lambda target: None,
    looks_when_gone=("endpoint.get",),
    left_overs_by_name=("endpoint.list",),
    prices=("sku.list",),
)
ALL = (ARK, HF, MAAS, TIR)
