"""Hugging Face: what changes in place, and by which request (docs/apis/hf.md 2.3, 4.1 to 4.5)."""

from __future__ import annotations

from typing import Any

from support.clouds.building import MISSING, Changes
from support.clouds.description import Json, at

BASE: Json = {
    "cloudProvider": {"vendor": "aws", "region": "us-east-1"},
    "compute": {"accelerator": "cpu", "instanceType": "intel-spr", "instanceSize": "x1"},
    "model": {"repository": "openai-community/gpt2", "framework": "pytorch"},
}
UPDATE = "endpoint.update"
PAUSE, RESUME, TO_ZERO = "endpoint.pause", "endpoint.resume", "endpoint.scaleToZero"

CONTAINER = {"port": (8080, 9090), "healthRoute": ("/live", "/ready")}
PREFILL = {
    "maxInputLength": (1024, 2048),
    "maxTotalTokens": (1512, 4096),
    "maxBatchPrefillTokens": (2048, 8192),
    "maxBatchTotalTokens": (2048, 16384),
}
URL = ("registry.example/app:1", "registry.example/app:2")
# engine: (required members, optional members), each with its value before and after.
ENGINES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "huggingfaceNeuron": (
        {},
        {
            "batchSize": (1, 2),
            "sequenceLength": (2048, 4096),
            "neuronCache": ("org/one", "org/two"),
        },
    ),
    "llamacpp": (
        {"url": URL, "modelPath": ("m.Q8_0.gguf", "m.Q4_0.gguf")},
        CONTAINER
        | {
            "ctxSize": (4096, 8192),
            "nParallel": (1, 2),
            "threadsHttp": (8, 16),
            "nGpuLayers": (0, 99),
            "mode": ("embeddings", "reranking"),
            "pooling": ("mean", "rank"),
            "variant": ("a", "b"),
            "mmprojModelPath": ("p1.gguf", "p2.gguf"),
            "specModelPath": ("s1.gguf", "s2.gguf"),
        },
    ),
    "tei": (
        {"url": URL},
        CONTAINER
        | {
            "maxBatchTokens": (1024, 2048),
            "maxConcurrentRequests": (64, 512),
            "pooling": ("mean", "cls"),
        },
    ),
    "tgi": (
        {"url": URL},
        CONTAINER | PREFILL | {"disableCustomKernels": (False, True), "quantize": ("gptq", "awq")},
    ),
    "tgiNeuron": (
        {"url": URL},
        CONTAINER | PREFILL | {"hfAutoCastType": ("bf16", "fp16"), "hfNumCores": (1, 2)},
    ),
    "vLLM": (
        {"url": URL},
        CONTAINER
        | {
            "tensorParallelSize": (2, 4),
            "dataParallelSize": (1, 2),
            "maxNumBatchedTokens": (1024, 2048),
            "maxNumSeqs": (16, 32),
            "kvCacheDtype": ("fp8", "fp8-e5-m2"),
        },
    ),
    "vLLMOmni": (
        {"url": URL},
        CONTAINER | {"deployConfig": ("one", "two"), "maxNumSeqs": (16, 32)},
    ),
    "vLLMNeuron": ({"url": URL}, CONTAINER),
    "sGLang": (
        {"url": URL},
        CONTAINER
        | {
            "tensorParallelSize": (2, 4),
            "chunkedPrefillSize": (4096, -1),
            "maxPrefillTokens": (1024, 2048),
            "maxRunningRequests": (16, 32),
            "kvCacheDtype": ("fp8-e4-m3", "fp8-e5-m2"),
        },
    ),
    "hfServe": ({"url": URL}, CONTAINER),
    "custom": ({"url": URL}, CONTAINER),
}
LOGIN = {"username": "puller", "password": "pw-one"}


def wire(path: str, value: Any) -> Json:
    """Where the value of a property goes in a PUT: mostly the same path."""
    return at(path, value)


def model(**members: Any) -> Json:
    return {"model": members}


def scaling(**members: Any) -> Json:
    return {"compute": {"scaling": members}}


def image(engine: str, settings: Json) -> Json:
    return {"model": {"image": {engine: settings}}}


