"""Rules about a whole endpoint, beyond the shape of the body; and how an update merges in."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from simulator.base.patching import remove_pointer
from simulator.hf import catalogue
from simulator.hf.catalogue import Offer
from simulator.hf.errors import ApiError, bad_request, invalid

Document = dict[str, Any]

NAME = re.compile(r"[a-z0-9-]{1,32}")
RESERVED_ENV = {
    f"LLAMA_ARG_{name}"
    for name in (
        "MODEL",
        "HTTP_THREADS",
        "N_GPU_LAYERS",
        "EMBEDDINGS",
        "HOST",
        "PORT",
        "NO_MMAP",
        "CTX_SIZE",
        "N_PARALLEL",
        "ENDPOINT_METRICS",
    )
}
PARALLEL_KEYS = {
    "vLLM": ("tensorParallelSize", "dataParallelSize"),
    "sGLang": ("tensorParallelSize",),
}


def check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise invalid(
            f"name: `{name}` must be 1 to 32 characters of lowercase letters, digits and `-`"
        )


def check(spec: Document, body: Mapping[str, Any], knobs: Mapping[str, Any]) -> Offer:
    """Everything about an endpoint to be stored; `body` is what was just sent."""
    _check_scaling(spec["compute"]["scaling"], body)
    offer = _check_instance(spec, knobs)
    _check_parallelism(spec["model"]["image"], offer)
    _check_env(spec["model"], knobs)
    route = spec.get("route")
    if route and not route["path"].startswith("/"):
        raise invalid("route.path: must start with `/`")
    if spec.get("privateService") and spec["provider"]["vendor"] != "aws":
        raise invalid("privateService: only available on aws")
    return offer


def _check_scaling(scaling: Document, body: Mapping[str, Any]) -> None:
    if scaling["minReplica"] > scaling["maxReplica"]:
        raise invalid("compute.scaling: minReplica must not be greater than maxReplica")
    sent = ((body.get("compute") or {}).get("scaling") or {}).get("scaleToZeroTimeout")
    if sent is not None and scaling["minReplica"] > 0:
        raise invalid("compute.scaling: scaleToZeroTimeout requires minReplica to be 0")


def _check_instance(spec: Document, knobs: Mapping[str, Any]) -> Offer:
    provider, compute = spec["provider"], spec["compute"]
    offer = catalogue.find(provider, compute)
    if offer is None:
        accelerator = "".join(word.capitalize() for word in compute["accelerator"].split("_"))
        raise bad_request(
            f"Instance compute '{accelerator}' - '{compute['instanceType']}' - "
            f"'{compute['instanceSize']}' in '{provider['vendor']}' - '{provider['region']}' "
            "not found"
        )
    if catalogue.status(offer, knobs["compute_status"]) == "not_available":
        raise bad_request("Bad Request: Compute instance not available yet")
    return offer


def _check_parallelism(image: Document, offer: Offer) -> None:
    ((kind, settings),) = image.items()
    names = PARALLEL_KEYS.get(kind)
    if names is None or offer.size == 1 or offer.instance.accelerator == "cpu":
        return
    if all(settings.get(name) is None for name in names):
        raise invalid(
            f"model.image.{kind}: {' or '.join(names)} is required on an instance with "
            f"{offer.size} accelerators"
        )


def _check_env(model: Document, knobs: Mapping[str, Any]) -> None:
    if "llamacpp" not in model["image"] or not knobs["refuse_reserved_env"]:
        return
    reserved = sorted(RESERVED_ENV & set(model.get("env") or {}))
    if reserved:
        raise invalid(f"model.env: `{reserved[0]}` is reserved")


def new_spec(body: Document, knobs: Mapping[str, Any]) -> Document:
    """What a create stores."""
    spec = drop_fields(body, knobs["drop_create_fields"])
    cache = spec.pop("cacheHttpResponses", None)
    if cache is not None:
        spec["experimentalFeatures"] = {
            "cacheHttpResponses": cache,
            **(spec.get("experimentalFeatures") or {}),
        }
    _settle_router(spec)
    return spec


def updated_spec(spec: Document, body: Document, knobs: Mapping[str, Any]) -> Document:
    """What is stored after an update: only members that were sent change."""
    result = copy.deepcopy(spec)
    sent = drop_fields(body, knobs["drop_update_fields"])
    if not knobs["provider_honoured"]:
        sent.pop("provider", None)
    compute = sent.pop("compute", None) or {}
    scaling = compute.pop("scaling", None) or {}
    model = sent.pop("model", None) or {}
    _keep_secrets(spec["model"], model)
    clears = bool(knobs["null_clears"])
    required = {"repository", "framework", "image", "minReplica", "maxReplica", "type", "provider"}
    required |= {"accelerator", "instanceType", "instanceSize"}
    for target, changes in (
        (result, sent),
        (result["compute"], compute),
        (result["compute"]["scaling"], scaling),
        (result["model"], model),
    ):
        for key, value in changes.items():
            if value is not None:
                target[key] = _merged(target.get(key), value, key, knobs)
            elif clears and key not in required:
                target.pop(key, None)
    if result["compute"]["scaling"]["minReplica"] > 0:
        result["compute"]["scaling"].pop("scaleToZeroTimeout", None)
    _settle_router(result)
    return result


def _merged(old: Any, new: Any, key: str, knobs: Mapping[str, Any]) -> Any:
    """Maps replace whole, unless the knob says that this one merges."""
    if isinstance(old, dict) and knobs["update_replaces"].get(key) is False:
        return {**old, **new}
    return new


def _keep_secrets(stored: Document, model: Document) -> None:
    """A null value inside the map of secrets keeps the value there was."""
    if model.get("secrets"):
        old = stored.get("secrets") or {}
        model["secrets"] = {
            key: old.get(key) if value is None else value for key, value in model["secrets"].items()
        }


def _settle_router(spec: Document) -> None:
    """A router without a tag is no router."""
    router = spec.get("customRouter")
    if router is not None and not router.get("tag"):
        spec.pop("customRouter")


def drop_fields(body: Document, paths: list[str]) -> Document:
    """A copy without what a test wants the service to overlook."""
    result = copy.deepcopy(body)
    for path in paths:
        remove_pointer(result, "/" + path.replace(".", "/"))
    return result


def check_quota(used: int, wanted: int, most: int) -> None:
    if used + wanted > most:
        raise ApiError(409, "Conflict: Quota exceeded", "CONFLICT")
