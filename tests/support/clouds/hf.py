"""Hugging Face Inference Endpoints."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable
from typing import Any

from simulator.client import Simulator

from support.clouds import hf_changes, hf_foreign
from support.clouds.description import (
    Call,
    Change,
    Cloud,
    Drift,
    Json,
    Refusal,
    Replacement,
    patched,
)
from support.clouds.hf_changes import BASE, RESUME, UPDATE, image, model, scaling

NAMESPACE = hf_foreign.NAMESPACE
TOKEN = hf_foreign.TOKEN
# sha1 of "openai-community/gpt2@main": the simulated commit.
REVISION = hashlib.sha1(b"openai-community/gpt2@main").hexdigest()
ODD_TEXT = hf_foreign.ODD_TEXT
ENTRY_REGIONS = ("us-east-1", "eu-west-1")
QUICK: Json = {"polls": {"pending": 0, "initializing": 0, "updating": 0, "deleting": 0}}
SLOW: Json = {"polls": {"pending": 1, "initializing": 1, "updating": 1, "deleting": 1}}
ENDLESS: Json = {"polls": {"pending": 100000, "updating": 100000}}
# What never leaves the program.
LOCAL = (
    "namespace",
    "desiredState",
    "checkCatalogue",
    "readiness",
    "readinessKey",
    "waitForReady",
    "adoptExisting",
    "timeouts",
    "cloudProvider",
)


def config(url: str) -> Json:
    return {
        "inference:hfEndpoint": url,
        "inference:hfNamespace": NAMESPACE,
        "inference:hfToken": TOKEN,
    }


def target(name: str) -> str:
    return f"{NAMESPACE}/{name}"


def _scaling(given: Json) -> Json:
    result = {"minReplica": 1, "maxReplica": 1, **given}
    metric, threshold = result.pop("metric", None), result.pop("threshold", None)
    if metric and "measure" not in result:
        result["measure"] = {metric: threshold}
    return result


def create_body(inputs: Json) -> Json:
    """Every input that is set, and the defaults the service has none for."""
    body = copy.deepcopy({key: value for key, value in inputs.items() if key not in LOCAL})
    body["provider"] = copy.deepcopy(inputs["cloudProvider"])
    body["type"] = inputs.get("type", "authenticated")
    if body["type"] == "protected":
        body["type"] = "authenticated"
    body["compute"].pop("id", None)
    body["compute"]["scaling"] = _scaling(body["compute"].get("scaling", {}))
    body["model"].setdefault("image", {"huggingface": {}})
    if "accountId" in body:
        body.setdefault("privateService", {"accountId": body["accountId"]})
    if "privateService" in body:
        region = body["provider"]["region"]
        default = region if region in ENTRY_REGIONS else ENTRY_REGIONS[0]
        body["privateService"].setdefault("region", default)
    return body


# Replacements.


def _replacements() -> tuple[Replacement, ...]:
    rows: list[Replacement] = []

    def add(
        id: str, before: Json, after: Json, diff: dict[str, str], delete_first: bool = True
    ) -> None:
        rows.append(
            Replacement(id, patched(BASE, before), patched(BASE, after), diff, delete_first)
        )

    def private(**members: Any) -> Json:
        return {"privateService": members}

    azure = {
        "cloudProvider": {"vendor": "azure", "region": "eastus"},
        "compute": {"instanceType": "intel-xeon"},
    }
    add(
        "cloudProvider.region",
        {},
        {"cloudProvider": {"region": "us-east-2"}},
        {"cloudProvider.region": "update-replace"},
    )
    add(
        "cloudProvider.vendor",
        {},
        azure,
        {
            "cloudProvider.vendor": "update-replace",
            "cloudProvider.region": "update-replace",
            "compute.instanceType": "update",
        },
    )
    add(
        "namespace",
        {},
        {"namespace": "me"},
        {"namespace": "update-replace"},
        delete_first=False,
    )
    one = {"accountId": "1", "region": "us-east-1"}
    for key, value in (("accountId", "2"), ("region", "eu-west-1")):
        add(
            f"privateService.{key}",
            private(**one),
            private(**{**one, key: value}),
            {f"privateService.{key}": "update-replace"},
        )
    add(
        "privateService.shared",
        private(**one),
        private(**one, shared=True),
        {"privateService.shared": "add-replace"},
    )
    add("privateService put in", {}, private(**one), {"privateService": "add-replace"})
    add("privateService taken out", private(**one), {}, {"privateService": "delete-replace"})
    add("accountId", {"accountId": "1"}, {"accountId": "2"}, {"accountId": "update-replace"})
    add("accountId taken out", {"accountId": "1"}, {}, {"accountId": "delete-replace"})
    add(
        "with a change beside it",
        {"tags": ["a"]},
        {"tags": ["b"], "cloudProvider": {"region": "us-west-2"}},
        {"cloudProvider.region": "update-replace", "tags[0]": "update"},
    )
    return tuple(rows)


# Drift.


def _patch(patch: Json) -> Callable[[Simulator, str], None]:
    return lambda sim, target: sim.mutate("hf", target, patch)


def _drifts() -> tuple[Drift, ...]:
    rows: list[Drift] = []

    def add(id: str, inputs: Json, patch: Json, diff: dict[str, str], *calls: Call) -> None:
        rows.append(Drift(id, patched(BASE, inputs), _patch(patch), diff, calls))

    def put(body: Json) -> Call:
        return (UPDATE, body)

    add(
        "type",
        {"type": "private"},
        {"type": "public"},
        {"type": "update"},
        put({"type": "private"}),
    )
    add("type left out", {}, {"type": "public"}, {"type": "add"}, put({"type": "authenticated"}))
    add(
        "replicas",
        scaling(minReplica=1, maxReplica=2),
        scaling(maxReplica=5),
        {"compute.scaling.maxReplica": "update"},
        put(scaling(maxReplica=2)),
    )
    add(
        "replicas left out",
        {},
        scaling(maxReplica=5),
        {"compute.scaling": "add"},
        put(scaling(maxReplica=1)),
    )
    add(
        "measure",
        scaling(measure={"hardwareUsage": 60}),
        scaling(measure={"hardwareUsage": 90}),
        {"compute.scaling.measure.hardwareUsage": "update"},
        put(scaling(measure={"hardwareUsage": 60})),
    )
    add(
        "machine",
        {},
        {"compute": {"instanceSize": "x4"}},
        {"compute.instanceSize": "update"},
        put({"compute": {"instanceSize": "x1"}}),
    )
    add(
        "repository",
        {},
        model(repository="someone/else"),
        {"model.repository": "update"},
        put(model(repository="openai-community/gpt2")),
    )
    add(
        "task",
        model(task="fill-mask"),
        model(task="text-generation"),
        {"model.task": "update"},
        put(model(task="fill-mask")),
    )
    vllm = image("vLLM", {"url": "u:1", "tensorParallelSize": 2})
    add(
        "member of the image",
        vllm,
        image("vLLM", {"url": "u:2"}),
        {"model.image.vLLM.url": "update"},
        put(vllm),
    )
    add(
        "env changed",
        model(env={"A": "1", "B": "2"}),
        model(env={"A": "9"}),
        {"model.env.A": "update"},
        put(model(env={"A": "1", "B": "2"})),
    )
    add(
        "env grown",
        model(env={"A": "1"}),
        model(env={"X": "9"}),
        {"model.env.X": "add"},
        put(model(env={"A": "1"})),
    )
    add("env from nothing", {}, model(env={"X": "9"}), {"model.env": "add"}, put(model(env={})))
    add(
        "args",
        model(args=["--a"]),
        model(args=["--b"]),
        {"model.args[0]": "update"},
        put(model(args=["--a"])),
    )
    add("tags", {"tags": ["a"]}, {"tags": ["a", "b"]}, {"tags[1]": "add"}, put({"tags": ["a"]}))
    add("tags gone", {"tags": ["a"]}, {"tags": []}, {"tags[0]": "delete"}, put({"tags": ["a"]}))
    add(
        "notifications",
        {},
        {"notifications": {"email": True, "push": False}},
        {"notifications": "add"},
        put({"notifications": {"email": False, "push": False}}),
    )
    add(
        "route",
        {"route": {"domain": "a.example", "path": "/a"}},
        {"route": {"path": "/b"}},
        {"route.path": "update"},
        put({"route": {"domain": "a.example", "path": "/a"}}),
    )
    add(
        "network",
        {"network": {"cidrBlock": True, "cidrList": ["10.0.0.0/8"]}},
        {"network": {"cidrBlock": False}},
        {"network.cidrBlock": "update"},
        put({"network": {"cidrBlock": True, "cidrList": ["10.0.0.0/8"]}}),
    )
    add(
        "load balancer",
        {"experimentalFeatures": {"loadBalancer": "sticky"}},
        {"experimentalFeatures": {"loadBalancer": "random"}},
        {"experimentalFeatures.loadBalancer": "update"},
        put({"experimentalFeatures": {"loadBalancer": "sticky"}}),
    )
    add(
        "paused by hand",
        {},
        {"status": {"state": "paused"}},
        {"desiredState": "add"},
        (RESUME, None),
    )
    return tuple(rows)


# What Check refuses.


def _refusals() -> tuple[Refusal, ...]:
    """What YAML's own type check lets through."""
    rows: list[Refusal] = []

    def add(id: str, patch: Json, **failures: str) -> None:
        where = {path.replace("__", "."): words for path, words in failures.items()}
        said = {**BASE, "type": "authenticated"}  # left out it is warned of
        rows.append(Refusal(id, patched(said, patch), where))

    add("a name too long", {"name": "x" * 33}, name="at most 32")
    add("a name with capitals", {"name": "Chat"}, name="lower-case")
    add("two engines", model(image={"huggingface": {}, "tei": {"url": "u"}}), model__image="one of")
    add(
        "two measures",
        scaling(measure={"hardwareUsage": 1, "pendingRequests": 1}),
        compute__scaling__measure="one of",
    )
    add("min over max", scaling(minReplica=3, maxReplica=2), compute__scaling__minReplica="larger")
    add(
        "a timeout that cannot come",
        scaling(minReplica=1, scaleToZeroTimeout=15),
        compute__scaling__scaleToZeroTimeout="minReplica: 0",
    )
    add(
        "no sleep without a timeout", {"desiredState": "scaledToZero"}, desiredState="minReplica: 0"
    )
    add(
        "two words on the cache",
        {"cacheHttpResponses": True, "experimentalFeatures": {"cacheHttpResponses": False}},
        cacheHttpResponses="contradicts",
        experimentalFeatures__cacheHttpResponses="contradicts",
    )
    return tuple(rows)