def _images(rows: Changes) -> None:
    """An image is replaced whole, whatever changes in it."""
    for engine, (required, optional) in ENGINES.items():
        path = f"model.image.{engine}"
        least = {key: old for key, (old, _) in required.items()}
        for key, (old, new) in required.items():
            settings = {**least, "port": 8081}
            changed = {**settings, key: new}
            rows.value(
                f"{path}.{key}", old, new, image(engine, settings), body=image(engine, changed)
            )
        for key, (old, new) in optional.items():
            changed = {**least, key: new}
            rows.value(f"{path}.{key}", old, new, image(engine, least), image(engine, changed))
            rows.value(f"{path}.{key}", old, MISSING, image(engine, least), image(engine, least))


def _image_variants(rows: Changes) -> None:
    vllm = {"url": URL[0], "tensorParallelSize": 2}
    rows.add(
        "image to another engine",
        image("vLLM", vllm),
        image("tgi", {"url": URL[0]}),
        {"model.image.vLLM": "delete", "model.image.tgi": "add"},
        image("tgi", {"url": URL[0]}),
    )
    rows.add(
        "image from the default",
        {},
        image("vLLM", vllm),
        {"model.image": "add"},
        image("vLLM", vllm),
    )
    rows.add(
        "image back to the default",
        image("vLLM", vllm),
        {},
        {"model.image": "delete"},
        image("huggingface", {}),
    )
    login = {"url": URL[0], "credentials": LOGIN}
    rows.add(
        "image of a private registry sends its login again",
        image("custom", {**login, "port": 80}),
        image("custom", {**login, "port": 8080}),
        {"model.image.custom.port": "update"},
        image("custom", {**login, "port": 8080}),
    )
    for key in ("username", "password"):
        changed = {**login, "credentials": {**LOGIN, key: "other"}}
        rows.add(
            f"model.image.custom.credentials.{key}",
            image("custom", login),
            image("custom", changed),
            {f"model.image.custom.credentials.{key}": "update"},
            image("custom", changed),
        )
    rows.add(
        "login taken out",
        image("custom", login),
        image("custom", {"url": URL[0]}),
        {"model.image.custom.credentials": "delete"},
        image("custom", {"url": URL[0]}),
    )


def _compute(rows: Changes) -> None:
    rows.value("compute.instanceType", "intel-spr", "intel-icl")
    rows.value("compute.instanceSize", "x1", "x2")
    rows.add(
        "compute.accelerator with its machine",
        {},
        {"compute": {"accelerator": "gpu", "instanceType": "nvidia-t4"}},
        {"compute.accelerator": "update", "compute.instanceType": "update"},
        {"compute": {"accelerator": "gpu", "instanceType": "nvidia-t4"}},
    )
    wide, asleep = scaling(minReplica=1, maxReplica=3), scaling(minReplica=0)
    rows.value("compute.scaling.minReplica", 1, 2, wide)
    rows.value("compute.scaling.minReplica", 2, MISSING, wide, scaling(minReplica=1))
    rows.value("compute.scaling.maxReplica", 1, 3, scaling(minReplica=1))
    rows.value(
        "compute.scaling.maxReplica", 3, MISSING, scaling(minReplica=1), scaling(maxReplica=1)
    )
    rows.add(
        "compute.scaling taken out",
        scaling(minReplica=2, maxReplica=3),
        {},
        {"compute.scaling": "delete"},
        scaling(minReplica=1, maxReplica=1),
    )
    rows.add(
        "compute.scaling taken out with its measure",
        scaling(minReplica=1, maxReplica=1, measure={"hardwareUsage": 70}),
        {},
        {"compute.scaling": "delete"},
        scaling(measure=None),
    )
    rows.add(
        "compute.scaling put in",
        {},
        scaling(minReplica=0, maxReplica=2, scaleToZeroTimeout=30),
        {"compute.scaling": "add"},
        scaling(minReplica=0, maxReplica=2, scaleToZeroTimeout=30),
    )
    rows.value("compute.scaling.scaleToZeroTimeout", 15, 30, asleep)
    rows.value("compute.scaling.scaleToZeroTimeout", MISSING, 30, asleep)
    rows.value(
        "compute.scaling.scaleToZeroTimeout", 30, MISSING, asleep, scaling(scaleToZeroTimeout=None)
    )
    rows.value("compute.scaling.measure.hardwareUsage", 80, 62.5)
    rows.value("compute.scaling.measure.pendingRequests", 2, 3.5)
    rows.value(
        "compute.scaling.measure",
        MISSING,
        {"pendingRequests": 2},
        scaling(maxReplica=2),
    )
    rows.value(
        "compute.scaling.measure",
        {"pendingRequests": 2},
        MISSING,
        scaling(maxReplica=2),
        scaling(measure=None),
    )
    rows.add(
        "measure of another kind",
        scaling(measure={"hardwareUsage": 70}),
        scaling(measure={"pendingRequests": 3}),
        {
            "compute.scaling.measure.hardwareUsage": "delete",
            "compute.scaling.measure.pendingRequests": "add",
        },
        scaling(measure={"pendingRequests": 3}),
    )


