"""The bodies of create and update, member by member."""

from __future__ import annotations

from simulator.hf.schema import (
    Boolean,
    Choice,
    Integer,
    ListOf,
    MapOf,
    Member,
    Number,
    OneKey,
    Shape,
    Struct,
    Text,
)

TYPES = ("public", "authenticated", "private")
TASKS = (
    "custom",
    "any-to-any",
    "audio-classification",
    "automatic-speech-recognition",
    "feature-extraction",
    "fill-mask",
    "image-classification",
    "image-segmentation",
    "image-text-to-text",
    "object-detection",
    "question-answering",
    "sentence-embeddings",
    "sentence-ranking",
    "sentence-similarity",
    "summarization",
    "table-question-answering",
    "text-classification",
    "text-generation",
    "text-ranking",
    "text-to-image",
    "token-classification",
    "translation",
    "zero-shot-classification",
)
FRAMEWORKS = ("custom", "pytorch", "llamacpp")
ACCELERATORS = ("cpu", "gpu", "neuron", "zero_gpu")
TGI_INTS = ("maxBatchPrefillTokens", "maxBatchTotalTokens", "maxInputLength", "maxTotalTokens")


def _required(shape: Shape) -> Member:
    return Member(shape, required=True)


def _optional(shape: Shape) -> Member:
    return Member(shape)


def _nullable(shape: Shape) -> Member:
    return Member(shape, nullable=True)


def _integers(*names: str) -> dict[str, Member]:
    return {name: _nullable(Integer()) for name in names}


def _choice(*values: str) -> Member:
    return _nullable(Choice(values))


def _container(more: dict[str, Member] | None = None) -> Struct:
    base = {
        "url": _required(Text()),
        "port": _nullable(Integer()),
        "healthRoute": _nullable(Text()),
    }
    return Struct({**base, **(more or {})})


def image(minus_one_prefill: bool) -> OneKey:
    """`minus_one_prefill`: whether SGLang takes -1 (its text says so, its schema does not)."""
    prefill = _nullable(Integer(-1 if minus_one_prefill else 0))
    sglang = {
        **_integers("tensorParallelSize", "maxPrefillTokens", "maxRunningRequests"),
        "chunkedPrefillSize": prefill,
        "kvCacheDtype": _choice("fp8-e4-m3", "fp8-e5-m2"),
    }
    return OneKey({**_PLAIN_IMAGES, "sGLang": _container(sglang)})


_CREDENTIALS = Struct(
    {"username": _required(Text()), "password": Member(Text(), required=True, nullable=True)}
)
_PLAIN_IMAGES: dict[str, Shape] = {
    "huggingface": Struct({}),
    "huggingfaceNeuron": Struct(
        {**_integers("batchSize", "sequenceLength"), "neuronCache": _nullable(Text())}
    ),
    "tgi": _container(
        {
            **_integers(*TGI_INTS),
            "disableCustomKernels": _nullable(Boolean()),
            "quantize": _choice("awq", "bitsandbytes", "eetq", "gptq"),
        }
    ),
    "tgiNeuron": _container(
        {
            **_integers(*TGI_INTS),
            "hfAutoCastType": _choice("bf16", "fp16"),
            "hfNumCores": _nullable(Integer()),
        }
    ),
    "tei": _container(
        {
            **_integers("maxBatchTokens", "maxConcurrentRequests"),
            "pooling": _choice("mean", "cls"),
        }
    ),
    "llamacpp": _container(
        {
            "modelPath": _required(Text()),
            **_integers("ctxSize", "nParallel", "threadsHttp", "nGpuLayers"),
            "mode": _choice("embeddings", "reranking"),
            "pooling": _choice("mean", "cls", "last", "rank"),
            "variant": _nullable(Text()),
            "mmprojModelPath": _nullable(Text()),
            "specModelPath": _nullable(Text()),
        }
    ),
    "vLLM": _container(
        {
            **_integers(
                "tensorParallelSize", "dataParallelSize", "maxNumBatchedTokens", "maxNumSeqs"
            ),
            "kvCacheDtype": _choice("fp8", "fp8-e4-m3", "fp8-e5-m2"),
        }
    ),
    "vLLMOmni": _container({"deployConfig": _nullable(Text()), **_integers("maxNumSeqs")}),
    "vLLMNeuron": _container(),
    "hfServe": _container(),
    "custom": _container({"credentials": _nullable(_CREDENTIALS)}),
}