def _change(before: Json, after: Json, diff: dict[str, str], body: Json) -> Change:
    return Change("", patched(BASE, before), patched(BASE, after), diff, [(UPDATE, body)])


def _secrets(canary: str) -> Json:
    login = {"username": "puller", "password": f"{canary}-password"}
    custom = {"url": "registry.example/app:1", "credentials": login}
    return model(image={"custom": custom}, secrets={"KEY": f"{canary}-secret"})


def _secret_config(sim: Simulator, canary: str) -> Json:
    token = f"hf_{canary}-token"
    sim.knobs("hf", tokens={token: {"name": "me", "rights": "write", "orgs": [NAMESPACE]}})
    return {"inference:hfToken": token}


def _generated() -> dict[str, Json]:
    """What the service is by default (type, replicas, measure, empty lists) is no code. What it
    resolved, or filled into an image where no source says with what (task, commit, port), is: it
    may as well be asked for.
    """
    escaped = ODD_TEXT.replace("${", "$${")
    base: Json = {
        "cloudProvider": {"vendor": "aws", "region": "us-east-1"},
        "compute": {
            "accelerator": "cpu",
            "instanceType": "intel-spr",
            "instanceSize": "x2",
        },
        "model": {
            "repository": "openai-community/gpt2",
            "framework": "pytorch",
            "task": "text-generation",
            "revision": REVISION,
        },
    }
    return {
        "plain": base,
        "paused": {**base, "desiredState": "paused"},
        "env": patched(base, model(env={"A": "1", "a.b": "x y", "QUOTE": escaped})),
        "registry": patched(
            base,
            {
                "model": {
                    "image": {
                        "custom": {
                            "url": hf_foreign.URL,
                            "port": 8080,
                            "healthRoute": "/health",
                        }
                    },
                    "env": {"A": "1"},
                }
            },
        ),
    }