def _legacy_scaling(rows: Changes) -> None:
    """metric and threshold are not on the wire any more: they become the measure."""
    pending = scaling(metric="pendingRequests")
    rows.value("compute.scaling.threshold", 2, 3, pending, scaling(measure={"pendingRequests": 3}))
    rows.value(
        "compute.scaling.threshold",
        2,
        MISSING,
        pending,
        scaling(measure={"pendingRequests": None}),
    )
    rows.value(
        "compute.scaling.metric",
        "hardwareUsage",
        "pendingRequests",
        scaling(threshold=5),
        scaling(measure={"pendingRequests": 5}),
    )
    rows.add(
        "metric and threshold taken out",
        scaling(maxReplica=2, metric="pendingRequests", threshold=2),
        scaling(maxReplica=2),
        {"compute.scaling.metric": "delete", "compute.scaling.threshold": "delete"},
        scaling(measure=None),
    )


def _model(rows: Changes) -> None:
    rows.value("type", "authenticated", "public")
    rows.value("type", MISSING, "private")
    rows.value("type", "public", MISSING, body={"type": "authenticated"})
    rows.value("model.repository", "openai-community/gpt2", "Qwen/Qwen2.5-1.5B-Instruct")
    rows.value("model.framework", "pytorch", "custom")
    rows.value("model.task", "text-generation", "fill-mask")
    rows.value("model.task", MISSING, "fill-mask")
    rows.value("model.revision", "main", "dev")
    rows.value("model.revision", MISSING, "dev")
    two = {"A": "1", "B": "2"}
    rows.value("model.env.A", "1", "3", model(env={"B": "2"}), model(env={"A": "3", "B": "2"}))
    rows.value("model.env.A", "1", MISSING, model(env={"B": "2"}), model(env={"B": "2"}))
    rows.value("model.env.C", MISSING, "3", model(env=two), model(env={**two, "C": "3"}))
    rows.value("model.env", two, MISSING, body=model(env={}))
    rows.add(
        "an odd key of env",
        model(env={"a.b": "1"}),
        model(env={"a.b": "2"}),
        {'model.env["a.b"]': "update"},
        model(env={"a.b": "2"}),
    )
    keep = model(secrets={"K": "keep"})
    rows.value("model.secrets.S", "one", "two", keep, model(secrets={"K": "keep", "S": "two"}))
    rows.value("model.secrets.S", "one", MISSING, keep, keep)
    rows.value("model.secrets", {"S": "one"}, MISSING, body=model(secrets={}))
    rows.value("model.secrets", MISSING, {"S": "one"})
    for key in ("args", "command"):
        path = f"model.{key}"
        rows.add(
            path,
            model(**{key: ["--a", "--b"]}),
            model(**{key: ["--a", "--c", "--d"]}),
            {f"{path}[1]": "update", f"{path}[2]": "add"},
            model(**{key: ["--a", "--c", "--d"]}),
        )
        rows.value(path, ["--a"], MISSING, body=model(**{key: []}))