_MEASURE = OneKey({"hardwareUsage": Number(), "pendingRequests": Number()}, nullable=True)
_PROVIDER = Struct({"vendor": _required(Text()), "region": _required(Text())})
_EXPERIMENTAL = Struct(
    {
        "cacheHttpResponses": _optional(Boolean()),
        "loadBalancer": _optional(Choice(("random", "sticky", "least_connections"))),
        "mcpLb": _nullable(Struct({"stateful": _optional(Boolean())})),
        "skipRepoDownload": _nullable(Boolean()),
    }
)
_ROUTER = Struct(
    {
        "tag": _nullable(Text()),
        "env": _optional(MapOf(Text())),
        "port": _optional(Integer()),
        "grpcPort": _optional(Integer()),
        "protocol": _optional(Choice(("http", "extProc"))),
    }
)
_PRIVATE_SERVICE = Struct(
    {
        "accountId": _required(Text()),
        "region": _required(Choice(("us-east-1", "eu-west-1"))),
        "shared": _optional(Boolean()),
    }
)
_ROUTE = Struct({"domain": _required(Text()), "path": _required(Text())})
_NETWORK = Struct({"cidrBlock": _optional(Boolean()), "cidrList": _optional(ListOf(Text()))})
_NOTIFICATIONS = Struct({"email": _required(Boolean()), "push": _required(Boolean())})
_TAGS = ListOf(Text())
DOMAIN = Struct({"domain": _required(Text())})
CIDR_LIST = Struct(
    {"name": _required(Text()), "cidrList": _required(ListOf(Text())), "id": _nullable(Text())}
)


def _types(protected: bool) -> Choice:
    return Choice((*TYPES, "protected") if protected else TYPES)


def create(protected: bool, minus_one_prefill: bool) -> Struct:
    """`protected`: whether that dead type is still let in."""
    scaling = Struct(
        {
            "minReplica": _required(Integer()),
            "maxReplica": _required(Integer()),
            "scaleToZeroTimeout": _nullable(Integer()),
            "measure": _nullable(_MEASURE),
        }
    )
    compute = Struct(
        {
            "accelerator": _required(Choice(ACCELERATORS)),
            "instanceType": _required(Text()),
            "instanceSize": _required(Text()),
            "scaling": _required(scaling),
            "id": _nullable(Text()),
        },
        inert=("id",),
    )
    model = Struct(
        {
            "repository": _required(Text()),
            "framework": _required(Choice(FRAMEWORKS)),
            "image": _required(image(minus_one_prefill)),
            "task": _optional(Choice(TASKS)),
            "revision": _nullable(Text()),
            "env": _optional(MapOf(Text())),
            "secrets": _optional(MapOf(Text(), nullable=True)),
            "args": _nullable(ListOf(Text())),
            "command": _nullable(ListOf(Text())),
            "fromCatalog": _nullable(Boolean()),
        }
    )
    return Struct(
        {
            "name": _required(Text()),
            "type": _required(_types(protected)),
            "provider": _required(_PROVIDER),
            "compute": _required(compute),
            "model": _required(model),
            "tags": _optional(_TAGS),
            "cacheHttpResponses": _optional(Boolean()),
            "experimentalFeatures": _optional(_EXPERIMENTAL),
            "customRouter": _nullable(_ROUTER),
            "privateService": _nullable(_PRIVATE_SERVICE),
            "route": _nullable(_ROUTE),
            "network": _nullable(_NETWORK),
            "notifications": _optional(_NOTIFICATIONS),
        }
    )


def update(protected: bool, minus_one_prefill: bool) -> Struct:
    scaling = Struct(
        {
            **_integers("minReplica", "maxReplica", "scaleToZeroTimeout"),
            "measure": _nullable(_MEASURE),
        }
    )
    compute = Struct(
        {
            "accelerator": _nullable(Choice(ACCELERATORS)),
            "instanceType": _nullable(Text()),
            "instanceSize": _nullable(Text()),
            "scaling": _nullable(scaling),
        }
    )
    model = Struct(
        {
            "repository": _nullable(Text()),
            "framework": _nullable(Choice(FRAMEWORKS)),
            "image": _nullable(image(minus_one_prefill)),
            "task": _nullable(Choice(TASKS)),
            "revision": _nullable(Text()),
            "env": _nullable(MapOf(Text())),
            "secrets": _nullable(MapOf(Text(), nullable=True)),
            "args": _nullable(ListOf(Text())),
            "command": _nullable(ListOf(Text())),
        }
    )
    return Struct(
        {
            "type": _nullable(_types(protected)),
            "provider": _nullable(_PROVIDER),
            "compute": _nullable(compute),
            "model": _nullable(model),
            "tags": _nullable(_TAGS),
            "experimentalFeatures": _optional(_EXPERIMENTAL),
            "customRouter": _nullable(_ROUTER),
            "route": _nullable(_ROUTE),
            "network": _nullable(_NETWORK),
            "notifications": _nullable(_NOTIFICATIONS),
        }
    )
