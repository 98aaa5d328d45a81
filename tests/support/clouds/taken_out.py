"""What a program can take out, on each cloud, and how somebody else changes it meanwhile.

The rows follow from the changes of each cloud: whatever has a value before or after one of them can
be taken out again. The hand that changes it writes what the service keeps, in the service's words.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from support.clouds import ark, hf, maas, tir
from support.clouds.description import Change, Json, Replacement, at, patched
from support.clouds.hf_changes import ENGINES
from support.schema_paths import SCHEMA, members


@dataclass(frozen=True)
class Removals:
    """`stays`: what no program takes out alone and in place, by why: Check refuses it (`needed`),
    it replaces, it says where the endpoint lives (`scope`), or nothing is sent and what was there
    stays (`kept`: it cannot be unset, or the service has no such thing). `alike`:
    nobody can change it so that it shows: no answer tells it, or its only other value is that of a
    new one. `own`: what the
    service has where nothing is asked, when the schema tells no default. `together`: what has to
    be taken out with it. `accepted`: how the service says that it took a change, by operation.
    """

    token: str
    changes: Sequence[Change | Replacement]
    wire: Callable[[Json], Json]
    target: Callable[[str], str]  # the provider's id -> the simulator's
    accepted: Mapping[str, Json]
    stays: Mapping[str, Sequence[str]]
    alike: Sequence[str] = ()
    own: Mapping[str, Any] = field(default_factory=dict)
    together: Mapping[str, Sequence[str]] = field(default_factory=dict)


# What steers the provider alone; desiredState is a request of its own.
OURS = (
    *("name", "desiredState", "waitForReady", "adoptExisting", "checkCatalogue", "timeouts"),
    *("readiness", "readinessKey", "verifySku", "capacityRetryTimeout", "restartTrigger"),
    *("stopInference", "modelSwitch", "switchStrategy"),
)
MISSING: Any = object()


def value_at(inputs: Any, path: str) -> Any:
    for key in path.split("."):
        if not isinstance(inputs, Mapping) or key not in inputs:
            return MISSING
        inputs = inputs[key]
    return inputs


def without(inputs: Json, path: str) -> Json:
    return patched(inputs, at(path, None))


def _paths(properties: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """All inputs, objects and their members; a list is one."""
    for name, spec in properties.items():
        yield f"{path}{name}"
        yield from _paths(members(spec), f"{path}{name}.")


def _others(value: Any, known: Sequence[Any]) -> Iterator[Any]:
    """Other values of that kind: such as the cloud's rows have, or made up."""
    yield from (other for other in known if other != value)
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield value + 1
    elif isinstance(value, str):
        yield f"{value}-2"
    elif isinstance(value, list):
        yield [*value, "by-hand"] if isinstance((*value, 0)[0], str) else []
    elif isinstance(value, Mapping):
        for key, item in value.items():
            for other in _others(item, ()):
                yield {**value, key: other}


def _wire(told: Removals, inputs: Json) -> Json | None:
    """None: no body is known of such inputs."""
    try:
        return told.wire({**inputs, "name": "demo"})
    except (KeyError, ValueError):
        return None


def _patch(old: Json, new: Json) -> Json:
    """The merge patch from one document to the other."""
    out: Json = {key: None for key in old if key not in new}
    for key, value in new.items():
        if isinstance(value, Mapping) and isinstance(old.get(key), Mapping):
            inner = _patch(old[key], dict(value))
            if inner:
                out[key] = inner
        elif key not in old or old[key] != value:
            out[key] = copy.deepcopy(value)
    return out


def programs(cloud: str, path: str) -> list[tuple[Json, Json]]:
    """Inputs with a value there, and without it. The provider may refuse some of them."""
    told = CLOUDS[cloud]
    sides = [side for row in told.changes for side in (row.before, row.after)]
    with_value = {repr(side): side for side in sides if value_at(side, path) is not MISSING}
    found = []
    for side in with_value.values():
        after = without(side, path)
        for other in told.together.get(path, ()):
            after = without(after, other)
        found.append((side, after))
    return found


def means_nothing(cloud: str, path: str, value: Any) -> bool:
    """The same as not to be set: a default, or what a service may show for what is not set."""
    return value in (
        False,
        0,
        "",
        [],
        {},
        CLOUDS[cloud].own.get(path, MISSING),
        _default(cloud, path),
    )


def _default(cloud: str, path: str) -> Any:
    properties = SCHEMA["resources"][CLOUDS[cloud].token]["inputProperties"]
    spec: Any = {}
    for key in path.split("."):
        spec = properties.get(key, {})
        properties = members(spec)
    return spec.get("default", MISSING)


def hands(cloud: str, path: str, before: Json) -> Iterator[Json]:
    """What somebody may make of it, as merge patches of what the service keeps."""
    told = CLOUDS[cloud]
    known = [value_at(side, path) for side, _ in programs(cloud, path)]
    kept = _wire(told, before)
    for other in _others(value_at(before, path), known):
        changed = _wire(told, patched(without(before, path), at(path, other)))
        if kept is not None and changed is not None and changed != kept:
            yield _patch(kept, changed)