def _around(rows: Changes) -> None:
    rows.add("tags", {"tags": ["a"]}, {"tags": ["b"]}, {"tags[0]": "update"}, {"tags": ["b"]})
    rows.value("tags", ["a", "b"], MISSING, body={"tags": []})
    rows.value("tags", MISSING, ["a"])
    for key, old, new in (("email", False, True), ("push", True, False)):
        other = {"notifications": {"email": True, "push": True}}
        whole = {"notifications": {"email": True, "push": True, key: new}}
        rows.value(f"notifications.{key}", old, new, other, whole)
    rows.value(
        "notifications",
        {"email": True, "push": False},
        MISSING,
        body={"notifications": {"email": False, "push": False}},
    )
    route = {"domain": "a.example", "path": "/a"}
    rows.value(
        "route.domain",
        "a.example",
        "b.example",
        {"route": route},
        {"route": {**route, "domain": "b.example"}},
    )
    rows.value("route.path", "/a", "/b", {"route": route}, {"route": {**route, "path": "/b"}})
    rows.value("route", MISSING, route)
    closed = {"network": {"cidrList": ["10.0.0.0/8"]}}
    rows.value(
        "network.cidrBlock",
        False,
        True,
        closed,
        {"network": {"cidrBlock": True, "cidrList": ["10.0.0.0/8"]}},
    )
    rows.value("network.cidrBlock", True, MISSING, closed, closed)
    rows.add(
        "network.cidrList",
        {"network": {"cidrBlock": True, "cidrList": ["10.0.0.0/8"]}},
        {"network": {"cidrBlock": True, "cidrList": ["10.0.0.0/8", "192.168.0.0/16"]}},
        {"network.cidrList[1]": "add"},
        {"network": {"cidrBlock": True, "cidrList": ["10.0.0.0/8", "192.168.0.0/16"]}},
    )


def _router(rows: Changes) -> None:
    router: Json = {"tag": "registry.example/router:1"}
    for key, old, new in (
        ("tag", "registry.example/router:1", "registry.example/router:2"),
        ("port", 3001, 3002),
        ("grpcPort", 9003, 9004),
        ("protocol", "http", "extProc"),
    ):
        rows.value(
            f"customRouter.{key}",
            old,
            new,
            {"customRouter": router},
            {"customRouter": {**router, key: new}},
        )
    rows.value(
        "customRouter.port", 3001, MISSING, {"customRouter": router}, {"customRouter": router}
    )
    rows.value(
        "customRouter.env.A",
        "1",
        "2",
        {"customRouter": {**router, "env": {"B": "2"}}},
        {"customRouter": {**router, "env": {"A": "2", "B": "2"}}},
    )
    rows.value("customRouter", MISSING, router)
    rows.value("customRouter", router, MISSING, body={"customRouter": {}})


def _features(rows: Changes) -> None:
    """The update body knows the cache switch only as an experimental feature."""

    def whole(**members: Any) -> Json:
        return {"experimentalFeatures": members}

    sticky = whole(loadBalancer="sticky")
    rows.value("cacheHttpResponses", False, True, body=whole(cacheHttpResponses=True))
    rows.value(
        "cacheHttpResponses",
        MISSING,
        True,
        sticky,
        whole(cacheHttpResponses=True, loadBalancer="sticky"),
    )
    rows.value("cacheHttpResponses", True, MISSING, body=whole())
    for key, old, new in (
        ("cacheHttpResponses", False, True),
        ("loadBalancer", "sticky", "least_connections"),
        ("skipRepoDownload", False, True),
    ):
        given = whole(mcpLb={"stateful": True})
        rows.value(
            f"experimentalFeatures.{key}",
            old,
            new,
            given,
            whole(mcpLb={"stateful": True}, **{key: new}),
        )
        if new is not True or key == "skipRepoDownload":
            rows.value(f"experimentalFeatures.{key}", new, MISSING, given, given)
    rows.value(
        "experimentalFeatures.mcpLb.stateful",
        False,
        True,
        sticky,
        whole(loadBalancer="sticky", mcpLb={"stateful": True}),
    )
    rows.value("experimentalFeatures", {"loadBalancer": "sticky"}, MISSING, body=whole())