CLOUD = Cloud(
    name="hf",
    title="Hugging Face",
    token="inference:hf:Endpoint",
    quick=QUICK,
    slow=SLOW,
    endless=ENDLESS,
    passing=("pending", "initializing"),
    serving="running",
    base=BASE,
    config=config,
    credentials={"HF_TOKEN": TOKEN, "HF_NAMESPACE": NAMESPACE},
    secret_keys=("inference:hfToken",),
    create="endpoint.create",
    read="endpoint.get",
    prices="provider.namespace",
    update=UPDATE,
    delete="endpoint.delete",
    listing="endpoint.list",
    target=target,
    id=target,
    create_body=create_body,
    changes=hf_changes.rows(),
    without_effect=(
        "name",  # changed in the tests of names
        "compute.id",
        "experimentalFeatures.kvRouter.tag",
        "model.image.huggingface",
        "checkCatalogue",
        "readiness",
        "readinessKey",
        "waitForReady",
        "adoptExisting",
        "timeouts.create",
        "timeouts.update",
        "timeouts.delete",
    ),
    replacements=_replacements(),
    drifts=_drifts(),
    refusals=_refusals(),
    finish=lambda sim, target: sim.mutate("hf", target, {"status": {"state": "running"}}),
    fail_create=lambda sim: sim.knobs("hf", fail_next_create=1, failure_kind="configuration"),
    fail_words="Container exited with code 1",
    mend=_change({}, model(args=["--mended"]), {"model.args": "add"}, model(args=["--mended"])),
    overlook={"drop_update_fields": ["compute.scaling.maxReplica"]},
    overlooked=_change(
        scaling(minReplica=1, maxReplica=1),
        {"tags": ["a"], **scaling(minReplica=1, maxReplica=3)},
        {"compute.scaling.maxReplica": "update", "tags": "add"},
        {"tags": ["a"], **scaling(maxReplica=3)},
    ),
    overlooked_path="compute.scaling.maxReplica",
    touch=_change({"tags": ["a"]}, {"tags": ["b"]}, {"tags[0]": "update"}, {"tags": ["b"]}),
    adopted=_change(
        {"compute": {"instanceSize": "x2"}},
        {"type": "public", "tags": ["a"], **model(revision="dev")},
        {},
        {
            "type": "public",
            "tags": ["a"],
            "compute": {"instanceSize": "x1"},
            "model": {"revision": "dev"},
        },
    ),
    name_length=32,
    ignored_member=(
        "compute.scaling.maxReplica",
        _change(
            scaling(minReplica=1, maxReplica=2),
            scaling(minReplica=2, maxReplica=4),
            {"compute.scaling.minReplica": "update"},
            scaling(minReplica=2),
        ),
    ),
    secrets=_secrets,
    secret_paths=("model.image.custom.credentials.password", "model.secrets"),
    secret_config=_secret_config,
    fail_create_saying=lambda sim, text: sim.knobs(
        "hf", fail_next_create=1, failure_kind="runtime", failure_message=text
    ),
    url_key="inference:hfEndpoint",
    scope_config={"inference:hfNamespace": NAMESPACE},
    other_scope={"inference:hfNamespace": "me"},
    late_config=(
        "inference:hfNamespace",
        "healthRoute",
        image("custom", {"url": "registry.example/app:1", "healthRoute": "me"}),
    ),
    secret_credentials=(TOKEN,),
    credential_files=(
        ("", ".cache/huggingface/token", f"{TOKEN}\n"),
        ("HF_TOKEN_PATH", "elsewhere/token", TOKEN),
    ),
    credential_places=("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", ".cache/huggingface/token"),
    foreign=hf_foreign.SHAPES,
    generated=_generated(),
    write_only_warnings={
        "secrets": "model.secrets (S, T) cannot be read back from Hugging Face: add it to the "
        "program",
    },
)
