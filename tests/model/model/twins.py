"""What an endpoint has to look like: the same program, sent by another client to another simulator.

Bodies are those of tests/support/clouds, which are written from docs/apis/.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chaos.engine import Entry
from simulator.client import Simulator
from support.clouds import ark, hf, maas, tir
from support.clouds.description import Change, Drift, Json, Replacement, patched
from support.drivers.hf import bare
from support.fleets import ark as ark_fleet
from support.fleets import maas as maas_fleet
from support.fleets.fleet import send


@dataclass(frozen=True)
class Twin:
    """`make` sends a program, name included, to the service as its own client would."""

    changes: tuple[Change, ...]
    replacements: tuple[Replacement, ...]
    drifts: tuple[Drift, ...]
    make: Callable[[Simulator, Json], object]
    # Paths in the simulator's record that two endpoints never share, or that `paused` judges.
    own: tuple[str, ...]
    paused: Callable[[Json], bool]  # of the simulator's record
    # Paths that a pause sets to values of its own, which say nothing of what was asked.
    paused_own: tuple[str, ...] = ()
    # What an earlier program said and stays when this one (the second) does not, for the service
    # has no way to undo it: the program with it.
    lasting: Callable[[Json, Json], Json] = lambda before, program: program
    # And what of it the simulator's record holds, as inputs.
    held: Callable[[Json], Json] = lambda record: {}
    # What of the record says what the endpoint is, however it came about.
    judged: Callable[[Json], Json] = lambda record: record
    making: Json = field(default_factory=dict)  # knobs of the twin's simulator alone
    # What replaces in the one program after the other, but not always: schema.json does not say so.
    replaces: Callable[[Json, Json], set[str]] = lambda before, program: set()
    # Whether one program cannot come after the other while the endpoint is paused.
    needs_running: Callable[[Json | None, Json], bool] = lambda before, program: False
    # Top-level inputs of the first program that the second does not say and the service keeps all
    # the same: an `up` that waits fails, and one that does not wait warns.
    stays: Callable[[Json, Json], set[str]] = lambda before, program: set()
    # The second program with these.
    kept: Callable[[Json, Json], Json] = lambda before, program: program
    # Whether Check may refuse what follows a program: its endpoint is paid for in advance, or it
    # says what no new one may.
    is_bound: Callable[[Json], bool] = lambda program: False
    # Whether the program wants its endpoint to rest.
    rests: Callable[[Json], bool] = lambda program: program.get("desiredState") == "paused"
    # Inputs whose values one endpoint alone can have: another cannot be made beside it.
    exclusive: tuple[str, ...] = ()
    burnt_names: bool = False  # a name can never be used again
    # Knobs of both simulators, with what the services' pages leave open: every life has its own
    # answers, of which neither program nor model knows.
    answers: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    key: Callable[[Entry], str] = lambda entry: entry.id.split("/")[-1]  # of its record
    imported: Callable[[Entry], str] = lambda entry: entry.id  # what an import is told

    def endpoint(self, sim: Simulator, cloud: str, program: Json, answers: Json) -> Json:
        """The record of an endpoint that was made for this program."""
        sim.reset(cloud)
        sim.knobs(cloud, {**self.making, **answers})
        self.make(sim, bare(program))
        (record,) = sim.state(cloud)["endpoints"].values()
        return dict(record)

    def comparable(self, record: Json, is_paused: bool) -> Any:
        """The record without what is the endpoint's own, or its pause's."""
        own = (*self.own, *(self.paused_own if is_paused else ()))
        return self.judged(_without(record, own, ""))


def _without(record: Any, own: tuple[str, ...], path: str) -> Any:
    if isinstance(record, dict):
        return {
            key: _without(value, own, f"{path}{key}.")
            for key, value in record.items()
            if f"{path}{key}" not in own
        }
    if isinstance(record, list):
        return [_without(item, own, path) for item in record if not _is_mark(item)]
    return record


def _is_mark(item: Any) -> bool:
    """The tag that proves a create."""
    text = item.get("Key") if isinstance(item, dict) else item
    return isinstance(text, str) and text.startswith("pulumi:create")


def _make_hf(sim: Simulator, program: Json) -> None:
    url = f"{sim.url('hf')}/v2/endpoint/{program.get('namespace', hf.NAMESPACE)}"
    headers = {"Authorization": f"Bearer {hf.TOKEN}"}
    send("POST", url, hf.create_body(program), headers)


def _make_ark(sim: Simulator, program: Json) -> None:
    region = program.get("region", ark.REGION)
    ark_fleet.call(sim.url("ark"), "CreateEndpoint", region, ark.create_body(program))


def _make_maas(sim: Simulator, program: Json) -> None:
    places = {region: (project, token) for region, project, token in maas_fleet.PLACES}
    of_region, _ = places[program.get("region", maas.REGION)]
    project = program.get("projectId", of_region)
    token = dict(places.values())[project]
    address = f"{sim.url('maas')}/v1/{project}/maas/services/custom-endpoint/endpoint"
    send("POST", address, maas.create_body(program), {"X-Auth-Token": token})


# The service shows neither the real-time service nor its region: after an import nobody knows what
# an endpoint was made of.
MAAS_LASTING = ("projectId", "modelRegion", "inferServiceId")


def _maas_lasting(before: Json, program: Json) -> Json:
    """Where it lives: the project of another place is that of another endpoint."""
    return {**{key: before[key] for key in MAAS_LASTING if key in before}, **program}


def _make_tir(sim: Simulator, program: Json) -> None:
    project = program.get("projectId", tir.PROJECT)
    location = program.get("location", tir.LOCATION)
    query = f"apikey={tir.KEY}&project_id={project}&location={location}"
    address = f"{sim.url('tir')}{tir.MOUNT}/serving/inference/?{query}"
    headers = {"Authorization": f"Bearer {tir.BEARER}"}
    send("POST", address, tir.form(program), headers)
    (key,) = sim.state("tir")["endpoints"]
    endpoint = address.replace("/?", f"/{key.split('/')[1]}/?")
    if "asyncInvocation" in program:
        send("PUT", endpoint, tir.queues(program), headers)
    if program.get("securityGroupIds"):
        _, body = tir.call(tir.ATTACH, program)
        send("POST", endpoint.replace("/?", "/security-groups/?"), body, headers)
    for number in program.get("vpcIpIds", []):
        send("POST", endpoint.replace("/?", f"/vpc_ips/{number}/?"), None, headers)


def _hf_judged(record: Json) -> Json:
    """The view says all but secrets. A change may send what a create leaves out; whoever says the
    usual load balancer (docs/apis/hf.md 2.4) says nothing."""
    view = record["view"]
    features = view.get("experimentalFeatures") or {}
    if features.get("loadBalancer") == "random":
        others = {key: value for key, value in features.items() if key != "loadBalancer"}
        view = {**view, "experimentalFeatures": others}
    return {"view": view, "secrets": record["spec"]["model"].get("secrets") or {}}


QUEUES_JUDGED = ("async_enabled", "async_dataset_id")


def _tir_judged(record: Json) -> Json:
    """A later form repeats what the service has filled in; the action that switches autoscaling off
    takes no policy, so that the former one stays and counts for nothing. So does what an action for
    the queues leaves out. Autoscaling sets the workers. What is attached is a set."""
    body, view = record["body"], record["view"]
    queues = {name: record["async"].get(name) for name in QUEUES_JUDGED}
    groups, addresses = sorted(record["security_groups"]), sorted(record["vpc_ips"])
    record = {**record, "async": queues, "security_groups": groups, "vpc_ips": addresses}
    if not body["is_auto_scale_enabled"]:
        off: Json = {"auto_scale_policy": {}}
        return {**record, "body": {**body, **off}, "view": {**view, **off}}
    usual = {"initial_cooldown_period": "0", "is_hold_queue": False}
    scaled = {"auto_scale_policy": {**usual, **body["auto_scale_policy"]}, "replica": None}
    return {**record, "body": {**body, **scaled}, "view": {**view, "replica": None}}


def _ark_judged(record: Json) -> Json:
    """Tags are a set (docs/apis/ark.md 6.): one in another order is sent with no change."""
    return {**record, "Tags": sorted(record.get("Tags") or [], key=lambda tag: tag["Key"])}


def _ark_lasting(before: Json, program: Json) -> Json:
    """A limit can be changed, not taken away."""
    return patched({key: before[key] for key in ("rateLimit",) if key in before}, program)


def _ark_held(record: Json) -> Json:
    limits = record["RateLimit"] or {}
    return {"rateLimit": {key.lower(): value for key, value in limits.items()}}


def _ark_replaces(before: Json, program: Json) -> set[str]:
    """A foundation model is switched to another in place (docs/apis/ark.md 17)."""
    references = [one.get("modelReference", {}) for one in (before, program)]
    switches = all("foundationModel" in one for one in references)
    return set() if switches and program.get("modelSwitch") != "replace" else {"modelReference"}


def _ark_needs_running(before: Json | None, program: Json) -> bool:
    """A model is switched while its endpoint runs: it is started for that, unless it is to rest."""
    if before is None or _ark_replaces(before, program):
        return False
    if program.get("desiredState") != "paused":
        return False
    return bool(before["modelReference"] != program["modelReference"])


def _ark_imported(entry: Entry) -> str:
    """The id alone is looked for in the configured region."""
    region = entry.outputs["region"]
    return entry.id if region == ark.REGION else f"{region}/{entry.id}"


HF_MODEL_LASTING = ("task", "revision")
HF_STICKY = ("network", "route")  # objects of which null says nothing, either


def _hf_lasting(before: Json, program: Json) -> Json:
    """null is taken for what is left out (docs/apis/hf.md 2.3), and warned of; nothing is sent for
    a task or a revision that is not asked for any more."""
    program = {**{key: before[key] for key in HF_STICKY if key in before}, **program}
    kept = before.get("model", {})
    model = {
        key: kept[key] for key in HF_MODEL_LASTING if key in kept and key not in program["model"]
    }
    scaling = _hf_scaling_lasting(before, program)
    return patched(program, {"model": model, "compute": {"scaling": scaling} if scaling else {}})


def _hf_stays(before: Json, program: Json) -> set[str]:
    """Without waiting it is a warning, else an error."""
    return {key for key in HF_STICKY if key in before and key not in program}


def _hf_kept(before: Json, program: Json) -> Json:
    stays = _hf_stays(before, program)
    return {**{key: before[key] for key in stays}, **program}


def _hf_scaling_lasting(before: Json, program: Json) -> Json:
    said = program["compute"].get("scaling", {})
    kept = before.get("compute", {}).get("scaling", {})
    lasting = {}
    if not {"measure", "metric"} & said.keys():
        # The former spelling may leave the threshold to the service.
        names = ("measure",) if "measure" in kept else ("metric", "threshold")
        lasting = {key: kept[key] for key in names if key in kept}
    sleeps = said.get("minReplica") == 0  # else the timeout goes with it
    if sleeps and "scaleToZeroTimeout" in kept and "scaleToZeroTimeout" not in said:
        lasting["scaleToZeroTimeout"] = kept["scaleToZeroTimeout"]
    return lasting


def _hf_held(record: Json) -> Json:
    scaling, model = record["spec"]["compute"].get("scaling") or {}, record["spec"]["model"]
    names = ("measure", "scaleToZeroTimeout")
    held = {key: scaling[key] for key in names if scaling.get(key)}
    ((metric, threshold),) = held.get("measure", {"": 0}).items()
    if threshold is None:  # the service's own, which only the former spelling can say
        held = {**held, "measure": None, "metric": metric}
    return {
        "compute": {"scaling": held},
        "model": {key: model[key] for key in HF_MODEL_LASTING if model.get(key)},
        **{key: record["spec"][key] for key in HF_STICKY if record["spec"].get(key)},
    }


TIR_LASTING = ("asyncInvocation", "securityGroupIds", "vpcIpIds")


def _tir_lasting(before: Json, program: Json) -> Json:
    """Queues are turned off and what is attached is listed as empty: left out, they stay."""
    return {**{key: before[key] for key in TIR_LASTING if key in before}, **program}


def _tir_rests(program: Json) -> bool:
    """As it is spelled now, or as it was."""
    return program.get("desiredState") == "paused" or program.get("stopInference") == "stop"


def _tir_is_bound(program: Json) -> bool:
    """A new endpoint is stopped by `desiredState` alone."""
    return program.get("skuType") == "committed" or program.get("stopInference") == "stop"


def _tir_held(record: Json) -> Json:
    held: Json = {
        "securityGroupIds": [str(number) for number in record["security_groups"]],
        "vpcIpIds": [str(number) for number in record["vpc_ips"]],
    }
    queues = record["async"]
    if queues:
        given = {ours: queues[wire] for ours, wire in tir.QUEUE_MEMBERS.items() if queues[wire]}
        if "targetRoutes" in given:
            given["targetRoutes"] = [
                {"routeName": route["route_name"], "routeValue": route["route_value"]}
                for route in given["targetRoutes"]
            ]
        held["asyncInvocation"] = {"enabled": False, **given}
    return held


def _tir_imported(entry: Entry) -> str:
    """The number alone is looked for in the configured project and location."""
    return f"{entry.outputs['projectId']}/{entry.outputs['location']}/{entry.id}"


def _tir_key(entry: Entry) -> str:
    return f"{entry.outputs['projectId']}/{entry.id.split('/')[-1]}"


# The first is the usual one.
HF_ANSWERS = {
    "absent_fields": ("omit", "null", "empty"),
    "compute_id": (True, False),
    "fill_scaling_defaults": (True, False),
    "pause_resets_replicas": (True, False),
    "revision_echo": ("hash", "null_if_omitted", "as_given"),
    "scaling_wakes": (False, True),
    "secrets_echo": ("null", "omit"),
}
ARK_ANSWERS = {
    "after_delete": ("not_found", "deleted"),
    "empty_members": ("show", "omit"),
    "invisible_polls": (0, 2),
    "partial_rate_limit": ("refuse", "merge"),
    "result_shape": ("flat", "nested"),
    "tag_order": ("scrambled", "kept"),
}
MAAS_ANSWERS = {
    "count_type": ("string", "number"),
    "create_answer": ("id", "endpoint_id", "data", "string", "empty"),
    "edit_answer": ("number", "string", "empty", "object", "no_content"),
    "edit_mode": ("strict", "merge"),
    "empty_remark": ("empty", "null", "absent"),
}
TIR_ANSWERS = {
    "args_echo": ("list", "base64", "text"),
    "documented_strings": (True, False),
    "env_values": ("as_sent", "masked", "omitted"),
    "form_scales": ({"patch": False, "update": True}, {"patch": True, "update": True}),
    "integers": ("number", "string"),
    "list_text": ("any", "json", "python"),
    "model_echo": ("both", "model_id", "model"),
    "name_change": ("refuse", "ignore", "accept"),
    "probe_flags_in": ("advance_config", "container", "both"),
    "scaling_waits": (False, True),
    "stale_reads": (0, 1),
    "status_case": ("", "lower", "upper", "title"),
}


TWINS: dict[str, Twin] = {
    "hf": Twin(
        hf.CLOUD.changes,
        hf.CLOUD.replacements,
        hf.CLOUD.drifts,
        _make_hf,
        own=("state", "view.status"),
        paused_own=("view.compute.scaling",),
        judged=_hf_judged,
        lasting=_hf_lasting,
        stays=_hf_stays,
        kept=_hf_kept,
        held=_hf_held,
        paused=lambda record: record["view"]["status"]["state"] == "paused",
        key=lambda entry: entry.id,
        answers=HF_ANSWERS,
    ),
    "ark": Twin(
        ark.CHANGES,
        ark.REPLACEMENTS,
        ark.DRIFTS,
        _make_ark,
        own=("Id", "Status", "CreateTime", "UpdateTime"),
        judged=_ark_judged,
        paused=lambda record: record["Status"] == "Stopped",
        replaces=_ark_replaces,
        needs_running=_ark_needs_running,
        imported=_ark_imported,
        lasting=_ark_lasting,
        held=_ark_held,
        making={"auth": False},
        answers=ARK_ANSWERS,
    ),
    "maas": Twin(
        maas.CHANGES,
        maas.REPLACEMENTS,
        maas.DRIFTS,
        _make_maas,
        own=("id", "status"),
        paused=lambda record: record["status"] == "suspended",
        lasting=_maas_lasting,
        burnt_names=True,
        answers=MAAS_ANSWERS,
    ),
    "tir": Twin(
        tir.CHANGES,
        tir.REPLACEMENTS,
        tir.DRIFTS,
        _make_tir,
        judged=_tir_judged,
        lasting=_tir_lasting,
        rests=_tir_rests,
        is_bound=_tir_is_bound,
        exclusive=("vpcIpIds",),
        held=_tir_held,
        own=("status", "view.id", "view.status", "view.created_at", "view.updated_at"),
        paused=lambda record: record["view"]["status"].lower() == "stopped",
        key=_tir_key,
        imported=_tir_imported,
        answers=TIR_ANSWERS,
    ),
}
