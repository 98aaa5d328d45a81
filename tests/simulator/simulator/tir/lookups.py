"""What is read beside endpoints: teams, projects, models, integrations, registry, plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.base.messages import Request
from simulator.tir import catalogue, frameworks
from simulator.tir.errors import bad_field, bad_request, invalid, not_found
from simulator.tir.reading import Findings, Reader

Document = dict[str, Any]
Knobs = Mapping[str, Any]
INTEGRATION_TYPES = ("hugging_face", "weights_biases")
MODEL_TYPES = ("pytorch", "triton", "tensorrt", "custom")
STORAGE_TYPES = ("managed", "e2e_s3", "external")
FIRST_MODEL, FIRST_INTEGRATION = 2201, 42
MADE = "2026-04-05T06:07:08.000009Z"


@dataclass
class Shelf:
    """The models and integrations of one project."""

    models: dict[int, Document] = field(default_factory=dict)
    integrations: dict[int, Document] = field(default_factory=dict)


def new_shelf(created: str) -> Shelf:
    return Shelf(catalogue.first_models(created), catalogue.first_integrations(created))


def numbered(rows: Mapping[int, Document], text: str, what: str) -> Document:
    """The row of an id in a path."""
    row = rows.get(int(text)) if text.isdecimal() else None
    if row is None:
        raise not_found(what)
    return row


def teams(knobs: Knobs) -> list[Document]:
    return [
        {"team_id": int(number), "team_name": team["name"]}
        for number, team in knobs["teams"].items()
    ]


def team(number: str, knobs: Knobs) -> Document:
    if number not in knobs["teams"]:
        raise not_found("Team")
    return {"team_id": int(number), "team_name": knobs["teams"][number]["name"]}


def projects(number: str, knobs: Knobs) -> list[Document]:
    team(number, knobs)
    return [
        {"project_id": int(project), "project_name": name, "team_id": int(number)}
        for project, name in knobs["teams"][number]["projects"].items()
    ]


def project(number: str, wanted: str, knobs: Knobs) -> Document:
    for row in projects(number, knobs):
        if str(row["project_id"]) == wanted:
            return row
    raise not_found("Project")


def iam_accounts(knobs: Knobs) -> list[Document]:
    return [
        {"id": number, "email": f"iam{number}@example.com", "is_primary": index == 0}
        for index, number in enumerate(knobs["iam_accounts"])
    ]


def skus(request: Request, knobs: Knobs) -> Document:
    """The plans call: one service, and for inference one framework (or a version of it)."""
    service = request.parameter("service")
    if service not in catalogue.SERVICES:
        raise bad_field("service", f"Allowed values are: {', '.join(catalogue.SERVICES)}")
    if service == "inference_service":
        wire = request.parameter("framework")
        version = request.parameter("framework_version_id")
        if version is not None:
            owner = frameworks.framework_of_version(int(version)) if version.isdecimal() else None
            if owner is None or wire not in (None, owner):
                raise bad_field("framework_version_id", "Framework version not found.")
            wire = owner
        if not wire:
            raise bad_field("framework", "framework is mandatory")
        if wire not in frameworks.offered(knobs):
            raise bad_field("framework", f'"{wire}" is not a framework.')
    return catalogue.listing(knobs)


def integrations(shelf: Shelf, request: Request) -> list[Document]:
    """Of one type if asked; the list shows no details."""
    kind = request.parameter("integration_type")
    return [
        {key: value for key, value in row.items() if key != "integration_details"}
        for row in shelf.integrations.values()
        if kind in (None, row["integration_type"])
    ]


def add_integration(shelf: Shelf, sent: Document, number: int, created: str) -> Document:
    findings = Findings()
    reader = Reader(sent, findings)
    name = reader.text("name", required=True)
    kind = reader.text("integration_type", choices=INTEGRATION_TYPES, required=True)
    details = reader.mapping("integration_details")
    if kind == "hugging_face" and not details.get("hugging_face_token"):
        findings.add("integration_details.hugging_face_token", "This field is required.")
    if any(row["name"] == name for row in shelf.integrations.values()):
        findings.add("name", "An integration with this name exists.")
    if findings.errors:
        raise invalid(findings.errors)
    row = catalogue.integration(number, name, kind, details, created)
    shelf.integrations[number] = row
    return row


def add_model(shelf: Shelf, sent: Document, number: int, created: str) -> Document:
    findings = Findings()
    reader = Reader(sent, findings)
    name = reader.text("name", required=True)
    kind = reader.text("model_type", "custom", MODEL_TYPES)
    storage = reader.text("storage_type", "managed", STORAGE_TYPES)
    bucket = reader.text("bucket_name", required=storage != "managed")
    if findings.errors:
        raise invalid(findings.errors)
    row = catalogue.model(number, name, kind, bucket or f"{name}-{number}", created)
    shelf.models[number] = row
    return row


def registry() -> list[Document]:
    return [
        {"id": number, "namespace": f"team-images-{number}", "registry": frameworks.REGISTRY}
        for number in catalogue.NAMESPACES
    ]


def registry_images(text: str) -> list[Document]:
    row = numbered({item["id"]: item for item in registry()}, text, "Namespace")
    return [{"name": f"{row['namespace']}/server", "tags": ["v1", "latest"]}]


def datasets() -> list[Document]:
    return [
        {
            "id": number,
            "name": f"training-{number}",
            "status": "ready",
            "storage_type": "managed",
            "encryption_type": None,
            "created_at": MADE,
            "updated_at": MADE,
            "bucket": {
                "bucket_name": f"training-{number}",
                "bucket_url": f"https://objectstore.e2enetworks.net/training-{number}",
                "endpoint": "objectstore.e2enetworks.net",
            },
            "access_key": {"access_key": f"AK{number}", "secret_key": f"secret-of-{number}"},
        }
        for number in catalogue.DATASETS
    ]


def file_systems() -> list[Document]:
    return [
        {"id": number, "name": f"shared-{number}", "status": "active", "disk_size": 500}
        for number in catalogue.FILE_SYSTEMS
    ]


def private_clusters() -> list[Document]:
    return [
        {"id": number, "name": f"own-{number}", "status": "active", "nodes_count": 2}
        for number in catalogue.PRIVATE_CLUSTERS
    ]


def security_groups() -> list[Document]:
    return [
        {
            "id": number,
            "name": f"group-{number}",
            "description": "",
            "is_default": index == 0,
            "is_all_traffic_rule": False,
            "rules": [],
        }
        for index, number in enumerate(catalogue.SECURITY_GROUPS)
    ]


def page(rows: list[Any], request: Request, knobs: Knobs) -> list[Any]:
    """`page_no` and `per_page`, as sibling collections take them."""
    if not knobs["list_paging"]:
        return rows
    number = _page_number(request, "page_no", 1)
    size = _page_number(request, "per_page", knobs["list_default_per_page"])
    size = min(size, knobs["list_per_page_max"])
    if size == 0:
        return rows if number == 1 else _past_end(knobs)
    chosen = rows[(number - 1) * size : number * size]
    return chosen if chosen or number == 1 else _past_end(knobs)


def _past_end(knobs: Knobs) -> list[Any]:
    if knobs["list_past_end"] == "not_found":
        raise not_found("Page")
    return []


def _page_number(request: Request, name: str, default: int) -> int:
    text = request.parameter(name)
    if text is None:
        return default
    if not text.isdecimal() or int(text) < 1:
        raise bad_request(f"{name} must be a positive integer")
    return int(text)