def paths(cloud: str) -> list[str]:
    """Every input of the cloud's endpoints, and every object of them."""
    inputs = SCHEMA["resources"][CLOUDS[cloud].token]["inputProperties"]
    return [path for path in _paths(inputs) if path.split(".")[0] not in OURS]


def _image_members() -> Iterator[str]:
    """The engine, and what it needs: what can be taken out is the image, and its other members."""
    for engine, (needed, _) in ENGINES.items():
        yield from (f"model.image.{engine}", *(f"model.image.{engine}.{name}" for name in needed))
    yield "model.image.huggingface"


CLOUDS: dict[str, Removals] = {
    "ark": Removals(
        ark.TOKEN,
        (*ark.CHANGES, *ark.REPLACEMENTS),
        ark.create_body,
        lambda id: id.split("/")[-1],
        {"endpoint.update": {"ResponseMetadata": {"RequestId": "r"}, "Result": {}}},
        {
            "needed": (
                *("modelReference", "modelReference.customModelId"),
                *("modelReference.foundationModel", "modelReference.foundationModel.name"),
            ),
            "replaces": ("modelReference.foundationModel.modelVersion", "modelUnitId"),
            "scope": ("region", "projectName"),
            "kept": ("rateLimit", "rateLimit.rpm", "rateLimit.tpm"),
        },
    ),
    "hf": Removals(
        hf.CLOUD.token,
        (*hf.CLOUD.changes, *hf.CLOUD.replacements),
        hf.create_body,
        str,
        {"endpoint.update": {}},
        {
            "needed": (
                *("cloudProvider", "cloudProvider.vendor", "cloudProvider.region"),
                *("compute", "compute.accelerator", "compute.instanceType"),
                *("compute.instanceSize", "model", "model.repository", "model.framework"),
                *(
                    "compute.scaling.measure.hardwareUsage",
                    "compute.scaling.measure.pendingRequests",
                ),
                *_image_members(),
                *("model.image.custom.credentials.username", "route.domain", "route.path"),
                *("model.image.custom.credentials.password", "privateService.accountId"),
                *("notifications.email", "notifications.push"),
            ),
            "replaces": (
                *("privateService", "privateService.region", "privateService.shared"),
                "accountId",
            ),
            "scope": ("namespace",),
            "kept": (
                *("model.task", "model.revision", "compute.id"),
                *("experimentalFeatures.kvRouter", "experimentalFeatures.kvRouter.tag"),
            ),
        },
        alike=(
            *("model.secrets", "model.image.custom.credentials"),
            *("cacheHttpResponses", "experimentalFeatures.cacheHttpResponses"),
            *("experimentalFeatures.mcpLb.stateful", "network.cidrBlock"),
            *("model.image.tgi.disableCustomKernels", "experimentalFeatures.skipRepoDownload"),
            *("compute.scaling.metric", "compute.scaling.threshold"),  # shown as the measure
        ),
        own={"customRouter.protocol": "http", "model.image.custom.port": 80},
    ),
    "maas": Removals(
        maas.TOKEN,
        (*maas.CHANGES, *maas.REPLACEMENTS),
        maas.create_body,
        lambda id: id.split("/")[-1],
        {"endpoint.edit": {}},
        {
            "needed": ("modelName", "modelRegion", "inferServiceId"),
            "scope": ("region", "projectId"),
            "kept": ("source", "agreementId"),
        },
        alike=("moderation",),
    ),
    "tir": Removals(
        tir.TOKEN,
        (*tir.CHANGES, *tir.REPLACEMENTS),
        tir.form,
        lambda id: f"{tir.PROJECT}/{id.split('/')[-1]}",
        {key: {"code": 200, "data": {}, "errors": {}} for key in (tir.PATCH, tir.SCALE, tir.FIX)},
        {
            "needed": (
                *("framework", "skuName", "skuType", "currency", "committedDays"),
                *("committedInstancePolicy", "committedReplicas", "privateCloudId", "customSku"),
                *("modelId", "modelLoadIntegrationId", "serverOptions"),
                *("detailedInfo.serverVersion", "asyncInvocation.enabled"),
                *("autoScalePolicy.rules", "autoScalePolicy.maxReplicas"),
            ),
            "replaces": ("location", "clusterType"),
            "scope": ("teamId", "projectId"),
            "kept": (
                *("vpcIpIds", "securityGroupIds", "asyncInvocation"),
                *("asyncInvocation.concurrentWorkers", "asyncInvocation.datasetId"),
                *("asyncInvocation.destinationType", "asyncInvocation.targetRoutes"),
                *("autoScalePolicy.isHoldQueue", "autoScalePolicy.initialCooldownPeriod"),
            ),
        },
        alike=(
            *("activeIam", "isAutoScaleEnabled", "storageType", "containerType", "publicIp"),
            *("servicePort", "metricPort", "imagePullPolicy"),
            *("isReadinessProbeEnabled", "isLivenessProbeEnabled"),
            "autoScalePolicy.minReplicas",  # between its default and the largest there is one value
            *("detailedInfo.errorLog", "detailedInfo.infoLog", "detailedInfo.warningLog"),
        ),
        own={"detailedInfo.modelServeType": "full-model"},
        together={
            "sfsId": ("storageType",),
            "registryNamespaceId": ("containerType",),
            "autoScalePolicy": ("isAutoScaleEnabled",),
        },
    ),
}
