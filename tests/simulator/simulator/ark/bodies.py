"""The bodies of create and update, checked and turned into what is stored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.ark.errors import ApiError, invalid, missing, not_found
from simulator.ark.fields import Fields

Document = dict[str, Any]
RESERVED_TAGS = ("sys:", "volc:")
CHANGEABLE = ("Name", "Description", "RateLimit")


@dataclass
class Wanted:
    """What a create asks for: the stored members, and whether it is only a rehearsal."""

    document: Document
    dry_run: bool


def read_create(fields: Fields, knobs: Mapping[str, Any]) -> Wanted:
    document: Document = {
        "Name": _name(fields, knobs),
        "Description": _description(fields, knobs),
        "ProjectName": _project(fields, knobs),
    }
    dry_run = fields.boolean("DryRun")
    reference = _reference(fields)
    document["Tags"] = _tags(fields)
    document["ModelReference"] = reference
    foundation = bool(reference["FoundationModel"]["Name"])
    document["EndpointModelType"] = "FoundationModel" if foundation else "CustomModel"
    document["ModelUnitId"] = fields.text("ModelUnitId")
    document["Moderation"] = {"Strategy": _strategy(fields, knobs)}
    entry = offer(reference, knobs)
    document["RateLimit"] = _first_limits(fields, entry, knobs)
    document["BatchOnly"] = bool(
        entry.get("batch_only") or re.fullmatch(knobs["batch_only"] or "$^", document["Name"])
    )
    document["SupportRolling"] = foundation and knobs["support_rolling"]
    document["RollingId"] = ""
    document["SupportScaleTier"] = False
    document["ScaleTierId"] = ""
    return Wanted(document, dry_run)


def read_update(fields: Fields, document: Document, knobs: Mapping[str, Any]) -> Document:
    """The members an update changes. An omitted one stays."""
    changes: Document = {}
    if fields.has("Name"):
        changes["Name"] = _name(fields, knobs)
    if fields.has("Description"):
        changes["Description"] = _description(fields, knobs)
    limits = fields.object("RateLimit")
    if limits is not None:
        changes["RateLimit"] = _new_limits(limits, document["RateLimit"] or {}, knobs)
    how = knobs["update_other_fields"]
    if how == "refuse" and fields.ignored():
        raise invalid(fields.ignored()[0], "it cannot be updated")
    if how == "apply":
        if fields.has("Moderation"):
            changes["Moderation"] = {"Strategy": _strategy(fields, knobs)}
        if fields.has("Tags"):
            kept = [tag for tag in document["Tags"] if tag["Key"].startswith(RESERVED_TAGS)]
            changes["Tags"] = _tags(fields) + kept
    return changes


def _name(fields: Fields, knobs: Mapping[str, Any]) -> str:
    name = fields.required_text("Name")
    if len(name) > knobs["name_limit"]:
        raise invalid("Name", f"it must have at most {knobs['name_limit']} characters")
    return name


def _description(fields: Fields, knobs: Mapping[str, Any]) -> str:
    text = fields.text("Description")
    if len(text) > knobs["description_limit"]:
        raise invalid("Description", f"at most {knobs['description_limit']} characters")
    return text


def _project(fields: Fields, knobs: Mapping[str, Any]) -> str:
    name = fields.text("ProjectName") or "default"
    if knobs["projects"] and name not in knobs["projects"]:
        raise not_found("Project", name)
    return name


def _strategy(fields: Fields, knobs: Mapping[str, Any]) -> str:
    moderation = fields.object("Moderation")
    if moderation is None:
        return "Default"
    return moderation.choice("Strategy", knobs["moderation_strategies"], "Default")


def _tags(fields: Fields) -> list[Document]:
    tags: list[Document] = []
    for tag in fields.objects("Tags"):
        key, value = tag.required_text("Key"), tag.text("Value")
        if key.startswith(RESERVED_TAGS):
            raise invalid("Tags.Key", f"{key} is reserved")
        if any(key == other["Key"] for other in tags):
            raise ApiError(400, "Duplicate.Tags.Key", f"The tag key {key} is duplicated.")
        tags.append({"Key": key, "Value": value})
    return tags


def _reference(fields: Fields) -> Document:
    """Exactly one of custom and foundation model; empty strings count as absent."""
    reference = fields.object("ModelReference")
    if reference is None:
        raise missing("ModelReference")
    custom = reference.text("CustomModelId")
    foundation = reference.object("FoundationModel")
    name = foundation.text("Name") if foundation else ""
    version = foundation.text("ModelVersion") if foundation else ""
    if bool(custom) == bool(name or version):
        raise invalid("ModelReference", "give either CustomModelId or FoundationModel")
    if not custom:
        for member, value in (("Name", name), ("ModelVersion", version)):
            if not value:
                raise missing(f"ModelReference.FoundationModel.{member}")
        if name != name.lower():
            raise invalid("ModelReference.FoundationModel.Name", "it must be lower case")
    return {
        "CustomModelId": custom,
        "FoundationModel": {"Name": name, "ModelVersion": version},
    }


def offer(reference: Document, knobs: Mapping[str, Any]) -> Document:
    """The catalogue's entry of the model, {} when nothing is configured for it."""
    custom, known = reference["CustomModelId"], knobs["custom_models"]
    if custom:
        if known and custom not in known:
            raise not_found("CustomModel", custom)
        return {}
    name = reference["FoundationModel"]["Name"]
    version = reference["FoundationModel"]["ModelVersion"]
    if not knobs["catalogue"]:
        return {}
    entry: Document | None = knobs["catalogue"].get(name)
    if entry is None or (entry.get("versions") and version not in entry["versions"]):
        raise not_found("FoundationModel", f"{name}-{version}")
    if entry.get("open") is False:
        raise ApiError(
            404, "ModelNotOpen", f"The account has not activated the model {name}-{version}."
        )
    return entry


def _limits(limits: Fields) -> Document:
    given = {name: limits.integer(name, 1) for name in ("Rpm", "Tpm")}
    return {name: value for name, value in given.items() if value is not None}


def _first_limits(fields: Fields, entry: Document, knobs: Mapping[str, Any]) -> Document | None:
    default = entry.get("rate_limit") or knobs["default_rate_limit"]
    limits = fields.object("RateLimit")
    if limits is None:
        return dict(default) if default else None
    return {**(default or {}), **_limits(limits)}


def _new_limits(limits: Fields, old: Document, knobs: Mapping[str, Any]) -> Document:
    given = _limits(limits)
    if knobs["partial_rate_limit"] == "refuse":
        for name in ("Rpm", "Tpm"):
            if name not in given:
                raise missing(f"RateLimit.{name}")
    return {**old, **given}