def _desired(rows: Changes) -> None:
    sleepy = scaling(minReplica=0, scaleToZeroTimeout=15)

    def state(word: str, **more: Any) -> Json:
        return {"desiredState": word, **more}

    path = {"desiredState": "update"}
    rows.add("pause", state("running"), state("paused"), path, calls=[(PAUSE, None)])
    rows.add(
        "pause from the default",
        {},
        state("paused"),
        {"desiredState": "add"},
        calls=[(PAUSE, None)],
    )
    rows.add("resume", state("paused"), state("running"), path, calls=[(RESUME, None)])
    rows.add(
        "resume by the default",
        state("paused"),
        {},
        {"desiredState": "delete"},
        calls=[(RESUME, None)],
    )
    rows.add(
        "to sleep",
        state("running", **sleepy),
        state("scaledToZero", **sleepy),
        path,
        calls=[(TO_ZERO, None)],
    )
    rows.add(
        "wake",
        state("scaledToZero", **sleepy),
        state("running", **sleepy),
        path,
        calls=[(RESUME, None)],
    )
    rows.add(
        "change and pause, in that order",
        state("running", tags=["a"]),
        state("paused", tags=["b"]),
        {**path, "tags[0]": "update"},
        calls=[(UPDATE, {"tags": ["b"]}), (PAUSE, None)],
    )
    rows.add(
        "change of a paused endpoint leaves it paused",
        state("paused", tags=["a"]),
        state("paused", tags=["b"]),
        {"tags[0]": "update"},
        {"tags": ["b"]},
    )


def _together(rows: Changes) -> None:
    rows.add(
        "several at once",
        {"type": "public", "tags": ["a"], **scaling(minReplica=1, maxReplica=2)},
        {
            "type": "private",
            "tags": ["a", "b"],
            **scaling(minReplica=1, maxReplica=4),
            **model(revision="dev"),
        },
        {
            "type": "update",
            "tags[1]": "add",
            "compute.scaling.maxReplica": "update",
            "model.revision": "add",
        },
        {
            "type": "private",
            "tags": ["a", "b"],
            "compute": {"scaling": {"maxReplica": 4}},
            "model": {"revision": "dev"},
        },
    )


def _same(rows: Changes) -> None:
    """Nothing the service would notice."""
    rows.nothing("the former name of a type", {"type": "protected"}, {"type": "authenticated"})
    rows.nothing("the present name of a type", {"type": "authenticated"}, {"type": "protected"})
    defaults: Json = {
        "type": "authenticated",
        "tags": [],
        "desiredState": "running",
        "cacheHttpResponses": False,
        "notifications": {"email": False, "push": False},
        "waitForReady": True,
        "adoptExisting": False,
        **scaling(minReplica=1, maxReplica=1),
        **model(image={"huggingface": {}}, env={}, args=[], command=[]),
    }
    rows.nothing("defaults spelled out", {}, defaults)
    rows.nothing("defaults left out", defaults, {})
    rows.nothing("a task that is not asked for any more", model(task="fill-mask"), {})
    rows.nothing("a revision that is not asked for any more", model(revision="dev"), {})
    rows.nothing(
        "address lists in another order",
        {"network": {"cidrList": ["10.0.0.0/8", "192.168.0.0/16"]}},
        {"network": {"cidrList": ["192.168.0.0/16", "10.0.0.0/8"]}},
    )
    rows.nothing("how long to wait", {}, {"timeouts": {"create": 60}, "waitForReady": False})
    rows.nothing("what is asked before", {}, {"checkCatalogue": False})
    answers = {"readiness": "answers", "readinessKey": "hf_a_caller"}
    rows.nothing("what is asked after", {}, answers)
    rows.nothing("leave to take over", {}, {"adoptExisting": True})
    rows.nothing("an id that the service ignores", {}, {"compute": {"id": "mine"}})
    rows.nothing(
        "a router that the service dropped",
        {"experimentalFeatures": {"kvRouter": {"tag": "a"}}},
        {"experimentalFeatures": {"kvRouter": {"tag": "b"}}},
    )


def rows() -> tuple[Any, ...]:
    result = Changes(BASE, UPDATE, wire)
    for part in (
        _model,
        _compute,
        _legacy_scaling,
        _around,
        _router,
        _features,
        _desired,
        _together,
        _same,
        _image_variants,
        _images,
    ):
        part(result)
    return tuple(result.rows)
